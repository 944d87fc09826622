//! What lists show of a record, read from its row alone; and worked out anew where an approval changed.

use rusqlite::{OptionalExtension, params};

use super::aside::{self, Beside};
use super::columns::{day_number, day_of, due_number, maybe_login, parted};
use super::desk::Session;
use super::error::StoreError;
use super::following::last_followed;
use super::record::{self, priority_of};
use crate::domain::approval::Status;
use crate::domain::certificate::Certificate;
use crate::domain::checks;
use crate::domain::identity::{RecordId, Seq, Vin};
use crate::domain::moment::Moment;
use crate::domain::policy::Outcome;
use crate::domain::summary::Summary;

/// Reads a record's line as it is on the day of `now`; a waiver that ended since counts as open again.
pub fn load(session: &mut Session<'_>, id: RecordId, now: Moment) -> Result<Summary, StoreError> {
    let shown = load_line(session, id, now)?;
    // A policy that just followed another reaches the rows in batches; those it has not reached are worked out here.
    match last_followed(session.conn)? {
        Some(last) if id.0 > last => worked_out(session, id, &shown, now, |_, _| Ok(())),
        _ => Ok(shown),
    }
}

fn load_line(session: &Session<'_>, id: RecordId, now: Moment) -> Result<Summary, StoreError> {
    let mut find = session.conn.prepare_cached(
        "SELECT vin, build_stage, version, scope, order_no, step, step_since, owner, rank, held_until, options, \
         updated_at, seq, due, category, approval, vehicle_type, variant, version_code, bodywork, changes, unconfirmed, \
         blocking_findings, warning_findings, open_exceptions, waiver_end, approval_status, manufactured \
         FROM record WHERE id = ?1",
    )?;
    let mut rows = find.query([id.0])?;
    let row = rows.next()?.ok_or_else(|| StoreError::missing(format!("record {}", id.0)))?;
    let vin =
        Vin::parse(&row.get::<_, String>(0)?).map_err(|no| StoreError::damaged(format!("record {}: {no}", id.0)))?;
    let today = day_number(now.day());
    let mut open_exceptions: u32 = row.get(24)?;
    if row.get::<_, Option<i64>>(25)?.is_some_and(|end| end < today) {
        open_exceptions += waivers_ended(session, id, today)?;
    }
    Ok(Summary {
        id,
        vin,
        build_stage: row.get(1)?,
        version: row.get(2)?,
        scope: row.get(3)?,
        order: row.get(4)?,
        step: row.get(5)?,
        step_since: Moment(row.get(6)?),
        owner: maybe_login(row, 7)?,
        due: day_of(row.get(13)?),
        priority: priority_of(row.get(8)?),
        held: row.get::<_, Option<i64>>(9)?.map(day_of),
        category: row.get(14)?,
        approval: row.get(15)?,
        approval_status: row.get::<_, Option<String>>(26)?.and_then(|word| Status::of(&word)),
        manufactured: row.get::<_, Option<i64>>(27)?.and_then(day_of),
        vehicle_type: row.get(16)?,
        variant: row.get(17)?,
        version_code: row.get(18)?,
        bodywork: row.get(19)?,
        options: parted(&row.get::<_, String>(10)?).map(str::to_owned).collect(),
        changes: row.get(20)?,
        unconfirmed: row.get(21)?,
        blocking_findings: row.get(22)?,
        warning_findings: row.get(23)?,
        open_exceptions,
        updated_at: Moment(row.get(11)?),
        seq: Seq(row.get(12)?),
    })
}

fn waivers_ended(session: &Session<'_>, id: RecordId, today: i64) -> Result<u32, StoreError> {
    let mut count = session.conn.prepare_cached(
        "SELECT count(*) FROM exception WHERE record = ?1 AND state = 'waived' AND waived_until < ?2",
    )?;
    Ok(count.query_row(params![id.0, today], |row| row.get(0))?)
}

/// Works the lines of the records that name an approval out anew. Records that rest stay as they were released.
pub fn work_out_anew(session: &mut Session<'_>, approval_base: &str, now: Moment) -> Result<(), StoreError> {
    let policies = session.policies()?;
    for step in policies.working() {
        let mut last = 0;
        // One by one along the index: however many there are, one is in memory.
        while let Some(id) = next_named(session, approval_base, step, last)? {
            anew(session, RecordId(id), now)?;
            last = id;
        }
    }
    Ok(())
}

fn next_named(session: &Session<'_>, base: &str, step: &str, last: i64) -> Result<Option<i64>, StoreError> {
    let mut find = session.conn.prepare_cached(
        "SELECT id FROM record WHERE approval_base = ?1 AND step = ?2 AND id > ?3 ORDER BY id LIMIT 1",
    )?;
    Ok(find.query_row(params![base, step, last], |row| row.get(0)).optional()?)
}

/// Works the line of a record out anew and writes it. One that rests stays as it was released.
pub fn anew(session: &mut Session<'_>, id: RecordId, now: Moment) -> Result<(), StoreError> {
    let shown = load_line(session, id, now)?;
    let summary = worked_out(session, id, &shown, now, aside::keep)?;
    if summary == shown {
        return Ok(());
    }
    let mut put = session.conn.prepare_cached(
        "UPDATE record SET due = ?2, category = ?3, vehicle_type = ?4, variant = ?5, version_code = ?6, bodywork = ?7, \
         changes = ?8, unconfirmed = ?9, blocking_findings = ?10, warning_findings = ?11, approval_status = ?12, \
         manufactured = ?13 WHERE id = ?1",
    )?;
    put.execute(params![
        id.0,
        due_number(summary.due),
        summary.category,
        summary.vehicle_type,
        summary.variant,
        summary.version_code,
        summary.bodywork,
        summary.changes,
        summary.unconfirmed,
        summary.blocking_findings,
        summary.warning_findings,
        summary.approval_status.map(Status::word),
        summary.manufactured.map(day_number),
    ])?;
    Ok(())
}

/// What a record's line is under the policy that governs it; the line that is `shown` where it rests. `tell` gets what
/// stands beside the line.
fn worked_out(
    session: &mut Session<'_>,
    id: RecordId,
    shown: &Summary,
    now: Moment,
    tell: fn(&Beside<'_>, &Session<'_>) -> Result<(), StoreError>,
) -> Result<Summary, StoreError> {
    let policy = session.policy_of(shown.scope.as_deref())?;
    if policy.step(&shown.step).is_none_or(|step| step.outcome == Outcome::Rest) {
        return Ok(shown.clone());
    }
    let record = record::load(session.conn, session.packs, id)?;
    let around = session.around(&record)?;
    let case = around.case(&record, now);
    let certificate = Certificate::of(&case);
    let findings = checks::run(&case, &certificate);
    tell(
        &Beside { record: id, certificate: &certificate, findings: &findings, step: Some(&record.step), now },
        session,
    )?;
    Ok(Summary::of(&case, &certificate, &findings))
}

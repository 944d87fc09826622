//! Writes a record back: what differs, and nothing else.

use std::sync::LazyLock;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params, params_from_iter};

use super::{Work, base_of, rank_of, write_entries, write_seen};
use crate::domain::action::{Action, CameBack};
use crate::domain::address::Address;
use crate::domain::approval::Status;
use crate::domain::exception::{Exception, State};
use crate::domain::identity::{Login, RecordId};
use crate::domain::record::{Record, Stage};
use crate::domain::summary::Summary;
use crate::store::aside;
use crate::store::columns::{day_number, due_number, joined, to_json};
use crate::store::error::StoreError;
use crate::store::pack::{Body, Packs};
use crate::store::visits;

/// What is to be written of a record.
pub struct Writing<'a> {
    /// The record before; `None` when it is new.
    pub before: Option<&'a Record>,
    /// The record after, its `seq` that of the event.
    pub after: &'a Record,
    /// What lists show of it.
    pub summary: &'a Summary,
    /// The act, for the bytes it brings.
    pub action: &'a Action,
}

/// Writes what differs, but for the words that the record is found by: answers whether they do. The event must stand
/// already: sign-offs and releases point to it.
pub fn write(conn: &Connection, packs: &mut Packs, writing: &Writing<'_>) -> Result<bool, StoreError> {
    write_row(conn, writing)?;
    visits::tell(conn, writing.before, writing.after, writing.action)?;
    let after = writing.after;
    let before = writing.before;
    if before.is_none_or(|before| Work::of(before) != Work::of(after)) {
        let packed = packs.pack(conn, Body::Work, to_json(&Work::of(after))?.as_bytes())?;
        let mut put = conn.prepare_cached(
            "INSERT INTO work (record, packed) VALUES (?1, ?2) ON CONFLICT (record) DO UPDATE SET packed = excluded.packed",
        )?;
        put.execute(params![after.id.0, packed])?;
    }
    if let Action::Note { text } = writing.action {
        aside::remark(conn, after.id, after.seq.0, text)?;
    }
    write_editors(conn, before, after)?;
    write_stages(conn, packs, writing)?;
    write_exceptions(conn, before, after)?;
    write_signoffs(conn, before, after)?;
    write_releases(conn, packs, writing)?;
    write_receipts(conn, packs, writing)?;
    let remarked = matches!(writing.action, Action::Note { .. });
    Ok(remarked || before.is_none_or(|before| before.order != after.order))
}

/// Writes what filters ask of a record: its row and its exceptions. Only to be looked at and taken back.
pub fn write_line(conn: &Connection, writing: &Writing<'_>) -> Result<(), StoreError> {
    write_row(conn, writing)?;
    write_exceptions(conn, writing.before, writing.after)
}

/// The columns of a record's row in the order of [`row_values`].
const ROW_COLUMNS: [&str; 36] = [
    "id",
    "vin",
    "build_stage",
    "version",
    "scope",
    "order_no",
    "step",
    "step_since",
    "owner",
    "preparer",
    "due_own",
    "rank",
    "held_until",
    "options",
    "created_at",
    "updated_at",
    "seq",
    "released_at",
    "due",
    "category",
    "approval",
    "approval_base",
    "vehicle_type",
    "variant",
    "version_code",
    "bodywork",
    "changes",
    "unconfirmed",
    "blocking_findings",
    "warning_findings",
    "open_exceptions",
    "waiver_end",
    "exceptional",
    "approval_status",
    "manufactured",
    "delivery",
];

fn write_row(conn: &Connection, writing: &Writing<'_>) -> Result<(), StoreError> {
    let after = writing.after;
    let summary = writing.summary;
    let waiver_end = waiver_end(&after.exceptions);
    let open = after.exceptions.iter().filter(|exception| matches!(exception.state, State::Open | State::InProgress));
    let open = i64::try_from(open.count()).unwrap_or(i64::MAX);
    let base = summary.approval.as_deref().map(base_of);
    let values = params![
        after.id.0,
        after.vin.as_str(),
        after.build_stage,
        after.version,
        after.scope,
        after.order,
        after.step,
        after.step_since.0,
        after.owner.as_ref().map(Login::as_str),
        after.preparer.as_ref().map(Login::as_str),
        after.due.map(day_number),
        rank_of(after.priority),
        after.hold.as_ref().map(|hold| due_number(hold.until)),
        joined(after.options.iter().map(String::as_str)),
        after.created_at.0,
        after.updated_at.0,
        after.seq.0,
        after.releases.last().map(|release| release.sealed_at.0),
        due_number(summary.due),
        summary.category,
        summary.approval,
        base,
        summary.vehicle_type,
        summary.variant,
        summary.version_code,
        summary.bodywork,
        summary.changes,
        summary.unconfirmed,
        summary.blocking_findings,
        summary.warning_findings,
        open,
        waiver_end,
        open > 0 || waiver_end.is_some(),
        summary.approval_status.map(Status::word),
        summary.manufactured.map(day_number),
        delivery(after),
    ];
    if writing.before.is_none() {
        conn.prepare_cached(&INSERT_ROW)?.execute(values)?;
        return Ok(());
    }
    // An update rewrites every index over a column it names, whether or not the value is another; a row has a dozen and a
    // half of them, and most acts change a few columns.
    let changed = changed(conn, after.id, values)?;
    if changed.is_empty() {
        return Ok(());
    }
    let settings = changed.iter().zip(2..).map(|(column, place)| format!("{} = ?{place}", ROW_COLUMNS[*column]));
    let sql = format!("UPDATE record SET {} WHERE id = ?1", settings.collect::<Vec<_>>().join(", "));
    let given = std::iter::once(&0).chain(&changed).map(|column| values[*column]);
    conn.prepare_cached(&sql)?.execute(params_from_iter(given))?;
    Ok(())
}

/// What came back for the last release, as lists are asked for it.
pub fn delivery(record: &Record) -> Option<&'static str> {
    let last = record.releases.last()?.version;
    record.answer_to(last).map(|receipt| receipt.answer.word())
}

/// The columns in which a record's row is otherwise than it is to be.
fn changed(conn: &Connection, id: RecordId, values: &[&dyn ToSql]) -> Result<Vec<usize>, StoreError> {
    let mut find = conn.prepare_cached(&SELECT_ROW)?;
    let mut rows = find.query([id.0])?;
    let row = rows.next()?.ok_or_else(|| StoreError::missing(format!("record {}", id.0)))?;
    let mut changed = Vec::new();
    for (column, value) in values.iter().enumerate() {
        let stands = row.get_ref(column)?;
        let same = match value.to_sql()? {
            ToSqlOutput::Borrowed(value) => value == stands,
            ToSqlOutput::Owned(value) => ValueRef::from(&value) == stands,
            _ => false,
        };
        if !same {
            changed.push(column);
        }
    }
    Ok(changed)
}

static INSERT_ROW: LazyLock<String> = LazyLock::new(|| {
    let places: Vec<String> = (1..=ROW_COLUMNS.len()).map(|place| format!("?{place}")).collect();
    format!("INSERT INTO record ({}) VALUES ({})", ROW_COLUMNS.join(", "), places.join(", "))
});

static SELECT_ROW: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM record WHERE id = ?1", ROW_COLUMNS.join(", ")));

/// The earliest last day of a waiver: from the day after, its exception is open again.
fn waiver_end(exceptions: &[Exception]) -> Option<i64> {
    let waived = exceptions.iter().filter(|exception| exception.state == State::Waived);
    waived.filter_map(|exception| exception.outcome.as_ref()?.until).map(day_number).min()
}

/// Writes the words a record is found by: its VIN, its order, its remarks.
pub fn put_words(conn: &Connection, id: RecordId, new: bool) -> Result<(), StoreError> {
    if !new {
        conn.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([id.0])?;
    }
    let mut find = conn.prepare_cached("SELECT vin, coalesce(order_no, '') FROM record WHERE id = ?1")?;
    let (vin, order): (String, String) = find.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let words = format!("{vin}\n{order}\n{}", aside::remarks(conn, id)?);
    conn.prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?.execute(params![id.0, words])?;
    Ok(())
}

fn write_editors(conn: &Connection, before: Option<&Record>, after: &Record) -> Result<(), StoreError> {
    let known = before.filter(|before| before.version == after.version);
    let mut add = conn.prepare_cached("INSERT INTO editor (record, version, login, working) VALUES (?1, ?2, ?3, 1)")?;
    for editor in after.editors.iter().filter(|editor| known.is_none_or(|before| !before.editors.contains(*editor))) {
        add.execute(params![after.id.0, after.version, editor.as_str()])?;
    }
    let released = before.is_some_and(|before| before.releases.len() < after.releases.len());
    if released {
        conn.prepare_cached("UPDATE editor SET working = 0 WHERE record = ?1 AND working = 1")?
            .execute([after.id.0])?;
    }
    Ok(())
}

fn write_stages(conn: &Connection, packs: &mut Packs, writing: &Writing<'_>) -> Result<(), StoreError> {
    let known = |stage: &Stage| writing.before.is_some_and(|before| before.stages.contains(stage));
    for stage in writing.after.stages.iter().filter(|stage| !known(stage)) {
        let Action::Receive(received) = writing.action else {
            return Err(StoreError::Sql("a stage came without its message".into()));
        };
        let mut there = conn.prepare_cached("SELECT 1 FROM message WHERE sha256 = ?1")?;
        if !there.exists([stage.sha256.0])? {
            let packed = packs.pack(conn, Body::Message, &received.bytes)?;
            let entries = packs.pack(conn, Body::Entries, write_entries(&stage.content).as_bytes())?;
            let mut add =
                conn.prepare_cached("INSERT INTO message (sha256, packed, packed_entries) VALUES (?1, ?2, ?3)")?;
            add.execute(params![stage.sha256.0, packed, entries])?;
        }
        let mut add = conn.prepare_cached(
            "INSERT INTO stage (record, number, revision, sha256, received_at, source, signature, faults) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        add.execute(params![
            writing.after.id.0,
            stage.number,
            stage.revision,
            stage.sha256.0,
            stage.received_at.0,
            stage.source,
            stage.signature,
            to_json(&stage.faults)?,
        ])?;
    }
    Ok(())
}

fn write_exceptions(conn: &Connection, before: Option<&Record>, after: &Record) -> Result<(), StoreError> {
    let known = |exception: &Exception| before.is_some_and(|before| before.exceptions.contains(exception));
    let mut put = conn.prepare_cached(
        "INSERT INTO exception (id, record, kind, address, blocking, state, owner, body, raised_by, raised_at, outcome, \
         outcome_by, outcome_at, waived_until, about, grp) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, owner = excluded.owner, outcome = excluded.outcome, \
         outcome_by = excluded.outcome_by, outcome_at = excluded.outcome_at, waived_until = excluded.waived_until, \
         grp = excluded.grp",
    )?;
    let mut strike =
        conn.prepare_cached("UPDATE exception_remark SET struck_at = ?3 WHERE exception = ?1 AND number = ?2")?;
    let mut say = conn.prepare_cached(
        "INSERT INTO exception_remark (exception, number, by_login, at, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for exception in after.exceptions.iter().filter(|exception| !known(exception)) {
        let outcome = exception.outcome.as_ref();
        put.execute(params![
            exception.id.0,
            after.id.0,
            exception.kind,
            exception.at.as_ref().map(Address::as_str),
            exception.blocking,
            exception.state.word(),
            exception.owner.as_ref().map(Login::as_str),
            exception.text,
            exception.raised_by.as_ref().map(Login::as_str),
            exception.raised_at.0,
            outcome.map(|outcome| outcome.text.as_str()),
            outcome.map(|outcome| outcome.by.as_str()),
            outcome.map(|outcome| outcome.at.0),
            outcome.and_then(|outcome| outcome.until).map(day_number),
            exception.about.as_ref().map(to_json).transpose()?,
            exception.group.map(|group| group.0),
        ])?;
        let earlier = before.and_then(|before| before.exceptions.iter().find(|one| one.id == exception.id));
        let said = earlier.map_or(0, |earlier| earlier.discussion.len());
        for (number, remark) in (0_i64..).zip(&exception.discussion).skip(said) {
            say.execute(params![exception.id.0, number, remark.by.as_str(), remark.at.0, remark.text])?;
        }
        for (number, remark) in (0_i64..).zip(&exception.discussion).take(said) {
            let earlier = earlier.and_then(|earlier| earlier.discussion.get(usize::try_from(number).ok()?));
            if let (Some(at), None) = (remark.struck_at, earlier.and_then(|earlier| earlier.struck_at)) {
                strike.execute(params![exception.id.0, number, at.0])?;
            }
        }
    }
    Ok(())
}

fn write_signoffs(conn: &Connection, before: Option<&Record>, after: &Record) -> Result<(), StoreError> {
    let earlier = before.map_or(&[][..], |before| &before.signoffs);
    for (number, signoff) in after.signoffs.iter().enumerate() {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let before = earlier.get(usize::try_from(number).unwrap_or(usize::MAX));
        if before.is_none() {
            let mut add = conn.prepare_cached(
                "INSERT INTO signoff (record, number, checkpoint, version, by_login, at, meaning, content, seq, \
                 seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?;
            add.execute(params![
                after.id.0,
                number,
                signoff.checkpoint,
                signoff.version,
                signoff.by.as_str(),
                signoff.at.0,
                signoff.meaning,
                signoff.content.0,
                after.seq.0,
                Some(write_seen(&signoff.seen)).filter(|seen| !seen.is_empty()),
            ])?;
        }
        if let (Some(at), None) = (signoff.void_at, before.and_then(|before| before.void_at)) {
            let mut add =
                conn.prepare_cached("INSERT INTO signoff_void (record, number, at, seq) VALUES (?1, ?2, ?3, ?4)")?;
            add.execute(params![after.id.0, number, at.0, after.seq.0])?;
        }
    }
    Ok(())
}

fn write_releases(conn: &Connection, packs: &mut Packs, writing: &Writing<'_>) -> Result<(), StoreError> {
    let earlier = writing.before.map_or(0, |before| before.releases.len());
    for release in writing.after.releases.iter().skip(earlier) {
        let Action::Release(sealed) = writing.action else {
            return Err(StoreError::Sql("a release came without its message".into()));
        };
        let mut add = conn.prepare_cached(
            "INSERT INTO release (record, version, reference, sealed_at, by_login, sha256, content, sealed_by, packed, \
             seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        add.execute(params![
            writing.after.id.0,
            release.version,
            release.reference,
            release.sealed_at.0,
            release.by.as_str(),
            release.sha256.0,
            release.content.0,
            release.sealed_by,
            packs.pack(conn, Body::Sealed, &sealed.bytes)?,
            writing.after.seq.0,
        ])?;
    }
    Ok(())
}

fn write_receipts(conn: &Connection, packs: &mut Packs, writing: &Writing<'_>) -> Result<(), StoreError> {
    let earlier = writing.before.map_or(0, |before| before.receipts.len());
    for (number, receipt) in (1_i64..).zip(&writing.after.receipts).skip(earlier) {
        if let Some(named) = &receipt.file {
            let Action::Receipt(CameBack { file: Some(file), .. }) = writing.action else {
                return Err(StoreError::Sql("a receipt came without its file".into()));
            };
            let mut there = conn.prepare_cached("SELECT 1 FROM receipt_file WHERE sha256 = ?1")?;
            if !there.exists([named.sha256.0])? {
                let packed = packs.pack(conn, Body::Receipt, &file.bytes)?;
                conn.prepare_cached("INSERT INTO receipt_file (sha256, packed) VALUES (?1, ?2)")?
                    .execute(params![named.sha256.0, packed])?;
            }
        }
        let mut add = conn.prepare_cached(
            "INSERT INTO receipt (record, number, version, answer, body, file_name, sha256, exception, by_login, at, seq) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        add.execute(params![
            writing.after.id.0,
            number,
            receipt.version,
            receipt.answer.word(),
            receipt.text,
            receipt.file.as_ref().map(|file| file.name.as_str()),
            receipt.file.as_ref().map(|file| file.sha256.0),
            receipt.exception.map(|exception| exception.0),
            receipt.by.as_str(),
            receipt.at.0,
            writing.after.seq.0,
        ])?;
    }
    Ok(())
}

//! Loads a record whole, in a handful of statements.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::{Work, priority_of, read_entries, read_seen};
use crate::domain::address::Address;
use crate::domain::exception::{Exception, Remark, Settlement, State};
use crate::domain::identity::{ExceptionId, RecordId, Seq, Vin};
use crate::domain::moment::Moment;
use crate::domain::receipt::{Answer, Enclosed, Receipt};
use crate::domain::record::{Record, Release, SignOff, Stage};
use crate::store::columns::{day_of, digest, from_json, login, maybe_login, parted};
use crate::store::error::StoreError;
use crate::store::pack::Packs;

/// Loads a record whole.
pub fn load(conn: &Connection, packs: &mut Packs, id: RecordId) -> Result<Record, StoreError> {
    let mut record = load_row(conn, packs, id)?;
    record.stages = load_stages(conn, packs, id)?;
    record.exceptions = load_exceptions(conn, id)?;
    record.signoffs = load_signoffs(conn, id)?;
    record.releases = load_releases(conn, id)?;
    if !record.releases.is_empty() {
        record.receipts = load_receipts(conn, id)?;
    }
    let mut editors = conn.prepare_cached("SELECT login FROM editor WHERE record = ?1 AND version = ?2")?;
    let mut rows = editors.query(params![id.0, record.version])?;
    let mut names = BTreeSet::new();
    while let Some(row) = rows.next()? {
        names.insert(login(row, 0)?);
    }
    record.editors = names;
    Ok(record)
}

fn load_row(conn: &Connection, packs: &mut Packs, id: RecordId) -> Result<Record, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT r.vin, r.build_stage, r.version, r.scope, r.order_no, r.step, r.step_since, r.owner, r.preparer, \
         r.due_own, r.rank, r.options, r.created_at, r.updated_at, r.seq, w.packed \
         FROM record r JOIN work w ON w.record = r.id WHERE r.id = ?1",
    )?;
    let mut rows = statement.query([id.0])?;
    let row = rows.next()?.ok_or_else(|| StoreError::missing(format!("record {}", id.0)))?;
    let broken = |what: String| StoreError::damaged(format!("record {}: {what}", id.0));
    let packed = row.get_ref(15)?.as_blob().map_err(|_| broken("its work is no blob".into()))?;
    let work: Work<'_> = from_json(&format!("the work of record {}", id.0), &packs.unpack(conn, packed)?)?;
    let vin = Vin::parse(&row.get::<_, String>(0)?).map_err(|no| broken(no.to_string()))?;
    let mut record = Record::new(id, vin, row.get(1)?, &row.get::<_, String>(5)?, Moment(row.get(12)?));
    record.version = row.get(2)?;
    record.scope = row.get(3)?;
    record.order = row.get(4)?;
    record.step_since = Moment(row.get(6)?);
    record.owner = maybe_login(row, 7)?;
    record.preparer = maybe_login(row, 8)?;
    record.due = row.get::<_, Option<i64>>(9)?.and_then(day_of);
    record.priority = priority_of(row.get(10)?);
    record.options = parted(&row.get::<_, String>(11)?).map(str::to_owned).collect();
    record.updated_at = Moment(row.get(13)?);
    record.seq = Seq(row.get(14)?);
    record.declared = work.declared.into_owned();
    record.dropped = work.dropped.into_owned();
    record.heard = work.heard.into_owned();
    record.corrected = work.corrected.into_owned();
    record.confirmations = work.confirmations.into_owned();
    record.hold = work.hold.into_owned();
    record.last_editor = work.last_editor.into_owned();
    record.told = work.told.into_owned();
    Ok(record)
}

fn load_stages(conn: &Connection, packs: &mut Packs, id: RecordId) -> Result<Vec<Stage>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT s.number, s.revision, s.sha256, s.received_at, s.source, s.signature, s.faults, m.packed_entries \
         FROM stage s JOIN message m ON m.sha256 = s.sha256 WHERE s.record = ?1 AND s.revision = \
         (SELECT max(o.revision) FROM stage o WHERE o.record = s.record AND o.number = s.number) ORDER BY s.number",
    )?;
    let mut rows = statement.query([id.0])?;
    let mut stages = Vec::new();
    while let Some(row) = rows.next()? {
        stages.push(read_stage(packs, conn, id, row)?);
    }
    Ok(stages)
}

/// Every revision of a stage, oldest first.
pub fn load_revisions(
    conn: &Connection,
    packs: &mut Packs,
    id: RecordId,
    number: u8,
) -> Result<Vec<Stage>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT s.number, s.revision, s.sha256, s.received_at, s.source, s.signature, s.faults, m.packed_entries \
         FROM stage s JOIN message m ON m.sha256 = s.sha256 WHERE s.record = ?1 AND s.number = ?2 ORDER BY s.revision",
    )?;
    let mut rows = statement.query(params![id.0, number])?;
    let mut stages = Vec::new();
    while let Some(row) = rows.next()? {
        stages.push(read_stage(packs, conn, id, row)?);
    }
    Ok(stages)
}

fn read_stage(
    packs: &mut Packs,
    conn: &Connection,
    id: RecordId,
    row: &rusqlite::Row<'_>,
) -> Result<Stage, StoreError> {
    let number = row.get(0)?;
    let what = format!("stage {number} of record {}", id.0);
    let packed = row.get_ref(7)?.as_blob().map_err(|_| StoreError::damaged(what.clone()))?;
    Ok(Stage {
        number,
        revision: row.get(1)?,
        content: read_entries(&packs.unpack(conn, packed)?).ok_or_else(|| StoreError::damaged(what.clone()))?,
        faults: from_json(&what, row.get::<_, String>(6)?.as_bytes())?,
        received_at: Moment(row.get(3)?),
        sha256: digest(row, 2)?,
        source: row.get(4)?,
        signature: row.get(5)?,
    })
}

pub const EXCEPTION_COLUMNS: &str = "x.id, x.kind, x.address, x.blocking, x.state, x.owner, x.body, x.raised_by, \
                                     x.raised_at, x.outcome, x.outcome_by, x.outcome_at, x.waived_until, x.about, x.grp";

fn load_exceptions(conn: &Connection, id: RecordId) -> Result<Vec<Exception>, StoreError> {
    let sql = format!("SELECT {EXCEPTION_COLUMNS} FROM exception x WHERE x.record = ?1 ORDER BY x.id");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    let mut exceptions = Vec::new();
    while let Some(row) = rows.next()? {
        exceptions.push(read_exception(conn, row)?);
    }
    Ok(exceptions)
}

/// What was written about an exception, oldest first (the primary key).
fn load_discussion(conn: &Connection, exception: i64) -> Result<Vec<Remark>, StoreError> {
    let mut find = conn.prepare_cached(
        "SELECT by_login, at, body, struck_at FROM exception_remark WHERE exception = ?1 ORDER BY number",
    )?;
    let mut rows = find.query([exception])?;
    let mut discussion = Vec::new();
    while let Some(row) = rows.next()? {
        discussion.push(Remark {
            by: login(row, 0)?,
            at: Moment(row.get(1)?),
            text: row.get(2)?,
            struck_at: row.get::<_, Option<i64>>(3)?.map(Moment),
        });
    }
    Ok(discussion)
}

/// An exception from [`EXCEPTION_COLUMNS`], with its discussion.
pub fn read_exception(conn: &Connection, row: &rusqlite::Row<'_>) -> Result<Exception, StoreError> {
    let id = row.get(0)?;
    let broken = |what: &str| StoreError::damaged(format!("exception {id}: {what}"));
    let word: String = row.get(4)?;
    let outcome = match row.get::<_, Option<String>>(9)? {
        None => None,
        Some(text) => Some(Settlement {
            text,
            by: login(row, 10)?,
            at: Moment(row.get(11)?),
            until: row.get::<_, Option<i64>>(12)?.and_then(day_of),
        }),
    };
    let address = row.get::<_, Option<String>>(2)?.map(|text| Address::parse(&text)).transpose();
    let about = row.get::<_, Option<String>>(13)?.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Exception {
        id: ExceptionId(id),
        kind: row.get(1)?,
        at: address.map_err(|no| broken(&no.to_string()))?,
        blocking: row.get(3)?,
        state: State::ALL.into_iter().find(|state| state.word() == word).ok_or_else(|| broken("its state"))?,
        owner: maybe_login(row, 5)?,
        text: row.get(6)?,
        raised_by: maybe_login(row, 7)?,
        raised_at: Moment(row.get(8)?),
        outcome,
        about: about.map_err(|fault| broken(&fault.to_string()))?,
        discussion: load_discussion(conn, id)?,
        group: row.get::<_, Option<i64>>(14)?.map(ExceptionId),
    })
}

fn load_signoffs(conn: &Connection, id: RecordId) -> Result<Vec<SignOff>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT s.checkpoint, s.version, s.by_login, s.at, s.meaning, s.content, v.at, s.seen FROM signoff s \
         LEFT JOIN signoff_void v ON v.record = s.record AND v.number = s.number WHERE s.record = ?1 ORDER BY s.number",
    )?;
    let mut rows = statement.query([id.0])?;
    let mut signoffs = Vec::new();
    while let Some(row) = rows.next()? {
        signoffs.push(SignOff {
            checkpoint: row.get(0)?,
            version: row.get(1)?,
            by: login(row, 2)?,
            at: Moment(row.get(3)?),
            meaning: row.get(4)?,
            content: digest(row, 5)?,
            void_at: row.get::<_, Option<i64>>(6)?.map(Moment),
            seen: row.get::<_, Option<Vec<u8>>>(7)?.map(|bytes| read_seen(&bytes)).unwrap_or_default(),
        });
    }
    Ok(signoffs)
}

fn load_releases(conn: &Connection, id: RecordId) -> Result<Vec<Release>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT version, reference, sealed_at, by_login, sha256, content, sealed_by FROM release WHERE record = ?1 \
         ORDER BY version",
    )?;
    let mut rows = statement.query([id.0])?;
    let mut releases = Vec::new();
    while let Some(row) = rows.next()? {
        releases.push(Release {
            version: row.get(0)?,
            reference: row.get(1)?,
            sealed_at: Moment(row.get(2)?),
            by: login(row, 3)?,
            sha256: digest(row, 4)?,
            content: digest(row, 5)?,
            sealed_by: row.get(6)?,
        });
    }
    Ok(releases)
}

/// What came back for the releases, oldest first (the primary key).
fn load_receipts(conn: &Connection, id: RecordId) -> Result<Vec<Receipt>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT version, answer, body, file_name, sha256, by_login, at, exception FROM receipt WHERE record = ?1 \
         ORDER BY number",
    )?;
    let mut rows = statement.query([id.0])?;
    let mut receipts = Vec::new();
    while let Some(row) = rows.next()? {
        let word: String = row.get(1)?;
        let file = match row.get::<_, Option<String>>(3)? {
            Some(name) => Some(Enclosed { name, sha256: digest(row, 4)? }),
            None => None,
        };
        receipts.push(Receipt {
            version: row.get(0)?,
            answer: Answer::of(&word)
                .ok_or_else(|| StoreError::damaged(format!("record {}: the answer `{word}`", id.0)))?,
            text: row.get(2)?,
            file,
            by: login(row, 5)?,
            at: Moment(row.get(6)?),
            exception: row.get::<_, Option<i64>>(7)?.map(ExceptionId),
        });
    }
    Ok(receipts)
}

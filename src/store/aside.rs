//! What lists ask of a record beside its row: the entries our stage changed, what the checks found, the remarks written on it.
//! Written with the record, each in a table with an index, so that a filter never reads a body.
//!
//! Records of a desk of schema 1 get theirs when a filter first asks for it, some at a time (`unmarked` lists them).

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::desk::{Desk, End, Session};
use super::error::StoreError;
use super::record;
use crate::domain::catalogue::Catalogue;
use crate::domain::certificate::Certificate;
use crate::domain::checks::{self, Finding};
use crate::domain::filter::Filter;
use crate::domain::identity::RecordId;
use crate::domain::moment::Moment;

/// Records that get what is beside their row in one transaction: nobody waits long behind it.
const BATCH: i64 = 200;

/// What is written beside a record's row.
pub struct Beside<'a> {
    pub record: RecordId,
    pub certificate: &'a Certificate,
    pub findings: &'a [Finding],
    /// The step in which what is found now was found; unknown where it was found before anybody looked.
    pub step: Option<&'a str>,
    pub now: Moment,
}

/// [`write`], for whoever has the session at hand.
pub fn keep(beside: &Beside<'_>, session: &Session<'_>) -> Result<(), StoreError> {
    write(session.conn, session.catalogue, beside)
}

/// Writes what differs from what stands there.
pub fn write(conn: &Connection, catalogue: &Catalogue, beside: &Beside<'_>) -> Result<(), StoreError> {
    let before = conn.prepare_cached("DELETE FROM unmarked WHERE record = ?1")?.execute([beside.record.0])? > 0;
    write_changes(conn, catalogue, beside)?;
    // What stands on a record that nobody looked at before was found some time, in a step that nobody knows.
    write_findings(conn, &Beside { step: beside.step.filter(|_| !before), ..*beside })
}

fn write_changes(conn: &Connection, catalogue: &Catalogue, beside: &Beside<'_>) -> Result<(), StoreError> {
    let changes = beside.certificate.changes.iter().filter(|change| change.kind.differs());
    let mut changed: BTreeSet<&str> = changes.map(|change| change.address.as_str()).collect();
    let mut find = conn.prepare_cached(
        "SELECT a.address, a.id FROM record_change c JOIN changed_address a ON a.id = c.address WHERE c.record = ?1",
    )?;
    let stood = find.query_map([beside.record.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let stood: Vec<(String, i64)> = stood.collect::<Result<_, _>>()?;
    let mut drop = conn.prepare_cached("DELETE FROM record_change WHERE address = ?1 AND record = ?2")?;
    for (address, id) in &stood {
        if !changed.remove(address.as_str()) {
            drop.execute(params![id, beside.record.0])?;
        }
    }
    let mut add = conn.prepare_cached("INSERT INTO record_change (address, record) VALUES (?1, ?2)")?;
    for address in changed {
        add.execute(params![number_of(conn, catalogue, address)?, beside.record.0])?;
    }
    Ok(())
}

/// The number an address goes by in `record_change`; there are some thousand addresses, and every desk uses the same few.
fn number_of(conn: &Connection, catalogue: &Catalogue, address: &str) -> Result<i64, StoreError> {
    let mut find = conn.prepare_cached("SELECT id FROM changed_address WHERE address = ?1")?;
    let mut rows = find.query([address])?;
    if let Some(row) = rows.next()? {
        return Ok(row.get(0)?);
    }
    let parsed = crate::domain::address::Address::unchecked(address);
    let entry = catalogue.element(&parsed).and_then(|element| element.entry);
    let mut add = conn.prepare_cached(
        "INSERT INTO changed_address (address, path, name, entry, last_row) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let row = parsed.steps().filter_map(|step| step.row).last();
    add.execute(params![address, parsed.pattern(), without_row(parsed.name()), entry, row])?;
    Ok(conn.last_insert_rowid())
}

fn without_row(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

fn write_findings(conn: &Connection, beside: &Beside<'_>) -> Result<(), StoreError> {
    let mut found: BTreeMap<&str, u32> = BTreeMap::new();
    for finding in beside.findings {
        *found.entry(finding.check).or_default() += 1;
    }
    let mut find =
        conn.prepare_cached("SELECT check_id, entries FROM record_finding WHERE record = ?1 AND gone_at IS NULL")?;
    let stood = find.query_map([beside.record.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let stood: BTreeMap<String, u32> = stood.collect::<Result<_, _>>()?;
    let mut gone = conn.prepare_cached("UPDATE record_finding SET gone_at = ?3 WHERE check_id = ?1 AND record = ?2")?;
    for check in stood.keys().filter(|check| !found.contains_key(check.as_str())) {
        gone.execute(params![check, beside.record.0, beside.now.0])?;
    }
    let mut put = conn.prepare_cached(
        "INSERT INTO record_finding (check_id, record, entries, found_at, found_in) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (check_id, record) DO UPDATE SET entries = max(entries, excluded.entries), gone_at = NULL",
    )?;
    for (check, entries) in found {
        if stood.get(check).is_none_or(|most| *most < entries) {
            put.execute(params![check, beside.record.0, entries, beside.now.0, beside.step])?;
        }
    }
    Ok(())
}

/// Keeps a remark that was written on a record, for the words of filters.
pub fn remark(conn: &Connection, record: RecordId, seq: i64, text: &str) -> Result<(), StoreError> {
    let mut add = conn.prepare_cached("INSERT INTO remark (record, seq, body) VALUES (?1, ?2, ?3)")?;
    add.execute(params![record.0, seq, text])?;
    Ok(())
}

/// The remarks of a record, one a line.
pub fn remarks(conn: &Connection, record: RecordId) -> Result<String, StoreError> {
    let mut find = conn.prepare_cached("SELECT body FROM remark WHERE record = ?1 ORDER BY seq")?;
    let texts = find.query_map([record.0], |row| row.get::<_, String>(0))?;
    Ok(texts.collect::<Result<Vec<_>, _>>()?.join("\n"))
}

impl Desk {
    /// Makes sure that what a filter asks beside the rows is there, for records written before it was kept.
    pub(super) fn fill_beside(&mut self, filter: Option<&Filter>, now: Moment) -> Result<(), StoreError> {
        if !filter.is_some_and(Filter::asks_beside) {
            return Ok(());
        }
        while self.read(|session| Ok(!unmarked(session, 1)?.is_empty()))? {
            self.write(|session| {
                for id in unmarked(session, BATCH)? {
                    fill(session, RecordId(id), now)?;
                }
                Ok(End::Keep(()))
            })?;
        }
        Ok(())
    }
}

fn unmarked(session: &Session<'_>, limit: i64) -> Result<Vec<i64>, StoreError> {
    let mut find = session.conn.prepare_cached("SELECT record FROM unmarked ORDER BY record LIMIT ?1")?;
    Ok(find.query_map([limit], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn fill(session: &mut Session<'_>, id: RecordId, now: Moment) -> Result<(), StoreError> {
    let record = record::load(session.conn, session.packs, id)?;
    let around = session.around(&record)?;
    let case = around.case(&record, now);
    let certificate = Certificate::of(&case);
    let findings = checks::run(&case, &certificate);
    let beside = Beside { record: id, certificate: &certificate, findings: &findings, step: None, now };
    write(session.conn, session.catalogue, &beside)
}

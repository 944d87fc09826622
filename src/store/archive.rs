//! The archive: released versions newest first, and whether one of them still fits its history.
//!
//! Releases are only ever added, so that their order of coming is their order in the file: a page runs back along it and needs no
//! index of its own.

use rusqlite::{Row, params};

use super::chain::{self, Stored};
use super::columns::{digest, login};
use super::desk::{Desk, Session};
use super::error::StoreError;
use super::page::asker;
use super::select::{self, Asker, Clause, Rare};
use super::verify::{self, ChainReport};
use crate::domain::archive::{Filed, Later, ReleaseId, releases};
use crate::domain::filter::Filter;
use crate::domain::identity::{Login, RecordId, Seq, Vin};
use crate::domain::moment::Moment;
use crate::domain::receipt::Answer;
use crate::domain::record::Release;

/// Which released versions somebody wants to see.
#[derive(Debug, Clone)]
pub struct ArchiveQuery {
    /// Only those of records that this selects.
    pub filter: Option<Filter>,
    /// At most how many.
    pub limit: usize,
    /// Behind which; from the newest without. What a page answers as its `next`.
    pub after: Option<i64>,
    /// Who asks.
    pub who: Login,
    /// The moment it is.
    pub now: Moment,
}

/// A page of the archive, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivePage {
    /// Its rows.
    pub rows: Vec<Filed>,
    /// Behind which the next page begins, if there is one.
    pub next: Option<i64>,
    /// Released versions on the desk.
    pub total: u64,
}

/// Released versions on the desk: a row for each scope and week is read, not one for each release.
pub(super) const TOTAL: &str = "SELECT coalesce(sum(released), 0) FROM tally_release";

/// The columns of a line. `later` is the last released version of the record: the end of the primary key; the last answer is
/// found along that of the answers.
const COLUMNS: &str = "e.rowid, e.record, e.version, e.reference, e.sealed_at, e.by_login, e.sha256, e.content, e.sealed_by, e.seq, \
     r.vin, r.version, r.scope, r.approval, r.variant, \
     (SELECT l.version FROM release l WHERE l.record = e.record ORDER BY l.version DESC LIMIT 1), \
     (SELECT t.answer FROM receipt t WHERE t.record = e.record AND t.version = e.version ORDER BY t.number DESC LIMIT 1)";

impl Desk {
    /// A page of released versions, newest first.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn archive(&mut self, query: &ArchiveQuery) -> Result<ArchivePage, StoreError> {
        self.fill_beside(query.filter.as_ref(), query.now)?;
        self.read(|session| {
            let clause = statement(session, query)?;
            let mut find = session.conn.prepare_cached(&clause.sql)?;
            let mut rows = find.query(rusqlite::params_from_iter(clause.values.clone()))?;
            let mut filed = Vec::new();
            while let Some(row) = rows.next()? {
                filed.push((row.get::<_, i64>(0)?, line(row)?));
            }
            let more = filed.len() > query.limit;
            filed.truncate(query.limit);
            let next = filed.last().filter(|_| more).map(|(place, _)| *place);
            let total = session.conn.prepare_cached(TOTAL)?.query_row([], |row| super::columns::amount(row, 0))?;
            Ok(ArchivePage { rows: filed.into_iter().map(|(_, line)| line).collect(), next, total })
        })
    }

    /// Whether a released version fits the history: its event is there, unchanged and between its neighbours, and tells of this
    /// release; and the record with all its decisions is what its last event left. Answers the event's number and what does not fit.
    ///
    /// # Errors
    /// There is no such release; the desk cannot be read.
    pub fn release_in_history(&mut self, id: ReleaseId) -> Result<(Seq, Vec<String>), StoreError> {
        self.read(|session| {
            let mut find = session
                .conn
                .prepare_cached("SELECT seq, reference, sha256 FROM release WHERE record = ?1 AND version = ?2")?;
            let mut rows = find.query(params![id.record.0, id.version])?;
            let missing = || StoreError::missing(format!("release of version {}", id.version));
            let row = rows.next()?.ok_or_else(missing)?;
            let (seq, told) = (Seq(row.get(0)?), format!("{} sha256 {}", row.get::<_, String>(1)?, digest(row, 2)?));
            let mut faults = event_faults(session, seq, id, &told)?;
            let mut report = ChainReport::new();
            verify::verify_record(session, id.record, &mut report)?;
            faults.extend(report.faults.into_iter().map(|fault| fault.what));
            Ok((seq, faults))
        })
    }

    /// How SQLite would find a page of the archive.
    #[cfg(test)]
    pub(super) fn archive_plan(&mut self, query: &ArchiveQuery) -> Result<Vec<String>, StoreError> {
        let clause = self.read(|session| statement(session, query))?;
        self.plan_of(&clause.sql)
    }
}

/// A page runs back along the releases in the order they came; where few records have what the filter asks, along those.
fn statement(session: &Session<'_>, query: &ArchiveQuery) -> Result<Clause, StoreError> {
    let rare = query.filter.as_ref().map_or(Ok(Vec::new()), |filter| select::rare(session, filter))?;
    Ok(written(query, &asker(&query.who, query.now), &rare))
}

fn written(query: &ArchiveQuery, asker: &Asker, rare: &[Rare]) -> Clause {
    let mut clause = Clause::default();
    clause.add("SELECT ").add(COLUMNS).add(" FROM release e JOIN record r ON r.id = e.record WHERE 1");
    if let Some(filter) = &query.filter {
        clause.add(" AND ");
        select::write_filter(&mut clause, filter, asker);
    }
    select::write_rare(&mut clause, rare);
    if let Some(after) = query.after {
        clause.add(" AND e.rowid < ").value(after);
    }
    let limit = i64::try_from(query.limit.saturating_add(1)).unwrap_or(i64::MAX);
    clause.add(" ORDER BY e.rowid DESC LIMIT ").value(limit);
    clause
}

fn line(row: &Row<'_>) -> Result<Filed, StoreError> {
    let id = ReleaseId { record: RecordId(row.get(1)?), version: row.get(2)? };
    let (in_work, last): (u8, u8) = (row.get(11)?, row.get(15)?);
    let later = match (last > id.version, in_work > id.version) {
        (true, _) => Later::Corrected(id.version + 1),
        (false, true) => Later::InWork(in_work),
        (false, false) => Later::Nothing,
    };
    // What lists say of a record is of its version in work.
    let stands = later == Later::Nothing;
    let vin: String = row.get(10)?;
    Ok(Filed {
        id,
        vin: Vin::parse(&vin).map_err(|no| StoreError::damaged(format!("a release: {no}")))?,
        release: Release {
            version: id.version,
            reference: row.get(3)?,
            sealed_at: Moment(row.get(4)?),
            by: login(row, 5)?,
            sha256: digest(row, 6)?,
            content: digest(row, 7)?,
            sealed_by: row.get(8)?,
        },
        seq: Seq(row.get(9)?),
        later,
        answer: row.get::<_, Option<String>>(16)?.as_deref().and_then(Answer::of),
        scope: row.get(12)?,
        approval: row.get::<_, Option<String>>(13)?.filter(|_| stands),
        variant: row.get::<_, Option<String>>(14)?.filter(|_| stands),
    })
}

/// What does not fit about the event of a release.
fn event_faults(session: &mut Session<'_>, seq: Seq, id: ReleaseId, told: &str) -> Result<Vec<String>, StoreError> {
    let mut faults = Vec::new();
    let sql = format!("SELECT {} FROM event WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq", chain::COLUMNS);
    let mut find = session.conn.prepare_cached(&sql)?;
    let mut rows = find.query(params![seq.0 - 1, seq.0 + 1])?;
    let mut before: Option<(i64, Vec<u8>)> = None;
    let mut is_there = false;
    while let Some(row) = rows.next()? {
        let stored = match Stored::read(session.conn, session.packs, row) {
            Ok(stored) => stored,
            Err(error) => {
                faults.push(format!("event {}: {error}", row.get::<_, i64>(0)?));
                before = None;
                continue;
            }
        };
        let at = stored.seq;
        if before.as_ref().is_some_and(|(_, hash)| stored.prev_hash != *hash) {
            faults.push(format!("event {at} does not carry the hash of the event before"));
        }
        if stored.hash != stored.right_hash().0 {
            faults.push(format!("event {at} is not what its hash was made of"));
        }
        before = Some((at, stored.hash.clone()));
        if at == seq.0 {
            is_there = true;
            let event = match stored.event() {
                Ok(event) => event,
                Err(error) => {
                    faults.push(error.to_string());
                    continue;
                }
            };
            let what = format!("release version {}", id.version);
            let line = event.facts.lines.iter().find(|line| line.what == what);
            let same = line.and_then(|line| line.to.as_deref()) == Some(told);
            if !releases(&event.facts, id.version) || !same || event.record.map(|(record, _)| record) != Some(id.record)
            {
                faults.push(format!("event {at} does not tell of this release, its reference and its SHA-256"));
            }
        }
    }
    if !is_there {
        faults.push(format!("event {} is not there", seq.0));
    }
    Ok(faults)
}

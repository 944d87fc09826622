//! Whether everything on the desk still fits together: the chain, each record with its last event, each message with its
//! hash, each sign-off and release with the event that made it, the schema itself. Each fault is named with its place.
//!
//! Looked at in small transactions, so that nobody waits for it however large the desk is.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::chain::{self, BEGINNING, Stored};
use super::columns::{digest, to_json};
use super::desk::{Desk, Session};
use super::error::StoreError;
use super::govern;
use super::record;
use super::structure::{page_faults, schema_faults};
use super::summary;
use crate::domain::certificate::Certificate;
use crate::domain::event::Event;
use crate::domain::identity::{Digest, RecordId, Seq};
use crate::domain::moment::Moment;
use crate::domain::policy::Outcome;
use crate::domain::record::Record;
use crate::domain::summary::Summary;

/// What was looked at, and what does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// How many events.
    pub events: u64,
    /// How many records.
    pub records: u64,
    /// How many messages received.
    pub messages: u64,
    /// How many releases.
    pub releases: u64,
    /// The last event and its hash: what an anchor is compared with.
    pub head: (Seq, Digest),
    /// What does not fit; at most a thousand.
    pub faults: Vec<ChainFault>,
}

impl ChainReport {
    /// Nothing looked at yet.
    pub(super) fn new() -> ChainReport {
        ChainReport { events: 0, records: 0, messages: 0, releases: 0, head: (Seq(0), BEGINNING), faults: Vec::new() }
    }

    /// Whether everything fits.
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, place: impl Into<String>, what: impl Into<String>) {
        const ENOUGH: usize = 1000;
        if self.faults.len() < ENOUGH {
            self.faults.push(ChainFault { place: place.into(), what: what.into() });
        }
    }
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFault {
    /// Where: `event 17`, `record WDB9066331S000001`, `message 5e88…`.
    pub place: String,
    /// What.
    pub what: String,
}

/// The hashes of what acts on the desk itself were about, by subject, as the last event about each left it.
type Subjects = BTreeMap<String, Vec<u8>>;

impl Desk {
    /// Looks at everything that is bound by a hash.
    ///
    /// # Errors
    /// When the desk cannot be read at all; what can be read and does not fit is in the report.
    pub fn verify_chain(&mut self) -> Result<ChainReport, StoreError> {
        let mut report = ChainReport::new();
        self.read(|session| {
            for (place, what) in schema_faults(session.conn)?.into_iter().chain(page_faults(session.conn)?) {
                report.fault(place, what);
            }
            Ok(())
        })?;
        let subjects = self.verify_events(&mut report)?;
        self.read(|session| verify_subjects(session, &subjects, &mut report))?;
        self.verify_records(&mut report)?;
        self.verify_bodies(&mut report)?;
        Ok(report)
    }

    fn verify_events(&mut self, report: &mut ChainReport) -> Result<Subjects, StoreError> {
        let mut subjects = Subjects::new();
        loop {
            let before = report.events;
            self.read(|session| verify_some_events(session, report, &mut subjects))?;
            if report.events == before {
                return Ok(subjects);
            }
        }
    }

    fn verify_records(&mut self, report: &mut ChainReport) -> Result<(), StoreError> {
        let mut last = 0;
        loop {
            let next = self.read(|session| {
                let ids = some_ids(session.conn, "SELECT id FROM record WHERE id > ?1 ORDER BY id LIMIT 100", last)?;
                for id in &ids {
                    report.records += 1;
                    verify_record(session, RecordId(*id), report)?;
                }
                Ok(ids.last().copied())
            })?;
            match next {
                Some(id) => last = id,
                None => return Ok(()),
            }
        }
    }

    /// The bytes received, released and come back, each against its SHA-256.
    fn verify_bodies(&mut self, report: &mut ChainReport) -> Result<(), StoreError> {
        const BODIES: [(&str, &str); 3] = [
            ("message", "SELECT rowid, sha256, packed FROM message WHERE rowid > ?1 ORDER BY rowid LIMIT 100"),
            ("release", "SELECT rowid, sha256, packed FROM release WHERE rowid > ?1 ORDER BY rowid LIMIT 100"),
            ("receipt", "SELECT rowid, sha256, packed FROM receipt_file WHERE rowid > ?1 ORDER BY rowid LIMIT 100"),
        ];
        for (table, sql) in BODIES {
            let mut last = 0_i64;
            loop {
                let before = last;
                self.read(|session| {
                    let mut find = session.conn.prepare_cached(sql)?;
                    let mut rows = find.query([last])?;
                    while let Some(row) = rows.next()? {
                        last = row.get(0)?;
                        match table {
                            "message" => report.messages += 1,
                            "release" => report.releases += 1,
                            _ => {}
                        }
                        let place = match digest(row, 1) {
                            Ok(sha256) => format!("{table} {sha256}"),
                            Err(_) => format!("{table} in row {last}"),
                        };
                        let packed: Vec<u8> = row.get(2)?;
                        match session.packs.unpack(session.conn, &packed) {
                            Ok(bytes) if digest(row, 1).is_ok_and(|sha256| sha256 == Digest::of(&bytes)) => {}
                            Ok(_) => report.fault(place, "the bytes are not those its SHA-256 was made of"),
                            Err(error) => report.fault(place, error.to_string()),
                        }
                    }
                    Ok(())
                })?;
                if last == before {
                    break;
                }
            }
        }
        Ok(())
    }
}

fn some_ids(conn: &Connection, sql: &str, last: i64) -> Result<Vec<i64>, StoreError> {
    let mut find = conn.prepare_cached(sql)?;
    Ok(find.query_map([last], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The next few hundred events: their places, the hash before each, their own, and the last state of each subject.
fn verify_some_events(
    session: &mut Session<'_>,
    report: &mut ChainReport,
    subjects: &mut Subjects,
) -> Result<(), StoreError> {
    let sql = format!("SELECT {} FROM event WHERE seq > ?1 ORDER BY seq LIMIT 500", chain::COLUMNS);
    let mut find = session.conn.prepare_cached(&sql)?;
    let mut rows = find.query([report.head.0.0])?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let place = format!("event {seq}");
        report.events += 1;
        if seq != report.head.0.0 + 1 {
            report.fault(&place, format!("it follows event {}: those between are missing", report.head.0.0));
        }
        let stored = match Stored::read(session.conn, session.packs, row) {
            Ok(stored) => stored,
            Err(error) => {
                report.fault(&place, error.to_string());
                report.head = (Seq(seq), Digest(row.get(13).unwrap_or_default()));
                continue;
            }
        };
        if stored.prev_hash != report.head.1.0 {
            report.fault(&place, "it does not carry the hash of the event before");
        }
        if stored.hash != stored.right_hash().0 {
            report.fault(&place, "it is not what its hash was made of");
        }
        report.head = (Seq(seq), Digest(row.get(13).unwrap_or_default()));
        if let Some(subject) = &stored.subject {
            subjects.insert(subject.clone(), stored.state.clone());
        }
        if let Err(error) = stored.event() {
            report.fault(&place, error.to_string());
        }
    }
    Ok(())
}

/// What governs the desk, against the last event about each; and whether anything was put there or taken away.
fn verify_subjects(session: &mut Session<'_>, told: &Subjects, report: &mut ChainReport) -> Result<(), StoreError> {
    let conn = session.conn;
    let mut there = Subjects::new();
    let mut put = |subject: String, state: Digest| drop(there.insert(subject, state.0.to_vec()));
    let demo: String = conn.query_row("SELECT value FROM meta WHERE name = 'demo'", [], |row| row.get(0))?;
    put("desk".into(), govern::state_of_desk(demo == "yes"));
    match super::people::load_people(conn) {
        Ok(people) => {
            for person in people {
                put(format!("person {}", person.login), govern::state_of(&to_json(&person)?));
            }
        }
        Err(error) => report.fault("people", error.to_string()),
    }
    let mut policies = conn.prepare("SELECT version, source, body FROM policy")?;
    let mut rows = policies.query([])?;
    while let Some(row) = rows.next()? {
        let (version, source, body): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        put(format!("policy {version}"), govern::state_of_policy(&source, &body));
    }
    let mut options = conn.prepare("SELECT version, source, body FROM option_set")?;
    let mut rows = options.query([])?;
    while let Some(row) = rows.next()? {
        let (version, source, body): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        put(format!("options {version}"), super::options::state_of(&source, &body));
    }
    let texts = |sql: &str| -> Result<Vec<(String, String)>, StoreError> {
        Ok(conn.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    };
    for (number, body) in texts("SELECT number, body FROM approval")? {
        put(format!("approval {number}"), govern::state_of(&body));
    }
    for (user, text) in texts("SELECT os_user, os_user FROM gateway")? {
        put(format!("gateway {user}"), govern::state_of(&text));
    }
    for scope in super::scopes::load_scopes(conn)? {
        put(format!("scope {}", scope.name), govern::state_of(&to_json(&scope)?));
    }
    for (subject, state) in super::saved::shared(session)? {
        put(subject, state);
    }
    for (subject, state) in &there {
        match told.get(subject) {
            None => report.fault(subject, "no event tells how it came to be"),
            Some(last) if last != state => report.fault(subject, "it is not what the last event about it left"),
            Some(_) => {}
        }
    }
    let gone = govern::gone().0;
    let missing = told.iter().filter(|(subject, state)| !there.contains_key(*subject) && state[..] != gone);
    for (subject, _) in missing {
        report.fault(subject, "the history tells of it, but it is gone");
    }
    Ok(())
}

/// A record against its last event, its stages, decisions and line against what they are.
pub(super) fn verify_record(
    session: &mut Session<'_>,
    id: RecordId,
    report: &mut ChainReport,
) -> Result<(), StoreError> {
    let record = match record::load(session.conn, session.packs, id) {
        Ok(record) => record,
        Err(error) => {
            report.fault(format!("record {}", id.0), error.to_string());
            return Ok(());
        }
    };
    let place = format!("record {}", record.vin);
    let mut last =
        session.conn.prepare_cached("SELECT seq, state, vin FROM event WHERE record = ?1 ORDER BY seq DESC LIMIT 1")?;
    let mut rows = last.query([id.0])?;
    match rows.next()? {
        None => report.fault(&place, "no event tells how it came to be"),
        Some(row) => {
            let fits = row.get::<_, i64>(0)? == record.seq.0
                && row.get::<_, Vec<u8>>(1)? == record::state_of(&record)?.0
                && row.get::<_, String>(2)? == record.vin.as_str();
            if !fits {
                report.fault(&place, format!("it is not what event {} left", row.get::<_, i64>(0)?));
            }
        }
    }
    match chain::of_record(session.conn, session.packs, id, Seq(0), usize::MAX) {
        Ok(history) => {
            verify_stages(session.conn, &record, &history, &place, report)?;
            verify_decisions(session.conn, &record, &history, &place, report)?;
        }
        Err(error) => report.fault(&place, error.to_string()),
    }
    verify_line(session, &record, &place, report)
}

/// Each revision of a stage against the event that received it.
fn verify_stages(
    conn: &Connection,
    record: &Record,
    history: &[Event],
    place: &str,
    report: &mut ChainReport,
) -> Result<(), StoreError> {
    let mut find = conn.prepare_cached("SELECT number, revision, sha256 FROM stage WHERE record = ?1")?;
    let mut rows = find.query([record.id.0])?;
    while let Some(row) = rows.next()? {
        let what = format!("stage {}", row.get::<_, u8>(0)?);
        let revision: usize = row.get::<_, u32>(1)?.try_into().unwrap_or(usize::MAX);
        let sha256 = digest(row, 2)?.to_string();
        let lines = history.iter().flat_map(|event| &event.facts.lines);
        let mut received = lines.filter(|line| line.what == what && line.to.is_some());
        let told = received.nth(revision.saturating_sub(1)).and_then(|line| line.to.as_deref());
        if told != Some(&sha256) {
            report.fault(place, format!("{what}, revision {revision}: no event tells of the message {sha256}"));
        }
    }
    Ok(())
}

/// Each sign-off, each release and each receipt against the event that made it.
fn verify_decisions(
    conn: &Connection,
    record: &Record,
    history: &[Event],
    place: &str,
    report: &mut ChainReport,
) -> Result<(), StoreError> {
    const DECISIONS: [&str; 3] = [
        "SELECT 'sign-off ' || checkpoint, by_login, at, seq FROM signoff WHERE record = ?1 ORDER BY number",
        "SELECT 'release version ' || version, by_login, sealed_at, seq FROM release WHERE record = ?1 ORDER BY version",
        "SELECT 'receipt version ' || version, by_login, at, seq FROM receipt WHERE record = ?1 ORDER BY number",
    ];
    for sql in DECISIONS {
        let mut find = conn.prepare_cached(sql)?;
        let mut rows = find.query([record.id.0])?;
        while let Some(row) = rows.next()? {
            let (what, by, at): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let seq = Seq(row.get(3)?);
            let told = history.iter().find(|event| event.seq == seq).is_some_and(|event| {
                let mut lines = event.facts.lines.iter().filter(|line| line.what == what && line.to.is_some());
                match event.facts.undoes {
                    // What made it void was undone: it stands again, as the one that was given at that moment.
                    Some(_) => lines.any(|line| line.to.as_deref() == Some(&by)) && given(history, &what, &by, at),
                    None => lines.next().is_some() && event.by.as_str() == by && event.at == Moment(at),
                }
            });
            if !told {
                report.fault(place, format!("{what}: event {} does not tell of it", seq.0));
            }
        }
    }
    Ok(())
}

/// Whether somebody gave a sign-off at that moment.
fn given(history: &[Event], what: &str, by: &str, at: i64) -> bool {
    history.iter().any(|event| {
        event.by.as_str() == by
            && event.at == Moment(at)
            && event.facts.undoes.is_none()
            && event.facts.lines.iter().any(|line| line.what == what && line.to.is_some())
    })
}

/// What lists show of a record, against what it is. What its checks found depends on the day and is left out; records at
/// rest show what they were under the approvals of their day.
fn verify_line(
    session: &mut Session<'_>,
    record: &Record,
    place: &str,
    report: &mut ChainReport,
) -> Result<(), StoreError> {
    let now = record.updated_at;
    let around = session.around(record)?;
    let case = around.case(record, now);
    let shown = summary::load(session, record.id, now)?;
    let mut right = Summary::of(&case, &Certificate::of(&case), &[]);
    right.blocking_findings = shown.blocking_findings;
    right.warning_findings = shown.warning_findings;
    // Records are told of it one after the other, after the approval changed.
    right.approval_status = shown.approval_status;
    let rests = case.policy.step(&record.step).is_none_or(|step| step.outcome == Outcome::Rest);
    if rests {
        right.category.clone_from(&shown.category);
        right.vehicle_type.clone_from(&shown.vehicle_type);
        right.changes = shown.changes;
        right.unconfirmed = shown.unconfirmed;
    }
    let mut odd = session.conn.prepare_cached(
        "SELECT 1 FROM record WHERE id = ?1 AND (coalesce(released_at, -1) <> ?2 OR coalesce(approval_base, '') <> ?3 \
         OR coalesce(delivery, '') <> ?4)",
    )?;
    let released = record.releases.last().map_or(-1, |release| release.sealed_at.0);
    let base = right.approval.as_deref().map(record::base_of).unwrap_or_default();
    if shown != right
        || odd.exists(params![record.id.0, released, base, record::delivery(record).unwrap_or_default()])?
    {
        report.fault(place, "what lists show of it is not what it is");
    }
    Ok(())
}

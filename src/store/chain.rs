//! The history: events appended to one hash chain and read back.
//!
//! Invariant: an event's hash is the SHA-256 over a version tag, the hash before it, and its fields, each with its type and
//! length, made here and never from SQL text. `state` is the hash of what the event was about as it was afterwards, so
//! that whoever changes a row behind the desk's back parts it from its history.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::error::StoreError;
use super::pack::{Body, Packs};
use crate::domain::event::{Event, Facts};
use crate::domain::identity::{Digest, Login, RecordId, Seq, Vin};
use crate::domain::moment::Moment;

/// The hash before the first event.
pub const BEGINNING: Digest = Digest([0; 32]);

/// A SHA-256 over fields that each carry their type and their length, so that no two lists of fields share their bytes.
pub struct Fields(Sha256);

impl Fields {
    pub fn new(tag: &str) -> Self {
        let mut fields = Fields(Sha256::new());
        fields.text(tag);
        fields
    }

    fn put(&mut self, kind: u8, bytes: &[u8]) {
        self.0.update([kind]);
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    pub fn text(&mut self, text: &str) {
        self.put(b't', text.as_bytes());
    }

    pub fn maybe(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.put(b'-', &[]),
        }
    }

    pub fn number(&mut self, number: i64) {
        self.put(b'n', &number.to_be_bytes());
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.put(b'b', bytes);
    }

    pub fn done(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// An event about to be written.
pub struct NewEvent<'a> {
    pub at: Moment,
    pub by: &'a Login,
    pub via: Option<&'a str>,
    pub action: &'a str,
    pub about: About<'a>,
    pub request: Uuid,
    pub facts: &'a Facts,
    pub state: Digest,
}

/// What an event is about.
#[derive(Clone, Copy)]
pub enum About<'a> {
    Record(RecordId, &'a Vin),
    Desk(&'a str),
}

/// An event as it lies in the file.
pub struct Stored {
    pub seq: i64,
    pub at: i64,
    pub clock_back: bool,
    pub by: String,
    pub via: Option<String>,
    pub action: String,
    pub record: Option<i64>,
    pub vin: Option<String>,
    pub subject: Option<String>,
    pub request: Vec<u8>,
    pub facts: String,
    pub state: Vec<u8>,
    pub prev_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

impl Stored {
    /// What its hash must be.
    pub fn right_hash(&self) -> Digest {
        let mut fields = Fields::new("stageplate event 1");
        fields.bytes(&self.prev_hash);
        fields.number(self.seq);
        fields.number(self.at);
        fields.number(i64::from(self.clock_back));
        fields.text(&self.by);
        fields.maybe(self.via.as_deref());
        fields.text(&self.action);
        fields.number(self.record.unwrap_or(0));
        fields.maybe(self.vin.as_deref());
        fields.maybe(self.subject.as_deref());
        fields.bytes(&self.request);
        fields.text(&self.facts);
        fields.bytes(&self.state);
        fields.done()
    }

    /// The event as the domain knows it.
    pub fn event(self) -> Result<Event, StoreError> {
        let seq = self.seq;
        let broken = |what: &str| StoreError::damaged(format!("event {seq}: {what}"));
        let record = match (self.record, self.vin) {
            (Some(id), Some(vin)) => Some((RecordId(id), Vin::parse(&vin).map_err(|no| broken(&no.to_string()))?)),
            _ => None,
        };
        Ok(Event {
            seq: Seq(seq),
            at: Moment(self.at),
            clock_back: self.clock_back,
            by: Login::parse(&self.by).map_err(|no| broken(&no.to_string()))?,
            via: self.via,
            action: self.action,
            record,
            facts: serde_json::from_str(&self.facts).map_err(|fault| broken(&fault.to_string()))?,
        })
    }

    pub fn read(conn: &Connection, packs: &mut Packs, row: &Row<'_>) -> Result<Self, StoreError> {
        let seq: i64 = row.get(0)?;
        let packed = row.get_ref(10)?.as_blob().map_err(|_| StoreError::damaged(format!("event {seq}")))?;
        let facts = packs.unpack(conn, packed)?;
        Ok(Stored {
            seq,
            at: row.get(1)?,
            clock_back: row.get(2)?,
            by: row.get(3)?,
            via: row.get(4)?,
            action: row.get(5)?,
            record: row.get(6)?,
            vin: row.get(7)?,
            subject: row.get(8)?,
            request: row.get(9)?,
            facts: String::from_utf8(facts).map_err(|_| StoreError::damaged(format!("the facts of event {seq}")))?,
            state: row.get(11)?,
            prev_hash: row.get(12)?,
            hash: row.get(13)?,
        })
    }
}

/// The columns [`Stored::read`] reads.
pub const COLUMNS: &str = "seq, at, clock_back, by_login, via, action, record, vin, subject, request, packed_facts, \
                           state, prev_hash, hash";

/// The place and hash of the last event.
pub fn head(conn: &Connection) -> Result<(Seq, Digest, Moment), StoreError> {
    let mut last = conn.prepare_cached("SELECT seq, hash, at FROM event ORDER BY seq DESC LIMIT 1")?;
    let found = last.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    Ok(found.map_or((Seq(0), BEGINNING, Moment(i64::MIN)), |(seq, hash, at)| (Seq(seq), Digest(hash), Moment(at))))
}

/// Writes an event at the end of the chain. The wall clock having gone back is marked, not refused.
pub fn append(conn: &Connection, packs: &mut Packs, event: &NewEvent<'_>) -> Result<Seq, StoreError> {
    let (last, prev_hash, last_at) = head(conn)?;
    let (record, vin, subject) = match event.about {
        About::Record(id, vin) => (Some(id.0), Some(vin.to_string()), None),
        About::Desk(subject) => (None, None, Some(subject.to_owned())),
    };
    let facts = serde_json::to_string(event.facts).map_err(|fault| StoreError::Sql(fault.to_string()))?;
    let mut stored = Stored {
        seq: last.0 + 1,
        at: event.at.0,
        clock_back: event.at < last_at,
        by: event.by.to_string(),
        via: event.via.map(str::to_owned),
        action: event.action.to_owned(),
        record,
        vin,
        subject,
        request: event.request.as_bytes().to_vec(),
        facts,
        state: event.state.0.to_vec(),
        prev_hash: prev_hash.0.to_vec(),
        hash: Vec::new(),
    };
    stored.hash = stored.right_hash().0.to_vec();
    let packed = packs.pack(conn, Body::Facts, stored.facts.as_bytes())?;
    let mut insert = conn.prepare_cached(
        "INSERT INTO event (seq, at, clock_back, by_login, via, action, record, vin, subject, request, packed_facts, \
         state, prev_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    insert.execute(params![
        stored.seq,
        stored.at,
        stored.clock_back,
        stored.by,
        stored.via,
        stored.action,
        stored.record,
        stored.vin,
        stored.subject,
        stored.request,
        packed,
        stored.state,
        stored.prev_hash,
        stored.hash,
    ])?;
    Ok(Seq(stored.seq))
}

/// Events of one record, oldest first: those after `since`, at most `limit` (index `event_record`).
pub fn of_record(
    conn: &Connection,
    packs: &mut Packs,
    id: RecordId,
    since: Seq,
    limit: usize,
) -> Result<Vec<Event>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE record = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    collect(conn, packs, &sql, params![id.0, since.0, limit])
}

/// The last act on a record that was not undone and undoes nothing (index `event_record`).
pub fn last_standing(conn: &Connection, packs: &mut Packs, id: RecordId) -> Result<Option<Event>, StoreError> {
    standing(conn, packs, "record = ?1", params![id.0])
}

/// Somebody's last act on a record that was not undone and undoes nothing (index `event_by`).
pub fn last_of(conn: &Connection, packs: &mut Packs, who: &Login) -> Result<Option<Event>, StoreError> {
    standing(conn, packs, "by_login = ?1 AND record IS NOT NULL", params![who.as_str()])
}

/// Reads back from the end until an event stands: as many events as were undone on the way, and those that undid them.
fn standing(
    conn: &Connection,
    packs: &mut Packs,
    whose: &str,
    params: &[&dyn rusqlite::ToSql],
) -> Result<Option<Event>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM event WHERE {whose} ORDER BY seq DESC"))?;
    let mut rows = statement.query(params)?;
    let mut undone = std::collections::BTreeSet::new();
    while let Some(row) = rows.next()? {
        let event = Stored::read(conn, packs, row)?.event()?;
        if let Some(seq) = event.facts.undoes {
            undone.insert(seq);
        } else if !undone.contains(&event.seq) {
            return Ok(Some(event));
        }
    }
    Ok(None)
}

/// Events of the desk, oldest first: those after `since`, at most `limit` (the primary key).
pub fn of_desk(conn: &Connection, packs: &mut Packs, since: Seq, limit: usize) -> Result<Vec<Event>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    collect(conn, packs, &sql, params![since.0, i64::try_from(limit).unwrap_or(i64::MAX)])
}

fn collect(
    conn: &Connection,
    packs: &mut Packs,
    sql: &str,
    params: &[&dyn rusqlite::ToSql],
) -> Result<Vec<Event>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(Stored::read(conn, packs, row)?.event()?);
    }
    Ok(events)
}

//! Reading single things: a record with its dossier, messages byte for byte, the history, drafts, what somebody has seen.

use rusqlite::{Connection, OptionalExtension, params};

use super::chain;
use super::columns::{digest, login};
use super::desk::{Desk, End, Session};
use super::error::StoreError;
use super::record;
use crate::domain::dossier::Dossier;
use crate::domain::event::Event;
use crate::domain::identity::{Digest, Login, RecordId, Seq, Vin};
use crate::domain::moment::Moment;
use crate::domain::nearest::nearest;
use crate::domain::record::{Release, Stage};

impl Desk {
    /// The number of the record of a VIN.
    ///
    /// # Errors
    /// There is none; the nearest VIN is named.
    pub fn record_id(&mut self, vin: &Vin) -> Result<RecordId, StoreError> {
        self.read(|session| known_vin(session.conn, vin))
    }

    /// A record with everything a person wants to see of it at once.
    ///
    /// # Errors
    /// There is no such record.
    pub fn dossier(&mut self, id: RecordId, now: Moment) -> Result<Dossier, StoreError> {
        self.read(|session| {
            let record = record::load(session.conn, session.packs, id)?;
            let history = chain::of_record(session.conn, session.packs, id, Seq(0), usize::MAX)?;
            let around = session.around(&record)?;
            Ok(Dossier::of(&around.case(&record, now), history))
        })
    }

    /// The bytes of the last message received for a build stage, as they came.
    ///
    /// # Errors
    /// None was received for it; the bytes are not those that came.
    pub fn received(&mut self, id: RecordId, stage: u8) -> Result<Vec<u8>, StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached(
                "SELECT m.packed, m.sha256 FROM stage s JOIN message m ON m.sha256 = s.sha256 \
                 WHERE s.record = ?1 AND s.number = ?2 ORDER BY s.revision DESC LIMIT 1",
            )?;
            let mut rows = find.query(params![id.0, stage])?;
            let missing = || StoreError::missing(format!("message received for stage {stage}"));
            let row = rows.next()?.ok_or_else(missing)?;
            let packed: Vec<u8> = row.get(0)?;
            let bytes = session.packs.unpack(session.conn, &packed)?;
            unchanged(&bytes, digest(row, 1)?, "a message received")?;
            Ok(bytes)
        })
    }

    /// Which record's release, and of which version, a sealed message is; `None` when this desk released no such one.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn released_as(&mut self, sha256: Digest) -> Result<Option<(Vin, u8)>, StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached(
                "SELECT vin, release.version FROM release JOIN record ON record.id = release.record WHERE sha256 = ?1",
            )?;
            let found: Option<(String, u8)> =
                find.query_row([&sha256.0[..]], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let Some((vin, version)) = found else { return Ok(None) };
            let vin = Vin::parse(&vin).map_err(|no| StoreError::damaged(format!("a release: {no}")))?;
            Ok(Some((vin, version)))
        })
    }

    /// Every revision received of a build stage, oldest first; none where no message of it was received.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn revisions(&mut self, id: RecordId, stage: u8) -> Result<Vec<Stage>, StoreError> {
        self.read(|session| record::load_revisions(session.conn, session.packs, id, stage))
    }

    /// A release and its bytes as they were sealed: of this version, or the last one.
    ///
    /// # Errors
    /// There is none; the bytes are not those that were sealed.
    pub fn released(&mut self, id: RecordId, version: Option<u8>) -> Result<(Release, Vec<u8>), StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached(
                "SELECT version, reference, sealed_at, by_login, sha256, content, sealed_by, packed FROM release \
                 WHERE record = ?1 AND (?2 IS NULL OR version = ?2) ORDER BY version DESC LIMIT 1",
            )?;
            let mut rows = find.query(params![id.0, version])?;
            let missing = || match version {
                Some(version) => StoreError::missing(format!("release of version {version}")),
                None => StoreError::missing("release of this record yet"),
            };
            let row = rows.next()?.ok_or_else(missing)?;
            let release = Release {
                version: row.get(0)?,
                reference: row.get(1)?,
                sealed_at: Moment(row.get(2)?),
                by: login(row, 3)?,
                sha256: digest(row, 4)?,
                content: digest(row, 5)?,
                sealed_by: row.get(6)?,
            };
            let packed: Vec<u8> = row.get(7)?;
            let bytes = session.packs.unpack(session.conn, &packed)?;
            unchanged(&bytes, release.sha256, "a released message")?;
            Ok((release, bytes))
        })
    }

    /// The file that an answer of the authority came with, its name and its bytes as they came; the answers of a record are
    /// counted from 1.
    ///
    /// # Errors
    /// There is no such answer, or it came without a file; the bytes are not those that came.
    pub fn answer_file(&mut self, id: RecordId, number: usize) -> Result<(String, Vec<u8>), StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached(
                "SELECT r.file_name, f.packed, f.sha256 FROM receipt r JOIN receipt_file f ON f.sha256 = r.sha256 \
                 WHERE r.record = ?1 AND r.number = ?2",
            )?;
            let mut rows = find.query(params![id.0, i64::try_from(number).unwrap_or(i64::MAX)])?;
            let row = rows.next()?.ok_or_else(|| StoreError::missing(format!("file with answer {number}")))?;
            let packed: Vec<u8> = row.get(1)?;
            let bytes = session.packs.unpack(session.conn, &packed)?;
            unchanged(&bytes, digest(row, 2)?, "the file of an answer")?;
            Ok((row.get(0)?, bytes))
        })
    }

    /// Events after `since`, oldest first, at most `limit`: of one record, or of the desk.
    ///
    /// # Errors
    /// There is no record of that VIN.
    pub fn log(&mut self, vin: Option<&Vin>, since: Seq, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.read(|session| match vin {
            Some(vin) => {
                let id = known_vin(session.conn, vin)?;
                chain::of_record(session.conn, session.packs, id, since, limit)
            }
            None => chain::of_desk(session.conn, session.packs, since, limit),
        })
    }

    /// Somebody's last act on a record, undone ones and those that undid them aside.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn last_act(&mut self, who: &Login) -> Result<Option<Event>, StoreError> {
        self.read(|session| chain::last_of(session.conn, session.packs, who))
    }

    /// The last event's place and hash.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn head(&mut self) -> Result<(Seq, Digest), StoreError> {
        self.read(|session| chain::head(session.conn).map(|(seq, hash, _)| (seq, hash)))
    }

    /// Notes that somebody saw a record as its event `seq` left it. Nothing is written where it was not unread to them.
    ///
    /// # Errors
    /// When the desk cannot be written.
    pub fn mark_seen(&mut self, who: &Login, id: RecordId, seq: Seq) -> Result<(), StoreError> {
        let unread = self.read(|session| {
            let mut find = session.conn.prepare_cached(
                "SELECT 1 FROM unread u JOIN record r ON r.id = u.record \
                 WHERE u.login = ?1 AND u.record = ?2 AND r.seq <= ?3",
            )?;
            Ok(find.exists(params![who.as_str(), id.0, seq.0])?)
        })?;
        if !unread {
            return Ok(());
        }
        self.write(|session| {
            let mut read = session.conn.prepare_cached(
                "DELETE FROM unread WHERE login = ?1 AND record = ?2 \
                 AND EXISTS (SELECT 1 FROM record WHERE id = ?2 AND seq <= ?3)",
            )?;
            read.execute(params![who.as_str(), id.0, seq.0])?;
            Ok(End::Keep(()))
        })
    }

    /// What somebody was typing about a subject, if they were.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn draft(&mut self, who: &Login, key: &str) -> Result<Option<String>, StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached("SELECT body FROM draft WHERE login = ?1 AND subject = ?2")?;
            Ok(find.query_row([who.as_str(), key], |row| row.get(0)).optional()?)
        })
    }

    /// Keeps what somebody is typing about a subject; an empty text lets it go. No event: it is nobody else's business.
    ///
    /// # Errors
    /// When the desk cannot be written.
    pub fn save_draft(&mut self, who: &Login, key: &str, text: &str, now: Moment) -> Result<(), StoreError> {
        self.write(|session| {
            if text.is_empty() {
                let mut drop = session.conn.prepare_cached("DELETE FROM draft WHERE login = ?1 AND subject = ?2")?;
                drop.execute([who.as_str(), key])?;
            } else {
                let mut keep = session.conn.prepare_cached(
                    "INSERT INTO draft (login, subject, body, saved_at) VALUES (?1, ?2, ?3, ?4) \
                     ON CONFLICT (login, subject) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at",
                )?;
                keep.execute(params![who.as_str(), key, text, now.0])?;
            }
            Ok(End::Keep(()))
        })
    }
}

fn unchanged(bytes: &[u8], sha256: Digest, what: &str) -> Result<(), StoreError> {
    if Digest::of(bytes) == sha256 {
        return Ok(());
    }
    Err(StoreError::damaged(format!("{what} is not what SHA-256 {sha256} was made of")))
}

fn known_vin(conn: &Connection, vin: &Vin) -> Result<RecordId, StoreError> {
    match record::id_of(conn, vin)? {
        Some(id) => Ok(id),
        None => Err(vin_not_found(conn, vin.as_str())?),
    }
}

/// That there is no record of a VIN, naming the nearest one: looked for among its neighbours in order (a slip near the
/// end) and among those that share its middle or its end (a slip near the beginning).
pub fn vin_not_found(conn: &Connection, vin: &str) -> Result<StoreError, StoreError> {
    const NEIGHBOURS: [&str; 2] = [
        "SELECT vin FROM record WHERE vin >= ?1 ORDER BY vin LIMIT 20",
        "SELECT vin FROM record WHERE vin < ?1 ORDER BY vin DESC LIMIT 20",
    ];
    const ALIKE: &str = "SELECT vin FROM record WHERE id IN (SELECT rowid FROM search WHERE search MATCH ?1 LIMIT 20)";
    let mut candidates: Vec<String> = Vec::new();
    let ends = vin.get(vin.len().saturating_sub(6)..).unwrap_or(vin);
    let middle = vin.get(6..12).unwrap_or(vin);
    let asked = NEIGHBOURS.map(|sql| (sql, vin.to_owned()));
    let alike = [ends, middle].into_iter().filter_map(super::select::trigrams).map(|words| (ALIKE, words));
    for (sql, value) in asked.into_iter().chain(alike) {
        let mut find = conn.prepare_cached(sql)?;
        for vin in find.query_map([value], |row| row.get(0))? {
            candidates.push(vin?);
        }
    }
    let nearest = nearest(vin, candidates.iter().map(String::as_str)).map(str::to_owned);
    Ok(StoreError::NotFound { what: format!("record of {}", crate::domain::visible::visible(vin)), nearest })
}

impl Session<'_> {
    /// Whether somebody has something to read in a record.
    pub fn is_unread(&self, who: &Login, id: RecordId) -> Result<bool, StoreError> {
        let mut find = self.conn.prepare_cached("SELECT 1 FROM unread WHERE login = ?1 AND record = ?2")?;
        Ok(find.exists(params![who.as_str(), id.0])?)
    }
}

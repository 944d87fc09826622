//! One record in the file: loaded whole in a handful of statements, written back as what differs.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::chain::Fields;
use super::columns::{day_number, day_of, digest, due_number, from_json, joined, login, maybe_login, parted, to_json};
use super::error::StoreError;
use super::pack::{Body, Packs};
use crate::domain::action::Action;
use crate::domain::address::Address;
use crate::domain::approval::ApprovalNumber;
use crate::domain::content::Content;
use crate::domain::exception::{Exception, Settlement, State};
use crate::domain::identity::{Digest, ExceptionId, Login, RecordId, Seq, Vin};
use crate::domain::moment::Moment;
use crate::domain::record::{Confirmation, Declared, Hold, Record, Release, SignOff, Stage};
use crate::domain::summary::Summary;

/// What of a record lies in one packed blob.
#[derive(Default, Serialize, Deserialize)]
struct Work {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    declared: BTreeMap<Address, Declared>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    dropped: BTreeMap<Address, Declared>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    confirmations: BTreeMap<Address, Confirmation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<Hold>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_editor: Option<Login>,
}

impl Work {
    fn of(record: &Record) -> Work {
        Work {
            declared: record.declared.clone(),
            dropped: record.dropped.clone(),
            confirmations: record.confirmations.clone(),
            hold: record.hold.clone(),
            last_editor: record.last_editor.clone(),
        }
    }
}

/// Loads a record whole.
pub fn load(conn: &Connection, packs: &mut Packs, id: RecordId) -> Result<Record, StoreError> {
    let mut record = load_row(conn, packs, id)?;
    record.stages = load_stages(conn, packs, id)?;
    record.exceptions = load_exceptions(conn, id)?;
    record.signoffs = load_signoffs(conn, id)?;
    record.releases = load_releases(conn, id)?;
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
    let work: Work = from_json(&format!("the work of record {}", id.0), &packs.unpack(conn, packed)?)?;
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
    record.declared = work.declared;
    record.dropped = work.dropped;
    record.confirmations = work.confirmations;
    record.hold = work.hold;
    record.last_editor = work.last_editor;
    Ok(record)
}

/// Records of a higher priority have a lower rank, so that every part of a list's key ascends.
pub fn rank_of(priority: u8) -> i64 {
    i64::from(u8::MAX - priority)
}

pub fn priority_of(rank: i64) -> u8 {
    u8::MAX - u8::try_from(rank).unwrap_or(u8::MAX)
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
        let number = row.get(0)?;
        let what = format!("stage {number} of record {}", id.0);
        let packed = row.get_ref(7)?.as_blob().map_err(|_| StoreError::damaged(what.clone()))?;
        stages.push(Stage {
            number,
            revision: row.get(1)?,
            content: read_entries(&packs.unpack(conn, packed)?).ok_or_else(|| StoreError::damaged(what.clone()))?,
            faults: from_json(&what, row.get::<_, String>(6)?.as_bytes())?,
            received_at: Moment(row.get(3)?),
            sha256: digest(row, 2)?,
            source: row.get(4)?,
            signature: row.get(5)?,
        });
    }
    Ok(stages)
}

/// Entries as lines of address and value, a tab between them.
fn write_entries(content: &Content) -> String {
    let mut text = String::with_capacity(content.len() * 40);
    for (address, value) in content.iter() {
        text.push_str(address.as_str());
        text.push('\t');
        for letter in value.chars() {
            match letter {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                letter => text.push(letter),
            }
        }
        text.push('\n');
    }
    text
}

fn read_entries(bytes: &[u8]) -> Option<Content> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.split_terminator('\n').map(read_entry).collect()
}

fn read_entry(line: &str) -> Option<(Address, String)> {
    let (address, written) = line.split_once('\t')?;
    let address = Address::parse(address).ok()?;
    if !written.contains('\\') {
        return Some((address, written.to_owned()));
    }
    let mut value = String::with_capacity(written.len());
    let mut letters = written.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.next()? == 'n' => value.push('\n'),
            letter => value.push(letter),
        }
    }
    Some((address, value))
}

pub const EXCEPTION_COLUMNS: &str = "x.id, x.kind, x.address, x.blocking, x.state, x.owner, x.body, x.raised_by, \
                                     x.raised_at, x.outcome, x.outcome_by, x.outcome_at, x.waived_until";

fn load_exceptions(conn: &Connection, id: RecordId) -> Result<Vec<Exception>, StoreError> {
    let sql = format!("SELECT {EXCEPTION_COLUMNS} FROM exception x WHERE x.record = ?1 ORDER BY x.id");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    let mut exceptions = Vec::new();
    while let Some(row) = rows.next()? {
        exceptions.push(read_exception(row)?);
    }
    Ok(exceptions)
}

/// An exception from [`EXCEPTION_COLUMNS`].
pub fn read_exception(row: &rusqlite::Row<'_>) -> Result<Exception, StoreError> {
    const STATES: [State; 4] = [State::Open, State::InProgress, State::Resolved, State::Waived];
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
    Ok(Exception {
        id: ExceptionId(id),
        kind: row.get(1)?,
        at: address.map_err(|no| broken(&no.to_string()))?,
        blocking: row.get(3)?,
        state: STATES.into_iter().find(|state| state.word() == word).ok_or_else(|| broken("its state"))?,
        owner: maybe_login(row, 5)?,
        text: row.get(6)?,
        raised_by: maybe_login(row, 7)?,
        raised_at: Moment(row.get(8)?),
        outcome,
    })
}

fn load_signoffs(conn: &Connection, id: RecordId) -> Result<Vec<SignOff>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT s.checkpoint, s.version, s.by_login, s.at, s.meaning, s.content, v.at FROM signoff s \
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

/// The number of the record of a VIN.
pub fn id_of(conn: &Connection, vin: &Vin) -> Result<Option<RecordId>, StoreError> {
    let mut find = conn.prepare_cached("SELECT id FROM record WHERE vin = ?1")?;
    Ok(find.query_row([vin.as_str()], |row| row.get(0)).optional()?.map(RecordId))
}

/// The hash of everything a record is: what its last event is bound to.
pub fn state_of(record: &Record) -> Result<Digest, StoreError> {
    let mut fields = Fields::new("stageplate record 1");
    fields.number(record.id.0);
    fields.text(record.vin.as_str());
    fields.number(i64::from(record.build_stage));
    fields.number(i64::from(record.version));
    fields.maybe(record.scope.as_deref());
    fields.maybe(record.order.as_deref());
    fields.text(&record.step);
    fields.number(record.step_since.0);
    fields.maybe(record.owner.as_ref().map(Login::as_str));
    fields.maybe(record.preparer.as_ref().map(Login::as_str));
    fields.number(due_number(record.due));
    fields.number(i64::from(record.priority));
    fields.text(&joined(record.options.iter().map(String::as_str)));
    fields.number(record.created_at.0);
    fields.number(record.updated_at.0);
    fields.number(record.seq.0);
    fields.text(&to_json(&Work::of(record))?);
    for stage in &record.stages {
        fields.number(i64::from(stage.number));
        fields.number(i64::from(stage.revision));
        fields.bytes(&stage.sha256.0);
        fields.number(stage.received_at.0);
        fields.text(&stage.source);
        fields.text(&stage.signature);
        fields.text(&to_json(&stage.faults)?);
        fields.text(&write_entries(&stage.content));
    }
    fields.text(&to_json(&record.exceptions)?);
    fields.text(&to_json(&record.signoffs)?);
    fields.text(&to_json(&record.releases)?);
    fields.text(&to_json(&record.editors)?);
    Ok(fields.done())
}

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

/// Writes what differs. The event must stand already: sign-offs and releases point to it.
pub fn write(conn: &Connection, packs: &mut Packs, writing: &Writing<'_>) -> Result<(), StoreError> {
    write_row(conn, writing)?;
    let after = writing.after;
    let before = writing.before;
    let work = to_json(&Work::of(after))?;
    if before.is_none_or(|before| to_json(&Work::of(before)).is_ok_and(|earlier| earlier != work)) {
        let packed = packs.pack(conn, Body::Work, work.as_bytes())?;
        let mut put = conn.prepare_cached(
            "INSERT INTO work (record, packed) VALUES (?1, ?2) ON CONFLICT (record) DO UPDATE SET packed = excluded.packed",
        )?;
        put.execute(params![after.id.0, packed])?;
    }
    if before.is_none_or(|before| before.order != after.order) {
        write_words(conn, after, before.is_none())?;
    }
    write_editors(conn, before, after)?;
    write_stages(conn, packs, writing)?;
    write_exceptions(conn, before, after)?;
    write_signoffs(conn, before, after)?;
    write_releases(conn, packs, writing)
}

/// The columns of a record's row in the order of [`row_values`].
const ROW_COLUMNS: [&str; 33] = [
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
    ];
    let sql = if writing.before.is_none() { &*INSERT_ROW } else { &*UPDATE_ROW };
    conn.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

static INSERT_ROW: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let places: Vec<String> = (1..=ROW_COLUMNS.len()).map(|place| format!("?{place}")).collect();
    format!("INSERT INTO record ({}) VALUES ({})", ROW_COLUMNS.join(", "), places.join(", "))
});

static UPDATE_ROW: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let settings = ROW_COLUMNS.iter().zip(1..).skip(1).map(|(column, place)| format!("{column} = ?{place}"));
    format!("UPDATE record SET {} WHERE id = ?1", settings.collect::<Vec<_>>().join(", "))
});

/// The number of an approval without its extension; as it is where it has not the form of one.
pub fn base_of(number: &str) -> String {
    ApprovalNumber::parse(number).map_or_else(|_| number.to_owned(), |number| number.base().to_owned())
}

/// The earliest last day of a waiver: from the day after, its exception is open again.
fn waiver_end(exceptions: &[Exception]) -> Option<i64> {
    let waived = exceptions.iter().filter(|exception| exception.state == State::Waived);
    waived.filter_map(|exception| exception.outcome.as_ref()?.until).map(day_number).min()
}

fn write_words(conn: &Connection, record: &Record, new: bool) -> Result<(), StoreError> {
    if !new {
        conn.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([record.id.0])?;
    }
    let words = format!("{}\n{}", record.vin, record.order.as_deref().unwrap_or_default());
    conn.prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?.execute(params![record.id.0, words])?;
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
         outcome_by, outcome_at, waived_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, owner = excluded.owner, outcome = excluded.outcome, \
         outcome_by = excluded.outcome_by, outcome_at = excluded.outcome_at, waived_until = excluded.waived_until",
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
        ])?;
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
                "INSERT INTO signoff (record, number, checkpoint, version, by_login, at, meaning, content, seq) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_whatever_is_in_them() {
        let content: Content = [("Remarks", "a\nb\\n\\ c\td"), ("AxleTable[2]/AxleNumber", "2"), ("Colour", "")]
            .into_iter()
            .map(|(address, value)| (Address::unchecked(address), value.to_owned()))
            .collect();
        assert_eq!(read_entries(write_entries(&content).as_bytes()), Some(content));
    }
}

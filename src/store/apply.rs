//! Acts on records: the one door through which a record changes.

use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::aside::{self, Beside};
use super::chain::{self, About, NewEvent};
use super::desk::{Desk, End, Session};
use super::error::StoreError;
use super::joining;
use super::ownership;
use super::read::vin_not_found;
use super::record::{self, Writing};
use crate::domain::action::{Action, CameBack, Settle};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::checks;
use crate::domain::event::Event;
use crate::domain::identity::{Digest, Login, RecordId, Seq, Vin};
use crate::domain::moment::Moment;
use crate::domain::person::Actor;
use crate::domain::plan::{Refusal, plan, plan_undo};
use crate::domain::record::Record;
use crate::domain::summary::Summary;

/// The build stage of a record that nothing said otherwise of: the first completion.
const FIRST_COMPLETION: u8 = 2;

/// An act on a record.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    /// Who acts.
    pub actor: &'a Actor,
    /// On which record.
    pub target: Target,
    /// What.
    pub action: &'a Action,
    /// The record's last event when the actor looked at it; `None` when they act without having looked.
    pub seen: Option<Seq>,
    /// Names this act, so that repeating it after an unclear failure does not do it twice.
    pub request: Uuid,
    /// The moment it is.
    pub now: Moment,
}

/// Which record an act is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// This one.
    Record(RecordId),
    /// That of this VIN, which must exist.
    Vin(Vin),
    /// That of this VIN, made where there is none. Only what comes in makes records: a message, a build sheet.
    Intake(Vin),
}

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// The event that did it; the record's last one where nothing was to be done.
    pub seq: Seq,
    /// The record.
    pub record: RecordId,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of each of several acts.
type Each = Vec<Result<Applied, StoreError>>;

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It made the record.
    Created,
    /// It changed it.
    Updated,
    /// There was nothing to change; nothing was written.
    Unchanged,
    /// This request was carried out before; nothing was written now.
    Repeated,
}

impl Desk {
    /// Carries out an act: judged, written and told in the history within one transaction, or not at all.
    ///
    /// # Errors
    /// The rule that says no; what somebody else did first; that the desk is busy.
    pub fn apply(&mut self, act: &Act<'_>) -> Result<Applied, StoreError> {
        let done = self.write(|session| {
            let applied = apply(session, act)?;
            Ok(match applied.outcome {
                Outcome::Created | Outcome::Updated => End::Keep(applied),
                Outcome::Unchanged | Outcome::Repeated => End::Leave(applied),
            })
        });
        match done {
            // A commit that failed may have happened all the same: the request says whether.
            Err(StoreError::Sql(why)) => match self.read(|session| repeated(session, act.request)) {
                Ok(Some(applied)) => Ok(applied),
                _ => Err(StoreError::Sql(why)),
            },
            done => done,
        }
    }

    /// Carries out several acts in one transaction, each judged on its own: one that is refused changes nothing and
    /// stops no other. What an import is made of, since one commit then serves many acts.
    ///
    /// # Errors
    /// When the transaction as a whole fails; nothing is written then.
    pub fn apply_each(&mut self, acts: &[Act<'_>]) -> Result<Vec<Result<Applied, StoreError>>, StoreError> {
        // Whatever a rule refuses is refused before anything is written, so that nearly always no act has to be taken back.
        match self.write(|session| each_refused_or_whole(session, acts))? {
            Some(done) => Ok(done),
            None => self.write(|session| each_taken_back_alone(session, acts)),
        }
    }
}

/// The outcome of each act; nothing, with nothing kept, when one of them failed after it had begun to write.
fn each_refused_or_whole(session: &mut Session<'_>, acts: &[Act<'_>]) -> Result<End<Option<Each>>, StoreError> {
    let mut done = Vec::with_capacity(acts.len());
    for act in acts {
        let before = session.conn.total_changes();
        match apply(session, act) {
            // The library ended the transaction, and what came next would be written outside of it.
            Err(error) if session.conn.is_autocommit() => return Err(error),
            Err(_) if session.conn.total_changes() != before => {
                session.packs.forget();
                return Ok(End::Leave(None));
            }
            applied => done.push(applied),
        }
    }
    Ok(End::Keep(Some(done)))
}

/// The same with a savepoint before each act, which costs every page that the act touches once more. The words of the acts
/// before it are written first: taken back with it, they would be lost.
fn each_taken_back_alone(session: &mut Session<'_>, acts: &[Act<'_>]) -> Result<End<Each>, StoreError> {
    let mut done = Vec::with_capacity(acts.len());
    for act in acts {
        session.write_words()?;
        session.conn.prepare_cached("SAVEPOINT act")?.execute([])?;
        let applied = apply(session, act);
        if applied.is_err() {
            session.conn.prepare_cached("ROLLBACK TO act")?.execute([])?;
            session.packs.forget();
            session.forget_words();
        }
        session.conn.prepare_cached("RELEASE act")?.execute([])?;
        done.push(applied);
    }
    Ok(End::Keep(done))
}

fn apply(session: &mut Session<'_>, act: &Act<'_>) -> Result<Applied, StoreError> {
    if let Some(applied) = repeated(session, act.request)? {
        return Ok(applied);
    }
    bytes_fit(act.action)?;
    let actor = session.actor(act.actor)?;
    let (before, new) = match find(session, act)? {
        Some(id) => {
            overtaken(session, id, act)?;
            (record::load(session.conn, session.packs, id)?, false)
        }
        None => (fresh(session, act)?, true),
    };
    let around = session.around_act(&before, act.action)?;
    let case = around.case(&before, act.now);
    let next_exception = next_id(session, "SELECT coalesce(max(id), 0) + 1 FROM exception")?;
    let mut planned = match act.action {
        Action::Undo => {
            let last = chain::last_standing(session.conn, session.packs, before.id)?;
            plan_undo(&case, &actor, last.as_ref())?
        }
        action => plan(&case, &actor, action, next_exception)?,
    };
    if !planned.changed && !new {
        return Ok(Applied { seq: before.seq, record: before.id, outcome: Outcome::Unchanged });
    }
    joining::settle_scope(session, act.action, &case, new, &mut planned)?;
    let policy = session.policy_of(planned.record.scope.as_deref())?;
    let case = Case { policy: &policy, ..case };
    if !matches!(act.action, Action::Undo) {
        ownership::give_owners(session, &case, &mut planned)?;
    }
    let mut after = planned.record;
    after.seq = Seq(chain::head(session.conn)?.0.0 + 1);
    let around = session.around(&after)?;
    let case = around.case(&after, act.now);
    let certificate = Certificate::of(&case);
    let findings = checks::run(&case, &certificate);
    let summary = Summary::of(&case, &certificate, &findings);
    let event = NewEvent {
        at: act.now,
        by: &act.actor.login,
        via: act.actor.via.as_deref(),
        action: act.action.word(),
        about: About::Record(after.id, &after.vin),
        request: act.request,
        facts: &planned.facts,
        state: record::state_of(&after)?,
    };
    chain::append(session.conn, session.packs, &event)?;
    let writing = Writing { before: (!new).then_some(&before), after: &after, summary: &summary, action: act.action };
    if record::write(session.conn, session.packs, &writing)? {
        session.words_changed(after.id, new);
    }
    let beside = Beside {
        record: after.id,
        certificate: &certificate,
        findings: &findings,
        step: Some(&after.step),
        now: act.now,
    };
    aside::write(session.conn, session.catalogue, &beside)?;
    mark_unread(session, act, &before, &after, &summary)?;
    let outcome = if new { Outcome::Created } else { Outcome::Updated };
    Ok(Applied { seq: after.seq, record: after.id, outcome })
}

fn next_id(session: &Session<'_>, sql: &str) -> Result<i64, StoreError> {
    Ok(session.conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// What became of this request, if it was carried out before.
fn repeated(session: &mut Session<'_>, request: Uuid) -> Result<Option<Applied>, StoreError> {
    let mut find = session.conn.prepare_cached("SELECT seq, record FROM event WHERE request = ?1")?;
    let found = find.query_row([&request.as_bytes()[..]], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match found {
        None => Ok(None),
        Some((seq, Some(id))) => Ok(Some(Applied { seq: Seq(seq), record: RecordId(id), outcome: Outcome::Repeated })),
        Some((_, None)) => Err(Refusal::new("request", "this request id was used for something else").into()),
    }
}

/// Bytes are what their hash says, before anything rests on them.
fn bytes_fit(action: &Action) -> Result<(), Refusal> {
    let (bytes, sha256) = match action {
        Action::Receipt(CameBack { file: Some(file), .. }) => (&file.bytes, file.named.sha256),
        Action::Receive(received) => (&received.bytes, received.sha256),
        Action::Release(sealed) => (&sealed.bytes, sealed.sha256),
        _ => return Ok(()),
    };
    if Digest::of(bytes) == sha256 {
        return Ok(());
    }
    Err(Refusal::new("sha256", "the bytes are not those their SHA-256 was made of; nothing was stored"))
}

fn find(session: &mut Session<'_>, act: &Act<'_>) -> Result<Option<RecordId>, StoreError> {
    match &act.target {
        Target::Record(id) => {
            let mut there = session.conn.prepare_cached("SELECT 1 FROM record WHERE id = ?1")?;
            if there.exists([id.0])? { Ok(Some(*id)) } else { Err(StoreError::missing(format!("record {}", id.0))) }
        }
        Target::Vin(vin) => match record::id_of(session.conn, vin)? {
            Some(id) => Ok(Some(id)),
            None => Err(vin_not_found(session.conn, vin.as_str())?),
        },
        Target::Intake(vin) => record::id_of(session.conn, vin),
    }
}

/// A record for a VIN that has none yet.
fn fresh(session: &mut Session<'_>, act: &Act<'_>) -> Result<Record, StoreError> {
    let (Target::Intake(vin), Action::Receive(_) | Action::Prepare(_)) = (&act.target, act.action) else {
        return Err(StoreError::Refused(Refusal::not_found("only a message or a build sheet makes a record")));
    };
    let id = RecordId(next_id(session, "SELECT coalesce(max(id), 0) + 1 FROM record")?);
    let policy = session.policy_of(act.action.scope_given())?;
    let first = policy.steps.first().ok_or_else(|| Refusal::new("policy", "the policy has no step"))?;
    Ok(Record::new(id, vin.clone(), FIRST_COMPLETION, &first.name, act.now))
}

/// Whether somebody did something to the record since the actor looked, where that matters. A remark or an exception says
/// something beside what is there, and so is never late; and nobody is late for another's remark.
fn overtaken(session: &mut Session<'_>, id: RecordId, act: &Act<'_>) -> Result<(), StoreError> {
    let beside = matches!(
        act.action,
        Action::Note { .. } | Action::Flag { .. } | Action::Settle { how: Settle::Comment { .. }, .. }
    );
    let Some(seen) = act.seen.filter(|_| !beside) else { return Ok(()) };
    let first = first_after(session, id, seen)?;
    first.map_or(Ok(()), |event| Err(StoreError::Conflict { event: Box::new(event) }))
}

fn first_after(session: &mut Session<'_>, id: RecordId, seen: Seq) -> Result<Option<Event>, StoreError> {
    let mut find = session.conn.prepare_cached(
        "SELECT seq FROM event WHERE record = ?1 AND seq > ?2 AND action NOT IN ('note', 'exception-comment') ORDER BY seq LIMIT 1",
    )?;
    let seq: Option<i64> = find.query_row(params![id.0, seen.0], |row| row.get(0)).optional()?;
    let Some(seq) = seq else { return Ok(None) };
    Ok(chain::of_record(session.conn, session.packs, id, Seq(seq - 1), 1)?.pop())
}

/// Whoever owns, owned, prepares or changed the record has something to read, and whoever signed it and learns that their word
/// is void; except the one who acts: they saw it all if they saw what was there before.
fn mark_unread(
    session: &Session<'_>,
    act: &Act<'_>,
    before: &Record,
    after: &Record,
    summary: &Summary,
) -> Result<(), StoreError> {
    let actor = &act.actor.login;
    let voided =
        before.signoffs.iter().zip(&after.signoffs).filter(|(was, is)| was.void_at.is_none() && is.void_at.is_some());
    let near = [&before.owner, &after.owner, &after.preparer].into_iter().flatten().chain(&after.editors);
    let near = near.chain(voided.map(|(_, is)| &is.by));
    let concerned: std::collections::BTreeSet<&Login> = near.filter(|login| *login != actor).collect();
    let mut put = session.conn.prepare_cached(
        "INSERT INTO unread (login, record, due) VALUES (?1, ?2, ?3) ON CONFLICT (login, record) DO NOTHING",
    )?;
    for login in concerned {
        put.execute(params![login.as_str(), after.id.0, super::columns::due_number(summary.due)])?;
    }
    if act.seen.is_some_and(|seen| seen >= before.seq) {
        let mut read = session.conn.prepare_cached("DELETE FROM unread WHERE login = ?1 AND record = ?2")?;
        read.execute(params![actor.as_str(), after.id.0])?;
    }
    Ok(())
}

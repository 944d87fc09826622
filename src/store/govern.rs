//! What governs the desk: people, gateways, policies, scopes, approvals; and acts on them.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::apply::Outcome;
use super::chain::{self, About, Fields, NewEvent};
use super::columns::{amount, from_json, to_json};
use super::desk::{Desk, End, Session};
use super::error::StoreError;
use super::following;
use super::options;
use super::people::put_person;
use super::record;
use super::scopes::{self, in_work, load_scopes, put_policy, put_scope, to_settle};
use super::standing::Told;
use super::summary;
use crate::domain::approval::Approval;
use crate::domain::filter::Names;
use crate::domain::governance::{self, DeskAction, Known};
use crate::domain::identity::{Digest, Login, Seq};
use crate::domain::moment::Moment;
use crate::domain::nearest::nearest;
use crate::domain::options::Options;
use crate::domain::person::{Actor, Person, Role};
use crate::domain::policy::Policy;
use crate::domain::record::Record;

/// What became of an act on the desk itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Governed {
    /// The event that did it; the desk's last one where nothing was to be done.
    pub seq: Seq,
    /// What became of it.
    pub outcome: Outcome,
    /// The records that were told of it.
    pub told: Told,
}

impl Desk {
    /// Everybody registered, ordered by login.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn people(&mut self) -> Result<Vec<Person>, StoreError> {
        self.read(|session| Ok(session.people()?.to_vec()))
    }

    /// The person of a login.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn person(&mut self, login: &Login) -> Result<Option<Person>, StoreError> {
        self.read(|session| Ok(session.people()?.iter().find(|person| person.login == *login).cloned()))
    }

    /// Whether an operating system's user may speak for others.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn is_gateway(&mut self, os_user: &str) -> Result<bool, StoreError> {
        self.read(|session| gateway_exists(session.conn, os_user))
    }

    /// Every approval, ordered by number, and how many records name it.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn approvals(&mut self) -> Result<Vec<(Approval, u64)>, StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached(
                "SELECT a.body, coalesce(t.records, 0) FROM approval a \
                 LEFT JOIN tally t ON t.kind = 'approval' AND t.word = a.number AND t.part = '' ORDER BY a.number",
            )?;
            let mut rows = find.query([])?;
            let mut approvals = Vec::new();
            while let Some(row) = rows.next()? {
                let body: String = row.get(0)?;
                approvals.push((from_json("an approval", body.as_bytes())?, amount(row, 1)?));
            }
            Ok(approvals)
        })
    }

    /// The approval of a number.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn approval(&mut self, number: &str) -> Result<Option<Approval>, StoreError> {
        self.read(|session| load_approval(session.conn, number))
    }

    /// The approval number nearest to one that the desk does not have.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn nearest_approval(&mut self, number: &str) -> Result<Option<String>, StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached("SELECT number FROM approval ORDER BY number")?;
            let numbers = find.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
            Ok(nearest(number, numbers.iter().map(String::as_str)).map(str::to_owned))
        })
    }

    /// Whether a policy could follow the one in force of a scope, or of the desk, as the desk stands now; nothing is written.
    ///
    /// # Errors
    /// The rule that says no; when the desk cannot be read.
    pub fn policy_can_follow(&mut self, scope: Option<&str>, policy: &Policy, now: Moment) -> Result<(), StoreError> {
        self.read(|session| {
            let conn = session.conn;
            let (people, policies, scopes) = (session.people()?, session.policies()?, load_scopes(conn)?);
            let (in_work, to_settle) = (in_work(conn)?, to_settle(conn, &policies)?);
            let known = Known {
                people: &people,
                approval: None,
                scopes: &scopes,
                options: None,
                policies: Some(&policies),
                in_work: &in_work,
                to_settle: &to_settle,
                names: None,
                gateway_exists: false,
                now,
            };
            Ok(governance::can_follow(known, scope, policy)?)
        })
    }

    /// Carries out an act on the desk itself: judged, written and told in the history within one transaction. Where an
    /// approval changes, what lists show of the records that name it is worked out anew; where build options change, that
    /// of the records in work.
    ///
    /// # Errors
    /// The rule that says no; that the desk is busy.
    pub fn govern(
        &mut self,
        actor: &Actor,
        action: &DeskAction,
        request: Uuid,
        now: Moment,
    ) -> Result<Governed, StoreError> {
        let governed = self.write(|session| {
            if let Some(seq) = carried_out(session.conn, request)? {
                return Ok(End::Leave(Governed { seq, outcome: Outcome::Repeated, told: Told::default() }));
            }
            let actor = session.actor(actor)?;
            govern(session, &actor, action, request, now)
        })?;
        if let DeskAction::Leave { login, .. } = action {
            self.vacate(actor, login, request, now)?;
        }
        if let (DeskAction::ApplyOptions { options, .. }, Outcome::Created | Outcome::Updated) =
            (action, governed.outcome)
        {
            self.judge_anew(options.scope.as_deref(), now)?;
        }
        // Also where nothing changed: what was cut short before is brought to its end.
        let told = match action {
            DeskAction::SetStatus { number, .. } => self.tell_of_approval(actor, number.as_str(), request, now)?,
            DeskAction::ImportApproval(approval) => {
                self.tell_of_approval(actor, approval.number.as_str(), request, now)?
            }
            _ => Told::default(),
        };
        if let (DeskAction::SetStatus { number, .. }, Outcome::Updated) = (action, governed.outcome) {
            self.write(|session| summary::work_out_anew(session, number.base(), now).map(|()| End::Keep(())))?;
        }
        if actor.has_any(&[Role::Lead, Role::Admin]) {
            self.follow(actor, request, now)?;
        }
        Ok(Governed { told, ..governed })
    }
}

fn govern(
    session: &mut Session<'_>,
    actor: &Actor,
    action: &DeskAction,
    request: Uuid,
    now: Moment,
) -> Result<End<Governed>, StoreError> {
    let conn = session.conn;
    let people = session.people()?;
    let numbered = numbered(conn, action)?;
    let action = numbered.as_ref().unwrap_or(action);
    let before = match action {
        DeskAction::ApplyOptions { options, .. } => options::applied(conn, options.scope.as_deref().unwrap_or(""))?,
        _ => None,
    };
    let approval = match action {
        DeskAction::ImportApproval(approval) => load_approval(conn, approval.number.as_str())?,
        DeskAction::SetStatus { number, .. } => load_approval(conn, number.as_str())?,
        _ => None,
    };
    let kept = kept(action, approval.as_ref());
    let action = kept.as_ref().unwrap_or(action);
    let all_scopes = load_scopes(conn)?;
    let policies = session.policies()?;
    let (in_work, to_settle) = match action {
        DeskAction::ApplyPolicy { .. } => (in_work(conn)?, to_settle(conn, &policies)?),
        _ => (Vec::new(), Vec::new()),
    };
    let codes = match action {
        DeskAction::AddScope(_) | DeskAction::SetScope(_) => options::codes(session)?,
        _ => Vec::new(),
    };
    let scope_names: Vec<String> = all_scopes.iter().map(|scope| scope.name.clone()).collect();
    let names = Names {
        policies: &policies,
        scopes: &scope_names,
        options: &codes,
        people: &people,
        catalogue: session.catalogue,
    };
    let known = Known {
        names: Some(names),
        people: &people,
        approval: approval.as_ref(),
        scopes: &all_scopes,
        options: before.as_ref(),
        policies: Some(&policies),
        in_work: &in_work,
        to_settle: &to_settle,
        gateway_exists: matches!(action, DeskAction::Gateway { os_user } if gateway_exists(conn, os_user)?),
        now,
    };
    let mut facts = governance::judge(actor, known, action)?;
    if facts.lines.is_empty() {
        return Ok(End::Leave(Governed {
            seq: chain::head(conn)?.0,
            outcome: Outcome::Unchanged,
            told: Told::default(),
        }));
    }
    facts.policy = session.policies()?.desk.version;
    let state = match (action, &approval) {
        (DeskAction::SetStatus { change, .. }, Some(approval)) => {
            let mut approval = approval.clone();
            approval.changes.push(change.clone());
            put_approval(conn, &approval)?
        }
        _ => put(conn, &people, action, now)?,
    };
    let subject = action.subject();
    let event = NewEvent {
        at: now,
        by: &actor.login,
        via: actor.via.as_deref(),
        action: action.word(),
        about: About::Desk(&subject),
        request,
        facts: &facts,
        state,
    };
    let seq = chain::append(conn, session.packs, &event)?;
    if let DeskAction::ImportApproval(approval) = action {
        summary::work_out_anew(session, approval.number.base(), now)?;
    }
    let new = match action {
        DeskAction::SetPerson(_)
        | DeskAction::Absent { .. }
        | DeskAction::Leave { .. }
        | DeskAction::SetStatus { .. }
        | DeskAction::SetScope(_)
        | DeskAction::ApplyPolicy { .. } => false,
        DeskAction::ImportApproval(_) => approval.is_none(),
        DeskAction::ApplyOptions { .. } => before.is_none(),
        DeskAction::AddPerson(_) | DeskAction::Gateway { .. } | DeskAction::AddScope(_) => true,
    };
    Ok(End::Keep(Governed {
        seq,
        outcome: if new { Outcome::Created } else { Outcome::Updated },
        told: Told::default(),
    }))
}

/// The act with the number that its options or its policy get, if it brings any.
fn numbered(conn: &Connection, action: &DeskAction) -> Result<Option<DeskAction>, StoreError> {
    Ok(match action {
        DeskAction::ApplyOptions { options, source, reason } => {
            let options = Box::new(Options { version: options::last_version(conn)? + 1, ..Options::clone(options) });
            Some(DeskAction::ApplyOptions { options, source: source.clone(), reason: reason.clone() })
        }
        DeskAction::ApplyPolicy { scope, policy, source, reason } => {
            let policy = Box::new(Policy { version: scopes::last_version(conn)? + 1, ..Policy::clone(policy) });
            let (scope, source, reason) = (scope.clone(), source.clone(), reason.clone());
            Some(DeskAction::ApplyPolicy { scope, policy, source, reason })
        }
        _ => None,
    })
}

pub fn carried_out(conn: &Connection, request: Uuid) -> Result<Option<Seq>, StoreError> {
    let mut find = conn.prepare_cached("SELECT seq FROM event WHERE request = ?1")?;
    Ok(find.query_row([&request.as_bytes()[..]], |row| row.get(0)).optional()?.map(Seq))
}

/// Writes what an act makes of its subject; answers the hash of what the subject is now.
fn put(conn: &Connection, people: &[Person], action: &DeskAction, now: Moment) -> Result<Digest, StoreError> {
    if let Some(person) = governance::person_after(people, action, now) {
        put_person(conn, &person)?;
        return Ok(state_of(&to_json(&person)?));
    }
    match action {
        // Whoever they are about is on the desk, or the act was refused.
        DeskAction::AddPerson(_) | DeskAction::SetPerson(_) | DeskAction::Absent { .. } | DeskAction::Leave { .. } => {
            Err(StoreError::missing("such person"))
        }
        DeskAction::Gateway { os_user } => {
            conn.prepare_cached("INSERT INTO gateway (os_user) VALUES (?1)")?.execute([os_user])?;
            Ok(state_of(os_user))
        }
        DeskAction::ImportApproval(approval) => put_approval(conn, approval),
        // It is put from what is there, by the caller.
        DeskAction::SetStatus { number, .. } => Err(StoreError::missing(format!("approval {number}"))),
        DeskAction::ApplyPolicy { scope, policy, source, .. } => {
            put_policy(conn, scope.as_deref(), policy, source, now)?;
            following::begin(conn)?;
            Ok(state_of_policy(source, &to_json(policy)?))
        }
        DeskAction::AddScope(scope) | DeskAction::SetScope(scope) => {
            put_scope(conn, scope)?;
            Ok(state_of(&to_json(scope)?))
        }
        DeskAction::ApplyOptions { options, source, .. } => options::put(conn, options, source, now),
    }
}

fn put_approval(conn: &Connection, approval: &Approval) -> Result<Digest, StoreError> {
    let body = to_json(approval)?;
    let mut put = conn.prepare_cached(
        "INSERT INTO approval (number, base, body) VALUES (?1, ?2, ?3) \
         ON CONFLICT (number) DO UPDATE SET body = excluded.body",
    )?;
    put.execute([approval.number.as_str(), approval.number.base(), &body])?;
    Ok(state_of(&body))
}

/// The act with an approval that keeps what was decided on the desk about its status.
fn kept(action: &DeskAction, known: Option<&Approval>) -> Option<DeskAction> {
    let DeskAction::ImportApproval(approval) = action else { return None };
    Some(DeskAction::ImportApproval(Box::new(Approval::clone(approval).over(known?))))
}

/// The hash of something that governs the desk, from the text it is written as.
pub fn state_of(text: &str) -> Digest {
    let mut fields = Fields::new("stageplate governance 1");
    fields.text(text);
    fields.done()
}

/// The hash that the last event about something left which is no longer there.
pub fn gone() -> Digest {
    Fields::new("stageplate gone 1").done()
}

pub fn state_of_policy(source: &str, body: &str) -> Digest {
    let mut fields = Fields::new("stageplate policy 1");
    fields.text(source);
    fields.text(body);
    fields.done()
}

pub fn state_of_desk(demo: bool) -> Digest {
    let mut fields = Fields::new("stageplate desk 1");
    fields.number(i64::from(demo));
    fields.done()
}

pub fn load_approval(conn: &Connection, number: &str) -> Result<Option<Approval>, StoreError> {
    let mut find = conn.prepare_cached("SELECT body FROM approval WHERE number = ?1")?;
    let body: Option<String> = find.query_row([number], |row| row.get(0)).optional()?;
    body.map(|body| from_json(&format!("approval {number}"), body.as_bytes())).transpose()
}

/// The extensions on the desk of the approval a record names, and of the one that is `given` to it.
pub fn approvals_for(conn: &Connection, record: &Record, given: Option<&str>) -> Result<Arc<[Approval]>, StoreError> {
    let named = record.declares("TypeApprovalNumber").map(record::base_of);
    let given = given.map(record::base_of).filter(|base| Some(base) != named.as_ref());
    let mut find = conn.prepare_cached("SELECT body FROM approval WHERE base = ?1 ORDER BY number")?;
    let mut approvals = Vec::new();
    for base in named.into_iter().chain(given) {
        for body in find.query_map([base], |row| row.get::<_, String>(0))? {
            approvals.push(from_json("an approval", body?.as_bytes())?);
        }
    }
    Ok(approvals.into())
}

/// Answers whether the desk has a scope of that name, with the nearest where it has not.
pub fn known_scope(conn: &Connection, name: &str) -> Result<(), StoreError> {
    let scopes = load_scopes(conn)?;
    if scopes.iter().any(|scope| scope.name == name) {
        return Ok(());
    }
    let nearest = nearest(name, scopes.iter().map(|scope| scope.name.as_str())).map(str::to_owned);
    Err(StoreError::NotFound { what: format!("scope `{}`", crate::domain::visible::visible(name)), nearest })
}

fn gateway_exists(conn: &Connection, os_user: &str) -> Result<bool, StoreError> {
    Ok(conn.prepare_cached("SELECT 1 FROM gateway WHERE os_user = ?1")?.exists([os_user])?)
}

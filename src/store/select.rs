//! From queues and filters to SQL over `record r`: which index a queue runs along; what a filter asks is in [`terms`].
//!
//! A queue is a list of arms that share no record. Each arm is one run along one index in the order of the list; several
//! are merged by SQLite without sorting. To add a queue, give it its arms here and a row in `domain::queue::TABLE`.

mod beside;
mod terms;

use std::sync::Arc;

use rusqlite::types::Value;

pub use self::beside::{Rare, rare, trigrams, write_rare};
pub use self::terms::{beginning, write_filter};
use self::terms::{containing, pattern};

use super::columns::day_of;
use super::desk::Session;
use super::error::StoreError;
use super::scopes::scope_names;
use crate::domain::identity::Login;
use crate::domain::person::{self, Person};
use crate::domain::policy::{Excluded, Outcome, Policy, Step};
use crate::domain::queue::QueueName;
use crate::domain::scope::Policies;

/// Who asks, and on which day.
pub struct Asker {
    pub who: Login,
    pub today: i64,
}

/// A condition being written, with the values of its parameters.
#[derive(Default, Clone)]
pub struct Clause {
    pub sql: String,
    pub values: Vec<Value>,
}

impl Clause {
    pub fn add(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Adds a value's place.
    pub fn value(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let place = format!("?{}", self.values.len());
        self.add(&place)
    }
}

/// One run along an index.
pub struct Arm {
    /// The table or tables it reads; the record is `r`.
    pub from: &'static str,
    /// What is asked of a row beside the filter.
    conditions: Vec<Condition>,
    /// Where the due day and the number are read in the order of the list.
    pub due: &'static str,
    pub id: &'static str,
    /// Whether the arm may hold most of the desk, so that another order than by due day must run along its own index.
    pub wide: bool,
}

/// What an arm asks: pieces of SQL, each followed by a value, and what follows the last.
struct Condition(Vec<(&'static str, Value)>, &'static str);

fn sql(sql: &'static str) -> Condition {
    Condition(Vec::new(), sql)
}

fn with(sql: &'static str, value: impl Into<Value>, rest: &'static str) -> Condition {
    Condition(vec![(sql, value.into())], rest)
}

impl Arm {
    fn new(conditions: Vec<Condition>) -> Arm {
        Arm { from: "record r", conditions, due: "r.due", id: "r.id", wide: false }
    }

    /// Writes what the arm asks. Along another index, its equalities must not tempt SQLite off it: `+` hides them.
    pub fn write(&self, clause: &mut Clause, along_another: bool) {
        clause.add("1");
        for Condition(pieces, rest) in &self.conditions {
            clause.add(if along_another { " AND +" } else { " AND " });
            for (sql, value) in pieces {
                clause.add(sql).value(value.clone());
            }
            clause.add(rest);
        }
    }
}

/// Whom and what lists are made from.
pub struct House {
    pub people: Arc<[Person]>,
    pub policies: Arc<Policies>,
    /// The names of all scopes.
    pub scopes: Vec<String>,
}

impl Session<'_> {
    pub fn house(&mut self) -> Result<House, StoreError> {
        Ok(House { people: self.people()?, policies: self.policies()?, scopes: scope_names(self.conn)? })
    }
}

/// The arms of a queue for somebody.
pub fn arms(queue: QueueName, asker: &Asker, house: &House) -> Vec<Arm> {
    let policy = &house.policies.desk;
    let me = asker.who.as_str();
    let owned = |login: &str| Arm::new(vec![with("r.owner = ", login.to_owned(), "")]);
    let in_step = |step: &Step| Arm::new(vec![with("r.step = ", step.name.clone(), "")]);
    let wide = |arm: Arm| Arm { wide: true, ..arm };
    match queue {
        QueueName::Mine => mine(asker, house).into_iter().map(owned).collect(),
        QueueName::Team => team_of(&asker.who, &house.people).map(|person| owned(person.login.as_str())).collect(),
        QueueName::Unassigned => house.policies.working().into_iter().map(|step| unowned(step, Within::Desk)).collect(),
        QueueName::Waiting => {
            waiting_steps(&asker.who, house).iter().flat_map(|wait| waiting(wait, asker, house)).collect()
        }
        QueueName::Exceptions => vec![Arm::new(vec![
            sql("r.exceptional = 1"),
            with("(r.open_exceptions > 0 OR r.waiver_end < ", asker.today, ")"),
        ])],
        QueueName::Ready => policy.releasing().map(in_step).into_iter().collect(),
        QueueName::Overdue => vec![Arm::new(vec![
            with("r.due < ", asker.today, ""),
            with("coalesce(r.held_until, -1) < ", asker.today, ""),
        ])],
        QueueName::Unread => vec![Arm {
            from: "unread u JOIN record r ON r.id = u.record",
            due: "u.due",
            id: "u.record",
            ..Arm::new(vec![with("u.login = ", me.to_owned(), "")])
        }],
        QueueName::Released => released_steps(policy).map(in_step).map(wide).collect(),
        QueueName::Archive => archive_step(policy).map(in_step).map(wide).into_iter().collect(),
        // A saved one comes here as everything and a filter.
        QueueName::All | QueueName::Saved(_) => vec![wide(Arm::new(Vec::new()))],
    }
}

/// Whose records are somebody's to work on: their own, and those of the people they stand in for today.
pub fn mine<'a>(asker: &'a Asker, house: &'a House) -> Vec<&'a str> {
    let absent =
        day_of(asker.today).into_iter().flat_map(|today| person::stood_in_for(&house.people, &asker.who, today));
    [asker.who.as_str()].into_iter().chain(absent.map(|person| person.login.as_str())).collect()
}

/// The step in which records rest for good: the last one, if there is one they rest in before it.
pub fn archive_step(policy: &Policy) -> Option<&Step> {
    let mut resting = policy.steps.iter().filter(|step| step.outcome == Outcome::Rest);
    resting.next().and(resting.next_back())
}

/// The other steps in which records rest.
pub fn released_steps(policy: &Policy) -> impl Iterator<Item = &Step> {
    let archive = archive_step(policy).map(|step| step.name.as_str());
    policy.steps.iter().filter(move |step| step.outcome == Outcome::Rest && Some(step.name.as_str()) != archive)
}

/// The people of somebody's team, themselves among them; nobody where they are in none.
pub fn team_of<'a>(who: &Login, people: &'a [Person]) -> impl Iterator<Item = &'a Person> {
    let team = people.iter().find(|person| person.login == *who).and_then(|person| person.team.as_ref());
    let of_it = move |person: &&Person| team.is_some() && person.team.as_ref() == team && person.left.is_none();
    people.iter().filter(of_it)
}

/// A step in which somebody can act, under the policy that says so.
pub struct Waiting<'a> {
    pub policy: &'a Policy,
    pub step: &'a Step,
    pub within: Within<'a>,
}

/// Which records of a step are meant: all of the desk's, or those of one scope (or of none).
#[derive(Clone, Copy)]
pub enum Within<'a> {
    Desk,
    Scope(Option<&'a str>),
}

/// The steps in which somebody's roles act. Where neither their roles nor the policies differ by scope, a step is one run
/// along an index; else there is one for each scope.
pub fn waiting_steps<'a>(who: &Login, house: &'a House) -> Vec<Waiting<'a>> {
    let Some(person) = house.people.iter().find(|person| person.login == *who) else { return Vec::new() };
    let alike = person.scoped.is_empty() && house.policies.scopes.is_empty();
    let scopes = house.scopes.iter().map(|scope| Within::Scope(Some(scope))).chain([Within::Scope(None)]);
    let ranges = if alike { vec![Within::Desk] } else { scopes.collect() };
    let mut waiting = Vec::new();
    for within in ranges {
        let scope = match within {
            Within::Desk => None,
            Within::Scope(scope) => scope,
        };
        let policy = house.policies.of(scope);
        let steps = policy.steps.iter().filter(|step| step.outcome != Outcome::Rest);
        let mine = steps.filter(|step| person.holds(&step.acts, scope));
        waiting.extend(mine.map(|step| Waiting { policy, step, within }));
    }
    waiting
}

/// Along `record_step_owner`, or `record_scope_step` within one scope.
fn in_step(step: &str, within: Within<'_>) -> Vec<Condition> {
    let mut conditions = vec![with("r.step = ", step.to_owned(), "")];
    match within {
        Within::Desk => {}
        Within::Scope(Some(scope)) => conditions.push(with("r.scope = ", scope.to_owned(), "")),
        Within::Scope(None) => conditions.push(sql("r.scope IS NULL")),
    }
    conditions
}

fn unowned(step: &str, within: Within<'_>) -> Arm {
    let mut conditions = in_step(step, within);
    conditions.push(sql("r.owner IS NULL"));
    Arm::new(conditions)
}

fn waiting(wait: &Waiting<'_>, asker: &Asker, house: &House) -> Vec<Arm> {
    let Waiting { policy, step, within } = wait;
    let me = asker.who.to_string();
    let mut arms = vec![unowned(&step.name, *within)];
    for owner in mine(asker, house) {
        let mut conditions = in_step(&step.name, *within);
        conditions.push(with("r.owner = ", owner.to_owned(), ""));
        arms.push(Arm::new(conditions));
    }
    for arm in &mut arms {
        arm.conditions.push(with("coalesce(r.held_until, -1) < ", asker.today, ""));
        if step.asks_other_eyes() {
            const CHANGED: &str = "r.id NOT IN (SELECT e.record FROM editor e WHERE e.working = 1 AND e.login = ";
            arm.conditions.push(with(CHANGED, me.clone(), ")"));
        }
        if step.not.contains(&Excluded::Preparer) {
            arm.conditions.push(with("coalesce(r.preparer, '') <> ", me.clone(), ""));
        }
        for checkpoint in policy.excluded_signers(step) {
            const SIGNED: &str = "r.id NOT IN (SELECT s.record FROM signer s WHERE s.login = ";
            let pieces = vec![(SIGNED, me.clone().into()), (" AND s.checkpoint = ", checkpoint.to_owned().into())];
            arm.conditions.push(Condition(pieces, ")"));
        }
    }
    arms
}

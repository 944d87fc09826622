//! How many records a queue holds: from tallies, less the few that stand out of them.

use std::sync::Arc;

use rusqlite::params;

use super::columns::amount;
use super::desk::{Desk, Session};
use super::error::StoreError;
use super::page::{asker, rare_words};
use super::saved;
use super::select::{self, Asker, Clause};
use crate::domain::filter::Filter;
use crate::domain::identity::Login;
use crate::domain::moment::Moment;
use crate::domain::person::Person;
use crate::domain::policy::{Excluded, Policy};
use crate::domain::queue::QueueName;

/// What somebody wants counted.
#[derive(Debug, Clone)]
pub struct CountQuery {
    /// The queue.
    pub queue: QueueName,
    /// What of it.
    pub filter: Option<Filter>,
    /// Who asks.
    pub who: Login,
    /// The moment it is.
    pub now: Moment,
}

impl Desk {
    /// How many records a queue holds, or how many of them a filter selects.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn count(&mut self, query: &CountQuery) -> Result<u64, StoreError> {
        self.read(|session| {
            let (queue, filter) = saved::resolved(session, query.queue, query.filter.as_ref(), query.now)?;
            match &filter {
                None => Counting::new(session, &query.who, query.now)?.count(session, queue),
                Some(filter) => count_filtered(session, &CountQuery { queue, ..query.clone() }, filter),
            }
        })
    }

    /// How many records each built-in queue holds for somebody.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn counts(&mut self, who: &Login, now: Moment) -> Result<Vec<(QueueName, u64)>, StoreError> {
        self.read(|session| {
            let counting = Counting::new(session, who, now)?;
            QueueName::all().map(|queue| Ok((queue, counting.count(session, queue)?))).collect()
        })
    }
}

fn count_filtered(session: &mut Session<'_>, query: &CountQuery, filter: &Filter) -> Result<u64, StoreError> {
    let asker = asker(&query.who, query.now);
    let few = rare_words(session, filter)?;
    let mut total = 0;
    let (people, policy) = (session.people()?, session.policy()?);
    for arm in select::arms(query.queue, &asker, &people, &policy) {
        let mut clause = Clause::default();
        clause.add("SELECT count(*) FROM ").add(arm.from).add(" WHERE ");
        arm.write(&mut clause, false);
        clause.add(" AND ");
        select::write_filter(&mut clause, filter, &asker);
        if let Some(words) = &few {
            clause.add(" AND r.id IN (SELECT rowid FROM search WHERE search MATCH ").value(words.clone()).add(")");
        }
        let mut count = session.conn.prepare_cached(&clause.sql)?;
        total += count.query_row(rusqlite::params_from_iter(clause.values), |row| amount(row, 0))?;
    }
    Ok(total)
}

/// Records of a step on hold today that are somebody's or nobody's (index `record_held`).
pub const HELD: &str = "SELECT count(*) FROM record WHERE held_until >= ?1 AND step = ?2 AND coalesce(owner, ?3) = ?3";

/// Records of a step not on hold today that are somebody's or nobody's, and that they changed (where ?4), prepare (where ?5)
/// or signed a checkpoint of (one of ?6, each between line ends): indexes `editor_working`, `record_preparer`,
/// `signer_login`.
pub const CHANGED_BY: &str = "SELECT count(*) FROM record r WHERE r.id IN (SELECT e.record FROM editor e WHERE ?4 AND e.working = 1 AND e.login = ?3 \
     UNION ALL SELECT p.id FROM record p WHERE ?5 AND p.preparer = ?3 AND p.step = ?2 \
     UNION ALL SELECT s.record FROM signer s WHERE s.login = ?3 AND instr(?6, char(10) || s.checkpoint || char(10)) > 0) \
     AND r.step = ?2 AND coalesce(r.owner, ?3) = ?3 AND coalesce(r.held_until, -1) < ?1";

/// Counts whole queues: from tallies by step and owner, less the few that stand out of them.
struct Counting {
    asker: Asker,
    people: Arc<[Person]>,
    policy: Arc<Policy>,
    /// Step, owner (empty for none), records.
    tallies: Vec<(String, String, u64)>,
}

impl Counting {
    fn new(session: &mut Session<'_>, who: &Login, now: Moment) -> Result<Counting, StoreError> {
        let mut find = session.conn.prepare_cached("SELECT word, part, records FROM tally WHERE kind = 'step'")?;
        let tallies = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?, amount(row, 2)?)))?;
        let tallies = tallies.collect::<Result<_, _>>()?;
        Ok(Counting { asker: asker(who, now), people: session.people()?, policy: session.policy()?, tallies })
    }

    fn sum(&self, counts: impl Fn(&str, &str) -> bool) -> u64 {
        self.tallies.iter().filter(|(step, owner, _)| counts(step, owner)).map(|(.., records)| records).sum()
    }

    fn count(&self, session: &Session<'_>, queue: QueueName) -> Result<u64, StoreError> {
        let me = self.asker.who.as_str();
        let policy = &self.policy;
        let one = |sql: &str, value: &dyn rusqlite::ToSql| -> Result<u64, StoreError> {
            Ok(session.conn.prepare_cached(sql)?.query_row([value], |row| amount(row, 0))?)
        };
        Ok(match queue {
            QueueName::Mine => self.sum(|_, owner| owner == me),
            QueueName::Team => {
                let team: Vec<&str> =
                    select::team_of(&self.asker.who, &self.people).map(|person| person.login.as_str()).collect();
                self.sum(|_, owner| team.contains(&owner))
            }
            QueueName::Unassigned => {
                self.sum(|step, owner| owner.is_empty() && select::working(policy).any(|known| known.name == step))
            }
            QueueName::Waiting => self.waiting(session)?,
            QueueName::Exceptions => one(
                "SELECT count(*) FROM record WHERE exceptional = 1 AND (open_exceptions > 0 OR waiver_end < ?1)",
                &self.asker.today,
            )?,
            QueueName::Ready => {
                let ready = policy.releasing().map(|step| step.name.as_str());
                self.sum(|step, _| Some(step) == ready)
            }
            QueueName::Overdue => {
                one("SELECT coalesce(sum(records), 0) FROM tally_due WHERE day < ?1", &self.asker.today)?
            }
            QueueName::Unread => one("SELECT count(*) FROM unread WHERE login = ?1", &me)?,
            QueueName::Released => {
                self.sum(|step, _| select::released_steps(policy).any(|released| released.name == step))
            }
            QueueName::Archive => {
                let archive = select::archive_step(policy).map(|step| step.name.as_str());
                self.sum(|step, _| Some(step) == archive)
            }
            // A saved one comes here as everything and a filter.
            QueueName::All | QueueName::Saved(_) => self.sum(|_, _| true),
        })
    }

    /// What waits for somebody: mine and nobody's in the steps of my roles, less what is on hold, less what I changed or
    /// prepared where the step asks for other eyes. Both are few, and have an index each.
    fn waiting(&self, session: &Session<'_>) -> Result<u64, StoreError> {
        let me = self.asker.who.as_str();
        let mut total = 0;
        for step in select::waiting_steps(&self.asker.who, &self.people, &self.policy) {
            let all = self.sum(|known, owner| known == step.name && (owner.is_empty() || owner == me));
            let mut held = session.conn.prepare_cached(HELD)?;
            let held = held.query_row(params![self.asker.today, step.name, me], |row| amount(row, 0))?;
            let checkpoints: String =
                self.policy.excluded_signers(step).map(|checkpoint| format!("\n{checkpoint}\n")).collect();
            let mut changed = session.conn.prepare_cached(CHANGED_BY)?;
            let changed = changed.query_row(
                params![
                    self.asker.today,
                    step.name,
                    me,
                    step.asks_other_eyes(),
                    step.not.contains(&Excluded::Preparer),
                    checkpoints
                ],
                |row| amount(row, 0),
            )?;
            total += all.saturating_sub(held).saturating_sub(changed);
        }
        Ok(total)
    }
}

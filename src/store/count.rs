//! How many records a queue holds: from tallies, less the few that stand out of them.

use rusqlite::params;

use super::columns::amount;
use super::desk::{Desk, Session};
use super::error::StoreError;
use super::page::asker;
use super::select::{self, Asker, Clause, House, Waiting, Within};
use crate::domain::filter::Filter;
use crate::domain::identity::Login;
use crate::domain::moment::Moment;
use crate::domain::policy::Excluded;
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
        let (queue, filter) = self.prepared(query.queue, query.filter.as_ref(), query.now)?;
        self.read(|session| match &filter {
            None => Counting::new(session, &query.who, query.now)?.count(session, queue),
            Some(filter) => count_filtered(session, &CountQuery { queue, ..query.clone() }, filter),
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
    let rare = select::rare(session, filter)?;
    let mut total = 0;
    for arm in select::arms(query.queue, &asker, &session.house()?) {
        let mut clause = Clause::default();
        clause.add("SELECT count(*) FROM ").add(arm.from).add(" WHERE ");
        arm.write(&mut clause, false);
        clause.add(" AND ");
        select::write_filter(&mut clause, filter, &asker);
        select::write_rare(&mut clause, &rare);
        let mut count = session.conn.prepare_cached(&clause.sql)?;
        total += count.query_row(rusqlite::params_from_iter(clause.values), |row| amount(row, 0))?;
    }
    Ok(total)
}

/// Records of a step on hold today whose owner is one of ?3 (index `record_held`); of any scope where ?4 is null, else of
/// this one.
pub const HELD: &str = "SELECT count(*) FROM record WHERE held_until >= ?1 AND step = ?2 \
     AND instr(?3, char(10) || coalesce(owner, '') || char(10)) > 0 AND coalesce(?4, coalesce(scope, '')) = coalesce(scope, '')";

/// Records on hold today that are past their day: they wait for something else, and nobody is late with them.
pub const HELD_LATE: &str = "SELECT count(*) FROM record WHERE held_until >= ?1 AND due < ?1";

/// Records of a step not on hold today whose owner is one of ?3, and that ?5 changed (where ?6), prepares (where ?7) or
/// signed a checkpoint of (one of ?8): indexes `editor_working`, `record_preparer`, `signer_login`. Lists are words between
/// line ends.
pub const CHANGED_BY: &str = "SELECT count(*) FROM record r WHERE r.id IN (SELECT e.record FROM editor e WHERE ?6 AND e.working = 1 AND e.login = ?5 \
     UNION ALL SELECT p.id FROM record p WHERE ?7 AND p.preparer = ?5 AND p.step = ?2 \
     UNION ALL SELECT s.record FROM signer s WHERE s.login = ?5 AND instr(?8, char(10) || s.checkpoint || char(10)) > 0) \
     AND r.step = ?2 AND instr(?3, char(10) || coalesce(r.owner, '') || char(10)) > 0 \
     AND coalesce(?4, coalesce(r.scope, '')) = coalesce(r.scope, '') AND coalesce(r.held_until, -1) < ?1";

/// Counts whole queues: from tallies by step and owner, less the few that stand out of them.
struct Counting {
    asker: Asker,
    house: House,
    /// Step, owner (empty for none), records.
    tallies: Vec<(String, String, u64)>,
    /// The same of the records of scopes: the word before the blank is the scope.
    scoped: Vec<(String, String, u64)>,
}

impl Counting {
    fn new(session: &mut Session<'_>, who: &Login, now: Moment) -> Result<Counting, StoreError> {
        let tallies = |session: &Session<'_>, kind: &str| {
            let mut find = session.conn.prepare_cached("SELECT word, part, records FROM tally WHERE kind = ?1")?;
            let tallies = find.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?, amount(row, 2)?)))?;
            Ok::<_, StoreError>(tallies.collect::<Result<_, _>>()?)
        };
        let house = session.house()?;
        let scoped = if house.scopes.is_empty() { Vec::new() } else { tallies(session, "scope-step")? };
        Ok(Counting { asker: asker(who, now), house, tallies: tallies(session, "step")?, scoped })
    }

    fn sum(&self, counts: impl Fn(&str, &str) -> bool) -> u64 {
        self.tallies.iter().filter(|(step, owner, _)| counts(step, owner)).map(|(.., records)| records).sum()
    }

    fn count(&self, session: &Session<'_>, queue: QueueName) -> Result<u64, StoreError> {
        let me = self.asker.who.as_str();
        let policy = &self.house.policies.desk;
        let one = |sql: &str, value: &dyn rusqlite::ToSql| -> Result<u64, StoreError> {
            Ok(session.conn.prepare_cached(sql)?.query_row([value], |row| amount(row, 0))?)
        };
        Ok(match queue {
            QueueName::Mine => {
                let mine = select::mine(&self.asker, &self.house);
                self.sum(|_, owner| mine.contains(&owner))
            }
            QueueName::Team => {
                let team: Vec<&str> =
                    select::team_of(&self.asker.who, &self.house.people).map(|person| person.login.as_str()).collect();
                self.sum(|_, owner| team.contains(&owner))
            }
            QueueName::Unassigned => {
                let working = self.house.policies.working();
                self.sum(|step, owner| owner.is_empty() && working.contains(step))
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
                let late = one("SELECT coalesce(sum(records), 0) FROM tally_due WHERE day < ?1", &self.asker.today)?;
                late.saturating_sub(one(HELD_LATE, &self.asker.today)?)
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

    /// What waits for somebody: mine and nobody's in the steps of my roles, less what is on hold, less what I changed,
    /// prepared or signed where the step asks for other eyes. All of these are few, and have an index each.
    fn waiting(&self, session: &Session<'_>) -> Result<u64, StoreError> {
        let me = self.asker.who.as_str();
        let owners: Vec<&str> = select::mine(&self.asker, &self.house).into_iter().chain([""]).collect();
        let listed = |words: &[&str]| words.iter().map(|word| format!("\n{word}\n")).collect::<String>();
        let mut total = 0;
        for Waiting { policy, step, within } in select::waiting_steps(&self.asker.who, &self.house) {
            let all = self.in_step(&step.name, &owners, within);
            let scope = match within {
                Within::Desk => None,
                Within::Scope(scope) => Some(scope.unwrap_or_default()),
            };
            let mut held = session.conn.prepare_cached(HELD)?;
            let held =
                held.query_row(params![self.asker.today, step.name, listed(&owners), scope], |row| amount(row, 0))?;
            let checkpoints: Vec<&str> = policy.excluded_signers(step).collect();
            let mut changed = session.conn.prepare_cached(CHANGED_BY)?;
            let changed = changed.query_row(
                params![
                    self.asker.today,
                    step.name,
                    listed(&owners),
                    scope,
                    me,
                    step.asks_other_eyes(),
                    step.not.contains(&Excluded::Preparer),
                    listed(&checkpoints)
                ],
                |row| amount(row, 0),
            )?;
            total += all.saturating_sub(held).saturating_sub(changed);
        }
        Ok(total)
    }

    /// How many records of a step are one of these people's, of the whole desk or of one scope.
    fn in_step(&self, step: &str, owners: &[&str], within: Within<'_>) -> u64 {
        let whole = || self.sum(|known, owner| known == step && owners.contains(&owner));
        let of = |scope: &str| {
            let word = format!("{scope} {step}");
            let these =
                self.scoped.iter().filter(|(known, owner, _)| *known == word && owners.contains(&owner.as_str()));
            these.map(|(.., records)| records).sum::<u64>()
        };
        match within {
            Within::Desk => whole(),
            Within::Scope(Some(scope)) => of(scope),
            Within::Scope(None) => whole().saturating_sub(self.house.scopes.iter().map(|scope| of(scope)).sum()),
        }
    }
}

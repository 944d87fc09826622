//! Where the work stands, from tallies and small indexes: cheap enough to be read at every change.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::params;

use super::columns::{amount, day_number, maybe_login};
use super::desk::{Desk, Session};
use super::error::StoreError;
use crate::domain::moment::Moment;
use crate::domain::policy::{Outcome, Policy};
use crate::domain::report::{Ageing, Load, Overview, Standing, WEEKS, Week, mondays};

/// The statements and the index or key each runs along; `?1` is the scope, null for the whole desk, where it has one.
pub const LOAD: &str = "SELECT word, part, records FROM tally WHERE kind = 'step' AND records > 0";
pub const LOAD_OF_SCOPE: &str = "SELECT word, part, records FROM tally WHERE kind = 'scope-step' AND records > 0 \
                                 AND word >= ?1 AND word < ?2";
pub const AGES: &str =
    "SELECT day, sum(records) FROM tally_age WHERE step = ?2 AND scope = coalesce(?1, scope) GROUP BY day";
pub const LATE: &str = "SELECT count(*) FROM record WHERE step = ?2 AND due < ?3 AND coalesce(held_until, -1) < ?3 \
                        AND coalesce(scope, '') = coalesce(?1, scope, '')";
pub const HELD: &str = "SELECT count(*) FROM record WHERE held_until >= ?3 AND step = ?2 \
                        AND coalesce(scope, '') = coalesce(?1, scope, '')";
pub const STANDING: &str = "SELECT kind, blocking, count(*) FROM exception x WHERE state IN ('open', 'in-progress') \
                            AND (?1 IS NULL OR (SELECT scope FROM record WHERE id = x.record) = ?1) GROUP BY kind, blocking";
pub const ENDED: &str = "SELECT kind, blocking, 1 FROM exception x WHERE state = 'waived' AND waived_until < ?2 \
                         AND (?1 IS NULL OR (SELECT scope FROM record WHERE id = x.record) = ?1)";
pub const RELEASED: &str = "SELECT week, released, first_pass FROM tally_release WHERE scope = ?1 AND week >= ?2";
pub const RELEASED_ANYWHERE: &str =
    "SELECT week, sum(released), sum(first_pass) FROM tally_release WHERE week >= ?1 GROUP BY week";

impl Desk {
    /// Where the work stands on the desk, or in one scope.
    ///
    /// # Errors
    /// There is no such scope; the desk cannot be read.
    pub fn overview(&mut self, scope: Option<&str>, now: Moment) -> Result<Overview, StoreError> {
        self.read(|session| {
            if let Some(name) = scope {
                super::govern::known_scope(session.conn, name)?;
            }
            let policy = session.policy_of(scope)?;
            let load = load(session, scope, &policy)?;
            Ok(Overview {
                scope: scope.map(str::to_owned),
                ageing: ageing(session, scope, &load, &policy, now.day())?,
                exceptions: standing(session, scope, &policy, now.day())?,
                weeks: weeks(session, scope, now.day())?,
                load,
            })
        })
    }
}

/// Whether records of a step are in work. A step that the policy in force does not know holds work that somebody must see.
fn in_work(policy: &Policy, step: &str) -> bool {
    policy.step(step).is_none_or(|step| step.outcome != Outcome::Rest)
}

fn load(session: &Session<'_>, scope: Option<&str>, policy: &Policy) -> Result<Vec<Load>, StoreError> {
    let conn = session.conn;
    let (mut find, values) = match scope {
        None => (conn.prepare_cached(LOAD)?, Vec::new()),
        // `vans step` lies between `vans ` and `vans!`, the sign after the blank.
        Some(scope) => (conn.prepare_cached(LOAD_OF_SCOPE)?, vec![format!("{scope} "), format!("{scope}!")]),
    };
    let mut rows = find.query(rusqlite::params_from_iter(values))?;
    let mut load = Vec::new();
    while let Some(row) = rows.next()? {
        let word: String = row.get(0)?;
        let step = scope.map_or(word.as_str(), |scope| word.get(scope.len() + 1..).unwrap_or_default());
        if in_work(policy, step) {
            let nobody = row.get_ref(1)?.as_str().is_ok_and(str::is_empty);
            let owner = if nobody { None } else { maybe_login(row, 1)? };
            load.push(Load { step: step.to_owned(), owner, records: amount(row, 2)? });
        }
    }
    let place = |step: &str| policy.place(step).unwrap_or(usize::MAX);
    load.sort_by(|one, other| {
        let key = |load: &Load| (place(&load.step), load.step.clone(), load.owner.clone());
        key(one).cmp(&key(other))
    });
    Ok(load)
}

fn ageing(
    session: &Session<'_>,
    scope: Option<&str>,
    load: &[Load],
    policy: &Policy,
    today: NaiveDate,
) -> Result<Vec<Ageing>, StoreError> {
    let known = policy.steps.iter().filter(|step| step.outcome != Outcome::Rest).map(|step| step.name.as_str());
    let mut steps: Vec<&str> = known.collect();
    steps.extend(load.iter().map(|load| load.step.as_str()).filter(|step| policy.step(step).is_none()));
    steps.dedup();
    let today = day_number(today);
    steps.into_iter().map(|step| age_of(session, scope, step, today)).collect()
}

fn age_of(session: &Session<'_>, scope: Option<&str>, step: &str, today: i64) -> Result<Ageing, StoreError> {
    let conn = session.conn;
    let count = |sql: &str| -> Result<u64, StoreError> {
        Ok(conn.prepare_cached(sql)?.query_row(params![scope, step, today], |row| amount(row, 0))?)
    };
    let mut ageing = Ageing { step: step.to_owned(), overdue: count(LATE)?, held: count(HELD)?, ..Ageing::default() };
    let mut find = conn.prepare_cached(AGES)?;
    let mut rows = find.query(params![scope, step])?;
    while let Some(row) = rows.next()? {
        let days = today.saturating_sub(row.get::<_, i64>(0)?);
        ageing.add(u32::try_from(days).unwrap_or(0), amount(row, 1)?);
    }
    Ok(ageing)
}

fn standing(
    session: &Session<'_>,
    scope: Option<&str>,
    policy: &Policy,
    today: NaiveDate,
) -> Result<Vec<Standing>, StoreError> {
    let mut kinds: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut take = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> Result<(), StoreError> {
        let mut find = session.conn.prepare_cached(sql)?;
        let mut rows = find.query(values)?;
        while let Some(row) = rows.next()? {
            let (blocking, records): (bool, u64) = (row.get(1)?, amount(row, 2)?);
            let kind = kinds.entry(row.get(0)?).or_default();
            kind.0 += records;
            kind.1 += if blocking { records } else { 0 };
        }
        Ok(())
    };
    take(STANDING, &[&scope])?;
    take(ENDED, &[&scope, &day_number(today)])?;
    let mut standing: Vec<Standing> =
        kinds.into_iter().map(|(kind, (open, blocking))| Standing { kind, open, blocking }).collect();
    let place = |kind: &str| policy.exception_kinds.iter().position(|known| known.name == kind).unwrap_or(usize::MAX);
    standing.sort_by_key(|kind| place(&kind.kind));
    Ok(standing)
}

fn weeks(session: &Session<'_>, scope: Option<&str>, today: NaiveDate) -> Result<Vec<Week>, StoreError> {
    let mondays = mondays(today, WEEKS);
    let first = mondays.first().map_or(0, |monday| day_number(*monday));
    let mut found: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    let mut take = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> Result<(), StoreError> {
        let mut find = session.conn.prepare_cached(sql)?;
        let mut rows = find.query(values)?;
        while let Some(row) = rows.next()? {
            found.insert(row.get(0)?, (amount(row, 1)?, amount(row, 2)?));
        }
        Ok(())
    };
    match scope {
        None => take(RELEASED_ANYWHERE, &[&first])?,
        Some(scope) => take(RELEASED, &[&scope, &first])?,
    }
    let week = |monday: NaiveDate| {
        let (released, first_pass) = found.get(&day_number(monday)).copied().unwrap_or_default();
        Week { monday, released, first_pass }
    };
    Ok(mondays.into_iter().map(week).collect())
}

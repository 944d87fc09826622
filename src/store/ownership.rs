//! Gives owners to what came without one: how much each has to do, and whose turn it is, read where the act is written.

use rusqlite::{OptionalExtension, params};

use super::columns::amount;
use super::desk::Session;
use super::error::StoreError;
use crate::domain::certificate::Case;
use crate::domain::exception::State;
use crate::domain::identity::Login;
use crate::domain::ownership;
use crate::domain::plan::Planned;
use crate::domain::policy::NextOwner;
use crate::domain::scope::Policies;

/// Gives the record an owner where the act brought it to a step without one and the policy names a rule; and each exception
/// the act raised, where its kind names who settles it. The history says so with the act.
pub fn give_owners(session: &mut Session<'_>, before: &Case<'_>, planned: &mut Planned) -> Result<(), StoreError> {
    if planned.record.step != before.record.step && planned.record.owner.is_none() {
        give_record(session, before, planned)?;
    }
    let unowned = |at: &usize| planned.record.exceptions[*at].owner.is_none();
    let raised: Vec<usize> =
        (before.record.exceptions.len()..planned.record.exceptions.len()).filter(unowned).collect();
    for at in raised {
        let kind = &planned.record.exceptions[at].kind;
        let case = Case { record: &planned.record, ..*before };
        let Some(owner) = ownership::settler(&case, kind, |login| exceptions_of(session, login).unwrap_or(0)) else {
            continue;
        };
        let exception = &mut planned.record.exceptions[at];
        planned.facts.desk_line(format!("exception {} owner", exception.id.0), None, Some(owner.to_string()));
        exception.owner = Some(owner);
        exception.state = State::InProgress;
    }
    Ok(())
}

fn give_record(session: &mut Session<'_>, before: &Case<'_>, planned: &mut Planned) -> Result<(), StoreError> {
    let case = Case { record: &planned.record, ..*before };
    let Some(step) = case.policy.step(&case.record.step).filter(|step| step.owner != NextOwner::None) else {
        return Ok(());
    };
    let scope = case.record.scope.clone().unwrap_or_default();
    let policies = session.policies()?;
    let loads = loads(session, &policies)?;
    let load = |login: &Login| {
        loads.iter().filter(|(owner, _)| owner == login.as_str()).map(|(_, records)| records).sum::<u64>()
    };
    let last = last_turn(session, &scope, &step.name)?;
    let Some(owner) = ownership::next_owner(&case, load, last.as_ref()) else { return Ok(()) };
    if step.owner == NextOwner::RoundRobin {
        let mut put = session.conn.prepare_cached(
            "INSERT INTO turn (scope, step, login) VALUES (?1, ?2, ?3) \
             ON CONFLICT (scope, step) DO UPDATE SET login = excluded.login",
        )?;
        put.execute(params![scope, step.name, owner.as_str()])?;
    }
    let name = Some(owner.to_string());
    match planned.facts.lines.iter_mut().find(|line| line.what == "owner") {
        Some(line) => line.to = name,
        None => planned.facts.line("owner", None, name),
    }
    planned.record.owner = Some(owner);
    Ok(())
}

/// How many records in work everybody owns, by step: a few rows however large the desk is.
fn loads(session: &Session<'_>, policies: &Policies) -> Result<Vec<(String, u64)>, StoreError> {
    let mut find = session.conn.prepare_cached("SELECT word, part, records FROM tally WHERE kind = 'step'")?;
    let rows = find.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, amount(row, 2)?)))?;
    let working = policies.working();
    let mut loads = Vec::new();
    for row in rows {
        let (step, owner, records) = row?;
        if working.contains(step.as_str()) {
            loads.push((owner, records));
        }
    }
    Ok(loads)
}

fn last_turn(session: &Session<'_>, scope: &str, step: &str) -> Result<Option<Login>, StoreError> {
    let mut find = session.conn.prepare_cached("SELECT login FROM turn WHERE scope = ?1 AND step = ?2")?;
    let last: Option<String> = find.query_row([scope, step], |row| row.get(0)).optional()?;
    Ok(last.and_then(|login| Login::parse(&login).ok()))
}

/// How many exceptions somebody has to settle (index `exception_owned`).
fn exceptions_of(session: &Session<'_>, login: &Login) -> Result<u64, StoreError> {
    let mut count = session.conn.prepare_cached(
        "SELECT count(*) FROM exception WHERE owner = ?1 AND owner IS NOT NULL AND state IN ('open', 'in-progress')",
    )?;
    Ok(count.query_row([login.as_str()], |row| amount(row, 0))?)
}

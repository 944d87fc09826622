//! Who owns what nobody was named for: a record that comes to a step, an exception that was raised.
//!
//! The store asks within its transaction and says how much each has to do; the choice itself is pure and, of equals, falls
//! on the first by login.

use super::certificate::Case;
use super::identity::Login;
use super::person::{self, Person, Role};
use super::policy::{Excluded, NextOwner, Settler, Step};

/// The people who can act on the record in the step it is in: their roles act in it, and no rule of other eyes keeps them out.
pub fn candidates<'a>(case: &Case<'a>, step: &Step) -> Vec<&'a Person> {
    let record = case.record;
    let kept_out: Vec<&str> = case.policy.excluded_signers(step).collect();
    let signed = |login: &Login| record.has_signed(login, &kept_out);
    let changed = |login: &Login| step.asks_other_eyes() && record.editors.contains(login);
    let prepared = |login: &Login| step.not.contains(&Excluded::Preparer) && record.preparer.as_ref() == Some(login);
    let mut able = able(case, &step.acts);
    able.retain(|person| !changed(&person.login) && !prepared(&person.login) && !signed(&person.login));
    able
}

/// The people who are here and hold one of these roles, by login.
fn able<'a>(case: &Case<'a>, roles: &[Role]) -> Vec<&'a Person> {
    let scope = case.record.scope.as_deref();
    let today = case.now.day();
    let here = case.people.iter().filter(|person| person.is_here_on(today));
    let mut able: Vec<&Person> = here.filter(|person| person.holds(roles, scope)).collect();
    able.sort_by(|one, other| one.login.cmp(&other.login));
    able
}

/// Who owns the record in the step it came to, as the policy says. `load` says how many records somebody owns already,
/// `last` who got the one before.
pub fn next_owner(case: &Case<'_>, load: impl Fn(&Login) -> u64, last: Option<&Login>) -> Option<Login> {
    let step = case.policy.step(&case.record.step)?;
    let able = candidates(case, step);
    let chosen = match step.owner {
        NextOwner::None => None,
        NextOwner::Preparer => able.iter().find(|person| case.record.preparer.as_ref() == Some(&person.login)),
        NextOwner::RoundRobin => {
            let after = last.and_then(|last| able.iter().find(|person| person.login > *last));
            after.or_else(|| able.first())
        }
        NextOwner::LeastLoaded => able.iter().min_by_key(|person| load(&person.login)),
    };
    chosen.map(|person| person.login.clone())
}

/// Who owns an exception of a kind that was raised without naming anybody. `load` says how many somebody has to settle.
pub fn settler(case: &Case<'_>, kind: &str, load: impl Fn(&Login) -> u64) -> Option<Login> {
    match case.policy.exception_kind(kind)?.owner.as_ref()? {
        Settler::Login(login) => person::at_work(case.people, login, case.now.day()),
        Settler::Role(role) => able(case, &[*role]).into_iter().min_by_key(|person| load(&person.login)),
    }
    .map(|person| person.login.clone())
}

//! Acts about the scope a record belongs to, and the step it has under the policy that governs it there.

use super::{Planned, Refusal, Work};
use crate::domain::moment::Moment;
use crate::domain::person::{Actor, Role};
use crate::domain::policy::{Outcome, Policy};

/// The roles that move records between scopes.
const LEADS: [Role; 2] = [Role::Lead, Role::Admin];

/// Moves the record. Whoever does it answers for both sides: a record neither leaves nor comes under a policy through
/// somebody who leads only the other. `actor` is the one who acts with their roles everywhere, not those here alone.
pub fn move_to(work: &mut Work<'_>, actor: &Actor, to: &str, reason: &str) -> Result<(), Refusal> {
    work.need("move records between scopes", &LEADS)?;
    if !actor.within(Some(to)).has_any(&LEADS) {
        let refusal = Refusal::role(actor, &format!("move records into the scope `{to}`"), &LEADS);
        return Err(refusal
            .hint(format!("a lead of both scopes can, or an administrator; {} leads only this one", actor.login)));
    }
    work.needs_words("a move to another scope", reason)?;
    if work.step()?.outcome == Outcome::Rest {
        return Err(Refusal::new("step", "a released record stays in the scope it was released in"));
    }
    if work.record.scope.as_deref() == Some(to) {
        return Ok(());
    }
    work.facts.line("scope", work.record.scope.take(), Some(to.to_owned()));
    work.facts.reason = Some(reason.to_owned());
    work.record.scope = Some(to.to_owned());
    Ok(())
}

/// A step of the policy before is called what it is called now.
pub fn follow(work: &mut Work<'_>) -> Result<(), Refusal> {
    work.need("bring records under a policy", &[Role::Lead, Role::Admin])?;
    let name = work.step()?.name.clone();
    if name != work.record.step {
        work.facts.line("step", Some(std::mem::replace(&mut work.record.step, name.clone())), Some(name));
        work.facts.reason = Some(format!("policy {}", work.case.policy.version));
    }
    Ok(())
}

/// Gives a planned record the step it has under the policy of the scope it joins: the one of the same name, or the first
/// where it was in the first.
///
/// # Errors
/// The policy there has no such step.
pub fn joins(planned: &mut Planned, from: &Policy, to: &Policy, now: Moment) -> Result<(), Refusal> {
    let here = from.step(&planned.record.step);
    let alike = |outcome| here.is_some_and(|here| (here.outcome == Outcome::Rest) == (outcome == Outcome::Rest));
    let first = || to.steps.first().filter(|_| from.place(&planned.record.step) == Some(0));
    let step = to.step(&planned.record.step).filter(|step| alike(step.outcome)).or_else(first);
    let Some(step) = step.map(|step| step.name.clone()) else {
        let scope = planned.record.scope.clone().unwrap_or_default();
        let what = format!("the policy of the scope `{scope}` has no step `{}`", planned.record.step);
        return Err(Refusal::new("policy", what).hint("return the record to a step that both have, then move it"));
    };
    if step != planned.record.step {
        planned.facts.line("step", Some(planned.record.step.clone()), Some(step.clone()));
        planned.record.step = step;
        planned.record.step_since = now;
    }
    Ok(())
}

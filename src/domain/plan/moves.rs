//! Acts that move a record and its ownership: assign, advance, return, hold, release, note.

use chrono::NaiveDate;

use super::review::{gates_hold, put_signature};
use super::{Refusal, WORKING, Work};
use crate::domain::action::Sealed;
use crate::domain::exception::State;
use crate::domain::identity::Login;
use crate::domain::person::{self, Role};
use crate::domain::policy::{Outcome, Reasoned};
use crate::domain::readiness;
use crate::domain::record::{Hold, Release};

pub fn assign(work: &mut Work<'_>, to: Option<&Login>, reason: Option<&str>) -> Result<(), Refusal> {
    let step = work.step()?;
    if step.outcome == Outcome::Rest {
        return Err(Refusal::new("step", format!("a record in `{}` needs no owner", step.name)));
    }
    let actor = work.actor;
    let owner = work.record.owner.clone();
    if owner.as_ref() == to {
        return Ok(());
    }
    let leads = [Role::Lead, Role::Admin];
    let mine = owner.as_ref().is_some_and(|holder| *holder == actor.login || stands_in_for(work, holder));
    let takes = to == Some(&actor.login);
    if takes {
        work.need(&format!("take a record in `{}`", step.name), &step.acts)?;
    } else {
        work.need("assign records", &WORKING)?;
    }
    if let Some(holder) = &owner {
        let words = reason.is_some_and(|reason| !reason.trim().is_empty());
        if !mine && !actor.has_any(&leads) {
            let mut refusal = Refusal::new("ownership", format!("{holder} owns the record"));
            refusal.who = [holder.to_string(), "lead".to_owned()].into();
            return Err(refusal.hint(format!("ask {holder} or a lead to hand it over")));
        }
        if !words {
            return Err(Refusal::new("reason", format!("taking the record from {holder} needs a reason"))
                .hint("say why with --reason"));
        }
    } else {
        work.asks_reason(if takes { Reasoned::Take } else { Reasoned::Assign }, reason)?;
    }
    let given = match to {
        Some(to) if !takes => Some(who_is_here(work, to)?),
        given => given.cloned(),
    };
    if let Some(given) = &given {
        let person = work.case.people.iter().find(|person| person.login == *given);
        if !person.is_some_and(|person| person.holds(&step.acts, work.record.scope.as_deref())) {
            let mut refusal = Refusal::new("role", format!("{given} cannot act in the step `{}`", step.name));
            refusal.who = work.others(&step.acts);
            return Err(refusal);
        }
    }
    if given == owner {
        return Ok(());
    }
    work.facts.line("owner", owner.map(|owner| owner.to_string()), given.as_ref().map(ToString::to_string));
    if let (Some(given), Some(to)) = (&given, to.filter(|to| given.as_ref() != Some(to))) {
        work.facts.line("deputy", Some(to.to_string()), Some(given.to_string()));
    }
    work.facts.reason = reason.map(str::to_owned);
    work.record.owner = given;
    Ok(())
}

/// Whether the actor stands in for somebody who is away today.
fn stands_in_for(work: &Work<'_>, who: &Login) -> bool {
    let mut away = person::stood_in_for(work.case.people, &work.actor.login, work.case.now.day());
    away.any(|absent| absent.login == *who)
}

/// Whoever works for somebody today: themselves, or who stands in while they are away.
fn who_is_here(work: &Work<'_>, who: &Login) -> Result<Login, Refusal> {
    work.person_exists(who)?;
    let today = work.case.now.day();
    if let Some(person) = person::at_work(work.case.people, who, today) {
        return Ok(person.login.clone());
    }
    let absence =
        work.case.people.iter().find(|person| person.login == *who).and_then(|person| person.absent_on(today));
    let until = absence.map_or_else(String::new, |absence| format!(" until {}", absence.until));
    Err(Refusal::new("absent", format!("{who} is away{until} and nobody stands in"))
        .hint("name somebody else, or their deputy: `stageplate person absent LOGIN --until DAY --deputy LOGIN`"))
}

/// What somebody who left owned of the record is nobody's, and so is seen by all who could take it.
pub fn vacate(work: &mut Work<'_>, who: &Login) -> Result<(), Refusal> {
    work.need("clear up after those who left", &[Role::Lead, Role::Admin])?;
    let Some(day) = work.case.people.iter().find(|person| person.login == *who).and_then(|person| person.left) else {
        return Err(Refusal::new("left", format!("{who} has not left the desk")));
    };
    let name = Some(who.to_string());
    if work.record.owner.as_ref() == Some(who) {
        work.facts.line("owner", name.clone(), None);
        work.record.owner = None;
    }
    for exception in work.record.exceptions.iter_mut().filter(|exception| exception.owner.as_ref() == Some(who)) {
        if matches!(exception.state, State::Open | State::InProgress) {
            work.facts.line(format!("exception {} owner", exception.id.0), name.clone(), None);
            exception.owner = None;
            exception.state = State::Open;
        }
    }
    if !work.facts.lines.is_empty() {
        work.facts.reason = Some(format!("{who} left the desk on {day}"));
    }
    Ok(())
}

pub fn advance(work: &mut Work<'_>, reason: Option<&str>) -> Result<(), Refusal> {
    let step = work.step()?;
    match step.outcome {
        Outcome::Advance => {}
        Outcome::Release => {
            work.need("release records", &step.acts)?;
            return Err(Refusal::new("step", format!("a record leaves `{}` by being released", step.name))
                .hint("use `release`"));
        }
        // A released record may still be filed; where nobody acts, it has arrived.
        Outcome::Rest if !step.acts.is_empty() && work.case.policy.after(&step.name).is_some() => {}
        Outcome::Rest => return Err(Refusal::new("step", format!("a record in `{}` has arrived", step.name))),
    }
    work.need(&format!("move a record on from `{}`", step.name), &step.acts)?;
    work.not_on_hold()?;
    if !step.not.is_empty() || step.checkpoint.is_some() {
        work.other_eyes("move it on", step)?;
    }
    work.asks_reason(Reasoned::Advance, reason)?;
    let next = work.case.policy.after(&step.name);
    let next = next.ok_or_else(|| Refusal::new("policy", format!("the policy has no step after `{}`", step.name)))?;
    let certificate = work.certificate();
    let findings = work.findings(&certificate);
    gates_hold(work, readiness::obstacles(work.case, &certificate, &findings, step))?;
    if let Some(checkpoint) = &step.checkpoint
        && work.record.signed(checkpoint, certificate.hash).is_none()
    {
        put_signature(work, step, checkpoint, None)?;
    }
    // Whoever hands the record in answers for what is in it, whoever else was named to prepare it.
    if step.edit && !next.edit && work.record.preparer.as_ref() != Some(&work.actor.login) {
        let named = work.record.preparer.replace(work.actor.login.clone());
        let by = Some(work.actor.login.to_string());
        work.facts.line("preparer", named.map(|login| login.to_string()), by);
    }
    // Who may act in both steps keeps the record; otherwise it waits for somebody to take it.
    let kept = work.record.owner.clone().filter(|owner| {
        let person = work.case.people.iter().find(|person| person.login == *owner);
        let scope = work.record.scope.as_deref();
        step.edit && next.edit && person.is_some_and(|person| person.holds(&next.acts, scope))
    });
    move_to(work, &next.name, kept);
    work.facts.reason = reason.map(str::to_owned);
    Ok(())
}

fn move_to(work: &mut Work<'_>, step: &str, owner: Option<Login>) {
    work.facts.line("step", Some(work.record.step.clone()), Some(step.to_owned()));
    if work.record.owner != owner {
        let text = |owner: &Option<Login>| owner.as_ref().map(ToString::to_string);
        work.facts.line("owner", text(&work.record.owner), text(&owner));
    }
    step.clone_into(&mut work.record.step);
    work.record.step_since = work.case.now;
    work.record.owner = owner;
}

pub fn send_back(work: &mut Work<'_>, to: &str, reason: &str) -> Result<(), Refusal> {
    let step = work.step()?;
    let policy = work.case.policy;
    if step.outcome == Outcome::Rest {
        return Err(Refusal::new("immutable", "a released record is not returned; it is corrected"));
    }
    let mut roles = step.acts.clone();
    roles.push(Role::Lead);
    work.need(&format!("return a record from `{}`", step.name), &roles)?;
    work.needs_words("a return", reason)?;
    let here = policy.place(&step.name).unwrap_or(0);
    if here == 0 {
        return Err(Refusal::new("step", format!("`{}` is the first step: there is none to return to", step.name))
            .hint("what is wrong with it is said with a remark or an exception; whose it is, with `assign`"));
    }
    let Some(target) = policy.place(to) else {
        let names: Vec<&str> = policy.steps.iter().map(|step| step.name.as_str()).collect();
        return Err(Refusal::not_found(format!("the policy has no step `{to}`"))
            .hint(format!("there are: {}", names[..here].join(", "))));
    };
    if target >= here {
        let names: Vec<&str> = policy.steps[..here].iter().map(|step| step.name.as_str()).collect();
        return Err(Refusal::new("step", format!("`{to}` does not come before `{}`", step.name))
            .hint(format!("it can go to: {}", names.join(", "))));
    }
    let here_still =
        |login: &Login| work.case.people.iter().any(|person| person.login == *login && person.left.is_none());
    let owner = work.record.preparer.clone().filter(|login| policy.steps[target].edit && here_still(login));
    move_to(work, to, owner);
    let again: Vec<&str> = policy.steps[target..].iter().filter_map(|step| step.checkpoint.as_deref()).collect();
    work.void_signoffs(|signoff| again.contains(&signoff.checkpoint.as_str()), None);
    work.facts.reason = Some(reason.to_owned());
    Ok(())
}

pub fn hold(work: &mut Work<'_>, reason: &str, until: Option<NaiveDate>) -> Result<(), Refusal> {
    work.need("hold records", &WORKING)?;
    work.needs_words("a hold", reason)?;
    if work.step()?.outcome == Outcome::Rest {
        return Err(Refusal::new("step", "a released record is not held"));
    }
    if until.is_some_and(|until| until < work.case.now.day()) {
        return Err(Refusal::new("date", "the last day of a hold cannot lie in the past"));
    }
    work.not_on_hold()?;
    work.facts.line("hold", None, Some(until.map_or("open end".to_owned(), |until| format!("until {until}"))));
    work.facts.reason = Some(reason.to_owned());
    let by = work.actor.login.clone();
    work.record.hold = Some(Hold { reason: reason.to_owned(), until, by, at: work.case.now });
    Ok(())
}

pub fn resume(work: &mut Work<'_>, reason: Option<&str>) -> Result<(), Refusal> {
    work.need("resume records", &WORKING)?;
    let Some(hold) = work.record.hold.clone() else {
        return Err(Refusal::new("hold", "the record is not on hold"));
    };
    may_end(work, &hold)?;
    work.record.hold = None;
    work.facts.line("hold", Some(hold.reason), None);
    work.facts.reason = reason.map(str::to_owned);
    Ok(())
}

/// What a lead stopped goes on through who stopped it or a lead. Any other hold is also the owner's to end, and the deputy's
/// of whoever is away.
fn may_end(work: &Work<'_>, hold: &Hold) -> Result<(), Refusal> {
    let scope = work.record.scope.as_deref();
    let by_lead = work.case.people.iter().any(|person| person.login == hold.by && person.holds(&[Role::Lead], scope));
    let owner = work.record.owner.as_ref().filter(|_| !by_lead);
    let theirs = [Some(&hold.by), owner].into_iter().flatten();
    let works_for = |login: &Login| *login == work.actor.login || (!by_lead && stands_in_for(work, login));
    if work.actor.has_any(&[Role::Lead]) || theirs.clone().any(works_for) {
        return Ok(());
    }
    let mut who: Vec<String> = theirs.map(ToString::to_string).collect();
    who.push("lead".to_owned());
    who.dedup();
    let mut refusal = Refusal::new("hold", format!("{} put the record on hold: {}", hold.by, hold.reason));
    refusal.who = who.into();
    Err(refusal.hint(format!("ask {} or a lead to go on with it", hold.by)))
}

pub fn release(work: &mut Work<'_>, sealed: &Sealed) -> Result<(), Refusal> {
    let certificate = work.certificate();
    may_release(work)?;
    if sealed.content != certificate.hash {
        return Err(Refusal::new("sealed-content", "the content changed after it was sealed; nothing was released")
            .hint("look at what changed, then release again"));
    }
    let step = work.step()?;
    let next = work.case.policy.after(&step.name);
    let next = next.ok_or_else(|| Refusal::new("policy", format!("the policy has no step after `{}`", step.name)))?;
    work.facts.line(
        format!("release version {}", work.record.version),
        None,
        Some(format!("{} sha256 {}", sealed.reference, sealed.sha256)),
    );
    work.facts.line("seal", None, Some(sealed.sealed_by.clone()));
    work.record.releases.push(Release {
        version: work.record.version,
        reference: sealed.reference.clone(),
        sealed_at: work.case.now,
        by: work.actor.login.clone(),
        sha256: sealed.sha256,
        content: sealed.content,
        sealed_by: sealed.sealed_by.clone(),
    });
    move_to(work, &next.name, None);
    Ok(())
}

/// Whether the actor may release the record as it stands, all gates looked at again.
pub fn may_release(work: &Work<'_>) -> Result<(), Refusal> {
    let step = work.step()?;
    match step.outcome {
        Outcome::Release => {}
        Outcome::Rest => return Err(Refusal::new("immutable", "this version is released already")),
        Outcome::Advance => {
            let releasing = work.case.policy.releasing();
            let acts = releasing.map_or(&[Role::Release][..], |step| &step.acts);
            work.need("release records", acts)?;
            let name = releasing.map_or("ready", |step| step.name.as_str());
            return Err(Refusal::new(
                "step",
                format!("only a record in `{name}` is released, this one is in `{}`", step.name),
            ));
        }
    }
    work.need("release records", &step.acts)?;
    work.not_on_hold()?;
    work.other_eyes("release it", step)?;
    is_prepared(work)?;
    let certificate = work.certificate();
    let findings = work.findings(&certificate);
    gates_hold(work, readiness::readiness(work.case, &certificate, &findings))
}

/// Four eyes need two people: whoever prepared the version, and whoever releases it. What nobody prepared says nothing of
/// ours that anybody could answer for.
fn is_prepared(work: &Work<'_>) -> Result<(), Refusal> {
    if !work.record.editors.is_empty() {
        return Ok(());
    }
    let editing = work.case.policy.steps.iter().rev().find(|step| step.edit);
    let to = editing.map_or("preparation", |step| step.name.as_str());
    Err(Refusal::new("four-eyes", "nobody prepared this version: there is nothing of ours to release")
        .hint(format!("return it to `{to}`: somebody else than who releases it fills it in")))
}

pub fn note(work: &mut Work<'_>, text: &str) -> Result<(), Refusal> {
    work.need("write remarks", &WORKING)?;
    work.needs_words("a remark", text)?;
    work.facts.line("note", None, Some(text.to_owned()));
    Ok(())
}

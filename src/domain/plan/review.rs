//! Acts of review: confirm, flag, settle, sign.

use super::{No, Refusal, WORKING, Work};
use crate::domain::action::Settle;
use crate::domain::address::Address;
use crate::domain::checks::Grade;
use crate::domain::exception::{About, Exception, Settlement, State};
use crate::domain::identity::{ExceptionId, Login};
use crate::domain::nearest::nearest;
use crate::domain::person::Role;
use crate::domain::policy::{Gate, Outcome, Step};
use crate::domain::readiness;
use crate::domain::record::{Confirmation, SignOff};

pub fn confirm(work: &mut Work<'_>, addresses: Option<&[Address]>) -> Result<(), Refusal> {
    let step = work.step()?;
    if !step.gates.contains(&Gate::ChangesDecided) {
        let reviewing = work.case.policy.steps.iter().find(|step| step.gates.contains(&Gate::ChangesDecided));
        let name = reviewing.map_or("review", |step| step.name.as_str());
        work.need("confirm changes", &[Role::Review, Role::Lead])?;
        return Err(Refusal::new(
            "step",
            format!("changes are confirmed in the step `{name}`, this record is in `{}`", step.name),
        ));
    }
    work.need("confirm changes", &step.acts)?;
    work.not_on_hold()?;
    work.other_eyes("confirm its changes", step)?;
    let certificate = work.certificate();
    let chosen: Vec<Address> = match addresses {
        Some(addresses) => addresses.to_vec(),
        None => {
            let doubtful: Vec<Address> = work
                .findings(&certificate)
                .into_iter()
                .filter(|finding| finding.grade >= Grade::Warn)
                .filter_map(|finding| finding.address)
                .collect();
            let undecided = certificate.changes.iter().filter(|change| change.undecided);
            undecided.map(|change| change.address.clone()).filter(|address| !doubtful.contains(address)).collect()
        }
    };
    for address in &chosen {
        let change = certificate.change(address).filter(|change| change.needs_decision).ok_or_else(|| {
            Refusal::not_found(format!("{address} is no change of our stage that needs a decision")).at(address)
        })?;
        if change.confirmed.is_some() {
            continue;
        }
        let (before, ours) = (change.before.clone(), change.ours.clone());
        work.facts.line(format!("confirmation {address}"), before.clone(), ours.clone());
        let confirmation = Confirmation { before, ours, by: work.actor.login.clone(), at: work.case.now };
        work.record.confirmations.insert(address.clone(), confirmation);
    }
    Ok(())
}

pub fn flag(
    work: &mut Work<'_>,
    kind: &str,
    at: Option<&Address>,
    blocking: Option<bool>,
    text: &str,
    to: Option<&Login>,
) -> Result<(), Refusal> {
    work.need("raise exceptions", &WORKING)?;
    work.needs_words("an exception", text)?;
    let policy = work.case.policy;
    let Some(known) = policy.exception_kind(kind) else {
        let words: Vec<&str> = policy.exception_kinds.iter().map(|kind| kind.name.as_str()).collect();
        let refusal = Refusal::not_found(format!("the policy has no kind of exception `{kind}`"));
        return Err(match nearest(kind, words.iter().copied()) {
            Some(near) => refusal.hint(format!("the nearest is `{near}`")),
            None => refusal.hint(format!("there are: {}", words.join(", "))),
        });
    };
    if let Some(address) = at
        && work.case.catalogue.element(address).is_none()
    {
        return Err(Refusal::not_found(format!("no entry lies at {address}")).at(address));
    }
    if let Some(to) = to {
        work.person_exists(to)?;
    }
    let certificate = work.certificate();
    let change = at.and_then(|address| certificate.change(address));
    let about = change.map(|change| About { before: change.before.clone(), ours: change.ours.clone() });
    let id = ExceptionId(work.next_exception);
    work.next_exception += 1;
    let place = at.map(|address| format!(" at {address}")).unwrap_or_default();
    work.facts.line(format!("exception {}", id.0), None, Some(format!("{kind}{place}: {text}")));
    work.record.exceptions.push(Exception {
        id,
        kind: known.name.clone(),
        at: at.cloned(),
        blocking: blocking.unwrap_or(known.blocking),
        state: if to.is_some() { State::InProgress } else { State::Open },
        owner: to.cloned(),
        text: text.to_owned(),
        raised_by: Some(work.actor.login.clone()),
        raised_at: work.case.now,
        outcome: None,
        about,
    });
    Ok(())
}

pub fn settle(work: &mut Work<'_>, id: ExceptionId, how: &Settle) -> Result<(), Refusal> {
    let found = work.record.exceptions.iter().find(|exception| exception.id == id);
    let exception = found.ok_or_else(|| Refusal::not_found(format!("the record has no exception {}", id.0)))?.clone();
    let open = exception.is_open_on(work.case.now.day());
    let settler = work.case.policy.exception_kind(&exception.kind).map_or(Role::Lead, |kind| kind.settled_by);
    let (state, owner, outcome) = match how {
        Settle::Assign { to } => {
            work.need("assign exceptions", &WORKING)?;
            work.person_exists(to)?;
            still_open(&exception, open)?;
            (State::InProgress, Some(to.clone()), None)
        }
        Settle::Resolve { text } => {
            work.need("resolve this exception", &[settler, Role::Lead])?;
            work.needs_words("a settlement", text)?;
            still_open(&exception, open)?;
            (State::Resolved, exception.owner.clone(), Some(settlement(work, text, None)))
        }
        Settle::Waive { text, until } => {
            work.need("waive exceptions", &[Role::Lead])?;
            work.needs_words("a waiver", text)?;
            still_open(&exception, open)?;
            if until.is_some_and(|until| until < work.case.now.day()) {
                return Err(Refusal::new("date", "the last day of a waiver cannot lie in the past"));
            }
            (State::Waived, exception.owner.clone(), Some(settlement(work, text, *until)))
        }
        Settle::Reopen { text } => {
            work.need("reopen exceptions", &[Role::Review, Role::Lead])?;
            work.needs_words("reopening", text)?;
            if open {
                return Err(Refusal::new("state", format!("exception {} is open already", id.0)));
            }
            (State::Open, exception.owner.clone(), None)
        }
    };
    let (text, to) = match how {
        Settle::Assign { to } => (None, format!("in-progress, {to}")),
        Settle::Waive { text, until: Some(until) } => (Some(text.clone()), format!("waived until {until}")),
        Settle::Resolve { text } | Settle::Waive { text, .. } | Settle::Reopen { text } => {
            (Some(text.clone()), state.word().to_owned())
        }
    };
    work.facts.reason = text;
    work.facts.line(format!("exception {}", id.0), Some(exception.state.word().to_owned()), Some(to));
    if let Some(exception) = work.record.exceptions.iter_mut().find(|exception| exception.id == id) {
        exception.state = state;
        exception.owner = owner;
        exception.outcome = outcome;
    }
    Ok(())
}

fn still_open(exception: &Exception, open: bool) -> Result<(), Refusal> {
    if open {
        return Ok(());
    }
    Err(Refusal::new("state", format!("exception {} is {} already", exception.id.0, exception.state.word()))
        .hint("reopen it first"))
}

fn settlement(work: &Work<'_>, text: &str, until: Option<chrono::NaiveDate>) -> Settlement {
    Settlement { text: text.to_owned(), by: work.actor.login.clone(), at: work.case.now, until }
}

pub fn sign(work: &mut Work<'_>, checkpoint: Option<&str>, meaning: Option<&str>) -> Result<(), Refusal> {
    let step = work.step()?;
    let own = step.checkpoint.as_deref();
    let Some(name) = checkpoint.or(own) else {
        return Err(Refusal::new("checkpoint", format!("the step `{}` has no checkpoint to sign", step.name)));
    };
    if own != Some(name) {
        let elsewhere = work.case.policy.steps.iter().find(|step| step.checkpoint.as_deref() == Some(name));
        return Err(match elsewhere {
            Some(other) => Refusal::new(
                "step",
                format!(
                    "checkpoint `{name}` is signed in the step `{}`, this record is in `{}`",
                    other.name, step.name
                ),
            ),
            None => Refusal::not_found(format!("the policy has no checkpoint `{name}`")),
        });
    }
    put_signature(work, step, name, meaning)
}

/// Signs the step's checkpoint for the actor, if they may and the step's gates hold.
pub fn put_signature(work: &mut Work<'_>, step: &Step, checkpoint: &str, meaning: Option<&str>) -> Result<(), Refusal> {
    work.need(&format!("sign `{checkpoint}`"), &step.acts)?;
    work.not_on_hold()?;
    work.other_eyes(&format!("sign its `{checkpoint}`"), step)?;
    if step.outcome == Outcome::Rest {
        return Err(Refusal::new("immutable", "this version is released; nothing is signed any more"));
    }
    let certificate = work.certificate();
    if work.record.signed(checkpoint, certificate.hash).is_some_and(|signoff| signoff.by == work.actor.login) {
        return Ok(());
    }
    let findings = work.findings(&certificate);
    gates_hold(work, readiness::obstacles(work.case, &certificate, &findings, step))?;
    let meaning = meaning.map(str::to_owned).or_else(|| step.meaning.clone()).unwrap_or_else(|| checkpoint.to_owned());
    work.facts.line(
        format!("sign-off {checkpoint}"),
        None,
        Some(format!("{meaning} (content {})", &certificate.hash.to_string()[..12])),
    );
    work.record.signoffs.push(SignOff {
        checkpoint: checkpoint.to_owned(),
        version: work.record.version,
        by: work.actor.login.clone(),
        at: work.case.now,
        meaning,
        content: certificate.hash,
        void_at: None,
    });
    Ok(())
}

/// The first obstacle as a refusal that counts the others.
pub fn gates_hold(work: &Work<'_>, obstacles: Vec<readiness::Obstacle>) -> Result<(), Refusal> {
    let more = obstacles.len().saturating_sub(1);
    let Some(first) = obstacles.into_iter().next() else { return Ok(()) };
    let mut refusal = Refusal::from(first);
    refusal.no = No::Refused;
    if more > 0 {
        refusal = refusal.hint(format!("{more} more: `stageplate show {}` lists all under readiness", work.record.vin));
    }
    Err(refusal)
}

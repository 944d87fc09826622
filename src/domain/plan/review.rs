//! Acts of review: confirm and sign.

use super::{No, Refusal, Work};
use crate::domain::address::Address;
use crate::domain::checks::Grade;
use crate::domain::nearest::nearest;
use crate::domain::person::Role;
use crate::domain::policy::{Gate, Outcome, Step};
use crate::domain::readiness;
use crate::domain::record::{Confirmation, SignOff};
use crate::domain::since;

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
        let confirmation = Confirmation { before, ours, by: work.actor.login.clone(), at: work.case.now, void: false };
        work.record.confirmations.insert(address.clone(), confirmation);
    }
    Ok(())
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
            None => {
                let known: Vec<&str> =
                    work.case.policy.steps.iter().filter_map(|step| step.checkpoint.as_deref()).collect();
                let refusal = Refusal::not_found(format!("the policy has no checkpoint `{name}`"));
                match nearest(name, known.iter().copied()) {
                    Some(near) => refusal.hint(format!("the nearest is `{near}`")),
                    None => refusal.hint(format!("there are: {}", known.join(", "))),
                }
            }
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
        seen: since::seen(&work.record, &certificate),
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

//! Readiness: what stands between a record and its release, each line with what to do and who can.

use super::address::Address;
use super::certificate::{Case, Certificate, ChangeKind};
use super::checks::{Finding, Grade};
use super::person::Role;
use super::policy::{Gate, Outcome, Step};
use super::since;

/// One thing that blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// What, and what to do about it.
    pub what: String,
    /// The rule that asks for it: `gate:changes-decided`, `MS-03`.
    pub rule: String,
    /// The entry, if it is one.
    pub address: Option<Address>,
    /// Who can do something about it.
    pub who: Vec<Role>,
}

/// What keeps the record from leaving `step`.
pub fn obstacles(case: &Case<'_>, certificate: &Certificate, findings: &[Finding], step: &Step) -> Vec<Obstacle> {
    step.gates.iter().flat_map(|gate| gate_obstacles(*gate, case, certificate, findings, step)).collect()
}

/// What keeps the record from release: the gates and checkpoints of every step from here to the one that releases, then
/// those of the steps before. All of them are looked at again when it is released, whatever the policy asks for there.
pub fn readiness(case: &Case<'_>, certificate: &Certificate, findings: &[Finding]) -> Vec<Obstacle> {
    let steps = &case.policy.steps;
    let here = case.policy.place(&case.record.step).unwrap_or(0);
    let mut list: Vec<Obstacle> = Vec::new();
    if steps.get(here).is_some_and(|step| step.outcome != Outcome::Rest) {
        let ahead = steps[here..].iter().filter(|step| step.outcome != Outcome::Rest);
        list.extend(ahead.flat_map(|step| unmet(case, certificate, findings, step)));
        // Nobody owns a record that waits to be released; that gate is for the steps it was made for.
        let owner = rule_of(Gate::OwnerNamed);
        let behind = steps[..here].iter().flat_map(|step| unmet(case, certificate, findings, step));
        list.extend(behind.filter(|obstacle| obstacle.rule != owner));
    }
    if case.record.held_on(case.now.day()) {
        let reason = case.record.hold.as_ref().map_or("", |hold| hold.reason.as_str());
        list.insert(0, obstacle(format!("the record is on hold: {reason}; resume it"), "hold", None, &[Role::Lead]));
    }
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|obstacle| seen.insert((obstacle.rule.clone(), obstacle.address.clone(), obstacle.what.clone())));
    list
}

/// What a step asks for and does not have: its gates, and the sign-off of its checkpoint.
fn unmet(case: &Case<'_>, certificate: &Certificate, findings: &[Finding], step: &Step) -> Vec<Obstacle> {
    let mut list = obstacles(case, certificate, findings, step);
    if let Some(checkpoint) = &step.checkpoint
        && case.record.signed(checkpoint, certificate.hash).is_none()
    {
        list.push(unsigned(case, certificate, checkpoint, step));
    }
    list
}

fn rule_of(gate: Gate) -> String {
    format!("gate:{}", gate.word())
}

fn unsigned(case: &Case<'_>, certificate: &Certificate, checkpoint: &str, step: &Step) -> Obstacle {
    let since = since::since(case, certificate, checkpoint).map(|since| format!(": {}", since.words()));
    let what = format!("checkpoint `{checkpoint}` is not signed{}", since.unwrap_or_default());
    Obstacle { what, rule: format!("checkpoint:{checkpoint}"), address: None, who: step.acts.clone() }
}

fn obstacle(what: String, rule: &str, address: Option<Address>, who: &[Role]) -> Obstacle {
    Obstacle { what, rule: rule.to_owned(), address, who: who.to_vec() }
}

fn gate_obstacles(
    gate: Gate,
    case: &Case<'_>,
    certificate: &Certificate,
    findings: &[Finding],
    step: &Step,
) -> Vec<Obstacle> {
    let record = case.record;
    let rule = rule_of(gate);
    match gate {
        Gate::OwnerNamed if record.owner.is_some() => Vec::new(),
        Gate::OwnerNamed => {
            vec![obstacle("nobody owns the record: take it or assign it".to_owned(), &rule, None, &step.acts)]
        }
        Gate::ApprovalReferenced => approval_obstacle(case, &rule).into_iter().collect(),
        Gate::NoBlockingFinding => findings
            .iter()
            .filter(|finding| finding.grade == Grade::Block)
            .map(|finding| {
                obstacle(finding.message.clone(), finding.check, finding.address.clone(), &[Role::Prepare, Role::Lead])
            })
            .collect(),
        Gate::ChangesDecided => certificate
            .changes
            .iter()
            .filter(|change| change.undecided)
            .map(|change| {
                let title = case.catalogue.element(&change.address).map_or(change.address.as_str(), |e| e.title);
                let became = match change.kind {
                    ChangeKind::RowAdded => "is in a row of ours",
                    ChangeKind::RowDropped => "is dropped",
                    kind => &format!("is {}", kind.word()),
                };
                let voided = record.confirmations.get(&change.address).filter(|yes| yes.void);
                let what = match voided {
                    Some(yes) => format!(
                        "{title} {became}; {} confirmed it and changed content of this version since: somebody else confirms it",
                        yes.by
                    ),
                    None => format!("{title} {became} and nobody confirmed or flagged it"),
                };
                obstacle(what, &rule, Some(change.address.clone()), &[Role::Review])
            })
            .collect(),
        Gate::NoBlockingException => record
            .exceptions
            .iter()
            .filter(|exception| exception.blocking && exception.is_open_on(case.now.day()))
            .map(|exception| {
                let role = case.policy.exception_kind(&exception.kind).map_or(Role::Lead, |kind| kind.settled_by);
                let what = format!("exception {} ({}) is open: {}", exception.id.0, exception.kind, exception.text);
                obstacle(what, &rule, exception.at.clone(), &[role])
            })
            .collect(),
        Gate::SignedOff => {
            let here = case.policy.place(&step.name).unwrap_or(0);
            let before = case.policy.steps.iter().take(here);
            before
                .filter_map(|step| step.checkpoint.as_ref().map(|checkpoint| (step, checkpoint)))
                .filter(|(_, checkpoint)| record.signed(checkpoint, certificate.hash).is_none())
                .map(|(step, checkpoint)| unsigned(case, certificate, checkpoint, step))
                .collect()
        }
    }
}

fn approval_obstacle(case: &Case<'_>, rule: &str) -> Option<Obstacle> {
    let address = Address::unchecked("TypeApprovalNumber");
    let what = match case.record.declares("TypeApprovalNumber") {
        None => "no approval is named: set the type-approval number".to_owned(),
        Some(number) => match case.approval() {
            None => format!("approval {number} is not on this desk: import it, or name another"),
            Some(approval) if approval.status_on(case.day_of_approval()) != super::approval::Status::Valid => {
                format!("approval {number} is {}: name another", approval.standing().in_words())
            }
            Some(_) => return None,
        },
    };
    Some(obstacle(what, rule, Some(address), &[Role::Prepare, Role::Admin]))
}

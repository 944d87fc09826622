//! The JSON of the contract: what `queue`, `show`, `log` and the lists say to programs. Keys stay; more may be added.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::revisions::{self, Revised};
use crate::domain::address::Address;
use crate::domain::approval::{Approval, Status};
use crate::domain::catalogue::Catalogue;
use crate::domain::certificate::{Change, Origin, manufactured};
use crate::domain::checks::{Finding, Graded, Regraded};
use crate::domain::dossier::Dossier;
use crate::domain::envelope::{Limited, Limiter};
use crate::domain::event::Event;
use crate::domain::exception::Exception;
use crate::domain::identity::Vin;
use crate::domain::manufacturers;
use crate::domain::moment::Moment;
use crate::domain::readiness::Obstacle;
use crate::domain::receipt::Receipt;
use crate::domain::record::{Record, Release, SignOff, Stage};
use crate::domain::summary::Summary;
use crate::domain::value;

/// A record as `queue` has it.
pub fn summary(summary: &Summary, unread: bool, today: NaiveDate) -> Value {
    json!({
        "vin": summary.vin,
        "build_stage": summary.build_stage,
        "version": summary.version,
        "scope": summary.scope,
        "order": summary.order,
        "step": summary.step,
        "step_since": summary.step_since.rfc3339(),
        "owner": summary.owner,
        "due_at": summary.due.map(end_of),
        "overdue": summary.overdue_on(today),
        "priority": summary.priority,
        "held": summary.held_on(today),
        "category": summary.category,
        "approval": summary.approval,
        "approval_status": summary.approval_status.map(Status::word),
        "manufactured": summary.manufactured,
        "type": summary.vehicle_type,
        "variant": summary.variant,
        "version_code": summary.version_code,
        "bodywork": summary.bodywork,
        "options": summary.options,
        "changes": summary.changes,
        "unconfirmed": summary.unconfirmed,
        "blocking_findings": summary.blocking_findings,
        "warning_findings": summary.warning_findings,
        "open_exceptions": summary.open_exceptions,
        "unread": unread,
        "updated_at": summary.updated_at.rfc3339(),
    })
}

/// The last second of a due day: until then a record is not overdue.
fn end_of(day: NaiveDate) -> String {
    Moment(Moment::start_of(day).0 + 86_399_000_000).rfc3339()
}

/// A record with everything, as `show` has it.
pub fn dossier(
    dossier: &Dossier,
    revisions: &BTreeMap<u8, Vec<Revised>>,
    gradings: &BTreeMap<String, Graded>,
    line: &Summary,
    unread: bool,
    catalogue: &Catalogue,
    today: NaiveDate,
) -> Value {
    let record = &dossier.record;
    let mut head = summary(line, unread, today);
    if let (Value::Object(head), Some(hold)) = (&mut head, &record.hold) {
        head.insert(
            "hold".into(),
            json!({"reason": hold.reason, "until": hold.until, "by": hold.by, "at": hold.at.rfc3339()}),
        );
    }
    if let Value::Object(head) = &mut head {
        head.insert("preparer".into(), json!(record.preparer));
        head.insert("content_sha256".into(), json!(dossier.certificate.hash));
    }
    json!({
        "record": head,
        "stages": record.stages.iter().map(|one| stage(one, revisions, catalogue)).collect::<Vec<_>>(),
        "changes": changes(dossier, catalogue),
        "findings": findings(&dossier.findings, gradings, catalogue),
        "envelope": dossier.envelope.iter().map(|one| limited(one, catalogue)).collect::<Vec<_>>(),
        "exceptions": record.exceptions.iter().map(|one| exception(one, None, today)).collect::<Vec<_>>(),
        "since": dossier.since.as_ref().map(|since| json!({
            "checkpoint": since.signoff.checkpoint, "by": since.signoff.by, "at": since.signoff.at.rfc3339(),
            "changes": since.addresses.len() + since.gone, "options": since.options, "form": since.form,
        })),
        "signoffs": record.signoffs.iter().map(|one| signoff(one, dossier)).collect::<Vec<_>>(),
        "approvals": dossier.approvals.iter().map(|one| approval_in_record(one, record)).collect::<Vec<_>>(),
        "readiness": dossier.readiness.iter().map(obstacle).collect::<Vec<_>>(),
        "releases": record.releases.iter().map(|one| release(one, record)).collect::<Vec<_>>(),
        "history": history(&dossier.history),
    })
}

fn stage(stage: &Stage, revisions: &BTreeMap<u8, Vec<Revised>>, catalogue: &Catalogue) -> Value {
    let value = |address: &str| stage.content.value(address);
    let own = manufacturers::row_of(&stage.content, stage.number);
    let maker = own.and_then(|row| value(&format!("{}[{row}]/ManufacturerName", manufacturers::TABLE)));
    let named = manufacturers::groups(&stage.content);
    let named: Vec<Value> =
        named.iter().map(|group| json!({"stage": group.stage.and_then(value::integer), "name": group.name})).collect();
    let revised = revisions.get(&stage.number).map_or(&[][..], Vec::as_slice);
    json!({
        "number": stage.number,
        "manufacturer": maker,
        "manufacturers": named,
        "stage_of_completion": value("StageOfCompletion"),
        "approval": value("TypeApprovalNumber"),
        "type": value("Type"),
        "variant": value("Variant"),
        "version_code": value("Version"),
        "received_at": stage.received_at.rfc3339(),
        "sha256": stage.sha256,
        "revision": stage.revision,
        "source": stage.source,
        "signature": stage.signature,
        "differences": revisions::values(revised, catalogue),
    })
}

/// The changes by stage, as `show --changes` has them.
pub fn changes(dossier: &Dossier, catalogue: &Catalogue) -> Vec<Value> {
    dossier.certificate.changes.iter().map(|one| change(one, dossier, catalogue)).collect()
}

/// Whether a change is new to whoever signs next: they signed before, and it was not so then.
pub fn since_signed(dossier: &Dossier, change: &Change) -> bool {
    dossier.since.as_ref().is_some_and(|since| since.addresses.contains(&change.address))
}

fn change(change: &Change, dossier: &Dossier, catalogue: &Catalogue) -> Value {
    let record = &dossier.record;
    let values: Vec<Value> =
        change.values.iter().map(|(stage, value)| json!({"stage": stage, "value": value})).collect();
    let element = catalogue.element(&change.address);
    let meaning = |value: &String| Some((value.clone(), json!(element?.meaning(value)?)));
    let meanings: Map<String, Value> = change.values.iter().filter_map(|(_, value)| meaning(value)).collect();
    let approval = record.declares("TypeApprovalNumber").filter(|_| change.origin.is_some());
    let mut object = described(&change.address, catalogue);
    let rest = json!({
        "kind": change.kind.word(),
        "values": values,
        "meanings": meanings,
        "origin": change.origin.map(Origin::word),
        "set_by": change.set_by,
        "set_at": change.set_at.map(Moment::rfc3339),
        "reason": change.reason,
        "approval": approval,
        "confirmed": change.confirmed.as_ref().map(|yes| json!({"by": yes.by, "at": yes.at.rfc3339()})),
        "exception": change.exception,
        "needs_decision": change.needs_decision,
        "since_signed": since_signed(dossier, change),
    });
    extend(&mut object, rest);
    Value::Object(object)
}

/// What an address is, as people know it: its number, title and unit.
pub fn described(address: &Address, catalogue: &Catalogue) -> Map<String, Value> {
    let element = catalogue.element(address);
    let mut object = Map::new();
    object.insert("address".into(), json!(address));
    object.insert("entry".into(), json!(element.and_then(|element| element.entry)));
    object.insert("title".into(), json!(element.map(|element| element.title)));
    object.insert("unit".into(), json!(element.and_then(|element| element.unit)));
    object
}

/// Adds keys to an object.
pub fn extend(object: &mut Map<String, Value>, rest: Value) {
    if let Value::Object(rest) = rest {
        object.extend(rest);
    }
}

/// A limited entry, with numbers as the text they are, in the unit of the limits.
fn limited(one: &Limited, catalogue: &Catalogue) -> Value {
    let number = |number: Option<rust_decimal::Decimal>| number.map(|number| number.normalize().to_string());
    let mut object = described(&one.address, catalogue);
    let rest = json!({
        "unit": one.unit,
        "min": number(one.min),
        "max": number(one.max),
        "value": number(one.value),
        "place": one.place.word(),
        "limited_by": one.limiter.word(),
        "approval": match &one.limiter {
            Limiter::Base => None,
            Limiter::Approval(number) => Some(number.clone()),
        },
    });
    extend(&mut object, rest);
    Value::Object(object)
}

/// What the checks found, as `show --findings` has it.
pub fn findings(findings: &[Finding], gradings: &BTreeMap<String, Graded>, catalogue: &Catalogue) -> Vec<Value> {
    findings
        .iter()
        .map(|finding| {
            let entry = finding.address.as_ref().and_then(|address| catalogue.element(address)?.entry);
            let values: Map<String, Value> =
                finding.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            json!({
                "check": finding.check,
                "grade": finding.grade.word(),
                "address": finding.address,
                "entry": entry,
                "title": finding.title,
                "message": finding.message,
                "clause": finding.clause,
                "values": values,
                "graded": finding.regraded.map(|regraded| graded(regraded, gradings.get(finding.check))),
            })
        })
        .collect()
}

/// That a policy graded a check, which grade it has by default, and who did so.
fn graded(regraded: Regraded, by: Option<&Graded>) -> Value {
    json!({
        "default": regraded.by_default.word(),
        "policy": by.map_or(regraded.policy, |by| by.policy),
        "by": by.and_then(|by| by.by.as_ref()),
        "at": by.map(|by| by.at.rfc3339()),
        "reason": by.and_then(|by| by.reason.as_deref()),
    })
}

/// An exception, with its VIN where it stands in a list of its own.
pub fn exception(exception: &Exception, vin: Option<&Vin>, today: NaiveDate) -> Value {
    let mut object = Map::new();
    if let Some(vin) = vin {
        object.insert("vin".into(), json!(vin));
    }
    let rest = json!({
        "id": exception.id,
        "kind": exception.kind,
        "address": exception.at,
        "blocking": exception.blocking,
        "state": exception.state_on(today).word(),
        "at": exception.at,
        "owner": exception.owner,
        "text": exception.text,
        "raised_by": exception.raised_by,
        "raised_at": exception.raised_at.rfc3339(),
        "outcome": exception.outcome.as_ref().map(|outcome| json!({
            "text": outcome.text, "by": outcome.by, "at": outcome.at.rfc3339(), "until": outcome.until,
        })),
        "discussion": exception.discussion.iter().map(|remark| json!({
            "by": remark.by, "at": remark.at.rfc3339(), "text": remark.text,
            "struck_at": remark.struck_at.map(Moment::rfc3339),
        })).collect::<Vec<_>>(),
        "group": exception.group,
    });
    extend(&mut object, rest);
    Value::Object(object)
}

fn signoff(signoff: &SignOff, dossier: &Dossier) -> Value {
    let void = !holds(signoff, dossier);
    json!({
        "checkpoint": signoff.checkpoint,
        "version": signoff.version,
        "by": signoff.by,
        "at": signoff.at.rfc3339(),
        "meaning": signoff.meaning,
        "content_sha256": signoff.content,
        "void": void,
    })
}

/// Whether a sign-off holds: for the content as it is, or, once its version is released, for the content released.
pub fn holds(signoff: &SignOff, dossier: &Dossier) -> bool {
    let released = dossier.record.releases.iter().find(|release| release.version == signoff.version);
    signoff.holds_for(released.map_or(dossier.certificate.hash, |release| release.content))
}

fn approval_in_record(approval: &Approval, record: &Record) -> Value {
    let named = record.declares("TypeApprovalNumber") == Some(approval.number.as_str());
    let covers = match (record.declares("Variant"), record.declares("Version")) {
        (Some(variant), Some(version)) => {
            let valid = manufactured(record).is_none_or(|day| approval.status_on(day) == Status::Valid);
            named && valid && approval.covers(variant, version).is_some()
        }
        _ => false,
    };
    let standing = approval.standing();
    json!({
        "number": approval.number,
        "issued": approval.issued,
        "status": standing.status.word(),
        "status_from": standing.from,
        "status_reason": standing.reason,
        "named": named,
        "covers": covers,
    })
}

fn obstacle(obstacle: &Obstacle) -> Value {
    let who: Vec<&str> = obstacle.who.iter().map(|role| role.word()).collect();
    json!({"what": obstacle.what, "rule": obstacle.rule, "address": obstacle.address, "who": who})
}

fn release(release: &Release, record: &Record) -> Value {
    json!({
        "version": release.version,
        "reference": release.reference,
        "sealed_at": release.sealed_at.rfc3339(),
        "by": release.by,
        "sha256": release.sha256,
        "sealed_by": release.sealed_by,
        "delivery": answers(record, release.version).pop(),
        "receipts": answers(record, release.version),
        "stages_changed_since": record.stages_changed_since(release),
    })
}

/// What came back for a released version, oldest first, numbered as the record's answers are.
fn answers(record: &Record, version: u8) -> Vec<Value> {
    let numbered = (1..).zip(&record.receipts).filter(|(_, one)| one.version == version);
    numbered.map(|(number, one)| receipt(number, one)).collect()
}

fn receipt(number: usize, receipt: &Receipt) -> Value {
    json!({
        "number": number,
        "outcome": receipt.answer.word(),
        "at": receipt.at.rfc3339(),
        "by": receipt.by,
        "text": receipt.text,
        "file": receipt.file.as_ref().map(|file| json!({"name": file.name, "sha256": file.sha256})),
        "exception": receipt.exception,
    })
}

/// A record's history, one line for each thing that changed, as `show --history` has it.
pub fn history(events: &[Event]) -> Vec<Value> {
    let mut lines = Vec::new();
    for event in events {
        let base = |address: Option<&str>, from: Option<&str>, to: Option<&str>, desk: bool| {
            json!({
                "seq": event.seq, "at": event.at.rfc3339(), "by": event.by, "action": event.action,
                "address": address, "from": from, "to": to, "reason": event.facts.reason,
                "desk": desk, "undoes": event.facts.undoes,
            })
        };
        if event.facts.lines.is_empty() {
            lines.push(base(None, None, None, false));
        }
        for line in &event.facts.lines {
            lines.push(base(Some(&line.what), line.from.as_deref(), line.to.as_deref(), line.desk));
        }
    }
    lines
}

/// An event, as `log` has it.
pub fn event(event: &Event, catalogue: &Catalogue) -> Value {
    let lines = event.facts.lines.iter().map(|line| {
        // A line about an entry names it; a confirmation is about one too.
        let place = line.what.strip_prefix("confirmation ").unwrap_or(&line.what);
        let address = Address::parse(place).ok().filter(|address| catalogue.element(address).is_some());
        let mut object = address.as_ref().map(|address| described(address, catalogue)).unwrap_or_default();
        extend(
            &mut object,
            json!({"what": line.what, "address": address, "from": line.from, "to": line.to,
                   "reason": event.facts.reason, "desk": line.desk, "void": line.is_void()}),
        );
        Value::Object(object)
    });
    let lines: Vec<Value> = lines.collect();
    json!({
        "seq": event.seq,
        "at": event.at.rfc3339(),
        "clock_back": event.clock_back,
        "by": event.by,
        "via": event.via,
        "action": event.action,
        "vin": event.record.as_ref().map(|(_, vin)| vin),
        "reason": event.facts.reason,
        "policy": event.facts.policy,
        "undoes": event.facts.undoes,
        "lines": lines,
    })
}

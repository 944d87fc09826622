//! Acts that change content: messages and build sheets that come in, values set, rows removed.

use std::collections::BTreeMap;

use super::{Refusal, Work};
use crate::domain::action::{Given, Received, SheetRow};
use crate::domain::address::Address;
use crate::domain::approval::ApprovalNumber;
use crate::domain::certificate::{self, is_formal};
use crate::domain::content::Content;
use crate::domain::exception::{Exception, State};
use crate::domain::identity::ExceptionId;
use crate::domain::person::Role;
use crate::domain::policy::{Gate, Outcome};
use crate::domain::record::{Declared, Stage};
use crate::domain::value;

/// The kind of exception the desk raises when content changes behind a review.
pub const LATE_CORRECTION: &str = "late-correction";

pub fn receive(work: &mut Work<'_>, received: &Received) -> Result<(), Refusal> {
    work.need("import messages", &[Role::Prepare, Role::Lead])?;
    let record = &mut work.record;
    if received.content.value("VehicleIdentificationNumber") != Some(record.vin.as_str()) {
        return Err(Refusal::new("same-vin", "the message is about another vehicle"));
    }
    if received.stage >= record.build_stage {
        let untouched = record.declared.is_empty() && record.dropped.is_empty() && record.releases.is_empty();
        if !untouched {
            return Err(Refusal::new(
                "build-stage",
                format!(
                    "the message is of build stage {}, but this desk already prepares stage {} of {}",
                    received.stage, record.build_stage, record.vin
                ),
            )
            .hint("correct the stage in the build sheet, or leave the message out"));
        }
        record.build_stage = received.stage + 1;
    }
    let earlier = record.stages.iter().position(|stage| stage.number == received.stage);
    if earlier.is_some_and(|at| record.stages[at].sha256 == received.sha256) {
        return Ok(());
    }
    if let Some(at) = earlier {
        not_older(&record.stages[at], received)?;
    }
    let revision = earlier.map_or(1, |at| record.stages[at].revision + 1);
    let stage = Stage {
        number: received.stage,
        revision,
        content: received.content.clone(),
        faults: received.faults.clone(),
        received_at: work.case.now,
        sha256: received.sha256,
        source: received.source.clone(),
        signature: received.signature.clone(),
    };
    let name = format!("stage {}", received.stage);
    match earlier {
        None => {
            work.facts.line(name, None, Some(received.sha256.to_string()));
            let at = record.stages.partition_point(|other| other.number < stage.number);
            record.stages.insert(at, stage);
        }
        Some(at) => {
            let old = std::mem::replace(&mut record.stages[at], stage);
            work.facts.line(name, Some(old.sha256.to_string()), Some(received.sha256.to_string()));
            for (address, from, to) in differences(&old.content, &received.content) {
                work.facts.line(address.as_str(), from, to);
            }
        }
    }
    if record.scope.is_none() {
        record.scope.clone_from(&received.scope);
    }
    work.facts.reason = Some(received.source.clone());
    work.content_changed(false);
    let what = format!("stage {} came again with other content ({})", received.stage, received.source);
    raise_if_late(work, &what, earlier.is_some());
    Ok(())
}

/// A correction has a higher message version than what it corrects (setup manual 1.5). A lower one was corrected
/// already, and so was the earlier of two of one version: without this, two messages in one folder would take turns at
/// each import.
fn not_older(known: &Stage, received: &Received) -> Result<(), Refusal> {
    let version = |content: &Content| {
        let issued =
            content.value("Header/IviVersionDateTime").and_then(|time| chrono::DateTime::parse_from_rfc3339(time).ok());
        content.value("Header/IviVersionNumber").and_then(value::integer).map(|number| (number, issued))
    };
    match (version(&known.content), version(&received.content)) {
        (Some((here, issued)), Some((came, reissued))) if came < here || (came == here && reissued < issued) => {
            Err(Refusal::new(
                "older-version",
                format!("the message is version {came} of stage {}, and version {here} is here already", known.number),
            )
            .hint("leave the older message out"))
        }
        _ => Ok(()),
    }
}

pub fn prepare(work: &mut Work<'_>, row: &SheetRow) -> Result<(), Refusal> {
    work.need("import build sheets", &[Role::Prepare])?;
    if work.step()?.outcome == Outcome::Rest {
        return Err(already_released());
    }
    work.not_on_hold()?;
    set_stage(work, row.stage)?;
    if let Some(preparer) = &row.preparer {
        work.person_exists(preparer)?;
    }
    if let Some(options) = &row.options {
        let options = options.iter().cloned().collect();
        work.case.options.accept(&options)?;
        if work.record.options != options {
            let text =
                |set: &std::collections::BTreeSet<String>| Some(set.iter().cloned().collect::<Vec<_>>().join(";"));
            work.facts.line("options", text(&work.record.options), text(&options));
            work.record.options = options;
        }
    }
    let record = &mut work.record;
    let facts = &mut work.facts;
    let mut meta = |what: &str, from: Option<String>, to: &Option<String>| {
        if to.is_some() && from != *to {
            facts.line(what, from, to.clone());
        }
    };
    meta("scope", record.scope.clone(), &row.scope);
    meta("order", record.order.clone(), &row.order);
    meta("due", record.due.map(|day| day.to_string()), &row.due.map(|day| day.to_string()));
    meta("priority", Some(record.priority.to_string()), &row.priority.map(|number| number.to_string()));
    meta(
        "preparer",
        record.preparer.as_ref().map(ToString::to_string),
        &row.preparer.as_ref().map(ToString::to_string),
    );
    if row.scope.is_some() {
        record.scope.clone_from(&row.scope);
    }
    if row.order.is_some() {
        record.order.clone_from(&row.order);
    }
    if row.preparer.is_some() {
        record.preparer.clone_from(&row.preparer);
    }
    record.due = row.due.or(record.due);
    record.priority = row.priority.unwrap_or(record.priority);
    let values: BTreeMap<Address, Option<Given>> =
        row.values.iter().map(|(address, given)| (address.clone(), Some(given.clone()))).collect();
    let changed = declare(work, &values, &row.source)?;
    if !work.facts.lines.is_empty() {
        work.facts.reason = Some(row.source.clone());
    }
    if changed || work.record.options != work.case.record.options {
        work.content_changed(true);
        raise_if_late(work, &format!("a build sheet changed the content ({})", row.source), true);
    }
    Ok(())
}

fn set_stage(work: &mut Work<'_>, stage: u8) -> Result<(), Refusal> {
    let record = &mut work.record;
    if stage == record.build_stage || stage == 0 {
        return Ok(());
    }
    let latest = record.stages.last().map_or(0, |received| received.number);
    let untouched = record.declared.is_empty() && record.dropped.is_empty() && record.releases.is_empty();
    if stage <= latest || !untouched {
        return Err(Refusal::new(
            "build-stage",
            format!("the sheet is for build stage {stage}, the record is our stage {}", record.build_stage),
        )
        .hint("leave `stage` out, or give the stage after the last one received"));
    }
    work.facts.line("build stage", Some(record.build_stage.to_string()), Some(stage.to_string()));
    record.build_stage = stage;
    Ok(())
}

pub fn set_values(work: &mut Work<'_>, values: &BTreeMap<Address, Option<Given>>, reason: &str) -> Result<(), Refusal> {
    may_edit(work)?;
    work.needs_words("a change of content", reason)?;
    if declare(work, values, reason)? {
        work.facts.reason = Some(reason.to_owned());
        work.content_changed(true);
    }
    Ok(())
}

fn may_edit(work: &Work<'_>) -> Result<(), Refusal> {
    work.need("change content", &[Role::Prepare])?;
    let step = work.step()?;
    if step.outcome == Outcome::Rest {
        return Err(already_released());
    }
    if !step.edit {
        let editing: Vec<&str> =
            work.case.policy.steps.iter().filter(|step| step.edit).map(|step| step.name.as_str()).collect();
        return Err(Refusal::new("step", format!("content is not changed in the step `{}`", step.name))
            .hint(format!("return the record to `{}` with a reason first", editing.last().unwrap_or(&"preparation"))));
    }
    work.not_on_hold()
}

fn already_released() -> Refusal {
    Refusal::new("immutable", "this version is released and never changes")
}

/// Declares or withdraws values; answers whether anything differs. Every value is judged before any is set.
fn declare(work: &mut Work<'_>, values: &BTreeMap<Address, Option<Given>>, reason: &str) -> Result<bool, Refusal> {
    let before = certificate::before(&work.record);
    let mut resolved: Vec<(Address, Option<String>)> = Vec::with_capacity(values.len());
    for (address, given) in values {
        settable(work, address)?;
        let value = match given {
            None => None,
            Some(Given::Value(text)) => Some(text.clone()),
            Some(Given::Same) => Some(before.get(address).map(str::to_owned).ok_or_else(|| {
                Refusal::new(
                    "restate",
                    format!("`=` restates the value of the stage before, which gives {address} none"),
                )
                .at(address)
                .hint("import the base message first, or write the value")
            })?),
        };
        if let Some(value) = &value {
            fits(work, address, value)?;
        }
        resolved.push((address.clone(), value));
    }
    let mut changed = false;
    for (address, value) in resolved {
        if value.is_none() && restore_row(work, &address) {
            changed = true;
            continue;
        }
        row_follows(work, &before, &address)?;
        let from = work.record.declared.get(&address).map(|declared| declared.value.clone());
        if from == value {
            continue;
        }
        changed = true;
        work.facts.line(address.as_str(), from, value.clone());
        match value {
            None => drop(work.record.declared.remove(&address)),
            Some(value) => {
                let by = work.actor.login.clone();
                let declared = Declared { value, by, at: work.case.now, reason: reason.to_owned() };
                work.record.declared.insert(address, declared);
            }
        }
    }
    Ok(changed)
}

fn settable(work: &Work<'_>, address: &Address) -> Result<(), Refusal> {
    if address.as_str() == "VehicleIdentificationNumber" {
        return Err(Refusal::new("same-vin", "the VIN stays the same through all stages and cannot be set").at(address));
    }
    if is_formal(address) {
        return Err(Refusal::new("formal", format!("{address} is filled in when the record is released")).at(address));
    }
    match work.case.catalogue.element(address).and_then(|element| element.value_type()) {
        Some(_) => Ok(()),
        None => Err(Refusal::not_found(format!("no entry lies at {address}")).at(address)),
    }
}

fn fits(work: &Work<'_>, address: &Address, text: &str) -> Result<(), Refusal> {
    let Some(element) = work.case.catalogue.element(address) else { return Ok(()) };
    element.check(text).map_err(|misfit| {
        let shown = crate::domain::visible::visible(text);
        let takes = element.value_type().map_or(String::new(), value::ValueType::describe);
        Refusal::new("type", format!("{}: `{shown}` does not fit: {misfit}", element.title))
            .at(address)
            .hint(format!("it takes: {takes}{}", element.unit.map(|unit| format!(", in {unit}")).unwrap_or_default()))
    })?;
    if element.name == "TypeApprovalNumber" {
        ApprovalNumber::parse(text).map_err(|fault| Refusal::new("type", fault.to_string()).at(address))?;
        if !work.case.approvals.iter().any(|approval| approval.number.as_str() == text) {
            return Err(Refusal::not_found(format!("approval {text} is not on this desk"))
                .at(address)
                .hint("import it first (`stageplate approval import FILE`), or name another"));
        }
    }
    Ok(())
}

/// Takes back the drop of the row an address lies in; answers whether there was one.
fn restore_row(work: &mut Work<'_>, address: &Address) -> bool {
    let row = work.record.dropped.keys().find(|row| address.is_within(row.as_str())).cloned();
    row.is_some_and(|row| {
        work.facts.line(row.as_str(), None, Some("row".into()));
        work.record.dropped.remove(&row).is_some()
    })
}

/// Rows are added one after the other, and a dropped row takes no values.
fn row_follows(work: &Work<'_>, before: &Content, address: &Address) -> Result<(), Refusal> {
    if let Some(row) = work.record.dropped.keys().find(|row| address.is_within(row.as_str())) {
        return Err(Refusal::new("row", format!("{row} is dropped by our stage and takes no values"))
            .at(address)
            .hint(format!("withdraw a value in it to take the row back: {address}=")));
    }
    let ours: Content =
        work.record.declared.iter().map(|(address, declared)| (address.clone(), declared.value.clone())).collect();
    let text = address.as_str();
    for (at, _) in text.match_indices('[') {
        let end = text[at..].find(']').map_or(text.len(), |end| at + end);
        let row: u32 = text[at + 1..end].parse().unwrap_or(0);
        let table = &text[..at];
        let there = before.rows(table).max(ours.rows(table));
        if row > there + 1 {
            return Err(Refusal::new("row", format!("{table} has {there} rows: the next is {}", there + 1)).at(address));
        }
    }
    Ok(())
}

pub fn remove_row(work: &mut Work<'_>, row: &Address, reason: &str) -> Result<(), Refusal> {
    may_edit(work)?;
    work.needs_words("removing a row", reason)?;
    let before = certificate::before(&work.record);
    let exists_before = before.within(row.as_str()).next().is_some();
    let declared: Vec<Address> =
        work.record.declared.keys().filter(|address| address.is_within(row.as_str())).cloned().collect();
    if work.record.dropped.contains_key(row) || (!exists_before && declared.is_empty()) {
        return Err(Refusal::not_found(format!("there is no row {row}")).at(row));
    }
    let text = row.as_str();
    let table = text.rfind('[').map_or(text, |at| &text[..at]);
    let is_row = |row: u32| Address::unchecked(&format!("{table}[{row}]"));
    let ours: u32 = work
        .record
        .declared
        .keys()
        .filter_map(|address| address.as_str().strip_prefix(table)?.strip_prefix('[')?.split(']').next()?.parse().ok())
        .max()
        .unwrap_or(0);
    let rows = before.rows(table).max(ours);
    let left = (1..=rows).filter(|number| !work.record.dropped.contains_key(&is_row(*number))).count();
    if left <= 1 {
        return Err(Refusal::new(
            "cleared",
            format!("{row} is the last row of {table}; a later stage cannot empty a table"),
        )
        .at(row)
        .hint("say in a remark (entry 52) that it no longer applies"));
    }
    if !exists_before && row.last_row() != Some(rows) {
        return Err(
            Refusal::new("row", format!("of the rows we added only the last, {}, can go", is_row(rows))).at(row)
        );
    }
    for address in declared {
        let from = work.record.declared.remove(&address).map(|declared| declared.value);
        work.facts.line(address.as_str(), from, None);
    }
    if exists_before {
        let by = work.actor.login.clone();
        let declared = Declared { value: String::new(), by, at: work.case.now, reason: reason.to_owned() };
        work.record.dropped.insert(row.clone(), declared);
        work.facts.line(row.as_str(), Some("row".into()), None);
    }
    work.facts.reason = Some(reason.to_owned());
    work.content_changed(true);
    Ok(())
}

/// What differs between two revisions of a stage, by address.
pub fn differences(old: &Content, new: &Content) -> Vec<(Address, Option<String>, Option<String>)> {
    let mut addresses: Vec<&Address> = old.iter().chain(new.iter()).map(|(address, _)| address).collect();
    addresses.sort();
    addresses.dedup();
    addresses
        .into_iter()
        .filter(|address| old.get(address) != new.get(address))
        .map(|address| (address.clone(), old.get(address).map(str::to_owned), new.get(address).map(str::to_owned)))
        .collect()
}

/// A change of content after the review began behind it raises an exception by the desk itself.
fn raise_if_late(work: &mut Work<'_>, what: &str, correction: bool) {
    let policy = work.case.policy;
    let reviewed = policy.steps.iter().position(|step| step.gates.contains(&Gate::ChangesDecided));
    let here = policy.place(&work.record.step);
    let late = matches!((reviewed, here), (Some(reviewed), Some(here)) if here > reviewed);
    let Some(kind) = policy.exception_kind(LATE_CORRECTION).filter(|_| late && correction) else { return };
    let id = ExceptionId(work.next_exception);
    work.next_exception += 1;
    work.facts.line(format!("exception {}", id.0), None, Some(format!("{}: {what}", kind.name)));
    work.record.exceptions.push(Exception {
        id,
        kind: kind.name.clone(),
        at: None,
        blocking: kind.blocking,
        state: State::Open,
        owner: None,
        text: what.to_owned(),
        raised_by: None,
        raised_at: work.case.now,
        outcome: None,
        about: None,
    });
}

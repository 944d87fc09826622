//! Acts that change content by hand: values set, rows removed. What comes in is in [`super::incoming`].

use std::collections::BTreeMap;

use super::{Refusal, Work};
use crate::domain::action::Given;
use crate::domain::address::Address;
use crate::domain::approval::ApprovalNumber;
use crate::domain::certificate::{self, is_formal};
use crate::domain::content::Content;
use crate::domain::person::Role;
use crate::domain::policy::Outcome;
use crate::domain::record::Declared;
use crate::domain::value;
use crate::domain::visible::quoted;

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

pub(super) fn already_released() -> Refusal {
    Refusal::new("immutable", "this version is released and never changes")
}

/// Declares or withdraws values; answers whether anything differs. Every value is judged before any is set.
pub(super) fn declare(
    work: &mut Work<'_>,
    values: &BTreeMap<Address, Option<Given>>,
    reason: &str,
) -> Result<bool, Refusal> {
    let before = certificate::before(&work.record);
    let mut meant: Vec<(Address, Option<String>)> = Vec::with_capacity(values.len());
    for (address, given) in values {
        settable(work, address)?;
        let value = match given {
            None => None,
            Some(given) => Some(resolved(&before, address, given)?),
        };
        if let Some(value) = &value {
            fits(work, address, value)?;
        }
        meant.push((address.clone(), value));
    }
    let mut changed = false;
    for (address, value) in meant {
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

/// The value that is meant: as it was given, or the one before us that `=` restates.
pub(super) fn resolved(before: &Content, address: &Address, given: &Given) -> Result<String, Refusal> {
    match given {
        Given::Value(text) => Ok(text.clone()),
        Given::Same => before.get(address).map(str::to_owned).ok_or_else(|| {
            Refusal::new("restate", format!("`=` restates the value of the stage before, which gives {address} none"))
                .at(address)
                .hint("import the base message first, or write the value")
        }),
    }
}

fn settable(work: &Work<'_>, address: &Address) -> Result<(), Refusal> {
    if address.as_str() == "VehicleIdentificationNumber" {
        return Err(Refusal::new("same-vin", "the VIN stays the same through all stages and cannot be set").at(address));
    }
    if is_formal(address) {
        return Err(Refusal::new("formal", format!("{address} is filled in when the record is released")).at(address));
    }
    if is_of_the_maker(address) {
        return Err(Refusal::new("approval", format!("{address} is what the approval says of its manufacturer"))
            .at(address)
            .hint("correct it in the approvals file and import that again"));
    }
    match work.case.catalogue.element(address).and_then(|element| element.value_type()) {
        Some(_) => Ok(()),
        None => Err(Refusal::not_found(format!("no entry lies at {address}")).at(address)),
    }
}

/// Whether an entry tells who issues the certificate. That is the approval's to say (Regulation (EU) 2018/858, Article 36:
/// the certificate is the manufacturer's), and the number of the stage the desk's.
fn is_of_the_maker(address: &Address) -> bool {
    address.is_within("ManufacturerTable") && address.name().starts_with("Manufacturer")
}

fn fits(work: &Work<'_>, address: &Address, text: &str) -> Result<(), Refusal> {
    let Some(element) = work.case.catalogue.element(address) else { return Ok(()) };
    element.check(text).map_err(|misfit| {
        let shown = quoted(text);
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

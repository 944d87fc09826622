//! The verb `approval show`: an approval with its extensions, the records that use it, and those that a newer extension or
//! a change of its status hits.

use std::fmt::Write;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::approvals::{line, table};
use super::context::{self, Context};
use super::output::{Table, columns};
use crate::domain::approval::{Approval, Status};
use crate::domain::summary::Summary;
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};

/// A record in work that something about its approval hits.
struct Hit {
    record: Summary,
    /// The extension it names.
    names: String,
    /// What hits it.
    why: String,
}

pub fn show(context: &mut Context, number: &str, limit: usize, after: Option<&str>) -> Result<(), Failure> {
    let found = context.approvals_of(number)?;
    let extensions: Vec<Approval> = match found.first() {
        Some((one, _)) => context.approvals_of(one.number.base())?.into_iter().map(|(approval, _)| approval).collect(),
        None => Vec::new(),
    };
    let (uses, next) = uses(context, &found, limit, after)?;
    let mut hits = Vec::new();
    let mut cut = false;
    for (approval, _) in &found {
        let (some, more) = hit(context, approval, &extensions, limit)?;
        hits.extend(some);
        cut |= more;
    }
    let mut text = columns(&table(&found));
    if found.len() < extensions.len() {
        let others: Vec<&str> = extensions.iter().map(|one| one.number.as_str()).filter(|one| *one != number).collect();
        let _ = writeln!(text, "(other extensions: {})", others.join(" "));
    }
    found.iter().for_each(|(approval, _)| put_extension(&mut text, approval));
    let _ = write!(text, "\nRecords that use it\n{}", columns(&uses_table(&uses)));
    if !hits.is_empty() {
        let _ = write!(text, "\nRecords in work that something about it hits\n{}", columns(&hits_table(&hits)));
    }
    let whole: Vec<Value> = found
        .iter()
        .map(|(approval, records)| {
            let name = approval.number.as_str();
            let mut object = line(approval, *records);
            object["approval"] = json!(approval);
            object["used_by"] = uses.iter().filter(|one| one.approval.as_deref() == Some(name)).map(used).collect();
            object["hits"] = hits.iter().filter(|one| one.names == name).map(hit_json).collect();
            object
        })
        .collect();
    context.out.one(&text, &table(&found), &Value::Array(whole))?;
    if let Some(next) = next {
        context.out.say(&format!("more records use it: --after {next}"));
    }
    if cut {
        context.out.say(&format!("more records are hit than the {limit} shown: --limit shows more"));
    }
    Ok(())
}

/// A page of the records that name one of the extensions, and the cursor of the next: the extension and the last record.
fn uses(
    context: &mut Context,
    found: &[(Approval, u64)],
    limit: usize,
    after: Option<&str>,
) -> Result<(Vec<Summary>, Option<String>), Failure> {
    let not_one = || Failure::new(Kind::Usage, "the cursor is not one that a list ended with");
    let after = after
        .map(|cursor| {
            let (number, id) = cursor.rsplit_once('.').ok_or_else(not_one)?;
            let place = found.iter().position(|(one, _)| one.number.as_str() == number).ok_or_else(not_one)?;
            Ok::<_, Failure>((place, id.parse::<i64>().map_err(|_| not_one())?))
        })
        .transpose()?;
    let (first, mut last) = after.unwrap_or((0, 0));
    let mut rows: Vec<Summary> = Vec::new();
    for (approval, _) in found.iter().skip(first) {
        let some = context.desk.uses(approval.number.as_str(), last, limit - rows.len(), context::now())?;
        let end = some.rows.last().map_or(last, |row| row.id.0);
        rows.extend(some.rows);
        if some.more {
            return Ok((rows, Some(format!("{}.{end}", approval.number))));
        }
        last = 0;
    }
    Ok((rows, None))
}

/// The records in work under an extension that are not covered any more, or for whose day of manufacture a newer extension
/// is.
fn hit(
    context: &mut Context,
    approval: &Approval,
    extensions: &[Approval],
    limit: usize,
) -> Result<(Vec<Hit>, bool), Failure> {
    let name = approval.number.as_str();
    let now = context::now();
    let mut hits: Vec<Hit> = Vec::new();
    let mut cut = false;
    let standing = approval.standing();
    if standing.status != Status::Valid {
        let some = context.desk.uses_made(name, (standing.from, None), true, limit, now)?;
        cut |= some.more;
        let why = format!("it is {}", standing.in_words());
        hits.extend(some.rows.into_iter().map(|record| Hit { record, names: name.to_owned(), why: why.clone() }));
    }
    for newer in extensions.iter().filter(|other| other.number > approval.number) {
        // An extension that names no first day is for what is manufactured once it was issued.
        let window = (newer.built_from.or(Some(newer.issued)), newer.built_until);
        let some = context.desk.uses_made(name, window, false, limit, now)?;
        cut |= some.more;
        let why = format!("{} is for that day", newer.number);
        hits.extend(some.rows.into_iter().map(|record| Hit { record, names: name.to_owned(), why: why.clone() }));
    }
    Ok((hits, cut))
}

fn uses_table(uses: &[Summary]) -> Table {
    let mut table = Table::new(&["VIN", "Approval", "Variant", "Version", "Step", "Owner", "Manufactured", "Marks"]);
    for one in uses {
        table.row([
            one.vin.to_string(),
            one.approval.clone().unwrap_or_default(),
            one.variant.clone().unwrap_or_default(),
            one.version_code.clone().unwrap_or_default(),
            one.step.clone(),
            one.owner.as_ref().map_or("–".to_owned(), ToString::to_string),
            day(one.manufactured),
            one.approval_status.map_or(String::new(), |status| status.word().to_owned()),
        ]);
    }
    table
}

fn hits_table(hits: &[Hit]) -> Table {
    let mut table = Table::new(&["VIN", "Names", "Step", "Manufactured", "Why"]);
    for Hit { record, names, why } in hits {
        let made = day(record.manufactured);
        table.row([record.vin.to_string(), names.clone(), record.step.clone(), made, why.clone()]);
    }
    table
}

fn used(one: &Summary) -> Value {
    json!({
        "vin": one.vin, "variant": one.variant, "version_code": one.version_code, "step": one.step,
        "owner": one.owner, "manufactured": one.manufactured,
        "approval_status": one.approval_status.map(Status::word),
    })
}

fn hit_json(hit: &Hit) -> Value {
    json!({
        "vin": hit.record.vin, "step": hit.record.step, "manufactured": hit.record.manufactured, "why": hit.why,
    })
}

fn day(day: Option<NaiveDate>) -> String {
    day.map_or("–".to_owned(), |day| day.to_string())
}

fn put_extension(text: &mut String, approval: &Approval) {
    let standing = approval.standing();
    let why = standing.reason.as_deref().map_or(String::new(), |why| format!(" ({})", visible(why)));
    let _ = writeln!(text, "\n{}: {}{why}", approval.number, standing.in_words());
    let mut versions = Table::new(&["Variant", "Version", "Entry", "From", "To"]);
    for covered in &approval.versions {
        let (variant, version) = (covered.variant.clone(), covered.version.clone());
        if covered.ranges.is_empty() {
            versions.row([variant.clone(), version.clone(), "–".into(), "–".into(), "–".into()]);
        }
        for (address, range) in &covered.ranges {
            let (from, to) = (range.min.to_string(), range.max.to_string());
            versions.row([variant.clone(), version.clone(), address.to_string(), from, to]);
        }
    }
    text.push_str(&columns(&versions));
    for one in &approval.signatories {
        let until = one.until.map_or(String::new(), |until| format!(" until {until}"));
        let (name, position) = (visible(&one.name), visible(&one.position));
        let _ = writeln!(text, "may sign: {name}, {position} (from {}{until})", one.from);
    }
    for one in &approval.subjects {
        let options = if one.options.is_empty() { "every option".to_owned() } else { one.options.join(" ") };
        let _ = writeln!(text, "rests on: {} {} {options}", visible(&one.regulation), visible(&one.number));
    }
    for one in &approval.documents {
        let sha256 = one.sha256.map_or(String::new(), |sha256| format!(", SHA-256 {sha256}"));
        let _ = writeln!(text, "document: {} ({}{sha256})", visible(&one.title), visible(&one.place));
    }
    for (number, change) in approval.changes.iter().enumerate() {
        let until = next_change(approval, number).map_or(String::new(), |until| format!(" until {until}"));
        let (word, reason) = (change.status.word(), visible(&change.reason));
        let _ = writeln!(text, "decided: {word} for what is manufactured from {}{until} ({reason})", change.from);
    }
}

/// The last day before a later change begins.
fn next_change(approval: &Approval, number: usize) -> Option<NaiveDate> {
    let from = approval.changes.get(number)?.from;
    let next = approval.changes.iter().map(|change| change.from).filter(|other| *other > from).min()?;
    next.checked_sub_days(Days::new(1))
}

//! Acts that bring content from outside: messages of the stages before us, rows of build sheets.
//!
//! Neither ever overwrites in silence: a message that comes again with other content is a new revision of its stage, a
//! sheet speaks only where what it says is new, and either raises an exception where the review is past.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::content::{already_released, declare};
use super::exceptions::{LATE_CORRECTION, raise_by_desk};
use super::{Refusal, Work};
use crate::domain::action::{Given, Received, SheetRow};
use crate::domain::address::Address;
use crate::domain::certificate;
use crate::domain::content::{Content, Difference};
use crate::domain::event::Facts;
use crate::domain::identity::Login;
use crate::domain::person::Role;
use crate::domain::policy::{Gate, Outcome};
use crate::domain::record::{Record, Stage};
use crate::domain::value;

pub fn receive(work: &mut Work<'_>, received: &Received) -> Result<(), Refusal> {
    work.need("import messages", &[Role::Prepare, Role::Lead])?;
    if received.content.value("VehicleIdentificationNumber") != Some(work.record.vin.as_str()) {
        return Err(Refusal::new("same-vin", "the message is about another vehicle"));
    }
    let earlier = work.record.stages.iter().position(|stage| stage.number == received.stage);
    if let Some(at) = earlier {
        let known = &work.record.stages[at];
        if known.sha256 == received.sha256 {
            return Ok(());
        }
        not_older(known, received)?;
    }
    follow(work, received)?;
    let name = format!("stage {}", received.stage);
    let revision = earlier.map_or(1, |at| work.record.stages[at].revision + 1);
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
    let record = &mut work.record;
    let what = match earlier {
        None => {
            work.facts.line(name, None, Some(received.sha256.to_string()));
            let at = record.stages.partition_point(|other| other.number < stage.number);
            record.stages.insert(at, stage);
            Some(format!("the message of stage {} came in ({})", received.stage, received.source))
        }
        Some(at) => {
            let old = std::mem::replace(&mut record.stages[at], stage);
            work.facts.line(name, Some(old.sha256.to_string()), Some(received.sha256.to_string()));
            let differences = old.content.differences(&received.content);
            let what = (!differences.is_empty()).then(|| corrected(received, &differences));
            for Difference { address, from, to } in differences {
                work.facts.line(address.as_str(), from, to);
                if !certificate::is_formal(&address) {
                    record.corrected.insert(address, work.case.now);
                }
            }
            what
        }
    };
    if record.scope.is_none() {
        record.scope.clone_from(&received.scope);
    }
    work.facts.reason = Some(received.source.clone());
    // Whoever brings in a correction changed what the others decide about, and so does not decide about it alone.
    work.content_changed(earlier.is_some() && what.is_some());
    if let Some(what) = what {
        raise_if_late(work, &what);
    }
    Ok(())
}

/// A message of our own stage or a later one moves ours behind it while nothing was prepared. Afterwards somebody has to
/// say so: everything prepared was prepared as another stage.
fn follow(work: &mut Work<'_>, received: &Received) -> Result<(), Refusal> {
    let record = &mut work.record;
    if received.stage < record.build_stage {
        return Ok(());
    }
    let next = received.stage + 1;
    if !is_begun(record) {
        work.facts.line("build stage", Some(record.build_stage.to_string()), Some(next.to_string()));
        record.build_stage = next;
        return Ok(());
    }
    let refusal = Refusal::new(
        "build-stage",
        format!(
            "the message is of build stage {}, but this desk already prepares stage {} of {}",
            received.stage, record.build_stage, record.vin
        ),
    );
    let ours = record.declares("TypeApprovalNumber");
    Err(if ours.is_some() && ours == received.content.value("TypeApprovalNumber") {
        refusal.hint("it names our own approval: it looks like a message of ours, so leave it out")
    } else if record.releases.is_empty() {
        refusal.hint(format!(
            "if somebody built before us, say `stage` {next} in the build sheet, import the sheet, then the message again"
        ))
    } else {
        refusal.hint("ours is released: leave the message out, or ask its sender which stage it is")
    })
}

/// Whether anything was prepared as the record's build stage.
fn is_begun(record: &Record) -> bool {
    !(record.declared.is_empty() && record.dropped.is_empty() && record.releases.is_empty())
}

/// What a correction is, in words: how much differs, and where.
fn corrected(received: &Received, differences: &[Difference]) -> String {
    const NAMED: usize = 5;
    let names: Vec<&str> = differences.iter().take(NAMED).map(|one| one.address.as_str()).collect();
    let more = if differences.len() > NAMED { ", …" } else { "" };
    let count = differences.len();
    format!(
        "stage {} came again with other content ({}): {count} {} ({}{more})",
        received.stage,
        received.source,
        if count == 1 { "entry differs" } else { "entries differ" },
        names.join(", ")
    )
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
    let older = |what: String, here: i64| {
        let message = format!("the message {what} of stage {}, and version {here} is here already", known.number);
        Err(Refusal::new("older-version", message))
    };
    match (version(&known.content), version(&received.content)) {
        (Some((here, issued)), Some((came, reissued))) if came < here || (came == here && reissued < issued) => {
            older(format!("is version {came}"), here).map_err(|no| no.hint("leave the older message out"))
        }
        // Whatever took its place could be followed by any older one.
        (Some((here, _)), None) => older("has no version that can be read".to_owned(), here)
            .map_err(|no| no.hint("ask whoever issued it for a message with its version number")),
        _ => Ok(()),
    }
}

pub fn prepare(work: &mut Work<'_>, row: &SheetRow) -> Result<(), Refusal> {
    work.need("import build sheets", &[Role::Prepare])?;
    let rests = work.step()?.outcome == Outcome::Rest;
    // Where the stage itself is wrong, that is what to say, not that there is nothing before it.
    let cells = cells(&work.record, row).map_err(|no| may_be_stage(&work.record, row.stage).err().unwrap_or(no))?;
    let file = row.source.rsplit_once(':').map_or(row.source.as_str(), |(file, _)| file);
    let new = work.case.record.heard.new_in(file, &cells);
    if new.is_empty() {
        return Ok(());
    }
    let changed = say(work, row, &cells, &new)?;
    if work.facts.lines.is_empty() {
        // What it says anew is what stands already. It is remembered, unless nothing may change at all.
        if rests || work.not_on_hold().is_err() {
            return Ok(());
        }
    } else if rests {
        return Err(already_released());
    } else {
        work.not_on_hold()?;
    }
    work.record.heard.remember(file, &cells);
    work.facts.reason = Some(row.source.clone());
    if changed {
        work.content_changed(true);
        raise_if_late(work, &format!("a build sheet changed the content ({})", row.source));
    }
    Ok(())
}

/// What a row says, cell by cell; `=` as the value it restates, so that a base that was corrected makes it say
/// something new.
fn cells(record: &Record, row: &SheetRow) -> Result<BTreeMap<String, String>, Refusal> {
    let stage = if row.stage == 0 { record.build_stage } else { row.stage };
    let before = certificate::before_stage(record, stage);
    let about_work = [
        ("stage", (row.stage > 0).then(|| row.stage.to_string())),
        ("scope", row.scope.clone()),
        ("order", row.order.clone()),
        ("options", row.options.as_ref().map(|options| options.join(";"))),
        ("due", row.due.map(|day| day.to_string())),
        ("priority", row.priority.map(|priority| priority.to_string())),
        ("preparer", row.preparer.as_ref().map(ToString::to_string)),
    ];
    let mut cells: BTreeMap<String, String> =
        about_work.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))).collect();
    for (address, given) in &row.values {
        cells.insert(address.to_string(), super::content::resolved(&before, address, given)?);
    }
    Ok(cells)
}

/// Applies the cells of a row that say something new; answers whether the content changed.
fn say(
    work: &mut Work<'_>,
    row: &SheetRow,
    cells: &BTreeMap<String, String>,
    new: &BTreeSet<&str>,
) -> Result<bool, Refusal> {
    if new.contains("stage") {
        set_stage(work, row.stage)?;
    }
    if let Some(preparer) = row.preparer.as_ref().filter(|_| new.contains("preparer")) {
        may_prepare(work, preparer)?;
        note(&mut work.facts, "preparer", &mut work.record.preparer, preparer);
    }
    if let Some(options) = row.options.as_ref().filter(|_| new.contains("options")) {
        set_options(work, options)?;
    }
    if let (Some(here), Some(there)) = (&work.record.scope, row.scope.as_ref().filter(|_| new.contains("scope")))
        && here != there
    {
        return Err(Refusal::new(
            "scope",
            format!("the record belongs to the scope `{here}`, the sheet says `{there}`"),
        )
        .hint(format!("move it with a reason: stageplate scope move {} --to {there} --reason …", work.record.vin)));
    }
    let Work { facts, record, .. } = work;
    if let Some(scope) = row.scope.as_ref().filter(|_| new.contains("scope")) {
        note(facts, "scope", &mut record.scope, scope);
    }
    if let Some(order) = row.order.as_ref().filter(|_| new.contains("order")) {
        note(facts, "order", &mut record.order, order);
    }
    if let Some(due) = row.due.as_ref().filter(|_| new.contains("due")) {
        note(facts, "due", &mut record.due, due);
    }
    if let Some(priority) = row.priority.filter(|priority| new.contains("priority") && *priority != record.priority) {
        facts.line("priority", Some(record.priority.to_string()), Some(priority.to_string()));
        record.priority = priority;
    }
    let values: BTreeMap<Address, Option<Given>> = row
        .values
        .keys()
        .filter(|address| new.contains(address.as_str()))
        .filter_map(|address| Some((address.clone(), Some(Given::Value(cells.get(address.as_str())?.clone())))))
        .collect();
    let declared = declare(work, &values, &row.source)?;
    let was = work.case.record;
    Ok(declared || work.record.options != was.options || work.record.build_stage != was.build_stage)
}

/// Sets something about the work, and tells it where it differs.
fn note<T: PartialEq + Clone + Display>(facts: &mut Facts, what: &str, here: &mut Option<T>, given: &T) {
    if here.as_ref() != Some(given) {
        facts.line(what, here.as_ref().map(ToString::to_string), Some(given.to_string()));
        *here = Some(given.clone());
    }
}

/// A sheet names who prepares a record while it is prepared. Afterwards whoever handed it in stays its preparer, or the
/// four eyes of the steps behind could be had by naming somebody else.
fn may_prepare(work: &Work<'_>, preparer: &Login) -> Result<(), Refusal> {
    work.person_exists(preparer)?;
    let step = work.step()?;
    if work.record.preparer.as_ref() != Some(preparer) && !step.edit {
        return Err(Refusal::new("preparer", format!("who prepared a record stays its preparer in `{}`", step.name))
            .hint("leave `preparer` out, or return the record to preparation with a reason first"));
    }
    let person = work.case.people.iter().find(|person| person.login == *preparer);
    if person.is_some_and(|person| person.holds(&[Role::Prepare], work.record.scope.as_deref())) {
        return Ok(());
    }
    let mut refusal = Refusal::new("role", format!("{preparer} cannot prepare records"));
    refusal.who = work.others(&[Role::Prepare]);
    Err(refusal)
}

fn set_stage(work: &mut Work<'_>, stage: u8) -> Result<(), Refusal> {
    may_be_stage(&work.record, stage)?;
    let here = work.record.build_stage;
    if stage != here {
        work.facts.line("build stage", Some(here.to_string()), Some(stage.to_string()));
        work.record.build_stage = stage;
    }
    Ok(())
}

/// Our build stage as a sheet gives it: any that follows what was received, as long as nothing of ours is released.
fn may_be_stage(record: &Record, stage: u8) -> Result<(), Refusal> {
    if stage == 0 || stage == record.build_stage {
        return Ok(());
    }
    let latest = record.stages.last().map_or(0, |received| received.number);
    let refusal = Refusal::new(
        "build-stage",
        format!("the sheet is for build stage {stage}, the record is our stage {}", record.build_stage),
    );
    if !record.releases.is_empty() {
        return Err(refusal.hint("a message of ours is released as that stage: leave `stage` out"));
    }
    if stage <= latest {
        return Err(refusal.hint(format!(
            "a message of stage {latest} was received: leave `stage` out, or give {} or higher",
            u16::from(latest) + 1
        )));
    }
    Ok(())
}

fn set_options(work: &mut Work<'_>, given: &[String]) -> Result<(), Refusal> {
    let options: BTreeSet<String> = given.iter().cloned().collect();
    work.case.options.accept(&options)?;
    if work.record.options != options {
        let text = |set: &BTreeSet<String>| Some(set.iter().cloned().collect::<Vec<_>>().join(";"));
        work.facts.line("options", text(&work.record.options), text(&options));
        work.record.options = options;
    }
    Ok(())
}

/// A change of content after the review, behind it, raises an exception by the desk itself. A released version stays as
/// it is; the exception is how somebody comes to know that it rests on something that was corrected.
pub(super) fn raise_if_late(work: &mut Work<'_>, what: &str) {
    let policy = work.case.policy;
    let reviewed = policy.steps.iter().position(|step| step.gates.contains(&Gate::ChangesDecided));
    let here = policy.place(&work.record.step);
    let late = matches!((reviewed, here), (Some(reviewed), Some(here)) if here > reviewed);
    if late {
        raise_by_desk(work, LATE_CORRECTION, None, what);
    }
}

//! The record as lines: its head, the rows of its panes, and everything about one of them.

use super::spoken;
use crate::app::grounds::{self, Ground, fit, grounds as grounds_of};
use crate::app::linear::reading::Reading;
use crate::app::model::Model;
use crate::app::record::{Opened, Pane, Reason};
use crate::app::tabs::counted;
use crate::domain::approval::{Approval, Signatory};
use crate::domain::certificate::{Change, ChangeKind};
use crate::domain::checks::Grade;
use crate::domain::due;
use crate::domain::event::Event;
use crate::domain::exception::Exception;
use crate::domain::identity::Login;
use crate::domain::story::{self, Teller};
use crate::view::days;
use crate::view::grounds::window;
use crate::view::head::readiness_said;
use crate::view::panes::{SINCE_SIGNED, decision, duties, empty, grade_word, title_of};

/// The head of the record: in full where it was not read a moment ago, in one line where a row is asked about.
pub fn head(model: &Model, reading: &Reading, whole: bool, about: bool) -> Vec<String> {
    let Some(opened) = model.current() else { return vec!["No record is open.".to_owned()] };
    let pane = pane_head(model, opened, reading);
    if about {
        return vec![format!("{}, {}.", opened.dossier.record.vin.tail(), opened.pane.title())];
    }
    if !whole {
        return vec![pane];
    }
    let record = &opened.dossier.record;
    let certificate = &opened.dossier.certificate;
    let words = ["VehicleCategory", "Variant", "Version"];
    let mut vehicle: Vec<String> = words
        .into_iter()
        .filter_map(|place| certificate.value(place))
        .chain(certificate.bodywork())
        .map(str::to_owned)
        .collect();
    vehicle.extend(record.options.iter().cloned());
    let today = model.now.day();
    let policy = model.house.policy_of(record.scope.as_deref());
    let step = policy.step(&record.step).map_or(record.step.as_str(), |step| &step.title);
    let mut work =
        vec![format!("Step {step}"), format!("owner {}", record.owner.as_ref().map_or("nobody", Login::as_str))];
    work.extend(due::due_day(record, policy).map(|day| format!("due {}", days::due(Some(day), today))));
    if record.version > 1 {
        work.push(format!("version {}", record.version));
    }
    work.extend(record.order.iter().map(|order| format!("order {order}")));
    let approval = match record.declares("TypeApprovalNumber") {
        None => "No approval named".to_owned(),
        Some(number) => {
            let known = opened.dossier.approvals.iter().find(|approval| approval.number.as_str() == number);
            let standing = known.map_or("not on this desk".to_owned(), |approval| approval.standing().in_words());
            format!("Approval {number}, {standing}")
        }
    };
    let (_, _, ready) = readiness_said(opened);
    vec![
        format!("Record {}, VIN {}: {}.", record.vin.tail(), record.vin, vehicle.join(" ")),
        format!("{}. {approval}.", work.join(", ")),
        format!("{}.", sentence(&ready)),
        pane,
    ]
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The pane, with how much there is and which rows of it are read.
fn pane_head(model: &Model, opened: &Opened, reading: &Reading) -> String {
    let count = counted(opened, opened.pane, model.now.day());
    let count = match opened.pane {
        Pane::Changes => format!(",{} decided", count.replace('/', " of ")),
        Pane::Readiness => format!(",{count} in the way"),
        Pane::Exceptions => format!(",{count} open"),
        Pane::Message => opened.message.as_ref().map_or_else(String::new, |message| format!(", {}", message.what)),
        Pane::History | Pane::Entries | Pane::Approvals => String::new(),
    };
    let title = opened.pane.title();
    let all = opened.rows();
    match reading.rows() {
        [first, .., last] if last - first + 1 < all && reading.rows().len() == last - first + 1 => {
            format!("{title}{count}; rows {} to {} of {all}, more reads on:", first + 1, last + 1)
        }
        rows if rows.len() < all && !rows.is_empty() => format!("{title}{count}; {} of {all} rows:", rows.len()),
        _ => format!("{title}{count}:"),
    }
}

/// What is said where there are no rows.
pub fn nothing(model: &Model) -> Vec<String> {
    let Some(opened) = model.current() else { return Vec::new() };
    vec![match (opened.pane, opened.rows()) {
        (Pane::Changes, 1..) => "Every change is decided.".to_owned(),
        _ => empty(opened).to_owned(),
    }]
}

/// A row of the pane.
pub fn row(model: &Model, at: usize) -> Option<String> {
    let opened = model.current()?;
    let scope = opened.dossier.record.scope.as_deref();
    let text = match opened.pane {
        Pane::Changes => change(model, opened, opened.changes().nth(at)?),
        Pane::Entries => match opened.entries().nth(at)? {
            (section, None) => return Some(format!("{}:", section.title())),
            (_, Some(one)) => change(model, opened, one),
        },
        Pane::Readiness => reason(opened.reasons().nth(at)?),
        Pane::Exceptions => exception(model, scope, opened.exceptions(model.now).get(at)?),
        Pane::History => event(model, opened.history().nth(at)?),
        Pane::Approvals => ground(model, opened, grounds_of(&opened.dossier).nth(at)?),
        Pane::Message => opened.message.as_ref()?.lines.get(at)?.text.trim_start().to_owned(),
    };
    Some(format!("{}. {text}", at + 1))
}

/// Everything else about a row.
pub fn about(model: &Model, at: usize) -> Vec<String> {
    let Some(opened) = model.current() else { return Vec::new() };
    match opened.pane {
        Pane::Changes => opened.changes().nth(at).map(|one| about_change(model, opened, one)).unwrap_or_default(),
        Pane::Entries => {
            let one = opened.entries().nth(at).and_then(|(_, change)| change);
            one.map(|one| about_change(model, opened, one)).unwrap_or_default()
        }
        Pane::Readiness => opened.reasons().nth(at).map(|one| about_reason(model, opened, one)).unwrap_or_default(),
        Pane::Exceptions => {
            opened.exceptions(model.now).get(at).map(|one| about_exception(model, one)).unwrap_or_default()
        }
        Pane::History => opened.history().nth(at).map(|event| about_event(model, event)).unwrap_or_default(),
        Pane::Message => {
            let line = opened.message.as_ref().and_then(|message| message.lines.get(at));
            let one = line.and_then(|line| opened.change_written(line));
            one.map(|one| about_change(model, opened, one)).unwrap_or_default()
        }
        Pane::Approvals => match grounds_of(&opened.dossier).nth(at) {
            Some(Ground::Extension(approval)) => about_extension(opened, approval),
            Some(Ground::Limit(limited)) => {
                let one = opened.dossier.certificate.change(&limited.address);
                one.map(|one| about_change(model, opened, one)).unwrap_or_default()
            }
            Some(Ground::Signatory(_)) | None => Vec::new(),
        },
    }
}

fn meaning(model: &Model, change: &Change, value: &str) -> String {
    let element = model.house.catalogue.element(&change.address);
    match element.and_then(|element| element.meaning(value)) {
        Some(meaning) => format!("{value} ({meaning})"),
        None => value.to_owned(),
    }
}

/// An entry: its number and title, the values, what became of it, what the checks say, who set it and why.
fn change(model: &Model, opened: &Opened, change: &Change) -> String {
    let element = model.house.catalogue.element(&change.address);
    let number = element.and_then(|element| element.entry).map(|entry| format!("{entry} ")).unwrap_or_default();
    let unit = element.and_then(|element| element.unit).map(|unit| format!(" {unit}")).unwrap_or_default();
    let words = |value: &Option<String>| {
        value.as_deref().map_or_else(|| "no value".to_owned(), |value| meaning(model, change, value))
    };
    let (before, ours) = (words(&change.before), words(&change.ours));
    let values = match change.kind {
        ChangeKind::Changed => format!("{before} to {ours}{unit}"),
        ChangeKind::Added | ChangeKind::RowAdded => format!("added {ours}{unit}"),
        ChangeKind::RowDropped => format!("dropped, was {before}{unit}"),
        ChangeKind::Restated | ChangeKind::Copied => format!("{ours}{unit}, {}", change.kind.word()),
        ChangeKind::Inherited => format!("{before}{unit}, inherited"),
    };
    let mut parts = vec![format!("{number}{}: {values}", title_of(model, &change.address))];
    let (_, _, decided) = decision(opened, change, model);
    if !parts[0].ends_with(&decided) {
        parts.push(decided);
    }
    if opened.changed_since_signed(&change.address) {
        parts.push(SINCE_SIGNED.to_owned());
    }
    parts.extend(
        opened.findings_at(&change.address).map(|finding| format!("{} {}", finding.check, grade_word(finding.grade))),
    );
    match (&change.set_by, change.reason.as_deref().filter(|reason| !reason.is_empty())) {
        (Some(by), Some(reason)) => parts.push(format!("set by {by}: {reason}")),
        (Some(by), None) => parts.push(format!("set by {by}")),
        (None, _) => {}
    }
    parts.join("; ")
}

fn about_change(model: &Model, opened: &Opened, change: &Change) -> Vec<String> {
    let mut lines: Vec<String> = opened
        .findings_at(&change.address)
        .map(|finding| format!("{} {}: {}", finding.check, grade_word(finding.grade), spoken(&finding.message)))
        .collect();
    let raised = change.exception.and_then(|id| opened.dossier.record.exceptions.iter().find(|one| one.id == id));
    lines.extend(raised.map(|one| format!("Exception {}, {}: {}", one.id.0, one.kind, one.text)));
    if let (Some(by), Some(at)) = (&change.set_by, change.set_at) {
        lines.push(format!("Set by {by} on {}.", days::when(at, model.now)));
    }
    if let Some(confirmed) = &change.confirmed {
        lines.push(format!("Confirmed by {} on {}.", confirmed.by, days::when(confirmed.at, model.now)));
    }
    let stages: Vec<String> = change.values.iter().map(|(stage, value)| format!("stage {stage} {value}")).collect();
    lines.push(format!("Address {}; {}.", change.address, stages.join(", ")));
    lines
}

fn reason(reason: Reason<'_>) -> String {
    match reason {
        Reason::Obstacle(obstacle) => {
            format!("blocks: {}; can: {} [{}]", spoken(&obstacle.what), duties(&obstacle.who), obstacle.rule)
        }
        Reason::Remark(finding) => {
            format!("{}: {} [{}]", grade_word(finding.grade), spoken(&finding.message), finding.check)
        }
    }
}

fn about_reason(model: &Model, opened: &Opened, reason: Reason<'_>) -> Vec<String> {
    match reason {
        Reason::Obstacle(obstacle) => {
            let scope = opened.dossier.record.scope.as_deref();
            let able = model.house.people.iter().filter(|person| person.holds(&obstacle.who, scope));
            let names: Vec<&str> = able.map(|person| person.login.as_str()).collect();
            if names.is_empty() { Vec::new() } else { vec![format!("Can: {}.", names.join(", "))] }
        }
        Reason::Remark(finding) => {
            let values: Vec<String> = finding.values.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let blocks = if finding.grade == Grade::Block { "" } else { "It does not block. " };
            vec![format!("{blocks}{}: {}. {}", finding.check, finding.clause, values.join(", ")).trim_end().to_owned()]
        }
    }
}

pub(super) fn exception(model: &Model, scope: Option<&str>, exception: &Exception) -> String {
    let today = model.now.day();
    let weight = match (exception.is_open_on(today), exception.blocking) {
        (true, true) => ", blocks",
        (true, false) => ", minor",
        (false, _) => "",
    };
    let kind = model
        .house
        .policy_of(scope)
        .exception_kind(&exception.kind)
        .map_or(exception.kind.as_str(), |kind| &kind.title);
    let owner = exception.owner.as_ref().map_or("nobody", Login::as_str);
    let place = exception.at.as_ref().map(|address| format!(" at {}", title_of(model, address))).unwrap_or_default();
    let state = exception.state_on(today).word();
    format!("exception {} {kind}{place}{weight}, {state}, owner {owner}: {}", exception.id.0, exception.text)
}

pub(super) fn about_exception(model: &Model, exception: &Exception) -> Vec<String> {
    let by = exception.raised_by.as_ref().map_or("the desk", Login::as_str);
    let mut lines = vec![format!("Raised by {by} on {}.", days::when(exception.raised_at, model.now))];
    if let Some(outcome) = &exception.outcome {
        let until = outcome.until.map(|day| format!(" until {day}")).unwrap_or_default();
        lines.push(format!("{}{until} by {}: {}", sentence(exception.state.word()), outcome.by, outcome.text));
    }
    let said = exception.discussion.iter().filter(|remark| remark.struck_at.is_none());
    lines.extend(said.map(|remark| format!("{} wrote: {}", remark.by, remark.text)));
    lines
}

fn teller(model: &Model) -> Teller<'_> {
    Teller { catalogue: model.house.catalogue, moved: story::spoken }
}

fn event(model: &Model, event: &Event) -> String {
    let mut text = format!("{}, {} {}", days::when(event.at, model.now), event.by, story::deed(event));
    if let Some(line) = event.facts.lines.first() {
        text.push_str(&format!(": {}", teller(model).brief(event, line)));
    }
    match event.facts.lines.len() {
        0 | 1 => text,
        count => format!("{text}, and {} more", count - 1),
    }
}

fn about_event(model: &Model, event: &Event) -> Vec<String> {
    let mut lines: Vec<String> = event.facts.reason.iter().map(|reason| format!("Reason: {reason}")).collect();
    lines.extend(event.facts.lines.iter().map(|line| teller(model).sentence(event, line)));
    let via = event.via.as_ref().map(|via| format!(" through {via}")).unwrap_or_default();
    lines.push(format!("Event {} at {}{via}.", event.seq.0, event.at));
    lines
}

fn ground(model: &Model, opened: &Opened, ground: Ground<'_>) -> String {
    match ground {
        Ground::Extension(approval) => {
            let named = grounds::named(&opened.dossier).is_some_and(|named| named.number == approval.number);
            let fit = fit(&opened.dossier, approval);
            let covers = match fit.covers {
                Some(true) => "covers this variant and version",
                Some(false) => "does not cover this variant and version",
                None => "variant and version are not given",
            };
            let inside = if fit.in_window == Some(false) { ", this vehicle was not" } else { "" };
            let named = if named { ", named by the record" } else { "" };
            let standing = approval.standing().in_words();
            format!("approval {}{named}, {standing}; {covers}; {}{inside}", approval.number, window(approval))
        }
        Ground::Limit(limited) => {
            let element = model.house.catalogue.element(&limited.address);
            let entry = element.and_then(|element| element.entry).map(|entry| format!("{entry} ")).unwrap_or_default();
            let unit = limited.unit.map_or_else(String::new, |unit| format!(" {unit}"));
            let value = limited.value.map_or("no value".to_owned(), |value| format!("{value}{unit}"));
            let title = title_of(model, &limited.address);
            let (place, by) = (limited.place.word(), limited.limiter.word());
            format!("limit on {entry}{title}: {value}, {place}; {} allows {}{unit}", by, spoken(&limited.limits()))
        }
        Ground::Signatory(signatory) => signs(model, signatory),
    }
}

fn signs(model: &Model, signatory: &Signatory) -> String {
    let today = model.now.day();
    let word = match (signatory.from <= today, signatory.until.is_none_or(|until| today <= until)) {
        (true, true) => "may sign",
        (false, _) => "may not sign yet",
        (_, false) => "may not sign any longer",
    };
    let login = signatory.login.as_ref().map_or_else(String::new, |login| format!(", {login}"));
    let until = signatory.until.map_or_else(String::new, |until| format!(" to {until}"));
    format!(
        "signatory {}{login}: {word}; {}, {}, from {}{until}",
        signatory.name, signatory.position, signatory.place, signatory.from
    )
}

fn about_extension(opened: &Opened, approval: &Approval) -> Vec<String> {
    let mut lines: Vec<String> = approval.standing().reason.iter().map(|reason| format!("Reason: {reason}")).collect();
    lines.push(format!(
        "{}, category {}, type {}, issued {}.",
        approval.approval_type, approval.category, approval.vehicle_type, approval.issued
    ));
    let built = grounds::built(&opened.dossier).map_or_else(|| "not given".to_owned(), |day| day.to_string());
    lines
        .push(format!("Day of manufacture: {built}. {}, {}.", approval.manufacturer.name, approval.manufacturer.place));
    lines.extend(approval.subjects.iter().map(|subject| format!("{} {}", subject.regulation, subject.number)));
    lines
}

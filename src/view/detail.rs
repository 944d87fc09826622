//! More about the row under the cursor of a pane: findings, exceptions, who and why, the entry's whole way.

use super::board;
use super::days;
use super::grounds;
use super::head::beside;
use super::ink::{Mark, Pen, Piece, piece, wrapped};
use super::panes::{SINCE_SIGNED, finding_mark, teller};
use crate::app::grounds::grounds as grounds_of;
use crate::app::layout::Area;
use crate::app::links;
use crate::app::model::Model;
use crate::app::record::{Opened, Pane, Reason};
use crate::config::theme::Role;
use crate::domain::address::Address;
use crate::domain::certificate::{Change, is_formal};
use crate::domain::event::{Event, Line};
use crate::domain::exception::Exception;
use crate::domain::identity::Login;

/// More about the row under the cursor, below a line.
pub fn detail(pen: &mut Pen<'_>, model: &Model, area: Area) {
    if area.is_empty() {
        return;
    }
    let area = beside(pen, area);
    let line = if pen.looks.ascii { "-" } else { "─" };
    pen.text(area, 0, 0, &line.repeat(usize::from(area.width)), Role::Border);
    let Some(opened) = model.drawn() else { return };
    let lines = match opened.pane {
        Pane::Changes | Pane::Entries => opened.change().map(|change| about_change(pen, model, opened, change)),
        Pane::Readiness => opened.reasons().nth(opened.scroll().at).map(|reason| about_reason(model, reason)),
        Pane::Exceptions => opened.exception(model.now).map(|exception| about_exception(pen, model, exception)),
        Pane::Approvals => grounds_of(&opened.dossier).nth(opened.scroll().at).map(|ground| {
            let mut lines = grounds::about(pen, opened, ground);
            lines.extend(opened.change().map(|change| about_change(pen, model, opened, change)).unwrap_or_default());
            lines
        }),
        Pane::Message => opened.message.as_ref().map(|message| {
            let mut lines = vec![piece(message.what.clone(), Role::Dim)];
            match (opened.change(), opened.written()) {
                (Some(change), _) => lines.extend(about_change(pen, model, opened, change)),
                (None, Some(line)) => lines.push(piece(line.text.trim().to_owned(), Role::Normal)),
                (None, None) => {}
            }
            lines
        }),
        Pane::History => opened.history().nth(opened.scroll().at).map(|event| about_event(pen, model, event)),
    };
    let width = usize::from(area.width).saturating_sub(2);
    let lines = lines.unwrap_or_default();
    let rows: Vec<(String, Role)> =
        lines.iter().flat_map(|part| wrapped(&part.text, width).into_iter().map(|text| (text, part.role))).collect();
    let room = usize::from(area.height.saturating_sub(1));
    for (row, (text, role)) in rows.iter().take(room).enumerate() {
        let last = row + 1 == room && rows.len() > room;
        if last && opened.pane == Pane::Exceptions {
            pen.text(area, row + 1, 1, text, *role);
            board::reads_on(pen, model, area);
            break;
        }
        let cut = if last { pen.looks.mark(Mark::More) } else { "" };
        pen.text(area, row + 1, 1, &format!("{text}{cut}"), *role);
    }
}

fn about_change(pen: &Pen<'_>, model: &Model, opened: &Opened, change: &Change) -> Vec<Piece> {
    let dot = pen.looks.mark(Mark::Dot);
    let mut lines = Vec::new();
    for (event, line) in opened.corrections_at(&change.address) {
        let source = event.facts.reason.as_deref().unwrap_or("a message");
        let told = format!("corrected by {source} on {}:", days::when(event.at, model.now));
        lines.push(piece(
            format!("{told} {}", (teller(pen, model).moved)(line.from.as_deref(), line.to.as_deref())),
            Role::Warns,
        ));
    }
    if let Some(since) = opened.dossier.since.as_ref().filter(|since| since.addresses.contains(&change.address)) {
        let signed = &since.signoff;
        let told = format!(
            "{} {SINCE_SIGNED}: the {} of {} by {} is void",
            pen.looks.mark(Mark::SinceSigned),
            signed.checkpoint,
            days::when(signed.at, model.now),
            signed.by
        );
        lines.push(piece(told, Role::Warns));
    }
    for finding in opened.findings_at(&change.address) {
        let (mark, role) = finding_mark(finding.grade);
        lines.push(piece(format!("{} {} {}", pen.looks.mark(mark), finding.check, finding.message), role));
    }
    if let Some(exception) =
        change.exception.and_then(|id| opened.dossier.record.exceptions.iter().find(|e| e.id == id))
    {
        let role = if exception.is_open_on(model.now.day()) { Role::Warns } else { Role::Normal };
        lines.push(piece(format!("{} {}: {}", pen.looks.mark(Mark::Exception), exception.kind, exception.text), role));
    }
    if let Some(by) = &change.set_by {
        let at = change.set_at.map(|at| format!(" on {}", days::when(at, model.now))).unwrap_or_default();
        let why = change.reason.as_deref().unwrap_or_default();
        lines.push(piece(format!("set by {by}{at}: {why}"), Role::Normal));
    }
    if let Some(confirmed) = &change.confirmed {
        lines.push(piece(
            format!("confirmed by {} on {}", confirmed.by, days::when(confirmed.at, model.now)),
            Role::Fine,
        ));
    }
    let stages: Vec<String> = change.values.iter().map(|(stage, value)| format!("stage {stage}: {value}")).collect();
    lines.push(piece(format!("{} {dot} {}", change.address, stages.join(&format!(" {dot} "))), Role::Dim));
    lines
}

fn about_reason(model: &Model, reason: Reason<'_>) -> Vec<Piece> {
    match reason {
        Reason::Obstacle(obstacle) => {
            let people = model.house.people.iter();
            let scope = model.record.as_ref().and_then(|open| open.dossier.record.scope.as_deref());
            let able = people.filter(|person| person.holds(&obstacle.who, scope));
            let names: Vec<&str> = able.map(|person| person.login.as_str()).collect();
            let mut lines = vec![piece(obstacle.what.clone(), Role::Normal)];
            if !names.is_empty() {
                lines.push(piece(format!("can: {}", names.join(", ")), Role::Dim));
            }
            lines
        }
        Reason::Remark(finding) => {
            let values: Vec<String> = finding.values.iter().map(|(name, value)| format!("{name} {value}")).collect();
            vec![
                piece(finding.message.clone(), Role::Normal),
                piece(values.join(", "), Role::Normal),
                piece(format!("{}: {}", finding.check, finding.clause), Role::Dim),
            ]
        }
    }
}

/// An exception whole: what is wrong, how it was settled, what was said about it, the last of it first.
fn about_exception(pen: &Pen<'_>, model: &Model, exception: &Exception) -> Vec<Piece> {
    let by = exception.raised_by.as_ref().map_or("the desk", Login::as_str);
    let place = exception.at.as_ref().map(|address| format!(" at {address}")).unwrap_or_default();
    let mut lines = vec![
        piece(exception.text.clone(), Role::Normal),
        piece(format!("raised by {by} on {}{place}", days::when(exception.raised_at, model.now)), Role::Dim),
    ];
    if let Some(outcome) = &exception.outcome {
        let until = outcome.until.map(|day| format!(" until {day}")).unwrap_or_default();
        let state = exception.state.word();
        let at = days::when(outcome.at, model.now);
        lines.push(piece(format!("{state}{until} by {} {at}: {}", outcome.by, outcome.text), Role::Fine));
    }
    let linked: Vec<&str> = model.links.with(exception).map(|row| row.vin.tail()).collect();
    if let Some(group) = exception.group {
        let more = if linked.len() < links::MOST { "" } else { " and more" };
        let on = if linked.is_empty() { String::new() } else { format!(": {}{more}", linked.join(", ")) };
        lines.push(piece(format!("= linked as {}, the same fault{on}", group.0), Role::Normal));
    }
    for remark in exception.discussion.iter().rev() {
        let back = if remark.struck_at.is_some() { " (taken back)" } else { "" };
        let said = format!("{} {}{back}: {}", remark.by, days::when(remark.at, model.now), remark.text);
        lines.push(piece(pen.looks.plain(&said), Role::Normal));
    }
    lines
}

fn about_event(pen: &Pen<'_>, model: &Model, event: &Event) -> Vec<Piece> {
    let mut lines = Vec::new();
    if let Some(reason) = &event.facts.reason {
        lines.push(piece(reason.clone(), Role::Normal));
    }
    // What a message says is read first, then what every message says anew, its hashes last.
    let mut told: Vec<&Line> = event.facts.lines.iter().collect();
    told.sort_by_key(|line| (line.is_message(), is_formal(&Address::unchecked(&line.what))));
    for line in told {
        lines.push(piece(teller(pen, model).sentence(event, line), Role::Normal));
    }
    let via = event.via.as_ref().map(|via| format!(" through {via}")).unwrap_or_default();
    let clock = if event.clock_back { ", the clock had gone back" } else { "" };
    lines.push(piece(format!("event {} at {}{via}{clock}", event.seq.0, event.at), Role::Dim));
    lines
}

//! The head of the record: vehicle, stages, approval, step, owner, readiness; and the names of its panes.

use super::archive::answered;
use super::days;
use super::ink::{Mark, Pen, Pieces, piece};
use crate::app::layout::{Area, Focus};
use crate::app::model::Model;
use crate::app::record::Opened;
use crate::app::tabs;
use crate::config::theme::Role;
use crate::domain::approval::{Approval, Status};
use crate::domain::due;
use crate::domain::identity::Login;

/// Without the line down the left edge, where something stands beside it.
pub fn beside(pen: &mut Pen<'_>, area: Area) -> Area {
    if area.x == 0 {
        return area;
    }
    pen.edge(area);
    area.split_columns(1).1
}

/// The head: as many lines as there is room for, the most important first.
pub fn head(pen: &mut Pen<'_>, model: &Model, area: Area) {
    if area.is_empty() {
        return;
    }
    let area = beside(pen, area);
    let Some(opened) = model.drawn() else {
        let text = if model.shown.is_some() { "reading …" } else { "no record" };
        let text = pen.looks.plain(text);
        return pen.text(area, 0, 1, &text, Role::Dim);
    };
    let lines = match area.height {
        0 | 1 => vec![short(pen, opened)],
        2 => vec![vehicle(pen, opened), readiness(pen, opened)],
        3 | 4 => vec![vehicle(pen, opened), approval(pen, opened), work(pen, model, opened), readiness(pen, opened)],
        _ => vec![
            vehicle(pen, opened),
            stages(pen, opened),
            approval(pen, opened),
            work(pen, model, opened),
            readiness(pen, opened),
        ],
    };
    for (row, line) in lines.iter().enumerate() {
        pen.put(area, row, 1, line);
    }
}

fn short(pen: &Pen<'_>, opened: &Opened) -> Pieces {
    let mut line = vec![piece(format!("{} ", opened.dossier.record.vin.tail()), Role::Heading)];
    line.extend(readiness(pen, opened));
    line
}

fn vehicle(pen: &Pen<'_>, opened: &Opened) -> Pieces {
    let record = &opened.dossier.record;
    let certificate = &opened.dossier.certificate;
    let words = ["VehicleCategory", "Variant", "Version"];
    let words: Vec<&str> =
        words.into_iter().filter_map(|address| certificate.value(address)).chain(certificate.bodywork()).collect();
    let options: Vec<&str> = record.options.iter().map(String::as_str).collect();
    let dot = pen.looks.mark(Mark::Dot);
    let mut text = format!("  {}", words.join(" "));
    if !options.is_empty() {
        text.push_str(&format!(" {dot} {}", options.join(" ")));
    }
    vec![
        piece(&record.vin.as_str()[..9], Role::Dim),
        piece(record.vin.tail(), Role::Heading),
        piece(text, Role::Normal),
    ]
}

fn stages(pen: &Pen<'_>, opened: &Opened) -> Pieces {
    let record = &opened.dossier.record;
    let arrow = pen.looks.mark(Mark::Arrow);
    let kind = |value: Option<&str>| value.unwrap_or("?").to_owned();
    let mut parts: Vec<String> = record
        .stages
        .iter()
        .map(|stage| {
            let name = if stage.number == 1 { "base".to_owned() } else { format!("stage {}", stage.number) };
            let again = if stage.revision > 1 { format!(" (revision {})", stage.revision) } else { String::new() };
            format!("{name} {}{again}", kind(stage.content.value("StageOfCompletion")))
        })
        .collect();
    let ours = opened.dossier.certificate.own.iter().find(|(address, _)| address.as_str() == "StageOfCompletion");
    parts.push(format!("ours {}", kind(ours.map(|(_, own)| own.value.as_str()))));
    let text = format!("{} stages: {}", record.stages.len() + 1, parts.join(&format!(" {arrow} ")));
    vec![piece(text, Role::Normal)]
}

fn approval(pen: &Pen<'_>, opened: &Opened) -> Pieces {
    let dossier = &opened.dossier;
    let Some(number) = dossier.record.declares("TypeApprovalNumber") else {
        return vec![piece(format!("{} no approval named", pen.looks.mark(Mark::Warns)), Role::Warns)];
    };
    match dossier.approvals.iter().find(|approval| approval.number.as_str() == number) {
        None => vec![
            piece(number, Role::Normal),
            piece(format!("  {} not on this desk", pen.looks.mark(Mark::Blocks)), Role::Blocks),
        ],
        Some(approval) => vec![
            piece(number, Role::Normal),
            piece(format!("  {}, issued {}", approval.standing().in_words(), approval.issued), status_role(approval)),
        ],
    }
}

fn status_role(approval: &Approval) -> Role {
    match approval.standing().status {
        Status::Valid => Role::Dim,
        Status::Suspended => Role::Warns,
        Status::Withdrawn => Role::Blocks,
    }
}

fn work(pen: &Pen<'_>, model: &Model, opened: &Opened) -> Pieces {
    let record = &opened.dossier.record;
    let dot = pen.looks.mark(Mark::Dot);
    let today = model.now.day();
    let policy = model.house.policy_of(record.scope.as_deref());
    let step = policy.step(&record.step).map_or(record.step.as_str(), |step| &step.title);
    let owner = record.owner.as_ref().map_or("nobody", Login::as_str);
    let mut line = vec![piece(step, Role::Heading), piece(format!(" {dot} owner {owner}"), Role::Normal)];
    if let Some(day) = due::due_day(record, policy) {
        let role = if day < today { Role::Blocks } else { Role::Normal };
        line.push(piece(format!(" {dot} due {}", days::due(Some(day), today)), role));
    }
    if record.version > 1 {
        line.push(piece(format!(" {dot} version {}", record.version), Role::Normal));
    }
    if let Some(order) = &record.order {
        line.push(piece(format!(" {dot} {order}"), Role::Dim));
    }
    line
}

fn readiness(pen: &Pen<'_>, opened: &Opened) -> Pieces {
    let (mark, role, words) = readiness_said(opened);
    vec![piece(format!("{} {words}", pen.looks.mark(mark)), role)]
}

/// How far the record is from its release, as a mark and in words.
pub fn readiness_said(opened: &Opened) -> (Mark, Role, String) {
    let dossier = &opened.dossier;
    if let Some(release) = dossier.record.releases.iter().find(|release| release.version == dossier.record.version) {
        let words = format!("released by {} on {}", release.by, release.sealed_at.day());
        let Some(receipt) = dossier.record.answer_to(release.version) else {
            return (Mark::Confirmed, Role::Fine, words);
        };
        let (mark, role) = answered(receipt.answer);
        return (mark, role, format!("{words}, {} by the authority", receipt.answer.word()));
    }
    let count = |what: &dyn Fn(&str) -> bool| dossier.readiness.iter().filter(|obstacle| what(&obstacle.rule)).count();
    let open = count(&|rule| rule == "gate:changes-decided");
    let raised = count(&|rule| rule == "gate:no-blocking-exception");
    let signs = count(&|rule| rule.starts_with("checkpoint:"));
    let held = count(&|rule| rule == "hold");
    let gates = count(&|rule| rule.starts_with("gate:")) - open - raised;
    let found = dossier.readiness.len() - open - raised - signs - gates - held;
    let parts: Vec<String> = [
        (held, "on hold", "on hold"),
        (open, "change open", "changes open"),
        (found, "finding blocks", "findings block"),
        (raised, "exception open", "exceptions open"),
        (gates, "condition", "conditions"),
        (signs, "signature", "signatures"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| if count == 1 { format!("1 {one}") } else { format!("{count} {many}") })
    .collect();
    let only_signs = open + raised + found + gates + held == 0;
    match (parts.is_empty(), only_signs) {
        (true, _) => (Mark::Confirmed, Role::Fine, "ready for release".to_owned()),
        (_, true) => (Mark::Confirmed, Role::Fine, format!("clean, to be signed: {}", parts.join(", "))),
        _ => (Mark::Undecided, Role::Open, format!("not ready: {}", parts.join(", "))),
    }
}

/// The names of the panes, the one shown in brackets.
pub fn tabs(pen: &mut Pen<'_>, model: &Model, area: Area) {
    if area.is_empty() {
        return;
    }
    let area = beside(pen, area);
    let Some(opened) = model.drawn() else { return };
    let focused = model.focus == Focus::Record && model.sheet.is_none();
    let shown = if focused { Role::Selected } else { Role::Heading };
    let mut line = vec![piece(" ", Role::Normal)];
    for (pane, name) in tabs::names(opened, model.now.day(), usize::from(area.width)) {
        line.push(piece(name, if pane == opened.pane { shown } else { Role::Dim }));
    }
    pen.put(area, 0, 0, &line);
}

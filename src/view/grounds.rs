//! The approvals pane: the extensions with their status and window, the envelope drawn, who may sign.

use super::ink::{Mark, Pen, Piece, Pieces, piece};
use super::panes::title_of;
use crate::app::grounds::{self, Ground, fit};
use crate::app::model::Model;
use crate::app::record::Opened;
use crate::config::theme::Role;
use crate::domain::approval::{Approval, Signatory, Status};
use crate::domain::envelope::{Limited, Limiter, Place, Strokes};

/// How many cells the bar between two limits has.
const CELLS: usize = 12;

/// The two lines of a row.
pub fn lines(pen: &Pen<'_>, model: &Model, opened: &Opened, ground: Ground<'_>) -> Vec<(Pieces, Pieces)> {
    match ground {
        Ground::Extension(approval) => extension(pen, opened, approval),
        Ground::Limit(limited) => limit(pen, model, limited),
        Ground::Signatory(signatory) => signatory_lines(pen, model, signatory),
    }
}

fn extension(pen: &Pen<'_>, opened: &Opened, approval: &Approval) -> Vec<(Pieces, Pieces)> {
    let standing = approval.standing();
    let (mark, role) = match standing.status {
        Status::Valid => (Mark::Confirmed, Role::Fine),
        Status::Suspended | Status::Withdrawn => (Mark::Blocks, Role::Blocks),
    };
    let named = grounds::named(&opened.dossier).is_some_and(|named| named.number == approval.number);
    let heading = if named { Role::Heading } else { Role::Normal };
    let first = vec![
        piece(format!("{} ", pen.looks.mark(mark)), role),
        piece(approval.number.to_string(), heading),
        piece(if named { "  named" } else { "" }, Role::Dim),
    ];
    let fit = fit(&opened.dossier, approval);
    let mut below = vec![piece("  ", Role::Normal)];
    below.push(match fit.covers {
        Some(true) => piece(format!("covers {}", version(opened)), Role::Normal),
        Some(false) => piece(format!("does not cover {}", version(opened)), Role::Blocks),
        None => piece("variant and version are not given", Role::Dim),
    });
    let window = match fit.in_window {
        Some(false) => piece(format!("{}, not in it", window(approval)), Role::Blocks),
        Some(true) => piece(window(approval), Role::Fine),
        None => piece(window(approval), Role::Dim),
    };
    vec![(first, vec![piece(standing.in_words(), role)]), (below, vec![window])]
}

/// The variant and version the certificate names.
fn version(opened: &Opened) -> String {
    let value = |address: &str| opened.dossier.certificate.value(address);
    let words: Vec<&str> = ["Variant", "Version"].into_iter().filter_map(value).collect();
    words.join(" ")
}

/// The window of manufacture in words.
pub fn window(approval: &Approval) -> String {
    match (approval.built_from, approval.built_until) {
        (Some(from), Some(until)) => format!("built {from} to {until}"),
        (Some(from), None) => format!("built from {from}"),
        (None, Some(until)) => format!("built until {until}"),
        (None, None) => "built any day".to_owned(),
    }
}

fn limit(pen: &Pen<'_>, model: &Model, limited: &Limited) -> Vec<(Pieces, Pieces)> {
    let (mark, role) = match limited.place {
        Place::Inside => (Mark::Confirmed, Role::Fine),
        Place::AtEdge => (Mark::Info, Role::Normal),
        Place::Missing | Place::Unreadable => (Mark::Warns, Role::Warns),
        Place::Outside => (Mark::Blocks, Role::Blocks),
    };
    let entry = model.house.catalogue.element(&limited.address).and_then(|element| element.entry).unwrap_or_default();
    let ours = limited.value.map_or_else(|| pen.looks.mark(Mark::None).to_owned(), |value| value.to_string());
    let unit = limited.unit.map_or_else(String::new, |unit| format!(" {unit}"));
    let first = vec![
        piece(format!("{} ", pen.looks.mark(mark)), role),
        piece(format!("{entry:<6} "), Role::Dim),
        piece(title_of(model, &limited.address), Role::Heading),
        piece(format!("  {ours}"), Role::Changed),
        piece(unit, Role::Dim),
    ];
    let strokes = if pen.looks.ascii { Strokes::PLAIN } else { Strokes::FANCY };
    let below = vec![piece("  ", Role::Normal), piece(limited.bar(CELLS, &strokes), Role::Normal)];
    let by = match &limited.limiter {
        Limiter::Base => "base",
        Limiter::Approval(_) => "approval",
    };
    vec![(first, vec![piece(limited.place.word(), role)]), (below, vec![piece(by, Role::Dim)])]
}

fn signatory_lines(pen: &Pen<'_>, model: &Model, signatory: &Signatory) -> Vec<(Pieces, Pieces)> {
    let today = model.now.day();
    let (mark, role, word) = match (signatory.from <= today, signatory.until.is_none_or(|until| today <= until)) {
        (true, true) => (Mark::Confirmed, Role::Fine, "may sign"),
        (false, _) => (Mark::Dot, Role::Dim, "not yet"),
        (_, false) => (Mark::Dot, Role::Dim, "no longer"),
    };
    let first = vec![
        piece(format!("{} ", pen.looks.mark(mark)), role),
        piece(signatory.name.clone(), Role::Heading),
        piece(signatory.login.as_ref().map_or_else(String::new, |login| format!("  {login}")), Role::Dim),
    ];
    let until = signatory.until.map_or_else(String::new, |until| format!(" to {until}"));
    let below = vec![piece(format!("  {}, {}", signatory.position, signatory.place), Role::Normal)];
    vec![(first, vec![piece(word, role)]), (below, vec![piece(format!("from {}{until}", signatory.from), Role::Dim)])]
}

/// More about a row, for below the pane; a limit is told of like any entry.
pub fn about(pen: &Pen<'_>, opened: &Opened, ground: Ground<'_>) -> Vec<Piece> {
    match ground {
        Ground::Extension(approval) => about_extension(pen, opened, approval),
        Ground::Limit(limited) => {
            let by = match &limited.limiter {
                Limiter::Base => "the base manufacturer's entry 0.2.2.1".to_owned(),
                Limiter::Approval(number) => number.to_string(),
            };
            let unit = limited.unit.map_or_else(String::new, |unit| format!(" {unit}"));
            vec![piece(format!("{by} allows {}{unit}", limited.limits()), Role::Normal)]
        }
        Ground::Signatory(signatory) => vec![piece(
            format!("{} signs certificates in {} as {}", signatory.name, signatory.place, signatory.position),
            Role::Normal,
        )],
    }
}

fn about_extension(pen: &Pen<'_>, opened: &Opened, approval: &Approval) -> Vec<Piece> {
    let dot = pen.looks.mark(Mark::Dot);
    let provisional = if approval.provisional { " provisional" } else { "" };
    let mut lines = Vec::new();
    if let Some(reason) = approval.standing().reason {
        lines.push(piece(format!("{}: {reason}", approval.standing().in_words()), Role::Blocks));
    }
    lines.push(piece(
        format!(
            "{}{provisional} {dot} category {} type {} {dot} issued {}",
            approval.approval_type, approval.category, approval.vehicle_type, approval.issued
        ),
        Role::Normal,
    ));
    let day = grounds::built(&opened.dossier).map_or_else(
        || "the day of manufacture is not given".to_owned(),
        |day| format!("the vehicle was manufactured on {day}"),
    );
    lines.push(piece(format!("{}; {day}", window(approval)), Role::Normal));
    let maker = &approval.manufacturer;
    lines.push(piece(format!("{}, {}", maker.name, maker.place), Role::Dim));
    for subject in &approval.subjects {
        lines.push(piece(format!("{} {}", subject.regulation, subject.number), Role::Dim));
    }
    lines
}

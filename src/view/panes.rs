//! The panes of the record, row by row.

use super::days;
use super::grounds;
use super::head::beside;
use super::ink::{Mark, Pen, Pieces, piece};
use crate::app::forms::rows_of;
use crate::app::grounds::grounds as grounds_of;
use crate::app::layout::{Area, Focus};
use crate::app::model::Model;
use crate::app::preview::Written;
use crate::app::record::{Opened, Pane, Reason};
use crate::config::theme::Role;
use crate::domain::address::Address;
use crate::domain::catalogue::Element;
use crate::domain::certificate::{Change, ChangeKind, Origin, is_formal};
use crate::domain::checks::Grade;
use crate::domain::event::Event;
use crate::domain::exception::Exception;
use crate::domain::identity::Login;
use crate::domain::person::Role as Duty;
use crate::domain::policy::Policy;
use crate::domain::story::{self, Teller};

/// The pane shown.
pub fn pane(pen: &mut Pen<'_>, model: &Model, area: Area) {
    if area.is_empty() {
        return;
    }
    let area = beside(pen, area);
    let Some(opened) = model.drawn() else { return };
    let height = opened.pane.row_height();
    let fit = usize::from(area.height) / height;
    let scroll = opened.scroll();
    let focused = model.focus == Focus::Record && model.sheet.is_none();
    if opened.rows() == 0 {
        return pen.text(area, 0, 2, empty(opened), Role::Dim);
    }
    let show = |pen: &mut Pen<'_>, row: usize, lines: Vec<(Pieces, Pieces)>| {
        let here = scroll.top + row == scroll.at;
        for (line, (left, right)) in lines.into_iter().enumerate() {
            let at = row * height + line;
            let taken = pen.right(area, at, &right);
            let room = Area {
                width: area.width.saturating_sub(u16::try_from(taken + usize::from(taken > 0)).unwrap_or(0)),
                ..area
            };
            pen.put(room, at, 1, &left);
            if here {
                pen.text(area, at, 0, pen.looks.mark(Mark::Cursor), Role::Focus);
            }
        }
        if here && focused {
            pen.shade(area, row * height, height, Role::Selected);
        }
    };
    match opened.pane {
        Pane::Changes => {
            for (row, change) in opened.changes().skip(scroll.top).take(fit).enumerate() {
                let lines = change_lines(pen, model, opened, change);
                show(pen, row, lines);
            }
        }
        Pane::Entries => {
            for (row, (section, change)) in opened.entries().skip(scroll.top).take(fit).enumerate() {
                let heading = || (vec![piece(section.title(), Role::Heading)], Vec::new());
                let line = change.map_or_else(heading, |change| entry_line(pen, model, opened, change));
                show(pen, row, vec![line]);
            }
        }
        Pane::Readiness => {
            for (row, reason) in opened.reasons().skip(scroll.top).take(fit).enumerate() {
                let lines = reason_lines(pen, reason);
                show(pen, row, lines);
            }
        }
        Pane::Exceptions => {
            let policy = model.house.policy_of(opened.dossier.record.scope.as_deref());
            for (row, exception) in opened.exceptions(model.now).into_iter().skip(scroll.top).take(fit).enumerate() {
                let lines = exception_lines(pen, model, policy, exception);
                show(pen, row, lines);
            }
        }
        Pane::Approvals => {
            for (row, ground) in grounds_of(&opened.dossier).skip(scroll.top).take(fit).enumerate() {
                let lines = grounds::lines(pen, model, opened, ground);
                show(pen, row, lines);
            }
        }
        Pane::Message => {
            let lines = opened.message.iter().flat_map(|message| &message.lines);
            for (row, line) in lines.skip(scroll.top).take(fit).enumerate() {
                let line = written_line(pen, opened, line);
                show(pen, row, vec![line]);
            }
        }
        Pane::History => {
            for (row, event) in opened.history().skip(scroll.top).take(fit).enumerate() {
                let line = event_line(pen, model, event);
                show(pen, row, vec![line]);
            }
        }
    }
}

pub(super) fn empty(opened: &Opened) -> &str {
    match opened.pane {
        Pane::Changes => "Our stage changes nothing yet.",
        Pane::Readiness => "Nothing stands in the way.",
        Pane::Exceptions => "Nothing was raised.",
        Pane::History => "Nothing happened yet.",
        Pane::Entries => "No stage says anything yet.",
        Pane::Approvals => "No approval on this desk is named, and no value is limited.",
        Pane::Message => opened.message.as_ref().map_or("The message is being read.", |message| &message.what),
    }
}

/// A line of the message, with what the desk says of the entry it begins.
fn written_line(pen: &Pen<'_>, opened: &Opened, line: &Written) -> (Pieces, Pieces) {
    let change = opened.change_written(line);
    let finding = change.and_then(|change| opened.findings_at(&change.address).next());
    let (mark, role) = match (change, finding) {
        (_, Some(finding)) if finding.grade >= Grade::Warn => finding_mark(finding.grade),
        (Some(change), _) if change.undecided => (Mark::Undecided, Role::Open),
        _ => return (vec![piece(format!("  {}", line.text), Role::Normal)], Vec::new()),
    };
    (vec![piece(format!("{} ", pen.looks.mark(mark)), role), piece(line.text.clone(), Role::Normal)], Vec::new())
}

fn element<'a>(model: &'a Model, change: &Change) -> Option<&'a Element> {
    model.house.catalogue.element(&change.address)
}

fn title(model: &Model, change: &Change) -> String {
    title_of(model, &change.address)
}

/// The title of an entry, with the rows it is in.
pub(super) fn title_of(model: &Model, address: &Address) -> String {
    let name = model.house.catalogue.element(address).map_or(address.name(), |element| element.title);
    format!("{name}{}", rows_of(address))
}

fn unit(model: &Model, change: &Change) -> String {
    element(model, change).and_then(|element| element.unit).map(|unit| format!(" {unit}")).unwrap_or_default()
}

/// A value with what it means, where it is a code whose meaning is known.
fn with_meaning(pen: &Pen<'_>, model: &Model, change: &Change, value: &str) -> String {
    let meaning = element(model, change).and_then(|element| element.meaning(value));
    let dot = pen.looks.mark(Mark::Dot);
    meaning.map_or_else(|| value.to_owned(), |meaning| format!("{value} {dot} {meaning}"))
}

pub(super) fn finding_mark(grade: Grade) -> (Mark, Role) {
    match grade {
        Grade::Block => (Mark::Blocks, Role::Blocks),
        Grade::Warn => (Mark::Warns, Role::Warns),
        Grade::Info | Grade::Off => (Mark::Info, Role::Dim),
    }
}

/// The words beside the mark of what changed since it was signed.
pub(super) const SINCE_SIGNED: &str = "changed since signed";

/// What became of a change, as a mark and in words.
pub(super) fn decision(opened: &Opened, change: &Change, model: &Model) -> (Mark, Role, String) {
    if let Some(confirmed) = &change.confirmed {
        return (Mark::Confirmed, Role::Fine, format!("confirmed {}", confirmed.by));
    }
    if opened.confirming.contains(&change.address) {
        return (Mark::Sending, Role::Fine, "confirming".to_owned());
    }
    if let Some(id) = change.exception {
        let found = opened.dossier.record.exceptions.iter().find(|exception| exception.id == id);
        let state = found.map_or("", |exception| exception.state_on(model.now.day()).word());
        return (Mark::Exception, Role::Warns, format!("exception {} {state}", id.0));
    }
    if change.undecided {
        return (Mark::Undecided, Role::Open, "undecided".to_owned());
    }
    let words = match (change.kind, change.origin) {
        (_, Some(Origin::Approval)) => "approval",
        (_, Some(Origin::StageBefore)) => "stage before",
        (_, Some(Origin::Desk)) => "desk",
        (ChangeKind::Inherited, _) => "inherited",
        (ChangeKind::Restated, _) => "restated",
        (ChangeKind::Copied, _) => "copied",
        (kind, _) => kind.word(),
    };
    (Mark::Dot, Role::Dim, words.to_owned())
}

/// What stands between the marks of an entry and its number: whether it changed since it was signed.
fn since_mark(pen: &Pen<'_>, opened: &Opened, change: &Change) -> super::ink::Piece {
    match opened.changed_since_signed(&change.address) {
        true => piece(pen.looks.mark(Mark::SinceSigned), Role::Warns),
        false => piece(" ", Role::Dim),
    }
}

/// The values before and ours, a code with what it means.
fn values(pen: &Pen<'_>, model: &Model, change: &Change) -> Pieces {
    let unit = unit(model, change);
    let words = |value: &Option<String>| {
        value.as_deref().map_or_else(String::new, |value| with_meaning(pen, model, change, value))
    };
    let (before, ours) = (words(&change.before), words(&change.ours));
    let arrow = format!(" {} ", pen.looks.mark(Mark::Arrow));
    match change.kind {
        ChangeKind::Changed => vec![
            piece(before, Role::Normal),
            piece(arrow, Role::Dim),
            piece(ours, Role::Changed),
            piece(unit, Role::Dim),
        ],
        ChangeKind::Added | ChangeKind::RowAdded => {
            vec![piece("+ ", Role::Dim), piece(ours, Role::Changed), piece(unit, Role::Dim)]
        }
        ChangeKind::RowDropped => {
            vec![piece(format!("{} ", pen.looks.mark(Mark::None)), Role::Dim), piece(before, Role::Changed)]
        }
        ChangeKind::Restated | ChangeKind::Copied => {
            vec![
                piece(ours, Role::Normal),
                piece(unit, Role::Dim),
                piece(format!(" = {}", change.kind.word()), Role::Dim),
            ]
        }
        ChangeKind::Inherited => {
            vec![piece(before, Role::Normal), piece(unit, Role::Dim), piece(" = inherited", Role::Dim)]
        }
    }
}

fn change_lines(pen: &Pen<'_>, model: &Model, opened: &Opened, change: &Change) -> Vec<(Pieces, Pieces)> {
    let (mark, role, words) = decision(opened, change, model);
    let finding = opened.findings_at(&change.address).next();
    let second = match finding.map(|finding| finding_mark(finding.grade)) {
        Some((mark, role)) => piece(pen.looks.mark(mark), role),
        None => piece(" ", Role::Normal),
    };
    let entry = element(model, change).and_then(|element| element.entry).unwrap_or_default();
    let mut first = vec![
        piece(pen.looks.mark(mark), role),
        second,
        since_mark(pen, opened, change),
        piece(format!("{entry:<6} "), Role::Dim),
        piece(title(model, change), Role::Heading),
    ];
    if let Some((_, line)) = opened.corrections_at(&change.address).last() {
        first.push(piece("  base corrected:", Role::Warns));
        first.extend(from_to(pen, line.from.as_deref(), line.to.as_deref()));
    }
    let mut below = vec![piece(" ".repeat(10), Role::Normal)];
    below.extend(values(pen, model, change));
    let dot = pen.looks.mark(Mark::Dot);
    match (&change.set_by, change.origin) {
        (Some(by), _) => below.push(piece(format!("  {by}"), Role::Dim)),
        (None, Some(origin)) => below.push(piece(format!("  {}", origin.word()), Role::Dim)),
        (None, None) => {}
    }
    if let Some(reason) = change.reason.as_deref().filter(|reason| !reason.is_empty()) {
        below.push(piece(format!(" {dot} {reason}"), Role::Dim));
    }
    let checked = match finding {
        Some(finding) => {
            vec![piece(format!("{} {}", finding.check, grade_word(finding.grade)), finding_mark(finding.grade).1)]
        }
        None => Vec::new(),
    };
    let mut decided = vec![piece(words, role)];
    if opened.changed_since_signed(&change.address) {
        decided.insert(0, piece(format!("{SINCE_SIGNED}, "), Role::Warns));
    }
    vec![(first, decided), (below, checked)]
}

pub(super) fn grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Block => "blocks",
        Grade::Warn => "warns",
        Grade::Info | Grade::Off => "says",
    }
}

fn entry_line(pen: &Pen<'_>, model: &Model, opened: &Opened, change: &Change) -> (Pieces, Pieces) {
    let entry = element(model, change).and_then(|element| element.entry).unwrap_or_default();
    let (mark, role, _) = decision(opened, change, model);
    let value =
        if change.kind == ChangeKind::RowDropped { None } else { change.ours.as_ref().or(change.before.as_ref()) };
    let from = match (change.kind, change.values.last()) {
        (ChangeKind::RowDropped, _) => "dropped".to_owned(),
        (_, Some((stage, _))) if *stage == opened.dossier.record.build_stage => match change.origin {
            Some(Origin::Copied) => "copied".to_owned(),
            Some(Origin::Approval) => "approval".to_owned(),
            Some(Origin::StageBefore) => "before".to_owned(),
            Some(Origin::Desk) => "desk".to_owned(),
            Some(Origin::Restated) => "restated".to_owned(),
            _ => "ours".to_owned(),
        },
        (_, Some((stage, _))) => format!("stage {stage}"),
        (_, None) => String::new(),
    };
    let ours = change.kind.differs();
    let left = vec![
        piece(pen.looks.mark(mark), role),
        since_mark(pen, opened, change),
        piece(format!("{entry:<6} "), Role::Dim),
        piece(format!("{}  ", title(model, change)), Role::Normal),
        piece(
            value.map_or_else(String::new, |value| with_meaning(pen, model, change, value)),
            if ours { Role::Changed } else { Role::Heading },
        ),
        piece(unit(model, change), Role::Dim),
    ];
    (left, vec![piece(from, if ours { Role::Changed } else { Role::Dim })])
}

pub(super) fn duties(duties: &[Duty]) -> String {
    let words: Vec<&str> = duties.iter().map(|duty| duty.word()).collect();
    words.join(" or ")
}

fn reason_lines(pen: &Pen<'_>, reason: Reason<'_>) -> Vec<(Pieces, Pieces)> {
    let indent = piece("  ", Role::Normal);
    match reason {
        Reason::Obstacle(obstacle) => vec![
            (
                vec![
                    piece(format!("{} ", pen.looks.mark(Mark::Blocks)), Role::Blocks),
                    piece(obstacle.what.clone(), Role::Normal),
                ],
                Vec::new(),
            ),
            (
                vec![indent, piece(format!("can: {}", duties(&obstacle.who)), Role::Dim)],
                vec![piece(obstacle.rule.clone(), Role::Dim)],
            ),
        ],
        Reason::Remark(finding) => {
            let (mark, role) = finding_mark(finding.grade);
            vec![
                (
                    vec![
                        piece(format!("{} ", pen.looks.mark(mark)), role),
                        piece(finding.message.clone(), Role::Normal),
                    ],
                    Vec::new(),
                ),
                (
                    vec![indent, piece(format!("{}, does not block", grade_word(finding.grade)), Role::Dim)],
                    vec![piece(finding.check, Role::Dim)],
                ),
            ]
        }
    }
}

fn exception_lines(pen: &Pen<'_>, model: &Model, policy: &Policy, exception: &Exception) -> Vec<(Pieces, Pieces)> {
    let open = exception.is_open_on(model.now.day());
    let (mark, role) = if open { (Mark::Exception, Role::Warns) } else { (Mark::Confirmed, Role::Fine) };
    let state = exception.state_on(model.now.day()).word();
    let weight = match (open, exception.blocking) {
        (true, true) => ", blocks",
        (true, false) => ", minor",
        (false, _) => "",
    };
    let kind = policy.exception_kind(&exception.kind).map_or(exception.kind.as_str(), |kind| &kind.title);
    let owner = exception.owner.as_ref().map_or("nobody", Login::as_str);
    let first = vec![
        piece(format!("{} {} ", pen.looks.mark(mark), exception.id.0), role),
        piece(kind, Role::Heading),
        piece(weight, if exception.blocking { Role::Blocks } else { Role::Dim }),
    ];
    let second = vec![piece("  ", Role::Normal), piece(exception.text.clone(), Role::Normal)];
    vec![(first, vec![piece(format!("{state}, {owner}"), role)]), (second, Vec::new())]
}

fn event_line(pen: &Pen<'_>, model: &Model, event: &Event) -> (Pieces, Pieces) {
    let mut left = vec![
        piece(format!("{}  ", days::when(event.at, model.now)), Role::Dim),
        piece(format!("{:<8} ", event.by.as_str()), Role::Normal),
        piece(event.action.clone(), Role::Heading),
    ];
    // Of a message that came again, what it says otherwise; the two hashes say nothing to a reader.
    let told = event.corrected().find(|line| !is_formal(&Address::unchecked(&line.what)));
    if let Some(line) = told.or(event.facts.lines.first()) {
        left.push(piece(format!("  {}", teller(pen, model).brief(event, line)), Role::Normal));
    }
    let more = event.facts.lines.len().saturating_sub(1);
    let right = if more > 0 { vec![piece(format!("+{more}"), Role::Dim)] } else { Vec::new() };
    (left, right)
}

/// Who tells the history on this terminal.
pub(super) fn teller<'a>(pen: &Pen<'_>, model: &'a Model) -> Teller<'a> {
    let moved = if pen.looks.ascii { story::in_ascii } else { story::printed };
    Teller { catalogue: model.house.catalogue, moved }
}

fn from_to(pen: &Pen<'_>, from: Option<&str>, to: Option<&str>) -> Pieces {
    let none = pen.looks.mark(Mark::None);
    let arrow = format!(" {} ", pen.looks.mark(Mark::Arrow));
    vec![
        piece(format!("  {}", from.unwrap_or(none)), Role::Normal),
        piece(arrow, Role::Dim),
        piece(to.unwrap_or(none), Role::Changed),
    ]
}

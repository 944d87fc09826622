//! The queues with their counts, and the list of a queue.

use super::columns::{Columns, fitting};
use super::days;
use super::ink::{Mark, Pen, Piece, piece, wrapped};
use crate::app::help::keys_of;
use crate::app::layout::{Area, Focus};
use crate::app::model::{Context, Model, QUEUE_NAME};
use crate::app::msg::Row;
use crate::config::theme::Role;
use crate::domain::queue::QueueName;
use crate::domain::summary::Summary;

/// The queues.
pub fn queues(pen: &mut Pen<'_>, model: &Model, area: Area) {
    if area.is_empty() {
        return;
    }
    let focused = model.focus == Focus::Queues && model.sheet.is_none();
    pen.text(area, 0, 1, "Queues", if focused { Role::Heading } else { Role::Dim });
    let (_, rows) = area.split_rows(1);
    let rows = Area { width: rows.width.saturating_sub(1), ..rows };
    let told = model.queue_told();
    let (rows, below) = rows.split_rows(rows.height.saturating_sub(u16::try_from(told.len()).unwrap_or(u16::MAX)));
    for (row, line) in told.iter().enumerate() {
        let line = pen.looks.plain(line);
        pen.text(below, row, 1, &line, Role::Dim);
    }
    let scroll = model.queues.scroll;
    for (row, (queue, count)) in model.queues.rows.iter().skip(scroll.top).take(usize::from(rows.height)).enumerate() {
        let here = *queue == model.list.queue;
        let mark = if here { pen.looks.mark(Mark::Cursor) } else { " " };
        let role = if here { Role::Heading } else { Role::Normal };
        let title = pen.looks.plain(model.queues.title(*queue));
        let holds = pen.looks.plain(model.queues.holds(*queue));
        let wide = if rows.width > 40 { format!("{title:<QUEUE_NAME$} {holds}") } else { title };
        let whole = model.queues.saved(*queue).is_none_or(|saved| saved.whole);
        let number = if whole { count.to_string() } else { format!("{count}+") };
        let names = Area { width: rows.width.saturating_sub(u16::try_from(number.len()).unwrap_or(0) + 1), ..rows };
        pen.put(names, row, 0, &[piece(mark, Role::Focus), piece(wide, role)]);
        pen.right(rows, row, &[piece(number, if *count == 0 { Role::Dim } else { role })]);
        if here && focused {
            pen.shade(rows, row, 1, Role::Selected);
        }
    }
}

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Vin,
    Variant,
    Build,
    Step,
    Owner,
    Due,
    Changes,
    Exceptions,
    Findings,
}

/// The columns that fit, in their order, each with its width.
fn columns(width: usize) -> Columns<Column> {
    let columns = vec![
        (Column::Vin, 9),
        (Column::Variant, 0),
        (Column::Build, 0),
        (Column::Step, 0),
        (Column::Owner, 0),
        (Column::Due, 7),
        (Column::Changes, 5),
        (Column::Exceptions, 3),
        (Column::Findings, 3),
    ];
    // What comes first where there is room, most wanted first.
    let wider = [
        (Column::Step, 11),
        (Column::Owner, 8),
        (Column::Variant, 12),
        (Column::Build, 10),
        (Column::Vin, 17),
        (Column::Build, 14),
        (Column::Variant, 14),
        (Column::Build, 24),
        (Column::Variant, 22),
        (Column::Owner, 12),
        (Column::Build, 40),
    ];
    fitting(columns, wider, 2, width).0
}

/// The list of the queue.
pub fn list(pen: &mut Pen<'_>, model: &Model, area: Area) {
    if area.is_empty() {
        return;
    }
    let side = model.size.0 > area.width && area.x > 0;
    if side {
        pen.edge(area);
    }
    let (_, area) = area.split_columns(u16::from(side));
    let columns = columns(usize::from(area.width));
    let (head, rows) = area.split_rows(1);
    let mut at = 2;
    for (column, width) in &columns {
        let title = match column {
            Column::Vin => "VIN",
            Column::Variant => "Variant",
            Column::Build => "Build",
            Column::Step => "Step",
            Column::Owner => "Owner",
            Column::Due => "Due",
            Column::Changes => "Done",
            Column::Exceptions => pen.looks.mark(Mark::Exception),
            Column::Findings => pen.looks.mark(Mark::Blocks),
        };
        pen.text(head, 0, at, title, Role::Dim);
        at += width + 1;
    }
    if model.list.rows.is_empty() {
        return nothing(pen, model, rows);
    }
    let scroll = model.list.scroll;
    let focused = model.focus == Focus::List && model.sheet.is_none();
    for (row, line) in model.list.rows.iter().skip(scroll.top).take(usize::from(rows.height)).enumerate() {
        // Where a record is read that is not of this list, no row of it is the one that is acted on.
        let elsewhere = model.focus == Focus::Record && model.shown.is_some_and(|id| id != line.summary.id);
        let here = scroll.top + row == scroll.at && !elsewhere;
        one_row(pen, model, rows, row, line, &columns, here);
        if here && focused {
            pen.shade(rows, row, 1, Role::Selected);
        }
    }
}

fn one_row(
    pen: &mut Pen<'_>,
    model: &Model,
    area: Area,
    row: usize,
    line: &Row,
    columns: &[(Column, usize)],
    here: bool,
) {
    let summary = &line.summary;
    let changed = model.list.changed.get(&summary.id);
    let cursor = if here { pen.looks.mark(Mark::Cursor) } else { " " };
    let marked = model.marks.contains_key(&summary.id);
    let news = match (changed, line.unread) {
        _ if marked => piece(pen.looks.mark(Mark::Marked), Role::Marked),
        (Some(_), _) => piece(pen.looks.mark(Mark::News), Role::Live),
        (None, true) => piece(pen.looks.mark(Mark::Unread), Role::Live),
        (None, false) => piece(" ", Role::Normal),
    };
    pen.put(area, row, 0, &[piece(cursor, Role::Focus), news]);
    let mut at = 2;
    for (column, width) in columns {
        let cell = Area { width: u16::try_from(at + width).unwrap_or(u16::MAX).min(area.width), ..area };
        let pieces = match column {
            Column::Build if changed.is_some() => {
                vec![piece(changed.map(|who| format!("now by {who}")).unwrap_or_default(), Role::Live)]
            }
            _ => column_pieces(pen, model, summary, *column, *width),
        };
        pen.put(cell, row, at, &pieces);
        at += width + 1;
    }
}

fn column_pieces(pen: &Pen<'_>, model: &Model, summary: &Summary, column: Column, width: usize) -> Vec<Piece> {
    let today = model.now.day();
    let none = pen.looks.mark(Mark::None);
    let or_none = |text: Option<&str>| match text {
        Some(text) => piece(text, Role::Normal),
        None => piece(none, Role::Dim),
    };
    match column {
        Column::Vin => {
            let tail = summary.vin.tail();
            let lead = if width >= 17 { &summary.vin.as_str()[..9] } else { pen.looks.mark(Mark::More) };
            vec![piece(lead, Role::Dim), piece(tail, Role::Heading)]
        }
        Column::Variant => {
            let text = [summary.variant.as_deref(), summary.version_code.as_deref()];
            let text: Vec<&str> = text.into_iter().flatten().collect();
            vec![or_none((!text.is_empty()).then(|| text.join(" ")).as_deref())]
        }
        Column::Build => {
            let text = match (&summary.bodywork, summary.options.is_empty()) {
                (Some(bodywork), false) => format!("{bodywork} {}", summary.options.join(" ")),
                (Some(bodywork), true) => bodywork.clone(),
                (None, _) => summary.options.join(" "),
            };
            vec![piece(text, Role::Normal)]
        }
        Column::Step if summary.held_on(today) => vec![piece("on hold", Role::Warns)],
        Column::Step if summary.approval_status.is_some() => {
            // The approval of a released record may be withdrawn too: it is marked where it stands.
            vec![
                piece(format!("{} ", pen.looks.mark(Mark::Blocks)), Role::Blocks),
                piece(summary.step.clone(), Role::Normal),
            ]
        }
        Column::Step => vec![piece(summary.step.clone(), Role::Normal)],
        Column::Owner => vec![or_none(summary.owner.as_ref().map(crate::domain::identity::Login::as_str))],
        Column::Due => {
            let role = if summary.overdue_on(today) { Role::Blocks } else { Role::Normal };
            vec![piece(days::due(summary.due, today), role)]
        }
        Column::Changes => {
            let decided = summary.changes.saturating_sub(summary.unconfirmed);
            let role = match (summary.changes, summary.unconfirmed) {
                (0, _) => Role::Dim,
                (_, 0) => Role::Fine,
                _ => Role::Open,
            };
            vec![piece(format!("{decided}/{}", summary.changes), role)]
        }
        Column::Exceptions => counted(pen, summary.open_exceptions, Mark::Exception, Role::Warns),
        Column::Findings if summary.blocking_findings == 0 => {
            counted(pen, summary.warning_findings, Mark::Warns, Role::Warns)
        }
        Column::Findings => counted(pen, summary.blocking_findings, Mark::Blocks, Role::Blocks),
    }
}

fn counted(pen: &Pen<'_>, count: u32, mark: Mark, role: Role) -> Vec<Piece> {
    match count {
        0 => vec![piece(pen.looks.mark(Mark::Dot), Role::Dim)],
        count => vec![piece(format!("{}{}", pen.looks.mark(mark), count.min(99)), role)],
    }
}

/// What an empty list says: what to do next.
fn nothing(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let count = |queue| model.queues.rows.iter().find(|(known, _)| *known == queue).map(|(_, count)| *count);
    let key = |command| keys_of(model, Context::List, command).first().map_or("-", String::as_str);
    let lines: Vec<String> = if !model.list.asked.is_known() {
        vec!["reading …".into()]
    } else if !model.list.words.is_empty() {
        vec![
            format!("Nothing here matches `{}`.", model.list.words),
            format!("{} shows the whole queue again.", key("back")),
        ]
    } else if count(QueueName::All) == Some(0) {
        vec![
            "The desk is empty.".into(),
            "First the approvals: stageplate approval import FILE".into(),
            "Then base messages and build sheets: stageplate import FILE…".into(),
        ]
    } else {
        vec![
            format!("Nothing here: {}.", model.queues.holds(model.list.queue)),
            format!(
                "{} and {} go to the queues beside, {} searches, {} tells all keys.",
                key("previous-queue"),
                key("next-queue"),
                key("filter"),
                key("help")
            ),
        ]
    };
    let width = usize::from(area.width).saturating_sub(4);
    let mut row = 1;
    for line in lines {
        for part in wrapped(&pen.looks.plain(&line), width) {
            pen.text(area, row, 2, &part, Role::Normal);
            row += 1;
        }
    }
}

//! The exceptions board: the ways to group, the groups with their counts, the exceptions, the one under the cursor.

use super::columns::{Columns, fitting};
use super::days;
use super::ink::{Mark, Pen, Pieces, cells, piece, wrapped};
use crate::app::board::{Board, Parts, kind_title, named, parts};
use crate::app::forms::title_of;
use crate::app::help::keys_of;
use crate::app::layout::Area;
use crate::app::model::{Context, Model};
use crate::app::tabs;
use crate::config::theme::Role;
use crate::domain::exception::{Exception, State};
use crate::domain::filter::Filter;
use crate::domain::identity::Login;
use crate::domain::moment::Moment;
use crate::domain::triage::{By, Raised};

/// Draws the board.
pub fn board(pen: &mut Pen<'_>, model: &Model) {
    let Parts { tabs, groups, rows, detail } = parts(model);
    ways(pen, model, tabs);
    counted(pen, model, groups);
    if rows.x > 0 {
        pen.edge(rows);
        pen.edge(detail);
    }
    let aside = u16::from(rows.x > 0);
    exceptions(pen, model, rows.split_columns(aside).1);
    one(pen, model, detail.split_columns(aside).1);
}

/// What the top line says of it: how many there are, what is marked and filtered.
pub fn top(pen: &Pen<'_>, board: &Board) -> Pieces {
    let mut said = Vec::new();
    if let Some(groups) = &board.groups {
        let (open, blocking) = groups.total();
        let more = if groups.whole { "" } else { "+" };
        let found = board.filter.as_ref().is_some_and(Filter::asks_state);
        let what = match (board.settled, found) {
            (true, _) => "settled",
            (false, true) => "found",
            (false, false) => "to settle",
        };
        said.push(piece(format!(" {} {open}{more} {what}", pen.looks.mark(Mark::Dot)), Role::Normal));
        if blocking > 0 {
            said.push(piece(format!("  {}{blocking}{more} block", pen.looks.mark(Mark::Blocks)), Role::Blocks));
        }
    }
    if !board.marks.is_empty() {
        said.push(piece(format!("  {}{} marked", pen.looks.mark(Mark::Marked), board.marks.len()), Role::Marked));
    }
    if !board.words.is_empty() {
        said.push(piece(format!("  /{}", board.words), Role::Changed));
    }
    said
}

fn ways(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let mut line: Pieces = vec![piece(tabs::BEFORE_WAYS, Role::Dim)];
    for (by, text) in tabs::ways(model, usize::from(area.width)) {
        line.push(piece(text, if by == model.board.by { Role::Heading } else { Role::Dim }));
    }
    pen.put(area, 0, 0, &line);
}

fn counted(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let board = &model.board;
    let Some(groups) = &board.groups else {
        pen.text(area, 0, 1, "counting …", Role::Dim);
        return;
    };
    let all = ("All".to_owned(), groups.total(), board.group.is_none());
    let each = groups.rows.iter().map(|group| {
        let here = board.group.as_ref() == Some(&group.key);
        (named(model, groups.by, group.key.as_deref()), (group.open, group.blocking), here)
    });
    let focused = board.on_groups && model.sheet.is_none();
    let more = if groups.whole { "" } else { "+" };
    let digits = groups.total().0.to_string().len();
    let area = Area { width: area.width.saturating_sub(1), ..area };
    let rows = std::iter::once(all).chain(each).skip(board.group_scroll.top);
    for (row, (name, (open, blocking), here)) in rows.take(usize::from(area.height)).enumerate() {
        let role = if here { Role::Heading } else { Role::Normal };
        let mut numbers = Vec::new();
        if blocking > 0 {
            numbers.push(piece(format!("{}{blocking} ", pen.looks.mark(Mark::Blocks)), Role::Blocks));
        }
        numbers.push(piece(format!("{open:>digits$}{more}"), role));
        let names = Area { width: area.width.saturating_sub(u16::try_from(cells(&numbers)).unwrap_or(0) + 1), ..area };
        let mark = if here { pen.looks.mark(Mark::Cursor) } else { " " };
        pen.put(names, row, 0, &[piece(mark, Role::Focus), piece(pen.looks.plain(&name), role)]);
        pen.right(area, row, &numbers);
        if here && focused {
            pen.shade(area, row, 1, Role::Selected);
        }
    }
}

/// A column of the list, with the cells it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Vin,
    Kind,
    Entry,
    Owner,
    Step,
    Variant,
    Age,
    Text,
}

/// The columns that fit, in their order; what the exceptions have in common is not told of each.
fn columns(board: &Board, width: usize) -> Columns<Column> {
    let common = |by: By| board.by == by && board.group.is_some();
    let columns = vec![
        (Column::Vin, 9),
        (Column::Kind, 0),
        (Column::Entry, 0),
        (Column::Owner, 0),
        (Column::Step, 0),
        (Column::Variant, 0),
        (Column::Age, 4),
        (Column::Text, 0),
    ];
    let mut wider = Vec::new();
    if !common(By::Kind) {
        wider.push((Column::Kind, 14));
    }
    if !common(By::Owner) {
        wider.push((Column::Owner, 8));
    }
    wider.extend([(Column::Entry, 9), (Column::Text, 20), (Column::Step, 11)]);
    if !common(By::Variant) {
        wider.push((Column::Variant, 8));
    }
    if !common(By::Kind) {
        wider.push((Column::Kind, 22));
    }
    let (mut columns, left) = fitting(columns, wider, 5, width);
    if let Some((_, room)) = columns.iter_mut().find(|(column, _)| *column == Column::Text) {
        *room += left;
    }
    columns
}

fn exceptions(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let board = &model.board;
    let columns = columns(board, usize::from(area.width));
    let (head, rows) = area.split_rows(1);
    let mut at = 5;
    for (column, width) in &columns {
        let title = match column {
            Column::Vin => "VIN",
            Column::Kind => "Kind",
            Column::Entry => "Entry",
            Column::Owner => "Owner",
            Column::Step => "Step",
            Column::Variant => "Variant",
            Column::Age => "Age",
            Column::Text => "What is wrong",
        };
        pen.text(head, 0, at, title, Role::Dim);
        at += width + 1;
    }
    if board.rows.is_empty() {
        return nothing(pen, model, rows);
    }
    let focused = !board.on_groups && model.sheet.is_none();
    for (row, line) in board.rows.iter().skip(board.scroll.top).take(usize::from(rows.height)).enumerate() {
        let here = board.scroll.top + row == board.scroll.at;
        one_row(pen, model, (rows, row), line, &columns, here);
        if here && focused {
            pen.shade(rows, row, 1, Role::Selected);
        }
    }
}

fn one_row(
    pen: &mut Pen<'_>,
    model: &Model,
    (area, row): (Area, usize),
    line: &Raised,
    columns: &[(Column, usize)],
    here: bool,
) {
    let exception = &line.exception;
    let cursor = if here { pen.looks.mark(Mark::Cursor) } else { " " };
    let marked = if model.board.marks.contains_key(&exception.id) { pen.looks.mark(Mark::Marked) } else { " " };
    let weight = match exception.blocking {
        _ if !exception.is_open_on(model.now.day()) => piece(pen.looks.mark(Mark::Confirmed), Role::Fine),
        true => piece(pen.looks.mark(Mark::Blocks), Role::Blocks),
        false => piece(pen.looks.mark(Mark::Warns), Role::Warns),
    };
    let linked = if exception.group.is_some() { "=" } else { " " };
    let marks = [piece(cursor, Role::Focus), piece(marked, Role::Marked), weight, piece(linked, Role::Dim)];
    pen.put(area, row, 0, &marks);
    let none = pen.looks.mark(Mark::None);
    let or_none = |text: Option<&str>| match text {
        Some(text) => piece(text, Role::Normal),
        None => piece(none, Role::Dim),
    };
    let mut at = 5;
    for (column, width) in columns {
        let cell = Area { width: u16::try_from(at + width).unwrap_or(u16::MAX).min(area.width), ..area };
        let pieces = match column {
            Column::Vin => {
                vec![piece(pen.looks.mark(Mark::More), Role::Dim), piece(line.vin.tail(), Role::Heading)]
            }
            Column::Kind => vec![piece(kind_title(model, &exception.kind), Role::Normal)],
            Column::Entry => {
                let entry = exception.at.as_ref().map(|at| {
                    let number = model.house.catalogue.element(at).and_then(|element| element.entry);
                    number.map_or_else(|| at.to_string(), str::to_owned)
                });
                vec![or_none(entry.as_deref())]
            }
            Column::Owner => vec![or_none(exception.owner.as_ref().map(Login::as_str))],
            Column::Step => vec![piece(line.step.clone(), Role::Normal)],
            Column::Variant => vec![or_none(line.variant.as_deref())],
            Column::Age => {
                let days = days_since(exception.raised_at, model.now);
                vec![piece(format!("{days}d"), if days > 7 { Role::Warns } else { Role::Normal })]
            }
            Column::Text => vec![piece(exception.text.lines().next().unwrap_or_default(), Role::Normal)],
        };
        pen.put(cell, row, at, &pieces);
        at += width + 1;
    }
}

fn days_since(then: Moment, now: Moment) -> i64 {
    (now.day() - then.day()).num_days().max(0)
}

/// The exception under the cursor, as far as there is room: what it is, what was said, the last of it at the end.
fn one(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let Some(row) = model.board.row().filter(|_| !area.is_empty()) else { return };
    let exception = &row.exception;
    let width = usize::from(area.width).saturating_sub(2);
    let mut lines: Vec<(String, Role)> = Vec::new();
    let weight = if exception.blocking { "blocks" } else { "minor" };
    let owner = exception.owner.as_ref().map_or("nobody's yet".to_owned(), |owner| format!("{owner}'s"));
    let head = format!(
        "{} {} · {} · {} · {weight} · {owner}",
        exception.id.0,
        row.vin,
        kind_title(model, &exception.kind),
        state(exception, model.now)
    );
    lines.extend(wrapped(&head, width).into_iter().map(|part| (part, Role::Heading)));
    if let Some(at) = &exception.at {
        let at = format!("at {} · {at}", title_of(&model.house, at));
        lines.extend(wrapped(&at, width).into_iter().map(|part| (part, Role::Normal)));
    }
    for part in wrapped(&exception.text, width) {
        lines.push((part, Role::Normal));
    }
    if let Some(outcome) = &exception.outcome {
        let until = outcome.until.map(|day| format!(" until {day}")).unwrap_or_default();
        let (by, at) = (&outcome.by, days::when(outcome.at, model.now));
        let told = format!("{}{until} by {by} {at}: {}", exception.state.word(), outcome.text);
        lines.extend(wrapped(&told, width).into_iter().map(|part| (part, Role::Fine)));
    }
    let by = exception.raised_by.as_ref().map_or("the desk", Login::as_str);
    let linked = exception.group.map(|group| format!(" · linked as {}", group.0)).unwrap_or_default();
    let said_at = days::when(exception.raised_at, model.now);
    lines.push((format!("raised by {by} {said_at}{linked}"), Role::Dim));
    let record = [Some(row.step.as_str()), row.scope.as_deref(), row.approval.as_deref(), row.variant.as_deref()];
    let record: Vec<&str> = record.into_iter().flatten().collect();
    lines.push((record.join(" · "), Role::Dim));
    let said = exception.discussion.iter().rev();
    for remark in said {
        let back = if remark.struck_at.is_some() { " (taken back)" } else { "" };
        let text = format!("{} {}{back}: {}", remark.by, days::when(remark.at, model.now), remark.text);
        lines.extend(wrapped(&text, width).into_iter().map(|part| (part, Role::Normal)));
    }
    pen.text(area, 0, 0, &rule(pen, usize::from(area.width)), Role::Border);
    let (_, area) = area.split_rows(1);
    let room = usize::from(area.height);
    for (at, (line, role)) in lines.iter().take(room).enumerate() {
        let line = pen.looks.plain(line);
        pen.text(area, at, 1, &line, *role);
    }
    if lines.len() > room {
        reads_on(pen, model, area);
    }
}

/// Says on the last line of an area that there is more, and which key reads it.
pub(super) fn reads_on(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let key = keys_of(model, model.context(), "read-exception").first();
    let key = key.map(|key| format!("{key} reads on ")).unwrap_or_default();
    let more = format!(" {} {key}", pen.looks.mark(Mark::More));
    pen.right(area, usize::from(area.height.saturating_sub(1)), &[piece(more, Role::Dim)]);
}

fn rule(pen: &Pen<'_>, width: usize) -> String {
    if pen.looks.ascii { "-" } else { "─" }.repeat(width)
}

fn state(exception: &Exception, now: Moment) -> &'static str {
    match (exception.state, exception.waiver_ended(now.day())) {
        (_, Some(_)) => "its waiver ended",
        (State::Open, None) => "open",
        (state, None) => state.word(),
    }
}

/// What an empty board says.
fn nothing(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let board = &model.board;
    let key = |command| keys_of(model, Context::Board, command).first().map_or("-", String::as_str);
    let lines = if !board.asked.is_known() {
        vec!["reading …".to_owned()]
    } else if !board.words.is_empty() {
        vec![
            format!("No exception matches `{}`.", board.words),
            format!("{} writes another filter, {} twice takes it away.", key("filter"), key("back")),
        ]
    } else if board.settled {
        vec!["No exception was settled yet.".to_owned(), format!("{} goes back to what is to settle.", key("settled"))]
    } else {
        vec![
            "No exception is open: there is nothing to settle.".to_owned(),
            format!("{} goes back to the desk; there `flag` raises one, on an entry or on a record.", key("desk")),
            "The desk raises them too: late corrections, base errors, approvals that went.".to_owned(),
        ]
    };
    let width = usize::from(area.width).saturating_sub(4);
    let looks = pen.looks;
    let parts = lines.iter().flat_map(|line| wrapped(&looks.plain(line), width));
    for (row, part) in parts.enumerate() {
        pen.text(area, row + 1, 2, &part, Role::Normal);
    }
}

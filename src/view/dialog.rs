//! What lies over the screen: forms, questions, the palette, help.

use super::ink::{Mark, Pen, Pieces, piece, wrapped};
use crate::app::bulk::{Bulk, Phase};
use crate::app::command::Command;
use crate::app::form::{Choice, Field, Form, Input};
use crate::app::help::{self, Help, all_keys, keys_of};
use crate::app::layout::{Area, Layout};
use crate::app::model::{Ask, Context, Model};
use crate::app::palette::{Palette, TOLD};
use crate::app::text::Text;
use crate::app::wrap::{self, shown_width};
use crate::config::theme::Role;

/// Choices shown at once.
const CHOICES: usize = 6;

/// Lines being gathered, with the one that must be seen and the terminal's cursor.
#[derive(Default)]
pub(super) struct Sheet {
    /// The lines, and whether each is shown as selected.
    pub lines: Vec<(Pieces, bool)>,
    /// How many of the first lines stay where they are when the others scroll.
    pub stays: usize,
    /// The lines that must be seen.
    pub focus: std::ops::Range<usize>,
    /// Where the terminal's cursor is.
    pub cursor: Option<(usize, usize)>,
}

impl Sheet {
    pub fn line(&mut self, pieces: Pieces) {
        self.lines.push((pieces, false));
    }

    pub fn text(&mut self, text: &str, width: usize, role: Role) {
        for line in wrapped(text, width) {
            self.line(vec![piece(line, role)]);
        }
    }
}

/// A form, above the notice if there is one: however long its text is, what is wrong with it is seen.
pub fn form(pen: &mut Pen<'_>, model: &Model, form: &Form, body: Area) {
    let notice = if model.notice.is_some() { model.layout().notice.height } else { 0 };
    let (body, _) = body.split_rows(body.height.saturating_sub(notice));
    let width = Layout::dialog_width(model.size.0).min(body.width);
    let inside = usize::from(width).saturating_sub(4).max(1);
    let mut sheet = Sheet::default();
    if let Some(meanwhile) = &form.meanwhile {
        let now =
            meanwhile.now.as_ref().map(|now| format!(" {} {now}", pen.looks.mark(Mark::Arrow))).unwrap_or_default();
        let text = format!("{} meanwhile {}{now}", pen.looks.mark(Mark::News), meanwhile.told);
        sheet.text(&text, inside, Role::Live);
    }
    if let Some(fault) = &form.fault {
        sheet.text(&format!("{} {fault}", pen.looks.mark(Mark::Blocks)), inside, Role::Blocks);
    }
    sheet.stays = sheet.lines.len();
    for fact in &form.facts {
        sheet.text(&pen.looks.plain(fact), inside, Role::Normal);
    }
    for (at, one) in form.fields.iter().enumerate() {
        let focused = at == form.at;
        let begin = sheet.lines.len();
        field(pen, model, one, focused, inside, &mut sheet);
        if focused {
            sheet.focus = begin..sheet.lines.len();
        }
    }
    let keys = form_keys(model, form);
    let foot = if form.sending.is_some() { "sending …".to_owned() } else { keys };
    show(pen, &form.title, &sheet, &foot, width, body);
}

fn form_keys(model: &Model, form: &Form) -> String {
    let key = |command| keys_of(model, Context::Form, command).first().map_or("", String::as_str);
    let mut parts = vec![format!("{} send", key("send"))];
    match form.field().map(|field| &field.input) {
        Some(Input::Text(text)) if text.has_lines() => parts.push(format!("{} your editor", key("editor"))),
        Some(_) if form.at + 1 < form.fields.len() => parts.push(format!("{} next", key("accept"))),
        Some(_) => parts.push(format!("{} send", key("accept"))),
        None => {}
    }
    if form.fields.len() > 1 {
        parts.push(format!("{} field", key("next-field")));
    }
    let kept = form.fields.iter().any(|field| field.draft.is_some());
    parts.push(format!("{} close{}", key("cancel"), if kept { ", keep as draft" } else { "" }));
    parts.join("  ")
}

fn field(pen: &Pen<'_>, model: &Model, field: &Field, focused: bool, width: usize, sheet: &mut Sheet) {
    let mark = if focused { pen.looks.mark(Mark::Cursor) } else { " " };
    let role = if focused { Role::Heading } else { Role::Normal };
    let label = vec![piece(mark, Role::Focus), piece(field.label, role), piece(": ", role)];
    let hint = pen.looks.plain(&field.hint);
    match &field.input {
        Input::Text(text) => {
            hinted(label, &hint, width, sheet);
            written(model, text, focused, sheet);
        }
        Input::Choice { all, at } => {
            let mut line = label;
            for (place, choice) in all.iter().enumerate() {
                let (text, role) = match (place == *at, focused) {
                    (true, true) => (format!("[{}]", choice.label), Role::Selected),
                    (true, false) => (format!("[{}]", choice.label), Role::Heading),
                    (false, _) => (format!(" {} ", choice.label), Role::Dim),
                };
                line.push(piece(text, role));
                line.push(piece(" ", Role::Normal));
            }
            sheet.line(line);
        }
        Input::Pick(pick) if focused => {
            let mut line = label;
            let typed = pick.words.content();
            let (_, column) = pick.words.cursor_at(u16::MAX);
            let before = field.label.len() + 3 + column;
            sheet.cursor = Some((sheet.lines.len(), before));
            line.push(piece(typed, Role::Normal));
            if typed.is_empty() {
                line.push(piece(format!(" {hint}"), Role::Dim));
            }
            sheet.line(line);
            let shown = pick.shown();
            let here = shown.iter().position(|at| *at == pick.at).unwrap_or(0);
            let top = here.saturating_sub(CHOICES - 1);
            for at in shown.iter().skip(top).take(CHOICES) {
                sheet.lines.push((choice(pen, &pick.all[*at], *at == pick.at), *at == pick.at));
            }
            if shown.len() > CHOICES {
                sheet.line(vec![piece(format!("    {} of {}", here + 1, shown.len()), Role::Dim)]);
            }
        }
        Input::Pick(pick) => {
            let mut line = label;
            line.push(piece(pick.chosen().map_or("nothing", |choice| &choice.label), Role::Heading));
            sheet.line(line);
        }
    }
    if let Some(fault) = field.fault.as_ref().filter(|_| field.touched) {
        sheet.text(&format!("  {} {fault}", pen.looks.mark(Mark::Blocks)), width, Role::Blocks);
    }
    if let Some(remark) = field.remark.as_ref().filter(|_| field.touched) {
        let (mark, role) = if remark.doubt { (Mark::Warns, Role::Warns) } else { (Mark::Confirmed, Role::Fine) };
        sheet.text(&format!("  {} {}", pen.looks.mark(mark), pen.looks.plain(&remark.text)), width, role);
    }
}

/// A label with what the field takes behind it, and below it what does not fit there: nothing of it is lost.
fn hinted(mut label: Pieces, hint: &str, width: usize, sheet: &mut Sheet) {
    let used: usize = label.iter().map(|piece| shown_width(&piece.text)).sum();
    let room = u16::try_from(width.saturating_sub(used).max(1)).unwrap_or(u16::MAX);
    let first = wrap::rows(hint, room).remove(0);
    label.push(piece(&hint[first.clone()], Role::Dim));
    sheet.line(label);
    let rest = &hint[first.end..];
    for line in wrapped(rest, width.saturating_sub(2).max(1)).iter().filter(|line| !line.is_empty()) {
        sheet.line(vec![piece(format!("  {line}"), Role::Dim)]);
    }
}

fn choice(pen: &Pen<'_>, choice: &Choice, here: bool) -> Pieces {
    let mark = if here { pen.looks.mark(Mark::Arrow) } else { " " };
    let role = if choice.open { Role::Normal } else { Role::Dim };
    let dot = pen.looks.mark(Mark::Dot);
    let mut line = vec![piece(format!("  {mark:<2}"), Role::Normal), piece(pen.looks.plain(&choice.label), role)];
    if !choice.note.is_empty() {
        line.push(piece(format!(" {dot} {}", choice.note), Role::Dim));
    }
    line
}

fn written(model: &Model, text: &Text, focused: bool, sheet: &mut Sheet) {
    let width = model.text_width();
    if focused {
        let (row, column) = text.cursor_at(width);
        sheet.cursor = Some((sheet.lines.len() + row, 2 + column));
    }
    let rows = text.rows(width);
    let least = if text.has_lines() { 3 } else { 1 };
    for row in &rows {
        let role = if focused { Role::Normal } else { Role::Dim };
        sheet.line(vec![piece("  ", Role::Normal), piece(&text.content()[row.clone()], role)]);
    }
    for _ in rows.len()..least {
        sheet.line(Vec::new());
    }
}

/// Draws a sheet in the middle of the body, around the part that must be seen.
pub(super) fn show(pen: &mut Pen<'_>, title: &str, sheet: &Sheet, foot: &str, width: u16, body: Area) {
    let inside = usize::from(width).saturating_sub(4).max(1);
    let foot = wrapped(&pen.looks.plain(foot), inside);
    let wanted = sheet.lines.len() + foot.len() + 2;
    let area = body.centred(width, u16::try_from(wanted).unwrap_or(u16::MAX));
    let inner = pen.sheet(area, title);
    let (rows, feet) = inner.split_rows(inner.height.saturating_sub(u16::try_from(foot.len()).unwrap_or(0)).max(1));
    let rows = Area { x: rows.x + 1, width: rows.width.saturating_sub(2), ..rows };
    let feet = Area { x: feet.x + 1, width: feet.width.saturating_sub(2), ..feet };
    let stays = sheet.stays.min(usize::from(rows.height) / 2);
    for (row, (line, _)) in sheet.lines.iter().take(stays).enumerate() {
        pen.put(rows, row, 0, line);
    }
    let (_, rows) = rows.split_rows(u16::try_from(stays).unwrap_or(0));
    let fit = usize::from(rows.height);
    let cursor = sheet.cursor.map_or(sheet.focus.start, |(row, _)| row);
    // The whole field is seen where it fits, and the cursor in any case.
    let low = sheet.focus.end.saturating_sub(fit).min(sheet.focus.start);
    let top =
        low.max((cursor + 1).saturating_sub(fit)).min(cursor).min(sheet.lines.len().saturating_sub(fit)).max(stays);
    for (row, (line, shaded)) in sheet.lines.iter().skip(top).take(fit).enumerate() {
        pen.put(rows, row, 0, line);
        if *shaded {
            pen.shade(rows, row, 1, Role::Selected);
        }
    }
    for (row, line) in foot.iter().enumerate() {
        pen.text(feet, row, 0, line, Role::Dim);
    }
    if let Some((row, column)) = sheet.cursor
        && row >= top
        && row < top + fit
    {
        pen.point(rows, row - top, column);
    }
}

/// A question; the safe button stands first and has the focus.
pub fn ask(pen: &mut Pen<'_>, ask: &Ask, body: Area) {
    let width = Layout::dialog_width(body.width);
    let inside = usize::from(width).saturating_sub(4).max(1);
    let mut sheet = Sheet::default();
    for line in &ask.lines {
        sheet.text(&pen.looks.plain(line), inside, Role::Normal);
    }
    buttons(&mut sheet, ask.doing, ask.on_doing);
    show(pen, &ask.title, &sheet, "tab or ←→ choose  enter does it  esc back", width, body);
}

/// The safe button and the one that does it, the one with the focus in brackets.
fn buttons(sheet: &mut Sheet, doing: &str, on_doing: bool) {
    sheet.line(Vec::new());
    let button = |text: &str, focused: bool| {
        let (text, role) =
            if focused { (format!("[ {text} ]"), Role::Selected) } else { (format!("  {text}  "), Role::Normal) };
        piece(text, role)
    };
    let begin = sheet.lines.len();
    sheet.line(vec![button("Back", !on_doing), piece("   ", Role::Normal), button(doing, on_doing)]);
    sheet.focus = begin..begin + 1;
}

/// An act on many records: the question, the progress, what was refused.
pub fn bulk(pen: &mut Pen<'_>, bulk: &Bulk, body: Area) {
    let width = Layout::dialog_width(body.width);
    let inside = usize::from(width).saturating_sub(4).max(1);
    let mut sheet = Sheet::default();
    for line in &bulk.lines {
        sheet.text(&pen.looks.plain(line), inside, Role::Normal);
    }
    let foot = match bulk.phase {
        Phase::Asked(on_doing) => {
            buttons(&mut sheet, bulk.doing, on_doing);
            "tab or ←→ choose  enter does it  esc back"
        }
        Phase::Running => {
            let (full, empty) = if pen.looks.ascii { ("#", ".") } else { ("█", "░") };
            let room = inside.saturating_sub(16).min(40);
            let filled = room * bulk.answered() / bulk.total.max(1);
            let bar = format!("{}{}", full.repeat(filled), empty.repeat(room - filled));
            sheet.line(vec![
                piece(bar, Role::Fine),
                piece(format!("  {} of {}", bulk.answered(), bulk.total), Role::Normal),
            ]);
            "esc cancels what was not sent yet"
        }
        Phase::Over => {
            sheet.text(&bulk.outcome(), inside, Role::Heading);
            "↑↓ scroll  enter close; the refused ones stay marked"
        }
    };
    for (tail, why) in bulk.shown() {
        sheet.text(&format!("{} {tail}  {why}", pen.looks.mark(Mark::Blocks)), inside, Role::Blocks);
    }
    show(pen, &bulk.title, &sheet, foot, width, body);
}

/// The palette: a row for each command, and the one under the cursor told whole below.
pub fn palette(pen: &mut Pen<'_>, model: &Model, palette: &Palette, body: Area) {
    let width = Layout::dialog_width(model.size.0).min(body.width);
    let inside = usize::from(width).saturating_sub(4).max(1);
    let mut sheet = Sheet::default();
    let (_, at) = palette.words.cursor_at(u16::MAX);
    sheet.cursor = Some((0, 2 + at));
    let column = if width >= 60 { 14 } else { 8 };
    sheet.line(vec![piece(": ", Role::Key), piece(palette.words.content(), Role::Normal)]);
    let room = Palette::room(model.size.1);
    let mut told = Sheet::default();
    if let Some(command) = palette.chosen() {
        told_of(pen, model, (palette, command), inside, &mut told);
    }
    told.lines.truncate(room.saturating_sub(2).max(TOLD));
    let fit = room.saturating_sub(told.lines.len().max(TOLD)).max(1);
    let scroll = palette.scroll;
    let top = scroll.top.max((scroll.at + 1).saturating_sub(fit));
    for (at, command) in palette.shown.iter().enumerate().skip(top).take(fit) {
        let keys: String = all_keys(model, palette.from, command).join(" ").chars().take(column).collect();
        let refused = palette.refusal(model, command);
        let role = if refused.is_some() { Role::Dim } else { Role::Normal };
        let mut line = vec![piece(format!("{keys:>column$}  "), Role::Key), piece(command.title, role)];
        if let Some(why) = refused {
            line.push(piece(format!("  {} {why}", pen.looks.mark(Mark::Blocks)), Role::Dim));
        }
        sheet.lines.push((line, at == scroll.at));
    }
    while sheet.lines.len() + told.lines.len() < room + 1 {
        sheet.line(Vec::new());
    }
    sheet.lines.append(&mut told.lines);
    let foot = match palette.shown.len() {
        0 => "no command is called so".to_owned(),
        count => format!("{} of {count}  enter runs it  esc back", scroll.at + 1),
    };
    show(pen, "Commands", &sheet, &foot, width, body);
}

/// What a command does, its name and its keys; and why it cannot be run, if it cannot.
fn told_of(pen: &Pen<'_>, model: &Model, (palette, command): (&Palette, &Command), width: usize, told: &mut Sheet) {
    let keys = all_keys(model, palette.from, command).join(" ");
    let named = [keys, command.name.to_owned()].join("  ");
    told.text(&format!("{}  {}", command.help, named.trim()), width, Role::Normal);
    if let Some(why) = palette.refusal(model, command) {
        told.text(&format!("{} {why}", pen.looks.mark(Mark::Blocks)), width, Role::Blocks);
    }
}

/// Help: the keys of every place, the place it was opened in first.
pub fn help(pen: &mut Pen<'_>, model: &Model, help: &Help, body: Area) {
    let lines = help::lines(model, help.from);
    let inner = pen.sheet(body, "Help: all keys");
    let (area, foot) = inner.split_rows(inner.height.saturating_sub(1));
    let width = usize::from(inner.width);
    let column = help::column(&lines, width);
    let rows = help::rows(&lines, width);
    let fit = usize::from(area.height);
    let top = help.scroll.top.min(rows.len().saturating_sub(fit));
    for (at, row) in rows.iter().skip(top).take(fit).enumerate() {
        pen.text(area, at, 1, row.place, Role::Heading);
        pen.text(area, at, 2, &row.keys, Role::Key);
        pen.put(area, at, column, &[piece(row.help.clone(), Role::Normal), piece(row.name.clone(), Role::Dim)]);
    }
    let key = |command| keys_of(model, Context::Help, command).first().map_or("", String::as_str);
    let more = if rows.len() > top + fit { "more below  " } else { "" };
    let text = format!("{more}{} {} scroll  {} close", key("cursor-down"), key("cursor-up"), key("cancel"));
    pen.text(foot, 0, 1, &text, Role::Dim);
}

/// What may follow a key that begins sequences: a small box above the hints.
pub fn following(pen: &mut Pen<'_>, model: &Model, body: Area) {
    let following = help::following(model);
    let keys = following.iter().map(|(keys, _)| keys.chars().count()).max().unwrap_or(0);
    let words = following.iter().map(|(_, help)| help.chars().count()).max().unwrap_or(0);
    let width = u16::try_from(keys + words + 6).unwrap_or(u16::MAX).clamp(12, body.width.max(12)).min(body.width);
    let height = u16::try_from(following.len() + 2).unwrap_or(u16::MAX).min(body.height);
    let (_, low) = body.split_rows(body.height - height);
    let (_, area) = low.split_columns(low.width - width);
    let pressed: Vec<String> = model.pending.iter().map(ToString::to_string).collect();
    let inner = pen.sheet(area, &format!("{} …", pressed.join(" ")));
    for (row, (left, help)) in following.iter().enumerate() {
        pen.put(inner, row, 1, &[piece(format!("{left:<keys$}  "), Role::Key), piece(help.clone(), Role::Normal)]);
    }
}

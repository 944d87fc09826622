//! What is read over the whole screen: a text, or the own lines of messages: what the stage before us wrote for an entry, beside what ours says there.

use unicode_width::UnicodeWidthStr;

use super::ink::{Mark, Pen, piece, wrapped};
use crate::app::help::keys_of;
use crate::app::layout::Area;
use crate::app::lines::{Lines, Side};
use crate::app::model::{Context, Model};
use crate::config::theme::Role;

/// The lines, over the whole body.
pub fn lines(pen: &mut Pen<'_>, model: &Model, lines: &Lines, body: Area) {
    let what = if lines.prose.is_empty() { "the messages' own lines" } else { "whole" };
    let inner = pen.sheet(body, &format!("{} {} {what}", lines.title, pen.looks.mark(Mark::Dot)));
    let (rows, foot) = inner.split_rows(inner.height.saturating_sub(1));
    if !lines.prose.is_empty() {
        let broken = lines.broken(model.size.0);
        let fit = usize::from(rows.height);
        let top = lines.top.min(broken.len().saturating_sub(fit));
        for (row, line) in broken.iter().skip(top).take(fit).enumerate() {
            let line = pen.looks.plain(line);
            pen.text(rows, row, 1, &line, Role::Normal);
        }
        return foot_of(pen, model, broken.len() > top + fit, foot);
    }
    let Some((base, ours)) = &lines.sides else {
        let text = pen.looks.plain("reading …");
        return pen.text(rows, 0, 1, &text, Role::Dim);
    };
    if lines.address.is_none() {
        side(pen, base, lines.top, rows);
    } else if Lines::beside(model.size.0) {
        let (left, right) = rows.split_columns(rows.width / 2);
        side(pen, base, lines.top, left);
        pen.edge(right);
        side(pen, ours, lines.top, right.split_columns(1).1);
    } else {
        let (upper, lower) = rows.split_rows(rows.height.div_ceil(2));
        side(pen, base, lines.top, upper);
        side(pen, ours, lines.top, lower);
    }
    foot_of(pen, model, lines.rows(model.size.0) > lines.top + lines.fit(model.size), foot);
}

fn foot_of(pen: &mut Pen<'_>, model: &Model, more: bool, foot: Area) {
    let key = |command| keys_of(model, Context::Lines, command).first().map_or("", String::as_str);
    let more = if more { "more below  " } else { "" };
    let text = format!("{more}{} {} scroll  {} close", key("cursor-down"), key("cursor-up"), key("cancel"));
    pen.text(foot, 0, 1, &text, Role::Dim);
}

fn side(pen: &mut Pen<'_>, side: &Side, top: usize, area: Area) {
    let from = pen.looks.plain(&side.from);
    pen.text(area, 0, 1, &from, Role::Heading);
    let (_, rows) = area.split_rows(1);
    let mut row = 0;
    for (text, here) in side.lines.iter().skip(top).take(usize::from(rows.height)) {
        if !*here {
            pen.text(rows, row, 1, text, Role::Normal);
            row += 1;
            continue;
        }
        // The entry asked for is shown whole, however long.
        let room = usize::from(rows.width.saturating_sub(2));
        let text = if text.width() > room { text.trim_start() } else { text };
        for part in wrapped(text, room) {
            let mark = pen.looks.mark(Mark::Cursor);
            pen.put(rows, row, 0, &[piece(mark, Role::Focus), piece(part, Role::Changed)]);
            row += 1;
        }
    }
}

//! The lines at the top and the bottom: where we are, what happened, what can be done now.

use super::ink::{Mark, Pen, Pieces, cells, piece, wrapped};
use super::{archive, board};
use crate::app::command::{self, Command};
use crate::app::help::keys_of;
use crate::app::layout::{Area, Layout};
use crate::app::model::{Context, Model, Tone};
use crate::app::screen::Screen;
use crate::app::tour;
use crate::config::theme::Role;
use crate::domain::queue::Sort;

/// The part of the screen between the top line and the hints.
pub fn body(layout: &Layout, size: (u16, u16)) -> Area {
    Area {
        x: 0,
        y: layout.top.height,
        width: size.0,
        height: size.1.saturating_sub(layout.top.height + layout.hints.height),
    }
}

/// The top line: what is shown; who acts, on which desk.
pub fn top(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let mut left = match model.screen {
        Screen::Desk => of_list(pen, model),
        Screen::Board => board::top(pen, &model.board),
        Screen::Overview => Vec::new(),
        Screen::Archive => archive::top(pen, model),
    };
    if model.screen != Screen::Desk {
        left.insert(0, piece(model.screen.known().title, Role::Heading));
    }
    left.insert(0, piece(if area.width < 60 { " " } else { " stageplate  " }, Role::Dim));
    let busy = if model.outbox.is_busy() { "sending" } else { "live" };
    let state = format!("{} {busy} ", pen.looks.mark(Mark::Live));
    let who = format!("{}@{}  ", model.who.login, model.house.desk);
    let right = vec![piece(who, Role::Normal), piece(state, Role::Dim)];
    let room = usize::from(area.width).saturating_sub(cells(&left) + 1);
    pen.put(area, 0, 0, &left);
    if cells(&right) <= room {
        pen.right(area, 0, &right);
    }
}

/// What the top line says of the list: queue, number of records, marks, order, filter.
fn of_list(pen: &Pen<'_>, model: &Model) -> Pieces {
    let list = &model.list;
    let count = model.queues.rows.iter().find(|(queue, _)| *queue == list.queue).map(|(_, count)| *count);
    let count = count.map(|count| format!(" {} {count}", pen.looks.mark(Mark::Dot))).unwrap_or_default();
    let mut left = vec![piece(model.queues.title(list.queue), Role::Heading), piece(count, Role::Normal)];
    if !model.marks.is_empty() {
        let marked = format!("  {}{} marked", pen.looks.mark(Mark::Marked), model.marks.len());
        left.push(piece(marked, Role::Marked));
    }
    if list.sort != Sort::default() {
        left.push(piece(format!("  by {}", list.sort.word()), Role::Dim));
    }
    if !list.words.is_empty() {
        left.push(piece(format!("  /{}", list.words), Role::Changed));
    }
    left
}

/// The last outcome or refusal.
pub fn notice(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let Some(notice) = &model.notice else { return stands_in_the_way(pen, model, area) };
    let (role, mark) = match notice.tone {
        Tone::Done => (Role::Fine, Mark::Confirmed),
        Tone::Plain => (Role::Normal, Mark::Dot),
        Tone::No => (Role::Blocks, Mark::Blocks),
    };
    let lines = wrapped(&notice.text, usize::from(area.width.saturating_sub(3)));
    for (row, line) in lines.iter().take(usize::from(area.height)).enumerate() {
        let mark = if row == 0 { pen.looks.mark(mark) } else { " " };
        let cut = row + 1 == usize::from(area.height) && lines.len() > row + 1;
        let more = if cut { pen.looks.mark(Mark::More) } else { "" };
        let line = pen.looks.plain(line);
        pen.put(area, row, 0, &[piece(format!(" {mark} "), role), piece(format!("{line}{more}"), Role::Normal)]);
    }
}

/// Where nothing else is to be said: why the record cannot move on now, and who could move it.
fn stands_in_the_way(pen: &mut Pen<'_>, model: &Model, area: Area) {
    if model.context() != Context::Record || (model.is_awaited() && model.stands().is_none()) {
        return;
    }
    let Some(command) = command::named("advance") else { return };
    if let (Err(why), Some(key)) = (model.offers(command), keys_of(model, Context::Record, command.name).first()) {
        let word = command.hint.unwrap_or(command.title);
        pen.put(area, 0, 1, &[piece(format!("({key} {word}: {why})"), Role::Dim)]);
    }
}

/// What the tour says, in a small box above the notice.
pub fn tour(pen: &mut Pen<'_>, model: &Model, body: Area) {
    let Some(said) = tour::said(model) else { return };
    let (above, _) = body.split_rows(body.height.saturating_sub(1));
    let width = above.width.min(100);
    let text = format!("{} {} {}", said.before, said.key, said.after);
    let lines = wrapped(&text, usize::from(width.saturating_sub(4)));
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(above.height);
    if height < 3 {
        return;
    }
    let (_, area) = above.split_rows(above.height - height);
    let area = Area { width, ..area };
    let inner = pen.sheet(area, &format!("Tour {} of {} · {} ends it for good", said.step, said.of, said.end));
    for (row, line) in lines.iter().enumerate() {
        // The key stands out where it stands alone among blanks.
        let pieces: Pieces = line
            .split_inclusive(' ')
            .map(|word| {
                let role = if word.trim_end() == said.key { Role::Key } else { Role::Normal };
                piece(word, role)
            })
            .collect();
        pen.put(inner, row, 1, &pieces);
    }
}

/// The commands that make sense now, the most used first; those that cannot be run stand in brackets, dimmed. Where there
/// is little room the least used are left out, those that cannot be run before the others; the ways to everything else stay.
pub fn hints(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let context = model.context();
    let told: &[Command] = match context {
        Context::Queues | Context::List | Context::Record | Context::Board | Context::Overview | Context::Archive => {
            command::COMMANDS
        }
        Context::Form
        | Context::Filter
        | Context::Palette
        | Context::Help
        | Context::Lines
        | Context::Ask
        | Context::Settings => &[],
    };
    let here = told.iter().filter(|command| command.contexts.contains(&context)).filter_map(|command| {
        let key = keys_of(model, context, command.name).first()?;
        Some((command, key, command.hint?, model.offers(command).is_ok()))
    });
    let (always, others): (Vec<_>, Vec<_>) = here.partition(|(command, ..)| command::is_always_told(command.name));
    let width = usize::from(area.width).saturating_sub(1);
    let hint = |key: &str, word: &str, can: bool| match can {
        true => vec![piece(key, Role::Key), piece(format!(" {word}"), Role::Normal)],
        false => vec![piece(format!("({key} {word})"), Role::Dim)],
    };
    let mut ends: Vec<Pieces> = always.iter().map(|(_, key, word, can)| hint(key, word, *can)).collect();
    if taken(&ends) > width + APART {
        ends = always.iter().map(|(_, key, ..)| vec![piece(key.as_str(), Role::Key)]).collect();
    }
    let mut room = (width + APART).saturating_sub(taken(&ends));
    let mut chosen = vec![false; others.len()];
    'all: for wanted in [true, false] {
        for (at, (_, key, word, can)) in others.iter().enumerate().filter(|(_, (.., can))| *can == wanted) {
            let cells = taken(&[hint(key, word, *can)]);
            if cells > room {
                break 'all;
            }
            room -= cells;
            chosen[at] = true;
        }
    }
    let begins = others.iter().zip(chosen).filter(|(_, chosen)| *chosen);
    let shown = begins.map(|((_, key, word, can), _)| hint(key, word, *can)).chain(ends);
    let mut line = Pieces::new();
    for hint in shown {
        if !line.is_empty() {
            line.push(piece(" ".repeat(APART), Role::Normal));
        }
        line.extend(hint);
    }
    pen.put(area, 0, 1, &line);
}

/// Cells between two hints.
const APART: usize = 2;

/// Cells that hints take, each with what keeps it apart from the next.
fn taken(hints: &[Pieces]) -> usize {
    hints.iter().map(|hint| cells(hint) + APART).sum()
}

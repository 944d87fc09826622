//! The mouse, where it is on: on the desk and on the exceptions board a click selects, a click on what is selected opens it, the wheel moves the cursor.

use super::layout::{Area, Focus, Step};
use super::model::Model;
use super::msg::Effect;
use super::screen::Screen;
use super::{board, moves, tabs};

/// Rows that one notch of the wheel moves.
const NOTCH: usize = 3;

/// What was done with the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointed {
    /// A click.
    Click,
    /// The wheel, away from the person.
    WheelUp,
    /// The wheel, towards the person.
    WheelDown,
}

/// Something done with the mouse, at a column and a row counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointer {
    /// What.
    pub what: Pointed,
    /// The column.
    pub column: u16,
    /// The row.
    pub row: u16,
}

impl Pointer {
    /// The row inside an area, counted from its top, where it is in there.
    fn in_area(self, area: Area) -> Option<usize> {
        let inside = (area.x..area.x.saturating_add(area.width)).contains(&self.column)
            && (area.y..area.y.saturating_add(area.height)).contains(&self.row);
        inside.then(|| usize::from(self.row - area.y))
    }
}

/// Does what the mouse asks for. What is over the desk, or beside it, hears the wheel alone: buttons are pressed by keys.
pub fn point(model: &mut Model, pointer: Pointer) -> Vec<Effect> {
    if !model.chosen.mouse {
        return Vec::new();
    }
    let wheel = match pointer.what {
        Pointed::Click => None,
        Pointed::WheelUp => Some(Step::Up),
        Pointed::WheelDown => Some(Step::Down),
    };
    if wheel.is_none() && model.sheet.is_none() && model.screen == Screen::Board {
        return on_board(model, pointer);
    }
    let covered = model.sheet.is_some() || model.screen != Screen::Desk;
    match wheel {
        Some(step) if covered => roll(model, step),
        None if covered => Vec::new(),
        wheel => over_the_screen(model, pointer, wheel),
    }
}

fn roll(model: &mut Model, step: Step) -> Vec<Effect> {
    (0..NOTCH).flat_map(|_| moves::step(model, step)).collect()
}

fn over_the_screen(model: &mut Model, pointer: Pointer, wheel: Option<Step>) -> Vec<Effect> {
    let layout = model.layout();
    let (part, row) = if let Some(row) = pointer.in_area(layout.queues) {
        (Focus::Queues, row)
    } else if let Some(row) = pointer.in_area(layout.list) {
        (Focus::List, row)
    } else if let Some(row) = pointer.in_area(layout.pane) {
        (Focus::Record, row)
    } else if pointer.in_area(layout.tabs).is_some() && wheel.is_none() {
        return on_tabs(model, pointer.column.saturating_sub(layout.tabs.x + u16::from(layout.tabs.x > 0)));
    } else {
        return Vec::new();
    };
    let mut effects = to_part(model, part);
    effects.extend(match (wheel, part) {
        (Some(step), _) => roll(model, step),
        (None, Focus::Queues) => on_queue(model, row),
        (None, Focus::List) => on_row(model, row),
        (None, Focus::Record) => {
            if let Some(opened) = &mut model.record {
                opened.point(row, usize::from(layout.pane.height));
            }
            Vec::new()
        }
    });
    effects
}

/// A click on the board: on a way to group, on a group, or on an exception below the heading of its rows.
fn on_board(model: &mut Model, pointer: Pointer) -> Vec<Effect> {
    let parts = board::parts(model);
    if pointer.in_area(parts.tabs).is_some() {
        let column = usize::from(pointer.column - parts.tabs.x).checked_sub(tabs::BEFORE_WAYS.len());
        let way = column.and_then(|column| tabs::at_column(tabs::ways(model, usize::from(parts.tabs.width)), column));
        return match way {
            Some(by) if by != model.board.by => board::group_by(model, by),
            _ => Vec::new(),
        };
    }
    if let Some(row) = pointer.in_area(parts.groups) {
        let at = row + model.board.group_scroll.top;
        return if at < model.board.group_rows() { board::point(model, true, at) } else { Vec::new() };
    }
    let Some(row) = pointer.in_area(parts.rows).and_then(|row| row.checked_sub(1)) else { return Vec::new() };
    let at = row + model.board.scroll.top;
    match model.board.rows.get(at).map(|row| row.exception.id) {
        Some(id) if model.board.selected == Some(id) && !model.board.on_groups => board::open(model),
        Some(_) => board::point(model, false, at),
        None => Vec::new(),
    }
}

/// Goes to a part of the screen that is pointed at.
fn to_part(model: &mut Model, part: Focus) -> Vec<Effect> {
    if model.focus == part || (part == Focus::Record && model.current().is_none()) {
        return Vec::new();
    }
    let mut effects = model.focus_on(part);
    if part != Focus::Record {
        effects.extend(model.follow());
    }
    effects
}

/// A click on a queue; the first row is its heading.
fn on_queue(model: &mut Model, row: usize) -> Vec<Effect> {
    let seen = row.checked_sub(1).filter(|row| *row < model.queue_rows());
    let Some(at) = seen.map(|row| row + model.queues.scroll.top) else { return Vec::new() };
    match model.queues.rows.get(at) {
        Some((queue, _)) if *queue == model.list.queue => moves::open(model),
        Some(_) => moves::to_queue(model, at),
        None => Vec::new(),
    }
}

/// A click on a row of the list; the first row is its heading.
fn on_row(model: &mut Model, row: usize) -> Vec<Effect> {
    let Some(at) = row.checked_sub(1).map(|row| row + model.list.scroll.top) else { return Vec::new() };
    match model.list.rows.get(at).map(|row| row.summary.id) {
        Some(id) if model.list.selected == Some(id) => moves::open(model),
        Some(_) => {
            model.select(at);
            let mut effects = model.follow();
            effects.extend(model.ask_for_more());
            effects
        }
        None => Vec::new(),
    }
}

fn on_tabs(model: &mut Model, column: u16) -> Vec<Effect> {
    let width = usize::from(model.layout().tabs.width);
    // A blank stands before the first name.
    let column = usize::from(column).saturating_sub(1);
    let pane = model.current().and_then(|opened| tabs::at_column(tabs::names(opened, model.now.day(), width), column));
    pane.map_or_else(Vec::new, |pane| {
        let mut effects = to_part(model, Focus::Record);
        effects.extend(moves::pane(model, pane));
        effects
    })
}

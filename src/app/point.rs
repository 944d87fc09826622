//! What is asked for by its name or its row instead of by a key: a command, a row of a part of the screen, one of the
//! things offered.

use super::acts::pane_height;
use super::command::Command;
use super::form::Input;
use super::layout::Focus;
use super::model::{Model, Sheet, Tone};
use super::msg::Effect;
use super::screen::Screen;
use super::settings::Setting;
use super::typing;
use super::update::run_command;
use super::{archive, board, moves, overview, places};

/// A part of a screen that has rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The queues.
    Queues,
    /// The list.
    List,
    /// The record.
    Record,
    /// The groups of the exceptions board.
    Groups,
    /// Its exceptions.
    Board,
    /// What the charts of the overview count.
    Overview,
    /// The released versions of the archive.
    Archive,
    /// What is told of one of them.
    Release,
}

impl Part {
    /// The part that has the focus when nothing lies over the screen.
    pub fn of(model: &Model) -> Part {
        match (model.screen, model.focus) {
            (Screen::Board, _) if model.board.on_groups => Part::Groups,
            (Screen::Board, _) => Part::Board,
            (Screen::Overview, _) => Part::Overview,
            (Screen::Archive, _) if model.archive.on_told => Part::Release,
            (Screen::Archive, _) => Part::Archive,
            (Screen::Desk, Focus::Queues) => Part::Queues,
            (Screen::Desk, Focus::List) => Part::List,
            (Screen::Desk, Focus::Record) => Part::Record,
        }
    }
}

/// Runs a command, if it is one of the place the model is in.
pub fn run(model: &mut Model, command: &'static Command) -> Vec<Effect> {
    model.pending.clear();
    model.held.clear();
    model.notice = None;
    if command.contexts.contains(&model.context()) {
        return run_command(model, command);
    }
    let place = command.contexts.first().map(|place| place.words()).unwrap_or_default();
    model.say(Tone::No, format!("`{}` is done {place}", command.name));
    Vec::new()
}

/// Puts the cursor of a part of the screen on a row, the last one where there are not so many.
pub fn to(model: &mut Model, part: Part, row: usize) -> Vec<Effect> {
    if model.sheet.is_some() {
        return Vec::new();
    }
    model.notice = None;
    model.screen = match part {
        Part::Groups | Part::Board => Screen::Board,
        Part::Overview => Screen::Overview,
        Part::Archive | Part::Release => Screen::Archive,
        Part::Queues | Part::List | Part::Record => Screen::Desk,
    };
    match part {
        Part::Groups | Part::Board => board::point(model, part == Part::Groups, row),
        Part::Overview => overview::point(model, row),
        Part::Archive | Part::Release => archive::point(model, part == Part::Release, row),
        Part::Queues => {
            let mut effects = model.focus_on(Focus::Queues);
            let (rows, fit) = (model.queues.rows.len(), model.queue_rows());
            model.queues.scroll.to(row, rows, fit);
            effects.extend(moves::show_queue(model));
            effects
        }
        Part::List => {
            let mut effects = model.focus_on(Focus::List);
            model.select(row);
            effects.extend(model.follow());
            effects.extend(model.ask_for_more());
            effects
        }
        Part::Record => {
            let Some(id) = model.shown else { return Vec::new() };
            let effects = if model.focus == Focus::Record { Vec::new() } else { places::open(model, id) };
            let height = pane_height(model);
            if let Some(opened) = model.record.as_mut().filter(|opened| opened.id() == id) {
                opened.go_to(row, height);
            }
            effects
        }
    }
}

/// Chooses one of the things offered by the field with the focus, or by the line in which a VIN is written.
pub fn choose(model: &mut Model, at: usize) -> Vec<Effect> {
    match &mut model.sheet {
        Some(Sheet::Form(form)) if form.sending.is_none() => {
            let chosen = match form.field_mut().map(|field| &mut field.input) {
                Some(Input::Choice { all, at: here }) if at < all.len() => {
                    *here = at;
                    true
                }
                Some(Input::Pick(pick)) => match pick.shown().get(at) {
                    Some(place) => {
                        pick.at = *place;
                        true
                    }
                    None => false,
                },
                _ => false,
            };
            if chosen { typing::written(model) } else { Vec::new() }
        }
        Some(Sheet::Settings(settings)) if at < Setting::ALL.len() => {
            settings.at = at;
            Vec::new()
        }
        Some(Sheet::Jump(jump)) if at < jump.found.len() => {
            jump.scroll.at = at;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

//! Draws a model into a frame and keeps no state.
//!
//! Invariant: any size draws, and every text passes [`ink`], which writes out what is hidden. Nothing is told by colour
//! alone: every mark has a word beside it in the record and an ASCII twin.

mod archive;
mod board;
mod columns;
mod days;
mod detail;
mod dialog;
mod grounds;
mod head;
pub mod ink;
pub mod linear;
mod lines;
mod list;
mod overview;
mod panes;
mod prompt;
mod screen;
mod settings;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::app::model::{Model, Sheet};
use crate::app::screen::Screen;
use crate::config::theme::Role;
use ink::Pen;

/// Draws the model; answers where the terminal's cursor goes, if it is shown.
pub fn draw(model: &Model, screen: &mut Buffer) -> Option<Position> {
    let layout = model.layout();
    let looks = model.chosen.looks;
    // The theme's own ground lies under everything.
    screen.set_style(screen.area, looks.style(Role::Normal));
    let mut pen = Pen { screen, looks, cursor: None };
    screen::top(&mut pen, model, layout.top);
    match model.screen {
        Screen::Desk => {}
        Screen::Board => board::board(&mut pen, model),
        Screen::Overview => overview::overview(&mut pen, model, layout.main),
        Screen::Archive => archive::archive(&mut pen, model),
    }
    list::queues(&mut pen, model, layout.queues);
    list::list(&mut pen, model, layout.list);
    head::head(&mut pen, model, layout.head);
    head::tabs(&mut pen, model, layout.tabs);
    panes::pane(&mut pen, model, layout.pane);
    detail::detail(&mut pen, model, layout.detail);
    screen::notice(&mut pen, model, layout.notice);
    screen::hints(&mut pen, model, layout.hints);
    let body = screen::body(&layout, model.size);
    match &model.sheet {
        Some(Sheet::Form(form)) => dialog::form(&mut pen, model, form, body),
        Some(Sheet::Ask(ask)) => dialog::ask(&mut pen, ask, body),
        Some(Sheet::Bulk(bulk)) => dialog::bulk(&mut pen, bulk, body),
        Some(Sheet::Palette(palette)) => dialog::palette(&mut pen, model, palette, body),
        Some(Sheet::Settings(open)) => settings::settings(&mut pen, model, open, body),
        Some(Sheet::Help(help)) => dialog::help(&mut pen, model, help, body),
        Some(Sheet::Lines(open)) => lines::lines(&mut pen, model, open, body),
        Some(Sheet::Filter(prompt)) => {
            prompt::completions(&mut pen, &prompt.completions, body);
            prompt::filter(&mut pen, prompt, layout.notice);
        }
        Some(Sheet::Jump(jump)) => {
            prompt::found(&mut pen, model, jump, body);
            prompt::jump(&mut pen, jump, layout.notice);
        }
        None => {}
    }
    if model.sheet.is_none() && model.pending.is_empty() {
        screen::tour(&mut pen, model, body);
    }
    if !model.pending.is_empty() {
        dialog::following(&mut pen, model, body);
    }
    pen.cursor
}

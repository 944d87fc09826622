//! The jump to a record by the last characters of its VIN, whatever queue it is in; in the archive to what was released of it.

use super::asked::Asked;
use super::layout::Scroll;
use super::model::{Model, Sheet, Tone};
use super::msg::{Effect, Row, Ticket};
use super::screen::Screen;
use super::text::Text;
use super::{archive, places};
use crate::domain::filter::{DayField, Filter, Term, TextField};
use crate::domain::queue::{QueueName, Sort};

/// Characters that are needed before anything is looked for: fewer would find too much.
pub const LEAST: usize = 3;

/// Records offered at most.
pub const MOST: usize = 8;

/// The line in which the end of a VIN is written, and what ends so.
#[derive(Debug, Clone)]
pub struct Jump {
    /// What is written.
    pub text: Text,
    /// The records found.
    pub found: Vec<Row>,
    /// Where the cursor is among them.
    pub scroll: Scroll,
    /// What is known of the question for them.
    pub asked: Asked<()>,
}

/// Opens the line.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.sheet = Some(Sheet::Jump(Box::new(Jump {
        text: Text::line(""),
        found: Vec::new(),
        scroll: Scroll::default(),
        asked: Asked::default(),
    })));
    Vec::new()
}

/// After writing: asks for the records that end so.
pub fn written(model: &mut Model) -> Vec<Effect> {
    let ticket = model.ticket();
    let of_archive = model.screen == Screen::Archive;
    let Some(Sheet::Jump(jump)) = &mut model.sheet else { return Vec::new() };
    let end: String = jump.text.content().chars().filter(char::is_ascii_alphanumeric).collect();
    jump.asked.anew();
    if end.len() < LEAST {
        jump.found.clear();
        return Vec::new();
    }
    jump.asked.all(ticket);
    let end = end.to_ascii_uppercase();
    // The word is found through the index of parts; the pattern then keeps those that end so.
    let mut asked =
        vec![Filter::Term(Term::Word(end.clone())), Filter::Term(Term::Text(TextField::Vin, vec![format!("*{end}")]))];
    if of_archive {
        asked.push(Filter::Not(Box::new(Filter::Term(Term::NoDay(DayField::Released)))));
    }
    vec![Effect::LoadPage {
        ticket,
        queue: QueueName::All,
        filter: Some(Filter::All(asked)),
        sort: Sort::Vin,
        limit: MOST,
        after: None,
    }]
}

/// Takes the records found, if the ticket is the one asked last.
pub fn found(model: &mut Model, ticket: Ticket, rows: &[Row], more: bool) -> bool {
    let Some(Sheet::Jump(jump)) = &mut model.sheet else { return false };
    if jump.asked.answered(ticket, more.then_some(())).is_none() {
        return false;
    }
    (jump.found, jump.scroll) = (rows.to_vec(), Scroll::default());
    true
}

/// The answer to a question is not to be had: it may be asked again.
pub fn failed(model: &mut Model, ticket: Ticket) {
    if let Some(Sheet::Jump(jump)) = &mut model.sheet {
        jump.asked.failed(ticket);
    }
}

/// Goes to the record under the cursor.
pub fn accept(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Jump(jump)) = &model.sheet else { return Vec::new() };
    match jump.found.get(jump.scroll.at).map(|row| (row.summary.id, row.summary.vin.clone())) {
        Some((id, vin)) if jump.asked.is_known() => {
            model.sheet = None;
            if model.screen == Screen::Archive { archive::go_to(model, id, &vin) } else { places::open(model, id) }
        }
        _ => {
            let why = if jump.asked.is_known() { "no VIN ends so" } else { "write the last characters of a VIN" };
            model.say(Tone::No, why);
            Vec::new()
        }
    }
}

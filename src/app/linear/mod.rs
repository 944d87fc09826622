//! The linear view's part of the model: what a line that somebody writes means, and what is to be read out after it.
//!
//! Invariant: a line becomes messages of the model, the same that keys become, and nothing is done beside them.
//!
//! In reading order: [`words`] finds what a command line means, [`sheet`] what an answer to a form or a question does,
//! [`reading`] what is read aloud then.

pub mod reading;
pub mod sheet;
pub mod words;

use std::collections::VecDeque;

use super::bulk::Phase;
use super::command::{self, Command};
use super::model::{Model, Sheet};
use super::msg::Msg;
use super::point::Part;
use crate::domain::event::Event;
use crate::domain::identity::RecordId;
use crate::domain::story::Teller;
use reading::{Meant, Numbers, Reading, Seen, Show, Where};

/// Changes by others that are told one by one.
const NEWS: usize = 5;

/// A step on the way of a line.
#[derive(Debug, Clone)]
enum Step {
    /// A message.
    Msg(Msg),
    /// The cursor goes where this is now.
    Point(Meant),
    /// What is written answers what the command before asked.
    Answer(String),
    /// On to the next field, or send; not where something is wrong with this one.
    GoOn,
    /// The choice that was narrowed is made where one is left.
    Narrowed,
    /// The one record found is opened.
    TakeOnly,
}

/// A conversation: lines go in, messages come out, and then what is to be read.
#[derive(Debug)]
pub struct Talk {
    steps: VecDeque<Step>,
    /// The lines of a long text so far.
    gathered: Option<Vec<String>>,
    numbers: Numbers,
    /// The row after the last one read.
    after: usize,
    /// What was read before the line.
    pub before: Seen,
    /// What was asked to be read.
    pub show: Option<Show>,
    /// What is said beside what the model says.
    pub says: Vec<String>,
}

impl Default for Talk {
    fn default() -> Talk {
        Talk {
            steps: VecDeque::new(),
            gathered: None,
            numbers: Numbers::default(),
            after: 0,
            before: Seen::nothing(),
            show: None,
            says: Vec::new(),
        }
    }
}

impl Talk {
    /// Takes a line in: [`next`](Talk::next) then gives its messages.
    pub fn hear(&mut self, model: &Model, line: &str) {
        self.before = Seen::of(model);
        (self.show, self.says) = (None, Vec::new());
        self.steps.clear();
        match &model.sheet {
            None => self.command_line(model, line),
            Some(Sheet::Help(_) | Sheet::Palette(_) | Sheet::Lines(_)) => {
                self.run("cancel");
                self.command_line(model, line);
            }
            Some(_) => self.answer(model, line, false),
        }
    }

    /// The next message of the line, once the one before was taken in and answered.
    pub fn next(&mut self, model: &Model) -> Option<Msg> {
        while let Some(step) = self.steps.pop_front() {
            match step {
                Step::Msg(msg) => {
                    if matches!(msg, Msg::Run(_) | Msg::Point { .. }) {
                        // It takes the last outcome away: whatever is said then is news.
                        self.before.notice = None;
                    }
                    return Some(msg);
                }
                Step::Point(meant) => match reading::row_of(model, &meant) {
                    Some(row) => return Some(Msg::Point { part: Part::of(model), row }),
                    None => {
                        self.steps.clear();
                        self.says.push("it is not here any more; `show` reads what is".to_owned());
                    }
                },
                Step::Answer(text) => self.ahead(|talk| {
                    if model.sheet.is_some() {
                        talk.answer(model, &text, true);
                    }
                }),
                Step::GoOn => self.ahead(|talk| talk.go_on(model)),
                Step::Narrowed => self.ahead(|talk| talk.narrowed(model)),
                Step::TakeOnly => {
                    if let Some(Sheet::Jump(jump)) = &model.sheet
                        && jump.asked.is_known()
                        && jump.found.len() == 1
                        && !jump.asked.has_more()
                    {
                        self.ahead(|talk| talk.run("accept"));
                    }
                }
            }
        }
        None
    }

    /// What is to be read of the part with the focus.
    pub fn reading(&self, model: &Model) -> Reading {
        reading::reading(model, &self.before, self.show.as_ref())
    }

    /// After it was read: what was only to be read is closed. Answers whether there are messages for that.
    pub fn was_read(&mut self, model: &Model) -> bool {
        let reading = self.reading(model);
        if Where::of(model) != self.before.place {
            self.numbers.forget();
        }
        self.numbers.remember(model, &reading);
        if let (Reading::Page(_), Some(last)) = (&reading, reading.rows().last()) {
            self.after = last + 1;
        }
        self.before = Seen::of(model);
        (self.show, self.says) = (None, Vec::new());
        match &model.sheet {
            Some(Sheet::Lines(lines)) if lines.sides.is_some() => self.run("cancel"),
            Some(Sheet::Help(_) | Sheet::Palette(_)) => self.run("cancel"),
            Some(Sheet::Bulk(bulk)) if bulk.phase == Phase::Over => self.run("accept"),
            _ => {}
        }
        !self.steps.is_empty()
    }

    /// Whether lines of a long text are being gathered.
    pub fn gathers(&self) -> bool {
        self.gathered.is_some()
    }

    /// Gives up what is written: a form is closed, its text kept; an act on many is stopped. Answers whether there was
    /// anything to give up.
    pub fn interrupt(&mut self, model: &Model) -> bool {
        self.before = Seen::of(model);
        (self.show, self.says, self.gathered) = (None, Vec::new(), None);
        let waited = !self.steps.is_empty();
        self.steps.clear();
        if model.sheet.is_some() {
            self.close(model);
        }
        waited || model.sheet.is_some()
    }

    /// What others did to what was read, a line each; nothing where it concerns nothing that was read.
    pub fn news(&self, model: &Model, events: &[Event]) -> Vec<String> {
        let last = self.after.max(reading::PAGE);
        let read = last.saturating_sub(reading::PAGE)..last;
        let matters = |id: RecordId| match Part::of(model) {
            Part::Record => model.shown == Some(id),
            Part::List => read.clone().any(|row| model.list.rows.get(row).is_some_and(|row| row.summary.id == id)),
            Part::Board => read.clone().any(|row| model.board.rows.get(row).is_some_and(|row| row.record == id)),
            Part::Archive => read.clone().any(|row| model.archive.rows.get(row).is_some_and(|row| row.id.record == id)),
            Part::Release => model.archive.row().is_some_and(|row| row.id.record == id),
            Part::Queues | Part::Groups | Part::Overview => false,
        };
        let mut lines: Vec<String> = events
            .iter()
            .filter(|event| event.by != model.who.login)
            .filter_map(|event| {
                let (id, vin) = event.record.as_ref().filter(|(id, _)| matters(*id))?;
                let open = matches!(&model.sheet, Some(Sheet::Form(form)) if form.record == *id);
                let form = if open { "; your form is about it" } else { "" };
                Some(format!("News of {}: {}{form}", vin.tail(), Teller::new(model.house.catalogue).in_brief(event)))
            })
            .collect();
        if lines.len() > NEWS {
            let more = lines.split_off(NEWS).len();
            lines.push(format!("and {more} more"));
        }
        lines
    }

    fn push(&mut self, msg: Msg) {
        self.steps.push_back(Step::Msg(msg));
    }

    fn run(&mut self, name: &'static str) {
        // Every name here is in the table: a test holds them to it.
        if let Some(command) = command::named(name) {
            self.push(Msg::Run(command));
        }
    }

    fn write(&mut self, text: &str) {
        self.push(Msg::Edited(Ok(text.to_owned())));
    }

    /// Puts steps before those that wait.
    fn ahead(&mut self, add: impl FnOnce(&mut Talk)) {
        let rest = std::mem::take(&mut self.steps);
        add(self);
        self.steps.extend(rest);
    }

    fn run_command(&mut self, command: &'static Command) {
        self.push(Msg::Run(command));
    }
}

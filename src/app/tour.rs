//! The tour: a first record, step by step. It names the next key and follows what the person does, in whatever order.

use super::form::Purpose;
use super::help::keys_of;
use super::layout::Focus;
use super::model::{Context, Model, Sheet, Tone};
use super::msg::Effect;
use super::record::Opened;
use super::screen::Screen;
use crate::domain::address::Address;
use crate::domain::identity::RecordId;

/// One step: the command it waits for, the place that command's key is pressed in, and what is said around the key.
struct Step {
    command: &'static str,
    place: Context,
    before: &'static str,
    after: &'static str,
}

const fn step(command: &'static str, place: Context, before: &'static str, after: &'static str) -> Step {
    Step { command, place, before, after }
}

const STEPS: [Step; 7] = [
    step("open", Context::List, "These records wait for you. Press", "to open the one under the cursor."),
    step(
        "next-undecided",
        Context::Record,
        "Each line is a change against the stage before us, with who and why. Press",
        "to go to the next one that needs your decision.",
    ),
    step("message-lines", Context::Record, "Doubtful? Press", "to see what the stage before wrote, beside ours."),
    step("confirm", Context::Record, "It is right? Press", "to confirm it and go to the next."),
    step(
        "flag",
        Context::Record,
        "It is wrong? Press",
        "to flag it: kind, text, owner. Esc leaves the form; what you wrote is kept.",
    ),
    step("confirm-all", Context::Record, "Press", "to confirm all the rest that no check speaks of."),
    step(
        "advance",
        Context::Record,
        "Press",
        "to sign and move the record on; the next one opens. What stands in the way is told.",
    ),
];

/// The tour, under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tour {
    at: usize,
    /// What there was when the step began, on the record that is open.
    began: Option<Began>,
}

/// What a step is measured against.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Began {
    record: RecordId,
    step: String,
    change: Option<Address>,
    undecided: usize,
}

impl Began {
    fn now(model: &Model) -> Option<Began> {
        let opened = model.current().filter(|_| model.focus == Focus::Record)?;
        Some(Began {
            record: opened.id(),
            step: opened.dossier.record.step.clone(),
            change: opened.change().map(|change| change.address.clone()),
            undecided: opened.changes().filter(|change| change.undecided).count(),
        })
    }
}

/// Whether the state that a step leads to is there, whatever led to it: a command, other keys, the mouse.
fn reached(command: &str, model: &Model, began: &Began, now: &Began) -> bool {
    match command {
        "open" => true,
        "next-undecided" => {
            let undecided = model.current().and_then(Opened::change).is_some_and(|change| change.undecided);
            undecided && now.change != began.change
        }
        "message-lines" => matches!(model.sheet, Some(Sheet::Lines(_))),
        "confirm" => now.undecided < began.undecided,
        "flag" => matches!(&model.sheet, Some(Sheet::Form(form)) if matches!(form.purpose, Purpose::Flag(_))),
        "confirm-all" => now.undecided == 0 && began.undecided > 0,
        _ => now.step != began.step,
    }
}

/// Looks after every message whether the step's state is reached.
pub fn look(model: &mut Model) -> Vec<Effect> {
    let Some(now) = Began::now(model) else { return Vec::new() };
    let Some(tour) = &model.tour else { return Vec::new() };
    let Some(step) = STEPS.get(tour.at) else { return Vec::new() };
    let began = tour.began.as_ref().filter(|began| began.record == now.record);
    let passed = began.map_or(step.command == "open", |began| reached(step.command, model, began, &now));
    let unknown = began.is_none();
    match &mut model.tour {
        Some(tour) if passed => {
            tour.at += 1;
            tour.began = Some(now);
        }
        Some(tour) if unknown => tour.began = Some(now),
        _ => {}
    }
    end_when_over(model)
}

/// What the tour says now: which step of how many, and the words, the key among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The step, counted from 1.
    pub step: usize,
    /// How many there are.
    pub of: usize,
    /// Before the key.
    pub before: &'static str,
    /// The key.
    pub key: String,
    /// After it.
    pub after: &'static str,
    /// The key that ends the tour.
    pub end: String,
}

/// What the tour says, if there is one.
pub fn said(model: &Model) -> Option<Said> {
    // What it tells is done at the desk.
    let at = model.tour.as_ref().filter(|_| model.screen == Screen::Desk)?.at;
    let step = STEPS.get(at)?;
    let key = |place, command| keys_of(model, place, command).first().cloned().unwrap_or_default();
    // Whoever went back to the list opens the record again first.
    let (key_place, command, before, after) = match (step.place, model.focus) {
        (Context::Record, Focus::List | Focus::Queues) => (Context::List, "open", "Press", "to open the record again."),
        _ => (step.place, step.command, step.before, step.after),
    };
    Some(Said {
        step: at + 1,
        of: STEPS.len(),
        before,
        key: key(key_place, command),
        after,
        end: key(model.context(), "end-tour"),
    })
}

/// Follows a command that was run: its step is done, and those before it.
pub fn follow(model: &mut Model, command: &str) -> Vec<Effect> {
    let Some(tour) = &mut model.tour else { return Vec::new() };
    if let Some(done) = STEPS.iter().position(|step| step.command == command).filter(|at| *at >= tour.at) {
        tour.at = done + 1;
        tour.began = None;
    }
    end_when_over(model)
}

fn end_when_over(model: &mut Model) -> Vec<Effect> {
    if model.tour.as_ref().is_none_or(|tour| tour.at < STEPS.len()) {
        return Vec::new();
    }
    model.tour = None;
    let key = |command| keys_of(model, Context::List, command).first().cloned().unwrap_or_default();
    let text = format!(
        "That was the tour: open, {}, {} do a clean record. {} tells all keys, {} finds every command.",
        key("confirm-all"),
        key("advance"),
        key("help"),
        key("palette")
    );
    model.say(Tone::Plain, text);
    vec![Effect::EndTour]
}

/// Whether there is a tour to end.
///
/// # Errors
/// That there is none.
pub fn is_on(model: &Model) -> Result<(), String> {
    model.tour.as_ref().map(|_| ()).ok_or_else(|| "there is no tour now".to_owned())
}

/// Ends the tour for good.
pub fn end(model: &mut Model) -> Vec<Effect> {
    model.tour = None;
    model.say(Tone::Plain, "the tour is over and does not come again");
    vec![Effect::EndTour]
}

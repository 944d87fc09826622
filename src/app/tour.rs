//! The tour: a first record, step by step. It names the next key and follows what the person does, in whatever order.

use super::help::keys_of;
use super::model::{Context, Model, Tone};
use super::msg::Effect;
use super::screen::Screen;

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
        (Context::Record, super::layout::Focus::List | super::layout::Focus::Queues) => {
            (Context::List, "open", "Press", "to open the record again.")
        }
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
    }
    if tour.at < STEPS.len() {
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

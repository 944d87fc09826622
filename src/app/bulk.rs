//! One act on many records: asked for once, decided record by record, with its progress and what was refused. Which records are
//! meant is [`marks`]' to say.
//!
//! Invariant: each record goes through the desk's own judgement by itself; one refusal stops none of the others.

mod marks;

use std::collections::VecDeque;

use super::form::{Form, Purpose};
use super::layout::Step;
use super::model::{Model, Sheet, Tone};
use super::msg::{Effect, Tag};
use super::outbox::{Act, Deed, Then};
use super::screen;
use super::{acts, filled, forms, settle};
use crate::domain::action::Action;
use crate::domain::identity::{ExceptionId, RecordId, Seq};

pub use marks::{Marks, has_marks, many, mark, mark_all, unmark_all};

/// Refusals shown at once.
const SHOWN: usize = 8;

/// How far an act on many is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is asked whether to do it; whether the button that does it has the focus.
    Asked(bool),
    /// It runs.
    Running,
    /// It is over.
    Over,
}

/// A record among many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Which.
    pub id: RecordId,
    /// The end of its VIN.
    pub tail: String,
    /// The exception on it that is meant, where one is.
    exception: Option<ExceptionId>,
    seen: Seq,
}

impl Target {
    /// An exception on a record, seen at this event.
    pub fn exception(id: ExceptionId, record: RecordId, tail: &str, seen: Seq) -> Target {
        Target { id: record, tail: format!("{tail} · {}", id.0), exception: Some(id), seen }
    }
}

/// An act on many records.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// Its heading: what, on how many.
    pub title: String,
    /// What will happen.
    pub lines: Vec<String>,
    /// The button that does it.
    pub doing: &'static str,
    /// How far it is.
    pub phase: Phase,
    /// How many there are.
    pub total: usize,
    /// How many were changed.
    pub done: usize,
    /// How many had nothing to change.
    pub unchanged: usize,
    /// How many were not tried, because it was cancelled.
    pub left: usize,
    /// Those refused: the end of the VIN, and why.
    pub refused: Vec<(String, String)>,
    /// The first refusal shown.
    pub top: usize,
    deed: Deed,
    waiting: VecDeque<Target>,
    sent: Option<(Tag, Target)>,
    drafts: Vec<String>,
}

impl Bulk {
    /// Moves the window over the refusals.
    pub fn step(&mut self, step: Step) {
        let last = self.refused.len().saturating_sub(SHOWN);
        self.top = match step {
            Step::Down => self.top + 1,
            Step::Up => self.top.saturating_sub(1),
            Step::HalfDown | Step::PageDown => self.top + SHOWN,
            Step::HalfUp | Step::PageUp => self.top.saturating_sub(SHOWN),
            Step::First => 0,
            Step::Last => last,
        }
        .min(last);
    }

    /// The refusals in the window.
    pub fn shown(&self) -> impl Iterator<Item = &(String, String)> {
        self.refused.iter().skip(self.top).take(SHOWN)
    }

    /// Records answered so far.
    pub fn answered(&self) -> usize {
        self.done + self.unchanged + self.refused.len()
    }

    /// What it came to, in one line.
    pub fn outcome(&self) -> String {
        let mut parts = vec![format!("{} done", self.done)];
        for (count, words) in
            [(self.unchanged, "with nothing to do"), (self.refused.len(), "refused"), (self.left, "not tried")]
        {
            if count > 0 {
                parts.push(format!("{count} {words}"));
            }
        }
        parts.join(", ")
    }
}

/// Acts on many that need no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// Become their owner.
    Take,
    /// Confirm what is clean.
    ConfirmAll,
    /// Move each to its next step.
    Advance,
    /// Seal and release each.
    Release,
}

/// Asks whether to do something with the marked records that needs no form.
pub fn ask(model: &mut Model, what: Plain) -> Vec<Effect> {
    let targets = model.targets();
    let count = many(targets.len());
    let me = model.who.login.clone();
    let (title, doing, deed, line) = match what {
        Plain::Take => (
            format!("Take {count}"),
            "Take",
            Deed::Act(Action::Assign { to: Some(me), reason: None }),
            "Each becomes yours; one that is somebody else's is refused: take it by itself, with a reason.",
        ),
        Plain::ConfirmAll => (
            format!("Confirm what is clean in {count}"),
            "Confirm",
            Deed::Act(Action::Confirm { addresses: None }),
            "In each, every undecided change is confirmed that no finding speaks of, under your name.",
        ),
        Plain::Advance => (
            format!("Move {count} on"),
            "Move on",
            Deed::Act(Action::Advance { reason: None }),
            "Each is signed for its step and moves to the next, if nothing stands in the way.",
        ),
        Plain::Release => (
            format!("Release {count}"),
            "Release",
            Deed::Release,
            "Each is sealed, checked again and kept for ever. This cannot be undone.",
        ),
    };
    let mut lines = vec![line.to_owned()];
    lines.extend(names(&targets));
    let phase = Phase::Asked(what != Plain::Release);
    model.sheet = Some(Sheet::Bulk(Box::new(bulk(title, lines, doing, deed, targets, phase))));
    Vec::new()
}

/// The records an act is about, as far as they fit into a line or two.
fn names(targets: &VecDeque<Target>) -> Option<String> {
    const NAMED: usize = 12;
    let mut tails: Vec<&str> = targets.iter().take(NAMED).map(|target| target.tail.as_str()).collect();
    if targets.len() > NAMED {
        tails.push("…");
    }
    (!tails.is_empty()).then(|| tails.join(" "))
}

fn bulk(
    title: String,
    lines: Vec<String>,
    doing: &'static str,
    deed: Deed,
    waiting: VecDeque<Target>,
    phase: Phase,
) -> Bulk {
    Bulk {
        title,
        lines,
        doing,
        phase,
        total: waiting.len(),
        done: 0,
        unchanged: 0,
        left: 0,
        refused: Vec::new(),
        top: 0,
        deed,
        waiting,
        sent: None,
        drafts: Vec::new(),
    }
}

/// Opens the form of an act on the marked records.
pub fn open_form(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    let form = forms::open_many(purpose, model.marks.len(), names(&model.targets()), &model.house);
    let drafts = form.fields.iter().filter_map(|field| field.draft.clone());
    let effects = drafts.map(|key| Effect::LoadDraft { key }).collect();
    model.sheet = Some(Sheet::Form(Box::new(form)));
    effects
}

/// Does something about many: what it is called, what is said of it and the button that does it, the deed, to which, how far it
/// is, and under which keys drafts of it lie.
pub fn start(
    model: &mut Model,
    title: String,
    (lines, doing): (Vec<String>, &'static str),
    deed: Deed,
    targets: Vec<Target>,
    phase: Phase,
    drafts: Vec<String>,
) -> Vec<Effect> {
    let mut bulk = bulk(title, lines, doing, deed, targets.into(), phase);
    bulk.drafts = drafts;
    model.sheet = Some(Sheet::Bulk(Box::new(bulk)));
    if phase == Phase::Running { go_on(model) } else { Vec::new() }
}

/// Runs what a form says on the marked records.
pub fn run_form(model: &mut Model, form: &Form) -> Vec<Effect> {
    if form.purpose.is_about_exceptions() {
        return settle::run_form(model, form);
    }
    let Some((action, _)) = filled::action(form, &model.house, &model.who.login) else { return Vec::new() };
    let targets = model.targets();
    let mut bulk = bulk(form.title.clone(), Vec::new(), "", Deed::Act(action), targets, Phase::Running);
    bulk.drafts = form.fields.iter().filter_map(|field| field.draft.clone()).collect();
    model.sheet = Some(Sheet::Bulk(Box::new(bulk)));
    go_on(model)
}

/// Accepts: does it, or closes what is over.
pub fn accept(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Bulk(bulk)) = &mut model.sheet else { return Vec::new() };
    match bulk.phase {
        Phase::Asked(true) => {
            bulk.phase = Phase::Running;
            go_on(model)
        }
        Phase::Asked(false) | Phase::Over => {
            model.sheet = None;
            Vec::new()
        }
        Phase::Running => Vec::new(),
    }
}

/// Goes back from the question, cancels what runs, closes what is over. What was sent already is still answered.
pub fn cancel(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Bulk(bulk)) = &mut model.sheet else { return Vec::new() };
    match bulk.phase {
        Phase::Asked(_) | Phase::Over => model.sheet = None,
        Phase::Running => {
            bulk.left += bulk.waiting.len();
            bulk.waiting.clear();
        }
    }
    Vec::new()
}

/// Sends the next one, or ends.
fn go_on(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Bulk(bulk)) = &mut model.sheet else { return Vec::new() };
    let Some(target) = bulk.waiting.pop_front() else { return end(model) };
    let act = Act {
        record: target.id,
        seen: target.seen,
        done: format!("{}: {}", target.tail, bulk.deed.word()),
        deed: settle::deed_for(&bulk.deed, target.exception),
        then: Then::Stay,
        drafts: Vec::new(),
    };
    let (tag, effects) = acts::send(model, act, None);
    if let Some(Sheet::Bulk(bulk)) = &mut model.sheet {
        bulk.sent = Some((tag, target));
    }
    effects
}

fn end(model: &mut Model) -> Vec<Effect> {
    let Some(Sheet::Bulk(bulk)) = &mut model.sheet else { return Vec::new() };
    bulk.phase = Phase::Over;
    let drafts = std::mem::take(&mut bulk.drafts);
    let (outcome, tone) = (bulk.outcome(), if bulk.refused.is_empty() { Tone::Done } else { Tone::No });
    let clean = bulk.refused.is_empty() && bulk.left == 0;
    let text = format!("{}: {outcome}", bulk.title);
    if clean {
        model.sheet = None;
    }
    model.say(tone, text);
    let mut effects: Vec<Effect> = if clean {
        drafts.into_iter().map(|key| Effect::SaveDraft { key, text: String::new() }).collect()
    } else {
        Vec::new()
    };
    effects.extend(model.ask_for_list());
    effects.push(Effect::LoadCounts);
    if let Some(id) = model.shown {
        effects.extend(model.read(id));
    }
    effects.extend(screen::read(model));
    effects
}

/// Whether an act is one of many; then its answer is counted here and the next one is sent. A record that was done
/// loses its mark, one that was refused keeps it.
pub fn answered(model: &mut Model, tag: Tag, answer: Result<(bool, Seq), String>) -> Option<Vec<Effect>> {
    let Some(Sheet::Bulk(bulk)) = &mut model.sheet else { return None };
    let (_, target) = bulk.sent.take_if(|(sent, _)| *sent == tag)?;
    match answer {
        Ok((changed, seq)) => {
            bulk.done += usize::from(changed);
            bulk.unchanged += usize::from(!changed);
            // What waits on the same record was asked for knowing of this.
            for waiting in bulk.waiting.iter_mut().filter(|waiting| waiting.id == target.id) {
                waiting.seen = waiting.seen.max(seq);
            }
            match target.exception {
                Some(exception) => drop(model.board.marks.remove(&exception)),
                None => drop(model.marks.remove(&target.id)),
            }
        }
        Err(why) => bulk.refused.push((target.tail, why)),
    }
    Some(go_on(model))
}

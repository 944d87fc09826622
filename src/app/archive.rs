//! The archive: every released version, newest first, with marks; what is known of the one under the cursor, and what verifying
//! found. What is told of one is [`filed`](super::filed)'s.
//!
//! Invariant: the cursor stays on the version it was on, whatever is released meanwhile; what did not hold is shown as such until
//! it is verified anew.

mod verifying;

use std::collections::BTreeMap;

use super::asked::{Asked, MORE, as_far_as};
use super::filed;
use super::layout::{Area, Scroll, Step};
use super::lines::Lines;
use super::model::{Model, Sheet, Tone};
use super::msg::{Effect, Ticket};
use super::places;
use super::screen::{self, Screen};
use crate::domain::archive::{Filed, Known, ReleaseId, Verdict};
use crate::domain::event::Event;
use crate::domain::filter::{Filter, Term, TextField};
use crate::domain::identity::{RecordId, Vin};
use crate::failure::Failure;

pub use verifying::{Run, may_stop, may_verify, stop, verified, verify};

/// The archive on the screen.
#[derive(Debug, Clone, Default)]
pub struct Archive {
    /// The filter as it is written.
    pub words: String,
    /// The filter as it is meant; that of the last words that meant something.
    pub filter: Option<Filter>,
    /// The versions read so far, the newest at the top.
    pub rows: Vec<Filed>,
    /// How many there are on the desk.
    pub total: u64,
    /// What is known of the question for them.
    pub asked: Asked<i64>,
    /// Where the cursor is.
    pub scroll: Scroll,
    /// The version it is on, or that it goes to once the rows are here.
    pub selected: Option<ReleaseId>,
    /// The marked ones, each with the end of its VIN.
    pub marks: BTreeMap<ReleaseId, String>,
    /// What verifying found, in this session.
    pub verdicts: BTreeMap<ReleaseId, Verdict>,
    /// The verifying that runs.
    pub run: Option<Run>,
    /// What is known of a version, the one under the cursor as soon as it was read.
    pub told: Option<Result<Known, (ReleaseId, String)>>,
    /// Whether what is told of the version has the focus; else the list.
    pub on_told: bool,
    /// Where the cursor is in it.
    pub told_scroll: Scroll,
    /// The version being read, and whether something happened to its record meanwhile.
    reading: Option<(ReleaseId, bool)>,
}

/// The parts of the archive. One that is not shown is empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parts {
    /// The list, its heading line included.
    pub rows: Area,
    /// What is told of the version under the cursor.
    pub told: Area,
}

impl Parts {
    /// The parts of an area; where there is no room for both, the one with the focus.
    pub fn of(area: Area, on_told: bool) -> Parts {
        let small = area.width < 72 || area.height < 16;
        match (small, on_told) {
            (true, true) => return Parts { rows: Area::default(), told: area },
            (true, false) => return Parts { rows: area, told: Area::default() },
            (false, _) => {}
        }
        // What has the focus gets the room.
        let list = if on_told { 6 } else { (area.height * 9 / 20).max(8) };
        let (rows, told) = area.split_rows(list);
        Parts { rows, told }
    }
}

impl Archive {
    /// The version under the cursor.
    pub fn row(&self) -> Option<&Filed> {
        self.rows.get(self.scroll.at).filter(|row| Some(row.id) == self.selected)
    }

    /// What is known of the version under the cursor, or why it cannot be read; nothing while it is read.
    pub fn told(&self) -> Option<Result<&Known, &str>> {
        let selected = self.row()?.id;
        match self.told.as_ref()? {
            Ok(known) => (known.id == selected).then_some(Ok(known)),
            Err((id, why)) => (*id == selected).then_some(Err(why.as_str())),
        }
    }

    /// Whether a version is being verified, or waits for it.
    pub fn is_verified_now(&self, id: ReleaseId) -> bool {
        self.run.as_ref().is_some_and(|run| run.is_about(id))
    }

    /// The versions that did not hold when they were verified last.
    pub fn failed(&self) -> impl Iterator<Item = &ReleaseId> {
        self.verdicts.iter().filter(|(_, verdict)| !verdict.holds()).map(|(id, _)| id)
    }

    fn select(&mut self, row: usize, fit: usize) {
        let before = self.selected;
        self.scroll.to(row, self.rows.len(), fit);
        self.selected = self.rows.get(self.scroll.at).map(|row| row.id);
        if self.selected != before {
            self.told_scroll = Scroll::default();
        }
    }

    /// Whether what it promises holds.
    pub fn is_sound(&self) -> bool {
        self.rows.is_empty() || self.row().is_some()
    }
}

/// The parts of the archive on the screen.
pub fn parts(model: &Model) -> Parts {
    Parts::of(model.layout().main, model.archive.on_told)
}

/// Versions that fit.
fn fit(model: &Model) -> usize {
    usize::from(parts(model).rows.height.saturating_sub(1))
}

/// Asks for the list anew; while an answer is on its way, once it is here.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    if !model.archive.asked.may_ask() {
        return Vec::new();
    }
    let ticket = model.ticket();
    model.archive.asked.all(ticket);
    vec![load_page(model, ticket, as_far_as(model.archive.scroll.at), None)]
}

fn load_page(model: &Model, ticket: Ticket, limit: usize, after: Option<i64>) -> Effect {
    Effect::LoadArchive { ticket, filter: model.archive.filter.clone(), limit, after }
}

/// Asks for more when the cursor comes near the end of what was read.
fn ask_for_more(model: &mut Model) -> Option<Effect> {
    let after = model.archive.asked.rest(model.archive.scroll.at, model.archive.rows.len()).copied()?;
    let ticket = model.ticket();
    model.archive.asked.more(ticket);
    Some(load_page(model, ticket, MORE, Some(after)))
}

/// A page of released versions is here, with how many there are on the desk.
pub fn page_read(model: &mut Model, ticket: Ticket, rows: Vec<Filed>, next: Option<i64>, total: u64) -> Vec<Effect> {
    let fit = fit(model);
    let archive = &mut model.archive;
    let Some(part) = archive.asked.answered(ticket, next) else { return Vec::new() };
    archive.total = total;
    part.join(&mut archive.rows, rows, |row| row.id);
    let kept = archive.rows.iter().position(|row| Some(row.id) == archive.selected);
    archive.select(kept.unwrap_or(archive.scroll.at), fit);
    let mut effects = follow(model);
    if model.archive.asked.is_stale() {
        effects.extend(ask(model));
    }
    effects.extend(ask_for_more(model));
    effects
}

/// The answer to a question is not to be had: it may be asked again.
pub fn failed(model: &mut Model, ticket: Ticket) {
    model.archive.asked.failed(ticket);
}

/// Reads what is known of the version under the cursor, once the one being read is here.
fn follow(model: &mut Model) -> Vec<Effect> {
    let archive = &mut model.archive;
    let Some(id) = archive.row().map(|row| row.id) else { return Vec::new() };
    if archive.told().is_some() || archive.reading.is_some() {
        return Vec::new();
    }
    archive.reading = Some((id, false));
    vec![Effect::LoadRelease(id)]
}

/// What is known of a version is here, or why it cannot be read.
pub fn release_read(model: &mut Model, id: ReleaseId, known: Result<Known, Failure>) -> Vec<Effect> {
    let archive = &mut model.archive;
    // What was read before something happened to its record is not told after it: it is read again.
    let fresh = !archive.reading.take().is_some_and(|(_, stale)| stale);
    archive.told = Some(known.map_err(|failure| (id, failure.message))).filter(|_| fresh);
    follow(model)
}

/// What is told of a version is read again when something happened to its record.
pub fn happened(model: &mut Model, events: &[Event]) {
    changed(model, |record| events.iter().any(|event| event.record.as_ref().is_some_and(|(id, _)| *id == record)));
}

/// The same of one's own act, which is no news.
pub fn changed(model: &mut Model, about: impl Fn(RecordId) -> bool) {
    let archive = &mut model.archive;
    if archive.row().is_some_and(|row| about(row.id.record)) {
        archive.told = None;
    }
    if let Some((id, stale)) = &mut archive.reading {
        *stale |= about(id.record);
    }
}

/// Filters the archive by what its records are.
pub fn use_filter(model: &mut Model, words: String, filter: Option<Filter>) -> Vec<Effect> {
    let archive = &mut model.archive;
    let same = archive.filter == filter;
    (archive.words, archive.filter) = (words, filter);
    if same {
        return Vec::new();
    }
    // The rows there are stay until the answer is here; an answer to the question before would be another filter's.
    archive.asked.anew();
    archive.on_told = false;
    let fit = fit(model);
    model.archive.select(0, fit);
    ask(model)
}

/// Goes to the versions of a record: to the newest of those read so far, or to all of them by a filter.
pub fn go_to(model: &mut Model, record: RecordId, vin: &Vin) -> Vec<Effect> {
    model.archive.on_told = false;
    if let Some(row) = model.archive.rows.iter().position(|row| row.id.record == record) {
        return point(model, false, row);
    }
    let filter = Filter::Term(Term::Text(TextField::Vin, vec![vin.to_string()]));
    use_filter(model, format!("vin:{vin}"), Some(filter))
}

/// Moves the cursor of what has the focus.
pub fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    if model.archive.on_told {
        let (rows, height) = (filed::facts(model).len(), usize::from(parts(model).told.height).max(2) / 2);
        model.archive.told_scroll.by(step, rows, height);
        return Vec::new();
    }
    let mut scroll = model.archive.scroll;
    scroll.by(step, model.archive.rows.len(), fit(model));
    point(model, false, scroll.at)
}

/// Puts the cursor on a row of the list, or of what is told of a version, and the focus with it.
pub fn point(model: &mut Model, on_told: bool, row: usize) -> Vec<Effect> {
    model.archive.on_told = on_told && model.archive.row().is_some();
    if model.archive.on_told {
        let (rows, height) = (filed::facts(model).len(), usize::from(parts(model).told.height).max(2) / 2);
        model.archive.told_scroll.to(row, rows, height);
        return Vec::new();
    }
    let fit = fit(model);
    model.archive.select(row, fit);
    let mut effects = follow(model);
    effects.extend(ask_for_more(model));
    effects
}

/// From the list to what is told of a version, and back.
pub fn turn(model: &mut Model) -> Vec<Effect> {
    model.archive.on_told = !model.archive.on_told && model.archive.row().is_some();
    settle_window(model);
    Vec::new()
}

/// Opens the record of the version under the cursor, at the release in its history.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let Some((id, seq)) = model.archive.row().map(|row| (row.id, row.seq)) else { return Vec::new() };
    let effects = places::open(model, id.record);
    model.wanted_event = Some(seq);
    model.opened_from = Some((Screen::Archive, id.record));
    model.show_what_is_wanted();
    effects
}

/// Back: stops what runs, from what is told to the list, from a filter to all of them, from the archive to the desk.
pub fn back(model: &mut Model) -> Vec<Effect> {
    if model.archive.run.is_some() {
        return stop(model);
    }
    if model.archive.on_told {
        return turn(model);
    }
    if !model.archive.words.is_empty() {
        return use_filter(model, String::new(), None);
    }
    screen::leave(model)
}

/// Puts the window around its cursor, after the screen changed.
pub fn settle_window(model: &mut Model) {
    let fit = fit(model);
    let at = model.archive.scroll.at;
    model.archive.select(at, fit);
}

/// Marks the version under the cursor or takes its mark away, and goes to the next.
pub fn mark(model: &mut Model) -> Vec<Effect> {
    let Some((id, tail)) = model.archive.row().map(|row| (row.id, row.vin.tail().to_owned())) else {
        return Vec::new();
    };
    if model.archive.marks.remove(&id).is_none() {
        model.archive.marks.insert(id, tail);
    }
    model.archive.on_told = false;
    step(model, Step::Down)
}

/// Marks every row read so far; where all are marked already, takes those marks away.
pub fn mark_all(model: &mut Model) -> Vec<Effect> {
    let rows: Vec<(ReleaseId, String)> =
        model.archive.rows.iter().map(|row| (row.id, row.vin.tail().to_owned())).collect();
    let marks = &mut model.archive.marks;
    if rows.iter().all(|(id, _)| marks.contains_key(id)) {
        rows.iter().for_each(|(id, _)| drop(marks.remove(id)));
    } else {
        marks.extend(rows);
    }
    let more =
        if model.archive.asked.has_more() { "; the list goes on: go to its end, then mark the rest" } else { "" };
    let text = format!("{}{more}", many(model.archive.marks.len()));
    model.say(Tone::Plain, text);
    Vec::new()
}

/// Takes every mark away.
pub fn unmark_all(model: &mut Model) -> Vec<Effect> {
    let count = std::mem::take(&mut model.archive.marks).len();
    model.say(Tone::Plain, format!("{} unmarked", many(count)));
    Vec::new()
}

/// How many released versions, in words.
fn many(count: usize) -> String {
    if count == 1 { "1 marked release".to_owned() } else { format!("{count} marked releases") }
}

/// Whether the cursor is on a released version.
///
/// # Errors
/// That it is on none.
pub fn has_row(model: &Model) -> Result<(), String> {
    model.archive.row().map(drop).ok_or_else(|| "the cursor is on no release".to_owned())
}

/// Sends the SHA-256 of the version under the cursor to the terminal's clipboard.
pub fn copy_digest(model: &mut Model) -> Vec<Effect> {
    model.archive.row().map(|row| Effect::Copy(row.release.sha256.to_string())).into_iter().collect()
}

/// Sends its reference to the terminal's clipboard.
pub fn copy_reference(model: &mut Model) -> Vec<Effect> {
    model.archive.row().map(|row| Effect::Copy(row.release.reference.clone())).into_iter().collect()
}

/// Opens the lines of its message.
pub fn lines(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.archive.row() else { return Vec::new() };
    let (id, title) = (row.id, format!("{} version {}", row.vin.tail(), row.id.version));
    let lines = Lines { record: id.record, address: None, title, sides: None, prose: Vec::new(), top: 0 };
    model.sheet = Some(Sheet::Lines(Box::new(lines)));
    vec![Effect::LoadSealed(id)]
}

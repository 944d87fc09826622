//! The exceptions board: all exceptions to settle, by groups, with marks; what is done about many of them at once is
//! [`settle`](super::settle)'s.
//!
//! Invariant: the cursor stays on the exception it was on, by number, whatever comes or goes; what is marked stays marked.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::asked::{Asked, MORE, as_far_as};
use super::layout::{Area, Scroll, Step};
use super::model::{Model, Tone};
use super::msg::{Effect, Ticket};
use super::places;
use super::screen::{self, Screen};
use crate::domain::event::Event;
use crate::domain::filter::Filter;
use crate::domain::identity::{ExceptionId, RecordId, Seq};
use crate::domain::triage::{By, Group, Groups, Raised};

/// The filter of what was settled.
const SETTLED: &str = "state:resolved,waived";

/// An exception that something is to be done about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The record it is on.
    pub record: RecordId,
    /// The end of its VIN.
    pub tail: String,
    /// The event of the record that was seen.
    pub seen: Seq,
}

impl Marked {
    /// What must be known of a row to do something about it.
    pub fn of(row: &Raised) -> Marked {
        Marked { record: row.record, tail: row.vin.tail().to_owned(), seen: row.seq }
    }
}

/// The board.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// What the exceptions are grouped by.
    pub by: By,
    /// The filter as it is written.
    pub words: String,
    /// The filter as it is meant; that of the last words that meant something.
    pub filter: Option<Filter>,
    /// Whether what was settled is shown instead of what is to settle, whatever the filter says besides.
    pub settled: bool,
    /// The groups, once they were counted.
    pub groups: Option<Groups>,
    /// The group shown, by what its exceptions have in common; all of them without.
    pub group: Option<Option<String>>,
    /// Whether the groups have the focus; else the exceptions.
    pub on_groups: bool,
    /// Where the cursor of the groups is; the first row is all of them.
    pub group_scroll: Scroll,
    /// The exceptions read so far, those raised first at the top.
    pub rows: Vec<Raised>,
    /// What is known of the question for them.
    pub asked: Asked<ExceptionId>,
    /// Where the cursor is.
    pub scroll: Scroll,
    /// The exception it is on.
    pub selected: Option<ExceptionId>,
    /// The marked ones.
    pub marks: BTreeMap<ExceptionId, Marked>,
    /// Those a form or a question is about, as they were when it was opened.
    pub chosen: Vec<(ExceptionId, Marked)>,
    /// What is known of the question for the groups.
    asked_groups: Asked<()>,
}

/// The parts of the board. One that is not shown is empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parts {
    /// The ways to group.
    pub tabs: Area,
    /// The groups.
    pub groups: Area,
    /// The exceptions, their heading line included.
    pub rows: Area,
    /// The one under the cursor.
    pub detail: Area,
}

impl Parts {
    /// The parts of an area, where a group takes so many columns; where there is no room for both, groups or exceptions
    /// are shown.
    pub fn of(area: Area, on_groups: bool, group: u16) -> Parts {
        let (tabs, rest) = area.split_rows(u16::from(area.height > 3));
        let (groups, right) = match area.width {
            0..72 if on_groups => (rest, Area::default()),
            0..72 => (Area::default(), rest),
            // What has the focus gets the room: titles of kinds are long.
            72..100 => rest.split_columns(if on_groups { group.clamp(36, area.width * 2 / 3) } else { 25 }),
            _ => rest.split_columns(if on_groups { group.clamp(46, area.width / 2) } else { 34 }),
        };
        let detail = match right.height {
            0..10 => 0,
            10..16 => 5,
            height => (height * 2 / 5).max(8),
        };
        let (rows, detail) = right.split_rows(right.height - detail);
        Parts { tabs, groups, rows, detail }
    }
}

impl Board {
    /// The exception under the cursor.
    pub fn row(&self) -> Option<&Raised> {
        self.rows.get(self.scroll.at).filter(|row| Some(row.exception.id) == self.selected)
    }

    /// The rows of the groups: all, then each.
    pub fn group_rows(&self) -> usize {
        1 + self.groups.as_ref().map_or(0, |groups| groups.rows.len())
    }

    /// What is asked of the desk: the filter, and besides it that it was settled, where that is shown.
    fn wanted(&self, today: NaiveDate) -> Vec<Filter> {
        let settled = if self.settled { Filter::parse_exceptions(SETTLED, today).ok() } else { None };
        self.filter.clone().into_iter().chain(settled).collect()
    }

    fn group_at(&self, row: usize) -> Option<&Group> {
        self.groups.as_ref()?.rows.get(row.checked_sub(1)?)
    }

    /// One's own act on a record is known, also before its rows are read again: the next one, on whichever of its exceptions,
    /// is no conflict with it.
    pub fn did(&mut self, record: RecordId, seq: Seq) {
        let rows = self.rows.iter_mut().filter(|row| row.record == record).map(|row| &mut row.seq);
        let chosen = self.chosen.iter_mut().map(|(_, marked)| marked);
        let marked = self.marks.values_mut().chain(chosen).filter(|marked| marked.record == record);
        rows.chain(marked.map(|marked| &mut marked.seen)).for_each(|seen| *seen = seq.max(*seen));
    }

    /// Rows that were read before one's own act was done, and come in after it, do not make that act somebody else's.
    fn still_did(&self, rows: &mut [Raised]) {
        let mut known: BTreeMap<RecordId, Seq> = BTreeMap::new();
        for row in &self.rows {
            let seq = known.entry(row.record).or_insert(row.seq);
            *seq = row.seq.max(*seq);
        }
        for row in rows {
            row.seq = row.seq.max(known.get(&row.record).copied().unwrap_or(row.seq));
        }
    }

    fn select(&mut self, row: usize, fit: usize) {
        self.scroll.to(row, self.rows.len(), fit);
        self.selected = self.rows.get(self.scroll.at).map(|row| row.exception.id);
    }

    /// Whether groups and exceptions may be asked for now: they are asked for together, once nothing is waited for.
    fn may_ask(&mut self) -> bool {
        let (rows, groups) = (self.asked.may_ask(), self.asked_groups.may_ask());
        rows && groups
    }

    /// Whether what it promises holds.
    pub fn is_sound(&self) -> bool {
        let row = self.rows.is_empty() || self.row().is_some();
        row && self.group_scroll.at < self.group_rows()
    }
}

/// The parts of the board on the screen.
pub fn parts(model: &Model) -> Parts {
    let widest = model.board.groups.iter().flat_map(|groups| groups.rows.iter().map(|group| (groups.by, group)));
    let name = widest.map(|(by, group)| named(model, by, group.key.as_deref()).chars().count()).max();
    // Before the name stands the cursor, behind it the numbers: how many block, how many there are.
    let group = u16::try_from(name.unwrap_or(0) + 14).unwrap_or(u16::MAX);
    Parts::of(model.layout().main, model.board.on_groups, group)
}

/// What people read of a group.
pub fn named(model: &Model, by: By, key: Option<&str>) -> String {
    match (by, key) {
        (By::Kind, Some(key)) => kind_title(model, key).to_owned(),
        (By::Age, Some(key)) => format!("{key} days"),
        (_, Some(key)) => key.to_owned(),
        (By::Owner, None) => "nobody".to_owned(),
        (_, None) => "none".to_owned(),
    }
}

/// What people read of a kind of exceptions.
pub fn kind_title<'a>(model: &'a Model, kind: &'a str) -> &'a str {
    // A group is of the whole desk, and so of any policy that has the kind.
    model.house.policies.all().find_map(|policy| policy.exception_kind(kind)).map_or(kind, |known| &known.title)
}

/// Rows of exceptions that fit.
fn fit(model: &Model) -> usize {
    usize::from(parts(model).rows.height.saturating_sub(1))
}

/// Asks for groups and exceptions anew; while an answer is on its way, once it is here.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    if !model.board.may_ask() {
        return Vec::new();
    }
    let (of_groups, of_rows) = (model.ticket(), model.ticket());
    let board = &mut model.board;
    board.asked_groups.all(of_groups);
    board.asked.all(of_rows);
    let filter = all_of(board.wanted(model.now.day()));
    let groups = Effect::LoadGroups { ticket: of_groups, by: board.by, filter };
    vec![groups, load_page(model, of_rows, as_far_as(model.board.scroll.at), None)]
}

fn load_page(model: &Model, ticket: Ticket, limit: usize, after: Option<ExceptionId>) -> Effect {
    let (board, today) = (&model.board, model.now.day());
    let group = board.group.as_ref().map(|key| board.by.filter(key.as_deref(), today));
    let filter = all_of(board.wanted(today).into_iter().chain(group).collect());
    Effect::LoadExceptions { ticket, filter, limit, after }
}

fn all_of(parts: Vec<Filter>) -> Option<Filter> {
    (!parts.is_empty()).then_some(Filter::All(parts))
}

fn ask_for_more(model: &mut Model) -> Option<Effect> {
    let after = model.board.asked.rest(model.board.scroll.at, model.board.rows.len()).copied()?;
    let ticket = model.ticket();
    model.board.asked.more(ticket);
    Some(load_page(model, ticket, MORE, Some(after)))
}

fn ask_if_stale(model: &mut Model) -> Vec<Effect> {
    let stale = model.board.asked.is_stale() || model.board.asked_groups.is_stale();
    if stale { ask(model) } else { Vec::new() }
}

/// The groups are here.
pub fn groups_read(model: &mut Model, ticket: Ticket, groups: Groups) -> Vec<Effect> {
    if model.board.asked_groups.answered(ticket, None).is_none() {
        return Vec::new();
    }
    let height = usize::from(parts(model).groups.height);
    let board = &mut model.board;
    let at = board.group.as_ref().and_then(|key| groups.rows.iter().position(|group| group.key == *key));
    // A group that was worked off is left for all of them, unless its last exceptions are still being read.
    let gone = board.group.is_some() && at.is_none();
    board.groups = Some(groups);
    let rows = board.group_rows();
    board.group_scroll.to(at.map_or(0, |at| at + 1), rows, height);
    if gone {
        board.group = None;
        return ask(model);
    }
    ask_if_stale(model)
}

/// A page of exceptions is here.
pub fn page_read(model: &mut Model, ticket: Ticket, mut rows: Vec<Raised>, next: Option<ExceptionId>) -> Vec<Effect> {
    let fit = fit(model);
    let board = &mut model.board;
    let Some(part) = board.asked.answered(ticket, next) else { return Vec::new() };
    board.still_did(&mut rows);
    part.join(&mut board.rows, rows, |row| row.exception.id);
    let kept = board.rows.iter().position(|row| Some(row.exception.id) == board.selected);
    board.select(kept.unwrap_or(board.scroll.at), fit);
    let mut effects = ask_if_stale(model);
    effects.extend(ask_for_more(model));
    effects
}

/// The answer to a question is not to be had: it may be asked again.
pub fn failed(model: &mut Model, ticket: Ticket) {
    model.board.asked.failed(ticket);
    model.board.asked_groups.failed(ticket);
}

/// Shows other exceptions from the beginning; the rows there are stay until the answer is here.
fn anew(model: &mut Model) -> Vec<Effect> {
    let board = &mut model.board;
    board.scroll = Scroll::default();
    board.selected = board.rows.first().map(|row| row.exception.id);
    // An answer to the question before would be another group's.
    board.asked.anew();
    board.asked_groups.anew();
    ask(model)
}

/// Shows what a filter selects, all groups of it.
pub fn show(model: &mut Model, words: String, filter: Filter) -> Vec<Effect> {
    let board = &mut model.board;
    (board.words, board.filter, board.settled) = (words, Some(filter), false);
    (board.group, board.groups, board.on_groups) = (None, None, false);
    board.group_scroll = Scroll::default();
    anew(model)
}

/// Filters the board.
pub fn use_filter(model: &mut Model, words: String, filter: Option<Filter>) -> Vec<Effect> {
    let same = model.board.filter == filter;
    (model.board.words, model.board.filter) = (words, filter);
    if same { Vec::new() } else { anew(model) }
}

/// Shows what was settled instead of what is to settle, or the other way round; the filter stays.
pub fn turn_settled(model: &mut Model) -> Vec<Effect> {
    model.board.settled = !model.board.settled;
    anew(model)
}

/// Groups the exceptions in another way.
pub fn group_by(model: &mut Model, by: By) -> Vec<Effect> {
    let board = &mut model.board;
    (board.by, board.group, board.groups) = (by, None, None);
    board.group_scroll = Scroll::default();
    anew(model)
}

/// The next way to group, or the one before.
pub fn turn(model: &mut Model, forward: bool) -> Vec<Effect> {
    let by = model.board.by.further(if forward { 1 } else { By::TABLE.len() - 1 });
    group_by(model, by)
}

/// Moves the cursor of what has the focus.
pub fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    if model.board.on_groups {
        return to_group(model, step);
    }
    let fit = fit(model);
    let board = &mut model.board;
    let mut scroll = board.scroll;
    scroll.by(step, board.rows.len(), fit);
    board.select(scroll.at, fit);
    ask_for_more(model).into_iter().collect()
}

/// Puts the cursor on a row of the groups or of the exceptions, and the focus with it.
pub fn point(model: &mut Model, on_groups: bool, row: usize) -> Vec<Effect> {
    model.board.on_groups = on_groups;
    if on_groups {
        let height = usize::from(parts(model).groups.height);
        let rows = model.board.group_rows();
        model.board.group_scroll.to(row, rows, height);
        return show_group(model);
    }
    let fit = fit(model);
    model.board.select(row, fit);
    ask_for_more(model).into_iter().collect()
}

fn to_group(model: &mut Model, step: Step) -> Vec<Effect> {
    let height = usize::from(parts(model).groups.height);
    let board = &mut model.board;
    let rows = board.group_rows();
    board.group_scroll.by(step, rows, height);
    show_group(model)
}

/// Shows the exceptions of the group its cursor is on.
fn show_group(model: &mut Model) -> Vec<Effect> {
    let board = &mut model.board;
    let group = board.group_at(board.group_scroll.at).map(|group| group.key.clone());
    if board.group == group {
        return Vec::new();
    }
    board.group = group;
    anew(model)
}

/// The next group, wherever the focus is.
pub fn next_group(model: &mut Model) -> Vec<Effect> {
    to_group(model, Step::Down)
}

/// The group before.
pub fn previous_group(model: &mut Model) -> Vec<Effect> {
    to_group(model, Step::Up)
}

/// From the groups to their exceptions; from an exception to its record, the cursor on it.
pub fn open(model: &mut Model) -> Vec<Effect> {
    if model.board.on_groups {
        model.board.on_groups = false;
        settle_window(model);
        return Vec::new();
    }
    let Some(row) = model.board.row() else { return Vec::new() };
    let (record, exception) = (row.record, row.exception.id);
    let effects = places::open(model, record);
    model.wanted_exception = Some(exception);
    model.opened_from = Some((Screen::Board, record));
    model.show_what_is_wanted();
    effects
}

/// Back: from the exceptions to the groups, from a filter to all of them, from what was settled to what is to settle, from
/// the board to the desk.
pub fn back(model: &mut Model) -> Vec<Effect> {
    if !model.board.on_groups {
        model.board.on_groups = true;
        settle_window(model);
        return Vec::new();
    }
    if !model.board.words.is_empty() {
        return use_filter(model, String::new(), None);
    }
    if model.board.settled {
        return turn_settled(model);
    }
    screen::leave(model)
}

/// Puts the windows around their cursors, after the screen changed.
pub fn settle_window(model: &mut Model) {
    let (fit, height) = (fit(model), usize::from(parts(model).groups.height));
    let board = &mut model.board;
    board.select(board.scroll.at, fit);
    let rows = board.group_rows();
    board.group_scroll.to(board.group_scroll.at, rows, height);
}

/// Marks the exception under the cursor or takes its mark away, and goes to the next.
pub fn mark(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.board.row() else { return Vec::new() };
    let (id, marked) = (row.exception.id, Marked::of(row));
    if model.board.marks.remove(&id).is_none() {
        model.board.marks.insert(id, marked);
    }
    model.board.on_groups = false;
    step(model, Step::Down)
}

/// Marks every row read so far; where all are marked already, takes those marks away.
pub fn mark_all(model: &mut Model) -> Vec<Effect> {
    let rows: Vec<(ExceptionId, Marked)> =
        model.board.rows.iter().map(|row| (row.exception.id, Marked::of(row))).collect();
    let marks = &mut model.board.marks;
    if rows.iter().all(|(id, _)| marks.contains_key(id)) {
        rows.iter().for_each(|(id, _)| drop(marks.remove(id)));
    } else {
        marks.extend(rows);
    }
    let more = if model.board.asked.has_more() { "; the list goes on: go to its end, then mark the rest" } else { "" };
    let text = format!("{}{more}", many(model.board.marks.len()));
    model.say(Tone::Plain, text);
    Vec::new()
}

/// Takes the mark away from what was settled, whoever did it.
pub fn settled(model: &mut Model, events: &[Event]) {
    events.iter().flat_map(Event::settled).for_each(|id| drop(model.board.marks.remove(&id)));
}

/// Takes every mark away.
pub fn unmark_all(model: &mut Model) -> Vec<Effect> {
    let count = std::mem::take(&mut model.board.marks).len();
    model.say(Tone::Plain, format!("{} unmarked", many(count)));
    Vec::new()
}

/// How many exceptions, in words.
pub fn many(count: usize) -> String {
    if count == 1 { "1 marked exception".to_owned() } else { format!("{count} marked exceptions") }
}

//! The marked records: what the commands of the work are meant for where there are some.

use std::collections::{BTreeMap, VecDeque};

use super::Target;
use crate::app::layout::{Focus, Step};
use crate::app::model::{Model, Tone};
use crate::app::msg::Effect;
use crate::app::screen::Screen;
use crate::app::{archive, board, moves};
use crate::domain::identity::{RecordId, Seq};

/// The marked records, each with the end of its VIN and the event its author had seen.
pub type Marks = BTreeMap<RecordId, (String, Seq)>;

impl Model {
    /// Whether commands of the work are meant for the marked records: there are some, and the list has the focus.
    pub fn on_marked(&self) -> bool {
        !self.marks.is_empty() && self.focus == Focus::List && self.screen == Screen::Desk
    }

    pub(super) fn targets(&self) -> VecDeque<Target> {
        // What the list shows now was seen now, and goes first, in its order.
        let rows = self.list.rows.iter().enumerate();
        let shown: BTreeMap<RecordId, (usize, Seq)> =
            rows.map(|(at, row)| (row.summary.id, (at, row.summary.seq))).collect();
        let place = |id: &RecordId| shown.get(id).map_or(usize::MAX, |(at, _)| *at);
        let mut targets: Vec<Target> = self
            .marks
            .iter()
            .map(|(id, (tail, seen))| {
                let seen = shown.get(id).map_or(*seen, |(_, seen)| *seen);
                Target { id: *id, tail: tail.clone(), exception: None, seen }
            })
            .collect();
        targets.sort_by_key(|target| place(&target.id));
        targets.into()
    }
}

/// How many records, in words.
pub fn many(count: usize) -> String {
    if count == 1 { "1 marked record".to_owned() } else { format!("{count} marked records") }
}

/// Marks the record under the cursor or takes its mark away, and goes to the next row of the list.
pub fn mark(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Board => return board::mark(model),
        Screen::Archive => return archive::mark(model),
        Screen::Desk | Screen::Overview => {}
    }
    let in_list = model.focus == Focus::List;
    let marked = if in_list {
        model.list.row().map(|row| (row.summary.id, row.summary.vin.tail().to_owned(), row.summary.seq))
    } else {
        model.current().map(|opened| (opened.id(), opened.dossier.record.vin.tail().to_owned(), opened.seen))
    };
    let Some((id, tail, seen)) = marked else { return Vec::new() };
    if model.marks.remove(&id).is_none() {
        model.marks.insert(id, (tail, seen));
    }
    if in_list {
        return moves::step(model, Step::Down);
    }
    model.say(Tone::Plain, many(model.marks.len()));
    Vec::new()
}

/// Marks every row read so far; where all are marked already, takes those marks away.
pub fn mark_all(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Board => return board::mark_all(model),
        Screen::Archive => return archive::mark_all(model),
        Screen::Desk | Screen::Overview => {}
    }
    let rows: Vec<(RecordId, (String, Seq))> = model
        .list
        .rows
        .iter()
        .map(|row| (row.summary.id, (row.summary.vin.tail().to_owned(), row.summary.seq)))
        .collect();
    if rows.iter().all(|(id, _)| model.marks.contains_key(id)) {
        for (id, _) in &rows {
            model.marks.remove(id);
        }
        model.say(Tone::Plain, format!("{} left", many(model.marks.len())));
        return Vec::new();
    }
    model.marks.extend(rows);
    let more = if model.list.asked.has_more() { "; the list goes on: go to its end, then mark the rest" } else { "" };
    model.say(Tone::Plain, format!("{}{more}", many(model.marks.len())));
    Vec::new()
}

/// Takes every mark away, in all queues.
pub fn unmark_all(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Board => return board::unmark_all(model),
        Screen::Archive => return archive::unmark_all(model),
        Screen::Desk | Screen::Overview => {}
    }
    let count = std::mem::take(&mut model.marks).len();
    model.say(Tone::Plain, format!("{} unmarked", many(count)));
    Vec::new()
}

/// Whether there are marks to take away.
///
/// # Errors
/// That nothing is marked.
pub fn has_marks(model: &Model) -> Result<(), String> {
    let none = match model.screen {
        Screen::Board => model.board.marks.is_empty(),
        Screen::Archive => model.archive.marks.is_empty(),
        Screen::Desk | Screen::Overview => model.marks.is_empty(),
    };
    if none { Err("nothing is marked".to_owned()) } else { Ok(()) }
}

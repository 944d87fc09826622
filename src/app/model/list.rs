//! What the model keeps of the queues and of the list of one.

use std::collections::BTreeMap;

use super::Model;
use crate::app::asked::Asked;
use crate::app::layout::{Focus, Scroll};
use crate::app::msg::Row;
use crate::app::wrap::{self, shown_width};
use crate::domain::filter::Filter;
use crate::domain::identity::{Login, RecordId, Seq};
use crate::domain::queue::{QueueName, Sort};
use crate::domain::saved::SavedCount;

/// The queues.
#[derive(Debug, Clone, Default)]
pub struct Queues {
    /// Each with its number of records: the built-in ones, then the saved ones.
    pub rows: Vec<(QueueName, u64)>,
    /// The saved ones, in the order of their rows.
    pub saved: Vec<SavedCount>,
    /// Where the cursor is.
    pub scroll: Scroll,
}

impl Queues {
    /// The saved queue of a row, if it is one.
    pub fn saved(&self, queue: QueueName) -> Option<&SavedCount> {
        self.saved.iter().find(|saved| QueueName::Saved(saved.queue.id) == queue)
    }

    /// What people read of a queue.
    pub fn title(&self, queue: QueueName) -> &str {
        self.saved(queue).map_or(queue.title(), |saved| &saved.queue.name)
    }

    /// What a queue holds: in a sentence, or as its query.
    pub fn holds(&self, queue: QueueName) -> &str {
        self.saved(queue).map_or(queue.holds(), |saved| &saved.queue.query)
    }
}

/// Cells that the name of a queue takes where it is told beside it what the queue holds.
pub const QUEUE_NAME: usize = 20;

impl Model {
    /// Rows of the queues that fit: all of them while they are not on the screen.
    pub fn queue_rows(&self) -> usize {
        let height = self.layout().queues.height;
        if height == 0 {
            return self.queues.rows.len();
        }
        usize::from(height.saturating_sub(1)).saturating_sub(self.queue_told().len())
    }

    /// What the queue shown holds, as rows below the queues: where they have the focus, and there is no room for it beside
    /// the queue's name.
    pub fn queue_told(&self) -> Vec<String> {
        let area = self.layout().queues;
        let shown = self.queues.rows.iter().find(|(queue, _)| *queue == self.list.queue);
        let Some((queue, count)) = shown.filter(|_| self.focus == Focus::Queues) else { return Vec::new() };
        let (title, holds) = (self.queues.title(*queue), self.queues.holds(*queue));
        let beside = QUEUE_NAME.max(shown_width(title)) + shown_width(holds) + count.to_string().len() + 5;
        if usize::from(area.width) >= beside.max(42) {
            return Vec::new();
        }
        let text = wrap::in_one_line(&format!("{title}: {holds}"));
        let rows = wrap::rows(&text, area.width.saturating_sub(3)).into_iter().map(|row| text[row].to_owned());
        // Above it a row stays free, and some queues are seen in any case.
        let most = usize::from(area.height.saturating_sub(5));
        std::iter::once(String::new()).chain(rows).take(most).collect()
    }
}

/// The list of a queue.
#[derive(Debug, Clone)]
pub struct List {
    /// Which queue.
    pub queue: QueueName,
    /// The order of its rows.
    pub sort: Sort,
    /// The filter as it is written.
    pub words: String,
    /// The filter as it is meant; that of the last words that meant something.
    pub filter: Option<Filter>,
    /// The rows read so far.
    pub rows: Vec<Row>,
    /// What is known of the question for them.
    pub asked: Asked<String>,
    /// Where the cursor is.
    pub scroll: Scroll,
    /// The record the cursor is on.
    pub selected: Option<RecordId>,
    /// The record the cursor goes to once the rows are here, if it is among them.
    pub wanted: Option<RecordId>,
    /// Records that another person changed since they were looked at, and who.
    pub changed: BTreeMap<RecordId, Login>,
}

impl List {
    /// One's own act on a record is known, also before its row is read again: the next one is no conflict with it.
    pub fn did(&mut self, record: RecordId, seq: Seq) {
        for row in self.rows.iter_mut().filter(|row| row.summary.id == record) {
            row.summary.seq = row.summary.seq.max(seq);
        }
    }

    /// Rows that were read before one's own act was done, and come in after it, do not make that act somebody else's.
    pub fn still_did(&self, rows: &mut [Row]) {
        let known: BTreeMap<RecordId, Seq> = self.rows.iter().map(|row| (row.summary.id, row.summary.seq)).collect();
        for row in rows {
            row.summary.seq = row.summary.seq.max(known.get(&row.summary.id).copied().unwrap_or(row.summary.seq));
        }
    }

    /// The list of a queue, nothing read yet.
    pub fn of(queue: QueueName) -> List {
        List {
            queue,
            sort: Sort::default(),
            words: String::new(),
            filter: None,
            rows: Vec::new(),
            asked: Asked::default(),
            scroll: Scroll::default(),
            selected: None,
            wanted: None,
            changed: BTreeMap::new(),
        }
    }

    /// The row the cursor is on.
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.scroll.at).filter(|row| Some(row.summary.id) == self.selected)
    }
}

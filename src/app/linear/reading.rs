//! What is read aloud of the model: which rows, and what differs from what was read before.

use std::collections::BTreeMap;

use crate::app::bulk::Phase;
use crate::app::filed;
use crate::app::form::Purpose;
use crate::app::grounds::grounds;
use crate::app::model::{Model, Notice, Sheet};
use crate::app::overview::{Leads, charts, counted};
use crate::app::point::Part;
use crate::app::record::{Opened, Pane};
use crate::domain::address::Address;
use crate::domain::archive::ReleaseId;
use crate::domain::identity::{ExceptionId, RecordId, Seq};
use crate::domain::queue::{QueueName, Sort};
use crate::domain::triage::By;

/// Rows that are read at once.
pub const PAGE: usize = 20;

/// What a number stood for when it was read: rows come and go, and a number must go on meaning what was heard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meant {
    /// A queue.
    Queue(QueueName),
    /// A record of the list.
    Record(RecordId),
    /// An entry of the certificate.
    Entry(Address),
    /// An exception.
    Exception(ExceptionId),
    /// An event.
    Event(Seq),
    /// A released version.
    Release(ReleaseId),
    /// What a bar or a cell of the overview counts.
    Counted(Leads),
    /// A group of the exceptions board; all of them, where it is none.
    Group(Option<Option<String>>),
    /// The row of that place, where rows are nothing else.
    Row(usize),
}

/// What is meant by a row of the part with the focus; a heading is no row.
pub fn meant_by(model: &Model, row: usize) -> Option<Meant> {
    match Part::of(model) {
        Part::Queues => model.queues.rows.get(row).map(|(queue, _)| Meant::Queue(*queue)),
        Part::List => model.list.rows.get(row).map(|row| Meant::Record(row.summary.id)),
        Part::Board => model.board.rows.get(row).map(|row| Meant::Exception(row.exception.id)),
        Part::Archive => model.archive.rows.get(row).map(|row| Meant::Release(row.id)),
        Part::Release => filed::facts(model).get(row).map(|_| Meant::Row(row)),
        Part::Groups => {
            let groups = model.board.groups.as_ref().map_or(&[][..], |groups| &groups.rows);
            match row.checked_sub(1) {
                None => Some(Meant::Group(None)),
                Some(row) => groups.get(row).map(|group| Meant::Group(Some(group.key.clone()))),
            }
        }
        Part::Overview => {
            let charts = charts(model);
            let (chart, row, column) = *counted(&charts).get(row)?;
            charts.get(chart)?.leads(row, column).cloned().map(Meant::Counted)
        }
        Part::Record => {
            let opened = model.current()?;
            match opened.pane {
                Pane::Changes => opened.changes().nth(row).map(|change| Meant::Entry(change.address.clone())),
                Pane::Entries => opened.entries().nth(row)?.1.map(|change| Meant::Entry(change.address.clone())),
                Pane::Exceptions => opened.exceptions(model.now).get(row).map(|one| Meant::Exception(one.id)),
                Pane::History => opened.history().nth(row).map(|event| Meant::Event(event.seq)),
                Pane::Readiness | Pane::Message => (row < opened.rows()).then_some(Meant::Row(row)),
                Pane::Approvals => grounds(&opened.dossier).nth(row).map(|_| Meant::Row(row)),
            }
        }
    }
}

/// Where what was meant stands now.
pub fn row_of(model: &Model, meant: &Meant) -> Option<usize> {
    (0..rows(model)).find(|row| meant_by(model, *row).as_ref() == Some(meant))
}

/// Rows of the part with the focus.
pub fn rows(model: &Model) -> usize {
    match Part::of(model) {
        Part::Queues => model.queues.rows.len(),
        Part::List => model.list.rows.len(),
        Part::Record => model.current().map_or(0, Opened::rows),
        Part::Groups => model.board.group_rows(),
        Part::Board => model.board.rows.len(),
        Part::Archive => model.archive.rows.len(),
        Part::Release => filed::facts(model).len(),
        Part::Overview => counted(&charts(model)).len(),
    }
}

/// The row of the cursor in the part with the focus.
pub fn cursor(model: &Model) -> usize {
    match Part::of(model) {
        Part::Queues => model.queues.scroll.at,
        Part::List => model.list.scroll.at,
        Part::Record => model.current().map_or(0, |opened| opened.scroll().at),
        Part::Groups => model.board.group_scroll.at,
        Part::Board => model.board.scroll.at,
        Part::Archive => model.archive.scroll.at,
        Part::Release => model.archive.told_scroll.at,
        // A place that counts nothing is read as the one before.
        Part::Overview => {
            let before = counted(&charts(model)).iter().filter(|at| **at <= model.outlook.at).count();
            before.saturating_sub(1)
        }
    }
}

/// Where somebody is.
#[derive(Debug, Clone, PartialEq)]
pub enum Where {
    /// Nowhere yet.
    Nowhere,
    /// In the queues.
    Queues,
    /// In a list.
    List {
        /// Its queue.
        queue: QueueName,
        /// Its filter.
        words: String,
        /// Its order.
        sort: Sort,
        /// Whether it was read.
        known: bool,
    },
    /// Among the groups of the exceptions board, by what they are made.
    Groups(By),
    /// Among its exceptions.
    Board {
        /// What they are grouped by.
        by: By,
        /// The group shown.
        group: Option<Option<String>>,
        /// The filter.
        words: String,
        /// Whether it is what was settled.
        settled: bool,
        /// Whether they were read.
        known: bool,
    },
    /// Among the charts of the overview, of this scope; and whether they were read.
    Overview(Option<String>, bool),
    /// Among the released versions of the archive, with this filter; and whether they were read.
    Archive(String, bool),
    /// In what is told of one of them; and whether it was read.
    Release(Option<ReleaseId>, bool),
    /// In a pane of a record.
    Record(Option<RecordId>, Option<Pane>),
}

impl Where {
    /// Where a model is.
    pub fn of(model: &Model) -> Where {
        match Part::of(model) {
            Part::Queues => Where::Queues,
            Part::Groups => Where::Groups(model.board.by),
            Part::Board => Where::Board {
                by: model.board.by,
                group: model.board.group.clone(),
                words: model.board.words.clone(),
                settled: model.board.settled,
                known: model.board.asked.is_known(),
            },
            Part::Overview => Where::Overview(model.outlook.scope.clone(), model.outlook.is_known()),
            Part::Archive => Where::Archive(model.archive.words.clone(), model.archive.asked.is_known()),
            Part::Release => Where::Release(model.archive.selected, model.archive.told().is_some()),
            Part::List => Where::List {
                queue: model.list.queue,
                words: model.list.words.clone(),
                sort: model.list.sort,
                known: model.list.asked.is_known(),
            },
            Part::Record => {
                let opened = model.current();
                Where::Record(opened.map(Opened::id), opened.map(|opened| opened.pane))
            }
        }
    }

    /// The record of it.
    pub fn record(&self) -> Option<RecordId> {
        if let Where::Record(id, _) = self { *id } else { None }
    }
}

/// What lies over it, as far as it was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Over {
    /// Nothing.
    Nothing,
    /// A form: what it is for, the field with the focus, what to know.
    Form(Purpose, usize, Vec<String>),
    /// What is found by the end of a VIN.
    Jump(Vec<RecordId>, bool),
    /// An act on many, and whether it is over.
    Bulk(bool),
    /// Something else.
    Else,
}

impl Over {
    fn of(model: &Model) -> Over {
        match &model.sheet {
            None => Over::Nothing,
            Some(Sheet::Form(form)) => Over::Form(form.purpose.clone(), form.at, form.facts.clone()),
            Some(Sheet::Jump(jump)) => {
                Over::Jump(jump.found.iter().map(|row| row.summary.id).collect(), jump.asked.is_known())
            }
            Some(Sheet::Bulk(bulk)) => Over::Bulk(bulk.phase == Phase::Over),
            Some(_) => Over::Else,
        }
    }
}

/// What was read already.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Where.
    pub place: Where,
    /// The row of the cursor, by what it means.
    pub cursor: Option<Meant>,
    /// What lay over it.
    pub over: Over,
    /// The last outcome.
    pub notice: Option<Notice>,
    /// What was marked, each with the end of its VIN.
    pub marks: BTreeMap<Meant, String>,
}

impl Seen {
    /// Nothing yet.
    pub fn nothing() -> Seen {
        Seen { place: Where::Nowhere, cursor: None, over: Over::Nothing, notice: None, marks: BTreeMap::new() }
    }

    /// Everything as it is.
    pub fn of(model: &Model) -> Seen {
        Seen {
            place: Where::of(model),
            cursor: meant_by(model, cursor(model)),
            over: Over::of(model),
            notice: model.notice.clone(),
            marks: marks(model),
        }
    }
}

/// Everything that is marked: records, exceptions of the board, released versions.
pub fn marks(model: &Model) -> BTreeMap<Meant, String> {
    let records = model.marks.iter().map(|(id, (tail, _))| (Meant::Record(*id), tail.clone()));
    let exceptions = model.board.marks.iter();
    let exceptions =
        exceptions.map(|(id, marked)| (Meant::Exception(*id), format!("exception {} of {}", id.0, marked.tail)));
    let releases = model.archive.marks.iter();
    let releases = releases.map(|(id, tail)| (Meant::Release(*id), format!("version {} of {tail}", id.version)));
    records.chain(exceptions).chain(releases).collect()
}

/// What is to be read of the part with the focus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing.
    Nothing,
    /// Where one is, and these rows.
    Page(Vec<usize>),
    /// One row, in short.
    Row(usize),
    /// Where one is in short, and one row with everything about it.
    About(usize),
}

impl Reading {
    /// The rows of it.
    pub fn rows(&self) -> &[usize] {
        match self {
            Reading::Nothing => &[],
            Reading::Page(rows) => rows,
            Reading::Row(row) | Reading::About(row) => std::slice::from_ref(row),
        }
    }
}

/// What was asked to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Show {
    /// The rows from this one on.
    From(usize),
    /// The changes that nobody decided.
    Undecided,
    /// A row with everything about it.
    About(usize),
    /// The commands in whose name or help these words are; all where there are none.
    Commands(String),
}

/// The rows from one on that are read at once.
pub fn page_from(model: &Model, from: usize) -> Reading {
    Reading::Page((from..rows(model).min(from + PAGE)).collect())
}

/// What is to be read now: what was asked for; else the page where the place is another, the row where the cursor is.
pub fn reading(model: &Model, before: &Seen, show: Option<&Show>) -> Reading {
    if model.sheet.is_some() {
        return Reading::Nothing;
    }
    let at = cursor(model);
    match show {
        Some(Show::From(from)) => return page_from(model, *from),
        Some(Show::About(row)) => return Reading::About(*row),
        Some(Show::Commands(_)) => return Reading::Nothing,
        Some(Show::Undecided) => {
            let changes = model.current().into_iter().flat_map(Opened::changes).enumerate();
            return Reading::Page(changes.filter(|(_, change)| change.undecided).map(|(row, _)| row).collect());
        }
        None => {}
    }
    if Where::of(model) != before.place {
        return page_from(model, at / PAGE * PAGE);
    }
    if meant_by(model, at) != before.cursor && at < rows(model) { Reading::Row(at) } else { Reading::Nothing }
}

/// What the numbers that were read stand for.
#[derive(Debug, Clone, Default)]
pub struct Numbers(BTreeMap<usize, Meant>);

impl Numbers {
    /// Forgets them: they were read of another place.
    pub fn forget(&mut self) {
        self.0.clear();
    }

    /// Remembers what was read.
    pub fn remember(&mut self, model: &Model, reading: &Reading) {
        for row in reading.rows() {
            if let Some(meant) = meant_by(model, *row) {
                self.0.insert(row + 1, meant);
            }
        }
    }

    /// What a number stands for: what was heard under it, or the row of that place where none was.
    ///
    /// # Errors
    /// There is no such row.
    pub fn meant(&self, model: &Model, number: usize) -> Result<Meant, String> {
        if let Some(meant) = self.0.get(&number) {
            return match row_of(model, meant) {
                Some(_) => Ok(meant.clone()),
                None => Err(format!("row {number} is not here any more; `show` reads what is")),
            };
        }
        let here = number.checked_sub(1).and_then(|row| meant_by(model, row));
        here.ok_or_else(|| match rows(model) {
            0 => "there are no rows here".to_owned(),
            count => format!("there is no row {number}: they go from 1 to {count}"),
        })
    }
}

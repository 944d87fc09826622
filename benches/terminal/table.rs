//! The budgets as data, and the table they are told in: what, measured, budget, and whether it is met.

use std::collections::BTreeMap;
use std::fmt;

/// What a budget is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    StartEmpty,
    Start,
    StartRatio,
    Key,
    CursorMove,
    Row,
    Idle,
    FirstPage,
    DeepestPage,
    Counts,
    Search,
    Commit,
    Change,
    People,
    Import,
    ImportMemory,
    Disk,
    Memory,
}

impl Of {
    /// Messages that an import takes in a second, by the budget.
    pub const IMPORTS_A_SECOND: f64 = 2_000.0;
}

/// What must hold of a figure.
#[derive(Debug, Clone, Copy)]
enum Limit {
    Under(f64),
    AtMost(f64),
    Above(f64),
    /// It is told beside another one.
    None,
}

struct Budget {
    of: Of,
    what: &'static str,
    /// The design's word.
    words: &'static str,
    limit: Limit,
    /// How many records it speaks of, where it speaks of any.
    records: Option<usize>,
}

const MILLION: Option<usize> = Some(1_000_000);
const KB: f64 = 1_000.0;

const fn budget(of: Of, what: &'static str, words: &'static str, limit: Limit, records: Option<usize>) -> Budget {
    Budget { of, what, words, limit, records }
}

/// The design's budgets, for a machine of two cores. Times are milliseconds, sizes bytes.
const BUDGETS: [Budget; 18] = [
    budget(Of::StartEmpty, "start to first frame, empty desk", "", Limit::None, None),
    budget(Of::Start, "start to first frame", "under 50 ms", Limit::Under(50.0), MILLION),
    budget(Of::StartRatio, "the same, beside an empty desk", "at most 3x", Limit::AtMost(3.0), MILLION),
    budget(Of::Key, "key to bytes on the terminal, 120x40", "p99 under 5 ms", Limit::Under(5.0), None),
    budget(Of::CursorMove, "bytes for a cursor move", "under 1.5 KB", Limit::Under(1.5 * KB), None),
    budget(Of::Row, "bytes for one changed row", "under 100 B", Limit::Under(100.0), None),
    budget(Of::Idle, "bytes for an idle second", "0 B", Limit::AtMost(0.0), None),
    budget(Of::FirstPage, "page of a queue, the first", "under 5 ms", Limit::Under(5.0), MILLION),
    budget(Of::DeepestPage, "page of a queue, the deepest", "under 5 ms", Limit::Under(5.0), MILLION),
    budget(Of::Counts, "counts of all queues", "under 20 ms", Limit::Under(20.0), MILLION),
    budget(Of::Search, "search by part of a VIN", "under 20 ms", Limit::Under(20.0), MILLION),
    budget(Of::Commit, "one action committed, beside bare SQLite", "at most 3x", Limit::AtMost(3.0), None),
    budget(Of::Change, "another person's change on my screen", "under 500 ms", Limit::Under(500.0), None),
    budget(Of::People, "200 people, one action a second each", "p99 under 250 ms", Limit::Under(250.0), None),
    budget(Of::Import, "import of messages", "above 2,000 a second", Limit::Above(Of::IMPORTS_A_SECOND), None),
    budget(Of::ImportMemory, "memory of an import four times as large", "at most 1.2x", Limit::AtMost(1.2), None),
    budget(Of::Disk, "disk per record with its history", "under 4 KB", Limit::Under(4.0 * KB), None),
    budget(Of::Memory, "memory of one terminal", "under 40 MB", Limit::Under(40.0 * KB * KB), MILLION),
];

/// The figures of one desk.
pub struct Table {
    records: usize,
    figures: BTreeMap<Of, (f64, String)>,
}

impl Table {
    /// No figure yet, of a desk with so many records.
    pub fn new(records: usize) -> Table {
        Table { records, figures: BTreeMap::new() }
    }

    /// Puts a figure in, and how it is told.
    pub fn put(&mut self, of: Of, figure: f64, told: String) {
        self.figures.insert(of, (figure, told));
    }

    fn line(&self, budget: &Budget) -> [String; 4] {
        let words = match budget.records {
            Some(records) => format!("{} at {}", budget.words, amount(records)),
            None => budget.words.to_owned(),
        };
        let Some((figure, told)) = self.figures.get(&budget.of) else {
            return [budget.what.to_owned(), String::new(), words, "not measured".to_owned()];
        };
        let met = match budget.limit {
            Limit::Under(limit) => Some(*figure < limit),
            Limit::AtMost(limit) => Some(*figure <= limit),
            Limit::Above(limit) => Some(*figure > limit),
            Limit::None => None,
        };
        let smaller = budget.records.filter(|records| self.records < *records);
        let at = smaller.map_or(String::new(), |_| format!(" at {}", amount(self.records)));
        let word = match met {
            Some(true) => format!("met{at}"),
            Some(false) => format!("over{at}"),
            None => String::new(),
        };
        [budget.what.to_owned(), told.clone(), words, word]
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["what", "measured", "budget", "met?"].map(str::to_owned);
        let lines: Vec<[String; 4]> =
            std::iter::once(head).chain(BUDGETS.iter().map(|budget| self.line(budget))).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2)];
        writeln!(f, "a desk of {} records", amount(self.records))?;
        for [what, measured, budget, word] in &lines {
            let [first, second, third] = widths;
            let line = format!("{what:first$}  {measured:second$}  {budget:third$}  {word}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A number with its thousands apart.
pub fn amount(number: usize) -> String {
    let digits = number.to_string();
    let begins = |at: usize| at > 0 && (digits.len() - at).is_multiple_of(3);
    digits.char_indices().fold(String::new(), |mut told, (at, digit)| {
        told.extend(begins(at).then_some(',').into_iter().chain([digit]));
        told
    })
}

/// A size, in the largest unit that it fills.
pub fn bytes(size: f64) -> String {
    match size {
        size if size >= KB * KB => format!("{:.1} MB", size / KB / KB),
        size if size >= KB => format!("{:.1} KB", size / KB),
        size => format!("{size:.0} B"),
    }
}

//! What build sheets said of a record before, so that a sheet speaks only where what it says is new.
//!
//! A sheet is imported again and again: the order system writes it every night, and somebody imports a folder twice. A
//! value that a person set by hand in between must not fall back because the sheet still says what it said. So the
//! record remembers, for each cell, what a sheet said last, and for each file the row it gave last. A row that its file
//! gave before says nothing; in any other row only the cells speak that say something else than a sheet said last.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::identity::Digest;

/// How many files are remembered by name. Two sheets that contradict each other must both be among them, or they would
/// take turns at each import; a sheet with the day in its name comes under a new one each time.
const FILES: usize = 8;

/// What sheets said, cell by cell and file by file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// What a sheet said last in each cell: by address, or by the name of its column where it is about the work.
    #[serde(default)]
    said: BTreeMap<String, String>,
    /// The hash of the row that each file gave last, the latest file last.
    #[serde(default)]
    rows: Vec<(String, Digest)>,
}

impl Heard {
    /// Whether no sheet said anything yet.
    pub fn is_empty(&self) -> bool {
        self.said.is_empty() && self.rows.is_empty()
    }

    /// The cells of a row of `file` that say something new.
    pub fn new_in<'c>(&self, file: &str, cells: &'c BTreeMap<String, String>) -> BTreeSet<&'c str> {
        let before = self.rows.iter().find(|(name, _)| name == file);
        if before.is_some_and(|(_, row)| *row == hash(cells)) {
            return BTreeSet::new();
        }
        cells.iter().filter(|(cell, text)| self.said.get(*cell) != Some(*text)).map(|(cell, _)| cell.as_str()).collect()
    }

    /// Remembers a row of `file`.
    pub fn remember(&mut self, file: &str, cells: &BTreeMap<String, String>) {
        self.rows.retain(|(name, _)| name != file);
        self.rows.push((file.to_owned(), hash(cells)));
        let surplus = self.rows.len().saturating_sub(FILES);
        self.rows.drain(..surplus);
        self.said.extend(cells.iter().map(|(cell, text)| (cell.clone(), text.clone())));
    }
}

/// The hash of a row's cells, each with its length before it, so that no two rows share their bytes.
fn hash(cells: &BTreeMap<String, String>) -> Digest {
    let mut bytes = Vec::new();
    for text in cells.iter().flat_map(|(cell, text)| [cell, text]) {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    Digest::of(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> BTreeMap<String, String> {
        cells.iter().map(|(cell, text)| ((*cell).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_row_given_before_says_nothing_and_a_changed_one_only_what_changed() {
        let mut heard = Heard::default();
        let first = row(&[("order", "B-1"), ("Type", "ZB60")]);
        assert_eq!(heard.new_in("a.csv", &first).len(), 2);
        heard.remember("a.csv", &first);
        assert!(heard.new_in("a.csv", &first).is_empty());
        assert!(heard.new_in("tomorrow.csv", &first).is_empty());
        let second = row(&[("order", "B-2"), ("Type", "ZB60"), ("Variant", "BOX")]);
        assert_eq!(heard.new_in("a.csv", &second), ["Variant", "order"].into());
    }

    #[test]
    fn two_sheets_that_contradict_each_other_do_not_take_turns() {
        let mut heard = Heard::default();
        let (one, other) = (row(&[("order", "B-1")]), row(&[("order", "B-2")]));
        heard.remember("one.csv", &one);
        assert_eq!(heard.new_in("other.csv", &other).len(), 1);
        heard.remember("other.csv", &other);
        assert!(heard.new_in("one.csv", &one).is_empty() && heard.new_in("other.csv", &other).is_empty());
    }

    #[test]
    fn a_sheet_that_goes_back_to_what_it_said_earlier_speaks() {
        let mut heard = Heard::default();
        let (one, other) = (row(&[("order", "B-1")]), row(&[("order", "B-2")]));
        heard.remember("a.csv", &one);
        heard.remember("a.csv", &other);
        assert_eq!(heard.new_in("a.csv", &one).len(), 1);
    }

    #[test]
    fn no_more_files_are_remembered_than_a_few() {
        let mut heard = Heard::default();
        for day in 0..20 {
            heard.remember(&format!("bodies-{day}.csv"), &row(&[("order", &day.to_string())]));
        }
        assert_eq!(heard.rows.len(), FILES);
    }
}

//! What an import says of itself: how far it is, what it did, what it did not take, what it would do.

use std::path::{Path, PathBuf};

use super::sheet::Cells;
use crate::domain::event::Line;
use crate::domain::identity::Vin;
use crate::store::{Outcome, StoreError};

/// What became of an import.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// Messages and rows that made a record.
    pub created: u64,
    /// Messages and rows that changed one.
    pub updated: u64,
    /// Messages and rows that changed nothing.
    pub unchanged: u64,
    /// What was not taken.
    pub rejected: Vec<Rejected>,
    /// What a dry run found each message and row to change, in the order of the import; nothing after a real one.
    pub foreseen: Vec<Foreseen>,
    /// Files of walked directories that are neither message nor build sheet.
    pub skipped: Vec<PathBuf>,
    /// Where it ended before its end, if it did; what was brought before stays.
    pub stopped: Option<Stopped>,
}

/// A message or row that was not taken; nothing of it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The file.
    pub file: PathBuf,
    /// The line.
    pub line: Option<usize>,
    /// The VIN as it was given.
    pub vin: Option<String>,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hints: Vec<String>,
    /// The row as it stands in its sheet; nothing where a whole file or a message was not taken.
    pub cells: Option<Cells>,
}

/// What a message or row would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// The file.
    pub file: PathBuf,
    /// The line.
    pub line: Option<usize>,
    /// Which vehicle.
    pub vin: Vin,
    /// Whether it would make a record or change one.
    pub outcome: Outcome,
    /// What would change, as the history would tell it.
    pub lines: Vec<Line>,
}

/// Why and where an import ended early.
#[derive(Debug)]
pub struct Stopped {
    /// The file it was at.
    pub file: PathBuf,
    /// The line it was at.
    pub line: Option<usize>,
    /// What the desk said; nothing, when the person stopped it.
    pub error: Option<StoreError>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file it is at.
    pub file: &'a Path,
    /// Files done.
    pub done: usize,
    /// Files in all.
    pub total: usize,
    /// Rows of this file done.
    pub row: usize,
    /// Rows of this file in all; 0 where it is a message, or was not read yet.
    pub rows: usize,
    /// Messages and rows read so far, taken or not.
    pub read: u64,
    /// Messages and rows rejected so far.
    pub rejected: usize,
}

impl ImportReport {
    /// Counts a message or row that was taken.
    pub(super) fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            // It was carried out under the same request just before, and only its answer was lost.
            Outcome::Updated | Outcome::Repeated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }
}

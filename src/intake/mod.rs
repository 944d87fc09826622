//! Files that come in: messages, build sheets and approvals, read into what the desk can judge; each rejection with its
//! file, line, reason and remedy.
//!
//! In reading order: [`table`] makes rows of a CSV, XLSX or JSON file, [`columns`] says what its columns mean, [`sheet`]
//! reads the rows; [`message`] reads an IVI message; [`located`] and [`approval`] an approvals file; [`files`] finds the
//! files, `ahead` reads them, [`import`](mod@import) brings them to the desk, [`report`] is what it says of that, and [`rejects`] a sheet of the
//! rows that were not taken.
//!
//! Invariant: the readers are pure (bytes in, values or rejections out) and never panic, whatever the bytes are.

mod ahead;
pub mod approval;
pub mod columns;
mod door;
mod fields;
pub mod files;

pub mod import;
pub mod located;
pub mod message;
pub mod rejects;
pub mod report;
pub mod sheet;
pub mod table;

pub use columns::ColumnMap;
pub use files::{Found, find};
pub use import::{Options, import};
pub use report::{Foreseen, ImportReport, Progress, Rejected, Stopped};

/// Why a row, or a whole file, is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reject {
    /// The line, counted from 1 (the row, in a workbook); none where the file as a whole is meant.
    pub line: Option<usize>,
    /// The VIN as the row gives it.
    pub vin: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hints: Vec<String>,
}

impl Reject {
    /// A rejection of the whole file.
    pub fn new(reason: impl Into<String>) -> Self {
        Reject { reason: reason.into(), ..Reject::default() }
    }

    /// The same at a line.
    #[must_use]
    pub fn line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The same about a VIN.
    #[must_use]
    pub fn vin(mut self, vin: &str) -> Self {
        self.vin = Some(vin.to_owned());
        self
    }

    /// The same with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

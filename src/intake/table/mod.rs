//! Rows and columns of a build sheet, whatever file they come in: exact text, never a float, within limits.

mod csv;
mod json;
mod xlsx;

use super::Reject;

/// Most bytes of a file, and of all its cells together.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Most rows below the header.
pub const MOST_ROWS: usize = 100_000;
/// Most columns.
pub const MOST_COLUMNS: usize = 1_000;
/// Most bytes in one cell.
pub const MOST_IN_CELL: usize = 64 * 1024;
/// Most cells with something in them: what a hundred thousand vehicles with forty entries each have.
pub const MOST_CELLS: usize = 4_000_000;

/// The kinds of file a build sheet comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with `,`, `;` or tabs between the cells.
    Csv,
    /// An Excel workbook; its first sheet is read.
    Xlsx,
    /// An array of objects.
    Json,
}

/// A cell's text, or why it has none.
pub type Cell = Result<String, String>;

/// One row below the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Its line in the file, counted from 1.
    pub line: usize,
    /// The cells with something in them, each with its column counted from 0; or why the row cannot be told apart into
    /// cells. Empty cells say nothing and are not kept.
    pub cells: Result<Vec<(usize, Cell)>, Muddled>,
}

/// Why a row cannot be told apart into cells, and what was found of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Muddled {
    /// Why.
    pub why: String,
    /// The cells that were found, as far as they could be.
    pub cells: Vec<(usize, Cell)>,
}

/// A sheet as rows of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The line of the header.
    pub header_line: usize,
    /// Names of the columns, in order, blanks around them taken off.
    pub header: Vec<String>,
    /// The line that names each column first.
    pub named_in: Vec<usize>,
    /// The rows that have at least one cell that is not empty.
    pub rows: Vec<TableRow>,
}

/// Reads a sheet.
///
/// # Errors
/// The file is no such sheet, or is larger than the limits; nothing of it is taken then.
pub fn read(bytes: &[u8], format: Format) -> Result<Table, Reject> {
    if bytes.len() > MOST_BYTES {
        return Err(too_large());
    }
    match format {
        Format::Csv => csv::read(bytes),
        Format::Xlsx => xlsx::read(bytes),
        Format::Json => json::read(bytes),
    }
}

/// Gathers a table and keeps it within the limits.
struct Builder {
    table: Table,
    bytes: usize,
    cells: usize,
}

impl Builder {
    fn new(header_line: usize, header: &[String]) -> Result<Self, Reject> {
        if header.len() > MOST_COLUMNS {
            return Err(too_wide().line(header_line));
        }
        let named_in = vec![header_line; header.len()];
        let header = header.iter().map(|name| trimmed(name).to_owned()).collect();
        Ok(Builder { table: Table { header_line, header, named_in, rows: Vec::new() }, bytes: 0, cells: 0 })
    }

    /// The line that names each column first, where not all are named in one.
    fn named_in(&mut self, lines: Vec<usize>) {
        self.table.named_in = lines;
    }

    /// Adds a row; one with nothing in it is left out.
    fn row(&mut self, line: usize, cells: Result<Vec<(usize, Cell)>, Muddled>) -> Result<(), Reject> {
        if let Ok(cells) = &cells {
            if cells.is_empty() {
                return Ok(());
            }
            self.cells += cells.len();
            self.bytes += cells.iter().flat_map(|(_, cell)| cell).map(String::len).sum::<usize>();
        }
        if self.table.rows.len() == MOST_ROWS {
            return Err(Reject::new(format!("more than {MOST_ROWS} rows")).line(line).hint("split the file"));
        }
        if self.bytes > MOST_BYTES || self.cells > MOST_CELLS {
            return Err(too_large());
        }
        self.table.rows.push(TableRow { line, cells });
        Ok(())
    }

    fn done(self) -> Table {
        self.table
    }
}

/// The cells that say something.
fn filled(cells: impl Iterator<Item = (usize, Cell)>) -> Vec<(usize, Cell)> {
    cells.filter(|(_, cell)| cell.as_ref().map_or(true, |text| !text.is_empty())).collect()
}

/// A cell of this text: blanks around it are layout, and too much of it is no value.
fn cell(text: &str) -> Cell {
    let text = trimmed(text);
    if text.len() > MOST_IN_CELL {
        return Err(format!("more than {} KiB in one cell", MOST_IN_CELL / 1024));
    }
    Ok(text.to_owned())
}

/// Without the blanks, tabs and line ends around it. Other invisible characters stay: they are the data's.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

fn too_large() -> Reject {
    let mebibytes = MOST_BYTES / 1024 / 1024;
    Reject::new(format!("more than {mebibytes} MiB, or more than {MOST_CELLS} cells")).hint("split the file")
}

fn too_wide() -> Reject {
    Reject::new(format!("more than {MOST_COLUMNS} columns"))
        .hint("take out the columns that are not for the certificate")
}

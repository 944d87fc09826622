//! How data reaches standard output: columns for people, JSON, JSON lines, CSV. Narration goes to standard error.

use std::io::{self, Write};

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::args::Format;
use crate::domain::visible::visible;

/// A list as people read it: a head, and cells a row.
#[derive(Debug, Default)]
pub struct Table {
    /// Titles of the columns.
    pub head: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub fn new(head: &[&'static str]) -> Self {
        Table { head: head.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

/// Where data goes and in which form.
pub struct Out {
    /// The form.
    pub format: Format,
    /// Whether narration is wanted.
    pub quiet: bool,
}

impl Out {
    /// Prints a list: the table for people and CSV, the JSON for programs.
    pub fn list(&self, table: &Table, json: &[Value]) -> io::Result<()> {
        match self.format {
            Format::Table => self.text(&columns(table)),
            Format::Csv => self.text(&csv_text(table)?),
            Format::Json => self.text(&format!("{:#}\n", Value::Array(json.to_vec()))),
            Format::Jsonl => self.text(&json.iter().map(|value| format!("{value}\n")).collect::<String>()),
        }
    }

    /// Prints one thing: the text for people, the table for CSV, the JSON for programs.
    pub fn one(&self, text: &str, table: &Table, json: &Value) -> io::Result<()> {
        match self.format {
            Format::Table => self.text(text),
            Format::Csv => self.text(&csv_text(table)?),
            Format::Json => self.text(&format!("{json:#}\n")),
            Format::Jsonl => self.text(&format!("{json}\n")),
        }
    }

    /// Prints bytes as they are.
    ///
    /// A reader that has seen enough (`| head`) is no failure: what it does not want is not printed.
    pub fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done,
        }
    }

    /// Prints text as it is; whatever in it came from data was made visible where it was put in.
    pub fn text(&self, text: &str) -> io::Result<()> {
        self.bytes(text.as_bytes())
    }

    /// Says something on standard error, unless quiet was asked for. A closed standard error is no failure.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr(), "{text}");
        }
    }
}

/// The table in columns, each as wide as its widest cell; hidden characters made visible.
pub fn columns(table: &Table) -> String {
    let rows: Vec<Vec<String>> = std::iter::once(table.head.iter().map(|head| (*head).to_owned()).collect())
        .chain(table.rows.iter().map(|row| row.iter().map(|cell| visible(cell).into_owned()).collect()))
        .collect();
    let mut widths = vec![0; table.head.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn csv_text(table: &Table) -> io::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let key = |title: &&'static str| title.to_lowercase().replace(' ', "_");
    writer.write_record(table.head.iter().map(key))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| guarded(&visible(cell))))?;
    }
    let bytes = writer.into_inner().map_err(|fault| io::Error::other(fault.to_string()))?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe before it. Plain numbers stay as they are.
fn guarded(cell: &str) -> String {
    let number = cell.parse::<f64>().is_ok();
    if !number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cells_are_guarded_against_formulas() {
        assert_eq!(guarded("=1+1"), "'=1+1");
        assert_eq!(guarded("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(guarded("-5"), "-5");
        assert_eq!(guarded("-cmd|x"), "'-cmd|x");
    }

    #[test]
    fn columns_line_up_by_what_is_seen() {
        let mut table = Table::new(&["VIN", "Step"]);
        table.row(["Ä\u{202e}".to_owned(), "review".to_owned()]);
        assert_eq!(columns(&table), "VIN        Step\nÄ<U+202E>  review\n");
    }
}

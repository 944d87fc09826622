//! How data reaches standard output: columns for people, JSON, JSON lines, CSV. Narration goes to standard error.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::args::Format;
use crate::domain::visible::{guarded, is_hidden, visible};

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
            Format::Json => self.text(&escaped(&format!("{:#}\n", Value::Array(json.to_vec())))),
            Format::Jsonl => self.text(&escaped(&json.iter().map(|value| format!("{value}\n")).collect::<String>())),
        }
    }

    /// Prints one thing: the text for people, the table for CSV, the JSON for programs.
    pub fn one(&self, text: &str, table: &Table, json: &Value) -> io::Result<()> {
        match self.format {
            Format::Table => self.text(text),
            Format::Csv => self.text(&csv_text(table)?),
            Format::Json => self.text(&escaped(&format!("{json:#}\n"))),
            Format::Jsonl => self.text(&escaped(&format!("{json}\n"))),
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

/// JSON in which nothing is hidden: what cannot be seen stands in strings alone, and there JSON has an escape for it.
/// Controls of ASCII are escaped already, but for the one that JSON allows.
pub fn escaped(json: &str) -> Cow<'_, str> {
    let hides = |letter: char| letter == '\u{7f}' || (!letter.is_ascii() && is_hidden(letter));
    if json.is_ascii() && !json.contains('\u{7f}') {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len() + 16);
    for letter in json.chars() {
        if hides(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(letter);
        }
    }
    Cow::Owned(text)
}

/// The table in columns, hidden characters made visible, its rows made to fit the [`room`] there is.
pub fn columns(table: &Table) -> String {
    fitted(table, room())
}

/// The table no wider than `width`: with less between its columns, then with cells broken between words, then with the
/// columns that still find no place below the row, each after its title.
fn fitted(table: &Table, width: usize) -> String {
    let rows: Vec<Vec<String>> = std::iter::once(table.head.iter().map(|head| (*head).to_owned()).collect())
        .chain(table.rows.iter().map(|row| row.iter().map(|cell| visible(cell).into_owned()).collect()))
        .collect();
    let mut widths: Vec<usize> = (0..table.head.len()).map(|at| widest(&rows, at, UnicodeWidthStr::width)).collect();
    let taken = |widths: &[usize], gap: usize| widths.iter().sum::<usize>() + gap * widths.len().saturating_sub(1);
    if taken(&widths, 2) <= width {
        return lines(&rows, &widths, 2);
    }
    if taken(&widths, 1) > width {
        let longest =
            |at: usize| widest(&rows, at, |cell| cell.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0));
        let least: Vec<usize> = (0..widths.len()).map(longest).collect();
        if taken(&least, 1) > width {
            let beside = (1..least.len()).rev().find(|some| taken(&widths[..*some], 2) <= width).unwrap_or(1);
            return with_the_rest_below(&rows, &widths[..beside], width);
        }
        let gaps = widths.len().saturating_sub(1);
        narrow(&mut widths, &least, width - gaps);
    }
    lines(&rows, &widths, 1)
}

fn widest(rows: &[Vec<String>], at: usize, width: impl Fn(&str) -> usize) -> usize {
    rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0)
}

/// Makes the widest columns narrower until they fit, none narrower than its longest word: a VIN, a number or an address is
/// never broken.
fn narrow(widths: &mut [usize], least: &[usize], width: usize) {
    while widths.iter().sum::<usize>() > width {
        let wider = (0..widths.len()).filter(|at| widths[*at] > least[*at]);
        let Some(widest) = wider.max_by_key(|at| widths[*at]) else { return };
        widths[widest] -= 1;
    }
}

/// Rows in columns of these widths, cells broken between words where they are wider.
fn lines(rows: &[Vec<String>], widths: &[usize], gap: usize) -> String {
    let mut text = String::new();
    for row in rows {
        let broken = |(cell, width): (&String, &usize)| -> Vec<String> {
            wrapped(cell, 0, 0, *width).lines().map(str::to_owned).collect()
        };
        let cells: Vec<Vec<String>> = row.iter().zip(widths).map(broken).collect();
        for at in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let mut line = String::new();
            for (width, cell) in widths.iter().zip(&cells) {
                let part = cell.get(at).map_or("", String::as_str);
                line.push_str(part);
                line.push_str(&" ".repeat(width.saturating_sub(part.width()) + gap));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

fn with_the_rest_below(rows: &[Vec<String>], widths: &[usize], width: usize) -> String {
    let Some((head, rows)) = rows.split_first() else { return String::new() };
    let mut text = lines(std::slice::from_ref(head), widths, 2);
    for row in rows {
        text.push_str(&lines(std::slice::from_ref(row), widths, 2));
        let rest = head.iter().zip(row).skip(widths.len()).filter(|(_, cell)| !cell.is_empty());
        let rest: Vec<String> = rest.map(|(title, cell)| format!("{title}: {cell}")).collect();
        if !rest.is_empty() {
            text.push_str(&wrapped(&rest.join(" · "), 4, 4, width));
        }
    }
    text
}

/// How wide what is read may be: as the terminal; off one as wide as `COLUMNS` asks for, and eighty columns where it asks
/// for nothing. Programs read JSON and CSV, which are never folded.
pub fn room() -> usize {
    let terminal = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).map(|size| usize::from(size.ws_col));
    room_of(terminal.ok(), std::env::var("COLUMNS").ok().as_deref())
}

fn room_of(terminal: Option<usize>, asked: Option<&str>) -> usize {
    const LEAST: usize = 40;
    const USUAL: usize = 80;
    let asked = || asked.and_then(|columns| columns.trim().parse().ok());
    terminal.filter(|columns| *columns > 0).or_else(asked).filter(|columns| *columns > 0).unwrap_or(USUAL).max(LEAST)
}

/// A paragraph broken between words to fit a width, each line indented and those after the first by `hang`. A word that is
/// wider than a line stands on a line of its own.
pub fn wrapped(text: &str, indent: usize, hang: usize, width: usize) -> String {
    let mut out = " ".repeat(indent);
    let mut used = indent;
    let mut begun = false;
    for word in text.split(' ') {
        let wide = word.width();
        if begun && used + 1 + wide > width {
            out.push('\n');
            out.push_str(&" ".repeat(hang));
            used = hang;
        } else if begun {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += wide;
        begun = true;
    }
    out.push('\n');
    out
}

fn csv_text(table: &Table) -> io::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let key = |title: &&'static str| title.to_lowercase().replace(' ', "_");
    writer.write_record(table.head.iter().map(key))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| guarded(&visible(cell)).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(|fault| io::Error::other(fault.to_string()))?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_hidden_in_json_and_it_says_the_same() {
        let value = serde_json::json!({"a\u{202e}": "x\u{7f}\u{e0041}ë\n"});
        let text = value.to_string();
        assert_eq!(escaped(&text), r#"{"a\u202e":"x\u007f\udb40\udc41ë\n"}"#);
        assert_eq!(serde_json::from_str::<Value>(&escaped(&text)).unwrap(), value);
    }

    #[test]
    fn a_paragraph_breaks_between_words_and_loses_none() {
        let text = "the confirmation of 13.2 Actual mass by review is void";
        let broken = wrapped(text, 4, 6, 24);
        assert!(broken.lines().all(|line| line.width() <= 24), "{broken}");
        assert_eq!(broken.split_whitespace().collect::<Vec<_>>(), text.split(' ').collect::<Vec<_>>());
        assert_eq!(wrapped(text, 4, 6, 80), format!("    {text}\n"));
        assert_eq!(wrapped("incomprehensibilities x", 2, 2, 10), "  incomprehensibilities\n  x\n");
    }

    #[test]
    fn rows_fit_the_room_and_nothing_is_lost() {
        let mut table = Table::new(&["VIN", "Step", "Entry", "Text"]);
        let words = "the mass on axle two was weighed without the tail lift";
        let cells = ["ZZATG60D2TK104417", "review", "MassGroup/ActualMass", words];
        table.row(cells.map(str::to_owned));
        assert_eq!(fitted(&table, 200).lines().count(), 2);
        let close = fitted(&table, 100);
        assert_eq!(close.lines().count(), 2, "less between the columns is enough: {close}");
        for width in [80, 60, 50, 40] {
            let text = fitted(&table, width);
            assert!(text.lines().all(|line| line.width() <= width), "{width}: {text}");
            for word in cells.iter().flat_map(|cell| cell.split(' ')) {
                assert!(text.contains(word), "{width}: {word} is lost or broken: {text}");
            }
        }
        assert!(fitted(&table, 80).contains("ZZATG60D2TK104417 review MassGroup/ActualMass the mass on axle two"));
        assert!(fitted(&table, 50).contains("\n    Text: the mass on axle two"));
    }

    #[test]
    fn the_room_is_the_terminals_or_what_is_asked_for_or_eighty_columns() {
        assert_eq!(room_of(Some(120), Some("200")), 120, "a terminal knows best how wide it is");
        assert_eq!(room_of(None, Some("200")), 200);
        assert_eq!(room_of(None, None), 80);
        assert_eq!(room_of(Some(0), None), 80, "a terminal that does not know");
        for odd in ["", "wide", "-3", "0"] {
            assert_eq!(room_of(None, Some(odd)), 80, "{odd}");
        }
        assert_eq!(room_of(Some(12), None), 40, "nothing can be read in less");
    }

    #[test]
    fn columns_line_up_by_what_is_seen() {
        let mut table = Table::new(&["VIN", "Step"]);
        table.row(["Ä\u{202e}".to_owned(), "review".to_owned()]);
        assert_eq!(columns(&table), "VIN        Step\nÄ<U+202E>  review\n");
    }
}

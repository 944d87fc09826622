//! Sheets as text with separators: the separator is told from the header, the encoding is UTF-8.

use super::{Builder, Cell, MOST_COLUMNS, MOST_IN_CELL, Muddled, Table, cell, too_wide};
use crate::intake::Reject;

const SEPARATORS: [u8; 3] = *b",;\t";

pub fn read(bytes: &[u8]) -> Result<Table, Reject> {
    let text = decoded(bytes)?;
    let mut records = Records::of(text, separator(text));
    let Some(header) = records.header() else {
        return Err(Reject::new("the file is empty").hint("the first line names the columns; one is `vin`"));
    };
    let columns = header.columns;
    if columns > MOST_COLUMNS {
        return Err(too_wide().line(header.line));
    }
    let mut names = vec![String::new(); columns];
    for (at, name) in header.filled {
        names[at] = name.map_err(|why| Reject::new(why).line(header.line))?;
    }
    let mut table = Builder::new(header.line, &names)?;
    for record in records {
        let surplus = record.filled.last().is_some_and(|(at, _)| *at >= columns);
        // A line with blanks in it is as empty as an empty one.
        let cells = if record.filled.is_empty() || (record.columns >= columns && !surplus) {
            Ok(record.filled)
        } else {
            let why = format!(
                "{} cells, but the header names {columns} columns; look for a quote or a separator too many or too few",
                record.columns
            );
            Err(Muddled { why, cells: record.filled })
        };
        table.row(record.line, cells)?;
    }
    Ok(table.done())
}

/// The text, without its byte order mark.
fn decoded(bytes: &[u8]) -> Result<&str, Reject> {
    const REMEDY: &str = "save it as UTF-8 (in Excel: `CSV UTF-8`)";
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Reject::new("the file is UTF-16 text, not UTF-8").hint(REMEDY));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Reject::new("the file is a workbook, not CSV").hint("name it .xlsx, or save it as CSV"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|fault| {
        let line = 1 + bytes[..fault.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Reject::new("the file is not UTF-8 text; it may be in a Windows code page such as Windows-1252")
            .line(line)
            .hint(REMEDY)
    })?;
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => {
            let line = 1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
            Err(Reject::new("the file has a null character: it is no text").line(line).hint(REMEDY))
        }
        None => Ok(text),
    }
}

/// The separator that makes a column `vin` of the header, else the one that makes the most columns.
fn separator(text: &str) -> u8 {
    let head = |separator: u8| match Records::of(text, separator).header() {
        Some(header) => {
            let is_vin = |cell: &Cell| cell.as_ref().is_ok_and(|name| name.eq_ignore_ascii_case("vin"));
            (header.filled.iter().any(|(_, cell)| is_vin(cell)), header.columns)
        }
        None => (false, 0),
    };
    // `max_by_key` answers the last of equals; the comma is the one to fall back on.
    SEPARATORS.into_iter().rev().max_by_key(|separator| head(*separator)).unwrap_or(b',')
}

/// One record: where it begins, how many cells it has, and those with something in them, as far as columns are read.
struct Record {
    line: usize,
    columns: usize,
    filled: Vec<(usize, Cell)>,
}

/// The records of a text, cell by cell: a file that is all separators, or one endless cell, takes no memory for them.
struct Records<'a> {
    core: csv_core::Reader,
    rest: &'a [u8],
    line: usize,
    /// Whether the last cell begins with a quote that the text never closes.
    unclosed: bool,
    some: [u8; 1024],
}

impl<'a> Records<'a> {
    fn of(text: &'a str, separator: u8) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(separator).build();
        Records { core, rest: text.as_bytes(), line: 1, unclosed: false, some: [0; 1024] }
    }

    fn pass(&mut self, count: usize) {
        let (passed, rest) = self.rest.split_at(count);
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.rest = rest;
    }

    /// The next cell and whether it ends its record; nothing at the end of the text. Of a cell that is too long as much
    /// is kept as shows it.
    fn field(&mut self, field: &mut Vec<u8>) -> Option<bool> {
        field.clear();
        let from = self.rest;
        loop {
            let (result, read, written) = self.core.read_field(self.rest, &mut self.some);
            self.pass(read);
            if field.len() <= MOST_IN_CELL {
                field.extend_from_slice(&self.some[..written]);
            }
            match result {
                // Read again: an empty input tells the reader that the text has ended.
                csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
                csv_core::ReadFieldResult::Field { record_end } => {
                    // Within quotes a quote is written twice, so a cell that is closed has an even number of them.
                    self.unclosed = self.rest.is_empty()
                        && from.first() == Some(&b'"')
                        && from.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
                    return Some(record_end);
                }
                csv_core::ReadFieldResult::End => return None,
            }
        }
    }
}

impl Records<'_> {
    /// The first record, no further than a header may go.
    fn header(&mut self) -> Option<Record> {
        self.record(MOST_COLUMNS + 1)
    }

    /// The next record, or its first `most` cells.
    fn record(&mut self, most: usize) -> Option<Record> {
        // The reader skips empty lines; the line of a record is the one its first cell stands in.
        self.pass(self.rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count());
        let mut record = Record { line: self.line, columns: 0, filled: Vec::new() };
        let mut field = Vec::new();
        while record.columns < most {
            let Some(ends) = self.field(&mut field) else { return (record.columns > 0).then_some(record) };
            // The text is UTF-8; only a cell that was cut for its length can end within a character.
            let cell = match self.unclosed {
                true => Err(format!(
                    "the quote before this cell is never closed, so {} lines were taken for it",
                    self.line - record.line + 1
                )),
                false => cell(&String::from_utf8_lossy(&field)),
            };
            let says_nothing = cell.as_ref().is_ok_and(String::is_empty);
            if !says_nothing && record.filled.len() <= MOST_COLUMNS {
                record.filled.push((record.columns, cell));
            }
            record.columns += 1;
            if ends {
                break;
            }
        }
        Some(record)
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        self.record(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_never_closed_swallows_no_rows_in_silence() {
        let table = read(b"vin,order\nA,\"abc\nB,def\nC,ghi\n").unwrap();
        let cells = table.rows[0].cells.as_ref().unwrap();
        assert!(cells[1].1.as_ref().unwrap_err().contains("never closed"), "{cells:?}");
        for closed in ["vin,order\nA,\"ab\"\"c\"", "vin,order\nA,\"a\nb\"\n", "vin,order\nA,a\"b\n"] {
            let table = read(closed.as_bytes()).unwrap();
            assert!(table.rows[0].cells.as_ref().unwrap().iter().all(|(_, cell)| cell.is_ok()), "{closed}");
        }
    }
    use crate::intake::table::{MOST_BYTES, MOST_ROWS};

    fn texts(table: &Table) -> Vec<(usize, Vec<String>)> {
        let cells =
            |row: &super::super::TableRow| row.cells.clone().unwrap().into_iter().map(|(_, cell)| cell.unwrap());
        table.rows.iter().map(|row| (row.line, cells(row).collect())).collect()
    }

    #[test]
    fn the_separator_is_told_from_the_header() {
        for sheet in ["vin,13\nA,1\n", "vin;13\r\nA;1\r\n", "\u{feff}VIN\t13\nA\t1", "vin; 13 \n A ;1"] {
            let table = read(sheet.as_bytes()).unwrap();
            assert_eq!(table.header.len(), 2, "{sheet:?}");
            assert_eq!(texts(&table), [(2, vec!["A".to_owned(), "1".to_owned()])], "{sheet:?}");
        }
        assert_eq!(read(b"vin\nA\n").unwrap().header, ["vin"]);
    }

    #[test]
    fn lines_are_counted_through_empty_lines_and_quoted_line_ends() {
        let table = read(b"vin,52\n\n\nA,\"one\ntwo\"\n\nB,x\n,\n").unwrap();
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [4, 7]);
    }

    #[test]
    fn a_row_with_other_cells_than_the_header_is_at_fault_alone() {
        let table = read(b"vin,5\nA\nB,1,2\nC,1,\n").unwrap();
        let good: Vec<bool> = table.rows.iter().map(|row| row.cells.is_ok()).collect();
        assert_eq!(good, [false, false, true]);
    }

    #[test]
    fn other_encodings_are_refused_with_the_way_out() {
        let fault = read(b"vin,52\nA,Citro\xebn\n").unwrap_err();
        assert_eq!(fault.line, Some(2));
        assert!(fault.reason.contains("Windows-1252") && fault.hints[0].contains("UTF-8"));
        assert!(read(b"\xff\xfev\0i\0n\0").unwrap_err().reason.contains("UTF-16"));
        assert!(read(b"PK\x03\x04xx").unwrap_err().reason.contains("workbook"));
        assert!(read(b"vin\n\0").is_err());
        assert!(read(b"").is_err());
    }

    #[test]
    fn what_is_larger_than_the_limits_is_refused() {
        let wide = vec!["vin"; MOST_COLUMNS + 1].join(",");
        assert!(read(wide.as_bytes()).unwrap_err().reason.contains("columns"));
        assert!(read(&vec![b','; MOST_BYTES]).unwrap_err().reason.contains("columns"));
        assert!(read(&[b"vin,".as_slice(), &vec![b'"'; MOST_BYTES - 4]].concat()).is_err());
        let long = format!("vin\n{}", "A\n".repeat(MOST_ROWS + 1));
        assert!(read(long.as_bytes()).unwrap_err().reason.contains("rows"));
        let table = read(format!("vin,52\nA,{}\n", "x".repeat(MOST_IN_CELL + 1)).as_bytes()).unwrap();
        assert!(table.rows[0].cells.as_ref().unwrap()[1].1.is_err());
    }
}

//! Sheets as text with separators: the separator is told from the header, the encoding is UTF-8.

use super::{Builder, Cell, Table, cell, filled, trimmed};
use crate::intake::Reject;

const SEPARATORS: [u8; 3] = *b",;\t";

pub fn read(bytes: &[u8]) -> Result<Table, Reject> {
    let text = decoded(bytes)?;
    let separator = separator(text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut lines = Lines::of(text);
    let mut record = csv::StringRecord::new();
    let unreadable = |fault: &csv::Error| Reject::new(format!("the file cannot be read as CSV: {fault}"));
    if !reader.read_record(&mut record).map_err(|fault| unreadable(&fault))? {
        return Err(Reject::new("the file is empty").hint("the first line names the columns; one is `vin`"));
    }
    let line = lines.of_record(&record);
    let mut table = Builder::new(line, &record.iter().map(str::to_owned).collect::<Vec<_>>())?;
    let columns = record.len();
    while reader.read_record(&mut record).map_err(|fault| unreadable(&fault))? {
        let line = lines.of_record(&record);
        table.row(line, cells(&record, columns))?;
    }
    Ok(table.done())
}

fn cells(record: &csv::StringRecord, columns: usize) -> Result<Vec<(usize, Cell)>, String> {
    let surplus = record.iter().skip(columns).any(|text| !trimmed(text).is_empty());
    if surplus || record.len() < columns {
        return Err(format!(
            "{} cells, but the header names {columns} columns; look for a quote or a separator too many or too few",
            record.len()
        ));
    }
    Ok(filled(record.iter().take(columns).map(cell).enumerate()))
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
    let head = |separator: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        match reader.read_record(&mut record) {
            Ok(true) => (record.iter().any(|name| trimmed(name).eq_ignore_ascii_case("vin")), record.len()),
            _ => (false, 0),
        }
    };
    // `max_by_key` answers the last of equals; the comma is the one to fall back on.
    SEPARATORS.into_iter().rev().max_by_key(|separator| head(*separator)).unwrap_or(b',')
}

/// Counts lines up to each record in turn. The reader's own count stands before the empty lines it skips.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Lines { text: text.as_bytes(), at: 0, line: 1 }
    }

    fn of_record(&mut self, record: &csv::StringRecord) -> usize {
        let begins = record.position().map_or(self.at, |position| usize::try_from(position.byte()).unwrap_or(self.at));
        let begins = begins.clamp(self.at, self.text.len());
        let rest = &self.text[begins..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let to = begins + blank;
        self.line += self.text[self.at..to].iter().filter(|byte| **byte == b'\n').count();
        self.at = to;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::table::{MOST_COLUMNS, MOST_IN_CELL, MOST_ROWS};

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
        let long = format!("vin\n{}", "A\n".repeat(MOST_ROWS + 1));
        assert!(read(long.as_bytes()).unwrap_err().reason.contains("rows"));
        let table = read(format!("vin,52\nA,{}\n", "x".repeat(MOST_IN_CELL + 1)).as_bytes()).unwrap();
        assert!(table.rows[0].cells.as_ref().unwrap()[1].1.is_err());
    }
}

//! Sheets as Excel workbooks: the first sheet, numbers and dates as Excel shows them, never the float behind them.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use rust_decimal::Decimal;

use super::{
    Builder, Cell, MOST_BYTES, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Muddled, Table, cell, filled, too_large, too_wide,
};
use crate::bounded;
use crate::intake::Reject;

/// Most bytes of a workbook when it is unpacked: its XML is some four times its text.
const MOST_UNPACKED: u64 = 4 * MOST_BYTES as u64;
/// Most parts of a workbook.
const MOST_PARTS: usize = 2_000;

pub fn read(bytes: &[u8]) -> Result<Table, Reject> {
    // The library that reads workbooks counts columns and rows beyond every bound where a file gives them so.
    bounded::foreign(|| unpacked(bytes)).unwrap_or_else(|| {
        Err(Reject::new("the workbook is damaged: it names cells that no sheet has")
            .hint("save it anew as .xlsx, or as CSV"))
    })
}

fn unpacked(bytes: &[u8]) -> Result<Table, Reject> {
    let unreadable = |fault: XlsxError| match fault {
        XlsxError::Password => {
            Reject::new("the workbook is protected with a password").hint("save it without one, or as CSV")
        }
        fault => Reject::new(format!("the workbook cannot be read: {fault}")).hint("save it anew as .xlsx, or as CSV"),
    };
    unpacks_within_limits(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let names = workbook.sheet_names();
    let name = names.first().ok_or_else(|| Reject::new("the workbook has no sheet"))?;
    let mut reader = workbook.worksheet_cells_reader(name).map_err(unreadable)?;
    let mut rows: BTreeMap<u32, BTreeMap<usize, Cell>> = BTreeMap::new();
    let (mut count, mut size) = (0, 0);
    while let Some(found) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = found.get_position();
        let text = text(found.get_value());
        if text.as_ref().is_ok_and(String::is_empty) {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MOST_COLUMNS {
            return Err(too_wide().line(line(row)));
        }
        count += 1;
        size += text.as_ref().map_or(0, String::len);
        // The cells are counted as they come: a shared text named by every cell would fill the memory.
        if count > MOST_CELLS || size > MOST_BYTES || rows.len() > MOST_ROWS + 1 {
            return Err(too_large());
        }
        rows.entry(row).or_default().insert(column, text);
    }
    table(rows)
}

fn table(rows: BTreeMap<u32, BTreeMap<usize, Cell>>) -> Result<Table, Reject> {
    let mut rows = rows.into_iter();
    let Some((first, names)) = rows.next() else {
        return Err(Reject::new("the first sheet is empty").hint("its first row names the columns; one is `vin`"));
    };
    let columns = names.keys().next_back().map_or(0, |last| last + 1);
    let mut header = vec![String::new(); columns];
    for (column, name) in names {
        header[column] = name.map_err(|why| Reject::new(format!("a column's name is {why}")).line(line(first)))?;
    }
    let mut table = Builder::new(line(first), &header)?;
    for (row, cells) in rows {
        let beyond = cells.range(columns..).next().is_some();
        let cells = if beyond {
            let why = "a cell stands in a column without a name".to_owned();
            Err(Muddled { why, cells: filled(cells.into_iter()) })
        } else {
            Ok(filled(cells.into_iter()))
        };
        table.row(line(row), cells)?;
    }
    Ok(table.done())
}

fn line(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1)
}

/// Unpacks every part into nothing, so that a small file that unpacks into a huge one is found before it is read.
fn unpacks_within_limits(bytes: &[u8]) -> Result<(), Reject> {
    let broken = |_| {
        Reject::new("the file is no .xlsx workbook")
            .hint("an old .xls or an .ods must be saved as .xlsx, or as CSV, first")
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MOST_PARTS {
        return Err(Reject::new(format!("the workbook has {} parts, at most {MOST_PARTS} are read", archive.len())));
    }
    let mut left = MOST_UNPACKED;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(broken)?;
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|fault| Reject::new(format!("the workbook is damaged: {fault}")).hint("fetch or save it anew"))?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            Reject::new(format!("the workbook unpacks to more than {} MiB", MOST_UNPACKED / 1024 / 1024))
                .hint("split it, or save the sheet alone")
        })?;
    }
    Ok(())
}

fn text(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => cell(text),
        DataRef::SharedString(text) => cell(text),
        DataRef::Bool(flag) => Ok(if *flag { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(time) => date_text(time),
        DataRef::DateTimeIso(text) => cell(text.strip_suffix("T00:00:00").unwrap_or(text)),
        DataRef::DurationIso(text) => Err(format!("a span of time ({text}), neither text, number nor date")),
        DataRef::Error(error) => Err(format!("the error {error}; mend the formula")),
    }
}

/// The number as Excel shows it: a workbook stores binary floats, and Excel itself counts fifteen digits of them.
fn number_text(number: f64) -> Cell {
    let shown = format!("{number:.14e}");
    let exact = Decimal::from_scientific(&shown).ok().filter(|_| number.abs() < 1e15);
    exact
        .map(|number| number.normalize().to_string())
        .ok_or_else(|| format!("the number {number:e}, which is too large or too small to be exact"))
}

/// A date, or a date with its time where it has one.
fn date_text(time: &ExcelDateTime) -> Cell {
    // 1900-01-01 to 9999-12-31, in days as Excel counts them.
    let days = 1.0..2_958_466.0;
    if !time.is_datetime() || !days.contains(&time.as_f64()) {
        return Err("a span of time or a day outside the calendar, not a date".to_owned());
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        return Ok(date);
    }
    Ok(format!("{date}T{hour:02}:{minute:02}:{second:02}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    /// A workbook with one sheet of these cells, written by hand as far as a reader needs it.
    pub fn workbook(cells: &str) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut part = |name: &str, text: &str| {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        };
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        part(
            "_rels/.rels",
            &format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        );
        part(
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        );
        part(
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        );
        part(
            "xl/styles.xml",
            &format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        );
        part(
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet xmlns=\"{main}\"><sheetData>{cells}</sheetData></worksheet>"),
        );
        archive.finish().unwrap().into_inner()
    }

    fn inline(place: &str, text: &str) -> String {
        format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    }

    #[test]
    fn numbers_and_dates_come_as_excel_shows_them() {
        let cells = format!(
            "<row r=\"2\">{}{}{}{}</row><row r=\"4\">{}<c r=\"B4\"><v>2864.9999999999995</v></c>\
             <c r=\"C4\" s=\"1\"><v>46279</v></c><c r=\"D4\"><v>5.04</v></c></row>\
             <row r=\"5\"><c r=\"B5\"><v>0.30000000000000004</v></c><c r=\"C5\" t=\"e\"><v>#N/A</v></c></row>",
            inline("A2", "vin"),
            inline("B2", "13"),
            inline("C2", "built"),
            inline("D2", "x"),
            inline("A4", " A ")
        );
        let table = read(&workbook(&cells)).unwrap();
        assert_eq!(
            (table.header_line, table.header.as_slice()),
            (2, &["vin", "13", "built", "x"].map(String::from)[..])
        );
        let ok = |at: usize, text: &str| (at, Ok(text.to_owned()));
        assert_eq!(table.rows[0].line, 4);
        let cells = table.rows[0].cells.clone().unwrap();
        assert_eq!(cells, [ok(0, "A"), ok(1, "2865"), ok(2, "2026-09-14"), ok(3, "5.04")]);
        let cells = table.rows[1].cells.clone().unwrap();
        assert_eq!(cells[0], ok(1, "0.3"));
        assert!(cells[1].1.is_err());
    }

    #[test]
    fn numbers_are_exact_or_refused() {
        for (number, text) in
            [(2865.0, "2865"), (0.1 + 0.2, "0.3"), (-1.5, "-1.5"), (0.0, "0"), (123_456_789_012.0, "123456789012")]
        {
            assert_eq!(number_text(number).as_deref(), Ok(text));
        }
        for number in [1e15, f64::NAN, f64::INFINITY, 1e300] {
            assert!(number_text(number).is_err(), "{number}");
        }
    }

    #[test]
    fn bombs_wide_sheets_and_what_is_no_workbook_are_refused() {
        let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
        bomb.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
        let zeros = vec![b' '; 1024 * 1024];
        for _ in 0..=MOST_UNPACKED / (1024 * 1024) {
            bomb.write_all(&zeros).unwrap();
        }
        let bomb = bomb.finish().unwrap().into_inner();
        assert!(read(&bomb).unwrap_err().reason.contains("unpacks"));
        let wide = format!("<row r=\"1\">{}{}</row>", inline("A1", "vin"), inline("XFD1", "x"));
        assert!(read(&workbook(&wide)).unwrap_err().reason.contains("columns"));
        // Columns and rows beyond every number.
        for place in ["ZZZZZZZZ2", "A99999999999999999999", "2", "A0"] {
            let cells = format!("<row r=\"1\">{}</row><row r=\"2\">{}</row>", inline("A1", "vin"), inline(place, "x"));
            assert!(read(&workbook(&cells)).is_err(), "{place}");
        }
        assert!(read(&workbook("")).unwrap_err().reason.contains("empty"));
        assert!(read(b"\xd0\xcf\x11\xe0 an old workbook").unwrap_err().reason.contains("no .xlsx"));
        let whole = workbook(&format!("<row r=\"1\">{}</row>", inline("A1", "vin")));
        for length in 0..whole.len() {
            let _ = read(&whole[..length]);
        }
    }
}

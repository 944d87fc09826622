//! The rejected rows of an import as a sheet of their own, to be mended and imported again: the columns they came with,
//! and `reason`, which an import does not read.

use std::collections::BTreeMap;

use super::columns::Column;
use super::report::Rejected;
use super::sheet::Cells;
use crate::domain::visible::{guarded, quoted, visible};

/// The sheet as CSV, and how many rows it has; nothing where no row was rejected. Values stand as they came, guarded
/// against formulas; a whole file or a message that was rejected is not in it, since it is mended where it lies.
pub fn sheet(rejected: &[Rejected]) -> Option<(Vec<u8>, usize)> {
    let rows: Vec<(&Rejected, &Cells)> =
        rejected.iter().filter_map(|reject| Some((reject, reject.cells.as_ref()?))).collect();
    let columns = Columns::of(rows.iter().map(|(_, cells)| *cells));
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    writer.write_record(columns.names.iter().copied().chain(["reason"])).ok()?;
    for (reject, row) in &rows {
        let mut cells = vec![String::new(); columns.names.len()];
        let mut beyond = Vec::new();
        for (at, text) in &row.cells {
            match columns.place(row, *at) {
                Place::Column(place) => cells[place] = text_of(text),
                Place::None => {}
                Place::Beyond => beyond.push(format!("`{}`", quoted(text))),
            }
        }
        cells.push(guarded(&reason(reject, &beyond)).into_owned());
        writer.write_record(&cells).ok()?;
    }
    let bytes = writer.into_inner().ok()?;
    (!rows.is_empty()).then_some((bytes, rows.len()))
}

/// Whether bytes begin as such a sheet does, so that one may be written over another.
pub fn is_one(bytes: &[u8]) -> bool {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let first = reader.byte_records().next();
    first.is_some_and(|record| record.is_ok_and(|record| record.iter().next_back() == Some(b"reason")))
}

/// A cell as it came; `=` alone is no formula here but restates the base, and guarded it would not.
fn text_of(text: &str) -> String {
    if text == "=" { text.to_owned() } else { guarded(text).into_owned() }
}

fn reason(reject: &Rejected, beyond: &[String]) -> String {
    let line = reject.line.map_or(String::new(), |line| format!(":{line}"));
    let name = reject.file.file_name().unwrap_or(reject.file.as_os_str()).to_string_lossy();
    let hints = if reject.hints.is_empty() { String::new() } else { format!(" ({})", reject.hints.join("; ")) };
    let beyond = if beyond.is_empty() { String::new() } else { format!("; beyond its columns: {}", beyond.join(", ")) };
    visible(&format!("{name}{line}: {}{hints}{beyond}", reject.reason)).into_owned()
}

/// The columns of all rows together: one for each thing they mean, by the first name it has.
struct Columns<'a> {
    names: Vec<&'a str>,
    places: BTreeMap<&'a Column, usize>,
}

enum Place {
    Column(usize),
    /// It says nothing here: the reason of an earlier rejection.
    None,
    /// It stands in no column.
    Beyond,
}

impl<'a> Columns<'a> {
    fn of(rows: impl Iterator<Item = &'a Cells>) -> Self {
        let mut columns = Columns { names: Vec::new(), places: BTreeMap::new() };
        for (name, column) in rows.flat_map(|row| row.header.iter()) {
            if let Some(column) = column.as_ref().filter(|column| **column != Column::Reason) {
                columns.places.entry(column).or_insert_with(|| {
                    columns.names.push(name);
                    columns.names.len() - 1
                });
            }
        }
        columns
    }

    fn place(&self, row: &Cells, at: usize) -> Place {
        match row.header.get(at) {
            Some((_, Some(Column::Reason))) => Place::None,
            Some((_, Some(column))) => self.places.get(column).map_or(Place::Beyond, |place| Place::Column(*place)),
            Some((_, None)) | None => Place::Beyond,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::intake::ColumnMap;
    use crate::intake::sheet::{SheetLine, lines};
    use crate::intake::table::Format;
    use crate::ivi::catalogue::catalogue;

    fn rejected(sheets: &[&str]) -> Vec<Rejected> {
        let map = ColumnMap::read(b"Leergewicht = \"13\"\n", catalogue()).unwrap();
        let read = |sheet: &&str| lines("a.csv", sheet.as_bytes(), Format::Csv, &map, catalogue()).unwrap();
        let reject = |SheetLine { cells, item }: SheetLine| {
            let why = item.err()?;
            let file = PathBuf::from("a.csv");
            Some(Rejected {
                file,
                line: why.line,
                vin: why.vin,
                reason: why.reason,
                hints: why.hints,
                cells: Some(cells),
            })
        };
        sheets.iter().flat_map(read).filter_map(reject).collect()
    }

    fn text(rejected: &[Rejected]) -> String {
        String::from_utf8(sheet(rejected).unwrap().0).unwrap()
    }

    #[test]
    fn rejected_rows_keep_their_columns_and_values_and_say_why() {
        let rows = rejected(&["vin;13;16.1;order\nZZATG60D2TK104417;heavy;=;@B-1\nZZATG60D2TK104423;3000;;\n"]);
        let text = text(&rows);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("vin,13,16.1,order,reason"));
        let row = lines.next().unwrap();
        assert!(row.starts_with("ZZATG60D2TK104417,heavy,=,'@B-1,\"a.csv:2: "), "{row}");
        assert_eq!(lines.next(), None);
        assert!(is_one(text.as_bytes()) && !is_one(b"vin,13\n") && !is_one(b""));
    }

    #[test]
    fn a_mended_sheet_says_what_it_said_before_and_its_reasons_say_nothing() {
        let rows = rejected(&["vin,13,16.1,order\nZZATG60D2TK104417,heavy,=,@B-1\n"]);
        let mended = text(&rows).replace("heavy", "3065");
        let read = lines("mended.csv", mended.as_bytes(), Format::Csv, &ColumnMap::default(), catalogue()).unwrap();
        let row = read[0].item.clone().unwrap().row;
        assert_eq!((row.order.as_deref(), row.values.len()), (Some("@B-1"), 2));
    }

    #[test]
    fn rejected_again_a_row_has_the_new_reason_alone() {
        let first = text(&rejected(&["vin,13\nZZATG60D2TK104417,heavy\n"]));
        let again = text(&rejected(&[&first]));
        assert_eq!(again.lines().next(), Some("vin,13,reason"));
        assert_eq!(again.matches("does not fit").count(), 1, "{again}");
    }

    #[test]
    fn sheets_of_several_forms_share_a_column_for_each_thing() {
        let rows = rejected(&[
            "vin,Leergewicht\nZZATG60D2TK104417,heavy\n",
            "order,vin,MassInRunningOrder\nB-2,ZZATG60D2TK104423,light\n",
        ]);
        let text = text(&rows);
        assert_eq!(text.lines().next(), Some("vin,Leergewicht,order,reason"));
        assert!(text.contains("\nZZATG60D2TK104423,light,B-2,"), "{text}");
    }

    #[test]
    fn a_row_that_could_not_be_told_apart_keeps_every_cell() {
        let text = text(&rejected(&["vin,13\nZZATG60D2TK104417,3065,left over\n"]));
        assert!(text.contains("ZZATG60D2TK104417,3065,") && text.contains("beyond its columns: `left over`"), "{text}");
    }

    #[test]
    fn nothing_rejected_makes_no_sheet() {
        assert_eq!(sheet(&[]), None);
    }
}

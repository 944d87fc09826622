//! Build sheets: each row read by itself into what the desk is asked to do with it, or rejected with line and reason.

use std::collections::HashMap;
use std::sync::Arc;

use super::Reject;
use super::columns::{Column, ColumnMap, columns};
use super::table::{self, Cell, Format, TableRow};
use crate::domain::action::{Given, SheetRow};
use crate::domain::address::Address;
use crate::domain::approval::ApprovalNumber;
use crate::domain::catalogue::{Catalogue, Element};
use crate::domain::identity::{Login, Vin};
use crate::domain::value::{self, ValueType};
use crate::domain::visible::{quoted, unguarded, visible};

/// A row that can be brought to the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which vehicle.
    pub vin: Vin,
    /// What the row says of it.
    pub row: SheetRow,
    /// Its line in the file.
    pub line: usize,
}

/// The columns of a sheet, each as it is named there and what it means.
pub type Header = Arc<[(String, Option<Column>)]>;

/// A row as it stands in the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    /// The columns.
    pub header: Header,
    /// The cells with something readable in them, each with its column counted from 0.
    pub cells: Vec<(usize, String)>,
}

/// A row as it stands in the sheet, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetLine {
    /// As it stands there.
    pub cells: Cells,
    /// What it says, or why it is not taken.
    pub item: Result<Item, Reject>,
}

/// Reads a build sheet called `name`, what its rows say alone: see [`lines`].
///
/// # Errors
/// As [`lines`].
pub fn read(
    name: &str,
    bytes: &[u8],
    format: Format,
    map: &ColumnMap,
    catalogue: &Catalogue,
) -> Result<Vec<Result<Item, Reject>>, Vec<Reject>> {
    Ok(lines(name, bytes, format, map, catalogue)?.into_iter().map(|line| line.item).collect())
}

/// Reads a build sheet called `name`. A row's stage is 0 where the sheet does not say it: the record's own stands.
///
/// # Errors
/// The file as a whole cannot be taken: no such file, or a column nobody knows. Rows at fault are in the answer, each
/// by itself.
pub fn lines(
    name: &str,
    bytes: &[u8],
    format: Format,
    map: &ColumnMap,
    catalogue: &Catalogue,
) -> Result<Vec<SheetLine>, Vec<Reject>> {
    let table = table::read(bytes, format).map_err(|fault| vec![fault])?;
    let columns = columns(&table, map, catalogue)?;
    // What was rejected before and written as CSV carries guards against formulas.
    let mended = columns.contains(&Some(Column::Reason));
    let header: Header = table.header.into_iter().zip(columns).collect();
    let contradicted = contradictions(&table.rows, &header);
    let rows = together(table.rows, &header, mended, &contradicted);
    let sheet = Sheet { name, header, mended, json: format == Format::Json, contradicted, catalogue };
    let mut first: HashMap<Vin, usize> = HashMap::new();
    let line = |(row, others): (TableRow, Vec<usize>)| {
        let mut line = sheet.line(row, &mut first);
        if let (Err(reject), false) = (&mut line.item, others.is_empty()) {
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            reject.hints.push(format!("read together with line {}, about the same vehicle", others.join(", ")));
        }
        line
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Rows about one vehicle as one, each with the lines of the others that went into it: a row that stands twice counts
/// once. In a sheet of mended rejects, whose rows come from several sheets, so do all that contradict each other
/// nowhere. In any other a second row about a vehicle that says more is left alone, to be rejected: one of the two VINs
/// may be mistyped.
fn together(
    rows: Vec<TableRow>,
    header: &Header,
    mended: bool,
    contradicted: &HashMap<usize, (usize, usize)>,
) -> Vec<(TableRow, Vec<usize>)> {
    let vin_at = header.iter().position(|(_, column)| *column == Some(Column::Vin));
    let mut place_of: HashMap<String, usize> = HashMap::new();
    let mut all: Vec<(TableRow, Vec<usize>)> = Vec::with_capacity(rows.len());
    for row in rows {
        let vin = cells_of(&row).find(|(at, _)| Some(*at) == vin_at).map(|(_, vin)| vin.to_owned());
        let vin = vin.filter(|_| row.cells.is_ok() && !contradicted.contains_key(&row.line));
        let earlier = vin.as_ref().and_then(|vin| place_of.get(vin));
        if let (Some((first, others)), Ok(cells)) = (earlier.and_then(|at| all.get_mut(*at)), &row.cells)
            && let Ok(known) = &mut first.cells
            && (mended || known == cells)
        {
            let new = cells.iter().filter(|(at, _)| !known.iter().any(|(place, _)| place == at));
            let new: Vec<(usize, Cell)> = new.cloned().collect();
            known.extend(new);
            known.sort_by_key(|(at, _)| *at);
            others.push(row.line);
            continue;
        }
        if let Some(vin) = vin {
            place_of.entry(vin).or_insert(all.len());
        }
        all.push((row, Vec::new()));
    }
    all
}

/// Rows that say something else of a vehicle than another row of the same file, by line: the line of the other, and the
/// column. Neither is taken, for nobody can tell which of the two is meant.
fn contradictions(rows: &[TableRow], header: &Header) -> HashMap<usize, (usize, usize)> {
    let vin_at = header.iter().position(|(_, column)| *column == Some(Column::Vin));
    let mut of_vehicle: HashMap<&str, Vec<&TableRow>> = HashMap::new();
    for row in rows {
        let vin = cells_of(row).find(|(at, _)| Some(*at) == vin_at);
        of_vehicle.entry(vin.map_or("", |(_, text)| text)).or_default().push(row);
    }
    let mut contradicted = HashMap::new();
    for (_, rows) in of_vehicle.iter().filter(|(vin, rows)| !vin.is_empty() && rows.len() > 1) {
        let mut said: HashMap<usize, (&str, usize)> = HashMap::new();
        for row in rows {
            for (at, text) in cells_of(row).filter(|(at, _)| header.get(*at).is_some_and(|(_, column)| speaks(column)))
            {
                let (other, line) = *said.entry(at).or_insert((text, row.line));
                if other != text {
                    contradicted.entry(row.line).or_insert((line, at));
                    contradicted.entry(line).or_insert((row.line, at));
                }
            }
        }
    }
    contradicted
}

/// The readable cells of a row that can be told apart.
fn cells_of(row: &TableRow) -> impl Iterator<Item = (usize, &str)> {
    let cells = row.cells.as_deref().unwrap_or_default();
    cells.iter().filter_map(|(at, cell)| Some((*at, cell.as_deref().ok()?)))
}

fn speaks(column: &Option<Column>) -> bool {
    !matches!(column, None | Some(Column::Reason))
}

struct Sheet<'a> {
    name: &'a str,
    header: Header,
    mended: bool,
    json: bool,
    contradicted: HashMap<usize, (usize, usize)>,
    catalogue: &'a Catalogue,
}

impl Sheet<'_> {
    /// `first` knows the line that named each vehicle first: a second row about it is rejected whatever became of the
    /// first, for nobody can tell which of the two is meant.
    fn line(&self, row: TableRow, first: &mut HashMap<Vin, usize>) -> SheetLine {
        let line = row.line;
        let (mut cells, muddled) = match row.cells {
            Ok(cells) => (cells, None),
            Err(muddled) => (muddled.cells, Some(muddled.why)),
        };
        if self.mended {
            for text in cells.iter_mut().filter_map(|(_, cell)| cell.as_mut().ok()) {
                *text = unguarded(text).to_owned();
            }
        }
        if self.json {
            for (at, cell) in &mut cells {
                if let Ok(text) = cell
                    && self.takes_whole_numbers(*at)
                {
                    whole(text);
                }
            }
        }
        let kept = cells.iter().filter_map(|(at, cell)| Some((*at, cell.as_ref().ok()?.clone()))).collect();
        let vin_cell = cells.iter().find(|(at, _)| self.means(*at) == Some(&Column::Vin));
        let given = vin_cell.and_then(|(_, cell)| cell.as_deref().ok()).unwrap_or_default().to_owned();
        let rejected = |fault: Reject| if given.is_empty() { fault } else { fault.vin(&given) };
        let item = match muddled {
            Some(why) => Err(Reject::new(why)),
            None => self.read_row(&given, cells, line, first),
        };
        SheetLine {
            cells: Cells { header: self.header.clone(), cells: kept },
            item: item.map_err(|fault| rejected(fault.line(line))),
        }
    }

    fn means(&self, at: usize) -> Option<&Column> {
        self.header.get(at)?.1.as_ref()
    }

    fn takes_whole_numbers(&self, at: usize) -> bool {
        match self.means(at) {
            Some(Column::Stage | Column::Priority) => true,
            Some(Column::Entry(address)) => {
                let element = self.catalogue.element(address);
                matches!(element.and_then(|element| element.value_type()), Some(ValueType::Integer { .. }))
            }
            _ => false,
        }
    }

    fn read_row(
        &self,
        given: &str,
        cells: Vec<(usize, Cell)>,
        line: usize,
        first: &mut HashMap<Vin, usize>,
    ) -> Result<Item, Reject> {
        if given.is_empty() {
            return Err(Reject::new("the row names no VIN"));
        }
        let vin = Vin::parse(given).map_err(|fault| Reject::new(fault.to_string()))?;
        if let Some((other, at)) = self.contradicted.get(&line) {
            let name = self.header.get(*at).map_or("", |(name, _)| name);
            return Err(Reject::new(format!(
                "line {other} of this file says something else of the same vehicle in the column `{}`: neither is taken",
                visible(name)
            ))
            .hint("keep one row for each vehicle"));
        }
        if let Some(earlier) = first.get(&vin) {
            return Err(Reject::new(format!("line {earlier} of this file is about the same vehicle"))
                .hint("keep one row for each vehicle"));
        }
        first.insert(vin.clone(), line);
        let mut row = SheetRow { source: format!("{}:{line}", self.name), ..SheetRow::default() };
        for (at, cell) in cells {
            let Some((name, Some(column))) = self.header.get(at) else { continue };
            let text = cell.map_err(|why| Reject::new(format!("column `{}`: {why}", visible(name))))?;
            self.put(&mut row, column, name, text)?;
        }
        Ok(Item { vin, row, line })
    }

    fn put(&self, row: &mut SheetRow, column: &Column, name: &str, text: String) -> Result<(), Reject> {
        let misfit = |takes: &str| {
            let shown = quoted(&text);
            Reject::new(format!("column `{}`: `{shown}` does not fit", visible(name)))
                .hint(format!("it takes: {takes}"))
        };
        if text == "=" && !matches!(column, Column::Entry(_) | Column::Reason) {
            return Err(misfit("a value; only an entry has one to restate"));
        }
        match column {
            Column::Vin | Column::Reason => {}
            Column::Scope => row.scope = Some(text),
            Column::Order => row.order = Some(text),
            Column::Stage => {
                let number = value::integer(&text).filter(|number| (1..=99).contains(number));
                row.stage = number.and_then(|number| u8::try_from(number).ok()).ok_or_else(|| misfit("1 to 99"))?;
            }
            Column::Options => {
                let words = text.split(';').map(str::trim).filter(|word| !word.is_empty());
                row.options = Some(words.map(str::to_owned).collect());
            }
            Column::Due => row.due = Some(value::date(&text).ok_or_else(|| misfit("a date such as 2026-07-05"))?),
            Column::Priority => {
                row.priority = Some(text.parse().map_err(|_| misfit("0 to 255; 0 is ordinary, higher comes first"))?);
            }
            Column::Preparer => {
                row.preparer = Some(Login::parse(&text).map_err(|fault| {
                    Reject::new(format!("column `{}`: {fault}", visible(name))).hint("write the person's login")
                })?);
            }
            Column::Entry(address) => {
                let given = self.entry(address, name, text)?;
                row.values.insert(address.clone(), given);
            }
        }
        Ok(())
    }

    fn entry(&self, address: &Address, name: &str, text: String) -> Result<Given, Reject> {
        if text == "=" {
            return Ok(Given::Same);
        }
        // The columns were found in the catalogue.
        let Some(element) = self.catalogue.element(address) else { return Ok(Given::Value(text)) };
        if let Err(fault) = element.check(&text) {
            return Err(type_fault(element, name, &text, &fault.to_string()));
        }
        if element.name == "TypeApprovalNumber" {
            ApprovalNumber::parse(&text)
                .map_err(|fault| Reject::new(format!("column `{}`: {}", visible(name), visible(&fault.to_string()))))?;
        }
        Ok(Given::Value(text))
    }
}

/// Takes a fraction of zero off a number: programs write whole numbers as `6000.0` too.
fn whole(text: &mut String) {
    let zeros = |fraction: &str| !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
    if let Some((number, _)) = text.split_once('.').filter(|(_, fraction)| zeros(fraction)) {
        *text = number.to_owned();
    }
}

fn type_fault(element: &Element, name: &str, text: &str, fault: &str) -> Reject {
    let title = if name == element.title { String::new() } else { format!(" ({})", element.title) };
    let unit = element.unit.map(|unit| format!(", in {unit}")).unwrap_or_default();
    let takes = element.value_type().map_or(String::new(), ValueType::describe);
    let reject = Reject::new(format!("column `{}`{title}: `{}` does not fit: {fault}", visible(name), quoted(text)))
        .hint(format!("it takes: {takes}{unit}"));
    match text.matches(',').count() {
        1 if value::decimal(&text.replace(',', ".")).is_some() => reject.hint("write the decimal point as `.`"),
        _ => reject,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ivi::catalogue::catalogue;

    fn csv(sheet: &str) -> Vec<Result<Item, Reject>> {
        read("vans.csv", sheet.as_bytes(), Format::Csv, &ColumnMap::default(), catalogue()).unwrap()
    }

    #[test]
    fn a_row_says_what_its_cells_say_and_nothing_else() {
        let items = csv(
            "vin;scope;order;stage;approval;built;options;due;priority;preparer;13;16.1;BodyworkTable[1]/CodeForBodywork\n\
             ZZATG60D2TK104417;bodies;B-1;2;e4*2018/858*90471*01;2026-09-14;\"BOX; TAILLIFT;\";2026-11-20;3;prep;3065;=;BA\n\
             ZZATG60D2TK104423;;;;;;;;;;;;\n",
        );
        let Item { vin, row, line } = items[0].clone().unwrap();
        assert_eq!((vin.as_str(), line, row.source.as_str()), ("ZZATG60D2TK104417", 2, "vans.csv:2"));
        assert_eq!((row.stage, row.priority, row.scope.as_deref()), (2, Some(3), Some("bodies")));
        assert_eq!(row.options, Some(vec!["BOX".to_owned(), "TAILLIFT".to_owned()]));
        assert_eq!(row.due.unwrap().to_string(), "2026-11-20");
        let given = |address: &str| row.values.get(&Address::unchecked(address)).cloned();
        assert_eq!(given("MassGroup/MassInRunningOrder"), Some(Given::Value("3065".into())));
        assert_eq!(given("MassGroup/TechnicallyPermissibleMaximumLadenMass"), Some(Given::Same));
        assert_eq!(given("DateManufactureVehicle"), Some(Given::Value("2026-09-14".into())));
        assert_eq!(row.values.len(), 5);
        let empty = items[1].clone().unwrap().row;
        assert_eq!(empty, SheetRow { source: "vans.csv:3".into(), ..SheetRow::default() });
    }

    #[test]
    fn each_row_stands_or_falls_alone_with_column_value_and_what_fits() {
        let items = csv("vin,stage,due,priority,preparer,13,38[1],approval,52[1]\n\
             ZZATG60D2TK104417,,,,,3065,BA,,\n\
             ZZATG60D2TK1O4423,,,,,,,,\n\
             ,,,,,1,,,\n\
             ZZATG60D2TK104423,,,,,\"3.065,5\",,,\n\
             ZZATG60D2TK104431,100,,,,,,,\n\
             ZZATG60D2TK104432,,20.11.2026,,,,,,\n\
             ZZATG60D2TK104433,,,-1,,,,,\n\
             ZZATG60D2TK104434,,,,Prep,,,,\n\
             ZZATG60D2TK104435,,,,,,BZ,,\n\
             ZZATG60D2TK104436,,,,,,,4711,\n\
             ZZATG60D2TK104437,,=,,,,,,\n\
             ZZATG60D2TK104417,,,,,,,,\n");
        let words = [
            "",
            "character 13 is `O`",
            "no VIN",
            "does not fit",
            "100",
            "20.11.2026",
            "-1",
            "`Prep`",
            "BZ",
            "4711",
            "`=`",
            "line 2",
        ];
        assert_eq!(items.len(), words.len());
        assert!(items[0].is_ok());
        for (at, (item, word)) in items.iter().zip(words).enumerate().skip(1) {
            let reject = item.as_ref().unwrap_err();
            assert_eq!(reject.line, Some(at + 2));
            assert!(reject.reason.contains(word), "{reject:?}");
        }
        assert_eq!(items[1].as_ref().unwrap_err().vin.as_deref(), Some("ZZATG60D2TK1O4423"));
    }

    #[test]
    fn two_rows_that_contradict_each_other_are_both_rejected_and_one_that_only_repeats_is() {
        let items = csv("vin,13,order\n\
             ZZATG60D2TK104417,3065,B-1\n\
             ZZATG60D2TK104423,3000,\n\
             ZZATG60D2TK104417,3066,B-1\n\
             ZZATG60D2TK104423,3000,B-2\n\
             ZZATG60D2TK104431,3000,B-3\n");
        let reason = |at: usize| items[at].as_ref().unwrap_err().reason.clone();
        assert!(reason(0).contains("line 4") && reason(0).contains("`13`"), "{}", reason(0));
        assert!(reason(2).contains("line 2") && reason(2).contains("neither is taken"), "{}", reason(2));
        assert!(items[1].is_ok() && items[4].is_ok());
        assert!(reason(3).contains("line 3"), "{}", reason(3));
    }

    #[test]
    fn a_row_that_stands_twice_counts_once() {
        let items = csv("vin,13\nZZATG60D2TK104417,3065\nZZATG60D2TK104417,3065\n");
        assert!(matches!(items.as_slice(), [Ok(item)] if item.line == 2), "{items:?}");
    }

    #[test]
    fn mended_rows_of_several_sheets_about_one_vehicle_are_read_as_one() {
        let items = csv("vin,13,13.2,order,reason\n\
             ZZATG60D2TK104417,3065,,B-1,a.csv:2: too heavy\n\
             ZZATG60D2TK104423,3000,,,a.csv:3: too light\n\
             ZZATG60D2TK104417,,3290,B-1,b.csv:2: too heavy\n\
             ZZATG60D2TK104423,3001,,,b.csv:3: too light\n\
             ZZATG60D2TK104431,3000,,,a.csv:4: what\n\
             ZZATG60D2TK104431,,heavy,,b.csv:4: what\n");
        assert_eq!(items.len(), 4);
        let item = items[0].as_ref().unwrap();
        assert_eq!((item.line, item.row.values.len(), item.row.order.as_deref()), (2, 2, Some("B-1")));
        let reason = |at: usize| items[at].as_ref().unwrap_err().reason.clone();
        assert!(reason(1).contains("line 5") && reason(2).contains("line 3"), "contradictions are refused both");
        let faulty = items[3].as_ref().unwrap_err();
        assert!(
            faulty.reason.contains("heavy") && faulty.hints.iter().any(|hint| hint.contains("line 7")),
            "{faulty:?}"
        );
    }

    #[test]
    fn a_whole_number_may_have_a_fraction_of_zero_in_json() {
        let json = |value: &str| {
            let sheet = format!("[{{\"vin\":\"ZZATG60D2TK104417\",\"16.1\":{value},\"stage\":2.0}}]");
            let items = read("x.json", sheet.as_bytes(), Format::Json, &ColumnMap::default(), catalogue()).unwrap();
            items[0].clone().map(|item| (item.row.stage, item.row.values.values().next().cloned()))
        };
        assert_eq!(json("6000.0"), Ok((2, Some(Given::Value("6000".into())))));
        assert_eq!(json("6000.00"), json("6000"));
        for other in ["6000.5", "6000.05", "\"6000.\""] {
            assert!(json(other).is_err(), "{other}");
        }
        assert!(csv("vin,16.1\nZZATG60D2TK104417,6000.0\n")[0].is_err(), "in text it may be a thousand too many");
    }

    #[test]
    fn a_stage_is_one_to_ninety_nine_and_a_day_is_a_day() {
        for (column, text) in [
            ("stage", "0"),
            ("stage", "200"),
            ("stage", "-1"),
            ("stage", "2.0"),
            ("due", "2026-02-30"),
            ("built", "30.11.2026"),
        ] {
            let items = csv(&format!("vin,{column}\nZZATG60D2TK104417,{text}\n"));
            let reject = items[0].as_ref().unwrap_err();
            assert!(reject.reason.contains(text) && !reject.hints.is_empty(), "{column} {text}: {reject:?}");
        }
    }

    #[test]
    fn a_decimal_comma_is_named() {
        let items = csv("vin,13\nZZATG60D2TK104423,\"3065,5\"\n");
        let reject = items[0].as_ref().unwrap_err();
        assert!(reject.hints.iter().any(|hint| hint.contains("decimal point")), "{reject:?}");
    }

    #[test]
    fn hostile_values_are_kept_as_they_came_or_shown_with_nothing_hidden() {
        let items =
            csv("vin,DescriptionCompletedAltered,13\nZZATG60D2TK104417,a\u{202e}b,\nZZATG60D2TK104423,,1\u{202e}2\n");
        let row = items[0].clone().unwrap().row;
        assert!(row.values.values().any(|given| *given == Given::Value("a\u{202e}b".into())));
        assert!(items[1].as_ref().unwrap_err().reason.contains("<U+202E>"));
    }

    #[test]
    fn the_sample_sheets_are_read_without_a_rejection() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/build-sheets");
        for name in ["box-bodies.csv", "vans.csv", "campers.csv"] {
            let bytes = std::fs::read(folder.join(name)).unwrap();
            let items = read(name, &bytes, Format::Csv, &ColumnMap::default(), catalogue()).unwrap();
            assert!(items.len() >= 6);
            let rejected: Vec<_> = items.iter().filter_map(|item| item.as_ref().err()).collect();
            assert!(rejected.is_empty(), "{name}: {rejected:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), tail in "[vin,;\t\"\r\n=13.\\[\\]{}:a-z]{0,120}") {
            for format in [Format::Csv, Format::Json, Format::Xlsx] {
                let _ = read("x", &bytes, format, &ColumnMap::default(), catalogue());
                let _ = read("x", format!("vin,13\n{tail}").as_bytes(), format, &ColumnMap::default(), catalogue());
                let _ = read("x", format!("[{{\"vin\":{tail}").as_bytes(), format, &ColumnMap::default(), catalogue());
                let mut packed = b"PK\x03\x04".to_vec();
                packed.extend_from_slice(&bytes);
                let _ = read("x", &packed, format, &ColumnMap::default(), catalogue());
            }
        }
    }
}

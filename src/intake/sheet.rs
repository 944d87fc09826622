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
#[path = "sheet/tests.rs"]
mod tests;

//! The vehicles of the demo: the sample fleet and its build sheets, and as many more of the same as are wanted.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::sample_fault;
use crate::domain::action::SheetRow;
use crate::domain::identity::{Login, Vin};
use crate::domain::moment::Moment;
use crate::failure::Failure;
use crate::{intake, ivi};

const FLEET: &str = include_str!("../../../sample-data/fleet.csv");
const SHEETS: [(&str, &str); 3] = [
    ("box-bodies.csv", include_str!("../../../sample-data/build-sheets/box-bodies.csv")),
    ("vans.csv", include_str!("../../../sample-data/build-sheets/vans.csv")),
    ("campers.csv", include_str!("../../../sample-data/build-sheets/campers.csv")),
];
const BASES: [(&str, &str); 3] = [
    ("chassis-cab-n2", include_str!("../../../sample-data/base/chassis-cab-n2.xml")),
    ("van-n1", include_str!("../../../sample-data/base/van-n1.xml")),
    ("camper-base-n1", include_str!("../../../sample-data/base/camper-base-n1.xml")),
];

/// The day the sample sheets' due days were written for; a demo moves them to its own day.
const WRITTEN_FOR: &str = "2026-11-23";

/// A vehicle of the demo: its base message and its row of a build sheet.
pub struct Vehicle {
    pub vin: Vin,
    pub base: &'static str,
    pub built: String,
    pub row: SheetRow,
}

/// The vehicles: the sample fleet, box bodies, vans and campers in turn; then, as many as wanted, more of the same with
/// numbers of their own.
pub fn fleet(records: usize, seed: u64, now: Moment) -> Result<Vec<Vehicle>, Failure> {
    let written = crate::domain::value::date(WRITTEN_FOR).unwrap_or_default();
    let later = now.day() - written;
    let mut bases: BTreeMap<String, (String, String)> = BTreeMap::new();
    for line in FLEET.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        if let [vin, base, built] = line.split(',').collect::<Vec<_>>()[..] {
            bases.insert(vin.to_owned(), (base.to_owned(), built.to_owned()));
        }
    }
    let mut sheets: Vec<Vec<intake::sheet::Item>> = Vec::new();
    for (name, text) in SHEETS {
        let format = intake::table::Format::Csv;
        let map = intake::columns::ColumnMap::default();
        let rows = intake::sheet::read(name, text.as_bytes(), format, &map, ivi::catalogue()).map_err(|faults| {
            sample_fault(name, &faults.first().map_or(String::new(), |fault| fault.reason.clone()))
        })?;
        let rows: Result<Vec<_>, _> = rows.into_iter().collect();
        sheets.push(rows.map_err(|fault| sample_fault(name, &fault.reason))?);
    }
    let longest = sheets.iter().map(Vec::len).max().unwrap_or(0);
    let rows: Vec<&intake::sheet::Item> =
        (0..longest).flat_map(|at| sheets.iter().filter_map(move |sheet| sheet.get(at))).collect();
    let mut fleet = Vec::with_capacity(records);
    for number in 0..records {
        let item = rows[number % rows.len()];
        let (base, built) = bases
            .get(item.vin.as_str())
            .ok_or_else(|| sample_fault("fleet.csv", &format!("{} has no base vehicle", item.vin)))?;
        let base = BASES.iter().find(|(name, _)| name == base).map(|(_, text)| *text);
        let mut row = item.row.clone();
        row.due = row.due.and_then(|due: NaiveDate| due.checked_add_signed(later));
        let mut vin = item.vin.clone();
        if number >= rows.len() {
            let serial = (seed.wrapping_mul(7_919) + number as u64) % 1_000_000;
            let text = format!("{}{serial:06}", &vin.as_str()[..11]);
            vin = Vin::parse(&text).map_err(|fault| sample_fault("a further VIN", &fault.to_string()))?;
            row.order = row.order.map(|order| format!("{order}-{number}"));
        }
        let base = base.ok_or_else(|| sample_fault("fleet.csv", "an unknown base"))?;
        fleet.push(Vehicle { vin, base, built: built.clone(), row });
    }
    Ok(fleet)
}

/// Who prepares a vehicle.
pub fn preparer(row: &SheetRow) -> String {
    let scope = if row.scope.as_deref() == Some("campers") { "prep2" } else { "prep" };
    row.preparer.as_ref().map_or(scope.to_owned(), Login::to_string)
}

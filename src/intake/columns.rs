//! What the columns of a build sheet mean: work (`vin`, `order`, …), or an entry of the certificate.

use std::collections::{BTreeMap, BTreeSet};

use super::Reject;
use super::located::{self, Value};
use super::table::Table;
use crate::domain::address::Address;
use crate::domain::catalogue::{AddressFault, Catalogue};
use crate::domain::nearest::nearest;
use crate::domain::visible::visible;

/// What a column says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Which vehicle.
    Vin,
    /// The rollout scope.
    Scope,
    /// The order.
    Order,
    /// Our build stage.
    Stage,
    /// Codes of the build options.
    Options,
    /// The day it must be ready by.
    Due,
    /// How urgent it is.
    Priority,
    /// Who prepares it.
    Preparer,
    /// Why the row was rejected before: says nothing.
    Reason,
    /// The value of an entry.
    Entry(Address),
}

/// The columns every sheet may have, by name: about the work, and short names of entries by their address.
const NAMED: [(&str, &str); 14] = [
    ("vin", ""),
    ("scope", ""),
    ("order", ""),
    ("stage", ""),
    ("options", ""),
    ("due", ""),
    ("priority", ""),
    ("preparer", ""),
    ("reason", ""),
    ("type", "Type"),
    ("variant", "Variant"),
    ("version", "Version"),
    ("approval", "TypeApprovalNumber"),
    ("built", "DateManufactureVehicle"),
];

impl Column {
    fn named(name: &str) -> Option<Column> {
        let (word, entry) = NAMED.iter().find(|(word, _)| word.eq_ignore_ascii_case(name))?;
        Some(match *word {
            "vin" => Column::Vin,
            "scope" => Column::Scope,
            "order" => Column::Order,
            "stage" => Column::Stage,
            "options" => Column::Options,
            "due" => Column::Due,
            "priority" => Column::Priority,
            "preparer" => Column::Preparer,
            "reason" => Column::Reason,
            _ => Column::Entry(Address::unchecked(entry)),
        })
    }

    /// The column of that name: one of the named ones in any letter case, an address, an entry number or a bare
    /// element name that names one address.
    fn of(name: &str, catalogue: &Catalogue) -> Result<Column, Reject> {
        if let Some(column) = Column::named(name) {
            return Ok(column);
        }
        catalogue.address(name).map(Column::Entry).map_err(|fault| match fault {
            AddressFault::Unknown { nearest: near, .. } => {
                let words = NAMED.iter().map(|(word, _)| *word);
                let near = nearest(name, words).map(str::to_owned).or(near);
                let reject = Reject::new(format!("nobody knows the column `{}`", visible(name)));
                match near {
                    Some(near) => reject.hint(format!("the nearest is `{near}`")),
                    None => reject.hint("rename it, take it out, or say with --map FILE which entry it is"),
                }
            }
            fault => Reject::new(format!("column {}", visible(&fault.to_string()))),
        })
    }
}

/// Names of columns in a house's own sheets, and what they mean here (`--map FILE`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap(BTreeMap<String, Column>);

impl ColumnMap {
    /// Reads a map: TOML with one line for each column, `"Leergewicht" = "13"`.
    ///
    /// # Errors
    /// All faults, each at its line.
    pub fn read(bytes: &[u8], catalogue: &Catalogue) -> Result<ColumnMap, Vec<Reject>> {
        let one = |fault| vec![fault];
        let root = located::toml(located::utf8(bytes, located::MOST_WHOLE).map_err(one)?).map_err(one)?;
        let Value::Table(entries) = root.value else { return Ok(ColumnMap::default()) };
        let mut map = BTreeMap::new();
        let mut faults = Vec::new();
        for entry in entries {
            let name = visible(&entry.key).into_owned();
            match entry.node.value {
                Value::Text(target) => match Column::of(target.trim(), catalogue) {
                    Ok(column) => drop(map.insert(entry.key, column)),
                    Err(fault) => faults.push(fault.line(entry.line)),
                },
                Value::Table(_) => faults.push(
                    Reject::new(format!("`{name}` is a table, not a column"))
                        .line(entry.line)
                        .hint("a name with a point or a blank in it stands in quotes: \"13.2 kg\" = \"13.2\""),
                ),
                other => faults.push(
                    Reject::new(format!("`{name}` is {}, not an entry in quotes", other.kind()))
                        .line(entry.line)
                        .hint("write it as \"column\" = \"address or entry number\""),
                ),
            }
        }
        if faults.is_empty() { Ok(ColumnMap(map)) } else { Err(faults) }
    }
}

/// The columns of a table, in order; an unnamed column that has nothing in it is `None`.
///
/// # Errors
/// Every column nobody knows, two columns for one thing, no column `vin`: nothing of the file can be taken then.
pub fn columns(table: &Table, map: &ColumnMap, catalogue: &Catalogue) -> Result<Vec<Option<Column>>, Vec<Reject>> {
    let mut columns = Vec::with_capacity(table.header.len());
    let mut faults = Vec::new();
    let mut seen: BTreeMap<Column, &str> = BTreeMap::new();
    let used: BTreeSet<usize> =
        table.rows.iter().flat_map(|row| &row.cells).flatten().map(|(column, _)| *column).collect();
    for (at, name) in table.header.iter().enumerate() {
        if name.is_empty() {
            if used.contains(&at) {
                faults.push(Reject::new(format!("column {} has values but no name", at + 1)));
            }
            columns.push(None);
            continue;
        }
        let column = match map.0.get(name) {
            Some(column) => Ok(column.clone()),
            None => Column::of(name, catalogue),
        };
        match column {
            Ok(column) => {
                if let Some(other) = seen.insert(column.clone(), name) {
                    let (other, name) = (visible(other), visible(name));
                    faults.push(Reject::new(format!("the columns `{other}` and `{name}` say the same thing")));
                }
                columns.push(Some(column));
            }
            Err(fault) => faults.push(fault.line(table.named_in[at])),
        }
    }
    if !seen.contains_key(&Column::Vin) && faults.is_empty() {
        faults.push(Reject::new("no column `vin`").hint("the first line names the columns; one is `vin`"));
    }
    if faults.is_empty() {
        Ok(columns)
    } else {
        let placed = |fault: Reject| Reject { line: fault.line.or(Some(table.header_line)), ..fault };
        Err(faults.into_iter().map(placed).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::table::{self, Format};
    use crate::ivi::catalogue::catalogue;

    fn judge(sheet: &str, map: &ColumnMap) -> Result<Vec<Option<Column>>, Vec<Reject>> {
        columns(&table::read(sheet.as_bytes(), Format::Csv).unwrap(), map, catalogue())
    }

    fn entry(address: &str) -> Option<Column> {
        Some(Column::Entry(Address::unchecked(address)))
    }

    #[test]
    fn a_column_is_a_word_an_address_or_an_entry_number() {
        let found = judge(
            "VIN,built,13.2,AxleTable[2]/TechnicallyPermissibleMassAxle,16.2[1],Length,\nx",
            &ColumnMap::default(),
        );
        let axle = |row| entry(&format!("AxleTable[{row}]/TechnicallyPermissibleMassAxle"));
        let wanted = [
            Some(Column::Vin),
            entry("DateManufactureVehicle"),
            entry("MassGroup/ActualMass"),
            axle(2),
            axle(1),
            entry("GeneralConstructionGroup/Length"),
            None,
        ];
        let found = found.unwrap();
        assert_eq!(found.len(), wanted.len());
        assert_eq!((&found[..5], &found[6]), (&wanted[..5], &wanted[6]));
        assert!(matches!(&found[5], Some(Column::Entry(address)) if address.name() == "Length"));
    }

    #[test]
    fn a_column_nobody_knows_refuses_the_file_with_the_nearest_name() {
        let faults = judge("vin,ActualMas,ordr,nonsense\n", &ColumnMap::default()).unwrap_err();
        assert_eq!(faults.len(), 3);
        assert!(faults.iter().all(|fault| fault.line == Some(1)));
        assert!(faults[0].hints[0].contains("`ActualMass`"), "{faults:?}");
        assert!(faults[1].hints[0].contains("`order`"), "{faults:?}");
        assert!(faults[2].hints[0].contains("--map"), "{faults:?}");
    }

    #[test]
    fn what_is_ambiguous_double_or_without_vin_refuses_the_file() {
        for (sheet, word) in [
            ("vin,0.2\n", "several"),
            ("vin,13.2,ActualMass\n", "same thing"),
            ("vin,MassGroup\n", "group"),
            ("vin,AxleTable/AxleNumber\n", "row"),
            ("13\n", "vin"),
            ("vin,\nA,1\n", "no name"),
        ] {
            let faults = judge(sheet, &ColumnMap::default()).unwrap_err();
            assert!(faults[0].reason.contains(word), "{sheet:?}: {faults:?}");
        }
    }

    #[test]
    fn a_map_translates_names_and_tells_its_faults_by_line() {
        let map =
            ColumnMap::read("\"FIN\" = \"vin\"\n\"Leergewicht (kg)\" = \"13\"\n".as_bytes(), catalogue()).unwrap();
        let found = judge("FIN;Leergewicht (kg)\n", &map).unwrap();
        assert_eq!(found, [Some(Column::Vin), entry("MassGroup/MassInRunningOrder")]);
        let faults =
            ColumnMap::read(b"a = \"13\"\nb = \"ActualMas\"\nc.d = \"13\"\ne = 13\n", catalogue()).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [Some(2), Some(3), Some(4)]);
        assert!(ColumnMap::read(b"a = ", catalogue()).is_err());
    }
}

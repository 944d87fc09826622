//! The catalogue of all elements of the IVI 2.0 message, read once from the data files beside this one.
//!
//! The files are tables with tabs between their columns; a line that begins with `#` is a remark, the first other line
//! names the columns.
//!
//! - `elements.tsv`: one row per element in the order of the schema, depth first. `entry` is the certificate's entry
//!   number where it is known. A bare number (`13`) stands at the element that the number means first; what belongs to
//!   the same entry carries the number and a word (`13 min`, `35 rim`), so that the bare number finds one element.
//!   A range (`18.1-18.4`) stands where the number depends on another value. `mark` says how sure the number is:
//!   `V`erified, `P`ractice, `B`ackground, `I`nferred.
//! - `types.tsv`: the types of values by the schema's names.
//! - `codes.tsv`: the codes of each list, with meanings where they are known.
//!
//! Invariant: names, places, types, digits, codes and cardinalities are the schema's; `tests/suite/standards.rs`
//! compares them with the official file.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use crate::domain::catalogue::{Catalogue, Element, Mark, Shape};
use crate::domain::value::{Code, CodeList, ValueType};

/// The name of the message's root element, the parent of the two outermost elements.
pub const ROOT: &str = "InitialVehicleInformation";

/// The element that addresses leave out: they start below it.
pub const DATA_GROUP: &str = "CocDataGroup";

const ELEMENTS: &str = include_str!("elements.tsv");
const TYPES: &str = include_str!("types.tsv");
const CODES: &str = include_str!("codes.tsv");

// The text is part of the program, and a unit test reads all of it: a fault in it cannot reach a person.
static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| read(ELEMENTS, TYPES, CODES).expect("the embedded catalogue is read whole by its test"));

/// The catalogue of the IVI 2.0 message.
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

/// Reads the three tables. An error names the row that is at fault.
fn read(elements: &'static str, types: &'static str, codes: &'static str) -> Result<Catalogue, String> {
    let lists = read_lists(codes)?;
    let types = read_types(types, &lists)?;
    let mut paths: HashMap<&str, String> = HashMap::new();
    let mut out = Vec::new();
    for [name, parent, shape, type_name, min, max, entry, mark, unit, title] in rows(elements) {
        let fault = |what: &str| format!("element {name}: {what}");
        let shape = match shape {
            "group" => Shape::Group,
            "table" => Shape::Table,
            "row" => Shape::Row,
            "value" => Shape::Value(types.get(type_name).ok_or_else(|| fault("unknown type"))?.clone()),
            _ => return Err(fault("unknown shape")),
        };
        let path = path(name, parent, &shape, &paths).ok_or_else(|| fault("stands before its parent"))?;
        paths.insert(name, path.clone());
        let max = match max {
            "*" => None,
            number => Some(number.parse().map_err(|_| fault("max is no number"))?),
        };
        let mark = match mark {
            "V" => Some(Mark::Verified),
            "P" => Some(Mark::Practice),
            "B" => Some(Mark::Background),
            "I" => Some(Mark::Inferred),
            "" => None,
            _ => return Err(fault("unknown mark")),
        };
        out.push(Element {
            name,
            parent,
            path,
            shape,
            type_name,
            min: min.parse().map_err(|_| fault("min is no number"))?,
            max,
            title,
            entry: (!entry.is_empty()).then_some(entry),
            mark,
            unit: (!unit.is_empty()).then_some(unit),
        });
    }
    Ok(Catalogue::new(out))
}

/// The address of an element without row numbers; `None` where its parent is not yet known.
fn path(name: &str, parent: &str, shape: &Shape, paths: &HashMap<&str, String>) -> Option<String> {
    if name == DATA_GROUP {
        return Some(String::new());
    }
    if parent == ROOT {
        return Some(name.to_owned());
    }
    let above = paths.get(parent)?;
    Some(match shape {
        Shape::Row => above.clone(),
        _ if above.is_empty() => name.to_owned(),
        _ => format!("{above}/{name}"),
    })
}

fn read_lists(codes: &'static str) -> Result<HashMap<&'static str, &'static CodeList>, String> {
    let mut lists: Vec<CodeList> = Vec::new();
    for [name, code, meaning] in rows(codes) {
        let code = Code { code, meaning };
        match lists.last_mut().filter(|list| list.name == name) {
            Some(list) => list.codes.push(code),
            None => lists.push(CodeList { name, codes: vec![code] }),
        }
    }
    let count = lists.len();
    // Leaked once: a value's type borrows its list for as long as the program runs.
    let lists: &'static [CodeList] = lists.leak();
    let by_name: HashMap<_, _> = lists.iter().map(|list| (list.name, list)).collect();
    if by_name.len() == count { Ok(by_name) } else { Err("the codes of a list stand apart".to_owned()) }
}

fn read_types(
    types: &'static str,
    lists: &HashMap<&'static str, &'static CodeList>,
) -> Result<HashMap<&'static str, ValueType>, String> {
    rows(types)
        .map(|[name, kind, min, max, digits, fraction]| {
            read_type(name, kind, [min, max, digits, fraction], lists)
                .map(|value_type| (name, value_type))
                .ok_or_else(|| format!("type {name} cannot be read"))
        })
        .collect()
}

fn read_type(
    name: &str,
    kind: &str,
    [min, max, digits, fraction]: [&str; 4],
    lists: &HashMap<&'static str, &'static CodeList>,
) -> Option<ValueType> {
    Some(match kind {
        "text" => ValueType::Text { min: min.parse().ok()?, max: max.parse().ok()? },
        "integer" => ValueType::Integer { min: min.parse().ok()?, max: max.parse().ok()? },
        "decimal" => ValueType::Decimal {
            digits: digits.parse().ok()?,
            fraction: fraction.parse().ok()?,
            min: min.parse::<Decimal>().ok()?,
            max: max.parse::<Decimal>().ok()?,
        },
        "date" => ValueType::Date,
        "time" => ValueType::DateTime,
        "code" => ValueType::Code(lists.get(name)?),
        "uuid4" => ValueType::Uuid4,
        "vin" => ValueType::Vin,
        _ => return None,
    })
}

/// The rows of a table of `N` columns, without remarks and the heading. A short row has empty cells at its end.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| {
        let mut cells = line.split('\t');
        std::array::from_fn(|_| cells.next().unwrap_or(""))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::address::Address;

    #[test]
    fn the_embedded_catalogue_can_be_read_and_is_whole() {
        let catalogue = read(ELEMENTS, TYPES, CODES).unwrap();
        assert_eq!(catalogue.elements().len(), 679);
        for element in catalogue.elements() {
            assert!(!element.title.is_empty(), "{} has no title", element.name);
            assert_eq!(element.entry.is_some(), element.mark.is_some(), "{}", element.name);
        }
    }

    #[test]
    fn every_row_of_the_tables_has_all_its_columns() {
        for (table, columns) in [(ELEMENTS, 10), (TYPES, 6), (CODES, 3)] {
            for line in table.lines().filter(|line| !line.starts_with('#')) {
                assert_eq!(line.split('\t').count(), columns, "{line}");
            }
        }
    }

    #[test]
    fn paths_leave_out_the_data_group_and_the_rows() {
        let path = |name| catalogue().by_name(name).unwrap().path.as_str();
        assert_eq!(path("CocDataGroup"), "");
        assert_eq!(path("IviReferenceId"), "Header/IviReferenceId");
        assert_eq!(path("ActualMass"), "MassGroup/ActualMass");
        assert_eq!(path("AxleGroup"), "AxleTable");
        assert_eq!(path("TyreSize"), "AxleTable/TyreAxleTable/TyreSize");
        assert_eq!(
            path("MaximumNetPowerCombustion"),
            "EnergyConvertorTable/EnergySourceTable/PowerGroup/MaximumNetPowerCombustion"
        );
    }

    #[test]
    fn an_entry_number_finds_its_element() {
        for (text, address) in [
            ("13", "MassGroup/MassInRunningOrder"),
            ("13.2", "MassGroup/ActualMass"),
            ("5", "DimensionGroup/Length"),
            ("16.2[2]", "AxleTable[2]/TechnicallyPermissibleMassAxle"),
            ("38[1]", "BodyworkTable[1]/CodeForBodywork"),
            ("0.10", "VehicleIdentificationNumber"),
            ("42", "GeneralConstructionGroup/NumberOfSeatingPositionsIncludingDriver"),
            ("52[1]", "RemarkTable[1]/Remark"),
        ] {
            assert_eq!(catalogue().address(text).unwrap(), Address::unchecked(address), "{text}");
        }
        assert!(catalogue().address("38").is_err(), "a number in a table needs its row");
    }

    #[test]
    fn only_the_numbers_that_mean_several_elements_alike_are_ambiguous() {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for element in catalogue().elements() {
            if let Some(entry) = element.entry.filter(|entry| !entry.contains(' ') && !entry.contains('-')) {
                *names.entry(entry).or_default() += 1;
            }
        }
        let ambiguous: Vec<&str> = names.iter().filter(|(_, count)| **count > 1).map(|(entry, _)| *entry).collect();
        assert_eq!(ambiguous, ["0.2", "0.2.2", "0.2.2.1", "48", "48.2", "49"]);
    }
}

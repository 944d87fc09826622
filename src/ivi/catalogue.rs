//! The catalogue of all elements of the IVI 2.0 message, read once from the data files beside this one.
//!
//! The files are tables with tabs between their columns; a line that begins with `#` is a remark, the first other line
//! names the columns.
//!
//! - `elements.tsv`: one row per element in the order of the schema, depth first. `entry` is the certificate's entry
//!   number where it is known. A bare number (`13`) stands at the element that the number means first; what belongs to
//!   the same entry carries the number and a word (`13 min`, `35 rim`), so that the bare number finds one element.
//!   A range (`18.1-18.4`) stands where the number depends on another value. `mark` says how sure the number is:
//!   `V`erified, `P`ractice, `B`ackground, `I`nferred. `section` is the section of the certificate that a value stands
//!   in. `unit` is that of a number: `1` where it has none (a count, a ratio, an index), `?` where no text that was read
//!   names it, with the reason in this file. `10^n/km` is the unit of a number whose exponent n is an element of its own.
//!   The title of a row is what one row is called (`Axle`).
//! - `types.tsv`: the types of values by the schema's names.
//! - `codes.tsv`: the codes of each list, with meanings where they are known, and a mark of how sure a meaning is.
//! - `applies.tsv`: which vehicles an element, or everything in a group or table, belongs to: `only` to those named,
//!   `never` to them, or `must` be given by them. `categories` are classes (`M`, `N1`), `stages` the codes of the stage of
//!   completion; an empty cell means all. Each row has its mark and its source; `said by` names the check that looks at it where
//!   that is not one of the checks of the category.
//!
//! Invariant: names, places, types, digits, codes and cardinalities are the schema's; `tests/suite/standards.rs`
//! compares them with the official file.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use crate::domain::applies::{Applies, Rule};
use crate::domain::catalogue::{Catalogue, Element, Mark, Shape, Unitless};
use crate::domain::section::Section;
use crate::domain::value::{Code, CodeList, ValueType};

/// The name of the message's root element, the parent of the two outermost elements.
pub const ROOT: &str = "InitialVehicleInformation";

/// The element that addresses leave out: they start below it.
pub const DATA_GROUP: &str = "CocDataGroup";

const ELEMENTS: &str = include_str!("elements.tsv");
const TYPES: &str = include_str!("types.tsv");
const CODES: &str = include_str!("codes.tsv");
const APPLIES: &str = include_str!("applies.tsv");

// The text is part of the program, and a unit test reads all of it: a fault in it cannot reach a person.
static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| read(ELEMENTS, TYPES, CODES, APPLIES).expect("the embedded catalogue is read whole by its test"));

/// The catalogue of the IVI 2.0 message.
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

/// Reads the four tables. An error names the row that is at fault.
fn read(
    elements: &'static str,
    types: &'static str,
    codes: &'static str,
    applies: &'static str,
) -> Result<Catalogue, String> {
    let lists = read_lists(codes)?;
    let types = read_types(types, &lists)?;
    let mut paths: HashMap<&str, String> = HashMap::new();
    let mut out = Vec::new();
    for [name, parent, shape, type_name, min, max, entry, mark, unit, section, title] in rows(elements) {
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
        let is_value = matches!(shape, Shape::Value(_));
        let section = Section::of(section);
        if section.is_some() != is_value {
            return Err(fault("a value stands in a section, and nothing else does"));
        }
        let is_number = matches!(&shape, Shape::Value(ValueType::Integer { .. } | ValueType::Decimal { .. }));
        let (unit, unitless) = read_unit(name, unit).ok_or_else(|| fault("no reason why its unit is not known"))?;
        if is_number && unit.is_none() && unitless.is_none() || unitless.is_some() && !is_number {
            return Err(fault("a number has a unit, `1` or `?`, and nothing else has one of the two"));
        }
        out.push(Element {
            name,
            parent,
            path,
            shape,
            type_name,
            min: min.parse().map_err(|_| fault("min is no number"))?,
            max,
            title,
            section,
            entry: (!entry.is_empty()).then_some(entry),
            mark: read_mark(mark).ok_or_else(|| fault("unknown mark"))?,
            unit,
            unitless,
        });
    }
    let catalogue = Catalogue::new(out);
    let applies = rows(applies).map(|row| read_applies(row, &catalogue)).collect::<Result<_, _>>()?;
    Ok(catalogue.with_applies(applies))
}

/// A unit as the table has it: `1` is a number without one, `?` one whose unit no text names.
fn read_unit(name: &str, cell: &'static str) -> Option<(Option<&'static str>, Option<Unitless>)> {
    match cell {
        "" => Some((None, None)),
        "1" => Some((None, Some(Unitless::Dimensionless))),
        "?" => {
            let (_, why) = UNKNOWN_UNITS.iter().find(|(names, _)| names.iter().any(|begin| name.starts_with(begin)))?;
            Some((None, Some(Unitless::Unknown(why))))
        }
        unit => Some((Some(unit), None)),
    }
}

/// Why the units of elements are not known, by how their names begin. A unit that is wrong misleads a thousandfold where
/// it is grams for milligrams, so none is guessed.
const UNKNOWN_UNITS: &[(&[&str], &str)] = &[
    (
        &["TypeIIHc"],
        "no text read names it; Regulation (EC) No 692/2008 has a unit for the CO of the Type 2 test alone",
    ),
    (
        &["TypeIC", "TypeIT", "TypeIN", "TypeIH", "TypeIP"],
        "no text read names it: Regulation (EC) No 692/2008 has Type 1 results in mg/km, the message has five decimals, \
         as for g/km",
    ),
    (
        &["Whsc", "Whtc"],
        "no text read names it: emission limits of heavy-duty engines are in mg/kWh and ppm, the message has five \
         decimals, as for g/kWh",
    ),
    (&["EfficiencyRatio"], "no text read names it"),
    (
        &[
            "MechanicalCouplingValueHorizontalLoad",
            "Nrsc",
            "Nrtc",
            "PowerMassRatio",
            "RecommendedTyrePressure",
            "TrackTrain",
            "TypeVII",
            "TyreLoadRating",
            "TyreRollingRadius",
        ],
        "of tractors or of two- and three-wheelers; no text read names it",
    ),
];

/// A mark's letter, or none where the cell is empty.
fn read_mark(letter: &str) -> Option<Option<Mark>> {
    if letter.is_empty() { Some(None) } else { Mark::of(letter).map(Some) }
}

fn read_applies(
    [element, rule, categories, stages, mark, said_by, source]: [&'static str; 7],
    catalogue: &Catalogue,
) -> Result<Applies, String> {
    let fault = |what: &str| format!("applies, {element}: {what}");
    let list = |cell: &'static str| cell.split(',').filter(|one| !one.is_empty()).collect();
    Ok(Applies {
        path: catalogue.by_name(element).ok_or_else(|| fault("no such element"))?.path.clone(),
        rule: match rule {
            "only" => Rule::Only,
            "never" => Rule::Never,
            "must" => Rule::Must,
            _ => return Err(fault("unknown rule")),
        },
        categories: list(categories),
        stages: list(stages),
        mark: Mark::of(mark).ok_or_else(|| fault("unknown mark"))?,
        source: if source.is_empty() { return Err(fault("no source")) } else { source },
        said_by: (!said_by.is_empty()).then_some(said_by),
    })
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
    for [name, code, meaning, mark] in rows(codes) {
        let mark = read_mark(mark).filter(|mark| mark.is_some() != meaning.is_empty());
        let mark = mark.ok_or_else(|| format!("code {name} {code}: a meaning has a mark, and nothing else has"))?;
        let code = Code { code, meaning, mark };
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
        let catalogue = read(ELEMENTS, TYPES, CODES, APPLIES).unwrap();
        assert_eq!(catalogue.elements().len(), 679);
        for element in catalogue.elements() {
            assert!(!element.title.is_empty(), "{} has no title", element.name);
            assert_eq!(element.entry.is_some(), element.mark.is_some(), "{}", element.name);
        }
    }

    #[test]
    fn every_number_has_a_unit_or_says_why_it_has_none() {
        for element in catalogue().elements() {
            let number = matches!(element.value_type(), Some(ValueType::Integer { .. } | ValueType::Decimal { .. }));
            assert_eq!(number && element.unit.is_none(), element.unitless.is_some(), "{}", element.name);
        }
        let unitless = |name: &str| catalogue().by_name(name).unwrap().unitless;
        assert_eq!(unitless("NumberOfAxles"), Some(Unitless::Dimensionless));
        assert!(matches!(unitless("WhtcNox"), Some(Unitless::Unknown(why)) if why.contains("mg/kWh")));
        assert_eq!((unitless("ActualMass"), unitless("Type")), (None, None));
        for (here, there) in [("\t13.2\tV\tkg\t", "\t13.2\tV\t\t"), ("\t13.2\tV\tkg\t", "\t13.2\tV\t?\t")] {
            let spoilt: &'static str = Box::leak(ELEMENTS.replace(here, there).into_boxed_str());
            assert!(read(spoilt, TYPES, CODES, APPLIES).is_err_and(|fault| fault.contains("ActualMass")), "{there}");
        }
    }

    #[test]
    fn every_row_of_the_tables_has_all_its_columns() {
        for (table, columns) in [(ELEMENTS, 11), (TYPES, 6), (CODES, 4), (APPLIES, 7)] {
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

    #[test]
    fn asked_to_remove_a_value_the_row_it_lies_in_is_named() {
        let told = |text: &str| catalogue().row(text).unwrap_err().to_string();
        let axle = told("AxleTable[1]/DistributionMassRunningOrderAxle");
        assert!(axle.contains("a row goes whole, as `AxleTable[1]`"), "{axle}");
        let tyre = told("AxleTable[1]/TyreAxleTable[3]/TyreSize");
        assert!(tyre.contains("as `AxleTable[1]/TyreAxleTable[3]`"), "{tyre}");
        assert!(told("MassGroup/ActualMass").contains("lies in none"));
        assert!(told("AxleTable").contains("`AxleTable[1]`"));
    }
}

//! What a content lacks and what in it does not fit, by the catalogue alone: no certificate is right without.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::address::Address;
use super::catalogue::{Catalogue, Element, Shape};
use super::content::Content;
use super::value::Misfit;

/// The groups, tables and rows that a content has something in.
#[derive(Debug, Default)]
pub struct Outline<'a> {
    present: HashSet<&'a str>,
    rows: HashMap<&'a str, u32>,
}

impl<'a> Outline<'a> {
    /// The outline of a content, and of containers that are there without a value in them.
    pub fn of(content: &'a Content, empty: &'a BTreeSet<Address>) -> Self {
        let mut outline = Outline::default();
        let mut last = "";
        for (address, _) in content.iter() {
            outline.add(address.as_str(), last);
            last = address.as_str();
        }
        for address in empty {
            outline.add(address.as_str(), "");
            outline.present.insert(address.as_str());
        }
        outline
    }

    /// Notes everything that `address` lies in, but for what `last` lies in too and was noted with it: neighbours lie in
    /// the same group or row more often than not.
    fn add(&mut self, address: &'a str, last: &str) {
        let noted = address.bytes().zip(last.bytes()).take_while(|(one, other)| one == other).count();
        for (at, letter) in address.bytes().enumerate().skip(noted) {
            match letter {
                b'/' | b'[' => {
                    self.present.insert(&address[..at]);
                }
                b']' => {
                    let table = address[..at].rfind('[');
                    let row =
                        table.and_then(|open| Some((&address[..open], address[open + 1..at].parse::<u32>().ok()?)));
                    if let Some((table, row)) = row {
                        let last = self.rows.entry(table).or_default();
                        *last = row.max(*last);
                        self.present.insert(&address[..=at]);
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether a group, table or row is there.
    pub fn has(&self, address: &str) -> bool {
        self.present.contains(address)
    }

    /// How many rows a table has; a row without a value counts where a later one has some.
    pub fn rows(&self, table: &str) -> u32 {
        self.rows.get(table).copied().unwrap_or(0)
    }
}

/// The mandatory elements that a content lacks, in the schema's order: of the whole certificate, and of each group,
/// table and row that it has something in. What lacks whole is named by the values it must at least have.
pub fn missing(catalogue: &Catalogue, content: &Content) -> Vec<Address> {
    missing_with(catalogue, content, &BTreeSet::new())
}

/// The same where some containers are known to be there although they are `empty`, as in a message received.
pub fn missing_with(catalogue: &Catalogue, content: &Content, empty: &BTreeSet<Address>) -> Vec<Address> {
    let outline = Outline::of(content, empty);
    let mut search = Search { catalogue, content, outline, found: Vec::new() };
    for element in catalogue.elements().iter().filter(|element| catalogue.by_name(element.parent).is_none()) {
        search.inside(element, &element.path);
    }
    search.found
}

struct Search<'a> {
    catalogue: &'a Catalogue,
    content: &'a Content,
    outline: Outline<'a>,
    found: Vec<Address>,
}

impl Search<'_> {
    /// Looks at the parts of a group or row that lies at `place`.
    fn inside(&mut self, container: &Element, place: &str) {
        let catalogue = self.catalogue;
        let optional_value = |part: &&Element| part.min == 0 && part.value_type().is_some();
        for part in catalogue.parts_of(container.name).filter(|part| !optional_value(part)) {
            let address = below(place, part.name);
            match part.shape {
                Shape::Value(_) => {
                    if self.content.value(&address).is_none() {
                        self.found.push(Address::unchecked(&address));
                    }
                }
                Shape::Group | Shape::Row if part.min > 0 || self.outline.has(&address) => {
                    self.container(part, &address);
                }
                Shape::Table if part.min > 0 || self.outline.has(&address) => self.table(part, &address),
                Shape::Group | Shape::Row | Shape::Table => {}
            }
        }
    }

    fn table(&mut self, table: &Element, place: &str) {
        let catalogue = self.catalogue;
        for row in catalogue.parts_of(table.name) {
            for number in 1..=self.outline.rows(place).max(row.min) {
                self.container(row, &format!("{place}[{number}]"));
            }
        }
    }

    /// Looks into a container that must be there; names it where it is not and none of its values is mandatory.
    fn container(&mut self, container: &Element, place: &str) {
        let before = self.found.len();
        self.inside(container, place);
        if self.found.len() == before && !self.outline.has(place) {
            self.found.push(Address::unchecked(place));
        }
    }
}

/// The address of `name` in the group or row at `place`; the outermost place is empty.
pub fn below(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}/{name}") }
}

/// The values of a content that are not of their element's type, with what does not fit.
pub fn misfits(catalogue: &Catalogue, content: &Content) -> Vec<(Address, Misfit)> {
    let misfit = |address: &Address, value: &str| match catalogue.element(address) {
        Some(element) => element.check(value).err(),
        None => Some(Misfit::Unknown),
    };
    content.iter().filter_map(|(address, value)| Some((address.clone(), misfit(address, value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::value::ValueType;

    fn element(name: &'static str, parent: &'static str, path: &str, shape: Shape, min: u32) -> Element {
        Element {
            name,
            parent,
            path: path.to_owned(),
            shape,
            type_name: name,
            min,
            max: Some(1),
            title: name,
            section: None,
            entry: None,
            mark: None,
            unit: None,
            unitless: None,
        }
    }

    fn catalogue() -> Catalogue {
        let number = || Shape::Value(ValueType::Integer { min: 0, max: 9 });
        Catalogue::new(vec![
            element("Data", "Root", "", Shape::Group, 1),
            element("Vin", "Data", "Vin", number(), 1),
            element("Maker", "Data", "Maker", Shape::Group, 0),
            element("Name", "Maker", "Maker/Name", number(), 1),
            element("Street", "Maker", "Maker/Street", number(), 0),
            element("Makes", "Data", "Makes", Shape::Table, 1),
            element("MakeRow", "Makes", "Makes", Shape::Row, 1),
            element("Make", "MakeRow", "Makes/Make", number(), 1),
            element("Notes", "Data", "Notes", Shape::Table, 0),
            element("NoteRow", "Notes", "Notes", Shape::Row, 2),
            element("Note", "NoteRow", "Notes/Note", number(), 0),
        ])
    }

    fn content(entries: &[(&str, &str)]) -> Content {
        entries.iter().map(|(address, value)| (Address::unchecked(address), (*value).to_owned())).collect()
    }

    fn lacks(entries: &[(&str, &str)]) -> Vec<String> {
        missing(&catalogue(), &content(entries)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_empty_content_lacks_the_mandatory_values_and_nothing_optional() {
        assert_eq!(lacks(&[]), ["Vin", "Makes[1]/Make"]);
    }

    #[test]
    fn what_is_mandatory_in_a_group_is_missing_only_where_the_group_is_there() {
        let whole = [("Vin", "1"), ("Makes[1]/Make", "1")];
        assert!(lacks(&whole).is_empty());
        assert_eq!(lacks(&[whole[0], whole[1], ("Maker/Street", "1")]), ["Maker/Name"]);
    }

    #[test]
    fn a_row_left_out_before_another_lacks_its_values() {
        assert_eq!(lacks(&[("Vin", "1"), ("Makes[3]/Make", "1")]), ["Makes[1]/Make", "Makes[2]/Make"]);
    }

    #[test]
    fn a_table_with_too_few_rows_lacks_the_next() {
        assert_eq!(lacks(&[("Vin", "1"), ("Makes[1]/Make", "1"), ("Notes[1]/Note", "1")]), ["Notes[2]"]);
    }

    #[test]
    fn an_empty_container_is_there_and_lacks_its_parts() {
        let whole = content(&[("Vin", "1"), ("Makes[1]/Make", "1")]);
        let empty = BTreeSet::from([Address::unchecked("Maker"), Address::unchecked("Notes[1]")]);
        let lacking = missing_with(&catalogue(), &whole, &empty);
        assert_eq!(lacking, [Address::unchecked("Maker/Name"), Address::unchecked("Notes[2]")]);
    }

    #[test]
    fn values_that_do_not_fit_are_told_with_their_address() {
        let found =
            misfits(&catalogue(), &content(&[("Vin", "12"), ("Maker", "1"), ("Wheel", "1"), ("Maker/Name", "1")]));
        let told: Vec<_> = found.iter().map(|(address, _)| address.as_str()).collect();
        assert_eq!(told, ["Maker", "Vin", "Wheel"]);
        assert_eq!(found[0].1, Misfit::NotAValue);
        assert_eq!(found[2].1, Misfit::Unknown);
    }
}

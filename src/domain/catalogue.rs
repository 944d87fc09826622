//! The elements an IVI message is made of: name, place, type, cardinality, entry number, title and unit.
//!
//! The data comes from `ivi::catalogue`; here is what a catalogue *is* and how an address is found in it.

use std::collections::HashMap;

use thiserror::Error;

use super::address::{Address, Step};
use super::applies::Applies;
use super::section::{self, Section};
use super::value::{Code, Misfit, ValueType};
use super::visible::quoted;

/// How sure an entry number, the meaning of a code or a rule of a category is (the marks of the research notes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Read in the source named.
    Verified,
    /// Read only in a practice form or a program, not in the law.
    Practice,
    /// Background knowledge, not confirmed.
    Background,
    /// Inferred.
    Inferred,
}

impl Mark {
    /// All marks, the surest first.
    pub const ALL: [Mark; 4] = [Mark::Verified, Mark::Practice, Mark::Background, Mark::Inferred];

    /// Its letter in the catalogue's data.
    pub fn letter(self) -> &'static str {
        match self {
            Mark::Verified => "V",
            Mark::Practice => "P",
            Mark::Background => "B",
            Mark::Inferred => "I",
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Verified => "verified",
            Mark::Practice => "practice",
            Mark::Background => "background",
            Mark::Inferred => "inferred",
        }
    }

    /// The mark of that letter.
    pub fn of(letter: &str) -> Option<Mark> {
        Mark::ALL.into_iter().find(|mark| mark.letter() == letter)
    }
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Named parts, each at most once (`MassGroup`), in any order.
    Group,
    /// Rows, in order (`AxleTable`).
    Table,
    /// One row of a table (`AxleGroup`): implied in an address by the row's number.
    Row,
    /// A value.
    Value(ValueType),
}

/// One element of the catalogue.
#[derive(Debug, Clone)]
pub struct Element {
    /// The schema's element name; unique in the whole schema.
    pub name: &'static str,
    /// The name of the element it stands in (`InitialVehicleInformation` for the two outermost).
    pub parent: &'static str,
    /// The address without row numbers: `AxleTable/TyreAxleTable/TyreSize`, `Header/IviReferenceId`.
    /// A row has its table's path; `CocDataGroup` has the empty path.
    pub path: String,
    /// What it holds.
    pub shape: Shape,
    /// The schema's name of its type (`Integer6`, `BodyworkCode`, `MassGroup`).
    pub type_name: &'static str,
    /// How often it must occur in its parent.
    pub min: u32,
    /// How often it may occur in its parent; `None` is without limit.
    pub max: Option<u32>,
    /// What a person calls it: `Mass in running order`; of a row, what one is called: `Axle`.
    pub title: &'static str,
    /// The section of the certificate it stands in; `None` for groups, tables and rows.
    pub section: Option<Section>,
    /// The certificate's entry number, if known: `13.2`.
    pub entry: Option<&'static str>,
    /// How sure the entry number is.
    pub mark: Option<Mark>,
    /// The unit of its value: `kg`, `mm`.
    pub unit: Option<&'static str>,
    /// Why a number has no unit; `None` where it has one, and for what is no number.
    pub unitless: Option<Unitless>,
}

/// Why a number has no unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unitless {
    /// It is a count, a number of something, a ratio, an index or a year.
    Dimensionless,
    /// No text that was read names it: why it is not guessed.
    Unknown(&'static str),
}

impl Element {
    /// The type of its value; `None` for groups, tables and rows.
    pub fn value_type(&self) -> Option<&ValueType> {
        match &self.shape {
            Shape::Value(value_type) => Some(value_type),
            _ => None,
        }
    }

    /// The codes its value may be, in the schema's order; none where it is no code.
    pub fn codes(&self) -> &'static [Code] {
        match &self.shape {
            Shape::Value(ValueType::Code(list)) => &list.codes,
            _ => &[],
        }
    }

    /// The code that `text` is, where the element's values are codes of a list and it is one of them.
    pub fn code(&self, text: &str) -> Option<&'static Code> {
        match &self.shape {
            Shape::Value(ValueType::Code(list)) => list.codes.iter().find(|code| code.code == text),
            _ => None,
        }
    }

    /// What a code means, where that is known and says more than the code.
    pub fn meaning(&self, text: &str) -> Option<&'static str> {
        self.code(text).map(|code| code.meaning).filter(|meaning| !meaning.is_empty() && *meaning != text)
    }

    /// A value as people read it, without its unit: a code with its meaning where that is known (`BA · lorry`).
    pub fn with_meaning(&self, text: &str) -> String {
        self.meaning(text).map_or_else(|| text.to_owned(), |meaning| format!("{text} · {meaning}"))
    }

    /// A value as people read it: a code with its meaning, a number with its unit.
    pub fn in_words(&self, text: &str) -> String {
        let words = self.with_meaning(text);
        self.unit.map_or_else(|| words.clone(), |unit| format!("{words} {unit}"))
    }

    /// Whether `text` is a value of this element.
    ///
    /// # Errors
    /// What does not fit and what would.
    pub fn check(&self, text: &str) -> Result<(), Misfit> {
        match &self.shape {
            Shape::Value(value_type) => value_type.check(text),
            _ => Err(Misfit::NotAValue),
        }
    }
}

/// Why a text names no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressFault {
    /// No element of that name or number.
    #[error("no entry is called `{text}`{}", nearest.as_ref().map(|n| format!("; the nearest is `{n}`")).unwrap_or_default())]
    Unknown {
        /// What was given.
        text: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// The entry number belongs to several elements.
    #[error("`{text}` names several entries: {}", candidates.join(", "))]
    Ambiguous {
        /// What was given.
        text: String,
        /// The paths it may mean.
        candidates: Vec<String>,
    },
    /// A table's row is missing or stands where there is no table.
    #[error("`{text}` needs the row of each table and no others: write it as `{pattern}`")]
    Rows {
        /// What was given.
        text: String,
        /// What it looks like with rows.
        pattern: String,
    },
    /// A row is asked for, and this is a value or a group.
    #[error("`{text}` is no row of a table: {}", match row {
        Some(row) => format!("a row goes whole, as `{row}`; a value of ours is withdrawn with `{text}=`"),
        None => format!("it lies in none; a value of ours is withdrawn with `{text}=`"),
    })]
    NoRow {
        /// What was written.
        text: String,
        /// The row it lies in, if it lies in a table.
        row: Option<String>,
    },
    /// It names a group or a table where a value is wanted.
    #[error("`{text}` is a {what}, not a value")]
    NotAValue {
        /// What was given.
        text: String,
        /// `group`, `table` or `row`.
        what: &'static str,
    },
}

/// All elements, in the schema's order, with the ways to find one.
#[derive(Debug)]
pub struct Catalogue {
    elements: Vec<Element>,
    /// Where each element stands: the places of all that it lies in, and its own, in the schema's order.
    places: Vec<Vec<u32>>,
    by_name: HashMap<&'static str, usize>,
    by_path: HashMap<String, usize>,
    by_entry: HashMap<&'static str, Vec<usize>>,
    children: HashMap<&'static str, Vec<usize>>,
    applies: Vec<Applies>,
    applies_by_path: HashMap<String, Vec<usize>>,
}

impl Catalogue {
    /// A catalogue of `elements`, given in the schema's order (a parent before its parts).
    pub fn new(elements: Vec<Element>) -> Self {
        let mut by_name = HashMap::new();
        let mut by_path = HashMap::new();
        let mut by_entry: HashMap<_, Vec<_>> = HashMap::new();
        let mut children: HashMap<_, Vec<_>> = HashMap::new();
        for (index, element) in elements.iter().enumerate() {
            by_name.insert(element.name, index);
            if !matches!(element.shape, Shape::Row) {
                by_path.insert(element.path.clone(), index);
            }
            if let (Some(entry), Shape::Value(_)) = (element.entry, &element.shape) {
                by_entry.entry(entry).or_default().push(index);
            }
            children.entry(element.parent).or_default().push(index);
        }
        let place = |path: &str| by_path.get(path).copied().unwrap_or(elements.len());
        let places = elements.iter().map(|element| {
            let ends = element.path.match_indices('/').map(|(at, _)| at).chain([element.path.len()]);
            ends.map(|end| u32::try_from(place(&element.path[..end])).unwrap_or(u32::MAX)).collect()
        });
        let places = places.collect();
        let (applies, applies_by_path) = (Vec::new(), HashMap::new());
        Catalogue { elements, places, by_name, by_path, by_entry, children, applies, applies_by_path }
    }

    /// The same catalogue with rows that say which vehicles its elements belong to.
    #[must_use]
    pub fn with_applies(self, applies: Vec<Applies>) -> Self {
        let mut applies_by_path: HashMap<_, Vec<_>> = HashMap::new();
        for (index, row) in applies.iter().enumerate() {
            applies_by_path.entry(row.path.clone()).or_default().push(index);
        }
        Catalogue { applies, applies_by_path, ..self }
    }

    /// Every row that says which vehicles an element belongs to.
    pub fn all_applies(&self) -> &[Applies] {
        &self.applies
    }

    /// The rows that speak of the element at `path` (an address without row numbers) or of a group or table it lies in.
    pub fn applies<'a, 'p>(&'a self, path: &'p str) -> impl Iterator<Item = &'a Applies> + use<'a, 'p> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let places = ends.filter_map(move |end| self.applies_by_path.get(&path[..end]));
        places.flatten().map(|index| &self.applies[*index])
    }

    /// All elements in the schema's order.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The element of that name.
    pub fn by_name(&self, name: &str) -> Option<&Element> {
        self.by_name.get(name).map(|index| &self.elements[*index])
    }

    /// The parts of the element of that name, in the schema's order.
    pub fn parts_of(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.children.get(name).into_iter().flatten().map(|index| &self.elements[*index])
    }

    /// The element an address speaks of (for a row's address: its table).
    pub fn element(&self, address: &Address) -> Option<&Element> {
        self.by_path.get(&address.pattern()).map(|index| &self.elements[*index])
    }

    /// The element of that path (an address without row numbers).
    pub fn by_path(&self, path: &str) -> Option<&Element> {
        self.by_path.get(path).map(|index| &self.elements[*index])
    }

    /// The elements with values that carry this entry number.
    pub fn by_entry(&self, entry: &str) -> impl Iterator<Item = &Element> {
        self.by_entry.get(entry).into_iter().flatten().map(|index| &self.elements[*index])
    }

    /// A key that sorts addresses as the schema lists their elements, rows in their order.
    pub fn sort_key(&self, address: &Address) -> Vec<u32> {
        if let Some(index) = self.by_path.get(&address.pattern()) {
            let rows = address.steps().map(|step| step.row.unwrap_or(0));
            return self.places[*index].iter().zip(rows).flat_map(|(place, row)| [*place, row]).collect();
        }
        let mut key = Vec::new();
        let mut path = String::new();
        for step in address.steps() {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(step.name);
            let place = self.by_path.get(&path).copied().unwrap_or(self.elements.len());
            key.push(u32::try_from(place).unwrap_or(u32::MAX));
            key.push(step.row.unwrap_or(0));
        }
        key
    }

    /// A key that sorts addresses as the certificate lists them: by section, by entry number (what has none comes last),
    /// then as the schema does, so that the cells of a row stay together.
    pub fn certificate_key(&self, address: &Address) -> (Section, Vec<u32>, Vec<u32>) {
        let element = self.element(address);
        let section = element.and_then(|element| element.section).unwrap_or(Section::Other);
        let number = element.and_then(|element| element.entry).map_or(vec![u32::MAX], section::entry_number);
        (section, number, self.sort_key(address))
    }

    /// The rows of an address as people name them: `axle 2, tyre 1`; empty where it lies in no table.
    pub fn rows_in_words(&self, address: &Address) -> String {
        let mut path = String::new();
        let mut words = Vec::new();
        for step in address.steps() {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(step.name);
            if let Some(row) = step.row {
                let table = self.by_path(&path).map_or(step.name, |table| table.name);
                let title = self.parts_of(table).next().map_or("row", |row| row.title);
                words.push(format!("{} {row}", title.to_lowercase()));
            }
        }
        words.join(", ")
    }

    /// The address a person means by `text`: a full address, a bare element name, or an entry number, the last two
    /// with the row where they lie in one table (`16.2[2]`). It must name a value.
    ///
    /// # Errors
    /// Which entry is meant cannot be told, and what to write instead.
    pub fn address(&self, text: &str) -> Result<Address, AddressFault> {
        let text = text.trim();
        let unknown = || AddressFault::Unknown { text: quoted(text), nearest: self.nearest(text) };
        let given = Address::parse(text).map_err(|_| unknown())?;
        if let Some(element) = self.element(&given) {
            let what = match element.shape {
                Shape::Value(_) => return self.with_rows(text, given, element),
                Shape::Group => "group",
                Shape::Table => "table",
                Shape::Row => "row",
            };
            return Err(AddressFault::NotAValue { text: quoted(text), what });
        }
        let steps: Vec<Step<'_>> = given.steps().collect();
        let [Step { name, row }] = steps.as_slice() else { return Err(unknown()) };
        let element = match self.by_name(name) {
            Some(element) if element.value_type().is_some() => element,
            Some(_) => return Err(AddressFault::NotAValue { text: quoted(text), what: "table" }),
            None => self.only_by_entry(name, text)?.ok_or_else(unknown)?,
        };
        let address = match row {
            None => Address::unchecked(&element.path),
            Some(row) => self.in_row(element, *row),
        };
        self.with_rows(text, address, element)
    }

    /// The row a person means: `AxleTable[2]`, `AxleTable[1]/TyreAxleTable[3]`.
    ///
    /// # Errors
    /// It is not a row of a table, and what rows look like.
    pub fn row(&self, text: &str) -> Result<Address, AddressFault> {
        let text = text.trim();
        let unknown = || AddressFault::Unknown { text: quoted(text), nearest: self.nearest(text) };
        let given = Address::parse(text).map_err(|_| unknown())?;
        let element = self.element(&given).ok_or_else(unknown)?;
        if !matches!(element.shape, Shape::Table) {
            let row = given.as_str().rfind(']').map(|at| given.as_str()[..=at].to_owned());
            let row = row.or_else(|| {
                let pattern = self.row_pattern(&element.path);
                Some(pattern[..=pattern.rfind(']')?].to_owned())
            });
            return Err(AddressFault::NoRow { text: quoted(text), row });
        }
        if given.last_row().is_none() || self.missing_rows(&given) {
            return Err(AddressFault::Rows {
                text: quoted(text),
                pattern: format!("{}[1]", self.row_pattern(&element.path)),
            });
        }
        Ok(given)
    }

    fn only_by_entry(&self, entry: &str, text: &str) -> Result<Option<&Element>, AddressFault> {
        let found: Vec<&Element> = self.by_entry(entry).collect();
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            several => Err(AddressFault::Ambiguous {
                text: quoted(text),
                candidates: several.iter().map(|element| element.path.clone()).collect(),
            }),
        }
    }

    fn in_row(&self, element: &Element, row: u32) -> Address {
        let mut done = false;
        let mut path = String::new();
        let mut out = String::new();
        for name in element.path.split('/') {
            if !path.is_empty() {
                path.push('/');
                out.push('/');
            }
            path.push_str(name);
            out.push_str(name);
            if !done && self.is_table(&path) {
                out.push_str(&format!("[{row}]"));
                done = true;
            }
        }
        if !done {
            out.push_str(&format!("[{row}]"));
        }
        Address::unchecked(&out)
    }

    fn with_rows(&self, text: &str, address: Address, element: &Element) -> Result<Address, AddressFault> {
        if self.missing_rows(&address) {
            let pattern = self.row_pattern(&element.path);
            return Err(AddressFault::Rows { text: quoted(text), pattern });
        }
        Ok(address)
    }

    /// Whether a table on the way lacks its row, or something else has one.
    fn missing_rows(&self, address: &Address) -> bool {
        let mut path = String::new();
        address.steps().any(|step| {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(step.name);
            self.is_table(&path) != step.row.is_some()
        })
    }

    fn is_table(&self, path: &str) -> bool {
        self.by_path(path).is_some_and(|element| matches!(element.shape, Shape::Table))
    }

    fn row_pattern(&self, path: &str) -> String {
        let mut so_far = String::new();
        let mut out = Vec::new();
        for name in path.split('/') {
            if !so_far.is_empty() {
                so_far.push('/');
            }
            so_far.push_str(name);
            let row = if self.is_table(&so_far) && so_far != path { "[1]" } else { "" };
            out.push(format!("{name}{row}"));
        }
        out.join("/")
    }

    /// The nearest name, path or entry number to what somebody wrote, if one is near enough to be meant.
    pub fn nearest(&self, text: &str) -> Option<String> {
        let last = text.rsplit('/').next().unwrap_or(text);
        let name = last.split('[').next().unwrap_or(last);
        let values = self.elements.iter().filter(|element| element.value_type().is_some());
        super::nearest::nearest(name, values.map(|element| element.name)).map(str::to_owned)
    }
}

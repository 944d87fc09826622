//! What a message says: its values by address, and what in it the schema has no place for.
//!
//! Invariant: everything in the message is in the content or among the strays; nothing is passed over in silence.

use std::collections::BTreeSet;
use std::fmt;

use super::catalogue::{ROOT, catalogue};
use super::message::{Attribute, Message, Namespace, Node, Part};
use crate::domain::address::Address;
use crate::domain::catalogue::{Element, Shape};
use crate::domain::content::Content;
use crate::domain::structure::below;

/// How many strays are told one by one; the last stray then says how many more there are.
pub const STRAYS: usize = 1000;

/// The most rows of a table that an address can name.
const ROWS: u32 = 9999;

/// The most characters of a stray's text that are repeated in the finding.
const SHOWN: usize = 200;

/// Something in a message that the schema has no place for. The message keeps it; the content does not have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The address of the group, row or value it stands in; empty for the message itself and its data group.
    pub place: String,
    /// Its name, as written; empty for text.
    pub name: String,
    /// What is wrong with it.
    pub kind: StrayKind,
    /// The text it holds, the first 200 characters of it.
    pub text: String,
}

/// What is wrong with a stray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StrayKind {
    /// The schema has no element of this name, or it is of another namespace.
    UnknownElement,
    /// The schema has the element, but in another place: in the element named here.
    MisplacedElement(&'static str),
    /// The element is there more often than it may be; the first is in the content.
    RepeatedElement,
    /// The schema has no attributes.
    Attribute,
    /// Text where only elements may stand.
    Text,
    /// So many more were found, of any kind.
    More(usize),
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "the message" } else { &self.place };
        match &self.kind {
            StrayKind::UnknownElement => write!(f, "`{}` in {place} is no element of the schema", self.name),
            StrayKind::MisplacedElement(parent) => {
                write!(f, "`{}` stands in {place}, its place is in `{parent}`", self.name)
            }
            StrayKind::RepeatedElement => write!(f, "`{}` in {place} is there more often than it may be", self.name),
            StrayKind::Attribute => write!(f, "attribute `{}` in {place} is not of the schema", self.name),
            StrayKind::Text => write!(f, "text in {place}, where only elements may stand"),
            StrayKind::More(count) => write!(f, "{count} more that the schema has no place for"),
        }
    }
}

/// What a message says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interpretation {
    /// All values by address, the header's too.
    pub content: Content,
    /// What the schema has no place for.
    pub strays: Vec<Stray>,
    /// The groups, tables and rows that are there, with or without a value in them.
    pub containers: BTreeSet<Address>,
}

/// Says what a message says.
pub fn interpret(message: &Message) -> Interpretation {
    let mut reader = Interpreter::default();
    reader.container(&message.root, ROOT, "");
    if reader.more > 0 {
        reader.told.strays.push(Stray {
            place: String::new(),
            name: String::new(),
            kind: StrayKind::More(reader.more),
            text: String::new(),
        });
    }
    reader.told
}

#[derive(Default)]
struct Interpreter {
    told: Interpretation,
    more: usize,
}

impl Interpreter {
    /// Reads a container that lies at `place`: its parts, and what should not be in it.
    fn container(&mut self, part: &Part, name: &str, place: &str) {
        self.attributes(part, place);
        let mut seen: Vec<(&str, u32)> = Vec::new();
        for node in &part.nodes {
            match node {
                Node::Part(inner) => self.inner(inner, name, place, &mut seen),
                Node::Text(text) if !is_blank(text) => self.stray(place, "", StrayKind::Text, text),
                Node::Text(_) | Node::Comment(_) | Node::Instruction { .. } => {}
            }
        }
    }

    fn inner(&mut self, part: &Part, parent: &str, place: &str, seen: &mut Vec<(&'static str, u32)>) {
        let known = match part.namespace {
            Namespace::Ivi => catalogue().by_name(&part.name),
            Namespace::None | Namespace::Other(_) => None,
        };
        let Some(element) = known else {
            return self.stray(place, &written_name(part), StrayKind::UnknownElement, &part.text());
        };
        if element.parent != parent {
            let kind = StrayKind::MisplacedElement(element.parent);
            return self.stray(place, &written_name(part), kind, &part.text());
        }
        let count = count(seen, element.name);
        if count > element.max.unwrap_or(ROWS).min(ROWS) {
            return self.stray(place, &written_name(part), StrayKind::RepeatedElement, &part.text());
        }
        self.element(part, element, place, count);
    }

    fn element(&mut self, part: &Part, element: &Element, place: &str, count: u32) {
        let address = match element.shape {
            Shape::Row => format!("{place}[{count}]"),
            _ if element.path.is_empty() => String::new(),
            _ => below(place, element.name),
        };
        if let Shape::Value(_) = element.shape {
            self.told.content.set(Address::unchecked(&address), part.text());
            self.attributes(part, &address);
            for node in &part.nodes {
                if let Node::Part(inner) = node {
                    self.stray(&address, &written_name(inner), StrayKind::UnknownElement, &inner.text());
                }
            }
        } else {
            if !address.is_empty() {
                self.told.containers.insert(Address::unchecked(&address));
            }
            self.container(part, element.name, &address);
        }
    }

    fn attributes(&mut self, part: &Part, place: &str) {
        for attribute in &part.attributes {
            if !says_where_the_schema_is(attribute) {
                let name = match &attribute.prefix {
                    Some(prefix) => format!("{prefix}:{}", attribute.name),
                    None => attribute.name.to_string(),
                };
                self.stray(place, &name, StrayKind::Attribute, &attribute.value);
            }
        }
    }

    fn stray(&mut self, place: &str, name: &str, kind: StrayKind, text: &str) {
        if self.told.strays.len() == STRAYS {
            self.more += 1;
            return;
        }
        let text = text.trim().chars().take(SHOWN).collect();
        let name = name.chars().take(SHOWN).collect();
        self.told.strays.push(Stray { place: place.to_owned(), name, kind, text });
    }
}

/// Counts one more of `name` among what was seen in a container.
fn count(seen: &mut Vec<(&'static str, u32)>, name: &'static str) -> u32 {
    match seen.iter_mut().find(|(other, _)| *other == name) {
        Some((_, count)) => {
            *count += 1;
            *count
        }
        None => {
            seen.push((name, 1));
            1
        }
    }
}

fn written_name(part: &Part) -> String {
    match &part.prefix {
        Some(prefix) => format!("{prefix}:{}", part.name),
        None => part.name.clone().into_owned(),
    }
}

/// The namespace of the attributes of XML Schema.
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Whether an attribute is the hint of XML Schema that any element may carry and that says nothing of the vehicle.
fn says_where_the_schema_is(attribute: &Attribute) -> bool {
    matches!(&attribute.namespace, Namespace::Other(name) if **name == *SCHEMA_INSTANCE)
        && matches!(&*attribute.name, "schemaLocation" | "noNamespaceSchemaLocation")
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

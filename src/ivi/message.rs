//! A message as a tree that loses nothing: values, empty containers, white space, comments, in the order they came.
//!
//! Invariant: [`write`](super::write()) of a message that was [`read`](super::read()) has the same canonical XML as
//! what was read, the seal aside: a `Signature` below the root is not part of a `Message`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use thiserror::Error;

use super::catalogue::{ROOT, catalogue};
use crate::domain::address::Address;
use crate::domain::catalogue::{Element, Shape};
use crate::domain::content::Content;
use crate::domain::structure::{Outline, below};
use crate::domain::value::is_xml_character;

/// The namespace of IVI 2.0.
pub const NAMESPACE: &str = "http://eu.ereg.initialvehicleinformation.v2";

/// A message, received or composed, without its seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Comments and instructions before the root.
    pub(super) before: Vec<Node>,
    pub(super) root: Part,
    /// Comments and instructions after the root.
    pub(super) after: Vec<Node>,
}

/// One thing inside an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Part(Part),
    Text(String),
    Comment(Box<str>),
    Instruction { target: Box<str>, data: Option<Box<str>> },
}

/// An element of XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub prefix: Option<Box<str>>,
    /// The local name; borrowed from the catalogue where it knows it.
    pub name: Cow<'static, str>,
    pub namespace: Namespace,
    /// Prefix (empty for the default) and name of each namespace declared here.
    pub declarations: Vec<(Box<str>, Box<str>)>,
    pub attributes: Vec<Attribute>,
    pub nodes: Vec<Node>,
}

/// The namespace an element or attribute is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Namespace {
    None,
    Ivi,
    Other(Arc<str>),
}

/// An attribute that declares no namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub prefix: Option<Box<str>>,
    pub name: Box<str>,
    pub namespace: Namespace,
    pub value: Box<str>,
}

/// Why a content cannot be written as a message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unwritable {
    /// No element has this address, so that a message has no place for its value.
    #[error("the schema has no place for a value at `{0}`")]
    NoPlace(Address),
    /// The value has a character that XML cannot hold.
    #[error("the value of `{address}` has the character U+{:04X}, which no XML document can hold", *letter as u32)]
    Character {
        /// Where the value is.
        address: Address,
        /// The character.
        letter: char,
    },
}

impl Message {
    /// Composes the message that says a content: the header first, elements in the schema's order, each on a line of
    /// its own, indented by tabs. A row without a value before one that has some is written empty, so that every
    /// value keeps its address.
    ///
    /// # Errors
    /// When a value has no place in a message, or no message can hold it: nothing is left out in silence.
    pub fn from_content(content: &Content) -> Result<Message, Unwritable> {
        for (address, value) in content.iter() {
            if let Some(letter) = value.chars().find(|letter| !is_xml_character(*letter)) {
                return Err(Unwritable::Character { address: address.clone(), letter });
            }
        }
        let none = BTreeSet::new();
        let mut composer = Composer { content, outline: Outline::of(content, &none), values: 0 };
        let mut root = Part::of(ROOT);
        root.declarations.push(("".into(), NAMESPACE.into()));
        let outermost = catalogue().parts_of(ROOT).map(|element| composer.part(element, &element.path, 1)).collect();
        root.hold(outermost, 0);
        if composer.values < content.len() {
            let has_place = |address: &Address| catalogue().address(address.as_str()).as_ref() == Ok(address);
            if let Some((lost, _)) = content.iter().find(|(address, _)| !has_place(address)) {
                return Err(Unwritable::NoPlace(lost.clone()));
            }
        }
        Ok(Message { before: Vec::new(), root, after: Vec::new() })
    }
}

struct Composer<'a> {
    content: &'a Content,
    outline: Outline<'a>,
    /// How many values found their place.
    values: usize,
}

impl Composer<'_> {
    /// A container with what the content has for it.
    fn part(&mut self, container: &Element, place: &str, level: usize) -> Part {
        let mut inside = Vec::new();
        for element in catalogue().parts_of(container.name) {
            let address = below(place, element.name);
            match element.shape {
                Shape::Value(_) => {
                    if let Some(value) = self.content.value(&address) {
                        self.values += 1;
                        let mut part = Part::of(element.name);
                        // An element without text has no text node at all: a reader of it would see none.
                        part.nodes.extend((!value.is_empty()).then(|| Node::Text(value.into())));
                        inside.push(part);
                    }
                }
                Shape::Row => {
                    for row in 1..=self.outline.rows(place) {
                        inside.push(self.part(element, &format!("{place}[{row}]"), level + 1));
                    }
                }
                Shape::Group | Shape::Table => {
                    if self.outline.has(&address) {
                        inside.push(self.part(element, &address, level + 1));
                    }
                }
            }
        }
        let mut part = Part::of(container.name);
        part.hold(inside, level);
        part
    }
}

impl Part {
    /// An element of IVI without anything in it.
    fn of(name: &'static str) -> Part {
        Part {
            prefix: None,
            name: Cow::Borrowed(name),
            namespace: Namespace::Ivi,
            declarations: Vec::new(),
            attributes: Vec::new(),
            nodes: Vec::new(),
        }
    }

    /// Takes parts in, each on a line of its own, one tab deeper than this part's `level`.
    fn hold(&mut self, parts: Vec<Part>, level: usize) {
        let indent = |tabs: usize| Node::Text(format!("\n{}", "\t".repeat(tabs)));
        let any = !parts.is_empty();
        for part in parts {
            self.nodes.push(indent(level + 1));
            self.nodes.push(Node::Part(part));
        }
        self.nodes.extend(any.then(|| indent(level)));
    }

    /// The text of an element, comments, instructions and elements in it aside.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self.nodes.as_slice() {
            [] => Cow::Borrowed(""),
            [Node::Text(text)] => Cow::Borrowed(text),
            nodes => nodes.iter().filter_map(Node::as_text).collect::<String>().into(),
        }
    }
}

impl Node {
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(entries: &[(&str, &str)]) -> Content {
        entries.iter().map(|(address, value)| (Address::unchecked(address), (*value).to_owned())).collect()
    }

    fn written(entries: &[(&str, &str)]) -> String {
        String::from_utf8(super::super::write(&Message::from_content(&content(entries)).unwrap())).unwrap()
    }

    #[test]
    fn a_content_is_written_in_the_order_of_the_schema_with_the_header_first() {
        let entries = [
            ("AxleTable[2]/AxleNumber", "2"),
            ("AxleTable[1]/AxleNumber", "1"),
            ("Type", "T & <U>"),
            ("VehicleIdentificationNumber", "YARTN2EVHDTEST123"),
            ("Header/IviVersionNumber", "1"),
        ];
        let expected = concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<InitialVehicleInformation xmlns=\"http://eu.ereg.initialvehicleinformation.v2\">\n",
            "\t<Header>\n\t\t<IviVersionNumber>1</IviVersionNumber>\n\t</Header>\n",
            "\t<CocDataGroup>\n",
            "\t\t<VehicleIdentificationNumber>YARTN2EVHDTEST123</VehicleIdentificationNumber>\n",
            "\t\t<Type>T &amp; &lt;U&gt;</Type>\n",
            "\t\t<AxleTable>\n",
            "\t\t\t<AxleGroup>\n\t\t\t\t<AxleNumber>1</AxleNumber>\n\t\t\t</AxleGroup>\n",
            "\t\t\t<AxleGroup>\n\t\t\t\t<AxleNumber>2</AxleNumber>\n\t\t\t</AxleGroup>\n",
            "\t\t</AxleTable>\n",
            "\t</CocDataGroup>\n",
            "</InitialVehicleInformation>\n",
        );
        assert_eq!(written(&entries), expected);
    }

    #[test]
    fn a_row_keeps_its_number_though_the_one_before_it_is_empty() {
        let entries = [("AxleTable[2]/AxleNumber", "2"), ("Remark", "x")];
        let text = written(&entries[..1]);
        assert!(text.contains("<AxleGroup></AxleGroup>"), "{text}");
        let read = super::super::read(text.as_bytes()).unwrap();
        assert_eq!(read.content.value("AxleTable[2]/AxleNumber"), Some("2"));
        assert_eq!(read.content.len(), 1);
    }

    #[test]
    fn what_no_message_has_a_place_for_is_refused_by_name() {
        for address in ["MassGroup/ActualMas", "MassGroup", "AxleTable/AxleNumber", "13", "ActualMass", "Type[1]"] {
            let refused = Message::from_content(&content(&[(address, "1")]));
            assert_eq!(refused, Err(Unwritable::NoPlace(Address::unchecked(address))), "{address}");
        }
    }

    #[test]
    fn a_character_that_xml_cannot_hold_is_refused() {
        let refused = Message::from_content(&content(&[("Type", "A\u{1}")]));
        let address = Address::unchecked("Type");
        assert_eq!(refused, Err(Unwritable::Character { address, letter: '\u{1}' }));
    }
}

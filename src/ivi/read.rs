//! Reads a message received: refuses what is none, and keeps everything of what is one.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;
use uppsala::{Attribute as XmlAttribute, PullEvent, PullParser, QName, XmlError};

use super::catalogue::{ROOT, catalogue};
use super::interpret::{Stray, interpret};
use super::limits;
use super::message::{Attribute, Message, NAMESPACE, Namespace, Node, Part};
use crate::domain::address::Address;
use crate::domain::content::Content;
use crate::domain::structure;
use crate::domain::value::Misfit;

/// The namespace of XML signatures.
pub const SIGNATURE_NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// A message as it was read, with what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// All of it but the seal.
    pub message: Message,
    /// All its values by address, the header's too, exactly as they came.
    pub content: Content,
    /// Whether it carries a seal. That does not say that the seal is right: see `seal`.
    pub signed: bool,
    /// What the schema has no place for: a finding each.
    pub strays: Vec<Stray>,
    /// Values that are not of their element's type: address, value, what does not fit.
    pub misfits: Vec<(Address, String, Misfit)>,
    /// The addresses of mandatory elements that are absent.
    pub missing: Vec<String>,
}

/// Why bytes are not read as a message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}{}", place(*line, *column))]
pub struct ReadFault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The column in bytes, counted from 1, where it is known.
    pub column: Option<usize>,
}

/// What is wrong with bytes that are no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Not well-formed XML, with the parser's words.
    NotXml(String),
    /// Neither UTF-8 nor UTF-16, or another encoding than it says.
    Encoding(String),
    /// A document type declaration.
    DocumentType,
    /// A reference to an entity that XML does not know of itself, with its name.
    Entity(String),
    /// XML, but another document.
    OtherDocument {
        /// The root's name.
        root: String,
        /// Its namespace; empty where it has none.
        namespace: String,
    },
    /// More bytes than a message may have.
    TooLarge,
    /// More levels of elements.
    TooDeep,
    /// More elements, attributes and texts.
    TooManyNodes,
    /// More attributes on one element.
    TooManyAttributes,
    /// More declarations of namespaces, or longer ones, than its elements can be read with in time.
    TooManyNamespaces,
    /// More bytes in one value.
    ValueTooLong,
}

impl ReadFault {
    /// A fault at a byte of a text.
    pub(super) fn at(kind: FaultKind, text: &[u8], offset: usize) -> Self {
        let before = &text[..offset.min(text.len())];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let column = match before.iter().rposition(|byte| *byte == b'\n') {
            Some(newline) => before.len() - newline,
            None => before.len() + 1,
        };
        ReadFault { kind, line: Some(line), column: Some(column) }
    }

    fn somewhere(kind: FaultKind) -> Self {
        ReadFault { kind, line: None, column: None }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self.kind {
            FaultKind::NotXml(_) | FaultKind::Entity(_) => "ask the sender for the file again, whole and unedited",
            FaultKind::Encoding(_) => "ask the sender for the message in UTF-8",
            FaultKind::DocumentType => "ask the sender for the message without a document type declaration",
            FaultKind::OtherDocument { .. } => {
                "only IVI 2.0 messages are read: ask the sender for this version, or look whether it is the right file"
            }
            FaultKind::TooLarge
            | FaultKind::TooDeep
            | FaultKind::TooManyNodes
            | FaultKind::TooManyAttributes
            | FaultKind::TooManyNamespaces
            | FaultKind::ValueTooLong => "no certificate needs as much: look at what the file is and who sent it",
        }
    }
}

fn place(line: Option<usize>, column: Option<usize>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!(" (line {line}, column {column})"),
        _ => String::new(),
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::NotXml(why) => write!(f, "this is not well-formed XML: {why}"),
            FaultKind::Encoding(why) => write!(f, "the text cannot be read: {why}"),
            FaultKind::DocumentType => f.write_str("a message may not have a document type declaration"),
            FaultKind::Entity(name) => write!(f, "the reference `&{name};` stands for nothing"),
            FaultKind::OtherDocument { root, namespace } if namespace.is_empty() => {
                write!(f, "this is not an IVI 2.0 message but a document `{root}` without a namespace")
            }
            FaultKind::OtherDocument { root, namespace } => {
                write!(f, "this is not an IVI 2.0 message but a document `{root}` of the namespace `{namespace}`")
            }
            FaultKind::TooLarge => write!(f, "larger than {} MiB", limits::BYTES / 1024 / 1024),
            FaultKind::TooDeep => write!(f, "more than {} levels of elements", limits::LEVELS),
            FaultKind::TooManyNodes => {
                write!(f, "more than {} elements, attributes, texts and references", limits::NODES)
            }
            FaultKind::TooManyAttributes => write!(f, "more than {} attributes on one element", limits::ATTRIBUTES),
            FaultKind::TooManyNamespaces => f.write_str("too many or too long declarations of namespaces"),
            FaultKind::ValueTooLong => write!(f, "a value longer than {} KiB", limits::VALUE / 1024),
        }
    }
}

/// Reads a message from bytes, UTF-8 or UTF-16.
///
/// # Errors
/// When the bytes are no IVI 2.0 message or break a limit of [`limits`]. A message with unknown elements, wrong values
/// or missing elements is read, and says so.
pub fn read(bytes: &[u8]) -> Result<Read, ReadFault> {
    let text = decode(bytes)?;
    limits::check(&text)?;
    let (message, signed) = parse(&text, is_utf16(bytes))?;
    drop(text);
    let told = interpret(&message);
    let misfits = structure::misfits(catalogue(), &told.content)
        .into_iter()
        .map(|(address, misfit)| {
            let value = told.content.get(&address).unwrap_or_default().to_owned();
            (address, value, misfit)
        })
        .collect();
    let missing = structure::missing_with(catalogue(), &told.content, &told.containers);
    let missing = missing.into_iter().map(String::from).collect();
    Ok(Read { message, content: told.content, signed, strays: told.strays, misfits, missing })
}

/// Whether bytes begin as UTF-16 does, with or without a byte order mark (XML 1.0, appendix F).
fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..])
}

/// The text of a document, without a byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadFault> {
    if bytes.len() > limits::BYTES {
        return Err(ReadFault::somewhere(FaultKind::TooLarge));
    }
    if is_utf16(bytes) {
        return decode_utf16(bytes).map(Cow::Owned);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|fault| {
        let kind = FaultKind::Encoding("these bytes are neither UTF-8 nor UTF-16".to_owned());
        ReadFault::at(kind, bytes, fault.valid_up_to())
    })
}

fn decode_utf16(bytes: &[u8]) -> Result<String, ReadFault> {
    let fault = |why: &str| ReadFault::somewhere(FaultKind::Encoding(why.to_owned()));
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(fault("half a character of UTF-16 stands at its end"));
    }
    let little = matches!(bytes, [0xff, 0xfe, ..] | [b'<', 0, ..]);
    let units = pairs.iter().map(|pair| if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) });
    let mut text = String::with_capacity(bytes.len() / 2);
    for letter in char::decode_utf16(units) {
        text.push(letter.map_err(|_| fault("half of a pair of UTF-16 stands alone"))?);
        if text.len() > limits::BYTES {
            return Err(ReadFault::somewhere(FaultKind::TooLarge));
        }
    }
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Builds the message from its text, and says whether it carries a seal.
fn parse(text: &str, utf16: bool) -> Result<(Message, bool), ReadFault> {
    // One level more than allowed, so that it is this module that says so.
    let mut parser = PullParser::new(text).with_forbid_dtd(true).with_max_depth(limits::LEVELS + 1);
    let mut builder = Builder::default();
    while let Some(event) = parser.next_event().map_err(|error| not_xml(error, text))? {
        match event {
            PullEvent::XmlDeclaration(declaration) => {
                if let Some(said) = declaration.encoding {
                    check_encoding(&said, utf16)?;
                }
            }
            PullEvent::StartElement { name, attributes, namespace_declarations, byte_start, depth, .. } => {
                if depth >= limits::LEVELS {
                    return Err(ReadFault::at(FaultKind::TooDeep, text.as_bytes(), byte_start));
                }
                let part = builder.part(name, attributes, namespace_declarations);
                if depth == 0 && (part.name != ROOT || part.namespace != Namespace::Ivi) {
                    return Err(ReadFault::at(other_document(&part), text.as_bytes(), byte_start));
                }
                builder.open(part);
            }
            PullEvent::EndElement { .. } => builder.close(),
            PullEvent::Text { content, byte_start, .. } | PullEvent::CData { content, byte_start, .. } => {
                if !builder.text(&content) {
                    return Err(ReadFault::at(FaultKind::ValueTooLong, text.as_bytes(), byte_start));
                }
            }
            PullEvent::Comment { content, .. } => builder.node(Node::Comment(content.into())),
            PullEvent::ProcessingInstruction { pi, .. } => {
                builder.node(Node::Instruction { target: pi.target.into(), data: pi.data.map(Into::into) });
            }
            PullEvent::Doctype(_) => return Err(ReadFault::somewhere(FaultKind::DocumentType)),
            PullEvent::StartNamespace { .. } | PullEvent::EndNamespace => {}
        }
    }
    builder
        .finish()
        .ok_or_else(|| ReadFault::at(FaultKind::NotXml("it ends too early".to_owned()), text.as_bytes(), text.len()))
}

/// An encoding other than the one the bytes are in would make other readers see another text.
fn check_encoding(said: &str, utf16: bool) -> Result<(), ReadFault> {
    let said_utf16 = said.to_ascii_uppercase().starts_with("UTF-16");
    let said_utf8 = said.eq_ignore_ascii_case("UTF-8") || said.eq_ignore_ascii_case("US-ASCII");
    if said_utf16 && utf16 || said_utf8 && !utf16 {
        return Ok(());
    }
    let is = if utf16 { "UTF-16" } else { "UTF-8" };
    Err(ReadFault::somewhere(FaultKind::Encoding(format!("it says it is in {said}, but reads as {is}"))))
}

fn not_xml(error: XmlError, text: &str) -> ReadFault {
    let (message, line, column) = match error {
        XmlError::WellFormedness(fault) => (fault.message, fault.line, fault.column),
        XmlError::Namespace(fault) => (fault.message, fault.line, fault.column),
        XmlError::Parse(fault) => (fault.message, fault.line, fault.column),
        XmlError::UnexpectedEof | XmlError::XPath(_) | XmlError::Validation(_) => {
            return ReadFault::at(FaultKind::NotXml("it ends too early".to_owned()), text.as_bytes(), text.len());
        }
    };
    let place = |number: usize| (number > 0).then_some(number);
    // The parser repeats names of the document, which may be as long as a value.
    let message = message.chars().take(200).collect();
    ReadFault { kind: FaultKind::NotXml(message), line: place(line), column: place(column) }
}

fn other_document(root: &Part) -> FaultKind {
    let namespace = match &root.namespace {
        Namespace::None => "",
        Namespace::Ivi => NAMESPACE,
        Namespace::Other(name) => name,
    };
    let shorten = |text: &str| text.chars().take(200).collect();
    FaultKind::OtherDocument { root: shorten(&root.name), namespace: shorten(namespace) }
}

/// Puts the events of the parser together.
#[derive(Default)]
struct Builder {
    before: Vec<Node>,
    /// The elements that are open, the outermost first.
    open: Vec<Part>,
    root: Option<Part>,
    after: Vec<Node>,
    signed: bool,
    /// The namespaces met so far, so that each is kept once.
    namespaces: Vec<Arc<str>>,
}

impl Builder {
    fn part(
        &mut self,
        name: QName<'_>,
        attributes: Vec<XmlAttribute<'_>>,
        declarations: Vec<(Cow<'_, str>, Cow<'_, str>)>,
    ) -> Part {
        let known = catalogue().by_name(&name.local_name).map(|element| Cow::Borrowed(element.name));
        let attributes = attributes.into_iter().map(|attribute| Attribute {
            namespace: self.namespace(attribute.name.namespace_uri.as_deref()),
            prefix: attribute.name.prefix.map(Into::into),
            name: attribute.name.local_name.into(),
            value: attribute.value.into(),
        });
        Part {
            attributes: attributes.collect(),
            prefix: name.prefix.map(Into::into),
            name: known.unwrap_or_else(|| Cow::Owned(name.local_name.into_owned())),
            namespace: self.namespace(name.namespace_uri.as_deref()),
            declarations: declarations.into_iter().map(|(prefix, uri)| (prefix.into(), uri.into())).collect(),
            nodes: Vec::new(),
        }
    }

    fn namespace(&mut self, name: Option<&str>) -> Namespace {
        let name = match name {
            None | Some("") => return Namespace::None,
            Some(NAMESPACE) => return Namespace::Ivi,
            Some(other) => other,
        };
        if let Some(known) = self.namespaces.iter().rev().find(|known| ***known == *name) {
            return Namespace::Other(Arc::clone(known));
        }
        let new: Arc<str> = name.into();
        self.namespaces.push(Arc::clone(&new));
        Namespace::Other(new)
    }

    fn open(&mut self, part: Part) {
        self.open.push(part);
    }

    fn close(&mut self) {
        let Some(part) = self.open.pop() else { return };
        let below_root = self.open.len() == 1;
        if self.open.is_empty() {
            self.root = Some(part);
        } else if below_root && !self.signed && is_signature(&part) {
            // Only the first: a second one is a stray, and stays in the message to be seen.
            self.signed = true;
        } else {
            self.node(Node::Part(part));
        }
    }

    /// Adds text to what came just before it; `false` where it becomes longer than a value may be.
    fn text(&mut self, text: &str) -> bool {
        let Some(part) = self.open.last_mut() else { return true };
        match part.nodes.last_mut() {
            Some(Node::Text(before)) => {
                before.push_str(text);
                before.len() <= limits::VALUE
            }
            _ => {
                part.nodes.push(Node::Text(text.into()));
                text.len() <= limits::VALUE
            }
        }
    }

    fn node(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(part) => part.nodes.push(node),
            None if self.root.is_none() => self.before.push(node),
            None => self.after.push(node),
        }
    }

    fn finish(self) -> Option<(Message, bool)> {
        let message = Message { before: self.before, root: self.root?, after: self.after };
        Some((message, self.signed))
    }
}

fn is_signature(part: &Part) -> bool {
    part.name == "Signature" && matches!(&part.namespace, Namespace::Other(name) if **name == *SIGNATURE_NAMESPACE)
}

#[cfg(test)]
mod tests;

//! A message as sealing and verifying look at it: decoded, within limits, its parts named, its canonical bytes.
//!
//! Invariant: a text that passes here has no document type, no comment, and exactly the children that the schema
//! gives the root, so that nothing can hide beside what a signature covers.

use std::borrow::Cow;

use bergshamra::c14n::{self, C14nMode};
use bergshamra::xml::NodeSet;
use uppsala::{Document, NodeId, NodeKind, Parser};

/// The namespace of IVI 2.0 messages.
pub(super) const IVI: &str = "http://eu.ereg.initialvehicleinformation.v2";
/// The namespace of XML signatures.
pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

const MOST_BYTES: usize = 20 * 1024 * 1024;
const MOST_LEVELS: u32 = 64;
/// An element takes two `<`, so that counting them bounds the nodes before memory is spent on them.
const MOST_OPENINGS: usize = 400_000;
/// An attribute or a declared namespace takes one `=`. A certificate has a few dozen of them (the schema has no
/// attributes); the cost of parsing grows with the square of their number.
const MOST_EQUALS: usize = 2_000;
/// Namespaces that are declared; canonicalising costs their number times the number of elements.
const MOST_NAMESPACES: usize = 50;

/// Why a text is no message that could be sealed or verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Too many bytes or nodes.
    #[error("the message is larger than any certificate (20 MiB, 200,000 elements, 2,000 attributes, 50 namespaces)")]
    TooLarge,
    /// The bytes are not in the encoding they claim.
    #[error("the message is not in a readable encoding: {0}")]
    Encoding(String),
    /// Not well-formed, or with a document type declaration.
    #[error("the message is not acceptable XML: {0}")]
    NotXml(String),
    /// Well-formed, but not shaped like an IVI 2.0 message.
    #[error("this is not an IVI 2.0 message: {0}")]
    NotAMessage(String),
    /// A comment, which no signature covers and readers may take differently.
    #[error("line {line} has a comment, and a seal does not cover comments")]
    Comment {
        /// Its line, counted from 1.
        line: usize,
    },
}

/// The text of a message's bytes: UTF-8 or UTF-16, either with or without its mark (XML 1.0, appendix F).
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Malformed> {
    if bytes.len() > MOST_BYTES {
        return Err(Malformed::TooLarge);
    }
    let words = |bytes: &[u8], from: fn([u8; 2]) -> u16| -> Result<Cow<'_, str>, Malformed> {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let words: Vec<u16> = pairs.iter().map(|pair| from(*pair)).collect();
        match String::from_utf16(&words) {
            Ok(text) if rest.is_empty() => Ok(Cow::Owned(text)),
            _ => Err(Malformed::Encoding("it begins as UTF-16 and does not go on so".into())),
        }
    };
    match bytes {
        [0xff, 0xfe, text @ ..] => words(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => words(text, u16::from_be_bytes),
        [b'<', 0, ..] => words(bytes, u16::from_le_bytes),
        [0, b'<', ..] => words(bytes, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Malformed> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| Malformed::Encoding(error.to_string()))
}

/// Parses a message's text within the limits; what it declares of itself must be what it was decoded as.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Malformed> {
    let number = |mark| text.bytes().filter(|byte| *byte == mark).count();
    let namespaces = text.matches("xmlns").count();
    if number(b'<') > MOST_OPENINGS || number(b'=') > MOST_EQUALS || namespaces > MOST_NAMESPACES {
        return Err(Malformed::TooLarge);
    }
    let document = Parser::new()
        .with_forbid_dtd(true)
        .with_forbid_entities(true)
        .with_max_depth(MOST_LEVELS)
        .parse(text)
        .map_err(|error| Malformed::NotXml(error.to_string()))?;
    if document.doctype.is_some() {
        return Err(Malformed::NotXml("it has a document type declaration".into()));
    }
    if let Some(declaration) = &document.xml_declaration {
        if declaration.version != "1.0" {
            return Err(Malformed::NotXml(format!("it is XML {}", declaration.version)));
        }
        let known = |name: &str| ["utf-8", "utf-16", "us-ascii"].contains(&name.to_ascii_lowercase().as_str());
        if let Some(encoding) = declaration.encoding.as_deref().filter(|name| !known(name)) {
            return Err(Malformed::Encoding(format!("it declares {encoding}")));
        }
    }
    Ok(document)
}

/// The signature of a message, if it has one; the message must have one header, the certificate's data, at most one
/// signature as a child of the root, no comment, and nothing else.
pub(super) fn signature(document: &Document<'_>) -> Result<Option<NodeId>, Malformed> {
    let not = |why: &str| Malformed::NotAMessage(why.into());
    for node in document.descendants(document.root()) {
        if let Some(NodeKind::Comment(_)) = document.node_kind(node) {
            return Err(Malformed::Comment { line: document.node_line(node) });
        }
    }
    let root = document.document_element().ok_or_else(|| not("it has no root"))?;
    if !is(document, root, IVI, "InitialVehicleInformation") {
        return Err(not("its root is not InitialVehicleInformation in the namespace of IVI 2.0"));
    }
    let (mut headers, mut data, mut signature) = (0, 0, None);
    for child in document.children_iter(root) {
        if is(document, child, IVI, "Header") {
            headers += 1;
        } else if is(document, child, IVI, "CocDataGroup") {
            data += 1;
        } else if is(document, child, DS, "Signature") && signature.is_none() {
            signature = Some(child);
        } else if !is_blank(document, child) {
            return Err(not("its root has another child than one Header, one CocDataGroup and one Signature"));
        }
    }
    if (headers, data) != (1, 1) {
        return Err(not("its root has not exactly one Header and one CocDataGroup"));
    }
    Ok(signature)
}

/// Whether a node is the element `name` of `namespace`.
pub(super) fn is(document: &Document<'_>, node: NodeId, namespace: &str, name: &str) -> bool {
    document.element(node).is_some_and(|element| element.matches_name_ns(namespace, name))
}

/// Whether a node is text of nothing but white space.
pub(super) fn is_blank(document: &Document<'_>, node: NodeId) -> bool {
    matches!(document.node_kind(node), Some(NodeKind::Text(text)) if text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n')))
}

/// The canonical bytes of the whole document without its signature: what `URI=""` with the enveloped-signature
/// transform selects (XML-Signature 4.4.3.2 and 6.6.4).
pub(super) fn content(
    document: &Document<'_>,
    signature: Option<NodeId>,
    mode: C14nMode,
) -> Result<Vec<u8>, Malformed> {
    let mut nodes = NodeSet::all_without_comments(document);
    if let Some(signature) = signature {
        nodes.remove_id(signature);
        document.descendants(signature).into_iter().for_each(|node| nodes.remove_id(node));
    }
    canonical(document, &nodes, mode)
}

/// The canonical bytes of one element and what is in it.
pub(super) fn subtree(document: &Document<'_>, node: NodeId, mode: C14nMode) -> Result<Vec<u8>, Malformed> {
    canonical(document, &NodeSet::tree_without_comments(node, document), mode)
}

fn canonical(document: &Document<'_>, nodes: &NodeSet, mode: C14nMode) -> Result<Vec<u8>, Malformed> {
    c14n::canonicalize_doc::<&str>(document, mode, Some(nodes), &[])
        .map_err(|error| Malformed::NotXml(error.to_string()))
}

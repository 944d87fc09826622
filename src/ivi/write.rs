//! Writes a message as UTF-8, so that a reader of XML gets back exactly what the message holds.

use super::message::{Attribute, Message, Node, Part};

/// The message as bytes: UTF-8, with an XML declaration, lines ended by `\n`.
///
/// Never call it again for a message that was sealed: what was sealed are bytes.
pub fn write(message: &Message) -> Vec<u8> {
    let mut out = String::with_capacity(16 * 1024);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    for node in &message.before {
        write_node(&mut out, node);
        out.push('\n');
    }
    write_part(&mut out, &message.root);
    out.push('\n');
    for node in &message.after {
        write_node(&mut out, node);
        out.push('\n');
    }
    out.into_bytes()
}

fn write_node(out: &mut String, node: &Node) {
    match node {
        Node::Part(part) => write_part(out, part),
        Node::Text(text) => escape(out, text, Place::Text),
        Node::Comment(text) => extend(out, &["<!--", text, "-->"]),
        Node::Instruction { target, data: None } => extend(out, &["<?", target, "?>"]),
        Node::Instruction { target, data: Some(data) } => extend(out, &["<?", target, " ", data, "?>"]),
    }
}

// The depth of a message is bounded when it is read (`limits::LEVELS`), and by the catalogue when it is composed.
fn write_part(out: &mut String, part: &Part) {
    out.push('<');
    write_name(out, part.prefix.as_deref(), &part.name);
    for (prefix, namespace) in &part.declarations {
        out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
        extend(out, &[prefix, "=\""]);
        escape(out, namespace, Place::Attribute);
        out.push('"');
    }
    for Attribute { prefix, name, value, .. } in &part.attributes {
        out.push(' ');
        write_name(out, prefix.as_deref(), name);
        out.push_str("=\"");
        escape(out, value, Place::Attribute);
        out.push('"');
    }
    out.push('>');
    for node in &part.nodes {
        write_node(out, node);
    }
    out.push_str("</");
    write_name(out, part.prefix.as_deref(), &part.name);
    out.push('>');
}

fn write_name(out: &mut String, prefix: Option<&str>, name: &str) {
    if let Some(prefix) = prefix {
        extend(out, &[prefix, ":"]);
    }
    out.push_str(name);
}

fn extend(out: &mut String, pieces: &[&str]) {
    for piece in pieces {
        out.push_str(piece);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Text,
    Attribute,
}

/// Writes a text so that reading gives it back: a carriage return would become a line feed, and a tab or line feed in
/// an attribute a blank.
fn escape(out: &mut String, text: &str, place: Place) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            '"' if place == Place::Attribute => out.push_str("&quot;"),
            '\t' if place == Place::Attribute => out.push_str("&#x9;"),
            '\n' if place == Place::Attribute => out.push_str("&#xA;"),
            _ => out.push(letter),
        }
    }
}

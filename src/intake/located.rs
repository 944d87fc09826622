//! TOML and JSON as trees in which everything knows its line, so that each fault of a file can be shown in its place.
//!
//! Numbers stay the digits they are written with.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Reject;
use super::table::{MOST_COLUMNS, MOST_ROWS};

/// How deep lists and tables may lie in each other in a file that is read whole.
const MOST_LEVELS: usize = 16;

/// Most bytes of a file that is read whole: a tree takes many times the memory of its text.
pub const MOST_WHOLE: usize = 8 * 1024 * 1024;

/// A value with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The line it begins in, counted from 1.
    pub line: usize,
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text; a date of TOML too, as it is written there.
    Text(String),
    /// A number, as its digits.
    Number(String),
    /// True or false.
    Flag(bool),
    /// JSON's `null`.
    Nothing,
    /// Several values.
    List(Vec<Node>),
    /// Values by name, in the order of their lines.
    Table(Vec<Entry>),
}

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub key: String,
    /// The line of the name.
    pub line: usize,
    /// The value.
    pub node: Node,
}

impl Value {
    /// What a person calls such a value.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "text",
            Value::Number(_) => "a number",
            Value::Flag(_) => "true or false",
            Value::Nothing => "nothing",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// The bytes as UTF-8 text without a byte order mark.
///
/// # Errors
/// They are more than `most`, or no UTF-8.
pub fn utf8(bytes: &[u8], most: usize) -> Result<&str, Reject> {
    if bytes.len() > most {
        return Err(Reject::new(format!("larger than {} MiB", most / 1024 / 1024)).hint("split the file"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|fault| {
        let line = 1 + bytes[..fault.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Reject::new("the file is not UTF-8 text").line(line).hint("save it as UTF-8")
    })
}

/// Reads TOML whole.
///
/// # Errors
/// What is no TOML, at its line.
pub fn toml(text: &str) -> Result<Node, Reject> {
    let source = Source::of(text);
    let root = DeTable::parse(text).map_err(|fault| {
        let line = fault.span().map_or(1, |span| source.line_at(span.start));
        Reject::new(format!("no TOML: {}", fault.message().trim())).line(line)
    })?;
    Ok(Node { line: 1, value: toml_table(&source, root.into_inner()) })
}

fn toml_table(source: &Source<'_>, table: DeTable<'_>) -> Value {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry {
            line: source.line_at(key.span().start),
            key: key.into_inner().into_owned(),
            node: toml_node(source, value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.line);
    Value::Table(entries)
}

fn toml_node(source: &Source<'_>, value: Spanned<DeValue<'_>>) -> Node {
    let line = source.line_at(value.span().start);
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Value::Number(number.as_str().to_owned()),
        DeValue::Integer(number) => Value::Number(number.to_string()),
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(list) => Value::List(list.into_iter().map(|node| toml_node(source, node)).collect()),
        DeValue::Table(table) => toml_table(source, table),
    };
    Node { line, value }
}

/// Reads JSON whole.
///
/// # Errors
/// What is no JSON, given twice or nested too deeply, at its line.
pub fn json(text: &str) -> Result<Node, Reject> {
    let source = Source::of(text);
    json_node(&source, source.json()?, 0)
}

fn json_node<'a>(source: &Source<'a>, raw: Raw<'a>, level: usize) -> Result<Node, Reject> {
    let line = source.line(raw);
    if level > MOST_LEVELS {
        return Err(Reject::new(format!("more than {MOST_LEVELS} levels of lists and tables")).line(line));
    }
    let value = match source.look_into(raw)? {
        Json::Text(text) => Value::Text(text.into_owned()),
        Json::Number(digits) => Value::Number(digits.to_owned()),
        Json::Flag(flag) => Value::Flag(flag),
        Json::Nothing => Value::Nothing,
        Json::List(list) => {
            Value::List(list.into_iter().map(|raw| json_node(source, raw, level + 1)).collect::<Result<_, _>>()?)
        }
        Json::Table(table) => {
            let mut seen = std::collections::BTreeSet::new();
            let mut entries = Vec::with_capacity(table.len());
            for (key, raw) in table {
                let node = json_node(source, raw, level + 1)?;
                if !seen.insert(key.to_string()) {
                    return Err(Reject::new(format!("`{key}` is given twice")).line(node.line));
                }
                entries.push(Entry { key: key.into_owned(), line: node.line, node });
            }
            Value::Table(entries)
        }
    };
    Ok(Node { line, value })
}

/// A piece of JSON that was checked for its form and not looked into yet.
pub type Raw<'a> = &'a RawValue;

/// One level of a piece of JSON.
#[derive(Debug)]
pub enum Json<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A number, as its digits.
    Number(&'a str),
    /// True or false.
    Flag(bool),
    /// `null`.
    Nothing,
    /// A list.
    List(Vec<Raw<'a>>),
    /// An object; a name may come twice.
    Table(Vec<(Cow<'a, str>, Raw<'a>)>),
}

/// A text and where its lines are.
#[derive(Debug)]
pub struct Source<'a> {
    text: &'a str,
    /// How many lines end before each block of the text.
    before: Vec<usize>,
}

const BLOCK: usize = 4096;

impl<'a> Source<'a> {
    /// The source of a text.
    pub fn of(text: &'a str) -> Self {
        let mut before = Vec::with_capacity(text.len() / BLOCK + 1);
        let mut count = 0;
        for block in text.as_bytes().chunks(BLOCK) {
            before.push(count);
            count += line_ends(block);
        }
        Source { text, before }
    }

    /// The line of a place in the text, counted from 1.
    pub fn line_at(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let block = at / BLOCK;
        let known = self.before.get(block).or(self.before.last()).copied().unwrap_or(0);
        let from = block.min(self.before.len().saturating_sub(1)) * BLOCK;
        1 + known + line_ends(&self.text.as_bytes()[from..at])
    }

    /// The line a piece of JSON begins in.
    pub fn line(&self, raw: Raw<'_>) -> usize {
        // A raw value is a slice of the text it was read from.
        self.line_at((raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize))
    }

    /// The whole text as JSON, its form checked.
    ///
    /// # Errors
    /// Where it is no JSON.
    pub fn json(&self) -> Result<Raw<'a>, Reject> {
        serde_json::from_str(self.text)
            .map_err(|fault| Reject::new(format!("no JSON: {}", in_words(&fault))).line(fault.line().max(1)))
    }

    /// One level of a piece.
    ///
    /// # Errors
    /// It has text that is no Unicode (a half of a surrogate pair), or more parts than are read.
    pub fn look_into(&self, raw: Raw<'a>) -> Result<Json<'a>, Reject> {
        let text = raw.get();
        let level = match text.as_bytes().first() {
            Some(b'-' | b'0'..=b'9') => return Ok(Json::Number(text)),
            Some(b't') => return Ok(Json::Flag(true)),
            Some(b'f') => return Ok(Json::Flag(false)),
            Some(b'n') => return Ok(Json::Nothing),
            _ => OneLevel.deserialize(&mut serde_json::Deserializer::from_str(text)),
        };
        level.map_err(|fault| Reject::new(in_words(&fault)).line(self.line(raw) + fault.line().saturating_sub(1)))
    }
}

fn line_ends(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// The message without the place, which is said beside it.
fn in_words(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// Reads text, a list or an object and leaves their parts unread.
struct OneLevel;

impl<'de> DeserializeSeed<'de> for OneLevel {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneLevel {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(raw) = parts.next_element::<&'de RawValue>()? {
            if list.len() > MOST_ROWS {
                return Err(A::Error::custom(format!("more than {MOST_ROWS} in a list")));
            }
            list.push(raw);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Json<'de>, A::Error> {
        let mut table = Vec::new();
        while let Some(key) = parts.next_key::<String>()? {
            if table.len() > MOST_COLUMNS {
                return Err(A::Error::custom(format!("more than {MOST_COLUMNS} values in an object")));
            }
            table.push((Cow::Owned(key), parts.next_value::<&'de RawValue>()?));
        }
        Ok(Json::Table(table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(node: &Node) -> Vec<(String, usize)> {
        let Value::Table(entries) = &node.value else { panic!("a table") };
        entries.iter().map(|entry| (entry.key.clone(), entry.node.line)).collect()
    }

    #[test]
    fn everything_knows_its_line_in_toml_and_json() {
        let toml = toml("# x\na = 1.50\n\n[b]\nc = 2026-02-10\n").unwrap();
        assert_eq!(lines(&toml), [("a".to_owned(), 2), ("b".to_owned(), 4)]);
        let json = json("{\n\"a\": 1.50,\n\n\"b\":\n {\"c\": \"2026-02-10\"}}").unwrap();
        assert_eq!(lines(&json), [("a".to_owned(), 2), ("b".to_owned(), 5)]);
        for node in [toml, json] {
            let Value::Table(entries) = node.value else { panic!("a table") };
            assert_eq!(entries[0].node.value, Value::Number("1.50".into()));
            let Value::Table(inner) = &entries[1].node.value else { panic!("a table") };
            assert_eq!(inner[0].node.value, Value::Text("2026-02-10".into()));
        }
    }

    #[test]
    fn lines_are_right_beyond_the_first_block() {
        let text = "x\n".repeat(BLOCK) + "y";
        let source = Source::of(&text);
        assert_eq!(source.line_at(0), 1);
        assert_eq!(source.line_at(BLOCK), BLOCK / 2 + 1);
        assert_eq!(source.line_at(text.len()), BLOCK + 1);
        assert_eq!(Source::of("").line_at(7), 1);
    }

    #[test]
    fn what_is_malformed_or_too_deep_is_refused_at_its_line() {
        assert_eq!(toml("a = 1\nb = \n").unwrap_err().line, Some(2));
        assert_eq!(toml("a = 1\na = 2\n").unwrap_err().line, Some(2));
        assert_eq!(json("{\"a\": 1,\n\"b\" 2}").unwrap_err().line, Some(2));
        assert_eq!(json("{\"a\": 1,\n\"a\": 2}").unwrap_err().line, Some(2));
        assert!(json(&"[".repeat(100_000)).is_err());
        assert!(json(&("[".repeat(40) + &"]".repeat(40))).unwrap_err().reason.contains("levels"));
        assert!(toml(&"[".repeat(100_000)).is_err());
        assert!(json("[\"\\ud800\"]").is_err());
    }
}

//! The own lines of a message: all of it, or those around one entry, which are its table or group as it was written, or
//! the entry among its neighbours.
//!
//! Invariant: what stands in an element is shown as the bytes say it, references unresolved; only the white space
//! between elements is ours.

use uppsala::{PullEvent, PullParser};

use super::catalogue::{ROOT, catalogue};
use super::limits;
use super::read::decode;
use crate::domain::address::Address;
use crate::domain::catalogue::Shape;

/// The most lines of one excerpt; no real table is as long.
const MOST_LINES: usize = 2_000;

/// The most lines of a whole message; with every table of the schema filled a real one has a tenth of them.
const MOST_LISTED: usize = 20_000;

/// The element all entries but the header's stand in.
const DATA_GROUP: &str = "CocDataGroup";

/// Plain entries shown before and after one that stands in no group and no table.
const NEIGHBOURS: usize = 2;

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The line of the file its first line stands in, counted from 1.
    pub first: usize,
    /// Its lines, indented by level.
    pub lines: Vec<Line>,
}

/// One line of an excerpt: a tag, or an entry with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As it is written.
    pub text: String,
    /// Whether it is the entry asked for, or the row or table that was.
    pub here: bool,
}

/// One line of a whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// As it is written, indented by level.
    pub text: String,
    /// The address of the entry, row or table that the line begins; nothing where it begins none.
    pub address: Option<Address>,
}

/// A whole message line by line, its seal too; no line where it cannot be read.
pub fn listing(bytes: &[u8]) -> Vec<Listed> {
    let Some(text) = decode(bytes).ok().filter(|text| limits::check(text).is_ok()) else { return Vec::new() };
    let listed = lines(&text, 0, text.len(), "", MOST_LISTED).into_iter();
    let address = |address: Option<String>| address.and_then(|address| Address::parse(&address).ok());
    listed.map(|(text, begins)| Listed { text, address: address(begins) }).collect()
}

/// The part of a message around an address; `None` where the message says nothing there, or cannot be read.
pub fn excerpt(bytes: &[u8], address: &Address) -> Option<Excerpt> {
    let text = decode(bytes).ok()?;
    limits::check(&text).ok()?;
    let first = address.steps().next()?;
    let outer = if address.as_str().starts_with("Header/") { "Header" } else { DATA_GROUP };
    let name = if outer == "Header" { address.steps().nth(1)?.name } else { first.name };
    let children = children_of(&text, outer)?;
    let at = children.iter().position(|child| child.name == name)?;
    let (from, to) = if children[at].plain { neighbours(&children, at) } else { (at, at) };
    let (start, end) = (children[from].start, children[to].end);
    let base = if outer == "Header" { "Header" } else { "" };
    let here = |begins: Option<String>| begins.as_deref() == Some(address.as_str());
    let lines = lines(&text, start, end, base, MOST_LINES).into_iter();
    let lines = lines.map(|(text, begins)| Line { text, here: here(begins) }).collect();
    Some(Excerpt { first: 1 + text[..start].matches('\n').count(), lines })
}

/// An element right below the header or the data group.
struct Child {
    name: String,
    start: usize,
    end: usize,
    /// Whether it holds no other element.
    plain: bool,
}

fn children_of(text: &str, outer: &str) -> Option<Vec<Child>> {
    let mut parser = PullParser::new(text).with_forbid_dtd(true).with_max_depth(limits::LEVELS + 1);
    let mut children: Vec<Child> = Vec::new();
    let mut inside = false;
    while let Some(event) = parser.next_event().ok()? {
        match event {
            PullEvent::StartElement { name, depth, byte_start, .. } => match depth {
                1 => inside = name.local_name == outer,
                2 if inside => {
                    let name = name.local_name.into_owned();
                    children.push(Child { name, start: byte_start, end: byte_start, plain: true });
                }
                3 if inside => children.last_mut()?.plain = false,
                _ => {}
            },
            PullEvent::EndElement { depth: 2, byte_end, .. } if inside => children.last_mut()?.end = byte_end,
            _ => {}
        }
    }
    Some(children)
}

/// The plain entries around the one at `at`, as far as no table or group comes between.
fn neighbours(children: &[Child], at: usize) -> (usize, usize) {
    let before = children[..at].iter().rev().take(NEIGHBOURS).take_while(|child| child.plain).count();
    let after = children[at + 1..].iter().take(NEIGHBOURS).take_while(|child| child.plain).count();
    (at - before, at + after)
}

/// Where the reader of the lines is: the address of each open element, and how many rows of it were met.
struct Open {
    address: String,
    rows: u32,
    /// The line it began in.
    line: usize,
}

/// Each line between two places of a text, with the address of what it begins, if it begins something.
fn lines(text: &str, start: usize, end: usize, base: &str, most: usize) -> Vec<(String, Option<String>)> {
    let mut parser = PullParser::new(text).with_forbid_dtd(true).with_max_depth(limits::LEVELS + 1);
    let mut open: Vec<Open> = Vec::new();
    let mut lines: Vec<(String, Option<String>)> = Vec::new();
    while let Ok(Some(event)) = parser.next_event() {
        if lines.len() > most {
            break;
        }
        let (from, to) = span(&event);
        if to <= start || from < start {
            continue;
        }
        if from >= end {
            break;
        }
        let raw = &text[from..to];
        let indent = "  ".repeat(open.len());
        match event {
            PullEvent::StartElement { name, .. } => {
                let address = address_of(open.last_mut(), base, &name.local_name);
                lines.push((format!("{indent}{raw}"), Some(address.clone())));
                open.push(Open { address, rows: 0, line: lines.len() });
            }
            PullEvent::EndElement { .. } => {
                let Some(closed) = open.pop() else { break };
                let same_line = closed.line == lines.len();
                let empty = lines.last().is_some_and(|(line, _)| line.ends_with("/>")) && same_line;
                match lines.last_mut() {
                    Some(_) if empty => {}
                    Some((line, _)) if same_line => line.push_str(raw),
                    _ => lines.push((format!("{}{raw}", "  ".repeat(open.len())), None)),
                }
            }
            PullEvent::Text { .. } | PullEvent::CData { .. } if raw.trim().is_empty() => {}
            PullEvent::Text { .. } | PullEvent::CData { .. } => match lines.last_mut() {
                Some((line, _)) if open.last().is_some_and(|open| open.line > 0) => line.push_str(raw),
                _ => lines.push((format!("{indent}{raw}"), None)),
            },
            _ => lines.push((format!("{indent}{raw}"), None)),
        }
    }
    lines
}

fn span(event: &PullEvent<'_>) -> (usize, usize) {
    match event {
        PullEvent::StartElement { byte_start, byte_end, .. }
        | PullEvent::EndElement { byte_start, byte_end, .. }
        | PullEvent::Text { byte_start, byte_end, .. }
        | PullEvent::CData { byte_start, byte_end, .. }
        | PullEvent::Comment { byte_start, byte_end, .. }
        | PullEvent::ProcessingInstruction { byte_start, byte_end, .. } => (*byte_start, *byte_end),
        _ => (0, 0),
    }
}

/// The address of an element of this name in an open one: a row counts, a name is added. The message itself and its data
/// group are no part of an address.
fn address_of(parent: Option<&mut Open>, base: &str, name: &str) -> String {
    let is_row = catalogue().by_name(name).is_some_and(|element| matches!(element.shape, Shape::Row));
    match parent {
        Some(parent) if is_row => {
            parent.rows += 1;
            format!("{}[{}]", parent.address, parent.rows)
        }
        _ if name == ROOT || name == DATA_GROUP => String::new(),
        Some(parent) if !parent.address.is_empty() => format!("{}/{name}", parent.address),
        None if !base.is_empty() => format!("{base}/{name}"),
        Some(_) | None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <InitialVehicleInformation xmlns=\"http://eu.ereg.initialvehicleinformation.v2\">\n\
        <Header><IviVersionNumber>1</IviVersionNumber></Header>\n\
        <CocDataGroup>\n\
        \t<Variant>A &amp; B</Variant>\n\
        \t<Version/>\n\
        \t<Length>\u{202e}5998</Length>\n\
        \t<MassGroup><ActualMass>2946</ActualMass><!-- weighed --></MassGroup>\n\
        \t<AxleTable>\n\
        \t\t<AxleGroup><AxleNumber>1</AxleNumber></AxleGroup>\n\
        \t\t<AxleGroup>\n\t\t\t<AxleNumber>2</AxleNumber>\n\t\t</AxleGroup>\n\
        \t</AxleTable>\n\
        </CocDataGroup>\n\
        </InitialVehicleInformation>\n";

    fn shown(address: &str) -> (usize, Vec<String>) {
        let found = excerpt(MESSAGE.as_bytes(), &Address::unchecked(address)).unwrap();
        let mark = |line: &Line| format!("{}{}", if line.here { "> " } else { "  " }, line.text);
        (found.first, found.lines.iter().map(mark).collect())
    }

    #[test]
    fn an_entry_of_a_table_comes_with_the_whole_table_and_is_marked_by_its_row() {
        let (first, lines) = shown("AxleTable[2]/AxleNumber");
        assert_eq!(first, 9);
        assert_eq!(
            lines,
            [
                "  <AxleTable>",
                "    <AxleGroup>",
                "      <AxleNumber>1</AxleNumber>",
                "    </AxleGroup>",
                "    <AxleGroup>",
                ">     <AxleNumber>2</AxleNumber>",
                "    </AxleGroup>",
                "  </AxleTable>",
            ]
        );
    }

    #[test]
    fn an_entry_of_no_table_comes_with_its_neighbours_as_they_are_written() {
        let (first, lines) = shown("Length");
        assert_eq!(first, 5);
        assert_eq!(
            lines,
            ["  <Variant>A &amp; B</Variant>", "  <Version/>", "> <Length>\u{202e}5998</Length>"],
            "references stay references, and what is hidden is left to the screen to write out"
        );
    }

    #[test]
    fn an_entry_of_a_group_comes_with_the_group_and_what_else_stands_there() {
        let (_, lines) = shown("MassGroup/ActualMass");
        assert_eq!(
            lines,
            ["  <MassGroup>", ">   <ActualMass>2946</ActualMass>", "    <!-- weighed -->", "  </MassGroup>"]
        );
        assert_eq!(shown("Header/IviVersionNumber").1, ["> <IviVersionNumber>1</IviVersionNumber>"]);
    }

    #[test]
    fn where_the_message_says_nothing_there_is_no_excerpt() {
        assert_eq!(excerpt(MESSAGE.as_bytes(), &Address::unchecked("Height")), None);
        assert_eq!(excerpt(b"no message", &Address::unchecked("Length")), None);
    }

    #[test]
    fn a_whole_message_is_listed_with_the_address_of_what_each_line_begins() {
        let listed = listing(MESSAGE.as_bytes());
        let line = |of: &str| listed.iter().position(|line| line.address.as_ref().is_some_and(|at| at.as_str() == of));
        let text = |of: &str| line(of).map(|at| listed[at].text.as_str());
        assert_eq!(text("Header/IviVersionNumber"), Some("    <IviVersionNumber>1</IviVersionNumber>"));
        assert_eq!(text("AxleTable[2]/AxleNumber"), Some("        <AxleNumber>2</AxleNumber>"));
        assert_eq!(text("AxleTable[1]"), Some("      <AxleGroup>"));
        assert_eq!(text("Version"), Some("    <Version/>"));
        assert!(listed.iter().all(|line| line.address.as_ref().is_none_or(|at| !at.as_str().contains("CocData"))));
        assert_eq!(listed.last().map(|line| line.text.as_str()), Some("</InitialVehicleInformation>"));
        assert!(listing(b"no message").is_empty());
    }
}

//! Invents contents and messages from the catalogue: of the right types, with all that is mandatory.

use std::fmt::Write;

use stageplate::domain::address::Address;
use stageplate::domain::catalogue::{Element, Shape};
use stageplate::domain::content::Content;
use stageplate::domain::value::ValueType;
use stageplate::ivi::{NAMESPACE, catalogue};

/// A stream of choices; when it is used up each further choice is the first possible one.
pub struct Choices<'a>(std::slice::Iter<'a, u32>);

impl<'a> Choices<'a> {
    pub fn new(choices: &'a [u32]) -> Self {
        Choices(choices.iter())
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        let choice = self.0.next().copied().unwrap_or(0);
        usize::try_from(choice).unwrap() % bound.max(1)
    }

    /// Yes, once in so many.
    fn once_in(&mut self, bound: usize) -> bool {
        self.below(bound) == bound - 1
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap())).collect()
    }
}

/// A content with all mandatory values and some others.
pub fn content(choices: &mut Choices<'_>) -> Content {
    let mut content = Content::new();
    for (name, place) in [("Header", "Header"), ("CocDataGroup", "")] {
        fill(name, place, choices, &mut content);
    }
    content
}

fn fill(container: &str, place: &str, choices: &mut Choices<'_>, content: &mut Content) {
    for part in catalogue().parts_of(container) {
        let address = if place.is_empty() { part.name.to_owned() } else { format!("{place}/{}", part.name) };
        let rare = if matches!(part.shape, Shape::Value(_)) { 3 } else { 4 };
        if part.min == 0 && !choices.once_in(rare) {
            continue;
        }
        match &part.shape {
            Shape::Value(value_type) => {
                content.set(Address::parse(&address).unwrap(), value(value_type, choices));
            }
            Shape::Table => {
                let row = catalogue().parts_of(part.name).next().unwrap();
                for number in 1..=rows(row, choices) {
                    fill(row.name, &format!("{address}[{number}]"), choices, content);
                }
            }
            Shape::Group | Shape::Row => fill(part.name, &address, choices, content),
        }
    }
}

fn rows(row: &Element, choices: &mut Choices<'_>) -> usize {
    usize::try_from(row.min).unwrap() + choices.below(3)
}

/// Letters that need care: markup, quotation marks, white space, other scripts, beyond the basic plane, right to left.
const LETTERS: [char; 22] = [
    'A', 'z', '7', ' ', '&', '<', '>', '"', '\'', ']', '\t', '\n', '\r', 'é', 'Ω', '车', '\u{202e}', '\u{85}', '𝕏',
    '-', '=', '\u{fffd}',
];

pub fn value(value_type: &ValueType, choices: &mut Choices<'_>) -> String {
    match value_type {
        ValueType::Text { min, max } => {
            let length = usize::from(*min) + choices.below(usize::from(max - min).min(40) + 1);
            (0..length).map(|_| LETTERS[choices.below(LETTERS.len())]).collect()
        }
        ValueType::Integer { min, max } => {
            let span = usize::try_from(max - min).unwrap() + 1;
            (min + i64::try_from(choices.below(span)).unwrap()).to_string()
        }
        ValueType::Decimal { digits, fraction, min, .. } => {
            let sign = if min.is_sign_negative() && choices.once_in(2) { "-" } else { "" };
            let before = choices.digits(usize::from(digits - fraction));
            let places = choices.below(usize::from(*fraction) + 1);
            let after = choices.digits(places);
            let whole = if before.is_empty() { "0" } else { &before };
            if after.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{after}") }
        }
        ValueType::Date => {
            format!("20{:02}-{:02}-{:02}", choices.below(100), 1 + choices.below(12), 1 + choices.below(28))
        }
        ValueType::DateTime => {
            let zone = ["Z", "", "+02:00", "-11:30"][choices.below(4)];
            let day = value(&ValueType::Date, choices);
            format!("{day}T{:02}:{:02}:{:02}.5{zone}", choices.below(24), choices.below(60), choices.below(60))
        }
        ValueType::Code(list) => list.codes[choices.below(list.codes.len())].code.to_owned(),
        ValueType::Uuid4 => {
            let variant = ["8", "9", "a", "B"][choices.below(4)];
            format!(
                "{}-{}-4{}-{variant}{}-{}",
                choices.digits(8),
                choices.digits(4),
                choices.digits(3),
                choices.digits(3),
                choices.digits(12)
            )
        }
        ValueType::Vin => (0..17).map(|_| char::from(b'A' + u8::try_from(choices.below(26)).unwrap())).collect(),
    }
}

/// The text of a message: parts of groups in any order, empty groups, tables and rows, comments, sections, odd space.
pub fn message(choices: &mut Choices<'_>) -> String {
    let mut out = format!("<?xml version=\"1.0\"?><InitialVehicleInformation xmlns=\"{NAMESPACE}\">");
    for name in ["Header", "CocDataGroup"] {
        container(&mut out, name, choices);
    }
    out.push_str("</InitialVehicleInformation>");
    out
}

fn container(out: &mut String, name: &str, choices: &mut Choices<'_>) {
    let mut parts: Vec<&Element> = Vec::new();
    for part in catalogue().parts_of(name) {
        let times = match part.shape {
            Shape::Row => rows(part, choices).saturating_sub(usize::from(choices.once_in(12))),
            _ => usize::from(part.min > 0 && !choices.once_in(200) || choices.once_in(5)),
        };
        parts.extend(std::iter::repeat_n(part, times));
    }
    for last in (1..parts.len()).rev() {
        parts.swap(last, choices.below(last + 1));
    }
    if parts.is_empty() && choices.once_in(2) {
        write!(out, "<{name}/>").unwrap();
        return;
    }
    write!(out, "<{name}>").unwrap();
    for part in parts {
        out.push_str(["", "\n", " ", "\r\n\t", "<!-- a < b -->", "<?keep this?>", "&#13;", ""][choices.below(8)]);
        match &part.shape {
            Shape::Value(value_type) => {
                let text = escape(&value(value_type, choices), choices);
                write!(out, "<{0}>{text}</{0} >", part.name).unwrap();
            }
            _ => container(out, part.name, choices),
        }
    }
    write!(out, "</{name}>").unwrap();
}

/// The text as one of the ways XML has to write it.
fn escape(text: &str, choices: &mut Choices<'_>) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' | '<' | '>' | '\r' => write!(out, "&#{};", letter as u32).unwrap(),
            '"' | ']' if choices.once_in(2) => write!(out, "<![CDATA[{letter}]]>").unwrap(),
            _ => out.push(letter),
        }
    }
    out
}

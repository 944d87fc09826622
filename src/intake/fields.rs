//! Reads the fields of located tables strictly: unknown keys are faults with the nearest name, and every fault is kept.

use super::Reject;
use super::located::{Entry, Node, Value};
use crate::domain::address::Address;
use crate::domain::catalogue::Catalogue;
use crate::domain::nearest::nearest;
use crate::domain::value::{self, ValueType};
use crate::domain::visible::{quoted, visible};

use chrono::NaiveDate;

/// Reads, and gathers what is at fault.
pub struct Reader<'c> {
    /// The catalogue texts are held against.
    pub catalogue: &'c Catalogue,
    faults: Vec<Reject>,
    doubts: Vec<Reject>,
}

/// The fields of one table that were not read yet.
pub struct Fields {
    line: usize,
    what: String,
    entries: Vec<Entry>,
}

impl Fields {
    /// The line of a field, or of the table where it has none of that name.
    pub fn line_of(&self, key: &str) -> usize {
        self.entries.iter().find(|entry| entry.key == key).map_or(self.line, |entry| entry.line)
    }

    fn take(&mut self, key: &str) -> Option<Node> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.swap_remove(at).node)
    }
}

impl<'c> Reader<'c> {
    /// A reader that found no fault yet.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Reader { catalogue, faults: Vec::new(), doubts: Vec::new() }
    }

    /// Keeps a fault of a line. Answers nothing, of the type the caller has nothing of.
    pub fn fault<T>(&mut self, line: usize, fault: Reject) -> Option<T> {
        self.faults.push(fault.line(line));
        None
    }

    /// Keeps what may be meant so and is more likely a mistake: it is told, and the file taken all the same.
    pub fn doubt(&mut self, line: usize, doubt: Reject) {
        self.doubts.push(doubt.line(line));
    }

    /// All doubts, in the order of their lines.
    pub fn doubts(&mut self) -> Vec<Reject> {
        let mut doubts = std::mem::take(&mut self.doubts);
        doubts.sort_by_key(|doubt| doubt.line);
        doubts
    }

    /// Whether anything is at fault.
    pub fn is_at_fault(&self) -> bool {
        !self.faults.is_empty()
    }

    /// All faults, in the order of their lines.
    pub fn faults(mut self) -> Vec<Reject> {
        self.faults.sort_by_key(|fault| fault.line);
        self.faults
    }

    /// The fields of a table called `what`; other keys than `known` are faults.
    pub fn fields(&mut self, node: Node, what: &str, known: &[&str]) -> Option<Fields> {
        let Value::Table(entries) = node.value else {
            return self.fault(node.line, Reject::new(format!("{what}: {}, not a table", node.value.kind())));
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let reject = Reject::new(format!("{what} has no `{}`", visible(&entry.key)));
            let hint = match nearest(&entry.key, known.iter().copied()) {
                Some(near) => format!("the nearest is `{near}`"),
                None => format!("it has {}", known.join(", ")),
            };
            self.fault::<()>(entry.line, reject.hint(hint));
        }
        Some(Fields { line: node.line, what: what.to_owned(), entries })
    }

    /// Says that a field is missing which must be there; not when it was there and at fault.
    pub fn absent<T>(&mut self, fields: &Fields, key: &str) -> Option<T> {
        let told = self.faults.iter().any(|fault| fault.reason.starts_with(&format!("{key}:")));
        if told { None } else { self.fault(fields.line, Reject::new(format!("{} lacks `{key}`", fields.what))) }
    }

    /// A text of at most `max` characters, if the field is there.
    pub fn text(&mut self, fields: &mut Fields, key: &str, max: u16) -> Option<String> {
        let line = fields.line_of(key);
        let node = fields.take(key)?;
        let Value::Text(text) = node.value else {
            return self.fault(line, Reject::new(format!("{key}: {}, not text", node.value.kind())));
        };
        match (ValueType::Text { min: 1, max }).check(&text) {
            Ok(()) => Some(text),
            Err(misfit) => self.fault(line, Reject::new(format!("{key}: `{}` does not fit: {misfit}", quoted(&text)))),
        }
    }

    /// A text that must be there.
    pub fn needed_text(&mut self, fields: &mut Fields, key: &str, max: u16) -> Option<String> {
        if fields.entries.iter().any(|entry| entry.key == key) {
            self.text(fields, key, max)
        } else {
            self.fault(fields.line, Reject::new(format!("{} lacks `{key}`", fields.what)))
        }
    }

    /// A text that must be there and fit the element it ends in.
    pub fn of_element(&mut self, fields: &mut Fields, key: &str, element: &str) -> Option<String> {
        if fields.entries.iter().any(|entry| entry.key == key) {
            self.may_be_of_element(fields, key, element)
        } else {
            self.fault(fields.line, Reject::new(format!("{} lacks `{key}`", fields.what)))
        }
    }

    /// A text that fits the element it ends in, if the field is there.
    pub fn may_be_of_element(&mut self, fields: &mut Fields, key: &str, element: &str) -> Option<String> {
        let line = fields.line_of(key);
        let text = self.text(fields, key, u16::MAX)?;
        let element = self.catalogue.by_name(element)?;
        match element.check(&text) {
            Ok(()) => Some(text),
            Err(misfit) => {
                let takes = element.value_type().map(ValueType::describe).unwrap_or_default();
                let what = format!("{key}: `{}` does not fit: {misfit}", quoted(&text));
                self.fault(line, Reject::new(what).hint(format!("it takes: {takes}")))
            }
        }
    }

    /// True or false, if the field is there.
    pub fn flag(&mut self, fields: &mut Fields, key: &str) -> Option<bool> {
        let node = fields.take(key)?;
        match node.value {
            Value::Flag(flag) => Some(flag),
            other => self.fault(node.line, Reject::new(format!("{key}: {}, not true or false", other.kind()))),
        }
    }

    /// A day, if the field is there.
    pub fn date(&mut self, fields: &mut Fields, key: &str) -> Option<NaiveDate> {
        let node = fields.take(key)?;
        let day = match &node.value {
            Value::Text(text) => value::date(text),
            _ => None,
        };
        if day.is_none() {
            let what = match &node.value {
                Value::Text(text) => format!("`{}`", quoted(text)),
                other => other.kind().to_owned(),
            };
            self.fault::<()>(node.line, Reject::new(format!("{key}: {what} is no date such as 2026-07-05")));
        }
        day
    }

    /// A table, if the field is there.
    pub fn table(&mut self, fields: &mut Fields, key: &str) -> Option<Node> {
        let node = fields.take(key)?;
        match node.value {
            Value::Table(_) => Some(node),
            other => self.fault(node.line, Reject::new(format!("{key}: {}, not a table", other.kind()))),
        }
    }

    /// The parts of a list; none where the field is not there.
    pub fn list(&mut self, fields: &mut Fields, key: &str) -> Vec<Node> {
        let Some(node) = fields.take(key) else { return Vec::new() };
        match node.value {
            Value::List(list) => list,
            other => {
                let reject = Reject::new(format!("{key}: {}, not a list", other.kind()));
                self.fault::<()>(node.line, reject.hint(format!("in TOML each begins with [[…{key}]]")));
                Vec::new()
            }
        }
    }

    /// The address a key means.
    pub fn address(&mut self, line: usize, key: &str) -> Option<Address> {
        match self.catalogue.address(key) {
            Ok(address) => Some(address),
            Err(fault) => self.fault(line, Reject::new(visible(&fault.to_string()))),
        }
    }
}

//! Reads TOML strictly: every key is asked for by name, and what nobody asked for is a fault.
//!
//! Invariant: reading goes on after a fault, so that a person sees all of them at once.

use std::cell::RefCell;
use std::io;
use std::path::Path;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::ConfigFault;
use crate::bounded;
use crate::domain::nearest::nearest;
use crate::domain::visible::quoted;

/// The largest file of configuration that is read, in bytes.
pub const LARGEST: usize = 1 << 20;

/// The text of a file of at most one MiB. `Ok(None)` where there is none.
///
/// # Errors
///
/// A fault of the whole file: it cannot be read, is too large, or is not UTF-8.
pub fn read(path: &Path) -> Result<Option<String>, ConfigFault> {
    let name = path.display().to_string();
    match bounded::read(path, LARGEST) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| ConfigFault::whole(&name, "is not UTF-8")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ConfigFault::whole(&name, format!("cannot be read: {error}"))),
    }
}

/// One file being read, and what was found wrong in it so far.
pub struct Reader<'i> {
    file: &'i str,
    text: &'i str,
    root: Spanned<DeTable<'i>>,
    faults: RefCell<Vec<ConfigFault>>,
    doubts: RefCell<Vec<ConfigFault>>,
}

/// A value and the byte where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<T> {
    /// The value.
    pub value: T,
    /// The byte offset of the value in the file.
    pub at: usize,
}

impl<'i> Reader<'i> {
    /// Reads `text`, the content of `file`.
    ///
    /// # Errors
    ///
    /// All faults of the syntax; the content is not looked at before the syntax holds.
    pub fn new(file: &'i str, text: &'i str) -> Result<Self, Vec<ConfigFault>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Reader { file, text, root, faults: RefCell::default(), doubts: RefCell::default() });
        }
        let place = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        Err(errors.iter().map(|error| ConfigFault::at(file, text, place(error), error.message())).collect())
    }

    /// The file's outermost table.
    pub fn root(&self) -> Table<'_> {
        Table { reader: self, entries: self.root.get_ref(), at: 0, asked: RefCell::default() }
    }

    /// Notes a fault at a byte offset, with the word that was probably meant.
    pub fn fault(&self, at: usize, message: impl Into<String>, meant: Option<&str>) {
        self.faults.borrow_mut().push(ConfigFault::at(self.file, self.text, at, message).meant(meant));
    }

    /// Notes what may be meant so and is more likely a mistake: it is told, and the file taken all the same.
    pub fn doubt(&self, at: usize, message: impl Into<String>) {
        self.doubts.borrow_mut().push(ConfigFault::at(self.file, self.text, at, message));
    }

    /// All doubts, in the order of the file.
    pub fn doubts(&self) -> Vec<ConfigFault> {
        let mut doubts = self.doubts.take();
        doubts.sort_by_key(|doubt| (doubt.line, doubt.column));
        doubts
    }

    /// Notes that something is missing which these lines would bring, put at the end of the file.
    pub fn missing(&self, at: usize, message: impl Into<String>, add: Vec<String>) {
        let fault = ConfigFault::at(self.file, self.text, at, message);
        self.faults.borrow_mut().push(ConfigFault { add, ..fault });
    }

    /// The line of a byte offset, counted from 1.
    pub fn line(&self, at: usize) -> usize {
        super::fault::line_of(self.text, at).0
    }

    /// All faults, in the order of the file.
    pub fn into_faults(self) -> Vec<ConfigFault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| (fault.line, fault.column));
        faults
    }
}

/// One table of a file. Remembers which keys were asked for; [`Table::close`] reports the others.
pub struct Table<'a> {
    reader: &'a Reader<'a>,
    entries: &'a DeTable<'a>,
    at: usize,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Table<'a> {
    /// The byte offset where the table stands.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The byte offset of a key; of the table where it has none.
    pub fn place_of(&self, key: &str) -> usize {
        self.entries.keys().find(|known| known.get_ref() == key).map_or(self.at, |key| key.span().start)
    }

    fn get(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        self.entries.get(key)
    }

    fn wrong(&self, key: &str, found: &Spanned<DeValue<'_>>, wanted: &str) {
        let message = format!("`{}` must be {wanted}, not {}", quoted(key), found.get_ref().type_str());
        self.reader.fault(found.span().start, message, None);
    }

    /// Whether `key` is there at all.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The text under `key`.
    pub fn text(&self, key: &'static str) -> Option<Item<String>> {
        let found = self.get(key)?;
        let text = text_in(found);
        if text.is_none() {
            self.wrong(key, found, "a text in quotes");
        }
        text
    }

    /// The text under `key`; its absence is a fault.
    pub fn required_text(&self, key: &'static str) -> Option<Item<String>> {
        if !self.entries.contains_key(key) {
            self.reader.fault(self.at, format!("`{key}` is missing"), None);
        }
        self.text(key)
    }

    /// The texts under `key`: a list of texts, or one text alone.
    pub fn texts(&self, key: &'static str) -> Option<Vec<Item<String>>> {
        let found = self.get(key)?;
        if let Some(one) = text_in(found) {
            return Some(vec![one]);
        }
        let texts = found.get_ref().as_array().and_then(|list| list.iter().map(text_in).collect());
        if texts.is_none() {
            self.wrong(key, found, "a list of texts in quotes");
        }
        texts
    }

    /// The days under `key`: a list of them, as TOML writes them or as texts.
    pub fn days(&self, key: &'static str) -> Option<Vec<Item<NaiveDate>>> {
        let found = self.get(key)?;
        let days = found.get_ref().as_array().and_then(|list| list.iter().map(day_in).collect());
        if days.is_none() {
            self.wrong(key, found, "a list of days as in 2026-12-25");
        }
        days
    }

    /// The yes or no under `key`.
    pub fn flag(&self, key: &'static str) -> Option<Item<bool>> {
        let found = self.get(key)?;
        let flag = found.get_ref().as_bool().map(|value| Item { value, at: found.span().start });
        if flag.is_none() {
            self.wrong(key, found, "true or false");
        }
        flag
    }

    /// The whole number under `key`, no smaller than 0 and no greater than `most`.
    pub fn count(&self, key: &'static str, most: u16) -> Option<Item<u16>> {
        let found = self.get(key)?;
        let digits =
            found.get_ref().as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        let count = digits.and_then(|number| u16::try_from(number).ok()).filter(|number| *number <= most);
        match count {
            Some(value) => Some(Item { value, at: found.span().start }),
            None => {
                let message = format!("`{key}` must be a whole number from 0 to {most}");
                self.reader.fault(found.span().start, message, None);
                None
            }
        }
    }

    /// Every key of a table whose keys are the person's own, with its text; the table is closed by it.
    pub fn every_text(self) -> Vec<(Item<String>, Item<String>)> {
        let mut pairs = Vec::new();
        for (key, found) in self.entries {
            match text_in(found) {
                Some(text) => {
                    let name = Item { value: key.get_ref().to_string(), at: key.span().start };
                    pairs.push((name, text));
                }
                None => self.wrong(key.get_ref(), found, "a text in quotes"),
            }
        }
        pairs
    }

    /// The table under `key`.
    pub fn table(&self, key: &'static str) -> Option<Table<'a>> {
        let found = self.get(key)?;
        let table = self.inner(found);
        if table.is_none() {
            self.wrong(key, found, "a table");
        }
        table
    }

    /// The tables under `key`, written as `[[key]]`.
    pub fn tables(&self, key: &'static str) -> Vec<Table<'a>> {
        let Some(found) = self.get(key) else { return Vec::new() };
        let tables: Option<Vec<Table<'a>>> =
            found.get_ref().as_array().and_then(|list| list.iter().map(|one| self.inner(one)).collect());
        tables.unwrap_or_else(|| {
            self.wrong(key, found, &format!("a list of tables, each under [[{key}]]"));
            Vec::new()
        })
    }

    fn inner(&self, found: &'a Spanned<DeValue<'a>>) -> Option<Table<'a>> {
        let entries = found.get_ref().as_table()?;
        Some(Table { reader: self.reader, entries, at: found.span().start, asked: RefCell::default() })
    }

    /// Reports every key that nobody asked for, with the nearest one that is known.
    pub fn close(self) {
        let asked = self.asked.take();
        self.close_knowing(&asked);
    }

    /// The same, by a list of the keys there are.
    pub fn close_knowing(self, known: &[&'static str]) {
        for key in self.entries.keys().filter(|key| !known.iter().any(|known| known == key.get_ref())) {
            let name = key.get_ref();
            self.reader.fault(
                key.span().start,
                format!("`{}` is not known here", quoted(name)),
                nearest(name, known.iter().copied()),
            );
        }
    }
}

fn day_in(found: &Spanned<DeValue<'_>>) -> Option<Item<NaiveDate>> {
    let value = found.get_ref();
    let text = value.as_datetime().map(ToString::to_string).or_else(|| value.as_str().map(str::to_owned))?;
    Some(Item { value: text.parse().ok()?, at: found.span().start })
}

fn text_in(found: &Spanned<DeValue<'_>>) -> Option<Item<String>> {
    found.get_ref().as_str().map(|text| Item { value: text.to_owned(), at: found.span().start })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(faults: &[ConfigFault]) -> Vec<String> {
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_fault_of_a_file_is_told_at_once_and_in_order() {
        let text = "theem = \"none\"\nascii = 1\n\n[seal]\nkey = \"a.p12\"\nkye = \"b\"\n";
        let reader = Reader::new("config.toml", text).unwrap();
        let root = reader.root();
        assert_eq!(root.text("theme"), None);
        assert_eq!(root.flag("ascii"), None);
        let seal = root.table("seal").unwrap();
        assert_eq!(seal.text("key").unwrap().value, "a.p12");
        seal.close();
        root.close();
        assert_eq!(
            told(&reader.into_faults()),
            [
                "config.toml:1: `theem` is not known here (did you mean `theme`?)",
                "config.toml:2: `ascii` must be true or false, not integer",
                "config.toml:6: `kye` is not known here (did you mean `key`?)",
            ]
        );
    }

    #[test]
    fn a_key_of_pages_is_quoted_by_its_beginning() {
        let text = format!("{} = 1\n", "k".repeat(5000));
        let reader = Reader::new("c.toml", &text).unwrap();
        reader.root().close();
        let told = told(&reader.into_faults());
        assert!(told[0].ends_with("(4940 more characters)` is not known here") && told[0].len() < 200, "{told:?}");
    }

    #[test]
    fn a_broken_file_is_told_by_its_syntax_alone() {
        let faults = Reader::new("c.toml", "a = \nb = 1\nb = 2\n").err().unwrap();
        let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn one_text_serves_where_a_list_is_asked_for() {
        let reader = Reader::new("c.toml", "a = \"x\"\nb = [\"x\", \"y\"]\nc = [1]\n").unwrap();
        let root = reader.root();
        let values = |key| root.texts(key).map(|items| items.into_iter().map(|item| item.value).collect::<Vec<_>>());
        assert_eq!(values("a"), Some(vec!["x".to_owned()]));
        assert_eq!(values("b"), Some(vec!["x".to_owned(), "y".to_owned()]));
        assert_eq!(values("c"), None);
        root.close();
        assert_eq!(told(&reader.into_faults()), ["c.toml:3: `c` must be a list of texts in quotes, not array"]);
    }
}

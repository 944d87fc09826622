//! Reads an options file: build options and the table of dependencies, each fault with its line and what was probably
//! meant. A policy file that carries options is read by the same words.
//!
//! Invariant: options that are answered name entries of the catalogue and codes of its lists, exclude only options that
//! are there, and depend on each other in no circle.

use super::fault::ConfigFault;
use super::strict::{Item, Reader, Table};
use crate::domain::catalogue::Catalogue;
use crate::domain::envelope::base_limits;
use crate::domain::nearest::nearest;
use crate::domain::options::{
    BuildOption, Dependency, LIKE_NONE, Options, REGULATIONS, cycle, is_like_a_regulation, no_regulation, touches,
};
use crate::domain::visible::{quoted, visible};

/// Most dependencies of one file; each is compared with the others.
const MOST: usize = 1000;

/// What an options file says.
#[derive(Debug, Clone)]
pub struct OptionsFile {
    /// Its options.
    pub options: Options,
    /// What in it is likely a mistake, and may be meant so.
    pub doubts: Vec<ConfigFault>,
}

/// Reads `text`, the content of `file`, as options. Their version is 0: the desk numbers them when they are applied.
///
/// # Errors
/// Every fault of the file, in its order.
pub fn read(text: &str, file: &str, catalogue: &Catalogue) -> Result<OptionsFile, Vec<ConfigFault>> {
    let reader = Reader::new(file, text)?;
    let words = Words { reader: &reader, catalogue };
    let root = reader.root();
    let options = words.options(&root);
    let dependencies = words.dependencies(&root);
    root.close();
    if options.is_empty() && dependencies.is_empty() {
        reader.fault(
            0,
            "the file has neither an option nor a dependency: each begins with [[option]] or [[dependency]]",
            None,
        );
    }
    let doubts = reader.doubts();
    let faults = reader.into_faults();
    let options = Options { options, dependencies, ..Options::default() };
    if faults.is_empty() { Ok(OptionsFile { options, doubts }) } else { Err(faults) }
}

/// What was read, and the byte where it stands.
pub struct Placed<T> {
    /// What.
    pub is: T,
    /// Where.
    pub at: usize,
}

/// The words an options file may use, and where their faults go.
pub struct Words<'a> {
    /// Where faults go.
    pub reader: &'a Reader<'a>,
    /// What entries there are.
    pub catalogue: &'a Catalogue,
}

impl Words<'_> {
    /// Every `[[option]]` of a table.
    pub fn options(&self, root: &Table<'_>) -> Vec<BuildOption> {
        let tables: Vec<Table<'_>> = root.tables("option");
        let read: Vec<(Placed<BuildOption>, Vec<Item<String>>)> =
            tables.into_iter().map(|table| self.option(table)).collect();
        for (place, (one, excludes)) in read.iter().enumerate() {
            let code = &one.is.code;
            if let Some((twin, _)) =
                read[..place].iter().find(|(earlier, _)| !code.is_empty() && earlier.is.code == *code)
            {
                let line = self.reader.line(twin.at);
                self.reader.fault(one.at, format!("option `{code}` stands in line {line} already"), None);
            }
            for item in excludes {
                self.excludes(code, item, &read);
            }
        }
        read.into_iter().map(|(placed, _)| placed.is).collect()
    }

    fn excludes(&self, code: &str, item: &Item<String>, all: &[(Placed<BuildOption>, Vec<Item<String>>)]) {
        let other = item.value.as_str();
        if other == code {
            self.reader.fault(item.at, format!("option `{code}` excludes itself: no vehicle could have it"), None);
        } else if !all.iter().any(|(one, _)| one.is.code == other) {
            let near = nearest(other, all.iter().map(|(one, _)| one.is.code.as_str()));
            self.reader.fault(item.at, format!("no option has the code `{}`", quoted(other)), near);
        }
    }

    fn option(&self, table: Table<'_>) -> (Placed<BuildOption>, Vec<Item<String>>) {
        let at = table.at();
        let code = table.required_text("code").map_or(String::new(), |item| {
            let plain = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || "-_".contains(letter);
            if item.value.is_empty() || !item.value.chars().all(plain) {
                let message =
                    format!("`{}` is no code of an option: capital letters, digits, `-` and `_`", quoted(&item.value));
                self.reader.fault(item.at, message, None);
            }
            item.value
        });
        let title = table.text("title").map_or_else(|| code.clone(), |item| self.words(item, "title"));
        let restate = self.paths(&table, "restate");
        let regulations = table.texts("regulations").unwrap_or_default();
        for item in &regulations {
            if let Some(what) = no_regulation(&item.value) {
                let message = format!("the regulation `{}` {what}: {REGULATIONS}", quoted(&item.value));
                self.reader.fault(item.at, message, None);
            } else if !is_like_a_regulation(&item.value) {
                let message = format!("the regulation `{}` {LIKE_NONE}: {REGULATIONS}", quoted(&item.value));
                self.reader.doubt(item.at, message);
            }
        }
        let regulations = self.once(regulations, "regulation");
        let bodywork = self.code(&table, "bodywork", "CodeForBodywork");
        let supplement = self.code(&table, "supplement", "CodeForBodyworkSupplement");
        let special_purpose = self.code(&table, "special_purpose", "SpecialPurposeDesignation");
        let excludes = table.texts("excludes").unwrap_or_default();
        table.close();
        let codes = excludes.iter().map(|item| item.value.clone()).collect();
        let option =
            BuildOption { code, title, restate, regulations, bodywork, supplement, special_purpose, excludes: codes };
        (Placed { is: option, at }, excludes)
    }

    fn dependencies(&self, root: &Table<'_>) -> Vec<Dependency> {
        let tables = root.tables("dependency");
        if tables.len() > MOST {
            self.reader.fault(tables[MOST].at(), format!("more than {MOST} dependencies in one file"), None);
            return Vec::new();
        }
        let read: Vec<Placed<Dependency>> = tables.into_iter().filter_map(|table| self.dependency(table)).collect();
        for (place, one) in read.iter().enumerate() {
            for path in &one.is.then {
                let twin =
                    read[..place].iter().find(|other| other.is.when == one.is.when && other.is.then.contains(path));
                if let Some(twin) = twin {
                    let line = self.reader.line(twin.at);
                    let message = format!("that {path} depends on {} stands in line {line} already", one.is.when);
                    self.reader.fault(one.at, message, None);
                }
            }
        }
        let places: Vec<usize> = read.iter().map(|placed| placed.at).collect();
        let list: Vec<Dependency> = read.into_iter().map(|placed| placed.is).collect();
        if let Some(around) = cycle(&list) {
            self.circle(&around, &list, &places);
        }
        list
    }

    /// Says that entries depend on each other in a circle, at the dependency of it that stands last.
    fn circle(&self, around: &[usize], list: &[Dependency], places: &[usize]) {
        let Some(last) = around.iter().map(|at| places[*at]).max() else { return };
        let mut way: Vec<&str> = around.iter().map(|at| list[*at].when.as_str()).collect();
        way.extend(around.first().map(|at| list[*at].when.as_str()));
        let lines: Vec<String> = around.iter().map(|at| self.reader.line(places[*at]).to_string()).collect();
        let message =
            format!("entries depend on each other in a circle (lines {}): {}", lines.join(", "), way.join(" → "));
        self.reader.fault(last, message, None);
    }

    fn dependency(&self, table: Table<'_>) -> Option<Placed<Dependency>> {
        let at = table.at();
        let when = table.required_text("when").and_then(|item| self.path(&item));
        if table.texts("then").is_none_or(|list| list.is_empty()) {
            self.reader.fault(at, "a dependency names in `then` what depends on its entry", None);
        }
        let items = table.texts("then").unwrap_or_default();
        let mut then = Vec::new();
        for item in &items {
            let Some(path) = self.path(item) else { continue };
            if when.as_ref().is_some_and(|when| touches(when, &path)) {
                self.reader.fault(item.at, format!("{path} cannot depend on itself"), None);
            } else if then.contains(&path) {
                self.reader.fault(item.at, format!("`{}` stands here twice", quoted(&item.value)), None);
            } else {
                then.push(path);
            }
        }
        let because = table.required_text("because").map_or(String::new(), |item| self.words(item, "because"));
        let unless_allowed = table.flag("unless_allowed");
        if let (Some(flag), Some(when)) = (&unless_allowed, &when)
            && flag.value
            && !base_limits(when)
        {
            let message = format!("the base manufacturer's envelope (entry 0.2.2.1) does not limit {when}");
            self.reader.fault(flag.at, message, None);
        }
        let unless_allowed = unless_allowed.is_some_and(|flag| flag.value);
        table.close();
        Some(Placed { is: Dependency { when: when?, then, because, unless_allowed }, at })
    }

    /// A text that people read: it says something, and nothing in it is hidden or only looks like what it is.
    fn words(&self, item: Item<String>, key: &str) -> String {
        if item.value.trim().is_empty() {
            self.reader.fault(item.at, format!("`{key}` says nothing: write it in words"), None);
        } else if item.value.lines().any(|line| visible(line) != line) {
            let message = format!(
                "`{key}` has characters that cannot be seen or only look like others: write `{}` anew",
                quoted(&item.value)
            );
            self.reader.fault(item.at, message, None);
        }
        item.value
    }

    fn once(&self, items: Vec<Item<String>>, what: &str) -> Vec<String> {
        for (at, item) in items.iter().enumerate() {
            if items[..at].iter().any(|earlier| earlier.value == item.value) {
                self.reader.fault(item.at, format!("{what} `{}` stands here twice", quoted(&item.value)), None);
            }
        }
        items.into_iter().map(|item| item.value).collect()
    }

    /// A code of the list that an element takes.
    fn code(&self, table: &Table<'_>, key: &'static str, element: &str) -> Option<String> {
        let item = table.text(key)?;
        let element = self.catalogue.by_name(element)?;
        if let Err(misfit) = element.check(&item.value) {
            self.reader.fault(item.at, format!("`{key}`: `{}` does not fit: {misfit}", quoted(&item.value)), None);
        }
        Some(item.value)
    }

    fn paths(&self, table: &Table<'_>, key: &'static str) -> Vec<String> {
        let items = table.texts(key).unwrap_or_default();
        items.iter().filter_map(|item| self.path(item)).collect()
    }

    /// The catalogue's path of an entry, given as a path, as an element's name or as an entry number of one element.
    fn path(&self, item: &Item<String>) -> Option<String> {
        let text = item.value.as_str();
        let catalogue = self.catalogue;
        if let Some(element) = catalogue.by_path(text).or_else(|| catalogue.by_name(text)) {
            return Some(element.path.clone()).filter(|path| !path.is_empty());
        }
        let numbered: Vec<&str> = catalogue.by_entry(text).map(|element| element.path.as_str()).collect();
        match numbered.as_slice() {
            [one] => return Some((*one).to_owned()),
            [] => {
                let near = catalogue.nearest(text);
                self.reader.fault(item.at, format!("no entry is called `{}`", quoted(text)), near.as_deref());
            }
            several => {
                let message = format!("`{text}` names several entries: {}", several.join(", "));
                self.reader.fault(item.at, message, None);
            }
        }
        None
    }
}

#[cfg(test)]
#[path = "options/tests.rs"]
mod tests;

//! Reads a policy file: the workflow as data, each fault with its line and what was probably meant.
//!
//! Invariant: a policy that is answered can be worked under: every step is reached and somebody acts in it, exactly one
//! releases, every gate can be satisfied, and every word in it means something to the desk. [`holds`] looks at it whole,
//! [`keys`] has every key there is.

mod holds;
pub mod keys;

use std::collections::BTreeMap;

use super::fault::ConfigFault;
use super::options::{self, Placed};
use super::strict::{Item, Reader, Table};
use crate::domain::catalogue::Catalogue;
use crate::domain::checks::{self, Grade};
use crate::domain::due::Calendar;
use crate::domain::identity::Login;
use crate::domain::nearest::nearest;
use crate::domain::person::Role;
use crate::domain::policy::{
    Entries, ExceptionKind, Excluded, Gate, NextOwner, Outcome, Policy, Reasoned, Release, Rename, Settler, Step,
};

/// Reads `text`, the content of `file`, as a policy. Its version is 0: the desk numbers it when it is applied.
///
/// # Errors
/// Every fault of the file, in its order.
pub fn read(text: &str, file: &str, catalogue: &Catalogue) -> Result<Policy, Vec<ConfigFault>> {
    let reader = Reader::new(file, text)?;
    let policy = read_policy(&reader, catalogue);
    let faults = reader.into_faults();
    if faults.is_empty() { Ok(policy) } else { Err(faults) }
}

/// The line of a key in the table of that name (`step`, `exception`) of a policy file; that of the table where it has no such
/// key.
pub fn line_of(text: &str, table: &str, name: &str, key: &str) -> Option<usize> {
    let reader = Reader::new("", text).ok()?;
    let table = ["step", "exception"].into_iter().find(|known| *known == table)?;
    let named = |one: &Table<'_>| one.text("name").is_some_and(|item| item.value == name);
    let found = reader.root().tables(table).into_iter().find(named)?;
    Some(reader.line(found.place_of(key)))
}

fn read_policy(reader: &Reader<'_>, catalogue: &Catalogue) -> Policy {
    let root = reader.root();
    let words = Words { reader };
    let name = root.required_text("name").map_or(String::new(), |item| item.value);
    let steps: Vec<Placed<Step>> = root.tables("step").into_iter().map(|table| words.step(table)).collect();
    let kinds: Vec<Placed<ExceptionKind>> =
        root.tables("exception").into_iter().map(|table| words.exception_kind(table)).collect();
    let grades = root.table("checks").map_or_else(BTreeMap::new, |table| words.grades(table));
    let options = options::Words { reader, catalogue }.options(&root);
    let release = root.table("release").map_or_else(Release::default, |table| words.release(table));
    let calendar = root.table("calendar").map_or_else(Calendar::default, |table| words.calendar(table));
    let reasons =
        words.list(&root, "reasons", "act with a reason of its own", Reasoned::ALL.map(Reasoned::word), Reasoned::of);
    let renames: Vec<Placed<Rename>> = root.tables("rename").into_iter().map(|table| words.rename(table)).collect();
    root.close_knowing(&keys::of(keys::TOP));
    holds::look(reader, &steps, &kinds, &renames);
    Policy {
        name,
        version: 0,
        steps: bare(steps),
        exception_kinds: bare(kinds),
        grades,
        options,
        release,
        calendar,
        reasons: reasons.into_iter().collect(),
        renames: bare(renames),
    }
}

fn bare<T>(list: Vec<Placed<T>>) -> Vec<T> {
    list.into_iter().map(|placed| placed.is).collect()
}

/// The words a policy may use, and where their faults go.
struct Words<'a> {
    reader: &'a Reader<'a>,
}

impl Words<'_> {
    fn step(&self, table: Table<'_>) -> Placed<Step> {
        let at = table.at();
        let name = self.name(&table, "name");
        let title = table.text("title").map_or_else(|| name.clone(), |item| item.value);
        let acts = self.list(&table, "acts", "role", Role::ALL.map(Role::word), Role::of);
        let not = self.list(&table, "not", "exclusion", Excluded::ALL.map(Excluded::word), Excluded::of);
        let edit = table.flag("edit").is_some_and(|item| item.value);
        let gates = self.list(&table, "gates", "gate", Gate::TABLE.map(|(_, word, _)| word), Gate::of);
        let checkpoint = table.text("checkpoint").map(|item| item.value);
        let meaning = table.text("meaning").map(|item| item.value);
        let due_days = table.count("due_days", 999).map(|item| item.value);
        let outcome = table
            .text("outcome")
            .and_then(|item| self.word(&item, "outcome", &Outcome::ALL.map(Outcome::word), Outcome::of));
        let owner = table.text("owner").and_then(|item| {
            self.word(&item, "rule for the owner", &NextOwner::ALL.map(NextOwner::word), NextOwner::of)
        });
        table.close_knowing(&keys::of(keys::STEP));
        let step = Step {
            name,
            title,
            acts,
            not,
            edit,
            gates,
            checkpoint,
            meaning,
            due_days,
            outcome: outcome.unwrap_or_default(),
            owner: owner.unwrap_or_default(),
        };
        Placed { is: step, at }
    }

    fn exception_kind(&self, table: Table<'_>) -> Placed<ExceptionKind> {
        let at = table.at();
        let name = self.name(&table, "name");
        let title = table.text("title").map_or_else(|| name.clone(), |item| item.value);
        let blocking = table.flag("blocking").is_some_and(|item| item.value);
        let settled_by = match table.text("settled_by") {
            Some(item) => self.word(&item, "role", &Role::ALL.map(Role::word), Role::of),
            None => Some(Role::Lead),
        };
        let owner = self.settler(&table);
        table.close_knowing(&keys::of(keys::EXCEPTION));
        Placed { is: ExceptionKind { name, title, blocking, settled_by: settled_by.unwrap_or(Role::Lead), owner }, at }
    }

    /// Who owns an exception that nobody was named for: a person under `owner`, or a role under `owner_role`.
    fn settler(&self, table: &Table<'_>) -> Option<Settler> {
        let person = table.text("owner");
        let role = table.text("owner_role");
        if let (Some(person), Some(_)) = (&person, &role) {
            self.reader.fault(person.at, "`owner` names a person and `owner_role` a role: give one of them", None);
        }
        if let Some(role) = role {
            return self.word(&role, "role", &Role::ALL.map(Role::word), Role::of).map(Settler::Role);
        }
        let person = person?;
        let login = Login::parse(&person.value).map_err(|no| self.reader.fault(person.at, no.to_string(), None));
        login.ok().map(Settler::Login)
    }

    fn release(&self, table: Table<'_>) -> Release {
        let entries = table
            .text("entries")
            .and_then(|item| self.word(&item, "form of the message", &Entries::ALL.map(Entries::word), Entries::of));
        table.close_knowing(&keys::of(keys::RELEASE));
        Release { entries: entries.unwrap_or_default() }
    }

    fn calendar(&self, table: Table<'_>) -> Calendar {
        let words = Calendar::WEEKDAYS.map(|(_, word)| word);
        let weekend = self.list(&table, "weekend", "day of the week", words, Calendar::weekday);
        let given = table.has("weekend");
        if weekend.len() == words.len() {
            self.reader.fault(table.at(), "every day is a weekend day, so that nothing would ever be due", None);
        }
        let days = table.days("holidays").unwrap_or_default();
        for (place, day) in days.iter().enumerate() {
            if days[..place].iter().any(|earlier| earlier.value == day.value) {
                self.reader.fault(day.at, format!("the holiday {} stands here twice", day.value), None);
            }
        }
        table.close_knowing(&keys::of(keys::CALENDAR));
        let usual = Calendar::default();
        Calendar {
            weekend: if given { weekend.into_iter().collect() } else { usual.weekend },
            holidays: days.into_iter().map(|day| day.value).collect(),
        }
    }

    fn rename(&self, table: Table<'_>) -> Placed<Rename> {
        let at = table.at();
        let (from, to) = (self.name(&table, "from"), self.name(&table, "to"));
        table.close_knowing(&keys::of(keys::RENAME));
        Placed { is: Rename { from, to }, at }
    }

    fn grades(&self, table: Table<'_>) -> BTreeMap<String, Grade> {
        let mut grades = BTreeMap::new();
        for (id, word) in table.every_text() {
            if !checks::all().any(|check| check.id == id.value) {
                let near = nearest(&id.value, checks::all().map(|check| check.id));
                self.reader.fault(id.at, format!("no check has the id `{}`", id.value), near);
            }
            if let Some(grade) = self.word(&word, "grade", &Grade::ALL.map(Grade::word), Grade::of) {
                grades.insert(id.value, grade);
            }
        }
        grades
    }

    /// A name that people type: small letters, digits and hyphens.
    fn name(&self, table: &Table<'_>, key: &'static str) -> String {
        let Some(item) = table.required_text(key) else { return String::new() };
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if item.value.is_empty() || !item.value.chars().all(plain) {
            let message = format!("`{}` is no name: small letters, digits and `-`", item.value);
            self.reader.fault(item.at, message, None);
        }
        item.value
    }

    fn list<T, const N: usize>(
        &self,
        table: &Table<'_>,
        key: &'static str,
        what: &str,
        known: [&'static str; N],
        of: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let items = table.texts(key).unwrap_or_default();
        for (at, item) in items.iter().enumerate() {
            if items[..at].iter().any(|earlier| earlier.value == item.value) {
                self.reader.fault(item.at, format!("{what} `{}` stands here twice", item.value), None);
            }
        }
        items.iter().filter_map(|item| self.word(item, what, &known, &of)).collect()
    }

    fn word<T>(
        &self,
        item: &Item<String>,
        what: &str,
        known: &[&'static str],
        of: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let word = of(&item.value);
        if word.is_none() {
            let message = format!("no {what} is called `{}`; there are: {}", item.value, known.join(", "));
            self.reader.fault(item.at, message, nearest(&item.value, known.iter().copied()));
        }
        word
    }
}

#[cfg(test)]
#[path = "policy/tests.rs"]
mod tests;

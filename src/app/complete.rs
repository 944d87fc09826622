//! What may be written next in the filter's line: fields, and the values that the desk knows for one. What only the records
//! themselves know, VINs and orders, is asked of the desk by the letters it begins with.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::layout::Scroll;
use super::model::{House, List};
use super::msg::Effect;
use super::screen::Screen;
use super::text::Text;
use crate::domain::approval::Approval;
use crate::domain::catalogue::Element;
use crate::domain::exception::State;
use crate::domain::filter::{EXCEPTION_FIELDS, FIELDS, Field, Kind, Order, TextField, quoted};
use crate::domain::summary::Summary;

/// Completions shown at once.
pub const SHOWN: usize = 8;

/// Rows of the list whose values are offered, before what the desk knows beside them.
const LOOKED_AT: usize = 1_000;

/// Values that the desk's approvals know, by the field they are values of: there are few of them, however many records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offered(HashMap<TextField, BTreeSet<String>>);

impl Offered {
    /// Those of the desk's approvals.
    pub fn of<'a>(approvals: impl IntoIterator<Item = &'a Approval>) -> Offered {
        let mut offered = Offered::default();
        let mut offer = |field, value: &str| {
            if !value.is_empty() {
                offered.0.entry(field).or_default().insert(value.to_owned());
            }
        };
        for approval in approvals {
            offer(TextField::Approval, approval.number.as_str());
            offer(TextField::Category, &approval.category);
            offer(TextField::Type, &approval.vehicle_type);
            for covered in &approval.versions {
                offer(TextField::Variant, &covered.variant);
                offer(TextField::VersionCode, &covered.version);
            }
        }
        offered
    }

    fn values(&self, field: TextField) -> impl Iterator<Item = &String> {
        self.0.get(&field).into_iter().flatten()
    }
}

/// A value that is being written, and that the desk is asked for: of which field, and how it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// The field.
    pub field: TextField,
    /// What is written of it.
    pub text: String,
}

/// What the desk was asked for last, and what it found.
///
/// Invariant: what was found is of the field that is being written. It may begin with fewer letters than are written by now, and is
/// offered as far as it still fits.
#[derive(Debug, Clone, Default)]
pub struct Found {
    begun: Option<Begun>,
    values: Vec<String>,
}

impl Found {
    /// Asks for values that begin so, unless those were asked for last.
    pub fn ask(&mut self, begun: Option<Begun>) -> Option<Effect> {
        let begun = begun.filter(|begun| self.begun.as_ref() != Some(begun))?;
        if self.begun.as_ref().is_none_or(|before| before.field != begun.field) {
            self.values.clear();
        }
        self.begun = Some(begun.clone());
        Some(Effect::LoadValues(begun))
    }

    /// Takes what was found, if that is what was asked for last.
    pub fn read(&mut self, begun: &Begun, values: Vec<String>) -> bool {
        let awaited = self.begun.as_ref() == Some(begun);
        if awaited {
            self.values = values;
        }
        awaited
    }

    fn of(&self, field: TextField) -> &[String] {
        let known = self.begun.as_ref().is_some_and(|begun| begun.field == field);
        if known { &self.values } else { &[] }
    }
}

/// Where values come from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// Who and what governs the desk.
    pub house: &'a House,
    /// What its approvals know.
    pub offered: &'a Offered,
    /// What it found by what is written.
    pub found: &'a Found,
    /// The list on the screen.
    pub list: &'a List,
}

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What stands there then.
    pub text: String,
    /// What it means.
    pub help: String,
    /// Whether a value must follow.
    pub open: bool,
}

/// The completions of what is being written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completions {
    /// The bytes of the line that one replaces.
    pub place: Range<usize>,
    /// All of them, the likeliest first.
    pub all: Vec<Completion>,
    /// Where the cursor is among them.
    pub scroll: Scroll,
    /// Whether somebody chose one of them.
    pub chosen: bool,
}

impl Completions {
    /// What may be written at the cursor of a line.
    pub fn of(line: &Text, screen: Screen, sources: Sources<'_>) -> Completions {
        let written = &line.content()[..line.cursor()];
        let (begin, all) = match value_at(written, screen) {
            (begin, Some(field)) => {
                let begun = written[begin..].trim_start_matches('"').to_lowercase();
                let all = values(field, sources).into_iter().filter(|value| begins(value, &begun));
                (begin, all.collect())
            }
            (begin, None) => (begin, fields(screen, &written[begin..])),
        };
        Completions { place: begin..line.cursor(), all, ..Completions::default() }
    }

    /// Moves the cursor among them.
    pub fn by(&mut self, down: bool) {
        if !self.all.is_empty() {
            let at = match (self.chosen, down) {
                (false, true) => 0,
                (false, false) => self.all.len() - 1,
                (true, true) => (self.scroll.at + 1) % self.all.len(),
                (true, false) => (self.scroll.at + self.all.len() - 1) % self.all.len(),
            };
            self.chosen = true;
            self.scroll.to(at, self.all.len(), SHOWN);
        }
    }

    /// The one under the cursor.
    pub fn here(&self) -> Option<&Completion> {
        self.all.get(self.scroll.at)
    }
}

/// What the desk is to be asked for at the cursor of a line: a value of a field that nothing but its records knows.
pub fn begun(line: &Text, screen: Screen) -> Option<Begun> {
    let written = &line.content()[..line.cursor()];
    let (begin, field) = value_at(written, screen);
    let Kind::Text(field @ (TextField::Vin | TextField::Order)) = field?.kind else { return None };
    let text = written[begin..].trim_start_matches('"');
    (!text.is_empty() && !text.contains('*')).then(|| Begun { field, text: text.to_owned() })
}

/// Where what is being written begins, and the field it is a value of, if it is one.
fn value_at(written: &str, screen: Screen) -> (usize, Option<&'static Field>) {
    let before = |(_, letter): &(usize, char)| letter.is_whitespace() || *letter == '(';
    let start = written.char_indices().rev().find(before).map_or(0, |(at, letter)| at + letter.len_utf8());
    let start = start + usize::from(written[start..].starts_with('-'));
    let token = &written[start..];
    let sign = Order::TABLE.iter().filter_map(|(_, sign)| token.find(sign).map(|at| (at, at + sign.len()))).min();
    match sign.and_then(|(at, behind)| Some((field_named(screen, &token[..at])?, behind))) {
        Some((field, behind)) => (start + token.rfind(',').map_or(behind, |comma| comma + 1).max(behind), Some(field)),
        None => (start, None),
    }
}

/// The fields of the language on a screen: on the board those of an exception come first.
fn spoken(screen: Screen) -> impl Iterator<Item = &'static Field> {
    let own: &[Field] = if screen == Screen::Board { &EXCEPTION_FIELDS } else { &[] };
    let others = FIELDS.iter().filter(|field| own.iter().all(|known| known.word != field.word));
    own.iter().chain(others)
}

fn field_named(screen: Screen, word: &str) -> Option<&'static Field> {
    spoken(screen).find(|field| field.word.eq_ignore_ascii_case(word))
}

/// Whether a value is meant by what is written of it: its text begins so, or a word of its help does.
fn begins(value: &Completion, begun: &str) -> bool {
    let text = value.text.trim_start_matches('"').to_lowercase();
    text.starts_with(begun)
        || (begun.len() > 1 && value.help.to_lowercase().split_whitespace().any(|word| word.starts_with(begun)))
}

/// The fields that begin with what is written, each with the sign that mostly follows it.
fn fields(screen: Screen, begun: &str) -> Vec<Completion> {
    let begun = begun.to_lowercase();
    let sign = |kind: Kind| match kind {
        Kind::Day(_) => "<",
        Kind::Age(_) | Kind::Number(_) => ">",
        Kind::Text(_) | Kind::Person(_) | Kind::Exception | Kind::Finding | Kind::Changed | Kind::Flag(_) => ":",
    };
    spoken(screen)
        .filter(|field| field.word.starts_with(&begun))
        .map(|field| Completion {
            text: format!("{}{}", field.word, sign(field.kind)),
            help: field.help.to_owned(),
            open: true,
        })
        .collect()
}

fn values(field: &Field, sources: Sources<'_>) -> Vec<Completion> {
    let Sources { house, offered, found, list } = sources;
    let one = |text: &str, help: &str| Completion { text: quoted(text), help: help.to_owned(), open: false };
    let few = |pairs: &[(&str, &str)]| pairs.iter().map(|(text, help)| one(text, help)).collect();
    match field.kind {
        Kind::Text(TextField::Step) => once(house.policies.all().flat_map(|policy| &policy.steps).map(|step| {
            let title = if step.title == step.name { "" } else { &step.title };
            one(&step.name, title)
        })),
        Kind::Text(TextField::Scope) => {
            house.scopes.iter().map(String::as_str).chain(["none"]).map(|scope| one(scope, "")).collect()
        }
        Kind::Text(TextField::Option) => {
            let title = |code: &String| house.policy().options.iter().find(|option| option.code == *code);
            let told = |code: &String| title(code).map_or(String::new(), |option| option.title.clone());
            house.options.iter().map(|code| one(code, &told(code))).collect()
        }
        Kind::Text(TextField::Team) => {
            let teams: BTreeSet<&str> = house.people.iter().filter_map(|person| person.team.as_deref()).collect();
            teams.into_iter().chain(["none"]).map(|team| one(team, "")).collect()
        }
        Kind::Text(TextField::ExceptionKind) => {
            let kinds = house.policies.all().flat_map(|policy| &policy.exception_kinds);
            once(kinds.map(|kind| one(&kind.name, &kind.title)))
        }
        Kind::Text(TextField::Delivery) => {
            few(&[("accepted", "by the authority"), ("rejected", "by the authority"), ("none", "no answer yet")])
        }
        Kind::Text(TextField::ExceptionState) => {
            let states = [State::Open, State::InProgress, State::Resolved, State::Waived];
            states.iter().map(|state| one(state.word(), "")).collect()
        }
        Kind::Text(TextField::Bodywork) => {
            let element = house.catalogue.by_name("CodeForBodywork");
            let codes = element.into_iter().flat_map(Element::codes);
            let seen = seen(list, TextField::Bodywork);
            let told = |code: &str| element.and_then(|element| element.meaning(code)).unwrap_or_default();
            let all = seen.iter().map(String::as_str).chain(codes.map(|code| code.code));
            once(all.map(|code| one(code, told(code))))
        }
        Kind::Text(text) => {
            // What the page shows is the likeliest; what only the desk knows comes behind.
            let seen = seen(list, text);
            let others = offered.values(text).chain(found.of(text)).filter(|value| !seen.contains(*value));
            seen.iter().chain(others).map(|value| one(value, "")).collect()
        }
        Kind::Person(_) => {
            let mut all = vec![one("me", "yourself"), one("none", "nobody")];
            all.extend(house.people.iter().map(|person| one(person.login.as_str(), &person.name)));
            all
        }
        Kind::Exception => {
            let mut all = vec![one("open", "any to settle"), one("none", "nothing to settle")];
            let kinds = house.policies.all().flat_map(|policy| &policy.exception_kinds);
            all.extend(kinds.map(|kind| one(&kind.name, &kind.title)));
            once(all)
        }
        Kind::Finding => {
            let mut all: Vec<Completion> =
                few(&[("block", "something blocks"), ("warn", "something warns"), ("none", "nothing found")]);
            all.extend(crate::domain::checks::all().map(|check| one(check.id, check.title)));
            all
        }
        Kind::Changed => {
            let entries = house.catalogue.elements().iter().filter(|element| element.value_type().is_some());
            entries.map(|element| one(element.entry.unwrap_or(element.name), element.title)).collect()
        }
        Kind::Flag(_) => few(&[("yes", ""), ("no", "")]),
        Kind::Age(_) => few(&[("1d", "a day"), ("3d", "three days"), ("7d", "a week")]),
        Kind::Day(crate::domain::filter::DayField::Due) => {
            few(&[("1d", "tomorrow"), ("3d", "in three days"), ("7d", "in a week")])
        }
        Kind::Day(_) | Kind::Number(_) => Vec::new(),
    }
}

/// Each completion once, as it stands first: policies of scopes have most of their words in common.
fn once(all: impl IntoIterator<Item = Completion>) -> Vec<Completion> {
    let mut seen = BTreeSet::new();
    all.into_iter().filter(|one| seen.insert(one.text.clone())).collect()
}

/// The values of a field among the rows of the list.
fn seen(list: &List, field: TextField) -> BTreeSet<String> {
    let of = |summary: &Summary| -> Vec<String> {
        let one = |text: &Option<String>| text.iter().cloned().collect();
        match field {
            TextField::Scope => one(&summary.scope),
            TextField::Order => one(&summary.order),
            TextField::Vin => vec![summary.vin.to_string()],
            TextField::Category => one(&summary.category),
            TextField::Approval => one(&summary.approval),
            TextField::Type => one(&summary.vehicle_type),
            TextField::Variant => one(&summary.variant),
            TextField::VersionCode => one(&summary.version_code),
            TextField::Bodywork => one(&summary.bodywork),
            TextField::Step => vec![summary.step.clone()],
            TextField::Option => summary.options.clone(),
            // A list of records is not asked by these.
            TextField::ExceptionKind | TextField::ExceptionState | TextField::ExceptionAt => Vec::new(),
            TextField::Team | TextField::Delivery => Vec::new(),
        }
    };
    list.rows.iter().take(LOOKED_AT).flat_map(|row| of(&row.summary)).collect()
}

//! The filter language: which records somebody means. One language for lists, scopes and reports.
//!
//! `step:review owner:me,none due<3d (exception:open or finding:block) -held:yes TRA26`. Terms stand side by side and all
//! must hold; `or` and parentheses group, `-` negates, quotes keep spaces, `*` stands for any letters. To add a field,
//! give it a row in [`FIELDS`], a shape in [`Kind`] if it needs a new one, and its SQL in the store. Lists of exceptions
//! take the same language: [`EXCEPTION_FIELDS`] speak of the exception, and every other field of its record.

mod known;
pub mod page;
mod parse;

use std::collections::BTreeSet;
use std::fmt;

use chrono::NaiveDate;

pub use known::Names;

use super::identity::Login;

/// What a filter asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All of these. None at all: everything.
    All(Vec<Filter>),
    /// One of these.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// This.
    Term(Term),
}

/// One question about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// The VIN, the order or a remark contains it, letter case aside.
    Word(String),
    /// A text of the record is one of these; `none` asks for its absence.
    Text(TextField, Vec<String>),
    /// A person of the record is one of these.
    Person(PersonField, Vec<Who>),
    /// An exception that is to be settled: any (`open`), none (`none`), or one of a kind.
    Exception(Vec<String>),
    /// A finding that is one of these.
    Finding(Vec<FindingWord>),
    /// Our stage changed one of these entries: entry numbers, names or addresses, `*` for any letters.
    Changed(Vec<String>),
    /// A yes or no.
    Flag(FlagField, bool),
    /// A number.
    Number(NumberField, Order, u32),
    /// A day.
    Day(DayField, Order, NaiveDate),
    /// No such day.
    NoDay(DayField),
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The one who asks.
    Me,
    /// Nobody.
    None,
    /// This person.
    Login(Login),
}

/// How a number or a day is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `:`
    Is,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Order {
    /// Every order and its sign, longer signs first.
    pub const TABLE: [(Order, &'static str); 5] =
        [(Order::AtMost, "<="), (Order::AtLeast, ">="), (Order::Less, "<"), (Order::More, ">"), (Order::Is, ":")];

    fn sign(self) -> &'static str {
        Order::TABLE.iter().find(|(order, _)| *order == self).map_or(":", |(_, sign)| sign)
    }

    /// The order seen from the other side: an age above five days is a beginning before five days ago.
    fn turned(self) -> Order {
        match self {
            Order::Less => Order::More,
            Order::AtMost => Order::AtLeast,
            Order::Is => Order::Is,
            Order::AtLeast => Order::AtMost,
            Order::More => Order::Less,
        }
    }
}

/// Fields that are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "FIELDS says what each is")]
pub enum TextField {
    Step,
    Scope,
    Order,
    Vin,
    Category,
    Approval,
    Type,
    Variant,
    VersionCode,
    Bodywork,
    Option,
    ExceptionKind,
    ExceptionState,
    ExceptionAt,
    Team,
    Delivery,
}

/// Fields that are people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "FIELDS says what each is")]
pub enum PersonField {
    Owner,
    Preparer,
    ExceptionOwner,
    RaisedBy,
}

/// Fields that are yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "FIELDS says what each is")]
pub enum FlagField {
    Held,
    Overdue,
    Blocking,
    Unread,
    Stuck,
}

/// Fields that are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "FIELDS says what each is")]
pub enum NumberField {
    Changes,
    Unconfirmed,
    Priority,
    Stage,
    Version,
}

/// Fields that are days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "FIELDS says what each is")]
pub enum DayField {
    Due,
    Since,
    Created,
    Updated,
    Released,
    Raised,
}

/// Findings a filter can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingWord {
    /// Any that blocks.
    Block,
    /// Any that warns.
    Warn,
    /// None that blocks or warns.
    None,
    /// One of this check, whatever it weighs.
    Check(&'static str),
}

impl FindingWord {
    const GRADES: [(FindingWord, &'static str); 3] =
        [(FindingWord::Block, "block"), (FindingWord::Warn, "warn"), (FindingWord::None, "none")];

    /// Every finding there is a word for: the grades, then the checks.
    fn all() -> impl Iterator<Item = (FindingWord, &'static str)> {
        let checks = super::checks::all().map(|check| (FindingWord::Check(check.id), check.id));
        FindingWord::GRADES.into_iter().chain(checks)
    }

    fn word(self) -> &'static str {
        FindingWord::all().find(|(known, _)| *known == self).map_or("", |(_, word)| word)
    }
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, `*` for any letters, `none`.
    Text(TextField),
    /// `me`, `none`, logins.
    Person(PersonField),
    /// `open`, `none`, or kinds of exceptions.
    Exception,
    /// `block`, `warn`, `none`, or ids of checks.
    Finding,
    /// Entry numbers, names and addresses, `*` for any letters.
    Changed,
    /// `yes`, `no`.
    Flag(FlagField),
    /// A number, compared.
    Number(NumberField),
    /// A day, or `3d` for so many days from today, compared; `none`.
    Day(DayField),
    /// `5d` for so many days ago, compared.
    Age(DayField),
}

/// A field of the language.
#[derive(Debug)]
pub struct Field {
    /// Its word.
    pub word: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it asks, in a few words.
    pub help: &'static str,
}

/// Every field.
pub const FIELDS: [Field; 33] = [
    field("step", Kind::Text(TextField::Step), "the step it is in"),
    field("owner", Kind::Person(PersonField::Owner), "who owns it: me, none, logins"),
    field("team", Kind::Text(TextField::Team), "the team of who owns it; none where it has no owner or they no team"),
    field("preparer", Kind::Person(PersonField::Preparer), "who prepares it: me, none, logins"),
    field("due", Kind::Day(DayField::Due), "the day it must have left its step by: due<3d, due<2026-07-05, due:none"),
    field("overdue", Kind::Flag(FlagField::Overdue), "whether it is past that day and not on hold: yes, no"),
    field("stuck", Kind::Flag(FlagField::Stuck), "whether it is overdue and nothing was done to it since: yes, no"),
    field("unread", Kind::Flag(FlagField::Unread), "whether something was done to it that I have not seen: yes, no"),
    field("age", Kind::Age(DayField::Since), "days in its step: age>5d"),
    field("since", Kind::Day(DayField::Since), "the day it came to its step"),
    field("created", Kind::Day(DayField::Created), "the day it came to the desk"),
    field("updated", Kind::Day(DayField::Updated), "the day of its last event"),
    field("released", Kind::Day(DayField::Released), "the day of its last release: released>2026-07-01, released:none"),
    field(
        "delivery",
        Kind::Text(TextField::Delivery),
        "what came back for its last release: accepted, rejected; none before anything did",
    ),
    field("exception", Kind::Exception, "an exception to settle: open, none, or a kind"),
    field("finding", Kind::Finding, "a finding: block, warn, none, or a check's id as in finding:AP-04"),
    field("changed", Kind::Changed, "an entry our stage changed: a number, a name or an address; changed:13"),
    field("held", Kind::Flag(FlagField::Held), "whether it is on hold: yes, no"),
    field("scope", Kind::Text(TextField::Scope), "its rollout scope"),
    field("order", Kind::Text(TextField::Order), "its order"),
    field("vin", Kind::Text(TextField::Vin), "its VIN, * for any letters"),
    field("category", Kind::Text(TextField::Category), "the effective vehicle category"),
    field("approval", Kind::Text(TextField::Approval), "our type-approval number"),
    field("type", Kind::Text(TextField::Type), "the effective type"),
    field("variant", Kind::Text(TextField::Variant), "the effective variant"),
    field("version_code", Kind::Text(TextField::VersionCode), "the effective version of the type"),
    field("bodywork", Kind::Text(TextField::Bodywork), "the effective code for bodywork"),
    field("option", Kind::Text(TextField::Option), "a build option"),
    field("changes", Kind::Number(NumberField::Changes), "changes that need a decision"),
    field("unconfirmed", Kind::Number(NumberField::Unconfirmed), "changes nobody decided yet"),
    field("priority", Kind::Number(NumberField::Priority), "its priority; 0 is ordinary"),
    field("stage", Kind::Number(NumberField::Stage), "our build stage"),
    field("version", Kind::Number(NumberField::Version), "the message version in work"),
];

/// What a list of exceptions is asked by, before the fields of the record each is on.
pub const EXCEPTION_FIELDS: [Field; 8] = [
    field("kind", Kind::Text(TextField::ExceptionKind), "the exception's kind"),
    field(
        "state",
        Kind::Text(TextField::ExceptionState),
        "open, in-progress, resolved, waived; a waiver that ended is open",
    ),
    field("at", Kind::Text(TextField::ExceptionAt), "the entry it speaks of, * for any letters; none"),
    field("owner", Kind::Person(PersonField::ExceptionOwner), "who is to settle it: me, none, logins"),
    field("by", Kind::Person(PersonField::RaisedBy), "who raised it: me, logins; none for the desk"),
    field("raised", Kind::Day(DayField::Raised), "the day it was raised"),
    field("age", Kind::Age(DayField::Raised), "days since it was raised: age>5d"),
    field("blocking", Kind::Flag(FlagField::Blocking), "whether it blocks: yes, no"),
];

const fn field(word: &'static str, kind: Kind, help: &'static str) -> Field {
    Field { word, kind, help }
}

fn word_of(kind: Kind) -> &'static str {
    FIELDS.iter().chain(&EXCEPTION_FIELDS).find(|field| field.kind == kind).map_or("", |field| field.word)
}

/// What is wrong with a filter, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {})", at + 1)]
pub struct FilterFault {
    /// The character it is at, counted from 0.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// The word that was probably meant.
    pub nearest: Option<String>,
    /// The words there are, where none of them is near.
    pub known: Vec<String>,
}

impl FilterFault {
    /// A word that is none of those known: with the nearest, or with all of them where none is near.
    fn unknown(at: usize, message: String, word: &str, known: &[&str]) -> FilterFault {
        let nearest = super::nearest::nearest(word, known.iter().copied()).map(str::to_owned);
        let all = if nearest.is_some() { &[] } else { known };
        let mut named = BTreeSet::new();
        let all = all.iter().filter(|word| named.insert(**word)).map(|word| (*word).to_owned()).collect();
        FilterFault { at, message, nearest, known: all }
    }

    /// What to write instead: the nearest word, or those there are, as far as a person would read them.
    pub fn hint(&self) -> Option<String> {
        const NAMED: usize = 40;
        if let Some(near) = &self.nearest {
            return Some(format!("the nearest is `{near}`"));
        }
        let more = if self.known.len() > NAMED { ", …" } else { "" };
        let named: Vec<&str> = self.known.iter().take(NAMED).map(String::as_str).collect();
        (!named.is_empty()).then(|| format!("there are: {}{more}", named.join(", ")))
    }
}

impl Filter {
    /// Whether it asks for anything that does not stand in the rows that lists are made of.
    pub fn asks_beside(&self) -> bool {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().any(Filter::asks_beside),
            Filter::Not(inner) => inner.asks_beside(),
            Filter::Term(Term::Changed(_)) => true,
            Filter::Term(Term::Finding(words)) => words.iter().any(|word| matches!(word, FindingWord::Check(_))),
            Filter::Term(_) => false,
        }
    }

    /// Reads a filter. Relative days count from `today`.
    ///
    /// # Errors
    /// What is wrong, at which character, and the nearest word there is.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Filter, FilterFault> {
        parse::parse(text, today, &[])
    }

    /// Reads a filter of exceptions: [`EXCEPTION_FIELDS`] first, then those of the record.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse_exceptions(text: &str, today: NaiveDate) -> Result<Filter, FilterFault> {
        parse::parse(text, today, &EXCEPTION_FIELDS)
    }

    /// Reads the rule of a scope: a filter that is asked once, when a record comes in, and so may not depend on who asks or
    /// on which day.
    ///
    /// # Errors
    /// As [`Filter::parse`]; a word whose answer would depend on that.
    pub fn parse_rule(text: &str, today: NaiveDate) -> Result<Filter, FilterFault> {
        parse::parse_rule(text, today)
    }

    /// Whether it asks anywhere for the state of an exception.
    pub fn asks_state(&self) -> bool {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().any(Filter::asks_state),
            Filter::Not(inner) => inner.asks_state(),
            Filter::Term(term) => matches!(term, Term::Text(TextField::ExceptionState, _)),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Filter::Term(term) => write!(f, "{term}"),
            Filter::Not(inner) => match **inner {
                Filter::All(_) | Filter::Any(_) => write!(f, "-({inner})"),
                _ => write!(f, "-{inner}"),
            },
            Filter::All(parts) => joined(f, parts, " ", |part| matches!(part, Filter::Any(_) | Filter::All(_))),
            Filter::Any(parts) => joined(f, parts, " or ", |part| matches!(part, Filter::Any(_))),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    between: &str,
    grouped: impl Fn(&Filter) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        if grouped(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Term::Word(word) => f.write_str(&quoted(word)),
            Term::Text(field, values) => write!(f, "{}:{}", word_of(Kind::Text(*field)), listed(values)),
            Term::Person(field, people) => {
                let words: Vec<&str> = people
                    .iter()
                    .map(|who| match who {
                        Who::Me => "me",
                        Who::None => "none",
                        Who::Login(login) => login.as_str(),
                    })
                    .collect();
                write!(f, "{}:{}", word_of(Kind::Person(*field)), words.join(","))
            }
            Term::Exception(kinds) => write!(f, "exception:{}", listed(kinds)),
            Term::Finding(words) => {
                let words: Vec<&str> = words.iter().map(|word| word.word()).collect();
                write!(f, "finding:{}", words.join(","))
            }
            Term::Changed(entries) => write!(f, "changed:{}", listed(entries)),
            Term::Flag(field, yes) => {
                write!(f, "{}:{}", word_of(Kind::Flag(*field)), if *yes { "yes" } else { "no" })
            }
            Term::Number(field, order, number) => {
                write!(f, "{}{}{number}", word_of(Kind::Number(*field)), order.sign())
            }
            Term::Day(field, order, day) => write!(f, "{}{}{day}", word_of(Kind::Day(*field)), order.sign()),
            Term::NoDay(field) => write!(f, "{}:none", word_of(Kind::Day(*field))),
        }
    }
}

fn listed(values: &[String]) -> String {
    values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(",")
}

/// A word as it can be read back: in quotes unless nothing in it could be taken for something else.
/// A word as it is written in a filter: in quotes where it needs them.
pub fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '*' | '/' | '+');
    let bare =
        !word.is_empty() && word.chars().all(plain) && !word.starts_with('-') && !word.eq_ignore_ascii_case(parse::OR);
    if bare { word.to_owned() } else { format!("\"{}\"", word.replace('"', "\"\"")) }
}

//! Triage: in which ways exceptions to settle are grouped, and which filter a group is. Pure; the store counts.

use chrono::{Days, NaiveDate};

use super::exception::Exception;
use super::filter::{DayField, Filter, Order, PersonField, Term, TextField, Who};
use super::identity::{Login, RecordId, Seq, Vin};
use super::report::{AGES, age_words};

/// What exceptions are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum By {
    /// Their kind.
    #[default]
    Kind,
    /// How long ago they were raised.
    Age,
    /// The type-approval of the record.
    Approval,
    /// The variant of the record.
    Variant,
    /// Who is to settle them.
    Owner,
    /// The scope of the record.
    Scope,
}

impl By {
    /// Every way with its word and what people read.
    pub const TABLE: [(By, &'static str, &'static str); 6] = [
        (By::Kind, "kind", "Kind"),
        (By::Age, "age", "Age"),
        (By::Approval, "approval", "Approval"),
        (By::Variant, "variant", "Variant"),
        (By::Owner, "owner", "Owner"),
        (By::Scope, "scope", "Scope"),
    ];

    fn place(self) -> usize {
        By::TABLE.iter().position(|(by, ..)| *by == self).unwrap_or(0)
    }

    /// The way of that word.
    pub fn of(word: &str) -> Option<By> {
        By::TABLE.iter().find(|(_, known, _)| *known == word).map(|(by, ..)| *by)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        By::TABLE[self.place()].1
    }

    /// What people read.
    pub fn title(self) -> &'static str {
        By::TABLE[self.place()].2
    }

    /// The way so many further, round and round.
    #[must_use]
    pub fn further(self, by: usize) -> By {
        By::TABLE[(self.place() + by) % By::TABLE.len()].0
    }

    /// The filter of exceptions that selects one group; without a key those that have nothing there.
    pub fn filter(self, key: Option<&str>, today: NaiveDate) -> Filter {
        let text = |field| Filter::Term(Term::Text(field, vec![key.unwrap_or("none").to_owned()]));
        match self {
            By::Kind => text(TextField::ExceptionKind),
            By::Approval => text(TextField::Approval),
            By::Variant => text(TextField::Variant),
            By::Scope => text(TextField::Scope),
            By::Owner => {
                let who = key.and_then(|key| Login::parse(key).ok()).map_or(Who::None, Who::Login);
                Filter::Term(Term::Person(PersonField::ExceptionOwner, vec![who]))
            }
            By::Age => raised_so_long_ago(key.unwrap_or_default(), today),
        }
    }
}

/// Those raised as long ago as a bucket of [`AGES`] says; the last has no end.
fn raised_so_long_ago(bucket: &str, today: NaiveDate) -> Filter {
    let at = age_words().position(|word| word == bucket).unwrap_or(0);
    let back = |days: u32| today.checked_sub_days(Days::new(u64::from(days))).unwrap_or(today);
    let mut terms = Vec::new();
    // What a clock ahead of ours raised tomorrow is the youngest.
    if at > 0 {
        terms.push(Filter::Term(Term::Day(DayField::Raised, Order::AtMost, back(AGES[at]))));
    }
    if let Some(next) = AGES.get(at + 1) {
        terms.push(Filter::Term(Term::Day(DayField::Raised, Order::More, back(*next))));
    }
    Filter::All(terms)
}

/// The bucket of [`AGES`] that so many days fall into.
pub fn age_bucket(days: i64) -> usize {
    AGES.iter().rposition(|first| i64::from(*first) <= days).unwrap_or(0)
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What its exceptions have in common; nothing where they have nothing there.
    pub key: Option<String>,
    /// How many are to be settled.
    pub open: u64,
    /// How many of them block.
    pub blocking: u64,
}

/// The groups of the exceptions to settle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groups {
    /// What they are grouped by.
    pub by: By,
    /// Each: by age the oldest first, else the largest first.
    pub rows: Vec<Group>,
    /// Whether all were counted; of very many only the oldest are, and the numbers are the least there are.
    pub whole: bool,
}

impl Groups {
    /// How many there are, and how many of them block.
    pub fn total(&self) -> (u64, u64) {
        self.rows.iter().fold((0, 0), |(open, blocking), group| (open + group.open, blocking + group.blocking))
    }

    /// Puts the groups in their order.
    pub fn sort(&mut self) {
        let place = |key: &Option<String>| age_words().position(|word| Some(&word) == key.as_ref());
        match self.by {
            By::Age => self.rows.sort_by_key(|group| std::cmp::Reverse(place(&group.key))),
            _ => self.rows.sort_by(|one, other| {
                (other.open, other.blocking).cmp(&(one.open, one.blocking)).then_with(|| one.key.cmp(&other.key))
            }),
        }
    }
}

/// An exception with what is to be known of the record it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The record.
    pub record: RecordId,
    /// Its VIN.
    pub vin: Vin,
    /// Its last event: what somebody who reads this has seen of it.
    pub seq: Seq,
    /// Its step.
    pub step: String,
    /// Its scope.
    pub scope: Option<String>,
    /// The type-approval it names.
    pub approval: Option<String>,
    /// Its variant.
    pub variant: Option<String>,
    /// The exception.
    pub exception: Exception,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_filter_of_a_group_reads_as_somebody_would_write_it() {
        let today = day("2026-07-31");
        for (by, key, filter) in [
            (By::Kind, Some("base-error"), "kind:base-error"),
            (By::Approval, Some("e4*2018/858*00871*01"), "approval:e4*2018/858*00871*01"),
            (By::Variant, None, "variant:none"),
            (By::Owner, Some("lead"), "owner:lead"),
            (By::Owner, None, "owner:none"),
            (By::Scope, Some("vans"), "scope:vans"),
            (By::Age, Some("4-7"), "raised<=2026-07-27 raised>2026-07-23"),
            (By::Age, Some("31+"), "raised<=2026-06-30"),
            (By::Age, Some("0-1"), "raised>2026-07-29"),
        ] {
            let read = Filter::parse_exceptions(filter, today).unwrap();
            assert_eq!(by.filter(key, today).to_string(), read.to_string(), "{filter}");
        }
    }

    #[test]
    fn every_age_is_in_the_bucket_whose_filter_selects_it() {
        let words: Vec<String> = age_words().collect();
        for (days, word) in [(-1, "0-1"), (0, "0-1"), (1, "0-1"), (2, "2-3"), (7, "4-7"), (8, "8-14"), (400, "31+")] {
            assert_eq!(words[age_bucket(days)], word, "{days}");
        }
    }

    #[test]
    fn the_oldest_come_first_by_age_and_the_most_otherwise() {
        let group = |key: &str, open| Group { key: Some(key.to_owned()), open, blocking: 0 };
        let mut groups = Groups { by: By::Age, rows: vec![group("0-1", 9), group("31+", 1)], whole: true };
        groups.sort();
        assert_eq!(groups.rows[0].key.as_deref(), Some("31+"));
        groups.by = By::Kind;
        groups.sort();
        assert_eq!(groups.rows[0].key.as_deref(), Some("0-1"));
        assert_eq!(groups.total(), (10, 0));
    }
}

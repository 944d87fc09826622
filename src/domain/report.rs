//! Where the work stands, in figures: load, ageing, exceptions, yield. Pure: what is counted comes in, and what is said of it
//! is arithmetic that a person can do again by hand. No verdict.

pub mod figures;

use chrono::{Days, NaiveDate};

use super::identity::Login;

/// How long records are in their step, in days: the first day of each bucket. The last has no end.
pub const AGES: [u32; 6] = [0, 2, 4, 8, 15, 31];

/// Weeks of releases that an overview shows.
pub const WEEKS: u32 = 13;

/// Where the work stands now, on the desk or in one scope: read from tallies, so that it can be read again at every change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overview {
    /// The scope; the whole desk without.
    pub scope: Option<String>,
    /// Records in work by step and owner, in the order of the steps, then of the owners; nobody's first.
    pub load: Vec<Load>,
    /// How long the records of each step in work have been in it, in the order of the steps.
    pub ageing: Vec<Ageing>,
    /// Exceptions to settle by kind, in the order of the policy.
    pub exceptions: Vec<Standing>,
    /// The last [`WEEKS`] weeks with their releases, oldest first; this week last.
    pub weeks: Vec<Week>,
}

/// How many records somebody has in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// The step.
    pub step: String,
    /// Who owns them; nobody where there is none.
    pub owner: Option<Login>,
    /// How many.
    pub records: u64,
}

/// How long the records of a step have been in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ageing {
    /// The step.
    pub step: String,
    /// Records by age, in the buckets of [`AGES`].
    pub ages: [u64; AGES.len()],
    /// Those past the day they must have left the step by; those on hold are not among them.
    pub overdue: u64,
    /// Those on hold today.
    pub held: u64,
    /// Days the oldest is in the step.
    pub oldest: u32,
}

/// Exceptions of a kind that are to be settled; a waiver that ended counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The kind.
    pub kind: String,
    /// How many.
    pub open: u64,
    /// How many of them block.
    pub blocking: u64,
}

/// Releases of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub monday: NaiveDate,
    /// Versions released.
    pub released: u64,
    /// Those of them that no step had sent back.
    pub first_pass: u64,
}

impl Overview {
    /// Of the versions released in the weeks shown, how many no step had sent back; `None` where none was released.
    pub fn first_pass(&self) -> Option<Share> {
        let sum = |what: fn(&Week) -> u64| self.weeks.iter().map(what).sum();
        Share::of(sum(|week| week.first_pass), sum(|week| week.released))
    }

    /// Records in work.
    pub fn records(&self) -> u64 {
        self.load.iter().map(|load| load.records).sum()
    }
}

impl Ageing {
    /// Takes in records that are so many days in the step.
    pub fn add(&mut self, days: u32, records: u64) {
        let bucket = AGES.iter().rposition(|first| *first <= days).unwrap_or(0);
        self.ages[bucket] += records;
        if records > 0 {
            self.oldest = self.oldest.max(days);
        }
    }

    /// Records in the step.
    pub fn records(&self) -> u64 {
        self.ages.iter().sum()
    }
}

/// The words of the buckets of [`AGES`]: `0-1`, `2-3`, …, `31+`.
pub fn age_words() -> impl Iterator<Item = String> {
    AGES.iter().enumerate().map(|(at, first)| match AGES.get(at + 1) {
        Some(next) => format!("{first}-{}", next - 1),
        None => format!("{first}+"),
    })
}

/// A part of a whole that is not nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub part: u64,
    /// The whole.
    pub whole: u64,
}

impl Share {
    /// A part of a whole; `None` of nothing.
    pub fn of(part: u64, whole: u64) -> Option<Share> {
        (whole > 0).then_some(Share { part, whole })
    }

    /// In whole percent, half a percent up.
    pub fn percent(self) -> u64 {
        (self.part * 200 + self.whole) / (self.whole * 2)
    }
}

/// The Monday of a day's week.
pub fn monday_of(day: NaiveDate) -> NaiveDate {
    let since = u64::from(chrono::Datelike::weekday(&day).num_days_from_monday());
    day.checked_sub_days(Days::new(since)).unwrap_or(day)
}

/// The Mondays of so many weeks, the last of them that of `today`'s week.
pub fn mondays(today: NaiveDate, weeks: u32) -> Vec<NaiveDate> {
    let last = monday_of(today);
    let back = |week: u32| last.checked_sub_days(Days::new(u64::from(week) * 7)).unwrap_or(last);
    (0..weeks).rev().map(back).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_age_falls_into_the_bucket_that_begins_with_or_before_it() {
        let mut ageing = Ageing::default();
        for days in [0, 1, 2, 3, 4, 7, 8, 14, 15, 30, 31, 400] {
            ageing.add(days, 1);
        }
        assert_eq!((ageing.ages, ageing.oldest, ageing.records()), ([2; 6], 400, 12));
        assert_eq!(age_words().collect::<Vec<_>>(), ["0-1", "2-3", "4-7", "8-14", "15-30", "31+"]);
    }

    #[test]
    fn a_share_is_rounded_and_there_is_none_of_nothing() {
        assert_eq!(Share::of(0, 0), None);
        assert_eq!(Share::of(2, 3).map(Share::percent), Some(67));
        assert_eq!(Share::of(1, 200).map(Share::percent), Some(1));
        assert_eq!(Share::of(1, 201).map(Share::percent), Some(0));
    }

    #[test]
    fn weeks_begin_on_monday_and_end_with_this_one() {
        assert_eq!(monday_of(day("2026-07-05")), day("2026-06-29"));
        assert_eq!(monday_of(day("2026-07-06")), day("2026-07-06"));
        assert_eq!(mondays(day("2026-07-08"), 2), [day("2026-06-29"), day("2026-07-06")]);
    }
}

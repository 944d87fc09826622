//! Due times: working days of a calendar, Monday to Friday unless a policy says otherwise.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::certificate::Case;
use super::policy::Policy;
use super::record::Record;

/// Which days nobody works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Days of the week, 0 for Monday.
    pub weekend: BTreeSet<u8>,
    /// Single days.
    pub holidays: BTreeSet<NaiveDate>,
}

impl Default for Calendar {
    fn default() -> Self {
        Calendar { weekend: [5, 6].into(), holidays: BTreeSet::new() }
    }
}

impl Calendar {
    /// The days of the week with their words in policies.
    pub const WEEKDAYS: [(Weekday, &'static str); 7] = [
        (Weekday::Mon, "monday"),
        (Weekday::Tue, "tuesday"),
        (Weekday::Wed, "wednesday"),
        (Weekday::Thu, "thursday"),
        (Weekday::Fri, "friday"),
        (Weekday::Sat, "saturday"),
        (Weekday::Sun, "sunday"),
    ];

    /// The number of a day of the week, by its word.
    pub fn weekday(word: &str) -> Option<u8> {
        (0..).zip(Calendar::WEEKDAYS).find(|(_, (_, known))| *known == word).map(|(number, _)| number)
    }

    /// Whether people work on this day.
    pub fn works(&self, day: NaiveDate) -> bool {
        let number = u8::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
        !self.weekend.contains(&number) && !self.holidays.contains(&day)
    }

    /// The day that lies so many working days after `from`.
    pub fn after(&self, from: NaiveDate, days: u16) -> NaiveDate {
        self.stepped(from, days, |day| day.checked_add_days(Days::new(1)))
    }

    /// The day that lies so many working days before `from`.
    pub fn before(&self, from: NaiveDate, days: u16) -> NaiveDate {
        self.stepped(from, days, |day| day.checked_sub_days(Days::new(1)))
    }

    fn stepped(&self, from: NaiveDate, days: u16, next: impl Fn(NaiveDate) -> Option<NaiveDate>) -> NaiveDate {
        let mut day = from;
        let mut left = days;
        // A week without a working day has no end of the wait, and time has one.
        let works_ever = self.weekend.len() < 7;
        while left > 0 && works_ever {
            let Some(other) = next(day) else { break };
            day = other;
            left -= u16::from(self.works(day));
        }
        day
    }
}

/// The day a record must have left its step by: the earlier of its own due day and the step's limit. `None` when
/// neither is set, or when it rests.
pub fn due_day(record: &Record, policy: &Policy) -> Option<NaiveDate> {
    let step = policy.step(&record.step)?;
    if step.outcome == super::policy::Outcome::Rest {
        return None;
    }
    let limit = step.due_days.map(|days| policy.calendar.after(record.step_since.day(), days));
    match (record.due, limit) {
        (Some(own), Some(limit)) => Some(own.min(limit)),
        (own, limit) => own.or(limit),
    }
}

/// Whether the record is past its due day.
pub fn is_overdue(case: &Case<'_>) -> bool {
    due_day(case.record, case.policy).is_some_and(|due| due < case.now.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_weekend_does_not_count() {
        let usual = Calendar::default();
        let friday = day("2026-07-03");
        assert_eq!(usual.after(friday, 1), day("2026-07-06"));
        assert_eq!(usual.after(friday, 0), friday);
        assert_eq!(usual.after(friday, 5), day("2026-07-10"));
        assert_eq!(usual.before(day("2026-07-06"), 1), friday);
    }

    #[test]
    fn a_holiday_does_not_count_and_a_week_is_what_the_policy_says() {
        let holidays = [day("2026-12-25"), day("2026-12-28")].into();
        let year_end = Calendar { holidays, ..Calendar::default() };
        assert_eq!(year_end.after(day("2026-12-24"), 1), day("2026-12-29"));
        let six_days = Calendar { weekend: [6].into(), holidays: BTreeSet::new() };
        assert_eq!(six_days.after(day("2026-07-03"), 1), day("2026-07-04"));
        let never = Calendar { weekend: (0..7).collect(), holidays: BTreeSet::new() };
        assert_eq!(never.after(day("2026-07-03"), 3), day("2026-07-03"), "and no endless wait for it");
    }
}

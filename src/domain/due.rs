//! Due times: working days, Monday to Friday.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::certificate::Case;
use super::policy::Policy;
use super::record::Record;

/// The day that lies so many working days after `from`.
pub fn working_days_after(from: NaiveDate, days: u16) -> NaiveDate {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        day = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
        if day == NaiveDate::MAX {
            break;
        }
    }
    day
}

/// The day a record must have left its step by: the earlier of its own due day and the step's limit. `None` when
/// neither is set, or when it rests.
pub fn due_day(record: &Record, policy: &Policy) -> Option<NaiveDate> {
    let step = policy.step(&record.step)?;
    if step.outcome == super::policy::Outcome::Rest {
        return None;
    }
    let limit = step.due_days.map(|days| working_days_after(record.step_since.day(), days));
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

    #[test]
    fn a_weekend_does_not_count() {
        let friday = NaiveDate::from_ymd_opt(2026, 7, 3).unwrap();
        assert_eq!(working_days_after(friday, 1), NaiveDate::from_ymd_opt(2026, 7, 6).unwrap());
        assert_eq!(working_days_after(friday, 0), friday);
        assert_eq!(working_days_after(friday, 5), NaiveDate::from_ymd_opt(2026, 7, 10).unwrap());
    }
}

//! Days and moments as people say them: `today`, `Thu`, `1d late`.

use chrono::{Datelike, NaiveDate};

use crate::domain::moment::Moment;

/// A due day, seen from today, in at most seven cells.
pub fn due(due: Option<NaiveDate>, today: NaiveDate) -> String {
    let Some(due) = due else { return String::new() };
    match (due - today).num_days() {
        late @ ..0 => format!("{}d late", (-late).min(9_999)).replace("9999d late", "long"),
        0 => "today".to_owned(),
        1..=6 => due.format("%a").to_string(),
        _ if due.year() == today.year() => due.format("%-d %b").to_string(),
        _ => due.format("%b %y").to_string(),
    }
}

/// A moment in the history: day and time, the year where it is another.
pub fn when(moment: Moment, now: Moment) -> String {
    let time = moment.utc();
    if time.year() == now.utc().year() {
        time.format("%d %b %H:%M").to_string()
    } else {
        time.format("%d %b %Y").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_due_day_is_said_as_people_say_it() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-07-01");
        for (due_day, said) in [
            ("2026-06-30", "1d late"),
            ("2026-07-01", "today"),
            ("2026-07-02", "Thu"),
            ("2026-07-08", "8 Jul"),
            ("2027-01-08", "Jan 27"),
        ] {
            assert_eq!(due(Some(day(due_day)), today), said);
        }
        assert_eq!(due(None, today), "");
    }
}

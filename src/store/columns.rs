//! How the domain's values lie in columns: days, logins, hashes, lists; each read back with a fault that names the place.

use chrono::{Days, NaiveDate};
use rusqlite::Row;

use super::error::StoreError;
use crate::domain::identity::{Digest, Login};

/// The day that stands for none where days are compared: after every other.
pub const NO_DAY: i64 = 2_147_483_647;

const BEGINNING: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).expect("the first of January 1970 is a day");

/// Days since 1970-01-01.
pub fn day_number(day: NaiveDate) -> i64 {
    day.signed_duration_since(BEGINNING).num_days()
}

/// The day of a number; `None` for [`NO_DAY`] and for what is no day.
pub fn day_of(number: i64) -> Option<NaiveDate> {
    let days = Days::new(number.unsigned_abs());
    match number {
        NO_DAY => None,
        0.. => BEGINNING.checked_add_days(days),
        _ => BEGINNING.checked_sub_days(days),
    }
}

/// A day that may be absent, as it is compared.
pub fn due_number(day: Option<NaiveDate>) -> i64 {
    day.map_or(NO_DAY, day_number)
}

/// A list of words in one column, `;` around each, so that one of them can be looked for.
pub fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for word in words {
        if text.is_empty() {
            text.push(';');
        }
        text.push_str(word);
        text.push(';');
    }
    text
}

pub fn parted(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').filter(|word| !word.is_empty())
}

pub fn login(row: &Row<'_>, at: usize) -> Result<Login, StoreError> {
    read_login(&row.get::<_, String>(at)?)
}

pub fn maybe_login(row: &Row<'_>, at: usize) -> Result<Option<Login>, StoreError> {
    row.get::<_, Option<String>>(at)?.as_deref().map(read_login).transpose()
}

fn read_login(text: &str) -> Result<Login, StoreError> {
    Login::parse(text).map_err(|no| StoreError::damaged(no.to_string()))
}

/// A number of things.
pub fn amount(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    // The column counts and is never below nought; where somebody made it so, nought is the nearest truth.
    Ok(u64::try_from(row.get::<_, i64>(at)?).unwrap_or(0))
}

pub fn digest(row: &Row<'_>, at: usize) -> Result<Digest, StoreError> {
    Ok(Digest(row.get(at)?))
}

/// JSON in a column, back as what it was.
pub fn from_json<T: serde::de::DeserializeOwned>(what: &str, text: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(text).map_err(|fault| StoreError::damaged(format!("{what}: {fault}")))
}

/// What the domain holds, as JSON for a column. Only a map without text keys could fail, and there is none.
pub fn to_json<T: serde::Serialize>(what: &T) -> Result<String, StoreError> {
    serde_json::to_string(what).map_err(|fault| StoreError::Sql(fault.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_back_and_none_lies_after_all_of_them() {
        for day in ["1969-12-31", "1970-01-01", "2026-07-05", "9999-12-31"] {
            let day: NaiveDate = day.parse().unwrap();
            assert_eq!(day_of(day_number(day)), Some(day));
            assert!(day_number(day) < due_number(None));
        }
        assert_eq!(day_of(due_number(None)), None);
    }

    #[test]
    fn a_list_of_words_comes_back() {
        let text = joined(["BOX", "TAILLIFT"].into_iter());
        assert_eq!((text.as_str(), parted(&text).collect::<Vec<_>>()), (";BOX;TAILLIFT;", vec!["BOX", "TAILLIFT"]));
        assert_eq!(parted(&joined([].into_iter())).count(), 0);
    }
}

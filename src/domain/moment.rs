//! A moment in time: microseconds since 1970 in UTC, as the desk stores them and the contract writes them.

use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// The calendar moment; the first of all where the number is out of every calendar.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// Its day in UTC.
    pub fn day(self) -> NaiveDate {
        self.utc().date_naive()
    }

    /// The start of a day in UTC.
    pub fn start_of(day: NaiveDate) -> Self {
        Moment(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros())
    }

    /// RFC 3339 in UTC, with as many decimals as it has (`2026-07-05T10:00:00.25Z` has milliseconds).
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::AutoSi, true)
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(time: DateTime<Utc>) -> Self {
        Moment(time.timestamp_micros())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

//! The records that name an approval, page by page, and those in work that a newer extension or a change of status hits.

use chrono::NaiveDate;
use rusqlite::params;

use super::columns::day_number;
use super::desk::{Desk, Session};
use super::error::StoreError;
use super::summary;
use crate::domain::identity::RecordId;
use crate::domain::moment::Moment;
use crate::domain::summary::Summary;

/// Some records, and whether there are more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uses {
    /// The records.
    pub rows: Vec<Summary>,
    /// Whether more follow.
    pub more: bool,
}

/// Records that name an approval, after one of them (index `record_names`).
pub const USES: &str = "SELECT id FROM record WHERE approval = ?1 AND id > ?2 ORDER BY id LIMIT ?3";

/// Records of a step that name an approval and were manufactured between two days (index `record_names_on`).
pub const MADE: &str = "SELECT id FROM record WHERE approval = ?1 AND step = ?2 AND manufactured BETWEEN ?3 AND ?4 \
                        ORDER BY manufactured, id LIMIT ?5";

/// Records of a step that name an approval and do not say when they were manufactured (index `record_names_on`).
pub const UNDATED: &str =
    "SELECT id FROM record WHERE approval = ?1 AND step = ?2 AND manufactured IS NULL ORDER BY id LIMIT ?3";

impl Desk {
    /// The records that name exactly this extension, in the order they came, after the record `after`.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn uses(&mut self, number: &str, after: i64, limit: usize, now: Moment) -> Result<Uses, StoreError> {
        self.read(|session| {
            let ids = ids(session, USES, params![number, after, one_more(limit)])?;
            some(session, ids, limit, now)
        })
    }

    /// The records in work that name exactly this extension and were manufactured between two days, either end open.
    /// With `undated`, those that do not say when come first.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn uses_made(
        &mut self,
        number: &str,
        (from, until): (Option<NaiveDate>, Option<NaiveDate>),
        undated: bool,
        limit: usize,
        now: Moment,
    ) -> Result<Uses, StoreError> {
        self.read(|session| {
            let policies = session.policies()?;
            let (from, until) = (from.map_or(i64::MIN, day_number), until.map_or(i64::MAX, day_number));
            let mut found = Vec::new();
            for step in policies.working() {
                if undated {
                    found.extend(ids(session, UNDATED, params![number, step, one_more(limit)])?);
                }
                found.extend(ids(session, MADE, params![number, step, from, until, one_more(limit)])?);
                if found.len() > limit {
                    break;
                }
            }
            some(session, found, limit, now)
        })
    }
}

fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

fn ids(session: &Session<'_>, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<i64>, StoreError> {
    let mut find = session.conn.prepare_cached(sql)?;
    Ok(find.query_map(values, |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn some(session: &mut Session<'_>, mut ids: Vec<i64>, limit: usize, now: Moment) -> Result<Uses, StoreError> {
    let more = ids.len() > limit;
    ids.truncate(limit);
    let rows = ids.into_iter().map(|id| summary::load(session, RecordId(id), now)).collect::<Result<_, _>>()?;
    Ok(Uses { rows, more })
}

//! Lists of exceptions over all records: pages by number, how many there are of each group, one exception, those linked
//! with it.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;

use super::columns::{amount, day_number};
use super::desk::{Desk, Session};
use super::error::StoreError;
use super::page::asker;
use super::record::{EXCEPTION_COLUMNS, read_exception};
use super::select::{self, Asker, Clause};
use crate::domain::filter::Filter;
use crate::domain::identity::{ExceptionId, Login, RecordId, Seq, Vin};
use crate::domain::moment::Moment;
use crate::domain::report::age_words;
use crate::domain::triage::{By, Group, Groups, Raised, age_bucket};

/// Which exceptions somebody wants.
#[derive(Debug, Clone)]
pub struct ExceptionQuery {
    /// What of them; read with [`Filter::parse_exceptions`].
    pub filter: Option<Filter>,
    /// Settled ones too. A filter that asks for a state gets what it asks for.
    pub settled: bool,
    /// At most how many.
    pub limit: usize,
    /// After which; from the first without.
    pub after: Option<ExceptionId>,
    /// Who asks.
    pub who: Login,
    /// The moment it is.
    pub now: Moment,
}

/// Which groups somebody wants counted.
#[derive(Debug, Clone)]
pub struct GroupQuery {
    /// What they are grouped by.
    pub by: By,
    /// What of the exceptions to settle; read with [`Filter::parse_exceptions`].
    pub filter: Option<Filter>,
    /// Who asks.
    pub who: Login,
    /// The moment it is.
    pub now: Moment,
}

/// Exceptions that are counted at most: beyond so many a number more tells nobody what to do.
const MOST_COUNTED: u64 = 20_000;

/// A page of exceptions, in the order they were raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionPage {
    /// Its rows.
    pub rows: Vec<Raised>,
    /// After which the next page begins, if there is one.
    pub next: Option<ExceptionId>,
}

impl Desk {
    /// A page of exceptions.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn exceptions(&mut self, query: &ExceptionQuery) -> Result<ExceptionPage, StoreError> {
        self.fill_beside(query.filter.as_ref(), query.now)?;
        self.read(|session| {
            let mut rows = raised(session, &statement(query))?;
            let more = rows.len() > query.limit;
            rows.truncate(query.limit);
            let next = rows.last().filter(|_| more).map(|last| last.exception.id);
            Ok(ExceptionPage { rows, next })
        })
    }

    /// How many exceptions there are to settle, by groups. Of more than twenty thousand only the oldest are counted.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn exception_groups(&mut self, query: &GroupQuery) -> Result<Groups, StoreError> {
        self.fill_beside(query.filter.as_ref(), query.now)?;
        let clause = grouped(query);
        let mut groups = self.read(|session| {
            let mut find = session.conn.prepare_cached(&clause.sql)?;
            let mut rows = find.query(rusqlite::params_from_iter(clause.values.clone()))?;
            let mut found: BTreeMap<Option<String>, (u64, u64)> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let key = match query.by {
                    By::Age => age_word(day_number(query.now.day()).saturating_sub(row.get(0)?)),
                    _ => row.get(0)?,
                };
                let group = found.entry(key).or_default();
                (group.0, group.1) = (group.0 + amount(row, 1)?, group.1 + amount(row, 2)?);
            }
            let rows = found.into_iter().map(|(key, (open, blocking))| Group { key, open, blocking });
            Ok(Groups { by: query.by, rows: rows.collect(), whole: true })
        })?;
        groups.whole = groups.total().0 < MOST_COUNTED;
        groups.sort();
        Ok(groups)
    }

    /// One exception.
    ///
    /// # Errors
    /// There is no such exception.
    pub fn exception(&mut self, id: ExceptionId) -> Result<Raised, StoreError> {
        let mut clause = selected();
        clause.add("x.id = ").value(id.0);
        let found = self.read(|session| raised(session, &clause))?.pop();
        found.ok_or_else(|| StoreError::missing(format!("exception {}", id.0)))
    }

    /// Every exception of a group, in the order they were raised.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn linked(&mut self, group: ExceptionId) -> Result<Vec<Raised>, StoreError> {
        self.linked_first(group, usize::MAX)
    }

    /// The first so many exceptions of a group, in the order they were raised.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn linked_first(&mut self, group: ExceptionId, most: usize) -> Result<Vec<Raised>, StoreError> {
        self.read(|session| raised(session, &linked(group, most)))
    }

    /// The record an exception is on.
    ///
    /// # Errors
    /// There is no such exception.
    pub fn exception_record(&mut self, id: ExceptionId) -> Result<RecordId, StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached("SELECT record FROM exception WHERE id = ?1")?;
            let found = find.query_row([id.0], |row| row.get(0)).optional()?;
            found.map(RecordId).ok_or_else(|| StoreError::missing(format!("exception {}", id.0)))
        })
    }

    /// How SQLite would count groups of exceptions.
    #[cfg(test)]
    pub(super) fn groups_plan(&mut self, query: &GroupQuery) -> Result<Vec<String>, StoreError> {
        self.plan_of(&grouped(query).sql)
    }

    /// How SQLite would find the exceptions of a group.
    #[cfg(test)]
    pub(super) fn linked_plan(&mut self, group: ExceptionId, most: usize) -> Result<Vec<String>, StoreError> {
        self.plan_of(&linked(group, most).sql)
    }

    /// How SQLite would find a page of exceptions.
    #[cfg(test)]
    pub(super) fn exceptions_plan(&mut self, query: &ExceptionQuery) -> Result<Vec<String>, StoreError> {
        self.plan_of(&statement(query).sql)
    }
}

fn selected() -> Clause {
    let mut clause = Clause::default();
    clause.add("SELECT ").add(EXCEPTION_COLUMNS);
    clause.add(", r.vin, r.id, r.seq, r.step, r.scope, r.approval, r.variant");
    clause.add(" FROM exception x JOIN record r ON r.id = x.record WHERE ");
    clause
}

fn age_word(days: i64) -> Option<String> {
    age_words().nth(age_bucket(days))
}

/// Groups are counted from a run along `exception_to_settle` that ends after so many.
fn grouped(query: &GroupQuery) -> Clause {
    let key = match query.by {
        By::Kind => "x.kind",
        By::Age => "x.raised_at / 86400000000",
        By::Approval => "r.approval",
        By::Variant => "r.variant",
        By::Owner => "x.owner",
        By::Scope => "r.scope",
    };
    let mut clause = Clause::default();
    clause.add("SELECT k, count(*), sum(b) FROM (SELECT ").add(key).add(" AS k, x.blocking AS b");
    clause.add(" FROM exception x JOIN record r ON r.id = x.record WHERE ");
    write_conditions(&mut clause, query.filter.as_ref(), false, &asker(&query.who, query.now));
    let limit = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
    clause.add("1 ORDER BY x.id LIMIT ").value(limit).add(") GROUP BY k");
    clause
}

/// A group runs along `exception_group`.
fn linked(group: ExceptionId, most: usize) -> Clause {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut clause = selected();
    clause.add("x.grp = ").value(group.0).add(" ORDER BY x.id LIMIT ").value(most);
    clause
}

/// A page runs along `exception_to_settle`, or along the kind's or the owner's index where the filter names one; with
/// settled ones along the primary key.
fn statement(query: &ExceptionQuery) -> Clause {
    let asker = asker(&query.who, query.now);
    let mut clause = selected();
    write_conditions(&mut clause, query.filter.as_ref(), query.settled, &asker);
    let limit = i64::try_from(query.limit.saturating_add(1)).unwrap_or(i64::MAX);
    let after = query.after.map_or(0, |after| after.0);
    clause.add("x.id > ").value(after).add(" ORDER BY x.id LIMIT ").value(limit);
    clause
}

/// What is asked of an exception, each condition with an `AND` behind it.
fn write_conditions(clause: &mut Clause, filter: Option<&Filter>, settled: bool, asker: &Asker) {
    if !settled && !filter.is_some_and(Filter::asks_state) {
        clause.add("x.to_settle = 1 AND (x.state <> 'waived' OR x.waived_until < ").value(asker.today).add(") AND ");
    }
    if let Some(filter) = filter {
        select::write_filter(clause, filter, asker);
        clause.add(" AND ");
    }
}

fn raised(session: &Session<'_>, clause: &Clause) -> Result<Vec<Raised>, StoreError> {
    let mut find = session.conn.prepare_cached(&clause.sql)?;
    let mut rows = find.query(rusqlite::params_from_iter(clause.values.clone()))?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let vin = Vin::parse(&row.get::<_, String>(15)?).map_err(|no| StoreError::damaged(no.to_string()))?;
        list.push(Raised {
            record: RecordId(row.get(16)?),
            vin,
            seq: Seq(row.get(17)?),
            step: row.get(18)?,
            scope: row.get(19)?,
            approval: row.get(20)?,
            variant: row.get(21)?,
            exception: read_exception(session.conn, row)?,
        });
    }
    Ok(list)
}

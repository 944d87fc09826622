//! Lists of exceptions over all records: pages by number, one exception, those linked with it.

use rusqlite::OptionalExtension;

use super::desk::{Desk, Session};
use super::error::StoreError;
use super::page::asker;
use super::record::{EXCEPTION_COLUMNS, read_exception};
use super::select::{self, Clause};
use crate::domain::exception::Exception;
use crate::domain::filter::Filter;
use crate::domain::identity::{ExceptionId, Login, RecordId, Vin};
use crate::domain::moment::Moment;

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

/// An exception with the VIN of the record it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The record.
    pub record: RecordId,
    /// Its VIN.
    pub vin: Vin,
    /// The exception.
    pub exception: Exception,
}

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
        let mut clause = selected();
        clause.add("x.grp = ").value(group.0).add(" ORDER BY x.id");
        self.read(|session| raised(session, &clause))
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

    /// How SQLite would find a page of exceptions.
    #[cfg(test)]
    pub(super) fn exceptions_plan(&mut self, query: &ExceptionQuery) -> Result<Vec<String>, StoreError> {
        self.plan_of(&statement(query).sql)
    }
}

fn selected() -> Clause {
    let mut clause = Clause::default();
    clause.add("SELECT ").add(EXCEPTION_COLUMNS);
    clause.add(", r.vin, r.id FROM exception x JOIN record r ON r.id = x.record WHERE ");
    clause
}

/// A page runs along `exception_to_settle`, or along the kind's or the owner's index where the filter names one; with
/// settled ones along the primary key.
fn statement(query: &ExceptionQuery) -> Clause {
    let asker = asker(&query.who, query.now);
    let mut clause = selected();
    if !query.settled && !query.filter.as_ref().is_some_and(Filter::asks_state) {
        clause.add("x.to_settle = 1 AND (x.state <> 'waived' OR x.waived_until < ").value(asker.today).add(") AND ");
    }
    if let Some(filter) = &query.filter {
        select::write_filter(&mut clause, filter, &asker);
        clause.add(" AND ");
    }
    let limit = i64::try_from(query.limit.saturating_add(1)).unwrap_or(i64::MAX);
    let after = query.after.map_or(0, |after| after.0);
    clause.add("x.id > ").value(after).add(" ORDER BY x.id LIMIT ").value(limit);
    clause
}

fn raised(session: &Session<'_>, clause: &Clause) -> Result<Vec<Raised>, StoreError> {
    let mut find = session.conn.prepare_cached(&clause.sql)?;
    let mut rows = find.query(rusqlite::params_from_iter(clause.values.clone()))?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let vin = Vin::parse(&row.get::<_, String>(15)?).map_err(|no| StoreError::damaged(no.to_string()))?;
        list.push(Raised { record: RecordId(row.get(16)?), vin, exception: read_exception(session.conn, row)? });
    }
    Ok(list)
}

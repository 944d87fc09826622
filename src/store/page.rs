//! Lists of records: pages by key, never by offset.

use std::fmt;
use std::str::FromStr;

use rusqlite::types::Value;

use super::columns::day_number;
use super::desk::{Desk, Session};
use super::error::StoreError;
use super::select::{self, Arm, Asker, Clause, Rare};
use super::summary;
use crate::domain::filter::Filter;
use crate::domain::identity::{Login, RecordId};
use crate::domain::moment::Moment;
use crate::domain::plan::Refusal;
use crate::domain::queue::{QueueName, Sort};
use crate::domain::summary::Summary;

/// What page of which list somebody wants.
#[derive(Debug, Clone)]
pub struct PageQuery {
    /// The queue.
    pub queue: QueueName,
    /// What of it.
    pub filter: Option<Filter>,
    /// In which order.
    pub sort: Sort,
    /// At most how many records.
    pub limit: usize,
    /// After which record; from the beginning without.
    pub after: Option<Cursor>,
    /// Who asks.
    pub who: Login,
    /// The moment it is.
    pub now: Moment,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The record's line.
    pub summary: Summary,
    /// Whether the one who asks has something to read in it.
    pub unread: bool,
}

/// A place in a list: the key of the last record seen. It stays right whatever comes or goes before or after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    sort: Sort,
    key: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(i64),
    Text(String),
}

/// Why a text is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no cursor: take the one that came with the page before")]
pub struct NoCursor(String);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sort.word())?;
        self.key.iter().try_for_each(|part| match part {
            Part::Number(number) => write!(f, ".{number}"),
            Part::Text(text) => write!(f, ".{text}"),
        })
    }
}

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let bad = || NoCursor(crate::domain::visible::quoted(text));
        let mut parts = text.split('.');
        let sort = parts.next().and_then(Sort::of).ok_or_else(bad)?;
        let key: Vec<Part> =
            parts.map(|part| part.parse().map_or_else(|_| Part::Text(part.to_owned()), Part::Number)).collect();
        let numbers = key.iter().skip(usize::from(sort == Sort::Vin));
        let fits = key.len() == columns(sort, "").len() && numbers.clone().all(|part| matches!(part, Part::Number(_)));
        if fits { Ok(Cursor { sort, key }) } else { Err(bad()) }
    }
}

/// The columns an order runs by, for an arm whose due day and number have these names.
fn columns(sort: Sort, id: &str) -> Vec<&str> {
    match sort {
        Sort::Due => vec!["r.due", id],
        Sort::Updated => vec!["r.seq", id],
        Sort::Vin => vec!["r.vin", id],
        Sort::Priority => vec!["r.rank", "r.due", id],
        Sort::StepSince => vec!["r.step_since", id],
    }
}

impl Desk {
    /// A page of a queue.
    ///
    /// # Errors
    /// The cursor is of another order; the desk cannot be read.
    pub fn page(&mut self, query: &PageQuery) -> Result<Page, StoreError> {
        let query = &self.prepared_page(query)?;
        self.read(|session| {
            let statements = statements(session, query)?;
            let several = statements.len() > 1;
            let mut keys = Vec::new();
            for (sql, values) in statements {
                keys.append(&mut self::keys(session, &sql, values, columns(query.sort, "").len())?);
            }
            if several {
                keys.sort_unstable();
                if query.sort == Sort::Updated {
                    keys.reverse();
                }
            }
            let more = keys.len() > query.limit;
            let shown = &keys[..keys.len().min(query.limit)];
            let mut rows = Vec::with_capacity(shown.len());
            for key in shown {
                let Some(Part::Number(id)) = key.last() else { continue };
                let id = RecordId(*id);
                let summary = summary::load(session, id, query.now)?;
                rows.push(Row { summary, unread: session.is_unread(&query.who, id)? });
            }
            let next = shown.last().filter(|_| more).map(|key| Cursor { sort: query.sort, key: key.clone() });
            Ok(Page { rows, next })
        })
    }

    /// The same question with a saved queue as what it selects, and what its filter asks in place.
    fn prepared_page(&mut self, query: &PageQuery) -> Result<PageQuery, StoreError> {
        let (queue, filter) = self.prepared(query.queue, query.filter.as_ref(), query.now)?;
        Ok(PageQuery { queue, filter, ..query.clone() })
    }

    /// How SQLite would find a page: the lines of its plan.
    #[cfg(test)]
    pub(super) fn page_plan(&mut self, query: &PageQuery) -> Result<Vec<String>, StoreError> {
        let statements = self.read(|session| statements(session, query))?;
        let plans = statements.iter().map(|(sql, _)| self.plan_of(sql)).collect::<Result<Vec<_>, _>>()?;
        Ok(plans.into_iter().flatten().collect())
    }

    /// How SQLite would carry out a statement.
    #[cfg(test)]
    pub(super) fn plan_of(&mut self, sql: &str) -> Result<Vec<String>, StoreError> {
        self.read(|session| {
            let mut explain = session.conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let unknown = vec![Value::Null; explain.parameter_count()];
            let lines = explain.query_map(rusqlite::params_from_iter(unknown), |row| row.get(3))?;
            Ok(lines.collect::<Result<_, _>>()?)
        })
    }
}

pub fn asker(who: &Login, now: Moment) -> Asker {
    Asker { who: who.clone(), today: day_number(now.day()) }
}

/// How many arms stand in one statement. SQLite takes 500 in a compound SELECT, and a desk may have more scopes than that.
const ARMS: usize = 200;

/// The statements that together answer the keys of a page, each one more than asked for. There is one, unless the queue has
/// very many arms; and none where it has no arm.
fn statements(session: &mut Session<'_>, query: &PageQuery) -> Result<Vec<(String, Vec<Value>)>, StoreError> {
    if query.after.as_ref().is_some_and(|cursor| cursor.sort != query.sort) {
        return Err(Refusal::new("cursor", "the cursor is of a list in another order").into());
    }
    let asker = asker(&query.who, query.now);
    let arms = select::arms(query.queue, &asker, &session.house()?);
    let rare = query.filter.as_ref().map_or(Ok(Vec::new()), |filter| select::rare(session, filter))?;
    Ok(arms.chunks(ARMS).map(|arms| statement(arms, query, &asker, &rare)).collect())
}

fn statement(arms: &[Arm], query: &PageQuery, asker: &Asker, rare: &[Rare]) -> (String, Vec<Value>) {
    let mut clause = Clause::default();
    for (at, arm) in arms.iter().enumerate() {
        clause.add(if at > 0 { " UNION ALL " } else { "" });
        write_arm(&mut clause, arm, query, asker, rare);
    }
    let direction = if query.sort == Sort::Updated { " DESC" } else { "" };
    let count = columns(query.sort, "").len();
    let order: Vec<String> = (1..=count).map(|column| format!("{column}{direction}")).collect();
    let limit = i64::try_from(query.limit.saturating_add(1)).unwrap_or(i64::MAX);
    clause.add(" ORDER BY ").add(&order.join(", ")).add(" LIMIT ").value(limit);
    (clause.sql, clause.values)
}

fn write_arm(clause: &mut Clause, arm: &Arm, query: &PageQuery, asker: &Asker, rare: &[Rare]) {
    let mut columns = columns(query.sort, arm.id);
    if query.sort == Sort::Due {
        columns[0] = arm.due;
    }
    clause.add("SELECT ").add(&columns.join(", ")).add(" FROM ").add(arm.from).add(" WHERE ");
    arm.write(clause, arm.wide && query.sort != Sort::Due);
    if let Some(filter) = &query.filter {
        clause.add(" AND ");
        select::write_filter(clause, filter, asker);
    }
    select::write_rare(clause, rare);
    if let Some(cursor) = &query.after {
        let sign = if query.sort == Sort::Updated { ") < (" } else { ") > (" };
        clause.add(" AND (").add(&columns.join(", ")).add(sign);
        for (at, part) in cursor.key.iter().enumerate() {
            clause.add(if at > 0 { ", " } else { "" });
            match part {
                Part::Number(number) => clause.value(*number),
                Part::Text(text) => clause.value(text.clone()),
            };
        }
        clause.add(")");
    }
}

fn keys(session: &Session<'_>, sql: &str, values: Vec<Value>, width: usize) -> Result<Vec<Vec<Part>>, StoreError> {
    let mut find = session.conn.prepare_cached(sql)?;
    let rows = find.query_map(rusqlite::params_from_iter(values), |row| {
        (0..width)
            .map(|at| {
                Ok(match row.get::<_, Value>(at)? {
                    Value::Integer(number) => Part::Number(number),
                    Value::Text(text) => Part::Text(text),
                    _ => Part::Number(0),
                })
            })
            .collect()
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

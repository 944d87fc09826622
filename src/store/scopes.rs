//! Scopes and policies in the file: how they lie in their rows, and which policy governs what.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{amount, from_json, to_json};
use super::desk::Desk;
use super::error::StoreError;
use crate::domain::governance::{InWork, NAMED, ToSettle};
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::scope::{Policies, Scope};

impl Desk {
    /// The desk's policy in force.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn policy(&mut self) -> Result<Policy, StoreError> {
        self.policy_of(None)
    }

    /// The policy that governs the records of a scope.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn policy_of(&mut self, scope: Option<&str>) -> Result<Policy, StoreError> {
        self.read(|session| Ok(Policy::clone(&*session.policy_of(scope)?)))
    }

    /// The policies in force: the desk's, and those of the scopes that have one of their own.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn policies(&mut self) -> Result<Policies, StoreError> {
        self.read(|session| Ok(Policies::clone(&*session.policies()?)))
    }

    /// The names of all scopes, in their order.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn scope_names(&mut self) -> Result<Vec<String>, StoreError> {
        self.read(|session| scope_names(session.conn))
    }

    /// The file that the policy of a scope, or the desk's, came from, as it was written.
    ///
    /// # Errors
    /// The scope has none of its own; the desk cannot be read.
    pub fn policy_source(&mut self, scope: Option<&str>) -> Result<String, StoreError> {
        self.read(|session| {
            let mut find = session
                .conn
                .prepare_cached("SELECT source FROM policy WHERE scope IS ?1 ORDER BY version DESC LIMIT 1")?;
            let source = find.query_row([scope], |row| row.get(0)).optional()?;
            source.ok_or_else(|| StoreError::missing(format!("policy of the scope `{}`", scope.unwrap_or_default())))
        })
    }

    /// Every scope, ordered by name, and how many records are in it.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn scopes(&mut self) -> Result<Vec<(Scope, u64)>, StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached(
                "SELECT s.name, s.title, s.team, s.match_query, coalesce(t.records, 0) FROM scope s \
                 LEFT JOIN tally t ON t.kind = 'scope' AND t.word = s.name AND t.part = '' ORDER BY s.name",
            )?;
            let rows = find.query_map([], |row| Ok((read_scope(row)?, amount(row, 4)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

pub fn scope_names(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut find = conn.prepare_cached("SELECT name FROM scope ORDER BY name")?;
    Ok(find.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

pub fn load_scopes(conn: &Connection) -> Result<Vec<Scope>, StoreError> {
    let mut find = conn.prepare_cached("SELECT name, title, team, match_query FROM scope ORDER BY name")?;
    Ok(find.query_map([], read_scope)?.collect::<Result<_, _>>()?)
}

fn read_scope(row: &Row<'_>) -> rusqlite::Result<Scope> {
    let (name, title, team) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Scope { name, title, team, matches: row.get(3)? })
}

pub fn put_scope(conn: &Connection, scope: &Scope) -> Result<(), StoreError> {
    let mut put = conn.prepare_cached(
        "INSERT INTO scope (name, title, team, match_query) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (name) DO UPDATE SET title = excluded.title, team = excluded.team, \
         match_query = excluded.match_query",
    )?;
    put.execute(params![scope.name, scope.title, scope.team, scope.matches])?;
    Ok(())
}

pub fn put_policy(
    conn: &Connection,
    scope: Option<&str>,
    policy: &Policy,
    source: &str,
    now: Moment,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO policy (version, source, body, applied_at, scope) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![policy.version, source, to_json(policy)?, now.0, scope],
    )?;
    Ok(())
}

/// The desk's last policy, and that of each scope that has its own.
pub fn load_policies(conn: &Connection) -> Result<Policies, StoreError> {
    let body: String =
        conn.query_row("SELECT body FROM policy WHERE scope IS NULL ORDER BY version DESC LIMIT 1", [], |row| {
            row.get(0)
        })?;
    let desk = Arc::new(from_json("the policy", body.as_bytes())?);
    let mut find = conn.prepare(
        "SELECT p.scope, p.body FROM policy p WHERE p.scope IS NOT NULL \
         AND p.version = (SELECT max(q.version) FROM policy q WHERE q.scope = p.scope)",
    )?;
    let mut rows = find.query([])?;
    let mut policies = Policies { desk, scopes: std::collections::BTreeMap::new() };
    while let Some(row) = rows.next()? {
        let (name, body): (String, String) = (row.get(0)?, row.get(1)?);
        let policy = from_json(&format!("the policy of the scope {name}"), body.as_bytes())?;
        policies.scopes.insert(name, Arc::new(policy));
    }
    Ok(policies)
}

/// Where the records are, from their tallies: by step, those of scopes apart.
pub fn in_work(conn: &Connection) -> Result<Vec<InWork>, StoreError> {
    let mut find = conn.prepare_cached("SELECT word, sum(records) FROM tally WHERE kind = ?1 GROUP BY word")?;
    let mut tallies = |kind: &str| -> Result<Vec<(String, u64)>, StoreError> {
        let rows = find.query_map([kind], |row| Ok((row.get(0)?, amount(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let all = tallies("step")?;
    let scoped: Vec<InWork> = tallies("scope-step")?
        .into_iter()
        .filter_map(|(word, records)| {
            let (scope, step) = word.split_once(' ')?;
            Some(InWork { scope: Some(scope.to_owned()), step: step.to_owned(), records, first: Vec::new() })
        })
        .collect();
    let others = all.into_iter().map(|(step, records)| {
        let of_scopes: u64 = scoped.iter().filter(|work| work.step == step).map(|work| work.records).sum();
        InWork { scope: None, records: records.saturating_sub(of_scopes), step, first: Vec::new() }
    });
    let mut all: Vec<InWork> = others.collect::<Vec<_>>().into_iter().chain(scoped.clone()).collect();
    let mut first = conn.prepare_cached(FIRST)?;
    for work in all.iter_mut().filter(|work| work.records > 0) {
        let rows = first.query_map(params![work.step, work.scope, NAMED as i64], |row| row.get(0))?;
        work.first = rows.collect::<Result<_, _>>()?;
    }
    Ok(all)
}

/// The first records of a step in one scope, or in none (index `record_scope_step`).
pub const FIRST: &str = "SELECT vin FROM record WHERE step = ?1 AND scope IS ?2 LIMIT ?3";

/// What is not settled for good, by scope and kind: to be settled, or waived on a record in work, which a waiver that ends
/// or is taken back opens again. As many rows as there are, read once where a policy follows another.
pub fn to_settle(conn: &Connection, policies: &Policies) -> Result<Vec<ToSettle>, StoreError> {
    let working = policies.working();
    let mut find = conn.prepare_cached(
        "SELECT r.scope, x.kind, r.step, x.to_settle, count(*) FROM exception x JOIN record r ON r.id = x.record \
         WHERE x.to_settle = 1 OR x.state = 'waived' GROUP BY r.scope, x.kind, r.step, x.to_settle",
    )?;
    let mut rows = find.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (step, ends): (String, bool) = (row.get(2)?, row.get(3)?);
        if ends || working.contains(step.as_str()) {
            all.push(ToSettle { scope: row.get(0)?, kind: row.get(1)?, exceptions: amount(row, 4)? });
        }
    }
    Ok(all)
}

/// The number of the policy applied last, to whatever.
pub fn last_version(conn: &Connection) -> Result<u32, StoreError> {
    Ok(conn.query_row("SELECT coalesce(max(version), 0) FROM policy", [], |row| row.get(0))?)
}

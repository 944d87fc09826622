//! Build options on the desk: those applied to it or to one scope, and which of them hold for a record.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::chain::Fields;
use super::columns::{from_json, to_json};
use super::desk::{Desk, End, Session};
use super::error::StoreError;
use super::summary;
use crate::domain::identity::{Digest, RecordId};
use crate::domain::moment::Moment;
use crate::domain::options::Options;

/// What a session remembers of options, as long as both numbers are the desk's: those of the last options applied and of
/// the policy, and by scope the options that hold there.
#[derive(Default)]
pub struct Remembered {
    of: (u32, u32),
    by_scope: BTreeMap<String, Arc<Options>>,
}

/// How many records are judged anew in one transaction, so that nobody waits long behind it.
const AT_ONCE: usize = 64;

impl Desk {
    /// The options that hold in a scope: its own, else the desk's, else those of the policy.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn options(&mut self, scope: Option<&str>) -> Result<Options, StoreError> {
        self.read(|session| Ok(Options::clone(&*session.options(scope)?)))
    }

    /// The options file that was last applied to the desk or to exactly this scope, as it was written, with its number.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn options_source(&mut self, scope: Option<&str>) -> Result<Option<(u32, String)>, StoreError> {
        self.read(|session| {
            let mut find = session.conn.prepare_cached(
                "SELECT version, source FROM option_set WHERE scope = ?1 ORDER BY version DESC LIMIT 1",
            )?;
            let word = scope.unwrap_or_default();
            Ok(find.query_row([word], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
        })
    }

    /// The codes of the build options that hold anywhere on the desk, each once.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn option_codes(&mut self) -> Result<Vec<String>, StoreError> {
        self.read(codes)
    }

    /// Works out anew what lists show of the records in work, of one scope or of all, after what they are judged by
    /// changed: some at a time, each time in a transaction of its own. Where it is cut short, a record's line is worked
    /// out by the next act on it.
    pub(super) fn judge_anew(&mut self, scope: Option<&str>, now: Moment) -> Result<(), StoreError> {
        let policies = self.read(|session| {
            let policies = session.policies()?;
            Ok(policies)
        })?;
        for step in policies.working() {
            let mut after = (i64::MIN, 0);
            loop {
                let some = self.read(|session| next_in_work(session.conn, scope, step, after))?;
                let Some(last) = some.last() else { break };
                after = *last;
                self.write(|session| {
                    for (_, id) in &some {
                        summary::anew(session, RecordId(*id), now)?;
                    }
                    Ok(End::Keep(()))
                })?;
            }
        }
        Ok(())
    }
}

/// Records in work after a place in the order of their due days: of a step, or of a step within a scope.
pub const IN_STEP: &str =
    "SELECT due, id FROM record WHERE step = ?1 AND (due, id) > (?2, ?3) ORDER BY due, id LIMIT 64";
pub const IN_SCOPE: &str =
    "SELECT due, id FROM record WHERE scope = ?4 AND (due, id) > (?2, ?3) AND step = ?1 ORDER BY due, id LIMIT 64";

fn next_in_work(
    conn: &Connection,
    scope: Option<&str>,
    step: &str,
    (due, id): (i64, i64),
) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut some = Vec::with_capacity(AT_ONCE);
    let mut find = conn.prepare_cached(if scope.is_some() { IN_SCOPE } else { IN_STEP })?;
    let mut rows = match scope {
        Some(scope) => find.query(params![step, due, id, scope])?,
        None => find.query(params![step, due, id])?,
    };
    while let Some(row) = rows.next()? {
        some.push((row.get(0)?, row.get(1)?));
    }
    Ok(some)
}

impl Session<'_> {
    /// The options that hold in a scope: its own, else the desk's, else those of the policy.
    pub fn options(&mut self, scope: Option<&str>) -> Result<Arc<Options>, StoreError> {
        let policies = self.policies()?;
        let latest = policies.all().map(|policy| policy.version).max().unwrap_or(0);
        let policy = Arc::clone(policies.of(scope));
        let of = (last_version(self.conn)?, latest);
        let word = scope.unwrap_or_default();
        let remembered = self.remembered_options();
        if remembered.of != of {
            *remembered = Remembered { of, by_scope: BTreeMap::new() };
        }
        if let Some(known) = remembered.by_scope.get(word) {
            return Ok(Arc::clone(known));
        }
        let applied = match applied(self.conn, word)? {
            Some(own) => Some(own),
            None if word.is_empty() => None,
            None => applied(self.conn, "")?,
        };
        let options = Arc::new(applied.unwrap_or_else(|| Options::of_policy(&policy)));
        self.remembered_options().by_scope.insert(word.to_owned(), Arc::clone(&options));
        Ok(options)
    }
}

/// The number of the options applied last, to whatever; 0 where none were.
/// The codes of the build options that hold anywhere on the desk, each once.
pub fn codes(session: &mut Session<'_>) -> Result<Vec<String>, StoreError> {
    let mut scopes: Vec<Option<String>> = vec![None];
    let mut find = session.conn.prepare_cached("SELECT DISTINCT scope FROM option_set WHERE scope <> ''")?;
    for scope in find.query_map([], |row| row.get(0))? {
        scopes.push(Some(scope?));
    }
    let mut codes = std::collections::BTreeSet::new();
    for scope in scopes {
        codes.extend(session.options(scope.as_deref())?.options.iter().map(|option| option.code.clone()));
    }
    Ok(codes.into_iter().collect())
}

pub fn last_version(conn: &Connection) -> Result<u32, StoreError> {
    let mut find = conn.prepare_cached("SELECT coalesce(max(version), 0) FROM option_set")?;
    Ok(find.query_row([], |row| row.get(0))?)
}

/// The options last applied to exactly this scope, or with an empty word to the desk.
pub fn applied(conn: &Connection, scope: &str) -> Result<Option<Options>, StoreError> {
    let mut find = conn.prepare_cached("SELECT body FROM option_set WHERE scope = ?1 ORDER BY version DESC LIMIT 1")?;
    let body: Option<String> = find.query_row([scope], |row| row.get(0)).optional()?;
    body.map(|body| from_json("build options", body.as_bytes())).transpose()
}

/// Writes options that were applied; answers the hash of what they are.
pub fn put(conn: &Connection, options: &Options, source: &str, now: Moment) -> Result<Digest, StoreError> {
    let body = to_json(options)?;
    let mut put = conn.prepare_cached(
        "INSERT INTO option_set (version, scope, source, body, applied_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    put.execute(params![options.version, options.scope.as_deref().unwrap_or_default(), source, body, now.0])?;
    Ok(state_of(source, &body))
}

/// The hash of options, from the file they came from and the text they are written as.
pub fn state_of(source: &str, body: &str) -> Digest {
    let mut fields = Fields::new("stageplate options 1");
    fields.text(source);
    fields.text(body);
    fields.done()
}

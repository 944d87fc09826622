//! After a policy followed another: records come under it, a bounded number in each transaction, so that nobody waits.
//!
//! Until all are, a note in the file says which record was the last one worked out; lists work out the others as they read
//! them. Whoever next acts on the desk itself goes on where it was interrupted.

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::apply::{Act, Target};
use super::desk::{Desk, End, Session};
use super::error::StoreError;
use super::people::derived;
use super::summary;
use crate::domain::action::Action;
use crate::domain::identity::RecordId;
use crate::domain::moment::Moment;
use crate::domain::person::Actor;

const AT_ONCE: i64 = 200;

/// Notes that what lists show was worked out under policies that no longer govern.
pub fn begin(conn: &Connection) -> Result<(), StoreError> {
    let mut put = conn.prepare_cached(
        "INSERT INTO meta (name, value) VALUES ('followed', '0') ON CONFLICT (name) DO UPDATE SET value = '0'",
    )?;
    put.execute([])?;
    Ok(())
}

/// The last record that was worked out under the policies in force; `None` where all are.
pub fn last_followed(conn: &Connection) -> Result<Option<i64>, StoreError> {
    let mut find = conn.prepare_cached("SELECT value FROM meta WHERE name = 'followed'")?;
    let last: Option<String> = find.query_row([], |row| row.get(0)).optional()?;
    Ok(last.map(|last| last.parse().unwrap_or(0)))
}

impl Desk {
    /// Brings every record in work under the policy that governs it: its step by the name it has there, with an event of
    /// its own, and what lists show of it.
    pub(super) fn follow(&mut self, actor: &Actor, request: Uuid, now: Moment) -> Result<(), StoreError> {
        while let Some(last) = self.read(|session| last_followed(session.conn))? {
            let ids = self.read(|session| next_records(session.conn, last))?;
            let renamed = self.read(|session| renamed(session, &ids))?;
            let acts: Vec<Act<'_>> = renamed
                .iter()
                .map(|id| {
                    let request = derived(request, *id);
                    Act { actor, target: Target::Record(*id), action: &Action::Follow, seen: None, request, now }
                })
                .collect();
            self.apply_each(&acts)?.into_iter().collect::<Result<Vec<_>, _>>()?;
            self.write(|session| {
                for (id, _) in &ids {
                    summary::anew(session, *id, now)?;
                }
                let note = match ids.last() {
                    Some((id, _)) => ("UPDATE meta SET value = ?1 WHERE name = 'followed'", id.0.to_string()),
                    None => ("DELETE FROM meta WHERE name = 'followed' AND value = ?1", last.to_string()),
                };
                session.conn.prepare_cached(note.0)?.execute([note.1])?;
                Ok(End::Keep(()))
            })?;
        }
        Ok(())
    }
}

fn next_records(conn: &Connection, last: i64) -> Result<Vec<(RecordId, Option<String>)>, StoreError> {
    let mut find = conn.prepare_cached("SELECT id, scope FROM record WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let rows = find.query_map(params![last, AT_ONCE], |row| Ok((RecordId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Those of the records whose step has another name under the policy that governs them.
fn renamed(session: &mut Session<'_>, records: &[(RecordId, Option<String>)]) -> Result<Vec<RecordId>, StoreError> {
    let policies = session.policies()?;
    let mut find = session.conn.prepare_cached("SELECT step FROM record WHERE id = ?1")?;
    let mut renamed = Vec::new();
    for (id, scope) in records {
        let step: String = find.query_row([id.0], |row| row.get(0))?;
        if policies.of(scope.as_deref()).step(&step).is_some_and(|now| now.name != step) {
            renamed.push(*id);
        }
    }
    Ok(renamed)
}

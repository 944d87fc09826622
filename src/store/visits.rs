//! The stays of records in steps: what the act says about each, and those of desks made before there were any.
//!
//! The table is kept by triggers, so that no way of moving a record can leave it behind; from the act comes how a record left
//! and, where it was sent back, why.

use rusqlite::{Connection, Transaction, params};

use super::aside;
use super::chain::{self, Stored};
use super::error::StoreError;
use super::pack::Packs;
use super::record::put_words;
use crate::domain::action::Action;
use crate::domain::record::Record;

/// What the history calls a remark.
const NOTE: &str = "note";

/// The act in the history that sends a record back to an earlier step.
const RETURN: &str = "return";

/// Says of the stay that an act ended how it ended.
pub fn tell(conn: &Connection, before: Option<&Record>, after: &Record, action: &Action) -> Result<(), StoreError> {
    if before.is_none_or(|before| before.step == after.step) {
        return Ok(());
    }
    if matches!(action, Action::Undo) && stays_on(conn, after)? {
        return Ok(());
    }
    let reason = match action {
        Action::Return { reason, .. } => Some(reason.as_str()),
        _ => None,
    };
    let mut tell = conn.prepare_cached(
        "UPDATE visit SET outcome = ?2, reason = ?3 \
         WHERE record = ?1 AND number = (SELECT max(number) - 1 FROM visit WHERE record = ?1)",
    )?;
    tell.execute(params![after.id.0, action.word(), reason])?;
    Ok(())
}

/// An act that was undone ended no stay: the record is in the step as if it had never left, and no report counts that it went.
/// Answers whether the stay that the undone act ended is the one before the last two; the record's history keeps both acts.
fn stays_on(conn: &Connection, after: &Record) -> Result<bool, StoreError> {
    let mut again = conn.prepare_cached(
        "UPDATE visit SET ended = NULL, outcome = NULL, reason = NULL \
         WHERE record = ?1 AND number = (SELECT max(number) - 2 FROM visit WHERE record = ?1) AND step = ?2 AND entered = ?3",
    )?;
    if again.execute(params![after.id.0, after.step, after.step_since.0])? == 0 {
        return Ok(false);
    }
    let mut forget = conn.prepare_cached(
        "DELETE FROM visit WHERE record = ?1 AND number > (SELECT max(number) - 2 FROM visit WHERE record = ?1)",
    )?;
    forget.execute([after.id.0])?;
    Ok(true)
}

/// Makes the stays of a desk of schema 1 from its history, and the tallies of its releases from them; and takes the remarks
/// written on records from it. At that schema each record had one version, and a step changed by the acts named here only.
pub fn from_history(change: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT {} FROM event WHERE record IS NOT NULL AND action IN ('advance', 'return', 'release', 'note') ORDER BY seq",
        chain::COLUMNS
    );
    let mut packs = Packs::default();
    let mut find = change.prepare(&sql)?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let event = Stored::read(change, &mut packs, row)?.event()?;
        let Some((record, _)) = &event.record else { continue };
        if let Some(text) = event.facts.lines.iter().find(|line| line.what == NOTE).and_then(|line| line.to.as_deref())
        {
            aside::remark(change, *record, event.seq.0, text)?;
            put_words(change, *record, false)?;
        }
        let Some(line) = event.facts.lines.iter().find(|line| line.what == "step") else { continue };
        let reason = event.facts.reason.as_deref().filter(|_| event.action == RETURN);
        let mut end = change.prepare_cached(
            "UPDATE visit SET step = coalesce(?2, step), ended = ?3, outcome = ?4, reason = ?5 \
             WHERE record = ?1 AND number = (SELECT max(number) FROM visit WHERE record = ?1)",
        )?;
        end.execute(params![record.0, line.from, event.at.0, event.action, reason])?;
        let mut begin = change.prepare_cached(
            "INSERT INTO visit (record, number, version, step, entered) \
             SELECT ?1, max(number) + 1, 1, ?2, ?3 FROM visit WHERE record = ?1",
        )?;
        begin.execute(params![record.0, line.to, event.at.0])?;
    }
    drop(rows);
    change.execute_batch(
        "UPDATE visit SET entered = (SELECT created_at FROM record WHERE id = visit.record) WHERE number = 1;
         INSERT INTO tally_release
           SELECT coalesce(r.scope, ''), e.sealed_at / 86400000000 - (e.sealed_at / 86400000000 + 3) % 7, count(*),
             sum(NOT EXISTS (SELECT 1 FROM visit v
               WHERE v.record = e.record AND v.version = e.version AND v.outcome = 'return'))
           FROM release e JOIN record r ON r.id = e.record GROUP BY 1, 2;",
    )?;
    Ok(())
}

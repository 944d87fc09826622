//! Lines of records made under an older schema: what lists show of them and that schema did not know is worked out when
//! the desk is opened next, some records at a time. What was cut short goes on where it stopped.

use rusqlite::{OptionalExtension, params};

use super::columns::day_number;
use super::desk::{Desk, End, Session};
use super::error::StoreError;
use super::govern::approvals_for;
use super::record;
use crate::domain::approval::Status;
use crate::domain::certificate::manufactured;
use crate::domain::identity::RecordId;

impl Desk {
    /// Works out the lines that are still to be.
    pub(super) fn fill_lines(&mut self) -> Result<(), StoreError> {
        while self.read(|session| Ok(filled_to(session)?.is_some()))? {
            self.write(|session| Ok(End::Keep(fill_some(session)?)))?;
        }
        Ok(())
    }
}

/// The last record whose line is worked out; none where all are.
fn filled_to(session: &mut Session<'_>) -> Result<Option<i64>, StoreError> {
    let mut find = session.conn.prepare_cached("SELECT value FROM meta WHERE name = 'lines'")?;
    let value: Option<String> = find.query_row([], |row| row.get(0)).optional()?;
    value.map(|text| text.parse().map_err(|_| StoreError::damaged("how far lines are worked out"))).transpose()
}

fn fill_some(session: &mut Session<'_>) -> Result<(), StoreError> {
    let Some(after) = filled_to(session)? else { return Ok(()) };
    let some: Vec<i64> = {
        let mut find = session.conn.prepare_cached("SELECT id FROM record WHERE id > ?1 ORDER BY id LIMIT 256")?;
        find.query_map([after], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    for id in &some {
        let record = record::load(session.conn, session.packs, RecordId(*id))?;
        let approvals = approvals_for(session.conn, &record, None)?;
        let named = record.declares("TypeApprovalNumber");
        let named = named.and_then(|number| approvals.iter().find(|approval| approval.number.as_str() == number));
        let status = named
            .map(|approval| approval.standing_for(manufactured(&record)).status)
            .filter(|status| *status != Status::Valid);
        let mut put =
            session.conn.prepare_cached("UPDATE record SET approval_status = ?2, manufactured = ?3 WHERE id = ?1")?;
        put.execute(params![id, status.map(Status::word), manufactured(&record).map(day_number)])?;
    }
    match some.last() {
        Some(last) => {
            let mut put = session.conn.prepare_cached("UPDATE meta SET value = ?1 WHERE name = 'lines'")?;
            put.execute([last.to_string()])?;
        }
        None => drop(session.conn.prepare_cached("DELETE FROM meta WHERE name = 'lines'")?.execute([])?),
    }
    Ok(())
}

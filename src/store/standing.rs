//! What became of an approval, told to each record that names it: acts of the desk in batches, an event each.

use std::collections::BTreeSet;

use rusqlite::params;
use uuid::Uuid;

use super::apply::{Act, Outcome, Target};
use super::desk::{Desk, Session};
use super::error::StoreError;
use super::govern::load_approval;
use crate::domain::action::{Action, ApprovalNews};
use crate::domain::approval::Approval;
use crate::domain::identity::{Digest, RecordId};
use crate::domain::moment::Moment;
use crate::domain::person::Actor;

/// How many records were told what became of their approval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Records in work.
    pub in_work: u64,
    /// Records released under it, which are marked.
    pub released: u64,
}

/// How many records are told in one transaction, so that nobody waits long behind it.
const AT_ONCE: usize = 64;

/// Records that name an approval, after one of them (index `record_names`).
pub const NAMING: &str = "SELECT id, step FROM record WHERE approval = ?1 AND id > ?2 ORDER BY id LIMIT 64";

impl Desk {
    /// Tells every record that names an approval what its status is at last. Whoever was told already stays as it is, so
    /// that telling again after it was cut short does the rest; the requests are made from `request` and the record, so
    /// that repeating one does nothing twice.
    pub(super) fn tell_of_approval(
        &mut self,
        actor: &Actor,
        number: &str,
        request: Uuid,
        now: Moment,
    ) -> Result<Told, StoreError> {
        let Some(approval) = self.read(|session| load_approval(session.conn, number))? else {
            return Ok(Told::default());
        };
        let action = Action::ApprovalNews(news(&approval));
        let working: BTreeSet<String> =
            self.read(|session| Ok(session.policies()?.working().into_iter().map(str::to_owned).collect()))?;
        let mut told = Told::default();
        let mut last = 0;
        loop {
            let some = self.read(|session| naming(session, number, last))?;
            let Some((id, _)) = some.last() else { return Ok(told) };
            last = *id;
            let acts: Vec<Act<'_>> = some
                .iter()
                .map(|(id, _)| Act {
                    actor,
                    target: Target::Record(RecordId(*id)),
                    action: &action,
                    seen: None,
                    request: request_for(request, *id),
                    now,
                })
                .collect();
            for (done, (_, step)) in self.apply_each(&acts)?.into_iter().zip(&some) {
                if done?.outcome == Outcome::Updated {
                    let rests = !working.contains(step);
                    *(if rests { &mut told.released } else { &mut told.in_work }) += 1;
                }
            }
        }
    }
}

fn news(approval: &Approval) -> ApprovalNews {
    let standing = approval.standing();
    let reason = standing.reason.unwrap_or_else(|| "as the approvals file has it".to_owned());
    ApprovalNews { number: approval.number.clone(), status: standing.status, from: standing.from, reason }
}

fn naming(session: &mut Session<'_>, number: &str, last: i64) -> Result<Vec<(i64, String)>, StoreError> {
    let mut some = Vec::with_capacity(AT_ONCE);
    let mut find = session.conn.prepare_cached(NAMING)?;
    let mut rows = find.query(params![number, last])?;
    while let Some(row) = rows.next()? {
        some.push((row.get(0)?, row.get(1)?));
    }
    Ok(some)
}

/// The request of the act on one record, always the same for the same request of the whole.
fn request_for(whole: Uuid, record: i64) -> Uuid {
    let mut bytes = whole.as_bytes().to_vec();
    bytes.extend_from_slice(&record.to_be_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&Digest::of(&bytes).0[..16]);
    uuid::Builder::from_custom_bytes(half).into_uuid()
}

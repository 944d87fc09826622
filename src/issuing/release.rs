//! Releases a record: composed, checked, sealed, verified as bytes, read again, and only then handed to the desk.
//!
//! Invariant: before the one act on the desk nothing is changed anywhere; a fault on the way leaves no trace.

use uuid::Uuid;

use super::compose::{bytes, check_structure, compose};
use super::{IssuingError, file_name};
use crate::domain::action::{Action, Sealed};
use crate::domain::certificate::Case;
use crate::domain::content::Content;
use crate::domain::dossier::Dossier;
use crate::domain::identity::{Digest, RecordId, Seq};
use crate::domain::moment::Moment;
use crate::domain::person::Actor;
use crate::domain::plan;
use crate::ivi::key::SealKey;
use crate::ivi::verify::Trust;
use crate::ivi::{self, seal, verify};
use crate::store::{Act, Desk, Target};

/// A release that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The event of it.
    pub seq: Seq,
    /// The message version.
    pub version: u8,
    /// The message's reference.
    pub reference: String,
    /// The SHA-256 of the sealed bytes.
    pub sha256: Digest,
    /// The subject of the seal's certificate.
    pub sealed_by: String,
    /// The sealed message.
    pub bytes: Vec<u8>,
    /// What its file is called.
    pub file_name: String,
}

/// Releases the record as the actor saw it at `seen` (as it is now, without one), sealed with `key` at `now`.
///
/// # Errors
/// A rule says no, the key or the seal is no good, or somebody changed the record in the meantime. The record is then
/// not released.
pub fn release(
    desk: &mut Desk,
    actor: &Actor,
    id: RecordId,
    key: &SealKey,
    now: Moment,
    seen: Option<Seq>,
) -> Result<Released, IssuingError> {
    let dossier = allowed(desk, actor, id, now)?;
    let (record, catalogue) = (&dossier.record, desk.catalogue());
    let reference = Uuid::new_v4();
    let content = compose(&dossier, &actor.login, reference, now)?;
    check_structure(catalogue, &content, &dossier.certificate.rows())?;
    let bytes = sealed(&content, key, now)?;

    let released = Released {
        seq: record.seq,
        version: record.version,
        reference: reference.to_string(),
        sha256: Digest::of(&bytes),
        sealed_by: key.certificate().subject.clone(),
        file_name: file_name(record, record.version, false),
        bytes,
    };
    let action = Action::Release(Sealed {
        bytes: released.bytes.clone(),
        sha256: released.sha256,
        reference: released.reference.clone(),
        content: dossier.certificate.hash,
        sealed_by: released.sealed_by.clone(),
    });
    // What was sealed is what was read above: anything that came in between is a conflict.
    let seen = Some(seen.unwrap_or(record.seq).min(record.seq));
    let request = Uuid::new_v4();
    let act = Act { actor, target: Target::Record(id), action: &action, seen, request, now };
    let applied = desk.apply(&act)?;
    Ok(Released { seq: applied.seq, ..released })
}

/// Whether the actor may release the record as it stands, every gate looked at, before anything is sealed.
///
/// # Errors
/// The rule that says no, and who could.
pub fn may_release(desk: &mut Desk, actor: &Actor, id: RecordId, now: Moment) -> Result<(), IssuingError> {
    allowed(desk, actor, id, now).map(|_| ())
}

fn allowed(desk: &mut Desk, actor: &Actor, id: RecordId, now: Moment) -> Result<Dossier, IssuingError> {
    let dossier = desk.dossier(id, now)?;
    let policy = desk.policy_of(dossier.record.scope.as_deref())?;
    let (people, catalogue) = (desk.people()?, desk.catalogue());
    let Dossier { record, approvals, options, .. } = &dossier;
    let case = Case { record, approvals, people: &people, policy: &policy, options, catalogue, now };
    plan::may_release(&case, actor)?;
    Ok(dossier)
}

/// The sealed bytes of a content, verified and read again: a seal that does not hold, or a message that does not say
/// what was composed, never leaves this function.
pub fn sealed(content: &Content, key: &SealKey, at: Moment) -> Result<Vec<u8>, IssuingError> {
    let bytes = seal::seal(&bytes(content)?, key, at.utc())?;
    let pinned = Trust::Pinned(vec![key.certificate().fingerprint]);
    let verified = verify::verify(&bytes, &pinned, at.utc())?;
    // Both what the seal covers and the file as a receiver reads it must say what was composed.
    for part in [verified.content.as_slice(), bytes.as_slice()] {
        let read = ivi::read(part).map_err(|fault| IssuingError::ReadsOtherwise(fault.to_string()))?;
        let whole = read.strays.is_empty() && read.misfits.is_empty() && read.missing.is_empty();
        if !whole || read.content != *content {
            return Err(IssuingError::ReadsOtherwise("its content is another".to_owned()));
        }
    }
    Ok(bytes)
}

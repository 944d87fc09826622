//! Four eyes looked at from behind: what somebody confirmed, signed or settled before they changed content themselves.
//! Nobody's word about a version stands beside their own hand in it, whichever came first (design, section 3).

use super::Work;
use super::standing::APPROVAL_MISMATCH;
use crate::domain::exception::{Exception, State};
use crate::domain::person::Role;

/// Why a word is void, as the history tells it.
const WHY: &str = "changed content of this version since";

/// Makes void what the actor, who has just changed content of the version for the first time, decided about it before.
pub fn take_back_their_word(work: &mut Work<'_>) {
    let login = work.actor.login.clone();
    for (address, yes) in work.record.confirmations.iter_mut().filter(|(_, yes)| yes.by == login && !yes.void) {
        yes.void = true;
        work.facts.void_line(format!("confirmation {address}"), &login, Some(WHY));
    }
    work.void_signoffs(|signoff| signoff.by == login, Some(WHY));
    let settled: Vec<usize> =
        (0..work.record.exceptions.len()).filter(|at| is_their_word(work, &work.record.exceptions[*at])).collect();
    for at in settled {
        let exception = &mut work.record.exceptions[at];
        let was = format!("{} by {login}", exception.state.word());
        exception.state = State::Open;
        exception.outcome = None;
        let line = format!("exception {}", exception.id.0);
        work.facts.desk_line(line, Some(was), Some(State::Open.word().to_owned()));
    }
}

/// Whether an exception of the version in work is settled by the actor alone, where somebody else must settle it. What the
/// desk settled because an approval holds again is nobody's word.
fn is_their_word(work: &Work<'_>, exception: &Exception) -> bool {
    let released = work.record.releases.last().map(|release| release.sealed_at);
    let theirs = exception
        .outcome
        .as_ref()
        .is_some_and(|outcome| outcome.by == work.actor.login && released.is_none_or(|sealed| sealed < outcome.at));
    let settled_by = work.case.policy.exception_kind(&exception.kind).map_or(Role::Lead, |kind| kind.settled_by);
    match exception.state {
        State::Waived => theirs,
        State::Resolved => theirs && settled_by != Role::Prepare && exception.kind != APPROVAL_MISMATCH,
        State::Open | State::InProgress | State::Withdrawn => false,
    }
}

//! What came back from the authority for a released version is recorded beside it. A rejection becomes an exception that the
//! desk raises; an acceptance settles those it raised about the same version.

use super::exceptions::{REJECTED_DELIVERY, raise_by_desk, resolve_by_desk};
use super::{Refusal, Work};
use crate::domain::action::CameBack;
use crate::domain::exception::{Exception, State};
use crate::domain::identity::ExceptionId;
use crate::domain::person::Role;
use crate::domain::receipt::{Answer, LARGEST_FILE, Receipt};

/// Who hears from the authority: whoever releases, and leads.
const HEARS: [Role; 2] = [Role::Release, Role::Lead];

pub fn record(work: &mut Work<'_>, came: &CameBack) -> Result<(), Refusal> {
    work.need("record what came back", &HEARS)?;
    work.needs_words("what came back", &came.text)?;
    let version = released(work, came.version)?;
    if came.file.as_ref().is_some_and(|file| file.bytes.len() > LARGEST_FILE) {
        return Err(Refusal::new("length", format!("the file is larger than {} MiB", LARGEST_FILE >> 20))
            .hint("record the answer without it, and say in the text where it is kept"));
    }
    let file = came.file.as_ref().map(|file| file.named.clone());
    let last = work.record.answer_to(version);
    let same = last.filter(|last| (last.answer, &last.text, &last.file) == (came.answer, &came.text, &file));
    if same.is_some_and(|last| !was_settled(work, last)) {
        return Ok(());
    }
    let told = format!("{}: {}", came.answer.word(), came.text);
    work.facts.line(format!("receipt version {version}"), None, Some(told));
    if let Some(file) = &file {
        work.facts.line("receipt file", None, Some(format!("{} sha256 {}", file.name, file.sha256)));
    }
    let by = work.actor.login.clone();
    let exception = match came.answer {
        Answer::Accepted => {
            settle(work, version, &came.text);
            None
        }
        Answer::Rejected => {
            let text = format!("the authority rejected version {version}, as {by} recorded: {}", came.text);
            raise_by_desk(work, REJECTED_DELIVERY, None, &text)
        }
    };
    let (answer, text, at) = (came.answer, came.text.clone(), work.case.now);
    work.record.receipts.push(Receipt { version, answer, text, file, by, at, exception });
    Ok(())
}

/// Whether somebody settled for good what the desk raised about an answer: the same words after that are another answer, to
/// what was sent again, and need a settlement of their own.
fn was_settled(work: &Work<'_>, receipt: &Receipt) -> bool {
    let raised = work.record.exceptions.iter().find(|one| Some(one.id) == receipt.exception);
    raised.is_some_and(|one| match one.state {
        State::Open | State::InProgress => false,
        State::Resolved | State::Withdrawn => true,
        State::Waived => one.outcome.as_ref().is_none_or(|outcome| outcome.until.is_none()),
    })
}

/// The released version that is meant: the newest where none is named.
fn released(work: &Work<'_>, named: Option<u8>) -> Result<u8, Refusal> {
    let releases = &work.record.releases;
    let Some(newest) = releases.last() else {
        return Err(Refusal::new(
            "released",
            "no version of this record was released: nothing can have come back for one",
        )
        .hint("release it first; what comes back for it is recorded then"));
    };
    match named {
        None => Ok(newest.version),
        Some(version) if releases.iter().any(|release| release.version == version) => Ok(version),
        Some(version) => {
            let there: Vec<String> = releases.iter().map(|release| release.version.to_string()).collect();
            Err(Refusal {
                rule: "released".into(),
                ..Refusal::not_found(format!("version {version} was never released"))
            }
            .hint(format!("released: {}", there.join(", "))))
        }
    }
}

/// Settles what the desk raised about earlier answers to the version, where nobody did: its cause is gone. That counts for a
/// waiver with a last day too, which would be open again after it.
fn settle(work: &mut Work<'_>, version: u8, text: &str) {
    let today = work.case.now.day();
    let raised: Vec<ExceptionId> = work.record.answers_to(version).filter_map(|receipt| receipt.exception).collect();
    let ends = |one: &Exception| one.outcome.as_ref().is_some_and(|outcome| outcome.until.is_some());
    let unsettled = |one: &&Exception| raised.contains(&one.id) && (one.is_open_on(today) || ends(one));
    let unsettled: Vec<ExceptionId> = work.record.exceptions.iter().filter(unsettled).map(|one| one.id).collect();
    let text = format!("the authority accepted version {version}: {text}");
    for id in unsettled {
        let was = resolve_by_desk(work, id, &text).map(|was| was.word().to_owned());
        work.facts.desk_line(format!("exception {}", id.0), was, Some(State::Resolved.word().to_owned()));
    }
}

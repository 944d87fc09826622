//! Acts on exceptions: raised by a person or by the desk, discussed, linked, settled, waived, opened again.

use super::standing::APPROVAL_MISMATCH;
use super::{Refusal, WORKING, Work};
use crate::domain::action::{Linked, Settle};
use crate::domain::address::Address;
use crate::domain::exception::{About, Exception, Remark, Settlement, State};
use crate::domain::identity::{ExceptionId, Login};
use crate::domain::nearest::nearest;
use crate::domain::person::Role;

/// The kind of exception the desk raises when content changes behind a review.
pub const LATE_CORRECTION: &str = "late-correction";

/// The kind of exception the desk raises when the authority rejects a released version.
pub const REJECTED_DELIVERY: &str = "rejected-delivery";

/// A kind that the desk raises itself: a policy keeps it.
#[derive(Debug, Clone, Copy)]
pub struct RaisedByDesk {
    /// Its name.
    pub name: &'static str,
    /// When it is raised.
    pub when: &'static str,
    /// What it is called, and who settles it, in the policy that ships. It blocks.
    pub title: &'static str,
    /// See `title`.
    pub settled_by: Role,
}

/// All of them.
pub const RAISED_BY_DESK: [RaisedByDesk; 3] = [
    RaisedByDesk {
        name: LATE_CORRECTION,
        when: "content changes behind a review",
        title: "Content changed after the review",
        settled_by: Role::Review,
    },
    RaisedByDesk {
        name: APPROVAL_MISMATCH,
        when: "the approval of a record is withdrawn or suspended",
        title: "The approval does not cover this vehicle",
        settled_by: Role::Lead,
    },
    RaisedByDesk {
        name: REJECTED_DELIVERY,
        when: "the authority rejects a certificate",
        title: "The authority rejected the certificate",
        settled_by: Role::Lead,
    },
];

pub fn flag(
    work: &mut Work<'_>,
    kind: &str,
    at: Option<&Address>,
    blocking: Option<bool>,
    text: &str,
    to: Option<&Login>,
) -> Result<(), Refusal> {
    work.need("raise exceptions", &WORKING)?;
    work.needs_words("an exception", text)?;
    let policy = work.case.policy;
    let Some(known) = policy.exception_kind(kind) else {
        let words: Vec<&str> = policy.exception_kinds.iter().map(|kind| kind.name.as_str()).collect();
        let refusal = Refusal::not_found(format!("the policy has no kind of exception `{kind}`"));
        return Err(match nearest(kind, words.iter().copied()) {
            Some(near) => refusal.hint(format!("the nearest is `{near}`")),
            None => refusal.hint(format!("there are: {}", words.join(", "))),
        });
    };
    if let Some(address) = at
        && work.case.catalogue.element(address).is_none()
    {
        return Err(Refusal::not_found(format!("no entry lies at {address}")).at(address));
    }
    if let Some(to) = to {
        work.person_exists(to)?;
    }
    let certificate = work.certificate();
    let change = at.and_then(|address| certificate.change(address));
    let about = change.map(|change| About { before: change.before.clone(), ours: change.ours.clone() });
    let place = at.map(|address| format!(" at {address}")).unwrap_or_default();
    let id = next_id(work);
    work.facts.line(format!("exception {}", id.0), None, Some(format!("{kind}{place}: {text}")));
    work.record.exceptions.push(Exception {
        blocking: blocking.unwrap_or(known.blocking),
        state: if to.is_some() { State::InProgress } else { State::Open },
        owner: to.cloned(),
        raised_by: Some(work.actor.login.clone()),
        about,
        ..Exception::by_desk(id, known, at, text, work.case.now)
    });
    Ok(())
}

/// An exception by the desk itself: what somebody did elsewhere touched this record. Where the policy was written before
/// the kind existed, it is raised all the same, as the one kind that every policy has. Answers its number.
pub fn raise_by_desk(work: &mut Work<'_>, kind: &str, at: Option<&Address>, text: &str) -> Option<ExceptionId> {
    let policy = work.case.policy;
    let known = policy.exception_kind(kind).or_else(|| policy.exception_kind(LATE_CORRECTION))?;
    let place = at.map(|address| format!(" at {address}")).unwrap_or_default();
    let id = next_id(work);
    work.facts.desk_line(format!("exception {}", id.0), None, Some(format!("{}{place}: {text}", known.name)));
    work.record.exceptions.push(Exception::by_desk(id, known, at, text, work.case.now));
    Some(id)
}

/// Resolves an exception of the desk whose cause is gone, in the name of whoever told of it; answers what it was before.
pub fn resolve_by_desk(work: &mut Work<'_>, id: ExceptionId, text: &str) -> Option<State> {
    let (by, at) = (work.actor.login.clone(), work.case.now);
    let exception = work.record.exceptions.iter_mut().find(|one| one.id == id)?;
    let was = exception.state_on(at.day());
    exception.state = State::Resolved;
    exception.outcome = Some(Settlement { text: text.to_owned(), by, at, until: None });
    Some(was)
}

fn next_id(work: &mut Work<'_>) -> ExceptionId {
    let id = ExceptionId(work.next_exception);
    work.next_exception += 1;
    id
}

pub fn settle(work: &mut Work<'_>, id: ExceptionId, how: &Settle) -> Result<(), Refusal> {
    let at = work.record.exceptions.iter().position(|exception| exception.id == id);
    let at = at.ok_or_else(|| Refusal::not_found(format!("the record has no exception {}", id.0)))?;
    let before = work.record.exceptions[at].clone();
    let after = match how {
        Settle::Assign { to } => assigned(work, &before, to)?,
        Settle::Resolve { text } => resolved(work, &before, text)?,
        Settle::Waive { text, until } => waived(work, &before, text, *until)?,
        Settle::Reopen { text } => reopened(work, &before, text)?,
        Settle::Comment { text } => commented(work, &before, text)?,
        Settle::Link { with } => linked(work, &before, with.as_ref())?,
    };
    work.record.exceptions[at] = after;
    Ok(())
}

fn assigned(work: &mut Work<'_>, exception: &Exception, to: &Login) -> Result<Exception, Refusal> {
    work.need("assign exceptions", &WORKING)?;
    work.person_exists(to)?;
    still_open(exception)?;
    if exception.owner.as_ref() == Some(to) && exception.state == State::InProgress {
        return Ok(exception.clone());
    }
    told(work, exception, format!("{}, {to}", State::InProgress.word()));
    Ok(Exception { state: State::InProgress, owner: Some(to.clone()), ..exception.clone() })
}

fn resolved(work: &mut Work<'_>, exception: &Exception, text: &str) -> Result<Exception, Refusal> {
    let settler = work.case.policy.exception_kind(&exception.kind).map_or(Role::Lead, |kind| kind.settled_by);
    work.need("resolve this exception", &[settler, Role::Lead])?;
    work.needs_words("a settlement", text)?;
    still_open(exception)?;
    if settler != Role::Prepare {
        of_others(work, "settle")?;
    }
    told(work, exception, State::Resolved.word().to_owned());
    Ok(settled(work, exception, State::Resolved, text, None))
}

/// Four eyes for exceptions: what somebody else is to settle is not settled, and nothing is waived, by whoever prepared the
/// record or changed its content, whatever their roles. An exception decides a change in place of a confirmation.
fn of_others(work: &Work<'_>, what: &str) -> Result<(), Refusal> {
    let (login, record) = (&work.actor.login, &work.record);
    if !record.editors.contains(login) && record.preparer.as_ref() != Some(login) {
        return Ok(());
    }
    let message =
        format!("{login} prepared this record or changed its content and so cannot {what} an exception of it");
    let mut refusal = Refusal::new("four-eyes", message);
    refusal.who = work.others(&[Role::Lead]);
    Err(refusal)
}

fn waived(
    work: &mut Work<'_>,
    exception: &Exception,
    text: &str,
    until: Option<chrono::NaiveDate>,
) -> Result<Exception, Refusal> {
    work.need("waive exceptions", &[Role::Lead])?;
    work.needs_words("a waiver", text)?;
    still_open(exception)?;
    of_others(work, "waive")?;
    if until.is_some_and(|until| until < work.case.now.day()) {
        return Err(Refusal::new("date", "the last day of a waiver cannot lie in the past"));
    }
    let word = State::Waived.word();
    told(work, exception, until.map_or(word.to_owned(), |until| format!("{word} until {until}")));
    Ok(settled(work, exception, State::Waived, text, until))
}

fn reopened(work: &mut Work<'_>, exception: &Exception, text: &str) -> Result<Exception, Refusal> {
    work.need("reopen exceptions", &[Role::Review, Role::Lead])?;
    work.needs_words("reopening", text)?;
    if exception.is_open_on(work.case.now.day()) {
        return Err(Refusal::new("state", format!("exception {} is open already", exception.id.0)));
    }
    told(work, exception, State::Open.word().to_owned());
    work.facts.reason = Some(text.to_owned());
    Ok(Exception { state: State::Open, outcome: None, ..exception.clone() })
}

/// Anybody who works here may say something about an exception, settled ones too.
fn commented(work: &mut Work<'_>, exception: &Exception, text: &str) -> Result<Exception, Refusal> {
    work.need("discuss exceptions", &WORKING)?;
    work.needs_words("a remark", text)?;
    work.facts.line(format!("exception {} remark", exception.id.0), None, Some(text.to_owned()));
    let mut after = exception.clone();
    after.discussion.push(Remark {
        by: work.actor.login.clone(),
        at: work.case.now,
        text: text.to_owned(),
        struck_at: None,
    });
    Ok(after)
}

/// Only the same fault is linked: one kind, at one entry. It is settled on each record by itself all the same.
fn linked(work: &mut Work<'_>, exception: &Exception, with: Option<&Linked>) -> Result<Exception, Refusal> {
    work.need("link exceptions", &WORKING)?;
    let id = exception.id.0;
    if let Some(with) = with {
        let place = |at: &Option<Address>| at.as_ref().map_or("the record".to_owned(), ToString::to_string);
        if exception.kind != with.kind || exception.at != with.at {
            return Err(Refusal::new(
                "link",
                format!(
                    "exception {id} is `{}` on {}, those of group {} are `{}` on {}: only the same fault is linked",
                    exception.kind,
                    place(&exception.at),
                    with.group.0,
                    with.kind,
                    place(&with.at)
                ),
            ));
        }
    }
    let group = with.map(|with| with.group);
    if exception.group != group {
        let text = |group: Option<ExceptionId>| group.map(|group| group.0.to_string());
        work.facts.line(format!("exception {id} group"), text(exception.group), text(group));
    }
    Ok(Exception { group, ..exception.clone() })
}

/// The line that says where an exception stands now.
fn told(work: &mut Work<'_>, exception: &Exception, to: String) {
    let from = Some(exception.state.word().to_owned());
    work.facts.line(format!("exception {}", exception.id.0), from, Some(to));
}

fn settled(
    work: &mut Work<'_>,
    exception: &Exception,
    state: State,
    text: &str,
    until: Option<chrono::NaiveDate>,
) -> Exception {
    work.facts.reason = Some(text.to_owned());
    let outcome = Settlement { text: text.to_owned(), by: work.actor.login.clone(), at: work.case.now, until };
    Exception { state, outcome: Some(outcome), ..exception.clone() }
}

fn still_open(exception: &Exception) -> Result<(), Refusal> {
    // A waiver that ended was written down as such before anything else was looked at.
    if matches!(exception.state, State::Open | State::InProgress) {
        return Ok(());
    }
    Err(Refusal::new("state", format!("exception {} is {} already", exception.id.0, exception.state.word()))
        .hint("reopen it first"))
}

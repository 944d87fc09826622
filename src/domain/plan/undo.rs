//! Undoing: a counter-act that puts back what the last act on a record changed, if it was the actor's own. Nothing is taken
//! out of the history, and whoever changed content stays among those who did.

use super::{No, Refusal, WORKING, Work};
use crate::domain::address::Address;
use crate::domain::certificate::Certificate;
use crate::domain::event::Event;
use crate::domain::exception::State;
use crate::domain::identity::{ExceptionId, Login};
use crate::domain::person::Role;
use crate::domain::policy::Outcome;
use crate::domain::record::{Confirmation, Declared};
use crate::domain::undo::{Before, Place, Stood};

/// Undoes `last`, the last act on the record that was not undone itself.
pub fn undo(work: &mut Work<'_>, last: Option<&Event>) -> Result<(), Refusal> {
    work.need("undo acts on records", &WORKING)?;
    let last = last.ok_or_else(|| Refusal::new("undo", "nothing was done to this record that could be undone"))?;
    is_mine(work, last)?;
    let before = last.facts.before.as_deref().ok_or_else(|| stays(last))?;
    if before.touches_content() {
        work.need("change content", &[Role::Prepare])?;
    }
    for remark in last.facts.lines.iter().filter(|line| line.what == "note") {
        work.facts.line("note", remark.to.clone(), None);
    }
    put_back_content(work, before);
    if let Some(place) = &before.place {
        put_back_place(work, place)?;
    }
    if let Some(held) = &before.hold {
        let text = |hold: &Option<crate::domain::record::Hold>| hold.as_ref().map(|hold| hold.reason.clone());
        work.facts.line("hold", text(&work.record.hold), text(&held.was));
        work.record.hold.clone_from(&held.was);
    }
    put_back_exceptions(work, before);
    put_back_signoffs(work, before);
    work.facts.undoes = Some(last.seq);
    Ok(())
}

/// Somebody who acted since saw what was done and may rely on it.
fn is_mine(work: &Work<'_>, last: &Event) -> Result<(), Refusal> {
    if last.by == work.actor.login {
        return Ok(());
    }
    let why = last.facts.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let message = format!("the last act on the record is not yours: {} did `{}`{why}", last.by, last.action);
    let mut refusal = Refusal { no: No::Overtaken, ..Refusal::new("undo", message) };
    refusal.who = [last.by.to_string()].into();
    Err(refusal.hint("look at the record again; what is wrong in it is set right by another act"))
}

/// Why an act is not undone, and what to do instead.
fn stays(last: &Event) -> Refusal {
    let (why, instead) = match last.action.as_str() {
        "release" => ("what is released stays released", "a correction opens the next version"),
        "receipt" => ("what came back stays recorded", "record what came back afterwards: the last answer counts"),
        "sign" => ("a sign-off stays given", "return the record: that voids it"),
        "exception-waive" => ("a waiver stays given", "reopen the exception with a reason"),
        "scope-move" => {
            ("who answers for the record and which policy holds was decided with it", "move it back with a reason")
        }
        "receive" | "prepare" => ("what came in stays received", "bring in what is right; it becomes a new revision"),
        _ => ("the desk did not keep what undoing it takes", "set it right by another act"),
    };
    Refusal::new("undo", format!("`{}` is not undone: {why}", last.action)).hint(instead)
}

fn put_back_content(work: &mut Work<'_>, before: &Before) {
    let value = |declared: &Option<Declared>| declared.as_ref().map(|declared| declared.value.clone());
    for (address, was) in &before.declared {
        let now = put(&mut work.record.declared, address, was);
        work.facts.line(address.as_str(), value(&now), value(was));
    }
    for (row, was) in &before.dropped {
        let now = put(&mut work.record.dropped, row, was);
        let text = |dropped: &Option<Declared>| dropped.is_none().then(|| "row".to_owned());
        work.facts.line(row.as_str(), text(&now), text(was));
    }
    for (address, was) in &before.confirmations {
        let by = |confirmation: &Option<Confirmation>| {
            confirmation.as_ref().filter(|yes| !yes.void).map(|yes| yes.by.to_string())
        };
        // Undoing makes nobody's yes out of the word of somebody who has changed content since.
        let was = &was.clone().map(|yes| Confirmation { void: changed_content(work, before, &yes.by), ..yes });
        let now = put(&mut work.record.confirmations, address, was);
        if by(&now) != by(was) {
            work.facts.line(format!("confirmation {address}"), by(&now), by(was));
        }
    }
    if before.touches_content() {
        work.content_changed(true);
    }
}

fn changed_content(work: &Work<'_>, before: &Before, login: &Login) -> bool {
    work.record.editors.contains(login) || (before.touches_content() && work.actor.login == *login)
}

/// Puts an entry of a map back as it was; answers what was there now.
fn put<T: Clone>(map: &mut std::collections::BTreeMap<Address, T>, address: &Address, was: &Option<T>) -> Option<T> {
    match was {
        Some(was) => map.insert(address.clone(), was.clone()),
        None => map.remove(address),
    }
}

fn put_back_place(work: &mut Work<'_>, place: &Place) -> Result<(), Refusal> {
    let step = work.case.policy.step(&place.step).ok_or_else(|| {
        Refusal::new("policy", format!("the policy has no step `{}` any more: the act cannot be undone", place.step))
    })?;
    if work.step()?.outcome == Outcome::Rest && step.outcome != Outcome::Rest {
        return Err(Refusal::new("immutable", "a released record is opened again by nothing; it is corrected"));
    }
    let text = |login: &Option<Login>| login.as_ref().map(ToString::to_string);
    let record = &work.record;
    let mut place = place.clone();
    place.owner = still_here(work, place.owner);
    let differs = [
        ("step", Some(record.step.clone()), Some(place.step.clone())),
        ("owner", text(&record.owner), text(&place.owner)),
        ("preparer", text(&record.preparer), text(&place.preparer)),
    ];
    for (what, now, was) in differs.into_iter().filter(|(_, now, was)| now != was) {
        work.facts.line(what, now, was);
    }
    let Place { step, step_since, owner, preparer } = place;
    work.record.step = step;
    work.record.step_since = step_since;
    work.record.owner = owner;
    work.record.preparer = preparer;
    Ok(())
}

/// Work is not given back to somebody who left in the meantime: nobody owns it then.
fn still_here(work: &Work<'_>, owner: Option<Login>) -> Option<Login> {
    owner.filter(|owner| work.case.people.iter().any(|person| person.login == *owner && person.left.is_none()))
}

fn put_back_exceptions(work: &mut Work<'_>, before: &Before) {
    for Stood { id, state, owner, outcome, group } in &before.exceptions {
        let owner = &still_here(work, owner.clone());
        // What somebody settled who has changed content since was opened again for good.
        let by_editor = outcome.as_ref().is_some_and(|outcome| changed_content(work, before, &outcome.by));
        let reopened = by_editor && work.record.exceptions.iter().any(|one| one.id == *id && one.outcome.is_none());
        let (state, outcome) = if reopened { (&State::Open, &None) } else { (state, outcome) };
        let Some(exception) = work.record.exceptions.iter_mut().find(|one| one.id == *id) else { continue };
        let number = |group: Option<ExceptionId>| group.map(|group| group.0.to_string());
        let login = |owner: &Option<Login>| owner.as_ref().map(ToString::to_string);
        let lines = [
            ("", Some(exception.state.word().to_owned()), Some(state.word().to_owned())),
            (" owner", login(&exception.owner), login(owner)),
            (" group", number(exception.group), number(*group)),
        ];
        for (what, now, was) in lines.into_iter().filter(|(_, now, was)| now != was) {
            work.facts.line(format!("exception {}{what}", id.0), now, was);
        }
        exception.state = *state;
        exception.owner.clone_from(owner);
        exception.outcome.clone_from(outcome);
        exception.group = *group;
    }
    for id in &before.said {
        let Some(exception) = work.record.exceptions.iter_mut().find(|one| one.id == *id) else { continue };
        let Some(remark) = exception.discussion.iter_mut().rev().find(|remark| remark.struck_at.is_none()) else {
            continue;
        };
        remark.struck_at = Some(work.case.now);
        work.facts.line(format!("exception {} remark", id.0), Some(remark.text.clone()), None);
    }
    for exception in work.record.exceptions.iter_mut().filter(|one| before.raised.contains(&one.id)) {
        let now = std::mem::replace(&mut exception.state, State::Withdrawn);
        let word = |state: State| Some(state.word().to_owned());
        work.facts.line(format!("exception {}", exception.id.0), word(now), word(State::Withdrawn));
    }
}

/// A signature that the act gave becomes void. One that it made void stands again, as a sign-off of its own: what was
/// voided stays in the list as it is. It stands only if the content is what it was given for, and never for somebody who has
/// changed content since.
fn put_back_signoffs(work: &mut Work<'_>, before: &Before) {
    let now = work.case.now;
    for at in &before.signed {
        if let Some(signoff) = work.record.signoffs.get_mut(*at).filter(|signoff| signoff.void_at.is_none()) {
            signoff.void_at = Some(now);
            work.facts.void_line(format!("sign-off {}", signoff.checkpoint), &signoff.by, None);
        }
    }
    if before.voided.is_empty() {
        return;
    }
    let content = Certificate::of(&work.case_now()).hash;
    for at in &before.voided {
        let Some(signoff) = work.record.signoffs.get(*at).filter(|signoff| signoff.content == content).cloned() else {
            continue;
        };
        if changed_content(work, before, &signoff.by) {
            continue;
        }
        work.facts.stands_again_line(format!("sign-off {}", signoff.checkpoint), &signoff.by);
        work.record.signoffs.push(crate::domain::record::SignOff { void_at: None, ..signoff });
    }
}

//! What the commands of the work do: each looks at the record under the cursor and sends an act, or opens its form.

use super::bulk::{self, Plain};
use super::form::{Form, Purpose};
use super::model::{Ask, Model, Sheet, Tone};
use super::msg::{Effect, Tag};
use super::outbox::{Act, Deed, Then};
use super::record::{Opened, Pane, WORDS, may_declare, may_settle};
use super::screen::Screen;
use super::{forms, settle};
use crate::domain::action::{Action, Settle};
use crate::domain::address::Address;
use crate::domain::certificate::Change;
use crate::domain::exception::Exception;
use crate::domain::identity::{RecordId, Seq};

/// Sends an act and answers with what that takes; the tag is the one it goes under.
pub fn send(model: &mut Model, act: Act, again: Option<Tag>) -> (Tag, Vec<Effect>) {
    let (tag, effect) = model.outbox.send(act, again);
    (tag, effect.into_iter().collect())
}

fn send_action(model: &mut Model, action: Action, done: impl Into<String>, then: Then) -> Vec<Effect> {
    let Some(opened) = model.current() else { return Vec::new() };
    let (record, seen) = (opened.id(), opened.seen);
    send(model, Act { record, seen, deed: Deed::Act(action), done: done.into(), then, drafts: Vec::new() }, None).1
}

/// Opens a form on the current record and looks for what was written in it before.
fn open_form(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    let Some(opened) = model.current() else { return Vec::new() };
    let form = forms::open(purpose, opened, &model.house);
    show_form(model, form)
}

/// Shows a form and looks for what was written in it before.
pub(super) fn show_form(model: &mut Model, form: Form) -> Vec<Effect> {
    let drafts = form.fields.iter().filter_map(|field| field.draft.clone());
    let effects = drafts.map(|key| Effect::LoadDraft { key }).collect();
    model.sheet = Some(Sheet::Form(Box::new(form)));
    effects
}

fn undecided(opened: &Opened) -> Option<&Change> {
    opened.change().filter(|change| change.undecided && !opened.confirming.contains(&change.address))
}

/// Whether the change under the cursor can be confirmed.
///
/// # Errors
/// Why not, and who could.
pub fn may_confirm(model: &Model) -> Result<(), String> {
    model.may("confirm")?;
    let opened = model.current().ok_or("no record is open")?;
    let change = opened.change().ok_or("the cursor is on no change")?;
    match &change.confirmed {
        Some(confirmed) => Err(format!("{} confirmed it already", confirmed.by)),
        None if opened.confirming.contains(&change.address) => Err("it is being confirmed".to_owned()),
        None if change.needs_decision => Ok(()),
        None => Err(format!("it is {} and needs no decision", change.kind.word())),
    }
}

/// Confirms the change under the cursor and goes to the next.
pub fn confirm(model: &mut Model) -> Vec<Effect> {
    let height = pane_height(model);
    let Some(opened) = model.current() else { return Vec::new() };
    let Some(address) = opened.change().map(|change| change.address.clone()) else { return Vec::new() };
    let left = opened.changes().filter(|change| change.undecided).count() - usize::from(undecided(opened).is_some());
    let left = left.saturating_sub(opened.confirming.len());
    let title = forms::title_of(&model.house, &address);
    let done = match left {
        0 => format!("confirmed {title}; every change is decided"),
        1 => format!("confirmed {title}; one more is undecided"),
        _ => format!("confirmed {title}; {left} more are undecided"),
    };
    let action = Action::Confirm { addresses: Some(vec![address.clone()]) };
    let effects = send_action(model, action, done, Then::Stay);
    if let Some(opened) = &mut model.record {
        opened.confirming.insert(address);
        if opened.pane == Pane::Changes {
            opened.to_undecided(true, height);
        }
    }
    effects
}

/// Whether all clean changes can be confirmed.
///
/// # Errors
/// Why not, and who could.
pub fn may_confirm_all(model: &Model) -> Result<(), String> {
    if model.on_marked() {
        return Ok(());
    }
    if !model.record_is_seen() {
        return Err("open the record and see what you confirm".to_owned());
    }
    model.may("confirm")?;
    model.may("confirm-all")
}

/// Confirms every undecided change that no finding speaks of.
pub fn confirm_all(model: &mut Model) -> Vec<Effect> {
    if model.on_marked() {
        return bulk::ask(model, Plain::ConfirmAll);
    }
    let Some(opened) = model.current() else { return Vec::new() };
    let doubtful = |address: &Address| opened.findings_at(address).next().is_some();
    let open: Vec<&Change> = opened.changes().filter(|change| change.undecided).collect();
    let left = open.iter().filter(|change| doubtful(&change.address)).count();
    let clean = open.len() - left;
    let done = match left {
        0 => format!("confirmed {clean}; every change is decided"),
        _ => format!("confirmed {clean}; {left} with a finding are left to decide one by one"),
    };
    send_action(model, Action::Confirm { addresses: None }, done, Then::Stay)
}

/// Takes the record; from somebody else with a reason.
pub fn take(model: &mut Model) -> Vec<Effect> {
    if model.on_marked() {
        return bulk::ask(model, Plain::Take);
    }
    let Some(opened) = model.current() else { return Vec::new() };
    match &opened.dossier.record.owner {
        Some(owner) if *owner == model.who.login => {
            model.say(Tone::Plain, "the record is yours already");
            Vec::new()
        }
        Some(_) => open_form(model, Purpose::Take),
        None => {
            let to = Some(model.who.login.clone());
            send_action(model, Action::Assign { to, reason: None }, "the record is yours", Then::Stay)
        }
    }
}

/// Gives the record to somebody; in the exceptions, the exception.
pub fn assign(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Board {
        return settle::assign(model);
    }
    if model.on_marked() {
        return bulk::open_form(model, Purpose::Assign);
    }
    let exception = model
        .current()
        .filter(|opened| opened.pane == Pane::Exceptions)
        .and_then(|opened| opened.exception(model.now))
        .map(|exception| exception.id);
    open_form(model, exception.map_or(Purpose::Assign, Purpose::AssignException))
}

fn here(model: &Model) -> Option<Address> {
    if !model.record_is_seen() {
        return None;
    }
    model.current().and_then(|opened| opened.address(model.now)).cloned()
}

/// Raises an exception.
pub fn flag(model: &mut Model) -> Vec<Effect> {
    if model.on_marked() {
        return bulk::open_form(model, Purpose::Flag(None));
    }
    let address = here(model);
    open_form(model, Purpose::Flag(address))
}

/// Whether a value can be declared at the entry under the cursor.
///
/// # Errors
/// Why not, and who could.
pub fn may_edit(model: &Model) -> Result<(), String> {
    model.may("edit")?;
    match (model.current(), entry_here(model)) {
        (Some(opened), Some(address)) => may_declare(opened, &address, &model.house, &model.who, model.now),
        _ => Ok(()),
    }
}

fn entry_here(model: &Model) -> Option<Address> {
    here(model)
        .filter(|address| model.house.catalogue.element(address).is_some_and(|element| element.value_type().is_some()))
}

/// Declares a value at the entry under the cursor; where it is on a table or on nothing, at one that is named.
pub fn edit(model: &mut Model) -> Vec<Effect> {
    let address = entry_here(model);
    open_form(model, Purpose::Edit(address))
}

/// Declares a value at an entry that is named.
pub fn edit_entry(model: &mut Model) -> Vec<Effect> {
    open_form(model, Purpose::Edit(None))
}

fn settle_probe(text: &str) -> [Settle; 2] {
    [Settle::Resolve { text: text.to_owned() }, Settle::Waive { text: text.to_owned(), until: None }]
}

/// Whether the exception under the cursor of the record can be settled in this way.
pub(super) fn may(model: &Model, how: &Settle) -> Result<(), String> {
    let opened = model.current().ok_or("no record is open")?;
    let exception: &Exception = opened.exception(model.now).ok_or("the cursor is on no exception")?;
    if model.outbox.busy_with(opened.id()) {
        return Ok(());
    }
    may_settle(opened, exception, how, &model.house, &model.who, model.now)
}

/// Whether the exception under the cursor can be resolved.
///
/// # Errors
/// Why not, and who could.
pub fn may_resolve(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Board {
        return settle::may(model, "resolve");
    }
    may(model, &settle_probe(WORDS)[0])
}

/// Whether the exception under the cursor can be waived.
///
/// # Errors
/// Why not, and who could.
pub fn may_waive(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Board {
        return settle::may(model, "waive");
    }
    may(model, &settle_probe(WORDS)[1])
}

fn about_exception(model: &mut Model, purpose: fn(crate::domain::identity::ExceptionId) -> Purpose) -> Vec<Effect> {
    let found = model.current().and_then(|opened| opened.exception(model.now)).map(|exception| exception.id);
    found.map_or_else(Vec::new, |id| open_form(model, purpose(id)))
}

/// Settles the exception under the cursor.
pub fn resolve(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Board {
        return settle::resolve(model);
    }
    about_exception(model, Purpose::Resolve)
}

/// Lets the exception under the cursor pass.
pub fn waive(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Board {
        return settle::waive(model);
    }
    about_exception(model, Purpose::Waive)
}

/// Opens the exception under the cursor again.
pub fn reopen(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Board {
        return settle::reopen(model);
    }
    about_exception(model, Purpose::Reopen)
}

/// Whether something can be said about the exception under the cursor.
///
/// # Errors
/// That it is on none.
pub fn may_comment(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Board {
        return settle::may(model, "comment");
    }
    let exception = model.current().and_then(|opened| opened.exception(model.now));
    exception.map(drop).ok_or_else(|| "the cursor is on no exception".to_owned())
}

/// Says something about the exception under the cursor.
pub fn comment(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Board {
        return settle::comment(model);
    }
    about_exception(model, Purpose::Comment)
}

/// Moves the record to the next step, signing on the way, and goes to the next record.
pub fn advance(model: &mut Model) -> Vec<Effect> {
    if model.on_marked() {
        return bulk::ask(model, Plain::Advance);
    }
    let Some(opened) = model.current() else { return Vec::new() };
    let record = &opened.dossier.record;
    let policy = model.house.policy_of(record.scope.as_deref());
    let step = policy.step(&record.step);
    let next = policy.after(&record.step).map_or("the next step", |step| &step.title);
    let tail = record.vin.tail();
    let done = match step.and_then(|step| step.checkpoint.as_deref()) {
        Some(checkpoint) => format!("{tail}: {checkpoint} signed, on to {next}"),
        None => format!("{tail} on to {next}"),
    };
    send_action(model, Action::Advance { reason: None }, done, Then::Next)
}

/// Sends the record back.
pub fn send_back(model: &mut Model) -> Vec<Effect> {
    if model.on_marked() {
        return bulk::open_form(model, Purpose::Return);
    }
    open_form(model, Purpose::Return)
}

/// Holds the record, or goes on with one that is held.
pub fn hold(model: &mut Model) -> Vec<Effect> {
    if model.on_marked() {
        return bulk::open_form(model, Purpose::Hold);
    }
    let held = model.current().is_some_and(|opened| opened.dossier.record.held_on(model.now.day()));
    if held {
        return send_action(model, Action::Resume { reason: None }, "the record goes on", Then::Stay);
    }
    open_form(model, Purpose::Hold)
}

/// Writes a remark.
pub fn note(model: &mut Model) -> Vec<Effect> {
    open_form(model, Purpose::Note)
}

/// Records what came back from the authority for the released version; opened from the archive, for the one it was opened at.
pub fn receipt(model: &mut Model) -> Vec<Effect> {
    let opened = model.opened_from.filter(|(screen, _)| *screen == Screen::Archive).map(|(_, id)| id);
    // The archive's cursor may be on another record by now.
    let release = model.archive.selected.filter(|one| [opened, model.shown].iter().all(|id| *id == Some(one.record)));
    let version = release.map(|release| release.version);
    open_form(model, Purpose::Receipt(version))
}

/// Asks before releasing: shows what will happen, the safe button first.
pub fn release(model: &mut Model) -> Vec<Effect> {
    if model.on_marked() {
        return bulk::ask(model, Plain::Release);
    }
    let Some(opened) = model.current() else { return Vec::new() };
    let record = &opened.dossier.record;
    let act = Act {
        record: record.id,
        seen: opened.seen,
        deed: Deed::Release,
        done: format!("{} version {} is released", record.vin.tail(), record.version),
        then: Then::Next,
        drafts: Vec::new(),
    };
    let ask = Ask {
        title: format!("Release {}", record.vin.tail()),
        lines: forms::release_lines(opened, &model.house),
        doing: "Release",
        on_doing: false,
        act,
        form: None,
    };
    model.sheet = Some(Sheet::Ask(Box::new(ask)));
    Vec::new()
}

/// What the person did last, as long as it can be meant by undo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The record.
    pub record: RecordId,
    /// The record's event of it.
    pub seq: Seq,
    /// What was said of it.
    pub told: String,
}

/// Whether there is an act of this session to undo. An earlier one is nothing anybody has in mind here.
///
/// # Errors
/// That there is none.
pub fn may_undo(model: &Model) -> Result<(), String> {
    match model.done.last() {
        Some(done) if model.outbox.busy_with(done.record) => Err("your last act is still on its way".to_owned()),
        Some(_) => Ok(()),
        None => {
            Err("nothing was done in this session; `stageplate undo VIN` takes back what was done before".to_owned())
        }
    }
}

/// Undoes the last act of this session, wherever it was; of an act on many records, on the last of them.
pub fn undo(model: &mut Model) -> Vec<Effect> {
    let Some(last) = model.done.last().cloned() else { return Vec::new() };
    let here = model.current().filter(|opened| opened.id() == last.record);
    // What was seen of the record since counts as seen.
    let seen = here.map_or(last.seq, |opened| opened.seen.max(last.seq));
    let done = format!("undone: “{}”", last.told.split(';').next().unwrap_or(&last.told));
    let deed = Deed::Act(Action::Undo);
    send(model, Act { record: last.record, seen, deed, done, then: Then::Show, drafts: Vec::new() }, None).1
}

/// Sends the VIN to the terminal's clipboard.
pub fn copy_vin(model: &mut Model) -> Vec<Effect> {
    let vin = match model.screen {
        Screen::Board => model.board.row().map(|row| row.vin.to_string()),
        Screen::Archive => model.archive.row().map(|row| row.vin.to_string()),
        Screen::Desk | Screen::Overview => model.current().map(|opened| opened.dossier.record.vin.to_string()),
    };
    vin.map(Effect::Copy).into_iter().collect()
}

/// Sends the value under the cursor to the terminal's clipboard.
pub fn copy_value(model: &mut Model) -> Vec<Effect> {
    let change = model.current().and_then(Opened::change);
    let value = change.and_then(|change| change.ours.clone().or_else(|| change.before.clone()));
    if value.is_none() {
        model.say(Tone::No, "the cursor is on no value");
    }
    value.map(Effect::Copy).into_iter().collect()
}

/// Screen rows of the pane.
pub fn pane_height(model: &Model) -> usize {
    usize::from(model.layout().pane.height)
}

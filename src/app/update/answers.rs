//! What becomes of an act: it was done, refused, or somebody else came first.

use super::reread;
use crate::app::acts::Done;
use crate::app::form::Meanwhile;
use crate::app::model::{Model, Sheet, Tone};
use crate::app::msg::{Effect, Tag};
use crate::app::outbox::{Act, Deed, Then};
use crate::app::{archive, bulk, places, screen};
use crate::domain::action::Action;
use crate::domain::event::Event;
use crate::domain::identity::Seq;
use crate::domain::story::Teller;

pub(super) fn applied(model: &mut Model, tag: Tag, seq: Seq, changed: bool) -> Vec<Effect> {
    let Some(act) = model.outbox.answered(tag, Some(seq)) else { return Vec::new() };
    let mut effects: Vec<Effect> = model.outbox.send_next().into_iter().collect();
    model.last_event = model.last_event.max(seq);
    remember(model, &act, seq, changed);
    archive::changed(model, |record| record == act.record);
    let beside = act.deed.stands_beside();
    if !beside {
        model.list.did(act.record, seq);
        model.board.did(act.record, seq);
        if let Some((_, seen)) = model.marks.get_mut(&act.record) {
            *seen = seq.max(*seen);
        }
    }
    if let Some(of_many) = bulk::answered(model, tag, Ok((changed, seq))) {
        if let Some(opened) = model.record.as_mut().filter(|opened| !beside && opened.id() == act.record) {
            opened.seen = opened.seen.max(seq);
        }
        effects.extend(of_many);
        return effects;
    }
    model.say(Tone::Done, if changed { act.done } else { "nothing had to be changed".to_owned() });
    effects.extend(act.drafts.into_iter().map(|key| Effect::SaveDraft { key, text: String::new() }));
    if matches!(&model.sheet, Some(Sheet::Form(form)) if form.sending == Some(tag)) {
        model.sheet = None;
    }
    if let Some(opened) = model.record.as_mut().filter(|opened| opened.id() == act.record) {
        if beside {
            opened.stale = true;
        } else {
            opened.seen = opened.seen.max(seq);
        }
    }
    if act.then == Then::Next && model.shown == Some(act.record) {
        effects.extend(model.leave(act.record));
    } else if act.then == Then::Show && model.shown != Some(act.record) {
        effects.extend(places::open(model, act.record));
    } else if model.shown == Some(act.record) {
        effects.extend(reread(model));
    }
    effects.extend(model.ask_for_list());
    effects.push(Effect::LoadCounts);
    effects.extend(screen::read(model));
    effects
}

/// Remembers an act for undo, or that it was undone.
fn remember(model: &mut Model, act: &Act, seq: Seq, changed: bool) {
    const MOST: usize = 100;
    match act.deed {
        Deed::Act(Action::Undo) => {
            model.done.pop();
        }
        Deed::Act(_) if changed => {
            model.done.push(Done { record: act.record, seq, told: act.done.clone() });
            if model.done.len() > MOST {
                model.done.remove(0);
            }
        }
        Deed::Act(_) | Deed::Release => {}
    }
}

pub(super) fn refused(model: &mut Model, tag: Tag, why: &str, unclear: bool) -> Vec<Effect> {
    let Some(act) = model.outbox.answered(tag, None) else { return Vec::new() };
    let mut effects: Vec<Effect> = model.outbox.send_next().into_iter().collect();
    let told = if unclear { format!("{why}; whether it was done is not known") } else { why.to_owned() };
    if let Some(of_many) = bulk::answered(model, tag, Err(told)) {
        effects.extend(of_many);
        return effects;
    }
    if let Some(opened) = model.record.as_mut().filter(|opened| opened.id() == act.record) {
        opened.confirming.clear();
    }
    match &mut model.sheet {
        Some(Sheet::Form(form)) if form.sending == Some(tag) => {
            form.sending = None;
            form.fault = Some(why.to_owned());
            form.unclear = unclear.then_some(tag);
        }
        _ => model.say(Tone::No, why),
    }
    effects
}

pub(super) fn conflict(model: &mut Model, tag: Tag, event: &Event) -> Vec<Effect> {
    let text = Teller::new(model.house.catalogue).in_brief(event);
    if matches!(model.sheet, Some(Sheet::Bulk(_))) {
        return refused(model, tag, &format!("{text} came first"), false);
    }
    let mine = matches!(&model.sheet, Some(Sheet::Form(form)) if form.sending == Some(tag));
    let mut effects =
        refused(model, tag, &format!("{text} came first: nothing was written; look, then do it again"), false);
    if let (true, Some(Sheet::Form(form))) = (mine, &mut model.sheet) {
        form.meanwhile = Some(Meanwhile { told: text, now: None, acknowledged: true });
    }
    effects.extend(reread(model));
    effects.extend(model.ask_for_list());
    effects
}

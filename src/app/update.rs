//! What each message does to the model, and what is to be done then.

mod answers;
mod keys;

use super::filled;
use super::jump;
use super::layout::Focus;
use super::lines;
use super::links;
use super::model::{List, Model, Sheet, Tone};
use super::msg::{Effect, Msg, Row, Ticket};
use super::places::Place;
use super::point;
use super::record::{Opened, in_words};
use super::screen::{self, Screen};
use super::{archive, board, overview, preview, settle};
use super::{pointer, settings, tour, typing};
use crate::domain::dossier::Dossier;
use crate::domain::event::Event;
use crate::domain::identity::Seq;
use crate::domain::moment::Moment;
use crate::domain::queue::QueueName;
use crate::domain::saved::SavedCount;
use crate::domain::story::Teller;
use crate::failure::Failure;

pub use keys::run_command;

use answers::{applied, conflict, refused};
use keys::{hear, once_rows_are_here, press_held};

/// Takes a message in; answers with what is to be done, in order.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let mut effects = take(model, msg);
    effects.extend(preview::ask(model));
    effects.extend(links::look(model));
    if model.tour.is_some() {
        effects.extend(tour::look(model));
    }
    effects
}

fn take(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => moving(model, |model| hear(model, key)),
        Msg::Run(command) => moving(model, |model| point::run(model, command)),
        Msg::Point { part, row } => moving(model, |model| point::to(model, part, row)),
        Msg::Choose(at) => point::choose(model, at),
        Msg::Paste(text) => typing::pasted(model, &text),
        Msg::Pointer(at) => {
            let before = Place::of(model);
            let effects = pointer::point(model, at);
            let after = Place::of(model);
            model.places.left(before, &after);
            effects
        }
        Msg::Keymap { name, read } => settings::keymap_read(model, &name, *read),
        Msg::SettingKept(kept) => settings::kept(model, kept),
        Msg::Resize { width, height } => resize(model, width, height),
        Msg::Tick(now) => tick(model, now),
        Msg::Pulse => ask_for_news(model),
        Msg::Counts(counts) => count(model, counts),
        Msg::Saved(saved) => saved_queues(model, saved),
        Msg::Page { ticket, rows, next } => once_rows_are_here(model, |model| page(model, ticket, rows, next)),
        Msg::Groups { ticket, groups } => board::groups_read(model, ticket, groups),
        Msg::Exceptions { ticket, rows, next } => {
            once_rows_are_here(model, |model| board::page_read(model, ticket, rows, next))
        }
        Msg::Overview { ticket, known, scopes } => overview::read(model, ticket, *known, scopes),
        Msg::Archive { ticket, rows, next, total } => {
            once_rows_are_here(model, |model| archive::page_read(model, ticket, rows, next, total))
        }
        Msg::Release { id, known } => archive::release_read(model, id, known.map(|known| *known)),
        Msg::Verified { id, found } => archive::verified(model, id, found),
        Msg::Linked(rows) => settle::linked(model, &rows),
        Msg::Links { group, rows } => {
            model.links.read(group, rows);
            Vec::new()
        }
        Msg::Dossier(dossier) => dossier_read(model, *dossier),
        Msg::NoDossier { id, failure } => {
            model.reading = None;
            if model.shown == Some(id) {
                model.standing = None;
                model.held.clear();
                model.say(Tone::No, failure_in_words(&failure));
            }
            read_what_waits(model)
        }
        Msg::Late => {
            model.standing = None;
            Vec::new()
        }
        Msg::News(events) => news(model, &events),
        Msg::House(governed) => {
            model.who = governed.who;
            model.house.people = governed.people;
            model.house.policies = governed.policies;
            model.house.scopes = governed.scopes;
            model.house.options = governed.options;
            model.offered = None;
            reread(model)
        }
        Msg::Offered(offered) => {
            model.offered = Some(*offered);
            typing::offered(model);
            Vec::new()
        }
        Msg::Values { begun, values } => typing::values(model, &begun, values),
        Msg::Draft { key, text } => {
            typing::draft(model, &key, &text);
            Vec::new()
        }
        Msg::Message { record, preview } => preview::read(model, record, *preview),
        Msg::Lines { record, address, base, ours } => lines::read(model, record, address.as_ref(), base, ours),
        Msg::Edited(result) => typing::edited(model, result),
        Msg::Applied { tag, seq, changed } => applied(model, tag, seq, changed),
        Msg::Refused { tag, refusal } => refused(model, tag, &in_words(&refusal), false),
        Msg::Conflict { tag, event } => conflict(model, tag, &event),
        Msg::Failed { tag: Some(tag), failure } => refused(model, tag, &failure_in_words(&failure), true),
        Msg::NoPage { ticket, failure } => {
            // What was asked for may be asked for again: by the next news, or by whoever moves on.
            model.list.asked.failed(ticket);
            // What waited for it waits no longer.
            model.held.clear();
            jump::failed(model, ticket);
            board::failed(model, ticket);
            overview::failed(model, ticket);
            archive::failed(model, ticket);
            model.say(Tone::No, failure_in_words(&failure));
            Vec::new()
        }
        Msg::Failed { tag: None, failure } => {
            model.say(Tone::No, failure_in_words(&failure));
            Vec::new()
        }
        Msg::Told(text) => {
            model.say(Tone::Plain, text);
            Vec::new()
        }
    }
}

/// Does something that may lead to another place, and remembers the one it was done in.
fn moving(model: &mut Model, work: impl FnOnce(&mut Model) -> Vec<Effect>) -> Vec<Effect> {
    let before = Place::of(model);
    let effects = work(model);
    let after = Place::of(model);
    model.places.left(before, &after);
    effects
}

fn failure_in_words(failure: &Failure) -> String {
    match failure.hints.first() {
        Some(hint) => format!("{}; {hint}", failure.message),
        None => failure.message.clone(),
    }
}

fn resize(model: &mut Model, width: u16, height: u16) -> Vec<Effect> {
    model.size = (width, height);
    let focus = model.focus;
    let mut effects = model.focus_on(focus);
    board::settle_window(model);
    archive::settle_window(model);
    effects.push(Effect::Redraw);
    effects
}

fn tick(model: &mut Model, now: Moment) -> Vec<Effect> {
    let new_day = now.day() != model.now.day();
    model.now = now;
    if !new_day {
        return Vec::new();
    }
    let mut effects = model.ask_for_list();
    effects.extend(screen::read(model));
    effects
}

fn ask_for_news(model: &mut Model) -> Vec<Effect> {
    let (asked, again) = &mut model.news;
    if *asked {
        *again = true;
        return Vec::new();
    }
    *asked = true;
    vec![Effect::LoadNews(model.last_event)]
}

fn news(model: &mut Model, events: &[Event]) -> Vec<Effect> {
    let (_, again) = std::mem::take(&mut model.news);
    let mut effects = Vec::new();
    if let Some(last) = events.iter().map(|event| event.seq).max() {
        model.last_event = model.last_event.max(last);
        for event in events.iter().filter(|event| event.by != model.who.login) {
            if let Some((id, _)) = &event.record {
                model.list.changed.insert(*id, event.by.clone());
            }
        }
        board::settled(model, events);
        model.links.may_be_others();
        archive::happened(model, events);
        if events.iter().any(|event| event.record.is_none()) {
            effects.push(Effect::LoadHouse);
        }
        effects.push(Effect::LoadCounts);
        effects.extend(model.ask_for_list());
        effects.extend(screen::read(model));
        let shown = model.shown;
        if events.iter().any(|event| event.record.as_ref().map(|(id, _)| *id) == shown) {
            effects.extend(reread(model));
        }
    }
    if again {
        effects.extend(ask_for_news(model));
    }
    effects
}

fn reread(model: &mut Model) -> Vec<Effect> {
    model.shown.map_or_else(Vec::new, |id| model.read(id))
}

fn count(model: &mut Model, counts: Vec<(QueueName, u64)>) -> Vec<Effect> {
    let saved = model.queues.saved.iter().map(|saved| (QueueName::Saved(saved.queue.id), saved.records));
    model.queues.rows = counts.into_iter().chain(saved).collect();
    if let Some(at) = model.queues.rows.iter().position(|(queue, _)| *queue == model.list.queue) {
        let rows = model.queues.rows.len();
        model.queues.scroll.to(at, rows, model.queue_rows());
    }
    Vec::new()
}

fn saved_queues(model: &mut Model, saved: Vec<SavedCount>) -> Vec<Effect> {
    let gone = matches!(model.list.queue, QueueName::Saved(id) if !saved.iter().any(|saved| saved.queue.id == id));
    model.queues.saved = saved;
    let built_in = model.queues.rows.iter().copied().filter(|(queue, _)| !matches!(queue, QueueName::Saved(_)));
    let built_in = built_in.collect();
    let effects = count(model, built_in);
    if gone {
        model.say(Tone::Plain, "the saved queue was dropped: this is everything");
        model.list = List::of(QueueName::All);
        return model.ask_for_list();
    }
    effects
}

fn page(model: &mut Model, ticket: Ticket, mut rows: Vec<Row>, next: Option<String>) -> Vec<Effect> {
    if jump::found(model, ticket, &rows, next.is_some()) {
        return Vec::new();
    }
    let list = &mut model.list;
    let Some(part) = list.asked.answered(ticket, next) else { return Vec::new() };
    list.still_did(&mut rows);
    part.join(&mut list.rows, rows, |row| row.summary.id);
    let wanted = list.wanted.take();
    // Who reads a record is on its row wherever it comes back: what is done is done to what is shown.
    let read = model.shown.filter(|_| model.focus == Focus::Record);
    let row_of = |id: Option<_>| list.rows.iter().position(|row| Some(row.summary.id) == id);
    let kept = row_of(wanted).or_else(|| row_of(read)).or_else(|| row_of(list.selected));
    let at = kept.unwrap_or(list.scroll.at);
    model.select(at);
    let mut effects = model.follow();
    if model.list.asked.is_stale() {
        effects.extend(model.ask_for_list());
    } else {
        effects.extend(model.ask_for_more());
    }
    effects
}

fn dossier_read(model: &mut Model, dossier: Dossier) -> Vec<Effect> {
    model.reading = None;
    let id = dossier.record.id;
    if model.shown == Some(id) {
        let seq = dossier.record.seq;
        install(model, dossier);
        model.show_what_is_wanted();
        let height = super::acts::pane_height(model);
        if let Some(opened) = &mut model.record {
            opened.settle_window(height);
        }
        tell_form(model, seq);
    }
    let mut effects = read_what_waits(model);
    effects.extend(model.mark_seen());
    if !model.is_awaited() {
        effects.extend(press_held(model));
    }
    effects
}

fn install(model: &mut Model, dossier: Dossier) {
    model.standing = None;
    model.links.may_be_others();
    match model.record.as_mut().filter(|opened| opened.id() == dossier.record.id) {
        Some(opened) => opened.refresh(dossier, &model.house, &model.who, model.now),
        None => {
            let pane = model.record.as_ref().map(|opened| opened.pane).or(model.first_pane.take());
            let mut opened = Opened::new(dossier, &model.house, &model.who, model.now);
            opened.pane = pane.unwrap_or(opened.pane);
            model.record = Some(opened);
        }
    }
}

/// The record asked for while another was being read.
fn read_what_waits(model: &mut Model) -> Vec<Effect> {
    let waits = std::mem::take(&mut model.reread);
    match model.shown {
        Some(id) if waits => model.read(id),
        _ => Vec::new(),
    }
}

/// An open form hears that its record changed by another hand.
fn tell_form(model: &mut Model, seq: Seq) {
    let (Some(Sheet::Form(form)), Some(opened)) = (&mut model.sheet, &model.record) else { return };
    if form.record != opened.id() || seq <= form.seen || form.sending.is_some() {
        return;
    }
    let since = form.seen;
    form.seen = seq;
    let other = opened.dossier.history.iter().rev().find(|event| event.seq > since && event.by != model.who.login);
    let known = form.meanwhile.as_ref().is_some_and(|meanwhile| meanwhile.acknowledged);
    if let Some(event) = other {
        let text = Teller::new(model.house.catalogue).in_brief(event);
        filled::tell(form, opened, &model.house, text);
        if known && let Some(meanwhile) = &mut form.meanwhile {
            // A conflict has said so already, when the form was sent.
            meanwhile.acknowledged = true;
        }
    }
}

/// Whether the model keeps its promises; asked by tests after every message.
pub fn is_sound(model: &Model) -> bool {
    let row = |id| model.list.rows.iter().any(|row| row.summary.id == id);
    let selected = model.list.selected.map_or(model.list.rows.is_empty(), row);
    let cursor = model.list.rows.is_empty() || model.list.row().is_some();
    let open = model.record.as_ref().is_none_or(|opened| opened.rows() == 0 || opened.scroll().at < opened.rows());
    let focus = model.screen != Screen::Desk || model.focus != Focus::Record || model.shown.is_some();
    let board = model.board.is_sound() && model.archive.is_sound();
    board && selected && cursor && open && focus
}

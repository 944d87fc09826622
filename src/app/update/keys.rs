//! What a key does: alone, in a sequence, or behind others that wait for a record.

use crate::app::command::{self, Command};
use crate::app::help::keys_of;
use crate::app::model::{Context, Model, Sheet, Tone};
use crate::app::msg::Effect;
use crate::app::{tour, typing};
use crate::config::key::{Code, Key};
use crate::config::keymap::Match;

/// The most keys that wait for a record.
const MOST_HELD: usize = 1_000;

/// A key from the person: behind keys that wait, it waits too, or letters of a text would run commands.
pub(super) fn hear(model: &mut Model, key: Key) -> Vec<Effect> {
    let gives_up = key.code == Code::Esc || (key.ctrl && key.code == Code::Char('c'));
    if gives_up {
        model.held.clear();
    }
    if model.held.is_empty() {
        return press(model, key);
    }
    if model.held.len() < MOST_HELD {
        model.held.push_back(key);
    }
    Vec::new()
}

/// Whether a command waits for what it would be about: a record, or rows, on their way.
fn waits(model: &Model, command: &Command) -> bool {
    (command.shows && model.is_awaited()) || ((command.shows || command.rows) && model.rows_are_awaited())
}

/// Presses the keys that waited for the rows that are here now. Another record under the cursor lets no key go that waited
/// for the rows.
pub(super) fn once_rows_are_here(model: &mut Model, read: impl FnOnce(&mut Model) -> Vec<Effect>) -> Vec<Effect> {
    if !model.rows_are_awaited() {
        return read(model);
    }
    let held = std::mem::take(&mut model.held);
    let mut effects = read(model);
    model.held.extend(held);
    if !model.rows_are_awaited() {
        effects.extend(press_held(model));
    }
    effects
}

/// Presses the keys that waited for the record that is here now. A question must be seen before it is answered: what
/// was typed after it is dropped.
pub(super) fn press_held(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut held = std::mem::take(&mut model.held);
    while let Some(key) = held.pop_front() {
        effects.extend(press(model, key));
        if matches!(model.sheet, Some(Sheet::Ask(_) | Sheet::Bulk(_))) {
            break;
        }
        if !model.held.is_empty() {
            // It waits again, for something else: what was typed after it stays behind it.
            model.held.extend(held);
            break;
        }
    }
    effects
}

fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    let context = model.context();
    if model.pending.is_empty()
        && context.types()
        && let Some(letter) = key.typed()
    {
        return typing::typed(model, letter);
    }
    model.pending.push(key);
    let found = match model.keymap.lookup(context.word(), &model.pending) {
        Match::Command(name) => command::named(name),
        Match::Prefix => return Vec::new(),
        Match::None => None,
    };
    let begun = model.pending.len() > 1;
    model.pending.clear();
    match found.filter(|command| command.contexts.contains(&context)) {
        Some(command) if !begun && waits(model, command) => {
            model.held.push_back(key);
            Vec::new()
        }
        Some(command) => {
            model.notice = None;
            run_command(model, command)
        }
        None if begun && key.code == Code::Esc => Vec::new(),
        // The sequence came to nothing; its last key may still mean something alone.
        None if begun => press(model, key),
        None => {
            if key.code != Code::Esc {
                let told = means_elsewhere(model, context, key);
                model.say(Tone::Plain, told);
            }
            Vec::new()
        }
    }
}

/// What is said of a key that does nothing here: what it does elsewhere, and how to see what there is.
fn means_elsewhere(model: &Model, context: Context, key: Key) -> String {
    let help = keys_of(model, context, "help").first();
    let help = help.map(|key| format!("; {key} tells all keys")).unwrap_or_default();
    let elsewhere = Context::ALL.into_iter().find_map(|place| match model.keymap.lookup(place.word(), &[key]) {
        Match::Command(name) if !place.types() => {
            command::named(name).filter(|command| command.contexts.contains(&place)).map(|command| (place, command))
        }
        _ => None,
    });
    match elsewhere {
        Some((place, command)) => format!("{key} does nothing here; {} it is: {}{help}", place.words(), command.title),
        None => format!("{key} is bound to nothing{help}"),
    }
}

/// Runs a command, or says why it cannot be run.
pub fn run_command(model: &mut Model, command: &Command) -> Vec<Effect> {
    match (command.available)(model) {
        Ok(()) => {
            let mut effects = (command.run)(model);
            effects.extend(tour::follow(model, command.name));
            effects
        }
        Err(why) => {
            model.say(Tone::No, why);
            Vec::new()
        }
    }
}

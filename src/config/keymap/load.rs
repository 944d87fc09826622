//! Reads keymap files, lays one over the one it is based on, and tells every fault of both.

use std::path::Path;

use super::{Binding, GLOBAL, Keymap, Words, known_names, text_of};
use crate::config::fault::ConfigFault;
use crate::config::key::KeySequence;
use crate::config::strict::{Item, Reader, Table};
use crate::domain::nearest::nearest;

/// What one `[[binding]]` says of one command in one context.
struct Entry {
    command: Item<String>,
    /// Whether there is such a command; of one that is not, nothing more is asked.
    known: bool,
    context: String,
    keys: Vec<Item<KeySequence>>,
    help: Option<String>,
}

/// Reads the keymap `name`. `visited` names the keymaps that are based on it: a file may be based on the built-in one of its name.
pub(super) fn load(
    name: &str,
    folder: Option<&Path>,
    words: &Words<'_>,
    visited: &mut Vec<String>,
) -> Result<Keymap, Vec<ConfigFault>> {
    let from = if visited.iter().any(|seen| seen == name) { None } else { folder };
    match text_of(name, from) {
        Ok(Some((file, text))) => {
            visited.push(name.to_owned());
            parse(&file, &text, folder, words, visited)
        }
        Ok(None) => {
            let fault = ConfigFault::whole(name, "no keymap has this name");
            Err(vec![fault.meant(nearest_keymap(name, folder).as_deref())])
        }
        Err(fault) => Err(vec![fault]),
    }
}

fn nearest_keymap(name: &str, folder: Option<&Path>) -> Option<String> {
    let known = known_names(folder);
    nearest(name, known.iter().map(String::as_str)).map(str::to_owned)
}

pub(super) fn parse(
    file: &str,
    text: &str,
    folder: Option<&Path>,
    words: &Words<'_>,
    visited: &mut Vec<String>,
) -> Result<Keymap, Vec<ConfigFault>> {
    let reader = Reader::new(file, text)?;
    let root = reader.root();
    let mut faults = Vec::new();
    let mut base = None;
    if let Some(name) = root.text("base") {
        match based_on(&name, folder, words, visited, &reader) {
            Ok(keymap) => base = keymap,
            Err(of_base) => faults = of_base,
        }
    }
    let entries: Vec<Entry> =
        root.tables("binding").into_iter().flat_map(|table| entries_of(table, words, &reader)).collect();
    root.close();
    report_conflicts(&entries, &reader);
    let keymap = overlay(base.unwrap_or_default(), entries, words, &reader);
    let mut own = reader.into_faults();
    own.append(&mut faults);
    if own.is_empty() { Ok(keymap) } else { Err(own) }
}

fn based_on(
    name: &Item<String>,
    folder: Option<&Path>,
    words: &Words<'_>,
    visited: &mut Vec<String>,
    reader: &Reader<'_>,
) -> Result<Option<Keymap>, Vec<ConfigFault>> {
    // Once for the person's own file and once for the built-in one of the same name; a third time is a circle.
    if visited.iter().filter(|seen| **seen == name.value).count() > 1 {
        reader.fault(name.at, format!("the keymap `{}` is based on itself", name.value), None);
        return Ok(None);
    }
    if matches!(text_of(&name.value, folder), Ok(None)) {
        let meant = nearest_keymap(&name.value, folder);
        reader.fault(name.at, format!("no keymap is called `{}`", name.value), meant.as_deref());
        return Ok(None);
    }
    load(&name.value, folder, words, visited).map(Some)
}

fn entries_of(table: Table<'_>, words: &Words<'_>, reader: &Reader<'_>) -> Vec<Entry> {
    let command = table.required_text("command");
    let contexts = table.texts("when").unwrap_or_default();
    let help = table.text("help").map(|item| item.value);
    let keys = table.texts("keys");
    if keys.is_none() {
        reader.fault(table.at(), "`keys` is missing; to unbind a command, write `keys = []`", None);
    }
    if contexts.is_empty() {
        reader.fault(table.at(), format!("`when` is missing: a context, or \"{GLOBAL}\" for everywhere"), None);
    }
    table.close();

    let known = |context: &str| context == GLOBAL || words.contexts.contains(&context);
    for context in contexts.iter().filter(|context| !known(&context.value)) {
        let meant = nearest(&context.value, words.contexts.iter().copied().chain([GLOBAL]));
        reader.fault(context.at, format!("no context is called `{}`", context.value), meant);
    }
    let Some(command) = command else { return Vec::new() };
    let is_command = words.commands.contains(&command.value.as_str());
    if !is_command {
        let meant = nearest(&command.value, words.commands.iter().copied());
        reader.fault(command.at, format!("no command is called `{}`", command.value), meant);
    }
    let keys: Vec<Item<KeySequence>> =
        keys.unwrap_or_default().into_iter().filter_map(|text| sequence(&text, reader)).collect();
    contexts
        .into_iter()
        .map(|context| {
            report_typed(&keys, &context.value, words, reader);
            let (command, keys, help) = (command.clone(), keys.clone(), help.clone());
            Entry { command, known: is_command, context: context.value, keys, help }
        })
        .collect()
}

fn sequence(text: &Item<String>, reader: &Reader<'_>) -> Option<Item<KeySequence>> {
    match text.value.parse() {
        Ok(value) => Some(Item { value, at: text.at }),
        Err(error) => {
            let error: crate::config::key::KeyError = error;
            reader.fault(text.at, error.to_string(), error.meant());
            None
        }
    }
}

fn report_typed(keys: &[Item<KeySequence>], context: &str, words: &Words<'_>, reader: &Reader<'_>) {
    if !words.typing.contains(&context) {
        return;
    }
    for keys in keys.iter().filter(|keys| keys.value.keys().first().is_some_and(|key| key.typed().is_some())) {
        reader.fault(keys.at, format!("`{}` is text in the context `{context}`", keys.value), None);
    }
}

fn report_conflicts(entries: &[Entry], reader: &Reader<'_>) {
    for (at, entry) in entries.iter().enumerate() {
        let place = |other: &Entry| other.command.value == entry.command.value && other.context == entry.context;
        if let Some(first) = entries[..at].iter().find(|other| place(other)) {
            let (name, context, line) = (&entry.command.value, &entry.context, reader.line(first.command.at));
            let message =
                format!("`{name}` in `{context}` is already bound on line {line}: write all its keys in one place");
            reader.fault(entry.command.at, message, None);
        }
    }
    let all: Vec<(&Entry, &Item<KeySequence>)> =
        entries.iter().flat_map(|entry| entry.keys.iter().map(move |keys| (entry, keys))).collect();
    for (at, (entry, keys)) in all.iter().enumerate() {
        let collides = |other: &&(&Entry, &Item<KeySequence>)| {
            other.0.context == entry.context && other.1.value.collides(&keys.value)
        };
        if let Some((other, theirs)) = all[..at].iter().find(collides) {
            let line = reader.line(theirs.at);
            let (mine, name, context) = (&keys.value, &other.command.value, &entry.context);
            let message = if theirs.value == keys.value {
                format!("`{mine}` in `{context}` is already bound to `{name}` on line {line}")
            } else {
                format!(
                    "`{mine}` in `{context}` collides with `{}`, bound to `{name}` on line {line}: one begins with the other",
                    theirs.value
                )
            };
            reader.fault(keys.at, message, None);
        }
    }
}

/// Lays entries over a base: they replace the base's keys of the same command and context, and take every key they name.
fn overlay(mut keymap: Keymap, entries: Vec<Entry>, words: &Words<'_>, reader: &Reader<'_>) -> Keymap {
    let base = keymap.bindings.clone();
    let is_overlay = !base.is_empty();
    let replaced = |binding: &Binding, entry: &Entry| {
        binding.context == entry.context
            && (binding.command == entry.command.value
                || entry.keys.iter().any(|keys| keys.value.collides(&binding.keys)))
    };
    keymap.bindings.retain(|binding| !entries.iter().any(|entry| replaced(binding, entry)));
    for Entry { command: Item { value: command, at }, known, context, keys, help } in entries {
        let of_base = || {
            let same = base.iter().filter(|binding| binding.command == command);
            same.max_by_key(|binding| binding.context == context).map(|binding| binding.help.clone())
        };
        let Some(help) = help.filter(|help| !help.trim().is_empty()).or_else(of_base) else {
            if known && (!keys.is_empty() || !is_overlay) {
                reader.fault(at, format!("`help` is missing: what `{command}` does, in a few words"), None);
            }
            continue;
        };
        keymap.bindings.extend(keys.into_iter().map(|keys| Binding {
            keys: keys.value,
            command: command.clone(),
            context: context.clone(),
            help: help.clone(),
        }));
    }
    keymap.typing = words.typing.iter().map(|context| (*context).to_owned()).collect();
    keymap
}

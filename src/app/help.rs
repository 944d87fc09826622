//! Help: every command that has keys, by place, made from the command table and the keymap.

use std::collections::BTreeMap;

use super::command::{self, Command};
use super::layout::Scroll;
use super::model::{Context, Model};
use crate::config::keymap::{Binding, Keymap};

/// The keys of every command in every place: worked out once, for the screen asks at every frame.
#[derive(Debug, Clone, Default)]
pub struct Keys(BTreeMap<(Context, &'static str), Bound>);

/// The keys of a command in a place, and what the keymap says of it there.
#[derive(Debug, Clone, Default)]
struct Bound {
    keys: Vec<String>,
    help: String,
}

impl Keys {
    /// What a keymap says.
    pub fn of(keymap: &Keymap) -> Keys {
        let mut keys = BTreeMap::new();
        for command in command::COMMANDS {
            for context in command.contexts {
                let mut bound = Bound::default();
                for binding in keymap.reachable(context.word()).filter(|binding| binding.command == command.name) {
                    bound.keys.push(binding.keys.to_string());
                    bound.help.clone_from(&binding.help);
                }
                keys.insert((*context, command.name), bound);
            }
        }
        Keys(keys)
    }
}

/// Help, open.
#[derive(Debug, Clone, Default)]
pub struct Help {
    /// The first line shown, and the last one stepped to.
    pub scroll: Scroll,
    /// Where it was opened.
    pub from: Option<Context>,
}

/// A line of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The name of a place.
    Place(&'static str),
    /// Keys and what they do.
    Keys {
        /// The keys, apart by blanks.
        keys: String,
        /// The command's name.
        name: &'static str,
        /// What the keymap says it does.
        help: String,
    },
}

/// The lines of help, beginning with the place it was opened in.
pub fn lines(model: &Model, from: Option<Context>) -> Vec<Line> {
    let first = from.into_iter();
    let rest = Context::ALL.into_iter().filter(|context| Some(*context) != from);
    let mut lines = Vec::new();
    for context in first.chain(rest) {
        lines.push(Line::Place(context.title()));
        for command in command::COMMANDS.iter().filter(|command| command.contexts.contains(&context)) {
            if let Some(bound) = model.keys.0.get(&(context, command.name)).filter(|bound| !bound.keys.is_empty()) {
                let (keys, help) = (bound.keys.join("  "), bound.help.clone());
                lines.push(Line::Keys { keys, name: command.name, help });
            }
        }
    }
    lines
}

/// The keys of a command in a place, the most important first.
pub fn keys_of<'a>(model: &'a Model, context: Context, command: &'static str) -> &'a [String] {
    model.keys.0.get(&(context, command)).map_or(&[], |bound| &bound.keys)
}

/// The keys of a command wherever it has any, each once, those of `from` first.
pub fn all_keys(model: &Model, from: Context, command: &Command) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for context in std::iter::once(&from).chain(command.contexts) {
        for key in keys_of(model, *context, command.name) {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
    }
    keys
}

/// What may follow the keys of a sequence not yet complete: the keys left to press, and what the keymap says of them.
pub fn following(model: &Model) -> Vec<(String, String)> {
    let begun = model.pending.len();
    let bindings = model.keymap.following(model.context().word(), &model.pending);
    let left = |binding: &Binding| {
        let keys: Vec<String> = binding.keys.keys()[begun..].iter().map(ToString::to_string).collect();
        (keys.join(" "), binding.help.clone())
    };
    bindings.map(left).collect()
}

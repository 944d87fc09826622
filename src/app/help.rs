//! Help: every command that has keys, by place, made from the command table and the keymap.

use std::collections::BTreeMap;

use super::command;
use super::layout::Scroll;
use super::model::{Context, Model};
use crate::config::keymap::Keymap;

/// The keys of every command in every place: worked out once, for the screen asks at every frame.
#[derive(Debug, Clone, Default)]
pub struct Keys(BTreeMap<(Context, &'static str), Vec<String>>);

impl Keys {
    /// What a keymap says.
    pub fn of(keymap: &Keymap) -> Keys {
        let mut keys = BTreeMap::new();
        for command in command::COMMANDS {
            for context in command.contexts {
                let sequences = keymap.keys_of(context.word(), command.name);
                keys.insert((*context, command.name), sequences.map(ToString::to_string).collect());
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
        /// What it does.
        help: &'static str,
        /// The same in few words.
        title: &'static str,
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
            let keys = keys_of(model, context, command.name);
            if !keys.is_empty() {
                lines.push(Line::Keys {
                    keys: keys.join("  "),
                    name: command.name,
                    help: command.help,
                    title: command.title,
                });
            }
        }
    }
    lines
}

/// The keys of a command in a place, the most important first.
pub fn keys_of<'a>(model: &'a Model, context: Context, command: &'static str) -> &'a [String] {
    model.keys.0.get(&(context, command)).map_or(&[], Vec::as_slice)
}

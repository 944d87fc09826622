//! Help: every command that has keys, by place, made from the command table and the keymap.

use std::collections::BTreeMap;

use super::command::{self, Command};
use super::layout::{Scroll, Step};
use super::model::{Context, Model, Sheet};
use super::wrap::{self, shown_width};
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

/// A row of help on a screen: what is left of a line that is too long goes on below its own beginning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The name of a place.
    pub place: &'static str,
    /// Keys, or what of them did not fit into the rows before.
    pub keys: String,
    /// What they do, as much of it as this row holds.
    pub help: String,
    /// The command's name, where this row holds it.
    pub name: String,
}

/// The column of a screen so wide at which it is told what keys do.
pub fn column(lines: &[Line], width: usize) -> usize {
    let wide = lines.iter().filter_map(|line| match line {
        Line::Keys { keys, .. } => Some(shown_width(keys)),
        Line::Place(_) => None,
    });
    wide.max().unwrap_or(0).min(width / 3) + 4
}

/// The rows that lines take where each is so many cells wide: nothing of them is lost.
pub fn rows(lines: &[Line], width: usize) -> Vec<Row> {
    let column = column(lines, width);
    let broken = |text: &str, room: usize| -> Vec<(usize, String)> {
        let room = u16::try_from(room.max(1)).unwrap_or(u16::MAX);
        wrap::rows(text, room).into_iter().map(|row| (row.start, text[row].to_owned())).collect()
    };
    let mut rows = Vec::new();
    for line in lines {
        let (keys, name, help) = match line {
            Line::Place(place) => {
                rows.push(Row { place, ..Row::default() });
                continue;
            }
            Line::Keys { keys, name, help } => (keys, name, help),
        };
        let mut keys = broken(keys, column - 3).into_iter().map(|(_, keys)| keys.trim().to_owned());
        let mut told = broken(&format!("{help}  {name}"), width.saturating_sub(column + 1)).into_iter();
        loop {
            let (keys, part) = match (keys.next(), told.next()) {
                (None, None) => break,
                (keys, part) => (keys.unwrap_or_default(), part.unwrap_or_default()),
            };
            let (start, part) = part;
            // The name stands behind what is told, and may begin inside this row.
            let at = help.len().saturating_sub(start).min(part.len());
            let (help, name) = if part.is_char_boundary(at) { part.split_at(at) } else { (part.as_str(), "") };
            rows.push(Row { place: "", keys, help: help.to_owned(), name: name.to_owned() });
        }
    }
    rows
}

impl Help {
    /// Rows of help that fit on a screen so high: beside them stand its frame, its last line, what is above and below.
    pub fn fit(height: u16) -> usize {
        usize::from(height).saturating_sub(5).max(1)
    }

    /// Columns of a row of help on a screen so wide.
    pub fn width(width: u16) -> usize {
        usize::from(width).saturating_sub(2)
    }
}

/// Moves the window of help, which has no cursor.
pub fn step(model: &mut Model, step: Step) {
    let Some(Sheet::Help(open)) = &model.sheet else { return };
    let (fit, count) = (Help::fit(model.size.1), rows(&lines(model, open.from), Help::width(model.size.0)).len());
    let top = open.scroll.top.min(count.saturating_sub(fit));
    let to = match step {
        Step::Down => top + 1,
        Step::Up => top.saturating_sub(1),
        Step::HalfDown => top + fit.div_ceil(2),
        Step::HalfUp => top.saturating_sub(fit.div_ceil(2)),
        Step::PageDown => top + fit,
        Step::PageUp => top.saturating_sub(fit),
        Step::First => 0,
        Step::Last => count,
    };
    if let Some(Sheet::Help(open)) = &mut model.sheet {
        open.scroll.top = to.min(count.saturating_sub(fit));
    }
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

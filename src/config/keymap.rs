//! Keymaps: which keys run which command, where, and what help says of it. The file is the reference.
//!
//! Invariant: in one context no sequence of keys is the beginning of another, so that a key never waits for nothing.

use std::path::Path;

use super::fault::ConfigFault;
use super::key::{Key, KeySequence};
use super::strict;

mod load;

/// The context whose bindings hold everywhere.
pub const GLOBAL: &str = "global";

/// The keymaps that come with the program: name and text.
const BUILT_IN: [(&str, &str); 4] = [
    ("default", include_str!("../../keymaps/default.toml")),
    ("vim", include_str!("../../keymaps/vim.toml")),
    ("emacs", include_str!("../../keymaps/emacs.toml")),
    ("arrows", include_str!("../../keymaps/arrows.toml")),
];

/// The words that a keymap may use.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The names of all commands.
    pub commands: &'a [&'a str],
    /// All contexts, `global` aside.
    pub contexts: &'a [&'a str],
    /// The contexts in which plain characters are text: there they run no command.
    pub typing: &'a [&'a str],
}

/// One sequence of keys bound to one command in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The keys.
    pub keys: KeySequence,
    /// The command's name.
    pub command: String,
    /// Where it holds; [`GLOBAL`] for everywhere.
    pub context: String,
    /// What help says of it.
    pub help: String,
}

/// What the keys pressed so far mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match<'a> {
    /// They run this command.
    Command(&'a str),
    /// They are the beginning of something.
    Prefix,
    /// They mean nothing.
    None,
}

/// All bindings, in the order of their files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keymap {
    bindings: Vec<Binding>,
    typing: Vec<String>,
}

impl Keymap {
    /// What `pending`, the keys pressed so far, mean in `context`. A binding of the context goes before a global one;
    /// where the context is one for typing, no global binding that begins with a plain character holds.
    pub fn lookup(&self, context: &str, pending: &[Key]) -> Match<'_> {
        match self.lookup_in(context, pending) {
            Match::None if self.hears_globals(context, pending) => self.lookup_in(GLOBAL, pending),
            found => found,
        }
    }

    fn hears_globals(&self, context: &str, pending: &[Key]) -> bool {
        let types = pending.first().is_some_and(|key| key.typed().is_some());
        !(types && self.typing.iter().any(|typing| typing == context))
    }

    fn lookup_in(&self, context: &str, pending: &[Key]) -> Match<'_> {
        let begun = |binding: &&Binding| binding.context == context && binding.keys.keys().starts_with(pending);
        match self.bindings.iter().find(begun) {
            _ if pending.is_empty() => Match::None,
            Some(binding) if binding.keys.keys().len() == pending.len() => Match::Command(&binding.command),
            Some(_) => Match::Prefix,
            None => Match::None,
        }
    }

    /// All bindings.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The bindings that can be reached in `context`: its own, then the global ones that it does not shadow.
    pub fn reachable<'a>(&'a self, context: &'a str) -> impl Iterator<Item = &'a Binding> {
        let own = self.bindings.iter().filter(move |binding| binding.context == context);
        let global = self.bindings.iter().filter(move |binding| {
            context != GLOBAL
                && binding.context == GLOBAL
                && self.reaches(context, binding.keys.keys(), &binding.command)
        });
        own.chain(global)
    }

    /// Whether pressing `keys` one after the other in `context` comes to `command`.
    fn reaches(&self, context: &str, keys: &[Key], command: &str) -> bool {
        let ends = self.lookup(context, keys) == Match::Command(command);
        ends && (1..keys.len()).all(|length| self.lookup(context, &keys[..length]) == Match::Prefix)
    }

    /// The bindings that may still be meant in `context` after `pending`, in the order of their files.
    pub fn following<'a>(&'a self, context: &'a str, pending: &'a [Key]) -> impl Iterator<Item = &'a Binding> {
        let begun = move |keys: &[Key]| keys.len() > pending.len() && keys.starts_with(pending);
        self.reachable(context).filter(move |binding| begun(binding.keys.keys()))
    }

    /// The keys that run `command` in `context`, the most important first.
    pub fn keys_of<'a>(&'a self, context: &'a str, command: &'a str) -> impl Iterator<Item = &'a KeySequence> {
        self.reachable(context).filter(move |binding| binding.command == command).map(|binding| &binding.keys)
    }
}

/// The text of a keymap that comes with the program.
pub fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of the keymaps that come with the program.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// Reads the keymap called `name`: `NAME.toml` in `folder`, or else the one that comes with the program.
///
/// # Errors
///
/// All faults of the file and of those it is based on.
pub fn read(name: &str, folder: Option<&Path>, words: &Words<'_>) -> Result<Keymap, Vec<ConfigFault>> {
    load::load(name, folder, words, &mut Vec::new())
}

/// Reads the keymap called `name`; where it is at fault, the one called `default` that comes with the program, and the faults.
pub fn read_or_default(name: &str, folder: Option<&Path>, words: &Words<'_>) -> (Keymap, Vec<ConfigFault>) {
    read(name, folder, words).map_or_else(
        |faults| (load::load("default", None, words, &mut Vec::new()).unwrap_or_default(), faults),
        |keymap| (keymap, Vec::new()),
    )
}

/// Reads `text`, the content of `file`; keymaps it is based on are those that come with the program.
///
/// # Errors
///
/// All faults of the text.
pub fn parse(file: &str, text: &str, words: &Words<'_>) -> Result<Keymap, Vec<ConfigFault>> {
    load::parse(file, text, None, words, &mut Vec::new())
}

/// The names of all keymaps that can be named: those in `folder` and those that come with the program, each once.
pub fn known_names(folder: Option<&Path>) -> Vec<String> {
    let mut names: Vec<String> = built_in_names().map(str::to_owned).collect();
    for name in folder.map(names_in).unwrap_or_default() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The names of the keymaps in `folder`, in order; none where it cannot be read.
pub fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

fn text_of(name: &str, folder: Option<&Path>) -> Result<Option<(String, String)>, ConfigFault> {
    // A name is a file's name, never a path out of the folder.
    let plain = !name.contains(['/', '\\']) && !name.starts_with('.');
    if let Some(path) = folder.filter(|_| plain).map(|folder| folder.join(format!("{name}.toml")))
        && let Some(text) = strict::read(&path)?
    {
        return Ok(Some((path.display().to_string(), text)));
    }
    Ok(built_in(name).map(|text| (format!("keymaps/{name}.toml"), text.to_owned())))
}

#[cfg(test)]
mod tests;

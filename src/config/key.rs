//! Keys and sequences of keys as they are written in keymaps and shown in help.
//!
//! Invariant: one key has one spelling. A letter carries its shift in itself (`C`, not `shift-c`), and what a terminal
//! cannot tell apart (`ctrl-i` and `tab`) cannot be written.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::domain::nearest::nearest;

/// Which key, its modifiers aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character as typed; the blank is `space`.
    Char(char),
    /// A function key, 1 to 20.
    F(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
}

/// The names of the keys that are no characters.
const NAMED: [(&str, Code); 15] = [
    ("space", Code::Char(' ')),
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
];

/// What other programs call some of these keys.
const ALIASES: [(&str, &str); 10] = [
    ("return", "enter"),
    ("cr", "enter"),
    ("escape", "esc"),
    ("spc", "space"),
    ("del", "delete"),
    ("bs", "backspace"),
    ("pgup", "pageup"),
    ("pgdn", "pagedown"),
    ("page-up", "pageup"),
    ("page-down", "pagedown"),
];

/// One key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With control held.
    pub ctrl: bool,
    /// With alt (meta) held.
    pub alt: bool,
    /// With shift held; never set with [`Code::Char`], whose character carries it.
    pub shift: bool,
}

impl Key {
    /// The key alone.
    pub const fn plain(code: Code) -> Self {
        Key { code, ctrl: false, alt: false, shift: false }
    }

    /// A character as typed.
    pub const fn char(letter: char) -> Self {
        Key::plain(Code::Char(letter))
    }

    /// A character with control held; letters are taken in lower case, as terminals send them.
    pub const fn ctrl(letter: char) -> Self {
        Key { ctrl: true, ..Key::char(letter.to_ascii_lowercase()) }
    }

    /// The same key with alt held.
    #[must_use]
    pub const fn with_alt(self) -> Self {
        Key { alt: true, ..self }
    }

    /// The same key with shift held.
    #[must_use]
    pub const fn with_shift(self) -> Self {
        Key { shift: true, ..self }
    }

    /// The character that this key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(letter) if !self.ctrl && !self.alt => Some(letter),
            _ => None,
        }
    }
}

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Nothing was written.
    #[error("a key is missing")]
    Empty,
    /// No key has this name.
    #[error("no key is called `{word}`")]
    Unknown {
        /// What was written.
        word: String,
        /// The name that was probably meant.
        meant: Option<String>,
    },
    /// A terminal sends something else for this key.
    #[error("`{word}` cannot be told from `{same}` on a terminal")]
    Same {
        /// What was written.
        word: String,
        /// How to write what arrives.
        same: String,
    },
    /// A terminal has no code for this key.
    #[error("a terminal cannot send `{word}`")]
    Unsendable {
        /// What was written.
        word: String,
    },
}

impl KeyError {
    /// The spelling that was probably meant.
    pub fn meant(&self) -> Option<&str> {
        match self {
            KeyError::Unknown { meant, .. } => meant.as_deref(),
            KeyError::Same { same, .. } => Some(same),
            KeyError::Empty | KeyError::Unsendable { .. } => None,
        }
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(word: &str) -> Result<Self, KeyError> {
        let (mut rest, mut ctrl, mut alt, mut shift) = (word, false, false, false);
        loop {
            // A modifier needs a key after it, so that `-` itself stays a key.
            let taken = [("ctrl-", &mut ctrl), ("alt-", &mut alt), ("shift-", &mut shift)].into_iter().find_map(
                |(prefix, held)| rest.strip_prefix(prefix).filter(|rest| !rest.is_empty()).map(|rest| (rest, held)),
            );
            let Some((after, held)) = taken else { break };
            (rest, *held) = (after, true);
        }
        let code = code(rest).ok_or_else(|| unknown(word, rest))?;
        let key = Key { code, ctrl, alt, shift };
        match key.same_as() {
            Some(same) => Err(KeyError::Same { word: word.to_owned(), same: same.to_string() }),
            None if key.is_unsendable() => Err(KeyError::Unsendable { word: word.to_owned() }),
            None => Ok(key),
        }
    }
}

fn code(name: &str) -> Option<Code> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return (letter > ' ' && !letter.is_control()).then_some(Code::Char(letter));
    }
    if let Some(number) = name.strip_prefix('f').and_then(|digits| digits.parse().ok()) {
        return (1..=20).contains(&number).then_some(Code::F(number));
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, code)| *code)
}

fn unknown(word: &str, name: &str) -> KeyError {
    if name.is_empty() {
        return KeyError::Empty;
    }
    let lower = name.to_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == lower).map(|(_, name)| *name);
    let meant = alias.or_else(|| nearest(&lower, NAMED.iter().map(|(name, _)| *name)));
    let prefix = word.strip_suffix(name).unwrap_or_default();
    KeyError::Unknown { word: word.to_owned(), meant: meant.map(|meant| format!("{prefix}{meant}")) }
}

impl Key {
    /// The key that a terminal sends in place of this one.
    fn same_as(self) -> Option<Key> {
        let Code::Char(letter) = self.code else { return None };
        let arrives = |code| Some(Key { code, ctrl: false, shift: false, ..self });
        match letter {
            _ if self.shift && letter.is_lowercase() && !self.ctrl => arrives(Code::Char(one_upper(letter))),
            _ if self.shift => Some(Key { shift: false, ..self }),
            'i' | 'I' if self.ctrl => arrives(Code::Tab),
            'm' | 'M' if self.ctrl => arrives(Code::Enter),
            '[' if self.ctrl => arrives(Code::Esc),
            'h' | 'H' if self.ctrl => arrives(Code::Backspace),
            _ if self.ctrl && letter.is_ascii_uppercase() => {
                Some(Key { code: Code::Char(letter.to_ascii_lowercase()), ..self })
            }
            _ => None,
        }
    }

    fn is_unsendable(self) -> bool {
        match self.code {
            Code::Char(letter) => self.ctrl && !matches!(letter, 'a'..='z' | ' ' | '\\' | ']' | '^' | '_'),
            Code::Esc | Code::Enter => self.ctrl || self.shift,
            Code::Tab => self.ctrl,
            Code::Backspace => self.ctrl || self.shift,
            _ => false,
        }
    }
}

/// The upper case of a letter where that is one letter; `ß` stays as it is.
fn one_upper(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, prefix) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(prefix)?;
            }
        }
        if let Some((name, _)) = NAMED.iter().find(|(_, named)| *named == self.code) {
            return f.write_str(name);
        }
        match self.code {
            Code::F(number) => write!(f, "f{number}"),
            Code::Char(letter) => write!(f, "{letter}"),
            // Every other code has its name in the table above.
            _ => Ok(()),
        }
    }
}

/// Keys pressed one after the other, at least one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeySequence(Vec<Key>);

impl KeySequence {
    /// The keys in order.
    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    /// Whether one of the two sequences begins with the other, or both are the same: then they cannot stand side by side.
    pub fn collides(&self, other: &KeySequence) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }
}

impl FromStr for KeySequence {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let keys: Vec<Key> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(KeySequence(keys)) }
    }
}

impl fmt::Display for KeySequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{key}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_shown() {
        for text in [
            "g g",
            "ctrl-d",
            "space",
            "enter",
            "esc",
            "f1",
            "f12",
            "shift-tab",
            "C",
            "?",
            "down",
            "alt-x",
            "-",
            "alt--",
            "ctrl-space",
            "shift-up",
            "ctrl-alt-shift-f5",
            "é",
            "ctrl-x ctrl-s",
            "alt-enter",
            "alt-C",
        ] {
            assert_eq!(text.parse::<KeySequence>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_letter_carries_its_shift_in_itself() {
        assert_eq!("C".parse(), Ok(Key::char('C')));
        assert_eq!("shift-c".parse::<Key>().unwrap_err().meant(), Some("C"));
        assert_eq!("shift-?".parse::<Key>().unwrap_err().meant(), Some("?"));
        assert_eq!("ctrl-C".parse::<Key>().unwrap_err().meant(), Some("ctrl-c"));
    }

    #[test]
    fn what_a_terminal_cannot_tell_apart_is_refused_with_what_arrives() {
        for (word, same) in [("ctrl-i", "tab"), ("ctrl-m", "enter"), ("ctrl-[", "esc"), ("ctrl-h", "backspace")] {
            assert_eq!(word.parse::<Key>().unwrap_err().meant(), Some(same), "{word}");
        }
        for word in ["ctrl-1", "ctrl-enter", "ctrl-é", "shift-enter"] {
            assert!(matches!(word.parse::<Key>(), Err(KeyError::Unsendable { .. })), "{word}");
        }
    }

    #[test]
    fn a_key_nobody_knows_is_told_with_the_nearest_name() {
        for (word, meant) in [("entr", "enter"), ("escape", "esc"), ("ctrl-Pgup", "ctrl-pageup"), ("Down", "down")] {
            assert_eq!(word.parse::<Key>().unwrap_err().meant(), Some(meant), "{word}");
        }
        assert_eq!("f21".parse::<Key>().unwrap_err().to_string(), "no key is called `f21`");
        assert_eq!("  ".parse::<KeySequence>(), Err(KeyError::Empty));
    }

    #[test]
    fn only_a_plain_character_types() {
        assert_eq!("C".parse::<Key>().unwrap().typed(), Some('C'));
        assert_eq!("space".parse::<Key>().unwrap().typed(), Some(' '));
        for word in ["ctrl-d", "alt-x", "enter", "f1"] {
            assert_eq!(word.parse::<Key>().unwrap().typed(), None);
        }
    }
}

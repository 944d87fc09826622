//! What is wrong in a file that a person wrote: where, what, and what was probably meant.

use std::fmt;

use crate::domain::visible::visible;

/// One fault of one file. Shown as `file:line: message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// The file, as the person named it.
    pub file: String,
    /// The line, counted from 1; 0 where the fault is of the whole file (it cannot be read).
    pub line: usize,
    /// The column in characters, counted from 1; 0 where `line` is 0.
    pub column: usize,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it, or the word that was probably meant.
    pub hint: Option<String>,
    /// Lines that mend it where they are put at the end of the file, if that is all it lacks.
    pub add: Vec<String>,
}

impl ConfigFault {
    /// A fault at a byte offset of `text`, the content of `file`.
    pub fn at(file: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let (line, column) = line_of(text, offset);
        ConfigFault { file: file.to_owned(), line, column, message: message.into(), hint: None, add: Vec::new() }
    }

    /// A fault of the whole file.
    pub fn whole(file: &str, message: impl Into<String>) -> Self {
        ConfigFault { file: file.to_owned(), line: 0, column: 0, message: message.into(), hint: None, add: Vec::new() }
    }

    /// The same fault with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same fault with the word that was probably meant, if there is one.
    #[must_use]
    pub fn meant(self, word: Option<&str>) -> Self {
        match word {
            Some(word) => self.hint(format!("did you mean `{word}`?")),
            None => self,
        }
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.file))?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}", visible(&self.message))?;
        match &self.hint {
            Some(hint) => write!(f, " ({})", visible(hint)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConfigFault {}

/// The line and the column of a byte offset, both counted from 1, the column in characters. An offset past the end or
/// inside a character stands for the nearest place before it.
pub fn line_of(text: &str, offset: usize) -> (usize, usize) {
    let whole = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let before = &text[..whole];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_lines_and_characters() {
        assert_eq!(line_of("ab\ncé = 1", 0), (1, 1));
        assert_eq!(line_of("ab\ncé = 1", 7), (2, 4));
        assert_eq!(line_of("ab\ncé = 1", 5), (2, 2), "inside a character: the place before it");
        assert_eq!(line_of("ab\n", 99), (2, 1));
        assert_eq!(line_of("", 0), (1, 1));
    }

    #[test]
    fn a_fault_is_told_with_its_place_and_hides_nothing() {
        let fault = ConfigFault::at("keys.toml", "a\nb", 2, "no command is called `x\u{202e}`").meant(Some("quit"));
        assert_eq!(fault.to_string(), "keys.toml:2: no command is called `x<U+202E>` (did you mean `quit`?)");
        assert_eq!(ConfigFault::whole("c.toml", "cannot be read").to_string(), "c.toml: cannot be read");
    }
}

//! Makes text that came from data safe and honest to show: nothing invisible stays invisible.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_normalization::char::is_combining_mark;

/// Whether a character must not reach a screen as it is: controls, bidirectional and invisible characters, and
/// white space other than the plain blank.
pub fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || (letter.is_whitespace() && letter != ' ')
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// The text with every hidden character written out, as in `<U+202E>`; a combining mark with nothing before it too.
pub fn visible(text: &str) -> Cow<'_, str> {
    let leading_mark = text.chars().next().is_some_and(is_combining_mark);
    if !leading_mark && !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for (at, letter) in text.chars().enumerate() {
        if is_hidden(letter) || (at == 0 && leading_mark) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "<U+{:04X}>", letter as u32);
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(visible("A\u{202e}B\u{200b}C\x1b[2J\n"), "A<U+202E>B<U+200B>C<U+001B>[2J<U+000A>");
        assert_eq!(visible("Citroën Ω 车"), "Citroën Ω 车");
    }
}

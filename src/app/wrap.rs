//! How a text is broken into the lines that are shown: behind blanks where a line is too long, else anywhere between two
//! graphemes, counted in the cells it takes with its hidden characters written out.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::visible::visible;

/// The lines as they are shown at this width, as places in the text. Never empty.
pub fn rows(text: &str, width: u16) -> Vec<Range<usize>> {
    let width = usize::from(width.max(1));
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        wrap(line, start, width, &mut rows);
        start += line.len() + 1;
    }
    rows
}

/// Cells a text takes on the screen, hidden characters written out.
pub fn shown_width(text: &str) -> usize {
    visible(text).width()
}

/// The text with one kind of line break, and blanks for tabs.
pub fn in_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ")
}

/// The text without line breaks: blanks where they were, nothing where they ended it.
pub fn in_one_line(text: &str) -> String {
    in_lines(text).trim_end_matches('\n').replace('\n', " ")
}

fn wrap(line: &str, offset: usize, width: usize, rows: &mut Vec<Range<usize>>) {
    let mut start = 0;
    let mut used = 0;
    let mut after_blank = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        let cells = shown_width(grapheme);
        if used + cells > width && at > start {
            let cut = after_blank.filter(|cut| *cut > start).unwrap_or(at);
            rows.push(offset + start..offset + cut);
            start = cut;
            used = shown_width(&line[start..at]);
            after_blank = None;
        }
        used += cells;
        if grapheme == " " {
            after_blank = Some(at + grapheme.len());
        }
    }
    rows.push(offset + start..offset + line.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, width: u16) -> Vec<&str> {
        rows(text, width).into_iter().map(|row| &text[row]).collect()
    }

    #[test]
    fn a_long_line_breaks_behind_a_blank_and_a_long_word_anywhere() {
        assert_eq!(shown("weighed on the scale", 10), ["weighed ", "on the ", "scale"]);
        assert_eq!(shown("abcdefghij\n\nx", 4), ["abcd", "efgh", "ij", "", "x"]);
    }

    #[test]
    fn a_hidden_character_takes_the_cells_it_is_written_out_in() {
        assert_eq!(shown_width("a\u{202e}b"), "a<U+202E>b".len());
        assert_eq!(shown("ab\u{202e}cd", 9), ["ab", "\u{202e}c", "d"]);
    }

    #[test]
    fn tabs_and_the_line_breaks_of_other_systems_become_ours() {
        assert_eq!(in_lines("a\tb\r\nc\rd\n"), "a b\nc\nd\n");
        assert_eq!(in_one_line("2865\tkg\r\nfront\n"), "2865 kg front");
    }
}

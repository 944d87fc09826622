//! Text being written: graphemes, a cursor, word moves, undo, and how it wraps.
//!
//! Invariant: the cursor stands on a grapheme boundary; a single-line text holds no line break.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::visible::visible;

/// The most bytes a text takes, as everywhere on the desk.
pub const LONGEST: usize = 64 * 1024;

/// How many steps back there are.
const UNDO_STEPS: usize = 200;

/// A text being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    content: String,
    cursor: usize,
    lines: bool,
    before: Vec<(String, usize)>,
    typing: bool,
}

impl Text {
    /// A text of one line.
    pub fn line(content: &str) -> Text {
        Text::new(content, false)
    }

    /// A text of several lines.
    pub fn area(content: &str) -> Text {
        Text::new(content, true)
    }

    fn new(content: &str, lines: bool) -> Text {
        let content = clean(content, lines);
        Text { cursor: content.len(), content, lines, before: Vec::new(), typing: false }
    }

    /// What is written.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// Where the cursor stands, in bytes.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether it takes line breaks.
    pub fn has_lines(&self) -> bool {
        self.lines
    }

    /// Whether nothing but blanks is written.
    pub fn is_blank(&self) -> bool {
        self.content.trim().is_empty()
    }

    /// Replaces everything, as one step that can be undone.
    pub fn replace(&mut self, content: &str) {
        self.remember(false);
        self.content = clean(content, self.lines);
        self.content.truncate(fitting(&self.content, LONGEST));
        self.cursor = self.content.len();
    }

    /// Writes at the cursor; what does not fit any more is left out, and the answer is whether all did.
    pub fn insert(&mut self, text: &str) -> bool {
        let text = clean(text, self.lines);
        let single = text.graphemes(true).count() == 1 && !text.trim().is_empty();
        self.remember(single);
        let fits = fitting(&text, LONGEST - self.content.len().min(LONGEST));
        self.content.insert_str(self.cursor, &text[..fits]);
        self.cursor = boundary_at_or_after(&self.content, self.cursor + fits);
        fits == text.len()
    }

    /// Replaces a part of it, as one step that can be undone, and puts the cursor behind.
    pub fn splice(&mut self, place: Range<usize>, text: &str) {
        let text = clean(text, self.lines);
        let inside = place.end <= self.content.len() && place.start <= place.end;
        let whole = self.content.is_char_boundary(place.start) && self.content.is_char_boundary(place.end);
        if !inside || !whole || self.content.len() + text.len() > LONGEST {
            return;
        }
        self.remember(false);
        self.content.replace_range(place.clone(), &text);
        self.cursor = boundary_at_or_after(&self.content, place.start + text.len());
    }

    /// Takes out the grapheme before the cursor.
    pub fn backspace(&mut self) {
        let to = self.before_cursor();
        self.take(to..self.cursor);
    }

    /// Takes out the grapheme at the cursor.
    pub fn delete(&mut self) {
        let to = self.after_cursor();
        self.take(self.cursor..to);
    }

    /// Takes out the word before the cursor.
    pub fn delete_word(&mut self) {
        let to = self.word_before();
        self.take(to..self.cursor);
    }

    /// Goes back one step.
    pub fn undo(&mut self) {
        if let Some((content, cursor)) = self.before.pop() {
            self.content = content;
            self.cursor = cursor;
        }
        self.typing = false;
    }

    /// One grapheme to the left.
    pub fn left(&mut self) {
        self.go(self.before_cursor());
    }

    /// One grapheme to the right.
    pub fn right(&mut self) {
        self.go(self.after_cursor());
    }

    /// To the beginning of the word before.
    pub fn word_left(&mut self) {
        self.go(self.word_before());
    }

    /// Behind the end of the next word.
    pub fn word_right(&mut self) {
        let rest = &self.content[self.cursor..];
        let end = rest.unicode_word_indices().next().map_or(rest.len(), |(at, word)| at + word.len());
        self.go(self.cursor + end);
    }

    /// To the beginning of the line as it is shown at this width.
    pub fn home(&mut self, width: u16) {
        let rows = self.rows(width);
        self.go(rows[self.row_of_cursor(&rows)].start);
    }

    /// To the end of the line as it is shown at this width.
    pub fn end(&mut self, width: u16) {
        let rows = self.rows(width);
        self.go(rows[self.row_of_cursor(&rows)].end);
    }

    /// One shown line up; answers whether there was one.
    pub fn up(&mut self, width: u16) -> bool {
        self.vertical(width, |row| row.checked_sub(1))
    }

    /// One shown line down; answers whether there was one.
    pub fn down(&mut self, width: u16) -> bool {
        self.vertical(width, |row| Some(row + 1))
    }

    /// The lines as they are shown at this width: broken behind blanks where a line is too long. Never empty.
    pub fn rows(&self, width: u16) -> Vec<Range<usize>> {
        let width = usize::from(width.max(1));
        let mut rows = Vec::new();
        let mut start = 0;
        for line in self.content.split('\n') {
            wrap(line, start, width, &mut rows);
            start += line.len() + 1;
        }
        rows
    }

    /// The row the cursor is in, and its column in cells.
    pub fn cursor_at(&self, width: u16) -> (usize, usize) {
        let rows = self.rows(width);
        let row = self.row_of_cursor(&rows);
        (row, shown_width(&self.content[rows[row].start..self.cursor]))
    }

    fn row_of_cursor(&self, rows: &[Range<usize>]) -> usize {
        rows.iter().rposition(|row| row.start <= self.cursor).unwrap_or(0)
    }

    fn vertical(&mut self, width: u16, to: impl Fn(usize) -> Option<usize>) -> bool {
        let rows = self.rows(width);
        let row = self.row_of_cursor(&rows);
        let column = shown_width(&self.content[rows[row].start..self.cursor]);
        let Some(target) = to(row).and_then(|row| rows.get(row)) else { return false };
        let mut at = target.start;
        let mut reached = 0;
        for grapheme in self.content[target.clone()].graphemes(true) {
            reached += shown_width(grapheme);
            if reached > column {
                break;
            }
            at += grapheme.len();
        }
        self.go(at);
        true
    }

    fn go(&mut self, to: usize) {
        self.cursor = to;
        self.typing = false;
    }

    fn take(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.remember(false);
        self.cursor = range.start;
        self.content.replace_range(range, "");
        self.cursor = boundary_at_or_after(&self.content, self.cursor);
    }

    /// Keeps what was before; letters typed one after the other are one step.
    fn remember(&mut self, typing: bool) {
        if !(typing && self.typing) {
            if self.before.len() == UNDO_STEPS {
                self.before.remove(0);
            }
            self.before.push((self.content.clone(), self.cursor));
        }
        self.typing = typing;
    }

    fn before_cursor(&self) -> usize {
        self.content[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after_cursor(&self) -> usize {
        self.content[self.cursor..].graphemes(true).next().map_or(self.cursor, |grapheme| self.cursor + grapheme.len())
    }

    fn word_before(&self) -> usize {
        self.content[..self.cursor].unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }
}

/// Cells a text takes on the screen, hidden characters written out.
pub fn shown_width(text: &str) -> usize {
    visible(text).width()
}

fn clean(text: &str, lines: bool) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    if lines { text } else { text.trim_end_matches('\n').replace('\n', " ") }
}

fn fitting(text: &str, room: usize) -> usize {
    if text.len() <= room {
        return text.len();
    }
    text.grapheme_indices(true).map(|(at, _)| at).take_while(|at| *at <= room).last().unwrap_or(0)
}

/// A letter put next to another can join it; the cursor then stands behind both.
fn boundary_at_or_after(text: &str, at: usize) -> usize {
    text.grapheme_indices(true).map(|(start, _)| start).find(|start| *start >= at).unwrap_or(text.len())
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

    fn shown(text: &Text, width: u16) -> Vec<&str> {
        text.rows(width).into_iter().map(|row| &text.content()[row]).collect()
    }

    #[test]
    fn letters_typed_in_a_row_are_undone_together_and_words_apart() {
        let mut text = Text::area("");
        for letter in ["o", "n", "e", " ", "t", "w", "o"] {
            assert!(text.insert(letter));
        }
        text.undo();
        assert_eq!(text.content(), "one ");
        text.undo();
        assert_eq!(text.content(), "one");
    }

    #[test]
    fn a_long_line_breaks_behind_a_blank_and_a_long_word_anywhere() {
        assert_eq!(shown(&Text::area("weighed on the scale"), 10), ["weighed ", "on the ", "scale"]);
        assert_eq!(shown(&Text::area("abcdefghij\n\nx"), 4), ["abcd", "efgh", "ij", "", "x"]);
    }

    #[test]
    fn the_cursor_moves_by_what_a_person_sees_as_one_letter() {
        let mut text = Text::line("ae\u{301}🇳🇱");
        text.left();
        assert_eq!(text.cursor(), "ae\u{301}".len());
        text.left();
        text.backspace();
        assert_eq!(text.content(), "e\u{301}🇳🇱");
    }

    #[test]
    fn up_and_down_keep_to_the_shown_lines() {
        let mut text = Text::area("weighed on the scale");
        assert_eq!(text.cursor_at(10), (2, 5));
        assert!(text.up(10));
        assert_eq!(text.cursor_at(10), (1, 5));
        assert!(text.up(10));
        assert!(!text.up(10));
        assert!(text.down(10));
    }

    #[test]
    fn a_paste_into_one_line_keeps_its_words_in_one_line() {
        let mut text = Text::line("");
        assert!(text.insert("2865\r\n"));
        assert_eq!(text.content(), "2865");
        assert!(!text.insert(&"x".repeat(LONGEST)));
        assert_eq!(text.content().len(), LONGEST);
    }

    #[test]
    fn words_are_skipped_whole() {
        let mut text = Text::line("weighed on scale");
        text.word_left();
        assert_eq!(text.cursor(), 11);
        text.delete_word();
        assert_eq!(text.content(), "weighed scale");
        text.word_right();
        assert_eq!(text.cursor(), "weighed scale".len());
    }
}

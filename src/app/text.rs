//! Text being written. The buffer, the cursor, the moves by words and the history are those of tui-textarea; what a text of
//! the desk is beyond that is said here: whole graphemes, one line or several, a bound, what makes one step of undo.
//!
//! Invariant: the cursor stands on a grapheme boundary; a single-line text holds no line break; none is longer than [`LONGEST`].
//!
//! This is the one place below `view` that names a crate of the terminal. It takes the engine's state only, which is part
//! of the model; the engine's widget is never drawn, because it lets hidden characters through to the screen.

use std::collections::VecDeque;
use std::ops::Range;

use tui_textarea::{CursorMove, TextArea};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::wrap::{self, shown_width};

/// The most bytes a text takes, as everywhere on the desk.
pub const LONGEST: usize = 64 * 1024;

/// How many steps back there are.
const UNDO_STEPS: usize = 200;

/// The most letters typed in a row that are one step. The engine keeps every letter for itself.
const RUN: usize = 64;

/// What the engine keeps: more than the steps can hold, so that it never forgets half of one.
const EDITS: usize = (UNDO_STEPS + 1) * RUN;

/// A text being written.
#[derive(Debug, Clone)]
pub struct Text {
    engine: Box<TextArea<'static>>,
    /// The engine's lines as one text.
    content: String,
    lines: bool,
    done: VecDeque<Step>,
    undone: Vec<Step>,
    typing: bool,
}

/// How many edits of the engine are undone together, and where the cursor stood before them.
#[derive(Debug, Clone, Copy)]
struct Step {
    edits: usize,
    from: usize,
}

/// Two texts are the same when the same is written and the next letter goes to the same place.
impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        let engines = self.engine.cursor() == other.engine.cursor();
        engines && self.content == other.content && self.lines == other.lines
    }
}

impl Eq for Text {}

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
        let mut content = clean(content, lines);
        content.truncate(fitting(&content, LONGEST));
        let mut engine = Box::new(TextArea::from(content.split('\n')));
        engine.set_max_histories(EDITS);
        engine.move_cursor(CursorMove::Bottom);
        engine.move_cursor(CursorMove::End);
        Text { engine, content, lines, done: VecDeque::new(), undone: Vec::new(), typing: false }
    }

    /// What is written.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// Where the cursor stands, in bytes.
    pub fn cursor(&self) -> usize {
        let at = self.engine.cursor();
        let before: usize = self.engine.lines()[..at.0].iter().map(|line| line.len() + 1).sum();
        let line = &self.engine.lines()[at.0];
        before + line.char_indices().nth(at.1).map_or(line.len(), |(at, _)| at)
    }

    /// Whether it takes line breaks.
    pub fn has_lines(&self) -> bool {
        self.lines
    }

    /// Whether nothing but blanks is written.
    pub fn is_blank(&self) -> bool {
        self.content.trim().is_empty()
    }

    /// Replaces everything, as one step that can be undone; the answer is whether all of it fitted.
    pub fn replace(&mut self, content: &str) -> bool {
        let content = clean(content, self.lines);
        let fits = fitting(&content, LONGEST);
        self.change(0..self.content.len(), &content[..fits], false);
        fits == content.len()
    }

    /// Writes at the cursor; what does not fit any more is left out, and the answer is whether all did.
    pub fn insert(&mut self, text: &str) -> bool {
        let text = clean(text, self.lines);
        let single = text.graphemes(true).count() == 1 && !text.trim().is_empty();
        let fits = fitting(&text, LONGEST - self.content.len());
        let at = self.cursor();
        self.change(at..at, &text[..fits], single);
        fits == text.len()
    }

    /// Replaces a part of it, as one step that can be undone, and puts the cursor behind.
    pub fn splice(&mut self, place: Range<usize>, text: &str) {
        let text = clean(text, self.lines);
        let fits =
            self.content.get(place.clone()).is_some_and(|old| self.content.len() - old.len() + text.len() <= LONGEST);
        if fits {
            self.change(place, &text, false);
        }
    }

    /// Takes out the grapheme before the cursor.
    pub fn backspace(&mut self) {
        let at = self.cursor();
        self.change(before(&self.content, at)..at, "", false);
    }

    /// Takes out the grapheme at the cursor.
    pub fn delete(&mut self) {
        let at = self.cursor();
        self.change(at..behind(&self.content, at), "", false);
    }

    /// Takes out the word before the cursor.
    pub fn delete_word(&mut self) {
        let to = self.cursor();
        self.word_left();
        let from = self.cursor();
        self.go(to);
        self.change(from..to, "", false);
    }

    /// Goes back one step.
    pub fn undo(&mut self) {
        self.typing = false;
        let Some(step) = self.done.pop_back() else { return };
        for _ in 0..step.edits {
            self.engine.undo();
        }
        self.written();
        // Of letters taken out behind the cursor the engine would go to the end.
        self.go(step.from);
        self.undone.push(step);
    }

    /// Goes forward again by one step that was undone, if nothing was written since.
    pub fn redo(&mut self) {
        self.typing = false;
        let Some(step) = self.undone.pop() else { return };
        for _ in 0..step.edits {
            self.engine.redo();
        }
        self.written();
        self.done.push_back(step);
    }

    /// One grapheme to the left.
    pub fn left(&mut self) {
        // The engine would go by characters, into the middle of a grapheme.
        self.go(before(&self.content, self.cursor()));
    }

    /// One grapheme to the right.
    pub fn right(&mut self) {
        self.go(behind(&self.content, self.cursor()));
    }

    /// To the beginning of the word before; signs in a row are a word too.
    pub fn word_left(&mut self) {
        self.engine.move_cursor(CursorMove::WordBack);
        // A mark that joins a blank or a sign begins a word for the engine.
        let at = self.cursor();
        self.go(if stands_between(&self.content, at) { at } else { before(&self.content, at) });
    }

    /// To the beginning of the next word.
    pub fn word_right(&mut self) {
        self.engine.move_cursor(CursorMove::WordForward);
        self.go(at_or_behind(&self.content, self.cursor()));
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
        wrap::rows(&self.content, width)
    }

    /// The row the cursor is in, and its column in cells.
    pub fn cursor_at(&self, width: u16) -> (usize, usize) {
        let rows = self.rows(width);
        let row = self.row_of_cursor(&rows);
        (row, shown_width(&self.content[rows[row].start..self.cursor()]))
    }

    fn row_of_cursor(&self, rows: &[Range<usize>]) -> usize {
        let at = self.cursor();
        rows.iter().rposition(|row| row.start <= at).unwrap_or(0)
    }

    fn vertical(&mut self, width: u16, to: impl Fn(usize) -> Option<usize>) -> bool {
        let rows = self.rows(width);
        let row = self.row_of_cursor(&rows);
        let column = shown_width(&self.content[rows[row].start..self.cursor()]);
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

    /// Writes a text in place of another; letters typed in a row are one step, everything else is one for itself.
    fn change(&mut self, place: Range<usize>, text: &str, typed: bool) {
        let from = self.cursor();
        let old = self.content[place.clone()].chars().count();
        let goes_on = typed && self.typing;
        self.go(place.start);
        let mut edits = usize::from(old > 0 && self.engine.delete_str(old));
        edits += usize::from(!text.is_empty() && self.engine.insert_str(text));
        if edits == 0 {
            self.go(from);
            return;
        }
        self.written();
        self.typing = typed;
        self.undone.clear();
        if let Some(step) = self.done.back_mut().filter(|step| goes_on && step.edits < RUN) {
            step.edits += edits;
            return;
        }
        if self.done.len() == UNDO_STEPS {
            self.done.pop_front();
        }
        self.done.push_back(Step { edits, from });
    }

    /// After the engine wrote: a letter put next to another can join it; the cursor then stands behind both.
    fn written(&mut self) {
        self.content = self.engine.lines().join("\n");
        let at = self.cursor();
        let to = at_or_behind(&self.content, at);
        if to != at {
            self.go(to);
        }
    }

    fn go(&mut self, to: usize) {
        self.typing = false;
        let before = &self.content[..to];
        let row = before.matches('\n').count();
        let column = before[before.rfind('\n').map_or(0, |at| at + 1)..].chars().count();
        // The engine counts rows and columns in 16 bits: in 64 KiB only the very last is beyond, and has a name.
        let (short_row, short_column) = (u16::try_from(row), u16::try_from(column));
        self.engine.move_cursor(CursorMove::Jump(short_row.unwrap_or(u16::MAX), short_column.unwrap_or(u16::MAX)));
        if short_row.is_err() {
            self.engine.move_cursor(CursorMove::Bottom);
        }
        if short_column.is_err() {
            self.engine.move_cursor(CursorMove::End);
        }
    }
}

fn clean(text: &str, lines: bool) -> String {
    if lines { wrap::in_lines(text) } else { wrap::in_one_line(text) }
}

fn fitting(text: &str, room: usize) -> usize {
    if text.len() <= room {
        return text.len();
    }
    text.grapheme_indices(true).map(|(at, _)| at).take_while(|at| *at <= room).last().unwrap_or(0)
}

/// Whether a place is between two graphemes. No answer fails where the whole text is at hand.
fn stands_between(text: &str, at: usize) -> bool {
    GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true)
}

fn before(text: &str, at: usize) -> usize {
    GraphemeCursor::new(at, text.len(), true).prev_boundary(text, 0).ok().flatten().unwrap_or(0)
}

fn behind(text: &str, at: usize) -> usize {
    GraphemeCursor::new(at, text.len(), true).next_boundary(text, 0).ok().flatten().unwrap_or(text.len())
}

fn at_or_behind(text: &str, at: usize) -> usize {
    if stands_between(text, at) { at } else { behind(text, at) }
}

#[cfg(test)]
mod tests;

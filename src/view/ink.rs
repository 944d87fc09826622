//! What the view writes with: looks of roles, marks and their ASCII twins, text made visible and cut to fit.
//!
//! Invariant: every text reaches the screen through [`Pen::put`], which writes out what is hidden and stays inside.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::app::layout::Area;
use crate::app::wrap;
pub use crate::config::theme::Looks;
use crate::config::theme::{Colour, Role};
use crate::domain::visible::visible;

/// A mark: something said with one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The row the cursor is on.
    Cursor,
    /// Nobody decided.
    Undecided,
    /// Confirmed.
    Confirmed,
    /// On its way to being confirmed.
    Sending,
    /// An exception.
    Exception,
    /// It warns.
    Warns,
    /// It blocks.
    Blocks,
    /// It changed since it was signed.
    SinceSigned,
    /// Worth knowing.
    Info,
    /// Somebody changed it.
    News,
    /// Not read yet.
    Unread,
    /// From one value to the other.
    Arrow,
    /// Something is left out.
    More,
    /// The record is marked.
    Marked,
    /// Between two things.
    Dot,
    /// The desk is live.
    Live,
    /// No value.
    None,
}

impl Mark {
    const TABLE: [(Mark, &'static str, &'static str); 17] = [
        (Mark::Cursor, "▌", "|"),
        (Mark::Undecided, "?", "?"),
        (Mark::Confirmed, "✓", "v"),
        (Mark::Sending, "…", "~"),
        (Mark::Exception, "⚑", "#"),
        (Mark::Warns, "⚠", "!"),
        (Mark::Blocks, "✗", "x"),
        (Mark::SinceSigned, "△", "^"),
        (Mark::Info, "i", "i"),
        (Mark::News, "*", "*"),
        (Mark::Unread, "•", "o"),
        (Mark::Arrow, "→", "->"),
        (Mark::More, "…", "~"),
        (Mark::Marked, "+", "+"),
        (Mark::Dot, "·", "-"),
        (Mark::Live, "●", "*"),
        (Mark::None, "–", "-"),
    ];
}

impl Looks {
    /// The text of a mark.
    pub fn mark(&self, mark: Mark) -> &'static str {
        let found = Mark::TABLE.iter().find(|(known, ..)| *known == mark);
        found.map_or("", |(_, fancy, plain)| if self.ascii { plain } else { fancy })
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        let look = self.theme.look(role, self.depth);
        let colour = |colour| match colour {
            Colour::Terminal(number) => Color::Indexed(number),
            Colour::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
        };
        let mut style = Style::new();
        style.fg = look.text.map(colour);
        style.bg = look.ground.map(colour);
        let modifiers = [
            (look.bold, Modifier::BOLD),
            (look.dim, Modifier::DIM),
            (look.underlined, Modifier::UNDERLINED),
            (look.reversed, Modifier::REVERSED),
        ];
        for (wanted, modifier) in modifiers {
            if wanted {
                style = style.add_modifier(modifier);
            }
        }
        style
    }

    /// The desk's own signs in a text of ours, as ASCII where that is wanted.
    pub fn plain(&self, text: &str) -> String {
        if !self.ascii {
            return text.to_owned();
        }
        let twins = [
            ('→', "->"),
            ('·', "-"),
            ('–', "-"),
            ('…', "~"),
            ('↑', "up"),
            ('↓', "down"),
            ('←', "left"),
            ('−', "-"),
            ('“', "\""),
            ('”', "\""),
        ];
        let mut shown = String::with_capacity(text.len());
        for letter in text.chars() {
            match twins.iter().find(|(fancy, _)| *fancy == letter) {
                Some((_, twin)) => shown.push_str(twin),
                None => shown.push(letter),
            }
        }
        shown
    }
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text, hidden characters and all.
    pub text: String,
    /// What it is.
    pub role: Role,
}

/// A line of pieces.
pub type Pieces = Vec<Piece>;

/// A piece.
pub fn piece(text: impl Into<String>, role: Role) -> Piece {
    Piece { text: text.into(), role }
}

/// Cells that pieces take.
pub fn cells(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| visible(&piece.text).width()).sum()
}

/// Writes on a screen.
pub struct Pen<'a> {
    /// The screen.
    pub screen: &'a mut Buffer,
    /// How it looks.
    pub looks: Looks,
    /// Where the cursor of the terminal goes, if it is shown.
    pub cursor: Option<Position>,
}

impl Pen<'_> {
    /// Writes pieces on row `row` of an area, from its column `column`; what does not fit is cut, with a sign.
    pub fn put(&mut self, area: Area, row: usize, column: usize, pieces: &[Piece]) {
        let Some((x, y, room)) = place(area, row, column) else { return };
        let room = room.min(usize::from(self.screen.area.right().saturating_sub(x)));
        if y >= self.screen.area.bottom() || room == 0 {
            return;
        }
        let cut = cells(pieces) > room;
        let mut left = if cut { room - 1 } else { room };
        let mut at = x;
        let mut last = Style::new();
        'pieces: for piece in pieces {
            let style = self.looks.style(piece.role);
            last = style;
            for grapheme in visible(&piece.text).graphemes(true) {
                let width = grapheme.width();
                if width > left {
                    break 'pieces;
                }
                self.screen.set_stringn(at, y, grapheme, width, style);
                at += u16::try_from(width).unwrap_or(0);
                left -= width;
            }
        }
        if cut {
            self.screen.set_stringn(at, y, self.looks.mark(Mark::More), 1, last);
        }
    }

    /// Writes one piece.
    pub fn text(&mut self, area: Area, row: usize, column: usize, text: &str, role: Role) {
        self.put(area, row, column, &[piece(text, role)]);
    }

    /// Writes pieces so that they end at the right edge; answers the cells they took.
    pub fn right(&mut self, area: Area, row: usize, pieces: &[Piece]) -> usize {
        let width = cells(pieces);
        let column = usize::from(area.width).saturating_sub(width);
        self.put(area, row, column, pieces);
        width.min(usize::from(area.width))
    }

    /// Gives rows of an area the look of a role, over what is written there.
    pub fn shade(&mut self, area: Area, row: usize, rows: usize, role: Role) {
        for row in row..row + rows {
            if let Some((x, y, room)) = place(area, row, 0) {
                let line = Rect { x, y, width: u16::try_from(room).unwrap_or(u16::MAX), height: 1 };
                self.screen.set_style(line.intersection(self.screen.area), self.looks.style(role));
            }
        }
    }

    /// Clears an area and draws a box around it, with a title; answers what is inside.
    pub fn sheet(&mut self, area: Area, title: &str) -> Area {
        let blank = " ".repeat(usize::from(area.width));
        for row in 0..usize::from(area.height) {
            if let Some((x, y, _)) = place(area, row, 0)
                && y < self.screen.area.bottom()
            {
                let line = Rect { x, y, width: area.width, height: 1 }.intersection(self.screen.area);
                for cell in line.positions() {
                    self.screen[cell].reset();
                }
                self.screen.set_stringn(x, y, &blank, usize::from(line.width), self.looks.style(Role::Normal));
            }
        }
        let [line, side, tl, tr, bl, br] =
            if self.looks.ascii { ["-", "|", "+", "+", "+", "+"] } else { ["─", "│", "┌", "┐", "└", "┘"] };
        let across = line.repeat(usize::from(area.width.saturating_sub(2)));
        let bottom = usize::from(area.height.saturating_sub(1));
        self.text(area, 0, 0, &format!("{tl}{across}{tr}"), Role::Border);
        self.text(area, bottom, 0, &format!("{bl}{across}{br}"), Role::Border);
        for row in 1..bottom {
            self.text(area, row, 0, side, Role::Border);
            self.text(area, row, usize::from(area.width.saturating_sub(1)), side, Role::Border);
        }
        let inner = area.inner();
        let head = Area { y: area.y, height: 1, ..inner };
        let title = self.looks.plain(title);
        self.text(head, 0, 1, &format!(" {title} "), Role::Heading);
        inner
    }

    /// A line down the left edge of an area.
    pub fn edge(&mut self, area: Area) {
        let side = if self.looks.ascii { "|" } else { "│" };
        for row in 0..usize::from(area.height) {
            self.text(area, row, 0, side, Role::Border);
        }
    }

    /// Puts the terminal's cursor on a cell of an area.
    pub fn point(&mut self, area: Area, row: usize, column: usize) {
        let column = column.min(usize::from(area.width.saturating_sub(1)));
        if let Some((x, y, _)) = place(area, row, column) {
            self.cursor = Some(Position { x, y });
        }
    }
}

/// The cell, and the columns left from there, if it lies in the area.
fn place(area: Area, row: usize, column: usize) -> Option<(u16, u16, usize)> {
    let (row, column) = (u16::try_from(row).ok()?, u16::try_from(column).ok()?);
    let inside = row < area.height && column < area.width;
    inside.then(|| (area.x + column, area.y + row, usize::from(area.width - column)))
}

/// Breaks a text into lines of at most so many cells, behind blanks where it can.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let text = wrap::in_lines(text);
    let width = u16::try_from(width.max(1)).unwrap_or(u16::MAX);
    wrap::rows(&text, width).into_iter().map(|row| text[row].to_owned()).collect()
}

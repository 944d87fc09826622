//! Where things are on a screen of a given size: rectangles only. The view draws into them; the model needs them to
//! know how far a page is.

use crate::config::settings::Arrangement;

/// A rectangle in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// Left column.
    pub x: u16,
    /// Top row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// Whether nothing can be drawn in it.
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The part above row `at` (counted from its top) and the rest.
    pub fn split_rows(self, at: u16) -> (Area, Area) {
        let at = at.min(self.height);
        (Area { height: at, ..self }, Area { y: self.y + at, height: self.height - at, ..self })
    }

    /// The part left of column `at` (counted from its left) and the rest.
    pub fn split_columns(self, at: u16) -> (Area, Area) {
        let at = at.min(self.width);
        (Area { width: at, ..self }, Area { x: self.x + at, width: self.width - at, ..self })
    }

    /// A rectangle of at most this size in its middle.
    pub fn centred(self, width: u16, height: u16) -> Area {
        let (width, height) = (width.min(self.width), height.min(self.height));
        Area { x: self.x + (self.width - width) / 2, y: self.y + (self.height - height) / 2, width, height }
    }

    /// Without a margin of one cell on all sides.
    pub fn inner(self) -> Area {
        Area {
            x: self.x + u16::from(self.width > 1),
            y: self.y + u16::from(self.height > 1),
            width: self.width.saturating_sub(2),
            height: self.height.saturating_sub(2),
        }
    }
}

/// Where the keys go when nothing lies over the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Focus {
    /// The queues.
    Queues,
    /// The list of the queue.
    List,
    /// The record.
    Record,
}

/// The parts of the screen. A part that is not shown is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// Where we are, who acts, whether the desk is live.
    pub top: Area,
    /// The queues.
    pub queues: Area,
    /// The list, its heading line included.
    pub list: Area,
    /// The record's head.
    pub head: Area,
    /// The names of the panes.
    pub tabs: Area,
    /// The rows of the pane.
    pub pane: Area,
    /// More about the row under the cursor.
    pub detail: Area,
    /// What another screen than the desk shows.
    pub main: Area,
    /// Outcomes and refusals.
    pub notice: Area,
    /// The commands that make sense now.
    pub hints: Area,
}

/// From how many columns on list and record stand side by side where nobody chose: with fewer, either the list would not
/// tell variant, build and owner, or the record would cut its values.
const WIDE: u16 = 168;

/// From how many columns on they do for whoever wants them so.
const BESIDE: u16 = 120;

impl Layout {
    /// The parts of a screen of so many columns and rows, with a notice of so many lines: the desk with this focus and list
    /// and record arranged so, or another screen.
    pub fn of((width, height): (u16, u16), focus: Option<Focus>, notice: u16, arrangement: Arrangement) -> Layout {
        let whole = Area { x: 0, y: 0, width, height };
        let (top, rest) = whole.split_rows(1);
        let hint_rows = if height >= 10 { 1 } else { 0 };
        let (rest, hints) = rest.split_rows(rest.height.saturating_sub(hint_rows));
        let (body, notice) = rest.split_rows(rest.height.saturating_sub(notice.clamp(1, 3)));
        let mut layout = Layout { top, notice, hints, ..Layout::default() };
        let Some(focus) = focus else { return Layout { main: body, ..layout } };
        let beside = match arrangement {
            Arrangement::Auto => width >= WIDE,
            Arrangement::Beside => width >= BESIDE,
            Arrangement::Stacked => false,
        };
        let record = if beside && height >= 20 {
            let (queues, rest) = body.split_columns(if width >= WIDE { 24 } else { 18 });
            // The list tells step and owner in any case, and from `WIDE` on variant and build.
            let (list, record) =
                rest.split_columns(if width >= WIDE { rest.width * 3 / 5 } else { rest.width * 14 / 25 });
            layout.queues = queues;
            layout.list = list;
            record
        } else if width >= 100 && height >= 24 {
            let (queues, rest) = body.split_columns(19);
            let (list, record) = rest.split_rows((rest.height / 3).max(7));
            layout.queues = queues;
            layout.list = list;
            record
        } else {
            match focus {
                Focus::Queues => layout.queues = body,
                Focus::List => layout.list = body,
                Focus::Record => {}
            }
            if focus == Focus::Record { body } else { Area::default() }
        };
        layout.split_record(record);
        layout
    }

    fn split_record(&mut self, record: Area) {
        let head_rows = match record.height {
            0..8 => 1,
            8..14 => 2,
            14..20 => 4,
            _ => 5,
        };
        let detail_rows = match record.height {
            0..13 => 0,
            13..20 => 3,
            20..30 => 5,
            _ => 8,
        };
        let (head, rest) = record.split_rows(head_rows);
        let (tabs, rest) = rest.split_rows(1);
        let (pane, detail) = rest.split_rows(rest.height.saturating_sub(detail_rows));
        (self.head, self.tabs, self.pane, self.detail) = (head, tabs, pane, detail);
    }

    /// Gives what is said of the row under the cursor the room: of so many rows above, each two lines high, a few are
    /// enough to see where one is.
    pub fn tell_more(&mut self, rows: usize) {
        let both = self.pane.height + self.detail.height;
        if both < 8 {
            return;
        }
        let wanted = u16::try_from(rows.saturating_mul(2)).unwrap_or(u16::MAX);
        let whole = Area { height: both, ..self.pane };
        (self.pane, self.detail) = whole.split_rows(wanted.clamp(4, both / 2));
    }

    /// Rows of the list below its heading.
    pub fn list_rows(&self) -> usize {
        usize::from(self.list.height.saturating_sub(1))
    }

    /// Columns a dialog takes.
    pub fn dialog_width(width: u16) -> u16 {
        if width >= 90 { 84 } else { width }
    }
}

/// A cursor in a list, and the first row that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The row the cursor is on.
    pub at: usize,
    /// The first row shown.
    pub top: usize,
}

impl Scroll {
    /// Puts the cursor on a row of a list of so many, of which so many fit. When it leaves the window, the window
    /// moves by half a page: a terminal repaints little that way.
    pub fn to(&mut self, row: usize, rows: usize, fit: usize) {
        let fit = fit.max(1);
        self.at = row.min(rows.saturating_sub(1));
        let half = fit / 2;
        if self.at < self.top {
            self.top = self.at.saturating_sub(half);
        } else if self.at >= self.top + fit {
            self.top = self.at - half.min(self.at);
        }
        self.top = self.top.min(rows.saturating_sub(fit));
        if self.at >= self.top + fit {
            self.top = self.at + 1 - fit;
        }
    }

    /// Moves the cursor.
    pub fn by(&mut self, step: Step, rows: usize, fit: usize) {
        let page = fit.max(1);
        let to = match step {
            Step::Down => self.at + 1,
            Step::Up => self.at.saturating_sub(1),
            Step::HalfDown => self.at + page.div_ceil(2),
            Step::HalfUp => self.at.saturating_sub(page.div_ceil(2)),
            Step::PageDown => self.at + page,
            Step::PageUp => self.at.saturating_sub(page),
            Step::First => 0,
            Step::Last => rows.saturating_sub(1),
        };
        self.to(to, rows, fit);
    }
}

/// A move of the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// One row down.
    Down,
    /// One row up.
    Up,
    /// Half a page down.
    HalfDown,
    /// Half a page up.
    HalfUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// To the first row.
    First,
    /// To the last row.
    Last,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_moves_inside_the_window_and_the_window_by_half_a_page() {
        let mut scroll = Scroll::default();
        for _ in 0..9 {
            scroll.by(Step::Down, 100, 10);
        }
        assert_eq!((scroll.at, scroll.top), (9, 0));
        scroll.by(Step::Down, 100, 10);
        assert_eq!((scroll.at, scroll.top), (10, 5));
        scroll.by(Step::Last, 100, 10);
        assert_eq!((scroll.at, scroll.top), (99, 90));
    }

    #[test]
    fn no_part_of_any_screen_lies_outside_it() {
        for width in 0..=250 {
            for height in 0..=80 {
                let focuses = [Some(Focus::Queues), Some(Focus::List), Some(Focus::Record), None];
                let all =
                    focuses.iter().flat_map(|focus| Arrangement::TABLE.map(|(arrangement, _)| (*focus, arrangement)));
                for (focus, arrangement) in all {
                    let l = Layout::of((width, height), focus, 2, arrangement);
                    for area in [l.top, l.queues, l.list, l.head, l.tabs, l.pane, l.detail, l.main, l.notice, l.hints] {
                        assert!(area.x + area.width <= width && area.y + area.height <= height, "{width}x{height}");
                    }
                }
            }
        }
    }
}

//! Cells as bytes: what differs from the cell before is written, and nothing else.
//!
//! Over a slow line bytes are time. Crossterm's backend sets both colours where one changed, writes the sixteen colours in
//! their long form, and ends each frame with four resets. Here the shorter of two ways from one look to the next is taken.
//!
//! Invariant: it begins with a terminal whose attributes are plain, and leaves it so.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// How a cell looks, as far as a terminal is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    text: Color,
    ground: Color,
    modifier: Modifier,
}

/// The attributes with the number that switches each on, and the one that switches it off.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Look {
    const PLAIN: Look = Look { text: Color::Reset, ground: Color::Reset, modifier: Modifier::empty() };

    fn of(cell: &Cell) -> Look {
        Look { text: cell.fg, ground: cell.bg, modifier: cell.modifier }
    }

    /// What leads from another look to this one, without a reset.
    fn after(self, before: Look) -> String {
        let mut numbers: Vec<String> = Vec::new();
        let mut left = before.modifier;
        for (attribute, _, off) in ATTRIBUTES {
            if left.contains(attribute) && !self.modifier.contains(attribute) {
                numbers.push(off.to_string());
                // Bold and dim are switched off by one number, and so are the two ways to blink.
                left.remove(switched_by(off));
            }
        }
        let on = ATTRIBUTES.iter().filter(|(attribute, ..)| (self.modifier - left).contains(*attribute));
        numbers.extend(on.map(|(_, on, _)| on.to_string()));
        if self.text != before.text {
            numbers.push(colour(self.text, 30));
        }
        if self.ground != before.ground {
            numbers.push(colour(self.ground, 40));
        }
        numbers.join(";")
    }

    /// Writes what leads from another look to this one, the shorter way.
    fn write(self, before: Look, frame: &mut Vec<u8>) {
        if self == before {
            return;
        }
        let turned = self.after(before);
        let anew = self.after(Look::PLAIN);
        // An empty number is a reset.
        let anew = if anew.is_empty() { anew } else { format!(";{anew}") };
        let numbers = if anew.len() < turned.len() { anew } else { turned };
        frame.extend_from_slice(format!("\x1b[{numbers}m").as_bytes());
    }
}

/// The attributes that one number switches off.
fn switched_by(off: u8) -> Modifier {
    let same = ATTRIBUTES.iter().filter(|(.., number)| *number == off);
    same.fold(Modifier::empty(), |all, (attribute, ..)| all | *attribute)
}

/// The numbers of a colour: of the text from 30 on, of the ground from 40 on. The sixteen are written in the form that
/// every terminal knows.
fn colour(colour: Color, from: u8) -> String {
    let bright = |number: u8| (from + 60 + number).to_string();
    let dark = |number: u8| (from + number).to_string();
    let of_256 = |number: u8| match number {
        0..8 => dark(number),
        8..16 => bright(number - 8),
        _ => format!("{};5;{number}", from + 8),
    };
    match colour {
        Color::Reset => (from + 9).to_string(),
        Color::Black => dark(0),
        Color::Red => dark(1),
        Color::Green => dark(2),
        Color::Yellow => dark(3),
        Color::Blue => dark(4),
        Color::Magenta => dark(5),
        Color::Cyan => dark(6),
        Color::Gray => dark(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(number) => of_256(number),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", from + 8),
    }
}

/// Where the terminal's cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing is known.
    Unknown,
    /// Here, if the terminal takes one column for what it should: some take two for signs like an arrow.
    Likely(u16, u16),
    /// Here.
    Sure(u16, u16),
}

impl Place {
    /// Behind a cell that was written.
    fn behind(self, (x, y): (u16, u16), symbol: &str) -> Place {
        let x = x.saturating_add(1);
        match self {
            _ if symbol.width() != 1 => Place::Unknown,
            Place::Sure(..) if symbol.is_ascii() => Place::Sure(x, y),
            _ => Place::Likely(x, y),
        }
    }

    /// Writes what leads to a cell; answers the place there.
    fn go(self, (x, y): (u16, u16), frame: &mut Vec<u8>) -> Place {
        match self {
            Place::Likely(column, row) | Place::Sure(column, row) if (column, row) == (x, y) => return self,
            Place::Sure(column, row) if row == y && column + 1 == x => frame.extend_from_slice(b"\x1b[C"),
            Place::Sure(column, row) if row == y && column < x => {
                frame.extend_from_slice(format!("\x1b[{}C", x - column).as_bytes());
            }
            _ => frame.extend_from_slice(format!("\x1b[{};{}H", y.saturating_add(1), x.saturating_add(1)).as_bytes()),
        }
        Place::Sure(x, y)
    }
}

/// Writes cells, each with its column and its row.
pub fn write<'a>(content: impl Iterator<Item = (u16, u16, &'a Cell)>, frame: &mut Vec<u8>) {
    let (mut look, mut place) = (Look::PLAIN, Place::Unknown);
    for (x, y, cell) in content {
        place = place.go((x, y), frame);
        let wanted = Look::of(cell);
        wanted.write(look, frame);
        look = wanted;
        frame.extend_from_slice(cell.symbol().as_bytes());
        place = place.behind((x, y), cell.symbol());
    }
    Look::PLAIN.write(look, frame);
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn written(cells: &[(u16, u16, &str, Style)]) -> String {
        let cells: Vec<(u16, u16, Cell)> = cells
            .iter()
            .map(|(x, y, symbol, style)| {
                let mut cell = Cell::default();
                cell.set_symbol(symbol).set_style(*style);
                (*x, *y, cell)
            })
            .collect();
        let mut frame = Vec::new();
        write(cells.iter().map(|(x, y, cell)| (*x, *y, cell)), &mut frame);
        String::from_utf8(frame).unwrap().replace('\x1b', "^")
    }

    #[test]
    fn only_what_differs_from_the_cell_before_is_written() {
        let (plain, red) = (Style::new(), Style::new().fg(Color::Indexed(1)));
        let bold = red.add_modifier(Modifier::BOLD);
        assert_eq!(written(&[]), "");
        assert_eq!(written(&[(0, 0, "a", plain), (1, 0, "b", plain)]), "^[1;1Hab");
        assert_eq!(written(&[(3, 1, "a", red), (4, 1, "b", bold), (5, 1, "c", red)]), "^[2;4H^[31ma^[1mb^[22mc^[m");
        assert_eq!(written(&[(0, 0, "a", bold), (1, 0, "b", plain)]), "^[1;1H^[1;31ma^[mb");
        let (dim, both) = (Style::new().add_modifier(Modifier::DIM), Modifier::BOLD | Modifier::DIM);
        let both = Style::new().add_modifier(both);
        assert_eq!(written(&[(0, 0, "a", both), (1, 0, "b", dim)]), "^[1;1H^[1;2ma^[;2mb^[m");
    }

    #[test]
    fn the_sixteen_colours_are_written_as_every_terminal_knows_them() {
        let colours = Style::new().fg(Color::Indexed(9)).bg(Color::Indexed(4));
        assert_eq!(written(&[(0, 0, "a", colours)]), "^[1;1H^[91;44ma^[m");
        let colours = Style::new().fg(Color::Indexed(208)).bg(Color::Rgb(1, 2, 3));
        assert_eq!(written(&[(0, 0, "a", colours)]), "^[1;1H^[38;5;208;48;2;1;2;3ma^[m");
    }

    #[test]
    fn the_cursor_goes_on_along_a_row_only_where_it_is_known() {
        let plain = Style::new();
        let places = |first| [(0, 0, first, plain), (2, 0, "b", plain), (7, 0, "c", plain), (0, 1, "d", plain)];
        assert_eq!(written(&places("a")), "^[1;1Ha^[Cb^[4Cc^[2;1Hd");
        // Some terminals take two columns for an arrow, all of them for a wide character.
        assert_eq!(written(&places("→")), "^[1;1H→^[1;3Hb^[4Cc^[2;1Hd");
        assert_eq!(written(&places("車")), "^[1;1H車^[1;3Hb^[4Cc^[2;1Hd");
        assert_eq!(written(&[(0, 0, "→", plain), (1, 0, "b", plain)]), "^[1;1H→b");
    }
}

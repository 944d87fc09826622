//! Looks at the session the program runs in: whether there is a terminal, what it can show, how large it is.
//!
//! Invariant: looks only at descriptors and at the environment handed in; the terminal itself is never asked.

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

use crate::config::theme::Depth;

/// The size that is taken where the system knows none.
const USUAL: Size = Size { columns: 80, rows: 24 };

/// The largest size that is drawn; beyond it a cell more shows nothing more, and memory has its budget.
const LARGEST: Size = Size { columns: 500, rows: 200 };

/// A size in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// What kind of terminal the program has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Whether standard input is a terminal.
    pub input_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub output_is_terminal: bool,
    /// Whether the terminal says of itself that it can move no cursor (`TERM=dumb`, or no `TERM` at all).
    pub dumb: bool,
    /// Whether the person wants no colours (`NO_COLOR`, not empty: no-color.org).
    pub no_colour: bool,
    /// How many colours the terminal says that it has: all of them (`COLORTERM`, which ssh seldom hands on), 256
    /// (`TERM`), or sixteen.
    pub depth: Depth,
    /// Whether tmux stands between.
    pub tmux: bool,
}

impl Session {
    /// Looks at the standard streams and at the environment, given as `variable(name)`.
    pub fn look(variable: impl Fn(&str) -> Option<String>) -> Self {
        Session::of(io::stdin().is_terminal(), io::stdout().is_terminal(), variable)
    }

    fn of(input_is_terminal: bool, output_is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let said = |name: &str| variable(name).filter(|value| !value.is_empty());
        Session {
            input_is_terminal,
            output_is_terminal,
            dumb: said("TERM").is_none_or(|term| term == "dumb"),
            no_colour: said("NO_COLOR").is_some(),
            depth: match (said("COLORTERM").as_deref(), said("TERM")) {
                (Some("truecolor" | "24bit"), _) => Depth::All,
                (_, Some(term)) if term.ends_with("-direct") => Depth::All,
                (_, Some(term)) if term.contains("256color") => Depth::Many,
                _ => Depth::Sixteen,
            },
            tmux: said("TMUX").is_some(),
        }
    }

    /// Whether there is a terminal on both sides: a script reads and writes with the verbs.
    pub fn has_terminal(&self) -> bool {
        self.input_is_terminal && self.output_is_terminal
    }

    /// Whether the full screen can be drawn: there is a terminal on both sides, and it can move its cursor.
    pub fn has_screen(&self) -> bool {
        self.has_terminal() && !self.dumb
    }
}

/// The size of a terminal; where the system knows none (a serial line), 80x24. At most 500x200.
pub fn size_of(line: impl AsFd) -> Size {
    match tcgetwinsize(line) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => {
            Size { columns: size.ws_col.min(LARGEST.columns), rows: size.ws_row.min(LARGEST.rows) }
        }
        _ => USUAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::testing::Pty;

    fn with(environment: &[(&str, &str)]) -> Session {
        let known: Vec<(String, String)> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Session::of(true, true, |name| known.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
    }

    #[test]
    fn a_dumb_terminal_has_no_screen() {
        assert!(with(&[("TERM", "xterm-256color")]).has_screen());
        assert!(!with(&[("TERM", "dumb")]).has_screen());
        assert!(!with(&[]).has_screen());
        assert!(!Session::of(false, true, |_| Some("xterm".to_owned())).has_screen());
    }

    #[test]
    fn an_empty_no_color_means_nothing() {
        assert!(with(&[("NO_COLOR", "1")]).no_colour);
        assert!(!with(&[("NO_COLOR", "")]).no_colour);
        assert_eq!(with(&[("COLORTERM", "truecolor"), ("TERM", "xterm")]).depth, Depth::All);
        assert_eq!(with(&[("TERM", "screen-256color")]).depth, Depth::Many);
        assert_eq!(with(&[("TERM", "vt220")]).depth, Depth::Sixteen);
        assert!(with(&[("TMUX", "/tmp/tmux-0/default,1,0")]).tmux);
    }

    #[test]
    fn a_size_is_never_nothing_and_never_without_bounds() {
        assert_eq!(size_of(Pty::open(120, 40).line()), Size { columns: 120, rows: 40 });
        assert_eq!(size_of(Pty::open(0, 0).line()), USUAL);
        assert_eq!(size_of(Pty::open(u16::MAX, u16::MAX).line()), LARGEST);
        assert_eq!(size_of(std::io::pipe().unwrap().0), USUAL);
    }
}

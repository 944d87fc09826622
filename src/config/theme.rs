//! Themes: how each role of text looks, in words that name no terminal library.
//!
//! Invariant: the selection is reverse video in every theme; `none` has no colour at all, and nothing is told by colour alone.

/// A colour of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Colour {
    /// One of the terminal's own sixteen: 0 to 7 are black, red, green, yellow, blue, magenta, cyan, white; 8 to 15
    /// the bright ones.
    Terminal(u8),
}

/// How a piece of text looks. What is not said is the terminal's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Look {
    /// The colour of the text.
    pub text: Option<Colour>,
    /// The colour behind it.
    pub ground: Option<Colour>,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Underlined.
    pub underlined: bool,
    /// Reverse video.
    pub reversed: bool,
}

impl Look {
    const PLAIN: Look = Look { text: None, ground: None, bold: false, dim: false, underlined: false, reversed: false };

    const fn colour(number: u8) -> Look {
        Look { text: Some(Colour::Terminal(number)), ..Look::PLAIN }
    }

    const fn bold(self) -> Look {
        Look { bold: true, ..self }
    }

    const fn dim(self) -> Look {
        Look { dim: true, ..self }
    }

    const fn underlined(self) -> Look {
        Look { underlined: true, ..self }
    }

    const fn reversed(self) -> Look {
        Look { reversed: true, ..self }
    }
}

/// What a piece of text is, as far as its look goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Plain text.
    Normal,
    /// What matters less: units, hints, commands that cannot run now.
    Dim,
    /// Titles and the heads of columns.
    Heading,
    /// The row or the choice the cursor is on.
    Selected,
    /// A row marked for a bulk command.
    Marked,
    /// What blocks release.
    Blocks,
    /// What warns.
    Warns,
    /// What is settled: confirmed, passed, delivered.
    Fine,
    /// A value that differs from the one before it.
    Changed,
    /// What just changed under another person's hand.
    Live,
    /// Lines between panes.
    Border,
    /// The line around the pane that has the focus.
    Focus,
    /// The key in a hint.
    Key,
    /// What is undecided and waits for the reader.
    Open,
}

/// A theme: one look for each role.
#[derive(Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name in `config.toml`.
    pub name: &'static str,
    looks: [(Role, Look); 14],
}

impl Theme {
    /// The theme of this name.
    pub fn named(name: &str) -> Option<&'static Theme> {
        THEMES.iter().find(|theme| theme.name == name)
    }

    /// The names of all themes, the default first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        THEMES.iter().map(|theme| theme.name)
    }

    /// The theme that holds: the one of the settings, or else `none` where colours are not wanted, or the default.
    /// A person who names a theme wants it, `NO_COLOR` or not: that is what `NO_COLOR` (no-color.org) asks of programs.
    pub fn chosen(settings: Option<&'static Theme>, no_colour: bool) -> &'static Theme {
        settings.unwrap_or(if no_colour { &THEMES[2] } else { &THEMES[0] })
    }

    /// The look of a role.
    pub fn look(&self, role: Role) -> Look {
        self.looks.iter().find(|(of, _)| *of == role).map_or(Look::PLAIN, |(_, look)| *look)
    }
}

const RED: u8 = 1;
const GREEN: u8 = 2;
const YELLOW: u8 = 3;
const BLUE: u8 = 4;
const MAGENTA: u8 = 5;
const CYAN: u8 = 6;
const BRIGHT: u8 = 8;

static THEMES: [Theme; 3] = [
    Theme {
        name: "default",
        looks: [
            (Role::Normal, Look::PLAIN),
            (Role::Dim, Look::PLAIN.dim()),
            (Role::Heading, Look::PLAIN.bold()),
            (Role::Selected, Look::PLAIN.reversed()),
            (Role::Marked, Look::colour(MAGENTA).bold()),
            (Role::Blocks, Look::colour(RED).bold()),
            (Role::Warns, Look::colour(YELLOW)),
            (Role::Fine, Look::colour(GREEN)),
            (Role::Changed, Look::colour(CYAN)),
            (Role::Live, Look::colour(BLUE).bold()),
            (Role::Border, Look::PLAIN.dim()),
            (Role::Focus, Look::colour(CYAN)),
            (Role::Key, Look::PLAIN.bold()),
            (Role::Open, Look::colour(YELLOW).bold()),
        ],
    },
    Theme {
        name: "high-contrast",
        looks: [
            (Role::Normal, Look::PLAIN),
            (Role::Dim, Look::PLAIN),
            (Role::Heading, Look::PLAIN.bold().underlined()),
            (Role::Selected, Look::PLAIN.bold().reversed()),
            (Role::Marked, Look::colour(BRIGHT + MAGENTA).bold().underlined()),
            (Role::Blocks, Look::colour(BRIGHT + RED).bold().underlined()),
            (Role::Warns, Look::colour(BRIGHT + YELLOW).bold()),
            (Role::Fine, Look::colour(BRIGHT + GREEN)),
            (Role::Changed, Look::colour(BRIGHT + CYAN).bold()),
            (Role::Live, Look::colour(BRIGHT + CYAN).bold().underlined()),
            (Role::Border, Look::PLAIN),
            (Role::Focus, Look::PLAIN.bold()),
            (Role::Key, Look::PLAIN.bold().underlined()),
            (Role::Open, Look::colour(BRIGHT + YELLOW).bold().underlined()),
        ],
    },
    Theme {
        name: "none",
        looks: [
            (Role::Normal, Look::PLAIN),
            (Role::Dim, Look::PLAIN),
            (Role::Heading, Look::PLAIN.bold()),
            (Role::Selected, Look::PLAIN.reversed()),
            (Role::Marked, Look::PLAIN.bold()),
            (Role::Blocks, Look::PLAIN.bold()),
            (Role::Warns, Look::PLAIN.bold()),
            (Role::Fine, Look::PLAIN),
            (Role::Changed, Look::PLAIN.underlined()),
            (Role::Live, Look::PLAIN.bold()),
            (Role::Border, Look::PLAIN),
            (Role::Focus, Look::PLAIN.bold()),
            (Role::Key, Look::PLAIN.bold()),
            (Role::Open, Look::PLAIN.bold()),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_is_reverse_video_in_every_theme_and_nothing_else_is() {
        for theme in &THEMES {
            for (role, look) in &theme.looks {
                assert_eq!(look.reversed, *role == Role::Selected, "{role:?} of {}", theme.name);
            }
        }
    }

    #[test]
    fn without_colours_there_is_none() {
        let none = Theme::named("none").unwrap();
        assert!(none.looks.iter().all(|(_, look)| look.text.is_none() && look.ground.is_none()));
        assert_eq!(Theme::chosen(None, true), none);
        assert_eq!(Theme::chosen(None, false).name, "default");
        assert_eq!(Theme::chosen(Theme::named("high-contrast"), true).name, "high-contrast");
    }

    #[test]
    fn every_theme_gives_every_role_a_look_once() {
        for theme in &THEMES {
            for (at, (role, _)) in theme.looks.iter().enumerate() {
                assert!(theme.looks[..at].iter().all(|(other, _)| other != role), "{role:?} of {}", theme.name);
            }
        }
    }
}

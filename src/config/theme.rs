//! Themes: how each role of text looks, in words that name no terminal library.
//!
//! Invariant: the selection is reverse video in every theme; `none` has no colour at all, and nothing is told by colour alone.

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Colour {
    /// One of the terminal's own sixteen: 0 to 7 are black, red, green, yellow, blue, magenta, cyan, white; 8 to 15
    /// the bright ones.
    Terminal(u8),
    /// One of the theme's own: red, green, blue.
    Rgb(u8, u8, u8),
}

/// The steps of a component in the cube of 216 colours, which are numbers 16 to 231 of the 256 of a terminal.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Colour {
    /// The colour as a terminal of 256 colours has it: the nearest of the cube or of the greys, whose values are the
    /// same on every such terminal. The sixteen are never taken for it: people choose those themselves.
    #[must_use]
    pub fn among_256(self) -> Colour {
        let Colour::Rgb(red, green, blue) = self else { return self };
        let wanted = [red, green, blue];
        let step = |part: u8| (0..6).min_by_key(|at| STEPS[usize::from(*at)].abs_diff(part)).unwrap_or(0);
        let [r, g, b] = wanted.map(step);
        let cube = 16 + 36 * r + 6 * g + b;
        let mean = wanted.into_iter().map(u16::from).sum::<u16>() / 3;
        let grey = 232 + u8::try_from(mean.saturating_sub(3) / 10).unwrap_or(23).min(23);
        let far = |number: u8| of_256(number).map_or(u32::MAX, |rgb| apart(rgb, wanted));
        Colour::Terminal(if far(grey) < far(cube) { grey } else { cube })
    }
}

/// The components of a number from 16 on; the sixteen before are whatever the person made of them.
fn of_256(number: u8) -> Option<[u8; 3]> {
    match number {
        0..16 => None,
        16..232 => {
            let at = usize::from(number - 16);
            Some([STEPS[at / 36], STEPS[at / 6 % 6], STEPS[at % 6]])
        }
        grey => Some([8 + 10 * (grey - 232); 3]),
    }
}

fn apart(one: [u8; 3], other: [u8; 3]) -> u32 {
    one.into_iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
}

/// How many colours a terminal says that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Depth {
    /// Sixteen, or it says nothing.
    #[default]
    Sixteen,
    /// 256.
    Many,
    /// All of 24 bits.
    All,
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

    /// A colour as it is written in style sheets: `0xff8800`.
    const fn rgb(written: u32) -> Look {
        Look { text: Some(rgb(written)), ..Look::PLAIN }
    }

    const fn on(self, written: u32) -> Look {
        Look { ground: Some(rgb(written)), ..self }
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

/// One look for each role.
type LooksOfRoles = [(Role, Look); 14];

/// A theme: one look for each role.
#[derive(Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name in `config.toml`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    looks: LooksOfRoles,
    /// The looks where the terminal has no more than sixteen colours, when `looks` want more.
    with_sixteen: Option<&'static LooksOfRoles>,
}

impl Theme {
    /// The theme of this name; the one that holds without a choice is also called `default`.
    pub fn named(name: &str) -> Option<&'static Theme> {
        if name == "default" {
            return Some(&SIXTEEN);
        }
        THEMES.into_iter().find(|theme| theme.name == name)
    }

    /// The names of all themes, the default first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        THEMES.into_iter().map(|theme| theme.name)
    }

    /// The theme that holds: the one of the settings, or else `none` where colours are not wanted, or the default.
    /// A person who names a theme wants it, `NO_COLOR` or not: that is what `NO_COLOR` (no-color.org) asks of programs.
    pub fn chosen(settings: Option<&'static Theme>, no_colour: bool) -> &'static Theme {
        settings.unwrap_or(if no_colour { &NONE } else { &SIXTEEN })
    }

    /// The look of a role on a terminal of so many colours.
    pub fn look(&self, role: Role, depth: Depth) -> Look {
        let looks = match self.with_sixteen {
            Some(fewer) if depth == Depth::Sixteen => fewer,
            _ => &self.looks,
        };
        let look = looks.iter().find(|(of, _)| *of == role).map_or(Look::PLAIN, |(_, look)| *look);
        let fit = |colour: Colour| if depth == Depth::Many { colour.among_256() } else { colour };
        Look { text: look.text.map(fit), ground: look.ground.map(fit), ..look }
    }

    /// Whether a terminal of so many colours shows it in others than its own.
    pub fn falls_back(&self, depth: Depth) -> bool {
        self.with_sixteen.is_some() && depth == Depth::Sixteen
    }
}

/// How the screen looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    /// The theme.
    pub theme: &'static Theme,
    /// Whether marks and lines are drawn in ASCII.
    pub ascii: bool,
    /// How many colours there are.
    pub depth: Depth,
}

impl Default for Looks {
    fn default() -> Self {
        Looks { theme: &SIXTEEN, ascii: false, depth: Depth::default() }
    }
}

const fn rgb(written: u32) -> Colour {
    let [_, red, green, blue] = written.to_be_bytes();
    Colour::Rgb(red, green, blue)
}

const RED: u8 = 1;
const GREEN: u8 = 2;
const YELLOW: u8 = 3;
const BLUE: u8 = 4;
const MAGENTA: u8 = 5;
const CYAN: u8 = 6;
const BRIGHT: u8 = 8;

/// All themes, the default first.
static THEMES: [&Theme; 5] = [&SIXTEEN, &DARK, &LIGHT, &HIGH_CONTRAST, &NONE];

static SIXTEEN: Theme =
    Theme { name: "sixteen", about: "your terminal's own sixteen colours", looks: SIXTEEN_LOOKS, with_sixteen: None };

static DARK: Theme =
    Theme { name: "dark", about: "light on dark, in 24 bits", looks: DARK_LOOKS, with_sixteen: Some(&SIXTEEN_LOOKS) };

static LIGHT: Theme =
    Theme { name: "light", about: "dark on light, in 24 bits", looks: LIGHT_LOOKS, with_sixteen: Some(&SIXTEEN_LOOKS) };

static HIGH_CONTRAST: Theme = Theme {
    name: "high-contrast",
    about: "white on black, nothing dim",
    looks: CONTRAST_LOOKS,
    with_sixteen: Some(&BRIGHT_LOOKS),
};

static NONE: Theme = Theme { name: "none", about: "no colour at all", looks: NO_LOOKS, with_sixteen: None };

const SIXTEEN_LOOKS: LooksOfRoles = [
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
];

const DARK_LOOKS: LooksOfRoles = [
    (Role::Normal, Look::rgb(0xd6dbe3).on(0x16181d)),
    (Role::Dim, Look::rgb(0x9aa3b2)),
    (Role::Heading, Look::rgb(0xffffff).bold()),
    (Role::Selected, Look::PLAIN.reversed()),
    (Role::Marked, Look::rgb(0xd7a6f5).bold()),
    (Role::Blocks, Look::rgb(0xff7b72).bold()),
    (Role::Warns, Look::rgb(0xe3b341)),
    (Role::Fine, Look::rgb(0x7ee787)),
    (Role::Changed, Look::rgb(0x79c0ff)),
    (Role::Live, Look::rgb(0xa5d6ff).bold()),
    (Role::Border, Look::rgb(0x7d8694)),
    (Role::Focus, Look::rgb(0x56d4dd)),
    (Role::Key, Look::rgb(0xffffff).bold()),
    (Role::Open, Look::rgb(0xf2cc60).bold()),
];

const LIGHT_LOOKS: LooksOfRoles = [
    (Role::Normal, Look::rgb(0x1f2328).on(0xfafafa)),
    (Role::Dim, Look::rgb(0x57606a)),
    (Role::Heading, Look::rgb(0x000000).bold()),
    (Role::Selected, Look::PLAIN.reversed()),
    (Role::Marked, Look::rgb(0x7a1fa2).bold()),
    (Role::Blocks, Look::rgb(0xb3141c).bold()),
    (Role::Warns, Look::rgb(0x7d4e00)),
    (Role::Fine, Look::rgb(0x0f5f2c)),
    (Role::Changed, Look::rgb(0x0550ae)),
    (Role::Live, Look::rgb(0x0a3069).bold()),
    (Role::Border, Look::rgb(0x656d76)),
    (Role::Focus, Look::rgb(0x0b6b74)),
    (Role::Key, Look::rgb(0x000000).bold()),
    (Role::Open, Look::rgb(0x8a4600).bold()),
];

const CONTRAST_LOOKS: LooksOfRoles = [
    (Role::Normal, Look::rgb(0xffffff).on(0x000000)),
    (Role::Dim, Look::rgb(0xe0e0e0)),
    (Role::Heading, Look::rgb(0xffffff).bold().underlined()),
    (Role::Selected, Look::PLAIN.bold().reversed()),
    (Role::Marked, Look::rgb(0xff9dff).bold().underlined()),
    (Role::Blocks, Look::rgb(0xff8a80).bold().underlined()),
    (Role::Warns, Look::rgb(0xffd54f).bold()),
    (Role::Fine, Look::rgb(0x7dff9a)),
    (Role::Changed, Look::rgb(0x80e5ff).bold()),
    (Role::Live, Look::rgb(0x80e5ff).bold().underlined()),
    (Role::Border, Look::rgb(0xffffff)),
    (Role::Focus, Look::rgb(0xffffff).bold()),
    (Role::Key, Look::rgb(0xffffff).bold().underlined()),
    (Role::Open, Look::rgb(0xffe066).bold().underlined()),
];

/// High contrast where the terminal has its own sixteen colours and no more.
const BRIGHT_LOOKS: LooksOfRoles = [
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
];

const NO_LOOKS: LooksOfRoles = [
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
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_is_reverse_video_in_every_theme_and_nothing_else_is() {
        for theme in THEMES {
            for (role, look) in theme.looks.iter().chain(theme.with_sixteen.into_iter().flatten()) {
                assert_eq!(look.reversed, *role == Role::Selected, "{role:?} of {}", theme.name);
            }
        }
    }

    #[test]
    fn without_colours_there_is_none() {
        let none = Theme::named("none").unwrap();
        assert!(none.looks.iter().all(|(_, look)| look.text.is_none() && look.ground.is_none()));
        assert_eq!(Theme::chosen(None, true), none);
        assert_eq!(Theme::chosen(None, false).name, "sixteen");
        assert_eq!(Theme::named("default"), Theme::named("sixteen"));
        assert_eq!(Theme::chosen(Theme::named("high-contrast"), true).name, "high-contrast");
    }

    #[test]
    fn every_theme_gives_every_role_a_look_once() {
        for theme in THEMES {
            for (at, (role, _)) in theme.looks.iter().enumerate() {
                assert!(theme.looks[..at].iter().all(|(other, _)| other != role), "{role:?} of {}", theme.name);
            }
        }
    }

    /// The relative luminance of a colour (WCAG 2.2, "relative luminance").
    fn luminance(rgb: [u8; 3]) -> f64 {
        let [red, green, blue] = rgb.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    fn components(colour: Colour) -> [u8; 3] {
        match colour {
            Colour::Rgb(red, green, blue) => [red, green, blue],
            Colour::Terminal(number) => of_256(number).expect("none of the person's own sixteen"),
        }
    }

    #[test]
    fn every_text_stands_out_from_its_ground() {
        assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 0.01);
        for (name, least) in [("dark", 4.5), ("light", 4.5), ("high-contrast", 7.0)] {
            let theme = Theme::named(name).unwrap();
            for depth in [Depth::Many, Depth::All] {
                let plain = theme.look(Role::Normal, depth);
                let (text, ground) = (plain.text.unwrap(), components(plain.ground.unwrap()));
                for (role, _) in &theme.looks {
                    let look = theme.look(*role, depth);
                    assert!(!look.dim, "{role:?} of {name}: dimming would take from the contrast");
                    let ratio = contrast(components(look.text.unwrap_or(text)), look.ground.map_or(ground, components));
                    assert!(ratio >= least, "{role:?} of {name} at {depth:?}: {ratio:.2}");
                }
            }
        }
    }

    #[test]
    fn a_terminal_of_fewer_colours_gets_what_it_can_show() {
        assert_eq!(rgb(0xff_00_00).among_256(), Colour::Terminal(196));
        assert_eq!(rgb(0x80_80_80).among_256(), Colour::Terminal(244));
        let dark = Theme::named("dark").unwrap();
        let blocks = |depth| dark.look(Role::Blocks, depth).text.unwrap();
        assert_eq!(blocks(Depth::Sixteen), Colour::Terminal(RED));
        assert!(matches!(blocks(Depth::Many), Colour::Terminal(16..)));
        assert!(matches!(blocks(Depth::All), Colour::Rgb(..)));
        assert!(dark.falls_back(Depth::Sixteen) && !dark.falls_back(Depth::Many));
        let contrast = Theme::named("high-contrast").unwrap().look(Role::Fine, Depth::Sixteen);
        assert_eq!(contrast.text, Some(Colour::Terminal(BRIGHT + GREEN)));
    }
}

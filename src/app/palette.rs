//! The palette: every command by its name, narrowed by typing, the best match first.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::command::{self, Command};
use super::layout::Scroll;
use super::model::{Context, Model};
use super::text::Text;

/// What a match in a name counts beyond any match in a description.
const NAMED: u32 = 10_000;

/// Rows that are kept for what is told of the command under the cursor.
pub const TOLD: usize = 2;

/// The palette, open.
#[derive(Debug, Clone)]
pub struct Palette {
    /// What was typed.
    pub words: Text,
    /// The commands that match, the best first.
    pub shown: Vec<&'static Command>,
    /// Where the cursor is.
    pub scroll: Scroll,
    /// Where it was opened: its commands run there.
    pub from: Context,
}

impl Palette {
    /// A palette of everything that can be done from a place.
    pub fn new(from: Context) -> Palette {
        let mut palette = Palette { words: Text::line(""), shown: Vec::new(), scroll: Scroll::default(), from };
        palette.narrow();
        palette
    }

    /// Rows that the commands and what is told of the one under the cursor share on a screen so high.
    pub fn room(height: u16) -> usize {
        usize::from(height).saturating_sub(6).clamp(1, 18)
    }

    /// Commands that fit while little is told of the one under the cursor.
    pub fn fit(height: u16) -> usize {
        Palette::room(height).saturating_sub(TOLD).max(1)
    }

    /// After typing: what matches, the cursor on the best.
    pub fn narrow(&mut self) {
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::parse(self.words.content(), CaseMatching::Ignore, Normalization::Smart);
        let typed = self.words.content().to_lowercase();
        let mut letters = Vec::new();
        let mut found: Vec<(u32, &Command)> = command::COMMANDS
            .iter()
            .filter_map(|command| {
                let mut score = |text: &str| pattern.score(Utf32Str::new(text, &mut letters), &mut matcher);
                let name = score(command.name).into_iter().chain(score(command.title)).max();
                // What is called so goes before what is only described so.
                let found = name.map(|score| score + NAMED).or_else(|| score(command.help))?;
                let begins = [command.name, command.title].iter().any(|text| text.to_lowercase().starts_with(&typed));
                Some((found + if begins { NAMED } else { 0 }, command))
            })
            .collect();
        // Without words the table's own order stands; what belongs here comes first either way.
        let elsewhere = |command: &Command| !command.contexts.contains(&self.from);
        found.sort_by_key(|(score, command)| (elsewhere(command), std::cmp::Reverse(*score)));
        self.shown = found.into_iter().map(|(_, command)| command).collect();
        self.scroll = Scroll::default();
    }

    /// Why a command cannot be run from here: it belongs to another place, or what it says itself.
    pub fn refusal(&self, model: &Model, command: &Command) -> Option<String> {
        match command.contexts.first() {
            Some(place) if !command.contexts.contains(&self.from) => Some(format!("done {}", place.words())),
            _ => (command.available)(model).err(),
        }
    }

    /// The command under the cursor.
    pub fn chosen(&self) -> Option<&'static Command> {
        self.shown.get(self.scroll.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_find_the_command() {
        let mut palette = Palette::new(Context::Record);
        for letter in ["r", "e", "l", "e", "a", "s"] {
            palette.words.insert(letter);
        }
        palette.narrow();
        assert_eq!(palette.chosen().map(|command| command.name), Some("release"));
        let mut palette = Palette::new(Context::List);
        palette.words.insert("unm");
        palette.narrow();
        assert_eq!(palette.chosen().map(|command| command.name), Some("unmark-all"));
        palette.words.insert("zzzz");
        palette.narrow();
        assert!(palette.chosen().is_none());
    }
}

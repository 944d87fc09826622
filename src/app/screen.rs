//! The screens there are: the desk with its queues, list and record, and those beside it. Which one is shown is one value
//! of the model; whatever else is on a screen belongs to it and stays while another is shown.

use super::layout::Focus;
use super::model::{Context, Model};
use super::msg::Effect;
use super::{archive, board, moves, overview};

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Screen {
    /// Queues, list and record.
    #[default]
    Desk,
    /// The exceptions to settle, for triage.
    Board,
    /// Where the work stands, as charts.
    Overview,
    /// What was released.
    Archive,
}

/// What is known of a screen.
#[derive(Debug)]
pub struct Known {
    /// Which.
    pub screen: Screen,
    /// Its word, where it is remembered.
    pub word: &'static str,
    /// What people read.
    pub title: &'static str,
    /// The command that goes there.
    pub command: &'static str,
    /// Where keys are heard on it when nothing lies over it; the desk has several such places.
    pub context: Option<Context>,
}

/// Every screen, in the order people see them.
pub const TABLE: [Known; 4] = [
    Known { screen: Screen::Desk, word: "desk", title: "Desk", command: "desk", context: None },
    Known {
        screen: Screen::Board,
        word: "board",
        title: "Exceptions board",
        command: "board",
        context: Some(Context::Board),
    },
    Known {
        screen: Screen::Overview,
        word: "overview",
        title: "Overview",
        command: "overview",
        context: Some(Context::Overview),
    },
    Known {
        screen: Screen::Archive,
        word: "archive",
        title: "Archive",
        command: "archive",
        context: Some(Context::Archive),
    },
];

impl Screen {
    /// What is known of it.
    pub fn known(self) -> &'static Known {
        // The table has a row for each: a test looks.
        TABLE.iter().find(|known| known.screen == self).unwrap_or(&TABLE[0])
    }

    /// The screen of that word.
    pub fn of(word: &str) -> Option<Screen> {
        TABLE.iter().find(|known| known.word == word).map(|known| known.screen)
    }
}

/// Goes to a screen and reads what is on it.
pub fn go(model: &mut Model, screen: Screen) -> Vec<Effect> {
    model.screen = screen;
    match screen {
        Screen::Desk => {
            let focus = model.focus;
            let mut effects = model.focus_on(focus);
            effects.extend(model.follow());
            effects
        }
        Screen::Board | Screen::Overview | Screen::Archive => read(model),
    }
}

/// Back from a screen to the desk.
pub fn leave(model: &mut Model) -> Vec<Effect> {
    go(model, Screen::Desk)
}

/// Reads again what is on the screen, beside the list and the record of the desk.
pub fn read(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Desk => Vec::new(),
        Screen::Board => board::ask(model),
        Screen::Overview => overview::ask(model),
        Screen::Archive => archive::ask(model),
    }
}

/// Back from a record: to the screen it was opened from, or to the list.
pub fn back_from_record(model: &mut Model) -> Vec<Effect> {
    let from = model.opened_from.take().filter(|(_, record)| model.shown == Some(*record));
    model.focus = Focus::List;
    match from {
        Some((screen, _)) => go(model, screen),
        None => moves::to_list(model),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command;

    #[test]
    fn every_screen_has_a_row_and_a_command_that_goes_there_from_everywhere() {
        for known in &TABLE {
            assert_eq!((known.screen.known().word, Screen::of(known.word)), (known.word, Some(known.screen)));
            let command = command::named(known.command).unwrap();
            let places = TABLE.iter().filter_map(|known| known.context).chain([Context::List, Context::Record]);
            for place in places.filter(|place| known.context != Some(*place)) {
                assert!(command.contexts.contains(&place), "{} from {}", known.command, place.word());
            }
        }
    }
}

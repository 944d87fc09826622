//! The settings: what a person chose for themselves, and the sheet in which they choose. A choice holds at once, and is
//! kept in the person's file.

use super::model::{Model, Sheet, Tone};
use super::msg::Effect;
use super::tour::Tour;
use crate::config::keymap::{self, Keymap};
use crate::config::settings::Arrangement;
use crate::config::theme::{Looks, Theme};

/// The choices that hold now, and where they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// How the screen looks.
    pub looks: Looks,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// How list and record stand on the screen.
    pub arrangement: Arrangement,
    /// The name of the keymap.
    pub keymap: String,
    /// The names of all keymaps there are.
    pub keymaps: Vec<String>,
    /// The file that choices are kept in; none for a person without a home.
    pub file: Option<String>,
    /// What is wrong with that file and the keymap, each with its place.
    pub faults: Vec<String>,
}

impl Default for Chosen {
    fn default() -> Self {
        Chosen {
            looks: Looks::default(),
            mouse: false,
            arrangement: Arrangement::default(),
            keymap: "default".to_owned(),
            keymaps: keymap::built_in_names().map(str::to_owned).collect(),
            file: None,
            faults: Vec::new(),
        }
    }
}

/// What a setting is set to, as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A word.
    Word(String),
    /// Yes or no.
    Flag(bool),
}

/// A line of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The colours.
    Theme,
    /// Marks and lines.
    Symbols,
    /// The mouse.
    Mouse,
    /// How list and record stand.
    Layout,
    /// Which keys do what.
    Keymap,
    /// The tour, once more.
    Tour,
}

impl Setting {
    /// All of them, in their order.
    pub const ALL: [Setting; 6] =
        [Setting::Theme, Setting::Symbols, Setting::Mouse, Setting::Layout, Setting::Keymap, Setting::Tour];

    /// What people read.
    pub fn title(self) -> &'static str {
        match self {
            Setting::Theme => "Theme",
            Setting::Symbols => "Symbols",
            Setting::Mouse => "Mouse",
            Setting::Layout => "Layout",
            Setting::Keymap => "Keys",
            Setting::Tour => "Tour",
        }
    }

    /// What it is set to now.
    pub fn value(self, model: &Model) -> &str {
        let chosen = &model.chosen;
        match self {
            Setting::Theme => chosen.looks.theme.name,
            Setting::Symbols if chosen.looks.ascii => "ASCII",
            Setting::Symbols => "Unicode",
            Setting::Mouse if chosen.mouse => "on",
            Setting::Mouse => "off",
            Setting::Layout => chosen.arrangement.word(),
            Setting::Keymap => &chosen.keymap,
            Setting::Tour if model.tour.is_some() => "under way",
            Setting::Tour => "again",
        }
    }

    /// What that means.
    pub fn about(self, model: &Model) -> &'static str {
        let chosen = &model.chosen;
        match self {
            Setting::Theme if chosen.looks.theme.falls_back(chosen.looks.depth) => {
                "in sixteen colours: TERM and COLORTERM name no more"
            }
            Setting::Theme => chosen.looks.theme.about,
            Setting::Symbols if chosen.looks.ascii => "marks and lines of letters alone",
            Setting::Symbols => "marks and lines drawn",
            Setting::Mouse if chosen.mouse => "click selects and opens, the wheel scrolls; shift selects text",
            Setting::Mouse => "the terminal's own: it selects text",
            Setting::Layout => match chosen.arrangement {
                Arrangement::Auto => "list above record, beside it from 168 columns",
                Arrangement::Beside => "list beside record from 120 columns",
                Arrangement::Stacked => "list above record at any width",
            },
            Setting::Keymap => "every key by name: help",
            Setting::Tour => "a first record, step by step",
        }
    }
}

/// The settings, open.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The line the cursor is on.
    pub at: usize,
    /// What became of the last choice, and whether it failed.
    pub told: Option<(String, bool)>,
}

impl Settings {
    /// The setting under the cursor.
    pub fn here(&self) -> Setting {
        Setting::ALL.get(self.at).copied().unwrap_or(Setting::Theme)
    }

    fn tell(&mut self, text: impl Into<String>, failed: bool) {
        self.told = Some((text.into(), failed));
    }
}

/// Opens the settings.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.sheet = Some(Sheet::Settings(Settings::default()));
    Vec::new()
}

/// Goes to the next of the values of the setting under the cursor, or to the one before.
pub fn turn(model: &mut Model, forward: bool) -> Vec<Effect> {
    let Some(Sheet::Settings(settings)) = &mut model.sheet else { return Vec::new() };
    settings.told = None;
    match settings.here() {
        Setting::Theme => {
            let names: Vec<&str> = Theme::names().collect();
            let name = next(&names, model.chosen.looks.theme.name, forward);
            if let Some(theme) = Theme::named(name) {
                model.chosen.looks.theme = theme;
            }
            vec![keep("theme", Value::Word(name.to_owned()))]
        }
        Setting::Symbols => {
            let ascii = !model.chosen.looks.ascii;
            model.chosen.looks.ascii = ascii;
            vec![keep("ascii", Value::Flag(ascii))]
        }
        Setting::Mouse => set_mouse(model),
        Setting::Layout => set_arrangement(model, forward),
        Setting::Keymap => {
            let names: Vec<&str> = model.chosen.keymaps.iter().map(String::as_str).collect();
            let name = next(&names, &model.chosen.keymap, forward).to_owned();
            model.chosen.keymap.clone_from(&name);
            vec![Effect::LoadKeymap(name)]
        }
        Setting::Tour => Vec::new(),
    }
}

fn next<'a>(all: &[&'a str], now: &'a str, forward: bool) -> &'a str {
    let Some(at) = all.iter().position(|name| *name == now) else { return all.first().copied().unwrap_or(now) };
    let count = all.len();
    all[if forward { at + 1 } else { at + count - 1 } % count]
}

fn keep(name: &'static str, value: Value) -> Effect {
    Effect::KeepSetting { name, value }
}

/// Does what the setting under the cursor does: its next value, or the tour again.
pub fn accept(model: &mut Model) -> Vec<Effect> {
    match &model.sheet {
        Some(Sheet::Settings(settings)) if settings.here() == Setting::Tour => {
            model.sheet = None;
            model.tour = Some(Tour::default());
            Vec::new()
        }
        _ => turn(model, true),
    }
}

fn set_mouse(model: &mut Model) -> Vec<Effect> {
    model.chosen.mouse = !model.chosen.mouse;
    vec![Effect::Mouse(model.chosen.mouse), keep("mouse", Value::Flag(model.chosen.mouse))]
}

fn set_arrangement(model: &mut Model, forward: bool) -> Vec<Effect> {
    let words: Vec<&str> = Arrangement::TABLE.iter().map(|(_, word)| *word).collect();
    let word = next(&words, model.chosen.arrangement.word(), forward);
    model.chosen.arrangement = Arrangement::of(word).unwrap_or_default();
    // Other windows are on the screen now: each is put around its cursor.
    let focus = model.focus;
    let mut effects = model.focus_on(focus);
    effects.push(keep("layout", Value::Word(word.to_owned())));
    effects
}

/// Lets list and record stand in the next of the ways there are.
pub fn arrange(model: &mut Model) -> Vec<Effect> {
    let effects = set_arrangement(model, true);
    let about = Setting::Layout.about(model);
    model.say(Tone::Plain, format!("the layout is {}: {about}", Setting::Layout.value(model)));
    effects
}

/// Switches the mouse on or off.
pub fn mouse(model: &mut Model) -> Vec<Effect> {
    let effects = set_mouse(model);
    let about = Setting::Mouse.about(model);
    model.say(Tone::Plain, format!("the mouse is {}: {about}", Setting::Mouse.value(model)));
    effects
}

/// The keymap that was asked for is here, or is at fault: then the keys from before serve on.
pub fn keymap_read(model: &mut Model, name: &str, read: Result<Keymap, Vec<String>>) -> Vec<Effect> {
    if model.chosen.keymap != name {
        return Vec::new();
    }
    match read {
        Ok(keymap) => {
            model.use_keymap(keymap);
            vec![keep("keymap", Value::Word(name.to_owned()))]
        }
        Err(faults) => {
            let first = faults.first().cloned().unwrap_or_default();
            let text = format!("the keys from before serve on: {first}");
            match &mut model.sheet {
                Some(Sheet::Settings(settings)) => settings.tell(text, true),
                _ => model.say(Tone::No, text),
            }
            Vec::new()
        }
    }
}

/// A choice was kept, with what is wrong in the file now; or could not be kept, and why.
pub fn kept(model: &mut Model, kept: Result<Vec<String>, String>) -> Vec<Effect> {
    let told = match kept {
        Ok(faults) => {
            model.chosen.faults = faults;
            ("kept".to_owned(), false)
        }
        Err(why) => (format!("this holds until you quit: {why}"), true),
    };
    match &mut model.sheet {
        Some(Sheet::Settings(settings)) if settings.told.is_none() || told.1 => settings.told = Some(told),
        Some(Sheet::Settings(_)) => {}
        _ if told.1 => model.say(Tone::No, told.0),
        _ => {}
    }
    Vec::new()
}

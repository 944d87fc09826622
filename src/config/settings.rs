//! A person's settings: what `config.toml` says, and what holds where it says nothing.
//!
//! Invariant: a fault never stops the program; the setting at fault keeps its default, and every fault is told.

use std::path::{Path, PathBuf};

use super::fault::ConfigFault;
use super::keymap::{self, Keymap, Words};
use super::place::Place;
use super::strict::{self, Reader, Table};
use super::theme::Theme;
use crate::domain::nearest::nearest;

/// How list and record stand on a screen that has room for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Arrangement {
    /// Beside each other where the screen is very wide, else the list above the record.
    #[default]
    Auto,
    /// Beside each other from 120 columns on.
    Beside,
    /// The list above the record, however wide the screen is.
    Stacked,
}

impl Arrangement {
    /// All of them, with their words.
    pub const TABLE: [(Arrangement, &'static str); 3] =
        [(Arrangement::Auto, "auto"), (Arrangement::Beside, "beside"), (Arrangement::Stacked, "stacked")];

    /// Its word in the file.
    pub fn word(self) -> &'static str {
        Self::TABLE.iter().find(|(known, _)| *known == self).map_or("auto", |(_, word)| word)
    }

    /// The one of that word.
    pub fn of(word: &str) -> Option<Arrangement> {
        Self::TABLE.iter().find(|(_, known)| *known == word).map(|(known, _)| *known)
    }
}

/// A person's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The keymap's name: `keymap = "default"`.
    pub keymap: String,
    /// The theme: `theme = "default"`, `"high-contrast"` or `"none"`. `None` where the file names none, so that
    /// `NO_COLOR` decides.
    pub theme: Option<&'static Theme>,
    /// Whether marks and boxes are drawn in ASCII: `ascii = false`.
    pub ascii: bool,
    /// Whether the mouse is listened to: `mouse = false`.
    pub mouse: bool,
    /// How list and record stand: `layout = "auto"`, `"beside"` or `"stacked"`.
    pub layout: Arrangement,
    /// Whether the linear view is opened instead of the full screen: `linear = false`.
    pub linear: bool,
    /// The file of the key that seals releases, PKCS#12 or PEM: `[seal] key = "path"`.
    pub seal: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            keymap: "default".to_owned(),
            theme: None,
            ascii: false,
            mouse: false,
            layout: Arrangement::default(),
            linear: false,
            seal: None,
        }
    }
}

impl Settings {
    /// Reads the settings at `path`; where there is no such file, the defaults.
    pub fn read(path: &Path) -> (Self, Vec<ConfigFault>) {
        match strict::read(path) {
            Ok(Some(text)) => Settings::parse(path, &text),
            Ok(None) => (Settings::default(), Vec::new()),
            Err(fault) => (Settings::default(), vec![fault]),
        }
    }

    /// Reads `text`, the content of `path`. A key's path is relative to the folder of the file.
    pub fn parse(path: &Path, text: &str) -> (Self, Vec<ConfigFault>) {
        let file = path.display().to_string();
        let reader = match Reader::new(&file, text) {
            Ok(reader) => reader,
            Err(faults) => return (Settings::default(), faults),
        };
        let root = reader.root();
        let defaults = Settings::default();
        let settings = Settings {
            keymap: keymap_named(&root, path, &reader).unwrap_or(defaults.keymap),
            theme: theme(&root, &reader),
            ascii: root.flag("ascii").map_or(defaults.ascii, |flag| flag.value),
            mouse: root.flag("mouse").map_or(defaults.mouse, |flag| flag.value),
            layout: arrangement(&root, &reader).unwrap_or(defaults.layout),
            linear: root.flag("linear").map_or(defaults.linear, |flag| flag.value),
            seal: root.table("seal").and_then(|table| seal(table, path)),
        };
        root.close();
        (settings, reader.into_faults())
    }
}

/// The name of a keymap that there is: beside the file of the settings, in `keymaps`, or with the program.
fn keymap_named(root: &Table<'_>, path: &Path, reader: &Reader<'_>) -> Option<String> {
    let name = root.text("keymap")?;
    let known = keymap::known_names(path.parent().map(|folder| folder.join("keymaps")).as_deref());
    if known.contains(&name.value) {
        return Some(name.value);
    }
    let meant = nearest(&name.value, known.iter().map(String::as_str));
    reader.fault(name.at, format!("no keymap is called `{}`", name.value), meant);
    None
}

fn theme(root: &Table<'_>, reader: &Reader<'_>) -> Option<&'static Theme> {
    let name = root.text("theme")?;
    let theme = Theme::named(&name.value);
    if theme.is_none() {
        reader.fault(name.at, format!("no theme is called `{}`", name.value), nearest(&name.value, Theme::names()));
    }
    theme
}

fn arrangement(root: &Table<'_>, reader: &Reader<'_>) -> Option<Arrangement> {
    let word = root.text("layout")?;
    let known = Arrangement::of(&word.value);
    if known.is_none() {
        let meant = nearest(&word.value, Arrangement::TABLE.iter().map(|(_, word)| *word));
        reader.fault(word.at, format!("no layout is called `{}`", word.value), meant);
    }
    known
}

/// A relative path is meant from the folder of the settings file.
fn seal(table: Table<'_>, path: &Path) -> Option<PathBuf> {
    let key = table.text("key");
    table.close();
    key.map(|key| path.parent().unwrap_or(Path::new("")).join(key.value))
}

/// What a person's files say of the terminal, and what is wrong with them.
#[derive(Debug, Clone)]
pub struct Configured {
    /// The settings.
    pub settings: Settings,
    /// Which keys do what.
    pub keymap: Keymap,
    /// What is at fault in either file.
    pub faults: Vec<ConfigFault>,
}

impl Configured {
    /// Reads the settings and the keymap they name; for whom there is no place for files, the defaults.
    pub fn read(place: Option<&Place>, words: &Words<'_>) -> Configured {
        let (settings, mut faults) = place.map(|place| Settings::read(&place.settings)).unwrap_or_default();
        let folder = place.map(|place| place.keymaps.as_path());
        let (keymap, of_keymap) = keymap::read_or_default(&settings.keymap, folder, words);
        faults.extend(of_keymap);
        Configured { settings, keymap, faults }
    }
}

/// What is said at first of files at fault: how many faults, that the defaults serve, the first fault whole.
pub fn defaults_serve(faults: &[ConfigFault]) -> Option<String> {
    let first = faults.first()?;
    Some(match faults.len() {
        1 => format!("your configuration has a fault, the default serves instead: {first}"),
        count => format!(
            "your configuration has {count} faults, the defaults serve instead: {first}; `stageplate config check` tells the other {}",
            count - 1
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Settings, Vec<String>) {
        let (settings, faults) = Settings::parse(Path::new("/home/ann/config.toml"), text);
        (settings, faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_file_says_only_what_differs() {
        assert_eq!(parse(""), (Settings::default(), Vec::new()));
        let (settings, faults) =
            parse("theme = \"none\"\nlayout = \"beside\"\nascii = true\nlinear = true\n[seal]\nkey = \"seal.p12\"\n");
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(settings.theme.map(|theme| theme.name), Some("none"));
        assert_eq!(settings.layout, Arrangement::Beside);
        assert!(settings.ascii && settings.linear);
        assert_eq!(settings.seal, Some(PathBuf::from("/home/ann/seal.p12")));
    }

    #[test]
    fn a_fault_keeps_the_default_and_the_rest_of_the_file_holds() {
        let (settings, faults) = parse(
            "theme = \"hihg-contrast\"\nkeymp = \"vim\"\nascii = \"on\"\nkeymap = \"emasc\"\nmouse = 1\nlayout = \"besied\"\n",
        );
        assert_eq!(settings, Settings::default());
        assert_eq!(
            faults,
            [
                "/home/ann/config.toml:1: no theme is called `hihg-contrast` (did you mean `high-contrast`?)",
                "/home/ann/config.toml:2: `keymp` is not known here (did you mean `keymap`?)",
                "/home/ann/config.toml:3: `ascii` must be true or false, not string",
                "/home/ann/config.toml:4: no keymap is called `emasc` (did you mean `emacs`?)",
                "/home/ann/config.toml:5: `mouse` must be true or false, not integer",
                "/home/ann/config.toml:6: no layout is called `besied` (did you mean `beside`?)",
            ]
        );
    }

    #[test]
    fn a_keymap_of_ones_own_is_one_that_there_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::create_dir(folder.path().join("keymaps")).unwrap();
        std::fs::write(folder.path().join("keymaps/mine.toml"), "").unwrap();
        assert_eq!(Settings::parse(&path, "keymap = \"mine\"\n").0.keymap, "mine");
        let (settings, faults) = Settings::parse(&path, "keymap = \"miene\"\n");
        assert_eq!(settings.keymap, "default");
        assert!(faults[0].to_string().ends_with(":1: no keymap is called `miene` (did you mean `mine`?)"));
    }

    #[test]
    fn of_many_faults_the_first_is_told_and_where_the_rest_are() {
        let fault = |line| ConfigFault { line, ..ConfigFault::whole("c.toml", "is odd") };
        assert_eq!(defaults_serve(&[]), None);
        assert_eq!(
            defaults_serve(&[fault(3)]).unwrap(),
            "your configuration has a fault, the default serves instead: c.toml:3: is odd"
        );
        assert_eq!(
            defaults_serve(&[fault(3), fault(4), fault(9)]).unwrap(),
            "your configuration has 3 faults, the defaults serve instead: c.toml:3: is odd; \
             `stageplate config check` tells the other 2"
        );
    }

    #[test]
    fn no_file_is_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Settings::read(&folder.path().join("config.toml")), (Settings::default(), Vec::new()));
        let (_, faults) = Settings::read(folder.path());
        assert_eq!(faults.len(), 1, "a folder is no file");
    }
}

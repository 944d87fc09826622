//! A person's settings: what `config.toml` says, and what holds where it says nothing.
//!
//! Invariant: a fault never stops the program; the setting at fault keeps its default, and every fault is told.

use std::path::{Path, PathBuf};

use super::fault::ConfigFault;
use super::strict::{self, Reader, Table};
use super::theme::Theme;
use crate::domain::nearest::nearest;

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
    /// The file of the key that seals releases, PKCS#12 or PEM: `[seal] key = "path"`.
    pub seal: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { keymap: "default".to_owned(), theme: None, ascii: false, seal: None }
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
            keymap: root.text("keymap").map_or(defaults.keymap, |name| name.value),
            theme: theme(&root, &reader),
            ascii: root.flag("ascii").map_or(defaults.ascii, |flag| flag.value),
            seal: root.table("seal").and_then(|table| seal(table, path)),
        };
        root.close();
        (settings, reader.into_faults())
    }
}

fn theme(root: &Table<'_>, reader: &Reader<'_>) -> Option<&'static Theme> {
    let name = root.text("theme")?;
    let theme = Theme::named(&name.value);
    if theme.is_none() {
        reader.fault(name.at, format!("no theme is called `{}`", name.value), nearest(&name.value, Theme::names()));
    }
    theme
}

/// A relative path is meant from the folder of the settings file.
fn seal(table: Table<'_>, path: &Path) -> Option<PathBuf> {
    let key = table.text("key");
    table.close();
    key.map(|key| path.parent().unwrap_or(Path::new("")).join(key.value))
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
        let (settings, faults) = parse("theme = \"none\"\nascii = true\n[seal]\nkey = \"seal.p12\"\n");
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(settings.theme.map(|theme| theme.name), Some("none"));
        assert!(settings.ascii);
        assert_eq!(settings.seal, Some(PathBuf::from("/home/ann/seal.p12")));
    }

    #[test]
    fn a_fault_keeps_the_default_and_the_rest_of_the_file_holds() {
        let (settings, faults) = parse("theme = \"hihg-contrast\"\nkeymp = \"vim\"\nascii = \"on\"\n");
        assert_eq!(settings, Settings::default());
        assert_eq!(
            faults,
            [
                "/home/ann/config.toml:1: no theme is called `hihg-contrast` (did you mean `high-contrast`?)",
                "/home/ann/config.toml:2: `keymp` is not known here (did you mean `keymap`?)",
                "/home/ann/config.toml:3: `ascii` must be true or false, not string",
            ]
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

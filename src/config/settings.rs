//! A person's settings: what `config.toml` says, and what holds where it says nothing.
//!
//! Invariant: a fault never stops the program; the setting at fault keeps its default, and every fault is told.

use std::path::{Path, PathBuf};

use super::fault::ConfigFault;
use super::strict::{self, Reader, Table};
use super::theme::Theme;
use crate::domain::nearest::nearest;

/// Where the key that seals releases is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealKey {
    /// A PKCS#12 or PEM file.
    File(PathBuf),
    /// A PKCS#11 URI.
    Pkcs11(String),
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
    /// Whether the mouse is on from the start: `mouse = false`.
    pub mouse: bool,
    /// The key that seals releases: `[seal] key = "path"` or `pkcs11 = "uri"`.
    pub seal: Option<SealKey>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { keymap: "default".to_owned(), theme: None, ascii: false, mouse: false, seal: None }
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
            mouse: root.flag("mouse").map_or(defaults.mouse, |flag| flag.value),
            seal: root.table("seal").and_then(|table| seal(table, path, &reader)),
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

fn seal(table: Table<'_>, path: &Path, reader: &Reader<'_>) -> Option<SealKey> {
    let (key, pkcs11) = (table.text("key"), table.text("pkcs11"));
    table.close();
    match (key, pkcs11) {
        (Some(_), Some(second)) => {
            reader.fault(second.at, "a seal has either `key` or `pkcs11`, not both", None);
            None
        }
        (Some(key), None) => Some(SealKey::File(path.parent().unwrap_or(Path::new("")).join(key.value))),
        (None, Some(uri)) if uri.value.starts_with("pkcs11:") => Some(SealKey::Pkcs11(uri.value)),
        (None, Some(uri)) => {
            reader.fault(uri.at, "a PKCS#11 URI begins with `pkcs11:` (RFC 7512)", None);
            None
        }
        (None, None) => None,
    }
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
        let (settings, faults) = parse("theme = \"none\"\nmouse = true\n[seal]\nkey = \"seal.p12\"\n");
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(settings.theme.map(|theme| theme.name), Some("none"));
        assert!(settings.mouse && !settings.ascii);
        assert_eq!(settings.seal, Some(SealKey::File("/home/ann/seal.p12".into())));
    }

    #[test]
    fn a_fault_keeps_the_default_and_the_rest_of_the_file_holds() {
        let (settings, faults) = parse("theme = \"hihg-contrast\"\nkeymp = \"vim\"\nascii = true\nmouse = \"on\"\n");
        assert_eq!(settings, Settings { ascii: true, ..Settings::default() });
        assert_eq!(
            faults,
            [
                "/home/ann/config.toml:1: no theme is called `hihg-contrast` (did you mean `high-contrast`?)",
                "/home/ann/config.toml:2: `keymp` is not known here (did you mean `keymap`?)",
                "/home/ann/config.toml:4: `mouse` must be true or false, not string",
            ]
        );
    }

    #[test]
    fn a_seal_has_one_key() {
        let (settings, faults) = parse("[seal]\nkey = \"/a\"\npkcs11 = \"pkcs11:token=x\"\n");
        assert_eq!(settings.seal, None);
        assert_eq!(faults, ["/home/ann/config.toml:3: a seal has either `key` or `pkcs11`, not both"]);
        let (settings, _) = parse("[seal]\npkcs11 = \"pkcs11:token=x\"\n");
        assert_eq!(settings.seal, Some(SealKey::Pkcs11("pkcs11:token=x".to_owned())));
    }

    #[test]
    fn no_file_is_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Settings::read(&folder.path().join("config.toml")), (Settings::default(), Vec::new()));
        let (_, faults) = Settings::read(folder.path());
        assert_eq!(faults.len(), 1, "a folder is no file");
    }
}

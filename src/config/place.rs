//! Where the program's files are on this platform.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The files of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The desk that is opened when none is named: `desk.db` in the data directory.
    pub desk: PathBuf,
    /// The settings: `config.toml` in the configuration directory.
    pub settings: PathBuf,
    /// The person's own keymaps, each `NAME.toml`.
    pub keymaps: PathBuf,
}

impl Place {
    /// The platform's places for the person who runs the program; `None` for one without a home.
    pub fn of_person() -> Option<Self> {
        ProjectDirs::from("", "", "stageplate").map(|dirs| Place::under(dirs.data_dir(), dirs.config_dir()))
    }

    /// The files under a data and a configuration directory.
    pub fn under(data: &Path, config: &Path) -> Self {
        Place { desk: data.join("desk.db"), settings: config.join("config.toml"), keymaps: config.join("keymaps") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_is_data_and_the_rest_configuration() {
        let place = Place::under(Path::new("/d"), Path::new("/c"));
        assert_eq!(place.desk, Path::new("/d/desk.db"));
        assert_eq!(place.settings, Path::new("/c/config.toml"));
        assert_eq!(place.keymaps, Path::new("/c/keymaps"));
    }
}

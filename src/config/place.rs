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
    /// A file that says, by being there, that the person has had the tour.
    pub toured: PathBuf,
}

impl Place {
    /// The platform's places for the person who runs the program; `None` for one without a home.
    pub fn of_person() -> Option<Self> {
        ProjectDirs::from("", "", "stageplate").map(|dirs| {
            let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
            Place::under(dirs.data_dir(), dirs.config_dir(), state)
        })
    }

    /// The files under a data, a configuration and a state directory.
    pub fn under(data: &Path, config: &Path, state: &Path) -> Self {
        Place {
            desk: data.join("desk.db"),
            settings: config.join("config.toml"),
            keymaps: config.join("keymaps"),
            toured: state.join("toured"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_is_data_and_the_rest_configuration() {
        let place = Place::under(Path::new("/d"), Path::new("/c"), Path::new("/s"));
        assert_eq!(place.desk, Path::new("/d/desk.db"));
        assert_eq!(place.settings, Path::new("/c/config.toml"));
        assert_eq!(place.keymaps, Path::new("/c/keymaps"));
        assert_eq!(place.toured, Path::new("/s/toured"));
    }
}

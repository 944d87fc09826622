//! Which key seals the releases of a desk.

use std::path::{Path, PathBuf};

use super::IssuingError;
use crate::ivi::key::{KeyFault, SealKey};

/// The name of a demo desk's key file, beside the desk.
pub const DEMO_KEY: &str = "demo-seal.pem";

/// The key file of a desk: the one named on the command line, else the one in the settings, else, on a demo desk, the
/// demo key beside the desk's file.
pub fn file(flag: Option<&Path>, settings: Option<&Path>, desk: &Path, is_demo: bool) -> Option<PathBuf> {
    let named = flag.or(settings).map(Path::to_owned);
    named.or_else(|| Some(desk.with_file_name(DEMO_KEY)).filter(|beside| is_demo && beside.is_file()))
}

/// The key that seals, read from its file. `password` is asked only when the file needs one.
///
/// # Errors
/// The desk has no key and so cannot release; or the key file is no good, and why.
pub fn key(
    flag: Option<&Path>,
    settings: Option<&Path>,
    desk: &Path,
    is_demo: bool,
    password: impl Fn() -> Option<String>,
) -> Result<SealKey, IssuingError> {
    let path = file(flag, settings, desk, is_demo).ok_or(IssuingError::NoKey)?;
    let read = match SealKey::from_file(&path, None) {
        Err(KeyFault::PasswordNeeded) => match password() {
            Some(password) => SealKey::from_file(&path, Some(&password)),
            None => Err(KeyFault::PasswordNeeded),
        },
        read => read,
    };
    read.map_err(|fault| IssuingError::Key { path, fault })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_comes_before_the_settings_and_a_demo_key_only_on_a_demo_desk() {
        let dir = tempfile::tempdir().unwrap();
        let desk = dir.path().join("desk.db");
        let beside = dir.path().join(DEMO_KEY);
        let (flag, settings) = (Path::new("flag.p12"), Path::new("settings.pem"));
        assert_eq!(file(None, None, &desk, true), None);
        std::fs::write(&beside, "").unwrap();
        assert_eq!(file(None, None, &desk, true), Some(beside));
        assert_eq!(file(None, None, &desk, false), None);
        assert_eq!(file(None, Some(settings), &desk, true).as_deref(), Some(settings));
        assert_eq!(file(Some(flag), Some(settings), &desk, false).as_deref(), Some(flag));
    }

    #[test]
    fn a_desk_without_a_key_says_so() {
        let key = key(None, None, Path::new("/nowhere/desk.db"), false, || None);
        assert!(matches!(key, Err(IssuingError::NoKey)));
    }
}

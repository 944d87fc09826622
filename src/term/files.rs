//! The person's own files, read and written on a thread of their own: the interface never waits for them.
//!
//! Invariant: a file is replaced whole or not at all, and what it says beside the setting that changes stays as it was.

use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use super::desk_jobs::Answer;
use super::run;
use crate::app::msg::Msg;
use crate::app::settings::Value;
use crate::config::edit::with_setting;
use crate::config::place::Place;
use crate::config::settings::Settings;
use crate::config::strict;
use crate::config::{fault::ConfigFault, keymap};

enum Job {
    Keymap(String),
    Keep(&'static str, Value),
}

/// Hands jobs to the thread, which does them in their order and ends when this is dropped.
pub struct Files {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Files {
    /// Files at a person's place; without one every choice holds only until the end.
    pub fn new(place: Option<Place>, answer: Answer) -> Files {
        let (jobs, work) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            for job in work {
                answer(done(job, place.as_ref()));
            }
        });
        Files { jobs: Some(jobs), thread: Some(thread) }
    }

    /// Reads a keymap; answered by [`Msg::Keymap`].
    pub fn keymap(&self, name: String) {
        self.hand_over(Job::Keymap(name));
    }

    /// Keeps a setting; answered by [`Msg::SettingKept`].
    pub fn keep(&self, name: &'static str, value: Value) {
        self.hand_over(Job::Keep(name, value));
    }

    fn hand_over(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The thread ends only after this: it listens.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // What it had to say went to whoever listened.
            let _ = thread.join();
        }
    }
}

fn done(job: Job, place: Option<&Place>) -> Msg {
    match job {
        Job::Keymap(name) => {
            let folder = place.map(|place| place.keymaps.as_path());
            let read = run::with_words(|words| keymap::read(&name, folder, words)).map_err(|faults| told(&faults));
            Msg::Keymap { name, read: Box::new(read) }
        }
        Job::Keep(name, value) => Msg::SettingKept(match place {
            Some(place) => keep(&place.settings, name, &value),
            None => Err("there is no home to keep it in".to_owned()),
        }),
    }
}

fn told(faults: &[ConfigFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

/// Writes a setting into the file at `path`; answers what is wrong in the file then.
fn keep(path: &Path, name: &str, value: &Value) -> Result<Vec<String>, String> {
    let text = strict::read(path).map_err(|fault| fault.to_string())?.unwrap_or_default();
    let value = match value {
        Value::Word(word) => word.as_str().into(),
        Value::Flag(flag) => (*flag).into(),
    };
    let text = with_setting(&path.display().to_string(), &text, name, value).map_err(|fault| fault.to_string())?;
    replace(path, &text).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    Ok(told(&Settings::parse(path, &text).1))
}

/// Replaces a file, or the file that a link leads to, in one step; it keeps who may read it.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".config-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(known) = target.metadata() {
        file.as_file().set_permissions(known.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&target).map(|_| ()).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_kept_beside_everything_else_the_file_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stageplate/config.toml");
        assert_eq!(keep(&path, "ascii", &Value::Flag(true)), Ok(Vec::new()), "a file that was not there");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "ascii = true\n");

        std::fs::write(&path, "# mine\nthme = 1\ntheme = \"none\" # at night\n\n[seal]\nkey = \"a.p12\"\n").unwrap();
        let faults = keep(&path, "theme", &Value::Word("dark".into())).unwrap();
        assert!(faults[0].contains("config.toml:2: `thme` is not known here"), "{faults:?}");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "# mine\nthme = 1\ntheme = \"dark\" # at night\n\n[seal]\nkey = \"a.p12\"\n");
    }

    #[test]
    fn a_broken_file_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "theme = \n").unwrap();
        let why = keep(&path, "theme", &Value::Word("dark".into())).unwrap_err();
        assert!(why.contains("config.toml:1: "), "{why}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "theme = \n");
        assert!(keep(folder.path(), "theme", &Value::Word("dark".into())).is_err(), "a folder is no file");
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("dotfiles.toml"), folder.path().join("config.toml"));
        std::fs::write(&real, "ascii = true\n").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        keep(&link, "ascii", &Value::Flag(false)).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "ascii = false\n");
    }
}

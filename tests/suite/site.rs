//! The built program on a desk of its own: run with words, its answers read as people or as programs read them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A desk of its own in a directory of its own.
pub struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    pub fn new() -> Site {
        Site { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    pub fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_stageplate"))
            .args(["--db".as_ref(), self.path("desk/desk.db").as_os_str()])
            .args(words)
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env_remove("STAGEPLATE_DB")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs as somebody and expects this exit code; answers standard output and standard error.
    pub fn expect(&self, code: i32, login: &str, words: &[&str]) -> (String, String) {
        let mut all = vec!["--as", login];
        all.extend(words);
        let out = self.run(&all);
        let told = (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
        assert_eq!(out.status.code(), Some(code), "{words:?} as {login}\n{}\n{}", told.0, told.1);
        told
    }

    pub fn json(&self, login: &str, words: &[&str]) -> Value {
        let mut all = vec!["--output", "json"];
        all.extend(words);
        serde_json::from_str(&self.expect(0, login, &all).0).unwrap()
    }

    /// The refusal of an act, as programs see it.
    pub fn refusal(&self, code: i32, login: &str, words: &[&str]) -> Value {
        let mut all = vec!["--output", "json"];
        all.extend(words);
        let (_, told) = self.expect(code, login, &all);
        let line = told.lines().find(|line| line.starts_with('{')).expect("a JSON object on standard error");
        serde_json::from_str::<Value>(line).unwrap()["error"].clone()
    }
}

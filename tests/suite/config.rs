//! A person's own files: what is wrong in them is told with its place, and the program opens all the same.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;

use crate::terminal::Demo;

/// Writes a file into the folder of the person's configuration.
pub fn write(demo: &Demo, name: &str, text: &str) -> PathBuf {
    let path = demo.home().join(".config/stageplate").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn run(demo: &Demo, words: &[&str]) -> Output {
    demo.command(words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const MISSPELT: &str = "[[binding]]\nkeys = [\"ctrl-n\"]\ncommand = \"confrim\"\nwhen = \"record\"\n";

#[test]
fn a_configuration_is_checked_whole_each_fault_with_its_line() {
    let demo = Demo::new();
    let out = run(&demo, &["config", "check"]);
    assert_eq!((out.status.code(), text(&out.stdout).as_str()), (Some(0), ""), "no file, no fault");

    let settings = write(&demo, "config.toml", "thme = \"dark\"\nkeymap = \"mine\"\n");
    let keymap = write(&demo, "keymaps/mine.toml", &format!("base = \"default\"\n{MISSPELT}"));
    let out = run(&demo, &["config", "check"]);
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(
        text(&out.stdout),
        format!(
            "{}:1: `thme` is not known here (did you mean `theme`?)\n\
             {}:4: no command is called `confrim` (did you mean `confirm`?)\n",
            settings.display(),
            keymap.display()
        )
    );
    assert!(text(&out.stderr).contains("error: your configuration has 2 faults"), "{}", text(&out.stderr));

    let out = run(&demo, &["--output", "json", "config", "check"]);
    let faults: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(faults[1]["line"], 4);
    assert_eq!(faults[1]["hint"], "did you mean `confirm`?");

    let out = run(&demo, &["keys", "mine"]);
    assert_eq!(out.status.code(), Some(2));
    let told = text(&out.stderr);
    assert!(
        told.contains("mine.toml:4: no command is called `confrim`") && !told.contains("`help` is missing"),
        "{told}"
    );
}

#[test]
fn a_keymap_that_is_not_there_is_told_where_it_is_named() {
    let demo = Demo::new();
    let settings = write(&demo, "config.toml", "ascii = true\nkeymap = \"vmi\"\n");
    let out = run(&demo, &["config", "check"]);
    let wanted = format!("{}:2: no keymap is called `vmi` (did you mean `vim`?)\n", settings.display());
    assert_eq!(text(&out.stdout), wanted);

    let out = run(&demo, &["--output", "json", "config", "show"]);
    let shown: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((&shown["keymap"], &shown["ascii"], &shown["faults"]), (&"default".into(), &true.into(), &1.into()));
}

#[test]
fn the_desk_opens_with_the_defaults_and_says_so() {
    let demo = Demo::new();
    write(&demo, "config.toml", "theme = \"drak\"\nkeymap = \"nope\"\n");
    let mut terminal = demo.open(100, 30, "review", &[]);
    let screen = terminal.sees("the defaults serve instead");
    let screen: String = screen.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    for told in ["2 faults", "config.toml:1", "no theme is called `drak`", "`stageplate config check`"] {
        assert!(screen.contains(told), "{told} in {screen}");
    }
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn keys_are_listed_of_the_keymap_of_the_settings() {
    let demo = Demo::new();
    write(&demo, "config.toml", "keymap = \"mine\"\n");
    write(
        &demo,
        "keymaps/mine.toml",
        "base = \"default\"\n[[binding]]\nkeys = [\"Z\"]\ncommand = \"quit\"\nwhen = \"list\"\n",
    );
    let shown = text(&run(&demo, &["keys"]).stdout);
    assert!(
        shown.lines().any(|line| line.starts_with("list") && line.contains(" Z ") && line.contains("quit")),
        "{shown}"
    );
}

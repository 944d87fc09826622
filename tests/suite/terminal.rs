//! The built program in a pseudo-terminal, read back through a terminal emulator: what a reviewer sees and does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::pty::Terminal;

/// A demo desk in a directory of its own.
pub struct Demo {
    folder: tempfile::TempDir,
}

impl Demo {
    pub fn new() -> Demo {
        let demo = Demo { folder: tempfile::tempdir().unwrap() };
        let folder = demo.folder.path().join("demo");
        let out = demo.command(&["demo", "--records", "12", "--dir", folder.to_str().unwrap()]).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let told = String::from_utf8(out.stdout).unwrap();
        assert!(told.starts_with(demo.desk().to_str().unwrap()), "{told}");
        assert!(told.contains("review"), "{told}");
        demo
    }

    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    pub fn desk(&self) -> PathBuf {
        self.folder.path().join("demo/desk.db")
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stageplate"));
        command.args(words).env("HOME", self.home()).env_remove("STAGEPLATE_DB").env_remove("XDG_CONFIG_HOME");
        command.stdin(Stdio::null());
        command
    }

    /// Runs a verb as somebody, and answers its JSON.
    pub fn json(&self, login: &str, words: &[&str]) -> Value {
        let desk = self.desk();
        let mut all = vec!["--db", desk.to_str().unwrap(), "--as", login, "--output", "json"];
        all.extend(words);
        let out = self.command(&all).output().unwrap();
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    }

    pub fn open(&self, columns: u16, rows: u16, login: &str, environment: &[(&str, &str)]) -> Terminal {
        let desk = self.desk();
        let words = ["--db", desk.to_str().unwrap(), "--as", login, "tui", "all"];
        let terminal = Terminal::start(columns, rows, self.home(), &words, environment);
        terminal.sees("stageplate");
        terminal
    }

    /// The terminal of somebody who names no queue: it opens where they left it.
    pub fn open_where_left(&self, columns: u16, rows: u16, login: &str) -> Terminal {
        let desk = self.desk();
        Terminal::start(columns, rows, self.home(), &["--db", desk.to_str().unwrap(), "--as", login], &[])
    }

    /// The VIN of a record in a step that nobody has decided anything of.
    pub fn fresh_in_review(&self) -> String {
        let records = self.json("review", &["queue", "all"]);
        let fresh = records.as_array().unwrap().iter().find(|record| {
            record["step"] == "review" && record["changes"] == record["unconfirmed"] && record["owner"].is_null()
        });
        fresh.expect("the demo has a record that waits for its review")["vin"].as_str().unwrap().to_owned()
    }
}

fn undecided(record: &Value) -> Vec<&str> {
    let changes = record["changes"].as_array().unwrap().iter();
    changes
        .filter(|change| {
            change["needs_decision"] == true && change["confirmed"].is_null() && change["exception"].is_null()
        })
        .map(|change| change["address"].as_str().unwrap())
        .collect()
}

#[test]
fn a_reviewer_filters_confirms_a_change_flags_another_and_moves_the_record_on() {
    let demo = Demo::new();
    let vin = demo.fresh_in_review();
    let tail = &vin[9..];
    let mut terminal = demo.open(120, 40, "review", &[]);
    terminal.wait("the whole list", |screen| screen.matches("…TK").count() >= 6 || screen.contains("All · 12"));

    terminal.keys("/");
    terminal.keys(tail);
    terminal.keys("\r");
    terminal.wait("only the record that was asked for", |screen| {
        screen.contains(tail) && screen.matches("…TK").count() <= 1
    });
    terminal.keys("\r");
    terminal.sees("undecided");

    terminal.keys("c");
    terminal.sees("confirmed review");
    let left = undecided(&demo.json("review", &["show", &vin])).len();

    // The next one is flagged, its text typed into the form.
    terminal.keys("f");
    terminal.sees("What is wrong");
    terminal.keys("\t\tnot what the ticket says");
    terminal.sees("not what the ticket says");
    terminal.keys("\x04");
    terminal.wait("the form closed", |screen| !screen.contains("What is wrong"));
    let record = demo.json("review", &["show", &vin]);
    assert_eq!(undecided(&record).len(), left - 1, "{record}");
    assert_eq!(record["exceptions"][0]["text"], "not what the ticket says");
    assert_eq!(record["exceptions"][0]["raised_by"], "review");

    // Whatever has no finding is confirmed at once; the rest one by one; then the record moves on.
    terminal.keys("C");
    terminal.wait("all clean ones confirmed", |_| undecided(&demo.json("review", &["show", &vin])).len() < left - 1);
    while !undecided(&demo.json("review", &["show", &vin])).is_empty() {
        let before = undecided(&demo.json("review", &["show", &vin])).len();
        terminal.keys("nc");
        terminal.wait("one more confirmed", |_| undecided(&demo.json("review", &["show", &vin])).len() < before);
    }
    terminal.keys(">");
    terminal
        .wait("the record in compliance", |_| demo.json("review", &["show", &vin])["record"]["step"] == "compliance");
    let record = demo.json("review", &["show", &vin]);
    assert_eq!(record["signoffs"][0]["checkpoint"], "technical review");
    assert_eq!(record["signoffs"][0]["by"], "review");

    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn the_screen_follows_what_another_process_does() {
    let demo = Demo::new();
    let vin = demo.fresh_in_review();
    let terminal = demo.open(120, 40, "lead", &[]);
    terminal.sees(&vin[10..]);
    let row = |screen: &str| screen.lines().find(|line| line.contains(&vin[9..])).unwrap_or_default().to_owned();
    assert!(!row(&terminal.screen()).contains("⚑1"));
    demo.json("review", &["flag", &vin, "--kind", "other", "--text", "seen from elsewhere"]);
    terminal.wait("the exception on the record's row", |screen| row(screen).contains("⚑1"));
}

#[test]
fn a_line_that_breaks_ends_the_program_with_129_and_keeps_what_was_typed() {
    let demo = Demo::new();
    let vin = demo.fresh_in_review();
    let mut terminal = demo.open(80, 24, "review", &[]);
    terminal.keys("/");
    terminal.keys(&vin[9..]);
    terminal.keys("\r");
    terminal.keys("\r");
    terminal.sees("undecided");
    terminal.keys("f");
    terminal.sees("Flag");
    terminal.keys("\t\thalf a sentence");
    terminal.sees("half a sentence");
    terminal.hang_up();
    assert_eq!(terminal.ends(), 129);

    let mut again = demo.open(80, 24, "review", &[]);
    again.keys("/");
    again.keys(&vin[9..]);
    again.keys("\r");
    again.keys("\r");
    again.sees("undecided");
    again.keys("f");
    again.sees("half a sentence");
}

#[test]
fn without_colours_the_selection_is_still_seen() {
    let demo = Demo::new();
    let terminal = demo.open(80, 24, "review", &[("NO_COLOR", "1")]);
    let vin = demo.json("review", &["queue", "all"])[0]["vin"].as_str().unwrap().to_owned();
    terminal.sees(&vin[10..]);
    terminal.cells(|screen| {
        let (rows, columns) = screen.size();
        let cells = || (0..rows).flat_map(|row| (0..columns).filter_map(move |column| screen.cell(row, column)));
        assert!(cells().any(vt100::Cell::inverse), "something is in reverse video");
        let plain = |colour: vt100::Color| colour == vt100::Color::Default;
        assert!(cells().all(|cell| plain(cell.fgcolor()) && plain(cell.bgcolor())), "no cell has a colour");
    });
}

#[test]
fn an_escape_sequence_that_comes_in_two_parts_is_one_key() {
    let demo = Demo::new();
    let mut terminal = demo.open(120, 40, "review", &[]);
    let records = demo.json("review", &["queue", "all"]);
    let second = records[1]["vin"].as_str().unwrap().to_owned();
    terminal.sees(&second[10..]);
    terminal.keys("\x1b");
    terminal.keys("[B");
    terminal.wait("the cursor on the second record", |screen| {
        screen.lines().any(|line| line.contains(&second[10..]) && line.contains('▌'))
    });
}

#[test]
fn a_storm_of_sizes_leaves_a_screen_that_works() {
    let demo = Demo::new();
    let mut terminal = demo.open(120, 40, "review", &[]);
    for (columns, rows) in [(40, 15), (1, 1), (250, 80), (72, 20), (80, 24)] {
        terminal.resize(columns, rows);
    }
    terminal.sees("All · 12");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
    assert!(fs::metadata(demo.desk()).unwrap().len() > 0);
}

#[test]
fn a_slow_line_gets_the_last_picture_and_not_all_of_them() {
    let demo = Demo::new();
    let vin = demo.json("review", &["queue", "all"])[0]["vin"].as_str().unwrap().to_owned();
    let mut terminal = demo.open(120, 40, "review", &[]);
    terminal.sees(&vin[10..]);
    terminal.hold(true);
    // Each asks for a whole picture, and what the line holds back is filled by a few of them.
    for _ in 0..300 {
        terminal.keys("\x0c");
    }
    let end = &vin[9..];
    for key in ["/", end, "\r", "\r"] {
        terminal.keys(key);
    }
    let before = terminal.written().len();
    terminal.hold(false);
    terminal.wait("the record that was asked for, after everything before it", |screen| {
        screen.contains(end) && screen.contains("undecided")
    });
    let written = terminal.written();
    let frames = written[before..].windows(8).filter(|bytes| bytes == b"\x1b[?2026h").count();
    assert!(frames < 100, "{frames} pictures for 300 keys");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn a_stop_gives_the_terminal_back_to_the_shell_and_goes_on_where_it_was() {
    let demo = Demo::new();
    let desk = demo.desk();
    let words = ["--db", desk.to_str().unwrap(), "--as", "review", "tui", "all"];
    let mut terminal = Terminal::in_a_shell(80, 24, demo.home(), &words, &[]);
    terminal.sees("All · 12");
    terminal.keys("\x1a");
    terminal.sees("the shell has it");
    terminal.cells(|screen| assert!(!screen.alternate_screen() && !screen.hide_cursor(), "the shell's own screen"));
    terminal.keys("on\r");
    terminal.sees("All · 12");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn without_a_terminal_the_program_says_what_to_do_instead() {
    let demo = Demo::new();
    let desk = demo.desk();
    let out = demo.command(&["--db", desk.to_str().unwrap(), "--as", "review"]).output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    let told = String::from_utf8_lossy(&out.stderr);
    assert!(told.contains("error: ") && told.contains("hint: "), "{told}");
}

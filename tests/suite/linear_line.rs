//! The linear view in a pseudo-terminal that can move no cursor: the whole job line by line, and not one escape.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::pty::Terminal;
use crate::terminal::Demo;

/// A terminal of `TERM=dumb`, and how much of it was read.
struct Line {
    terminal: Terminal,
    read: usize,
}

const PROMPT: &str = "\n> ";

impl Line {
    fn open(demo: &Demo, login: &str, queue: &str) -> (Line, String) {
        Line::open_with(demo, login, queue, &[])
    }

    fn open_with(demo: &Demo, login: &str, queue: &str, environment: &[(&str, &str)]) -> (Line, String) {
        let desk = demo.desk();
        let words = ["--db", desk.to_str().unwrap(), "--as", login, "tui", queue];
        let environment = [&[("TERM", "dumb")], environment].concat();
        Line::in_terminal(Terminal::start(200, 50, demo.home(), &words, &environment))
    }

    fn in_terminal(terminal: Terminal) -> (Line, String) {
        let mut line = Line { terminal, read: 0 };
        let greeting = line.hears(PROMPT);
        (line, greeting)
    }

    /// Waits until what was written ends as wanted, and answers all that was not read before.
    fn hears(&mut self, end: &str) -> String {
        let read = self.terminal.reads(self.read, &format!("`{end}`"), |text| text.ends_with(end));
        self.read = self.terminal.written().len();
        read
    }

    /// Writes a line and answers what is read behind it, up to the next prompt.
    fn says(&mut self, line: &str) -> String {
        self.asks(line, PROMPT)
    }

    fn asks(&mut self, line: &str, end: &str) -> String {
        self.terminal.keys(&format!("{line}\n"));
        self.hears(end)
    }

    fn ends(&mut self, code: u32) {
        assert_eq!(self.terminal.ends(), code);
        let written = self.terminal.written();
        assert!(!written.contains(&0x1b), "{}", String::from_utf8_lossy(&written));
    }
}

fn undecided(record: &Value) -> usize {
    let changes = record["changes"].as_array().unwrap().iter();
    changes
        .filter(|change| {
            change["needs_decision"] == true && change["confirmed"].is_null() && change["exception"].is_null()
        })
        .count()
}

#[test]
fn a_record_is_reviewed_from_the_list_to_the_next_step_without_an_escape() {
    let demo = Demo::new();
    let vin = demo.fresh_in_review();
    let (mut line, greeting) = Line::open(&demo, "review", "all");
    assert!(greeting.contains("you are review") && greeting.contains("1. "), "{greeting}");

    let read = line.says(&format!("open {}", &vin[9..]));
    assert!(read.contains(&format!("VIN {vin}")) && read.contains("undecided"), "{read}");
    let read = line.says("take");
    assert!(read.contains("Done: the record is yours"), "{read}");
    let read = line.says("confirm");
    assert!(read.contains("Done: confirmed "), "{read}");
    line.asks("flag", "]: ");
    line.asks("", "]: ");
    line.asks("", ": ");
    line.terminal.keys("not what the ticket says\n.\n");
    line.hears("]: ");
    let read = line.says("");
    assert!(read.contains("Done: flagged "), "{read}");
    line.says("confirm-all");
    while undecided(&demo.json("review", &["show", &vin])) > 0 {
        line.says("next-undecided");
        line.says("confirm");
    }
    let read = line.says("sign");
    assert!(read.contains("technical review signed"), "{read}");
    let record = demo.json("review", &["show", &vin]);
    assert_eq!(record["exceptions"][0]["text"], "not what the ticket says");
    assert_eq!(record["record"]["step"], "compliance", "{read}");
    assert_eq!(record["signoffs"][0]["by"], "review");
    line.terminal.keys("quit\n");
    line.ends(0);
}

#[test]
fn a_record_is_released_line_by_line() {
    let demo = Demo::new();
    let ready = demo.json("release", &["queue", "ready"]);
    let open = |record: &&Value| {
        demo.json("release", &["show", record["vin"].as_str().unwrap()])["readiness"].as_array().unwrap().is_empty()
    };
    let vin = ready.as_array().unwrap().iter().find(open).expect("one is ready")["vin"].as_str().unwrap().to_owned();
    let (mut line, _) = Line::open(&demo, "release", "ready");
    line.says(&format!("open {}", &vin[9..]));
    let asked = line.asks("release", "goes back: ");
    assert!(asked.contains("cannot be undone"), "{asked}");
    line.says("no");
    assert_eq!(demo.json("release", &["show", &vin])["record"]["step"], "ready");
    line.asks("release", "goes back: ");
    let read = line.says("release");
    assert!(read.contains("Done: ") && read.contains("version 1 is released"), "{read}");
    assert_eq!(demo.json("audit", &["show", &vin])["record"]["step"], "released");
    line.terminal.keys("\x04");
    line.ends(0);
}

#[test]
fn an_auditor_verifies_the_archive_line_by_line() {
    let demo = Demo::new();
    let count = |queue| demo.json("audit", &["queue", queue]).as_array().unwrap().len();
    let released = count("released") + count("archive");
    let (mut line, _) = Line::open(&demo, "audit", "all");
    let read = line.says("archive");
    assert!(read.contains(&format!("Archive: {released} released.")), "{read}");
    let read = line.says("verify 1");
    assert!(read.contains("Done:") && read.contains("everything holds (stored bytes, seal,"), "{read}");
    let read = line.says("row 1");
    for told in ["verified, holds", "signed: technical review: review", "signed: compliance review: lead", "SHA-256: "]
    {
        assert!(read.contains(told), "{told}\n{read}");
    }
    line.says("mark-all");
    let read = line.says("verify");
    assert!(read.contains(&format!("Done: verified {released} of {released}: ")), "{read}");
    let read = line.says("open 1");
    assert!(read.contains("History") && read.contains("release"), "{read}");
    line.terminal.keys("quit\n");
    line.ends(0);
}

#[test]
fn another_persons_change_is_one_line_and_nothing_else_is_ever_said_unasked() {
    let demo = Demo::new();
    let vin = demo.fresh_in_review();
    let (mut line, _) = Line::open(&demo, "lead", "all");
    line.says(&format!("open {}", &vin[9..]));
    let other = demo.json("lead", &["queue", "all"]);
    let other = other.as_array().unwrap().iter().map(|record| record["vin"].as_str().unwrap()).find(|one| *one != vin);
    // What happens to a record that is not read is not told; what happens to the one that is read is.
    demo.json("review", &["note", other.unwrap(), "--text", "elsewhere"]);
    demo.json("review", &["note", &vin, "--text", "here"]);
    let news = line.hears(PROMPT);
    assert_eq!(news, format!("\nNews of {}: review made a remark (here)\n> ", &vin[9..]));
    line.terminal.keys("quit\n");
    line.ends(0);
}

#[test]
fn a_broken_line_keeps_what_was_written_and_an_interrupt_twice_ends() {
    let demo = Demo::new();
    let vin = demo.fresh_in_review();
    let open = format!("open {}", &vin[9..]);
    let (mut line, _) = Line::open(&demo, "review", "all");
    line.says(&open);
    line.asks("note", ": ");
    // The answer to a second line says that the first one was taken.
    line.terminal.keys("half a thought\n:nonsense\n");
    line.hears("reads them all\n");
    line.terminal.hang_up();
    line.ends(129);

    let (mut line, _) = Line::open(&demo, "review", "all");
    line.says(&open);
    let asked = line.asks("note", "]: ");
    assert!(asked.contains("half a thought"), "{asked}");
    line.terminal.keys("\x03");
    let read = line.hears(PROMPT);
    assert!(read.contains("kept as a draft"), "{read}");
    line.terminal.keys("\x03");
    assert!(line.hears(PROMPT).contains("once more ends"));
    line.terminal.keys("\x03");
    line.ends(130);
}

#[test]
fn who_is_told_to_end_ends_with_143_and_loses_nothing() {
    let demo = Demo::new();
    let vin = demo.fresh_in_review();
    let open = format!("open {}", &vin[9..]);
    let (mut line, _) = Line::open(&demo, "review", "all");
    line.says(&open);
    line.asks("note", ": ");
    line.terminal.keys("half a thought\n:nonsense\n");
    line.hears("reads them all\n");
    line.terminal.signals(rustix::process::Signal::TERM);
    line.ends(143);

    let (mut line, _) = Line::open(&demo, "review", "all");
    line.says(&open);
    let asked = line.asks("note", "]: ");
    assert!(asked.contains("half a thought"), "{asked}");
}

#[test]
fn a_stop_gives_the_line_back_to_the_shell_and_the_prompt_stands_again_after_it() {
    let demo = Demo::new();
    let desk = demo.desk();
    let words = ["--db", desk.to_str().unwrap(), "--as", "review", "tui", "all"];
    let (mut line, _) = Line::in_terminal(Terminal::in_a_shell(200, 50, demo.home(), &words, &[("TERM", "dumb")]));
    line.terminal.keys("\x1a");
    line.hears("the shell has it\n");
    line.says("on");
    let read = line.says("row 1");
    assert!(read.contains("1. "), "{read}");
    line.terminal.keys("quit\n");
    line.ends(0);
}

#[test]
fn a_text_is_written_in_ones_own_editor() {
    let demo = Demo::new();
    let vin = demo.fresh_in_review();
    let editor = demo.home().join("editor");
    fs::write(&editor, "#!/bin/sh\nprintf 'weighed again, and it holds\\n' >\"$1\"\n").unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o700)).unwrap();
    let (mut line, _) = Line::open_with(&demo, "review", "all", &[("EDITOR", editor.to_str().unwrap())]);
    line.says(&format!("open {}", &vin[9..]));
    line.asks("note", ": ");
    let read = line.asks(":editor", "]: ");
    assert!(read.contains("weighed again, and it holds"), "{read}");
    let read = line.says(":send");
    assert!(read.contains("Done: "), "{read}");
    let record = demo.json("review", &["log", &vin]).to_string();
    assert!(record.contains("weighed again, and it holds"), "{record}");
    line.terminal.keys("quit\n");
    line.ends(0);
}

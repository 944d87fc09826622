//! The worked example of `docs/worked-example.md`, replayed: its commands are run on a desk of their own, and what they
//! print is what the page shows.
//!
//! Blocks of the kind `console` hold commands after `$` and their output. A line `…` stands for any lines and `…` at the
//! end of one for its rest; blanks between words, times, days, references and hashes may differ. Blocks of the kind `csv NAME` are files. `UPDATE_EXAMPLE=1` writes what was
//! printed into the page where it differs, to be read before it is kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use stageplate::domain::moment::Moment;
use stageplate::ivi::key::SealKey;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder the commands run in: the sample data, a seal key, and nothing else.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("sample-data"), folder.path().join("sample-data")).unwrap();
    let today = Moment::start_of("2026-11-23".parse().unwrap());
    let (_, pem) = SealKey::make_test_key("Zandhoeve", today.utc()).unwrap();
    fs::write(folder.path().join("seal.pem"), pem).unwrap();
    folder
}

fn run(folder: &Path, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_stageplate")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let user = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("{command} 2>&1")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", program.display()))
        .env("USER", user.trim())
        .env("HOME", folder)
        .env("STAGEPLATE_DB", "desk/desk.db")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.replace(&format!("{}/", folder.display()), "").replace(user.trim(), "you")
}

/// A line as far as it is the same on every day and desk.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut words = line.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        // An event's place in the history stands before its day.
        let is_place = text.is_empty() && word.parse::<u64>().is_ok() && words.peek().is_some_and(|next| is_day(next));
        let kind = if is_place {
            "<place>"
        } else if is_day(bare) || is_time(bare) {
            "<time>"
        } else if bare.len() == 36 && bare.matches('-').count() == 4 {
            "<reference>"
        } else if bare.len() >= 12 && bare.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            "<hash>"
        } else {
            bare
        };
        text.push_str(if text.is_empty() { "" } else { " " });
        text.push_str(&word.replacen(bare, kind, usize::from(!bare.is_empty())));
    }
    text
}

fn is_day(word: &str) -> bool {
    word.get(..10).is_some_and(|day| day.parse::<chrono::NaiveDate>().is_ok())
}

fn is_time(word: &str) -> bool {
    word.parse::<chrono::NaiveTime>().is_ok()
}

/// Whether the lines shown are the lines printed; `…` is any number of them.
fn shows(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&"…", rest)) => (0..=printed.len()).any(|at| shows(rest, &printed[at..])),
        Some((line, rest)) => {
            printed.split_first().is_some_and(|(first, others)| is_line(line, first) && shows(rest, others))
        }
    }
}

fn is_line(shown: &str, printed: &str) -> bool {
    match shown.strip_suffix('…') {
        Some(begin) => plain(printed).starts_with(&plain(begin)),
        None => plain(shown) == plain(printed),
    }
}

#[test]
fn the_worked_example_shows_what_its_commands_print() {
    let page = root().join("docs/worked-example.md");
    let text = fs::read_to_string(&page).unwrap();
    let folder = folder();
    let mut lines = text.lines().peekable();
    let mut written = String::new();
    let mut wrong = Vec::new();
    while let Some(line) = lines.next() {
        written.push_str(line);
        written.push('\n');
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else { continue };
        let mut block = Vec::new();
        while let Some(inside) = lines.next_if(|line| *line != "```") {
            block.push(inside);
        }
        if let Some(name) = kind.strip_prefix("csv ") {
            fs::write(folder.path().join(name), format!("{}\n", block.join("\n"))).unwrap();
        }
        if kind != "console" {
            written.extend(block.iter().map(|line| format!("{line}\n")));
            continue;
        }
        for part in block.chunk_by(|_, next| !next.starts_with("$ ")) {
            let command = part[0].strip_prefix("$ ").expect("a block begins with a command");
            let printed = run(folder.path(), command);
            let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
            let same = shows(&part[1..], &printed);
            if !same {
                wrong.push(format!("$ {command}\n{}", printed.join("\n")));
            }
            let kept = if same { &part[1..] } else { &printed[..] };
            written.extend([part[0]].iter().chain(kept).map(|line| format!("{line}\n")));
        }
    }
    if std::env::var_os("UPDATE_EXAMPLE").is_some() {
        fs::write(&page, written).unwrap();
    }
    assert!(wrong.is_empty(), "the page shows something else than these print:\n{}", wrong.join("\n"));
}

#[test]
fn an_ellipsis_is_any_lines_and_times_may_differ() {
    assert!(shows(&["a", "…", "c"], &["a", "b", "b", "c"]));
    assert!(shows(&["at 2026-11-23 10:00:00"], &["at  2027-01-02 11:22:33"]));
    assert!(!shows(&["a", "c"], &["a", "b", "c"]));
    assert!(!shows(&["13 kg"], &["14 kg"]));
    assert!(shows(&["13 kg …"], &["13 kg and more"]) && !shows(&["13 kg …"], &["14 kg and more"]));
}

//! The history as people read it and programs follow it, undo and acts on many records, with the built program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use stageplate::domain::event::{Event, Facts};
use stageplate::domain::identity::{Login, Seq};
use stageplate::domain::moment::Moment;
use stageplate::domain::story;

/// A demo desk of a dozen records, on which everybody may be anybody.
struct Demo {
    folder: tempfile::TempDir,
}

impl Demo {
    fn new() -> Demo {
        let demo = Demo { folder: tempfile::tempdir().unwrap() };
        let made = demo.command("lead").args(["demo", "--records", "12", "--dir"]).arg(demo.place()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        demo
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("demo")
    }

    fn command(&self, who: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stageplate"));
        command.env("STAGEPLATE_DB", self.place().join("desk.db")).env("HOME", self.folder.path());
        command.stdin(Stdio::null()).args(["--as", who]);
        command
    }

    fn run(&self, who: &str, words: &[&str]) -> Output {
        self.command(who).args(words).output().unwrap()
    }

    /// Expects this exit code; answers standard output.
    fn says(&self, who: &str, code: i32, words: &[&str]) -> String {
        let output = self.run(who, words);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}\n{}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    fn json(&self, who: &str, code: i32, words: &[&str]) -> Value {
        serde_json::from_str(&self.says(who, code, &[words, &["--output", "json"]].concat())).unwrap()
    }

    fn vins(&self, filter: &str) -> Vec<String> {
        let rows = self.json("lead", 0, &["queue", "all", "--filter", filter]);
        rows.as_array().unwrap().iter().map(|row| row["vin"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn off_a_terminal_what_is_read_fits_eighty_columns_unless_others_are_asked_for() {
    use unicode_width::UnicodeWidthStr;
    let demo = Demo::new();
    let vin = demo.vins("step:review")[0].clone();
    let lists: [&[&str]; 12] = [
        &["queue", "all"],
        &["queue", "list"],
        &["log"],
        &["log", &vin],
        &["exception", "list"],
        &["exception", "show", "2"],
        &["person", "list"],
        &["scope", "list"],
        &["report", "ageing"],
        &["report", "exceptions"],
        &["report", "throughput"],
        &["report", "rollout"],
    ];
    for words in lists {
        let read = |columns: Option<&str>| {
            let mut command = demo.command("lead");
            match columns {
                Some(columns) => command.env("COLUMNS", columns),
                None => command.env_remove("COLUMNS"),
            };
            let told = String::from_utf8(command.args(words).output().unwrap().stdout).unwrap();
            let widest = told.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
            (told, widest)
        };
        let (usual, widest) = read(None);
        assert!(widest <= 80, "{words:?} is {widest} wide:\n{usual}");
        let (wide, _) = read(Some("400"));
        let letters = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).count();
        assert!(letters(&usual) >= letters(&wide), "{words:?} loses something:\n{usual}");
        assert!(wide.lines().count() <= usual.lines().count(), "{words:?}");
    }
    assert!(demo.says("lead", 0, &["queue", "all", "--output", "csv"]).lines().any(|line| line.width() > 80));
}

#[test]
fn a_waiver_is_told_with_the_day_until_which_it_holds() {
    let demo = Demo::new();
    let day = Moment::from(chrono::Utc::now()).day().checked_add_days(chrono::Days::new(9)).unwrap().to_string();
    let told = demo.says("lead", 0, &["exception", "waive", "2", "--text", "the plate follows", "--until", &day]);
    assert!(told.contains(&format!("waived until {day}")), "{told}");
    let listed = demo.says("lead", 0, &["exception", "list", "--filter", "state:waived", "--output", "csv"]);
    assert!(listed.contains(&format!(",waived until {day},")), "{listed}");
    assert_eq!(demo.json("lead", 0, &["exception", "show", "2"])["state"], "waived", "a state is one word to programs");
}

#[test]
fn every_figure_of_the_throughput_stands_alone_in_its_cell() {
    let demo = Demo::new();
    let told = demo.says("lead", 0, &["report", "throughput", "--output", "csv"]);
    let mut reader = csv::Reader::from_reader(told.as_bytes());
    let head = "what,of,count,first_pass,half_in_days,9_of_10_in_days";
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>().join(","), head);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(rows.iter().any(|row| &row[0] == "released") && rows.iter().any(|row| &row[0] == "left step"), "{told}");
    for cell in rows.iter().flat_map(|row| row.iter().skip(2)) {
        assert!(cell.is_empty() || cell.parse::<f64>().is_ok(), "`{cell}` is no number");
    }
}

/// What a history says of the work, counted one event after the other: who left which step, what was sent back and why, what
/// was released, which exceptions were raised. What was taken back is not counted, nor the taking back.
#[derive(Default)]
struct Counted {
    left: BTreeMap<String, u64>,
    returns: BTreeMap<(String, String), u64>,
    reasons: BTreeMap<String, u64>,
    released: u64,
    first_pass: u64,
    kinds: BTreeMap<String, u64>,
}

impl Counted {
    fn of(events: &[Value]) -> Counted {
        let undone: Vec<&Value> = events.iter().map(|event| &event["undoes"]).filter(|seq| !seq.is_null()).collect();
        let mut sent_back: Vec<&Value> = Vec::new();
        let mut counted = Counted::default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for event in events.iter().filter(|event| event["undoes"].is_null() && !undone.contains(&&event["seq"])) {
            let lines = event["lines"].as_array().unwrap();
            for step in lines.iter().filter(|line| line["what"] == "step") {
                *counted.left.entry(text(&step["from"])).or_default() += 1;
                if event["action"] == "return" {
                    *counted.returns.entry((text(&step["from"]), text(&step["to"]))).or_default() += 1;
                    *counted.reasons.entry(text(&event["reason"])).or_default() += 1;
                    sent_back.push(&event["vin"]);
                }
            }
            let raised =
                lines.iter().filter(|line| text(&line["what"]).starts_with("exception ") && line["from"].is_null());
            for kind in raised.filter_map(|line| line["to"].as_str()?.split([':', ' ']).next()) {
                *counted.kinds.entry(kind.to_owned()).or_default() += 1;
            }
            if event["action"] == "release" {
                counted.released += 1;
                counted.first_pass += u64::from(!sent_back.contains(&&event["vin"]));
            }
        }
        counted
    }
}

#[test]
fn what_the_reports_say_is_what_a_count_of_the_history_says() {
    let demo = Demo::new();
    let vin = demo.vins("step:compliance")[0].clone();
    demo.says("lead", 0, &["return", &vin, "--to", "review", "--reason", "a slip"]);
    demo.says("lead", 0, &["undo", &vin]);
    demo.says("lead", 0, &["return", &vin, "--to", "preparation", "--reason", "no photo"]);
    demo.says("prep", 0, &["flag", &vin, "--kind", "missing-data", "--text", "no photo"]);
    let vin = demo.vins("step:ready exception:none")[0].clone();
    demo.says("release", 0, &["release", &vin]);
    let history = demo.says("audit", 0, &["log", "--output", "jsonl"]);
    let events: Vec<Value> = history.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let counted = Counted::of(&events);
    let list = |value: &Value| value.as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let said = demo.json("audit", 0, &["report", "throughput"]);
    let steps = list(&said["steps"]).iter().map(|one| (text(&one["step"]), one["left"].as_u64().unwrap())).collect();
    assert_eq!(counted.left, steps);
    let ways = list(&said["returns_by_step"]);
    let ways = ways.iter().map(|one| ((text(&one["from"]), text(&one["to"])), one["returns"].as_u64().unwrap()));
    assert_eq!(counted.returns, ways.collect());
    let reasons = list(&said["returns_by_reason"]);
    let reasons = reasons.iter().map(|one| (text(&one["reason"]), one["returns"].as_u64().unwrap())).collect();
    assert_eq!(counted.reasons, reasons);
    assert_eq!(counted.reasons.get("no photo"), Some(&1), "and the return that was undone is none");
    let first_pass = said["first_pass"]["part"].as_u64();
    assert_eq!((Some(counted.released), Some(counted.first_pass)), (said["released"].as_u64(), first_pass));
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for one in list(&demo.json("audit", 0, &["report", "exceptions"])) {
        *kinds.entry(text(&one["kind"])).or_default() += one["raised"].as_u64().unwrap();
    }
    assert_eq!(counted.kinds, kinds);
    let mut held: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in list(&demo.json("audit", 0, &["queue", "all", "--filter", "-step:released,archived"])) {
        *held.entry((text(&row["step"]), row["owner"].to_string())).or_default() += 1;
    }
    let load = list(&demo.json("audit", 0, &["report", "ageing"]));
    let load = load.iter();
    let load = load.map(|one| ((text(&one["step"]), one["owner"].to_string()), one["records"].as_u64().unwrap()));
    assert_eq!(held, load.collect());
}

/// Every word an event can carry, as the source writes them: the acts on records and on the desk, shared queues, and the two
/// that make a desk.
fn every_kind_of_event() -> Vec<String> {
    let source = |path: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let mut words = vec!["init".to_owned(), "queue-save".to_owned(), "queue-drop".to_owned()];
    for path in ["src/domain/action.rs", "src/domain/governance.rs"] {
        let text = source(path);
        for block in text.split("fn word(&self)").skip(1) {
            let block = block.split("\n    }\n").next().unwrap();
            let arms = block.lines().filter_map(|line| line.split_once("=> \"")?.1.split('"').next());
            words.extend(arms.map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_kind_of_event_is_told_in_words_of_its_own() {
    let words = every_kind_of_event();
    assert!(words.len() > 40 && words.iter().any(|word| word == "exception-waive"), "{words:?}");
    let mut told = std::collections::BTreeSet::new();
    for word in words {
        let event = Event {
            seq: Seq(1),
            at: Moment(0),
            clock_back: false,
            by: Login::parse("lead").unwrap(),
            via: None,
            action: word.clone(),
            record: None,
            facts: Facts::default(),
        };
        let deed = story::deed(&event);
        assert!(!deed.contains('`'), "`{word}` is told as `{deed}`: src/domain/story.rs has no words for it");
        assert!(told.insert(deed), "`{word}` is told as another act is");
    }
}

#[test]
fn undo_takes_back_the_last_act_and_the_story_says_so() {
    let demo = Demo::new();
    let vin = demo.vins("step:preparation held:no").remove(0);
    demo.says("prep", 0, &["set", &vin, "ActualMass=3111", "--reason", "weighed again"]);
    let done = demo.json("prep", 0, &["undo"]);
    assert_eq!(done[0]["vin"], vin.as_str());
    let events = demo.json("prep", 0, &["log", &vin]);
    let events = events.as_array().unwrap();
    let (set, undo) = (&events[events.len() - 2], &events[events.len() - 1]);
    assert_eq!((&undo["action"], &undo["undoes"]), (&Value::from("undo"), &set["seq"]));
    let line = &set["lines"][0];
    assert_eq!((&line["address"], &line["unit"]), (&Value::from("MassGroup/ActualMass"), &Value::from("kg")));
    assert_eq!((&line["to"], &line["reason"]), (&Value::from("3111"), &Value::from("weighed again")));
    let story = demo.says("prep", 0, &["log", &vin]);
    assert!(story.contains(&format!("changed values, taken back by event {}", undo["seq"])), "{story}");
    assert!(story.contains("→ 3111 kg") && story.contains("because: weighed again"), "{story}");
    assert!(story.contains(&format!("took back event {}", set["seq"])), "{story}");
    let owner =
        events.iter().rev().find_map(|event| event["lines"].as_array()?.iter().find(|line| line["what"] == "owner"));
    if owner.is_some_and(|line| line["to"] == "prep") {
        let nothing = demo.says("prep", 0, &["take", &vin]);
        assert!(nothing.contains("nothing to do") && !nothing.contains("undone"), "{nothing}");
    }

    demo.says("lead", 0, &["note", &vin, "--text", "mine now"]);
    let no = demo.run("prep", &["undo", &vin]);
    assert_eq!(no.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&no.stderr).contains("lead did `note`"));
}

#[test]
fn the_history_can_be_followed_line_by_line() {
    let demo = Demo::new();
    let vin = demo.vins("step:review").remove(0);
    let mut follower: Child = demo
        .command("lead")
        .args(["log", &vin, "--follow", "--output", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(follower.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.starts_with("following from event"), "{said}");
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    for text in ["one", "two"] {
        demo.says("review", 0, &["note", &vin, "--text", text]);
        let event: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!((&event["action"], &event["lines"][0]["to"]), (&Value::from("note"), &Value::from(text)));
    }
    follower.kill().unwrap();
    follower.wait().unwrap();
    demo.says("lead", 2, &["log", "--follow", "--output", "json"]);
}

#[test]
fn a_verb_on_many_records_decides_each_on_its_own() {
    let demo = Demo::new();
    let vins = demo.vins("step:review held:no");
    assert!(vins.len() >= 2, "{vins:?}");
    let mut child = demo
        .command("lead")
        .args(["--output", "json", "hold", "-", "--reason", "audit"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A line that is no text says nothing about the others.
    stdin.write_all(b"ZZ\xff\n").unwrap();
    write!(stdin, "{}\n\n{}\nnonsense\n", vins[0], vins[1]).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ok: Vec<bool> = told.as_array().unwrap().iter().map(|one| one["ok"].as_bool().unwrap()).collect();
    assert_eq!((ok, output.status.code()), (vec![false, true, true, false], Some(2)));
    assert_eq!(told[0]["vin"], "ZZ<FF>");
    assert_eq!(told[0]["error"]["message"], "line 1 of standard input is not UTF-8");

    let (one, two) = (vins[0].as_str(), vins[1].as_str());
    let each = |who: &str, code: i32, verb: &[&str]| {
        let told = demo.json(who, code, verb);
        told.as_array().unwrap().iter().map(|one| one["ok"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(each("lead", 0, &["resume", one, two, "--reason", "audit over"]), [true, true]);
    assert_eq!(each("lead", 1, &["resume", one, two]), [false, false]);
    assert_eq!(each("lead", 0, &["note", one, two, "--text", "seen"]), [true, true]);
    assert_eq!(each("review", 0, &["flag", one, two, "--kind", "base-error", "--text", "odd"]), [true, true]);
    assert_eq!(each("review", 0, &["confirm", one, two, "--all"]), [true, true]);
    assert_eq!(each("lead", 4, &["confirm", one, two, "--all"]), [false, false]);

    let raised = demo.json("lead", 0, &["exception", "list", "--filter", "kind:base-error at:none"]);
    let ids: Vec<String> = raised.as_array().unwrap().iter().map(|one| one["id"].to_string()).collect();
    assert_eq!(each("lead", 0, &["exception", "link", &ids[0], &ids[1]]), [true, true]);
    assert_eq!(each("lead", 0, &["exception", "settle", &ids[0], "--group", "--text", "agreed"]), [true, true]);
    assert_eq!(each("lead", 1, &["exception", "settle", &ids[0], "--group", "--text", "again"]), [false, false]);
    let shown = demo.json("lead", 0, &["exception", "show", &ids[1]]);
    assert_eq!(shown["linked"][0]["id"].to_string(), ids[0]);
    assert_eq!(each("lead", 5, &["exception", "comment", "9999", &ids[0], "--text", "hm"]), [false, true]);
}

#[test]
fn every_part_of_a_record_is_readable_in_eighty_columns() {
    use unicode_width::UnicodeWidthStr;
    let demo = Demo::new();
    let parts: [&[&str]; 7] = [
        &[],
        &["--changes"],
        &["--findings"],
        &["--history"],
        &["--entries"],
        &["--stage", "1"],
        &["--stage", "1", "--changes"],
    ];
    for vin in demo.vins("step:preparation,review,ready,released") {
        for part in parts {
            let told = demo.says("lead", 0, &[&["show", &vin], part].concat());
            let wide: Vec<&str> = told.lines().filter(|line| line.width() > 80).collect();
            assert!(wide.is_empty(), "show {vin} {part:?}:\n{}", wide.join("\n"));
        }
    }
}

/// The exceptions that the desk raised about a record's approval: whether each blocks and where it stands.
fn mismatches(demo: &Demo, vin: &str) -> Vec<(bool, String)> {
    let record = demo.json("lead", 0, &["show", vin]);
    let all = record["exceptions"].as_array().unwrap().iter();
    let raised = all.filter(|one| one["kind"] == "approval-mismatch" && one["raised_by"].is_null());
    raised.map(|one| (one["blocking"] == true, one["state"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn what_becomes_of_an_approval_is_told_to_its_records_and_shown_with_it() {
    let demo = Demo::new();
    let released = demo.vins("step:released").remove(0);
    let status = |vin: &str| demo.json("lead", 0, &["show", vin])["record"]["approval_status"].clone();
    let number = demo.json("lead", 0, &["show", &released])["record"]["approval"].as_str().unwrap().to_owned();
    let shown = demo.json("lead", 0, &["approval", "show", &number]);
    let users: Vec<String> = shown[0]["used_by"].as_array().unwrap().iter().map(vin_of).collect();
    let work: Vec<String> = users.iter().filter(|vin| **vin != released).cloned().collect();
    assert!(users.contains(&released) && !work.is_empty(), "{shown}");

    let words = ["approval", "suspend", &number, "--from", "2000-01-01"];
    assert_eq!(demo.run("lead", &words).status.code(), Some(2), "a reason is asked for");
    demo.says("review", 4, &[&words[..], &["--reason", "not mine to say"]].concat());
    let told = demo.json("lead", 0, &[&words[..], &["--reason", "brakes looked into"]].concat());
    assert_eq!((&told[0]["status"], &told[0]["marked_released"]), (&"suspended".into(), &1.into()), "{told}");
    assert_eq!(status(&released), "suspended");
    assert_eq!(mismatches(&demo, &released), [], "what was released is marked and no more");
    for vin in &work {
        assert_eq!(mismatches(&demo, vin), [(true, "open".to_owned())], "{vin}");
    }
    let shown = demo.json("lead", 0, &["approval", "show", &number]);
    let hits: Vec<String> = shown[0]["hits"].as_array().unwrap().iter().map(vin_of).collect();
    assert!(work.iter().all(|vin| hits.contains(vin)) && !hits.contains(&released), "{shown}");

    let words = ["approval", "withdraw", &number, "--from", "2000-01-01", "--reason", "not conform"];
    demo.says("lead", 0, &words);
    assert_eq!(status(&released), "withdrawn");
    for vin in &work {
        assert_eq!(mismatches(&demo, vin), [(true, "resolved".to_owned()), (true, "open".to_owned())], "{vin}");
    }
    let text = demo.says("lead", 0, &["approval", "show", &number]);
    assert!(text.contains("Records in work that something about it hits") && text.contains(&work[0]), "{text}");

    demo.says("lead", 0, &["approval", "reinstate", &number, "--from", "2000-01-01", "--reason", "an error of ours"]);
    assert_eq!(status(&released), Value::Null);
    for vin in &work {
        assert!(mismatches(&demo, vin).iter().all(|one| one.1 == "resolved"), "{vin}");
    }
    assert_eq!(demo.json("lead", 0, &["approval", "show", &number])[0]["hits"], Value::Array(Vec::new()));
}

#[test]
fn the_records_in_work_that_a_new_extension_hits_are_listed_with_the_approval_they_name() {
    const OLD: &str = "e4*2018/858*90471*01";
    const NEW: &str = "e4*2018/858*90471*02";
    let demo = Demo::new();
    let hits = |demo: &Demo| -> Vec<(String, String)> {
        let shown = demo.json("lead", 0, &["approval", "show", OLD]);
        let rows = shown[0]["hits"].as_array().unwrap().iter();
        let mut hits: Vec<_> = rows.map(|row| (vin_of(row), row["why"].as_str().unwrap().to_owned())).collect();
        hits.sort();
        hits
    };
    assert_eq!(hits(&demo), []);
    let shown = demo.json("lead", 0, &["approval", "show", OLD]);
    let users = shown[0]["used_by"].as_array().unwrap();
    let ended = |row: &&Value| ["released", "archived"].contains(&row["step"].as_str().unwrap());
    let mut days: Vec<&str> =
        users.iter().filter(|row| !ended(row)).filter_map(|row| row["manufactured"].as_str()).collect();
    days.sort_unstable();
    let from = days[1];
    let expected: Vec<String> = users
        .iter()
        .filter(|row| !ended(row) && row["manufactured"].as_str().is_some_and(|day| day >= from))
        .map(vin_of)
        .collect();
    assert!(days[0] < from && users.iter().any(|row| ended(&row)) && !expected.is_empty(), "{shown}");

    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/approvals.toml");
    let sample = std::fs::read_to_string(sample).unwrap();
    let old = sample.split_inclusive("[[approval]]\n").find(|one| one.contains(OLD)).unwrap();
    let old = old.trim_end_matches("[[approval]]\n");
    let file = demo.place().join("new.toml");
    for window in [format!("built_from = {from}"), String::new()] {
        // Without a first day it is for what is manufactured once it was issued.
        let new = old.replace(OLD, NEW).replace("issued = 2026-09-01", &format!("issued = {from}"));
        std::fs::write(&file, format!("[[approval]]\n{}", new.replace("built_from = 2026-09-01", &window))).unwrap();
        demo.says("lead", 0, &["approval", "import", file.to_str().unwrap()]);
        let mut vins = expected.clone();
        vins.sort();
        let why = format!("{NEW} is for that day");
        assert_eq!(hits(&demo), vins.into_iter().map(|vin| (vin, why.clone())).collect::<Vec<_>>());
    }
    let text = demo.says("lead", 0, &["approval", "show", OLD]);
    assert!(text.contains("Records in work that something about it hits") && text.contains(NEW), "{text}");
}

#[test]
fn the_history_names_entries_by_number_and_title_for_people_and_by_address_for_programs() {
    let demo = Demo::new();
    let vin = demo.vins("step:review").remove(0);
    let text = demo.says("lead", 0, &["show", &vin, "--history"]);
    assert!(text.contains("13 Mass in running order: – → ") && !text.contains("MassGroup/"), "{text}");
    let told = demo.says("lead", 0, &["show", &vin, "--history", "--output", "json"]);
    assert!(told.contains("MassGroup/MassInRunningOrder"), "{told}");
}

fn vin_of(row: &Value) -> String {
    row["vin"].as_str().unwrap().to_owned()
}

//! Days at the desk, in a pseudo-terminal: a lead settles exceptions and deals out work, a newcomer takes the tour.

use serde_json::Value;

use crate::pty::Terminal;
use crate::terminal::Demo;

fn exception(demo: &Demo, vin: &str) -> Value {
    let record = demo.json("lead", &["show", vin]);
    let all = record["exceptions"].as_array().unwrap();
    all.iter().find(|exception| exception["blocking"] == true).unwrap_or(&all[0]).clone()
}

#[test]
fn a_lead_goes_to_a_vin_by_its_end_settles_its_exception_and_finds_the_desk_as_it_was_left() {
    let demo = Demo::new();
    let records = demo.json("lead", &["queue", "exceptions"]);
    let vin = records[0]["vin"].as_str().expect("the demo has an exception").to_owned();
    let id = exception(&demo, &vin)["id"].clone();
    let this = |demo: &Demo| {
        let record = demo.json("lead", &["show", &vin]);
        record["exceptions"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone()
    };

    let mut terminal = demo.open(80, 24, "lead", &[]);
    terminal.sees("All");
    terminal.keys("#");
    terminal.keys(&vin[11..]);
    terminal.sees("1 found");
    terminal.keys("\r");
    terminal.sees("[1 Changes");
    terminal.keys("d");
    let lines = terminal.sees("the message in work");
    assert!(lines.contains("stage 1") && lines.contains(" line "), "{lines}");
    terminal.keys("d");
    terminal.keys("3");
    terminal.sees("[3 Exc");

    terminal.keys("a");
    terminal.sees("Assign exception");
    terminal.keys("review\x04");
    terminal.wait("the exception given to the reviewer", |_| this(&demo)["owner"] == "review");

    terminal.keys("w");
    terminal.sees("Waive exception");
    terminal.keys("agreed with the authority by letter\x04");
    terminal.sees("It passes without an end");
    terminal.keys("\r");
    terminal.sees("Why it may pass");
    assert_ne!(this(&demo)["state"], "waived", "the safe button had the focus");
    terminal.keys("\x04");
    terminal.sees("It passes without an end");
    terminal.keys("\t\r");
    terminal.wait("the exception waived", |_| this(&demo)["state"] == "waived");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);

    let again = demo.open_where_left(80, 24, "lead");
    again.sees("[3 Exc");
    again.sees(&vin[9..]);
}

#[test]
fn a_lead_gives_marked_records_away_and_is_told_of_those_refused() {
    let demo = Demo::new();
    let owned = |login: &str| {
        demo.json("lead", &["queue", "all", "--filter", &format!("owner:{login}")]).as_array().unwrap().len()
    };
    let before = owned("review");
    let mut terminal = demo.open(120, 40, "lead", &[]);
    terminal.keys("/");
    terminal.keys("owner:no");
    terminal.keys("\t");
    terminal.sees("owner:none");
    terminal.keys("\r");
    terminal.keys("*");
    terminal.sees(" marked");
    terminal.keys("a");
    terminal.sees("marked record");
    terminal.keys("review\x04");
    terminal.sees("stay marked");
    terminal.wait("some given to the reviewer", |_| owned("review") > before);
    // A terminal sends Esc and a letter in one piece for the letter with alt: one after the other, then.
    terminal.keys("\x1b");
    terminal.wait("the outcome closed", |screen| !screen.contains("stay marked"));
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn the_demo_greets_with_a_tour_that_one_key_ends_for_good() {
    let home = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        let folder = home.path().join(name);
        let words = ["demo", "--records", "6", "--dir", folder.to_str().unwrap()];
        Terminal::start(80, 24, home.path(), &words, &[])
    };
    let mut terminal = open("first");
    terminal.sees("Tour 1 of 7");
    terminal.keys("\r");
    terminal.sees("Tour 2 of 7");
    terminal.keys("x");
    terminal.sees("does not come again");
    assert!(!terminal.screen().contains("Tour 2"));
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);

    let mut terminal = open("second");
    terminal.sees("Waiting for me");
    terminal.sees("? help");
    assert!(!terminal.screen().contains("Tour"), "{}", terminal.screen());
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn a_releaser_releases_a_record_with_the_key_and_sees_it_released() {
    let demo = Demo::new();
    let ready = demo.json("release", &["queue", "ready"]);
    let open = |vin: &&str| demo.json("release", &["show", vin])["readiness"].as_array().unwrap().is_empty();
    let vins = ready.as_array().unwrap().iter().map(|record| record["vin"].as_str().unwrap());
    let vin = vins.into_iter().find(open).expect("one may be released").to_owned();
    let step = |demo: &Demo| demo.json("release", &["show", &vin])["record"]["step"].clone();

    let mut terminal = demo.open(120, 40, "release", &[]);
    terminal.keys("#");
    terminal.keys(&vin[9..]);
    terminal.sees("1 found");
    terminal.keys("\r");
    terminal.sees("ready for release");
    terminal.keys("R");
    terminal.sees("This cannot be undone");
    terminal.keys("\r");
    terminal.wait("the question closed", |screen| !screen.contains("This cannot be undone"));
    assert_eq!(step(&demo), "ready", "the safe button had the focus");
    terminal.keys("R");
    terminal.sees("This cannot be undone");
    terminal.keys("\t\r");
    terminal.wait("the record released", |_| step(&demo) == "released");
    terminal.sees("is released");

    terminal.keys("#");
    terminal.keys(&vin[9..]);
    terminal.sees("1 found");
    terminal.keys("\r");
    terminal.sees("released by release on");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
    let sealed =
        demo.command(&["--db", demo.desk().to_str().unwrap(), "--as", "audit", "message", &vin]).output().unwrap();
    assert!(sealed.status.success() && sealed.stdout.starts_with(b"<"), "the sealed message is there");
}

#[test]
fn an_auditor_reads_a_released_record_to_its_messages_and_may_change_nothing() {
    let demo = Demo::new();
    let released = demo.json("audit", &["queue", "released"]);
    let vin = released[0]["vin"].as_str().expect("the demo has a released record").to_owned();
    let events = |demo: &Demo| demo.json("audit", &["log", &vin]);
    let before = events(&demo);

    let mut terminal = demo.open(120, 40, "audit", &[]);
    terminal.keys("#");
    terminal.keys(&vin[9..]);
    terminal.sees("1 found");
    terminal.keys("\r");
    terminal.sees("released by");
    terminal.keys("4");
    let history = terminal.sees("[4 History");
    assert!(history.contains("release"), "{history}");
    terminal.keys("1");
    terminal.sees("[1 Changes");
    terminal.keys("d");
    terminal.sees("the messages' own lines");
    terminal.sees(" line ");
    // A terminal sends Esc and a letter in one piece for the letter with alt: one after the other, then.
    terminal.keys("\x1b");
    terminal.wait("the lines closed", |screen| !screen.contains("the messages' own lines"));
    for key in ["c", "f", "e", ">", "r", "R", "m"] {
        terminal.keys(key);
        let refused = |screen: &str| screen.lines().rev().take(4).any(|line| line.starts_with(" ✗ "));
        terminal.wait("the refusal and who could", refused);
        // The next one is told anew.
        terminal.keys("4");
        terminal.wait("no refusal any more", |screen| !refused(screen));
        terminal.keys("1");
        terminal.sees("[1 Changes");
    }
    assert_eq!(events(&demo), before);
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn an_auditor_finds_a_release_in_the_archive_verifies_it_and_reads_who_signed_it() {
    let demo = Demo::new();
    let released = demo.json("audit", &["queue", "released"]);
    let archived = demo.json("audit", &["queue", "archive"]);
    let count = released.as_array().unwrap().len() + archived.as_array().unwrap().len();
    let vin = released[0]["vin"].as_str().expect("the demo has a released record").to_owned();
    let shown = demo.json("audit", &["show", &vin]);
    let sha256 = shown["releases"][0]["sha256"].as_str().unwrap().to_owned();
    let before = demo.json("audit", &["log"]);

    let mut terminal = demo.open(80, 24, "audit", &[]);
    terminal.sees("All");
    terminal.keys("A");
    terminal.sees(&format!("{count} released"));
    terminal.keys("#");
    terminal.keys(&vin[9..]);
    terminal.sees("1 found");
    terminal.keys("\r");
    terminal.sees(&format!("{vin} · version 1"));
    terminal.keys("v");
    terminal.sees("version 1: everything holds (stored bytes,");
    terminal.keys("\t");
    let told = terminal.sees("compliance review: lead");
    for hand in ["technical review: review", "policy 1"] {
        assert!(told.contains(hand), "{hand}\n{told}");
    }
    terminal.keys("G");
    terminal.sees(&sha256);
    terminal.keys("d");
    terminal.sees("as it was sealed");
    terminal.sees("<IviReferenceId>");
    terminal.keys("\x1b");
    terminal.wait("the lines closed", |screen| !screen.contains("as it was sealed"));
    terminal.keys("\r");
    let history = terminal.sees("[4 History");
    assert!(history.contains("release"), "{history}");
    terminal.keys("\x1b");
    terminal.sees("Archive");
    terminal.keys("*");
    terminal.sees("marked");
    terminal.keys("v");
    terminal.sees(&format!("verified {count} of {count}"));
    assert_eq!(demo.json("audit", &["log"]), before, "who looks changes nothing");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);

    // The desk opens where it was left.
    let mut terminal = demo.open_where_left(80, 24, "audit");
    terminal.sees(&format!("{count} released"));
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn a_lead_signs_the_compliance_review_and_the_record_is_ready() {
    let demo = Demo::new();
    let records = demo.json("lead", &["queue", "all", "--filter", "step:compliance"]);
    let may = |vin: &&str| {
        let record = demo.json("lead", &["show", vin]);
        let blocked = |one: &Value| one["rule"].as_str().is_some_and(|rule| !rule.starts_with("checkpoint:"));
        !record["readiness"].as_array().unwrap().iter().any(blocked)
    };
    let vins = records.as_array().unwrap().iter().map(|record| record["vin"].as_str().unwrap());
    let vin = vins.into_iter().find(may).expect("one waits for its compliance review alone").to_owned();
    let mut terminal = demo.open(120, 40, "lead", &[]);
    terminal.keys("#");
    terminal.keys(&vin[9..]);
    terminal.sees("1 found");
    terminal.keys("\r");
    terminal.sees("to be signed: 1 signature");
    terminal.keys(">");
    terminal.wait("the record ready", |_| demo.json("lead", &["show", &vin])["record"]["step"] == "ready");
    terminal.sees("compliance review signed");
    let signed = demo.json("lead", &["show", &vin]);
    let signoffs = signed["signoffs"].as_array().unwrap();
    assert!(signoffs.iter().any(|one| one["checkpoint"] == "compliance review" && one["by"] == "lead"), "{signed}");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn a_lead_triages_on_the_board_and_goes_from_a_chart_to_its_list() {
    let demo = Demo::new();
    let records = demo.json("review", &["queue", "all"]);
    let vins: Vec<&str> = records.as_array().unwrap().iter().filter_map(|record| record["vin"].as_str()).collect();
    demo.json("review", &["flag", "--kind", "other", "--text", "the plate is not on file", vins[0], vins[1]]);
    let open = |demo: &Demo| demo.json("lead", &["exception", "list"]).as_array().unwrap().clone();
    let before = open(&demo);

    let mut terminal = demo.open(120, 40, "lead", &[]);
    terminal.sees("All");
    terminal.keys("B");
    terminal.sees(&format!("{} to settle", before.len()));
    terminal.keys("/kind:other\r");
    terminal.sees("2 to settle");

    // Both of them to the reviewer.
    terminal.keys("*");
    terminal.sees("2 marked");
    terminal.keys("a");
    terminal.sees("Assign");
    terminal.keys("review\x04");
    let theirs = |demo: &Demo| open(demo).iter().filter(|one| one["owner"] == "review").count();
    terminal.wait("both exceptions given to the reviewer", |_| theirs(&demo) >= 2);
    terminal.sees("2 done");

    // The first of them passes, for a reason, in two steps.
    terminal.keys("w");
    terminal.sees("Waive exception");
    terminal.keys("agreed with the authority\x04");
    terminal.sees("Your reason: agreed with the authority");
    terminal.keys("\t\r");
    terminal.wait("one exception less", |_| open(&demo).len() + 1 == before.len());
    terminal.sees("1 to settle");

    terminal.keys("O");
    terminal.sees("In work by step");
    terminal.keys("\r");
    terminal.sees("/step:");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

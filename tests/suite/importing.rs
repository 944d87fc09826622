//! The verb `import` with the built program: what it foresees, what it rejects and takes back mended, how it is stopped.

use std::fs;

use serde_json::Value;

use crate::pty::Terminal;
use crate::site::Site;

const CAB: &str = "ZZATG60D2TK104417";

fn sample(name: &str) -> String {
    format!("{}/sample-data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A desk with a preparer and the sample approvals.
fn desk() -> Site {
    let site = Site::new();
    let me = String::from_utf8(std::process::Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
    for words in [
        &["init", "--policy", &sample("policy.toml")][..],
        &["person", "add", "prep", "--name", "prep", "--role", "prepare,lead"],
        &["person", "gateway", me.trim()],
    ] {
        let out = site.run(words);
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
    }
    site.expect(0, "prep", &["approval", "import", &sample("approvals.toml")]);
    site
}

fn import(site: &Site, words: &[&str]) -> Value {
    site.json("prep", &[&["import"], words].concat())
}

fn path(site: &Site, name: &str) -> String {
    site.path(name).to_str().unwrap().to_owned()
}

#[test]
fn a_dry_run_tells_each_entry_with_both_values_and_writes_nothing() {
    let site = desk();
    let base = sample("base/chassis-cab-n2.xml");
    import(&site, &[&base]);
    site.write("a.csv", &format!("vin,order,13,16.1\n{CAB},B-1,3065,=\n"));
    let foreseen = import(&site, &[&path(&site, "a.csv"), "--dry-run"]);
    assert_eq!((&foreseen["updated"], &foreseen["dry_run"]), (&1.into(), &true.into()));
    let change = &foreseen["changes"][0];
    assert_eq!((&change["vin"], &change["line"], &change["outcome"]), (&CAB.into(), &2.into(), &"updated".into()));
    let lines = change["lines"].as_array().unwrap();
    let line = |what: &str| lines.iter().find(|line| line["what"] == what).unwrap_or_else(|| panic!("{lines:#?}"));
    assert_eq!(line("order")["to"], "B-1");
    let mass = line("MassGroup/MassInRunningOrder");
    assert_eq!((&mass["entry"], &mass["unit"], &mass["to"]), (&"13".into(), &"kg".into(), &"3065".into()));
    import(&site, &[&path(&site, "a.csv")]);

    site.write("a.csv", &format!("vin,order,13,16.1\n{CAB},B-1,3070,=\n"));
    let before = site.json("prep", &["log"]);
    let (table, _) = site.expect(0, "prep", &["import", &path(&site, "a.csv"), "--dry-run"]);
    assert!(
        table.lines().any(|line| line.contains("3065") && line.contains("3070") && line.contains("a.csv:2")),
        "{table}"
    );
    assert!(table.contains("nothing was written"), "{table}");
    let foreseen = import(&site, &[&path(&site, "a.csv"), "--dry-run"]);
    let lines = foreseen["changes"][0]["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "only what changed: {lines:#?}");
    assert_eq!((&lines[0]["from"], &lines[0]["to"]), (&"3065".into(), &"3070".into()));
    assert_eq!(site.json("prep", &["log"]), before);
}

#[test]
fn a_dry_run_of_a_corrected_message_tells_what_it_would_void() {
    let site = desk();
    let base = fs::read_to_string(sample("base/chassis-cab-n2.xml")).unwrap();
    import(&site, &[&sample("base/chassis-cab-n2.xml")]);
    let other = base.replace("<IviVersionNumber>1<", "<IviVersionNumber>2<").replace(">3750<", ">3755<");
    assert_ne!(other, base);
    site.write("b.xml", &other);
    let foreseen = import(&site, &[&path(&site, "b.xml"), "--dry-run"]);
    let lines = foreseen["changes"][0]["lines"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["from"] == "3750" && line["to"] == "3755"), "{lines:#?}");
    import(&site, &[&path(&site, "b.xml")]);
    let shown = site.json("prep", &["show", CAB]);
    let differences = shown["stages"][0]["differences"].as_array().unwrap();
    assert!(differences.iter().any(|one| one["from"] == "3750" && one["revision"] == 2), "{differences:#?}");
    assert_eq!(site.json("prep", &["show", CAB, "--stage", "1", "--changes"]).as_array().unwrap(), differences);
    let (table, _) = site.expect(0, "prep", &["show", CAB]);
    let table = table.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(table.contains("revision 2") && table.contains("--stage 1 --changes"), "{table}");
}

#[test]
fn rejected_rows_are_mended_in_a_sheet_of_their_own_and_imported_again() {
    let site = desk();
    let rows =
        format!("vin,order,13,13.2\n{CAB},=B-1,heavy,\nZZATG60D2TK104423,B-2,3000,\nZZATG60D2TK1044,B-3,3000,\n");
    site.write("a.csv", &rows);
    site.write("junk.xml", "<a/>");
    let rejects = path(&site, "rejects.csv");
    let words = ["import", &path(&site, "a.csv"), &path(&site, "junk.xml"), "--rejects", &rejects];
    let (_, told) = site.expect(1, "prep", &words);
    assert!(told.contains("2 rejected rows are in") && told.contains("1 of the rejected"), "{told}");
    let text = fs::read_to_string(&rejects).unwrap();
    assert_eq!(text.lines().next(), Some("vin,order,13,13.2,reason"));
    assert_eq!(text.lines().count(), 3);
    let mended = text.replace("heavy", "3065").replace("ZZATG60D2TK1044,", "ZZATG60D2TK104431,");
    site.write("rejects.csv", &mended);
    let report = import(&site, &[&rejects, "--rejects", &rejects]);
    assert_eq!((&report["created"], &report["rejected"]), (&2.into(), &Value::Array(Vec::new())));
    assert_eq!(site.json("prep", &["show", CAB])["record"]["order"], "=B-1");
}

#[test]
fn rejected_rows_are_never_written_over_another_file() {
    let site = desk();
    site.write("a.csv", &format!("vin,13\n{CAB},heavy\n"));
    let sheet = path(&site, "a.csv");
    let refused = site.refusal(2, "prep", &["import", &sheet, "--rejects", &sheet]);
    assert!(refused["message"].as_str().unwrap().contains("nothing was imported"), "{refused}");
    assert_eq!(fs::read_to_string(site.path("a.csv")).unwrap(), format!("vin,13\n{CAB},heavy\n"));
    let nowhere = path(&site, "absent/rejects.csv");
    let good = path(&site, "good.csv");
    site.write("good.csv", &format!("vin,order\n{CAB},B-77\n"));
    let refused = site.refusal(2, "prep", &["import", &good, "--rejects", &nowhere]);
    assert!(refused["message"].as_str().unwrap().contains("nothing was imported"), "{refused}");
    site.expect(5, "prep", &["show", CAB]);
}

#[test]
fn hostile_names_and_headers_are_shown_written_out() {
    let site = desk();
    site.write("b\u{202e}vsc.csv", "vin,13\u{200b}x\nA,1\n");
    let hostile = path(&site, "b\u{202e}vsc.csv");
    for format in ["table", "csv", "json", "jsonl"] {
        let (out, err) = site.expect(1, "prep", &["--output", format, "import", &hostile]);
        for text in [out, err] {
            assert!(!text.contains(['\u{202e}', '\u{200b}']), "{format}: {text:?}");
        }
    }
    let (out, _) = site.expect(1, "prep", &["import", &hostile]);
    assert!(out.contains("b<U+202E>vsc.csv") && out.contains("13<U+200B>x"), "{out}");
}

#[test]
fn an_interrupted_import_keeps_what_is_in_says_so_and_goes_on_the_next_time() {
    const ROWS: u32 = 20_000;
    let site = desk();
    let rows = (0..ROWS).map(|row| format!("ZZATG60D2TK{row:06},B-{row}\n")).collect::<String>();
    site.write("many.csv", &format!("vin,order\n{rows}"));
    let (db, sheet) = (path(&site, "desk/desk.db"), path(&site, "many.csv"));
    let words = ["--db", &db, "--as", "prep", "import", &sheet];
    let mut terminal = Terminal::start(120, 40, &site.path(""), &words, &[]);
    terminal.sees("file 1 of 1");
    terminal.keys("\u{3}");
    assert_eq!(terminal.ends(), 130);
    let screen = terminal.wait("what is in", |screen| screen.contains("import the same files again"));
    assert!(screen.contains("the import was stopped"), "{screen}");
    let count = |site: &Site| site.json("prep", &["queue", "all", "--count"])["count"].as_u64().unwrap();
    let taken = count(&site);
    assert!(taken < u64::from(ROWS), "it was stopped before its end");
    assert!(screen.contains(&format!("created {taken},")), "{taken}: {screen}");
    assert!(site.run(&["doctor"]).status.code() != Some(70));
}

#[test]
fn rejects_of_two_sheets_about_one_vehicle_are_mended_and_imported_together() {
    let site = desk();
    import(&site, &[&sample("base/chassis-cab-n2.xml")]);
    site.write("a.csv", &format!("vin,order,13\n{CAB},B-1,heavy\n"));
    site.write("b.csv", &format!("vin,16.1,13.2\n{CAB},=,light\n"));
    let rejects = path(&site, "rejects.csv");
    let words = ["import", &path(&site, "a.csv"), &path(&site, "b.csv"), "--rejects", &rejects];
    site.expect(1, "prep", &words);
    let text = fs::read_to_string(&rejects).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    let half = text.replacen("heavy", "3065", 1);
    site.write("rejects.csv", &half);
    site.expect(1, "prep", &["import", &rejects, "--rejects", &rejects]);
    let again = fs::read_to_string(&rejects).unwrap();
    assert!(again.lines().count() == 2 && again.contains("light") && again.contains("3065"), "{again}");
    site.write("rejects.csv", &again.replacen("light", "3290", 1));
    let report = import(&site, &[&rejects, "--rejects", &rejects]);
    assert_eq!((&report["updated"], &report["rejected"]), (&1.into(), &Value::Array(Vec::new())));
    let record = site.json("prep", &["show", CAB]);
    let ours = |address: &str| {
        let changes = record["changes"].as_array().unwrap();
        let change = changes.iter().find(|change| change["address"] == address).unwrap();
        change["values"].as_array().unwrap().last().unwrap()["value"].clone()
    };
    assert_eq!((&record["record"]["order"], ours("MassGroup/MassInRunningOrder")), (&"B-1".into(), "3065".into()));
    assert_eq!(ours("MassGroup/ActualMass"), "3290");
}

#[test]
fn a_refusal_quotes_no_more_than_the_beginning_of_a_value() {
    let site = desk();
    import(&site, &[&sample("base/chassis-cab-n2.xml")]);
    let long = "7".repeat(70_000);
    site.write("a.csv", &format!("vin,13\n{CAB},{}\n", &long[..60_000]));
    let value = format!("13={long}");
    for words in [
        &["set", CAB, &value, "--reason", "weighed"][..],
        &["set", CAB, &long, "--reason", "weighed"],
        &["set", CAB, "--remove-row", &long, "--reason", "weighed"],
        &["confirm", CAB, &long],
        &["show", &long],
        &["assign", CAB, "--to", &long],
        &["flag", CAB, "--kind", &long, "--text", "what"],
        &["flag", CAB, "--kind", "other", "--at", &long, "--text", "what"],
        &["sign", CAB, "--checkpoint", &long],
        &["return", CAB, "--to", &long, "--reason", "what"],
        &["approval", "show", &long],
        &["queue", &long],
        &["import", &path(&site, "a.csv")],
    ] {
        for format in ["table", "json"] {
            let out = site.run(&[&["--as", "prep", "--output", format], words].concat());
            let told = [out.stdout, out.stderr].concat();
            assert!(!out.status.success() && told.len() < 2_000, "{format} {}: {} bytes", words[0], told.len());
        }
    }
}

//! The command line keeps its contract in the small things: what is printed where, and the exit codes of misuse.

use serde_json::Value;

use crate::site::Site;

/// A desk whose founder, the one who runs the tests, speaks for a preparer and a releaser.
fn desk() -> Site {
    let site = Site::new();
    assert!(site.run(&["init"]).status.success());
    for (login, role) in [("prep", "prepare"), ("rel", "release")] {
        let out = site.run(&["person", "add", login, "--name", login, "--role", role]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    let user = site.run(&["--output", "json", "whoami"]);
    let user: Value = serde_json::from_slice(&user.stdout).unwrap();
    assert!(site.run(&["person", "gateway", user["login"].as_str().unwrap()]).status.success());
    site
}

#[test]
fn an_act_on_the_desk_answers_one_document_to_programs() {
    let site = desk();
    let out = site.run(&["--output", "json", "person", "add", "rev", "--name", "R. View", "--role", "review"]);
    let told: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(told["subject"], "person rev");
    assert_eq!(told["outcome"], "created");
    assert!(told["seq"].as_i64().is_some());
}

#[test]
fn every_fault_of_an_approvals_file_reaches_programs_too() {
    let site = desk();
    let file = site.write("bad.toml", "[[approval]]\nnumber = \"nonsense\"\ncategory = 7\n");
    let out = site.run(&["--output", "json", "approval", "import", file.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8(out.stderr).unwrap();
    let object: Value = serde_json::from_str(said.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
    let hints = object["error"]["hints"].as_array().unwrap();
    assert!(hints.len() > 2 && hints.iter().all(|hint| hint.as_str().unwrap().contains("bad.toml:")), "{hints:?}");
}

#[test]
fn what_is_missing_is_named_in_the_error_itself() {
    let (_, said) = desk().expect(2, "prep", &["take"]);
    assert!(said.starts_with("error: the following required arguments were not provided: <VIN>"), "{said}");
}

#[test]
fn a_refusal_names_its_rule_to_people_too() {
    let site = desk();
    let file = site.write("sheet.csv", "vin,13\nZZATG60D2TK104417,2000\n");
    site.expect(0, "prep", &["import", file.to_str().unwrap()]);
    let (told, said) = site.expect(4, "rel", &["set", "ZZATG60D2TK104417", "13=1900", "--reason", "weighed"]);
    assert!(said.lines().next().unwrap().ends_with("[role]"), "{said}");
    assert!(told.contains("[role]"), "{told}");
}

#[test]
fn who_may_not_release_is_told_so_before_anybody_looks_for_a_key() {
    let site = desk();
    let file = site.write("sheet.csv", "vin,13\nZZATG60D2TK104417,2000\n");
    site.expect(0, "prep", &["import", file.to_str().unwrap()]);
    let (_, said) = site.expect(4, "prep", &["release", "ZZATG60D2TK104417", "--key", "no-such-file.pem"]);
    assert!(said.contains("release"), "{said}");
    let (_, said) = site.expect(1, "rel", &["release", "ZZATG60D2TK104417", "--key", "no-such-file.pem"]);
    assert!(said.contains("only a record in `ready` is released"), "{said}");
}

#[test]
fn a_record_that_is_named_twice_is_acted_on_once() {
    let site = desk();
    let file = site.write("sheet.csv", "vin,13\nZZATG60D2TK104417,2000\n");
    site.expect(0, "prep", &["import", file.to_str().unwrap()]);
    site.expect(0, "prep", &["take", "ZZATG60D2TK104417"]);
    let (told, _) = site.expect(0, "prep", &["--output", "json", "advance", "ZZATG60D2TK104417", "ZZATG60D2TK104417"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((told.as_array().unwrap().len(), &told[0]["step"]), (1, &Value::from("preparation")));
}

#[test]
fn a_reason_of_nothing_that_can_be_read_is_none() {
    let site = desk();
    let file = site.write("sheet.csv", "vin,13\nZZATG60D2TK104417,2000\n");
    site.expect(0, "prep", &["import", file.to_str().unwrap()]);
    site.expect(1, "prep", &["set", "ZZATG60D2TK104417", "13=1900", "--reason", "\u{200b}"]);
}

#[test]
fn a_desk_is_made_where_one_may_write_or_the_place_is_named() {
    let site = Site::new();
    site.write("desk", "a file where the directory would be");
    let out = site.run(&["init"]);
    assert_eq!(out.status.code(), Some(2), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn a_stranger_on_a_demo_desk_is_told_whom_to_be() {
    let site = Site::new();
    let folder = site.path("desk");
    let made = site.run(&["demo", "--dir", folder.to_str().unwrap(), "--records", "1"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let out = site.run(&["log"]);
    assert_eq!(out.status.code(), Some(4));
    assert!(String::from_utf8(out.stderr).unwrap().contains("--as"));
}

//! Tests of reading approvals files.

use proptest::prelude::*;

use super::*;
use crate::ivi::catalogue::catalogue;

const GOOD: &str = r#"
[[approval]]
number = "e4*2018/858*00871*01"
approval_type = "EU"
category = "N2"
type = "BX"
stage_of_completion = "V"
issued = 2026-02-10
built_from = 2026-02-10
[approval.manufacturer]
name = "Example Bodies B.V."
address_line1 = "Havenweg 12"
place = "Venlo"
country = "THE NETHERLANDS"
[[approval.version]]
variant = "BOX"
version = "L4H3-01"
range = { "13" = [3000, 3400], "Length" = [6500, 7200], "16.2[2]" = [2000, 2500] }
[[approval.signatory]]
login = "release"
name = "Henrik Aldervang"
position = "Head of homologation"
place = "Venlo"
from = 2026-01-01
[[approval.subject]]
regulation = "UN R58-03"
number = "E4*58R03/01*1234*00"
options = ["TAILLIFT"]
[[approval.document]]
title = "Type-approval certificate"
place = "DMS 4711"
"#;

fn faults(text: &str) -> Vec<(usize, String)> {
    let faults = read(text.as_bytes(), catalogue()).unwrap_err();
    faults
        .into_iter()
        .map(|fault| (fault.line.unwrap(), format!("{} {}", fault.reason, fault.hints.join(" "))))
        .collect()
}

fn line_of(text: &str, needle: &str) -> usize {
    1 + text.lines().position(|line| line.contains(needle)).unwrap()
}

#[test]
fn an_approval_is_read_with_its_defaults() {
    let approvals = read(GOOD.as_bytes(), catalogue()).unwrap();
    let [approval] = approvals.as_slice() else { panic!("one approval") };
    assert_eq!((approval.status, approval.provisional, approval.built_until), (Status::Valid, false, None));
    let covered = approval.covers("BOX", "L4H3-01").unwrap();
    let mass = &covered.ranges[&Address::unchecked("MassGroup/MassInRunningOrder")];
    assert_eq!((mass.min, mass.max), (3000.into(), 3400.into()));
    assert!(covered.ranges.contains_key(&Address::unchecked("AxleTable[2]/TechnicallyPermissibleMassAxle")));
    assert_eq!(approval.signatories[0].login, Some(Login::parse("release").unwrap()));
    assert_eq!(approval.subjects[0].options, ["TAILLIFT"]);
}

#[test]
fn json_says_the_same_as_toml() {
    let json = r#"{"approval": [{"number": "e4*2018/858*00871*01", "approval_type": "EU", "provisional": false,
      "category": "N2", "type": "BX", "stage_of_completion": "V", "issued": "2026-02-10", "built_from": "2026-02-10",
      "manufacturer": {"name": "Example Bodies B.V.", "address_line1": "Havenweg 12", "place": "Venlo",
        "country": "THE NETHERLANDS"},
      "version": [{"variant": "BOX", "version": "L4H3-01",
        "range": {"13": [3000, 3400], "Length": [6500, 7200], "16.2[2]": [2000, 2500]}}],
      "signatory": [{"login": "release", "name": "Henrik Aldervang", "position": "Head of homologation",
        "place": "Venlo", "from": "2026-01-01"}],
      "subject": [{"regulation": "UN R58-03", "number": "E4*58R03/01*1234*00", "options": ["TAILLIFT"]}],
      "document": [{"title": "Type-approval certificate", "place": "DMS 4711"}]}]}"#;
    let from_toml = read(GOOD.as_bytes(), catalogue()).unwrap();
    assert_eq!(read(json.as_bytes(), catalogue()).unwrap(), from_toml);
    let bare = json.trim().strip_prefix("{\"approval\":").unwrap().strip_suffix('}').unwrap();
    assert_eq!(read(bare.as_bytes(), catalogue()).unwrap(), from_toml);
}

#[test]
fn every_fault_is_told_at_its_line_at_once() {
    let edits = [
        ("number = \"e4*2018/858*00871*01\"", "number = \"4711\"", "no type-approval number"),
        ("approval_type = \"EU\"", "approval_type = \"EC\"", "EU"),
        ("category = \"N2\"", "categorie = \"N2\"", "the nearest is `category`"),
        ("type = \"BX\"", "type = \"0123456789ABCDEF\"", "16 characters"),
        ("issued = 2026-02-10", "issued = \"10.2.2026\"", "no date"),
        ("place = \"Venlo\"", "place = 7", "not text"),
        (
            "range =",
            "range = { \"13\" = [3400, 3000], \"Lenght\" = [1, 2], \"Type\" = [1, 2], \"5\" = [1], \"7\" = [\"x\", 2] } #",
            "above",
        ),
        ("login = \"release\"", "login = \"Release!\"", "no login"),
        ("options =", "options = [7] #", "build option"),
    ];
    let mut text = GOOD.to_owned();
    for (from, to, _) in edits {
        text = text.replacen(from, to, 1);
    }
    let told = faults(&text);
    for (_, to, words) in edits {
        let line = line_of(&text, to);
        assert!(told.iter().any(|(at, what)| *at == line && what.contains(words)), "line {line} {words}: {told:#?}");
    }
    let range_line = line_of(&text, "range =");
    let range_words = ["the nearest is `Length`", "is no number", "instead of two numbers", "`x` does not fit"];
    for words in range_words {
        assert!(told.iter().any(|(at, what)| *at == range_line && what.contains(words)), "{words}: {told:#?}");
    }
    assert!(told.iter().any(|(_, what)| what.contains("lacks `category`")), "{told:#?}");
}

#[test]
fn what_is_double_or_overlaps_names_both_lines() {
    let double = GOOD.to_owned() + GOOD;
    let second = 1 + GOOD.lines().count() + 1;
    let told = faults(&double);
    assert!(told.iter().any(|(line, what)| *line == second && what.contains("line 2 ")), "{told:?}");
    let extension = GOOD.to_owned() + &GOOD.replace("*01\"\napproval_type", "*02\"\napproval_type");
    let told = faults(&extension);
    assert!(told[0].1.contains("overlap") && told[0].1.contains("(line 2)"), "{told:?}");
    let ended = GOOD.replacen("built_from", "built_until = 2026-08-31\nbuilt_from", 1)
        + &GOOD
            .replace("*01\"\napproval_type", "*02\"\napproval_type")
            .replace("built_from = 2026-02-10", "built_from = 2026-09-01");
    assert_eq!(read(ended.as_bytes(), catalogue()).unwrap().len(), 2);
    let version = GOOD.replace(
        "[[approval.signatory]]",
        "[[approval.version]]\nvariant = \"BOX\"\nversion = \"L4H3-01\"\n[[approval.signatory]]",
    );
    assert!(faults(&version)[0].1.contains("already"));
    let turned = GOOD.replace("built_from = 2026-02-10", "built_from = 2026-02-10\nbuilt_until = 2026-02-09");
    assert!(faults(&turned)[0].1.contains("before it begins"));
}

#[test]
fn an_extension_that_overlaps_one_of_an_earlier_file_is_doubted_with_both_numbers() {
    let read = |text: &str| read(text.as_bytes(), catalogue()).unwrap();
    let earlier = read(GOOD);
    let later = GOOD.replace("*01\"\napproval_type", "*02\"\napproval_type");
    let told: Vec<String> = overlaps(&read(&later)[0], &earlier).into_iter().map(|doubt| doubt.reason).collect();
    let both = "the production windows of e4*2018/858*00871*02 and of e4*2018/858*00871*01, which is on the desk already, \
                overlap for variant BOX version L4H3-01";
    assert_eq!(told, [both]);
    let ended = read(&GOOD.replacen("built_from", "built_until = 2026-08-31\nbuilt_from", 1));
    let behind = later.replace("built_from = 2026-02-10", "built_from = 2026-09-01");
    assert!(overlaps(&read(&behind)[0], &ended).is_empty());
}

#[test]
fn a_regulation_written_like_none_is_doubted_at_its_line() {
    let text = GOOD.replace("UN R58-03", "foo12bar");
    let file = read_for(None, text.as_bytes(), catalogue()).unwrap();
    let [doubt] = file.doubts.as_slice() else { panic!("{:?}", file.doubts) };
    assert_eq!(doubt.line, Some(line_of(&text, "regulation =")));
    assert!(doubt.reason.starts_with("regulation: `foo12bar` is written like no"), "{doubt:?}");
    assert_eq!(read_for(None, GOOD.as_bytes(), catalogue()).unwrap().doubts.len(), 0);
}

#[test]
fn windows_that_overlap_are_refused_only_where_both_cover_a_version() {
    let other = GOOD.replace("*01\"\napproval_type", "*02\"\napproval_type");
    let told = faults(&(GOOD.to_owned() + &other));
    assert!(told[0].1.contains("overlap for variant BOX version L4H3-01"), "{told:?}");
    let another_version = GOOD.to_owned() + &other.replace("L4H3-01", "L4H3-02");
    assert_eq!(read(another_version.as_bytes(), catalogue()).unwrap().len(), 2);
}

#[test]
fn a_status_may_begin_on_a_day() {
    let with = |line: &str| GOOD.replace("built_from =", &format!("{line}\nbuilt_from ="));
    let read_one = |text: &str| read(text.as_bytes(), catalogue()).unwrap().remove(0);
    let from = "status = \"suspended\"\nstatus_from = 2026-10-01\nstatus_reason = \"conformity check\"";
    let approval = read_one(&with(from));
    assert_eq!((approval.status, approval.standing().in_words()), (Status::Valid, "suspended from 2026-10-01".into()));
    assert_eq!(approval.standing().reason.as_deref(), Some("conformity check"));
    let always = read_one(&with("status = \"withdrawn\""));
    assert_eq!((always.status, always.standing().in_words()), (Status::Withdrawn, "withdrawn".into()));
    assert!(faults(&with("status_from = 2026-10-01"))[0].1.contains("status_from"));
}

#[test]
fn what_is_no_approvals_file_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        "7",
        "approval = 7",
        "[[approval]]\n",
        "[approval]\nnumber = \"x\"\n",
        "[[approval",
        "{\"approval\": [7]}",
    ] {
        assert!(read(text.as_bytes(), catalogue()).is_err(), "{text}");
    }
}

#[test]
fn an_entry_number_without_quotes_is_explained() {
    let text = GOOD.replace("range = {", "range = { 16.1 = [3000, 3400],");
    assert!(faults(&text)[0].1.contains("in quotes"), "{:?}", faults(&text));
}

#[test]
fn the_sample_approvals_are_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/approvals.toml");
    let approvals = read(&std::fs::read(path).unwrap(), catalogue());
    assert!(approvals.as_ref().is_ok_and(|approvals| approvals.len() >= 5), "{approvals:#?}");
}

proptest! {
    #[test]
    fn whatever_the_bytes_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0..GOOD.len()) {
        let _ = read(&bytes, catalogue());
        let mut text = GOOD.as_bytes().to_vec();
        text.truncate(at);
        text.extend_from_slice(&bytes);
        let _ = read(&text, catalogue());
    }
}

#[test]
fn a_number_no_authority_gives_is_refused_and_a_rare_one_only_doubted() {
    let with = |number: &str| GOOD.replace("e4*2018/858*00871*01", number);
    for bad in ["e04*2018/858*00871*01", "e4*2018/858*00871*000"] {
        let faults = faults(&with(bad));
        assert!(faults.len() == 1 && faults[0].0 == 3 && faults[0].1.contains(bad), "{faults:?}");
    }
    for rare in ["e4*2018/858*871*01", "e13*2007/46*0212", "e11*KS07/46*0040*03"] {
        let file = read_for(None, with(rare).as_bytes(), catalogue()).unwrap();
        assert_eq!(file.doubts.iter().map(|doubt| doubt.line).collect::<Vec<_>>(), [Some(3)], "{rare}");
    }
}

#[test]
fn who_and_what_the_desk_does_not_know_is_told_with_line_and_the_nearest() {
    let doubts = |login: &str, option: &str| {
        let known = Known {
            logins: BTreeSet::from([Login::parse(login).unwrap()]),
            options: BTreeSet::from([option.to_owned()]),
        };
        read_for(Some(&known), GOOD.as_bytes(), catalogue()).unwrap().doubts
    };
    assert_eq!(doubts("release", "TAILLIFT"), []);
    let told = doubts("releas", "TAILIFT");
    let lines = [line_of(GOOD, "login"), line_of(GOOD, "TAILLIFT")];
    assert_eq!(told.iter().map(|doubt| doubt.line.unwrap()).collect::<Vec<_>>(), lines);
    assert!(told[0].hints[0].contains("`releas`") && told[1].hints[0].contains("`TAILIFT`"), "{told:?}");
}

#[test]
fn a_subject_approval_is_of_a_regulation_that_can_be_read() {
    let faults = faults(&GOOD.replace("UN R58-03", "lamps"));
    assert_eq!(faults[0].0, line_of(GOOD, "UN R58-03"));
    assert!(faults[0].1.contains("`lamps` has no number"), "{faults:?}");
}

//! A desk of each older schema is brought up to date when it is opened, after a backup beside it; one fixture each.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use stageplate::domain::filter::Filter;
use stageplate::domain::identity::{Login, RecordId, Vin};
use stageplate::domain::moment::Moment;
use stageplate::domain::person::Actor;
use stageplate::domain::queue::{QueueName, Sort};
use stageplate::domain::receipt::Answer;
use stageplate::domain::report::Share;
use stageplate::ivi;
use stageplate::store::{Act, CountQuery, Desk, PageQuery, Target};

use crate::desk::*;
use crate::fixture::came_back;

/// A desk of six records, one of them released, that the program made when schema 1 was the newest.
const SCHEMA_1: &[u8] = include_bytes!("../fixtures/desk-schema-1.db.zst");
const STEPS: [(&str, &str); 6] = [
    ("ZZACE38E1TK220315", "compliance"),
    ("ZZACE38E1TK220322", "ready"),
    ("ZZARB35D4TK330108", "released"),
    ("ZZARB35D4TK330115", "preparation"),
    ("ZZATG60D2TK104417", "review"),
    ("ZZATG60D2TK104423", "review"),
];

/// A desk of eight records, one of them released and one filed, that the program made when schema 2 was the newest.
const SCHEMA_2: &[u8] = include_bytes!("../fixtures/desk-schema-2.db.zst");
const STEPS_2: [(&str, &str); 8] = [
    ("ZZACE38E1TK220315", "compliance"),
    ("ZZACE38E1TK220322", "ready"),
    ("ZZACE38E1TK220329", "review"),
    ("ZZARB35D4TK330108", "released"),
    ("ZZARB35D4TK330115", "preparation"),
    ("ZZATG60D2TK104417", "review"),
    ("ZZATG60D2TK104423", "review"),
    ("ZZATG60D2TK104431", "archived"),
];

fn unpacked(directory: &Path) -> PathBuf {
    unpacked_of(directory, SCHEMA_1)
}

fn unpacked_of(directory: &Path, desk: &[u8]) -> PathBuf {
    let path = directory.join("desk.db");
    std::fs::write(&path, zstd::decode_all(desk).unwrap()).unwrap();
    path
}

/// The records of the desk by VIN, each with its step.
fn steps_of(desk: &mut Desk) -> Vec<(String, String)> {
    let now = Moment::start_of("2026-11-25".parse().unwrap());
    let who = Login::parse("lead").unwrap();
    let query = PageQuery { queue: QueueName::All, filter: None, sort: Sort::Vin, limit: 10, after: None, who, now };
    let rows = desk.page(&query).unwrap().rows.into_iter();
    rows.map(|row| (row.summary.vin.to_string(), row.summary.step)).collect()
}

fn are(steps: &[(String, String)], expected: &[(&str, &str)]) {
    let steps: Vec<(&str, &str)> = steps.iter().map(|(vin, step)| (vin.as_str(), step.as_str())).collect();
    assert_eq!(steps, expected);
}

fn plain(path: &Path, sql: &str) -> i64 {
    rusqlite::Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn schema_of(path: &Path) -> i64 {
    plain(path, "PRAGMA user_version")
}

#[test]
fn a_desk_of_schema_1_is_brought_up_to_date_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = unpacked(directory.path());
    let mut desk = Desk::open(&path, ivi::catalogue()).unwrap();
    let newest = schema_of(&path);
    let migrated = desk.migrated().cloned().unwrap();
    assert_eq!((migrated.from, migrated.to), (1, newest));
    let report = desk.verify_chain().unwrap();
    assert!(report.holds(), "{:?}", report.faults);
    assert_eq!((report.records, report.releases), (6, 1));
    let counts = desk.health().unwrap().into_iter().find(|check| check.name == "counts").unwrap();
    assert!(counts.ok, "{}", counts.detail);
    // What schema 2 counts of the work done before it: made from the history.
    let overview = desk.overview(None, Moment::start_of("2026-11-25".parse().unwrap())).unwrap();
    assert_eq!(overview.records(), 5);
    assert_eq!(overview.first_pass(), Share::of(1, 1));
    let stays: i64 = plain(&path, "SELECT count(*) FROM visit");
    let moves: i64 = plain(&path, "SELECT count(*) FROM event WHERE action IN ('advance', 'return', 'release')");
    assert_eq!(stays, 6 + moves);
    assert_eq!(plain(&path, "SELECT count(*) FROM visit WHERE ended < entered"), 0);
    let asked = |text: &str| CountQuery {
        queue: QueueName::All,
        filter: Some(Filter::parse(text, "2026-11-25".parse().unwrap()).unwrap()),
        who: Login::parse("lead").unwrap(),
        now: Moment::start_of("2026-11-25".parse().unwrap()),
    };
    assert_eq!(desk.count(&asked("changed:13")).unwrap(), 6, "filled in when it is first asked");
    assert_eq!(plain(&path, "SELECT count(*) FROM unmarked"), 0);
    are(&steps_of(&mut desk), &STEPS);
    drop(desk);
    assert_eq!(Desk::open(&path, ivi::catalogue()).unwrap().migrated(), None, "once is enough");
}

#[test]
fn a_desk_of_schema_2_is_brought_up_to_date_whole_and_records_what_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = unpacked_of(directory.path(), SCHEMA_2);
    let mut desk = Desk::open(&path, ivi::catalogue()).unwrap();
    let newest = schema_of(&path);
    let migrated = desk.migrated().cloned().unwrap();
    assert_eq!((migrated.from, migrated.to), (2, newest));
    let report = desk.verify_chain().unwrap();
    assert!(report.holds(), "{:?}", report.faults);
    assert_eq!((report.records, report.releases), (8, 2));
    are(&steps_of(&mut desk), &STEPS_2);

    let person = desk.person(&Login::parse("release").unwrap()).unwrap().unwrap();
    let now = Moment::start_of("2026-12-02".parse().unwrap());
    let vin = Vin::parse("ZZARB35D4TK330108").unwrap();
    let act = Act {
        actor: &Actor::of(&person),
        target: Target::Vin(vin),
        action: &came_back(Answer::Rejected, "number 52 is missing"),
        seen: None,
        request: fresh_request(),
        now,
    };
    desk.apply(&act).unwrap();
    let report = desk.verify_chain().unwrap();
    assert!(report.holds(), "{:?}", report.faults);
    drop(desk);
    assert_eq!(Desk::open(&path, ivi::catalogue()).unwrap().migrated(), None, "once is enough");
}

#[test]
fn the_desk_as_it_was_lies_beside_it_and_can_be_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = unpacked(directory.path());
    let backup = Desk::open(&path, ivi::catalogue()).unwrap().migrated().cloned().unwrap().backup;
    let name = backup.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("desk.db.schema-1.20") && name.ends_with('Z'), "{name}");
    assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o660);
    assert_eq!(schema_of(&backup), 1);
    assert!(!directory.path().join("desk.db.schema-1.part").exists());
    let elsewhere = directory.path().join("again.db");
    std::fs::copy(&backup, &elsewhere).unwrap();
    let mut again = Desk::open(&elsewhere, ivi::catalogue()).unwrap();
    assert!(again.verify_chain().unwrap().holds());
    assert!(again.dossier(RecordId(1), minute(0)).is_ok());
}

#[test]
fn an_older_desk_that_cannot_be_copied_first_is_left_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = unpacked(directory.path());
    std::fs::create_dir(directory.path().join("desk.db.schema-1.part")).unwrap();
    assert!(Desk::open(&path, ivi::catalogue()).is_err());
    assert_eq!(schema_of(&path), 1);
}

//! A desk of each older schema is brought up to date when it is opened, after a backup beside it; one fixture each.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use stageplate::domain::filter::Filter;
use stageplate::domain::identity::{Login, RecordId};
use stageplate::domain::moment::Moment;
use stageplate::domain::queue::{QueueName, Sort};
use stageplate::domain::report::Share;
use stageplate::ivi;
use stageplate::store::{CountQuery, Desk, PageQuery};

use crate::desk::*;

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

fn unpacked(directory: &Path) -> PathBuf {
    let path = directory.join("desk.db");
    std::fs::write(&path, zstd::decode_all(SCHEMA_1).unwrap()).unwrap();
    path
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
    let query = PageQuery {
        queue: QueueName::All,
        filter: None,
        sort: Sort::Vin,
        limit: 10,
        after: None,
        who: Login::parse("lead").unwrap(),
        now: Moment::start_of("2026-11-25".parse().unwrap()),
    };
    let rows = desk.page(&query).unwrap().rows;
    let steps: Vec<(&str, &str)> =
        rows.iter().map(|row| (row.summary.vin.as_str(), row.summary.step.as_str())).collect();
    assert_eq!(steps, STEPS);
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

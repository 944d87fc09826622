//! What the archive reads of a desk with sealed releases, and what verifying one of them finds when the file was changed.

use stageplate::domain::archive::{Filed, Verdict};
use stageplate::domain::filter::Filter;
use stageplate::domain::moment::Moment;
use stageplate::issuing::archive;
use stageplate::ivi;
use stageplate::store::{ArchivePage, ArchiveQuery, Desk};

use crate::desk::{Bench, login, minute, vin};
use crate::site::Site;
use crate::store_tampering::changed;

fn query(filter: &str, limit: usize, after: Option<i64>) -> ArchiveQuery {
    let now = minute(60);
    let filter = (!filter.is_empty()).then(|| Filter::parse(filter, now.day()).unwrap());
    ArchiveQuery { filter, limit, after, who: login("lead"), now }
}

fn vins(page: &ArchivePage) -> Vec<String> {
    page.rows.iter().map(|row| row.vin.to_string()).collect()
}

#[test]
fn releases_come_newest_first_page_by_page_and_a_filter_asks_their_records() {
    let mut bench = Bench::new();
    for number in 1..=3 {
        bench.released(number);
    }
    bench.in_review(4);
    let first = bench.desk.archive(&query("", 2, None)).unwrap();
    assert_eq!(vins(&first), [vin(3).to_string(), vin(2).to_string()]);
    assert_eq!(first.total, 3);
    let rest = bench.desk.archive(&query("", 2, first.next)).unwrap();
    assert_eq!((vins(&rest), rest.next), (vec![vin(1).to_string()], None));
    let of_one = bench.desk.archive(&query(&format!("vin:*{}", &vin(2).as_str()[11..]), 9, None)).unwrap();
    assert_eq!(vins(&of_one), [vin(2).to_string()]);
    assert!(vins(&bench.desk.archive(&query("step:review", 9, None)).unwrap()).is_empty());
}

/// The built program's demo, with releases that its key has sealed.
fn sealed() -> (Site, Desk, Filed, Moment) {
    let site = Site::new();
    let folder = site.path("desk");
    let made = site.run(&["demo", "--records", "12", "--dir", folder.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut desk = Desk::open(&site.path("desk/desk.db"), ivi::catalogue()).unwrap();
    let now = Moment(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_micros()).unwrap());
    let page = desk.archive(&ArchiveQuery { filter: None, limit: 9, after: None, who: login("audit"), now }).unwrap();
    let row = page.rows.first().expect("the demo has a release").clone();
    (site, desk, row, now)
}

fn failed(verdict: &Verdict) -> Vec<&'static str> {
    verdict.failed().map(|check| check.what).collect()
}

#[test]
fn a_sealed_release_holds_and_tells_who_had_which_hand_in_it() {
    let (_site, mut desk, row, now) = sealed();
    let verdict = archive::verified(&mut desk, row.id, now).unwrap();
    assert!(verdict.holds(), "{:#?}", verdict.checks);
    let checks: Vec<&str> = verdict.checks.iter().map(|check| check.what).collect();
    assert_eq!(checks, ["stored bytes", "seal", "certificate", "message", "history"]);

    let known = archive::known(&mut desk, row.id, now).unwrap();
    let stated = known.stated.unwrap();
    assert_eq!(stated.approval, row.approval);
    assert_eq!(stated.seal.as_ref().map(|seal| seal.subject.as_str()), Ok(row.release.sealed_by.as_str()));
    assert!(!stated.signatories.is_empty() && stated.schema.is_some());
    let hands: Vec<&str> = known.hands.iter().map(|hand| hand.what.as_str()).collect();
    for what in ["prepared", "confirmed", "signed technical review", "signed compliance review", "released"] {
        assert!(hands.contains(&what), "{what}: {hands:?}");
    }
    assert_eq!(known.hands.last().map(|hand| (&hand.by, hand.at)), Some((&row.release.by, row.release.sealed_at)));
    assert!(known.hands.iter().all(|hand| hand.policy > 0), "{:?}", known.hands);
    assert!(known.hands.is_sorted_by_key(|hand| hand.at));
}

#[test]
fn what_was_changed_behind_the_desks_back_is_found_by_what_it_breaks() {
    let (site, desk, row, now) = sealed();
    let path = site.path("desk/desk.db");
    drop(desk);
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let whole = std::fs::read(&path).unwrap();
    let of = format!("record = {}", row.id.record.0);
    let edits = [
        (format!("UPDATE release SET packed = x'000100000041' WHERE {of}"), vec!["stored bytes"]),
        (format!("UPDATE release SET sealed_by = 'CN=other' WHERE {of}"), vec!["certificate", "history"]),
        (format!("UPDATE release SET reference = 'other' WHERE {of}"), vec!["message", "history"]),
        (format!("UPDATE release SET by_login = 'lead' WHERE {of}"), vec!["history"]),
        (format!("UPDATE signoff SET meaning = 'x' WHERE {of}"), vec!["history"]),
        (format!("UPDATE event SET by_login = 'lead' WHERE seq = {}", row.seq.0), vec!["history"]),
        (format!("UPDATE event SET hash = zeroblob(32) WHERE seq = {} - 1", row.seq.0), vec!["history"]),
        (format!("DELETE FROM event WHERE seq = {}", row.seq.0), vec!["history"]),
    ];
    for (sql, broken) in edits {
        std::fs::write(&path, &whole).unwrap();
        for end in ["-wal", "-shm"] {
            std::fs::remove_file(path.with_file_name(format!("desk.db{end}"))).unwrap_or_default();
        }
        changed(&rusqlite::Connection::open(&path).unwrap(), &sql);
        let mut desk = Desk::open(&path, ivi::catalogue()).unwrap();
        let verdict = archive::verified(&mut desk, row.id, now).unwrap();
        assert_eq!(failed(&verdict), broken, "{sql}: {:#?}", verdict.checks);
    }
}

#[test]
fn a_message_whose_bytes_are_gone_is_told_of_and_the_rest_is_still_read() {
    let (site, mut desk, row, now) = sealed();
    let plain = rusqlite::Connection::open(site.path("desk/desk.db")).unwrap();
    changed(&plain, &format!("UPDATE release SET packed = x'000100000041' WHERE record = {}", row.id.record.0));
    let known = archive::known(&mut desk, row.id, now).unwrap();
    assert!(known.stated.unwrap_err().contains("SHA-256"));
    assert!(!known.hands.is_empty());
}

//! What somebody changes behind the desk's back is found, with its place.

use stageplate::domain::identity::Seq;
use stageplate::store::Desk;

use crate::desk::*;

fn worked_on() -> Bench {
    let mut bench = Bench::new();
    let released = bench.released(1);
    let id = bench.in_review(2);
    bench.does("lead", id, &flag("missing-data"), 9);
    bench.act("prep", stageplate::store::Target::Intake(vin(2)), &receive(&vin(2), "6100", "b.xml"), 10).unwrap();
    bench.does("release", released, &crate::receipts::with_file(b"<ack/>"), 11);
    bench
}

/// A plain connection that took every trigger away first, as somebody who means it would, and puts them back at the end.
fn behind_its_back(bench: &Bench, sql: &str) {
    changed(&bench.plain(), sql);
}

/// The same through a connection of one's own.
pub fn changed(plain: &rusqlite::Connection, sql: &str) {
    plain.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let mut find = plain.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
    let triggers: Vec<(String, String)> =
        find.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    for (name, _) in &triggers {
        plain.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    plain.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    for (_, create) in &triggers {
        plain.execute_batch(create).unwrap();
    }
}

#[test]
fn a_desk_that_was_only_worked_on_holds() {
    let mut bench = worked_on();
    let report = bench.desk.verify_chain().unwrap();
    assert!(report.holds(), "{:#?}", report.faults);
    assert_eq!((report.records, report.messages, report.releases), (2, 3, 1));
    assert_eq!(report.head, bench.desk.head().unwrap());
    assert_eq!(report.events, u64::try_from(report.head.0.0).unwrap());
    for check in bench.desk.health().unwrap() {
        assert!(check.ok, "{check:?}");
    }
}

#[test]
fn every_edit_behind_its_back_is_found_with_its_place() {
    let edits = [
        ("UPDATE event SET at = at + 1 WHERE seq = 9", "event 9"),
        ("UPDATE event SET by_login = 'lead' WHERE seq = 9", "event 9"),
        ("UPDATE event SET state = zeroblob(32) WHERE seq = 9", "event 9"),
        ("UPDATE event SET packed_facts = x'00020000007b7d' WHERE seq = 9", "event 9"),
        ("UPDATE event SET prev_hash = zeroblob(32) WHERE seq = 9", "event 9"),
        ("UPDATE event SET hash = zeroblob(32) WHERE seq = 9", "event 9"),
        ("DELETE FROM event WHERE seq = 9", "event 10"),
        ("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)", "record"),
        ("UPDATE record SET step = 'ready' WHERE id = 2", "record"),
        ("UPDATE record SET owner = 'lead' WHERE id = 2", "record"),
        ("UPDATE record SET due = due + 1 WHERE id = 2", "record"),
        ("UPDATE record SET category = 'M1' WHERE id = 2", "record"),
        ("UPDATE record SET unconfirmed = 0 WHERE id = 2", "record"),
        ("UPDATE record SET open_exceptions = 0 WHERE id = 2", "record"),
        ("UPDATE record SET approval_base = 'x' WHERE id = 2", "record"),
        ("UPDATE record SET released_at = 5 WHERE id = 1", "record"),
        ("UPDATE record SET vin = 'WDB9066331S999999' WHERE id = 2", "record"),
        ("UPDATE work SET packed = (SELECT packed FROM work WHERE record = 1) WHERE record = 2", "record"),
        ("UPDATE work SET packed = x'00020000007b7d' WHERE record = 2", "record"),
        ("UPDATE exception SET state = 'resolved' WHERE id = 1", "record"),
        ("UPDATE exception SET blocking = 0 WHERE id = 1", "record"),
        ("DELETE FROM exception", "record"),
        ("UPDATE signoff SET by_login = 'root' WHERE number = 0", "record"),
        ("UPDATE signoff SET meaning = 'x' WHERE number = 0", "record"),
        ("DELETE FROM signoff", "record"),
        ("UPDATE release SET sealed_by = 'CN=other'", "record"),
        ("UPDATE release SET packed = x'000100000041'", "release"),
        ("DELETE FROM release", "record"),
        ("DELETE FROM editor", "record"),
        ("UPDATE receipt SET answer = 'accepted'", "record"),
        ("UPDATE receipt SET body = 'x'", "record"),
        ("UPDATE receipt SET by_login = 'lead'", "record"),
        ("UPDATE receipt SET seq = 5", "record"),
        ("UPDATE receipt SET file_name = NULL, sha256 = NULL", "record"),
        ("DELETE FROM receipt", "record"),
        ("UPDATE receipt_file SET packed = x'000100000041'", "receipt"),
        ("UPDATE record SET delivery = NULL WHERE id = 1", "record"),
        ("UPDATE stage SET sha256 = (SELECT sha256 FROM message LIMIT 1) WHERE record = 2", "record"),
        ("UPDATE stage SET source = 'x' WHERE record = 1", "record"),
        ("DELETE FROM stage WHERE record = 2 AND revision = 2", "record"),
        ("UPDATE message SET packed = x'000100000041' WHERE rowid = 1", "message"),
        ("UPDATE message SET packed_entries = x'0000000000' WHERE rowid = 1", "record"),
        ("UPDATE dictionary SET body = x'41' WHERE kind = 'message'", "message"),
        ("UPDATE person SET roles = 'admin release' WHERE login = 'prep'", "person prep"),
        ("INSERT INTO person (login, name, roles, team) VALUES ('mole', 'M', 'release', NULL)", "person mole"),
        ("DELETE FROM person WHERE login = 'lead'", "person lead"),
        ("INSERT INTO gateway VALUES ('mole')", "gateway mole"),
        ("UPDATE approval SET body = replace(body, 'valid', 'withdrawn')", "approval"),
        ("UPDATE policy SET body = replace(body, 'technical review', 'nothing')", "policy 1"),
        ("UPDATE meta SET value = 'yes' WHERE name = 'demo'", "desk"),
        ("CREATE TRIGGER mole AFTER INSERT ON event BEGIN SELECT 1; END", "schema"),
        ("DROP INDEX record_due", "schema"),
    ];
    let bench = worked_on();
    bench.plain().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let path = bench.path.clone();
    drop(bench.desk);
    let whole = std::fs::read(&path).unwrap();
    for (sql, place) in edits {
        std::fs::write(&path, &whole).unwrap();
        for end in ["-wal", "-shm"] {
            std::fs::remove_file(path.with_file_name(format!("desk.db{end}"))).unwrap_or_default();
        }
        let mut bench = Bench { directory: tempfile::tempdir().unwrap(), path: path.clone(), desk: open(&path) };
        behind_its_back(&bench, sql);
        let report = bench.desk.verify_chain().unwrap();
        let found = report.faults.iter().any(|fault| fault.place.starts_with(place));
        assert!(found, "{sql}: {:#?}", report.faults);
    }
}

fn open(path: &std::path::Path) -> Desk {
    Desk::open(path, &CATALOGUE).unwrap()
}

#[test]
fn a_tail_that_was_cut_off_shows_in_the_head() {
    let mut bench = worked_on();
    let (seq, _) = bench.desk.head().unwrap();
    behind_its_back(&bench, "DELETE FROM event WHERE seq > 5");
    assert_eq!(bench.desk.verify_chain().unwrap().head.0, Seq(5));
    assert!(seq > Seq(5));
}

#[test]
fn rights_that_let_others_in_are_named() {
    use std::os::unix::fs::PermissionsExt;
    let mut bench = Bench::new();
    std::fs::set_permissions(&bench.path, std::fs::Permissions::from_mode(0o666)).unwrap();
    std::fs::set_permissions(bench.path.parent().unwrap(), std::fs::Permissions::from_mode(0o770)).unwrap();
    let faults: Vec<_> =
        bench.desk.health().unwrap().into_iter().filter(|check| !check.ok).map(|check| check.name).collect();
    assert_eq!(faults, ["file mode", "directory"]);
}

//! What the file itself forbids, whoever opens it; and where a desk may lie.

use std::os::unix::fs::PermissionsExt;

use stageplate::store::{Desk, StoreError};

use crate::desk::*;

fn refused(plain: &rusqlite::Connection, sql: &str) -> String {
    plain.execute_batch(sql).map(|()| panic!("`{sql}` went through")).unwrap_err().to_string()
}

#[test]
fn history_signoffs_releases_and_receipts_cannot_be_changed_with_plain_sql() {
    let mut bench = Bench::new();
    let id = bench.released(1);
    bench.does("release", id, &crate::receipts::with_file(b"<ack/>"), 9);
    let plain = bench.plain();
    for table in ["event", "signoff", "release", "receipt", "receipt_file", "message", "stage"] {
        let column = match table {
            "stage" => "source",
            "signoff" => "meaning",
            "receipt" => "body",
            _ => "rowid",
        };
        refused(&plain, &format!("DELETE FROM {table}"));
        refused(&plain, &format!("UPDATE {table} SET {column} = {column}"));
    }
    refused(&plain, "DELETE FROM editor");
    refused(&plain, "UPDATE editor SET login = 'nobody'");
}

#[test]
fn an_event_out_of_its_place_in_the_chain_is_refused() {
    let bench = Bench::new();
    let plain = bench.plain();
    let event = |seq: &str, prev: &str| {
        format!(
            "INSERT OR REPLACE INTO event SELECT {seq}, at, 0, by_login, NULL, action, NULL, NULL, 'x', randomblob(16), \
             packed_facts, state, {prev}, hash FROM event WHERE seq = 1"
        )
    };
    let last = "(SELECT hash FROM event ORDER BY seq DESC LIMIT 1)";
    assert!(refused(&plain, &event("1", last)).contains("sequence"));
    assert!(refused(&plain, &event("99", last)).contains("sequence"));
    assert!(refused(&plain, &event("(SELECT max(seq) + 1 FROM event)", "zeroblob(32)")).contains("previous hash"));
}

#[test]
fn the_database_knows_four_eyes_too() {
    let mut bench = Bench::new();
    let id = bench.ready(1);
    let plain = bench.plain();
    let sign = |login: &str| {
        format!(
            "INSERT INTO signoff SELECT record, 9, checkpoint, version, '{login}', at, meaning, content, seq, seen \
             FROM signoff WHERE record = {} AND number = 0",
            id.0
        )
    };
    assert!(refused(&plain, &sign("prep")).contains("four-eyes"));
    let release = format!(
        "INSERT INTO release SELECT {}, 1, 'r', 0, 'prep', zeroblob(32), zeroblob(32), 'x', x'', max(seq) FROM event",
        id.0
    );
    assert!(refused(&plain, &release).contains("four-eyes"));
    plain.execute_batch(&sign("lead")).unwrap();
}

#[test]
fn two_releases_never_share_a_reference() {
    let mut bench = Bench::new();
    bench.released(1);
    let two = bench.ready(2);
    let mut sealed = bench.sealed(two, 2);
    sealed.reference = bench.sealed(two, 1).reference;
    let action = stageplate::domain::action::Action::Release(sealed);
    assert!(bench.act("release", stageplate::store::Target::Record(two), &action, 9).is_err());
    assert_eq!(bench.desk.dossier(two, minute(9)).unwrap().record.step, "ready");
}

#[test]
fn a_new_desk_is_its_groups_whatever_the_umask() {
    let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let bench = Bench::new();
    rustix::process::umask(before);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&bench.path), 0o660);
    assert_eq!(mode(bench.path.parent().unwrap()), 0o2770);
    for end in ["-wal", "-shm", "-queue"] {
        let file = bench.path.with_file_name(format!("desk.db{end}"));
        assert_eq!(mode(&file), 0o660, "{}", file.display());
    }
}

#[test]
fn a_directory_that_was_there_keeps_its_mode() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o750)).unwrap();
    Desk::create(&directory.path().join("desk.db"), &new_desk(), &CATALOGUE, minute(0)).unwrap();
    assert_eq!(std::fs::metadata(directory.path()).unwrap().permissions().mode() & 0o7777, 0o750);
}

#[test]
fn a_desk_is_never_made_over_a_file() {
    let bench = Bench::new();
    let again = Desk::create(&bench.path, &new_desk(), &CATALOGUE, minute(0));
    assert!(matches!(again, Err(StoreError::Exists(_))));
    assert!(Desk::open(&bench.path, &CATALOGUE).is_ok(), "the desk that was there is still there");
}

#[test]
fn what_is_no_desk_is_refused_and_left_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let open = |path: &std::path::Path| Desk::open(path, &CATALOGUE).err().unwrap();
    assert!(matches!(open(&directory.path().join("nothing.db")), StoreError::NoDesk(_)));
    assert!(matches!(open(directory.path()), StoreError::NotADesk(_)));
    let text = directory.path().join("text.db");
    std::fs::write(&text, "no database at all, but long enough to be looked at".repeat(40)).unwrap();
    let foreign = directory.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let empty = directory.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    for file in [text, foreign, empty] {
        let before = std::fs::read(&file).unwrap();
        assert!(matches!(open(&file), StoreError::NotADesk(_)), "{}", file.display());
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 3, "nothing was left beside them");
}

#[test]
fn a_link_to_a_desk_is_refused() {
    let bench = Bench::new();
    let link = bench.directory.path().join("link.db");
    std::os::unix::fs::symlink(&bench.path, &link).unwrap();
    assert!(matches!(Desk::open(&link, &CATALOGUE), Err(StoreError::Permission { .. })));
}

#[test]
fn a_newer_desk_is_refused() {
    let bench = Bench::new();
    let path = bench.path.clone();
    bench.plain().execute_batch("PRAGMA user_version = 99").unwrap();
    assert!(matches!(Desk::open(&path, &CATALOGUE), Err(StoreError::Newer { found: 99, .. })));
}

#[test]
fn a_desk_somebody_holds_is_busy_and_its_holder_is_named() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    let plain = bench.plain();
    plain.execute_batch("BEGIN IMMEDIATE").unwrap();
    match bench.act("prep", stageplate::store::Target::Record(id), &note("x"), 3) {
        Err(StoreError::Busy { holder }) => {
            // SQLite's locks are this very process's, which the kernel names like any other.
            assert!(holder.unwrap().contains(&format!("process {}", std::process::id())));
        }
        other => panic!("{other:?}"),
    }
    assert!(bench.desk.dossier(id, minute(3)).is_ok(), "reading goes on");
    plain.execute_batch("ROLLBACK").unwrap();
    bench.does("prep", id, &note("x"), 4);
}

#[test]
fn a_founder_is_an_administrator_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("desk.db");
    let mut new = new_desk();
    new.founder.roles.insert(stageplate::domain::person::Role::Release);
    assert!(matches!(Desk::create(&path, &new, &CATALOGUE, minute(0)), Err(StoreError::Refused(_))));
    assert!(!path.exists());
}

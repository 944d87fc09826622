//! Acts that share a transaction: what is brought together leaves the desk that the same acts leave one by one.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use stageplate::config::policy;
use stageplate::domain::action::Action;
use stageplate::domain::governance::DeskAction;
use stageplate::domain::identity::Login;
use stageplate::domain::moment::Moment;
use stageplate::domain::person::{Actor, Person, Role};
use stageplate::domain::scope::Scope;
use stageplate::intake::{self, ImportReport, Options};
use stageplate::ivi;
use stageplate::store::{Act, Applied, Desk, NewDesk, StoreError, Target};
use uuid::Uuid;

use crate::desk::{Bench, flag, fresh_request, minute, receive, vin};

const POLICY: &str = include_str!("../../sample-data/policy.toml");
const SAMPLES: [&str; 3] = [
    include_str!("../../sample-data/base/van-n1.xml"),
    include_str!("../../sample-data/base/chassis-cab-n2.xml"),
    include_str!("../../sample-data/base/camper-base-n1.xml"),
];

fn now() -> Moment {
    Moment::start_of(chrono::NaiveDate::from_ymd_opt(2026, 11, 2).unwrap())
}

fn numbered(number: usize) -> String {
    format!("ZZATG60D2TK{number:06}")
}

/// The message of a vehicle, of one of the sample manufacturers.
fn message(number: usize) -> String {
    let sample = SAMPLES[number % SAMPLES.len()];
    let read = ivi::read(sample.as_bytes()).unwrap();
    sample.replace(read.content.value("VehicleIdentificationNumber").unwrap(), &numbered(number))
}

/// A desk with a preparer and a scope that takes in some of what comes, by a word.
fn desk(path: &Path) -> Desk {
    let policy = policy::read(POLICY, "policy.toml", ivi::catalogue()).unwrap();
    let person = |login: &str, role| Person::new(Login::parse(login).unwrap(), login.to_owned(), [role]);
    let founder = person("root", Role::Admin);
    let root = Actor::of(&founder);
    let new = NewDesk { policy, policy_source: POLICY.to_owned(), options: None, founder, demo: true };
    let mut desk = Desk::create(path, &new, ivi::catalogue(), now()).unwrap();
    let some = Scope { name: "some".into(), title: "Some".into(), team: None, matches: Some("TK000003".into()) };
    for act in [DeskAction::AddPerson(person("prep", Role::Prepare)), DeskAction::AddScope(some)] {
        desk.govern(&root, &act, Uuid::new_v4(), now()).unwrap();
    }
    desk
}

fn import(desk: &mut Desk, files: &[PathBuf]) -> ImportReport {
    let found = intake::find(files, &mut std::iter::empty());
    let prep = Actor::of(&desk.person(&Login::parse("prep").unwrap()).unwrap().unwrap());
    intake::import(desk, &prep, found, &Options::default(), &now, &mut |_| ControlFlow::Continue(()))
}

/// Acts brought together, each on its target: what became of them.
fn together(
    bench: &mut Bench,
    actor: &Actor,
    targets: impl Iterator<Item = Target>,
    actions: &[Action],
) -> Vec<Result<Applied, StoreError>> {
    let act = |(target, action)| Act { actor, target, action, seen: None, request: fresh_request(), now: minute(3) };
    let acts: Vec<Act<'_>> = targets.zip(actions).map(act).collect();
    bench.desk.apply_each(&acts).unwrap()
}

/// A folder as it comes: messages, one corrected and one older than what is there, what is none, sheets with rows of every
/// kind. Named in the order in which they are brought.
fn folder(place: &Path) -> Vec<PathBuf> {
    let corrected = message(4).replace("<IviVersionNumber>1<", "<IviVersionNumber>2<").replace(">Y<", ">N<");
    let sheet = |from: usize| {
        let rows = (from..from + 40).map(|number| {
            let mass = if number.is_multiple_of(7) { "heavy".to_owned() } else { (2_900 + number).to_string() };
            format!("{},B-{number},{mass}\n", numbered(number))
        });
        format!("vin,order,13\n{}", rows.collect::<String>())
    };
    let files = (0..30).map(|number| (format!("m{number:02}.xml"), message(number))).chain([
        ("n1.xml".to_owned(), corrected),
        ("n2.xml".to_owned(), message(4)),
        ("n3.xml".to_owned(), "<a/>".to_owned()),
        ("n4.xml".to_owned(), message(5).replace("<ManufacturerStageNumber>1<", "<ManufacturerStageNumber>0<")),
        ("p1.csv".to_owned(), sheet(0)),
        ("p2.csv".to_owned(), sheet(20)),
        ("p3.csv".to_owned(), "vin,no such column\nx,y\n".to_owned()),
    ]);
    files
        .map(|(name, content)| {
            fs::write(place.join(&name), content).unwrap();
            place.join(name)
        })
        .collect()
}

/// Every row of every table; but for the requests, which are drawn by lot, and the hashes that are made over them.
fn rows(path: &Path) -> Vec<(String, Vec<Value>)> {
    const BY_LOT: [&str; 3] = ["request", "prev_hash", "hash"];
    let plain = rusqlite::Connection::open(path).unwrap();
    let list = |sql: &str| -> Vec<String> {
        let mut find = plain.prepare(sql).unwrap();
        find.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let tables = list(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search%'",
    );
    let mut all = Vec::new();
    for table in tables {
        let columns = list(&format!("SELECT name FROM pragma_table_info('{table}')"));
        let columns: Vec<&String> = columns.iter().filter(|column| !BY_LOT.contains(&column.as_str())).collect();
        let names = columns.iter().map(|column| column.as_str()).collect::<Vec<_>>().join(", ");
        let mut find = plain.prepare(&format!("SELECT {names} FROM {table} ORDER BY {names}")).unwrap();
        let found = find.query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect()).unwrap();
        all.extend(found.map(|row| (table.clone(), row.unwrap())));
    }
    for word in ["TK0", "012", "B-2", "-31", "ZZA"] {
        let sql = format!("SELECT rowid FROM search WHERE search MATCH '\"{word}\"' ORDER BY rowid");
        let mut find = plain.prepare(&sql).unwrap();
        let found: Vec<Value> = find.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        assert!(!found.is_empty(), "{word}");
        all.push((word.to_owned(), found));
    }
    all
}

#[test]
fn a_folder_brought_at_once_leaves_the_desk_that_its_files_leave_one_by_one() {
    let place = tempfile::tempdir().unwrap();
    let files = folder(place.path());
    let (at_once, one_by_one) = (place.path().join("a/desk.db"), place.path().join("b/desk.db"));
    let mut desks = [desk(&at_once), desk(&one_by_one)];
    let whole = import(&mut desks[0], &files);
    let mut parts = ImportReport::default();
    for file in &files {
        let part = import(&mut desks[1], std::slice::from_ref(file));
        parts.created += part.created;
        parts.updated += part.updated;
        parts.unchanged += part.unchanged;
        parts.rejected.extend(part.rejected);
    }
    let counts = |report: &ImportReport| (report.created, report.updated, report.unchanged);
    assert_eq!(counts(&whole), counts(&parts));
    assert!(whole.created > 30 && whole.updated > 20, "{:?}", counts(&whole));
    assert_eq!(whole.rejected, parts.rejected);
    assert!(whole.rejected.len() > 6, "{:#?}", whole.rejected);
    for desk in &mut desks {
        assert!(desk.verify_chain().unwrap().holds());
    }
    let (at_once, one_by_one) = (rows(&at_once), rows(&one_by_one));
    let scoped = at_once.iter().filter(|(table, row)| table == "record" && row.contains(&Value::Text("some".into())));
    assert_eq!(scoped.count(), 1, "the rule takes in what its word finds");
    for (one, other) in at_once.iter().zip(&one_by_one) {
        assert_eq!(one, other);
    }
    assert_eq!(at_once.len(), one_by_one.len());
}

#[test]
fn an_act_that_fails_half_written_takes_back_nothing_but_itself() {
    let mut bench = Bench::new();
    let ids: Vec<_> = (1..=3).map(|number| bench.taken_in(number)).collect();
    // No rule refuses it: the act has written its event and its row when the file says no.
    let fault = "CREATE TRIGGER fault BEFORE INSERT ON exception WHEN NEW.kind = 'missing-data' \
                 BEGIN SELECT RAISE(ABORT, 'as a full disk would'); END";
    bench.plain().execute_batch(fault).unwrap();
    let before = bench.desk.head().unwrap().0;
    let actor = bench.actor("prep");
    let actions: Vec<Action> = ["other", "missing-data", "other"].iter().map(|kind| flag(kind)).collect();
    let done = together(&mut bench, &actor, ids.iter().map(|id| Target::Record(*id)), &actions);
    assert!(done[0].is_ok() && done[2].is_ok(), "{done:?}");
    assert!(matches!(&done[1], Err(StoreError::Damaged { .. })), "{:?}", done[1]);
    bench.plain().execute_batch("DROP TRIGGER fault").unwrap();
    let told: Vec<_> =
        bench.desk.log(None, before, 10).unwrap().into_iter().map(|event| event.record.unwrap().1).collect();
    assert_eq!(told, [vin(1), vin(3)]);
    assert!(bench.desk.dossier(ids[1], minute(4)).unwrap().record.exceptions.is_empty());
    assert!(bench.desk.verify_chain().unwrap().holds());
}

#[test]
fn records_beside_one_that_fails_half_written_are_found_by_their_words() {
    let mut bench = Bench::new();
    // A rule looks for words, and so has those of the acts before it written in the midst of an act.
    let ruled = Scope { name: "ruled".into(), title: "Ruled".into(), team: None, matches: Some("nothing".into()) };
    let root = bench.actor("root");
    bench.desk.govern(&root, &DeskAction::AddScope(ruled), fresh_request(), minute(1)).unwrap();
    let fault = format!(
        "CREATE TRIGGER fault BEFORE INSERT ON record_finding \
         WHEN (SELECT vin FROM record WHERE id = NEW.record) IN ('{}', '{}') \
         BEGIN SELECT RAISE(ABORT, 'as a full disk would'); END",
        vin(2),
        vin(4)
    );
    bench.plain().execute_batch(&fault).unwrap();
    let actor = bench.actor("prep");
    let vins = [1, 2, 3, 4].map(vin);
    let actions = vins.each_ref().map(|vin| receive(vin, "6000", "a.xml"));
    let done = together(&mut bench, &actor, vins.iter().cloned().map(Target::Intake), &actions);
    let came = done.iter().map(Result::is_ok).collect::<Vec<_>>();
    assert_eq!(came, [true, false, true, false], "{done:?}");
    let plain = bench.plain();
    let sql = "SELECT count(*) FROM search WHERE search MATCH ?1";
    // The index has words by threes of letters; each VIN has its own last three.
    let found = vins.map(|vin| {
        let last = &vin.as_str()[14..];
        plain.query_row(sql, [format!("\"{last}\"")], |row| row.get::<_, i64>(0)).unwrap()
    });
    assert_eq!(found, [1, 0, 1, 0]);
}

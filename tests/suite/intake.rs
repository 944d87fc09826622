//! From files to a released message, over a real desk: what comes in, what it changes, what goes out.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use stageplate::domain::action::Action;
use stageplate::domain::address::Address;
use stageplate::domain::certificate::ChangeKind;
use stageplate::domain::dossier::Dossier;
use stageplate::domain::governance::DeskAction;
use stageplate::domain::identity::{Login, RecordId, Vin};
use stageplate::domain::moment::Moment;
use stageplate::domain::options::BuildOption;
use stageplate::domain::person::{Actor, Person, Role};
use stageplate::domain::policy::{ExceptionKind, Gate, Outcome as Leaving, Policy, Step};
use stageplate::domain::scope::Scope;
use stageplate::intake::{self, ColumnMap, ImportReport, Options};
use stageplate::issuing::{self, IssuingError};
use stageplate::ivi;
use stageplate::ivi::key::SealKey;
use stageplate::store::{Act, Desk, NewDesk, StoreError, Target};
use uuid::Uuid;

use crate::support::{shared, tool};

const APPROVAL: &str = "e4*2018/858*90471*01";
/// The vehicle of the official specimen, a complete N2 van.
const SPECIMEN: &str = "YARTN2EVHDTEST123";
const SHEET: &str = "vin;scope;order;type;variant;version;approval;built;options;due;5;13;13.2;\
    AxleTable[1]/DistributionMassRunningOrderAxle;AxleTable[2]/DistributionMassRunningOrderAxle;16.1;\
    BodyworkTable[1]/CodeForBodywork;CompletedAltered\n\
    YARTN2EVHDTEST123;bodies;B-1;ZB60;BOX;L2H2-01;e4*2018/858*90471*01;2026-09-14;BOX;2026-11-20;6540;3065;3290;\
    1705;1360;=;BA;A\n";

struct Bench {
    folder: tempfile::TempDir,
    desk: Desk,
}

fn now() -> Moment {
    Moment::start_of(chrono::NaiveDate::from_ymd_opt(2026, 11, 2).unwrap())
}

fn person(login: &str, roles: &[Role]) -> Person {
    let login = Login::parse(login).unwrap();
    Person::new(login.clone(), login.to_string(), roles.iter().copied())
}

fn people() -> [Person; 3] {
    [person("prep", &[Role::Prepare]), person("review", &[Role::Review]), person("release", &[Role::Release])]
}

fn actor(login: &str) -> Actor {
    Actor::of(people().iter().find(|person| person.login.as_str() == login).unwrap())
}

fn step(name: &str, acts: Role, outcome: Leaving) -> Step {
    Step {
        name: name.to_owned(),
        title: name.to_owned(),
        acts: vec![acts],
        not: Vec::new(),
        edit: false,
        gates: Vec::new(),
        checkpoint: None,
        meaning: None,
        due_days: None,
        outcome,
        ..Step::default()
    }
}

/// The shortest workflow with two pairs of eyes in it.
fn policy() -> Policy {
    let review = Step {
        gates: vec![Gate::ChangesDecided],
        checkpoint: Some("technical review".to_owned()),
        ..step("review", Role::Review, Leaving::Advance)
    };
    Policy {
        name: "test".to_owned(),
        version: 1,
        steps: vec![
            Step {
                edit: true,
                gates: vec![Gate::ApprovalReferenced],
                ..step("preparation", Role::Prepare, Leaving::Advance)
            },
            review,
            step("ready", Role::Release, Leaving::Release),
            step("released", Role::Release, Leaving::Rest),
        ],
        exception_kinds: vec![ExceptionKind {
            name: "late-correction".to_owned(),
            title: "Late correction".to_owned(),
            blocking: true,
            settled_by: Role::Lead,
            owner: None,
        }],
        grades: Default::default(),
        options: vec![BuildOption { code: "BOX".to_owned(), title: "Box".to_owned(), ..BuildOption::default() }],
        ..Policy::default()
    }
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let founder = person("admin", &[Role::Admin]);
        let admin = Actor::of(&founder);
        let new =
            NewDesk { policy: policy(), policy_source: "# test\n".to_owned(), options: None, founder, demo: false };
        let mut desk = Desk::create(&folder.path().join("desk.db"), &new, ivi::catalogue(), now()).unwrap();
        let mut govern = |act| desk.govern(&admin, &act, Uuid::new_v4(), now()).map(drop).unwrap();
        people().into_iter().for_each(|person| govern(DeskAction::AddPerson(person)));
        let bodies = Scope { name: "bodies".into(), title: "Bodies".into(), team: None, matches: None };
        govern(DeskAction::AddScope(bodies));
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/approvals.toml");
        let approvals = intake::approval::read(&fs::read(file).unwrap(), ivi::catalogue()).unwrap();
        approvals.into_iter().for_each(|approval| govern(DeskAction::ImportApproval(Box::new(approval))));
        Bench { folder, desk }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    fn import(&mut self, files: &[PathBuf], options: &Options) -> ImportReport {
        let found = intake::find(files, &mut std::iter::empty());
        let report =
            intake::import(&mut self.desk, &actor("prep"), found, options, &now, &mut |_| ControlFlow::Continue(()));
        assert!(report.stopped.is_none(), "{report:?}");
        report
    }

    fn record(&mut self, vin: &str) -> RecordId {
        self.desk.record_id(&Vin::parse(vin).unwrap()).unwrap()
    }

    fn has_no(&mut self, vin: &str) {
        let found = self.desk.record_id(&Vin::parse(vin).unwrap());
        assert!(matches!(found, Err(StoreError::NotFound { .. })), "{found:?}");
    }

    fn dossier(&mut self, vin: &str) -> Dossier {
        let id = self.record(vin);
        self.desk.dossier(id, now()).unwrap()
    }

    fn act(&mut self, login: &str, action: &Action) {
        let id = self.record(SPECIMEN);
        let actor = actor(login);
        let act =
            Act { actor: &actor, target: Target::Record(id), action, seen: None, request: Uuid::new_v4(), now: now() };
        self.desk.apply(&act).unwrap();
    }
}

fn counts(report: &ImportReport) -> (u64, u64, u64, usize) {
    (report.created, report.updated, report.unchanged, report.rejected.len())
}

/// The bench with the specimen and a sheet for it in its folder; nothing where the specimen is absent.
fn bench_with_specimen() -> Option<(Bench, [PathBuf; 2])> {
    let specimen = fs::read(shared()?.join("samples/n2-01-proacemax-electric.xml")).unwrap();
    let bench = Bench::new();
    let files = [bench.write("bodies.csv", SHEET), bench.write("specimen.xml", specimen)];
    Some((bench, files))
}

#[test]
fn a_message_and_a_sheet_make_a_record_and_the_same_again_changes_nothing() {
    let Some((mut bench, files)) = bench_with_specimen() else { return };
    let report = bench.import(&files, &Options::default());
    // The sheet was named first; it restates the base, so the message goes before it.
    assert_eq!(counts(&report), (1, 1, 0, 0), "{report:?}");
    let dossier = bench.dossier(SPECIMEN);
    let kind = |address: &str| dossier.certificate.change(&Address::unchecked(address)).map(|change| change.kind);
    assert_eq!(kind("MassGroup/MassInRunningOrder"), Some(ChangeKind::Changed));
    assert_eq!(kind("MassGroup/TechnicallyPermissibleMaximumLadenMass"), Some(ChangeKind::Restated));
    assert_eq!(kind("AxleTable[1]/AxleNumber"), Some(ChangeKind::Copied));
    assert_eq!((dossier.record.order.as_deref(), dossier.record.build_stage), (Some("B-1"), 2));
    assert!(dossier.record.stages[0].signature.starts_with("invalid"), "{}", dossier.record.stages[0].signature);
    let events = dossier.history.len();

    let report = bench.import(&files, &Options::default());
    assert_eq!(counts(&report), (0, 0, 2, 0), "{report:?}");
    assert_eq!(bench.dossier(SPECIMEN).history.len(), events);
    let id = bench.record(SPECIMEN);
    assert_eq!(bench.desk.received(id, 1).unwrap(), fs::read(&files[1]).unwrap());
}

#[test]
fn a_corrected_base_message_becomes_a_revision() {
    let Some((mut bench, files)) = bench_with_specimen() else { return };
    bench.import(&files, &Options::default());
    let text = fs::read_to_string(&files[1]).unwrap();
    bench.write("specimen.xml", text.replace("<ActualMass>2946<", "<ActualMass>2950<"));
    let report = bench.import(&files, &Options::default());
    assert_eq!(counts(&report), (0, 1, 1, 0), "{report:?}");
    let dossier = bench.dossier(SPECIMEN);
    assert_eq!(dossier.record.stages[0].revision, 2);
    assert_eq!(dossier.certificate.before.value("MassGroup/ActualMass"), Some("2950"));
    let id = bench.record(SPECIMEN);
    let revisions = bench.desk.revisions(id, 1).unwrap();
    let values: Vec<_> = revisions.iter().map(|one| one.content.value("MassGroup/ActualMass").unwrap()).collect();
    assert_eq!(values, ["2946", "2950"]);
    assert!(bench.desk.revisions(id, 2).unwrap().is_empty());
}

#[test]
fn an_older_version_of_a_message_does_not_replace_the_one_that_corrected_it() {
    let Some((mut bench, files)) = bench_with_specimen() else { return };
    let first = fs::read_to_string(&files[1]).unwrap();
    let second = first.replace("<IviVersionNumber>1<", "<IviVersionNumber>2<").replace(">2946<", ">2950<");
    assert_ne!(first, second);
    // By name, the correction goes before what it corrects.
    let both = [bench.write("a-corrected.xml", second), bench.write("b-first.xml", first)];
    for report in [bench.import(&both, &Options::default()), bench.import(&both, &Options::default())] {
        assert_eq!(report.rejected.len(), 1, "{report:?}");
        assert_eq!(report.rejected[0].file, both[1]);
    }
    assert_eq!(bench.dossier(SPECIMEN).record.stages[0].revision, 1);
}

#[test]
fn a_message_whose_version_cannot_be_read_does_not_make_room_for_an_older_one() {
    let Some((mut bench, files)) = bench_with_specimen() else { return };
    let first = fs::read_to_string(&files[1]).unwrap();
    let version = |text: &str| first.replace("<IviVersionNumber>1<", &format!("<IviVersionNumber>{text}<"));
    let second = bench.write("a.xml", version("2").replace(">2946<", ">2950<"));
    let unread = bench.write("b.xml", version("x"));
    let all = [second, unread.clone(), bench.write("c.xml", first.clone())];
    let report = bench.import(&all, &Options::default());
    assert_eq!(report.rejected.len(), 2, "{report:?}");
    assert!(report.rejected[0].reason.contains("has no version that can be read"), "{report:?}");
    assert_eq!(bench.dossier(SPECIMEN).certificate.before.value("MassGroup/ActualMass"), Some("2950"));
}

#[test]
fn a_sheet_imported_again_leaves_what_somebody_changed_by_hand() {
    let Some((mut bench, files)) = bench_with_specimen() else { return };
    bench.import(&files, &Options::default());
    let length = ivi::catalogue().address("Length").unwrap();
    let values = [(length.clone(), None)].into();
    bench.act("prep", &Action::SetValues { values, reason: "measured anew".to_owned() });
    assert_eq!(bench.dossier(SPECIMEN).record.declares(length.as_str()), None);
    let report = bench.import(&files[..1], &Options::default());
    assert_eq!(counts(&report), (0, 0, 1, 0), "{report:?}");
    assert_eq!(bench.dossier(SPECIMEN).record.declares(length.as_str()), None);
    bench.write("bodies.csv", SHEET.replace(";6540;", ";6545;"));
    assert_eq!(counts(&bench.import(&files[..1], &Options::default())), (0, 1, 0, 0));
    assert_eq!(bench.dossier(SPECIMEN).record.declares(length.as_str()), Some("6545"));
}

#[test]
fn each_row_stands_or_falls_alone_and_a_file_with_an_unknown_column_writes_nothing() {
    let mut bench = Bench::new();
    let rows = bench.write(
        "rows.csv",
        "vin,13,16.1,options,preparer\n\
         ZZATG60D2TK104417,3065,,BOX,prep\n\
         ZZATG60D2TK104423,heavy,,,\n\
         ZZATG60D2TK104424,,=,,\n\
         ZZATG60D2TK104425,,,BOXX,\n\
         ZZATG60D2TK104426,,,,nobody\n\
         ZZATG60D2TK104427,2900,,,\n",
    );
    let report = bench.import(std::slice::from_ref(&rows), &Options::default());
    assert_eq!(counts(&report), (2, 0, 0, 4), "{report:?}");
    let lines: Vec<_> = report.rejected.iter().map(|reject| reject.line).collect();
    assert_eq!(lines, [3, 4, 5, 6].map(Some));
    assert!(report.rejected.iter().all(|reject| reject.file == rows && reject.vin.is_some()));
    assert!(report.rejected[2].hints.iter().any(|hint| hint.contains("BOX")), "{report:?}");
    bench.has_no("ZZATG60D2TK104424");

    let unknown = bench.write("unknown.csv", "vin,13,ActualMas\nZZATG60D2TK104430,2900,2900\n");
    let junk = bench.write("junk.xml", "<!DOCTYPE x><x/>");
    let report = bench.import(&[unknown, junk, bench.path("absent.csv")], &Options::default());
    assert_eq!(counts(&report), (0, 0, 0, 3), "{report:?}");
    bench.has_no("ZZATG60D2TK104430");
}

#[test]
fn a_dry_run_says_what_would_be_done_and_writes_nothing() {
    let Some((mut bench, files)) = bench_with_specimen() else { return };
    let head = bench.desk.head().unwrap();
    let dry = Options { dry_run: true, ..Options::default() };
    assert_eq!(counts(&bench.import(&files, &dry)), (1, 1, 0, 0));
    assert_eq!(bench.desk.head().unwrap(), head);
    bench.import(&files, &Options::default());
    let head = bench.desk.head().unwrap();
    assert_eq!(counts(&bench.import(&files, &dry)), (0, 0, 2, 0));
    assert_eq!(bench.desk.head().unwrap(), head);
}

#[test]
fn an_import_stops_where_it_is_told_to_or_where_the_role_is_missing() {
    let mut bench = Bench::new();
    let rows = bench.write("rows.csv", "vin,13\nZZATG60D2TK104417,3065\nZZATG60D2TK104423,3065\n");
    let files = std::slice::from_ref(&rows);
    let mut asked = 0;
    let found = intake::find(files, &mut std::iter::empty());
    let mut third = |_: intake::Progress<'_>| {
        asked += 1;
        if asked == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let report = intake::import(&mut bench.desk, &actor("prep"), found, &Options::default(), &now, &mut third);
    assert_eq!(counts(&report), (1, 0, 0, 0));
    assert!(report.stopped.is_some_and(|stopped| stopped.line == Some(3) && stopped.error.is_none()));
    let found = intake::find(files, &mut std::iter::empty());
    let mut on = |_: intake::Progress<'_>| ControlFlow::Continue(());
    let report = intake::import(&mut bench.desk, &actor("review"), found, &Options::default(), &now, &mut on);
    assert_eq!(counts(&report), (0, 0, 0, 0));
    assert!(report.stopped.is_some_and(|stopped| stopped.error.is_some()));
}

#[test]
fn a_map_and_a_scope_serve_every_row() {
    let mut bench = Bench::new();
    let rows = bench.write("rows.csv", "FIN;Leergewicht\nZZATG60D2TK104417;3065\n");
    let map = ColumnMap::read(b"FIN = \"vin\"\nLeergewicht = \"13\"\n", ivi::catalogue()).unwrap();
    let options = Options { scope: Some("bodies".to_owned()), map, dry_run: false };
    assert_eq!(counts(&bench.import(&[rows], &options)), (1, 0, 0, 0));
    let record = bench.dossier("ZZATG60D2TK104417").record;
    assert_eq!(record.scope.as_deref(), Some("bodies"));
    assert_eq!(record.declares("MassGroup/MassInRunningOrder"), Some("3065"));
}

#[test]
fn a_released_message_is_schema_valid_verified_by_others_and_stored_as_it_is() {
    let Some((mut bench, files)) = bench_with_specimen() else { return };
    bench.import(&files, &Options::default());
    let (key, pem) = SealKey::make_test_key("intake", now().utc()).unwrap();
    let id = bench.record(SPECIMEN);
    let too_early = issuing::release(&mut bench.desk, &actor("release"), id, &key, now(), None);
    assert!(matches!(too_early, Err(IssuingError::Refused(refusal)) if refusal.rule == "step"));
    bench.act("prep", &Action::Advance { reason: None });
    bench.act("review", &Action::Confirm { addresses: None });
    bench.act("review", &Action::Advance { reason: None });

    let released = issuing::release(&mut bench.desk, &actor("release"), id, &key, now(), None).unwrap();
    assert_eq!(released.file_name, format!("{SPECIMEN}-stage2-v1.xml"));
    let (stored, bytes) = bench.desk.released(id, None).unwrap();
    assert_eq!((stored.sha256, stored.reference.as_str()), (released.sha256, released.reference.as_str()));
    assert_eq!(bytes, released.bytes);
    let content = ivi::read(&bytes).unwrap().content;
    assert_eq!(content.value("TypeApprovalNumber"), Some(APPROVAL));
    assert_eq!(content.value("ManufacturerTable[1]/PreviousStageTypeApprovalNumber"), Some("e3*2018/858*00107*01"));
    let again = issuing::release(&mut bench.desk, &actor("release"), id, &key, now(), None);
    assert!(matches!(again, Err(IssuingError::Refused(_))), "{again:?}");

    let file = issuing::write_file(bench.folder.path(), &released.file_name, &bytes).unwrap();
    if tool("xmllint") {
        let schema = shared().unwrap().join("InitialVehicleInformation-2.0.xsd");
        run(Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).arg(&file));
    }
    if tool("xmlsec1") {
        let certificate = bench.write("certificate.pem", &pem[pem.find("-----BEGIN CERTIFICATE").unwrap()..]);
        run(Command::new("xmlsec1")
            .args(["--verify", "--enabled-key-data", "x509", "--trusted-pem"])
            .arg(certificate)
            .args(["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"])
            .arg(file));
    }
}

#[test]
fn a_record_that_changed_since_it_was_seen_is_not_released() {
    let Some((mut bench, files)) = bench_with_specimen() else { return };
    bench.import(&files, &Options::default());
    let seen = bench.dossier(SPECIMEN).record.seq;
    bench.act("prep", &Action::Advance { reason: None });
    bench.act("review", &Action::Confirm { addresses: None });
    bench.act("review", &Action::Advance { reason: None });
    let (key, _) = SealKey::make_test_key("intake", now().utc()).unwrap();
    let id = bench.record(SPECIMEN);
    let late = issuing::release(&mut bench.desk, &actor("release"), id, &key, now(), Some(seen));
    assert!(matches!(late, Err(IssuingError::Store(StoreError::Conflict { .. }))), "{late:?}");
    assert!(bench.desk.released(id, None).is_err());
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

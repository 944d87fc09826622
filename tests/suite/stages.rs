//! Several stages before ours, none at all, messages out of order, corrections behind the review; and what a sheet says
//! when it comes again.

use std::process::Command;

use stageplate::domain::action::{Action, Given, Received, SheetRow};
use stageplate::domain::address::Address;
use stageplate::domain::certificate::{ChangeKind, Rows};
use stageplate::domain::content::Content;
use stageplate::domain::dossier::Dossier;
use stageplate::domain::identity::{Digest, Login};
use stageplate::domain::plan::LATE_CORRECTION;
use stageplate::issuing::compose::check_structure;
use stageplate::issuing::{compose, sealed};
use stageplate::ivi;
use stageplate::ivi::key::SealKey;

use crate::fixture::{Desk, address_of, base, receive, set, sheet, withdraw};
use crate::support::{shared, tool};

const STAGE: &str = "ManufacturerTable[1]/ManufacturerStageNumber";
const NAME: &str = "ManufacturerTable[1]/ManufacturerName";
const LENGTH: &str = "DimensionGroup/Length";
const LADEN: &str = "MassGroup/TechnicallyPermissibleMaximumLadenMass";

fn with(mut content: Content, values: &[(&str, &str)]) -> Content {
    for (address, value) in values {
        content.set(Address::unchecked(address), *value);
    }
    content
}

/// The message of a second stage: an axle maker that lengthened the chassis and left it incomplete.
fn second() -> Content {
    with(
        base(),
        &[
            (STAGE, "2"),
            (NAME, "Example Axles B.V."),
            ("TypeApprovalNumber", "e4*2018/858*90333*00"),
            ("Type", "AX"),
            ("Variant", "LONG"),
            ("Version", "01"),
            ("DimensionGroup/Wheelbase", "4250"),
        ],
    )
}

fn receive_as(stage: u8, content: Content) -> Action {
    match receive(content) {
        Action::Receive(received) => {
            Action::Receive(Received { stage, source: format!("stage{stage}.xml"), ..received })
        }
        other => other,
    }
}

fn of_stage(stage: u8) -> SheetRow {
    SheetRow { stage, ..sheet() }
}

/// A row of the same file as [`sheet`], with one value more or another.
fn row(address: &str, value: &str) -> SheetRow {
    let mut row = sheet();
    row.values.insert(address_of(address), Given::Value(value.to_owned()));
    row
}

fn rules(desk: &Desk) -> Vec<&'static str> {
    let certificate = desk.certificate();
    stageplate::domain::checks::run(&desk.case(), &certificate).iter().map(|finding| finding.check).collect()
}

#[test]
fn our_stage_follows_two_received_in_whatever_order_they_came() {
    let (first, then) = (receive_as(1, base()), receive_as(2, second()));
    for messages in [[&first, &then], [&then, &first]] {
        let mut desk = Desk::empty();
        for message in messages {
            desk.act("prep", message).unwrap();
        }
        desk.act("prep", &Action::Prepare(of_stage(3))).unwrap();
        assert_eq!(desk.record.build_stage, 3);
        let certificate = desk.certificate();
        assert_eq!(certificate.before.value("DimensionGroup/Wheelbase"), Some("4250"));
        let own = certificate.own_content();
        let group = |name: &str| own.value(&format!("ManufacturerTable[1]/{name}")).map(str::to_owned);
        assert_eq!(group("ManufacturerStageNumber").as_deref(), Some("3"));
        assert_eq!(group("PreviousStageTypeApprovalNumber").as_deref(), Some("e4*2018/858*90333*00"));
        assert_eq!(group("PreviousStageVariant").as_deref(), Some("LONG"));
        let wheelbase = desk.change("DimensionGroup/Wheelbase");
        assert_eq!(wheelbase.values, [(1, "3750".to_owned()), (2, "4250".to_owned())]);
        assert!(!rules(&desk).iter().any(|rule| ["MS-02", "MS-03"].contains(rule)), "{:?}", rules(&desk));
    }
}

#[test]
fn a_stage_that_is_missing_between_is_asked_for_until_it_comes() {
    let mut desk = Desk::empty();
    desk.act("prep", &receive_as(2, second())).unwrap();
    desk.act("prep", &Action::Prepare(of_stage(3))).unwrap();
    assert!(rules(&desk).contains(&"MS-03"));
    desk.act("prep", &receive_as(1, base())).unwrap();
    assert!(!rules(&desk).contains(&"MS-03"));
}

#[test]
fn a_stage_that_comes_after_we_began_is_taken_once_the_sheet_says_so() {
    let mut desk = Desk::at("review");
    desk.confirm_all("review");
    let no = desk.act("prep", &receive_as(2, second())).unwrap_err();
    assert_eq!(no.rule, "build-stage");
    assert!(no.hints[0].contains("`stage` 3"), "{no:?}");
    let planned = desk.act("prep", &Action::Prepare(of_stage(3))).unwrap();
    assert!(planned.facts.lines.iter().any(|line| line.what == "build stage"));
    desk.act("prep", &receive_as(2, second())).unwrap();
    let change = desk.change("ManufacturerTable[1]/PreviousStageType");
    assert_eq!((desk.record.build_stage, change.ours.as_deref()), (3, Some("AX")));
    assert!(change.undecided, "what was confirmed as another stage is to be decided anew");
}

#[test]
fn our_own_message_is_not_taken_for_one_of_a_stage_before() {
    let mut desk = Desk::prepared();
    let ours = with(base(), &[(STAGE, "2"), ("TypeApprovalNumber", "e4*2018/858*90471*01")]);
    let no = desk.act("prep", &receive_as(2, ours)).unwrap_err();
    assert!(no.hints[0].contains("our own approval"), "{no:?}");
}

#[test]
fn our_stage_is_not_set_to_one_that_was_received_nor_changed_after_a_release() {
    let mut desk = Desk::prepared();
    assert_eq!(desk.act("prep", &Action::Prepare(of_stage(1))).unwrap_err().rule, "build-stage");
    let mut desk = Desk::at("ready");
    let sealed = desk.sealed();
    desk.act("release", &Action::Release(sealed)).unwrap();
    assert_eq!(desk.act("prep", &Action::Prepare(of_stage(3))).unwrap_err().rule, "build-stage");
}

#[test]
fn of_several_manufacturers_the_one_of_the_stage_before_is_compared_with_ours() {
    for rows in [["1", "2"], ["2", "1"]] {
        let content = with(
            second(),
            &[
                ("ManufacturerTable[1]/ManufacturerStageNumber", rows[0]),
                ("ManufacturerTable[1]/ManufacturerName", &format!("Maker {}", rows[0])),
                ("ManufacturerTable[2]/ManufacturerStageNumber", rows[1]),
                ("ManufacturerTable[2]/ManufacturerName", &format!("Maker {}", rows[1])),
            ],
        );
        let mut desk = Desk::empty();
        desk.act("prep", &receive_as(2, content)).unwrap();
        desk.act("prep", &Action::Prepare(of_stage(3))).unwrap();
        let name = desk.change(NAME);
        assert_eq!((name.kind, name.before.as_deref()), (ChangeKind::Changed, Some("Maker 2")));
        assert!(name.needs_decision);
        let other = desk.change("ManufacturerTable[2]/ManufacturerName");
        assert_eq!((other.kind, other.before.as_deref()), (ChangeKind::RowDropped, Some("Maker 1")));
        assert!(!other.needs_decision, "that we do not repeat it is the form of the message");
        assert_eq!(desk.certificate().own_content().rows("ManufacturerTable"), 1);
    }
}

/// A desk whose record is a first stage of ours: everything in it is declared, nothing was received.
fn first_stage(completion: &str) -> Desk {
    let mut desk = Desk::empty();
    desk.approvals[0].stage_of_completion = completion.to_owned();
    let given = |(address, value): (&Address, &str)| (address.clone(), Given::Value(value.to_owned()));
    let made_by_the_desk = ["Header", "SigningAuthorityTable", "ManufacturerTable", "VehicleIdentificationNumber"];
    let values = base();
    let values = values.iter().filter(|(address, _)| !made_by_the_desk.iter().any(|place| address.is_within(place)));
    let mut row = SheetRow { values: values.map(given).collect(), options: None, ..of_stage(1) };
    if completion == "C" {
        row.values.retain(|address, _| !address.is_within("MechanicalCouplingCanBeFittedTable"));
    }
    for (address, value) in
        [("Type", "ZB60"), ("Variant", "BOX"), ("Version", "L2H2-01"), ("TypeApprovalNumber", "e4*2018/858*90471*01")]
    {
        row.values.insert(address_of(address), Given::Value(value.to_owned()));
    }
    for address in ["TypeApprovalType", "TypeApprovalIssueDate", "StageOfCompletion", "VehicleCategory"] {
        row.values.remove(&address_of(address));
    }
    desk.act("prep", &Action::Prepare(row)).unwrap();
    desk
}

#[test]
fn a_first_stage_of_ours_has_nothing_before_it_and_its_message_is_whole() {
    let now = Desk::empty().now;
    let (key, _) = SealKey::make_test_key("stages", now.utc()).unwrap();
    for completion in ["I", "C"] {
        let desk = first_stage(completion);
        let certificate = desk.certificate();
        assert_eq!(desk.record.build_stage, 1);
        assert!(certificate.before.is_empty());
        assert!(certificate.changes.iter().all(|change| change.kind == ChangeKind::Added), "nothing is inherited");
        assert!(!rules(&desk).iter().any(|rule| rule.starts_with("MS-")), "{:?}", rules(&desk));
        let dossier = Dossier::of(&desk.case(), Vec::new());
        let signer = Login::parse("release").unwrap();
        let content = compose(&dossier, &signer, uuid::Uuid::new_v4(), desk.now).unwrap();
        check_structure(ivi::catalogue(), &content, &Rows::default()).unwrap();
        assert_eq!((content.value("StageOfCompletion"), content.value(STAGE)), (Some(completion), Some("1")));
        assert!(!content.iter().any(|(address, _)| address.name().starts_with("PreviousStage")));
        let Some(shared) = shared().filter(|_| tool("xmllint")) else { return };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("first.xml");
        std::fs::write(&file, sealed(&content, &key, desk.now).unwrap()).unwrap();
        let schema = shared.join("InitialVehicleInformation-2.0.xsd");
        let output =
            Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).arg(file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_first_stage_is_never_completed_and_has_nothing_to_restate() {
    let desk = first_stage("V");
    assert!(rules(&desk).contains(&"MS-04"));
    let mut desk = Desk::empty();
    assert_eq!(desk.act("prep", &Action::Prepare(of_stage(1))).unwrap_err().rule, "restate");
}

fn raised(desk: &Desk) -> Vec<&str> {
    let late = desk.record.exceptions.iter().filter(|one| one.kind == LATE_CORRECTION);
    late.map(|one| one.text.as_str()).collect()
}

#[test]
fn a_correction_says_in_its_exception_what_differs() {
    let mut desk = Desk::at("compliance");
    desk.act("prep", &receive_as(1, with(base(), &[(LADEN, "5900"), ("DimensionGroup/Width", "2100")]))).unwrap();
    let [text] = raised(&desk)[..] else { panic!("{:?}", raised(&desk)) };
    assert!(text.contains("2 entries differ") && text.contains(LADEN), "{text}");
    assert_eq!(desk.record.stages[0].revision, 2);
}

#[test]
fn a_stage_that_first_comes_after_the_review_raises_an_exception_too() {
    let mut desk = Desk::at("ready");
    desk.record.stages.clear();
    desk.act("prep", &receive_as(1, base())).unwrap();
    assert_eq!(raised(&desk).len(), 1);
}

#[test]
fn other_bytes_that_say_the_same_are_a_revision_and_touch_nothing() {
    let mut desk = Desk::at("ready");
    let Action::Receive(received) = receive(base()) else { unreachable!() };
    let again = Received { sha256: Digest::of(b"other white space"), ..received };
    desk.act("prep", &Action::Receive(again)).unwrap();
    assert_eq!(desk.record.stages[0].revision, 2);
    assert!(raised(&desk).is_empty());
    assert!(desk.record.signoffs.iter().all(|signoff| signoff.void_at.is_none()));
}

#[test]
fn a_correction_after_the_release_marks_it_and_changes_nothing_of_it() {
    let mut desk = Desk::at("ready");
    let sealed = desk.sealed();
    desk.act("release", &Action::Release(sealed)).unwrap();
    let before = desk.record.clone();
    desk.act("prep", &receive_as(1, with(base(), &[(LADEN, "5900")]))).unwrap();
    let after = &desk.record;
    assert_eq!(
        (&after.releases, &after.signoffs, &after.declared),
        (&before.releases, &before.signoffs, &before.declared)
    );
    assert_eq!(after.confirmations, before.confirmations);
    assert_eq!(after.stages_changed_since(&after.releases[0]), [1]);
    assert_eq!(before.stages_changed_since(&before.releases[0]), [0_u8; 0]);
    assert_eq!(raised(&desk).len(), 1);
}

#[test]
fn a_sheet_that_comes_again_leaves_what_somebody_set_by_hand() {
    let mut desk = Desk::prepared();
    desk.act("prep", &set(LENGTH, "6555")).unwrap();
    desk.act("prep", &withdraw("MassGroup/ActualMass")).unwrap();
    let planned = desk.act("prep", &Action::Prepare(sheet())).unwrap();
    assert!(!planned.changed);
    let renamed = SheetRow { source: "box-bodies-tuesday.csv:9".to_owned(), ..sheet() };
    assert!(!desk.act("prep", &Action::Prepare(renamed)).unwrap().changed);
    assert_eq!((desk.record.declares(LENGTH), desk.record.declares("MassGroup/ActualMass")), (Some("6555"), None));
}

#[test]
fn of_a_changed_row_only_what_changed_speaks_with_its_file_and_line() {
    let mut desk = Desk::prepared();
    desk.act("prep", &set(LENGTH, "6555")).unwrap();
    let width = SheetRow { source: "box-bodies.csv:7".to_owned(), ..row("Width", "2290") };
    let planned = desk.act("prep", &Action::Prepare(width)).unwrap();
    let lines: Vec<_> = planned.facts.lines.iter().map(|line| (line.what.as_str(), line.from.as_deref())).collect();
    assert_eq!(lines, [("DimensionGroup/Width", Some("2280"))]);
    assert_eq!(planned.facts.reason.as_deref(), Some("box-bodies.csv:7"));
    assert_eq!(desk.record.declares(LENGTH), Some("6555"));
    // Where the sheet itself changes, it speaks, whatever stands there.
    let planned = desk.act("prep", &Action::Prepare(row("Length", "6545"))).unwrap();
    assert_eq!(planned.facts.lines[0].from.as_deref(), Some("6555"));
}

#[test]
fn a_sheet_that_changes_after_the_review_voids_what_it_touches_and_raises_an_exception() {
    let mut desk = Desk::at("compliance");
    desk.act("prep", &Action::Prepare(row("Width", "2290"))).unwrap();
    assert!(desk.record.signoffs.iter().all(|signoff| signoff.void_at.is_some()));
    assert!(desk.change("DimensionGroup/Width").undecided && !desk.change(LENGTH).undecided);
    assert_eq!(raised(&desk), ["a build sheet changed the content (box-bodies.csv:2)"]);
}

#[test]
fn a_released_record_takes_the_same_sheet_again_and_refuses_a_changed_one() {
    let mut desk = Desk::at("ready");
    let sealed = desk.sealed();
    desk.act("release", &Action::Release(sealed)).unwrap();
    assert!(!desk.act("prep", &Action::Prepare(sheet())).unwrap().changed);
    assert_eq!(desk.act("prep", &Action::Prepare(row("Width", "2290"))).unwrap_err().rule, "immutable");
    // A desk from before sheets were remembered: what the sheet says stands, so there is nothing to refuse.
    desk.record.heard = stageplate::domain::heard::Heard::default();
    assert!(!desk.act("prep", &Action::Prepare(sheet())).unwrap().changed);
}

#[test]
fn what_restates_the_base_speaks_again_when_the_base_was_corrected() {
    let mut desk = Desk::prepared();
    desk.act("prep", &receive_as(1, with(base(), &[(LADEN, "5900")]))).unwrap();
    assert_eq!(desk.change(LADEN).kind, ChangeKind::Changed, "what we declared stands until somebody says otherwise");
    desk.act("prep", &Action::Prepare(sheet())).unwrap();
    assert_eq!((desk.change(LADEN).kind, desk.record.declares(LADEN)), (ChangeKind::Restated, Some("5900")));
}

#[test]
fn rows_of_tables_are_set_added_and_dropped_by_address() {
    const TYRE: &str = "AxleTable[2]/TyreAxleTable[3]/TyreSize";
    let mut desk = Desk::prepared();
    let row = row("16.2[2]", "4000");
    let mut row = SheetRow { source: "axles.csv:2".to_owned(), ..row };
    row.values.insert(Address::unchecked(TYRE), Given::Value("215/75 R16".to_owned()));
    desk.act("prep", &Action::Prepare(row)).unwrap();
    assert_eq!(desk.record.declares("AxleTable[2]/TechnicallyPermissibleMassAxle"), Some("4000"));
    assert_eq!(desk.change(TYRE).kind, ChangeKind::RowAdded);
    desk.act("prep", &crate::fixture::remove_row("AxleTable[2]/TyreAxleTable[3]")).unwrap();
    assert_eq!(desk.record.declares(TYRE), None);
    let beyond = set("AxleTable[2]/TyreAxleTable[9]/TyreSize", "215/75 R16");
    assert_eq!(desk.act("prep", &beyond).unwrap_err().rule, "row");
}

//! Tests of composing and sealing, on a completion of the sample data: base message, build sheet, approval.

use std::path::Path;

use super::*;
use crate::domain::action::Action;
use crate::domain::certificate::{Case, Rows};
use crate::domain::identity::{RecordId, Vin};
use crate::domain::options::{BuildOption, Options};
use crate::domain::person::{Actor, Person, Role};
use crate::domain::plan;
use crate::domain::policy::{Outcome, Policy, Step};
use crate::domain::record::Record;
use crate::intake::table::Format;
use crate::intake::{ColumnMap, approval as approvals_file, message, sheet};
use crate::issuing::release::sealed;
use crate::ivi::key::SealKey;

const VIN: &str = "ZZATG60D2TK104417";

fn sample(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data").join(path)).unwrap()
}

fn now() -> Moment {
    Moment::start_of(chrono::NaiveDate::from_ymd_opt(2026, 11, 2).unwrap())
}

fn person(login: &str) -> Person {
    let login = Login::parse(login).unwrap();
    Person::new(login.clone(), login.to_string(), [Role::Prepare])
}

fn policy() -> Policy {
    let option = |code: &str| BuildOption { code: code.to_owned(), title: code.to_owned(), ..BuildOption::default() };
    let step = Step {
        name: "intake".to_owned(),
        title: "Intake".to_owned(),
        acts: vec![Role::Prepare],
        not: Vec::new(),
        edit: true,
        gates: Vec::new(),
        checkpoint: None,
        meaning: None,
        due_days: None,
        outcome: Outcome::Advance,
        ..Step::default()
    };
    Policy {
        name: "test".to_owned(),
        version: 1,
        steps: vec![step],
        exception_kinds: Vec::new(),
        grades: Default::default(),
        options: ["BOX", "TAILLIFT"].map(option).to_vec(),
        ..Policy::default()
    }
}

/// The first box body of the sample sheets, on the sample chassis.
fn completed() -> Dossier {
    let catalogue = ivi::catalogue();
    let base = String::from_utf8(sample("base/chassis-cab-n2.xml")).unwrap();
    let given = ivi::read(base.as_bytes()).unwrap().content;
    let base = base.replace(given.value("VehicleIdentificationNumber").unwrap(), VIN);
    let (vin, received) = message::read("base.xml", base.into_bytes(), None, now()).unwrap();
    let rows = sheet::read(
        "box-bodies.csv",
        &sample("build-sheets/box-bodies.csv"),
        Format::Csv,
        &ColumnMap::default(),
        catalogue,
    );
    let item = rows.unwrap().into_iter().flatten().find(|item| item.vin == vin).unwrap();
    let approvals = approvals_file::read(&sample("approvals.toml"), catalogue).unwrap();
    let (people, policy) = ([person("prep")], policy());
    let options = Options::of_policy(&policy);
    let untouched = Record::new(RecordId(1), Vin::parse(VIN).unwrap(), 2, "intake", now());
    let ground = Case {
        record: &untouched,
        approvals: &approvals,
        people: &people,
        policy: &policy,
        options: &options,
        catalogue,
        now: now(),
    };
    let mut record = untouched.clone();
    for action in [Action::Receive(received), Action::Prepare(item.row)] {
        let case = Case { record: &record, ..ground };
        let planned = plan::plan(&case, &Actor::of(&people[0]), &action, 1).unwrap();
        record = planned.record;
    }
    Dossier::of(&Case { record: &record, ..ground }, Vec::new())
}

fn login(text: &str) -> Login {
    Login::parse(text).unwrap()
}

#[test]
fn a_message_is_composed_of_our_stage_with_the_header_and_who_signs() {
    let dossier = completed();
    let reference = Uuid::new_v4();
    let content = compose(&dossier, &login("lead"), reference, now()).unwrap();
    assert_eq!(content.value("Header/IviReferenceId"), Some(reference.to_string().as_str()));
    assert_eq!(content.value("Header/DesignatedTypeApprovalCountry"), Some("e4"));
    assert_eq!(content.value("SigningAuthorityTable[1]/SignatureDate"), Some("2026-11-02"));
    assert_eq!(content.value("SigningAuthorityTable[1]/SignerPosition"), Some("Compliance lead"));
    assert_eq!(content.value("ManufacturerTable[1]/ManufacturerStageNumber"), Some("2"));
    assert_eq!(content.value("MassGroup/MassInRunningOrder"), Some("3065"));
    assert_eq!(check_structure(ivi::catalogue(), &content, &Rows::default()), Ok(()));
}

#[test]
fn who_releases_signs_where_the_approval_names_them_and_nobody_signs_who_had_no_hand_in_it() {
    let dossier = completed();
    let position = |signer: &str| {
        let content = compose(&dossier, &login(signer), Uuid::new_v4(), now()).unwrap();
        content.value("SigningAuthorityTable[1]/SignerPosition").unwrap().to_owned()
    };
    assert_eq!(position("lead"), "Compliance lead");
    let refusal = compose(&dossier, &login("somebody"), Uuid::new_v4(), now()).unwrap_err();
    assert_eq!(refusal.rule, "signatory");
    assert_ne!(position("release"), position("lead"));
}

#[test]
fn nobody_who_may_sign_refuses_the_message_but_not_the_draft() {
    let mut dossier = completed();
    for approval in &mut dossier.approvals {
        approval.signatories.clear();
    }
    let refusal = compose(&dossier, &login("release"), Uuid::new_v4(), now()).unwrap_err();
    assert_eq!(refusal.rule, "signatory");
    let draft = draft(&dossier, &login("release"), Uuid::new_v4(), now()).unwrap();
    let read = ivi::read(&draft).unwrap();
    assert!(!read.signed && read.strays.is_empty() && read.misfits.is_empty());
    assert!(read.missing.iter().all(|place| place.starts_with("SigningAuthorityTable")), "{:?}", read.missing);
}

#[test]
fn what_is_missing_or_does_not_fit_is_named_with_its_address() {
    let mut content = compose(&completed(), &login("release"), Uuid::new_v4(), now()).unwrap();
    let type_address = crate::domain::address::Address::unchecked("Type");
    content.remove(&type_address);
    let mass = crate::domain::address::Address::unchecked("MassGroup/ActualMass");
    content.set(mass, "heavy");
    let refusal = check_structure(ivi::catalogue(), &content, &Rows::default()).unwrap_err();
    assert_eq!((refusal.rule.as_str(), refusal.address.as_ref()), ("structure", Some(&type_address)));
    assert!(refusal.hints[0].contains("`heavy`"), "{refusal:?}");
}

#[test]
fn a_sealed_message_says_what_was_composed() {
    let (key, _) = SealKey::make_test_key("issuing", now().utc()).unwrap();
    let content = compose(&completed(), &login("release"), Uuid::new_v4(), now()).unwrap();
    let bytes = sealed(&content, &key, now()).unwrap();
    let read = ivi::read(&bytes).unwrap();
    assert!(read.signed);
    assert_eq!(read.content, content);
}

#[test]
fn a_message_that_would_not_be_whole_is_never_sealed() {
    let (key, _) = SealKey::make_test_key("issuing", now().utc()).unwrap();
    let mut content = compose(&completed(), &login("release"), Uuid::new_v4(), now()).unwrap();
    content.remove(&crate::domain::address::Address::unchecked("Type"));
    assert!(matches!(sealed(&content, &key, now()), Err(IssuingError::ReadsOtherwise(_))));
}

//! Ways around the rules that somebody found, and that stay shut: each of these once let a record through.

use std::collections::BTreeMap;

use stageplate::domain::action::{Action, Given, Settle};
use stageplate::domain::identity::{ExceptionId, Login};
use stageplate::domain::plan::No;

use crate::fixture::{Desk, address_of, advance, base, receive, remove_row, set, sheet, withdraw};

const LENGTH: &str = "DimensionGroup/Length";

fn flag(at: &str) -> Action {
    Action::Flag {
        kind: "other".to_owned(),
        at: Some(address_of(at)),
        blocking: Some(false),
        text: "looks odd".to_owned(),
        to: None,
    }
}

fn rule(desk: &mut Desk, who: &str, action: &Action) -> String {
    desk.act(who, action).expect_err("this must be refused").rule
}

#[test]
fn an_approval_that_changes_behind_the_sign_offs_keeps_the_record_from_release() {
    let mut desk = Desk::at("ready");
    desk.approvals[0].manufacturer.name = "Somebody Else B.V.".to_owned();
    let sealed = desk.sealed();
    let no = desk.act("release", &Action::Release(sealed)).unwrap_err();
    assert_eq!(no.no, No::Refused);
    assert!(desk.record.releases.is_empty());
    assert!(no.rule.starts_with("gate:") || no.rule.starts_with("checkpoint:"), "{}", no.rule);
}

#[test]
fn who_prepared_a_record_cannot_decide_its_changes_by_flagging_them() {
    let mut desk = Desk::at("review");
    desk.act("prep", &flag(LENGTH)).unwrap();
    assert!(desk.change(LENGTH).undecided);
    desk.act("review", &flag(LENGTH)).unwrap();
    assert!(!desk.change(LENGTH).undecided);
}

#[test]
fn an_exception_decides_a_change_only_as_long_as_its_values_stay() {
    let mut desk = Desk::at("review");
    desk.act("review", &flag(LENGTH)).unwrap();
    let settled = Action::Settle { id: ExceptionId(1), how: Settle::Resolve { text: "measured again".to_owned() } };
    desk.act("lead", &settled).unwrap();
    assert!(!desk.change(LENGTH).undecided);
    desk.act("review", &Action::Return { to: "preparation".to_owned(), reason: "wrong".to_owned() }).unwrap();
    desk.act("prep", &set(LENGTH, "6555")).unwrap();
    assert!(desk.change(LENGTH).undecided);
}

#[test]
fn owning_an_exception_gives_nobody_the_right_to_settle_it() {
    let mut desk = Desk::at("review");
    desk.act("review", &flag(LENGTH)).unwrap();
    let to = Login::parse("prep").unwrap();
    desk.act("prep", &Action::Settle { id: ExceptionId(1), how: Settle::Assign { to } }).unwrap();
    let settle = Action::Settle { id: ExceptionId(1), how: Settle::Resolve { text: "fine".to_owned() } };
    assert_eq!(desk.act("prep", &settle).unwrap_err().no, No::NotAllowed);
}

#[test]
fn the_country_of_registration_is_a_change_like_any_other() {
    let mut desk = Desk::prepared();
    let hash = desk.certificate().hash;
    desk.act("prep", &set("Header/IntendedCountryRegistration", "D")).unwrap();
    assert!(desk.change("Header/IntendedCountryRegistration").undecided);
    assert_ne!(desk.certificate().hash, hash);
}

#[test]
fn other_options_behind_the_sign_offs_void_them_and_raise_an_exception() {
    let mut desk = Desk::at("ready");
    let mut row = sheet();
    row.options = Some(vec!["BOX".to_owned()]);
    row.preparer = None;
    desk.act("prep", &Action::Prepare(row)).unwrap();
    assert!(desk.record.signoffs.iter().all(|signoff| signoff.void_at.is_some()));
    assert_eq!(desk.record.exceptions.last().map(|raised| raised.kind.as_str()), Some("late-correction"));
}

#[test]
fn who_hands_preparation_in_does_not_review_the_record() {
    let mut desk = Desk::prepared();
    desk.act("both", &Action::Assign { to: Some(Login::parse("both").unwrap()), reason: None }).unwrap();
    desk.act("both", &advance()).unwrap();
    desk.act("both", &advance()).unwrap();
    assert_eq!(desk.record.step, "review");
    assert_eq!(rule(&mut desk, "both", &Action::Confirm { addresses: None }), "four-eyes");
}

#[test]
fn an_approval_this_desk_does_not_know_is_refused_where_it_is_given() {
    let mut desk = Desk::prepared();
    let no = desk.act("prep", &set("TypeApprovalNumber", "e4*2018/858*99999*00")).unwrap_err();
    assert_eq!((no.no, no.address.map(|at| at.to_string()).as_deref()), (No::NotFound, Some("TypeApprovalNumber")));
    let mut row = sheet();
    let number = Given::Value("e4*2018/858*99999*00".to_owned());
    row.values.insert(address_of("TypeApprovalNumber"), number);
    assert!(desk.act("prep", &Action::Prepare(row)).is_err());
}

#[test]
fn what_was_released_keeps_its_sign_offs_when_the_base_is_corrected() {
    let mut desk = Desk::at("ready");
    let sealed = desk.sealed();
    desk.act("release", &Action::Release(sealed)).unwrap();
    let mut corrected = base();
    corrected.set(address_of("Header/IviVersionNumber"), "2");
    corrected.set(address_of("MaximumSpeed"), "91");
    desk.act("prep", &receive(corrected)).unwrap();
    assert!(desk.record.signoffs.iter().all(|signoff| signoff.void_at.is_none()));
    assert_eq!(desk.record.exceptions.last().map(|raised| raised.kind.as_str()), Some("late-correction"));
}

#[test]
fn a_row_that_was_dropped_can_be_taken_back() {
    let mut desk = Desk::prepared();
    let before = desk.certificate().hash;
    desk.act("prep", &remove_row("AxleTable[2]/TyreAxleTable[1]")).ok();
    let table = "MechanicalCouplingCanBeFittedTable";
    if desk.record.dropped.is_empty() {
        desk.act("prep", &remove_row(&format!("{table}[1]"))).unwrap();
    }
    let row = desk.record.dropped.keys().next().unwrap().clone();
    let cell = desk.certificate().before.within(row.as_str()).next().unwrap().0.clone();
    desk.act("prep", &withdraw(cell.as_str())).unwrap();
    assert!(desk.record.dropped.is_empty());
    assert_eq!(desk.certificate().hash, before);
}

#[test]
fn a_record_on_hold_takes_no_build_sheet_and_no_second_hold() {
    let mut desk = Desk::prepared();
    let hold = Action::Hold { reason: "waiting".to_owned(), until: None };
    desk.act("prep", &hold).unwrap();
    assert_eq!(rule(&mut desk, "prep", &hold), "hold");
    let mut row = sheet();
    row.values = BTreeMap::from([(address_of("Length"), Given::Value("6600".to_owned()))]);
    assert_eq!(rule(&mut desk, "prep", &Action::Prepare(row)), "hold");
}

#[test]
fn a_filter_that_names_what_the_desk_does_not_know_says_so() {
    use stageplate::domain::filter::{Filter, Names};
    use stageplate::domain::scope::Policies;
    let desk = Desk::empty();
    let today = "2026-11-23".parse().unwrap();
    let options: Vec<String> = desk.options.options.iter().map(|option| option.code.clone()).collect();
    // What a policy of a scope alone has is a word of the desk too.
    let mut own = desk.policy.clone();
    own.steps[3].name = "legal".to_owned();
    let policies = Policies {
        desk: std::sync::Arc::new(desk.policy.clone()),
        scopes: [("vans".to_owned(), std::sync::Arc::new(own))].into(),
    };
    let scopes = ["vans".to_owned()];
    let names = Names {
        policies: &policies,
        scopes: &scopes,
        options: &options,
        people: &desk.people,
        catalogue: stageplate::ivi::catalogue(),
    };
    let fault = |text: &str| {
        let filter = Filter::parse(text, today).unwrap();
        filter.names_known(text, &names).err()
    };
    for good in [
        "step:review",
        "step:legal",
        "scope:vans,none",
        "-step:review or owner:me,none",
        "owner:prep exception:open",
        "option:TAIL* exception:none",
    ] {
        assert_eq!(fault(good), None, "{good}");
    }
    let slip = fault("held:no step:reviw").unwrap();
    assert_eq!((slip.at, slip.nearest.as_deref()), (13, Some("review")));
    for bad in ["exception:zzz", "scope:vens", "owner:ghost", "option:TAILLFT"] {
        assert!(fault(bad).is_some(), "{bad}");
    }
}

#[test]
fn a_sheet_does_not_name_another_preparer_behind_the_preparation() {
    let mut desk = Desk::at("review");
    let mut row = sheet();
    row.preparer = Some(Login::parse("both").unwrap());
    row.source = "later.csv:2".to_owned();
    assert_eq!(rule(&mut desk, "prep", &Action::Prepare(row)), "preparer");
    assert_ne!(desk.record.preparer, Some(Login::parse("both").unwrap()));
}

#[test]
fn a_sheet_names_a_preparer_who_can_prepare() {
    let mut desk = Desk::prepared();
    let mut row = sheet();
    row.preparer = Some(Login::parse("lead").unwrap());
    row.source = "later.csv:2".to_owned();
    assert_eq!(rule(&mut desk, "prep", &Action::Prepare(row)), "role");
}

#[test]
fn nobody_sets_who_issues_the_certificate_by_hand() {
    let mut desk = Desk::prepared();
    assert_eq!(rule(&mut desk, "prep", &set("ManufacturerTable[1]/ManufacturerName", "Somebody Else")), "approval");
    assert_eq!(rule(&mut desk, "prep", &set("ManufacturerTable[1]/ManufacturerStageNumber", "3")), "approval");
}

#[test]
fn who_brings_a_correction_of_the_base_in_does_not_decide_about_it_alone() {
    let mut desk = Desk::at("review");
    let mut corrected = base();
    corrected.set(address_of("MassGroup/ActualMass"), "2999");
    corrected.set(address_of("Header/IviVersionNumber"), "2");
    let by = Login::parse("prep").unwrap();
    desk.record.editors.clear();
    desk.act("prep", &receive(corrected)).unwrap();
    assert!(desk.record.editors.contains(&by));
}

#[test]
fn who_changed_the_content_waives_nothing_about_it() {
    let mut desk = Desk::at("review");
    desk.act("review", &flag(LENGTH)).unwrap();
    desk.record.editors.insert(Login::parse("lead").unwrap());
    let waive = Action::Settle { id: ExceptionId(1), how: Settle::Waive { text: "fine".to_owned(), until: None } };
    assert_eq!(rule(&mut desk, "lead", &waive), "four-eyes");
    desk.record.editors.clear();
    desk.act("lead", &waive).unwrap();
}

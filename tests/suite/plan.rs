//! One record and four people: what `plan` lets them do, in which order, and by which rule it says no.

use std::collections::BTreeMap;

use stageplate::domain::action::{Action, Given, Settle};
use stageplate::domain::address::Address;
use stageplate::domain::certificate::{ChangeKind, Origin};
use stageplate::domain::checks::{self, Grade};
use stageplate::domain::identity::{ExceptionId, Login};
use stageplate::domain::person::Actor;
use stageplate::domain::plan::{LATE_CORRECTION, No, Refusal, may_release};

use crate::fixture::{Desk, address_of, advance, base, receive, remove_row, set, withdraw};

const MASS: &str = "MassGroup/ActualMass";
const TOWING: &str = "TowingBrakedTypeTrailTable";

fn refusal(desk: &mut Desk, who: &str, action: &Action) -> Refusal {
    desk.act(who, action).expect_err("this must be refused")
}

fn open_signoffs(desk: &Desk) -> Vec<&str> {
    let holding = desk.record.signoffs.iter().filter(|signoff| signoff.void_at.is_none());
    holding.map(|signoff| signoff.checkpoint.as_str()).collect()
}

#[test]
fn the_sample_record_has_nothing_that_blocks() {
    let desk = Desk::prepared();
    let found = checks::run(&desk.case(), &desk.certificate());
    let blocking: Vec<_> = found.iter().filter(|finding| finding.grade == Grade::Block).collect();
    assert!(blocking.is_empty(), "{blocking:#?}");
}

#[test]
fn a_record_goes_from_intake_to_released_through_four_hands() {
    let mut desk = Desk::at("ready");
    assert_eq!(open_signoffs(&desk), ["technical review", "compliance review"]);
    let signers: Vec<&str> = desk.record.signoffs.iter().map(|signoff| signoff.by.as_str()).collect();
    assert_eq!(signers, ["review", "lead"]);
    let sealed = desk.sealed();
    desk.act("release", &Action::Release(sealed)).unwrap();
    assert_eq!(desk.record.step, "released");
    assert_eq!(desk.record.releases[0].by.as_str(), "release");
    assert_eq!(desk.record.preparer.as_ref().map(Login::as_str), Some("prep"));
}

#[test]
fn a_missing_role_is_not_allowed_and_the_refusal_says_who_could() {
    let mut desk = Desk::at("review");
    for (who, action) in [
        ("audit", set(MASS, "3300")),
        ("review", set(MASS, "3300")),
        ("audit", Action::Note { text: "seen".to_owned() }),
        ("prep", Action::Confirm { addresses: None }),
        ("prep", advance()),
        ("lead", advance()),
        ("prep", Action::Release(desk.sealed())),
    ] {
        let no = refusal(&mut desk, who, &action);
        assert_eq!((no.no, no.rule.as_str()), (No::NotAllowed, "role"), "{who} {}", action.word());
        assert!(!no.who.is_empty());
    }
}

#[test]
fn who_prepared_a_record_does_not_review_it_whatever_their_roles() {
    let mut desk = Desk::prepared();
    desk.act("both", &set(MASS, "3291")).unwrap();
    let me = Some(Login::parse("both").unwrap());
    desk.act("both", &Action::Assign { to: me, reason: None }).unwrap();
    desk.act("both", &advance()).unwrap();
    desk.act("both", &advance()).unwrap();
    assert_eq!(desk.record.step, "review");
    for action in [Action::Confirm { addresses: None }, advance(), Action::Sign { checkpoint: None, meaning: None }] {
        let no = refusal(&mut desk, "both", &action);
        assert_eq!((no.no, no.rule.as_str()), (No::Refused, "four-eyes"), "{}", action.word());
        assert_eq!(no.who[..], ["review"], "{}", action.word());
    }
}

#[test]
fn who_changed_content_does_not_release_it() {
    let mut desk = Desk::prepared();
    desk.act("both", &set(MASS, "3291")).unwrap();
    let me = Some(Login::parse("prep").unwrap());
    desk.act("prep", &Action::Assign { to: me, reason: None }).unwrap();
    desk.act("prep", &advance()).unwrap();
    desk.act("prep", &advance()).unwrap();
    desk.confirm_all("review");
    desk.act("review", &advance()).unwrap();
    desk.act("lead", &advance()).unwrap();
    let sealed = desk.sealed();
    assert_eq!(refusal(&mut desk, "both", &Action::Release(sealed)).rule, "four-eyes");
    let actor = |who: &str| Actor::of(desk.people.iter().find(|person| person.login.as_str() == who).unwrap());
    assert_eq!(may_release(&desk.case(), &actor("both")).unwrap_err().rule, "four-eyes");
    assert!(may_release(&desk.case(), &actor("release")).is_ok());
}

#[test]
fn each_gate_says_no_by_its_name() {
    let mut desk = Desk::prepared();
    assert_eq!(refusal(&mut desk, "prep", &advance()).rule, "gate:owner-named");

    let mut desk = Desk::at("preparation");
    desk.act("prep", &withdraw("TypeApprovalNumber")).unwrap();
    assert_eq!(refusal(&mut desk, "prep", &advance()).rule, "gate:approval-referenced");

    let mut desk = Desk::at("preparation");
    desk.act("prep", &set("Length", "6700")).unwrap();
    let no = refusal(&mut desk, "prep", &advance());
    assert_eq!((no.rule.as_str(), no.address), ("AP-04", Some(address_of("Length"))));

    let mut desk = Desk::at("review");
    assert_eq!(refusal(&mut desk, "review", &advance()).rule, "gate:changes-decided");

    let mut desk = Desk::at("compliance");
    let flag = Action::Flag {
        kind: "missing-data".to_owned(),
        at: None,
        blocking: None,
        text: "weighing slip".to_owned(),
        to: None,
    };
    desk.act("lead", &flag).unwrap();
    assert_eq!(refusal(&mut desk, "lead", &advance()).rule, "gate:no-blocking-exception");
    let waive = Action::Settle {
        id: ExceptionId(1),
        how: Settle::Waive { text: "slip follows".to_owned(), until: Some(desk.now.day()) },
    };
    desk.act("lead", &waive).unwrap();
    desk.act("lead", &advance()).unwrap();
    desk.now.0 += 86_400_000_000;
    let sealed = desk.sealed();
    let no = refusal(&mut desk, "release", &Action::Release(sealed));
    assert_eq!(no.rule, "gate:no-blocking-exception", "a waiver that ended opens the exception again");
}

#[test]
fn a_change_after_the_sign_offs_makes_them_void_and_nothing_is_released() {
    let mut desk = Desk::at("ready");
    let sealed = desk.sealed();
    let back = Action::Return { to: "preparation".to_owned(), reason: "weighed again".to_owned() };
    desk.act("release", &back).unwrap();
    assert!(open_signoffs(&desk).is_empty(), "both checkpoints come after the step it went back to");
    let planned = desk.act("prep", &set(MASS, "3300")).unwrap();
    let voided = format!("confirmation {MASS}");
    assert!(planned.facts.lines.iter().any(|line| line.what == voided && line.to.as_deref() == Some("void")));
    let no = refusal(&mut desk, "release", &Action::Release(sealed));
    assert_eq!((no.no, no.rule.as_str()), (No::Refused, "step"));
}

#[test]
fn a_message_sealed_before_the_content_changed_is_not_released() {
    let mut desk = Desk::at("ready");
    let mut sealed = desk.sealed();
    sealed.content = stageplate::domain::identity::Digest::of(b"other content");
    assert_eq!(refusal(&mut desk, "release", &Action::Release(sealed)).rule, "sealed-content");
}

#[test]
fn a_late_correction_of_the_base_voids_what_it_touches_and_raises_an_exception() {
    let mut desk = Desk::at("compliance");
    let mut corrected = base();
    corrected.set(address_of("NumberOfDoors"), "4");
    let planned = desk.act("prep", &receive(corrected)).unwrap();
    assert!(open_signoffs(&desk).is_empty());
    let doors = desk.change("GeneralConstructionGroup/NumberOfDoors");
    assert_eq!((doors.before.as_deref(), doors.confirmed.is_none(), doors.undecided), (Some("4"), true, true));
    assert!(desk.change(MASS).confirmed.is_some(), "what the correction does not touch stays confirmed");
    let raised = desk.record.exceptions.last().unwrap();
    assert_eq!((raised.kind.as_str(), raised.blocking, raised.raised_by.clone()), (LATE_CORRECTION, true, None));
    assert_eq!(desk.record.stages[0].revision, 2);
    assert!(planned.facts.lines.iter().any(|line| line.what == "GeneralConstructionGroup/NumberOfDoors"));
    let rule = refusal(&mut desk, "lead", &advance()).rule;
    assert_eq!(rule, "gate:no-blocking-exception");
}

#[test]
fn the_same_message_again_changes_nothing() {
    let mut desk = Desk::at("compliance");
    assert!(!desk.act("prep", &receive(base())).unwrap().changed);
}

#[test]
fn a_removed_row_is_dropped_in_the_changes_and_renumbers_the_message() {
    let mut desk = Desk::prepared();
    assert_eq!(desk.certificate().before.rows(TOWING), 3);
    desk.act("prep", &remove_row(&format!("{TOWING}[2]"))).unwrap();
    let certificate = desk.certificate();
    assert_eq!(desk.change(&format!("{TOWING}[2]")).kind, ChangeKind::RowDropped);
    assert!(!certificate.changes.iter().any(|change| change.address.is_within(&format!("{TOWING}[2]/"))));
    let own = certificate.own_content();
    assert_eq!(own.rows(TOWING), 2);
    let combination = "BodyworkTypeTable[1]/TechnicallyPermissibleMaximumCombinationMass";
    assert_eq!(own.value(&format!("{TOWING}[2]/{combination}")), Some("9500"), "row 3 is row 2 of the message");
    assert_eq!(certificate.effective.row_numbers(TOWING).collect::<Vec<_>>(), [1, 3], "on the desk it stays row 3");
}

#[test]
fn the_last_row_of_a_table_stays() {
    let mut desk = Desk::prepared();
    assert_eq!(refusal(&mut desk, "prep", &remove_row("MakeTable[1]")).rule, "cleared");
}

#[test]
fn a_row_withdrawn_between_others_leaves_no_gap_in_the_message() {
    let mut desk = Desk::prepared();
    for (row, language) in [(1, "en"), (2, "nl"), (3, "de")] {
        let at = |name: &str| format!("RemarkTable[{row}]/{name}");
        desk.act("prep", &set(&at("RemarkSubjectDescription"), "RMRKS")).unwrap();
        desk.act("prep", &set(&at("RemarkSubjectLanguage"), language)).unwrap();
        desk.act("prep", &set(&at("Remark"), language)).unwrap();
    }
    for name in ["RemarkSubjectDescription", "RemarkSubjectLanguage", "Remark"] {
        desk.act("prep", &withdraw(&format!("RemarkTable[2]/{name}"))).unwrap();
    }
    let own = desk.certificate().own_content();
    assert_eq!(own.rows("RemarkTable"), 2);
    assert_eq!(own.value("RemarkTable[2]/Remark"), Some("de"));
}

#[test]
fn one_cell_brings_the_whole_table_and_the_copy_is_visible_as_such() {
    let desk = Desk::prepared();
    let certificate = desk.certificate();
    for (address, value) in certificate.before.within("AxleTable") {
        let own = &certificate.own[address];
        assert_eq!((own.value.as_str(), own.origin), (value, Origin::Copied), "{address}");
        assert_eq!(certificate.change(address).unwrap().kind, ChangeKind::Copied);
    }
    assert_eq!(desk.change("AxleTable[1]/DistributionMassRunningOrderAxle").kind, ChangeKind::Added);
    assert!(!certificate.own.keys().any(|address| address.is_within("TyreAxleMassCombinationTable")));
}

#[test]
fn an_equals_sign_restates_the_base_value_and_needs_one() {
    let mut desk = Desk::prepared();
    let laden = desk.change("MassGroup/TechnicallyPermissibleMaximumLadenMass");
    assert_eq!((laden.kind, laden.ours.as_deref()), (ChangeKind::Restated, Some("6000")));
    assert_eq!((laden.origin, laden.needs_decision), (Some(Origin::Declared), false));
    let same = |address: Address| Action::SetValues {
        values: BTreeMap::from([(address, Some(Given::Same))]),
        reason: "unchanged".to_owned(),
    };
    let no = refusal(&mut desk, "prep", &same(address_of(MASS)));
    assert_eq!((no.rule.as_str(), no.address), ("restate", Some(address_of(MASS))), "the base gives no actual mass");
}

#[test]
fn a_hold_stops_the_work_until_it_is_resumed() {
    let mut desk = Desk::at("preparation");
    desk.act("prep", &Action::Hold { reason: "waits for parts".to_owned(), until: None }).unwrap();
    assert_eq!(refusal(&mut desk, "prep", &advance()).rule, "hold");
    assert_eq!(refusal(&mut desk, "prep", &set(MASS, "3300")).rule, "hold");
    desk.act("prep", &Action::Resume { reason: None }).unwrap();
    desk.act("prep", &advance()).unwrap();
}

#[test]
fn there_is_nowhere_to_return_to_from_the_first_step_and_a_later_step_is_no_return() {
    let back = |to: &str| Action::Return { to: to.into(), reason: "wrong".into() };
    for to in ["intake", "preparation", "nowhere"] {
        let no = refusal(&mut Desk::prepared(), "prep", &back(to));
        assert_eq!(no.message, "`intake` is the first step: there is none to return to", "{to}");
    }
    let no = refusal(&mut Desk::at("review"), "review", &back("ready"));
    assert_eq!(no.message, "`ready` does not come before `review`");
    assert_eq!(no.hints, ["it can go to: intake, preparation"]);
}

#[test]
fn a_released_version_never_changes() {
    let mut desk = Desk::at("ready");
    let sealed = desk.sealed();
    desk.act("release", &Action::Release(sealed.clone())).unwrap();
    assert_eq!(refusal(&mut desk, "prep", &set(MASS, "3300")).rule, "immutable");
    assert_eq!(refusal(&mut desk, "release", &Action::Release(sealed)).rule, "immutable");
    let back = Action::Return { to: "preparation".to_owned(), reason: "again".to_owned() };
    assert_eq!(refusal(&mut desk, "lead", &back).rule, "immutable");
}

#[test]
fn every_checkpoint_is_signed_for_what_is_released_even_where_the_policy_does_not_ask_again() {
    let mut desk = Desk::at("ready");
    desk.policy.steps.iter_mut().for_each(|step| step.gates.clear());
    let sealed = desk.sealed();
    desk.clone().act("release", &Action::Release(sealed)).unwrap();
    let mut corrected = base();
    corrected.set(address_of("NumberOfDoors"), "4");
    desk.act("lead", &receive(corrected)).unwrap();
    let release = Action::Release(desk.sealed());
    let no = refusal(&mut desk, "release", &release);
    assert!(no.rule.starts_with("checkpoint:"), "{no}");
}

#[test]
fn what_nobody_prepared_is_not_released_whatever_the_policy() {
    let mut desk = Desk::empty();
    desk.act("both", &receive(base())).unwrap();
    desk.policy.steps.iter_mut().for_each(|step| (step.gates, step.checkpoint) = (Vec::new(), None));
    desk.record.step = "ready".to_owned();
    let release = Action::Release(desk.sealed());
    let no = refusal(&mut desk, "both", &release);
    assert_eq!(no.rule, "four-eyes", "{no}");
    assert!(no.hints[0].contains("`preparation`"), "{no:?}");
}

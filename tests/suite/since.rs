//! What changed since a checkpoint was signed: told to the next signer, who reviews the difference only.

use stageplate::domain::action::Action;
use stageplate::domain::readiness;
use stageplate::domain::since::{Since, since_next};

use crate::fixture::{Desk, address_of, advance, base, receive, set, sheet};

const MASS: &str = "MassGroup/ActualMass";

fn since(desk: &Desk) -> Option<Since> {
    since_next(&desk.case(), &desk.certificate())
}

fn addresses(desk: &Desk) -> Vec<String> {
    since(desk).unwrap().addresses.iter().map(ToString::to_string).collect()
}

fn back(desk: &mut Desk) {
    desk.act("lead", &Action::Return { to: "preparation".into(), reason: "again".into() }).unwrap();
}

#[test]
fn nothing_is_new_to_a_first_signer() {
    assert_eq!(since(&Desk::at("review")), None);
    assert_eq!(since(&Desk::at("ready")), None);
}

#[test]
fn only_the_difference_is_reviewed_again_and_readiness_says_how_much() {
    let mut desk = Desk::at("compliance");
    back(&mut desk);
    assert!(addresses(&desk).is_empty(), "a return alone changes nothing");
    desk.act("prep", &set(MASS, "3300")).unwrap();
    desk.act("prep", &set("Height", "3320")).unwrap();
    assert_eq!(addresses(&desk), ["DimensionGroup/Height", MASS]);
    desk.act("prep", &advance()).unwrap();
    let undecided: Vec<String> =
        desk.certificate().changes.iter().filter(|one| one.undecided).map(|one| one.address.to_string()).collect();
    assert_eq!(undecided.len(), 2, "what was confirmed and not touched stays confirmed: {undecided:?}");
    let left = readiness::readiness(&desk.case(), &desk.certificate(), &[]);
    let told: Vec<&str> = left.iter().filter(|one| one.rule.starts_with("checkpoint:")).map(|one| &*one.what).collect();
    assert_eq!(
        told[0],
        "checkpoint `technical review` is not signed: 2 changes since the technical review of 2026-11-23 by review"
    );
    assert_eq!(told[1], "checkpoint `compliance review` is not signed", "it was never signed");
    desk.confirm_all("review");
    desk.act("review", &advance()).unwrap();
    assert_eq!(since(&desk), None, "signed again, nothing is new");
}

#[test]
fn a_value_that_went_away_and_came_back_is_no_change() {
    let mut desk = Desk::at("compliance");
    back(&mut desk);
    desk.act("prep", &set(MASS, "3300")).unwrap();
    desk.act("prep", &set(MASS, "3290")).unwrap();
    assert!(addresses(&desk).is_empty());
}

#[test]
fn an_inherited_value_that_a_correction_changed_is_new_though_nobody_must_decide_it() {
    let mut desk = Desk::at("compliance");
    let mut corrected = base();
    corrected.set(address_of("MaximumSpeed"), "91");
    desk.act("prep", &receive(corrected)).unwrap();
    let speed = address_of("MaximumSpeed").to_string();
    assert_eq!(addresses(&desk), [speed]);
}

#[test]
fn other_build_options_are_told_too() {
    let mut desk = Desk::at("compliance");
    let mut row = sheet();
    row.options = Some(vec!["BOX".to_owned()]);
    row.preparer = None;
    desk.act("prep", &Action::Prepare(row)).unwrap();
    desk.act("lead", &Action::Return { to: "review".into(), reason: "options".into() }).unwrap();
    let since = since(&desk).unwrap();
    assert!(since.options && since.addresses.is_empty());
    assert_eq!(since.words(), "no change and other build options since the technical review of 2026-11-23 by review");
}

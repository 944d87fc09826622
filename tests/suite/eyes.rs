//! Four eyes from behind: what somebody decided about a version before they changed content of it themselves.

use stageplate::domain::action::{Action, Settle};
use stageplate::domain::checks;
use stageplate::domain::exception::State;
use stageplate::domain::identity::ExceptionId;
use stageplate::domain::plan::Planned;
use stageplate::domain::readiness::readiness;

use crate::fixture::{Desk, advance, base, receive, remove_row, set};

const MASS: &str = "MassGroup/ActualMass";
const DOORS: &str = "GeneralConstructionGroup/NumberOfDoors";

/// A record in preparation again, after `both` confirmed its changes and somebody sent it back.
pub fn confirmed_and_back() -> Desk {
    let mut desk = Desk::at("review");
    desk.confirm_all("both");
    desk.act("lead", &Action::Return { to: "preparation".into(), reason: "weighed again".into() }).unwrap();
    desk
}

fn told(planned: &Planned, what: &str) -> Option<String> {
    planned.facts.lines.iter().find(|line| line.what == what).and_then(|line| line.to.clone())
}

#[test]
fn who_confirmed_and_edits_later_confirmed_nothing_and_somebody_else_must() {
    let mut desk = confirmed_and_back();
    let planned = desk.act("both", &set(MASS, "3300")).unwrap();
    let why = told(&planned, &format!("confirmation {DOORS}")).unwrap();
    assert_eq!(why, "void: changed content of this version since");
    assert!(desk.certificate().changes.iter().all(|change| change.confirmed.is_none()));
    desk.act("prep", &advance()).unwrap();
    let certificate = desk.certificate();
    let findings = checks::run(&desk.case(), &certificate);
    let left = readiness(&desk.case(), &certificate, &findings);
    let doors = left.iter().find(|obstacle| obstacle.address.as_ref().is_some_and(|at| at.as_str() == DOORS)).unwrap();
    assert!(doors.what.contains("both confirmed it and changed content of this version since"), "{}", doors.what);
    desk.confirm_all("review");
    assert!(desk.certificate().changes.iter().all(|change| !change.undecided), "another pair of eyes confirms");
}

#[test]
fn who_confirmed_and_does_not_edit_stays_believed() {
    let mut desk = confirmed_and_back();
    desk.act("prep", &set(MASS, "3300")).unwrap();
    assert_eq!(desk.change(DOORS).confirmed.unwrap().by.as_str(), "both");
    assert!(desk.change(MASS).undecided, "what was changed is decided again");
}

#[test]
fn a_row_dropped_and_a_correction_taken_in_are_edits_too() {
    let mut desk = confirmed_and_back();
    desk.act("both", &remove_row("TowingBrakedTypeTrailTable[2]")).unwrap();
    assert!(desk.change(DOORS).undecided);

    let mut desk = confirmed_and_back();
    let mut corrected = base();
    corrected.set(crate::fixture::address_of("CommercialNameTable[1]/CommercialName"), "TRAGO CORRECTED");
    desk.act("both", &receive(corrected)).unwrap();
    assert!(desk.change(DOORS).undecided);
}

#[test]
fn undoing_the_edit_gives_the_word_of_the_editor_back_to_nobody() {
    let mut desk = confirmed_and_back();
    desk.act("both", &set(MASS, "3300")).unwrap();
    desk.act("both", &Action::Undo).unwrap();
    assert!(desk.record.confirmations.values().all(|yes| yes.void));
}

#[test]
fn a_waiver_by_who_edits_later_is_over_and_what_a_preparer_may_settle_stays_settled() {
    let mut desk = confirmed_and_back();
    let flag = |kind: &str| Action::Flag { kind: kind.into(), at: None, blocking: None, text: "odd".into(), to: None };
    desk.act("review", &flag("other")).unwrap();
    desk.act("review", &flag("missing-data")).unwrap();
    let waive = Settle::Waive { text: "known".into(), until: None };
    desk.act("both", &Action::Settle { id: ExceptionId(1), how: waive }).unwrap();
    let resolve = Settle::Resolve { text: "found".into() };
    desk.act("both", &Action::Settle { id: ExceptionId(2), how: resolve }).unwrap();
    let planned = desk.act("both", &set(MASS, "3300")).unwrap();
    let states: Vec<State> = desk.record.exceptions.iter().map(|one| one.state).collect();
    assert_eq!(states, [State::Open, State::Resolved]);
    assert_eq!(told(&planned, "exception 1").as_deref(), Some("open"));
    desk.act("both", &Action::Undo).unwrap();
    assert_eq!(desk.record.exceptions[0].state, State::Open, "undoing the edit is no waiver");
}

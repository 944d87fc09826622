//! Checks of the approval, each firing and not firing.

use super::super::fixture::World;
use super::{ApprovalNumber, BUILT, NUMBER, Status};
use crate::domain::approval::StatusChange;

#[test]
fn an_approval_that_is_not_named_or_not_known_blocks() {
    let mut world = World::sound();
    assert!(!world.fires("AP-01"));
    world.set(NUMBER, "e4*2018/858*90471*07");
    assert!(world.fires("AP-01"));
    world.unset(NUMBER);
    assert!(world.fires("AP-01"));
}

#[test]
fn a_withdrawn_approval_blocks() {
    let mut world = World::sound();
    assert!(!world.fires("AP-02"));
    world.approvals[0].status = Status::Withdrawn;
    assert!(world.fires("AP-02"));
}

#[test]
fn a_version_that_is_not_covered_blocks() {
    let mut world = World::sound();
    assert!(!world.fires("AP-03"));
    world.set("Version", "L9");
    assert!(world.fires("AP-03") && !world.fires("AP-04"));
}

#[test]
fn a_value_at_the_end_of_its_range_is_inside_and_one_missing_is_named() {
    let mut world = World::sound();
    world.set("DimensionGroup/Length", "6650");
    assert!(!world.fires("AP-04") && !world.fires("AP-05"));
    world.set("DimensionGroup/Length", "6651");
    assert!(world.fires("AP-04"));
    world.unset("DimensionGroup/Length");
    assert!(!world.fires("AP-04") && world.fires("AP-05"));
}

#[test]
fn a_day_outside_the_window_warns() {
    let mut world = World::sound();
    assert!(!world.fires("AP-06"));
    world.set(BUILT, "2026-08-31");
    assert!(world.fires("AP-06"));
}

#[test]
fn what_the_approval_says_is_not_said_otherwise() {
    let mut world = World::sound();
    assert!(!world.fires("AP-07"));
    world.set("VehicleCategory", "N1");
    assert!(world.fires("AP-07"));
}

#[test]
fn an_approval_without_a_signatory_today_blocks() {
    let mut world = World::sound();
    assert!(!world.fires("AP-08"));
    world.approvals[0].signatories[0].until = Some(world.now.day().pred_opt().unwrap());
    assert!(world.fires("AP-08"));
}

#[test]
fn a_header_of_another_country_warns() {
    let mut world = World::sound();
    assert!(!world.fires("AP-09"));
    world.base("Header/DesignatedTypeApprovalCountry", "e1");
    assert!(world.fires("AP-09"));
}

#[test]
fn a_withdrawal_from_a_day_on_blocks_what_was_manufactured_from_then_and_warns_about_what_was_before() {
    let mut world = World::sound();
    let withdrawn = |from: &str| StatusChange {
        status: Status::Withdrawn,
        from: from.parse().unwrap(),
        reason: "end of series".to_owned(),
    };
    world.approvals[0].changes = vec![withdrawn("2026-09-15")];
    assert!(!world.fires("AP-02") && world.fires("AP-12"), "manufactured the day before");
    world.set(BUILT, "2026-09-15");
    assert!(world.fires("AP-02") && !world.fires("AP-12"));
    world.unset(BUILT);
    assert!(world.fires("AP-02"), "as long as nobody says when, today decides");
    world.approvals[0].changes.clear();
    assert!(!world.fires("AP-12"));
}

#[test]
fn two_extensions_for_the_same_day_and_version_warn_and_nothing_is_picked() {
    let mut world = World::sound();
    let mut older = world.approvals[0].clone();
    older.number = ApprovalNumber::parse("e4*2018/858*90471*00").unwrap();
    older.built_until = Some("2026-09-13".parse().unwrap());
    world.approvals.insert(0, older);
    assert!(!world.fires("AP-10"), "it ended the day before");
    world.approvals[0].built_until = Some("2026-09-14".parse().unwrap());
    assert!(world.fires("AP-10"));
    world.approvals[0].versions[0].version = "L1".to_owned();
    assert!(!world.fires("AP-10"), "it is for another version");
}

#[test]
fn a_day_between_two_extensions_warns() {
    let mut world = World::sound();
    let mut older = world.approvals[0].clone();
    older.number = ApprovalNumber::parse("e4*2018/858*90471*00").unwrap();
    (older.built_from, older.built_until) = (None, Some("2026-08-15".parse().unwrap()));
    world.approvals.insert(0, older);
    assert!(!world.fires("AP-11"));
    world.set(BUILT, "2026-08-20");
    assert!(world.fires("AP-11"));
    world.set(BUILT, "2026-08-15");
    assert!(!world.fires("AP-11"), "the last day of the earlier one");
}

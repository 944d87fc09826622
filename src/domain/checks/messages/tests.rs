//! Checks of messages received, each firing and not firing.

use super::super::fixture::World;
use super::{APPROVAL, BUILT, ISSUED, REFERENCE, SCHEMA, SIGNED, VERSION};

const UUID: &str = "6a2957d3-4a32-41a6-a2d0-50681e0bf5e1";

#[test]
fn two_messages_of_one_reference_warn() {
    let mut world = World::sound();
    world.base(REFERENCE, UUID);
    let mut second = world.record.stages[0].clone();
    second.number = 2;
    world.record.build_stage = 3;
    world.record.stages.push(second);
    assert!(world.fires("MG-01"));
    world.base(REFERENCE, "7a2957d3-4a32-41a6-a2d0-50681e0bf5e1");
    assert!(!world.fires("MG-01"));
}

#[test]
fn a_message_older_than_the_vehicle_warns() {
    let mut world = World::sound();
    world.base(ISSUED, "2026-07-20T00:00:00+02:00");
    assert!(!world.fires("MG-02"));
    world.base(ISSUED, "2026-07-19T23:59:59Z");
    assert!(world.fires("MG-02"));
    world.base(ISSUED, "soon");
    assert!(!world.fires("MG-02"));
}

#[test]
fn a_message_from_the_future_warns() {
    let mut world = World::sound();
    world.base(ISSUED, "2026-11-24T10:00:00Z");
    assert!(!world.fires("MG-03"), "a day is left for time zones");
    world.base(ISSUED, "2026-11-25T10:00:00Z");
    assert!(world.fires("MG-03"));
}

#[test]
fn a_correction_that_keeps_its_version_warns() {
    let mut world = World::sound();
    world.base(VERSION, "1");
    assert!(!world.fires("MG-04"));
    world.record.stages[0].revision = 2;
    assert!(world.fires("MG-04"));
    world.base(VERSION, "2");
    assert!(!world.fires("MG-04"));
    world.base(VERSION, "0");
    assert!(world.fires("MG-04"));
}

#[test]
fn an_old_schema_for_a_new_vehicle_warns() {
    let mut world = World::sound();
    world.base(SCHEMA, "2.0");
    assert!(!world.fires("MG-05"));
    world.base(SCHEMA, "1.3");
    world.base(BUILT, "2026-07-05");
    assert!(world.fires("MG-05"));
    world.base(BUILT, "2026-07-04");
    assert!(!world.fires("MG-05"));
}

#[test]
fn an_approval_number_that_does_not_read_as_one_warns() {
    let mut world = World::sound();
    assert!(!world.fires("MG-06"));
    for odd in ["e1*2007/46*1320", "E5*2018/858*90214*03", "e5*2018/858*90214*12-*14"] {
        world.base(APPROVAL, odd);
        assert!(world.fires("MG-06"), "{odd}");
    }
}

#[test]
fn a_signature_of_before_the_manufacture_or_to_come_warns() {
    let mut world = World::sound();
    world.base(SIGNED, "2026-07-20");
    assert!(!world.fires("MG-07"));
    world.base(SIGNED, "2026-07-19");
    assert!(world.fires("MG-07"));
    world.base(SIGNED, "2026-11-24");
    assert!(world.fires("MG-07"));
}

#[test]
fn a_base_built_before_its_approval_warns() {
    let mut world = World::sound();
    world.base("TypeApprovalIssueDate", "2026-07-20");
    assert!(!world.fires("MG-08"));
    world.base("TypeApprovalIssueDate", "2026-07-21");
    assert!(world.fires("MG-08"));
}

#[test]
fn a_time_of_issue_without_its_zone_is_told() {
    let mut world = World::sound();
    for told in ["2026-07-20T16:30:00Z", "2026-07-20T16:30:00.351+01:00", "2026-07-20T16:30:00-01:00", "soon"] {
        world.base(ISSUED, told);
        assert!(!world.fires("MG-09"), "{told}");
    }
    world.base(ISSUED, "2026-07-20T16:30:00");
    assert!(world.fires("MG-09"));
}

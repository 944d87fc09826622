//! Checks of masses, each firing and not firing.

use super::super::fixture::World;
use super::{ACTUAL, AXLE, GROUP, INCOMPLETE, LADEN, RUNNING, SEATS};

const COMBINATION: &str =
    "TowingBrakedTypeTrailTable[2]/BodyworkTypeTable[1]/TechnicallyPermissibleMaximumCombinationMass";
const TOWABLE: &str = "TowingBrakedTypeTrailTable[1]/BodyworkTypeTable[1]/TechnicallyPermissibleMaximumTowableMass";

#[test]
fn a_combination_heavier_than_vehicle_and_trailer_warns() {
    let mut world = World::sound();
    world.set(TOWABLE, "2400");
    world.set(COMBINATION, "8400");
    assert!(!world.fires("MA-01"));
    world.set(COMBINATION, "8401");
    assert!(world.fires("MA-01"));
    world.unset(TOWABLE);
    assert!(!world.fires("MA-01"), "nothing to compare with");
}

#[test]
fn a_combination_lighter_than_its_vehicle_warns() {
    let mut world = World::sound();
    world.set(COMBINATION, "6000");
    assert!(!world.fires("MA-02"));
    world.set(COMBINATION, "5999");
    assert!(world.fires("MA-02"));
}

#[test]
fn a_group_that_bears_more_than_its_axles_warns() {
    let mut world = World::sound();
    world.set("AxleGroupTable[1]/AxleGroupMemberTable[1]/MemberAxleNumber", "1");
    world.set("AxleGroupTable[1]/AxleGroupMemberTable[2]/MemberAxleNumber", "2");
    world.set(&format!("AxleGroupTable[1]/{GROUP}"), "6700");
    assert!(!world.fires("MA-03"));
    world.set(&format!("AxleGroupTable[1]/{GROUP}"), "6701");
    assert!(world.fires("MA-03"));
    world.set("AxleGroupTable[1]/AxleGroupMemberTable[2]/MemberAxleNumber", "7");
    assert!(!world.fires("MA-03"), "that axle's mass is not known");
}

#[test]
fn an_axle_overloaded_when_empty_warns() {
    let mut world = World::sound();
    world.set(&format!("AxleTable[1]/{AXLE}"), "1705");
    assert!(!world.fires("MA-04"));
    world.set(&format!("AxleTable[1]/{AXLE}"), "1704");
    assert!(world.fires("MA-04"));
}

#[test]
fn a_mass_in_service_above_the_technical_one_warns() {
    let mut world = World::sound();
    let laden = "InServiceMaximumMassTable[1]/InServiceMaximumPermissibleLadenMass";
    let axle = "AxleTable[2]/InServiceMaximumPermissibleLadenMassAxleTable[1]/InServiceMaximumPermissibleLadenMassAxle";
    world.set(laden, "6000");
    world.set(axle, "4200");
    assert!(!world.fires("MA-05"));
    world.set(axle, "4201");
    assert!(world.fires("MA-05"));
    world.unset(axle);
    world.set(laden, "6001");
    assert!(world.fires("MA-05"));
}

#[test]
fn a_mass_in_service_for_nobody_blocks() {
    let mut world = World::sound();
    assert!(!world.fires("MA-06"));
    world.set("InServiceMaximumMassTable[1]/InServiceMaximumPermissibleLadenMass", "5000");
    assert!(world.fires("MA-06"));
    world.set("InServiceMaximumMassTable[1]/InServiceMaximumPermissibleMassCountry", "NL");
    assert!(!world.fires("MA-06"));
}

#[test]
fn more_seats_than_the_payload_carries_warn() {
    let mut world = World::sound();
    world.set(LADEN, "3440");
    world.set(ACTUAL, "3290");
    world.set(SEATS, "3");
    assert!(!world.fires("MA-07"));
    world.set(SEATS, "4");
    assert!(world.fires("MA-07"));
}

#[test]
fn a_body_that_makes_the_vehicle_lighter_warns() {
    let mut world = World::sound();
    world.base(INCOMPLETE, "3065");
    assert!(!world.fires("MA-08"));
    world.set(RUNNING, "3064");
    assert!(world.fires("MA-08"));
}

#[test]
fn a_permissible_mass_that_is_raised_warns() {
    let mut world = World::sound();
    world.base(LADEN, "6000");
    assert!(!world.fires("MA-09"));
    world.base(LADEN, "5999");
    assert!(world.fires("MA-09"));
    world.no_base(LADEN);
    assert!(!world.fires("MA-09"));
    world.set(&format!("AxleTable[2]/{AXLE}"), "4201");
    assert!(world.fires("MA-09"));
}

//! Checks of the completion, each firing and not firing.

use super::super::fixture::World;
use super::{BORNE, COMPLETION, DESCRIPTION, HOW, LEAST, MARKINGS};
use crate::domain::address::Address;

const CO2: &str = "EnergyConvertorTable[1]/EnergySourceTable[1]/TestWltpCo2Group/WltpCo2Combined";

#[test]
fn a_completion_that_nobody_describes_warns() {
    for gone in [HOW, DESCRIPTION] {
        let mut world = World::sound();
        assert!(!world.fires("CO-01"));
        world.unset(gone);
        assert!(world.fires("CO-01"), "{gone}");
    }
    let mut world = World::sound();
    world.set(DESCRIPTION, "  ");
    assert!(world.fires("CO-01"));
}

#[test]
fn a_completion_of_what_is_not_completed_warns() {
    let mut world = World::sound();
    assert!(!world.fires("CO-02"));
    world.set(COMPLETION, "I");
    assert!(world.fires("CO-02") && !world.fires("CO-01"));
    world.unset(HOW);
    world.unset(DESCRIPTION);
    assert!(!world.fires("CO-02"));
}

#[test]
fn a_first_stage_that_names_one_before_warns() {
    let mut world = World::sound();
    assert!(!world.fires("CO-03"));
    world.base("ManufacturerTable[1]/PreviousStageType", "TG");
    assert!(world.fires("CO-03"));
}

#[test]
fn a_later_stage_that_misnames_the_one_before_warns() {
    let mut world = World::sound();
    world.record.build_stage = 3;
    let mut second = world.record.stages[0].clone();
    second.number = 2;
    second.content.set(Address::unchecked("ManufacturerTable[1]/ManufacturerStageNumber"), "2");
    second.content.set(Address::unchecked("ManufacturerTable[1]/PreviousStageType"), "TG");
    world.record.stages.push(second);
    assert!(!world.fires("CO-04") && !world.fires("CO-03"));
    world.base("Type", "OTHER");
    assert!(world.fires("CO-04"));
}

#[test]
fn a_plate_of_ours_that_is_not_located_is_told() {
    let mut world = World::sound();
    assert!(!world.fires("CO-05"));
    for row in 1..=2 {
        world.unset(&format!("{MARKINGS}[{row}]/LocationMarkingsSubject"));
    }
    assert!(world.fires("CO-05"));
}

#[test]
fn an_axle_lighter_than_it_must_be_warns() {
    let mut world = World::sound();
    world.base(&format!("AxleTable[1]/{LEAST}"), "1705");
    assert!(!world.fires("CO-06"));
    world.set(&format!("AxleTable[1]/{BORNE}"), "1704");
    assert!(world.fires("CO-06"));
}

#[test]
fn an_inherited_co2_outside_the_limits_warns() {
    let mut world = World::sound();
    world.base(CO2, "189");
    world.base("AllowedParameterValuesMultistageGroup/AllowedActualMassMax", "3290");
    assert!(!world.fires("CO-07"));
    world.base("AllowedParameterValuesMultistageGroup/AllowedActualMassMax", "3289");
    assert!(world.fires("CO-07"));
    world.set(CO2, "201");
    assert!(!world.fires("CO-07"));
}

#[test]
fn limits_that_nobody_gives_are_told_where_the_mass_changed() {
    let mut world = World::sound();
    world.base("VehicleCategory", "N1");
    world.base("MassGroup/ActualMass", "3290");
    world.base(CO2, "189");
    assert!(!world.fires("CO-08"));
    world.base("MassGroup/ActualMass", "2400");
    assert!(world.fires("CO-08"));
    world.base("AllowedParameterValuesMultistageGroup/AllowedActualMass", "3300");
    assert!(!world.fires("CO-08"));
    world.no_base("AllowedParameterValuesMultistageGroup/AllowedActualMass");
    world.base("VehicleCategory", "N2");
    assert!(!world.fires("CO-08"));
}

/// The sound vehicle with a second stage received, which builds on the first.
fn of_three_stages() -> World {
    let mut world = World::sound();
    world.record.build_stage = 3;
    let mut second = world.record.stages[0].clone();
    second.number = 2;
    second.content.set(Address::unchecked("Variant"), "TG60D-CREW");
    world.record.stages.push(second);
    world
}

#[test]
fn a_later_stage_that_is_the_one_before_warns() {
    let mut world = of_three_stages();
    assert!(!world.fires("CO-09"));
    world.base("Variant", "TG60D-CREW");
    assert!(world.fires("CO-09"));
    world.no_base("Version");
    assert!(!world.fires("CO-09"), "what is missing is no answer");
}

#[test]
fn received_stages_of_completion_that_cannot_follow_warn() {
    let mut world = of_three_stages();
    assert!(!world.fires("CO-10"));
    world.base(COMPLETION, "C");
    assert!(world.fires("CO-10"), "an incomplete vehicle does not follow on a complete one");
    world.record.stages[1].content.set(Address::unchecked(COMPLETION), "V");
    assert!(!world.fires("CO-10"));
    world.base(COMPLETION, "V");
    assert!(world.fires("CO-10"), "a first stage completes nothing");
}

//! Multi-stage checks, each firing and not firing.

use super::super::fixture::World;

#[test]
fn a_stage_with_the_identity_of_the_one_before_blocks() {
    let mut world = World::sound();
    assert!(!world.fires("MS-01"));
    for address in ["TypeApprovalNumber", "Variant", "Version"] {
        let same = world.base_value(address);
        world.set(address, &same);
    }
    assert!(world.fires("MS-01"));
    world.set("Version", "another");
    assert!(!world.fires("MS-01"));
}

#[test]
fn the_stage_before_is_named_whole_and_as_it_names_itself() {
    let mut world = World::sound();
    assert!(!world.fires("MS-02"));
    world.set("ManufacturerTable[1]/PreviousStageType", "OTHER");
    assert!(world.fires("MS-02"));
    let mut world = World::sound();
    world.no_base("Version");
    assert!(world.fires("MS-02"));
}

#[test]
fn a_stage_missing_between_blocks() {
    let mut world = World::sound();
    assert!(!world.fires("MS-03"));
    world.record.build_stage = 3;
    assert!(world.fires("MS-03"));
    let mut world = World::sound();
    world.set("ManufacturerTable[1]/ManufacturerStageNumber", "4");
    assert!(world.fires("MS-03"));
}

#[test]
fn completed_comes_only_after_incomplete_or_complete() {
    let mut world = World::sound();
    assert!(!world.fires("MS-04"));
    world.base("StageOfCompletion", "V");
    assert!(world.fires("MS-04"));
    world.base("StageOfCompletion", "C");
    assert!(!world.fires("MS-04"));
    world.set("StageOfCompletion", "I");
    assert!(world.fires("MS-04"));
}

#[test]
fn couplings_that_can_be_fitted_block_when_declared_and_warn_when_inherited() {
    let place = "MechanicalCouplingCanBeFittedTable[1]/MechanicalCouplingCanBeFittedClass";
    let mut world = World::sound();
    assert!(!world.fires("MS-05") && !world.fires("MS-06"));
    world.base(place, "A50-X");
    assert!(!world.fires("MS-05") && world.fires("MS-06"));
    world.set(place, "A50-X");
    assert!(world.fires("MS-05") && !world.fires("MS-06"));
}

#[test]
fn entries_of_the_incomplete_vehicle_are_named_once_it_is_completed() {
    let mut world = World::sound();
    assert!(!world.fires("MS-07"));
    world.base("MassGroup/MinimumMassCompleted", "2700");
    assert!(world.fires("MS-07"));
    world.set("StageOfCompletion", "I");
    assert!(!world.fires("MS-07"));
}

#[test]
fn the_base_manufacturer_s_envelope_is_kept_with_its_units() {
    let mut world = World::sound();
    world.base("AllowedParameterValuesMultistageGroup/AllowedActualMassMax", "3900");
    world.base("AllowedParameterValuesMultistageGroup/AllowedFrontalAreaMax", "83500");
    world.set("WltpEmissionTestParametersGroup/WltpFrontalArea", "8.35");
    assert!(!world.fires("MS-08"));
    world.set("WltpEmissionTestParametersGroup/WltpFrontalArea", "8.351");
    assert!(world.fires("MS-08"));
    world.unset("WltpEmissionTestParametersGroup/WltpFrontalArea");
    assert!(!world.fires("MS-08"));
    world.base("AllowedParameterValuesMultistageGroup/AllowedActualMassMin", "3300");
    assert!(world.fires("MS-08"));
}

#[test]
fn a_body_longer_than_permitted_warns() {
    let mut world = World::sound();
    world.base("DimensionGroup/MaximumPermissibleLength", "6540");
    assert!(!world.fires("MS-09"));
    world.base("DimensionGroup/MaximumPermissibleLength", "6539");
    assert!(world.fires("MS-09"));
}

#[test]
fn a_completed_vehicle_lighter_than_its_base_asks_for_warns() {
    let mut world = World::sound();
    world.base("MassGroup/MinimumMassCompleted", "3065");
    assert!(!world.fires("MS-10"));
    world.base("MassGroup/MinimumMassCompleted", "3066");
    assert!(world.fires("MS-10"));
}

#[test]
fn stages_that_are_missing_between_are_told_as_one_gap() {
    let mut world = World::sound();
    assert!(!world.fires("MS-03"));
    world.record.build_stage = 99;
    let told = |world: &World| -> Vec<String> {
        world.findings().into_iter().filter(|one| one.check == "MS-03").map(|one| one.message).collect()
    };
    let gap = told(&world).into_iter().filter(|message| message.contains("received")).collect::<Vec<_>>();
    assert_eq!(gap.len(), 1, "{gap:?}");
    assert!(gap[0].contains("stages 2 to 98"), "{gap:?}");
    world.record.build_stage = 3;
    assert!(told(&world).iter().any(|message| message.starts_with("no message of stage 2 was received")));
}

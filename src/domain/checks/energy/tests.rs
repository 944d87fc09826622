//! Checks of the power plant, each firing and not firing.

use super::super::fixture::World;
use super::{ELECTRIC, HYBRID};

const ONE: &str = "EnergyConvertorTable[1]";
const FUEL: &str = "EnergyConvertorTable[1]/EnergySourceTable[1]";
const TWO: &str = "EnergyConvertorTable[2]";
const MOTOR: &str = "EnergyConvertorTable[2]/EnergySourceTable[1]";

/// The sound vehicle with a diesel engine.
fn diesel() -> World {
    let mut world = World::sound();
    world.set(ELECTRIC, "N");
    world.set(&format!("{ONE}/EnergyConvertorCodeMarkedOnEnergyConvertor"), "ECW30D");
    world.set(&format!("{ONE}/WorkingPrinciple"), "INTCI");
    world.set(&format!("{FUEL}/EnergySource"), "20");
    world.set(&format!("{FUEL}/PowerGroup/MaximumNetPowerCombustion"), "110");
    world
}

/// The same with an electric motor beside it.
fn hybrid() -> World {
    let mut world = diesel();
    world.set(HYBRID, "OVC-HEV");
    world.set(&format!("{TWO}/EnergyConvertorCodeMarkedOnEnergyConvertor"), "ECW-M1");
    world.set(&format!("{TWO}/WorkingPrinciple"), "ELECT");
    world.set(&format!("{MOTOR}/EnergySource"), "95");
    world.set(&format!("{MOTOR}/PowerGroup/MaximumNetPowerElectric"), "60");
    world
}

/// A vehicle with two electric motors.
fn electric() -> World {
    let mut world = hybrid();
    world.unset(HYBRID);
    world.set(ELECTRIC, "Y");
    world.set(&format!("{ONE}/WorkingPrinciple"), "ELECT");
    world.set(&format!("{FUEL}/EnergySource"), "95");
    world.unset(&format!("{FUEL}/PowerGroup/MaximumNetPowerCombustion"));
    world.set(&format!("{FUEL}/PowerGroup/Maximum30MinutesPower"), "60");
    world
}

#[test]
fn sound_power_plants_have_nothing_of_these() {
    for world in [diesel(), hybrid(), electric()] {
        let fired: Vec<&str> = world.findings().iter().map(|finding| finding.check).collect();
        assert!(!fired.iter().any(|id| id.starts_with("EN-")), "{fired:?}");
    }
}

#[test]
fn a_purely_electric_vehicle_with_a_fuel_blocks() {
    let mut world = diesel();
    world.set(ELECTRIC, "Y");
    assert!(world.fires("EN-01"));
}

#[test]
fn an_electric_vehicle_that_is_not_called_so_warns() {
    let mut world = electric();
    world.set(ELECTRIC, "N");
    assert!(world.fires("EN-02"));
    let mut world = World::sound();
    world.set(ELECTRIC, "N");
    assert!(!world.fires("EN-02"), "no energy is listed at all");
}

#[test]
fn a_power_under_another_energy_blocks() {
    let mut world = hybrid();
    world.set(&format!("{FUEL}/PowerGroup/MaximumNetPowerElectric"), "60");
    assert!(world.fires("EN-03"));
    let mut world = hybrid();
    world.set(&format!("{MOTOR}/PowerGroup/MaximumNetPowerCombustion"), "110");
    assert!(world.fires("EN-03"));
}

#[test]
fn an_energy_without_power_warns() {
    let mut world = hybrid();
    world.unset(&format!("{MOTOR}/PowerGroup/MaximumNetPowerElectric"));
    assert!(world.fires("EN-04"));
    world.set(&format!("{MOTOR}/PowerGroup/Maximum30MinutesPower"), "40");
    assert!(!world.fires("EN-04"));
}

#[test]
fn an_engine_without_its_code_blocks() {
    let mut world = diesel();
    world.unset(&format!("{ONE}/EnergyConvertorCodeMarkedOnEnergyConvertor"));
    assert!(world.fires("EN-05"));
    world.set("VehicleCategory", "O3");
    assert!(!world.fires("EN-05"), "the manual speaks of M and N");
}

#[test]
fn a_hybrid_without_one_of_its_energies_blocks() {
    let mut world = diesel();
    world.set(HYBRID, "NOVC-HEV");
    assert!(world.fires("EN-06"));
    let mut world = electric();
    world.set(HYBRID, "OVC-HEV");
    assert!(world.fires("EN-06"));
    world.set(HYBRID, "OVC-FCHV");
    assert!(!world.fires("EN-06"), "the manual speaks of hybrids with an engine");
}

#[test]
fn electricity_in_a_combustion_engine_warns() {
    let mut world = hybrid();
    world.set(&format!("{TWO}/WorkingPrinciple"), "INTPI");
    assert!(world.fires("EN-07"));
    world.unset(&format!("{TWO}/WorkingPrinciple"));
    assert!(!world.fires("EN-07"));
}

#[test]
fn motors_that_repeat_another_range_warn() {
    let range = "TestWltpElectricRangeGroup/WltpPureElectricRange";
    let mut world = electric();
    world.set(&format!("{FUEL}/{range}"), "404");
    assert!(world.fires("EN-08"), "not repeated");
    world.set(&format!("{MOTOR}/{range}"), "404");
    assert!(!world.fires("EN-08"));
    world.set(&format!("{MOTOR}/{range}"), "440");
    assert!(world.fires("EN-08"));
}

#[test]
fn eco_innovations_fitted_and_listed_go_together() {
    let mut world = World::sound();
    world.set("EcoInnovationsFittedIndicator", "N");
    assert!(!world.fires("EN-09"));
    world.set("EcoInnovationsTable[1]/GeneralCodeEcoInnovation", "37");
    assert!(world.fires("EN-09"));
    world.set("EcoInnovationsFittedIndicator", "Y");
    assert!(!world.fires("EN-09"));
    world.unset("EcoInnovationsTable[1]/GeneralCodeEcoInnovation");
    assert!(world.fires("EN-09"));
}

#[test]
fn a_sound_level_without_its_engine_speed_warns() {
    let mut world = diesel();
    world.set(&format!("{FUEL}/SoundLevelGroup/SoundLevelStationary"), "78");
    assert!(world.fires("EN-10"));
    world.set(&format!("{FUEL}/SoundLevelGroup/SoundLevelStationaryEngineSpeed"), "2500");
    assert!(!world.fires("EN-10"));
}

#[test]
fn a_combined_value_outside_its_phases_warns() {
    let mut world = diesel();
    for (part, value) in [("Low", "120"), ("Medium", "113"), ("High", "112"), ("ExtraHigh", "157"), ("Combined", "129")]
    {
        world.set(&format!("{FUEL}/TestWltpCo2Group/WltpCo2{part}"), value);
    }
    assert!(!world.fires("EN-11"));
    world.set(&format!("{FUEL}/TestWltpCo2Group/WltpCo2Combined"), "158");
    assert!(world.fires("EN-11"));
    world.unset(&format!("{FUEL}/TestWltpCo2Group/WltpCo2Low"));
    assert!(!world.fires("EN-11"), "not all phases are known");
}

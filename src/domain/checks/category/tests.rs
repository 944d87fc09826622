//! What the checks of the category find, by the rows of the real catalogue.

use super::super::fixture::World;
use super::*;

/// A record that is sound but for what the real catalogue asks for, with its rows for these elements alone.
fn world(paths: &[&str]) -> World {
    let real = crate::ivi::catalogue();
    let rows = real.all_applies().iter().filter(|row| paths.contains(&row.path.as_str())).cloned().collect();
    World { catalogue: Catalogue::new(real.elements().to_vec()).with_applies(rows), ..World::sound() }
}

#[test]
fn a_colour_on_m2_blocks() {
    let mut world = world(&["ColourTable"]);
    world.set("VehicleCategory", "M1");
    world.set("ColourTable[1]/Colour", "9");
    assert!(!world.fires("CA-01"));
    world.set("VehicleCategory", "M2");
    assert!(world.fires("CA-01") && !world.fires("CA-03"));
    let found = world.findings();
    let finding = found.iter().find(|finding| finding.check == "CA-01").unwrap();
    assert!(finding.message.contains("category M2 (EReg guidelines 1.1"), "it names its source: {}", finding.message);
}

#[test]
fn a_coupling_on_m1_blocks_and_on_n1_does_not() {
    let mut world = world(&["MechanicalCouplingTable"]);
    world.set("MechanicalCouplingTable[1]/MechanicalCouplingNumber", "1");
    world.set("VehicleCategory", "N1G");
    assert!(!world.fires("CA-01"));
    world.set("VehicleCategory", "M1GS");
    assert!(world.fires("CA-01"));
}

#[test]
fn a_colour_on_a_lorry_warns() {
    let mut world = world(&["ColourTable"]);
    assert!(!world.fires("CA-03"));
    world.set("ColourTable[1]/Colour", "9");
    assert!(world.fires("CA-03") && !world.fires("CA-01"));
}

#[test]
fn an_m1_that_does_not_say_whether_it_is_electric_blocks() {
    let mut world = world(&["PureElectricVehicleIndicator"]);
    assert!(!world.fires("CA-02"));
    world.set("VehicleCategory", "M1GS");
    assert!(world.fires("CA-02"));
    world.base("PureElectricVehicleIndicator", "N");
    assert!(!world.fires("CA-02"));
}

#[test]
fn what_lacks_in_some_rows_of_a_table_is_told_once_with_the_rows() {
    let mut world = world(&["AxleTable/PoweredAxleIndicator"]);
    world.base("AxleTable[1]/PoweredAxleIndicator", "N");
    let found = world.findings();
    let told: Vec<_> = found.iter().filter(|finding| finding.check == "CA-04").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].address.as_ref().unwrap().as_str(), "AxleTable[2]/PoweredAxleIndicator");
    assert!(told[0].message.contains("(axle 2)"), "{}", told[0].message);
    world.base("AxleTable[2]/PoweredAxleIndicator", "Y");
    assert!(!world.fires("CA-04"));
}

#[test]
fn an_indicator_that_a_lorry_is_expected_to_give_warns() {
    let mut world = world(&["DimensionGroup/ElongatedCabIndicator"]);
    assert!(world.fires("CA-04") && !world.fires("CA-02"));
    world.base("DimensionGroup/ElongatedCabIndicator", "N");
    assert!(!world.fires("CA-04"));
    world.no_base("DimensionGroup/ElongatedCabIndicator");
    world.set("VehicleCategory", "M1");
    assert!(!world.fires("CA-04"), "no entry of a car's certificate");
}

#[test]
fn a_mass_of_the_incomplete_vehicle_on_a_completed_one_warns_where_we_declare_it() {
    let mut world = world(&["MassGroup/MinimumMassCompleted"]);
    world.base("MassGroup/MinimumMassCompleted", "2700");
    assert!(!world.fires("CA-05"), "it stays from the base; MS-07 tells so");
    world.set("MassGroup/MinimumMassCompleted", "2750");
    assert!(world.fires("CA-05"));
    world.set("StageOfCompletion", "I");
    assert!(!world.fires("CA-05"));
}

#[test]
fn a_completed_vehicle_without_its_actual_mass_warns_and_an_incomplete_one_does_not() {
    let mut world = world(&["MassGroup/ActualMass"]);
    assert!(!world.fires("CA-06"));
    world.unset("MassGroup/ActualMass");
    assert!(world.fires("CA-06"));
    world.set("StageOfCompletion", "I");
    assert!(!world.fires("CA-06"));
}

#[test]
fn couplings_that_stay_on_a_van_turned_into_a_car_warn() {
    let mut world = world(&["MechanicalCouplingTable"]);
    world.base("MechanicalCouplingTable[1]/MechanicalCouplingNumber", "1");
    assert!(!world.fires("CA-07"));
    world.set("VehicleCategory", "M1S");
    assert!(world.fires("CA-07") && !world.fires("CA-01"));
}

#[test]
fn a_loading_area_that_stays_on_a_van_turned_into_a_car_is_worth_knowing() {
    let mut world = world(&["DimensionGroup/LengthLoadingArea"]);
    world.base("DimensionGroup/LengthLoadingArea", "3100");
    assert!(!world.fires("CA-08"));
    world.set("VehicleCategory", "M1S");
    assert!(world.fires("CA-08") && !world.fires("CA-07"));
}

#[test]
fn what_another_check_looks_at_is_not_told_twice() {
    let mut world = world(&["DateManufactureVehicle", "MechanicalCouplingCanBeFittedTable"]);
    world.unset("DateManufactureVehicle");
    world.no_base("DateManufactureVehicle");
    world.set("MechanicalCouplingCanBeFittedTable[1]/MechanicalCouplingCanBeFittedClass", "A50-X");
    assert!(world.fires("DA-04") && world.fires("MS-05"));
    for check in ["CA-01", "CA-02", "CA-03", "CA-04", "CA-05", "CA-06"] {
        assert!(!world.fires(check), "{check}");
    }
}

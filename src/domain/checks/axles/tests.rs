//! Checks of axles, wheels and tyres, each firing and not firing.

use rust_decimal::Decimal;

use super::super::fixture::World;
use super::{COUNT, WHEELS, load};

#[test]
fn axles_numbered_out_of_order_warn() {
    let mut world = World::sound();
    assert!(!world.fires("AX-01"));
    world.set("AxleTable[2]/AxleNumber", "3");
    assert!(world.fires("AX-01"));
}

#[test]
fn marks_other_than_counted_warn() {
    let mut world = World::sound();
    world.set("GeneralConstructionGroup/NumberOfPoweredAxles", "1");
    world.set("AxleTable[2]/PoweredAxleIndicator", "Y");
    assert!(!world.fires("AX-02"), "the first axle does not say");
    world.set("AxleTable[1]/PoweredAxleIndicator", "N");
    assert!(!world.fires("AX-02"));
    world.set("AxleTable[1]/PoweredAxleIndicator", "Y");
    assert!(world.fires("AX-02"));
}

#[test]
fn wheels_other_than_the_axles_ask_for_warn() {
    let mut world = World::sound();
    world.set(COUNT, "2");
    world.set(WHEELS, "6");
    assert!(!world.fires("AX-03"), "twin wheels are not known");
    world.set("GeneralConstructionGroup/NumberOfAxlesWithTwinWheels", "1");
    assert!(!world.fires("AX-03"));
    world.set(WHEELS, "4");
    assert!(world.fires("AX-03"));
}

#[test]
fn an_axle_without_a_fitted_tyre_warns() {
    let mut world = World::sound();
    world.set("AxleTable[1]/TyreAxleTable[1]/TyreFittedProductionIndicator", "N");
    assert!(world.fires("AX-04"));
    world.set("AxleTable[1]/TyreAxleTable[2]/TyreFittedProductionIndicator", "Y");
    assert!(!world.fires("AX-04"));
}

#[test]
fn tyres_too_weak_for_the_axle_warn() {
    for (index, kilograms) in [(60, 250), (79, 437), (80, 450), (100, 800), (121, 1450), (140, 2500), (180, 8000)] {
        assert_eq!(load(Decimal::from(index)), Some(Decimal::from(kilograms)), "{index}");
    }
    assert_eq!((load(Decimal::from(59)), load(Decimal::from(181)), load(Decimal::NEGATIVE_ONE)), (None, None, None));
    let mut world = World::sound();
    // 2 × 1,250 kg on an axle of 2,500 kg.
    world.set("AxleTable[1]/TyreAxleTable[1]/LoadCapacityIndexSingleWheel", "116");
    assert!(!world.fires("AX-05"));
    world.set("AxleTable[1]/TyreAxleTable[1]/LoadCapacityIndexSingleWheel", "115");
    assert!(world.fires("AX-05"));
    world.set("AxleTable[1]/TwinWheelsAxleIndicator", "Y");
    world.set("AxleTable[1]/TyreAxleTable[1]/LoadCapacityIndexTwinWheel", "90");
    assert!(world.fires("AX-05"), "4 × 600 kg");
    world.set("AxleTable[1]/TyreAxleTable[1]/LoadCapacityIndexTwinWheel", "92");
    assert!(!world.fires("AX-05"), "4 × 630 kg");
}

#[test]
fn tyres_too_slow_warn_unless_they_are_for_snow() {
    let mut world = World::sound();
    world.set("MaximumSpeed", "160");
    world.set("AxleTable[1]/TyreAxleTable[1]/SpeedCategorySymbol", "Q");
    assert!(!world.fires("AX-06"));
    world.set("AxleTable[1]/TyreAxleTable[1]/SpeedCategorySymbol", "P");
    assert!(world.fires("AX-06"));
    world.set("AxleTable[1]/TyreAxleTable[1]/TyreTypeTable[1]/TyreType", "MS");
    assert!(!world.fires("AX-06"));
}

#[test]
fn a_reference_to_no_axle_warns() {
    for place in [
        "AxleGroupTable[1]/AxleGroupMemberTable[1]/MemberAxleNumber",
        "AxleTable[1]/InterconnectionWithPoweredAxleTable[1]/InterconnectionWithPoweredAxleNumber",
        "TyreAxleMassCombinationTable[1]/TyreAxleCombinationTable[1]/AxleNumberCombination",
    ] {
        let mut world = World::sound();
        world.set(place, "2");
        assert!(!world.fires("AX-07"), "{place}");
        world.set(place, "3");
        assert!(world.fires("AX-07"), "{place}");
    }
}

#[test]
fn air_suspension_of_a_drive_axle_that_is_not_driven_warns() {
    let mut world = World::sound();
    world.set("AxleTable[2]/DriveAxleAirSuspensionOrEquivalentIndicator", "Y");
    assert!(!world.fires("AX-08"));
    world.set("AxleTable[2]/PoweredAxleIndicator", "N");
    assert!(world.fires("AX-08"));
}

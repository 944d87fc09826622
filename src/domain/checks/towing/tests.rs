//! Checks of towing, each firing and not firing. The sound vehicle is of category N2 and tows nothing.

use rust_decimal::Decimal;

use super::super::fixture::World;
use super::{LADEN, POINTS, RUNNING, needed};

const ROW: &str = "TowingBrakedTypeTrailTable[1]";
const TOWABLE: &str = "TowingBrakedTypeTrailTable[1]/BodyworkTypeTable[1]/TechnicallyPermissibleMaximumTowableMass";
const COMBINATION: &str =
    "TowingBrakedTypeTrailTable[1]/BodyworkTypeTable[1]/TechnicallyPermissibleMaximumCombinationMass";

/// The sound vehicle, towing 2,000 kg with a coupling that fits.
fn tows() -> World {
    let mut world = World::sound();
    for (address, value) in [
        (format!("{ROW}/BrakedTypeTrail"), "BRK"),
        (format!("{ROW}/MechanicalCouplingNumberTowingMasses"), "1"),
        (format!("{ROW}/BodyworkTypeTable[1]/BodyworkTypeTrailer"), "DB"),
        (TOWABLE.to_owned(), "2000"),
        (COMBINATION.to_owned(), "8000"),
        (format!("{POINTS}[1]/TechnicallyPermissibleMaximumStaticVerticalMassCouplingPoint"), "100"),
        ("MechanicalCouplingTable[1]/MechanicalCouplingNumber".to_owned(), "1"),
        ("MechanicalCouplingTable[1]/MechanicalCouplingApprovalNumber".to_owned(), "E4*55R02/02*90012*00"),
        ("MechanicalCouplingTable[1]/MechanicalCouplingValueD".to_owned(), "14.72"),
        ("MechanicalCouplingTable[1]/MechanicalCouplingValueS".to_owned(), "100"),
    ] {
        world.set(&address, value);
    }
    world
}

#[test]
fn a_vehicle_that_tows_soundly_has_nothing_of_these() {
    let fired: Vec<&str> = tows().findings().iter().map(|finding| finding.check).collect();
    assert!(!fired.iter().any(|id| id.starts_with("TW-") || id.starts_with("MA-")), "{fired:?}");
}

#[test]
fn a_towable_mass_without_its_brakes_blocks() {
    let mut world = tows();
    world.unset(&format!("{ROW}/BrakedTypeTrail"));
    assert!(world.fires("TW-01"));
    world.unset(TOWABLE);
    assert!(!world.fires("TW-01"), "the mass of a combination needs none");
    let mut world = tows();
    world.unset(&format!("{ROW}/BrakedTypeTrail"));
    world.set("VehicleCategory", "O2");
    assert!(!world.fires("TW-01"), "the manual speaks of M and N");
}

#[test]
fn a_braked_towable_mass_without_its_kind_of_trailer_warns() {
    let mut world = tows();
    world.unset(&format!("{ROW}/BodyworkTypeTable[1]/BodyworkTypeTrailer"));
    assert!(world.fires("TW-02"));
    world.set(&format!("{ROW}/BrakedTypeTrail"), "UNB");
    assert!(!world.fires("TW-02"));
}

#[test]
fn towing_masses_without_a_combination_warn() {
    let mut world = tows();
    world.unset(COMBINATION);
    assert!(world.fires("TW-03"));
    assert!(!World::sound().fires("TW-03"), "what has no table does not tow");
}

#[test]
fn a_reference_to_no_coupling_blocks() {
    let mut world = tows();
    world.set(&format!("{ROW}/MechanicalCouplingNumberTowingMasses"), "2");
    assert!(world.fires("TW-04"));
    world.set(&format!("{ROW}/MechanicalCouplingNumberTowingMasses"), "1");
    assert!(!world.fires("TW-04"));
    world.set(&format!("{POINTS}[1]/MechanicalCouplingNumberVerticalMass"), "3");
    assert!(world.fires("TW-04"));
}

#[test]
fn a_reference_to_a_coupling_blocks_on_m1() {
    let mut world = tows();
    assert!(!world.fires("TW-05"));
    world.set("VehicleCategory", "M1G");
    assert!(world.fires("TW-05") && !world.fires("TW-04"));
    world.unset(&format!("{ROW}/MechanicalCouplingNumberTowingMasses"));
    assert!(!world.fires("TW-05"));
}

#[test]
fn two_couplings_of_one_number_warn() {
    let mut world = tows();
    world.set("MechanicalCouplingTable[2]/MechanicalCouplingNumber", "2");
    assert!(!world.fires("TW-06"));
    world.set("MechanicalCouplingTable[2]/MechanicalCouplingNumber", "1");
    assert!(world.fires("TW-06"));
}

#[test]
fn a_coupling_without_approval_or_values_warns() {
    for gone in ["MechanicalCouplingApprovalNumber", "MechanicalCouplingValueD"] {
        let mut world = tows();
        world.unset("MechanicalCouplingTable[1]/MechanicalCouplingValueS");
        assert!(!world.fires("TW-07"));
        world.unset(&format!("MechanicalCouplingTable[1]/{gone}"));
        assert!(world.fires("TW-07"), "{gone}");
    }
}

#[test]
fn a_static_mass_above_s_warns() {
    let mut world = tows();
    assert!(!world.fires("TW-08"));
    world.set("MechanicalCouplingTable[1]/MechanicalCouplingValueS", "99");
    assert!(world.fires("TW-08"));
}

#[test]
fn a_coupling_too_weak_for_its_trailer_warns() {
    // 9.81 · 6 · 2 / 8 = 14.715
    assert_eq!(needed(Decimal::from(6000), Decimal::from(2000)), Some(Decimal::new(1472, 2)));
    assert_eq!(needed(Decimal::ZERO, Decimal::ZERO), None);
    let mut world = tows();
    assert!(!world.fires("TW-09"));
    world.set("MechanicalCouplingTable[1]/MechanicalCouplingValueD", "14.7");
    assert!(world.fires("TW-09"));
    world.set(LADEN, "5500");
    assert!(!world.fires("TW-09"));
}

#[test]
fn an_unbraked_trailer_above_its_limits_warns() {
    let mut world = tows();
    world.set(&format!("{ROW}/BrakedTypeTrail"), "UNB");
    world.set(TOWABLE, "750");
    assert!(!world.fires("TW-10"));
    world.set(TOWABLE, "751");
    assert!(world.fires("TW-10"));
    world.set(TOWABLE, "700");
    world.set(RUNNING, "1399");
    assert!(world.fires("TW-10"), "half of 1,399 kg");
}

#[test]
fn towing_without_a_static_mass_warns() {
    let mut world = tows();
    assert!(!world.fires("TW-11"));
    world.unset(&format!("{POINTS}[1]/TechnicallyPermissibleMaximumStaticVerticalMassCouplingPoint"));
    assert!(world.fires("TW-11"));
    world.unset(TOWABLE);
    assert!(!world.fires("TW-11"));
}

#[test]
fn a_coupling_that_no_towable_mass_refers_to_warns_where_another_is() {
    let mut world = tows();
    assert!(!world.fires("TW-12"));
    world.set("MechanicalCouplingTable[2]/MechanicalCouplingNumber", "2");
    assert!(world.fires("TW-12"));
    world.unset(&format!("{ROW}/MechanicalCouplingNumberTowingMasses"));
    assert!(!world.fires("TW-12"), "where none is referred to, nothing is counted");
}

#[test]
fn a_braking_that_the_change_overview_dropped_warns() {
    let mut world = tows();
    assert!(!world.fires("TW-13"));
    world.set(&format!("{ROW}/BrakedTypeTrail"), "PNH");
    assert!(world.fires("TW-13"));
    world.set("VehicleCategory", "R2");
    assert!(!world.fires("TW-13"), "trailers of tractors are not spoken of");
}

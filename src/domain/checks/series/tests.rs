//! Checks of the kind of approval, each firing and not firing.

use super::super::fixture::World;
use super::{INTENDED_COUNTRY, KIND, NUMBER, PROVISIONAL, SEQUENCE, TERRITORIES, YEAR};

/// The sound vehicle as one of a small series.
fn small() -> World {
    let mut world = World::sound();
    world.set(KIND, "ESS");
    world.set(NUMBER, "e4*KS18/858*00009*02");
    world.set(YEAR, "2026");
    world.set(SEQUENCE, "17");
    world
}

#[test]
fn a_small_series_without_its_number_warns() {
    assert!(!small().fires("SE-01"));
    for gone in [YEAR, SEQUENCE] {
        let mut world = small();
        world.unset(gone);
        assert!(world.fires("SE-01"), "{gone}");
    }
}

#[test]
fn a_number_outside_a_small_series_warns() {
    let mut world = small();
    assert!(!world.fires("SE-02"));
    world.set(KIND, "EU");
    assert!(world.fires("SE-02") && !world.fires("SE-01"));
}

#[test]
fn a_year_other_than_that_of_manufacture_warns() {
    let mut world = small();
    assert!(!world.fires("SE-03"));
    world.set(YEAR, "2025");
    assert!(world.fires("SE-03"));
}

#[test]
fn a_number_of_another_kind_warns() {
    let mut world = small();
    for (kind, number, wrong) in [
        ("ESS", "e4*KS18/858*00009*02", false),
        ("EU", "e4*KS18/858*00009*02", true),
        ("ESS", "e4*2018/858*90471*01", true),
        ("NSS", "e11*NKS18/858*00040*00", false),
        ("NSS", "e4*2018/858*90471*01", false),
        ("EU", "e11*NKS18/858*00040*00", true),
    ] {
        world.set(KIND, kind);
        world.set(NUMBER, number);
        assert_eq!(world.fires("SE-04"), wrong, "{kind} {number}");
    }
}

#[test]
fn a_provisional_approval_and_its_territories_go_together() {
    let row = format!("{TERRITORIES}[1]/ProvisionalApprovalTerritoryCountry");
    let mut world = World::sound();
    world.set(PROVISIONAL, "N");
    assert!(!world.fires("SE-05"));
    world.set(&row, "NL");
    assert!(world.fires("SE-05"));
    world.set(PROVISIONAL, "Y");
    assert!(!world.fires("SE-05"));
    world.unset(&row);
    assert!(world.fires("SE-05"));
}

#[test]
fn an_intended_country_outside_the_territories_warns() {
    let mut world = World::sound();
    world.set(PROVISIONAL, "Y");
    world.set(&format!("{TERRITORIES}[1]/ProvisionalApprovalTerritoryCountry"), "NL");
    world.set(INTENDED_COUNTRY, "NL");
    assert!(!world.fires("SE-06"));
    world.set(INTENDED_COUNTRY, "D");
    assert!(world.fires("SE-06"));
}

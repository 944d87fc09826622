//! Checks of the body, each firing and not firing. The sound vehicle is of category N2.

use super::super::fixture::World;
use super::{DEROGATION, GOODS, HEIGHT, LADEN, LENGTH, LOADING, MASSES, OVERHANG, SEATS, STANDING, WHEELBASE, WIDTH};

#[test]
fn a_bodywork_of_another_category_blocks() {
    let mut world = World::sound();
    world.set("BodyworkTable[1]/CodeForBodywork", "BA");
    for (category, wrong) in
        [("N2", false), ("N1G", false), ("M1", true), ("M3", true), ("O2", true), ("L7Be-A", false)]
    {
        world.set("VehicleCategory", category);
        assert_eq!(world.fires("BO-01"), wrong, "{category}");
    }
}

#[test]
fn a_special_purpose_that_is_not_said_warns() {
    let mut world = World::sound();
    assert!(!world.fires("BO-02"));
    world.set("VehicleCategory", "N2S");
    assert!(world.fires("BO-02"));
    world.set("BodyworkTable[1]/SpecialPurposeDesignation", "SG");
    assert!(!world.fires("BO-02"));
}

#[test]
fn seats_counted_in_two_ways_warn() {
    let mut world = World::sound();
    world.set(SEATS, "3");
    world.set("GeneralConstructionGroup/NumberOfSeatingPositionsExcludingDriver", "2");
    assert!(!world.fires("BO-03"));
    world.set("GeneralConstructionGroup/NumberOfSeatingPositionsExcludingDriver", "3");
    assert!(world.fires("BO-03"));
    world.unset("GeneralConstructionGroup/NumberOfSeatingPositionsExcludingDriver");
    world.set("GeneralConstructionGroup/NumberOfSeatingPositionsLowerDeck", "3");
    assert!(!world.fires("BO-03"));
    world.set("GeneralConstructionGroup/NumberOfSeatingPositionsUpperDeck", "1");
    assert!(world.fires("BO-03"));
}

#[test]
fn seats_of_another_category_warn() {
    let mut world = World::sound();
    for (category, seats, standing, wrong) in [
        ("M1", "9", "0", false),
        ("M1", "10", "0", true),
        ("M1", "9", "1", true),
        ("M2", "9", "1", true),
        ("M3S", "10", "1", false),
        ("N2", "12", "0", false),
    ] {
        world.set("VehicleCategory", category);
        world.set(SEATS, seats);
        world.set(STANDING, standing);
        assert_eq!(world.fires("BO-04"), wrong, "{category} {seats} {standing}");
    }
}

#[test]
fn a_mass_of_another_category_warns() {
    let mut world = World::sound();
    for (class, above, most) in MASSES {
        world.set("VehicleCategory", class);
        for (mass, wrong) in [(above, true), (above + 1, false), (most, most == 0), (most + 1, most > 0)] {
            world.set(LADEN, &mass.to_string());
            let wrong = wrong || mass <= above;
            assert_eq!(world.fires("BO-05"), wrong, "{class} {mass}");
        }
    }
}

#[test]
fn a_length_without_a_front_warns() {
    let mut world = World::sound();
    world.set(WHEELBASE, "3750");
    world.set(OVERHANG, "2789");
    assert!(!world.fires("BO-06"), "1 mm is left of 6,540");
    world.set(OVERHANG, "2790");
    assert!(world.fires("BO-06"));
}

#[test]
fn a_loading_area_as_long_as_the_vehicle_warns() {
    let mut world = World::sound();
    world.set(LOADING, "6539");
    assert!(!world.fires("BO-07"));
    world.set(LOADING, "6540");
    assert!(world.fires("BO-07"));
}

#[test]
fn dimensions_beyond_those_authorised_warn_without_a_derogation() {
    for (address, most) in [(LENGTH, 12_000), (WIDTH, 2_600), (HEIGHT, 4_000)] {
        let mut world = World::sound();
        world.set(address, &most.to_string());
        assert!(!world.fires("BO-08"), "{address}");
        world.set(address, &(most + 1).to_string());
        assert!(world.fires("BO-08"), "{address}");
        world.set(DEROGATION, "Y");
        assert!(!world.fires("BO-08"), "{address}");
    }
}

#[test]
fn a_derogation_without_a_remark_warns() {
    let mut world = World::sound();
    world.set(DEROGATION, "N");
    assert!(!world.fires("BO-09"));
    world.set(DEROGATION, "Y");
    assert!(world.fires("BO-09"));
    world.set("RemarkTable[1]/Remark", "52: elongated cab");
    assert!(!world.fires("BO-09"));
}

#[test]
fn a_plate_whose_place_nobody_says_warns() {
    let mut world = World::sound();
    assert!(!world.fires("BO-10"));
    world.set("LocationMarkingsTable[1]/LocationMarkingsSubject", "VIN");
    assert!(world.fires("BO-10"));
}

#[test]
fn dangerous_goods_and_their_classes_go_together() {
    let class = "TypeApprovalTransportDangerousGoodsTable[1]/TypeApprovalTransportDangerousGoodsClass";
    let mut world = World::sound();
    world.set(GOODS, "N");
    assert!(!world.fires("BO-11"));
    world.set(class, "FL");
    assert!(world.fires("BO-11"));
    world.set(GOODS, "Y");
    assert!(!world.fires("BO-11"));
    world.unset(class);
    assert!(world.fires("BO-11"));
}

//! Checks of the vehicle category: what it forbids and what it asks for.

use super::look::gives;
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate};

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "CA-01",
        title: "Nothing that is foreign to the category",
        clause: "EReg guidelines 1.4 (colour); EUCARIS setup manual 1.5 (couplings)",
        grade: Grade::Block,
        entries: &["ColourTable", "MechanicalCouplingTable"],
        remedy: "Withdraw the entry: the receiver rejects the message with it.",
        run: nothing_foreign,
    },
    Check {
        id: "CA-02",
        title: "M1 says whether it is purely electric",
        clause: "EReg change overview 1.1: PureElectricVehicleIndicator always Y or N for M1",
        grade: Grade::Block,
        entries: &["PureElectricVehicleIndicator"],
        remedy: "Declare Y or N; N on a vehicle that is not purely electric.",
        run: says_whether_electric,
    },
];

/// Tables that a category must not have: the receiver rejects the message.
const FOREIGN: [(&str, &str); 2] = [("ColourTable", "M2"), ("MechanicalCouplingTable", "M1")];

fn is_of(category: &str, class: &str) -> bool {
    // Off-road and special purpose follow the class as letters: M1G, M1GS.
    category.strip_prefix(class).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn nothing_foreign(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let Some(category) = certificate.value("VehicleCategory") else { return };
    for (table, class) in FOREIGN {
        if is_of(category, class) && gives(certificate, table) {
            let text = format!("{table} does not belong to the certificate of category {class}: withdraw it");
            report.at(table, text, &[("category", category)]);
        }
    }
}

fn says_whether_electric(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const ELECTRIC: &str = "PureElectricVehicleIndicator";
    let category = certificate.value("VehicleCategory").unwrap_or_default();
    if is_of(category, "M1") && certificate.value(ELECTRIC).is_none() {
        report.at(ELECTRIC, "a vehicle of category M1 says Y or N: declare it", &[("category", category)]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;

    #[test]
    fn a_colour_on_m2_blocks() {
        let mut world = World::sound();
        world.set("ColourTable[1]/Colour", "9");
        assert!(!world.fires("CA-01"));
        world.set("VehicleCategory", "M2");
        assert!(world.fires("CA-01"));
    }

    #[test]
    fn an_m1_that_does_not_say_whether_it_is_electric_blocks() {
        let mut world = World::sound();
        assert!(!world.fires("CA-02"));
        world.set("VehicleCategory", "M1GS");
        assert!(world.fires("CA-02"));
        world.base("PureElectricVehicleIndicator", "N");
        assert!(!world.fires("CA-02"));
    }
}

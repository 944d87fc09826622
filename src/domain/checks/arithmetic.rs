//! Checks of arithmetic: masses, axles, doors. All are inferred, so all warn; none says anything where a value is
//! missing.

use rust_decimal::Decimal;

use super::look::{column, number};
use super::row::{count, rows};
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate};

const RUNNING: &str = "MassGroup/MassInRunningOrder";
const ACTUAL: &str = "MassGroup/ActualMass";
const LADEN: &str = "MassGroup/TechnicallyPermissibleMaximumLadenMass";
const DOORS: &str = "GeneralConstructionGroup/NumberOfDoors";
const AXLES: &str = "GeneralConstructionGroup/NumberOfAxles";
const WHEELBASE: &str = "DimensionGroup/Wheelbase";
const OFFICIAL: &str = "inferred; holds on the official N2 specimen";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "AR-01",
        title: "The axles carry the mass in running order",
        clause: OFFICIAL,
        grade: Grade::Warn,
        entries: &[RUNNING, "AxleTable/DistributionMassRunningOrderAxle"],
        remedy: "Weigh again, or correct the one of the values that was mistyped.",
        run: axles_carry_the_mass,
    },
    Check {
        id: "AR-02",
        title: "Actual mass not below the mass in running order",
        clause: OFFICIAL,
        grade: Grade::Warn,
        entries: &[ACTUAL, RUNNING],
        remedy: "Correct the one that was mistyped: optional equipment adds to the mass in running order.",
        run: actual_not_below_running,
    },
    Check {
        id: "AR-03",
        title: "Laden mass above the actual mass",
        clause: "inferred: there must be a payload",
        grade: Grade::Warn,
        entries: &[LADEN, ACTUAL],
        remedy: "Correct the one that was mistyped; else the vehicle may not be loaded at all.",
        run: laden_above_actual,
    },
    Check {
        id: "AR-04",
        title: "Laden mass not above what the axles may carry",
        clause: OFFICIAL,
        grade: Grade::Warn,
        entries: &[LADEN, "AxleTable/TechnicallyPermissibleMassAxle"],
        remedy: "Correct the mass, or the axle that was mistyped.",
        run: laden_within_the_axles,
    },
    Check {
        id: "AR-05",
        title: "The configuration of doors adds up",
        clause: OFFICIAL,
        grade: Grade::Warn,
        entries: &[DOORS, "ConfigurationDoorsGroup"],
        remedy: "Count the doors again.",
        run: doors_add_up,
    },
    Check {
        id: "AR-06",
        title: "On two axles the axle spacing is the wheelbase",
        clause: "inferred; one official specimen differs",
        grade: Grade::Warn,
        entries: &[WHEELBASE, "AxleTable/AxleSpacing"],
        remedy: "Measure again; with two axles both are the same length.",
        run: spacing_is_the_wheelbase,
    },
    Check {
        id: "AR-07",
        title: "The table of axles has as many rows as there are axles",
        clause: "inferred; a table is repeated whole (EUCARIS setup manual 1.5)",
        grade: Grade::Warn,
        entries: &[AXLES, "AxleTable"],
        remedy: "Declare every axle as a row, or correct the number of axles.",
        run: a_row_for_every_axle,
    },
];

fn axles_carry_the_mass(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let axles = column(content, "AxleTable", "DistributionMassRunningOrderAxle");
    if let (Some(mass), Some(axles)) = (number(content, RUNNING), axles) {
        let sum: Decimal = axles.iter().sum();
        if sum != mass {
            let text = "the masses on the axles (13.1) do not add up to the mass in running order (13)";
            report.numbers(RUNNING, text, [("sum of 13.1", sum), ("13", mass)]);
        }
    }
}

fn actual_not_below_running(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if let (Some(actual), Some(running)) = (number(content, ACTUAL), number(content, RUNNING))
        && actual < running
    {
        let text = "the actual mass (13.2) is below the mass in running order (13)";
        report.numbers(ACTUAL, text, [("13.2", actual), ("13", running)]);
    }
}

fn laden_above_actual(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if let (Some(laden), Some(actual)) = (number(content, LADEN), number(content, ACTUAL))
        && laden <= actual
    {
        let text = "the laden mass (16.1) leaves no payload over the actual mass (13.2)";
        report.numbers(LADEN, text, [("16.1", laden), ("13.2", actual)]);
    }
}

fn laden_within_the_axles(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let axles = column(content, "AxleTable", "TechnicallyPermissibleMassAxle");
    if let (Some(laden), Some(axles)) = (number(content, LADEN), axles) {
        let sum: Decimal = axles.iter().sum();
        if laden > sum {
            let text = "the laden mass (16.1) is above the sum of what the axles may carry (16.2)";
            report.numbers(LADEN, text, [("16.1", laden), ("sum of 16.2", sum)]);
        }
    }
}

fn doors_add_up(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let sides: Vec<Decimal> = ["Front", "Left", "Right", "Back"]
        .into_iter()
        .filter_map(|side| number(content, &format!("ConfigurationDoorsGroup/NumberOfDoors{side}")))
        .collect();
    if let (Some(doors), false) = (number(content, DOORS), sides.is_empty()) {
        let sum: Decimal = sides.iter().sum();
        if sum != doors {
            let text = "the doors of the sides do not add up to the number of doors (41)";
            report.numbers(DOORS, text, [("sum of the sides", sum), ("41", doors)]);
        }
    }
}

fn spacing_is_the_wheelbase(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if count(content, "AxleTable") != 2 {
        return;
    }
    let spacings: Vec<Decimal> = rows(content, "AxleTable").filter_map(|axle| axle.number("AxleSpacing")).collect();
    if let (Some(wheelbase), [spacing]) = (number(content, WHEELBASE), spacings.as_slice())
        && wheelbase != *spacing
    {
        let text = "the axle spacing (4.1) of a vehicle with two axles is not its wheelbase (4)";
        report.numbers(WHEELBASE, text, [("4.1", *spacing), ("4", wheelbase)]);
    }
}

fn a_row_for_every_axle(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let rows = Decimal::from(count(content, "AxleTable"));
    if let Some(axles) = number(content, AXLES)
        && !rows.is_zero()
        && axles != rows
    {
        let text = "the table of axles has not as many rows as there are axles (1)";
        report.numbers(AXLES, text, [("rows", rows), ("1", axles)]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::{ACTUAL, AXLES, DOORS, LADEN, RUNNING, WHEELBASE};

    #[test]
    fn masses_on_axles_that_do_not_add_up_warn() {
        let mut world = World::sound();
        assert!(!world.fires("AR-01"));
        world.set("AxleTable[2]/DistributionMassRunningOrderAxle", "1361");
        assert!(world.fires("AR-01"));
    }

    #[test]
    fn an_actual_mass_below_the_mass_in_running_order_warns() {
        let mut world = World::sound();
        world.set(ACTUAL, "3065");
        assert!(!world.fires("AR-02"));
        world.set(ACTUAL, "3064");
        assert!(world.fires("AR-02"));
    }

    #[test]
    fn a_laden_mass_without_payload_warns() {
        let mut world = World::sound();
        assert!(!world.fires("AR-03"));
        world.set(LADEN, "3290");
        assert!(world.fires("AR-03"));
    }

    #[test]
    fn a_laden_mass_above_the_axles_warns() {
        let mut world = World::sound();
        assert!(!world.fires("AR-04"));
        world.set(LADEN, "6701");
        assert!(world.fires("AR-04"));
    }

    #[test]
    fn doors_that_do_not_add_up_warn() {
        let mut world = World::sound();
        assert!(!world.fires("AR-05"));
        world.set(DOORS, "4");
        assert!(world.fires("AR-05"));
    }

    #[test]
    fn an_axle_spacing_other_than_the_wheelbase_of_two_axles_warns() {
        let mut world = World::sound();
        assert!(!world.fires("AR-06"));
        world.set(WHEELBASE, "3700");
        assert!(world.fires("AR-06"));
        world.set("AxleTable[3]/AxleNumber", "3");
        assert!(!world.fires("AR-06"));
    }

    #[test]
    fn axles_without_a_row_warn() {
        let mut world = World::sound();
        assert!(!world.fires("AR-07"));
        world.set(AXLES, "3");
        assert!(world.fires("AR-07"));
    }

    #[test]
    fn a_missing_or_unreadable_value_fires_no_arithmetic() {
        for address in
            [RUNNING, ACTUAL, LADEN, DOORS, WHEELBASE, AXLES, "AxleTable[1]/DistributionMassRunningOrderAxle"]
        {
            let largest = "79228162514264337593543950335";
            for bad in [None, Some("n/a"), Some("1e9"), Some(largest), Some("99999999999999999999999999999999")] {
                let mut world = World::sound();
                world.unset(address);
                match bad {
                    None => world.no_base(address),
                    Some(bad) => world.set(address, bad),
                }
                let fired: Vec<&str> = world.findings().iter().map(|finding| finding.check).collect();
                assert!(!fired.iter().any(|id| id.starts_with("AR-")), "{address} {bad:?}: {fired:?}");
            }
        }
    }
}

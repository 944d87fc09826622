//! Checks of axles, wheels and tyres: counted as they are listed, tyres that bear what the axle may.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::look::number;
use super::row::{Row, rows};
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::content::Content;

const AXLES: &str = "AxleTable";
const COUNT: &str = "GeneralConstructionGroup/NumberOfAxles";
const WHEELS: &str = "GeneralConstructionGroup/NumberOfWheels";
const AXLE_MASS: &str = "TechnicallyPermissibleMassAxle";
const TWIN: &str = "TwinWheelsAxleIndicator";
const FITTED: &str = "TyreFittedProductionIndicator";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "AX-01",
        title: "Axles are numbered from front to rear without gaps",
        clause: "inferred: other entries speak of an axle by its number",
        grade: Grade::Warn,
        entries: &["AxleTable/AxleNumber"],
        remedy: "Number the axles 1, 2, 3 … in the order of their rows.",
        run: axles_are_numbered,
    },
    Check {
        id: "AX-02",
        title: "As many axles are marked as are counted",
        clause: "inferred from entries 1.1, 2 and 3; holds on the official specimens",
        grade: Grade::Warn,
        entries: &[
            "GeneralConstructionGroup/NumberOfAxlesWithTwinWheels",
            "GeneralConstructionGroup/NumberOfSteeredAxles",
            "GeneralConstructionGroup/NumberOfPoweredAxles",
            "GeneralConstructionGroup/NumberOfBrakedAxles",
        ],
        remedy: "Correct the number, or the mark of the axle that is wrong.",
        run: marks_are_counted,
    },
    Check {
        id: "AX-03",
        title: "Two wheels to an axle, four to one with twin wheels",
        clause: "inferred from entries 1 and 1.1; holds on the official specimens",
        grade: Grade::Warn,
        entries: &[WHEELS, COUNT, "GeneralConstructionGroup/NumberOfAxlesWithTwinWheels"],
        remedy: "Correct the number of wheels or of axles.",
        run: wheels_fit_the_axles,
    },
    Check {
        id: "AX-04",
        title: "Every axle that lists tyres says which are fitted",
        clause: "EReg change overview 1.1: the fitted tyre is the one the CO2 value rests on; that one must be marked is inferred",
        grade: Grade::Warn,
        entries: &["AxleTable/TyreAxleTable/TyreFittedProductionIndicator"],
        remedy: "Mark the tyre that was fitted at production with Y; with other tyres, declare those.",
        run: fitted_tyre_is_marked,
    },
    Check {
        id: "AX-05",
        title: "The tyres bear what the axle may bear",
        clause: "load index of UN Regulations No 30 and No 54; the comparison is inferred",
        grade: Grade::Warn,
        entries: &[
            "AxleTable/TyreAxleTable/LoadCapacityIndexSingleWheel",
            "AxleTable/TyreAxleTable/LoadCapacityIndexTwinWheel",
            "AxleTable/TechnicallyPermissibleMassAxle",
        ],
        remedy: "Correct the load index (35) or the axle's mass (16.2); else the tyres are not for this vehicle.",
        run: tyres_bear_the_axle,
    },
    Check {
        id: "AX-06",
        title: "The tyres are made for the maximum speed",
        clause: "speed symbols of UN Regulations No 30 and No 54; the comparison is inferred, winter tyres aside",
        grade: Grade::Warn,
        entries: &["AxleTable/TyreAxleTable/SpeedCategorySymbol", "MaximumSpeed"],
        remedy: "Correct the speed symbol (35) or the maximum speed (29).",
        run: tyres_bear_the_speed,
    },
    Check {
        id: "AX-07",
        title: "An axle that is referred to is in the table of axles",
        clause: "inferred: groups of axles, interconnections and tyre combinations name axles by number",
        grade: Grade::Warn,
        entries: &[
            "AxleGroupTable/AxleGroupMemberTable/MemberAxleNumber",
            "AxleTable/InterconnectionWithPoweredAxleTable/InterconnectionWithPoweredAxleNumber",
            "TyreAxleMassCombinationTable/TyreAxleCombinationTable/AxleNumberCombination",
        ],
        remedy: "Correct the number, or declare the axle.",
        run: references_exist,
    },
    Check {
        id: "AX-08",
        title: "Air suspension of a drive axle only where the axle is driven",
        clause: "inferred from entries 3 and 33",
        grade: Grade::Warn,
        entries: &["AxleTable/DriveAxleAirSuspensionOrEquivalentIndicator", "AxleTable/PoweredAxleIndicator"],
        remedy: "Declare the air suspension under entry 34, or the axle as powered.",
        run: drive_axles_are_driven,
    },
];

fn axles_are_numbered(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for (at, axle) in rows(&certificate.effective, AXLES).enumerate() {
        let wanted = Decimal::from(at + 1);
        if let Some(number) = axle.number("AxleNumber")
            && number != wanted
        {
            let text = "the axle's number is not its place among the axles of the vehicle";
            report.numbers(&axle.at("AxleNumber"), text, [("place", wanted), ("number", number)]);
        }
    }
}

fn marks_are_counted(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const MARKS: [(&str, &str); 4] = [
        ("NumberOfAxlesWithTwinWheels", TWIN),
        ("NumberOfSteeredAxles", "SteeredAxleIndicator"),
        ("NumberOfPoweredAxles", "PoweredAxleIndicator"),
        ("NumberOfBrakedAxles", "BrakedAxleIndicator"),
    ];
    let content = &certificate.effective;
    for (count, mark) in MARKS {
        let address = format!("GeneralConstructionGroup/{count}");
        let (Some(said), Some(marked)) = (number(content, &address), marked(content, mark)) else { continue };
        if said != marked {
            let text = format!("{count} says another number of axles than {mark} marks with Y");
            report.numbers(&address, text, [("counted", said), ("marked", marked)]);
        }
    }
}

/// How many axles carry a mark, where every axle says yes or no to it.
fn marked(content: &Content, mark: &str) -> Option<Decimal> {
    let said: Option<Vec<&str>> = rows(content, AXLES).map(|axle| axle.text(mark)).collect();
    let said = said.filter(|said| !said.is_empty())?;
    Some(Decimal::from(said.iter().filter(|yes| **yes == "Y").count()))
}

fn wheels_fit_the_axles(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let twin =
        number(content, "GeneralConstructionGroup/NumberOfAxlesWithTwinWheels").or_else(|| marked(content, TWIN));
    let (Some(wheels), Some(axles), Some(twin)) = (number(content, WHEELS), number(content, COUNT), twin) else {
        return;
    };
    let wanted = (axles + twin) * Decimal::TWO;
    if wheels != wanted {
        let text = "the number of wheels is not two to an axle, four to an axle with twin wheels";
        report.numbers(WHEELS, text, [("wheels", wheels), ("by the axles", wanted)]);
    }
}

fn fitted_tyre_is_marked(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for axle in rows(&certificate.effective, AXLES) {
        let marks: Vec<&str> = axle.rows("TyreAxleTable").filter_map(|tyre| tyre.text(FITTED)).collect();
        if !marks.is_empty() && !marks.contains(&"Y") {
            let text = "none of the axle's tyres is marked as fitted at production: mark the one that is";
            report.at(&axle.at("TyreAxleTable"), text, &[("tyres", &marks.len().to_string())]);
        }
    }
}

/// The mass in kg a tyre bears by its load index, from 60 on.
#[rustfmt::skip]
const LOADS: [u32; 121] = [
    250, 257, 265, 272, 280, 290, 300, 307, 315, 325, // 60
    335, 345, 355, 365, 375, 387, 400, 412, 425, 437, // 70
    450, 462, 475, 487, 500, 515, 530, 545, 560, 580, // 80
    600, 615, 630, 650, 670, 690, 710, 730, 750, 775, // 90
    800, 825, 850, 875, 900, 925, 950, 975, 1000, 1030, // 100
    1060, 1090, 1120, 1150, 1180, 1215, 1250, 1285, 1320, 1360, // 110
    1400, 1450, 1500, 1550, 1600, 1650, 1700, 1750, 1800, 1850, // 120
    1900, 1950, 2000, 2060, 2120, 2180, 2240, 2300, 2360, 2430, // 130
    2500, 2575, 2650, 2725, 2800, 2900, 3000, 3075, 3150, 3250, // 140
    3350, 3450, 3550, 3650, 3750, 3875, 4000, 4125, 4250, 4375, // 150
    4500, 4625, 4750, 4875, 5000, 5150, 5300, 5450, 5600, 5800, // 160
    6000, 6150, 6300, 6500, 6700, 6900, 7100, 7300, 7500, 7750, // 170
    8000, // 180
];

/// What one tyre of a load index bears, in kg.
fn load(index: Decimal) -> Option<Decimal> {
    let index: usize = index.try_into().ok()?;
    LOADS.get(index.checked_sub(60)?).map(|load| Decimal::from(*load))
}

fn tyres_bear_the_axle(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for axle in rows(&certificate.effective, AXLES) {
        let (name, wheels) = match axle.text(TWIN) {
            Some("Y") => ("LoadCapacityIndexTwinWheel", 4),
            _ => ("LoadCapacityIndexSingleWheel", 2),
        };
        let Some(mass) = axle.number(AXLE_MASS) else { continue };
        for tyre in axle.rows("TyreAxleTable") {
            let bears = tyre.number(name).and_then(load).map(|one| one * Decimal::from(wheels));
            if let Some(bears) = bears
                && bears < mass
            {
                let text =
                    "by their load index (35) the axle's tyres together bear less than the axle may (16.2), in kg";
                report.numbers(&tyre.at(name), text, [("tyres", bears), ("16.2", mass)]);
            }
        }
    }
}

/// The speed in km/h that a symbol stands for.
const SPEEDS: [(&str, u32); 22] = [
    ("A8", 40),
    ("B", 50),
    ("C", 60),
    ("D", 65),
    ("E", 70),
    ("F", 80),
    ("G", 90),
    ("J", 100),
    ("K", 110),
    ("L", 120),
    ("M", 130),
    ("N", 140),
    ("P", 150),
    ("Q", 160),
    ("R", 170),
    ("S", 180),
    ("T", 190),
    ("U", 200),
    ("H", 210),
    ("V", 240),
    ("W", 270),
    ("Y", 300),
];

/// Whether a tyre is one for snow, whose speed a sign in the cab may limit.
fn is_winter(tyre: &Row<'_>) -> bool {
    tyre.rows("TyreTypeTable").any(|kind| matches!(kind.text("TyreType"), Some("MS" | "MST")))
}

fn tyres_bear_the_speed(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let Some(speed) = number(content, "MaximumSpeed") else { return };
    for tyre in rows(content, AXLES).flat_map(|axle| axle.rows("TyreAxleTable")).filter(|tyre| !is_winter(tyre)) {
        let symbol = tyre.text("SpeedCategorySymbol");
        let made_for =
            SPEEDS.iter().find(|(known, _)| Some(*known) == symbol).map(|(_, made_for)| Decimal::from(*made_for));
        if let Some(made_for) = made_for
            && made_for < speed
        {
            let text = "by its symbol (35) the tyre is made for less than the maximum speed (29), in km/h";
            report.numbers(&tyre.at("SpeedCategorySymbol"), text, [("tyre", made_for), ("29", speed)]);
        }
    }
}

fn references_exist(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const FROM: [(&str, &str, &str); 3] = [
        ("AxleGroupTable", "AxleGroupMemberTable", "MemberAxleNumber"),
        (AXLES, "InterconnectionWithPoweredAxleTable", "InterconnectionWithPoweredAxleNumber"),
        ("TyreAxleMassCombinationTable", "TyreAxleCombinationTable", "AxleNumberCombination"),
    ];
    let content = &certificate.effective;
    let known: BTreeSet<Decimal> = rows(content, AXLES).filter_map(|axle| axle.number("AxleNumber")).collect();
    for (table, inner, name) in FROM {
        for row in rows(content, table).flat_map(|row| row.rows(inner)) {
            if let Some(wanted) = row.number(name)
                && !known.contains(&wanted)
            {
                let text = format!("there is no axle {wanted} in the table of axles: correct the number");
                report.at(&row.at(name), text, &[("refers to", &wanted.to_string())]);
            }
        }
    }
}

fn drive_axles_are_driven(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const AIR: &str = "DriveAxleAirSuspensionOrEquivalentIndicator";
    for axle in rows(&certificate.effective, AXLES) {
        if axle.text(AIR) == Some("Y") && axle.text("PoweredAxleIndicator") == Some("N") {
            let text = "air suspension of a drive axle (33) on an axle that is not powered (3): declare it under 34";
            report.at(&axle.at(AIR), text, &[("33", "Y"), ("powered", "N")]);
        }
    }
}

#[cfg(test)]
#[path = "axles/tests.rs"]
mod tests;

//! Checks of towing: towable masses by kind of trailer, couplings and what refers to them.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::look::{class, number};
use super::row::{Row, count, rows};
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::content::Content;
use crate::domain::value::same;

const LADEN: &str = "MassGroup/TechnicallyPermissibleMaximumLadenMass";
const RUNNING: &str = "MassGroup/MassInRunningOrder";
const TOWING: &str = "TowingBrakedTypeTrailTable";
const TRAILER: &str = "BodyworkTypeTrailer";
const TOWABLE: &str = "TechnicallyPermissibleMaximumTowableMass";
const COUPLING: &str = "MechanicalCouplingTable";
const POINTS: &str = "MassGroup/MaximumStaticVerticalMassCouplingPointTable";
const POINT_MASS: &str = "TechnicallyPermissibleMaximumStaticVerticalMassCouplingPoint";
const TOWABLE_PATH: &str = "TowingBrakedTypeTrailTable/BodyworkTypeTable/TechnicallyPermissibleMaximumTowableMass";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "TW-01",
        title: "A towable mass of M and N says how the trailer is braked",
        clause: "EUCARIS setup manual 1.5, towing: BrakedTypeTrail is mandatory with a towable mass",
        grade: Grade::Block,
        entries: &["TowingBrakedTypeTrailTable/BrakedTypeTrail", TOWABLE_PATH],
        remedy: "Declare how the trailer is braked (UNB unbraked, BRK braked) in the row of the towable mass.",
        run: brakes_are_said,
    },
    Check {
        id: "TW-02",
        title: "A braked towable mass of M and N says for which kind of trailer",
        clause: "EUCARIS setup manual 1.5: mandatory; EReg change overview 1.1: not to be declared. The official texts disagree",
        grade: Grade::Warn,
        entries: &["TowingBrakedTypeTrailTable/BodyworkTypeTable/BodyworkTypeTrailer", TOWABLE_PATH],
        remedy: "Declare the kind of trailer (DB drawbar, DC centre-axle, DA semi-trailer), as the newer manual and the official specimens do.",
        run: trailer_is_said,
    },
    Check {
        id: "TW-03",
        title: "Who may tow says the towable mass and the mass of the combination",
        clause: "EUCARIS setup manual 1.5, towing: each at least once; that it holds only where the table is given is inferred",
        grade: Grade::Warn,
        entries: &[
            "TowingBrakedTypeTrailTable",
            "TowingBrakedTypeTrailTable/BodyworkTypeTable/TechnicallyPermissibleMaximumCombinationMass",
        ],
        remedy: "Declare the one that is missing (16.4 or 18) in a row of the table.",
        run: both_masses_are_said,
    },
    Check {
        id: "TW-04",
        title: "A coupling that is referred to is in the table of couplings",
        clause: "EUCARIS setup manual 1.5, towing: a coupling's number refers to an existing one",
        grade: Grade::Block,
        entries: &[
            "MechanicalCouplingTable/MechanicalCouplingNumber",
            "TowingBrakedTypeTrailTable/MechanicalCouplingNumberTowingMasses",
            "MassGroup/MaximumStaticVerticalMassCouplingPointTable/MechanicalCouplingNumberVerticalMass",
        ],
        remedy: "Declare the coupling (entry 44) with that number, or withdraw the number that refers to it.",
        run: references_exist,
    },
    Check {
        id: "TW-05",
        title: "On M1 no mass refers to a coupling",
        clause: "EUCARIS setup manual 1.5: M1 has no table of couplings, so no reference to one",
        grade: Grade::Block,
        entries: &[
            "TowingBrakedTypeTrailTable/MechanicalCouplingNumberTowingMasses",
            "MassGroup/MaximumStaticVerticalMassCouplingPointTable/MechanicalCouplingNumberVerticalMass",
        ],
        remedy: "Withdraw the number of the coupling.",
        run: no_references_on_m1,
    },
    Check {
        id: "TW-06",
        title: "Couplings are numbered apart",
        clause: "EUCARIS setup manual 1.5, towing: masses refer to couplings by number; that numbers differ is inferred",
        grade: Grade::Warn,
        entries: &["MechanicalCouplingTable/MechanicalCouplingNumber"],
        remedy: "Give each coupling a number of its own.",
        run: couplings_are_numbered_apart,
    },
    Check {
        id: "TW-07",
        title: "A coupling that is fitted names its approval and its values",
        clause: "entries 44 and 45.1 (EUCARIS data set); that both are needed is inferred",
        grade: Grade::Warn,
        entries: &[
            "MechanicalCouplingTable/MechanicalCouplingApprovalNumber",
            "MechanicalCouplingTable/MechanicalCouplingValueD",
        ],
        remedy: "Declare approval number or mark (44) and the values on the coupling's plate (45.1).",
        run: couplings_are_described,
    },
    Check {
        id: "TW-08",
        title: "The static mass is not above what the coupling bears",
        clause: "inferred from entries 19 and 45.1",
        grade: Grade::Warn,
        entries: &[
            "MassGroup/MaximumStaticVerticalMassCouplingPointTable/TechnicallyPermissibleMaximumStaticVerticalMassCouplingPoint",
            "MechanicalCouplingTable/MechanicalCouplingValueS",
        ],
        remedy: "Correct the static mass (19) or the value S (45.1): the lower of vehicle and coupling holds.",
        run: coupling_bears_the_static_mass,
    },
    Check {
        id: "TW-09",
        title: "The coupling is strong enough for the trailer",
        clause: "UN Regulation No 55: D = g · T · C / (T + C); background, the comparison is inferred",
        grade: Grade::Warn,
        entries: &["MechanicalCouplingTable/MechanicalCouplingValueD", TOWABLE_PATH, LADEN],
        remedy: "Correct D (45.1) or the towable mass (18); else a stronger coupling or a lower towable mass is due.",
        run: coupling_is_strong_enough,
    },
    Check {
        id: "TW-10",
        title: "An unbraked trailer within its limits",
        clause: "Regulation (EU) 2021/535: at most 750 kg and half the mass in running order; background, not confirmed",
        grade: Grade::Warn,
        entries: &[TOWABLE_PATH, RUNNING],
        remedy: "Correct the unbraked towable mass (18.4).",
        run: unbraked_within_limits,
    },
    Check {
        id: "TW-11",
        title: "What tows bears a static mass at the coupling",
        clause: "inferred from entries 18 and 19",
        grade: Grade::Warn,
        entries: &[POINTS, TOWABLE_PATH],
        remedy: "Declare the static mass at the coupling point (19).",
        run: static_mass_is_said,
    },
    Check {
        id: "TW-12",
        title: "Where towable masses refer to couplings, every coupling is referred to",
        clause: "EUCARIS setup manual 1.5, towing: the counts agree; how they are counted is inferred",
        grade: Grade::Warn,
        entries: &[
            "MechanicalCouplingTable/MechanicalCouplingNumber",
            "TowingBrakedTypeTrailTable/MechanicalCouplingNumberTowingMasses",
        ],
        remedy: "Declare the towable masses with this coupling (18), or withdraw the coupling (44).",
        run: couplings_are_referred_to,
    },
    Check {
        id: "TW-13",
        title: "A trailer of M, N and O is unbraked or braked",
        clause: "EReg change overview 1.1: PNH is removed; the schema of 2026 still lists it. The official texts disagree",
        grade: Grade::Warn,
        entries: &["TowingBrakedTypeTrailTable/BrakedTypeTrail"],
        remedy: "Declare UNB or BRK; a receiver that goes by the change overview knows no other.",
        run: braking_is_a_current_one,
    },
];

/// Every row of towing masses, with how the trailer is braked.
fn trailers<'c>(content: &'c Content) -> impl Iterator<Item = (Row<'c>, Row<'c>)> {
    rows(content, TOWING)
        .flat_map(|towing| towing.rows("BodyworkTypeTable").map(move |body| (towing.clone(), body)))
        .filter(|(_, body)| body.number(TOWABLE).is_some_and(|mass| !mass.is_zero()))
}

fn is_motor_vehicle(content: &Content) -> bool {
    class(content).starts_with(['M', 'N'])
}

fn brakes_are_said(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for (towing, body) in trailers(content).filter(|_| is_motor_vehicle(content)) {
        if towing.text("BrakedTypeTrail").is_none() {
            let mass = body.text(TOWABLE).unwrap_or_default();
            let text = "this towable mass does not say how the trailer is braked: declare BrakedTypeTrail in its row";
            report.at(&towing.at("BrakedTypeTrail"), text, &[("18", mass)]);
        }
    }
}

fn trailer_is_said(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for (towing, body) in trailers(content).filter(|_| is_motor_vehicle(content)) {
        if towing.text("BrakedTypeTrail") == Some("BRK") && body.text(TRAILER).is_none() {
            let mass = body.text(TOWABLE).unwrap_or_default();
            let text = "this braked towable mass does not say for which kind of trailer: declare BodyworkTypeTrailer";
            report.at(&body.at(TRAILER), text, &[("18", mass)]);
        }
    }
}

fn both_masses_are_said(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if !is_motor_vehicle(content) || count(content, TOWING) == 0 {
        return;
    }
    for (name, entry) in [(TOWABLE, "towable mass (18)"), ("TechnicallyPermissibleMaximumCombinationMass", "16.4")] {
        let mut bodies = rows(content, TOWING).flat_map(|towing| towing.rows("BodyworkTypeTable"));
        if !bodies.any(|body| body.text(name).is_some()) {
            report.at(TOWING, format!("no row of the towing masses gives the {entry}: declare it"), &[]);
        }
    }
}

/// Every number by which a mass refers to a coupling, with where it stands.
fn references(content: &Content) -> impl Iterator<Item = (String, &str)> {
    const FROM: [(&str, &str); 2] =
        [(TOWING, "MechanicalCouplingNumberTowingMasses"), (POINTS, "MechanicalCouplingNumberVerticalMass")];
    FROM.into_iter()
        .flat_map(|(table, name)| rows(content, table).filter_map(move |row| Some((row.at(name), row.text(name)?))))
}

fn coupling<'c>(content: &'c Content, wanted: &str) -> Option<Row<'c>> {
    rows(content, COUPLING).find(|row| row.text("MechanicalCouplingNumber").is_some_and(|number| same(number, wanted)))
}

fn references_exist(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for (place, wanted) in references(content).filter(|_| class(content) != "M1") {
        if coupling(content, wanted).is_none() {
            let text = format!("there is no coupling {wanted} in the table of couplings: declare it, or withdraw this");
            report.at(&place, text, &[("refers to", wanted)]);
        }
    }
}

fn no_references_on_m1(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for (place, wanted) in references(content).filter(|_| class(content) == "M1") {
        report.at(&place, "a vehicle of category M1 refers to no coupling: withdraw it", &[("refers to", wanted)]);
    }
}

fn couplings_are_numbered_apart(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for row in rows(&certificate.effective, COUPLING) {
        let Some(number) = row.text("MechanicalCouplingNumber") else { continue };
        if !seen.insert(number) {
            let text = format!("another coupling has the number {number} already: give this one its own");
            report.at(&row.at("MechanicalCouplingNumber"), text, &[("number", number)]);
        }
    }
}

fn couplings_are_described(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for row in rows(&certificate.effective, COUPLING) {
        let says = |names: &[&str]| names.iter().any(|name| row.text(name).is_some());
        let parts = row.rows("MechanicalCouplingPartsTable").next().is_some();
        if !parts && !says(&["MechanicalCouplingApprovalNumber", "MechanicalCouplingApprovalMark"]) {
            let text = "the coupling names no approval (44): declare its number or mark";
            report.at(&row.at("MechanicalCouplingApprovalNumber"), text, &[]);
        }
        let values = ["D", "Dc", "V", "S", "U"].map(|value| format!("MechanicalCouplingValue{value}"));
        if !parts && !says(&values.each_ref().map(String::as_str)) {
            let text = "the coupling gives none of its values D, Dc, V, S, U (45.1): declare those on its plate";
            report.at(&row.at("MechanicalCouplingValueD"), text, &[]);
        }
    }
}

/// The coupling a mass refers to; where it refers to none, the only one there is.
fn meant<'c>(content: &'c Content, reference: Option<&str>) -> Option<Row<'c>> {
    match reference {
        Some(wanted) => coupling(content, wanted),
        None if count(content, COUPLING) == 1 => rows(content, COUPLING).next(),
        None => None,
    }
}

fn coupling_bears_the_static_mass(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for point in rows(content, POINTS) {
        let coupling = meant(content, point.text("MechanicalCouplingNumberVerticalMass"));
        let bears = coupling.and_then(|coupling| coupling.number("MechanicalCouplingValueS"));
        if let (Some(mass), Some(bears)) = (point.number(POINT_MASS), bears)
            && mass > bears
        {
            let text = "the static mass at the coupling point (19) is above the value S of the coupling (45.1)";
            report.numbers(&point.at(POINT_MASS), text, [("19", mass), ("S", bears)]);
        }
    }
}

/// The value D in kN that a coupling needs between a vehicle and a trailer of these masses in kg, to two digits.
fn needed(vehicle: Decimal, trailer: Decimal) -> Option<Decimal> {
    let gravity = Decimal::new(981, 2);
    let (vehicle, trailer) = (vehicle / Decimal::from(1000), trailer / Decimal::from(1000));
    (gravity * vehicle * trailer).checked_div(vehicle + trailer).map(|force| force.round_dp(2))
}

fn coupling_is_strong_enough(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let Some(laden) = number(content, LADEN) else { return };
    // A semi-trailer (DA) hangs on a fifth wheel, for which another formula holds.
    for (towing, body) in trailers(content).filter(|(_, body)| body.text(TRAILER) != Some("DA")) {
        let coupling = meant(content, towing.text("MechanicalCouplingNumberTowingMasses"));
        let strong = coupling.and_then(|coupling| coupling.number("MechanicalCouplingValueD"));
        let needed = body.number(TOWABLE).and_then(|trailer| needed(laden, trailer));
        if let (Some(strong), Some(needed)) = (strong, needed)
            && strong < needed
        {
            let text =
                "the coupling's D (45.1) is below what this towable mass (18) and the laden mass (16.1) need, in kN";
            report.numbers(&body.at(TOWABLE), text, [("D", strong), ("needed", needed)]);
        }
    }
}

fn unbraked_within_limits(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for (towing, body) in trailers(content).filter(|_| is_motor_vehicle(content)) {
        let half = number(content, RUNNING).map(|mass| mass / Decimal::TWO);
        let most = half.map_or(Decimal::from(750), |half| half.min(Decimal::from(750)));
        if let (Some("UNB"), Some(mass)) = (towing.text("BrakedTypeTrail"), body.number(TOWABLE))
            && mass > most
        {
            let text = "an unbraked trailer (18.4) weighs at most 750 kg and half the mass in running order (13)";
            report.numbers(&body.at(TOWABLE), text, [("18.4", mass), ("at most", most)]);
        }
    }
}

fn static_mass_is_said(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let tows = is_motor_vehicle(content) && trailers(content).next().is_some();
    if tows && count(content, POINTS) == 0 {
        report.at(
            POINTS,
            "a towable mass (18) is given, but no static mass at the coupling point (19): declare it",
            &[],
        );
    }
}

fn couplings_are_referred_to(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let referred: Vec<&str> =
        rows(content, TOWING).filter_map(|row| row.text("MechanicalCouplingNumberTowingMasses")).collect();
    for row in rows(content, COUPLING).filter(|_| !referred.is_empty()) {
        let Some(number) = row.text("MechanicalCouplingNumber") else { continue };
        if !referred.iter().any(|wanted| same(wanted, number)) {
            let text = format!("towable masses refer to other couplings, and none to coupling {number}");
            report.at(&row.at("MechanicalCouplingNumber"), text, &[("number", number)]);
        }
    }
}

fn braking_is_a_current_one(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for row in rows(content, TOWING).filter(|_| !class(content).is_empty()) {
        if let Some(said @ "PNH") = row.text("BrakedTypeTrail") {
            let text = "`PNH` is no longer a way in which a trailer is braked, by the change overview: say UNB or BRK";
            report.at(&row.at("BrakedTypeTrail"), text, &[("18", said)]);
        }
    }
}

#[cfg(test)]
#[path = "towing/tests.rs"]
mod tests;

//! Checks of masses against each other: combination, axle groups, service masses, payload. All but one are inferred, and
//! none says anything where a value is missing.

use rust_decimal::Decimal;

use super::look::number;
use super::row::{Row, rows};
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::content::Content;

const RUNNING: &str = "MassGroup/MassInRunningOrder";
const ACTUAL: &str = "MassGroup/ActualMass";
const LADEN: &str = "MassGroup/TechnicallyPermissibleMaximumLadenMass";
const INCOMPLETE: &str = "MassGroup/MassInRunningOrderIncomplete";
const SEATS: &str = "GeneralConstructionGroup/NumberOfSeatingPositionsIncludingDriver";
const AXLE: &str = "TechnicallyPermissibleMassAxle";
const GROUP: &str = "TechnicallyPermissibleMassAxleGroup";
const SERVICE: &str = "InServiceMaximumMassTable";
const SERVICE_AXLE: &str = "InServiceMaximumPermissibleLadenMassAxle";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "MA-01",
        title: "Combination mass not above laden mass and greatest towable mass",
        clause: "inferred; holds on the official N2 specimen",
        grade: Grade::Warn,
        entries: &[
            LADEN,
            "TowingBrakedTypeTrailTable/BodyworkTypeTable/TechnicallyPermissibleMaximumCombinationMass",
            "TowingBrakedTypeTrailTable/BodyworkTypeTable/TechnicallyPermissibleMaximumTowableMass",
        ],
        remedy: "Correct the one that was mistyped: a combination is at most the laden vehicle and the heaviest trailer.",
        run: combination_is_vehicle_and_trailer,
    },
    Check {
        id: "MA-02",
        title: "Combination mass not below the laden mass",
        clause: "inferred: the combination includes the vehicle",
        grade: Grade::Warn,
        entries: &[LADEN, "TowingBrakedTypeTrailTable/BodyworkTypeTable/TechnicallyPermissibleMaximumCombinationMass"],
        remedy: "Correct the one that was mistyped; where 16.1 was raised, the combination mass (16.4) is declared anew too.",
        run: combination_holds_the_vehicle,
    },
    Check {
        id: "MA-03",
        title: "A group of axles bears no more than its axles",
        clause: "inferred from entries 16.2 and 16.3",
        grade: Grade::Warn,
        entries: &["AxleGroupTable/TechnicallyPermissibleMassAxleGroup", "AxleTable/TechnicallyPermissibleMassAxle"],
        remedy: "Correct the mass of the group (16.3) or of the axle (16.2) that was mistyped.",
        run: groups_within_their_axles,
    },
    Check {
        id: "MA-04",
        title: "No axle is overloaded by the vehicle in running order",
        clause: "inferred from entries 13.1 and 16.2",
        grade: Grade::Warn,
        entries: &["AxleTable/DistributionMassRunningOrderAxle", "AxleTable/TechnicallyPermissibleMassAxle"],
        remedy: "Weigh the axle again; if it stands, the completion lies too far to that end.",
        run: no_axle_is_overloaded,
    },
    Check {
        id: "MA-05",
        title: "Masses in service not above the technically permissible ones",
        clause: "inferred from entries 16 and 17",
        grade: Grade::Warn,
        entries: &[
            "InServiceMaximumMassTable/InServiceMaximumPermissibleLadenMass",
            "AxleTable/InServiceMaximumPermissibleLadenMassAxleTable/InServiceMaximumPermissibleLadenMassAxle",
        ],
        remedy: "Correct the mass in service (17.1, 17.2): what the law of a country permits never exceeds what the vehicle bears.",
        run: service_within_the_technical,
    },
    Check {
        id: "MA-06",
        title: "A mass in service says for which country or traffic regulation",
        clause: "EUCARIS setup manual 1.5: with a country it is national, with a traffic regulation international",
        grade: Grade::Block,
        entries: &[
            "InServiceMaximumMassTable/InServiceMaximumPermissibleMassCountry",
            "InServiceMaximumMassTable/InServiceMaximumPermissibleMassTrafficRegulation",
        ],
        remedy: "Declare the country for a national mass, or the traffic regulation for an international one.",
        run: service_says_where,
    },
    Check {
        id: "MA-07",
        title: "The payload carries the passengers",
        clause: "inferred: 75 kg for each seat but the driver's, whom the mass in running order includes",
        grade: Grade::Warn,
        entries: &[LADEN, ACTUAL, SEATS],
        remedy: "Correct the mass or the number of seats that was mistyped; else the seats cannot all be used.",
        run: payload_carries_the_passengers,
    },
    Check {
        id: "MA-08",
        title: "The completed vehicle is not lighter than the incomplete one",
        clause: "inferred from entries 13 and 14",
        grade: Grade::Warn,
        entries: &[RUNNING, INCOMPLETE],
        remedy: "Weigh again: a body adds to the mass of the incomplete vehicle.",
        run: not_lighter_than_incomplete,
    },
    Check {
        id: "MA-09",
        title: "Permissible masses not raised over those of the stage before",
        clause: "inferred: what the axles and the frame bear is the base manufacturer's to say",
        grade: Grade::Warn,
        entries: &[LADEN, "AxleTable/TechnicallyPermissibleMassAxle"],
        remedy: "Make sure that your approval covers the higher mass, and that the base manufacturer agreed to it.",
        run: not_raised,
    },
];

/// The greatest of a value that rows of the towing table give, with the place that gives it.
fn greatest(content: &Content, name: &str) -> Option<(String, Decimal)> {
    let bodies = rows(content, "TowingBrakedTypeTrailTable").flat_map(|row| row.rows("BodyworkTypeTable"));
    let given = bodies.filter_map(|row| Some((row.at(name), row.number(name)?)));
    given.max_by_key(|(_, mass)| *mass)
}

fn combination(content: &Content) -> Option<(String, Decimal)> {
    greatest(content, "TechnicallyPermissibleMaximumCombinationMass")
}

fn combination_is_vehicle_and_trailer(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let towable = greatest(content, "TechnicallyPermissibleMaximumTowableMass");
    let (Some(laden), Some((_, towable)), Some((place, whole))) =
        (number(content, LADEN), towable, combination(content))
    else {
        return;
    };
    let most = laden + towable;
    if whole > most {
        let text = "the combination (16.4) is above the laden mass (16.1) and the greatest towable mass (18) together";
        report.numbers(&place, text, [("16.4", whole), ("16.1 + 18", most)]);
    }
}

fn combination_holds_the_vehicle(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if let (Some(laden), Some((place, whole))) = (number(content, LADEN), combination(content))
        && whole < laden
    {
        let text = "the combination (16.4) is below the laden mass of the vehicle alone (16.1)";
        report.numbers(&place, text, [("16.4", whole), ("16.1", laden)]);
    }
}

/// The rows of the table of axles that carry one of these numbers.
fn axle_of<'c>(content: &'c Content, wanted: Decimal) -> Option<Row<'c>> {
    rows(content, "AxleTable").find(|axle| axle.number("AxleNumber") == Some(wanted))
}

fn groups_within_their_axles(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for group in rows(content, "AxleGroupTable") {
        let members: Option<Vec<Decimal>> = group
            .rows("AxleGroupMemberTable")
            .map(|member| axle_of(content, member.number("MemberAxleNumber")?)?.number(AXLE))
            .collect();
        let (Some(mass), Some(members)) = (group.number(GROUP), members) else { continue };
        let sum: Decimal = members.iter().sum();
        if !members.is_empty() && mass > sum {
            let text = "the group of axles (16.3) would bear more than its axles (16.2) together";
            report.numbers(&group.at(GROUP), text, [("16.3", mass), ("sum of 16.2", sum)]);
        }
    }
}

fn no_axle_is_overloaded(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const BORNE: &str = "DistributionMassRunningOrderAxle";
    for axle in rows(&certificate.effective, "AxleTable") {
        if let (Some(borne), Some(most)) = (axle.number(BORNE), axle.number(AXLE))
            && borne > most
        {
            let text = "in running order the axle (13.1) already bears more than it may (16.2)";
            report.numbers(&axle.at(BORNE), text, [("13.1", borne), ("16.2", most)]);
        }
    }
}

fn service_within_the_technical(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const MASS: &str = "InServiceMaximumPermissibleLadenMass";
    let content = &certificate.effective;
    let mut compare = |row: &Row<'_>, name: &str, most: Option<Decimal>, numbers: [&str; 2]| {
        if let (Some(service), Some(most)) = (row.number(name), most)
            && service > most
        {
            let [service_entry, entry] = numbers;
            let text = format!("the mass in service ({service_entry}) is above the technically permissible ({entry})");
            report.numbers(&row.at(name), text, [(service_entry, service), (entry, most)]);
        }
    };
    for row in rows(content, SERVICE) {
        compare(&row, MASS, number(content, LADEN), ["17.1", "16.1"]);
    }
    for axle in rows(content, "AxleTable") {
        for row in axle.rows("InServiceMaximumPermissibleLadenMassAxleTable") {
            compare(&row, SERVICE_AXLE, axle.number(AXLE), ["17.2", "16.2"]);
        }
    }
}

fn service_says_where(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let mut ask = |row: &Row<'_>, country: &str, regulation: &str| {
        if row.text(country).is_none() && row.text(regulation).is_none() {
            let text = "this mass in service names neither a country nor a traffic regulation: declare which it is for";
            report.at(row.place(), text, &[]);
        }
    };
    for row in rows(content, SERVICE) {
        ask(&row, "InServiceMaximumPermissibleMassCountry", "InServiceMaximumPermissibleMassTrafficRegulation");
    }
    for row in rows(content, "AxleTable").flat_map(|axle| axle.rows("InServiceMaximumPermissibleLadenMassAxleTable")) {
        let country = "InServiceMaximumPermissibleLadenMassAxleCountry";
        ask(&row, country, "InServiceMaximumPermissibleLadenMassAxleTrafficRegulation");
    }
}

fn payload_carries_the_passengers(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let (Some(laden), Some(actual), Some(seats)) =
        (number(content, LADEN), number(content, ACTUAL), number(content, SEATS))
    else {
        return;
    };
    let passengers = (seats - Decimal::ONE) * Decimal::from(75);
    let payload = laden - actual;
    // No payload at all is told by AR-03.
    if payload > Decimal::ZERO && payload < passengers {
        let text = "the payload (16.1 less 13.2) does not carry the passengers of all seats (42) at 75 kg each";
        report.numbers(LADEN, text, [("payload", payload), ("passengers", passengers)]);
    }
}

fn not_lighter_than_incomplete(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if let (Some(ours), Some(base)) = (number(&certificate.effective, RUNNING), number(&certificate.before, INCOMPLETE))
        && ours < base
    {
        let text = "in running order the completed vehicle (13) is lighter than the incomplete one (14)";
        report.numbers(RUNNING, text, [("13", ours), ("14 of the stage before", base)]);
    }
}

fn not_raised(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let (before, after) = (&certificate.before, &certificate.effective);
    let mut compare = |address: &str, entry: &str, earlier: Option<Decimal>, ours: Option<Decimal>| {
        if let (Some(earlier), Some(ours)) = (earlier, ours)
            && ours > earlier
        {
            let text =
                format!("the permissible mass ({entry}) is above that of the stage before: is the rise approved?");
            report.numbers(address, text, [("stage before", earlier), ("ours", ours)]);
        }
    };
    compare(LADEN, "16.1", number(before, LADEN), number(after, LADEN));
    for axle in rows(after, "AxleTable") {
        let address = axle.at(AXLE);
        compare(&address, "16.2", number(before, &address), axle.number(AXLE));
    }
}

#[cfg(test)]
#[path = "masses/tests.rs"]
mod tests;

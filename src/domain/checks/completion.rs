//! Checks of the completion itself: how it is described, whom the stages name, what it does to the base vehicle's values.

use super::look::{class, is_stated, number, own};
use super::row::rows;
use super::{Check, Grade, Report, stages};
use crate::domain::address::Address;
use crate::domain::certificate::{Case, Certificate, PREVIOUS_STAGE};
use crate::domain::record::Stage;

const HOW: &str = "CompletedAltered";
const DESCRIPTION: &str = "DescriptionCompletedAltered";
const COMPLETION: &str = "StageOfCompletion";
const MARKINGS: &str = "LocationMarkingsTable";
const BORNE: &str = "DistributionMassRunningOrderAxle";
const LEAST: &str = "MinimalPermissibleDistributionMassCompletedAxle";
const ENVELOPE: &str = "AllowedParameterValuesMultistageGroup";
const CO2: &str = "EnergyConvertorTable/EnergySourceTable/TestWltpCo2Group";
const PREVIOUS: &[&str] = &[
    "ManufacturerTable/PreviousStageTypeApprovalNumber",
    "ManufacturerTable/PreviousStageType",
    "ManufacturerTable/PreviousStageVariant",
    "ManufacturerTable/PreviousStageVersion",
];

const IDENTITY: &[&str] = &["TypeApprovalNumber", "Variant", "Version"];

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "CO-01",
        title: "A completed vehicle says how it was completed or altered",
        clause: "declaration of the completed vehicle's certificate, part 1; fields of the data set, wording from background",
        grade: Grade::Warn,
        entries: &[HOW, DESCRIPTION],
        remedy: "Declare the code (A, B or C) and describe the completion in a sentence.",
        run: completion_is_described,
    },
    Check {
        id: "CO-02",
        title: "Only a completed vehicle says how it was completed",
        clause: "declaration of the completed vehicle's certificate, part 1; inferred",
        grade: Grade::Warn,
        entries: &[HOW, DESCRIPTION, COMPLETION],
        remedy: "Withdraw the description, or see whether the stage of completion is right.",
        run: only_completed_is_described,
    },
    Check {
        id: "CO-03",
        title: "A first stage names no stage before it",
        clause: "EUCARIS setup manual 1.5, multi-stage vehicles: a second stage names the preceding one; the reverse is inferred",
        grade: Grade::Warn,
        entries: PREVIOUS,
        remedy: "Ask the manufacturer whether there was a stage before: if so, its message is missing; if not, for a correction.",
        run: first_stage_names_none,
    },
    Check {
        id: "CO-04",
        title: "A later stage received names the one before as that names itself",
        clause: "EUCARIS setup manual 1.5, multi-stage vehicles; that we judge others' messages is inferred",
        grade: Grade::Warn,
        entries: PREVIOUS,
        remedy: "Ask the manufacturer of the later stage for a correction, or import the message it builds on.",
        run: received_stages_follow,
    },
    Check {
        id: "CO-05",
        title: "Our stage says where its own statutory plate is",
        clause: "practice: every stage affixes a plate of its own; entry 0.6 is repeated whole as a table",
        grade: Grade::Info,
        entries: &["LocationMarkingsTable/LocationMarkingsSubject"],
        remedy: "Declare where your plate is (0.6); `=` where it sits beside the base vehicle's.",
        run: own_plate_is_located,
    },
    Check {
        id: "CO-06",
        title: "No axle bears less than it must when completed",
        clause: "entry 15.1 of the incomplete vehicle; inferred",
        grade: Grade::Warn,
        entries: &[
            "AxleTable/DistributionMassRunningOrderAxle",
            "AxleTable/MinimalPermissibleDistributionMassCompletedAxle",
        ],
        remedy: "Weigh the axle again; if it stands, ask the base manufacturer (steering and braking need that load).",
        run: axles_bear_enough,
    },
    Check {
        id: "CO-07",
        title: "CO2 is worked out anew where the base manufacturer's limits are left",
        clause: "entry 0.2.2.1 (EUCARIS data set): inside them the base vehicle's emission values may be used; the reverse is inferred",
        grade: Grade::Warn,
        entries: &[CO2, ENVELOPE],
        remedy: "Declare the CO2 and consumption (49) of the completed vehicle.",
        run: co2_is_worked_out_anew,
    },
    Check {
        id: "CO-08",
        title: "The base manufacturer says within which limits its emission values hold",
        clause: "entry 0.2.2.1 (EUCARIS data set); that a base of M1 or N1 gives it is inferred from the official specimens",
        grade: Grade::Info,
        entries: &[ENVELOPE],
        remedy: "Ask the base manufacturer for the limits, or have CO2 (49) worked out for the completed vehicle.",
        run: limits_are_known,
    },
    Check {
        id: "CO-09",
        title: "A later stage received differs from the one before",
        clause: "EUCARIS setup manual 1.5, multi-stage vehicles: approval number, variant or version; that we judge others' messages is inferred",
        grade: Grade::Warn,
        entries: IDENTITY,
        remedy: "Ask the manufacturer of the later stage for a correction: its vehicle is another than the one before.",
        run: received_stages_differ,
    },
    Check {
        id: "CO-10",
        title: "The stages received can follow each other",
        clause: "EUCARIS setup manual 1.5, multi-stage vehicles: I to V, C to V, I to I; that we judge others' messages is inferred",
        grade: Grade::Warn,
        entries: &[COMPLETION],
        remedy: "Ask which stage of completion is wrong, or whether a message is missing.",
        run: received_completions_follow,
    },
];

fn says<'a>(certificate: &'a Certificate, address: &str) -> Option<&'a str> {
    own(certificate, address).map(|own| own.value.as_str())
}

fn completion_is_described(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if says(certificate, COMPLETION) != Some("V") {
        return;
    }
    for (address, what) in [(HOW, "the code of it (A, B or C)"), (DESCRIPTION, "a description of it")] {
        if says(certificate, address).is_none_or(|said| said.trim().is_empty()) {
            let text = format!("a completed vehicle says how it was completed or altered: declare {what}");
            report.at(address, text, &[("stage of completion", "V")]);
        }
    }
}

fn only_completed_is_described(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let Some(completion) = says(certificate, COMPLETION).filter(|completion| *completion != "V") else { return };
    for address in [HOW, DESCRIPTION] {
        if let Some(said) = says(certificate, address) {
            let text =
                format!("only a completed vehicle (V) says how it was completed, and this one is `{completion}`");
            report.at(address, text, &[("stage of completion", completion), ("declared", said)]);
        }
    }
}

/// What a received stage says of the one before it, by name.
fn named(stage: &Stage) -> impl Iterator<Item = (String, &'static str, &str)> {
    let own = move |row: &super::row::Row<'_>| {
        row.number("ManufacturerStageNumber").is_none_or(|number| number == stage.number.into())
    };
    rows(&stage.content, "ManufacturerTable").filter(own).flat_map(|row| {
        PREVIOUS_STAGE.into_iter().filter_map(move |(ours, theirs)| Some((row.at(ours), theirs, row.text(ours)?)))
    })
}

fn first_stage_names_none(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in case.record.stages.iter().filter(|stage| stage.number == 1) {
        for (place, _, said) in named(stage) {
            report.at(&place, "stage 1 names a stage before it: was one built that is not here?", &[("stage 1", said)]);
        }
    }
}

/// Each stage received after another, with the one directly before it.
fn successive<'c>(case: &Case<'c>) -> impl Iterator<Item = (&'c Stage, &'c Stage)> {
    let stages = &case.record.stages;
    let later = stages.iter().filter(|stage| stage.number > 1);
    later.filter_map(|stage| Some((stages.iter().find(|other| other.number + 1 == stage.number)?, stage)))
}

fn received_stages_follow(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for (before, stage) in successive(case) {
        for (place, theirs, said) in named(stage) {
            if let Some(base) = before.content.value(theirs)
                && base != said
            {
                let (later, earlier) = (format!("stage {}", stage.number), format!("stage {}", before.number));
                let text = format!("{later} names another {theirs} of the stage before than {earlier} gives itself");
                report.at(&place, text, &[(&later, said), (&earlier, base)]);
            }
        }
    }
}

fn received_stages_differ(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for (before, stage) in successive(case) {
        let pair = |address: &&str| Some((before.content.value(address)?, stage.content.value(address)?));
        let pairs: Option<Vec<(&str, &str)>> = IDENTITY.iter().map(pair).collect();
        if let Some(pairs) = pairs.filter(|pairs| pairs.iter().all(|(earlier, later)| earlier == later)) {
            let (later, earlier) = (format!("stage {}", stage.number), format!("stage {}", before.number));
            let text = format!("{later} gives the approval number, variant and version of {earlier}");
            report.at(IDENTITY[0], text, &[(&earlier, pairs[0].0), (&later, pairs[0].1)]);
        }
    }
}

fn received_completions_follow(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    let first = case.record.stages.iter().find(|stage| stage.number == 1);
    if first.is_some_and(|stage| stage.content.value(COMPLETION) == Some("V")) {
        report.at(COMPLETION, "stage 1 is completed (V), and nothing was there to complete", &[("stage 1", "V")]);
    }
    for (before, stage) in successive(case) {
        if let (Some(theirs), Some(said)) = (before.content.value(COMPLETION), stage.content.value(COMPLETION))
            && !stages::follows(theirs, said)
        {
            let (later, earlier) = (format!("stage {}", stage.number), format!("stage {}", before.number));
            let text = format!("`{said}` of {later} does not follow on `{theirs}` of {earlier}");
            report.at(COMPLETION, text, &[(&earlier, theirs), (&later, said)]);
        }
    }
}

fn own_plate_is_located(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let stated = |(address, own): (&Address, _)| address.is_within(MARKINGS) && is_stated(own);
    if case.record.build_stage > 1 && !certificate.own.iter().any(stated) {
        let text = "only where the plate of the stage before is stands here: declare where ours is (0.6), or `=`";
        report.at(MARKINGS, text, &[("rows before", &certificate.before.rows(MARKINGS).to_string())]);
    }
}

fn axles_bear_enough(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for axle in rows(&certificate.effective, "AxleTable") {
        if let (Some(borne), Some(least)) = (axle.number(BORNE), number(&certificate.before, &axle.at(LEAST)))
            && borne < least
        {
            let text = "the axle bears less (13.1) than it must when the vehicle is completed (15.1)";
            report.numbers(&axle.at(BORNE), text, [("13.1", borne), ("15.1 of the stage before", least)]);
        }
    }
}

/// Whether an address is one of the CO2 values of the certificate (49).
fn is_co2(address: &Address) -> bool {
    address.as_str().contains("/TestWltpCo2Group/")
}

/// Whether the stage before gives CO2 values and ours leaves them as they are.
fn co2_is_inherited(certificate: &Certificate) -> bool {
    let stated = certificate.own.iter().any(|(address, own)| is_co2(address) && is_stated(own));
    !stated && certificate.before.within("EnergyConvertorTable").any(|(address, _)| is_co2(address))
}

fn co2_is_worked_out_anew(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let mut outside = Report::default();
    stages::inside_the_base_envelope(case, certificate, &mut outside);
    if !outside.is_empty() && co2_is_inherited(certificate) {
        let text = "the vehicle is outside what the base manufacturer allows (0.2.2.1), and its CO2 (49) is only \
                    inherited: declare the values of the completed vehicle";
        report.at("EnergyConvertorTable", text, &[("49", "inherited")]);
    }
}

fn limits_are_known(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const ACTUAL: &str = "MassGroup/ActualMass";
    let (before, after) = (number(&certificate.before, ACTUAL), number(&certificate.effective, ACTUAL));
    let silent = certificate.before.within(ENVELOPE).next().is_none();
    if case.record.build_stage > 1
        && matches!(class(&certificate.before), "M1" | "N1")
        && silent
        && before != after
        && co2_is_inherited(certificate)
    {
        let text = |mass: Option<rust_decimal::Decimal>| mass.map_or("–".to_owned(), |mass| mass.to_string());
        report.at(
            ENVELOPE,
            "the actual mass changed, and the base manufacturer gives no limits (0.2.2.1) within which its CO2 (49) holds",
            &[("13.2 before", &text(before)), ("13.2 ours", &text(after))],
        );
    }
}

#[cfg(test)]
#[path = "completion/tests.rs"]
mod tests;

//! Checks of multi-stage consistency: how our stage follows the one before, and what cannot be taken back.

use super::look::{gives, number, own};
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate, PREVIOUS_STAGE};
use crate::domain::envelope::{Limiter, Place, envelope};
use crate::domain::value;

const CAN_BE_FITTED: &str = "MechanicalCouplingCanBeFittedTable";
const MANUAL: &str = "EUCARIS setup manual 1.5, multi-stage vehicles";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "MS-01",
        title: "Approval number, variant or version differs from the stage before",
        clause: MANUAL,
        grade: Grade::Block,
        entries: &["TypeApprovalNumber", "Variant", "Version"],
        remedy: "Declare your own approval number, variant and version: what your stage builds is another vehicle than the one before.",
        run: something_differs,
    },
    Check {
        id: "MS-02",
        title: "The stage before is named as its message names itself",
        clause: MANUAL,
        grade: Grade::Block,
        entries: &[
            "ManufacturerTable/PreviousStageTypeApprovalNumber",
            "ManufacturerTable/PreviousStageType",
            "ManufacturerTable/PreviousStageVariant",
            "ManufacturerTable/PreviousStageVersion",
        ],
        remedy: "Name the approval so that the four identifiers come from the message of the stage before, and withdraw what was declared by hand.",
        run: previous_stage_is_named,
    },
    Check {
        id: "MS-03",
        title: "Our stage follows directly on the last one received",
        clause: "EUCARIS setup manual 1.5, multi-stage vehicles: stages are laid over each other in their order",
        grade: Grade::Block,
        entries: &["ManufacturerTable/ManufacturerStageNumber"],
        remedy: "Import the message that is missing, or move the record to the stage that is yours.",
        run: stages_follow,
    },
    Check {
        id: "MS-04",
        title: "The stage of completion can follow the one before",
        clause: "EUCARIS setup manual 1.5, multi-stage vehicles: I to V, C to V, I to I",
        grade: Grade::Block,
        entries: &["StageOfCompletion"],
        remedy: "See which approval your stage is under and whether the right base message was received.",
        run: completion_follows,
    },
    Check {
        id: "MS-05",
        title: "A complete or completed vehicle lists no couplings that can be fitted",
        clause: "EUCARIS setup manual 1.5, couplings that can be fitted: forbidden for C and V",
        grade: Grade::Block,
        entries: &[CAN_BE_FITTED],
        remedy: "Withdraw the table; name the coupling that is fitted (entry 44), if one is.",
        run: no_couplings_declared,
    },
    Check {
        id: "MS-06",
        title: "Couplings that can be fitted stay from the incomplete vehicle",
        clause: "EUCARIS setup manual 1.5: forbidden for C and V, and what is absent later stays; no text says how to end it",
        grade: Grade::Warn,
        entries: &[CAN_BE_FITTED],
        remedy: "Say in a remark (entry 52) that the couplings that could be fitted no longer apply.",
        run: no_couplings_inherited,
    },
    Check {
        id: "MS-07",
        title: "Entries of the incomplete vehicle stay",
        clause: "EUCARIS setup manual 1.5: a single field cannot be deleted by a later stage",
        grade: Grade::Info,
        entries: INCOMPLETE_ONLY,
        remedy: "Nothing, or a remark (entry 52) where a reader could take the base vehicle's entry for yours.",
        run: incomplete_entries_stay,
    },
    Check {
        id: "MS-08",
        title: "Values inside what the base manufacturer allows for its emission values",
        clause: "entry 0.2.2.1 (EUCARIS data set); the comparison is inferred",
        grade: Grade::Warn,
        entries: &["AllowedParameterValuesMultistageGroup"],
        remedy: "Have the CO2 and emission values worked out anew for the completed vehicle and declare them, or bring the value back inside.",
        run: inside_the_base_envelope,
    },
    Check {
        id: "MS-09",
        title: "Dimensions within the greatest that the incomplete vehicle permits",
        clause: "entries 5.1, 6.1, 7.1 and 12.1 of the incomplete vehicle; inferred",
        grade: Grade::Warn,
        entries: &[
            "DimensionGroup/Length",
            "DimensionGroup/Width",
            "DimensionGroup/Height",
            "DimensionGroup/RearOverhang",
        ],
        remedy: "Measure again; if it stands, ask the base manufacturer whether its approval allows it.",
        run: within_permissible_dimensions,
    },
    Check {
        id: "MS-10",
        title: "Mass in running order not below the least of the completed vehicle",
        clause: "entry 15 of the incomplete vehicle; inferred",
        grade: Grade::Warn,
        entries: &["MassGroup/MassInRunningOrder"],
        remedy: "Weigh again; if it stands, ask the base manufacturer.",
        run: not_below_the_least_mass,
    },
];

fn something_differs(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if case.record.build_stage < 2 {
        return;
    }
    let pair = |address| Some((certificate.before.value(address)?, own(certificate, address)?.value.as_str()));
    let pairs: Option<Vec<(&str, &str)>> = ["TypeApprovalNumber", "Variant", "Version"].into_iter().map(pair).collect();
    if let Some(pairs) = pairs
        && pairs.iter().all(|(theirs, ours)| theirs == ours)
    {
        let (number, ..) = pairs[0];
        report.at(
            "TypeApprovalNumber",
            "approval number, variant and version are those of the stage before: our stage needs its own",
            &[("stage before", number), ("ours", number)],
        );
    }
}

fn previous_stage_is_named(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if case.record.build_stage < 2 {
        return;
    }
    for (ours, theirs) in PREVIOUS_STAGE {
        let address = format!("ManufacturerTable[1]/{ours}");
        let said = own(certificate, &address).map(|own| own.value.as_str());
        match (certificate.before.value(theirs), said) {
            (Some(base), Some(said)) if base == said => {}
            (Some(base), Some(said)) => report.at(
                &address,
                format!("{ours} is not the {theirs} that the stage before gives"),
                &[("stage before", base), ("ours", said)],
            ),
            (Some(base), None) => {
                let text = format!("{ours} is missing: it comes with the approval, or is declared");
                report.at(&address, text, &[("stage before", base)]);
            }
            (None, _) => {
                let text =
                    format!("the stage before gives no {theirs}: ask for its message, or for a correction of it");
                report.at(&address, text, &[]);
            }
        }
    }
}

fn stages_follow(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const NUMBER: &str = "ManufacturerTable[1]/ManufacturerStageNumber";
    let ours = case.record.build_stage;
    let mut received: Vec<u8> = case.record.stages.iter().map(|stage| stage.number).filter(|one| *one < ours).collect();
    received.sort_unstable();
    received.push(ours);
    let mut wanted = 1;
    for there in received {
        let text = match there.saturating_sub(wanted) {
            0 => None,
            1 => Some(format!("no message of stage {wanted} was received: ask for it and import it")),
            _ => Some(format!(
                "no messages of stages {wanted} to {} were received: ask for them and import them; or say in the build \
                 sheet which stage is ours, if it is not {ours}",
                there - 1
            )),
        };
        if let Some(text) = text {
            report.at(NUMBER, text, &[]);
        }
        wanted = there.saturating_add(1);
    }
    for stage in case.record.stages.iter().filter(|stage| stage.number >= ours) {
        let text = format!("a message of stage {} was received, but our stage is {ours}", stage.number);
        report.at(NUMBER, text, &[]);
    }
    let said = own(certificate, NUMBER).map(|own| own.value.as_str());
    if let Some(said) = said
        && value::integer(said) != Some(i64::from(ours))
    {
        let ours = ours.to_string();
        report.at(NUMBER, "the stage number is not that of our stage", &[("our stage", &ours), ("declared", said)]);
    }
}

/// Whether a stage of completion can follow on another.
pub(super) fn follows(before: &str, after: &str) -> bool {
    matches!((before, after), ("I" | "C", "V") | ("I", "I"))
}

fn completion_follows(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let Some(ours) = own(certificate, "StageOfCompletion").map(|own| own.value.as_str()) else { return };
    if case.record.build_stage < 2 {
        if ours == "V" {
            report.at(
                "StageOfCompletion",
                "a first stage is complete or incomplete, never completed",
                &[("ours", ours)],
            );
        }
        return;
    }
    let Some(theirs) = certificate.before.value("StageOfCompletion") else { return };
    if !follows(theirs, ours) {
        let text = format!("`{ours}` does not follow on `{theirs}`: see which approval our stage is under");
        report.at("StageOfCompletion", text, &[("stage before", theirs), ("ours", ours)]);
    }
}

fn is_finished(certificate: &Certificate) -> bool {
    own(certificate, "StageOfCompletion").is_some_and(|own| own.value == "C" || own.value == "V")
}

fn no_couplings_declared(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if is_finished(certificate) && gives(certificate, CAN_BE_FITTED) {
        report.at(
            CAN_BE_FITTED,
            "our stage lists couplings that can be fitted: withdraw them, and name the coupling that is fitted (entry 44)",
            &[],
        );
    }
}

fn no_couplings_inherited(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let before = certificate.before.rows(CAN_BE_FITTED);
    if is_finished(certificate) && before > 0 && !gives(certificate, CAN_BE_FITTED) {
        report.at(
            CAN_BE_FITTED,
            "couplings that can be fitted stay from the stage before, and a later stage cannot remove them: say in a \
             remark (entry 52) that they no longer apply",
            &[("rows before", &before.to_string())],
        );
    }
}

/// Entries that only an incomplete vehicle has (numbers 5.1, 6.1, 7.1, 12.1, 14 and 15 of the certificate).
const INCOMPLETE_ONLY: &[&str] = &[
    "DimensionGroup/MaximumPermissibleLength",
    "DimensionGroup/MaximumPermissibleLengthMin",
    "DimensionGroup/MaximumPermissibleLengthMax",
    "DimensionGroup/MaximumPermissibleWidth",
    "DimensionGroup/MaximumPermissibleWidthMin",
    "DimensionGroup/MaximumPermissibleWidthMax",
    "DimensionGroup/MaximumPermissibleHeight",
    "DimensionGroup/MaximumPermissibleHeightMin",
    "DimensionGroup/MaximumPermissibleHeightMax",
    "DimensionGroup/MaximumPermissibleRearOverhang",
    "MassGroup/MassInRunningOrderIncomplete",
    "MassGroup/MinimumMassCompleted",
];

fn incomplete_entries_stay(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if !is_finished(certificate) {
        return;
    }
    for address in INCOMPLETE_ONLY {
        if let Some(stays) = certificate.before.value(address) {
            report.at(
                address,
                "this speaks of the incomplete vehicle and cannot be removed by a later stage: a remark (entry 52) may say so",
                &[("stage before", stays)],
            );
        }
    }
}

pub(super) fn inside_the_base_envelope(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let limited = envelope(case, certificate).into_iter().filter(|one| one.limiter == Limiter::Base);
    for one in limited.filter(|one| one.place == Place::Outside) {
        let ours = one.value.unwrap_or_default().to_string();
        report.at(
            one.address.as_str(),
            "outside what the base manufacturer allows: its CO2 and emission values no longer hold for this vehicle",
            &[("allowed (0.2.2.1)", &one.limits()), ("ours", &ours)],
        );
    }
}

fn within_permissible_dimensions(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for name in ["Length", "Width", "Height", "RearOverhang"] {
        let address = format!("DimensionGroup/{name}");
        let single = format!("DimensionGroup/MaximumPermissible{name}");
        let greatest = number(&certificate.before, &format!("{single}Max")).or(number(&certificate.before, &single));
        if let (Some(ours), Some(greatest)) = (number(&certificate.effective, &address), greatest)
            && ours > greatest
        {
            let (greatest, ours) = (greatest.to_string(), ours.to_string());
            let text = "greater than the base manufacturer permits: the base approval does not cover it";
            report.at(&address, text, &[("permitted", &greatest), ("ours", &ours)]);
        }
    }
}

fn not_below_the_least_mass(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const MASS: &str = "MassGroup/MassInRunningOrder";
    let least = number(&certificate.before, "MassGroup/MinimumMassCompleted");
    if let (Some(ours), Some(least)) = (number(&certificate.effective, MASS), least)
        && ours < least
    {
        let (least, ours) = (least.to_string(), ours.to_string());
        let text = "below the least mass that the incomplete vehicle must have when completed";
        report.at(MASS, text, &[("entry 15", &least), ("ours", &ours)]);
    }
}

#[cfg(test)]
#[path = "stages/tests.rs"]
mod tests;

//! Checks of identity: one VIN through all stages.

use super::look::class;
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::identity::Vin;

const VIN: &str = "VehicleIdentificationNumber";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "ID-01",
        title: "The VIN is the same in every stage",
        clause: "EUCARIS setup manual 1.5, multi-stage vehicles",
        grade: Grade::Block,
        entries: &[VIN],
        remedy: "Import the message of this vehicle, or ask the manufacturer of that stage for a correction. A VIN of your own making needs the authority's consent and a record of its own.",
        run: same_in_every_stage,
    },
    Check {
        id: "ID-02",
        title: "The VIN of a received stage has the form of one",
        clause: "ISO 3779: 17 characters without I, O and Q",
        grade: Grade::Warn,
        entries: &[VIN],
        remedy: "Compare with the VIN stamped on the vehicle (the letters I, O and Q are usually a misread 1 or 0) and ask for a correction.",
        run: form_in_every_stage,
    },
    Check {
        id: "ID-03",
        title: "The last four characters of the VIN are digits",
        clause: "ISO 3779; background, not confirmed",
        grade: Grade::Info,
        entries: &[VIN],
        remedy: "Compare with the VIN stamped on the vehicle; some manufacturers end it otherwise.",
        run: last_four_are_digits,
    },
    Check {
        id: "ID-04",
        title: "The version of M, N and O is one of the approval",
        clause: "EReg change overview 1.1: N/A only under Regulations (EU) No 167/2013 and No 168/2013",
        grade: Grade::Block,
        entries: &["Version"],
        remedy: "Declare the version as the approval names it.",
        run: version_is_named,
    },
];

fn same_in_every_stage(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    let ours = case.record.vin.as_str();
    for stage in &case.record.stages {
        match stage.content.value(VIN) {
            Some(theirs) if theirs == ours => {}
            Some(theirs) => report.at(
                VIN,
                format!("stage {} is about another vehicle: ask its manufacturer for a correction", stage.number),
                &[("this record", ours), (&format!("stage {}", stage.number), theirs)],
            ),
            None => report.at(VIN, format!("stage {} names no VIN", stage.number), &[("this record", ours)]),
        }
    }
}

fn form_in_every_stage(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        let Some(theirs) = stage.content.value(VIN) else { continue };
        if let Err(fault) = Vin::parse(theirs) {
            report.at(VIN, format!("stage {}: {fault}", stage.number), &[("VIN", theirs)]);
        }
    }
}

fn last_four_are_digits(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    let vin = case.record.vin.as_str();
    if !vin.bytes().rev().take(4).all(|byte| byte.is_ascii_digit()) {
        report.at(
            VIN,
            "the last four characters are not all digits: compare the VIN with the vehicle",
            &[("VIN", vin)],
        );
    }
}

fn version_is_named(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if let Some(version) = content.value("Version")
        && version.trim().eq_ignore_ascii_case("N/A")
        && !class(content).is_empty()
    {
        let category = content.value("VehicleCategory").unwrap_or_default();
        let text = "vehicles of category M, N and O have a version: declare it as the approval names it";
        report.at("Version", text, &[("category", category), ("version", version)]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::VIN;

    #[test]
    fn a_version_that_is_none_blocks() {
        let mut world = World::sound();
        assert!(!world.fires("ID-04"));
        world.set("Version", "n/a");
        assert!(world.fires("ID-04"));
        world.set("VehicleCategory", "R2a");
        assert!(!world.fires("ID-04"), "agricultural vehicles may have none");
    }

    #[test]
    fn another_vin_in_an_earlier_stage_blocks() {
        let mut world = World::sound();
        assert!(!world.fires("ID-01") && !world.fires("ID-02"));
        world.base(VIN, "ZZATG60D2TK104418");
        assert!(world.fires("ID-01"));
        world.base(VIN, "ZZATG60D2TK10441O");
        assert!(world.fires("ID-02"));
        world.no_base(VIN);
        assert!(world.fires("ID-01"));
    }

    #[test]
    fn a_letter_among_the_last_four_is_worth_knowing() {
        let mut world = World::sound();
        assert!(!world.fires("ID-03"));
        world.vin("ZZATG60D2TK10441A");
        assert!(world.fires("ID-03"));
    }
}

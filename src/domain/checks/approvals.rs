//! Checks of the approval: known, valid, covering this vehicle, kept to, and with somebody who may sign.

use super::look::{day, own};
use super::{Check, Grade, Report};
use crate::domain::approval::{Approval, ApprovalNumber, Status};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::value;

const NUMBER: &str = "TypeApprovalNumber";
const BUILT: &str = "DateManufactureVehicle";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "AP-01",
        title: "The approval is known on this desk",
        clause: "Regulation (EU) 2018/858, Article 36: the certificate states conformity with an approval",
        grade: Grade::Block,
        entries: &[NUMBER],
        remedy: "Import the approval (`stageplate approval import`), or name another.",
        run: is_known,
    },
    Check {
        id: "AP-02",
        title: "The approval may be used",
        clause: "Regulation (EU) 2018/858, Articles 36 and 49: only vehicles under a valid approval",
        grade: Grade::Block,
        entries: &[NUMBER],
        remedy: "Name an approval that is in force, or have the lead settle what becomes of the vehicle.",
        run: is_valid,
    },
    Check {
        id: "AP-03",
        title: "The approval covers the variant and version",
        clause: "approval check at the receiver: the data fit the approval (RDW)",
        grade: Grade::Block,
        entries: &["Variant", "Version"],
        remedy: "Declare a variant and version that the approval covers, or name the extension that covers them.",
        run: covers_the_version,
    },
    Check {
        id: "AP-04",
        title: "Values inside the ranges of the version",
        clause: "approval check at the receiver: the data fit the approval (RDW)",
        grade: Grade::Block,
        entries: &[],
        remedy: "Measure again; if it stands, name the version that covers it, or have the approval extended.",
        run: inside_the_ranges,
    },
    Check {
        id: "AP-05",
        title: "Every entry that the version limits has a value",
        clause: "inferred from the approval's ranges",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Declare the entry: without a value nobody can see whether the vehicle is inside.",
        run: limited_entries_are_given,
    },
    Check {
        id: "AP-06",
        title: "Manufactured in the window of the extension",
        clause: "practice of importers: windows per extension; not in the regulation",
        grade: Grade::Warn,
        entries: &[BUILT],
        remedy: "Name the extension whose window holds the day of manufacture.",
        run: inside_the_window,
    },
    Check {
        id: "AP-07",
        title: "The certificate says what its approval says",
        clause: "approval check at the receiver (RDW); EUCARIS change overview: the date of issue moves with the extension",
        grade: Grade::Block,
        entries: &["VehicleCategory", "Type", "TypeApprovalType", "TypeApprovalIssueDate", "StageOfCompletion"],
        remedy: "Withdraw the declared value, so that the approval's stands, or name the approval that says it.",
        run: agrees_with_the_approval,
    },
    Check {
        id: "AP-08",
        title: "Somebody may sign under the approval today",
        clause: "Regulation (EU) 2018/858, Article 28(1)(c); EReg guidelines 1.1",
        grade: Grade::Block,
        entries: &["SigningAuthorityTable"],
        remedy: "Enter the person whom the approval names (`approval import`), or have the approval extended.",
        run: somebody_may_sign,
    },
    Check {
        id: "AP-09",
        title: "The header's country is that of the approval number, in every stage received",
        clause: "EReg change overview: DesignatedTypeApprovalCountry; the comparison is inferred",
        grade: Grade::Warn,
        entries: &["Header/DesignatedTypeApprovalCountry"],
        remedy: "Ask the manufacturer of that stage for a correction; the authority routes messages by the header.",
        run: header_names_the_country,
    },
];

fn is_known(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    match case.record.declares(NUMBER) {
        None => report.at(NUMBER, "no approval is named: set the type-approval number", &[]),
        Some(number) if case.approval().is_none() => {
            let mut values = vec![("named", number)];
            values.extend(case.approvals.iter().map(|approval| ("on this desk", approval.number.as_str())));
            report.at(NUMBER, format!("approval {number} is not on this desk: import it, or name another"), &values);
        }
        Some(_) => {}
    }
}

fn is_valid(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    if let Some(approval) = case.approval()
        && approval.status != Status::Valid
    {
        let text = format!("approval {} is {}: name another", approval.number, approval.status.word());
        report.at(NUMBER, text, &[("status", approval.status.word())]);
    }
}

fn version_of(certificate: &Certificate) -> Option<(&str, &str)> {
    Some((own(certificate, "Variant")?.value.as_str(), own(certificate, "Version")?.value.as_str()))
}

fn covers_the_version(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let (Some(approval), Some((variant, version))) = (case.approval(), version_of(certificate)) else { return };
    if approval.covers(variant, version).is_none() {
        let elsewhere = case.approvals.iter().find(|other| other.covers(variant, version).is_some());
        let hint = match elsewhere {
            Some(other) => format!("{} covers it", other.number),
            None => "no extension on this desk covers it".to_owned(),
        };
        report.at(
            "Version",
            format!("approval {} does not cover this variant and version: {hint}", approval.number),
            &[("variant", variant), ("version", version)],
        );
    }
}

fn inside_the_ranges(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let (Some(approval), Some((variant, version))) = (case.approval(), version_of(certificate)) else { return };
    let Some(covered) = approval.covers(variant, version) else { return };
    for (address, range) in &covered.ranges {
        let Some(given) = certificate.effective.get(address).and_then(value::decimal) else { continue };
        if given < range.min || range.max < given {
            let approved = format!("{} to {}", range.min, range.max);
            report.at(
                address.as_str(),
                format!("outside the range of version {version} in {}", approval.number),
                &[("approved", &approved), ("ours", &given.to_string())],
            );
        }
    }
}

fn limited_entries_are_given(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let (Some(approval), Some((variant, version))) = (case.approval(), version_of(certificate)) else { return };
    let Some(covered) = approval.covers(variant, version) else { return };
    for (address, range) in &covered.ranges {
        if certificate.effective.get(address).is_none() {
            let approved = format!("{} to {}", range.min, range.max);
            let text = format!("version {version} limits this entry, and no stage gives it: declare it");
            report.at(address.as_str(), text, &[("approved", &approved)]);
        }
    }
}

fn inside_the_window(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let (Some(approval), Some(built)) = (case.approval(), day(&certificate.effective, BUILT)) else { return };
    if approval.window_holds(built) {
        return;
    }
    let end = |day: Option<chrono::NaiveDate>| day.map_or("open".to_owned(), |day| day.to_string());
    let window = format!("{} to {}", end(approval.built_from), end(approval.built_until));
    let others: Vec<&str> = case
        .approvals
        .iter()
        .filter(|other| other.number.base() == approval.number.base() && other.window_holds(built))
        .map(|other| other.number.as_str())
        .collect();
    let hint = match others.as_slice() {
        [] => "no extension on this desk is for that day".to_owned(),
        [one] => format!("{one} is for that day"),
        several => format!("several are for that day: {}", several.join(", ")),
    };
    let text = format!("manufactured outside the window of {}: {hint}", approval.number);
    report.at(BUILT, text, &[("window", &window), ("manufactured", &built.to_string())]);
}

fn agrees_with_the_approval(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let Some(approval) = case.approval() else { return };
    for (address, approved) in said_by(approval) {
        if let Some(ours) = own(certificate, address).map(|own| own.value.as_str())
            && ours != approved
        {
            report.at(
                address,
                format!("{address} is not what approval {} says: withdraw the value, or name another", approval.number),
                &[("approval", &approved), ("ours", ours)],
            );
        }
    }
}

fn said_by(approval: &Approval) -> [(&'static str, String); 6] {
    [
        ("VehicleCategory", approval.category.clone()),
        ("Type", approval.vehicle_type.clone()),
        ("TypeApprovalType", approval.approval_type.clone()),
        ("TypeApprovalIssueDate", approval.issued.to_string()),
        ("StageOfCompletion", approval.stage_of_completion.clone()),
        ("ProvisionalTypeApprovalIndicator", if approval.provisional { "Y" } else { "N" }.to_owned()),
    ]
}

fn somebody_may_sign(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    let Some(approval) = case.approval() else { return };
    let today = case.now.day();
    if approval.signatories_on(today).next().is_none() {
        report.at(
            "SigningAuthorityTable",
            format!(
                "nobody may sign under {} today: have the approval name a signatory, and import it",
                approval.number
            ),
            &[("today", &today.to_string())],
        );
    }
}

fn header_names_the_country(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    const COUNTRY: &str = "Header/DesignatedTypeApprovalCountry";
    for stage in &case.record.stages {
        let (Some(country), Some(number)) = (stage.content.value(COUNTRY), stage.content.value(NUMBER)) else {
            continue;
        };
        let Ok(parsed) = ApprovalNumber::parse(number) else {
            let text = format!("stage {}: the approval number has not the form of one", stage.number);
            report.at(NUMBER, text, &[("number", number)]);
            continue;
        };
        if parsed.country() != country {
            let text = format!("stage {}: the header names another country than the approval number", stage.number);
            report.at(COUNTRY, text, &[("header", country), ("number", number)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::{BUILT, NUMBER, Status};

    #[test]
    fn an_approval_that_is_not_named_or_not_known_blocks() {
        let mut world = World::sound();
        assert!(!world.fires("AP-01"));
        world.set(NUMBER, "e4*2018/858*90471*07");
        assert!(world.fires("AP-01"));
        world.unset(NUMBER);
        assert!(world.fires("AP-01"));
    }

    #[test]
    fn a_withdrawn_approval_blocks() {
        let mut world = World::sound();
        assert!(!world.fires("AP-02"));
        world.approvals[0].status = Status::Withdrawn;
        assert!(world.fires("AP-02"));
    }

    #[test]
    fn a_version_that_is_not_covered_blocks() {
        let mut world = World::sound();
        assert!(!world.fires("AP-03"));
        world.set("Version", "L9");
        assert!(world.fires("AP-03") && !world.fires("AP-04"));
    }

    #[test]
    fn a_value_at_the_end_of_its_range_is_inside_and_one_missing_is_named() {
        let mut world = World::sound();
        world.set("DimensionGroup/Length", "6650");
        assert!(!world.fires("AP-04") && !world.fires("AP-05"));
        world.set("DimensionGroup/Length", "6651");
        assert!(world.fires("AP-04"));
        world.unset("DimensionGroup/Length");
        assert!(!world.fires("AP-04") && world.fires("AP-05"));
    }

    #[test]
    fn a_day_outside_the_window_warns() {
        let mut world = World::sound();
        assert!(!world.fires("AP-06"));
        world.set(BUILT, "2026-08-31");
        assert!(world.fires("AP-06"));
    }

    #[test]
    fn what_the_approval_says_is_not_said_otherwise() {
        let mut world = World::sound();
        assert!(!world.fires("AP-07"));
        world.set("VehicleCategory", "N1");
        assert!(world.fires("AP-07"));
    }

    #[test]
    fn an_approval_without_a_signatory_today_blocks() {
        let mut world = World::sound();
        assert!(!world.fires("AP-08"));
        world.approvals[0].signatories[0].until = Some(world.now.day().pred_opt().unwrap());
        assert!(world.fires("AP-08"));
    }

    #[test]
    fn a_header_of_another_country_warns() {
        let mut world = World::sound();
        assert!(!world.fires("AP-09"));
        world.base("Header/DesignatedTypeApprovalCountry", "e1");
        assert!(world.fires("AP-09"));
    }
}

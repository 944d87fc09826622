//! Checks of the approval: known, valid, covering this vehicle, kept to, and with somebody who may sign.

use super::look::{day, own};
use super::{Check, Grade, Report};
use crate::domain::approval::{Approval, ApprovalNumber, Status};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::envelope::{Limited, Limiter, Place, envelope};

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
    Check {
        id: "AP-10",
        title: "One extension alone is for the day of manufacture",
        clause: "practice of importers: overlapping windows are ambiguous; inferred",
        grade: Grade::Warn,
        entries: &[BUILT],
        remedy: "End the earlier extension's window the day before the later one's begins, and import it again.",
        run: extensions_do_not_overlap,
    },
    Check {
        id: "AP-11",
        title: "The windows of the extensions leave out no day of manufacture",
        clause: "practice of importers: windows per extension; inferred",
        grade: Grade::Warn,
        entries: &[BUILT],
        remedy: "Correct the window or the date of manufacture; ask the authority which extension holds for that day.",
        run: extensions_leave_no_gap,
    },
    Check {
        id: "AP-12",
        title: "The approval was not withdrawn or suspended after the manufacture",
        clause: "Regulation (EU) 2018/858, Article 49: end of series; inferred",
        grade: Grade::Warn,
        entries: &[NUMBER],
        remedy: "See whether the vehicle still lies within the limits for vehicles of an ended series.",
        run: is_still_valid,
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
    let Some(approval) = case.approval() else { return };
    let day = case.day_of_approval();
    let status = approval.status_on(day);
    if status != Status::Valid {
        let word = status.word();
        let text = format!("approval {} is {word} for a vehicle manufactured on {day}: name another", approval.number);
        report.at(NUMBER, text, &[("status", status.word()), ("on", &day.to_string())]);
    }
}

fn is_still_valid(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    let Some(approval) = case.approval() else { return };
    let standing = approval.standing();
    if approval.status_on(case.day_of_approval()) == Status::Valid && standing.status != Status::Valid {
        let (words, day) = (standing.in_words(), case.day_of_approval().to_string());
        let text = format!(
            "approval {} is {words}: this vehicle was manufactured before and stays covered; mind the limits for vehicles \
             of an ended series",
            approval.number
        );
        report.at(NUMBER, text, &[("status", &words), ("manufactured", &day)]);
    }
}

/// The extensions on this desk of the approval that the record names, in their order.
fn extensions<'a>(case: &Case<'a>) -> Vec<&'a Approval> {
    let Some(named) = case.approval() else { return Vec::new() };
    let base = named.number.base().to_owned();
    let approvals: &'a [Approval] = case.approvals;
    approvals.iter().filter(|one| one.number.base() == base).collect()
}

fn window_of(approval: &Approval) -> String {
    let end = |day: Option<chrono::NaiveDate>| day.map_or("open".to_owned(), |day| day.to_string());
    format!("{} to {}", end(approval.built_from), end(approval.built_until))
}

fn extensions_do_not_overlap(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let (Some(built), Some((variant, version))) = (day(&certificate.effective, BUILT), version_of(certificate)) else {
        return;
    };
    let mut all = extensions(case);
    all.retain(|one| one.is_for(built, variant, version));
    if all.len() < 2 {
        return;
    }
    let windows: Vec<(&str, String)> = all.iter().map(|one| (one.number.as_str(), window_of(one))).collect();
    let mut values: Vec<(&str, &str)> = windows.iter().map(|(number, window)| (*number, window.as_str())).collect();
    let built = built.to_string();
    values.push(("manufactured", &built));
    let text = "several extensions are for this variant and version on the day of manufacture, and the desk does not pick \
                one: end the window of the earlier, or say in a remark which holds";
    report.at(BUILT, text, &values);
}

fn extensions_leave_no_gap(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let Some(built) = day(&certificate.effective, BUILT) else { return };
    let all = extensions(case);
    let before = all.iter().filter(|one| one.built_until.is_some_and(|until| until < built));
    let after = all.iter().filter(|one| one.built_from.is_some_and(|from| built < from));
    let last = before.max_by_key(|one| one.built_until);
    let next = after.min_by_key(|one| one.built_from);
    let (Some(last), Some(next)) = (last, next) else { return };
    if all.iter().any(|one| one.window_holds(built)) {
        return;
    }
    let text = format!(
        "manufactured between the windows of {} and {}: no extension is for that day",
        last.number, next.number
    );
    let (last_window, next_window, built) = (window_of(last), window_of(next), built.to_string());
    let values = [
        (last.number.as_str(), last_window.as_str()),
        (next.number.as_str(), next_window.as_str()),
        ("manufactured", built.as_str()),
    ];
    report.at(BUILT, text, &values);
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

/// The entries that our approval limits and whose value sits there.
fn limited_by_approval(case: &Case<'_>, certificate: &Certificate, place: Place) -> Vec<Limited> {
    let mut list = envelope(case, certificate);
    list.retain(|one| one.place == place && matches!(one.limiter, Limiter::Approval(_)));
    list
}

fn inside_the_ranges(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let (Some(approval), Some((_, version))) = (case.approval(), version_of(certificate)) else { return };
    for one in limited_by_approval(case, certificate, Place::Outside) {
        let text = format!("outside the range of version {version} in {}", approval.number);
        let ours = one.value.unwrap_or_default().to_string();
        report.at(one.address.as_str(), text, &[("approved", &one.limits()), ("ours", &ours)]);
    }
}

fn limited_entries_are_given(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let Some((_, version)) = version_of(certificate) else { return };
    for one in limited_by_approval(case, certificate, Place::Missing) {
        let text = format!("version {version} limits this entry, and no stage gives it: declare it");
        report.at(one.address.as_str(), text, &[("approved", &one.limits())]);
    }
}

fn inside_the_window(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let (Some(approval), Some(built)) = (case.approval(), day(&certificate.effective, BUILT)) else { return };
    if approval.window_holds(built) {
        return;
    }
    let window = window_of(approval);
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
#[path = "approvals/tests.rs"]
mod tests;

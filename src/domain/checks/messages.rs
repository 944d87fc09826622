//! Checks of the messages received: reference, version, time of issue, approval number. They judge what others sent, so
//! they warn.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::look::{day, number};
use super::{Check, Grade, Report};
use crate::domain::approval::ApprovalNumber;
use crate::domain::certificate::{Case, Certificate};
use crate::domain::content::Content;
use crate::domain::value;

const REFERENCE: &str = "Header/IviReferenceId";
const SCHEMA: &str = "Header/IviVersionNumberXsd";
const VERSION: &str = "Header/IviVersionNumber";
const ISSUED: &str = "Header/IviVersionDateTime";
const BUILT: &str = "DateManufactureVehicle";
const APPROVAL: &str = "TypeApprovalNumber";
const SIGNED: &str = "SigningAuthorityTable[1]/SignatureDate";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "MG-01",
        title: "Every message has a reference of its own",
        clause: "EReg guidelines 1.11: the reference is that of the file, not of the vehicle; that we judge others' messages is inferred",
        grade: Grade::Warn,
        entries: &[REFERENCE],
        remedy: "Ask the manufacturer of the later message for one with a reference of its own.",
        run: references_differ,
    },
    Check {
        id: "MG-02",
        title: "A message is not older than the vehicle",
        clause: "inferred: the certificate comes after the manufacture; two official specimens differ",
        grade: Grade::Warn,
        entries: &[ISSUED, BUILT],
        remedy: "Ask which of the two is wrong: a certificate of before the manufacture was not made for this vehicle.",
        run: not_older_than_the_vehicle,
    },
    Check {
        id: "MG-03",
        title: "A message is not from the future",
        clause: "inferred: issued before it was received",
        grade: Grade::Warn,
        entries: &[ISSUED],
        remedy: "Ask the manufacturer for a correction; a clock was wrong.",
        run: not_from_the_future,
    },
    Check {
        id: "MG-04",
        title: "A message that differs from the one before has a higher version",
        clause: "EReg guidelines 1.7 and 1.12: the first is version 1, a correction one more; that we judge others' messages is inferred",
        grade: Grade::Warn,
        entries: &[VERSION],
        remedy: "Ask which of the two messages holds: authorities tell a correction from a repetition by this number.",
        run: versions_rise,
    },
    Check {
        id: "MG-05",
        title: "A vehicle built from 5 July 2026 comes with a message of IVI 2.0",
        clause: "EReg guidelines 1.5; that we judge others' messages is inferred",
        grade: Grade::Warn,
        entries: &[SCHEMA, BUILT],
        remedy: "Ask the manufacturer for a message of version 2.0.",
        run: schema_of_the_day,
    },
    Check {
        id: "MG-06",
        title: "The approval number of a received stage reads as one, extension included",
        clause: "Regulation (EU) 2020/683, Annex IV; registers hold others, so inferred",
        grade: Grade::Warn,
        entries: &[APPROVAL],
        remedy: "Ask the manufacturer: our message repeats the number as it stands (0.2.2).",
        run: approval_number_reads,
    },
    Check {
        id: "MG-07",
        title: "A received certificate was signed after the manufacture, and not after today",
        clause: "inferred: the order of manufacture and signature",
        grade: Grade::Warn,
        entries: &["SigningAuthorityTable/SignatureDate", BUILT],
        remedy: "Ask which of the two dates is wrong.",
        run: signed_in_order,
    },
    Check {
        id: "MG-08",
        title: "A received stage was built no earlier than its approval was issued",
        clause: "inferred: the order of approval and manufacture",
        grade: Grade::Warn,
        entries: &["TypeApprovalIssueDate", BUILT],
        remedy: "Ask under which extension the vehicle was built.",
        run: built_under_its_approval,
    },
    Check {
        id: "MG-09",
        title: "The time of issue says in which time zone",
        clause: "EReg guidelines 1.14: written with an offset, which the schema leaves open; inferred",
        grade: Grade::Info,
        entries: &[ISSUED],
        remedy: "Nothing, or ask the manufacturer: which of two messages is the later may hang on it.",
        run: issue_has_a_time_zone,
    },
];

/// The day a message says it was issued, in its own time zone.
fn issued(content: &Content) -> Option<NaiveDate> {
    content.value(ISSUED)?.trim().get(..10).and_then(value::date)
}

fn references_differ(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let stages = case.record.stages.iter().filter_map(|stage| {
        let reference = stage.content.value(REFERENCE)?;
        Some((reference.to_lowercase(), format!("stage {}", stage.number)))
    });
    let ours = case
        .record
        .releases
        .iter()
        .map(|release| (release.reference.to_lowercase(), format!("our version {}", release.version)));
    for (reference, whose) in stages.chain(ours) {
        if let Some(other) = known.get(&reference) {
            let text = format!("{whose} has the reference of {other}: each message has one of its own");
            report.at(REFERENCE, text, &[(other, &reference), (&whose, &reference)]);
        }
        known.entry(reference).or_insert(whose);
    }
}

fn not_older_than_the_vehicle(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        if let (Some(issued), Some(built)) = (issued(&stage.content), day(&stage.content, BUILT))
            && issued < built
        {
            let text =
                format!("the message of stage {} was issued before the vehicle was manufactured (0.11)", stage.number);
            report.at(ISSUED, text, &[("issued", &issued.to_string()), ("manufactured", &built.to_string())]);
        }
    }
}

fn not_from_the_future(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        // A day is left for time zones.
        let last = stage.received_at.day().succ_opt();
        if let (Some(issued), Some(last)) = (issued(&stage.content), last)
            && issued > last
        {
            let text = format!("the message of stage {} says it was issued after it was received", stage.number);
            let received = stage.received_at.day().to_string();
            report.at(ISSUED, text, &[("issued", &issued.to_string()), ("received", &received)]);
        }
    }
}

fn versions_rise(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        let Some(version) = number(&stage.content, VERSION) else { continue };
        let (number, revision) = (version.to_string(), stage.revision.to_string());
        let values = [("version", number.as_str()), ("received", revision.as_str())];
        if version < rust_decimal::Decimal::ONE {
            report.at(
                VERSION,
                format!("the first message is version 1, and that of stage {} is 0", stage.number),
                &values,
            );
        } else if stage.revision > 1 && version == rust_decimal::Decimal::ONE {
            let text = format!("stage {} was received again with other content, yet as version 1", stage.number);
            report.at(VERSION, text, &values);
        }
    }
}

fn schema_of_the_day(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    let first = NaiveDate::from_ymd_opt(2026, 7, 5);
    for stage in &case.record.stages {
        if let (Some(schema), Some(built), Some(first)) =
            (stage.content.value(SCHEMA), day(&stage.content, BUILT), first)
            && built >= first
            && schema != "2.0"
        {
            let text =
                format!("stage {} was built from 5 July 2026 and comes as a message of another version", stage.number);
            report.at(SCHEMA, text, &[("version", schema), ("manufactured", &built.to_string())]);
        }
    }
}

fn approval_number_reads(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        let Some(said) = stage.content.value(APPROVAL) else { continue };
        let fault = match ApprovalNumber::parse(said) {
            Err(fault) => fault.to_string(),
            Ok(number) if number.extension().is_none() => format!("`{said}` does not say its extension"),
            Ok(_) => continue,
        };
        report.at(APPROVAL, format!("stage {}: {fault}", stage.number), &[(&format!("stage {}", stage.number), said)]);
    }
}

fn signed_in_order(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        let Some(signed) = day(&stage.content, SIGNED) else { continue };
        let built = day(&stage.content, BUILT);
        if let Some(built) = built.filter(|built| signed < *built) {
            let text = format!("stage {} was signed before it was manufactured (0.11)", stage.number);
            report.at(SIGNED, text, &[("signed", &signed.to_string()), ("manufactured", &built.to_string())]);
        } else if signed > case.now.day() {
            let text = format!("stage {} is signed with a day to come", stage.number);
            report.at(SIGNED, text, &[("signed", &signed.to_string()), ("today", &case.now.day().to_string())]);
        }
    }
}

fn built_under_its_approval(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        let granted = day(&stage.content, "TypeApprovalIssueDate");
        if let (Some(granted), Some(built)) = (granted, day(&stage.content, BUILT))
            && built < granted
        {
            let text = format!("stage {} was manufactured before its approval was issued", stage.number);
            report.at(BUILT, text, &[("issued", &granted.to_string()), ("manufactured", &built.to_string())]);
        }
    }
}

fn issue_has_a_time_zone(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        let Some((said, time)) =
            stage.content.value(ISSUED).and_then(|said| Some((said, said.trim().split_once('T')?.1)))
        else {
            continue;
        };
        if !time.ends_with('Z') && !time.contains(['+', '-']) {
            let text = format!("the message of stage {} does not say in which time zone it was issued", stage.number);
            report.at(ISSUED, text, &[("issued", said)]);
        }
    }
}

#[cfg(test)]
#[path = "messages/tests.rs"]
mod tests;

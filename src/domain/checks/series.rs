//! Checks of the kind of approval: small series, provisional approvals and where they hold.

use super::look::day;
use super::row::{count, rows};
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate, INTENDED_COUNTRY};
use crate::domain::content::Content;
use crate::domain::value;

const KIND: &str = "TypeApprovalType";
const YEAR: &str = "ProductionYearSmallSeries";
const SEQUENCE: &str = "ProductionSequentialNumberSmallSeries";
const BUILT: &str = "DateManufactureVehicle";
const NUMBER: &str = "TypeApprovalNumber";
const PROVISIONAL: &str = "ProvisionalTypeApprovalIndicator";
const TERRITORIES: &str = "ProvisionalApprovalTerritoryTable";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "SE-01",
        title: "A vehicle of a small series says its year and number",
        clause: "fields of the EUCARIS data set; that a small series needs them is inferred",
        grade: Grade::Warn,
        entries: &[KIND, YEAR, SEQUENCE],
        remedy: "Declare the year of production and the vehicle's number within it: a small series is limited by year.",
        run: small_series_is_numbered,
    },
    Check {
        id: "SE-02",
        title: "Only a small series is numbered",
        clause: "fields of the EUCARIS data set; inferred",
        grade: Grade::Warn,
        entries: &[KIND, YEAR, SEQUENCE],
        remedy: "Withdraw year and number, or see whether the approval is one of a small series (ESS, NSS).",
        run: only_small_series_is_numbered,
    },
    Check {
        id: "SE-03",
        title: "The small series' year is that of the manufacture",
        clause: "inferred from entry 0.11",
        grade: Grade::Warn,
        entries: &[YEAR, BUILT],
        remedy: "Correct the year or the date of manufacture.",
        run: year_is_that_of_manufacture,
    },
    Check {
        id: "SE-04",
        title: "The approval number is one of its kind",
        clause: "practice of public registers: KS in the number of an EU small series, NKS in that of a national one",
        grade: Grade::Warn,
        entries: &[KIND, NUMBER],
        remedy: "Correct the approval's kind where it was imported, or name the approval that is meant.",
        run: number_is_of_its_kind,
    },
    Check {
        id: "SE-05",
        title: "A provisional approval lists its territories, another none",
        clause: "fields of the EUCARIS data set; Regulation (EU) 2018/858, Article 39, background; inferred",
        grade: Grade::Warn,
        entries: &[PROVISIONAL, TERRITORIES],
        remedy: "Declare the countries where the provisional approval holds, or withdraw them.",
        run: territories_are_listed,
    },
    Check {
        id: "SE-06",
        title: "The intended country is one where the provisional approval holds",
        clause: "Regulation (EU) 2018/858, Article 39, background; inferred",
        grade: Grade::Warn,
        entries: &[INTENDED_COUNTRY, TERRITORIES],
        remedy: "Correct the country, or have that country accept the provisional approval.",
        run: intended_country_is_a_territory,
    },
];

fn is_small(content: &Content) -> bool {
    matches!(content.value(KIND), Some("ESS" | "NSS"))
}

fn small_series_is_numbered(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for (address, what) in [(YEAR, "year of production"), (SEQUENCE, "number within it")] {
        if is_small(content) && content.value(address).is_none() {
            let kind = content.value(KIND).unwrap_or_default();
            report.at(address, format!("a vehicle of a small series says its {what}: declare it"), &[("kind", kind)]);
        }
    }
}

fn only_small_series_is_numbered(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let Some(kind) = content.value(KIND).filter(|_| !is_small(content)) else { return };
    for address in [YEAR, SEQUENCE] {
        if let Some(said) = content.value(address) {
            let text = "this belongs to a small series only, and the approval is not one of it";
            report.at(address, text, &[("kind", kind), ("given", said)]);
        }
    }
}

fn year_is_that_of_manufacture(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let year = content.value(YEAR).and_then(value::integer);
    if let (Some(year), Some(built)) = (year, day(content, BUILT))
        && year != i64::from(chrono::Datelike::year(&built))
    {
        let text = "the year of production of the small series is not that of the manufacture (0.11)";
        report.at(YEAR, text, &[("year", &year.to_string()), ("manufactured", &built.to_string())]);
    }
}

fn number_is_of_its_kind(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let (Some(kind), Some(number)) = (content.value(KIND), content.value(NUMBER)) else { return };
    let act = number.split('*').nth(1).unwrap_or_default();
    let looks = if act.starts_with("NKS") {
        "NSS"
    } else if act.starts_with("KS") {
        "ESS"
    } else {
        "EU"
    };
    // A national small series has numbers of many forms.
    if looks != kind && !(kind == "NSS" && looks == "EU") {
        let text = format!("the approval is of kind {kind}, and its number reads as one of {looks}");
        report.at(KIND, text, &[("kind", kind), ("number", number)]);
    }
}

fn territories_are_listed(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let listed = count(content, TERRITORIES);
    match content.value(PROVISIONAL) {
        Some("Y") if listed == 0 => {
            let text = "a provisional approval holds only in some countries: declare which";
            report.at(TERRITORIES, text, &[("provisional", "Y")]);
        }
        Some("N") if listed > 0 => {
            let text = "countries of a provisional approval are listed, and the approval is not provisional";
            report.at(TERRITORIES, text, &[("provisional", "N"), ("listed", &listed.to_string())]);
        }
        _ => {}
    }
}

fn intended_country_is_a_territory(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let listed: Vec<&str> =
        rows(content, TERRITORIES).filter_map(|row| row.text("ProvisionalApprovalTerritoryCountry")).collect();
    if let (Some("Y"), Some(country)) = (content.value(PROVISIONAL), content.value(INTENDED_COUNTRY))
        && !listed.is_empty()
        && !listed.contains(&country)
    {
        let text = "the provisional approval does not hold in the intended country of registration";
        report.at(INTENDED_COUNTRY, text, &[("intended", country), ("holds in", &listed.join(", "))]);
    }
}

#[cfg(test)]
#[path = "series/tests.rs"]
mod tests;

//! Checks of the vehicle category and the stage of completion: what they have no place for and what they ask for. Which
//! that is, is data of the catalogue, each row with its source: what was read there blocks, what is inferred warns.

use std::collections::BTreeSet;

use super::look::{is_stated, own};
use super::{Check, Grade, Report};
use crate::domain::address::Address;
use crate::domain::applies::{Applies, Vehicle};
use crate::domain::catalogue::{Catalogue, Element, Mark, Shape};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::content::Content;
use crate::domain::structure::{self, Outline};

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "CA-01",
        title: "Nothing that is foreign to the category",
        clause: "EReg guidelines 1.1, question 1.4: what is foreign is refused; by EUCARIS setup manual 1.5 or EReg change overview 1.1, as the finding says",
        grade: Grade::Block,
        entries: &["ColourTable", "MechanicalCouplingTable", "MechanicalCouplingCanBeFittedTable"],
        remedy: "Withdraw the entry: the receiver rejects the message with it.",
        run: nothing_foreign,
    },
    Check {
        id: "CA-02",
        title: "What the category must give is there",
        clause: "EReg guidelines 1.1, question 1.13; by EReg change overview 1.1 or EUCARIS setup manual 1.5, as the finding says",
        grade: Grade::Block,
        entries: &["PureElectricVehicleIndicator"],
        remedy: "Declare the entry, or ask the manufacturer of the stage before for a message that has it. An indicator says Y or N.",
        run: nothing_required_lacks,
    },
    Check {
        id: "CA-03",
        title: "Nothing that seems foreign to the category",
        clause: "inferred; from what, the finding says",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Look whether the certificate of this category has the entry; withdraw it if not.",
        run: nothing_seems_foreign,
    },
    Check {
        id: "CA-04",
        title: "What the category is expected to give is there",
        clause: "inferred; from what, the finding says",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Look whether the certificate of this category has the entry; declare it if so, an indicator as Y or N.",
        run: nothing_expected_lacks,
    },
    Check {
        id: "CA-05",
        title: "Nothing that the stage of completion has no place for",
        clause: "background or inferred; from what, the finding says",
        grade: Grade::Warn,
        entries: &["MassGroup/MassInRunningOrderIncomplete", "MassGroup/MinimumMassCompleted"],
        remedy: "Withdraw the entry, or look whether the stage of completion is the right one.",
        run: nothing_out_of_stage,
    },
    Check {
        id: "CA-06",
        title: "What the stage of completion is expected to give is there",
        clause: "background or inferred; from what, the finding says",
        grade: Grade::Warn,
        entries: &["MassGroup/MassInRunningOrder", "MassGroup/ActualMass"],
        remedy: "Declare the entry: no stage before gives it.",
        run: nothing_of_the_stage_lacks,
    },
    Check {
        id: "CA-07",
        title: "Nothing stays of a former category that ours has no place for",
        clause: "EUCARIS setup manual 1.5: what is absent later keeps its earlier value and cannot be deleted; that it should go is inferred",
        grade: Grade::Warn,
        entries: &["VehicleCategory"],
        remedy: "Say in a remark (entry 52) that the entry no longer applies: no later stage can remove it.",
        run: nothing_stays_of_another_category,
    },
    Check {
        id: "CA-08",
        title: "Entries of a former category stay that seem foreign to ours",
        clause: "inferred; from what, the finding says",
        grade: Grade::Info,
        entries: &["VehicleCategory"],
        remedy: "Say in a remark (entry 52) that the entry no longer applies, if the certificate of our category has no such entry.",
        run: nothing_stays_that_seems_foreign,
    },
];

/// Our vehicle: its category as it now is, and the stage of completion that our stage says.
fn ours(certificate: &Certificate) -> Vehicle<'_> {
    Vehicle {
        category: certificate.value("VehicleCategory"),
        stage: own(certificate, "StageOfCompletion").map(|own| own.value.as_str()),
    }
}

/// Whether these checks look at a row, and one of these grades.
fn is_told(row: &Applies, verified: bool) -> bool {
    row.said_by.is_none() && !row.is_about_the_stage() && (row.mark == Mark::Verified) == verified
}

fn nothing_foreign(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    foreign(case, certificate, report, &|row| is_told(row, true));
}

fn nothing_seems_foreign(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    foreign(case, certificate, report, &|row| is_told(row, false));
}

fn nothing_out_of_stage(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    foreign(case, certificate, report, &|row| row.said_by.is_none() && row.is_about_the_stage());
}

fn nothing_required_lacks(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    lacking(case, certificate, report, &|row| is_told(row, true));
}

fn nothing_expected_lacks(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    lacking(case, certificate, report, &|row| is_told(row, false));
}

fn nothing_of_the_stage_lacks(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    lacking(case, certificate, report, &|row| row.said_by.is_none() && row.is_about_the_stage());
}

/// What our stage gives although a row forbids it. What was only copied with its table is no fault of ours where it is
/// the stage of completion that has no place for it.
fn foreign(case: &Case<'_>, certificate: &Certificate, report: &mut Report, told: &dyn Fn(&Applies) -> bool) {
    let vehicle = ours(certificate);
    let mut seen = BTreeSet::new();
    for (address, own) in &certificate.own {
        for row in case.catalogue.applies(&address.pattern()) {
            let ours = is_stated(own) || !row.is_about_the_stage();
            if told(row) && row.forbids(&vehicle) && ours && seen.insert(row.path.as_str()) {
                let title = title(case.catalogue, &row.path);
                let text = format!("{title}: not for {} ({}); withdraw it", whose(row, &vehicle), row.source);
                report.at(address.as_str(), text, &[("ours", &own.value)]);
            }
        }
    }
}

/// What a row asks for and no stage gives: named once, at the first place that lacks it.
fn lacking(case: &Case<'_>, certificate: &Certificate, report: &mut Report, told: &dyn Fn(&Applies) -> bool) {
    let vehicle = ours(certificate);
    let empty = BTreeSet::new();
    let outline = Outline::of(&certificate.effective, &empty);
    for row in case.catalogue.all_applies().iter().filter(|row| told(row) && row.requires(&vehicle)) {
        let Some(element) = case.catalogue.by_path(&row.path) else { continue };
        // Most are there, and lie in no table.
        if certificate.effective.value(&element.path).is_some() {
            continue;
        }
        let places = places(case.catalogue, &outline, element);
        let lack: Vec<&Address> =
            places.iter().filter(|place| !is_given(&certificate.effective, &outline, place, element)).collect();
        let Some(first) = lack.first() else { continue };
        let rows: Vec<String> = lack.iter().map(|place| case.catalogue.rows_in_words(place)).collect();
        let of = if rows[0].is_empty() { String::new() } else { format!(" ({})", rows.join("; ")) };
        let text = format!(
            "{}{of} is missing and expected of {} ({}): declare it",
            element.title,
            whose(row, &vehicle),
            row.source
        );
        report.at(first.as_str(), text, &[]);
    }
}

fn title<'a>(catalogue: &'a Catalogue, path: &'a str) -> &'a str {
    catalogue.by_path(path).map_or(path, |element| element.title)
}

/// The vehicle in the terms of the row: its category, its stage of completion, or both.
fn whose(row: &Applies, vehicle: &Vehicle<'_>) -> String {
    let category = vehicle.category.filter(|_| !row.categories.is_empty()).map(|code| format!("category {code}"));
    let stage = match vehicle.stage.filter(|_| row.is_about_the_stage()) {
        Some("I") => Some("an incomplete vehicle"),
        Some("C") => Some("a complete vehicle"),
        Some("V") => Some("a completed vehicle"),
        _ => None,
    };
    match (stage, category) {
        (Some(stage), Some(category)) => format!("{stage} of {category}"),
        (Some(stage), None) => stage.to_owned(),
        (None, Some(category)) => category,
        (None, None) => "this vehicle".to_owned(),
    }
}

/// Every place where an element may stand, by the rows there are; the first row where a table has none.
fn places(catalogue: &Catalogue, outline: &Outline<'_>, element: &Element) -> Vec<Address> {
    let mut places = vec![String::new()];
    let mut path = String::new();
    for name in element.path.split('/') {
        path = structure::below(&path, name);
        let is_table =
            path != element.path && catalogue.by_path(&path).is_some_and(|table| matches!(table.shape, Shape::Table));
        places = places
            .iter()
            .map(|place| structure::below(place, name))
            .flat_map(|place| {
                if !is_table {
                    return vec![place];
                }
                let numbered = (1..=outline.rows(&place)).map(|row| format!("{place}[{row}]"));
                let there: Vec<String> = numbered.filter(|row| outline.has(row)).collect();
                if there.is_empty() { vec![format!("{place}[1]")] } else { there }
            })
            .collect();
    }
    places.iter().map(|place| Address::unchecked(place)).collect()
}

fn is_given(content: &Content, outline: &Outline<'_>, place: &Address, element: &Element) -> bool {
    match element.shape {
        Shape::Value(_) => content.get(place).is_some(),
        _ => outline.has(place.as_str()),
    }
}

fn nothing_stays_of_another_category(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    staying(case, certificate, report, &|row| is_told(row, true));
}

fn nothing_stays_that_seems_foreign(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    staying(case, certificate, report, &|row| is_told(row, false));
}

/// What stays from the stage before although the change of category leaves no place for it.
fn staying(case: &Case<'_>, certificate: &Certificate, report: &mut Report, told: &dyn Fn(&Applies) -> bool) {
    let now = ours(certificate);
    let then = Vehicle { category: certificate.before.value("VehicleCategory"), stage: now.stage };
    if now.category == then.category {
        return;
    }
    let mut seen = BTreeSet::new();
    for (address, value) in certificate.effective.iter().filter(|(address, _)| !certificate.own.contains_key(*address))
    {
        for row in case.catalogue.applies(&address.pattern()) {
            if told(row) && row.forbids(&now) && !row.forbids(&then) && seen.insert(row.path.as_str()) {
                let text = format!(
                    "{}: not for {} ({}), and stays from the stage before; say in a remark (entry 52) that it no longer applies",
                    title(case.catalogue, &row.path),
                    whose(row, &now),
                    row.source
                );
                report.at(address.as_str(), text, &[("stage before", value)]);
            }
        }
    }
}

#[cfg(test)]
#[path = "category/tests.rs"]
mod tests;

//! What our stage says: what was declared, what the approval and the stage before bring, whole tables, and what every
//! message must have.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, INTENDED_COUNTRY, Origin, OwnValue, is_formal};
use crate::domain::address::Address;
use crate::domain::approval::Approval;
use crate::domain::content::Content;
use crate::domain::record::Record;
use crate::domain::structure;

pub fn own_stage(case: &Case<'_>, before: &Content) -> BTreeMap<Address, OwnValue> {
    let record = case.record;
    let mut own: BTreeMap<Address, OwnValue> = BTreeMap::new();
    for (address, declared) in &record.declared {
        own.insert(address.clone(), OwnValue { value: declared.value.clone(), origin: Origin::Declared });
    }
    let mut put = |address: &str, value: &str, origin: Origin| {
        own.entry(Address::unchecked(address)).or_insert_with(|| OwnValue { value: value.to_owned(), origin });
    };
    put("VehicleIdentificationNumber", record.vin.as_str(), Origin::Restated);
    if let Some(approval) = case.approval() {
        for (address, value, origin) in from_approval(approval, record.build_stage, before) {
            put(&address, &value, origin);
        }
    }
    // The message carries it, so it is ours to answer for even where nobody changed it.
    if let Some(country) = before.value(INTENDED_COUNTRY) {
        put(INTENDED_COUNTRY, country, Origin::Restated);
    }
    complete_tables(record, before, &mut own);
    restate_mandatory(case, before, &mut own);
    own
}

/// What a certificate takes from its approval (and, about the stage before, from the effective content).
fn from_approval(approval: &Approval, build_stage: u8, before: &Content) -> Vec<(String, String, Origin)> {
    let mut values: Vec<(String, String, Origin)> = [
        ("TypeApprovalType", approval.approval_type.clone()),
        ("ProvisionalTypeApprovalIndicator", if approval.provisional { "Y" } else { "N" }.to_owned()),
        ("StageOfCompletion", approval.stage_of_completion.clone()),
        ("Type", approval.vehicle_type.clone()),
        ("VehicleCategory", approval.category.clone()),
        ("TypeApprovalIssueDate", approval.issued.to_string()),
    ]
    .into_iter()
    .map(|(address, value)| (address.to_owned(), value, Origin::Approval))
    .collect();
    let maker = &approval.manufacturer;
    let mut group = vec![
        ("ManufacturerStageNumber", Some(build_stage.to_string()), Origin::Desk),
        ("ManufacturerName", Some(maker.name.clone()), Origin::Approval),
        ("ManufacturerAddressLine1", Some(maker.address_line1.clone()), Origin::Approval),
        ("ManufacturerAddressLine2", maker.address_line2.clone(), Origin::Approval),
        ("ManufacturerAddressLine3", maker.address_line3.clone(), Origin::Approval),
        ("ManufacturerPlaceOfResidence", Some(maker.place.clone()), Origin::Approval),
        ("ManufacturerCountryOfResidence", Some(maker.country.clone()), Origin::Approval),
    ];
    if build_stage > 1 {
        for (ours, theirs) in PREVIOUS_STAGE {
            group.push((ours, before.value(theirs).map(str::to_owned), Origin::StageBefore));
        }
    }
    for (name, value, origin) in group {
        values.extend(value.map(|value| (format!("ManufacturerTable[1]/{name}"), value, origin)));
    }
    values
}

/// The four identifiers of the stage before that a later stage's manufacturer group repeats (setup manual 1.5), and
/// where they lie in the stage before.
pub const PREVIOUS_STAGE: [(&str, &str); 4] = [
    ("PreviousStageTypeApprovalNumber", "TypeApprovalNumber"),
    ("PreviousStageType", "Type"),
    ("PreviousStageVariant", "Variant"),
    ("PreviousStageVersion", "Version"),
];

/// Copies the rest of every table our stage touches, dropped rows aside: a table is repeated whole or not at all. The
/// manufacturer's table is the approval's and stands alone.
fn complete_tables(record: &Record, before: &Content, own: &mut BTreeMap<Address, OwnValue>) {
    let touched = own.keys().chain(record.dropped.keys()).filter_map(Address::table);
    let tables: BTreeSet<String> = touched.filter(|table| *table != "ManufacturerTable").map(str::to_owned).collect();
    for (address, value) in before.iter() {
        let ours = address.table().is_some_and(|table| tables.contains(table));
        if ours && !is_dropped(record, address) {
            own.entry(address.clone()).or_insert_with(|| OwnValue { value: value.to_owned(), origin: Origin::Copied });
        }
    }
}

/// Restates what every message must have and ours lacks: the elements the schema asks for, from the effective value.
/// What identifies the approval is never taken from the stage before: it is declared, or it is missing.
fn restate_mandatory(case: &Case<'_>, before: &Content, own: &mut BTreeMap<Address, OwnValue>) {
    const NEVER: [&str; 4] = ["TypeApprovalNumber", "TypeApprovalIssueDate", "StageOfCompletion", "ManufacturerTable"];
    let content: Content = own.iter().map(|(address, own)| (address.clone(), own.value.clone())).collect();
    for lacking in structure::missing(case.catalogue, &content) {
        // A table is restated whole or not at all.
        let place = lacking.table().unwrap_or(lacking.as_str());
        if is_formal(&lacking) || NEVER.contains(&place) {
            continue;
        }
        for (address, value) in before.within(place) {
            if !is_dropped(case.record, address) {
                own.entry(address.clone())
                    .or_insert_with(|| OwnValue { value: value.to_owned(), origin: Origin::Restated });
            }
        }
    }
}

pub fn is_dropped(record: &Record, address: &Address) -> bool {
    record.dropped.keys().any(|row| address.is_within(row.as_str()))
}

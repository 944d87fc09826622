//! What a message of ours restates beside our own stage, where the policy asks for the whole certificate.
//!
//! Invariant: the message laid over the stages before says the same with what is restated and without it, and it fits the
//! schema wherever our own stage alone does.

use std::collections::{BTreeMap, BTreeSet};

use super::own::is_dropped;
use super::rows::in_message;
use super::{Case, OwnValue, is_formal};
use crate::domain::address::Address;
use crate::domain::applies::Vehicle;
use crate::domain::content::Content;
use crate::domain::manufacturers;
use crate::domain::structure;

/// What is the stage before's to say and nobody else's: who it is and who speaks for it, which approval it was built under
/// and its place in a small series, the day and the manner of its own work, what it allows to whoever completes it.
const NOT_OURS: [&str; 14] = [
    manufacturers::TABLE,
    "EURepresentativeGroup",
    "TypeApprovalNumber",
    "TypeApprovalIssueDate",
    "TypeApprovalType",
    "StageOfCompletion",
    "ProvisionalTypeApprovalIndicator",
    "ProvisionalApprovalTerritoryTable",
    "ProductionYearSmallSeries",
    "ProductionSequentialNumberSmallSeries",
    "DateManufactureVehicle",
    "CompletedAltered",
    "DescriptionCompletedAltered",
    "AllowedParameterValuesMultistageGroup",
];

/// The effective values before our stage that our message says again: all but those that our stage gives itself, that are
/// not ours to say, that our vehicle must not have, or that do not fit the schema.
pub fn restated(case: &Case<'_>, before: &Content, own: &BTreeMap<Address, OwnValue>) -> Content {
    let ours = in_message(own.iter());
    let tables: BTreeSet<&str> = own.keys().filter_map(Address::table).collect();
    let given =
        |address: &Address| own.contains_key(address) || address.table().is_some_and(|table| tables.contains(table));
    let vehicle = Vehicle {
        category: ours.value("VehicleCategory").or_else(|| before.value("VehicleCategory")),
        stage: ours.value("StageOfCompletion"),
    };
    let fits = |address: &Address, value: &str| {
        let taken = case.catalogue.element(address).is_some_and(|element| element.check(value).is_ok());
        taken && !case.catalogue.applies(&address.pattern()).any(|row| row.forbids(&vehicle))
    };
    let (mut restated, mut left_out) = (Content::new(), BTreeSet::new());
    for (address, value) in before.iter() {
        let not_ours = is_formal(address) || NOT_OURS.iter().any(|place| address.is_within(place));
        if not_ours || given(address) || is_dropped(case.record, address) {
            continue;
        }
        if fits(address, value) {
            restated.set(address.clone(), value);
        } else {
            left_out.extend(address.table().map(str::to_owned));
        }
    }
    // A table is said whole or not at all.
    restated.retain(|address| address.table().is_none_or(|table| !left_out.contains(table)));
    leave_out_what_is_not_whole(case, &ours, &mut restated);
    restated
}

/// Takes out again what lacks a part that the schema asks for, with the table or the group it lies in: a fault of the stage
/// before, or a part that our vehicle must not have. There the stage before stands by itself.
fn leave_out_what_is_not_whole(case: &Case<'_>, ours: &Content, restated: &mut Content) {
    let lacks_anyway: BTreeSet<Address> = structure::missing(case.catalogue, ours).into_iter().collect();
    loop {
        let all: Content =
            ours.iter().chain(restated.iter()).map(|(at, value)| (at.clone(), value.to_owned())).collect();
        let lacking =
            structure::missing(case.catalogue, &all).into_iter().filter(|place| !lacks_anyway.contains(place));
        let places: BTreeSet<String> = lacking.map(|place| container(&place).to_owned()).collect();
        let before = restated.len();
        restated.retain(|address| !places.iter().any(|place| address.is_within(place)));
        if restated.len() == before {
            return;
        }
    }
}

/// The table an address lies in, or else its group; itself where it lies in neither.
fn container(place: &Address) -> &str {
    let text = place.as_str();
    place.table().or_else(|| text.rfind('/').map(|end| &text[..end])).unwrap_or(text)
}

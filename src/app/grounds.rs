//! What a record rests on, row by row: the extension it names, the limits its values are kept to, who may sign, and the
//! other extensions on the desk.

use chrono::NaiveDate;

use super::record::Opened;
use crate::domain::approval::{Approval, Signatory};
use crate::domain::dossier::Dossier;
use crate::domain::envelope::{Limited, Place};

/// One row of the approvals pane.
#[derive(Debug, Clone, Copy)]
pub enum Ground<'a> {
    /// An extension of the approval.
    Extension(&'a Approval),
    /// A limit, and the value it is for.
    Limit(&'a Limited),
    /// Somebody who may sign under the extension named.
    Signatory(&'a Signatory),
}

/// The extension the record names, if it is on the desk.
pub fn named(dossier: &Dossier) -> Option<&Approval> {
    let number = dossier.certificate.value("TypeApprovalNumber")?;
    dossier.approvals.iter().find(|approval| approval.number.as_str() == number)
}

/// The rows of the approvals pane. Limits that are not kept come before those that are.
pub fn grounds(dossier: &Dossier) -> impl Iterator<Item = Ground<'_>> {
    let named = named(dossier);
    let others = dossier.approvals.iter().filter(move |one| named.is_none_or(|named| named.number != one.number));
    let kept = |one: &&Limited| matches!(one.place, Place::Inside | Place::AtEdge);
    let broken = dossier.envelope.iter().filter(move |one| !kept(one));
    let limits = broken.chain(dossier.envelope.iter().filter(kept));
    let signatories = named.into_iter().flat_map(|approval| &approval.signatories);
    let first = named.into_iter().map(Ground::Extension);
    first
        .chain(limits.map(Ground::Limit))
        .chain(signatories.map(Ground::Signatory))
        .chain(others.map(Ground::Extension))
}

/// How an extension stands to a record's vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// Whether it covers the variant and version; nothing where the record does not name both.
    pub covers: Option<bool>,
    /// Whether the day of manufacture lies in its window; nothing where the record does not tell that day.
    pub in_window: Option<bool>,
}

/// How an extension stands to the vehicle.
pub fn fit(dossier: &Dossier, approval: &Approval) -> Fit {
    let value = |address: &str| dossier.certificate.value(address);
    let covers = value("Variant").zip(value("Version")).map(|(variant, version)| approval.covers(variant, version));
    Fit {
        covers: covers.map(|covered| covered.is_some()),
        in_window: built(dossier).map(|day| approval.window_holds(day)),
    }
}

/// The day of manufacture.
pub fn built(dossier: &Dossier) -> Option<NaiveDate> {
    dossier.certificate.value(BUILT)?.parse().ok()
}

const BUILT: &str = "DateManufactureVehicle";

impl Opened {
    /// The limit under the cursor of the approvals pane.
    pub(super) fn limit(&self) -> Option<&Limited> {
        match grounds(&self.dossier).nth(self.scroll().at)? {
            Ground::Limit(limited) => Some(limited),
            Ground::Extension(_) | Ground::Signatory(_) => None,
        }
    }
}

//! The certificate by stage: overlay of the stages before, our own stage, and how the two relate, entry by entry.
//!
//! Rules (EUCARIS setup manual 1.5, multi-stage): messages lie over each other in build-stage order; a single element
//! given later replaces the earlier value; a table given later replaces the earlier table whole; what is absent later
//! keeps its earlier value and cannot be deleted.

mod compare;
mod own;
mod rows;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::address::Address;
use super::approval::Approval;
use super::catalogue::Catalogue;
use super::content::Content;
use super::identity::{Digest, ExceptionId, Login};
use super::manufacturers;
use super::moment::Moment;
use super::options::Options;
use super::person::Person;
use super::policy::{Entries, Policy};
use super::record::{Confirmation, Record};
use super::value;
use compare::changes;
pub use own::PREVIOUS_STAGE;
use own::own_stage;
pub use rows::Rows;

/// Everything a decision about a record may look at.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The record.
    pub record: &'a Record,
    /// The extensions on this desk of the approval the record names, and of the one an act would have it name.
    pub approvals: &'a [Approval],
    /// The people registered on the desk.
    pub people: &'a [Person],
    /// The policy in force.
    pub policy: &'a Policy,
    /// The build options that hold for the record: its scope's, else the desk's, else the policy's.
    pub options: &'a Options,
    /// The catalogue of elements.
    pub catalogue: &'a Catalogue,
    /// The moment it is.
    pub now: Moment,
}

impl Case<'_> {
    /// The approval the record names, if this desk knows it.
    pub fn approval(&self) -> Option<&Approval> {
        let number = self.record.declares("TypeApprovalNumber")?;
        self.approvals.iter().find(|approval| approval.number.as_str() == number)
    }

    /// The day that decides whether an approval may be used for the vehicle: that of its manufacture, and today as long
    /// as nobody says when that was.
    pub fn day_of_approval(&self) -> NaiveDate {
        manufactured(self.record).unwrap_or_else(|| self.now.day())
    }
}

/// The day our stage says the vehicle was manufactured; the stage before's day is not ours.
pub fn manufactured(record: &Record) -> Option<NaiveDate> {
    record.declares("DateManufactureVehicle").and_then(value::date)
}

/// Lays `later` over `earlier`: single elements replace, tables replace whole.
pub fn overlay(earlier: &mut Content, later: &Content) {
    if earlier.is_empty() {
        *earlier = later.clone();
        return;
    }
    let tables: BTreeSet<&str> = later.iter().filter_map(|(address, _)| address.table()).collect();
    if !tables.is_empty() {
        earlier.retain(|address| address.table().is_none_or(|table| !tables.contains(table)));
    }
    for (address, value) in later.iter() {
        earlier.set(address.clone(), value);
    }
}

/// Whether an address belongs to the message's transport or to the act of signing, and so is no entry that changes
/// from stage to stage: the header, and the signatory with the date. The country of intended registration is the one
/// thing of the header that somebody says rather than the desk.
pub fn is_formal(address: &Address) -> bool {
    let said = address.as_str() == INTENDED_COUNTRY;
    (address.is_within("Header") && !said) || address.is_within("SigningAuthorityTable")
}

/// The one address of the header that a person declares.
pub const INTENDED_COUNTRY: &str = "Header/IntendedCountryRegistration";

/// Where a value of our stage comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Somebody declared it.
    Declared,
    /// The approval says it.
    Approval,
    /// It names the stage before, as its message names itself.
    StageBefore,
    /// The desk counts it: the number of our build stage.
    Desk,
    /// It is the rest of a table of which another cell changed: copied from the stage before.
    Copied,
    /// The message must have it, so the effective value is restated.
    Restated,
}

impl Origin {
    /// Its words where nobody in particular gave the value.
    pub fn word(self) -> &'static str {
        match self {
            Origin::Declared => "declared",
            Origin::Approval => "from the approval",
            Origin::StageBefore => "from the stage before",
            Origin::Desk => "counted by the desk",
            Origin::Copied => "copied with its table",
            Origin::Restated => "restated",
        }
    }
}

/// A value of our stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnValue {
    /// The value.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// How our stage's value for an address relates to the effective value before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// Declared, with another value.
    Changed,
    /// Declared, where there was none.
    Added,
    /// Declared, with the same value.
    Restated,
    /// Not declared: the earlier value stands.
    Inherited,
    /// Repeated by us only because its table must be repeated whole.
    Copied,
    /// A cell of a row that was not there before.
    RowAdded,
    /// A row, or a cell of a replaced row, that is not there any more.
    RowDropped,
}

impl ChangeKind {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            ChangeKind::Changed => "changed",
            ChangeKind::Added => "added",
            ChangeKind::Restated => "restated",
            ChangeKind::Inherited => "inherited",
            ChangeKind::Copied => "copied",
            ChangeKind::RowAdded => "row added",
            ChangeKind::RowDropped => "row dropped",
        }
    }

    /// Whether the certificate differs from the one before because of it.
    pub fn differs(self) -> bool {
        matches!(self, ChangeKind::Changed | ChangeKind::Added | ChangeKind::RowAdded | ChangeKind::RowDropped)
    }
}

/// One line of the change-by-stage history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The entry.
    pub address: Address,
    /// How the values relate.
    pub kind: ChangeKind,
    /// The value each stage gives it, in stage order, ours last; stages that say nothing are left out.
    pub values: Vec<(u8, String)>,
    /// The effective value before our stage.
    pub before: Option<String>,
    /// Our value.
    pub ours: Option<String>,
    /// Where ours comes from.
    pub origin: Option<Origin>,
    /// Who declared it.
    pub set_by: Option<Login>,
    /// When.
    pub set_at: Option<Moment>,
    /// Why.
    pub reason: Option<String>,
    /// Who confirmed exactly this before and ours.
    pub confirmed: Option<Confirmation>,
    /// An exception that speaks of it, an open one before a settled one.
    pub exception: Option<ExceptionId>,
    /// Whether somebody must decide about it, and nobody did yet.
    pub undecided: bool,
    /// Whether it is a change that needs a decision at all.
    pub needs_decision: bool,
}

/// The certificate of a record: what was before, what is ours, and the relation of both.
///
/// Every address in it, and in every finding about it, is one of the desk: a row has the number that it has in the stages
/// before, ours follow, and a row that goes leaves a gap ([`Rows`]).
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The effective content before our stage.
    pub before: Content,
    /// Our stage.
    pub own: BTreeMap<Address, OwnValue>,
    /// What our message says again of the stages before although nobody of ours declared it: the rest of the certificate,
    /// where the policy asks for the whole of it. Rows are numbered as a message numbers them.
    pub restated: Content,
    /// The effective content with our stage.
    pub effective: Content,
    /// Every entry's relation, in the schema's order.
    pub changes: Vec<Change>,
    /// The SHA-256 of everything a sign-off is given for.
    pub hash: Digest,
}

impl Certificate {
    /// The certificate of the case's record.
    pub fn of(case: &Case<'_>) -> Certificate {
        let before = before(case.record);
        let own = own_stage(case, &before);
        let changes = changes(case, &before, &own);
        let mut effective = before.clone();
        overlay(&mut effective, &own.iter().map(|(address, own)| (address.clone(), own.value.clone())).collect());
        let restated = match case.policy.release.entries {
            Entries::Changed => Content::new(),
            Entries::Whole => whole::restated(case, &before, &own),
        };
        let hash = content_hash(case.record, &changes, &restated);
        Certificate { before, own, restated, effective, changes, hash }
    }

    /// What our message carries of the vehicle: our stage with its rows numbered without gaps, and what is restated. Header
    /// and signatory are added by [`message_content`].
    pub fn own_content(&self) -> Content {
        let mut content = rows::in_message(self.own.iter());
        for (address, value) in self.restated.iter() {
            content.set(address.clone(), value);
        }
        content
    }

    /// How the rows of our stage are numbered on the desk and in its message. Tables that are only restated have theirs.
    pub fn rows(&self) -> Rows<'_> {
        Rows::of(self.own.keys())
    }

    /// The code for bodywork (entry 38) of the first body.
    pub fn bodywork(&self) -> Option<&str> {
        let row = self.effective.row_numbers("BodyworkTable").next()?;
        self.value(&format!("BodyworkTable[{row}]/CodeForBodywork"))
    }

    /// The effective value at an address the caller writes out.
    pub fn value(&self, address: &str) -> Option<&str> {
        self.effective.value(address)
    }

    /// The change at an address.
    pub fn change(&self, address: &Address) -> Option<&Change> {
        self.changes.iter().find(|change| change.address == *address)
    }

    /// Changes that need a decision.
    pub fn decisions(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.needs_decision)
    }
}

/// The effective content of all stages before ours. Of several manufacturers that a stage names its own comes first:
/// the one our group is compared with.
pub fn before(record: &Record) -> Content {
    before_stage(record, record.build_stage)
}

/// The effective content of all stages received before `build_stage`.
pub fn before_stage(record: &Record, build_stage: u8) -> Content {
    let mut content = Content::new();
    for stage in record.stages.iter().filter(|stage| stage.number < build_stage) {
        overlay(&mut content, &manufacturers::led_by(&stage.content, stage.number));
    }
    content
}

/// The hash a sign-off is bound to: record, stage, version, build options and, for each entry, the value before and ours;
/// and which entries the message restates, where it is the whole certificate. SHA-256 over typed, length-prefixed fields, so that
/// no two contents share their bytes.
fn content_hash(record: &Record, changes: &[Change], restated: &Content) -> Digest {
    let mut bytes = Vec::with_capacity(changes.len() * 64);
    let mut field = |kind: u8, value: Option<&str>| {
        bytes.push(if value.is_some() { kind } else { b'-' });
        let text = value.unwrap_or_default();
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    };
    field(b'h', Some("stageplate content 1"));
    field(b'v', Some(record.vin.as_str()));
    field(b's', Some(&record.build_stage.to_string()));
    field(b'n', Some(&record.version.to_string()));
    for option in &record.options {
        field(b'p', Some(option));
    }
    for change in changes {
        field(b'a', Some(change.address.as_str()));
        field(b'b', change.before.as_deref());
        field(b'o', change.ours.as_deref());
    }
    for (address, _) in restated.iter() {
        field(b'r', Some(address.as_str()));
    }
    Digest::of(&bytes)
}

/// What a message of our stage needs beside the certificate itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formalities {
    /// A fresh UUID of version 4.
    pub reference: String,
    /// The message version.
    pub version: u8,
    /// The moment of issue.
    pub at: Moment,
    /// Who signs, as the approval names them: name, position, place. The day is that of `at`.
    pub signatory: Option<(String, String, String)>,
}

/// The whole content of our stage's message: our stage, the header, the signatory.
pub fn message_content(certificate: &Certificate, formal: &Formalities) -> Content {
    let mut content = certificate.own_content();
    content.retain(|address| !is_formal(address));
    let mut put = |address: &str, value: &str| content.set(Address::unchecked(address), value);
    put("Header/IviReferenceId", &formal.reference);
    put("Header/IviVersionNumberXsd", "2.0");
    put("Header/IviVersionNumber", &formal.version.to_string());
    put("Header/IviVersionDateTime", &formal.at.rfc3339());
    if let Some(number) = certificate.own.get(&Address::unchecked("TypeApprovalNumber")) {
        put("Header/DesignatedTypeApprovalCountry", number.value.split('*').next().unwrap_or_default());
    }
    if let Some(country) = certificate.value(INTENDED_COUNTRY) {
        put(INTENDED_COUNTRY, country);
    }
    if let Some((name, position, place)) = &formal.signatory {
        put("SigningAuthorityTable[1]/SignerName", name);
        put("SigningAuthorityTable[1]/SignerPosition", position);
        put("SigningAuthorityTable[1]/SignatureLocation", place);
        put("SigningAuthorityTable[1]/SignatureDate", &formal.at.day().to_string());
    }
    content
}

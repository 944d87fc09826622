//! The certificate by stage: overlay of the stages before, our own stage, and how the two relate, entry by entry.
//!
//! Rules (EUCARIS setup manual 1.5, multi-stage): messages lie over each other in build-stage order; a single element
//! given later replaces the earlier value; a table given later replaces the earlier table whole; what is absent later
//! keeps its earlier value and cannot be deleted.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::address::Address;
use super::approval::Approval;
use super::catalogue::Catalogue;
use super::content::Content;
use super::exception::{Exception, State};
use super::identity::{Digest, ExceptionId, Login};
use super::manufacturers;
use super::moment::Moment;
use super::options::Options;
use super::person::Person;
use super::policy::Policy;
use super::record::{Confirmation, Record};
use super::structure::{self, Outline};
use super::value;

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
    /// The entry, with rows numbered as in the stages before (added rows follow).
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
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The effective content before our stage.
    pub before: Content,
    /// Our stage, rows numbered as in the stages before.
    pub own: BTreeMap<Address, OwnValue>,
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
        overlay(&mut effective, &renumbered(&own));
        let hash = content_hash(case.record, &changes);
        Certificate { before, own, effective, changes, hash }
    }

    /// Our stage as a message carries it: rows numbered without the dropped ones. Header and signatory are added by
    /// [`message_content`].
    pub fn own_content(&self) -> Content {
        renumbered(&self.own)
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

fn own_stage(case: &Case<'_>, before: &Content) -> BTreeMap<Address, OwnValue> {
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

fn is_dropped(record: &Record, address: &Address) -> bool {
    record.dropped.keys().any(|row| address.is_within(row.as_str()))
}

/// Our stage with its rows counted anew, as a message numbers them: in their order and without gaps, whatever was
/// dropped, withdrawn again, or is no longer in a corrected stage before us.
fn renumbered(own: &BTreeMap<Address, OwnValue>) -> Content {
    let mut rows: HashMap<&str, BTreeSet<u32>> = HashMap::new();
    for (table, row) in own.keys().flat_map(rows_on_the_way) {
        rows.entry(table).or_default().insert(row);
    }
    let place = |table: &str, row: u32| rows.get(table).map_or(1, |there| there.range(..=row).count());
    own.iter()
        .map(|(address, own)| {
            let text = address.as_str();
            let mut out = String::with_capacity(text.len());
            let mut done = 0;
            for (table, row) in rows_on_the_way(address) {
                out.push_str(&text[done..table.len()]);
                out.push_str(&format!("[{}]", place(table, row)));
                done = table.len() + text[table.len()..].find(']').map_or(0, |end| end + 1);
            }
            out.push_str(&text[done..]);
            (Address::unchecked(&out), own.value.clone())
        })
        .collect()
}

/// Every table an address lies in, outermost first, with the row it lies in there.
fn rows_on_the_way(address: &Address) -> impl Iterator<Item = (&str, u32)> {
    let text = address.as_str();
    text.match_indices('[').filter_map(move |(at, _)| {
        let row = text[at + 1..].split(']').next()?;
        Some((&text[..at], row.parse().ok()?))
    })
}

fn changes(case: &Case<'_>, before: &Content, own: &BTreeMap<Address, OwnValue>) -> Vec<Change> {
    let record = case.record;
    let mut addresses: BTreeSet<Address> = own.keys().cloned().collect();
    addresses.extend(before.iter().map(|(address, _)| address.clone()));
    addresses.retain(|address| !is_formal(address) && !is_dropped(record, address));
    let rows_dropped = record.dropped.keys().filter(|row| before.within(row.as_str()).next().is_some());
    addresses.extend(rows_dropped.cloned());
    let none = BTreeSet::new();
    let compared = Compared {
        case,
        before,
        own,
        earlier: earlier_stages(record),
        own_tables: own.keys().filter_map(Address::table).collect(),
        outline: Outline::of(before, &none),
    };
    let mut list: Vec<Change> = addresses.into_iter().map(|address| change(&compared, address)).collect();
    list.sort_by_cached_key(|change| case.catalogue.sort_key(&change.address));
    list
}

/// Both sides of the comparison, with what is asked of them for every entry worked out once.
struct Compared<'a> {
    case: &'a Case<'a>,
    before: &'a Content,
    own: &'a BTreeMap<Address, OwnValue>,
    /// What each stage before ours says.
    earlier: Vec<(u8, Cow<'a, Content>)>,
    /// The outermost tables our stage gives, and thereby replaces whole.
    own_tables: BTreeSet<&'a str>,
    /// How many rows each table had before.
    outline: Outline<'a>,
}

fn change(compared: &Compared<'_>, address: Address) -> Change {
    let Compared { case, before, own, .. } = compared;
    let record = case.record;
    let row_gone = record.dropped.contains_key(&address);
    let earlier = if row_gone { Some(row_text(before, &address)) } else { before.get(&address).map(str::to_owned) };
    let ours = own.get(&address);
    let kind = match (&earlier, ours) {
        _ if row_gone => ChangeKind::RowDropped,
        (Some(earlier), Some(ours)) if value::same(earlier, &ours.value) => match ours.origin {
            Origin::Copied => ChangeKind::Copied,
            _ => ChangeKind::Restated,
        },
        (Some(_), Some(_)) => ChangeKind::Changed,
        (None, Some(_)) if is_new_row(&compared.outline, &address) => ChangeKind::RowAdded,
        (None, _) => ChangeKind::Added,
        (Some(_), None) if address.table().is_some_and(|table| compared.own_tables.contains(table)) => {
            ChangeKind::RowDropped
        }
        (Some(_), None) => ChangeKind::Inherited,
    };
    let declared = record.declared.get(&address).or_else(|| record.dropped.get(&address));
    let ours_value = ours.map(|own| own.value.clone());
    let confirmed = record
        .confirmations
        .get(&address)
        .filter(|confirmation| !confirmation.void && confirmation.is_of(earlier.as_deref(), ours_value.as_deref()))
        .cloned();
    let exception = exception_at(&record.exceptions, &address, case.now);
    let excepted = record.exceptions.iter().any(|one| excepts(record, one, &address, &earlier, &ours_value));
    let needs_decision = kind.differs() && !(kind == ChangeKind::RowDropped && is_manufacturer_before(&address));
    let mut values: Vec<(u8, String)> = compared
        .earlier
        .iter()
        .filter_map(|(number, content)| content.get(&address).map(|value| (*number, value.to_owned())))
        .collect();
    values.extend(ours_value.clone().map(|value| (record.build_stage, value)));
    Change {
        undecided: needs_decision && confirmed.is_none() && !excepted,
        origin: ours.map(|own| own.origin),
        set_by: declared.map(|declared| declared.by.clone()),
        set_at: declared.map(|declared| declared.at),
        reason: declared.map(|declared| declared.reason.clone()),
        address,
        kind,
        values,
        before: earlier,
        ours: ours_value,
        confirmed,
        exception,
        needs_decision,
    }
}

fn earlier_stages(record: &Record) -> Vec<(u8, Cow<'_, Content>)> {
    let earlier = record.stages.iter().filter(|stage| stage.number < record.build_stage);
    earlier.map(|stage| (stage.number, manufacturers::led_by(&stage.content, stage.number))).collect()
}

/// Whether the address is of a manufacturer before the last one. A message of ours has our group alone, and names the
/// stage before in it: that the others are not repeated is the form of the message and nobody's decision.
fn is_manufacturer_before(address: &Address) -> bool {
    address.table() == Some(manufacturers::TABLE) && address.outer_row() != Some("ManufacturerTable[1]")
}

/// Whether an exception decides a change: somebody who neither prepared nor changed the record
/// raised it about exactly these values.
fn excepts(
    record: &Record,
    one: &Exception,
    address: &Address,
    before: &Option<String>,
    ours: &Option<String>,
) -> bool {
    let prepared = |by: &Login| record.editors.contains(by) || record.preparer.as_ref() == Some(by);
    let others = one.raised_by.as_ref().is_some_and(|by| !prepared(by));
    let same = one.about.as_ref().is_some_and(|about| about.before == *before && about.ours == *ours);
    one.at.as_ref() == Some(address) && others && same && one.state != State::Withdrawn
}

/// An exception that speaks of the address: one still open before one that is settled.
fn exception_at(exceptions: &[Exception], address: &Address, now: Moment) -> Option<ExceptionId> {
    let mut at_it = exceptions
        .iter()
        .filter(|exception| exception.at.as_ref() == Some(address) && exception.state != State::Withdrawn);
    let open = at_it.clone().find(|exception| exception.is_open_on(now.day()));
    open.or_else(|| at_it.next_back()).map(|exception| exception.id)
}

/// Whether the address lies in a row, of any table on its way, that was not there before.
fn is_new_row(before: &Outline<'_>, address: &Address) -> bool {
    let text = address.as_str();
    text.match_indices('[').any(|(at, _)| {
        let end = text[at..].find(']').map_or(text.len(), |end| at + end);
        let row: u32 = text[at + 1..end].parse().unwrap_or(0);
        let rows = before.rows(&text[..at]);
        rows > 0 && row > rows
    })
}

/// A row in words: all its values in order, so that a confirmation of its dropping is one of exactly this row.
fn row_text(before: &Content, row: &Address) -> String {
    before.within(row.as_str()).map(|(_, value)| value).collect::<Vec<_>>().join(" · ")
}

/// The hash a sign-off is bound to: record, stage, version, build options and, for each entry, the value before and ours. SHA-256 over
/// typed, length-prefixed fields, so that no two contents share their bytes.
fn content_hash(record: &Record, changes: &[Change]) -> Digest {
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

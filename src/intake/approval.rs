//! Approvals files, TOML or JSON: every approval of the file, or every fault of it at its line.
//!
//! Invariant: what is read fits the message: texts have the length, codes and numbers the form of the elements they
//! end in.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::Reject;
use super::fields::{Fields, Reader};
use super::located::{self, Node, Value};
use crate::domain::address::Address;
use crate::domain::approval::{
    Approval, ApprovalNumber, Covered, Document, Manufacturer, Range, Signatory, Status, StatusChange, SubjectApproval,
};
use crate::domain::catalogue::Catalogue;
use crate::domain::identity::{Digest, Login};
use crate::domain::nearest::nearest;
use crate::domain::options::{LIKE_NONE, REGULATIONS, is_like_a_regulation, no_regulation};
use crate::domain::value::{self, ValueType};
use crate::domain::visible::{quoted, visible};

/// Most characters of a text that ends in no message (a document's title, a regulation).
const TEXT: u16 = 300;

/// Most approvals in one file; each is compared with the others.
const MOST: usize = 10_000;

/// What a desk knows of that an approval names.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The people of the desk.
    pub logins: BTreeSet<Login>,
    /// The codes of the build options of the desk and its scopes.
    pub options: BTreeSet<String>,
}

/// What an approvals file says.
#[derive(Debug, Clone)]
pub struct ApprovalsFile {
    /// Its approvals.
    pub approvals: Vec<Approval>,
    /// What in it is likely a mistake, and may be meant so.
    pub doubts: Vec<Reject>,
}

/// Reads an approvals file, whatever the desk knows: see [`read_for`].
///
/// # Errors
/// As [`read_for`].
pub fn read(bytes: &[u8], catalogue: &Catalogue) -> Result<Vec<Approval>, Vec<Reject>> {
    Ok(read_for(None, bytes, catalogue)?.approvals)
}

/// Reads an approvals file for a desk that knows of these. JSON begins with a brace or bracket: an object with
/// `approval`, or the array alone.
///
/// # Errors
/// All faults, in the order of their lines; nothing of the file is taken then.
pub fn read_for(known: Option<&Known>, bytes: &[u8], catalogue: &Catalogue) -> Result<ApprovalsFile, Vec<Reject>> {
    let text = located::utf8(bytes, located::MOST_WHOLE).map_err(|fault| vec![fault])?;
    // A TOML file may begin with `[`, but then with a table's name, which JSON knows nothing like.
    let begins = text.trim_start();
    let is_json = begins.starts_with('{')
        || begins.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', ']']));
    let root = if is_json { located::json(text) } else { located::toml(text) }.map_err(|fault| vec![fault])?;
    let mut reader = Reader::new(catalogue);
    let list = match root {
        Node { value: Value::List(list), .. } => list,
        root => {
            let Some(mut fields) = reader.fields(root, "the file", &["approval"]) else { return Err(reader.faults()) };
            reader.list(&mut fields, "approval")
        }
    };
    if list.len() > MOST {
        return Err(vec![Reject::new(format!("more than {MOST} approvals in one file")).hint("split the file")]);
    }
    let found: Vec<(usize, Approval)> = list
        .into_iter()
        .filter_map(|node| {
            let line = node.line;
            Some((line, approval(&mut reader, known, node)?))
        })
        .collect();
    compare(&mut reader, &found);
    if found.is_empty() && !reader.is_at_fault() {
        reader.fault::<()>(1, Reject::new("the file has no approval").hint("each begins with [[approval]]"));
    }
    if reader.is_at_fault() {
        return Err(reader.faults());
    }
    let doubts = reader.doubts();
    Ok(ApprovalsFile { approvals: found.into_iter().map(|(_, one)| one).collect(), doubts })
}

const KEYS: [&str; 17] = [
    "number",
    "approval_type",
    "provisional",
    "category",
    "type",
    "stage_of_completion",
    "issued",
    "built_from",
    "built_until",
    "status",
    "status_from",
    "status_reason",
    "manufacturer",
    "version",
    "signatory",
    "subject",
    "document",
];

/// Reads as much as there is, so that all faults are told at once; then answers the approval only if none was found.
fn approval(reader: &mut Reader<'_>, known: Option<&Known>, node: Node) -> Option<Approval> {
    let line = node.line;
    let mut fields = reader.fields(node, "an approval", &KEYS)?;
    let number = number(reader, &mut fields);
    let approval_type = reader.of_element(&mut fields, "approval_type", "TypeApprovalType");
    let provisional = reader.flag(&mut fields, "provisional").unwrap_or(false);
    let category = reader.of_element(&mut fields, "category", "VehicleCategory");
    let vehicle_type = reader.of_element(&mut fields, "type", "Type");
    let stage_of_completion = reader.of_element(&mut fields, "stage_of_completion", "StageOfCompletion");
    let issued = reader.date(&mut fields, "issued");
    let issued = issued.or_else(|| reader.absent(&fields, "issued"));
    let built_from = reader.date(&mut fields, "built_from");
    let built_until = reader.date(&mut fields, "built_until");
    in_order(reader, line, "built", built_from, built_until);
    let (status, changes) = standing(reader, &mut fields);
    let manufacturer = match reader.table(&mut fields, "manufacturer") {
        Some(node) => manufacturer(reader, node),
        None => reader.absent(&fields, "manufacturer"),
    };
    let versions = versions(reader, &mut fields);
    let signatories = parts(reader, &mut fields, "signatory", |reader, node| signatory(reader, known, node));
    let subjects = parts(reader, &mut fields, "subject", |reader, node| subject(reader, known, node));
    let documents = parts(reader, &mut fields, "document", document);
    Some(Approval {
        number: number?,
        approval_type: approval_type?,
        provisional,
        category: category?,
        vehicle_type: vehicle_type?,
        stage_of_completion: stage_of_completion?,
        issued: issued?,
        built_from,
        built_until,
        status,
        changes,
        manufacturer: manufacturer?,
        versions,
        signatories,
        subjects,
        documents,
    })
}

fn parts<T>(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    key: &str,
    read: impl Fn(&mut Reader<'_>, Node) -> Option<T>,
) -> Vec<T> {
    reader.list(fields, key).into_iter().filter_map(|node| read(reader, node)).collect()
}

fn number(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<ApprovalNumber> {
    let line = fields.line_of("number");
    let text = reader.of_element(fields, "number", "TypeApprovalNumber")?;
    let number = match ApprovalNumber::parse(&text) {
        Ok(number) => number,
        Err(fault) => return reader.fault(line, Reject::new(fault.to_string())),
    };
    if let Some(what) = number.misshapen() {
        let reject = Reject::new(format!("number: `{number}` {what}"));
        return reader.fault(line, reject.hint("copy it from the certificate, as in e4*2018/858*00871*01"));
    }
    if let Some(what) = number.unusual() {
        reader.doubt(line, Reject::new(format!("number: `{number}` {what}")).hint("compare it with the certificate"));
    }
    let country = number.country();
    let routed = reader.catalogue.by_name("DesignatedTypeApprovalCountry");
    if routed.is_some_and(|element| element.check(country).is_err()) {
        let what = format!("number: no message can be addressed to `{country}`: the list of IVI 2.0 does not have it");
        reader.doubt(line, Reject::new(what).hint("nothing can be released under this approval"));
    }
    Some(number)
}

/// The status, for vehicles of any day; or, with a day, from that day on.
fn standing(reader: &mut Reader<'_>, fields: &mut Fields) -> (Status, Vec<StatusChange>) {
    let line = fields.line_of("status");
    let status = status(reader, fields);
    let from = reader.date(fields, "status_from");
    let reason = reader.text(fields, "status_reason", TEXT);
    match (status, from) {
        (Status::Valid, Some(_)) => {
            let reject = Reject::new("status_from: a valid approval has no day from which it is not");
            reader.fault::<()>(line, reject.hint("its window begins with built_from"));
            (status, Vec::new())
        }
        (status, Some(from)) => {
            let reason = reason.unwrap_or_else(|| "as the approvals file has it".to_owned());
            (Status::Valid, vec![StatusChange { status, from, reason }])
        }
        (status, None) => (status, Vec::new()),
    }
}

fn status(reader: &mut Reader<'_>, fields: &mut Fields) -> Status {
    let line = fields.line_of("status");
    let Some(text) = reader.text(fields, "status", TEXT) else { return Status::Valid };
    let all = [Status::Valid, Status::Suspended, Status::Withdrawn];
    all.into_iter().find(|status| status.word() == text).unwrap_or_else(|| {
        let reject = Reject::new(format!("status: `{}` is none", quoted(&text)));
        reader.fault::<()>(line, reject.hint("it is valid, suspended or withdrawn"));
        Status::Valid
    })
}

fn manufacturer(reader: &mut Reader<'_>, node: Node) -> Option<Manufacturer> {
    let keys = ["name", "address_line1", "address_line2", "address_line3", "place", "country"];
    let mut fields = reader.fields(node, "a manufacturer", &keys)?;
    let name = reader.of_element(&mut fields, "name", "ManufacturerName");
    let address_line1 = reader.of_element(&mut fields, "address_line1", "ManufacturerAddressLine1");
    let address_line2 = reader.may_be_of_element(&mut fields, "address_line2", "ManufacturerAddressLine2");
    let address_line3 = reader.may_be_of_element(&mut fields, "address_line3", "ManufacturerAddressLine3");
    let place = reader.of_element(&mut fields, "place", "ManufacturerPlaceOfResidence");
    let country = reader.of_element(&mut fields, "country", "ManufacturerCountryOfResidence");
    Some(Manufacturer {
        name: name?,
        address_line1: address_line1?,
        address_line2,
        address_line3,
        place: place?,
        country: country?,
    })
}

fn versions(reader: &mut Reader<'_>, fields: &mut Fields) -> Vec<Covered> {
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut versions = Vec::new();
    for node in reader.list(fields, "version") {
        let line = node.line;
        let Some(mut fields) = reader.fields(node, "a version", &["variant", "version", "range"]) else { continue };
        let variant = reader.of_element(&mut fields, "variant", "Variant");
        let version = reader.of_element(&mut fields, "version", "Version");
        let ranges = reader.table(&mut fields, "range").map(|node| ranges(reader, node)).unwrap_or_default();
        let (Some(variant), Some(version)) = (variant, version) else { continue };
        if let Some(earlier) = seen.insert((variant.clone(), version.clone()), line) {
            let what =
                format!("variant {} version {} stands at line {earlier} already", visible(&variant), visible(&version));
            reader.fault::<()>(line, Reject::new(what).hint("keep one of the two"));
        }
        versions.push(Covered { variant, version, ranges });
    }
    versions
}

/// The envelope: `address or entry number = [least, greatest]`.
fn ranges(reader: &mut Reader<'_>, node: Node) -> BTreeMap<Address, Range> {
    let mut ranges = BTreeMap::new();
    let Value::Table(entries) = node.value else {
        reader.fault::<()>(node.line, Reject::new("range: not a table of `entry = [least, greatest]`"));
        return ranges;
    };
    for entry in entries {
        let line = entry.line;
        let name = visible(&entry.key).into_owned();
        if matches!(entry.node.value, Value::Table(_)) {
            let reject = Reject::new(format!("range `{name}` is a table, not [least, greatest]"));
            reader.fault::<()>(line, reject.hint("an entry number stands in quotes: \"13.2\" = [3000, 3400]"));
            continue;
        }
        let Some(address) = reader.address(line, &entry.key) else { continue };
        let Some(range) = range(reader, &address, &name, &entry.node) else { continue };
        if ranges.insert(address.clone(), range).is_some() {
            reader.fault::<()>(line, Reject::new(format!("range `{name}`: {address} has a range already")));
        }
    }
    ranges
}

fn range(reader: &mut Reader<'_>, address: &Address, name: &str, node: &Node) -> Option<Range> {
    let line = node.line;
    let element = reader.catalogue.element(address)?;
    if !matches!(element.value_type(), Some(ValueType::Integer { .. } | ValueType::Decimal { .. })) {
        return reader.fault(line, Reject::new(format!("range `{name}`: {} is no number", element.title)));
    }
    let bounds = match &node.value {
        Value::List(bounds) => bounds.as_slice(),
        _ => &[],
    };
    let [least, greatest] = bounds else {
        let reject = Reject::new(format!("range `{name}`: {} instead of two numbers", node.value.kind()));
        return reader.fault(line, reject.hint("write the least and the greatest value: [3000, 3400]"));
    };
    let mut bound = |node: &Node| {
        let (Value::Number(text) | Value::Text(text)) = &node.value else {
            return reader
                .fault(node.line, Reject::new(format!("range `{name}`: {}, not a number", node.value.kind())));
        };
        if let Err(misfit) = element.check(text) {
            let reject = Reject::new(format!("range `{name}`: `{}` does not fit: {misfit}", quoted(text)));
            let takes = element.value_type().map(ValueType::describe).unwrap_or_default();
            return reader.fault(node.line, reject.hint(format!("it takes: {takes}")));
        }
        value::decimal(text)
    };
    let (min, max) = (bound(least), bound(greatest));
    let range = Range { min: min?, max: max? };
    if range.min > range.max {
        let what = format!("range `{name}`: the least value {} is above the greatest {}", range.min, range.max);
        return reader.fault(line, Reject::new(what));
    }
    Some(range)
}

fn signatory(reader: &mut Reader<'_>, known: Option<&Known>, node: Node) -> Option<Signatory> {
    let line = node.line;
    let keys = ["login", "name", "position", "place", "from", "until"];
    let mut fields = reader.fields(node, "a signatory", &keys)?;
    let login_line = fields.line_of("login");
    let login = reader.text(&mut fields, "login", TEXT);
    let login = login.and_then(|text| match Login::parse(&text) {
        Ok(login) => Some(login),
        Err(fault) => reader.fault(login_line, Reject::new(fault.to_string())),
    });
    if let (Some(known), Some(login)) = (known, &login)
        && !known.logins.contains(login)
    {
        let near = nearest(login.as_str(), known.logins.iter().map(Login::as_str));
        let hint = near.map_or_else(
            || format!("add them (`stageplate person add {login} …`), or leave `login` out"),
            |near| format!("the nearest is `{near}`"),
        );
        let what = format!("login: `{login}` is nobody of this desk, and their name can stand under no certificate");
        reader.doubt(login_line, Reject::new(what).hint(hint));
    }
    let name = reader.of_element(&mut fields, "name", "SignerName");
    let position = reader.of_element(&mut fields, "position", "SignerPosition");
    let place = reader.of_element(&mut fields, "place", "SignatureLocation");
    let from = reader.date(&mut fields, "from");
    let from = from.or_else(|| reader.absent(&fields, "from"));
    let until = reader.date(&mut fields, "until");
    in_order(reader, line, "a signatory's time", from, until);
    Some(Signatory { login, name: name?, position: position?, place: place?, from: from?, until })
}

fn subject(reader: &mut Reader<'_>, known: Option<&Known>, node: Node) -> Option<SubjectApproval> {
    let mut fields = reader.fields(node, "a subject approval", &["regulation", "number", "options"])?;
    let line = fields.line_of("regulation");
    let regulation = reader.needed_text(&mut fields, "regulation", TEXT);
    if let Some(what) = regulation.as_deref().and_then(no_regulation) {
        let reject = Reject::new(format!("regulation: `{}` {what}", quoted(regulation.as_deref().unwrap_or_default())));
        reader.fault::<()>(line, reject.hint(REGULATIONS));
    } else if let Some(odd) = regulation.as_deref().filter(|text| !is_like_a_regulation(text)) {
        let reject = Reject::new(format!("regulation: `{}` {LIKE_NONE}", quoted(odd)));
        reader.doubt(line, reject.hint(REGULATIONS));
    }
    let number = reader.needed_text(&mut fields, "number", TEXT);
    let mut options = Vec::new();
    for node in reader.list(&mut fields, "options") {
        match node.value {
            Value::Text(option) if !option.trim().is_empty() => {
                if let Some(known) = known.filter(|known| !known.options.contains(&option)) {
                    let near = nearest(&option, known.options.iter().map(String::as_str));
                    let hint = near.map_or_else(
                        || "`stageplate options show` lists those there are".to_owned(),
                        |near| format!("the nearest is `{near}`"),
                    );
                    let what = format!("options: no build option of this desk has the code `{}`", quoted(&option));
                    reader.doubt(node.line, Reject::new(what).hint(hint));
                }
                options.push(option);
            }
            other => {
                let what = format!("options: {}, not the code of a build option", other.kind());
                reader.fault::<()>(node.line, Reject::new(what));
            }
        }
    }
    Some(SubjectApproval { regulation: regulation?, number: number?, options })
}

fn document(reader: &mut Reader<'_>, node: Node) -> Option<Document> {
    let mut fields = reader.fields(node, "a document", &["title", "place", "sha256"])?;
    let title = reader.needed_text(&mut fields, "title", TEXT);
    let place = reader.needed_text(&mut fields, "place", TEXT);
    let line = fields.line_of("sha256");
    let sha256 = reader.text(&mut fields, "sha256", TEXT);
    let sha256 = sha256.and_then(|text| match Digest::parse(&text) {
        Some(digest) => Some(digest),
        None => reader.fault(line, Reject::new(format!("sha256: `{}` is not 64 hexadecimal digits", quoted(&text)))),
    });
    Some(Document { title: title?, place: place?, sha256 })
}

fn in_order(reader: &mut Reader<'_>, line: usize, what: &str, from: Option<NaiveDate>, until: Option<NaiveDate>) {
    if let (Some(from), Some(until)) = (from, until)
        && from > until
    {
        reader.fault::<()>(line, Reject::new(format!("{what} ends on {until}, before it begins on {from}")));
    }
}

/// What to do about windows that overlap.
const END_THE_EARLIER: &str = "end the earlier extension with built_until on the day before the later one begins";

/// Other extensions of an approval, on the desk already, that are in force for a variant and version on the same day as one
/// that comes in: the desk does not pick one of them, and a finding asks for it on each record.
pub fn overlaps(one: &Approval, others: &[Approval]) -> Vec<Reject> {
    let told = others.iter().filter_map(|other| {
        let (variant, version) = overlap(one, other)?;
        let what = format!(
            "the production windows of {} and of {}, which is on the desk already, overlap for variant {} version {}",
            one.number,
            other.number,
            visible(variant),
            visible(version)
        );
        Some(Reject::new(what).hint(END_THE_EARLIER))
    });
    told.collect()
}

/// What two approvals of one file may not do: have one number, or, as extensions of one approval, be in force for one
/// variant and version on the same day of manufacture. A withdrawn one is in force on none.
fn compare(reader: &mut Reader<'_>, found: &[(usize, Approval)]) {
    let mut of_base: BTreeMap<&str, Vec<(usize, &Approval)>> = BTreeMap::new();
    for (line, one) in found {
        let earlier = of_base.entry(one.number.base()).or_default();
        for (earlier_line, earlier) in earlier.iter() {
            if one.number == earlier.number {
                let what = format!("{} stands at line {earlier_line} already", one.number);
                reader.fault::<()>(*line, Reject::new(what).hint("keep one of the two"));
            } else if let Some((variant, version)) = overlap(one, earlier) {
                let what = format!(
                    "the production windows of {} (line {line}) and {} (line {earlier_line}) overlap for variant {} version {}",
                    one.number,
                    earlier.number,
                    visible(variant),
                    visible(version)
                );
                reader.fault::<()>(*line, Reject::new(what).hint(END_THE_EARLIER));
            }
        }
        earlier.push((*line, one));
    }
}

/// A variant and version for which two extensions are in force on one day.
fn overlap<'a>(one: &'a Approval, other: &Approval) -> Option<(&'a str, &'a str)> {
    let begins_in_time = |one: &Approval, other: &Approval| match (one.built_from, other.built_until) {
        (Some(from), Some(until)) => from <= until,
        _ => true,
    };
    let in_force = |approval: &Approval| approval.status != Status::Withdrawn;
    if !(in_force(one) && in_force(other) && begins_in_time(one, other) && begins_in_time(other, one)) {
        return None;
    }
    let both = one.versions.iter().find(|covered| other.covers(&covered.variant, &covered.version).is_some());
    both.map(|covered| (covered.variant.as_str(), covered.version.as_str()))
}

#[cfg(test)]
mod tests;

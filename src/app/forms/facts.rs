//! What a form tells above its fields, or beside one: an entry and its values, an exception, what a release will do.

use crate::app::model::House;
use crate::app::record::Opened;
use crate::domain::address::Address;
use crate::domain::approval::Range;
use crate::domain::catalogue::Element;
use crate::domain::checks::Grade;
use crate::domain::exception::Exception;
use crate::domain::identity::ExceptionId;
use crate::domain::receipt::Receipt;
use crate::domain::record::Record;
use crate::domain::value::ValueType;

pub(super) fn about_exception(opened: &Opened, id: ExceptionId) -> Vec<String> {
    let found = opened.dossier.record.exceptions.iter().find(|exception| exception.id == id);
    found.map(exception_facts).unwrap_or_default()
}

/// What came back before, and that it stays.
pub(super) fn answers(record: &Record) -> Vec<String> {
    let told = |receipt: &Receipt| {
        let (day, by) = (receipt.at.day(), &receipt.by);
        format!("version {} {} on {day}, recorded by {by}: {}", receipt.version, receipt.answer.word(), receipt.text)
    };
    let mut facts: Vec<String> = record.receipts.iter().map(told).collect();
    facts.push("It stays: a mistake is put right by recording what came back anew; the last answer counts.".to_owned());
    facts
}

/// What is to be known of an exception before something is done about it.
pub fn exception_facts(exception: &Exception) -> Vec<String> {
    let place = exception.at.as_ref().map(|address| format!(" at {address}")).unwrap_or_default();
    let weight = if exception.blocking { "blocking" } else { "minor" };
    vec![format!("{} ({weight}){place}", exception.kind), exception.text.clone()]
}

pub(in crate::app) fn entry_line(house: &House, address: &Address) -> String {
    match house.catalogue.element(address) {
        Some(element) => format!("{} {} · {address}", element.entry.unwrap_or("–"), element.title),
        None => address.to_string(),
    }
}

/// The value before and ours, in words.
pub(in crate::app) fn value_facts(opened: &Opened, house: &House, address: &Address) -> Vec<String> {
    let unit = house.catalogue.element(address).and_then(|element| element.unit);
    let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    let Some(change) = opened.dossier.certificate.change(address) else {
        return vec!["no stage gives it a value".to_owned()];
    };
    let before = change.before.as_deref().map_or("before us: no value".to_owned(), |b| format!("before us: {b}{unit}"));
    let ours = match (&change.ours, &change.set_by) {
        (Some(ours), Some(by)) => format!("ours: {ours}{unit} ({by})"),
        (Some(ours), None) => format!("ours: {ours}{unit} ({})", change.kind.word()),
        (None, _) => format!("ours: {}", change.kind.word()),
    };
    vec![before, ours]
}

/// What may be written there: type, unit, limits.
pub(in crate::app) fn takes(element: &Element) -> String {
    let kind = element.value_type().map(ValueType::describe).unwrap_or_default();
    let unit = element.unit.map(|unit| format!(", in {unit}")).unwrap_or_default();
    format!("{kind}{unit}; `=` restates the value before, empty lets it stand again")
}

/// The approval's limits for the entry, for the variant and version the certificate names.
pub(in crate::app) fn envelope(opened: &Opened, address: &Address) -> Option<String> {
    let (number, range) = range(opened, address)?;
    Some(format!("{number} allows {} to {}", range.min, range.max))
}

/// The same as numbers, with the approval's.
pub(in crate::app) fn range<'a>(opened: &'a Opened, address: &Address) -> Option<(&'a str, &'a Range)> {
    let dossier = &opened.dossier;
    let number = dossier.record.declares("TypeApprovalNumber")?;
    let approval = dossier.approvals.iter().find(|approval| approval.number.as_str() == number)?;
    let certificate = &dossier.certificate;
    let covered = approval.covers(certificate.value("Variant")?, certificate.value("Version")?)?;
    covered.ranges.get(address).map(|range| (number, range))
}

/// Codes told at once.
const CODES: usize = 6;

/// What the codes mean that begin with what is written, where the entry takes a code.
pub(in crate::app) fn codes(house: &House, address: &Address, written: &str) -> Vec<String> {
    let Some(ValueType::Code(list)) = house.catalogue.element(address).and_then(Element::value_type) else {
        return Vec::new();
    };
    let begun: Vec<_> = list.codes.iter().filter(|code| code.code.starts_with(written)).collect();
    let mut lines: Vec<String> = begun
        .iter()
        .take(CODES)
        .map(|code| format!("  {}  {}", code.code, code.meaning).trim_end().to_owned())
        .collect();
    if begun.len() > CODES {
        lines.push(format!("  and {} more: type the beginning", begun.len() - CODES));
    }
    lines
}

/// What an entry is called in a sentence: number and title.
pub fn title_of(house: &House, address: &Address) -> String {
    let Some(element) = house.catalogue.element(address) else { return address.to_string() };
    format!("{} {}{}", element.entry.unwrap_or_default(), element.title, rows_of(address)).trim_start().to_owned()
}

/// The rows an address lies in, as in ` 2` or ` 1.3`; nothing outside tables.
pub fn rows_of(address: &Address) -> String {
    let rows: Vec<String> = address.steps().filter_map(|step| step.row).map(|row| row.to_string()).collect();
    if rows.is_empty() { String::new() } else { format!(" {}", rows.join(".")) }
}

/// What will happen when a record is released, in lines.
pub fn release_lines(opened: &Opened, house: &House) -> Vec<String> {
    let dossier = &opened.dossier;
    let record = &dossier.record;
    let number = record.declares("TypeApprovalNumber").unwrap_or("no approval");
    let differing = dossier.certificate.changes.iter().filter(|change| change.kind.differs()).count();
    let carried = dossier.certificate.own.len();
    let restated = match dossier.certificate.restated.len() {
        0 => String::new(),
        count => format!("; it restates {count} more, as the policy asks for the whole certificate"),
    };
    let warnings = dossier.findings.iter().filter(|finding| finding.grade == Grade::Warn).count();
    let next = house.policy_of(record.scope.as_deref()).after(&record.step).map_or("the end", |step| &step.title);
    let mut lines = vec![
        format!("{} · stage {} · version {} · {number}", record.vin, record.build_stage, record.version),
        format!(
            "The message carries {carried} entries of our stage, {differing} of them differ from the stage before{restated}."
        ),
        format!("It is sealed, checked again as bytes and kept for ever; the record goes to {next}."),
    ];
    for signoff in
        record.signoffs.iter().filter(|signoff| signoff.version == record.version && signoff.void_at.is_none())
    {
        lines.push(format!("signed: {} by {} on {}", signoff.checkpoint, signoff.by, signoff.at.day()));
    }
    if warnings > 0 {
        lines.push(format!("{warnings} warnings stand; they do not block."));
    }
    lines.push(
        "This cannot be undone: a mistake is put right by a correction, with the next version number.".to_owned(),
    );
    lines
}

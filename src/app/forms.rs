//! The forms there are, and the fields of each. What a filled-in one says is [`filled`](super::filled)'s.

use super::filled::look_at;
use super::form::{Choice, Field, Form, Input, Name, Pick, Purpose};
use super::model::House;
use super::record::Opened;
use super::text::Text;
use crate::domain::address::Address;
use crate::domain::approval::Range;
use crate::domain::catalogue::Element;
use crate::domain::checks::Grade;
use crate::domain::exception::Exception;
use crate::domain::identity::{ExceptionId, Login, RecordId, Seq};
use crate::domain::policy::{Policy, Step};
use crate::domain::value::ValueType;

/// A form for the open record.
pub fn open(purpose: Purpose, opened: &Opened, house: &House) -> Form {
    let record = &opened.dossier.record;
    let policy = house.policy_of(record.scope.as_deref());
    let step = policy.step(&record.step);
    let (title, facts, fields) = match &purpose {
        Purpose::Take => {
            let owner = record.owner.as_ref().map_or("nobody", Login::as_str);
            (format!("Take the record from {owner}"), Vec::new(), vec![words("Why", "what the history will say")])
        }
        Purpose::Assign => {
            let mut fields = vec![person("Owner", house, step, "nobody: the record waits to be taken")];
            if record.owner.is_some() {
                fields.push(words("Why", "a hand-over from somebody else must say it"));
            }
            let owner = record.owner.as_ref().map_or("nobody", Login::as_str);
            ("Assign the record".to_owned(), vec![format!("owner now: {owner}")], fields)
        }
        Purpose::AssignException(id) => {
            let fields = vec![person("Owner", house, None, "")];
            (format!("Assign exception {}", id.0), about_exception(opened, *id), fields)
        }
        Purpose::Edit(address) => edit(opened, house, address.as_ref()),
        Purpose::Flag(address) => flag(opened, house, address.as_ref()),
        Purpose::Resolve(id) => {
            let fields = vec![settlement()];
            (format!("Resolve exception {}", id.0), about_exception(opened, *id), fields)
        }
        Purpose::Waive(id) => {
            let fields = waiver();
            (format!("Waive exception {}", id.0), about_exception(opened, *id), fields)
        }
        Purpose::Reopen(id) => {
            (format!("Open exception {} again", id.0), about_exception(opened, *id), vec![reopening()])
        }
        Purpose::Comment(id) => {
            (format!("Say something about exception {}", id.0), about_exception(opened, *id), vec![comment()])
        }
        Purpose::Return => {
            let title = format!("Return the record from {}", step.map_or(record.step.as_str(), |step| &step.title));
            (
                title,
                Vec::new(),
                vec![earlier_steps(policy, &record.step), area("Why", "what must be done before it comes back")],
            )
        }
        Purpose::Hold => ("Hold the record".to_owned(), Vec::new(), hold_fields()),
        Purpose::Note => ("Write a remark".to_owned(), Vec::new(), vec![area("Remark", "it stays in the history")]),
        Purpose::SaveQueue => return save_queue("", None),
    };
    let title = format!("{title} · {}", record.vin.tail());
    let mut form = blank(purpose, record.id, opened.seen, title, facts, fields);
    name_drafts(&mut form);
    // Faults are shown once somebody wrote something.
    let _ = look_at(&mut form, Some(opened), house);
    form
}

/// A form for so many marked records, which it names as far as that helps.
pub fn open_many(purpose: Purpose, count: usize, names: Option<String>, house: &House) -> Form {
    let many = super::bulk::many(count);
    let (title, fields) = match purpose {
        Purpose::Return => (
            format!("Return {many}"),
            vec![
                under_all(house, |policy| earlier_steps(policy, policy.releasing().map_or("", |step| &step.name))),
                area("Why", "what must be done before they come back"),
            ],
        ),
        Purpose::Hold => (format!("Hold {many}"), hold_fields()),
        Purpose::Flag(_) => {
            let mut fields = flag_fields(house, house.policy());
            if let Some(kind) = fields.first_mut() {
                *kind = under_all(house, kind_field);
            }
            (format!("Flag {many}"), fields)
        }
        _ => (
            format!("Assign {many}"),
            vec![
                person("Owner", house, None, "nobody: the records wait to be taken"),
                words("Why", "a hand-over from somebody else must say it"),
            ],
        ),
    };
    let mut form = blank(purpose, RecordId(0), Seq(0), title, names.into_iter().collect(), fields);
    form.marked = count;
    name_drafts(&mut form);
    let _ = look_at(&mut form, None, house);
    form
}

/// A form about exceptions of the board: so many, called so in its heading.
pub fn open_exceptions(purpose: Purpose, count: usize, called: &str, facts: Vec<String>, house: &House) -> Form {
    let (verb, fields) = match purpose {
        Purpose::AssignException(_) => ("Assign", vec![person("Owner", house, None, "")]),
        Purpose::Resolve(_) => ("Resolve", vec![settlement()]),
        Purpose::Waive(_) => ("Waive", waiver()),
        Purpose::Reopen(_) => ("Open again", vec![reopening()]),
        _ => ("Say something about", vec![comment()]),
    };
    let mut form = blank(purpose, RecordId(0), Seq(0), format!("{verb} {called}"), facts, fields);
    form.marked = count;
    name_drafts(&mut form);
    let _ = look_at(&mut form, None, house);
    form
}

fn settlement() -> Field {
    area("How it was settled", "what was done, where it is written")
}

fn waiver() -> Vec<Field> {
    vec![
        area("Why it may pass", "the lead's reason"),
        line(Name::Until, "Until", "last day, YYYY-MM-DD; open without one", ""),
    ]
}

fn reopening() -> Field {
    area("Why it is open again", "what was found since")
}

fn comment() -> Field {
    area("What is to be said", "it stays with the exception, under your name")
}

/// The form that keeps a filter as a queue of one's own, or of a team.
pub fn save_queue(query: &str, team: Option<&str>) -> Form {
    let mut whom = vec![Choice { value: String::new(), label: "me".into(), note: String::new(), open: true }];
    whom.extend(team.map(|team| Choice {
        value: team.to_owned(),
        label: format!("my team ({team})"),
        note: String::new(),
        open: true,
    }));
    let fields = vec![
        line(Name::Title, "Name", "what you call it; one of the same name is replaced", ""),
        Field::new(Name::Team, "For", "←→ to choose", Input::Choice { all: whom, at: 0 }),
    ];
    let facts = vec![format!("{query}  (of all records, whatever queue they are in)")];
    let mut form =
        blank(Purpose::SaveQueue, RecordId(0), Seq(0), "Keep the filter as a queue".to_owned(), facts, fields);
    form.fields[0].fault = Some("it needs a name".to_owned());
    form
}

fn blank(purpose: Purpose, record: RecordId, seen: Seq, title: String, facts: Vec<String>, fields: Vec<Field>) -> Form {
    Form {
        purpose,
        record,
        marked: 0,
        seen,
        title,
        facts,
        fields,
        at: 0,
        fault: None,
        meanwhile: None,
        sending: None,
        unclear: None,
    }
}

/// Under which keys the texts of a form are kept: record, form, what it is about, field.
fn name_drafts(form: &mut Form) {
    let (word, place) = match &form.purpose {
        Purpose::Take => ("take", String::new()),
        Purpose::Assign => ("assign", String::new()),
        Purpose::AssignException(id) => ("assign-exception", id.0.to_string()),
        Purpose::Edit(address) => ("edit", address.as_ref().map(ToString::to_string).unwrap_or_default()),
        Purpose::Flag(address) => ("flag", address.as_ref().map(ToString::to_string).unwrap_or_default()),
        Purpose::Resolve(id) => ("resolve", id.0.to_string()),
        Purpose::Waive(id) => ("waive", id.0.to_string()),
        Purpose::Comment(id) => ("comment", id.0.to_string()),
        Purpose::Reopen(id) => ("reopen", id.0.to_string()),
        Purpose::Return => ("return", String::new()),
        Purpose::Hold => ("hold", String::new()),
        Purpose::Note => ("note", String::new()),
        Purpose::SaveQueue => ("save-queue", String::new()),
    };
    let about = if form.marked > 0 { "marked".to_owned() } else { format!("record {}", form.record.0) };
    for field in &mut form.fields {
        if matches!(field.input, Input::Text(_)) {
            field.draft = Some(format!("{about}/{word}/{place}/{}", field.label.to_lowercase()));
        }
    }
}

fn words(label: &'static str, hint: &str) -> Field {
    line(Name::Words, label, hint, "")
}

fn area(label: &'static str, hint: &str) -> Field {
    Field::new(Name::Words, label, hint, Input::Text(Text::area("")))
}

fn line(name: Name, label: &'static str, hint: &str, content: &str) -> Field {
    Field::new(name, label, hint, Input::Text(Text::line(content)))
}

/// A choice of persons; those who cannot act in the step are shown and say so. `nobody` says what choosing nobody
/// means, where that is possible.
fn person(label: &'static str, house: &House, step: Option<&Step>, nobody: &str) -> Field {
    let mut all: Vec<Choice> = house
        .people
        .iter()
        .filter(|person| person.left.is_none())
        .map(|person| {
            let roles: Vec<&str> = person.roles.iter().map(|role| role.word()).collect();
            let open = step.is_none_or(|step| person.holds_somewhere(&step.acts));
            let note = if open { roles.join(", ") } else { format!("cannot act in this step ({})", roles.join(", ")) };
            Choice {
                value: person.login.to_string(), label: format!("{} · {}", person.login, person.name), note, open
            }
        })
        .collect();
    all.sort_by_key(|choice| !choice.open);
    if !nobody.is_empty() {
        all.push(Choice { value: String::new(), label: "nobody".into(), note: nobody.into(), open: true });
    }
    Field::new(Name::Person, label, "type to narrow, ↑↓ to choose", Input::Pick(Pick::new(all, 0)))
}

fn earlier_steps(policy: &Policy, step: &str) -> Field {
    let here = policy.place(step).unwrap_or(0);
    let steps = &policy.steps[..here];
    let all: Vec<Choice> = steps
        .iter()
        .map(|step| Choice { value: step.name.clone(), label: step.title.clone(), note: String::new(), open: true })
        .collect();
    let at = steps.iter().rposition(|step| step.edit).unwrap_or(0);
    Field::new(Name::Step, "To", "←→ to choose", Input::Choice { all, at })
}

/// A field to choose from for records of several scopes: what any policy offers, and where not every one does, which do.
/// Each record is still decided under its own.
fn under_all(house: &House, field: impl Fn(&Policy) -> Field) -> Field {
    let scopes = house.policies.scopes.iter().map(|(name, policy)| (format!("the scope {name}"), field(policy)));
    let offers: Vec<(String, Vec<Choice>)> = std::iter::once(("the desk".to_owned(), field(house.policy())))
        .chain(scopes)
        .map(|(whose, field)| (whose, choices(&field.input).to_vec()))
        .collect();
    let has = |offer: &[Choice], value: &str| offer.iter().any(|choice| choice.value == value);
    let mut merged: Vec<Choice> = Vec::new();
    for choice in offers.iter().flat_map(|(_, offer)| offer) {
        if has(&merged, &choice.value) {
            continue;
        }
        let mut choice = choice.clone();
        let with: Vec<&str> =
            offers.iter().filter(|(_, offer)| has(offer, &choice.value)).map(|(whose, _)| whose.as_str()).collect();
        if with.len() < offers.len() {
            let between = if choice.note.is_empty() { "" } else { ", " };
            choice.note.push_str(&format!("{between}only under the policy of {}", with.join(", ")));
        }
        merged.push(choice);
    }
    let mut field = field(house.policy());
    match &mut field.input {
        Input::Choice { all, .. } => *all = merged,
        Input::Pick(pick) => *pick = Pick::new(merged, pick.at),
        Input::Text(_) => {}
    }
    field
}

fn choices(input: &Input) -> &[Choice] {
    match input {
        Input::Choice { all, .. } => all,
        Input::Pick(pick) => &pick.all,
        Input::Text(_) => &[],
    }
}

fn about_exception(opened: &Opened, id: ExceptionId) -> Vec<String> {
    let found = opened.dossier.record.exceptions.iter().find(|exception| exception.id == id);
    found.map(exception_facts).unwrap_or_default()
}

/// What is to be known of an exception before something is done about it.
pub fn exception_facts(exception: &Exception) -> Vec<String> {
    let place = exception.at.as_ref().map(|address| format!(" at {address}")).unwrap_or_default();
    let weight = if exception.blocking { "blocking" } else { "minor" };
    vec![format!("{} ({weight}){place}", exception.kind), exception.text.clone()]
}

type Parts = (String, Vec<String>, Vec<Field>);

fn hold_fields() -> Vec<Field> {
    vec![words("Why", "what is waited for"), line(Name::Until, "Until", "last day, YYYY-MM-DD; open without one", "")]
}

fn flag(opened: &Opened, house: &House, address: Option<&Address>) -> Parts {
    let fields = flag_fields(house, house.policy_of(opened.dossier.record.scope.as_deref()));
    let Some(address) = address else { return ("Flag the record".to_owned(), Vec::new(), fields) };
    let mut facts = vec![entry_line(house, address)];
    facts.extend(value_facts(opened, house, address));
    facts.extend(opened.findings_at(address).map(|finding| format!("{}: {}", finding.check, finding.message)));
    ("Flag the entry".to_owned(), facts, fields)
}

fn kind_field(policy: &Policy) -> Field {
    let kinds = &policy.exception_kinds;
    let all: Vec<Choice> = kinds
        .iter()
        .map(|kind| Choice {
            value: kind.name.clone(),
            label: kind.title.clone(),
            note: format!("{}, settled by {}", if kind.blocking { "blocking" } else { "minor" }, kind.settled_by),
            open: true,
        })
        .collect();
    Field::new(Name::Kind, "Kind", "type to narrow, ↑↓ to choose", Input::Pick(Pick::new(all, 0)))
}

fn flag_fields(house: &House, policy: &Policy) -> Vec<Field> {
    let weights = [("", "as the kind says"), ("blocking", "blocking"), ("minor", "minor")];
    let weights = weights.map(|(value, label)| Choice {
        value: value.into(),
        label: label.into(),
        note: String::new(),
        open: true,
    });
    vec![
        kind_field(policy),
        Field::new(Name::Weight, "Weight", "←→ to choose", Input::Choice { all: weights.into(), at: 0 }),
        area("What is wrong", "what the one who settles it must know"),
        owner_of_exception(house),
    ]
}

fn owner_of_exception(house: &House) -> Field {
    let mut field = person("Owner", house, None, "it waits for whoever settles its kind");
    if let Input::Pick(pick) = &mut field.input {
        pick.at = pick.all.len() - 1;
    }
    field
}

pub(super) fn entry_line(house: &House, address: &Address) -> String {
    match house.catalogue.element(address) {
        Some(element) => format!("{} {} · {address}", element.entry.unwrap_or("–"), element.title),
        None => address.to_string(),
    }
}

/// The value before and ours, in words.
pub(super) fn value_facts(opened: &Opened, house: &House, address: &Address) -> Vec<String> {
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

fn edit(opened: &Opened, house: &House, address: Option<&Address>) -> Parts {
    let mut fields = Vec::new();
    let mut facts = Vec::new();
    let mut element = None;
    let mut current = String::new();
    match address {
        None => fields.push(line(Name::Entry, "Entry", "entry number, name or address: 13.2, ActualMass, 16.2[2]", "")),
        Some(address) => {
            element = house.catalogue.element(address);
            facts.push(entry_line(house, address));
            facts.extend(value_facts(opened, house, address));
            facts.extend(envelope(opened, address));
            let change = opened.dossier.certificate.change(address);
            let value = change.and_then(|change| change.ours.as_ref().or(change.before.as_ref()));
            current = value.cloned().unwrap_or_default();
        }
    }
    let input = match element.and_then(Element::value_type) {
        Some(ValueType::Code(list)) => {
            let all: Vec<Choice> = list
                .codes
                .iter()
                .map(|code| Choice {
                    value: code.code.into(),
                    label: code.code.into(),
                    note: code.meaning.into(),
                    open: true,
                })
                .collect();
            let at = all.iter().position(|choice| choice.value == current).unwrap_or(0);
            Input::Pick(Pick::new(all, at))
        }
        _ => Input::Text(Text::line(&current)),
    };
    fields.push(Field::new(Name::Value, "Value", element.map(takes).unwrap_or_default(), input));
    fields.push(words("Why", "what the history will say: weighed, corrected, …"));
    ("Declare a value".to_owned(), facts, fields)
}

/// What may be written there: type, unit, limits.
pub(super) fn takes(element: &Element) -> String {
    let kind = element.value_type().map(ValueType::describe).unwrap_or_default();
    let unit = element.unit.map(|unit| format!(", in {unit}")).unwrap_or_default();
    format!("{kind}{unit}; `=` restates the value before, empty lets it stand again")
}

/// The approval's limits for the entry, for the variant and version the certificate names.
pub(super) fn envelope(opened: &Opened, address: &Address) -> Option<String> {
    let (number, range) = range(opened, address)?;
    Some(format!("{number} allows {} to {}", range.min, range.max))
}

/// The same as numbers, with the approval's.
pub(super) fn range<'a>(opened: &'a Opened, address: &Address) -> Option<(&'a str, &'a Range)> {
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
pub(super) fn codes(house: &House, address: &Address, written: &str) -> Vec<String> {
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

//! The forms there are, and which fields each has. What a field offers is [`fields`]', what is told above them [`facts`]'; what a
//! filled-in one says is [`filled`](super::filled)'s.

mod facts;
mod fields;

use super::filled::look_at;
use super::form::{Choice, Field, Form, Input, Name, Pick, Purpose};
use super::model::House;
use super::record::Opened;
use super::text::Text;
use crate::domain::address::Address;
use crate::domain::catalogue::Element;
use crate::domain::identity::{Login, RecordId, Seq};
use crate::domain::value::ValueType;

pub(super) use facts::{codes, entry_line, envelope, range, takes, value_facts};
pub use facts::{exception_facts, release_lines, rows_of, title_of};

use facts::{about_exception, answers};
use fields::{
    area, comment, earlier_steps, flag_fields, hold_fields, kind_field, line, person, receipt_fields, reopening,
    settlement, under_all, waiver, words,
};

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
        Purpose::Receipt(version) => ("What came back".to_owned(), answers(record), receipt_fields(record, *version)),
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
        Purpose::Receipt(_) => ("receipt", String::new()),
        Purpose::SaveQueue => ("save-queue", String::new()),
    };
    let about = if form.marked > 0 { "marked".to_owned() } else { format!("record {}", form.record.0) };
    for field in &mut form.fields {
        if matches!(field.input, Input::Text(_)) {
            field.draft = Some(format!("{about}/{word}/{place}/{}", field.label.to_lowercase()));
        }
    }
}

type Parts = (String, Vec<String>, Vec<Field>);

fn flag(opened: &Opened, house: &House, address: Option<&Address>) -> Parts {
    let fields = flag_fields(house, house.policy_of(opened.dossier.record.scope.as_deref()));
    let Some(address) = address else { return ("Flag the record".to_owned(), Vec::new(), fields) };
    let mut facts = vec![entry_line(house, address)];
    facts.extend(value_facts(opened, house, address));
    facts.extend(opened.findings_at(address).map(|finding| format!("{}: {}", finding.check, finding.message)));
    ("Flag the entry".to_owned(), facts, fields)
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

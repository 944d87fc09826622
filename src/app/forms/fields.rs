//! The fields of forms: what each asks, and what it offers.

use crate::app::form::{Choice, Field, Input, Name, Pick};
use crate::app::model::House;
use crate::app::text::Text;
use crate::domain::policy::{Policy, Step};
use crate::domain::receipt::Answer;
use crate::domain::record::{Record, Release};

pub(super) fn settlement() -> Field {
    area("How it was settled", "what was done, where it is written")
}

pub(super) fn waiver() -> Vec<Field> {
    vec![
        area("Why it may pass", "the lead's reason"),
        line(Name::Until, "Until", "last day, YYYY-MM-DD; open without one", ""),
    ]
}

pub(super) fn reopening() -> Field {
    area("Why it is open again", "what was found since")
}

pub(super) fn comment() -> Field {
    area("What is to be said", "it stays with the exception, under your name")
}

pub(super) fn hold_fields() -> Vec<Field> {
    vec![words("Why", "what is waited for"), line(Name::Until, "Until", "last day, YYYY-MM-DD; open without one", "")]
}

/// What the authority says, in which words, and where several versions were released, for which: the one that is meant, else the
/// newest.
pub(super) fn receipt_fields(record: &Record, meant: Option<u8>) -> Vec<Field> {
    let choice = |value: String, label: String| Choice { value, label, note: String::new(), open: true };
    let all = Answer::ALL.map(|answer| choice(answer.word().to_owned(), answer.word().to_owned())).into();
    let hint = "←→ to choose; a rejection becomes an exception";
    let mut fields = vec![Field::new(Name::Answer, "The authority", hint, Input::Choice { all, at: 0 })];
    if record.releases.len() > 1 {
        let newest_first = record.releases.iter().rev();
        let at = newest_first.clone().position(|release| Some(release.version) == meant).unwrap_or(0);
        let label = |release: &Release| format!("version {} of {}", release.version, release.sealed_at.day());
        let all = newest_first.map(|release| choice(release.version.to_string(), label(release))).collect();
        fields.push(Field::new(Name::Version, "Version", "←→ to choose", Input::Choice { all, at }));
    }
    fields.push(area("What it says", "its words, its number; where the letter is kept"));
    fields
}

pub(super) fn flag_fields(house: &House, policy: &Policy) -> Vec<Field> {
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

pub(super) fn kind_field(policy: &Policy) -> Field {
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

fn owner_of_exception(house: &House) -> Field {
    let mut field = person("Owner", house, None, "it waits for whoever settles its kind");
    if let Input::Pick(pick) = &mut field.input {
        pick.at = pick.all.len() - 1;
    }
    field
}

/// A choice of persons; those who cannot act in the step are shown and say so. `nobody` says what choosing nobody
/// means, where that is possible.
pub(super) fn person(label: &'static str, house: &House, step: Option<&Step>, nobody: &str) -> Field {
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

pub(super) fn earlier_steps(policy: &Policy, step: &str) -> Field {
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
pub(super) fn under_all(house: &House, field: impl Fn(&Policy) -> Field) -> Field {
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

pub(super) fn words(label: &'static str, hint: &str) -> Field {
    line(Name::Words, label, hint, "")
}

pub(super) fn area(label: &'static str, hint: &str) -> Field {
    Field::new(Name::Words, label, hint, Input::Text(Text::area("")))
}

pub(super) fn line(name: Name, label: &'static str, hint: &str, content: &str) -> Field {
    Field::new(name, label, hint, Input::Text(Text::line(content)))
}

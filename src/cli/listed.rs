//! What `show` lists of a record, for people: lines that fit the terminal, one thing under the other.

use super::fold::{beside, ended, paragraph};
use super::revisions::Revised;
use super::show::{Gradings, described, rests_on, rows_of, state, worth_telling};
use crate::domain::catalogue::Catalogue;
use crate::domain::certificate::{Change, ChangeKind};
use crate::domain::dossier::Dossier;
use crate::domain::envelope::{Limiter, Strokes};
use crate::domain::event::Event;
use crate::domain::story;
use crate::domain::visible::visible;

/// The column of the entry numbers.
const NUMBERS: usize = 9;

/// The changes, with what codes mean and without what is merely inherited or copied; and how many were told.
pub fn changes(dossier: &Dossier, catalogue: &Catalogue, width: usize) -> (String, usize) {
    let told = dossier.certificate.changes.iter().filter(|change| worth_telling(dossier, change));
    let told: Vec<String> = told.map(|change| one_change(dossier, change, catalogue, width)).collect();
    (told.concat(), told.len())
}

fn one_change(dossier: &Dossier, change: &Change, catalogue: &Catalogue, width: usize) -> String {
    let (entry, title, unit) = described(&change.address, catalogue);
    let element = catalogue.element(&change.address);
    let value = |value: &Option<String>| match (value, element) {
        (Some(value), Some(element)) => visible(&element.with_meaning(value)).into_owned(),
        (Some(value), None) => visible(value).into_owned(),
        (None, _) => "–".to_owned(),
    };
    let values = match change.kind {
        ChangeKind::Inherited => value(&change.before),
        ChangeKind::Restated | ChangeKind::Copied => value(&change.ours),
        _ => format!("{} → {}", value(&change.before), value(&change.ours)),
    };
    let by = match (&change.set_by, change.origin) {
        (Some(by), _) => format!(" by {by}"),
        // What was merely restated says so already.
        (None, Some(origin)) if origin.word() != change.kind.word() => format!(", {}", origin.word()),
        (None, _) => String::new(),
    };
    let why = change.reason.as_deref().filter(|why| !why.is_empty());
    let why = why.map_or(String::new(), |why| format!(": {}", visible(why)));
    let mut out = ended(number(&entry), NUMBERS, &title, &state(dossier, change), width);
    let unit = if unit.is_empty() { unit } else { format!(" {unit}") };
    out.push_str(&paragraph(&format!("{values}{unit} · {}{by}{why}", change.kind.word()), NUMBERS, width));
    out
}

/// What the messages of a stage changed that came again, revision by revision.
pub fn revisions(revisions: &[Revised], catalogue: &Catalogue, width: usize) -> String {
    let mut out = String::new();
    for Revised { revision, differences } in revisions {
        out.push_str(&paragraph(&format!("Revision {revision}"), 0, width));
        for one in differences {
            let (entry, title, unit) = described(&one.address, catalogue);
            let or =
                |value: &Option<String>| value.as_deref().map_or("–".to_owned(), |value| visible(value).into_owned());
            out.push_str(&beside(number(&entry), NUMBERS, &title, width));
            out.push_str(&paragraph(&format!("{} → {} {unit}", or(&one.from), or(&one.to)), NUMBERS, width));
        }
    }
    out
}

/// The number without the word that tells entries of one number apart: the title tells it.
fn number(entry: &str) -> &str {
    entry.split(' ').next().unwrap_or_default()
}

/// The findings: grade, check and entry, then what was found and what it rests on.
pub fn findings(dossier: &Dossier, gradings: &Gradings, catalogue: &Catalogue, width: usize) -> String {
    let mut out = String::new();
    for finding in &dossier.findings {
        let at = finding.address.as_ref().map(|address| {
            let element = catalogue.element(address);
            let entry = element.and_then(|element| element.entry).map_or(String::new(), |entry| format!("{entry} "));
            let title = element.map_or_else(|| address.to_string(), |element| element.title.to_owned());
            format!("{entry}{title}{}", rows_of(address))
        });
        out.push_str(&ended(finding.grade.word(), 7, &visible(&at.unwrap_or_default()), finding.check, width));
        out.push_str(&paragraph(&visible(&finding.message), 7, width));
        out.push_str(&paragraph(&format!("rests on: {}", rests_on(finding, gradings)), 7, width));
    }
    out
}

/// The history: each event, then what it changed, entries by their numbers and titles.
pub fn history(events: &[Event], catalogue: &Catalogue, width: usize) -> String {
    let mut out = String::new();
    for event in events {
        let via = event.via.as_ref().map_or(String::new(), |via| format!(" (via {via})"));
        let why = event.facts.reason.as_deref().map_or(String::new(), |why| format!(": {}", visible(why)));
        let at = event.at.utc().format("%Y-%m-%d %H:%M:%S");
        let seq = event.seq.0.to_string();
        out.push_str(&beside(&seq, 7, &format!("{at} {}{via} {}{why}", event.by, event.action), width));
        for line in &event.facts.lines {
            out.push_str(&paragraph(&visible(&story::Teller::new(catalogue).sentence(event, line)), 9, width));
        }
    }
    out
}

/// What limits our values and where each sits.
pub fn envelope(dossier: &Dossier, catalogue: &Catalogue, strokes: &Strokes, width: usize) -> String {
    /// How many cells the bar between two limits has.
    const CELLS: usize = 12;
    let mut out = String::new();
    for one in &dossier.envelope {
        let (entry, title, _) = described(&one.address, catalogue);
        let by = match &one.limiter {
            Limiter::Base => "base (0.2.2.1)".to_owned(),
            Limiter::Approval(number) => number.to_string(),
        };
        out.push_str(&ended(number(&entry), NUMBERS, &title, one.place.word(), width));
        let ours = one.value.map_or("–".to_owned(), |value| value.to_string());
        out.push_str(&paragraph(&format!("{ours} · {} · {by}", one.bar(CELLS, strokes)), NUMBERS, width));
    }
    out
}

/// What was raised on it: number, kind, state and weight, then the text.
pub fn exceptions(dossier: &Dossier, today: chrono::NaiveDate, width: usize) -> String {
    let mut out = String::new();
    for one in &dossier.record.exceptions {
        let at = one.at.as_ref().map_or(String::new(), |address| format!(" · {}", visible(address.as_str())));
        let weight = if one.blocking { "blocking" } else { "minor" };
        let owner = one.owner.as_ref().map_or("nobody".to_owned(), ToString::to_string);
        let state = format!("{}, {owner}", one.state_on(today).word());
        let id = one.id.0.to_string();
        out.push_str(&ended(&id, 7, &format!("{} · {weight}{at}", visible(&one.kind)), &state, width));
        out.push_str(&paragraph(&visible(&one.text), 7, width));
    }
    out
}

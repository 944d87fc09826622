//! The archive as lines: its released versions, everything told of one of them.

use super::spoken;
use crate::app::filed::{Fact, Weight, facts, when};
use crate::app::linear::reading::Reading;
use crate::app::model::Model;
use crate::domain::archive::{Later, Verdict};

/// Where one is among the released versions.
pub fn head(model: &Model, reading: &Reading, about: bool) -> Vec<String> {
    let archive = &model.archive;
    let mut head = "Archive".to_owned();
    if !archive.words.is_empty() {
        head.push_str(&format!(", filtered by `{}`", archive.words));
    }
    if !archive.asked.is_known() {
        return vec![format!("{head}: being read.")];
    }
    let count = archive.rows.len();
    let released = match (archive.words.is_empty(), archive.asked.has_more()) {
        (true, _) => archive.total.to_string(),
        (false, true) => format!("more than {count}"),
        (false, false) => count.to_string(),
    };
    let rows = match reading.rows() {
        [first, .., last] if !about && (*first > 0 || last + 1 < count) => {
            format!(", rows {} to {}; more reads on", first + 1, last + 1)
        }
        _ => String::new(),
    };
    let mut lines = vec![format!("{head}: {released} released{rows}.")];
    if count == 0 {
        lines.extend(nothing(model));
    }
    lines
}

fn nothing(model: &Model) -> Vec<String> {
    if !model.archive.words.is_empty() {
        return vec!["No release matches; back reads all of them again.".to_owned()];
    }
    vec![
        "Nothing was released on this desk yet.".to_owned(),
        "desk goes back to the records; there release seals one of the queue Ready.".to_owned(),
        "Each version released stays here for good, and can be verified at any time.".to_owned(),
    ]
}

/// A released version, the vehicle first.
pub fn row(model: &Model, at: usize) -> Option<String> {
    let row = model.archive.rows.get(at)?;
    let release = &row.release;
    let mut parts = vec![format!("released {} by {}", when(release.sealed_at), release.by)];
    parts.extend(row.approval.iter().map(|approval| format!("approval {approval}")));
    parts.extend(row.answer.map(|answer| format!("{} by the authority", answer.word())));
    match row.later {
        Later::Nothing => {}
        Later::InWork(version) => parts.push(format!("a correction is in work as version {version}")),
        Later::Corrected(version) => parts.push(format!("corrected by version {version}")),
    }
    match model.archive.verdicts.get(&row.id).map(Verdict::holds) {
        Some(true) => parts.push("verified, holds".to_owned()),
        Some(false) => parts.push("verified, does not hold".to_owned()),
        None => {}
    }
    if model.archive.marks.contains_key(&row.id) {
        parts.push("marked".to_owned());
    }
    Some(format!("{}. {} version {}, {}", at + 1, row.vin.tail(), row.id.version, parts.join(", ")))
}

/// Everything else about a released version: what is told of it, where the cursor is on it.
pub fn about(model: &Model, at: usize) -> Vec<String> {
    if at != model.archive.scroll.at {
        return Vec::new();
    }
    let mut lines: Vec<String> = facts(model).iter().map(line).collect();
    lines.push("open opens the record at this release; verify verifies it.".to_owned());
    lines
}

/// Where one is in what is told of a version.
pub fn release_head(model: &Model) -> Vec<String> {
    let row = model.archive.row();
    row.map(|row| {
        format!("{} version {}, what is known of it; back reads the archive.", row.vin.tail(), row.id.version)
    })
    .into_iter()
    .collect()
}

/// A line of what is told of a version.
pub fn told(model: &Model, at: usize) -> Option<String> {
    facts(model).get(at).map(|fact| format!("{}. {}", at + 1, line(fact)))
}

fn line(fact: &Fact) -> String {
    let word = match fact.weight {
        Weight::Warns => "look at this: ",
        Weight::Fails => "fails: ",
        Weight::Head | Weight::Plain | Weight::Quiet | Weight::Holds => "",
    };
    let label = fact.label.trim();
    let text = spoken(&fact.text);
    if label.is_empty() { text } else { format!("{label}: {word}{text}") }
}

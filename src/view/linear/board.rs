//! The exceptions board as lines: its groups, its exceptions, everything about one of them.

use super::record;
use super::spoken;
use crate::app::board::named;
use crate::app::linear::reading::Reading;
use crate::app::model::Model;

/// Where one is among the groups.
pub fn groups_head(model: &Model) -> Vec<String> {
    vec![format!(
        "Exceptions board, groups by {}: a number lists one, group-age and its like group otherwise.",
        spoken(model.board.by.title()).to_lowercase()
    )]
}

/// Where one is among the exceptions.
pub fn head(model: &Model, reading: &Reading, about: bool) -> Vec<String> {
    let board = &model.board;
    let mut head = "Exceptions board".to_owned();
    if let Some(key) = &board.group {
        head.push_str(&format!(
            ", {} {}",
            spoken(board.by.title()).to_lowercase(),
            named(model, board.by, key.as_deref())
        ));
    }
    if !board.words.is_empty() {
        head.push_str(&format!(", filtered by `{}`", board.words));
    }
    let more = if board.asked.has_more() { "more than " } else { "" };
    let count = board.rows.len();
    let rows = match reading.rows() {
        [first, .., last] if !about && (*first > 0 || last + 1 < count) => {
            format!(", rows {} to {}; more reads on", first + 1, last + 1)
        }
        _ => String::new(),
    };
    let state = if board.settled { "settled" } else { "to settle" };
    let mut lines = vec![format!("{head}: {more}{count} {state}{rows}.")];
    if count == 0 && board.asked.is_known() {
        lines.push("Nothing is to be settled here; desk goes to the records.".to_owned());
    }
    lines
}

/// A group with its numbers; the first row is all of them.
pub fn group(model: &Model, at: usize) -> Option<String> {
    let board = &model.board;
    let groups = board.groups.as_ref()?;
    let (name, (open, blocking)) = match at.checked_sub(1) {
        None => ("All".to_owned(), groups.total()),
        Some(row) => {
            let group = groups.rows.get(row)?;
            (named(model, groups.by, group.key.as_deref()), (group.open, group.blocking))
        }
    };
    let more = if groups.whole { "" } else { " or more" };
    let block = if blocking > 0 { format!(", {blocking} block") } else { String::new() };
    let here = if at == board.group_scroll.at { ", listed now" } else { "" };
    Some(format!("{}. {name}: {open}{more} to settle{block}{here}", at + 1))
}

/// An exception, the vehicle first.
pub fn row(model: &Model, at: usize) -> Option<String> {
    let row = model.board.rows.get(at)?;
    let marked = if model.board.marks.contains_key(&row.exception.id) { "; marked" } else { "" };
    let linked = row.exception.group.map(|group| format!("; linked as {}", group.0)).unwrap_or_default();
    let days = (model.now.day() - row.exception.raised_at.day()).num_days().max(0);
    let age = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    Some(format!(
        "{}. {}, {age}: {}{linked}{marked}",
        at + 1,
        row.vin.tail(),
        record::exception(model, row.scope.as_deref(), &row.exception)
    ))
}

/// Everything else about an exception.
pub fn about(model: &Model, at: usize) -> Vec<String> {
    let Some(row) = model.board.rows.get(at) else { return Vec::new() };
    let mut parts = vec![format!("VIN {}", row.vin), format!("step {}", row.step)];
    parts.extend(row.scope.iter().map(|scope| format!("scope {scope}")));
    parts.extend(row.approval.iter().map(|approval| format!("approval {approval}")));
    parts.extend(row.variant.iter().map(|variant| format!("variant {variant}")));
    let mut lines = vec![format!("{}.", parts.join(", "))];
    lines.extend(record::about_exception(model, &row.exception));
    lines
}

//! Where one is, and the rows of queues and lists, as lines.

use super::{archive, board, charts, record, spoken};
use crate::app::linear::reading::{Reading, cursor, rows};
use crate::app::model::Model;
use crate::app::msg::Row;
use crate::app::point::Part;
use crate::domain::identity::Login;
use crate::domain::queue::{QueueName, Sort};
use crate::view::days;

/// Where one is: the list with its number of rows, the head of the record. `whole` where it was not read a moment ago.
pub fn place(model: &Model, reading: &Reading, whole: bool) -> Vec<String> {
    let about = matches!(reading, Reading::About(_));
    match Part::of(model) {
        Part::Record => record::head(model, reading, whole, about),
        _ if !whole => Vec::new(),
        Part::Queues => vec![format!("Queues, {}: a number or a name opens one.", model.queues.rows.len())],
        Part::List => list_head(model, reading, about),
        Part::Groups => board::groups_head(model),
        Part::Board => board::head(model, reading, about),
        Part::Overview => charts::head(model, reading, about),
        Part::Archive => archive::head(model, reading, about),
        Part::Release => archive::release_head(model),
    }
}

fn list_head(model: &Model, reading: &Reading, about: bool) -> Vec<String> {
    let list = &model.list;
    let mut head = spoken(model.queues.title(list.queue));
    if !list.words.is_empty() {
        head.push_str(&format!(", filtered by `{}`", list.words));
    }
    if list.sort != Sort::default() {
        head.push_str(&format!(", by {}", list.sort.word()));
    }
    if !list.asked.is_known() {
        return vec![format!("{head}: being read.")];
    }
    let count = match (list.rows.len(), list.asked.has_more()) {
        (1, false) => "1 record".to_owned(),
        (count, false) => format!("{count} records"),
        (count, true) => {
            let all = model.queues.rows.iter().find(|(queue, _)| *queue == list.queue).map(|(_, count)| *count);
            let all = all.filter(|_| list.words.is_empty());
            all.map_or_else(|| format!("more than {count} records"), |all| format!("{all} records"))
        }
    };
    let mut lines = vec![match reading.rows() {
        [first, .., last] if !about && (*first > 0 || last + 1 < list.rows.len()) => {
            format!("{head}: {count}, rows {} to {}; more reads on.", first + 1, last + 1)
        }
        _ => format!("{head}: {count}."),
    }];
    if list.rows.is_empty() {
        lines.extend(nothing(model));
    }
    lines
}

/// What an empty list says: what to do next.
fn nothing(model: &Model) -> Vec<String> {
    let count = |queue| model.queues.rows.iter().find(|(known, _)| *known == queue).map(|(_, count)| *count);
    if !model.list.words.is_empty() {
        return vec!["Nothing here matches; back reads the whole queue again.".to_owned()];
    }
    if count(QueueName::All) == Some(0) {
        return vec![
            "The desk is empty.".to_owned(),
            "First the approvals: stageplate approval import FILE".to_owned(),
            "Then base messages and build sheets: stageplate import FILE...".to_owned(),
        ];
    }
    vec![format!("It holds {}; queue reads the others.", model.queues.holds(model.list.queue))]
}

/// Rows of the part with the focus.
pub fn page(model: &Model, page: &[usize]) -> Vec<String> {
    if page.is_empty() && Part::of(model) == Part::Record {
        return record::nothing(model);
    }
    if Part::of(model) == Part::Overview {
        return charts::page(model, page);
    }
    page.iter().flat_map(|at| row(model, *at)).collect()
}

/// One row; a heading is a line without a number.
pub fn row(model: &Model, at: usize) -> Option<String> {
    match Part::of(model) {
        Part::Groups => board::group(model, at),
        Part::Board => board::row(model, at),
        Part::Overview => charts::row(model, at),
        Part::Archive => archive::row(model, at),
        Part::Release => archive::told(model, at),
        Part::Queues => {
            let (queue, count) = model.queues.rows.get(at)?;
            let whole = model.queues.saved(*queue).is_none_or(|saved| saved.whole);
            let more = if whole { "" } else { " or more" };
            let here = if *queue == model.list.queue { ", listed now" } else { "" };
            Some(format!("{}. {}: {count}{more}{here}", at + 1, spoken(model.queues.title(*queue))))
        }
        Part::List => model.list.rows.get(at).map(|row| format!("{}. {}", at + 1, listed(model, row))),
        Part::Record => record::row(model, at),
    }
}

/// Everything else about a row.
pub fn about(model: &Model, at: usize) -> Vec<String> {
    if at >= rows(model) {
        return Vec::new();
    }
    match Part::of(model) {
        Part::Groups | Part::Overview | Part::Release => Vec::new(),
        Part::Archive => archive::about(model, at),
        Part::Board => board::about(model, at),
        Part::Queues => {
            let queue = model.queues.rows.get(at).map(|(queue, _)| *queue);
            queue.map(|queue| format!("It holds {}.", model.queues.holds(queue))).into_iter().collect()
        }
        Part::List => {
            let mut lines: Vec<String> = model.list.rows.get(at).into_iter().flat_map(more_of).collect();
            if at == cursor(model) {
                lines.push("open opens it.".to_owned());
            }
            lines
        }
        Part::Record => record::about(model, at),
    }
}

/// A record of a list in one line, what is most asked for first.
fn listed(model: &Model, row: &Row) -> String {
    let summary = &row.summary;
    let today = model.now.day();
    let mut parts = vec![summary.vin.tail().to_owned()];
    let of_type: Vec<&str> =
        [summary.variant.as_deref(), summary.version_code.as_deref()].into_iter().flatten().collect();
    if !of_type.is_empty() {
        parts.push(of_type.join(" "));
    }
    let build: Vec<&str> =
        summary.bodywork.as_deref().into_iter().chain(summary.options.iter().map(String::as_str)).collect();
    if !build.is_empty() {
        parts.push(format!("build {}", build.join(" ")));
    }
    parts.push(
        model
            .house
            .policy_of(summary.scope.as_deref())
            .step(&summary.step)
            .map_or(summary.step.as_str(), |step| &step.title)
            .to_owned(),
    );
    if summary.held_on(today) {
        parts.push("on hold".to_owned());
    }
    if let Some(status) = summary.approval_status {
        parts.push(format!("approval {}", status.word()));
    }
    parts.push(format!("owner {}", summary.owner.as_ref().map_or("nobody", Login::as_str)));
    if summary.due.is_some() {
        parts.push(format!("due {}", days::due(summary.due, today)));
    }
    if summary.changes > 0 {
        let decided = summary.changes.saturating_sub(summary.unconfirmed);
        parts.push(format!("{decided} of {} decided", summary.changes));
    }
    for (count, one, many) in [
        (summary.open_exceptions, "exception", "exceptions"),
        (summary.blocking_findings, "finding blocks", "findings block"),
        (summary.warning_findings, "warning", "warnings"),
    ] {
        match count {
            0 => {}
            1 => parts.push(format!("1 {one}")),
            count => parts.push(format!("{count} {many}")),
        }
    }
    match (model.list.changed.get(&summary.id), row.unread) {
        (Some(who), _) => parts.push(format!("changed by {who}")),
        (None, true) => parts.push("unread".to_owned()),
        (None, false) => {}
    }
    if model.marks.contains_key(&summary.id) {
        parts.push("marked".to_owned());
    }
    parts.join(", ")
}

fn more_of(row: &Row) -> Vec<String> {
    let summary = &row.summary;
    let mut parts = vec![format!("VIN {}", summary.vin), format!("stage {}", summary.build_stage)];
    parts.extend(summary.order.iter().map(|order| format!("order {order}")));
    parts.push(format!("version {}", summary.version));
    parts.extend(summary.approval.iter().map(|number| format!("approval {number}")));
    parts.push(format!("in its step since {}", summary.step_since.day()));
    vec![format!("{}.", parts.join(", "))]
}

//! The overview as lines: under the heading of each chart what it counts, each a row that opens the list of it.

use super::spoken;
use crate::app::linear::reading::Reading;
use crate::app::model::Model;
use crate::app::overview::{At, Chart, Drawn, charts, counted};

/// Where one is.
pub fn head(model: &Model, reading: &Reading, about: bool) -> Vec<String> {
    let outlook = &model.outlook;
    let scope = outlook.scope.as_deref().map_or("the whole desk".to_owned(), |scope| format!("scope {scope}"));
    if !outlook.is_known() {
        return vec![format!("Overview of {scope}: being read.")];
    }
    let count = counted(&charts(model)).len();
    if count == 0 {
        return vec![format!("Overview of {scope}: nothing is in work and nothing was released.")];
    }
    let rows = match reading.rows() {
        [first, .., last] if !about && (*first > 0 || last + 1 < count) => {
            format!(", rows {} to {} of {count}; more reads on", first + 1, last + 1)
        }
        _ => String::new(),
    };
    let mut lines = vec![format!("Overview of {scope}: a number lists what it counts{rows}.")];
    if !outlook.scopes.is_empty() {
        lines.push("next-scope and previous-scope read another scope.".to_owned());
    }
    lines
}

/// Rows, each chart's under its heading.
pub fn page(model: &Model, rows: &[usize]) -> Vec<String> {
    let charts = charts(model);
    let all = counted(&charts);
    let mut lines = Vec::new();
    let mut under = None;
    for row in rows {
        let Some(at) = all.get(*row) else { continue };
        let Some(chart) = charts.get(at.0) else { continue };
        if under.replace(at.0) != Some(at.0) {
            lines.push(format!("{}.", spoken(&chart.title)));
        }
        lines.extend(told(chart, *at).map(|told| format!("{}. {told}", row + 1)));
    }
    lines
}

/// One row, which says itself what it is of.
pub fn row(model: &Model, row: usize) -> Option<String> {
    let charts = charts(model);
    let at = *counted(&charts).get(row)?;
    let chart = charts.get(at.0)?;
    Some(format!("{}. {}, {}", row + 1, chart.name(), told(chart, at)?))
}

fn told(chart: &Chart, (_, row, column): At) -> Option<String> {
    Some(match &chart.drawn {
        Drawn::Bars(bars, part) => {
            let bar = bars.get(row)?;
            let part = if bar.part > 0 { format!(", {} {part}", bar.part) } else { String::new() };
            format!("{}: {}{part}", bar.label, bar.value)
        }
        Drawn::Heat(heads, rows) => {
            let cells = rows.get(row)?;
            let (count, _) = cells.cells.get(column)?;
            let days = spoken(&heads.get(column)?.replace('-', " to ").replace('+', " or more"));
            let first = cells.cells.iter().position(|(count, _)| *count > 0) == Some(column);
            let note = if first && !cells.note.is_empty() {
                format!("; of all in the step {}", spoken(&cells.note))
            } else {
                String::new()
            };
            format!("{}, {days} days: {count}{note}", cells.label)
        }
        Drawn::Weeks(weeks) => {
            let week = weeks.get(column)?;
            format!("week of {}: {} released, {} at the first pass", week.monday, week.released, week.first_pass)
        }
    })
}

//! The overview's charts, drawn with text: a number stands beside every bar and in every cell.

use super::ink::{Pen, Pieces, piece, wrapped};
use crate::app::help::keys_of;
use crate::app::layout::Area;
use crate::app::model::{Context, Model};
use crate::app::overview::{Bar, Cells, Chart, Drawn, Released, charts};
use crate::config::theme::Role;

/// From how many columns on charts stand in two columns.
const WIDE: u16 = 116;

/// Draws the overview.
pub fn overview(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let charts = charts(model);
    let outlook = &model.outlook;
    let (head, rest) = area.split_rows(u16::from(area.height > 6));
    let scope = outlook.scope.as_deref().map_or("the whole desk".to_owned(), |scope| format!("scope {scope}"));
    let key = |command| keys_of(model, Context::Overview, command).first().map_or("-", String::as_str);
    let mut line = vec![piece(format!(" {scope}"), Role::Heading)];
    if !outlook.scopes.is_empty() {
        let keys = format!("  {} {} another scope", key("previous-scope"), key("next-scope"));
        line.push(piece(keys, Role::Dim));
    }
    pen.put(head, 0, 0, &line);
    if charts.is_empty() {
        pen.text(rest, 1, 2, "reading …", Role::Normal);
        return;
    }
    if charts.iter().all(|chart| nothing_in(&chart.drawn)) {
        let text = format!(
            "Nothing is in work and nothing was released. Base messages and build sheets come in with `stageplate import FILE…`; \
             {} goes back to the desk.",
            key("desk")
        );
        for (row, part) in
            wrapped(&pen.looks.plain(&text), usize::from(rest.width).saturating_sub(4)).iter().enumerate()
        {
            pen.text(rest, row + 1, 2, part, Role::Normal);
        }
        return;
    }
    if area.width >= WIDE {
        let (left, right) = rest.split_columns(rest.width * 9 / 20);
        column(pen, model, left, &charts, 0..2);
        pen.edge(right);
        column(pen, model, right.split_columns(2).1, &charts, 2..charts.len());
    } else {
        column(pen, model, rest, &charts, 0..charts.len());
    }
}

fn nothing_in(drawn: &Drawn) -> bool {
    match drawn {
        Drawn::Bars(bars, _) => bars.is_empty(),
        Drawn::Heat(_, rows) => rows.iter().all(|row| row.cells.iter().all(|(count, _)| *count == 0)),
        Drawn::Weeks(weeks) => weeks.iter().all(|week| week.released == 0),
    }
}

/// Charts below each other; the window is where the cursor is in the middle, if it is among them.
fn column(pen: &mut Pen<'_>, model: &Model, area: Area, charts: &[Chart], these: std::ops::Range<usize>) {
    let (at, row, column) = model.outlook.at;
    let width = usize::from(area.width).saturating_sub(2);
    let mut lines: Vec<Pieces> = Vec::new();
    let mut cursor = None;
    for place in these {
        let Some(chart) = charts.get(place) else { continue };
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        let here = (place == at).then_some((row, column));
        let begins = lines.len();
        let mark = if here.is_some() { Role::Heading } else { Role::Dim };
        lines.push(vec![piece(pen.looks.plain(&chart.title), mark)]);
        let drawn = match &chart.drawn {
            Drawn::Bars(bars, part) => drawn_bars(pen, bars, part, width, here),
            Drawn::Heat(heads, rows) => drawn_heat(pen, heads, rows, width, here),
            Drawn::Weeks(weeks) => drawn_weeks(pen, weeks, width, here),
        };
        if here.is_some() {
            let above = usize::from(matches!(chart.drawn, Drawn::Heat(..)));
            cursor = Some(begins + 1 + above + row);
        }
        lines.extend(drawn);
    }
    let room = usize::from(area.height);
    let top = cursor.map_or(0, |cursor| cursor.saturating_sub(room / 2)).min(lines.len().saturating_sub(room));
    for (row, line) in lines.iter().skip(top).take(room).enumerate() {
        pen.put(area, row, 1, line);
    }
}

fn label_width(width: usize) -> usize {
    (width * 2 / 5).clamp(6, 22)
}

fn fitted(text: &str, width: usize) -> String {
    let text: String = text.chars().take(width).collect();
    format!("{text:<width$}")
}

fn drawn_bars(pen: &Pen<'_>, bars: &[Bar], part: &str, width: usize, here: Option<(usize, usize)>) -> Vec<Pieces> {
    if bars.is_empty() {
        return vec![vec![piece("none", Role::Dim)]];
    }
    let (full, half) = if pen.looks.ascii { ("#", "=") } else { ("█", "▒") };
    let label = label_width(width);
    let note = part.len() + 6;
    let room = width.saturating_sub(label + 8 + note).min(60);
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(1).max(1);
    let cells =
        |value: u64| usize::try_from(value.saturating_mul(room as u64).div_ceil(most)).unwrap_or(room).min(room);
    let drawn = bars.iter().enumerate().map(|(row, bar)| {
        let (whole, heavy) = (cells(bar.value), cells(bar.part).min(cells(bar.value)));
        let role = if here.is_some_and(|(at, _)| at == row) { Role::Selected } else { Role::Normal };
        let mut line = vec![
            piece(fitted(&bar.label, label), role),
            piece(format!(" {:>6} ", bar.value), role),
            piece(full.repeat(heavy), Role::Warns),
            piece(half.repeat(whole - heavy), Role::Fine),
        ];
        if bar.part > 0 {
            line.push(piece(format!(" {} {part}", bar.part), Role::Warns));
        }
        line
    });
    drawn.collect()
}

/// How dark a cell is, in a sign; with its ASCII twin.
fn shade(pen: &Pen<'_>, value: u64, most: u64) -> &'static str {
    const LEVELS: [(&str, &str); 5] = [(" ", " "), ("░", "."), ("▒", ":"), ("▓", "+"), ("█", "#")];
    let level = if value == 0 { 0 } else { 1 + usize::try_from(value * 3 / most.max(1)).unwrap_or(3).min(3) };
    let (fancy, plain) = LEVELS[level];
    if pen.looks.ascii { plain } else { fancy }
}

fn drawn_heat(
    pen: &Pen<'_>,
    heads: &[String],
    rows: &[Cells],
    width: usize,
    here: Option<(usize, usize)>,
) -> Vec<Pieces> {
    const CELL: usize = 6;
    let longest = rows.iter().map(|row| row.label.chars().count()).max().unwrap_or(0);
    let label = longest.clamp(6, 18).min(width.saturating_sub(CELL * heads.len()).max(6));
    let most = rows.iter().flat_map(|row| &row.cells).map(|(count, _)| *count).max().unwrap_or(0);
    let mut head = vec![piece(" ".repeat(label), Role::Dim)];
    head.extend(heads.iter().map(|head| piece(format!("{head:>CELL$}"), Role::Dim)));
    let beside = rows.iter().all(|row| label + CELL * row.cells.len() + 2 + row.note.chars().count() <= width);
    let mut lines = vec![head];
    for (at, row) in rows.iter().enumerate() {
        let mut line = vec![piece(fitted(&row.label, label), Role::Normal)];
        for (column, (count, _)) in row.cells.iter().enumerate() {
            let number = if *count == 0 { pen.looks.plain("·") } else { count.to_string() };
            let text = format!("{}{number:>4}", shade(pen, *count, most));
            let role = match here {
                Some(place) if place == (at, column) => Role::Selected,
                _ if *count == 0 => Role::Dim,
                _ if column + 2 >= row.cells.len() => Role::Warns,
                _ => Role::Normal,
            };
            line.extend([piece(" ", Role::Normal), piece(text, role)]);
        }
        if beside {
            line.push(piece(format!("  {}", pen.looks.plain(&row.note)), Role::Dim));
        }
        lines.push(line);
    }
    if !beside {
        // Where they do not fit behind the cells, they stand below.
        let noted = rows.iter().filter(|row| !row.note.is_empty());
        let told = noted.flat_map(|row| wrapped(&pen.looks.plain(&format!("{}: {}", row.label, row.note)), width));
        lines.extend(told.map(|line| vec![piece(line, Role::Dim)]));
    }
    lines
}

fn drawn_weeks(pen: &Pen<'_>, weeks: &[Released], width: usize, here: Option<(usize, usize)>) -> Vec<Pieces> {
    const SPARKS: [(&str, &str); 9] =
        [("·", "."), ("▁", "_"), ("▂", "_"), ("▃", "-"), ("▄", "-"), ("▅", "="), ("▆", "="), ("▇", "#"), ("█", "#")];
    const CELL: usize = 4;
    let label = 12.min(width / 3);
    let fit = (width.saturating_sub(label) / CELL).clamp(1, weeks.len().max(1));
    let column = here.map(|(_, column)| column);
    let last = weeks.len().saturating_sub(fit);
    let first = column.map_or(last, |column| column.min(last));
    let shown = || weeks.iter().enumerate().skip(first).take(fit);
    let most = weeks.iter().map(|week| week.released).max().unwrap_or(0).max(1);
    let spark = |value: u64| {
        let level = if value == 0 { 0 } else { usize::try_from((value * 8).div_ceil(most)).unwrap_or(8).min(8) };
        let (fancy, plain) = SPARKS[level];
        if pen.looks.ascii { plain } else { fancy }.to_owned()
    };
    let line = |name: &str, role: Role, cell: &dyn Fn(&Released) -> String| -> Pieces {
        let mut line = vec![piece(fitted(name, label), Role::Dim)];
        line.extend(shown().map(|(at, week)| {
            piece(format!("{:>CELL$}", cell(week)), if column == Some(at) { Role::Selected } else { role })
        }));
        line
    };
    let mut lines = vec![
        line("", Role::Fine, &|week| spark(week.released)),
        line("released", Role::Normal, &|week| week.released.to_string()),
        line("first pass", Role::Normal, &|week| week.first_pass.to_string()),
    ];
    if let Some(week) = column.and_then(|column| weeks.get(column)) {
        lines.push(vec![piece(
            format!("week of {}: {} released, {} at the first pass", week.monday, week.released, week.first_pass),
            Role::Normal,
        )]);
    }
    lines
}

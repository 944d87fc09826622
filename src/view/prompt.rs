//! The lines in which a filter or the end of a VIN is written, with what may be written next or was found above them.

use super::ink::{Mark, Pen, Pieces, piece, wrapped};
use crate::app::complete::{Completions, SHOWN};
use crate::app::jump::{Jump, LEAST, MOST};
use crate::app::layout::Area;
use crate::app::model::{Model, Prompt};
use crate::app::text::Text;
use crate::config::theme::Role;
use crate::domain::identity::Login;

/// The filter's line: what is wrong with it is marked where it stands, and said behind it or below.
pub fn filter(pen: &mut Pen<'_>, prompt: &Prompt, area: Area) {
    let wrong = prompt.fault.as_ref().map(|(at, _)| *at);
    let behind = written(pen, "/", &prompt.text, wrong, area);
    let Some((at, fault)) = &prompt.fault else { return };
    let text = format!("{} at {}: {fault}", pen.looks.mark(Mark::Blocks), at + 1);
    let room = usize::from(area.width).saturating_sub(behind + 2);
    if area.height > 1 {
        pen.text(area, 1, 3, &text, Role::Blocks);
    } else if text.chars().count() <= room || room >= 24 {
        pen.text(area, 0, behind + 2, &text, Role::Blocks);
    } else {
        // No room behind: the line above says it.
        let above = Area { y: area.y.saturating_sub(1), ..area };
        blank(pen, above);
        pen.text(above, 0, 3, &text, Role::Blocks);
    }
}

/// The line in which the end of a VIN is written.
pub fn jump(pen: &mut Pen<'_>, jump: &Jump, area: Area) {
    let behind = written(pen, "#", &jump.text, None, area);
    let told = match (jump.asked.is_known(), jump.found.len()) {
        (false, _) if jump.asked.is_awaited() => "looking …".to_owned(),
        (false, _) => format!("the last characters of a VIN, {LEAST} or more"),
        (true, 0) => "no VIN ends so".to_owned(),
        (true, count) if jump.asked.has_more() => format!("{count} and more"),
        (true, count) => format!("{count} found"),
    };
    let told = pen.looks.plain(&told);
    pen.text(area, 0, behind + 2, &told, Role::Dim);
}

fn blank(pen: &mut Pen<'_>, area: Area) {
    let blank = " ".repeat(usize::from(area.width));
    for row in 0..usize::from(area.height) {
        pen.text(area, row, 0, &blank, Role::Normal);
    }
}

/// Writes a line being edited, the part around its cursor; from `wrong` on (counted in characters) as what is at fault.
/// Answers the column behind it.
fn written(pen: &mut Pen<'_>, sign: &str, text: &Text, wrong: Option<usize>, area: Area) -> usize {
    let (line, _) = area.split_rows(1);
    blank(pen, area);
    let (_, column) = text.cursor_at(u16::MAX);
    let room = usize::from(area.width).saturating_sub(4).max(1);
    let skip = column.saturating_sub(room);
    let letters: Vec<char> = text.content().chars().collect();
    let shown =
        |from: usize, to: usize| letters[from.min(letters.len())..to.min(letters.len())].iter().collect::<String>();
    let end = wrong.map_or(letters.len(), |at| {
        let rest = letters[at.min(letters.len())..].iter();
        at + rest.take_while(|letter| !letter.is_whitespace()).count()
    });
    let begin = wrong.unwrap_or(letters.len()).max(skip);
    let pieces = [
        piece(format!(" {sign} "), Role::Key),
        piece(shown(skip, begin), Role::Normal),
        piece(shown(begin, end.max(begin)), Role::Blocks),
        piece(shown(end.max(begin), letters.len()), Role::Normal),
    ];
    pen.put(line, 0, 0, &pieces);
    pen.point(line, 0, 3 + column - skip);
    3 + letters.len().saturating_sub(skip)
}

/// What may be written next, in a small box above the line.
pub fn completions(pen: &mut Pen<'_>, completions: &Completions, body: Area) {
    let widest = completions.all.iter().map(|one| one.text.chars().count()).max().unwrap_or(0);
    let top = completions.scroll.top;
    let lines: Vec<(Pieces, bool)> = completions
        .all
        .iter()
        .enumerate()
        .skip(top)
        .take(SHOWN)
        .map(|(at, one)| {
            let pieces =
                vec![piece(format!("{:<widest$}", one.text), Role::Key), piece(format!("  {}", one.help), Role::Dim)];
            (pieces, completions.chosen && at == completions.scroll.at)
        })
        .collect();
    let title = match completions.all.len() {
        1 => "tab writes it".to_owned(),
        count => format!("tab writes the first of {count}, up and down choose"),
    };
    above(pen, if completions.chosen { "tab writes it" } else { &title }, &lines, body);
}

/// The records found by the end of their VIN.
pub fn found(pen: &mut Pen<'_>, model: &Model, jump: &Jump, body: Area) {
    let lines: Vec<(Pieces, bool)> = jump
        .found
        .iter()
        .take(MOST)
        .enumerate()
        .map(|(at, row)| {
            let summary = &row.summary;
            let owner = summary.owner.as_ref().map_or("nobody", Login::as_str);
            let step = model.house.policy_of(summary.scope.as_deref()).step(&summary.step);
            let title = step.map_or(summary.step.as_str(), |step| step.title.as_str());
            let rest = format!("  {title}  {owner}");
            let pieces = vec![
                piece(&summary.vin.as_str()[..9], Role::Dim),
                piece(summary.vin.tail(), Role::Heading),
                piece(rest, Role::Normal),
            ];
            (pieces, at == jump.scroll.at)
        })
        .collect();
    above(pen, "enter opens it", &lines, body);
}

/// Lines in a box that stands on the bottom of the body; no lines, no box.
fn above(pen: &mut Pen<'_>, title: &str, lines: &[(Pieces, bool)], body: Area) {
    if lines.is_empty() || body.height < 6 {
        return;
    }
    let (upper, _) = body.split_rows(body.height.saturating_sub(1));
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(upper.height);
    let (_, area) = upper.split_rows(upper.height - height);
    let area = Area { width: area.width.min(76), ..area };
    let title = wrapped(title, usize::from(area.width.saturating_sub(4))).into_iter().next().unwrap_or_default();
    let inner = pen.sheet(area, &title);
    for (row, (pieces, here)) in lines.iter().enumerate() {
        pen.put(inner, row, 1, pieces);
        if *here {
            pen.shade(inner, row, 1, Role::Selected);
        }
    }
}

//! The archive: the list of released versions, and what is told of the one under the cursor.

use super::columns::{Columns, fitting};
use super::ink::{Mark, Pen, Pieces, piece, wrapped};
use crate::app::archive::{Parts, parts};
use crate::app::filed::{Fact, Weight, facts, when};
use crate::app::help::keys_of;
use crate::app::layout::Area;
use crate::app::model::{Context, Model};
use crate::config::theme::Role;
use crate::domain::archive::{Filed, Later};
use crate::domain::receipt::Answer;

/// Draws the archive.
pub fn archive(pen: &mut Pen<'_>, model: &Model) {
    let Parts { rows, told } = parts(model);
    list(pen, model, rows);
    if told.y > rows.y && rows.height > 0 {
        let rule = if pen.looks.ascii { "-" } else { "─" }.repeat(usize::from(told.width));
        pen.text(told, 0, 0, &rule, Role::Border);
        release(pen, model, told.split_rows(1).1);
    } else {
        release(pen, model, told);
    }
}

/// What the top line says of it: how many there are, what is marked, filtered, being verified, and does not hold.
pub fn top(pen: &Pen<'_>, model: &Model) -> Pieces {
    let archive = &model.archive;
    let mut said = Vec::new();
    if archive.asked.is_known() {
        let more = if archive.asked.has_more() { "+" } else { "" };
        let count = if archive.words.is_empty() {
            format!("{} released", archive.total)
        } else {
            format!("{}{more} of {} released", archive.rows.len(), archive.total)
        };
        said.push(piece(format!(" {} {count}", pen.looks.mark(Mark::Dot)), Role::Normal));
    }
    if let Some(run) = &archive.run {
        let key = keys_of(model, Context::Archive, "back").first().map_or("", String::as_str);
        let text = format!("  verifying {} of {}, {key} stops", run.done() + 1, run.total);
        said.push(piece(text, Role::Heading));
    }
    let failed = archive.failed().count();
    if failed > 0 {
        let word = if failed == 1 { "does" } else { "do" };
        said.push(piece(format!("  {}{failed} {word} not hold", pen.looks.mark(Mark::Blocks)), Role::Blocks));
    }
    if !archive.marks.is_empty() {
        said.push(piece(format!("  {}{} marked", pen.looks.mark(Mark::Marked), archive.marks.len()), Role::Marked));
    }
    if !archive.words.is_empty() {
        said.push(piece(format!("  /{}", archive.words), Role::Changed));
    }
    said
}

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Vin,
    Version,
    Answer,
    Released,
    By,
    Approval,
    Digest,
    Reference,
    Seal,
}

impl Column {
    fn title(self, width: usize) -> &'static str {
        match self {
            Column::Vin => "VIN",
            Column::Version => "Ver",
            Column::Answer if width < ANSWER => "Ans",
            Column::Answer => "Answer",
            Column::Released => "Released",
            Column::By => "By",
            Column::Approval => "Approval",
            Column::Digest => "SHA-256",
            Column::Reference => "Reference",
            Column::Seal => "Sealed by",
        }
    }
}

/// Cells of an answer that is written out; in fewer it is a mark.
const ANSWER: usize = 8;

/// The columns that fit, in their order, each with the cells it takes; the last one takes what is left.
fn columns(width: usize) -> Columns<Column> {
    let columns = vec![
        (Column::Vin, 9),
        (Column::Version, 4),
        (Column::Answer, 3),
        (Column::Released, 10),
        (Column::By, 0),
        (Column::Approval, 0),
        (Column::Digest, 0),
        (Column::Reference, 0),
        (Column::Seal, 0),
    ];
    let wider = [
        (Column::By, 8),
        (Column::Digest, 12),
        (Column::Approval, 22),
        (Column::Reference, 36),
        (Column::Released, 16),
        (Column::Vin, 17),
        (Column::Answer, ANSWER),
        (Column::Seal, 20),
    ];
    let (mut columns, left) = fitting(columns, wider, 4, width);
    if let Some((_, room)) = columns.last_mut() {
        *room += left;
    }
    columns
}

fn list(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let archive = &model.archive;
    let columns = columns(usize::from(area.width));
    let (head, rows) = area.split_rows(1);
    let mut at = 4;
    for (column, width) in &columns {
        pen.text(head, 0, at, column.title(*width), Role::Dim);
        at += width + 1;
    }
    if archive.rows.is_empty() {
        return nothing(pen, model, rows);
    }
    let focused = !archive.on_told && model.sheet.is_none();
    for (row, line) in archive.rows.iter().skip(archive.scroll.top).take(usize::from(rows.height)).enumerate() {
        let here = archive.scroll.top + row == archive.scroll.at;
        one_row(pen, model, (rows, row), line, &columns, here);
        if here && focused {
            pen.shade(rows, row, 1, Role::Selected);
        }
    }
}

fn one_row(
    pen: &mut Pen<'_>,
    model: &Model,
    (area, row): (Area, usize),
    line: &Filed,
    columns: &[(Column, usize)],
    here: bool,
) {
    let archive = &model.archive;
    let cursor = if here { pen.looks.mark(Mark::Cursor) } else { " " };
    let marked = if archive.marks.contains_key(&line.id) { pen.looks.mark(Mark::Marked) } else { " " };
    let fails = archive.verdicts.get(&line.id).map(|verdict| !verdict.holds());
    let verdict = match (archive.is_verified_now(line.id), fails) {
        (true, _) => piece(pen.looks.mark(Mark::Sending), Role::Dim),
        (false, Some(true)) => piece(pen.looks.mark(Mark::Blocks), Role::Blocks),
        (false, Some(false)) => piece(pen.looks.mark(Mark::Confirmed), Role::Fine),
        (false, None) => piece(" ", Role::Normal),
    };
    pen.put(area, row, 0, &[piece(cursor, Role::Focus), piece(marked, Role::Marked), verdict]);
    let usual = if fails == Some(true) { Role::Blocks } else { Role::Normal };
    let mut at = 4;
    for (column, width) in columns {
        let cell = Area { width: u16::try_from(at + width).unwrap_or(u16::MAX).min(area.width), ..area };
        pen.put(cell, row, at, &told_in(pen, line, *column, *width, usual));
        at += width + 1;
    }
}

fn told_in(pen: &Pen<'_>, line: &Filed, column: Column, width: usize, usual: Role) -> Pieces {
    let release = &line.release;
    match column {
        Column::Vin if width >= 17 => {
            let vin = line.vin.as_str();
            let (front, tail) = vin.split_at(vin.len().saturating_sub(line.vin.tail().len()));
            vec![piece(front, Role::Dim), piece(tail, Role::Heading)]
        }
        Column::Vin => vec![piece(pen.looks.mark(Mark::More), Role::Dim), piece(line.vin.tail(), Role::Heading)],
        Column::Version => match line.later {
            Later::Nothing => vec![piece(line.id.version.to_string(), usual)],
            Later::Corrected(by) | Later::InWork(by) => {
                let arrow = if pen.looks.ascii { ">" } else { "→" };
                vec![piece(format!("{}{arrow}{by}", line.id.version), Role::Warns)]
            }
        },
        Column::Answer => match line.answer {
            None => vec![piece(pen.looks.mark(Mark::None), Role::Dim)],
            Some(answer) => {
                let (mark, role) = answered(answer);
                let text = if width < ANSWER { pen.looks.mark(mark) } else { answer.word() };
                vec![piece(text, role)]
            }
        },
        Column::Released if width >= 16 => vec![piece(when(release.sealed_at), usual)],
        Column::Released => vec![piece(release.sealed_at.day().to_string(), usual)],
        Column::By => vec![piece(release.by.to_string(), usual)],
        Column::Approval => match &line.approval {
            Some(approval) => vec![piece(approval.clone(), usual)],
            None => vec![piece(pen.looks.mark(Mark::None), Role::Dim)],
        },
        Column::Digest => {
            let digest: String = release.sha256.to_string().chars().take(12.max(width.min(64))).collect();
            vec![piece(digest, Role::Dim)]
        }
        Column::Reference => vec![piece(release.reference.clone(), usual)],
        Column::Seal => vec![piece(release.sealed_by.clone(), usual)],
    }
}

/// How what the authority said of a certificate is marked.
pub fn answered(answer: Answer) -> (Mark, Role) {
    match answer {
        Answer::Accepted => (Mark::Confirmed, Role::Fine),
        Answer::Rejected => (Mark::Blocks, Role::Blocks),
    }
}

/// Cells of the labels of what is told.
const LABELS: usize = 12;

/// What is told of the version under the cursor: in one column, or where it is wide in two.
fn release(pen: &mut Pen<'_>, model: &Model, area: Area) {
    if area.is_empty() || model.archive.row().is_none() {
        return;
    }
    let two = area.width >= 100;
    let (left, right) = if two { area.split_columns(area.width / 2) } else { (area, Area::default()) };
    let facts = facts(model);
    let shown = model.archive.told_scroll.top.min(facts.len().saturating_sub(1));
    let focused = model.archive.on_told && model.sheet.is_none();
    let cursor = focused.then_some(model.archive.told_scroll.at);
    let (mut row, mut column) = (0, left);
    let mut facts = facts.iter().enumerate().skip(shown).peekable();
    while let Some((at, fact)) = facts.next() {
        let lines = lines(pen, fact, usize::from(column.width));
        if row + lines.len() > usize::from(column.height) && row > 0 && two && column == left {
            (row, column) = (0, right);
        }
        for line in &lines {
            pen.put(column, row, 1, line);
            row += 1;
        }
        if cursor == Some(at) {
            pen.shade(column, row.saturating_sub(lines.len()), lines.len(), Role::Selected);
        }
        let full = row >= usize::from(column.height);
        if full && two && column == left {
            (row, column) = (0, right);
        } else if full {
            let last = usize::from(column.height).saturating_sub(1);
            if facts.peek().is_some() || row > usize::from(column.height) {
                let more = piece(format!(" {} more ", pen.looks.mark(Mark::More)), Role::Dim);
                pen.right(column, last, &[more]);
            }
            return;
        }
    }
}

fn lines(pen: &Pen<'_>, fact: &Fact, width: usize) -> Vec<Pieces> {
    let role = match fact.weight {
        Weight::Head => Role::Heading,
        Weight::Plain => Role::Normal,
        Weight::Quiet => Role::Dim,
        Weight::Holds => Role::Fine,
        Weight::Warns => Role::Warns,
        Weight::Fails => Role::Blocks,
    };
    if fact.weight == Weight::Head {
        let text = pen.looks.plain(&format!("{} · {}", fact.label, fact.text));
        return wrapped(&text, width.saturating_sub(2)).into_iter().map(|part| vec![piece(part, role)]).collect();
    }
    let mark = match fact.weight {
        Weight::Holds => Some(Mark::Confirmed),
        Weight::Warns => Some(Mark::Warns),
        Weight::Fails => Some(Mark::Blocks),
        Weight::Head | Weight::Plain | Weight::Quiet => None,
    };
    let mark = mark.map(|mark| format!("{} ", pen.looks.mark(mark))).unwrap_or_default();
    let text = pen.looks.plain(&format!("{mark}{}", fact.text));
    let mut lines: Vec<Pieces> = Vec::new();
    for part in wrapped(&text, width.saturating_sub(LABELS + 3)) {
        let label = if lines.is_empty() { fact.label.as_str() } else { "" };
        lines.push(vec![piece(format!("{label:<LABELS$} "), Role::Dim), piece(part, role)]);
    }
    lines
}

/// What an empty archive says.
fn nothing(pen: &mut Pen<'_>, model: &Model, area: Area) {
    let archive = &model.archive;
    let key = |command| keys_of(model, Context::Archive, command).first().map_or("-", String::as_str);
    let lines = if !archive.asked.is_known() {
        vec!["reading …".to_owned()]
    } else if !archive.words.is_empty() {
        vec![
            format!("No release matches `{}`; it speaks of the records as they are today.", archive.words),
            format!("{} writes another filter, {} takes it away.", key("filter"), key("back")),
        ]
    } else {
        vec![
            "Nothing was released on this desk yet.".to_owned(),
            format!("{} goes back to the desk; there `release` seals a record of the queue Ready.", key("desk")),
            "Each version released stays here for good, and can be verified at any time.".to_owned(),
        ]
    };
    let width = usize::from(area.width).saturating_sub(4);
    let looks = pen.looks;
    let parts = lines.iter().flat_map(|line| wrapped(&looks.plain(line), width));
    for (row, part) in parts.enumerate() {
        pen.text(area, row + 1, 2, &part, Role::Normal);
    }
}

//! What is read over the whole screen: the lines of messages, an entry as the stage before us wrote it beside what ours says
//! there; and everything said of an exception, however long.

use super::archive;
use super::board::kind_title;
use super::filed::when;
use super::forms::title_of;
use super::layout::{Layout, Step};
use super::model::{Model, Sheet, Tone};
use super::msg::Effect;
use super::record::Opened;
use super::screen::Screen;
use super::wrap;
use crate::domain::address::Address;
use crate::domain::exception::Exception;
use crate::domain::identity::{Login, RecordId};

/// The lines of one message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Side {
    /// Whose they are, and where they stand.
    pub from: String,
    /// The lines, and whether each is the entry that was asked for.
    pub lines: Vec<(String, bool)>,
}

/// An entry in two messages, open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// The record.
    pub record: RecordId,
    /// The entry; nothing where one message is shown whole.
    pub address: Option<Address>,
    /// What it is called.
    pub title: String,
    /// What the stage before says and what ours does; nothing while they are read.
    pub sides: Option<(Side, Side)>,
    /// The paragraphs of a text that is read whole, instead of lines of messages.
    pub prose: Vec<String>,
    /// The first line shown.
    pub top: usize,
}

impl Lines {
    /// The paragraphs as they are broken on a screen so wide.
    pub fn broken(&self, width: u16) -> Vec<String> {
        let broken = |paragraph: &String| -> Vec<String> {
            let text = wrap::in_lines(paragraph);
            wrap::rows(&text, width.saturating_sub(4)).into_iter().map(|row| text[row].to_owned()).collect()
        };
        self.prose.iter().flat_map(broken).collect()
    }

    /// Lines of the longer side, or of the text, on a screen so wide.
    pub fn rows(&self, width: u16) -> usize {
        if !self.prose.is_empty() {
            return self.broken(width).len();
        }
        self.sides.as_ref().map_or(0, |(base, ours)| base.lines.len().max(ours.lines.len()))
    }

    /// Rows of lines on a screen of this size: both sides stand beside each other where there is room.
    pub fn fit(&self, size: (u16, u16)) -> usize {
        let inside = usize::from(size.1).saturating_sub(if self.prose.is_empty() { 6 } else { 5 });
        if self.address.is_none() || Lines::beside(size.0) { inside.max(1) } else { (inside / 2).max(1) }
    }

    /// Whether the two sides stand beside each other on a screen so wide.
    pub fn beside(width: u16) -> bool {
        Layout::dialog_width(width) >= 84
    }

    /// Moves the window.
    pub fn step(&mut self, step: Step, size: (u16, u16)) {
        let (fit, rows) = (self.fit(size), self.rows(size.0));
        let to = match step {
            Step::Down => self.top + 1,
            Step::Up => self.top.saturating_sub(1),
            Step::HalfDown => self.top + fit.div_ceil(2),
            Step::HalfUp => self.top.saturating_sub(fit.div_ceil(2)),
            Step::PageDown => self.top + fit,
            Step::PageUp => self.top.saturating_sub(fit),
            Step::First => 0,
            Step::Last => rows,
        };
        self.top = to.min(rows.saturating_sub(fit));
    }
}

/// The exception under the cursor, with its record and the end of its VIN.
fn exception(model: &Model) -> Option<(RecordId, &str, &Exception)> {
    if model.screen == Screen::Board {
        return model.board.row().map(|row| (row.record, row.vin.tail(), &row.exception));
    }
    let opened = model.current().filter(|_| model.screen == Screen::Desk)?;
    opened.exception(model.now).map(|exception| (opened.id(), opened.dossier.record.vin.tail(), exception))
}

/// Whether there is an exception under the cursor to read.
///
/// # Errors
/// That there is none.
pub fn may_read_exception(model: &Model) -> Result<(), String> {
    exception(model).map(drop).ok_or_else(|| "the cursor is on no exception".to_owned())
}

/// Opens everything that was said of the exception under the cursor: what is wrong, what became of it, the discussion with
/// the last word first.
pub fn read_exception(model: &mut Model) -> Vec<Effect> {
    let Some((record, tail, exception)) = exception(model) else { return Vec::new() };
    let title = format!("{tail} exception {}", exception.id.0);
    let lines = Lines { record, address: None, title, sides: None, prose: said_of(model, exception), top: 0 };
    model.sheet = Some(Sheet::Lines(Box::new(lines)));
    Vec::new()
}

fn said_of(model: &Model, exception: &Exception) -> Vec<String> {
    let kind = kind_title(model, &exception.kind);
    let state = exception.state_on(model.now.day()).word();
    let weight = if exception.blocking { "blocks" } else { "minor" };
    let owner = exception.owner.as_ref().map_or("nobody", Login::as_str);
    let mut said = vec![format!("{kind} · {state} · {weight} · owner {owner}")];
    said.extend(exception.at.as_ref().map(|at| format!("at {} · {at}", title_of(&model.house, at))));
    let by = exception.raised_by.as_ref().map_or("the desk", Login::as_str);
    said.push(format!("raised by {by} {}", when(exception.raised_at)));
    said.extend([String::new(), exception.text.clone()]);
    if let Some(outcome) = &exception.outcome {
        let until = outcome.until.map(|day| format!(" until {day}")).unwrap_or_default();
        let (state, at) = (exception.state.word(), when(outcome.at));
        said.extend([String::new(), format!("{state}{until} by {} {at}: {}", outcome.by, outcome.text)]);
    }
    for remark in exception.discussion.iter().rev() {
        let back = if remark.struck_at.is_some() { " (taken back)" } else { "" };
        said.extend([String::new(), format!("{} {}{back}: {}", remark.by, when(remark.at), remark.text)]);
    }
    said
}

/// Whether there is an entry under the cursor whose lines can be shown.
///
/// # Errors
/// That there is none.
pub fn may(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Archive {
        return archive::has_row(model);
    }
    let opened = model.current().ok_or("no record is open")?;
    opened.address(model.now).map(drop).ok_or_else(|| "the cursor is on no entry".to_owned())
}

/// Opens the lines of the entry under the cursor; in the archive those of the whole message.
pub fn open(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Archive {
        return archive::lines(model);
    }
    let Some(opened) = model.current() else { return Vec::new() };
    let Some(address) = opened.address(model.now).cloned() else { return Vec::new() };
    let record = opened.id();
    let Some(stage) = stage_of(opened, &address) else {
        model.say(Tone::No, "no message was received for this record");
        return Vec::new();
    };
    let title = title_of(&model.house, &address);
    let lines = Lines { record, address: Some(address.clone()), title, sides: None, prose: Vec::new(), top: 0 };
    model.sheet = Some(Sheet::Lines(Box::new(lines)));
    vec![Effect::LoadLines { record, stage, address }]
}

/// The last stage before ours that says something at the entry, in its table, or else the last of all.
fn stage_of(opened: &Opened, address: &Address) -> Option<u8> {
    let stages = &opened.dossier.record.stages;
    let place = address.table().unwrap_or(address.as_str());
    let says = stages.iter().rev().find(|stage| stage.content.within(place).next().is_some());
    says.or(stages.last()).map(|stage| stage.number)
}

/// The lines that were asked for are here: the window begins so that the entry is seen.
pub fn read(model: &mut Model, record: RecordId, address: Option<&Address>, base: Side, ours: Side) -> Vec<Effect> {
    let size = model.size;
    if let Some(Sheet::Lines(lines)) = &mut model.sheet
        && lines.record == record
        && lines.address.as_ref() == address
    {
        let here = |side: &Side| side.lines.iter().position(|(_, here)| *here);
        let at = here(&base).or_else(|| here(&ours)).unwrap_or(0);
        lines.sides = Some((base, ours));
        let fit = lines.fit(size);
        lines.top = at.saturating_sub(fit / 2).min(lines.rows(size.0).saturating_sub(fit));
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::text::LONGEST;

    #[test]
    fn a_text_of_the_most_bytes_is_whole_behind_who_said_it() {
        let said = format!("lead 2026-11-30 12:00: {}", "x".repeat(LONGEST));
        let (record, title, prose) = (RecordId(1), String::new(), vec![said.clone()]);
        let lines = Lines { record, address: None, title, sides: None, prose, top: 0 };
        assert!(lines.broken(80).concat() == said);
    }
}

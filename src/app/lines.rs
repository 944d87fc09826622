//! The lines of messages: an entry as the stage before us wrote it, beside what ours says there.

use super::archive;
use super::layout::{Layout, Step};
use super::model::{Model, Sheet, Tone};
use super::msg::Effect;
use super::record::Opened;
use super::screen::Screen;
use crate::domain::address::Address;
use crate::domain::identity::RecordId;

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
    /// The first line shown.
    pub top: usize,
}

impl Lines {
    /// Lines of the longer side.
    pub fn rows(&self) -> usize {
        self.sides.as_ref().map_or(0, |(base, ours)| base.lines.len().max(ours.lines.len()))
    }

    /// Rows of lines on a screen of this size: both sides stand beside each other where there is room.
    pub fn fit(&self, size: (u16, u16)) -> usize {
        let inside = usize::from(size.1).saturating_sub(6);
        if self.address.is_none() || Lines::beside(size.0) { inside.max(1) } else { (inside / 2).max(1) }
    }

    /// Whether the two sides stand beside each other on a screen so wide.
    pub fn beside(width: u16) -> bool {
        Layout::dialog_width(width) >= 84
    }

    /// Moves the window.
    pub fn step(&mut self, step: Step, size: (u16, u16)) {
        let fit = self.fit(size);
        let to = match step {
            Step::Down => self.top + 1,
            Step::Up => self.top.saturating_sub(1),
            Step::HalfDown | Step::PageDown => self.top + fit.div_ceil(2),
            Step::HalfUp | Step::PageUp => self.top.saturating_sub(fit.div_ceil(2)),
            Step::First => 0,
            Step::Last => self.rows(),
        };
        self.top = to.min(self.rows().saturating_sub(fit));
    }
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
    let title = super::forms::title_of(&model.house, &address);
    let lines = Lines { record, address: Some(address.clone()), title, sides: None, top: 0 };
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
        lines.top = at.saturating_sub(fit / 2).min(lines.rows().saturating_sub(fit));
    }
    Vec::new()
}

//! The same fault on other records: what stands beside the exception under the cursor of a record, and what is done about it
//! there. On the board the same commands are [`settle`]'s.
//!
//! Invariant: what is shown of other records was read for the group that the cursor is in; of another group nothing stands.

use super::acts;
use super::board::Marked;
use super::bulk::{self, Phase, Target};
use super::model::Model;
use super::msg::Effect;
use super::outbox::Deed;
use super::record::{Opened, Pane};
use super::screen::Screen;
use super::settle;
use crate::domain::action::{Action, Linked, Settle};
use crate::domain::exception::Exception;
use crate::domain::identity::ExceptionId;
use crate::domain::triage::Raised;

/// Linked exceptions that are shown beside one at most.
pub const MOST: usize = 100;

/// The exceptions of a group, as far as they are here.
#[derive(Debug, Clone, Default)]
pub struct Links {
    group: Option<ExceptionId>,
    rows: Vec<Raised>,
    stale: bool,
}

impl Links {
    /// Those linked with an exception, itself aside.
    pub fn with(&self, exception: &Exception) -> impl Iterator<Item = &Raised> {
        let here = exception.group.is_some() && exception.group == self.group;
        self.rows.iter().filter(move |row| here && row.exception.id != exception.id)
    }

    /// They are here, if they are still those that are wanted.
    pub fn read(&mut self, group: ExceptionId, rows: Vec<Raised>) {
        if self.group == Some(group) {
            self.rows = rows;
        }
    }

    /// Something happened: they are read again where they are shown.
    pub fn may_be_others(&mut self) {
        self.stale = true;
    }
}

/// Asks for what is linked with the exception under the cursor, where that is shown and not here yet.
pub fn look(model: &mut Model) -> Option<Effect> {
    let opened = model.current().filter(|opened| model.screen == Screen::Desk && opened.pane == Pane::Exceptions)?;
    let group = opened.exception(model.now)?.group?;
    let links = &mut model.links;
    if links.group == Some(group) && !links.stale {
        return None;
    }
    if links.group != Some(group) {
        links.rows.clear();
    }
    (links.group, links.stale) = (Some(group), false);
    Some(Effect::LoadLinks(group))
}

fn here(model: &Model) -> Result<(&Opened, &Exception), String> {
    let opened = model.current().ok_or("no record is open")?;
    let exception = opened.exception(model.now).ok_or("the cursor is on no exception")?;
    Ok((opened, exception))
}

/// Whether the marked exceptions can be linked with the one under the cursor.
///
/// # Errors
/// Why not.
pub fn may_link(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Board {
        return settle::may(model, "link");
    }
    let (_, exception) = here(model)?;
    if model.board.marks.keys().any(|id| *id != exception.id) {
        return Ok(());
    }
    Err("mark the exceptions that are the same fault on the exceptions board first".to_owned())
}

/// Asks whether the exceptions marked on the board are the same fault as the one under the cursor.
pub fn link(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Board {
        return settle::link(model);
    }
    let Ok((opened, exception)) = here(model) else { return Vec::new() };
    let with = Linked {
        group: exception.group.unwrap_or(exception.id),
        kind: exception.kind.clone(),
        at: exception.at.clone(),
    };
    let line = format!(
        "They are counted as the same fault as exception {}: {}. Each is still settled on its own record.",
        exception.id.0, exception.kind
    );
    let mut targets = vec![target(opened, exception)];
    let marked = model.board.marks.iter().filter(|(id, _)| **id != exception.id);
    targets.extend(marked.map(|(id, Marked { record, tail, seen })| Target::exception(*id, *record, tail, *seen)));
    ask(model, "Link", targets, line, Some(with))
}

/// Whether the exception under the cursor is linked with others.
///
/// # Errors
/// That it is not.
pub fn may_unlink(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Board {
        return settle::may(model, "unlink");
    }
    here(model)?.1.group.map(drop).ok_or_else(|| "the exception is linked with no other".to_owned())
}

/// Asks whether the exception under the cursor stands alone again.
pub fn unlink(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Board {
        return settle::unlink(model);
    }
    let Ok((opened, exception)) = here(model) else { return Vec::new() };
    let targets = vec![target(opened, exception)];
    let line = "It stands alone again; what was linked with it stays as it is.".to_owned();
    ask(model, "Unlink", targets, line, None)
}

/// Whether what is linked with the exception under the cursor can be marked.
///
/// # Errors
/// That nothing is.
pub fn may_mark_linked(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Board { settle::may(model, "mark-linked") } else { may_unlink(model) }
}

/// Looks for the exceptions to settle that are linked with the one under the cursor, to mark them on the board.
pub fn mark_linked(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Board {
        return settle::mark_linked(model);
    }
    let group = here(model).ok().and_then(|(_, exception)| exception.group);
    group.map(Effect::LoadLinked).into_iter().collect()
}

fn target(opened: &Opened, exception: &Exception) -> Target {
    Target::exception(exception.id, opened.id(), opened.dossier.record.vin.tail(), opened.seen)
}

fn ask(
    model: &mut Model,
    doing: &'static str,
    targets: Vec<Target>,
    line: String,
    with: Option<Linked>,
) -> Vec<Effect> {
    let tails: Vec<&str> = targets.iter().map(|target| target.tail.as_str()).collect();
    let lines = vec![line, tails.join(", ")];
    let title = match targets.len() {
        1 => format!("{doing} exception {}", tails[0]),
        many => format!("{doing} {many} exceptions"),
    };
    // The number of each takes this one's place when it is its turn.
    let deed = Deed::Act(Action::Settle { id: ExceptionId(0), how: Settle::Link { with } });
    bulk::start(model, title, (lines, doing), deed, targets, Phase::Asked(true), Vec::new())
}

/// Whether the exception under the cursor can be opened again.
///
/// # Errors
/// Why not, and who could.
pub fn may_reopen(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Board {
        return settle::may(model, "reopen");
    }
    let settle = Settle::Reopen { text: super::record::WORDS.to_owned() };
    acts::may(model, &settle)
}

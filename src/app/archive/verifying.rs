//! Verifying released versions, one after the other, and what it came to.

use std::collections::VecDeque;

use super::has_row;
use crate::app::filed;
use crate::app::model::{Model, Tone};
use crate::app::msg::Effect;
use crate::domain::archive::{ReleaseId, Verdict};
use crate::failure::Failure;

/// Whether something can be verified now.
///
/// # Errors
/// Why not.
pub fn may_verify(model: &Model) -> Result<(), String> {
    match &model.archive.run {
        Some(run) => Err(format!("{} of {} are being verified already", run.total - run.done(), run.total)),
        None if !model.archive.marks.is_empty() => Ok(()),
        None => has_row(model),
    }
}

/// Verifies the marked versions, those of the list first and in its order; without marks the one under the cursor.
pub fn verify(model: &mut Model) -> Vec<Effect> {
    let archive = &model.archive;
    let mut targets: VecDeque<(ReleaseId, String)> = VecDeque::new();
    if archive.marks.is_empty() {
        targets.extend(archive.row().map(|row| (row.id, row.vin.tail().to_owned())));
    } else {
        let listed = archive.rows.iter().filter(|row| archive.marks.contains_key(&row.id)).map(|row| row.id);
        let listed: Vec<ReleaseId> = listed.collect();
        let rest = archive.marks.keys().copied().filter(|id| !listed.contains(id));
        let all = listed.iter().copied().chain(rest);
        targets.extend(all.filter_map(|id| Some((id, archive.marks.get(&id)?.clone()))));
    }
    let total = targets.len();
    let Some((at, tail)) = targets.pop_front() else { return Vec::new() };
    let (failed, unread) = (Vec::new(), Vec::new());
    model.archive.run = Some(Run { total, held: 0, failed, unread, at, waiting: targets, tail, left: 0 });
    vec![Effect::Verify(at)]
}

/// Whether there is a verifying to stop.
///
/// # Errors
/// That nothing runs.
pub fn may_stop(model: &Model) -> Result<(), String> {
    if model.archive.run.is_some() { Ok(()) } else { Err("nothing is being verified".to_owned()) }
}

/// Lets go what waits to be verified; the one being looked at is still answered.
pub fn stop(model: &mut Model) -> Vec<Effect> {
    if let Some(run) = &mut model.archive.run {
        run.left += run.waiting.len();
        run.waiting.clear();
    }
    Vec::new()
}

/// A version was verified, or could not be: the next one follows. One that holds loses its mark.
pub fn verified(model: &mut Model, id: ReleaseId, found: Result<Verdict, Failure>) -> Vec<Effect> {
    let Some(run) = model.archive.run.as_mut().filter(|run| run.at == id) else { return Vec::new() };
    match found {
        Ok(verdict) => {
            if verdict.holds() {
                run.held += 1;
                model.archive.marks.remove(&id);
            } else {
                run.failed.push(run.tail.clone());
            }
            model.archive.verdicts.insert(id, verdict);
        }
        Err(failure) => run.unread.push((run.tail.clone(), failure.message)),
    }
    if let Some(run) = &mut model.archive.run
        && let Some((next, tail)) = run.waiting.pop_front()
    {
        (run.at, run.tail) = (next, tail);
        return vec![Effect::Verify(next)];
    }
    if let Some(run) = model.archive.run.take() {
        let clean = run.held == run.total;
        model.say(if clean { Tone::Done } else { Tone::No }, outcome(model, id, &run));
    }
    Vec::new()
}

/// What verifying came to, in a sentence; of one alone what was found.
fn outcome(model: &Model, id: ReleaseId, run: &Run) -> String {
    if let (1, Some(verdict)) = (run.total, model.archive.verdicts.get(&id).filter(|_| run.unread.is_empty())) {
        return format!("{} version {}: {}", run.tail, id.version, filed::in_words(verdict));
    }
    let mut parts = vec![match run.held {
        0 => "none holds".to_owned(),
        1 => "1 holds".to_owned(),
        held => format!("{held} hold"),
    }];
    match run.failed.as_slice() {
        [] => {}
        [one] => parts.push(format!("1 does not: {one}")),
        several => parts.push(format!("{} do not: {}", several.len(), several.join(" "))),
    }
    if let Some((tail, why)) = run.unread.first() {
        parts.push(format!("{} could not be looked at ({tail}: {why})", run.unread.len()));
    }
    if run.left > 0 {
        parts.push(format!("{} not tried", run.left));
    }
    format!("verified {} of {}: {}", run.done(), run.total, parts.join(", "))
}

/// Versions being verified, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// How many there are.
    pub total: usize,
    /// How many hold.
    pub held: usize,
    /// The ends of the VINs of those that do not.
    pub failed: Vec<String>,
    /// Those that could not be looked at, and why.
    pub unread: Vec<(String, String)>,
    /// The one being looked at.
    pub at: ReleaseId,
    waiting: VecDeque<(ReleaseId, String)>,
    tail: String,
    left: usize,
}

impl Run {
    /// Whether a version is being verified or waits for it.
    pub(super) fn is_about(&self, id: ReleaseId) -> bool {
        self.at == id || self.waiting.iter().any(|(waiting, _)| *waiting == id)
    }

    /// How many were looked at.
    pub fn done(&self) -> usize {
        self.held + self.failed.len() + self.unread.len()
    }
}

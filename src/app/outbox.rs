//! Acts on their way to the desk: one at a time, in the order they were asked for, each measured against what its
//! author had seen.

use std::collections::VecDeque;

use super::msg::{Effect, Tag};
use crate::domain::action::{Action, Settle};
use crate::domain::identity::{RecordId, Seq};

/// What the desk is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// An act.
    Act(Action),
    /// Seal and release.
    Release,
}

impl Deed {
    /// Its word in the history.
    pub fn word(&self) -> &'static str {
        match self {
            Deed::Act(action) => action.word(),
            Deed::Release => "release",
        }
    }

    /// Whether it is accepted whatever happened to the record meanwhile: a remark, an exception, what is said about one. Its success then says
    /// nothing about what its author had seen.
    pub fn stands_beside(&self) -> bool {
        matches!(
            self,
            Deed::Act(Action::Note { .. } | Action::Flag { .. } | Action::Settle { how: Settle::Comment { .. }, .. })
        )
    }
}

/// What the screen does when it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Then {
    /// Stay on the record.
    Stay,
    /// Go to the next record.
    Next,
    /// Show the record, wherever its author is meanwhile.
    Show,
}

/// One act.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// The record.
    pub record: RecordId,
    /// The event its author had seen.
    pub seen: Seq,
    /// What to do.
    pub deed: Deed,
    /// What to say when it is done.
    pub done: String,
    /// Where to go then.
    pub then: Then,
    /// Under which keys drafts of it lie; they go when it is done.
    pub drafts: Vec<String>,
}

/// Acts on their way and waiting.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    sent: Option<(Tag, Act)>,
    waiting: VecDeque<(Tag, Act)>,
    last: Tag,
}

impl Outbox {
    /// Sends an act, or lets it wait behind others. The same `again` as before is the same act again.
    pub fn send(&mut self, act: Act, again: Option<Tag>) -> (Tag, Option<Effect>) {
        let tag = again.unwrap_or_else(|| {
            self.last = Tag(self.last.0 + 1);
            self.last
        });
        self.waiting.push_back((tag, act));
        (tag, self.send_next())
    }

    /// The next effect, when nothing is on its way.
    pub fn send_next(&mut self) -> Option<Effect> {
        if self.sent.is_some() {
            return None;
        }
        let (tag, act) = self.waiting.pop_front()?;
        let (record, seen) = (act.record, act.seen);
        let effect = match &act.deed {
            Deed::Act(action) => Effect::Apply { tag, record, seen, action: action.clone() },
            Deed::Release => Effect::Release { tag, record, seen },
        };
        self.sent = Some((tag, act));
        Some(effect)
    }

    /// Takes the act that was answered. After a success the ones that wait on the same record were given knowing of
    /// it; after a failure they rested on something that did not happen, and are dropped.
    pub fn answered(&mut self, tag: Tag, after: Option<Seq>) -> Option<Act> {
        if self.sent.as_ref().is_none_or(|(sent, _)| *sent != tag) {
            return None;
        }
        let (_, act) = self.sent.take()?;
        match after {
            Some(_) if act.deed.stands_beside() => {}
            Some(seq) => {
                for (_, waiting) in self.waiting.iter_mut().filter(|(_, waiting)| waiting.record == act.record) {
                    waiting.seen = waiting.seen.max(seq);
                }
            }
            None => self.waiting.retain(|(_, waiting)| waiting.record != act.record),
        }
        Some(act)
    }

    /// Whether something is on its way to this record.
    pub fn busy_with(&self, record: RecordId) -> bool {
        self.acts().any(|act| act.record == record)
    }

    /// Whether this record is about to leave the screen.
    pub fn leaving(&self, record: RecordId) -> bool {
        self.acts().any(|act| act.record == record && act.then == Then::Next)
    }

    /// Whether anything is on its way.
    pub fn is_busy(&self) -> bool {
        self.acts().next().is_some()
    }

    fn acts(&self) -> impl Iterator<Item = &Act> {
        self.sent.iter().chain(&self.waiting).map(|(_, act)| act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resume(record: i64) -> Act {
        Act {
            record: RecordId(record),
            seen: Seq(1),
            deed: Deed::Act(Action::Resume { reason: None }),
            done: String::new(),
            then: Then::Stay,
            drafts: Vec::new(),
        }
    }

    #[test]
    fn acts_go_one_at_a_time_and_the_next_knows_of_the_one_before() {
        let mut outbox = Outbox::default();
        let (first, effect) = outbox.send(resume(1), None);
        assert!(effect.is_some());
        let (_, effect) = outbox.send(resume(1), None);
        assert_eq!(effect, None);
        assert!(outbox.answered(first, Some(Seq(7))).is_some());
        assert!(matches!(outbox.send_next(), Some(Effect::Apply { seen: Seq(7), .. })));
    }

    #[test]
    fn what_rested_on_a_refused_act_is_dropped() {
        let mut outbox = Outbox::default();
        let (first, _) = outbox.send(resume(1), None);
        outbox.send(resume(1), None);
        outbox.send(resume(2), None);
        outbox.answered(first, None);
        assert!(matches!(outbox.send_next(), Some(Effect::Apply { record: RecordId(2), .. })));
    }
}

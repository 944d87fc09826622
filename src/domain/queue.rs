//! The queues: which are built in, what each holds, and which were saved. How each is found is the store's.

use super::saved::SavedId;

/// A queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// What I own.
    Mine,
    /// What my team owns.
    Team,
    /// What nobody owns.
    Unassigned,
    /// What I could act on.
    Waiting,
    /// What has exceptions to settle.
    Exceptions,
    /// What waits to be released.
    Ready,
    /// What is past its due day.
    Overdue,
    /// What changed without me.
    Unread,
    /// What is released.
    Released,
    /// What rests for good.
    Archive,
    /// Everything.
    All,
    /// What a saved query selects.
    Saved(SavedId),
}

/// Every built-in queue: its word, its title, what it holds.
pub const TABLE: [(QueueName, &str, &str, &str); 11] = [
    (QueueName::Mine, "mine", "Mine", "records I own"),
    (QueueName::Team, "team", "My team's", "records that somebody of my team owns, mine among them"),
    (QueueName::Unassigned, "unassigned", "Unassigned", "records in work that nobody owns"),
    (
        QueueName::Waiting,
        "waiting",
        "Waiting for me",
        "records in a step that one of my roles acts in, mine or unowned, not on hold; where the step asks for other \
         eyes, only those I did not change or prepare myself",
    ),
    (
        QueueName::Exceptions,
        "exceptions",
        "With exceptions",
        "records with an exception to settle, released ones too; a waiver that ended counts",
    ),
    (QueueName::Ready, "ready", "Ready for release", "records in the step that releases"),
    (QueueName::Overdue, "overdue", "Overdue", "records past the day they must have left their step by, not on hold"),
    (
        QueueName::Unread,
        "unread",
        "Unread",
        "records I own, prepare or changed, and those where my sign-off became void, if somebody else acted on them since I looked",
    ),
    (QueueName::Released, "released", "Released", "records whose version is released and not archived yet"),
    (QueueName::Archive, "archive", "Archive", "records in the last step of the policy, where work has ended"),
    (QueueName::All, "all", "All", "every record"),
];

impl QueueName {
    /// The queue of that word.
    pub fn of(word: &str) -> Option<QueueName> {
        TABLE.iter().find(|(_, known, ..)| *known == word).map(|(queue, ..)| *queue)
    }

    /// The words of all built-in queues.
    pub fn words() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(_, known, ..)| *known)
    }

    /// Its word; a saved one has a name of its own beside it.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// What people read.
    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// What it holds, in a sentence.
    pub fn holds(self) -> &'static str {
        self.row().3
    }

    /// All built-in ones, in the order people see them.
    pub fn all() -> impl Iterator<Item = QueueName> {
        TABLE.iter().map(|(queue, ..)| *queue)
    }

    fn row(self) -> (QueueName, &'static str, &'static str, &'static str) {
        if let QueueName::Saved(_) = self {
            return (self, "saved", "Saved queue", "records that its query selects");
        }
        // The table has a row for each other queue: a test looks.
        TABLE.iter().copied().find(|(queue, ..)| *queue == self).unwrap_or(TABLE[TABLE.len() - 1])
    }
}

/// How a list of records is ordered. Every order ends in the record's number, so that it is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sort {
    /// By the day it must have left its step; records without one last.
    #[default]
    Due,
    /// By the last event, newest first.
    Updated,
    /// By VIN.
    Vin,
    /// By priority, higher first, then as [`Sort::Due`].
    Priority,
    /// By how long it is in its step, longest first.
    StepSince,
}

impl Sort {
    /// Every order with its word.
    pub const TABLE: [(Sort, &'static str); 5] = [
        (Sort::Due, "due"),
        (Sort::Updated, "updated"),
        (Sort::Vin, "vin"),
        (Sort::Priority, "priority"),
        (Sort::StepSince, "since"),
    ];

    /// The order of that word.
    pub fn of(word: &str) -> Option<Sort> {
        Sort::TABLE.iter().find(|(_, known)| *known == word).map(|(sort, _)| *sort)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        Sort::TABLE.iter().find(|(sort, _)| *sort == self).map_or("", |(_, word)| word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_queue_and_each_order_is_found_by_its_own_word() {
        for (queue, word, ..) in TABLE {
            assert_eq!((QueueName::of(word), queue.word()), (Some(queue), word));
        }
        for (sort, word) in Sort::TABLE {
            assert_eq!((Sort::of(word), sort.word()), (Some(sort), word));
        }
    }
}

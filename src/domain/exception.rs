//! Exceptions: something a person or the desk raised that must be settled.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::address::Address;
use super::identity::{ExceptionId, Login};
use super::moment::Moment;
use super::policy::ExceptionKind;

/// Where an exception stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Raised, nobody at it.
    Open,
    /// Somebody owns it.
    InProgress,
    /// Settled.
    Resolved,
    /// Let pass, with a lead's reason and perhaps a last day.
    Waived,
    /// Taken back by whoever raised it, at once and by undoing: it was never meant.
    Withdrawn,
}

impl State {
    /// All of them.
    pub const ALL: [State; 5] = [State::Open, State::InProgress, State::Resolved, State::Waived, State::Withdrawn];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::InProgress => "in-progress",
            State::Resolved => "resolved",
            State::Waived => "waived",
            State::Withdrawn => "withdrawn",
        }
    }
}

/// One exception on a record, or on one entry of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its number on the desk.
    pub id: ExceptionId,
    /// The policy's name of its kind.
    pub kind: String,
    /// The entry it speaks of, if one.
    pub at: Option<Address>,
    /// Whether it blocks the way to release while it is not settled.
    pub blocking: bool,
    /// Where it stands.
    pub state: State,
    /// Who is to settle it.
    pub owner: Option<Login>,
    /// What it is about.
    pub text: String,
    /// Who raised it; the desk itself when nobody.
    pub raised_by: Option<Login>,
    /// When.
    pub raised_at: Moment,
    /// How it was settled.
    pub outcome: Option<Settlement>,
    /// The change it was raised about, as it was then; `None` when it speaks of no change.
    pub about: Option<About>,
    /// What people wrote about it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discussion: Vec<Remark>,
    /// The number of the exception that gives the group its name, where it was linked with the same fault on other
    /// records. Each is still settled on its own record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<ExceptionId>,
}

/// Something somebody wrote about an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Who.
    pub by: Login,
    /// When.
    pub at: Moment,
    /// What.
    pub text: String,
    /// When they took it back, if they did; what was said stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub struck_at: Option<Moment>,
}

/// The values a change had when an exception was raised about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The effective value before our stage.
    pub before: Option<String>,
    /// Our value.
    pub ours: Option<String>,
}

/// How an exception was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// In whose words.
    pub text: String,
    /// Who.
    pub by: Login,
    /// When.
    pub at: Moment,
    /// The last day of a waiver, if it has one.
    pub until: Option<NaiveDate>,
}

impl Exception {
    /// One that the desk itself raises: as its kind has it, and nobody's.
    pub fn by_desk(id: ExceptionId, kind: &ExceptionKind, at: Option<&Address>, text: &str, now: Moment) -> Exception {
        Exception {
            id,
            kind: kind.name.clone(),
            at: at.cloned(),
            blocking: kind.blocking,
            state: State::Open,
            owner: None,
            text: text.to_owned(),
            raised_by: None,
            raised_at: now,
            outcome: None,
            about: None,
            discussion: Vec::new(),
            group: None,
        }
    }

    /// Whether it is still to be settled on this day: a waiver that ended counts as open again.
    pub fn is_open_on(&self, day: NaiveDate) -> bool {
        match self.state {
            State::Open | State::InProgress => true,
            State::Resolved | State::Withdrawn => false,
            State::Waived => self.waiver_ended(day).is_some(),
        }
    }

    /// The last day of a waiver that ended before this day.
    pub fn waiver_ended(&self, day: NaiveDate) -> Option<NaiveDate> {
        let until = self.outcome.as_ref().filter(|_| self.state == State::Waived)?.until?;
        (until < day).then_some(until)
    }

    /// Where it stands on this day, a waiver that ended taken into account.
    pub fn state_on(&self, day: NaiveDate) -> State {
        if self.state == State::Waived && self.is_open_on(day) { State::Open } else { self.state }
    }
}

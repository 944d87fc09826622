//! Everything anyone can do to a record. There is no other way to change one.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::address::Address;
use super::approval::{ApprovalNumber, Status};
use super::content::Content;
use super::identity::{Digest, ExceptionId, Login};
use super::receipt::{Answer, Enclosed};
use super::record::StageFault;

/// An act on one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A message of an earlier stage came in.
    Receive(Received),
    /// A row of a build sheet came in.
    Prepare(SheetRow),
    /// The record gets an owner, or none.
    Assign {
        /// Who, if anybody.
        to: Option<Login>,
        /// Why; a hand-over from somebody else must say it.
        reason: Option<String>,
    },
    /// Values are declared, or (without a value) no longer declared, so that the earlier value stands again.
    SetValues {
        /// What.
        values: BTreeMap<Address, Option<Given>>,
        /// Why.
        reason: String,
    },
    /// A row of an earlier stage's table is dropped.
    RemoveRow {
        /// Which, numbered as in the stage before.
        row: Address,
        /// Why.
        reason: String,
    },
    /// Changes are confirmed.
    Confirm {
        /// Which; every undecided one without a finding that blocks it when `None`.
        addresses: Option<Vec<Address>>,
    },
    /// An exception is raised.
    Flag {
        /// The policy's name of its kind.
        kind: String,
        /// The entry, if one.
        at: Option<Address>,
        /// Whether it blocks; as the kind says when `None`.
        blocking: Option<bool>,
        /// What it is about.
        text: String,
        /// Who is to settle it.
        to: Option<Login>,
    },
    /// Something is done about an exception.
    Settle {
        /// Which.
        id: ExceptionId,
        /// What.
        how: Settle,
    },
    /// A checkpoint is signed.
    Sign {
        /// Which; the step's own when `None`.
        checkpoint: Option<String>,
        /// What the sign-off says; as the policy has it when `None`.
        meaning: Option<String>,
    },
    /// The record moves to the next step, signing the step's checkpoint on the way when the actor may.
    Advance {
        /// Why, where there is something to say.
        reason: Option<String>,
    },
    /// The record goes back to an earlier step.
    Return {
        /// Which.
        to: String,
        /// Why.
        reason: String,
    },
    /// Work stops for a time.
    Hold {
        /// Why.
        reason: String,
        /// The last day of it.
        until: Option<NaiveDate>,
    },
    /// Work goes on.
    Resume {
        /// Why, where there is something to say.
        reason: Option<String>,
    },
    /// The sealed message is released.
    Release(Sealed),
    /// What came back from the authority for a released version is recorded.
    Receipt(CameBack),
    /// The desk tells the record what became of the approval it names.
    ApprovalNews(ApprovalNews),
    /// A remark.
    Note {
        /// What.
        text: String,
    },
    /// What somebody who left owned of the record is nobody's.
    Vacate {
        /// Who left.
        who: Login,
    },
    /// The record moves to another scope, and so under the policy that governs it there.
    MoveScope {
        /// Which.
        to: String,
        /// Why.
        reason: String,
    },
    /// The record is in the step that the policy in force has for its own.
    Follow,
    /// The actor's last act on the record is taken back, if nobody acted since.
    Undo,
}

impl Action {
    /// Its word in the history.
    pub fn word(&self) -> &'static str {
        match self {
            Action::Receive(_) => "receive",
            Action::Prepare(_) => "prepare",
            Action::Assign { .. } => "assign",
            Action::SetValues { .. } => "set",
            Action::RemoveRow { .. } => "remove-row",
            Action::Confirm { .. } => "confirm",
            Action::Flag { .. } => "flag",
            Action::Settle { how, .. } => how.word(),
            Action::Sign { .. } => "sign",
            Action::Advance { .. } => "advance",
            Action::Return { .. } => "return",
            Action::Hold { .. } => "hold",
            Action::Resume { .. } => "resume",
            Action::Release(_) => "release",
            Action::Receipt(_) => "receipt",
            Action::ApprovalNews(_) => "approval-news",
            Action::Note { .. } => "note",
            Action::Vacate { .. } => "vacate",
            Action::MoveScope { .. } => "scope-move",
            Action::Follow => "policy",
            Action::Undo => "undo",
        }
    }

    /// Whether it can be undone. Never what came in or came back, what was signed by itself, let pass or released: others rely on
    /// it.
    pub fn can_be_undone(&self) -> bool {
        match self {
            Action::Assign { .. }
            | Action::SetValues { .. }
            | Action::RemoveRow { .. }
            | Action::Confirm { .. }
            | Action::Flag { .. }
            | Action::Advance { .. }
            | Action::Return { .. }
            | Action::Hold { .. }
            | Action::Resume { .. }
            | Action::Note { .. } => true,
            Action::Settle { how, .. } => !matches!(how, Settle::Waive { .. }),
            _ => false,
        }
    }
}

impl Action {
    /// The scope the act would have the record join, if it names one.
    pub fn scope_given(&self) -> Option<&str> {
        match self {
            Action::Prepare(row) => row.scope.as_deref(),
            Action::Receive(received) => received.scope.as_deref(),
            _ => None,
        }
    }

    /// The type-approval number the act would have the record name, if it names one.
    pub fn approval_given(&self) -> Option<&str> {
        let at = Address::unchecked("TypeApprovalNumber");
        let given = match self {
            Action::Prepare(row) => row.values.get(&at),
            Action::SetValues { values, .. } => values.get(&at).and_then(Option::as_ref),
            _ => None,
        };
        match given {
            Some(Given::Value(number)) => Some(number),
            Some(Given::Same) | None => None,
        }
    }
}

/// A value as somebody gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// This value.
    Value(String),
    /// The effective value of the stages before, restated (`=` in a build sheet).
    Same,
}

/// What became of an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalNews {
    /// Which.
    pub number: ApprovalNumber,
    /// What its status is.
    pub status: Status,
    /// From which day on; for vehicles of any day without one.
    pub from: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

/// A message of an earlier stage, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The build stage it is of: the highest manufacturer stage number it names.
    pub stage: u8,
    /// What it says.
    pub content: Content,
    /// What is wrong with it.
    pub faults: Vec<StageFault>,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The file's name.
    pub source: String,
    /// What became of checking its signature, in words.
    pub signature: String,
    /// The scope a new record joins.
    pub scope: Option<String>,
}

/// One row of a build sheet, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetRow {
    /// The build stage it is for: ours.
    pub stage: u8,
    /// The rollout scope.
    pub scope: Option<String>,
    /// The order.
    pub order: Option<String>,
    /// Codes of the build options, when the sheet speaks of them.
    pub options: Option<Vec<String>>,
    /// The day the record must be ready by.
    pub due: Option<NaiveDate>,
    /// 0 is ordinary; higher comes first.
    pub priority: Option<u8>,
    /// Who prepares it.
    pub preparer: Option<Login>,
    /// Entries by address; `type`, `variant`, `version`, `approval` and `built` among them.
    pub values: BTreeMap<Address, Given>,
    /// The file and line, as in `vans.csv:4`.
    pub source: String,
}

/// What is done about an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settle {
    /// It gets an owner.
    Assign {
        /// Who.
        to: Login,
    },
    /// It is settled.
    Resolve {
        /// How.
        text: String,
    },
    /// It is let pass.
    Waive {
        /// Why.
        text: String,
        /// The last day of it.
        until: Option<NaiveDate>,
    },
    /// It is opened again.
    Reopen {
        /// Why.
        text: String,
    },
    /// Something is said about it.
    Comment {
        /// What.
        text: String,
    },
    /// It is counted with the same fault on other records, or, without one, stands alone again.
    Link {
        /// The exception that gives the group its name.
        with: Option<Linked>,
    },
}

/// The exception that another is linked with, as it was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its group: the number of the exception the group began with.
    pub group: ExceptionId,
    /// Its kind.
    pub kind: String,
    /// Its entry.
    pub at: Option<Address>,
}

impl Settle {
    fn word(&self) -> &'static str {
        match self {
            Settle::Assign { .. } => "exception-assign",
            Settle::Resolve { .. } => "exception-resolve",
            Settle::Waive { .. } => "exception-waive",
            Settle::Reopen { .. } => "exception-reopen",
            Settle::Comment { .. } => "exception-comment",
            Settle::Link { .. } => "exception-link",
        }
    }
}

/// What came back from the authority, as somebody records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameBack {
    /// For which released version; for the newest when `None`.
    pub version: Option<u8>,
    /// What it says.
    pub answer: Answer,
    /// In which words.
    pub text: String,
    /// The file it came with.
    pub file: Option<AnswerFile>,
}

/// The file of an answer, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFile {
    /// Its name and the SHA-256 of its bytes.
    pub named: Enclosed,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A sealed message, verified as bytes, ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The bytes, never to be serialised anew.
    pub bytes: Vec<u8>,
    /// Their SHA-256.
    pub sha256: Digest,
    /// The message's reference: a UUID of version 4.
    pub reference: String,
    /// The hash of the certificate's content they were made from.
    pub content: Digest,
    /// The subject of the seal's certificate.
    pub sealed_by: String,
}

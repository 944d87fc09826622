//! The policy: workflow as data. Steps, who acts in them, gates, checkpoints, exception kinds, grades of checks, options.
//!
//! How a policy file is read, and each of its faults placed, is `config::policy`'s; how it is obeyed, [`plan`](super::plan)'s.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::checks::Grade;
use super::person::Role;

/// A condition on leaving a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// The record has an owner.
    OwnerNamed,
    /// The record names an approval this desk knows and that may be used.
    ApprovalReferenced,
    /// No finding that blocks.
    NoBlockingFinding,
    /// Every change is confirmed, or an exception speaks of it.
    ChangesDecided,
    /// No open exception that blocks.
    NoBlockingException,
    /// Every checkpoint of the steps before has a sign-off that holds.
    SignedOff,
}

impl Gate {
    /// Every gate, with its word in policies and what it asks for.
    pub const TABLE: [(Gate, &'static str, &'static str); 6] = [
        (Gate::OwnerNamed, "owner-named", "somebody owns the record"),
        (Gate::ApprovalReferenced, "approval-referenced", "an approval of this desk is named and may be used"),
        (Gate::NoBlockingFinding, "no-blocking-finding", "no finding blocks"),
        (Gate::ChangesDecided, "changes-decided", "every change is confirmed or has an exception"),
        (Gate::NoBlockingException, "no-blocking-exception", "no blocking exception is open"),
        (Gate::SignedOff, "signed-off", "every checkpoint before is signed and holds"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Gate::TABLE.iter().find(|(gate, ..)| *gate == self).map_or("", |(_, word, _)| word)
    }

    /// What it asks for.
    pub fn asks(self) -> &'static str {
        Gate::TABLE.iter().find(|(gate, ..)| *gate == self).map_or("", |(.., asks)| asks)
    }

    /// The gate of that word.
    pub fn of(word: &str) -> Option<Gate> {
        Gate::TABLE.iter().find(|(_, known, _)| *known == word).map(|(gate, ..)| *gate)
    }
}

/// Who must not act in a step, whatever their roles: the four-eyes rules a policy can add. That nobody signs or
/// releases what they changed themselves is no matter of policy and always holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Excluded {
    /// The preparer the record names.
    Preparer,
    /// Who changed the content last.
    LastEditor,
}

impl Excluded {
    /// All of them.
    pub const ALL: [Excluded; 2] = [Excluded::Preparer, Excluded::LastEditor];

    /// Its word in policies.
    pub fn word(self) -> &'static str {
        match self {
            Excluded::Preparer => "preparer",
            Excluded::LastEditor => "last-editor",
        }
    }

    /// The exclusion of that word.
    pub fn of(word: &str) -> Option<Excluded> {
        Excluded::ALL.into_iter().find(|excluded| excluded.word() == word)
    }
}

/// What becomes of a record in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It moves on with `advance`.
    #[default]
    Advance,
    /// It is sealed with `release`.
    Release,
    /// It stays: released or archived.
    Rest,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 3] = [Outcome::Advance, Outcome::Release, Outcome::Rest];

    /// Its word in policies.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Advance => "advance",
            Outcome::Release => "release",
            Outcome::Rest => "rest",
        }
    }

    /// The outcome of that word.
    pub fn of(word: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// One step of the workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name: `review`.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The roles that act in it.
    pub acts: Vec<Role>,
    /// Who must not, whatever their roles.
    pub not: Vec<Excluded>,
    /// Whether content may be changed in it.
    pub edit: bool,
    /// Conditions on leaving it.
    pub gates: Vec<Gate>,
    /// The decision that leaving it asks for, if any.
    pub checkpoint: Option<String>,
    /// What the sign-off of the checkpoint says.
    pub meaning: Option<String>,
    /// Working days a record may stay in it; no limit without.
    pub due_days: Option<u16>,
    /// How a record leaves it.
    pub outcome: Outcome,
}

/// A kind of exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionKind {
    /// Its name: `value-out-of-envelope`.
    pub name: String,
    /// What people read.
    pub title: String,
    /// Whether one blocks unless it is said otherwise.
    pub blocking: bool,
    /// The role that settles it by default.
    pub settled_by: Role,
}

/// A build option and what it implies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildOption {
    /// Its code: `TAILLIFT`.
    pub code: String,
    /// What people read.
    pub title: String,
    /// Catalogue paths of the entries that a completion with it must restate.
    pub restate: Vec<String>,
    /// Regulations for which the approval must name a subject approval.
    pub regulations: Vec<String>,
}

/// A whole policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its number on the desk: 1 is the first one applied.
    pub version: u32,
    /// Steps in the order of the work.
    pub steps: Vec<Step>,
    /// Kinds of exceptions.
    pub exception_kinds: Vec<ExceptionKind>,
    /// Grades that differ from the catalogue of checks.
    pub grades: BTreeMap<String, Grade>,
    /// Build options.
    pub options: Vec<BuildOption>,
}

impl Policy {
    /// The step of that name.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// The place of a step in the work, from 0.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }

    /// The step after `name`.
    pub fn after(&self, name: &str) -> Option<&Step> {
        self.place(name).and_then(|at| self.steps.get(at + 1))
    }

    /// The step that releases.
    pub fn releasing(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.outcome == Outcome::Release)
    }

    /// The kind of exception of that name.
    pub fn exception_kind(&self, name: &str) -> Option<&ExceptionKind> {
        self.exception_kinds.iter().find(|kind| kind.name == name)
    }

    /// The option of that code.
    pub fn option(&self, code: &str) -> Option<&BuildOption> {
        self.options.iter().find(|option| option.code == code)
    }
}

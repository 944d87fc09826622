//! The policy: workflow as data. Steps, who acts in them, gates, checkpoints, exception kinds, grades of checks, options.
//!
//! How a policy file is read, and each of its faults placed, is `config::policy`'s; how it is obeyed, [`plan`](super::plan)'s.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::checks::Grade;
use super::due::Calendar;
use super::identity::Login;
use super::options::BuildOption;
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
    /// Whoever changed content of this version.
    AnyEditor,
    /// Whoever signed the checkpoint of the step in which changes are confirmed.
    Reviewer,
    /// Whoever signed the checkpoint of any earlier step.
    Signer,
}

impl Excluded {
    /// All of them.
    pub const ALL: [Excluded; 5] =
        [Excluded::Preparer, Excluded::LastEditor, Excluded::AnyEditor, Excluded::Reviewer, Excluded::Signer];

    /// Its word in policies.
    pub fn word(self) -> &'static str {
        match self {
            Excluded::Preparer => "preparer",
            Excluded::LastEditor => "last-editor",
            Excluded::AnyEditor => "any-editor",
            Excluded::Reviewer => "reviewer",
            Excluded::Signer => "signer",
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

/// Who owns a record that comes to a step and has no owner who could keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum NextOwner {
    /// Nobody: it waits to be taken.
    #[default]
    None,
    /// Who prepares it, where they can act in the step.
    Preparer,
    /// Those who can act in the step, one after the other.
    RoundRobin,
    /// Whoever of them owns the fewest records in work.
    LeastLoaded,
}

impl NextOwner {
    /// All of them.
    pub const ALL: [NextOwner; 4] =
        [NextOwner::None, NextOwner::Preparer, NextOwner::RoundRobin, NextOwner::LeastLoaded];

    /// Its word in policies.
    pub fn word(self) -> &'static str {
        match self {
            NextOwner::None => "none",
            NextOwner::Preparer => "preparer",
            NextOwner::RoundRobin => "round-robin",
            NextOwner::LeastLoaded => "least-loaded",
        }
    }

    /// The rule of that word.
    pub fn of(word: &str) -> Option<NextOwner> {
        NextOwner::ALL.into_iter().find(|rule| rule.word() == word)
    }
}

/// An act that a policy may ask a reason for. Hand-overs, changes of content, returns, holds, settlements and waivers are
/// not among them: they need one always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reasoned {
    /// Taking a record nobody owns.
    Take,
    /// Giving a record nobody owns to somebody else.
    Assign,
    /// Moving a record on.
    Advance,
}

impl Reasoned {
    /// All of them.
    pub const ALL: [Reasoned; 3] = [Reasoned::Take, Reasoned::Assign, Reasoned::Advance];

    /// Its word in policies.
    pub fn word(self) -> &'static str {
        match self {
            Reasoned::Take => "take",
            Reasoned::Assign => "assign",
            Reasoned::Advance => "advance",
        }
    }

    /// The act of that word.
    pub fn of(word: &str) -> Option<Reasoned> {
        Reasoned::ALL.into_iter().find(|act| act.word() == word)
    }
}

/// Which entries a message of ours carries beside those that every message must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Entries {
    /// What our stage changed or added, whole tables where a cell changed: each stage answers for the data of its own
    /// (Regulation (EU) 2018/858; EUCARIS setup manual 1.5, multi-stage vehicles).
    #[default]
    Changed,
    /// The whole certificate restated, as the last stage did before and as some receivers still ask for.
    Whole,
}

impl Entries {
    /// Both of them.
    pub const ALL: [Entries; 2] = [Entries::Changed, Entries::Whole];

    /// Its word in policies.
    pub fn word(self) -> &'static str {
        match self {
            Entries::Changed => "changed",
            Entries::Whole => "whole",
        }
    }

    /// The form of that word.
    pub fn of(word: &str) -> Option<Entries> {
        Entries::ALL.into_iter().find(|entries| entries.word() == word)
    }
}

/// The form of the messages that are released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Release {
    /// Which entries they carry.
    pub entries: Entries,
}

/// One step of the workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
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
    /// Who owns a record that comes to it.
    #[serde(default)]
    pub owner: NextOwner,
}

impl Step {
    /// Whether it asks for other eyes than those that changed the content: as `plan` does when somebody moves on, signs or
    /// releases in it.
    pub fn asks_other_eyes(&self) -> bool {
        self.checkpoint.is_some() || !self.not.is_empty() || self.outcome == Outcome::Release
    }
}

/// Who settles an exception of a kind, unless somebody else is named when it is raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Settler {
    /// This person.
    Login(Login),
    /// Whoever of this role has the fewest exceptions to settle.
    Role(Role),
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
    /// Who owns one that nobody was named for.
    #[serde(default)]
    pub owner: Option<Settler>,
}

/// A step of the policy before that has another name in this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// What it was called.
    pub from: String,
    /// What it is called now.
    pub to: String,
}

/// A whole policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
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
    /// Build options, where the policy carries them: what holds until an options file is applied.
    #[serde(default)]
    pub options: Vec<BuildOption>,
    /// The form of the messages that are released.
    #[serde(default)]
    pub release: Release,
    /// Which days are no working days.
    #[serde(default)]
    pub calendar: Calendar,
    /// Acts that need a reason here, beside those that need one always.
    #[serde(default)]
    pub reasons: BTreeSet<Reasoned>,
    /// Steps of the policy before under their names in this one.
    #[serde(default)]
    pub renames: Vec<Rename>,
}

impl Policy {
    /// The step of that name; a name of the policy before finds what it is called now.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.place(name).and_then(|at| self.steps.get(at))
    }

    /// The place of a step in the work, from 0.
    pub fn place(&self, name: &str) -> Option<usize> {
        let called = |name: &str| self.steps.iter().position(|step| step.name == name);
        called(name).or_else(|| called(&self.renames.iter().find(|rename| rename.from == name)?.to))
    }

    /// The checkpoints of the steps before `step`.
    pub fn checkpoints_before(&self, step: &str) -> impl Iterator<Item = (&Step, &str)> {
        let before = self.steps.iter().take(self.place(step).unwrap_or(0));
        before.filter_map(|step| step.checkpoint.as_deref().map(|checkpoint| (step, checkpoint)))
    }

    /// The checkpoints whose signers must not act in `step`.
    pub fn excluded_signers<'a>(&'a self, step: &'a Step) -> impl Iterator<Item = &'a str> {
        let all = step.not.contains(&Excluded::Signer);
        let review = step.not.contains(&Excluded::Reviewer);
        let decides = move |other: &Step| review && other.gates.contains(&Gate::ChangesDecided);
        self.checkpoints_before(&step.name).filter(move |(other, _)| all || decides(other)).map(|(_, name)| name)
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
}

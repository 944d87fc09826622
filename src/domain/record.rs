//! The record: our certificate for one VIN at our build stage, with all the work done on it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::address::{Address, Place};
use super::approval::{ApprovalNumber, Status};
use super::content::Content;
use super::exception::Exception;
use super::heard::Heard;
use super::identity::{Digest, ExceptionId, Login, RecordId, Seq, Vin};
use super::moment::Moment;
use super::receipt::Receipt;
use super::since::Seen;

/// A received build stage: one revision of the message of one manufacturer's part in the vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// 1 is the base vehicle.
    pub number: u8,
    /// 1 for the first message received for it, one more for each correction.
    pub revision: u32,
    /// Everything the message says, header included.
    pub content: Content,
    /// What was wrong with it, found on reading: kept, and shown as findings.
    pub faults: Vec<StageFault>,
    /// When it was received.
    pub received_at: Moment,
    /// The SHA-256 of the bytes received.
    pub sha256: Digest,
    /// The file it came from.
    pub source: String,
    /// What became of checking its signature, in words; they begin with `valid` where it holds.
    pub signature: String,
}

impl Stage {
    /// Whether its signature was checked and holds.
    pub fn signature_holds(&self) -> bool {
        self.signature.starts_with("valid")
    }
}

/// Something a received message has that the catalogue does not know, or a value that does not fit its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageFault {
    /// Where, as far as an address can say it.
    pub place: String,
    /// What.
    pub message: String,
}

/// A value our stage declares, and who said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// The value as it was given.
    pub value: String,
    /// Who.
    pub by: Login,
    /// When.
    pub at: Moment,
    /// Why, or the build sheet it came from.
    pub reason: String,
}

/// A reviewer's yes to one change: to this value before and this value of ours, and to no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The effective value before our stage.
    pub before: Option<String>,
    /// Our value.
    pub ours: Option<String>,
    /// Who.
    pub by: Login,
    /// When.
    pub at: Moment,
    /// Whether whoever gave it changed content of this version since: nobody confirms what they had a hand in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
}

impl Confirmation {
    /// Whether it was given to exactly this value before and this value of ours, void or not.
    pub fn is_of(&self, before: Option<&str>, ours: Option<&str>) -> bool {
        self.before.as_deref() == before && self.ours.as_deref() == ours
    }
}

/// A person's signed answer at a checkpoint, bound to the content's hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// The checkpoint.
    pub checkpoint: String,
    /// The message version it is for.
    pub version: u8,
    /// Who.
    pub by: Login,
    /// When.
    pub at: Moment,
    /// What it says.
    pub meaning: String,
    /// The SHA-256 of the content it was given for.
    pub content: Digest,
    /// When later work made it void, if it did.
    pub void_at: Option<Moment>,
    /// What it was given on, in short: what the next signer is shown the difference to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Seen,
}

impl SignOff {
    /// Whether it was given for exactly this content, and nothing made it void since.
    pub fn holds_for(&self, content: Digest) -> bool {
        self.void_at.is_none() && self.content == content
    }
}

/// A flag that stops work for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// The last day of it, if it ends by itself.
    pub until: Option<NaiveDate>,
    /// Who.
    pub by: Login,
    /// When.
    pub at: Moment,
}

/// One sealed version of the record's message, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The message version.
    pub version: u8,
    /// The message's reference: a UUID of version 4.
    pub reference: String,
    /// When it was sealed.
    pub sealed_at: Moment,
    /// Who released it.
    pub by: Login,
    /// The SHA-256 of the sealed bytes.
    pub sha256: Digest,
    /// The SHA-256 of the content the sign-offs were given for.
    pub content: Digest,
    /// The subject of the seal's certificate.
    pub sealed_by: String,
}

/// What the desk told a record about the status of the approval it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalTold {
    /// The approval.
    pub number: ApprovalNumber,
    /// Its status.
    pub status: Status,
    /// From which day on; for vehicles of any day without one.
    pub from: Option<NaiveDate>,
    /// The exception that was raised about it, if one was.
    pub exception: Option<ExceptionId>,
}

/// A record with everything that decides about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number on the desk.
    pub id: RecordId,
    /// The vehicle.
    pub vin: Vin,
    /// Our build stage.
    pub build_stage: u8,
    /// The message version in work.
    pub version: u8,
    /// The rollout scope it belongs to.
    pub scope: Option<String>,
    /// The customer's or production order.
    pub order: Option<String>,
    /// Where it is in the policy's workflow.
    pub step: String,
    /// Since when.
    pub step_since: Moment,
    /// Who owns it now.
    pub owner: Option<Login>,
    /// Who prepares it.
    pub preparer: Option<Login>,
    /// The day it must be ready by, when one was given.
    pub due: Option<NaiveDate>,
    /// 0 is ordinary; higher comes first.
    pub priority: u8,
    /// The flag that stops work, if it is set.
    pub hold: Option<Hold>,
    /// Codes of the build options.
    pub options: BTreeSet<String>,
    /// The latest revision of each earlier stage, in order.
    pub stages: Vec<Stage>,
    /// What our stage declares.
    pub declared: BTreeMap<Address, Declared>,
    /// Rows of the stages before that our stage drops (`AxleTable[3]`), numbered as they are there.
    pub dropped: BTreeMap<Address, Declared>,
    /// What build sheets said of it before.
    pub heard: Heard,
    /// Entries of the stages before that a correction changed, and when.
    pub corrected: BTreeMap<Address, Moment>,
    /// Changes somebody confirmed.
    pub confirmations: BTreeMap<Address, Confirmation>,
    /// Everything raised, settled or not.
    pub exceptions: Vec<Exception>,
    /// Every sign-off, void ones too, oldest first.
    pub signoffs: Vec<SignOff>,
    /// Every release, oldest first.
    pub releases: Vec<Release>,
    /// What came back from the authority for them, oldest first.
    pub receipts: Vec<Receipt>,
    /// Who changed content of this version.
    pub editors: BTreeSet<Login>,
    /// Who did so last.
    pub last_editor: Option<Login>,
    /// What it was told last about the status of its approval.
    pub told: Option<ApprovalTold>,
    /// When it came to be.
    pub created_at: Moment,
    /// When anything about it last changed.
    pub updated_at: Moment,
    /// The event that did so: what a person saw, and what a conflict is measured against.
    pub seq: Seq,
}

impl Record {
    /// A new record in the first step.
    pub fn new(id: RecordId, vin: Vin, build_stage: u8, step: &str, at: Moment) -> Self {
        Record {
            id,
            vin,
            build_stage,
            version: 1,
            scope: None,
            order: None,
            step: step.to_owned(),
            step_since: at,
            owner: None,
            preparer: None,
            due: None,
            priority: 0,
            hold: None,
            options: BTreeSet::new(),
            stages: Vec::new(),
            declared: BTreeMap::new(),
            dropped: BTreeMap::new(),
            heard: Heard::default(),
            corrected: BTreeMap::new(),
            confirmations: BTreeMap::new(),
            exceptions: Vec::new(),
            signoffs: Vec::new(),
            releases: Vec::new(),
            receipts: Vec::new(),
            editors: BTreeSet::new(),
            last_editor: None,
            told: None,
            created_at: at,
            updated_at: at,
            seq: Seq(0),
        }
    }

    /// What our stage declares at an address the caller writes out.
    pub fn declares(&self, address: &str) -> Option<&str> {
        self.declared.get(&address as &dyn Place).map(|declared| declared.value.as_str())
    }

    /// Whether it is held on this day.
    pub fn held_on(&self, day: NaiveDate) -> bool {
        self.hold.as_ref().is_some_and(|hold| hold.until.is_none_or(|until| day <= until))
    }

    /// Whether somebody signed one of these checkpoints of the version in work, whatever became of it.
    pub fn has_signed(&self, login: &Login, checkpoints: &[&str]) -> bool {
        self.signoffs.iter().any(|signoff| {
            signoff.version == self.version
                && signoff.by == *login
                && checkpoints.contains(&signoff.checkpoint.as_str())
        })
    }

    /// The stages before ours of which a message came in after a release: what was released rests on another content
    /// of them.
    pub fn stages_changed_since(&self, release: &Release) -> Vec<u8> {
        let later = self.stages.iter().filter(|stage| stage.received_at > release.sealed_at);
        later.map(|stage| stage.number).collect()
    }

    /// What came back for a released version, oldest first.
    pub fn answers_to(&self, version: u8) -> impl DoubleEndedIterator<Item = &Receipt> {
        self.receipts.iter().filter(move |receipt| receipt.version == version)
    }

    /// The answer that counts: the last one to a released version.
    pub fn answer_to(&self, version: u8) -> Option<&Receipt> {
        self.answers_to(version).next_back()
    }

    /// The sign-off at a checkpoint that holds for this content of the version in work.
    pub fn signed(&self, checkpoint: &str, content: Digest) -> Option<&SignOff> {
        self.signoffs.iter().rev().find(|signoff| {
            signoff.checkpoint == checkpoint && signoff.version == self.version && signoff.holds_for(content)
        })
    }
}

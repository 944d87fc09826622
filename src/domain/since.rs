//! What changed since a checkpoint was last signed, so that the next signer reviews the difference and nothing else.
//!
//! A sign-off keeps a short digest of every decision it was given on. The hash of the content says *that* something
//! changed, and alone decides whether the sign-off holds; these digests only say *what*.

use std::collections::{BTreeMap, BTreeSet};

use super::address::Address;
use super::certificate::{Case, Certificate, Change};
use super::identity::Digest;
use super::policy::Outcome;
use super::record::{Record, SignOff};

/// The decisions a sign-off was given on: four bytes of the SHA-256 of each address, and four of its values.
pub type Seen = Vec<(u32, u32)>;

/// Stands for the build options among the addresses: no entry is called so.
const OPTIONS: &str = "build options";

/// Stands for the whole certificate as the form of the message, among the addresses again.
const WHOLE: &str = "whole certificate";

/// What changed since a sign-off that no longer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// The sign-off.
    pub signoff: SignOff,
    /// Entries that are not what they were.
    pub addresses: BTreeSet<Address>,
    /// How many entries were ours then and are gone from the certificate.
    pub gone: usize,
    /// Whether the build options are others.
    pub options: bool,
    /// Whether the message restates the whole certificate where it did not then, or the other way round.
    pub form: bool,
}

impl Since {
    /// What is new to the next signer, in words: `2 changes since the technical review of 2026-11-20 by review`.
    pub fn words(&self) -> String {
        let count = self.addresses.len() + self.gone;
        let mut what = match count {
            0 => "no change".to_owned(),
            1 => "1 change".to_owned(),
            _ => format!("{count} changes"),
        };
        if self.options {
            what.push_str(" and other build options");
        }
        if self.form {
            what.push_str(" and another form of the message, by the policy,");
        }
        let SignOff { checkpoint, at, by, .. } = &self.signoff;
        format!("{what} since the {checkpoint} of {} by {by}", at.day())
    }
}

/// What a sign-off given now is given on.
pub fn seen(record: &Record, certificate: &Certificate) -> Seen {
    let mut seen: Seen =
        certificate.decisions().map(|change| (key(change.address.as_str()), value_of(change))).collect();
    seen.push((key(OPTIONS), value_of_options(record)));
    if is_whole(certificate) {
        seen.push((key(WHOLE), 0));
    }
    seen.sort_unstable();
    seen
}

/// What changed since the checkpoint was last signed in this version; `None` where it holds, was never signed, or was
/// signed before sign-offs kept what they were given on.
pub fn since(case: &Case<'_>, certificate: &Certificate, checkpoint: &str) -> Option<Since> {
    let record = case.record;
    if record.signed(checkpoint, certificate.hash).is_some() {
        return None;
    }
    let ours = |signoff: &&SignOff| signoff.checkpoint == checkpoint && signoff.version == record.version;
    let signoff = record.signoffs.iter().rev().find(ours)?.clone();
    let mut seen: BTreeMap<u32, u32> = signoff.seen.iter().copied().collect();
    let options = seen.remove(&key(OPTIONS))? != value_of_options(record);
    let form = seen.remove(&key(WHOLE)).is_some() != is_whole(certificate);
    let mut addresses = BTreeSet::new();
    for change in &certificate.changes {
        let then = seen.remove(&key(change.address.as_str()));
        let differs = match then {
            Some(then) => !change.needs_decision || then != value_of(change),
            None => change.needs_decision || corrected_since(record, &change.address, &signoff),
        };
        if differs {
            addresses.insert(change.address.clone());
        }
    }
    Some(Since { signoff, addresses, gone: seen.len(), options, form })
}

/// The same for the first checkpoint of the work that was signed and must be signed again. Nothing is signed any more where
/// a record rests.
pub fn since_next(case: &Case<'_>, certificate: &Certificate) -> Option<Since> {
    if case.policy.step(&case.record.step)?.outcome == Outcome::Rest {
        return None;
    }
    let mut checkpoints = case.policy.steps.iter().filter_map(|step| step.checkpoint.as_deref());
    checkpoints.find_map(|checkpoint| since(case, certificate, checkpoint))
}

/// Whether a sign-off that nothing made void was given for another form of the message than the policy asks for now.
pub fn has_other_form(signoff: &SignOff, certificate: &Certificate) -> bool {
    let whole = signoff.seen.iter().any(|(address, _)| *address == key(WHOLE));
    signoff.void_at.is_none() && !signoff.seen.is_empty() && whole != is_whole(certificate)
}

/// What is only inherited needs no decision and so stands in no sign-off; a correction of the base says when it changed.
fn corrected_since(record: &Record, address: &Address, signoff: &SignOff) -> bool {
    record.corrected.get(address).is_some_and(|at| *at > signoff.at)
}

fn is_whole(certificate: &Certificate) -> bool {
    !certificate.restated.is_empty()
}

fn key(text: &str) -> u32 {
    short(&Digest::of(text.as_bytes()))
}

fn value_of(change: &Change) -> u32 {
    let mut bytes = Vec::new();
    for value in [&change.before, &change.ours] {
        let text = value.as_deref().unwrap_or_default();
        bytes.push(u8::from(value.is_some()));
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    short(&Digest::of(&bytes))
}

fn value_of_options(record: &Record) -> u32 {
    key(&record.options.iter().map(String::as_str).collect::<Vec<_>>().join(";"))
}

fn short(digest: &Digest) -> u32 {
    let [a, b, c, d, ..] = digest.0;
    u32::from_be_bytes([a, b, c, d])
}

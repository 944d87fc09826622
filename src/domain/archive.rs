//! The archive: a released version as it is listed, what is known of one, and what verifying one found. Pure.

use super::event::{Event, Facts};
use super::identity::{Login, RecordId, Seq, Vin};
use super::moment::Moment;
use super::receipt::{Answer, Receipt};
use super::record::{Record, Release};

/// A released version: the record, and the version of its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseId {
    /// The record.
    pub record: RecordId,
    /// The version.
    pub version: u8,
}

/// What came after a released version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Later {
    /// Nothing: it is the one that counts.
    Nothing,
    /// A correction is in work.
    InWork(u8),
    /// It was corrected by this version.
    Corrected(u8),
}

/// A line of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Which.
    pub id: ReleaseId,
    /// The vehicle.
    pub vin: Vin,
    /// The release.
    pub release: Release,
    /// The event of it.
    pub seq: Seq,
    /// What came after it.
    pub later: Later,
    /// What the authority said of it last, if anything came back.
    pub answer: Option<Answer>,
    /// The scope of the record.
    pub scope: Option<String>,
    /// The approval and the variant of the record; of a version that was corrected they stand in its message alone.
    pub approval: Option<String>,
    /// See there.
    pub variant: Option<String>,
}

/// What somebody did for a released version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// What: `prepared`, `confirmed`, `signed technical review`, `released`.
    pub what: String,
    /// Who.
    pub by: Login,
    /// The operating system's user that spoke for them, if not their own.
    pub via: Option<String>,
    /// When; of what was done several times the last of them.
    pub at: Moment,
    /// The number of the policy it was done under.
    pub policy: u32,
    /// How many times.
    pub times: usize,
    /// What else is to be known: what was declared by signing, what became of it.
    pub note: Option<String>,
}

/// The seal of a message, by its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Whose certificate.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Its first second.
    pub from: Moment,
    /// Its last second.
    pub until: Moment,
    /// The SHA-256 of the certificate, in hexadecimal.
    pub fingerprint: String,
    /// When the signer says the seal was made.
    pub made: Option<Moment>,
}

/// What a released message says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// How long it is.
    pub bytes: usize,
    /// The version of the schema.
    pub schema: Option<String>,
    /// The type-approval.
    pub approval: Option<String>,
    /// When that was issued.
    pub issued: Option<String>,
    /// Type, variant and version of the vehicle.
    pub version: Vec<String>,
    /// Who signs in it: name, position, place.
    pub signatories: Vec<String>,
    /// Its seal, or why it does not hold.
    pub seal: Result<Seal, String>,
}

/// What is known of a released version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub id: ReleaseId,
    /// What its message says, or why it cannot be read.
    pub stated: Result<Stated, String>,
    /// Who had which hand in it, in the order of time.
    pub hands: Vec<Hand>,
    /// What came back from the authority for it, oldest first.
    pub receipts: Vec<Receipt>,
    /// The other released versions of the record: number, and when it was sealed.
    pub others: Vec<(u8, Moment)>,
    /// What this desk says of the record's approval today, where it is another word than valid.
    pub standing: Option<String>,
    /// The stages before ours of which a message came in since: what was released rests on other content of them.
    pub stages_since: Vec<u8>,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub what: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// How it was found.
    pub detail: String,
}

/// What verifying a released version found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// When it was verified.
    pub at: Moment,
    /// What was checked.
    pub checks: Vec<Check>,
}

impl Verdict {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.failed().next().is_none()
    }

    /// What does not hold.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.holds)
    }

    /// Adds a check that holds, or does not.
    pub fn add(&mut self, what: &'static str, found: Result<String, String>) {
        let holds = found.is_ok();
        let detail = found.unwrap_or_else(|fault| fault);
        self.checks.push(Check { what, holds, detail });
    }
}

/// Acts that make the content of a version, and the one that says yes to it, as they are told of it.
const WORK: [(&str, &str); 4] =
    [("prepare", "prepared"), ("set", "prepared"), ("remove-row", "prepared"), ("confirm", "confirmed")];

/// Who had which hand in a released version, as the history tells it, in the order of time.
pub fn hands(record: &Record, history: &[Event], version: u8) -> Vec<Hand> {
    let made = |version: u8| history.iter().position(|event| releases(&event.facts, version));
    let Some(end) = made(version) else { return Vec::new() };
    let begin = version.checked_sub(1).and_then(made).map_or(0, |before| before + 1);
    let mut hands: Vec<Hand> = Vec::new();
    let acts = history.get(begin..=end).unwrap_or_default();
    for event in acts.iter().filter(|event| event.facts.undoes.is_none() && !is_undone(acts, event.seq)) {
        let hand = |what: String, note: Option<String>| Hand {
            what,
            by: event.by.clone(),
            via: event.via.clone(),
            at: event.at,
            policy: event.facts.policy,
            times: 1,
            note,
        };
        if let Some((_, what)) = WORK.iter().find(|(word, _)| *word == event.action) {
            again(&mut hands, hand((*what).to_owned(), None));
        }
        for line in event.facts.lines.iter().filter(|line| line.to.is_some()) {
            if let Some(checkpoint) = line.what.strip_prefix("sign-off ") {
                hands.push(hand(format!("signed {checkpoint}"), signed_note(record, event, checkpoint)));
            }
        }
    }
    if let Some(event) = history.get(end) {
        let (by, via) = (event.by.clone(), event.via.clone());
        let policy = event.facts.policy;
        hands.push(Hand { what: "released".to_owned(), by, via, at: event.at, policy, times: 1, note: None });
    }
    hands.sort_by_key(|hand| hand.at);
    hands
}

/// Whether an event made a release of that version.
pub fn releases(facts: &Facts, version: u8) -> bool {
    let what = format!("release version {version}");
    facts.lines.iter().any(|line| line.what == what && line.to.is_some())
}

fn is_undone(acts: &[Event], seq: Seq) -> bool {
    acts.iter().any(|event| event.facts.undoes == Some(seq))
}

/// What somebody did again is told once, with how often and when last.
fn again(hands: &mut Vec<Hand>, hand: Hand) {
    match hands.iter_mut().find(|known| known.what == hand.what && known.by == hand.by && known.via == hand.via) {
        Some(known) => (known.at, known.policy, known.times) = (hand.at, hand.policy, known.times + 1),
        None => hands.push(hand),
    }
}

fn signed_note(record: &Record, event: &Event, checkpoint: &str) -> Option<String> {
    let signoffs = record.signoffs.iter();
    let found = signoffs
        .into_iter()
        .find(|signoff| signoff.checkpoint == checkpoint && signoff.by == event.by && signoff.at == event.at)?;
    Some(match found.void_at {
        Some(_) => format!("“{}”; void by later work", found.meaning),
        None => format!("“{}”", found.meaning),
    })
}

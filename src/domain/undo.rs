//! What it takes to undo an act: the parts of the record it changed, as they were before it. Kept with the act in the
//! history, so that undoing needs nothing that could have been lost or changed since.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::exception::{Exception, Settlement, State};
use super::identity::{ExceptionId, Login};
use super::moment::Moment;
use super::record::{Confirmation, Declared, Hold, Record};

/// The parts of a record that an act changed, as they were. What is empty was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Before {
    /// Where it was and whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether and how it was on hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<Held>,
    /// What our stage declared; none where it declared nothing.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub declared: BTreeMap<Address, Option<Declared>>,
    /// Rows it dropped, or did not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub dropped: BTreeMap<Address, Option<Declared>>,
    /// What was confirmed, or was not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub confirmations: BTreeMap<Address, Option<Confirmation>>,
    /// Where exceptions stood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Stood>,
    /// Exceptions that were not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub raised: Vec<ExceptionId>,
    /// Exceptions about which something was said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<ExceptionId>,
    /// Sign-offs that were not there, by their place among all of the record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<usize>,
    /// Sign-offs that held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voided: Vec<usize>,
}

/// Where a record was, since when, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as the fields of the record are")]
pub struct Place {
    pub step: String,
    pub step_since: Moment,
    pub owner: Option<Login>,
    pub preparer: Option<Login>,
}

/// A hold, or that there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The hold.
    pub was: Option<Hold>,
}

/// Where an exception stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as the fields of the exception are")]
pub struct Stood {
    pub id: ExceptionId,
    pub state: State,
    pub owner: Option<Login>,
    pub outcome: Option<Settlement>,
    pub group: Option<ExceptionId>,
}

impl Stood {
    fn of(exception: &Exception) -> Stood {
        let Exception { id, state, owner, outcome, group, .. } = exception;
        Stood { id: *id, state: *state, owner: owner.clone(), outcome: outcome.clone(), group: *group }
    }
}

impl Place {
    fn of(record: &Record) -> Place {
        let Record { step, step_since, owner, preparer, .. } = record;
        Place { step: step.clone(), step_since: *step_since, owner: owner.clone(), preparer: preparer.clone() }
    }
}

impl Before {
    /// What of `before` is no longer so in `after`.
    pub fn of(before: &Record, after: &Record) -> Before {
        let stood = |exception: &Exception| before.exceptions.iter().find(|one| one.id == exception.id);
        let known = after.exceptions.iter().filter_map(|now| stood(now).map(|then| (then, now)));
        let said = known.clone().filter(|(then, now)| then.discussion.len() < now.discussion.len());
        let moved = known.filter(|(then, now)| Stood::of(then) != Stood::of(now));
        let standing = |at: &usize| before.signoffs[*at].void_at.is_none() && after.signoffs[*at].void_at.is_some();
        Before {
            place: Some(Place::of(before)).filter(|place| *place != Place::of(after)),
            hold: (before.hold != after.hold).then(|| Held { was: before.hold.clone() }),
            declared: differing(&before.declared, &after.declared),
            dropped: differing(&before.dropped, &after.dropped),
            confirmations: differing(&before.confirmations, &after.confirmations),
            exceptions: moved.map(|(then, _)| Stood::of(then)).collect(),
            raised: after.exceptions.iter().filter(|one| stood(one).is_none()).map(|one| one.id).collect(),
            said: said.map(|(_, now)| now.id).collect(),
            signed: (before.signoffs.len()..after.signoffs.len()).collect(),
            voided: (0..before.signoffs.len()).filter(standing).collect(),
        }
    }

    /// Whether the act changed what the certificate says.
    pub fn touches_content(&self) -> bool {
        !self.declared.is_empty() || !self.dropped.is_empty()
    }
}

/// The entries of two maps that differ, as they were before.
fn differing<T: Clone + PartialEq>(
    before: &BTreeMap<Address, T>,
    after: &BTreeMap<Address, T>,
) -> BTreeMap<Address, Option<T>> {
    let addresses = before.keys().chain(after.keys());
    let differ = addresses.filter(|address| before.get(*address) != after.get(*address));
    differ.map(|address| (address.clone(), before.get(address).cloned())).collect()
}

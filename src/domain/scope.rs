//! Scopes: one rollout of the desk's work each, for a team, a vehicle group, a certificate process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::policy::{Outcome, Policy};

/// A rollout scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Its name: `vans`.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The team that works in it.
    pub team: Option<String>,
    /// Which records belong to it, in the language of [`filter`](super::filter).
    #[serde(rename = "match")]
    pub matches: Option<String>,
}

/// The policies in force: the desk's, and those of scopes that have one of their own.
///
/// All of them release in the same step and rest in the same steps, so that what is released is released whatever scope it
/// belongs to: `governance` refuses a policy that would part them.
#[derive(Debug, Clone)]
pub struct Policies {
    /// The desk's.
    pub desk: Arc<Policy>,
    /// By scope.
    pub scopes: BTreeMap<String, Arc<Policy>>,
}

impl Policies {
    /// The one that governs the records of a scope.
    pub fn of(&self, scope: Option<&str>) -> &Arc<Policy> {
        scope.and_then(|scope| self.scopes.get(scope)).unwrap_or(&self.desk)
    }

    /// All of them, the desk's first.
    pub fn all(&self) -> impl Iterator<Item = &Policy> {
        [&self.desk].into_iter().chain(self.scopes.values()).map(|policy| &**policy)
    }

    /// The names of the steps in which there is something to do, under any of them.
    pub fn working(&self) -> BTreeSet<&str> {
        let steps = self.all().flat_map(|policy| &policy.steps);
        steps.filter(|step| step.outcome != Outcome::Rest).map(|step| step.name.as_str()).collect()
    }
}

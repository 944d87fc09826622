//! Scopes: one rollout of the desk's work each, for a team, a vehicle group, a certificate process.

use serde::{Deserialize, Serialize};

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

//! People, their roles, and the one who acts.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::identity::Login;

/// What a person may do on a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Fills in and changes content.
    Prepare,
    /// Confirms changes and signs the technical review.
    Review,
    /// Compliance lead: settles and waives exceptions, signs the compliance review.
    Lead,
    /// Releases.
    Release,
    /// Reads everything, changes nothing.
    Audit,
    /// Keeps people, scopes, approvals and policy.
    Admin,
}

impl Role {
    /// All roles, in the order of the work.
    pub const ALL: [Role; 6] = [Role::Prepare, Role::Review, Role::Lead, Role::Release, Role::Audit, Role::Admin];

    /// Its word on the command line and in files.
    pub fn word(self) -> &'static str {
        match self {
            Role::Prepare => "prepare",
            Role::Review => "review",
            Role::Lead => "lead",
            Role::Release => "release",
            Role::Audit => "audit",
            Role::Admin => "admin",
        }
    }

    /// The role of that word.
    pub fn of(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Somebody registered on the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// How the desk knows them.
    pub login: Login,
    /// Their full name.
    pub name: String,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// The team they work in.
    pub team: Option<String>,
}

/// Who acts, with what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub login: Login,
    /// Their roles at this moment.
    pub roles: BTreeSet<Role>,
    /// The operating system's user that speaks for the person, when it is not the person's own (a gateway).
    pub via: Option<String>,
}

impl Actor {
    /// The person acting for themselves.
    pub fn of(person: &Person) -> Self {
        Actor { login: person.login.clone(), roles: person.roles.clone(), via: None }
    }

    /// Whether they have at least one of these roles.
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }
}

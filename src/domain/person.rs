//! People, their roles, and the one who acts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
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
    /// What they may do beside that on records of single scopes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scoped: BTreeMap<String, BTreeSet<Role>>,
    /// When they are away, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence: Option<Absence>,
    /// The day they left the desk; the history keeps them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<NaiveDate>,
}

/// A time somebody is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub until: NaiveDate,
    /// Who stands in: what is theirs is the deputy's to work on, as far as the deputy's own roles go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<Login>,
}

impl Person {
    /// Somebody new, in no team.
    pub fn new(login: Login, name: impl Into<String>, roles: impl IntoIterator<Item = Role>) -> Person {
        let roles = roles.into_iter().collect();
        Person { login, name: name.into(), roles, team: None, scoped: BTreeMap::new(), absence: None, left: None }
    }

    /// What they may do on records of a scope: what they may do anywhere, and what they may do there.
    pub fn roles_in(&self, scope: Option<&str>) -> BTreeSet<Role> {
        roles_in(&self.roles, &self.scoped, scope)
    }

    /// Whether they have one of these roles on records of a scope.
    pub fn holds(&self, roles: &[Role], scope: Option<&str>) -> bool {
        let mine = self.roles_in(scope);
        roles.iter().any(|role| mine.contains(role))
    }

    /// Whether they have one of these roles on any record.
    pub fn holds_somewhere(&self, roles: &[Role]) -> bool {
        let mut all = self.scoped.values().chain([&self.roles]);
        all.any(|mine| roles.iter().any(|role| mine.contains(role)))
    }

    /// Their absence, if they are away on this day.
    pub fn absent_on(&self, day: NaiveDate) -> Option<&Absence> {
        self.absence.as_ref().filter(|absence| absence.from <= day && day <= absence.until)
    }

    /// Whether they are here on this day: neither away nor gone.
    pub fn is_here_on(&self, day: NaiveDate) -> bool {
        self.left.is_none() && self.absent_on(day).is_none()
    }
}

fn roles_in(roles: &BTreeSet<Role>, scoped: &BTreeMap<String, BTreeSet<Role>>, scope: Option<&str>) -> BTreeSet<Role> {
    let there = scope.and_then(|scope| scoped.get(scope)).into_iter().flatten();
    roles.iter().chain(there).copied().collect()
}

/// The people somebody stands in for on a day.
pub fn stood_in_for<'a>(people: &'a [Person], deputy: &Login, day: NaiveDate) -> impl Iterator<Item = &'a Person> {
    people
        .iter()
        .filter(move |person| person.absent_on(day).is_some_and(|absence| absence.deputy.as_ref() == Some(deputy)))
}

/// Who works for somebody on a day: themselves, or the deputy, or the deputy's deputy where that one is away as well.
/// `None` where it ends with nobody.
pub fn at_work<'a>(people: &'a [Person], who: &Login, day: NaiveDate) -> Option<&'a Person> {
    let mut asked: Vec<&Login> = Vec::new();
    let mut login = who;
    loop {
        let person = people.iter().find(|person| person.login == *login && person.left.is_none())?;
        match person.absent_on(day) {
            None => return Some(person),
            Some(absence) => login = absence.deputy.as_ref().filter(|deputy| !asked.contains(deputy))?,
        }
        asked.push(&person.login);
    }
}

/// Who acts, with what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub login: Login,
    /// Their roles at this moment, wherever they act.
    pub roles: BTreeSet<Role>,
    /// Their roles beside those on records of single scopes.
    pub scoped: BTreeMap<String, BTreeSet<Role>>,
    /// The operating system's user that speaks for the person, when it is not the person's own (a gateway).
    pub via: Option<String>,
}

impl Actor {
    /// The person acting for themselves.
    pub fn of(person: &Person) -> Self {
        Actor { login: person.login.clone(), roles: person.roles.clone(), scoped: person.scoped.clone(), via: None }
    }

    /// The same person with what they may do on records of a scope.
    #[must_use]
    pub fn within(&self, scope: Option<&str>) -> Actor {
        Actor { roles: roles_in(&self.roles, &self.scoped, scope), ..self.clone() }
    }

    /// Whether they have at least one of these roles.
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(text: &str) -> Login {
        Login::parse(text).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn away(name: &str, deputy: Option<&str>) -> Person {
        let absence = Absence { from: day("2026-08-03"), until: day("2026-08-14"), deputy: deputy.map(login) };
        Person { absence: Some(absence), ..Person::new(login(name), name, [Role::Review]) }
    }

    #[test]
    fn a_role_of_a_scope_holds_there_and_nowhere_else() {
        let scoped = [("vans".to_owned(), [Role::Review].into())].into();
        let person = Person { scoped, ..Person::new(login("mz"), "M", [Role::Prepare]) };
        assert!(person.holds(&[Role::Review], Some("vans")));
        assert!(!person.holds(&[Role::Review], Some("buses")) && !person.holds(&[Role::Review], None));
        assert!(person.holds(&[Role::Prepare], None) && person.holds_somewhere(&[Role::Review]));
        assert!(Actor::of(&person).within(Some("vans")).has_any(&[Role::Review]));
    }

    #[test]
    fn the_deputy_of_a_deputy_who_is_away_as_well_works_and_a_circle_ends_with_nobody() {
        let here = Person::new(login("c"), "C", [Role::Review]);
        let people = [away("a", Some("b")), away("b", Some("c")), here, away("d", Some("e")), away("e", Some("d"))];
        let at = |who: &str, on: &str| at_work(&people, &login(who), day(on)).map(|person| person.login.to_string());
        assert_eq!(at("a", "2026-08-03").as_deref(), Some("c"));
        assert_eq!(at("a", "2026-08-15").as_deref(), Some("a"));
        assert_eq!(at("d", "2026-08-14"), None);
        let mine: Vec<_> = stood_in_for(&people, &login("b"), day("2026-08-10")).collect();
        assert_eq!(mine, [&people[0]]);
    }
}

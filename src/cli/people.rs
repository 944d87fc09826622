//! The verbs about people and scopes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::args::{PersonVerb, ScopeVerb};
use super::context::{self, Context};
use super::output::Table;
use crate::domain::governance::DeskAction;
use crate::domain::nearest::nearest;
use crate::domain::person::{Person, Role};
use crate::domain::scope::Scope;
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};
use crate::store::Outcome;

pub fn person(context: &mut Context, verb: PersonVerb) -> Result<(), Failure> {
    match verb {
        PersonVerb::List => list(context),
        PersonVerb::Add { login, name, roles, team } => {
            let person = Person { login: context::read_login(&login)?, name, roles: read_roles(&roles)?, team };
            govern(context, &DeskAction::AddPerson(person))
        }
        PersonVerb::Set { login, name, roles, team } => {
            let login = context::read_login(&login)?;
            let known = context.desk.person(&login)?;
            let mut person = known
                .ok_or_else(|| Failure::new(Kind::NotFound, format!("nobody on this desk is called `{login}`")))?;
            person.name = name.unwrap_or(person.name);
            person.team = team.or(person.team);
            if !roles.is_empty() {
                person.roles = read_roles(&roles)?;
            }
            govern(context, &DeskAction::SetPerson(person))
        }
        PersonVerb::Gateway { os_user } => govern(context, &DeskAction::Gateway { os_user }),
    }
}

pub fn scope(context: &mut Context, verb: ScopeVerb) -> Result<(), Failure> {
    match verb {
        ScopeVerb::Add { name, title, team } => {
            govern(context, &DeskAction::AddScope(Scope { name, title, team, matches: None }))
        }
        ScopeVerb::List => {
            let mut table = Table::new(&["Name", "Title", "Team", "Records"]);
            let mut values: Vec<Value> = Vec::new();
            for (scope, records) in context.desk.scopes()? {
                let team = scope.team.clone().unwrap_or_default();
                table.row([scope.name.clone(), scope.title.clone(), team, records.to_string()]);
                values.push(json!({"name": scope.name, "title": scope.title, "team": scope.team, "match": scope.matches, "records": records}));
            }
            Ok(context.out.list(&table, &values)?)
        }
    }
}

/// Carries out an act that governs the desk.
pub fn govern(context: &mut Context, act: &DeskAction) -> Result<(), Failure> {
    let governed = context.desk.govern(&context.actor, act, context::request(), context::now())?;
    let done = governed_word(governed.outcome);
    let mut table = Table::new(&["Subject", "Outcome"]);
    table.row([act.subject(), done.to_owned()]);
    let object = json!({"subject": act.subject(), "ok": true, "outcome": done, "seq": governed.seq});
    Ok(context.out.one(&format!("{}: {done}\n", visible(&act.subject())), &table, &object)?)
}

/// What became of an act that governs the desk, in a word.
pub fn governed_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "created",
        Outcome::Updated => "updated",
        Outcome::Unchanged | Outcome::Repeated => "unchanged",
    }
}

fn list(context: &mut Context) -> Result<(), Failure> {
    let mut table = Table::new(&["Login", "Name", "Roles", "Team"]);
    let mut values: Vec<Value> = Vec::new();
    for person in context.desk.people()? {
        let roles: Vec<&str> = person.roles.iter().map(|role| role.word()).collect();
        let team = person.team.clone().unwrap_or_default();
        table.row([person.login.to_string(), person.name.clone(), roles.join(" "), team]);
        values.push(json!({"login": person.login, "name": person.name, "roles": roles, "team": person.team}));
    }
    Ok(context.out.list(&table, &values)?)
}

fn read_roles(words: &[String]) -> Result<BTreeSet<Role>, Failure> {
    words
        .iter()
        .map(|word| {
            Role::of(word).ok_or_else(|| {
                let failure = Failure::new(Kind::Usage, format!("there is no role `{word}`"));
                match nearest(word, Role::ALL.iter().map(|role| role.word())) {
                    Some(near) => failure.hint(format!("the nearest is `{near}`")),
                    None => failure.hint("roles are: prepare, review, lead, release, audit, admin"),
                }
            })
        })
        .collect()
}

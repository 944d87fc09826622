//! The verbs about scopes.

use serde_json::{Value, json};

use super::args::ScopeVerb;
use super::context::Context;
use super::output::{Table, columns};
use super::people::{govern, roles_of};
use super::policies;
use super::work::on_each;
use crate::domain::action::Action;
use crate::domain::governance::DeskAction;
use crate::domain::nearest::nearest;
use crate::domain::scope::Scope;
use crate::failure::{Failure, Kind};

pub fn scope(context: &mut Context, verb: ScopeVerb) -> Result<(), Failure> {
    match verb {
        ScopeVerb::Add { name, title, team, matches, policy } => {
            let act = policy
                .map(|file| policies::following(&file, Some(name.clone()), format!("of the new scope {name}")))
                .transpose()?;
            govern(context, &DeskAction::AddScope(Scope { name, title, team, matches }))?;
            act.map_or(Ok(()), |act| govern(context, &act))
        }
        ScopeVerb::Set { name, title, team, matches, policy, reason } => {
            let (mut scope, _) = known(context, &name)?;
            let act =
                policy.map(|file| policies::following(&file, Some(name), reason.unwrap_or_default())).transpose()?;
            let changes = title.is_some() || team.is_some() || matches.is_some() || act.is_none();
            scope.title = title.unwrap_or(scope.title);
            scope.team = team.or(scope.team);
            scope.matches = matches.or(scope.matches).filter(|query| !query.trim().is_empty());
            if changes {
                govern(context, &DeskAction::SetScope(scope))?;
            }
            act.map_or(Ok(()), |act| govern(context, &act))
        }
        ScopeVerb::Show { name } => show(context, &name),
        ScopeVerb::List => list(context),
        ScopeVerb::Move { vins, to, reason } => {
            let (scope, _) = known(context, &to)?;
            on_each(context, &vins, &Action::MoveScope { to: scope.name, reason })
        }
    }
}

fn known(context: &mut Context, name: &str) -> Result<(Scope, u64), Failure> {
    let scopes = context.desk.scopes()?;
    scopes.iter().find(|(scope, _)| scope.name == name).cloned().ok_or_else(|| {
        let failure = Failure::new(Kind::NotFound, format!("there is no scope `{name}`")).rule("exists");
        match nearest(name, scopes.iter().map(|(scope, _)| scope.name.as_str())) {
            Some(near) => failure.hint(format!("the nearest is `{near}`")),
            None => failure.hint("`stageplate scope list` shows which there are"),
        }
    })
}

fn list(context: &mut Context) -> Result<(), Failure> {
    let mut table = Table::new(&["Name", "Title", "Team", "Records", "Policy", "Match"]);
    let mut values: Vec<Value> = Vec::new();
    for (scope, records) in context.desk.scopes()? {
        let policy = context.desk.policy_of(Some(&scope.name))?;
        let own = context.desk.policy()?.version != policy.version;
        let policy = if own { format!("{} ({})", policy.version, policy.name) } else { "the desk's".to_owned() };
        table.row([
            scope.name.clone(),
            scope.title.clone(),
            scope.team.clone().unwrap_or_default(),
            records.to_string(),
            policy,
            scope.matches.clone().unwrap_or_default(),
        ]);
        values.push(value_of(context, &scope, records)?);
    }
    Ok(context.out.list(&table, &values)?)
}

fn value_of(context: &mut Context, scope: &Scope, records: u64) -> Result<Value, Failure> {
    let policy = context.desk.policy_of(Some(&scope.name))?;
    let own = context.desk.policy()?.version != policy.version;
    Ok(json!({
        "name": scope.name, "title": scope.title, "team": scope.team, "match": scope.matches, "records": records,
        "policy": {"version": policy.version, "name": policy.name, "own": own},
    }))
}

fn show(context: &mut Context, name: &str) -> Result<(), Failure> {
    let (scope, records) = known(context, name)?;
    let mut value = value_of(context, &scope, records)?;
    let people = context.desk.people()?;
    let here = people.iter().filter(|person| person.left.is_none());
    let with_roles: Vec<String> = here
        .filter(|person| person.scoped.contains_key(&scope.name))
        .map(|person| format!("{} ({})", person.login, roles_of(person).join(" ")))
        .collect();
    let policy = context.desk.policy_of(Some(&scope.name))?;
    let own = value["policy"]["own"] == json!(true);
    let steps: Vec<&str> = policy.steps.iter().map(|step| step.name.as_str()).collect();
    let mut table = Table::new(&["What", "Is"]);
    for (what, is) in [
        ("name", scope.name.clone()),
        ("title", scope.title.clone()),
        ("team", scope.team.clone().unwrap_or_default()),
        ("records", records.to_string()),
        ("joins when it comes in", scope.matches.clone().unwrap_or_else(|| "only where it is named".to_owned())),
        ("policy", format!("{} ({}), {}", policy.version, policy.name, if own { "its own" } else { "the desk's" })),
        ("steps", steps.join(" → ")),
        ("roles of this scope alone", with_roles.join(", ")),
    ] {
        table.row([what.to_owned(), is]);
    }
    value["steps"] = json!(steps);
    value["people"] = json!(with_roles);
    Ok(context.out.one(&columns(&table), &table, &value)?)
}

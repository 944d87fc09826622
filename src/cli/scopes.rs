//! The verbs about scopes.

use serde_json::{Value, json};

use super::args::ScopeVerb;
use super::context::Context;
use super::output::Table;
use super::people::govern;
use crate::domain::governance::DeskAction;
use crate::domain::scope::Scope;
use crate::failure::Failure;

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

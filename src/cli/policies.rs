//! The verbs about policies: look at one, check a file, let one follow another.

use std::path::Path;

use serde_json::json;

use super::args::{Global, PolicyVerb};
use super::context::{self, Context};
use super::desk::read_policy;
use super::output::{Out, Table};
use super::people::govern;
use crate::config::policy;
use crate::domain::governance::{self, DeskAction};
use crate::domain::person::Person;
use crate::domain::policy::Policy;
use crate::failure::{Failure, Kind};
use crate::ivi;
use crate::store::Desk;

pub fn policy(global: &Global, verb: PolicyVerb) -> Result<(), Failure> {
    match verb {
        PolicyVerb::Show => {
            let mut context = Context::open(global)?;
            let source = context.desk.policy_source(None)?;
            let policy = context.desk.policy()?;
            Ok(context.out.one(&source, &Table::default(), &json!(policy))?)
        }
        PolicyVerb::Check { file } => check(global, &file),
        PolicyVerb::Apply { file, reason, scope } => {
            let mut context = Context::open(global)?;
            let act = following(&context, &file, scope, reason)?;
            govern(&mut context, &act)
        }
    }
}

/// The act by which the policy of a file follows the one in force; every fault of the file is said.
pub fn following(context: &Context, file: &Path, scope: Option<String>, reason: String) -> Result<DeskAction, Failure> {
    let source = context::read_text(file)?;
    let policy = Box::new(read_policy(&source, &file.display().to_string(), &context.out)?);
    Ok(DeskAction::ApplyPolicy { scope, policy, source, reason })
}

/// Every fault of a file; and, where there is a desk, what nobody on it could do under the policy.
fn check(global: &Global, file: &Path) -> Result<(), Failure> {
    let out = Out { format: global.output, quiet: global.quiet };
    let text = context::read_text(file)?;
    let name = file.display().to_string();
    let (faults, warnings) = match policy::read(&text, &name, ivi::catalogue()) {
        Ok(policy) => (Vec::new(), people_of_desk(global).map_or_else(Vec::new, |people| warnings(&policy, &people))),
        Err(faults) => (faults, Vec::new()),
    };
    let mut table = Table::new(&["Fault"]);
    let mut told = if faults.is_empty() { format!("{name}: no faults\n") } else { String::new() };
    for fault in &faults {
        table.row([fault.to_string()]);
        told.push_str(&format!("{fault}\n"));
    }
    for warning in &warnings {
        told.push_str(&format!("{name}: warning: on this desk {warning}\n"));
    }
    let values: Vec<String> = faults.iter().map(ToString::to_string).collect();
    out.one(&told, &table, &json!({"ok": faults.is_empty(), "faults": values, "warnings": warnings}))?;
    match faults.len() {
        0 => Ok(()),
        n => Err(Failure::new(Kind::Usage, format!("{n} faults"))),
    }
}

/// What nobody could do under a policy, as far as these people go.
pub fn warnings(policy: &Policy, people: &[Person]) -> Vec<String> {
    governance::unstaffed(policy, people, None)
}

/// The people of the desk, where there is one to ask; a file can be checked without.
fn people_of_desk(global: &Global) -> Option<Vec<Person>> {
    let path = context::desk_path(global).ok().filter(|path| path.exists())?;
    Desk::open(&path, ivi::catalogue()).ok()?.people().ok()
}

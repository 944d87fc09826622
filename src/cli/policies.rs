//! The verbs about policies: look at one, check a file, let one follow another.

use std::path::Path;

use serde_json::json;

use super::args::{Global, PolicyVerb};
use super::context::{self, Context};
use super::desk::read_policy;
use super::output::{Out, Table};
use super::people::govern;
use crate::config::policy;
use crate::domain::governance::DeskAction;
use crate::domain::policy::Policy;
use crate::failure::{Failure, Kind};
use crate::ivi;
use crate::store::{CLAUSES, Desk};

pub fn policy(global: &Global, verb: PolicyVerb) -> Result<(), Failure> {
    match verb {
        PolicyVerb::Show => {
            let mut context = Context::open(global)?;
            let source = context.desk.policy_source(None)?;
            let policy = context.desk.policy()?;
            Ok(context.out.one(&source, &Table::default(), &json!(policy))?)
        }
        PolicyVerb::Check { file, scope } => check(global, &file, scope.as_deref()),
        PolicyVerb::Apply { file, reason, scope } => {
            let mut context = Context::open(global)?;
            let act = following(&file, scope, reason)?;
            govern(&mut context, &act).map_err(|no| match &act {
                DeskAction::ApplyPolicy { source, .. } => placed(no, &file.display().to_string(), source),
                _ => no,
            })
        }
    }
}

/// The act by which the policy of a file follows the one in force; every fault of the file is said.
pub fn following(file: &Path, scope: Option<String>, reason: String) -> Result<DeskAction, Failure> {
    let source = context::read_text(file)?;
    let policy = Box::new(read_policy(&source, &file.display().to_string())?);
    Ok(DeskAction::ApplyPolicy { scope, policy, source, reason })
}

/// Every fault of a file; and, where there is a desk, what `policy apply` would say no to on it.
fn check(global: &Global, file: &Path, scope: Option<&str>) -> Result<(), Failure> {
    let out = Out { format: global.output, quiet: global.quiet };
    let text = context::read_text(file)?;
    let name = file.display().to_string();
    let (faults, no) = match policy::read(&text, &name, ivi::catalogue()) {
        Ok(policy) => (Vec::new(), refused_here(global, scope, &policy).map(|no| placed(no, &name, &text))),
        Err(faults) => (faults, None),
    };
    let mut table = Table::new(&["Fault"]);
    let mut told = if faults.is_empty() { format!("{name}: no faults\n") } else { String::new() };
    for fault in &faults {
        table.row([fault.to_string()]);
        told.push_str(&format!("{fault}\n"));
        fault.add.iter().for_each(|line| told.push_str(&format!("    {line}\n")));
    }
    let add: Vec<&String> = faults.iter().flat_map(|fault| &fault.add).collect();
    let values: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let warnings: Vec<&String> = no.iter().flat_map(|no| [&no.message].into_iter().chain(&no.hints)).collect();
    let ok = faults.is_empty() && no.is_none();
    out.one(&told, &table, &json!({"ok": ok, "faults": values, "add": add, "warnings": warnings}))?;
    match (faults.len(), no) {
        (0, None) => Ok(()),
        (0, Some(no)) => Err(no),
        (n, _) => Err(Failure::new(Kind::Usage, format!("{name}: {n} {}", if n == 1 { "fault" } else { "faults" }))
            .rule("policy")
            .hint("each is told with its line above; mend the file and check it again")),
    }
}

/// The failure with the file and the line of each clause it is about: before its message and its hints, and among its details.
fn placed(no: Failure, file: &str, source: &str) -> Failure {
    let Failure { mut message, mut hints, mut details, .. } = no.clone();
    let Some((CLAUSES, clauses)) = details.as_deref_mut().map(|(key, value)| (*key, value)) else { return no };
    let texts = std::iter::once(&mut message).chain(&mut hints);
    for (text, clause) in texts.zip(clauses.as_array_mut().into_iter().flatten()) {
        let word = |key: &str| clause[key].as_str().unwrap_or_default();
        if let Some(line) = policy::line_of(source, word("table"), word("name"), word("key")) {
            *text = format!("{file}:{line}: {text}");
            clause["line"] = json!(line);
        }
    }
    Failure { message, hints, details, ..no }
}

/// What the desk would say to a policy, where there is one to ask; a file can be checked without.
fn refused_here(global: &Global, scope: Option<&str>, policy: &Policy) -> Option<Failure> {
    let path = context::desk_path(global).ok().filter(|path| path.exists())?;
    let mut desk = Desk::open(&path, ivi::catalogue()).ok()?;
    desk.policy_can_follow(scope, policy, context::now()).err().map(Failure::from)
}

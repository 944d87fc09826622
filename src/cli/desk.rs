//! The verbs about the desk itself: `init`, `doctor`, `whoami`, `completions`.

use std::path::Path;

use clap::CommandFactory;
use serde_json::{Value, json};

use super::args::{Cli, Global};
use super::context::{self, Context};
use super::options;
use super::output::{Out, Table, columns};
use super::people::roles_of;
use super::terminal;
use crate::config::policy;
use crate::domain::governance;
use crate::domain::identity::Login;
use crate::domain::person::{Person, Role};
use crate::domain::policy::Policy;
use crate::failure::{Failure, Kind};
use crate::ivi;
use crate::store::{Desk, NewDesk};

/// The default policy, as it ships.
pub const DEFAULT_POLICY: &str = include_str!("../../sample-data/policy.toml");

/// Reads a policy, or fails with every fault.
pub fn read_policy(text: &str, file: &str) -> Result<Policy, Failure> {
    policy::read(text, file, ivi::catalogue()).map_err(|faults| {
        let count = if faults.len() == 1 { "1 fault".to_owned() } else { format!("{} faults", faults.len()) };
        faults.iter().fold(Failure::new(Kind::Usage, format!("{file}: {count}")).rule("policy"), |failure, fault| {
            let failure = failure.hint(fault.to_string());
            fault.add.iter().fold(failure, |failure, line| failure.hint(format!("    {line}")))
        })
    })
}

pub fn init(global: &Global, policy: Option<&Path>, options: Option<&Path>) -> Result<(), Failure> {
    let out = Out { format: global.output, quiet: global.quiet };
    let path = context::desk_path(global)?;
    let (source, name) = match policy {
        Some(file) => (context::read_text(file)?, file.display().to_string()),
        None => (DEFAULT_POLICY.to_owned(), "policy.toml".to_owned()),
    };
    let policy = read_policy(&source, &name)?;
    let options = match options {
        Some(file) => {
            let text = context::read_text(file)?;
            Some((options::read_telling(&text, &file.display().to_string(), &out)?, text))
        }
        // A policy that carries its own options is taken at its word.
        None if !policy.options.is_empty() => None,
        None => {
            let text = options::DEFAULT_OPTIONS;
            Some((options::read(text, "options.toml")?.options, text.to_owned()))
        }
    };
    let user = context::os_user()?;
    let login = Login::parse(&user)
        .map_err(|fault| Failure::new(Kind::NotAllowed, format!("your user name cannot be a login here: {fault}")))?;
    let founder = Person::new(login, user.clone(), [Role::Admin]);
    let missing: Vec<String> = governance::unattended(&policy, std::slice::from_ref(&founder), None)
        .into_iter()
        .map(|(what, roles)| {
            let role = roles.first().map_or("ROLE", |role| role.word());
            format!("warning: {what}: stageplate person add LOGIN --name NAME --role {role}")
        })
        .collect();
    Desk::create(
        &path,
        &NewDesk { policy, policy_source: source, options, founder, demo: false },
        ivi::catalogue(),
        context::now(),
    )?;
    out.say(&format!("made the desk {}; {user} is its administrator", path.display()));
    out.say("who can write the file can also rewrite it: its history shows tampering, it does not prevent it");
    missing.iter().for_each(|warning| out.say(warning));
    out.say("next: stageplate person add LOGIN --name NAME --role prepare; stageplate approval import FILE");
    out.say("then whoever prepares: stageplate import FILE");
    Ok(())
}

pub fn whoami(context: &mut Context) -> Result<(), Failure> {
    let person = context.desk.person(&context.actor.login)?;
    let roles = person.as_ref().map(roles_of).unwrap_or_default();
    let desk = context.desk.path().display().to_string();
    let name = person.as_ref().map(|person| person.name.clone()).unwrap_or_default();
    let team = person.and_then(|person| person.team);
    let mut table = Table::new(&["Login", "Name", "Roles", "Team", "Via", "Desk"]);
    table.row([
        context.actor.login.to_string(),
        name.clone(),
        roles.join(" "),
        team.clone().unwrap_or_default(),
        context.actor.via.clone().unwrap_or_default(),
        desk.clone(),
    ]);
    let value = json!({
        "login": context.actor.login, "name": name, "roles": roles, "team": team, "via": context.actor.via,
        "desk": desk, "demo": context.desk.is_demo(),
    });
    Ok(context.out.one(&columns(&table), &table, &value)?)
}

/// Looks at the desk and its surroundings. Works as far as it can when the desk cannot be opened.
pub fn doctor(global: &Global) -> Result<(), Failure> {
    let out = Out { format: global.output, quiet: global.quiet };
    let path = context::desk_path(global)?;
    let mut checks: Vec<(String, bool, String, String)> = Vec::new();
    match context::open_desk(&path, &out) {
        Ok(mut desk) => {
            let found = desk.health()?;
            checks.extend(found.into_iter().map(|check| (check.name.to_owned(), check.ok, check.detail, check.fix)));
        }
        Err(fault) => {
            let failure = Failure::from(fault);
            checks.push(("desk".to_owned(), false, failure.message, failure.hints.join("; ")));
        }
    }
    let faults = terminal::configured().faults;
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let fix = if told.is_empty() { "" } else { "mend the lines named" };
    let detail = if told.is_empty() { "no faults".to_owned() } else { told.join("; ") };
    checks.push(("settings".to_owned(), told.is_empty(), detail, fix.to_owned()));
    let all_ok = checks.iter().all(|(_, ok, ..)| *ok);
    let mut table = Table::new(&["Check", "Ok", "Detail", "Fix"]);
    for (name, ok, detail, fix) in &checks {
        table.row([name.clone(), if *ok { "yes" } else { "no" }.to_owned(), detail.clone(), fix.clone()]);
    }
    let values: Vec<Value> = checks
        .iter()
        .map(|(name, ok, detail, fix)| json!({"name": name, "ok": ok, "detail": detail, "fix": fix}))
        .collect();
    out.one(&columns(&table), &table, &json!({"ok": all_ok, "checks": values}))?;
    if all_ok { Ok(()) } else { Err(Failure::new(Kind::Refused, "the doctor found something to mend").rule("doctor")) }
}

pub fn completions(global: &Global, shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "stageplate", &mut script);
    Ok(Out { format: global.output, quiet: global.quiet }.bytes(&script)?)
}

//! The verbs about people.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::args::PersonVerb;
use super::context::{self, Context};
use super::output::{Table, columns, room, wrapped};
use crate::domain::filter::Filter;
use crate::domain::governance::DeskAction;
use crate::domain::identity::Login;
use crate::domain::nearest::nearest;
use crate::domain::person::{self, Absence, Person, Role};
use crate::domain::queue::QueueName;
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};
use crate::store::{CountQuery, Outcome};

pub fn person(context: &mut Context, verb: PersonVerb) -> Result<(), Failure> {
    match verb {
        PersonVerb::List => list(context),
        PersonVerb::Show { login } => show(context, &login),
        PersonVerb::Add { login, name, roles, team } => {
            let (roles, scoped) = read_roles(&roles)?;
            let person = Person { team, scoped, ..Person::new(context::read_login(&login)?, name, roles) };
            govern(context, &DeskAction::AddPerson(person))
        }
        PersonVerb::Set { login, name, roles, team } => {
            let login = context::read_login(&login)?;
            let mut person = known(context, &login)?;
            person.name = name.unwrap_or(person.name);
            person.team = team.or(person.team);
            if !roles.is_empty() {
                (person.roles, person.scoped) = read_roles(&roles)?;
                // Whoever has a role again is back on the desk.
                person.left = None;
            }
            govern(context, &DeskAction::SetPerson(person))
        }
        PersonVerb::Absent { login, from, until, deputy } => {
            let deputy = deputy.as_deref().map(context::read_login).transpose()?;
            let from = from.as_deref().map(context::read_date).transpose()?.unwrap_or_else(|| context.today());
            let absence = Some(Absence { from, until: context::read_date(&until)?, deputy });
            govern(context, &DeskAction::Absent { login: context::read_login(&login)?, absence })
        }
        PersonVerb::Back { login } => {
            govern(context, &DeskAction::Absent { login: context::read_login(&login)?, absence: None })
        }
        PersonVerb::Leave { login, reason } => {
            govern(context, &DeskAction::Leave { login: context::read_login(&login)?, reason })
        }
        PersonVerb::Gateway { os_user } => gateway(context, &os_user),
    }
}

fn gateway(context: &mut Context, os_user: &str) -> Result<(), Failure> {
    govern(context, &DeskAction::Gateway { os_user: os_user.to_owned() })?;
    // Whoever keeps the desk must know what a second pair of eyes is worth from here on.
    if context.desk.people()?.iter().any(|person| person.login.as_str() == os_user && person.left.is_none()) {
        let told = format!(
            "warning: {os_user} is a person of this desk too and can speak for everybody now; that one acted for another is \
             seen in the history alone, as `via {os_user}`"
        );
        context.out.say(wrapped(&told, 0, 2, room()).trim_end());
    }
    Ok(())
}

/// Carries out an act that governs the desk.
pub fn govern(context: &mut Context, act: &DeskAction) -> Result<(), Failure> {
    let governed = context.desk.govern(&context.actor, act, context::request(), context::now())?;
    let done = governed_word(governed.outcome);
    let subject = match act {
        DeskAction::ApplyPolicy { scope, .. } => {
            format!("policy {}", context.desk.policy_of(scope.as_deref())?.version)
        }
        _ => act.subject(),
    };
    let mut table = Table::new(&["Subject", "Outcome"]);
    table.row([subject.clone(), done.to_owned()]);
    let object = json!({"subject": subject, "ok": true, "outcome": done, "seq": governed.seq});
    Ok(context.out.one(&format!("{}: {done}\n", visible(&subject)), &table, &object)?)
}

/// What became of an act that governs the desk, in a word.
pub fn governed_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "created",
        Outcome::Updated => "updated",
        Outcome::Unchanged | Outcome::Repeated => "unchanged",
    }
}

fn known(context: &mut Context, login: &Login) -> Result<Person, Failure> {
    let people = context.desk.people()?;
    people.iter().find(|person| person.login == *login).cloned().ok_or_else(|| {
        let failure = Failure::new(Kind::NotFound, format!("nobody on this desk is called `{login}`")).rule("exists");
        match nearest(login.as_str(), people.iter().map(|person| person.login.as_str())) {
            Some(near) => failure.hint(format!("the nearest is `{near}`")),
            None => failure.hint("`stageplate person list` shows who there is"),
        }
    })
}

fn list(context: &mut Context) -> Result<(), Failure> {
    let mut table = Table::new(&["Login", "Name", "Roles", "Team", "Is"]);
    let mut values: Vec<Value> = Vec::new();
    let today = context.today();
    for person in context.desk.people()? {
        let team = person.team.clone().unwrap_or_default();
        let roles = roles_of(&person).join(" ");
        table.row([person.login.to_string(), person.name.clone(), roles, team, whereabouts(&person, today)]);
        values.push(value_of(&person));
    }
    Ok(context.out.list(&table, &values)?)
}

fn show(context: &mut Context, login: &str) -> Result<(), Failure> {
    let person = known(context, &context::read_login(login)?)?;
    let today = context.today();
    let people = context.desk.people()?;
    let stands_in: Vec<String> =
        person::stood_in_for(&people, &person.login, today).map(|absent| absent.login.to_string()).collect();
    let filter = Filter::parse(&format!("owner:{}", person.login), today)
        .map_err(|fault| Failure::new(Kind::Fault, fault.to_string()))?;
    let owned = context.desk.count(&CountQuery {
        queue: QueueName::All,
        filter: Some(filter),
        who: context.actor.login.clone(),
        now: context::now(),
    })?;
    let mut table = Table::new(&["What", "Is"]);
    for (what, is) in [
        ("login", person.login.to_string()),
        ("name", person.name.clone()),
        ("roles", roles_of(&person).join(" ")),
        ("team", person.team.clone().unwrap_or_default()),
        ("is", whereabouts(&person, today)),
        ("stands in for", stands_in.join(" ")),
        ("owns", format!("{owned} records")),
    ] {
        table.row([what.to_owned(), is]);
    }
    let mut value = value_of(&person);
    value["stands_in_for"] = json!(stands_in);
    value["owns"] = json!(owned);
    Ok(context.out.one(&columns(&table), &table, &value)?)
}

/// `review`, `review@vans`
pub fn roles_of(person: &Person) -> Vec<String> {
    let everywhere = person.roles.iter().map(ToString::to_string);
    let scoped =
        person.scoped.iter().flat_map(|(scope, roles)| roles.iter().map(move |role| format!("{role}@{scope}")));
    everywhere.chain(scoped).collect()
}

fn whereabouts(person: &Person, today: NaiveDate) -> String {
    match (person.left, &person.absence) {
        (Some(day), _) => format!("left on {day}"),
        (None, Some(absence)) if absence.until >= today => {
            let deputy = absence.deputy.as_ref().map_or_else(String::new, |deputy| format!(", {deputy} stands in"));
            match absence.from <= today {
                true => format!("away until {}{deputy}", absence.until),
                false => format!("here, away from {} to {}{deputy}", absence.from, absence.until),
            }
        }
        _ => "here".to_owned(),
    }
}

fn value_of(person: &Person) -> Value {
    json!({
        "login": person.login, "name": person.name, "roles": roles_of(person), "team": person.team,
        "absence": person.absence, "left": person.left,
    })
}

/// Roles as typed: `review` everywhere, `review@vans` in the scope `vans`.
#[expect(clippy::type_complexity, reason = "both halves go where a person has them")]
fn read_roles(words: &[String]) -> Result<(BTreeSet<Role>, BTreeMap<String, BTreeSet<Role>>), Failure> {
    let mut everywhere = BTreeSet::new();
    let mut scoped: BTreeMap<String, BTreeSet<Role>> = BTreeMap::new();
    for word in words {
        match word.split_once('@') {
            None => drop(everywhere.insert(read_role(word)?)),
            Some((role, scope)) => drop(scoped.entry(scope.to_owned()).or_default().insert(read_role(role)?)),
        }
    }
    Ok((everywhere, scoped))
}

fn read_role(word: &str) -> Result<Role, Failure> {
    Role::of(word).ok_or_else(|| {
        let failure = Failure::new(Kind::Usage, format!("there is no role `{word}`"));
        match nearest(word, Role::ALL.iter().map(|role| role.word())) {
            Some(near) => failure.hint(format!("the nearest is `{near}`")),
            None => failure.hint("roles are: prepare, review, lead, release, audit, admin"),
        }
    })
}

//! Judges acts on the list of people: who may be what, who is away, who leaves.
//!
//! Invariant: nobody comes by a role through an act of their own, and somebody administers the desk at all times.

use std::collections::BTreeSet;

use super::{DeskAction, Known};
use crate::domain::event::Facts;
use crate::domain::identity::Login;
use crate::domain::moment::Moment;
use crate::domain::nearest::nearest;
use crate::domain::person::{Absence, Actor, Person, Role};
use crate::domain::plan::Refusal;

/// Whom an act leaves on the list of people, if it is about one.
pub fn person_after(people: &[Person], action: &DeskAction, now: Moment) -> Option<Person> {
    let known = |login: &Login| people.iter().find(|person| person.login == *login).cloned();
    match action {
        DeskAction::AddPerson(person) | DeskAction::SetPerson(person) => Some(person.clone()),
        DeskAction::Absent { login, absence } => Some(Person { absence: absence.clone(), ..known(login)? }),
        DeskAction::Leave { login, .. } => {
            let before = known(login)?;
            let nothing = Person::new(before.login.clone(), before.name.clone(), []);
            Some(Person { team: before.team, left: Some(now.day()), ..nothing })
        }
        _ => None,
    }
}

pub fn add(desk: Known<'_>, person: &Person, facts: &mut Facts) -> Result<(), Refusal> {
    if desk.people.iter().any(|known| known.login == person.login) {
        return Err(Refusal::new("exists", format!("{} is registered already", person.login))
            .hint("change them with `stageplate person set`"));
    }
    has_name_and_roles(desk, person)?;
    facts.line(format!("person {}", person.login), None, Some(person.name.clone()));
    facts.line("roles", None, Some(roles_of(person)));
    if let Some(team) = &person.team {
        facts.line("team", None, Some(team.clone()));
    }
    Ok(())
}

pub fn set(actor: &Actor, desk: Known<'_>, person: &Person, facts: &mut Facts) -> Result<(), Refusal> {
    let before = known(desk, &person.login)?;
    has_name_and_roles(desk, person)?;
    // Whoever speaks for another through an account of their own name is still themselves.
    let themselves = actor.login == person.login || actor.via.as_deref() == Some(person.login.as_str());
    if themselves && gains(before, person) {
        let mut refusal = Refusal::new("own-roles", format!("{} cannot give themselves a role", person.login));
        let admins = desk.people.iter().filter(|other| other.roles.contains(&Role::Admin) && other.left.is_none());
        refusal.who = admins.filter(|other| other.login != person.login).map(|other| other.login.to_string()).collect();
        return Err(refusal.hint("another administrator can"));
    }
    if !person.roles.contains(&Role::Admin) {
        not_the_last_administrator(desk, before)?;
    }
    if before.name != person.name {
        facts.line("name", Some(before.name.clone()), Some(person.name.clone()));
    }
    if (&before.roles, &before.scoped) != (&person.roles, &person.scoped) {
        facts.line("roles", Some(roles_of(before)), Some(roles_of(person)));
    }
    if before.team != person.team {
        facts.line("team", before.team.clone(), person.team.clone());
    }
    if let (Some(day), None) = (before.left, person.left) {
        facts.line("left", Some(day.to_string()), None);
    }
    Ok(())
}

/// Whether somebody may do something on some record afterwards that they may not do before.
fn gains(before: &Person, after: &Person) -> bool {
    let scopes: BTreeSet<Option<&str>> = after.scoped.keys().map(|scope| Some(scope.as_str())).chain([None]).collect();
    scopes.into_iter().any(|scope| !after.roles_in(scope).is_subset(&before.roles_in(scope)))
}

pub fn absent(desk: Known<'_>, login: &Login, absence: Option<&Absence>, facts: &mut Facts) -> Result<(), Refusal> {
    let before = known(desk, login)?;
    if let Some(day) = before.left {
        return Err(Refusal::new("left", format!("{login} left the desk on {day}")));
    }
    if let Some(absence) = absence {
        if absence.until < absence.from || absence.until < desk.now.day() {
            return Err(Refusal::new("date", "an absence ends today or later, and not before it begins"));
        }
        if let Some(deputy) = &absence.deputy {
            if known(desk, deputy)?.left.is_some() {
                return Err(Refusal::new("left", format!("{deputy} left the desk and stands in for nobody")));
            }
            if deputy == login {
                return Err(Refusal::new("deputy", format!("{login} cannot stand in for themselves")));
            }
        }
    }
    let told = |absence: &Absence| {
        let deputy = absence.deputy.as_ref().map_or_else(String::new, |deputy| format!(", deputy {deputy}"));
        format!("{} to {}{deputy}", absence.from, absence.until)
    };
    if before.absence.as_ref() != absence {
        facts.line("absence", before.absence.as_ref().map(told), absence.map(told));
    }
    Ok(())
}

pub fn leave(desk: Known<'_>, login: &Login, reason: &str, facts: &mut Facts) -> Result<(), Refusal> {
    let before = known(desk, login)?;
    if before.left.is_some() {
        return Ok(());
    }
    if reason.trim().is_empty() {
        return Err(
            Refusal::new("reason", "that somebody leaves needs a reason in words").hint("say why with --reason")
        );
    }
    not_the_last_administrator(desk, before)?;
    facts.line("left", None, Some(desk.now.day().to_string()));
    facts.line("roles", Some(roles_of(before)), None);
    facts.reason = Some(reason.to_owned());
    Ok(())
}

fn known<'a>(desk: Known<'a>, login: &Login) -> Result<&'a Person, Refusal> {
    desk.people.iter().find(|known| known.login == *login).ok_or_else(|| {
        let refusal = Refusal::not_found(format!("nobody on this desk is called `{login}`"));
        match nearest(login.as_str(), desk.people.iter().map(|known| known.login.as_str())) {
            Some(near) => refusal.hint(format!("the nearest is `{near}`")),
            None => refusal,
        }
    })
}

fn not_the_last_administrator(desk: Known<'_>, before: &Person) -> Result<(), Refusal> {
    let mut others = desk.people.iter().filter(|other| other.login != before.login);
    if before.roles.contains(&Role::Admin) && !others.any(|other| other.roles.contains(&Role::Admin)) {
        return Err(Refusal::new("last-admin", format!("{} is the last administrator of this desk", before.login))
            .hint("make somebody else one first"));
    }
    Ok(())
}

fn has_name_and_roles(desk: Known<'_>, person: &Person) -> Result<(), Refusal> {
    if person.name.trim().is_empty() || person.name.len() > 200 {
        return Err(Refusal::new("name", "a person has a full name of at most 200 bytes"));
    }
    if person.roles.is_empty() && person.scoped.is_empty() {
        let words: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        return Err(Refusal::new("role", "a person has at least one role").hint(format!("roles: {}", words.join(", "))));
    }
    for (scope, roles) in &person.scoped {
        if !desk.scopes.iter().any(|known| known.name == *scope) {
            let refusal = Refusal::not_found(format!("there is no scope `{scope}`"));
            return Err(match nearest(scope, desk.scopes.iter().map(|known| known.name.as_str())) {
                Some(near) => refusal.hint(format!("the nearest is `{near}`")),
                None => refusal.hint("`stageplate scope list` shows which there are"),
            });
        }
        if let Some(role) = roles.iter().find(|role| matches!(role, Role::Admin | Role::Audit)) {
            return Err(Refusal::new("role", format!("the role {role} is of the whole desk, not of one scope")));
        }
    }
    Ok(())
}

/// `prepare review review@vans`
fn roles_of(person: &Person) -> String {
    let everywhere = person.roles.iter().map(|role| role.word().to_owned());
    let scoped =
        person.scoped.iter().flat_map(|(scope, roles)| roles.iter().map(move |role| format!("{role}@{scope}")));
    everywhere.chain(scoped).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::judge;
    use super::*;
    use crate::domain::scope::Scope;

    fn person(login: &str, roles: &[Role]) -> Person {
        Person::new(Login::parse(login).unwrap(), login, roles.iter().copied())
    }

    #[test]
    fn only_an_administrator_keeps_people() {
        let lead = person("lead", &[Role::Lead]);
        let no = judge(&Actor::of(&lead), Known::with(&[]), &DeskAction::AddPerson(person("new", &[Role::Prepare])));
        assert_eq!(no.unwrap_err().rule, "role");
    }

    #[test]
    fn nobody_gives_themselves_a_role() {
        let people = [person("root", &[Role::Admin]), person("other", &[Role::Admin])];
        let wish = DeskAction::SetPerson(person("root", &[Role::Admin, Role::Release]));
        assert_eq!(judge(&Actor::of(&people[0]), Known::with(&people), &wish).unwrap_err().rule, "own-roles");
        assert!(judge(&Actor::of(&people[1]), Known::with(&people), &wish).is_ok());
    }

    #[test]
    fn nor_do_they_through_an_account_of_theirs_that_speaks_for_others() {
        let people = [person("root", &[Role::Admin]), person("other", &[Role::Admin])];
        let wish = DeskAction::SetPerson(person("root", &[Role::Admin, Role::Release]));
        let speaking = |via: &str| Actor { via: Some(via.to_owned()), ..Actor::of(&people[1]) };
        let no = judge(&speaking("root"), Known::with(&people), &wish).unwrap_err();
        assert_eq!((no.rule.as_str(), &*no.who), ("own-roles", &["other".to_owned()][..]));
        assert!(
            judge(&speaking("gate"), Known::with(&people), &wish).is_ok(),
            "a gateway that is nobody's own account"
        );
    }

    #[test]
    fn the_last_administrator_stays() {
        let people = [person("root", &[Role::Admin, Role::Audit])];
        let wish = DeskAction::SetPerson(person("root", &[Role::Audit]));
        assert_eq!(judge(&Actor::of(&people[0]), Known::with(&people), &wish).unwrap_err().rule, "last-admin");
    }

    #[test]
    fn nor_do_they_through_a_scope() {
        let scopes = [Scope { name: "vans".into(), title: "Vans".into(), team: None, matches: None }];
        let people = [person("root", &[Role::Admin]), person("other", &[Role::Admin])];
        let scoped = [("vans".to_owned(), [Role::Review].into())].into();
        let wish = DeskAction::SetPerson(Person { scoped, ..people[0].clone() });
        let desk = Known { scopes: &scopes, ..Known::with(&people) };
        assert_eq!(judge(&Actor::of(&people[0]), desk, &wish).unwrap_err().rule, "own-roles");
        let facts = judge(&Actor::of(&people[1]), desk, &wish).unwrap();
        assert_eq!(facts.lines[0].to.as_deref(), Some("admin review@vans"));
    }

    #[test]
    fn a_role_of_a_scope_names_one_that_there_is() {
        let people = [person("root", &[Role::Admin]), person("mz", &[Role::Prepare])];
        let scoped = [("vans".to_owned(), [Role::Review].into())].into();
        let wish = DeskAction::SetPerson(Person { scoped, ..people[1].clone() });
        assert_eq!(judge(&Actor::of(&people[0]), Known::with(&people), &wish).unwrap_err().rule, "exists");
    }

    #[test]
    fn the_last_administrator_cannot_leave_either() {
        let people = [person("root", &[Role::Admin]), person("mz", &[Role::Prepare])];
        let leave = |login: &str| DeskAction::Leave { login: Login::parse(login).unwrap(), reason: "retired".into() };
        let root = Actor::of(&people[0]);
        assert_eq!(judge(&root, Known::with(&people), &leave("root")).unwrap_err().rule, "last-admin");
        assert!(judge(&root, Known::with(&people), &leave("mz")).is_ok());
        let gone = person_after(&people, &leave("mz"), Moment(0)).unwrap();
        assert!(gone.roles.is_empty() && gone.left.is_some());
    }

    #[test]
    fn whoever_is_away_says_so_themselves_and_for_others_a_lead_does() {
        let people = [person("lead", &[Role::Lead]), person("mz", &[Role::Prepare]), person("if", &[Role::Review])];
        let away = |deputy: &str, until: &str| DeskAction::Absent {
            login: Login::parse("mz").unwrap(),
            absence: Some(Absence {
                from: "1970-01-01".parse().unwrap(),
                until: until.parse().unwrap(),
                deputy: Login::parse(deputy).ok(),
            }),
        };
        let rule = |actor: &Person, action: &DeskAction| {
            judge(&Actor::of(actor), Known::with(&people), action).map_err(|refusal| refusal.rule)
        };
        assert!(rule(&people[1], &away("if", "1970-01-09")).is_ok());
        assert!(rule(&people[0], &away("if", "1970-01-09")).is_ok());
        assert_eq!(rule(&people[2], &away("if", "1970-01-09")).unwrap_err(), "role");
        assert_eq!(rule(&people[1], &away("mz", "1970-01-09")).unwrap_err(), "deputy");
        assert_eq!(rule(&people[1], &away("nobody", "1970-01-09")).unwrap_err(), "exists");
        assert_eq!(rule(&people[1], &away("if", "1969-12-31")).unwrap_err(), "date");
    }
}

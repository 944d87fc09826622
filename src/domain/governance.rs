//! Acts on the desk itself: people, gateways, approvals, scopes. Pure, as [`plan`](super::plan) is for records.

mod people;
mod policies;
mod staffing;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

pub use people::person_after;
pub use policies::{InWork, NAMED, ToSettle, can_follow};
pub use staffing::{unattended, unstaffed};

use super::approval::{Approval, ApprovalNumber, Status, StatusChange};
use super::event::Facts;
use super::filter::{Filter, Names};
use super::identity::Login;
use super::moment::Moment;
use super::options::{BuildOption, Options};
use super::person::{Absence, Actor, Person, Role};
use super::plan::Refusal;
use super::policy::Policy;
use super::scope::{Policies, Scope};

/// An act on the desk itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskAction {
    /// Somebody new.
    AddPerson(Person),
    /// Name, roles and team of somebody, all of them anew.
    SetPerson(Person),
    /// Somebody is away for a time, or is back.
    Absent {
        /// Who.
        login: Login,
        /// When, and who stands in; `None` when they are back.
        absence: Option<Absence>,
    },
    /// Somebody leaves: they can do nothing any more, what they own is nobody's, the history keeps them.
    Leave {
        /// Who.
        login: Login,
        /// Why.
        reason: String,
    },
    /// An operating system's user that may speak for others.
    Gateway {
        /// The user's name.
        os_user: String,
    },
    /// An approval, or what changed about one.
    ImportApproval(Box<Approval>),
    /// An approval is withdrawn, suspended or reinstated, from a day on.
    SetStatus {
        /// Which.
        number: ApprovalNumber,
        /// What becomes of it.
        change: StatusChange,
    },
    /// A rollout scope.
    AddScope(Scope),
    /// Build options, for the desk or for the scope they name.
    ApplyOptions {
        /// The options; the desk numbers them.
        options: Box<Options>,
        /// The file they came from, as it was written.
        source: String,
        /// Why.
        reason: String,
    },
    /// Title, team and rule of a scope, all of them anew.
    SetScope(Scope),
    /// A policy follows another: the desk's, or that of a scope.
    ApplyPolicy {
        /// The scope whose records it governs; all that have no policy of their own without.
        scope: Option<String>,
        /// It; the desk numbers it.
        policy: Box<Policy>,
        /// The file it came from, as it was written.
        source: String,
        /// Why.
        reason: String,
    },
}

impl DeskAction {
    /// Its word in the history.
    pub fn word(&self) -> &'static str {
        match self {
            DeskAction::AddPerson(_) => "person-add",
            DeskAction::SetPerson(_) => "person-set",
            DeskAction::Absent { absence: Some(_), .. } => "person-absent",
            DeskAction::Absent { absence: None, .. } => "person-back",
            DeskAction::Leave { .. } => "person-leave",
            DeskAction::Gateway { .. } => "gateway",
            DeskAction::ImportApproval(_) => "approval-import",
            DeskAction::SetStatus { change, .. } => match change.status {
                Status::Valid => "approval-reinstate",
                Status::Suspended => "approval-suspend",
                Status::Withdrawn => "approval-withdraw",
            },
            DeskAction::AddScope(_) => "scope-add",
            DeskAction::ApplyOptions { .. } => "options-apply",
            DeskAction::SetScope(_) => "scope-set",
            DeskAction::ApplyPolicy { .. } => "policy-apply",
        }
    }

    /// What it is about, as the history names it: `person prep`, `approval e4*…`.
    pub fn subject(&self) -> String {
        match self {
            DeskAction::AddPerson(person) | DeskAction::SetPerson(person) => format!("person {}", person.login),
            DeskAction::Absent { login, .. } | DeskAction::Leave { login, .. } => format!("person {login}"),
            DeskAction::Gateway { os_user } => format!("gateway {os_user}"),
            DeskAction::ImportApproval(approval) => format!("approval {}", approval.number),
            DeskAction::SetStatus { number, .. } => format!("approval {number}"),
            DeskAction::AddScope(scope) | DeskAction::SetScope(scope) => format!("scope {}", scope.name),
            DeskAction::ApplyPolicy { policy, .. } => format!("policy {}", policy.version),
            DeskAction::ApplyOptions { options, .. } => format!("options {}", options.version),
        }
    }
}

/// What is there already and decides about an act on the desk.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Everybody registered.
    pub people: &'a [Person],
    /// The approval of the same number, if there is one.
    pub approval: Option<&'a Approval>,
    /// Every scope.
    pub scopes: &'a [Scope],
    /// The options last applied to the same scope or to the desk, if any were.
    pub options: Option<&'a Options>,
    /// The policies in force, where one is to follow another.
    pub policies: Option<&'a Policies>,
    /// Where the records are then.
    pub in_work: &'a [InWork],
    /// And what is to be settled on them.
    pub to_settle: &'a [ToSettle],
    /// What a scope's rule may name; it is only read without.
    pub names: Option<Names<'a>>,
    /// Whether the user is a gateway already.
    pub gateway_exists: bool,
    /// The moment it is.
    pub now: Moment,
}

/// Judges an act on the desk and says what the history will tell. Facts without lines: nothing changes.
///
/// # Errors
/// The rule that says no, and who could.
pub fn judge(actor: &Actor, desk: Known<'_>, action: &DeskAction) -> Result<Facts, Refusal> {
    let (what, roles): (&str, &[Role]) = match action {
        // Whoever is away may say so themselves.
        DeskAction::Absent { login, .. } if *login == actor.login => ("", &[]),
        DeskAction::Absent { .. } => ("say that somebody else is away", &[Role::Lead, Role::Admin]),
        DeskAction::Leave { .. } => ("let somebody leave", &[Role::Admin]),
        DeskAction::AddPerson(_) | DeskAction::SetPerson(_) => ("keep the list of people", &[Role::Admin]),
        DeskAction::Gateway { .. } => ("register a gateway", &[Role::Admin]),
        DeskAction::ImportApproval(_) => ("import approvals", &[Role::Lead, Role::Admin]),
        DeskAction::SetStatus { .. } => ("withdraw, suspend or reinstate approvals", &[Role::Lead, Role::Admin]),
        DeskAction::AddScope(_) => ("add scopes", &[Role::Admin]),
        DeskAction::ApplyOptions { .. } => ("apply build options", &[Role::Lead, Role::Admin]),
        DeskAction::SetScope(_) => ("change scopes", &[Role::Admin]),
        DeskAction::ApplyPolicy { .. } => ("apply a policy", &[Role::Lead, Role::Admin]),
    };
    if !roles.is_empty() && !actor.has_any(roles) {
        return Err(Refusal::role(actor, what, roles));
    }
    let mut facts = Facts::default();
    match action {
        DeskAction::AddPerson(person) => people::add(desk, person, &mut facts)?,
        DeskAction::SetPerson(person) => people::set(actor, desk, person, &mut facts)?,
        DeskAction::Absent { login, absence } => people::absent(desk, login, absence.as_ref(), &mut facts)?,
        DeskAction::Leave { login, reason } => people::leave(desk, login, reason, &mut facts)?,
        DeskAction::Gateway { os_user } => {
            name_like("an operating system's user", os_user)?;
            if !desk.gateway_exists {
                facts.line("gateway", None, Some(os_user.clone()));
            }
        }
        DeskAction::ImportApproval(approval) => import_approval(desk, approval, &mut facts),
        DeskAction::SetStatus { number, change } => set_status(desk, number, change, &mut facts)?,
        DeskAction::AddScope(scope) => add_scope(desk, scope, &mut facts)?,
        DeskAction::ApplyOptions { options, reason, .. } => apply_options(desk, options, reason, &mut facts)?,
        DeskAction::SetScope(scope) => set_scope(desk, scope, &mut facts)?,
        DeskAction::ApplyPolicy { scope, policy, reason, .. } => {
            policies::apply(actor, desk, scope.as_deref(), policy, reason, &mut facts)?;
        }
    }
    Ok(facts)
}

/// An extension imported again with other content is brought up to date, and the history says what changed: a status,
/// a signatory or a range that was corrected is daily work and must not need a new number.
fn import_approval(desk: Known<'_>, approval: &Approval, facts: &mut Facts) {
    let Some(before) = desk.approval else {
        facts.line(format!("approval {}", approval.number), None, Some(approval.status.word().to_owned()));
        return;
    };
    let (Some(before), Some(after)) = (fields(before), fields(approval)) else { return };
    for (name, value) in &after {
        let earlier = before.get(name);
        if earlier != Some(value) {
            facts.line(format!("approval {} {name}", approval.number), earlier.and_then(text), text(value));
        }
    }
}

/// A change to what holds from that day on already is none, also for the days after it; the later decision about a day comes before the earlier.
fn set_status(
    desk: Known<'_>,
    number: &ApprovalNumber,
    change: &StatusChange,
    facts: &mut Facts,
) -> Result<(), Refusal> {
    let Some(before) = desk.approval else {
        return Err(Refusal::not_found(format!("approval {number} is not on this desk"))
            .hint("`stageplate approval list` shows which there are"));
    };
    if change.reason.trim().is_empty() {
        return Err(Refusal::new("reason", "a change of an approval's status needs a reason in words"));
    }
    if before.goes_by(change) {
        return Ok(());
    }
    let held = before.status_on(change.from);
    // Where that day keeps its status, what was decided about later ones is what gives way.
    let gives_way = if held == change.status { before.standing().in_words() } else { held.word().to_owned() };
    let to = format!("{} from {}", change.status.word(), change.from);
    facts.line(format!("approval {number}"), Some(gives_way), Some(to));
    facts.reason = Some(change.reason.clone());
    Ok(())
}

fn fields(of: &impl Serialize) -> Option<serde_json::Map<String, Value>> {
    match serde_json::to_value(of) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn add_scope(desk: Known<'_>, scope: &Scope, facts: &mut Facts) -> Result<(), Refusal> {
    name_like("a scope's name", &scope.name)?;
    if desk.scopes.iter().any(|known| known.name == scope.name) {
        return Err(Refusal::new("exists", format!("there is a scope `{}` already", scope.name)));
    }
    title_and_rule(desk, scope)?;
    facts.line(format!("scope {}", scope.name), None, Some(scope.title.clone()));
    if let Some(query) = &scope.matches {
        facts.line("match", None, Some(query.clone()));
    }
    Ok(())
}

fn set_scope(desk: Known<'_>, scope: &Scope, facts: &mut Facts) -> Result<(), Refusal> {
    let Some(before) = desk.scopes.iter().find(|known| known.name == scope.name) else {
        return Err(Refusal::not_found(format!("there is no scope `{}`", scope.name)));
    };
    title_and_rule(desk, scope)?;
    if before.title != scope.title {
        facts.line("title", Some(before.title.clone()), Some(scope.title.clone()));
    }
    if before.team != scope.team {
        facts.line("team", before.team.clone(), scope.team.clone());
    }
    if before.matches != scope.matches {
        facts.line("match", before.matches.clone(), scope.matches.clone());
    }
    Ok(())
}

fn title_and_rule(desk: Known<'_>, scope: &Scope) -> Result<(), Refusal> {
    if scope.title.trim().is_empty() {
        return Err(Refusal::new("name", "a scope has a title"));
    }
    if let Some(query) = &scope.matches {
        let read = Filter::parse_rule(query, desk.now.day());
        let known = read.and_then(|filter| desk.names.map_or(Ok(()), |names| filter.names_known(query, &names)));
        known.map_err(|fault| {
            let refusal = Refusal::new("filter", format!("the scope's rule will not do: {fault}"));
            match fault.hint() {
                Some(hint) => refusal.hint(hint),
                None => refusal,
            }
        })?;
    }
    Ok(())
}

/// What options differ from those applied before; facts without lines where none does.
fn apply_options(desk: Known<'_>, options: &Options, reason: &str, facts: &mut Facts) -> Result<(), Refusal> {
    if let Some(scope) = &options.scope
        && !desk.scopes.iter().any(|known| known.name == *scope)
    {
        return Err(Refusal::not_found(format!("there is no scope `{scope}`"))
            .hint("`stageplate scope list` shows which there are"));
    }
    if reason.trim().is_empty() {
        return Err(Refusal::new("reason", "applying build options needs a reason in words"));
    }
    let none = Options::default();
    let before = desk.options.unwrap_or(&none);
    let mut compare = |what: &str, from: BTreeMap<&str, String>, to: BTreeMap<&str, String>| {
        let names: BTreeSet<&str> = from.keys().chain(to.keys()).copied().collect();
        for name in names.into_iter().filter(|name| from.get(name) != to.get(name)) {
            facts.line(format!("{what} {name}"), from.get(name).cloned(), to.get(name).cloned());
        }
    };
    compare("option", options_in_words(before), options_in_words(options));
    compare("dependents of", dependencies_in_words(before), dependencies_in_words(options));
    if !facts.lines.is_empty() {
        facts.reason = Some(reason.to_owned());
    }
    Ok(())
}

fn options_in_words(options: &Options) -> BTreeMap<&str, String> {
    let words = |option: &BuildOption| fields(option).map(|fields| Value::Object(fields).to_string());
    options.options.iter().map(|option| (option.code.as_str(), words(option).unwrap_or_default())).collect()
}

fn dependencies_in_words(options: &Options) -> BTreeMap<&str, String> {
    let mut words: BTreeMap<&str, String> = BTreeMap::new();
    for dependency in &options.dependencies {
        let list = words.entry(&dependency.when).or_default();
        list.push_str(&format!("{}: {}; ", dependency.then.join(", "), dependency.because));
    }
    words
}

fn name_like(what: &str, name: &str) -> Result<(), Refusal> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    if !name.is_empty() && name.len() <= 64 && name.chars().all(plain) {
        return Ok(());
    }
    Err(Refusal::new("name", format!("{what} has 1 to 64 letters, digits, `.`, `_` or `-`")))
}

#[cfg(test)]
impl<'a> Known<'a> {
    /// A desk of these people with nothing on it yet.
    fn with(people: &'a [Person]) -> Known<'a> {
        Known {
            people,
            approval: None,
            scopes: &[],
            options: None,
            policies: None,
            in_work: &[],
            to_settle: &[],
            names: None,
            gateway_exists: false,
            now: Moment(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::Login;

    fn person(login: &str, roles: &[Role]) -> Person {
        let login = Login::parse(login).unwrap();
        Person::new(login.clone(), login.to_string(), roles.iter().copied())
    }

    #[test]
    fn a_scope_whose_query_does_not_read_is_refused() {
        let people = [person("root", &[Role::Admin])];
        let scope =
            Scope { name: "vans".into(), title: "Vans".into(), team: None, matches: Some("categorie:N1".into()) };
        let no = judge(&Actor::of(&people[0]), Known::with(&people), &DeskAction::AddScope(scope)).unwrap_err();
        assert_eq!((no.rule.as_str(), no.hints.len()), ("filter", 1));
    }
}

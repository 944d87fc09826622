//! Saved queues: a filter with a name, one person's own or shared with a team. Who may keep and drop which, and how a name is
//! read. A person's own are nobody else's business; that one is shared, changed or dropped is told in the history.

use chrono::NaiveDate;

use super::catalogue::Catalogue;
use super::event::Facts;
use super::filter::{Filter, Names};
use super::identity::Login;
use super::nearest::nearest;
use super::person::{Actor, Person, Role};
use super::plan::Refusal;
use super::queue::QueueName;
use super::scope::Policies;

/// The number of a saved queue on its desk; never given to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SavedId(pub i64);

/// A saved queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedQueue {
    /// Its number.
    pub id: SavedId,
    /// Its name: `tail lifts`.
    pub name: String,
    /// Who saved it.
    pub owner: Login,
    /// The team it is shared with; only its owner has it without.
    pub team: Option<String>,
    /// What it holds, in the language of [`filter`](super::filter). Relative days count from the day it is opened.
    pub query: String,
}

/// A saved queue with how many records it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedCount {
    /// Which.
    pub queue: SavedQueue,
    /// How many were counted.
    pub records: u64,
    /// Whether that is all of them, or counting was broken off because it took too long.
    pub whole: bool,
}

/// What is done about a saved queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueAct {
    /// It is kept, in the place of one of the same name.
    Save {
        /// Its name.
        name: String,
        /// What it holds.
        query: String,
        /// The team it is shared with, if it is.
        team: Option<String>,
    },
    /// It goes.
    Drop {
        /// Its name: one's own of that name, else the team's; `TEAM/NAME` for that of a team.
        name: String,
    },
}

/// What is there already and decides about an act on a saved queue.
#[derive(Debug, Clone, Copy)]
pub struct Shelf<'a> {
    /// Everybody registered.
    pub people: &'a [Person],
    /// The policies in force.
    pub policies: &'a Policies,
    /// The names of the scopes.
    pub scopes: &'a [String],
    /// The codes of the build options there are.
    pub options: &'a [String],
    /// The catalogue of entries.
    pub catalogue: &'a Catalogue,
    /// Every saved queue there is.
    pub saved: &'a [SavedQueue],
    /// The day it is.
    pub today: NaiveDate,
}

/// What an act on a saved queue does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Nothing: it is so already.
    Nothing,
    /// A new one.
    New {
        /// What the history says, where it is shared.
        facts: Option<Facts>,
    },
    /// This one gets another query.
    Changed {
        /// Which.
        id: SavedId,
        /// What the history says, where it is shared.
        facts: Option<Facts>,
    },
    /// This one goes.
    Dropped {
        /// Which.
        id: SavedId,
        /// What the history says, where it is shared.
        facts: Option<Facts>,
    },
}

/// The most queues one person keeps, and one team shares: each is counted when a terminal shows them.
const MOST: usize = 50;

const LONGEST_NAME: usize = 40;

/// Words after `queue` that are verbs.
const VERBS: [&str; 3] = ["save", "list", "drop"];

impl SavedQueue {
    /// Its name with its team before it: what the history calls it, and what tells two of the same name apart.
    pub fn full_name(&self) -> String {
        match &self.team {
            Some(team) => format!("{team}/{}", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether somebody has it among their queues: it is their own, or shared with their team.
    pub fn is_for(&self, who: &Login, people: &[Person]) -> bool {
        match &self.team {
            None => self.owner == *who,
            Some(team) => team_of(who, people) == Some(team),
        }
    }
}

fn team_of<'a>(who: &Login, people: &'a [Person]) -> Option<&'a String> {
    people.iter().find(|person| person.login == *who).and_then(|person| person.team.as_ref())
}

/// The queue somebody means by a name: their own, else their team's, else that of the team before a `/`.
pub fn named<'a>(name: &str, who: &Login, shelf: &Shelf<'a>) -> Option<&'a SavedQueue> {
    let mine = |queue: &&SavedQueue| queue.is_for(who, shelf.people) && same(&queue.name, name);
    let own = shelf.saved.iter().find(|queue| queue.team.is_none() && mine(queue));
    let full = |queue: &&SavedQueue| queue.team.is_some() && same(&queue.full_name(), name);
    own.or_else(|| shelf.saved.iter().find(mine)).or_else(|| shelf.saved.iter().find(full))
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Judges an act on a saved queue.
///
/// # Errors
/// The rule that says no, and who could.
pub fn judge(actor: &Actor, shelf: &Shelf<'_>, act: &QueueAct) -> Result<Kept, Refusal> {
    match act {
        QueueAct::Save { name, query, team } => save(actor, shelf, name, query, team.as_ref()),
        QueueAct::Drop { name } => {
            let Some(queue) = named(name, &actor.login, shelf) else {
                if QueueName::words().any(|word| same(word, name)) {
                    return Err(Refusal::new("queue", format!("`{name}` is a queue of the desk itself and stays"))
                        .hint("only queues that somebody saved are dropped; `stageplate queue list` shows them"));
                }
                return Err(not_there(actor, shelf, name));
            };
            may_change(actor, shelf, queue)?;
            let facts = queue.team.as_ref().map(|_| told(&queue.full_name(), Some(&queue.query), None));
            Ok(Kept::Dropped { id: queue.id, facts })
        }
    }
}

fn save(actor: &Actor, shelf: &Shelf<'_>, name: &str, query: &str, team: Option<&String>) -> Result<Kept, Refusal> {
    name_will_do(name)?;
    query_reads(shelf, query)?;
    if let Some(team) = team {
        may_share(actor, shelf, team)?;
    }
    let beside: Vec<&SavedQueue> = shelf
        .saved
        .iter()
        .filter(|queue| queue.team.as_ref() == team && (team.is_some() || queue.owner == actor.login))
        .collect();
    let full = team.map_or_else(|| name.to_owned(), |team| format!("{team}/{name}"));
    let facts = |from: Option<&str>| team.map(|_| told(&full, from, Some(query)));
    match beside.iter().find(|queue| same(&queue.name, name)) {
        Some(queue) if queue.query == query => Ok(Kept::Nothing),
        Some(queue) => {
            may_change(actor, shelf, queue)?;
            Ok(Kept::Changed { id: queue.id, facts: facts(Some(&queue.query)) })
        }
        None if beside.len() >= MOST => {
            let whose = team.map_or("you have".to_owned(), |team| format!("team `{team}` has"));
            Err(Refusal::new("queue-limit", format!("{whose} {MOST} saved queues already, which is the most"))
                .hint("drop one that nobody opens: stageplate queue drop NAME"))
        }
        None => Ok(Kept::New { facts: facts(None) }),
    }
}

fn told(full_name: &str, from: Option<&str>, to: Option<&str>) -> Facts {
    let mut facts = Facts::default();
    facts.line(format!("queue {full_name}"), from.map(str::to_owned), to.map(str::to_owned));
    facts
}

fn name_will_do(name: &str) -> Result<(), Refusal> {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '.' | '_' | '-' | '+');
    let fits = name.chars().count() <= LONGEST_NAME && name.chars().all(plain);
    let begins = name.chars().next().is_some_and(char::is_alphanumeric);
    if !fits || !begins || name.ends_with(' ') || name.contains("  ") {
        return Err(Refusal::new(
            "queue-name",
            format!(
                "a saved queue's name has 1 to {LONGEST_NAME} letters, digits, blanks, `.`, `_`, `-` or `+`, and begins \
                 with a letter or a digit"
            ),
        ));
    }
    let word = name.to_lowercase();
    if QueueName::of(&word).is_some() || VERBS.contains(&word.as_str()) {
        return Err(Refusal::new("queue-name", format!("`{word}` means something already"))
            .hint("give the queue a name of its own; `stageplate queue list` shows those that are taken"));
    }
    Ok(())
}

fn query_reads(shelf: &Shelf<'_>, query: &str) -> Result<(), Refusal> {
    if query.trim().is_empty() {
        return Err(Refusal::new("filter", "a saved queue says what it holds, as in `step:review option:TAILLIFT`"));
    }
    let read = Filter::parse(query, shelf.today).and_then(|filter| {
        let Shelf { policies, scopes, options, people, catalogue, .. } = *shelf;
        filter.names_known(query, &Names { policies, scopes, options, people, catalogue })
    });
    read.map_err(|fault| {
        let refusal = Refusal::new("filter", format!("the queue's query does not read: {fault}"));
        match fault.hint() {
            Some(hint) => refusal.hint(hint),
            None => refusal,
        }
    })
}

/// Who is of a team shares with it; leads and administrators share with any that somebody is in.
fn may_share(actor: &Actor, shelf: &Shelf<'_>, team: &String) -> Result<(), Refusal> {
    let teams = || shelf.people.iter().filter_map(|person| person.team.as_deref());
    if !teams().any(|known| known == team) {
        let refusal = Refusal::not_found(format!("nobody on this desk is in a team `{team}`"));
        return Err(match nearest(team, teams()) {
            Some(near) => refusal.hint(format!("the nearest is `{near}`")),
            None => refusal,
        });
    }
    if team_of(&actor.login, shelf.people) == Some(team) || actor.has_any(&[Role::Lead, Role::Admin]) {
        return Ok(());
    }
    let mut refusal =
        Refusal::role(actor, &format!("share with team `{team}`, not being of it"), &[Role::Lead, Role::Admin]);
    refusal.hints.push("share with your own team: --team".to_owned());
    Err(refusal)
}

/// Whoever saved a queue changes and drops it; a shared one also a lead of its team and an administrator.
fn may_change(actor: &Actor, shelf: &Shelf<'_>, queue: &SavedQueue) -> Result<(), Refusal> {
    let leads = |person: &Person| person.roles.contains(&Role::Lead) && person.team == queue.team;
    let leads_it = shelf.people.iter().any(|person| person.login == actor.login && leads(person));
    if queue.owner == actor.login || (queue.team.is_some() && (leads_it || actor.has_any(&[Role::Admin]))) {
        return Ok(());
    }
    let message = format!("`{}` was saved by {}", queue.full_name(), queue.owner);
    let mut refusal = Refusal { no: super::plan::No::NotAllowed, ..Refusal::new("queue-owner", message) };
    let others = shelf.people.iter().filter(|person| leads(person) || person.roles.contains(&Role::Admin));
    let mut who: Vec<String> = others.map(|person| person.login.to_string()).collect();
    who.push(queue.owner.to_string());
    who.sort_unstable();
    who.dedup();
    refusal.who = who.into();
    Err(refusal)
}

/// That there is no such queue, with the name nearest to it.
pub fn not_there(actor: &Actor, shelf: &Shelf<'_>, name: &str) -> Refusal {
    let mine = shelf.saved.iter().filter(|queue| queue.is_for(&actor.login, shelf.people));
    let names: Vec<String> =
        mine.map(|queue| queue.name.clone()).chain(QueueName::words().map(str::to_owned)).collect();
    let refusal = Refusal::not_found(format!("there is no queue `{name}`"));
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => refusal.hint(format!("the nearest is `{near}`")),
        None => refusal.hint("`stageplate queue list` shows which there are"),
    }
}

#[cfg(test)]
mod tests;

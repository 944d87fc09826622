//! What an act would do: pure, and the only judge of whether it may. The store calls it inside its write transaction.

mod content;
mod exceptions;
mod eyes;
mod incoming;
mod moves;
mod receipt;
mod review;
mod scope;
mod standing;
mod undo;

pub use exceptions::{LATE_CORRECTION, RAISED_BY_DESK, REJECTED_DELIVERY, RaisedByDesk};
pub use scope::joins;
pub use standing::APPROVAL_MISMATCH;

use chrono::NaiveDate;

use super::action::Action;
use super::address::Address;
use super::certificate::{Case, Certificate};
use super::checks::{self, Finding};
use super::event::{Event, Facts};
use super::exception::State;
use super::identity::Login;
use super::person::{Actor, Person, Role};
use super::policy::{Excluded, Reasoned, Step};
use super::readiness::Obstacle;
use super::record::{Confirmation, Record, SignOff};
use super::undo::Before;
use super::visible::brief;

/// What kind of no a refusal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum No {
    /// A rule of the desk or the data says no.
    Refused,
    /// The person lacks the role.
    NotAllowed,
    /// The act names something that does not exist.
    NotFound,
    /// Somebody else acted first.
    Overtaken,
}

/// Why an act is refused: the rule, the entry, who could.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What kind of no it is.
    pub no: No,
    /// The rule that says no: `four-eyes`, `role`, `gate:changes-decided`, a check's id.
    pub rule: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// The entry it speaks of, if one.
    pub address: Option<Address>,
    /// Who could, if anybody.
    pub who: Box<[String]>,
    /// What to do.
    pub hints: Vec<String>,
    /// What of a policy is refused, where it is one.
    pub policy: Option<Box<OfPolicy>>,
}

/// What of a policy is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfPolicy {
    /// The records that it would leave without a step.
    Unplaced(Vec<Unplaced>),
    /// The clauses that say no to the people there are: of the message, then of each hint, as far as there are any.
    Clauses(Vec<Clause>),
}

/// A clause of a policy, as its file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The table it stands in: `step`, `exception`.
    pub table: &'static str,
    /// The name in that table.
    pub name: String,
    /// The key.
    pub key: &'static str,
}

/// Records of one step that a policy has no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// The step they are in.
    pub step: String,
    /// How many.
    pub records: u64,
    /// Their VINs: all, or the first thousand.
    pub vins: Vec<String>,
    /// The filter that lists all of them.
    pub filter: String,
}

impl Refusal {
    /// A rule says no.
    pub fn new(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Refusal {
            no: No::Refused,
            rule: rule.into(),
            message: brief(message),
            address: None,
            who: Box::default(),
            hints: Vec::new(),
            policy: None,
        }
    }

    /// A role is missing.
    pub fn role(actor: &Actor, what: &str, roles: &[Role]) -> Self {
        let roles: std::collections::BTreeSet<Role> = roles.iter().copied().collect();
        let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
        let message = format!("{} may not {what}: it needs the role {}", actor.login, words.join(" or "));
        Refusal {
            no: No::NotAllowed,
            who: words.iter().map(|word| (*word).to_owned()).collect(),
            ..Refusal::new("role", message)
        }
    }

    /// The act names something that does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Refusal { no: No::NotFound, ..Refusal::new("exists", message) }
    }

    /// The same refusal about an entry.
    #[must_use]
    pub fn at(mut self, address: &Address) -> Self {
        self.address = Some(address.clone());
        self
    }

    /// The same refusal with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(brief(hint));
        self
    }
}

impl From<Obstacle> for Refusal {
    fn from(obstacle: Obstacle) -> Self {
        let who = obstacle.who.iter().map(|role| role.word().to_owned()).collect();
        Refusal { address: obstacle.address, who, ..Refusal::new(obstacle.rule, obstacle.what) }
    }
}

/// What an act does: the record after it and what the history says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The record after the act. Its `seq` is still that of before: the store sets it.
    pub record: Record,
    /// What the history says.
    pub facts: Facts,
    /// Whether anything changed at all; nothing is written otherwise.
    pub changed: bool,
}

/// Judges an act and says what it would do. `next_exception` is the number the next exception gets.
///
/// # Errors
/// The rule that says no, the entry, and who could.
pub fn plan(case: &Case<'_>, actor: &Actor, action: &Action, next_exception: i64) -> Result<Planned, Refusal> {
    let scope = case.record.scope.as_deref().or_else(|| action.scope_given());
    let anywhere = actor;
    let actor = actor.within(scope);
    let mut work = Work::new(case, &actor, next_exception);
    match action {
        Action::Receive(received) => incoming::receive(&mut work, received)?,
        Action::Prepare(row) => incoming::prepare(&mut work, row)?,
        Action::SetValues { values, reason } => content::set_values(&mut work, values, reason)?,
        Action::RemoveRow { row, reason } => content::remove_row(&mut work, row, reason)?,
        Action::Confirm { addresses } => review::confirm(&mut work, addresses.as_deref())?,
        Action::Flag { kind, at, blocking, text, to } => {
            exceptions::flag(&mut work, kind, at.as_ref(), *blocking, text, to.as_ref())?;
        }
        Action::Settle { id, how } => exceptions::settle(&mut work, *id, how)?,
        Action::Sign { checkpoint, meaning } => review::sign(&mut work, checkpoint.as_deref(), meaning.as_deref())?,
        Action::Assign { to, reason } => moves::assign(&mut work, to.as_ref(), reason.as_deref())?,
        Action::Advance { reason } => moves::advance(&mut work, reason.as_deref())?,
        Action::Return { to, reason } => moves::send_back(&mut work, to, reason)?,
        Action::Hold { reason, until } => moves::hold(&mut work, reason, *until)?,
        Action::Resume { reason } => moves::resume(&mut work, reason.as_deref())?,
        Action::Release(sealed) => moves::release(&mut work, sealed)?,
        Action::Receipt(came) => receipt::record(&mut work, came)?,
        Action::ApprovalNews(news) => standing::tell(&mut work, news)?,
        Action::Note { text } => moves::note(&mut work, text)?,
        Action::Vacate { who } => moves::vacate(&mut work, who)?,
        Action::MoveScope { to, reason } => scope::move_to(&mut work, anywhere, to, reason)?,
        Action::Follow => scope::follow(&mut work)?,
        Action::Undo => undo::undo(&mut work, None)?,
    }
    if action.can_be_undone() {
        work.facts.before = Some(Box::new(Before::of(&work.before, &work.record)));
    }
    Ok(work.done())
}

/// Judges the undoing of `last`, the last act on the record that was not undone itself. Beside the record, this is the one
/// act whose effect the history decides.
///
/// # Errors
/// As [`plan`]; and who acted since.
pub fn plan_undo(case: &Case<'_>, actor: &Actor, last: Option<&Event>) -> Result<Planned, Refusal> {
    let actor = actor.within(case.record.scope.as_deref());
    let mut work = Work::new(case, &actor, 0);
    undo::undo(&mut work, last)?;
    Ok(work.done())
}

/// An act being planned: the record as it becomes, and the facts as they gather.
struct Work<'a> {
    case: &'a Case<'a>,
    actor: &'a Actor,
    record: Record,
    facts: Facts,
    next_exception: i64,
    /// The record as it would be had nobody acted: what ended by itself until this day has ended.
    before: Record,
    /// How many lines say what ended by itself.
    ended: usize,
}

impl<'a> Work<'a> {
    fn new(case: &'a Case<'a>, actor: &'a Actor, next_exception: i64) -> Self {
        let mut record = case.record.clone();
        let mut facts = Facts { policy: case.policy.version, ..Facts::default() };
        end_what_ended(&mut record, &mut facts, case.now.day());
        let (before, ended) = (record.clone(), facts.lines.len());
        Work { case, actor, record, facts, next_exception, before, ended }
    }

    /// What ended by itself is written only together with what somebody did.
    fn done(self) -> Planned {
        if self.record == self.before && self.facts.lines.len() == self.ended {
            return Planned { record: self.case.record.clone(), facts: self.facts, changed: false };
        }
        let record = Record { updated_at: self.case.now, ..self.record };
        Planned { record, facts: self.facts, changed: true }
    }

    /// The certificate before the act.
    fn certificate(&self) -> Certificate {
        Certificate::of(self.case)
    }

    /// The case as the act has made it so far.
    fn case_now(&self) -> Case<'_> {
        Case { record: &self.record, ..*self.case }
    }

    fn findings(&self, certificate: &Certificate) -> Vec<Finding> {
        checks::run(self.case, certificate)
    }

    /// The step the record is in. A step the policy no longer knows lets nobody act.
    fn step(&self) -> Result<&'a Step, Refusal> {
        self.case.policy.step(&self.case.record.step).ok_or_else(|| {
            Refusal::new(
                "policy",
                format!("the policy has no step `{}`; the record cannot be worked on", self.case.record.step),
            )
            .hint("the desk needs a policy that has this step")
        })
    }

    fn need(&self, what: &str, roles: &[Role]) -> Result<(), Refusal> {
        if self.actor.has_any(roles) {
            return Ok(());
        }
        let refusal = Refusal::role(self.actor, what, roles);
        // Who has the role on other records must be told which they are, or the refusal reads as a mistake.
        let elsewhere: Vec<&str> = self
            .actor
            .scoped
            .iter()
            .filter(|(_, theirs)| roles.iter().any(|role| theirs.contains(role)))
            .map(|(scope, _)| scope.as_str())
            .collect();
        if elsewhere.is_empty() {
            return Err(refusal);
        }
        let here = match &self.case.record.scope {
            Some(scope) => format!("this record is in the scope `{scope}`"),
            None => "this record is in no scope".to_owned(),
        };
        Err(refusal.hint(format!("{} has it in the scope {} only; {here}", self.actor.login, elsewhere.join(", "))))
    }

    fn not_on_hold(&self) -> Result<(), Refusal> {
        let record = &self.case.record;
        match &record.hold {
            Some(hold) if record.held_on(self.case.now.day()) => {
                Err(Refusal::new("hold", format!("the record is on hold: {}", hold.reason)).hint("resume it first"))
            }
            _ => Ok(()),
        }
    }

    /// Four eyes: whoever changed content of this version neither confirms, signs nor releases it; and whom the
    /// policy keeps out of the step does not act in it.
    fn other_eyes(&self, what: &str, step: &Step) -> Result<(), Refusal> {
        let login = &self.actor.login;
        let record = &self.case.record;
        let why = if record.editors.contains(login) {
            Some("changed content of this version")
        } else if step.not.contains(&Excluded::Preparer) && record.preparer.as_ref() == Some(login) {
            Some("prepared this record")
        } else if step.not.contains(&Excluded::LastEditor) && record.last_editor.as_ref() == Some(login) {
            Some("changed this record last")
        } else if self.signed_before(login, step) {
            Some("signed an earlier checkpoint of this version")
        } else {
            None
        };
        let Some(why) = why else { return Ok(()) };
        let mut refusal = Refusal::new("four-eyes", format!("{login} {why} and so cannot {what}"));
        refusal.who = self.others(&step.acts);
        Err(refusal)
    }

    /// Whether somebody signed a checkpoint of this version whose signers the step keeps out.
    fn signed_before(&self, login: &Login, step: &Step) -> bool {
        let kept_out: Vec<&str> = self.case.policy.excluded_signers(step).collect();
        self.case.record.has_signed(login, &kept_out)
    }

    /// Whether the policy asks for a reason where none was given.
    fn asks_reason(&self, act: Reasoned, reason: Option<&str>) -> Result<(), Refusal> {
        if !self.case.policy.reasons.contains(&act) || reason.is_some_and(|reason| !reason.trim().is_empty()) {
            return Ok(());
        }
        Err(Refusal::new("reason", format!("the policy asks for a reason to {} a record", act.word()))
            .hint("say why with --reason"))
    }

    /// Who else could act with one of these roles.
    fn others(&self, roles: &[Role]) -> Box<[String]> {
        let record = &self.case.record;
        self.case
            .people
            .iter()
            .filter(|person| person.holds(roles, record.scope.as_deref()) && person.is_here_on(self.case.now.day()))
            .filter(|person| !record.editors.contains(&person.login) && record.preparer.as_ref() != Some(&person.login))
            .map(|person| person.login.to_string())
            .collect()
    }

    fn person_exists(&self, login: &Login) -> Result<(), Refusal> {
        match self.case.people.iter().find(|person| person.login == *login) {
            Some(Person { left: Some(day), .. }) => {
                return Err(Refusal::new("left", format!("{login} left the desk on {day}")).hint("name somebody else"));
            }
            Some(_) => return Ok(()),
            None => {}
        }
        let known = self.case.people.iter().map(|person| person.login.as_str());
        let refusal = Refusal::not_found(format!("nobody on this desk is called `{login}`"));
        Err(match super::nearest::nearest(login.as_str(), known) {
            Some(near) => refusal.hint(format!("the nearest is `{near}`")),
            None => refusal.hint("`stageplate person list` shows who there is"),
        })
    }

    /// Marks that the actor changed content, and makes void what no longer fits it.
    fn content_changed(&mut self, by_actor: bool) {
        if by_actor {
            let first = self.record.editors.insert(self.actor.login.clone());
            self.record.last_editor = Some(self.actor.login.clone());
            if first {
                eyes::take_back_their_word(self);
            }
        }
        self.void_what_no_longer_fits();
    }

    /// Confirmations whose values changed and sign-offs whose content changed become void, and the history says so.
    /// What a released version was signed and released with stays as it was: a correction opens the next one.
    fn void_what_no_longer_fits(&mut self) {
        let step = self.case.policy.step(&self.record.step);
        if step.is_some_and(|step| step.outcome == super::policy::Outcome::Rest) {
            return;
        }
        // Most content is worked on before anybody confirmed or signed anything of it.
        let record = &self.record;
        let holds = |signoff: &SignOff| signoff.version == record.version && signoff.void_at.is_none();
        if record.confirmations.is_empty() && !record.signoffs.iter().any(holds) {
            return;
        }
        let certificate = Certificate::of(&self.case_now());
        let fits = |(address, yes): &(&Address, &Confirmation)| {
            let change = certificate.change(address);
            change.is_some_and(|change| yes.is_of(change.before.as_deref(), change.ours.as_deref()))
        };
        let gone = self.record.confirmations.iter().filter(|one| !fits(one));
        let gone: Vec<Address> = gone.map(|(address, _)| address.clone()).collect();
        for address in gone {
            if let Some(confirmation) = self.record.confirmations.remove(&address).filter(|yes| !yes.void) {
                self.facts.void_line(format!("confirmation {address}"), &confirmation.by, None);
            }
        }
        self.void_signoffs(|signoff| signoff.content != certificate.hash, None);
    }

    /// Makes sign-offs of the version in work void; `why` is the act of whoever gave them, where it was theirs.
    fn void_signoffs(&mut self, which: impl Fn(&SignOff) -> bool, why: Option<&str>) {
        let version = self.record.version;
        let now = self.case.now;
        let held =
            self.record.signoffs.iter_mut().filter(|signoff| signoff.version == version && signoff.void_at.is_none());
        for signoff in held.filter(|signoff| which(signoff)) {
            signoff.void_at = Some(now);
            self.facts.void_line(format!("sign-off {}", signoff.checkpoint), &signoff.by, why);
        }
    }

    fn needs_words(&self, what: &str, text: &str) -> Result<(), Refusal> {
        if !text.chars().any(char::is_alphanumeric) {
            return Err(Refusal::new("reason", format!("{what} needs a reason in words"))
                .hint("say it so that who reads the history in ten years understands it"));
        }
        if text.len() > 64 * 1024 {
            return Err(Refusal::new("length", format!("{what}: the text is longer than 64 KiB")));
        }
        Ok(())
    }
}

/// Waivers and holds whose last day has passed are over without anybody doing anything. Everything that asks takes the day
/// into account; the first act after it writes it down.
fn end_what_ended(record: &mut Record, facts: &mut Facts, day: NaiveDate) {
    for exception in &mut record.exceptions {
        if let Some(until) = exception.waiver_ended(day) {
            exception.state = State::Open;
            exception.outcome = None;
            let was = format!("{} until {until}", State::Waived.word());
            facts.desk_line(format!("exception {}", exception.id.0), Some(was), Some(State::Open.word().to_owned()));
        }
    }
    if !record.held_on(day)
        && let Some(hold) = record.hold.take()
    {
        let was = hold.until.map(|until| format!("until {until}"));
        facts.desk_line("hold", was, Some("ended".to_owned()));
    }
}

/// The roles that work on records; an auditor only reads.
const WORKING: [Role; 4] = [Role::Prepare, Role::Review, Role::Lead, Role::Release];

/// Whether the actor may release the record as it stands: asked before anything is sealed, and again by [`plan`].
///
/// # Errors
/// As [`plan`] would refuse the release.
pub fn may_release(case: &Case<'_>, actor: &Actor) -> Result<(), Refusal> {
    let actor = actor.within(case.record.scope.as_deref());
    moves::may_release(&Work::new(case, &actor, 0))
}

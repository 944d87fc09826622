//! What a verb works with: the desk, who acts, the moment, the output. The one place of the command line that asks the
//! machine for its user and its clock.

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};
use uuid::Uuid;

use super::args::Global;
use super::output::Out;
use crate::bounded;
use crate::config::place::Place;
use crate::config::strict;
use crate::domain::address::Address;
use crate::domain::approval::Approval;
use crate::domain::identity::{Login, RecordId, Vin};
use crate::domain::moment::Moment;
use crate::domain::person::{Actor, Person};
use crate::failure::{Failure, Kind};
use crate::intake::Reject;
use crate::ivi;
use crate::store::{Desk, StoreError};

/// The moment it is, by this machine's clock.
pub fn now() -> Moment {
    Moment::from(Utc::now())
}

/// The operating system's user of the real uid, asked of the kernel and its user database, never of the environment.
pub fn os_user() -> Result<String, Failure> {
    let uid = nix::unistd::getuid();
    match nix::unistd::User::from_uid(uid) {
        Ok(Some(user)) => Ok(user.name),
        Ok(None) => Err(Failure::new(Kind::NotAllowed, format!("the operating system knows no user with uid {uid}"))),
        Err(fault) => Err(Failure::new(Kind::Fault, format!("cannot ask who uid {uid} is: {fault}"))),
    }
}

/// The desk's file: from the command line or the environment, else the platform's place for data.
pub fn desk_path(global: &Global) -> Result<PathBuf, Failure> {
    match &global.db {
        Some(path) => Ok(path.clone()),
        None => Place::of_person().map(|place| place.desk).ok_or_else(|| {
            Failure::new(Kind::Usage, "you have no home directory to keep a desk in").hint("name one with --db PATH")
        }),
    }
}

/// Opens the desk at a path. That it was brought up to date, and where it lies as it was, is said.
pub fn open_desk(path: &Path, out: &Out) -> Result<Desk, StoreError> {
    let desk = Desk::open(path, ivi::catalogue())?;
    if let Some(migrated) = desk.migrated() {
        out.say(&format!("brought the desk from schema {} to {}", migrated.from, migrated.to));
        out.say(&format!("as it was before, it lies in {}", migrated.backup.display()));
    }
    Ok(desk)
}

/// An open desk and who acts on it.
pub struct Context {
    /// The desk.
    pub desk: Desk,
    /// Who acts.
    pub actor: Actor,
    /// Where output goes.
    pub out: Out,
}

impl Context {
    /// Opens the desk and finds out who acts.
    pub fn open(global: &Global) -> Result<Context, Failure> {
        let path = desk_path(global)?;
        let out = Out { format: global.output, quiet: global.quiet };
        let mut desk = open_desk(&path, &out)?;
        let actor = who_acts(&mut desk, global)?;
        Ok(Context { desk, actor, out })
    }

    /// The record of a VIN as typed.
    pub fn record(&mut self, vin: &str) -> Result<RecordId, Failure> {
        Ok(self.desk.record_id(&read_vin(vin)?)?)
    }

    /// The address a person means, as typed.
    pub fn address(&self, text: &str) -> Result<Address, Failure> {
        self.desk.catalogue().address(text).map_err(|fault| {
            let kind = match fault {
                crate::domain::catalogue::AddressFault::Unknown { .. } => Kind::NotFound,
                _ => Kind::Usage,
            };
            Failure::new(kind, fault.to_string())
        })
    }

    /// The day it is.
    pub fn today(&self) -> NaiveDate {
        now().day()
    }

    /// The approval of that number, with every extension when it is given without one.
    pub fn approvals_of(&mut self, number: &str) -> Result<Vec<(Approval, u64)>, Failure> {
        let mut found: Vec<(Approval, u64)> = self
            .desk
            .approvals()?
            .into_iter()
            .filter(|(approval, _)| approval.number.as_str() == number || approval.number.base() == number)
            .collect();
        found.sort_by(|(one, _), (other, _)| one.number.cmp(&other.number));
        if found.is_empty() {
            return Err(Failure::new(Kind::NotFound, format!("no approval {number} on this desk"))
                .hint("`stageplate approval list` shows which there are"));
        }
        Ok(found)
    }
}

fn who_acts(desk: &mut Desk, global: &Global) -> Result<Actor, Failure> {
    let user = os_user()?;
    let Some(login) = &global.speak_as else {
        let own = Login::parse(&user).ok();
        let person = match &own {
            Some(login) => desk.person(login)?,
            None => None,
        };
        return match person {
            Some(person) => still_here(&person),
            None if desk.is_demo() => Err(Failure::new(Kind::NotAllowed, format!("`{user}` is nobody on this desk"))
                .rule("person")
                .hint("on a demo desk you may be anybody: --as prep, review, lead, release, audit or admin")),
            None => Err(Failure::new(Kind::NotAllowed, format!("`{user}` is nobody on this desk"))
                .rule("person")
                .hint(format!("an administrator registers you: stageplate person add {user} --name … --role …"))),
        };
    };
    let login = read_login(login)?;
    if login.as_str() != user && !desk.is_demo() && !desk.is_gateway(&user)? {
        return Err(Failure::new(
            Kind::NotAllowed,
            format!("`{user}` may not speak for others: it is no gateway of this desk"),
        )
        .rule("gateway")
        .hint(format!("an administrator allows it: stageplate person gateway {user}")));
    }
    match desk.person(&login)? {
        Some(person) => Ok(Actor { via: Some(user).filter(|user| *user != login.as_str()), ..still_here(&person)? }),
        None => Err(Failure::new(Kind::NotAllowed, format!("`{login}` is nobody on this desk")).rule("person")),
    }
}

/// The person as one who acts, unless they left.
fn still_here(person: &Person) -> Result<Actor, Failure> {
    match person.left {
        None => Ok(Actor::of(person)),
        Some(day) => Err(Failure::new(Kind::NotAllowed, format!("{} left the desk on {day}", person.login))
            .rule("person")
            .hint(format!("an administrator can take you back: stageplate person set {} --role …", person.login))),
    }
}

/// A request id for an act that is made once.
pub fn request() -> Uuid {
    Uuid::new_v4()
}

/// A VIN as typed.
pub fn read_vin(text: &str) -> Result<Vin, Failure> {
    Vin::parse(text).map_err(|fault| {
        let shown = crate::domain::visible::quoted(text);
        Failure::new(Kind::Usage, format!("`{shown}` is no VIN: {fault}"))
    })
}

/// A login as typed.
pub fn read_login(text: &str) -> Result<Login, Failure> {
    Login::parse(text).map_err(|fault| Failure::new(Kind::Usage, fault.to_string()))
}

/// A day as typed.
pub fn read_date(text: &str) -> Result<NaiveDate, Failure> {
    crate::domain::value::date(text)
        .ok_or_else(|| Failure::new(Kind::Usage, format!("`{text}` is no date such as 2026-07-05")))
}

/// The text of a file a person named.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = bounded::read(path, strict::LARGEST).map_err(|fault| unreadable(path, &fault))?;
    String::from_utf8(bytes).map_err(|_| Failure::new(Kind::Usage, format!("{} is not UTF-8", path.display())))
}

/// The failure of not being able to read a file.
pub fn unreadable(path: &Path, fault: &std::io::Error) -> Failure {
    let kind = if fault.kind() == std::io::ErrorKind::NotFound { Kind::NotFound } else { Kind::Usage };
    Failure::new(kind, format!("cannot read {}: {fault}", path.display()))
}

/// A rejection as one line: file, line, reason and remedy.
pub fn told(file: &Path, reject: &Reject) -> String {
    let line = reject.line.map_or(String::new(), |line| format!(":{line}"));
    let hints = if reject.hints.is_empty() { String::new() } else { format!(" ({})", reject.hints.join("; ")) };
    format!("{}{line}: {}{hints}", file.display(), reject.reason)
}

/// The failure of a file that cannot be taken as a whole.
pub fn rejected(file: &Path, reject: &Reject) -> Failure {
    let kind = if file.exists() { Kind::Refused } else { Kind::NotFound };
    let failure = Failure::new(kind, format!("{}: {}", file.display(), reject.reason));
    reject.hints.iter().fold(failure, |failure, hint| failure.hint(hint.as_str()))
}

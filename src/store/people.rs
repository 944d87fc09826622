//! People in the file: how they lie in their rows, who acts at this moment, and what those who left owned.

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::apply::{Act, Outcome, Target};
use super::columns::{day_number, day_of, login, maybe_login};
use super::desk::{Desk, Session};
use super::error::StoreError;
use crate::domain::action::Action;
use crate::domain::identity::{Digest, Login, RecordId};
use crate::domain::moment::Moment;
use crate::domain::person::{Absence, Actor, Person, Role};
use crate::domain::plan::{No, Refusal};

impl Session<'_> {
    /// Whoever acts, with what they may do at this moment: roles may have changed since they were looked at.
    pub fn actor(&mut self, actor: &Actor) -> Result<Actor, StoreError> {
        let people = self.people()?;
        let nobody = |message: String| Refusal { no: No::NotAllowed, ..Refusal::new("person", message) };
        match people.iter().find(|person| person.login == actor.login) {
            Some(Person { left: Some(day), .. }) => {
                Err(nobody(format!("{} left the desk on {day} and does nothing here any more", actor.login))
                    .hint("an administrator can take them back: stageplate person set LOGIN --role ROLE")
                    .into())
            }
            Some(person) => Ok(Actor { via: actor.via.clone(), ..Actor::of(person) }),
            None => Err(nobody(format!("nobody on this desk is called `{}`", actor.login)).into()),
        }
    }
}

impl Desk {
    /// Makes what somebody who left owned nobody's: records and exceptions, a bounded number in each transaction, each with
    /// an event of its own. Repeating it after an interruption finishes it.
    pub(super) fn vacate(
        &mut self,
        actor: &Actor,
        who: &Login,
        request: Uuid,
        now: Moment,
    ) -> Result<usize, StoreError> {
        const AT_ONCE: usize = 200;
        let action = Action::Vacate { who: who.clone() };
        let mut done = 0;
        loop {
            let ids = self.read(|session| owned_by(session.conn, who, AT_ONCE))?;
            let acts: Vec<Act<'_>> = ids
                .iter()
                .map(|id| {
                    let request = derived(request, *id);
                    Act { actor, target: Target::Record(*id), action: &action, seen: None, request, now }
                })
                .collect();
            let mut vacated = 0;
            for applied in self.apply_each(&acts)? {
                vacated += usize::from(applied?.outcome == Outcome::Updated);
            }
            done += vacated;
            if vacated == 0 {
                return Ok(done);
            }
        }
    }
}

/// The request of one of many acts that one request asks for: the same when it is asked again.
pub fn derived(request: Uuid, id: RecordId) -> Uuid {
    let digest = Digest::of(format!("{request} {}", id.0).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.0[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Records somebody owns, or owns an open exception on (indexes `record_owner`, `exception_owned`).
fn owned_by(conn: &Connection, who: &Login, limit: usize) -> Result<Vec<RecordId>, StoreError> {
    let mut find = conn.prepare_cached(
        "SELECT id FROM record WHERE owner = ?1 UNION SELECT record FROM exception WHERE owner = ?1 \
         AND owner IS NOT NULL AND state IN ('open', 'in-progress') LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids = find.query_map(params![who.as_str(), limit], |row| row.get(0).map(RecordId))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

pub fn put_person(conn: &Connection, person: &Person) -> Result<(), StoreError> {
    let mut put = conn.prepare_cached(
        "INSERT INTO person (login, name, roles, team, scoped, absent_from, absent_until, deputy, left_on) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT (login) DO UPDATE SET name = excluded.name, roles = excluded.roles, team = excluded.team, \
         scoped = excluded.scoped, absent_from = excluded.absent_from, absent_until = excluded.absent_until, \
         deputy = excluded.deputy, left_on = excluded.left_on",
    )?;
    let absence = person.absence.as_ref();
    put.execute(params![
        person.login.as_str(),
        person.name,
        words(&person.roles, " "),
        person.team,
        scoped(person),
        absence.map(|absence| day_number(absence.from)),
        absence.map(|absence| day_number(absence.until)),
        absence.and_then(|absence| absence.deputy.as_ref()).map(Login::as_str),
        person.left.map(day_number),
    ])?;
    let revision: String = conn.query_row("SELECT value FROM meta WHERE name = 'people'", [], |row| row.get(0))?;
    let next = revision.parse::<i64>().map_err(|_| StoreError::damaged("the revision of the list of people"))? + 1;
    conn.execute("UPDATE meta SET value = ?1 WHERE name = 'people'", [next.to_string()])?;
    Ok(())
}

fn words<'a>(roles: impl IntoIterator<Item = &'a Role>, between: &str) -> String {
    roles.into_iter().map(|role| role.word()).collect::<Vec<_>>().join(between)
}

/// `buses:prepare vans:review,lead`
fn scoped(person: &Person) -> String {
    let parts = person.scoped.iter().map(|(scope, roles)| format!("{scope}:{}", words(roles, ",")));
    parts.collect::<Vec<_>>().join(" ")
}

pub fn load_people(conn: &Connection) -> Result<Vec<Person>, StoreError> {
    let mut find = conn.prepare_cached(
        "SELECT login, name, roles, team, scoped, absent_from, absent_until, deputy, left_on FROM person ORDER BY login",
    )?;
    let mut rows = find.query([])?;
    let mut people = Vec::new();
    while let Some(row) = rows.next()? {
        let login = login(row, 0)?;
        let day = |at: usize| Ok::<_, StoreError>(row.get::<_, Option<i64>>(at)?.and_then(day_of));
        let absence = match (day(5)?, day(6)?) {
            (Some(from), Some(until)) => Some(Absence { from, until, deputy: maybe_login(row, 7)? }),
            _ => None,
        };
        let roles = read_roles(&login, &row.get::<_, String>(2)?, ' ')?;
        let mut person =
            Person { team: row.get(3)?, absence, left: day(8)?, ..Person::new(login, String::new(), roles) };
        person.name = row.get(1)?;
        for part in row.get::<_, String>(4)?.split(' ').filter(|part| !part.is_empty()) {
            let (scope, roles) = part
                .split_once(':')
                .ok_or_else(|| StoreError::damaged(format!("person {}: roles of a scope", person.login)))?;
            let roles = read_roles(&person.login, roles, ',')?;
            person.scoped.insert(scope.to_owned(), roles.into_iter().collect());
        }
        people.push(person);
    }
    Ok(people)
}

fn read_roles(login: &Login, text: &str, between: char) -> Result<Vec<Role>, StoreError> {
    let words = text.split(between).filter(|word| !word.is_empty());
    words
        .map(|word| {
            Role::of(word).ok_or_else(|| StoreError::damaged(format!("person {login}: no role is called `{word}`")))
        })
        .collect()
}

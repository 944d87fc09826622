//! Who graded a check otherwise than the catalogue, when and why: told from the policies there were and the events that
//! applied them.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::chain;
use super::columns::from_json;
use super::desk::{Desk, Session};
use super::error::StoreError;
use crate::domain::checks::{Grade, Graded};
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;

/// The policies of the same scope up to one, newest first.
pub const POLICIES: &str = "SELECT version, applied_at, body FROM policy WHERE version <= ?1 \
    AND scope IS NOT DISTINCT FROM (SELECT scope FROM policy WHERE version = ?1) ORDER BY version DESC";

/// The act that applied a policy (index `event_policy`).
pub const APPLIED_BY: &str = "FROM event WHERE action = 'policy-apply' AND subject = ?1 ORDER BY seq LIMIT 1";

impl Desk {
    /// Of every check that a policy grades: the act that gave it the grade it has there, and which later policies only
    /// kept.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn gradings(&mut self, policy: u32) -> Result<BTreeMap<String, Graded>, StoreError> {
        self.read(|session| gradings(session, policy))
    }
}

fn gradings(session: &mut Session<'_>, policy: u32) -> Result<BTreeMap<String, Graded>, StoreError> {
    let policies = policies(session.conn, policy)?;
    let Some((_, _, in_force)) = policies.first() else { return Ok(BTreeMap::new()) };
    let mut known = BTreeMap::new();
    for (check, grade) in &in_force.grades {
        let kept = policies.iter().take_while(|(.., older)| older.grades.get(check) == Some(grade));
        let Some((version, at, _)) = kept.last() else { continue };
        known.insert(check.clone(), graded(session, *grade, *version, *at)?);
    }
    Ok(known)
}

fn policies(conn: &Connection, version: u32) -> Result<Vec<(u32, Moment, Policy)>, StoreError> {
    let mut find = conn.prepare_cached(POLICIES)?;
    let mut rows = find.query([version])?;
    let mut policies = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(2)?;
        policies.push((row.get(0)?, Moment(row.get(1)?), from_json("a policy", body.as_bytes())?));
    }
    Ok(policies)
}

fn graded(session: &mut Session<'_>, grade: Grade, policy: u32, at: Moment) -> Result<Graded, StoreError> {
    let Session { conn, packs, .. } = session;
    let mut find = conn.prepare_cached(&format!("SELECT {} {APPLIED_BY}", chain::COLUMNS))?;
    let mut rows = find.query(params![format!("policy {policy}")])?;
    let event = rows.next()?.map(|row| chain::Stored::read(conn, packs, row)?.event()).transpose()?;
    let (by, reason) = event.map_or((None, None), |event| (Some(event.by), event.facts.reason));
    Ok(Graded { grade, policy, at, by, reason })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use uuid::Uuid;

    use super::*;
    use crate::domain::catalogue::Catalogue;
    use crate::domain::event::Facts;
    use crate::domain::identity::{Digest, Login};
    use crate::domain::person::{Person, Role};
    use crate::store::NewDesk;
    use crate::store::chain::{About, NewEvent};
    use crate::store::desk::End;
    use crate::store::scopes;

    static EMPTY: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Vec::new()));

    fn policy(version: u32, grades: &[(&str, Grade)]) -> Policy {
        let text = include_str!("../../sample-data/policy.toml");
        let mut policy = crate::config::policy::read(text, "policy.toml", crate::ivi::catalogue()).unwrap();
        policy.version = version;
        policy.grades = grades.iter().map(|(check, grade)| ((*check).to_owned(), *grade)).collect();
        policy
    }

    fn apply(desk: &mut Desk, policy: &Policy, by: &str, reason: &str) {
        let facts = Facts { policy: policy.version, reason: Some(reason.to_owned()), ..Facts::default() };
        desk.write(|session| {
            let at = Moment(i64::from(policy.version));
            scopes::put_policy(session.conn, None, policy, "", at)?;
            let event = NewEvent {
                at,
                by: &Login::parse(by).unwrap(),
                via: None,
                action: "policy-apply",
                about: About::Desk(&format!("policy {}", policy.version)),
                request: Uuid::from_u128(1_000 + u128::from(policy.version)),
                facts: &facts,
                state: Digest::of(b"policy"),
            };
            chain::append(session.conn, session.packs, &event)?;
            Ok(End::Keep(()))
        })
        .unwrap();
    }

    #[test]
    fn a_grade_is_told_with_the_policy_that_first_gave_it_and_who_applied_that() {
        let folder = tempfile::tempdir().unwrap();
        let founder = Person::new(Login::parse("root").unwrap(), "Root", Role::ALL);
        let first = policy(1, &[("AR-01", Grade::Block), ("AR-02", Grade::Block)]);
        let new = NewDesk { policy: first, policy_source: String::new(), options: None, founder, demo: true };
        let mut desk = Desk::create(&folder.path().join("desk.db"), &new, &EMPTY, Moment(0)).unwrap();
        let second = policy(2, &[("AR-01", Grade::Block), ("AR-02", Grade::Off)]);
        apply(&mut desk, &second, "lead", "weighed by the base maker");
        let known = desk.gradings(2).unwrap();
        let told = |check: &str| {
            let graded = &known[check];
            (graded.policy, graded.by.clone().unwrap().to_string(), graded.reason.as_deref())
        };
        assert_eq!(told("AR-01"), (1, "root".to_owned(), None));
        assert_eq!(told("AR-02"), (2, "lead".to_owned(), Some("weighed by the base maker")));
        assert_eq!(desk.gradings(1).unwrap()["AR-02"].grade, Grade::Block, "as it was then");
    }
}

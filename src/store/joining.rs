//! Which scope a record belongs to: the one an act names, or the first whose rule selects it when it comes in.

use super::columns::day_number;
use super::desk::{Desk, End, Session};
use super::error::StoreError;
use super::record::{self, Writing};
use super::scopes::load_scopes;
use super::select::{Asker, Clause, write_filter};
use crate::domain::action::Action;
use crate::domain::certificate::{Case, Certificate};
use crate::domain::checks;
use crate::domain::filter::Filter;
use crate::domain::nearest::nearest;
use crate::domain::plan::{self, Planned, Refusal};
use crate::domain::policy::Outcome;
use crate::domain::scope::Scope;
use crate::domain::summary::Summary;

impl Desk {
    /// What would become of a record's scope by an act that is only planned, told in `planned` as [`settle_scope`] tells it;
    /// nothing stays written.
    ///
    /// # Errors
    /// The rule that says no; that the desk is busy.
    pub fn rehearse_joining(
        &mut self,
        action: &Action,
        before: &Case<'_>,
        new: bool,
        planned: &mut Planned,
    ) -> Result<(), StoreError> {
        self.write(|session| settle_scope(session, action, before, new, planned).map(|()| End::Leave(())))
    }
}

/// Lets the record join a scope where what came in belongs to one, and gives it the step it has there.
pub fn settle_scope(
    session: &mut Session<'_>,
    action: &Action,
    before: &Case<'_>,
    new: bool,
    planned: &mut Planned,
) -> Result<(), StoreError> {
    let named = planned.record.scope.is_some();
    if planned.record.scope == before.record.scope {
        let incoming = matches!(action, Action::Receive(_) | Action::Prepare(_));
        let rests = before.policy.step(&planned.record.step).is_none_or(|step| step.outcome == Outcome::Rest);
        if named || !incoming || rests {
            return Ok(());
        }
        let Some(scope) = rule_that_selects(session, action, before, new, planned)? else { return Ok(()) };
        planned.facts.line("scope", None, Some(scope.clone()));
        planned.record.scope = Some(scope);
    } else if let Some(name) = &planned.record.scope {
        let scopes = load_scopes(session.conn)?;
        if !scopes.iter().any(|scope| scope.name == *name) {
            let refusal = Refusal::not_found(format!("there is no scope `{name}`"));
            let near = nearest(name, scopes.iter().map(|scope| scope.name.as_str()));
            return Err(near.map_or(refusal.clone(), |near| refusal.hint(format!("the nearest is `{near}`"))).into());
        }
    }
    let policy = session.policy_of(planned.record.scope.as_deref())?;
    if policy.version == before.policy.version {
        return Ok(());
    }
    match plan::joins(planned, before.policy, &policy, before.now) {
        // A rule takes a record in where it can; where it cannot, somebody moves it later.
        Err(_) if !named => {
            planned.record.scope = None;
            planned.facts.lines.retain(|line| line.what != "scope");
            Ok(())
        }
        joined => Ok(joined?),
    }
}

/// The first scope, by name, whose rule selects the record as the act leaves it. The rule is asked of the record's row as
/// lists would ask it: the row is written, looked at and taken back.
fn rule_that_selects(
    session: &mut Session<'_>,
    action: &Action,
    before: &Case<'_>,
    new: bool,
    planned: &Planned,
) -> Result<Option<String>, StoreError> {
    let scopes: Vec<Scope> = load_scopes(session.conn)?.into_iter().filter(|scope| scope.matches.is_some()).collect();
    if scopes.is_empty() {
        return Ok(None);
    }
    let case = Case { record: &planned.record, ..*before };
    let certificate = Certificate::of(&case);
    let summary = Summary::of(&case, &certificate, &checks::run(&case, &certificate));
    let earlier = (!new).then_some(before.record);
    let writing = Writing { before: earlier, after: &planned.record, summary: &summary, action };
    // A rule may look for words.
    session.write_words()?;
    session.conn.prepare_cached("SAVEPOINT joining")?.execute([])?;
    let selected =
        record::write_line(session.conn, &writing).and_then(|()| first_of(session, &scopes, before, planned));
    session.conn.prepare_cached("ROLLBACK TO joining")?.execute([])?;
    session.conn.prepare_cached("RELEASE joining")?.execute([])?;
    selected
}

fn first_of(
    session: &Session<'_>,
    scopes: &[Scope],
    before: &Case<'_>,
    planned: &Planned,
) -> Result<Option<String>, StoreError> {
    let today = before.now.day();
    for scope in scopes {
        let query = scope.matches.as_deref().unwrap_or_default();
        let filter = Filter::parse(query, today).map_err(|fault| {
            Refusal::new("filter", format!("the rule of the scope `{}` does not read: {fault}", scope.name))
        })?;
        let Some(nobody) =
            planned.record.preparer.clone().or_else(|| before.people.first().map(|one| one.login.clone()))
        else {
            continue;
        };
        let asker = Asker { who: nobody, today: day_number(today) };
        let mut clause = Clause::default();
        clause.add("SELECT 1 FROM record r WHERE r.id = ").value(planned.record.id.0).add(" AND ");
        write_filter(&mut clause, &filter, &asker);
        if session.conn.prepare_cached(&clause.sql)?.exists(rusqlite::params_from_iter(clause.values))? {
            return Ok(Some(scope.name.clone()));
        }
    }
    Ok(None)
}

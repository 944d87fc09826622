//! Judges a policy that follows another while records are in work: whether people could work under it, whether every record
//! finds its step, whether whoever applies it would come by something.

use super::Known;
use super::staffing::unstaffed;
use crate::domain::event::Facts;
use crate::domain::filter::quoted;
use crate::domain::nearest::nearest;
use crate::domain::person::Actor;
use crate::domain::plan::{Clause, OfPolicy, Refusal, Unplaced};
use crate::domain::policy::{Outcome, Policy, Step};
use crate::domain::scope::Policies;

/// How many records of a step are named one by one; the others are counted, and a filter finds them all.
pub const NAMED: usize = 1000;

/// The longest list that is answered at once.
const LISTED: u64 = 10_000;

/// Records of one scope in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InWork {
    /// The scope, if any.
    pub scope: Option<String>,
    /// The step, as the desk knows it.
    pub step: String,
    /// How many.
    pub records: u64,
    /// The VINs of the first of them.
    pub first: Vec<String>,
}

/// Exceptions of one kind on records of one scope that are to be settled, or opened again by the end of a waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSettle {
    /// The scope, if any.
    pub scope: Option<String>,
    /// The kind.
    pub kind: String,
    /// How many.
    pub exceptions: u64,
}

pub fn apply(
    actor: &Actor,
    desk: Known<'_>,
    scope: Option<&str>,
    policy: &Policy,
    reason: &str,
    facts: &mut Facts,
) -> Result<(), Refusal> {
    known_scope(desk, scope)?;
    if reason.trim().is_empty() {
        return Err(Refusal::new("reason", "a policy needs a reason in words").hint("say why with --reason"));
    }
    let Some(policies) = desk.policies else { return Ok(()) };
    if is_in_force(policies, scope, policy) {
        return Ok(());
    }
    gains_nothing(actor, scope, policies.of(scope), policy)?;
    can_follow(desk, scope, policy)?;
    let before = policies.of(scope);
    let name = |policy: &Policy| format!("{} ({})", policy.version, policy.name);
    facts.line(
        scope.map_or_else(|| "policy".to_owned(), |scope| format!("policy of {scope}")),
        Some(name(before)),
        Some(name(policy)),
    );
    let (was, is) = (before.release.entries, policy.release.entries);
    if was != is {
        facts.line("entries of a message", Some(was.word().to_owned()), Some(is.word().to_owned()));
    }
    for rename in &policy.renames {
        facts.line("step", Some(rename.from.clone()), Some(rename.to.clone()));
    }
    facts.reason = Some(reason.to_owned());
    Ok(())
}

/// Whether a policy could follow the one in force as the desk stands, whoever applies it: what `policy check` answers, and
/// what a policy that is applied is held to.
///
/// # Errors
/// The rule that says no, and what would help.
pub fn can_follow(desk: Known<'_>, scope: Option<&str>, policy: &Policy) -> Result<(), Refusal> {
    known_scope(desk, scope)?;
    let Some(policies) = desk.policies.filter(|policies| !is_in_force(policies, scope, policy)) else { return Ok(()) };
    let missing = unstaffed(policy, desk.people, scope);
    if let Some((first, rest)) = missing.split_first() {
        let refusal = Refusal::new("policy", format!("under this policy {}", first.what));
        let refusal = rest.iter().fold(refusal, |refusal, other| refusal.hint(format!("and {}", other.what)));
        let refusal = refusal.hint("register somebody who could (`stageplate person add`), or change the policy");
        let clauses = missing.into_iter().map(|lack| lack.clause).collect();
        return Err(Refusal { policy: Some(Box::new(OfPolicy::Clauses(clauses))), ..refusal });
    }
    rests_alike(desk, scope, policy)?;
    every_record_has_a_step(desk, scope, policies.of(scope), policy)?;
    every_exception_has_a_kind(desk, scope, policy)
}

fn known_scope(desk: Known<'_>, scope: Option<&str>) -> Result<(), Refusal> {
    let Some(name) = scope.filter(|scope| !desk.scopes.iter().any(|known| known.name == *scope)) else {
        return Ok(());
    };
    let refusal = Refusal::not_found(format!("there is no scope `{name}`"));
    Err(match nearest(name, desk.scopes.iter().map(|known| known.name.as_str())) {
        Some(near) => refusal.hint(format!("the nearest is `{near}`")),
        None => refusal,
    })
}

/// Whether it governs the scope, or the desk, already.
fn is_in_force(policies: &Policies, scope: Option<&str>, policy: &Policy) -> bool {
    let own = scope.is_none_or(|scope| policies.scopes.contains_key(scope));
    let before = policies.of(scope);
    own && (Policy { version: before.version, ..policy.clone() }) == **before
}

/// Nobody comes by the right to act in a step through a policy they apply themselves.
fn gains_nothing(actor: &Actor, scope: Option<&str>, before: &Policy, after: &Policy) -> Result<(), Refusal> {
    let me = actor.within(scope);
    let came_from = |step: &Step| {
        let renamed = after.renames.iter().find(|rename| rename.to == step.name);
        let name = renamed.map_or(&step.name, |rename| &rename.from);
        let same_end = || before.steps.iter().find(|old| old.outcome == Outcome::Release);
        before.step(name).or_else(|| same_end().filter(|_| step.outcome == Outcome::Release))
    };
    for step in after.steps.iter().filter(|step| me.has_any(&step.acts)) {
        if came_from(step).is_some_and(|old| !me.has_any(&old.acts)) {
            let what = format!("{} could act in the step `{}` by a policy of their own", actor.login, step.name);
            let refusal = Refusal::new("own-roles", what).hint("somebody who gains nothing by it can apply it");
            let clause = Clause { table: "step", name: step.name.clone(), key: "acts" };
            return Err(Refusal { policy: Some(Box::new(OfPolicy::Clauses(vec![clause]))), ..refusal });
        }
    }
    Ok(())
}

/// What is released is released whatever scope it belongs to: all policies release in the same step and rest in the same.
fn rests_alike(desk: Known<'_>, scope: Option<&str>, policy: &Policy) -> Result<(), Refusal> {
    let Some(policies) = desk.policies else { return Ok(()) };
    let end = |policy: &Policy| -> Vec<String> {
        let steps = policy.steps.iter().filter(|step| step.outcome != Outcome::Advance);
        steps.map(|step| format!("`{}`", step.name)).collect()
    };
    let others: Vec<(String, &Policy)> = match scope {
        Some(_) => vec![("the desk's".to_owned(), &*policies.desk)],
        None => {
            policies.scopes.iter().map(|(name, policy)| (format!("that of the scope `{name}`"), &**policy)).collect()
        }
    };
    match others.into_iter().find(|(_, other)| end(other) != end(policy)) {
        None => Ok(()),
        Some((whose, other)) => Err(Refusal::new(
            "policy",
            format!(
                "it releases and rests in {}, {whose} in {}: what is released must be released in every scope",
                end(policy).join(", "),
                end(other).join(", ")
            ),
        )),
    }
}

/// What is to be settled keeps a kind that says who settles it.
fn every_exception_has_a_kind(desk: Known<'_>, scope: Option<&str>, policy: &Policy) -> Result<(), Refusal> {
    let Some(policies) = desk.policies else { return Ok(()) };
    let mut lost: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for open in desk.to_settle.iter().filter(|open| governs(policies, scope, open.scope.as_deref())) {
        if policy.exception_kind(&open.kind).is_none() {
            *lost.entry(&open.kind).or_default() += open.exceptions;
        }
    }
    if lost.is_empty() {
        return Ok(());
    }
    let all: u64 = lost.values().sum();
    let refusal = Refusal::new(
        "in-flight",
        format!("{all} exceptions that are not settled for good would have no kind under this policy"),
    );
    Err(lost.iter().fold(refusal, |refusal, (kind, count)| {
        refusal.hint(format!(
            "{count} of `{kind}` (stageplate exception list --filter \"kind:{kind} state:open,in-progress,waived\"): settle \
             them first, a waiver that still runs too, or keep the kind"
        ))
    }))
}

/// Whether the policy of a scope, or the desk's, governs the records of another.
fn governs(policies: &Policies, scope: Option<&str>, of: Option<&str>) -> bool {
    match scope {
        Some(scope) => of == Some(scope),
        None => of.is_none_or(|scope| !policies.scopes.contains_key(scope)),
    }
}

fn every_record_has_a_step(
    desk: Known<'_>,
    scope: Option<&str>,
    before: &Policy,
    policy: &Policy,
) -> Result<(), Refusal> {
    let Some(policies) = desk.policies else { return Ok(()) };
    let governed = |work: &&InWork| governs(policies, scope, work.scope.as_deref());
    let rests = |step: &Step| step.outcome == Outcome::Rest;
    let mut lost: Vec<Unplaced> = Vec::new();
    for work in desk.in_work.iter().filter(governed).filter(|work| work.records > 0) {
        let there = before.step(&work.step).is_some_and(rests);
        if policy.step(&work.step).is_some_and(|step| rests(step) == there) {
            continue;
        }
        let place = lost.iter().position(|one| one.step == work.step).unwrap_or_else(|| {
            let filter = filter_of(policies, scope, &work.step);
            lost.push(Unplaced { step: work.step.clone(), records: 0, vins: Vec::new(), filter });
            lost.len() - 1
        });
        lost[place].records += work.records;
        let room = NAMED.saturating_sub(lost[place].vins.len());
        lost[place].vins.extend(work.first.iter().take(room).cloned());
    }
    if lost.is_empty() {
        return Ok(());
    }
    let records: u64 = lost.iter().map(|one| one.records).sum();
    let refusal = Refusal::new("in-flight", format!("{records} records would have no step under this policy"));
    let refusal = lost.iter().fold(refusal, |refusal, one| {
        let Unplaced { step, records, filter, .. } = one;
        let (limit, to) = ((*records).min(LISTED), instead_of(before, policy, step));
        let comma = if to.is_some() { "," } else { "" };
        let refusal = refusal.hint(format!(
            "{records} in `{step}` ({}; all: stageplate queue all --filter \"{filter}\" --limit {limit}): move them on \
             or back first{comma}",
            first_of(one)
        ));
        let named = |to| format!("or say in the policy where they are now: [[rename]] from = \"{step}\" to = \"{to}\"");
        to.map(named).into_iter().fold(refusal, Refusal::hint)
    });
    Err(Refusal { policy: Some(Box::new(OfPolicy::Unplaced(lost))), ..refusal })
}

/// The step that records of one which goes are probably meant to be in: the one called nearly so; else one that is new in its
/// place, between the steps that stay; else the one before it, where nothing is skipped, or behind it. What is in work never
/// comes to rest so.
fn instead_of<'a>(before: &Policy, after: &'a Policy, gone: &str) -> Option<&'a str> {
    let rests = |step: &Step| step.outcome == Outcome::Rest;
    let there = before.step(gone).is_some_and(rests);
    let names: Vec<&str> =
        after.steps.iter().filter(|step| rests(step) == there).map(|step| step.name.as_str()).collect();
    if let Some(alike) = nearest(gone, names.iter().copied()) {
        return Some(alike);
    }
    let Some(place) = before.steps.iter().position(|step| step.name == gone) else { return names.first().copied() };
    let stays = |step: &Step| names.iter().position(|name| *name == step.name);
    let ahead = before.steps[..place].iter().rev().find_map(stays);
    let behind = before.steps[place + 1..].iter().find_map(stays);
    let new = (ahead.map_or(0, |at| at + 1)..behind.unwrap_or(names.len())).next();
    new.or(ahead).or(behind).map(|at| names[at])
}

/// What selects the records of a step that a policy governs, and no others.
fn filter_of(policies: &Policies, scope: Option<&str>, step: &str) -> String {
    let step = format!("step:{}", quoted(step));
    match scope {
        Some(scope) => format!("{step} scope:{}", quoted(scope)),
        None => policies.scopes.keys().fold(step, |filter, scope| format!("{filter} -scope:{}", quoted(scope))),
    }
}

/// The first VINs of those records, and whether there are more.
fn first_of(lost: &Unplaced) -> String {
    const TOLD: usize = 5;
    let first: Vec<&str> = lost.vins.iter().take(TOLD).map(String::as_str).collect();
    let more = if lost.records > first.len() as u64 { ", …" } else { "" };
    format!("{}{more}", first.join(", "))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::governance::{DeskAction, judge};
    use crate::domain::identity::Login;
    use crate::domain::person::{Person, Role};
    use crate::domain::policy::{ExceptionKind, Rename, Settler};

    fn step(name: &str, acts: Role, outcome: Outcome) -> Step {
        Step { name: name.into(), acts: vec![acts], outcome, ..Step::default() }
    }

    fn policy() -> Policy {
        let work = Step { edit: true, ..step("work", Role::Prepare, Outcome::Advance) };
        let review = Step { checkpoint: Some("look".into()), ..step("review", Role::Review, Outcome::Advance) };
        let ready = step("ready", Role::Release, Outcome::Release);
        let exception_kinds = vec![ExceptionKind {
            name: "missing-data".into(),
            title: String::new(),
            blocking: true,
            settled_by: Role::Lead,
            owner: None,
        }];
        let steps = vec![work, review, ready, step("done", Role::Lead, Outcome::Rest)];
        Policy { steps, exception_kinds, ..Policy::default() }
    }

    fn people() -> Vec<Person> {
        let person = |name: &str, role| Person::new(Login::parse(name).unwrap(), name, [role]);
        vec![
            person("root", Role::Admin),
            person("prep", Role::Prepare),
            person("rev", Role::Review),
            person("rel", Role::Release),
            person("lead", Role::Lead),
        ]
    }

    fn rule(who: usize, people: &[Person], after: Policy) -> Result<Facts, Refusal> {
        let policies = Policies { desk: Arc::new(policy()), scopes: Default::default() };
        let in_work =
            [InWork { scope: None, step: "review".into(), records: 3, first: vec!["ZZATG60D2TK104417".into()] }];
        let to_settle = [ToSettle { scope: None, kind: "missing-data".into(), exceptions: 2 }];
        let desk = Known { policies: Some(&policies), in_work: &in_work, to_settle: &to_settle, ..Known::with(people) };
        let act = DeskAction::ApplyPolicy {
            scope: None,
            policy: Box::new(after),
            source: String::new(),
            reason: "faster".into(),
        };
        judge(&Actor::of(&people[who]), desk, &act)
    }

    #[test]
    fn a_record_whose_step_is_gone_is_named_with_its_step_and_how_many() {
        let mut after = policy();
        after.steps[1].name = "check".into();
        let no = rule(0, &people(), after.clone()).unwrap_err();
        assert_eq!(
            (no.rule.as_str(), no.message.as_str()),
            ("in-flight", "3 records would have no step under this policy")
        );
        assert!(no.hints[0].starts_with("3 in `review` (ZZATG60D2TK104417, …; all: "), "{:?}", no.hints);
        after.renames = vec![Rename { from: "review".into(), to: "check".into() }];
        assert_eq!(rule(0, &people(), after).unwrap().lines.len(), 2);
    }

    #[test]
    fn records_of_a_step_that_goes_are_offered_the_step_nearest_by_name_then_by_place() {
        let meant = |gone: &str, names: &[&str]| {
            let mut before = policy();
            before.steps.insert(2, step("compliance", Role::Lead, Outcome::Advance));
            let kept = |name: &&str| before.steps.iter().find(|step| step.name == **name).cloned();
            let new = |name: &str| step(name, Role::Review, Outcome::Advance);
            let steps = names.iter().map(|name| kept(name).unwrap_or_else(|| new(name))).collect();
            let after = Policy { steps, ..policy() };
            instead_of(&before, &after, gone).map(str::to_owned)
        };
        let meant = |gone: &str, names: &[&str]| meant(gone, names).unwrap_or_default();
        assert_eq!(meant("review", &["work", "compliance", "reviews", "ready", "done"]), "reviews", "by its name");
        assert_eq!(meant("review", &["work", "check", "compliance", "ready", "done"]), "check", "new in its place");
        assert_eq!(meant("compliance", &["work", "check", "review", "ready", "done"]), "review", "the one before");
        assert_eq!(meant("work", &["review", "compliance", "ready", "done"]), "review", "nothing is before it");
        assert_eq!(meant("compliance", &["work", "ready", "complianse", "done"]), "complianse");
        assert_eq!(meant("done", &["work", "review", "compliance", "ready", "archived"]), "", "no other step rests");
    }

    #[test]
    fn a_record_in_work_never_comes_to_rest_by_a_policy() {
        let mut after = policy();
        after.steps.remove(1);
        after.renames = vec![Rename { from: "review".into(), to: "done".into() }];
        assert_eq!(rule(0, &people(), after).unwrap_err().rule, "in-flight");
    }

    #[test]
    fn a_checkpoint_whose_role_nobody_holds_is_refused() {
        let mut without = people();
        without.remove(2);
        let mut after = policy();
        after.steps[1].due_days = Some(1);
        let no = rule(0, &without, after.clone()).unwrap_err();
        assert!(no.message.contains("nobody has the role review to sign the checkpoint `look`"), "{no}");
        assert!(rule(0, &people(), after).is_ok());
    }

    #[test]
    fn a_kind_that_is_still_to_be_settled_is_kept() {
        let mut after = policy();
        after.exception_kinds.clear();
        let no = rule(0, &people(), after).unwrap_err();
        assert_eq!(no.message, "2 exceptions that are not settled for good would have no kind under this policy");
        assert!(no.hints[0].starts_with("2 of `missing-data`"), "{:?}", no.hints);
    }

    #[test]
    fn a_kind_whose_owner_is_nobody_of_the_desk_is_refused_with_who_was_meant() {
        let with = |owner: Settler| {
            let mut after = policy();
            after.exception_kinds[0].owner = Some(owner);
            rule(0, &people(), after).map_err(|no| no.message)
        };
        let login = |login: &str| Settler::Login(Login::parse(login).unwrap());
        let told = with(login("leed")).unwrap_err();
        assert!(told.contains("nobody here is called `leed`") && told.contains("did you mean `lead`?"), "{told}");
        assert!(with(login("lead")).is_ok());
        assert!(with(Settler::Role(Role::Audit)).unwrap_err().contains("nobody has the role audit, which owns"));
    }

    #[test]
    fn a_step_that_only_its_own_preparer_could_see_is_refused() {
        let mut alone = people();
        alone.retain(|person| person.login.as_str() != "rev");
        alone[1].roles.insert(Role::Review);
        let told = unstaffed(&policy(), &alone, None);
        assert!(told[0].what.contains("only prep could sign"), "{told:?}");
    }

    #[test]
    fn nobody_comes_by_a_step_through_a_policy_of_their_own() {
        let mut after = policy();
        after.steps[2].acts.push(Role::Lead);
        assert_eq!(rule(4, &people(), after.clone()).unwrap_err().rule, "own-roles");
        assert!(rule(0, &people(), after).is_ok());
    }

    #[test]
    fn only_who_keeps_the_desk_applies_a_policy_and_the_same_one_again_is_nothing_to_do() {
        let mut after = policy();
        after.steps[0].due_days = Some(3);
        assert_eq!(rule(1, &people(), after).unwrap_err().rule, "role");
        assert!(rule(0, &people(), policy()).unwrap().lines.is_empty());
    }
}

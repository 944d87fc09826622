//! Whether the people of a desk are enough for a policy: for each step and checkpoint somebody who may, for each kind of
//! exception somebody who settles it, and people enough for its four eyes.

use crate::domain::nearest::nearest;
use crate::domain::person::{Person, Role};
use crate::domain::plan::Clause;
use crate::domain::policy::{ExceptionKind, Excluded, Outcome, Policy, Settler, Step};

/// Something that nobody on the desk could do under a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// What, in a sentence.
    pub what: String,
    /// The clause of the policy that asks for it.
    pub clause: Clause,
}

impl Lack {
    fn of_step(step: &Step, key: &'static str, what: String) -> Lack {
        Lack { what, clause: Clause { table: "step", name: step.name.clone(), key } }
    }

    fn of_kind(kind: &ExceptionKind, key: &'static str, what: String) -> Lack {
        Lack { what, clause: Clause { table: "exception", name: kind.name.clone(), key } }
    }
}

/// What nobody on the desk could do under a policy; of a scope, or of the whole desk.
pub fn unstaffed(policy: &Policy, people: &[Person], scope: Option<&str>) -> Vec<Lack> {
    let nobody = unattended_steps(policy, people, scope);
    let mut told: Vec<Lack> = nobody.map(|step| Lack::of_step(step, "acts", nobody_may(step))).collect();
    told.extend(alone(policy, people, scope));
    if told.is_empty() {
        told.extend(crowded(policy, people, scope));
    }
    told.extend(unsettled(policy, people, scope));
    told
}

/// Kinds of exceptions that name a settler whom the desk does not have, or whose roles nobody holds.
fn unsettled(policy: &Policy, people: &[Person], scope: Option<&str>) -> Vec<Lack> {
    let here = || people.iter().filter(|person| person.left.is_none());
    let nobody_has = |roles: &[Role]| holders(people, roles, scope).is_empty();
    let mut told = Vec::new();
    for kind in &policy.exception_kinds {
        let name = &kind.name;
        let settlers = [kind.settled_by, Role::Lead];
        if nobody_has(&settlers) {
            let what = format!("nobody has the role {} or lead to settle an exception `{name}`", kind.settled_by);
            told.push(Lack::of_kind(kind, "settled_by", what));
        }
        match &kind.owner {
            Some(Settler::Role(role)) if nobody_has(&[*role]) => {
                let what = format!("nobody has the role {role}, which owns an exception `{name}`");
                told.push(Lack::of_kind(kind, "owner_role", what));
            }
            Some(Settler::Login(login)) if !here().any(|person| person.login == *login) => {
                let near = nearest(login.as_str(), here().map(|person| person.login.as_str()));
                let meant = near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
                let what = format!("nobody here is called `{login}`, who owns an exception `{name}`{meant}");
                told.push(Lack::of_kind(kind, "owner", what));
            }
            _ => {}
        }
    }
    told
}

/// Those of the people who are still here and have one of these roles, on records of the scope or on any.
fn holders<'a>(people: &'a [Person], roles: &[Role], scope: Option<&str>) -> Vec<&'a Person> {
    let here = people.iter().filter(|person| person.left.is_none());
    here.filter(|person| match scope {
        Some(_) => person.holds(roles, scope),
        None => person.holds_somewhere(roles),
    })
    .collect()
}

fn working(policy: &Policy) -> impl Iterator<Item = &Step> {
    policy.steps.iter().filter(|step| step.outcome != Outcome::Rest)
}

/// What is done in a step, as a person would say it.
fn act_of(step: &Step) -> String {
    step.checkpoint.as_ref().map_or_else(
        || format!("leave the step `{}`", step.name),
        |checkpoint| format!("sign the checkpoint `{checkpoint}` of the step `{}`", step.name),
    )
}

/// Steps and checkpoints that nobody could leave or sign, each with the roles that would do.
pub fn unattended<'a>(policy: &'a Policy, people: &[Person], scope: Option<&str>) -> Vec<(String, &'a [Role])> {
    unattended_steps(policy, people, scope).map(|step| (nobody_may(step), step.acts.as_slice())).collect()
}

fn unattended_steps<'a>(policy: &'a Policy, people: &[Person], scope: Option<&str>) -> impl Iterator<Item = &'a Step> {
    working(policy).filter(move |step| holders(people, &step.acts, scope).is_empty())
}

fn nobody_may(step: &Step) -> String {
    let roles: Vec<&str> = step.acts.iter().map(|role| role.word()).collect();
    format!("nobody has the role {} to {}", roles.join(" or "), act_of(step))
}

/// Steps whose only holder four eyes would keep out.
fn alone(policy: &Policy, people: &[Person], scope: Option<&str>) -> Vec<Lack> {
    let editors = holders(people, &[Role::Prepare], scope);
    let mut told = Vec::new();
    for step in working(policy) {
        let able = holders(people, &step.acts, scope);
        let [only] = able.as_slice() else { continue };
        let what = act_of(step);
        if step.asks_other_eyes() && !step.edit && editors.as_slice() == [*only] {
            let what = format!("only {} could {what}, and nobody else prepares what other eyes must see", only.login);
            told.push(Lack::of_step(step, clause_of_eyes(step), what));
        }
        let kept_out: Vec<&str> = policy.excluded_signers(step).collect();
        for (earlier, checkpoint) in policy.checkpoints_before(&step.name) {
            if kept_out.contains(&checkpoint) && holders(people, &earlier.acts, scope).as_slice() == [*only] {
                let what = format!("only {} could {what}, and nobody else signs `{checkpoint}` before", only.login);
                told.push(Lack::of_step(step, clause_of_eyes(step), what));
            }
        }
    }
    told
}

/// The clause of a step that keeps people out; who acts in it, where other eyes are asked for whatever the policy says.
fn clause_of_eyes(step: &Step) -> &'static str {
    if step.not.is_empty() { "acts" } else { "not" }
}

/// A part in the way of a record: who could take it, and which parts somebody else must take.
struct Part<'a> {
    what: String,
    /// The step it is done in; none for changing content, which any step may let happen.
    step: Option<&'a Step>,
    able: Vec<&'a Person>,
    apart: Vec<usize>,
}

/// Parts that must be taken by different people and for which there are not people enough, though for each there is one: the
/// exclusions of the steps would keep out everybody who may act.
fn crowded(policy: &Policy, people: &[Person], scope: Option<&str>) -> Option<Lack> {
    let parts = parts(policy, people, scope);
    let mut kept: Vec<usize> = (0..parts.len()).collect();
    if goes(&parts, &kept, &mut Vec::new()) {
        return None;
    }
    // What remains when nothing more can be left out is what to tell.
    for part in 0..parts.len() {
        let without: Vec<usize> = kept.iter().copied().filter(|one| *one != part).collect();
        if !goes(&parts, &without, &mut Vec::new()) {
            kept = without;
        }
    }
    let what: Vec<&str> = kept.iter().map(|part| parts[*part].what.as_str()).collect();
    let able = people.iter().filter(|person| kept.iter().any(|part| parts[*part].able.contains(person)));
    let names: Vec<&str> = able.map(|person| person.login.as_str()).collect();
    let what = format!(
        "four eyes would keep out everybody who may act: different people must {}, and there are only {}",
        what.join(" and "),
        names.join(", ")
    );
    // The last of them is the one that nobody is left for.
    let step = kept.iter().rev().find_map(|part| parts[*part].step)?;
    Some(Lack::of_step(step, clause_of_eyes(step), what))
}

/// The parts of a record's way that four eyes hold apart: changing its content, handing it in, each step that asks for
/// other eyes, each checkpoint whose signer a later step keeps out.
fn parts<'a>(policy: &'a Policy, people: &'a [Person], scope: Option<&str>) -> Vec<Part<'a>> {
    let editor = Part {
        what: "change content".into(),
        step: None,
        able: holders(people, &[Role::Prepare], scope),
        apart: vec![],
    };
    let mut parts = vec![editor];
    let mut places: Vec<(&Step, usize)> = Vec::new();
    let mut handed_in = None;
    for step in working(policy) {
        let mine = parts.len();
        let mut apart = Vec::new();
        if step.asks_other_eyes() && !step.edit {
            apart.push(0);
        }
        if step.not.contains(&Excluded::Preparer) && !step.edit {
            apart.extend(handed_in);
        }
        let kept_out: Vec<&str> = policy.excluded_signers(step).collect();
        apart.extend(places.iter().filter_map(|(earlier, place)| {
            earlier.checkpoint.as_deref().is_some_and(|checkpoint| kept_out.contains(&checkpoint)).then_some(*place)
        }));
        apart.dedup();
        if step.edit && policy.after(&step.name).is_some_and(|next| !next.edit) {
            handed_in = Some(mine);
        }
        places.push((step, mine));
        parts.push(Part { what: act_of(step), step: Some(step), able: holders(people, &step.acts, scope), apart });
    }
    parts
}

/// Whether these parts can be given to people so that nobody has two that must be apart. A part for which there are more
/// people than parts it must be apart from can always be given last, so that few are left to try.
fn goes<'a>(parts: &[Part<'a>], chosen: &[usize], given: &mut Vec<(usize, &'a Person)>) -> bool {
    let apart = |one: usize, other: usize| parts[one].apart.contains(&other) || parts[other].apart.contains(&one);
    let mut tight = chosen.to_vec();
    while let Some(loose) = tight
        .iter()
        .position(|part| parts[*part].able.len() > tight.iter().filter(|other| apart(*part, **other)).count())
    {
        tight.remove(loose);
    }
    give(parts, &tight, given, &apart)
}

fn give<'a>(
    parts: &[Part<'a>],
    left: &[usize],
    given: &mut Vec<(usize, &'a Person)>,
    apart: &impl Fn(usize, usize) -> bool,
) -> bool {
    let Some((part, rest)) = left.split_first() else { return true };
    parts[*part].able.iter().any(|person| {
        if given.iter().any(|(other, taken)| taken.login == person.login && apart(*part, *other)) {
            return false;
        }
        given.push((*part, person));
        let goes = give(parts, rest, given, apart);
        given.pop();
        goes
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::Login;

    fn step(name: &str, acts: Role, not: &[Excluded], outcome: Outcome) -> Step {
        let checkpoint = (outcome == Outcome::Advance).then(|| name.to_owned());
        Step { name: name.into(), acts: vec![acts], not: not.to_vec(), outcome, checkpoint, ..Step::default() }
    }

    /// Prepared, looked at, looked at again by others, released by others still.
    fn policy() -> Policy {
        let work = Step { edit: true, checkpoint: None, ..step("work", Role::Prepare, &[], Outcome::Advance) };
        let look = step("look", Role::Review, &[], Outcome::Advance);
        let again = step("again", Role::Review, &[Excluded::Signer], Outcome::Advance);
        let ready = step("ready", Role::Review, &[Excluded::Signer], Outcome::Release);
        Policy { steps: vec![work, look, again, ready], ..Policy::default() }
    }

    fn people(reviewers: usize) -> Vec<Person> {
        let person = |name: String, roles: &[Role]| {
            Person::new(Login::parse(&name).unwrap(), name.clone(), roles.iter().copied())
        };
        let reviewers = (0..reviewers).map(|number| person(format!("rev{number}"), &[Role::Review]));
        std::iter::once(person("prep".into(), &[Role::Prepare])).chain(reviewers).collect()
    }

    #[test]
    fn exclusions_that_keep_out_everybody_who_may_act_are_told_with_who_there_is() {
        let told = unstaffed(&policy(), &people(2), None);
        let [told] = told.as_slice() else { panic!("{told:?}") };
        let Lack { what, clause } = told;
        assert!(what.contains("sign the checkpoint `look`") && what.contains("leave the step `ready`"), "{what}");
        assert!(what.ends_with("there are only rev0, rev1") && !what.contains("change content"), "{what}");
        assert_eq!((clause.table, clause.name.as_str(), clause.key), ("step", "ready", "not"));
        assert!(unstaffed(&policy(), &people(3), None).is_empty());
    }

    #[test]
    fn who_hands_in_is_kept_out_where_the_preparer_is() {
        let with = |not: &[Excluded]| {
            let mut policy = policy();
            policy.steps[0].acts = vec![Role::Lead];
            policy.steps = vec![policy.steps[0].clone(), step("ready", Role::Lead, not, Outcome::Release)];
            let mut people = people(0);
            people.push(Person::new(Login::parse("lead").unwrap(), "lead", [Role::Lead]));
            unstaffed(&policy, &people, None)
        };
        assert!(with(&[Excluded::Preparer])[0].what.contains("there are only lead"));
        assert!(with(&[]).is_empty());
    }

    #[test]
    fn hundreds_of_people_are_looked_at_at_once() {
        assert!(unstaffed(&policy(), &people(500), None).is_empty());
    }
}

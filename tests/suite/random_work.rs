//! Promises of the domain whatever a policy says and whatever people do under it: policies at random, people with roles at
//! random, acts at random.

use std::cell::Cell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use stageplate::domain::action::{Action, Settle};
use stageplate::domain::checks;
use stageplate::domain::event::Event;
use stageplate::domain::identity::{ExceptionId, Login, Seq};
use stageplate::domain::person::{Person, Role};
use stageplate::domain::policy::{Gate, Outcome, Policy};
use stageplate::domain::readiness;
use stageplate::domain::receipt::Answer;
use stageplate::domain::record::Record;
use stageplate::store::Target;

use crate::desk::{self, Bench};
use crate::fixture::{Desk, PEOPLE, base, came_back, receive};
use crate::folded::Folded;
use crate::properties::{Move, action, runner};
use crate::random_policies::{Chances, chances, read, written};
use crate::undo::bare;

/// Of thirty-two kinds of acts, how many are the work going on.
const GOING_ON: usize = 20;

const ROLES: [Role; 4] = [Role::Prepare, Role::Review, Role::Lead, Role::Release];

/// One sequence: the policy, the roles of each person as bits, whether anything is prepared yet, and the acts.
type Sequence = (Chances, Vec<usize>, bool, Vec<Move>);

fn sequences(length: usize) -> impl Strategy<Value = Sequence> {
    let roles = prop::collection::vec(0..16_usize, PEOPLE.len());
    let acts = prop::collection::vec((0..PEOPLE.len(), 0..32_usize, 0..8_usize, 0..4_usize), length / 2..length);
    (chances(), roles, prop::bool::weighted(0.85), acts)
}

/// A record in the first step of the policy, and people with these roles.
fn begin(start: &Desk, policy: Policy, roles: &[usize]) -> Desk {
    let of = |bits: usize| (0..ROLES.len()).filter(move |at| bits & (1 << at) != 0).map(|at| ROLES[at]);
    let people = PEOPLE.iter().zip(roles);
    let people = people.map(|((login, _), bits)| Person::new(Login::parse(login).unwrap(), *login, of(*bits)));
    let mut desk = start.clone();
    desk.people = people.collect();
    desk.record.step.clone_from(&policy.steps[0].name);
    desk.policy = policy;
    desk
}

/// What comes next in the work on a record, for somebody who may: settle what blocks, own it, confirm, move on, release.
fn next(desk: &Desk, who: &str) -> Action {
    let reason = "random".to_owned();
    let step = desk.policy.step(&desk.record.step).unwrap();
    let open = desk.record.exceptions.iter().find(|exception| exception.is_open_on(desk.now.day()));
    let asks = |gate: Gate| step.gates.contains(&gate);
    let undecided = || desk.certificate().changes.iter().any(|change| change.undecided);
    match open {
        Some(open) => Action::Settle { id: open.id, how: Settle::Resolve { text: reason } },
        None if desk.record.hold.is_some() => Action::Resume { reason: None },
        None if asks(Gate::OwnerNamed) && desk.record.owner.is_none() => {
            Action::Assign { to: Login::parse(who).ok(), reason: Some(reason) }
        }
        None if asks(Gate::ChangesDecided) && undecided() => confirm(desk),
        None if step.outcome == Outcome::Release && step.checkpoint.is_some() && desk.now.0 % 2 == 0 => {
            Action::Sign { checkpoint: None, meaning: None }
        }
        None if step.outcome == Outcome::Release => Action::Release(desk.sealed()),
        None => Action::Advance { reason: Some(reason) },
    }
}

fn confirm(desk: &Desk) -> Action {
    let addresses = desk.certificate().decisions().map(|change| change.address.clone()).collect();
    Action::Confirm { addresses: Some(addresses) }
}

/// An act of one kind in thirty-two; most often the work goes on.
fn act_of(desk: &Desk, who: &str, (_, kind, one, other): Move) -> Action {
    let reason = "random".to_owned();
    let id = desk.record.exceptions.last().map_or(ExceptionId(1), |exception| exception.id);
    match kind {
        0..GOING_ON => next(desk, who),
        20 => Action::Return { to: desk.policy.steps[one % desk.policy.steps.len()].name.clone(), reason },
        21 => Action::Hold { reason, until: None },
        22 => Action::Note { text: reason },
        23 => Action::Settle { id, how: Settle::Waive { text: reason, until: None } },
        24 if one < 4 => came_back(Answer::ALL[other % 2], &reason),
        24 => Action::Settle { id, how: Settle::Comment { text: reason } },
        25 => Action::Undo,
        26 => Action::Release(desk.sealed()),
        // What the other properties do: values, rows, corrections, exceptions.
        kind => action(desk, who, [9, 10, 12, 13, 14][kind - 27], one, other),
    }
}

/// The work going on is done by whoever can of those who may act: the one that chance names, else the next.
fn done(desk: &mut Desk, chance: Move) -> Option<(String, Action)> {
    let (person, kind, ..) = chance;
    let goes_on = kind < GOING_ON;
    let able = if goes_on { PEOPLE.len() } else { 1 };
    (person..person + able).find_map(|at| {
        let who = PEOPLE[at % PEOPLE.len()].0;
        let acts = &desk.policy.step(&desk.record.step).unwrap().acts;
        if goes_on && !desk.people[at % PEOPLE.len()].holds(acts, None) {
            return None;
        }
        let act = act_of(desk, who, chance);
        let before = desk.record.clone();
        if desk.act(who, &act).is_ok() {
            return Some((who.to_owned(), act));
        }
        assert_eq!(before, desk.record, "a refused act changed something: {act:?}");
        None
    })
}

/// Plays a sequence; `look` sees the desk before and after each act that was let through.
fn play(desk: &mut Desk, moves: &[Move], mut look: impl FnMut(&Desk, &Desk, &str, &Action)) {
    for step in moves {
        let before = desk.clone();
        if let Some((who, act)) = done(desk, *step) {
            look(&before, desk, &who, &act);
        }
    }
}

/// Runs sequences under policies that hold; answers of how many sequences there were any, and how many came to a release.
fn under_random_policies(cases: u32, length: usize, mut holds: impl FnMut(Desk, &[Move]) -> bool) -> (u32, u32) {
    let (mut valid, mut released) = (0, 0);
    let mut runner = runner(1);
    let (prepared_desk, mut bare_desk) = (Desk::prepared(), Desk::empty());
    bare_desk.act("prep", &receive(base())).unwrap();
    for _ in 0..cases {
        let (policy, roles, prepared, moves) = sequences(length).new_tree(&mut runner).unwrap().current();
        let Some(policy) = read(&written(&policy)) else { continue };
        valid += 1;
        released += u32::from(holds(begin(if prepared { &prepared_desk } else { &bare_desk }, policy, &roles), &moves));
    }
    assert!(valid * 3 >= cases * 2, "only {valid} policies of {cases} hold");
    (valid, released)
}

/// What must be so of a record at the moment it is released: asked of the desk as it was before.
fn may_be_released(before: &Desk, who: &str, editors: &BTreeSet<String>) {
    let (record, case, certificate) = (&before.record, before.case(), before.certificate());
    let findings = checks::run(&case, &certificate);
    let owner = format!("gate:{}", Gate::OwnerNamed.word());
    for step in before.policy.steps.iter().filter(|step| step.outcome != Outcome::Rest) {
        let mut left = readiness::obstacles(&case, &certificate, &findings, step);
        left.retain(|obstacle| obstacle.rule != owner || step.name == record.step);
        assert!(left.is_empty(), "a gate of `{}` does not hold: {left:?}", step.name);
        let Some(checkpoint) = &step.checkpoint else { continue };
        let holding = record.signoffs.iter().find(|one| one.checkpoint == *checkpoint && one.void_at.is_none());
        let signoff = holding.unwrap_or_else(|| panic!("`{checkpoint}` is not signed"));
        assert_eq!(signoff.content, certificate.hash, "`{checkpoint}` is signed for other content");
        assert!(!editors.contains(signoff.by.as_str()), "{} signed their own work", signoff.by);
    }
    assert!(!record.held_on(before.now.day()), "released while on hold");
    assert!(!record.editors.iter().any(|editor| editor.as_str() == who), "{who} released their own work");
    let hands: BTreeSet<&str> = record.editors.iter().map(Login::as_str).chain([who]).collect();
    assert!(hands.len() >= 2, "{who} alone brought it out");
}

#[test]
fn nothing_is_released_against_its_gates_without_its_sign_offs_or_by_one_person_whatever_the_policy() {
    let (valid, released) = under_random_policies(22, 30, |mut desk, moves| {
        let mut editors: BTreeSet<String> = desk.record.editors.iter().map(ToString::to_string).collect();
        let mut hash = desk.certificate().hash;
        play(&mut desk, moves, |before, after, who, act| {
            let was = std::mem::replace(&mut hash, after.certificate().hash);
            if was != hash {
                editors.insert(who.to_owned());
            }
            let known = |editor: &String| after.record.editors.iter().any(|login| login.as_str() == editor);
            assert!(editors.iter().all(known), "an editor is forgotten after {act:?}");
            let rests = after.policy.step(&after.record.step).is_some_and(|step| step.outcome == Outcome::Rest);
            assert_eq!(rests, !after.record.releases.is_empty(), "at rest without a release after {act:?}");
            let holding = after.record.signoffs.iter().filter(|signoff| signoff.void_at.is_none());
            for signoff in holding.filter(|_| !rests) {
                assert_eq!(signoff.content, hash, "a sign-off holds for other content after {act:?}");
                assert!(!editors.contains(signoff.by.as_str()), "{} signed their own work", signoff.by);
            }
            if matches!(act, Action::Release(_)) {
                may_be_released(before, who, &editors);
            }
        });
        !desk.record.releases.is_empty()
    });
    assert!(released * 8 >= valid, "only {released} of {valid} sequences came to a release: they show nothing");
}

#[test]
fn a_record_is_what_its_history_says_and_nothing_said_is_lost_whatever_the_policy() {
    under_random_policies(10, 26, |start, moves| {
        let mut desk = start.clone();
        let mut done: Vec<(String, Action)> = Vec::new();
        play(&mut desk, moves, |before, after, who, act| {
            done.push((who.to_owned(), act.clone()));
            let (was, is) = (&before.record, &after.record);
            assert!(after.history.starts_with(&before.history), "an event was changed by {act:?}");
            assert_eq!(before.history.len() < after.history.len(), *was != *is, "{act:?} is not in the history");
            assert!(is.releases.starts_with(&was.releases) && was.editors.is_subset(&is.editors), "{act:?}");
            let kept = is.signoffs.len() >= was.signoffs.len() && is.exceptions.len() >= was.exceptions.len();
            assert!(kept, "{act:?} took out a sign-off or an exception");
        });
        Folded::of(&start.policy.steps[0].name, &desk.history).must_be(&desk.record);
        let mut again = start;
        for (who, act) in done {
            again.act(&who, &act).unwrap();
        }
        assert_eq!(again.record, desk.record, "the same acts again come to another record");
        false
    });
}

#[test]
fn undo_restores_what_it_takes_back_whatever_the_policy() {
    let undone = Cell::new(0);
    under_random_policies(12, 22, |mut desk, moves| {
        play(&mut desk, moves, |before, after, who, act| {
            if before.record == after.record || !act.can_be_undone() {
                return;
            }
            let mut back = after.clone();
            back.act(who, &Action::Undo).unwrap_or_else(|no| panic!("{act:?} by {who} is not undone: {no}"));
            assert_eq!(bare(&back.record, &back.record), bare(&before.record, &back.record), "{act:?}");
            assert!(after.record.editors.is_subset(&back.record.editors), "somebody is forgotten by undoing {act:?}");
            assert_eq!(back.history.len(), after.history.len() + 1, "{act:?} is gone from the history");
            undone.set(undone.get() + 1);
        });
        false
    });
    assert!(undone.get() > 40, "only {} acts were undone: they show nothing", undone.get());
}

/// What comes next in the work on a record of a store, for somebody who may.
fn stored_next(bench: &mut Bench, policy: &Policy, record: &Record, who: &str) -> Action {
    let reason = || "random".to_owned();
    let step = policy.step(&record.step).unwrap();
    let asks = |gate: Gate| step.gates.contains(&gate);
    let undecided = if asks(Gate::ChangesDecided) { bench.undecided(record.id) } else { Vec::new() };
    match record.exceptions.iter().find(|exception| exception.is_open_on(desk::minute(10).day())) {
        Some(open) => Action::Settle { id: open.id, how: Settle::Resolve { text: reason() } },
        None if asks(Gate::OwnerNamed) && record.owner.is_none() => {
            Action::Assign { to: Some(desk::login(who)), reason: Some(reason()) }
        }
        None if !undecided.is_empty() => Action::Confirm { addresses: Some(undecided) },
        None if step.outcome == Outcome::Release && step.checkpoint.is_some() && record.seq.0 % 2 == 0 => {
            Action::Sign { checkpoint: None, meaning: None }
        }
        None if step.outcome == Outcome::Release => Action::Release(bench.sealed(record.id, 1)),
        None => Action::Advance { reason: Some(reason()) },
    }
}

/// An act through the store, on the small catalogue of its tests; most often the work goes on.
fn stored_act(bench: &mut Bench, policy: &Policy, record: &Record, who: &str, (_, kind, one, other): Move) -> Action {
    let reason = || "random".to_owned();
    let length = ["6400", "6401", "6500", "6600"][other];
    match kind {
        0..GOING_ON => stored_next(bench, policy, record, who),
        20..=22 => Action::Settle { id: ExceptionId(1), how: Settle::Resolve { text: reason() } },
        23 => desk::set("Length", length),
        24 => Action::Return { to: policy.steps[one % policy.steps.len()].name.clone(), reason: reason() },
        25 | 26 => Action::Undo,
        27 => desk::flag("missing-data"),
        28 => desk::receive(&record.vin, length, "b.xml"),
        29 => Action::Sign { checkpoint: None, meaning: None },
        30 => came_back(Answer::ALL[other % 2], "random"),
        _ => desk::note("random"),
    }
}

#[test]
fn what_is_stored_is_what_its_history_says_whatever_the_policy() {
    const NAMES: [&str; 5] = ["prep", "other", "review", "lead", "release"];
    let (valid, released) = under_random_policies(10, 40, |mut start, moves| {
        // The small catalogue makes no whole certificate: a gate that asks for one would hold every record.
        start.policy.steps.iter_mut().for_each(|step| step.gates.retain(|gate| *gate != Gate::NoBlockingFinding));
        let mut bench = Bench::under(start.policy.clone());
        let id = bench.taken_in(1);
        let mut history: Vec<Event> = Vec::new();
        for (minute, chance) in (10..).zip(moves) {
            let record = bench.desk.dossier(id, desk::minute(minute)).unwrap().record;
            let able = if chance.1 < GOING_ON { NAMES.len() } else { 1 };
            let done = (chance.0..chance.0 + able).any(|at| {
                let who = NAMES[at % NAMES.len()];
                let act = stored_act(&mut bench, &start.policy, &record, who, *chance);
                bench.act(who, Target::Record(id), &act, minute).is_ok()
            });
            let dossier = bench.desk.dossier(id, desk::minute(minute)).unwrap();
            assert!(dossier.history.starts_with(&history), "an event was changed by {chance:?}");
            assert!(done || dossier.record == record, "a refused act changed something: {chance:?}");
            history = dossier.history;
        }
        let record = bench.another_desk().dossier(id, desk::minute(90)).unwrap().record;
        assert_eq!(record.seq, history.last().map_or(Seq(0), |event| event.seq));
        Folded::of(&start.policy.steps[0].name, &history).must_be(&record);
        let report = bench.desk.verify_chain().unwrap();
        assert!(report.holds(), "{:#?}", report.faults);
        !record.releases.is_empty()
    });
    assert!(released * 2 >= valid, "only {released} of {valid} sequences came to a release: they show little");
}

//! Acts through the store: carried out once and whole, refused without a trace, told in the history.

use stageplate::domain::action::{Action, Settle};
use stageplate::domain::address::Address;
use stageplate::domain::governance::DeskAction;
use stageplate::domain::identity::{Digest, ExceptionId, Seq};
use stageplate::domain::person::{Actor, Role};
use stageplate::domain::plan::No;
use stageplate::domain::scope::Scope;
use stageplate::store::{Act, Outcome, StoreError, Target, Worker};

use crate::desk::*;

fn rule(result: Result<impl std::fmt::Debug, StoreError>) -> String {
    match result.unwrap_err() {
        StoreError::Refused(refusal) => refusal.rule,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_an_act_did_is_there_in_another_desk_on_the_same_file() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    let mut other = bench.another_desk();
    let mine = bench.desk.dossier(id, minute(2)).unwrap();
    let theirs = other.dossier(id, minute(2)).unwrap();
    assert_eq!(mine.record, theirs.record);
    assert_eq!(theirs.history.iter().map(|event| event.action.as_str()).collect::<Vec<_>>(), ["receive", "prepare"]);
    assert_eq!(theirs.record.declares("Length"), Some("6400"));
    assert_eq!(theirs.certificate.value("VehicleCategory"), Some("N1"));
    assert_eq!(theirs.record.seq, theirs.history.last().unwrap().seq);
    assert_eq!(other.record_id(&vin(1)).unwrap(), id);
}

#[test]
fn a_whole_life_from_intake_to_release_reads_back_as_it_was_written() {
    let mut bench = Bench::new();
    let id = bench.released(1);
    let dossier = bench.another_desk().dossier(id, minute(9)).unwrap();
    assert_eq!((dossier.record.step.as_str(), dossier.record.releases.len()), ("released", 1));
    assert_eq!(dossier.record.signoffs.len(), 2);
    let (release, bytes) = bench.desk.released(id, None).unwrap();
    assert_eq!((release.sha256, bytes.as_slice()), (Digest::of(&bytes), &b"<sealed number=\"1\"/>"[..]));
    assert!(matches!(bench.desk.released(id, Some(2)), Err(StoreError::NotFound { .. })));
    let Action::Receive(received) = receive(&vin(1), "6000", "a.xml") else { unreachable!() };
    assert_eq!(bench.desk.received(id, 1).unwrap(), received.bytes);
}

#[test]
fn a_refused_act_leaves_no_trace() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    let before = bench.desk.head().unwrap();
    assert_eq!(rule(bench.act("review", Target::Record(id), &set("Length", "6500"), 3)), "role");
    let stranger = bench.act("review", Target::Intake(vin(2)), &receive(&vin(2), "1", "b.xml"), 3);
    assert_eq!(rule(stranger), "role");
    assert_eq!(bench.desk.head().unwrap(), before);
    assert!(matches!(bench.desk.record_id(&vin(2)), Err(StoreError::NotFound { .. })));
}

#[test]
fn an_act_that_changes_nothing_writes_nothing() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    let before = bench.desk.head().unwrap();
    let again = bench.act("prep", Target::Intake(vin(1)), &receive(&vin(1), "6000", "a.xml"), 3).unwrap();
    assert_eq!((again.outcome, again.record, again.seq), (Outcome::Unchanged, id, before.0));
    assert_eq!(bench.desk.head().unwrap(), before);
}

#[test]
fn a_request_that_was_carried_out_is_not_carried_out_again() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    let actor = bench.actor("prep");
    let action = note("once");
    let act = Act {
        actor: &actor,
        target: Target::Record(id),
        action: &action,
        seen: None,
        request: fresh_request(),
        now: minute(2),
    };
    let first = bench.desk.apply(&act).unwrap();
    let second = bench.another_desk().apply(&act).unwrap();
    assert_eq!((first.outcome, second.outcome), (Outcome::Updated, Outcome::Repeated));
    assert_eq!((second.seq, second.record), (first.seq, id));
    assert_eq!(bench.desk.dossier(id, minute(3)).unwrap().history.len(), 3);
}

#[test]
fn whoever_looked_before_somebody_else_acted_is_told_what_came_first() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    let seen = bench.desk.dossier(id, minute(2)).unwrap().record.seq;
    bench.does("lead", id, &note("look at the axles"), 2);
    let actor = bench.actor("prep");
    let attempt = |bench: &mut Bench, action: &Action| {
        let target = Target::Record(id);
        let act = Act { actor: &actor, target, action, seen: Some(seen), request: fresh_request(), now: minute(4) };
        bench.desk.apply(&act)
    };
    assert!(attempt(&mut bench, &take("prep")).is_ok(), "a remark stands in nobody's way");
    bench.does("other", id, &note("mine"), 3);
    match attempt(&mut bench, &set("Length", "1")) {
        Err(StoreError::Conflict { event }) => {
            assert_eq!((event.action.as_str(), event.by.as_str()), ("assign", "prep"));
        }
        other => panic!("{other:?}"),
    }
    assert!(attempt(&mut bench, &flag("other")).is_ok(), "an exception is never late");
}

#[test]
fn a_corrected_message_becomes_a_revision_and_raises_an_exception_behind_a_review() {
    let mut bench = Bench::new();
    let id = bench.ready(1);
    bench.act("prep", Target::Intake(vin(1)), &receive(&vin(1), "6100", "b.xml"), 9).unwrap();
    let dossier = bench.another_desk().dossier(id, minute(10)).unwrap();
    assert_eq!((dossier.record.stages.len(), dossier.record.stages[0].revision), (1, 2));
    assert_eq!(dossier.record.exceptions.len(), 1);
    assert!(dossier.record.signoffs.iter().all(|signoff| signoff.void_at == Some(minute(9))));
    let Action::Receive(corrected) = receive(&vin(1), "6100", "b.xml") else { unreachable!() };
    assert_eq!(bench.desk.received(id, 1).unwrap(), corrected.bytes);
}

#[test]
fn exceptions_are_numbered_over_the_whole_desk_and_settled_by_their_number() {
    let mut bench = Bench::new();
    let (one, two) = (bench.taken_in(1), bench.taken_in(2));
    bench.does("prep", one, &flag("other"), 3);
    bench.does("prep", two, &flag("missing-data"), 4);
    assert_eq!(bench.desk.exception_record(ExceptionId(2)).unwrap(), two);
    let until = Some("2026-07-08".parse().unwrap());
    let waive = Action::Settle { id: ExceptionId(2), how: Settle::Waive { text: "known".into(), until } };
    bench.does("lead", two, &waive, 5);
    let all = bench.exceptions("state:*", minute(6));
    let told: Vec<_> = all.iter().map(|one| (one.vin.clone(), one.exception.id.0)).collect();
    assert_eq!(told, [(vin(1), 1), (vin(2), 2)]);
    assert_eq!(all[1].exception, bench.desk.dossier(two, minute(6)).unwrap().record.exceptions[0]);
    assert!(matches!(bench.desk.exception_record(ExceptionId(9)), Err(StoreError::NotFound { .. })));
}

#[test]
fn several_acts_in_one_go_each_stand_or_fall_alone() {
    let mut bench = Bench::new();
    let actor = bench.actor("prep");
    let actions: Vec<Action> = (1..=3).map(|number| receive(&vin(number), "6000", "a.xml")).collect();
    let mut acts: Vec<Act<'_>> = (1..=3)
        .zip(&actions)
        .map(|(number, action)| Act {
            actor: &actor,
            target: Target::Intake(vin(number)),
            action,
            seen: None,
            request: fresh_request(),
            now: minute(0),
        })
        .collect();
    acts[1].target = Target::Intake(vin(9));
    let done = bench.desk.apply_each(&acts).unwrap();
    assert_eq!(done[0].as_ref().unwrap().outcome, Outcome::Created);
    assert!(matches!(&done[1], Err(StoreError::Refused(refusal)) if refusal.rule == "same-vin"));
    assert_eq!(done[2].as_ref().unwrap().outcome, Outcome::Created);
    assert_eq!(bench.desk.received(done[2].as_ref().unwrap().record, 1).unwrap().len(), {
        let Action::Receive(received) = &actions[2] else { unreachable!() };
        received.bytes.len()
    });
}

#[test]
fn bytes_that_are_not_what_their_hash_says_are_refused() {
    let mut bench = Bench::new();
    let Action::Receive(mut received) = receive(&vin(1), "6000", "a.xml") else { unreachable!() };
    received.bytes.push(b' ');
    assert_eq!(rule(bench.act("prep", Target::Intake(vin(1)), &Action::Receive(received), 0)), "sha256");
}

#[test]
fn a_vin_nobody_knows_is_answered_with_the_nearest() {
    let mut bench = Bench::new();
    for number in 1..40 {
        bench.act("prep", Target::Intake(vin(number)), &receive(&vin(number), "6000", "a.xml"), 0).unwrap();
    }
    for (asked, meant) in [("WDB9066331S00O007".replace('O', "1"), 7), ("WDB9O66331S000012".replace('O', "3"), 12)] {
        let asked = stageplate::domain::identity::Vin::parse(&asked).unwrap();
        match bench.desk.record_id(&asked) {
            Err(StoreError::NotFound { nearest, .. }) => assert_eq!(nearest.as_deref(), Some(vin(meant).as_str())),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn acts_on_the_desk_are_judged_and_told_too() {
    let mut bench = Bench::new();
    let root = bench.actor("root");
    let lead = bench.actor("lead");
    let new = person("new", &[Role::Audit], None);
    let add = DeskAction::AddPerson(new.clone());
    match bench.desk.govern(&lead, &add, fresh_request(), minute(1)) {
        Err(StoreError::Refused(refusal)) => assert_eq!(refusal.no, No::NotAllowed),
        other => panic!("{other:?}"),
    }
    let request = fresh_request();
    let governed = bench.desk.govern(&root, &add, request, minute(1)).unwrap();
    assert_eq!(governed.outcome, Outcome::Created);
    assert_eq!(bench.desk.govern(&root, &add, request, minute(1)).unwrap().outcome, Outcome::Repeated);
    assert_eq!(bench.another_desk().person(&login("new")).unwrap(), Some(new));
    bench.desk.govern(&root, &DeskAction::Gateway { os_user: "www".into() }, fresh_request(), minute(2)).unwrap();
    assert!(bench.desk.is_gateway("www").unwrap() && !bench.desk.is_gateway("root").unwrap());
    let scope = Scope { name: "vans".into(), title: "Vans".into(), team: None, matches: Some("category:N1".into()) };
    bench.desk.govern(&root, &DeskAction::AddScope(scope.clone()), fresh_request(), minute(3)).unwrap();
    assert_eq!(bench.desk.scopes().unwrap(), [(scope, 0)]);
    let last = bench.desk.log(None, governed.seq, 10).unwrap();
    assert_eq!(last.iter().map(|event| event.action.as_str()).collect::<Vec<_>>(), ["gateway", "scope-add"]);
}

#[test]
fn a_changed_approval_is_told_and_shows_in_the_lists_at_once() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    let root = bench.actor("root");
    let import = |bench: &mut Bench, category: &str| {
        let action = DeskAction::ImportApproval(Box::new(approval(APPROVAL, category)));
        bench.desk.govern(&root, &action, fresh_request(), minute(5)).unwrap()
    };
    assert_eq!(import(&mut bench, "N1").outcome, Outcome::Unchanged);
    let changed = import(&mut bench, "N2");
    assert_eq!(changed.outcome, Outcome::Updated);
    let told = bench.desk.log(None, Seq(changed.seq.0 - 1), 1).unwrap().remove(0);
    assert_eq!(told.facts.lines[0].to.as_deref(), Some("N2"));
    let rows = crate::store_lists::rows(&mut bench.desk, "all", None, "lead");
    assert_eq!((rows[0].summary.id, rows[0].summary.category.as_deref()), (id, Some("N2")));
    assert_eq!(bench.desk.approvals().unwrap()[0].1, 1);
}

#[test]
fn drafts_are_kept_apart_by_person_and_subject_and_leave_no_event() {
    let mut bench = Bench::new();
    let before = bench.desk.head().unwrap();
    let (prep, lead) = (login("prep"), login("lead"));
    bench.desk.save_draft(&prep, "flag:1", "the axles…", minute(0)).unwrap();
    bench.desk.save_draft(&prep, "flag:1", "the axles are wrong", minute(1)).unwrap();
    assert_eq!(bench.another_desk().draft(&prep, "flag:1").unwrap().as_deref(), Some("the axles are wrong"));
    assert_eq!(bench.desk.draft(&lead, "flag:1").unwrap(), None);
    bench.desk.save_draft(&prep, "flag:1", "", minute(2)).unwrap();
    assert_eq!(bench.desk.draft(&prep, "flag:1").unwrap(), None);
    assert_eq!(bench.desk.head().unwrap(), before);
}

#[test]
fn eight_people_at_once_lose_nothing() {
    const ACTS: usize = 50;
    let mut bench = Bench::new();
    let ids: Vec<_> = (1..=4).map(|number| bench.taken_in(number)).collect();
    let actor = bench.actor("prep");
    let before = bench.desk.head().unwrap().0;
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let (ids, actor) = (&ids, &actor);
            let mut desk = bench.another_desk();
            scope.spawn(move || {
                for turn in 0..ACTS {
                    let action = note(&format!("{worker}.{turn}"));
                    let target = Target::Record(ids[(worker + turn) % ids.len()]);
                    let act =
                        Act { actor, target, action: &action, seen: None, request: fresh_request(), now: minute(10) };
                    desk.apply(&act).unwrap();
                }
            });
        }
    });
    let events = bench.desk.log(None, before, usize::MAX).unwrap();
    assert_eq!(events.len(), 8 * ACTS);
    let mut told: Vec<_> = events.iter().map(|event| event.facts.lines[0].to.clone().unwrap()).collect();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 8 * ACTS);
}

#[test]
fn a_worker_runs_jobs_in_order_and_feels_what_others_do() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    let (pulsed, pulses) = std::sync::mpsc::channel();
    let (answer, answers) = std::sync::mpsc::channel();
    let worker = Worker::spawn(bench.another_desk(), Box::new(move || pulsed.send(()).unwrap_or_default()));
    for number in 0..3 {
        let answer = answer.clone();
        worker.submit(Box::new(move |desk| answer.send((number, desk.head().unwrap().0)).unwrap()));
    }
    let seen: Vec<i32> = answers.iter().take(3).map(|(number, _)| number).collect();
    assert_eq!(seen, [0, 1, 2]);
    bench.does("prep", id, &note("from elsewhere"), 3);
    assert!(pulses.recv_timeout(std::time::Duration::from_secs(5)).is_ok());
    worker.finish();
}

#[test]
fn a_clock_that_went_back_is_marked_and_stops_nobody() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    bench.does("prep", id, &note("late"), 60);
    bench.does("prep", id, &note("early"), 1);
    let history = bench.desk.dossier(id, minute(61)).unwrap().history;
    assert_eq!(history.iter().map(|event| event.clock_back).collect::<Vec<_>>(), [false, false, false, true]);
}

#[test]
fn only_what_comes_in_makes_a_record() {
    let mut bench = Bench::new();
    assert_eq!(rule(bench.act("prep", Target::Intake(vin(1)), &note("x"), 0)), "exists");
    let actor = Actor { via: Some("www".into()), ..bench.actor("prep") };
    let action = receive(&vin(1), "6000", "a.xml");
    let act = Act {
        actor: &actor,
        target: Target::Intake(vin(1)),
        action: &action,
        seen: None,
        request: fresh_request(),
        now: minute(0),
    };
    let applied = bench.desk.apply(&act).unwrap();
    let event = bench.desk.log(Some(&vin(1)), Seq(0), 9).unwrap().remove(0);
    assert_eq!((event.via.as_deref(), event.record), (Some("www"), Some((applied.record, vin(1)))));
    assert_eq!(
        bench.desk.dossier(applied.record, minute(1)).unwrap().record.declared.get(&Address::unchecked("x")),
        None
    );
}

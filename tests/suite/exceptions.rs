//! Exceptions: raised, discussed, linked, settled, waived until a day and open again after it; lists of them.

use stageplate::domain::action::{Action, Linked, Settle};
use stageplate::domain::address::Address;
use stageplate::domain::exception::State;
use stageplate::domain::filter::Filter;
use stageplate::domain::identity::{ExceptionId, RecordId};
use stageplate::domain::moment::Moment;
use stageplate::domain::plan::No;
use stageplate::domain::triage::By;
use stageplate::store::{ExceptionQuery, GroupQuery, StoreError, Target};

use crate::desk::*;
use crate::fixture;

fn settle(id: i64, how: Settle) -> Action {
    Action::Settle { id: ExceptionId(id), how }
}

fn comment(id: i64, text: &str) -> Action {
    settle(id, Settle::Comment { text: text.into() })
}

fn waive(id: i64, until: &str) -> Action {
    settle(id, Settle::Waive { text: "known".into(), until: Some(until.parse().unwrap()) })
}

fn link(id: i64, group: i64, kind: &str, at: Option<&str>) -> Action {
    let at = at.map(Address::unchecked);
    settle(id, Settle::Link { with: Some(Linked { group: ExceptionId(group), kind: kind.into(), at }) })
}

fn refused(result: Result<impl std::fmt::Debug, StoreError>) -> String {
    match result.unwrap_err() {
        StoreError::Refused(refusal) => refusal.rule,
        other => panic!("{other:?}"),
    }
}

fn days_later(days: i64) -> i64 {
    days * 24 * 60
}

#[test]
fn a_discussion_reads_in_order_with_who_and_when() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.does("review", id, &flag("other"), 5);
    bench.does("prep", id, &comment(1, "measured to the lamps"), 6);
    bench.does("review", id, &comment(1, "measure again"), 7);
    bench.does("lead", id, &settle(1, Settle::Resolve { text: "measured again".into() }), 8);
    bench.does("prep", id, &comment(1, "thank you"), 9);
    let exception = bench.another_desk().exception(ExceptionId(1)).unwrap().exception;
    let said: Vec<_> = exception.discussion.iter().map(|one| (one.by.as_str(), one.at, one.text.as_str())).collect();
    assert_eq!(
        said,
        [
            ("prep", minute(6), "measured to the lamps"),
            ("review", minute(7), "measure again"),
            ("prep", minute(9), "thank you")
        ]
    );
    assert_eq!(exception.state, State::Resolved, "what is said changes nothing");
    assert_eq!(refused(bench.act("lead", Target::Record(id), &comment(1, "  "), 10)), "reason");
    assert_eq!(refused(bench.act("root", Target::Record(id), &comment(1, "hm"), 10)), "role");
    assert!(bench.desk.verify_chain().unwrap().holds());
}

#[test]
fn what_was_said_is_never_changed_or_deleted() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.does("review", id, &flag("other"), 5);
    bench.does("prep", id, &comment(1, "measured"), 6);
    for sql in ["UPDATE exception_remark SET body = 'x'", "DELETE FROM exception_remark", "DELETE FROM exception"] {
        assert!(bench.plain().execute_batch(sql).is_err(), "{sql}");
    }
}

#[test]
fn a_remark_on_an_exception_stands_in_nobodys_way() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    bench.does("lead", id, &flag("other"), 2);
    let seen = bench.desk.dossier(id, minute(3)).unwrap().record.seq;
    bench.does("lead", id, &comment(1, "look at the axles"), 3);
    let actor = bench.actor("prep");
    let act = stageplate::store::Act {
        actor: &actor,
        target: Target::Record(id),
        action: &set("Length", "6500"),
        seen: Some(seen),
        request: fresh_request(),
        now: minute(4),
    };
    assert!(bench.desk.apply(&act).is_ok());
}

#[test]
fn a_waiver_that_ended_is_open_everywhere_on_that_day_and_the_next_act_writes_it_down_as_the_desks() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.does("review", id, &flag("missing-data"), 5);
    bench.does("lead", id, &waive(1, "2026-07-07"), 6);
    let on = |days: i64| minute(days_later(days));
    for (day, open) in [(0, 0), (1, 0), (2, 1)] {
        assert_eq!(bench.exceptions("", on(day)).len(), open, "day {day}");
        assert_eq!(bench.exceptions("state:open", on(day)).len(), open, "day {day}");
        assert_eq!(bench.exceptions("state:waived", on(day)).len(), 1 - open, "day {day}");
    }
    let events = bench.desk.dossier(id, on(2)).unwrap().history.len();

    // Nothing to do is nothing to write down.
    let same = bench.act("prep", Target::Intake(vin(1)), &receive(&vin(1), "6000", "a.xml"), days_later(2)).unwrap();
    assert_eq!(same.outcome, stageplate::store::Outcome::Unchanged);

    bench.does("lead", id, &note("still missing"), days_later(2));
    let dossier = bench.desk.dossier(id, on(2)).unwrap();
    assert_eq!(dossier.history.len(), events + 1);
    let lines = &dossier.history.last().unwrap().facts.lines;
    let told = (lines[0].what.as_str(), lines[0].from.as_deref(), lines[0].to.as_deref(), lines[0].desk);
    assert_eq!(told, ("exception 1", Some("waived until 2026-07-07"), Some("open"), true));
    assert!(!lines[1].desk);
    let exception = &dossier.record.exceptions[0];
    assert_eq!((exception.state, exception.outcome.clone()), (State::Open, None));
    assert_eq!(bench.exceptions("", on(2)).len(), 1);
    assert!(bench.desk.verify_chain().unwrap().holds());
    // Once written down it is an open exception like any other: waived again, it needs no reopening.
    bench.does("lead", id, &waive(1, "2026-07-31"), days_later(2) + 1);
}

#[test]
fn only_a_lead_waives_and_not_until_a_day_in_the_past() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.does("review", id, &flag("missing-data"), 5);
    assert_eq!(refused(bench.act("review", Target::Record(id), &waive(1, "2026-07-07"), 6)), "role");
    assert_eq!(refused(bench.act("lead", Target::Record(id), &waive(1, "2026-07-05"), 6)), "date");
    let silent = settle(1, Settle::Waive { text: " ".into(), until: None });
    assert_eq!(refused(bench.act("lead", Target::Record(id), &silent, 6)), "reason");
}

#[test]
fn the_desk_raises_its_own_exceptions_and_the_history_says_that_it_did() {
    let mut desk = fixture::Desk::at("compliance");
    let mut corrected = fixture::base();
    corrected.set(fixture::address_of("NumberOfDoors"), "4");
    let planned = desk.act("prep", &fixture::receive(corrected)).unwrap();
    let line = planned.facts.lines.iter().find(|line| line.what == "exception 1").unwrap();
    assert!(line.desk && line.to.as_deref().unwrap().starts_with("late-correction: stage 1 came again"));
}

/// Two records with the same fault at the same entry, and a third with another.
fn three(bench: &mut Bench) -> [RecordId; 3] {
    let ids = [1, 2, 3].map(|number| bench.in_review(number));
    let at = |kind: &str| Action::Flag {
        kind: kind.into(),
        at: Some(Address::unchecked("Length")),
        blocking: None,
        text: "the base gives none".into(),
        to: None,
    };
    for (id, kind) in ids.into_iter().zip(["missing-data", "missing-data", "other"]) {
        bench.does("review", id, &at(kind), 5);
    }
    ids
}

#[test]
fn the_same_fault_on_many_records_is_linked_and_each_is_settled_on_its_own() {
    let mut bench = Bench::new();
    let [one, two, three] = three(&mut bench);
    bench.does("review", one, &link(1, 1, "missing-data", Some("Length")), 6);
    bench.does("review", two, &link(2, 1, "missing-data", Some("Length")), 7);
    let other = bench.act("review", Target::Record(three), &link(3, 1, "missing-data", Some("Length")), 8);
    assert_eq!(refused(other), "link");
    let group: Vec<i64> = bench.desk.linked(ExceptionId(1)).unwrap().iter().map(|one| one.exception.id.0).collect();
    assert_eq!(group, [1, 2]);
    bench.does("lead", one, &settle(1, Settle::Resolve { text: "the base came again".into() }), 9);
    let states: Vec<State> = bench.desk.linked(ExceptionId(1)).unwrap().iter().map(|one| one.exception.state).collect();
    assert_eq!(states, [State::Resolved, State::Open]);
    bench.does("review", two, &settle(2, Settle::Link { with: None }), 10);
    assert_eq!(bench.desk.linked(ExceptionId(1)).unwrap().len(), 1);
    assert!(bench.desk.verify_chain().unwrap().holds());
}

#[test]
fn exceptions_are_listed_by_what_they_are_and_by_their_record() {
    let mut bench = Bench::new();
    let [one, two, _] = three(&mut bench);
    let to = login("lead");
    bench.does("lead", one, &settle(1, Settle::Assign { to }), 9);
    bench.does("lead", two, &settle(2, Settle::Resolve { text: "found".into() }), 9);
    let later = minute(days_later(4));
    for (filter, expected) in [
        ("", &[1, 3][..]),
        ("kind:missing-data", &[1]),
        ("kind:missing-data state:*", &[1, 2]),
        ("state:resolved", &[2]),
        ("state:open,in-progress", &[1, 3]),
        ("owner:me", &[1]),
        ("owner:none", &[3]),
        ("by:review", &[1, 3]),
        ("by:none", &[]),
        ("at:Len*", &[1, 3]),
        ("at:none", &[]),
        ("age>3d", &[1, 3]),
        ("age>4d", &[]),
        ("raised:2026-07-06", &[1, 3]),
        ("blocking:yes", &[1]),
        ("-blocking:yes", &[3]),
        ("variant:BOX approval:e4*2018/858*00871*", &[1, 3]),
        ("variant:CAMP", &[]),
        ("1S000003 or kind:missing-data", &[1, 3]),
    ] {
        let found: Vec<i64> = bench.exceptions(filter, later).iter().map(|one| one.exception.id.0).collect();
        assert_eq!(found, expected, "{filter}");
    }
}

#[test]
fn exceptions_to_settle_are_counted_by_group_and_each_group_lists_as_many() {
    let mut bench = Bench::new();
    for number in 1..=3 {
        let id = bench.in_review(number);
        bench.does("review", id, &flag("other"), 5);
        if number == 1 {
            bench.does("review", id, &flag("missing-data"), 6);
        }
    }
    bench.does("lead", RecordId(1), &settle(1, Settle::Assign { to: login("lead") }), 7);
    bench.does("lead", RecordId(2), &settle(3, Settle::Resolve { text: "done".into() }), 8);
    let now = minute(days_later(3));
    let mut desk = bench.another_desk();
    for (by, expected) in [
        (By::Kind, vec![(Some("other"), 2), (Some("missing-data"), 1)]),
        (By::Age, vec![(Some("2-3"), 3)]),
        (By::Owner, vec![(None, 2), (Some("lead"), 1)]),
        (By::Scope, vec![(None, 3)]),
    ] {
        let query = GroupQuery { by, filter: None, who: login("lead"), now };
        let groups = desk.exception_groups(&query).unwrap();
        let counted: Vec<_> = groups.rows.iter().map(|group| (group.key.as_deref(), group.open)).collect();
        assert_eq!((counted, groups.whole), (expected, true), "{by:?}");
        for group in &groups.rows {
            let filter = Some(by.filter(group.key.as_deref(), now.day()));
            let query = ExceptionQuery { filter, settled: false, limit: 10, after: None, who: login("lead"), now };
            let listed = desk.exceptions(&query).unwrap().rows;
            assert_eq!(listed.len() as u64, group.open, "{group:?}");
            let blocking = listed.iter().filter(|one| one.exception.blocking).count() as u64;
            assert_eq!(blocking, group.blocking, "{group:?}");
        }
    }
    let filter = Some(Filter::parse_exceptions("owner:none", now.day()).unwrap());
    let groups = desk.exception_groups(&GroupQuery { by: By::Kind, filter, who: login("lead"), now }).unwrap();
    assert_eq!(groups.total().0, 2);
}

#[test]
fn exceptions_come_in_pages() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    for at in 0..7 {
        bench.does("lead", id, &flag("other"), 2 + at);
    }
    let mut query =
        ExceptionQuery { filter: None, settled: false, limit: 3, after: None, who: login("lead"), now: minute(20) };
    let mut found = Vec::new();
    loop {
        let page = bench.desk.exceptions(&query).unwrap();
        found.extend(page.rows.iter().map(|one| one.exception.id.0));
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    assert_eq!(found, [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn an_exception_that_is_settled_opens_again_by_hand_only_with_a_reason() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.does("review", id, &flag("other"), 5);
    let reopen = |text: &str| settle(1, Settle::Reopen { text: text.into() });
    assert_eq!(refused(bench.act("review", Target::Record(id), &reopen("again"), 6)), "state");
    bench.does("lead", id, &settle(1, Settle::Resolve { text: "fine".into() }), 7);
    assert_eq!(refused(bench.act("prep", Target::Record(id), &reopen("again"), 8)), "role");
    assert_eq!(refused(bench.act("review", Target::Record(id), &reopen(""), 8)), "reason");
    bench.does("review", id, &reopen("it is not fine"), 9);
    let open = bench.exceptions("state:open", Moment(minute(10).0));
    assert_eq!((open.len(), open[0].exception.outcome.clone()), (1, None));
}

#[test]
fn what_does_not_exist_is_not_found() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    match bench.act("lead", Target::Record(id), &comment(7, "hm"), 5) {
        Err(StoreError::Refused(refusal)) => assert_eq!(refusal.no, No::NotFound),
        other => panic!("{other:?}"),
    }
    assert!(matches!(bench.desk.exception(ExceptionId(7)), Err(StoreError::NotFound { .. })));
    assert!(bench.desk.linked(ExceptionId(7)).unwrap().is_empty());
}

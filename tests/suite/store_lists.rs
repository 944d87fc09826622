//! Queues, filters, pages and counts.

use chrono::NaiveDate;
use stageplate::domain::action::{Action, Settle, SheetRow};
use stageplate::domain::filter::{Filter, TextField};
use stageplate::domain::identity::ExceptionId;
use stageplate::domain::moment::Moment;
use stageplate::domain::queue::{QueueName, Sort};
use stageplate::store::{CountQuery, Cursor, Desk, PageQuery, Row, Target};

use crate::desk::*;

fn today() -> NaiveDate {
    minute(0).day()
}

fn query(queue: &str, filter: Option<&str>, who: &str, now: Moment) -> PageQuery {
    PageQuery {
        queue: QueueName::of(queue).unwrap(),
        filter: filter.map(|text| Filter::parse(text, today()).unwrap()),
        sort: Sort::Due,
        limit: 100,
        after: None,
        who: login(who),
        now,
    }
}

pub fn rows(desk: &mut Desk, queue: &str, filter: Option<&str>, who: &str) -> Vec<Row> {
    desk.page(&query(queue, filter, who, minute(20))).unwrap().rows
}

/// The numbers of the records of a queue, which a count of it must equal.
fn numbers(bench: &mut Bench, queue: &str, filter: Option<&str>, who: &str, now: Moment) -> Vec<i64> {
    let asked = query(queue, filter, who, now);
    let page = bench.desk.page(&asked).unwrap();
    let count = CountQuery { queue: asked.queue, filter: asked.filter, who: asked.who.clone(), now };
    assert_eq!(bench.desk.count(&count).unwrap(), page.rows.len() as u64, "{queue} {filter:?} for {who}");
    if filter.is_none() {
        let counts = bench.desk.counts(&asked.who, now).unwrap();
        assert!(counts.contains(&(asked.queue, page.rows.len() as u64)), "{queue} for {who}");
    }
    let mut numbers: Vec<i64> = page.rows.iter().map(|row| row.summary.id.0).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn each_queue_holds_what_it_says_and_its_count_agrees() {
    let mut bench = Bench::new();
    let one = bench.taken_in(1);
    bench.in_review(2);
    bench.ready(3);
    bench.released(4);
    let five = bench.in_review(5);
    let six = bench.in_review(6);
    bench.does("prep", one, &take("prep"), 10);
    bench.does("review", five, &take("review"), 10);
    bench.does("lead", six, &Action::Hold { reason: "wait".into(), until: None }, 10);
    bench.does("lead", six, &flag("missing-data"), 11);
    let now = minute(20);
    for (queue, who, expected) in [
        ("mine", "prep", &[1][..]),
        ("mine", "review", &[5]),
        ("team", "other", &[1, 5]),
        ("team", "lead", &[]),
        ("unassigned", "lead", &[2, 3, 6]),
        ("waiting", "prep", &[1]),
        ("waiting", "other", &[2]),
        ("waiting", "review", &[2, 5]),
        ("waiting", "release", &[3]),
        ("waiting", "root", &[]),
        ("exceptions", "lead", &[6]),
        ("ready", "lead", &[3]),
        ("overdue", "lead", &[]),
        ("released", "lead", &[4]),
        ("archive", "lead", &[]),
        ("all", "lead", &[1, 2, 3, 4, 5, 6]),
        ("unread", "review", &[]),
        ("unread", "prep", &[3, 4, 5, 6]),
    ] {
        assert_eq!(numbers(&mut bench, queue, None, who, now), expected, "{queue} for {who}");
    }
    let later = Moment(now.0 + 20 * 86_400_000_000);
    assert_eq!(numbers(&mut bench, "overdue", None, "lead", later), [2, 5], "what is on hold waits for something else");
}

#[test]
fn who_changed_content_does_not_find_it_waiting_for_their_review() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    bench.does("other", id, &set("Width", "2100"), 2);
    bench.does("prep", id, &take("prep"), 3);
    bench.does("prep", id, &advance(), 4);
    bench.does("prep", id, &advance(), 5);
    let now = minute(9);
    assert_eq!(numbers(&mut bench, "waiting", None, "other", now), [0_i64; 0]);
    assert_eq!(numbers(&mut bench, "waiting", None, "review", now), [id.0]);
}

#[test]
fn a_hold_and_a_waiver_end_by_themselves() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
    bench.does("lead", id, &Action::Hold { reason: "parts".into(), until: day("2026-07-07") }, 5);
    bench.does("lead", id, &flag("missing-data"), 6);
    let how = Settle::Waive { text: "known".into(), until: day("2026-07-08") };
    bench.does("lead", id, &Action::Settle { id: ExceptionId(1), how }, 7);
    let after = |days: i64| Moment(minute(9).0 + days * 86_400_000_000);
    for (days, waiting, excepted) in [(0, false, false), (1, false, false), (2, true, false), (3, true, true)] {
        let now = after(days);
        assert_eq!(!numbers(&mut bench, "waiting", None, "review", now).is_empty(), waiting, "after {days} days");
        assert_eq!(!numbers(&mut bench, "exceptions", None, "lead", now).is_empty(), excepted, "after {days} days");
        let row = &bench.desk.page(&query("all", None, "lead", now)).unwrap().rows[0];
        assert_eq!(row.summary.open_exceptions > 0, excepted, "after {days} days");
    }
}

#[test]
fn who_signed_learns_that_their_word_is_void_and_nothing_of_what_else_becomes_of_the_record() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.confirm_everything(id, 5);
    bench.does("review", id, &advance(), 6);
    bench.does("lead", id, &note("on my desk"), 7);
    assert_eq!(numbers(&mut bench, "unread", None, "review", minute(9)), [0_i64; 0]);
    let back = Action::Return { to: "review".into(), reason: "the mass was not weighed".into() };
    bench.does("lead", id, &back, 8);
    assert_eq!(numbers(&mut bench, "unread", None, "review", minute(9)), [id.0]);
}

#[test]
fn what_others_did_is_unread_until_it_was_seen() {
    let mut bench = Bench::new();
    let id = bench.taken_in(1);
    assert_eq!(numbers(&mut bench, "unread", None, "prep", minute(9)), [0_i64; 0]);
    bench.does("lead", id, &note("please look"), 3);
    assert_eq!(numbers(&mut bench, "unread", None, "prep", minute(9)), [id.0]);
    assert!(rows(&mut bench.desk, "all", None, "prep")[0].unread);
    let seq = bench.desk.dossier(id, minute(9)).unwrap().record.seq;
    bench.does("lead", id, &note("once more"), 4);
    bench.desk.mark_seen(&login("prep"), id, seq).unwrap();
    assert_eq!(numbers(&mut bench, "unread", None, "prep", minute(9)), [id.0], "it changed since");
    let seq = bench.desk.dossier(id, minute(9)).unwrap().record.seq;
    bench.desk.mark_seen(&login("prep"), id, seq).unwrap();
    assert_eq!(numbers(&mut bench, "unread", None, "prep", minute(9)), [0_i64; 0]);
}

#[test]
fn a_filter_selects_by_every_field() {
    let mut bench = Bench::new();
    bench.taken_in(1);
    let two = bench.in_review(2);
    bench.ready(3);
    bench.released(4);
    bench.does("lead", two, &flag("missing-data"), 10);
    bench.does("lead", two, &Action::Hold { reason: "wait".into(), until: None }, 11);
    for (filter, expected) in [
        ("", &[1, 2, 3, 4][..]),
        ("step:review", &[2]),
        ("step:re*", &[2, 3, 4]),
        ("-step:review", &[1, 3, 4]),
        ("step:review,intake", &[1, 2]),
        ("step:review or step:intake", &[1, 2]),
        ("owner:none", &[1, 2, 3, 4]),
        ("owner:me", &[]),
        ("-owner:me", &[1, 2, 3, 4]),
        ("preparer:prep", &[2, 3, 4]),
        ("due<3d", &[2]),
        ("due:none", &[1, 3, 4]),
        ("age<1d", &[1, 2, 3, 4]),
        ("age>5d", &[]),
        ("exception:open", &[2]),
        ("exception:missing-data", &[2]),
        ("exception:other", &[]),
        ("exception:none", &[1, 3, 4]),
        ("held:yes", &[2]),
        ("held:no", &[1, 3, 4]),
        ("overdue:no", &[1, 2, 3, 4]),
        ("category:N1 variant:B*", &[1, 2, 3, 4]),
        ("approval:e4*2018/858*00871*", &[1, 2, 3, 4]),
        ("approval:e4*2018/858*00871*01", &[1, 2, 3, 4]),
        ("approval:e4*2018/858*00871*02", &[]),
        ("scope:none", &[1, 2, 3, 4]),
        ("unconfirmed>0", &[1, 2]),
        ("released:none", &[1, 2, 3]),
        ("released>=2026-07-06", &[4]),
        ("stage:2 version:1 priority:0", &[1, 2, 3, 4]),
        ("1S000003", &[3]),
        ("s000003 or 000004", &[3, 4]),
        ("4", &[4]),
        ("vin:*000001", &[1]),
        ("option:none", &[1, 2, 3, 4]),
        ("finding:block -finding:block", &[]),
    ] {
        assert_eq!(numbers(&mut bench, "all", Some(filter), "review", minute(20)), expected, "{filter}");
    }
    assert_eq!(bench.exceptions("step:review", minute(20)).len(), 1);
}

#[test]
fn a_filter_asks_for_what_stands_beside_the_row_of_a_record() {
    let mut bench = Bench::new();
    bench.taken_in(1);
    let two = bench.in_review(2);
    let three = bench.taken_in(3);
    bench.does("prep", three, &take("prep"), 2);
    bench.does("prep", three, &set("AxleTable[2]/AxleNumber", "7"), 3);
    bench.does("review", two, &note("has a tail lift, see the drawing"), 4);
    let check = bench.desk.dossier(two, minute(9)).unwrap().findings[0].check;
    let found = format!("finding:{check}");
    let not_found = format!("-finding:{check},warn,block");
    for (filter, expected) in [
        ("changed:Length", &[1, 2, 3][..]),
        ("changed:Len*", &[1, 2, 3]),
        ("changed:Width", &[]),
        ("changed:Width or step:review", &[2]),
        ("changed:AxleTable", &[3]),
        ("changed:\"AxleTable[2]/AxleNumber\"", &[3]),
        ("changed:AxleNumber[2]", &[3]),
        ("changed:AxleNumber[1]", &[]),
        ("-changed:AxleNumber", &[1, 2]),
        (&found, &[1, 2, 3]),
        (&not_found, &[]),
        ("finding:DA-05", &[]),
        ("team:vans", &[3]),
        ("team:none", &[1, 2]),
        ("unread:yes", &[]),
        ("unread:no", &[1, 2, 3]),
        ("overdue:yes", &[]),
        ("\"tail lift\"", &[2]),
        ("TAIL drawing -step:intake", &[2]),
        ("tail -step:review", &[]),
    ] {
        assert_eq!(numbers(&mut bench, "all", Some(filter), "review", minute(20)), expected, "{filter}");
    }
    assert_eq!(numbers(&mut bench, "all", Some("unread:yes"), "prep", minute(20)), [2]);
    // A change taken back is none any more.
    let back = Action::SetValues {
        values: [(stageplate::domain::address::Address::unchecked("AxleTable[2]/AxleNumber"), None)]
            .into_iter()
            .collect(),
        reason: "mistaken".into(),
    };
    bench.does("prep", three, &back, 5);
    assert_eq!(numbers(&mut bench, "all", Some("changed:AxleTable"), "review", minute(20)), [0_i64; 0]);
}

#[test]
fn work_is_stuck_when_it_is_late_and_nobody_touched_it_since() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.in_review(2);
    let after = |days: i64| Moment(minute(9).0 + days * 86_400_000_000);
    // Two working days from Monday: due on Wednesday, late from Thursday.
    assert_eq!(numbers(&mut bench, "all", Some("stuck:yes"), "lead", after(2)), [0_i64; 0]);
    assert_eq!(numbers(&mut bench, "all", Some("stuck:yes overdue:yes"), "lead", after(3)), [1, 2]);
    bench.does("lead", id, &note("waits for the weighing"), 9 + 3 * 24 * 60);
    assert_eq!(numbers(&mut bench, "all", Some("stuck:yes"), "lead", after(4)), [2]);
    assert_eq!(numbers(&mut bench, "all", Some("stuck:no"), "lead", after(4)), [1]);
}

#[test]
fn every_order_pages_through_the_same_records_each_once() {
    let mut bench = Bench::new();
    for number in 0..23 {
        bench.taken_in(number + 1);
    }
    for (_, sort) in Sort::TABLE.map(|(sort, word)| (word, sort)) {
        for queue in ["all", "unassigned", "unread", "team"] {
            let mut asked = PageQuery { sort, limit: 4, ..query(queue, None, "prep", minute(20)) };
            let whole = PageQuery { limit: 1000, ..asked.clone() };
            let whole: Vec<i64> = bench.desk.page(&whole).unwrap().rows.iter().map(|row| row.summary.id.0).collect();
            let mut paged = Vec::new();
            loop {
                let page = bench.desk.page(&asked).unwrap();
                paged.extend(page.rows.iter().map(|row| row.summary.id.0));
                let Some(next) = page.next else { break };
                // A cursor survives being written down and read back.
                asked.after = Some(next.to_string().parse::<Cursor>().unwrap());
            }
            assert_eq!(paged, whole, "{sort:?} of {queue}");
        }
    }
}

#[test]
fn records_that_come_while_somebody_pages_are_never_shown_twice_and_hide_none() {
    let mut bench = Bench::new();
    for number in 0..20 {
        bench.taken_in(number * 10 + 500);
    }
    let mut asked = PageQuery { sort: Sort::Vin, limit: 3, ..query("all", None, "prep", minute(20)) };
    let mut seen = Vec::new();
    let mut new = 0;
    loop {
        let page = bench.desk.page(&asked).unwrap();
        seen.extend(page.rows.iter().map(|row| row.summary.vin.clone()));
        let Some(next) = page.next else { break };
        asked.after = Some(next);
        new += 1;
        for vin in [vin(new * 37 % 900 + 1), vin(900 - new * 53 % 400 + 1)] {
            bench.act("prep", Target::Intake(vin.clone()), &receive(&vin, "1", "c.xml"), 5).unwrap();
        }
    }
    let mut once = seen.clone();
    once.dedup();
    assert_eq!(once, seen);
    assert!((0..20).all(|number| seen.contains(&vin(number * 10 + 500))));
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let mut bench = Bench::new();
    let cursor: Cursor = "due.20645.17".parse().unwrap();
    let asked = PageQuery { sort: Sort::Vin, after: Some(cursor), ..query("all", None, "prep", minute(0)) };
    assert!(bench.desk.page(&asked).is_err());
    for bad in ["", "due", "due.1", "due.x.1", "vin.WDB.x", "priority.1.2", "sideways.1.2"] {
        assert!(bad.parse::<Cursor>().is_err(), "{bad}");
    }
}

#[test]
fn values_are_found_by_what_they_begin_with_on_the_whole_desk() {
    let mut bench = Bench::new();
    for number in 1..=3 {
        bench.taken_in(number);
        let row = SheetRow { order: Some(format!("2026-00{number}")), stage: 2, ..SheetRow::default() };
        bench.act("prep", Target::Intake(vin(number)), &Action::Prepare(row), 2).unwrap();
    }
    let two = vin(2).to_string();
    let mut values = |field, begun: &str| bench.desk.values(field, begun).unwrap();
    assert_eq!(values(TextField::Vin, &two.to_lowercase()), std::slice::from_ref(&two));
    assert_eq!(values(TextField::Vin, &two[..5]).len(), 3);
    assert_eq!(values(TextField::Order, "2026-00"), ["2026-001", "2026-002", "2026-003"]);
    assert_eq!(values(TextField::Order, "2026-002"), ["2026-002"]);
    for nothing in ["20", "026-0", "2026-_", "2026%"] {
        assert!(values(TextField::Order, nothing).is_empty(), "{nothing}");
    }
    assert!(values(TextField::Bodywork, "BA").is_empty(), "no index has it");
}

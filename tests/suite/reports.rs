//! Reports over a small history that is counted by hand: five records in one week, one of them sent back twice.

use chrono::NaiveDate;
use stageplate::domain::action::{Action, Settle};
use stageplate::domain::identity::ExceptionId;
use stageplate::domain::moment::Moment;
use stageplate::domain::report::Share;
use stageplate::store::StoreError;

use crate::desk::*;

/// Minutes of so many days.
const fn day(days: i64) -> i64 {
    days * 24 * 60
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn send_back(bench: &mut Bench, who: &str, id: stageplate::domain::identity::RecordId, reason: &str, at: i64) {
    bench.does(who, id, &Action::Return { to: "preparation".into(), reason: reason.into() }, at);
}

/// Monday 2026-07-06: two released at once, one sent back from review after a day and from compliance after another and
/// released on Thursday, one in intake, one on hold in review. Exceptions: missing data before and after review.
fn history() -> Bench {
    let mut bench = Bench::new();
    bench.released(1);
    bench.released(2);
    let three = bench.in_review(3);
    bench.does("lead", three, &flag("missing-data"), 30);
    send_back(&mut bench, "review", three, "mass", day(1));
    bench.does("prep", three, &advance(), day(1) + 60);
    bench.confirm_everything(three, day(1) + 70);
    bench.does("review", three, &advance(), day(1) + 80);
    bench.does("lead", three, &flag("missing-data"), day(1) + 90);
    send_back(&mut bench, "lead", three, "mass", day(2));
    bench.does("prep", three, &advance(), day(2) + 60);
    bench.does("review", three, &advance(), day(2) + 70);
    let settle = |id, how| Action::Settle { id: ExceptionId(id), how };
    bench.does("lead", three, &settle(1, Settle::Resolve { text: "measured".into() }), day(2) + 30 + 60);
    bench.does("lead", three, &settle(2, Settle::Resolve { text: "measured".into() }), day(2) + 91);
    bench.does("lead", three, &advance(), day(2) + 100);
    let sealed = bench.sealed(three, 3);
    bench.does("release", three, &Action::Release(sealed), day(3));
    let four = bench.taken_in(4);
    bench.does("prep", four, &take("prep"), 2);
    let five = bench.in_review(5);
    bench.does("lead", five, &Action::Hold { reason: "parts".into(), until: None }, 10);
    bench.does("lead", five, &flag("missing-data"), 11);
    bench
}

#[test]
fn ageing_counts_by_step_and_owner_and_shows_what_is_on_hold_apart() {
    let mut bench = history();
    let report = bench.desk.age_report(None, minute(day(5))).unwrap();
    let lines: Vec<String> = report
        .iter()
        .map(|(owner, ageing)| {
            let owner = owner.as_ref().map_or("nobody", stageplate::domain::identity::Login::as_str);
            let (records, late, held, oldest) = (ageing.records(), ageing.overdue, ageing.held, ageing.oldest);
            format!("{} {owner}: {records}, late {late}, held {held}, oldest {oldest}", ageing.step)
        })
        .collect();
    assert_eq!(lines, ["intake prep: 1, late 0, held 0, oldest 5", "review nobody: 1, late 0, held 1, oldest 5"]);
}

#[test]
fn exceptions_count_as_raised_open_and_settled_with_the_time_it_took() {
    let mut bench = history();
    let report = bench.desk.exception_report(None, None, minute(day(5))).unwrap();
    assert_eq!(report.len(), 1);
    let figures = report.values().next().unwrap();
    assert_eq!((figures.raised, figures.open, figures.resolved, figures.waived), (3, 1, 2, 0));
    // Settled after two days and an hour, and after a day less than nothing: 49 and 24 hours.
    assert_eq!((figures.settling.median(), figures.settling.ninth_of_ten()), (Some(24), Some(49)));
    let later = bench.desk.exception_report(None, Some(date("2026-07-07")), minute(day(5))).unwrap();
    assert_eq!(later.values().map(|figures| figures.raised).sum::<u64>(), 1);
}

#[test]
fn throughput_counts_releases_stays_and_returns() {
    let mut bench = history();
    let report = bench.desk.throughput_report(None, date("2026-07-06")).unwrap();
    assert_eq!((report.released(), report.first_pass(), report.returns()), (3, Share::of(2, 3), 2));
    assert_eq!(
        report.weeks.iter().map(|week| (week.monday, week.released)).collect::<Vec<_>>(),
        [(date("2026-07-06"), 3)]
    );
    assert_eq!(report.by_reason.get("mass"), Some(&2));
    let way = |from: &str| report.by_step.get(&(from.to_owned(), "preparation".to_owned())).copied();
    assert_eq!((way("review"), way("compliance")), (Some(1), Some(1)));
    // Review was left five times: at once by the first two, after 23 hours, 20 minutes and 10 minutes by the third.
    let review = &report.steps["review"];
    assert_eq!((review.count(), review.median(), review.ninth_of_ten()), (5, Some(0), Some(23)));
    let later = bench.desk.throughput_report(None, date("2026-07-08")).unwrap();
    assert_eq!(later.returns(), 1, "the first return lies before");
}

#[test]
fn an_act_that_was_undone_counts_in_no_report() {
    let mut bench = Bench::new();
    let one = bench.in_review(1);
    bench.confirm_everything(one, 20);
    send_back(&mut bench, "review", one, "a slip", 30);
    bench.does("review", one, &Action::Undo, 40);
    bench.does("review", one, &advance(), day(1));
    bench.does("review", one, &Action::Undo, day(1) + 5);
    bench.does("review", one, &advance(), day(1) + 10);
    bench.does("lead", one, &advance(), day(1) + 20);
    let sealed = bench.sealed(one, 1);
    bench.does("release", one, &Action::Release(sealed), day(1) + 30);
    let report = bench.desk.throughput_report(None, date("2026-07-06")).unwrap();
    assert_eq!((report.returns(), report.first_pass()), (0, Share::of(1, 1)));
    assert!(report.by_reason.is_empty() && report.by_step.is_empty());
    let review = &report.steps["review"];
    assert_eq!((review.count(), review.median()), (1, Some(24)), "it was in review all the time");
    assert_eq!(report.steps["preparation"].count(), 1);
    let rollout = bench.desk.rollout_report(None, date("2026-07-06"), minute(day(2))).unwrap();
    assert_eq!((rollout[0].now.returns, rollout[0].now.first_pass), (0, 1));
}

#[test]
fn a_rollout_shows_a_scope_beside_the_time_before_and_says_no_verdict() {
    let mut bench = history();
    let now = minute(day(3) + 60);
    let report = bench.desk.rollout_report(None, date("2026-07-06"), now).unwrap();
    let [rollout] = report.as_slice() else { panic!("no scope is set up: {report:?}") };
    assert_eq!((rollout.scope.as_deref(), rollout.records, rollout.before), (None, 5, date("2026-07-02")));
    let figures = rollout.now;
    assert_eq!((figures.taken_in, figures.released, figures.first_pass, figures.returns), (5, 3, 2, 2));
    assert_eq!((figures.missing_before, figures.missing_after), (2, 1));
    assert_eq!((figures.corrections, figures.late_corrections), (0, 0));
    assert_eq!(rollout.then, stageplate::domain::report::figures::Figures::default());
    // The same days seen from a week later are the time before.
    let week = bench.desk.rollout_report(None, date("2026-07-10"), minute(day(7))).unwrap();
    assert_eq!((week[0].now.released, week[0].then.released), (0, 3));
    let correction = receive(&vin(5), "6001", "again.xml");
    bench.act("prep", stageplate::store::Target::Intake(vin(5)), &correction, day(8)).unwrap();
    let report = bench.desk.rollout_report(None, date("2026-07-10"), minute(day(8) + 1)).unwrap();
    assert_eq!(report[0].now.corrections, 1);
}

#[test]
fn a_report_of_an_unknown_scope_names_the_nearest_or_says_that_there_is_none() {
    let mut bench = Bench::new();
    assert!(matches!(bench.desk.age_report(Some("vans"), Moment(0)), Err(StoreError::NotFound { .. })));
    assert!(matches!(bench.desk.throughput_report(Some("vans"), NaiveDate::MIN), Err(StoreError::NotFound { .. })));
}

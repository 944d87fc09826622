//! Where the work stands: figures of a small history that can be counted by hand.

use stageplate::domain::action::{Action, Settle};
use stageplate::domain::governance::DeskAction;
use stageplate::domain::identity::ExceptionId;
use stageplate::domain::moment::Moment;
use stageplate::domain::person::Actor;
use stageplate::domain::report::{Overview, Share};
use stageplate::store::StoreError;

use crate::desk::*;

/// Monday, 2026-07-06, and the days after it.
fn days(days: i64) -> Moment {
    Moment(minute(20).0 + days * 86_400_000_000)
}

fn overview(bench: &mut Bench, scope: Option<&str>, now: Moment) -> Overview {
    bench.desk.overview(scope, now).unwrap()
}

fn send_back(to: &str) -> Action {
    Action::Return { to: to.into(), reason: "mass".into() }
}

#[test]
fn load_ageing_exceptions_and_yield_are_those_of_the_records() {
    let mut bench = Bench::new();
    let one = bench.taken_in(1);
    bench.does("prep", one, &take("prep"), 2);
    bench.in_review(2);
    let three = bench.in_review(3);
    bench.does("review", three, &take("review"), 5);
    bench.released(4);
    // The fifth is sent back once and released all the same.
    let five = bench.in_review(5);
    bench.does("review", five, &send_back("preparation"), 5);
    bench.does("prep", five, &advance(), 6);
    bench.confirm_everything(five, 7);
    bench.does("review", five, &advance(), 8);
    bench.does("lead", five, &advance(), 9);
    let sealed = bench.sealed(five, 5);
    bench.does("release", five, &Action::Release(sealed), 10);
    let six = bench.in_review(6);
    bench.does("lead", six, &Action::Hold { reason: "parts".into(), until: None }, 10);
    bench.does("lead", six, &flag("missing-data"), 11);

    let seen = overview(&mut bench, None, days(5));
    let load: Vec<(&str, Option<&str>, u64)> = seen
        .load
        .iter()
        .map(|load| {
            (load.step.as_str(), load.owner.as_ref().map(stageplate::domain::identity::Login::as_str), load.records)
        })
        .collect();
    assert_eq!(load, [("intake", Some("prep"), 1), ("review", None, 2), ("review", Some("review"), 1)]);
    let review = seen.ageing.iter().find(|ageing| ageing.step == "review").unwrap();
    assert_eq!((review.ages, review.oldest), ([0, 0, 3, 0, 0, 0], 5));
    // Two working days from Monday end on Wednesday; the sixth is on hold and shown apart.
    assert_eq!((review.overdue, review.held), (2, 1));
    let kinds: Vec<(&str, u64, u64)> =
        seen.exceptions.iter().map(|kind| (kind.kind.as_str(), kind.open, kind.blocking)).collect();
    assert_eq!(kinds.iter().map(|(kind, open, _)| (*kind, *open)).collect::<Vec<_>>(), [("missing-data", 1)]);
    assert_eq!(seen.weeks.last().map(|week| (week.released, week.first_pass)), Some((2, 1)));
    assert_eq!((seen.weeks.len(), seen.first_pass()), (13, Share::of(1, 2)));
    let counts = bench.desk.health().unwrap().into_iter().find(|check| check.name == "counts").unwrap();
    assert!(counts.ok, "{}", counts.detail);
}

#[test]
fn a_waiver_that_ended_stands_again_and_a_settled_exception_does_not() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.does("lead", id, &flag("missing-data"), 6);
    bench.does("lead", id, &flag("missing-data"), 6);
    let until = "2026-07-08".parse().ok();
    let waive = Settle::Waive { text: "known".into(), until };
    bench.does("lead", id, &Action::Settle { id: ExceptionId(1), how: waive }, 7);
    bench.does("lead", id, &Action::Settle { id: ExceptionId(2), how: Settle::Resolve { text: "found".into() } }, 7);
    let open = |bench: &mut Bench, day: i64| {
        overview(bench, None, days(day)).exceptions.iter().map(|kind| kind.open).sum::<u64>()
    };
    assert_eq!([0, 2, 3].map(|day| open(&mut bench, day)), [0, 0, 1]);
}

#[test]
fn a_scope_shows_its_own_figures_and_an_unknown_one_is_named() {
    let mut bench = Bench::new();
    let root = Actor::of(&new_desk().founder);
    for name in ["vans", "vans2"] {
        let scope =
            serde_json::from_value(serde_json::json!({"name": name, "title": name, "team": null, "match": null}));
        let add = DeskAction::AddScope(scope.unwrap());
        bench.desk.govern(&root, &add, fresh_request(), minute(-30)).unwrap();
    }
    bench.released(1);
    let mut sheet = sheet(&[("Length", "6400"), ("TypeApprovalNumber", APPROVAL), ("Variant", "BOX")]);
    let Action::Prepare(row) = &mut sheet else { unreachable!() };
    row.scope = Some("vans".into());
    let vin = vin(2);
    bench.act("prep", stageplate::store::Target::Intake(vin.clone()), &receive(&vin, "6000", "b.xml"), 0).unwrap();
    bench.act("prep", stageplate::store::Target::Intake(vin), &sheet, 1).unwrap();
    let vans = overview(&mut bench, Some("vans"), days(0));
    assert_eq!((vans.records(), vans.first_pass()), (1, None));
    assert_eq!(overview(&mut bench, Some("vans2"), days(0)).records(), 0);
    assert_eq!(overview(&mut bench, None, days(0)).first_pass(), Share::of(1, 1));
    let no = bench.desk.overview(Some("vams"), days(0));
    assert!(matches!(no, Err(StoreError::NotFound { nearest: Some(near), .. }) if near == "vans"));
}

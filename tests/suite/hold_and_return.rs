//! Stopping, going on and going back: holds that end by themselves, returns to any earlier step, and what is released stays.

use stageplate::domain::action::{Action, Given, Settle};
use stageplate::domain::identity::{ExceptionId, Login};

use crate::fixture::{Desk, address_of, advance, remove_row, set, sheet};

const DAY: i64 = 86_400_000_000;

fn hold(desk: &Desk, days: u64) -> Action {
    let until = desk.now.day().checked_add_days(chrono::Days::new(days));
    Action::Hold { reason: "waits for parts".into(), until }
}

fn back(to: &str) -> Action {
    Action::Return { to: to.into(), reason: "wrong".into() }
}

#[test]
fn a_hold_with_a_last_day_ends_after_it_and_the_next_act_writes_that_down() {
    let mut desk = Desk::at("preparation");
    let act = hold(&desk, 1);
    desk.act("prep", &act).unwrap();
    desk.now.0 += DAY;
    assert_eq!(desk.act("prep", &set("ActualMass", "3300")).unwrap_err().rule, "hold", "its last day is one of hold");
    desk.now.0 += DAY;
    let planned = desk.act("prep", &set("ActualMass", "3300")).unwrap();
    let line = &planned.facts.lines[0];
    let told = (line.what.as_str(), line.from.as_deref(), line.to.as_deref(), line.desk);
    assert_eq!(told, ("hold", Some("until 2026-11-24"), Some("ended"), true));
    assert_eq!(desk.record.hold, None);
    assert!(!desk.act("prep", &set("ActualMass", "3301")).unwrap().facts.lines[0].desk, "it is told once");
}

#[test]
fn what_ended_by_itself_is_not_resumed_and_can_be_held_again() {
    let mut desk = Desk::at("preparation");
    let act = hold(&desk, 0);
    desk.act("prep", &act).unwrap();
    desk.now.0 += DAY;
    assert_eq!(desk.act("prep", &Action::Resume { reason: None }).unwrap_err().rule, "hold");
    let act = hold(&desk, 3);
    desk.act("prep", &act).unwrap();
    assert!(desk.record.held_on(desk.now.day()));
}

#[test]
fn whoever_goes_on_may_say_why() {
    for reason in [None, Some("parts came".to_owned())] {
        let mut desk = Desk::at("review");
        let act = hold(&desk, 9);
        desk.act("review", &act).unwrap();
        let planned = desk.act("review", &Action::Resume { reason: reason.clone() }).unwrap();
        assert_eq!(planned.facts.reason, reason);
        assert_eq!(desk.record.hold, None);
    }
}

#[test]
fn a_hold_ends_by_who_set_it_or_a_lead_and_by_the_owner_only_where_no_lead_set_it() {
    let go_on = Action::Resume { reason: None };
    for (by, who, may) in [
        ("lead", "lead", true),
        ("lead", "prep", false),
        ("lead", "review", false),
        ("review", "review", true),
        ("review", "lead", true),
        ("review", "prep", true),
        ("review", "release", false),
    ] {
        let mut desk = Desk::at("preparation");
        desk.record.owner = Login::parse("prep").ok();
        let act = hold(&desk, 9);
        desk.act(by, &act).unwrap();
        match desk.act(who, &go_on) {
            Ok(_) => assert!(may, "{who} ended a hold of {by}"),
            Err(no) => {
                assert!(!may, "{who} could not end a hold of {by}");
                assert_eq!((no.rule.as_str(), desk.record.hold.is_some()), ("hold", true));
                assert_eq!(no.who.last().map(String::as_str), Some("lead"));
            }
        }
    }
}

#[test]
fn a_record_goes_back_to_any_earlier_step_with_a_reason() {
    for to in ["intake", "preparation", "review", "compliance"] {
        let mut desk = Desk::at("ready");
        let silent = Action::Return { to: to.into(), reason: " ".into() };
        assert_eq!(desk.act("lead", &silent).unwrap_err().rule, "reason");
        let planned = desk.act("lead", &back(to)).unwrap();
        assert_eq!((desk.record.step.as_str(), planned.facts.reason.as_deref()), (to, Some("wrong")));
        for later in ["ready", "released", to] {
            assert_eq!(desk.act("lead", &back(later)).unwrap_err().rule, "step", "{to} to {later}");
        }
    }
}

#[test]
fn a_released_record_is_opened_again_by_nothing() {
    let mut desk = Desk::at("ready");
    let sealed = desk.sealed();
    desk.act("release", &Action::Release(sealed.clone())).unwrap();
    let until = None;
    let mut row = sheet();
    row.values.insert(address_of("Length"), Given::Value("6600".into()));
    let acts = [
        back("preparation"),
        set("ActualMass", "3300"),
        remove_row("TowingBrakedTypeTrailTable[2]"),
        Action::Prepare(row),
        Action::Confirm { addresses: None },
        Action::Sign { checkpoint: None, meaning: None },
        Action::Hold { reason: "wait".into(), until },
        Action::Resume { reason: None },
        Action::Assign { to: Login::parse("both").ok(), reason: Some("mine".into()) },
        Action::Release(sealed),
        Action::Undo,
        Action::Settle { id: ExceptionId(1), how: Settle::Reopen { text: "again".into() } },
    ];
    for act in acts {
        for who in ["prep", "review", "lead", "release", "both"] {
            assert!(desk.act(who, &act).is_err(), "{who} {}", act.word());
        }
    }
    assert_eq!(desk.record.step, "released");
    // Filing it is the one way it moves; taking that back leaves it released.
    desk.act("lead", &advance()).unwrap();
    desk.act("lead", &Action::Undo).unwrap();
    assert_eq!(desk.record.step, "released");
    assert!(desk.act("release", &Action::Undo).is_err());
}

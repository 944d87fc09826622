//! The exceptions board: triage of many exceptions, each decided on its own record.

use stageplate::app::model::{Context, Sheet};
use stageplate::app::msg::{Effect, Msg, Tag, Ticket};
use stageplate::app::screen::Screen;
use stageplate::app::session;
use stageplate::app::update::update;
use stageplate::app::{board, command};
use stageplate::domain::action::{Action, Settle};
use stageplate::domain::event::Facts;
use stageplate::domain::identity::{ExceptionId, RecordId, Seq};
use stageplate::domain::plan::Refusal;
use stageplate::domain::triage::By;
use stageplate::failure::{Failure, Kind};

use crate::screens::{self, Desk, login};

fn board(who: &str) -> Desk {
    let mut desk = Desk::with(who, 120, 40, screens::with_exceptions(screens::dossiers()));
    desk.press("B");
    desk.wants();
    desk
}

fn notice(desk: &Desk) -> &str {
    desk.model.notice.as_ref().map_or("", |notice| &notice.text)
}

fn run(desk: &mut Desk, name: &str) {
    desk.tell(Msg::Run(command::named(name).unwrap()));
}

/// The act on its way: its tag, its record, what was seen of it, what is done.
fn on_its_way(desk: &mut Desk) -> (Tag, RecordId, Seq, Action) {
    let found = desk.wants().into_iter().find_map(|effect| match effect {
        Effect::Apply { tag, record, seen, action } => Some((tag, record, seen, action)),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn the_marked_exceptions_are_settled_one_by_one_each_knowing_of_the_one_before_on_its_record() {
    let mut desk = board("lead");
    // Exceptions 4 and 10 are both on the first record.
    assert_eq!(desk.model.board.row().unwrap().exception.id, ExceptionId(4));
    desk.press("space space s");
    desk.write("seen to");
    desk.press("ctrl-d");
    let (tag, record, _, action) = on_its_way(&mut desk);
    let how = Settle::Resolve { text: "seen to".into() };
    assert_eq!((record, action), (RecordId(1), Action::Settle { id: ExceptionId(4), how: how.clone() }));
    desk.tell(Msg::Applied { tag, seq: Seq(60_000), changed: true });
    let (tag, record, seen, action) = on_its_way(&mut desk);
    assert_eq!((record, seen, action), (RecordId(1), Seq(60_000), Action::Settle { id: ExceptionId(10), how }));
    desk.tell(Msg::Refused { tag, refusal: Refusal::new("four-eyes", "not you") });
    let Some(Sheet::Bulk(bulk)) = &desk.model.sheet else { panic!() };
    assert_eq!(bulk.outcome(), "1 done, 1 refused");
    assert_eq!(bulk.refused[0].0, "DTEST123 · 10");
    // What was refused stays marked, what was done does not.
    assert_eq!(desk.model.board.marks.keys().collect::<Vec<_>>(), [&ExceptionId(10)]);
}

#[test]
fn what_was_done_on_the_board_is_no_conflict_with_the_next_act_on_the_same_record() {
    let mut desk = board("lead");
    desk.press("s");
    desk.write("seen to");
    desk.press("ctrl-d");
    let (tag, ..) = on_its_way(&mut desk);
    // What was read before the act comes in after it.
    board::ask(&mut desk.model);
    let ticket = desk.model.board.asked.ticket().unwrap();
    let rows = desk.model.board.rows.clone();
    update(&mut desk.model, Msg::Applied { tag, seq: Seq(60_000), changed: true });
    update(&mut desk.model, Msg::Exceptions { ticket, rows, next: None });
    desk.press("down s");
    desk.write("this too");
    desk.press("ctrl-d");
    let (_, record, seen, action) = on_its_way(&mut desk);
    assert!(matches!(action, Action::Settle { id: ExceptionId(10), .. }), "{action:?}");
    assert_eq!((record, seen), (RecordId(1), Seq(60_000)));
}

#[test]
fn a_remark_made_on_the_board_hides_nothing_that_somebody_did_before_it() {
    let mut desk = board("lead");
    let before = desk.model.board.row().unwrap().seq;
    run(&mut desk, "comment");
    desk.write("asked the supplier");
    desk.press("ctrl-d");
    let (tag, ..) = on_its_way(&mut desk);
    update(&mut desk.model, Msg::Applied { tag, seq: Seq(60_000), changed: true });
    assert_eq!(desk.model.board.row().unwrap().seq, before);
}

#[test]
fn a_waiver_asks_once_more_with_the_safe_button_first() {
    let mut desk = board("lead");
    desk.press("w");
    desk.write("within tolerance");
    desk.press("ctrl-d");
    assert!(desk.wants().iter().all(|effect| !matches!(effect, Effect::Apply { .. })));
    let Some(Sheet::Bulk(bulk)) = &desk.model.sheet else { panic!() };
    assert!(bulk.lines.iter().any(|line| line.contains("within tolerance")), "{:?}", bulk.lines);
    desk.press("enter");
    assert!(desk.model.sheet.is_none(), "the safe button does nothing");
    desk.press("w");
    desk.write("within tolerance");
    desk.press("ctrl-d tab enter");
    let (_, _, _, action) = on_its_way(&mut desk);
    let how = Settle::Waive { text: "within tolerance".into(), until: None };
    assert_eq!(action, Action::Settle { id: ExceptionId(4), how });
}

#[test]
fn who_may_not_waive_is_told_who_could() {
    let mut desk = board("prep");
    desk.press("w");
    assert!(desk.model.sheet.is_none());
    assert!(notice(&desk).contains("could: lead"), "{}", notice(&desk));
}

#[test]
fn a_form_is_about_the_exception_it_was_opened_on_though_the_cursor_moves() {
    let mut desk = board("lead");
    desk.press("a");
    // The exception is settled elsewhere meanwhile, and the cursor falls on another one.
    desk.dossiers[0].record.exceptions.retain(|exception| exception.id != ExceptionId(4));
    desk.tell(Msg::News(vec![screens_event(1)]));
    assert_ne!(desk.model.board.row().unwrap().exception.id, ExceptionId(4));
    desk.press("ctrl-d");
    let (_, _, _, action) = on_its_way(&mut desk);
    assert!(matches!(action, Action::Settle { id: ExceptionId(4), how: Settle::Assign { .. } }), "{action:?}");
}

fn screens_event(record: i64) -> stageplate::domain::event::Event {
    let history = screens::dossiers().into_iter().find(|one| one.record.id == RecordId(record)).unwrap().history;
    stageplate::domain::event::Event { seq: Seq(70_000), by: login("review"), ..history[0].clone() }
}

#[test]
fn the_cursor_stays_on_its_exception_when_others_go() {
    let mut desk = board("lead");
    desk.press("down down down");
    let here = desk.model.board.row().unwrap().exception.id;
    desk.dossiers[0].record.exceptions.retain(|exception| exception.id != ExceptionId(4));
    desk.tell(Msg::News(vec![screens_event(1)]));
    assert_eq!(desk.model.board.row().unwrap().exception.id, here);
}

#[test]
fn a_group_asks_for_its_exceptions_alone_and_a_filter_narrows_both() {
    let mut desk = Desk::with("lead", 120, 40, Vec::new());
    let (mut model, _) = screens::unread_model("lead");
    std::mem::swap(&mut desk.model, &mut model);
    desk.dossiers = screens::with_exceptions(screens::dossiers());
    desk.press("B ]");
    assert_eq!(desk.model.board.group, Some(Some("missing-data".into())));
    let effects = stageplate::app::update::update(&mut desk.model, Msg::Key("5".parse().unwrap()));
    assert!(
        matches!(
            &effects[..],
            [Effect::LoadGroups { by: By::Owner, filter: None, .. }, Effect::LoadExceptions { filter: None, .. }]
        ),
        "{effects:?}"
    );
    desk.answer_all(effects);
    desk.press("/");
    desk.write("kind:other");
    assert_eq!(desk.model.context(), Context::Filter);
    desk.press("enter");
    assert_eq!(desk.model.board.words, "kind:other");
    assert_eq!(desk.model.list.words, "", "the list of the desk keeps its own");
    let effects = stageplate::app::update::update(&mut desk.model, Msg::Key("]".parse().unwrap()));
    let Some(Effect::LoadExceptions { filter: Some(filter), .. }) = effects.last() else { panic!("{effects:?}") };
    assert!(filter.to_string().starts_with("kind:other owner:"), "{filter}");
}

#[test]
fn a_record_opens_on_its_exception_and_back_leads_to_the_board() {
    let mut desk = board("lead");
    desk.press("down down enter");
    assert_eq!(desk.model.screen, Screen::Desk);
    let opened = desk.model.current().unwrap();
    assert_eq!(opened.exception(desk.model.now).map(|exception| exception.id), Some(ExceptionId(11)));
    desk.press("esc");
    assert_eq!(desk.model.screen, Screen::Board);
    assert_eq!(desk.model.board.row().unwrap().exception.id, ExceptionId(11));
    desk.press("D backspace");
    assert_eq!(desk.model.screen, Screen::Board, "screens are places");
}

#[test]
fn the_same_fault_is_linked_with_the_one_under_the_cursor() {
    let mut desk = board("lead");
    desk.press("L");
    assert!(notice(&desk).contains("mark the exceptions"), "{}", notice(&desk));
    desk.press("space L");
    let Some(Sheet::Bulk(bulk)) = &desk.model.sheet else { panic!() };
    assert_eq!(bulk.total, 2);
    desk.press("enter");
    let (_, _, _, action) = on_its_way(&mut desk);
    let Action::Settle { how: Settle::Link { with: Some(with) }, .. } = action else { panic!("{action:?}") };
    assert_eq!(with.group, ExceptionId(10));
}

#[test]
fn what_is_linked_is_marked_together() {
    let mut desk = board("lead");
    desk.press("down down down M");
    let marked: Vec<i64> = desk.model.board.marks.keys().map(|id| id.0).collect();
    assert_eq!(marked, [12, 16]);
}

#[test]
fn the_desk_opens_on_the_screen_it_was_left_on() {
    let desk = board("lead");
    let text = session::written(&desk.model);
    let (mut model, _) = screens::unread_model("lead");
    let effects = session::restore(&mut model, &text);
    assert_eq!(model.screen, Screen::Board);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadGroups { .. })), "{effects:?}");
}

#[test]
fn what_somebody_else_settled_is_marked_no_more() {
    let mut desk = board("lead");
    desk.press("down down down M");
    let settled = |seq: i64, id: i64, to: &str| {
        let mut event = desk.dossiers[0].history[0].clone();
        (event.seq, event.by, event.action) = (Seq(seq), login("review"), "exception-waive".into());
        event.facts = Facts::default();
        event.facts.line(format!("exception {id}"), Some("open".into()), Some(to.into()));
        event
    };
    let (owned, passed) = (settled(90_000, 12, "in-progress, review"), settled(90_001, 16, "waived until 2026-12-01"));
    desk.tell(Msg::News(vec![owned, passed]));
    assert_eq!(desk.model.board.marks.keys().collect::<Vec<_>>(), [&ExceptionId(12)]);
}

#[test]
fn exceptions_that_could_not_be_read_are_asked_for_again() {
    let mut desk = board("lead");
    let effects = update(&mut desk.model, Msg::Key("f5".parse().unwrap()));
    let tickets: Vec<Ticket> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::LoadGroups { ticket, .. } | Effect::LoadExceptions { ticket, .. } => Some(*ticket),
            _ => None,
        })
        .collect();
    assert_eq!(tickets.len(), 2, "{effects:?}");
    let failure = Failure::new(Kind::Fault, "the disk is gone");
    for ticket in tickets {
        update(&mut desk.model, Msg::NoPage { ticket, failure: failure.clone() });
    }
    let again = update(&mut desk.model, Msg::Key("f5".parse().unwrap()));
    assert!(again.iter().any(|effect| matches!(effect, Effect::LoadGroups { .. })), "{again:?}");
}

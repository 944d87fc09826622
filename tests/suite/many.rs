//! Marks, and one act on many records: how many, how far, who was refused and why, and what a cancel leaves.

use stageplate::app::bulk::{Bulk, Phase};
use stageplate::app::model::Sheet;
use stageplate::app::msg::{Effect, Msg, Tag, Ticket};
use stageplate::app::update::update;
use stageplate::config::key::Key;
use stageplate::domain::action::Action;
use stageplate::domain::identity::{RecordId, Seq};
use stageplate::domain::plan::Refusal;
use stageplate::failure::{Failure, Kind};

use crate::screens::{self, Desk};

/// The act that was sent last, if the model sent one since this was asked.
fn sent(desk: &mut Desk) -> Option<(Tag, RecordId, Seq, Action)> {
    desk.wants().into_iter().find_map(|effect| match effect {
        Effect::Apply { tag, record, seen, action } => Some((tag, record, seen, action)),
        _ => None,
    })
}

fn bulk(desk: &Desk) -> &Bulk {
    match &desk.model.sheet {
        Some(Sheet::Bulk(bulk)) => bulk,
        other => panic!("{other:?}"),
    }
}

fn marked(desk: &Desk) -> Vec<i64> {
    desk.model.marks.keys().map(|id| id.0).collect()
}

fn notice(desk: &Desk) -> &str {
    desk.model.notice.as_ref().map_or("", |notice| &notice.text)
}

#[test]
fn a_mark_is_set_and_taken_and_the_cursor_goes_on() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("space");
    assert_eq!((marked(&desk), desk.model.list.scroll.at), (vec![1], 1));
    desk.press("up space");
    assert_eq!(marked(&desk), Vec::<i64>::new());
    desk.press("*");
    assert_eq!(marked(&desk), [1, 2, 3]);
    desk.press("*");
    assert_eq!(marked(&desk), Vec::<i64>::new());
    desk.press("home space -");
    assert_eq!(marked(&desk), Vec::<i64>::new());
    assert_eq!(notice(&desk), "1 marked record unmarked");
}

#[test]
fn marks_stay_from_queue_to_queue() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("space ] ]");
    assert_eq!(marked(&desk), [1]);
    desk.press("enter space");
    assert_eq!(marked(&desk), Vec::<i64>::new(), "the record open is marked and unmarked as well");
}

#[test]
fn many_are_asked_for_once_and_decided_one_by_one() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("* t");
    assert_eq!(bulk(&desk).title, "Take 3 marked records");
    assert_eq!(sent(&mut desk), None, "nothing is sent before the question is answered");
    desk.press("enter");
    let mut taken = Vec::new();
    while let Some((tag, record, seen, action)) = sent(&mut desk) {
        assert_eq!(seen, Seq(40 + record.0), "measured against what the list showed");
        assert!(matches!(action, Action::Assign { to: Some(_), reason: None }));
        taken.push(record.0);
        desk.tell(match record.0 {
            2 => Msg::Refused { tag, refusal: Refusal::new("hand-over", "somebody else owns it: say why") },
            id => Msg::Applied { tag, seq: Seq(100 + id), changed: id != 3 },
        });
    }
    assert_eq!(taken, [1, 2, 3]);
    assert_eq!(bulk(&desk).phase, Phase::Over);
    assert_eq!(bulk(&desk).refused, [("DTEST131".to_owned(), "somebody else owns it: say why [hand-over]".to_owned())]);
    assert_eq!(notice(&desk), "Take 3 marked records: 1 done, 1 with nothing to do, 1 refused");
    assert_eq!(marked(&desk), [2], "the refused one stays marked");
    desk.press("esc");
    assert!(desk.model.sheet.is_none());
}

#[test]
fn what_was_done_to_a_marked_record_is_no_conflict_with_the_next_act_before_its_row_is_read_again() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("space t enter");
    let (tag, record, ..) = sent(&mut desk).unwrap();
    // What was read before the act comes in after it.
    desk.model.ask_for_list();
    let ticket = desk.model.list.asked.ticket().unwrap();
    let rows = desk.model.list.rows.clone();
    update(&mut desk.model, Msg::Applied { tag, seq: Seq(100), changed: true });
    update(&mut desk.model, Msg::Page { ticket, rows, next: None });
    desk.press("home space C enter");
    let (_, again, seen, _) = sent(&mut desk).unwrap();
    assert_eq!((again, seen), (record, Seq(100)));
}

#[test]
fn what_was_done_to_a_marked_record_is_known_to_its_mark_though_no_row_shows_it() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("space up enter c");
    let (tag, record, ..) = sent(&mut desk).unwrap();
    desk.model.list.rows.retain(|row| row.summary.id != record);
    update(&mut desk.model, Msg::Applied { tag, seq: Seq(100), changed: true });
    assert_eq!(desk.model.marks.get(&record).map(|(_, seen)| *seen), Some(Seq(100)));
}

#[test]
fn where_nothing_was_refused_only_a_line_says_so() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("space C enter");
    let (tag, _, _, action) = sent(&mut desk).unwrap();
    assert_eq!(action, Action::Confirm { addresses: None });
    desk.tell(Msg::Applied { tag, seq: Seq(100), changed: true });
    assert!(desk.model.sheet.is_none());
    assert_eq!(notice(&desk), "Confirm what is clean in 1 marked record: 1 done");
    assert_eq!(marked(&desk), Vec::<i64>::new());
}

#[test]
fn a_cancel_lets_the_one_on_its_way_end_and_tries_no_other() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("* > enter");
    let (tag, ..) = sent(&mut desk).unwrap();
    desk.press("esc");
    assert_eq!(bulk(&desk).phase, Phase::Running);
    desk.tell(Msg::Applied { tag, seq: Seq(100), changed: true });
    assert_eq!(sent(&mut desk), None);
    assert_eq!(notice(&desk), "Move 3 marked records on: 1 done, 2 not tried");
    assert_eq!(marked(&desk), [2, 3]);
}

#[test]
fn a_form_about_the_marked_says_how_many_and_is_sent_to_each() {
    let mut desk = Desk::of("lead", 80, 24);
    desk.press("* a");
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert_eq!(form.title, "Assign 3 marked records");
    desk.write("review");
    desk.press("tab");
    desk.write("two are on leave");
    desk.press("ctrl-d");
    let mut records = Vec::new();
    while let Some((tag, record, _, action)) = sent(&mut desk) {
        let Action::Assign { to, reason } = action else { panic!("{action:?}") };
        assert_eq!((to, reason.as_deref()), (Some(screens::login("review")), Some("two are on leave")));
        records.push(record.0);
        desk.tell(Msg::Applied { tag, seq: Seq(200), changed: true });
    }
    assert_eq!(records, [1, 2, 3]);
    assert_eq!(notice(&desk), "Assign 3 marked records: 3 done");
}

#[test]
fn a_release_of_many_begins_at_the_safe_button() {
    let mut desk = Desk::of("release", 80, 24);
    desk.press("* R enter");
    assert!(desk.model.sheet.is_none());
    desk.press("R tab enter");
    assert!(desk.wants().iter().any(|effect| matches!(effect, Effect::Release { record: RecordId(1), .. })));
}

#[test]
fn in_the_record_a_command_means_the_record_whatever_is_marked() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("* home enter t");
    assert!(desk.model.sheet.is_none());
    let (_, record, ..) = sent(&mut desk).unwrap();
    assert_eq!(record, RecordId(1));
}

/// Filters the list and presses keys before its rows are here; the question that asks for them.
fn typed_ahead(desk: &mut Desk, keys: &str) -> Ticket {
    let typed = "owner:none".chars().map(Key::char);
    let behind = std::iter::once("enter").chain(keys.split_whitespace()).map(|key| key.parse().unwrap());
    let mut asked = None;
    for key in std::iter::once(Key::char('/')).chain(typed).chain(behind) {
        for effect in update(&mut desk.model, Msg::Key(key)) {
            if let Effect::LoadPage { ticket, .. } = effect {
                asked = Some(ticket);
            }
        }
    }
    asked.unwrap()
}

#[test]
fn what_is_typed_behind_a_filter_means_the_rows_it_selects() {
    let mut desk = Desk::of("review", 120, 40);
    let ticket = typed_ahead(&mut desk, "* t");
    assert!(desk.model.marks.is_empty(), "the rows on the screen are still those before the filter");
    let second = screens::dossiers().remove(1);
    desk.tell(Msg::Page { ticket, rows: vec![screens::row(&second)], next: None });
    assert_eq!(marked(&desk), [second.record.id.0], "only what the filter selects is marked");
    assert!(matches!(bulk(&desk).phase, Phase::Asked(_)), "and the key behind it is about what is marked");
}

#[test]
fn where_the_rows_of_a_filter_cannot_be_read_nothing_waits_for_them() {
    let mut desk = Desk::of("review", 120, 40);
    let ticket = typed_ahead(&mut desk, "*");
    desk.tell(Msg::NoPage { ticket, failure: Failure::new(Kind::TryAgain, "the desk is busy") });
    desk.press("?");
    assert!(matches!(desk.model.sheet, Some(Sheet::Help(_))), "the next key is heard");
    assert!(desk.model.marks.is_empty());
}

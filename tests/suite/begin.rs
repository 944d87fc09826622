//! How somebody begins: where they left the desk, what others did meanwhile, the tour of a first record.

use stageplate::app::layout::Focus;
use stageplate::app::msg::{Effect, Msg, Row};
use stageplate::app::record::Pane;
use stageplate::app::session;
use stageplate::app::tour::{self, Tour};
use stageplate::app::update::is_sound;
use stageplate::domain::event::Event;
use stageplate::domain::identity::{RecordId, Seq};
use stageplate::domain::queue::{QueueName, Sort};

use crate::screens::{self, Desk};

/// The same person's desk opened again with what was left of the session.
fn again(left: &str) -> Desk {
    let mut desk = Desk::of("review", 80, 24);
    let effects = session::restore(&mut desk.model, left);
    desk.answer_all(effects);
    desk
}

fn notice(desk: &Desk) -> &str {
    desk.model.notice.as_ref().map_or("", |notice| &notice.text)
}

#[test]
fn the_desk_opens_where_it_was_left() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("space ] o /");
    desk.write("step:review");
    desk.press("enter down enter 4");
    let queue = desk.model.list.queue;
    let desk = again(&session::written(&desk.model));
    assert_eq!((desk.model.list.queue, desk.model.list.words.as_str()), (queue, "step:review"));
    assert!(desk.model.list.filter.is_some());
    assert_eq!(desk.model.list.sort, Sort::Updated);
    assert_eq!((desk.model.shown, desk.model.focus), (Some(RecordId(2)), Focus::Record));
    assert_eq!(desk.model.current().map(|opened| opened.pane), Some(Pane::History));
    assert_eq!(desk.model.marks.keys().map(|id| id.0).collect::<Vec<_>>(), [1]);
    assert!(is_sound(&desk.model));
}

#[test]
fn a_cursor_in_the_list_is_where_it_was() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("down down");
    let desk = again(&session::written(&desk.model));
    assert_eq!((desk.model.list.selected, desk.model.focus), (Some(RecordId(3)), Focus::List));
}

#[test]
fn a_session_that_cannot_be_read_is_ignored() {
    for left in ["", "not json", "[]", "{\"queue\":\"nowhere\"}", "{\"queue\":7}", "{\"queue\":\"mine\",\"marks\":[1]}"]
    {
        let desk = again(left);
        assert_eq!((desk.model.list.queue, desk.model.focus), (QueueName::Waiting, Focus::List), "{left}");
        assert!(is_sound(&desk.model), "{left}");
    }
    let desk = again("{\"queue\":\"mine\",\"filter\":\"step:gone\",\"pane\":99,\"record\":7,\"sort\":\"?\"}");
    assert_eq!((desk.model.list.queue, desk.model.list.words.as_str()), (QueueName::Mine, ""));
    assert!(is_sound(&desk.model));
}

#[test]
fn the_list_is_ordered_in_turn_and_asked_for_so() {
    let (mut model, _) = screens::unread_model("review");
    let page =
        |model: &stageplate::app::model::Model| Msg::Page { ticket: model.last_ticket, rows: Vec::new(), next: None };
    let first = page(&model);
    stageplate::app::update::update(&mut model, first);
    let effects = stageplate::app::update::update(&mut model, Msg::Key("o".parse().unwrap()));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadPage { sort: Sort::Updated, .. })), "{effects:?}");
}

fn event(by: &str, seq: i64, record: i64) -> Event {
    let dossier = &screens::dossiers()[0];
    Event {
        seq: Seq(seq),
        by: screens::login(by),
        action: "confirm".into(),
        record: Some((RecordId(record), dossier.record.vin.clone())),
        ..dossier.history[0].clone()
    }
}

#[test]
fn whoever_opens_a_record_that_changed_is_told_what_happened_since() {
    let mut desk = Desk::of("review", 80, 24);
    desk.dossiers[1].history.push(event("lead", 99, 2));
    desk.tell(Msg::News(vec![event("lead", 99, 2)]));
    desk.press("down enter");
    assert!(notice(&desk).starts_with("since you looked: lead confirmed changes"), "{}", notice(&desk));
    desk.press("esc enter");
    assert_eq!(notice(&desk), "", "once");
}

#[test]
fn whoever_reads_a_record_is_told_when_another_changes_it() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter");
    desk.dossiers[0].record.seq = Seq(99);
    desk.dossiers[0].history.push(event("lead", 99, 1));
    desk.tell(Msg::News(vec![event("lead", 99, 1)]));
    assert!(notice(&desk).contains("lead confirmed changes"), "{}", notice(&desk));
}

#[test]
fn an_unread_record_says_what_happened_and_is_read_then() {
    let mut desk = Desk::of("review", 80, 24);
    let unread = |desk: &Desk, id| desk.model.list.rows.iter().any(|row: &Row| row.summary.id.0 == id && row.unread);
    assert!(unread(&desk, 2));
    desk.press("down enter");
    assert!(!unread(&desk, 2));
    assert!(desk.wants().iter().any(|effect| matches!(effect, Effect::MarkSeen { id: RecordId(2), .. })));
}

fn touring() -> Desk {
    let mut desk = Desk::of("review", 80, 24);
    desk.model.tour = Some(Tour::default());
    desk
}

#[test]
fn the_tour_names_the_next_key_and_follows_what_is_done() {
    let mut desk = touring();
    let says = |desk: &Desk| tour::said(&desk.model).map(|said| (said.step, said.key));
    assert_eq!(says(&desk), Some((1, "enter".to_owned())));
    desk.press("down enter");
    assert_eq!(says(&desk), Some((2, "n".to_owned())));
    desk.press("esc");
    assert_eq!(says(&desk), Some((2, "enter".to_owned())), "back in the list, the way into the record comes first");
    desk.press("enter n d esc");
    assert_eq!(says(&desk), Some((4, "c".to_owned())));
    desk.press("f esc");
    assert_eq!(says(&desk), Some((6, "C".to_owned())), "whoever runs ahead is followed");
    desk.press("C");
    assert_eq!(says(&desk), Some((7, ">".to_owned())));
    desk.wants();
    desk.press(">");
    assert!(desk.wants().contains(&Effect::EndTour));
    assert_eq!(says(&desk), None);
    assert!(notice(&desk).starts_with("That was the tour"), "{}", notice(&desk));
}

#[test]
fn a_step_is_passed_by_whatever_leads_where_it_leads() {
    let mut desk = touring();
    let step = |desk: &Desk| tour::said(&desk.model).map(|said| said.step);
    desk.press("tab");
    assert_eq!(step(&desk), Some(2), "the record was opened by another key");
    desk.press("down");
    assert_eq!(step(&desk), Some(3), "the next undecided change was gone to by an arrow");
    desk.press("2");
    assert_eq!(step(&desk), Some(3), "another pane is no step");
}

#[test]
fn a_command_that_could_not_run_is_no_step() {
    let mut desk = touring();
    desk.press("G enter");
    desk.press("C");
    assert_eq!(tour::said(&desk.model).map(|said| said.step), Some(2), "everything was decided there already");
}

#[test]
fn one_key_ends_the_tour_for_good() {
    let mut desk = touring();
    desk.press("x");
    assert!(desk.wants().contains(&Effect::EndTour));
    assert!(desk.model.tour.is_none());
    desk.press("x");
    assert_eq!(notice(&desk), "there is no tour now");
}

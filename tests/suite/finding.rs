//! The ways to a record: the filter's line with its completions, the end of a VIN, back and forward.

use stageplate::app::complete::{Begun, Offered};
use std::collections::BTreeMap;

use stageplate::app::layout::Focus;
use stageplate::app::model::{Prompt, Sheet};
use stageplate::app::msg::{Effect, Msg};
use stageplate::app::update::is_sound;
use stageplate::domain::approval::Covered;
use stageplate::domain::filter::{Filter, Term, TextField};
use stageplate::domain::identity::RecordId;
use stageplate::domain::queue::QueueName;

use crate::screens::Desk;

fn prompt(desk: &Desk) -> &Prompt {
    match &desk.model.sheet {
        Some(Sheet::Filter(prompt)) => prompt,
        other => panic!("{other:?}"),
    }
}

fn offered(desk: &Desk) -> Vec<&str> {
    prompt(desk).completions.all.iter().map(|one| one.text.as_str()).collect()
}

fn written(text: &str) -> Desk {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("/");
    desk.write(text);
    desk
}

#[test]
fn a_field_is_completed_with_the_sign_that_follows_it() {
    assert_eq!(offered(&written("o")), ["owner:", "overdue:", "order:", "option:"]);
    assert_eq!(offered(&written("-(du")), ["due<"]);
    assert!(offered(&written("")).len() > 20);
}

#[test]
fn a_value_is_completed_from_what_the_desk_knows() {
    assert_eq!(offered(&written("step:re")), ["review", "ready", "released"]);
    assert_eq!(offered(&written("owner:me,le")), ["lead"]);
    assert_eq!(offered(&written("owner:falk")), ["review"], "by the person's name, too");
    assert_eq!(offered(&written("exception:value")), ["value-out-of-envelope"]);
    assert_eq!(offered(&written("held:")), ["yes", "no"]);
    assert_eq!(offered(&written("approval:e4")), ["e4*2018/858*00871*01"], "from the rows of the list");
    assert_eq!(offered(&written("nothing:x")), Vec::<&str>::new());
}

#[test]
fn approvals_and_variants_that_no_row_shows_are_offered_once_the_desk_was_asked_and_asked_for_once() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("/");
    assert!(desk.wants().contains(&Effect::LoadOffered));
    desk.write("approval:e4*2018/858*90471");
    assert_eq!(offered(&desk), Vec::<&str>::new(), "no row has it");
    let mut approval = crate::desk::approval("e4*2018/858*90471*01", "N3");
    approval.versions.push(Covered { variant: "TIPPER".into(), version: "01".into(), ranges: BTreeMap::new() });
    desk.tell(Msg::Offered(Box::new(Offered::of([&approval]))));
    assert_eq!(offered(&desk), ["e4*2018/858*90471*01"], "what is being written is completed anew");
    desk.press("esc /");
    assert!(!desk.wants().contains(&Effect::LoadOffered), "it is here already");
    desk.write("variant:");
    let all = offered(&desk);
    assert!(all.contains(&"TIPPER") && all[0] != "TIPPER", "behind what the page shows: {all:?}");
    desk.press("ctrl-u");
    desk.write("category:n3");
    assert_eq!(offered(&desk), ["N3"]);
}

#[test]
fn vins_and_orders_are_completed_from_the_whole_desk_by_what_is_written_of_them() {
    let asked = |desk: &mut Desk| {
        let mut asked = desk.wants().into_iter().filter_map(|effect| match effect {
            Effect::LoadValues(begun) => Some(begun),
            _ => None,
        });
        asked.next_back()
    };
    let mut desk = written("step:review -(vin:");
    assert_eq!(asked(&mut desk), None, "nothing is written of it yet");
    desk.write("ZZ");
    let first = asked(&mut desk).unwrap();
    assert_eq!(first, Begun { field: TextField::Vin, text: "ZZ".into() });
    desk.tell(Msg::Values { begun: first.clone(), values: vec!["ZZA1".into(), "ZZB2".into()] });
    assert_eq!(offered(&desk), ["ZZA1", "ZZB2"], "no row of the list begins so");
    desk.write("B");
    assert_eq!(offered(&desk), ["ZZB2"], "what is known fits until more is here");
    let second = asked(&mut desk).unwrap();
    desk.tell(Msg::Values { begun: first, values: vec!["ZZB9".into()] });
    assert_eq!(offered(&desk), ["ZZB2"], "an answer to fewer letters comes too late");
    desk.tell(Msg::Values { begun: second, values: vec!["ZZB2".into(), "ZZB3".into()] });
    assert_eq!(offered(&desk), ["ZZB2", "ZZB3"]);
    desk.write("*");
    assert_eq!(asked(&mut desk), None, "a pattern begins with nothing");
    desk.press("ctrl-u");
    desk.write("order:7,AB");
    assert_eq!(asked(&mut desk), Some(Begun { field: TextField::Order, text: "AB".into() }));
    assert_eq!(offered(&desk), Vec::<&str>::new(), "VINs are no orders");
    desk.press("left");
    assert_eq!(
        asked(&mut desk),
        Some(Begun { field: TextField::Order, text: "A".into() }),
        "what stands before the cursor"
    );
    desk.press("left");
    assert_eq!(asked(&mut desk), None, "an empty beginning asks for nothing");
}

#[test]
fn codes_for_bodywork_are_completed_from_their_list_with_what_they_mean() {
    let desk = written("bodywork:b");
    let all = offered(&desk);
    assert!(all.contains(&"BA") && all.contains(&"BB") && all.len() > 3, "{all:?}");
    assert!(prompt(&desk).completions.all.iter().all(|one| !one.help.is_empty()));
}

#[test]
fn tab_writes_the_first_and_the_arrows_choose_another() {
    let mut desk = written("st");
    desk.press("tab");
    assert_eq!(prompt(&desk).text.content(), "step:");
    desk.write("re");
    desk.press("down down enter");
    assert_eq!(prompt(&desk).text.content(), "step:ready ", "enter writes what was chosen, and the line stays");
    desk.press("enter");
    assert!(desk.model.sheet.is_none());
    assert_eq!(desk.model.list.words, "step:ready");
    assert_eq!(desk.model.list.filter, Some(Filter::Term(Term::Text(TextField::Step, vec!["ready".into()]))));
}

#[test]
fn a_completion_in_the_middle_of_a_line_leaves_the_rest() {
    let mut desk = written("ow step:review");
    desk.press("home right right tab");
    assert_eq!(prompt(&desk).text.content(), "owner: step:review");
    desk.write("me");
    assert!(desk.model.list.filter.is_some());
}

#[test]
fn a_filter_is_kept_as_a_queue_from_where_it_is_written() {
    let mut desk = written("owner:none");
    desk.press("f2 enter");
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert_eq!(form.at, 1, "the first field leads to the second");
    desk.press("enter");
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert_eq!(form.fault.as_deref(), Some("Name: it needs a name"));
    desk.write("unowned");
    desk.press("tab right ctrl-d");
    let kept = desk.wants().into_iter().find(|effect| matches!(effect, Effect::KeepQueue { .. }));
    let (name, query, team) = ("unowned".to_owned(), "owner:none".to_owned(), Some("bodies".to_owned()));
    assert_eq!(kept, Some(Effect::KeepQueue { name, query, team }));
    assert!(desk.model.sheet.is_none());
}

#[test]
fn a_filter_that_says_nothing_is_not_kept() {
    let mut desk = written("ownr:me");
    desk.press("f2");
    assert!(matches!(desk.model.sheet, Some(Sheet::Filter(_))));
    let notice = desk.model.notice.as_ref().map(|notice| notice.text.as_str());
    assert_eq!(notice, Some("the filter has a fault: mend it first"));
    let mut desk = Desk::of("review", 80, 24);
    desk.press("S");
    assert!(desk.model.sheet.is_none());
}

#[test]
fn the_end_of_a_vin_leads_to_its_record_from_any_queue() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("#");
    desk.write("T1");
    assert!(desk.wants().is_empty(), "two characters would find too much");
    desk.write("31");
    let Some(Sheet::Jump(jump)) = &desk.model.sheet else { panic!() };
    assert!(jump.asked.is_known());
    desk.press("down enter");
    assert!(desk.model.sheet.is_none());
    assert_eq!((desk.model.shown, desk.model.focus), (Some(RecordId(2)), Focus::Record));
}

#[test]
fn what_is_asked_for_a_jump_is_found_through_the_index_and_in_every_queue() {
    let (mut model, _) = crate::screens::unread_model("review");
    let press = |model: &mut _, key: &str| {
        stageplate::app::update::update(model, stageplate::app::msg::Msg::Key(key.parse().unwrap()))
    };
    press(&mut model, "#");
    let mut effects = Vec::new();
    for key in ["4", "2", "1", "x"] {
        effects = press(&mut model, key);
    }
    let [Effect::LoadPage { queue: QueueName::All, filter: Some(Filter::All(parts)), .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(parts[0], Filter::Term(Term::Word("421X".into())));
    assert_eq!(parts[1], Filter::Term(Term::Text(TextField::Vin, vec!["*421X".into()])));
}

#[test]
fn back_and_forward_lead_through_the_places_that_were_left() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("down enter");
    assert_eq!(desk.model.shown, Some(RecordId(2)));
    desk.press("esc ] /");
    desk.write("held:no");
    desk.press("enter");
    let queue = desk.model.list.queue;
    assert_ne!(queue, QueueName::Waiting);

    desk.press("backspace");
    assert_eq!((desk.model.list.queue, desk.model.list.words.as_str()), (queue, ""));
    desk.press("backspace");
    assert_eq!((desk.model.list.queue, desk.model.focus), (QueueName::Waiting, Focus::List));
    assert_eq!(desk.model.list.selected, Some(RecordId(2)), "the cursor is where it was");
    desk.press("backspace");
    assert_eq!((desk.model.shown, desk.model.focus), (Some(RecordId(2)), Focus::Record));
    assert!(is_sound(&desk.model));

    desk.press("g f g f g f");
    assert_eq!((desk.model.list.queue, desk.model.list.words.as_str()), (queue, "held:no"));
    desk.press("g f");
    assert_eq!(desk.model.notice.as_ref().map(|notice| notice.text.as_str()), Some("there is no place after this one"));
}

//! The terminal's model: what each key asks for, what each answer does, and what no stream of messages can break.

use std::collections::BTreeSet;

use proptest::prelude::*;
use stageplate::app::command::{self, COMMANDS};
use stageplate::app::form::Name;
use stageplate::app::help;
use stageplate::app::layout::Focus;
use stageplate::app::lines::Side;
use stageplate::app::model::{Context, Sheet, Tone};
use stageplate::app::msg::{Effect, Msg, Tag};
use stageplate::app::preview::{Preview, Written};
use stageplate::app::record::Pane;
use stageplate::app::update::{is_sound, update};
use stageplate::config::key::{Code, Key};
use stageplate::config::keymap;
use stageplate::domain::action::{Action, Given, Settle};
use stageplate::domain::certificate::Change;
use stageplate::domain::event::{Event, Facts};
use stageplate::domain::identity::{RecordId, Seq};
use stageplate::domain::plan::Refusal;
use stageplate::failure::{Failure, Kind};

use crate::fixture::address_of;
use crate::screens::{self, Desk};

fn actions(desk: &mut Desk) -> Vec<(RecordId, Action)> {
    let acts = desk.wants().into_iter().filter_map(|effect| match effect {
        Effect::Apply { record, action, .. } => Some((record, action)),
        _ => None,
    });
    acts.collect()
}

/// Answers the act on its way with success.
fn applied(desk: &mut Desk, tag: u64, seq: i64) {
    desk.tell(Msg::Applied { tag: Tag(tag), seq: Seq(seq), changed: true });
}

fn event(by: &str, seq: i64, record: Option<i64>) -> Event {
    let vin = screens::dossiers()[0].record.vin.clone();
    Event {
        seq: Seq(seq),
        at: screens::now(),
        clock_back: false,
        by: screens::login(by),
        via: None,
        action: "confirm".into(),
        record: record.map(|id| (RecordId(id), vin)),
        facts: Facts::default(),
    }
}

fn notice(desk: &Desk) -> &str {
    desk.model.notice.as_ref().map_or("", |notice| &notice.text)
}

#[test]
fn a_clean_record_is_confirmed_and_the_next_one_open_after_two_keys() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("down");
    assert_eq!(desk.model.shown, Some(RecordId(2)));
    desk.press("C >");
    assert_eq!(actions(&mut desk), [(RecordId(2), Action::Confirm { addresses: None })]);
    applied(&mut desk, 1, 100);
    assert_eq!(actions(&mut desk), [(RecordId(2), Action::Advance { reason: None })]);
    applied(&mut desk, 2, 101);
    assert_eq!(desk.model.shown, Some(RecordId(3)));
    assert_eq!(notice(&desk), "DTEST131: technical review signed, on to Compliance");
}

#[test]
fn from_the_list_of_a_small_screen_a_clean_record_is_confirmed_and_the_next_one_open_after_three_keys() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("down");
    let keys = "enter C >";
    assert_eq!(keys.split(' ').count(), 3);
    desk.press(keys);
    applied(&mut desk, 1, 100);
    applied(&mut desk, 2, 101);
    assert_eq!(
        actions(&mut desk),
        [(RecordId(2), Action::Confirm { addresses: None }), (RecordId(2), Action::Advance { reason: None }),]
    );
    assert_eq!((desk.model.shown, desk.model.focus), (Some(RecordId(3)), Focus::Record));
}

#[test]
fn the_cursor_goes_only_to_changes_that_need_a_decision() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter G n");
    let here = |desk: &Desk| desk.model.current().and_then(|opened| opened.change()).cloned().unwrap();
    let first = here(&desk);
    assert!(first.undecided, "{first:?}");
    desk.press("n N");
    assert_eq!(here(&desk).address, first.address);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..desk.model.current().unwrap().rows() {
        desk.press("n");
        assert!(here(&desk).undecided);
        seen.insert(here(&desk).address);
    }
    let open = desk.model.current().unwrap().changes().filter(|change| change.undecided).count();
    assert_eq!(seen.len(), open);
}

#[test]
fn undo_takes_back_the_last_act_and_shows_its_record_again() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("down enter C >");
    applied(&mut desk, 1, 100);
    applied(&mut desk, 2, 101);
    assert_eq!(desk.model.shown, Some(RecordId(3)));
    desk.wants();
    desk.press("u");
    let asked = desk.wants();
    let undone = |seq| {
        asked.iter().any(|effect| {
            matches!(effect, Effect::Apply { record: RecordId(2), seen, action: Action::Undo, .. } if *seen == seq)
        })
    };
    assert!(undone(Seq(101)), "{asked:?}");
    applied(&mut desk, 3, 102);
    assert_eq!(desk.model.shown, Some(RecordId(2)));
    let undone = "undone: “DTEST131: technical review signed, on to Compliance";
    assert!(notice(&desk).starts_with(undone), "{}", notice(&desk));
    desk.press("u");
    assert_eq!(actions(&mut desk), [(RecordId(2), Action::Undo)], "then the one before");
}

#[test]
fn an_undo_that_comes_too_late_names_who_acted_since() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter c");
    applied(&mut desk, 1, 90);
    desk.press("u");
    desk.tell(Msg::Conflict { tag: Tag(2), event: Box::new(event("lead", 99, Some(1))) });
    assert!(notice(&desk).starts_with("lead confirmed changes came first"), "{}", notice(&desk));
    assert_eq!(desk.model.done.len(), 1, "it stays the last act");
}

#[test]
fn an_act_behind_another_on_the_same_record_is_measured_against_the_event_of_the_first() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter c c");
    let first = desk.wants();
    assert!(matches!(first.as_slice(), [Effect::Apply { seen: Seq(41), .. }]), "{first:?}");
    applied(&mut desk, 1, 90);
    let second = desk.wants();
    assert!(second.iter().any(|effect| matches!(effect, Effect::Apply { seen: Seq(90), .. })), "{second:?}");
}

#[test]
fn confirming_goes_from_one_undecided_change_to_the_next() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter c c");
    applied(&mut desk, 1, 90);
    let confirmed: Vec<String> = actions(&mut desk)
        .into_iter()
        .map(|(_, action)| match action {
            Action::Confirm { addresses: Some(addresses) } => addresses[0].to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(confirmed, ["TypeApprovalType", "ProvisionalTypeApprovalIndicator"]);
    assert!(notice(&desk).starts_with("confirmed Kind of type-approval; 21 more"), "{}", notice(&desk));
}

#[test]
fn nothing_is_confirmed_on_a_record_that_is_about_to_leave() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("down C > C");
    assert_eq!(actions(&mut desk).len(), 1);
    assert_eq!(desk.model.notice.as_ref().map(|notice| notice.tone), Some(Tone::No));
}

#[test]
fn changes_are_not_confirmed_unseen() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("C");
    assert!(actions(&mut desk).is_empty());
    assert!(notice(&desk).contains("see what you confirm"), "{}", notice(&desk));
}

#[test]
fn what_cannot_be_done_says_who_could() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("G enter R");
    assert!(desk.model.sheet.is_none());
    assert!(notice(&desk).contains("could: release"), "{}", notice(&desk));
}

#[test]
fn the_safe_button_has_the_focus_before_a_release() {
    let mut desk = Desk::of("release", 80, 24);
    desk.press("G enter R enter");
    assert!(desk.model.sheet.is_none());
    assert!(desk.wants().iter().all(|effect| !matches!(effect, Effect::Release { .. })));
    desk.press("R tab enter");
    assert!(matches!(desk.wants().as_slice(), [Effect::Release { record: RecordId(3), .. }]));
}

#[test]
fn flagging_sends_kind_weight_text_and_owner() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter f");
    desk.write("envelope");
    desk.press("enter right right enter");
    desk.write("too heavy");
    desk.press("tab");
    desk.write("lead");
    desk.press("enter");
    let [(RecordId(1), Action::Flag { kind, at, blocking, text, to })] = &actions(&mut desk)[..] else { panic!() };
    assert_eq!((kind.as_str(), text.as_str()), ("value-out-of-envelope", "too heavy"));
    assert_eq!(at.as_ref().map(stageplate::domain::address::Address::as_str), Some("TypeApprovalType"));
    assert_eq!(*blocking, Some(false));
    assert_eq!(to.as_ref().map(stageplate::domain::identity::Login::as_str), Some("lead"));
}

#[test]
fn a_text_is_kept_with_every_letter_and_comes_back() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter f tab tab");
    desk.wants();
    desk.write("so");
    let saved = desk.wants();
    let [Effect::SaveDraft { .. }, Effect::SaveDraft { key, text }] = &saved[..] else { panic!("{saved:?}") };
    assert_eq!(text, "so");
    desk.press("esc");
    assert_eq!(notice(&desk), "what you wrote is kept as a draft");
    desk.press("f");
    assert!(desk.wants().contains(&Effect::LoadDraft { key: key.clone() }));
    desk.tell(Msg::Draft { key: key.clone(), text: "so".into() });
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert!(form.fields.iter().any(|field| field.says() == "so"));
}

#[test]
fn a_draft_goes_once_its_text_is_in_the_history() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter m");
    desk.write("seen the vehicle");
    desk.press("ctrl-d");
    assert!(matches!(&actions(&mut desk)[..], [(RecordId(1), Action::Note { .. })]));
    applied(&mut desk, 1, 90);
    assert!(desk.model.sheet.is_none());
    assert!(desk.wants().iter().any(|effect| matches!(effect, Effect::SaveDraft { text, .. } if text.is_empty())));
}

#[test]
fn a_value_is_looked_at_where_it_is_typed() {
    let mut record = screens::record(1, "YARTN2EVHDTEST123", "preparation", &[]);
    record.owner = Some(screens::login("prep"));
    let mut desk = Desk::with("prep", 80, 24, vec![screens::dossier(record, Vec::new())]);
    desk.press("enter E");
    desk.write("13.2");
    desk.press("enter");
    desk.write("31OO");
    desk.press("enter");
    desk.write("weighed");
    desk.press("enter");
    assert!(actions(&mut desk).is_empty());
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert_eq!(form.fault.as_deref(), Some("Value: not a whole number"));
    desk.press("backspace backspace 0 0 ctrl-d");
    let [(_, Action::SetValues { values, reason })] = &actions(&mut desk)[..] else { panic!() };
    assert_eq!(reason, "weighed");
    let (address, value) = values.iter().next().unwrap();
    assert_eq!((address.as_str(), value), ("MassGroup/ActualMass", &Some(Given::Value("3100".into()))));
}

/// A preparer's desk with one record in preparation.
fn preparing(who: &str, ours: &[(&str, &str, &str)]) -> Desk {
    let mut record = screens::record(1, "YARTN2EVHDTEST123", "preparation", ours);
    record.owner = Some(screens::login(who));
    Desk::with(who, 80, 24, vec![screens::dossier(record, Vec::new())])
}

fn remark(desk: &Desk) -> (String, bool) {
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!("no form") };
    let field = form.named(Name::Value).unwrap();
    let remark = field.remark.as_ref().unwrap_or_else(|| panic!("{:?}", field.fault));
    (remark.text.clone(), remark.doubt)
}

#[test]
fn a_value_that_fits_is_judged_against_the_stage_before_and_the_approval_as_it_is_typed() {
    let approved = [
        ("TypeApprovalNumber", "e4*2018/858*00871*01", "sheet"),
        ("Variant", "BOX", "sheet"),
        ("Version", "L4H3-01", "sheet"),
    ];
    let mut desk = preparing("prep", &approved);
    desk.press("enter E");
    desk.write("MassInRunningOrder");
    desk.press("enter");
    desk.write("3120");
    assert_eq!(remark(&desk), ("+255 kg against before us".to_owned(), false));
    desk.press("backspace backspace backspace backspace");
    desk.write("3900");
    let (text, doubt) = remark(&desk);
    assert!(doubt && text.contains("allows: 3000 to 3400"), "{text}");
    desk.press("backspace backspace backspace backspace");
    desk.write("2865");
    assert!(remark(&desk).1, "the same value is outside, too");
}

#[test]
fn a_code_says_what_it_means_and_which_others_begin_like_it() {
    let mut desk = preparing("prep", &[]);
    desk.press("enter E");
    desk.write("VehicleCategory");
    desk.press("enter");
    desk.write("N");
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert!(form.facts.iter().any(|fact| fact.trim_start().starts_with("N2")), "{:?}", form.facts);
    assert!(!form.facts.iter().any(|fact| fact.trim_start().starts_with("M1 ")), "{:?}", form.facts);
    assert!(form.named(Name::Value).unwrap().fault.is_some());
    desk.write("1");
    assert!(remark(&desk).0.contains("the same as before us"), "{:?}", remark(&desk));
}

#[test]
fn the_lines_of_messages_are_asked_for_at_the_last_stage_that_says_something_and_shown_at_the_entry() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter d");
    let asked = desk.wants();
    let [Effect::LoadLines { record: RecordId(1), stage: 1, address }] = &asked[..] else { panic!("{asked:?}") };
    let side = |lines: usize| Side {
        from: "stage 1 · base.xml".into(),
        lines: (0..lines).map(|line| (format!("<line{line}/>"), line == 70)).collect(),
    };
    let read = Msg::Lines { record: RecordId(1), address: Some(address.clone()), base: side(90), ours: side(3) };
    desk.tell(read.clone());
    let top = |desk: &Desk| match &desk.model.sheet {
        Some(Sheet::Lines(lines)) => lines.top,
        other => panic!("{other:?}"),
    };
    assert!((60..=70).contains(&top(&desk)), "{}", top(&desk));
    desk.press("home");
    assert_eq!(top(&desk), 0);
    desk.press("d");
    assert!(desk.model.sheet.is_none());
    desk.tell(read);
    assert!(desk.model.sheet.is_none(), "an answer that nobody waits for any more opens nothing");
}

#[test]
fn the_message_is_asked_for_when_it_is_looked_at_and_again_once_the_record_was_read_anew() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter");
    assert!(desk.model.current().unwrap().message.is_none(), "nobody looks at it yet");
    desk.press("7");
    let opened = desk.model.current().unwrap();
    assert!(opened.message.is_some() && opened.rows() > 20, "{} rows", opened.rows());
    let to = opened.message.as_ref().unwrap().lines.iter().position(|line| line.text.contains("<Variant>")).unwrap();
    for _ in 0..to {
        desk.press("down");
    }
    let on = |desk: &Desk| desk.model.current().unwrap().address(desk.model.now).map(ToString::to_string);
    assert_eq!(on(&desk).as_deref(), Some("Variant"), "the keys mean the entry of the line");

    let line = |text: &str| Written { text: text.into(), address: Some(address_of(text)) };
    let lines = ["Version", "Type", "Variant"].map(line).to_vec();
    let preview = Box::new(Preview { what: "another".into(), lines });
    desk.tell(Msg::Message { record: RecordId(2), preview: preview.clone() });
    assert_ne!(desk.model.current().unwrap().rows(), 3, "what is another record's is not shown");
    desk.tell(Msg::Message { record: RecordId(1), preview });
    assert_eq!(on(&desk).as_deref(), Some("Variant"), "the cursor stays on its entry");

    let dossier = desk.model.current().unwrap().dossier.clone();
    desk.tell(Msg::Dossier(Box::new(dossier)));
    assert!(desk.model.current().unwrap().rows() > 20, "a record that was read anew has its message read anew");
}

#[test]
fn a_waiver_asks_once_more_and_no_brings_the_form_back() {
    let mut desk = Desk::of("lead", 80, 24);
    desk.press("enter 3 w");
    desk.write("the maker confirmed it by letter");
    desk.press("tab ctrl-d enter");
    assert!(matches!(desk.model.sheet, Some(Sheet::Form(_))), "the safe answer goes back");
    desk.press("ctrl-d right enter");
    let [(_, Action::Settle { how: Settle::Waive { until: None, .. }, .. })] = &actions(&mut desk)[..] else {
        panic!()
    };
}

#[test]
fn a_form_whose_record_changed_says_so_before_it_is_sent() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter m");
    desk.write("mine");
    desk.wants();
    let dossier = &mut desk.dossiers[0];
    dossier.record.seq = Seq(99);
    dossier.history.push(event("lead", 99, Some(1)));
    desk.tell(Msg::Pulse);
    desk.tell(Msg::News(vec![event("lead", 99, Some(1))]));
    desk.press("ctrl-d");
    assert!(actions(&mut desk).is_empty());
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert_eq!(form.meanwhile.as_ref().map(|meanwhile| meanwhile.told.as_str()), Some("lead confirmed changes"));
    desk.press("ctrl-d");
    assert!(desk.wants().iter().any(|effect| matches!(effect, Effect::Apply { seen: Seq(99), .. })));
}

#[test]
fn what_comes_back_from_the_editor_and_does_not_fit_is_left_out_with_a_word() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter m");
    desk.tell(Msg::Edited(Ok("it fits\n".into())));
    assert_eq!(notice(&desk), "");
    desk.tell(Msg::Edited(Ok("x".repeat(70_000))));
    assert!(notice(&desk).contains("64 KiB at most"), "{}", notice(&desk));
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert_eq!(form.fields[0].says().len(), 64 * 1024);
}

#[test]
fn a_conflict_keeps_what_was_typed_and_says_who_was_first() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter m");
    desk.write("mine");
    desk.press("ctrl-d");
    desk.tell(Msg::Conflict { tag: Tag(1), event: Box::new(event("lead", 99, Some(1))) });
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert_eq!(form.fields[0].says(), "mine");
    assert!(form.fault.as_deref().is_some_and(|fault| fault.starts_with("lead confirmed changes came first")));
}

#[test]
fn a_conflict_over_a_value_shows_both() {
    let mut desk = preparing("prep", &[]);
    desk.press("enter E");
    desk.write("13.2");
    desk.press("enter");
    desk.write("3100");
    desk.press("enter");
    desk.write("weighed");
    desk.press("ctrl-d");
    let mut theirs = screens::record(1, "YARTN2EVHDTEST123", "preparation", &[("ActualMass", "3000", "weighed twice")]);
    theirs.owner = Some(screens::login("prep"));
    theirs.seq = Seq(99);
    let mut dossier = screens::dossier(theirs, Vec::new());
    dossier.history.push(event("lead", 99, Some(1)));
    desk.dossiers = vec![dossier];
    desk.tell(Msg::Conflict { tag: Tag(1), event: Box::new(event("lead", 99, Some(1))) });
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!() };
    assert_eq!((form.says(Name::Value), form.says(Name::Words)), ("3100", "weighed"), "what was typed stays");
    let now = form.meanwhile.as_ref().and_then(|meanwhile| meanwhile.now.as_deref()).unwrap_or_default();
    assert!(now.contains("ours: 3000 kg"), "what stands there now is shown: {now}");
}

#[test]
fn the_same_form_sent_again_after_an_unclear_failure_is_the_same_act() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter m");
    desk.write("mine");
    desk.press("ctrl-d");
    desk.wants();
    desk.tell(Msg::Failed { tag: Some(Tag(1)), failure: Failure::new(Kind::TryAgain, "the desk is busy") });
    desk.press("ctrl-d");
    assert!(matches!(desk.wants().as_slice(), [Effect::Apply { tag: Tag(1), .. }]));
    desk.tell(Msg::Failed { tag: Some(Tag(1)), failure: Failure::new(Kind::TryAgain, "the desk is busy") });
    desk.write("!");
    desk.wants();
    desk.press("ctrl-d");
    assert!(matches!(desk.wants().as_slice(), [Effect::Apply { tag: Tag(2), .. }]));
}

#[test]
fn the_cursor_stays_on_its_record_when_rows_come_and_go() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("down");
    desk.dossiers.remove(0);
    desk.tell(Msg::News(vec![event("lead", 99, Some(1))]));
    assert_eq!((desk.model.list.selected, desk.model.list.scroll.at), (Some(RecordId(2)), 0));
}

#[test]
fn a_reader_stays_on_a_record_that_left_the_queue() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("down enter");
    let kept = desk.dossiers.remove(1);
    desk.tell(Msg::News(vec![event("lead", 99, Some(7))]));
    assert_eq!(desk.model.shown, Some(kept.record.id));
    assert_eq!(desk.model.focus, Focus::Record);
    desk.press("J");
    assert_eq!(desk.model.shown, Some(RecordId(3)));
}

#[test]
fn a_row_another_person_changed_is_marked_with_who_until_it_is_opened() {
    let mut desk = Desk::of("review", 80, 24);
    desk.tell(Msg::News(vec![event("lead", 99, Some(2)), event("review", 100, Some(1))]));
    let changed: Vec<_> = desk.model.list.changed.iter().map(|(id, who)| (id.0, who.as_str())).collect();
    assert_eq!(changed, [(2, "lead")]);
    desk.wants();
    desk.press("down enter");
    assert!(matches!(desk.wants().as_slice(), [Effect::MarkSeen { id: RecordId(2), .. }]));
    assert!(desk.model.list.changed.is_empty());
}

#[test]
fn a_change_of_policy_is_read_at_once() {
    let mut desk = Desk::of("review", 80, 24);
    desk.tell(Msg::News(vec![event("lead", 99, None)]));
    assert!(desk.wants().contains(&Effect::LoadHouse));
}

#[test]
fn a_refusal_of_the_desk_is_told_and_leaves_the_change_undecided() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter c");
    desk.tell(Msg::Refused { tag: Tag(1), refusal: Refusal::new("hold", "the record is on hold") });
    assert_eq!(notice(&desk), "the record is on hold [hold]");
    assert!(desk.model.record.as_ref().unwrap().confirming.is_empty());
}

#[test]
fn a_filter_narrows_as_it_is_typed_and_a_mistake_is_shown_where_it_is() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("/");
    desk.write("step:review");
    assert!(desk.model.list.filter.is_some());
    desk.write(" ownr:me");
    let Some(Sheet::Filter(prompt)) = &desk.model.sheet else { panic!() };
    let (at, fault) = prompt.fault.as_ref().unwrap();
    assert!(*at >= 11, "{at}");
    assert!(fault.contains("owner"), "{fault}");
    desk.press("esc");
    assert!(desk.model.list.filter.is_none() && desk.model.sheet.is_none());
}

#[test]
fn the_palette_runs_what_it_shows() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press(":");
    desk.write("history");
    desk.press("enter");
    assert_eq!(desk.model.current().map(|opened| opened.pane), Some(Pane::History));
}

#[test]
fn every_command_has_a_key_in_every_keymap_and_every_key_a_place_where_it_runs() {
    for name in keymap::built_in_names() {
        let keymap = screens::keymap(name);
        for command in COMMANDS {
            let reached = |place: &&Context| keymap.keys_of(place.word(), command.name).next().is_some();
            let places: Vec<&Context> = command.contexts.iter().filter(|place| !reached(place)).collect();
            assert!(places.len() < command.contexts.len(), "{name}: {} has no key", command.name);
            // What has a key in the default keymap has one in each, place by place.
            let default = screens::keymap("default");
            for place in places {
                let there = default.keys_of(place.word(), command.name).next().is_some();
                assert!(!there, "{name}: {} has no key in {}", command.name, place.word());
            }
        }
        for binding in keymap.bindings().iter().filter(|binding| binding.context != "global") {
            let place = Context::ALL.into_iter().find(|place| place.word() == binding.context).unwrap();
            let command = command::named(&binding.command).unwrap();
            assert!(command.contexts.contains(&place), "{name}: {} does not run {}", binding.context, binding.command);
        }
    }
}

#[test]
fn each_keymap_that_comes_with_the_program_is_complete_by_itself() {
    for name in keymap::built_in_names() {
        let text = keymap::built_in(name).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("base")), "{name}");
    }
}

#[test]
fn the_default_keymap_holds_control_for_five_keys_and_alt_for_none() {
    for name in ["default", "arrows"] {
        for binding in screens::keymap(name).bindings() {
            for key in binding.keys.keys() {
                let held = key.ctrl && !matches!(key.code, Code::Char('c' | 'z' | 'l' | 'd' | 'u'));
                assert!(!held && !key.alt, "{name}: {} is on {}", binding.command, binding.keys);
            }
        }
    }
}

#[test]
fn after_a_prefix_what_may_follow_is_told_until_any_key() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("G g");
    let told = help::following(&desk.model);
    assert!(told.iter().any(|(keys, help)| keys == "g" && help.contains("first")), "{told:?}");
    desk.press("esc");
    assert!(desk.model.pending.is_empty());
    assert_eq!(desk.model.focus, Focus::List, "the key that gives a sequence up does nothing else");
    assert_eq!(desk.model.list.scroll.at, 2);
    desk.press("g k");
    assert_eq!(desk.model.list.scroll.at, 1, "a key that leads nowhere means what it means alone");
}

#[test]
fn the_palette_knows_every_command_and_says_where_each_is_done() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press(":");
    let Some(Sheet::Palette(palette)) = &desk.model.sheet else { panic!() };
    assert_eq!(palette.shown.len(), COMMANDS.len());
    desk.write("resolve");
    desk.press("enter");
    assert_eq!(notice(&desk), "`resolve` is done in the record");
    assert!(desk.model.sheet.is_none());
}

#[test]
fn names_of_commands_are_unique() {
    let mut names = command::names();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

fn any_key() -> impl Strategy<Value = Key> {
    let letters = prop::sample::select(
        "cCfeEtarRswHmnNjkgGhlJK[]<>123456/:?yYdq *-+x0#ouBBDOAAiLMUvv".chars().collect::<Vec<_>>(),
    );
    let codes = prop::sample::select(vec![
        Code::Enter,
        Code::Enter,
        Code::Esc,
        Code::Tab,
        Code::Up,
        Code::Down,
        Code::Left,
        Code::Right,
        Code::Backspace,
        Code::Delete,
        Code::Home,
        Code::End,
        Code::PageDown,
        Code::PageUp,
    ]);
    prop_oneof![
        4 => letters.prop_map(Key::char),
        4 => codes.prop_map(Key::plain),
        1 => prop::sample::select(vec!['d', 'u', 'l']).prop_map(Key::ctrl),
    ]
}

#[derive(Debug, Clone)]
enum Chance {
    Press(Key),
    Paste(String),
    Resize(u16, u16),
    News(i64, u8),
    Lose(usize),
    LoseRelease(usize),
    Answer(u8),
    Pulse,
}

fn chance() -> impl Strategy<Value = Chance> {
    prop_oneof![
        20 => any_key().prop_map(Chance::Press),
        1 => ".{0,12}".prop_map(Chance::Paste),
        1 => (0..200_u16, 0..60_u16).prop_map(|(width, height)| Chance::Resize(width, height)),
        2 => (1..5_i64, any::<u8>()).prop_map(|(id, who)| Chance::News(id, who)),
        1 => (0..3_usize).prop_map(Chance::Lose),
        1 => (0..4_usize).prop_map(Chance::LoseRelease),
        4 => any::<u8>().prop_map(Chance::Answer),
        1 => Just(Chance::Pulse),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_stream_of_messages_breaks_the_model(
        who in prop::sample::select(vec!["prep", "review", "lead", "release", "audit"]),
        chances in prop::collection::vec(chance(), 1..60),
    ) {
        let mut desk = Desk::with(who, 120, 40, screens::with_exceptions(screens::dossiers()));
        let mut seq = 50_000;
        for chance in chances {
            seq += 1;
            match chance {
                Chance::Press(key) => desk.tell(Msg::Key(key)),
                Chance::Paste(text) => desk.tell(Msg::Paste(text)),
                Chance::Resize(width, height) => desk.tell(Msg::Resize { width, height }),
                Chance::News(id, by) => {
                    let by = if by % 2 == 0 { "lead" } else { "review" };
                    desk.tell(Msg::News(vec![event(by, seq, Some(id).filter(|id| *id < 4))]));
                }
                Chance::Lose(at) => {
                    if at < desk.dossiers.len() {
                        desk.dossiers.remove(at);
                    }
                }
                Chance::LoseRelease(at) => {
                    if at < desk.released.len() {
                        desk.released.remove(at);
                    }
                }
                Chance::Answer(how) => {
                    let wanted = desk.wants();
                    for effect in &wanted {
                        if let Effect::Verify(id) = effect {
                            desk.tell(crate::archive::found(*id, how % 3 == 0));
                        }
                    }
                    let tags: Vec<Tag> = wanted.into_iter().filter_map(|effect| match effect {
                        Effect::Apply { tag, .. } | Effect::Release { tag, .. } => Some(tag),
                        _ => None,
                    }).collect();
                    for tag in tags {
                        desk.tell(match how % 4 {
                            0 => Msg::Refused { tag, refusal: Refusal::new("hold", "on hold") },
                            1 => Msg::Conflict { tag, event: Box::new(event("lead", seq, Some(1))) },
                            2 => Msg::Failed { tag: Some(tag), failure: Failure::new(Kind::TryAgain, "busy") },
                            _ => Msg::Applied { tag, seq: Seq(seq), changed: how % 2 == 0 },
                        });
                    }
                }
                Chance::Pulse => desk.tell(Msg::Pulse),
            }
            prop_assert!(is_sound(&desk.model), "focus {:?}, selected {:?}", desk.model.focus, desk.model.list.selected);
        }
    }
}

/// A model whose record is still being read, and the record.
fn awaiting() -> (stageplate::app::model::Model, stageplate::domain::dossier::Dossier) {
    let mut desk = Desk::of("review", 120, 40);
    let dossier = desk.dossiers.remove(1);
    desk.press("down");
    assert!(desk.model.is_awaited());
    (desk.model, dossier)
}

fn press(model: &mut stageplate::app::model::Model, keys: &str) -> Vec<Effect> {
    keys.split_whitespace().flat_map(|key| update(model, Msg::Key(key.parse().unwrap()))).collect()
}

#[test]
fn letters_typed_into_a_form_of_a_record_still_being_read_run_no_commands() {
    let (mut model, dossier) = awaiting();
    press(&mut model, "m > C c");
    update(&mut model, Msg::Dossier(Box::new(dossier)));
    let Some(Sheet::Form(form)) = &model.sheet else { panic!() };
    assert_eq!(form.fields[0].says(), ">Cc");
}

#[test]
fn nothing_is_done_to_a_record_still_being_read() {
    let (mut model, dossier) = awaiting();
    let mut effects = press(&mut model, "C >");
    effects.extend(update(&mut model, Msg::Dossier(Box::new(dossier))));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Apply { .. })), "{effects:?}");
}

#[test]
fn a_question_is_seen_before_it_is_answered() {
    let mut desk = Desk::of("release", 120, 40);
    let ready = desk.dossiers.pop().unwrap();
    desk.press("G");
    let mut effects = press(&mut desk.model, "R tab enter");
    effects.extend(update(&mut desk.model, Msg::Dossier(Box::new(ready))));
    assert!(matches!(&desk.model.sheet, Some(Sheet::Ask(ask)) if !ask.on_doing));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Release { .. })), "{effects:?}");
}

#[test]
fn the_vehicles_number_is_no_entry_to_edit() {
    let mut record = screens::record(1, "YARTN2EVHDTEST123", "preparation", &[]);
    record.owner = Some(screens::login("prep"));
    let mut desk = Desk::with("prep", 80, 24, vec![screens::dossier(record, Vec::new())]);
    desk.press("enter 5");
    let vin = |change: &Change| change.address.as_str() == "VehicleIdentificationNumber";
    let before =
        desk.model.current().unwrap().entries().filter_map(|(_, change)| change).take_while(|change| !vin(change));
    let down = before.count();
    (0..down).for_each(|_| desk.press("j"));
    desk.press("e");
    assert!(desk.model.sheet.is_none());
    assert!(notice(&desk).contains("cannot be set"), "{}", notice(&desk));
}

#[test]
fn the_whole_certificate_is_listed_by_section_and_the_cursor_rests_on_entries() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("enter 5");
    let opened = desk.model.current().unwrap();
    let sections: Vec<_> = opened.entries().map(|(section, _)| section).collect();
    assert!(sections.is_sorted(), "{sections:?}");
    let headings = opened.entries().filter(|(_, change)| change.is_none()).count();
    assert_eq!(headings, sections.iter().collect::<BTreeSet<_>>().len());
    for keys in ["g", "j", "k", "G", "k"] {
        for _ in 0..desk.model.current().unwrap().rows() {
            desk.press(keys);
            assert!(desk.model.current().unwrap().change().is_some(), "after {keys}");
        }
    }
}

#[test]
fn an_answer_to_an_older_question_is_dropped() {
    let mut desk = Desk::of("review", 80, 24);
    let before = desk.model.list.rows.len();
    let effects = update(&mut desk.model, Msg::Page { ticket: Default::default(), rows: Vec::new(), next: None });
    assert!(effects.is_empty());
    assert_eq!(desk.model.list.rows.len(), before);
}

#[test]
fn a_key_that_does_nothing_here_says_what_it_does_elsewhere() {
    let mut desk = Desk::of("review", 80, 24);
    let said = |desk: &Desk| desk.model.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    desk.press("c");
    assert_eq!(said(&desk), "c does nothing here; in the record it is: Confirm the change; ? tells all keys");
    desk.press("alt-z");
    assert_eq!(said(&desk), "alt-z is bound to nothing; ? tells all keys");
    desk.press("esc esc esc");
    assert!(desk.model.notice.as_ref().is_none_or(|notice| !notice.text.contains("esc")), "esc is never wrong");
}

#[test]
fn a_page_that_could_not_be_read_is_asked_for_again() {
    let mut desk = Desk::of("review", 80, 24);
    desk.press("f5");
    let ticket = desk.model.list.asked.ticket();
    let effects = update(&mut desk.model, Msg::Key("f5".parse().unwrap()));
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::LoadPage { ticket, .. } => Some(*ticket),
        _ => None,
    });
    let ticket = asked.or(ticket).expect("a page is asked for");
    let failure = Failure::new(Kind::Fault, "the disk is gone");
    update(&mut desk.model, Msg::NoPage { ticket, failure });
    assert_eq!(desk.model.list.asked.ticket(), None);
    let again = update(&mut desk.model, Msg::Key("f5".parse().unwrap()));
    assert!(again.iter().any(|effect| matches!(effect, Effect::LoadPage { .. })));
}

//! Undo: the last act is put back by a counter-act, unless somebody acted since; nothing is forgotten by it.

use proptest::prelude::*;
use stageplate::domain::action::{Action, Linked, Settle};
use stageplate::domain::exception::State;
use stageplate::domain::identity::{ExceptionId, Login};
use stageplate::domain::plan::{No, Refusal};
use stageplate::domain::record::Record;
use stageplate::store::{StoreError, Target};

use crate::desk::{self, Bench};
use crate::fixture::{Desk, PEOPLE, advance, base, receive, remove_row, set};
use crate::properties::{action, moves, runner};

const MASS: &str = "MassGroup/ActualMass";

fn undo(desk: &mut Desk, who: &str) {
    desk.act(who, &Action::Undo).unwrap_or_else(|no| panic!("{who} undoes: {no} {no:?}"));
}

fn refusal(desk: &mut Desk, who: &str) -> Refusal {
    desk.act(who, &Action::Undo).expect_err("this must be refused")
}

/// The record without what an undo leaves behind: who changed content, when it was last touched, what is struck out. The
/// word of somebody who has changed content is left out too: no undo gives it back.
pub fn bare(record: &Record, editors: &Record) -> Record {
    let mut bare = record.clone();
    bare.updated_at = bare.created_at;
    bare.seq = stageplate::domain::identity::Seq(0);
    bare.editors.clear();
    bare.last_editor = None;
    bare.exceptions.retain(|exception| exception.state != State::Withdrawn);
    for exception in &mut bare.exceptions {
        if exception.outcome.as_ref().is_some_and(|outcome| editors.editors.contains(&outcome.by)) {
            exception.state = State::Open;
            exception.outcome = None;
        }
        exception.discussion.retain(|remark| remark.struck_at.is_none());
    }
    bare.signoffs.retain(|signoff| signoff.void_at.is_none() && !editors.editors.contains(&signoff.by));
    bare.signoffs.sort_by(|one, other| one.checkpoint.cmp(&other.checkpoint));
    bare.confirmations.retain(|_, yes| !editors.editors.contains(&yes.by));
    bare
}

#[test]
fn every_kind_of_act_is_put_back() {
    let link = Linked { group: ExceptionId(9), kind: "base-error".into(), at: None };
    let flag = || Action::Flag { kind: "base-error".into(), at: None, blocking: None, text: "odd".into(), to: None };
    let settle = |how: Settle| Action::Settle { id: ExceptionId(1), how };
    let lead = || Login::parse("lead").unwrap();
    let cases: Vec<(&str, &str, Action)> = vec![
        ("preparation", "prep", set(MASS, "3300")),
        ("preparation", "prep", remove_row("TowingBrakedTypeTrailTable[2]")),
        ("preparation", "lead", Action::Assign { to: Login::parse("both").ok(), reason: Some("away".into()) }),
        ("preparation", "prep", advance()),
        ("review", "review", Action::Confirm { addresses: None }),
        ("review", "review", flag()),
        ("review", "prep", Action::Hold { reason: "parts".into(), until: None }),
        ("review", "prep", Action::Note { text: "seen".into() }),
        ("compliance", "lead", Action::Return { to: "preparation".into(), reason: "wrong".into() }),
        ("compliance", "lead", advance()),
        ("review", "lead", settle(Settle::Assign { to: lead() })),
        ("review", "lead", settle(Settle::Resolve { text: "fine".into() })),
        ("review", "lead", settle(Settle::Comment { text: "hm".into() })),
        ("review", "lead", settle(Settle::Link { with: Some(link) })),
    ];
    for (step, who, act) in cases {
        let mut desk = Desk::at(step);
        if matches!(act, Action::Settle { .. }) {
            desk.act("review", &flag()).unwrap();
        }
        let before = desk.record.clone();
        assert!(desk.act(who, &act).unwrap().changed, "{}", act.word());
        let events = desk.history.len();
        undo(&mut desk, who);
        assert_eq!(bare(&desk.record, &desk.record), bare(&before, &desk.record), "{}", act.word());
        assert_eq!(desk.history.len(), events + 1, "{} stays in the history", act.word());
        assert_eq!(desk.history[events].facts.undoes, Some(desk.history[events - 1].seq));
    }
}

#[test]
fn what_others_rely_on_is_not_undone() {
    let mut desk = Desk::at("ready");
    let sealed = desk.sealed();
    desk.act("release", &Action::Release(sealed)).unwrap();
    assert_eq!(refusal(&mut desk, "release").rule, "undo");
    assert_eq!(desk.record.step, "released");

    let mut desk = Desk::at("compliance");
    desk.act("lead", &Action::Sign { checkpoint: None, meaning: None }).unwrap();
    assert_eq!(refusal(&mut desk, "lead").rule, "undo");

    let mut desk = Desk::at("review");
    let flag = Action::Flag { kind: "other".into(), at: None, blocking: None, text: "odd".into(), to: None };
    desk.act("review", &flag).unwrap();
    let how = Settle::Waive { text: "known".into(), until: None };
    desk.act("lead", &Action::Settle { id: ExceptionId(1), how }).unwrap();
    assert_eq!(refusal(&mut desk, "lead").rule, "undo");

    let mut desk = Desk::at("review");
    desk.act("lead", &Action::MoveScope { to: "vans".into(), reason: "it is one".into() }).unwrap();
    let no = refusal(&mut desk, "lead");
    assert_eq!((no.rule.as_str(), &no.hints[..]), ("undo", &["move it back with a reason".to_owned()][..]));

    let mut desk = Desk::prepared();
    assert_eq!(refusal(&mut desk, "prep").rule, "undo", "a build sheet came in");
    assert_eq!(refusal(&mut Desk::empty(), "prep").rule, "undo", "nothing was done yet");
}

#[test]
fn whoever_acted_since_is_named() {
    let mut desk = Desk::at("preparation");
    desk.act("prep", &set(MASS, "3300")).unwrap();
    desk.act("lead", &Action::Note { text: "why?".into() }).unwrap();
    let no = refusal(&mut desk, "prep");
    assert_eq!((no.no, &no.who[..]), (No::Overtaken, &["lead".to_owned()][..]));
    undo(&mut desk, "lead");
    undo(&mut desk, "prep");
    assert_ne!(desk.record.declares(MASS), Some("3300"));
    assert_eq!(refusal(&mut desk, "audit").no, No::NotAllowed);
}

#[test]
fn acts_are_undone_one_after_the_other_back_to_what_came_in() {
    let mut desk = Desk::prepared();
    let start = desk.record.clone();
    for mass in ["3291", "3292", "3293"] {
        desk.act("prep", &set(MASS, mass)).unwrap();
    }
    for left in [Some("3292"), Some("3291"), Some("3290")] {
        undo(&mut desk, "prep");
        assert_eq!(desk.record.declares(MASS), left);
    }
    assert_eq!(bare(&desk.record, &desk.record), bare(&start, &desk.record));
    assert_eq!(refusal(&mut desk, "prep").rule, "undo");
}

#[test]
fn whoever_undid_a_change_of_content_is_still_one_who_changed_it() {
    let mut desk = Desk::at("preparation");
    let hash = desk.certificate().hash;
    desk.act("both", &set(MASS, "3300")).unwrap();
    undo(&mut desk, "both");
    assert_eq!(desk.certificate().hash, hash);
    assert!(desk.record.editors.contains(&Login::parse("both").unwrap()));
    desk.act("prep", &advance()).unwrap();
    assert_eq!(desk.act("both", &Action::Confirm { addresses: None }).unwrap_err().rule, "four-eyes");
}

#[test]
fn undoing_gives_nobody_back_the_word_they_gave_before_they_changed_content() {
    let mut desk = Desk::at("review");
    desk.confirm_all("both");
    desk.act("review", &Action::Return { to: "preparation".into(), reason: "wrong".into() }).unwrap();
    desk.act("both", &set(MASS, "3300")).unwrap();
    undo(&mut desk, "both");
    assert!(desk.change(MASS).confirmed.is_none(), "who changed a value does not confirm it by undoing");
}

#[test]
fn a_return_that_is_undone_lets_the_sign_offs_stand_again_and_the_voided_ones_stay_void() {
    let mut desk = Desk::at("ready");
    desk.act("lead", &Action::Return { to: "review".into(), reason: "wrong record".into() }).unwrap();
    assert!(desk.record.signoffs.iter().all(|signoff| signoff.void_at.is_some()));
    undo(&mut desk, "lead");
    assert_eq!(desk.record.signoffs.len(), 4);
    assert_eq!(desk.record.signoffs.iter().filter(|signoff| signoff.void_at.is_none()).count(), 2);
    let sealed = desk.sealed();
    desk.act("release", &Action::Release(sealed)).unwrap();
}

#[test]
fn an_advance_that_is_undone_takes_its_signature_with_it() {
    let mut desk = Desk::at("compliance");
    undo(&mut desk, "review");
    assert_eq!(desk.record.step, "review");
    assert!(desk.record.signoffs.iter().all(|signoff| signoff.void_at.is_some()));
    desk.act("review", &advance()).unwrap();
}

#[test]
fn an_exception_that_was_taken_back_decides_no_change_and_is_not_open() {
    let mut desk = Desk::at("review");
    let at = Some(crate::fixture::address_of(MASS));
    desk.act("review", &Action::Flag { kind: "other".into(), at, blocking: None, text: "odd".into(), to: None })
        .unwrap();
    assert!(!desk.change(MASS).undecided);
    undo(&mut desk, "review");
    let change = desk.change(MASS);
    assert!(change.undecided && change.exception.is_none());
    assert_eq!(desk.record.exceptions[0].state, State::Withdrawn, "it stays to be seen");
}

#[test]
fn what_the_desk_did_by_itself_is_not_undone_with_the_act_it_was_written_by() {
    let mut desk = Desk::at("review");
    desk.act("review", &Action::Flag { kind: "other".into(), at: None, blocking: None, text: "odd".into(), to: None })
        .unwrap();
    let how = Settle::Waive { text: "known".into(), until: Some(desk.now.day()) };
    desk.act("lead", &Action::Settle { id: ExceptionId(1), how }).unwrap();
    desk.now.0 += 86_400_000_000;
    desk.act("review", &Action::Note { text: "look".into() }).unwrap();
    undo(&mut desk, "review");
    assert_eq!(desk.record.exceptions[0].state, State::Open);
}

#[test]
fn a_base_that_came_in_since_stands_in_the_way() {
    let mut desk = Desk::at("preparation");
    desk.act("both", &set(MASS, "3300")).unwrap();
    let mut corrected = base();
    corrected.set(crate::fixture::address_of("NumberOfDoors"), "4");
    desk.act("prep", &receive(corrected)).unwrap();
    assert_eq!(refusal(&mut desk, "both").no, No::Overtaken);
}

#[test]
fn undo_restores_the_record_whatever_was_done() {
    for step in ["intake", "review", "compliance"] {
        let start = Desk::at(step);
        runner(10)
            .run(&moves(30), |moves| {
                let mut desk = start.clone();
                for (person, kind, one, other) in moves {
                    let who = PEOPLE[person].0;
                    let act = action(&desk, who, kind, one, other);
                    let before = desk.clone();
                    let Ok(planned) = desk.act(who, &act) else { continue };
                    if !planned.changed || !act.can_be_undone() {
                        continue;
                    }
                    let mut undone = desk.clone();
                    undo(&mut undone, who);
                    let after = bare(&undone.record, &undone.record);
                    prop_assert_eq!(after, bare(&before.record, &undone.record), "{:?}", act);
                    let editors = desk.record.editors.is_subset(&undone.record.editors);
                    prop_assert!(editors, "somebody was forgotten by undoing {:?}", act);
                }
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn undo_in_the_store_leaves_a_desk_that_holds_and_lists_that_agree() {
    let mut bench = Bench::new();
    let id = bench.ready(1);
    let back = Action::Return { to: "review".into(), reason: "wrong record".into() };
    bench.does("lead", id, &back, 9);
    bench.does("lead", id, &desk::flag("other"), 10);
    bench.does("lead", id, &Action::Settle { id: ExceptionId(1), how: Settle::Comment { text: "hm".into() } }, 11);
    for at in 12..15 {
        bench.does("lead", id, &Action::Undo, at);
    }
    let dossier = bench.another_desk().dossier(id, desk::minute(15)).unwrap();
    assert_eq!(dossier.record.step, "ready");
    assert!(dossier.record.exceptions[0].discussion[0].struck_at.is_some());
    assert_eq!(dossier.record.signoffs.iter().filter(|signoff| signoff.void_at.is_none()).count(), 2);
    let report = bench.desk.verify_chain().unwrap();
    assert!(report.holds(), "{:#?}", report.faults);
    assert!(bench.plain().execute_batch("UPDATE exception_remark SET struck_at = NULL").is_err());
    let last = bench.desk.last_act(&desk::login("lead")).unwrap().unwrap();
    assert_eq!(last.action, "advance", "undone acts and those that undid them are passed over");
    match bench.act("review", Target::Record(id), &Action::Undo, 16) {
        Err(StoreError::Refused(no)) => {
            assert_eq!((no.no, no.who.into_vec()), (No::Overtaken, vec!["lead".to_owned()]));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn work_is_not_given_back_to_somebody_who_left() {
    let mut desk = Desk::at("review");
    let give = |to: &str| Action::Assign { to: Login::parse(to).ok(), reason: Some("absent today".into()) };
    desk.act("both", &give("review")).unwrap();
    desk.act("lead", &give("both")).unwrap();
    let day = desk.now.day();
    let gone = desk.people.iter_mut().find(|person| person.login.as_str() == "review").unwrap();
    gone.left = Some(day);
    undo(&mut desk, "lead");
    assert_eq!(desk.record.owner, None);
}

//! What comes back from the authority for what was released: recorded, never taken back, a rejection settled like any exception
//! and gone once the authority accepts.

use serde_json::{Value, json};
use stageplate::app::msg::{Effect, Msg, Tag};
use stageplate::domain::action::{Action, AnswerFile, CameBack, Settle};
use stageplate::domain::exception::State;
use stageplate::domain::identity::{Digest, ExceptionId, RecordId, Seq};
use stageplate::domain::person::Role;
use stageplate::domain::plan::{LATE_CORRECTION, No, REJECTED_DELIVERY, Refusal};
use stageplate::domain::receipt::{Answer, Enclosed, LARGEST_FILE};
use stageplate::domain::record::{Record, Release};
use stageplate::store::{Outcome, Target};

use crate::desk::{Bench, minute};
use crate::fixture::{Desk, advance, came_back};
use crate::folded::Folded;
use crate::linear::Speaker;
use crate::screens;
use crate::site::Site;

fn file(bytes: &[u8]) -> AnswerFile {
    AnswerFile { named: Enclosed { name: "ack.xml".into(), sha256: Digest::of(bytes) }, bytes: bytes.to_vec() }
}

/// A rejection with a file of these bytes.
pub fn with_file(bytes: &[u8]) -> Action {
    let (answer, text) = (Answer::Rejected, "see the file".to_owned());
    Action::Receipt(CameBack { version: None, answer, text, file: Some(file(bytes)) })
}

fn about(version: u8, answer: Answer, text: &str) -> Action {
    Action::Receipt(CameBack { version: Some(version), answer, text: text.to_owned(), file: None })
}

fn rejected(text: &str) -> Action {
    came_back(Answer::Rejected, text)
}

fn accepted() -> Action {
    came_back(Answer::Accepted, "registered as 2026-4711")
}

fn waived(desk: &Desk, days: u64) -> Action {
    let until = desk.now.day().checked_add_days(chrono::Days::new(days));
    let how = Settle::Waive { text: "they look into it".into(), until };
    Action::Settle { id: ExceptionId(1), how }
}

/// The same desk with a second release of the same record, as a correction makes one.
fn released_twice() -> Desk {
    let mut desk = Desk::released();
    let first = desk.record.releases[0].clone();
    desk.record.releases.push(Release { version: 2, ..first });
    desk.record.version = 2;
    desk
}

fn states(record: &Record) -> Vec<State> {
    record.exceptions.iter().map(|exception| exception.state).collect()
}

fn refusal(desk: &mut Desk, who: &str, action: &Action) -> Refusal {
    desk.act(who, action).unwrap_err()
}

#[test]
fn a_rejection_is_an_exception_of_the_desk_that_an_acceptance_settles() {
    for archived in [false, true] {
        let mut desk = Desk::released();
        if archived {
            desk.act("lead", &advance()).unwrap();
        }
        let planned = desk.act("release", &rejected("number 52 is missing")).unwrap();
        let exception = &desk.record.exceptions[0];
        assert_eq!((exception.kind.as_str(), exception.raised_by.clone()), (REJECTED_DELIVERY, None));
        assert!(exception.blocking);
        assert_eq!(exception.text, "the authority rejected version 1, as release recorded: number 52 is missing");
        let line = planned.facts.lines.iter().find(|line| line.what == "exception 1").unwrap();
        assert!(line.desk, "{line:?}");

        let step = desk.record.step.clone();
        let planned = desk.act("lead", &accepted()).unwrap();
        let line = planned.facts.lines.iter().find(|line| line.what == "exception 1").unwrap();
        assert_eq!((line.desk, line.from.as_deref(), line.to.as_deref()), (true, Some("open"), Some("resolved")));
        let outcome = desk.record.exceptions[0].outcome.clone().unwrap();
        assert_eq!(outcome.text, "the authority accepted version 1: registered as 2026-4711");
        assert_eq!(outcome.by.as_str(), "lead");
        let answers: Vec<Answer> = desk.record.answers_to(1).map(|receipt| receipt.answer).collect();
        assert_eq!(answers, [Answer::Rejected, Answer::Accepted]);
        assert_eq!(desk.record.answer_to(1).unwrap().answer, Answer::Accepted, "the last one counts");
        assert_eq!(desk.record.step, step, "nothing moved");
        Folded::of("intake", &desk.history).must_be(&desk.record);
    }
}

#[test]
fn each_rejection_is_an_exception_and_one_acceptance_settles_what_is_left_of_them() {
    let mut desk = Desk::released();
    for text in ["number 52 is missing", "and now number 51", "the seal is unknown"] {
        desk.act("release", &rejected(text)).unwrap();
    }
    let resolve = Settle::Resolve { text: "the base maker sent it".into() };
    desk.act("lead", &Action::Settle { id: ExceptionId(1), how: resolve }).unwrap();
    let assign = Settle::Assign { to: crate::desk::login("both") };
    desk.act("lead", &Action::Settle { id: ExceptionId(2), how: assign }).unwrap();
    desk.act("release", &accepted()).unwrap();
    assert_eq!(states(&desk.record), [State::Resolved; 3]);
    let texts: Vec<&str> =
        desk.record.exceptions.iter().map(|one| one.outcome.as_ref().unwrap().text.as_str()).collect();
    assert_eq!(texts[0], "the base maker sent it", "what somebody settled keeps their words");
    assert_eq!(texts[1], texts[2]);
}

#[test]
fn an_acceptance_settles_a_waiver_that_would_end_and_leaves_one_that_would_not() {
    let mut desk = Desk::released();
    desk.act("release", &rejected("number 52 is missing")).unwrap();
    let mut for_good = desk.clone();
    let waive = waived(&desk, 3);
    desk.act("lead", &waive).unwrap();
    desk.act("release", &accepted()).unwrap();
    assert_eq!(states(&desk.record), [State::Resolved]);
    let how = Settle::Waive { text: "they were wrong".into(), until: None };
    for_good.act("lead", &Action::Settle { id: ExceptionId(1), how }).unwrap();
    for_good.act("release", &accepted()).unwrap();
    assert_eq!(states(&for_good.record), [State::Waived]);
}

#[test]
fn what_came_back_is_about_one_version_the_newest_where_none_is_named() {
    let mut desk = released_twice();
    desk.act("release", &about(1, Answer::Rejected, "number 52 is missing")).unwrap();
    desk.act("release", &accepted()).unwrap();
    assert_eq!(desk.record.answer_to(1).unwrap().answer, Answer::Rejected);
    assert_eq!(desk.record.answer_to(2).unwrap().answer, Answer::Accepted);
    assert_eq!(states(&desk.record), [State::Open], "it was raised about another version");
    let no = refusal(&mut desk, "release", &about(3, Answer::Accepted, "fine"));
    assert_eq!(
        (no.no, no.rule.as_str(), no.hints.as_slice()),
        (No::NotFound, "released", &["released: 1, 2".to_owned()][..])
    );
}

#[test]
fn the_same_answer_again_changes_nothing_and_another_one_is_added() {
    let mut desk = Desk::released();
    assert!(desk.act("release", &with_file(b"a")).unwrap().changed);
    assert!(!desk.act("lead", &with_file(b"a")).unwrap().changed);
    assert!(desk.act("release", &with_file(b"b")).unwrap().changed);
    assert!(desk.act("release", &with_file(b"a")).unwrap().changed, "only the last one is the same");
    assert_eq!((desk.record.receipts.len(), desk.record.exceptions.len()), (3, 3));
}

#[test]
fn the_same_rejection_after_its_exception_was_settled_is_a_new_one() {
    let rejection = rejected("number 52 is missing");
    let settle = |how| Action::Settle { id: ExceptionId(1), how };
    let resolve = settle(Settle::Resolve { text: "sent again".into() });
    let for_good = settle(Settle::Waive { text: "they were wrong".into(), until: None });
    let mut desk = Desk::released();
    desk.act("release", &rejection).unwrap();
    for settling in [resolve, for_good] {
        let mut desk = desk.clone();
        desk.act("lead", &settling).unwrap();
        assert!(desk.act("release", &rejection).unwrap().changed);
        assert_eq!((desk.record.receipts.len(), states(&desk.record)[1]), (2, State::Open));
        assert!(!desk.act("release", &rejection).unwrap().changed, "and that one is there once");
    }
    let ends = waived(&desk, 3);
    desk.act("lead", &ends).unwrap();
    assert!(!desk.act("release", &rejection).unwrap().changed, "it opens again by itself");
}

#[test]
fn who_may_not_is_told_who_can_and_what_was_not_released_has_no_answer() {
    let mut desk = Desk::at("ready");
    let no = refusal(&mut desk, "release", &accepted());
    assert_eq!((no.no, no.rule.as_str()), (No::Refused, "released"));
    let mut desk = Desk::released();
    for who in ["prep", "review", "audit"] {
        let no = refusal(&mut desk, who, &accepted());
        assert_eq!((no.no, no.rule.as_str()), (No::NotAllowed, "role"), "{who}");
        assert_eq!(*no.who, ["lead".to_owned(), "release".to_owned()]);
    }
    assert_eq!(refusal(&mut desk, "release", &rejected(" - ")).rule, "reason");
    assert_eq!(refusal(&mut desk, "release", &with_file(&vec![0; LARGEST_FILE + 1])).rule, "length");
    assert!(desk.record.receipts.is_empty());
}

#[test]
fn the_role_counts_in_the_scope_of_the_record() {
    let mut desk = Desk::released();
    desk.record.scope = Some("vans".into());
    for (scope, may) in [("vans", true), ("buses", false)] {
        let person = desk.people.iter_mut().find(|person| person.login.as_str() == "prep").unwrap();
        person.scoped = [(scope.to_owned(), [Role::Release].into())].into();
        assert_eq!(desk.clone().act("prep", &accepted()).is_ok(), may, "{scope}");
    }
}

#[test]
fn what_came_back_is_not_undone() {
    let mut desk = Desk::released();
    desk.act("release", &rejected("number 52 is missing")).unwrap();
    let no = refusal(&mut desk, "release", &Action::Undo);
    assert_eq!(no.rule, "undo");
    assert!(no.message.contains("stays recorded") && no.hints[0].contains("the last answer counts"), "{no:?}");
}

#[test]
fn a_policy_without_the_kind_has_the_rejection_as_the_one_that_all_have() {
    let mut desk = Desk::released();
    desk.policy.exception_kinds.retain(|kind| kind.name != REJECTED_DELIVERY);
    desk.act("release", &rejected("number 52 is missing")).unwrap();
    assert_eq!(desk.record.exceptions[0].kind, LATE_CORRECTION);
    desk.act("release", &accepted()).unwrap();
    assert_eq!(states(&desk.record), [State::Resolved]);
}

fn delivered(bench: &mut Bench, word: &str) -> Vec<RecordId> {
    let filter = stageplate::domain::filter::Filter::parse(&format!("delivery:{word}"), minute(0).day()).unwrap();
    let query = stageplate::store::PageQuery {
        queue: stageplate::domain::queue::QueueName::All,
        filter: Some(filter),
        sort: stageplate::domain::queue::Sort::Due,
        limit: 9,
        after: None,
        who: crate::desk::login("lead"),
        now: minute(30),
    };
    bench.desk.page(&query).unwrap().rows.into_iter().map(|row| row.summary.id).collect()
}

#[test]
fn what_came_back_is_stored_with_its_bytes_once_and_the_chain_covers_it() {
    let mut bench = Bench::new();
    let [one, two, three] = [1, 2, 3].map(|number| bench.released(number));
    let bytes = b"<acknowledgement>both</acknowledgement>".repeat(60);
    bench.does("release", one, &with_file(&bytes), 10);
    bench.does("release", two, &with_file(&bytes), 11);
    let again = bench.act("lead", Target::Record(two), &with_file(&bytes), 12).unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged);
    bench.does("lead", two, &accepted(), 13);

    let mut other = bench.another_desk();
    let record = other.dossier(one, minute(20)).unwrap().record;
    let receipt = &record.receipts[0];
    assert_eq!((receipt.version, receipt.answer, receipt.by.as_str()), (1, Answer::Rejected, "release"));
    assert_eq!((receipt.file.clone(), receipt.at), (Some(file(&bytes).named), minute(10)));
    assert_eq!(receipt.exception, Some(ExceptionId(1)));
    assert_eq!(states(&record), [State::Open]);
    assert_eq!(states(&other.dossier(two, minute(20)).unwrap().record), [State::Resolved]);
    let kept: i64 = bench.plain().query_row("SELECT count(*) FROM receipt_file", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 1, "the same bytes are kept once");
    assert_eq!(bench.desk.answer_file(one, 1).unwrap(), ("ack.xml".to_owned(), bytes));

    assert_eq!(delivered(&mut bench, "rejected"), [one]);
    assert_eq!(delivered(&mut bench, "accepted"), [two]);
    assert_eq!(delivered(&mut bench, "none"), [three]);
    let listed: Vec<RecordId> = bench.exceptions("", minute(20)).iter().map(|raised| raised.record).collect();
    assert_eq!(listed, [one]);
    let report = bench.desk.verify_chain().unwrap();
    assert!(report.holds(), "{:#?}", report.faults);
}

#[test]
fn bytes_that_are_not_those_of_their_hash_are_not_stored() {
    let mut bench = Bench::new();
    let id = bench.released(1);
    let Action::Receipt(mut came) = with_file(b"<ack/>") else { unreachable!("it is one") };
    came.file.as_mut().unwrap().bytes = b"<other/>".to_vec();
    assert!(bench.act("release", Target::Record(id), &Action::Receipt(came), 10).is_err());
    assert!(bench.desk.dossier(id, minute(20)).unwrap().record.receipts.is_empty());
}

#[test]
fn a_rejected_release_is_open_on_the_whole_desk_until_it_is_accepted() {
    let site = Site::new();
    let folder = site.path("desk");
    let made = site.run(&["demo", "--records", "12", "--dir", folder.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let rows = site.json("release", &["queue", "all", "--filter", "step:released"]);
    let vin = rows[0]["vin"].as_str().unwrap();
    let letter = site.write("letter.txt", "number 52 is missing\n");
    let letter = letter.to_str().unwrap();

    let usage = site.refusal(2, "release", &["receipt", vin, "--text", "hm"]);
    assert!(usage["message"].as_str().unwrap().contains("--accepted"), "{usage}");
    let missing =
        site.refusal(5, "release", &["receipt", vin, "--rejected", "--text", "no", "--file", "/no/such/file"]);
    assert!(missing["hints"][0].as_str().unwrap().contains("say in the text"), "{missing}");
    site.expect(2, "release", &["receipt", vin, "--rejected", "--text", "no", "--file", "/dev/zero"]);
    let (told, _) = site.expect(4, "prep", &["receipt", vin, "--accepted", "--text", "fine"]);
    assert!(told.contains("lead or release"), "{told}");

    let done = site.json("release", &["receipt", vin, "--rejected", "--text", "see letter", "--file", letter]);
    assert_eq!(
        (&done[0]["outcome"], &done[0]["version"], &done[0]["changed"]),
        (&json!("rejected"), &json!(1), &json!(true))
    );
    let id = done[0]["exception"].as_i64().unwrap();
    let again = site.json("release", &["receipt", vin, "--rejected", "--text", "see letter", "--file", letter]);
    assert_eq!((&again[0]["changed"], &again[0]["exception"]), (&json!(false), &Value::Null));

    let listed = site.json("lead", &["queue", "exceptions", "--filter", "exception:rejected-delivery"]);
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["vin"]), (1, &json!(vin)));
    let report = site.json("lead", &["report", "exceptions"]);
    assert!(report.to_string().contains("rejected-delivery"), "{report}");
    let delivery = site.json("audit", &["show", vin])["releases"][0]["delivery"].clone();
    assert_eq!((&delivery["outcome"], &delivery["text"]), (&json!("rejected"), &json!("see letter")));
    assert_eq!(delivery["file"]["sha256"], json!(Digest::of(b"number 52 is missing\n")));
    let number = delivery["number"].to_string();
    assert_eq!(site.expect(0, "audit", &["show", vin, "--answer-file", &number]).0, "number 52 is missing\n");
    site.expect(5, "audit", &["show", vin, "--answer-file", "9"]);
    let (shown, _) = site.expect(0, "audit", &["show", vin]);
    assert!(shown.contains("rejected by the authority, recorded by release"), "{shown}");

    let number = id.to_string();
    site.expect(0, "lead", &["exception", "assign", &number, "--to", "lead"]);
    site.expect(0, "release", &["exception", "comment", &number, "--text", "sent again"]);
    let done = site.json("lead", &["receipt", vin, "--accepted", "--text", "registered"]);
    assert_eq!(done[0]["settled"], json!([id]));
    let (told, _) = site.expect(0, "audit", &["log", vin]);
    assert!(told.contains("the authority rejected version 1: see letter"), "{told}");
    assert!(told.contains("the authority accepted version 1: registered"), "{told}");
    let state = site.json("audit", &["exception", "show", &number]);
    assert!(state.to_string().contains("resolved"), "{state}");
    assert_eq!(site.refusal(1, "lead", &["undo", vin])["rule"], json!("undo"));
    assert_eq!(site.json("audit", &["verify", "--desk"])["ok"], json!(true));
    assert_eq!(site.json("audit", &["doctor"])["ok"], json!(true));
}

/// A terminal in which the record of two releases is opened from the archive, at its first.
fn at_its_first_release(who: &str) -> screens::Desk {
    let mut dossiers = screens::dossiers();
    let twice = screens::released().into_iter().filter(|row| row.id.record == dossiers[0].record.id);
    dossiers[0].record.releases = twice.map(|row| row.release).rev().collect();
    let mut desk = screens::Desk::with(who, 120, 40, dossiers);
    desk.press("A down down down enter");
    desk.wants();
    desk
}

#[test]
fn the_terminal_records_what_came_back_for_the_release_a_record_was_opened_at() {
    let mut desk = at_its_first_release("release");
    desk.press("b right enter enter");
    desk.write("number 52 is missing");
    desk.press("ctrl-d");
    assert_eq!(sent(&mut desk), Some((RecordId(1), about(1, Answer::Rejected, "number 52 is missing"))));
    assert!(desk.model.archive.told.is_some());
    desk.tell(Msg::Applied { tag: Tag(1), seq: Seq(50_000), changed: true });
    assert!(desk.model.archive.told.is_none(), "what is told of the release is read again");
}

#[test]
fn where_the_archives_cursor_went_to_another_record_the_newest_release_is_meant() {
    let mut desk = at_its_first_release("release");
    desk.press("A up");
    let there = desk.model.archive.row().map(|row| row.id).unwrap();
    assert!(there.record != RecordId(1) && there.version == 1, "{there:?}");
    desk.press("D");
    desk.wants();
    desk.press("b right enter enter");
    desk.write("number 52 is missing");
    desk.press("ctrl-d");
    assert_eq!(sent(&mut desk), Some((RecordId(1), about(2, Answer::Rejected, "number 52 is missing"))));
}

#[test]
fn what_came_back_is_recorded_line_by_line() {
    let mut speaker = Speaker::with(at_its_first_release("release"));
    assert!(speaker.says("receipt").contains("The authority"));
    for line in ["rejected", "", "number 52 is missing", "."] {
        speaker.says(line);
    }
    assert_eq!(sent(&mut speaker.desk), Some((RecordId(1), about(1, Answer::Rejected, "number 52 is missing"))));
}

fn sent(desk: &mut screens::Desk) -> Option<(RecordId, Action)> {
    desk.wants().into_iter().find_map(|effect| match effect {
        Effect::Apply { record, action, .. } => Some((record, action)),
        _ => None,
    })
}

#[test]
fn the_terminal_says_why_nothing_can_have_come_back() {
    for (who, why) in
        [("release", "no version of this record was released"), ("prep", "needs the role lead or release")]
    {
        let mut desk = screens::Desk::of(who, 80, 24);
        desk.press("enter b");
        let notice = desk.model.notice.as_ref().map_or("", |notice| &notice.text);
        assert!(notice.contains(why), "{who}: {notice}");
        assert!(desk.model.sheet.is_none());
    }
}

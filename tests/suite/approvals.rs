//! Approvals on a desk: withdrawn, suspended, reinstated from a day on, and what becomes of the records that name them.

use stageplate::domain::approval::{ApprovalNumber, Status, StatusChange};
use stageplate::domain::exception::State;
use stageplate::domain::governance::DeskAction;
use stageplate::domain::identity::RecordId;
use stageplate::domain::plan::No;
use stageplate::store::{Governed, Outcome, StoreError, Told};
use uuid::Uuid;

use crate::desk::{APPROVAL, Bench, advance, approval, fresh_request, login, minute, set};

fn change(status: Status, from: &str, reason: &str) -> DeskAction {
    let change = StatusChange { status, from: from.parse().unwrap(), reason: reason.to_owned() };
    DeskAction::SetStatus { number: ApprovalNumber::parse(APPROVAL).unwrap(), change }
}

fn govern(bench: &mut Bench, who: &str, act: &DeskAction, request: Uuid) -> Result<Governed, StoreError> {
    let actor = bench.actor(who);
    bench.desk.govern(&actor, act, request, minute(20))
}

fn withdraw(bench: &mut Bench, from: &str) -> Governed {
    govern(bench, "lead", &change(Status::Withdrawn, from, "not conform"), fresh_request()).unwrap()
}

/// The exceptions about a mismatch with the approval: whether each blocks, and where it stands.
fn mismatches(bench: &mut Bench, id: RecordId) -> Vec<(bool, State)> {
    let record = bench.desk.dossier(id, minute(21)).unwrap().record;
    let mismatch = record.exceptions.iter().filter(|one| one.kind == "approval-mismatch");
    mismatch.inspect(|one| assert_eq!(one.raised_by, None)).map(|one| (one.blocking, one.state)).collect()
}

fn mark(bench: &mut Bench, id: RecordId) -> Option<Status> {
    let plain = bench.plain();
    let word: Option<String> =
        plain.query_row("SELECT approval_status FROM record WHERE id = ?1", [id.0], |row| row.get(0)).unwrap();
    word.and_then(|word| Status::of(&word))
}

#[test]
fn a_withdrawal_raises_an_exception_on_each_record_in_work_and_marks_the_released_ones() {
    let mut bench = Bench::new();
    let (work, released) = (bench.in_review(1), bench.released(2));
    let done = withdraw(&mut bench, "2026-07-01");
    assert_eq!((done.outcome, done.told), (Outcome::Updated, Told { in_work: 1, released: 1 }));
    assert_eq!(mismatches(&mut bench, work), [(true, State::Open)]);
    assert_eq!(mismatches(&mut bench, released), []);
    assert_eq!(
        (mark(&mut bench, work), mark(&mut bench, released)),
        (Some(Status::Withdrawn), Some(Status::Withdrawn))
    );
    let events = bench.desk.log(None, done.seq, 10).unwrap();
    let acts: Vec<(&str, bool)> = events.iter().map(|one| (one.action.as_str(), one.record.is_some())).collect();
    assert_eq!(acts, [("approval-news", true), ("approval-news", true)]);
    assert_eq!(events[0].facts.reason.as_deref(), Some("not conform"));
    let report = bench.desk.verify_chain().unwrap();
    assert!(report.holds(), "{:?}", report.faults);
}

#[test]
fn a_vehicle_manufactured_before_the_day_stays_covered_and_its_exception_does_not_block() {
    let mut bench = Bench::new();
    let (before, on_the_day, unknown) = (bench.taken_in(1), bench.taken_in(2), bench.taken_in(3));
    bench.does("prep", before, &set("DateManufactureVehicle", "2026-06-30"), 10);
    bench.does("prep", on_the_day, &set("DateManufactureVehicle", "2026-07-01"), 10);
    withdraw(&mut bench, "2026-07-01");
    assert_eq!(mismatches(&mut bench, before), [(false, State::Open)]);
    assert_eq!(mismatches(&mut bench, on_the_day), [(true, State::Open)]);
    assert_eq!(mismatches(&mut bench, unknown), [(true, State::Open)]);
    let blocked = |bench: &mut Bench, id| {
        let findings = bench.desk.dossier(id, minute(21)).unwrap().findings;
        findings.iter().any(|finding| finding.check == "AP-02")
    };
    assert!(!blocked(&mut bench, before) && blocked(&mut bench, on_the_day) && blocked(&mut bench, unknown));
}

#[test]
fn withdrawing_again_changes_nothing_and_tells_those_who_were_not_told() {
    let mut bench = Bench::new();
    bench.in_review(1);
    let request = fresh_request();
    let act = change(Status::Withdrawn, "2026-07-01", "not conform");
    let first = govern(&mut bench, "lead", &act, request).unwrap();
    let repeated = govern(&mut bench, "lead", &act, request).unwrap();
    assert_eq!((repeated.outcome, repeated.seq, repeated.told), (Outcome::Repeated, first.seq, Told::default()));
    let again = withdraw(&mut bench, "2026-07-01");
    assert_eq!((again.outcome, again.told), (Outcome::Unchanged, Told::default()));
    let later = bench.taken_in(2);
    let third = withdraw(&mut bench, "2026-07-01");
    assert_eq!((third.outcome, third.told), (Outcome::Unchanged, Told { in_work: 1, released: 0 }));
    assert_eq!(mismatches(&mut bench, later).len(), 1);
}

#[test]
fn reinstating_settles_what_the_desk_raised_and_takes_the_mark_away() {
    let mut bench = Bench::new();
    let (work, released) = (bench.in_review(1), bench.released(2));
    govern(&mut bench, "lead", &change(Status::Suspended, "2026-07-01", "audit"), fresh_request()).unwrap();
    assert_eq!(mark(&mut bench, released), Some(Status::Suspended));
    let back = change(Status::Valid, "2026-07-01", "audit passed");
    let done = govern(&mut bench, "lead", &back, fresh_request()).unwrap();
    assert_eq!(done.told, Told { in_work: 1, released: 1 });
    assert_eq!(mismatches(&mut bench, work), [(true, State::Resolved)]);
    assert_eq!((mark(&mut bench, work), mark(&mut bench, released)), (None, None));
}

#[test]
fn an_approvals_file_imported_again_does_not_undo_a_withdrawal() {
    let mut bench = Bench::new();
    withdraw(&mut bench, "2026-07-01");
    let again = DeskAction::ImportApproval(Box::new(approval(APPROVAL, "N1")));
    let done = govern(&mut bench, "lead", &again, fresh_request()).unwrap();
    assert_eq!(done.outcome, Outcome::Unchanged);
    let standing = bench.desk.approval(APPROVAL).unwrap().unwrap().standing();
    assert_eq!(standing.in_words(), "withdrawn from 2026-07-01");
}

#[test]
fn what_was_signed_stays_void_when_the_approval_is_brought_in_as_it_was_before() {
    let mut bench = Bench::new();
    let (work, released) = (bench.in_review(1), bench.released(2));
    bench.confirm_everything(work, 5);
    bench.does("review", work, &advance(), 6);
    let standing = |bench: &mut Bench, id: RecordId| {
        let record = bench.desk.dossier(id, minute(21)).unwrap().record;
        record.signoffs.iter().filter(|signoff| signoff.void_at.is_none()).count()
    };
    assert_eq!(standing(&mut bench, work), 1);
    let mut other = approval(APPROVAL, "N1");
    other.manufacturer.name = "Another Name B.V.".to_owned();
    let import = |bench: &mut Bench, approval| {
        let act = DeskAction::ImportApproval(Box::new(approval));
        govern(bench, "lead", &act, fresh_request()).unwrap()
    };
    let done = import(&mut bench, other);
    assert_eq!(done.told, Told { in_work: 1, released: 0 });
    assert_eq!(standing(&mut bench, work), 0);
    let dossier = bench.desk.dossier(work, minute(21)).unwrap();
    let last = dossier.history.last().unwrap();
    assert_eq!(last.facts.reason.as_deref(), Some(&*format!("approval {APPROVAL} came in with other content")));
    assert!(last.facts.lines.iter().any(|line| line.what.starts_with("sign-off")), "{:?}", last.facts.lines);
    assert!(dossier.record.exceptions.iter().any(|one| one.kind == "late-correction"), "it was behind the review");
    assert!(!dossier.record.editors.contains(&login("lead")), "nobody of the record changed its content");
    import(&mut bench, approval(APPROVAL, "N1"));
    assert_eq!(standing(&mut bench, work), 0, "a void is lasting");
    assert!(standing(&mut bench, released) > 0, "what is released keeps what it was released with");
    let report = bench.desk.verify_chain().unwrap();
    assert!(report.holds(), "{:?}", report.faults);
}

#[test]
fn only_a_lead_or_an_administrator_withdraws_an_approval_there_is_with_a_reason() {
    let mut bench = Bench::new();
    let mut refused = |who: &str, act: &DeskAction| match govern(&mut bench, who, act, fresh_request()).unwrap_err() {
        StoreError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    };
    assert_eq!(refused("prep", &change(Status::Withdrawn, "2026-07-01", "x")).no, No::NotAllowed);
    assert_eq!(refused("lead", &change(Status::Withdrawn, "2026-07-01", " ")).rule, "reason");
    let other = DeskAction::SetStatus {
        number: ApprovalNumber::parse("e4*2018/858*00999*00").unwrap(),
        change: StatusChange { status: Status::Withdrawn, from: "2026-07-01".parse().unwrap(), reason: "x".into() },
    };
    assert_eq!(refused("lead", &other).no, No::NotFound);
}

#[test]
fn the_records_that_use_an_approval_come_page_by_page_and_those_in_work_by_their_day_of_manufacture() {
    let mut bench = Bench::new();
    let ids: Vec<RecordId> = (1..=3).map(|number| bench.taken_in(number)).collect();
    bench.released(4);
    bench.does("prep", ids[0], &set("DateManufactureVehicle", "2026-06-30"), 30);
    bench.does("prep", ids[1], &set("DateManufactureVehicle", "2026-07-01"), 30);
    let page = bench.desk.uses(APPROVAL, 0, 3, minute(40)).unwrap();
    assert_eq!((page.rows.len(), page.more), (3, true));
    let rest = bench.desk.uses(APPROVAL, page.rows[2].id.0, 3, minute(40)).unwrap();
    assert_eq!((rest.rows.len(), rest.more), (1, false));
    let mut made = |undated| {
        let window = (Some("2026-07-01".parse().unwrap()), None);
        let found = bench.desk.uses_made(APPROVAL, window, undated, 10, minute(40)).unwrap().rows;
        found.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(made(false), [ids[1]]);
    assert_eq!(made(true), [ids[2], ids[1]], "the released one is not in work");
    assert_eq!(bench.desk.uses("e4*2018/858*00999*00", 0, 3, minute(40)).unwrap().rows, []);
}

#[test]
fn a_later_decision_holds_from_its_own_day_over_one_about_a_later_day() {
    let mut bench = Bench::new();
    let work = bench.in_review(1);
    let suspended = change(Status::Suspended, "2026-11-01", "looked into");
    govern(&mut bench, "lead", &suspended, fresh_request()).unwrap();
    let done = withdraw(&mut bench, "2020-01-01");
    assert_eq!((done.outcome, done.told.in_work), (Outcome::Updated, 1), "every record is told of the withdrawal");
    assert_eq!(mark(&mut bench, work), Some(Status::Withdrawn));
    assert!(mismatches(&mut bench, work).contains(&(true, State::Open)));
}

#[test]
fn a_suspension_from_a_day_before_a_withdrawal_is_told_to_the_vehicles_of_the_days_between() {
    let mut bench = Bench::new();
    let built = |bench: &mut Bench, number: u32, day: &str| {
        let id = bench.taken_in(number);
        bench.does("prep", id, &set("DateManufactureVehicle", day), 15);
        id
    };
    let (early, between, late) =
        (built(&mut bench, 1, "2026-07-01"), built(&mut bench, 2, "2026-07-15"), built(&mut bench, 3, "2026-08-10"));
    withdraw(&mut bench, "2026-08-01");
    assert_eq!(mismatches(&mut bench, between), [(false, State::Open)], "built before the withdrawal, it is covered");
    let suspended = change(Status::Suspended, "2026-07-10", "brakes looked into");
    let done = govern(&mut bench, "lead", &suspended, fresh_request()).unwrap();
    assert_eq!((done.outcome, done.told), (Outcome::Updated, Told { in_work: 1, released: 0 }));
    assert_eq!(mismatches(&mut bench, between), [(false, State::Resolved), (true, State::Open)]);
    assert_eq!(mark(&mut bench, between), Some(Status::Suspended));
    assert_eq!(mismatches(&mut bench, early), [(false, State::Open)], "it was told of the withdrawal and no more");
    assert_eq!(mismatches(&mut bench, late), [(true, State::Open)], "the withdrawal stands for it");

    let again = change(Status::Valid, "2026-07-20", "brakes found good");
    govern(&mut bench, "lead", &again, fresh_request()).unwrap();
    let stands = |all: Vec<(bool, State)>| all.iter().any(|one| one.1 == State::Open);
    assert!(stands(mismatches(&mut bench, between)), "manufactured during the suspension, it stays uncovered");
    assert!(!stands(mismatches(&mut bench, late)) && !stands(mismatches(&mut bench, early)), "the others are covered");
    assert_eq!((mark(&mut bench, between), mark(&mut bench, late)), (Some(Status::Suspended), None));
}

//! People on a desk: roles by scope, absence and deputies, leaving; in the queues as in what may be done.

use stageplate::domain::action::{Action, SheetRow};
use stageplate::domain::filter::Filter;
use stageplate::domain::governance::DeskAction;
use stageplate::domain::identity::RecordId;
use stageplate::domain::person::{Absence, Actor, Person, Role};
use stageplate::domain::queue::{QueueName, Sort};
use stageplate::domain::scope::Scope;
use stageplate::store::{Act, CountQuery, PageQuery, StoreError, Target};

use crate::desk::*;

pub fn govern(bench: &mut Bench, action: &DeskAction) {
    let root = bench.actor("root");
    bench.desk.govern(&root, action, fresh_request(), minute(0)).unwrap();
}

pub fn scope(bench: &mut Bench, name: &str) {
    let scope = Scope { name: name.into(), title: name.into(), team: None, matches: None };
    govern(bench, &DeskAction::AddScope(scope));
}

pub fn join(bench: &mut Bench, number: u32, scope: &str) {
    let row = SheetRow { stage: 2, scope: Some(scope.into()), source: "s.csv:2".into(), ..SheetRow::default() };
    bench.act("prep", Target::Intake(vin(number)), &Action::Prepare(row), 0).unwrap();
}

/// The VINs of a queue; a count that differs from what is listed fails.
pub fn queue(bench: &mut Bench, who: &str, queue: QueueName) -> Vec<String> {
    let now = minute(10);
    let page = PageQuery { queue, filter: None, sort: Sort::Due, limit: 50, after: None, who: login(who), now };
    let rows = bench.desk.page(&page).unwrap().rows;
    let listed: Vec<String> = rows.iter().map(|row| row.summary.vin.as_str()[14..].to_owned()).collect();
    let count = CountQuery { queue, filter: None, who: login(who), now };
    assert_eq!(bench.desk.count(&count).unwrap(), listed.len() as u64, "{who} {}", queue.word());
    let filter = Filter::parse("vin:*", now.day()).ok();
    assert_eq!(bench.desk.count(&CountQuery { filter, ..count }).unwrap(), listed.len() as u64);
    listed
}

fn rule(done: Result<stageplate::store::Applied, StoreError>) -> String {
    match done {
        Err(StoreError::Refused(refusal)) => refusal.rule,
        other => panic!("{other:?}"),
    }
}

fn away(bench: &mut Bench, who: &str, deputy: Option<&str>) {
    let day = minute(0).day();
    let absence = Absence { from: day, until: day.succ_opt().unwrap(), deputy: deputy.map(login) };
    govern(bench, &DeskAction::Absent { login: login(who), absence: Some(absence) });
}

#[test]
fn a_reviewer_of_one_scope_sees_and_signs_there_and_nowhere_else() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans");
    scope(&mut bench, "buses");
    for (number, name) in [(1, "vans"), (2, "buses")] {
        join(&mut bench, number, name);
    }
    let ids: Vec<RecordId> = (1..=3).map(|number| bench.in_review(number)).collect();
    let scoped = [("vans".to_owned(), [Role::Review].into())].into();
    govern(&mut bench, &DeskAction::AddPerson(Person { scoped, ..person("mz", &[Role::Audit], None) }));
    assert_eq!(queue(&mut bench, "mz", QueueName::Waiting), ["001"]);
    assert_eq!(queue(&mut bench, "review", QueueName::Waiting), ["001", "002", "003"]);
    bench.does("mz", ids[0], &take("mz"), 5);
    assert_eq!(rule(bench.act("mz", Target::Record(ids[1]), &take("mz"), 5)), "role");
    assert_eq!(rule(bench.act("mz", Target::Record(ids[2]), &take("mz"), 5)), "role");
    assert_eq!(queue(&mut bench, "mz", QueueName::Waiting), ["001"]);
    assert!(bench.desk.verify_chain().unwrap().holds());
}

#[test]
fn what_somebody_away_owns_is_their_deputys_to_work_on() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.does("review", id, &take("review"), 5);
    assert!(queue(&mut bench, "other", QueueName::Mine).is_empty());
    away(&mut bench, "review", Some("other"));
    assert_eq!(queue(&mut bench, "other", QueueName::Mine), ["001"]);
    assert_eq!(queue(&mut bench, "other", QueueName::Waiting), ["001"]);
    assert!(queue(&mut bench, "lead", QueueName::Mine).is_empty());
    let reason = Some("stands in".to_owned());
    bench.does("other", id, &Action::Assign { to: Some(login("other")), reason }, 6);
}

#[test]
fn what_is_given_to_somebody_away_goes_to_their_deputy_and_the_history_says_for_whom() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    let give = Action::Assign { to: Some(login("review")), reason: None };
    away(&mut bench, "review", None);
    assert_eq!(rule(bench.act("lead", Target::Record(id), &give, 5)), "absent");
    away(&mut bench, "review", Some("other"));
    bench.does("lead", id, &give, 6);
    let dossier = bench.desk.dossier(id, minute(7)).unwrap();
    assert_eq!(dossier.record.owner, Some(login("other")));
    let lines = &dossier.history.last().unwrap().facts.lines;
    assert!(lines.iter().any(|line| line.what == "deputy" && line.from.as_deref() == Some("review")));
}

#[test]
fn a_deputy_acts_with_their_own_roles_alone() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.does("review", id, &take("review"), 5);
    away(&mut bench, "review", Some("prep"));
    assert_eq!(queue(&mut bench, "prep", QueueName::Mine), ["001"]);
    assert!(queue(&mut bench, "prep", QueueName::Waiting).is_empty());
    let all = Action::Confirm { addresses: None };
    assert_eq!(rule(bench.act("prep", Target::Record(id), &all, 6)), "role");
}

#[test]
fn whoever_leaves_acts_no_more_and_what_they_owned_is_seen_by_all_who_could_take_it() {
    let mut bench = Bench::new();
    let ids: Vec<RecordId> = (1..=3).map(|number| bench.in_review(number)).collect();
    for id in &ids[..2] {
        bench.does("review", *id, &take("review"), 5);
    }
    let to = Some(login("review"));
    let flag = Action::Flag { kind: "other".into(), at: None, blocking: None, text: "hm".into(), to };
    bench.does("lead", ids[2], &flag, 5);
    let before = bench.actor("review");
    let leave = DeskAction::Leave { login: login("review"), reason: "retired".into() };
    govern(&mut bench, &leave);
    assert_eq!(queue(&mut bench, "lead", QueueName::Unassigned), ["001", "002", "003"]);
    let record = bench.desk.dossier(ids[2], minute(6)).unwrap().record;
    assert_eq!((record.exceptions[0].owner.clone(), record.exceptions[0].state.word()), (None, "open"));
    let history = bench.desk.dossier(ids[0], minute(6)).unwrap().history;
    assert_eq!(history.last().unwrap().action, "vacate");
    let act = Act {
        actor: &before,
        target: Target::Record(ids[0]),
        action: &note("still here"),
        seen: None,
        request: fresh_request(),
        now: minute(7),
    };
    assert_eq!(rule(bench.desk.apply(&act)), "person");
    let give = Action::Assign { to: Some(login("review")), reason: None };
    assert_eq!(rule(bench.act("lead", Target::Record(ids[0]), &give, 8)), "left");
    assert!(bench.desk.people().unwrap().iter().any(|person| person.login == login("review")), "history knows them");
    assert!(bench.desk.verify_chain().unwrap().holds());
    govern(&mut bench, &leave);
}

#[test]
fn a_role_taken_away_is_gone_at_once_whoever_still_remembers_it() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    let before: Actor = bench.actor("review");
    govern(&mut bench, &DeskAction::SetPerson(person("review", &[Role::Audit], None)));
    let act = Act {
        actor: &before,
        target: Target::Record(id),
        action: &take("review"),
        seen: None,
        request: fresh_request(),
        now: minute(7),
    };
    assert_eq!(rule(bench.desk.apply(&act)), "role");
}

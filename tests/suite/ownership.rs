//! Who gets what nobody was named for, as the policy says.

use stageplate::domain::action::Action;
use stageplate::domain::event::Line;
use stageplate::domain::identity::{Login, RecordId};
use stageplate::domain::person::Role;
use stageplate::domain::policy::{Excluded, NextOwner, Policy, Settler};

use crate::desk::*;

fn under(rule: NextOwner) -> Bench {
    let mut policy = policy();
    policy.steps[2].owner = rule;
    Bench::under(policy)
}

fn owner(bench: &mut Bench, id: RecordId) -> Option<String> {
    bench.desk.dossier(id, minute(20)).unwrap().record.owner.map(|owner| owner.to_string())
}

fn owners(bench: &mut Bench) -> Vec<String> {
    let mut owners = Vec::new();
    for number in 1..=4 {
        let id = bench.in_review(number);
        owners.extend(owner(bench, id));
    }
    owners
}

#[test]
fn records_go_round_among_those_who_can_act() {
    let mut bench = under(NextOwner::RoundRobin);
    assert_eq!(owners(&mut bench), ["other", "review", "other", "review"]);
}

#[test]
fn whoever_owns_the_fewest_records_in_work_gets_the_next() {
    let mut bench = under(NextOwner::LeastLoaded);
    for number in 11..=12 {
        let id = bench.taken_in(number);
        bench.does("lead", id, &Action::Assign { to: Some(login("other")), reason: None }, 2);
    }
    assert_eq!(owners(&mut bench), ["review", "review", "other", "review"]);
}

#[test]
fn the_history_tells_of_it_with_the_act_that_brought_the_record_there() {
    let mut bench = under(NextOwner::RoundRobin);
    let id = bench.in_review(1);
    let history = bench.desk.dossier(id, minute(9)).unwrap().history;
    let last = history.last().unwrap();
    let (from, to) = (Some("prep".into()), Some("other".into()));
    let line = Line { what: "owner".into(), from, to, desk: false, void: false };
    assert_eq!((last.action.as_str(), last.facts.lines.contains(&line)), ("advance", true));
    assert!(bench.desk.verify_chain().unwrap().holds());
}

#[test]
fn whoever_changed_the_content_is_passed_over() {
    let mut bench = under(NextOwner::RoundRobin);
    let id = bench.taken_in(1);
    bench.does("other", id, &take("other"), 2);
    bench.does("other", id, &set("Remarks", "long"), 3);
    bench.does("other", id, &advance(), 4);
    bench.does("other", id, &advance(), 5);
    assert_eq!(owner(&mut bench, id).as_deref(), Some("review"));
}

#[test]
fn without_a_rule_it_waits_to_be_taken() {
    let mut bench = under(NextOwner::None);
    let id = bench.in_review(1);
    assert_eq!(owner(&mut bench, id), None);
}

fn raised(settler: Settler) -> (Bench, RecordId) {
    let mut policy = policy();
    policy.exception_kinds[0].owner = Some(settler);
    let mut bench = Bench::under(policy);
    let id = bench.taken_in(1);
    let kind = "missing-data".to_owned();
    let flag = Action::Flag { kind, at: None, blocking: None, text: "no papers".into(), to: None };
    bench.does("review", id, &flag, 3);
    (bench, id)
}

#[test]
fn an_exception_goes_to_whom_its_kind_names() {
    for (settler, expected) in [(Settler::Login(login("lead")), "lead"), (Settler::Role(Role::Review), "other")] {
        let (mut bench, id) = raised(settler);
        let dossier = bench.desk.dossier(id, minute(4)).unwrap();
        let exception = &dossier.record.exceptions[0];
        assert_eq!(exception.owner.as_ref().map(Login::as_str), Some(expected));
        assert_eq!(exception.state.word(), "in-progress");
        let told = &dossier.history.last().unwrap().facts.lines;
        assert!(told.iter().any(|line| line.what == "exception 1 owner" && line.to.as_deref() == Some(expected)));
        assert!(bench.desk.verify_chain().unwrap().holds());
    }
}

#[test]
fn an_exception_of_a_role_goes_to_whoever_has_the_fewest() {
    let (mut bench, id) = raised(Settler::Role(Role::Review));
    let flag = Action::Flag { kind: "missing-data".into(), at: None, blocking: None, text: "more".into(), to: None };
    bench.does("lead", id, &flag, 4);
    let owners: Vec<_> = bench.desk.dossier(id, minute(5)).unwrap().record.exceptions;
    assert_eq!(owners[1].owner.as_ref().map(Login::as_str), Some("review"));
}

fn no_signer() -> Policy {
    let mut policy = policy();
    policy.steps[3].not = vec![Excluded::Signer];
    policy.steps[3].acts = vec![Role::Lead, Role::Review];
    policy
}

#[test]
fn whoever_signed_before_neither_acts_in_a_step_that_keeps_signers_out_nor_sees_it_waiting() {
    use stageplate::domain::queue::QueueName;
    use stageplate::store::{CountQuery, Target};
    let mut bench = Bench::under(no_signer());
    let id = bench.in_review(1);
    bench.confirm_everything(id, 5);
    bench.does("review", id, &advance(), 6);
    let waiting = |bench: &mut Bench, who: &str| {
        let query = CountQuery { queue: QueueName::Waiting, filter: None, who: login(who), now: minute(7) };
        let filter = stageplate::domain::filter::Filter::parse("vin:*", minute(7).day()).ok();
        let listed = bench.desk.count(&CountQuery { filter, ..query.clone() }).unwrap();
        (bench.desk.count(&query).unwrap(), listed)
    };
    assert_eq!(waiting(&mut bench, "review"), (0, 0));
    assert_eq!(waiting(&mut bench, "other"), (1, 1));
    let no = bench.act("review", Target::Record(id), &advance(), 7).unwrap_err();
    assert!(no.to_string().contains("signed an earlier checkpoint"), "{no}");
    bench.does("other", id, &advance(), 8);
}

#[test]
fn a_policy_may_ask_for_a_reason_to_move_on() {
    use stageplate::domain::policy::Reasoned;
    use stageplate::store::Target;
    let mut policy = policy();
    policy.reasons = [Reasoned::Advance, Reasoned::Take].into();
    let mut bench = Bench::under(policy);
    let id = bench.taken_in(1);
    let take_it = |reason: Option<&str>| Action::Assign { to: Some(login("prep")), reason: reason.map(str::to_owned) };
    let on = |reason: Option<&str>| Action::Advance { reason: reason.map(str::to_owned) };
    assert!(bench.act("prep", Target::Record(id), &take_it(None), 2).is_err());
    bench.does("prep", id, &take_it(Some("next in line")), 3);
    let no = bench.act("prep", Target::Record(id), &on(Some(" ")), 4).unwrap_err();
    assert!(no.to_string().contains("asks for a reason"), "{no}");
    bench.does("prep", id, &on(Some("complete")), 5);
}

//! Scopes and policies on a desk with records in work: who joins, who moves, which policy governs, what a new one refuses.

use stageplate::domain::action::{Action, Settle, SheetRow};
use stageplate::domain::governance::DeskAction;
use stageplate::domain::identity::ExceptionId;
use stageplate::domain::person::{Person, Role};
use stageplate::domain::plan::OfPolicy;
use stageplate::domain::policy::{Policy, Rename};
use stageplate::domain::queue::{QueueName, Sort};
use stageplate::domain::scope::Scope;
use stageplate::store::{Applied, PageQuery, StoreError, Target};

use crate::desk::*;
use crate::people::{govern, queue};

fn scope(bench: &mut Bench, name: &str, rule: Option<&str>) {
    let matches = rule.map(str::to_owned);
    govern(bench, &DeskAction::AddScope(Scope { name: name.into(), title: name.into(), team: None, matches }));
}

fn apply(scope: Option<&str>, policy: Policy) -> DeskAction {
    let (scope, policy) = (scope.map(str::to_owned), Box::new(policy));
    DeskAction::ApplyPolicy { scope, policy, source: "name = \"other\"\n".into(), reason: "a better way".into() }
}

fn refused(bench: &mut Bench, action: &DeskAction) -> stageplate::domain::plan::Refusal {
    let root = bench.actor("root");
    match bench.desk.govern(&root, action, fresh_request(), minute(9)) {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn rule(done: Result<Applied, StoreError>) -> String {
    no(done).rule
}

fn no(done: Result<Applied, StoreError>) -> stageplate::domain::plan::Refusal {
    match done {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn record(bench: &mut Bench, number: u32) -> stageplate::domain::record::Record {
    let id = bench.desk.record_id(&vin(number)).unwrap();
    bench.desk.dossier(id, minute(20)).unwrap().record
}

/// A policy with a step more, under which a review may take a day longer.
fn longer() -> Policy {
    let mut policy = policy();
    policy.steps[2].due_days = Some(9);
    let legal =
        stageplate::domain::policy::Step { name: "legal".into(), title: "Legal".into(), ..policy.steps[3].clone() };
    policy.steps.insert(4, stageplate::domain::policy::Step { checkpoint: Some("legal".into()), ..legal });
    policy
}

#[test]
fn a_record_joins_the_first_scope_whose_rule_selects_it_when_it_comes_in() {
    let mut bench = Bench::new();
    scope(&mut bench, "a-buses", Some("category:M3"));
    scope(&mut bench, "b-boxes", Some("variant:BOX"));
    scope(&mut bench, "c-all", Some("vin:*"));
    let message = receive(&vin(1), "6000", "a.xml");
    bench.act("prep", Target::Intake(vin(1)), &message, 0).unwrap();
    assert_eq!(record(&mut bench, 1).scope.as_deref(), Some("c-all"), "its variant is the base's still");
    let sheet = sheet(&[("Variant", "BOX"), ("TypeApprovalNumber", APPROVAL)]);
    bench.act("prep", Target::Intake(vin(2)), &sheet, 1).unwrap();
    assert_eq!(record(&mut bench, 2).scope.as_deref(), Some("b-boxes"));
    let told = bench.desk.log(Some(&vin(2)), stageplate::domain::identity::Seq(0), 9).unwrap();
    assert!(told[0].facts.lines.iter().any(|line| line.what == "scope" && line.to.as_deref() == Some("b-boxes")));
    let counts = bench.desk.health().unwrap().into_iter().find(|check| check.name == "counts").unwrap();
    assert!(counts.ok, "{}", counts.detail);
    assert!(bench.desk.verify_chain().unwrap().holds());
}

#[test]
fn a_scope_that_is_named_goes_before_every_rule_and_must_be_there() {
    let mut bench = Bench::new();
    scope(&mut bench, "boxes", Some("vin:*"));
    scope(&mut bench, "vans", None);
    let named = |scope: &str| {
        let row = SheetRow { stage: 2, scope: Some(scope.into()), source: "s.csv:2".into(), ..SheetRow::default() };
        Action::Prepare(row)
    };
    bench.act("prep", Target::Intake(vin(1)), &named("vans"), 0).unwrap();
    assert_eq!(record(&mut bench, 1).scope.as_deref(), Some("vans"));
    assert_eq!(rule(bench.act("prep", Target::Intake(vin(2)), &named("vens"), 0)), "exists");
    assert_eq!(rule(bench.act("prep", Target::Intake(vin(1)), &named("boxes"), 1)), "scope");
}

#[test]
fn a_record_moves_between_scopes_with_a_reason_by_a_lead() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans", None);
    let id = bench.in_review(1);
    let to = |to: &str, reason: &str| Action::MoveScope { to: to.into(), reason: reason.into() };
    assert_eq!(rule(bench.act("review", Target::Record(id), &to("vans", "fits"), 5)), "role");
    assert_eq!(rule(bench.act("lead", Target::Record(id), &to("vans", " "), 5)), "reason");
    assert_eq!(rule(bench.act("lead", Target::Record(id), &to("vens", "fits"), 5)), "exists");
    bench.does("lead", id, &to("vans", "fits there"), 6);
    assert_eq!(record(&mut bench, 1).scope.as_deref(), Some("vans"));
    assert!(bench.desk.verify_chain().unwrap().holds());
}

#[test]
fn the_policy_of_a_scope_governs_its_records_and_no_others() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans", None);
    govern(&mut bench, &apply(Some("vans"), longer()));
    crate::people::join(&mut bench, 1, "vans");
    let ids: Vec<_> = (1..=2).map(|number| bench.in_review(number)).collect();
    let due = |bench: &mut Bench, id| {
        let queue = QueueName::All;
        let page = stageplate::store::PageQuery {
            queue,
            filter: None,
            sort: Default::default(),
            limit: 9,
            after: None,
            who: login("lead"),
            now: minute(9),
        };
        let rows = bench.desk.page(&page).unwrap().rows;
        rows.iter().find(|row| row.summary.id == id).unwrap().summary.due.unwrap().to_string()
    };
    assert_eq!(due(&mut bench, ids[0]), "2026-07-17");
    assert_eq!(due(&mut bench, ids[1]), "2026-07-08");
    for id in &ids {
        bench.confirm_everything(*id, 5);
        bench.does("review", *id, &advance(), 6);
        bench.does("lead", *id, &advance(), 7);
    }
    assert_eq!(record(&mut bench, 1).step, "legal");
    assert_eq!(record(&mut bench, 2).step, "ready");
    assert_eq!(queue(&mut bench, "lead", QueueName::Waiting), ["001"]);
    assert_eq!(queue(&mut bench, "lead", QueueName::Ready), ["002"]);
    assert_eq!(queue(&mut bench, "lead", QueueName::Unassigned), ["001", "002"]);
    let versions: Vec<u32> =
        bench.desk.dossier(ids[0], minute(9)).unwrap().history.iter().map(|event| event.facts.policy).collect();
    assert!(versions.iter().all(|version| *version == 2), "{versions:?}");
    let lead = Action::MoveScope { to: "vans".into(), reason: "fits".into() };
    bench.does("lead", ids[1], &lead, 10);
    assert!(bench.desk.verify_chain().unwrap().holds());
}

#[test]
fn a_record_in_a_step_that_the_other_scope_lacks_is_not_moved_there() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans", None);
    scope(&mut bench, "buses", None);
    govern(&mut bench, &apply(Some("vans"), longer()));
    crate::people::join(&mut bench, 1, "vans");
    let id = bench.in_review(1);
    bench.confirm_everything(id, 5);
    bench.does("review", id, &advance(), 6);
    bench.does("lead", id, &advance(), 7);
    let to = Action::MoveScope { to: "buses".into(), reason: "fits".into() };
    assert_eq!(rule(bench.act("lead", Target::Record(id), &to, 8)), "policy");
}

#[test]
fn records_in_work_come_under_the_policy_that_follows_each_in_its_step() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.in_review(2);
    let mut after = policy();
    after.steps[2].name = "technical".into();
    after.steps[2].due_days = Some(9);
    let no = refused(&mut bench, &apply(None, after.clone()));
    assert_eq!(no.rule, "in-flight");
    let told = format!("2 in `review` ({}, {}; all: stageplate queue", vin(1), vin(2));
    assert!(no.hints[0].starts_with(&told), "{:?}", no.hints);
    let Some(OfPolicy::Unplaced(unplaced)) = no.policy.map(|about| *about) else { panic!("no record is named") };
    let unplaced = &unplaced[0];
    assert_eq!((unplaced.records, unplaced.filter.as_str()), (2, "step:review"));
    assert_eq!(unplaced.vins, [vin(1).to_string(), vin(2).to_string()]);
    after.renames = vec![Rename { from: "review".into(), to: "technical".into() }];
    govern(&mut bench, &apply(None, after));
    let dossier = bench.desk.dossier(id, minute(20)).unwrap();
    assert_eq!(dossier.record.step, "technical");
    let last = dossier.history.last().unwrap();
    assert_eq!((last.action.as_str(), last.facts.policy), ("policy", 2));
    assert_eq!(queue(&mut bench, "review", QueueName::Waiting), ["001", "002"]);
    let mut bare = bench.plain().query_row("SELECT due FROM record WHERE id = 1", [], |row| row.get::<_, i64>(0));
    assert_eq!(bare.as_mut().ok(), Some(&mut 20651), "17 July 2026, nine working days after the sixth");
    assert!(bench.desk.verify_chain().unwrap().holds());
    bench.confirm_everything(id, 21);
    bench.does("review", id, &advance(), 22);
}

#[test]
fn reports_count_a_step_of_another_name_under_the_one_it_has_today() {
    let mut bench = Bench::new();
    let id = bench.in_review(1);
    bench.confirm_everything(id, 3);
    bench.does("review", id, &advance(), 4);
    let mut after = policy();
    after.steps[2].name = "technical".into();
    after.renames = vec![Rename { from: "review".into(), to: "technical".into() }];
    govern(&mut bench, &apply(None, after));
    bench.does("lead", id, &flag("missing-data"), 30);
    let since = "2026-07-06".parse().unwrap();
    let report = bench.desk.rollout_report(None, since, minute(40)).unwrap();
    assert_eq!((report[0].now.missing_before, report[0].now.missing_after), (0, 1), "review let it through");
    let steps = bench.desk.throughput_report(None, since).unwrap().steps;
    assert_eq!(steps.get("technical").map(stageplate::domain::report::figures::Spread::count), Some(1));
    assert!(!steps.contains_key("review"));
}

#[test]
fn what_a_policy_has_not_reached_yet_is_shown_right_and_the_next_act_on_the_desk_goes_on() {
    let mut bench = Bench::new();
    bench.in_review(1);
    let mut after = policy();
    after.steps[2].due_days = Some(9);
    govern(&mut bench, &apply(None, after));
    let plain = bench.plain();
    plain.execute_batch("UPDATE record SET due = 5; INSERT INTO meta VALUES ('followed', '0')").unwrap();
    assert!(bench.desk.verify_chain().unwrap().holds(), "lists work it out");
    scope(&mut bench, "vans", None);
    let due: i64 = plain.query_row("SELECT due FROM record", [], |row| row.get(0)).unwrap();
    assert_eq!(due, 20651);
}

#[test]
fn a_policy_keeps_the_kinds_of_what_is_still_to_be_settled_where_it_governs() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans", None);
    let id = bench.in_review(1);
    bench.does("lead", id, &flag("other"), 5);
    let mut after = policy();
    after.exception_kinds.retain(|kind| kind.name != "other");
    let no = refused(&mut bench, &apply(None, after.clone()));
    assert_eq!(no.message, "1 exceptions that are not settled for good would have no kind under this policy");
    assert!(no.hints[0].contains("kind:other"), "{:?}", no.hints);
    let settle = |how| Action::Settle { id: ExceptionId(1), how };
    let until = chrono::NaiveDate::from_ymd_opt(2027, 1, 1);
    bench.does("lead", id, &settle(Settle::Waive { text: "for now".into(), until }), 6);
    assert_eq!(refused(&mut bench, &apply(None, after.clone())).rule, "in-flight", "a waiver ends");
    bench.does("lead", id, &settle(Settle::Reopen { text: "not so".into() }), 7);
    bench.does("lead", id, &settle(Settle::Waive { text: "for good".into(), until: None }), 8);
    assert_eq!(refused(&mut bench, &apply(None, after.clone())).rule, "in-flight", "and any can be taken back");
    bench.does("lead", id, &settle(Settle::Reopen { text: "not so".into() }), 9);
    bench.does("lead", id, &settle(Settle::Resolve { text: "done".into() }), 10);
    govern(&mut bench, &apply(None, after.clone()));
    govern(&mut bench, &apply(Some("vans"), after));
}

#[test]
fn a_policy_of_a_scope_that_releases_elsewhere_is_refused() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans", None);
    let mut other = policy();
    other.steps[4].name = "sealing".into();
    assert_eq!(refused(&mut bench, &apply(Some("vans"), other)).rule, "policy");
    assert_eq!(refused(&mut bench, &apply(Some("vens"), policy())).rule, "exists");
}

#[test]
fn the_words_of_a_rule_are_looked_up_and_must_mean_the_same_whoever_asks_and_whenever() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans", None);
    let with = |rule: &str| {
        let matches = Some(rule.to_owned());
        DeskAction::AddScope(Scope { name: "new".into(), title: "New".into(), team: None, matches })
    };
    for (rule, told, near) in [
        ("step:intak", "no step `intak`", "intake"),
        ("owner:leed", "no person `leed`", "lead"),
        ("category:N1 scope:vens", "no scope `vens` (at character 19)", "vans"),
        ("exception:missing-dat", "no kind of exception `missing-dat`", "missing-data"),
        ("changed:Lenght", "no entry of the certificate is called `Lenght`", "Length"),
        ("varant:BOX", "there is no field `varant`", "variant"),
    ] {
        let no = refused(&mut bench, &with(rule));
        assert!(no.rule == "filter" && no.message.contains(told), "{rule}: {no}");
        assert!(no.hints.iter().any(|hint| hint.contains(near)), "{rule}: {:?}", no.hints);
    }
    for rule in ["owner:me", "age>5d", "due<3d", "unread:yes", "category:N1 -overdue:yes"] {
        let no = refused(&mut bench, &with(rule));
        assert!(no.rule == "filter" && (no.message.contains("depends on") || rule == "due<3d"), "{rule}: {no}");
    }
    govern(&mut bench, &with("category:N1 variant:BOX* -scope:vans"));
}

#[test]
fn a_lead_of_one_scope_moves_nothing_into_a_scope_they_do_not_lead() {
    let mut bench = Bench::new();
    scope(&mut bench, "buses", None);
    scope(&mut bench, "vans", None);
    crate::people::join(&mut bench, 1, "vans");
    let id = bench.in_review(1);
    let of = |scopes: &[&str]| {
        let scoped = scopes.iter().map(|scope| ((*scope).to_owned(), [Role::Lead].into())).collect();
        Person { scoped, ..person("mz", &[Role::Audit], None) }
    };
    let to = Action::MoveScope { to: "buses".into(), reason: "fits".into() };
    govern(&mut bench, &DeskAction::AddPerson(of(&["vans"])));
    let refusal = no(bench.act("mz", Target::Record(id), &to, 5));
    assert_eq!(refusal.rule, "role");
    assert!(refusal.message.contains("into the scope `buses`"), "{refusal}");
    govern(&mut bench, &DeskAction::SetPerson(of(&["buses"])));
    let refusal = no(bench.act("mz", Target::Record(id), &to, 6));
    assert!(refusal.hints.iter().any(|hint| hint.contains("in the scope buses only")), "{:?}", refusal.hints);
    assert!(refusal.hints.iter().any(|hint| hint.contains("in the scope `vans`")), "{:?}", refusal.hints);
    govern(&mut bench, &DeskAction::SetPerson(of(&["buses", "vans"])));
    bench.does("mz", id, &to, 7);
    assert_eq!(record(&mut bench, 1).scope.as_deref(), Some("buses"));
}

#[test]
fn figures_of_a_scope_know_the_steps_of_its_own_policy() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans", None);
    govern(&mut bench, &apply(Some("vans"), longer()));
    crate::people::join(&mut bench, 1, "vans");
    let id = bench.in_review(1);
    let steps = |bench: &mut Bench, scope: Option<&str>| -> Vec<String> {
        let overview = bench.desk.overview(scope, minute(9)).unwrap();
        overview.ageing.into_iter().map(|ageing| ageing.step).collect()
    };
    assert_eq!(
        steps(&mut bench, Some("vans")),
        ["intake", "preparation", "review", "compliance", "legal", "ready"],
        "in the order of the scope's work"
    );
    assert!(!steps(&mut bench, None).contains(&"legal".to_owned()));
    bench.confirm_everything(id, 5);
    bench.does("review", id, &advance(), 6);
    bench.does("lead", id, &advance(), 7);
    assert!(steps(&mut bench, None).contains(&"legal".to_owned()), "work is seen whoever's policy names its step");
    let report = bench.desk.age_report(Some("vans"), minute(9)).unwrap();
    assert_eq!(report.iter().map(|(_, ageing)| ageing.step.as_str()).collect::<Vec<_>>(), ["legal"]);
}

#[test]
fn a_desk_of_hundreds_of_scopes_lists_and_counts_what_waits_in_all_of_them() {
    let mut bench = Bench::new();
    let plain = bench.plain();
    for number in 0..600 {
        let name = format!("s{number:03}");
        plain.execute("INSERT INTO scope (name, title) VALUES (?1, ?1)", [name]).unwrap();
    }
    for number in 1..=3 {
        crate::people::join(&mut bench, number, &format!("s{:03}", number * 190));
    }
    for number in 1..=4 {
        bench.in_review(number);
    }
    let scoped = [("s190".to_owned(), [Role::Prepare].into())].into();
    govern(&mut bench, &DeskAction::SetPerson(Person { scoped, ..person("review", &[Role::Review], None) }));
    assert_eq!(queue(&mut bench, "review", QueueName::Waiting), ["001", "002", "003", "004"]);
    for (sort, expected) in [(Sort::Updated, ["004", "003"]), (Sort::Vin, ["001", "002"])] {
        let mut query = PageQuery {
            queue: QueueName::Waiting,
            filter: None,
            sort,
            limit: 2,
            after: None,
            who: login("review"),
            now: minute(10),
        };
        let mut listed = Vec::new();
        for _ in 0..2 {
            let page = bench.desk.page(&query).unwrap();
            listed.extend(page.rows.iter().map(|row| row.summary.vin.as_str()[14..].to_owned()));
            query.after = page.next;
        }
        assert_eq!(listed[..2], expected, "{sort:?}");
        assert_eq!(listed.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{sort:?}: {listed:?}");
    }
}

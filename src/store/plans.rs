//! How SQLite finds what lists ask: along an index in the order of the list, never through the whole table, never sorting.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::*;
use crate::domain::catalogue::Catalogue;
use crate::domain::filter::Filter;
use crate::domain::identity::{ExceptionId, Login};
use crate::domain::moment::Moment;
use crate::domain::person::{Person, Role};
use crate::domain::policy::{Excluded, Outcome as StepOutcome, Policy, Step};
use crate::domain::queue::{QueueName, Sort};
use crate::domain::triage::By;

static EMPTY: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Vec::new()));

fn step(name: &str, acts: &[Role], outcome: StepOutcome) -> Step {
    Step {
        name: name.into(),
        title: name.into(),
        acts: acts.to_vec(),
        not: vec![Excluded::Preparer],
        edit: false,
        gates: Vec::new(),
        checkpoint: Some(name.into()),
        meaning: None,
        due_days: None,
        outcome,
        ..Step::default()
    }
}

fn desk(directory: &std::path::Path) -> Desk {
    let root = Person::new(Login::parse("root").unwrap(), "Root", Role::ALL);
    let founder = Person { team: Some("all".into()), ..root };
    let steps = vec![
        step("preparation", &[Role::Prepare], StepOutcome::Advance),
        step("review", &[Role::Review, Role::Prepare], StepOutcome::Advance),
        step("ready", &[Role::Release], StepOutcome::Release),
        step("released", &[], StepOutcome::Rest),
        step("archived", &[], StepOutcome::Rest),
    ];
    let policy = Policy {
        name: "plans".into(),
        version: 1,
        steps,
        exception_kinds: Vec::new(),
        grades: BTreeMap::new(),
        options: Vec::new(),
        ..Policy::default()
    };
    let new = NewDesk { policy, policy_source: String::new(), options: None, founder, demo: true };
    Desk::create(&directory.join("desk.db"), &new, &EMPTY, Moment(0)).unwrap()
}

fn query(queue: QueueName, sort: Sort) -> PageQuery {
    let who = Login::parse("root").unwrap();
    PageQuery { queue, filter: None, sort, limit: 50, after: None, who, now: Moment(0) }
}

fn runs_along_an_index(plan: &[String]) -> bool {
    let scans = |line: &String| {
        let whole = line.starts_with("SCAN") && !line.contains("INDEX");
        whole || line.contains("TEMP B-TREE")
    };
    !plan.is_empty() && !plan.iter().any(scans)
}

#[test]
fn every_queue_runs_along_an_index_in_its_usual_order_from_any_place() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = desk(directory.path());
    for queue in QueueName::all() {
        for after in [None, Some("due.20000.5".parse().unwrap())] {
            let plan = desk.page_plan(&PageQuery { after, ..query(queue, Sort::Due) }).unwrap();
            assert!(runs_along_an_index(&plan), "{}: {plan:#?}", queue.word());
        }
    }
}

#[test]
fn the_large_queues_run_along_an_index_in_every_order() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = desk(directory.path());
    for queue in [QueueName::All, QueueName::Released, QueueName::Archive] {
        for (sort, word) in Sort::TABLE {
            let plan = desk.page_plan(&query(queue, sort)).unwrap();
            assert!(runs_along_an_index(&plan), "{} by {word}: {plan:#?}", queue.word());
        }
    }
}

#[test]
fn a_filter_by_what_has_an_index_uses_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = desk(directory.path());
    for (text, index) in [
        ("step:review", "record_step"),
        ("owner:me", "record_owner"),
        ("scope:vans", "record_scope"),
        ("approval:e4*2018/858*00871*", "record_approval"),
        ("delivery:rejected", "record_delivery"),
        ("vin:WDB9066331S123456", "sqlite_autoindex_record_1"),
        ("changed:13", "record_change"),
        ("finding:AP-04", "PRIMARY KEY (check_id=?)"),
        ("exception:base-error", "exception_kind_state"),
    ] {
        let filter = Some(Filter::parse(text, Moment(0).day()).unwrap());
        let plan = desk.page_plan(&PageQuery { filter, ..query(QueueName::All, Sort::Due) }).unwrap();
        assert!(plan.iter().any(|line| line.contains(index)), "{text}: {plan:#?}");
    }
}

#[test]
fn values_that_a_filter_completes_are_looked_up_and_never_scanned_for() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = desk(directory.path());
    let vins = desk.plan_of(values::VINS).unwrap();
    assert_eq!(vins, ["SEARCH record USING COVERING INDEX sqlite_autoindex_record_1 (vin>? AND vin<?)"]);
    let orders = desk.plan_of(values::ORDERS).unwrap();
    let steps = ["SCAN search VIRTUAL TABLE INDEX 0:M", "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"];
    for step in steps {
        assert!(orders.iter().any(|line| line.starts_with(step)), "{step}: {orders:#?}");
    }
    assert!(!orders.iter().any(|line| line.starts_with("SCAN r")), "{orders:#?}");
}

#[test]
fn lists_of_exceptions_run_along_an_index() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = desk(directory.path());
    for (text, settled, index) in [
        ("", false, "exception_to_settle"),
        ("approval:e4*2018/858*00871* age>5d", false, "exception_to_settle"),
        ("kind:base-error", false, "exception_kind"),
        ("kind:base-error", true, "exception_kind"),
        ("owner:me", false, "exception_owner"),
    ] {
        let filter = Some(Filter::parse_exceptions(text, Moment(0).day()).unwrap());
        let who = Login::parse("root").unwrap();
        let query = ExceptionQuery { filter, settled, limit: 50, after: None, who, now: Moment(0) };
        let plan = desk.exceptions_plan(&query).unwrap();
        assert!(plan.iter().any(|line| line.contains(index)), "{text} {settled}: {plan:#?}");
        assert!(!plan.iter().any(|line| line.contains("SCAN x") && !line.contains("INDEX")), "{text}: {plan:#?}");
    }
    for (by, word, _) in By::TABLE {
        let query = GroupQuery { by, filter: None, who: Login::parse("root").unwrap(), now: Moment(0) };
        let plan = desk.groups_plan(&query).unwrap();
        assert!(plan.iter().any(|line| line.contains("SEARCH x USING INDEX exception_to_settle")), "{word}: {plan:#?}");
        assert!(!plan.iter().any(|line| line.contains("ORDER BY")), "{word} is sorted before it is cut: {plan:#?}");
    }
    let linked = desk.linked_plan(ExceptionId(1), 100).unwrap();
    assert!(linked.iter().any(|line| line == "SEARCH x USING INDEX exception_group (grp=?)"), "{linked:#?}");
    assert!(runs_along_an_index(&linked), "{linked:#?}");
    for sql in [
        "SELECT id FROM exception WHERE grp = ?1 ORDER BY id",
        "SELECT body FROM exception_remark WHERE exception = ?1 ORDER BY number",
    ] {
        let plan = desk.plan_of(sql).unwrap();
        assert!(runs_along_an_index(&plan), "{sql}: {plan:#?}");
    }
}

#[test]
fn the_archive_runs_back_along_the_releases_and_a_rare_filter_along_its_records() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = desk(directory.path());
    let who = Login::parse("root").unwrap();
    for (text, after, steps) in [
        ("", None, ["SCAN e", "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"]),
        ("", Some(9), ["SEARCH e USING INTEGER PRIMARY KEY (rowid<?)", "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"]),
        ("owner:none released>2026-01-01", None, ["SCAN e", "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"]),
        (
            "vin:WDB9066331S123456",
            None,
            [
                "SEARCH r USING INDEX sqlite_autoindex_record_1 (vin=?)",
                "SEARCH e USING INDEX sqlite_autoindex_release_3 (record=?)",
            ],
        ),
    ] {
        let filter = (!text.is_empty()).then(|| Filter::parse(text, Moment(0).day()).unwrap());
        let query = ArchiveQuery { filter, limit: 50, after, who: who.clone(), now: Moment(0) };
        let plan = desk.archive_plan(&query).unwrap();
        for step in steps {
            assert!(plan.iter().any(|line| line == step), "{text}: {step}\n{plan:#?}");
        }
        // The last version of a record is the end of the primary key; the releases of one vehicle are few enough to be sorted.
        assert!(
            plan.iter().any(|line| line.contains("SEARCH l USING COVERING INDEX sqlite_autoindex_release_3")),
            "{plan:#?}"
        );
        assert_eq!(plan.iter().any(|line| line.contains("TEMP B-TREE")), text.starts_with("vin"), "{text}: {plan:#?}");
    }
    let total = desk.plan_of(archive::TOTAL).unwrap();
    assert!(total.iter().all(|line| line.contains("tally_release")), "{total:#?}");
}

#[test]
fn every_count_of_a_whole_queue_reads_a_tally_or_an_index() {
    let directory = tempfile::tempdir().unwrap();
    let mut desk = desk(directory.path());
    let statements = [
        "SELECT word, part, records FROM tally WHERE kind = 'step'",
        "SELECT count(*) FROM record WHERE exceptional = 1 AND (open_exceptions > 0 OR waiver_end < ?1)",
        "SELECT coalesce(sum(records), 0) FROM tally_due WHERE day < ?1",
        "SELECT count(*) FROM unread WHERE login = ?1",
        count::HELD,
        count::HELD_LATE,
        count::CHANGED_BY,
        options::IN_STEP,
        options::IN_SCOPE,
        overview::LOAD,
        overview::LOAD_OF_SCOPE,
        overview::LATE,
        overview::HELD,
        overview::STANDING,
        overview::ENDED,
        overview::RELEASED,
        standing::NAMING,
        uses::USES,
        uses::MADE,
        uses::UNDATED,
        grading::POLICIES,
        &format!("SELECT seq {}", grading::APPLIED_BY),
    ];
    for sql in statements {
        let plan = desk.plan_of(sql).unwrap();
        assert!(runs_along_an_index(&plan), "{sql}: {plan:#?}");
    }
}

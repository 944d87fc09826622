//! Build options on a desk: applied to it or to one scope, numbered, told in the history, and obeyed by build sheets.

use stageplate::domain::action::{Action, SheetRow};
use stageplate::domain::governance::DeskAction;
use stageplate::domain::options::{BuildOption, Options};
use stageplate::domain::person::Actor;
use stageplate::domain::plan::No;
use stageplate::domain::scope::Scope;
use stageplate::store::{Governed, Outcome, StoreError, Target};

use crate::desk::{Bench, fresh_request, minute, vin};
use crate::fixture::{self, sheet};

fn option(code: &str, excludes: &[&str]) -> BuildOption {
    let excludes = excludes.iter().map(|code| (*code).to_owned()).collect();
    BuildOption { code: code.to_owned(), title: code.to_lowercase(), excludes, ..BuildOption::default() }
}

fn apply(bench: &mut Bench, who: &str, scope: Option<&str>, options: &[BuildOption]) -> Result<Governed, StoreError> {
    let options = Options { scope: scope.map(str::to_owned), options: options.to_vec(), ..Options::default() };
    let act = DeskAction::ApplyOptions {
        options: Box::new(options),
        source: "# test\n".to_owned(),
        reason: "as agreed".to_owned(),
    };
    let actor = bench.actor(who);
    bench.desk.govern(&actor, &act, fresh_request(), minute(1))
}

fn scope(bench: &mut Bench, name: &str) {
    let root = Actor::of(&crate::desk::new_desk().founder);
    let scope = Scope { name: name.to_owned(), title: name.to_owned(), team: None, matches: None };
    bench.desk.govern(&root, &DeskAction::AddScope(scope), fresh_request(), minute(0)).unwrap();
}

fn codes(bench: &mut Bench, scope: Option<&str>) -> (u32, Vec<String>) {
    let options = bench.desk.options(scope).unwrap();
    (options.version, options.options.into_iter().map(|option| option.code).collect())
}

#[test]
fn a_scope_s_options_come_before_the_desk_s_and_these_before_the_policy_s() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans");
    let (version, of_policy) = codes(&mut bench, Some("vans"));
    let in_policy: Vec<String> = crate::desk::policy().options.into_iter().map(|option| option.code).collect();
    assert_eq!((version, of_policy), (0, in_policy));
    assert_eq!(apply(&mut bench, "lead", None, &[option("BOX", &[])]).unwrap().outcome, Outcome::Created);
    assert_eq!(codes(&mut bench, Some("vans")), (1, vec!["BOX".to_owned()]));
    apply(&mut bench, "lead", Some("vans"), &[option("SHELF", &[])]).unwrap();
    assert_eq!(codes(&mut bench, Some("vans")), (2, vec!["SHELF".to_owned()]));
    assert_eq!(codes(&mut bench, None), (1, vec!["BOX".to_owned()]));
    assert_eq!(bench.desk.option_codes().unwrap(), ["BOX", "SHELF"]);
    let mut other = bench.another_desk();
    assert_eq!(other.options(Some("vans")).unwrap().version, 2, "another process sees them");
    let report = bench.desk.verify_chain().unwrap();
    assert!(report.holds(), "{:?}", report.faults);
}

#[test]
fn the_same_options_again_change_nothing_and_others_are_told_by_name() {
    let mut bench = Bench::new();
    let first = apply(&mut bench, "lead", None, &[option("BOX", &[]), option("CRANE", &[])]).unwrap();
    let again = apply(&mut bench, "lead", None, &[option("BOX", &[]), option("CRANE", &[])]).unwrap();
    assert_eq!((again.outcome, again.seq), (Outcome::Unchanged, first.seq));
    let second = apply(&mut bench, "lead", None, &[option("BOX", &["CRANE"]), option("CRANE", &[])]).unwrap();
    let events = bench.desk.log(None, first.seq, 10).unwrap();
    assert_eq!((events.len(), events[0].seq, events[0].action.as_str()), (1, second.seq, "options-apply"));
    let told: Vec<&str> = events[0].facts.lines.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(told, ["option BOX"]);
    assert_eq!(events[0].facts.reason.as_deref(), Some("as agreed"));
}

#[test]
fn only_a_lead_or_an_administrator_applies_options_and_only_to_a_scope_there_is() {
    let mut bench = Bench::new();
    let refused = |error: StoreError| match error {
        StoreError::Refused(refusal) => refusal.no,
        other => panic!("{other}"),
    };
    assert_eq!(refused(apply(&mut bench, "prep", None, &[]).unwrap_err()), No::NotAllowed);
    assert_eq!(refused(apply(&mut bench, "lead", Some("vans"), &[]).unwrap_err()), No::NotFound);
}

#[test]
fn a_build_sheet_goes_by_the_options_of_the_scope_it_names() {
    let mut bench = Bench::new();
    scope(&mut bench, "vans");
    apply(&mut bench, "lead", None, &[option("BOX", &[])]).unwrap();
    apply(&mut bench, "lead", Some("vans"), &[option("SHELF", &[]), option("TOWBAR", &[])]).unwrap();
    let row = |scope: Option<&str>| {
        let options = Some(vec!["SHELF".to_owned()]);
        Action::Prepare(SheetRow { scope: scope.map(str::to_owned), options, ..SheetRow::default() })
    };
    let no = bench.act("prep", Target::Intake(vin(1)), &row(None), 2).unwrap_err();
    assert!(no.to_string().contains("the options of this desk know no build option `SHELF`"), "{no}");
    bench.act("prep", Target::Intake(vin(1)), &row(Some("vans")), 3).unwrap();
}

#[test]
fn a_build_sheet_whose_options_contradict_each_other_is_refused() {
    let mut desk = fixture::Desk::prepared();
    let mut row = sheet();
    row.options = Some(vec!["BOX".to_owned(), "CAMPER".to_owned()]);
    let no = desk.act("prep", &Action::Prepare(row.clone())).unwrap_err();
    assert_eq!((no.rule.as_str(), no.message.as_str()), ("options", "BOX and CAMPER exclude each other"));
    row.options = Some(vec!["BOX".to_owned(), "CRANE".to_owned()]);
    assert!(desk.act("prep", &Action::Prepare(row)).is_ok(), "both are lorries");
}

//! The policy that ships reads whole, and every fault of a broken one is told with its line.

use super::read;
use crate::domain::checks::Grade;
use crate::domain::person::Role;
use crate::domain::policy::{Excluded, Gate, Outcome};
use crate::ivi::catalogue;

const SHIPPED: &str = include_str!("../../../sample-data/policy.toml");

const SMALL: &str = r#"
name = "small"
[[step]]
name = "work"
acts = ["prepare"]
edit = true
[[step]]
name = "ready"
acts = ["release"]
outcome = "release"
[[step]]
name = "done"
outcome = "rest"
[[exception]]
name = "late-correction"
"#;

/// The faults of a policy, as a person reads them.
fn faults(text: &str) -> Vec<String> {
    read(text, "p.toml", catalogue()).unwrap_err().iter().map(ToString::to_string).collect()
}

fn with(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    SMALL.replacen(from, to, 1)
}

#[test]
fn the_policy_that_ships_is_the_default_workflow() {
    let policy = read(SHIPPED, "policy.toml", catalogue()).unwrap();
    let names: Vec<&str> = policy.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["intake", "preparation", "review", "compliance", "ready", "released", "archived"]);
    let ready = policy.releasing().unwrap();
    assert_eq!((ready.name.as_str(), ready.acts.as_slice()), ("ready", &[Role::Release][..]));
    assert_eq!(ready.not, [Excluded::Preparer, Excluded::LastEditor]);
    assert!(ready.gates.contains(&Gate::SignedOff));
    assert_eq!(policy.step("archived").unwrap().outcome, Outcome::Rest);
    assert_eq!(policy.step("review").unwrap().checkpoint.as_deref(), Some("technical review"));
    assert_eq!(policy.grades.get("AR-01"), Some(&Grade::Block));
    let lift = policy.option("TAILLIFT").unwrap();
    assert!(lift.restate.contains(&"AxleTable/DistributionMassRunningOrderAxle".to_owned()), "names become paths");
}

#[test]
fn what_a_policy_leaves_out_has_its_usual_meaning() {
    let policy = read(SMALL, "p.toml", catalogue()).unwrap();
    let work = policy.step("work").unwrap();
    assert_eq!((work.title.as_str(), work.outcome, work.due_days), ("work", Outcome::Advance, None));
    assert_eq!(policy.exception_kinds[0].settled_by, Role::Lead);
    assert!(policy.grades.is_empty() && policy.options.is_empty());
}

#[test]
fn every_unknown_word_is_told_at_once_with_its_line_and_the_nearest() {
    let text = r#"
name = "broken"
[[step]]
name = "work"
acts = ["prepair"]
not = ["prepares"]
gates = ["owner-name"]
edits = true
edit = true
outcome = "advanced"
[[step]]
name = "ready"
acts = ["release"]
outcome = "release"
[[step]]
name = "done"
outcome = "rest"
[[exception]]
name = "late-correction"
settled_by = "leed"
[checks]
AR-1 = "warn"
AR-02 = "blok"
[[option]]
code = "BOX"
restate = ["ActualMas", "16.1", "0.2"]
"#;
    let told = faults(text);
    let expected = [
        "p.toml:3: step `work` has nobody to act in it: give it `acts`",
        "p.toml:5: no role is called `prepair`",
        "p.toml:6: no exclusion is called `prepares`",
        "p.toml:7: no gate is called `owner-name`",
        "p.toml:8: `edits` is not known here (did you mean `edit`?)",
        "p.toml:10: no outcome is called `advanced`",
        "p.toml:20: no role is called `leed`",
        "p.toml:22: no check has the id `AR-1` (did you mean",
        "p.toml:23: no grade is called `blok`",
        "p.toml:26: no entry is called `ActualMas` (did you mean `ActualMass`?)",
        "p.toml:26: `0.2` names several entries",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (fault, expected) in told.iter().zip(expected) {
        assert!(fault.starts_with(expected), "{fault}\n{expected}");
    }
    assert!(told[1].ends_with("(did you mean `prepare`?)"));
}

#[test]
fn names_stand_once() {
    let twice = format!("{SMALL}[[exception]]\nname = \"late-correction\"\n");
    assert_eq!(faults(&twice), ["p.toml:16: exception `late-correction` stands in line 14 already"]);
    let twice = with("name = \"ready\"", "name = \"work\"");
    assert_eq!(faults(&twice), ["p.toml:7: step `work` stands in line 3 already"]);
}

#[test]
fn exactly_one_step_releases_and_the_others_lead_to_it_or_rest_after_it() {
    let none = with("outcome = \"release\"\n", "");
    assert_eq!(faults(&none), ["p.toml:1: exactly one step has `outcome = \"release\"`, here 0 have"]);
    let two = with("acts = [\"prepare\"]", "acts = [\"prepare\"]\noutcome = \"release\"");
    assert!(faults(&two)[0].contains("here 2 have"), "{:?}", faults(&two));
    let unreached = with("outcome = \"rest\"", "acts = [\"lead\"]");
    assert!(faults(&unreached)[0].contains("step `done` is never reached"), "{:?}", faults(&unreached));
    let blocked = with("edit = true", "outcome = \"rest\"");
    assert!(faults(&blocked).iter().any(|fault| fault.contains("no record gets beyond it")));
    let last = with("[[step]]\nname = \"done\"\noutcome = \"rest\"\n", "");
    assert!(faults(&last)[0].contains("there must be one with `outcome = \"rest\"`"));
}

#[test]
fn a_step_that_nobody_can_leave_or_sign_is_refused() {
    let cases = [
        (with("acts = [\"release\"]\n", ""), "has nobody to act in it"),
        (with("outcome = \"rest\"", "outcome = \"rest\"\nedit = true"), "lets content be changed"),
        (with("outcome = \"rest\"", "outcome = \"rest\"\ncheckpoint = \"last look\""), "nobody could sign"),
        (with("edit = true", "edit = true\nmeaning = \"seen\""), "has a meaning and no checkpoint"),
        (with("edit = true\n", ""), "nobody could fill in a certificate"),
        (with("acts = [\"release\"]", "acts = [\"audit\"]"), "which only reads"),
        (with("edit = true", "edit = true\ndue_days = 1000"), "a whole number from 0 to 999"),
        (with("edit = true", "edit = true\ndue_days = -1"), "a whole number from 0 to 999"),
    ];
    for (text, expected) in cases {
        let told = faults(&text);
        assert!(told.iter().any(|fault| fault.contains(expected)), "{expected}: {told:?}");
    }
}

#[test]
fn the_kind_that_the_desk_raises_itself_must_be_there() {
    let text = with("[[exception]]\nname = \"late-correction\"\n", "");
    assert!(faults(&text)[0].contains("`late-correction` is missing"));
}

#[test]
fn a_policy_that_is_not_toml_is_told_by_its_syntax() {
    assert!(faults("name = \n")[0].starts_with("p.toml:1:"));
}

//! The policy that ships reads whole, and every fault of a broken one is told with its line.

use super::read;
use crate::domain::checks::Grade;
use crate::domain::person::Role;
use crate::domain::plan::RAISED_BY_DESK;
use crate::domain::policy::{Entries, Excluded, Gate, NextOwner, Outcome, Reasoned, Settler};
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
name = "approval-mismatch"
[[exception]]
name = "rejected-delivery"
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
    assert!(policy.options.is_empty(), "they are in options.toml");
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
name = "approval-mismatch"
[[exception]]
name = "rejected-delivery"
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
        "p.toml:24: no role is called `leed`",
        "p.toml:26: no check has the id `AR-1` (did you mean",
        "p.toml:27: no grade is called `blok`",
        "p.toml:30: no entry is called `ActualMas` (did you mean `ActualMass`?)",
        "p.toml:30: `0.2` names several entries",
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
    assert_eq!(faults(&twice), ["p.toml:20: exception `late-correction` stands in line 18 already"]);
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
fn a_kind_that_the_desk_raises_itself_is_kept_and_is_missed_where_the_kinds_end() {
    for (kind, line) in [("late-correction", 16), ("approval-mismatch", 16), ("rejected-delivery", 16)] {
        let told = faults(&with(&format!("[[exception]]\nname = \"{kind}\"\n"), ""));
        let [told] = told.as_slice() else { panic!("{told:?}") };
        let expected = format!("p.toml:{line}: an [[exception]] with the name `{kind}` is missing");
        assert!(told.starts_with(&expected) && told.contains("raises it itself when"), "{told}");
    }
}

#[test]
fn a_policy_from_before_the_desk_raised_exceptions_is_told_the_lines_it_lacks() {
    let (old, _) = SMALL.split_once("[[exception]]").unwrap();
    let faults = read(old, "p.toml", catalogue()).unwrap_err();
    assert_eq!(faults.len(), RAISED_BY_DESK.len());
    let lines: Vec<&str> = faults.iter().flat_map(|fault| &fault.add).map(String::as_str).collect();
    let mended = read(&format!("{old}\n{}\n", lines.join("\n")), "p.toml", catalogue()).unwrap();
    let shipped = read(SHIPPED, "policy.toml", catalogue()).unwrap();
    for kind in RAISED_BY_DESK {
        assert_eq!(mended.exception_kind(kind.name), shipped.exception_kind(kind.name));
    }
}

#[test]
fn a_clause_is_found_by_its_table_name_and_key() {
    let line = |table: &str, name: &str, key: &str| super::line_of(SMALL, table, name, key);
    assert_eq!((line("step", "ready", "outcome"), line("step", "ready", "not")), (Some(10), Some(7)));
    assert_eq!((line("exception", "late-correction", "owner"), line("step", "nowhere", "acts")), (Some(18), None));
}

#[test]
fn a_policy_that_is_not_toml_is_told_by_its_syntax() {
    assert!(faults("name = \n")[0].starts_with("p.toml:1:"));
}

#[test]
fn a_calendar_owners_and_reasons_are_read() {
    let text = with("acts = [\"release\"]", "acts = [\"release\"]\nowner = \"round-robin\"")
        .replace("name = \"small\"", "name = \"small\"\nreasons = [\"take\", \"advance\"]")
        + "owner_role = \"lead\"\n[[exception]]\nname = \"other\"\nowner = \"mz\"\n\
           [calendar]\nweekend = [\"sunday\"]\nholidays = [2026-12-25, \"2026-12-26\"]\n";
    let policy = read(&text, "p.toml", catalogue()).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(policy.step("ready").unwrap().owner, NextOwner::RoundRobin);
    assert_eq!(policy.reasons, [Reasoned::Take, Reasoned::Advance].into());
    assert_eq!(policy.exception_kinds[2].owner, Some(Settler::Role(Role::Lead)));
    assert!(matches!(&policy.exception_kinds[3].owner, Some(Settler::Login(login)) if login.as_str() == "mz"));
    assert_eq!(policy.calendar.weekend, [6].into());
    assert_eq!(policy.calendar.holidays.len(), 2);
    assert_eq!(read(SMALL, "p.toml", catalogue()).unwrap().calendar.weekend, [5, 6].into());
}

#[test]
fn a_calendar_or_an_owner_that_cannot_be_is_refused() {
    let calendar = |rest: &str| format!("{SMALL}[calendar]\n{rest}\n");
    let week = "weekend = [\"monday\",\"tuesday\",\"wednesday\",\"thursday\",\"friday\",\"saturday\",\"sunday\"]";
    let cases = [
        (calendar("weekend = [\"sonday\"]"), "p.toml:21: no day of the week is called `sonday`"),
        (calendar(week), "every day is a weekend day"),
        (calendar("holidays = [2026-12-25, 2026-12-25]"), "p.toml:21: the holiday 2026-12-25 stands here twice"),
        (calendar("holidays = [\"2026-02-30\"]"), "a list of days as in 2026-12-25"),
        (with("outcome = \"rest\"", "outcome = \"rest\"\nowner = \"preparer\""), "which a record at rest has not"),
        (with("edit = true", "edit = true\nowner = \"preparer\""), "is where records begin"),
        (with("acts = [\"release\"]", "acts = [\"release\"]\nowner = \"round-robbin\""), "did you mean `round-robin`?"),
        (
            with("acts = [\"release\"]", "acts = [\"release\"]\nnot = [\"preparer\"]\nowner = \"preparer\""),
            "gives the record to its preparer and keeps the preparer out",
        ),
        (with("name = \"small\"", "name = \"small\"\nreasons = [\"advanc\"]"), "did you mean `advance`?"),
        (format!("{SMALL}owner = \"mz\"\nowner_role = \"lead\"\n"), "give one of them"),
    ];
    for (text, expected) in cases {
        let told = faults(&text);
        assert!(told.iter().any(|fault| fault.contains(expected)), "{expected}: {told:?}");
    }
}

#[test]
fn the_form_of_the_message_is_what_changed_unless_the_policy_asks_for_the_whole() {
    let entries = |text: &str| read(text, "p.toml", catalogue()).unwrap().release.entries;
    let with = |line: &str| format!("{SMALL}[release]\n{line}\n");
    assert_eq!((entries(SMALL), entries(SHIPPED)), (Entries::Changed, Entries::Changed));
    assert_eq!((entries(&with("")), entries(&with("entries = \"changed\""))), (Entries::Changed, Entries::Changed));
    assert_eq!(entries(&with("entries = \"whole\"")), Entries::Whole);
    let cases = [
        ("entries = \"hole\"", "p.toml:21: no form of the message is called `hole`; there are: changed, whole"),
        ("entries = \"hole\"", "(did you mean `whole`?)"),
        ("entrys = \"whole\"", "p.toml:21: `entrys` is not known here (did you mean `entries`?)"),
        ("entries = true", "p.toml:21: `entries` must be a text in quotes, not boolean"),
    ];
    for (line, expected) in cases {
        let told = faults(&with(line));
        assert!(told.len() == 1 && told[0].contains(expected), "{expected}: {told:?}");
    }
    let twice = faults(&format!("{SMALL}[[release]]\nentries = \"whole\"\n"));
    assert!(twice[0].contains("`release` must be a table, not array"), "{twice:?}");
}

#[test]
fn a_gate_that_nobody_could_satisfy_is_refused() {
    let gate = |gate: &str| with("acts = [\"release\"]", &format!("acts = [\"release\"]\ngates = [\"{gate}\"]"));
    let first =
        "[[step]]\nname = \"gate\"\nacts = [\"lead\"]\ngates = [\"approval-referenced\"]\n[[step]]\nname = \"work\"";
    let cases = [
        (
            gate("signed-off"),
            "p.toml:7: step `ready` has the gate `signed-off`, and no step before it has a checkpoint",
        ),
        (with("[[step]]\nname = \"work\"", first), "nobody could change content to satisfy it"),
        (with("outcome = \"rest\"", "outcome = \"rest\"\ngates = [\"owner-named\"]"), "nobody could satisfy any more"),
        (
            format!("{SMALL}settled_by = \"audit\"\n"),
            "`late-correction` is settled by the role audit, which only reads",
        ),
        (with("acts = [\"release\"]", "acts = [\"release\"]\nnot = [\"signer\"]"), "keeps out whoever signed before"),
        (with("acts = [\"release\"]", "acts = [\"release\"]\nnot = [\"reviewer\"]"), "keeps out the reviewer"),
        (format!("{SMALL}[[step]]\nname = \"filed\"\noutcome = \"rest\"\n"), "nobody acts in `done` before it"),
    ];
    for (text, expected) in cases {
        let told = faults(&text);
        assert!(told.iter().any(|fault| fault.contains(expected)), "{expected}: {told:?}");
    }
    let well = with("edit = true", "edit = true\ncheckpoint = \"made\"")
        .replace("acts = [\"release\"]", "acts = [\"release\"]\nnot = [\"signer\"]\ngates = [\"signed-off\"]");
    assert!(read(&well, "p.toml", catalogue()).is_ok());
}

#[test]
fn a_rename_leads_from_a_name_that_is_gone_to_one_that_is_there() {
    let rename = |from: &str, to: &str| format!("{SMALL}[[rename]]\nfrom = \"{from}\"\nto = \"{to}\"\n");
    let policy = read(&rename("filling-in", "work"), "p.toml", catalogue()).unwrap();
    assert_eq!(policy.step("filling-in").map(|step| step.name.as_str()), Some("work"));
    assert!(faults(&rename("ready", "work"))[0].contains("`ready` is a step of this policy"));
    assert!(faults(&rename("old", "worc"))[0].contains("no step `worc` (did you mean `work`?)"));
}

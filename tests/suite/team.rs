//! How a team works together, with the built program: absence and deputies, leaving, roles, what ends by itself, one fault on
//! many records, shared queues, next owners; and a policy that is checked before it is applied.

use serde_json::Value;
use stageplate::domain::action::{Action, Settle};
use stageplate::domain::identity::{ExceptionId, Vin};
use stageplate::domain::moment::Moment;
use stageplate::domain::person::{Actor, Role};
use stageplate::ivi;
use stageplate::store::{Act, Desk, Target};

use crate::site::Site;

const POLICY: &str = include_str!("../../sample-data/policy.toml");

/// The demo desk with some records.
fn demo(records: &str) -> Site {
    let site = Site::new();
    let folder = site.path("desk");
    let made = site.run(&["demo", "--records", records, "--dir", folder.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    site
}

/// The VINs of a queue under a filter.
fn vins(site: &Site, who: &str, queue: &str, filter: &str) -> Vec<String> {
    let all = site.json(who, &["queue", queue, "--filter", filter]);
    all.as_array().unwrap().iter().map(|row| row["vin"].as_str().unwrap().to_owned()).collect()
}

fn owner(site: &Site, vin: &str) -> Value {
    site.json("lead", &["show", vin])["record"]["owner"].clone()
}

fn history(site: &Site, vin: &str) -> String {
    site.expect(0, "lead", &["log", vin]).0.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the last act on a record changed, line by line.
fn lines(site: &Site, vin: &str) -> Vec<String> {
    let events = site.json("lead", &["log", vin]);
    let last = events.as_array().unwrap().last().unwrap()["lines"].clone();
    last.as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{}: {} -> {}", one["what"].as_str().unwrap(), one["from"], one["to"]))
        .collect()
}

fn sorted(mut vins: Vec<String>) -> Vec<String> {
    vins.sort();
    vins
}

/// Does something on the site's desk as it would have been done so many days ago.
fn days_ago(site: &Site, who: &str, role: Role, vin: &str, days: i64, action: impl FnOnce(Moment) -> Action) {
    let mut desk = Desk::open(&site.path("desk/desk.db"), ivi::catalogue()).unwrap();
    let person = desk.people().unwrap().into_iter().find(|person| person.login.as_str() == who).unwrap();
    assert!(person.holds(&[role], None));
    let today = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_micros()).unwrap();
    let now = Moment(today - days * 86_400_000_000);
    let record = desk.record_id(&Vin::parse(vin).unwrap()).unwrap();
    let request = crate::desk::fresh_request();
    let action = action(now);
    let actor = Actor::of(&person);
    let act = Act { actor: &actor, target: Target::Record(record), action: &action, seen: None, request, now };
    desk.apply(&act).unwrap();
}

#[test]
fn a_deputy_acts_and_the_history_says_for_whom_until_the_absent_one_is_back() {
    let site = demo("24");
    assert_eq!(vins(&site, "prep2", "mine", "owner:prep"), Vec::<String>::new(), "not theirs as long as prep is here");
    site.expect(0, "admin", &["person", "absent", "prep", "--until", "2999-01-01", "--deputy", "prep2"]);
    let theirs = vins(&site, "prep", "all", "owner:prep step:preparation held:no");
    assert_eq!(
        sorted(vins(&site, "prep2", "mine", "owner:prep")),
        sorted(vins(&site, "lead", "all", "owner:prep -step:released,archived")),
        "what is theirs is the deputy's to see"
    );
    site.expect(0, "prep2", &["take", &theirs[0], "--reason", "Marit is away"]);
    assert_eq!(owner(&site, &theirs[0]), "prep2");
    site.expect(0, "lead", &["assign", &theirs[0], "--to", "prep", "--reason", "it is hers"]);
    assert_eq!(owner(&site, &theirs[0]), "prep2", "it goes to who is there");
    let other = vins(&site, "lead", "all", "owner:none step:intake");
    site.expect(0, "lead", &["assign", &other[0], "--to", "prep"]);
    assert_eq!(owner(&site, &other[0]), "prep2");
    assert_eq!(lines(&site, &other[0]), ["owner: null -> \"prep2\"", "deputy: \"prep\" -> \"prep2\""]);
    site.expect(0, "admin", &["person", "back", "prep"]);
    site.expect(0, "lead", &["assign", &other[0], "--to", "prep", "--reason", "she is back"]);
    assert_eq!(owner(&site, &other[0]), "prep");
    assert_eq!(lines(&site, &other[0]), ["owner: \"prep2\" -> \"prep\""], "nobody stands in any more");
    assert_eq!(vins(&site, "prep2", "mine", "owner:prep"), Vec::<String>::new());
}

#[test]
fn what_somebody_who_leaves_owned_is_unassigned_and_seen_and_they_do_nothing_more() {
    let site = demo("12");
    let theirs = vins(&site, "prep", "all", "owner:prep -step:released,archived");
    assert!(!theirs.is_empty());
    site.expect(4, "lead", &["person", "leave", "prep", "--reason", "another job"]);
    site.expect(0, "admin", &["person", "leave", "prep", "--reason", "another job"]);
    let unassigned = vins(&site, "prep2", "unassigned", "vin:*");
    for vin in &theirs {
        assert!(unassigned.contains(vin), "{vin}");
        assert!(history(&site, vin).contains("prep left the desk"), "{vin}");
    }
    let no = site.refusal(4, "prep", &["take", &theirs[0]]);
    assert_eq!(no["rule"], "person");
}

#[test]
fn nobody_gives_themselves_a_role_and_the_last_administrator_stays() {
    let site = demo("1");
    let own = site.refusal(1, "admin", &["person", "set", "admin", "--role", "admin,release"]);
    assert_eq!(own["rule"], "own-roles", "{own}");
    let leaves = ["person", "leave", "admin", "--reason", "retired"];
    let steps_down = ["person", "set", "admin", "--role", "prepare"];
    for (words, rule) in [(&leaves[..], "last-admin"), (&steps_down, "own-roles")] {
        assert_eq!(site.refusal(1, "admin", words)["rule"], rule, "{words:?}");
    }
    site.expect(0, "admin", &["person", "set", "lead", "--role", "lead,admin"]);
    site.expect(0, "lead", &["person", "leave", "admin", "--reason", "retired"]);
    let last = site.refusal(1, "lead", &["person", "leave", "lead", "--reason", "retired"]);
    assert_eq!(
        (&last["rule"], &last["message"]),
        (&"last-admin".into(), &"lead is the last administrator of this desk".into())
    );
    let last = site.refusal(1, "lead", &["person", "set", "lead", "--role", "lead"]);
    assert_eq!(last["rule"], "last-admin", "{last}");
    let roles = site.json("lead", &["person", "list"]);
    let lead = roles.as_array().unwrap().iter().find(|one| one["login"] == "lead").unwrap();
    assert!(lead["roles"].as_array().unwrap().contains(&"admin".into()) && lead["left"].is_null(), "{lead}");
}

#[test]
fn a_hold_and_a_waiver_end_by_themselves() {
    let site = demo("12");
    let vin = &vins(&site, "lead", "all", "step:review held:no")[0];
    days_ago(&site, "lead", Role::Lead, vin, 5, |now| {
        let until = now.day().succ_opt();
        Action::Hold { reason: "parts are missing".into(), until }
    });
    assert!(!vins(&site, "lead", "all", "held:yes").contains(vin), "it ended four days ago");
    site.expect(0, "lead", &["flag", vin, "--kind", "other", "--blocking", "--text", "look at the lamps"]);
    let raised = site.json("lead", &["exception", "list", "--filter", &format!("vin:{vin} kind:other")]);
    let id = raised[0]["id"].as_i64().unwrap();
    days_ago(&site, "lead", Role::Lead, vin, 5, |now| {
        let how = Settle::Waive { text: "until the lamps come".into(), until: now.day().succ_opt() };
        Action::Settle { id: ExceptionId(id), how }
    });
    let open = site.json("lead", &["exception", "list", "--filter", &format!("vin:{vin} kind:other")]);
    assert_eq!((&open[0]["id"], &open[0]["state"]), (&id.into(), &"open".into()), "{open}");
    site.expect(0, "lead", &["note", vin, "--text", "still waiting"]);
    let told = history(&site, vin);
    assert!(told.contains("waived") && told.contains("open"), "{told}");
}

#[test]
fn the_same_fault_on_many_records_is_linked_and_settled_together_each_on_its_own() {
    let site = demo("12");
    let some: Vec<String> = vins(&site, "lead", "all", "step:review,compliance").into_iter().take(3).collect();
    for vin in &some {
        site.expect(0, "lead", &["flag", vin, "--kind", "other", "--text", "the plate is worded wrongly"]);
    }
    let raised = site.json("lead", &["exception", "list", "--filter", "kind:other state:open"]);
    let mut ids: Vec<String> = raised.as_array().unwrap().iter().map(|one| one["id"].to_string()).collect();
    ids.sort_by_key(|id| id.parse::<i64>().unwrap());
    let mut link = vec!["exception", "link"];
    link.extend(ids.iter().map(String::as_str));
    site.expect(0, "lead", &link);
    let words = ["exception", "resolve", &ids[0], "--group", "--text", "the template is mended"];
    let told = site.json("lead", &words);
    assert_eq!(told.as_array().map(Vec::len), Some(some.len()), "{told}");
    for vin in &some {
        let record = site.json("lead", &["show", vin]);
        let all = record["exceptions"].as_array().unwrap();
        assert!(all.iter().filter(|one| one["kind"] == "other").all(|one| one["state"] == "resolved"), "{all:?}");
    }
}

#[test]
fn a_queue_that_is_shared_is_the_teams_and_nobody_elses() {
    let site = demo("12");
    site.expect(0, "prep", &["queue", "save", "boxes", "variant:BOX", "--team"]);
    let boxes = vins(&site, "prep", "boxes", "vin:*");
    assert_eq!(vins(&site, "review", "boxes", "vin:*"), boxes, "the reviewer is of the same team");
    let listed = site.json("review", &["queue", "list"]);
    assert!(listed.as_array().unwrap().iter().any(|queue| queue["name"] == "boxes"));
    site.expect(5, "prep2", &["queue", "boxes"]);
}

#[test]
fn the_next_owner_goes_round_or_is_whoever_has_the_least() {
    for rule in ["round-robin", "least-loaded"] {
        let site = demo("12");
        let before = "title = \"Technical review\"\n";
        let policy = site.write("p.toml", &POLICY.replace(before, &format!("{before}owner = \"{rule}\"\n")));
        let words = ["policy", "apply", policy.to_str().unwrap(), "--reason", "nobody picks the easy ones"];
        site.expect(0, "lead", &words);
        site.expect(0, "admin", &["person", "add", "review3", "--name", "Third", "--role", "review"]);
        let load = |who: &str| vins(&site, "lead", "all", &format!("owner:{who} -step:released,archived")).len();
        let mut owners = Vec::new();
        for vin in vins(&site, "lead", "all", "step:compliance").iter().take(2) {
            let loads = [load("review"), load("review3")];
            site.expect(0, "lead", &["return", vin, "--to", "review", "--reason", "look again"]);
            let got = owner(&site, vin).as_str().unwrap().to_owned();
            let before = load(&got) - 1;
            assert!(rule == "round-robin" || loads.iter().all(|other| before <= *other), "{got}: {loads:?}");
            owners.push((site.json("lead", &["show", vin])["record"]["scope"].clone(), got));
        }
        let [first, second] = owners.as_slice() else { panic!("{owners:?}") };
        // Each scope has a round of its own.
        assert!(rule == "least-loaded" || first != second, "{owners:?}");
    }
}

#[test]
fn a_policy_is_checked_as_it_would_be_applied() {
    let site = demo("6");
    let try_it = |name: &str, text: &str, code: i32| {
        let file = site.write(name, text);
        let file = file.to_str().unwrap();
        let checked = site.refusal(code, "lead", &["policy", "check", file]);
        let applied = site.refusal(code, "lead", &["policy", "apply", file, "--reason", "try"]);
        (checked, applied)
    };
    let step = vins(&site, "lead", "all", "step:review");
    let (checked, applied) = try_it("steps.toml", &POLICY.replace("name = \"review\"", "name = \"look\""), 1);
    assert_eq!(checked, applied);
    let records = &applied["records"][0];
    assert_eq!((&records["step"], &records["count"]), (&"review".into(), &step.len().into()), "{applied}");
    let listed: Vec<&str> = records["vins"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(step.iter().all(|vin| listed.contains(&vin.as_str())) && listed.len() == step.len());
    assert!(applied["hints"][0].as_str().unwrap().contains("queue all --filter \"step:review\""), "{applied}");

    let alone =
        POLICY.replace("acts = [\"lead\"]\ngates = [\"no-blocking-exception\"]", "acts = [\"release\"]\ngates = []");
    let alone = alone.replace("not = [\"preparer\", \"last-editor\"]", "not = [\"signer\"]");
    let (checked, applied) = try_it("alone.toml", &alone, 1);
    assert_eq!(checked, applied);
    let told = applied["message"].as_str().unwrap();
    assert!(told.contains("only release could leave the step `ready`"), "{applied}");
    let line = alone.lines().position(|line| line.starts_with("not = [\"signer\"]")).unwrap() + 1;
    assert!(told.contains(&format!("alone.toml:{line}: under this policy")), "{applied}");
    let clause = serde_json::json!({"table": "step", "name": "ready", "key": "not", "line": line});
    assert_eq!(applied["clauses"][0], clause, "{applied}");

    let (_, applied) = try_it("kind.toml", &POLICY.replace("name = \"approval-mismatch\"", "name = \"mismatch\""), 2);
    let told = applied["hints"][0].as_str().unwrap();
    assert!(told.contains("kind.toml:") && told.contains("`approval-mismatch` is missing"), "{told}");
    let file = site.write("same.toml", POLICY);
    site.expect(0, "prep", &["policy", "check", file.to_str().unwrap()]);
}

#[test]
fn a_new_desk_is_told_which_steps_nobody_serves_and_what_to_do() {
    let site = Site::new();
    let out = site.run(&["init"]);
    let told = String::from_utf8(out.stderr).unwrap();
    for (what, role) in [("leave the step `intake`", "prepare"), ("checkpoint `technical review`", "review")] {
        let line = told.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{told}"));
        assert!(line.starts_with("warning: nobody") && line.ends_with(&format!("--role {role}")), "{line}");
    }
}

#[test]
fn a_dry_run_says_which_scope_a_record_would_join_by_its_rule() {
    let site = demo("1");
    let words = ["scope", "add", "cabs", "--title", "Cabs", "--match", "category:N2"];
    site.expect(0, "admin", &words);
    let message =
        std::fs::read_to_string(format!("{}/sample-data/base/chassis-cab-n2.xml", env!("CARGO_MANIFEST_DIR")));
    let file = site.write("new.xml", &message.unwrap().replace("ZZATG60D2TK104417", "ZZATG60D2TK109999"));
    let file = file.to_str().unwrap();
    let scope = |answer: &Value| {
        let lines = answer["changes"][0]["lines"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["what"] == "scope").map(|line| line["to"].clone())
    };
    assert_eq!(scope(&site.json("prep", &["import", file, "--dry-run"])), Some("cabs".into()));
    assert_eq!(vins(&site, "lead", "all", "scope:cabs"), Vec::<String>::new(), "nothing was written");
    site.expect(0, "prep", &["import", file]);
    assert_eq!(vins(&site, "lead", "all", "scope:cabs"), ["ZZATG60D2TK109999"]);
}

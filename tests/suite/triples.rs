//! Every step of the default policy, every kind of act, every role: what `plan` answers, written out.
//!
//! The tables are meant to be read. `yes` is an act that is done, `same` one that is let through and changes nothing; every
//! other word is the rule that refuses. The record is prepared whole and its gates hold, whoever acts has one role alone and
//! had no hand in the record: what the answers show is the step and the role. Other eyes, gates and reasons have their own tests.

use std::collections::BTreeMap;

use stageplate::domain::action::{Action, ApprovalNews, Linked, Settle};
use stageplate::domain::approval::{ApprovalNumber, Status};
use stageplate::domain::exception::State;
use stageplate::domain::identity::{ExceptionId, Login};
use stageplate::domain::person::{Person, Role};
use stageplate::domain::receipt::Answer;
use stageplate::domain::record::Hold;

use crate::fixture::{Desk, advance, base, came_back, receive, remove_row, set, sheet};

const EXPECTED: &str = include_str!("triples.txt");

fn roles() -> Vec<(&'static str, Option<Role>)> {
    Role::ALL.iter().map(|role| (role.word(), Some(*role))).chain([("none", None)]).collect()
}

fn login_of(role: &str) -> Login {
    Login::parse(&format!("only-{role}")).unwrap()
}

/// A desk whose record is in `step`, and one person more for each role, and one without any.
fn desk_at(step: &str) -> Desk {
    let mut desk = match step {
        "released" | "archived" => {
            let mut desk = Desk::released();
            if step == "archived" {
                desk.act("lead", &advance()).unwrap();
            }
            desk
        }
        step => Desk::at(step),
    };
    for (word, role) in roles() {
        desk.people.push(Person::new(login_of(word), word, role));
    }
    desk
}

/// The row of the tables that an act belongs to: an act nobody has written down here does not compile.
fn row_of(action: &Action) -> &'static str {
    match action {
        Action::Receive(_) => "receive",
        Action::Prepare(_) => "prepare",
        Action::Assign { .. } => "assign",
        Action::SetValues { .. } => "set-values",
        Action::RemoveRow { .. } => "remove-row",
        Action::Confirm { .. } => "confirm",
        Action::Flag { .. } => "flag",
        Action::Settle { how, .. } => match how {
            Settle::Assign { .. } => "settle-assign",
            Settle::Resolve { .. } => "settle-resolve",
            Settle::Waive { .. } => "settle-waive",
            Settle::Reopen { .. } => "settle-reopen",
            Settle::Comment { .. } => "settle-comment",
            Settle::Link { .. } => "settle-link",
        },
        Action::Sign { .. } => "sign",
        Action::Advance { .. } => "advance",
        Action::Return { .. } => "return",
        Action::Hold { .. } => "hold",
        Action::Resume { .. } => "resume",
        Action::Release(_) => "release",
        Action::Receipt(_) => "receipt",
        Action::ApprovalNews(_) => "approval-news",
        Action::Note { .. } => "note",
        Action::Vacate { .. } => "vacate",
        Action::MoveScope { .. } => "move-scope",
        Action::Follow => "follow",
        Action::Undo => "undo",
    }
}

/// The rows, in the order of the tables. `assign` has three: taking, giving, and taking over from whoever owns it.
const ROWS: [&str; 28] = [
    "receive",
    "prepare",
    "assign: take",
    "assign: give",
    "assign: take over",
    "set-values",
    "remove-row",
    "confirm",
    "flag",
    "settle-assign",
    "settle-resolve",
    "settle-waive",
    "settle-reopen",
    "settle-comment",
    "settle-link",
    "sign",
    "advance",
    "return",
    "hold",
    "resume",
    "release",
    "receipt",
    "approval-news",
    "note",
    "vacate",
    "move-scope",
    "follow",
    "undo",
];

/// Makes the record ready for the act of a row, as far as it takes more than the step, and answers the act.
fn prepared(desk: &mut Desk, row: &str, me: &Login) -> Action {
    let words = || "because".to_owned();
    let settle = |how| Action::Settle { id: ExceptionId(1), how };
    let owner = |login: &str| Login::parse(login).ok();
    if row.starts_with("settle") {
        let kind = "value-out-of-envelope".to_owned();
        let flag = Action::Flag { kind, at: None, blocking: Some(false), text: words(), to: None };
        desk.act("lead", &flag).unwrap();
    }
    match row {
        "receive" => {
            let mut corrected = base();
            corrected.set(crate::fixture::address_of("NumberOfDoors"), "4");
            receive(corrected)
        }
        "prepare" => {
            let mut row = sheet();
            row.order = Some("ORDER-2".to_owned());
            Action::Prepare(row)
        }
        "assign: take" => {
            desk.record.owner = None;
            Action::Assign { to: Some(me.clone()), reason: None }
        }
        "assign: give" => {
            desk.record.owner = None;
            Action::Assign { to: owner("both"), reason: None }
        }
        "assign: take over" => {
            desk.record.owner = owner("both");
            Action::Assign { to: Some(me.clone()), reason: Some(words()) }
        }
        "set-values" => set("MassGroup/ActualMass", "3300"),
        "remove-row" => remove_row("TowingBrakedTypeTrailTable[2]"),
        "confirm" => Action::Confirm { addresses: None },
        "flag" => Action::Flag { kind: "other".to_owned(), at: None, blocking: None, text: words(), to: None },
        "settle-assign" => settle(Settle::Assign { to: owner("lead").unwrap() }),
        "settle-resolve" => settle(Settle::Resolve { text: words() }),
        "settle-waive" => settle(Settle::Waive { text: words(), until: None }),
        "settle-reopen" => {
            desk.record.exceptions[0].state = State::Resolved;
            settle(Settle::Reopen { text: words() })
        }
        "settle-comment" => settle(Settle::Comment { text: words() }),
        "settle-link" => {
            let exception = &desk.record.exceptions[0];
            let with = Linked { group: ExceptionId(9), kind: exception.kind.clone(), at: exception.at.clone() };
            settle(Settle::Link { with: Some(with) })
        }
        "sign" => {
            confirmed(desk);
            Action::Sign { checkpoint: None, meaning: None }
        }
        "advance" => {
            confirmed(desk);
            advance()
        }
        "return" => Action::Return { to: "intake".to_owned(), reason: words() },
        "hold" => Action::Hold { reason: words(), until: None },
        "resume" => {
            desk.record.hold = Some(Hold { reason: words(), until: None, by: owner("lead").unwrap(), at: desk.now });
            Action::Resume { reason: None }
        }
        "release" => Action::Release(desk.sealed()),
        "receipt" => came_back(Answer::Rejected, "number 52 is missing"),
        "approval-news" => {
            desk.approvals[0].status = Status::Withdrawn;
            Action::ApprovalNews(ApprovalNews {
                number: ApprovalNumber::parse("e4*2018/858*90471*01").unwrap(),
                status: Status::Withdrawn,
                from: None,
                reason: words(),
            })
        }
        "note" => Action::Note { text: words() },
        "vacate" => {
            let gone = owner("both").unwrap();
            desk.record.owner = Some(gone.clone());
            let day = desk.now.day();
            desk.people.iter_mut().filter(|person| person.login == gone).for_each(|person| person.left = Some(day));
            Action::Vacate { who: gone }
        }
        "move-scope" => Action::MoveScope { to: "vans".to_owned(), reason: words() },
        // The record's step has another name under the policy that follows.
        "follow" => {
            let name = desk.record.step.clone();
            let to = format!("{name}-now");
            desk.policy.steps.iter_mut().filter(|step| step.name == name).for_each(|step| step.name.clone_from(&to));
            desk.policy.renames = vec![stageplate::domain::policy::Rename { from: name, to }];
            Action::Follow
        }
        "undo" => {
            desk.act("lead", &Action::Note { text: words() }).unwrap();
            desk.history.last_mut().unwrap().by = me.clone();
            Action::Undo
        }
        other => panic!("no act for the row `{other}`"),
    }
}

/// In the review every change is confirmed, so that its gate holds.
fn confirmed(desk: &mut Desk) {
    if desk.record.step == "review" {
        desk.confirm_all("review");
    }
}

fn answer(start: &Desk, row: &str, role: &str) -> String {
    let mut desk = start.clone();
    let me = login_of(role);
    let action = prepared(&mut desk, row, &me);
    assert_eq!(row_of(&action), row.split(':').next().unwrap());
    match desk.act(me.as_str(), &action) {
        Ok(planned) => if planned.changed { "yes" } else { "same" }.to_owned(),
        Err(refusal) => refusal.rule,
    }
}

/// The tables as they are written: step, act, role, answer.
fn written() -> BTreeMap<(String, String, String), String> {
    let mut all = BTreeMap::new();
    let (mut step, mut columns) = (String::new(), Vec::new());
    for line in EXPECTED.lines().filter(|line| !line.is_empty()) {
        if let Some(head) = line.strip_prefix("# ") {
            let mut words = head.split_whitespace().map(str::to_owned);
            step = words.next().unwrap();
            columns = words.collect();
            continue;
        }
        let (row, cells) = line.split_at(20);
        for (column, cell) in columns.iter().zip(cells.split_whitespace()) {
            let twin = all.insert((step.clone(), row.trim().to_owned(), column.clone()), cell.to_owned());
            assert_eq!(twin, None, "{step} {row} {column} stands there twice");
        }
    }
    all
}

#[test]
fn every_step_act_and_role_of_the_default_policy_is_answered_as_it_is_written() {
    let mut expected = written();
    let (mut wrong, mut told) = (Vec::new(), String::new());
    let steps: Vec<String> = Desk::empty().policy.steps.iter().map(|step| step.name.clone()).collect();
    for step in steps {
        let start = desk_at(&step);
        told.push_str(&format!("# {step:<18}"));
        roles().iter().for_each(|(role, _)| told.push_str(&format!("{role:<14}")));
        told.push('\n');
        for row in ROWS {
            told.push_str(&format!("{row:<20}"));
            for (role, _) in roles() {
                let is = answer(&start, row, role);
                told.push_str(&format!("{is:<14}"));
                let should = expected.remove(&(step.clone(), row.to_owned(), role.to_owned()));
                if should.as_ref() != Some(&is) {
                    wrong.push(format!("{step}, {row}, {role}: {is}, not {}", should.unwrap_or_default()));
                }
            }
            told = told.trim_end().to_owned();
            told.push('\n');
        }
        told.push('\n');
    }
    assert!(wrong.is_empty(), "{wrong:#?}\n{told}");
    assert!(expected.is_empty(), "written, but no triple of the policy: {:?}", expected.keys());
}

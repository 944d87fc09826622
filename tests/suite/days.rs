//! Random acts on a desk over several days, exceptions, waivers, holds and undo among them: nothing is lost, and what lists
//! show on any day is what the record says on that day.

use proptest::prelude::*;
use stageplate::domain::action::{Action, Linked, Settle};
use stageplate::domain::identity::{ExceptionId, RecordId};
use stageplate::domain::moment::Moment;
use stageplate::domain::queue::{QueueName, Sort};
use stageplate::store::{CountQuery, Outcome, PageQuery, Target};

use crate::desk::*;
use crate::properties::runner;

const PEOPLE: [&str; 5] = ["prep", "other", "review", "lead", "release"];
const DAY: i64 = 24 * 60;

/// Who, what, on which exception or with what, how many hours later.
type Move = (usize, usize, i64, i64);

fn moves() -> impl Strategy<Value = Vec<Move>> {
    prop::collection::vec((0..PEOPLE.len(), 0..18_usize, 1..5_i64, 0..16_i64), 1..40)
}

fn action(kind: usize, one: i64, now: Moment) -> Action {
    let text = || "random".to_owned();
    let id = ExceptionId(one);
    let until = now.day().checked_add_days(chrono::Days::new(one.unsigned_abs() - 1));
    match kind {
        0 | 1 => flag(["missing-data", "other"][kind]),
        2 => Action::Settle { id, how: Settle::Assign { to: login(PEOPLE[3]) } },
        3 => Action::Settle { id, how: Settle::Resolve { text: text() } },
        4 | 5 => Action::Settle { id, how: Settle::Waive { text: text(), until } },
        6 => Action::Settle { id, how: Settle::Reopen { text: text() } },
        7 => Action::Settle { id, how: Settle::Comment { text: text() } },
        8 => {
            let with = Linked { group: ExceptionId(1), kind: "other".into(), at: None };
            Action::Settle { id, how: Settle::Link { with: Some(with) } }
        }
        9..=11 => Action::Undo,
        12 => Action::Hold { reason: text(), until: until.filter(|_| one > 1) },
        13 => Action::Resume { reason: None },
        14 => note("random"),
        15 => Action::Return { to: ["intake", "preparation"][usize::from(one > 2)].into(), reason: text() },
        16 => set("Length", ["6400", "6500", "6600", "6700"][usize::try_from(one - 1).unwrap()]),
        _ => advance(),
    }
}

/// What lists show of the record on a day, against the record itself.
fn lists_agree(bench: &mut Bench, id: RecordId, now: Moment) -> Result<(), TestCaseError> {
    let record = bench.desk.dossier(id, now).unwrap().record;
    let who = login("lead");
    let query = PageQuery {
        queue: QueueName::All,
        filter: None,
        sort: Sort::default(),
        limit: 9,
        after: None,
        who: who.clone(),
        now,
    };
    let line = bench.desk.page(&query).unwrap().rows.remove(0).summary;
    let open = record.exceptions.iter().filter(|one| one.is_open_on(now.day())).count();
    prop_assert_eq!(usize::try_from(line.open_exceptions).unwrap(), open);
    prop_assert_eq!(line.held_on(now.day()), record.held_on(now.day()));
    prop_assert_eq!((line.step, line.owner), (record.step, record.owner));
    let count = CountQuery { queue: QueueName::Exceptions, filter: None, who, now };
    prop_assert_eq!(bench.desk.count(&count).unwrap(), u64::from(open > 0));
    prop_assert_eq!(bench.exceptions("", now).len(), open);
    prop_assert_eq!(bench.exceptions("state:*", now).len(), record.exceptions.len());
    Ok(())
}

#[test]
fn nothing_is_lost_and_lists_are_right_on_every_day() {
    runner(12)
        .run(&moves(), |moves| {
            let mut bench = Bench::new();
            let id = bench.in_review(1);
            let mut at = 10;
            let mut events = bench.desk.dossier(id, minute(at)).unwrap().history.len();
            let mut said = 0;
            for (person, kind, one, hours) in moves {
                at += 1 + hours * 60;
                let act = action(kind, one, minute(at));
                if let Ok(done) = bench.act(PEOPLE[person], Target::Record(id), &act, at) {
                    events += usize::from(done.outcome == Outcome::Updated);
                    said += usize::from(matches!(act, Action::Settle { how: Settle::Comment { .. }, .. }));
                }
                lists_agree(&mut bench, id, minute(at))?;
            }
            let dossier = bench.another_desk().dossier(id, minute(at)).unwrap();
            prop_assert_eq!(dossier.history.len(), events);
            let flags = dossier.history.iter().filter(|event| event.action == "flag").count();
            prop_assert_eq!(dossier.record.exceptions.len(), flags);
            let remarks: usize = dossier.record.exceptions.iter().map(|one| one.discussion.len()).sum();
            prop_assert_eq!(remarks, said);
            for days in 0..6 {
                lists_agree(&mut bench, id, minute(at + days * DAY))?;
            }
            let report = bench.desk.verify_chain().unwrap();
            prop_assert!(report.holds(), "{:#?}", report.faults);
            Ok(())
        })
        .unwrap();
}

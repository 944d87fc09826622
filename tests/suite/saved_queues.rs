//! Saved queues: kept and shared, listed, opened, counted, dropped; in the store, on the command line, in the terminal.

use stageplate::app::msg::{Effect, Msg};
use stageplate::domain::filter::Filter;
use stageplate::domain::queue::{QueueName, Sort};
use stageplate::domain::saved::{QueueAct, SavedCount, SavedId, SavedQueue};
use stageplate::store::{CountQuery, Governed, Outcome, PageQuery, StoreError};

use crate::desk::*;
use crate::screens::Desk as Screen;

fn save(name: &str, query: &str, team: Option<&str>) -> QueueAct {
    QueueAct::Save { name: name.into(), query: query.into(), team: team.map(str::to_owned) }
}

fn drop_queue(name: &str) -> QueueAct {
    QueueAct::Drop { name: name.into() }
}

fn keep(bench: &mut Bench, who: &str, act: &QueueAct) -> Result<Governed, StoreError> {
    let actor = bench.actor(who);
    bench.desk.keep_queue(&actor, act, fresh_request(), minute(10))
}

fn named(bench: &mut Bench, who: &str, name: &str) -> Result<QueueName, StoreError> {
    let actor = bench.actor(who);
    bench.desk.queue_named(&actor, name, minute(10))
}

fn held(bench: &mut Bench, who: &str, queue: QueueName, filter: Option<&str>) -> Vec<i64> {
    let now = minute(20);
    let filter = filter.map(|text| Filter::parse(text, now.day()).unwrap());
    let count = CountQuery { queue, filter: filter.clone(), who: login(who), now };
    let count = bench.desk.count(&count).unwrap();
    let query = PageQuery { queue, filter, sort: Sort::Vin, limit: 50, after: None, who: login(who), now };
    let rows = bench.desk.page(&query).unwrap().rows;
    assert_eq!(rows.len() as u64, count);
    rows.iter().map(|row| row.summary.id.0).collect()
}

#[test]
fn a_saved_queue_holds_what_its_query_selects_for_whoever_opens_it() {
    let mut bench = Bench::new();
    let one = bench.taken_in(1);
    bench.in_review(2);
    bench.does("prep", one, &take("prep"), 3);
    keep(&mut bench, "prep", &save("my own", "owner:me step:intake", Some("vans"))).unwrap();
    let queue = named(&mut bench, "review", "my own").unwrap();
    assert_eq!(held(&mut bench, "prep", queue, None), [1]);
    assert_eq!(held(&mut bench, "review", queue, None), [0_i64; 0], "`me` is who opens it");
    let all = keep(&mut bench, "review", &save("vans", "variant:BOX", None)).unwrap();
    assert_eq!(all.outcome, Outcome::Created);
    let queue = named(&mut bench, "review", "VANS").unwrap();
    assert_eq!(held(&mut bench, "review", queue, None), [1, 2]);
    assert_eq!(held(&mut bench, "review", queue, Some("step:review")), [2], "and can be filtered further");
}

#[test]
fn ones_own_queue_leaves_no_event_and_a_shared_one_does() {
    let mut bench = Bench::new();
    let (before, _) = bench.desk.head().unwrap();
    keep(&mut bench, "prep", &save("mine too", "category:N1", None)).unwrap();
    assert_eq!(bench.desk.head().unwrap().0, before);
    let request = fresh_request();
    let actor = bench.actor("prep");
    let act = save("small", "category:N1", Some("vans"));
    let shared = bench.desk.keep_queue(&actor, &act, request, minute(10)).unwrap();
    assert_eq!(shared.seq.0, before.0 + 1);
    let again = bench.desk.keep_queue(&actor, &act, request, minute(11)).unwrap();
    assert_eq!((again.seq, again.outcome), (shared.seq, Outcome::Repeated));
    let event = bench.desk.log(None, before, 10).unwrap().pop().unwrap();
    assert_eq!((event.action.as_str(), event.facts.lines[0].what.as_str()), ("queue-save", "queue vans/small"));
    assert!(bench.desk.verify_chain().unwrap().holds());
    keep(&mut bench, "prep", &drop_queue("small")).unwrap();
    let report = bench.desk.verify_chain().unwrap();
    assert!(report.holds(), "{:?}", report.faults);
    keep(&mut bench, "other", &save("small", "category:N2", Some("vans"))).unwrap();
    assert!(bench.desk.verify_chain().unwrap().holds());
    bench
        .plain()
        .execute("UPDATE saved_queue SET query = 'category:M1' WHERE dropped = 0 AND team = 'vans'", [])
        .unwrap();
    assert!(!bench.desk.verify_chain().unwrap().holds(), "a shared queue changed behind the desk's back is found");
}

#[test]
fn a_dropped_queue_is_gone_for_everybody_and_its_number_goes_to_no_other() {
    let mut bench = Bench::new();
    keep(&mut bench, "prep", &save("small", "category:N1", Some("vans"))).unwrap();
    let queue = named(&mut bench, "review", "small").unwrap();
    assert!(
        matches!(keep(&mut bench, "review", &drop_queue("small")), Err(StoreError::Refused(no)) if no.rule == "queue-owner")
    );
    keep(&mut bench, "prep", &drop_queue("small")).unwrap();
    let count = CountQuery { queue, filter: None, who: login("review"), now: minute(20) };
    assert!(matches!(bench.desk.count(&count), Err(StoreError::NotFound { .. })));
    keep(&mut bench, "prep", &save("other", "category:N1", None)).unwrap();
    assert_ne!(named(&mut bench, "prep", "other").unwrap(), queue);
    assert!(matches!(named(&mut bench, "review", "other"), Err(StoreError::Refused(_))));
    let Err(StoreError::Refused(no)) = named(&mut bench, "prep", "othr") else { panic!("there is none") };
    assert_eq!(no.hints, ["the nearest is `other`"]);
}

#[test]
fn saved_queues_are_listed_by_name_and_counted_for_the_terminal() {
    let mut bench = Bench::new();
    bench.taken_in(1);
    bench.in_review(2);
    keep(&mut bench, "prep", &save("b", "step:review", None)).unwrap();
    keep(&mut bench, "other", &save("A", "category:N1", Some("vans"))).unwrap();
    keep(&mut bench, "other", &save("theirs", "category:N1", None)).unwrap();
    let counts = bench.desk.saved_counts(&login("prep"), minute(20)).unwrap();
    let counts: Vec<(&str, u64, bool)> =
        counts.iter().map(|saved| (saved.queue.name.as_str(), saved.records, saved.whole)).collect();
    assert_eq!(counts, [("A", 2, true), ("b", 1, true)]);
    assert!(bench.desk.saved_counts(&login("lead"), minute(20)).unwrap().is_empty());
}

fn saved(id: i64, name: &str, records: u64) -> SavedCount {
    let queue = SavedQueue {
        id: SavedId(id),
        name: name.into(),
        owner: login("review"),
        team: None,
        query: "option:TAILLIFT".into(),
    };
    SavedCount { queue, records, whole: true }
}

#[test]
fn the_terminal_lists_saved_queues_below_the_built_in_ones_and_opens_them() {
    let mut screen = Screen::of("review", 120, 40);
    screen.tell(Msg::Saved(vec![saved(7, "tail lifts", 23)]));
    assert_eq!(screen.model.queues.rows.last(), Some(&(QueueName::Saved(SavedId(7)), 23)));
    assert_eq!(screen.model.queues.title(QueueName::Saved(SavedId(7))), "tail lifts");
    let rows = screen.model.queues.rows.len();
    // Counts of the built-in ones come and go; the saved ones stay.
    screen.tell(Msg::Counts(QueueName::all().map(|queue| (queue, 1)).collect()));
    assert_eq!(screen.model.queues.rows.len(), rows);
    screen.wants();
    screen.press("esc G");
    assert_eq!(screen.model.list.queue, QueueName::Saved(SavedId(7)));
}

#[test]
fn a_saved_queue_that_was_dropped_while_it_was_open_gives_way_to_everything() {
    let mut screen = Screen::of("review", 120, 40);
    screen.tell(Msg::Saved(vec![saved(7, "tail lifts", 23)]));
    screen.press("esc G");
    screen.wants();
    screen.tell(Msg::Saved(Vec::new()));
    assert_eq!(screen.model.list.queue, QueueName::All);
    assert!(screen.model.notice.is_some());
    assert!(!screen.wants().iter().any(|effect| matches!(effect, Effect::LoadPage { queue: QueueName::Saved(_), .. })));
}

//! The budgets that only the whole program shows, as one table: what was measured, the budget, and whether it is met.
//!
//! `cargo bench --bench terminal`; `STAGEPLATE_BENCH_RECORDS` says how many records the desk has. A figure belongs to the
//! machine it was taken on. A budget that is not met is a word in the table and no failure: a bench reports.

mod bare;
mod imports;
mod line;
mod people;
mod site;
mod table;

use std::time::{Duration, Instant};

use bare::Bare;
use line::Line;
use site::Site;
use stageplate::domain::action::Action;
use stageplate::domain::filter::Filter;
use stageplate::domain::identity::RecordId;
use stageplate::domain::queue::{QueueName, Sort};
use stageplate::store::{Act, Cursor, PageQuery, Target};
use table::{Of, Table, amount, bytes};
use uuid::Uuid;

/// Records of the desk, unless the environment says otherwise.
const RECORDS: usize = 1_000;
/// Times that the program is started.
const STARTS: usize = 11;
/// Keys that are typed.
const KEYS: usize = 300;
/// Changes that another process makes to records on the screen.
const CHANGES: usize = 9;
/// Acts that are committed, each on another record.
const ACTS: usize = 200;
/// Questions of each kind that the desk is asked.
const QUESTIONS: usize = 300;
/// Records of a page.
const PAGE: usize = 100;

/// A key has been answered when nothing more comes for so long.
const ANSWERED: Duration = Duration::from_millis(40);
/// A change elsewhere has been shown when nothing more comes for so long: the desk is looked at more often than this.
const SHOWN: Duration = Duration::from_millis(700);

fn main() {
    if people::acted() {
        return;
    }
    // What cargo passes to every bench is not for this one.
    let records = std::env::var("STAGEPLATE_BENCH_RECORDS").ok().map_or(Ok(RECORDS), |given| given.parse());
    let records = match records {
        Ok(records) if (ACTS..=site::MOST).contains(&records) => records,
        _ => {
            eprintln!("error: STAGEPLATE_BENCH_RECORDS must be a number from {ACTS} to {}", site::MOST);
            std::process::exit(2);
        }
    };
    eprintln!("making a desk of {} records", amount(records));
    let empty = Site::new(0);
    let mut site = Site::new(records);
    let mut table = Table::new(records);
    disk(&mut table, &empty, &site, records);
    eprintln!("asking the desk");
    questions(&mut table, &mut site, records);
    eprintln!("acting on it");
    acts(&mut table, &mut site);
    eprintln!("starting the terminal");
    starts(&mut table, &empty, &site);
    eprintln!("typing, and acting from elsewhere");
    terminal(&mut table, &mut site);
    eprintln!("importing messages");
    imports::both(&mut table);
    eprintln!("acting as 200 people, each once a second");
    people::at_once(&mut table, &mut site, records);
    println!("{table}");
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Times in ascending order.
struct Times(Vec<Duration>);

impl Times {
    fn of(times: impl IntoIterator<Item = Duration>) -> Times {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort_unstable();
        Times(times)
    }

    /// The time that so many of a hundred do not exceed, in milliseconds.
    fn percentile(&self, of_hundred: usize) -> f64 {
        let place = (self.0.len() * of_hundred).div_ceil(100).max(1);
        milliseconds(self.0[place - 1])
    }

    fn both(&self) -> String {
        format!("p50 {:.2} ms, p99 {:.2} ms", self.percentile(50), self.percentile(99))
    }
}

fn disk(table: &mut Table, empty: &Site, site: &Site, records: usize) {
    let used = bare::size(&site.path()).saturating_sub(bare::size(&empty.path()));
    let each = used as f64 / records as f64;
    table.put(Of::Disk, each, format!("{} each, {} acts behind it", bytes(each), site::ACTS));
}

fn question(site: &Site, filter: Option<Filter>, after: Option<Cursor>) -> PageQuery {
    let (sort, who, now) = (Sort::default(), site.reviewer.clone(), site::now());
    PageQuery { queue: QueueName::All, filter, sort, limit: PAGE, after, who, now }
}

fn asked(mut ask: impl FnMut(usize)) -> Times {
    Times::of((0..QUESTIONS).map(|number| {
        let begun = Instant::now();
        ask(number);
        begun.elapsed()
    }))
}

fn questions(table: &mut Table, site: &mut Site, records: usize) {
    let first = question(site, None, None);
    let times = asked(|_| assert_eq!(site.desk.page(&first).expect("a page").rows.len(), PAGE));
    table.put(Of::FirstPage, times.percentile(99), times.both());

    let (mut deepest, mut depth) = (first, 0);
    while let Some(next) = site.desk.page(&deepest).expect("a page").next {
        (deepest.after, depth) = (Some(next), depth + PAGE);
    }
    let times = asked(|_| assert!(!site.desk.page(&deepest).expect("a page").rows.is_empty()));
    table.put(Of::DeepestPage, times.percentile(99), format!("{}, behind {}", times.both(), amount(depth)));

    let (who, now) = (site.reviewer.clone(), site::now());
    let times = asked(|_| assert!(!site.desk.counts(&who, now).expect("counts").is_empty()));
    table.put(Of::Counts, times.percentile(99), times.both());

    // The VIN but for its beginning and its last digit, as from a plate half read: ten records have it.
    let searches: Vec<PageQuery> = (0..ACTS)
        .map(|number| format!("K{:05}", number * records / ACTS / 10))
        .map(|part| Filter::parse(&part, now.day()).expect("a word"))
        .map(|filter| question(site, Some(filter), None))
        .collect();
    let mut found = 0;
    let times = asked(|number| {
        found += site.desk.page(&searches[number % searches.len()]).expect("a page").rows.len();
    });
    assert!(found > 0, "a search that finds nothing measures nothing");
    table.put(Of::Search, times.percentile(99), times.both());
}

fn act(site: &mut Site, record: RecordId, action: &Action) -> stageplate::store::Applied {
    let (target, request) = (Target::Record(record), Uuid::new_v4());
    let act = Act { actor: &site.preparer, target, action, seen: None, request, now: site::now() };
    site.desk.apply(&act).expect("an act that is allowed")
}

fn acts(table: &mut Table, site: &mut Site) {
    let path = site.path();
    let bare = Bare::copy(&path, &path.with_file_name("bare.db"));
    let records = (1..).take(ACTS).map(RecordId);
    let (ours, theirs): (Vec<Duration>, Vec<Duration>) = records
        .map(|record| {
            let note = Action::Note { text: format!("the ticket of {} is in the file", record.0) };
            let begun = Instant::now();
            let done = act(site, record, &note);
            (begun.elapsed(), bare.write(&done))
        })
        .unzip();
    let (ours, theirs) = (Times::of(ours).percentile(50), Times::of(theirs).percentile(50));
    let ratio = ours / theirs;
    table.put(Of::Commit, ratio, format!("{ratio:.1}x: a remark {ours:.2} ms, its rows {theirs:.2} ms"));
}

fn open(site: &Site) -> Line {
    Line::open(&site.path(), site.reviewer.as_str(), site.home())
}

/// The time to a first frame that shows what it should: of several starts the middle one.
fn started(site: &Site, shows: &str) -> f64 {
    Times::of((0..STARTS).map(|_| open(site).first_frame_with(shows))).percentile(50)
}

fn starts(table: &mut Table, empty: &Site, site: &Site) {
    let nothing = started(empty, "stageplate");
    let full = started(site, site::VIN_BEGINS);
    table.put(Of::StartEmpty, nothing, format!("{nothing:.1} ms"));
    table.put(Of::Start, full, format!("{full:.1} ms"));
    table.put(Of::StartRatio, full / nothing, format!("{:.1}x", full / nothing));
}

fn terminal(table: &mut Table, site: &mut Site) {
    let mut line = open(site);
    line.rest(SHOWN);
    keys(table, &mut line);
    idle(table, &line);
    changes(table, &line, site);
    if let Some(memory) = line.memory() {
        table.put(Of::Memory, memory as f64, bytes(memory as f64));
    }
}

/// The cursor goes down the list and up again, a key at a time.
fn keys(table: &mut Table, line: &mut Line) {
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for number in 0..KEYS {
        let before = line.rest(ANSWERED);
        let begun = Instant::now();
        line.type_keys(if number % 60 < 30 { "j" } else { "k" });
        let (shown, _) = line.frame(before);
        times.push(shown.duration_since(begun));
        sizes.push(line.rest(ANSWERED) - before);
    }
    let times = Times::of(times);
    table.put(Of::Key, times.percentile(99), times.both());
    sizes.sort_unstable();
    let (middle, most) = (sizes[sizes.len() / 2] as f64, sizes[sizes.len() - 1] as f64);
    table.put(Of::CursorMove, most, format!("{} mostly, {} at most", bytes(middle), bytes(most)));
}

fn idle(table: &mut Table, line: &Line) {
    let before = line.rest(SHOWN);
    std::thread::sleep(Duration::from_secs(1));
    let came = (line.bytes() - before) as f64;
    table.put(Of::Idle, came, bytes(came));
}

/// Another process (this one) acts on records that are on the screen, none of them under the cursor.
fn changes(table: &mut Table, line: &Line, site: &mut Site) {
    let first = question(site, None, None);
    let rows = site.desk.page(&first).expect("a page").rows;
    let ids: Vec<RecordId> = rows.iter().skip(2).take(CHANGES).map(|row| row.summary.id).collect();
    let flag = Action::Flag {
        kind: "other".to_owned(),
        at: None,
        blocking: None,
        text: "seen from elsewhere".to_owned(),
        to: None,
    };
    let (mut times, mut sizes) = (Vec::new(), Vec::new());
    for id in ids {
        let before = line.rest(SHOWN);
        let begun = Instant::now();
        act(site, id, &flag);
        let (shown, _) = line.frame(before);
        times.push(shown.duration_since(begun));
        sizes.push(line.rest(SHOWN) - before);
    }
    let times = Times::of(times);
    let (middle, most) = (times.percentile(50), times.percentile(100));
    table.put(Of::Change, most, format!("{middle:.0} ms mostly, {most:.0} ms at most"));
    sizes.sort_unstable();
    let (middle, most) = (sizes[sizes.len() / 2] as f64, sizes[sizes.len() - 1] as f64);
    table.put(Of::Row, most, format!("{} mostly, {} at most", bytes(middle), bytes(most)));
}

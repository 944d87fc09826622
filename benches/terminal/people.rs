//! Two hundred people at the desk: each a process with a connection of its own, as so many terminals are, each with one act
//! a second.
//!
//! This program starts itself once more for each person. They begin together, each at a moment of their second of their
//! own, and go by the clock: how long an act took is counted from when it was due, so that whoever waits for one act does
//! not act less often.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use stageplate::domain::action::{Action, Given};
use stageplate::domain::address::Address;
use stageplate::domain::identity::{Login, RecordId};
use stageplate::domain::person::{Actor, Person, Role};
use stageplate::ivi;
use stageplate::store::{Act, Desk, Target};
use uuid::Uuid;

use crate::Times;
use crate::bare;
use crate::site::{self, Site};
use crate::table::{Of, Table, amount};

/// How many there are.
const PEOPLE: usize = 200;
/// How many acts each of them does, one a second.
const TURNS: usize = 20;
/// How long they have to open the desk before the first act is due.
const SETTLING: Duration = Duration::from_secs(5);
/// What says to this program that it is one of them: its number, the first act's due time and the number of records.
const ROLE: &str = "STAGEPLATE_BENCH_PERSON";

/// The person of a number.
fn person(number: usize) -> Person {
    let login = Login::parse(&format!("person{number:03}")).expect("a login");
    Person::new(login.clone(), login.to_string(), [Role::Prepare])
}

/// Everybody acts; what it took, and whether everything that was acknowledged is there.
pub fn at_once(table: &mut Table, site: &mut Site, records: usize) {
    (0..PEOPLE).for_each(|number| site.add(&person(number)));
    let (before, _) = site.desk.head().expect("a history");
    let begin = SystemTime::now() + SETTLING;
    let begin = begin.duration_since(UNIX_EPOCH).expect("a clock after 1970").as_micros();
    let everybody: Vec<Child> = (0..PEOPLE).map(|number| start(&site.path(), number, begin, records)).collect();
    let told: Vec<String> = everybody.into_iter().map(told).collect();
    let mut times = Vec::new();
    let mut acknowledged = BTreeSet::new();
    for line in told.iter().flat_map(|told| told.lines()) {
        let (took, request) = line.split_once(' ').expect("a time and a request");
        times.push(Duration::from_micros(took.parse().expect("microseconds")));
        assert!(acknowledged.insert(request.parse::<Uuid>().expect("a request")), "no request is used twice");
    }
    assert_eq!(acknowledged.len(), PEOPLE * TURNS, "an act was refused or not answered");
    let there: BTreeSet<Uuid> = bare::requests(&site.path(), before);
    let lost = acknowledged.difference(&there).count();
    assert_eq!((lost, there.len()), (0, acknowledged.len()), "what was acknowledged is there, once, and nothing else");
    assert!(site.desk.verify_chain().expect("a history").holds(), "the chain is whole");
    let times = Times::of(times);
    let told = format!("{}; {} acts, none lost, chain whole", times.both(), amount(acknowledged.len()));
    table.put(Of::People, times.percentile(99), told);
}

fn start(desk: &Path, number: usize, begin: u128, records: usize) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.env(ROLE, format!("{number} {begin} {records}")).arg(desk);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.spawn().expect("this program starts")
}

fn told(mut child: Child) -> String {
    let mut told = String::new();
    child.stdout.take().expect("it is piped").read_to_string(&mut told).expect("lines of text");
    assert!(child.wait().expect("it ends").success(), "somebody's act failed");
    told
}

/// Acts as the person that the environment names, if it names one; answers whether it did.
pub fn acted() -> bool {
    let Ok(role) = std::env::var(ROLE) else { return false };
    let mut words = role.split(' ').map(|word| word.parse::<u64>().expect("numbers"));
    let mut word = || words.next().expect("three numbers");
    let (number, begin, records) = (word(), word(), word());
    let desk = std::env::args_os().nth(1).expect("a desk");
    act(Path::new(&desk), usize::try_from(number).expect("a number of a person"), begin, records);
    true
}

fn act(desk: &Path, number: usize, begin: u64, records: u64) {
    let mut desk = Desk::open(desk, ivi::catalogue()).expect("a desk");
    let actor = Actor::of(&person(number));
    // A moment of the second for each, the same at each run, and no two neighbours close together.
    let offset = (number as u64 * 7_919) % 1_000 * 1_000;
    let mut lines = String::new();
    for turn in 0..TURNS as u64 {
        let due = UNIX_EPOCH + Duration::from_micros(begin + turn * 1_000_000 + offset);
        std::thread::sleep(due.duration_since(SystemTime::now()).unwrap_or_default());
        // Records are shared: everybody comes to each sooner or later.
        let record = (number as u64 * 31 + turn * 101) % records + 1;
        let request = Uuid::new_v4();
        let target = Target::Record(RecordId(i64::try_from(record).expect("a number of a record")));
        let action = action(number, turn);
        let act = Act { actor: &actor, target, action: &action, seen: None, request, now: site::now() };
        desk.apply(&act).expect("an act that is allowed");
        let took = SystemTime::now().duration_since(due).unwrap_or_default();
        lines.push_str(&format!("{} {request}\n", took.as_micros()));
    }
    print!("{lines}");
}

/// What people do most: a value, a remark, an exception.
fn action(number: usize, turn: u64) -> Action {
    match turn % 4 {
        0 | 2 => {
            // No two of all these values are the same, and none is one that a vehicle came with: each act changes something,
            // and one that changes nothing is no event.
            let mass = (100_000 + number as u64 * TURNS as u64 + turn).to_string();
            let values = [(Address::unchecked("MassGroup/ActualMass"), Some(Given::Value(mass)))];
            Action::SetValues { values: values.into(), reason: "weighed again".to_owned() }
        }
        1 => Action::Note { text: format!("seen by {number} in turn {turn}") },
        _ => Action::Flag {
            kind: "other".to_owned(),
            at: None,
            blocking: Some(false),
            text: format!("asked by {number} in turn {turn}"),
            to: None,
        },
    }
}

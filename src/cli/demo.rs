//! The verb `demo`: a desk made from the sample data, with records at every step, the same for the same seed.
//!
//! Everything goes the way real work goes: messages are written, sealed and read, sheets are read, and every step is an
//! act of a person with that role. What a rule refuses stays where it is, as it would on a real desk.

mod fleet;
mod work;

use std::io::IsTerminal;
use std::path::Path;

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};

use self::work::Demo;
use super::args::{DemoArgs, Global};
use super::output::{Out, columns};
use super::{context, desk, json, options, queue, terminal};
use crate::domain::moment::Moment;
use crate::domain::person::{Actor, Person, Role};
use crate::domain::queue::{QueueName, Sort};
use crate::failure::{Failure, Kind};
use crate::issuing;
use crate::ivi;
use crate::ivi::key::SealKey;
use crate::store::{Desk, NewDesk, PageQuery};

const PEOPLE: &str = include_str!("../../sample-data/people.toml");

/// How many days of work the demo's history tells of.
const DAYS: i64 = 3;

#[derive(Deserialize)]
struct People {
    person: Vec<Person>,
}

pub fn run(global: &Global, args: &DemoArgs) -> Result<u8, Failure> {
    let out = Out { format: global.output, quiet: global.quiet };
    let folder = match &args.dir {
        Some(folder) => folder.clone(),
        None => tempfile::Builder::new().prefix("stageplate-demo-").tempdir()?.keep(),
    };
    std::fs::create_dir_all(&folder).map_err(|fault| {
        Failure::new(Kind::Usage, format!("cannot make the folder {}: {fault}", folder.display()))
            .hint("name another with --dir")
    })?;
    let path = folder.join("desk.db");
    let shows = std::io::stderr().is_terminal();
    let mut narrate = |done: usize, total: usize| {
        if shows && !out.quiet && (done.is_multiple_of(8) || done == total) {
            out.say(&format!("\x1b[1A\r\x1b[Kmaking the demo desk: {done} of {total} steps"));
        }
    };
    if shows {
        out.say("making the demo desk");
    }
    let mut desk = make(&path, args.records as usize, args.seed, context::now(), &mut narrate)?;
    out.say("this is a demo: people, vehicles and approvals are made up, and its releases are sealed with a test key it made itself");
    let login = global.speak_as.as_deref().unwrap_or("review");
    let login = context::read_login(login)?;
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        drop(desk);
        let global = Global { db: Some(path), speak_as: Some(login.to_string()), ..global.clone() };
        return terminal::open(&global, None, true, false);
    }
    let now = context::now();
    let query = PageQuery {
        queue: QueueName::Waiting,
        filter: None,
        sort: Sort::default(),
        limit: 100,
        after: None,
        who: login,
        now,
    };
    let page = desk.page(&query)?;
    let table = queue::table(&page.rows, now.day());
    let text = format!("{}\n\n{}", path.display(), columns(&table));
    let rows: Vec<Value> = page.rows.iter().map(|row| json::summary(&row.summary, row.unread, now.day())).collect();
    out.one(&text, &table, &json!({"desk": path.display().to_string(), "queue": rows}))?;
    Ok(0)
}

/// Makes the demo desk.
fn make(
    path: &Path,
    records: usize,
    seed: u64,
    now: Moment,
    narrate: &mut dyn FnMut(usize, usize),
) -> Result<Desk, Failure> {
    let policy = desk::read_policy(desk::DEFAULT_POLICY, "policy.toml")?;
    let people: People = toml::from_str(PEOPLE).map_err(|fault| sample_fault("people.toml", &fault.to_string()))?;
    let founder = people.person.iter().find(|person| person.roles.contains(&Role::Admin));
    let founder = founder.cloned().ok_or_else(|| sample_fault("people.toml", "nobody is an administrator"))?;
    let options = options::read(options::DEFAULT_OPTIONS, "options.toml")?.options;
    let new = NewDesk {
        policy,
        policy_source: desk::DEFAULT_POLICY.to_owned(),
        options: Some((options, options::DEFAULT_OPTIONS.to_owned())),
        founder: founder.clone(),
        demo: true,
    };
    let begin = Moment(now.0 - TimeDelta::days(DAYS).num_microseconds().unwrap_or(0));
    let desk = Desk::create(path, &new, ivi::catalogue(), begin)?;
    let (seal, pem) = SealKey::make_test_key("stageplate demo", begin.utc())
        .map_err(|fault| sample_fault("the seal's key", &fault.to_string()))?;
    keep_private(&path.with_file_name(issuing::key::DEMO_KEY), pem.as_bytes())?;
    let (maker, _) = SealKey::make_test_key("Example base maker", begin.utc())
        .map_err(|fault| sample_fault("the base maker's key", &fault.to_string()))?;
    let actors = people.person.iter().map(|person| (person.login.to_string(), Actor::of(person))).collect();
    let rounds = 12;
    let step = (now.0 - begin.0) / i64::try_from((records + 20) * rounds).unwrap_or(i64::MAX);
    let mut demo = Demo { desk, actors, seed, clock: begin, step: step.max(1), acts: 0, seal, maker };
    demo.govern(&founder, people.person)?;
    let fleet = fleet::fleet(records, seed, now)?;
    demo.work(&fleet, narrate)?;
    Ok(demo.desk)
}

/// Writes the demo's key so that only its owner reads it.
fn keep_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

fn sample_fault(what: &str, why: &str) -> Failure {
    Failure::new(Kind::Fault, format!("the sample data is at fault, {what}: {why}"))
}

//! The budgets of the design that one desk of modest size can show: reading a message, judging a record, one act, one page
//! of a queue. `cargo bench` prints them as a table; the figures belong to the machine they were taken on.

use std::collections::BTreeMap;
use std::path::PathBuf;

use stageplate::config::policy;
use stageplate::domain::action::{Action, Given, Received};
use stageplate::domain::address::Address;
use stageplate::domain::certificate::{Case, Certificate};
use stageplate::domain::checks;
use stageplate::domain::content::Content;
use stageplate::domain::identity::{Digest, Login, RecordId, Vin};
use stageplate::domain::moment::Moment;
use stageplate::domain::person::{Actor, Person, Role};
use stageplate::domain::queue::{QueueName, Sort};
use stageplate::ivi;
use stageplate::store::{Act, Desk, NewDesk, PageQuery, Target};
use uuid::Uuid;

const BASE: &[u8] = include_bytes!("../sample-data/base/van-n1.xml");
const POLICY: &str = include_str!("../sample-data/policy.toml");
/// Records on the desk that acts and pages are measured on.
const RECORDS: u32 = 2_000;

fn main() {
    divan::main();
}

fn person(login: &str, roles: &[Role]) -> Person {
    let login = Login::parse(login).expect("a login");
    Person::new(login.clone(), login.to_string(), roles.iter().copied())
}

/// A desk with records in their first step, and who works on it.
struct Site {
    _folder: tempfile::TempDir,
    desk: Desk,
    actor: Actor,
    ids: Vec<RecordId>,
}

fn received(content: &Content, vin: &Vin) -> Received {
    let mut content = content.clone();
    content.set(Address::unchecked("VehicleIdentificationNumber"), vin.as_str());
    Received {
        stage: 1,
        content,
        faults: Vec::new(),
        sha256: Digest::of(vin.as_str().as_bytes()),
        bytes: vin.as_str().as_bytes().to_vec(),
        source: "bench".to_owned(),
        signature: "none".to_owned(),
        scope: None,
    }
}

fn site(records: u32) -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    let path: PathBuf = folder.path().join("desk.db");
    let policy = policy::read(POLICY, "policy.toml", ivi::catalogue()).expect("the default policy");
    let founder = person("admin", &[Role::Admin]);
    let new = NewDesk { policy, policy_source: POLICY.to_owned(), options: None, founder: founder.clone(), demo: true };
    let mut desk = Desk::create(&path, &new, ivi::catalogue(), Moment(1)).expect("a desk");
    let worker = person("prep", &[Role::Prepare]);
    let add = stageplate::domain::governance::DeskAction::AddPerson(worker.clone());
    desk.govern(&Actor::of(&founder), &add, Uuid::new_v4(), Moment(2)).expect("a person");
    let actor = Actor::of(&worker);
    let content = ivi::read(BASE).expect("a message").content;
    let mut ids = Vec::new();
    for number in 0..records {
        let vin = Vin::parse(&format!("ZZACE38E1TK{number:06}")).expect("a VIN");
        let action = Action::Receive(received(&content, &vin));
        let now = Moment(i64::from(number) + 3);
        let act = Act {
            actor: &actor,
            target: Target::Intake(vin),
            action: &action,
            seen: None,
            request: Uuid::new_v4(),
            now,
        };
        ids.push(desk.apply(&act).expect("a record").record);
    }
    Site { _folder: folder, desk, actor, ids }
}

/// Reading one message of a complete van, its signature aside.
#[divan::bench]
fn read_a_message() -> usize {
    ivi::read(divan::black_box(BASE)).expect("a message").content.len()
}

/// Overlay, changes and every check of one record that declares some values.
#[divan::bench]
fn judge_a_record(bencher: divan::Bencher<'_, '_>) {
    let mut site = site(1);
    let now = Moment(1_000_000);
    let values: BTreeMap<Address, Option<Given>> = [("MassGroup/ActualMass", "2800"), ("Variant", "BOX")]
        .into_iter()
        .map(|(address, value)| (Address::unchecked(address), Some(Given::Value(value.to_owned()))))
        .collect();
    let action = Action::SetValues { values, reason: "bench".to_owned() };
    let target = Target::Record(site.ids[0]);
    let act = Act { actor: &site.actor, target, action: &action, seen: None, request: Uuid::new_v4(), now };
    site.desk.apply(&act).expect("values");
    let dossier = site.desk.dossier(site.ids[0], now).expect("a record");
    let (people, policy) = (site.desk.people().expect("people"), site.desk.policy().expect("a policy"));
    bencher.bench_local(|| {
        let case = Case {
            record: &dossier.record,
            approvals: &dossier.approvals,
            people: &people,
            policy: &policy,
            options: &dossier.options,
            catalogue: ivi::catalogue(),
            now,
        };
        let certificate = Certificate::of(&case);
        checks::run(&case, &certificate).len()
    });
}

/// Every check on a certificate that is worked out already; the budget is well below a millisecond.
#[divan::bench]
fn every_check(bencher: divan::Bencher<'_, '_>) {
    let mut site = site(1);
    let now = Moment(1_000_000);
    let dossier = site.desk.dossier(site.ids[0], now).expect("a record");
    let (people, policy) = (site.desk.people().expect("people"), site.desk.policy().expect("a policy"));
    let case = Case {
        record: &dossier.record,
        approvals: &dossier.approvals,
        people: &people,
        policy: &policy,
        options: &dossier.options,
        catalogue: ivi::catalogue(),
        now,
    };
    bencher.bench_local(|| checks::run(divan::black_box(&case), &dossier.certificate).len());
}

/// One act, judged, written, told in the history, committed and synced.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn one_act_committed(bencher: divan::Bencher<'_, '_>) {
    let mut site = site(RECORDS);
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        let id = site.ids[number % site.ids.len()];
        let action = Action::Note { text: format!("remark {number}") };
        let now = Moment(10_000_000 + number as i64);
        let act = Act {
            actor: &site.actor,
            target: Target::Record(id),
            action: &action,
            seen: None,
            request: Uuid::new_v4(),
            now,
        };
        site.desk.apply(&act).expect("a remark").seq
    });
}

/// The first hundred records of a queue.
#[divan::bench]
fn a_page_of_a_queue(bencher: divan::Bencher<'_, '_>) {
    let mut site = site(RECORDS);
    let query = PageQuery {
        queue: QueueName::Waiting,
        filter: None,
        sort: Sort::default(),
        limit: 100,
        after: None,
        who: site.actor.login.clone(),
        now: Moment(20_000_000),
    };
    bencher.bench_local(|| site.desk.page(&query).expect("a page").rows.len());
}

/// How many records each queue holds.
#[divan::bench]
fn counts_of_all_queues(bencher: divan::Bencher<'_, '_>) {
    let mut site = site(RECORDS);
    let who = site.actor.login.clone();
    bencher.bench_local(|| site.desk.counts(&who, Moment(20_000_000)).expect("counts").len());
}

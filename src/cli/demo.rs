//! The verb `demo`: a desk made from the sample data, with records at every step, the same for the same seed.
//!
//! Everything goes the way real work goes: messages are written, sealed and read, sheets are read, and every step is an
//! act of a person with that role. What a rule refuses stays where it is, as it would on a real desk.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::args::{DemoArgs, Global};
use super::output::{Out, columns};
use super::{context, desk, json, options, queue, terminal};
use crate::domain::action::{Action, Received, Settle, SheetRow};
use crate::domain::address::Address;
use crate::domain::content::Content;
use crate::domain::governance::DeskAction;
use crate::domain::identity::{Digest, Login, RecordId, Vin};
use crate::domain::moment::Moment;
use crate::domain::person::{Actor, Person, Role};
use crate::domain::queue::{QueueName, Sort};
use crate::domain::scope::Scope;
use crate::failure::{Failure, Kind};
use crate::intake;
use crate::issuing::{self, IssuingError};
use crate::ivi::key::SealKey;
use crate::ivi::{self, seal};
use crate::store::{Act, Desk, NewDesk, PageQuery, StoreError, Target};

const PEOPLE: &str = include_str!("../../sample-data/people.toml");
const APPROVALS: &str = include_str!("../../sample-data/approvals.toml");
const FLEET: &str = include_str!("../../sample-data/fleet.csv");
const SHEETS: [(&str, &str); 3] = [
    ("box-bodies.csv", include_str!("../../sample-data/build-sheets/box-bodies.csv")),
    ("vans.csv", include_str!("../../sample-data/build-sheets/vans.csv")),
    ("campers.csv", include_str!("../../sample-data/build-sheets/campers.csv")),
];
const BASES: [(&str, &str); 3] = [
    ("chassis-cab-n2", include_str!("../../sample-data/base/chassis-cab-n2.xml")),
    ("van-n1", include_str!("../../sample-data/base/van-n1.xml")),
    ("camper-base-n1", include_str!("../../sample-data/base/camper-base-n1.xml")),
];
const SCOPES: [(&str, &str); 3] =
    [("bodies", "Box bodies on chassis cabs"), ("vans", "Altered panel vans"), ("campers", "Motor caravans")];

/// The day the sample sheets' due days were written for; a demo moves them to its own day.
const WRITTEN_FOR: &str = "2026-11-23";
/// How many days of work the demo's history tells of.
const DAYS: i64 = 3;

/// How far each record is taken, in turn.
const FAR: [Far; 12] = [
    Far::Review,
    Far::Compliance,
    Far::Released,
    Far::ReviewBegun,
    Far::Ready,
    Far::Preparation,
    Far::Archived,
    Far::Flagged,
    Far::Intake,
    Far::Compliance,
    Far::Review,
    Far::Ready,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Far {
    Intake,
    Preparation,
    Review,
    ReviewBegun,
    Flagged,
    Compliance,
    Ready,
    Released,
    Archived,
}

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
    let options = options::read(options::DEFAULT_OPTIONS, "options.toml")?;
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
    let fleet = fleet(records, seed, now)?;
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

/// A vehicle of the demo: its base message and its row of a build sheet.
struct Vehicle {
    vin: Vin,
    base: &'static str,
    built: String,
    row: SheetRow,
}

/// The vehicles: the sample fleet, box bodies, vans and campers in turn; then, as many as wanted, more of the same with
/// numbers of their own.
fn fleet(records: usize, seed: u64, now: Moment) -> Result<Vec<Vehicle>, Failure> {
    let written = crate::domain::value::date(WRITTEN_FOR).unwrap_or_default();
    let later = now.day() - written;
    let mut bases: BTreeMap<String, (String, String)> = BTreeMap::new();
    for line in FLEET.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        if let [vin, base, built] = line.split(',').collect::<Vec<_>>()[..] {
            bases.insert(vin.to_owned(), (base.to_owned(), built.to_owned()));
        }
    }
    let mut sheets: Vec<Vec<intake::sheet::Item>> = Vec::new();
    for (name, text) in SHEETS {
        let format = intake::table::Format::Csv;
        let map = intake::columns::ColumnMap::default();
        let rows = intake::sheet::read(name, text.as_bytes(), format, &map, ivi::catalogue()).map_err(|faults| {
            sample_fault(name, &faults.first().map_or(String::new(), |fault| fault.reason.clone()))
        })?;
        let rows: Result<Vec<_>, _> = rows.into_iter().collect();
        sheets.push(rows.map_err(|fault| sample_fault(name, &fault.reason))?);
    }
    let longest = sheets.iter().map(Vec::len).max().unwrap_or(0);
    let rows: Vec<&intake::sheet::Item> =
        (0..longest).flat_map(|at| sheets.iter().filter_map(move |sheet| sheet.get(at))).collect();
    let mut fleet = Vec::with_capacity(records);
    for number in 0..records {
        let item = rows[number % rows.len()];
        let (base, built) = bases
            .get(item.vin.as_str())
            .ok_or_else(|| sample_fault("fleet.csv", &format!("{} has no base vehicle", item.vin)))?;
        let base = BASES.iter().find(|(name, _)| name == base).map(|(_, text)| *text);
        let mut row = item.row.clone();
        row.due = row.due.and_then(|due: NaiveDate| due.checked_add_signed(later));
        let mut vin = item.vin.clone();
        if number >= rows.len() {
            let serial = (seed.wrapping_mul(7_919) + number as u64) % 1_000_000;
            let text = format!("{}{serial:06}", &vin.as_str()[..11]);
            vin = Vin::parse(&text).map_err(|fault| sample_fault("a further VIN", &fault.to_string()))?;
            row.order = row.order.map(|order| format!("{order}-{number}"));
        }
        let base = base.ok_or_else(|| sample_fault("fleet.csv", "an unknown base"))?;
        fleet.push(Vehicle { vin, base, built: built.clone(), row });
    }
    Ok(fleet)
}

/// A demo desk in the making, with a clock of its own that only goes forward.
struct Demo {
    desk: Desk,
    actors: BTreeMap<String, Actor>,
    seed: u64,
    clock: Moment,
    step: i64,
    acts: u64,
    seal: SealKey,
    maker: SealKey,
}

impl Demo {
    fn govern(&mut self, founder: &Person, people: Vec<Person>) -> Result<(), Failure> {
        let actor = Actor::of(founder);
        let mut acts: Vec<DeskAction> =
            people.into_iter().filter(|person| person.login != founder.login).map(DeskAction::AddPerson).collect();
        for (name, title) in SCOPES {
            acts.push(DeskAction::AddScope(Scope {
                name: name.to_owned(),
                title: title.to_owned(),
                team: Some(name.to_owned()),
                matches: None,
            }));
        }
        let approvals = intake::approval::read(APPROVALS.as_bytes(), ivi::catalogue()).map_err(|faults| {
            sample_fault("approvals.toml", &faults.first().map_or(String::new(), |fault| fault.reason.clone()))
        })?;
        acts.extend(approvals.into_iter().map(|approval| DeskAction::ImportApproval(Box::new(approval))));
        for act in acts {
            let (request, now) = self.tick();
            self.desk.govern(&actor, &act, request, now)?;
        }
        Ok(())
    }

    /// The next moment of the demo's history, and a request id that is the same for the same seed.
    fn tick(&mut self) -> (Uuid, Moment) {
        self.clock = Moment(self.clock.0 + self.step);
        self.acts += 1;
        (self.uuid("act", self.acts), self.clock)
    }

    fn uuid(&self, what: &str, number: u64) -> Uuid {
        let digest = Digest::of(format!("{what} {number} {}", self.seed).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.0[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// One act of one person; whether it was carried out. A refusal is no failure: the record stays where it is.
    fn act(&mut self, login: &str, target: Target, action: &Action) -> Result<bool, Failure> {
        let (request, now) = self.tick();
        let actor =
            self.actors.get(login).ok_or_else(|| sample_fault("people.toml", &format!("there is no `{login}`")))?;
        match self.desk.apply(&Act { actor, target, action, seen: None, request, now }) {
            Ok(_) => Ok(true),
            Err(StoreError::Refused(_)) => Ok(false),
            Err(fault) => Err(fault.into()),
        }
    }

    fn work(&mut self, fleet: &[Vehicle], narrate: &mut dyn FnMut(usize, usize)) -> Result<(), Failure> {
        let total = fleet.len() * 2;
        for (number, vehicle) in fleet.iter().enumerate() {
            let received = self.base_message(vehicle, number as u64, None)?;
            let login = preparer(&vehicle.row);
            self.act(&login, Target::Intake(vehicle.vin.clone()), &Action::Receive(received))?;
            if !self.act(&login, Target::Vin(vehicle.vin.clone()), &Action::Prepare(vehicle.row.clone()))? {
                return Err(sample_fault(&vehicle.row.source, "the desk refuses the row"));
            }
            narrate(number + 1, total);
        }
        let ids: Vec<RecordId> =
            fleet.iter().map(|vehicle| self.desk.record_id(&vehicle.vin)).collect::<Result<_, _>>()?;
        for far in [
            Far::Preparation,
            Far::Review,
            Far::ReviewBegun,
            Far::Flagged,
            Far::Compliance,
            Far::Ready,
            Far::Released,
            Far::Archived,
        ] {
            for (number, (vehicle, id)) in fleet.iter().zip(&ids).enumerate() {
                if FAR[number % FAR.len()] >= far {
                    self.take_to(far, vehicle, *id, number)?;
                }
            }
            narrate(total / 2 + total / 2 * (far as usize) / (Far::Archived as usize), total);
        }
        self.after_thoughts(fleet, &ids)?;
        narrate(total, total);
        Ok(())
    }

    /// Takes a record one stretch of the way.
    fn take_to(&mut self, far: Far, vehicle: &Vehicle, id: RecordId, number: usize) -> Result<(), Failure> {
        let target = || Target::Record(id);
        let take = |login: &str| -> Result<Action, Failure> {
            Ok(Action::Assign { to: Some(context::read_login(login)?), reason: None })
        };
        let on = Action::Advance { reason: None };
        let stops_here = FAR[number % FAR.len()];
        let reviewer = if vehicle.row.scope.as_deref() == Some("campers") { "review2" } else { "review" };
        match far {
            Far::Preparation => {
                let login = preparer(&vehicle.row);
                self.act(&login, target(), &take(&login)?)?;
                self.act(&login, target(), &on)?;
            }
            Far::Review => {
                self.act(&preparer(&vehicle.row), target(), &on)?;
            }
            Far::ReviewBegun => {
                self.act(reviewer, target(), &take(reviewer)?)?;
                let whole = stops_here != Far::ReviewBegun;
                let decisions = self.undecided(id)?;
                let some = if whole { decisions } else { decisions.into_iter().step_by(2).collect() };
                self.act(reviewer, target(), &Action::Confirm { addresses: Some(some) })?;
            }
            Far::Flagged if stops_here == Far::Flagged => {
                let flag = Action::Flag {
                    kind: "base-error".to_owned(),
                    at: Some(Address::unchecked("DimensionGroup/RearOverhang")),
                    blocking: Some(true),
                    text: "the overhang was measured to the lamps, not to the body".to_owned(),
                    to: Some(context::read_login("lead")?),
                };
                self.act(reviewer, target(), &flag)?;
            }
            Far::Flagged | Far::Intake => {}
            Far::Compliance => {
                self.act(reviewer, target(), &on)?;
            }
            Far::Ready => {
                self.act("lead", target(), &take("lead")?)?;
                self.act("lead", target(), &on)?;
            }
            Far::Released => {
                let (_, now) = self.tick();
                let actor = self.actors["release"].clone();
                match issuing::release(&mut self.desk, &actor, id, &self.seal, now, None) {
                    Ok(_) => {}
                    Err(IssuingError::Refused(_) | IssuingError::Store(StoreError::Refused(_))) => {}
                    Err(fault) => return Err(fault.into()),
                }
            }
            Far::Archived => {
                self.act("release", target(), &on)?;
            }
        }
        Ok(())
    }

    fn undecided(&mut self, id: RecordId) -> Result<Vec<Address>, Failure> {
        let dossier = self.desk.dossier(id, self.clock)?;
        let undecided = dossier.certificate.changes.iter().filter(|change| change.undecided);
        Ok(undecided.map(|change| change.address.clone()).collect())
    }

    /// What makes a desk a desk: a correction that comes late, a hold, an exception raised and one settled.
    fn after_thoughts(&mut self, fleet: &[Vehicle], ids: &[RecordId]) -> Result<(), Failure> {
        let all: Vec<(usize, Far)> = (0..fleet.len()).map(|number| (number, FAR[number % FAR.len()])).collect();
        let nth =
            |far: Far, which: usize| all.iter().filter(|(_, one)| *one == far).nth(which).map(|(number, _)| *number);
        if let Some(number) = nth(Far::Ready, 1) {
            let received = self.base_message(&fleet[number], number as u64, Some("the maker corrected it"))?;
            self.act("prep", Target::Record(ids[number]), &Action::Receive(received))?;
        }
        if let Some(number) = nth(Far::Preparation, 0) {
            let reason = "waiting for the weighing ticket".to_owned();
            self.act("prep", Target::Record(ids[number]), &Action::Hold { reason, until: None })?;
        }
        if let Some(number) = nth(Far::Compliance, 0) {
            let flag = Action::Flag {
                kind: "missing-data".to_owned(),
                at: None,
                blocking: Some(false),
                text: "photo of the additional plate is not in the file".to_owned(),
                to: None,
            };
            self.act("lead", Target::Record(ids[number]), &flag)?;
            let dossier = self.desk.dossier(ids[number], self.clock)?;
            if let Some(exception) = dossier.record.exceptions.last() {
                let how = Settle::Resolve { text: "photo received and filed".to_owned() };
                self.act("lead", Target::Record(ids[number]), &Action::Settle { id: exception.id, how })?;
            }
        }
        Ok(())
    }

    /// The base message of a vehicle, really written, really sealed, and read again as any other.
    fn base_message(&self, vehicle: &Vehicle, number: u64, corrected: Option<&str>) -> Result<Received, Failure> {
        let read =
            ivi::read(vehicle.base.as_bytes()).map_err(|fault| sample_fault("a base message", &fault.to_string()))?;
        let mut content: Content = read.content;
        let mut put = |address: &str, value: &str| content.set(Address::unchecked(address), value);
        put("VehicleIdentificationNumber", vehicle.vin.as_str());
        put("DateManufactureVehicle", &vehicle.built);
        put("SigningAuthorityTable[1]/SignatureDate", &vehicle.built);
        put("Header/IviVersionDateTime", &format!("{}T16:30:00Z", vehicle.built));
        let what = if corrected.is_some() { "correction" } else { "base" };
        put("Header/IviReferenceId", &self.uuid(what, number).to_string());
        if corrected.is_some() {
            put("Header/IviVersionNumber", "2");
            put("MaximumSpeed", "130");
        }
        let message =
            ivi::Message::from_content(&content).map_err(|fault| sample_fault("a base message", &fault.to_string()))?;
        let at = self.clock.utc();
        let sealed = seal::seal(&ivi::write(&message), &self.maker, at);
        let sealed = sealed.map_err(|fault| sample_fault("a base message", &fault.to_string()))?;
        let name = format!("{}-stage1{}.xml", vehicle.vin, if corrected.is_some() { "-v2" } else { "" });
        let scope = vehicle.row.scope.as_deref();
        let read = intake::message::read(&name, sealed, scope, self.clock);
        read.map(|(_, received)| received).map_err(|fault| sample_fault(&name, &fault.reason))
    }
}

fn preparer(row: &SheetRow) -> String {
    let scope = if row.scope.as_deref() == Some("campers") { "prep2" } else { "prep" };
    row.preparer.as_ref().map_or(scope.to_owned(), Login::to_string)
}

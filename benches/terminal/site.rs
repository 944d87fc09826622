//! A desk to measure on: records with a message of real size, some work and its history, made through the desk's own door.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::Utc;
use stageplate::config::policy;
use stageplate::domain::action::{Action, Given, Received};
use stageplate::domain::address::Address;
use stageplate::domain::governance::DeskAction;
use stageplate::domain::identity::{Digest, Login, Vin};
use stageplate::domain::moment::Moment;
use stageplate::domain::person::{Actor, Person, Role};
use stageplate::ivi;
use stageplate::store::{Act, Desk, NewDesk, Target};
use uuid::Uuid;

const BASE: &str = include_str!("../../sample-data/base/van-n1.xml");
const POLICY: &str = include_str!("../../sample-data/policy.toml");

/// The digits that tell the records' VINs apart.
const DIGITS: usize = 6;
/// More records have no VIN of their own.
pub const MOST: usize = 1_000_000;
/// What every record's VIN begins with.
pub const VIN_BEGINS: &str = "ZZACE38E1TK";
/// Records that are made in one transaction.
const BATCH: usize = 250;
/// Acts that every record has behind it.
pub const ACTS: usize = 4;

/// A desk in a folder of its own, and who is at it.
pub struct Site {
    folder: tempfile::TempDir,
    pub desk: Desk,
    /// Who lets people in.
    founder: Actor,
    /// Who prepares: what they do is what the others see.
    pub preparer: Actor,
    /// Who looks.
    pub reviewer: Login,
}

pub fn now() -> Moment {
    Utc::now().into()
}

fn person(login: &str, roles: &[Role]) -> Person {
    let login = Login::parse(login).expect("a login");
    Person::new(login.clone(), login.to_string(), roles.iter().copied())
}

impl Site {
    /// A desk with so many records.
    pub fn new(records: usize) -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = policy::read(POLICY, "policy.toml", ivi::catalogue()).expect("the default policy");
        let founder = person("admin", &[Role::Admin]);
        // Only on a demo desk may one person be several, as here.
        let new = NewDesk { policy, policy_source: POLICY.to_owned(), options: None, founder, demo: true };
        let desk = Desk::create(&folder.path().join("desk.db"), &new, ivi::catalogue(), now()).expect("a desk");
        let (preparer, reviewer) = (person("prep", &[Role::Prepare]), person("review", &[Role::Review]));
        let founder = Actor::of(&new.founder);
        let mut site = Site { folder, desk, founder, preparer: Actor::of(&preparer), reviewer: reviewer.login.clone() };
        [&preparer, &reviewer].into_iter().for_each(|person| site.add(person));
        let numbers: Vec<usize> = (0..records).collect();
        numbers.chunks(BATCH).for_each(|batch| site.fill(batch));
        site
    }

    /// Lets somebody in.
    pub fn add(&mut self, person: &Person) {
        let add = DeskAction::AddPerson(person.clone());
        self.desk.govern(&self.founder, &add, Uuid::new_v4(), now()).expect("a person");
    }

    pub fn path(&self) -> PathBuf {
        self.desk.path().to_owned()
    }

    /// Where the person's own files would be: there are none.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Records that came in, had some values declared, were taken and moved on.
    fn fill(&mut self, numbers: &[usize]) {
        let values = [
            ("Variant", "BOX"),
            ("Version", "L2H2"),
            ("MassGroup/ActualMass", "2800"),
            ("DateManufactureVehicle", "2026-08-20"),
        ];
        let values: BTreeMap<Address, Option<Given>> = values
            .into_iter()
            .map(|(address, value)| (Address::unchecked(address), Some(Given::Value(value.to_owned()))))
            .collect();
        let later = [
            Action::SetValues { values, reason: "weighed after completion".to_owned() },
            Action::Assign { to: Some(self.preparer.login.clone()), reason: None },
            Action::Advance { reason: None },
        ];
        let came: Vec<(Vin, Action)> = numbers.iter().map(|number| received(*number)).collect();
        let targets = came.iter().flat_map(|(vin, action)| {
            let later = later.iter().map(|action| (Target::Vin(vin.clone()), action));
            std::iter::once((Target::Intake(vin.clone()), action)).chain(later)
        });
        let acts: Vec<Act<'_>> = targets
            .map(|(target, action)| Act {
                actor: &self.preparer,
                target,
                action,
                seen: None,
                request: Uuid::new_v4(),
                now: now(),
            })
            .collect();
        for done in self.desk.apply_each(&acts).expect("a batch") {
            done.expect("an act that is allowed");
        }
    }
}

/// The message of a vehicle as a file has it: the sample's, with a VIN of its own.
pub fn message(sample: &str, vin: &Vin) -> String {
    let read = ivi::read(sample.as_bytes()).expect("a message");
    let theirs = read.content.value("VehicleIdentificationNumber").expect("a VIN");
    sample.replace(theirs, vin.as_str())
}

/// The message of a vehicle as the desk receives it.
fn received(number: usize) -> (Vin, Action) {
    let ours = Vin::parse(&format!("{VIN_BEGINS}{number:0DIGITS$}")).expect("a VIN");
    let bytes = message(BASE, &ours).into_bytes();
    let content = ivi::read(&bytes).expect("a message").content;
    let received = Received {
        stage: 1,
        content,
        faults: Vec::new(),
        sha256: Digest::of(&bytes),
        bytes,
        source: format!("{ours}.xml"),
        signature: "none".to_owned(),
        scope: None,
    };
    (ours, Action::Receive(received))
}

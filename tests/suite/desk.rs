//! A small desk for tests: a catalogue of a dozen elements, a policy of the usual steps, four people, an approval.

#![allow(dead_code, reason = "each module of the suite uses its own part")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{LazyLock, atomic::AtomicU64, atomic::Ordering};

use stageplate::domain::action::{Action, Given, Received, Sealed, SheetRow};
use stageplate::domain::address::Address;
use stageplate::domain::approval::{Approval, ApprovalNumber, Manufacturer, Status};
use stageplate::domain::catalogue::{Catalogue, Element, Shape};
use stageplate::domain::content::Content;
use stageplate::domain::filter::Filter;
use stageplate::domain::governance::DeskAction;
use stageplate::domain::identity::{Digest, Login, RecordId, Vin};
use stageplate::domain::moment::Moment;
use stageplate::domain::person::{Actor, Person, Role};
use stageplate::domain::policy::{ExceptionKind, Excluded, Gate, Outcome, Policy, Step};
use stageplate::domain::triage::Raised;
use stageplate::domain::value::ValueType;
use stageplate::store::{Act, Applied, Desk, ExceptionQuery, NewDesk, StoreError, Target};
use tempfile::TempDir;
use uuid::Uuid;

pub static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let text = || Shape::Value(ValueType::Text { min: 1, max: 60 });
    let element = |name, parent, path: &str, shape| Element {
        name,
        parent,
        path: path.to_owned(),
        shape,
        type_name: name,
        min: 0,
        max: Some(1),
        title: name,
        section: None,
        entry: None,
        mark: None,
        unit: None,
        unitless: None,
    };
    let mut elements = vec![element("CocDataGroup", "InitialVehicleInformation", "", Shape::Group)];
    for name in [
        "VehicleIdentificationNumber",
        "TypeApprovalNumber",
        "Type",
        "Variant",
        "Version",
        "VehicleCategory",
        "DateManufactureVehicle",
        "Length",
        "Width",
        "Remarks",
    ] {
        elements.push(element(name, "CocDataGroup", name, text()));
    }
    elements.push(element("AxleTable", "CocDataGroup", "AxleTable", Shape::Table));
    elements.push(element("AxleGroup", "AxleTable", "AxleTable", Shape::Row));
    elements.push(element("AxleNumber", "AxleGroup", "AxleTable/AxleNumber", text()));
    Catalogue::new(elements)
});

pub fn step(name: &str, acts: &[Role], outcome: Outcome) -> Step {
    Step {
        name: name.into(),
        title: name.into(),
        acts: acts.to_vec(),
        not: Vec::new(),
        edit: false,
        gates: Vec::new(),
        checkpoint: None,
        meaning: None,
        due_days: None,
        outcome,
        ..Step::default()
    }
}

pub fn policy() -> Policy {
    let intake =
        Step { edit: true, gates: vec![Gate::OwnerNamed], ..step("intake", &[Role::Prepare], Outcome::Advance) };
    let preparation = Step { edit: true, due_days: Some(5), ..step("preparation", &[Role::Prepare], Outcome::Advance) };
    let review = Step {
        not: vec![Excluded::Preparer],
        gates: vec![Gate::ChangesDecided],
        checkpoint: Some("technical review".into()),
        due_days: Some(2),
        ..step("review", &[Role::Review], Outcome::Advance)
    };
    let compliance = Step {
        gates: vec![Gate::NoBlockingException],
        checkpoint: Some("compliance review".into()),
        ..step("compliance", &[Role::Lead], Outcome::Advance)
    };
    let ready = Step {
        not: vec![Excluded::Preparer, Excluded::LastEditor],
        gates: vec![Gate::SignedOff],
        ..step("ready", &[Role::Release], Outcome::Release)
    };
    let kind = |name: &str, blocking| ExceptionKind {
        name: name.into(),
        title: name.into(),
        blocking,
        settled_by: Role::Lead,
        owner: None,
    };
    Policy {
        name: "test".into(),
        version: 1,
        steps: vec![
            intake,
            preparation,
            review,
            compliance,
            ready,
            step("released", &[], Outcome::Rest),
            step("archived", &[], Outcome::Rest),
        ],
        exception_kinds: vec![
            kind("missing-data", true),
            kind("approval-mismatch", true),
            kind("late-correction", true),
            kind("other", false),
        ],
        grades: BTreeMap::new(),
        options: Vec::new(),
        ..Policy::default()
    }
}

pub fn login(text: &str) -> Login {
    Login::parse(text).unwrap()
}

pub fn person(name: &str, roles: &[Role], team: Option<&str>) -> Person {
    Person { team: team.map(str::to_owned), ..Person::new(login(name), name, roles.iter().copied()) }
}

/// 6 July 2026, a Monday, at nine; and so many minutes later.
pub fn minute(minutes: i64) -> Moment {
    Moment::from("2026-07-06T09:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap())
        .0
        .checked_add(minutes * 60_000_000)
        .map(Moment)
        .unwrap()
}

pub const APPROVAL: &str = "e4*2018/858*00871*01";

pub fn approval(number: &str, category: &str) -> Approval {
    Approval {
        number: ApprovalNumber::parse(number).unwrap(),
        approval_type: "EU".into(),
        provisional: false,
        category: category.into(),
        vehicle_type: "BX".into(),
        stage_of_completion: "V".into(),
        issued: "2026-02-10".parse().unwrap(),
        built_from: None,
        built_until: None,
        status: Status::Valid,
        changes: Vec::new(),
        manufacturer: Manufacturer {
            name: "Example Bodies B.V.".into(),
            address_line1: "Havenweg 12".into(),
            address_line2: None,
            address_line3: None,
            place: "Venlo".into(),
            country: "THE NETHERLANDS".into(),
        },
        versions: Vec::new(),
        signatories: Vec::new(),
        subjects: Vec::new(),
        documents: Vec::new(),
    }
}

/// A desk in a directory of its own, and the people on it.
pub struct Bench {
    pub directory: TempDir,
    pub path: PathBuf,
    pub desk: Desk,
}

pub fn fresh_request() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1000);
    Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
}

pub fn new_desk() -> NewDesk {
    NewDesk {
        options: None,
        policy: policy(),
        policy_source: "name = \"test\"\n".into(),
        founder: person("root", &[Role::Admin], None),
        demo: false,
    }
}

impl Bench {
    /// A desk with a preparer, two reviewers, a lead who reviews too, a releaser, and the approval.
    pub fn new() -> Bench {
        Bench::under(policy())
    }

    /// The same desk under another policy.
    pub fn under(policy: Policy) -> Bench {
        let new = NewDesk { policy, ..new_desk() };
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("desk").join("desk.db");
        let mut desk = Desk::create(&path, &new, &CATALOGUE, minute(-60)).unwrap();
        let root = Actor::of(&new.founder);
        for someone in [
            person("prep", &[Role::Prepare], Some("vans")),
            person("other", &[Role::Prepare, Role::Review], Some("vans")),
            person("review", &[Role::Review], Some("vans")),
            person("lead", &[Role::Lead], None),
            person("release", &[Role::Release], None),
        ] {
            desk.govern(&root, &DeskAction::AddPerson(someone), fresh_request(), minute(-50)).unwrap();
        }
        let import = DeskAction::ImportApproval(Box::new(approval(APPROVAL, "N1")));
        desk.govern(&root, &import, fresh_request(), minute(-40)).unwrap();
        Bench { directory, path, desk }
    }

    pub fn another_desk(&self) -> Desk {
        Desk::open(&self.path, &CATALOGUE).unwrap()
    }

    /// A plain connection, as any other program would have one.
    pub fn plain(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(&self.path).unwrap()
    }

    pub fn actor(&mut self, name: &str) -> Actor {
        Actor::of(&self.desk.person(&login(name)).unwrap().unwrap())
    }

    pub fn act(&mut self, name: &str, target: Target, action: &Action, at: i64) -> Result<Applied, StoreError> {
        let actor = self.actor(name);
        let act = Act { actor: &actor, target, action, seen: None, request: fresh_request(), now: minute(at) };
        self.desk.apply(&act)
    }

    /// Acts on a record that exists, and must succeed.
    pub fn does(&mut self, name: &str, id: RecordId, action: &Action, at: i64) -> Applied {
        self.act(name, Target::Record(id), action, at)
            .unwrap_or_else(|error| panic!("{name} {}: {error}", action.word()))
    }

    /// A record with its base message and a build sheet, in the first step, owned by nobody.
    pub fn taken_in(&mut self, number: u32) -> RecordId {
        let vin = vin(number);
        self.act("prep", Target::Intake(vin.clone()), &receive(&vin, "6000", "a.xml"), 0).unwrap();
        let sheet = sheet(&[("Length", "6400"), ("TypeApprovalNumber", APPROVAL), ("Variant", "BOX")]);
        self.act("prep", Target::Intake(vin), &sheet, 1).unwrap().record
    }

    /// The same record, moved on to review.
    pub fn in_review(&mut self, number: u32) -> RecordId {
        let id = self.taken_in(number);
        self.does("prep", id, &take("prep"), 2);
        self.does("prep", id, &advance(), 3);
        self.does("prep", id, &advance(), 4);
        id
    }

    /// The changes nobody decided yet.
    pub fn undecided(&mut self, id: RecordId) -> Vec<Address> {
        let dossier = self.desk.dossier(id, minute(9)).unwrap();
        let undecided = dossier.certificate.changes.iter().filter(|change| change.undecided);
        undecided.map(|change| change.address.clone()).collect()
    }

    /// The reviewer confirms every change that nobody decided yet.
    pub fn confirm_everything(&mut self, id: RecordId, at: i64) {
        let addresses = self.undecided(id);
        self.does("review", id, &Action::Confirm { addresses: Some(addresses) }, at);
    }

    /// Every exception that a filter selects.
    pub fn exceptions(&mut self, filter: &str, now: Moment) -> Vec<Raised> {
        let filter = Some(Filter::parse_exceptions(filter, now.day()).unwrap());
        let query = ExceptionQuery { filter, settled: false, limit: 100, after: None, who: login("lead"), now };
        self.desk.exceptions(&query).unwrap().rows
    }

    /// The same record, signed at every checkpoint and waiting for its release.
    pub fn ready(&mut self, number: u32) -> RecordId {
        let id = self.in_review(number);
        self.confirm_everything(id, 5);
        self.does("review", id, &advance(), 6);
        self.does("lead", id, &advance(), 7);
        id
    }

    /// The same record, released.
    pub fn released(&mut self, number: u32) -> RecordId {
        let id = self.ready(number);
        let sealed = self.sealed(id, number);
        self.does("release", id, &Action::Release(sealed), 8);
        id
    }

    pub fn sealed(&mut self, id: RecordId, number: u32) -> Sealed {
        let bytes = format!("<sealed number=\"{number}\"/>").into_bytes();
        Sealed {
            sha256: Digest::of(&bytes),
            bytes,
            reference: format!("00000000-0000-4000-8000-{number:012}"),
            content: self.desk.dossier(id, minute(8)).unwrap().certificate.hash,
            sealed_by: "CN=test".into(),
        }
    }
}

pub fn vin(number: u32) -> Vin {
    Vin::parse(&format!("WDB9066331S{number:06}")).unwrap()
}

pub fn receive(vin: &Vin, length: &str, source: &str) -> Action {
    let entries = [
        ("VehicleIdentificationNumber", vin.as_str()),
        ("TypeApprovalNumber", "e1*2018/858*00001*00"),
        ("Type", "CH"),
        ("Variant", "CAB"),
        ("Version", "1"),
        ("VehicleCategory", "N1"),
        ("Length", length),
        ("Width", "2000"),
        ("AxleTable[1]/AxleNumber", "1"),
        ("AxleTable[2]/AxleNumber", "2"),
    ];
    let content: Content =
        entries.into_iter().map(|(address, value)| (Address::unchecked(address), value.to_owned())).collect();
    let bytes = format!("<message vin=\"{vin}\" length=\"{length}\">{}</message>", "<a>b</a>".repeat(200)).into_bytes();
    Action::Receive(Received {
        stage: 1,
        content,
        faults: Vec::new(),
        sha256: Digest::of(&bytes),
        bytes,
        source: source.into(),
        signature: "none".into(),
        scope: None,
    })
}

pub fn sheet(values: &[(&str, &str)]) -> Action {
    let values = values.iter().map(|(address, value)| (Address::unchecked(address), Given::Value((*value).to_owned())));
    Action::Prepare(SheetRow { stage: 2, values: values.collect(), source: "vans.csv:2".into(), ..SheetRow::default() })
}

pub fn set(address: &str, value: &str) -> Action {
    let values = [(Address::unchecked(address), Some(Given::Value(value.to_owned())))].into_iter().collect();
    Action::SetValues { values, reason: "measured".into() }
}

pub fn take(name: &str) -> Action {
    Action::Assign { to: Some(login(name)), reason: None }
}

pub fn advance() -> Action {
    Action::Advance { reason: None }
}

pub fn note(text: &str) -> Action {
    Action::Note { text: text.into() }
}

pub fn flag(kind: &str) -> Action {
    Action::Flag { kind: kind.into(), at: None, blocking: None, text: "look at this".into(), to: None }
}

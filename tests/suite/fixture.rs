//! A desk of one record in memory: the chassis cab of the sample data, the box body's build sheet and four people who
//! act on it through `plan`. No store: what `plan` answers is the record that the next act sees.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use stageplate::config::{options, policy};
use stageplate::domain::action::{Action, CameBack, Given, Received, Sealed, SheetRow};
use stageplate::domain::address::Address;
use stageplate::domain::approval::{
    Approval, ApprovalNumber, Covered, Manufacturer, Range, Signatory, Status, SubjectApproval,
};
use stageplate::domain::certificate::{Case, Certificate, Change};
use stageplate::domain::content::Content;
use stageplate::domain::event::Event;
use stageplate::domain::identity::{Digest, Login, RecordId, Seq, Vin};
use stageplate::domain::moment::Moment;
use stageplate::domain::options::Options;
use stageplate::domain::person::{Actor, Person, Role};
use stageplate::domain::plan::{Planned, Refusal, plan, plan_undo};
use stageplate::domain::policy::Policy;
use stageplate::domain::receipt::Answer;
use stageplate::domain::record::Record;
use stageplate::ivi;

pub const VIN: &str = "ZZATG60D2TK104417";

/// The people, with what they may do. `both` prepares and reviews, `audit` only reads.
pub const PEOPLE: [(&str, &[Role]); 6] = [
    ("prep", &[Role::Prepare]),
    ("review", &[Role::Review]),
    ("lead", &[Role::Lead]),
    ("release", &[Role::Release]),
    ("both", &[Role::Prepare, Role::Review, Role::Lead, Role::Release]),
    ("audit", &[Role::Audit]),
];

#[derive(Clone)]
pub struct Desk {
    pub record: Record,
    pub approvals: Vec<Approval>,
    pub people: Vec<Person>,
    pub policy: Policy,
    pub options: Options,
    pub now: Moment,
    /// What was done, oldest first.
    pub history: Vec<Event>,
    next_exception: i64,
}

impl Desk {
    /// A desk with a record at intake that has nothing yet.
    pub fn empty() -> Desk {
        let text = include_str!("../../sample-data/policy.toml");
        let mut policy = policy::read(text, "policy.toml", ivi::catalogue()).unwrap();
        policy.version = 1;
        let people =
            PEOPLE.map(|(login, roles)| Person::new(Login::parse(login).unwrap(), login, roles.iter().copied()));
        let now = Moment::start_of("2026-11-23".parse().unwrap());
        let record = Record::new(RecordId(1), Vin::parse(VIN).unwrap(), 2, "intake", now);
        let text = include_str!("../../sample-data/options.toml");
        let options = Options { version: 1, ..options::read(text, "options.toml", ivi::catalogue()).unwrap().options };
        let approvals = vec![approval()];
        Desk {
            record,
            approvals,
            people: people.to_vec(),
            policy,
            options,
            now,
            history: Vec::new(),
            next_exception: 1,
        }
    }

    /// A desk whose record has its base message and its build sheet, prepared by `prep`, still at intake.
    pub fn prepared() -> Desk {
        let mut desk = Desk::empty();
        desk.act("prep", &receive(base())).unwrap();
        desk.act("prep", &Action::Prepare(sheet())).unwrap();
        desk
    }

    /// The same, moved on to `step` by the people whose steps lie before it.
    pub fn at(step: &str) -> Desk {
        let mut desk = Desk::prepared();
        let me = Some(Login::parse("prep").unwrap());
        desk.act("prep", &Action::Assign { to: me, reason: None }).unwrap();
        while desk.record.step != step {
            let who = match desk.record.step.as_str() {
                "intake" | "preparation" => "prep",
                "review" => "review",
                _ => "lead",
            };
            if who == "review" {
                desk.confirm_all(who);
            }
            desk.act(who, &advance()).unwrap();
        }
        desk
    }

    /// The same, released.
    pub fn released() -> Desk {
        let mut desk = Desk::at("ready");
        let sealed = desk.sealed();
        desk.act("release", &Action::Release(sealed)).unwrap();
        desk
    }

    /// Acts for the person; what `plan` answers is the record from then on.
    pub fn act(&mut self, who: &str, action: &Action) -> Result<Planned, Refusal> {
        let person = self.people.iter().find(|person| person.login.as_str() == who).unwrap();
        let before = self.record.exceptions.len();
        let actor = Actor::of(person);
        let planned = match action {
            Action::Undo => plan_undo(&self.case(), &actor, self.last_standing())?,
            action => plan(&self.case(), &actor, action, self.next_exception)?,
        };
        self.next_exception += i64::try_from(planned.record.exceptions.len() - before).unwrap();
        self.record = planned.record.clone();
        if planned.changed {
            self.record.seq = Seq(self.record.seq.0 + 1);
            self.history.push(Event {
                seq: self.record.seq,
                at: self.now,
                clock_back: false,
                by: actor.login,
                via: None,
                action: action.word().to_owned(),
                record: Some((self.record.id, self.record.vin.clone())),
                facts: planned.facts.clone(),
            });
        }
        self.now = Moment(self.now.0 + 1_000_000);
        Ok(planned)
    }

    /// The last act that was not undone and undoes nothing.
    fn last_standing(&self) -> Option<&Event> {
        let undone: Vec<Seq> = self.history.iter().filter_map(|event| event.facts.undoes).collect();
        let stands = |event: &&Event| event.facts.undoes.is_none() && !undone.contains(&event.seq);
        self.history.iter().rev().find(stands)
    }

    /// Confirms every change that needs a decision, each by name.
    pub fn confirm_all(&mut self, who: &str) {
        let addresses = self.certificate().decisions().map(|change| change.address.clone()).collect();
        self.act(who, &Action::Confirm { addresses: Some(addresses) }).unwrap();
    }

    pub fn case(&self) -> Case<'_> {
        let Desk { record, approvals, people, policy, options, now, .. } = self;
        Case { record, approvals, people, policy, options, catalogue: ivi::catalogue(), now: *now }
    }

    pub fn certificate(&self) -> Certificate {
        Certificate::of(&self.case())
    }

    pub fn change(&self, address: &str) -> Change {
        let found = self.certificate().change(&Address::unchecked(address)).cloned();
        found.unwrap_or_else(|| panic!("no change at {address}"))
    }

    /// A sealed message of the content as it is now.
    pub fn sealed(&self) -> Sealed {
        Sealed {
            bytes: b"sealed".to_vec(),
            sha256: Digest::of(b"sealed"),
            reference: "6a2957d3-4a32-41a6-a2d0-50681e0bf5e1".to_owned(),
            content: self.certificate().hash,
            sealed_by: "CN=Zandhoeve".to_owned(),
        }
    }
}

/// The chassis cab's message, read.
pub fn base() -> Content {
    let bytes = include_bytes!("../../sample-data/base/chassis-cab-n2.xml");
    ivi::read(bytes).unwrap().content
}

/// A stage-1 message of this content comes in.
pub fn receive(content: Content) -> Action {
    let text: String = content.iter().map(|(address, value)| format!("{address}={value}\n")).collect();
    Action::Receive(Received {
        stage: 1,
        sha256: Digest::of(text.as_bytes()),
        bytes: text.into_bytes(),
        content,
        faults: Vec::new(),
        source: "chassis-cab-n2.xml".to_owned(),
        signature: "valid: CN=Example Chassis Works TEST".to_owned(),
        scope: None,
    })
}

/// This came back for the newest release.
pub fn came_back(answer: Answer, text: &str) -> Action {
    Action::Receipt(CameBack { version: None, answer, text: text.to_owned(), file: None })
}

pub fn advance() -> Action {
    Action::Advance { reason: None }
}

pub fn set(address: &str, value: &str) -> Action {
    let given = Some(Given::Value(value.to_owned()));
    Action::SetValues { values: BTreeMap::from([(address_of(address), given)]), reason: "weighed".to_owned() }
}

pub fn withdraw(address: &str) -> Action {
    Action::SetValues { values: BTreeMap::from([(address_of(address), None)]), reason: "not ours".to_owned() }
}

pub fn remove_row(row: &str) -> Action {
    Action::RemoveRow { row: ivi::catalogue().row(row).unwrap(), reason: "not fitted".to_owned() }
}

/// An address as a person writes it: a path, a name or an entry number.
pub fn address_of(text: &str) -> Address {
    ivi::catalogue().address(text).unwrap()
}

/// The row of the build sheet for the vehicle: a box body with tail lift.
pub fn sheet() -> SheetRow {
    const VALUES: [(&str, &str); 26] = [
        ("Type", "ZB60"),
        ("Variant", "BOX"),
        ("Version", "L2H2-01"),
        ("TypeApprovalNumber", "e4*2018/858*90471*01"),
        ("DateManufactureVehicle", "2026-09-14"),
        ("Length", "6540"),
        ("Width", "2280"),
        ("Height", "3310"),
        ("LengthLoadingArea", "4150"),
        ("RearOverhang", "1805"),
        ("MassInRunningOrder", "3065"),
        ("ActualMass", "3290"),
        ("AxleTable[1]/DistributionMassRunningOrderAxle", "1705"),
        ("AxleTable[2]/DistributionMassRunningOrderAxle", "1360"),
        ("TechnicallyPermissibleMaximumLadenMass", "="),
        ("BodyworkTable[1]/CodeForBodywork", "BA"),
        ("BodyworkTable[1]/CodeForBodyworkSupplementTable[1]/CodeForBodyworkSupplement", "03"),
        ("NumberOfSeatingPositionsIncludingDriver", "="),
        ("NumberOfDoors", "3"),
        ("NumberOfDoorsLeft", "1"),
        ("NumberOfDoorsRight", "1"),
        ("NumberOfDoorsBack", "1"),
        ("CompletedAltered", "A"),
        ("DescriptionCompletedAltered", "Closed box body, column tail lift 1,000 kg"),
        ("CommercialNameTable[1]/CommercialName", "="),
        ("MakeTable[1]/Make", "="),
    ];
    let given = |value: &str| if value == "=" { Given::Same } else { Given::Value(value.to_owned()) };
    SheetRow {
        stage: 2,
        options: Some(vec!["BOX".to_owned(), "TAILLIFT".to_owned()]),
        preparer: Some(Login::parse("prep").unwrap()),
        values: VALUES.iter().map(|(address, value)| (address_of(address), given(value))).collect(),
        source: "box-bodies.csv:2".to_owned(),
        ..SheetRow::default()
    }
}

fn approval() -> Approval {
    let range = |min: i64, max: i64| Range { min: Decimal::from(min), max: Decimal::from(max) };
    let subject = |regulation: &str| SubjectApproval {
        regulation: regulation.to_owned(),
        number: "E4*58R03/01*90214*00".to_owned(),
        options: vec!["BOX".to_owned(), "TAILLIFT".to_owned()],
    };
    Approval {
        number: ApprovalNumber::parse("e4*2018/858*90471*01").unwrap(),
        approval_type: "EU".to_owned(),
        provisional: false,
        category: "N2".to_owned(),
        vehicle_type: "ZB60".to_owned(),
        stage_of_completion: "V".to_owned(),
        issued: "2026-09-01".parse().unwrap(),
        built_from: Some("2026-09-01".parse().unwrap()),
        built_until: None,
        status: Status::Valid,
        changes: Vec::new(),
        manufacturer: Manufacturer {
            name: "Zandhoeve Carrosserie B.V.".to_owned(),
            address_line1: "Wagenmakersweg 18".to_owned(),
            address_line2: None,
            address_line3: None,
            place: "Oudemeer".to_owned(),
            country: "THE NETHERLANDS".to_owned(),
        },
        versions: vec![Covered {
            variant: "BOX".to_owned(),
            version: "L2H2-01".to_owned(),
            ranges: [("Length", range(6400, 6650)), ("ActualMass", range(2900, 3600))]
                .into_iter()
                .map(|(entry, range)| (address_of(entry), range))
                .collect(),
        }],
        signatories: vec![Signatory {
            login: Login::parse("release").ok(),
            name: "Henrik Aldervang".to_owned(),
            position: "Head of homologation".to_owned(),
            place: "Oudemeer".to_owned(),
            from: "2026-01-01".parse().unwrap(),
            until: None,
        }],
        subjects: ["UN R58-03", "UN R73-01", "UN R48-08"].map(subject).to_vec(),
        documents: Vec::new(),
    }
}

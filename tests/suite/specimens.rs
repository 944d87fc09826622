//! What the checks say of the three official specimens: as they were received, with our stage over each, and as messages of
//! our own. What blocks is silent; what warns is told here with its reason.

use std::collections::BTreeMap;
use std::fs;

use rust_decimal::Decimal;
use stageplate::domain::address::Address;
use stageplate::domain::approval::{Approval, ApprovalNumber, Covered, Manufacturer, Range, Signatory, Status};
use stageplate::domain::certificate::{Case, Certificate, is_formal};
use stageplate::domain::checks::{self, Finding, Grade};
use stageplate::domain::identity::{Login, RecordId};
use stageplate::domain::moment::Moment;
use stageplate::domain::options::Options;
use stageplate::domain::policy::Policy;
use stageplate::domain::record::{Declared, Record, Stage};
use stageplate::intake::message;
use stageplate::ivi;

use crate::support::shared;

const SPECIMENS: [&str; 3] =
    ["m1-01-lexus-rz450e-electric.xml", "m1-05-rav4-hybrid-petrol.xml", "n2-01-proacemax-electric.xml"];

/// What each specimen breaks, by the check that says so, and why that is no fault of the check. All of them warn.
const BROKEN: [(&str, &[(&str, &str)]); 3] = [
    (
        SPECIMENS[0],
        &[
            ("MG-02", "its message is of 2024-02-01, the vehicle of 2024-04-08"),
            ("ST-04", "its signature is that of another document"),
        ],
    ),
    (
        SPECIMENS[1],
        &[
            ("ST-04", "its signature is that of another document"),
            ("AR-06", "its axle spacing is 2640 mm, its wheelbase 2690 mm"),
        ],
    ),
    (
        SPECIMENS[2],
        &[
            ("MG-02", "its message is of 2024-02-01, the vehicle of 2024-07-16"),
            ("ST-04", "its signature is that of another document"),
        ],
    ),
];

/// A record and what it is judged by.
struct Bench {
    record: Record,
    approval: Approval,
    policy: Policy,
    now: Moment,
}

impl Bench {
    /// A record of `build_stage` with the specimen as the stage received.
    fn receive(file: &str, build_stage: u8) -> Option<Bench> {
        let bytes = fs::read(shared()?.join("samples").join(file)).unwrap();
        let now = Moment::start_of("2026-11-23".parse().unwrap());
        let (vin, received) = message::read(file, bytes, None, now).unwrap();
        let mut record = Record::new(RecordId(1), vin, build_stage, "preparation", now);
        let value = |address: &str| received.content.value(address).unwrap().to_owned();
        let approval = approval(&value("TypeApprovalNumber"), &value("VehicleCategory"), &value("Type"));
        record.stages.push(Stage {
            number: received.stage,
            revision: 1,
            content: received.content,
            faults: received.faults,
            received_at: now,
            sha256: received.sha256,
            source: received.source,
            signature: received.signature,
        });
        let policy = Policy { grades: BTreeMap::new(), ..crate::fixture::Desk::empty().policy };
        Some(Bench { record, approval, policy, now })
    }

    fn set(&mut self, address: &str, value: &str) {
        let by = Login::parse("prep").unwrap();
        let declared = Declared { value: value.to_owned(), by, at: self.now, reason: "specimen".to_owned() };
        self.record.declared.insert(crate::fixture::address_of(address), declared);
    }

    fn findings(&self) -> Vec<Finding> {
        let approvals = std::slice::from_ref(&self.approval);
        let Bench { record, policy, now, .. } = self;
        let options = Options::of_policy(policy);
        let case =
            Case { record, approvals, people: &[], policy, options: &options, catalogue: ivi::catalogue(), now: *now };
        checks::run(&case, &Certificate::of(&case))
    }

    /// The checks that say something of this weight, each once.
    fn told(&self, grade: Grade) -> Vec<&'static str> {
        let mut told: Vec<&str> =
            self.findings().iter().filter(|finding| finding.grade == grade).map(|finding| finding.check).collect();
        told.dedup();
        told
    }
}

fn approval(number: &str, category: &str, vehicle_type: &str) -> Approval {
    Approval {
        number: ApprovalNumber::parse(number).unwrap(),
        approval_type: "EU".to_owned(),
        provisional: false,
        category: category.to_owned(),
        vehicle_type: vehicle_type.to_owned(),
        stage_of_completion: "C".to_owned(),
        issued: "2023-11-24".parse().unwrap(),
        built_from: None,
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
        versions: Vec::new(),
        signatories: vec![Signatory {
            login: None,
            name: "Henrik Aldervang".to_owned(),
            position: "Head of homologation".to_owned(),
            place: "Oudemeer".to_owned(),
            from: "2023-01-01".parse().unwrap(),
            until: None,
        }],
        subjects: Vec::new(),
        documents: Vec::new(),
    }
}

/// A completion that a body builder could have made of each: some equipment more, and whatever follows from it.
fn complete(bench: &mut Bench) {
    bench.approval = Approval {
        number: ApprovalNumber::parse("e4*2018/858*90471*01").unwrap(),
        vehicle_type: "ZB60".to_owned(),
        stage_of_completion: "V".to_owned(),
        issued: "2026-08-04".parse().unwrap(),
        versions: vec![Covered {
            variant: "FIT".to_owned(),
            version: "F1-01".to_owned(),
            ranges: BTreeMap::from([(
                Address::unchecked("MassGroup/ActualMass"),
                Range { min: Decimal::from(1500), max: Decimal::from(3500) },
            )]),
        }],
        ..bench.approval.clone()
    };
    let base = bench.record.stages[0].content.clone();
    let base = |address: &str| base.value(address).unwrap().to_owned();
    let actual: u32 = base("MassGroup/ActualMass").parse().unwrap();
    let stat = base("LocationMarkingsTable[1]/LocationMarkingsSubject");
    let number = bench.approval.number.to_string();
    let length = base("DimensionGroup/Length");
    let doors = base("GeneralConstructionGroup/NumberOfDoors");
    for (address, value) in [
        ("TypeApprovalNumber", number.as_str()),
        ("Variant", "FIT"),
        ("Version", "F1-01"),
        ("DateManufactureVehicle", "2026-09-14"),
        ("ActualMass", (actual + 20).to_string().as_str()),
        ("Length", length.as_str()),
        ("NumberOfDoors", doors.as_str()),
        ("CompletedAltered", "B"),
        ("DescriptionCompletedAltered", "Shelving and a partition behind the seats"),
        ("LocationMarkingsTable[1]/LocationMarkingsSubject", stat.as_str()),
    ] {
        bench.set(address, value);
    }
}

#[test]
fn a_completion_over_each_specimen_is_blocked_by_nothing_and_told_what_the_specimen_breaks() {
    for (file, broken) in BROKEN {
        let Some(mut bench) = Bench::receive(file, 2) else { return };
        complete(&mut bench);
        assert_eq!(bench.told(Grade::Block), [""; 0], "{file}: {:#?}", bench.findings());
        let wanted: Vec<&str> = broken.iter().map(|(check, _)| *check).collect();
        let mut told = bench.told(Grade::Warn);
        told.sort_unstable_by_key(|check| wanted.iter().position(|known| known == check));
        assert_eq!(told, wanted, "{file}: {:#?}", bench.findings());
    }
}

#[test]
fn a_specimen_as_a_message_of_our_own_is_blocked_by_nothing() {
    for (file, broken) in BROKEN {
        let Some(mut bench) = Bench::receive(file, 1) else { return };
        let own = bench.record.stages.remove(0).content;
        for (address, value) in own.iter().filter(|(address, _)| !is_formal(address)) {
            bench.set(address.as_str(), value);
        }
        let value = |address: &str| own.value(address).unwrap().to_owned();
        bench.approval.issued = value("TypeApprovalIssueDate").parse().unwrap();
        bench.approval.versions =
            vec![Covered { variant: value("Variant"), version: value("Version"), ranges: BTreeMap::new() }];
        assert_eq!(bench.told(Grade::Block), [""; 0], "{file}: {:#?}", bench.findings());
        // What is wrong with its message and seal is not ours to say of our own.
        let wanted: Vec<&str> =
            broken.iter().map(|(check, _)| *check).filter(|check| !["MG-02", "ST-04"].contains(check)).collect();
        assert_eq!(bench.told(Grade::Warn), wanted, "{file}: {:#?}", bench.findings());
    }
}

#[test]
fn a_specimen_just_received_is_told_what_is_missing_for_a_stage_of_ours() {
    for file in SPECIMENS {
        let Some(bench) = Bench::receive(file, 2) else { return };
        // No approval is named, so nothing of ours is there; what was received blocks nothing by itself.
        for check in bench.told(Grade::Block) {
            assert!(["AP-01", "AP-08", "ST-01", "MS-02"].contains(&check), "{file}: {check} {:#?}", bench.findings());
        }
    }
}

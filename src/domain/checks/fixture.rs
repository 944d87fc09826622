//! What the tests of the checks share: a record at which no check has anything to say, to be spoilt in one place.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Finding;
use crate::domain::address::Address;
use crate::domain::approval::{
    Approval, ApprovalNumber, Covered, Manufacturer, Range, Signatory, Status, SubjectApproval,
};
use crate::domain::catalogue::{Catalogue, Element, Shape};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::content::Content;
use crate::domain::identity::{Digest, Login, RecordId, Vin};
use crate::domain::moment::Moment;
use crate::domain::options::{BuildOption, Options};
use crate::domain::policy::Policy;
use crate::domain::record::{Declared, Record, Stage};
use crate::domain::value::ValueType;

pub struct World {
    pub record: Record,
    pub approvals: Vec<Approval>,
    pub policy: Policy,
    pub options: Options,
    pub catalogue: Catalogue,
    pub now: Moment,
}

const BASE: &[(&str, &str)] = &[
    ("Header/DesignatedTypeApprovalCountry", "e5"),
    ("VehicleIdentificationNumber", "ZZATG60D2TK104417"),
    ("StageOfCompletion", "I"),
    ("Type", "TG"),
    ("Variant", "TG60D-375"),
    ("Version", "TG60D375-M6"),
    ("VehicleCategory", "N2"),
    ("MethodAttachmentStatutoryPlate", "A2"),
    ("DateManufactureVehicle", "2026-07-20"),
    ("TypeApprovalNumber", "e5*2018/858*90214*03"),
    ("TypeApprovalIssueDate", "2026-04-16"),
    ("MakeTable[1]/Make", "ECW"),
    ("ManufacturerTable[1]/ManufacturerStageNumber", "1"),
    ("GeneralConstructionGroup/NumberOfAxles", "2"),
    ("DimensionGroup/Wheelbase", "3750"),
    ("AxleTable[1]/AxleNumber", "1"),
    ("AxleTable[1]/TechnicallyPermissibleMassAxle", "2500"),
    ("AxleTable[2]/AxleNumber", "2"),
    ("AxleTable[2]/AxleSpacing", "3750"),
    ("AxleTable[2]/TechnicallyPermissibleMassAxle", "4200"),
];

const OURS: &[(&str, &str)] = &[
    ("TypeApprovalNumber", "e4*2018/858*90471*01"),
    ("Variant", "BOX"),
    ("Version", "L2H2-01"),
    ("DateManufactureVehicle", "2026-09-14"),
    ("CompletedAltered", "A"),
    ("DescriptionCompletedAltered", "closed box body"),
    ("LocationMarkingsTable[1]/LocationMarkingsSubject", "STAT"),
    ("LocationMarkingsTable[2]/LocationMarkingsSubject", "VIN"),
    ("GeneralConstructionGroup/NumberOfDoors", "3"),
    ("ConfigurationDoorsGroup/NumberOfDoorsLeft", "1"),
    ("ConfigurationDoorsGroup/NumberOfDoorsRight", "1"),
    ("ConfigurationDoorsGroup/NumberOfDoorsBack", "1"),
    ("DimensionGroup/Length", "6540"),
    ("MassGroup/MassInRunningOrder", "3065"),
    ("MassGroup/ActualMass", "3290"),
    ("MassGroup/TechnicallyPermissibleMaximumLadenMass", "6000"),
    ("AxleTable[1]/DistributionMassRunningOrderAxle", "1705"),
    ("AxleTable[2]/DistributionMassRunningOrderAxle", "1360"),
];

impl World {
    pub fn sound() -> World {
        let now = Moment::start_of(day("2026-11-23"));
        let vin = Vin::parse("ZZATG60D2TK104417").unwrap();
        let mut record = Record::new(RecordId(1), vin, 2, "preparation", now);
        record.options.insert("TAILLIFT".to_owned());
        record.stages.push(Stage {
            number: 1,
            revision: 1,
            content: Content::new(),
            faults: Vec::new(),
            received_at: now,
            sha256: Digest::of(b"base"),
            source: "base.xml".to_owned(),
            signature: "valid: CN=Example Chassis Works".to_owned(),
        });
        let option = BuildOption {
            code: "TAILLIFT".to_owned(),
            title: "tail lift".to_owned(),
            restate: vec![
                "MassGroup/MassInRunningOrder".to_owned(),
                "AxleTable/DistributionMassRunningOrderAxle".to_owned(),
                "ConfigurationDoorsGroup".to_owned(),
            ],
            regulations: vec!["UN R58".to_owned()],
            ..BuildOption::default()
        };
        let policy = Policy {
            name: "test".to_owned(),
            version: 1,
            steps: Vec::new(),
            exception_kinds: Vec::new(),
            grades: BTreeMap::new(),
            options: Vec::new(),
            ..Policy::default()
        };
        let options = Options { version: 1, options: vec![option], ..Options::default() };
        let mut world = World { record, approvals: vec![approval()], policy, options, catalogue: catalogue(), now };
        BASE.iter().for_each(|(address, value)| world.base(address, value));
        OURS.iter().for_each(|(address, value)| world.set(address, value));
        world
    }

    pub fn set(&mut self, address: &str, value: &str) {
        let by = Login::parse("prep").unwrap();
        let declared = Declared { value: value.to_owned(), by, at: self.now, reason: "test".to_owned() };
        self.record.declared.insert(Address::parse(address).unwrap(), declared);
    }

    pub fn unset(&mut self, address: &str) {
        self.record.declared.remove(&Address::unchecked(address));
    }

    pub fn base(&mut self, address: &str, value: &str) {
        self.record.stages[0].content.set(Address::parse(address).unwrap(), value);
    }

    pub fn no_base(&mut self, address: &str) {
        self.record.stages[0].content.remove(&Address::unchecked(address));
    }

    pub fn base_value(&self, address: &str) -> String {
        self.record.stages[0].content.value(address).unwrap().to_owned()
    }

    pub fn vin(&mut self, vin: &str) {
        self.record.vin = Vin::parse(vin).unwrap();
    }

    pub fn findings(&self) -> Vec<Finding> {
        let World { record, approvals, policy, options, catalogue, now } = self;
        let case = Case { record, approvals, people: &[], policy, options, catalogue, now: *now };
        super::run(&case, &Certificate::of(&case))
    }

    pub fn fires(&self, id: &str) -> bool {
        assert!(super::all().any(|check| check.id == id), "there is no check {id}");
        self.findings().iter().any(|finding| finding.check == id)
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn approval() -> Approval {
    let range = Range { min: Decimal::from(6400), max: Decimal::from(6650) };
    Approval {
        number: ApprovalNumber::parse("e4*2018/858*90471*01").unwrap(),
        approval_type: "EU".to_owned(),
        provisional: false,
        category: "N2".to_owned(),
        vehicle_type: "ZB60".to_owned(),
        stage_of_completion: "V".to_owned(),
        issued: day("2026-08-04"),
        built_from: Some(day("2026-09-01")),
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
            ranges: BTreeMap::from([(Address::unchecked("DimensionGroup/Length"), range)]),
        }],
        signatories: vec![Signatory {
            login: None,
            name: "Henrik Aldervang".to_owned(),
            position: "Head of homologation".to_owned(),
            place: "Oudemeer".to_owned(),
            from: day("2026-01-01"),
            until: None,
        }],
        subjects: vec![SubjectApproval {
            regulation: "UN R58-03".to_owned(),
            number: "E4*58R03/01*90118*00".to_owned(),
            options: vec!["TAILLIFT".to_owned()],
        }],
        documents: Vec::new(),
    }
}

/// A small catalogue: what the schema asks of every message, and the entries the tests speak of. Elements that are not
/// in it cannot be declared by [`World::set`] without ST-02 speaking up.
fn catalogue() -> Catalogue {
    const TEXT: ValueType = ValueType::Text { min: 1, max: 2000 };
    const PLATE: ValueType = ValueType::Text { min: 1, max: 2 };
    let value = |min: u32, name: &'static str, parent: &'static str, path: &str, value_type: ValueType| {
        element(name, parent, path, Shape::Value(value_type), min)
    };
    let mut elements = vec![element("CocDataGroup", "InitialVehicleInformation", "", Shape::Group, 1)];
    for name in [
        "VehicleIdentificationNumber",
        "TypeApprovalType",
        "ProvisionalTypeApprovalIndicator",
        "StageOfCompletion",
        "Type",
        "Variant",
        "Version",
        "VehicleCategory",
        "TypeApprovalNumber",
        "TypeApprovalIssueDate",
    ] {
        elements.push(value(1, name, "CocDataGroup", name, TEXT));
    }
    elements.push(value(1, PLATE_METHOD, "CocDataGroup", PLATE_METHOD, PLATE));
    for name in ["DateManufactureVehicle", "CompletedAltered", "DescriptionCompletedAltered"] {
        elements.push(value(0, name, "CocDataGroup", name, TEXT));
    }
    for (container, shape, row, min, parts) in [
        ("MakeTable", Shape::Table, "MakeGroup", 1, &["Make"][..]),
        (
            "ManufacturerTable",
            Shape::Table,
            "ManufacturerGroup",
            1,
            &[
                "ManufacturerStageNumber",
                "ManufacturerName",
                "ManufacturerAddressLine1",
                "ManufacturerPlaceOfResidence",
                "ManufacturerCountryOfResidence",
                "PreviousStageTypeApprovalNumber",
                "PreviousStageType",
                "PreviousStageVariant",
                "PreviousStageVersion",
            ],
        ),
        ("LocationMarkingsTable", Shape::Table, "LocationMarkingsGroup", 0, &["LocationMarkingsSubject"]),
        ("GeneralConstructionGroup", Shape::Group, "", 0, &["NumberOfAxles", "NumberOfDoors"]),
        ("DimensionGroup", Shape::Group, "", 0, &["Wheelbase", "Length"]),
        (
            "MassGroup",
            Shape::Group,
            "",
            0,
            &["MassInRunningOrder", "ActualMass", "TechnicallyPermissibleMaximumLadenMass"],
        ),
        (
            "AxleTable",
            Shape::Table,
            "AxleGroup",
            0,
            &["AxleNumber", "AxleSpacing", "DistributionMassRunningOrderAxle", "TechnicallyPermissibleMassAxle"],
        ),
        (
            "ConfigurationDoorsGroup",
            Shape::Group,
            "",
            0,
            &["NumberOfDoorsLeft", "NumberOfDoorsRight", "NumberOfDoorsBack"],
        ),
    ] {
        elements.push(element(container, "CocDataGroup", container, shape, min));
        if !row.is_empty() {
            elements.push(element(row, container, container, Shape::Row, 1));
        }
        let parent = if row.is_empty() { container } else { row };
        for name in parts {
            elements.push(value(0, name, parent, &format!("{container}/{name}"), TEXT));
        }
    }
    Catalogue::new(elements)
}

const PLATE_METHOD: &str = "MethodAttachmentStatutoryPlate";

fn element(name: &'static str, parent: &'static str, path: &str, shape: Shape, min: u32) -> Element {
    Element {
        name,
        parent,
        path: path.to_owned(),
        shape,
        type_name: "Text",
        min,
        max: Some(1),
        title: name,
        section: None,
        entry: None,
        mark: None,
        unit: None,
        unitless: None,
    }
}

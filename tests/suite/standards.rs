//! The catalogue against the official schema and against the table of entry numbers.

use std::collections::{BTreeSet, HashMap};
use std::fs;

use stageplate::domain::address::Address;
use stageplate::domain::applies::{Vehicle, is_of_class};
use stageplate::domain::catalogue::{Element, Mark, Shape};
use stageplate::domain::checks;
use stageplate::domain::section::Section;
use stageplate::domain::value::ValueType;
use stageplate::ivi::{self, catalogue};
use uppsala::{Document, NodeId, NodeKind};

use crate::support::shared;

/// The official schema, its types by name.
struct Schema<'a> {
    document: &'a Document<'a>,
    types: HashMap<&'a str, NodeId>,
}

impl<'a> Schema<'a> {
    fn new(document: &'a Document<'a>) -> Self {
        let mut schema = Schema { document, types: HashMap::new() };
        let root = document.document_element().unwrap();
        for node in schema.elements(root, None) {
            if ["complexType", "simpleType"].contains(&schema.name(node)) {
                schema.types.insert(document.get_attribute(node, "name").unwrap(), node);
            }
        }
        schema
    }

    fn name(&self, node: NodeId) -> &str {
        &self.document.element(node).unwrap().name.local_name
    }

    fn attribute(&self, node: NodeId, name: &str) -> Option<&'a str> {
        self.document.get_attribute(node, name)
    }

    /// The elements in `node`, those called `name` where one is given.
    fn elements(&self, node: NodeId, name: Option<&str>) -> Vec<NodeId> {
        let is_element = |id: &NodeId| matches!(self.document.node_kind(*id), Some(NodeKind::Element(_)));
        let named = |id: &NodeId| name.is_none_or(|name| self.name(*id) == name);
        self.document.children(node).into_iter().filter(is_element).filter(named).collect()
    }

    /// What each element inside a complex type must be, depth first: name, parent, shape, type, least, most.
    fn walk(&self, type_name: &str, parent: &str, in_table: bool, out: &mut Vec<Row>) {
        let group = self.elements(self.types[type_name], None)[0];
        for element in self.elements(group, Some("element")) {
            let Some(name) = self.attribute(element, "name") else {
                assert_eq!(self.attribute(element, "ref"), Some("sig:Signature"));
                continue;
            };
            let type_name = self.attribute(element, "type").unwrap();
            let min = self.attribute(element, "minOccurs").map_or(1, |number| number.parse().unwrap());
            let max = match self.attribute(element, "maxOccurs") {
                Some("unbounded") => None,
                number => Some(number.map_or(1, |number| number.parse().unwrap())),
            };
            let definition = self.types[type_name];
            let is_complex = self.name(definition) == "complexType";
            let is_table = is_complex && self.name(self.elements(definition, None)[0]) == "sequence";
            let shape = match (is_complex, is_table) {
                (false, _) => "value",
                (true, true) => "table",
                (true, false) if in_table => "row",
                (true, false) => "group",
            };
            out.push(Row { name: name.into(), parent: parent.into(), shape, type_name: type_name.into(), min, max });
            if is_complex {
                self.walk(type_name, name, is_table, out);
            }
        }
    }

    /// The base of a simple type and its facets.
    fn facets(&self, type_name: &str) -> (&'a str, Vec<(&str, &'a str)>) {
        let restriction = self.elements(self.types[type_name], Some("restriction"))[0];
        let facet = |node: NodeId| (self.name(node), self.attribute(node, "value").unwrap());
        let facets = self.elements(restriction, None).into_iter().map(facet).collect();
        (self.attribute(restriction, "base").unwrap(), facets)
    }
}

#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    parent: String,
    shape: &'static str,
    type_name: String,
    min: u32,
    max: Option<u32>,
}

impl From<&Element> for Row {
    fn from(element: &Element) -> Self {
        let shape = match element.shape {
            Shape::Group => "group",
            Shape::Table => "table",
            Shape::Row => "row",
            Shape::Value(_) => "value",
        };
        Row {
            name: element.name.into(),
            parent: element.parent.into(),
            shape,
            type_name: element.type_name.into(),
            min: element.min,
            max: element.max,
        }
    }
}

#[test]
fn the_catalogue_has_every_element_of_the_official_schema_and_no_other() {
    let Some(folder) = shared() else { return };
    let text = fs::read_to_string(folder.join("InitialVehicleInformation-2.0.xsd")).unwrap();
    let document = uppsala::parse(&text).unwrap();
    let schema = Schema::new(&document);
    let mut expected = Vec::new();
    schema.walk("InitialVehicleInformation", "InitialVehicleInformation", false, &mut expected);
    let found: Vec<Row> = catalogue().elements().iter().map(Row::from).collect();
    assert_eq!(expected.len(), 679);
    for (expected, found) in expected.iter().zip(&found) {
        assert_eq!(expected, found);
    }
    assert_eq!(expected.len(), found.len());
}

#[test]
fn the_types_of_the_catalogue_are_those_of_the_official_schema() {
    let Some(folder) = shared() else { return };
    let text = fs::read_to_string(folder.join("InitialVehicleInformation-2.0.xsd")).unwrap();
    let document = uppsala::parse(&text).unwrap();
    let schema = Schema::new(&document);
    for element in catalogue().elements() {
        let Some(value_type) = element.value_type() else { continue };
        let (base, facets) = schema.facets(element.type_name);
        assert_eq!(facets_of(value_type, base), facets_without_length_of_codes(&facets), "{}", element.name);
        if let ValueType::Code(list) = value_type {
            assert_eq!(list.name, element.type_name);
        }
    }
}

/// A list's greatest length says nothing that its codes do not say.
fn facets_without_length_of_codes(facets: &[(&str, &str)]) -> Vec<(String, String)> {
    let is_list = facets.iter().any(|(name, _)| *name == "enumeration");
    let kept = facets.iter().filter(|(name, _)| !(is_list && *name == "maxLength"));
    kept.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The facets that the schema must give a type, in the schema's order; its base is looked at too.
fn facets_of(value_type: &ValueType, base: &str) -> Vec<(String, String)> {
    let facet = |name: &str, value: &dyn ToString| (name.to_owned(), value.to_string());
    let (bases, facets): (&[&str], _) = match value_type {
        ValueType::Text { min, max } => (&["xs:string"], vec![facet("minLength", min), facet("maxLength", max)]),
        ValueType::Integer { min, max } => {
            (&["xs:short", "xs:int"], vec![facet("minInclusive", min), facet("maxInclusive", max)])
        }
        ValueType::Decimal { digits, fraction, min, max } => {
            let digits = [facet("totalDigits", digits), facet("fractionDigits", fraction)];
            let limits = [facet("minInclusive", min), facet("maxInclusive", max)];
            (&["xs:decimal"], digits.into_iter().chain(limits).collect())
        }
        ValueType::Date => (&["xs:date"], vec![]),
        ValueType::DateTime => (&["xs:dateTime"], vec![]),
        ValueType::Code(list) => {
            (&["xs:string"], list.codes.iter().map(|code| facet("enumeration", &code.code)).collect())
        }
        ValueType::Uuid4 => {
            let hex = "[0-9a-fA-F]";
            let pattern = format!("{hex}{{8}}-{hex}{{4}}-4{hex}{{3}}-[89abAB]{hex}{{3}}-{hex}{{12}}");
            (&["xs:string"], vec![facet("pattern", &pattern)])
        }
        ValueType::Vin => {
            let length = [facet("minLength", &17), facet("maxLength", &17)];
            (&["xs:string"], length.into_iter().chain([facet("pattern", &"[A-Z0-9]+")]).collect())
        }
    };
    assert!(bases.contains(&base), "{value_type:?} of {base}");
    facets
}

/// Names that the table of entry numbers gives in short, by its own words.
const SHORTHAND: &[(&str, &[&str])] = &[
    (
        "ManufacturerName + address lines, place, country",
        &[
            "ManufacturerName",
            "ManufacturerAddressLine1",
            "ManufacturerPlaceOfResidence",
            "ManufacturerCountryOfResidence",
        ],
    ),
    ("PreviousStageType/Variant/Version", &["PreviousStageType", "PreviousStageVariant", "PreviousStageVersion"]),
    ("EURepresentativeName + address", &["EURepresentativeName", "EURepresentativeAddressLine1"]),
    (
        "Subject/Part/Side/Section",
        &[
            "LocationMarkingsSubject",
            "LocationMarkingsVehiclePart",
            "LocationMarkingsVehiclePartSide",
            "LocationMarkingsVehiclePartSideSection",
        ],
    ),
    (
        "NumberOfDoors (+ConfigurationDoors)",
        &["NumberOfDoors", "NumberOfDoorsFront", "NumberOfDoorsLeft", "NumberOfDoorsRight", "NumberOfDoorsBack"],
    ),
    (
        "NumberOfSeatingPositionsExcludingDriver, LowerDeck, UpperDeck",
        &[
            "NumberOfSeatingPositionsExcludingDriver",
            "NumberOfSeatingPositionsLowerDeck",
            "NumberOfSeatingPositionsUpperDeck",
        ],
    ),
    ("...LadenMassAxle", &["InServiceMaximumPermissibleLadenMassAxle"]),
    ("...AxleGroupLadenMass", &["InServiceMaximumPermissibleAxleGroupLadenMass"]),
    ("...MassCombination", &["InServiceMaximumPermissibleMassCombination"]),
    ("NumberOfCylinders, ArrangementCylinders", &["NumberOfCylinders", "ArrangementCylinders"]),
    ("GearboxType, GearRatio, FinalDrive", &["GearboxType", "GearRatio", "FinalDriveRatio", "FinalDriveVehicleRatio"]),
    (
        "TyreSize, load index, speed symbol, RimSize, RimOffSet, RollingResistanceClass",
        &[
            "TyreSize",
            "LoadCapacityIndexSingleWheel",
            "LoadCapacityIndexTwinWheel",
            "SpeedCategorySymbol",
            "RimSize",
            "RimOffSet",
            "RollingResistanceClass",
        ],
    ),
    ("MechanicalCouplingApprovalNumber/Mark", &["MechanicalCouplingApprovalNumber", "MechanicalCouplingApprovalMark"]),
    (
        "MechanicalCouplingCanBeFitted Type/Class",
        &["MechanicalCouplingCanBeFittedType", "MechanicalCouplingCanBeFittedClass"],
    ),
    (
        "D, Dc, V, S, U values",
        &[
            "MechanicalCouplingValueD",
            "MechanicalCouplingValueDc",
            "MechanicalCouplingValueV",
            "MechanicalCouplingValueS",
            "MechanicalCouplingValueU",
            "MechanicalCouplingCanBeFittedValueD",
        ],
    ),
    ("SoundLevelStationary @ speed / DriveBy", &["SoundLevelStationary", "SoundLevelDriveBy"]),
    (
        "test mass, frontal area, f0,f1,f2, cycle class",
        &[
            "WltpEmissionTestMass",
            "WltpFrontalArea",
            "WltpRoadLoadCoefficientF0",
            "WltpRoadLoadCoefficientF1",
            "WltpRoadLoadCoefficientF2",
            "DrivingCycleClass",
        ],
    ),
    (
        "Type I/II/WHSC/WHTC/WLTP type1, smoke",
        &[
            "TypeICo",
            "TypeIIHcAtHighIdleEngineSpeed",
            "WhscNox",
            "WhtcCh4",
            "WltpType1Nox",
            "SmokeCorrectedAbsorptionCoefficient",
        ],
    ),
    ("RDE complete/urban NOx, PN", &["RdeCompleteNox", "RdeUrbanNumberOfParticles"]),
    (
        "WltpCo2Low..Combined, weighted, CS",
        &["WltpCo2Low", "WltpCo2Combined", "WltpCo2WeightedCombined", "WltpCo2ChargeSustainingCombined"],
    ),
    (
        "WltpFuelConsumption*, Energy, ranges",
        &["WltpFuelConsumptionLow", "WltpEnergyConsumptionPureElectricCombined", "WltpPureElectricRange"],
    ),
    ("country + general code", &["EcoInnovationCountry", "GeneralCodeEcoInnovation"]),
    (
        "CryptographicHash..., VehicleGroup/Subgroup, CO2 etc.",
        &["CryptographicHashManufacturerRecord", "VehicleGroup", "VehicleSubgroup", "SpecificCo2EmissionsMass"],
    ),
    ("TyreAxleMassCombination", &["TyreAxleCombinationNumber"]),
];

/// The elements that a cell of the table names; `Length[AdjustableMin/Max]` names three.
fn names_in(cell: &str) -> Vec<String> {
    if let Some((_, names)) = SHORTHAND.iter().find(|(short, _)| *short == cell) {
        return names.iter().map(|name| (*name).to_owned()).collect();
    }
    let mut names = Vec::new();
    for word in cell.split([' ', ',', '+', '@', '(', ')']).filter(|word| !word.is_empty()) {
        let (name, variants) = word.split_once('[').unwrap_or((word, ""));
        if catalogue().by_name(name).is_some() {
            names.push(name.to_owned());
            if let Some(least) = variants.strip_suffix("/Max]") {
                let kind = least.strip_suffix("Min").unwrap();
                names.extend([format!("{name}{kind}Min"), format!("{name}{kind}Max")]);
            }
        }
    }
    names
}

/// The entry numbers in a cell: those it says, and the ends of its ranges.
fn numbers_in(cell: &str) -> BTreeSet<&str> {
    if !cell.starts_with(|letter: char| letter.is_ascii_digit()) {
        return BTreeSet::new();
    }
    let words = cell.split([' ', ',', '/', '(', ')']).filter(|word| word.starts_with(|l: char| l.is_ascii_digit()));
    words
        .flat_map(|word| std::iter::once(word).chain(word.split('-')))
        .map(|word| word.trim_end_matches(".x"))
        .collect()
}

fn mark_of(cell: &str) -> Option<Mark> {
    match cell.split('(').next()? {
        "V" if cell == "V(P)" => Some(Mark::Practice),
        "V" => Some(Mark::Verified),
        "B" => Some(Mark::Background),
        "I" => Some(Mark::Inferred),
        _ => None,
    }
}

#[test]
fn elements_carry_the_entry_numbers_marks_and_units_of_the_table() {
    let Some(folder) = shared() else { return };
    let mut table = csv::Reader::from_path(folder.join("fields-to-entries.csv")).unwrap();
    for row in table.records() {
        let row = row.unwrap();
        let (cell, type_cell, entry_cell, mark_cell) = (&row[1], &row[2], &row[4], &row[5]);
        let names = names_in(cell);
        assert!(!names.is_empty(), "the table names no element with `{cell}`");
        let numbers = numbers_in(entry_cell);
        let unit = type_cell.split_once(' ').filter(|(kind, _)| kind.starts_with(['I', 'D'])).map(|(_, unit)| unit);
        for name in names {
            let element = catalogue().by_name(&name).unwrap_or_else(|| panic!("{name} is no element"));
            let number = element.entry.map(|entry| entry.split(' ').next().unwrap());
            if numbers.is_empty() {
                assert_eq!(number, None, "{name}");
            } else {
                assert!(number.is_some_and(|number| numbers.contains(number)), "{name}: {number:?}, {numbers:?}");
                assert_eq!(element.mark, mark_of(mark_cell), "{name}");
            }
            if unit.is_some() && !matches!(element.value_type(), Some(ValueType::Code(_))) {
                assert_eq!(element.unit, unit, "{name}");
            }
        }
    }
}

#[test]
fn the_meanings_of_codes_are_those_of_the_research_where_it_knows_them() {
    let Some(folder) = shared() else { return };
    let text = fs::read_to_string(folder.join("codelists.json")).unwrap();
    let lists: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let meaning = |name: &str, code: &str| match catalogue().by_name(name).and_then(Element::value_type) {
        Some(ValueType::Code(list)) => list.codes.iter().find(|known| known.code == code).unwrap().meaning,
        _ => panic!("{name} has no codes"),
    };
    for (code, expected) in lists["EnergySource"].as_object().unwrap() {
        assert_eq!(meaning("EnergySource", code), expected.as_str().unwrap());
    }
    for (code, expected) in lists["LocationMarkingsVehiclePart"].as_object().unwrap() {
        assert_eq!(meaning("LocationMarkingsVehiclePart", code), expected.as_str().unwrap());
    }
    for (code, country) in lists["TypeApprovalCountry"].as_object().unwrap() {
        let name = meaning("InServiceMaximumPermissibleMassCountry", country.as_str().unwrap());
        assert_eq!(meaning("DesignatedTypeApprovalCountry", code), name);
    }
}

#[test]
fn every_value_of_the_certificate_has_a_title_of_its_own_and_stands_where_its_number_says() {
    let mut titles = BTreeSet::new();
    for element in catalogue().elements().iter().filter(|element| element.value_type().is_some()) {
        // A name of one word (`Type`) is its own title; a name of several is no title.
        let words = element.name.bytes().filter(u8::is_ascii_uppercase).count();
        assert!(!element.title.is_empty() && (words == 1 || element.title != element.name), "{}", element.name);
        let section = element.section.expect(element.name);
        if let Some(entry) = element.entry {
            assert_eq!(Section::of_entry(entry), Some(section), "{}", element.name);
        }
        assert!(titles.insert(element.title), "two elements are called `{}`", element.title);
    }
}

#[test]
fn the_lists_of_codes_are_those_of_the_research() {
    let Some(folder) = shared() else { return };
    let text = fs::read_to_string(folder.join("codelists.json")).unwrap();
    let lists: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    // The research names a list by its element, or in short.
    let named = [
        ("Bodywork", "CodeForBodywork"),
        ("BodyworkSupplement", "CodeForBodyworkSupplement"),
        ("SpecialPurpose", "SpecialPurposeDesignation"),
        ("TypeApprovalCountry", "DesignatedTypeApprovalCountry"),
        ("Gearbox", "GearboxType"),
        ("RemarkSubject", "RemarkSubjectDescription"),
        ("AerodynamicDevice", "AerodynamicDeviceEquipped"),
        ("DangerousGoodsClass", "TypeApprovalTransportDangerousGoodsClass"),
        ("VehicleCategory_MNO", "VehicleCategory"),
    ];
    let mut compared = 0;
    for (name, expected) in &lists {
        let element = named.iter().find(|(short, _)| short == name).map_or(name.as_str(), |(_, element)| element);
        let Some(ValueType::Code(list)) = catalogue().by_name(element).and_then(Element::value_type) else {
            assert!(name.starts_with('_'), "no element has the codes {name}");
            continue;
        };
        let expected: BTreeSet<&str> = match expected {
            serde_json::Value::Object(meanings) => meanings.keys().map(String::as_str).collect(),
            codes => codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect(),
        };
        let codes = list.codes.iter().map(|code| code.code);
        // The research gives the categories M, N and O alone.
        let ours: BTreeSet<&str> =
            codes.filter(|code| name != "VehicleCategory_MNO" || code.starts_with(['M', 'N', 'O'])).collect();
        assert_eq!(ours, expected, "{name}");
        compared += 1;
    }
    assert_eq!(compared, lists.len() - 1, "all but the word about their source");
}

#[test]
fn a_code_whose_meaning_is_not_known_has_none() {
    let code = |name: &str, code: &str| catalogue().by_name(name).unwrap().code(code).unwrap();
    assert_eq!(code("CodeForBodywork", "BA").meaning, "lorry");
    assert_eq!(code("CodeForBodywork", "BA").mark, Some(Mark::Background));
    assert_eq!(code("EnergySource", "20").mark, Some(Mark::Verified));
    // No official text explains these.
    for unknown in ["A", "B", "C"] {
        assert_eq!(code("CompletedAltered", unknown).meaning, "");
        assert_eq!(code("CompletedAltered", unknown).mark, None);
    }
}

#[test]
fn every_row_of_which_vehicles_an_element_belongs_to_names_known_ones_and_a_source() {
    let known = |list: &str, class: &str| match catalogue().by_name(list).and_then(Element::value_type) {
        Some(ValueType::Code(list)) => list.codes.iter().any(|code| is_of_class(code.code, class)),
        _ => false,
    };
    let checks: BTreeSet<&str> = checks::all().map(|check| check.id).collect();
    for row in catalogue().all_applies() {
        assert!(catalogue().by_path(&row.path).is_some(), "{}", row.path);
        assert!(!row.source.is_empty(), "{}", row.path);
        assert!(!row.categories.is_empty() || !row.stages.is_empty() || row.said_by.is_some(), "{}", row.path);
        assert!(row.categories.iter().all(|class| known("VehicleCategory", class)), "{:?}", row.categories);
        assert!(row.stages.iter().all(|stage| known("StageOfCompletion", stage)), "{:?}", row.stages);
        assert!(row.said_by.is_none_or(|check| checks.contains(check)), "{:?}", row.said_by);
        let inferred = row.source.contains("inferred") || row.source.contains("background");
        assert_eq!(inferred, row.mark != Mark::Verified, "{}: {}", row.path, row.source);
    }
}

#[test]
fn what_no_certificate_of_m_n_or_o_has_is_said_to_belong_to_others() {
    for element in catalogue().elements().iter().filter(|element| element.section == Some(Section::Other)) {
        for category in ["M1", "N2", "O4"] {
            let vehicle = Vehicle { category: Some(category), stage: Some("C") };
            let rows = catalogue().applies(&element.path).filter(|row| row.forbids(&vehicle)).count();
            assert!(rows > 0, "{} on {category}", element.name);
        }
    }
}

#[test]
fn rows_are_named_as_people_count_them() {
    let words = |text: &str| catalogue().rows_in_words(&Address::parse(text).unwrap());
    assert_eq!(words("AxleTable[2]/TyreAxleTable[1]/TyreSize"), "axle 2, tyre 1");
    assert_eq!(words("MassGroup/ActualMass"), "");
    for element in catalogue().elements().iter().filter(|element| matches!(element.shape, Shape::Row)) {
        assert!(element.title.len() <= 16, "`{}` is a name for a whole table, not for a row", element.title);
    }
}

#[test]
fn the_official_specimens_break_no_rule_of_their_category_or_stage() {
    let Some(folder) = shared() else { return };
    for file in fs::read_dir(folder.join("samples")).unwrap() {
        let file = file.unwrap().path();
        let message = ivi::read(&fs::read(&file).unwrap()).unwrap();
        let content = &message.content;
        let vehicle = Vehicle { category: content.value("VehicleCategory"), stage: content.value("StageOfCompletion") };
        let given: BTreeSet<String> = content.iter().map(|(address, _)| address.pattern()).collect();
        for path in &given {
            for row in catalogue().applies(path) {
                assert!(!row.forbids(&vehicle), "{}: {path} ({})", file.display(), row.source);
            }
        }
        for row in catalogue().all_applies().iter().filter(|row| row.requires(&vehicle)) {
            let has = given.iter().any(|path| Address::unchecked(path).is_within(&row.path));
            assert!(has, "{}: {} ({})", file.display(), row.path, row.source);
        }
    }
}

//! The main job, on real input, with the built program: from a received base message to a sealed certificate.
//!
//! The base is the official N2 specimen; the completion gives it a box body under an approval of the body builder's own.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::site::Site;
use crate::support;

const VIN: &str = "YARTN2EVHDTEST123";

const APPROVAL: &str = r#"
[[approval]]
number = "e4*2018/858*00871*01"
approval_type = "EU"
provisional = false
category = "N2"
type = "BX"
stage_of_completion = "V"
issued = 2026-02-10
built_from = 2026-02-10
status = "valid"
[approval.manufacturer]
name = "Example Bodies B.V."
address_line1 = "Havenweg 12"
place = "Venlo"
country = "THE NETHERLANDS"
[[approval.version]]
variant = "BOX"
version = "L4H3-01"
range = { "MassInRunningOrder" = [3000, 3400], "Length" = [6000, 7200] }
[[approval.signatory]]
login = "rel"
name = "R. Elease"
position = "Head of homologation"
place = "Venlo"
from = 2026-01-01
"#;

/// The sheet leaves out the actual mass (13.2): the preparer finds that and sets it.
const SHEET: &str = "\
vin,order,stage,type,variant,version,approval,built,options,preparer,13,5,7,12,11,42,AxleTable[1]/DistributionMassRunningOrderAxle,AxleTable[2]/DistributionMassRunningOrderAxle,BodyworkTable[1]/CodeForBodywork,BodyworkTable[1]/CodeForBodyworkSupplementTable[1]/CodeForBodyworkSupplement,CompletedAltered,DescriptionCompletedAltered
YARTN2EVHDTEST123,B-1001,2,BX,BOX,L4H3-01,e4*2018/858*00871*01,2026-03-02,BOX,prep,3120,6540,3150,1480,4200,2,1760,1360,BB,03,B,Box body fitted in place of the load area
";

fn change<'a>(changes: &'a Value, address: &str) -> &'a Value {
    let found = changes.as_array().unwrap().iter().find(|change| change["address"] == address);
    found.unwrap_or_else(|| panic!("no change at {address}"))
}

/// A desk with four people, the approval, the base message and the build sheet.
fn prepared(site: &Site, shared: &Path) {
    let founder = site.run(&["init"]);
    assert!(founder.status.success(), "{}", String::from_utf8_lossy(&founder.stderr));
    for (login, roles) in
        [("prep", "prepare,review,release"), ("rev", "prepare,review"), ("lead", "lead"), ("rel", "release")]
    {
        let out = site.run(&["person", "add", login, "--name", login, "--role", roles, "--team", "boxes"]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    let me = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
    assert!(site.run(&["person", "gateway", me.trim()]).status.success());
    let approval = site.write("approval.toml", APPROVAL);
    site.expect(0, "lead", &["approval", "import", approval.to_str().unwrap()]);
    let sheet = site.write("boxes.csv", SHEET);
    let base = shared.join("samples/n2-01-proacemax-electric.xml");
    let report = site.json("prep", &["import", base.to_str().unwrap(), sheet.to_str().unwrap()]);
    assert_eq!(report["rejected"].as_array().unwrap().len(), 0, "{report}");
}

#[test]
fn a_base_vehicle_is_completed_reviewed_by_others_and_released_as_a_sealed_message() {
    let Some(shared) = support::shared() else { return };
    let site = Site::new();
    prepared(&site, &shared);

    let waiting = site.json("prep", &["queue", "all"]);
    assert_eq!(waiting[0]["vin"], VIN);
    assert_eq!(waiting[0]["build_stage"], 2);
    site.expect(0, "prep", &["take", VIN]);
    site.expect(0, "prep", &["advance", VIN]);

    let changes = site.json("prep", &["show", VIN, "--changes"]);
    let mass = change(&changes, "MassGroup/MassInRunningOrder");
    assert_eq!((&mass["entry"], &mass["unit"], &mass["kind"]), (&"13".into(), &"kg".into(), &"changed".into()));
    assert_eq!(mass["values"], serde_json::json!([{"stage": 1, "value": "2865"}, {"stage": 2, "value": "3120"}]));
    assert_eq!(change(&changes, "MassGroup/ActualMass")["kind"], "inherited");
    assert_eq!(change(&changes, "AxleTable[2]/TechnicallyPermissibleMassAxle")["kind"], "copied");

    // A value that does not fit is refused where it is typed; then the missing one is set.
    let refused = site.refusal(1, "prep", &["set", VIN, "13.2=3 310", "--reason", "weighed"]);
    assert_eq!((&refused["rule"], &refused["address"]), (&"type".into(), &"MassGroup/ActualMass".into()));
    site.expect(0, "prep", &["set", VIN, "13.2=3310", "--reason", "weighed, ticket 4711"]);
    site.expect(0, "prep", &["advance", VIN]);
    assert_eq!(site.json("prep", &["show", VIN])["record"]["step"], "review");

    // Who prepared it has the roles, and is refused all the same.
    let refused = site.refusal(1, "prep", &["confirm", VIN, "--all"]);
    assert_eq!(refused["rule"], "four-eyes");
    let refused = site.refusal(1, "prep", &["sign", VIN, "--checkpoint", "technical review"]);
    assert_eq!(refused["rule"], "four-eyes");
    assert_eq!(site.refusal(4, "rel", &["confirm", VIN, "--all"])["rule"], "role");

    site.expect(0, "rev", &["take", VIN]);
    site.expect(0, "rev", &["confirm", VIN, "13.2"]);
    site.expect(0, "rev", &["confirm", VIN, "--all"]);
    let flagged =
        ["flag", VIN, "--kind", "base-error", "--at", "12", "--blocking", "--text", "overhang measured to the lamps?"];
    site.expect(0, "rev", &flagged);
    let left: Vec<String> = site
        .json("rev", &["show", VIN, "--changes"])
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| {
            change["needs_decision"] == true && change["confirmed"].is_null() && change["exception"].is_null()
        })
        .map(|change| change["address"].as_str().unwrap().to_owned())
        .collect();
    if !left.is_empty() {
        let mut words = vec!["confirm", VIN];
        words.extend(left.iter().map(String::as_str));
        site.expect(0, "rev", &words);
    }
    site.expect(0, "rev", &["sign", VIN, "--checkpoint", "technical review"]);
    site.expect(0, "rev", &["advance", VIN]);

    // The exception blocks until it is settled.
    let refused = site.refusal(1, "lead", &["advance", VIN]);
    assert_eq!(refused["rule"], "gate:no-blocking-exception");
    let exceptions = site.json("lead", &["exception", "list"]);
    let id = exceptions[0]["id"].to_string();
    site.expect(0, "lead", &["exception", "resolve", &id, "--text", "measured again: 1480 mm to the body"]);
    site.expect(0, "lead", &["advance", VIN]);
    assert_eq!(site.json("rel", &["show", VIN])["readiness"], serde_json::json!([]));

    // Released by a third person, with a key; without one nothing happens.
    let (_, pem) = stageplate::ivi::key::SealKey::make_test_key("Example Bodies", chrono::Utc::now()).unwrap();
    let key = site.write("seal.pem", &pem);
    let key = key.to_str().unwrap();
    site.refusal(2, "rel", &["release", VIN]);
    assert_eq!(site.refusal(1, "prep", &["release", VIN, "--key", key])["rule"], "four-eyes");
    assert_eq!(site.refusal(4, "lead", &["release", VIN, "--key", key])["rule"], "role");
    site.expect(0, "rel", &["release", VIN, "--key", key]);

    let (message, _) = site.expect(0, "rel", &["message", VIN]);
    what_the_release_carries_is_right(&message);
    foreign_tools_accept(&site, &shared, &message, &pem);

    site.expect(0, "rel", &["verify", "--desk"]);
    let file = site.write("sealed.xml", &message);
    site.expect(0, "rel", &["verify", file.to_str().unwrap()]);
    let (ours, _) = site.expect(0, "rel", &["verify", file.to_str().unwrap(), "--desk"]);
    assert!(ours.contains("version 1 of YARTN2EVHDTEST123, as this desk released it"), "{ours}");
    let broken = site.write("broken.xml", &message.replace(">3120<", ">3121<"));
    site.expect(1, "rel", &["verify", broken.to_str().unwrap()]);

    let log = site.json("rel", &["log", VIN]);
    let told: Vec<&str> = log.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    for action in
        ["receive", "prepare", "assign", "set", "confirm", "flag", "sign", "exception-resolve", "advance", "release"]
    {
        assert!(told.contains(&action), "{action} is missing in {told:?}");
    }
}

fn what_the_release_carries_is_right(message: &str) {
    let read = stageplate::ivi::read(message.as_bytes()).unwrap();
    let value = |address: &str| read.content.value(address);
    assert_eq!(value("StageOfCompletion"), Some("V"));
    assert_eq!(value("VehicleIdentificationNumber"), Some(VIN));
    assert_eq!(value("TypeApprovalNumber"), Some("e4*2018/858*00871*01"));
    assert_eq!(value("TypeApprovalIssueDate"), Some("2026-02-10"));
    assert_eq!((value("Type"), value("Variant"), value("Version")), (Some("BX"), Some("BOX"), Some("L4H3-01")));
    assert_eq!(value("Header/IviVersionNumber"), Some("1"));
    assert_eq!(value("Header/DesignatedTypeApprovalCountry"), Some("e4"));
    let reference = value("Header/IviReferenceId").unwrap();
    assert_eq!(uuid::Uuid::parse_str(reference).unwrap().get_version_num(), 4);
    assert_ne!(reference, "6a2957d3-4a32-41a6-a2d0-50681e0bf5e1", "the base message's reference is not used again");
    let maker = |name: &str| read.content.value(&format!("ManufacturerTable[1]/{name}"));
    assert_eq!(maker("ManufacturerStageNumber"), Some("2"));
    assert_eq!(maker("ManufacturerName"), Some("Example Bodies B.V."));
    assert_eq!(maker("PreviousStageTypeApprovalNumber"), Some("e3*2018/858*00107*01"));
    assert_eq!(maker("PreviousStageType"), Some("T"));
    assert_eq!(maker("PreviousStageVariant"), Some("EDEFC"));
    assert_eq!(maker("PreviousStageVersion"), Some("2X003B(1B)"));
    assert_eq!(read.content.rows("ManufacturerTable"), 1);
    assert_eq!(value("SigningAuthorityTable[1]/SignerName"), Some("R. Elease"));
    // Changed single elements, and nothing that is only inherited.
    assert_eq!(value("MassGroup/MassInRunningOrder"), Some("3120"));
    assert_eq!(value("MassGroup/ActualMass"), Some("3310"));
    assert_eq!(value("DimensionGroup/RearOverhang"), Some("1480"));
    assert_eq!(value("DimensionGroup/Width"), None);
    assert_eq!(value("MaximumSpeed"), None);
    // The axle table whole, because cells of it changed; the gears' not at all.
    assert_eq!(value("AxleTable[1]/DistributionMassRunningOrderAxle"), Some("1760"));
    assert_eq!(value("AxleTable[2]/TechnicallyPermissibleMassAxle"), Some("2400"));
    assert_eq!(value("AxleTable[2]/TyreAxleTable[4]/TyreTypeTable[1]/TyreType"), Some("MS"));
    assert_eq!(read.content.rows("FinalDriveVehicleTable"), 0);
    // Mandatory elements that neither the approval nor the completion gives are restated.
    assert_eq!(value("MakeTable[1]/Make"), Some("TOYOTA"));
    assert_eq!(value("MethodAttachmentStatutoryPlate"), Some("A3"));
}

fn foreign_tools_accept(site: &Site, shared: &Path, message: &str, pem: &str) {
    let file = site.write("message.xml", message);
    if support::tool("xmllint") {
        let schema = shared.join("InitialVehicleInformation-2.0.xsd");
        let out =
            Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).arg(&file).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    if support::tool("xmlsec1") {
        let certificate =
            pem.split_inclusive("-----END CERTIFICATE-----").find(|part| part.contains("BEGIN CERTIFICATE"));
        let certificate = certificate.unwrap();
        let from = certificate.find("-----BEGIN CERTIFICATE").unwrap();
        let trusted = site.write("certificate.pem", &certificate[from..]);
        let out = Command::new("xmlsec1")
            .args([
                "--verify",
                "--enabled-key-data",
                "x509",
                "--id-attr:Id",
                "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
                "--trusted-pem",
            ])
            .args([&trusted, &file])
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
}

#[test]
fn a_finding_says_which_policy_weighs_it_otherwise_and_who_applied_that() {
    let Some(shared) = support::shared() else { return };
    let site = Site::new();
    prepared(&site, &shared);
    site.expect(0, "prep", &["set", VIN, "MassInRunningOrder=3121", "--reason", "weighed again"]);
    let findings = site.json("prep", &["show", VIN, "--findings"]);
    let of = |check: &str| findings.as_array().unwrap().iter().find(|finding| finding["check"] == check).unwrap();
    let graded = &of("AR-01")["graded"];
    assert_eq!(graded["default"], "warn", "{findings}");
    assert!(graded["policy"].is_u64() && graded["by"].is_string() && graded["at"].is_string(), "{findings}");
    assert!(of("MG-02")["graded"].is_null(), "the specimen's message is older than the vehicle, by default a warning");
    let (table, _) = site.expect(0, "prep", &["show", VIN, "--findings"]);
    let told = table.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, told) = told.split_once("AR-01").unwrap();
    assert!(told.contains("block by policy ") && told.contains("warn by default"), "{told}");
}

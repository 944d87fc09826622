//! The numbers of rows on the desk: one address means the same row in every list, finding and command, also after a row
//! went, after an undo, and after a correction of the stage before.

use serde_json::Value;
use stageplate::domain::action::{Action, Given, SheetRow};
use stageplate::domain::address::Address;
use stageplate::domain::certificate::ChangeKind;
use stageplate::domain::checks;
use stageplate::domain::content::Content;
use stageplate::domain::dossier::Dossier;
use stageplate::domain::identity::Login;
use stageplate::issuing::compose;
use stageplate::ivi;
use uuid::Uuid;

use crate::fixture::{Desk, advance, base, receive, remove_row, set, sheet};
use crate::site::Site;

const MASS: &str = "TechnicallyPermissibleMassAxle";

/// The chassis cab with so many axles, each with a mass of its own.
fn axles(count: u32) -> Content {
    let one = base();
    let mut content = base();
    content.retain(|address| !address.is_within("AxleTable"));
    for row in 1..=count {
        for (address, value) in one.within("AxleTable[1]") {
            let rest = &address.as_str()["AxleTable[1]".len()..];
            content.set(Address::unchecked(&format!("AxleTable[{row}]{rest}")), value);
        }
        content.set(Address::unchecked(&format!("AxleTable[{row}]/AxleNumber")), row.to_string());
        content.set(Address::unchecked(&format!("AxleTable[{row}]/{MASS}")), (2000 + row).to_string());
    }
    content
}

/// Three axles, the second dropped.
fn dropped() -> Desk {
    let mut desk = Desk::empty();
    desk.act("prep", &receive(axles(3))).unwrap();
    desk.act("prep", &Action::Prepare(SheetRow { values: [].into(), ..sheet() })).unwrap();
    desk.act("prep", &remove_row("AxleTable[2]")).unwrap();
    desk
}

fn found(desk: &Desk, check: &str) -> Vec<String> {
    let findings = checks::run(&desk.case(), &desk.certificate());
    let at = findings.into_iter().filter(|finding| finding.check == check).filter_map(|finding| finding.address);
    at.map(|address| address.to_string()).collect()
}

#[test]
fn a_finding_after_a_dropped_row_names_the_row_that_is_set_flagged_and_confirmed() {
    const THIRD: &str = "AxleTable[3]/AxleNumber";
    let mut desk = dropped();
    assert_eq!(found(&desk, "AX-01"), [THIRD]);
    let flag = Action::Flag {
        kind: "other".to_owned(),
        at: Some(Address::unchecked(THIRD)),
        blocking: None,
        text: "which axle is it now?".to_owned(),
        to: None,
    };
    desk.act("review", &flag).unwrap();
    assert_eq!(desk.change(THIRD).exception, desk.record.exceptions.last().map(|one| one.id));
    desk.act("prep", &set(THIRD, "2")).unwrap();
    assert_eq!(found(&desk, "AX-01"), [""; 0]);
    let certificate = desk.certificate();
    assert_eq!(certificate.value(&format!("AxleTable[3]/{MASS}")), Some("2003"));
    let message = certificate.own_content();
    assert_eq!(message.value("AxleTable[2]/AxleNumber"), Some("2"));
    assert_eq!(message.value(&format!("AxleTable[2]/{MASS}")), Some("2003"));
    assert_eq!(message.rows("AxleTable"), 2);
}

#[test]
fn what_is_confirmed_by_an_address_is_the_row_that_the_address_showed() {
    let mut desk = Desk::at("preparation");
    desk.act("prep", &receive(axles(3))).unwrap();
    desk.act("prep", &remove_row("AxleTable[2]")).unwrap();
    desk.act("prep", &set(&format!("AxleTable[3]/{MASS}"), "1999")).unwrap();
    desk.act("prep", &advance()).ok();
    if desk.record.step == "preparation" {
        // What else keeps it from review is not spoken of here.
        desk.record.step = "review".to_owned();
    }
    let third = Address::unchecked(&format!("AxleTable[3]/{MASS}"));
    desk.act("review", &Action::Confirm { addresses: Some(vec![third.clone()]) }).unwrap();
    let change = desk.change(third.as_str());
    assert_eq!((change.before.as_deref(), change.ours.as_deref()), (Some("2003"), Some("1999")));
    assert!(change.confirmed.is_some());
}

#[test]
fn a_row_that_was_dropped_comes_back_under_its_number_and_a_new_one_gets_the_next() {
    let mut desk = dropped();
    desk.act("prep", &set("AxleTable[4]/AxleNumber", "4")).unwrap();
    assert_eq!(desk.change("AxleTable[4]/AxleNumber").kind, ChangeKind::RowAdded);
    assert_eq!(desk.certificate().own_content().value("AxleTable[3]/AxleNumber"), Some("4"));
    desk.act("prep", &Action::Undo).unwrap();
    desk.act("prep", &Action::Undo).unwrap();
    let certificate = desk.certificate();
    assert_eq!(certificate.effective.row_numbers("AxleTable").collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(certificate.value(&format!("AxleTable[2]/{MASS}")), Some("2002"));
}

#[test]
fn a_sheet_goes_on_speaking_of_the_rows_it_spoke_of() {
    let mut desk = dropped();
    let third = Address::unchecked(&format!("AxleTable[3]/{MASS}"));
    let row = |mass: &str| {
        let values = [(third.clone(), Given::Value(mass.to_owned()))].into();
        Action::Prepare(SheetRow { values, source: "axles.csv:2".to_owned(), ..sheet() })
    };
    desk.act("prep", &row("1999")).unwrap();
    assert_eq!(desk.certificate().value(third.as_str()), Some("1999"));
    assert!(!desk.act("prep", &row("1999")).unwrap().changed);
    desk.act("prep", &row("1998")).unwrap();
    assert_eq!(desk.certificate().own_content().value(&format!("AxleTable[2]/{MASS}")), Some("1998"));
    let gone = [(Address::unchecked(&format!("AxleTable[2]/{MASS}")), Given::Value("1".to_owned()))].into();
    let no = desk.act("prep", &Action::Prepare(SheetRow { values: gone, ..sheet() })).unwrap_err();
    assert_eq!(no.rule, "row", "nothing slips into another row");
}

#[test]
fn a_corrected_base_with_fewer_or_more_rows_moves_none_of_ours() {
    let mut desk = dropped();
    desk.act("prep", &receive(axles(4))).unwrap();
    let numbers = |desk: &Desk| desk.certificate().effective.row_numbers("AxleTable").collect::<Vec<_>>();
    assert_eq!(numbers(&desk), [1, 3, 4]);
    desk.act("prep", &receive(axles(2))).unwrap();
    assert_eq!(numbers(&desk), [1]);
    assert_eq!(desk.certificate().own_content().rows("AxleTable"), 1);

    let mut desk = dropped();
    desk.act("prep", &set("AxleTable[4]/AxleNumber", "4")).unwrap();
    desk.act("prep", &receive(axles(2))).unwrap();
    assert_eq!(numbers(&desk), [1, 4], "what we added stays where it was");
    let message = desk.certificate().own_content();
    assert_eq!((message.rows("AxleTable"), message.value("AxleTable[2]/AxleNumber")), (2, Some("4")));
}

#[test]
fn the_lines_of_both_messages_are_marked_at_the_row_that_was_asked_for() {
    let desk = dropped();
    let dossier = Dossier::of(&desk.case(), Vec::new());
    let signer = Login::parse("release").unwrap();
    let bytes = compose::draft(&dossier, &signer, Uuid::nil(), desk.now).unwrap();
    let marked = |address: &str| {
        let place = dossier.certificate.rows().in_message(&Address::unchecked(address))?;
        let line = ivi::excerpt(&bytes, &place)?.lines.into_iter().find(|line| line.here)?;
        Some(line.text.trim().to_owned())
    };
    let mass = |row: u32| marked(&format!("AxleTable[{row}]/{MASS}"));
    assert_eq!(mass(1).as_deref(), Some(format!("<{MASS}>2001</{MASS}>").as_str()));
    assert_eq!(mass(2), None, "the row that went is nowhere in our message");
    assert_eq!(mass(3).as_deref(), Some(format!("<{MASS}>2003</{MASS}>").as_str()));
    let listed = ivi::listing(&bytes).into_iter().filter_map(|line| line.address);
    let on_desk: Vec<String> = listed.map(|address| dossier.certificate.rows().on_desk(&address).to_string()).collect();
    assert!(on_desk.contains(&format!("AxleTable[3]/{MASS}")) && !on_desk.contains(&format!("AxleTable[2]/{MASS}")));
}

#[test]
fn entries_changes_findings_and_commands_speak_of_one_row_by_one_address() {
    const TOWING: &str = "TowingBrakedTypeTrailTable";
    let site = Site::new();
    let folder = site.path("desk");
    let made = site.run(&["demo", "--records", "12", "--dir", folder.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let prep = |words: &[&str]| site.json("prep", words);
    let all = prep(&["queue", "all", "--filter", "step:preparation held:no"]);
    let rows = |vin: &str, part: &str| -> Vec<(String, String)> {
        let list = prep(&["show", vin, part]);
        let list: Vec<Value> = list.as_array().unwrap().clone();
        let value = |one: &Value| match part {
            "--entries" => one["value"].as_str().unwrap_or_default().to_owned(),
            _ => one["values"]
                .as_array()
                .unwrap()
                .last()
                .map_or(String::new(), |last| last["value"].as_str().unwrap().to_owned()),
        };
        let inside = |one: &&Value| one["address"].as_str().unwrap().starts_with(&format!("{TOWING}[3]/"));
        list.iter().filter(inside).map(|one| (one["address"].as_str().unwrap().to_owned(), value(one))).collect()
    };
    let records = all.as_array().unwrap();
    let vin = records.iter().map(|one| one["vin"].as_str().unwrap()).find(|vin| !rows(vin, "--entries").is_empty());
    let vin = vin.expect("a record in preparation whose base tows in three ways");
    let before = rows(vin, "--entries");
    let row = format!("{TOWING}[2]");
    site.expect(0, "prep", &["set", vin, "--remove-row", &row, "--reason", "not fitted"]);
    assert_eq!(rows(vin, "--entries"), before);
    assert_eq!(rows(vin, "--changes"), before);
    assert!(!prep(&["show", vin, "--entries"]).to_string().contains(&format!("{row}/")));
}

//! The numbers of rows on the desk: one address means the same row in every list, finding and command, also after a row
//! went, after an undo, and after a correction of the stage before.

use std::sync::{Arc, mpsc};

use serde_json::Value;
use stageplate::app::lines::Side;
use stageplate::app::msg::{Effect, Msg};
use stageplate::domain::action::{Action, Given, SheetRow};
use stageplate::domain::address::Address;
use stageplate::domain::certificate::ChangeKind;
use stageplate::domain::checks;
use stageplate::domain::content::Content;
use stageplate::domain::dossier::Dossier;
use stageplate::domain::identity::{Login, Vin};
use stageplate::domain::moment::Moment;
use stageplate::domain::person::Actor;
use stageplate::failure::{Failure, Kind};
use stageplate::issuing::compose;
use stageplate::ivi;
use stageplate::store::{Desk as Store, Worker};
use stageplate::term::desk_jobs::{Jobs, Release};
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

const TOWING: &str = "TowingBrakedTypeTrailTable";

/// What a list of `show` has of a row: each address with our value.
fn in_row(row: u32, site: &Site, vin: &str, part: &str) -> Vec<(String, String)> {
    let value = |one: &Value| match part {
        "--entries" => one["value"].as_str().unwrap_or_default().to_owned(),
        _ => one["values"]
            .as_array()
            .unwrap()
            .last()
            .map_or(String::new(), |last| last["value"].as_str().unwrap().to_owned()),
    };
    let list = site.json("prep", &["show", vin, part]);
    let inside = |one: &&Value| one["address"].as_str().unwrap().starts_with(&format!("{TOWING}[{row}]/"));
    let list = list.as_array().unwrap().iter().filter(inside);
    list.map(|one| (one["address"].as_str().unwrap().to_owned(), value(one))).collect()
}

/// A demo desk, and a record in preparation on it whose base tows in three ways.
fn towing() -> (Site, String) {
    let site = Site::new();
    let folder = site.path("desk");
    let made = site.run(&["demo", "--records", "12", "--dir", folder.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let all = site.json("prep", &["queue", "all", "--filter", "step:preparation held:no"]);
    let mut vins = all.as_array().unwrap().iter().map(|one| one["vin"].as_str().unwrap());
    let vin = vins.find(|vin| !in_row(3, &site, vin, "--entries").is_empty()).map(str::to_owned);
    (site, vin.expect("a record in preparation whose base tows in three ways"))
}

fn remove_second(site: &Site, vin: &str) {
    let row = format!("{TOWING}[2]");
    site.expect(0, "prep", &["set", vin, "--remove-row", &row, "--reason", "not fitted"]);
}

#[test]
fn entries_changes_findings_and_commands_speak_of_one_row_by_one_address() {
    let (site, vin) = towing();
    let before = in_row(3, &site, &vin, "--entries");
    remove_second(&site, &vin);
    assert_eq!(in_row(3, &site, &vin, "--entries"), before);
    assert_eq!(in_row(3, &site, &vin, "--changes"), before);
    let entries = site.json("prep", &["show", &vin, "--entries"]);
    assert!(!entries.to_string().contains(&format!("{TOWING}[2]/")));
}

#[test]
fn the_lines_that_the_desk_shows_of_an_entry_below_a_removed_row_are_those_of_its_own_row() {
    let (site, vin) = towing();
    let second = in_row(2, &site, &vin, "--entries");
    remove_second(&site, &vin);
    let mut desk = Store::open(&site.path("desk/desk.db"), ivi::catalogue()).unwrap();
    let prep = Actor::of(&desk.person(&Login::parse("prep").unwrap()).unwrap().unwrap());
    let record = desk.record_id(&Vin::parse(&vin).unwrap()).unwrap();
    let now = Moment(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_micros()).unwrap());
    let (sender, answers) = mpsc::channel();
    let worker = Worker::spawn(desk, Box::new(|| ()));
    let no_key: Arc<Release> = Arc::new(|_, _, _, _, _| Err(Failure::new(Kind::Refused, "no key")));
    let mut jobs = Jobs::new(worker, prep, no_key, Arc::new(move |msg| drop(sender.send(msg))));
    let mut lines = |address: &str| {
        jobs.take(Effect::LoadLines { record, stage: 1, address: Address::unchecked(address) }, now);
        match answers.recv().unwrap() {
            Msg::Lines { base, ours, .. } => (base, ours),
            other => panic!("{other:?}"),
        }
    };
    let here = |side: &Side| side.lines.iter().find(|(_, here)| *here).map(|(line, _)| line.trim().to_owned());
    for (address, value) in in_row(3, &site, &vin, "--entries") {
        let name = address.rsplit('/').next().unwrap();
        let line = Some(format!("<{name}>{value}</{name}>"));
        let (base, ours) = lines(&address);
        assert_eq!((here(&base), here(&ours)), (line.clone(), line), "{address}: {base:?} {ours:?}");
    }
    assert!(!second.is_empty());
    for (address, value) in second {
        let (base, ours) = lines(&address);
        let name = address.rsplit('/').next().unwrap();
        assert_eq!(here(&base), Some(format!("<{name}>{value}</{name}>")), "what is said of the row that went");
        assert_eq!((here(&ours), ours.from.as_str()), (None, "ours · the message in work · says nothing here"));
    }
    jobs.finish(now);
}

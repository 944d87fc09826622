//! The form of the message, as the policy asks for it: what our stage changed, or the whole certificate. Both say the same.

use stageplate::domain::action::Action;
use stageplate::domain::address::Address;
use stageplate::domain::catalogue::Element;
use stageplate::domain::certificate::{Certificate, ChangeKind, Formalities, message_content, overlay};
use stageplate::domain::checks;
use stageplate::domain::content::Content;
use stageplate::domain::policy::Entries;
use stageplate::domain::record::Declared;
use stageplate::domain::{readiness, since, structure};
use stageplate::ivi::{self, Message, catalogue};

use crate::fixture::{Desk, VIN, advance, base, receive, sheet};
use crate::invent::{Choices, content, value};
use crate::messages::{spoil, streams, valid};
use crate::support::{shared, tool};

const COULD_BE_FITTED: &str = "MechanicalCouplingCanBeFittedTable";

fn under(desk: &Desk, entries: Entries) -> Desk {
    let mut desk = desk.clone();
    desk.policy.release.entries = entries;
    desk
}

/// The content of the message, as it is released.
fn message(desk: &Desk, certificate: &Certificate) -> Content {
    let formal = Formalities {
        reference: "6a2957d3-4a32-41a6-a2d0-50681e0bf5e1".to_owned(),
        version: 1,
        at: desk.now,
        signatory: Some(("Henrik Aldervang".to_owned(), "Head of homologation".to_owned(), "Oudemeer".to_owned())),
    };
    message_content(certificate, &formal)
}

/// A record whose stage before is `before`, of whose entries some are declared with other values.
fn completed(before: Content, choices: &mut Choices<'_>) -> Desk {
    let mut desk = Desk::empty();
    let mut declare = |address: &Address, value: &str| {
        let by = desk.people[0].login.clone();
        let declared = Declared { value: value.to_owned(), by, at: desk.now, reason: "random".to_owned() };
        desk.record.declared.insert(address.clone(), declared);
    };
    for (address, entry) in [("TypeApprovalNumber", "e4*2018/858*90471*01"), ("Variant", "BOX"), ("Version", "L2H2-01")]
    {
        declare(&Address::unchecked(address), entry);
    }
    let formal = |address: &Address| {
        ["Header", "SigningAuthorityTable", "ManufacturerTable"].iter().any(|place| address.is_within(place))
    };
    let entries: Vec<Address> = before.iter().map(|(address, _)| address.clone()).filter(|one| !formal(one)).collect();
    for _ in 0..choices.below(6) {
        let address = &entries[choices.below(entries.len())];
        let identifies =
            ["TypeApprovalNumber", "Variant", "Version", "VehicleIdentificationNumber"].contains(&address.as_str());
        let value_type = catalogue().element(address).and_then(Element::value_type).filter(|_| !identifies);
        if let Some(value_type) = value_type {
            declare(address, &value(value_type, choices));
        }
    }
    desk.act("prep", &receive(before)).unwrap();
    desk
}

/// A message of a stage before, by chance; every third has a fault.
fn invented(number: usize, choices: &mut Choices<'_>) -> Content {
    let mut before = content(choices);
    before.set(Address::unchecked("VehicleIdentificationNumber"), VIN);
    before.set(Address::unchecked("ManufacturerTable[1]/ManufacturerStageNumber"), "1");
    let mut before = if number.is_multiple_of(3) { spoil(&before, choices) } else { before };
    before.set(Address::unchecked("VehicleIdentificationNumber"), VIN);
    before
}

#[test]
fn the_whole_certificate_laid_over_the_stage_before_says_what_the_changed_entries_say_and_fits_as_well() {
    let (mut restated, mut messages) = (0, Vec::new());
    for (number, stream) in streams(60, 4000).enumerate() {
        let mut choices = Choices::new(&stream);
        let desk = completed(invented(number, &mut choices), &mut choices);
        let [changed, whole] = Entries::ALL.map(|entries| {
            let desk = under(&desk, entries);
            let certificate = desk.certificate();
            (message(&desk, &certificate), certificate)
        });
        let effective = |message: &Content| {
            let written = ivi::write(&Message::from_content(message).unwrap());
            let mut laid = whole.1.before.clone();
            overlay(&mut laid, &ivi::read(&written).unwrap().content);
            laid
        };
        assert_eq!(effective(&changed.0), effective(&whole.0));
        assert_eq!((&changed.1.changes, &changed.1.effective), (&whole.1.changes, &whole.1.effective));
        let faults =
            |message: &Content| (structure::missing(catalogue(), message), structure::misfits(catalogue(), message));
        assert_eq!(faults(&changed.0), faults(&whole.0));
        assert_eq!(whole.0.rows("ManufacturerTable"), 1);
        assert_eq!(whole.0.rows(COULD_BE_FITTED), changed.0.rows(COULD_BE_FITTED));
        let more = whole.0.len() - changed.0.len();
        assert_eq!(more, whole.1.restated.len());
        restated += more;
        if faults(&changed.0).0.is_empty() && faults(&changed.0).1.is_empty() {
            messages.extend([changed.0, whole.0].map(|content| ivi::write(&Message::from_content(&content).unwrap())));
        }
    }
    assert!(restated > 1000, "only {restated} entries were restated: they show nothing");
    assert!(messages.len() > 60, "only {} messages were whole: they show nothing", messages.len());
    let Some(folder) = shared().filter(|_| tool("xmllint")) else { return };
    for (message, valid) in messages.iter().zip(valid(&folder, &messages)) {
        assert!(valid, "{}", String::from_utf8_lossy(message));
    }
}

/// The sample's completion on another base message.
fn prepared_on(before: Content) -> Desk {
    let mut desk = Desk::empty();
    desk.act("prep", &receive(before)).unwrap();
    desk.act("prep", &Action::Prepare(sheet())).unwrap();
    desk
}

#[test]
fn what_only_the_stage_before_can_say_is_not_restated() {
    let mut before = base();
    let theirs = [
        ("EURepresentativeGroup/EURepresentativeName", "Example Representative"),
        ("EURepresentativeGroup/EURepresentativeAddressLine1", "Street 1"),
        ("EURepresentativeGroup/EURepresentativePlaceOfResidence", "Town"),
        ("EURepresentativeGroup/EURepresentativeCountryOfResidence", "Country"),
        ("ProductionYearSmallSeries", "2026"),
        ("CompletedAltered", "B"),
        ("AllowedParameterValuesMultistageGroup/AllowedActualMassMin", "2900"),
    ];
    for (address, value) in theirs {
        before.set(catalogue().address(address).unwrap(), value);
    }
    let mut desk = Desk::empty();
    desk.act("prep", &receive(before)).unwrap();
    let certificate = under(&desk, Entries::Whole).certificate();
    for (address, _) in theirs {
        let address = catalogue().address(address).unwrap();
        assert!(
            certificate.before.get(&address).is_some() && certificate.restated.get(&address).is_none(),
            "{address}"
        );
    }
    for place in
        ["DateManufactureVehicle", "ManufacturerTable", "SigningAuthorityTable", "Header", "TypeApprovalNumber"]
    {
        assert!(certificate.restated.within(place).next().is_none(), "{place}");
    }
    assert!(certificate.restated.within("EnergyConvertorTable").next().is_some());
}

#[test]
fn a_table_with_a_value_that_our_vehicle_must_not_have_is_left_to_the_stage_before() {
    let mut before = base();
    before.set(Address::unchecked(&format!("{COULD_BE_FITTED}[1]/MechanicalCouplingCanBeFittedType")), "A50");
    before.set(Address::unchecked("InServiceMaximumMassTable[1]/InServiceMaximumPermissibleLadenMass"), "heavy");
    let desk = prepared_on(before);
    let certificate = under(&desk, Entries::Whole).certificate();
    for table in [COULD_BE_FITTED, "InServiceMaximumMassTable"] {
        assert!(certificate.before.rows(table) > 0, "{table}");
        assert_eq!(certificate.restated.rows(table), 0, "{table}");
    }
}

#[test]
fn what_is_restated_stays_inherited_and_is_still_a_finding_where_an_option_asks_for_it() {
    let mass = Address::unchecked("MassGroup/ActualMass");
    let mut before = base();
    before.set(mass.clone(), "2900");
    let mut desk = prepared_on(before);
    desk.record.declared.remove(&mass);
    let told = |desk: &Desk| -> Vec<String> {
        let findings = checks::run(&desk.case(), &desk.certificate());
        findings.iter().map(|one| format!("{} {:?}", one.check, one.address)).collect()
    };
    let whole = under(&desk, Entries::Whole);
    assert_eq!(whole.change("MassGroup/ActualMass").kind, ChangeKind::Inherited);
    assert!(whole.certificate().own_content().value("MassGroup/ActualMass").is_some());
    assert_eq!(told(&whole), told(&desk));
    assert!(told(&desk).iter().any(|one| one.starts_with("OP-01") && one.contains("ActualMass")), "{:?}", told(&desk));
}

#[test]
fn a_sign_off_is_given_for_a_form_and_another_one_asks_to_sign_again_but_not_to_confirm_again() {
    let signed = Desk::at("ready");
    let mut desk = under(&signed, Entries::Whole);
    let certificate = desk.certificate();
    assert!(certificate.changes.iter().all(|change| !change.undecided), "what was confirmed stays confirmed");
    let no = desk.act("release", &Action::Release(desk.sealed())).unwrap_err();
    assert_eq!(no.rule, "checkpoint:technical review");
    let left = readiness::readiness(&desk.case(), &certificate, &[]);
    let told = "checkpoint `technical review` is not signed: no change and another form of the message, by the policy, since the \
                technical review of 2026-11-23 by review";
    assert_eq!(left[0].what, told, "{left:?}");
    // Back to the form it was signed in: it holds, as nothing was written meanwhile.
    assert!(under(&desk, Entries::Changed).act("release", &Action::Release(signed.sealed())).is_ok());

    desk.act("lead", &Action::Return { to: "review".into(), reason: "the receiver asks for the whole".into() })
        .unwrap();
    desk.act("review", &advance()).unwrap();
    desk.act("lead", &advance()).unwrap();
    assert_eq!(since::since_next(&desk.case(), &desk.certificate()), None);
    desk.act("release", &Action::Release(desk.sealed())).unwrap();
    assert_eq!(desk.record.releases.len(), 1);
}

#[test]
fn a_first_stage_has_nothing_to_restate_and_its_sign_offs_hold_in_either_form() {
    let desk = Desk::empty();
    let [changed, whole] = Entries::ALL.map(|entries| under(&desk, entries).certificate());
    assert!(whole.restated.is_empty());
    assert_eq!(changed.hash, whole.hash);
}

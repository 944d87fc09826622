//! Messages that come in: an IVI message as the desk receives it, with everything that is wrong with it kept.

use super::Reject;
use crate::domain::action::Received;
use crate::domain::content::Content;
use crate::domain::identity::{Digest, Vin};
use crate::domain::moment::Moment;
use crate::domain::record::StageFault;
use crate::domain::value;
use crate::domain::visible::{quoted, visible};
use crate::ivi::verify::{self, Trust, VerifyFault};
use crate::ivi::{self, Read, ReadFault, Stray, StrayKind};

/// The highest build stage another manufacturer's message may be of: ours follows it, and a stage has two digits.
const LAST_STAGE: i64 = 98;

/// Reads a message from the file `name`, received at `now`, for a new record to join `scope`.
///
/// # Errors
/// What the bytes are instead, where, and what to do; or that they do not say which vehicle or stage they are about.
pub fn read(name: &str, bytes: Vec<u8>, scope: Option<&str>, now: Moment) -> Result<(Vin, Received), Reject> {
    let read = ivi::read(&bytes).map_err(|fault| unreadable(&fault))?;
    let vin = vin(&read.content)?;
    if let Some(second) = read.strays.iter().find(|stray| is_vin_again(stray)) {
        return Err(Reject::new(format!("the message names two vehicles, {vin} and `{}`", visible(&second.text)))
            .vin(vin.as_str())
            .hint("ask the sender for a message of each"));
    }
    let stage = stage(&read.content).map_err(|fault| fault.vin(vin.as_str()))?;
    let received = Received {
        stage,
        faults: faults(&read),
        content: read.content,
        sha256: Digest::of(&bytes),
        signature: signature(&bytes, now),
        bytes,
        source: name.to_owned(),
        scope: scope.map(str::to_owned),
    };
    Ok((vin, received))
}

fn is_vin_again(stray: &Stray) -> bool {
    stray.kind == StrayKind::RepeatedElement && stray.name.ends_with("VehicleIdentificationNumber")
}

fn unreadable(fault: &ReadFault) -> Reject {
    let column = fault.column.map(|column| format!(" (column {column})")).unwrap_or_default();
    let reason = format!("{}{column}", fault.kind);
    Reject { line: fault.line, ..Reject::new(visible(&reason)) }.hint(fault.remedy())
}

fn vin(content: &Content) -> Result<Vin, Reject> {
    let given = content.value("VehicleIdentificationNumber").unwrap_or_default();
    if given.is_empty() {
        return Err(Reject::new("the message names no vehicle: VehicleIdentificationNumber is missing")
            .hint("ask the sender for a whole message"));
    }
    Vin::parse(given).map_err(|fault| {
        Reject::new(format!("VehicleIdentificationNumber: {fault}")).vin(given).hint("ask the sender to correct it")
    })
}

/// The build stage a message is of: the highest manufacturer's stage number in it (setup manual 1.5: a message may
/// repeat the manufacturers of the stages before).
fn stage(content: &Content) -> Result<u8, Reject> {
    const REMEDY: &str = "ask the sender to give the stage number of each manufacturer";
    let numbers =
        content.within("ManufacturerTable").filter(|(address, _)| address.name() == "ManufacturerStageNumber");
    let mut highest: Option<i64> = None;
    for (address, text) in numbers {
        let number = value::integer(text).filter(|number| (1..=LAST_STAGE).contains(number));
        let number = number.ok_or_else(|| {
            Reject::new(format!("{address}: `{}` is no build stage from 1 to {LAST_STAGE}", quoted(text))).hint(REMEDY)
        })?;
        highest = highest.max(Some(number));
    }
    highest
        .and_then(|number| u8::try_from(number).ok())
        .ok_or_else(|| Reject::new("the message does not say of which build stage it is").hint(REMEDY))
}

/// What is wrong with a message that was read all the same: it is kept, and each of these becomes a finding.
fn faults(read: &Read) -> Vec<StageFault> {
    let strays = read.strays.iter().map(|stray| StageFault { place: stray.place.clone(), message: stray.to_string() });
    let misfits = read.misfits.iter().map(|(address, value, misfit)| StageFault {
        place: address.to_string(),
        message: format!("`{}` does not fit: {misfit}", quoted(value)),
    });
    let missing = read.missing.iter().map(|place| StageFault {
        place: place.clone(),
        message: "every message must have it, and this one has not".to_owned(),
    });
    strays.chain(misfits).chain(missing).collect()
}

/// What became of checking the signature, in words. A message that carries one is not thereby signed.
fn signature(bytes: &[u8], now: Moment) -> String {
    let words = match verify::verify(bytes, &Trust::Any, now.utc()) {
        Ok(verified) => format!("valid, {}", verified.certificate.subject),
        Err(VerifyFault::NotSealed) => "none".to_owned(),
        Err(fault) => format!("invalid: {fault}"),
    };
    visible(&words).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::Address;

    fn message(vin: &str, stages: &[&str], more: &[(&str, &str)]) -> Vec<u8> {
        let mut content = Content::new();
        let mut put = |address: &str, value: &str| drop(content.set(Address::unchecked(address), value));
        put("VehicleIdentificationNumber", vin);
        for (at, stage) in stages.iter().enumerate() {
            put(&format!("ManufacturerTable[{}]/ManufacturerStageNumber", at + 1), stage);
        }
        for (address, value) in more {
            put(address, value);
        }
        ivi::write(&ivi::Message::from_content(&content).unwrap())
    }

    fn reading(bytes: &[u8]) -> Result<(Vin, Received), Reject> {
        read("a.xml", bytes.to_vec(), Some("vans"), Moment(0))
    }

    #[test]
    fn a_message_is_of_its_highest_stage_and_keeps_what_is_wrong_with_it() {
        let bytes = message("ZZATG60D2TK104417", &["1", "2"], &[("MassGroup/ActualMass", "28 tons")]);
        let (vin, received) = reading(&bytes).unwrap();
        assert_eq!((vin.as_str(), received.stage, received.signature.as_str()), ("ZZATG60D2TK104417", 2, "none"));
        assert_eq!((received.sha256, received.scope.as_deref()), (Digest::of(&bytes), Some("vans")));
        assert_eq!(received.bytes, bytes);
        let at = |place: &str| received.faults.iter().any(|fault| fault.place == place);
        assert!(at("MassGroup/ActualMass") && at("TypeApprovalNumber"), "{:?}", received.faults);
    }

    #[test]
    fn a_message_says_the_same_in_every_encoding_and_is_kept_as_it_came() {
        let utf8 = message("ZZATG60D2TK104417", &["1"], &[("MakeTable[1]/Make", "Škoda")]);
        let text = String::from_utf8(utf8.clone()).unwrap().replace("UTF-8", "UTF-16");
        let wide = |mark: bool, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let mark = mark.then_some('\u{feff}');
            mark.into_iter()
                .chain(text.chars())
                .flat_map(|letter| letter.encode_utf16(&mut [0; 2]).to_vec())
                .flat_map(order)
                .collect()
        };
        let marked = [b"\xef\xbb\xbf", utf8.as_slice()].concat();
        let (_, known) = reading(&utf8).unwrap();
        for bytes in [
            marked,
            wide(true, u16::to_le_bytes),
            wide(true, u16::to_be_bytes),
            wide(false, u16::to_le_bytes),
            wide(false, u16::to_be_bytes),
        ] {
            let (_, received) = reading(&bytes).unwrap();
            assert_eq!((&received.content, received.signature.as_str()), (&known.content, "none"));
            assert_eq!(received.bytes, bytes);
        }
    }

    #[test]
    fn a_message_about_nobody_knows_what_is_rejected_with_a_remedy() {
        for (bytes, words) in [
            (message("ZZATG60D2TK1O4417", &["1"], &[]), "never contains"),
            (message("ZZATG60D2TK104417", &[], &[]), "which build stage"),
            (message("ZZATG60D2TK104417", &["0"], &[]), "`0` is no build stage"),
            (message("ZZATG60D2TK104417", &["1", "x"], &[]), "`x` is no build stage"),
            (b"<a/>".to_vec(), "not an IVI 2.0 message"),
            (b"<!DOCTYPE a><a/>".to_vec(), "document type"),
            (b"vin,13\n".to_vec(), "XML"),
            (Vec::new(), ""),
        ] {
            let reject = reading(&bytes).unwrap_err();
            assert!(reject.reason.contains(words) && !reject.hints.is_empty(), "{words}: {reject:?}");
        }
    }
}

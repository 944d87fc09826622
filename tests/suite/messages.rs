//! Reading and writing messages: nothing is lost, and what is called right is valid by the official schema.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use stageplate::domain::address::Address;
use stageplate::domain::content::Content;
use stageplate::domain::value::ValueType;
use stageplate::ivi::{self, Message};

use crate::invent::{Choices, content, message};
use crate::support::{shared, tool};

/// A seal of the right form and without meaning: the schema wants one.
const SEAL: &str = concat!(
    "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>",
    "<CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
    "<SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>",
    "<Reference URI=\"\"><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>",
    "<DigestValue>AAAA</DigestValue></Reference></SignedInfo><SignatureValue>AAAA</SignatureValue></Signature>",
);

fn specimens(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("samples")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "xml")).collect();
    files.sort();
    assert_eq!(files.len(), 3);
    files
}

/// The text without the element `Signature`, what stands around it left as it is.
fn without_seal(text: &str) -> String {
    let (before, rest) = text.split_once("<Signature xmlns").unwrap();
    let (_, after) = rest.split_once("</Signature>").unwrap();
    format!("{before}{after}")
}

/// The exclusive canonical XML of each text, which is what a seal is over, by a foreign tool.
fn canonical(texts: &[&[u8]]) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let canonical = |(number, text): (usize, &&[u8])| {
        let file = folder.path().join(format!("{number}.xml"));
        fs::write(&file, text).unwrap();
        let output = Command::new("xmllint").args(["--nonet", "--exc-c14n"]).arg(&file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    texts.iter().enumerate().map(canonical).collect()
}

/// Whether each message, given a seal of the right form, is valid by the official schema; one call for all.
pub fn valid(schema: &Path, messages: &[Vec<u8>]) -> Vec<bool> {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = (0..messages.len()).map(|number| folder.path().join(format!("{number}.xml"))).collect();
    for (file, message) in files.iter().zip(messages) {
        let text = String::from_utf8(message.clone()).unwrap();
        let end = text.rfind("</InitialVehicleInformation>").unwrap();
        fs::write(file, format!("{}{SEAL}{}", &text[..end], &text[end..])).unwrap();
    }
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema.join("InitialVehicleInformation-2.0.xsd"))
        .args(&files)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let verdict = |file: &PathBuf| {
        let valid = told.contains(&format!("{} validates\n", file.display()));
        let fails = told.contains(&format!("{} fails to validate\n", file.display()));
        assert!(valid != fails, "no verdict on {}:\n{told}", file.display());
        valid
    };
    files.iter().map(verdict).collect()
}

/// Streams of choices without chance: the same in every run.
pub fn streams(count: u64, length: usize) -> impl Iterator<Item = Vec<u32>> {
    (1..=count).map(move |seed| {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            u32::try_from(state >> 32).unwrap()
        };
        (0..length).map(|_| next()).collect()
    })
}

#[test]
fn the_specimens_are_read_without_a_finding() {
    let Some(folder) = shared() else { return };
    for path in specimens(&folder) {
        let read = ivi::read(&fs::read(&path).unwrap()).unwrap();
        assert!(read.signed);
        assert_eq!(read.strays, [], "{}", path.display());
        assert_eq!(read.misfits, [], "{}", path.display());
        assert!(read.missing.is_empty(), "{}: {:?}", path.display(), read.missing);
        assert!(read.content.len() > 100);
        assert_eq!(read.content.value("Header/IviVersionNumberXsd"), Some("2.0"));
    }
}

#[test]
fn a_specimen_read_and_written_is_the_same_but_for_its_seal() {
    let Some(folder) = shared() else { return };
    for path in specimens(&folder) {
        let text = fs::read_to_string(&path).unwrap();
        let read = ivi::read(text.as_bytes()).unwrap();
        let written = String::from_utf8(ivi::write(&read.message)).unwrap();
        // The specimens need no escapes and have no empty elements: they are the same line by line, after the first.
        let lines = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines(&written), lines(&without_seal(&text)), "{}", path.display());
        if tool("xmllint") {
            let canonical = canonical(&[without_seal(&text).as_bytes(), written.as_bytes()]);
            assert_eq!(canonical[0], canonical[1], "{}", path.display());
        }
    }
}

#[test]
fn a_specimen_composed_anew_from_its_content_is_valid_and_says_the_same() {
    let Some(folder) = shared() else { return };
    let contents = specimens(&folder).into_iter().map(|path| ivi::read(&fs::read(path).unwrap()).unwrap().content);
    let contents: Vec<Content> = contents.collect();
    let written = |content: &Content| ivi::write(&Message::from_content(content).unwrap());
    let messages: Vec<Vec<u8>> = contents.iter().map(written).collect();
    for (message, content) in messages.iter().zip(&contents) {
        assert_eq!(&ivi::read(message).unwrap().content, content);
    }
    if tool("xmllint") {
        assert_eq!(valid(&folder, &messages), [true; 3]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_content_comes_back_from_its_message(choices in prop::collection::vec(any::<u32>(), 0..3000)) {
        let content = content(&mut Choices::new(&choices));
        let bytes = ivi::write(&Message::from_content(&content).unwrap());
        let read = ivi::read(&bytes).unwrap();
        prop_assert_eq!(&read.content, &content);
        prop_assert!(read.strays.is_empty() && read.misfits.is_empty() && read.missing.is_empty() && !read.signed,
            "{:?} {:?} {:?}", read.strays, read.misfits, read.missing);
        prop_assert_eq!(ivi::write(&read.message), bytes);
    }

    #[test]
    fn any_message_comes_back_as_it_was(choices in prop::collection::vec(any::<u32>(), 0..3000)) {
        let text = message(&mut Choices::new(&choices));
        let first = ivi::read(text.as_bytes()).unwrap();
        let again = ivi::read(&ivi::write(&first.message)).unwrap();
        prop_assert_eq!(first, again);
    }
}

#[test]
fn composed_messages_are_valid_by_the_official_schema() {
    let Some(folder) = shared() else { return };
    if !tool("xmllint") {
        return;
    }
    let compose = |stream: Vec<u32>| ivi::write(&Message::from_content(&content(&mut Choices::new(&stream))).unwrap());
    let messages: Vec<Vec<u8>> = streams(80, 4000).map(compose).collect();
    for (message, valid) in messages.iter().zip(valid(&folder, &messages)) {
        assert!(valid, "{}", String::from_utf8_lossy(message));
    }
}

#[test]
fn messages_of_any_order_with_empty_groups_and_odd_space_keep_their_canonical_form() {
    if !tool("xmllint") {
        return;
    }
    for stream in streams(25, 2000) {
        let text = message(&mut Choices::new(&stream));
        let written = ivi::write(&ivi::read(text.as_bytes()).unwrap().message);
        let canonical = canonical(&[text.as_bytes(), &written]);
        assert_eq!(canonical[0], canonical[1], "{text}");
    }
}

/// The bytes of a text in UTF-16 with its mark, in this order of bytes.
fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let text = text.replacen("UTF-8", "UTF-16", 1);
    std::iter::once('\u{feff}').chain(text.chars()).collect::<String>().encode_utf16().flat_map(order).collect()
}

#[test]
fn a_message_in_utf_16_says_what_it_says_in_utf_8() {
    for stream in streams(8, 3000) {
        let content = content(&mut Choices::new(&stream));
        let written = ivi::write(&Message::from_content(&content).unwrap());
        let text = String::from_utf8(written.clone()).unwrap();
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes = utf16(&text, order);
            let read = ivi::read(&bytes).unwrap();
            assert_eq!(read.content, content);
            assert_eq!(ivi::write(&read.message), written);
            if tool("xmllint") {
                let canonical = canonical(&[&bytes, &written]);
                assert_eq!(canonical[0], canonical[1], "{text}");
            }
        }
    }
}

/// What may stand in place of a value; some of it fits some types. White space around a number is not among them: XML
/// Schema allows it, libxml2 does not.
const SPOILT: [&str; 11] =
    ["", "x", "-1", "+7", "0.5", "1e3", "99999999", "\u{a0}5", "Y", "2024-02-30", "00000000000000000000001"];

/// A value just beyond what a type takes: too long, a digit too many, no code of the list.
fn beyond(value_type: &ValueType, choices: &mut Choices<'_>) -> String {
    match value_type {
        ValueType::Text { max, .. } => "ä".repeat(usize::from(*max) + choices.below(2)),
        ValueType::Integer { max, .. } => (max + i64::try_from(choices.below(2)).unwrap()).to_string(),
        ValueType::Decimal { digits, fraction, .. } => {
            let (before, after) = (usize::from(digits - fraction), usize::from(*fraction));
            match choices.below(3) {
                0 => format!("{}.{}", "9".repeat(before + 1), "9".repeat(after)),
                1 => format!("1.{}1", "0".repeat(after)),
                _ => format!("{}.{}0", "9".repeat(before.max(1)), "9".repeat(after)),
            }
        }
        ValueType::Code(list) => {
            let code = list.codes[choices.below(list.codes.len())].code;
            [code.to_lowercase(), format!("{code}0"), format!("{code} ")][choices.below(3)].clone()
        }
        ValueType::Date => ["2026-02-29", "2026-13-01", "26-01-01", "2026-1-1"][choices.below(4)].to_owned(),
        ValueType::DateTime => {
            ["2026-02-29T10:00:00Z", "2026-02-28T24:30:00Z", "2026-02-28"][choices.below(3)].to_owned()
        }
        ValueType::Uuid4 => "6a2957d3-4a32-11a6-a2d0-50681e0bf5e1".to_owned(),
        ValueType::Vin => "ZZATG60D2TK10441".to_owned() + ["", "77", "a", "-"][choices.below(4)],
    }
}

/// A content in which one value is left out, replaced, or put just beyond its type.
pub fn spoil(content: &Content, choices: &mut Choices<'_>) -> Content {
    let at = choices.below(content.len());
    let address: Address = content.iter().nth(at).unwrap().0.clone();
    let mut spoilt = content.clone();
    match choices.below(SPOILT.len() + 15) {
        replaced if replaced < SPOILT.len() => spoilt.set(address, SPOILT[replaced]),
        left_out if left_out < SPOILT.len() + 4 => spoilt.remove(&address),
        _ => {
            let value_type = ivi::catalogue().element(&address).unwrap().value_type().unwrap();
            spoilt.set(address, beyond(value_type, choices))
        }
    };
    spoilt
}

#[test]
fn reading_finds_fault_exactly_where_the_official_schema_does() {
    let Some(folder) = shared() else { return };
    if !tool("xmllint") {
        return;
    }
    let mut messages = Vec::new();
    for stream in streams(150, 1500) {
        let mut choices = Choices::new(&stream);
        let spoilt = spoil(&content(&mut choices), &mut choices);
        messages.push(ivi::write(&Message::from_content(&spoilt).unwrap()));
    }
    let verdicts = valid(&folder, &messages);
    assert!(verdicts.contains(&true) && verdicts.contains(&false));
    for (message, valid) in messages.iter().zip(verdicts) {
        let read = ivi::read(message).unwrap();
        let clean = read.strays.is_empty() && read.misfits.is_empty() && read.missing.is_empty();
        assert_eq!(clean, valid, "{:?} {:?}\n{}", read.misfits, read.missing, String::from_utf8_lossy(message));
    }
}

#[test]
fn messages_with_empty_groups_are_faulted_exactly_where_the_official_schema_does() {
    let Some(folder) = shared() else { return };
    if !tool("xmllint") {
        return;
    }
    let messages: Vec<Vec<u8>> =
        streams(120, 2000).map(|stream| message(&mut Choices::new(&stream)).into_bytes()).collect();
    let verdicts = valid(&folder, &messages);
    assert!(verdicts.contains(&true) && verdicts.contains(&false));
    for (message, valid) in messages.iter().zip(verdicts) {
        let read = ivi::read(message).unwrap();
        let clean = read.strays.is_empty() && read.misfits.is_empty() && read.missing.is_empty();
        assert_eq!(clean, valid, "{:?} {:?}\n{}", read.misfits, read.missing, String::from_utf8_lossy(message));
    }
}

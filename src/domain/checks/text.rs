//! Checks of text: nothing invisible, nothing that looks like what it is not.

use std::collections::BTreeMap;

use super::{Check, Grade, Report};
use crate::domain::address::Address;
use crate::domain::certificate::{Case, Certificate};
use crate::domain::value::ValueType;
use crate::domain::visible::{is_hidden, visible};

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "TX-01",
        title: "No hidden characters",
        clause: "inferred: what a person reads must be what the message says",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Write the value anew; in a received message, ask for a correction.",
        run: nothing_hidden,
    },
    Check {
        id: "TX-02",
        title: "No letters that look like others",
        clause: "inferred: what a person reads must be what the message says",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Write the value anew with Latin letters; in a received message, ask for a correction.",
        run: nothing_confusable,
    },
    Check {
        id: "TX-03",
        title: "No value that only stands for one",
        clause: "inferred: nothing missing is filled with a placeholder",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Declare the value, or withdraw it: what is not known is left out.",
        run: nothing_stands_for_a_value,
    },
];

/// Every value declared, and every value received in the message of a stage; each with who says it.
fn values<'a>(case: &Case<'a>) -> BTreeMap<(&'a Address, &'a str), String> {
    let record = case.record;
    let received = record.stages.iter().flat_map(|stage| {
        stage.content.iter().map(move |(address, value)| ((address, value), format!("stage {}", stage.number)))
    });
    let declared =
        record.declared.iter().map(|(address, declared)| ((address, declared.value.as_str()), "ours".to_owned()));
    received.chain(declared).collect()
}

/// Entries of running text, where a new line is no surprise.
const PROSE: [&str; 4] =
    ["Remark", "DescriptionCompletedAltered", "DescriptionServiceAndMaintenance", "GeneralDescriptionMachinery"];

fn nothing_hidden(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for ((address, value), source) in values(case) {
        let prose = PROSE.contains(&address.name());
        let hides = |letter: char| is_hidden(letter) && !(prose && matches!(letter, '\n' | '\r' | '\t'));
        if value.chars().any(hides) {
            let text = format!("{source} has characters that cannot be seen: write the value anew");
            report.at(address.as_str(), text, &[(&source, &visible(value))]);
        }
    }
}

fn nothing_confusable(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for ((address, value), source) in values(case) {
        if let Some((letter, word)) = disguised(value) {
            report.at(
                address.as_str(),
                format!(
                    "{source}: `{letter}` (U+{:04X}) in `{word}` only looks like a Latin letter or digit: write it anew",
                    letter as u32
                ),
                &[(&source, value)],
            );
        }
    }
}

/// What people write where they have nothing to say.
const PLACEHOLDERS: [&str; 12] = ["-", "--", "---", "?", "??", "???", "X", "XX", "XXX", "TBD", "TODO", "N.A."];

fn nothing_stands_for_a_value(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for (address, declared) in &case.record.declared {
        let said = declared.value.trim().to_uppercase();
        if PLACEHOLDERS.contains(&said.as_str()) && is_text(case, address) {
            let text = "this only stands for a value: declare the value, or withdraw it";
            report.at(address.as_str(), text, &[("ours", &declared.value)]);
        }
    }
}

/// Whether an entry takes any text, so that nothing else tells a value from what stands for one.
fn is_text(case: &Case<'_>, address: &Address) -> bool {
    let value_type = case.catalogue.element(address).and_then(|element| element.value_type());
    matches!(value_type, Some(ValueType::Text { .. }))
}

/// The first letter that stands among Latin letters or digits and only looks like one of them, and the word it is in.
fn disguised(text: &str) -> Option<(char, &str)> {
    text.split(|letter: char| !letter.is_alphanumeric()).find_map(|word| {
        let latin = word.bytes().any(|byte| byte.is_ascii_alphanumeric());
        let odd = word.chars().find(|letter| looks_latin(*letter))?;
        (latin || is_wide(odd)).then_some((odd, word))
    })
}

/// Cyrillic, the Greek letters of Latin shape, and the forms of Latin letters made for mathematics and wide text.
fn looks_latin(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{52f}') || "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυχ".contains(letter) || is_wide(letter)
}

fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{ff10}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}')
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::disguised;

    #[test]
    fn a_hidden_character_warns_wherever_it_came_from() {
        let mut world = World::sound();
        world.set("DescriptionCompletedAltered", "box body\nwith tail lift");
        assert!(!world.fires("TX-01"));
        world.base("MakeTable[1]/Make", "E\u{200b}CW");
        assert!(world.fires("TX-01"));
        world.base("MakeTable[1]/Make", "ECW");
        world.set("Variant", "BOX\u{202e}");
        assert!(world.fires("TX-01"));
    }

    #[test]
    fn a_cyrillic_letter_among_latin_ones_warns() {
        let mut world = World::sound();
        assert!(!world.fires("TX-02"));
        world.set("Variant", "B\u{41e}X");
        assert!(world.fires("TX-02"));
    }

    #[test]
    fn a_placeholder_that_we_declare_warns() {
        let mut world = World::sound();
        for honest in ["BOX", "X1", "N"] {
            world.set("Variant", honest);
            assert!(!world.fires("TX-03"), "{honest}");
        }
        for empty in ["tbd", " - ", "???", "xxx"] {
            world.set("Variant", empty);
            assert!(world.fires("TX-03"), "{empty}");
        }
    }

    #[test]
    fn words_of_one_script_are_what_they_look_like() {
        for honest in ["Citroën", "ООД Каросерия", "10 kΩ", "ΑΦΟΙ ΑΕ", "Ångström 车"] {
            assert_eq!(disguised(honest), None, "{honest}");
        }
        for other in ["L2\u{41d}2", "\u{ff11}23", "C\u{3bf}ach"] {
            assert!(disguised(other).is_some(), "{other}");
        }
    }
}

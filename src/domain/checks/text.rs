//! Checks of text: nothing invisible, nothing that looks like what it is not.

use std::collections::BTreeMap;

use super::{Check, Grade, Report};
use crate::domain::address::Address;
use crate::domain::certificate::{Case, Certificate};
use crate::domain::value::ValueType;
use crate::domain::visible::{Disguise, disguised, is_hidden, is_in_pieces, visible};

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

/// A text that somebody or some file gave.
struct Said<'a> {
    /// The entry it is the value of, or was given for.
    address: Option<&'a Address>,
    text: &'a str,
    /// Who says it, or what of the record it is.
    source: String,
    /// Whether it is running text, where a new line is no surprise.
    prose: bool,
}

/// Entries of running text.
const PROSE: [&str; 4] =
    ["Remark", "DescriptionCompletedAltered", "DescriptionServiceAndMaintenance", "GeneralDescriptionMachinery"];

/// Whether a text has anything in it but what every keyboard has: nothing else hides, and nothing else looks like another.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Every text of a record that is not plain: the values received and declared, and what people and files said beside them.
/// What both say is told of the one that was first.
fn said<'a>(case: &Case<'a>) -> Vec<Said<'a>> {
    let record = case.record;
    let mut values: BTreeMap<(&Address, &str), String> = BTreeMap::new();
    for stage in &record.stages {
        for value in stage.content.iter().filter(|(_, text)| !is_plain(text)) {
            values.entry(value).or_insert_with(|| format!("stage {}", stage.number));
        }
    }
    for (address, declared) in record.declared.iter().filter(|(_, declared)| !is_plain(&declared.value)) {
        values.entry((address, declared.value.as_str())).or_insert_with(|| "ours".to_owned());
    }
    let values = values.into_iter().map(|((address, text), source)| {
        let prose = PROSE.contains(&address.name());
        Said { address: Some(address), text, source, prose }
    });
    let reasons = record.declared.iter().chain(&record.dropped).map(|(address, declared)| Said {
        address: Some(address),
        text: &declared.reason,
        source: format!("the reason {} gave", declared.by),
        prose: true,
    });
    let beside = |text: &'a str, source: String, prose: bool| Said { address: None, text, source, prose };
    let files = record
        .stages
        .iter()
        .map(move |stage| beside(&stage.source, format!("the name of the file of stage {}", stage.number), false));
    let order = record.order.iter().map(move |order| beside(order, "the order".to_owned(), false));
    let exceptions = record.exceptions.iter().map(|one| Said {
        address: one.at.as_ref(),
        text: &one.text,
        source: format!("the text of exception {}", one.id.0),
        prose: true,
    });
    values.chain(reasons).chain(files).chain(order).chain(exceptions).filter(|said| !is_plain(said.text)).collect()
}

/// Reports what is wrong with a text where it belongs, its value written out.
fn tell(report: &mut Report, said: &Said<'_>, message: String) {
    let values = [(said.source.as_str(), &*visible(said.text))];
    match said.address {
        Some(address) => report.at(address.as_str(), message, &values),
        None => report.whole(message, &values),
    }
}

fn nothing_hidden(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for said in said(case) {
        let hides = |letter: char| is_hidden(letter) && !(said.prose && matches!(letter, '\n' | '\r' | '\t'));
        if said.text.chars().any(hides) {
            let message = format!("{} has characters that cannot be seen: write it anew", said.source);
            tell(report, &said, message);
        }
    }
}

fn nothing_confusable(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for said in said(case) {
        let source = &said.source;
        if let Some(Disguise { letter, word, .. }) = disguised(said.text) {
            let (number, word) = (letter as u32, visible(word));
            let message = format!(
                "{source}: U+{number:04X} in `{word}` only looks like a Latin letter, a digit or a sign: write it anew"
            );
            tell(report, &said, message);
        } else if is_in_pieces(said.text) {
            let message = format!("{source}: a letter and its mark are written apart and look like one: write it anew");
            tell(report, &said, message);
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

#[cfg(test)]
mod tests {
    use super::super::fixture::World;

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
    fn a_letter_in_pieces_warns_and_one_that_is_whole_does_not() {
        let mut world = World::sound();
        world.set("DescriptionCompletedAltered", "Citro\u{eb}n");
        assert!(!world.fires("TX-02"));
        world.set("DescriptionCompletedAltered", "Citroe\u{308}n");
        assert!(world.fires("TX-02"));
    }

    #[test]
    fn what_people_and_files_say_beside_the_values_is_looked_at_too() {
        let fires = |change: fn(&mut World)| {
            let mut world = World::sound();
            change(&mut world);
            world.fires("TX-01")
        };
        assert!(fires(|world| world.record.order = Some("B-1\u{200b}".to_owned())));
        assert!(fires(|world| world.record.stages[0].source = "base\u{202e}lmx.exe".to_owned()));
        assert!(fires(|world| {
            let declared = world.record.declared.values_mut().next().unwrap();
            declared.reason = "weighed\u{2066}".to_owned();
        }));
        assert!(!fires(|world| {
            let declared = world.record.declared.values_mut().next().unwrap();
            declared.reason = "weighed\nagain".to_owned();
        }));
    }
}

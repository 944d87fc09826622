//! The certificate as `show --entries` has it: in parts and sections, in the order of the entry numbers, each value with
//! its meaning, its unit and the stage it is from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::fold::folded;
use super::json;
use super::output::Table;
use crate::domain::address::Address;
use crate::domain::catalogue::{Catalogue, Element, Mark, Unitless};
use crate::domain::certificate::{self, Certificate};
use crate::domain::content::Content;
use crate::domain::manufacturers;
use crate::domain::record::Record;
use crate::domain::section::Section;
use crate::domain::visible::visible;

/// A value of the effective certificate, and the stage that gave it.
pub struct Entry {
    address: Address,
    value: String,
    stage: u8,
}

/// The effective certificate up to a stage, ours where none is named, as the certificate lists it.
pub fn entries(record: &Record, certificate: &Certificate, up_to: Option<u8>, catalogue: &Catalogue) -> Vec<Entry> {
    let last = up_to.unwrap_or(record.build_stage);
    let before = record.stages.iter().filter(|stage| stage.number <= last && stage.number < record.build_stage);
    let mut stages: Vec<(u8, Cow<'_, Content>)> =
        before.map(|stage| (stage.number, manufacturers::led_by(&stage.content, stage.number))).collect();
    if last >= record.build_stage {
        let ours = certificate.own.iter().map(|(address, own)| (address.clone(), own.value.clone()));
        stages.push((record.build_stage, Cow::Owned(ours.collect())));
    }
    let mut content = Content::new();
    let mut from: BTreeMap<&Address, u8> = BTreeMap::new();
    for (number, stage) in &stages {
        certificate::overlay(&mut content, stage);
        from.extend(stage.iter().map(|(address, _)| (address, *number)));
    }
    let entry = |(address, value): (Address, String)| {
        let stage = from.get(&address).copied().unwrap_or_default();
        Entry { address, value, stage }
    };
    let mut entries: Vec<Entry> = content.into_iter().map(entry).collect();
    entries.sort_by_cached_key(|entry| catalogue.certificate_key(&entry.address));
    entries
}

/// The certificate for programs.
pub fn values(entries: &[Entry], catalogue: &Catalogue) -> Vec<Value> {
    let one = |entry: &Entry| {
        let element = catalogue.element(&entry.address);
        let section = section(element);
        let mut object = json::described(&entry.address, catalogue);
        let code = element.and_then(|element| element.code(&entry.value)).filter(|code| code.mark.is_some());
        json::extend(
            &mut object,
            json!({
                "value": entry.value,
                "stage": entry.stage,
                "part": section.part(),
                "section": section.word(),
                "rows": catalogue.rows_in_words(&entry.address),
                "meaning": code.map(|code| code.meaning),
                "unitless": element.and_then(|element| element.unitless).map(|unitless| match unitless {
                    Unitless::Dimensionless => "dimensionless".to_owned(),
                    Unitless::Unknown(why) => format!("unknown: {why}"),
                }),
                "meaning_mark": code.and_then(|code| code.mark).map(Mark::word),
            }),
        );
        Value::Object(object)
    };
    entries.iter().map(one).collect()
}

/// The certificate for spreadsheets: a line for each value.
pub fn table(entries: &[Entry], catalogue: &Catalogue) -> Table {
    let head = ["Entry", "Title", "Value", "Unit", "Stage", "Address", "Section", "Rows", "Meaning", "Meaning mark"];
    let mut table = Table::new(&head);
    for Entry { address, value, stage } in entries {
        let element = catalogue.element(address);
        let text = |text: Option<&'static str>| text.unwrap_or_default().to_owned();
        let code = element.and_then(|element| element.code(value));
        table.row([
            text(element.and_then(|element| element.entry)),
            element.map_or_else(|| address.to_string(), |element| element.title.to_owned()),
            value.clone(),
            text(element.and_then(|element| element.unit)),
            stage.to_string(),
            address.to_string(),
            section(element).title().to_owned(),
            catalogue.rows_in_words(address),
            text(code.map(|code| code.meaning)),
            text(code.and_then(|code| code.mark).map(Mark::word)),
        ]);
    }
    table
}

fn section(element: Option<&Element>) -> Section {
    element.and_then(|element| element.section).unwrap_or(Section::Other)
}

/// Widths of the columns for number, title and value: with the stage they fill a line of eighty.
const WIDTHS: [usize; 3] = [9, 39, 22];

/// The certificate for people, eighty columns wide.
pub fn text(entries: &[Entry], catalogue: &Catalogue) -> String {
    let mut out = String::new();
    let mut unsure = false;
    let (mut section_before, mut element_before) = (None, None);
    for Entry { address, value, stage } in entries {
        let element = catalogue.element(address);
        let section = section(element);
        if section_before != Some(section) {
            out.push_str(&heading(section, section_before));
            (section_before, element_before) = (Some(section), None);
        }
        let rows = catalogue.rows_in_words(address);
        let name = element.map(|element| element.name);
        // What is said of several rows has its title once.
        let (number, title) = match element {
            Some(_) if name == element_before => ("", format!("  {rows}")),
            Some(element) if rows.is_empty() => (number(element), element.title.to_owned()),
            Some(element) => (number(element), format!("{}, {rows}", element.title)),
            None => ("", address.to_string()),
        };
        element_before = name;
        let (value, doubted) = in_words(element, value);
        unsure |= doubted;
        put(&mut out, [number, &title, &value], *stage);
    }
    if unsure {
        out.push_str("\n* meaning of the code not read in an official text: background, or inferred\n");
    }
    out
}

fn heading(section: Section, before: Option<Section>) -> String {
    let mut text = String::new();
    if let Some(part) = section.part().filter(|part| before.and_then(Section::part) != Some(*part)) {
        let what = if part == 1 { "declaration" } else { "technical data" };
        text.push_str(&format!("\nPart {part}: {what}\n"));
    }
    // The declaration is all there is of part 1.
    if section != Section::Declaration {
        text.push_str(&format!("\n{}\n", section.title()));
    }
    text
}

/// The entry's number without the word that tells entries of one number apart: the title tells it.
fn number(element: &Element) -> &'static str {
    element.entry.and_then(|entry| entry.split(' ').next()).unwrap_or_default()
}

/// The value as people read it, and whether it has a meaning that nobody read in an official text.
fn in_words(element: Option<&Element>, value: &str) -> (String, bool) {
    let Some(element) = element else { return (visible(value).into_owned(), false) };
    let doubted = element.code(value).and_then(|code| code.mark).is_some_and(|mark| mark != Mark::Verified);
    let doubted = doubted && element.meaning(value).is_some();
    let unknown = matches!(element.unitless, Some(Unitless::Unknown(_)));
    let unit = if unknown { " (unit not known)" } else { "" };
    (format!("{}{unit}{}", visible(&element.in_words(value)), if doubted { "*" } else { "" }), doubted)
}

fn put(out: &mut String, cells: [&str; 3], stage: u8) {
    let mut columns: Vec<Vec<String>> = cells.iter().zip(WIDTHS).map(|(cell, width)| folded(cell, width)).collect();
    columns.push(vec![format!("stage {stage}")]);
    let lines = columns.iter().map(Vec::len).max().unwrap_or(0);
    for line in 0..lines {
        let mut text = String::new();
        for (column, width) in columns.iter().zip(WIDTHS.into_iter().chain([0])) {
            let cell = column.get(line).map_or("", String::as_str);
            // Writing to a String cannot fail.
            let _ = write!(text, "{cell}{}", " ".repeat((width + 1).saturating_sub(cell.width())));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ivi::catalogue;

    fn entry(address: &str, value: &str) -> Entry {
        Entry { address: Address::unchecked(address), value: value.to_owned(), stage: 1 }
    }

    #[test]
    fn the_certificate_reads_by_part_and_section_with_units_meanings_and_rows() {
        let entries = [
            entry("MakeTable[1]/Make", "ECW"),
            entry("CompletedAltered", "A"),
            entry("MassGroup/MassInRunningOrder", "2320"),
            entry("AxleTable[1]/TechnicallyPermissibleMassAxle", "2500"),
            entry("AxleTable[2]/TechnicallyPermissibleMassAxle", "4200"),
            entry("EnergyConvertorTable[1]/EnergySourceTable[1]/EnergySource", "20"),
            entry("BodyworkTable[1]/CodeForBodywork", "BX"),
        ];
        assert_eq!(
            text(&entries, catalogue()).lines().map(str::trim_end).collect::<Vec<_>>().join("\n"),
            "
Part 1: declaration
0.1       Make (trade name of the manufacturer),  ECW                    stage 1
          make 1
          How the vehicle was completed or        A                      stage 1
          altered

Part 2: technical data

Masses
13        Mass in running order                   2320 kg                stage 1
16.2      Technically permissible mass on the     2500 kg                stage 1
          axle, axle 1
            axle 2                                4200 kg                stage 1

Power plant
26        Fuel or energy source, motor 1, energy  20 · diesel            stage 1
          1

Bodywork
38        Code for bodywork, bodywork 1           BX · chassis-cab or    stage 1
                                                  chassis-cowl*

* meaning of the code not read in an official text: background, or inferred"
        );
    }

    #[test]
    fn a_number_whose_unit_no_text_names_says_so() {
        let place = "EnergyConvertorTable[1]/EnergySourceTable[1]/TestWhtcGroup/WhtcNox";
        let entries = [entry(place, "0.18000"), entry("GeneralConstructionGroup/NumberOfAxles", "2")];
        let told = text(&entries, catalogue());
        assert_eq!(told.matches("(unit not").count(), 1, "{told}");
        let values = values(&entries, catalogue());
        assert!(values[0]["unitless"].as_str().unwrap().starts_with("unknown: no text read names it"), "{values:?}");
        assert_eq!((&values[1]["unitless"], &values[1]["unit"]), (&"dimensionless".into(), &Value::Null));
    }

    #[test]
    fn no_line_is_wider_than_eighty_columns_and_hidden_characters_show() {
        let long = "x".repeat(200);
        let entries = [entry("RemarkTable[1]/Remark", &format!("{long} a\u{202e}b")), entry("Nobody/Knows", &long)];
        let text = text(&entries, catalogue());
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        assert!(text.contains("a<U+202E>b"), "{text}");
    }
}

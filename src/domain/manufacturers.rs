//! The manufacturers that a message names: a group for each stage of build it speaks of.
//!
//! The setup manual (1.5) prints one group in the message of a second stage; the web manual and the schema allow one for
//! each stage. Both come in, in any order; a message of ours has our group alone.

use std::borrow::Cow;

use super::address::Address;
use super::content::Content;
use super::value;

/// The table of them.
pub const TABLE: &str = "ManufacturerTable";

/// One manufacturer's group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group<'a> {
    /// Its row in the message.
    pub row: u32,
    /// The stage it is of, as it is written.
    pub stage: Option<&'a str>,
    /// The manufacturer's name.
    pub name: Option<&'a str>,
}

/// The groups of a content, in its order.
pub fn groups(content: &Content) -> Vec<Group<'_>> {
    let value = |row: u32, name: &str| content.value(&format!("{TABLE}[{row}]/{name}"));
    (1..=content.rows(TABLE))
        .map(|row| Group { row, stage: value(row, "ManufacturerStageNumber"), name: value(row, "ManufacturerName") })
        .collect()
}

/// The row of the group of a stage; of two, the later.
pub fn row_of(content: &Content, stage: u8) -> Option<u32> {
    let is_it = |group: &Group<'_>| group.stage.and_then(value::integer) == Some(i64::from(stage));
    groups(content).into_iter().rev().find(is_it).map(|group| group.row)
}

/// The content of a stage's message with that stage's own group in the first row, where each stage's group is compared
/// with the next one's. The groups of the stages before it follow.
pub fn led_by(content: &Content, stage: u8) -> Cow<'_, Content> {
    let Some(own) = row_of(content, stage).filter(|row| *row > 1) else { return Cow::Borrowed(content) };
    let moved = |address: &Address| -> Option<Address> {
        let rest = address.as_str().strip_prefix(TABLE)?.strip_prefix('[')?;
        let (row, rest) = rest.split_once(']')?;
        let row = match row.parse::<u32>().ok()? {
            row if row == own => 1,
            row if row < own => row + 1,
            row => row,
        };
        Some(Address::unchecked(&format!("{TABLE}[{row}]{rest}")))
    };
    Cow::Owned(
        content
            .iter()
            .map(|(address, value)| (moved(address).unwrap_or_else(|| address.clone()), value.to_owned()))
            .collect(),
    )
}

/// Where an address of the content that [`led_by`] orders lies in the message as it was received.
pub fn received(content: &Content, stage: u8, address: &Address) -> Address {
    let own = row_of(content, stage).filter(|row| *row > 1);
    let as_received = |own: u32| -> Option<Address> {
        let rest = address.as_str().strip_prefix(TABLE)?.strip_prefix('[')?;
        let (row, rest) = rest.split_once(']')?;
        let row = match row.parse::<u32>().ok()? {
            1 => own,
            row if row <= own => row - 1,
            row => row,
        };
        Some(Address::unchecked(&format!("{TABLE}[{row}]{rest}")))
    };
    own.and_then(as_received).unwrap_or_else(|| address.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(entries: &[(&str, &str)]) -> Content {
        entries.iter().map(|(address, value)| (Address::unchecked(address), (*value).to_owned())).collect()
    }

    fn two(first: &str, second: &str) -> Content {
        content(&[
            ("ManufacturerTable[1]/ManufacturerStageNumber", first),
            ("ManufacturerTable[1]/ManufacturerName", "One"),
            ("ManufacturerTable[2]/ManufacturerStageNumber", second),
            ("ManufacturerTable[2]/ManufacturerName", "Two"),
            ("Type", "T"),
        ])
    }

    #[test]
    fn the_group_of_a_stage_is_found_by_its_number() {
        assert_eq!(row_of(&two("1", "2"), 2), Some(2));
        assert_eq!(row_of(&two("02", "1"), 2), Some(1));
        assert_eq!(row_of(&two("1", "x"), 2), None);
        let both = two("1", "2");
        let names: Vec<_> = groups(&both).iter().map(|group| group.name).collect();
        assert_eq!(names, [Some("One"), Some("Two")]);
    }

    #[test]
    fn the_own_group_leads_and_nothing_is_lost() {
        let before = two("1", "2");
        let led = led_by(&before, 2);
        assert_eq!(led.value("ManufacturerTable[1]/ManufacturerName"), Some("Two"));
        for (address, value) in led.iter() {
            assert_eq!(before.get(&received(&before, 2, address)), Some(value), "{address}");
        }
        assert_eq!(led.value("ManufacturerTable[2]/ManufacturerName"), Some("One"));
        assert_eq!((led.len(), led.value("Type")), (before.len(), Some("T")));
        assert!(matches!(led_by(&before, 1), Cow::Borrowed(_)));
        assert!(matches!(led_by(&before, 3), Cow::Borrowed(_)));
    }
}

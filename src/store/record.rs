//! One record in the file: what of it lies where, and the hash of all of it.

mod load;
mod write;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

pub use load::{EXCEPTION_COLUMNS, load, load_revisions, read_exception};
pub use write::{Writing, delivery, put_words, write, write_line};

use super::chain::Fields;
use super::columns::{due_number, joined, to_json};
use super::error::StoreError;
use crate::domain::address::Address;
use crate::domain::approval::ApprovalNumber;
use crate::domain::content::Content;
use crate::domain::heard::Heard;
use crate::domain::identity::{Digest, Login, RecordId, Vin};
use crate::domain::moment::Moment;
use crate::domain::record::{ApprovalTold, Confirmation, Declared, Hold, Record};
use crate::domain::since::Seen;

/// What of a record lies in one packed blob: the record's own where it is written.
#[derive(Default, PartialEq, Serialize, Deserialize)]
struct Work<'a> {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    declared: Cow<'a, BTreeMap<Address, Declared>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    dropped: Cow<'a, BTreeMap<Address, Declared>>,
    #[serde(default, skip_serializing_if = "Heard::is_empty")]
    heard: Cow<'a, Heard>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    corrected: Cow<'a, BTreeMap<Address, Moment>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    confirmations: Cow<'a, BTreeMap<Address, Confirmation>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Cow<'a, Option<Hold>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_editor: Cow<'a, Option<Login>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Cow<'a, Option<ApprovalTold>>,
}

impl Work<'_> {
    fn of(record: &Record) -> Work<'_> {
        Work {
            declared: Cow::Borrowed(&record.declared),
            dropped: Cow::Borrowed(&record.dropped),
            heard: Cow::Borrowed(&record.heard),
            corrected: Cow::Borrowed(&record.corrected),
            confirmations: Cow::Borrowed(&record.confirmations),
            hold: Cow::Borrowed(&record.hold),
            last_editor: Cow::Borrowed(&record.last_editor),
            told: Cow::Borrowed(&record.told),
        }
    }
}

/// Records of a higher priority have a lower rank, so that every part of a list's key ascends.
pub fn rank_of(priority: u8) -> i64 {
    i64::from(u8::MAX - priority)
}

pub fn priority_of(rank: i64) -> u8 {
    u8::MAX - u8::try_from(rank).unwrap_or(u8::MAX)
}

/// The number of the record of a VIN.
pub fn id_of(conn: &Connection, vin: &Vin) -> Result<Option<RecordId>, StoreError> {
    let mut find = conn.prepare_cached("SELECT id FROM record WHERE vin = ?1")?;
    Ok(find.query_row([vin.as_str()], |row| row.get(0)).optional()?.map(RecordId))
}

/// The hash of everything a record is: what its last event is bound to.
pub fn state_of(record: &Record) -> Result<Digest, StoreError> {
    let mut fields = Fields::new("stageplate record 1");
    fields.number(record.id.0);
    fields.text(record.vin.as_str());
    fields.number(i64::from(record.build_stage));
    fields.number(i64::from(record.version));
    fields.maybe(record.scope.as_deref());
    fields.maybe(record.order.as_deref());
    fields.text(&record.step);
    fields.number(record.step_since.0);
    fields.maybe(record.owner.as_ref().map(Login::as_str));
    fields.maybe(record.preparer.as_ref().map(Login::as_str));
    fields.number(due_number(record.due));
    fields.number(i64::from(record.priority));
    fields.text(&joined(record.options.iter().map(String::as_str)));
    fields.number(record.created_at.0);
    fields.number(record.updated_at.0);
    fields.number(record.seq.0);
    fields.text(&to_json(&Work::of(record))?);
    for stage in &record.stages {
        fields.number(i64::from(stage.number));
        fields.number(i64::from(stage.revision));
        fields.bytes(&stage.sha256.0);
        fields.number(stage.received_at.0);
        fields.text(&stage.source);
        fields.text(&stage.signature);
        fields.text(&to_json(&stage.faults)?);
        fields.text(&write_entries(&stage.content));
    }
    fields.text(&to_json(&record.exceptions)?);
    fields.text(&to_json(&record.signoffs)?);
    fields.text(&to_json(&record.releases)?);
    fields.text(&to_json(&record.editors)?);
    // A record that nothing came back for has the state it had before receipts were kept.
    if !record.receipts.is_empty() {
        fields.text(&to_json(&record.receipts)?);
    }
    Ok(fields.done())
}

/// The number of an approval without its extension; as it is where it has not the form of one.
pub fn base_of(number: &str) -> String {
    ApprovalNumber::parse(number).map_or_else(|_| number.to_owned(), |number| number.base().to_owned())
}

/// What a sign-off was given on, as it lies in a column.
fn write_seen(seen: &Seen) -> Vec<u8> {
    seen.iter().flat_map(|(key, value)| [key.to_be_bytes(), value.to_be_bytes()].concat()).collect()
}

fn read_seen(bytes: &[u8]) -> Seen {
    let number = |part: &[u8]| part.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte));
    bytes.chunks_exact(8).map(|pair| (number(&pair[..4]), number(&pair[4..]))).collect()
}

/// Entries as lines of address and value, a tab between them.
fn write_entries(content: &Content) -> String {
    let mut text = String::with_capacity(content.len() * 40);
    for (address, value) in content.iter() {
        text.push_str(address.as_str());
        text.push('\t');
        for letter in value.chars() {
            match letter {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                letter => text.push(letter),
            }
        }
        text.push('\n');
    }
    text
}

fn read_entries(bytes: &[u8]) -> Option<Content> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.split_terminator('\n').map(read_entry).collect()
}

fn read_entry(line: &str) -> Option<(Address, String)> {
    let (address, written) = line.split_once('\t')?;
    let address = Address::parse(address).ok()?;
    if !written.contains('\\') {
        return Some((address, written.to_owned()));
    }
    let mut value = String::with_capacity(written.len());
    let mut letters = written.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.next()? == 'n' => value.push('\n'),
            letter => value.push(letter),
        }
    }
    Some((address, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sign_off_was_given_on_comes_back() {
        let seen = vec![(0, u32::MAX), (17, 4_000_000_000)];
        assert_eq!(read_seen(&write_seen(&seen)), seen);
    }

    #[test]
    fn entries_come_back_whatever_is_in_them() {
        let content: Content = [("Remarks", "a\nb\\n\\ c\td"), ("AxleTable[2]/AxleNumber", "2"), ("Colour", "")]
            .into_iter()
            .map(|(address, value)| (Address::unchecked(address), value.to_owned()))
            .collect();
        assert_eq!(read_entries(write_entries(&content).as_bytes()), Some(content));
    }
}

//! What a history says of its record, read line by line and nothing else: tests hold it against the record itself.

use std::collections::{BTreeMap, BTreeSet};

use stageplate::domain::event::{Event, Line};
use stageplate::domain::exception::State;
use stageplate::domain::record::Record;

/// A record as its events tell it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Folded {
    step: String,
    owner: Option<String>,
    preparer: Option<String>,
    held: bool,
    declared: BTreeMap<String, String>,
    dropped: BTreeSet<String>,
    /// By address, who confirmed it.
    confirmed: BTreeMap<String, String>,
    /// Checkpoints, and who signed them.
    signed: BTreeSet<(String, String)>,
    /// By number, the word for where it stands.
    exceptions: BTreeMap<String, String>,
    releases: Vec<String>,
    /// What came back: the version, and what the authority said.
    receipts: Vec<(String, String)>,
}

impl Folded {
    /// What these events say of a record that began in `step`.
    pub fn of(step: &str, history: &[Event]) -> Folded {
        let mut folded = Folded { step: step.to_owned(), ..Folded::default() };
        for event in history {
            for line in &event.facts.lines {
                folded.take(event, line);
            }
        }
        folded
    }

    fn take(&mut self, event: &Event, line: &Line) {
        let Line { what, from, to, .. } = line;
        let (from, to) = (from.clone(), to.clone());
        let void = to.is_none() || line.is_void();
        match what.split_once(' ').unwrap_or((what, "")) {
            ("step", "") => {
                assert_eq!(from.as_ref(), Some(&self.step), "{event:?}");
                self.step = to.unwrap();
            }
            ("owner", "") => assert_eq!(std::mem::replace(&mut self.owner, to), from, "{event:?}"),
            ("preparer", "") => assert_eq!(std::mem::replace(&mut self.preparer, to), from, "{event:?}"),
            ("hold", "") => self.held = to.is_some_and(|to| to != "ended"),
            ("release", version) => self.releases.push(version.to_owned()),
            ("receipt", "file") => {}
            ("receipt", version) => self.receipts.push((version.to_owned(), to.unwrap())),
            ("confirmation", at) if event.action == "confirm" => {
                drop(self.confirmed.insert(at.to_owned(), event.by.to_string()));
            }
            ("confirmation", at) if void => drop(self.confirmed.remove(at)),
            ("confirmation", at) => drop(self.confirmed.insert(at.to_owned(), to.unwrap())),
            ("sign-off", at) if void => assert!(self.signed.remove(&(at.to_owned(), from.unwrap())), "{event:?}"),
            ("sign-off", at) => {
                // One that stands again names who gave it; a new one what it says.
                let by = if from.is_some() { to.unwrap() } else { event.by.to_string() };
                self.signed.insert((at.to_owned(), by));
            }
            ("exception", number) if !number.contains(' ') => {
                let stands = if from.is_none() { State::Open.word() } else { to.as_deref().unwrap() };
                self.exceptions.insert(number.to_owned(), first_word(stands));
            }
            // A corrected message tells what the stage before us says otherwise, not what ours does.
            (_, "") if event.action == "receive" => {}
            (row, "") if row.ends_with(']') && to.as_deref() == Some("row") => drop(self.dropped.remove(row)),
            (row, "") if row.ends_with(']') && from.as_deref() == Some("row") => {
                self.dropped.insert(row.to_owned());
            }
            (at, "") if at.chars().next().is_some_and(char::is_uppercase) => {
                let was = match to {
                    Some(value) => self.declared.insert(at.to_owned(), value),
                    None => self.declared.remove(at),
                };
                assert_eq!(was, from, "{event:?}");
            }
            _ => {}
        }
    }

    /// Holds what the events say against the record.
    pub fn must_be(&self, record: &Record) {
        let text = |login: &stageplate::domain::identity::Login| login.to_string();
        let kept = record.signoffs.iter().filter(|signoff| signoff.void_at.is_none());
        let yes = record.confirmations.iter().filter(|(_, yes)| !yes.void);
        let exceptions = record.exceptions.iter();
        let is = Folded {
            step: record.step.clone(),
            owner: record.owner.as_ref().map(text),
            preparer: record.preparer.as_ref().map(text),
            held: record.hold.is_some(),
            declared: record.declared.iter().map(|(at, is)| (at.to_string(), is.value.clone())).collect(),
            dropped: record.dropped.keys().map(ToString::to_string).collect(),
            confirmed: yes.map(|(at, yes)| (at.to_string(), text(&yes.by))).collect(),
            signed: kept.map(|signoff| (signoff.checkpoint.clone(), text(&signoff.by))).collect(),
            exceptions: exceptions.map(|one| (one.id.0.to_string(), first_word(one.state.word()))).collect(),
            releases: record.releases.iter().map(|release| format!("version {}", release.version)).collect(),
            receipts: record
                .receipts
                .iter()
                .map(|one| (format!("version {}", one.version), format!("{}: {}", one.answer.word(), one.text)))
                .collect(),
        };
        assert_eq!(*self, is, "the history says another record than there is");
    }
}

/// A state may be told with who has it or until when.
fn first_word(told: &str) -> String {
    told.split([',', ' ']).next().unwrap_or_default().to_owned()
}

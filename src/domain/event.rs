//! Events: the append-only history. Everything anyone does is one.

use serde::{Deserialize, Serialize};

use super::exception::State;
use super::identity::{ExceptionId, Login, RecordId, Seq, Vin};
use super::moment::Moment;
use super::undo::Before;

/// What an act did, as the history tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// Why, in the actor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What changed, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// The policy version it was decided under.
    #[serde(default)]
    pub policy: u32,
    /// What it takes to undo it, where it can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Before>>,
    /// The act that it took back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Seq>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// An address, or a word such as `owner`, `step`, `exception 4`, `sign-off technical review`.
    pub what: String,
    /// What it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether the desk did it by itself, beside what the person did: raised an exception, ended a waiver or a hold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub desk: bool,
    /// Whether it tells that somebody's word, a confirmation or a sign-off, is void: `from` gave it, `to` says so. Read it with
    /// [`Line::is_void`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
}

/// The word for what is void; behind it may stand why.
const VOID: &str = "void";

impl Facts {
    /// Adds a line.
    pub fn line(&mut self, what: impl Into<String>, from: Option<String>, to: Option<String>) {
        self.lines.push(Line { what: what.into(), from, to, desk: false, void: false });
    }

    /// Adds a line of a word of somebody's that is void, and by what act of theirs where it was one.
    pub fn void_line(&mut self, what: impl Into<String>, by: &Login, why: Option<&str>) {
        let to = why.map_or(VOID.to_owned(), |why| format!("{VOID}: {why}"));
        self.lines.push(Line { what: what.into(), from: Some(by.to_string()), to: Some(to), desk: false, void: true });
    }

    /// Adds a line of a word of somebody's that was void and stands again.
    pub fn stands_again_line(&mut self, what: impl Into<String>, by: &Login) {
        self.line(what, Some(VOID.to_owned()), Some(by.to_string()));
    }

    /// Adds a line of what the desk did by itself.
    pub fn desk_line(&mut self, what: impl Into<String>, from: Option<String>, to: Option<String>) {
        self.lines.push(Line { what: what.into(), from, to, desk: true, void: false });
    }
}

/// One event as it stands in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the history.
    pub seq: Seq,
    /// The wall clock when it was written.
    pub at: Moment,
    /// Whether the wall clock had gone back since the event before.
    pub clock_back: bool,
    /// Who.
    pub by: Login,
    /// The operating system's user that spoke for them, if not their own.
    pub via: Option<String>,
    /// The action's word.
    pub action: String,
    /// The record, if it concerns one.
    pub record: Option<(RecordId, Vin)>,
    /// What it did.
    pub facts: Facts,
}

impl Event {
    /// What a message that came again with other content says otherwise, entry by entry; nothing for any other event.
    pub fn corrected(&self) -> impl Iterator<Item = &Line> {
        let lines = if self.action == "receive" { self.facts.lines.as_slice() } else { &[] };
        // The message's own line, by its SHA-256, stands before them; what the correction made void comes behind.
        let told = lines.iter().skip_while(|line| !(line.is_message() && line.from.is_some())).skip(1);
        told.take_while(|line| !line.what.contains(' '))
    }

    /// The exceptions that are settled since it: resolved, waived or withdrawn.
    pub fn settled(&self) -> impl Iterator<Item = ExceptionId> {
        self.facts.lines.iter().filter_map(|line| {
            let id = line.what.strip_prefix("exception ")?.parse().ok()?;
            let now = line.to.as_deref()?;
            // A waiver may stand until a day; what is raised is told by its kind, with a colon.
            let state = now.split(' ').next()?;
            let settled = [State::Resolved, State::Waived, State::Withdrawn].iter().any(|known| known.word() == state);
            settled.then_some(ExceptionId(id))
        })
    }
}

impl Line {
    /// Whether it tells that a message came in, by its SHA-256.
    pub fn is_message(&self) -> bool {
        self.what.starts_with("stage ")
    }

    /// Whether it tells that somebody's word is void. Histories written before this was noted of a line say it with the word
    /// alone.
    pub fn is_void(&self) -> bool {
        let noted = |to: &str| to == VOID || to.strip_prefix(VOID).is_some_and(|rest| rest.starts_with(": "));
        self.void
            || (self.is_about_a_word() && self.from.as_deref() != Some(VOID) && self.to.as_deref().is_some_and(noted))
    }

    /// By what act of whoever gave it a word is void, where it was theirs.
    pub fn why_void(&self) -> Option<&str> {
        let to = self.to.as_deref().filter(|_| self.is_void())?;
        to.split_once(": ").map(|(_, why)| why)
    }

    fn is_about_a_word(&self) -> bool {
        self.from.is_some() && ["confirmation ", "sign-off "].iter().any(|begins| self.what.starts_with(begins))
    }
}

//! The record on the screen: its dossier, its panes, where the cursor is in each, and what its reader may do.

mod may;

use std::collections::{BTreeMap, BTreeSet};

use super::grounds::grounds;
use super::layout::{Scroll, Step};
use super::model::House;
use super::preview::Preview;
use crate::domain::address::Address;
use crate::domain::catalogue::Catalogue;
use crate::domain::certificate::{Change, ChangeKind, Origin};
use crate::domain::checks::{Finding, Grade};
use crate::domain::dossier::Dossier;
use crate::domain::event::{Event, Line};
use crate::domain::exception::Exception;
use crate::domain::identity::{ExceptionId, RecordId, Seq};
use crate::domain::moment::Moment;
use crate::domain::person::Actor;
use crate::domain::readiness::Obstacle;
use crate::domain::section::Section;

use may::judge;
pub use may::{WORDS, in_words, may_declare, may_settle};

/// A pane of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pane {
    /// What our stage changes, and what it should have changed.
    Changes,
    /// What blocks release.
    Readiness,
    /// What was raised.
    Exceptions,
    /// What happened.
    History,
    /// The whole effective certificate.
    Entries,
    /// What it rests on: extensions, limits, signatories.
    Approvals,
    /// The message: as it would go out now, or as it was sealed.
    Message,
}

impl Pane {
    /// All panes, in the order of their keys.
    pub const ALL: [Pane; 7] = [
        Pane::Changes,
        Pane::Readiness,
        Pane::Exceptions,
        Pane::History,
        Pane::Entries,
        Pane::Approvals,
        Pane::Message,
    ];

    /// What people read.
    pub fn title(self) -> &'static str {
        match self {
            Pane::Changes => "Changes",
            Pane::Readiness => "Readiness",
            Pane::Exceptions => "Exceptions",
            Pane::History => "History",
            Pane::Entries => "Entries",
            Pane::Approvals => "Approvals",
            Pane::Message => "Message",
        }
    }

    /// The same where there is little room.
    pub fn short_title(self) -> &'static str {
        match self {
            Pane::Readiness => "Ready",
            Pane::Exceptions => "Exc",
            Pane::Approvals => "Appr",
            Pane::Changes | Pane::History | Pane::Entries | Pane::Message => self.title(),
        }
    }

    fn place(self) -> usize {
        Pane::ALL.iter().position(|pane| *pane == self).unwrap_or(0)
    }

    /// The pane so many further, round and round.
    #[must_use]
    pub fn further(self, by: usize) -> Pane {
        Pane::ALL[(self.place() + by) % Pane::ALL.len()]
    }

    /// Screen rows that one of its rows takes.
    pub fn row_height(self) -> usize {
        match self {
            Pane::Changes | Pane::Readiness | Pane::Exceptions | Pane::Approvals => 2,
            Pane::History | Pane::Entries | Pane::Message => 1,
        }
    }
}

/// One row of the readiness pane.
#[derive(Debug, Clone, Copy)]
pub enum Reason<'a> {
    /// It blocks.
    Obstacle(&'a Obstacle),
    /// It is worth a look.
    Remark(&'a Finding),
}

impl<'a> Reason<'a> {
    /// The entry it speaks of.
    pub fn address(self) -> Option<&'a Address> {
        match self {
            Reason::Obstacle(obstacle) => obstacle.address.as_ref(),
            Reason::Remark(finding) => finding.address.as_ref(),
        }
    }
}

/// A record, open.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What there is to see.
    pub dossier: Dossier,
    /// The event an act is measured against: that of the dossier, or of our own act since.
    pub seen: Seq,
    /// The pane shown.
    pub pane: Pane,
    /// Commands its reader may not run now, each with the reason and who could.
    pub refused: BTreeMap<&'static str, String>,
    /// Whether it must be read again before anything is decided: an act stood beside what may have come meanwhile.
    pub stale: bool,
    /// Entries whose confirmation is on its way.
    pub confirming: BTreeSet<Address>,
    /// Its message, once somebody looked at it.
    pub message: Option<Preview>,
    /// Whether the message was asked for since the record was read.
    pub asked_message: bool,
    scrolls: [Scroll; Pane::ALL.len()],
    changes: Vec<usize>,
    entries: Vec<(Section, Option<usize>)>,
}

impl Opened {
    /// A record as it is read for the first time: the cursor is on the first change that nobody decided.
    pub fn new(dossier: Dossier, house: &House, who: &Actor, now: Moment) -> Opened {
        let mut opened = Opened {
            seen: dossier.record.seq,
            pane: Pane::Changes,
            refused: judge(&dossier, house, who, now),
            stale: false,
            confirming: BTreeSet::new(),
            message: None,
            asked_message: false,
            scrolls: [Scroll::default(); Pane::ALL.len()],
            changes: listed_changes(&dossier),
            entries: listed_entries(&dossier, house.catalogue),
            dossier,
        };
        let first = opened.changes().position(|change| change.undecided);
        opened.scrolls[0].at = first.unwrap_or(0);
        opened.off_heading(Step::First);
        opened
    }

    /// The same record read again: pane and cursors stay where they were, by entry.
    pub fn refresh(&mut self, dossier: Dossier, house: &House, who: &Actor, now: Moment) {
        let kept: Vec<Option<Address>> =
            [Pane::Changes, Pane::Entries].into_iter().map(|pane| self.address_in(pane).cloned()).collect();
        self.seen = self.seen.max(dossier.record.seq);
        self.refused = judge(&dossier, house, who, now);
        self.changes = listed_changes(&dossier);
        self.entries = listed_entries(&dossier, house.catalogue);
        self.confirming.clear();
        self.stale = false;
        self.asked_message = false;
        self.dossier = dossier;
        for (pane, address) in [Pane::Changes, Pane::Entries].into_iter().zip(kept) {
            let rows = self.change_rows(pane);
            if let Some(at) = rows.iter().position(|change| change.map(|change| &change.address) == address.as_ref()) {
                self.scrolls[pane.place()].at = at;
            }
        }
        for pane in Pane::ALL {
            let last = self.rows_in(pane).saturating_sub(1);
            let scroll = &mut self.scrolls[pane.place()];
            scroll.at = scroll.at.min(last);
        }
        self.off_heading(Step::Down);
    }

    /// Its number.
    pub fn id(&self) -> RecordId {
        self.dossier.record.id
    }

    /// Where the cursor is in the pane shown.
    pub fn scroll(&self) -> Scroll {
        self.scrolls[self.pane.place()]
    }

    /// Rows of the pane shown.
    pub fn rows(&self) -> usize {
        self.rows_in(self.pane)
    }

    fn rows_in(&self, pane: Pane) -> usize {
        match pane {
            Pane::Changes => self.changes.len(),
            Pane::Readiness => self.reasons().count(),
            Pane::Exceptions => self.dossier.record.exceptions.len(),
            Pane::History => self.dossier.history.len(),
            Pane::Entries => self.entries.len(),
            Pane::Approvals => grounds(&self.dossier).count(),
            Pane::Message => self.message.as_ref().map_or(0, |message| message.lines.len()),
        }
    }

    /// The rows of the changes pane.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter_map(|at| self.dossier.certificate.changes.get(*at))
    }

    /// The rows of the entries pane, as the certificate lists them: a section's heading, then its entries.
    pub fn entries(&self) -> impl Iterator<Item = (Section, Option<&Change>)> {
        let changes = &self.dossier.certificate.changes;
        self.entries.iter().map(|(section, at)| (*section, at.and_then(|at| changes.get(at))))
    }

    /// The rows of the readiness pane: what blocks, then what is worth a look.
    pub fn reasons(&self) -> impl Iterator<Item = Reason<'_>> {
        let remarks = self.dossier.findings.iter().filter(|finding| finding.grade < Grade::Block);
        self.dossier.readiness.iter().map(Reason::Obstacle).chain(remarks.map(Reason::Remark))
    }

    /// The rows of the exceptions pane: those still open first, the latest first.
    pub fn exceptions(&self, now: Moment) -> Vec<&Exception> {
        let mut list: Vec<&Exception> = self.dossier.record.exceptions.iter().collect();
        list.sort_by_key(|exception| (!exception.is_open_on(now.day()), std::cmp::Reverse(exception.id)));
        list
    }

    /// The rows of the history pane: the latest first.
    pub fn history(&self) -> impl Iterator<Item = &Event> {
        self.dossier.history.iter().rev()
    }

    /// The changes of a pane, row by row; a heading is none.
    fn change_rows(&self, pane: Pane) -> Vec<Option<&Change>> {
        match pane {
            Pane::Changes => self.changes().map(Some).collect(),
            Pane::Entries => self.entries().map(|(_, change)| change).collect(),
            Pane::Readiness | Pane::Exceptions | Pane::History | Pane::Approvals | Pane::Message => Vec::new(),
        }
    }

    /// The change under the cursor, in the panes that list changes.
    pub fn change(&self) -> Option<&Change> {
        match self.pane {
            Pane::Changes => self.changes().nth(self.scroll().at),
            Pane::Entries => self.entries().nth(self.scroll().at)?.1,
            Pane::Readiness => self.dossier.certificate.change(self.reasons().nth(self.scroll().at)?.address()?),
            Pane::Approvals => self.dossier.certificate.change(&self.limit()?.address),
            Pane::Message => self.change_written(self.written()?),
            Pane::Exceptions | Pane::History => None,
        }
    }

    /// The entry under the cursor.
    pub fn address(&self, now: Moment) -> Option<&Address> {
        match self.pane {
            Pane::Readiness => self.reasons().nth(self.scroll().at)?.address(),
            Pane::Exceptions => self.exceptions(now).get(self.scroll().at)?.at.as_ref(),
            Pane::Changes | Pane::Entries => self.address_in(self.pane),
            Pane::Approvals => Some(&self.limit()?.address),
            Pane::Message => self.change().map(|change| &change.address),
            Pane::History => None,
        }
    }

    fn address_in(&self, pane: Pane) -> Option<&Address> {
        let change = *self.change_rows(pane).get(self.scrolls[pane.place()].at)?;
        change.map(|change| &change.address)
    }

    /// The exception under the cursor: in its own pane, or the one that speaks of the entry under the cursor.
    pub fn exception(&self, now: Moment) -> Option<&Exception> {
        match self.pane {
            Pane::Exceptions => self.exceptions(now).get(self.scroll().at).copied(),
            _ => {
                let id = self.change()?.exception?;
                self.dossier.record.exceptions.iter().find(|exception| exception.id == id)
            }
        }
    }

    /// What the checks found at an entry, the heaviest first.
    pub fn findings_at<'a>(&'a self, address: &'a Address) -> impl Iterator<Item = &'a Finding> {
        self.dossier.findings.iter().filter(move |finding| finding.address.as_ref() == Some(address))
    }

    /// Whether an entry is not what it was when the checkpoint that is signed next was signed before: that sign-off is void.
    pub fn changed_since_signed(&self, address: &Address) -> bool {
        self.dossier.since.as_ref().is_some_and(|since| since.addresses.contains(address))
    }

    /// What corrections of the stages before changed at an entry, the oldest first.
    pub fn corrections_at<'a>(&'a self, address: &'a Address) -> impl Iterator<Item = (&'a Event, &'a Line)> {
        let corrected = self.dossier.record.corrected.contains_key(address);
        let events = self.dossier.history.iter().filter(move |_| corrected);
        events.filter_map(|event| Some((event, event.corrected().find(|line| line.what == address.as_str())?)))
    }

    /// Moves the cursor, in a pane of which so many screen rows are shown.
    pub fn step(&mut self, step: Step, height: usize) {
        let (rows, fit) = (self.rows(), height / self.pane.row_height());
        self.scrolls[self.pane.place()].by(step, rows, fit);
        if self.pane == Pane::Entries {
            self.off_heading(step);
            self.settle_window(height);
        }
    }

    /// Puts the cursor on the row that the screen row `line` of the pane belongs to, if it shows one.
    pub fn point(&mut self, line: usize, height: usize) {
        let scroll = self.scrolls[self.pane.place()];
        let at = scroll.top + line / self.pane.row_height();
        if at < self.rows() {
            self.scrolls[self.pane.place()].at = at;
            if self.pane == Pane::Entries {
                self.off_heading(Step::Down);
            }
            self.settle_window(height);
        }
    }

    /// Puts the cursor on a row, in a pane of which so many screen rows are shown.
    pub fn go_to(&mut self, row: usize, height: usize) {
        let (rows, fit) = (self.rows(), height / self.pane.row_height());
        self.scrolls[self.pane.place()].to(row, rows, fit);
        if self.pane == Pane::Entries {
            self.off_heading(Step::Down);
            self.settle_window(height);
        }
    }

    /// Takes its message in: the cursor stays on its entry where both have it, in a pane of which so many screen rows
    /// are shown.
    pub fn take_message(&mut self, message: Preview, height: usize) {
        let scroll = &mut self.scrolls[Pane::Message.place()];
        let kept = self.message.as_ref().and_then(|before| before.lines.get(scroll.at)?.address.clone());
        let found = message.lines.iter().position(|line| kept.is_some() && line.address == kept);
        scroll.at = found.unwrap_or(scroll.at).min(message.lines.len().saturating_sub(1));
        self.message = Some(message);
        self.settle_window(height);
    }

    /// Takes the cursor of the entries pane off a heading, on in the direction it came; every section has an entry.
    fn off_heading(&mut self, step: Step) {
        let up = matches!(step, Step::Up | Step::HalfUp | Step::PageUp);
        let scroll = &mut self.scrolls[Pane::Entries.place()];
        if matches!(self.entries.get(scroll.at), Some((_, None))) {
            scroll.at = if up && scroll.at > 0 { scroll.at - 1 } else { scroll.at + 1 };
        }
    }

    /// Puts the cursor on an exception, if the record has it.
    pub fn to_exception(&mut self, id: ExceptionId, now: Moment) {
        if let Some(at) = self.exceptions(now).iter().position(|exception| exception.id == id) {
            self.pane = Pane::Exceptions;
            self.scrolls[Pane::Exceptions.place()].at = at;
        }
    }

    /// Puts the cursor on an event of the history, in a pane of which so many screen rows are shown.
    pub fn to_event(&mut self, seq: Seq, height: usize) {
        let at = self.history().position(|event| event.seq == seq);
        if let Some(at) = at {
            self.pane = Pane::History;
            self.go_to(at, height);
        }
    }

    /// Puts the window of the pane shown around its cursor.
    pub fn settle_window(&mut self, height: usize) {
        let (rows, fit) = (self.rows(), height / self.pane.row_height());
        let scroll = &mut self.scrolls[self.pane.place()];
        scroll.to(scroll.at, rows, fit);
    }

    /// Puts the cursor on the next change nobody decided (or the one before); answers whether there is one elsewhere.
    pub fn to_undecided(&mut self, forward: bool, height: usize) -> bool {
        self.pane = Pane::Changes;
        let open: Vec<usize> = self
            .changes()
            .enumerate()
            .filter(|(_, change)| change.undecided && !self.confirming.contains(&change.address))
            .map(|(at, _)| at)
            .collect();
        let here = self.scroll().at;
        let found = if forward {
            open.iter().find(|at| **at > here).or_else(|| open.first())
        } else {
            open.iter().rev().find(|at| **at < here).or_else(|| open.last())
        };
        let Some(at) = found.copied() else { return false };
        let (rows, fit) = (self.rows(), height / self.pane.row_height());
        self.scrolls[0].to(at, rows, fit);
        at != here
    }
}

/// Everything that differs, that was corrected before us, or that somebody or something speaks of; what is merely
/// inherited or copied is among the entries.
fn listed_changes(dossier: &Dossier) -> Vec<usize> {
    let spoken_of =
        |address: &Address| dossier.findings.iter().any(|finding| finding.address.as_ref() == Some(address));
    let corrected = |change: &Change| dossier.record.corrected.contains_key(&change.address);
    let matters = |change: &Change| {
        change.needs_decision
            || change.kind.differs()
            || corrected(change)
            || change.exception.is_some()
            || (change.kind == ChangeKind::Restated && change.origin == Some(Origin::Declared))
            || spoken_of(&change.address)
    };
    // What the approval or the form of a message brings needs nobody's eye: it comes after what does.
    let formal = |change: &Change| {
        !change.needs_decision && change.exception.is_none() && !corrected(change) && !spoken_of(&change.address)
    };
    let changes = dossier.certificate.changes.iter().enumerate();
    let mut listed: Vec<(usize, &Change)> = changes.filter(|(_, change)| matters(change)).collect();
    listed.sort_by_key(|(_, change)| formal(change));
    listed.into_iter().map(|(at, _)| at).collect()
}

/// Every entry in the order of the certificate, under the heading of its section.
fn listed_entries(dossier: &Dossier, catalogue: &Catalogue) -> Vec<(Section, Option<usize>)> {
    let changes = dossier.certificate.changes.iter().enumerate();
    let mut sorted: Vec<_> = changes.map(|(at, change)| (catalogue.certificate_key(&change.address), at)).collect();
    sorted.sort();
    let mut listed: Vec<(Section, Option<usize>)> = Vec::new();
    for ((section, ..), at) in sorted {
        if listed.last().is_none_or(|(before, _)| *before != section) {
            listed.push((section, None));
        }
        listed.push((section, Some(at)));
    }
    listed
}

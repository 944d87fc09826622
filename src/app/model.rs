//! The model: everything the terminal shows and remembers.
//!
//! Invariant: the selected record is a row of the list, or there is none; the open record is the selected one, or the
//! one its reader stayed on when it left the list.

mod context;
mod list;

use std::collections::{BTreeMap, VecDeque};

use super::acts::Done;
use super::archive::Archive;
use super::board::Board;
use super::bulk::{Bulk, Marks};
use super::command::{self, Command};
use super::complete::{Completions, Found, Offered, Sources};
use super::form::Form;
use super::help::{Help, Keys};
use super::jump::Jump;
use super::layout::{Focus, Layout};
use super::lines::Lines;
use super::links::Links;
use super::msg::{Effect, Ticket};
use super::outbox::{Act, Outbox};
use super::overview::Outlook;
use super::palette::Palette;
use super::places::Places;
use super::record::{Opened, Pane};
use super::screen::Screen;
use super::settings::{Chosen, Settings};
use super::text::Text;
use super::tour::Tour;
use super::{acts, settle, wrap};
use crate::config::key::Key;
use crate::config::keymap::Keymap;
use crate::domain::catalogue::Catalogue;
use crate::domain::filter::{Filter, Names};
use crate::domain::identity::{ExceptionId, RecordId, Seq};
use crate::domain::moment::Moment;
use crate::domain::person::{Actor, Person};
use crate::domain::policy::Policy;
use crate::domain::queue::QueueName;
use crate::domain::scope::Policies;

pub use context::Context;
pub use list::{List, QUEUE_NAME, Queues};

/// The desk's people, rules and words.
#[derive(Debug, Clone)]
pub struct House {
    /// Everybody.
    pub people: Vec<Person>,
    /// The policies in force: the desk's and those of scopes.
    pub policies: Policies,
    /// The names of the scopes.
    pub scopes: Vec<String>,
    /// The codes of the build options, those of every scope.
    pub options: Vec<String>,
    /// The catalogue of elements.
    pub catalogue: &'static Catalogue,
    /// What the desk is called on the top line.
    pub desk: String,
}

impl House {
    /// The policy of the desk: that of every record whose scope has none of its own.
    pub fn policy(&self) -> &Policy {
        &self.policies.desk
    }

    /// The policy that governs the records of a scope.
    pub fn policy_of(&self, scope: Option<&str>) -> &Policy {
        self.policies.of(scope)
    }

    /// What a filter may name.
    pub fn names(&self) -> Names<'_> {
        let House { people, policies, scopes, options, catalogue, .. } = self;
        Names { policies, scopes, options, people, catalogue }
    }
}

/// How a notice sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Something was done.
    Done,
    /// Something was said.
    Plain,
    /// Something was refused or failed.
    No,
}

/// An outcome or a refusal, on the line above the hints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub text: String,
    /// How it sounds.
    pub tone: Tone,
}

/// A line in which the filter is written.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What is written.
    pub text: Text,
    /// What is wrong with it: where, in characters, and what.
    pub fault: Option<(usize, String)>,
    /// What may be written next.
    pub completions: Completions,
    /// What the desk found for the value being written.
    pub found: Found,
    /// The filter there was before.
    pub before: (String, Option<Filter>),
}

/// A question asked before something that cannot be undone. The safe answer has the focus.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What it is about.
    pub title: String,
    /// What will happen.
    pub lines: Vec<String>,
    /// The button that does it.
    pub doing: &'static str,
    /// Whether that button has the focus.
    pub on_doing: bool,
    /// What is done then.
    pub act: Act,
    /// The form it came from, which comes back when the answer is no.
    pub form: Option<Box<Form>>,
}

/// What lies over the screen.
#[derive(Debug, Clone)]
pub enum Sheet {
    /// A form.
    Form(Box<Form>),
    /// The filter's line.
    Filter(Box<Prompt>),
    /// The line in which the end of a VIN is written.
    Jump(Box<Jump>),
    /// The palette.
    Palette(Palette),
    /// Help.
    Help(Help),
    /// The lines of messages.
    Lines(Box<Lines>),
    /// A question.
    Ask(Box<Ask>),
    /// An act on many records.
    Bulk(Box<Bulk>),
    /// The settings.
    Settings(Settings),
}

/// What the terminal shows and remembers.
#[derive(Debug, Clone)]
pub struct Model {
    /// Who acts.
    pub who: Actor,
    /// The desk's people, rules and words.
    pub house: House,
    /// What the person chose for themselves: looks, mouse, keymap.
    pub chosen: Chosen,
    /// Which keys do what.
    pub keymap: Keymap,
    /// The keys of every command, as help and hints show them.
    pub keys: Keys,
    /// The moment it is, as far as anybody said.
    pub now: Moment,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// The screen shown.
    pub screen: Screen,
    /// Where the keys go on the desk when nothing lies over it.
    pub focus: Focus,
    /// The exceptions board.
    pub board: Board,
    /// The overview.
    pub outlook: Outlook,
    /// The archive.
    pub archive: Archive,
    /// The screen that the record shown was opened from, and that record.
    pub opened_from: Option<(Screen, RecordId)>,
    /// The exception to go to once the record shown is here.
    pub wanted_exception: Option<ExceptionId>,
    /// The event to go to then.
    pub wanted_event: Option<Seq>,
    /// What the desk's approvals know for a filter, once it was asked for; a change of who may do what forgets it.
    pub offered: Option<Offered>,
    /// The exceptions linked with the one under the cursor of the record.
    pub links: Links,
    /// The queues.
    pub queues: Queues,
    /// The list.
    pub list: List,
    /// The marked records; they stay marked from queue to queue.
    pub marks: Marks,
    /// The open record.
    pub record: Option<Opened>,
    /// The record that is to be shown; the open one, or the one on its way.
    pub shown: Option<RecordId>,
    /// What could not be done with the record that was left, and why: it stands on the screen while the next one is on
    /// its way, until it is here or late.
    pub standing: Option<BTreeMap<&'static str, String>>,
    /// The record being read.
    pub reading: Option<RecordId>,
    /// Whether the record shown must be read again once the one being read is here.
    pub reread: bool,
    /// What lies over the screen.
    pub sheet: Option<Sheet>,
    /// The last outcome.
    pub notice: Option<Notice>,
    /// Keys that wait for the record being read: a form was asked for, and perhaps written in already.
    pub held: VecDeque<Key>,
    /// Keys of a sequence not yet complete.
    pub pending: Vec<Key>,
    /// Acts on their way.
    pub outbox: Outbox,
    /// What the person did in this session, the last at the end.
    pub done: Vec<Done>,
    /// The last event seen, whosever it was.
    pub last_event: Seq,
    /// Whether news are being read, and whether to ask again.
    pub news: (bool, bool),
    /// The pane that the first record is opened with.
    pub first_pane: Option<Pane>,
    /// The tour, for whom it is shown.
    pub tour: Option<Tour>,
    /// The places before this one and after it.
    pub places: Places,
    /// The number of the last question for a page.
    pub last_ticket: Ticket,
}

impl Model {
    /// A model with nothing read yet, and what to read first.
    pub fn new(
        who: Actor,
        house: House,
        keymap: Keymap,
        queue: QueueName,
        now: Moment,
        seq: Seq,
    ) -> (Model, Vec<Effect>) {
        let mut model = Model {
            who,
            house,
            chosen: Chosen::default(),
            keys: Keys::of(&keymap),
            keymap,
            now,
            size: (80, 24),
            screen: Screen::Desk,
            focus: Focus::List,
            board: Board::default(),
            outlook: Outlook::default(),
            archive: Archive::default(),
            opened_from: None,
            wanted_exception: None,
            wanted_event: None,
            offered: None,
            links: Links::default(),
            queues: Queues::default(),
            list: List::of(queue),
            marks: Marks::new(),
            record: None,
            shown: None,
            standing: None,
            reading: None,
            reread: false,
            sheet: None,
            notice: None,
            held: VecDeque::new(),
            pending: Vec::new(),
            outbox: Outbox::default(),
            done: Vec::new(),
            last_event: seq,
            news: (false, false),
            first_pane: None,
            tour: None,
            places: Places::default(),
            last_ticket: Ticket(0),
        };
        let mut effects = vec![Effect::LoadCounts];
        effects.extend(model.ask_for_list());
        (model, effects)
    }

    /// What may be written next in a filter.
    pub(super) fn completions(&self, line: &Text, found: &Found) -> Completions {
        let nothing = Offered::default();
        let offered = self.offered.as_ref().unwrap_or(&nothing);
        Completions::of(line, self.screen, Sources { house: &self.house, offered, found, list: &self.list })
    }

    /// Takes another keymap; keys pressed of a sequence of the old one come to nothing.
    pub fn use_keymap(&mut self, keymap: Keymap) {
        self.keys = Keys::of(&keymap);
        self.keymap = keymap;
        self.pending.clear();
    }

    /// Where keys are heard now.
    pub fn context(&self) -> Context {
        match (&self.sheet, self.focus) {
            (Some(Sheet::Form(_)), _) => Context::Form,
            (Some(Sheet::Filter(_) | Sheet::Jump(_)), _) => Context::Filter,
            (Some(Sheet::Palette(_)), _) => Context::Palette,
            (Some(Sheet::Help(_)), _) => Context::Help,
            (Some(Sheet::Lines(_)), _) => Context::Lines,
            (Some(Sheet::Ask(_) | Sheet::Bulk(_)), _) => Context::Ask,
            (Some(Sheet::Settings(_)), _) => Context::Settings,
            (None, focus) => self.screen.known().context.unwrap_or(match focus {
                Focus::Queues => Context::Queues,
                Focus::List => Context::List,
                Focus::Record => Context::Record,
            }),
        }
    }

    /// Where things are on the screen.
    pub fn layout(&self) -> Layout {
        let focus = (self.screen == Screen::Desk).then_some(self.focus);
        let mut layout = Layout::of(self.size, focus, self.notice_lines(), self.chosen.arrangement);
        if let Some(opened) = self.drawn().filter(|opened| opened.pane == Pane::Exceptions) {
            // What was said of one is read here, and nowhere else.
            layout.tell_more(opened.rows());
        }
        layout
    }

    fn notice_lines(&self) -> u16 {
        let width = self.size.0.saturating_sub(2);
        let lines = self.notice.as_ref().map_or(1, |notice| wrap::rows(&wrap::in_one_line(&notice.text), width).len());
        u16::try_from(lines).unwrap_or(u16::MAX)
    }

    /// Columns for a text in a dialog.
    pub fn text_width(&self) -> u16 {
        Layout::dialog_width(self.size.0).saturating_sub(6).max(1)
    }

    /// Says something on the line above the hints.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), tone });
    }

    /// The open record, unless another one is to be shown and still on its way.
    pub fn current(&self) -> Option<&Opened> {
        self.record.as_ref().filter(|opened| Some(opened.id()) == self.shown)
    }

    /// The record that is drawn: the open one, or the one before it while that still stands.
    pub fn drawn(&self) -> Option<&Opened> {
        if self.stands().is_some() { self.record.as_ref() } else { self.current() }
    }

    /// What could not be done with the record before, while it stands on the screen for the one on its way. Nothing is
    /// ever done to it: it is not the current one.
    pub fn stands(&self) -> Option<&BTreeMap<&'static str, String>> {
        self.standing.as_ref().filter(|_| self.is_awaited() && self.record.is_some())
    }

    /// Why a command cannot be run, as it stands on the screen.
    ///
    /// # Errors
    /// That, and who could.
    pub fn offers(&self, command: &Command) -> Result<(), String> {
        match self.stands() {
            Some(refused) => refused.get(command.name).map_or(Ok(()), |why| Err(why.clone())),
            None => (command.available)(self),
        }
    }

    /// Lets the open record stand on the screen until another one is here: over a slow line, blanking it first would
    /// cost as much again.
    pub(super) fn let_stand(&mut self) {
        if self.current().is_none() {
            // Where one stands already, it goes on to.
            return;
        }
        let refused = command::COMMANDS.iter().filter(|command| command.hint.is_some());
        let refused = refused.filter_map(|command| Some((command.name, (command.available)(self).err()?)));
        self.standing = Some(refused.collect());
    }

    /// Whether the record that is to be shown is still on its way.
    pub fn is_awaited(&self) -> bool {
        self.screen == Screen::Desk && self.shown.is_some() && self.current().is_none()
    }

    /// Whether the rows on the screen are those of a filter or a queue before, and the ones asked for still on their way.
    pub fn rows_are_awaited(&self) -> bool {
        match self.screen {
            Screen::Desk => self.list.asked.is_awaited(),
            Screen::Board => self.board.asked.is_awaited(),
            Screen::Archive => self.archive.asked.is_awaited(),
            Screen::Overview => false,
        }
    }

    /// Goes to the exception or the event that was asked for, if its record is here.
    pub fn show_what_is_wanted(&mut self) {
        let (height, now) = (acts::pane_height(self), self.now);
        let shown = self.shown;
        if let Some(opened) = self.record.as_mut().filter(|opened| Some(opened.id()) == shown) {
            if let Some(id) = self.wanted_exception.take() {
                opened.to_exception(id, now);
            }
            if let Some(seq) = self.wanted_event.take() {
                opened.to_event(seq, height);
            }
        }
        self.settle_pane();
    }

    /// Puts the window of the record's pane around its cursor.
    pub(super) fn settle_pane(&mut self) {
        let height = acts::pane_height(self);
        if let Some(opened) = &mut self.record {
            opened.settle_window(height);
        }
    }

    /// Whether the record's pane is on the screen.
    pub fn record_is_seen(&self) -> bool {
        !self.layout().pane.is_empty()
    }

    /// Whether the reader may run a command on the current record now.
    ///
    /// # Errors
    /// Why not, and who could.
    pub fn may(&self, command: &str) -> Result<(), String> {
        if self.screen == Screen::Board {
            return settle::may(self, command);
        }
        if self.on_marked() && command::on_many(command) {
            // The desk judges each of them.
            return Ok(());
        }
        let Some(opened) = self.current() else {
            return Err(if self.shown.is_some() { "the record is still being read" } else { "no record is selected" }
                .to_owned());
        };
        if self.outbox.leaving(opened.id()) {
            return Err("the record is on its way to the next step".to_owned());
        }
        if opened.stale {
            return Err("the record is being read again".to_owned());
        }
        if self.outbox.busy_with(opened.id()) {
            // What was judged before the act on its way says nothing about after it: the desk will decide.
            return Ok(());
        }
        match opened.refused.get(command) {
            Some(why) => Err(why.clone()),
            None => Ok(()),
        }
    }
}

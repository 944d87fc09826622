//! What happens to the model, and what the model wants done: both are data.

use super::command::Command;
use super::complete::{Begun, Offered};
use super::lines::Side;
use super::point::Part;
use super::pointer::Pointer;
use super::preview::Preview;
use super::settings::Value;
use crate::config::key::Key;
use crate::config::keymap::Keymap;
use crate::domain::action::Action;
use crate::domain::address::Address;
use crate::domain::archive::{Filed, Known, ReleaseId, Verdict};
use crate::domain::dossier::Dossier;
use crate::domain::event::Event;
use crate::domain::filter::Filter;
use crate::domain::identity::{ExceptionId, RecordId, Seq};
use crate::domain::moment::Moment;
use crate::domain::person::{Actor, Person};
use crate::domain::plan::Refusal;
use crate::domain::queue::{QueueName, Sort};
use crate::domain::report::Overview;
use crate::domain::saved::SavedCount;
use crate::domain::scope::Policies;
use crate::domain::summary::Summary;
use crate::domain::triage::{By, Groups, Raised};
use crate::failure::Failure;

/// The number of an act on its way to the desk. The same tag again means the same act again: the driver gives both the
/// same request id, so that a repeat after an unclear failure changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tag(pub u64);

/// The number of a question for a page; an answer to an older question is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ticket(pub u64);

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The record.
    pub summary: Summary,
    /// Whether something happened to it that the person has not seen.
    pub unread: bool,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// Something was done with the mouse.
    Pointer(Pointer),
    /// A command was asked for by its name.
    Run(&'static Command),
    /// The cursor is to go to a row of a part of the screen, and the focus with it.
    Point {
        /// Which part.
        part: Part,
        /// The row, from 0.
        row: usize,
    },
    /// One of the things offered by what lies over the screen was chosen: its place among those shown, from 0.
    Choose(usize),
    /// The screen has this size.
    Resize {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// It is this moment.
    Tick(Moment),
    /// Another process changed the desk.
    Pulse,
    /// Records in each built-in queue.
    Counts(Vec<(QueueName, u64)>),
    /// The person's saved queues, with the records in each.
    Saved(Vec<SavedCount>),
    /// A page of a list.
    Page {
        /// The question it answers.
        ticket: Ticket,
        /// Its rows.
        rows: Vec<Row>,
        /// Where the next page begins, if there is one.
        next: Option<String>,
    },
    /// The exceptions to settle, counted by groups.
    Groups {
        /// The question it answers.
        ticket: Ticket,
        /// The groups.
        groups: Groups,
    },
    /// A page of exceptions.
    Exceptions {
        /// The question it answers.
        ticket: Ticket,
        /// Its rows.
        rows: Vec<Raised>,
        /// After which the next page begins, if there is one.
        next: Option<ExceptionId>,
    },
    /// A page of the archive.
    Archive {
        /// The question it answers.
        ticket: Ticket,
        /// Its rows.
        rows: Vec<Filed>,
        /// Behind which the next page begins, if there is one.
        next: Option<i64>,
        /// Released versions on the desk.
        total: u64,
    },
    /// What is known of a released version, or why it cannot be read.
    Release {
        /// Which.
        id: ReleaseId,
        /// What is known.
        known: Result<Box<Known>, Failure>,
    },
    /// A released version was verified, or could not be looked at.
    Verified {
        /// Which.
        id: ReleaseId,
        /// What was found.
        found: Result<Verdict, Failure>,
    },
    /// Exceptions that are linked with each other.
    Linked(Vec<Raised>),
    /// The exceptions of a group, as far as they are shown beside one of them.
    Links {
        /// The group.
        group: ExceptionId,
        /// Its exceptions.
        rows: Vec<Raised>,
    },
    /// A page, or what stands on another screen, could not be read.
    NoPage {
        /// The question it answers.
        ticket: Ticket,
        /// Why.
        failure: Failure,
    },
    /// Where the work stands, and the scopes there are.
    Overview {
        /// The question it answers.
        ticket: Ticket,
        /// Where it stands.
        known: Box<Overview>,
        /// The names of the scopes.
        scopes: Vec<String>,
    },
    /// A record.
    Dossier(Box<Dossier>),
    /// The message of a record.
    Message {
        /// Whose.
        record: RecordId,
        /// Its lines.
        preview: Box<Preview>,
    },
    /// A record could not be read.
    NoDossier {
        /// Which.
        id: RecordId,
        /// Why.
        failure: Failure,
    },
    /// The record on its way takes its time: what stands in its place on the screen is to go.
    Late,
    /// Events since the last one seen.
    News(Vec<Event>),
    /// The people and the policies of the desk, and the one who acts, as they are now.
    House(Box<Governed>),
    /// What the desk's approvals know for a filter.
    Offered(Box<Offered>),
    /// Values on the desk that begin with what is being written in a filter.
    Values {
        /// What was asked for.
        begun: Begun,
        /// The values.
        values: Vec<String>,
    },
    /// The text kept under a draft's key.
    Draft {
        /// Which.
        key: String,
        /// The text; empty when there is none.
        text: String,
    },
    /// The lines of messages around an entry.
    Lines {
        /// The record.
        record: RecordId,
        /// The entry; nothing where one message is read whole.
        address: Option<Address>,
        /// What the stage before says, or the whole message.
        base: Side,
        /// What our message in work says.
        ours: Side,
    },
    /// What came back from the editor.
    Edited(Result<String, String>),
    /// An act was carried out.
    Applied {
        /// Which.
        tag: Tag,
        /// The record's event after it.
        seq: Seq,
        /// Whether it changed anything.
        changed: bool,
    },
    /// An act was refused.
    Refused {
        /// Which.
        tag: Tag,
        /// Why.
        refusal: Refusal,
    },
    /// Somebody else changed the record first.
    Conflict {
        /// Which act.
        tag: Tag,
        /// What came first.
        event: Box<Event>,
    },
    /// Something failed; of an act it is not known whether it was carried out.
    Failed {
        /// Which act, if it was one.
        tag: Option<Tag>,
        /// How.
        failure: Failure,
    },
    /// A keymap was read, or is at fault.
    Keymap {
        /// Its name.
        name: String,
        /// The keymap, or every fault with its place.
        read: Box<Result<Keymap, Vec<String>>>,
    },
    /// A setting was kept, with what is wrong in the file now; or why it was not.
    SettingKept(Result<Vec<String>, String>),
    /// The driver has something to say.
    Told(String),
}

/// Who may do what on the desk.
#[derive(Debug, Clone)]
pub struct Governed {
    /// Who acts.
    pub who: Actor,
    /// Everybody.
    pub people: Vec<Person>,
    /// The policies in force.
    pub policies: Policies,
    /// The names of the scopes.
    pub scopes: Vec<String>,
    /// The codes of the build options.
    pub options: Vec<String>,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Count the queues; answered by [`Msg::Counts`] and [`Msg::Saved`].
    LoadCounts,
    /// Read a page of a list; answered by [`Msg::Page`] or [`Msg::NoPage`].
    LoadPage {
        /// The question's number.
        ticket: Ticket,
        /// Which queue.
        queue: QueueName,
        /// Only these.
        filter: Option<Filter>,
        /// In which order.
        sort: Sort,
        /// How many rows at most.
        limit: usize,
        /// Where it begins.
        after: Option<String>,
    },
    /// Count the exceptions to settle; answered by [`Msg::Groups`] or [`Msg::NoPage`].
    LoadGroups {
        /// The question's number.
        ticket: Ticket,
        /// By what.
        by: By,
        /// Only these.
        filter: Option<Filter>,
    },
    /// Read a page of the exceptions to settle; answered by [`Msg::Exceptions`] or [`Msg::NoPage`].
    LoadExceptions {
        /// The question's number.
        ticket: Ticket,
        /// Only these.
        filter: Option<Filter>,
        /// How many at most.
        limit: usize,
        /// After which.
        after: Option<ExceptionId>,
    },
    /// Read where the work stands, on the desk or in a scope; answered by [`Msg::Overview`] or
    /// [`Msg::NoPage`].
    LoadOverview {
        /// The question's number.
        ticket: Ticket,
        /// The scope.
        scope: Option<String>,
    },
    /// Read a page of released versions, newest first; answered by [`Msg::Archive`] or [`Msg::NoPage`].
    LoadArchive {
        /// The question's number.
        ticket: Ticket,
        /// Only those of such records.
        filter: Option<Filter>,
        /// How many at most.
        limit: usize,
        /// Behind which.
        after: Option<i64>,
    },
    /// Read what is known of a released version; answered by [`Msg::Release`].
    LoadRelease(ReleaseId),
    /// Verify a released version; answered by [`Msg::Verified`].
    Verify(ReleaseId),
    /// Read the lines of a released message; answered by [`Msg::Lines`].
    LoadSealed(ReleaseId),
    /// Read the exceptions of a group that were linked; answered by [`Msg::Linked`].
    LoadLinked(ExceptionId),
    /// Read the exceptions that stand beside one of their group; answered by [`Msg::Links`].
    LoadLinks(ExceptionId),
    /// Read a record; answered by [`Msg::Dossier`] or [`Msg::NoDossier`].
    LoadDossier(RecordId),
    /// Read the message of a record, in work or sealed; answered by [`Msg::Message`].
    LoadMessage(RecordId),
    /// Read what happened since; answered by [`Msg::News`].
    LoadNews(Seq),
    /// Read who may do what; answered by [`Msg::House`].
    LoadHouse,
    /// Read what the desk's approvals know for a filter; answered by [`Msg::Offered`].
    LoadOffered,
    /// Read values on the desk that begin so; answered by [`Msg::Values`].
    LoadValues(Begun),
    /// Act on a record; answered under its tag.
    Apply {
        /// The act's number.
        tag: Tag,
        /// The record.
        record: RecordId,
        /// The event the person had seen.
        seen: Seq,
        /// What to do.
        action: Action,
    },
    /// Seal and release a record; answered under its tag.
    Release {
        /// The act's number.
        tag: Tag,
        /// The record.
        record: RecordId,
        /// The event the person had seen.
        seen: Seq,
    },
    /// Keep a text being written; an empty one deletes it.
    SaveDraft {
        /// Under which key.
        key: String,
        /// The text.
        text: String,
    },
    /// Look for a text that was being written; answered by [`Msg::Draft`].
    LoadDraft {
        /// Under which key.
        key: String,
    },
    /// Read the lines of messages around an entry; answered by [`Msg::Lines`].
    LoadLines {
        /// The record.
        record: RecordId,
        /// The stage whose message is read beside ours.
        stage: u8,
        /// The entry.
        address: Address,
    },
    /// Open a text in the person's editor; answered by [`Msg::Edited`].
    OpenEditor {
        /// The text.
        text: String,
    },
    /// Put a text on the clipboard of the person's terminal.
    Copy(String),
    /// Remember that the person has seen the record up to this event.
    MarkSeen {
        /// The record.
        id: RecordId,
        /// The event.
        seq: Seq,
    },
    /// Keep a filter as a queue; answered by [`Msg::Told`] or [`Msg::Failed`].
    KeepQueue {
        /// Its name.
        name: String,
        /// The filter as it is written.
        query: String,
        /// The team it is shared with.
        team: Option<String>,
    },
    /// Keep a choice of the person's in their file; answered by [`Msg::SettingKept`].
    KeepSetting {
        /// Its name there.
        name: &'static str,
        /// What it is set to.
        value: Value,
    },
    /// Read a keymap; answered by [`Msg::Keymap`].
    LoadKeymap(String),
    /// Listen to the mouse, or do not.
    Mouse(bool),
    /// Remember that the person wants no tour any more.
    EndTour,
    /// Paint the whole screen anew.
    Redraw,
    /// Give the terminal back for a while.
    Suspend,
    /// End.
    Quit,
}

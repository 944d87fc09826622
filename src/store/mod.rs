//! The desk's file: the one place that knows SQL. Only verbs of the domain leave it; no connection and no SQL does.
//!
//! Invariant: every write is one `BEGIN IMMEDIATE` transaction that judges, writes the state and the event, and commits; a
//! verb that answers an error has written nothing. No transaction outlives the call that opened it.
//!
//! In reading order: [`open`] makes and opens the file, [`migrate`] brings an older one up to date; [`apply`](Desk::apply) carries out acts on records, [`govern`]
//! acts on the desk; [`record`] loads and writes one record, [`chain`] the history, [`pack`] bodies; [`page`] and
//! [`count`] answer lists from the SQL that [`select`] makes of queues and filters, [`archive`] those of released versions; [`verify`] looks whether everything still fits,
//! [`health`] whether the file lies well; [`worker`] is the terminal's thread with a desk.

mod apply;
mod archive;
mod around;
mod aside;
mod chain;
mod columns;
mod count;
mod desk;
mod error;
mod exceptions;
mod following;
mod govern;
mod grading;
mod health;
mod joining;
mod lines;
mod migrate;
mod open;
mod options;
mod overview;
mod ownership;
mod pack;
mod page;
mod people;
#[cfg(test)]
mod plans;
mod read;
mod record;
mod report;
mod saved;
mod scopes;
mod select;
mod standing;
mod structure;
mod summary;
mod turn;
mod uses;
mod values;
mod verify;
mod visits;

mod worker;

pub use apply::{Act, Applied, Outcome, Target};
pub use archive::{ArchivePage, ArchiveQuery};
pub use count::CountQuery;
pub use desk::{Desk, NewDesk};
pub use error::{CLAUSES, StoreError};
pub use exceptions::{ExceptionPage, ExceptionQuery, GroupQuery};
pub use govern::Governed;

pub use health::HealthCheck;
pub use migrate::Migrated;
pub use page::{Cursor, NoCursor, Page, PageQuery, Row};

pub use standing::Told;
pub use uses::Uses;
pub use verify::{ChainFault, ChainReport};
pub use worker::Worker;

//! The terminal as a pure state machine: model, messages, `update`, the one command table.
//!
//! Invariant: no I/O, no clock, no randomness; never names the store, ratatui or crossterm. What is to be done leaves
//! as [`msg::Effect`], what was done comes back as [`msg::Msg`].
//!
//! In reading order: [`model`] is what there is, [`msg`] what happens, [`update`] what then; [`command`] is the table of
//! everything a person can do, done in [`acts`] (for many records at once in [`bulk`]), [`moves`], [`places`], [`typing`] and [`sheets`] ([`complete`] and [`jump`] help); [`record`], [`grounds`], [`form`], [`forms`] and
//! [`filled`], [`tabs`], [`palette`], [`help`], [`lines`] and [`preview`] are what the screen shows; [`screen`] says which screens there are beside the desk, [`board`],
//! [`overview`] and [`archive`] are three, what is done on the board is [`settle`]'s, what is told of a released version [`filed`]'s, what is linked from a record [`links`]'; [`outbox`] holds acts on their way, [`asked`] what is known of a question; [`settings`] is what somebody chose for themselves, [`pointer`] the mouse, [`session`] where somebody left off, [`tour`] how they begin; [`text`] is what is being written, [`wrap`] and [`layout`] say
//! where things are. [`linear`] is the same desk line by line, [`point`] what is asked for by name or by row instead of by key.

pub mod acts;
pub mod archive;
pub mod asked;
pub mod board;
pub mod bulk;
pub mod command;
pub mod complete;
pub mod filed;
pub mod filled;
pub mod form;
pub mod forms;
pub mod grounds;
pub mod help;
pub mod jump;
pub mod layout;
pub mod linear;
pub mod lines;
pub mod links;
pub mod model;
pub mod moves;
pub mod msg;
pub mod outbox;
pub mod overview;
pub mod palette;
pub mod places;
pub mod point;
pub mod pointer;
pub mod preview;
pub mod record;
pub mod screen;
pub mod session;
pub mod settings;
pub mod settle;
pub mod sheets;
pub mod tabs;
pub mod text;
pub mod tour;
pub mod typing;
pub mod update;
pub mod wrap;

//! stageplate: the review desk for the electronic certificates of conformity of completed vehicles.
//!
//! A body builder receives a base vehicle with its certificate (an IVI 2.0 message), completes it and answers for a
//! certificate of its own stage. This crate keeps the certificates, the approvals, the owners, the exceptions and the
//! decisions in one SQLite file, shows *change by stage*, and ends in a sealed message.
//!
//! # The house
//!
//! Arrows point one way only; `tests/suite/layering.rs` keeps them.
//!
//! ```text
//! domain  <- ivi, store, config                       domain knows nobody
//! {domain, config} <- app <- view <- term             the terminal, Elm style
//! {domain, ivi, store, config} <- intake, issuing     files that come in, messages that go out
//! {intake, issuing, …} <- cli, term                   the rims; main uses cli and term
//! ```
//!
//! A crate that only one room may name is listed there too. One name stands lower than the rest of the terminal's: the
//! editing engine is part of the model, in `app::text`, and what it holds is drawn by [`view`].
//!
//! # In reading order
//!
//! 1. [`domain`]: the certificate, the work on it and its rules. Pure.
//! 2. [`ivi`]: the catalogue of the IVI 2.0 message, reading, writing, sealing and verifying messages.
//! 3. [`store`]: the one place that knows SQL.
//! 4. [`config`]: where files are, strict TOML, keymaps, themes.
//! 5. [`intake`]: files that come in.
//! 6. [`issuing`]: messages that go out: composed, sealed, verified, released.
//! 7. [`app`], [`view`], [`term`]: the terminal's model, its picture, its driver.
//! 8. [`cli`]: the verbs of the command line.
//! 9. [`failure`]: what reaches a person when something says no; [`bounded`]: how a named file is read.

pub mod app;
pub mod bounded;
pub mod cli;
pub mod config;
pub mod domain;
pub mod failure;
pub mod intake;
pub mod issuing;
pub mod ivi;
pub mod store;
pub mod term;
pub mod view;

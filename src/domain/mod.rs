//! The certificate of a completed vehicle, the work on it and the rules of both.
//!
//! Invariant: pure. No file, clock, randomness, SQL or terminal is reached from here; times and ids come in as values.
//!
//! In reading order: [`identity`] and [`address`] name things; [`catalogue`], [`value`], [`section`] and
//! [`applies`] say what an entry is and whose;
//! [`content`], [`certificate`] and [`approval`] are the certificate; [`record`], [`exception`], [`person`], [`policy`],
//! [`options`] the work; [`checks`], [`envelope`] and [`readiness`] judge, [`since`] says what a signer has not seen yet;
//! [`action`], [`plan`], [`event`] and [`undo`] are the one way to act on a record, [`story`] its history in words,
//! [`governance`] the one on the desk itself; [`queue`], [`saved`] and [`filter`] say which records somebody looks at,
//! [`report`] where the work stands, [`triage`] what is to be settled, [`archive`] what was released, [`receipt`] what came back
//! for it.
//!
//! [`manufacturers`] tells whose stage a message is of, [`heard`] what build sheets said before.

pub mod action;
pub mod address;
pub mod applies;
pub mod approval;
pub mod archive;
pub mod catalogue;
pub mod certificate;
pub mod checks;
pub mod content;
pub mod dossier;
pub mod due;
pub mod envelope;
pub mod event;
pub mod exception;
pub mod filter;
pub mod governance;
pub mod heard;
pub mod identity;
pub mod manufacturers;
pub mod moment;
pub mod nearest;
pub mod options;
pub mod ownership;
pub mod person;
pub mod plan;
pub mod policy;
pub mod queue;
pub mod readiness;
pub mod receipt;
pub mod record;
pub mod report;
pub mod saved;
pub mod scope;
pub mod section;
pub mod since;
pub mod story;
pub mod structure;
pub mod summary;
pub mod triage;
pub mod undo;
pub mod value;
pub mod visible;

//! The certificate of a completed vehicle, the work on it and the rules of both.
//!
//! Invariant: pure. No file, clock, randomness, SQL or terminal is reached from here; times and ids come in as values.

pub mod address;
pub mod catalogue;
pub mod content;
pub mod identity;
pub mod moment;
pub mod nearest;
pub mod value;
pub mod visible;

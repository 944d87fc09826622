//! The IVI 2.0 message: its catalogue of elements, reading, writing, sealing and verifying.
//!
//! Invariant: knows XML and the domain, and neither the store nor the terminal.

pub mod catalogue;

pub use catalogue::catalogue;

//! The IVI 2.0 message: its catalogue of elements, reading, writing, sealing and verifying.
//!
//! Invariant: knows XML and the domain, and neither the store nor the terminal.

pub mod catalogue;
pub mod interpret;
pub mod limits;
pub mod message;
pub mod read;
pub mod write;

pub use catalogue::catalogue;
pub use interpret::{Interpretation, Stray, StrayKind, interpret};
pub use message::{Message, NAMESPACE, Unwritable};
pub use read::{FaultKind, Read, ReadFault, SIGNATURE_NAMESPACE, read};
pub use write::write;

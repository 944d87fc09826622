//! The IVI 2.0 message: its catalogue of elements, reading, writing, sealing and verifying.
//!
//! Invariant: knows XML and the domain, and neither the store nor the terminal.

pub mod catalogue;
mod certificate;
mod envelope;
mod excerpt;
pub mod interpret;
pub mod key;
pub mod limits;
pub mod message;
pub mod read;
pub mod seal;
mod signature;
mod test_key;
pub mod verify;
pub mod write;

pub use catalogue::catalogue;
pub use certificate::{Certificate, CertificateFault, Fingerprint};
pub use envelope::Malformed;
pub use excerpt::{Excerpt, Line, Listed, excerpt, listing};
pub use interpret::{Interpretation, Stray, StrayKind, interpret};
pub use message::{Message, NAMESPACE, Unwritable};
pub use read::{FaultKind, Read, ReadFault, SIGNATURE_NAMESPACE, read};
pub use signature::Unexpected;
pub use write::write;

//! Messages that go out: composed from a record, checked, sealed, verified again as bytes, released, written to files; and looked at
//! again in the archive.
//!
//! Invariant: nothing that is missing is ever filled with a placeholder, and what was sealed is never serialised anew.

pub mod archive;
pub mod compose;
pub mod files;
pub mod key;
pub mod release;

use std::path::PathBuf;

use thiserror::Error;

use crate::domain::plan::Refusal;
use crate::failure::{Failure, Kind};
use crate::ivi::Unwritable;
use crate::ivi::key::KeyFault;
use crate::ivi::seal::SealFault;
use crate::ivi::verify::VerifyFault;
use crate::store::StoreError;

pub use compose::{compose, draft};
pub use files::{FileFault, file_name, write_file};
pub use key::key;
pub use release::{Released, may_release, release, sealed};

/// Why nothing was released.
#[derive(Debug, Error)]
pub enum IssuingError {
    /// A rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The desk says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no key to seal with.
    #[error("this desk has no seal key, so it cannot release")]
    NoKey,
    /// The key is no good.
    #[error("the seal key {}: {fault}", path.display())]
    Key {
        /// Its file.
        path: PathBuf,
        /// Why.
        fault: KeyFault,
    },
    /// A value is one that no message can hold.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    /// The seal could not be put on.
    #[error("the message was not sealed: {0}")]
    Seal(#[from] SealFault),
    /// The seal does not hold when it is verified.
    #[error("the seal does not hold when it is verified again: {0}; nothing was released")]
    Verify(#[from] VerifyFault),
    /// The sealed bytes do not say what was composed.
    #[error("the sealed message does not read as it was composed ({0}); nothing was released")]
    ReadsOtherwise(String),
}

impl IssuingError {
    /// What to do about it; a refusal and the desk bring their own hints.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            IssuingError::NoKey => Some(
                "name the key file with --key FILE, or in the settings; it is PKCS#12, or PEM with its certificate",
            ),
            IssuingError::Key { fault: KeyFault::PasswordNeeded, .. } => {
                Some("put the password of the key file into the environment variable STAGEPLATE_KEY_PASSWORD")
            }
            IssuingError::Key { fault, .. } | IssuingError::Seal(SealFault::Key(fault)) => Some(fault.remedy()),
            IssuingError::Unwritable(_) => Some("correct the value"),
            IssuingError::Seal(_) | IssuingError::Verify(_) | IssuingError::ReadsOtherwise(_) => {
                Some("this is a fault of the program: keep the record as it is and report it")
            }
            IssuingError::Refused(_) | IssuingError::Store(_) => None,
        }
    }
}

impl From<IssuingError> for Failure {
    fn from(error: IssuingError) -> Self {
        let kind = match error {
            IssuingError::Refused(refusal) => return StoreError::Refused(refusal).into(),
            IssuingError::Store(error) => return error.into(),
            IssuingError::Key { fault: KeyFault::Unreadable { ref error, .. }, .. }
                if error.kind() == std::io::ErrorKind::NotFound =>
            {
                Kind::NotFound
            }
            IssuingError::NoKey | IssuingError::Key { .. } | IssuingError::Seal(SealFault::Key(_)) => Kind::Usage,
            IssuingError::Unwritable(_) => Kind::Refused,
            IssuingError::Seal(_) | IssuingError::Verify(_) | IssuingError::ReadsOtherwise(_) => Kind::Fault,
        };
        let failure = Failure::new(kind, error.to_string()).rule("seal");
        match error.remedy() {
            Some(remedy) => failure.hint(remedy),
            None => failure,
        }
    }
}

//! Seals a content, and lets nothing out that does not hold when it is verified and read again.

use super::IssuingError;
use super::compose::bytes;
use crate::domain::content::Content;
use crate::domain::moment::Moment;
use crate::ivi::key::SealKey;
use crate::ivi::verify::Trust;
use crate::ivi::{self, seal, verify};

/// The sealed bytes of a content, verified and read again: a seal that does not hold, or a message that does not say
/// what was composed, never leaves this function.
pub fn sealed(content: &Content, key: &SealKey, at: Moment) -> Result<Vec<u8>, IssuingError> {
    let bytes = seal::seal(&bytes(content)?, key, at.utc())?;
    let pinned = Trust::Pinned(vec![key.certificate().fingerprint]);
    let verified = verify::verify(&bytes, &pinned, at.utc())?;
    // Both what the seal covers and the file as a receiver reads it must say what was composed.
    for part in [verified.content.as_slice(), bytes.as_slice()] {
        let read = ivi::read(part).map_err(|fault| IssuingError::ReadsOtherwise(fault.to_string()))?;
        let whole = read.strays.is_empty() && read.misfits.is_empty() && read.missing.is_empty();
        if !whole || read.content != *content {
            return Err(IssuingError::ReadsOtherwise("its content is another".to_owned()));
        }
    }
    Ok(bytes)
}

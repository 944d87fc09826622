//! Verifying: whether a message's one signature covers the message, by whom, and when.
//!
//! Invariant: the bytes that were digested are the bytes that are handed back ([`Verified::content`]), so that what is
//! read is what was verified; a signature of any shape but the expected one is refused before it is computed.

use bergshamra::core::algorithm::RSA_SHA256;
use bergshamra::crypto::sign;
use bergshamra::keys::loader;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use uppsala::{Document, NodeId};

use super::certificate::{Certificate, CertificateFault, Fingerprint};
use super::envelope::{self, DS, Malformed};
use super::key::{LEAST_BITS, MOST_BITS};
use super::signature::{self, Signature, Unexpected};

/// How far a sender's clock may run ahead of ours.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Whom a verification believes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Only these certificates, and only the strict shape that [`super::seal::seal`] writes: for our own releases.
    Pinned(Vec<Fingerprint>),
    /// Any certificate. The result says that the signature is mathematically valid and which certificate is beside
    /// it, not that this certificate is to be believed: for received messages, where the result is shown.
    Any,
}

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The certificate whose key made the signature.
    pub certificate: Certificate,
    /// When the signer says it was made. It is the signer's word: no time stamp authority vouches for it.
    pub signing_time: Option<DateTime<Utc>>,
    /// The canonical message without its signature: exactly what the signature covers. Read this one.
    pub content: Vec<u8>,
    /// The SHA-256 of `content`, as the signature has it.
    pub content_sha256: [u8; 32],
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyFault {
    /// The bytes are no message.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// There is no signature.
    #[error("the message carries no signature")]
    NotSealed,
    /// Another signature somewhere in the message.
    #[error("the message carries {0} signatures, and only one at its end of the root counts")]
    SeveralSignatures(usize),
    /// A shape, algorithm or reference that is not verified.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
    /// The message is not the one that was signed.
    #[error(
        "the signature does not fit the content: the message was changed after it was signed, or signed as another"
    )]
    ContentChanged,
    /// The signed properties are not the ones that were signed.
    #[error("the signature's properties (signing time, certificate) were changed after it was signed")]
    PropertiesChanged,
    /// No certificate beside the signature.
    #[error("the signature comes without a certificate, so nobody can be named")]
    NoCertificate,
    /// A certificate that cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateFault),
    /// The properties name another certificate than the ones beside the signature.
    #[error("the signature names another certificate than the one beside it")]
    OtherCertificate,
    /// Not an RSA key of an allowed length.
    #[error("the signer's key is not RSA of {LEAST_BITS} to {MOST_BITS} bits")]
    Key,
    /// The value was not made by the certificate's key over this signature.
    #[error("the signature was not made with the key of the certificate beside it")]
    NotMadeByKey,
    /// Valid, by somebody else.
    #[error("the signature is by {subject} ({fingerprint}), whom this desk does not expect")]
    NotPinned {
        /// Whose certificate.
        subject: String,
        /// Its fingerprint.
        fingerprint: Fingerprint,
    },
    /// The certificate did not hold when the signature was made.
    #[error("the certificate of {subject} did not hold when the signature was made ({at})")]
    OutOfDates {
        /// Whose certificate.
        subject: String,
        /// The signing time, or the moment of verification where none is given.
        at: DateTime<Utc>,
    },
    /// Signed later than now.
    #[error("the signature says it was made on {0}, which is still to come")]
    InFuture(DateTime<Utc>),
}

/// Verifies the signature of a message at the moment `at`.
///
/// Accepts one signature, a direct child of the root, over the whole message and at most its own signed properties,
/// with the algorithms of the setup manual (rules a3, 32), by an RSA key of 2048 to 4096 bits whose certificate held
/// at the signing time (at `at` where the signature gives none). Revocation and the chain to an issuer are not looked at.
pub fn verify(sealed: &[u8], trust: &Trust, at: DateTime<Utc>) -> Result<Verified, VerifyFault> {
    let text = envelope::decode(sealed)?;
    let document = envelope::parse(&text)?;
    let count = signatures(&document);
    if count > 1 {
        return Err(VerifyFault::SeveralSignatures(count));
    }
    let node = envelope::signature(&document)?.ok_or(VerifyFault::NotSealed)?;
    let strict = matches!(trust, Trust::Pinned(_));
    let signature = signature::read(&document, node, strict)?;

    let content = envelope::content(&document, Some(node), signature.content.mode)?;
    let content_sha256: [u8; 32] = Sha256::digest(&content).into();
    if content_sha256 != signature.content.digest {
        return Err(VerifyFault::ContentChanged);
    }
    let mut signing_time = None;
    if let Some((reference, properties)) = &signature.properties {
        let bytes = envelope::subtree(&document, properties.node, reference.mode)?;
        if reference.digest != Sha256::digest(bytes).as_slice() {
            return Err(VerifyFault::PropertiesChanged);
        }
        signing_time = properties.signing_time;
    }
    let certificate = signer(&document, &signature, strict)?;
    if let Trust::Pinned(expected) = trust
        && !expected.contains(&certificate.fingerprint)
    {
        let Certificate { subject, fingerprint, .. } = certificate;
        return Err(VerifyFault::NotPinned { subject, fingerprint });
    }
    if let Some(time) = signing_time.filter(|time| *time > at + CLOCK_TOLERANCE) {
        return Err(VerifyFault::InFuture(time));
    }
    let made = signing_time.unwrap_or(at);
    if !certificate.holds_at(made) {
        return Err(VerifyFault::OutOfDates { subject: certificate.subject, at: made });
    }
    Ok(Verified { certificate, signing_time, content, content_sha256 })
}

/// How many XML signatures there are anywhere in the document.
fn signatures(document: &Document<'_>) -> usize {
    let is_signature = |node: &NodeId| envelope::is(document, *node, DS, "Signature");
    document.descendants(document.root()).iter().filter(|node| is_signature(node)).count()
}

/// The certificate whose key made the signature. Where the signed properties name certificates, it is one of those.
fn signer(document: &Document<'_>, signature: &Signature, strict: bool) -> Result<Certificate, VerifyFault> {
    let mut candidates: Vec<&[u8]> = signature.certificates.iter().map(Vec::as_slice).collect();
    if candidates.is_empty() {
        return Err(VerifyFault::NoCertificate);
    }
    if let Some((_, properties)) = &signature.properties
        && !properties.certificates.is_empty()
    {
        let named = |der: &&[u8]| properties.certificates.iter().any(|digest| digest.fits(der));
        // Our own seals name their whole chain in order, so that no certificate beside the signature is free.
        let in_order = candidates.len() == properties.certificates.len()
            && candidates.iter().zip(&properties.certificates).all(|(der, digest)| digest.fits(der));
        if strict && !in_order {
            return Err(VerifyFault::OtherCertificate);
        }
        candidates.retain(named);
        if candidates.is_empty() {
            return Err(VerifyFault::OtherCertificate);
        }
    }
    if strict {
        candidates.truncate(1);
    }
    let signed = envelope::subtree(document, signature.signed_info, signature.signed_info_mode)?;
    let mut fault = VerifyFault::NotMadeByKey;
    for der in candidates {
        let certificate = Certificate::from_der(der)?;
        match made_by(&certificate, &signed, &signature.value) {
            Some(true) => return Ok(certificate),
            Some(false) => {}
            None => fault = VerifyFault::Key,
        }
    }
    Err(fault)
}

/// Whether the certificate's key made `value` over `signed`; `None` where it is no key we compute with.
fn made_by(certificate: &Certificate, signed: &[u8], value: &[u8]) -> Option<bool> {
    let bits = certificate.rsa_bits.filter(|bits| (LEAST_BITS..=MOST_BITS).contains(bits))?;
    let key = loader::load_spki_der(&certificate.public_key).ok()?.to_signing_key().ok().flatten()?;
    let algorithm = sign::from_uri(RSA_SHA256).ok()?;
    // RFC 8017 8.2.2: a value of another length than the modulus is no signature.
    Some(value.len() == bits.div_ceil(8) && algorithm.verify(&key, signed, value).unwrap_or(false))
}

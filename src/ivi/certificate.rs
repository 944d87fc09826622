//! The certificate of a seal: who it names, when it holds, and the fingerprint by which a desk pins it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use rsa::pkcs1;
use sha2::{Digest, Sha256};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::KeyUsage;

/// `rsaEncryption`, RFC 8017 appendix A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// The SHA-256 of a certificate's DER bytes, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = CertificateFault;

    /// Reads 64 hexadecimal digits, with or without the colons that `openssl x509 -fingerprint` puts between bytes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: Vec<u8> = text
            .chars()
            .filter(|c| *c != ':')
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or(CertificateFault::Fingerprint)?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        if digits.len() != 64 {
            return Err(CertificateFault::Fingerprint);
        }
        bytes.try_into().map(Fingerprint).map_err(|_| CertificateFault::Fingerprint)
    }
}

/// Why a certificate or a fingerprint cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// The bytes are no X.509 certificate.
    #[error("the certificate cannot be read: {0}")]
    Unreadable(String),
    /// The text is no SHA-256 fingerprint.
    #[error("a fingerprint is 64 hexadecimal digits (SHA-256)")]
    Fingerprint,
}

/// An X.509 certificate, as much of it as a person or a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The subject's distinguished name (RFC 4514). It is the issuer's text: show it escaped.
    pub subject: String,
    /// The issuer's distinguished name (RFC 4514). Show it escaped.
    pub issuer: String,
    /// The serial number in hexadecimal, as the issuer wrote it.
    pub serial: String,
    /// The first second in which it holds.
    pub not_before: DateTime<Utc>,
    /// The last second in which it holds.
    pub not_after: DateTime<Utc>,
    /// The SHA-256 of `der`.
    pub fingerprint: Fingerprint,
    /// The certificate itself.
    pub der: Vec<u8>,
    pub(super) public_key: Vec<u8>,
    pub(super) rsa_bits: Option<usize>,
    pub(super) for_signing: bool,
}

impl Certificate {
    /// Reads one certificate from DER. Nothing is said about whether it is to be trusted.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateFault> {
        let unreadable = |error: x509_cert::der::Error| CertificateFault::Unreadable(error.to_string());
        let parsed = x509_cert::Certificate::from_der(der).map_err(unreadable)?;
        let body = &parsed.tbs_certificate;
        let date = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs())
                .ok()
                .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
                .ok_or_else(|| CertificateFault::Unreadable("a date is out of every calendar".into()))
        };
        let key = &body.subject_public_key_info;
        let rsa_bits = (key.algorithm.oid == RSA).then(|| key.subject_public_key.as_bytes()).flatten().and_then(bits);
        // RFC 5280 4.2.1.3: without the extension every use is allowed.
        let usage = body.get::<KeyUsage>().map_err(unreadable)?;
        Ok(Certificate {
            subject: body.subject.to_string(),
            issuer: body.issuer.to_string(),
            serial: body.serial_number.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
            not_before: date(body.validity.not_before)?,
            not_after: date(body.validity.not_after)?,
            fingerprint: Fingerprint(Sha256::digest(der).into()),
            der: der.to_vec(),
            public_key: key.to_der().map_err(unreadable)?,
            rsa_bits,
            for_signing: usage.is_none_or(|(_, usage)| usage.digital_signature() || usage.non_repudiation()),
        })
    }

    /// Whether the certificate holds at `moment`.
    pub fn holds_at(&self, moment: DateTime<Utc>) -> bool {
        // The dates have whole seconds and name the first and the last second, both included.
        (self.not_before.timestamp()..=self.not_after.timestamp()).contains(&moment.timestamp())
    }
}

/// The length of an RSA public key's modulus.
fn bits(key: &[u8]) -> Option<usize> {
    let key = pkcs1::RsaPublicKey::try_from(key).ok()?;
    let modulus = key.modulus.as_bytes();
    let first = modulus.first()?;
    Some(modulus.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_back_with_and_without_colons() {
        let print = Fingerprint([0xab; 32]);
        assert_eq!(print.to_string().parse(), Ok(print));
        assert_eq!(vec!["AB"; 32].join(":").parse(), Ok(print));
    }

    #[test]
    fn a_fingerprint_of_another_length_is_refused() {
        for text in ["", "ab", &"ab".repeat(31), &"ab".repeat(33), &"xy".repeat(32), &"é".repeat(32)] {
            assert_eq!(text.parse::<Fingerprint>(), Err(CertificateFault::Fingerprint), "{text}");
        }
    }

    #[test]
    fn bytes_that_are_no_certificate_are_refused() {
        assert!(Certificate::from_der(b"").is_err());
        assert!(Certificate::from_der(&[0x30, 0x82, 0xff, 0xff]).is_err());
    }
}

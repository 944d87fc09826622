//! The seal key: an RSA key and its certificate chain, from PKCS#12 or PEM.
//!
//! Invariant: the private key is never printed, logged or shown; `Debug` names the certificate only.

use std::fmt;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use bergshamra::Key;
use bergshamra::crypto::sign::SigningKey;
use bergshamra::keys::loader;
use chrono::{DateTime, Utc};

use super::certificate::{Certificate, CertificateFault};
use super::test_key;
use crate::bounded;

/// Seal keys are RSA (the setup manual prescribes RSA-SHA256) of at least this many bits.
pub const LEAST_BITS: usize = 2048;
/// The longest RSA key the desk computes with, in bits.
pub const MOST_BITS: usize = 4096;
/// A key file is a few kilobytes; what is larger is something else.
const LARGEST_FILE: u64 = 1024 * 1024;
/// Why a key cannot be used. Each says what is wrong; [`KeyFault::remedy`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The file cannot be read.
    #[error("the file cannot be read: {error}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Neither PEM with a private key nor PKCS#12.
    #[error("this is neither PEM nor PKCS#12")]
    NotAKey,
    /// Reads as PKCS#12, but not as one that is supported.
    #[error("this PKCS#12 file cannot be read: {0}")]
    Container(String),
    /// The key is encrypted and no password was given.
    #[error("the seal key is protected by a password")]
    PasswordNeeded,
    /// The password does not open it.
    #[error("the password does not open the seal key")]
    WrongPassword,
    /// A certificate without its key.
    #[error("there is no private key in the file")]
    NoPrivateKey,
    /// More than one private key.
    #[error("there are {0} private keys in the file")]
    SeveralKeys(usize),
    /// Not an RSA key.
    #[error("the private key is not an RSA key, and seals are RSA-SHA256")]
    NotRsa,
    /// Too short or too long.
    #[error("the RSA key has {0} bits; a seal key has {LEAST_BITS} to {MOST_BITS}")]
    Length(usize),
    /// A key without its certificate.
    #[error("there is no certificate in the file")]
    NoCertificate,
    /// A certificate that cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateFault),
    /// None of the certificates belongs to the key.
    #[error("no certificate in the file belongs to the private key")]
    NoMatch,
    /// The certificate forbids signatures.
    #[error("the certificate of {0} is not for signatures (its key usage says so)")]
    NotForSigning(String),
    /// The certificate does not hold yet.
    #[error("the certificate of {subject} holds only from {from}")]
    NotYetValid {
        /// Whose certificate.
        subject: String,
        /// From when.
        from: DateTime<Utc>,
    },
    /// The certificate no longer holds.
    #[error("the certificate of {subject} expired on {until}")]
    Expired {
        /// Whose certificate.
        subject: String,
        /// Since when.
        until: DateTime<Utc>,
    },
    /// The name for a test certificate is empty or too long (RFC 5280: 64 characters).
    #[error("a test key's name has 1 to 64 characters")]
    TestName,
    /// A test key could not be made.
    #[error("the test key could not be made: {0}")]
    Making(String),
}

impl KeyFault {
    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            KeyFault::Unreadable { .. } => "check the path and the file's mode",
            KeyFault::NotAKey => "give a .p12 or .pfx file, or one PEM file with the private key and its certificates",
            KeyFault::Container(_) => {
                "write it anew with AES-256: openssl pkcs12 -legacy -in OLD.p12 -out key.pem, then \
                 openssl pkcs12 -export -in key.pem -out NEW.p12"
            }
            KeyFault::PasswordNeeded => "give the password of the key file",
            KeyFault::WrongPassword => "check the password; nothing was sealed",
            KeyFault::NoPrivateKey => "put the private key into the same file as its certificate",
            KeyFault::SeveralKeys(_) => "keep one private key in the file",
            KeyFault::NotRsa | KeyFault::Length(_) => {
                "ask the certificate's issuer for an RSA key of 2048 to 4096 bits"
            }
            KeyFault::NoCertificate => "put the certificate and its chain into the same file as the private key",
            KeyFault::Certificate(_) => "ask the issuer for the certificate as X.509 in PEM or PKCS#12",
            KeyFault::NoMatch => "take the certificate that was issued for this very key",
            KeyFault::NotForSigning(_) => "take the certificate for XML signing, not the one for the connection",
            KeyFault::NotYetValid { .. } => "wait until the certificate holds, or check the clock",
            KeyFault::Expired { .. } => "have the certificate renewed",
            KeyFault::TestName => "give a shorter name",
            KeyFault::Making(_) => "try again; if it stays so, report it",
        }
    }
}

/// A private key with its certificate chain, ready to seal.
pub struct SealKey {
    pub(super) key: SigningKey,
    /// The certificate of the key first, then its issuers as far as the file has them.
    chain: Vec<Certificate>,
    readable_by_others: bool,
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealKey").field("certificate", &self.certificate().subject).finish_non_exhaustive()
    }
}

impl SealKey {
    /// Reads a key file: PKCS#12, or PEM with the private key (PKCS#8 or PKCS#1) and its certificates.
    pub fn from_file(path: &Path, password: Option<&str>) -> Result<Self, KeyFault> {
        let unreadable = |error| KeyFault::Unreadable { path: path.to_owned(), error };
        let file = bounded::open(path).map_err(unreadable)?;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode();
        let mut bytes = Vec::new();
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(KeyFault::NotAKey);
        }
        let mut key = Self::from_bytes(&bytes, password)?;
        key.readable_by_others = mode & 0o007 != 0;
        Ok(key)
    }

    /// Reads the bytes of a key file; the form is told by the bytes, not by a name.
    pub fn from_bytes(bytes: &[u8], password: Option<&str>) -> Result<Self, KeyFault> {
        let (key, certificates) =
            if is_pem(bytes) { from_pem(bytes, password)? } else { from_pkcs12(bytes, password)? };
        if key.algorithm_name() != "RSA" {
            return Err(KeyFault::NotRsa);
        }
        if certificates.is_empty() {
            return Err(KeyFault::NoCertificate);
        }
        let public_key = key.to_spki_der().ok_or(KeyFault::NotRsa)?;
        let chain = chain_of(&public_key, certificates).ok_or(KeyFault::NoMatch)?;
        match chain[0].rsa_bits {
            Some(bits) if (LEAST_BITS..=MOST_BITS).contains(&bits) => {}
            Some(bits) => return Err(KeyFault::Length(bits)),
            None => return Err(KeyFault::NotRsa),
        }
        if !chain[0].for_signing {
            return Err(KeyFault::NotForSigning(chain[0].subject.clone()));
        }
        let key = key.to_signing_key().ok().flatten().ok_or(KeyFault::NotRsa)?;
        Ok(SealKey { key, chain, readable_by_others: false })
    }

    /// The certificate of the key.
    pub fn certificate(&self) -> &Certificate {
        // `from_bytes`, the only door, refuses a key without a certificate.
        &self.chain[0]
    }

    /// The certificate of the key, then its issuers as far as the file has them.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// A warning, if the file's mode lets everybody on this machine read or change the key.
    pub fn warning(&self) -> Option<&'static str> {
        self.readable_by_others
            .then_some("the seal key file is open to everybody on this machine: set its mode to 0600 or 0640")
    }

    /// Whether the certificate holds at `moment`; a seal made outside its dates would be void.
    pub fn check_dates(&self, moment: DateTime<Utc>) -> Result<(), KeyFault> {
        let certificate = self.certificate();
        let subject = certificate.subject.clone();
        if certificate.holds_at(moment) {
            Ok(())
        } else if moment < certificate.not_before {
            Err(KeyFault::NotYetValid { subject, from: certificate.not_before })
        } else {
            Err(KeyFault::Expired { subject, until: certificate.not_after })
        }
    }

    /// Makes an RSA-2048 key with a self-signed certificate for demo desks and tests, valid for three years from
    /// `now`, and its PEM text (key and certificate in one file), which [`SealKey::from_bytes`] reads. The subject's
    /// organisation says that it is a test key.
    pub fn make_test_key(common_name: &str, now: DateTime<Utc>) -> Result<(Self, String), KeyFault> {
        if common_name.is_empty() || common_name.chars().count() > 64 {
            return Err(KeyFault::TestName);
        }
        let pem = test_key::pem(common_name, now).map_err(|error| KeyFault::Making(error.to_string()))?;
        Ok((Self::from_bytes(pem.as_bytes(), None)?, pem))
    }
}

/// The certificate of the key, followed by its issuers; `None` if no certificate belongs to the key.
fn chain_of(public_key: &[u8], mut certificates: Vec<Certificate>) -> Option<Vec<Certificate>> {
    let own = certificates.iter().position(|certificate| certificate.public_key == public_key)?;
    let mut chain = vec![certificates.swap_remove(own)];
    while let Some(last) = chain.last()
        && let Some(issuer) =
            certificates.iter().position(|other| other.subject == last.issuer && last.issuer != last.subject)
    {
        chain.push(certificates.swap_remove(issuer));
    }
    Some(chain)
}

fn is_pem(bytes: &[u8]) -> bool {
    bytes.windows(11).any(|window| window == b"-----BEGIN ")
}

fn from_pem(bytes: &[u8], password: Option<&str>) -> Result<(Key, Vec<Certificate>), KeyFault> {
    let text = std::str::from_utf8(bytes).map_err(|_| KeyFault::NotAKey)?;
    let blocks = pem_blocks(text);
    let keys: Vec<&str> =
        blocks.iter().filter(|(label, _)| label.ends_with("PRIVATE KEY")).map(|(_, block)| *block).collect();
    let key = match keys[..] {
        [] => return Err(KeyFault::NoPrivateKey),
        [one] => one,
        _ => return Err(KeyFault::SeveralKeys(keys.len())),
    };
    // The old OpenSSL form (`Proc-Type: 4,ENCRYPTED`) derives its key with one round of MD5; it is not read.
    let old_form = key.contains("Proc-Type:");
    let encrypted = key.contains("ENCRYPTED PRIVATE KEY");
    if encrypted && password.is_none() {
        return Err(KeyFault::PasswordNeeded);
    }
    if old_form {
        return Err(KeyFault::Container("its PEM encryption is the obsolete one".into()));
    }
    let key = loader::load_pem_auto(key.as_bytes(), password)
        .map_err(|_| if encrypted { KeyFault::WrongPassword } else { KeyFault::NotRsa })?;
    let certificates = blocks
        .iter()
        .filter(|(label, _)| *label == "CERTIFICATE")
        .map(|(_, block)| {
            let (_, der) = x509_cert::der::pem::decode_vec(block.as_bytes())
                .map_err(|error| CertificateFault::Unreadable(error.to_string()))?;
            Certificate::from_der(&der)
        })
        .collect::<Result<_, _>>()?;
    Ok((key, certificates))
}

/// The blocks of a PEM text with their labels; text between them (bag attributes) is left out.
fn pem_blocks(text: &str) -> Vec<(&str, &str)> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        let from = &rest[start..];
        let Some((label, _)) = from["-----BEGIN ".len()..].split_once("-----") else { break };
        let end = format!("-----END {label}-----");
        let Some(stop) = from.find(&end) else { break };
        let (block, after) = from.split_at(stop + end.len());
        blocks.push((label, block));
        rest = after;
    }
    blocks
}

fn from_pkcs12(bytes: &[u8], password: Option<&str>) -> Result<(Key, Vec<Certificate>), KeyFault> {
    // Every PKCS#12 file is an ASN.1 sequence.
    if bytes.first() != Some(&0x30) {
        return Err(KeyFault::NotAKey);
    }
    let key = loader::load_pkcs12(bytes, password.unwrap_or_default()).map_err(|error| {
        let text = error.to_string();
        if text.contains("wrong password") || text.contains("ecrypt") && !text.contains("requires") {
            if password.is_none() { KeyFault::PasswordNeeded } else { KeyFault::WrongPassword }
        } else if text.contains("no private keys") {
            KeyFault::NoPrivateKey
        } else if text.contains("PKCS#8 DER private key") {
            KeyFault::NotRsa
        } else {
            KeyFault::Container(text)
        }
    })?;
    let certificates = key.x509_chain.iter().map(|der| Certificate::from_der(der)).collect::<Result<_, _>>()?;
    Ok((key, certificates))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_key_reads_back_from_its_pem_and_says_that_it_is_one() {
        let now = Utc::now();
        let (key, pem) = SealKey::make_test_key("Vlaskamp, \"N.V.\" + <Ø>=\\;#", now).unwrap();
        let again = SealKey::from_bytes(pem.as_bytes(), None).unwrap();
        assert_eq!(again.certificate(), key.certificate());
        assert!(key.certificate().subject.contains(test_key::ORGANISATION), "{}", key.certificate().subject);
        assert_eq!(key.certificate().rsa_bits, Some(LEAST_BITS));
        assert!(key.check_dates(now).is_ok());
        let shown = format!("{key:?}");
        assert!(pem.lines().all(|line| line.len() < 60 || !shown.contains(line)), "{shown}");
    }

    #[test]
    fn a_key_file_open_to_everybody_is_warned_of() {
        let (_, pem) = SealKey::make_test_key("Mode", Utc::now()).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pem).unwrap();
        let warning = |mode| {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            SealKey::from_file(file.path(), None).unwrap().warning().is_some()
        };
        assert_eq!([0o600, 0o640, 0o644].map(warning), [false, false, true]);
    }

    #[test]
    fn a_certificate_of_another_key_is_refused() {
        let now = Utc::now();
        let [one, other] = ["one", "other"].map(|name| SealKey::make_test_key(name, now).unwrap().1);
        let at = |pem: &str| pem.find("-----BEGIN CERTIFICATE").unwrap();
        let read = |text: String| SealKey::from_bytes(text.as_bytes(), None).map(|key| key.chain.len());
        let mixed = format!("{}{}", &one[..at(&one)], &other[at(&other)..]);
        assert!(matches!(read(mixed), Err(KeyFault::NoMatch)));
        assert!(matches!(read(one[..at(&one)].to_owned()), Err(KeyFault::NoCertificate)));
        assert!(matches!(read(one[at(&one)..].to_owned()), Err(KeyFault::NoPrivateKey)));
        assert!(matches!(read(format!("{one}{other}")), Err(KeyFault::SeveralKeys(2))));
        let unrelated = format!("some text\n{}{one}", &other[at(&other)..]);
        assert_eq!(read(unrelated).unwrap(), 1);
    }

    #[test]
    fn what_is_no_key_is_said_to_be_none() {
        let read = |bytes: &[u8]| SealKey::from_bytes(bytes, None).unwrap_err();
        assert!(matches!(read(b""), KeyFault::NotAKey));
        assert!(matches!(read(b"key"), KeyFault::NotAKey));
        assert!(matches!(read(&[0x30, 0x03, 0x02, 0x01, 0x03]), KeyFault::Container(_)));
        assert!(matches!(read(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), KeyFault::NotRsa));
        assert!(matches!(read(b"-----BEGIN PRIVATE KEY-----"), KeyFault::NoPrivateKey));
        let missing = SealKey::from_file(Path::new("/nonexistent/key.p12"), None);
        assert!(matches!(missing, Err(KeyFault::Unreadable { .. })));
    }

    #[test]
    fn a_test_key_needs_a_name_that_a_certificate_can_carry() {
        for name in ["", &"x".repeat(65)] {
            assert!(matches!(SealKey::make_test_key(name, Utc::now()), Err(KeyFault::TestName)));
        }
    }
}

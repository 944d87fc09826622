//! The making of test keys, for demo desks and tests: an RSA key with a certificate that says what it is.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use sha2::Sha256;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::{Builder, CertificateBuilder, Profile};
use x509_cert::der::asn1::{ObjectIdentifier, SetOfVec, Utf8StringRef};
use x509_cert::der::{Decode, EncodePem};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

/// The organisation named by every test certificate, so that nobody takes one for a maker's seal.
pub(super) const ORGANISATION: &str = "stageplate test key";
const BITS: usize = 2048;
const DAYS: u64 = 3 * 365;

/// The PEM text of a new RSA-2048 key and of its self-signed certificate, which holds for three years from `now`.
pub(super) fn pem(common_name: &str, now: DateTime<Utc>) -> Result<String, Box<dyn std::error::Error>> {
    let mut random = rsa::rand_core::OsRng;
    let private = rsa::RsaPrivateKey::new(&mut random, BITS)?;
    let public = private.to_public_key().to_public_key_der()?;
    let name = subject(common_name)?;
    let start = Duration::from_secs(u64::try_from(now.timestamp())?);
    let time = |since_1970| {
        x509_cert::der::DateTime::from_unix_duration(since_1970).map(|time| Time::GeneralTime(time.into()))
    };
    let validity = Validity { not_before: time(start)?, not_after: time(start + Duration::from_secs(DAYS * 86_400))? };
    // The leaf profile has the key usages digital signature and non-repudiation, and is no certificate authority.
    let profile = Profile::Leaf { issuer: name.clone(), enable_key_agreement: false, enable_key_encipherment: false };
    let signer = rsa::pkcs1v15::SigningKey::<Sha256>::new(private.clone());
    let certificate = CertificateBuilder::new(
        profile,
        SerialNumber::new(uuid::Uuid::new_v4().as_bytes())?,
        validity,
        name,
        SubjectPublicKeyInfoOwned::from_der(public.as_bytes())?,
        &signer,
    )?
    .build_with_rng::<rsa::pkcs1v15::Signature>(&mut random)?;
    let key = private.to_pkcs8_pem(LineEnding::LF)?;
    Ok(format!("{}{}", key.as_str(), certificate.to_pem(LineEnding::LF)?))
}

/// `O=stageplate test key, CN=…`, built from parts so that no character of the name needs escaping.
fn subject(common_name: &str) -> Result<Name, x509_cert::der::Error> {
    const ORGANISATION_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
    const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
    let part = |oid, text: &str| -> Result<RelativeDistinguishedName, x509_cert::der::Error> {
        let value = x509_cert::der::Any::from(Utf8StringRef::new(text)?);
        Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }])?))
    };
    Ok(RdnSequence(vec![part(ORGANISATION_NAME, ORGANISATION)?, part(COMMON_NAME, common_name)?]))
}

//! Sealing: puts one enveloped XML signature with XAdES-B-B properties into a message.
//!
//! Invariant: of the given bytes none is changed; the signature goes before the root's end tag and nothing else does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra::c14n::C14nMode;
use bergshamra::core::algorithm::{ENVELOPED_SIGNATURE, EXC_C14N, RSA_SHA256, SHA256};
use bergshamra::crypto::sign;
use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};
use uppsala::{Document, NodeId};

use super::envelope::{self, DS, Malformed};
use super::key::{KeyFault, SealKey};
use super::signature::{SIGNED_PROPERTIES, XADES};

/// Why a message was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealFault {
    /// The bytes are no message.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It carries a signature already.
    #[error("the message carries a signature already; a seal is put on once")]
    Sealed,
    /// The certificate does not hold at the moment of sealing.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The computation failed.
    #[error("the seal could not be computed: {0}")]
    Computing(String),
}

/// Seals an unsealed message (UTF-8, root `InitialVehicleInformation` with `Header` and `CocDataGroup`) at the moment
/// `at` and returns the sealed bytes.
///
/// The signature is what the setup manual asks for (exclusive C14N, enveloped, RSA-SHA256, SHA-256; rules a3, 32), with
/// the signing time and the certificates' digests as XAdES-B-B properties (EN 319 132-1, 6). Anybody can check it:
///
/// ```text
/// xmlsec1 --verify --enabled-key-data x509 --trusted-pem CERTIFICATE.pem \
///     --id-attr:Id http://uri.etsi.org/01903/v1.3.2#:SignedProperties MESSAGE.xml
/// ```
///
/// The last option is needed because XAdES has no document type that would tell xmlsec1 which attribute identifies.
pub fn seal(unsealed: &[u8], key: &SealKey, at: DateTime<Utc>) -> Result<Vec<u8>, SealFault> {
    key.check_dates(at)?;
    let text = std::str::from_utf8(unsealed).map_err(|error| Malformed::Encoding(error.to_string()))?;
    let content = {
        let document = envelope::parse(text)?;
        if envelope::signature(&document)?.is_some() {
            return Err(SealFault::Sealed);
        }
        digest(&envelope::content(&document, None, C14nMode::Exclusive)?)
    };
    // The root has children, so the last end tag of the text is the root's.
    let end = text.rfind("</").ok_or_else(|| Malformed::NotXml("the root has no end tag".into()))?;
    let (before, after) = text.split_at(end);
    let mut parts = Parts { key, at, content, properties: String::new(), value: String::new() };
    let place = |parts: &Parts| format!("{before}{}{after}", parts.render());

    // Canonical bytes depend on where an element stands, so each digest is taken from the message in its place.
    parts.properties = digest(&in_place(&place(&parts), XADES, "SignedProperties")?);
    let signed_info = in_place(&place(&parts), DS, "SignedInfo")?;
    let value = sign::from_uri(RSA_SHA256)
        .and_then(|algorithm| algorithm.sign(&key.key, &signed_info))
        .map_err(|error| SealFault::Computing(error.to_string()))?;
    parts.value = STANDARD.encode(value);
    Ok(place(&parts).into_bytes())
}

fn digest(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

/// The canonical bytes of the signature's element `name`, where it stands in the message.
fn in_place(message: &str, namespace: &str, name: &str) -> Result<Vec<u8>, SealFault> {
    let document = envelope::parse(message)?;
    let signature = envelope::signature(&document)?;
    let node = signature
        .and_then(|signature| find(&document, signature, namespace, name))
        .ok_or_else(|| SealFault::Computing(format!("no {name} in the signature")))?;
    Ok(envelope::subtree(&document, node, C14nMode::Exclusive)?)
}

fn find(document: &Document<'_>, signature: NodeId, namespace: &str, name: &str) -> Option<NodeId> {
    document.descendants(signature).into_iter().find(|node| envelope::is(document, *node, namespace, name))
}

/// What a signature is written from; digests and value are Base64, and empty until they are known.
struct Parts<'k> {
    key: &'k SealKey,
    at: DateTime<Utc>,
    content: String,
    properties: String,
    value: String,
}

impl Parts<'_> {
    /// The signature, on one line: nothing in it can be re-indented by accident and go unnoticed. Every text in it
    /// is a constant, Base64 or a date, so nothing needs escaping.
    fn render(&self) -> String {
        let Parts { content, properties, value, .. } = self;
        let exclusive = format!(r#"<ds:Transform Algorithm="{EXC_C14N}"/>"#);
        let method = format!(r#"<ds:DigestMethod Algorithm="{SHA256}"/>"#);
        let signed_info = format!(
            concat!(
                r#"<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{exc}"/>"#,
                r#"<ds:SignatureMethod Algorithm="{rsa}"/>"#,
                r#"<ds:Reference Id="SealedMessage" URI=""><ds:Transforms>"#,
                r#"<ds:Transform Algorithm="{enveloped}"/>{exclusive}</ds:Transforms>"#,
                r#"{method}<ds:DigestValue>{content}</ds:DigestValue></ds:Reference>"#,
                r##"<ds:Reference Type="{kind}" URI="#SealProperties"><ds:Transforms>{exclusive}</ds:Transforms>"##,
                r#"{method}<ds:DigestValue>{properties}</ds:DigestValue></ds:Reference></ds:SignedInfo>"#,
            ),
            exc = EXC_C14N,
            rsa = RSA_SHA256,
            enveloped = ENVELOPED_SIGNATURE,
            kind = SIGNED_PROPERTIES,
            exclusive = exclusive,
            method = method,
            content = content,
            properties = properties,
        );
        let chain = self.key.chain();
        let certificates: String = chain
            .iter()
            .map(|certificate| {
                format!("<ds:X509Certificate>{}</ds:X509Certificate>", STANDARD.encode(&certificate.der))
            })
            .collect();
        let digests: String = chain
            .iter()
            .map(|certificate| {
                let value = STANDARD.encode(certificate.fingerprint.0);
                format!(
                    "<xades:Cert><xades:CertDigest>{method}<ds:DigestValue>{value}</ds:DigestValue>\
                     </xades:CertDigest></xades:Cert>"
                )
            })
            .collect();
        let time = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let object = format!(
            concat!(
                r##"<ds:Object><xades:QualifyingProperties xmlns:xades="{xades}" Target="#Seal">"##,
                r#"<xades:SignedProperties Id="SealProperties"><xades:SignedSignatureProperties>"#,
                r#"<xades:SigningTime>{time}</xades:SigningTime>"#,
                r#"<xades:SigningCertificateV2>{digests}</xades:SigningCertificateV2>"#,
                r#"</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>"#,
                r##"<xades:DataObjectFormat ObjectReference="#SealedMessage">"##,
                r#"<xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat>"#,
                r#"</xades:SignedDataObjectProperties></xades:SignedProperties>"#,
                r#"</xades:QualifyingProperties></ds:Object>"#,
            ),
            xades = XADES,
            time = time,
            digests = digests,
        );
        format!(
            "<ds:Signature xmlns:ds=\"{DS}\" Id=\"Seal\">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue>\
             <ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>{object}</ds:Signature>"
        )
    }
}

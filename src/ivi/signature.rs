//! The one signature a message may carry: its names and algorithms, and a strict reader of its shape.
//!
//! Invariant: nothing is looked up by a name that the message chooses. Every part is reached by its place, every
//! element and attribute is an expected one, and every algorithm is on the list of the setup manual (RSA-SHA256,
//! SHA-256, canonical XML); all else is refused before any cryptography.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra::c14n::C14nMode;
use bergshamra::core::algorithm;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256, Sha384, Sha512};
use uppsala::{Document, NodeId, NodeKind};

use super::envelope::{DS, is, is_blank};

/// The namespace of XAdES (EN 319 132-1).
pub(super) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// What the reference to the signed properties says of itself.
pub(super) const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
const MOST_CERTIFICATES: usize = 10;

/// Why a signature is not one that is verified at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unexpected {
    /// An element, attribute or text that has no business there.
    #[error("the signature has something unexpected in {0}")]
    Part(String),
    /// An algorithm that is not on the list.
    #[error("the signature uses {0}, which is not allowed")]
    Algorithm(String),
    /// A reference to something else than the message and its signed properties.
    #[error("the signature refers to {0:?}, and not to this message alone")]
    Reference(String),
    /// A value that is not what its place asks for.
    #[error("the signature's {0} cannot be read")]
    Value(&'static str),
}

/// A signature, read and found to be of the expected shape. Nothing in it is verified yet.
pub(super) struct Signature {
    pub(super) signed_info: NodeId,
    pub(super) signed_info_mode: C14nMode,
    pub(super) content: Reference,
    pub(super) properties: Option<(Reference, Properties)>,
    pub(super) value: Vec<u8>,
    /// The certificates of the key info, DER, as they stand.
    pub(super) certificates: Vec<Vec<u8>>,
}

/// One reference: how its target is canonicalised, and the SHA-256 that is claimed.
pub(super) struct Reference {
    pub(super) mode: C14nMode,
    pub(super) digest: [u8; 32],
}

/// The signed properties of XAdES, as far as they are used.
pub(super) struct Properties {
    pub(super) node: NodeId,
    pub(super) signing_time: Option<DateTime<Utc>>,
    /// The digests of the certificates that the signer named, the signer's own among them.
    pub(super) certificates: Vec<CertificateDigest>,
}

/// The digest of a certificate.
pub(super) struct CertificateDigest {
    algorithm: String,
    value: Vec<u8>,
}

impl CertificateDigest {
    /// Whether `der` has this digest.
    pub(super) fn fits(&self, der: &[u8]) -> bool {
        match self.algorithm.as_str() {
            algorithm::SHA256 => self.value == Sha256::digest(der).as_slice(),
            algorithm::SHA384 => self.value == Sha384::digest(der).as_slice(),
            algorithm::SHA512 => self.value == Sha512::digest(der).as_slice(),
            _ => false,
        }
    }
}

/// Reads the signature at `node`. `strict` asks for the very shape that [`super::seal::seal`] writes, in which
/// nothing but white space and identifiers is outside the signature's cover; without it, what other makers' tools
/// commonly write beside (key names, unsigned properties) is let pass and not used.
pub(super) fn read(document: &Document<'_>, node: NodeId, strict: bool) -> Result<Signature, Unexpected> {
    let reader = Reader { document, strict };
    reader.attributes(node, &["Id"])?;
    let children = reader.elements(node)?;
    let [signed_info, value, key_info, objects @ ..] = children.as_slice() else {
        return Err(reader.unexpected(node));
    };
    let object = match objects {
        [] => None,
        [one] => Some(*one),
        _ => return Err(reader.unexpected(node)),
    };
    reader.expect(*value, DS, "SignatureValue", &["Id"])?;
    let id = document.get_attribute(node, "Id");
    let properties = object.map(|object| reader.properties(object, id)).transpose()?;

    reader.expect(*signed_info, DS, "SignedInfo", &["Id"])?;
    let parts = reader.elements(*signed_info)?;
    let [canonicalization, method, references @ ..] = parts.as_slice() else {
        return Err(reader.unexpected(*signed_info));
    };
    let signed_info_mode = reader.canonicalization(*canonicalization, "CanonicalizationMethod")?;
    let method = reader.algorithm(*method, "SignatureMethod")?;
    if method != algorithm::RSA_SHA256 {
        return Err(Unexpected::Algorithm(method.to_owned()));
    }
    let (mut content, mut covered) = (None, None);
    for reference in references {
        let (uri, read) = reader.reference(*reference)?;
        let wanted = properties.as_ref().map(|(id, _)| format!("#{id}"));
        if uri.is_empty() && content.is_none() {
            content = Some(read);
        } else if wanted.as_deref() == Some(uri) && covered.is_none() {
            covered = Some(read);
        } else {
            return Err(Unexpected::Reference(uri.to_owned()));
        }
    }
    let properties = match (properties, covered) {
        (None, None) if strict => return Err(Unexpected::Value("XAdES properties (there are none)")),
        (None, None) => None,
        (Some((_, properties)), Some(reference)) => Some((reference, properties)),
        _ => return Err(Unexpected::Part("Object (its properties are not signed)".into())),
    };
    Ok(Signature {
        signed_info: *signed_info,
        signed_info_mode,
        content: content.ok_or(Unexpected::Value("reference to the message"))?,
        properties,
        value: reader.base64(*value, "SignatureValue")?,
        certificates: reader.certificates(*key_info)?,
    })
}

struct Reader<'d, 'a> {
    document: &'d Document<'a>,
    strict: bool,
}

impl<'d> Reader<'d, '_> {
    fn unexpected(&self, node: NodeId) -> Unexpected {
        let name = self.document.element(node).map(|element| element.name.local_name.to_string());
        Unexpected::Part(name.unwrap_or_else(|| "its text".into()))
    }

    /// The child elements of a node that has nothing else but white space.
    fn elements(&self, node: NodeId) -> Result<Vec<NodeId>, Unexpected> {
        let mut elements = Vec::new();
        for child in self.document.children_iter(node) {
            match self.document.node_kind(child) {
                Some(NodeKind::Element(_)) => elements.push(child),
                _ if is_blank(self.document, child) => {}
                _ => return Err(self.unexpected(node)),
            }
        }
        Ok(elements)
    }

    /// Refuses every attribute that is not one of `allowed`, and any in a namespace.
    fn attributes(&self, node: NodeId, allowed: &[&str]) -> Result<(), Unexpected> {
        let element = self.document.element(node).ok_or_else(|| self.unexpected(node))?;
        let known = element
            .attributes
            .iter()
            .all(|attribute| attribute.name.namespace_uri.is_none() && allowed.contains(&&*attribute.name.local_name));
        if known { Ok(()) } else { Err(self.unexpected(node)) }
    }

    fn expect(&self, node: NodeId, namespace: &str, name: &str, attributes: &[&str]) -> Result<(), Unexpected> {
        if !is(self.document, node, namespace, name) {
            return Err(self.unexpected(node));
        }
        self.attributes(node, attributes)
    }

    /// The text of an element that has nothing but text.
    fn text(&self, node: NodeId, what: &'static str) -> Result<String, Unexpected> {
        let mut text = String::new();
        for child in self.document.children_iter(node) {
            match self.document.node_kind(child) {
                Some(NodeKind::Text(part)) => text.push_str(part),
                _ => return Err(Unexpected::Value(what)),
            }
        }
        Ok(text)
    }

    fn base64(&self, node: NodeId, what: &'static str) -> Result<Vec<u8>, Unexpected> {
        let mut text = self.text(node, what)?;
        text.retain(|c| !matches!(c, ' ' | '\t' | '\r' | '\n'));
        STANDARD.decode(text).map_err(|_| Unexpected::Value(what))
    }

    /// The algorithm of a method element without parameters.
    fn algorithm(&self, node: NodeId, name: &str) -> Result<&'d str, Unexpected> {
        self.expect(node, DS, name, &["Algorithm"])?;
        if !self.elements(node)?.is_empty() {
            return Err(self.unexpected(node));
        }
        self.document.get_attribute(node, "Algorithm").ok_or_else(|| self.unexpected(node))
    }

    /// A canonicalisation without comments; strictly, the exclusive one.
    fn canonicalization(&self, node: NodeId, name: &str) -> Result<C14nMode, Unexpected> {
        match self.algorithm(node, name)? {
            algorithm::EXC_C14N => Ok(C14nMode::Exclusive),
            algorithm::C14N if !self.strict => Ok(C14nMode::Inclusive),
            other => Err(Unexpected::Algorithm(other.to_owned())),
        }
    }

    /// One reference, with its URI. The reference to the message takes the signature out and then canonicalises; the
    /// one to the properties only canonicalises. Without a canonicalisation inclusive C14N 1.0 holds (4.4.3.2).
    fn reference(&self, node: NodeId) -> Result<(&'d str, Reference), Unexpected> {
        self.expect(node, DS, "Reference", &["Id", "URI", "Type"])?;
        let uri = self.document.get_attribute(node, "URI").ok_or_else(|| self.unexpected(node))?;
        let kind = self.document.get_attribute(node, "Type");
        if !uri.is_empty() && kind != Some(SIGNED_PROPERTIES) || uri.is_empty() && kind.is_some() {
            return Err(Unexpected::Reference(uri.to_owned()));
        }
        let (transforms, method, digest) = match self.elements(node)?[..] {
            [transforms, method, digest] => (Some(transforms), method, digest),
            [method, digest] => (None, method, digest),
            _ => return Err(self.unexpected(node)),
        };
        let mut steps = match transforms {
            Some(transforms) => {
                self.expect(transforms, DS, "Transforms", &[])?;
                self.elements(transforms)?
            }
            None => Vec::new(),
        };
        if uri.is_empty() {
            let first = if steps.is_empty() { None } else { Some(steps.remove(0)) };
            match first.map(|step| self.algorithm(step, "Transform")).transpose()? {
                Some(algorithm::ENVELOPED_SIGNATURE) => {}
                other => return Err(Unexpected::Algorithm(other.unwrap_or("no enveloped-signature transform").into())),
            }
        }
        let mode = match steps[..] {
            [] if !self.strict => C14nMode::Inclusive,
            [one] => self.canonicalization(one, "Transform")?,
            _ => return Err(self.unexpected(node)),
        };
        let method = self.algorithm(method, "DigestMethod")?;
        if method != algorithm::SHA256 {
            return Err(Unexpected::Algorithm(method.to_owned()));
        }
        self.expect(digest, DS, "DigestValue", &[])?;
        let digest = self.base64(digest, "DigestValue")?.try_into().map_err(|_| Unexpected::Value("DigestValue"))?;
        Ok((uri, Reference { mode, digest }))
    }

    fn certificates(&self, key_info: NodeId) -> Result<Vec<Vec<u8>>, Unexpected> {
        self.expect(key_info, DS, "KeyInfo", &["Id"])?;
        let mut certificates = Vec::new();
        for data in self.elements(key_info)? {
            if !is(self.document, data, DS, "X509Data") {
                // A key given by value or by name is not used: only a certificate says who sealed.
                if self.strict {
                    return Err(self.unexpected(key_info));
                }
                continue;
            }
            self.attributes(data, &[])?;
            for part in self.elements(data)? {
                if is(self.document, part, DS, "X509Certificate") {
                    self.attributes(part, &[])?;
                    certificates.push(self.base64(part, "X509Certificate")?);
                } else if self.strict {
                    return Err(self.unexpected(data));
                }
            }
        }
        if certificates.len() > MOST_CERTIFICATES {
            return Err(self.unexpected(key_info));
        }
        Ok(certificates)
    }

    /// The properties in the object, with the identifier by which the reference must name them.
    fn properties(&self, object: NodeId, signature: Option<&str>) -> Result<(&'d str, Properties), Unexpected> {
        self.expect(object, DS, "Object", &["Id"])?;
        let [qualifying] = self.elements(object)?[..] else { return Err(self.unexpected(object)) };
        self.expect(qualifying, XADES, "QualifyingProperties", &["Id", "Target"])?;
        let target = self.document.get_attribute(qualifying, "Target").and_then(|target| target.strip_prefix('#'));
        if target.is_none() || target != signature {
            return Err(self.unexpected(qualifying));
        }
        let node = match self.elements(qualifying)?[..] {
            [signed] => signed,
            [signed, unsigned] if !self.strict && is(self.document, unsigned, XADES, "UnsignedProperties") => signed,
            _ => return Err(self.unexpected(qualifying)),
        };
        self.expect(node, XADES, "SignedProperties", &["Id"])?;
        let id = self.document.get_attribute(node, "Id").ok_or_else(|| self.unexpected(node))?;
        if self.identified_by(id) != 1 {
            return Err(Unexpected::Reference(format!("#{id}")));
        }
        let (mut signing_time, mut certificates) = (None, None);
        // What is in here is covered by the signature; only what is used is read.
        let groups = self.elements(node)?;
        let of_signature = groups.iter().find(|group| is(self.document, **group, XADES, "SignedSignatureProperties"));
        for property in of_signature.map(|group| self.elements(*group)).transpose()?.unwrap_or_default() {
            let name = self.document.element(property).map(|element| &*element.name.local_name);
            let known = |name| is(self.document, property, XADES, name);
            let again = match name {
                Some("SigningTime") if known("SigningTime") => signing_time.replace(self.time(property)?).is_some(),
                Some(name @ ("SigningCertificateV2" | "SigningCertificate")) if known(name) => {
                    certificates.replace(self.certificate_digests(property)?).is_some()
                }
                _ => false,
            };
            if again {
                return Err(self.unexpected(node));
            }
        }
        if self.strict && (signing_time.is_none() || certificates.is_none()) {
            return Err(Unexpected::Value("signing time and certificate (XAdES)"));
        }
        Ok((id, Properties { node, signing_time, certificates: certificates.unwrap_or_default() }))
    }

    /// How many elements of the document claim an identifier, however the attribute is spelt.
    fn identified_by(&self, id: &str) -> usize {
        let names = |name: &str| name.eq_ignore_ascii_case("id");
        let claims = |node: &NodeId| {
            self.document.element(*node).is_some_and(|element| {
                element.attributes.iter().any(|attribute| names(&attribute.name.local_name) && attribute.value == id)
            })
        };
        self.document.descendants(self.document.root()).iter().filter(|node| claims(node)).count()
    }

    fn time(&self, node: NodeId) -> Result<DateTime<Utc>, Unexpected> {
        let text = self.text(node, "SigningTime")?;
        let time = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| Unexpected::Value("SigningTime"))?;
        Ok(time.to_utc())
    }

    fn certificate_digests(&self, node: NodeId) -> Result<Vec<CertificateDigest>, Unexpected> {
        const WHAT: &str = "SigningCertificate";
        let mut digests = Vec::new();
        for certificate in self.elements(node)? {
            self.expect(certificate, XADES, "Cert", &["URI"])?;
            let first = self.elements(certificate)?.first().copied().ok_or(Unexpected::Value(WHAT))?;
            self.expect(first, XADES, "CertDigest", &[])?;
            let [method, value] = self.elements(first)?[..] else { return Err(Unexpected::Value(WHAT)) };
            let algorithm = self.algorithm(method, "DigestMethod")?.to_owned();
            if ![algorithm::SHA256, algorithm::SHA384, algorithm::SHA512].contains(&algorithm.as_str()) {
                return Err(Unexpected::Algorithm(algorithm));
            }
            digests.push(CertificateDigest { algorithm, value: self.base64(value, WHAT)? });
        }
        if digests.is_empty() { Err(Unexpected::Value(WHAT)) } else { Ok(digests) }
    }
}

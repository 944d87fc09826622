//! Seals: a sealed message is accepted by foreign verifiers and by ours, and nothing that was changed is.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};
use stageplate::ivi::key::{KeyFault, SealKey};
use stageplate::ivi::seal::{SealFault, seal};
use stageplate::ivi::verify::{Trust, Verified, VerifyFault, verify};
use stageplate::ivi::{Malformed, Unexpected};

use crate::support::{shared, tool};

/// A made-up message with every mandatory element and no signature.
const UNSEALED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<InitialVehicleInformation xmlns="http://eu.ereg.initialvehicleinformation.v2">
    <Header>
        <IviReferenceId>0d9c1f0e-7c55-4b7e-9a51-2f4b8c6d7e01</IviReferenceId>
        <IviVersionNumberXsd>2.0</IviVersionNumberXsd>
        <IviVersionNumber>1</IviVersionNumber>
        <IviVersionDateTime>2026-07-06T09:30:00.000+02:00</IviVersionDateTime>
        <DesignatedTypeApprovalCountry>e4</DesignatedTypeApprovalCountry>
    </Header>
    <CocDataGroup>
        <VehicleIdentificationNumber>XLRTEF4100G123456</VehicleIdentificationNumber>
        <TypeApprovalType>EU</TypeApprovalType>
        <ProvisionalTypeApprovalIndicator>N</ProvisionalTypeApprovalIndicator>
        <StageOfCompletion>V</StageOfCompletion>
        <Type>BX2</Type>
        <Variant>A1</Variant>
        <Version>V003</Version>
        <VehicleCategory>N2</VehicleCategory>
        <MethodAttachmentStatutoryPlate>A3</MethodAttachmentStatutoryPlate>
        <TypeApprovalNumber>e4*2018/858*00123*02</TypeApprovalNumber>
        <TypeApprovalIssueDate>2026-05-04</TypeApprovalIssueDate>
        <SigningAuthorityTable>
            <SigningAuthorityGroup>
                <SignerName>Lieve Østergård</SignerName>
                <SignerPosition>Head of homologation</SignerPosition>
                <SignatureLocation>Zwolle</SignatureLocation>
                <SignatureDate>2026-07-06</SignatureDate>
            </SigningAuthorityGroup>
        </SigningAuthorityTable>
        <MakeTable>
            <MakeGroup>
                <Make>Vlaskamp &amp; Zonen</Make>
            </MakeGroup>
        </MakeTable>
        <ManufacturerTable>
            <ManufacturerGroup>
                <ManufacturerStageNumber>2</ManufacturerStageNumber>
                <ManufacturerName>Carrosserie Vlaskamp</ManufacturerName>
                <ManufacturerAddressLine1>Havenweg 7</ManufacturerAddressLine1>
                <ManufacturerPlaceOfResidence>Zwolle</ManufacturerPlaceOfResidence>
                <ManufacturerCountryOfResidence>Netherlands</ManufacturerCountryOfResidence>
            </ManufacturerGroup>
        </ManufacturerTable>
    </CocDataGroup>
</InitialVehicleInformation>
"#;

struct Desk {
    key: SealKey,
    pem: String,
    at: DateTime<Utc>,
    sealed: String,
}

impl Desk {
    fn pinned(&self) -> Trust {
        Trust::Pinned(vec![self.key.certificate().fingerprint])
    }
}

/// One desk for all tests here: making a key takes a second.
fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| make_desk("Carrosserie Vlaskamp"))
}

/// Somebody who seals with a key of their own.
fn stranger() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| make_desk("Somebody else, <O=Carrosserie Vlaskamp>"))
}

fn make_desk(name: &str) -> Desk {
    let at = Utc::now();
    let (key, pem) = SealKey::make_test_key(name, at).unwrap();
    let sealed = String::from_utf8(seal(UNSEALED.as_bytes(), &key, at).unwrap()).unwrap();
    Desk { key, pem, at, sealed }
}

fn check(message: &str, trust: &Trust) -> Result<Verified, VerifyFault> {
    verify(message.as_bytes(), trust, desk().at)
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn xmlsec_verify(folder: &Path, message: &str, certificate: &str) -> Output {
    std::fs::write(folder.join("message.xml"), message).unwrap();
    std::fs::write(folder.join("certificate.pem"), certificate).unwrap();
    Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "x509", "--trusted-pem", "certificate.pem"])
        .args(["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "message.xml"])
        .current_dir(folder)
        .output()
        .unwrap()
}

fn certificate_of(pem: &str) -> &str {
    &pem[pem.find("-----BEGIN CERTIFICATE").unwrap()..]
}

#[test]
fn a_sealed_message_verifies_and_keeps_every_byte_it_was_given() {
    let desk = desk();
    let verified = check(&desk.sealed, &desk.pinned()).unwrap();
    assert_eq!(verified.certificate, *desk.key.certificate());
    assert_eq!(verified.signing_time.unwrap().timestamp(), desk.at.timestamp());
    let start = desk.sealed.find("<ds:Signature").unwrap();
    let end = desk.sealed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    assert_eq!(format!("{}{}", &desk.sealed[..start], &desk.sealed[end..]), UNSEALED);
    assert!(!String::from_utf8(verified.content).unwrap().contains("Signature xmlns"));
}

#[test]
fn a_foreign_verifier_accepts_the_seal_and_refuses_a_changed_one() {
    if !tool("xmlsec1") {
        return;
    }
    let desk = desk();
    let folder = tempfile::tempdir().unwrap();
    let output = xmlsec_verify(folder.path(), &desk.sealed, certificate_of(&desk.pem));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let changed = desk.sealed.replace("<Variant>A1<", "<Variant>A2<");
    assert!(!xmlsec_verify(folder.path(), &changed, certificate_of(&desk.pem)).status.success());
    assert!(!xmlsec_verify(folder.path(), &desk.sealed, certificate_of(&stranger().pem)).status.success());
}

#[test]
fn a_sealed_message_is_valid_by_the_official_schema() {
    let Some(folder) = shared() else { return };
    if !tool("xmllint") {
        return;
    }
    let work = tempfile::tempdir().unwrap();
    let file = work.path().join("sealed.xml");
    std::fs::write(&file, &desk().sealed).unwrap();
    let schema = folder.join("InitialVehicleInformation-2.0.xsd");
    run(Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).arg(&file));
}

#[test]
fn the_official_specimens_do_not_fit_their_signature() {
    let Some(folder) = shared() else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.join("samples")).unwrap() {
        let message = std::fs::read(entry.unwrap().path()).unwrap();
        assert_eq!(verify(&message, &Trust::Any, desk().at), Err(VerifyFault::ContentChanged));
        seen += 1;
    }
    assert!(seen >= 3);
}

/// What a changed message must be refused for.
#[derive(Debug, PartialEq)]
enum Refusal {
    Content,
    Properties,
    Value,
    Certificate,
    Shape,
    Algorithm,
    Reference,
    Message,
    NotSealed,
    Several,
    Stranger,
}

impl Refusal {
    fn of(fault: &VerifyFault) -> Self {
        match fault {
            VerifyFault::ContentChanged => Refusal::Content,
            VerifyFault::PropertiesChanged => Refusal::Properties,
            VerifyFault::NotMadeByKey => Refusal::Value,
            VerifyFault::OtherCertificate | VerifyFault::NoCertificate | VerifyFault::Certificate(_) => {
                Refusal::Certificate
            }
            VerifyFault::Unexpected(Unexpected::Part(_) | Unexpected::Value(_)) => Refusal::Shape,
            VerifyFault::Unexpected(Unexpected::Algorithm(_)) => Refusal::Algorithm,
            VerifyFault::Unexpected(Unexpected::Reference(_)) => Refusal::Reference,
            VerifyFault::Malformed(_) => Refusal::Message,
            VerifyFault::NotSealed => Refusal::NotSealed,
            VerifyFault::SeveralSignatures(_) => Refusal::Several,
            VerifyFault::NotPinned { .. } => Refusal::Stranger,
            other => panic!("{other}"),
        }
    }
}

/// The first element `name` of the sealed message, tags included.
fn part(name: &str) -> &'static str {
    let sealed = desk().sealed.as_str();
    let start = sealed.find(&format!("<{name}")).unwrap();
    let close = format!("</{name}>");
    &sealed[start..start + sealed[start..].find(&close).unwrap() + close.len()]
}

/// The sealed message with `from`, which it must have, replaced once by `to`.
fn with(from: &str, to: &str) -> String {
    let sealed = desk().sealed.as_str();
    assert!(sealed.contains(from), "{from}");
    sealed.replacen(from, to, 1)
}

/// The text with its first Base64 letter after `mark` exchanged.
fn other_letter(text: &str, mark: &str) -> String {
    let at = text.find(mark).unwrap() + mark.len();
    let letter = if &text[at..=at] == "A" { "B" } else { "A" };
    format!("{}{letter}{}", &text[..at], &text[at + 1..])
}

#[test]
fn every_kind_of_change_is_refused_for_what_it_is() {
    use Refusal::*;
    const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
    const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
    let desk = desk();
    let sealed = desk.sealed.as_str();
    let signature = part("ds:Signature");
    let without = sealed.replace(signature, "");
    let second = part("ds:Reference");
    let object = part("ds:Object");
    let properties_reference = {
        let start = sealed.find("<ds:Reference Type").unwrap();
        &sealed[start..sealed.find("</ds:SignedInfo>").unwrap()]
    };
    let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let cases: Vec<(&str, String, Refusal)> = vec![
        ("a value", with("<Variant>A1<", "<Variant>A2<"), Content),
        ("a header value", with("<IviVersionNumber>1<", "<IviVersionNumber>2<"), Content),
        ("white space in a value", with("<Variant>A1<", "<Variant>A1 <"), Content),
        ("a value dropped", with("<Variant>A1</Variant>", ""), Content),
        ("a row twice", with(part("MakeGroup"), &part("MakeGroup").repeat(2)), Content),
        (
            "an order of elements",
            with("<Type>BX2</Type>\n        <Variant>A1</Variant>", "<Variant>A1</Variant>\n\t\t<Type>BX2</Type>"),
            Content,
        ),
        ("a letter that looks the same", with("<Type>BX2<", "<Type>\u{412}X2<"), Content),
        ("a composed letter decomposed", with("å", "a\u{30a}"), Content),
        ("an attribute", with("<CocDataGroup>", "<CocDataGroup a=\"\">"), Content),
        ("an attribute of the root", with("v2\">", "v2\" xml:lang=\"en\">"), Content),
        (
            "a namespace prefix",
            with(
                "<Variant>A1</Variant>",
                "<v:Variant xmlns:v=\"http://eu.ereg.initialvehicleinformation.v2\">A1</v:Variant>",
            ),
            Content,
        ),
        ("re-indented", sealed.replace("\n    ", "\n  "), Content),
        ("indentation dropped", sealed.replace("\n    ", ""), Content),
        ("a line after the signature", with("</ds:Signature>", "</ds:Signature>\n"), Content),
        (
            "a processing instruction before the root",
            with("<Initial", "<?xml-stylesheet href=\"x\"?><Initial"),
            Content,
        ),
        ("a processing instruction in a value", with("A1<", "A1<?x?><"), Content),
        ("a comment in a value", with("A1<", "A<!-- -->1<"), Message),
        ("a comment before the root", with("<Initial", "<!-- --><Initial"), Message),
        ("a comment in the signature", with("<ds:KeyInfo>", "<ds:KeyInfo><!-- -->"), Message),
        ("another root", sealed.replace("InitialVehicleInformation", "Other"), Message),
        ("another namespace", sealed.replace("information.v2", "information.v1"), Message),
        ("another part of the root", with("<CocDataGroup>", "<Extra/><CocDataGroup>"), Message),
        ("the certificate's data twice", with(part("CocDataGroup"), &part("CocDataGroup").repeat(2)), Message),
        (
            "wrapped: the signed message inside a new one",
            format!(
                "<InitialVehicleInformation xmlns=\"http://eu.ereg.initialvehicleinformation.v2\"><Header/><CocDataGroup/>{}</InitialVehicleInformation>",
                &sealed[sealed.find("<Initial").unwrap()..]
            ),
            Message,
        ),
        ("a document type", with("<Initial", "<!DOCTYPE InitialVehicleInformation><Initial"), Message),
        ("an entity", with("<Initial", "<!DOCTYPE x [<!ENTITY v \"A1\">]><Initial"), Message),
        ("another encoding declared", with("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""), Message),
        ("another XML", with("version=\"1.0\"", "version=\"1.1\""), Message),
        ("text after the root", format!("{sealed}x"), Message),
        ("a second root", format!("{sealed}<InitialVehicleInformation/>"), Message),
        ("the message twice", sealed.repeat(2), Message),
        ("cut short", sealed[..sealed.len() - 3].to_owned(), Message),
        ("a forbidden character", with("A1<", "A1&#1;<"), Message),
        ("no signature", without.clone(), NotSealed),
        ("signature in a value", without.replacen("A1<", &format!("A1{signature}<"), 1), NotSealed),
        (
            "signature in the data",
            without.replacen("</CocDataGroup>", &format!("{signature}</CocDataGroup>"), 1),
            NotSealed,
        ),
        ("signature in the header", without.replacen("</Header>", &format!("{signature}</Header>"), 1), NotSealed),
        ("signature twice", sealed.replace(signature, &signature.repeat(2)), Several),
        ("a second signature in the data", with("</CocDataGroup>", &format!("{signature}</CocDataGroup>")), Several),
        ("a second signature in the object", with("<ds:Object>", &format!("<ds:Object>{signature}")), Several),
        (
            "an empty second signature",
            with("</CocDataGroup>", "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/></CocDataGroup>"),
            Several,
        ),
        (
            "an empty signature",
            sealed.replace(signature, "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
            Shape,
        ),
        ("signature in another namespace", sealed.replace("http://www.w3.org/2000/09/xmldsig#\"", "urn:x\""), Message),
        ("the digest of the message", other_letter(sealed, "<ds:DigestValue>"), Content),
        ("no digest", with(part("ds:DigestValue"), "<ds:DigestValue></ds:DigestValue>"), Shape),
        ("a digest cut short", with(part("ds:DigestValue"), "<ds:DigestValue>AAAA</ds:DigestValue>"), Shape),
        (
            "the digest of the properties",
            with(properties_reference, &other_letter(properties_reference, "<ds:DigestValue>")),
            Properties,
        ),
        ("the value", other_letter(sealed, "<ds:SignatureValue>"), Value),
        ("no value", with(part("ds:SignatureValue"), "<ds:SignatureValue/>"), Value),
        (
            "a value of zeroes",
            with(part("ds:SignatureValue"), &format!("<ds:SignatureValue>{}AA==</ds:SignatureValue>", "A".repeat(340))),
            Value,
        ),
        ("a value not Base64", with("<ds:SignatureValue>", "<ds:SignatureValue>*"), Shape),
        ("a value with an element", with("<ds:SignatureValue>", "<ds:SignatureValue><x/>"), Shape),
        ("an identifier in the signed info", with("<ds:SignedInfo>", "<ds:SignedInfo Id=\"x\">"), Value),
        ("white space in the signed info", with("<ds:SignedInfo>", "<ds:SignedInfo> "), Value),
        ("digest algorithm SHA-1", with(SHA256, SHA1), Algorithm),
        ("all digest algorithms SHA-1", sealed.replace(SHA256, SHA1), Algorithm),
        (
            "signature algorithm RSA-SHA1",
            with("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
            Algorithm,
        ),
        (
            "signature algorithm HMAC",
            with(
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            ),
            Algorithm,
        ),
        (
            "an HMAC length",
            with("rsa-sha256\"/>", "rsa-sha256\"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>"),
            Shape,
        ),
        ("no algorithm", with(" Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"", ""), Shape),
        (
            "an algorithm in a namespace",
            with("<ds:SignatureMethod Algorithm", "<ds:SignatureMethod ds:Algorithm"),
            Shape,
        ),
        ("canonicalisation with comments", with("xml-exc-c14n#\"/>", "xml-exc-c14n#WithComments\"/>"), Algorithm),
        (
            "an XPath transform",
            with(
                exclusive,
                "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>false()</ds:XPath></ds:Transform>",
            ),
            Shape,
        ),
        (
            "an XSLT transform",
            with(exclusive, "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>"),
            Algorithm,
        ),
        ("a third transform", with(exclusive, &exclusive.repeat(2)), Shape),
        (
            "included prefixes",
            with(
                exclusive,
                "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"x\"/></ds:Transform>",
            ),
            Shape,
        ),
        (
            "no enveloped transform",
            with("<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>", ""),
            Algorithm,
        ),
        ("a reference more", with(second, &second.repeat(2)), Reference),
        ("a reference to a file", with("URI=\"\"", "URI=\"file:///etc/passwd\""), Reference),
        (
            "a reference to an address",
            with(second, &format!("{second}{}", second.replace("URI=\"\"", "URI=\"http://127.0.0.1/\""))),
            Reference,
        ),
        ("a reference by pointer", with("URI=\"\"", "URI=\"#xpointer(/)\""), Reference),
        ("a reference to a part of the message", with("URI=\"\"", "URI=\"#x\""), Reference),
        ("a reference without a target", with(" URI=\"\"", ""), Shape),
        ("no reference to the message", with(second, ""), Shape),
        ("no references", with(second, "").replace(properties_reference, ""), Shape),
        ("no reference to the properties", with(properties_reference, ""), Shape),
        ("the properties' reference twice", with(properties_reference, &properties_reference.repeat(2)), Reference),
        ("another type of reference", with("01903#SignedProperties", "01903#Other"), Reference),
        ("a manifest", with("01903#SignedProperties", "xmldsig#Manifest"), Reference),
        ("properties stripped", with(object, ""), Reference),
        ("properties and reference stripped", with(object, "").replace(properties_reference, ""), Value),
        ("object twice", with(object, &object.repeat(2)), Shape),
        ("another object", with(object, &format!("{object}<ds:Object>x</ds:Object>")), Shape),
        ("text in the object", with("<ds:Object>", "<ds:Object>x"), Shape),
        (
            "an element beside the properties",
            with("</xades:SignedProperties>", "</xades:SignedProperties><xades:Other/>"),
            Shape,
        ),
        (
            "the identifier of the properties elsewhere",
            with("<CocDataGroup>", "<CocDataGroup Id=\"SealProperties\">"),
            Reference,
        ),
        (
            "the identifier under another spelling",
            with("<CocDataGroup>", "<CocDataGroup xml:id=\"SealProperties\">"),
            Reference,
        ),
        ("the signing time", with("<xades:SigningTime>20", "<xades:SigningTime>19"), Properties),
        ("no signing time", with(part("xades:SigningTime"), ""), Properties),
        ("a signing time without a zone", with("Z</xades:SigningTime>", "</xades:SigningTime>"), Shape),
        ("two signing times", with(part("xades:SigningTime"), &part("xades:SigningTime").repeat(2)), Shape),
        (
            "the digest of the certificate",
            with(part("xades:Cert"), &other_letter(part("xades:Cert"), "<ds:DigestValue>")),
            Properties,
        ),
        ("the media type", with("text/xml", "text/txt"), Properties),
        ("another target", with("Target=\"#Seal\"", "Target=\"#Seel\""), Shape),
        ("no certificate", with(part("ds:X509Certificate"), ""), Certificate),
        ("no key info", with(part("ds:KeyInfo"), ""), Reference),
        ("a stranger's certificate", with(part("ds:X509Certificate"), &certificate_element(stranger())), Certificate),
        (
            "a certificate that is none",
            with(part("ds:X509Certificate"), "<ds:X509Certificate>AAAA</ds:X509Certificate>"),
            Certificate,
        ),
        ("a letter of the certificate", other_letter(sealed, "<ds:X509Certificate>MII"), Certificate),
        ("an attribute of the signature", with("<ds:Signature ", "<ds:Signature x=\"\" "), Shape),
        (
            "parts of the signature exchanged",
            with(part("ds:KeyInfo"), "")
                .replace("<ds:SignatureValue>", &format!("{}<ds:SignatureValue>", part("ds:KeyInfo"))),
            Shape,
        ),
    ];
    for (what, message, refusal) in &cases {
        assert_ne!(message, sealed, "{what} changes nothing");
        for trust in [Trust::Any, desk.pinned()] {
            match check(message, &trust) {
                Err(fault) => {
                    let got = Refusal::of(&fault);
                    let stricter = trust != Trust::Any && matches!(got, Shape | Certificate);
                    assert!(got == *refusal || stricter, "{what}: {fault} under {trust:?}");
                }
                Ok(_) => panic!("accepted: {what} under {trust:?}"),
            }
        }
    }
}

fn certificate_element(desk: &Desk) -> String {
    let start = desk.sealed.find("<ds:X509Certificate>").unwrap();
    let end = desk.sealed.find("</ds:X509Data>").unwrap();
    desk.sealed[start..end].to_owned()
}

#[test]
fn what_the_signature_does_not_cover_is_refused_in_our_own_seals() {
    let desk = desk();
    let foreign = stranger();
    let cases = [
        with("<ds:X509Data>", "<ds:KeyName>x</ds:KeyName><ds:X509Data>"),
        with("</ds:X509Data>", "<ds:X509SubjectName>CN=x</ds:X509SubjectName></ds:X509Data>"),
        with("</ds:X509Data>", &format!("{}</ds:X509Data>", certificate_element(foreign))),
        with("<ds:X509Data>", &format!("<ds:X509Data>{}", certificate_element(foreign))),
        with("</xades:SignedProperties>", "</xades:SignedProperties><xades:UnsignedProperties/>"),
    ];
    for message in cases {
        assert!(check(&message, &desk.pinned()).is_err());
        // Of a received message the same does not change who signed what.
        assert_eq!(check(&message, &Trust::Any).unwrap(), check(&desk.sealed, &Trust::Any).unwrap());
    }
}

#[test]
fn whatever_single_byte_is_changed_the_message_is_refused_or_still_the_same() {
    let desk = desk();
    let original = check(&desk.sealed, &desk.pinned()).unwrap();
    let mut refused = 0;
    for at in (0..desk.sealed.len()).step_by(5) {
        let mut bytes = desk.sealed.clone().into_bytes();
        bytes[at] ^= 1 << (at / 5 % 7);
        match verify(&bytes, &desk.pinned(), desk.at) {
            Err(_) => refused += 1,
            Ok(verified) => assert_eq!(verified, original, "byte {at}"),
        }
    }
    assert!(refused * 100 > desk.sealed.len() / 5 * 98, "{refused}");
}

#[test]
fn a_strangers_seal_is_named_and_not_believed() {
    let foreign = stranger();
    let named = check(&foreign.sealed, &Trust::Any).unwrap();
    assert_eq!(named.certificate, *foreign.key.certificate());
    let refused = check(&foreign.sealed, &desk().pinned()).unwrap_err();
    assert_eq!(Refusal::of(&refused), Refusal::Stranger);
    assert!(refused.to_string().contains(&foreign.key.certificate().fingerprint.to_string()));
    assert!(check(&desk().sealed, &Trust::Pinned(Vec::new())).is_err());
}

#[test]
fn a_seal_holds_after_its_certificate_expired_and_not_before_it_was_made() {
    let desk = desk();
    let years = TimeDelta::days(10 * 365);
    let later = verify(desk.sealed.as_bytes(), &desk.pinned(), desk.at + years).unwrap();
    assert_eq!(later.signing_time.unwrap().timestamp(), desk.at.timestamp());
    let before = verify(desk.sealed.as_bytes(), &desk.pinned(), desk.at - TimeDelta::hours(1));
    assert!(matches!(before, Err(VerifyFault::InFuture(_))), "{before:?}");
}

#[test]
fn nothing_is_sealed_outside_the_certificates_dates() {
    let desk = desk();
    let expired = seal(UNSEALED.as_bytes(), &desk.key, desk.at + TimeDelta::days(3 * 365 + 1));
    assert!(matches!(expired, Err(SealFault::Key(KeyFault::Expired { .. }))), "{expired:?}");
    let early = seal(UNSEALED.as_bytes(), &desk.key, desk.at - TimeDelta::seconds(2));
    assert!(matches!(early, Err(SealFault::Key(KeyFault::NotYetValid { .. }))), "{early:?}");
}

#[test]
fn what_is_no_unsealed_message_is_not_sealed() {
    let desk = desk();
    let again = seal(desk.sealed.as_bytes(), &desk.key, desk.at);
    assert!(matches!(again, Err(SealFault::Sealed)), "{again:?}");
    for text in [
        "",
        "<a/>",
        "no XML",
        &UNSEALED.replace("<Variant>", "<!-- --><Variant>"),
        &UNSEALED.replace("CocDataGroup", "Other"),
    ] {
        let fault = seal(text.as_bytes(), &desk.key, desk.at);
        assert!(matches!(fault, Err(SealFault::Malformed(_))), "{text}: {fault:?}");
    }
    let latin = seal(b"<\xe9/>", &desk.key, desk.at);
    assert!(matches!(latin, Err(SealFault::Malformed(Malformed::Encoding(_)))), "{latin:?}");
}

#[test]
fn a_message_beyond_the_limits_is_refused_before_it_costs_memory() {
    let wide = format!("<a>{}</a>", "<b/>".repeat(500_000));
    let deep = format!("{}{}", "<a>".repeat(70), "</a>".repeat(70));
    let attributes = format!("<a {}/>", (0..3_000).map(|n| format!("a{n}='' ")).collect::<String>());
    let namespaces = format!("<a {}/>", (0..60).map(|n| format!("xmlns:a{n}='u' ")).collect::<String>());
    for text in [wide, deep, attributes, namespaces] {
        assert!(matches!(
            check(&text, &Trust::Any),
            Err(VerifyFault::Malformed(Malformed::TooLarge | Malformed::NotXml(_)))
        ));
    }
}

#[test]
fn a_message_in_utf_16_verifies_by_its_content() {
    let desk = desk();
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(desk.sealed.encode_utf16().flat_map(u16::to_le_bytes));
    let verified = verify(&bytes, &Trust::Any, desk.at).unwrap();
    assert_eq!(verified, check(&desk.sealed, &Trust::Any).unwrap());
    bytes.pop();
    assert!(verify(&bytes, &Trust::Any, desk.at).is_err());
}

/// The plain form of the setup manual: no XAdES, no canonicalisation of the message, as the specimens have it.
const PLAIN: &str = r#"<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference></SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>"#;

#[test]
fn a_plain_seal_by_another_tool_verifies_as_received_and_not_as_ours() {
    if !tool("xmlsec1") {
        return;
    }
    let desk = desk();
    let folder = tempfile::tempdir().unwrap();
    let end = UNSEALED.rfind("</").unwrap();
    let template = format!("{}{PLAIN}{}", &UNSEALED[..end], &UNSEALED[end..]);
    for (name, text) in
        [("template.xml", template.as_str()), ("key.pem", &desk.pem), ("cert.pem", certificate_of(&desk.pem))]
    {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    run(Command::new("xmlsec1")
        .args(["--sign", "--privkey-pem", "key.pem,cert.pem", "--output", "signed.xml", "template.xml"])
        .current_dir(folder.path()));
    let signed = std::fs::read_to_string(folder.path().join("signed.xml")).unwrap();
    let verified = check(&signed, &Trust::Any).unwrap();
    assert_eq!(verified.certificate.fingerprint, desk.key.certificate().fingerprint);
    assert_eq!(verified.signing_time, None);
    assert!(check(&signed, &desk.pinned()).is_err());
    assert_eq!(check(&signed.replace(">A1<", ">A2<"), &Trust::Any), Err(VerifyFault::ContentChanged));
}

#[test]
fn a_pkcs12_file_opens_with_its_password_only() {
    if !tool("openssl") {
        return;
    }
    let desk = desk();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key.pem"), &desk.pem).unwrap();
    run(Command::new("openssl")
        .args(["pkcs12", "-export", "-in", "key.pem", "-out", "key.p12", "-passout", "pass:größer"])
        .current_dir(folder.path()));
    let path = folder.path().join("key.p12");
    let key = SealKey::from_file(&path, Some("größer")).unwrap();
    assert_eq!(key.certificate(), desk.key.certificate());
    assert!(matches!(SealKey::from_file(&path, Some("grösser")), Err(KeyFault::WrongPassword)));
    assert!(matches!(SealKey::from_file(&path, None), Err(KeyFault::PasswordNeeded)));
    let sealed = seal(UNSEALED.as_bytes(), &key, desk.at).unwrap();
    assert!(verify(&sealed, &desk.pinned(), desk.at).is_ok());
}

#[test]
fn a_pem_key_is_read_in_each_of_its_forms() {
    if !tool("openssl") {
        return;
    }
    let desk = desk();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key.pem"), &desk.pem).unwrap();
    let openssl = |arguments: &[&str]| {
        let output = run(Command::new("openssl").args(arguments).current_dir(folder.path()));
        format!("{}{}", certificate_of(&desk.pem), String::from_utf8(output.stdout).unwrap())
    };
    let pkcs1 = openssl(&["rsa", "-in", "key.pem", "-traditional"]);
    assert!(pkcs1.contains("BEGIN RSA PRIVATE KEY"));
    assert_eq!(SealKey::from_bytes(pkcs1.as_bytes(), None).unwrap().certificate(), desk.key.certificate());
    let encrypted = openssl(&["pkcs8", "-topk8", "-in", "key.pem", "-v2", "aes256", "-passout", "pass:word"]);
    let read = |password| SealKey::from_bytes(encrypted.as_bytes(), password);
    assert_eq!(read(Some("word")).unwrap().certificate(), desk.key.certificate());
    assert!(matches!(read(Some("wood")), Err(KeyFault::WrongPassword)));
    assert!(matches!(read(None), Err(KeyFault::PasswordNeeded)));
    let elliptic = openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    assert!(matches!(SealKey::from_bytes(elliptic.as_bytes(), None), Err(KeyFault::NotRsa)));
    run(Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "short.pem", "-out", "short.crt"])
        .args(["-subj", "/CN=short", "-days", "2"])
        .current_dir(folder.path()));
    let short: Vec<u8> =
        ["short.pem", "short.crt"].iter().flat_map(|name| std::fs::read(folder.path().join(name)).unwrap()).collect();
    assert!(matches!(SealKey::from_bytes(&short, None), Err(KeyFault::Length(1024))));
}

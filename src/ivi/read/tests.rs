//! What reading keeps, what it reports and what it refuses.

use super::*;
use crate::ivi::{StrayKind, write};

/// A small message with `inside` in its data group, and its header.
fn message(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<InitialVehicleInformation xmlns=\"{NAMESPACE}\">\n\
         \t<Header><IviVersionNumber>1</IviVersionNumber></Header>\n\t<CocDataGroup>{inside}</CocDataGroup>\n\
         </InitialVehicleInformation>"
    )
}

fn values(inside: &str) -> Read {
    read(message(inside).as_bytes()).unwrap()
}

fn refused(bytes: &[u8]) -> FaultKind {
    let fault = read(bytes).unwrap_err();
    assert!(!fault.to_string().is_empty() && !fault.remedy().is_empty());
    fault.kind
}

fn utf16(text: &str, mark: bool, encode: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter().chain(text.encode_utf16()).flat_map(encode).collect()
}

#[test]
fn values_are_found_at_their_addresses_exactly_as_they_came() {
    let read = values(
        "<Type> T\t1\n</Type><MassGroup><ActualMass>2946</ActualMass></MassGroup>\
         <AxleTable><AxleGroup/><AxleGroup><TyreAxleTable><TyreAxleGroup><TyreSize>a&amp;<![CDATA[<b>]]><!-- c -->d\
         </TyreSize></TyreAxleGroup></TyreAxleTable></AxleGroup></AxleTable>",
    );
    assert_eq!(read.content.value("Header/IviVersionNumber"), Some("1"));
    assert_eq!(read.content.value("Type"), Some(" T\t1\n"));
    assert_eq!(read.content.value("MassGroup/ActualMass"), Some("2946"));
    assert_eq!(read.content.value("AxleTable[2]/TyreAxleTable[1]/TyreSize"), Some("a&<b>d"));
    assert_eq!(read.content.len(), 4);
    assert!(read.strays.is_empty() && read.misfits.is_empty() && !read.signed);
}

#[test]
fn what_the_schema_has_no_place_for_is_told_and_kept() {
    let read = values(
        "<Typ>x</Typ><ActualMass>1</ActualMass><Type a='b'>T<i/></Type><Type>U</Type>loose\
         <o:Variant xmlns:o='urn:other'>V</o:Variant>",
    );
    let told: Vec<_> = read.strays.iter().map(|stray| (stray.name.as_str(), &stray.kind)).collect();
    let expected = [
        ("Typ", StrayKind::UnknownElement),
        ("ActualMass", StrayKind::MisplacedElement("MassGroup")),
        ("a", StrayKind::Attribute),
        ("i", StrayKind::UnknownElement),
        ("Type", StrayKind::RepeatedElement),
        ("", StrayKind::Text),
        ("o:Variant", StrayKind::UnknownElement),
    ];
    assert_eq!(told, expected.iter().map(|(name, kind)| (*name, kind)).collect::<Vec<_>>());
    assert_eq!(read.content.value("Type"), Some("T"), "the first of two");
    let written = String::from_utf8(write(&read.message)).unwrap();
    for kept in ["<Typ>x</Typ>", "a=\"b\"", "<Type>U</Type>loose", "<o:Variant xmlns:o=\"urn:other\">V</o:Variant>"] {
        assert!(written.contains(kept), "{kept}");
    }
}

#[test]
fn a_flood_of_strays_is_counted() {
    let read = values(&"<x/>".repeat(1500));
    assert_eq!(read.strays.len(), 1001);
    assert_eq!(read.strays[1000].kind, StrayKind::More(500));
}

#[test]
fn wrong_values_and_absent_mandatory_elements_are_told() {
    let read = values("<VehicleCategory>N5</VehicleCategory><EURepresentativeGroup/><InServiceMaximumMassTable/>");
    assert_eq!(read.misfits.len(), 1);
    assert_eq!((read.misfits[0].0.as_str(), read.misfits[0].1.as_str()), ("VehicleCategory", "N5"));
    for absent in [
        "Header/IviReferenceId",
        "VehicleIdentificationNumber",
        "MakeTable[1]/Make",
        "EURepresentativeGroup/EURepresentativeName",
        "InServiceMaximumMassTable[1]",
    ] {
        assert!(read.missing.iter().any(|address| address == absent), "{absent}");
    }
    assert!(!read.missing.iter().any(|address| address == "VehicleCategory"));
}

#[test]
fn the_first_seal_is_set_aside_and_a_second_is_a_stray() {
    let seal = "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo/></Signature>";
    let sealed = |seals: &str| {
        message("").replace("</InitialVehicleInformation>", &format!("{seals}</InitialVehicleInformation>"))
    };
    let once = read(sealed(seal).as_bytes()).unwrap();
    assert!(once.signed && once.strays.is_empty());
    assert!(!String::from_utf8(write(&once.message)).unwrap().contains("Signature"));
    let twice = read(sealed(&seal.repeat(2)).as_bytes()).unwrap();
    assert_eq!(twice.strays[0].kind, StrayKind::UnknownElement);
    let inside = values(seal);
    assert!(!inside.signed && inside.strays.len() == 1, "a seal elsewhere is none");
}

#[test]
fn prefixes_comments_instructions_and_odd_characters_survive_reading_and_writing() {
    let text = format!(
        "<?xml version=\"1.0\"?><!-- before --><?go on?><i:InitialVehicleInformation xmlns:i=\"{NAMESPACE}\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"a&#9;b&quot;&lt;\">\
         <i:Header/> <?stop?><i:CocDataGroup><i:Type>\u{202e}&#13;]]&gt;é</i:Type></i:CocDataGroup>\
         </i:InitialVehicleInformation><!-- after -->"
    );
    let first = read(text.as_bytes()).unwrap();
    assert!(first.strays.is_empty(), "{:?}", first.strays);
    let bytes = write(&first.message);
    let again = read(&bytes).unwrap();
    assert_eq!(first.message, again.message);
    let written = String::from_utf8(bytes).unwrap();
    assert!(written.contains("xsi:schemaLocation=\"a&#x9;b&quot;&lt;\""), "{written}");
    assert!(written.contains("<i:Type>\u{202e}&#xD;]]&gt;é</i:Type>"), "{written}");
}

#[test]
fn utf16_in_either_order_reads_as_utf8_does() {
    let text = message("<Type>Ω</Type>");
    let expected = read(text.as_bytes()).unwrap().content;
    let text16 = text.replace("UTF-8", "UTF-16");
    for mark in [true, false] {
        assert_eq!(read(&utf16(&text16, mark, u16::to_le_bytes)).unwrap().content, expected);
        assert_eq!(read(&utf16(&text16, mark, u16::to_be_bytes)).unwrap().content, expected);
    }
    assert_eq!(read(format!("\u{feff}{text}").as_bytes()).unwrap().content, expected);
}

#[test]
fn an_encoding_that_is_not_what_it_says_is_refused() {
    let text = message("<Type>T</Type>");
    for said in ["ISO-8859-1", "UTF-16", "windows-1252"] {
        assert!(matches!(refused(text.replace("UTF-8", said).as_bytes()), FaultKind::Encoding(_)), "{said}");
    }
    assert!(matches!(refused(&utf16(&text, true, u16::to_le_bytes)), FaultKind::Encoding(_)));
    let mut odd = utf16(&text, true, u16::to_le_bytes);
    odd.pop();
    assert!(matches!(refused(&odd), FaultKind::Encoding(_)));
    let latin: Vec<u8> = message("<Type>~</Type>").bytes().map(|byte| if byte == b'~' { 0xe9 } else { byte }).collect();
    let fault = read(&latin).unwrap_err();
    assert_eq!((fault.line, fault.column), (Some(4), Some(22)));
}

#[test]
fn other_documents_are_refused_by_their_name() {
    for (text, root, namespace) in [
        ("<html/>", "html", ""),
        ("<InitialVehicleInformation/>", "InitialVehicleInformation", ""),
        ("<InitialVehicleInformation xmlns='urn:eu:1.x'/>", "InitialVehicleInformation", "urn:eu:1.x"),
        (&format!("<Header xmlns='{NAMESPACE}'/>"), "Header", NAMESPACE),
    ] {
        let expected = FaultKind::OtherDocument { root: root.to_owned(), namespace: namespace.to_owned() };
        assert_eq!(refused(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn declarations_and_entities_are_refused_whatever_they_would_do() {
    let bomb = "<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>";
    assert_eq!(refused(bomb.as_bytes()), FaultKind::DocumentType);
    assert_eq!(refused(b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), FaultKind::DocumentType);
    assert_eq!(refused(message("<Type>&c;</Type>").as_bytes()), FaultKind::Entity("c".to_owned()));
}

#[test]
fn too_much_of_anything_is_refused() {
    assert_eq!(refused(&vec![b' '; limits::BYTES + 1]), FaultKind::TooLarge);
    assert_eq!(refused(message(&"<x>".repeat(100)).as_bytes()), FaultKind::TooDeep);
    assert_eq!(refused(message(&"<x/>".repeat(200_000)).as_bytes()), FaultKind::TooManyNodes);
    let value = format!("<Type>{}</Type>", "x".repeat(limits::VALUE + 1));
    assert_eq!(refused(message(&value).as_bytes()), FaultKind::ValueTooLong);
    let sections = format!("<Type>{}</Type>", format!("<![CDATA[{}]]>", "x".repeat(1000)).repeat(70));
    assert_eq!(refused(message(&sections).as_bytes()), FaultKind::ValueTooLong);
    let wide = utf16(&"\u{800}".repeat(limits::BYTES / 3 + 1), true, u16::to_le_bytes);
    assert_eq!(refused(&wide), FaultKind::TooLarge, "as UTF-8 it is larger than as UTF-16");
}

#[test]
fn sixty_four_levels_are_read_and_sixty_five_are_not() {
    let nested = |levels: usize| message(&format!("{}{}", "<x>".repeat(levels - 2), "</x>".repeat(levels - 2)));
    assert!(read(nested(64).as_bytes()).is_ok());
    assert_eq!(refused(nested(65).as_bytes()), FaultKind::TooDeep);
}

#[test]
fn a_message_cut_anywhere_is_refused_and_never_half_read() {
    let whole = message("<Type a='1'>T&amp;<![CDATA[x]]><!-- c --></Type>");
    for end in 0..whole.len() {
        assert!(read(&whole.as_bytes()[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn a_message_with_a_bit_turned_anywhere_is_read_or_refused_without_a_panic() {
    let whole = message("<Type a='1'>T&amp;&#13;<![CDATA[x]]></Type><AxleTable><AxleGroup/></AxleTable>").into_bytes();
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            if let Ok(first) = read(&bytes) {
                let again = read(&write(&first.message)).unwrap();
                assert_eq!(first.message, again.message, "bit {bit} of byte {at}");
            }
        }
    }
}

//! Tests of reading build sheets.

use proptest::prelude::*;

use super::*;
use crate::ivi::catalogue::catalogue;

fn csv(sheet: &str) -> Vec<Result<Item, Reject>> {
    read("vans.csv", sheet.as_bytes(), Format::Csv, &ColumnMap::default(), catalogue()).unwrap()
}

#[test]
fn a_row_says_what_its_cells_say_and_nothing_else() {
    let items = csv(
        "vin;scope;order;stage;approval;built;options;due;priority;preparer;13;16.1;BodyworkTable[1]/CodeForBodywork\n\
         ZZATG60D2TK104417;bodies;B-1;2;e4*2018/858*90471*01;2026-09-14;\"BOX; TAILLIFT;\";2026-11-20;3;prep;3065;=;BA\n\
         ZZATG60D2TK104423;;;;;;;;;;;;\n",
    );
    let Item { vin, row, line } = items[0].clone().unwrap();
    assert_eq!((vin.as_str(), line, row.source.as_str()), ("ZZATG60D2TK104417", 2, "vans.csv:2"));
    assert_eq!((row.stage, row.priority, row.scope.as_deref()), (2, Some(3), Some("bodies")));
    assert_eq!(row.options, Some(vec!["BOX".to_owned(), "TAILLIFT".to_owned()]));
    assert_eq!(row.due.unwrap().to_string(), "2026-11-20");
    let given = |address: &str| row.values.get(&Address::unchecked(address)).cloned();
    assert_eq!(given("MassGroup/MassInRunningOrder"), Some(Given::Value("3065".into())));
    assert_eq!(given("MassGroup/TechnicallyPermissibleMaximumLadenMass"), Some(Given::Same));
    assert_eq!(given("DateManufactureVehicle"), Some(Given::Value("2026-09-14".into())));
    assert_eq!(row.values.len(), 5);
    let empty = items[1].clone().unwrap().row;
    assert_eq!(empty, SheetRow { source: "vans.csv:3".into(), ..SheetRow::default() });
}

#[test]
fn each_row_stands_or_falls_alone_with_column_value_and_what_fits() {
    let items = csv("vin,stage,due,priority,preparer,13,38[1],approval,52[1]\n\
         ZZATG60D2TK104417,,,,,3065,BA,,\n\
         ZZATG60D2TK1O4423,,,,,,,,\n\
         ,,,,,1,,,\n\
         ZZATG60D2TK104423,,,,,\"3.065,5\",,,\n\
         ZZATG60D2TK104431,100,,,,,,,\n\
         ZZATG60D2TK104432,,20.11.2026,,,,,,\n\
         ZZATG60D2TK104433,,,-1,,,,,\n\
         ZZATG60D2TK104434,,,,Prep,,,,\n\
         ZZATG60D2TK104435,,,,,,BZ,,\n\
         ZZATG60D2TK104436,,,,,,,4711,\n\
         ZZATG60D2TK104437,,=,,,,,,\n\
         ZZATG60D2TK104417,,,,,,,,\n");
    let words = [
        "",
        "character 13 is `O`",
        "no VIN",
        "does not fit",
        "100",
        "20.11.2026",
        "-1",
        "`Prep`",
        "BZ",
        "4711",
        "`=`",
        "line 2",
    ];
    assert_eq!(items.len(), words.len());
    assert!(items[0].is_ok());
    for (at, (item, word)) in items.iter().zip(words).enumerate().skip(1) {
        let reject = item.as_ref().unwrap_err();
        assert_eq!(reject.line, Some(at + 2));
        assert!(reject.reason.contains(word), "{reject:?}");
    }
    assert_eq!(items[1].as_ref().unwrap_err().vin.as_deref(), Some("ZZATG60D2TK1O4423"));
}

#[test]
fn two_rows_that_contradict_each_other_are_both_rejected_and_one_that_only_repeats_is() {
    let items = csv("vin,13,order\n\
         ZZATG60D2TK104417,3065,B-1\n\
         ZZATG60D2TK104423,3000,\n\
         ZZATG60D2TK104417,3066,B-1\n\
         ZZATG60D2TK104423,3000,B-2\n\
         ZZATG60D2TK104431,3000,B-3\n");
    let reason = |at: usize| items[at].as_ref().unwrap_err().reason.clone();
    assert!(reason(0).contains("line 4") && reason(0).contains("`13`"), "{}", reason(0));
    assert!(reason(2).contains("line 2") && reason(2).contains("neither is taken"), "{}", reason(2));
    assert!(items[1].is_ok() && items[4].is_ok());
    assert!(reason(3).contains("line 3"), "{}", reason(3));
}

#[test]
fn a_row_that_stands_twice_counts_once() {
    let items = csv("vin,13\nZZATG60D2TK104417,3065\nZZATG60D2TK104417,3065\n");
    assert!(matches!(items.as_slice(), [Ok(item)] if item.line == 2), "{items:?}");
}

#[test]
fn mended_rows_of_several_sheets_about_one_vehicle_are_read_as_one() {
    let items = csv("vin,13,13.2,order,reason\n\
         ZZATG60D2TK104417,3065,,B-1,a.csv:2: too heavy\n\
         ZZATG60D2TK104423,3000,,,a.csv:3: too light\n\
         ZZATG60D2TK104417,,3290,B-1,b.csv:2: too heavy\n\
         ZZATG60D2TK104423,3001,,,b.csv:3: too light\n\
         ZZATG60D2TK104431,3000,,,a.csv:4: what\n\
         ZZATG60D2TK104431,,heavy,,b.csv:4: what\n");
    assert_eq!(items.len(), 4);
    let item = items[0].as_ref().unwrap();
    assert_eq!((item.line, item.row.values.len(), item.row.order.as_deref()), (2, 2, Some("B-1")));
    let reason = |at: usize| items[at].as_ref().unwrap_err().reason.clone();
    assert!(reason(1).contains("line 5") && reason(2).contains("line 3"), "contradictions are refused both");
    let faulty = items[3].as_ref().unwrap_err();
    assert!(faulty.reason.contains("heavy") && faulty.hints.iter().any(|hint| hint.contains("line 7")), "{faulty:?}");
}

#[test]
fn a_whole_number_may_have_a_fraction_of_zero_in_json() {
    let json = |value: &str| {
        let sheet = format!("[{{\"vin\":\"ZZATG60D2TK104417\",\"16.1\":{value},\"stage\":2.0}}]");
        let items = read("x.json", sheet.as_bytes(), Format::Json, &ColumnMap::default(), catalogue()).unwrap();
        items[0].clone().map(|item| (item.row.stage, item.row.values.values().next().cloned()))
    };
    assert_eq!(json("6000.0"), Ok((2, Some(Given::Value("6000".into())))));
    assert_eq!(json("6000.00"), json("6000"));
    for other in ["6000.5", "6000.05", "\"6000.\""] {
        assert!(json(other).is_err(), "{other}");
    }
    assert!(csv("vin,16.1\nZZATG60D2TK104417,6000.0\n")[0].is_err(), "in text it may be a thousand too many");
}

#[test]
fn a_stage_is_one_to_ninety_nine_and_a_day_is_a_day() {
    for (column, text) in [
        ("stage", "0"),
        ("stage", "200"),
        ("stage", "-1"),
        ("stage", "2.0"),
        ("due", "2026-02-30"),
        ("built", "30.11.2026"),
    ] {
        let items = csv(&format!("vin,{column}\nZZATG60D2TK104417,{text}\n"));
        let reject = items[0].as_ref().unwrap_err();
        assert!(reject.reason.contains(text) && !reject.hints.is_empty(), "{column} {text}: {reject:?}");
    }
}

#[test]
fn a_decimal_comma_is_named() {
    let items = csv("vin,13\nZZATG60D2TK104423,\"3065,5\"\n");
    let reject = items[0].as_ref().unwrap_err();
    assert!(reject.hints.iter().any(|hint| hint.contains("decimal point")), "{reject:?}");
}

#[test]
fn hostile_values_are_kept_as_they_came_or_shown_with_nothing_hidden() {
    let items =
        csv("vin,DescriptionCompletedAltered,13\nZZATG60D2TK104417,a\u{202e}b,\nZZATG60D2TK104423,,1\u{202e}2\n");
    let row = items[0].clone().unwrap().row;
    assert!(row.values.values().any(|given| *given == Given::Value("a\u{202e}b".into())));
    assert!(items[1].as_ref().unwrap_err().reason.contains("<U+202E>"));
}

#[test]
fn the_sample_sheets_are_read_without_a_rejection() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/build-sheets");
    for name in ["box-bodies.csv", "vans.csv", "campers.csv"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let items = read(name, &bytes, Format::Csv, &ColumnMap::default(), catalogue()).unwrap();
        assert!(items.len() >= 6);
        let rejected: Vec<_> = items.iter().filter_map(|item| item.as_ref().err()).collect();
        assert!(rejected.is_empty(), "{name}: {rejected:?}");
    }
}

proptest! {
    #[test]
    fn whatever_the_bytes_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), tail in "[vin,;\t\"\r\n=13.\\[\\]{}:a-z]{0,120}") {
        for format in [Format::Csv, Format::Json, Format::Xlsx] {
            let _ = read("x", &bytes, format, &ColumnMap::default(), catalogue());
            let _ = read("x", format!("vin,13\n{tail}").as_bytes(), format, &ColumnMap::default(), catalogue());
            let _ = read("x", format!("[{{\"vin\":{tail}").as_bytes(), format, &ColumnMap::default(), catalogue());
            let mut packed = b"PK\x03\x04".to_vec();
            packed.extend_from_slice(&bytes);
            let _ = read("x", &packed, format, &ColumnMap::default(), catalogue());
        }
    }
}

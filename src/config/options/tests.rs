//! The options that ship read whole, and every fault of broken ones is told with its line and the nearest word.

use super::{OptionsFile, read};
use crate::ivi::catalogue;

const SHIPPED: &str = include_str!("../../../sample-data/options.toml");

const SMALL: &str = r#"
[[option]]
code = "BOX"
title = "box body"
restate = ["Length", "13.2"]
regulations = ["UN R73"]
bodywork = "BA"
supplement = "03"
excludes = ["CURTAIN"]
[[option]]
code = "CURTAIN"
[[dependency]]
when = "CodeForBodywork"
then = ["MassGroup/ActualMass", "NumberOfDoors"]
because = "another body weighs another mass"
[[dependency]]
when = "13.2"
then = ["WltpEmissionTestMass"]
because = "the test mass is worked out from it"
"#;

/// The faults of an options file, as a person reads them.
fn faults(text: &str) -> Vec<String> {
    read(text, "o.toml", catalogue()).unwrap_err().iter().map(ToString::to_string).collect()
}

fn with(from: &str, to: &str) -> Vec<String> {
    assert!(SMALL.contains(from), "{from}");
    faults(&SMALL.replacen(from, to, 1))
}

#[test]
fn names_and_numbers_become_paths_and_what_is_left_out_is_nothing() {
    let options = read(SMALL, "o.toml", catalogue()).unwrap().options;
    let box_body = options.option("BOX").unwrap();
    assert_eq!(box_body.restate, ["DimensionGroup/Length", "MassGroup/ActualMass"]);
    assert_eq!((box_body.bodywork.as_deref(), box_body.supplement.as_deref()), (Some("BA"), Some("03")));
    let curtain = options.option("CURTAIN").unwrap();
    assert!(curtain.title == "CURTAIN" && curtain.restate.is_empty() && curtain.bodywork.is_none());
    assert_eq!(options.dependencies[0].when, "BodyworkTable/CodeForBodywork");
    assert_eq!(options.dependencies[1].then, ["WltpEmissionTestParametersGroup/WltpEmissionTestMass"]);
}

#[test]
fn unknown_words_are_told_with_line_and_the_nearest() {
    for (from, to, told) in [
        ("\"Length\"", "\"Lenght\"", "o.toml:5: no entry is called `Lenght` (did you mean `Length`?)"),
        ("\"BA\"", "\"BZ\"", "o.toml:7: `bodywork`: "),
        ("\"03\"", "\"77\"", "o.toml:8: `supplement`: "),
        ("[\"CURTAIN\"]", "[\"CURTIAN\"]", "o.toml:9: no option has the code `CURTIAN` (did you mean `CURTAIN`?)"),
        ("supplement", "suplement", "o.toml:8: `suplement` is not known here (did you mean `supplement`?)"),
        ("\"CodeForBodywork\"", "\"CodeForBodywrk\"", "o.toml:13: no entry is called `CodeForBodywrk`"),
        ("\"BOX\"", "\"box\"", "o.toml:3: `box` is no code of an option"),
        (
            "when = \"13.2\"",
            "when = \"13\"\nunless_allowed = true",
            "o.toml:18: the base manufacturer's envelope (entry 0.2.2.1) does not limit MassGroup/MassInRunningOrder",
        ),
        ("because = \"another", "becaus = \"another", "o.toml:12: `because` is missing"),
    ] {
        let faults = with(from, to);
        assert!(faults.iter().any(|fault| fault.starts_with(told)), "{told}\n{faults:#?}");
    }
}

#[test]
fn twins_and_what_excludes_itself_are_refused_with_their_lines() {
    let twin = with("code = \"CURTAIN\"", "code = \"BOX\"");
    assert!(twin.contains(&"o.toml:10: option `BOX` stands in line 2 already".to_owned()), "{twin:#?}");
    assert_eq!(
        with("[\"CURTAIN\"]", "[\"BOX\"]"),
        ["o.toml:9: option `BOX` excludes itself: no vehicle could have it"]
    );
    let again =
        format!("{SMALL}[[dependency]]\nwhen = \"13.2\"\nthen = [\"WltpEmissionTestMass\"]\nbecause = \"again\"\n");
    assert!(
        faults(&again)[0].starts_with("o.toml:20: that WltpEmissionTestParametersGroup/WltpEmissionTestMass depends")
    );
    assert!(with("[\"UN R73\"]", "[\"UN R73\", \"UN R73\"]")[0].contains("stands here twice"));
}

#[test]
fn entries_that_depend_on_each_other_in_a_circle_are_refused() {
    let around = format!(
        "{SMALL}[[dependency]]\nwhen = \"WltpEmissionTestMass\"\nthen = [\"BodyworkTable\"]\nbecause = \"never\"\n"
    );
    let told = faults(&around);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].starts_with("o.toml:20: entries depend on each other in a circle (lines 12, 16, 20)"), "{told:#?}");
    let own = with("\"NumberOfDoors\"", "\"BodyworkTable\"");
    assert_eq!(own, ["o.toml:14: BodyworkTable cannot depend on itself"]);
}

#[test]
fn what_is_no_options_file_is_refused() {
    for text in
        ["", "option = 7", "[option]\ncode = \"A\"", "[[option]]\n", "[[dependency]]\nwhen = \"13.2\"\n", "[[opt"]
    {
        assert!(read(text, "o.toml", catalogue()).is_err(), "{text}");
    }
}

#[test]
fn the_options_that_ship_are_read() {
    let OptionsFile { options, doubts } = read(SHIPPED, "options.toml", catalogue()).unwrap();
    assert_eq!(doubts, []);
    let lift = options.option("TAILLIFT").unwrap();
    assert!(lift.restate.contains(&"AxleTable/DistributionMassRunningOrderAxle".to_owned()), "names become paths");
    assert!(options.dependencies.len() >= 5);
}

#[test]
fn a_regulation_and_words_that_cannot_be_read_are_refused_with_line_and_remedy() {
    for (from, to, told) in [
        ("\"UN R73\"", "\"\"", "o.toml:6: the regulation `` says nothing: a regulation is written as"),
        ("\"UN R73\"", "\"rear guard\"", "o.toml:6: the regulation `rear guard` has no number"),
        ("UN R73", "UN R73\\u202e", "o.toml:6: the regulation `UN R73<U+202E>` has characters"),
        ("UN R73", "UN\\tR73", "o.toml:6: the regulation `UN<U+0009>R73` has characters"),
        ("UN R73", "{R73}", "o.toml:6: the regulation `{R73}` has characters"),
        ("box body", "box\\u200bbody", "o.toml:4: `title` has characters that cannot be seen"),
        ("box body", " ", "o.toml:4: `title` says nothing"),
        ("the test mass is", "the test\\u202emass is", "o.toml:19: `because` has characters"),
    ] {
        let faults = with(from, to);
        assert!(faults[0].starts_with(told), "{from} -> {to}: {faults:?}");
    }
    for good in ["UN R58-03", "(EU) 2019/2144", "(EC) No 661/2009", "UN Regulation No. 58", "StVZO § 32"] {
        let read = read(&SMALL.replace("UN R73", good), "o.toml", catalogue()).unwrap();
        assert_eq!(read.doubts, [], "{good}");
    }
}

#[test]
fn a_regulation_written_like_none_is_doubted_at_its_line_and_taken() {
    let read = read(&SMALL.replace("UN R73", "foo12bar"), "o.toml", catalogue()).unwrap();
    let told: Vec<String> = read.doubts.iter().map(ToString::to_string).collect();
    assert!(
        told.len() == 1 && told[0].starts_with("o.toml:6: the regulation `foo12bar` is written like no"),
        "{told:?}"
    );
    assert_eq!(read.options.option("BOX").unwrap().regulations, ["foo12bar"]);
}

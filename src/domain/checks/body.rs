//! Checks of the body: bodywork, seats and masses of the category, dimensions, markings, dangerous goods.

use rust_decimal::Decimal;

use super::look::{class, number};
use super::row::{count, rows};
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate};

const LADEN: &str = "MassGroup/TechnicallyPermissibleMaximumLadenMass";
const SEATS: &str = "GeneralConstructionGroup/NumberOfSeatingPositionsIncludingDriver";
const STANDING: &str = "GeneralConstructionGroup/NumberOfStandingPlaces";
const LENGTH: &str = "DimensionGroup/Length";
const WIDTH: &str = "DimensionGroup/Width";
const HEIGHT: &str = "DimensionGroup/Height";
const WHEELBASE: &str = "DimensionGroup/Wheelbase";
const OVERHANG: &str = "DimensionGroup/RearOverhang";
const LOADING: &str = "DimensionGroup/LengthLoadingArea";
const DEROGATION: &str = "DimensionGroup/MaximumAuthorisedDimensionsDerogationIndicator";
const BODYWORK: &str = "BodyworkTable/CodeForBodywork";
const MARKINGS: &str = "LocationMarkingsTable";
const GOODS: &str = "TypeApprovalTransportDangerousGoodsIndicator";
const GOODS_CLASSES: &str = "TypeApprovalTransportDangerousGoodsTable";
const ARTICLE_4: &str = "Regulation (EU) 2018/858, Article 4(1); background, not read there";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "BO-01",
        title: "The bodywork is one of the category",
        clause: "EUCARIS data set, codes of bodywork: A for M1, B for N, C for M2 and M3, D for O",
        grade: Grade::Block,
        entries: &[BODYWORK, "VehicleCategory"],
        remedy: "Declare the bodywork (38) that the completed vehicle has in its category (0.4).",
        run: bodywork_is_of_the_category,
    },
    Check {
        id: "BO-02",
        title: "A special purpose vehicle says its purpose",
        clause: "entry 51 and the categories that end in S (EUCARIS data set); that they go together is inferred",
        grade: Grade::Warn,
        entries: &["BodyworkTable/SpecialPurposeDesignation", "VehicleCategory"],
        remedy: "Declare the special purpose (51).",
        run: purpose_is_said,
    },
    Check {
        id: "BO-03",
        title: "Seats are counted alike everywhere",
        clause: "inferred from entries 42",
        grade: Grade::Warn,
        entries: &[
            SEATS,
            "GeneralConstructionGroup/NumberOfSeatingPositionsExcludingDriver",
            "GeneralConstructionGroup/NumberOfSeatingPositionsLowerDeck",
            "GeneralConstructionGroup/NumberOfSeatingPositionsUpperDeck",
        ],
        remedy: "Count the seats again and correct the number that is wrong.",
        run: seats_are_counted_alike,
    },
    Check {
        id: "BO-04",
        title: "Seats and standing places are those of the category",
        clause: ARTICLE_4,
        grade: Grade::Warn,
        entries: &[SEATS, STANDING, "VehicleCategory"],
        remedy: "Count the seats again; else the vehicle, and its approval, is of another category.",
        run: seats_are_of_the_category,
    },
    Check {
        id: "BO-05",
        title: "The laden mass is one of the category",
        clause: ARTICLE_4,
        grade: Grade::Warn,
        entries: &[LADEN, "VehicleCategory"],
        remedy: "Correct the mass; else the vehicle, and its approval, is of another category.",
        run: mass_is_of_the_category,
    },
    Check {
        id: "BO-06",
        title: "The vehicle is longer than its wheelbase and rear overhang",
        clause: "inferred from entries 4, 5 and 12; holds on the official N2 specimen",
        grade: Grade::Warn,
        entries: &[LENGTH, WHEELBASE, OVERHANG],
        remedy: "Measure again: what is left over is the front overhang.",
        run: length_holds_wheelbase_and_overhang,
    },
    Check {
        id: "BO-07",
        title: "The loading area is shorter than the vehicle",
        clause: "inferred from entries 5 and 11",
        grade: Grade::Warn,
        entries: &[LOADING, LENGTH],
        remedy: "Measure the loading area (11) or the length (5) again.",
        run: loading_area_fits,
    },
    Check {
        id: "BO-08",
        title: "Dimensions within those authorised for traffic, or a derogation",
        clause: "Directive 96/53/EC, Annex I; background, not confirmed. The indicator: EReg change overview 1.1",
        grade: Grade::Warn,
        entries: &[LENGTH, WIDTH, HEIGHT, DEROGATION],
        remedy: "Measure again; where it stands, declare the derogation and say in a remark (52) what it is.",
        run: dimensions_are_authorised,
    },
    Check {
        id: "BO-09",
        title: "A derogation of dimensions is explained in a remark",
        clause: "Regulation (EU) 2018/858, Article 6(5), certificate entry 52, by EReg change overview 1.1; that a remark must be there is inferred",
        grade: Grade::Warn,
        entries: &[DEROGATION, "RemarkTable/Remark"],
        remedy: "Declare a remark (52) that says what the derogation is.",
        run: derogation_is_explained,
    },
    Check {
        id: "BO-10",
        title: "Where statutory plate and VIN are is said",
        clause: "entry 0.6; that both are named is inferred",
        grade: Grade::Warn,
        entries: &["LocationMarkingsTable/LocationMarkingsSubject"],
        remedy: "Declare a row for the plate (STAT) and one for the VIN.",
        run: markings_are_located,
    },
    Check {
        id: "BO-11",
        title: "A vehicle for dangerous goods lists their classes, another none",
        clause: "entry 50 (EUCARIS data set); inferred",
        grade: Grade::Warn,
        entries: &[GOODS, GOODS_CLASSES],
        remedy: "Correct the indicator (50), or declare the classes it is approved for.",
        run: dangerous_goods_are_listed,
    },
];

fn bodywork_is_of_the_category(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let letter = match class(content) {
        "M1" => 'A',
        "M2" | "M3" => 'C',
        "" => return,
        class if class.starts_with('N') => 'B',
        _ => 'D',
    };
    for row in rows(content, "BodyworkTable") {
        if let Some(code) = row.text("CodeForBodywork")
            && !code.starts_with(letter)
        {
            let category = content.value("VehicleCategory").unwrap_or_default();
            let text = format!("bodywork of category {category} begins with {letter}: declare the one it has now (38)");
            report.at(&row.at("CodeForBodywork"), text, &[("0.4", category), ("38", code)]);
        }
    }
}

fn purpose_is_said(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let category = content.value("VehicleCategory").unwrap_or_default();
    let said = rows(content, "BodyworkTable").any(|row| row.text("SpecialPurposeDesignation").is_some());
    if !class(content).is_empty() && category.ends_with('S') && !said {
        let text = "the category is one of a special purpose, and none is said (51): declare it";
        report.at("BodyworkTable", text, &[("0.4", category)]);
    }
}

fn seats_are_counted_alike(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let count = |name: &str| {
        number(&certificate.effective, &format!("GeneralConstructionGroup/NumberOfSeatingPositions{name}"))
    };
    let Some(all) = count("IncludingDriver") else { return };
    if let Some(passengers) = count("ExcludingDriver")
        && passengers + Decimal::ONE != all
    {
        let text = "seats with and without the driver's (42) differ by another number than one";
        report.numbers(SEATS, text, [("with driver", all), ("without", passengers)]);
    }
    if let (Some(lower), Some(upper)) = (count("LowerDeck"), count("UpperDeck"))
        && lower + upper != all
    {
        let text = "the seats of both decks do not add up to all seats (42)";
        report.numbers(SEATS, text, [("all", all), ("both decks", lower + upper)]);
    }
}

fn seats_are_of_the_category(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let nine = Decimal::from(9);
    if let Some(seats) = number(content, SEATS) {
        match class(content) {
            "M1" if seats > nine => {
                let text = "a vehicle of category M1 has at most eight seats beside the driver's (42)";
                report.numbers(SEATS, text, [("42", seats), ("at most", nine)]);
            }
            "M2" | "M3" if seats <= nine => {
                let text = "a vehicle of category M2 or M3 has more than eight seats beside the driver's (42)";
                report.numbers(SEATS, text, [("42", seats), ("more than", nine)]);
            }
            _ => {}
        }
    }
    if let ("M1", Some(standing)) = (class(content), number(content, STANDING))
        && !standing.is_zero()
    {
        let text = "a vehicle of category M1 has no standing places (43)";
        report.numbers(STANDING, text, [("43", standing), ("at most", Decimal::ZERO)]);
    }
}

/// The laden mass in kg that a class is above, and the one it is at most; 0 is without limit.
const MASSES: [(&str, u32, u32); 9] = [
    ("M2", 0, 5_000),
    ("M3", 5_000, 0),
    ("N1", 0, 3_500),
    ("N2", 3_500, 12_000),
    ("N3", 12_000, 0),
    ("O1", 0, 750),
    ("O2", 750, 3_500),
    ("O3", 3_500, 10_000),
    ("O4", 10_000, 0),
];

fn mass_is_of_the_category(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let limits = MASSES.iter().find(|(known, ..)| *known == class(content));
    let (Some((class, above, most)), Some(laden)) = (limits, number(content, LADEN)) else { return };
    if laden <= Decimal::from(*above) || (*most > 0 && laden > Decimal::from(*most)) {
        let span = if *most > 0 { format!("above {above} to {most}") } else { format!("above {above}") };
        let text = format!("the laden mass (16.1) is not one of category {class}");
        report.at(LADEN, text, &[(class, &span), ("16.1", &laden.to_string())]);
    }
}

fn length_holds_wheelbase_and_overhang(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let value = |address| number(&certificate.effective, address);
    if let (Some(length), Some(wheelbase), Some(overhang)) = (value(LENGTH), value(WHEELBASE), value(OVERHANG))
        && wheelbase + overhang >= length
    {
        let text = "wheelbase (4) and rear overhang (12) leave nothing of the length (5) for the front";
        report.numbers(LENGTH, text, [("5", length), ("4 + 12", wheelbase + overhang)]);
    }
}

fn loading_area_fits(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let value = |address| number(&certificate.effective, address);
    if let (Some(length), Some(loading)) = (value(LENGTH), value(LOADING))
        && loading >= length
    {
        let text = "the loading area (11) is not shorter than the vehicle (5)";
        report.numbers(LOADING, text, [("11", loading), ("5", length)]);
    }
}

fn dimensions_are_authorised(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    // The longest single bus is articulated; a box for conditioned goods may be wider than others.
    let longest = match class(content) {
        "" => return,
        "M2" | "M3" => 18_750,
        _ => 12_000,
    };
    if content.value(DEROGATION) == Some("Y") {
        return;
    }
    for (address, entry, most) in [(LENGTH, "5", longest), (WIDTH, "6", 2_600), (HEIGHT, "7", 4_000)] {
        let most = Decimal::from(most);
        if let Some(given) = number(content, address)
            && given > most
        {
            let text = format!("greater than authorised for traffic ({entry}), and no derogation is declared");
            report.numbers(address, text, [(entry, given), ("authorised", most)]);
        }
    }
}

fn derogation_is_explained(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if content.value(DEROGATION) == Some("Y") && count(content, "RemarkTable") == 0 {
        report.at("RemarkTable", "a derogation of dimensions is declared: say in a remark (52) what it is", &[]);
    }
}

fn markings_are_located(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if class(content).is_empty() {
        return;
    }
    for (subject, what) in [("STAT", "the statutory plate"), ("VIN", "the VIN")] {
        if !rows(content, MARKINGS).any(|row| row.text("LocationMarkingsSubject") == Some(subject)) {
            report.at(MARKINGS, format!("no row says where {what} is (0.6): declare it"), &[("missing", subject)]);
        }
    }
}

fn dangerous_goods_are_listed(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let listed = count(content, GOODS_CLASSES);
    match content.value(GOODS) {
        Some("Y") if listed == 0 => {
            let text = "approved for dangerous goods (50), but for no class of them: declare the classes";
            report.at(GOODS_CLASSES, text, &[("50", "Y")]);
        }
        Some("N") if listed > 0 => {
            let text = "classes of dangerous goods are listed, yet the vehicle is not approved for any (50)";
            report.at(GOODS, text, &[("50", "N"), ("classes", &listed.to_string())]);
        }
        _ => {}
    }
}

#[cfg(test)]
#[path = "body/tests.rs"]
mod tests;

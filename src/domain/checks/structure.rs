//! Checks of structure: nothing mandatory missing in what we would send, nothing that does not fit, and what was wrong
//! with what we received.

use rust_decimal::Decimal;

use super::look::{amount, gives, number};
use super::{Check, Grade, Report};
use crate::domain::address::Address;
use crate::domain::certificate::{Case, Certificate, is_formal};
use crate::domain::structure;

const SCHEMA: &str = "IVI 2.0 schema of 2026-02-26";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "ST-01",
        title: "Nothing that the schema asks for is missing",
        clause: SCHEMA,
        grade: Grade::Block,
        entries: &[],
        remedy: "Declare the entry; what the approval says comes with naming it.",
        run: nothing_is_missing,
    },
    Check {
        id: "ST-02",
        title: "Every value of our stage fits its type",
        clause: SCHEMA,
        grade: Grade::Block,
        entries: &[],
        remedy: "Write the value so that it fits: the finding says what would.",
        run: everything_fits,
    },
    Check {
        id: "ST-03",
        title: "Received messages read without fault",
        clause: SCHEMA,
        grade: Grade::Warn,
        entries: &[],
        remedy: "Ask the manufacturer of that stage for a corrected message.",
        run: received_without_fault,
    },
    Check {
        id: "ST-04",
        title: "The signatures of received messages hold",
        clause: "Regulation (EU) 2024/1061, Article 1(3) and (4), by EReg guidelines 1.1; that we look too is inferred",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Make sure where the message came from, and ask for one whose seal holds.",
        run: signatures_hold,
    },
    Check {
        id: "ST-05",
        title: "General construction, masses and dimensions are in our message",
        clause: "EReg change overview: mandatory; the schema leaves them optional",
        grade: Grade::Warn,
        entries: &["GeneralConstructionGroup", "MassGroup", "DimensionGroup"],
        remedy: "Restate at least one entry of the group.",
        run: groups_are_given,
    },
    Check {
        id: "ST-06",
        title: "The least of a range is not above its greatest",
        clause: "EReg guidelines 2.4: Min and Max mark a range; the comparison is inferred",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Correct the end of the range that was mistyped; the two may be the wrong way round.",
        run: ranges_are_ranges,
    },
    Check {
        id: "ST-07",
        title: "A value lies inside its own range",
        clause: "EReg guidelines 2.4: Min and Max mark a range; the comparison is inferred",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Correct the value or the range.",
        run: values_lie_in_their_range,
    },
    Check {
        id: "ST-08",
        title: "Masses and dimensions of the vehicle are more than nothing",
        clause: "inferred: nothing missing is filled with a placeholder",
        grade: Grade::Warn,
        entries: MEASURES,
        remedy: "Declare the measured value; what is not known is left out.",
        run: measures_are_more_than_nothing,
    },
];

/// What no vehicle has nothing of.
const MEASURES: &[&str] = &[
    "DimensionGroup/Length",
    "DimensionGroup/Width",
    "DimensionGroup/Height",
    "DimensionGroup/Wheelbase",
    "MassGroup/MassInRunningOrder",
    "MassGroup/ActualMass",
    "MassGroup/TechnicallyPermissibleMaximumLadenMass",
    "GeneralConstructionGroup/NumberOfAxles",
    "GeneralConstructionGroup/NumberOfWheels",
];

fn nothing_is_missing(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let (content, rows) = (certificate.own_content(), certificate.rows());
    for place in structure::missing(case.catalogue, &content).iter().map(|place| rows.on_desk(place)) {
        // Header and signatory are added at release; that somebody may sign is a check of its own (AP-08).
        if !is_formal(&place) {
            let title = case.catalogue.element(&place).map_or(place.name(), |element| element.title);
            report.at(place.as_str(), format!("{title} is mandatory and missing: declare it"), &[]);
        }
    }
}

fn everything_fits(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for (address, own) in &certificate.own {
        let Some(element) = case.catalogue.element(address) else {
            report.at(address.as_str(), "no entry of the message lies here", &[("ours", &own.value)]);
            continue;
        };
        if let Err(misfit) = element.check(&own.value) {
            report.at(address.as_str(), format!("{}: {misfit}", element.title), &[("ours", &own.value)]);
        }
    }
}

fn received_without_fault(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        for fault in &stage.faults {
            let number = stage.number;
            report.whole(
                format!("stage {number}, {}: {}; ask its manufacturer for a correction", fault.place, fault.message),
                &[("stage", &number.to_string()), ("place", &fault.place)],
            );
        }
    }
}

fn signatures_hold(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for stage in &case.record.stages {
        if !stage.signature_holds() {
            let said = if stage.signature.is_empty() { "not checked" } else { &stage.signature };
            let number = stage.number;
            report.whole(
                format!("stage {number}: the signature of the message does not count: {said}"),
                &[("stage", &number.to_string()), ("signature", said)],
            );
        }
    }
}

fn groups_are_given(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for group in ["GeneralConstructionGroup", "MassGroup", "DimensionGroup"] {
        if !gives(certificate, group) {
            report.at(group, format!("our message has nothing of {group}: restate at least one of its entries"), &[]);
        }
    }
}

/// Every range of the effective certificate: what its name begins with, its least and its greatest.
fn ranges(certificate: &Certificate) -> impl Iterator<Item = (&str, Option<Decimal>, Option<Decimal>)> {
    let content = &certificate.effective;
    content.iter().filter_map(move |(address, value)| {
        let stem = address.as_str().strip_suffix("Min")?;
        Some((stem, amount(value), number(content, &format!("{stem}Max"))))
    })
}

fn ranges_are_ranges(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for (stem, least, most) in ranges(certificate) {
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            let text = "the least of the range is above its greatest: correct one of them";
            report.numbers(&format!("{stem}Min"), text, [("least", least), ("greatest", most)]);
        }
    }
}

fn values_lie_in_their_range(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for (stem, least, most) in ranges(certificate) {
        let plain = stem.strip_suffix("Adjustable").or_else(|| stem.strip_suffix("Variable")).unwrap_or(stem);
        let Some(value) = number(&certificate.effective, plain) else { continue };
        let inside = least.is_none_or(|least| least <= value) && most.is_none_or(|most| value <= most);
        if !inside {
            let end = |end: Option<Decimal>| end.map_or("–".to_owned(), |end| end.to_string());
            let (range, value) = (format!("{} to {}", end(least), end(most)), value.to_string());
            report.at(
                plain,
                "the value is outside its own range: correct one of them",
                &[("value", &value), ("range", &range)],
            );
        }
    }
}

fn measures_are_more_than_nothing(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for address in MEASURES {
        if number(&certificate.effective, address).is_some_and(|value| value.is_zero()) {
            let element = Address::unchecked(address);
            report.at(
                address,
                format!("{} is 0, which no vehicle has: declare what was measured", element.name()),
                &[("value", "0")],
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use crate::domain::record::StageFault;

    #[test]
    fn a_mandatory_entry_that_nobody_gives_blocks() {
        let mut world = World::sound();
        assert!(!world.fires("ST-01"), "{:?}", world.findings());
        world.no_base("MethodAttachmentStatutoryPlate");
        assert!(world.fires("ST-01"));
    }

    #[test]
    fn a_restated_value_that_does_not_fit_blocks() {
        let mut world = World::sound();
        assert!(!world.fires("ST-02"));
        world.base("MethodAttachmentStatutoryPlate", "by four screws");
        assert!(world.fires("ST-02"));
    }

    #[test]
    fn a_fault_of_a_received_message_is_shown() {
        let mut world = World::sound();
        assert!(!world.fires("ST-03"));
        let fault = StageFault { place: "line 12".to_owned(), message: "unknown element".to_owned() };
        world.record.stages[0].faults.push(fault);
        assert!(world.fires("ST-03"));
    }

    #[test]
    fn a_signature_that_does_not_hold_warns() {
        let mut world = World::sound();
        assert!(!world.fires("ST-04"));
        world.record.stages[0].signature = "the signature does not fit the content".to_owned();
        assert!(world.fires("ST-04"));
    }

    #[test]
    fn a_range_the_wrong_way_round_warns() {
        let mut world = World::sound();
        world.set("DimensionGroup/LengthAdjustableMin", "6540");
        world.set("DimensionGroup/LengthAdjustableMax", "6540");
        assert!(!world.fires("ST-06") && !world.fires("ST-07"));
        world.set("DimensionGroup/LengthAdjustableMax", "6539");
        assert!(world.fires("ST-06"));
        world.unset("DimensionGroup/LengthAdjustableMax");
        assert!(!world.fires("ST-06"));
    }

    #[test]
    fn a_value_outside_its_own_range_warns() {
        let mut world = World::sound();
        for suffix in ["", "Adjustable", "Variable"] {
            let mut world = World::sound();
            world.set(&format!("MassGroup/ActualMass{suffix}Min"), "3290");
            assert!(!world.fires("ST-07"), "{suffix}");
            world.set(&format!("MassGroup/ActualMass{suffix}Min"), "3291");
            assert!(world.fires("ST-07"), "{suffix}");
        }
        world.set("AxleTable[2]/AxleSpacingAdjustableMin", "3000");
        world.set("AxleTable[2]/AxleSpacingAdjustableMax", "3700");
        assert!(world.fires("ST-07"), "in a row of a table too");
    }

    #[test]
    fn a_vehicle_of_no_length_warns() {
        let mut world = World::sound();
        assert!(!world.fires("ST-08"));
        world.set("DimensionGroup/Length", "0");
        assert!(world.fires("ST-08"));
    }

    #[test]
    fn a_message_without_masses_warns() {
        let mut world = World::sound();
        assert!(!world.fires("ST-05"));
        for address in ["MassInRunningOrder", "ActualMass", "TechnicallyPermissibleMaximumLadenMass"] {
            world.unset(&format!("MassGroup/{address}"));
        }
        assert!(world.fires("ST-05"));
    }
}

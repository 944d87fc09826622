//! Checks of the power plant: each value under the energy it belongs to, and energies that go together.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::look::class;
use super::row::{Row, count, rows};
use super::{Check, Grade, Report};
use crate::domain::certificate::{Case, Certificate};
use crate::domain::content::Content;

const ELECTRIC: &str = "PureElectricVehicleIndicator";
const HYBRID: &str = "ClassHybridVehicle";
const CODE: &str = "EnergyConvertorCodeMarkedOnEnergyConvertor";
const SOURCE: &str = "EnergySource";
const SOURCE_PATH: &str = "EnergyConvertorTable/EnergySourceTable/EnergySource";
const COMBUSTION_POWER: &str = "PowerGroup/MaximumNetPowerCombustion";
const ELECTRIC_POWERS: [&str; 2] = ["PowerGroup/MaximumNetPowerElectric", "PowerGroup/Maximum30MinutesPower"];
/// The code of electricity.
const ELECTRICITY: &str = "95";
const MANUAL: &str = "EUCARIS setup manual 1.5, energy: each field under the energy source it belongs to";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "EN-01",
        title: "A purely electric vehicle has no other energy than electricity",
        clause: "EReg change overview 1.1 and EUCARIS setup manual 1.5: PureElectricVehicleIndicator Y means all energy sources are 95",
        grade: Grade::Block,
        entries: &[ELECTRIC, SOURCE_PATH],
        remedy: "Declare N (23) where the vehicle has another source of energy, or withdraw that source (26).",
        run: purely_electric_is_all_electric,
    },
    Check {
        id: "EN-02",
        title: "A vehicle with nothing but electricity is called purely electric",
        clause: "inferred from the meaning of PureElectricVehicleIndicator (EReg change overview 1.1)",
        grade: Grade::Warn,
        entries: &[ELECTRIC, SOURCE_PATH],
        remedy: "Declare Y (23), or the source of energy that is missing (26).",
        run: all_electric_is_purely_electric,
    },
    Check {
        id: "EN-03",
        title: "Power of combustion under fuels, electric power under electricity",
        clause: MANUAL,
        grade: Grade::Block,
        entries: &[
            "EnergyConvertorTable/EnergySourceTable/PowerGroup/MaximumNetPowerCombustion",
            "EnergyConvertorTable/EnergySourceTable/PowerGroup/MaximumNetPowerElectric",
            "EnergyConvertorTable/EnergySourceTable/PowerGroup/Maximum30MinutesPower",
        ],
        remedy: "Move the power (27) to the row of the energy it is of.",
        run: powers_lie_under_their_energy,
    },
    Check {
        id: "EN-04",
        title: "Every energy gives a power",
        clause: "inferred from entries 27.1, 27.3 and 27.4",
        grade: Grade::Warn,
        entries: &[SOURCE_PATH, "EnergyConvertorTable/EnergySourceTable/PowerGroup"],
        remedy: "Declare the net power of the engine (27.1) or of the motor (27.3, 27.4).",
        run: every_energy_gives_a_power,
    },
    Check {
        id: "EN-05",
        title: "Every engine and motor of M and N names the code marked on it",
        clause: "EUCARIS setup manual 1.5, energy: mandatory for all M and N",
        grade: Grade::Block,
        entries: &["EnergyConvertorTable/EnergyConvertorCodeMarkedOnEnergyConvertor"],
        remedy: "Declare the code (21); a motor without one repeats maker and code of the combustion engine, with working principle ELECT.",
        run: every_convertor_has_its_code,
    },
    Check {
        id: "EN-06",
        title: "A hybrid electric vehicle lists electricity and its fuel",
        clause: "EUCARIS setup manual 1.5, energy: OVC-HEV and NOVC-HEV list each source, 95 included",
        grade: Grade::Block,
        entries: &[HYBRID, SOURCE_PATH],
        remedy: "Declare the source that is missing (26), or correct the class of the hybrid (23.1).",
        run: hybrids_list_both,
    },
    Check {
        id: "EN-07",
        title: "Electricity drives an electric motor",
        clause: "inferred from entries 22 and 26",
        grade: Grade::Warn,
        entries: &["EnergyConvertorTable/WorkingPrinciple", SOURCE_PATH],
        remedy: "Correct the working principle (22) or the source of energy (26).",
        run: principle_fits_the_energy,
    },
    Check {
        id: "EN-08",
        title: "Several motors repeat the values of the vehicle alike",
        clause: "EUCARIS setup manual 1.5, energy: values of the vehicle are repeated under each motor; that they are alike is inferred",
        grade: Grade::Warn,
        entries: &[
            "EnergyConvertorTable/EnergySourceTable/TestWltpElectricRangeGroup",
            "EnergyConvertorTable/EnergySourceTable/TestWltpEnergyConsumptionGroup",
        ],
        remedy: "Repeat range and consumption of the vehicle (49) under each motor as under the first.",
        run: motors_repeat_alike,
    },
    Check {
        id: "EN-09",
        title: "Fitted eco-innovations are listed, and none where none is fitted",
        clause: "entries 49.3 (EUCARIS data set); inferred",
        grade: Grade::Warn,
        entries: &["EcoInnovationsFittedIndicator", "EcoInnovationsTable"],
        remedy: "Correct the indicator, or declare the code of each eco-innovation and the country that approved it.",
        run: eco_innovations_are_listed,
    },
    Check {
        id: "EN-10",
        title: "A stationary sound level says at which engine speed",
        clause: "entry 46: dB(A) at min-1; practice forms, inferred",
        grade: Grade::Warn,
        entries: &[
            "EnergyConvertorTable/EnergySourceTable/SoundLevelGroup/SoundLevelStationary",
            "EnergyConvertorTable/EnergySourceTable/SoundLevelGroup/SoundLevelStationaryEngineSpeed",
        ],
        remedy: "Declare the engine speed at which the sound was measured.",
        run: sound_says_its_speed,
    },
    Check {
        id: "EN-11",
        title: "A combined value lies between those of its phases",
        clause: "inferred: it is made from them; holds on the official specimens",
        grade: Grade::Warn,
        entries: &[
            "EnergyConvertorTable/EnergySourceTable/TestWltpCo2Group",
            "EnergyConvertorTable/EnergySourceTable/TestWltpFuelConsumptionGroup",
            "EnergyConvertorTable/EnergySourceTable/TestWltpEnergyConsumptionGroup",
        ],
        remedy: "Correct the value that was mistyped. Where the completion changed CO2, all phases change with it.",
        run: combined_lies_between,
    },
];

/// Every row of an energy with the convertor it is for.
fn energies<'c>(content: &'c Content) -> impl Iterator<Item = (Row<'c>, Row<'c>)> {
    rows(content, "EnergyConvertorTable")
        .flat_map(|convertor| convertor.rows("EnergySourceTable").map(move |source| (convertor.clone(), source)))
}

/// The codes of all energies, each once.
fn codes(content: &Content) -> BTreeSet<&str> {
    energies(content).filter_map(|(_, source)| source.text(SOURCE)).collect()
}

fn purely_electric_is_all_electric(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if content.value(ELECTRIC) != Some("Y") {
        return;
    }
    for (_, source) in energies(content) {
        if let Some(code) = source.text(SOURCE)
            && code != ELECTRICITY
        {
            let text = "a purely electric vehicle (23) has no energy source (26) but 95: correct one of them";
            report.at(&source.at(SOURCE), text, &[("23", "Y"), ("26", code)]);
        }
    }
}

fn all_electric_is_purely_electric(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if content.value(ELECTRIC) == Some("N") && codes(content).into_iter().eq([ELECTRICITY]) {
        let text = "electricity (95) is the only energy (26), yet the vehicle is not called purely electric (23)";
        report.at(ELECTRIC, text, &[("23", "N"), ("26", ELECTRICITY)]);
    }
}

fn powers_lie_under_their_energy(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for (_, source) in energies(&certificate.effective) {
        let Some(code) = source.text(SOURCE) else { continue };
        let strangers: &[&str] = if code == ELECTRICITY { &[COMBUSTION_POWER] } else { &ELECTRIC_POWERS };
        for name in strangers {
            if let Some(power) = source.text(name) {
                let text = format!("this power does not belong under energy source {code}: move it to its own");
                report.at(&source.at(name), text, &[("26", code), ("power", power)]);
            }
        }
    }
}

fn every_energy_gives_a_power(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    if !class(content).starts_with(['M', 'N']) {
        return;
    }
    for (_, source) in energies(content) {
        let Some(code) = source.text(SOURCE) else { continue };
        let own: &[&str] = if code == ELECTRICITY { &ELECTRIC_POWERS } else { &[COMBUSTION_POWER] };
        if own.iter().all(|name| source.text(name).is_none()) {
            let text = format!("no power (27) is given for energy source {code}: declare it");
            report.at(&source.at("PowerGroup"), text, &[("26", code)]);
        }
    }
}

fn every_convertor_has_its_code(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    for convertor in rows(content, "EnergyConvertorTable").filter(|_| class(content).starts_with(['M', 'N'])) {
        if convertor.text(CODE).is_none() {
            let maker = convertor.text("ManufacturerEnergyConvertor").unwrap_or("–");
            let text = "this engine or motor does not name the code marked on it (21): declare it";
            report.at(&convertor.at(CODE), text, &[("manufacturer", maker)]);
        }
    }
}

fn hybrids_list_both(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let content = &certificate.effective;
    let Some(hybrid) = content.value(HYBRID).filter(|hybrid| matches!(*hybrid, "OVC-HEV" | "NOVC-HEV")) else {
        return;
    };
    let codes = codes(content);
    let listed = codes.iter().copied().collect::<Vec<_>>().join(", ");
    let values = [("23.1", hybrid), ("26", listed.as_str())];
    if !codes.contains(ELECTRICITY) {
        report.at(HYBRID, "a hybrid electric vehicle (23.1) lists electricity, 95, among its energies (26)", &values);
    } else if codes.len() == 1 {
        report.at(HYBRID, "a hybrid electric vehicle (23.1) lists its fuel beside electricity (26)", &values);
    }
}

fn principle_fits_the_energy(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for (convertor, source) in energies(&certificate.effective) {
        let (Some(principle), Some(code)) = (convertor.text("WorkingPrinciple"), source.text(SOURCE)) else { continue };
        if (principle == "ELECT") != (code == ELECTRICITY) {
            let text = "the working principle (22) and the source of energy (26) do not go together";
            report.at(&source.at(SOURCE), text, &[("22", principle), ("26", code)]);
        }
    }
}

fn motors_repeat_alike(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const REPEATED: [&str; 3] = [
        "TestWltpElectricRangeGroup/WltpPureElectricRange",
        "TestWltpElectricRangeGroup/WltpPureElectricRangeCity",
        "TestWltpEnergyConsumptionGroup/WltpEnergyConsumptionPureElectricCombined",
    ];
    let content = &certificate.effective;
    if content.value(ELECTRIC) != Some("Y") {
        return;
    }
    let mut motors = energies(content);
    let Some((_, first)) = motors.next() else { return };
    for (_, other) in motors {
        for name in REPEATED {
            let (one, two) = (first.text(name), other.text(name));
            if first.number(name) != other.number(name) {
                let text = "this motor does not repeat the vehicle's value (49) as the first motor has it";
                let values = [("first motor", one.unwrap_or("–")), ("this motor", two.unwrap_or("–"))];
                report.at(&other.at(name), text, &values);
            }
        }
    }
}

fn eco_innovations_are_listed(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const FITTED: &str = "EcoInnovationsFittedIndicator";
    let content = &certificate.effective;
    let listed = count(content, "EcoInnovationsTable");
    let values = [("fitted", content.value(FITTED).unwrap_or("–")), ("listed", &*listed.to_string())];
    match content.value(FITTED) {
        Some("Y") if listed == 0 => {
            let text = "eco-innovations are said to be fitted, and none is listed: declare them, or N";
            report.at("EcoInnovationsTable", text, &values);
        }
        Some("N") if listed > 0 => {
            report.at(
                FITTED,
                "eco-innovations are listed, and N says that none is fitted: correct one of them",
                &values,
            );
        }
        _ => {}
    }
}

fn sound_says_its_speed(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    const SPEED: &str = "SoundLevelGroup/SoundLevelStationaryEngineSpeed";
    for (_, source) in energies(&certificate.effective) {
        if let Some(level) = source.text("SoundLevelGroup/SoundLevelStationary")
            && source.text(SPEED).is_none()
        {
            let text = "the stationary sound level (46) does not say at which engine speed: declare it";
            report.at(&source.at(SPEED), text, &[("dB(A)", level)]);
        }
    }
}

/// What the names of a test's values begin with, before `Low`, `Medium`, `High`, `ExtraHigh` and `Combined`.
const TESTS: [&str; 6] = [
    "TestWltpCo2Group/WltpCo2",
    "TestWltpCo2Group/WltpCo2ChargeSustaining",
    "TestWltpFuelConsumptionGroup/WltpFuelConsumption",
    "TestWltpFuelConsumptionGroup/WltpFuelConsumptionChargeSustaining",
    "TestWltpEnergyConsumptionGroup/WltpEnergyConsumptionPureElectric",
    "TestWltpEnergyConsumptionGroup/WltpEnergyConsumptionExternallyCharged",
];

fn combined_lies_between(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    for (_, source) in energies(&certificate.effective) {
        for test in TESTS {
            let value = |part: &str| source.number(&format!("{test}{part}"));
            let phases: Option<Vec<Decimal>> = ["Low", "Medium", "High", "ExtraHigh"].map(value).into_iter().collect();
            let (Some(phases), Some(combined)) = (phases, value("Combined")) else { continue };
            let (Some(least), Some(most)) = (phases.iter().min(), phases.iter().max()) else { continue };
            if combined < *least || *most < combined {
                let (span, combined) = (format!("{least} to {most}"), combined.to_string());
                let text = "the combined value (49) is not between those of its phases: correct the one that is wrong";
                report.at(&source.at(&format!("{test}Combined")), text, &[("combined", &combined), ("phases", &span)]);
            }
        }
    }
}

#[cfg(test)]
#[path = "energy/tests.rs"]
mod tests;

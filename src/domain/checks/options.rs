//! Checks of build options: what they ask to be restated is not silently inherited, and is approved.

use std::collections::{BTreeMap, BTreeSet};

use super::look::is_stated;
use super::row::{Row, rows};
use super::{Check, Grade, Report};
use crate::domain::address::Address;
use crate::domain::catalogue::Shape;
use crate::domain::certificate::{Case, Certificate, Change};
use crate::domain::envelope::{Limiter, Place, envelope};
use crate::domain::options::{BuildOption, Dependency};

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "OP-01",
        title: "What a build option changes is declared, not silently inherited",
        clause: "inferred; EUCARIS setup manual 1.5: what is absent later keeps its earlier value",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Declare the entry: its new value, or `=` if it stays the same.",
        run: options_are_restated,
    },
    Check {
        id: "OP-02",
        title: "The approval rests on the approvals that a build option needs",
        clause: "Regulation (EU) 2018/858, Annex II, by the desk's table of options; inferred",
        grade: Grade::Warn,
        entries: &["TypeApprovalNumber"],
        remedy: "Have the subject approval added to the approval, or name one that has it.",
        run: options_are_approved,
    },
    Check {
        id: "OP-03",
        title: "The build options do not contradict each other",
        clause: "inferred from the desk's table of options",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Correct the options in the build sheet; a sheet with both is refused.",
        run: options_agree,
    },
    Check {
        id: "OP-04",
        title: "Bodywork and special purpose are those that the build options imply",
        clause: "inferred from the desk's table of options; entries 38 and 51",
        grade: Grade::Warn,
        entries: &[
            "BodyworkTable/CodeForBodywork",
            "BodyworkTable/CodeForBodyworkSupplementTable/CodeForBodyworkSupplement",
            "BodyworkTable/SpecialPurposeDesignation",
        ],
        remedy: "Declare the code that the option implies, or correct the option.",
        run: body_is_as_implied,
    },
    Check {
        id: "OP-05",
        title: "What depends on a changed entry is declared, not silently inherited",
        clause: "inferred from the desk's table of dependencies; EUCARIS setup manual 1.5: what is absent later keeps its \
                 earlier value",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Declare the entry: its new value, or `=` if it stays the same.",
        run: dependents_are_restated,
    },
    Check {
        id: "OP-06",
        title: "Every build option of the vehicle is in the desk's table of options",
        clause: "inferred: an option that the table does not have asks for nothing, so nothing it changes is looked at",
        grade: Grade::Warn,
        entries: &[],
        remedy: "Have the option put back into the options file, or take it out of the build sheet.",
        run: options_are_known,
    },
];

fn options<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a BuildOption> {
    let Case { record, options, .. } = *case;
    options.of(&record.options)
}

/// A first stage inherits nothing, silently or not: what is missing in it is missing of its category.
fn options_are_restated(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if case.record.build_stage == 1 {
        return;
    }
    let mut asked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for option in options(case) {
        for path in &option.restate {
            asked.entry(path).or_default().push(&option.title);
        }
    }
    for (path, titles) in asked {
        let reason = titles.join(", ");
        for address in unstated(case, certificate, path) {
            let title = case.catalogue.element(&address).map_or(address.as_str(), |element| element.title);
            match certificate.before.get(&address) {
                Some(before) => report.at(
                    address.as_str(),
                    format!("{title} is only inherited, and {reason} changes it: declare it, `=` if it stays the same"),
                    &[("stage before", before), ("ours", "not declared"), ("because of", &reason)],
                ),
                None => report.at(
                    address.as_str(),
                    format!("{title} is not declared, and {reason} asks for it: declare it"),
                    &[("stage before", "nothing"), ("ours", "not declared"), ("because of", &reason)],
                ),
            }
        }
    }
}

/// The addresses of a path that our stage does not state: the value in each row of a table on the way; of a group or
/// a table itself, itself, when nothing in it is stated.
fn unstated(case: &Case<'_>, certificate: &Certificate, path: &str) -> Vec<Address> {
    let stated = |address: &Address| certificate.own.get(address).is_some_and(is_stated);
    let is_value = case.catalogue.by_path(path).is_some_and(|element| matches!(element.shape, Shape::Value(_)));
    if !is_value {
        let any = certificate.own.iter().any(|(address, own)| address.is_within(path) && is_stated(own));
        return if any { Vec::new() } else { vec![Address::unchecked(path)] };
    }
    let dropped = |address: &Address| case.record.dropped.keys().any(|row| address.is_within(row.as_str()));
    let name = path.rsplit('/').next().unwrap_or(path);
    let before = certificate.before.iter().map(|(address, _)| address);
    let mut places: Vec<Address> = before
        .chain(certificate.own.keys())
        .filter(|address| address.as_str().ends_with(name) && address.pattern() == path && !dropped(address))
        .cloned()
        .collect();
    places.sort();
    places.dedup();
    if places.is_empty() {
        return vec![Address::unchecked(path)];
    }
    places.retain(|address| !stated(address));
    places
}

fn options_are_approved(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    let Some(approval) = case.approval() else { return };
    for option in options(case) {
        for needed in &option.regulations {
            let series = format!("{needed}-");
            let under = |regulation: &str| regulation == needed || regulation.starts_with(&series);
            let mut named = approval.subjects.iter().filter(|subject| under(&subject.regulation)).peekable();
            let only_for_others: Vec<&str> = named.clone().map(|subject| subject.number.as_str()).collect();
            // A subject approval that names no option serves any.
            let none_at_all = named.peek().is_none();
            if named.any(|subject| subject.options.is_empty() || subject.options.contains(&option.code)) {
                continue;
            }
            let what = if none_at_all {
                format!("{} names none", approval.number)
            } else {
                format!("{} names {} for other options only", approval.number, only_for_others.join(", "))
            };
            report.at(
                "TypeApprovalNumber",
                format!(
                    "{} needs an approval under {needed}, and {what}: have it added, or name another approval",
                    option.title
                ),
                &[("option", &option.code), ("regulation", needed)],
            );
        }
    }
}

fn options_agree(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for contradiction in case.options.contradictions(&case.record.options) {
        let text = format!("{}: correct the options in the build sheet", contradiction.in_words());
        report.whole(text, &[("option", &contradiction.one.code), ("and", &contradiction.other.code)]);
    }
}

fn options_are_known(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    for code in case.record.options.iter().filter(|code| case.options.option(code).is_none()) {
        let text = format!(
            "the table of options does not have {code}: what it asks to be restated and approved is not looked at"
        );
        report.whole(text, &[("option", code)]);
    }
}

const SUPPLEMENT: &str = "CodeForBodyworkSupplement";

fn body_is_as_implied(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let effective = &certificate.effective;
    // The first body is the one that options speak of.
    let body = effective.row_numbers("BodyworkTable").next().unwrap_or(1);
    let entry = |name: &str| format!("BodyworkTable[{body}]/{name}");
    let mut differs = |address: &str, title: &str, option: &BuildOption, implied: &str, found: &str| {
        let text = format!("{title} is {found}, and {} implies {implied}: one of the two is wrong", option.title);
        report.at(address, text, &[("implied", implied), ("ours", found)]);
    };
    for option in options(case) {
        for (address, title, implied) in [
            (entry("CodeForBodywork"), "the code for bodywork", &option.bodywork),
            (entry("SpecialPurposeDesignation"), "the special purpose", &option.special_purpose),
        ] {
            let found = effective.value(&address);
            if let Some(implied) = implied.as_deref().filter(|implied| found != Some(*implied)) {
                differs(&address, title, option, implied, found.unwrap_or("not given"));
            }
        }
        if let Some(implied) = &option.supplement {
            let supplements: Vec<Row<'_>> = rows(effective, &entry("CodeForBodyworkSupplementTable")).collect();
            let found: Vec<&str> = supplements.iter().filter_map(|row| row.text(SUPPLEMENT)).collect();
            if !found.contains(&implied.as_str()) {
                let given = if found.is_empty() { "not given".to_owned() } else { found.join(", ") };
                let first = || entry(&format!("CodeForBodyworkSupplementTable[1]/{SUPPLEMENT}"));
                let at = supplements.first().map_or_else(first, |row| row.at(SUPPLEMENT));
                differs(&at, "the supplement to the bodywork", option, implied, &given);
            }
        }
    }
}

fn dependents_are_restated(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    // What an option asks to be restated is OP-01's to say.
    let asked: BTreeSet<&str> = options(case).flat_map(|option| &option.restate).map(String::as_str).collect();
    for dependency in &case.options.dependencies {
        let Some(trigger) = differs_at(certificate, &dependency.when) else { continue };
        if dependency.unless_allowed && allowed_by_base(case, certificate, &trigger.address) {
            continue;
        }
        for path in dependency.then.iter().filter(|path| !asked.contains(path.as_str())) {
            for address in unstated(case, certificate, path) {
                inherited(case, certificate, dependency, trigger, &address, report);
            }
        }
    }
}

/// Whether the base manufacturer limits an entry and our value is within.
fn allowed_by_base(case: &Case<'_>, certificate: &Certificate, address: &Address) -> bool {
    let within = |place: Place| matches!(place, Place::Inside | Place::AtEdge);
    let mut limited = envelope(case, certificate).into_iter().filter(|one| one.limiter == Limiter::Base);
    limited.any(|one| one.address == *address && within(one.place))
}

/// The first entry at or below a path that our stage changes.
fn differs_at<'a>(certificate: &'a Certificate, path: &str) -> Option<&'a Change> {
    certificate
        .changes
        .iter()
        .find(|change| change.kind.differs() && Address::unchecked(&change.address.pattern()).is_within(path))
}

fn inherited(
    case: &Case<'_>,
    certificate: &Certificate,
    dependency: &Dependency,
    trigger: &Change,
    address: &Address,
    report: &mut Report,
) {
    // Of a group or a table the first value that stands speaks for all of it.
    let Some((_, before)) = certificate.before.within(address.as_str()).next() else { return };
    let title = |address: &Address| {
        case.catalogue.element(address).map_or(address.as_str().to_owned(), |one| one.title.to_owned())
    };
    let changed = title(&trigger.address);
    let or_none = |value: &Option<String>| value.as_deref().unwrap_or("none").to_owned();
    let change = format!("{} → {}", or_none(&trigger.before), or_none(&trigger.ours));
    report.at(
        address.as_str(),
        format!(
            "{} is only inherited, and {changed} changed: {}. Declare it, `=` if it stays the same",
            title(address),
            dependency.because
        ),
        &[("stage before", before), ("ours", "not declared"), (&changed, &change)],
    );
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::{Address, BuildOption, Dependency};

    #[test]
    fn what_an_option_changes_and_is_only_inherited_warns_with_the_value_that_stands() {
        let mut world = World::sound();
        assert!(!world.fires("OP-01"));
        world.unset("MassGroup/MassInRunningOrder");
        assert!(world.fires("OP-01"), "nobody gives it");
        world.record.build_stage = 1;
        assert!(!world.fires("OP-01"), "a first stage has nothing to inherit");
        world.record.build_stage = 2;
        world.base("MassGroup/MassInRunningOrder", "2320");
        let findings = world.findings();
        let finding = findings.iter().find(|finding| finding.check == "OP-01").unwrap();
        assert_eq!(finding.values[0], ("stage before".to_owned(), "2320".to_owned()));
    }

    #[test]
    fn one_row_of_a_table_that_is_not_declared_is_enough() {
        let mut world = World::sound();
        world.unset("AxleTable[2]/DistributionMassRunningOrderAxle");
        world.base("AxleTable[2]/DistributionMassRunningOrderAxle", "900");
        let findings = world.findings();
        let at: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.check == "OP-01")
            .filter_map(|finding| finding.address.as_ref().map(Address::as_str))
            .collect();
        assert_eq!(at, ["AxleTable[2]/DistributionMassRunningOrderAxle"]);
    }

    #[test]
    fn an_option_without_its_subject_approval_warns() {
        let mut world = World::sound();
        assert!(!world.fires("OP-02"), "the series of amendments does not matter");
        world.approvals[0].subjects.clear();
        assert!(world.fires("OP-02"));
    }

    #[test]
    fn a_subject_approval_for_other_options_does_not_serve_and_one_for_none_in_particular_does() {
        let mut world = World::sound();
        world.approvals[0].subjects[0].options = vec!["CRANE".to_owned()];
        assert!(world.fires("OP-02"));
        world.approvals[0].subjects[0].options.clear();
        assert!(!world.fires("OP-02"));
    }

    #[test]
    fn two_options_that_exclude_each_other_warn() {
        let mut world = World::sound();
        world.options.options[0].excludes = vec!["CRANE".to_owned()];
        world.options.options.push(BuildOption { code: "CRANE".to_owned(), ..BuildOption::default() });
        assert!(!world.fires("OP-03"));
        world.record.options.insert("CRANE".to_owned());
        assert!(world.fires("OP-03"));
    }

    #[test]
    fn an_option_that_the_table_lost_warns_in_place_of_what_it_asked() {
        let mut world = World::sound();
        world.unset("MassGroup/MassInRunningOrder");
        assert!(world.fires("OP-01") && !world.fires("OP-06"));
        world.options.options.clear();
        assert!(!world.fires("OP-01") && world.fires("OP-06"));
    }

    #[test]
    fn a_body_other_than_an_option_implies_warns_with_both_values() {
        let mut world = World::sound();
        world.options.options[0].bodywork = Some("BA".to_owned());
        world.options.options[0].supplement = Some("03".to_owned());
        world.set("BodyworkTable[1]/CodeForBodywork", "BA");
        world.set("BodyworkTable[1]/CodeForBodyworkSupplementTable[1]/CodeForBodyworkSupplement", "26");
        world.set("BodyworkTable[1]/CodeForBodyworkSupplementTable[2]/CodeForBodyworkSupplement", "03");
        assert!(!world.fires("OP-04"), "one of several supplements is enough");
        world.set("BodyworkTable[1]/CodeForBodywork", "BB");
        let findings = world.findings();
        let finding = findings.iter().find(|finding| finding.check == "OP-04").unwrap();
        let values: Vec<&str> = finding.values.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["BA", "BB"]);
        world.set("BodyworkTable[1]/CodeForBodywork", "BA");
        world.options.options[0].special_purpose = Some("SA".to_owned());
        assert!(world.fires("OP-04"), "one that is not given differs too");
    }

    #[test]
    fn what_depends_on_a_changed_entry_and_is_only_inherited_warns_with_both_values_and_the_reason() {
        let mut world = World::sound();
        world.base("GeneralConstructionGroup/NumberOfDoors", "2");
        world.base("DimensionGroup/Length", "5895");
        world.options.dependencies.push(Dependency {
            when: "GeneralConstructionGroup/NumberOfDoors".to_owned(),
            then: vec!["DimensionGroup/Length".to_owned()],
            because: "doors take room".to_owned(),
            unless_allowed: false,
        });
        assert!(!world.fires("OP-05"), "it is declared");
        world.unset("DimensionGroup/Length");
        let findings = world.findings();
        let finding = findings.iter().find(|finding| finding.check == "OP-05").unwrap();
        assert!(finding.message.contains("doors take room"), "{finding:?}");
        assert_eq!(finding.values[0], ("stage before".to_owned(), "5895".to_owned()));
        assert_eq!(finding.values[2], ("NumberOfDoors".to_owned(), "2 → 3".to_owned()));
        world.set("GeneralConstructionGroup/NumberOfDoors", "2");
        assert!(!world.fires("OP-05"), "nothing changed");
        world.set("GeneralConstructionGroup/NumberOfDoors", "3");
        world.no_base("DimensionGroup/Length");
        assert!(!world.fires("OP-05"), "nothing is inherited");
    }

    #[test]
    fn what_depends_on_a_value_the_base_manufacturer_allows_may_be_inherited() {
        let mut world = World::sound();
        world.base("MassGroup/ActualMass", "2400");
        world.base("DimensionGroup/Length", "5895");
        world.unset("DimensionGroup/Length");
        world.options.dependencies.push(Dependency {
            when: "MassGroup/ActualMass".to_owned(),
            then: vec!["DimensionGroup/Length".to_owned()],
            because: "for the test".to_owned(),
            unless_allowed: true,
        });
        assert!(world.fires("OP-05"), "the base manufacturer allows nothing");
        world.base("AllowedParameterValuesMultistageGroup/AllowedActualMassMax", "3290");
        assert!(!world.fires("OP-05"));
        world.base("AllowedParameterValuesMultistageGroup/AllowedActualMassMax", "3289");
        assert!(world.fires("OP-05"));
    }
}

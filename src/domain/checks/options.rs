//! Checks of build options: what they ask to be restated is not silently inherited, and is approved.

use std::collections::BTreeMap;

use super::look::is_stated;
use super::{Check, Grade, Report};
use crate::domain::address::Address;
use crate::domain::catalogue::Shape;
use crate::domain::certificate::{Case, Certificate};
use crate::domain::policy::BuildOption;

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
        clause: "Regulation (EU) 2018/858, Annex II, by the policy's table of options; inferred",
        grade: Grade::Warn,
        entries: &["TypeApprovalNumber"],
        remedy: "Have the subject approval added to the approval, or name one that has it.",
        run: options_are_approved,
    },
];

fn options<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a BuildOption> {
    let Case { record, policy, .. } = *case;
    record.options.iter().filter_map(|code| policy.option(code))
}

fn options_are_restated(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
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
            let there = approval
                .subjects
                .iter()
                .any(|subject| subject.regulation == *needed || subject.regulation.starts_with(&series));
            if !there {
                report.at(
                    "TypeApprovalNumber",
                    format!(
                        "{} needs an approval under {needed}, and {} names none: have it added, or name another approval",
                        option.title, approval.number
                    ),
                    &[("option", &option.code), ("regulation", needed)],
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::Address;

    #[test]
    fn what_an_option_changes_and_is_only_inherited_warns_with_the_value_that_stands() {
        let mut world = World::sound();
        assert!(!world.fires("OP-01"));
        world.unset("MassGroup/MassInRunningOrder");
        assert!(world.fires("OP-01"), "nobody gives it");
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
}

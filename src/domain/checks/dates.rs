//! Checks of dates: the days of manufacture and of issue stand in their order.

use super::look::{day, own};
use super::{Check, Grade, Report};
use crate::domain::approval::{Approval, ApprovalNumber};
use crate::domain::certificate::{Case, Certificate};

const BUILT: &str = "DateManufactureVehicle";
const ISSUED: &str = "TypeApprovalIssueDate";
const NUMBER: &str = "TypeApprovalNumber";

/// The checks of this subject.
pub const CHECKS: &[Check] = &[
    Check {
        id: "DA-01",
        title: "Manufactured by today",
        clause: "Regulation (EU) 2018/858, Articles 36 and 37: the certificate comes after the manufacture",
        grade: Grade::Block,
        entries: &[BUILT],
        remedy: "Correct the date, or wait for the day: the certificate comes after the manufacture.",
        run: not_in_the_future,
    },
    Check {
        id: "DA-02",
        title: "Completed no earlier than the base was manufactured",
        clause: "inferred: the order of the stages",
        grade: Grade::Warn,
        entries: &[BUILT],
        remedy: "Correct the date of our stage, or ask for a correction of the base message.",
        run: not_before_the_base,
    },
    Check {
        id: "DA-03",
        title: "Manufactured no earlier than the approval was issued",
        clause: "inferred: the order of approval and manufacture",
        grade: Grade::Warn,
        entries: &[BUILT, ISSUED],
        remedy: "Correct the date, or name the extension that was in force on that day.",
        run: not_before_the_approval,
    },
    Check {
        id: "DA-04",
        title: "The date of manufacture is given",
        clause: "Regulation (EU) 2018/858, Article 36: the date of manufacture is included; entry 0.11",
        grade: Grade::Block,
        entries: &[BUILT],
        remedy: "Declare the day on which the vehicle was manufactured (0.11).",
        run: is_given,
    },
    Check {
        id: "DA-05",
        title: "The date of manufacture is that of our stage",
        clause: "entry 0.11 of a completed vehicle; inferred",
        grade: Grade::Warn,
        entries: &[BUILT],
        remedy: "Declare the day on which our stage was finished, or `=` where the base vehicle's is meant.",
        run: is_ours,
    },
    Check {
        id: "DA-06",
        title: "Each extension of the approval has a date of issue of its own",
        clause: "EReg change overview 1.1: the date of issue moves with the extension, not with corrections; the comparison is inferred",
        grade: Grade::Warn,
        entries: &[ISSUED, NUMBER],
        remedy: "Look at the approval documents and import the approval with the date of this extension.",
        run: extensions_have_their_own_date,
    },
    Check {
        id: "DA-07",
        title: "Stages under one approval give its extension one date of issue",
        clause: "EReg change overview 1.1: the date of issue moves with the extension, not with corrections; the comparison is inferred",
        grade: Grade::Warn,
        entries: &[ISSUED, NUMBER],
        remedy: "Look at the approval documents: either the extension or its date is wrong in one of the stages.",
        run: stages_agree_on_the_date,
    },
];

fn not_in_the_future(case: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let today = case.now.day();
    if let Some(built) = day(&certificate.effective, BUILT)
        && built > today
    {
        let values = [("manufactured", built.to_string()), ("today", today.to_string())];
        let [(one, first), (other, second)] = &values;
        report.at(BUILT, "the date of manufacture lies in the future", &[(one, first), (other, second)]);
    }
}

fn not_before_the_base(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if let (Some(theirs), Some(ours)) = (day(&certificate.before, BUILT), day(&certificate.effective, BUILT))
        && ours < theirs
    {
        let (theirs, ours) = (theirs.to_string(), ours.to_string());
        let text = "our stage was manufactured before the stage it builds on";
        report.at(BUILT, text, &[("stage before", &theirs), ("ours", &ours)]);
    }
}

fn not_before_the_approval(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let issued = own(certificate, ISSUED).and_then(|own| crate::domain::value::date(&own.value));
    if let (Some(issued), Some(built)) = (issued, day(&certificate.effective, BUILT))
        && built < issued
    {
        let (issued, built) = (issued.to_string(), built.to_string());
        let text = "manufactured before this extension of the approval was issued";
        report.at(BUILT, text, &[("issued", &issued), ("manufactured", &built)]);
    }
}

fn is_given(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if certificate.effective.value(BUILT).is_none() {
        report.at(BUILT, "no stage gives the date of manufacture (0.11): declare it", &[]);
    }
}

fn is_ours(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    if let Some(theirs) = certificate.before.value(BUILT)
        && own(certificate, BUILT).is_none()
    {
        let text = "only the base vehicle's date of manufacture stands: declare the day of our stage (0.11)";
        report.at(BUILT, text, &[("stage before", theirs)]);
    }
}

fn extensions_have_their_own_date(case: &Case<'_>, _: &Certificate, report: &mut Report) {
    let Some(named) = case.approval() else { return };
    let same = |other: &&Approval| other.number.base() == named.number.base() && other.issued == named.issued;
    for other in case.approvals.iter().filter(|other| other.number != named.number).filter(same) {
        let text = format!("{} and {} have the same date of issue: one of them is wrong", named.number, other.number);
        let issued = named.issued.to_string();
        report.at(ISSUED, text, &[(named.number.as_str(), &issued), (other.number.as_str(), &issued)]);
    }
}

fn stages_agree_on_the_date(_: &Case<'_>, certificate: &Certificate, report: &mut Report) {
    let theirs = |address| certificate.before.value(address);
    let ours = |address| own(certificate, address).map(|own| own.value.as_str());
    let (Some(before), Some(number)) = (theirs(NUMBER), ours(NUMBER)) else { return };
    let (Some(earlier), Some(later)) = (theirs(ISSUED), ours(ISSUED)) else { return };
    let base = |number| ApprovalNumber::parse(number).map(|number| number.base().to_owned());
    let of_one = matches!((base(before), base(number)), (Ok(one), Ok(other)) if one == other);
    if of_one && (before == number) != (earlier == later) {
        let text = if earlier == later {
            "another extension than that of the stage before has the same date of issue"
        } else {
            "the same extension as that of the stage before has another date of issue"
        };
        let (earlier, later) = (format!("{before}, {earlier}"), format!("{number}, {later}"));
        report.at(ISSUED, text, &[("stage before", &earlier), ("ours", &later)]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::{BUILT, ISSUED, NUMBER};
    use crate::domain::approval::ApprovalNumber;

    #[test]
    fn two_extensions_of_one_date_warn() {
        let mut world = World::sound();
        let mut other = world.approvals[0].clone();
        other.number = ApprovalNumber::parse("e4*2018/858*90471*00").unwrap();
        world.approvals.push(other);
        assert!(world.fires("DA-06"));
        world.approvals[1].issued = world.now.day();
        assert!(!world.fires("DA-06"));
    }

    #[test]
    fn stages_of_one_approval_that_differ_about_its_date_warn() {
        let mut world = World::sound();
        assert!(!world.fires("DA-07"), "another approval has a date of its own");
        let issued = world.approvals[0].issued.to_string();
        world.base(NUMBER, "e4*2018/858*90471*00");
        assert!(!world.fires("DA-07"));
        world.base(ISSUED, &issued);
        assert!(world.fires("DA-07"), "two extensions, one date");
        world.base(NUMBER, "e4*2018/858*90471*01");
        assert!(!world.fires("DA-07"));
        world.base(ISSUED, "2026-04-16");
        assert!(world.fires("DA-07"), "one extension, two dates");
    }

    #[test]
    fn a_manufacture_to_come_blocks() {
        let mut world = World::sound();
        world.set(BUILT, &world.now.day().to_string());
        assert!(!world.fires("DA-01"));
        world.set(BUILT, &world.now.day().succ_opt().unwrap().to_string());
        assert!(world.fires("DA-01"));
    }

    #[test]
    fn a_completion_before_the_base_warns() {
        let mut world = World::sound();
        world.set(BUILT, "2026-07-20");
        assert!(!world.fires("DA-02"));
        world.set(BUILT, "2026-07-19");
        assert!(world.fires("DA-02"));
    }

    #[test]
    fn a_manufacture_before_the_approval_warns() {
        let mut world = World::sound();
        assert!(!world.fires("DA-03"));
        world.approvals[0].issued = world.now.day();
        assert!(world.fires("DA-03"));
    }

    #[test]
    fn a_missing_date_blocks_and_an_inherited_one_warns() {
        let mut world = World::sound();
        assert!(!world.fires("DA-04") && !world.fires("DA-05"));
        world.unset(BUILT);
        assert!(!world.fires("DA-04") && world.fires("DA-05"));
        world.no_base(BUILT);
        assert!(world.fires("DA-04") && !world.fires("DA-05"));
    }
}

//! The catalogue of checks: small pure functions, each with an id, a title, the clause it rests on and a default grade.
//!
//! To add one: write a function in the module of its subject and give it a row in that module's `CHECKS`.

mod approvals;
mod arithmetic;
mod axles;
mod body;
mod category;
mod completion;
mod dates;
mod energy;
#[cfg(test)]
pub(crate) mod fixture;
mod identity;
mod look;
mod masses;
mod messages;
mod options;
pub mod page;
mod row;
mod series;
mod stages;
mod structure;
mod text;
mod towing;

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::address::Address;
use super::certificate::{Case, Certificate};
use super::identity::Login;
use super::moment::Moment;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// The check is switched off.
    Off,
    /// Worth knowing.
    Info,
    /// Worth a look before release.
    Warn,
    /// Release is blocked.
    Block,
}

impl Grade {
    /// All grades, lightest first.
    pub const ALL: [Grade; 4] = [Grade::Off, Grade::Info, Grade::Warn, Grade::Block];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Grade::Off => "off",
            Grade::Info => "info",
            Grade::Warn => "warn",
            Grade::Block => "block",
        }
    }

    /// The grade of that word.
    pub fn of(word: &str) -> Option<Grade> {
        Grade::ALL.into_iter().find(|grade| grade.word() == word)
    }
}

/// One row of the catalogue of checks.
#[derive(Debug)]
pub struct Check {
    /// Its id: two letters of its subject and a number, `MS-03`. Never used again for another check.
    pub id: &'static str,
    /// What it looks at.
    pub title: &'static str,
    /// What it rests on: regulation, guide, clause; or that it is inferred.
    pub clause: &'static str,
    /// Its grade unless the policy says otherwise. What is inferred warns.
    pub grade: Grade,
    /// Paths of the entries it speaks of; none where it looks at all of them.
    pub entries: &'static [&'static str],
    /// What a person does about it, in a sentence or two.
    pub remedy: &'static str,
    /// Looks, and reports through [`Report`].
    pub run: fn(&Case<'_>, &Certificate, &mut Report),
}

/// One result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check's id.
    pub check: &'static str,
    /// The check's title.
    pub title: &'static str,
    /// What the check rests on.
    pub clause: &'static str,
    /// How much it weighs under this policy.
    pub grade: Grade,
    /// That the policy graded the check otherwise than the catalogue does, if it did.
    pub regraded: Option<Regraded>,
    /// The entry it speaks of, if one.
    pub address: Option<Address>,
    /// What is wrong, and what to do.
    pub message: String,
    /// The values it compared, each with a name.
    pub values: Vec<(String, String)>,
}

/// A grade that a policy gave instead of the catalogue's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regraded {
    /// The catalogue's grade.
    pub by_default: Grade,
    /// The number of the policy the check was run under.
    pub policy: u32,
}

/// Who gave a check the grade it has under a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graded {
    /// The grade.
    pub grade: Grade,
    /// The number of the policy that first gave it; later ones kept it.
    pub policy: u32,
    /// When that policy was applied.
    pub at: Moment,
    /// Who applied it.
    pub by: Option<Login>,
    /// Why, in their words.
    pub reason: Option<String>,
}

/// Where a check reports.
#[derive(Debug, Default)]
pub struct Report {
    found: Vec<Reported>,
}

#[derive(Debug)]
struct Reported {
    address: Option<Address>,
    message: String,
    values: Vec<(String, String)>,
}

impl Report {
    /// Reports what is wrong at an address the caller writes out.
    pub fn at(&mut self, address: &str, message: impl Into<String>, values: &[(&str, &str)]) {
        let address = Some(Address::unchecked(address));
        self.found.push(Reported { address, message: message.into(), values: named(values) });
    }

    /// Reports two numbers that do not go together, each with a name.
    pub fn numbers(&mut self, address: &str, message: impl Into<String>, values: [(&str, Decimal); 2]) {
        let [(one, first), (other, second)] = values;
        self.at(address, message, &[(one, &first.to_string()), (other, &second.to_string())]);
    }

    /// Whether nothing was reported.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Reports what is wrong with the record as a whole.
    pub fn whole(&mut self, message: impl Into<String>, values: &[(&str, &str)]) {
        self.found.push(Reported { address: None, message: message.into(), values: named(values) });
    }
}

fn named(values: &[(&str, &str)]) -> Vec<(String, String)> {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The subjects of checks, each with its title and its checks, in the order findings are told in.
const SUBJECTS: &[(&str, &[Check])] = &[
    ("Identity", identity::CHECKS),
    ("Messages received", messages::CHECKS),
    ("Build stages", stages::CHECKS),
    ("Completion", completion::CHECKS),
    ("Approval", approvals::CHECKS),
    ("Kind of approval", series::CHECKS),
    ("Category", category::CHECKS),
    ("Body, seats and dimensions", body::CHECKS),
    ("Arithmetic", arithmetic::CHECKS),
    ("Masses", masses::CHECKS),
    ("Towing", towing::CHECKS),
    ("Axles, wheels and tyres", axles::CHECKS),
    ("Power plant", energy::CHECKS),
    ("Dates", dates::CHECKS),
    ("Structure", structure::CHECKS),
    ("Build options", options::CHECKS),
    ("Text", text::CHECKS),
];

/// Every check, by subject.
pub fn all() -> impl Iterator<Item = &'static Check> {
    SUBJECTS.iter().flat_map(|(_, checks)| *checks)
}

/// Runs every check that the policy leaves on: what blocks first, then by the order of the catalogue; nothing twice.
pub fn run(case: &Case<'_>, certificate: &Certificate) -> Vec<Finding> {
    let mut findings = Vec::new();
    for check in all() {
        let given = case.policy.grades.get(check.id).copied().filter(|given| *given != check.grade);
        let grade = given.unwrap_or(check.grade);
        if grade == Grade::Off {
            continue;
        }
        let regraded = given.map(|_| Regraded { by_default: check.grade, policy: case.policy.version });
        let mut report = Report::default();
        (check.run)(case, certificate, &mut report);
        let mut told = BTreeSet::new();
        for Reported { address, message, values } in report.found {
            if told.insert((address.clone(), message.clone())) {
                let Check { id, title, clause, .. } = *check;
                findings.push(Finding { check: id, title, clause, grade, regraded, address, message, values });
            }
        }
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
    findings
}

#[cfg(test)]
mod tests {
    use super::fixture::World;
    use super::{BTreeSet, Grade, Regraded, all};

    #[test]
    fn every_check_has_an_id_of_its_own_and_says_what_it_rests_on() {
        let mut ids = BTreeSet::new();
        for check in all() {
            let (subject, number) = check.id.split_once('-').unwrap();
            assert!(subject.len() == 2 && number.len() == 2 && number.parse::<u8>().is_ok(), "{}", check.id);
            assert!(ids.insert(check.id), "{} is used twice", check.id);
            assert!(!check.title.is_empty() && !check.clause.is_empty() && !check.remedy.is_empty(), "{}", check.id);
        }
    }

    #[test]
    fn what_is_inferred_never_blocks_by_default() {
        for check in all().filter(|check| check.clause.contains("inferred")) {
            assert!(check.grade < Grade::Block, "{}", check.id);
        }
    }

    #[test]
    fn a_sound_record_has_no_findings() {
        assert_eq!(World::sound().findings(), []);
    }

    #[test]
    fn a_policy_regrades_and_switches_off() {
        let mut world = World::sound();
        world.set("MassGroup/ActualMass", "3000");
        world.policy.grades.insert("AR-02".to_owned(), Grade::Block);
        let finding = &world.findings()[0];
        assert_eq!(finding.grade, Grade::Block);
        assert_eq!(finding.regraded, Some(Regraded { by_default: Grade::Warn, policy: 1 }));
        world.policy.grades.insert("AR-02".to_owned(), Grade::Warn);
        assert_eq!(world.findings()[0].regraded, None, "it is what the catalogue says anyway");
        world.policy.grades.insert("AR-02".to_owned(), Grade::Off);
        assert!(!world.fires("AR-02"));
    }

    #[test]
    fn nothing_is_found_twice_and_what_blocks_comes_first() {
        let mut world = World::sound();
        let fault = crate::domain::record::StageFault { place: "line 1".to_owned(), message: "odd".to_owned() };
        world.record.stages[0].faults = vec![fault.clone(), fault];
        world.unset("TypeApprovalNumber");
        let findings = world.findings();
        assert_eq!(findings.iter().filter(|finding| finding.check == "ST-03").count(), 1);
        assert!(findings.windows(2).all(|pair| pair[0].grade >= pair[1].grade));
        assert_eq!(findings[0].grade, Grade::Block);
    }
}

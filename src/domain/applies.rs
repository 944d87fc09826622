//! Which vehicles an element belongs to: the categories and stages of completion that have it alone, must not have it,
//! or must give it. The rows come from `ivi::catalogue`, each with its source and how sure it is.

use super::catalogue::Mark;

/// What a row says about an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// It belongs to the vehicles named and to no others.
    Only,
    /// The vehicles named must not have it.
    Never,
    /// The vehicles named must give it.
    Must,
}

/// One row: what holds of an element, or of everything in a group or table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applies {
    /// The path of the element, group or table it speaks of.
    pub path: String,
    /// What it says.
    pub rule: Rule,
    /// Classes of vehicles: `M` is M1 to M3, `M1` is M1, M1G, M1S and M1GS; empty is all.
    pub categories: Vec<&'static str>,
    /// Codes of stages of completion (C, I, V); empty is all.
    pub stages: Vec<&'static str>,
    /// How sure it is.
    pub mark: Mark,
    /// The regulation, guide or specimen it was read in or inferred from.
    pub source: &'static str,
    /// The check that looks at it, where a check of its own does; the checks of the category leave it out.
    pub said_by: Option<&'static str>,
}

impl Applies {
    /// Whether a vehicle must not have the element.
    pub fn forbids(&self, vehicle: &Vehicle<'_>) -> bool {
        match self.rule {
            Rule::Never => self.names(vehicle) == Some(true),
            Rule::Only => self.names(vehicle) == Some(false),
            Rule::Must => false,
        }
    }

    /// Whether a vehicle must give the element.
    pub fn requires(&self, vehicle: &Vehicle<'_>) -> bool {
        self.rule == Rule::Must && self.names(vehicle) == Some(true)
    }

    /// Whether it is about the stage of completion, whatever the category.
    pub fn is_about_the_stage(&self) -> bool {
        !self.stages.is_empty()
    }

    /// Whether the vehicle is among those named; `None` where it does not say what would tell.
    fn names(&self, vehicle: &Vehicle<'_>) -> Option<bool> {
        let category = among(&self.categories, vehicle.category, is_of_class);
        let stage = among(&self.stages, vehicle.stage, |stage, code| stage == code);
        match (category, stage) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }
}

fn among(list: &[&str], given: Option<&str>, fits: fn(&str, &str) -> bool) -> Option<bool> {
    if list.is_empty() {
        return Some(true);
    }
    given.map(|given| list.iter().any(|one| fits(given, one)))
}

/// What tells whether a row speaks of a vehicle.
#[derive(Debug, Clone, Copy)]
pub struct Vehicle<'a> {
    /// The code of its category: `N2`, `M1GS`.
    pub category: Option<&'a str>,
    /// The code of its stage of completion.
    pub stage: Option<&'a str>,
}

/// Whether a category's code is of a class: `M1GS` is of `M1` and of `M`. No class has a number of two digits.
pub fn is_of_class(category: &str, class: &str) -> bool {
    category.starts_with(class)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(rule: Rule, categories: &[&'static str], stages: &[&'static str]) -> Applies {
        Applies {
            path: "ColourTable".to_owned(),
            rule,
            categories: categories.to_vec(),
            stages: stages.to_vec(),
            mark: Mark::Verified,
            source: "test",
            said_by: None,
        }
    }

    fn vehicle<'a>(category: &'a str, stage: &'a str) -> Vehicle<'a> {
        Vehicle { category: Some(category), stage: Some(stage) }
    }

    #[test]
    fn a_class_takes_in_its_off_road_and_special_purpose_vehicles() {
        for (category, class) in [("M1GS", "M1"), ("M1GS", "M"), ("N2", "N"), ("L3e-A1", "L"), ("C4.1a", "C")] {
            assert!(is_of_class(category, class), "{category} {class}");
        }
        for (category, class) in [("M1", "M2"), ("N2", "M"), ("M1", "M1G")] {
            assert!(!is_of_class(category, class), "{category} {class}");
        }
    }

    #[test]
    fn what_belongs_to_some_alone_is_forbidden_to_the_others() {
        let only = row(Rule::Only, &["M", "N"], &[]);
        assert!(!only.forbids(&vehicle("N1G", "V")));
        assert!(only.forbids(&vehicle("O4", "V")));
        let incomplete = row(Rule::Only, &[], &["I"]);
        assert!(incomplete.forbids(&vehicle("N1", "V")));
        assert!(!incomplete.forbids(&vehicle("N1", "I")));
    }

    #[test]
    fn a_vehicle_that_does_not_say_its_category_is_not_judged_by_it() {
        let unknown = Vehicle { category: None, stage: Some("V") };
        for rule in [Rule::Only, Rule::Never, Rule::Must] {
            let row = row(rule, &["M1"], &[]);
            assert!(!row.forbids(&unknown) && !row.requires(&unknown));
        }
        assert!(row(Rule::Never, &[], &["V"]).forbids(&unknown), "its stage is known");
    }

    #[test]
    fn a_row_of_a_category_and_a_stage_asks_for_both() {
        let must = row(Rule::Must, &["N"], &["I"]);
        assert!(must.requires(&vehicle("N2", "I")));
        assert!(!must.requires(&vehicle("N2", "V")));
        assert!(!must.requires(&vehicle("M1", "I")));
    }
}

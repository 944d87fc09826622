//! The envelope of a record: every entry that the base manufacturer or our approval limits, where our value sits in it.
//!
//! The base manufacturer limits what its emission values may be kept for (entry 0.2.2.1,
//! `AllowedParameterValuesMultistageGroup`); the approval limits what it covers, for a variant and version. The checks
//! `MS-08`, `AP-04` and `AP-05` speak of nothing but what is listed here.

use rust_decimal::Decimal;

use super::address::Address;
use super::approval::ApprovalNumber;
use super::certificate::{Case, Certificate};
use super::content::Content;
use super::value;

/// Who limits an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limiter {
    /// The base manufacturer, in entry 0.2.2.1 of its certificate.
    Base,
    /// Our approval, for our variant and version.
    Approval(ApprovalNumber),
}

impl Limiter {
    /// Its word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Limiter::Base => "base",
            Limiter::Approval(_) => "approval",
        }
    }
}

/// Where a value sits between its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Between them.
    Inside,
    /// On one of them, and thereby still inside.
    AtEdge,
    /// Below the least or above the greatest.
    Outside,
    /// No stage gives a value.
    Missing,
    /// The value does not read as a number: another check says so.
    Unreadable,
}

impl Place {
    /// Its words.
    pub fn word(self) -> &'static str {
        match self {
            Place::Inside => "inside",
            Place::AtEdge => "at edge",
            Place::Outside => "outside",
            Place::Missing => "missing",
            Place::Unreadable => "unreadable",
        }
    }
}

/// One limited entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited {
    /// The entry.
    pub address: Address,
    /// The least value; none where that end is open.
    pub min: Option<Decimal>,
    /// The greatest value; none where that end is open.
    pub max: Option<Decimal>,
    /// The effective value, in the unit of the limits.
    pub value: Option<Decimal>,
    /// The unit of all three.
    pub unit: Option<&'static str>,
    /// Where the value sits.
    pub place: Place,
    /// Who limits it.
    pub limiter: Limiter,
}

impl Limited {
    /// The limits in words: `3000 to 3400`; an open end is a dash.
    pub fn limits(&self) -> String {
        let text = |limit: Option<Decimal>| limit.map_or("–".to_owned(), |limit| limit.normalize().to_string());
        format!("{} to {}", text(self.min), text(self.max))
    }

    /// The limits and the value between them as a small bar of so many cells: `3000 ├──●───┤ 3400 kg`. A value outside
    /// stands beyond the end it left; where an end is open, one inside stands in the middle.
    pub fn bar(&self, cells: usize, strokes: &Strokes) -> String {
        let last = cells.max(3) - 1;
        let end = |limit: Option<Decimal>| limit.map_or(strokes.open.to_owned(), |limit| limit.normalize().to_string());
        let mut bar: Vec<&str> = vec![strokes.line; last + 1];
        bar[0] = if self.min.is_some() { strokes.left } else { strokes.line };
        bar[last] = if self.max.is_some() { strokes.right } else { strokes.line };
        let (mut before, mut after) = ("", "");
        if let Some(value) = self.value {
            if self.min.is_some_and(|min| value < min) {
                before = strokes.mark;
            } else if self.max.is_some_and(|max| max < value) {
                after = strokes.mark;
            } else {
                bar[self.cell_of(value, last)] = strokes.mark;
            }
        }
        let unit = self.unit.map_or(String::new(), |unit| format!(" {unit}"));
        format!("{} {before}{}{after} {}{unit}", end(self.min), bar.concat(), end(self.max))
    }

    /// The cell of a value that is not outside: the ends only for the ends themselves.
    fn cell_of(&self, value: Decimal, last: usize) -> usize {
        let (Some(min), Some(max)) = (self.min, self.max) else {
            return match (self.min == Some(value), self.max == Some(value)) {
                (true, _) => 0,
                (_, true) => last,
                _ => last / 2,
            };
        };
        if value == min {
            return 0;
        }
        if value == max {
            return last;
        }
        let share = (value - min).checked_div(max - min).unwrap_or_default();
        let cell = (share * Decimal::from(last)).round();
        usize::try_from(cell).unwrap_or(0).clamp(1, last - 1)
    }
}

/// What a bar is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strokes {
    left: &'static str,
    line: &'static str,
    right: &'static str,
    mark: &'static str,
    open: &'static str,
}

impl Strokes {
    /// With the lines of the box drawings.
    pub const FANCY: Strokes = Strokes { left: "├", line: "─", right: "┤", mark: "●", open: "…" };
    /// With ASCII alone.
    pub const PLAIN: Strokes = Strokes { left: "|", line: "-", right: "|", mark: "o", open: ".." };
}

/// What the base manufacturer allows (entry 0.2.2.1), the value it limits, and by how much that one is multiplied to be in
/// the same unit: areas are allowed in cm2, the frontal area is declared in m2. The rolling resistance it allows too is
/// left out: a certificate gives the class of a tyre, not the number.
const BASE: [(&str, &str, i64, &str); 4] = [
    ("AllowedActualMass", "MassGroup/ActualMass", 1, "kg"),
    ("AllowedTechnicallyPermissibleMaximumLadenMass", "MassGroup/TechnicallyPermissibleMaximumLadenMass", 1, "kg"),
    ("AllowedFrontalArea", "WltpEmissionTestParametersGroup/WltpFrontalArea", 10_000, "cm2"),
    (
        "AllowedCrossSectionalAreaAirFrontGrill",
        "WltpEmissionTestParametersGroup/ProjectedFrontalAreaAirEntranceFrontGrill",
        1,
        "cm2",
    ),
];

/// Whether the base manufacturer can limit an entry, given by its path.
pub fn base_limits(path: &str) -> bool {
    BASE.iter().any(|(_, limited, ..)| *limited == path)
}

/// Every limited entry of a record: those of the base manufacturer, then those of our approval.
pub fn envelope(case: &Case<'_>, certificate: &Certificate) -> Vec<Limited> {
    let mut list: Vec<Limited> = BASE
        .iter()
        .filter_map(|(allowed, limited, factor, unit)| of_base(certificate, allowed, limited, *factor, unit))
        .collect();
    list.extend(of_approval(case, certificate));
    list
}

fn of_base(
    certificate: &Certificate,
    allowed: &str,
    limited: &str,
    factor: i64,
    unit: &'static str,
) -> Option<Limited> {
    let limit = |end: &str| {
        let address = format!("AllowedParameterValuesMultistageGroup/{allowed}{end}");
        certificate.before.value(&address).and_then(value::decimal)
    };
    let min = limit("Min");
    // A single value without an end is read as the greatest that is allowed.
    let max = limit("Max").or_else(|| limit(""));
    if min.is_none() && max.is_none() {
        return None;
    }
    let address = Address::unchecked(limited);
    let (value, place) = place_of(&certificate.effective, &address, factor, min, max);
    Some(Limited { address, min, max, value, unit: Some(unit), place, limiter: Limiter::Base })
}

fn of_approval(case: &Case<'_>, certificate: &Certificate) -> Vec<Limited> {
    let own = |address: &str| Some(certificate.own.get(&Address::unchecked(address))?.value.as_str());
    let (Some(approval), Some(variant), Some(version)) = (case.approval(), own("Variant"), own("Version")) else {
        return Vec::new();
    };
    let Some(covered) = approval.covers(variant, version) else { return Vec::new() };
    let rows = certificate.rows();
    let limited = |(address, range): (&Address, &super::approval::Range)| {
        let (min, max) = (Some(range.min), Some(range.max));
        // An approval counts the rows of the certificate as it is issued.
        let address = rows.on_desk(address);
        let (value, place) = place_of(&certificate.effective, &address, 1, min, max);
        let unit = case.catalogue.element(&address).and_then(|element| element.unit);
        let limiter = Limiter::Approval(approval.number.clone());
        Limited { address, min, max, value, unit, place, limiter }
    };
    covered.ranges.iter().map(limited).collect()
}

fn place_of(
    effective: &Content,
    address: &Address,
    factor: i64,
    min: Option<Decimal>,
    max: Option<Decimal>,
) -> (Option<Decimal>, Place) {
    let Some(text) = effective.get(address) else { return (None, Place::Missing) };
    let Some(value) = value::decimal(text).and_then(|given| given.checked_mul(factor.into())) else {
        return (None, Place::Unreadable);
    };
    let value = value.normalize();
    let place = if min.is_some_and(|min| value < min) || max.is_some_and(|max| max < value) {
        Place::Outside
    } else if min == Some(value) || max == Some(value) {
        Place::AtEdge
    } else {
        Place::Inside
    };
    (Some(value), place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(min: Option<i64>, max: Option<i64>, value: Option<i64>) -> Limited {
        let number = |number: Option<i64>| number.map(Decimal::from);
        let (min, max, value) = (number(min), number(max), number(value));
        let mut content = Content::new();
        let address = Address::unchecked("MassGroup/ActualMass");
        if let Some(value) = value {
            content.set(address.clone(), value.to_string());
        }
        let (value, place) = place_of(&content, &address, 1, min, max);
        Limited { address, min, max, value, unit: Some("kg"), place, limiter: Limiter::Base }
    }

    #[test]
    fn a_bar_shows_where_the_value_sits() {
        let bar = |value: Option<i64>| limited(Some(3000), Some(3400), value).bar(8, &Strokes::FANCY);
        assert_eq!(bar(Some(3150)), "3000 ├──●───┤ 3400 kg");
        assert_eq!(bar(Some(3000)), "3000 ●──────┤ 3400 kg");
        assert_eq!(bar(Some(3001)), "3000 ├●─────┤ 3400 kg", "only the end itself is at the end");
        assert_eq!(bar(Some(3400)), "3000 ├──────● 3400 kg");
        assert_eq!(bar(Some(2999)), "3000 ●├──────┤ 3400 kg");
        assert_eq!(bar(Some(9999)), "3000 ├──────┤● 3400 kg");
        assert_eq!(bar(None), "3000 ├──────┤ 3400 kg");
        assert_eq!(limited(Some(3000), Some(3400), Some(3150)).bar(8, &Strokes::PLAIN), "3000 |--o---| 3400 kg");
        assert_eq!(limited(None, Some(3400), Some(3150)).bar(8, &Strokes::PLAIN), ".. ---o---| 3400 kg");
        assert_eq!(limited(Some(3500), Some(3500), Some(3500)).bar(1, &Strokes::PLAIN), "3500 o-| 3500 kg");
    }

    #[test]
    fn a_value_on_a_limit_is_at_the_edge_and_an_open_end_limits_nothing() {
        let place = |min, max, value| limited(min, max, value).place;
        assert_eq!(place(Some(1), Some(3), Some(2)), Place::Inside);
        assert_eq!(place(Some(1), Some(3), Some(3)), Place::AtEdge);
        assert_eq!(place(Some(1), Some(3), Some(4)), Place::Outside);
        assert_eq!(place(None, Some(3), Some(-4)), Place::Inside);
        assert_eq!(place(Some(1), None, None), Place::Missing);
        assert_eq!(limited(None, Some(3), None).limits(), "– to 3");
    }
}

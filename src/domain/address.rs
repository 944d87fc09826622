//! Where a value sits in a message: `MassGroup/ActualMass`, `AxleTable[2]/TechnicallyPermissibleMassAxle`.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::visible::quoted;

/// The address of a value, of a row (`AxleTable[2]`) or of a table or group.
///
/// Paths are the schema's element names below `CocDataGroup` (the header's begin with `Header/`); rows are counted
/// from 1. An `Address` has the right form; whether the catalogue knows it is asked of
/// [`Catalogue::address`](super::catalogue::Catalogue::address).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(Arc<str>);

/// What addresses are looked up by: an address, or a text that has the form of one.
pub trait Place {
    /// Its text.
    fn text(&self) -> &str;
}

impl Place for Address {
    fn text(&self) -> &str {
        &self.0
    }
}

impl Place for &str {
    fn text(&self) -> &str {
        self
    }
}

impl<'a> Borrow<dyn Place + 'a> for Address {
    fn borrow(&self) -> &(dyn Place + 'a) {
        self
    }
}

impl PartialEq for dyn Place + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for dyn Place + '_ {}

impl PartialOrd for dyn Place + '_ {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for dyn Place + '_ {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.text(), other.text())
    }
}

/// One step of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// The element's name.
    pub name: &'a str,
    /// The row, where the step is a table and names one; counted from 1.
    pub row: Option<u32>,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no address: write names separated by `/`, rows as `[n]` counted from 1")]
pub struct NoAddress(pub String);

impl Address {
    /// Reads an address by its form alone.
    ///
    /// # Errors
    /// When a step is empty, or a row is not a number from 1 to 9999 in brackets.
    pub fn parse(text: &str) -> Result<Self, NoAddress> {
        let well_formed = !text.is_empty() && text.split('/').all(|step| read_step(step).is_some());
        if well_formed { Ok(Address(text.into())) } else { Err(NoAddress(quoted(text))) }
    }

    /// An address whose form the caller knows to be right (it comes from the catalogue or from another address).
    pub fn unchecked(text: &str) -> Self {
        Address(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its steps, outermost first.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.0.split('/').filter_map(read_step)
    }

    /// The address without its row numbers: the catalogue's path.
    pub fn pattern(&self) -> String {
        let mut pattern = String::with_capacity(self.0.len());
        for part in self.0.split(']') {
            pattern.push_str(part.split_once('[').map_or(part, |(name, _)| name));
        }
        pattern
    }

    /// The outermost table it lies in, without a row (`AxleTable`, `MassGroup/MaximumStaticVerticalMassCouplingPointTable`);
    /// `None` for a single element.
    pub fn table(&self) -> Option<&str> {
        self.0.find('[').map(|at| &self.0[..at])
    }

    /// The row of the outermost table it lies in (`AxleTable[2]`); `None` for a single element.
    pub fn outer_row(&self) -> Option<&str> {
        self.0.find(']').map(|at| &self.0[..=at])
    }

    /// Every table it lies in, outermost first, with the row it lies in there: `AxleTable` and 1, then
    /// `AxleTable[1]/TyreAxleTable` and 3.
    pub fn rows(&self) -> impl Iterator<Item = (&str, u32)> {
        let text = self.as_str();
        text.match_indices('[').filter_map(move |(at, _)| {
            let row = text[at + 1..].split(']').next()?;
            Some((&text[..at], row.parse().ok()?))
        })
    }

    /// The row number its last step names, as in `AxleTable[2]`.
    pub fn last_row(&self) -> Option<u32> {
        self.steps().last().and_then(|step| step.row)
    }

    /// Whether it is `other` or lies below it.
    pub fn is_within(&self, other: &str) -> bool {
        self.0.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('['))
    }

    /// The name of its last step.
    pub fn name(&self) -> &str {
        self.steps().last().map_or("", |step| step.name)
    }

    /// The address of `name` beside this one (in the same group or row).
    #[must_use]
    pub fn sibling(&self, name: &str) -> Address {
        match self.0.rfind('/') {
            Some(at) => Address(format!("{}/{name}", &self.0[..at]).into()),
            None => Address(name.into()),
        }
    }
}

fn read_step(step: &str) -> Option<Step<'_>> {
    let (name, row) = match step.split_once('[') {
        None => (step, None),
        Some((name, rest)) => {
            let digits = rest.strip_suffix(']')?;
            let plain = digits.len() <= 4 && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
            (name, Some(plain.then(|| digits.parse().ok()).flatten()?))
        }
    };
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_');
    named.then_some(Step { name, row })
}

impl Ord for Address {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

/// The order of addresses: by name, rows by number (`AxleTable[2]` before `AxleTable[10]`), a group before its parts.
///
/// Every lookup in a content compares addresses a dozen times, so this looks only at where they part.
fn compare(mine: &str, theirs: &str) -> Ordering {
    let (mine, theirs) = (mine.as_bytes(), theirs.as_bytes());
    let at = shared(mine, theirs);
    let (one, other) = (mine.get(at), theirs.get(at));
    let in_row = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'0'..=b'9' | b']'));
    if in_row(one) && in_row(other) {
        let bracket = mine[..at].iter().rposition(|byte| matches!(byte, b'[' | b']'));
        if bracket.is_some_and(|open| mine[open] == b'[') {
            // Row numbers have no leading zeros: the shorter is the smaller.
            return digits(&mine[at..]).cmp(&digits(&theirs[at..])).then_with(|| mine[at..].cmp(&theirs[at..]));
        }
    }
    rank(one).cmp(&rank(other))
}

/// How many bytes two texts have in common before they part, found eight at a time.
fn shared(mine: &[u8], theirs: &[u8]) -> usize {
    let (eights, _) = mine.as_chunks::<8>();
    let (others, _) = theirs.as_chunks::<8>();
    let same = 8 * eights.iter().zip(others).take_while(|(one, other)| one == other).count();
    same + mine[same..].iter().zip(&theirs[same..]).take_while(|(one, other)| one == other).count()
}

/// How many digits a text begins with.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The place of a byte in the order of addresses: a name that ends comes before one that goes on.
fn rank(byte: Option<&u8>) -> u16 {
    match byte {
        None => 0,
        Some(b'/') => 1,
        Some(b'[') => 2,
        Some(letter) => 3 + u16::from(*letter),
    }
}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Address {
    type Error = NoAddress;
    fn try_from(text: String) -> Result<Self, NoAddress> {
        Address::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_sort_by_number() {
        let two = Address::unchecked("AxleTable[2]/AxleNumber");
        let ten = Address::unchecked("AxleTable[10]/AxleNumber");
        assert!(two < ten);
    }

    #[test]
    fn a_place_comes_before_what_lies_in_it_and_a_name_before_a_longer_one() {
        let sorted =
            ["A", "A/B", "A[1]", "A[1]/B", "A[1]/B[2]", "A[1]/B[10]", "A[1]/Bc", "A[2]", "A[12]", "A.b", "AB", "Ab"];
        for (at, one) in sorted.iter().enumerate() {
            for (against, other) in sorted.iter().enumerate() {
                let order = Address::unchecked(one).cmp(&Address::unchecked(other));
                assert_eq!(order, at.cmp(&against), "{one} and {other}");
            }
        }
    }

    #[test]
    fn an_address_knows_its_table_row_and_pattern() {
        let tyre = Address::parse("AxleTable[1]/TyreAxleTable[3]/TyreSize").unwrap();
        assert_eq!(tyre.table(), Some("AxleTable"));
        assert_eq!(tyre.outer_row(), Some("AxleTable[1]"));
        assert_eq!(tyre.rows().collect::<Vec<_>>(), [("AxleTable", 1), ("AxleTable[1]/TyreAxleTable", 3)]);
        assert_eq!(tyre.pattern(), "AxleTable/TyreAxleTable/TyreSize");
        assert!(tyre.is_within("AxleTable[1]"));
        assert!(!Address::unchecked("AxleTable[10]/AxleNumber").is_within("AxleTable[1]"));
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for text in ["", "/", "A//B", "A[0]", "A[]", "A[x]", "A[01]", "A[1", "A b", "A[99999]"] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }
}

//! The content of one stage, or of several laid over each other: addresses and their values.

use std::collections::BTreeMap;

use super::address::Address;

/// Values by address, as text exactly as it was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content(BTreeMap<Address, String>);

impl Content {
    /// Nothing yet.
    pub fn new() -> Self {
        Content::default()
    }

    /// The value at `address`.
    pub fn get(&self, address: &Address) -> Option<&str> {
        self.0.get(address).map(String::as_str)
    }

    /// The value at an address the caller writes out, such as `MassGroup/ActualMass`.
    pub fn value(&self, address: &str) -> Option<&str> {
        self.get(&Address::unchecked(address))
    }

    /// Sets a value; answers the one that was there.
    pub fn set(&mut self, address: Address, value: impl Into<String>) -> Option<String> {
        self.0.insert(address, value.into())
    }

    /// Takes a value out.
    pub fn remove(&mut self, address: &Address) -> Option<String> {
        self.0.remove(address)
    }

    /// All entries, ordered by address.
    pub fn iter(&self) -> impl Iterator<Item = (&Address, &str)> {
        self.0.iter().map(|(address, value)| (address, value.as_str()))
    }

    /// All entries at or below `place` (a table, a row, a group).
    pub fn within<'a>(&'a self, place: &'a str) -> impl Iterator<Item = (&'a Address, &'a str)> {
        self.iter().filter(move |(address, _)| address.is_within(place))
    }

    /// The number of rows of a table (`AxleTable`, `AxleTable[1]/TyreAxleTable`).
    pub fn rows(&self, table: &str) -> u32 {
        let row = |address: &Address| -> Option<u32> {
            let rest = address.as_str().strip_prefix(table)?.strip_prefix('[')?;
            rest.split(']').next()?.parse().ok()
        };
        self.0.keys().filter_map(row).max().unwrap_or(0)
    }

    /// Keeps only what `keep` says.
    pub fn retain(&mut self, mut keep: impl FnMut(&Address) -> bool) {
        self.0.retain(|address, _| keep(address));
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Address, String)> for Content {
    fn from_iter<I: IntoIterator<Item = (Address, String)>>(entries: I) -> Self {
        Content(entries.into_iter().collect())
    }
}

impl IntoIterator for Content {
    type Item = (Address, String);
    type IntoIter = std::collections::btree_map::IntoIter<Address, String>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

//! The content of one stage, or of several laid over each other: addresses and their values.

use std::collections::{BTreeMap, BTreeSet, btree_map};
use std::ops::Bound;
use std::sync::Arc;

use super::address::{Address, Place};

/// Values by address, as text exactly as it was given. Copies share their entries until one of them is changed: an act
/// copies its record several times, and most acts change no content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content(Arc<BTreeMap<Address, String>>);

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
        self.0.get(&address as &dyn Place).map(String::as_str)
    }

    /// Sets a value; answers the one that was there.
    pub fn set(&mut self, address: Address, value: impl Into<String>) -> Option<String> {
        self.entries().insert(address, value.into())
    }

    /// Takes a value out.
    pub fn remove(&mut self, address: &Address) -> Option<String> {
        self.entries().remove(address)
    }

    /// All entries, ordered by address.
    pub fn iter(&self) -> impl Iterator<Item = (&Address, &str)> {
        self.0.iter().map(|(address, value)| (address, value.as_str()))
    }

    /// All entries at or below `place` (a table, a row, a group).
    pub fn within<'a>(&'a self, place: &'a str) -> impl Iterator<Item = (&'a Address, &'a str)> {
        // What lies in a place follows right on it in the order of addresses.
        let from = self.0.range::<dyn Place, _>((Bound::Included(&place as &dyn Place), Bound::Unbounded));
        from.take_while(move |(address, _)| address.is_within(place)).map(|(address, value)| (address, value.as_str()))
    }

    /// The number of the last row of a table (`AxleTable`, `AxleTable[1]/TyreAxleTable`); 0 where it has none.
    pub fn rows(&self, table: &str) -> u32 {
        self.in_table(table).next_back().and_then(|(address, _)| row_in(table, address)).unwrap_or(0)
    }

    /// The numbers of the rows of a table in which something is said, in order. There are gaps where rows went.
    pub fn row_numbers<'a>(&'a self, table: &'a str) -> impl Iterator<Item = u32> + 'a {
        let mut last = 0;
        self.in_table(table).filter_map(move |(address, _)| {
            let row = row_in(table, address).filter(|row| *row != last)?;
            last = row;
            Some(row)
        })
    }

    /// Everything in a table. Rows come in the order of their numbers, before any longer name.
    fn in_table(&self, table: &str) -> btree_map::Range<'_, Address, String> {
        let (from, to) = (format!("{table}["), format!("{table}\0"));
        let (from, to): (&dyn Place, &dyn Place) = (&from.as_str(), &to.as_str());
        self.0.range::<dyn Place, _>((Bound::Included(from), Bound::Excluded(to)))
    }

    /// Keeps only what `keep` says.
    pub fn retain(&mut self, mut keep: impl FnMut(&Address) -> bool) {
        self.entries().retain(|address, _| keep(address));
    }

    /// The entries, to change them.
    fn entries(&mut self) -> &mut BTreeMap<Address, String> {
        Arc::make_mut(&mut self.0)
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

fn row_in(table: &str, address: &Address) -> Option<u32> {
    address.as_str().strip_prefix(table)?.strip_prefix('[')?.split(']').next()?.parse().ok()
}

/// One address at which two contents differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub address: Address,
    /// What the one says.
    pub from: Option<String>,
    /// What the other says.
    pub to: Option<String>,
}

impl Content {
    /// Where `later` differs from this, by address.
    pub fn differences(&self, later: &Content) -> Vec<Difference> {
        let addresses: BTreeSet<&Address> = self.0.keys().chain(later.0.keys()).collect();
        addresses
            .into_iter()
            .map(|address| Difference {
                address: address.clone(),
                from: self.get(address).map(str::to_owned),
                to: later.get(address).map(str::to_owned),
            })
            .filter(|difference| difference.from != difference.to)
            .collect()
    }
}

impl FromIterator<(Address, String)> for Content {
    fn from_iter<I: IntoIterator<Item = (Address, String)>>(entries: I) -> Self {
        Content(Arc::new(entries.into_iter().collect()))
    }
}

impl IntoIterator for Content {
    type Item = (Address, String);
    type IntoIter = btree_map::IntoIter<Address, String>;
    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.0).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        let addresses = [
            "Axle",
            "AxleTable[1]/AxleNumber",
            "AxleTable[1]/TyreAxleTable[1]/TyreSize",
            "AxleTable[1]/TyreAxleTable[12]/TyreSize",
            "AxleTable[2]/AxleNumber",
            "AxleTable[10]/AxleNumber",
            "AxleTableau[11]/X",
            "MassGroup/ActualMass",
            "MassGroup/Points[3]/Mass",
            "MassGroups",
        ];
        addresses.iter().map(|address| (Address::unchecked(address), String::new())).collect()
    }

    #[test]
    fn a_table_has_as_many_rows_as_its_last_one_says() {
        let rows = |table: &str| content().rows(table);
        assert_eq!(rows("AxleTable"), 10);
        assert_eq!(rows("AxleTable[1]/TyreAxleTable"), 12);
        assert_eq!(rows("MassGroup/Points"), 3);
        assert_eq!((rows("AxleTable[2]/TyreAxleTable"), rows("Axle"), rows("MassGroup"), rows("")), (0, 0, 0, 0));
        let content = content();
        assert_eq!(content.row_numbers("AxleTable").collect::<Vec<_>>(), [1, 2, 10]);
        assert_eq!(content.row_numbers("Axle").count(), 0);
    }

    #[test]
    fn what_lies_within_a_place_is_found_whole_and_nothing_else() {
        let content = content();
        let within = |place: &str| content.within(place).count();
        for place in ["Axle", "AxleTable", "AxleTable[1]", "AxleTable[10]", "MassGroup", "MassGroup/ActualMass", "Z"] {
            let all = content.iter().filter(|(address, _)| address.is_within(place)).count();
            assert_eq!(within(place), all, "{place}");
        }
        assert_eq!(within("AxleTable"), 5);
    }
}

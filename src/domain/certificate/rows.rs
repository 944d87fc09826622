//! The numbers of rows: on the desk, where a row keeps its own, and in our message, which counts them without gaps.
//!
//! A row has the number it has in the stages before us, and one of ours the next behind them. A row that goes leaves its
//! number to nobody, so that an address means the same row in every list, finding and command for as long as a version
//! is in work. Only the message counts anew.

use std::collections::{BTreeSet, HashMap};

use crate::domain::address::Address;
use crate::domain::content::Content;

use super::OwnValue;

/// The rows of every table of our stage, by their numbers on the desk.
#[derive(Debug, Clone, Default)]
pub struct Rows<'a>(HashMap<&'a str, BTreeSet<u32>>);

impl<'a> Rows<'a> {
    /// The rows that these addresses lie in.
    pub fn of(addresses: impl Iterator<Item = &'a Address>) -> Self {
        let mut rows: HashMap<&str, BTreeSet<u32>> = HashMap::new();
        for (table, row) in addresses.flat_map(Address::rows) {
            rows.entry(table).or_default().insert(row);
        }
        Rows(rows)
    }

    /// Where an address of the desk lies in our message; `None` in a row that our stage does not have. A table that our
    /// stage does not give is numbered the same wherever it stands.
    pub fn in_message(&self, address: &Address) -> Option<Address> {
        let mut out = Renumbered::of(address);
        for (table, row) in address.rows() {
            let place = match self.0.get(table) {
                Some(there) => there.contains(&row).then(|| there.range(..=row).count())?,
                None => row as usize,
            };
            out.put(table, place);
        }
        Some(out.end())
    }

    /// The address on the desk of what lies at `address` in our message; a row that the message lacks is the next one.
    pub fn on_desk(&self, address: &Address) -> Address {
        let mut out = Renumbered::of(address);
        for (table, place) in address.rows() {
            let known = self.0.get(out.so_far(table).as_str());
            let there = known.map_or(0, BTreeSet::len);
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            let row = match known.and_then(|rows| rows.iter().nth(place - 1)) {
                Some(row) => usize::try_from(*row).unwrap_or(usize::MAX),
                None => known.and_then(|rows| rows.last()).map_or(0, |last| *last as usize) + place - there,
            };
            out.put(table, row);
        }
        out.end()
    }
}

/// Our stage as a message carries it: rows in their order and without gaps, whatever was dropped, withdrawn again, or is
/// no longer in a corrected stage before us.
pub fn in_message<'a>(own: impl Iterator<Item = (&'a Address, &'a OwnValue)> + Clone) -> Content {
    let rows = Rows::of(own.clone().map(|(address, _)| address));
    own.filter_map(|(address, own)| Some((rows.in_message(address)?, own.value.clone()))).collect()
}

/// An address written anew with other row numbers.
struct Renumbered<'a> {
    text: &'a str,
    out: String,
    done: usize,
}

impl<'a> Renumbered<'a> {
    fn of(address: &'a Address) -> Self {
        let text = address.as_str();
        Renumbered { text, out: String::with_capacity(text.len()), done: 0 }
    }

    /// The way to a table, with the new numbers of the rows on it.
    fn so_far(&self, table: &str) -> String {
        format!("{}{}", self.out, &self.text[self.done..table.len()])
    }

    fn put(&mut self, table: &str, row: usize) {
        self.out.push_str(&self.text[self.done..table.len()]);
        self.out.push_str(&format!("[{row}]"));
        self.done = table.len() + self.text[table.len()..].find(']').map_or(0, |end| end + 1);
    }

    fn end(mut self) -> Address {
        self.out.push_str(&self.text[self.done..]);
        Address::unchecked(&self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Axles 1, 3 and 4, the last with tyres 2 and 5.
    fn addresses() -> Vec<Address> {
        ["Type", "A[1]/N", "A[3]/N", "A[4]/T[2]/S", "A[4]/T[5]/S"].map(Address::unchecked).to_vec()
    }

    #[test]
    fn the_message_counts_the_rows_that_stay_and_the_desk_keeps_their_numbers() {
        let addresses = addresses();
        let rows = Rows::of(addresses.iter());
        for (desk, message) in [
            ("Type", "Type"),
            ("A[1]/N", "A[1]/N"),
            ("A[3]", "A[2]"),
            ("A[3]/N", "A[2]/N"),
            ("A[4]/T[2]/S", "A[3]/T[1]/S"),
            ("A[4]/T[5]/S", "A[3]/T[2]/S"),
        ] {
            let (desk, message) = (Address::unchecked(desk), Address::unchecked(message));
            assert_eq!(rows.in_message(&desk), Some(message.clone()));
            assert_eq!(rows.on_desk(&message), desk);
        }
    }

    #[test]
    fn a_row_that_went_is_nowhere_in_the_message_and_a_row_it_lacks_is_the_next_on_the_desk() {
        let addresses = addresses();
        let rows = Rows::of(addresses.iter());
        assert_eq!(rows.in_message(&Address::unchecked("A[2]/N")), None);
        assert_eq!(rows.in_message(&Address::unchecked("B[2]/N")), Some(Address::unchecked("B[2]/N")));
        assert_eq!(rows.on_desk(&Address::unchecked("A[4]/N")).as_str(), "A[5]/N");
        assert_eq!(rows.on_desk(&Address::unchecked("A[3]/T[3]/S")).as_str(), "A[4]/T[6]/S");
        assert_eq!(rows.on_desk(&Address::unchecked("B[2]/N")).as_str(), "B[2]/N");
    }
}

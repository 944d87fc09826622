//! Values on the whole desk that begin with what somebody writes: what a filter's line completes.
//!
//! Invariant: however many records there are, no more is looked at than a run along an index from that beginning, or so many of
//! the records that the word search finds by it. A field that neither serves has no values here.

use rusqlite::params;

use super::desk::Desk;
use super::error::StoreError;
use super::select::{beginning, trigrams};
use crate::domain::filter::TextField;

/// Values that are answered at most.
const MOST: i64 = 50;

/// Records whose order is looked at, at most: those that the word search finds have the letters somewhere.
const LOOKED_AT: i64 = 2_000;

/// VINs run along their own index.
pub(super) const VINS: &str = "SELECT vin FROM record WHERE vin >= ?1 AND vin < ?2 ORDER BY vin LIMIT ?3";

/// No index has the orders, but the word search has their letters.
pub(super) const ORDERS: &str = "SELECT DISTINCT r.order_no \
    FROM (SELECT rowid AS id FROM search WHERE search MATCH ?1 LIMIT ?2) s CROSS JOIN record r ON r.id = s.id \
    WHERE r.order_no LIKE ?3 ESCAPE '\\' LIMIT ?4";

impl Desk {
    /// Values of a field that begin so, in their order; of an order no fewer than three letters find any.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn values(&mut self, field: TextField, begun: &str) -> Result<Vec<String>, StoreError> {
        let mut values: Vec<String> = match (field, trigrams(begun)) {
            (TextField::Vin, _) => {
                let begun = begun.to_ascii_uppercase();
                let end = format!("{begun}{}", char::MAX);
                self.read(|session| {
                    let mut find = session.conn.prepare_cached(VINS)?;
                    let rows = find.query_map(params![begun, end, MOST], |row| row.get(0))?;
                    Ok(rows.collect::<Result<_, _>>()?)
                })?
            }
            (TextField::Order, Some(letters)) => self.read(|session| {
                let mut find = session.conn.prepare_cached(ORDERS)?;
                let rows = find.query_map(params![letters, LOOKED_AT, beginning(begun), MOST], |row| row.get(0))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })?,
            _ => Vec::new(),
        };
        values.sort();
        Ok(values)
    }
}

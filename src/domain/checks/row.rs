//! How checks walk through the rows of a table: what each row says by name, and where that lies.

use rust_decimal::Decimal;

use super::look::amount;
use crate::domain::content::Content;

/// One row of a table of a content.
#[derive(Debug, Clone)]
pub struct Row<'c> {
    content: &'c Content,
    place: String,
}

/// The rows of a table, in order, each at its address on the desk; a row in which nothing is said is none.
pub fn rows<'c>(content: &'c Content, table: &str) -> impl Iterator<Item = Row<'c>> + use<'c> {
    let places: Vec<String> = content.row_numbers(table).map(|number| format!("{table}[{number}]")).collect();
    places.into_iter().map(move |place| Row { content, place })
}

/// How many rows of a table say something.
pub fn count(content: &Content, table: &str) -> u32 {
    u32::try_from(content.row_numbers(table).count()).unwrap_or(u32::MAX)
}

impl<'c> Row<'c> {
    /// The row's own address.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The address of an entry of the row.
    pub fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.place)
    }

    /// What the row says at `name`.
    pub fn text(&self, name: &str) -> Option<&'c str> {
        self.content.value(&self.at(name))
    }

    /// The number the row gives at `name`.
    pub fn number(&self, name: &str) -> Option<Decimal> {
        self.text(name).and_then(amount)
    }

    /// The rows of a table inside the row.
    pub fn rows(&self, table: &str) -> impl Iterator<Item = Row<'c>> + use<'c> {
        rows(self.content, &self.at(table))
    }
}

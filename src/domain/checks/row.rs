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

/// The rows of a table, in order; a row in which nothing is said counts where a later one says something.
pub fn rows<'c>(content: &'c Content, table: &str) -> impl Iterator<Item = Row<'c>> + use<'c> {
    let table = table.to_owned();
    (1..=content.rows(&table)).map(move |number| Row { content, place: format!("{table}[{number}]") })
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

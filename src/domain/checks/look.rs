//! How checks look at a content: exact numbers, days, sums. What is missing or does not fit its type is no answer, so
//! that no arithmetic is ever done with it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::address::Place;
use crate::domain::certificate::{Certificate, Origin, OwnValue};
use crate::domain::content::Content;
use crate::domain::value;

/// The number at an address the caller writes out.
pub fn number(content: &Content, address: &str) -> Option<Decimal> {
    content.value(address).and_then(amount)
}

/// The number a text is, if it is one that any entry could hold: sums and products of a few of them never overflow,
/// whatever a message received says.
pub fn amount(text: &str) -> Option<Decimal> {
    const MOST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);
    value::decimal(text).filter(|number| number.abs() <= MOST)
}

/// The day at an address the caller writes out.
pub fn day(content: &Content, address: &str) -> Option<NaiveDate> {
    content.value(address).and_then(value::date)
}

/// The numbers that every row of a table gives under `name`; `None` when there is no row or one of them gives none.
pub fn column(content: &Content, table: &str, name: &str) -> Option<Vec<Decimal>> {
    let numbers: Option<Vec<Decimal>> =
        content.row_numbers(table).map(|row| number(content, &format!("{table}[{row}]/{name}"))).collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

/// Our value at an address the caller writes out.
pub fn own<'a>(certificate: &'a Certificate, address: &str) -> Option<&'a OwnValue> {
    certificate.own.get(&address as &dyn Place)
}

/// Whether our stage says it on purpose: somebody declared it, the approval says it, or it speaks of the stage itself.
pub fn is_stated(own: &OwnValue) -> bool {
    matches!(own.origin, Origin::Declared | Origin::Approval | Origin::StageBefore | Origin::Desk)
}

/// Whether our message gives anything at or below `place`.
pub fn gives(certificate: &Certificate, place: &str) -> bool {
    certificate.own.keys().any(|address| address.is_within(place))
        || certificate.restated.within(place).next().is_some()
}

/// The class of the vehicle's category, off-road and special purpose aside: `M1` of `M1GS`; empty for a vehicle that is
/// neither M, N nor O.
pub fn class(content: &Content) -> &str {
    let category = content.value("VehicleCategory").unwrap_or_default();
    let class = category.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    if class.len() == 2 && class.starts_with(['M', 'N', 'O']) { class } else { "" }
}

//! The types of values: exact decimals with their digits, integers, text, dates, codes. Never a float.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use thiserror::Error;

use super::nearest::nearest;

/// One code of a list and what it means, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code: `BA`.
    pub code: &'static str,
    /// Its meaning: `lorry`; empty where it is not known.
    pub meaning: &'static str,
}

/// A list of codes, shared by the elements that use it.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeList {
    /// The schema's name of it: `BodyworkCode`.
    pub name: &'static str,
    /// Its codes, in the schema's order.
    pub codes: Vec<Code>,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueType {
    /// Text of so many characters.
    Text {
        /// Least characters.
        min: u16,
        /// Most characters.
        max: u16,
    },
    /// A whole number.
    Integer {
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// An exact decimal number.
    Decimal {
        /// Most digits in all.
        digits: u8,
        /// Most digits after the point.
        fraction: u8,
        /// Least value.
        min: Decimal,
        /// Greatest value.
        max: Decimal,
    },
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A time, as `xs:dateTime`.
    DateTime,
    /// One of a list.
    Code(&'static CodeList),
    /// A UUID of version 4.
    Uuid4,
    /// A vehicle identification number as the schema has it: 17 of `A-Z0-9`.
    Vin,
}

/// Why a text is no value of a type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Misfit {
    /// The address is that of a group, a table or a row.
    #[error("this is not a value but a group of values")]
    NotAValue,
    /// Nothing where something must be.
    #[error("a value must have at least one character")]
    Empty,
    /// Too long.
    #[error("{length} characters, at most {max} fit")]
    TooLong {
        /// How many there are.
        length: usize,
        /// How many fit.
        max: u16,
    },
    /// Not the right form.
    #[error("not {0}")]
    Form(&'static str),
    /// Outside the type's limits.
    #[error("outside {min} to {max}")]
    Range {
        /// Least value.
        min: String,
        /// Greatest value.
        max: String,
    },
    /// Too many digits.
    #[error("too many digits: at most {digits} in all, {fraction} after the point")]
    Digits {
        /// Most in all.
        digits: u8,
        /// Most after the point.
        fraction: u8,
    },
    /// Not a code of the list.
    #[error("not one of {list}{}", nearest.as_ref().map(|n| format!("; the nearest is {n}")).unwrap_or_default())]
    NoCode {
        /// The codes (shortened when there are many).
        list: String,
        /// The nearest code.
        nearest: Option<String>,
    },
}

impl ValueType {
    /// Whether `text` is a value of this type.
    ///
    /// # Errors
    /// What does not fit and what would.
    pub fn check(&self, text: &str) -> Result<(), Misfit> {
        match self {
            ValueType::Text { min, max } => check_text(text, *min, *max),
            ValueType::Integer { min, max } => {
                let number = integer(text).ok_or(Misfit::Form("a whole number"))?;
                if (*min..=*max).contains(&number) {
                    Ok(())
                } else {
                    Err(Misfit::Range { min: min.to_string(), max: max.to_string() })
                }
            }
            ValueType::Decimal { digits, fraction, min, max } => {
                let number = decimal(text).ok_or(Misfit::Form("a decimal number such as 12.5"))?;
                let bare = number.normalize();
                if bare < *min || bare > *max {
                    return Err(Misfit::Range { min: min.to_string(), max: max.to_string() });
                }
                if bare.scale() > u32::from(*fraction) || digits_of(bare) > u32::from(*digits) {
                    return Err(Misfit::Digits { digits: *digits, fraction: *fraction });
                }
                Ok(())
            }
            ValueType::Date => date(text).map(drop).ok_or(Misfit::Form("a date such as 2026-07-05")),
            ValueType::DateTime => {
                let text = text.trim();
                let known = DateTime::parse_from_rfc3339(text).is_ok()
                    || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok();
                if known { Ok(()) } else { Err(Misfit::Form("a time such as 2026-07-05T10:00:00Z")) }
            }
            ValueType::Code(list) => {
                if list.codes.iter().any(|code| code.code == text) {
                    return Ok(());
                }
                let codes: Vec<&str> = list.codes.iter().map(|code| code.code).collect();
                let shown = codes.iter().take(12).copied().collect::<Vec<_>>().join(", ");
                let list = if codes.len() > 12 { format!("{shown}, … ({} codes)", codes.len()) } else { shown };
                Err(Misfit::NoCode { list, nearest: nearest(text, codes).map(str::to_owned) })
            }
            ValueType::Uuid4 => {
                if is_uuid4(text) {
                    Ok(())
                } else {
                    Err(Misfit::Form("a UUID of version 4"))
                }
            }
            ValueType::Vin => {
                let plain = text.len() == 17 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
                if plain { Ok(()) } else { Err(Misfit::Form("17 capital letters and digits")) }
            }
        }
    }

    /// What a person may write, in a few words: `whole number 0 to 999999`, `text, at most 25 characters`.
    pub fn describe(&self) -> String {
        match self {
            ValueType::Text { max, .. } => format!("text, at most {max} characters"),
            ValueType::Integer { min, max } => format!("whole number {min} to {max}"),
            ValueType::Decimal { fraction, min, max, .. } => {
                format!("decimal number {min} to {max}, at most {fraction} digits after the point")
            }
            ValueType::Date => "date YYYY-MM-DD".to_owned(),
            ValueType::DateTime => "time YYYY-MM-DDThh:mm:ssZ".to_owned(),
            ValueType::Code(list) => {
                let codes: Vec<&str> = list.codes.iter().map(|code| code.code).collect();
                if codes.len() > 12 {
                    format!("one of {} codes: {}, …", codes.len(), codes[..12].join(", "))
                } else {
                    format!("one of {}", codes.join(", "))
                }
            }
            ValueType::Uuid4 => "UUID of version 4".to_owned(),
            ValueType::Vin => "17 capital letters and digits".to_owned(),
        }
    }
}

fn check_text(text: &str, min: u16, max: u16) -> Result<(), Misfit> {
    let length = text.chars().count();
    if length < usize::from(min) {
        return Err(Misfit::Empty);
    }
    if length > usize::from(max) {
        return Err(Misfit::TooLong { length, max });
    }
    Ok(())
}

/// The whole number a text is, white space around it aside (as in XML Schema).
pub fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The decimal number a text is, white space around it aside (as in XML Schema: no exponent).
pub fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = digits.bytes().any(|b| b.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1;
    plain.then(|| Decimal::from_str(text).ok()).flatten()
}

/// The day a text is.
pub fn date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    plain.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// Whether two values are the same by the number they are, else by their text: `90` and `90.0` are.
pub fn same(one: &str, other: &str) -> bool {
    one == other || matches!((decimal(one), decimal(other)), (Some(a), Some(b)) if a == b)
}

fn digits_of(number: Decimal) -> u32 {
    let all = number.mantissa().unsigned_abs().to_string().trim_start_matches('0').len();
    u32::try_from(all).unwrap_or(u32::MAX).max(number.scale())
}

fn is_uuid4(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => *byte == b'4',
            19 => b"89abAB".contains(byte),
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal52() -> ValueType {
        ValueType::Decimal { digits: 5, fraction: 2, min: Decimal::ZERO, max: Decimal::new(99_999, 2) }
    }

    #[test]
    fn a_decimal_keeps_to_its_digits_and_limits() {
        for good in ["90", "90.0", "999.99", "0", "0.5", ".5", "090.500"] {
            assert_eq!(decimal52().check(good), Ok(()), "{good}");
        }
        for bad in ["1000", "-1", "1e3", "1,5", "", ".", "1.234", "NaN", "१"] {
            assert!(decimal52().check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_whole_number_has_no_point_and_no_blank_inside() {
        let integer6 = ValueType::Integer { min: 0, max: 999_999 };
        assert_eq!(integer6.check("2865"), Ok(()));
        for bad in ["2 865", "2865.0", "1000000", "-1", "", "+", "٣"] {
            assert!(integer6.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_date_is_a_day_that_exists() {
        assert_eq!(ValueType::Date.check("2024-02-29"), Ok(()));
        for bad in ["2023-02-29", "2024-2-9", "24-02-09", "2024-02-09x"] {
            assert!(ValueType::Date.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_the_same_whatever_their_zeros_and_texts_are_not() {
        assert!(same("90", "90.00"));
        assert!(!same("A 1", "A1"));
        assert!(!same("90", "90kg"));
    }

    #[test]
    fn a_reference_is_a_uuid_of_version_four() {
        assert_eq!(ValueType::Uuid4.check("6a2957d3-4a32-41a6-a2d0-50681e0bf5e1"), Ok(()));
        assert!(ValueType::Uuid4.check("6a2957d3-4a32-11a6-a2d0-50681e0bf5e1").is_err());
    }
}

//! The types of values: exact decimals with their digits, integers, text, dates, codes. Never a float.

use chrono::{DateTime, NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use thiserror::Error;

use super::catalogue::Mark;
use super::nearest::nearest;

/// One code of a list and what it means, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code: `BA`.
    pub code: &'static str,
    /// Its meaning: `lorry`; empty where it is not known.
    pub meaning: &'static str,
    /// How sure the meaning is; `None` where there is none.
    pub mark: Option<Mark>,
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
    /// The catalogue has no such element.
    #[error("no entry of the certificate is called so")]
    Unknown,
    /// A character that XML has no place for, so that no message could carry it.
    #[error("the character U+{:04X} cannot stand in a message", *.0 as u32)]
    Character(char),
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
                if is_time(trim(text)) {
                    Ok(())
                } else {
                    Err(Misfit::Form("a time such as 2026-07-05T10:00:00Z"))
                }
            }
            ValueType::Code(list) => {
                if list.codes.iter().any(|code| code.code == text) {
                    return Ok(());
                }
                let codes: Vec<&str> = list.codes.iter().map(|code| code.code).collect();
                let shown = codes.iter().take(12).copied().collect::<Vec<_>>().join(", ");
                let list = if codes.len() > 12 { format!("{shown}, … ({} codes)", codes.len()) } else { shown };
                // No slip of a few letters makes a code that long; looking for one would only cost time.
                let slip = text.len() <= LONGEST_SLIP;
                let nearest = slip.then(|| nearest(text, codes)).flatten();
                Err(Misfit::NoCode { list, nearest: nearest.map(str::to_owned) })
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

/// The longest text, in bytes, for which a code that may have been meant is looked for.
const LONGEST_SLIP: usize = 30;

fn check_text(text: &str, min: u16, max: u16) -> Result<(), Misfit> {
    if let Some(letter) = text.chars().find(|letter| !is_xml_character(*letter)) {
        return Err(Misfit::Character(letter));
    }
    let length = text.chars().count();
    if length < usize::from(min) {
        return Err(Misfit::Empty);
    }
    if length > usize::from(max) {
        return Err(Misfit::TooLong { length, max });
    }
    Ok(())
}

/// Whether XML 1.0 lets a character stand in a document (its production `Char`).
pub fn is_xml_character(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// Takes XML's white space from both ends of a text, and no other.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

/// The whole number a text is, white space around it aside (as in XML Schema).
pub fn integer(text: &str) -> Option<i64> {
    let text = trim(text);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The decimal number a text is, white space around it aside (as in XML Schema: no exponent).
pub fn decimal(text: &str) -> Option<Decimal> {
    let text = trim(text);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = digits.bytes().any(|b| b.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1;
    plain.then(|| Decimal::from_str_exact(text).ok()).flatten()
}

/// The day a text is.
pub fn date(text: &str) -> Option<NaiveDate> {
    let text = trim(text);
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    plain.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// Whether a text is an `xs:dateTime`: with all its digits, a capital `T`, and `Z`, an offset or neither at its end.
fn is_time(text: &str) -> bool {
    let Some((day, time)) = text.split_once('T') else { return false };
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, ""),
    };
    let seconds = clock.split('.').next().unwrap_or(clock);
    let digits = clock.len() == 8 || clock.as_bytes().get(8) == Some(&b'.') && clock.len() > 9;
    let zoned = match zone {
        "" | "Z" => true,
        offset => offset.len() == 6 && DateTime::parse_from_rfc3339(&format!("2000-01-01T00:00:00{offset}")).is_ok(),
    };
    date(day).is_some()
        && digits
        && seconds.len() == 8
        && !seconds.ends_with("60")
        && clock.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.')
        && NaiveTime::parse_from_str(clock, "%H:%M:%S%.f").is_ok()
        && zoned
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
    fn a_time_is_written_in_full() {
        for good in
            ["2024-02-01T13:35:10.500+02:00", "2024-02-01T13:35:10Z", "2024-02-01T13:35:10", " 2024-02-01T13:35:10.5 "]
        {
            assert_eq!(ValueType::DateTime.check(good), Ok(()), "{good}");
        }
        for bad in [
            "2024-02-01 13:35:10Z",
            "2024-02-01t13:35:10z",
            "2024-02-01T13:35Z",
            "2024-02-01T1:35:10Z",
            "2024-02-01T13:35:10.Z",
            "2024-02-01T13:35:60Z",
            "2024-02-01T13:35:10+2:00",
            "2024-02-30T13:35:10Z",
            "2024-02-01",
        ] {
            assert!(ValueType::DateTime.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_text_holds_only_what_a_message_can_carry() {
        let text = ValueType::Text { min: 1, max: 5 };
        assert_eq!(text.check("a\tb"), Ok(()));
        assert_eq!(text.check("a\u{1}"), Err(Misfit::Character('\u{1}')));
        assert_eq!(text.check("\u{fffe}"), Err(Misfit::Character('\u{fffe}')));
    }

    #[test]
    fn only_the_white_space_of_xml_may_stand_around_a_number() {
        let integer = ValueType::Integer { min: 0, max: 9 };
        assert_eq!(integer.check(" 5\n"), Ok(()));
        assert!(integer.check("\u{a0}5").is_err());
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

//! The names that records, people and releases go by, each read once at the edge.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is no vehicle identification number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoVin {
    /// Not 17 characters.
    #[error("a VIN has 17 characters, this has {0}")]
    Length(usize),
    /// A letter that VINs do not use, because it looks like a digit.
    #[error("a VIN never contains I, O or Q: character {place} is `{letter}`{}", likely(*letter))]
    Forbidden {
        /// Which character, counted from 1.
        place: usize,
        /// What stands there.
        letter: char,
    },
    /// Something other than a capital letter or a digit.
    #[error("a VIN has capital letters and digits only: character {place} is `{}`", super::visible::visible(&letter.to_string()))]
    Letter {
        /// Which character, counted from 1.
        place: usize,
        /// What stands there.
        letter: char,
    },
}

fn likely(letter: char) -> &'static str {
    match letter {
        'I' => " (1 was probably meant)",
        _ => " (0 was probably meant)",
    }
}

/// A vehicle identification number: 17 capital letters and digits without I, O and Q (ISO 3779). The schema's own
/// pattern lets those three through; nothing here does. No check digit: the European Union asks for none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Vin(Box<str>);

impl Vin {
    /// Reads a VIN.
    ///
    /// # Errors
    /// What is wrong and at which character.
    pub fn parse(text: &str) -> Result<Self, NoVin> {
        for (at, letter) in text.chars().enumerate() {
            let place = at + 1;
            match letter {
                'I' | 'O' | 'Q' => return Err(NoVin::Forbidden { place, letter }),
                'A'..='Z' | '0'..='9' => {}
                _ => return Err(NoVin::Letter { place, letter }),
            }
        }
        let length = text.chars().count();
        if length == 17 { Ok(Vin(text.into())) } else { Err(NoVin::Length(length)) }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its last eight characters (the vehicle indicator section), by which people know a vehicle.
    pub fn tail(&self) -> &str {
        &self.0[9..]
    }
}

/// Why a text is no login.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no login: 1 to 32 of a-z, 0-9, `.`, `_`, `-`, beginning with a letter or `_`; not `me` or `none`")]
pub struct NoLogin(pub String);

/// The name a person goes by on the desk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(Box<str>);

impl Login {
    /// Reads a login. `me` and `none` are words of the filter language and no logins.
    ///
    /// # Errors
    /// When it has not the form of one.
    pub fn parse(text: &str) -> Result<Self, NoLogin> {
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_');
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
        let good = first && plain && text.len() <= 32 && text != "me" && text != "none";
        if good { Ok(Login(text.into())) } else { Err(NoLogin(super::visible::quoted(text))) }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_identity {
    ($name:ident, $error:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                $name::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.into()
            }
        }
    };
}

text_identity!(Vin, NoVin);
text_identity!(Login, NoLogin);

/// The number of a record on its desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub i64);

/// The number of an exception on its desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExceptionId(pub i64);

/// The sequence number of an event: its place in the desk's history, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Seq(pub i64);

/// A SHA-256, shown in lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The SHA-256 of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Digest(sha2::Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 64 {
            return None;
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(bytes.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Digest(digest))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl TryFrom<String> for Digest {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Digest::parse(&text).ok_or_else(|| format!("`{text}` is no SHA-256"))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vin_names_the_character_that_is_wrong() {
        assert!(Vin::parse("YARTN2EVHDTEST123").is_ok());
        assert_eq!(Vin::parse("YARTN2EVHDTEST12O"), Err(NoVin::Forbidden { place: 17, letter: 'O' }));
        assert_eq!(Vin::parse("YARTN2EVHDTEST12"), Err(NoVin::Length(16)));
        assert_eq!(Vin::parse("YARTN2EVHDTEST12é"), Err(NoVin::Letter { place: 17, letter: 'é' }));
    }

    #[test]
    fn words_of_the_filter_language_are_no_logins() {
        assert!(Login::parse("prep").is_ok());
        for bad in ["me", "none", "", "Prep", "a b", "-x"] {
            assert!(Login::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_digest_reads_back_what_it_writes() {
        let digest = Digest::of(b"stageplate");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
    }
}

//! What came back from the authority for a released version: accepted or rejected, in whose words, with which file.

use serde::{Deserialize, Serialize};

use super::identity::{Digest, ExceptionId, Login};
use super::moment::Moment;

/// The most bytes the file of an answer may have: a letter or an acknowledgement, no archive.
pub const LARGEST_FILE: usize = 1 << 20;

/// What the authority says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It took it.
    Accepted,
    /// It did not.
    Rejected,
}

impl Answer {
    /// All of them.
    pub const ALL: [Answer; 2] = [Answer::Accepted, Answer::Rejected];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Answer::Accepted => "accepted",
            Answer::Rejected => "rejected",
        }
    }

    /// The answer of a word.
    pub fn of(word: &str) -> Option<Answer> {
        Answer::ALL.into_iter().find(|answer| answer.word() == word)
    }
}

/// The file that an answer came with, by its name and its bytes' SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosed {
    /// Its name, without the folder it lay in.
    pub name: String,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
}

/// One answer to one released version. There may be several: rejected, sent again, accepted; the last one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The message version that was answered.
    pub version: u8,
    /// What the authority says.
    pub answer: Answer,
    /// In which words.
    pub text: String,
    /// The file it came with, if one was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Enclosed>,
    /// Who recorded it.
    pub by: Login,
    /// When.
    pub at: Moment,
    /// The exception that the desk raised about it, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<ExceptionId>,
}

//! What reaches a person when something says no: a kind, a message, hints; and the exit code of each kind.

use std::fmt;

/// The kinds of failure of the command line's contract, each with its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A rule of the desk or the data says no.
    Refused,
    /// Wrong usage or configuration.
    Usage,
    /// Somebody else changed it first, or the desk is busy.
    TryAgain,
    /// Unknown person, missing role, not a gateway.
    NotAllowed,
    /// No such record, person, approval, exception or file.
    NotFound,
    /// A fault of the program or the machine.
    Fault,
    /// Ended by a signal of this number, between one piece of work and the next.
    Stopped(u8),
}

impl Kind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Refused => 1,
            Kind::Usage => 2,
            Kind::TryAgain => 3,
            Kind::NotAllowed => 4,
            Kind::NotFound => 5,
            Kind::Fault => 70,
            Kind::Stopped(signal) => 128_u8.saturating_add(signal),
        }
    }

    /// The word of the kind in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Refused => "refused",
            Kind::Usage => "usage",
            Kind::TryAgain => "try-again",
            Kind::NotAllowed => "not-allowed",
            Kind::NotFound => "not-found",
            Kind::Fault => "fault",
            Kind::Stopped(_) => "stopped",
        }
    }
}

/// A failure as a person meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind it is.
    pub kind: Kind,
    /// What happened and what it means, in one sentence.
    pub message: String,
    /// The rule that said no, if one did (`four-eyes`, `gate:no-blocking-finding`, `MS-03`).
    pub rule: Option<String>,
    /// The address it speaks of, if one.
    pub address: Option<String>,
    /// What to do about it.
    pub hints: Vec<String>,
    /// What else programs may want to know of it: more keys of the error's object.
    pub details: Option<Box<(&'static str, serde_json::Value)>>,
}

impl Failure {
    /// A failure of `kind` with `message`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Failure { kind, message: message.into(), rule: None, address: None, hints: Vec::new(), details: None }
    }

    /// The message with the rule that said no behind it, as people read it.
    pub fn told(&self) -> String {
        match &self.rule {
            Some(rule) => format!("{} [{rule}]", self.message),
            None => self.message.clone(),
        }
    }

    /// The same failure with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same failure naming the rule that said no.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// The same failure with something more for programs, under a key of its own.
    #[must_use]
    pub fn detail(mut self, key: &'static str, value: serde_json::Value) -> Self {
        self.details = Some(Box::new((key, value)));
        self
    }

    /// The same failure naming the address it speaks of.
    #[must_use]
    pub fn at(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<std::io::Error> for Failure {
    fn from(fault: std::io::Error) -> Self {
        Failure::new(Kind::Fault, fault.to_string())
    }
}

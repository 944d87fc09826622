//! What the store says when it cannot: refused, overtaken, busy, missing, damaged; and how a person is told.

use std::io::ErrorKind;
use std::path::PathBuf;

use thiserror::Error;

use crate::domain::event::Event;
use crate::domain::plan::{No, OfPolicy, Refusal};
use crate::failure::{Failure, Kind};

/// Why the store did not do something. Nothing was written, unless it says so.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody did something to the record since it was looked at.
    #[error("{} did `{}` to the record first", event.by, event.action)]
    Conflict {
        /// The first thing they did.
        event: Box<Event>,
    },
    /// Somebody else holds the desk, and longer than one waits.
    #[error("the desk is busy{}", holder.as_ref().map(|holder| format!(": {holder} holds it")).unwrap_or_default())]
    Busy {
        /// Who, where that can be told.
        holder: Option<String>,
    },
    /// It does not exist.
    #[error("there is no {what}")]
    NotFound {
        /// What was looked for.
        what: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// There is no file.
    #[error("there is no desk at {}", .0.display())]
    NoDesk(PathBuf),
    /// There is a file already.
    #[error("there is a file at {} already", .0.display())]
    Exists(PathBuf),
    /// The file is something else.
    #[error("{} is not a desk", .0.display())]
    NotADesk(PathBuf),
    /// A newer program made or changed the desk.
    #[error("the desk has schema {found}, this program knows {known} and older ones")]
    Newer {
        /// The desk's.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The SQLite library is too old to share a file safely.
    #[error("SQLite {found} is too old for a shared desk, {needed} is the oldest")]
    TooOld {
        /// What is there.
        found: String,
        /// What is needed.
        needed: &'static str,
    },
    /// The operating system or the place of the file does not let us work on it.
    #[error("{what}")]
    Permission {
        /// What is wrong.
        what: String,
        /// The way out.
        fix: String,
    },
    /// The file is not as this program left it.
    #[error("the desk is damaged: {what}")]
    Damaged {
        /// What does not fit.
        what: String,
    },
    /// The database says no in a way nobody foresaw.
    #[error("the database says: {0}")]
    Sql(String),
    /// A file operation failed.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl StoreError {
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        StoreError::Damaged { what: what.into() }
    }

    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| StoreError::Io { what, source }
    }

    pub(super) fn missing(what: impl Into<String>) -> Self {
        StoreError::NotFound { what: what.into(), nearest: None }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => StoreError::Busy { holder: None },
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => StoreError::Damaged { what: text },
            Some(Code::ReadOnly | Code::PermissionDenied | Code::CannotOpen) => StoreError::Permission {
                what: format!("the desk's file cannot be written: {text}"),
                fix: "the file, its directory and the files beside it must be writable by your group".into(),
            },
            Some(Code::ConstraintViolation) if text.contains("four-eyes:") => {
                StoreError::Refused(Refusal::new("four-eyes", "who changed content of this version cannot decide it"))
            }
            Some(Code::ConstraintViolation) => StoreError::damaged(text),
            _ => StoreError::Sql(text),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        let failure = |kind| Failure::new(kind, message.clone());
        match error {
            StoreError::Refused(refusal) => refused(refusal),
            StoreError::Conflict { event } => {
                let told = event.facts.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
                failure(Kind::TryAgain)
                    .rule("conflict")
                    .hint(format!("event {} at {}{told}: look at the record again, then decide", event.seq.0, event.at))
            }
            StoreError::Busy { .. } => failure(Kind::TryAgain).hint("nothing was written; try again"),
            StoreError::NotFound { nearest, .. } => match nearest {
                Some(near) => failure(Kind::NotFound).hint(format!("the nearest is `{near}`")),
                None => failure(Kind::NotFound),
            },
            StoreError::NoDesk(_) => {
                failure(Kind::NotFound).hint("`stageplate init` makes one, `stageplate demo` one to look at")
            }
            StoreError::Exists(_) => failure(Kind::Refused).hint("nothing was overwritten; choose another path"),
            StoreError::NotADesk(_) => failure(Kind::Usage).hint("the file was left as it is; check --db"),
            StoreError::Newer { .. } => failure(Kind::Usage).hint("update stageplate; the desk was left as it is"),
            StoreError::TooOld { .. } => failure(Kind::Usage).hint("run a program built with a newer SQLite"),
            StoreError::Permission { ref fix, .. } => failure(Kind::NotAllowed).hint(fix.clone()),
            StoreError::Damaged { .. } => failure(Kind::Fault)
                .hint("`stageplate verify --desk` names every place; do not work on before you know"),
            StoreError::Io { ref source, .. } if source.kind() == ErrorKind::PermissionDenied => {
                failure(Kind::NotAllowed).hint("choose a place you may write to, or ask for the right to")
            }
            StoreError::Io { ref source, .. }
                if matches!(source.kind(), ErrorKind::NotADirectory | ErrorKind::ReadOnlyFilesystem) =>
            {
                failure(Kind::Usage).hint("choose another place for the desk; check --db")
            }
            StoreError::Sql(_) | StoreError::Io { .. } => {
                failure(Kind::Fault).hint("nothing was written; `stageplate doctor` looks for the cause")
            }
        }
    }
}

/// Under which key a failure says which clauses of a policy it is about.
pub const CLAUSES: &str = "clauses";

fn refused(refusal: Refusal) -> Failure {
    let kind = match refusal.no {
        No::Refused => Kind::Refused,
        No::NotAllowed => Kind::NotAllowed,
        No::NotFound => Kind::NotFound,
        No::Overtaken => Kind::TryAgain,
    };
    let mut failure = Failure::new(kind, refusal.message).rule(refusal.rule);
    if let Some(address) = refusal.address {
        failure = failure.at(address.as_str());
    }
    if !refusal.who.is_empty() {
        failure = failure.hint(format!("who could: {}", refusal.who.join(", ")));
    }
    match refusal.policy.as_deref() {
        Some(OfPolicy::Unplaced(unplaced)) => {
            let all = unplaced.iter().map(
                |one| serde_json::json!({"step": one.step, "count": one.records, "vins": one.vins, "filter": one.filter}),
            );
            failure = failure.detail("records", all.collect());
        }
        Some(OfPolicy::Clauses(clauses)) => {
            let all =
                clauses.iter().map(|one| serde_json::json!({"table": one.table, "name": one.name, "key": one.key}));
            failure = failure.detail(CLAUSES, all.collect());
        }
        None => {}
    }
    refusal.hints.into_iter().fold(failure, Failure::hint)
}

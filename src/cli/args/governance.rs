//! Arguments of the verbs that set a desk up: policy, build options, scopes, approvals.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What `policy` does.
#[derive(Debug, Subcommand)]
pub enum PolicyVerb {
    /// Print the policy in force
    Show,
    /// Look for faults in a policy file, and whether the desk could come under it
    Check {
        /// The file
        file: PathBuf,
        /// The scope whose records it is to govern; all that have no policy of their own without
        #[arg(long, value_name = "NAME")]
        scope: Option<String>,
    },
    /// Let a policy follow the one in force, while records are in work
    Apply {
        /// The file
        file: PathBuf,
        /// Why
        #[arg(long)]
        reason: String,
        /// The scope whose records it governs; all that have no policy of their own without
        #[arg(long, value_name = "NAME")]
        scope: Option<String>,
    },
}

/// What `options` does.
#[derive(Debug, Subcommand)]
pub enum OptionsVerb {
    /// Look for faults in an options file
    Check {
        /// The file
        file: PathBuf,
    },
    /// Print the options in force
    Show {
        /// Those that hold in this scope
        #[arg(long, value_name = "NAME")]
        scope: Option<String>,
    },
    /// Apply an options file to the desk, or to one scope
    Apply {
        /// The file
        file: PathBuf,
        /// The scope
        #[arg(long, value_name = "NAME")]
        scope: Option<String>,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

/// What `scope` does.
#[derive(Debug, Subcommand)]
pub enum ScopeVerb {
    /// Make a scope
    Add {
        /// Its name
        name: String,
        /// What people read
        #[arg(long)]
        title: String,
        /// The team that works in it
        #[arg(long)]
        team: Option<String>,
        /// Which records join it when they come in without a scope, as a filter: "category:N1 option:BOX"
        #[arg(long = "match", value_name = "QUERY")]
        matches: Option<String>,
        /// A policy of its own; the desk's governs it without
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
    },
    /// Change a scope
    Set {
        /// Its name
        name: String,
        /// What people read
        #[arg(long)]
        title: Option<String>,
        /// The team that works in it
        #[arg(long)]
        team: Option<String>,
        /// Which records join it when they come in; an empty text takes the rule away
        #[arg(long = "match", value_name = "QUERY")]
        matches: Option<String>,
        /// A policy of its own
        #[arg(long, value_name = "FILE", requires = "reason")]
        policy: Option<PathBuf>,
        /// Why the policy
        #[arg(long)]
        reason: Option<String>,
    },
    /// Show everything about a scope
    Show {
        /// Its name
        name: String,
    },
    /// List the scopes
    List,
    /// Move records to another scope
    Move {
        /// The records; `-` reads them from standard input
        #[arg(required = true, value_name = "VIN")]
        vins: Vec<String>,
        /// Where to
        #[arg(long, value_name = "NAME")]
        to: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

/// What `approval` does.
#[derive(Debug, Subcommand)]
pub enum ApprovalVerb {
    /// Bring in approvals (.toml, .json)
    Import {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// List the approvals
    List,
    /// Show one with all its extensions
    Show {
        /// Its number, with or without the extension
        number: String,
        /// At most so many records
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10_000))]
        limit: u16,
        /// Go on after the cursor an earlier list ended with
        #[arg(long, value_name = "CURSOR")]
        after: Option<String>,
    },
    /// Withdraw one: vehicles manufactured from the day on are not covered
    Withdraw(StatusArgs),
    /// Suspend one: vehicles manufactured from the day on are not covered until it is reinstated
    Suspend(StatusArgs),
    /// Reinstate one: vehicles manufactured from the day on are covered again
    Reinstate(StatusArgs),
}

/// What `approval withdraw`, `suspend` and `reinstate` take.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Its number; without the extension all of them
    pub number: String,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// The first day of manufacture it is about; today without
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
}

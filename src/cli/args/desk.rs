//! Arguments of the verbs about a desk and who reads it: demo, people, settings.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What `demo` takes.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where to make it, instead of in a fresh temporary directory
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// How many records
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub records: u32,
    /// The same seed makes the same desk
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
}

/// What `person` does.
#[derive(Debug, Subcommand)]
pub enum PersonVerb {
    /// Register somebody
    Add {
        /// Their login
        login: String,
        /// Their full name
        #[arg(long)]
        name: String,
        /// Their roles: prepare, review, lead, release, audit, admin; review@vans holds in the scope vans alone
        #[arg(long = "role", required = true, num_args = 1.., value_delimiter = ',', value_name = "ROLE")]
        roles: Vec<String>,
        /// Their team
        #[arg(long)]
        team: Option<String>,
    },
    /// List everybody
    List,
    /// Change somebody's name, roles or team
    Set {
        /// Their login
        login: String,
        /// Their full name
        #[arg(long)]
        name: Option<String>,
        /// All their roles from now on; review@vans holds in the scope vans alone
        #[arg(long = "role", num_args = 1.., value_delimiter = ',', value_name = "ROLE")]
        roles: Vec<String>,
        /// Their team
        #[arg(long)]
        team: Option<String>,
    },
    /// Show everything about somebody
    Show {
        /// Their login
        login: String,
    },
    /// Say that somebody is away for a time, and who stands in
    Absent {
        /// Their login
        login: String,
        /// The first day; today without
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// The last day
        #[arg(long, value_name = "DATE")]
        until: String,
        /// Who stands in: what is theirs is shown and given to the deputy, who acts with the deputy's own roles
        #[arg(long, value_name = "LOGIN")]
        deputy: Option<String>,
    },
    /// Say that somebody is back
    Back {
        /// Their login
        login: String,
    },
    /// Let somebody leave: they act no more, what they own is nobody's, the history keeps them
    Leave {
        /// Their login
        login: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Let an operating-system user speak for others with --as
    Gateway {
        /// The user
        #[arg(value_name = "OSUSER")]
        os_user: String,
    },
}

/// What `config` does.
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Print the settings that hold, and where their file is
    Show,
    /// Look for faults in your settings and your keymap, each with its line
    Check,
}

//! Arguments of the verbs that work on records: import, take, set, flag, exceptions.

use std::path::PathBuf;

use clap::{ArgAction, ArgGroup, Args, Subcommand};

/// What `import` takes.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Files and directories; `-` reads a list of files from standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// The scope new records join
    #[arg(long, value_name = "NAME")]
    pub scope: Option<String>,
    /// Translates column names to entries (TOML: column = "address")
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Say what would change, entry by entry, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write the rejected rows here as CSV, with the reason: mend them and import the file
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
}

/// What `take` takes.
#[derive(Debug, Args)]
pub struct TakeArgs {
    /// VINs; `-` reads them from standard input
    #[arg(required = true, value_name = "VIN")]
    pub vins: Vec<String>,
    /// Why, when somebody else owns one
    #[arg(long)]
    pub reason: Option<String>,
}

/// What `set` takes.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// The record
    pub vin: String,
    /// ADDRESS=VALUE; an empty value withdraws ours, `ADDRESS==` restates the one before
    #[arg(value_name = "ADDRESS=VALUE", required_unless_present = "remove_row", conflicts_with = "remove_row")]
    pub values: Vec<String>,
    /// Why
    #[arg(long)]
    pub reason: String,
    /// Drop this row of a table
    #[arg(long, value_name = "ADDRESS")]
    pub remove_row: Option<String>,
}

/// What `flag` takes.
#[derive(Debug, Args)]
pub struct FlagArgs {
    /// VINs; `-` reads them from standard input
    #[arg(required = true, value_name = "VIN")]
    pub vins: Vec<String>,
    /// The kind, as the policy names it
    #[arg(long)]
    pub kind: String,
    /// The entry
    #[arg(long, value_name = "ADDRESS")]
    pub at: Option<String>,
    /// It blocks
    #[arg(long, conflicts_with = "minor")]
    pub blocking: bool,
    /// It does not block
    #[arg(long)]
    pub minor: bool,
    /// What it is about
    #[arg(long)]
    pub text: String,
    /// Who is to settle it
    #[arg(long, value_name = "LOGIN")]
    pub to: Option<String>,
}

/// What `receipt` takes.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("answer").required(true).args(["accepted", "rejected"])))]
pub struct ReceiptArgs {
    /// VINs; `-` reads them from standard input
    #[arg(required = true, value_name = "VIN")]
    pub vins: Vec<String>,
    /// The authority accepted the certificate
    #[arg(long)]
    pub accepted: bool,
    /// The authority rejected it: the desk raises an exception
    #[arg(long)]
    pub rejected: bool,
    /// What it says
    #[arg(long)]
    pub text: String,
    /// The file that it came in, at most 1 MiB: kept with the answer
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The released version it is about; the latest without
    #[arg(long, value_name = "N")]
    pub version: Option<u8>,
}

/// What `exception` does.
#[derive(Debug, Subcommand)]
pub enum ExceptionVerb {
    /// List exceptions; those still to be settled unless a filter asks otherwise
    List(ExceptionListArgs),
    /// Show one with its discussion and those linked with it
    Show {
        /// Its number
        id: i64,
    },
    /// Give exceptions an owner
    Assign {
        /// Which
        #[command(flatten)]
        which: ExceptionIds,
        /// Who
        #[arg(long, value_name = "LOGIN")]
        to: String,
    },
    /// Say something about exceptions
    Comment {
        /// Which
        #[command(flatten)]
        which: ExceptionIds,
        /// What
        #[arg(long)]
        text: String,
    },
    /// Settle exceptions
    #[command(alias = "settle")]
    Resolve {
        /// Which
        #[command(flatten)]
        which: ExceptionIds,
        /// How
        #[arg(long)]
        text: String,
    },
    /// Let exceptions pass
    Waive {
        /// Which
        #[command(flatten)]
        which: ExceptionIds,
        /// Why
        #[arg(long)]
        text: String,
        /// The last day of it; the day after, each is open again
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
    },
    /// Open exceptions again
    Reopen {
        /// Which
        #[command(flatten)]
        which: ExceptionIds,
        /// Why
        #[arg(long)]
        text: String,
    },
    /// Link the same fault on several records with the first one named, to handle it as one
    Link {
        /// Their numbers; `-` reads them from standard input
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Let linked exceptions stand alone again
    Unlink {
        /// Their numbers; `-` reads them from standard input
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

/// What `exception list` takes.
#[derive(Debug, Args)]
pub struct ExceptionListArgs {
    /// Only those that match, as in `kind:base-error owner:me age>5d approval:e4*2018/858*00123* variant:BOX*`
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Settled ones too
    #[arg(long, action = ArgAction::SetTrue)]
    pub settled: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub limit: u16,
    /// Go on after the cursor an earlier list ended with
    #[arg(long, value_name = "CURSOR")]
    pub after: Option<i64>,
}

/// The exceptions a verb is about.
#[derive(Debug, Args)]
pub struct ExceptionIds {
    /// Their numbers; `-` reads them from standard input
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// Those linked with them too; each is still decided on its own record
    #[arg(long)]
    pub group: bool,
}

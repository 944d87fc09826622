//! Defines the command line: its verbs, flags and their help, as typed. What they resolve to is each verb's matter.

mod desk;
mod governance;
mod reading;
mod work;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::desk::{ConfigVerb, DemoArgs, PersonVerb};
pub use self::governance::{ApprovalVerb, OptionsVerb, PolicyVerb, ScopeVerb, StatusArgs};
pub use self::reading::{QueueArgs, QueueCommand, QueueVerb, ReportArgs, ReportKind, ShowArgs};
pub use self::work::{
    ExceptionIds, ExceptionListArgs, ExceptionVerb, FlagArgs, ImportArgs, ReceiptArgs, SetArgs, TakeArgs,
};

/// stageplate: the review desk for the electronic certificates of conformity of completed vehicles.
#[derive(Debug, Parser)]
#[command(name = "stageplate", version, about, max_term_width = 110, disable_help_subcommand = true)]
pub struct Cli {
    /// What holds for every verb.
    #[command(flatten)]
    pub global: Global,
    /// Open the terminal line by line, for a screen reader or a serial line; TERM=dumb does so too
    #[arg(long)]
    pub linear: bool,
    /// The verb; the terminal opens without one.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Flags that every verb takes.
#[derive(Debug, Args, Clone)]
pub struct Global {
    /// The desk's database file [default: desk.db in the platform's data directory]
    #[arg(long, global = true, env = "STAGEPLATE_DB", value_name = "PATH")]
    pub db: Option<PathBuf>,
    /// Speak for another person: for registered gateways, and on a demo desk
    #[arg(long = "as", global = true, value_name = "LOGIN")]
    pub speak_as: Option<String>,
    /// How to print data
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Say nothing on standard error but failures
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The forms of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people
    Table,
    /// One JSON document
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values, guarded against formulas
    Csv,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Open the terminal, on a queue if one is named
    Tui {
        /// The queue to open
        queue: Option<String>,
        /// Line by line, for a screen reader or a serial line; TERM=dumb does so too
        #[arg(long)]
        linear: bool,
    },
    /// Make a demo desk from the sample data and open it; off a terminal, print its path and the reviewer's queue
    Demo(DemoArgs),
    /// Make a desk; you become its first administrator
    Init {
        /// The policy to start with, instead of the default one
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// The build options to start with, instead of the default ones
        #[arg(long, value_name = "FILE")]
        options: Option<PathBuf>,
    },
    /// People and their roles
    #[command(subcommand)]
    Person(PersonVerb),
    /// The policy: workflow as data
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Build options and what depends on what
    #[command(subcommand)]
    Options(OptionsVerb),
    /// Rollout scopes
    #[command(subcommand)]
    Scope(ScopeVerb),
    /// Type-approvals
    #[command(subcommand)]
    Approval(ApprovalVerb),
    /// Bring in messages (.xml) and build sheets (.csv, .xlsx, .json)
    Import(ImportArgs),
    /// List a queue's records; save, list and drop queues
    Queue(QueueCommand),
    /// Show a record
    Show(ShowArgs),
    /// Take records: you become their owner
    Take(TakeArgs),
    /// Give records an owner
    Assign {
        /// VINs; `-` reads them from standard input
        #[arg(required = true, value_name = "VIN")]
        vins: Vec<String>,
        /// Who
        #[arg(long, value_name = "LOGIN")]
        to: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Declare values, or drop a row
    Set(SetArgs),
    /// Confirm changes of a record, or with --all those of many
    Confirm {
        /// The record; `-` reads VINs from standard input
        vin: String,
        /// Addresses or entry numbers of the changes; with --all, more VINs
        #[arg(value_name = "ADDRESS", required_unless_present = "all")]
        rest: Vec<String>,
        /// Every undecided change without a finding
        #[arg(long)]
        all: bool,
    },
    /// Raise an exception
    Flag(FlagArgs),
    /// Exceptions
    #[command(subcommand)]
    Exception(ExceptionVerb),
    /// Sign a checkpoint
    Sign {
        /// VINs; `-` reads them from standard input
        #[arg(required = true, value_name = "VIN")]
        vins: Vec<String>,
        /// The checkpoint's name
        #[arg(long, value_name = "NAME")]
        checkpoint: String,
        /// What the sign-off says, instead of the policy's words
        #[arg(long, value_name = "TEXT")]
        meaning: Option<String>,
    },
    /// Move records to the next step, signing the step's checkpoint when you may
    Advance {
        /// VINs; `-` reads them from standard input
        #[arg(required = true, value_name = "VIN")]
        vins: Vec<String>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Send records back to an earlier step
    Return {
        /// VINs; `-` reads them from standard input
        #[arg(required = true, value_name = "VIN")]
        vins: Vec<String>,
        /// The step
        #[arg(long, value_name = "STEP")]
        to: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Stop work on records for a time
    Hold {
        /// VINs; `-` reads them from standard input
        #[arg(required = true, value_name = "VIN")]
        vins: Vec<String>,
        /// Why
        #[arg(long)]
        reason: String,
        /// The last day of it
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
    },
    /// Go on with records on hold
    Resume {
        /// VINs; `-` reads them from standard input
        #[arg(required = true, value_name = "VIN")]
        vins: Vec<String>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Check, seal, verify and release records
    Release {
        /// VINs; `-` reads them from standard input
        #[arg(required = true, value_name = "VIN")]
        vins: Vec<String>,
        /// The seal's key: PKCS#12, or PEM with its certificate chain [password: STAGEPLATE_KEY_PASSWORD]
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Record what came back from the authority for released records
    Receipt(ReceiptArgs),
    /// Print a released message, or a draft of it
    Message {
        /// The record
        vin: String,
        /// The version; the latest without
        #[arg(long, value_name = "N")]
        version: Option<u8>,
        /// The message as it would be now, unsealed
        #[arg(long, conflicts_with = "version")]
        draft: bool,
    },
    /// Verify sealed messages, or the desk itself
    Verify {
        /// Messages
        #[arg(value_name = "FILE", required_unless_present = "desk")]
        files: Vec<PathBuf>,
        /// The desk's chain of events, releases and received messages
        #[arg(long)]
        desk: bool,
    },
    /// Write a remark on records
    Note {
        /// VINs; `-` reads them from standard input
        #[arg(required = true, value_name = "VIN")]
        vins: Vec<String>,
        /// The remark
        #[arg(long)]
        text: String,
    },
    /// Take back your last act on records, unless somebody acted since; without a VIN your last act on the desk
    Undo {
        /// VINs; `-` reads them from standard input
        #[arg(value_name = "VIN")]
        vins: Vec<String>,
    },
    /// The history, of the desk or of one record
    Log {
        /// The record
        vin: Option<String>,
        /// Only events after this one
        #[arg(long, value_name = "SEQ")]
        since: Option<i64>,
        /// Go on telling what happens, as it happens
        #[arg(long)]
        follow: bool,
    },
    /// Figures of the work: where it stands, how it went
    Report(ReportArgs),
    /// Look at the desk and its surroundings, and say what is wrong and how to mend it
    Doctor,
    /// Your own settings and keymap: what holds, and what is wrong with the files
    #[command(subcommand)]
    Config(ConfigVerb),
    /// List a keymap's bindings
    Keys {
        /// The keymap [default: the one of your settings]
        keymap: Option<String>,
    },
    /// Say who acts, with which roles, on which desk
    Whoami,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

//! Defines the command line: its verbs, flags and their help, as typed. What they resolve to is each verb's matter.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

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

/// What `queue` takes and does.
#[derive(Debug, Args)]
pub struct QueueCommand {
    /// What is done about queues, instead of listing one.
    #[command(subcommand)]
    pub verb: Option<QueueVerb>,
    /// What is listed.
    #[command(flatten)]
    pub list: QueueArgs,
}

/// What `queue` does beside listing one.
#[derive(Debug, Subcommand)]
pub enum QueueVerb {
    /// Keep a filter as a queue of your own, or share it with a team
    Save {
        /// Its name
        name: String,
        /// What it holds, as in `option:TAILLIFT -held:yes`
        #[arg(allow_hyphen_values = true)]
        query: String,
        /// Share it with your team
        #[arg(long, conflicts_with = "shared")]
        team: bool,
        /// Share it with this team
        #[arg(long, value_name = "TEAM")]
        shared: Option<String>,
    },
    /// List all queues, built in and saved, with how many records each holds
    List,
    /// Let a saved queue go
    Drop {
        /// Its name; `TEAM/NAME` for a team's that has the name of one of yours
        name: String,
    },
}

/// What listing a queue takes.
#[derive(Debug, Args)]
pub struct QueueArgs {
    /// mine, team, unassigned, waiting, exceptions, ready, overdue, unread, released, archive, all, or a saved one
    #[arg(default_value = "waiting")]
    pub name: String,
    /// Only records that match, as in `step:review owner:me,none due<3d`
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// due, updated, vin, priority or since
    #[arg(long, value_name = "KEY")]
    pub sort: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub limit: u16,
    /// Go on after the cursor an earlier list ended with
    #[arg(long, value_name = "CURSOR")]
    pub after: Option<String>,
    /// Only count
    #[arg(long)]
    pub count: bool,
}

/// What `report` takes.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Which figures
    #[arg(value_enum, default_value_t = ReportKind::Ageing)]
    pub kind: ReportKind,
    /// Only of this scope
    #[arg(long, value_name = "NAME")]
    pub scope: Option<String>,
    /// From this day on
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
}

/// The reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// Load by step and owner, age, what is late
    Ageing,
    /// Exceptions by kind, approval and variant, open and settled
    Exceptions,
    /// Releases by week, time per step, returns
    Throughput,
    /// Each scope's figures beside those of the time before
    Rollout,
}

/// What `show` takes.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line; a group keeps them apart"
)]
pub struct ShowArgs {
    /// The record
    pub vin: String,
    /// The certificate as of this build stage
    #[arg(long, value_name = "N")]
    pub stage: Option<u8>,
    /// Only the changes by stage
    #[arg(long, group = "part")]
    pub changes: bool,
    /// Only the effective certificate, entry by entry
    #[arg(long, group = "part")]
    pub entries: bool,
    /// Only what the checks found
    #[arg(long, group = "part")]
    pub findings: bool,
    /// Only the history
    #[arg(long, group = "part")]
    pub history: bool,
    /// The bytes of the message received for --stage
    #[arg(long, group = "part", requires = "stage")]
    pub message: bool,
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

//! Arguments of the verbs that read: queues, one record, reports.

use clap::{Args, Subcommand, ValueEnum};

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
    /// The bytes of the file that this answer of the authority came with; `receipts` in JSON numbers them
    #[arg(long, group = "part", conflicts_with = "stage", value_name = "N")]
    pub answer_file: Option<usize>,
}

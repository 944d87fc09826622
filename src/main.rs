//! Parses, runs, prints the failure and ends with its exit code.

use std::process::ExitCode;

use clap::Parser;
use stageplate::cli::{self, args::Cli};
use stageplate::failure::{Failure, Kind};

fn main() -> ExitCode {
    if let Err(fault) = color_eyre::install() {
        eprintln!("error: {fault}");
    }
    cli::report_own_panics();
    let (format, done) = match Cli::try_parse() {
        Ok(cli) => (cli.global.output, std::panic::catch_unwind(|| cli::run(cli))),
        Err(said) => (cli::format_asked_for(), Ok(cli::not_understood(&said))),
    };
    // The panic's own report stands on standard error already.
    let broken = |_| Err(Failure::new(Kind::Fault, "a fault of the program; nothing half done was written"));
    match done.unwrap_or_else(broken) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            cli::report(&failure, format);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

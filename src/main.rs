//! Parses, runs, prints the failure and ends with its exit code.

use std::process::ExitCode;

use clap::Parser;
use stageplate::cli::{self, args::Cli};

fn main() -> ExitCode {
    if let Err(fault) = color_eyre::install() {
        eprintln!("error: {fault}");
    }
    // clap ends the process itself for help, version and wrong usage, the last with exit code 2.
    let cli = Cli::parse();
    let format = cli.global.output;
    match cli::run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            cli::report(&failure, format);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

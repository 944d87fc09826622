//! The verbs of the command line, one file per group, over the same actions as the terminal.

mod approval_show;
mod approvals;
pub mod args;
mod certificate;
mod config;
mod context;
mod demo;
mod desk;
mod exceptions;
mod fold;
mod import;
mod json;
mod listed;
mod log;
mod named;
mod options;
mod outcomes;
mod output;
mod people;
mod policies;
mod progress;
mod queue;
mod release;
mod report;
mod revisions;
mod scopes;
mod show;
mod terminal;
mod work;

use self::args::{Cli, Format, Verb};
use self::context::Context;
use crate::domain::visible::brief;
use crate::failure::{Failure, Kind};

/// Runs what was asked for; answers the exit code of what ended well (a terminal that hung up ends with 129).
///
/// # Errors
/// What said no, with its exit code.
pub fn run(cli: Cli) -> Result<u8, Failure> {
    let global = cli.global;
    let open = || Context::open(&global);
    if cli.linear && !matches!(cli.verb, None | Some(Verb::Tui { .. })) {
        return Err(Failure::new(Kind::Usage, "--linear says how the terminal opens: this verb opens none"));
    }
    let Some(verb) = cli.verb else { return terminal::open(&global, None, false, cli.linear) };
    match verb {
        Verb::Tui { queue, linear } => {
            return terminal::open(&global, queue.as_deref(), false, linear || cli.linear);
        }
        Verb::Demo(args) => return demo::run(&global, &args),
        Verb::Init { policy, options } => desk::init(&global, policy.as_deref(), options.as_deref()),
        Verb::Doctor => desk::doctor(&global),
        Verb::Config(verb) => config::config(&global, &verb),
        Verb::Keys { keymap } => config::keys(&global, keymap.as_deref()),
        Verb::Completions { shell } => desk::completions(&global, shell),
        Verb::Options(verb) => options::run(&global, verb),
        Verb::Policy(verb) => policies::policy(&global, verb),
        Verb::Verify { files, desk } => release::verify(&global, &files, desk),
        Verb::Person(verb) => people::person(&mut open()?, verb),
        Verb::Scope(verb) => scopes::scope(&mut open()?, verb),
        Verb::Approval(verb) => approvals::run(&mut open()?, verb),
        Verb::Import(args) => import::run(&mut open()?, &args),
        Verb::Queue(command) => queue::run(&mut open()?, command),
        Verb::Show(args) => show::show(&mut open()?, &args),
        Verb::Take(args) => work::take(&mut open()?, args),
        Verb::Assign { vins, to, reason } => work::assign(&mut open()?, &vins, &to, reason),
        Verb::Set(args) => work::set(&mut open()?, args),
        Verb::Confirm { vin, rest, all } => work::confirm(&mut open()?, vin, rest, all),
        Verb::Flag(args) => work::flag(&mut open()?, args),
        Verb::Exception(verb) => exceptions::run(&mut open()?, verb),
        Verb::Sign { vins, checkpoint, meaning } => work::sign(&mut open()?, &vins, checkpoint, meaning),
        Verb::Advance { vins, reason } => work::advance(&mut open()?, &vins, reason),
        Verb::Return { vins, to, reason } => work::send_back(&mut open()?, &vins, to, reason),
        Verb::Hold { vins, reason, until } => work::hold(&mut open()?, &vins, reason, until.as_deref()),
        Verb::Resume { vins, reason } => work::resume(&mut open()?, &vins, reason),
        Verb::Release { vins, key } => release::release(&mut open()?, &vins, key.as_deref()),
        Verb::Receipt(args) => work::receipt(&mut open()?, args),
        Verb::Message { vin, version, draft } => release::message(&mut open()?, &vin, version, draft),
        Verb::Note { vins, text } => work::note(&mut open()?, &vins, text),
        Verb::Undo { vins } => work::undo(&mut open()?, &vins),
        Verb::Log { vin, since, follow } => log::run(&mut open()?, vin.as_deref(), since, follow),
        Verb::Report(args) => report::run(&mut open()?, &args),
        Verb::Whoami => desk::whoami(&mut open()?),
    }
    .map(|()| 0)
}

/// What clap said instead of a command line: help and version are printed, anything else is wrong usage.
///
/// # Errors
/// Wrong usage, with what clap had to say of it as hints.
pub fn not_understood(said: &clap::Error) -> Result<u8, Failure> {
    use clap::error::ErrorKind;
    if matches!(said.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match said.print() {
            Err(fault) if fault.kind() != std::io::ErrorKind::BrokenPipe => Err(fault.into()),
            _ => Ok(0),
        };
    }
    let text = said.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    let first = lines.next().unwrap_or("the command line is not understood");
    let mut message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    // What is missing stands a line each below a head that ends with a colon.
    if message.ends_with(':') {
        let mut named = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("Usage:") && !line.starts_with("For more")) {
            named.push(line);
        }
        message = format!("{message} {}", named.join(", "));
    }
    let failure = Failure::new(Kind::Usage, message);
    Err(lines.fold(failure, |failure, line| failure.hint(line.strip_prefix("tip: ").unwrap_or(line))))
}

/// The form of output a command line asks for that could not be read as a whole.
pub fn format_asked_for() -> Format {
    let words: Vec<_> = std::env::args_os().collect();
    let json = |word: &std::ffi::OsStr| word == "json" || word == "jsonl";
    let asked = words.windows(2).any(|pair| pair[0] == "--output" && json(&pair[1]))
        || words.iter().any(|word| word == "--output=json" || word == "--output=jsonl");
    if asked { Format::Json } else { Format::Table }
}

/// From now on a panic is reported where it is a fault of the program; what a file does to a library that reads it is told
/// as a fault of the file.
pub fn report_own_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !crate::bounded::is_foreign() {
            report(panic);
        }
    }));
}

/// The failure with no more than the beginning of each value that it quotes.
fn briefly(failure: Failure) -> Failure {
    let hints = failure.hints.into_iter().map(brief).collect();
    Failure { message: brief(failure.message), hints, ..failure }
}

/// Prints a failure: `error:` and `hint:` lines, and with JSON output an object too, on standard error.
pub fn report(failure: &Failure, format: Format) {
    use std::io::Write;
    let failure = briefly(failure.clone());
    let mut err = std::io::stderr().lock();
    // A standard error that is closed leaves only the exit code to say what happened.
    if matches!(format, Format::Json | Format::Jsonl) {
        let mut object = serde_json::json!({"error": {
            "kind": failure.kind.word(), "message": failure.message, "rule": failure.rule,
            "address": failure.address, "hints": failure.hints,
        }});
        if let Some((key, value)) = failure.details.as_deref() {
            object["error"][*key] = value.clone();
        }
        let _ = writeln!(err, "{}", output::escaped(&object.to_string()));
    }
    let _ = writeln!(err, "error: {}", crate::domain::visible::visible(&failure.told()));
    for hint in &failure.hints {
        let _ = writeln!(err, "hint: {}", crate::domain::visible::visible(hint));
    }
}

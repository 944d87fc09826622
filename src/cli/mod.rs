//! The verbs of the command line, one file per group, over the same actions as the terminal.

mod approvals;
pub mod args;
mod context;
mod demo;
mod desk;
mod exceptions;
mod import;
mod json;
mod log;
mod output;
mod people;
mod queue;
mod release;
mod show;
mod terminal;
mod work;

use self::args::{Cli, Format, Verb};
use self::context::Context;
use crate::failure::Failure;

/// Runs what was asked for; answers the exit code of what ended well (a terminal that hung up ends with 129).
///
/// # Errors
/// What said no, with its exit code.
pub fn run(cli: Cli) -> Result<u8, Failure> {
    let global = cli.global;
    let open = || Context::open(&global);
    let Some(verb) = cli.verb else { return terminal::open(&global, None) };
    match verb {
        Verb::Tui { queue } => return terminal::open(&global, queue.as_deref()),
        Verb::Demo(args) => return demo::run(&global, &args),
        Verb::Init { policy } => desk::init(&global, policy.as_deref()),
        Verb::Doctor => desk::doctor(&global),
        Verb::Keys { keymap } => desk::keys(&global, &keymap),
        Verb::Completions { shell } => {
            desk::completions(shell);
            Ok(())
        }
        Verb::Policy(verb) => desk::policy(&global, verb),
        Verb::Verify { files, desk } => release::verify(&global, &files, desk),
        Verb::Person(verb) => people::person(&mut open()?, verb),
        Verb::Scope(verb) => people::scope(&mut open()?, verb),
        Verb::Approval(verb) => approvals::run(&mut open()?, verb),
        Verb::Import(args) => import::run(&mut open()?, &args),
        Verb::Queue(args) => queue::run(&mut open()?, &args),
        Verb::Show(args) => show::show(&mut open()?, &args),
        Verb::Take(args) => work::take(&mut open()?, args),
        Verb::Assign { vins, to, reason } => work::assign(&mut open()?, &vins, &to, reason),
        Verb::Set(args) => work::set(&mut open()?, args),
        Verb::Confirm { vin, addresses, all } => work::confirm(&mut open()?, vin, &addresses, all),
        Verb::Flag(args) => work::flag(&mut open()?, args),
        Verb::Exception(verb) => exceptions::run(&mut open()?, verb),
        Verb::Sign { vins, checkpoint, meaning } => work::sign(&mut open()?, &vins, checkpoint, meaning),
        Verb::Advance { vins, reason } => work::advance(&mut open()?, &vins, reason),
        Verb::Return { vins, to, reason } => work::send_back(&mut open()?, &vins, to, reason),
        Verb::Hold { vins, reason, until } => work::hold(&mut open()?, &vins, reason, until.as_deref()),
        Verb::Resume { vins } => work::resume(&mut open()?, &vins),
        Verb::Release { vins, key } => release::release(&mut open()?, &vins, key.as_deref()),
        Verb::Message { vin, version, draft } => release::message(&mut open()?, &vin, version, draft),
        Verb::Note { vin, text } => work::note(&mut open()?, vin, text),
        Verb::Log { vin, since } => log::run(&mut open()?, vin.as_deref(), since),
        Verb::Whoami => desk::whoami(&mut open()?),
    }
    .map(|()| 0)
}

/// Prints a failure: `error:` and `hint:` lines, and with JSON output an object too, on standard error.
pub fn report(failure: &Failure, format: Format) {
    use std::io::Write;
    let mut err = std::io::stderr().lock();
    // A standard error that is closed leaves only the exit code to say what happened.
    if matches!(format, Format::Json | Format::Jsonl) {
        let object = serde_json::json!({"error": {
            "kind": failure.kind.word(), "message": failure.message, "rule": failure.rule,
            "address": failure.address, "hints": failure.hints,
        }});
        let _ = writeln!(err, "{object}");
    }
    let _ = writeln!(err, "error: {}", crate::domain::visible::visible(&failure.message));
    for hint in &failure.hints {
        let _ = writeln!(err, "hint: {}", crate::domain::visible::visible(hint));
    }
}

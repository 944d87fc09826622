//! The verbs about a person's own files: `config show`, `config check`, `keys`.

use serde_json::{Value, json};

use super::args::{ConfigVerb, Global};
use super::output::{Out, Table, columns};
use super::terminal;
use crate::config::fault::ConfigFault;
use crate::config::keymap;
use crate::config::place::Place;
use crate::config::settings::Configured;
use crate::failure::{Failure, Kind};
use crate::term;

pub fn config(global: &Global, verb: &ConfigVerb) -> Result<(), Failure> {
    let out = Out { format: global.output, quiet: global.quiet };
    match verb {
        ConfigVerb::Show => show(&out),
        ConfigVerb::Check => check(&out),
    }
}

/// What holds, whatever the file says of it.
fn show(out: &Out) -> Result<(), Failure> {
    let Configured { settings, faults, .. } = terminal::configured();
    let file = Place::of_person().map(|place| place.settings);
    let file = file.map(|file| file.display().to_string()).unwrap_or_default();
    let theme = settings.theme.map(|theme| theme.name);
    let seal = settings.seal.as_ref().map(|key| key.display().to_string());
    let yes = |on: bool| if on { "true" } else { "false" }.to_owned();
    let mut table = Table::new(&["Setting", "Value"]);
    for (name, value) in [
        ("file", file.clone()),
        ("keymap", settings.keymap.clone()),
        ("theme", theme.unwrap_or("as the terminal wants").to_owned()),
        ("ascii", yes(settings.ascii)),
        ("mouse", yes(settings.mouse)),
        ("layout", settings.layout.word().to_owned()),
        ("seal.key", seal.clone().unwrap_or_default()),
    ] {
        table.row([name.to_owned(), value]);
    }
    let value = json!({
        "file": file, "keymap": settings.keymap, "theme": theme, "ascii": settings.ascii, "mouse": settings.mouse,
        "layout": settings.layout.word(), "seal": {"key": seal}, "faults": faults.len(),
    });
    out.one(&columns(&table), &table, &value)?;
    if !faults.is_empty() {
        out.say(&format!("{} in these files: `stageplate config check` tells them", counted(faults.len())));
    }
    Ok(())
}

fn check(out: &Out) -> Result<(), Failure> {
    let faults = terminal::configured().faults;
    let mut table = Table::new(&["File", "Line", "Fault", "Hint"]);
    for fault in &faults {
        let line = if fault.line > 0 { fault.line.to_string() } else { String::new() };
        table.row([fault.file.clone(), line, fault.message.clone(), fault.hint.clone().unwrap_or_default()]);
    }
    let values: Vec<Value> = faults.iter().map(as_json).collect();
    if faults.is_empty() {
        out.say("no faults");
        table = Table::default();
    }
    // A fault is a sentence and a path: lines, not columns, are what fits a terminal.
    let told: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
    match out.format {
        super::args::Format::Table => out.text(&told)?,
        _ => out.list(&table, &values)?,
    }
    match faults.len() {
        0 => Ok(()),
        count => Err(Failure::new(Kind::Usage, format!("your configuration has {}", counted(count)))
            .hint("the terminal opens all the same, with the defaults in their place")),
    }
}

fn as_json(fault: &ConfigFault) -> Value {
    json!({"file": fault.file, "line": fault.line, "column": fault.column, "message": fault.message, "hint": fault.hint})
}

/// How many faults there are, in words.
pub fn counted(faults: usize) -> String {
    if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") }
}

/// Lists the bindings of a keymap: the one named, or the person's own.
pub fn keys(global: &Global, name: Option<&str>) -> Result<(), Failure> {
    let out = Out { format: global.output, quiet: global.quiet };
    let place = Place::of_person();
    let folder = place.as_ref().map(|place| place.keymaps.as_path());
    let name = name.map_or_else(|| terminal::settings(&out).keymap, str::to_owned);
    let keymap = term::run::with_words(|words| keymap::read(&name, folder, words)).map_err(|faults| {
        let what = format!("the keymap `{name}` cannot be used: {}", counted(faults.len()));
        faults.iter().fold(Failure::new(Kind::Usage, what), |failure, fault| failure.hint(fault.to_string()))
    })?;
    let mut table = Table::new(&["Where", "Keys", "Command", "Does"]);
    let mut values: Vec<Value> = Vec::new();
    for binding in keymap.bindings() {
        let keys = binding.keys.to_string();
        table.row([binding.context.clone(), keys.clone(), binding.command.clone(), binding.help.clone()]);
        values
            .push(json!({"context": binding.context, "keys": keys, "command": binding.command, "help": binding.help}));
    }
    Ok(out.list(&table, &values)?)
}

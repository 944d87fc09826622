//! The verbs about build options: `options check`, `options show`, `options apply`.

use std::path::Path;

use serde_json::json;

use super::args::{Global, OptionsVerb};
use super::config::counted;
use super::context::{self, Context};
use super::output::{Out, Table, columns};
use super::people::governed_word;
use crate::config::options::{self, OptionsFile};
use crate::domain::governance::DeskAction;
use crate::domain::options::Options;
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};
use crate::ivi;

/// The default build options, as they ship.
pub const DEFAULT_OPTIONS: &str = include_str!("../../sample-data/options.toml");

/// Reads an options file, or fails with every fault.
pub fn read(text: &str, file: &str) -> Result<OptionsFile, Failure> {
    options::read(text, file, ivi::catalogue()).map_err(|faults| {
        let what = format!("{file}: {}, nothing of it was applied", counted(faults.len()));
        let failure = Failure::new(Kind::Usage, what).rule("options");
        faults.iter().fold(failure, |failure, fault| failure.hint(fault.to_string()))
    })
}

/// The options of a file; what in it is likely a mistake is said.
pub fn read_telling(text: &str, file: &str, out: &Out) -> Result<Options, Failure> {
    let OptionsFile { options, doubts } = read(text, file)?;
    doubts.iter().for_each(|doubt| out.say(&format!("warning: {doubt}")));
    Ok(options)
}

pub fn run(global: &Global, verb: OptionsVerb) -> Result<(), Failure> {
    match verb {
        OptionsVerb::Check { file } => check(global, &file),
        OptionsVerb::Show { scope } => show(&mut Context::open(global)?, scope.as_deref()),
        OptionsVerb::Apply { file, scope, reason } => apply(&mut Context::open(global)?, &file, scope, reason),
    }
}

fn check(global: &Global, file: &Path) -> Result<(), Failure> {
    let out = Out { format: global.output, quiet: global.quiet };
    let text = context::read_text(file)?;
    let name = file.display().to_string();
    let read = options::read(&text, &name, ivi::catalogue());
    let faults: Vec<String> = read.as_ref().err().into_iter().flatten().map(ToString::to_string).collect();
    let mut table = Table::new(&["Fault"]);
    faults.iter().for_each(|fault| table.row([fault.clone()]));
    let told = match &read {
        Ok(OptionsFile { options, doubts }) => {
            let warnings: String = doubts.iter().map(|doubt| format!("warning: {doubt}\n")).collect();
            let (options, dependencies) = (options.options.len(), options.dependencies.len());
            format!("{warnings}{name}: no faults, {options} options, {dependencies} dependencies\n")
        }
        Err(_) => faults.iter().map(|fault| format!("{fault}\n")).collect(),
    };
    let doubts = read.iter().flat_map(|read| &read.doubts);
    let warnings: Vec<String> = doubts.map(ToString::to_string).collect();
    out.one(&told, &table, &json!({"ok": faults.is_empty(), "faults": faults, "warnings": warnings}))?;
    match faults.len() {
        0 => Ok(()),
        n => Err(Failure::new(Kind::Usage, format!("{name}: {}", counted(n))).rule("options")),
    }
}

fn show(context: &mut Context, scope: Option<&str>) -> Result<(), Failure> {
    if let Some(scope) = scope {
        known_scope(context, scope)?;
    }
    let options = context.desk.options(scope)?;
    let whose = match (&options.scope, options.version) {
        (Some(scope), version) => format!("options {version}, those of scope {scope}"),
        (None, 0) => "those that the policy carries: no options file was applied".to_owned(),
        (None, version) => format!("options {version}, those of the desk"),
    };
    let mut table = Table::new(&["Code", "Title", "Body", "Suppl.", "Special", "Regulations", "Excludes", "Restates"]);
    let dash = |code: &Option<String>| code.clone().unwrap_or_else(|| "–".to_owned());
    for option in &options.options {
        table.row([
            option.code.clone(),
            option.title.clone(),
            dash(&option.bodywork),
            dash(&option.supplement),
            dash(&option.special_purpose),
            option.regulations.join(", "),
            option.excludes.join(" "),
            option.restate.len().to_string(),
        ]);
    }
    let mut text = format!("{whose}\n\n{}", columns(&table));
    let entry = |path: &str| context.desk.catalogue().by_path(path).map_or(path.to_owned(), |one| one.title.to_owned());
    if !options.dependencies.is_empty() {
        text.push_str("\nWhat depends on what\n");
    }
    for dependency in &options.dependencies {
        let then: Vec<String> = dependency.then.iter().map(|path| entry(path)).collect();
        text.push_str(&format!("{}: {}\n", entry(&dependency.when), visible(&dependency.because)));
        then.iter().for_each(|one| text.push_str(&format!("    {one}\n")));
    }
    Ok(context.out.one(&text, &table, &json!(options))?)
}

fn apply(context: &mut Context, file: &Path, scope: Option<String>, reason: String) -> Result<(), Failure> {
    let text = context::read_text(file)?;
    let options = read_telling(&text, &file.display().to_string(), &context.out)?;
    if let Some(scope) = &scope {
        known_scope(context, scope)?;
    }
    let whose = scope.as_ref().map_or("the desk".to_owned(), |scope| format!("scope {scope}"));
    let act_scope = scope.clone();
    let act = DeskAction::ApplyOptions { options: Box::new(Options { scope, ..options }), source: text, reason };
    let governed = context.desk.govern(&context.actor, &act, context::request(), context::now())?;
    let done = governed_word(governed.outcome);
    let version = context.desk.options(act_scope.as_deref())?.version;
    let mut table = Table::new(&["Options of", "Version", "Outcome"]);
    table.row([whose.clone(), version.to_string(), done.to_owned()]);
    let object = json!({
        "scope": act_scope, "ok": true, "outcome": done, "seq": governed.seq, "version": version,
    });
    Ok(context.out.one(&format!("{whose}: options {version}, {done}\n"), &table, &object)?)
}

fn known_scope(context: &mut Context, scope: &str) -> Result<(), Failure> {
    let scopes = context.desk.scopes()?;
    let names: Vec<&str> = scopes.iter().map(|(known, _)| known.name.as_str()).collect();
    if names.contains(&scope) {
        return Ok(());
    }
    let failure = Failure::new(Kind::NotFound, format!("there is no scope `{}`", visible(scope)));
    Err(match crate::domain::nearest::nearest(scope, names) {
        Some(near) => failure.hint(format!("the nearest is `{near}`")),
        None => failure.hint("`stageplate scope list` shows which there are"),
    })
}

//! The verb `import`: messages and build sheets come in, each file and row on its own.

use std::io::{BufRead, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::ImportArgs;
use super::config::counted;
use super::context::{self, Context};
use super::json;
use super::output::{Table, columns};
use super::progress::{Bar, Interrupt};
use super::show::described;
use crate::domain::address::Address;
use crate::domain::catalogue::Catalogue;
use crate::domain::event::Line;
use crate::failure::{Failure, Kind};
use crate::intake::columns::ColumnMap;
use crate::intake::{self, Foreseen, ImportReport, Options, Progress, Rejected, files, rejects};
use crate::store::Outcome;

pub fn run(context: &mut Context, args: &ImportArgs) -> Result<(), Failure> {
    if let Some(scope) = &args.scope
        && !context.desk.scopes()?.iter().any(|(known, _)| known.name == *scope)
    {
        return Err(Failure::new(Kind::NotFound, format!("there is no scope `{scope}`"))
            .hint("`stageplate scope list` shows which there are"));
    }
    if let Some(path) = &args.rejects {
        may_be_written(path)?;
    }
    let options = Options { scope: args.scope.clone(), map: read_map(context, args)?, dry_run: args.dry_run };
    let paths: Vec<PathBuf> = args.files.iter().map(PathBuf::from).collect();
    let found = files::find(&paths, &mut std::io::stdin().lock().lines());
    let interrupt = Interrupt::watch()?;
    let mut bar = Bar::on_terminal(context.out.quiet);
    let mut progress = |progress: Progress<'_>| {
        bar.show(&progress);
        if interrupt.came() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let report = intake::import(&mut context.desk, &context.actor, found, &options, &context::now, &mut progress);
    bar.clear();
    print(context, args.dry_run, &report)?;
    if let Some(path) = &args.rejects {
        write_rejects(context, path, &report.rejected)?;
    }
    ended(report, &interrupt, args.dry_run)
}

fn read_map(context: &Context, args: &ImportArgs) -> Result<ColumnMap, Failure> {
    let Some(path) = &args.map else { return Ok(ColumnMap::default()) };
    let bytes = files::bytes(path).map_err(|reject| context::rejected(path, &reject))?;
    ColumnMap::read(&bytes, context.desk.catalogue()).map_err(|faults| {
        let failure = Failure::new(Kind::Usage, format!("the map {} has {}", path.display(), counted(faults.len())));
        faults.iter().fold(failure, |failure, fault| failure.hint(context::told(path, fault)))
    })
}

fn print(context: &Context, dry_run: bool, report: &ImportReport) -> Result<(), Failure> {
    let catalogue = context.desk.catalogue();
    let rejects = reject_table(&report.rejected);
    let rehearsed = if dry_run { "nothing was written; it would be " } else { "" };
    let mut text = format!(
        "{rehearsed}created {}, updated {}, unchanged {}, rejected {}\n",
        report.created,
        report.updated,
        report.unchanged,
        report.rejected.len()
    );
    let foreseen = foreseen_table(&report.foreseen, catalogue);
    if !foreseen.rows.is_empty() {
        text.push_str(&format!("\nWould change\n{}", columns(&foreseen)));
    }
    if !report.rejected.is_empty() {
        text.push_str(&format!("\nRejected\n{}", columns(&rejects)));
    }
    if !report.skipped.is_empty() {
        let count = report.skipped.len();
        context
            .out
            .say(&format!("{count} files of the folders are neither messages nor build sheets and were left alone"));
    }
    let mut whole = json!({
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": report.rejected.iter().map(reject_value).collect::<Vec<_>>(),
        "dry_run": dry_run,
        "stopped": report.stopped.as_ref().map(|stopped| json!({"file": shown(&stopped.file), "line": stopped.line})),
    });
    if let (true, Value::Object(whole)) = (dry_run, &mut whole) {
        let changes = report.foreseen.iter().map(|one| foreseen_value(one, catalogue)).collect();
        whole.insert("changes".to_owned(), Value::Array(changes));
    }
    // As CSV a dry run is what would change; the rejected rows have a file of their own.
    let table = if dry_run { foreseen } else { rejects };
    Ok(context.out.one(&text, &table, &whole)?)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn reject_table(rejected: &[Rejected]) -> Table {
    let mut table = Table::new(&["File", "Line", "VIN", "Reason"]);
    for one in rejected {
        let line = one.line.map_or(String::new(), |line| line.to_string());
        let hints = if one.hints.is_empty() { String::new() } else { format!(" ({})", one.hints.join("; ")) };
        let vin = one.vin.clone().unwrap_or_default();
        table.row([shown(&one.file), line, vin, format!("{}{hints}", one.reason)]);
    }
    table
}

fn reject_value(one: &Rejected) -> Value {
    json!({
        "file": shown(&one.file), "line": one.line, "vin": one.vin, "reason": one.reason, "hints": one.hints,
    })
}

/// What would change, a line for each entry, so that it can be read before it is done.
fn foreseen_table(foreseen: &[Foreseen], catalogue: &Catalogue) -> Table {
    let mut table = Table::new(&["VIN", "Entry", "What", "From", "To", "Source"]);
    for one in foreseen {
        let line = one.line.map_or(String::new(), |line| format!(":{line}"));
        let source = format!("{}{line}", one.file.file_name().unwrap_or(one.file.as_os_str()).to_string_lossy());
        if one.outcome == Outcome::Created {
            table.row([one.vin.to_string(), String::new(), "record".into(), "–".into(), "new".into(), source.clone()]);
        }
        for Line { what, from, to, .. } in &one.lines {
            let (entry, title) = match Address::parse(what).ok().filter(|at| catalogue.element(at).is_some()) {
                Some(address) => {
                    let (entry, title, _) = described(&address, catalogue);
                    (entry, title)
                }
                None => (String::new(), nameless(what)),
            };
            let told = |value: &Option<String>| brief(value.as_deref().unwrap_or("–"), what);
            table.row([one.vin.to_string(), entry, title, told(from), told(to), source.clone()]);
        }
    }
    table
}

fn foreseen_value(one: &Foreseen, catalogue: &Catalogue) -> Value {
    let line = |line: &Line| {
        let address = Address::parse(&line.what).ok().filter(|address| catalogue.element(address).is_some());
        let mut object = match &address {
            Some(address) => json::described(address, catalogue),
            None => serde_json::Map::from_iter([("address".to_owned(), Value::Null)]),
        };
        json::extend(&mut object, json!({"what": nameless(&line.what), "from": line.from, "to": line.to}));
        Value::Object(object)
    };
    json!({
        "vin": one.vin,
        "file": shown(&one.file),
        "line": one.line,
        "outcome": if one.outcome == Outcome::Created { "created" } else { "updated" },
        "lines": one.lines.iter().map(line).collect::<Vec<_>>(),
    })
}

/// What a line of the history is about; an exception that is only foreseen has no number yet.
fn nameless(what: &str) -> String {
    if what.starts_with("exception ") { "exception".to_owned() } else { what.to_owned() }
}

/// A value for a column; of the hash of a message its beginning.
fn brief(value: &str, what: &str) -> String {
    if what.starts_with("stage ") { value.chars().take(12).collect() } else { value.to_owned() }
}

/// Whether a file can be made where it is wanted, asked by making one beside it: what cannot be told of is not imported.
fn may_be_made(path: &Path) -> Result<(), Failure> {
    let folder = folder_of(path);
    tempfile::Builder::new().prefix(".stageplate-").tempfile_in(folder).map(drop).map_err(|fault| {
        Failure::new(Kind::Usage, format!("cannot write {}: {fault}; nothing was imported", path.display()))
            .hint("name a file in a folder that is there and may be written to")
    })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A sheet of rejected rows is written over an older one and over nothing else.
fn may_be_written(path: &Path) -> Result<(), Failure> {
    match std::fs::symlink_metadata(path) {
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => may_be_made(path),
        Err(fault) => Err(context::unreadable(path, &fault)),
        Ok(about) if about.is_file() && files::bytes(path).is_ok_and(|bytes| rejects::is_one(&bytes)) => Ok(()),
        Ok(_) => Err(Failure::new(
            Kind::Usage,
            format!("{} is there already and is no sheet of rejected rows; nothing was imported", path.display()),
        )
        .hint("name another file with --rejects")),
    }
}

fn write_rejects(context: &Context, path: &Path, rejected: &[Rejected]) -> Result<(), Failure> {
    let whole = rejected.iter().filter(|reject| reject.cells.is_none()).count();
    if whole > 0 {
        context.out.say(&format!("{whole} of the rejected are whole files: they are mended where they lie"));
    }
    let Some((bytes, rows)) = rejects::sheet(rejected) else {
        context.out.say(&format!("no row was rejected; {} was not written", path.display()));
        return Ok(());
    };
    let written = tempfile::Builder::new().prefix(".stageplate-").tempfile_in(folder_of(path)).and_then(|mut file| {
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|fault| fault.error)
    });
    written.map_err(|fault| {
        Failure::new(Kind::Usage, format!("cannot write {}: {fault}; the import is done all the same", path.display()))
            .hint("import the same files again with another --rejects: what is in changes nothing")
    })?;
    context.out.say(&format!("{rows} rejected rows are in {}: mend them and import it", path.display()));
    Ok(())
}

fn ended(report: ImportReport, interrupt: &Interrupt, dry_run: bool) -> Result<(), Failure> {
    let taken = report.created + report.updated + report.unchanged;
    if let Some(stopped) = report.stopped {
        let line = stopped.line.map_or(String::new(), |line| format!(":{line}"));
        let place = format!("the import ended at {}{line}; what came before stays", stopped.file.display());
        return Err(match stopped.error {
            Some(error) => Failure::from(error).hint(place),
            None => {
                let what = format!("the import was stopped: {taken} messages and rows are in, nothing of the rest");
                Failure::new(interrupt.kind(), what)
                    .hint(place)
                    .hint("import the same files again to go on: what is in changes nothing")
            }
        });
    }
    match report.rejected.len() {
        0 => Ok(()),
        count => {
            let rest = if dry_run { "everything else would be written" } else { "everything else was" };
            let message = format!("{count} rejected; nothing of them was written, {rest}");
            Err(Failure::new(Kind::Refused, message).rule("import"))
        }
    }
}

//! The verb `import`: messages and build sheets come in, each file and row on its own.

use std::io::{BufRead, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::args::ImportArgs;
use super::context::{self, Context};
use super::output::{Table, columns};
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};
use crate::intake::columns::ColumnMap;
use crate::intake::files;
use crate::intake::import::{ImportReport, Options, Progress, import};

pub fn run(context: &mut Context, args: &ImportArgs) -> Result<(), Failure> {
    if let Some(scope) = &args.scope
        && !context.desk.scopes()?.iter().any(|(known, _)| known.name == *scope)
    {
        return Err(Failure::new(Kind::NotFound, format!("there is no scope `{scope}`"))
            .hint("`stageplate scope list` shows which there are"));
    }
    let map = match &args.map {
        None => ColumnMap::default(),
        Some(path) => {
            let bytes = files::bytes(path).map_err(|reject| context::rejected(path, &reject))?;
            ColumnMap::read(&bytes, context.desk.catalogue()).map_err(|faults| {
                let failure =
                    Failure::new(Kind::Usage, format!("the map {} has {} faults", path.display(), faults.len()));
                faults.iter().fold(failure, |failure, fault| failure.hint(context::told(path, fault)))
            })?
        }
    };
    let options = Options { scope: args.scope.clone(), map, dry_run: args.dry_run };
    let paths: Vec<PathBuf> = args.files.iter().map(PathBuf::from).collect();
    let found = files::find(&paths, &mut std::io::stdin().lock().lines());
    let shows = std::io::stderr().is_terminal() && !context.out.quiet;
    let mut progress = |progress: Progress<'_>| {
        if shows {
            bar(&progress);
        }
        ControlFlow::Continue(())
    };
    let report = import(&mut context.desk, &context.actor, found, &options, &context::now, &mut progress);
    if shows {
        // Takes the bar away; a closed standard error is no failure.
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    print(context, args.dry_run, &report)?;
    ended(report)
}

fn print(context: &Context, dry_run: bool, report: &ImportReport) -> Result<(), Failure> {
    let mut rejects = Table::new(&["File", "Line", "VIN", "Reason"]);
    let mut values: Vec<Value> = Vec::new();
    for one in &report.rejected {
        let file = one.file.display().to_string();
        let line = one.line.map_or(String::new(), |line| line.to_string());
        let hints = if one.hints.is_empty() { String::new() } else { format!(" ({})", one.hints.join("; ")) };
        rejects.row([file.clone(), line, one.vin.clone().unwrap_or_default(), format!("{}{hints}", one.reason)]);
        values.push(json!({"file": file, "line": one.line, "vin": one.vin, "reason": one.reason, "hints": one.hints}));
    }
    let rehearsed = if dry_run { "nothing was written; it would be " } else { "" };
    let mut text = format!(
        "{rehearsed}created {}, updated {}, unchanged {}, rejected {}\n",
        report.created,
        report.updated,
        report.unchanged,
        report.rejected.len()
    );
    if !report.rejected.is_empty() {
        text.push_str(&columns(&rejects));
    }
    if !report.skipped.is_empty() {
        let count = report.skipped.len();
        context
            .out
            .say(&format!("{count} files of the folders are neither messages nor build sheets and were left alone"));
    }
    let whole = json!({
        "created": report.created, "updated": report.updated, "unchanged": report.unchanged, "rejected": values,
    });
    Ok(context.out.one(&text, &rejects, &whole)?)
}

fn ended(report: ImportReport) -> Result<(), Failure> {
    if let Some(stopped) = report.stopped {
        let place = stopped.line.map_or(String::new(), |line| format!(":{line}"));
        let place = format!("the import ended at {}{place}; what came before stays", stopped.file.display());
        return Err(match stopped.error {
            Some(error) => Failure::from(error).hint(place),
            None => Failure::new(Kind::Refused, "the import was stopped").hint(place),
        });
    }
    match report.rejected.len() {
        0 => Ok(()),
        count => Err(Failure::new(
            Kind::Refused,
            format!("{count} rejected; nothing of them was written, everything else was"),
        )
        .rule("import")),
    }
}

fn bar(progress: &Progress<'_>) {
    const WIDTH: usize = 30;
    let filled = (progress.done * WIDTH).checked_div(progress.total).unwrap_or(0).min(WIDTH);
    let name = progress.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name: String = visible(&name).chars().take(40).collect();
    let bar = format!("[{}{}]", "#".repeat(filled), ".".repeat(WIDTH - filled));
    // A closed standard error is no failure of the import.
    let _ = write!(
        std::io::stderr(),
        "\r\x1b[K{bar} {}/{} files, {} rejected · {name}",
        progress.done,
        progress.total,
        progress.rejected
    );
}

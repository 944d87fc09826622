//! Whether the desk's file lies well: what `doctor` looks at, with the way out of each fault.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::desk::Desk;
use super::error::StoreError;
use super::open;
use super::structure::{schema_faults, tally_faults};
use super::turn::Queue;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// What.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What to do, where it is not.
    pub fix: String,
}

const RESTORE: &str = "restore the last backup, and find out who wrote to the file by other means";

fn check(name: &'static str, fault: Option<String>, well: impl Into<String>, fix: &str) -> HealthCheck {
    let ok = fault.is_none();
    let fix = if ok { String::new() } else { fix.to_owned() };
    HealthCheck { name, ok, detail: fault.unwrap_or_else(|| well.into()), fix }
}

impl Desk {
    /// Looks at the file, its place, its rights and its structure.
    ///
    /// # Errors
    /// When the desk cannot be read at all.
    pub fn health(&mut self) -> Result<Vec<HealthCheck>, StoreError> {
        let path = self.path().to_owned();
        let mut checks = vec![check("sqlite", None, rusqlite::version(), "")];
        checks.extend(rights(&path));
        let network = open::network_file_system(&path).map(|name| format!("the desk lies on {name}"));
        checks.push(check("file system", network, "local", "move the desk to a disk of the host"));
        let queue = Queue::beside(&path);
        let missing = (!queue.path().exists()).then(|| format!("{} is missing", queue.path().display()));
        checks.push(check(
            "queue",
            missing,
            "there",
            "make an empty file of that name, mode 0660, in the desk's group",
        ));
        checks.extend(self.read(|session| {
            let conn = session.conn;
            let mode: String = conn.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
            let other = (mode != "wal").then(|| format!("the journal mode is {mode}"));
            let quick: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            let schema = schema_faults(conn)?.into_iter().next().map(|(place, what)| format!("{place}: {what}"));
            let tallies = tally_faults(conn)?;
            let off = (!tallies.is_empty()).then(|| format!("these counts are off: {}", tallies.join(", ")));
            Ok(vec![
                check("journal", other, "wal", "open the desk with this program only"),
                check("pages", (quick != "ok").then_some(quick), "whole", RESTORE),
                check("schema", schema, "as this program made it", RESTORE),
                check("counts", off, "right", RESTORE),
            ])
        })?);
        Ok(checks)
    }
}

/// The rights on the file and its directory: a desk that a group shares needs them just so, a private one does not.
fn rights(path: &Path) -> Vec<HealthCheck> {
    let directory = open::directory_of(path);
    let (Ok(file), Ok(place)) = (std::fs::metadata(path), std::fs::metadata(directory)) else {
        return vec![check("rights", Some("they cannot be read".into()), "", "look at who owns the directory")];
    };
    let mode = |meta: &Metadata| meta.permissions().mode() & 0o7777;
    let shared = mode(&place) & 0o020 != 0;
    let wrong_mode = mode(&file) & 0o117 != 0 || (shared && mode(&file) & 0o060 != 0o060);
    let file_mode = wrong_mode.then(|| format!("the file's mode is {:o}", mode(&file)));
    let setgid = (shared && mode(&place) & 0o2000 == 0)
        .then(|| format!("the directory's mode is {:o}: new files beside the desk get another group", mode(&place)));
    let group = (shared && file.gid() != place.gid())
        .then(|| format!("the file's group is {}, the directory's {}", file.gid(), place.gid()));
    let kind = if shared { "shared by a group" } else { "private" };
    vec![
        check("file mode", file_mode, format!("{:o}, {kind}", mode(&file)), "chmod 0660 the desk's file"),
        check("directory", setgid, format!("{:o}", mode(&place)), "chmod 2770 the desk's directory"),
        check("group", group, file.gid().to_string(), "chgrp the desk's files to the directory's group"),
    ]
}

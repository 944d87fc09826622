//! Brings a desk of an older schema up to date: a backup beside it first, then every missing step in one transaction.
//!
//! Invariant: whatever happens on the way, the desk is of the old schema or of the new one, whole; and of the old one there
//! is a copy before anything is changed.

use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::error::StoreError;
use super::open::{MIGRATIONS, directory_of, number, set_mode};
use super::visits;

/// What was done to an older desk when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The schema it had.
    pub from: i64,
    /// The schema it has now.
    pub to: i64,
    /// Where it lies as it was before.
    pub backup: PathBuf,
}

/// Pages copied at a time; the whole is copied in one go, for nobody else writes meanwhile.
const PAGES: i32 = 1000;

/// Gives an empty file the newest schema.
pub fn establish(conn: &Connection) -> Result<(), StoreError> {
    let change = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    take_steps(&change, 0)?;
    Ok(change.commit()?)
}

/// Brings an older desk up to date. Of two processes that open one at once the second finds nothing left to do.
pub fn migrate(conn: &Connection, path: &Path) -> Result<Option<Migrated>, StoreError> {
    let change = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    let from = number(&change, "user_version")?;
    let to = super::open::newest_schema();
    if from >= to {
        return Ok(change.rollback().map(|()| None)?);
    }
    let backup = back_up(path, from)?;
    take_steps(&change, from)?;
    change.commit()?;
    Ok(Some(Migrated { from, to, backup }))
}

/// The schema from which on the stays of records in steps are kept: those before it are made from the history.
const STAYS: i64 = 2;

fn take_steps(change: &Transaction<'_>, from: i64) -> Result<(), StoreError> {
    for (made, step) in (1..).zip(MIGRATIONS).filter(|(made, _)| *made > from) {
        change.execute_batch(step)?;
        if made == STAYS && from > 0 {
            visits::from_history(change)?;
        }
        change.pragma_update(None, "user_version", made)?;
    }
    Ok(())
}

/// Copies the desk beside itself through a second connection, which reads what was committed; looks whether the copy is
/// whole, and only then gives it its name: `desk.db.schema-1.20261124T135502Z`.
fn back_up(path: &Path, schema: i64) -> Result<PathBuf, StoreError> {
    let named = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let stamp = chrono::Utc::now().format("%Y%m%dT%H%M%SZ");
    let (written, kept) = (named(&format!(".schema-{schema}.part")), named(&format!(".schema-{schema}.{stamp}")));
    let failed =
        |what: &str| StoreError::io(format!("{what} {} before the desk is brought up to date", kept.display()));
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o660)
        .open(&written)
        .map_err(failed("making the backup"))?;
    set_mode(&written, 0o660)?;
    copy(path, &written)?;
    std::fs::File::open(&written).and_then(|file| file.sync_all()).map_err(failed("writing the backup"))?;
    std::fs::rename(&written, &kept).map_err(failed("naming the backup"))?;
    std::fs::File::open(directory_of(path))
        .and_then(|folder| folder.sync_all())
        .map_err(failed("keeping the backup"))?;
    Ok(kept)
}

fn copy(path: &Path, to: &Path) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let source = Connection::open_with_flags(path, flags)?;
    let mut copy =
        Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    Backup::new(&source, &mut copy)?.run_to_completion(PAGES, Duration::ZERO, None)?;
    // A copy that would make companion files of its own when somebody looks at it is none to put away.
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    let whole: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if whole == "ok" {
        return Ok(());
    }
    Err(StoreError::damaged(format!(
        "the backup before bringing it up to date is not whole ({whole}); nothing was changed"
    )))
}

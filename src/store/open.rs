//! Making and opening a desk's file: where it may lie, what must hold of it, and the settings every connection has.
//!
//! Invariant: the file is only ever opened through SQLite. Opening and closing it by other means in this process would drop
//! the locks of every other connection of the process.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::migrate::{self, Migrated};
use super::turn::Queue;

/// Marks a file as a desk: `SPLT`.
pub const APPLICATION_ID: i64 = 0x5350_4c54;

/// Every schema change, in order; the desk's `user_version` is the number of those that were made.
pub const MIGRATIONS: [&str; 3] =
    [include_str!("schema/0001.sql"), include_str!("schema/0002.sql"), include_str!("schema/0003.sql")];

/// SQLite before this can corrupt a file that several processes write in WAL mode (3.7.0 to 3.51.2).
const OLDEST_SQLITE: i32 = 3_051_003;

/// Tables that are only ever added to.
const ADDED_TO_ONLY: [&str; 9] =
    ["event", "signoff", "signoff_void", "release", "receipt", "receipt_file", "message", "stage", "dictionary"];

/// How long SQLite's own lock is waited for.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// The newest schema this program knows.
pub fn newest_schema() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Makes the file, readable and writable by its group whatever the umask, and the directory if there is none.
pub fn create(path: &Path) -> Result<(), StoreError> {
    refuse_old_library(rusqlite::version_number())?;
    let directory = directory_of(path);
    if !directory.exists() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o770)
            .create(directory)
            .map_err(StoreError::io(format!("making {}", directory.display())))?;
        set_mode(directory, 0o2770)?;
    }
    for file in [path, Queue::beside(path).path()] {
        fs::OpenOptions::new().write(true).create_new(true).mode(0o660).open(file).map_err(|error| {
            match error.kind() {
                std::io::ErrorKind::AlreadyExists => StoreError::Exists(file.to_owned()),
                _ => StoreError::io(format!("making {}", file.display()))(error),
            }
        })?;
        set_mode(file, 0o660)?;
    }
    Ok(())
}

/// Takes away what [`create`] made, when the desk did not come to be.
pub fn discard(path: &Path) {
    let queue = Queue::beside(path);
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        name
    };
    for file in [path.as_os_str().to_owned(), queue.path().as_os_str().to_owned(), beside("-wal"), beside("-shm")] {
        // What is not there need not go; what cannot go is named when somebody makes a desk there again.
        drop(fs::remove_file(file));
    }
}

pub fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub fn set_mode(path: &Path, mode: u32) -> Result<(), StoreError> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(StoreError::io(format!("setting the mode of {}", path.display())))
}

fn refuse_old_library(version: i32) -> Result<(), StoreError> {
    if version >= OLDEST_SQLITE {
        return Ok(());
    }
    Err(StoreError::TooOld { found: rusqlite::version().to_owned(), needed: "3.51.3" })
}

/// Opens a connection to a desk whose schema is this program's, after bringing an older one up to date.
pub fn connect(path: &Path) -> Result<(Connection, Option<Migrated>), StoreError> {
    refuse_old_library(rusqlite::version_number())?;
    right_place(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(PATIENCE)?;
    if number(&conn, "application_id").map_err(|error| not_a_desk(path, error))? != APPLICATION_ID {
        return Err(StoreError::NotADesk(path.to_owned()));
    }
    let found = number(&conn, "user_version")?;
    if found > newest_schema() {
        return Err(StoreError::Newer { found, known: newest_schema() });
    }
    if conn.is_readonly("main")? {
        return Err(StoreError::Permission {
            what: format!("{} can only be read", path.display()),
            fix: "join the desk's group, or ask for the file's mode 0660".into(),
        });
    }
    settings(&conn)?;
    let migrated = if found < newest_schema() { migrate::migrate(&conn, path)? } else { None };
    guard(&mut conn)?;
    Ok((conn, migrated))
}

/// Gives a new, empty file the newest schema.
pub fn establish(path: &Path) -> Result<Connection, StoreError> {
    let mut conn =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(PATIENCE)?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Sql(format!("the journal mode is `{mode}`, not `wal`")));
    }
    settings(&conn)?;
    migrate::establish(&conn)?;
    guard(&mut conn)?;
    Ok(conn)
}

fn not_a_desk(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => StoreError::NotADesk(path.to_owned()),
        _ => error.into(),
    }
}

/// A regular file, not a link, on a local file system.
fn right_place(path: &Path) -> Result<(), StoreError> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(StoreError::NoDesk(path.to_owned())),
        Err(error) => return Err(StoreError::io(format!("looking at {}", path.display()))(error)),
    };
    let kind = meta.file_type();
    if kind.is_symlink() {
        return Err(StoreError::Permission {
            what: format!("{} is a link", path.display()),
            fix: "name the desk's own path: its companion files lie beside the name it is opened by".into(),
        });
    }
    if !kind.is_file() || kind.is_fifo() {
        return Err(StoreError::NotADesk(path.to_owned()));
    }
    if let Some(name) = network_file_system(path) {
        return Err(StoreError::Permission {
            what: format!("{} lies on a network file system ({name})", path.display()),
            fix: "keep the desk on a disk of the host that everybody logs in to".into(),
        });
    }
    Ok(())
}

/// The name of the network file system a path lies on: there, locks and shared memory do not do what SQLite needs.
pub fn network_file_system(path: &Path) -> Option<&'static str> {
    const KNOWN: [(i64, &str); 6] = [
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB2"),
        (0x0100_0000_0000, "AFS"),
        (0x00c3_6400, "Ceph"),
    ];
    let kind = rustix::fs::statfs(path).ok()?.f_type;
    KNOWN.iter().find(|(magic, _)| *magic == kind).map(|(_, name)| *name)
}

pub fn number(conn: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    conn.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
}

/// What every connection is set to, each read back.
const PRAGMAS: [(&str, i64); 8] = [
    ("synchronous", 2),
    ("foreign_keys", 1),
    ("trusted_schema", 0),
    ("cell_size_check", 1),
    ("mmap_size", 0),
    ("recursive_triggers", 1),
    ("cache_size", -8192),
    ("journal_size_limit", 16 * 1024 * 1024),
];

const DB_CONFIG: [(DbConfig, bool); 6] = [
    // A statement keeps the plan that a test has read, whatever values it is given; without this, the library makes seven of
    // an act's statements anew at each act to look whether another plan would serve the values better.
    (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
    (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
    (DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false),
    (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true),
];

const LIMITS: [(Limit, i32); 7] = [
    (Limit::SQLITE_LIMIT_LENGTH, 64 * 1024 * 1024),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024),
    (Limit::SQLITE_LIMIT_COLUMN, 100),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 500),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 10_000),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 10),
];

fn settings(conn: &Connection) -> Result<(), StoreError> {
    let differs = |what: &str| StoreError::Sql(format!("the setting `{what}` was not taken"));
    for (pragma, value) in PRAGMAS {
        // Some of them answer with a row, some do not.
        conn.pragma_update_and_check(None, pragma, value, |_| Ok(())).or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            other => Err(other),
        })?;
        // Without memory mapping in the library there is no such number to read.
        let read = conn.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0));
        let taken = match read {
            Ok(found) => found == value,
            Err(_) => pragma == "mmap_size",
        };
        if !taken {
            return Err(differs(pragma));
        }
    }
    for (name, value) in DB_CONFIG {
        if conn.set_db_config(name, value)? != value || conn.db_config(name)? != value {
            return Err(differs(&format!("{name:?}")));
        }
    }
    for (name, value) in LIMITS {
        conn.set_limit(name, value)?;
        if conn.limit(name)? != value {
            return Err(differs(&format!("{name:?}")));
        }
    }
    conn.set_prepared_statement_cache_capacity(160);
    Ok(())
}

/// From here on the schema stands, nothing else is attached, and what is only added to is only added to. The database's
/// triggers say the same to every other program; this says it before a statement is even prepared.
fn guard(conn: &mut Connection) -> Result<(), StoreError> {
    Ok(conn.authorizer(Some(judge))?)
}

fn judge(context: AuthContext<'_>) -> Authorization {
    use AuthAction as A;
    match context.action {
        A::Update { table_name, .. } | A::Delete { table_name } if ADDED_TO_ONLY.contains(&table_name) => {
            Authorization::Deny
        }
        A::Select
        | A::Read { .. }
        | A::Insert { .. }
        | A::Update { .. }
        | A::Delete { .. }
        | A::Function { .. }
        | A::Transaction { .. }
        | A::Savepoint { .. }
        | A::Recursive => Authorization::Allow,
        A::Pragma { pragma_name, pragma_value } => match (pragma_name, pragma_value) {
            ("writable_schema", _) => Authorization::Deny,
            // What checks ask, and what the word search asks of itself.
            (_, None) | ("quick_check" | "integrity_check" | "wal_checkpoint", _) => Authorization::Allow,
            _ => Authorization::Deny,
        },
        _ => Authorization::Deny,
    }
}

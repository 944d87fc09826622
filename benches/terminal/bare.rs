//! The rows of acts that a desk carried out, written once more through plain SQLite: what an act cannot be faster than.
//!
//! The copy has the desk's schema, its records and its settings for durability; only the judging, the history's hashes and
//! the program around them are left out.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use stageplate::store::Applied;

/// A copy of a desk before the acts.
pub struct Bare {
    conn: Connection,
}

/// What one remark wrote: the event, the record's row, the remark; and the words the record is found by.
struct Rows {
    record: i64,
    event: Vec<Value>,
    row: Vec<Value>,
    remark: Vec<Value>,
    words: String,
}

fn connect(path: &Path) -> Connection {
    let conn = Connection::open(path).expect("a file");
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).expect("a mode");
    assert_eq!(mode, "wal");
    for (name, value) in [("synchronous", 2), ("foreign_keys", 1), ("trusted_schema", 0), ("cache_size", -8192)] {
        conn.pragma_update(None, name, value).expect("a setting");
    }
    conn
}

/// How many bytes the desk's file has, with everything in it that was committed.
pub fn size(desk: &Path) -> u64 {
    let number = |pragma: &str| {
        let conn = connect(desk);
        conn.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, u32>(0)).expect("a number")
    };
    u64::from(number("page_count")) * u64::from(number("page_size"))
}

fn row(conn: &Connection, sql: &str, key: i64) -> Vec<Value> {
    let mut find = conn.prepare_cached(sql).expect("a statement");
    let width = find.column_count();
    find.query_row([key], |row| (0..width).map(|at| row.get(at)).collect()).expect("the row of an act")
}

fn columns(conn: &Connection, table: &str) -> Vec<String> {
    let find = conn.prepare(&format!("SELECT * FROM {table}")).expect("a table");
    find.column_names().map(str::to_owned).collect()
}

fn places(columns: &[String]) -> String {
    (1..=columns.len()).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ")
}

impl Bare {
    /// Copies the desk as it is now.
    pub fn copy(desk: &Path, to: &Path) -> Bare {
        let path = to.to_str().expect("a path of letters");
        connect(desk).execute("VACUUM INTO ?1", [path]).expect("a copy");
        Bare { conn: connect(to) }
    }

    /// Writes the rows of each remark in a transaction of its own; answers how long each took. Every remark must be on
    /// another record, so that what the desk holds of it is what its act wrote.
    pub fn write(&mut self, desk: &Path, done: &[Applied]) -> Vec<Duration> {
        let theirs = connect(desk);
        let rows: Vec<Rows> = done.iter().map(|applied| rows_of(&theirs, applied)).collect();
        let (event, record) = (columns(&theirs, "event"), columns(&theirs, "record"));
        let add_event = format!("INSERT INTO event VALUES ({})", places(&event));
        let settings = record.iter().zip(1..).skip(1).map(|(column, place)| format!("{column} = ?{place}"));
        let settings = settings.collect::<Vec<_>>().join(", ");
        let put_record = format!("UPDATE record SET {settings} WHERE {} = ?1", record[0]);
        rows.iter().map(|rows| self.transaction(rows, &add_event, &put_record).expect("a transaction")).collect()
    }

    fn transaction(&mut self, rows: &Rows, add_event: &str, put_record: &str) -> rusqlite::Result<Duration> {
        let conn = &self.conn;
        let begun = Instant::now();
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        conn.prepare_cached(add_event)?.execute(params_from_iter(&rows.event))?;
        conn.prepare_cached(put_record)?.execute(params_from_iter(&rows.row))?;
        conn.prepare_cached("INSERT INTO remark VALUES (?1, ?2, ?3)")?.execute(params_from_iter(&rows.remark))?;
        conn.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([rows.record])?;
        let mut words = conn.prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?;
        words.execute(params![rows.record, rows.words])?;
        conn.prepare_cached("COMMIT")?.execute([])?;
        Ok(begun.elapsed())
    }
}

fn rows_of(desk: &Connection, applied: &Applied) -> Rows {
    let remark = row(desk, "SELECT record, seq, body FROM remark WHERE seq = ?1", applied.seq.0);
    let words = "SELECT r.vin || char(10) || coalesce(r.order_no, '') || char(10) || m.body FROM record r \
                 JOIN remark m ON m.record = r.id WHERE r.id = ?1";
    let Some(Value::Text(words)) = row(desk, words, applied.record.0).pop() else { panic!("words are a text") };
    Rows {
        record: applied.record.0,
        event: row(desk, "SELECT * FROM event WHERE seq = ?1", applied.seq.0),
        row: row(desk, "SELECT * FROM record WHERE id = ?1", applied.record.0),
        remark,
        words,
    }
}

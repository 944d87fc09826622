//! The rows of acts that a desk carried out, written once more through plain SQLite: what an act cannot be faster than.
//!
//! The copy has the desk's schema with its indexes and triggers, its records and its settings for durability, and takes the
//! same number of syncs; only the judging, the history's hashes and the program around them are left out. Each act and its
//! rows take turns, so that whatever else the machine does slows both.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use stageplate::domain::identity::Seq;
use stageplate::store::Applied;
use uuid::Uuid;

/// A copy of a desk before the acts.
pub struct Bare {
    /// The desk itself, to read what its acts wrote.
    desk: Connection,
    conn: Connection,
    add_event: String,
    /// The columns of a record's row.
    record: Vec<String>,
}

/// A record's row.
const RECORD: &str = "SELECT * FROM record WHERE id = ?1";

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

/// The requests of the events behind one.
pub fn requests(desk: &Path, behind: Seq) -> BTreeSet<Uuid> {
    let conn = connect(desk);
    let mut find = conn.prepare("SELECT request FROM event WHERE seq > ?1").expect("a statement");
    let requests = find.query_map([behind.0], |row| row.get::<_, [u8; 16]>(0)).expect("events");
    requests.map(|bytes| Uuid::from_bytes(bytes.expect("sixteen bytes"))).collect()
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
        let desk = connect(desk);
        desk.execute("VACUUM INTO ?1", [path]).expect("a copy");
        let (event, record) = (columns(&desk, "event"), columns(&desk, "record"));
        let add_event = format!("INSERT INTO event VALUES ({})", places(&event));
        Bare { desk, conn: connect(to), add_event, record }
    }

    /// Writes the rows of a remark in a transaction; answers how long it took. Every remark must be on another record, so
    /// that what the desk holds of it is what its act wrote.
    pub fn write(&self, done: &Applied) -> Duration {
        let rows = rows_of(&self.desk, done);
        let before = row(&self.conn, RECORD, rows.record);
        // What did not change is not written, as the desk does not write it either.
        let differs = self.record.iter().zip(rows.row.iter().zip(&before)).filter(|(_, (now, before))| now != before);
        let (names, mut values): (Vec<&String>, Vec<&Value>) = differs.map(|(name, (now, _))| (name, now)).unzip();
        assert!(!names.is_empty(), "an act changes its record");
        let settings = names.iter().zip(2..).map(|(name, place)| format!("{name} = ?{place}")).collect::<Vec<_>>();
        let put_record = format!("UPDATE record SET {} WHERE {} = ?1", settings.join(", "), self.record[0]);
        values.insert(0, &rows.row[0]);
        self.transaction(&rows, &put_record, &values).expect("a transaction")
    }

    fn transaction(&self, rows: &Rows, put_record: &str, values: &[&Value]) -> rusqlite::Result<Duration> {
        let conn = &self.conn;
        let begun = Instant::now();
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        conn.prepare_cached(&self.add_event)?.execute(params_from_iter(&rows.event))?;
        conn.prepare_cached(put_record)?.execute(params_from_iter(values))?;
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
        row: row(desk, RECORD, applied.record.0),
        remark,
        words,
    }
}

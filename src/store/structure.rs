//! Whether the file's structure is whole: the schema with its guards, the pages, references between rows, tallies.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::error::StoreError;
use super::open;

/// What is missing from the schema, or stands in it and should not: the guards are part of it.
pub fn schema_faults(conn: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let fresh = Connection::open_in_memory()?;
    open::MIGRATIONS.iter().try_for_each(|step| fresh.execute_batch(step))?;
    let parts = |conn: &Connection| -> Result<BTreeMap<String, String>, StoreError> {
        let mut find = conn.prepare("SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema")?;
        Ok(find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    };
    let (right, there) = (parts(&fresh)?, parts(conn)?);
    let mut faults = Vec::new();
    for (name, sql) in &right {
        match there.get(name) {
            None => faults.push((format!("schema: {name}"), "it is missing".to_owned())),
            Some(other) if other != sql => faults.push((format!("schema: {name}"), "it was changed".to_owned())),
            Some(_) => {}
        }
    }
    let more = there.keys().filter(|name| !right.contains_key(*name));
    // Statistics that SQLite itself keeps are nobody's change.
    let more = more.filter(|name| !name.starts_with("table sqlite_stat"));
    faults.extend(more.map(|name| (format!("schema: {name}"), "this program did not make it".to_owned())));
    Ok(faults)
}

/// What SQLite finds wrong with the file's pages and with references between rows.
pub fn page_faults(conn: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut check = conn.prepare("PRAGMA integrity_check")?;
    let lines = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut faults: Vec<(String, String)> =
        lines.into_iter().filter(|line| line != "ok").map(|line| ("file".to_owned(), line)).collect();
    let mut references = conn.prepare("PRAGMA foreign_key_check")?;
    let mut rows = references.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        faults.push((format!("table {table}"), format!("a row points to a row of {parent} that is gone")));
    }
    Ok(faults)
}

/// Tallies that are not what they count.
pub fn tally_faults(conn: &Connection) -> Result<Vec<String>, StoreError> {
    const COUNTS: [(&str, &str); 7] = [
        (
            "records by step and owner",
            "SELECT (SELECT count(*) FROM (SELECT step, coalesce(owner, ''), count(*) FROM record GROUP BY 1, 2 \
             EXCEPT SELECT word, part, records FROM tally WHERE kind = 'step')) + (SELECT count(*) FROM (SELECT word, part, \
             records FROM tally WHERE kind = 'step' AND records <> 0 EXCEPT SELECT step, coalesce(owner, ''), count(*) \
             FROM record GROUP BY 1, 2))",
        ),
        (
            "records by scope",
            "SELECT count(*) FROM (SELECT coalesce(scope, ''), count(*) FROM record GROUP BY 1 \
             EXCEPT SELECT word, records FROM tally WHERE kind = 'scope')",
        ),
        (
            "records by scope, step and owner",
            "SELECT count(*) FROM (SELECT scope || ' ' || step, coalesce(owner, ''), count(*) FROM record \
             WHERE scope IS NOT NULL GROUP BY 1, 2 EXCEPT SELECT word, part, records FROM tally WHERE kind = 'scope-step')",
        ),
        (
            "records by approval",
            "SELECT count(*) FROM (SELECT coalesce(approval, ''), count(*) FROM record GROUP BY 1 \
             EXCEPT SELECT word, records FROM tally WHERE kind = 'approval')",
        ),
        (
            "records by due day",
            "SELECT count(*) FROM (SELECT due, count(*) FROM record GROUP BY 1 EXCEPT SELECT day, records FROM tally_due)",
        ),
        (
            "records by step and age",
            "SELECT (SELECT count(*) FROM (SELECT step, coalesce(scope, ''), step_since / 86400000000, count(*) FROM record \
             GROUP BY 1, 2, 3 EXCEPT SELECT step, scope, day, records FROM tally_age)) + (SELECT count(*) FROM (SELECT * \
             FROM tally_age EXCEPT SELECT step, coalesce(scope, ''), step_since / 86400000000, count(*) FROM record \
             GROUP BY 1, 2, 3))",
        ),
        (
            "stays in steps",
            "SELECT (SELECT count(*) FROM (SELECT id, step FROM record EXCEPT SELECT record, step FROM visit \
             WHERE ended IS NULL)) + (SELECT count(*) FROM (SELECT record FROM visit WHERE ended IS NULL \
             GROUP BY record HAVING count(*) > 1))",
        ),
    ];
    let mut faults = Vec::new();
    for (what, sql) in COUNTS {
        if conn.query_row(sql, [], |row| row.get::<_, i64>(0))? != 0 {
            faults.push(what.to_owned());
        }
    }
    Ok(faults)
}

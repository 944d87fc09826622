//! Sheets as a JSON array of objects: each number is taken as the digits it is written with.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::{Builder, Cell, MOST_BYTES, MOST_COLUMNS, Muddled, Table, cell, filled, too_wide};
use crate::domain::visible::visible;
use crate::intake::Reject;
use crate::intake::located::{self, Json, Raw, Source};

pub fn read(bytes: &[u8]) -> Result<Table, Reject> {
    let text = located::utf8(bytes, MOST_BYTES)?;
    let source = Source::of(text);
    let root = source.json()?;
    let Json::List(rows) = source.look_into(root)? else {
        return Err(Reject::new("the file is no array of objects").line(1).hint(
            "a build sheet looks like [{\"vin\": \"…\", \"13\": 2865}, …]; approvals come in with `approval import`",
        ));
    };
    let mut header: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut named_in: Vec<usize> = Vec::new();
    for row in &rows {
        let Json::Table(entries) = source.look_into(row)? else { continue };
        for (name, _) in entries {
            if !places.contains_key(name.as_ref()) {
                places.insert(name.to_string(), header.len());
                named_in.push(source.line(row));
                header.push(name.into_owned());
            }
        }
        if header.len() > MOST_COLUMNS {
            return Err(too_wide().line(source.line(row)));
        }
    }
    let mut table = Builder::new(1, &header)?;
    table.named_in(named_in);
    for row in rows {
        let cells = match source.look_into(row)? {
            Json::Table(entries) => cells(&source, &entries, &places),
            _ => Err(Muddled { why: "not an object with a value for each column".to_owned(), cells: Vec::new() }),
        };
        table.row(source.line(row), cells)?;
    }
    Ok(table.done())
}

fn cells<'a>(
    source: &Source<'a>,
    entries: &[(Cow<'a, str>, Raw<'a>)],
    places: &HashMap<String, usize>,
) -> Result<Vec<(usize, Cell)>, Muddled> {
    let mut cells: BTreeMap<usize, Cell> = BTreeMap::new();
    for (name, raw) in entries {
        // Every name of every object was given a place before.
        let Some(place) = places.get(name.as_ref()) else { continue };
        if cells.insert(*place, value(source, raw, name)).is_some() {
            let why = format!("column `{}` is given twice", visible(name));
            return Err(Muddled { why, cells: filled(cells.into_iter()) });
        }
    }
    Ok(filled(cells.into_iter()))
}

/// A cell: text, the digits of a number, nothing for `null`; a list only where a column takes several words.
fn value<'a>(source: &Source<'a>, raw: Raw<'a>, name: &str) -> Cell {
    let no_value = || "neither text nor number".to_owned();
    match source.look_into(raw).map_err(|fault| fault.reason)? {
        Json::Text(text) => cell(&text),
        Json::Number(digits) => cell(digits),
        Json::Nothing => Ok(String::new()),
        Json::List(words) if name.eq_ignore_ascii_case("options") => {
            let word = |raw| match source.look_into(raw) {
                Ok(Json::Text(text)) => Ok(text.into_owned()),
                _ => Err(no_value()),
            };
            let words: Vec<String> = words.into_iter().map(word).collect::<Result<_, _>>()?;
            cell(&words.join(";"))
        }
        Json::Flag(_) | Json::List(_) | Json::Table(_) => Err(no_value()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_rows_their_lines() {
        let sheet = br#"[
  {"vin": "A", "13": 2864.10, "options": ["BOX", "CRANE"]},

  {"52": "x\u202ey", "vin": "B", "13": null}
]"#;
        let table = read(sheet).unwrap();
        assert_eq!(table.header, ["vin", "13", "options", "52"]);
        assert_eq!(table.named_in, [2, 2, 2, 4], "where a person finds a name that is wrong");
        let row = |at: usize| (table.rows[at].line, table.rows[at].cells.clone().unwrap());
        let texts = |cells: &[(usize, &str)]| cells.iter().map(|(at, text)| (*at, Ok((*text).to_owned()))).collect();
        assert_eq!(row(0), (2, texts(&[(0, "A"), (1, "2864.10"), (2, "BOX;CRANE")])));
        assert_eq!(row(1), (4, texts(&[(0, "B"), (3, "x\u{202e}y")])));
    }

    #[test]
    fn what_is_no_cell_is_at_fault_alone() {
        let table = read(br#"[{"vin":"A","13":[1]},{"vin":"B","13":true},7,{"vin":"C","vin":"D"},{"vin":"E"}]"#);
        let rows = table.unwrap().rows;
        assert!(rows[0].cells.as_ref().unwrap()[1].1.is_err());
        assert!(rows[1].cells.as_ref().unwrap()[1].1.is_err());
        assert!(rows[2].cells.is_err());
        assert!(rows[3].cells.as_ref().unwrap_err().why.contains("twice"));
        assert!(rows[4].cells.is_ok());
    }

    #[test]
    fn what_is_no_array_is_refused_with_its_line() {
        assert!(read(b"{\"vin\":1}").is_err());
        assert_eq!(read(b"[{\"vin\":1},\n{\"vin\" 1}]").unwrap_err().line, Some(2));
        assert!(read(b"").is_err());
        assert!(read(&[b'['; 100_000]).is_err());
    }
}

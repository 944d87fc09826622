//! What a filter asks beside the rows of records, as SQL: remarks, changed entries, findings of a check, kinds of exceptions;
//! row by row along the list, or, where few records have it, those records first.

use rusqlite::params_from_iter;

use super::{Clause, containing, pattern};
use crate::domain::filter::{Filter, FindingWord, Term};
use crate::store::desk::Session;
use crate::store::error::StoreError;

/// Where no more records than this have what is asked, they are looked at instead of the list: a list of what many have soon is
/// full by itself.
const FEW: i64 = 2000;

/// Whether a remark on the record contains a word.
pub fn write_remark(clause: &mut Clause, word: &str) {
    clause.add("EXISTS (SELECT 1 FROM remark m WHERE m.record = r.id AND m.body LIKE ");
    clause.value(containing(word)).add(" ESCAPE '\\')");
}

/// Whether our stage changed one of these entries.
pub fn write_changed(clause: &mut Clause, entries: &[String]) {
    clause.add("EXISTS (SELECT 1 FROM record_change c WHERE c.record = r.id AND c.address IN (");
    write_addresses(clause, entries);
    clause.add("))");
}

/// Whether a check found something.
pub fn write_finding(clause: &mut Clause, check: &str) {
    clause.add("EXISTS (SELECT 1 FROM record_finding f WHERE f.record = r.id AND f.check_id = ");
    clause.value(check.to_owned()).add(" AND f.gone_at IS NULL)");
}

/// The numbers of the addresses that one of these entries means: by entry number, name, path or address, each with a row
/// behind it where only that row is meant; a table means all that lies in it.
fn write_addresses(clause: &mut Clause, entries: &[String]) {
    clause.add("SELECT a.id FROM changed_address a WHERE ");
    for (at, entry) in entries.iter().enumerate() {
        clause.add(if at > 0 { " OR " } else { "" });
        let (whole, row) = parted_from_row(entry);
        for (number, column) in ["a.address", "a.path", "a.path || '/'", "a.name", "a.entry"].into_iter().enumerate() {
            let text = match column {
                "a.address" => pattern(entry),
                "a.path || '/'" => format!("{}/%", pattern(whole)),
                _ => pattern(whole),
            };
            clause.add(if number > 0 { " OR (" } else { "(" }).add(column).add(" LIKE ").value(text);
            clause.add(" ESCAPE '\\'");
            if let (Some(row), true) = (row, column != "a.address") {
                clause.add(" AND a.last_row = ").value(row);
            }
            clause.add(")");
        }
    }
}

/// `16.2[2]` is entry 16.2 in row 2.
fn parted_from_row(entry: &str) -> (&str, Option<i64>) {
    let parted = entry.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    match parted.and_then(|(whole, row)| Some((whole, row.parse().ok()?))) {
        Some((whole, row)) => (whole, Some(row)),
        None => (entry, None),
    }
}

/// Something that every record of a list must have, and few have.
pub enum Rare {
    /// These words, as the word search asks for them.
    Words(String),
    /// What this term asks.
    Term(Term),
}

impl Rare {
    /// Writes the numbers of the records that have it.
    fn write(&self, clause: &mut Clause) {
        match self {
            Rare::Words(words) => {
                clause.add("SELECT rowid FROM search WHERE search MATCH ").value(words.clone());
            }
            Rare::Term(Term::Changed(entries)) => {
                clause.add("SELECT c.record FROM record_change c WHERE c.address IN (");
                write_addresses(clause, entries);
                clause.add(")");
            }
            Rare::Term(Term::Finding(words)) => {
                clause.add("SELECT f.record FROM record_finding f WHERE f.gone_at IS NULL AND f.check_id IN (''");
                for word in words {
                    if let FindingWord::Check(check) = word {
                        clause.add(", ").value((*check).to_owned());
                    }
                }
                clause.add(")");
            }
            Rare::Term(Term::Exception(kinds)) => {
                clause.add("SELECT y.record FROM exception y WHERE y.kind IN (''");
                for kind in kinds {
                    clause.add(", ").value(kind.clone());
                }
                clause.add(")");
            }
            Rare::Term(_) => {
                clause.add("SELECT id FROM record");
            }
        }
    }
}

/// Asks only for the records that have all of these.
pub fn write_rare(clause: &mut Clause, rare: &[Rare]) {
    for one in rare {
        clause.add(" AND r.id IN (");
        one.write(clause);
        clause.add(")");
    }
}

/// What every record that a filter selects must have and few have.
pub fn rare(session: &Session<'_>, filter: &Filter) -> Result<Vec<Rare>, StoreError> {
    let parts = match filter {
        Filter::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut candidates = Vec::new();
    let mut words = Vec::new();
    for part in parts {
        match part {
            Filter::Term(Term::Word(word)) => words.extend(trigrams(word)),
            Filter::Term(term) if stands_beside(term) => candidates.push(Rare::Term(term.clone())),
            _ => {}
        }
    }
    if !words.is_empty() {
        candidates.push(Rare::Words(words.join(" AND ")));
    }
    let mut rare = Vec::new();
    for candidate in candidates {
        let mut clause = Clause::default();
        clause.add("SELECT count(*) FROM (");
        candidate.write(&mut clause);
        clause.add(" LIMIT ").value(FEW + 1).add(")");
        let mut count = session.conn.prepare_cached(&clause.sql)?;
        if count.query_row(params_from_iter(clause.values), |row| row.get::<_, i64>(0))? <= FEW {
            rare.push(candidate);
        }
    }
    Ok(rare)
}

/// Whether all a term asks stands beside the rows, under a key that finds the records.
fn stands_beside(term: &Term) -> bool {
    match term {
        Term::Changed(_) => true,
        Term::Finding(words) => words.iter().all(|word| matches!(word, FindingWord::Check(_))),
        Term::Exception(kinds) => kinds.iter().all(|kind| !kind.contains('*') && kind != "open" && kind != "none"),
        _ => false,
    }
}

/// Every three letters of a word, as the word search asks for them; `None` where it has fewer.
pub fn trigrams(word: &str) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let parts: Vec<String> = letters
        .windows(3)
        .filter(|part| !part.contains(&'*'))
        .map(|part| format!("\"{}\"", part.iter().collect::<String>().replace('"', "\"\"")))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" AND "))
}

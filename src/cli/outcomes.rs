//! What became of each of several records or exceptions: a line or an object for each, and the first failure's exit code.

use std::io::{self, IsTerminal, Write};

use serde_json::{Value, json};

use super::output::{Out, Table};
use crate::domain::visible::quoted;
use crate::failure::Failure;

/// From how many on a terminal shows how far the work is.
const MANY: usize = 20;

/// What an act that was done says of itself: in words, and the keys it adds for programs.
pub type Told = (String, Value);

/// What became of each.
pub struct Outcomes {
    table: Table,
    json: Vec<Value>,
    first_failure: Option<Failure>,
    total: usize,
    shows: bool,
}

impl Outcomes {
    /// For so many records; the first column is their VIN.
    pub fn of_records(total: usize, out: &Out) -> Self {
        Outcomes::new(&["VIN", "Outcome", "Detail"], total, out)
    }

    /// For so many exceptions.
    pub fn of_exceptions(total: usize, out: &Out) -> Self {
        Outcomes::new(&["VIN", "Id", "Outcome", "Detail"], total, out)
    }

    fn new(head: &[&'static str], total: usize, out: &Out) -> Self {
        let shows = total > MANY && io::stderr().is_terminal() && !out.quiet;
        Outcomes { table: Table::new(head), json: Vec::new(), first_failure: None, total, shows }
    }

    /// Notes what became of one record.
    pub fn add(&mut self, vin: &str, outcome: Result<Told, Failure>) {
        self.note(&[vin], json!({"vin": vin}), outcome);
    }

    /// Notes what became of one exception; without a VIN where nobody knows it.
    pub fn add_exception(&mut self, id: &str, vin: Option<&str>, outcome: Result<Told, Failure>) {
        let number = id.parse::<i64>().map_or_else(|_| json!(id), |number| json!(number));
        self.note(&[vin.unwrap_or("–"), id], json!({"vin": vin, "id": number}), outcome);
    }

    fn note(&mut self, subject: &[&str], mut object: Value, outcome: Result<Told, Failure>) {
        let (word, detail, more) = match outcome {
            Ok((detail, more)) => ("done", detail, with(json!({"ok": true}), more)),
            Err(failure) => {
                let failure = super::briefly(failure);
                let (told, hints) = (failure.told(), failure.hints.join("; "));
                let detail = if hints.is_empty() { told } else { format!("{told} ({hints})") };
                let error = json!({
                    "kind": failure.kind.word(), "message": failure.message, "rule": failure.rule,
                    "address": failure.address, "hints": failure.hints,
                });
                let word = failure.kind.word();
                self.first_failure.get_or_insert(failure);
                (word, detail, json!({"ok": false, "error": error}))
            }
        };
        let cells = subject.iter().map(|cell| quoted(cell));
        self.table.row(cells.chain([word.to_owned(), detail]));
        object = with(object, more);
        self.json.push(object);
        if self.shows {
            // A closed standard error is no failure of the work.
            let _ = write!(io::stderr(), "\r\x1b[K{} of {}", self.json.len(), self.total);
        }
    }

    /// Prints every outcome, and fails as the first that failed did.
    pub fn print(self, out: &Out) -> Result<(), Failure> {
        if self.shows {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
        out.list(&self.table, &self.json)?;
        self.first_failure.map_or(Ok(()), Err)
    }
}

fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

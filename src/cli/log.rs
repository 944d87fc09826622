//! The verb `log`: the history of the desk or of one record.

use serde_json::Value;

use super::context::{self, Context};
use super::json;
use super::show::history_table;
use crate::domain::identity::Seq;
use crate::failure::Failure;

/// How many events one reading of the history takes in.
const PAGE: usize = 10_000;

pub fn run(context: &mut Context, vin: Option<&str>, since: i64) -> Result<(), Failure> {
    let vin = vin.map(context::read_vin).transpose()?;
    if let Some(vin) = &vin {
        context.desk.record_id(vin)?;
    }
    let mut events = Vec::new();
    let mut after = Seq(since);
    loop {
        let page = context.desk.log(vin.as_ref(), after, PAGE)?;
        let whole = page.len() == PAGE;
        events.extend(page);
        match events.last() {
            Some(last) if whole => after = last.seq,
            _ => break,
        }
    }
    let values: Vec<Value> = events.iter().map(json::event).collect();
    Ok(context.out.list(&history_table(&events), &values)?)
}

//! What the revisions of a received stage changed, as people read it and as programs do.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::context::Context;
use super::json;
use super::output::Table;
use super::show::described;
use crate::domain::catalogue::Catalogue;
use crate::domain::content::Difference;
use crate::domain::record::{Record, Stage};
use crate::failure::Failure;

/// What one revision of a stage changed.
pub struct Revised {
    /// The revision that changed it.
    pub revision: u32,
    /// Where, against the revision before.
    pub differences: Vec<Difference>,
}

/// What the revisions of a stage changed, oldest first.
pub fn of_stage(context: &mut Context, record: &Record, stage: u8) -> Result<Vec<Revised>, Failure> {
    let known = record.stages.iter().find(|received| received.number == stage);
    if known.is_none_or(|received| received.revision == 1) {
        return Ok(Vec::new());
    }
    let revisions = context.desk.revisions(record.id, stage)?;
    let pairs = revisions.windows(2);
    Ok(pairs.map(|pair| revised(&pair[0], &pair[1])).collect())
}

/// The same of every stage that came more than once.
pub fn of_record(context: &mut Context, record: &Record) -> Result<BTreeMap<u8, Vec<Revised>>, Failure> {
    let numbers = record.stages.iter().map(|stage| stage.number);
    numbers.map(|number| Ok((number, of_stage(context, record, number)?))).collect()
}

fn revised(before: &Stage, after: &Stage) -> Revised {
    Revised { revision: after.revision, differences: before.content.differences(&after.content) }
}

/// The differences as a list.
pub fn table(revisions: &[Revised], catalogue: &Catalogue) -> Table {
    let mut table = Table::new(&["Revision", "Entry", "Title", "Was", "Is", "Unit", "Address"]);
    for (revision, one) in lines(revisions) {
        let (entry, title, unit) = described(&one.address, catalogue);
        let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        let (was, is) = (or_none(&one.from), or_none(&one.to));
        table.row([revision.to_string(), entry, title, was, is, unit, one.address.to_string()]);
    }
    table
}

/// The differences as programs read them.
pub fn values(revisions: &[Revised], catalogue: &Catalogue) -> Vec<Value> {
    lines(revisions)
        .map(|(revision, one)| {
            let mut object = json::described(&one.address, catalogue);
            json::extend(&mut object, json!({"revision": revision, "from": one.from, "to": one.to}));
            Value::Object(object)
        })
        .collect()
}

fn lines(revisions: &[Revised]) -> impl Iterator<Item = (u32, &Difference)> {
    revisions.iter().flat_map(|revised| revised.differences.iter().map(|one| (revised.revision, one)))
}

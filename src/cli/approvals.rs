//! The verbs about type-approvals.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::args::ApprovalVerb;
use super::context::{self, Context};
use super::output::{Table, columns};
use super::people::governed_word;
use crate::domain::approval::Approval;
use crate::domain::governance::DeskAction;
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};
use crate::intake;

pub fn run(context: &mut Context, verb: ApprovalVerb) -> Result<(), Failure> {
    match verb {
        ApprovalVerb::Import { files } => import(context, &files),
        ApprovalVerb::List => {
            let approvals = context.desk.approvals()?;
            let values: Vec<Value> = approvals.iter().map(|(approval, records)| line(approval, *records)).collect();
            Ok(context.out.list(&table(&approvals), &values)?)
        }
        ApprovalVerb::Show { number } => show(context, &number),
    }
}

fn import(context: &mut Context, files: &[PathBuf]) -> Result<(), Failure> {
    let mut first: Option<Failure> = None;
    let mut table = Table::new(&["Number", "Outcome"]);
    let mut values: Vec<Value> = Vec::new();
    for file in files {
        let bytes = intake::files::bytes(file).map_err(|reject| context::rejected(file, &reject))?;
        let name = file.display().to_string();
        match intake::approval::read(&bytes, context.desk.catalogue()) {
            Ok(approvals) => {
                for approval in approvals {
                    let number = approval.number.clone();
                    let act = DeskAction::ImportApproval(Box::new(approval));
                    let governed = context.desk.govern(&context.actor, &act, context::request(), context::now())?;
                    let done = governed_word(governed.outcome);
                    table.row([number.to_string(), done.to_owned()]);
                    values.push(json!({"number": number, "ok": true, "outcome": done, "seq": governed.seq}));
                }
            }
            Err(faults) => {
                let what = format!("{name}: {} faults, nothing of it was imported", faults.len());
                let failure = Failure::new(Kind::Refused, what).rule("import");
                let told = faults.iter().fold(failure, |failure, fault| failure.hint(context::told(file, fault)));
                match &mut first {
                    None => first = Some(told),
                    Some(earlier) => {
                        earlier.hints.push(told.message);
                        earlier.hints.extend(told.hints);
                    }
                }
            }
        }
    }
    if !values.is_empty() {
        context.out.list(&table, &values)?;
    }
    first.map_or(Ok(()), Err)
}

fn table(approvals: &[(Approval, u64)]) -> Table {
    let mut table = Table::new(&[
        "Number",
        "Holder",
        "Category",
        "Type",
        "Issued",
        "Built from",
        "Built until",
        "Status",
        "Records",
    ]);
    let day = |day: Option<chrono::NaiveDate>| day.map_or("–".to_owned(), |day| day.to_string());
    for (approval, records) in approvals {
        table.row([
            approval.number.to_string(),
            approval.manufacturer.name.clone(),
            approval.category.clone(),
            approval.vehicle_type.clone(),
            approval.issued.to_string(),
            day(approval.built_from),
            day(approval.built_until),
            approval.status.word().to_owned(),
            records.to_string(),
        ]);
    }
    table
}

fn line(approval: &Approval, records: u64) -> Value {
    json!({
        "number": approval.number,
        "holder": approval.manufacturer.name,
        "category": approval.category,
        "type": approval.vehicle_type,
        "issued": approval.issued,
        "built_from": approval.built_from,
        "built_until": approval.built_until,
        "status": approval.status.word(),
        "records": records,
    })
}

fn show(context: &mut Context, number: &str) -> Result<(), Failure> {
    let found = context.approvals_of(number)?;
    let mut text = columns(&table(&found));
    for (approval, _) in &found {
        text.push_str(&format!("\n{}\n", approval.number));
        let mut versions = Table::new(&["Variant", "Version", "Entry", "From", "To"]);
        for covered in &approval.versions {
            if covered.ranges.is_empty() {
                versions.row([covered.variant.clone(), covered.version.clone(), "–".into(), "–".into(), "–".into()]);
            }
            for (address, range) in &covered.ranges {
                versions.row([
                    covered.variant.clone(),
                    covered.version.clone(),
                    address.to_string(),
                    range.min.to_string(),
                    range.max.to_string(),
                ]);
            }
        }
        text.push_str(&columns(&versions));
        for one in &approval.signatories {
            let until = one.until.map_or(String::new(), |until| format!(" until {until}"));
            text.push_str(&format!(
                "may sign: {}, {} (from {}{until})\n",
                visible(&one.name),
                visible(&one.position),
                one.from
            ));
        }
        for one in &approval.subjects {
            let options = one.options.join(" ");
            text.push_str(&format!("rests on: {} {} {options}\n", visible(&one.regulation), visible(&one.number)));
        }
        for one in &approval.documents {
            text.push_str(&format!("document: {} ({})\n", visible(&one.title), visible(&one.place)));
        }
    }
    let whole: Vec<Value> = found
        .iter()
        .map(|(approval, records)| {
            let mut object = line(approval, *records);
            object["approval"] = json!(approval);
            object
        })
        .collect();
    Ok(context.out.one(&text, &table(&found), &Value::Array(whole))?)
}

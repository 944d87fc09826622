//! The verbs about type-approvals.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::approval_show;
use super::args::{ApprovalVerb, StatusArgs};
use super::config::counted;
use super::context::{self, Context};
use super::output::Table;
use super::people::governed_word;
use crate::domain::approval::{Approval, Standing, Status, StatusChange};
use crate::domain::governance::DeskAction;
use crate::failure::{Failure, Kind};
use crate::intake;
use crate::intake::approval::{ApprovalsFile, Known};

pub fn run(context: &mut Context, verb: ApprovalVerb) -> Result<(), Failure> {
    match verb {
        ApprovalVerb::Import { files } => import(context, &files),
        ApprovalVerb::List => {
            let approvals = context.desk.approvals()?;
            let values: Vec<Value> = approvals.iter().map(|(approval, records)| line(approval, *records)).collect();
            Ok(context.out.list(&table(&approvals), &values)?)
        }
        ApprovalVerb::Show { number, limit, after } => {
            approval_show::show(context, &number, usize::from(limit), after.as_deref())
        }
        ApprovalVerb::Withdraw(args) => set_status(context, &args, Status::Withdrawn),
        ApprovalVerb::Suspend(args) => set_status(context, &args, Status::Suspended),
        ApprovalVerb::Reinstate(args) => set_status(context, &args, Status::Valid),
    }
}

fn import(context: &mut Context, files: &[PathBuf]) -> Result<(), Failure> {
    let mut first: Option<Failure> = None;
    let mut table = Table::new(&["Number", "Outcome"]);
    let mut values: Vec<Value> = Vec::new();
    let known = known(context)?;
    let mut on_desk: BTreeMap<String, Vec<Approval>> = BTreeMap::new();
    for (approval, _) in context.desk.approvals()? {
        on_desk.entry(approval.number.base().to_owned()).or_default().push(approval);
    }
    for file in files {
        let bytes = intake::files::bytes(file).map_err(|reject| context::rejected(file, &reject))?;
        let name = file.display().to_string();
        match intake::approval::read_for(Some(&known), &bytes, context.desk.catalogue()) {
            Ok(ApprovalsFile { approvals, doubts }) => {
                for doubt in &doubts {
                    context.out.say(&format!("warning: {}", context::told(file, doubt)));
                }
                for approval in approvals {
                    let extensions = on_desk.entry(approval.number.base().to_owned()).or_default();
                    extensions.retain(|one| one.number != approval.number);
                    for doubt in intake::approval::overlaps(&approval, extensions) {
                        context.out.say(&format!("warning: {}", context::told(file, &doubt)));
                    }
                    extensions.push(approval.clone());
                    let number = approval.number.clone();
                    let act = DeskAction::ImportApproval(Box::new(approval));
                    let governed = context.desk.govern(&context.actor, &act, context::request(), context::now())?;
                    let done = governed_word(governed.outcome);
                    table.row([number.to_string(), done.to_owned()]);
                    values.push(json!({"number": number, "ok": true, "outcome": done, "seq": governed.seq}));
                }
            }
            Err(faults) => {
                let what = format!("{name}: {}, nothing of it was imported", counted(faults.len()));
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

/// What approvals may name: the people of the desk, and the build options that hold anywhere on it.
fn known(context: &mut Context) -> Result<Known, Failure> {
    let logins = context.desk.people()?.into_iter().map(|person| person.login).collect();
    let mut scopes: Vec<Option<String>> =
        context.desk.scopes()?.into_iter().map(|(scope, _)| Some(scope.name)).collect();
    scopes.push(None);
    let mut known = Known { logins, ..Known::default() };
    for scope in scopes {
        let options = context.desk.options(scope.as_deref())?;
        known.options.extend(options.options.into_iter().map(|option| option.code));
    }
    Ok(known)
}

/// Withdraws, suspends or reinstates each extension that the number names, and tells the records.
fn set_status(context: &mut Context, args: &StatusArgs, status: Status) -> Result<(), Failure> {
    let from = args.from.as_deref().map(context::read_date).transpose()?.unwrap_or_else(|| context.today());
    let found = context.approvals_of(&args.number)?;
    let mut table = Table::new(&["Number", "Status", "Outcome", "Told in work", "Marked released"]);
    let mut values: Vec<Value> = Vec::new();
    for (approval, _) in found {
        let number = approval.number;
        let change = StatusChange { status, from, reason: args.reason.clone() };
        let act = DeskAction::SetStatus { number: number.clone(), change };
        let governed = context.desk.govern(&context.actor, &act, context::request(), context::now())?;
        let standing = context.desk.approval(number.as_str())?.map(|approval| approval.standing());
        let words = standing.as_ref().map_or(String::new(), Standing::in_words);
        let (done, told) = (governed_word(governed.outcome), governed.told);
        table.row([number.to_string(), words, done.to_owned(), told.in_work.to_string(), told.released.to_string()]);
        values.push(json!({
            "number": number, "ok": true, "outcome": done, "seq": governed.seq,
            "status": standing.as_ref().map(|standing| standing.status.word()),
            "status_from": standing.as_ref().and_then(|standing| standing.from),
            "told_in_work": told.in_work, "marked_released": told.released,
        }));
    }
    Ok(context.out.list(&table, &values)?)
}

pub fn table(approvals: &[(Approval, u64)]) -> Table {
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
            approval.standing().in_words(),
            records.to_string(),
        ]);
    }
    table
}

pub fn line(approval: &Approval, records: u64) -> Value {
    let standing = approval.standing();
    json!({
        "number": approval.number,
        "holder": approval.manufacturer.name,
        "category": approval.category,
        "type": approval.vehicle_type,
        "issued": approval.issued,
        "built_from": approval.built_from,
        "built_until": approval.built_until,
        "status": standing.status.word(),
        "status_from": standing.from,
        "status_reason": standing.reason,
        "records": records,
    })
}

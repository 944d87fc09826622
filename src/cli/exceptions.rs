//! The verbs about exceptions.

use chrono::NaiveDate;
use serde_json::Value;

use super::args::ExceptionVerb;
use super::context::{self, Context};
use super::json;
use super::output::Table;
use super::work;
use crate::domain::action::Settle;
use crate::domain::exception::Exception;
use crate::domain::filter::Filter;
use crate::domain::identity::{ExceptionId, Vin};
use crate::failure::{Failure, Kind};

pub fn run(context: &mut Context, verb: ExceptionVerb) -> Result<(), Failure> {
    match verb {
        ExceptionVerb::List { filter, settled } => list(context, filter.as_deref(), settled),
        ExceptionVerb::Show { id } => show(context, id),
        ExceptionVerb::Assign { id, to } => work::settle(context, id, work::settle_assign(&to)?),
        ExceptionVerb::Resolve { id, text } => work::settle(context, id, Settle::Resolve { text }),
        ExceptionVerb::Waive { id, text, until } => {
            work::settle(context, id, work::settle_waive(text, until.as_deref())?)
        }
        ExceptionVerb::Reopen { id, text } => work::settle(context, id, Settle::Reopen { text }),
    }
}

/// An exception's cells in a table, its VIN aside.
pub fn cells(exception: &Exception, today: NaiveDate) -> Vec<String> {
    vec![
        exception.id.0.to_string(),
        exception.kind.clone(),
        exception.state_on(today).word().to_owned(),
        if exception.blocking { "blocking" } else { "minor" }.to_owned(),
        exception.at.as_ref().map(ToString::to_string).unwrap_or_default(),
        exception.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        exception.text.clone(),
    ]
}

fn list(context: &mut Context, filter: Option<&str>, settled: bool) -> Result<(), Failure> {
    let now = context::now();
    let today = now.day();
    let filter = filter.map(|text| read_filter(context, text, today)).transpose()?;
    let who = context.actor.login.clone();
    let found = context.desk.exceptions(filter.as_ref(), &who, now)?;
    let mut table = Table::new(&["VIN", "Id", "Kind", "State", "Weight", "Entry", "Owner", "Text"]);
    let mut values: Vec<Value> = Vec::new();
    for (vin, exception) in found.iter().filter(|(_, exception)| settled || exception.is_open_on(today)) {
        table.row(std::iter::once(vin.to_string()).chain(cells(exception, today)));
        values.push(json::exception(exception, Some(vin), today));
    }
    Ok(context.out.list(&table, &values)?)
}

fn show(context: &mut Context, id: i64) -> Result<(), Failure> {
    let record = context.desk.exception_record(ExceptionId(id))?;
    let dossier = context.desk.dossier(record, context::now())?;
    let today = context.today();
    let found = dossier.record.exceptions.iter().find(|exception| exception.id == ExceptionId(id));
    let exception = found.ok_or_else(|| Failure::new(Kind::NotFound, format!("no exception {id}")))?;
    let vin: &Vin = &dossier.record.vin;
    let mut table = Table::new(&["VIN", "Id", "Kind", "State", "Weight", "Entry", "Owner", "Text"]);
    table.row(std::iter::once(vin.to_string()).chain(cells(exception, today)));
    let mut text = super::output::columns(&table);
    let raiser = exception.raised_by.as_ref().map_or("the desk".to_owned(), ToString::to_string);
    text.push_str(&format!("raised by {raiser} at {}\n", exception.raised_at));
    if let Some(outcome) = &exception.outcome {
        let until = outcome.until.map_or(String::new(), |until| format!(" until {until}"));
        let words = crate::domain::visible::visible(&outcome.text);
        text.push_str(&format!("{}{until} by {} at {}: {words}\n", exception.state.word(), outcome.by, outcome.at));
    }
    Ok(context.out.one(&text, &table, &json::exception(exception, Some(vin), today))?)
}

/// A filter as typed; a mistake answers with the place and the nearest word.
pub fn read_filter(context: &mut Context, text: &str, today: NaiveDate) -> Result<Filter, Failure> {
    let (policy, people) = (context.desk.policy()?, context.desk.people()?);
    let options = context.desk.option_codes()?;
    let read = Filter::parse(text, today)
        .and_then(|filter| filter.names_known(text, &policy, &options, &people).map(|()| filter));
    read.map_err(|fault| {
        let failure = Failure::new(Kind::Usage, format!("filter, character {}: {}", fault.at + 1, fault.message));
        match fault.nearest {
            Some(near) => failure.hint(format!("the nearest is `{near}`")),
            None => failure,
        }
    })
}

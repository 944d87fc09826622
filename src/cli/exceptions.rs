//! The verbs about exceptions: lists, one of them, and what is done about many, each decided on its own record.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::args::{ExceptionIds, ExceptionListArgs, ExceptionVerb};
use super::context::{self, Context};
use super::json;
use super::named::{self, Named};
use super::outcomes::{Outcomes, Told};
use super::output::{Table, columns, room, wrapped};
use super::work;
use crate::domain::action::{Action, Linked, Settle};
use crate::domain::exception::{Exception, State};
use crate::domain::filter::{Filter, Names};
use crate::domain::identity::ExceptionId;
use crate::domain::triage::Raised;
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};
use crate::store::{ExceptionQuery, Target};

pub fn run(context: &mut Context, verb: ExceptionVerb) -> Result<(), Failure> {
    let (which, how) = match verb {
        ExceptionVerb::List(args) => return list(context, &args),
        ExceptionVerb::Show { id } => return show(context, ExceptionId(id)),
        ExceptionVerb::Link { ids } => return link(context, &ids),
        ExceptionVerb::Unlink { ids } => (ExceptionIds { ids, group: false }, Settle::Link { with: None }),
        ExceptionVerb::Assign { which, to } => (which, Settle::Assign { to: context::read_login(&to)? }),
        ExceptionVerb::Comment { which, text } => (which, Settle::Comment { text }),
        ExceptionVerb::Resolve { which, text } => (which, Settle::Resolve { text }),
        ExceptionVerb::Waive { which, text, until } => {
            (which, Settle::Waive { text, until: until.as_deref().map(context::read_date).transpose()? })
        }
        ExceptionVerb::Reopen { which, text } => (which, Settle::Reopen { text }),
    };
    settle(context, &which, &how)
}

/// Does the same about each exception, on the record it is on.
fn settle(context: &mut Context, which: &ExceptionIds, how: &Settle) -> Result<(), Failure> {
    let ids = those(context, which)?;
    let mut outcomes = Outcomes::of_exceptions(ids.len(), &context.out);
    for id in ids {
        settle_one(context, &mut outcomes, &id, how);
    }
    outcomes.print(&context.out)
}

fn settle_one(context: &mut Context, outcomes: &mut Outcomes, id: &Named, how: &Settle) {
    match find(context, id) {
        Err(failure) => outcomes.add_exception(id.told(), None, Err(failure)),
        Ok(found) => {
            let told = settle_found(context, &found, how);
            outcomes.add_exception(id.told(), Some(found.vin.as_str()), told);
        }
    }
}

fn settle_found(context: &mut Context, found: &Raised, how: &Settle) -> Result<Told, Failure> {
    let id = found.exception.id;
    let applied = work::act(context, Target::Record(found.record), &Action::Settle { id, how: how.clone() })?;
    let now = context.desk.exception(id)?.exception;
    let state = now.state_on(context.today()).word();
    let stands = standing(&now, context.today());
    let owner = now.owner.as_ref().map_or(String::new(), |owner| format!(", owner {owner}"));
    let group = now.group.map_or(String::new(), |group| format!(", group {}", group.0));
    let more = json!({"seq": applied.seq, "state": state, "owner": now.owner, "group": now.group});
    Ok((format!("{stands}{owner}{group}"), more))
}

/// The numbers a verb is about, each once: as typed, and with them those they are linked with where that is asked for.
fn those(context: &mut Context, which: &ExceptionIds) -> Result<Vec<Named>, Failure> {
    let typed = named::list(&which.ids, "exception")?;
    let mut ids: Vec<Named> = Vec::with_capacity(typed.len());
    for id in typed {
        // What cannot be found is told as its own outcome, later.
        let group = find(context, &id).ok().and_then(|found| found.exception.group).filter(|_| which.group);
        let linked = group.map(|group| context.desk.linked(group)).transpose()?.unwrap_or_default();
        ids.push(id);
        ids.extend(linked.iter().map(|one| Named::from(one.exception.id.0.to_string().as_str())));
    }
    named::once(&mut ids);
    Ok(ids)
}

fn find(context: &mut Context, id: &Named) -> Result<Raised, Failure> {
    let id = id.read()?;
    let number = id.parse().map_err(|_| {
        Failure::new(Kind::Usage, format!("`{}` is no number of an exception", visible(id)))
            .hint("`stageplate exception list` shows them")
    })?;
    Ok(context.desk.exception(ExceptionId(number))?)
}

/// Links exceptions with the first one named: with its group, where it has one.
fn link(context: &mut Context, ids: &[String]) -> Result<(), Failure> {
    let ids = named::list(ids, "exception")?;
    let [first, _, ..] = ids.as_slice() else {
        return Err(Failure::new(Kind::Usage, "one exception alone is linked with nothing").hint("name two or more"));
    };
    let head = find(context, first)?.exception;
    let with = Linked { group: head.group.unwrap_or(head.id), kind: head.kind, at: head.at };
    let how = Settle::Link { with: Some(with) };
    let mut outcomes = Outcomes::of_exceptions(ids.len(), &context.out);
    for id in &ids {
        settle_one(context, &mut outcomes, id, &how);
    }
    outcomes.print(&context.out)
}

const HEAD: [&str; 8] = ["VIN", "Id", "Kind", "State", "Weight", "Entry", "Owner", "Text"];

/// Where an exception stands; a waiver with the day until which it holds.
fn standing(exception: &Exception, today: NaiveDate) -> String {
    let state = exception.state_on(today);
    let until = exception.outcome.as_ref().and_then(|outcome| outcome.until).filter(|_| state == State::Waived);
    until.map_or(state.word().to_owned(), |until| format!("{} until {until}", state.word()))
}

/// An exception's cells in a table, its VIN aside.
pub fn cells(exception: &Exception, today: NaiveDate) -> Vec<String> {
    vec![
        exception.id.0.to_string(),
        exception.kind.clone(),
        standing(exception, today),
        if exception.blocking { "blocking" } else { "minor" }.to_owned(),
        exception.at.as_ref().map(ToString::to_string).unwrap_or_default(),
        exception.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        exception.text.clone(),
    ]
}

fn table(rows: &[Raised], today: NaiveDate) -> Table {
    let mut table = Table::new(&HEAD);
    for one in rows {
        table.row(std::iter::once(one.vin.to_string()).chain(cells(&one.exception, today)));
    }
    table
}

fn list(context: &mut Context, args: &ExceptionListArgs) -> Result<(), Failure> {
    let now = context::now();
    let today = now.day();
    let filter =
        args.filter.as_deref().map(|text| read(context, text, Filter::parse_exceptions(text, today))).transpose()?;
    let query = ExceptionQuery {
        filter,
        settled: args.settled,
        limit: usize::from(args.limit),
        after: args.after.map(ExceptionId),
        who: context.actor.login.clone(),
        now,
    };
    let page = context.desk.exceptions(&query)?;
    let values: Vec<Value> =
        page.rows.iter().map(|one| json::exception(&one.exception, Some(&one.vin), today)).collect();
    context.out.list(&table(&page.rows, today), &values)?;
    if let Some(next) = page.next {
        context.out.say(&format!("more exceptions follow: --after {}", next.0));
    }
    Ok(())
}

fn show(context: &mut Context, id: ExceptionId) -> Result<(), Failure> {
    let found = context.desk.exception(id)?;
    let today = context.today();
    let exception = &found.exception;
    let linked = exception.group.map(|group| context.desk.linked(group)).transpose()?.unwrap_or_default();
    let linked: Vec<Raised> = linked.into_iter().filter(|one| one.exception.id != id).collect();
    let mut value = json::exception(exception, Some(&found.vin), today);
    if let Value::Object(object) = &mut value {
        let others = linked.iter().map(|one| {
            json!({"vin": one.vin, "id": one.exception.id, "state": one.exception.state_on(today).word(),
                   "owner": one.exception.owner})
        });
        object.insert("linked".into(), others.collect());
    }
    let shown = table(std::slice::from_ref(&found), today);
    Ok(context.out.one(&text(&found, &linked, today), &shown, &value)?)
}

fn text(found: &Raised, linked: &[Raised], today: NaiveDate) -> String {
    let exception = &found.exception;
    let at = |moment: crate::domain::moment::Moment| moment.utc().format("%Y-%m-%d %H:%M").to_string();
    let raiser = exception.raised_by.as_ref().map_or("the desk".to_owned(), ToString::to_string);
    let place = exception.at.as_ref().map_or(String::new(), |at| format!(" at {at}"));
    let weight = if exception.blocking { "blocking" } else { "minor" };
    let mut lines = vec![
        format!("exception {} on {}: {}{place}, {weight}", exception.id.0, found.vin, exception.kind),
        format!("raised     {} by {raiser}: {}", at(exception.raised_at), visible(&exception.text)),
        format!("state      {}", exception.state_on(today).word()),
        format!("owner      {}", exception.owner.as_ref().map_or("nobody".to_owned(), ToString::to_string)),
    ];
    if let Some(outcome) = &exception.outcome {
        let until = outcome.until.map_or(String::new(), |until| format!(" until {until}"));
        let ended = if exception.waiver_ended(today).is_some() { ", which has ended" } else { "" };
        let word = format!("{}{until}{ended}", exception.state.word());
        lines.push(format!("outcome    {} {word} by {}: {}", at(outcome.at), outcome.by, visible(&outcome.text)));
    }
    for remark in &exception.discussion {
        let back = if remark.struck_at.is_some() { " (taken back)" } else { "" };
        lines.push(format!("said       {} by {}{back}: {}", at(remark.at), remark.by, visible(&remark.text)));
    }
    let width = room();
    let mut text: String = lines.iter().map(|line| wrapped(line, 0, 11, width)).collect();
    if !linked.is_empty() {
        text.push_str("\nLinked with it\n");
        text.push_str(&columns(&table(linked, today)));
    }
    text
}

/// A filter of records as typed; a mistake answers with the place and the nearest word.
pub fn read_filter(context: &mut Context, text: &str, today: NaiveDate) -> Result<Filter, Failure> {
    read(context, text, Filter::parse(text, today))
}

fn read(
    context: &mut Context,
    text: &str,
    parsed: Result<Filter, crate::domain::filter::FilterFault>,
) -> Result<Filter, Failure> {
    let (policies, people) = (context.desk.policies()?, context.desk.people()?);
    let (options, scopes) = (context.desk.option_codes()?, context.desk.scope_names()?);
    let catalogue = context.desk.catalogue();
    let names = Names { policies: &policies, scopes: &scopes, options: &options, people: &people, catalogue };
    let read = parsed.and_then(|filter| filter.names_known(text, &names).map(|()| filter));
    read.map_err(|fault| {
        let failure = Failure::new(Kind::Usage, format!("filter, character {}: {}", fault.at + 1, fault.message));
        match fault.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })
}

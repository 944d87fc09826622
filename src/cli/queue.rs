//! The verb `queue`: lists, counts and names of queues; saving and dropping them.

use serde_json::{Value, json};

use super::args::{QueueArgs, QueueCommand, QueueVerb};
use super::context::{self, Context};
use super::exceptions::read_filter;
use super::json;
use super::output::Table;
use super::people::governed_word;
use crate::domain::approval::Status;
use crate::domain::queue::{QueueName, Sort};
use crate::domain::saved::QueueAct;
use crate::domain::summary::Summary;
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};
use crate::store::{CountQuery, PageQuery, Row};

pub fn run(context: &mut Context, command: QueueCommand) -> Result<(), Failure> {
    match command.verb {
        None => list_records(context, &command.list),
        Some(QueueVerb::List) => list_queues(context),
        Some(QueueVerb::Save { name, query, team, shared }) => {
            let team = if team { Some(own_team(context)?) } else { shared };
            keep(context, &QueueAct::Save { name, query, team })
        }
        Some(QueueVerb::Drop { name }) => keep(context, &QueueAct::Drop { name }),
    }
}

fn keep(context: &mut Context, act: &QueueAct) -> Result<(), Failure> {
    let kept = context.desk.keep_queue(&context.actor, act, context::request(), context::now())?;
    let (QueueAct::Save { name, .. } | QueueAct::Drop { name }) = act;
    let done = match act {
        QueueAct::Drop { .. } => "dropped",
        QueueAct::Save { .. } => governed_word(kept.outcome),
    };
    let mut table = Table::new(&["Subject", "Outcome"]);
    table.row([format!("queue {name}"), done.to_owned()]);
    let object = json!({"subject": format!("queue {name}"), "ok": true, "outcome": done, "seq": kept.seq});
    Ok(context.out.one(&format!("queue {}: {done}\n", visible(name)), &table, &object)?)
}

/// The team of whoever acts.
fn own_team(context: &mut Context) -> Result<String, Failure> {
    let person = context.desk.person(&context.actor.login)?;
    person.and_then(|person| person.team).ok_or_else(|| {
        Failure::new(Kind::Refused, format!("{} is in no team", context.actor.login))
            .rule("team")
            .hint("an administrator gives you one: stageplate person set LOGIN --team TEAM")
    })
}

fn list_records(context: &mut Context, args: &QueueArgs) -> Result<(), Failure> {
    let now = context::now();
    let today = now.day();
    let queue = context.desk.queue_named(&context.actor, &args.name, now)?;
    let filter = args.filter.as_deref().map(|text| read_filter(context, text, today)).transpose()?;
    let who = context.actor.login.clone();
    if args.count {
        let count = context.desk.count(&CountQuery { queue, filter, who, now })?;
        let mut table = Table::new(&["Name", "Count"]);
        table.row([args.name.clone(), count.to_string()]);
        return Ok(context.out.one(&format!("{count}\n"), &table, &json!({"name": args.name, "count": count}))?);
    }
    let sort = match &args.sort {
        None => Sort::default(),
        Some(word) => Sort::of(word).ok_or_else(|| {
            Failure::new(Kind::Usage, format!("nothing is sorted by `{word}`"))
                .hint("sort by due, updated, vin, priority or since")
        })?,
    };
    let after = args.after.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| Failure::new(Kind::Usage, "the cursor is not one that a list ended with"))?;
    let page =
        context.desk.page(&PageQuery { queue, filter, sort, limit: usize::from(args.limit), after, who, now })?;
    let values: Vec<Value> = page.rows.iter().map(|row| json::summary(&row.summary, row.unread, today)).collect();
    context.out.list(&table(&page.rows, today), &values)?;
    if let Some(next) = page.next {
        context.out.say(&format!("more records follow: --after {next}"));
    }
    Ok(())
}

/// Records as people read them in a list.
pub fn table(rows: &[Row], today: chrono::NaiveDate) -> Table {
    let mut table = Table::new(&[
        "VIN",
        "Variant",
        "Version",
        "Build",
        "Step",
        "Owner",
        "Due",
        "Undecided",
        "Exc",
        "Block",
        "Marks",
    ]);
    for Row { summary, unread } in rows {
        table.row(cells(summary, *unread, today));
    }
    table
}

fn cells(summary: &Summary, unread: bool, today: chrono::NaiveDate) -> [String; 11] {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    let overdue = if summary.overdue_on(today) { " late" } else { "" };
    let marks = [(unread, "new"), (summary.held_on(today), "held"), (summary.priority > 0, "priority")];
    let mut marks: Vec<&str> = marks.into_iter().filter(|(set, _)| *set).map(|(_, word)| word).collect();
    // What became of its approval concerns a released record as much as one in work.
    marks.extend(summary.approval_status.map(Status::word));
    [
        summary.vin.to_string(),
        text(&summary.variant),
        text(&summary.version_code),
        summary.options.join(" "),
        summary.step.clone(),
        summary.owner.as_ref().map_or("–".to_owned(), ToString::to_string),
        summary.due.map_or("–".to_owned(), |due| format!("{due}{overdue}")),
        format!("{}/{}", summary.unconfirmed, summary.changes),
        summary.open_exceptions.to_string(),
        summary.blocking_findings.to_string(),
        marks.join(" "),
    ]
}

fn list_queues(context: &mut Context) -> Result<(), Failure> {
    let who = context.actor.login.clone();
    let now = context::now();
    let counts = context.desk.counts(&who, now)?;
    let mut table = Table::new(&["Name", "Count", "Holds"]);
    let mut values = Vec::new();
    for (queue, count) in counts {
        table.row([queue.word().to_owned(), count.to_string(), queue.holds().to_owned()]);
        values.push(
            json!({"name": queue.word(), "query": format!("queue:{}", queue.word()), "count": count, "team": null}),
        );
    }
    for saved in context.desk.saved_queues(&who)? {
        let queue = QueueName::Saved(saved.id);
        // Here the whole is counted, however long it takes: what a script reads is never a part without a word.
        let count = context.desk.count(&CountQuery { queue, filter: None, who: who.clone(), now })?;
        let whose = saved.team.as_ref().map(|team| format!("saved, shared with {team}: ")).unwrap_or("saved: ".into());
        table.row([saved.name.clone(), count.to_string(), format!("{whose}{}", saved.query)]);
        values.push(json!({"name": saved.name, "query": saved.query, "count": count, "team": saved.team}));
    }
    Ok(context.out.list(&table, &values)?)
}

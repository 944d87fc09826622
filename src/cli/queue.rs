//! The verb `queue`: lists, counts and names of queues.

use serde_json::{Value, json};

use super::args::QueueArgs;
use super::context::{self, Context};
use super::exceptions::read_filter;
use super::json;
use super::output::Table;
use crate::domain::queue::{QueueName, Sort};
use crate::domain::summary::Summary;
use crate::failure::{Failure, Kind};
use crate::store::{CountQuery, PageQuery, Row};

pub fn run(context: &mut Context, args: &QueueArgs) -> Result<(), Failure> {
    if args.name == "list" {
        return list_queues(context);
    }
    let now = context::now();
    let today = now.day();
    let queue = read_queue(&args.name)?;
    let filter = args.filter.as_deref().map(|text| read_filter(context, text, today)).transpose()?;
    let who = context.actor.login.clone();
    if args.count {
        let count = context.desk.count(&CountQuery { queue, filter, who, now })?;
        let mut table = Table::new(&["Name", "Count"]);
        table.row([queue.word().to_owned(), count.to_string()]);
        return Ok(context.out.one(&format!("{count}\n"), &table, &json!({"name": queue.word(), "count": count}))?);
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

/// The queue of that name.
pub fn read_queue(name: &str) -> Result<QueueName, Failure> {
    QueueName::of(name).ok_or_else(|| {
        let failure = Failure::new(Kind::NotFound, format!("there is no queue `{name}`"));
        match QueueName::nearest(name) {
            Some(near) => failure.hint(format!("the nearest is `{near}`")),
            None => failure.hint("`stageplate queue list` shows which there are"),
        }
    })
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
    let marks: Vec<&str> = marks.into_iter().filter(|(set, _)| *set).map(|(_, word)| word).collect();
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
    let counts = context.desk.counts(&who, context::now())?;
    let mut table = Table::new(&["Name", "Count", "Holds"]);
    let mut values = Vec::new();
    for (queue, count) in counts {
        table.row([queue.word().to_owned(), count.to_string(), queue.holds().to_owned()]);
        values.push(json!({"name": queue.word(), "query": format!("queue:{}", queue.word()), "count": count}));
    }
    Ok(context.out.list(&table, &values)?)
}

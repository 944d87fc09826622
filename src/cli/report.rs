//! The verb `report`: where the work stands and how it went, as tables and for programs. What each figure counts is written in
//! `docs/reports.md`.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::args::{Format, ReportArgs, ReportKind};
use super::context::{self, Context};
use super::output::{Table, columns, room, wrapped};
use crate::domain::report::figures::{Spread, days};
use crate::domain::report::{AGES, Share, age_words};
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};

/// How far back a report looks that is not told: throughput a quarter, a rollout four weeks beside the four before.
const QUARTER: u64 = 7 * 13;
const FOUR_WEEKS: u64 = 7 * 4;

pub fn run(context: &mut Context, args: &ReportArgs) -> Result<(), Failure> {
    let scope = args.scope.as_deref();
    let since = args.since.as_deref().map(context::read_date).transpose()?;
    let today = context.today();
    if since.is_some_and(|since| since > today) {
        return Err(Failure::new(Kind::Usage, "a report looks back: --since is a day that has been"));
    }
    let back = |days: u64| since.unwrap_or_else(|| today.checked_sub_days(Days::new(days)).unwrap_or(today));
    match args.kind {
        ReportKind::Ageing if since.is_some() => {
            Err(Failure::new(Kind::Usage, "ageing is of today: it takes no --since"))
        }
        ReportKind::Ageing => ageing(context, scope),
        ReportKind::Exceptions => exceptions(context, scope, since),
        ReportKind::Throughput => throughput(context, scope, back(QUARTER)),
        ReportKind::Rollout => rollout(context, scope, back(FOUR_WEEKS)),
    }
}

fn ageing(context: &mut Context, scope: Option<&str>) -> Result<(), Failure> {
    let report = context.desk.age_report(scope, context::now())?;
    let mut table = Table::new(&[
        "Step", "Owner", "Records", "Late", "Held", "0-1", "2-3", "4-7", "8-14", "15-30", "31+", "Oldest",
    ]);
    let mut values: Vec<Value> = Vec::new();
    for (owner, ageing) in &report {
        let mut cells = vec![
            ageing.step.clone(),
            owner.as_ref().map_or("–".to_owned(), ToString::to_string),
            ageing.records().to_string(),
            ageing.overdue.to_string(),
            ageing.held.to_string(),
        ];
        cells.extend(ageing.ages.iter().map(ToString::to_string));
        cells.push(format!("{}d", ageing.oldest));
        table.row(cells);
        let ages: Vec<Value> = age_words()
            .zip(AGES.iter().zip(&ageing.ages))
            .map(|(days, (from, records))| json!({"days": days, "from": from, "records": records}))
            .collect();
        values.push(json!({
            "step": ageing.step, "owner": owner, "records": ageing.records(), "overdue": ageing.overdue,
            "held": ageing.held, "oldest_days": ageing.oldest, "ages": ages,
        }));
    }
    Ok(context.out.list(&table, &values)?)
}

fn exceptions(context: &mut Context, scope: Option<&str>, since: Option<NaiveDate>) -> Result<(), Failure> {
    let report = context.desk.exception_report(scope, since, context::now())?;
    let mut table =
        Table::new(&["Kind", "Approval", "Variant", "Raised", "Open", "Blocking", "Resolved", "Waived", "Days"]);
    let mut values: Vec<Value> = Vec::new();
    for ((kind, approval, variant), figures) in &report {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        table.row([
            kind.clone(),
            text(approval),
            text(variant),
            figures.raised.to_string(),
            figures.open.to_string(),
            figures.blocking.to_string(),
            figures.resolved.to_string(),
            figures.waived.to_string(),
            median(&figures.settling),
        ]);
        values.push(json!({
            "kind": kind, "approval": approval, "variant": variant, "raised": figures.raised, "open": figures.open,
            "blocking": figures.blocking, "resolved": figures.resolved, "waived": figures.waived,
            "median_hours_to_settle": figures.settling.median(),
        }));
    }
    Ok(context.out.list(&table, &values)?)
}

fn median(spread: &Spread) -> String {
    spread.median().map_or("–".to_owned(), days)
}

fn share(share: Option<Share>) -> Value {
    share.map_or(Value::Null, |share| json!({"part": share.part, "whole": share.whole, "percent": share.percent()}))
}

fn throughput(context: &mut Context, scope: Option<&str>, since: NaiveDate) -> Result<(), Failure> {
    let report = context.desk.throughput_report(scope, since)?;
    let policies = context.desk.policies()?;
    let policy = policies.of(scope);
    let mut steps: Vec<(&String, &Spread)> = report.steps.iter().collect();
    steps.sort_by_key(|(step, _)| policy.place(step).unwrap_or(usize::MAX));
    let mut ways: Vec<(&(String, String), &u64)> = report.by_step.iter().collect();
    ways.sort_by_key(|((from, to), count)| (std::cmp::Reverse(**count), from.clone(), to.clone()));
    let mut reasons: Vec<(&String, &u64)> = report.by_reason.iter().collect();
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), (*reason).clone()));

    // One table, so that it is one CSV too, each figure a number under the name of what it counts.
    let mut table = Table::new(&["What", "Of", "Count", "First pass", "Half in days", "9 of 10 in days"]);
    let mut row = |what: &str, of: String, count: u64, figures: [String; 3]| {
        table.row([what.to_owned(), of, count.to_string()].into_iter().chain(figures));
    };
    let none = String::new;
    for week in &report.weeks {
        let of = format!("week of {}", week.monday);
        row("released", of, week.released, [week.first_pass.to_string(), none(), none()]);
    }
    for (step, spread) in &steps {
        let in_days = |hours: Option<i64>| hours.map_or(none(), days);
        let figures = [none(), in_days(spread.median()), in_days(spread.ninth_of_ten())];
        row("left step", (*step).clone(), spread.count(), figures);
    }
    for ((from, to), count) in &ways {
        row("returned", format!("{from} to {to}"), **count, [none(), none(), none()]);
    }
    for (reason, count) in &reasons {
        row("reason", (*reason).clone(), **count, [none(), none(), none()]);
    }
    let value = json!({
        "since": since, "scope": scope, "released": report.released(), "returns": report.returns(),
        "first_pass": share(report.first_pass()),
        "weeks": report.weeks.iter().map(|week| {
            json!({"monday": week.monday, "released": week.released, "first_pass": week.first_pass})
        }).collect::<Vec<_>>(),
        "steps": steps.iter().map(|(step, spread)| json!({
            "step": step, "left": spread.count(), "median_hours": spread.median(), "ninety_percent_hours": spread.ninth_of_ten(),
        })).collect::<Vec<_>>(),
        "returns_by_step": ways.iter().map(|((from, to), count)| json!({"from": from, "to": to, "returns": count}))
            .collect::<Vec<_>>(),
        "returns_by_reason": reasons.iter().map(|(reason, count)| json!({"reason": reason, "returns": count}))
            .collect::<Vec<_>>(),
    });
    let mut text = columns(&table);
    let passed = report.first_pass().map_or("no version".to_owned(), |share| {
        format!("{} of {} versions ({}%)", share.part, share.whole, share.percent())
    });
    let returns = match report.returns() {
        1 => "1 return".to_owned(),
        returns => format!("{returns} returns"),
    };
    text.push_str(&wrapped(&format!("since {since}: {passed} released without a return, {returns}"), 0, 2, room()));
    Ok(context.out.one(&text, &table, &value)?)
}

fn rollout(context: &mut Context, scope: Option<&str>, since: NaiveDate) -> Result<(), Failure> {
    let report = context.desk.rollout_report(scope, since, context::now())?;
    let mut table = Table::new(&["Scope", "Records", "Figure", "Since", "Before"]);
    let mut values: Vec<Value> = Vec::new();
    let mut plainly = String::new();
    for rollout in &report {
        let name = rollout.scope.clone().unwrap_or_else(|| "–".to_owned());
        let mut figures = serde_json::Map::new();
        for ((figure, now), (_, then)) in rollout.now.named().into_iter().zip(rollout.then.named()) {
            table.row([
                name.clone(),
                rollout.records.to_string(),
                figure.to_owned(),
                now.to_string(),
                then.to_string(),
            ]);
            figures.insert(figure.replace(' ', "_"), json!({"since": now, "before": then}));
        }
        values.push(json!({
            "scope": rollout.scope, "records": rollout.records, "since": rollout.since, "before": rollout.before,
            "figures": figures, "plainly": rollout.plainly(),
        }));
        plainly.push_str(&format!("\nShould {} widen?\n", visible(&name)));
        for sentence in rollout.plainly() {
            plainly.push_str(&wrapped(&sentence, 2, 4, room()));
        }
    }
    match context.out.format {
        Format::Table => context.out.text(&format!("{}{plainly}", columns(&table)))?,
        _ => context.out.list(&table, &values)?,
    }
    let narrower = scope.map_or(String::new(), |scope| format!(" --scope {scope}"));
    let told = format!(
        "`Since` counts from {since} to today, `Before` as many days before that; returns by reason and time per step are \
         in `report throughput{narrower}`, exceptions by kind in `report exceptions{narrower}`"
    );
    context.out.say(wrapped(&told, 0, 2, room()).trim_end());
    Ok(())
}

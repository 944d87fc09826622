//! The overview: where the work stands, as charts. Which charts there are and where each of their bars and cells leads is said
//! here; how they are drawn is the view's.

use super::asked::Asked;
use super::board;
use super::layout::{Focus, Step};
use super::model::{Model, Tone};
use super::msg::{Effect, Ticket};
use super::places::{self, Place};
use super::screen::{self, Screen};
use crate::domain::filter::{Filter, quoted};
use crate::domain::identity::Login;
use crate::domain::queue::QueueName;
use crate::domain::report::{AGES, Ageing, Overview, age_words};

/// The overview on the screen.
#[derive(Debug, Clone, Default)]
pub struct Outlook {
    /// Where the work stands, once it was read.
    pub known: Option<Overview>,
    /// The scope it is of; the whole desk without.
    pub scope: Option<String>,
    /// The scopes there are.
    pub scopes: Vec<String>,
    /// Where the cursor is.
    pub at: At,
    /// What is known of the question for it.
    asked: Asked<()>,
}

impl Outlook {
    /// Whether what is known is of the scope that is shown.
    pub fn is_known(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.scope == self.scope)
    }
}

/// A place in the charts: the chart, and its row and column.
pub type At = (usize, usize, usize);

/// Where a bar or a cell leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leads {
    /// To the records that a filter selects.
    Records(String),
    /// To the exceptions that a filter selects.
    Exceptions(String),
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it counts.
    pub label: String,
    /// How many.
    pub value: u64,
    /// How many of them matter more.
    pub part: u64,
    /// Where it leads.
    pub leads: Leads,
}

/// A row of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    /// What it counts.
    pub label: String,
    /// Each: how many, and where it leads.
    pub cells: Vec<(u64, Leads)>,
    /// What is to be known of the whole row.
    pub note: String,
}

/// A week of releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// Its Monday, as day and month.
    pub monday: String,
    /// How many versions were released.
    pub released: u64,
    /// How many of them no step had sent back.
    pub first_pass: u64,
    /// Where it leads.
    pub leads: Leads,
}

/// What a chart draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// Bars; and what the part of each is that matters more.
    Bars(Vec<Bar>, &'static str),
    /// A heat map: the heads of its columns, and its rows.
    Heat(Vec<String>, Vec<Cells>),
    /// Sparklines, a column for each week.
    Weeks(Vec<Released>),
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its heading.
    pub title: String,
    /// What it draws.
    pub drawn: Drawn,
}

impl Chart {
    /// Its rows and columns, as the cursor goes.
    pub fn size(&self) -> (usize, usize) {
        match &self.drawn {
            Drawn::Bars(bars, _) => (bars.len(), 1),
            Drawn::Heat(heads, rows) => (rows.len(), heads.len()),
            Drawn::Weeks(weeks) => (usize::from(!weeks.is_empty()), weeks.len()),
        }
    }

    /// Its heading without the figure in it.
    pub fn name(&self) -> &str {
        self.title.split(':').next().unwrap_or(&self.title)
    }

    /// Where the bar or the cell of that place leads.
    pub fn leads(&self, row: usize, column: usize) -> Option<&Leads> {
        match &self.drawn {
            Drawn::Bars(bars, _) => bars.get(row).map(|bar| &bar.leads),
            Drawn::Heat(_, rows) => rows.get(row)?.cells.get(column).map(|(_, leads)| leads),
            Drawn::Weeks(weeks) => weeks.get(column).map(|week| &week.leads),
        }
    }

    fn count(&self, row: usize, column: usize) -> u64 {
        match &self.drawn {
            Drawn::Bars(bars, _) => bars.get(row).map_or(0, |bar| bar.value),
            Drawn::Heat(_, rows) => rows.get(row).and_then(|row| row.cells.get(column)).map_or(0, |(count, _)| *count),
            Drawn::Weeks(weeks) => weeks.get(column).map_or(0, |week| week.released),
        }
    }
}

/// The place of every bar and cell that counts something, chart by chart.
pub fn counted(charts: &[Chart]) -> Vec<At> {
    let mut found = Vec::new();
    for (place, chart) in charts.iter().enumerate() {
        let (rows, columns) = chart.size();
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let some = cells.filter(|(row, column)| chart.count(*row, *column) > 0);
        found.extend(some.map(|(row, column)| (place, row, column)));
    }
    found
}

/// The charts of what is known.
pub fn charts(model: &Model) -> Vec<Chart> {
    let Some(known) = &model.outlook.known else { return Vec::new() };
    let within = known.scope.as_ref().map(|scope| format!(" scope:{}", quoted(scope))).unwrap_or_default();
    let records = |words: String| Leads::Records(format!("{words}{within}"));
    let policy = model.house.policy_of(known.scope.as_deref());
    let title = |step: &str| policy.step(step).map_or(step.to_owned(), |step| step.title.clone());
    let mut by_step: Vec<Bar> = Vec::new();
    let mut by_owner: Vec<(Option<&Login>, u64)> = Vec::new();
    for load in &known.load {
        let nobodys = if load.owner.is_none() { load.records } else { 0 };
        let words = format!("step:{}", quoted(&load.step));
        match by_step.iter_mut().find(|bar| bar.leads == records(words.clone())) {
            Some(bar) => (bar.value, bar.part) = (bar.value + load.records, bar.part + nobodys),
            None => by_step.push(Bar {
                label: title(&load.step),
                value: load.records,
                part: nobodys,
                leads: records(words),
            }),
        }
        match by_owner.iter_mut().find(|(owner, _)| *owner == load.owner.as_ref()) {
            Some((_, count)) => *count += load.records,
            None => by_owner.push((load.owner.as_ref(), load.records)),
        }
    }
    by_owner.sort_by_key(|(_, records)| std::cmp::Reverse(*records));
    let by_owner = by_owner.into_iter().map(|(owner, value)| Bar {
        label: owner.map_or("nobody".to_owned(), ToString::to_string),
        value,
        part: if owner.is_none() { value } else { 0 },
        // What rests has owners too, and is no load.
        leads: records(format!("owner:{} {}", owner.map_or("none", Login::as_str), steps_in_work(known))),
    });
    let kinds = known.exceptions.iter().map(|kind| Bar {
        label: policy.exception_kind(&kind.kind).map_or(kind.kind.clone(), |known| known.title.clone()),
        value: kind.open,
        part: kind.blocking,
        leads: Leads::Exceptions(format!("kind:{}{within}", quoted(&kind.kind))),
    });
    let weeks = known.weeks.iter().map(|week| {
        let next = week.monday + chrono::Days::new(7);
        Released {
            monday: week.monday.format("%-d %b").to_string(),
            released: week.released,
            first_pass: week.first_pass,
            leads: records(format!("released>={} released<{next}", week.monday)),
        }
    });
    let share = known.first_pass().map_or("nothing released yet".to_owned(), |share| {
        format!("{} of {} at the first pass, {} %", share.part, share.whole, share.percent())
    });
    vec![
        Chart { title: format!("In work by step: {}", known.records()), drawn: Drawn::Bars(by_step, "nobody's") },
        Chart { title: "In work by owner".to_owned(), drawn: Drawn::Bars(by_owner.collect(), "nobody's") },
        Chart {
            title: "Days in the step".to_owned(),
            drawn: Drawn::Heat(
                age_words().collect(),
                known.ageing.iter().map(|ageing| aged(ageing, title(&ageing.step), &records)).collect(),
            ),
        },
        Chart { title: "Exceptions to settle".to_owned(), drawn: Drawn::Bars(kinds.collect(), "blocking") },
        Chart { title: format!("Released by week: {share}"), drawn: Drawn::Weeks(weeks.collect()) },
    ]
}

fn steps_in_work(known: &Overview) -> String {
    let mut steps: Vec<String> = known.load.iter().map(|load| quoted(&load.step)).collect();
    steps.dedup();
    format!("step:{}", steps.join(","))
}

fn aged(ageing: &Ageing, label: String, records: &impl Fn(String) -> Leads) -> Cells {
    let step = quoted(&ageing.step);
    let cell = |at: usize| {
        let end = AGES.get(at + 1).map(|next| format!(" age<{next}d")).unwrap_or_default();
        (ageing.ages[at], records(format!("step:{step} age>={}d{end}", AGES[at])))
    };
    let mut notes = Vec::new();
    for (count, word) in [(ageing.overdue, "late"), (ageing.held, "held")] {
        if count > 0 {
            notes.push(format!("{count} {word}"));
        }
    }
    if ageing.oldest > 0 {
        notes.push(format!("oldest {}d", ageing.oldest));
    }
    Cells { label, cells: (0..AGES.len()).map(cell).collect(), note: notes.join(" · ") }
}

/// Asks where the work stands; while an answer is on its way, once it is here.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    if !model.outlook.asked.may_ask() {
        return Vec::new();
    }
    let ticket = model.ticket();
    model.outlook.asked.all(ticket);
    vec![Effect::LoadOverview { ticket, scope: model.outlook.scope.clone() }]
}

/// Where the work stands is here.
pub fn read(model: &mut Model, ticket: Ticket, known: Overview, scopes: Vec<String>) -> Vec<Effect> {
    let outlook = &mut model.outlook;
    if outlook.asked.answered(ticket, None).is_none() {
        return Vec::new();
    }
    outlook.scopes = scopes;
    // One asked for before the scope was changed is not shown under its name.
    if known.scope == outlook.scope {
        outlook.known = Some(known);
    }
    clamp(model);
    if model.outlook.asked.is_stale() { ask(model) } else { Vec::new() }
}

/// It could not be read: its scope may have gone, and the whole desk is asked for when it is wanted again.
pub fn failed(model: &mut Model, ticket: Ticket) {
    if model.outlook.asked.failed(ticket) {
        model.outlook.scope = None;
    }
}

/// Keeps the cursor on a row of a chart that has some.
fn clamp(model: &mut Model) {
    let charts = charts(model);
    let (chart, row, column) = model.outlook.at;
    let filled = |at: &usize| charts.get(*at).is_some_and(|chart| chart.size().0 > 0);
    let chart = (chart..charts.len()).find(filled).or_else(|| (0..charts.len()).find(filled)).unwrap_or(0);
    let (rows, columns) = charts.get(chart).map_or((0, 0), Chart::size);
    model.outlook.at = (chart, row.min(rows.saturating_sub(1)), column.min(columns.saturating_sub(1)));
}

/// Moves the cursor from row to row, through all charts.
pub fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    const PAGE: usize = 5;
    let charts = charts(model);
    let rows: Vec<(usize, usize)> =
        charts.iter().enumerate().flat_map(|(chart, known)| (0..known.size().0).map(move |row| (chart, row))).collect();
    let (chart, row, column) = model.outlook.at;
    let here = rows.iter().position(|place| *place == (chart, row)).unwrap_or(0);
    let to = match step {
        Step::Down => here + 1,
        Step::Up => here.saturating_sub(1),
        Step::HalfDown | Step::PageDown => here + PAGE,
        Step::HalfUp | Step::PageUp => here.saturating_sub(PAGE),
        Step::First => 0,
        Step::Last => rows.len(),
    };
    if let Some((chart, row)) = rows.get(to.min(rows.len().saturating_sub(1))) {
        model.outlook.at = (*chart, *row, column);
        clamp(model);
    }
    Vec::new()
}

/// Puts the cursor on what counts something, by its number among those.
pub fn point(model: &mut Model, row: usize) -> Vec<Effect> {
    let all = counted(&charts(model));
    if let Some(at) = all.get(row.min(all.len().saturating_sub(1))) {
        model.outlook.at = *at;
    }
    Vec::new()
}

/// Moves the cursor to the next cell of its row, or to the one before.
pub fn aside(model: &mut Model, right: bool) -> Vec<Effect> {
    let column = &mut model.outlook.at.2;
    *column = if right { *column + 1 } else { column.saturating_sub(1) };
    clamp(model);
    Vec::new()
}

/// Goes to the next chart that shows something, or to the one before.
pub fn turn(model: &mut Model, forward: bool) -> Vec<Effect> {
    let charts = charts(model);
    let filled: Vec<usize> = (0..charts.len()).filter(|at| charts[*at].size().0 > 0).collect();
    let here = filled.iter().position(|at| *at == model.outlook.at.0).unwrap_or(0);
    let count = filled.len().max(1);
    let to = if forward { here + 1 } else { here + count - 1 } % count;
    model.outlook.at = (filled.get(to).copied().unwrap_or(0), 0, 0);
    clamp(model);
    Vec::new()
}

/// Shows another scope: the whole desk, then each.
pub fn turn_scope(model: &mut Model, forward: bool) -> Vec<Effect> {
    let outlook = &mut model.outlook;
    let ways: Vec<Option<&String>> = std::iter::once(None).chain(outlook.scopes.iter().map(Some)).collect();
    let here = ways.iter().position(|way| *way == outlook.scope.as_ref()).unwrap_or(0);
    let to = if forward { here + 1 } else { here + ways.len() - 1 } % ways.len();
    outlook.scope = ways[to].cloned();
    ask(model)
}

/// Whether there is a scope to change to.
///
/// # Errors
/// That there is none.
pub fn has_scopes(model: &Model) -> Result<(), String> {
    if model.outlook.scopes.is_empty() { Err("this desk has no scopes".to_owned()) } else { Ok(()) }
}

/// Opens the list of what the bar or the cell under the cursor counts.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let (chart, row, column) = model.outlook.at;
    let charts = charts(model);
    let today = model.now.day();
    match charts.get(chart).and_then(|chart| chart.leads(row, column)) {
        Some(Leads::Records(words)) => match Filter::parse(words, today) {
            Ok(filter) => {
                let place = Place {
                    screen: Screen::Desk,
                    queue: QueueName::All,
                    words: words.clone(),
                    filter: Some(filter),
                    selected: None,
                    focus: Focus::List,
                };
                places::go(model, place)
            }
            Err(fault) => told(model, &fault.message),
        },
        Some(Leads::Exceptions(words)) => match Filter::parse_exceptions(words, today) {
            Ok(filter) => {
                model.screen = Screen::Board;
                board::show(model, words.clone(), filter)
            }
            Err(fault) => told(model, &fault.message),
        },
        None => Vec::new(),
    }
}

fn told(model: &mut Model, why: &str) -> Vec<Effect> {
    model.say(Tone::No, why);
    Vec::new()
}

/// Back to the desk.
pub fn back(model: &mut Model) -> Vec<Effect> {
    screen::leave(model)
}

//! The verb `log`: the history of the desk or of one record, told as a story for people and in full for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use serde_json::Value;

use super::args::Format;
use super::context::{self, Context};
use super::json;
use super::output::{room, wrapped};
use super::show::history_table;
use crate::domain::catalogue::Catalogue;
use crate::domain::event::Event;
use crate::domain::identity::{Seq, Vin};
use crate::domain::story;
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};

/// How many events one reading of the history takes in.
const PAGE: usize = 10_000;

/// How often the desk's pulse is felt for what others did.
const PULSE: Duration = Duration::from_millis(200);

pub fn run(context: &mut Context, vin: Option<&str>, since: Option<i64>, follows: bool) -> Result<(), Failure> {
    let vin = vin.map(context::read_vin).transpose()?;
    if let Some(vin) = &vin {
        context.desk.record_id(vin)?;
    }
    if follows {
        return follow(context, vin.as_ref(), since.map(Seq));
    }
    let events = read(context, vin.as_ref(), Seq(since.unwrap_or(0)))?;
    let catalogue = context.desk.catalogue();
    if context.out.format == Format::Table {
        return Ok(context.out.text(&tell(&events, vin.is_none(), catalogue, room()))?);
    }
    let values: Vec<Value> = events.iter().map(|event| json::event(event, catalogue)).collect();
    Ok(context.out.list(&history_table(&events), &values)?)
}

/// Every event after one.
fn read(context: &mut Context, vin: Option<&Vin>, since: Seq) -> Result<Vec<Event>, Failure> {
    let mut events: Vec<Event> = Vec::new();
    let mut after = since;
    loop {
        let page = context.desk.log(vin, after, PAGE)?;
        let whole = page.len() == PAGE;
        events.extend(page);
        match events.last() {
            Some(last) if whole => after = last.seq,
            _ => return Ok(events),
        }
    }
}

/// Tells what happens as it happens, until nobody listens any more; from an event on, or from now.
fn follow(context: &mut Context, vin: Option<&Vin>, since: Option<Seq>) -> Result<(), Failure> {
    if !matches!(context.out.format, Format::Table | Format::Jsonl) {
        return Err(Failure::new(Kind::Usage, "what is followed has no end and is no single document")
            .hint("use --output jsonl: one object a line"));
    }
    let mut after = match since {
        Some(since) => since,
        None => context.desk.head()?.0,
    };
    context.out.say(&format!("following from event {}; interrupt to stop", after.0));
    loop {
        let pulse = context.desk.data_version()?;
        let events = read(context, vin, after)?;
        let catalogue = context.desk.catalogue();
        let text = match context.out.format {
            Format::Table => tell(&events, vin.is_none(), catalogue, room()),
            _ => events.iter().map(|event| format!("{}\n", json::event(event, catalogue))).collect(),
        };
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            done => done?,
        }
        after = events.last().map_or(after, |last| last.seq);
        while context.desk.data_version()? == pulse {
            std::thread::sleep(PULSE);
        }
    }
}

/// Events as a story: who did what and when, then each thing that changed and why. What was taken back later says so.
fn tell(events: &[Event], of_desk: bool, catalogue: &Catalogue, width: usize) -> String {
    let undone: BTreeMap<Seq, Seq> = events.iter().filter_map(|event| Some((event.facts.undoes?, event.seq))).collect();
    let mut text = String::new();
    for event in events {
        let at = event.at.utc().format("%Y-%m-%d %H:%M:%S");
        let via = event.via.as_ref().map(|via| format!(" (via {})", visible(via))).unwrap_or_default();
        let vin = event.record.as_ref().filter(|_| of_desk).map(|(_, vin)| format!(" on {vin}")).unwrap_or_default();
        let back = undone.get(&event.seq).map(|seq| format!(", taken back by event {}", seq.0)).unwrap_or_default();
        let clock = if event.clock_back { ", by a clock that had gone back" } else { "" };
        let head = format!("{} {at} {}{via} {}{vin}{clock}{back}", event.seq.0, event.by, story::deed(event));
        text.push_str(&wrapped(&head, 0, 4, width));
        for sentence in story::Teller::new(catalogue).sentences(event) {
            text.push_str(&wrapped(&visible(&sentence), 4, 6, width));
        }
    }
    text
}

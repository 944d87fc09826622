//! Forms, questions and the rest of what lies over the desk, as lines and as the prompt that asks for the next one.

use super::spoken;
use crate::app::bulk::{Bulk, Phase};
use crate::app::form::{Choice, Field, Form, Input, Pick};
use crate::app::jump::{Jump, LEAST};
use crate::app::linear::reading::{Over, Seen, marks};
use crate::app::linear::sheet::{NOTHING, kept, numbered};
use crate::app::lines::{Lines, Side};
use crate::app::model::{Ask, Model, Sheet};
use crate::app::settings::{Setting, Settings};
use crate::domain::identity::Login;

/// Choices that are read at once.
const CHOICES: usize = 20;

/// What is to be read of what lies over the desk.
pub fn over(model: &Model, before: &Seen) -> Vec<String> {
    match &model.sheet {
        Some(Sheet::Form(one)) => form(one, &before.over),
        Some(Sheet::Filter(prompt)) => {
            let text = prompt.text.content();
            let fault = prompt.fault.as_ref();
            fault.map(|(at, _)| format!("It is at character {} of `{text}`.", at + 1)).into_iter().collect()
        }
        Some(Sheet::Jump(one)) => jump(model, one, before),
        Some(Sheet::Ask(one)) => ask(one),
        Some(Sheet::Bulk(one)) => bulk(one, before, model),
        Some(Sheet::Lines(one)) => lines(one),
        Some(Sheet::Settings(open)) => settings(model, open),
        Some(Sheet::Palette(_) | Sheet::Help(_)) => Vec::new(),
        None => done(before, model),
    }
}

/// What stands before the place where a line is written.
pub fn prompt(model: &Model) -> String {
    match &model.sheet {
        Some(Sheet::Form(form)) => form.field().map_or_else(|| "> ".to_owned(), of_field),
        Some(Sheet::Filter(prompt)) => format!("Filter [{}]: ", prompt.text.content()),
        Some(Sheet::Jump(jump)) if jump.asked.is_known() && !jump.found.is_empty() => {
            "Number, or the end of a VIN: ".to_owned()
        }
        Some(Sheet::Jump(_)) => "End of the VIN: ".to_owned(),
        Some(Sheet::Ask(ask)) => format!("Write {} to do it, anything else goes back: ", ask.doing.to_lowercase()),
        Some(Sheet::Bulk(bulk)) => match bulk.phase {
            Phase::Asked(true) => "Write yes to do it, anything else goes back: ".to_owned(),
            Phase::Asked(false) => {
                format!("Write {} to do it, anything else goes back: ", bulk.doing.to_lowercase())
            }
            Phase::Running | Phase::Over => "> ".to_owned(),
        },
        Some(Sheet::Settings(_)) => "Number of a setting for its next value, an empty line leaves: ".to_owned(),
        Some(Sheet::Palette(_) | Sheet::Help(_) | Sheet::Lines(_)) | None => "> ".to_owned(),
    }
}

fn of_field(field: &Field) -> String {
    let kept = kept(field);
    let kept = kept.lines().next().map(|first| {
        if kept.lines().count() > 1 { format!(" [{first} ...]") } else { format!(" [{}]", spoken(first)) }
    });
    format!("{}{}: ", field.label, kept.unwrap_or_default())
}

fn form(form: &Form, before: &Over) -> Vec<String> {
    let (opened, at, facts) = match before {
        Over::Form(purpose, at, facts) if *purpose == form.purpose => (false, *at, *facts != form.facts),
        _ => (true, form.at, true),
    };
    let mut lines = Vec::new();
    if opened {
        lines.push(format!("{}. A full stop alone leaves.", spoken(&form.title)));
    }
    if let Some(fault) = &form.fault {
        lines.push(format!("No: {}", spoken(fault)));
        if let Some(meanwhile) = &form.meanwhile {
            let now = meanwhile.now.as_ref().map(|now| format!("; now {now}")).unwrap_or_default();
            lines.push(format!("Meanwhile {}{now}.", meanwhile.told));
        }
    }
    if facts {
        lines.extend(form.facts.iter().map(|fact| spoken(fact)));
    }
    let written = form.fields.get(at).filter(|field| at != form.at && field.touched);
    lines.extend(written.and_then(remark));
    if opened || at != form.at {
        lines.extend(form.field().into_iter().flat_map(hint));
    } else {
        // It is asked again: what is left to choose from, after narrowing.
        lines.extend(
            form.field()
                .and_then(|field| match &field.input {
                    Input::Pick(pick) if !pick.words.content().is_empty() => Some(choices(pick)),
                    _ => None,
                })
                .unwrap_or_default(),
        );
    }
    lines
}

/// What is to be known of what was written.
fn remark(field: &Field) -> Option<String> {
    let remark = field.remark.as_ref()?;
    let doubt = if remark.doubt { "warns: " } else { "" };
    Some(format!("{}: {doubt}{}", field.label, spoken(&remark.text)))
}

/// What may be written in a field.
fn hint(field: &Field) -> Vec<String> {
    match &field.input {
        Input::Text(text) => {
            let long = if text.has_lines() { "; several lines, a full stop alone ends" } else { "" };
            // An empty line keeps what is there: nothing at all is written otherwise here.
            let hint = spoken(&field.hint).replace("empty lets", &format!("{NOTHING} lets"));
            let hint = hint.trim_end_matches([',', '.', ' ']);
            if hint.is_empty() { Vec::new() } else { vec![format!("{}: {hint}{long}.", field.label)] }
        }
        Input::Choice { all, .. } => {
            let names: Vec<String> =
                all.iter().enumerate().map(|(at, choice)| format!("{} {}", at + 1, spoken(&choice.label))).collect();
            vec![format!("{}: {}.", field.label, names.join(", "))]
        }
        Input::Pick(pick) => {
            let mut lines = vec![format!("{}: a number, or the beginning of a name.", field.label)];
            lines.extend(choices(pick));
            lines
        }
    }
}

fn choices(pick: &Pick) -> Vec<String> {
    let shown = pick.shown();
    let number = numbered(&pick.all);
    let line = |(at, place): (usize, &usize)| {
        let Choice { label, note, .. } = &pick.all[*place];
        let note = if note.is_empty() { String::new() } else { format!(", {}", spoken(note)) };
        let number = if number { format!("{}. ", at + 1) } else { String::new() };
        format!("{number}{}{note}", spoken(label))
    };
    let mut lines: Vec<String> = shown.iter().enumerate().take(CHOICES).map(line).collect();
    if shown.len() > CHOICES {
        lines.push(format!("and {} more: write a part of the name", shown.len() - CHOICES));
    }
    lines
}

fn jump(model: &Model, jump: &Jump, before: &Seen) -> Vec<String> {
    let found: Vec<_> = jump.found.iter().map(|row| row.summary.id).collect();
    if before.over == Over::Jump(found, jump.asked.is_known()) {
        return Vec::new();
    }
    if !jump.asked.is_known() {
        return vec![format!("The last characters of a VIN, {LEAST} or more; a full stop alone leaves.")];
    }
    if jump.found.is_empty() {
        return vec![format!("No VIN ends with `{}`.", jump.text.content())];
    }
    let mut lines: Vec<String> = jump
        .found
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let summary = &row.summary;
            let step = model.house.policy_of(summary.scope.as_deref()).step(&summary.step);
            let step = step.map_or(summary.step.as_str(), |step| &step.title);
            let owner = summary.owner.as_ref().map_or("nobody", Login::as_str);
            format!("{}. {}, {step}, owner {owner}", at + 1, summary.vin)
        })
        .collect();
    if jump.asked.has_more() {
        lines.push("and more: write more of the VIN".to_owned());
    }
    lines
}

fn ask(ask: &Ask) -> Vec<String> {
    let mut lines = vec![format!("{}.", spoken(&ask.title))];
    lines.extend(ask.lines.iter().map(|line| spoken(line)));
    lines
}

fn bulk(bulk: &Bulk, before: &Seen, model: &Model) -> Vec<String> {
    let mut lines = match bulk.phase {
        Phase::Asked(_) | Phase::Running => vec![format!("{}.", spoken(&bulk.title))],
        // The outcome has named it.
        Phase::Over => Vec::new(),
    };
    match bulk.phase {
        Phase::Asked(_) => lines.extend(bulk.lines.iter().map(|line| spoken(line))),
        Phase::Running => lines.push(format!("{} of {} so far.", bulk.answered(), bulk.total)),
        Phase::Over => {
            lines.extend(done(before, model));
            lines.extend(bulk.refused.iter().map(|(tail, why)| format!("{tail}: refused, {}", spoken(why))));
            if !bulk.refused.is_empty() {
                lines.push("Those refused stay marked.".to_owned());
            }
        }
    }
    lines
}

/// After an act on many: what was done, record by record. A record that was done has lost its mark.
fn done(before: &Seen, model: &Model) -> Vec<String> {
    if !matches!(before.over, Over::Bulk(false) | Over::Form(..)) {
        return Vec::new();
    }
    let marks = marks(model);
    let done = before.marks.iter().filter(|(meant, _)| !marks.contains_key(meant));
    done.map(|(_, tail)| format!("{tail}: done")).collect()
}

/// The settings, each with what it is set to.
fn settings(model: &Model, open: &Settings) -> Vec<String> {
    let row = |(at, setting): (usize, Setting)| {
        format!("{}. {}: {}, {}", at + 1, setting.title(), setting.value(model), spoken(setting.about(model)))
    };
    let mut lines = vec!["Settings.".to_owned()];
    lines.extend(Setting::ALL.into_iter().enumerate().map(row));
    lines.extend(open.told.as_ref().map(|(told, _)| spoken(told)));
    lines.extend(model.chosen.faults.iter().map(|fault| spoken(fault)));
    lines
}

fn lines(lines: &Lines) -> Vec<String> {
    if !lines.prose.is_empty() {
        let paragraphs = lines.prose.iter().filter(|paragraph| !paragraph.is_empty());
        return std::iter::once(format!("{}, whole.", spoken(&lines.title)))
            .chain(paragraphs.map(|paragraph| spoken(paragraph)))
            .collect();
    }
    let Some((base, ours)) = &lines.sides else { return vec!["The messages are being read.".to_owned()] };
    let mut read = vec![format!("{}, the messages' own lines.", spoken(&lines.title))];
    let shown = if lines.address.is_some() { &[base, ours][..] } else { &[base] };
    for side in shown {
        let Side { from, lines } = side;
        read.push(format!("{}:", spoken(from)));
        read.extend(
            lines.iter().map(
                |(text, here)| {
                    if *here { format!("this entry: {}", text.trim()) } else { text.trim().to_owned() }
                },
            ),
        );
    }
    read
}

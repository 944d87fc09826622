//! The verb `show`: a record as people read it, and as programs do.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::args::{Format, ShowArgs};
use super::certificate;
use super::context::{self, Context};
use super::exceptions::read_filter;
use super::fold::{beside, fitted};
use super::json;
use super::listed;
use super::output::{Table, room};
use super::revisions::{self, Revised};
use crate::config::place::Place;
use crate::config::settings::Settings;
use crate::domain::address::Address;
use crate::domain::approval::Status;
use crate::domain::catalogue::Catalogue;
use crate::domain::certificate::{Change, ChangeKind, Origin, manufactured};
use crate::domain::checks::{Finding, Grade, Graded, Regraded};
use crate::domain::dossier::Dossier;
use crate::domain::envelope::Strokes;
use crate::domain::event::Event;
use crate::domain::manufacturers;
use crate::domain::moment::Moment;
use crate::domain::queue::{QueueName, Sort};
use crate::domain::record::Record;
use crate::domain::since;
use crate::domain::summary::Summary;
use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};
use crate::store::{PageQuery, Row};

pub fn show(context: &mut Context, args: &ShowArgs) -> Result<(), Failure> {
    let id = context.record(&args.vin)?;
    if let (true, Some(stage)) = (args.message, args.stage) {
        let bytes = context.desk.received(id, stage)?;
        return Ok(context.out.bytes(&bytes)?);
    }
    if let Some(number) = args.answer_file {
        let (_, bytes) = context.desk.answer_file(id, number)?;
        return Ok(context.out.bytes(&bytes)?);
    }
    let now = context::now();
    let dossier = context.desk.dossier(id, now)?;
    let catalogue = context.desk.catalogue();
    let gradings = context.desk.gradings(dossier.policy)?;
    if let Some(stage) = args.stage
        && stage != dossier.record.build_stage
        && !dossier.record.stages.iter().any(|received| received.number == stage)
    {
        return Err(Failure::new(Kind::NotFound, format!("the record has no build stage {stage}")));
    }
    if let (true, Some(stage)) = (args.changes, args.stage.filter(|stage| *stage < dossier.record.build_stage)) {
        let revisions = revisions::of_stage(context, &dossier.record, stage)?;
        if revisions.is_empty() {
            context.out.say(&format!("the message of stage {stage} came once: there is nothing to compare it with"));
        }
        if context.out.format == Format::Table {
            return Ok(context.out.text(&listed::revisions(&revisions, catalogue, room()))?);
        }
        let table = revisions::table(&revisions, catalogue);
        return Ok(context.out.list(&table, &revisions::values(&revisions, catalogue))?);
    }
    if args.changes {
        if context.out.format == Format::Table {
            return Ok(context.out.text(&changes(&dossier, catalogue))?);
        }
        return Ok(context.out.list(&change_table(&dossier, catalogue), &json::changes(&dossier, catalogue))?);
    }
    if args.findings {
        if context.out.format == Format::Table {
            context.out.text(&listed::findings(&dossier, &gradings, catalogue, room()))?;
        } else {
            let table = finding_table(&dossier, &gradings, catalogue);
            context.out.list(&table, &json::findings(&dossier.findings, &gradings, catalogue))?;
        }
        switched_off(context, &gradings);
        return Ok(());
    }
    if args.history {
        if context.out.format == Format::Table {
            return Ok(context.out.text(&listed::history(&dossier.history, catalogue, room()))?);
        }
        return Ok(context.out.list(&history_table(&dossier.history), &json::history(&dossier.history))?);
    }
    if args.entries || args.stage.is_some() {
        let entries = certificate::entries(&dossier.record, &dossier.certificate, args.stage, catalogue);
        if context.out.format == Format::Table {
            return Ok(context.out.text(&certificate::text(&entries, catalogue))?);
        }
        let table = certificate::table(&entries, catalogue);
        return Ok(context.out.list(&table, &certificate::values(&entries, catalogue))?);
    }
    let record = &dossier.record;
    let Row { summary: line, unread } = queue_row(context, record, now)?;
    let revisions = revisions::of_record(context, record)?;
    let whole = json::dossier(&dossier, &revisions, &gradings, &line, unread, catalogue, now.day());
    let table = change_table(&dossier, catalogue);
    context.out.one(&text(&dossier, &revisions, &gradings, &line, catalogue, context), &table, &whole)?;
    context.desk.mark_seen(&context.actor.login, id, record.seq)?;
    Ok(())
}

/// The record's line as a queue has it.
fn queue_row(context: &mut Context, record: &Record, now: Moment) -> Result<Row, Failure> {
    let filter = read_filter(context, record.vin.as_str(), now.day())?;
    let who = context.actor.login.clone();
    let (queue, sort) = (QueueName::All, Sort::default());
    let query = PageQuery { queue, filter: Some(filter), sort, limit: 100, after: None, who, now };
    let row = context.desk.page(&query)?.rows.into_iter().find(|row| row.summary.id == record.id);
    row.ok_or_else(|| Failure::new(Kind::TryAgain, "the record changed while it was read; try again"))
}

pub fn described(address: &Address, catalogue: &Catalogue) -> (String, String, String) {
    let element = catalogue.element(address);
    let rows = rows_of(address);
    let title = element.map_or_else(|| address.to_string(), |element| format!("{}{rows}", element.title));
    let entry = element.and_then(|element| element.entry).unwrap_or_default().to_owned();
    (entry, title, element.and_then(|element| element.unit).unwrap_or_default().to_owned())
}

/// The rows of an address in words a person reads after a title: ` [2]`, ` [1.3]`.
pub fn rows_of(address: &Address) -> String {
    let rows: Vec<String> = address.steps().filter_map(|step| step.row).map(|row| row.to_string()).collect();
    if rows.is_empty() { String::new() } else { format!(" [{}]", rows.join(".")) }
}

/// All changes as they are, for programs.
fn change_table(dossier: &Dossier, catalogue: &Catalogue) -> Table {
    let mut table = Table::new(&["Entry", "Title", "Base", "Ours", "Unit", "Kind", "Set by", "Why", "State"]);
    for change in &dossier.certificate.changes {
        let (entry, title, unit) = described(&change.address, catalogue);
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        table.row([
            entry,
            title,
            value(&change.before),
            value(&change.ours),
            unit,
            change.kind.word().to_owned(),
            match (&change.set_by, change.origin) {
                (Some(by), _) => by.to_string(),
                (None, origin) => origin.map_or("", Origin::word).to_owned(),
            },
            change.reason.clone().unwrap_or_default(),
            state(dossier, change),
        ]);
    }
    table
}

/// The changes for people, and how many entries are left out.
fn changes(dossier: &Dossier, catalogue: &Catalogue) -> String {
    let (mut text, told) = listed::changes(dossier, catalogue, room());
    let silent = dossier.certificate.changes.len() - told;
    // Writing to a String cannot fail.
    let _ = writeln!(text, "({silent} more entries are inherited or copied: `show {} --entries`)", dossier.record.vin);
    text
}

pub fn worth_telling(dossier: &Dossier, change: &Change) -> bool {
    let quiet = matches!(change.kind, ChangeKind::Inherited | ChangeKind::Copied);
    let doubted = || {
        dossier
            .findings
            .iter()
            .any(|finding| finding.grade >= Grade::Warn && finding.address.as_ref() == Some(&change.address))
    };
    !quiet || json::since_signed(dossier, change) || change.exception.is_some() || doubted()
}

/// What was decided, and whether the change is new to a signer who signed before.
pub fn state(dossier: &Dossier, change: &Change) -> String {
    let decided = match (&change.confirmed, change.exception) {
        (Some(yes), _) => format!("confirmed by {}", yes.by),
        (None, Some(id)) => format!("exception {}", id.0),
        (None, None) if change.undecided => "undecided".to_owned(),
        (None, None) => String::new(),
    };
    match json::since_signed(dossier, change) {
        true if decided.is_empty() => "new since signed".to_owned(),
        true => format!("{decided}, new since signed"),
        false => decided,
    }
}

fn finding_table(dossier: &Dossier, gradings: &Gradings, catalogue: &Catalogue) -> Table {
    let mut table = Table::new(&["Grade", "Check", "Entry", "Finding", "Clause"]);
    for finding in &dossier.findings {
        let entry = finding.address.as_ref().map(|address| {
            let known = catalogue.element(address).and_then(|element| element.entry);
            known.map_or_else(|| address.to_string(), |entry| format!("{entry}{}", rows_of(address)))
        });
        table.row([
            finding.grade.word().to_owned(),
            finding.check.to_owned(),
            entry.unwrap_or_default(),
            finding.message.clone(),
            rests_on(finding, gradings),
        ]);
    }
    table
}

/// Who gave checks the grades that the policy has for them.
pub type Gradings = BTreeMap<String, Graded>;

/// What a finding rests on, and why it weighs what it weighs where a policy says so.
pub fn rests_on(finding: &Finding, gradings: &Gradings) -> String {
    let Some(Regraded { by_default, policy }) = finding.regraded else { return finding.clause.to_owned() };
    let by = gradings.get(finding.check).map_or_else(|| format!("policy {policy}"), graded_by);
    format!("{}; {} by {by}, {} by default", finding.clause, finding.grade.word(), by_default.word())
}

/// The policy that graded a check, with who applied it and why: `policy 2 (lead: weighed twice)`.
fn graded_by(graded: &Graded) -> String {
    let why = graded.reason.as_ref().map_or_else(String::new, |reason| format!(": {}", visible(reason)));
    let by = graded.by.as_ref().map_or_else(String::new, |by| format!(" ({by}{why})"));
    format!("policy {}{by}", graded.policy)
}

/// Says which checks did not run, and who switched them off.
fn switched_off(context: &Context, gradings: &Gradings) {
    for (check, graded) in gradings.iter().filter(|(_, graded)| graded.grade == Grade::Off) {
        context.out.say(&format!("{check} was not run: switched off by {}", graded_by(graded)));
    }
}

/// A history as people read it: one line for each thing that changed.
pub fn history_table(events: &[Event]) -> Table {
    let mut table = Table::new(&["Seq", "At", "By", "Action", "What", "From", "To", "Why"]);
    for event in events {
        let by = event.via.as_ref().map_or_else(|| event.by.to_string(), |via| format!("{} (via {via})", event.by));
        let row = |what: &str, from: &str, to: &str| {
            let at = event.at.utc().format("%Y-%m-%d %H:%M:%S").to_string();
            let why = event.facts.reason.clone().unwrap_or_default();
            [event.seq.0.to_string(), at, by.clone(), event.action.clone(), what.into(), from.into(), to.into(), why]
        };
        if event.facts.lines.is_empty() {
            table.row(row("", "", ""));
        }
        for line in &event.facts.lines {
            table.row(row(&line.what, line.from.as_deref().unwrap_or("–"), line.to.as_deref().unwrap_or("–")));
        }
    }
    table
}

fn text(
    dossier: &Dossier,
    revisions: &BTreeMap<u8, Vec<Revised>>,
    gradings: &Gradings,
    line: &Summary,
    catalogue: &Catalogue,
    context: &Context,
) -> String {
    let record = &dossier.record;
    let (today, width) = (context.today(), room());
    let mut text = String::new();
    let or = |value: &Option<String>| value.as_deref().map_or("–".to_owned(), |value| visible(value).into_owned());
    let owner = record.owner.as_ref().map_or("nobody".to_owned(), ToString::to_string);
    let due = line
        .due
        .map_or(String::new(), |due| format!(", due {due}{}", if line.overdue_on(today) { " (overdue)" } else { "" }));
    let mut put = |label: &str, value: String| {
        text.push_str(&beside(label, 11, &value, width));
    };
    put("VIN", record.vin.to_string());
    for stage in &record.stages {
        let value = |address: &str| visible(stage.content.value(address).unwrap_or("–")).into_owned();
        put(
            &format!("stage {}", stage.number),
            format!(
                "{} · {} · {} {} {} · revision {} · seal {}",
                value("StageOfCompletion"),
                value("TypeApprovalNumber"),
                value("Type"),
                value("Variant"),
                value("Version"),
                stage.revision,
                visible(&stage.signature)
            ),
        );
        let named = manufacturers::groups(&stage.content);
        if named.len() > 1 {
            let or = |text: Option<&str>| visible(text.unwrap_or("–")).into_owned();
            let named = named.iter().map(|group| format!("{} {}", or(group.stage), or(group.name)));
            put("", format!("names {}", named.collect::<Vec<_>>().join(", ")));
        }
        if let Some(last) = revisions.get(&stage.number).and_then(|revisions| revisions.last()) {
            let count = last.differences.len();
            let see = format!("`show {} --stage {} --changes`", record.vin, stage.number);
            put("", format!("came again on {}: {count} entries differ, see {see}", stage.received_at.day()));
        }
    }
    let ours = format!(
        "{} · {} · {} {} {} · message version {}",
        dossier.certificate.value("StageOfCompletion").unwrap_or("–"),
        or(&line.approval),
        or(&line.vehicle_type),
        or(&line.variant),
        or(&line.version_code),
        record.version
    );
    put(&format!("stage {}", record.build_stage), format!("{ours} (ours)"));
    let named = dossier.approvals.iter().find(|approval| Some(approval.number.as_str()) == line.approval.as_deref());
    let standing = named.map(|approval| approval.standing_for(manufactured(record)));
    if let Some(standing) = standing.filter(|standing| standing.status != Status::Valid) {
        let why = standing.reason.as_deref().map_or(String::new(), |why| format!(" ({})", visible(why)));
        put("approval", format!("{} is {}{why}", or(&line.approval), standing.in_words()));
    }
    put(
        "build",
        format!("{} · category {} · bodywork {}", list_or_dash(&line.options), or(&line.category), or(&line.bodywork)),
    );
    put("step", format!("{}, owner {owner}{due}", record.step));
    if let Some(hold) = record.hold.as_ref().filter(|_| record.held_on(today)) {
        let until = hold.until.map_or(String::new(), |until| format!(" until {until}"));
        put("on hold", format!("{}{until} ({})", visible(&hold.reason), hold.by));
    }
    for signoff in record.signoffs.iter().filter(|signoff| signoff.version == record.version) {
        let void = if json::holds(signoff, dossier) {
            ""
        } else if since::has_other_form(signoff, &dossier.certificate) {
            " — void, the message has another form now"
        } else {
            " — void, the content changed or it was returned"
        };
        put("signed", format!("{}: {} by {}{void}", signoff.checkpoint, visible(&signoff.meaning), signoff.by));
    }
    if let Some(since) = &dossier.since {
        put("new", since.words());
    }
    for release in &record.releases {
        put("released", format!("version {} · {} · {}", release.version, release.reference, release.sealed_at));
        for stage in record.stages_changed_since(release) {
            put("", format!("a message of stage {stage} came in after this release: it rests on another content"));
        }
        for (number, receipt) in (1..).zip(&record.receipts).filter(|(_, one)| one.version == release.version) {
            let (answer, text) = (receipt.answer.word(), visible(&receipt.text));
            put("", format!("{answer} by the authority, recorded by {} on {}: {text}", receipt.by, receipt.at));
            if let Some(file) = &receipt.file {
                put(
                    "",
                    format!("in the file {}, see `show {} --answer-file {number}`", visible(&file.name), record.vin),
                );
            }
        }
    }
    // Writing to a String cannot fail.
    let _ = write!(text, "\nChanges\n{}", changes(dossier, catalogue));
    if !dossier.envelope.is_empty() {
        let ascii = Place::of_person().is_some_and(|place| Settings::read(&place.settings).0.ascii);
        let strokes = if ascii { Strokes::PLAIN } else { Strokes::FANCY };
        let _ = write!(text, "\nEnvelope\n{}", listed::envelope(dossier, catalogue, &strokes, width));
    }
    if !dossier.findings.is_empty() {
        let _ = write!(text, "\nFindings\n{}", listed::findings(dossier, gradings, catalogue, width));
    }
    if !record.exceptions.is_empty() {
        let _ = write!(text, "\nExceptions\n{}", listed::exceptions(dossier, today, width));
    }
    if dossier.readiness.is_empty() {
        let _ = writeln!(text, "\nReady: nothing stands between this record and its release.");
    } else {
        let mut table = Table::new(&["Rule", "What to do", "Who"]);
        for one in &dossier.readiness {
            let who: Vec<&str> = one.who.iter().map(|role| role.word()).collect();
            table.row([one.rule.clone(), one.what.clone(), who.join(", ")]);
        }
        let _ = write!(text, "\nNot ready\n{}", fitted(&table, width));
    }
    text
}

fn list_or_dash(list: &[String]) -> String {
    if list.is_empty() { "–".to_owned() } else { visible(&list.join(" ")).into_owned() }
}

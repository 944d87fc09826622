//! The verbs that act on records: each record decided on its own, with a line or an object for its outcome.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::args::{FlagArgs, ReceiptArgs, SetArgs, TakeArgs};
use super::context::{self, Context};
use super::named;
use super::outcomes::{Outcomes, Told};
use crate::bounded;
use crate::domain::action::{Action, AnswerFile, CameBack, Given};
use crate::domain::identity::Digest;
use crate::domain::receipt::{Answer, Enclosed, LARGEST_FILE};
use crate::domain::visible::quoted;
use crate::failure::{Failure, Kind};
use crate::store::{Act, Applied, Outcome, Target};

/// Applies one act to one record, and answers what came of it.
pub fn act(context: &mut Context, target: Target, action: &Action) -> Result<Applied, Failure> {
    let act =
        Act { actor: &context.actor, target, action, seen: None, request: context::request(), now: context::now() };
    Ok(context.desk.apply(&act)?)
}

/// The same act on every VIN.
pub fn on_each(context: &mut Context, vins: &[String], action: &Action) -> Result<(), Failure> {
    on_each_told(context, vins, action, &tell)
}

fn on_each_told(
    context: &mut Context,
    vins: &[String],
    action: &Action,
    tell: &dyn Fn(&mut Context, &Applied) -> Result<Told, Failure>,
) -> Result<(), Failure> {
    let vins = named::vins(vins)?;
    let mut outcomes = Outcomes::of_records(vins.len(), &context.out);
    for vin in vins {
        let read = vin.read().and_then(context::read_vin);
        let outcome = read.and_then(|vin| act(context, Target::Vin(vin), action));
        let told = outcome.and_then(|applied| tell(context, &applied));
        outcomes.add(vin.told(), told);
    }
    outcomes.print(&context.out)
}

/// Where a record stands after an act, in words and for programs.
fn tell(context: &mut Context, applied: &Applied) -> Result<Told, Failure> {
    let dossier = context.desk.dossier(applied.record, context::now())?;
    let record = &dossier.record;
    let owner = record.owner.as_ref().map_or("unowned".to_owned(), |owner| format!("owner {owner}"));
    let changed = applied.outcome != Outcome::Unchanged;
    let what = if changed { "" } else { "nothing to do; " };
    let undecided = dossier.certificate.changes.iter().filter(|change| change.undecided).count();
    let left = match undecided {
        0 => String::new(),
        1 => ", 1 change undecided".to_owned(),
        many => format!(", {many} changes undecided"),
    };
    let done = dossier.history.last().filter(|event| changed && event.seq == applied.seq);
    let undone = done.and_then(|event| event.facts.undoes);
    let back = dossier.history.iter().find(|event| Some(event.seq) == undone);
    let back = back.map_or(String::new(), |event| format!("`{}` of event {} undone; ", event.action, event.seq.0));
    let detail = format!("{what}{back}{}, {owner}{left}", record.step);
    let more = json!({
        "seq": applied.seq, "changed": changed, "step": record.step, "owner": record.owner, "undecided": undecided,
        "undoes": undone,
    });
    Ok((detail, more))
}

pub fn take(context: &mut Context, args: TakeArgs) -> Result<(), Failure> {
    let action = Action::Assign { to: Some(context.actor.login.clone()), reason: args.reason };
    on_each(context, &args.vins, &action)
}

pub fn assign(context: &mut Context, vins: &[String], to: &str, reason: Option<String>) -> Result<(), Failure> {
    let action = Action::Assign { to: Some(context::read_login(to)?), reason };
    on_each(context, vins, &action)
}

pub fn sign(
    context: &mut Context,
    vins: &[String],
    checkpoint: String,
    meaning: Option<String>,
) -> Result<(), Failure> {
    on_each(context, vins, &Action::Sign { checkpoint: Some(checkpoint), meaning })
}

pub fn advance(context: &mut Context, vins: &[String], reason: Option<String>) -> Result<(), Failure> {
    on_each(context, vins, &Action::Advance { reason })
}

pub fn send_back(context: &mut Context, vins: &[String], to: String, reason: String) -> Result<(), Failure> {
    on_each(context, vins, &Action::Return { to, reason })
}

pub fn hold(context: &mut Context, vins: &[String], reason: String, until: Option<&str>) -> Result<(), Failure> {
    let until = until.map(context::read_date).transpose()?;
    on_each(context, vins, &Action::Hold { reason, until })
}

pub fn resume(context: &mut Context, vins: &[String], reason: Option<String>) -> Result<(), Failure> {
    on_each(context, vins, &Action::Resume { reason })
}

pub fn note(context: &mut Context, vins: &[String], text: String) -> Result<(), Failure> {
    on_each(context, vins, &Action::Note { text })
}

/// Takes back the actor's last act on each record; without one, their last act on the desk.
pub fn undo(context: &mut Context, vins: &[String]) -> Result<(), Failure> {
    if !vins.is_empty() {
        return on_each(context, vins, &Action::Undo);
    }
    let last = context.desk.last_act(&context.actor.login.clone())?;
    match last.and_then(|event| event.record) {
        Some((_, vin)) => on_each(context, &[vin.to_string()], &Action::Undo),
        None => Err(Failure::new(Kind::Refused, "you did nothing on this desk that could be undone").rule("undo")),
    }
}

pub fn set(context: &mut Context, args: SetArgs) -> Result<(), Failure> {
    let action = match &args.remove_row {
        Some(row) => {
            let row = context.desk.catalogue().row(row);
            let row = row.map_err(|fault| Failure::new(Kind::Usage, fault.to_string()))?;
            Action::RemoveRow { row, reason: args.reason }
        }
        None => Action::SetValues { values: read_values(context, &args.values)?, reason: args.reason },
    };
    on_each(context, &[args.vin], &action)
}

fn read_values(
    context: &Context,
    typed: &[String],
) -> Result<BTreeMap<crate::domain::address::Address, Option<Given>>, Failure> {
    let mut values = BTreeMap::new();
    for one in typed {
        let (address, value) = one.split_once('=').ok_or_else(|| {
            Failure::new(Kind::Usage, format!("`{}` is not ADDRESS=VALUE", quoted(one)))
                .hint("as in 13.2=3310, or MassGroup/ActualMass=3310")
        })?;
        let address = context.address(address)?;
        let given = match value {
            "" => None,
            "=" => Some(Given::Same),
            value => Some(Given::Value(value.to_owned())),
        };
        if values.insert(address.clone(), given).is_some() {
            return Err(Failure::new(Kind::Usage, format!("{address} is given twice")).at(address.as_str()));
        }
    }
    Ok(values)
}

/// Confirms changes of a record; with `all` every clean one, and `rest` names more records.
pub fn confirm(context: &mut Context, vin: String, rest: Vec<String>, all: bool) -> Result<(), Failure> {
    if all {
        let vins: Vec<String> = std::iter::once(vin).chain(rest).collect();
        return on_each(context, &vins, &Action::Confirm { addresses: None });
    }
    let catalogue = context.desk.catalogue();
    let read = |text: &String| catalogue.row(text).or_else(|_| catalogue.address(text));
    let addresses: Result<Vec<_>, _> = rest.iter().map(read).collect();
    let addresses = addresses.map_err(|fault| Failure::new(Kind::NotFound, fault.to_string()))?;
    on_each(context, &[vin], &Action::Confirm { addresses: Some(addresses) })
}

pub fn flag(context: &mut Context, args: FlagArgs) -> Result<(), Failure> {
    let at = args.at.as_deref().map(|at| context.address(at)).transpose()?;
    let to = args.to.as_deref().map(context::read_login).transpose()?;
    let blocking = match (args.blocking, args.minor) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    on_each(context, &args.vins, &Action::Flag { kind: args.kind, at, blocking, text: args.text, to })
}

/// Records what came back from the authority: the same answer for every VIN, each for its own released version.
pub fn receipt(context: &mut Context, args: ReceiptArgs) -> Result<(), Failure> {
    let answer = if args.accepted { Answer::Accepted } else { Answer::Rejected };
    let file = args.file.as_deref().map(answer_file).transpose()?;
    let version = args.version;
    let came = CameBack { version, answer, text: args.text, file };
    on_each_told(context, &args.vins, &Action::Receipt(came), &|context, applied| {
        tell_receipt(context, applied, version)
    })
}

fn answer_file(path: &Path) -> Result<AnswerFile, Failure> {
    let bytes = bounded::read(path, LARGEST_FILE).map_err(|fault| {
        context::unreadable(path, &fault).hint("record the answer without it, and say in the text where it is kept")
    })?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(AnswerFile { named: Enclosed { name, sha256: Digest::of(&bytes) }, bytes })
}

/// The answer that counts now for the version, the newest where none is named, and what became of exceptions by it.
fn tell_receipt(context: &mut Context, applied: &Applied, version: Option<u8>) -> Result<Told, Failure> {
    let dossier = context.desk.dossier(applied.record, context::now())?;
    let changed = applied.outcome != Outcome::Unchanged;
    let done = dossier.history.last().filter(|event| changed && event.seq == applied.seq);
    let settled: Vec<_> = done.map(|event| event.settled().collect()).unwrap_or_default();
    let version = version.or(dossier.record.releases.last().map(|release| release.version));
    let last = version.and_then(|version| dossier.record.answer_to(version));
    let raised = last.filter(|_| changed).and_then(|receipt| receipt.exception);
    let mut detail = if changed { String::new() } else { "nothing to do; ".to_owned() };
    if let Some(receipt) = last {
        detail.push_str(&format!("version {} {}", receipt.version, receipt.answer.word()));
    }
    if let Some(id) = raised {
        detail.push_str(&format!(", exception {} raised", id.0));
    }
    for id in &settled {
        detail.push_str(&format!(", exception {} settled", id.0));
    }
    let more = json!({
        "seq": applied.seq, "changed": changed, "version": version,
        "outcome": last.map(|receipt| receipt.answer.word()), "exception": raised, "settled": settled,
    });
    Ok((detail, more))
}

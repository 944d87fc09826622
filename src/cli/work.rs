//! The verbs that act on records: each record decided on its own, with a line or an object for its outcome.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::args::{FlagArgs, SetArgs, TakeArgs};
use super::context::{self, Context};
use super::output::Table;
use crate::domain::action::{Action, Given, Settle};
use crate::domain::identity::{ExceptionId, Login};
use crate::failure::{Failure, Kind};
use crate::store::{Act, Applied, Outcome, Target};

/// Applies one act to one record, and answers what came of it.
fn act(context: &mut Context, target: Target, action: &Action) -> Result<Applied, Failure> {
    let act =
        Act { actor: &context.actor, target, action, seen: None, request: context::request(), now: context::now() };
    Ok(context.desk.apply(&act)?)
}

/// What became of each of several records.
#[derive(Default)]
pub struct Outcomes {
    table: Table,
    json: Vec<Value>,
    first_failure: Option<Failure>,
}

impl Outcomes {
    /// No outcome yet.
    pub fn new() -> Self {
        Outcomes { table: Table::new(&["VIN", "Outcome", "Detail"]), ..Outcomes::default() }
    }

    /// Notes what became of one record.
    pub fn add(&mut self, vin: &str, outcome: Result<(String, Value), Failure>) {
        match outcome {
            Ok((detail, more)) => {
                self.table.row([vin.to_owned(), "done".to_owned(), detail]);
                let mut object = json!({"vin": vin, "ok": true});
                if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
                    object.extend(more);
                }
                self.json.push(object);
            }
            Err(failure) => {
                let who = failure.hints.join("; ");
                let told = failure.told();
                let detail = if who.is_empty() { told } else { format!("{told} ({who})") };
                self.table.row([vin.to_owned(), failure.kind.word().to_owned(), detail]);
                self.json.push(json!({
                    "vin": vin, "ok": false,
                    "error": {"kind": failure.kind.word(), "message": failure.message, "rule": failure.rule,
                              "address": failure.address, "hints": failure.hints},
                }));
                self.first_failure.get_or_insert(failure);
            }
        }
    }

    /// Prints every outcome, and fails as the first record that failed did.
    pub fn print(self, context: &Context) -> Result<(), Failure> {
        context.out.list(&self.table, &self.json)?;
        self.first_failure.map_or(Ok(()), Err)
    }
}

/// The same act on every VIN.
fn on_each(context: &mut Context, vins: &[String], action: &Action) -> Result<(), Failure> {
    let vins = context::read_vins(vins)?;
    let mut outcomes = Outcomes::new();
    for vin in vins {
        let outcome = context::read_vin(&vin).and_then(|vin| act(context, Target::Vin(vin), action));
        let told = outcome.and_then(|applied| tell(context, &applied));
        outcomes.add(&vin, told);
    }
    outcomes.print(context)
}

/// Where a record stands after an act, in words and for programs.
fn tell(context: &mut Context, applied: &Applied) -> Result<(String, Value), Failure> {
    let dossier = context.desk.dossier(applied.record, context::now())?;
    let record = &dossier.record;
    let owner = record.owner.as_ref().map_or("unowned".to_owned(), |owner| format!("owner {owner}"));
    let changed = applied.outcome != Outcome::Unchanged;
    let what = if changed { "" } else { "nothing to do; " };
    let undecided = dossier.certificate.changes.iter().filter(|change| change.undecided).count();
    let left = if undecided == 0 { String::new() } else { format!(", {undecided} changes undecided") };
    let detail = format!("{what}{}, {owner}{left}", record.step);
    let more = json!({
        "seq": applied.seq, "changed": changed, "step": record.step, "owner": record.owner, "undecided": undecided,
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

pub fn resume(context: &mut Context, vins: &[String]) -> Result<(), Failure> {
    on_each(context, vins, &Action::Resume)
}

pub fn note(context: &mut Context, vin: String, text: String) -> Result<(), Failure> {
    on_each(context, &[vin], &Action::Note { text })
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
            Failure::new(Kind::Usage, format!("`{one}` is not ADDRESS=VALUE"))
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

pub fn confirm(context: &mut Context, vin: String, addresses: &[String], all: bool) -> Result<(), Failure> {
    let addresses = if all {
        None
    } else {
        let read =
            |text: &String| context.desk.catalogue().row(text).or_else(|_| context.desk.catalogue().address(text));
        let read: Result<Vec<_>, _> = addresses.iter().map(read).collect();
        Some(read.map_err(|fault| Failure::new(Kind::NotFound, fault.to_string()))?)
    };
    on_each(context, &[vin], &Action::Confirm { addresses })
}

pub fn flag(context: &mut Context, args: FlagArgs) -> Result<(), Failure> {
    let at = args.at.as_deref().map(|at| context.address(at)).transpose()?;
    let to = args.to.as_deref().map(context::read_login).transpose()?;
    let blocking = match (args.blocking, args.minor) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    on_each(context, &[args.vin], &Action::Flag { kind: args.kind, at, blocking, text: args.text, to })
}

/// Does something about one exception.
pub fn settle(context: &mut Context, id: i64, how: Settle) -> Result<(), Failure> {
    let id = ExceptionId(id);
    let record = context.desk.exception_record(id)?;
    let applied = act(context, Target::Record(record), &Action::Settle { id, how })?;
    let dossier = context.desk.dossier(applied.record, context::now())?;
    let mut outcomes = Outcomes::new();
    let state = dossier.record.exceptions.iter().find(|one| one.id == id).map_or("gone", |one| one.state.word());
    let more = json!({"seq": applied.seq, "id": id, "state": state});
    outcomes.add(dossier.record.vin.as_str(), Ok((format!("exception {} is {state}", id.0), more)));
    outcomes.print(context)
}

/// An exception's new owner, as typed.
pub fn settle_assign(to: &str) -> Result<Settle, Failure> {
    let to: Login = context::read_login(to)?;
    Ok(Settle::Assign { to })
}

/// A waiver, as typed.
pub fn settle_waive(text: String, until: Option<&str>) -> Result<Settle, Failure> {
    Ok(Settle::Waive { text, until: until.map(context::read_date).transpose()? })
}

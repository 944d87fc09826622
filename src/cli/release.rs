//! The verbs about messages that go out: `release`, `message`, `verify`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::Global;
use super::context::{self, Context};
use super::named;
use super::outcomes::Outcomes;
use super::output::{Out, Table};
use super::terminal;
use crate::bounded;
use crate::domain::identity::Digest;
use crate::failure::{Failure, Kind};
use crate::issuing;
use crate::ivi;
use crate::ivi::key::SealKey;
use crate::ivi::limits;
use crate::ivi::verify::Verified;
use crate::store::StoreError;

pub fn release(context: &mut Context, vins: &[String], key: Option<&Path>) -> Result<(), Failure> {
    let vins = named::vins(vins)?;
    let settings = terminal::settings(&context.out);
    let mut seal_key: Option<Result<SealKey, Failure>> = None;
    let mut outcomes = Outcomes::of_records(vins.len(), &context.out);
    for vin in vins {
        let found = vin.read().and_then(|vin| context.record(vin));
        let released = found.and_then(|id| {
            // Who may not release is told so before anybody looks for a key.
            issuing::may_release(&mut context.desk, &context.actor, id, context::now())?;
            let (path, demo) = (context.desk.path(), context.desk.is_demo());
            let key = seal_key
                .get_or_insert_with(|| {
                    issuing::key(key, settings.seal.as_deref(), path, demo, key_password).map_err(Failure::from)
                })
                .as_ref()
                .map_err(Clone::clone)?;
            Ok(issuing::release(&mut context.desk, &context.actor, id, key, context::now(), None)?)
        });
        outcomes.add(
            vin.told(),
            released.map(|released| {
                let detail = format!("released version {} as {}", released.version, released.reference);
                let more =
                    json!({"version": released.version, "reference": released.reference, "sha256": released.sha256});
                (detail, more)
            }),
        );
    }
    outcomes.print(&context.out)
}

/// The password of the key file: from the environment, so that it stands in no command line.
pub fn key_password() -> Option<String> {
    std::env::var("STAGEPLATE_KEY_PASSWORD").ok()
}

pub fn message(context: &mut Context, vin: &str, version: Option<u8>, draft: bool) -> Result<(), Failure> {
    let id = context.record(vin)?;
    if draft {
        let now = context::now();
        let dossier = context.desk.dossier(id, now)?;
        let bytes = issuing::draft(&dossier, &context.actor.login, context::request(), now)?;
        context.out.say("this is a draft: it is not sealed and is no certificate");
        return Ok(context.out.bytes(&bytes)?);
    }
    let (_, bytes) = context.desk.released(id, version)?;
    Ok(context.out.bytes(&bytes)?)
}

/// What was looked at, whether it holds, and how it was found.
type Checked = (String, bool, String);

/// Verifies files, and the desk where it is asked for. Needs no person, and without `desk` no desk. A seal says whose
/// key made it and nothing about whether to believe them; together with the desk a file must be one of its releases.
pub fn verify(global: &Global, files: &[PathBuf], desk: bool) -> Result<(), Failure> {
    let out = Out { format: global.output, quiet: global.quiet };
    let mut checked: Vec<Checked> = Vec::new();
    let mut messages: Vec<(usize, Digest)> = Vec::new();
    for file in files {
        let bytes = bounded::read(file, limits::BYTES).map_err(|fault| context::unreadable(file, &fault))?;
        let (ok, detail) = match ivi::verify::verify(&bytes, &ivi::verify::Trust::Any, context::now().utc()) {
            Ok(Verified { certificate, .. }) => {
                messages.push((checked.len(), Digest::of(&bytes)));
                let (subject, print) = (&certificate.subject, certificate.fingerprint);
                (true, format!("the seal fits the content; its certificate is {subject}, SHA-256 {print}"))
            }
            Err(fault) => (false, fault.to_string()),
        };
        checked.push((file.display().to_string(), ok, detail));
    }
    if !messages.is_empty() && !desk {
        out.say("whether to believe the certificate is yours to say: compare its SHA-256, or verify with --desk");
    }
    if desk {
        let path = context::desk_path(global)?;
        match look_at_desk(&path, &out, &messages, &mut checked) {
            Ok(found) => checked.extend(found),
            Err(StoreError::NoDesk(path)) => return Err(StoreError::NoDesk(path).into()),
            // A desk that cannot even be read through does not hold.
            Err(fault) => checked.push((path.display().to_string(), false, fault.to_string())),
        }
    }
    let all_ok = checked.iter().all(|(_, ok, _)| *ok);
    let mut table = Table::new(&["What", "Ok", "Detail"]);
    let mut text = String::new();
    for (what, ok, detail) in &checked {
        table.row([what.clone(), if *ok { "yes" } else { "no" }.to_owned(), detail.clone()]);
    }
    text.push_str(&super::output::columns(&table));
    let values: Vec<Value> =
        checked.iter().map(|(what, ok, detail)| json!({"what": what, "ok": ok, "detail": detail})).collect();
    out.one(&text, &table, &json!({"ok": all_ok, "checked": values}))?;
    if all_ok { Ok(()) } else { Err(Failure::new(Kind::Refused, "something does not hold").rule("verify")) }
}

/// What was found on a desk; and of each message, whether it is one that the desk released.
fn look_at_desk(
    path: &Path,
    out: &Out,
    messages: &[(usize, Digest)],
    files: &mut [Checked],
) -> Result<Vec<Checked>, StoreError> {
    let mut desk = context::open_desk(path, out)?;
    for (at, sha256) in messages {
        let (_, ok, detail) = &mut files[*at];
        match desk.released_as(*sha256)? {
            Some((vin, version)) => {
                detail.push_str(&format!("; it is version {version} of {vin}, as this desk released it"));
            }
            None => {
                *ok = false;
                detail.push_str("; this desk released no such message");
            }
        }
    }
    let report = desk.verify_chain()?;
    let (seq, head) = desk.head()?;
    let detail = format!(
        "{} events, {} releases, {} messages; head {} {head}",
        report.events, report.releases, report.messages, seq.0
    );
    let mut checked = vec![(path.display().to_string(), report.faults.is_empty(), detail)];
    checked.extend(report.faults.into_iter().map(|fault| (fault.place, false, fault.what)));
    Ok(checked)
}

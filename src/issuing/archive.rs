//! The archive's side of messages: what is known of a released version, and whether it still holds, from the stored bytes to the history.
//!
//! Invariant: reads alone; what was sealed is looked at as it lies, and never written again.

use crate::domain::archive::{Known, ReleaseId, Seal, Stated, Verdict, hands};
use crate::domain::certificate::manufactured;
use crate::domain::content::Content;
use crate::domain::dossier::Dossier;
use crate::domain::moment::Moment;
use crate::domain::record::Release;
use crate::ivi::verify::{Trust, Verified, VerifyFault, verify};
use crate::ivi::{self, Certificate};
use crate::store::{Desk, StoreError};

/// What is known of a released version. Bytes that are damaged are told of in it.
///
/// # Errors
/// There is no such release; the desk cannot be read.
pub fn known(desk: &mut Desk, id: ReleaseId, now: Moment) -> Result<Known, StoreError> {
    let stated = match desk.released(id.record, Some(id.version)) {
        Ok((_, bytes)) => state(&bytes, now),
        Err(StoreError::Damaged { what }) => Err(what),
        Err(error) => return Err(error),
    };
    let dossier = desk.dossier(id.record, now)?;
    let record = &dossier.record;
    let release = record.releases.iter().find(|release| release.version == id.version);
    let stated_number = stated.as_ref().ok().and_then(|stated| stated.approval.as_deref());
    Ok(Known {
        id,
        hands: hands(record, &dossier.history, id.version),
        receipts: record.answers_to(id.version).cloned().collect(),
        others: record
            .releases
            .iter()
            .filter(|release| release.version != id.version)
            .map(|release| (release.version, release.sealed_at))
            .collect(),
        standing: stated_number.and_then(|number| standing(&dossier, number)),
        stages_since: release.map(|release| record.stages_changed_since(release)).unwrap_or_default(),
        stated,
    })
}

/// What this desk says today of an approval, where that is not simply valid.
fn standing(dossier: &Dossier, number: &str) -> Option<String> {
    match dossier.approvals.iter().find(|approval| approval.number.as_str() == number) {
        None => Some("not on this desk".to_owned()),
        Some(approval) => {
            let standing = approval.standing_for(manufactured(&dossier.record));
            (standing.status != crate::domain::approval::Status::Valid).then(|| standing.in_words())
        }
    }
}

fn state(bytes: &[u8], now: Moment) -> Result<Stated, String> {
    let content = ivi::read(bytes).map_err(|fault| fault.to_string())?.content;
    let text = |place: &str| content.value(place).map(str::to_owned);
    let seal = sealed_as(bytes, now).map_err(|fault| fault.to_string());
    Ok(Stated {
        bytes: bytes.len(),
        schema: text("Header/IviVersionNumberXsd"),
        approval: text("TypeApprovalNumber"),
        issued: text("TypeApprovalIssueDate"),
        version: ["Type", "Variant", "Version"].into_iter().filter_map(text).collect(),
        signatories: signatories(&content),
        seal: seal.map(|verified| seal_of(&verified)),
    })
}

fn signatories(content: &Content) -> Vec<String> {
    let one = |row: usize| {
        let part = |name: &str| content.value(&format!("SigningAuthorityTable[{row}]/{name}")).map(str::to_owned);
        let parts: Vec<String> =
            ["SignerName", "SignerPosition", "SignatureLocation"].into_iter().filter_map(part).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    };
    (1..).map_while(one).collect()
}

fn seal_of(verified: &Verified) -> Seal {
    let Certificate { subject, issuer, not_before, not_after, fingerprint, .. } = &verified.certificate;
    Seal {
        subject: subject.clone(),
        issuer: issuer.clone(),
        from: (*not_before).into(),
        until: (*not_after).into(),
        fingerprint: fingerprint.to_string(),
        made: verified.signing_time.map(Moment::from),
    }
}

/// The seal of a release of our own: of the strict shape that we write, by whatever certificate is beside it.
fn sealed_as(bytes: &[u8], now: Moment) -> Result<Verified, VerifyFault> {
    let any = verify(bytes, &Trust::Any, now.utc())?;
    verify(bytes, &Trust::Pinned(vec![any.certificate.fingerprint]), now.utc())
}

/// Verifies a released version: the stored bytes, the seal and its certificate, what the message says, the history.
///
/// # Errors
/// There is no such release; the desk cannot be read. What can be read and does not hold is in the verdict.
pub fn verified(desk: &mut Desk, id: ReleaseId, now: Moment) -> Result<Verdict, StoreError> {
    let mut verdict = Verdict { at: now, checks: Vec::new() };
    match desk.released(id.record, Some(id.version)) {
        Ok((release, bytes)) => {
            let told = format!("{} bytes, SHA-256 {}", bytes.len(), release.sha256);
            verdict.add("stored bytes", Ok(told));
            look_at_message(&mut verdict, &release, &bytes, now);
        }
        Err(StoreError::Damaged { what }) => verdict.add("stored bytes", Err(what)),
        Err(error) => return Err(error),
    }
    let (seq, faults) = desk.release_in_history(id)?;
    verdict.add(
        "history",
        if faults.is_empty() {
            Ok(format!("event {} tells of it, and the record is what its history left", seq.0))
        } else {
            Err(faults.join("; "))
        },
    );
    Ok(verdict)
}

fn look_at_message(verdict: &mut Verdict, release: &Release, bytes: &[u8], now: Moment) {
    let verified = match sealed_as(bytes, now) {
        Ok(verified) => verified,
        Err(fault) => return verdict.add("seal", Err(fault.to_string())),
    };
    let made = verified.signing_time.map(|time| time.format(", made %Y-%m-%d %H:%M UTC").to_string());
    verdict.add("seal", Ok(format!("the seal fits the content{}", made.unwrap_or_default())));
    verdict.add("certificate", certificate(release, &verified.certificate, now));
    verdict.add("message", says(release, &verified.content));
}

/// Whether the certificate beside the seal is the one that the release names. That it held when the seal was made is the seal's.
fn certificate(release: &Release, certificate: &Certificate, now: Moment) -> Result<String, String> {
    let Certificate { subject, fingerprint, not_after, .. } = certificate;
    if *subject != release.sealed_by {
        return Err(format!("the seal is by {subject}, the desk says {}", release.sealed_by));
    }
    let day = not_after.format("%Y-%m-%d");
    let until = if certificate.holds_at(now.utc()) {
        format!("holds until {day}")
    } else {
        format!("held when the seal was made, ended {day}")
    };
    Ok(format!("{subject}, SHA-256 {fingerprint}, {until}"))
}

/// Whether the content under the seal is that of this release.
fn says(release: &Release, content: &[u8]) -> Result<String, String> {
    let content = ivi::read(content).map_err(|fault| fault.to_string())?.content;
    let version = release.version.to_string();
    for (place, right) in
        [("Header/IviReferenceId", release.reference.as_str()), ("Header/IviVersionNumber", version.as_str())]
    {
        let said = content.value(place).unwrap_or("nothing");
        if said != right {
            return Err(format!("the message says {said} at {place}, the desk {right}"));
        }
    }
    Ok(format!("reference {} and version {version}, as the desk released it", release.reference))
}

//! Composes the message of our stage from a judged record: the content, and its bytes before the seal.

use uuid::Uuid;

use super::IssuingError;
use crate::domain::approval::{Approval, Signatory};
use crate::domain::catalogue::Catalogue;
use crate::domain::certificate::{Formalities, Rows, message_content};
use crate::domain::content::Content;
use crate::domain::dossier::Dossier;
use crate::domain::identity::Login;
use crate::domain::moment::Moment;
use crate::domain::plan::Refusal;
use crate::domain::structure;
use crate::domain::visible::quoted;
use crate::ivi::{self, Message};

/// The whole content of the record's message in work, as `signer` would release it at `at`.
///
/// # Errors
/// When nobody may sign for the approval that day (Regulation (EU) 2018/858, Article 28(1)(c)).
pub fn compose(dossier: &Dossier, signer: &Login, reference: Uuid, at: Moment) -> Result<Content, Refusal> {
    let approval = approval(dossier).ok_or_else(|| {
        Refusal::new("signatory", "the record names no approval of this desk, so nobody may sign its certificate")
            .hint("set the type-approval number, or import the approval")
    })?;
    let signatory = signatory(approval, dossier, signer, at).ok_or_else(|| {
        let what = format!("approval {} names nobody who had a hand in this record and may sign on {}", approval.number, at.day());
        Refusal::new("signatory", what)
            .hint("somebody it names must release or sign a checkpoint; or import it with a signatory whose time has begun and not ended")
    })?;
    Ok(content(dossier, Some(signatory), reference, at))
}

/// The message in work without a seal, to be looked at: what is missing is missing in it too.
///
/// # Errors
/// When a value is one that no message can hold.
pub fn draft(dossier: &Dossier, signer: &Login, reference: Uuid, at: Moment) -> Result<Vec<u8>, IssuingError> {
    let signatory = approval(dossier).and_then(|approval| signatory(approval, dossier, signer, at));
    bytes(&content(dossier, signatory, reference, at))
}

fn content(dossier: &Dossier, signatory: Option<&Signatory>, reference: Uuid, at: Moment) -> Content {
    let formal = Formalities {
        reference: reference.to_string(),
        version: dossier.record.version,
        at,
        signatory: signatory.map(|one| (one.name.clone(), one.position.clone(), one.place.clone())),
    };
    message_content(&dossier.certificate, &formal)
}

fn approval(dossier: &Dossier) -> Option<&Approval> {
    let number = dossier.record.declares("TypeApprovalNumber")?;
    dossier.approvals.iter().find(|approval| approval.number.as_str() == number)
}

/// Who signs: the one who releases, where the approval names them; else somebody it names who signed a checkpoint of this
/// content; else the first it names that this desk does not know as a person. Nobody's name stands under a certificate
/// they had no hand in.
fn signatory<'a>(approval: &'a Approval, dossier: &Dossier, signer: &Login, at: Moment) -> Option<&'a Signatory> {
    let today = || approval.signatories_on(at.day());
    let signed = |login: &Login| {
        let hash = dossier.certificate.hash;
        dossier.record.signoffs.iter().any(|signoff| signoff.by == *login && signoff.holds_for(hash))
    };
    today()
        .find(|one| one.login.as_ref() == Some(signer))
        .or_else(|| today().find(|one| one.login.as_ref().is_some_and(signed)))
        .or_else(|| today().find(|one| one.login.is_none()))
}

/// Whether the content of a message is one the schema takes.
///
/// # Errors
/// The first element that is missing or does not fit, at its address on the desk (`rows`); the hints name the others.
pub fn check_structure(catalogue: &Catalogue, content: &Content, rows: &Rows<'_>) -> Result<(), Refusal> {
    let title = |address: &crate::domain::address::Address| {
        catalogue.element(address).map_or(String::new(), |element| format!(" ({})", element.title))
    };
    let missing = structure::missing(catalogue, content);
    let misfits = structure::misfits(catalogue, content);
    let mut faults = missing
        .iter()
        .map(|address| rows.on_desk(address))
        .map(|address| {
            let text = format!("{address}{} is missing, and every message must have it", title(&address));
            (address, text)
        })
        .chain(misfits.iter().map(|(place, misfit)| {
            let (address, value) = (rows.on_desk(place), content.get(place).unwrap_or_default());
            let text = format!("{address}{}: `{}` does not fit: {misfit}", title(&address), quoted(value));
            (address, text)
        }));
    let Some((address, first)) = faults.next() else { return Ok(()) };
    Err(faults.fold(Refusal::new("structure", first).at(&address), |refusal, (_, other)| refusal.hint(other)))
}

/// The bytes of a message that says a content, before any seal.
///
/// # Errors
/// When a value is one that no message can hold.
pub fn bytes(content: &Content) -> Result<Vec<u8>, IssuingError> {
    Ok(ivi::write(&Message::from_content(content)?))
}

#[cfg(test)]
mod tests;

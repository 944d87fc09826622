//! What the reader of a record may do now, asked of the one judge of every act, and why not in words.

use std::collections::BTreeMap;

use super::Opened;
use crate::app::model::House;
use crate::domain::action::{Action, CameBack, Settle};
use crate::domain::address::Address;
use crate::domain::certificate::Case;
use crate::domain::dossier::Dossier;
use crate::domain::exception::Exception;
use crate::domain::moment::Moment;
use crate::domain::person::Actor;
use crate::domain::plan::{self, Refusal};
use crate::domain::receipt::Answer;

/// What stands for words that would be written once an act is done: what may be done is asked before they are there.
pub const WORDS: &str = "words";

/// Asks the one judge of every act what the reader may do now. Texts that would be written then are stood in for.
pub(super) fn judge(dossier: &Dossier, house: &House, who: &Actor, now: Moment) -> BTreeMap<&'static str, String> {
    let case = case(dossier, house, now);
    let words = || WORDS.to_owned();
    let policy = house.policy_of(dossier.record.scope.as_deref());
    let kind = policy.exception_kinds.first().map_or_else(words, |kind| kind.name.clone());
    let first = policy.steps.first().map_or_else(words, |step| step.name.clone());
    let mut refused = BTreeMap::new();
    let mut ask = |command: &'static str, action: Action| match plan::plan(&case, who, &action, 0) {
        Ok(planned) => Some(planned),
        Err(refusal) => {
            refused.insert(command, in_words(&refusal));
            None
        }
    };
    let reason = || Some(words());
    ask("take", Action::Assign { to: Some(who.login.clone()), reason: reason() });
    ask("assign", Action::Assign { to: None, reason: reason() });
    ask("confirm", Action::Confirm { addresses: Some(Vec::new()) });
    ask("edit", Action::SetValues { values: BTreeMap::new(), reason: words() });
    ask("flag", Action::Flag { kind, at: None, blocking: None, text: words(), to: None });
    ask("advance", Action::Advance { reason: None });
    ask("return", Action::Return { to: first, reason: words() });
    ask("note", Action::Note { text: words() });
    let came = CameBack { version: None, answer: Answer::Accepted, text: words(), file: None };
    ask("receipt", Action::Receipt(came));
    let held = dossier.record.held_on(now.day());
    let hold = || Action::Hold { reason: words(), until: None };
    ask("hold", if held { Action::Resume { reason: None } } else { hold() });
    let clean = ask("confirm-all", Action::Confirm { addresses: None });
    if clean.is_some_and(|planned| !planned.changed) {
        let left = dossier.certificate.changes.iter().filter(|change| change.undecided).count();
        let why = match left {
            0 => "every change is decided".to_owned(),
            _ => format!("{left} undecided, each with a finding: decide them one by one"),
        };
        refused.insert("confirm-all", why);
    }
    if let Err(refusal) = plan::may_release(&case, who) {
        refused.insert("release", in_words(&refusal));
    }
    refused
}

/// Whether the reader may settle an exception in this way.
///
/// # Errors
/// Why not, and who could.
pub fn may_settle(
    opened: &Opened,
    exception: &Exception,
    how: &Settle,
    house: &House,
    who: &Actor,
    now: Moment,
) -> Result<(), String> {
    let action = Action::Settle { id: exception.id, how: how.clone() };
    let planned = plan::plan(&case(&opened.dossier, house, now), who, &action, 0);
    planned.map(drop).map_err(|refusal| in_words(&refusal))
}

/// Whether the reader may declare a value at an entry at all.
///
/// # Errors
/// Why not, and who could.
pub fn may_declare(opened: &Opened, address: &Address, house: &House, who: &Actor, now: Moment) -> Result<(), String> {
    // Taking back what was never declared changes nothing, but is judged like any other value.
    if opened.dossier.record.declared.contains_key(address) {
        return Ok(());
    }
    let values = BTreeMap::from([(address.clone(), None)]);
    let action = Action::SetValues { values, reason: WORDS.to_owned() };
    let planned = plan::plan(&case(&opened.dossier, house, now), who, &action, 0);
    planned.map(drop).map_err(|refusal| in_words(&refusal))
}

fn case<'a>(dossier: &'a Dossier, house: &'a House, now: Moment) -> Case<'a> {
    Case {
        record: &dossier.record,
        approvals: &dossier.approvals,
        people: &house.people,
        policy: house.policy_of(dossier.record.scope.as_deref()),
        options: &dossier.options,
        catalogue: house.catalogue,
        now,
    }
}

/// A refusal in one line: what, under which rule, who could, what to do.
pub fn in_words(refusal: &Refusal) -> String {
    let mut text = format!("{} [{}]", refusal.message, refusal.rule);
    if !refusal.who.is_empty() {
        text.push_str(&format!("; could: {}", refusal.who.join(", ")));
    }
    // A hint about the command line helps nobody here.
    if let Some(hint) = refusal.hints.iter().find(|hint| !hint.contains("--") && !hint.contains("stageplate ")) {
        text.push_str(&format!("; {hint}"));
    }
    text
}

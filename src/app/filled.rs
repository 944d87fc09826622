//! What a filled-in form says: whether it fits, and the act it sends.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::form::{Field, Form, Input, Meanwhile, Name, Purpose, Remark};
use super::forms::{codes, entry_line, envelope, range, takes, title_of, value_facts};
use super::model::House;
use super::outbox::{Act, Deed, Then};
use super::record::Opened;
use crate::domain::action::{Action, CameBack, Given, Settle};
use crate::domain::address::Address;
use crate::domain::approval::ApprovalNumber;
use crate::domain::identity::Login;
use crate::domain::receipt::Answer;
use crate::domain::value::{ValueType, date, decimal, same};

/// The entry a form is about, as far as it says one.
///
/// # Errors
/// Why what is written names none.
pub fn address(form: &Form, house: &House) -> Result<Option<Address>, String> {
    match &form.purpose {
        Purpose::Edit(Some(address)) => Ok(Some(address.clone())),
        Purpose::Edit(None) if form.says(Name::Entry).is_empty() => Ok(None),
        Purpose::Edit(None) => {
            let said = form.says(Name::Entry);
            house.catalogue.address(said).map(Some).map_err(|fault| format!("{fault}{}", perhaps(said, house)))
        }
        _ => Ok(None),
    }
}

/// The entries that somebody may mean who writes words of a title instead of a number or a name.
fn perhaps(said: &str, house: &House) -> String {
    const NAMED: usize = 3;
    let words: Vec<String> = said.split_whitespace().map(str::to_lowercase).collect();
    if said.trim().chars().count() < 3 {
        return String::new();
    }
    let elements = house.catalogue.elements().iter().filter(|element| element.value_type().is_some());
    let meant = elements.filter(|element| {
        let told = format!("{} {}", element.title, element.name).to_lowercase();
        words.iter().all(|word| told.contains(word))
    });
    let named: Vec<String> = meant
        .take(NAMED)
        .map(|element| format!("{} ({} {})", element.name, element.entry.unwrap_or("–"), element.title))
        .collect();
    if named.is_empty() { String::new() } else { format!("; perhaps {}", named.join(", ")) }
}

/// Looks at what is written, says at each field what is wrong with it, and answers whether all of it fits.
/// `opened` is the record it is about, where it is about one.
///
/// # Errors
/// The first field at which something is wrong.
pub fn look_at(form: &mut Form, opened: Option<&Opened>, house: &House) -> Result<(), usize> {
    for field in &mut form.fields {
        field.fault = None;
        field.remark = None;
    }
    let mut wrong: Vec<(Name, String)> = Vec::new();
    match address(form, house) {
        Err(fault) => wrong.push((Name::Entry, fault)),
        Ok(None) if matches!(form.purpose, Purpose::Edit(None)) => wrong.push((Name::Entry, "name an entry".into())),
        Ok(None) => {}
        Ok(Some(address)) => {
            let Some(opened) = opened else { return Ok(()) };
            if matches!(form.purpose, Purpose::Edit(None)) {
                describe(form, opened, house, &address);
            }
            match fits(form, opened, house, &address) {
                Err(fault) => wrong.push((Name::Value, fault)),
                Ok(()) => {
                    let remark = remark(form, opened, house, &address);
                    if let Some(field) = form.fields.iter_mut().find(|field| field.name == Name::Value) {
                        field.remark = remark;
                    }
                }
            }
        }
    }
    if form.named(Name::Words).is_some() && form.says(Name::Words).is_empty() {
        let optional = matches!(form.purpose, Purpose::Assign)
            && opened.is_none_or(|opened| opened.dossier.record.owner.is_none());
        if !optional {
            wrong.push((Name::Words, "it needs words".into()));
        }
    }
    if form.named(Name::Title).is_some() && form.says(Name::Title).is_empty() {
        wrong.push((Name::Title, "it needs a name".into()));
    }
    let until = form.says(Name::Until);
    if !until.is_empty() && date(until).is_none() {
        wrong.push((Name::Until, "not a date such as 2026-07-05".into()));
    }
    for name in [Name::Kind, Name::Person] {
        if let Some(Field { input: Input::Pick(pick), .. }) = form.named(name) {
            match pick.chosen() {
                None => wrong.push((name, "nothing is left to choose: take back a letter".into())),
                Some(choice) if !choice.open => wrong.push((name, choice.note.clone())),
                Some(_) => {}
            }
        }
    }
    let mut first = None;
    for (name, fault) in wrong {
        if let Some(at) = form.fields.iter().position(|field| field.name == name) {
            form.fields[at].fault = Some(fault);
            first = Some(first.map_or(at, |first: usize| first.min(at)));
        }
    }
    first.map_or(Ok(()), Err)
}

/// Says what the entry that was written takes, and what it is.
fn describe(form: &mut Form, opened: &Opened, house: &House, address: &Address) {
    form.facts = vec![entry_line(house, address)];
    form.facts.extend(value_facts(opened, house, address));
    form.facts.extend(envelope(opened, address));
    form.facts.extend(codes(house, address, form.says(Name::Value)));
    let hint = house.catalogue.element(address).map(takes).unwrap_or_default();
    if let Some(field) = form.fields.iter_mut().find(|field| field.name == Name::Value) {
        field.hint = hint;
    }
}

fn fits(form: &Form, opened: &Opened, house: &House, address: &Address) -> Result<(), String> {
    let value = form.says(Name::Value);
    let change = opened.dossier.certificate.change(address);
    match value {
        "" if opened.dossier.record.declared.contains_key(address) => Ok(()),
        "" => Err("nothing is declared here that could be taken back".into()),
        "=" if change.is_some_and(|change| change.before.is_some()) => Ok(()),
        "=" => Err("no stage before gives it a value to restate".into()),
        value => {
            let Some(element) = house.catalogue.element(address) else { return Ok(()) };
            element.check(value).map_err(|misfit| misfit.to_string())?;
            if element.name == "TypeApprovalNumber" {
                ApprovalNumber::parse(value).map_err(|fault| fault.to_string())?;
            }
            Ok(())
        }
    }
}

/// What is to be known of a value that fits: what it means, how far it is from the value before, whether the approval
/// allows it.
fn remark(form: &Form, opened: &Opened, house: &House, address: &Address) -> Option<Remark> {
    let value = form.says(Name::Value);
    let element = house.catalogue.element(address)?;
    let before = opened.dossier.certificate.change(address).and_then(|change| change.before.as_deref());
    let said = match (value, before) {
        ("", Some(before)) => return Some(Remark { text: format!("takes ours back: {before} stands"), doubt: false }),
        ("", None) => return Some(Remark { text: "takes ours back: no value stands".to_owned(), doubt: false }),
        ("=", Some(before)) => before,
        (value, _) => value,
    };
    if let Some((number, range)) = range(opened, address)
        && let Some(given) = decimal(said)
        && (given < range.min || given > range.max)
    {
        return Some(Remark {
            text: format!("outside what {number} allows: {} to {}", range.min, range.max),
            doubt: true,
        });
    }
    let mut words = Vec::new();
    if let Some(ValueType::Code(list)) = element.value_type() {
        words.extend(list.codes.iter().find(|code| code.code == said).map(|code| code.meaning.to_owned()));
    }
    match before {
        Some(before) if same(before, said) => words.push("the same as before us: it restates the value".to_owned()),
        Some(before) => words.extend(difference(before, said, element.unit)),
        None => words.push("no stage before gives a value".to_owned()),
    }
    words.retain(|word| !word.is_empty());
    (!words.is_empty()).then(|| Remark { text: words.join("; "), doubt: false })
}

/// How far a number is from the one before.
fn difference(before: &str, said: &str, unit: Option<&str>) -> Option<String> {
    let by = decimal(said)? - decimal(before)?;
    let sign = if by.is_sign_negative() { "" } else { "+" };
    let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    Some(format!("{sign}{by}{unit} against before us"))
}

/// The act that a form sends. It must have been [looked at](look_at) and found to fit.
pub fn act(form: &Form, opened: &Opened, house: &House, who: &Login) -> Option<Act> {
    let (action, done) = action(form, house, who)?;
    let returned = matches!(form.purpose, Purpose::Return);
    let done = if returned { format!("{} {done}", opened.dossier.record.vin.tail()) } else { done };
    let then = if returned { Then::Next } else { Then::Stay };
    let drafts = form.fields.iter().filter_map(|field| field.draft.clone()).collect();
    Some(Act { record: form.record, seen: form.seen, deed: Deed::Act(action), done, then, drafts })
}

/// What a form asks for, and what to say when it is done.
pub fn action(form: &Form, house: &House, who: &Login) -> Option<(Action, String)> {
    let text = || form.says(Name::Words).to_owned();
    let reason = || Some(text()).filter(|text| !text.is_empty());
    let login = || Login::parse(form.says(Name::Person)).ok();
    let until: Option<NaiveDate> = date(form.says(Name::Until));
    Some(match &form.purpose {
        Purpose::Take => (Action::Assign { to: Some(who.clone()), reason: reason() }, "the record is yours".to_owned()),
        Purpose::Assign => {
            let to = login();
            let done = to.as_ref().map_or("nobody owns the record now".to_owned(), |to| format!("assigned to {to}"));
            (Action::Assign { to, reason: reason() }, done)
        }
        Purpose::AssignException(id) => {
            let to = login()?;
            let done = format!("exception {} assigned to {to}", id.0);
            (Action::Settle { id: *id, how: Settle::Assign { to } }, done)
        }
        Purpose::Edit(_) => {
            let address = address(form, house).ok()??;
            let value = match form.says(Name::Value) {
                "" => None,
                "=" => Some(Given::Same),
                value => Some(Given::Value(value.to_owned())),
            };
            let done = format!("declared {}", title_of(house, &address));
            (Action::SetValues { values: BTreeMap::from([(address, value)]), reason: text() }, done)
        }
        Purpose::Flag(at) => {
            let blocking = match form.says(Name::Weight) {
                "blocking" => Some(true),
                "minor" => Some(false),
                _ => None,
            };
            let place = at.as_ref().map_or("the record".to_owned(), |address| title_of(house, address));
            let kind = form.says(Name::Kind).to_owned();
            (Action::Flag { kind, at: at.clone(), blocking, text: text(), to: login() }, format!("flagged {place}"))
        }
        Purpose::Resolve(id) => {
            (Action::Settle { id: *id, how: Settle::Resolve { text: text() } }, format!("exception {} resolved", id.0))
        }
        Purpose::Waive(id) => {
            let how = Settle::Waive { text: text(), until };
            (Action::Settle { id: *id, how }, format!("exception {} waived", id.0))
        }
        Purpose::Reopen(id) => {
            (Action::Settle { id: *id, how: Settle::Reopen { text: text() } }, format!("exception {} open again", id.0))
        }
        Purpose::Comment(id) => {
            let how = Settle::Comment { text: text() };
            (Action::Settle { id: *id, how }, format!("said about exception {}", id.0))
        }
        Purpose::Return => {
            let to = form.says(Name::Step).to_owned();
            let done = format!("returned to {to}");
            (Action::Return { to, reason: text() }, done)
        }
        Purpose::Hold => (Action::Hold { reason: text(), until }, "the record is on hold".to_owned()),
        Purpose::Note => (Action::Note { text: text() }, "the remark is in the history".to_owned()),
        Purpose::Receipt(_) => {
            let answer = Answer::of(form.says(Name::Answer))?;
            let version: Option<u8> = form.says(Name::Version).parse().ok();
            let done = match answer {
                Answer::Accepted => "recorded as accepted".to_owned(),
                Answer::Rejected => "recorded as rejected; the desk raised an exception".to_owned(),
            };
            (Action::Receipt(CameBack { version, answer, text: text(), file: None }), done)
        }
        // It is nothing done to a record.
        Purpose::SaveQueue => return None,
    })
}

/// Tells an open form what happened to its record meanwhile.
pub fn tell(form: &mut Form, opened: &Opened, house: &House, told: String) {
    let shown = address(form, house).ok().flatten().map(|address| value_facts(opened, house, &address).join("; "));
    form.meanwhile = Some(Meanwhile { told, now: shown, acknowledged: false });
}

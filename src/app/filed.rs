//! What is told of a released version: who had which hand in it, what stands in its message, what verifying found. Line by line, for
//! the screen and to be read aloud.

use super::model::Model;
use crate::domain::archive::{Filed, Hand, Known, Later, Seal, Stated, Verdict};
use crate::domain::identity::Login;
use crate::domain::moment::Moment;
use crate::domain::receipt::Answer;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    /// It names the version.
    Head,
    /// It is told.
    Plain,
    /// It may be passed over.
    Quiet,
    /// It holds.
    Holds,
    /// It should be looked at.
    Warns,
    /// It does not hold.
    Fails,
}

/// A line: what it is about, and what is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is about, in a word or two.
    pub label: String,
    /// What is told.
    pub text: String,
    /// How much it matters.
    pub weight: Weight,
}

fn fact(label: impl Into<String>, text: impl Into<String>, weight: Weight) -> Fact {
    Fact { label: label.into(), text: text.into(), weight }
}

/// A moment as it is cited.
pub fn when(moment: Moment) -> String {
    moment.utc().format("%Y-%m-%d %H:%M").to_string()
}

/// What verifying found, in a sentence.
pub fn in_words(verdict: &Verdict) -> String {
    let failed: Vec<String> = verdict.failed().map(|check| format!("{}: {}", check.what, check.detail)).collect();
    if failed.is_empty() {
        let checked: Vec<&str> = verdict.checks.iter().map(|check| check.what).collect();
        return format!("everything holds ({})", checked.join(", "));
    }
    format!("does not hold: {}", failed.join("; "))
}

/// Everything that is told of the version under the cursor: what was found of it and what became of it first, then who had
/// which hand in it, then what its message and its seal say, and what was checked and holds.
pub fn facts(model: &Model) -> Vec<Fact> {
    let Some(row) = model.archive.row() else { return Vec::new() };
    let mut facts = vec![head(model, row)];
    if let Some(verdict) = model.archive.verdicts.get(&row.id) {
        facts.extend(found(verdict));
    }
    let told = model.archive.told();
    match told {
        None => facts.push(fact("", "reading …", Weight::Quiet)),
        Some(Err(why)) => facts.push(fact("message", why, Weight::Fails)),
        Some(Ok(known)) => {
            facts.extend(answers(known));
            facts.extend(chain(row, known));
            facts.extend(known.stated.iter().flat_map(|stated| rests_on(stated, known)));
            facts.extend(since(known));
            facts.extend(known.hands.iter().map(|one| hand(model, one)));
        }
    }
    facts.push(fact("SHA-256", row.release.sha256.to_string(), Weight::Plain));
    facts.push(fact("reference", row.release.reference.clone(), Weight::Plain));
    match told.and_then(Result::ok).map(|known| &known.stated) {
        Some(Ok(stated)) => facts.extend(says(stated)),
        Some(Err(why)) => facts.push(fact("message", why.clone(), Weight::Fails)),
        None => {}
    }
    facts.extend(model.archive.verdicts.get(&row.id).into_iter().flat_map(held));
    facts
}

fn head(model: &Model, row: &Filed) -> Fact {
    let by = named(model, &row.release.by);
    let at = when(row.release.sealed_at);
    fact(row.vin.to_string(), format!("version {} · released {at} by {by}", row.id.version), Weight::Head)
}

/// A person by login and name.
fn named(model: &Model, login: &Login) -> String {
    match model.house.people.iter().find(|person| person.login == *login) {
        Some(person) => format!("{login} ({})", person.name),
        None => login.to_string(),
    }
}

/// What was found, in a line; what does not hold each in one of its own.
fn found(verdict: &Verdict) -> Vec<Fact> {
    let at = when(verdict.at);
    if verdict.holds() {
        return vec![fact("verified", format!("{at}: everything holds"), Weight::Holds)];
    }
    let head = fact("verified", format!("{at}: does not hold"), Weight::Fails);
    let failed = verdict.failed().map(|check| fact(check.what, check.detail.clone(), Weight::Fails));
    std::iter::once(head).chain(failed).collect()
}

/// What was checked and holds.
fn held(verdict: &Verdict) -> impl Iterator<Item = Fact> + '_ {
    let held = verdict.checks.iter().filter(|check| check.holds);
    held.map(|check| fact(check.what, format!("holds: {}", check.detail), Weight::Quiet))
}

/// What came back from the authority: the answer that counts, then those before it.
fn answers(known: &Known) -> Vec<Fact> {
    let mut facts = Vec::new();
    for receipt in known.receipts.iter().rev() {
        let weight = match (receipt.answer, facts.is_empty()) {
            (Answer::Accepted, true) => Weight::Holds,
            (Answer::Rejected, true) => Weight::Warns,
            (_, false) => Weight::Quiet,
        };
        let file = receipt.file.as_ref().map(|file| format!(" (file {})", file.name)).unwrap_or_default();
        let (at, by, answer) = (when(receipt.at), &receipt.by, receipt.answer.word());
        facts.push(fact(answer, format!("by the authority, as {by} recorded {at}: {}{file}", receipt.text), weight));
    }
    if facts.is_empty() {
        facts.push(fact("answer", "none from the authority yet", Weight::Quiet));
    }
    facts
}

fn chain(row: &Filed, known: &Known) -> Vec<Fact> {
    let mut facts = Vec::new();
    let other = |version: u8| known.others.iter().find(|(known, _)| *known == version);
    if let Some((version, at)) = row.id.version.checked_sub(1).and_then(other) {
        facts.push(fact("corrects", format!("version {version} of {}", when(*at)), Weight::Plain));
    }
    match row.later {
        Later::Nothing => {}
        Later::InWork(version) => {
            facts.push(fact("corrected", format!("a correction is in work: version {version}"), Weight::Warns));
        }
        Later::Corrected(version) => {
            let at = other(version).map(|(_, at)| format!(", released {}", when(*at))).unwrap_or_default();
            facts.push(fact(
                "corrected",
                format!("by version {version}{at}: this one no longer counts"),
                Weight::Warns,
            ));
        }
    }
    facts
}

fn rests_on(stated: &Stated, known: &Known) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(approval) = &stated.approval {
        let issued = stated.issued.as_ref().map(|day| format!(", issued {day}")).unwrap_or_default();
        let of = if stated.version.is_empty() { String::new() } else { format!(" · {}", stated.version.join(" ")) };
        facts.push(fact("approval", format!("{approval}{issued}{of}"), Weight::Plain));
    }
    if let Some(standing) = &known.standing {
        facts.push(fact("today", format!("that approval is {standing}"), Weight::Warns));
    }
    facts
}

fn says(stated: &Stated) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(stated.signatories.iter().map(|who| fact("signatory", who.clone(), Weight::Plain)));
    match &stated.seal {
        Ok(seal) => facts.extend(sealed(seal)),
        Err(why) => facts.push(fact("seal", why.clone(), Weight::Fails)),
    }
    let schema = stated.schema.as_ref().map(|schema| format!("schema {schema}, ")).unwrap_or_default();
    facts.push(fact("message", format!("{schema}{} bytes", stated.bytes), Weight::Plain));
    facts
}

fn sealed(seal: &Seal) -> Vec<Fact> {
    let made = seal.made.map(|at| format!(", made {}", when(at))).unwrap_or_default();
    let day = |at: Moment| at.day();
    vec![
        fact("seal", format!("{}{made}", seal.subject), Weight::Plain),
        fact(
            "certificate",
            format!("from {} to {}, issued by {}", day(seal.from), day(seal.until), seal.issuer),
            Weight::Plain,
        ),
        fact("fingerprint", seal.fingerprint.clone(), Weight::Plain),
    ]
}

fn since(known: &Known) -> Option<Fact> {
    let stages: Vec<String> = known.stages_since.iter().map(ToString::to_string).collect();
    let text = format!("a message of stage {} came in: this release rests on what was there before", stages.join(", "));
    (!stages.is_empty()).then(|| fact("since", text, Weight::Warns))
}

fn hand(model: &Model, hand: &Hand) -> Fact {
    let times = if hand.times > 1 { format!(", {} times, last", hand.times) } else { String::new() };
    let via = hand.via.as_ref().map(|via| format!(" through {via}")).unwrap_or_default();
    let note = hand.note.as_ref().map(|note| format!(" · {note}")).unwrap_or_default();
    let by = named(model, &hand.by);
    // The label is one word: what was signed stands behind it.
    let (label, what) = hand
        .what
        .split_once(' ')
        .map_or((hand.what.as_str(), String::new()), |(label, what)| (label, format!("{what}: ")));
    let text = format!("{what}{by}{via}{times} {} · policy {}{note}", when(hand.at), hand.policy);
    fact(label, text, Weight::Plain)
}

//! Type-approvals: numbers, extensions, what they cover, who may sign under them.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::address::Address;
use super::identity::{Digest, Login};
use super::visible::quoted;

/// Why a text is no type-approval number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no type-approval number: it looks like e4*2018/858*00871*01 (country, act, number, extension)")]
pub struct NoApprovalNumber(pub String);

/// A whole-vehicle type-approval number in sections joined by `*` (Regulation (EU) 2020/683, Annex IV): country, act,
/// sequence, extension. Old and small-series forms (`e2*2007/46*0085*09`, `e4*KS18/858*00009*02`, `e11*NKS*…`) and
/// numbers without an extension parse too, as they occur in public registers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ApprovalNumber(Box<str>);

impl ApprovalNumber {
    /// Reads a number.
    ///
    /// # Errors
    /// When it has not the sections of one.
    pub fn parse(text: &str) -> Result<Self, NoApprovalNumber> {
        let digits = |part: &str, longest: usize| {
            !part.is_empty() && part.len() <= longest && part.bytes().all(|b| b.is_ascii_digit())
        };
        let sections: Vec<&str> = text.split('*').collect();
        let good = match sections.as_slice() {
            [country, act, sequence, rest @ ..] if rest.len() <= 1 => {
                country.strip_prefix('e').is_some_and(|number| digits(number, 2))
                    && act.bytes().any(|b| b.is_ascii_alphanumeric())
                    && act.len() <= 12
                    && act.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'/')
                    && digits(sequence, 6)
                    && rest.iter().all(|extension| digits(extension, 3))
            }
            _ => false,
        };
        if good { Ok(ApprovalNumber(text.into())) } else { Err(NoApprovalNumber(quoted(text))) }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What no whole-vehicle approval of any year has in its number, if this has it: country numbers are written without
    /// a leading zero, extensions with two digits (Regulation (EU) 2020/683, Annex IV).
    pub fn misshapen(&self) -> Option<&'static str> {
        if self.country().starts_with("e0") {
            Some("has a country whose number begins with zero")
        } else if self.extension().is_some_and(|extension| extension.len() != 2) {
            Some("has an extension that is not of two digits")
        } else {
            None
        }
    }

    /// What is rare in a number of its act, if this has it: no extension, or a sequence of another length than those in
    /// public registers (five digits under 2018/858, four under 2007/46).
    pub fn unusual(&self) -> Option<&'static str> {
        let mut sections = self.0.split('*').skip(1);
        let (act, sequence) = (sections.next().unwrap_or_default(), sections.next().unwrap_or_default());
        if act.ends_with("18/858") && sequence.len() != 5 {
            Some("has a sequence that is not of five digits, as those under 2018/858 are")
        } else if act.ends_with("07/46") && sequence.len() != 4 {
            Some("has a sequence that is not of four digits, as those under 2007/46 are")
        } else if self.extension().is_none() {
            Some("names no extension")
        } else {
            None
        }
    }

    /// The approving country's section: `e4`.
    pub fn country(&self) -> &str {
        self.0.split('*').next().unwrap_or_default()
    }

    /// The number without its extension: `e4*2018/858*00871`.
    pub fn base(&self) -> &str {
        match self.0.match_indices('*').nth(2) {
            Some((at, _)) => &self.0[..at],
            None => &self.0,
        }
    }

    /// The extension's section, if there is one: `01`; `00` is the first issue.
    pub fn extension(&self) -> Option<&str> {
        self.0.split('*').nth(3)
    }
}

impl fmt::Display for ApprovalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for ApprovalNumber {
    type Error = NoApprovalNumber;
    fn try_from(text: String) -> Result<Self, NoApprovalNumber> {
        ApprovalNumber::parse(&text)
    }
}

impl From<ApprovalNumber> for String {
    fn from(number: ApprovalNumber) -> String {
        number.0.into()
    }
}

/// Whether an approval may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It may.
    Valid,
    /// Not for the time being.
    Suspended,
    /// Not any more.
    Withdrawn,
}

impl Status {
    /// The status of that word.
    pub fn of(word: &str) -> Option<Status> {
        [Status::Valid, Status::Suspended, Status::Withdrawn].into_iter().find(|status| status.word() == word)
    }

    /// Its word in files and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Status::Valid => "valid",
            Status::Suspended => "suspended",
            Status::Withdrawn => "withdrawn",
        }
    }
}

/// A change of an approval's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// What the status is.
    pub status: Status,
    /// From which day on: vehicles manufactured from then on go by it, those before do not.
    pub from: NaiveDate,
    /// Why.
    pub reason: String,
}

/// What an approval's status is at last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The status.
    pub status: Status,
    /// From which day on; for vehicles of any day without one.
    pub from: Option<NaiveDate>,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

impl Standing {
    /// The status and its day: `withdrawn from 2026-11-24`.
    pub fn in_words(&self) -> String {
        match self.from {
            Some(from) => format!("{} from {from}", self.status.word()),
            None => self.status.word().to_owned(),
        }
    }
}

/// One extension of a type-approval, with everything a certificate under it takes from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Its number, extension included.
    pub number: ApprovalNumber,
    /// `EU`, `ESS` (EU small series) or `NSS` (national small series).
    pub approval_type: String,
    /// Whether it is provisional (Regulation (EU) 2018/858, Article 39).
    pub provisional: bool,
    /// The vehicle category it is for: `N2`.
    pub category: String,
    /// The type it is for.
    #[serde(rename = "type")]
    pub vehicle_type: String,
    /// What a vehicle under it is: `C`, `I` or `V`.
    pub stage_of_completion: String,
    /// The date of issue of this extension.
    pub issued: NaiveDate,
    /// First day of manufacture this extension is for; open without one.
    pub built_from: Option<NaiveDate>,
    /// Last day of manufacture this extension is for; open without one.
    pub built_until: Option<NaiveDate>,
    /// Whether it may be used, as its file says.
    pub status: Status,
    /// What became of that since, each from a day on, in the order it was decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<StatusChange>,
    /// Who issues the certificate.
    pub manufacturer: Manufacturer,
    /// The variants and versions it covers.
    pub versions: Vec<Covered>,
    /// Who may sign certificates under it.
    pub signatories: Vec<Signatory>,
    /// Approvals of systems and components it rests on.
    pub subjects: Vec<SubjectApproval>,
    /// Documents that belong to it.
    pub documents: Vec<Document>,
}

impl Approval {
    /// What it covers for this variant and version.
    pub fn covers(&self, variant: &str, version: &str) -> Option<&Covered> {
        self.versions.iter().find(|covered| covered.variant == variant && covered.version == version)
    }

    /// Whether it may be used for a vehicle manufactured on `day`. A change holds from its day on, over what was
    /// decided before it about that day and later ones; a suspension leaves a withdrawal standing. So a vehicle manufactured before a withdrawal stays covered (Regulation (EU)
    /// 2018/858, Article 49, speaks of those), and one manufactured during a suspension stays uncovered after it, unless it
    /// is reinstated from a day before.
    pub fn status_on(&self, day: NaiveDate) -> Status {
        self.deciding(day).map_or(self.status, |change| change.status)
    }

    /// The change that a vehicle manufactured on `day` goes by, in the order in which they were decided.
    fn deciding(&self, day: NaiveDate) -> Option<&StatusChange> {
        self.changes.iter().filter(|change| change.from <= day).reduce(|stands, later| {
            match (stands.status, later.status) {
                (Status::Withdrawn, Status::Suspended) => stands,
                _ => later,
            }
        })
    }

    /// Whether a change would change nothing: its status holds from its day on already, and nothing decided about a
    /// later day would give way to it.
    pub fn goes_by(&self, change: &StatusChange) -> bool {
        let mut changed = self.clone();
        changed.changes.push(change.clone());
        let mut later = self.changes.iter().map(|known| known.from).filter(|day| *day > change.from);
        self.status_on(change.from) == change.status && later.all(|day| self.status_on(day) == changed.status_on(day))
    }

    /// What its status is at last, be it from a day to come.
    pub fn standing(&self) -> Standing {
        match self.deciding(NaiveDate::MAX) {
            Some(last) => Standing { status: last.status, from: Some(last.from), reason: Some(last.reason.clone()) },
            None => Standing { status: self.status, from: None, reason: None },
        }
    }

    /// Where it stands for a vehicle: what its day of manufacture goes by where that is no longer valid, and else what
    /// was decided last. A vehicle of a day between a suspension and a withdrawal is told of the suspension.
    pub fn standing_for(&self, manufactured: Option<NaiveDate>) -> Standing {
        match manufactured.and_then(|day| self.deciding(day)).filter(|change| change.status != Status::Valid) {
            Some(own) => Standing { status: own.status, from: Some(own.from), reason: Some(own.reason.clone()) },
            None => self.standing(),
        }
    }

    /// Itself, brought in again over what is on the desk: what was decided here about its status stays.
    #[must_use]
    pub fn over(mut self, known: &Approval) -> Approval {
        let new: Vec<StatusChange> =
            self.changes.iter().filter(|change| !known.changes.contains(change)).cloned().collect();
        self.changes = known.changes.iter().cloned().chain(new).collect();
        self
    }

    /// Whether it is for a vehicle of this variant and version manufactured on `day`: covered, in its window, and valid.
    pub fn is_for(&self, day: NaiveDate, variant: &str, version: &str) -> bool {
        self.window_holds(day) && self.status_on(day) == Status::Valid && self.covers(variant, version).is_some()
    }

    /// Whether a vehicle manufactured on `day` lies in the production window of this extension.
    pub fn window_holds(&self, day: NaiveDate) -> bool {
        self.built_from.is_none_or(|from| from <= day) && self.built_until.is_none_or(|until| day <= until)
    }

    /// Those who may sign on `day`.
    pub fn signatories_on(&self, day: NaiveDate) -> impl Iterator<Item = &Signatory> {
        self.signatories.iter().filter(move |one| one.from <= day && one.until.is_none_or(|until| day <= until))
    }
}

/// The manufacturer as the certificate names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manufacturer {
    /// Company name.
    pub name: String,
    /// First line of the address.
    pub address_line1: String,
    /// Second line of the address.
    pub address_line2: Option<String>,
    /// Third line of the address.
    pub address_line3: Option<String>,
    /// Place of residence.
    pub place: String,
    /// Country of residence, free text as in the message.
    pub country: String,
}

/// One variant and version an approval covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The variant.
    pub variant: String,
    /// The version.
    pub version: String,
    /// The envelope: least and greatest value by address.
    pub ranges: BTreeMap<Address, Range>,
}

/// A least and a greatest value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// Least value.
    pub min: Decimal,
    /// Greatest value.
    pub max: Decimal,
}

/// Somebody whom the approval names to sign certificates (Regulation (EU) 2018/858, Article 28(1)(c)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatory {
    /// The person on this desk, if they are one.
    pub login: Option<Login>,
    /// Name as on the certificate.
    pub name: String,
    /// Position as on the certificate.
    pub position: String,
    /// Place of signature.
    pub place: String,
    /// First day they may sign.
    pub from: NaiveDate,
    /// Last day they may sign; open without one.
    pub until: Option<NaiveDate>,
}

/// An approval of a system or component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectApproval {
    /// The regulation: `UN R58-03`.
    pub regulation: String,
    /// Its number, free text.
    pub number: String,
    /// The build options that need it.
    pub options: Vec<String>,
}

/// A document that belongs to an approval and lies elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Where it is.
    pub place: String,
    /// The SHA-256 of its bytes, if known.
    pub sha256: Option<Digest>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_knows_its_sections() {
        let number = ApprovalNumber::parse("e4*2018/858*00871*01").unwrap();
        assert_eq!((number.country(), number.base(), number.extension()), ("e4", "e4*2018/858*00871", Some("01")));
        let bare = ApprovalNumber::parse("e13*2007/46*0212").unwrap();
        assert_eq!((bare.base(), bare.extension()), ("e13*2007/46*0212", None));
    }

    #[test]
    fn a_status_holds_from_its_day_until_the_next_one_s_and_of_one_day_the_later_decision() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let change = |status, from: &str| StatusChange { status, from: day(from), reason: "test".to_owned() };
        let mut approval = crate::domain::checks::fixture::World::sound().approvals.remove(0);
        assert_eq!(approval.standing().in_words(), "valid");
        approval.changes = vec![change(Status::Withdrawn, "2026-10-01"), change(Status::Suspended, "2026-09-10")];
        let on = |approval: &Approval, text: &str| approval.status_on(day(text));
        assert_eq!(on(&approval, "2026-09-09"), Status::Valid);
        assert_eq!(on(&approval, "2026-09-10"), Status::Suspended);
        assert_eq!(on(&approval, "2026-09-30"), Status::Suspended);
        assert_eq!(on(&approval, "2026-10-01"), Status::Withdrawn);
        assert_eq!(approval.standing().in_words(), "withdrawn from 2026-10-01");
        approval.changes.push(change(Status::Valid, "2026-10-01"));
        assert_eq!(on(&approval, "2026-10-01"), Status::Valid);
        assert_eq!(on(&approval, "2026-09-30"), Status::Suspended, "what was manufactured then stays uncovered");
    }

    #[test]
    fn reinstating_from_a_day_before_a_withdrawal_changes_something_and_saying_a_status_again_does_not() {
        let change =
            |status, from: &str| StatusChange { status, from: from.parse().unwrap(), reason: "test".to_owned() };
        let mut approval = crate::domain::checks::fixture::World::sound().approvals.remove(0);
        assert!(approval.goes_by(&change(Status::Valid, "2026-09-01")), "nothing was decided yet");
        approval.changes = vec![change(Status::Suspended, "2026-09-10"), change(Status::Withdrawn, "2026-10-01")];
        assert!(!approval.goes_by(&change(Status::Valid, "2026-09-01")));
        assert!(
            approval.goes_by(&change(Status::Suspended, "2026-09-10")),
            "a suspension leaves the withdrawal standing"
        );
        assert!(approval.goes_by(&change(Status::Withdrawn, "2026-11-01")));
        assert!(!approval.goes_by(&change(Status::Withdrawn, "2026-09-20")));
        approval.changes.push(change(Status::Valid, "2026-09-01"));
        assert_eq!(approval.standing().in_words(), "valid from 2026-09-01");
    }

    #[test]
    fn an_approval_brought_in_again_keeps_what_was_decided_on_the_desk() {
        let known = {
            let mut known = crate::domain::checks::fixture::World::sound().approvals.remove(0);
            let from = NaiveDate::from_ymd_opt(2026, 10, 1).unwrap();
            known.changes.push(StatusChange { status: Status::Withdrawn, from, reason: "test".to_owned() });
            known
        };
        let file = Approval { changes: Vec::new(), ..known.clone() };
        assert_eq!(file.over(&known), known);
        assert_eq!(known.clone().over(&known), known);
    }

    #[test]
    fn what_only_resembles_a_number_is_refused() {
        for bad in
            ["", "e4", "4*2018/858*00871*01", "e4*2018/858*x*01", "e4*2018/858*00871*01*02", "e4*2018/858*00871*"]
        {
            assert!(ApprovalNumber::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_with_sections_of_the_wrong_width_is_told_from_one_that_is_only_rare() {
        let number = |text: &str| ApprovalNumber::parse(text).unwrap();
        for bad in ["e04*2018/858*00871*01", "e4*2018/858*00871*000", "e4*2018/858*00871*1"] {
            assert!(number(bad).misshapen().is_some(), "{bad}");
        }
        for rare in ["e4*2018/858*871*01", "e4*KS18/858*0009*02", "e2*2007/46*00085*09", "e13*2007/46*0212"] {
            assert!(number(rare).misshapen().is_none() && number(rare).unusual().is_some(), "{rare}");
        }
        for usual in [
            "e4*2018/858*00871*00",
            "e4*KS18/858*00009*02",
            "e11*KS07/46*0040*03",
            "e2*2007/46*0085*09",
            "e1*96/79*0066*10",
            "e1*2001/116*0478*00",
        ] {
            assert_eq!((number(usual).misshapen(), number(usual).unusual()), (None, None), "{usual}");
        }
    }
}

//! A record with everything a person wants to see of it at once: certificate, findings, readiness, history.

use super::approval::Approval;
use super::catalogue::Catalogue;
use super::certificate::{Case, Certificate};
use super::checks::{self, Finding};
use super::event::Event;
use super::moment::Moment;
use super::person::Person;
use super::policy::Policy;
use super::readiness::{self, Obstacle};
use super::record::Record;

/// A record, judged.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The record.
    pub record: Record,
    /// The extensions on this desk of the approval it names.
    pub approvals: Vec<Approval>,
    /// Its certificate by stage.
    pub certificate: Certificate,
    /// What the checks found, what blocks first.
    pub findings: Vec<Finding>,
    /// What stands between it and its release.
    pub readiness: Vec<Obstacle>,
    /// Its events, oldest first.
    pub history: Vec<Event>,
}

impl Dossier {
    /// Judges a record.
    pub fn of(
        record: Record,
        approvals: Vec<Approval>,
        history: Vec<Event>,
        people: &[Person],
        policy: &Policy,
        catalogue: &Catalogue,
        now: Moment,
    ) -> Dossier {
        let case = Case { record: &record, approvals: &approvals, people, policy, catalogue, now };
        let certificate = Certificate::of(&case);
        let findings = checks::run(&case, &certificate);
        let readiness = readiness::readiness(&case, &certificate, &findings);
        Dossier { record, approvals, certificate, findings, readiness, history }
    }
}

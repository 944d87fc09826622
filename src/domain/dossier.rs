//! A record with everything a person wants to see of it at once: certificate, findings, readiness, history.

use super::approval::Approval;
use super::certificate::{Case, Certificate};
use super::checks::{self, Finding};
use super::envelope::{self, Limited};
use super::event::Event;
use super::options::Options;
use super::readiness::{self, Obstacle};
use super::record::Record;
use super::since::{self, Since};

/// A record, judged.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The record.
    pub record: Record,
    /// The extensions on this desk of the approval it names.
    pub approvals: Vec<Approval>,
    /// The build options that hold for it.
    pub options: Options,
    /// Its certificate by stage.
    pub certificate: Certificate,
    /// Every entry that the base manufacturer or the approval limits, and where our value sits.
    pub envelope: Vec<Limited>,
    /// The number of the policy it was judged under.
    pub policy: u32,
    /// What the checks found, what blocks first.
    pub findings: Vec<Finding>,
    /// What stands between it and its release.
    pub readiness: Vec<Obstacle>,
    /// What changed since the checkpoint that is signed next was signed before.
    pub since: Option<Since>,
    /// Its events, oldest first.
    pub history: Vec<Event>,
}

impl Dossier {
    /// Judges a record, and keeps what it was judged by.
    pub fn of(case: &Case<'_>, history: Vec<Event>) -> Dossier {
        let certificate = Certificate::of(case);
        let findings = checks::run(case, &certificate);
        let readiness = readiness::readiness(case, &certificate, &findings);
        let since = since::since_next(case, &certificate);
        Dossier {
            record: case.record.clone(),
            approvals: case.approvals.to_vec(),
            options: case.options.clone(),
            envelope: envelope::envelope(case, &certificate),
            policy: case.policy.version,
            certificate,
            findings,
            readiness,
            since,
            history,
        }
    }
}

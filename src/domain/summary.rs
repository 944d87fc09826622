//! One line of a queue: what a list shows of a record without opening it.

use chrono::NaiveDate;

use super::approval::Status;
use super::certificate::{Case, Certificate, manufactured};
use super::checks::{Finding, Grade};
use super::due;
use super::identity::{Login, RecordId, Seq, Vin};
use super::moment::Moment;

/// What a list shows of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its number on the desk.
    pub id: RecordId,
    /// The vehicle.
    pub vin: Vin,
    /// Our build stage.
    pub build_stage: u8,
    /// The message version in work.
    pub version: u8,
    /// The rollout scope.
    pub scope: Option<String>,
    /// The order.
    pub order: Option<String>,
    /// The step it is in.
    pub step: String,
    /// Since when.
    pub step_since: Moment,
    /// Who owns it.
    pub owner: Option<Login>,
    /// The day it must have left the step by.
    pub due: Option<NaiveDate>,
    /// 0 is ordinary; higher comes first.
    pub priority: u8,
    /// Whether it is on hold; `Some(None)` without an end.
    pub held: Option<Option<NaiveDate>>,
    /// Effective vehicle category.
    pub category: Option<String>,
    /// Our type-approval number, if one is named.
    pub approval: Option<String>,
    /// What that approval's status is at last, where it is not valid.
    pub approval_status: Option<Status>,
    /// The day our stage says the vehicle was manufactured.
    pub manufactured: Option<NaiveDate>,
    /// Effective type.
    pub vehicle_type: Option<String>,
    /// Effective variant.
    pub variant: Option<String>,
    /// Effective version of the type.
    pub version_code: Option<String>,
    /// Effective code for bodywork of the first row.
    pub bodywork: Option<String>,
    /// Codes of the build options.
    pub options: Vec<String>,
    /// Changes that need a decision.
    pub changes: u32,
    /// Those of them nobody decided.
    pub unconfirmed: u32,
    /// Findings that block.
    pub blocking_findings: u32,
    /// Findings that warn.
    pub warning_findings: u32,
    /// Exceptions not settled.
    pub open_exceptions: u32,
    /// When anything about it last changed.
    pub updated_at: Moment,
    /// The event that did so.
    pub seq: Seq,
}

impl Summary {
    /// The line of a judged record.
    pub fn of(case: &Case<'_>, certificate: &Certificate, findings: &[Finding]) -> Summary {
        let record = case.record;
        let day = case.now.day();
        let effective = |address: &str| certificate.value(address).map(str::to_owned);
        let graded = |grade| count(findings.iter().filter(|finding| finding.grade == grade));
        Summary {
            id: record.id,
            vin: record.vin.clone(),
            build_stage: record.build_stage,
            version: record.version,
            scope: record.scope.clone(),
            order: record.order.clone(),
            step: record.step.clone(),
            step_since: record.step_since,
            owner: record.owner.clone(),
            due: due::due_day(record, case.policy),
            priority: record.priority,
            held: record.hold.as_ref().map(|hold| hold.until),
            category: effective("VehicleCategory"),
            approval: record.declares("TypeApprovalNumber").map(str::to_owned),
            approval_status: case
                .approval()
                .map(|approval| approval.standing_for(manufactured(record)).status)
                .filter(|status| *status != Status::Valid),
            manufactured: manufactured(record),
            vehicle_type: effective("Type"),
            variant: effective("Variant"),
            version_code: effective("Version"),
            bodywork: certificate.bodywork().map(str::to_owned),
            options: record.options.iter().cloned().collect(),
            changes: count(certificate.decisions()),
            unconfirmed: count(certificate.decisions().filter(|change| change.undecided)),
            blocking_findings: graded(Grade::Block),
            warning_findings: graded(Grade::Warn),
            open_exceptions: count(record.exceptions.iter().filter(|exception| exception.is_open_on(day))),
            updated_at: record.updated_at,
            seq: record.seq,
        }
    }

    /// Whether it is past its due day. One on hold waits for something else, and nobody is late with it.
    pub fn overdue_on(&self, day: NaiveDate) -> bool {
        self.due.is_some_and(|due| due < day) && !self.held_on(day)
    }

    /// Whether it is on hold on this day.
    pub fn held_on(&self, day: NaiveDate) -> bool {
        self.held.is_some_and(|until| until.is_none_or(|until| day <= until))
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

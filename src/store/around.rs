//! What decides about a record beside the record itself: its approvals, the people, the policy and the options of its scope.
//! Gathered here alone, so that an act, a page, a list and a verification judge by the same things.

use std::sync::Arc;

use super::desk::Session;
use super::error::StoreError;
use super::govern::approvals_for;
use crate::domain::action::Action;
use crate::domain::approval::Approval;
use crate::domain::catalogue::Catalogue;
use crate::domain::certificate::Case;
use crate::domain::moment::Moment;
use crate::domain::options::Options;
use crate::domain::person::Person;
use crate::domain::policy::Policy;
use crate::domain::record::Record;

/// What stands around a record as it is now.
pub struct Around {
    approvals: Arc<[Approval]>,
    people: Arc<[Person]>,
    policy: Arc<Policy>,
    options: Arc<Options>,
    catalogue: &'static Catalogue,
}

impl Around {
    /// The record with everything that decides about it.
    pub fn case<'a>(&'a self, record: &'a Record, now: Moment) -> Case<'a> {
        Case {
            record,
            approvals: &self.approvals,
            people: &self.people,
            policy: &self.policy,
            options: &self.options,
            catalogue: self.catalogue,
            now,
        }
    }
}

impl Session<'_> {
    /// What decides about a record.
    pub fn around(&mut self, record: &Record) -> Result<Around, StoreError> {
        self.gather(record, record.scope.as_deref(), None)
    }

    /// What decides about an act on a record: what the act would have it name, and the scope it would have it join, too.
    pub fn around_act(&mut self, record: &Record, action: &Action) -> Result<Around, StoreError> {
        let scope = record.scope.as_deref().or_else(|| action.scope_given());
        self.gather(record, scope, action.approval_given())
    }

    fn gather(&mut self, record: &Record, scope: Option<&str>, approval: Option<&str>) -> Result<Around, StoreError> {
        Ok(Around {
            approvals: approvals_for(self.conn, record, approval)?,
            people: self.people()?,
            policy: self.policy_of(scope)?,
            options: self.options(scope)?,
            catalogue: self.catalogue,
        })
    }
}

//! The one way of an import to the desk: in earnest, several acts in one transaction; or as a rehearsal that plans each
//! act on what the ones before it would have made, and writes nothing.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;

use uuid::Uuid;

use super::report::Stopped;
use super::sheet::Cells;
use crate::domain::action::Action;
use crate::domain::approval::Approval;
use crate::domain::certificate::Case;
use crate::domain::event::Line;
use crate::domain::identity::{RecordId, Vin};
use crate::domain::moment::Moment;
use crate::domain::options as build;
use crate::domain::person::{Actor, Person};
use crate::domain::plan;
use crate::domain::record::Record;
use crate::domain::scope::Policies;
use crate::store::{Act, Desk, Outcome, StoreError, Target};

/// An act that waits to be brought with others.
pub(super) struct Waiting {
    pub(super) place: usize,
    pub(super) file: PathBuf,
    pub(super) line: Option<usize>,
    pub(super) vin: Vin,
    pub(super) action: Action,
    pub(super) request: Uuid,
    pub(super) now: Moment,
    /// The row as it stands in its sheet, where it is one.
    pub(super) cells: Option<Cells>,
}

impl Waiting {
    /// That the import ended here.
    pub(super) fn stopped(&self, error: StoreError) -> Box<Stopped> {
        Box::new(Stopped { file: self.file.clone(), line: self.line, error: Some(error) })
    }
}

/// The one way to the desk: in earnest, or as a rehearsal that writes nothing.
pub(super) struct Door<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) actor: &'a Actor,
    pub(super) rehearsal: Option<Rehearsal>,
}

/// What became of an act, and, where it was only rehearsed, what it would change.
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) lines: Vec<Line>,
}

impl Door<'_> {
    /// Brings several acts, each judged on its own. An error of the whole says that nothing of them was written.
    pub(super) fn bring(&mut self, waiting: &[Waiting]) -> Result<Vec<Result<Done, StoreError>>, StoreError> {
        if let Some(rehearsal) = &mut self.rehearsal {
            return Ok(waiting.iter().map(|act| rehearsal.bring(self.desk, self.actor, act)).collect());
        }
        let acts: Vec<Act<'_>> = waiting
            .iter()
            .map(|act| Act {
                actor: self.actor,
                target: Target::Intake(act.vin.clone()),
                action: &act.action,
                seen: None,
                request: act.request,
                now: act.now,
            })
            .collect();
        let done = match self.desk.apply_each(&acts) {
            // Whether it was committed is not known: the same requests again do it, or find that it was done.
            Err(StoreError::Sql(_)) => self.desk.apply_each(&acts),
            known => known,
        }?;
        Ok(done.into_iter().map(|applied| Ok(Done { outcome: applied?.outcome, lines: Vec::new() })).collect())
    }
}

/// The number of the first exception that is only foreseen: above all that stand on a desk.
const FIRST_FORESEEN: i64 = 1 << 60;

/// A record as it would be after the acts so far.
struct Foreseen {
    record: Record,
    approvals: Vec<Approval>,
    /// Whether the desk has no such record yet.
    new: bool,
}

/// What the desk would become: every record touched so far, as it was planned.
pub(super) struct Rehearsal {
    people: Vec<Person>,
    policies: Policies,
    /// Whether a scope has a rule that may take records in.
    ruled: bool,
    planned: HashMap<Vin, Foreseen>,
    /// The options of each scope that was asked for.
    options: HashMap<Option<String>, build::Options>,
}

impl Rehearsal {
    pub(super) fn of(desk: &mut Desk) -> Result<Self, StoreError> {
        Ok(Rehearsal {
            people: desk.people()?,
            policies: desk.policies()?,
            ruled: desk.scopes()?.iter().any(|(scope, _)| scope.matches.is_some()),
            planned: HashMap::new(),
            options: HashMap::new(),
        })
    }

    fn bring(&mut self, desk: &mut Desk, actor: &Actor, act: &Waiting) -> Result<Done, StoreError> {
        let Waiting { vin, action, now, .. } = act;
        let now = *now;
        let earlier = self.planned.remove(vin);
        let again = earlier.is_some();
        let Foreseen { record, mut approvals, new } = match earlier {
            Some(known) => known,
            None => match desk.record_id(vin) {
                Ok(id) => {
                    let dossier = desk.dossier(id, now)?;
                    Foreseen { record: dossier.record, approvals: dossier.approvals, new: false }
                }
                Err(StoreError::NotFound { .. }) => {
                    let record = self.new_record(vin, action.scope_given(), now);
                    Foreseen { record, approvals: Vec::new(), new: true }
                }
                Err(error) => return Err(error),
            },
        };
        let created = new && !again;
        if let Some(number) = action.approval_given() {
            approvals.extend(desk.approval(number)?.filter(|given| !approvals.contains(given)));
        }
        let scope = action.scope_given().or(record.scope.as_deref()).map(str::to_owned);
        let options = match self.options.entry(scope) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let options = desk.options(new.key().as_deref())?;
                new.insert(options)
            }
        };
        let case = Case {
            record: &record,
            approvals: &approvals,
            people: &self.people,
            policy: self.policies.of(record.scope.as_deref().or(action.scope_given())),
            options,
            catalogue: desk.catalogue(),
            now,
        };
        let planned =
            plan::plan(&case, actor, action, FIRST_FORESEEN).map_err(StoreError::from).and_then(|mut planned| {
                if planned.record.scope != record.scope || (self.ruled && record.scope.is_none()) {
                    desk.rehearse_joining(action, &case, new, &mut planned)?;
                }
                Ok(planned)
            });
        match planned {
            Ok(planned) => {
                let outcome = match (created, planned.changed) {
                    (true, _) => Outcome::Created,
                    (false, true) => Outcome::Updated,
                    (false, false) => Outcome::Unchanged,
                };
                self.planned.insert(vin.clone(), Foreseen { record: planned.record, approvals, new });
                Ok(Done { outcome, lines: planned.facts.lines })
            }
            Err(no) => {
                if !created {
                    self.planned.insert(vin.clone(), Foreseen { record, approvals, new });
                }
                Err(no)
            }
        }
    }

    /// A record as the desk makes one for a vehicle that comes in: at the first step, our stage following the base's.
    fn new_record(&self, vin: &Vin, scope: Option<&str>, now: Moment) -> Record {
        let step = self.policies.of(scope).steps.first().map_or("", |step| step.name.as_str());
        Record::new(RecordId(0), vin.clone(), 2, step, now)
    }
}

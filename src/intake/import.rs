//! Brings files to the desk: messages first, then build sheets, each message and each row standing or falling alone.
//!
//! Request ids: each act gets a fresh one, under which it is repeated once when its outcome is unknown. They are not made
//! from the file, since a sheet that goes back to what it said earlier is no repetition. A whole import repeated after
//! a crash changes nothing all the same, because both acts are idempotent: a message the record has already, and a row
//! that says what its sheet said before, change nothing and leave no event.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::columns::ColumnMap;
use super::files::{self, Found, Kind};
use super::table::Format;
use super::{Reject, message, sheet};
use crate::domain::action::Action;
use crate::domain::approval::Approval;
use crate::domain::certificate::Case;
use crate::domain::identity::{RecordId, Vin};
use crate::domain::moment::Moment;
use crate::domain::options as build;
use crate::domain::person::{Actor, Person};
use crate::domain::plan::{self, No, Refusal};
use crate::domain::policy::Policy;
use crate::domain::record::Record;
use crate::store::{Act, Desk, Outcome, StoreError, Target};

/// How files are imported.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The scope that new records, and rows that name none, join.
    pub scope: Option<String>,
    /// What a house's own column names mean.
    pub map: ColumnMap,
    /// Whether it is only said what would be done.
    pub dry_run: bool,
}

/// What became of an import.
#[derive(Debug, Default)]
pub struct ImportReport {
    /// Messages and rows that made a record.
    pub created: u64,
    /// Messages and rows that changed one.
    pub updated: u64,
    /// Messages and rows that changed nothing.
    pub unchanged: u64,
    /// What was not taken.
    pub rejected: Vec<Rejected>,
    /// Files of walked directories that are neither message nor build sheet.
    pub skipped: Vec<PathBuf>,
    /// Where it ended before its end, if it did; what was brought before stays.
    pub stopped: Option<Stopped>,
}

/// A message or row that was not taken; nothing of it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The file.
    pub file: PathBuf,
    /// The line.
    pub line: Option<usize>,
    /// The VIN as it was given.
    pub vin: Option<String>,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hints: Vec<String>,
}

/// Why and where an import ended early.
#[derive(Debug)]
pub struct Stopped {
    /// The file it was at.
    pub file: PathBuf,
    /// The line it was at.
    pub line: Option<usize>,
    /// What the desk said; nothing, when the person stopped it.
    pub error: Option<StoreError>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file it is at.
    pub file: &'a Path,
    /// Files done.
    pub done: usize,
    /// Files in all.
    pub total: usize,
    /// Messages and rows rejected so far.
    pub rejected: usize,
}

/// Most acts that are brought in one transaction: one commit serves them all, and nobody else waits long.
const MOST_AT_ONCE: usize = 64;
/// Most bytes of messages that wait to be brought.
const MOST_BYTES_AT_ONCE: usize = 4 * 1024 * 1024;

/// Imports what was found. `progress` is asked before each file and each row, and ends the import with `Break`: what was
/// read before is brought, nothing after it.
pub fn import(
    desk: &mut Desk,
    actor: &Actor,
    found: Found,
    options: &Options,
    clock: &dyn Fn() -> Moment,
    progress: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
) -> ImportReport {
    let total = found.files.len();
    let mut import = Import {
        report: ImportReport { skipped: found.skipped, ..ImportReport::default() },
        rejected: Vec::new(),
        door: Door { desk, actor, rehearsal: None },
        waiting: Vec::new(),
        options,
        clock,
        progress,
        done: 0,
        total,
    };
    for (file, reject) in found.rejected {
        import.reject(&file, reject);
    }
    let ended = import.run(found.files);
    let flushed = import.bring();
    import.report.stopped = flushed.and(ended).err().map(|stopped| *stopped);
    // Rows that only the desk rejected came later than those that could not be read.
    import.rejected.sort_by_key(|(file, rejected)| (*file, rejected.line));
    import.report.rejected = import.rejected.into_iter().map(|(_, rejected)| rejected).collect();
    import.report
}

struct Import<'a> {
    report: ImportReport,
    /// What was rejected, with the place of its file in the import.
    rejected: Vec<(usize, Rejected)>,
    door: Door<'a>,
    waiting: Vec<Waiting>,
    options: &'a Options,
    clock: &'a dyn Fn() -> Moment,
    progress: &'a mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
    done: usize,
    total: usize,
}

/// An act that waits to be brought with others.
struct Waiting {
    place: usize,
    file: PathBuf,
    line: Option<usize>,
    vin: Vin,
    action: Action,
    request: Uuid,
    now: Moment,
}

impl Import<'_> {
    fn run(&mut self, files: Vec<PathBuf>) -> Result<(), Box<Stopped>> {
        if self.options.dry_run {
            let rehearsal = Rehearsal::of(self.door.desk).map_err(|error| {
                let file = files.first().cloned().unwrap_or_default();
                Box::new(Stopped { file, line: None, error: Some(error) })
            })?;
            self.door.rehearsal = Some(rehearsal);
        }
        // A sheet may restate what a message says, so that messages go first wherever they stand.
        let (sheets, others): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| matches!(Kind::by_name(file), Some(Kind::Sheet(_))));
        for file in others.iter().chain(&sheets) {
            self.ask(file, None)?;
            self.file(file)?;
            self.done += 1;
        }
        Ok(())
    }

    fn ask(&mut self, file: &Path, line: Option<usize>) -> Result<(), Box<Stopped>> {
        let progress = Progress { file, done: self.done, total: self.total, rejected: self.rejected.len() };
        match (self.progress)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Box::new(Stopped { file: file.to_owned(), line, error: None })),
        }
    }

    fn reject(&mut self, file: &Path, reject: Reject) {
        let Reject { line, vin, reason, hints } = reject;
        self.rejected.push((self.done, Rejected { file: file.to_owned(), line, vin, reason, hints }));
    }

    fn file(&mut self, file: &Path) -> Result<(), Box<Stopped>> {
        let read = files::bytes(file).and_then(|bytes| Ok((Kind::of(file, &bytes)?, bytes)));
        match read {
            Ok((Kind::Message, bytes)) => self.message(file, bytes),
            Ok((Kind::Sheet(format), bytes)) => self.sheet(file, format, &bytes),
            Err(reject) => {
                self.reject(file, reject);
                Ok(())
            }
        }
    }

    fn message(&mut self, file: &Path, bytes: Vec<u8>) -> Result<(), Box<Stopped>> {
        match message::read(&name_of(file), bytes, self.options.scope.as_deref(), (self.clock)()) {
            Ok((vin, received)) => self.wait(file, None, vin, Action::Receive(received)),
            Err(reject) => {
                self.reject(file, reject);
                Ok(())
            }
        }
    }

    fn sheet(&mut self, file: &Path, format: Format, bytes: &[u8]) -> Result<(), Box<Stopped>> {
        let rows = match sheet::read(&name_of(file), bytes, format, &self.options.map, self.door.desk.catalogue()) {
            Ok(rows) => rows,
            Err(faults) => {
                faults.into_iter().for_each(|fault| self.reject(file, fault));
                return Ok(());
            }
        };
        for row in rows {
            match row {
                Ok(sheet::Item { vin, mut row, line }) => {
                    self.ask(file, Some(line))?;
                    row.scope = row.scope.or_else(|| self.options.scope.clone());
                    self.wait(file, Some(line), vin, Action::Prepare(row))?;
                }
                Err(reject) => self.reject(file, reject),
            }
        }
        Ok(())
    }

    fn wait(&mut self, file: &Path, line: Option<usize>, vin: Vin, action: Action) -> Result<(), Box<Stopped>> {
        let (place, request, now) = (self.done, Uuid::new_v4(), (self.clock)());
        self.waiting.push(Waiting { place, file: file.to_owned(), line, vin, action, request, now });
        let bytes = |waiting: &Waiting| match &waiting.action {
            Action::Receive(received) => received.bytes.len(),
            _ => 0,
        };
        let full =
            self.waiting.len() >= MOST_AT_ONCE || self.waiting.iter().map(bytes).sum::<usize>() >= MOST_BYTES_AT_ONCE;
        if full { self.bring() } else { Ok(()) }
    }

    /// Brings what waits.
    fn bring(&mut self) -> Result<(), Box<Stopped>> {
        let waiting = std::mem::take(&mut self.waiting);
        let Some(first) = waiting.first() else { return Ok(()) };
        let done = self.door.bring(&waiting).map_err(|error| first.stopped(error))?;
        let mut ended = Ok(());
        for (act, done) in waiting.iter().zip(done) {
            let reject = match done {
                Ok(outcome) => {
                    self.report.count(outcome);
                    continue;
                }
                Err(StoreError::Refused(refusal)) if refusal.no != No::NotAllowed => of_refusal(refusal),
                // A role that is missing for one is missing for all, and a desk that fails once may fail on. What
                // followed in the same transaction is done all the same, and counted.
                Err(error) => {
                    ended = ended.and(Err(act.stopped(error)));
                    continue;
                }
            };
            let Reject { reason, hints, .. } = reject;
            let (file, vin) = (act.file.clone(), Some(act.vin.to_string()));
            self.rejected.push((act.place, Rejected { file, line: act.line, vin, reason, hints }));
        }
        ended
    }
}

impl Waiting {
    fn stopped(&self, error: StoreError) -> Box<Stopped> {
        Box::new(Stopped { file: self.file.clone(), line: self.line, error: Some(error) })
    }
}

impl ImportReport {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            // It was carried out under the same request just before, and only its answer was lost.
            Outcome::Updated | Outcome::Repeated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }
}

fn of_refusal(refusal: Refusal) -> Reject {
    let who = refusal.who.join(", ");
    let reject = Reject { hints: refusal.hints, ..Reject::new(refusal.message) };
    if who.is_empty() { reject } else { reject.hint(format!("who could: {who}")) }
}

fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or(file.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The one way to the desk: in earnest, or as a rehearsal that writes nothing.
struct Door<'a> {
    desk: &'a mut Desk,
    actor: &'a Actor,
    rehearsal: Option<Rehearsal>,
}

impl Door<'_> {
    /// Brings several acts, each judged on its own. An error of the whole says that nothing of them was written.
    fn bring(&mut self, waiting: &[Waiting]) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
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
        Ok(done.into_iter().map(|applied| Ok(applied?.outcome)).collect())
    }
}

/// What the desk would become: every record touched so far, as it was planned.
struct Rehearsal {
    people: Vec<Person>,
    policy: Policy,
    planned: HashMap<Vin, (Record, Vec<Approval>)>,
    /// The options of each scope that was asked for.
    options: HashMap<Option<String>, build::Options>,
}

impl Rehearsal {
    fn of(desk: &mut Desk) -> Result<Self, StoreError> {
        Ok(Rehearsal {
            people: desk.people()?,
            policy: desk.policy()?,
            planned: HashMap::new(),
            options: HashMap::new(),
        })
    }

    fn bring(&mut self, desk: &mut Desk, actor: &Actor, act: &Waiting) -> Result<Outcome, StoreError> {
        let Waiting { vin, action, now, .. } = act;
        let now = *now;
        let mut created = false;
        let (record, mut approvals) = match self.planned.remove(vin) {
            Some(known) => known,
            None => match desk.record_id(vin) {
                Ok(id) => {
                    let dossier = desk.dossier(id, now)?;
                    (dossier.record, dossier.approvals)
                }
                Err(StoreError::NotFound { .. }) => {
                    created = true;
                    (self.new_record(vin, now), Vec::new())
                }
                Err(error) => return Err(error),
            },
        };
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
            policy: &self.policy,
            options,
            catalogue: desk.catalogue(),
            now,
        };
        let planned = plan::plan(&case, actor, action, 1);
        match planned {
            Ok(planned) => {
                let outcome = match (created, planned.changed) {
                    (true, _) => Outcome::Created,
                    (false, true) => Outcome::Updated,
                    (false, false) => Outcome::Unchanged,
                };
                self.planned.insert(vin.clone(), (planned.record, approvals));
                Ok(outcome)
            }
            Err(refusal) => {
                if !created {
                    self.planned.insert(vin.clone(), (record, approvals));
                }
                Err(StoreError::Refused(refusal))
            }
        }
    }

    /// A record as the desk makes one for a vehicle that comes in: at the first step, our stage following the base's.
    fn new_record(&self, vin: &Vin, now: Moment) -> Record {
        let step = self.policy.steps.first().map_or("", |step| step.name.as_str());
        Record::new(RecordId(0), vin.clone(), 2, step, now)
    }
}

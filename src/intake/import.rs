//! Brings files to the desk: messages first, then build sheets, each message and each row standing or falling alone.
//!
//! Request ids: each act gets a fresh one, under which it is repeated once when its outcome is unknown. They are not made
//! from the file, since a sheet that goes back to what it said earlier is no repetition. A whole import repeated after
//! a crash changes nothing all the same, because both acts are idempotent: a message the record has already, and a row
//! that says what its sheet said before, change nothing and leave no event.
//!
//! Messages are read ahead on a thread of their own ([`ahead`](super::ahead)) while those before them are written; what
//! comes of them, and in which order, is as if they were read one by one.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::Reject;
use super::ahead::{self, Read};
use super::columns::ColumnMap;
use super::door::{Done, Door, Rehearsal, Waiting};
use super::files::{Found, Kind};
use super::report::{Foreseen, ImportReport, Progress, Rejected, Stopped};
use super::sheet::{self, Cells};
use super::table::Format;
use crate::domain::action::{Action, Received};
use crate::domain::identity::Vin;
use crate::domain::moment::Moment;
use crate::domain::person::Actor;
use crate::domain::plan::{No, Refusal};
use crate::store::{Desk, Outcome, StoreError};

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

/// Most acts that are brought in one transaction: one commit serves them all, and nobody else waits long.
const MOST_AT_ONCE: usize = 64;
/// Acts of the first transaction, before it is known how long this desk takes for one.
const FIRST_AT_ONCE: usize = 16;
/// Most bytes of messages that wait to be brought.
const MOST_BYTES_AT_ONCE: usize = 4 * 1024 * 1024;
/// How long a transaction may take before the next one has fewer acts: whoever else acts waits for it.
const LONG: Duration = Duration::from_millis(50);

/// Imports what was found. `progress` is asked before each file and each row, and ends the import with `Break`: what was
/// read before is brought, nothing after it.
pub fn import(
    desk: &mut Desk,
    actor: &Actor,
    found: Found,
    options: &Options,
    clock: &(dyn Fn() -> Moment + Sync),
    progress: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
) -> ImportReport {
    let total = found.files.len();
    let mut import = Import {
        report: ImportReport { skipped: found.skipped, ..ImportReport::default() },
        rejected: Vec::new(),
        door: Door { desk, actor, rehearsal: None },
        waiting: Vec::new(),
        at_once: FIRST_AT_ONCE,
        options,
        clock,
        progress,
        done: 0,
        total,
        row: 0,
        rows: 0,
        read: 0,
    };
    for (file, reject) in found.rejected {
        import.reject(&file, reject, None);
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
    /// How many acts are brought together.
    at_once: usize,
    options: &'a Options,
    clock: &'a (dyn Fn() -> Moment + Sync),
    progress: &'a mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
    done: usize,
    total: usize,
    row: usize,
    rows: usize,
    read: u64,
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
        let (scope, clock) = (self.options.scope.as_deref(), self.clock);
        ahead::read_each(&others, scope, clock, |file, read| self.file(file, read))?;
        sheets.iter().try_for_each(|file| self.file(file, || ahead::read(file, scope, clock())))
    }

    /// Takes what a file says, read when it is asked for.
    fn file(&mut self, file: &Path, read: impl FnOnce() -> Read) -> Result<(), Box<Stopped>> {
        self.ask(file, None)?;
        match read() {
            Read::Message(message) => self.message(file, message)?,
            Read::Sheet(format, bytes) => self.sheet(file, format, &bytes)?,
            Read::Neither(reject) => self.reject(file, reject, None),
        }
        self.done += 1;
        (self.row, self.rows) = (0, 0);
        Ok(())
    }

    fn ask(&mut self, file: &Path, line: Option<usize>) -> Result<(), Box<Stopped>> {
        let Import { done, total, row, rows, read, .. } = *self;
        let progress = Progress { file, done, total, row, rows, read, rejected: self.rejected.len() };
        match (self.progress)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Box::new(Stopped { file: file.to_owned(), line, error: None })),
        }
    }

    fn reject(&mut self, file: &Path, reject: Reject, cells: Option<Cells>) {
        let Reject { line, vin, reason, hints } = reject;
        self.rejected.push((self.done, Rejected { file: file.to_owned(), line, vin, reason, hints, cells }));
    }

    fn message(&mut self, file: &Path, read: Result<(Vin, Received), Reject>) -> Result<(), Box<Stopped>> {
        self.read += 1;
        match read {
            Ok((vin, received)) => self.wait(file, None, vin, Action::Receive(received), None),
            Err(reject) => {
                self.reject(file, reject, None);
                Ok(())
            }
        }
    }

    fn sheet(&mut self, file: &Path, format: Format, bytes: &[u8]) -> Result<(), Box<Stopped>> {
        let map = &self.options.map;
        let rows = match sheet::lines(&name_of(file), bytes, format, map, self.door.desk.catalogue()) {
            Ok(rows) => rows,
            Err(faults) => {
                faults.into_iter().for_each(|fault| self.reject(file, fault, None));
                return Ok(());
            }
        };
        self.rows = rows.len();
        for sheet::SheetLine { cells, item } in rows {
            match item {
                Ok(sheet::Item { vin, mut row, line }) => {
                    self.ask(file, Some(line))?;
                    row.scope = row.scope.or_else(|| self.options.scope.clone());
                    self.wait(file, Some(line), vin, Action::Prepare(row), Some(cells))?;
                }
                Err(reject) => self.reject(file, reject, Some(cells)),
            }
            self.row += 1;
            self.read += 1;
        }
        Ok(())
    }

    fn wait(
        &mut self,
        file: &Path,
        line: Option<usize>,
        vin: Vin,
        action: Action,
        cells: Option<Cells>,
    ) -> Result<(), Box<Stopped>> {
        let (place, request, now) = (self.done, Uuid::new_v4(), (self.clock)());
        self.waiting.push(Waiting { place, file: file.to_owned(), line, vin, action, request, now, cells });
        let bytes = |waiting: &Waiting| match &waiting.action {
            Action::Receive(received) => received.bytes.len(),
            _ => 0,
        };
        let full =
            self.waiting.len() >= self.at_once || self.waiting.iter().map(bytes).sum::<usize>() >= MOST_BYTES_AT_ONCE;
        if full { self.bring() } else { Ok(()) }
    }

    /// Brings what waits.
    fn bring(&mut self) -> Result<(), Box<Stopped>> {
        let waiting = std::mem::take(&mut self.waiting);
        let Some(first) = waiting.first() else { return Ok(()) };
        let begun = Instant::now();
        let done = self.door.bring(&waiting).map_err(|error| first.stopped(error))?;
        self.at_once = match begun.elapsed() {
            long if long > LONG => (self.at_once / 2).max(1),
            short if short < LONG / 2 => (self.at_once * 2).min(MOST_AT_ONCE),
            _ => self.at_once,
        };
        let mut ended = Ok(());
        for (act, done) in waiting.into_iter().zip(done) {
            let reject = match done {
                Ok(Done { outcome, lines }) => {
                    self.report.count(outcome);
                    if self.options.dry_run && outcome != Outcome::Unchanged {
                        let Waiting { file, line, vin, .. } = act;
                        self.report.foreseen.push(Foreseen { file, line, vin, outcome, lines });
                    }
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
            let Waiting { place, file, line, vin, cells, .. } = act;
            let vin = Some(vin.to_string());
            self.rejected.push((place, Rejected { file, line, vin, reason, hints, cells }));
        }
        ended
    }
}

fn of_refusal(refusal: Refusal) -> Reject {
    let who = refusal.who.join(", ");
    let reject = Reject { hints: refusal.hints, ..Reject::new(refusal.message) };
    if who.is_empty() { reject } else { reject.hint(format!("who could: {who}")) }
}

/// A file's own name, by which the desk remembers where something came from.
pub(super) fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or(file.as_os_str());
    name.to_string_lossy().into_owned()
}

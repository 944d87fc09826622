//! A desk: one connection to one file, with what it remembers between calls.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::chain::{self, About, NewEvent};
use super::columns::to_json;
use super::error::StoreError;
use super::govern;
use super::migrate::Migrated;
use super::open;
use super::options::{self, Remembered};
use super::pack::Packs;
use super::people;
use super::record;
use super::scopes;
use super::turn::Queue;
use crate::domain::catalogue::Catalogue;
use crate::domain::event::Facts;
use crate::domain::identity::{Digest, RecordId};
use crate::domain::moment::Moment;
use crate::domain::options::Options;
use crate::domain::person::{Person, Role};
use crate::domain::plan::Refusal;
use crate::domain::policy::Policy;
use crate::domain::scope::Policies;

/// A desk, opened. It can be handed to another thread, and serves one at a time.
pub struct Desk {
    path: PathBuf,
    catalogue: &'static Catalogue,
    demo: bool,
    conn: Connection,
    packs: Packs,
    known: Known,
    queue: Queue,
    /// The file that was opened: its device and inode.
    file: Option<(u64, u64)>,
    migrated: Option<Migrated>,
}

/// What a desk is made with.
#[derive(Debug, Clone)]
pub struct NewDesk {
    /// Its first policy.
    pub policy: Policy,
    /// The file the policy came from, as it was written.
    pub policy_source: String,
    /// Its first build options and the file they came from; those that the policy carries hold without.
    pub options: Option<(Options, String)>,
    /// Who makes it: an administrator, and nothing else, for nobody gives themselves a role.
    pub founder: Person,
    /// Whether it is for looking around: anybody may speak for anybody.
    pub demo: bool,
}

/// What governs a desk, remembered as long as its revision is the desk's.
#[derive(Default)]
pub struct Known {
    people: Option<(i64, Arc<[Person]>)>,
    policies: Option<(Option<u32>, Arc<Policies>)>,
    options: Remembered,
}

/// What a verb works with inside its transaction.
pub struct Session<'a> {
    pub conn: &'a Connection,
    pub packs: &'a mut Packs,
    known: &'a mut Known,
    pub catalogue: &'static Catalogue,
    /// Records whose words are to be written at the end of the transaction, and whether they have none yet.
    words: BTreeMap<RecordId, bool>,
}

/// Whether what was written stays.
pub enum End<T> {
    Keep(T),
    Leave(T),
}

impl Desk {
    /// Makes a desk at `path` with its founder and its first policy, and opens it.
    ///
    /// # Errors
    /// A file is there already, the place will not do, or the founder is more than an administrator.
    pub fn create(path: &Path, new: &NewDesk, catalogue: &'static Catalogue, now: Moment) -> Result<Desk, StoreError> {
        let only_admin = new.founder.roles.iter().eq([&Role::Admin]);
        if !only_admin && !new.demo {
            return Err(Refusal::new("own-roles", "who makes a desk is its administrator and nothing else")
                .hint("make the desk, then let another administrator give the role")
                .into());
        }
        open::create(path)?;
        let made = Desk::establish(path, new, catalogue, now);
        if made.is_err() {
            open::discard(path);
        }
        made
    }

    fn establish(path: &Path, new: &NewDesk, catalogue: &'static Catalogue, now: Moment) -> Result<Desk, StoreError> {
        let conn = open::establish(path)?;
        // The first policy of a desk is number 1, whatever it was called elsewhere.
        let policy = Policy { version: 1, ..new.policy.clone() };
        let mut desk = Desk::around(path, catalogue, conn, new.demo);
        desk.write(|session| {
            let conn = session.conn;
            let mut meta = conn.prepare_cached("INSERT INTO meta (name, value) VALUES (?1, ?2)")?;
            for (name, value) in [("demo", if new.demo { "yes" } else { "no" }), ("people", "0")] {
                meta.execute([name, value])?;
            }
            let mut facts = Facts { policy: policy.version, ..Facts::default() };
            facts.line(format!("person {}", new.founder.login), None, Some(new.founder.name.clone()));
            facts.line(format!("policy {}", policy.version), None, Some(policy.name.clone()));
            facts.line("demo", None, Some(if new.demo { "yes" } else { "no" }.to_owned()));
            people::put_person(conn, &new.founder)?;
            scopes::put_policy(conn, None, &policy, &new.policy_source, now)?;
            let mut acts: Vec<(&str, String, Digest)> = vec![
                ("init", "desk".to_owned(), govern::state_of_desk(new.demo)),
                ("person-add", format!("person {}", new.founder.login), govern::state_of(&to_json(&new.founder)?)),
                (
                    "policy-apply",
                    format!("policy {}", policy.version),
                    govern::state_of_policy(&new.policy_source, &to_json(&policy)?),
                ),
            ];
            if let Some((options, source)) = &new.options {
                let options = Options { version: 1, scope: None, ..options.clone() };
                acts.push(("options-apply", "options 1".to_owned(), options::put(conn, &options, source, now)?));
            }
            for (number, (action, subject, state)) in (0..).zip(&acts) {
                let event = NewEvent {
                    at: now,
                    by: &new.founder.login,
                    via: None,
                    action,
                    about: About::Desk(subject),
                    request: Uuid::from_u128(number),
                    facts: if number == 0 { &facts } else { &Facts { policy: policy.version, ..Facts::default() } },
                    state: *state,
                };
                chain::append(conn, session.packs, &event)?;
            }
            Ok(End::Keep(()))
        })?;
        Ok(desk)
    }

    /// Opens a desk, bringing an older schema up to date.
    ///
    /// # Errors
    /// There is none, the file is something else, a newer program made it, or it may not be worked on where it lies.
    pub fn open(path: &Path, catalogue: &'static Catalogue) -> Result<Desk, StoreError> {
        let (conn, migrated) = open::connect(path)?;
        let demo: String = conn.query_row("SELECT value FROM meta WHERE name = 'demo'", [], |row| row.get(0))?;
        let mut desk = Desk { migrated, ..Desk::around(path, catalogue, conn, demo == "yes") };
        desk.fill_lines()?;
        Ok(desk)
    }

    fn around(path: &Path, catalogue: &'static Catalogue, conn: Connection, demo: bool) -> Desk {
        Desk {
            path: path.to_owned(),
            catalogue,
            demo,
            conn,
            packs: Packs::default(),
            known: Known::default(),
            queue: Queue::beside(path),
            file: file_at(path),
            migrated: None,
        }
    }

    /// What was done to bring it up to date when it was opened, if anything was.
    pub fn migrated(&self) -> Option<&Migrated> {
        self.migrated.as_ref()
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is for looking around.
    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// The catalogue its records are read with.
    pub fn catalogue(&self) -> &'static Catalogue {
        self.catalogue
    }

    /// A number that differs after another process, or another connection of this one, changed the desk.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn data_version(&mut self) -> Result<i64, StoreError> {
        Ok(self.conn.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// Whether the file that was opened is still the one at its path: what is written to another is lost.
    fn still_there(&self) -> Result<(), StoreError> {
        if file_at(&self.path) == self.file {
            return Ok(());
        }
        Err(StoreError::Permission {
            what: format!("the desk's file {} was removed or replaced while it was open", self.path.display()),
            fix: "put the file back where it was, or close and open the desk that lies there now; nothing was written"
                .into(),
        })
    }

    /// The connection itself, for what is set on it between transactions.
    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.conn
    }

    /// Reads within one transaction, so that everything read is of one moment.
    pub(super) fn read<T>(
        &mut self,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.still_there()?;
        let Desk { conn, packs, known, catalogue, .. } = self;
        let reading = Transaction::new_unchecked(conn, TransactionBehavior::Deferred)?;
        let read = work(&mut Session { conn, packs, known, catalogue, words: BTreeMap::new() });
        reading.finish()?;
        read
    }

    /// Writes within one immediate transaction, after waiting for a turn.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Session<'_>) -> Result<End<T>, StoreError>,
    ) -> Result<T, StoreError> {
        self.still_there()?;
        let Desk { conn, packs, known, catalogue, queue, path, .. } = self;
        let _turn = queue.wait();
        let writing =
            Transaction::new_unchecked(conn, TransactionBehavior::Immediate).map_err(
                |error| match StoreError::from(error) {
                    StoreError::Busy { .. } => StoreError::Busy { holder: queue.holder(path) },
                    other => other,
                },
            )?;
        let mut session = Session { conn, packs, known, catalogue, words: BTreeMap::new() };
        let done = work(&mut session).and_then(|end| match end {
            End::Keep(done) => session.write_words().map(|()| End::Keep(done)),
            End::Leave(done) => Ok(End::Leave(done)),
        });
        let ended = match done {
            Ok(End::Keep(done)) => writing.commit().map(|()| done).map_err(StoreError::from),
            Ok(End::Leave(done)) => return writing.rollback().map(|()| done).map_err(StoreError::from),
            // Why it failed tells more than a rollback that failed too; dropping the transaction tries that again.
            Err(error) => Err(error),
        };
        if ended.is_err() {
            packs.forget();
        }
        packs.settled();
        ended
    }
}

impl Session<'_> {
    /// Has the words that a record is found by written when the transaction ends, or before somebody looks for them. The
    /// index of words writes a segment of its own whenever a statement that could fail follows on what it was given; so all
    /// records of a transaction are given to it together, behind everything else.
    pub fn words_changed(&mut self, id: RecordId, new: bool) {
        *self.words.entry(id).or_default() |= new;
    }

    /// Writes the words that changed since they were last written.
    pub fn write_words(&mut self) -> Result<(), StoreError> {
        let changed = std::mem::take(&mut self.words);
        changed.into_iter().try_for_each(|(id, new)| record::put_words(self.conn, id, new))
    }

    /// Forgets the words that were not written yet: what changed them was taken back.
    pub fn forget_words(&mut self) {
        self.words.clear();
    }

    /// What is remembered of build options.
    pub fn remembered_options(&mut self) -> &mut Remembered {
        &mut self.known.options
    }

    /// Everybody on the desk, ordered by login.
    pub fn people(&mut self) -> Result<Arc<[Person]>, StoreError> {
        let mut find = self.conn.prepare_cached("SELECT value FROM meta WHERE name = 'people'")?;
        let text: String = find.query_row([], |row| row.get(0))?;
        let revision: i64 = text.parse().map_err(|_| StoreError::damaged("the revision of the list of people"))?;
        if let Some((known, people)) = &self.known.people
            && *known == revision
        {
            return Ok(Arc::clone(people));
        }
        let people: Arc<[Person]> = people::load_people(self.conn)?.into();
        self.known.people = Some((revision, Arc::clone(&people)));
        Ok(people)
    }

    /// The policies in force. Each that is applied has a number above all before it, whatever scope it is of.
    pub fn policies(&mut self) -> Result<Arc<Policies>, StoreError> {
        let mut find = self.conn.prepare_cached("SELECT max(version) FROM policy")?;
        let latest: Option<u32> = find.query_row([], |row| row.get(0))?;
        if let Some((known, policies)) = &self.known.policies
            && *known == latest
        {
            return Ok(Arc::clone(policies));
        }
        let policies = Arc::new(scopes::load_policies(self.conn)?);
        self.known.policies = Some((latest, Arc::clone(&policies)));
        Ok(policies)
    }

    /// The desk's policy.
    pub fn policy(&mut self) -> Result<Arc<Policy>, StoreError> {
        self.policy_of(None)
    }

    /// The policy that governs the records of a scope.
    pub fn policy_of(&mut self, scope: Option<&str>) -> Result<Arc<Policy>, StoreError> {
        Ok(Arc::clone(self.policies()?.of(scope)))
    }
}

fn file_at(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

//! Saved queues: kept, dropped, opened, counted. What one is for is the domain's (`domain::saved`).
//!
//! A shared one is told in the history like everything that is not one person's own; a person's own leaves no event.

use std::ffi::c_int;
use std::sync::Arc;

use rusqlite::params;
use uuid::Uuid;

use super::apply::Outcome;
use super::chain::{self, About, NewEvent};
use super::desk::{Desk, End, Session};
use super::error::StoreError;
use super::govern::{Governed, carried_out, gone, state_of};
use super::options;
use super::page::asker;
use super::scopes::scope_names;
use super::select::{self, Clause};
use super::standing::Told;
use crate::domain::catalogue::Catalogue;
use crate::domain::event::Facts;
use crate::domain::filter::Filter;
use crate::domain::identity::{Digest, Login, Seq};
use crate::domain::moment::Moment;
use crate::domain::person::{Actor, Person};
use crate::domain::queue::QueueName;
use crate::domain::saved::{self, Kept, QueueAct, SavedCount, SavedId, SavedQueue, Shelf};
use crate::domain::scope::Policies;

/// SQLite's own steps between two looks at how many are left, and how many there are for all queues of one person together: at
/// some twenty steps a record that is looked at, about a hundred thousand records.
const STEPS: c_int = 1_000;
const MOST_STEPS: i64 = 2_000;

impl Desk {
    /// Keeps or drops a saved queue.
    ///
    /// # Errors
    /// The rule that says no; that the desk is busy.
    pub fn keep_queue(
        &mut self,
        actor: &Actor,
        act: &QueueAct,
        request: Uuid,
        now: Moment,
    ) -> Result<Governed, StoreError> {
        self.write(|session| {
            if let Some(seq) = carried_out(session.conn, request)? {
                return Ok(End::Leave(Governed { seq, outcome: Outcome::Repeated, told: Told::default() }));
            }
            let house = House::of(session)?;
            let kept = saved::judge(actor, &house.shelf(now), act)?;
            let (facts, outcome) = match &kept {
                Kept::Nothing => {
                    let seq = chain::head(session.conn)?.0;
                    return Ok(End::Leave(Governed { seq, outcome: Outcome::Unchanged, told: Told::default() }));
                }
                Kept::New { facts } => (facts, Outcome::Created),
                Kept::Changed { facts, .. } | Kept::Dropped { facts, .. } => (facts, Outcome::Updated),
            };
            let state = put(session, actor, &kept, act, now)?;
            let seq = match facts {
                Some(facts) => tell(session, actor, (&kept, facts), request, state, now)?,
                None => chain::head(session.conn)?.0,
            };
            Ok(End::Keep(Governed { seq, outcome, told: Told::default() }))
        })
    }

    /// The saved queues somebody has: their own and their team's, ordered by name.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn saved_queues(&mut self, who: &Login) -> Result<Vec<SavedQueue>, StoreError> {
        self.read(|session| {
            let House { people, saved, .. } = House::of(session)?;
            let mut mine: Vec<SavedQueue> = saved.into_iter().filter(|queue| queue.is_for(who, &people)).collect();
            mine.sort_by_cached_key(|queue| (queue.name.to_lowercase(), queue.team.clone()));
            Ok(mine)
        })
    }

    /// The queue of a name, built in or saved, as somebody means it.
    ///
    /// # Errors
    /// There is none; the nearest name is told.
    pub fn queue_named(&mut self, actor: &Actor, name: &str, now: Moment) -> Result<QueueName, StoreError> {
        if let Some(queue) = QueueName::of(name) {
            return Ok(queue);
        }
        self.read(|session| {
            let house = House::of(session)?;
            let shelf = house.shelf(now);
            match saved::named(name, &actor.login, &shelf) {
                Some(queue) => Ok(QueueName::Saved(queue.id)),
                None => Err(saved::not_there(actor, &shelf, name).into()),
            }
        })
    }

    /// The saved queues somebody has, each with how many records it holds. Counting is broken off where it takes too long to
    /// be done again at every change: then it is said that it is not the whole.
    ///
    /// # Errors
    /// When the desk cannot be read.
    pub fn saved_counts(&mut self, who: &Login, now: Moment) -> Result<Vec<SavedCount>, StoreError> {
        let queues = self.saved_queues(who)?;
        for queue in &queues {
            self.fill_beside(meant(queue, now).ok().as_ref(), now)?;
        }
        let mut left = MOST_STEPS;
        self.limit_steps(Some(move || {
            left -= 1;
            left < 0
        }))?;
        let counted = self.read(|session| {
            queues.into_iter().map(|queue| count_some(session, queue, who, now)).collect::<Result<Vec<_>, _>>()
        });
        self.limit_steps(None::<fn() -> bool>)?;
        counted
    }

    fn limit_steps<F: FnMut() -> bool + Send + 'static>(&mut self, handler: Option<F>) -> Result<(), StoreError> {
        Ok(self.connection().progress_handler(STEPS, handler)?)
    }
}

/// What decides about saved queues.
struct House {
    people: Arc<[Person]>,
    policies: Arc<Policies>,
    scopes: Vec<String>,
    options: Vec<String>,
    catalogue: &'static Catalogue,
    saved: Vec<SavedQueue>,
}

impl House {
    fn of(session: &mut Session<'_>) -> Result<House, StoreError> {
        Ok(House {
            people: session.people()?,
            policies: session.policies()?,
            scopes: scope_names(session.conn)?,
            options: options::codes(session)?,
            catalogue: session.catalogue,
            saved: load(session)?,
        })
    }

    fn shelf(&self, now: Moment) -> Shelf<'_> {
        Shelf {
            people: &self.people,
            policies: &self.policies,
            scopes: &self.scopes,
            options: &self.options,
            catalogue: self.catalogue,
            saved: &self.saved,
            today: now.day(),
        }
    }
}

fn load(session: &Session<'_>) -> Result<Vec<SavedQueue>, StoreError> {
    let sql = "SELECT id, name, owner, team, query FROM saved_queue WHERE dropped = 0 ORDER BY id";
    let mut find = session.conn.prepare_cached(sql)?;
    let mut rows = find.query([])?;
    let mut queues = Vec::new();
    while let Some(row) = rows.next()? {
        queues.push(SavedQueue {
            id: SavedId(row.get(0)?),
            name: row.get(1)?,
            owner: super::columns::login(row, 2)?,
            team: row.get(3)?,
            query: row.get(4)?,
        });
    }
    Ok(queues)
}

/// Every shared queue by its full name, with the state its last event must have left.
pub fn shared(session: &Session<'_>) -> Result<Vec<(String, Digest)>, StoreError> {
    let shared = load(session)?.into_iter().filter(|queue| queue.team.is_some());
    Ok(shared.map(|queue| (format!("queue {}", queue.full_name()), state_of(&queue.query))).collect())
}

/// Writes what becomes of the queue; answers the hash of what it is now.
fn put(session: &Session<'_>, actor: &Actor, kept: &Kept, act: &QueueAct, now: Moment) -> Result<Digest, StoreError> {
    let conn = session.conn;
    match (kept, act) {
        (Kept::New { .. }, QueueAct::Save { name, query, team }) => {
            let mut add = conn.prepare_cached(
                "INSERT INTO saved_queue (name, owner, team, query, saved_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            add.execute(params![name, actor.login.as_str(), team, query, now.0])?;
            Ok(state_of(query))
        }
        (Kept::Changed { id, .. }, QueueAct::Save { query, .. }) => {
            let mut set = conn.prepare_cached("UPDATE saved_queue SET query = ?2, saved_at = ?3 WHERE id = ?1")?;
            set.execute(params![id.0, query, now.0])?;
            Ok(state_of(query))
        }
        (Kept::Dropped { id, .. }, _) => {
            let mut drop = conn.prepare_cached("UPDATE saved_queue SET query = '', dropped = 1 WHERE id = ?1")?;
            drop.execute([id.0])?;
            Ok(gone())
        }
        _ => Err(StoreError::Sql("a queue was judged that nothing is done about".into())),
    }
}

fn tell(
    session: &mut Session<'_>,
    actor: &Actor,
    (kept, facts): (&Kept, &Facts),
    request: Uuid,
    state: Digest,
    now: Moment,
) -> Result<Seq, StoreError> {
    let mut facts = facts.clone();
    facts.policy = session.policy()?.version;
    let subject = facts.lines.first().map(|line| line.what.clone()).unwrap_or_default();
    let event = NewEvent {
        at: now,
        by: &actor.login,
        via: actor.via.as_deref(),
        action: if matches!(kept, Kept::Dropped { .. }) { "queue-drop" } else { "queue-save" },
        about: About::Desk(&subject),
        request,
        facts: &facts,
        state,
    };
    chain::append(session.conn, session.packs, &event)
}

impl Desk {
    /// A queue and a filter as a list is made of them, with everything in place that the filter asks.
    pub(super) fn prepared(
        &mut self,
        queue: QueueName,
        filter: Option<&Filter>,
        now: Moment,
    ) -> Result<(QueueName, Option<Filter>), StoreError> {
        let (queue, filter) = self.read(|session| resolved(session, queue, filter, now))?;
        self.fill_beside(filter.as_ref(), now)?;
        Ok((queue, filter))
    }
}

/// A queue as a list is made of it: a saved one is every record that its query selects, and what else is asked.
fn resolved(
    session: &Session<'_>,
    queue: QueueName,
    filter: Option<&Filter>,
    now: Moment,
) -> Result<(QueueName, Option<Filter>), StoreError> {
    let QueueName::Saved(id) = queue else { return Ok((queue, filter.cloned())) };
    let saved = load(session)?.into_iter().find(|queue| queue.id == id);
    let saved = saved.ok_or_else(|| StoreError::missing("saved queue of that number: it was dropped"))?;
    let mut parts = flat(meant(&saved, now)?);
    parts.extend(filter.cloned().map(flat).unwrap_or_default());
    Ok((QueueName::All, Some(Filter::All(parts))))
}

fn meant(queue: &SavedQueue, now: Moment) -> Result<Filter, StoreError> {
    let unread = |fault| StoreError::Sql(format!("the saved queue `{}` does not read any more: {fault}", queue.name));
    Filter::parse(&queue.query, now.day()).map_err(unread)
}

fn flat(filter: Filter) -> Vec<Filter> {
    match filter {
        Filter::All(parts) => parts,
        one => vec![one],
    }
}

fn count_some(session: &Session<'_>, queue: SavedQueue, who: &Login, now: Moment) -> Result<SavedCount, StoreError> {
    // One whose words the language no longer has selects nothing, and says why when it is opened.
    let Ok(filter) = meant(&queue, now) else { return Ok(SavedCount { queue, records: 0, whole: false }) };
    let mut clause = Clause::default();
    clause.add("SELECT r.id FROM record r WHERE ");
    select::write_filter(&mut clause, &filter, &asker(who, now));
    let mut records = 0;
    let broken_off =
        |error: &rusqlite::Error| error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted);
    let mut find = match session.conn.prepare_cached(&clause.sql) {
        Err(error) if broken_off(&error) => return Ok(SavedCount { queue, records, whole: false }),
        found => found?,
    };
    let mut rows = find.query(rusqlite::params_from_iter(clause.values))?;
    loop {
        match rows.next() {
            Ok(Some(_)) => records += 1,
            Ok(None) => return Ok(SavedCount { queue, records, whole: true }),
            Err(error) if broken_off(&error) => return Ok(SavedCount { queue, records, whole: false }),
            Err(error) => return Err(error.into()),
        }
    }
}

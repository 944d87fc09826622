//! What the model wants done on the desk, as jobs for the worker; each answers with a message.
//!
//! Invariant: nothing here waits: a job is handed over and its answer comes through the channel.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::app::complete::Offered;
use crate::app::lines::Side;
use crate::app::links;
use crate::app::msg::{Effect, Governed, Msg, Row, Tag, Ticket};
use crate::app::preview::{Preview, Written};
use crate::domain::action::Action;
use crate::domain::address::Address;
use crate::domain::identity::{RecordId, Seq};
use crate::domain::manufacturers;
use crate::domain::moment::Moment;
use crate::domain::person::Actor;
use crate::domain::saved::QueueAct;
use crate::failure::{Failure, Kind};
use crate::issuing::{archive, compose};
use crate::ivi;
use crate::store::{
    Act, ArchiveQuery, Cursor, Desk, ExceptionQuery, GroupQuery, Outcome, PageQuery, StoreError, Target, Worker,
};

/// How long a text rests before it is written down: long enough to write a word once, short enough to lose nothing.
const REST: Duration = Duration::from_millis(300);

/// Events that are read at once; of more than these only the last are looked at.
const NEWS: usize = 500;

/// Seals and releases a record that somebody saw at this event; answers the event that did it.
pub type Release = dyn Fn(&mut Desk, &Actor, RecordId, Seq, Moment) -> Result<Seq, Failure> + Send + Sync;

/// Where answers go. It is called on the worker's thread.
pub type Answer = Arc<dyn Fn(Msg) + Send + Sync>;

/// Hands jobs to the worker.
pub struct Jobs {
    worker: Worker,
    actor: Actor,
    release: Arc<Release>,
    answer: Answer,
    /// The request that each act goes under: the same act again is the same request.
    requests: BTreeMap<Tag, Uuid>,
    drafts: BTreeMap<String, (String, Instant)>,
    /// Questions that were not answered yet.
    asked: Arc<AtomicUsize>,
}

impl Jobs {
    /// Jobs for a worker, on behalf of somebody.
    pub fn new(worker: Worker, actor: Actor, release: Arc<Release>, answer: Answer) -> Jobs {
        Jobs {
            worker,
            actor,
            release,
            answer,
            requests: BTreeMap::new(),
            drafts: BTreeMap::new(),
            asked: Arc::default(),
        }
    }

    /// Hands over what an effect asks of the desk; gives back one that is not about the desk.
    pub fn take(&mut self, effect: Effect, now: Moment) -> Option<Effect> {
        match effect {
            Effect::LoadCounts => {
                let who = self.actor.login.clone();
                self.read({
                    let who = who.clone();
                    move |desk| Ok(Msg::Counts(desk.counts(&who, now)?))
                });
                self.read(move |desk| Ok(Msg::Saved(desk.saved_counts(&who, now)?)));
            }
            Effect::LoadPage { ticket, queue, filter, sort, limit, after } => {
                let who = self.actor.login.clone();
                self.ask(ticket, move |desk| {
                    // A place in a list that cannot be read any more leads to its beginning.
                    let after = after.and_then(|after| after.parse::<Cursor>().ok());
                    let page = desk.page(&PageQuery { queue, filter, sort, limit, after, who, now })?;
                    let rows = page.rows.into_iter();
                    let rows = rows.map(|row| Row { summary: row.summary, unread: row.unread }).collect();
                    Ok(Msg::Page { ticket, rows, next: page.next.map(|next| next.to_string()) })
                });
            }
            Effect::LoadGroups { ticket, by, filter } => {
                let who = self.actor.login.clone();
                self.ask(ticket, move |desk| {
                    let groups = desk.exception_groups(&GroupQuery { by, filter, who, now })?;
                    Ok(Msg::Groups { ticket, groups })
                });
            }
            Effect::LoadExceptions { ticket, filter, limit, after } => {
                let who = self.actor.login.clone();
                self.ask(ticket, move |desk| {
                    let query = ExceptionQuery { filter, settled: false, limit, after, who, now };
                    let page = desk.exceptions(&query)?;
                    Ok(Msg::Exceptions { ticket, rows: page.rows, next: page.next })
                });
            }
            Effect::LoadOverview { ticket, scope } => self.ask(ticket, move |desk| {
                let known = Box::new(desk.overview(scope.as_deref(), now)?);
                let scopes = desk.scopes()?.into_iter().map(|(scope, _)| scope.name).collect();
                Ok(Msg::Overview { ticket, known, scopes })
            }),
            Effect::LoadArchive { ticket, filter, limit, after } => {
                let who = self.actor.login.clone();
                self.ask(ticket, move |desk| {
                    let page = desk.archive(&ArchiveQuery { filter, limit, after, who, now })?;
                    Ok(Msg::Archive { ticket, rows: page.rows, next: page.next, total: page.total })
                });
            }
            Effect::LoadRelease(id) => self.submit(move |desk| {
                let known = archive::known(desk, id, now).map(Box::new).map_err(Failure::from);
                Msg::Release { id, known }
            }),
            Effect::Verify(id) => self.submit(move |desk| Msg::Verified {
                id,
                found: archive::verified(desk, id, now).map_err(Failure::from),
            }),
            Effect::LoadSealed(id) => self.read(move |desk| {
                let (_, bytes) = desk.released(id.record, Some(id.version))?;
                let lines = ivi::listing(&bytes).into_iter().map(|line| (line.text, false));
                let from = format!("version {}, as it was sealed; {} bytes", id.version, bytes.len());
                let base = Side { from, lines: lines.collect() };
                Ok(Msg::Lines { record: id.record, address: None, base, ours: Side::default() })
            }),
            Effect::LoadLinked(group) => self.read(move |desk| Ok(Msg::Linked(desk.linked(group)?))),
            Effect::LoadLinks(group) => self.read(move |desk| {
                let rows = desk.linked_first(group, links::MOST)?;
                Ok(Msg::Links { group, rows })
            }),
            Effect::LoadDossier(id) => self.submit(move |desk| match desk.dossier(id, now) {
                Ok(dossier) => Msg::Dossier(Box::new(dossier)),
                Err(error) => Msg::NoDossier { id, failure: error.into() },
            }),
            Effect::LoadNews(since) => self.submit(move |desk| match news(desk, since) {
                Ok(news) => news,
                // The question must be answered, or it is never asked again; the next pulse asks it anew.
                Err(_) => Msg::News(Vec::new()),
            }),
            Effect::LoadHouse => {
                let actor = self.actor.clone();
                self.read(move |desk| {
                    let (people, policies, options) = (desk.people()?, desk.policies()?, desk.option_codes()?);
                    let scopes = desk.scope_names()?;
                    let me = people.iter().find(|person| person.login == actor.login).map(Actor::of);
                    let nothing = Actor { roles: BTreeSet::new(), scoped: BTreeMap::new(), ..actor.clone() };
                    let who = Actor { via: actor.via, ..me.unwrap_or(nothing) };
                    Ok(Msg::House(Box::new(Governed { who, people, policies, scopes, options })))
                });
            }
            Effect::LoadOffered => self.read(move |desk| {
                let approvals = desk.approvals()?;
                Ok(Msg::Offered(Box::new(Offered::of(approvals.iter().map(|(approval, _)| approval)))))
            }),
            Effect::LoadValues(begun) => self.read(move |desk| {
                let values = desk.values(begun.field, &begun.text)?;
                Ok(Msg::Values { begun, values })
            }),
            Effect::LoadLines { record, stage, address } => {
                let who = self.actor.clone();
                self.read(move |desk| lines(desk, &who, record, stage, address, now));
            }
            Effect::LoadMessage(record) => {
                let who = self.actor.clone();
                self.read(move |desk| message(desk, &who, record, now));
            }
            Effect::Apply { tag, record, seen, action } => self.apply(tag, record, seen, action, now),
            Effect::Release { tag, record, seen } => self.seal(tag, record, seen, now),
            Effect::SaveDraft { key, text } => {
                self.drafts.insert(key, (text, Instant::now() + REST));
            }
            Effect::KeepQueue { name, query, team } => {
                let who = self.actor.clone();
                self.read(move |desk| {
                    let act = QueueAct::Save { name: name.clone(), query, team };
                    desk.keep_queue(&who, &act, Uuid::new_v4(), now)?;
                    Ok(Msg::Told(format!("kept as `{name}`, among your queues")))
                });
            }
            Effect::LoadDraft { key } => self.draft(key),
            Effect::MarkSeen { id, seq } => {
                let who = self.actor.login.clone();
                // What was not marked stays unread, and says so by itself.
                self.worker.submit(Box::new(move |desk| drop(desk.mark_seen(&who, id, seq))));
            }
            other => return Some(other),
        }
        None
    }

    /// Whether anything is still to be answered.
    pub fn are_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire) > 0
    }

    /// Keeps a text of the person's own beside their drafts; it is written down with them.
    pub fn keep(&mut self, key: &str, text: String) {
        self.drafts.insert(key.to_owned(), (text, Instant::now()));
    }

    /// When the next text is due to be written down.
    pub fn deadline(&self) -> Option<Instant> {
        self.drafts.values().map(|(_, due)| *due).min()
    }

    /// Writes down the texts that are due, or all of them.
    pub fn save_drafts(&mut self, all: bool, now: Moment) {
        let moment = Instant::now();
        let due: Vec<String> =
            self.drafts.iter().filter(|(_, (_, due))| all || *due <= moment).map(|(key, _)| key.clone()).collect();
        for key in due {
            let Some((text, _)) = self.drafts.remove(&key) else { continue };
            let (who, answer) = (self.actor.login.clone(), Arc::clone(&self.answer));
            self.worker.submit(Box::new(move |desk| {
                if let Err(error) = desk.save_draft(&who, &key, &text, now) {
                    let failure = Failure::new(Kind::Fault, format!("your draft was not kept: {error}"));
                    answer(Msg::Failed { tag: None, failure });
                }
            }));
        }
    }

    /// Calls back, on the worker's thread, when everything handed over so far has been answered.
    pub fn when_answered(&self, call: impl FnOnce() + Send + 'static) {
        self.worker.submit(Box::new(move |_| call()));
    }

    /// Runs what was handed over, writes down every text, and closes the desk.
    pub fn finish(mut self, now: Moment) {
        self.save_drafts(true, now);
        self.worker.finish();
    }

    fn submit(&self, job: impl FnOnce(&mut Desk) -> Msg + Send + 'static) {
        let (answer, asked) = (Arc::clone(&self.answer), Arc::clone(&self.asked));
        asked.fetch_add(1, Ordering::AcqRel);
        self.worker.submit(Box::new(move |desk| {
            let msg = job(desk);
            // Before it is told: whoever hears the last answer knows that it is the last.
            asked.fetch_sub(1, Ordering::AcqRel);
            answer(msg);
        }));
    }

    fn read(&self, job: impl FnOnce(&mut Desk) -> Result<Msg, StoreError> + Send + 'static) {
        self.submit(move |desk| job(desk).unwrap_or_else(|error| Msg::Failed { tag: None, failure: error.into() }));
    }

    /// Reads what answers a numbered question; that it could not be read is an answer too, or it is waited for for ever.
    fn ask(&self, ticket: Ticket, job: impl FnOnce(&mut Desk) -> Result<Msg, StoreError> + Send + 'static) {
        self.submit(move |desk| job(desk).unwrap_or_else(|error| Msg::NoPage { ticket, failure: error.into() }));
    }

    fn request(&mut self, tag: Tag) -> Uuid {
        *self.requests.entry(tag).or_insert_with(Uuid::new_v4)
    }

    fn apply(&mut self, tag: Tag, record: RecordId, seen: Seq, action: Action, now: Moment) {
        let request = self.request(tag);
        let actor = self.actor.clone();
        self.submit(move |desk| {
            let target = Target::Record(record);
            let act = Act { actor: &actor, target, action: &action, seen: Some(seen), request, now };
            match desk.apply(&act) {
                Ok(applied) => {
                    let changed = applied.outcome != Outcome::Unchanged;
                    Msg::Applied { tag, seq: applied.seq, changed }
                }
                Err(StoreError::Refused(refusal)) => Msg::Refused { tag, refusal },
                Err(StoreError::Conflict { event }) => Msg::Conflict { tag, event },
                Err(error) => Msg::Failed { tag: Some(tag), failure: error.into() },
            }
        });
    }

    fn seal(&self, tag: Tag, record: RecordId, seen: Seq, now: Moment) {
        let (actor, release) = (self.actor.clone(), Arc::clone(&self.release));
        self.submit(move |desk| match release(desk, &actor, record, seen, now) {
            Ok(seq) => Msg::Applied { tag, seq, changed: true },
            Err(failure) => Msg::Failed { tag: Some(tag), failure },
        });
    }

    fn draft(&self, key: String) {
        // What was typed a moment ago is not on the desk yet.
        if let Some((text, _)) = self.drafts.get(&key) {
            (self.answer)(Msg::Draft { text: text.clone(), key });
            return;
        }
        let who = self.actor.login.clone();
        self.read(move |desk| {
            let text = desk.draft(&who, &key)?.unwrap_or_default();
            Ok(Msg::Draft { key, text })
        });
    }
}

/// What happened since; of very much, the last of it.
fn news(desk: &mut Desk, since: Seq) -> Result<Msg, StoreError> {
    let events = desk.log(None, since, NEWS)?;
    if events.len() < NEWS {
        return Ok(Msg::News(events));
    }
    let (head, _) = desk.head()?;
    let back = i64::try_from(NEWS).unwrap_or(i64::MAX);
    Ok(Msg::News(desk.log(None, Seq(head.0.saturating_sub(back)).max(since), NEWS)?))
}

/// The message of a record: the last one as it was sealed where its work is done, else the one in work as it would go
/// out now.
fn message(desk: &mut Desk, who: &Actor, record: RecordId, now: Moment) -> Result<Msg, StoreError> {
    let dossier = desk.dossier(record, now)?;
    let version = dossier.record.version;
    let sealed = dossier.record.releases.iter().any(|release| release.version == version);
    let (what, bytes) = if sealed {
        let (release, bytes) = desk.released(record, Some(version))?;
        let at = release.sealed_at.day();
        (format!("version {version} as it was sealed on {at}, SHA-256 {}", release.sha256), bytes)
    } else {
        // The reference of a message in work is nobody's yet.
        match compose::draft(&dossier, &who.login, Uuid::nil(), now) {
            Ok(bytes) => (format!("version {version} as it would go out now: not sealed, no certificate"), bytes),
            Err(fault) => (format!("there is no message: {fault}"), Vec::new()),
        }
    };
    let (listed, rows) = (ivi::listing(&bytes).into_iter(), dossier.certificate.rows());
    let on_desk = |address: Option<Address>| address.map(|address| rows.on_desk(&address));
    let lines = listed.map(|line| Written { text: line.text, address: on_desk(line.address) }).collect();
    Ok(Msg::Message { record, preview: Box::new(Preview { what, lines }) })
}

/// The lines around an entry of the message received for a stage, and of our message in work.
fn lines(
    desk: &mut Desk,
    who: &Actor,
    record: RecordId,
    stage: u8,
    address: Address,
    now: Moment,
) -> Result<Msg, StoreError> {
    let received = desk.received(record, stage)?;
    let dossier = desk.dossier(record, now)?;
    let given = dossier.record.stages.iter().find(|given| given.number == stage);
    let source = given.map_or("the message", |given| given.source.as_str());
    let in_base =
        given.map_or_else(|| address.clone(), |given| manufacturers::received(&given.content, stage, &address));
    let base = side(&received, Some(&in_base), &format!("stage {stage} · {source}"), true);
    let in_ours = dossier.certificate.rows().in_message(&address);
    // The reference of a message in work is nobody's yet.
    let ours = match compose::draft(&dossier, &who.login, Uuid::nil(), now) {
        Ok(bytes) => side(&bytes, in_ours.as_ref(), "ours · the message in work", false),
        Err(error) => Side { from: format!("ours: {error}"), lines: Vec::new() },
    };
    Ok(Msg::Lines { record, address: Some(address), base, ours })
}

fn side(bytes: &[u8], address: Option<&Address>, whose: &str, numbered: bool) -> Side {
    match address.and_then(|address| ivi::excerpt(bytes, address)) {
        None => Side { from: format!("{whose} · says nothing here"), lines: Vec::new() },
        Some(found) => Side {
            from: if numbered { format!("{whose} · line {}", found.first) } else { whose.to_owned() },
            lines: found.lines.into_iter().map(|line| (line.text, line.here)).collect(),
        },
    }
}

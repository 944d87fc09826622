//! Where somebody left the desk, as one text: screen, queue, filter, order, record, pane, marks. What cannot be read of it any more is
//! ignored.

use serde::{Deserialize, Serialize};

use super::layout::Focus;
use super::model::Model;
use super::msg::Effect;
use super::places::{self, Place};
use super::record::Pane;
use super::screen::{self, Screen};
use crate::domain::archive::ReleaseId;
use crate::domain::filter::Filter;
use crate::domain::identity::{RecordId, Seq};
use crate::domain::queue::{QueueName, Sort};
use crate::domain::saved::SavedId;

/// The key the text is kept under, beside the drafts of its person.
pub const KEY: &str = "session";

/// Marks that are kept.
const MOST_MARKS: usize = 500;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Session {
    screen: String,
    queue: String,
    saved: i64,
    filter: String,
    sort: String,
    record: Option<i64>,
    open: bool,
    pane: usize,
    marks: Vec<(i64, String, i64)>,
    archive_filter: String,
    release: Option<(i64, u8)>,
}

/// Where the model is, in one text.
pub fn written(model: &Model) -> String {
    let place = Place::of(model);
    let marks = model.marks.iter().take(MOST_MARKS).map(|(id, (tail, seen))| (id.0, tail.clone(), seen.0));
    let session = Session {
        screen: place.screen.known().word.to_owned(),
        queue: place.queue.word().to_owned(),
        saved: if let QueueName::Saved(id) = place.queue { id.0 } else { 0 },
        filter: place.words,
        sort: model.list.sort.word().to_owned(),
        record: place.selected.map(|id| id.0),
        open: place.focus == Focus::Record,
        pane: model.current().and_then(|opened| Pane::ALL.iter().position(|pane| *pane == opened.pane)).unwrap_or(0),
        marks: marks.collect(),
        archive_filter: model.archive.words.clone(),
        release: model.archive.selected.map(|id| (id.record.0, id.version)),
    };
    // Numbers and texts alone: there is always a way to write them.
    serde_json::to_string(&session).unwrap_or_default()
}

/// Goes where a text says; a text that says nothing leads nowhere.
pub fn restore(model: &mut Model, text: &str) -> Vec<Effect> {
    let Ok(session) = serde_json::from_str::<Session>(text) else { return Vec::new() };
    let saved = QueueName::Saved(SavedId(session.saved));
    let queue = if session.queue == saved.word() { Some(saved) } else { QueueName::of(&session.queue) };
    let Some(queue) = queue else { return Vec::new() };
    model.list.sort = Sort::of(&session.sort).unwrap_or_default();
    model.first_pane = Pane::ALL.get(session.pane).copied();
    let marks = session.marks.into_iter().take(MOST_MARKS);
    model.marks = marks.map(|(id, tail, seen)| (RecordId(id), (tail, Seq(seen)))).collect();
    let words = session.filter.trim();
    let filter = meant(model, words);
    let archived = session.archive_filter.trim();
    model.archive.filter = meant(model, archived);
    model.archive.words = model.archive.filter.as_ref().map(|_| archived.to_owned()).unwrap_or_default();
    let release = session.release.map(|(record, version)| ReleaseId { record: RecordId(record), version });
    model.archive.selected = release;
    let screen = Screen::of(&session.screen).unwrap_or_default();
    let place = Place {
        screen: Screen::Desk,
        queue,
        words: filter.as_ref().map(|_| words.to_owned()).unwrap_or_default(),
        filter,
        selected: session.record.map(RecordId),
        focus: if session.open { Focus::Record } else { Focus::List },
    };
    model.list.wanted = place.selected;
    let mut effects = places::go(model, place);
    if screen != Screen::Desk {
        effects.extend(screen::go(model, screen));
    }
    effects
}

/// What a filter means today; none where it means nothing any more.
fn meant(model: &Model, words: &str) -> Option<Filter> {
    let filter = Filter::parse(words, model.now.day()).ok()?;
    (!words.is_empty() && filter.names_known(words, &model.house.names()).is_ok()).then_some(filter)
}

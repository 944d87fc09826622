//! Where somebody was: queue, filter, record; back to the place before, and forward again.

use super::layout::Focus;
use super::model::{List, Model, Sheet, Tone};
use super::msg::Effect;
use super::screen::{self, Screen};
use crate::domain::filter::Filter;
use crate::domain::identity::RecordId;
use crate::domain::queue::QueueName;

/// Places remembered each way.
const MOST: usize = 100;

/// A place.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The screen; the rest is about the desk.
    pub screen: Screen,
    /// The queue.
    pub queue: QueueName,
    /// The filter as it is written.
    pub words: String,
    /// The filter as it is meant.
    pub filter: Option<Filter>,
    /// The record under the cursor.
    pub selected: Option<RecordId>,
    /// What has the focus.
    pub focus: Focus,
}

impl Place {
    /// Where the model is.
    pub fn of(model: &Model) -> Place {
        let in_record = model.focus == Focus::Record;
        // A filter being written makes no place before it is accepted.
        let (words, filter) = match &model.sheet {
            Some(Sheet::Filter(prompt)) if model.screen == Screen::Desk => prompt.before.clone(),
            _ => (model.list.words.clone(), model.list.filter.clone()),
        };
        Place {
            screen: model.screen,
            queue: model.list.queue,
            words,
            filter,
            selected: if in_record { model.shown } else { model.list.selected },
            focus: model.focus,
        }
    }

    /// Whether it is the same place: the cursor of a list makes no other, a record open does.
    fn is(&self, other: &Place) -> bool {
        let open = |place: &Place| place.selected.filter(|_| place.focus == Focus::Record);
        if self.screen != other.screen || self.screen != Screen::Desk {
            return self.screen == other.screen;
        }
        self.queue == other.queue && self.words == other.words && open(self) == open(other)
    }
}

/// The places before this one and after it.
#[derive(Debug, Clone, Default)]
pub struct Places {
    before: Vec<Place>,
    after: Vec<Place>,
    turning: bool,
}

impl Places {
    /// Remembers a place that was left for another; not where the way led back or forward, or past queue after queue.
    pub fn left(&mut self, place: Place, model_is_at: &Place) {
        if std::mem::take(&mut self.turning) || place.is(model_is_at) {
            return;
        }
        if place.screen == Screen::Desk && place.focus == Focus::Queues {
            return;
        }
        self.after.clear();
        self.before.push(place);
        if self.before.len() > MOST {
            self.before.remove(0);
        }
    }
}

/// Back to the place before.
pub fn back(model: &mut Model) -> Vec<Effect> {
    let here = Place::of(model);
    match model.places.before.pop() {
        Some(place) => {
            model.places.after.push(here);
            turn(model, place)
        }
        None => nowhere(model, "there is no place before this one"),
    }
}

/// Forward to the place that back led away from.
pub fn forward(model: &mut Model) -> Vec<Effect> {
    let here = Place::of(model);
    match model.places.after.pop() {
        Some(place) => {
            model.places.before.push(here);
            turn(model, place)
        }
        None => nowhere(model, "there is no place after this one"),
    }
}

fn nowhere(model: &mut Model, why: &str) -> Vec<Effect> {
    model.say(Tone::Plain, why);
    Vec::new()
}

fn turn(model: &mut Model, place: Place) -> Vec<Effect> {
    model.places.turning = true;
    go(model, place)
}

/// Goes to a place.
pub fn go(model: &mut Model, place: Place) -> Vec<Effect> {
    if place.screen != Screen::Desk {
        return screen::go(model, place.screen);
    }
    model.screen = Screen::Desk;
    let mut effects = Vec::new();
    if model.list.queue != place.queue || model.list.filter != place.filter {
        let mut list = List { sort: model.list.sort, ..List::of(place.queue) };
        (list.words, list.filter) = (place.words, place.filter);
        list.changed = std::mem::take(&mut model.list.changed);
        list.wanted = place.selected;
        model.list = list;
        if let Some(at) = model.queues.rows.iter().position(|(queue, _)| *queue == place.queue) {
            let (rows, fit) = (model.queues.rows.len(), model.queue_rows());
            model.queues.scroll.to(at, rows, fit);
        }
        model.focus = Focus::List;
        effects.extend(model.show(None));
        effects.extend(model.ask_for_list());
    }
    match place.selected {
        Some(id) if place.focus == Focus::Record => effects.extend(open(model, id)),
        selected => {
            if let Some(at) = model.list.rows.iter().position(|row| Some(row.summary.id) == selected) {
                model.select(at);
            }
            effects.extend(model.focus_on(place.focus));
            effects.extend(model.follow());
        }
    }
    effects
}

/// Opens a record wherever it is: in the list under the cursor, or beside it.
pub fn open(model: &mut Model, id: RecordId) -> Vec<Effect> {
    model.screen = Screen::Desk;
    if let Some(at) = model.list.rows.iter().position(|row| row.summary.id == id) {
        model.select(at);
    }
    let mut effects = model.show(Some(id));
    effects.extend(model.focus_on(Focus::Record));
    effects
}

//! What the commands of movement do: the cursor, the parts of the screen, the queues, what is read along the way.

use super::acts::pane_height;
use super::asked::{MORE, as_far_as};
use super::complete::Found;
use super::help::{self, Help};
use super::layout::{Focus, Step};
use super::model::{List, Model, Prompt, Sheet, Tone};
use super::msg::{Effect, Ticket};
use super::palette::Palette;
use super::record::Pane;
use super::screen::{self, Screen};
use super::settings::Setting;
use super::text::Text;
use super::{archive, board, overview, typing};
use crate::domain::identity::RecordId;
use crate::domain::queue::Sort;
use crate::domain::story::Teller;

impl Model {
    /// Asks for the list anew, as far as it was read and a page more.
    pub fn ask_for_list(&mut self) -> Vec<Effect> {
        if !self.list.asked.may_ask() {
            return Vec::new();
        }
        let ticket = self.ticket();
        self.list.asked.all(ticket);
        vec![self.load_page(ticket, as_far_as(self.list.scroll.at), None)]
    }

    /// Asks for more rows when the cursor comes near the end of those read.
    pub fn ask_for_more(&mut self) -> Option<Effect> {
        let after = self.list.asked.rest(self.list.scroll.at, self.list.rows.len()).cloned()?;
        let ticket = self.ticket();
        self.list.asked.more(ticket);
        Some(self.load_page(ticket, MORE, Some(after)))
    }

    /// The number of the next question.
    pub fn ticket(&mut self) -> Ticket {
        self.last_ticket = Ticket(self.last_ticket.0 + 1);
        self.last_ticket
    }

    fn load_page(&self, ticket: Ticket, limit: usize, after: Option<String>) -> Effect {
        let (queue, sort) = (self.list.queue, self.list.sort);
        Effect::LoadPage { ticket, queue, filter: self.list.filter.clone(), sort, limit, after }
    }

    /// Puts the list's cursor on a row.
    pub fn select(&mut self, row: usize) {
        let fit = self.layout().list_rows();
        self.list.scroll.to(row, self.list.rows.len(), fit);
        self.list.selected = self.list.rows.get(self.list.scroll.at).map(|row| row.summary.id);
    }

    /// Shows the record the list's cursor is on, unless its reader stays on another.
    pub fn follow(&mut self) -> Vec<Effect> {
        if self.focus == Focus::Record && self.shown.is_some() {
            return Vec::new();
        }
        self.show(self.list.selected)
    }

    /// Shows a record.
    pub fn show(&mut self, id: Option<RecordId>) -> Vec<Effect> {
        if self.shown != id {
            self.let_stand();
            self.held.clear();
            (self.wanted_exception, self.wanted_event) = (None, None);
        }
        self.shown = id;
        match id {
            None => {
                self.record = None;
                if self.focus == Focus::Record {
                    self.focus = Focus::List;
                }
                Vec::new()
            }
            Some(id) if self.current().is_some_and(|opened| opened.id() == id) => self.mark_seen(),
            Some(id) => self.read(id),
        }
    }

    /// Reads a record, once the one being read is here.
    pub fn read(&mut self, id: RecordId) -> Vec<Effect> {
        match self.reading {
            None => {
                self.reading = Some(id);
                vec![Effect::LoadDossier(id)]
            }
            Some(_) => {
                self.reread = true;
                Vec::new()
            }
        }
    }

    /// Remembers that the record on the screen was seen, when its reader is in it.
    pub fn mark_seen(&mut self) -> Vec<Effect> {
        let reads = self.screen == Screen::Desk && self.focus == Focus::Record;
        let Some(opened) = self.current().filter(|_| reads) else { return Vec::new() };
        let (id, seq) = (opened.id(), opened.dossier.record.seq);
        let other = opened.dossier.history.iter().rev().find(|event| event.by != self.who.login);
        let since = other.map(|event| Teller::new(self.house.catalogue).in_brief(event));
        let news = self.list.changed.remove(&id).is_some();
        let row = self.list.rows.iter_mut().find(|row| row.summary.id == id);
        let unread = row.is_some_and(|row| std::mem::take(&mut row.unread));
        if !news && !unread {
            return Vec::new();
        }
        if let Some(told) = since {
            // What was done a moment ago is still to be read.
            match &mut self.notice {
                Some(done) if done.tone == Tone::Done => done.text.push_str(&format!("; since you looked: {told}")),
                _ => self.say(Tone::Plain, format!("since you looked: {told}")),
            }
        }
        vec![Effect::MarkSeen { id, seq }]
    }

    /// Moves the focus.
    pub fn focus_on(&mut self, focus: Focus) -> Vec<Effect> {
        self.focus = focus;
        let height = pane_height(self);
        if let Some(opened) = &mut self.record {
            opened.settle_window(height);
        }
        let at = self.list.scroll.at;
        self.select(at);
        let (rows, fit) = (self.queues.rows.len(), self.queue_rows());
        self.queues.scroll.to(self.queues.scroll.at, rows, fit);
        self.mark_seen()
    }

    /// Leaves a record for the one after it in the list, or before it when it is the last.
    pub fn leave(&mut self, id: RecordId) -> Vec<Effect> {
        if self.shown != Some(id) {
            return Vec::new();
        }
        let at = self.list.rows.iter().position(|row| row.summary.id == id);
        let count = self.list.rows.len();
        let to = match at {
            // It left the list already, and the cursor is where it was.
            None => (count > 0).then_some(self.list.scroll.at),
            Some(at) if at + 1 < count => Some(at + 1),
            Some(at) => at.checked_sub(1),
        };
        match to {
            Some(row) => {
                self.select(row);
                self.show(self.list.selected)
            }
            None => self.show(None),
        }
    }
}

/// Whether a record is shown.
///
/// # Errors
/// That there is none.
pub fn has_record(model: &Model) -> Result<(), String> {
    match model.screen {
        Screen::Board => return model.board.row().map(drop).ok_or_else(|| "the cursor is on no exception".to_owned()),
        Screen::Archive => return archive::has_row(model),
        Screen::Desk | Screen::Overview => {}
    }
    model.current().map(|_| ()).ok_or_else(|| "no record is selected".to_owned())
}

/// Whether the record has a change that nobody decided.
///
/// # Errors
/// That there is none.
pub fn has_undecided(model: &Model) -> Result<(), String> {
    let opened = model.current().ok_or("no record is selected")?;
    let open = opened.changes().any(|change| change.undecided && !opened.confirming.contains(&change.address));
    if open { Ok(()) } else { Err("every change is decided".to_owned()) }
}

/// Moves the cursor of what has the focus.
pub fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    let layout = model.layout();
    let height = model.size.1;
    match &mut model.sheet {
        Some(Sheet::Help(_)) => {
            help::step(model, step);
            return Vec::new();
        }
        Some(Sheet::Palette(palette)) => {
            let rows = palette.shown.len();
            palette.scroll.by(step, rows, Palette::fit(height));
            return Vec::new();
        }
        Some(Sheet::Bulk(bulk)) => {
            bulk.step(step);
            return Vec::new();
        }
        Some(Sheet::Lines(lines)) => {
            lines.step(step, model.size);
            return Vec::new();
        }
        Some(Sheet::Form(_)) => {
            return typing::vertical(model, matches!(step, Step::Down | Step::Last | Step::PageDown));
        }
        Some(Sheet::Filter(prompt)) => {
            prompt.completions.by(matches!(step, Step::Down | Step::Last | Step::PageDown | Step::HalfDown));
            return Vec::new();
        }
        Some(Sheet::Jump(jump)) => {
            let rows = jump.found.len();
            jump.scroll.by(step, rows, super::jump::MOST);
            return Vec::new();
        }
        Some(Sheet::Settings(settings)) => {
            let last = Setting::ALL.len() - 1;
            settings.at = match step {
                Step::Down => (settings.at + 1).min(last),
                Step::Up => settings.at.saturating_sub(1),
                Step::First | Step::HalfUp | Step::PageUp => 0,
                Step::Last | Step::HalfDown | Step::PageDown => last,
            };
            return Vec::new();
        }
        Some(Sheet::Ask(_)) => return Vec::new(),
        None => {}
    }
    match model.screen {
        Screen::Desk => {}
        Screen::Board => return board::step(model, step),
        Screen::Overview => return overview::step(model, step),
        Screen::Archive => return archive::step(model, step),
    }
    match model.focus {
        Focus::Queues => {
            let rows = model.queues.rows.len();
            let fit = model.queue_rows();
            model.queues.scroll.by(step, rows, fit);
            show_queue(model)
        }
        Focus::List => {
            let mut scroll = model.list.scroll;
            scroll.by(step, model.list.rows.len(), layout.list_rows());
            model.select(scroll.at);
            let mut effects = model.follow();
            effects.extend(model.ask_for_more());
            effects
        }
        Focus::Record => {
            // One that only stands has no cursor to move.
            let shown = model.shown;
            if let Some(opened) = model.record.as_mut().filter(|opened| Some(opened.id()) == shown) {
                opened.step(step, usize::from(layout.pane.height));
            }
            Vec::new()
        }
    }
}

/// Lists the queue its cursor is on.
pub(super) fn show_queue(model: &mut Model) -> Vec<Effect> {
    let Some((queue, _)) = model.queues.rows.get(model.queues.scroll.at) else { return Vec::new() };
    if *queue == model.list.queue {
        return Vec::new();
    }
    let sort = model.list.sort;
    model.list = List { sort, ..List::of(*queue) };
    model.record = None;
    model.shown = None;
    if model.focus == Focus::Record {
        model.focus = Focus::List;
    }
    // What is told below the queues is another's now, and may take more rows.
    let (at, rows, fit) = (model.queues.scroll.at, model.queues.rows.len(), model.queue_rows());
    model.queues.scroll.to(at, rows, fit);
    model.ask_for_list()
}

/// Lists the queue of a row.
pub fn to_queue(model: &mut Model, row: usize) -> Vec<Effect> {
    let (rows, fit) = (model.queues.rows.len(), model.queue_rows());
    model.queues.scroll.to(row, rows, fit);
    show_queue(model)
}

/// Opens what the cursor is on.
pub fn open(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Desk => {}
        Screen::Board => return board::open(model),
        Screen::Overview => return overview::open(model),
        Screen::Archive => return archive::open(model),
    }
    match model.focus {
        Focus::Queues => model.focus_on(Focus::List),
        Focus::List if model.list.selected.is_some() => {
            let mut effects = model.show(model.list.selected);
            effects.extend(model.focus_on(Focus::Record));
            effects
        }
        Focus::List | Focus::Record => Vec::new(),
    }
}

/// Back: from the record to the list, from a filtered list to the whole, from the list to the queues.
pub fn back(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Desk => {}
        Screen::Board => return board::back(model),
        Screen::Overview => return overview::back(model),
        Screen::Archive => return archive::back(model),
    }
    match model.focus {
        Focus::Record => screen::back_from_record(model),
        Focus::List if !model.list.words.is_empty() => {
            model.list = List { sort: model.list.sort, ..List::of(model.list.queue) };
            model.ask_for_list()
        }
        Focus::List => model.focus_on(Focus::Queues),
        Focus::Queues => Vec::new(),
    }
}

/// From the record to the list.
pub(super) fn to_list(model: &mut Model) -> Vec<Effect> {
    let mut effects = model.focus_on(Focus::List);
    effects.extend(model.follow());
    effects
}

fn turn_record(model: &mut Model, to: Step) -> Vec<Effect> {
    let mut scroll = model.list.scroll;
    // A record that left the list leaves the cursor on the one that took its place: that is the next one.
    let stayed = model.shown.is_some() && model.shown != model.list.selected;
    if !(stayed && to == Step::Down) {
        scroll.by(to, model.list.rows.len(), model.layout().list_rows());
    }
    model.select(scroll.at);
    let mut effects = model.show(model.list.selected);
    effects.extend(model.ask_for_more());
    effects
}

/// The next record of the list.
pub fn next_record(model: &mut Model) -> Vec<Effect> {
    turn_record(model, Step::Down)
}

/// The record before.
pub fn previous_record(model: &mut Model) -> Vec<Effect> {
    turn_record(model, Step::Up)
}

fn turn_queue(model: &mut Model, to: Step) -> Vec<Effect> {
    let rows = model.queues.rows.len();
    let fit = model.queue_rows();
    model.queues.scroll.by(to, rows, fit);
    show_queue(model)
}

/// The next queue.
pub fn next_queue(model: &mut Model) -> Vec<Effect> {
    turn_queue(model, Step::Down)
}

/// The queue before.
pub fn previous_queue(model: &mut Model) -> Vec<Effect> {
    turn_queue(model, Step::Up)
}

/// In the record the next pane; elsewhere the next part of the screen.
pub fn next_pane(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Archive {
        return archive::turn(model);
    }
    match model.focus {
        Focus::Queues => model.focus_on(Focus::List),
        Focus::List => open(model),
        Focus::Record => turn_pane(model, 1),
    }
}

/// In the record the pane before; elsewhere the part of the screen before.
pub fn previous_pane(model: &mut Model) -> Vec<Effect> {
    if model.screen == Screen::Archive {
        return archive::turn(model);
    }
    match model.focus {
        Focus::Queues => Vec::new(),
        Focus::List => model.focus_on(Focus::Queues),
        Focus::Record => turn_pane(model, Pane::ALL.len() - 1),
    }
}

fn turn_pane(model: &mut Model, by: usize) -> Vec<Effect> {
    match model.current().map(|opened| opened.pane.further(by)) {
        Some(to) => pane(model, to),
        None => Vec::new(),
    }
}

/// Shows a pane of the record, and the record.
pub fn pane(model: &mut Model, pane: Pane) -> Vec<Effect> {
    let effects = open(model);
    if let Some(opened) = &mut model.record {
        opened.pane = pane;
    }
    model.settle_pane();
    effects
}

fn to_undecided(model: &mut Model, forward: bool) -> Vec<Effect> {
    let effects = open(model);
    let height = pane_height(model);
    if let Some(opened) = &mut model.record {
        opened.to_undecided(forward, height);
    }
    model.settle_pane();
    effects
}

/// The next change that nobody decided.
pub fn next_undecided(model: &mut Model) -> Vec<Effect> {
    to_undecided(model, true)
}

/// The one before.
pub fn previous_undecided(model: &mut Model) -> Vec<Effect> {
    to_undecided(model, false)
}

/// Orders the list in the next of the ways there are.
pub fn sort(model: &mut Model) -> Vec<Effect> {
    let at = Sort::TABLE.iter().position(|(sort, _)| *sort == model.list.sort).unwrap_or(0);
    let (sort, word) = Sort::TABLE[(at + 1) % Sort::TABLE.len()];
    model.list.sort = sort;
    model.say(Tone::Plain, format!("ordered by {word}"));
    model.list.asked.forget_rest();
    model.ask_for_list()
}

/// Opens the filter's line.
pub fn filter(model: &mut Model) -> Vec<Effect> {
    // What is narrowed is the list: it is seen while the filter is written.
    let mut effects = if model.screen == Screen::Desk { to_list(model) } else { Vec::new() };
    effects.extend(model.offered.is_none().then_some(Effect::LoadOffered));
    let before = match model.screen {
        Screen::Desk | Screen::Overview => (model.list.words.clone(), model.list.filter.clone()),
        Screen::Board => (model.board.words.clone(), model.board.filter.clone()),
        Screen::Archive => (model.archive.words.clone(), model.archive.filter.clone()),
    };
    let text = Text::line(&before.0);
    let found = Found::default();
    let completions = model.completions(&text, &found);
    model.sheet = Some(Sheet::Filter(Box::new(Prompt { text, fault: None, completions, found, before })));
    effects
}

/// Opens the palette.
pub fn palette(model: &mut Model) -> Vec<Effect> {
    model.sheet = Some(Sheet::Palette(Palette::new(model.context())));
    Vec::new()
}

/// Opens help.
pub fn help(model: &mut Model) -> Vec<Effect> {
    model.sheet = Some(Sheet::Help(Help { from: Some(model.context()), ..Help::default() }));
    Vec::new()
}

/// Reads everything again.
pub fn refresh(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::LoadCounts, Effect::LoadHouse];
    effects.extend(model.ask_for_list());
    if let Some(id) = model.shown {
        effects.extend(model.read(id));
    }
    effects.extend(screen::read(model));
    effects
}

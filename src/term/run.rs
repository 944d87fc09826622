//! The loop: what comes from the terminal, the system and the desk goes into the model; what the model wants goes to
//! the worker, or is done to the terminal; the picture is drawn when something changed.
//!
//! Invariant: the loop never waits for the desk, and every way out writes down what was being typed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::desk_jobs::{Answer, Jobs, Release};
use super::editor;
use super::files::Files;
use super::input::{Input, Mouse, MouseButton, MouseKind};
use super::linear;
use super::screen::Screen;
use super::session::{Session, size_of};
use super::signals::{self, Signal, Watch};
use crate::app::command;
use crate::app::model::{Context, House, Model, Tone};
use crate::app::msg::{Effect, Msg};
use crate::app::pointer::{Pointed, Pointer};
use crate::app::session;
use crate::app::settings::Chosen;
use crate::app::tour::Tour;
use crate::app::update::update;
use crate::config::fault::ConfigFault;
use crate::config::keymap::{self, Keymap, Words};
use crate::config::place::Place;
use crate::config::settings;
use crate::domain::moment::Moment;
use crate::domain::person::Actor;
use crate::domain::queue::QueueName;
use crate::failure::{Failure, Kind};
use crate::store::{Desk, Worker};
use crate::view;

/// How often the clock is looked at while nothing happens: for the days on the screen.
pub(super) const TICK: Duration = Duration::from_secs(30);

/// How long the first picture waits for the list, so that it is not drawn twice.
const FIRST: Duration = Duration::from_millis(40);

/// How long the record before stands on the screen while the next is on its way: longer, and it would be taken for it.
const LATE: Duration = Duration::from_millis(150);

/// How long what came from the desk waits for the rest of it, so that both are one picture.
const GATHER: Duration = Duration::from_millis(20);

/// How long a place rests before it is written down: what ends the program without a word loses no more than this.
const PLACE: Duration = Duration::from_secs(1);

/// Everything the terminal needs.
pub struct Terminal {
    /// The desk.
    pub desk: Desk,
    /// Who acts.
    pub actor: Actor,
    /// The queue it opens with; without one it opens where its person left it.
    pub queue: Option<QueueName>,
    /// Where it is written down that the person has had the tour; without one there is none.
    pub tour: Option<PathBuf>,
    /// Which keys do what.
    pub keymap: Keymap,
    /// What the person chose.
    pub chosen: Chosen,
    /// Where the person's own files are, for what they choose now.
    pub place: Option<Place>,
    /// What kind of terminal it is.
    pub session: Session,
    /// Whether the linear view is wanted; a terminal that can move no cursor has it anyway.
    pub linear: bool,
    /// The person's editor, if they have one.
    pub editor: Option<String>,
    /// Seals and releases a record.
    pub release: Arc<Release>,
    /// What is wrong with the person's settings and keymap; the defaults serve there.
    pub faults: Vec<ConfigFault>,
}

/// Gives the words a keymap may use: the commands and the places there are.
pub fn with_words<T>(read: impl FnOnce(&Words<'_>) -> T) -> T {
    let contexts: Vec<&str> = Context::ALL.iter().map(|context| context.word()).collect();
    let typing: Vec<&str> =
        Context::ALL.iter().filter(|context| context.types()).map(|context| context.word()).collect();
    let commands = command::names();
    read(&Words { commands: &commands, contexts: &contexts, typing: &typing })
}

/// Reads a keymap, given the commands and places that the terminal knows; where it is at fault the default one, and the faults.
pub fn keymap(name: &str, folder: Option<&Path>) -> (Keymap, Vec<ConfigFault>) {
    with_words(|words| keymap::read_or_default(name, folder, words))
}

enum Event {
    Input(Input),
    Signal(Signal),
    Msg(Msg),
}

/// Runs the terminal until it is quit or told to end; answers the exit code.
///
/// # Errors
/// There is no terminal to draw on, or the desk cannot be read.
pub fn run(mut terminal: Terminal) -> Result<u8, Failure> {
    if !terminal.session.has_terminal() {
        return Err(Failure::new(Kind::Usage, "there is no terminal to draw on")
            .hint("the verbs do everything the terminal does: `stageplate --help`"));
    }
    if terminal.linear || !terminal.session.has_screen() {
        return linear::run(terminal);
    }
    let (sender, events) = mpsc::channel();
    let (model, effects) = model(&mut terminal)?;
    let pulse = sender.clone();
    // Whoever does not listen any more has ended the loop: what comes then is for nobody.
    let worker = Worker::spawn(terminal.desk, Box::new(move || drop(pulse.send(Event::Msg(Msg::Pulse)))));
    let answers = sender.clone();
    let answer: Answer = Arc::new(move |msg| drop(answers.send(Event::Msg(msg))));
    let jobs = Jobs::new(worker, terminal.actor, terminal.release, Arc::clone(&answer));
    let told = sender.clone();
    let watch =
        Watch::start(move |signal| told.send(Event::Signal(signal)).is_ok()).map_err(|error| no_terminal(&error))?;
    let files = Files::new(terminal.place, answer);
    let mouse = model.chosen.mouse;
    let sink = move |input| sender.send(Event::Input(input)).is_ok();
    let screen = Screen::open(mouse, terminal.session.tmux, sink).map_err(|error| no_terminal(&error))?;
    let mut driver = Driver {
        model,
        jobs,
        files,
        screen: Some(screen),
        editor: terminal.editor,
        tour: terminal.tour,
        dirty: true,
        gather: None,
        late: None,
        reads: Vec::new(),
        place: String::new(),
        place_due: None,
        end: None,
    };
    driver.resize();
    driver.carry_out(effects);
    let code = driver.run(&events);
    drop(watch);
    Ok(code)
}

/// What the mouse did, as far as it means anything here.
fn pointer(Mouse { kind, column, row }: Mouse) -> Option<Pointer> {
    let what = match kind {
        MouseKind::Press(MouseButton::Left) => Pointed::Click,
        MouseKind::WheelUp => Pointed::WheelUp,
        MouseKind::WheelDown => Pointed::WheelDown,
        MouseKind::Press(_) | MouseKind::Release(_) | MouseKind::Drag(_) => return None,
    };
    Some(Pointer { what, column, row })
}

pub(super) fn no_terminal(error: &io::Error) -> Failure {
    Failure::new(Kind::Fault, format!("the terminal cannot be used: {error}"))
}

pub(super) fn now() -> Moment {
    Utc::now().into()
}

/// The model of a desk as it is now, and what it wants to read first.
pub(super) fn model(terminal: &mut Terminal) -> Result<(Model, Vec<Effect>), Failure> {
    let desk = &mut terminal.desk;
    let name = desk.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let house = House {
        people: desk.people()?,
        policies: desk.policies()?,
        scopes: desk.scope_names()?,
        options: desk.option_codes()?,
        catalogue: desk.catalogue(),
        desk: name,
    };
    let (last, _) = desk.head()?;
    let keymap = std::mem::take(&mut terminal.keymap);
    let queue = terminal.queue.unwrap_or(QueueName::Waiting);
    let (mut model, mut effects) = Model::new(terminal.actor.clone(), house, keymap, queue, now(), last);
    if terminal.queue.is_none()
        && let Some(left) = desk.draft(&terminal.actor.login, session::KEY)?
    {
        effects.extend(session::restore(&mut model, &left));
    }
    model.chosen = std::mem::take(&mut terminal.chosen);
    model.tour = terminal.tour.as_ref().filter(|toured| !toured.exists()).map(|_| Tour::default());
    if let Some(told) = settings::defaults_serve(&terminal.faults) {
        model.say(Tone::No, told);
    }
    Ok((model, effects))
}

struct Driver {
    model: Model,
    jobs: Jobs,
    files: Files,
    /// Taken away when the terminal is gone: nothing is written to it after that.
    screen: Option<Screen>,
    editor: Option<String>,
    tour: Option<PathBuf>,
    dirty: bool,
    /// Until when a picture of nothing but answers may wait for those still on their way.
    gather: Option<Instant>,
    /// When the record on its way is late.
    late: Option<Instant>,
    /// What is read once the picture is drawn: the answer to a key comes first.
    reads: Vec<Effect>,
    /// The place as it was written down last, and when to look again.
    place: String,
    place_due: Option<Instant>,
    /// The code to end with, once nothing is on its way any more.
    end: Option<u8>,
}

impl Driver {
    fn run(mut self, events: &Receiver<Event>) -> u8 {
        self.wait_for_first_picture(events);
        loop {
            if let Some(code) = self.end_now() {
                return self.finish(code);
            }
            self.draw();
            self.hand_over();
            let due = self.jobs.deadline().into_iter().chain(self.place_due).chain(self.late).chain(self.gather).min();
            let rest = due.map(|due| due.saturating_duration_since(Instant::now()));
            match events.recv_timeout(rest.unwrap_or(TICK).min(TICK)) {
                Ok(event) => self.take_all(event, events),
                Err(RecvTimeoutError::Timeout) => self.tick(),
                Err(RecvTimeoutError::Disconnected) => self.hang_up(),
            }
            self.keep_place();
            self.mind_the_late();
            self.jobs.save_drafts(false, now());
        }
    }

    /// Hands the place over to be written down, once it rested, and if it is another one.
    fn keep_place(&mut self) {
        if self.place_due.is_none_or(|due| Instant::now() < due) {
            return;
        }
        self.place_due = None;
        let written = session::written(&self.model);
        if written != self.place {
            self.jobs.keep(session::KEY, written.clone());
            self.place = written;
        }
    }

    /// Hands over what is to be read.
    fn hand_over(&mut self) {
        for effect in self.reads.drain(..) {
            self.jobs.take(effect, self.model.now);
        }
    }

    /// Takes a record off the screen that has stood there for another for too long.
    fn mind_the_late(&mut self) {
        if self.model.stands().is_none() {
            self.late = None;
        } else if *self.late.get_or_insert_with(|| Instant::now() + LATE) <= Instant::now() {
            self.late = None;
            self.tell(Msg::Late);
        }
    }

    /// The list is usually here before an empty picture could be seen.
    fn wait_for_first_picture(&mut self, events: &Receiver<Event>) {
        self.hand_over();
        let until = Instant::now() + FIRST;
        while !self.model.list.asked.is_known() {
            match events.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(event) => self.take(event),
                Err(_) => return,
            }
        }
    }

    /// Everything that waits is taken before anything is drawn: a slow line sees the last picture, not all of them.
    fn take_all(&mut self, event: Event, events: &Receiver<Event>) {
        self.tick();
        self.take(event);
        while let Ok(event) = events.try_recv() {
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Input(Input::Key(key)) => self.tell(Msg::Key(key)),
            Event::Input(Input::Paste(text)) => self.tell(Msg::Paste(text)),
            Event::Input(Input::Mouse(mouse)) => {
                if let Some(pointer) = pointer(mouse) {
                    self.tell(Msg::Pointer(pointer));
                }
            }
            Event::Input(Input::HangUp) | Event::Signal(Signal::HangUp) => self.hang_up(),
            Event::Signal(Signal::Resize) => self.resize(),
            Event::Signal(Signal::Stop) => self.suspend(),
            Event::Signal(Signal::Continue) => self.on_screen(Screen::continued),
            Event::Signal(signal @ (Signal::Interrupt | Signal::Terminate)) => signals::end_by(signal, &mut self.end),
            Event::Msg(msg) => self.tell(msg),
        }
    }

    fn tick(&mut self) {
        let (before, now) = (self.model.now.day(), now());
        let effects = update(&mut self.model, Msg::Tick(now));
        self.dirty |= before != now.day();
        self.carry_out(effects);
    }

    fn tell(&mut self, msg: Msg) {
        let by_hand = matches!(msg, Msg::Key(_) | Msg::Paste(_) | Msg::Pointer(_));
        if by_hand {
            self.place_due.get_or_insert_with(|| Instant::now() + PLACE);
        }
        match msg {
            // A pulse alone changes nothing on the screen; its answer may.
            Msg::Pulse => {}
            // Whoever did something sees it at once; what comes from the desk may come in pieces.
            _ if self.dirty && self.gather.is_none() => {}
            _ => {
                let until = self.gather.unwrap_or_else(|| Instant::now() + GATHER);
                (self.dirty, self.gather) = (true, (!by_hand).then_some(until));
            }
        }
        let effects = update(&mut self.model, msg);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if matches!(effect, Effect::LoadDossier(_) | Effect::LoadPage { .. }) {
                self.reads.push(effect);
                continue;
            }
            match self.jobs.take(effect, self.model.now) {
                Some(Effect::OpenEditor { text }) => self.open_editor(&text),
                Some(Effect::Copy(text)) => self.copy(&text),
                Some(Effect::EndTour) => self.end_tour(),
                Some(Effect::KeepSetting { name, value }) => self.files.keep(name, value),
                Some(Effect::LoadKeymap(name)) => self.files.keymap(name),
                Some(Effect::Mouse(on)) => self.on_screen(|screen| {
                    screen.set_mouse(on);
                    Ok(())
                }),
                Some(Effect::Redraw) => self.on_screen(Screen::redraw),
                Some(Effect::Suspend) => self.suspend(),
                Some(Effect::Quit) => self.end = Some(0),
                Some(_) | None => {}
            }
        }
    }

    /// Does something to the terminal; one that is gone ends the program.
    fn on_screen(&mut self, work: impl FnOnce(&mut Screen) -> io::Result<()>) {
        (self.dirty, self.gather) = (true, None);
        if self.screen.as_mut().is_some_and(|screen| work(screen).is_err()) {
            self.hang_up();
        }
    }

    fn draw(&mut self) {
        let more_to_come = self.gather.is_some_and(|until| Instant::now() < until) && self.jobs.are_asked();
        if !self.dirty || more_to_come {
            return;
        }
        (self.dirty, self.gather) = (false, None);
        let model = &self.model;
        let drawn = self.screen.as_mut().map(|screen| {
            screen.draw(|frame| {
                if let Some(cursor) = view::draw(model, frame.buffer_mut()) {
                    frame.set_cursor_position(cursor);
                }
            })
        });
        if let Some(Err(_)) = drawn {
            self.hang_up();
        }
    }

    fn resize(&mut self) {
        let size = size_of(io::stdout());
        self.tell(Msg::Resize { width: size.columns, height: size.rows });
    }

    fn suspend(&mut self) {
        self.jobs.save_drafts(true, now());
        let Some(screen) = &mut self.screen else { return };
        match screen.suspend() {
            Ok(()) => self.resize(),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => self.tell(Msg::Told(error.to_string())),
            Err(_) => self.hang_up(),
        }
    }

    fn open_editor(&mut self, text: &str) {
        self.jobs.save_drafts(true, now());
        let Some(screen) = &mut self.screen else { return };
        let command = self.editor.as_deref();
        match screen.lend(|| editor::edit(command, text, &std::env::temp_dir())) {
            Ok(edited) => {
                self.resize();
                self.tell(Msg::Edited(edited.map_err(|error| error.to_string())));
            }
            Err(_) => self.hang_up(),
        }
    }

    fn copy(&mut self, text: &str) {
        let Some(screen) = &mut self.screen else { return };
        let told = match screen.copy(text) {
            Ok(()) => format!("sent to your terminal: {text}"),
            Err(error) => error.to_string(),
        };
        self.tell(Msg::Told(told));
    }

    /// Writes down that the person has had the tour: an empty file says so on whatever desk.
    fn end_tour(&mut self) {
        let Some(toured) = &self.tour else { return };
        let made = toured.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(toured, ""));
        if let Err(error) = made {
            self.tell(Msg::Told(format!("the tour will come again: {} cannot be written: {error}", toured.display())));
        }
    }

    fn hang_up(&mut self) {
        self.screen = None;
        signals::end_by(Signal::HangUp, &mut self.end);
    }

    /// The code to end with, if the time has come. Who quits waits for what they asked for, and a refusal keeps them
    /// here to read it.
    fn end_now(&mut self) -> Option<u8> {
        let code = self.end?;
        if code == 0 && self.model.outbox.is_busy() {
            return None;
        }
        Some(code)
    }

    fn finish(mut self, code: u8) -> u8 {
        self.jobs.keep(session::KEY, session::written(&self.model));
        // The desk is closed first: a person who sees the shell again can count on what they wrote.
        self.jobs.finish(now());
        drop(self.files);
        drop(self.screen);
        code
    }
}

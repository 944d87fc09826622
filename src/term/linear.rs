//! The driver of the linear view: lines from a terminal that edits them itself go into the conversation, answers come out,
//! each in one write; nothing moves a cursor, and nothing is written while nothing happens.
//!
//! Invariant: no escape is ever written, the terminal's mode is never touched, and every way out writes down what was
//! being typed.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::desk_jobs::{Answer, Jobs};
use super::files::Files;
use super::output::Line;
use super::run::{TICK, Terminal, model, no_terminal, now};
use super::signals::{self, Signal, Watch};
use super::{editor, suspend};
use crate::app::bulk::Phase;
use crate::app::command;
use crate::app::linear::Talk;
use crate::app::model::{Model, Sheet};
use crate::app::msg::{Effect, Msg};
use crate::app::session;
use crate::app::update::update;
use crate::failure::Failure;
use crate::store::Worker;
use crate::view::linear as view;

/// The size a linear view has as far as the model is concerned: one part of the screen at a time.
const SIZE: Msg = Msg::Resize { width: 80, height: 24 };

/// How long an act on many may take before its progress is told, and how often then.
const PROGRESS: Duration = Duration::from_secs(5);

/// The longest line that is taken, in bytes.
const LONGEST: usize = 64 * 1024;

enum Event {
    Line(String),
    /// Nothing more is written: the person ended it.
    End,
    Signal(Signal),
    Msg(Msg),
    /// Everything handed over before this number has been answered.
    Answered(u64),
}

/// Runs the linear view until it is quit or told to end; answers the exit code.
///
/// # Errors
/// The desk cannot be read, or the system has no thread left.
pub fn run(mut terminal: Terminal) -> Result<u8, Failure> {
    let (sender, events) = mpsc::channel();
    // The tour speaks of keys on a screen.
    terminal.tour = None;
    let (model, effects) = model(&mut terminal)?;
    let pulse = sender.clone();
    let worker = Worker::spawn(terminal.desk, Box::new(move || drop(pulse.send(Event::Msg(Msg::Pulse)))));
    let answers = sender.clone();
    let answer: Answer = Arc::new(move |msg| drop(answers.send(Event::Msg(msg))));
    let jobs = Jobs::new(worker, terminal.actor, terminal.release, Arc::clone(&answer));
    let files = Files::new(terminal.place, answer);
    let told = sender.clone();
    let watch =
        Watch::start(move |signal| told.send(Event::Signal(signal)).is_ok()).map_err(|error| no_terminal(&error))?;
    let lines = read_lines(sender.clone()).map_err(|error| no_terminal(&error))?;
    let mut driver = Driver {
        model,
        talk: Talk::default(),
        jobs,
        files,
        output: Some(Line::new(io::stdout())),
        editor: terminal.editor,
        sender,
        lines,
        handed: false,
        asked: 0,
        waiting: false,
        given_up: false,
        end: None,
    };
    driver.tell(SIZE);
    driver.carry_out(effects);
    driver.settle(&events);
    let greeting = view::greeting(&driver.model);
    driver.answer(greeting, &events);
    let code = driver.run(&events);
    drop(watch);
    Ok(code)
}

/// Reads a line each time one is asked for, so that between two of them the terminal is free for another program.
fn read_lines(sender: Sender<Event>) -> io::Result<Sender<()>> {
    let (ask, asked) = mpsc::channel();
    std::thread::Builder::new().name("lines".to_owned()).spawn(move || {
        let mut held = Vec::new();
        while asked.recv().is_ok() {
            let event = next_line(&mut held);
            let ended = !matches!(event, Event::Line(_));
            if sender.send(event).is_err() || ended {
                return;
            }
        }
    })?;
    Ok(ask)
}

/// The next line of standard input. A terminal gives one at a time, and less where its person asked for that.
fn next_line(held: &mut Vec<u8>) -> Event {
    let input = io::stdin();
    loop {
        if let Some(end) = held.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = held.drain(..=end).collect();
            return Event::Line(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned());
        }
        // A line that never ends is cut, not kept.
        held.truncate(LONGEST);
        let mut buffer = [0; 4096];
        match rustix::io::read(&input, &mut buffer) {
            Err(Errno::INTR) => {}
            Ok(0) | Err(_) => return if is_gone(&input) { Event::Signal(Signal::HangUp) } else { Event::End },
            Ok(count) => held.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Whether the terminal is gone: the end of its input is then nothing its person meant.
fn is_gone(input: impl AsFd) -> bool {
    let mut ready = [PollFd::new(&input, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut ready, Some(&at_once)).is_err() || ready[0].revents().intersects(PollFlags::HUP | PollFlags::ERR)
}

struct Driver {
    model: Model,
    talk: Talk,
    jobs: Jobs,
    files: Files,
    /// Taken away when the terminal is gone: nothing is written to it after that.
    output: Option<Line<io::Stdout>>,
    editor: Option<String>,
    sender: Sender<Event>,
    lines: Sender<()>,
    /// Whether something was handed to the desk that a line waits for.
    handed: bool,
    /// The last number by which it was asked whether everything is answered.
    asked: u64,
    /// Whether a line is being waited for: a prompt stands.
    waiting: bool,
    /// Whether the last thing from the person was an interrupt that gave nothing up.
    given_up: bool,
    /// The code to end with.
    end: Option<u8>,
}

impl Driver {
    fn run(mut self, events: &Receiver<Event>) -> u8 {
        loop {
            if let Some(code) = self.end {
                return self.finish(code);
            }
            if !self.waiting {
                self.waiting = true;
                // A reader that has ended said so before.
                let _ = self.lines.send(());
            }
            let rest = self.jobs.deadline().map(|due| due.saturating_duration_since(Instant::now()));
            match events.recv_timeout(rest.unwrap_or(TICK).min(TICK)) {
                Ok(event) => self.take(event, events),
                Err(RecvTimeoutError::Timeout) => self.tell(Msg::Tick(now())),
                Err(RecvTimeoutError::Disconnected) => self.hang_up(),
            }
            self.jobs.save_drafts(false, now());
        }
    }

    fn take(&mut self, event: Event, events: &Receiver<Event>) {
        match event {
            Event::Line(line) => {
                (self.waiting, self.given_up) = (false, false);
                self.tell(Msg::Tick(now()));
                self.talk.hear(&self.model, &line);
                self.answer(Vec::new(), events);
            }
            Event::End => {
                self.write("\n");
                self.end = self.end.or(Some(0));
            }
            Event::Signal(Signal::Interrupt) => self.interrupt(events),
            Event::Signal(signal) => self.signal(signal),
            Event::Msg(msg) => {
                let lines = view::unasked(&self.talk, &self.model, &msg);
                self.tell(msg);
                if !lines.is_empty() {
                    // The prompt stands there, and perhaps half a line behind it.
                    let prompt = view::prompt(&self.talk, &self.model);
                    self.write(&format!("\n{}\n{prompt}", lines.join("\n")));
                }
            }
            Event::Answered(_) => {}
        }
    }

    fn signal(&mut self, signal: Signal) {
        match signal {
            Signal::HangUp => self.hang_up(),
            Signal::Terminate | Signal::Interrupt => signals::end_by(signal, &mut self.end),
            Signal::Stop => self.suspend(),
            Signal::Continue => {
                let prompt = view::prompt(&self.talk, &self.model);
                self.write(&prompt);
            }
            Signal::Resize => {}
        }
    }

    /// Gives up what is written; with nothing to give up the next one ends.
    fn interrupt(&mut self, events: &Receiver<Event>) {
        if self.talk.interrupt(&self.model) {
            self.given_up = false;
            self.write("\n");
            self.answer(Vec::new(), events);
        } else if self.given_up {
            self.write("\n");
            signals::end_by(Signal::Interrupt, &mut self.end);
        } else {
            self.given_up = true;
            let prompt = view::prompt(&self.talk, &self.model);
            self.write(&format!("\nCtrl-C once more ends; so does quit.\n{prompt}"));
        }
    }

    /// Takes the messages of a line in, one after the other is answered, and reads out what came of it.
    fn answer(&mut self, first: Vec<String>, events: &Receiver<Event>) {
        let mut lines = first;
        loop {
            while let Some(msg) = self.talk.next(&self.model) {
                self.tell(msg);
                self.settle(events);
                if self.end.is_some_and(|code| code != 0) {
                    return;
                }
            }
            lines.extend(view::answer(&self.talk, &self.model));
            if !self.talk.was_read(&self.model) {
                break;
            }
        }
        let prompt = if self.end.is_some() { String::new() } else { view::prompt(&self.talk, &self.model) };
        let text: String = lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect();
        self.write(&(text + &prompt));
    }

    /// Waits until everything that was handed over is answered, and what that asked for as well.
    fn settle(&mut self, events: &Receiver<Event>) {
        let mut told = Instant::now();
        while std::mem::take(&mut self.handed) {
            self.asked += 1;
            let (number, sender) = (self.asked, self.sender.clone());
            self.jobs.when_answered(move || drop(sender.send(Event::Answered(number))));
            loop {
                match events.recv() {
                    Ok(Event::Answered(answered)) if answered == number => break,
                    Ok(Event::Signal(Signal::Interrupt)) => self.stop_bulk(),
                    Ok(Event::Signal(signal)) => self.signal(signal),
                    Ok(Event::Msg(msg)) => self.tell(msg),
                    Ok(Event::Line(_) | Event::Answered(_)) => {}
                    Ok(Event::End) => self.end = self.end.or(Some(0)),
                    Err(_) => self.hang_up(),
                }
                if self.end.is_some_and(|code| code != 0) {
                    return;
                }
            }
            if told.elapsed() > PROGRESS
                && let Some((done, total)) = self.progress()
            {
                let line = format!("{done} of {total} so far; Ctrl-C stops the rest\n");
                told = Instant::now();
                self.write(&line);
            }
        }
    }

    /// Stops what was not sent yet of an act on many, or of what is being verified.
    fn stop_bulk(&mut self) {
        let running = matches!(&self.model.sheet, Some(Sheet::Bulk(bulk)) if bulk.phase == Phase::Running);
        let name = match (running, &self.model.archive.run) {
            (true, _) => "cancel",
            (false, Some(_)) => "stop",
            (false, None) => return,
        };
        if let Some(command) = command::named(name) {
            self.tell(Msg::Run(command));
        }
    }

    /// How far what takes long is: how many of how many.
    fn progress(&self) -> Option<(usize, usize)> {
        match (&self.model.sheet, &self.model.archive.run) {
            (Some(Sheet::Bulk(bulk)), _) => Some((bulk.answered(), bulk.total)),
            (_, Some(run)) => Some((run.done(), run.total)),
            _ => None,
        }
    }

    fn tell(&mut self, msg: Msg) {
        // What others do goes on for ever: no line waits for its end.
        let own = !matches!(msg, Msg::Pulse | Msg::News(_));
        let waited = self.handed;
        let effects = update(&mut self.model, msg);
        self.carry_out(effects);
        self.handed = waited || (own && self.handed);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match self.jobs.take(effect, self.model.now) {
                Some(Effect::OpenEditor { text }) => self.open_editor(&text),
                // A clipboard is reached by an escape: what was asked for is read out instead.
                Some(Effect::Copy(text)) => self.tell(Msg::Told(text)),
                Some(Effect::KeepSetting { name, value }) => self.files.keep(name, value),
                Some(Effect::LoadKeymap(name)) => self.files.keymap(name),
                Some(Effect::Suspend) => self.suspend(),
                Some(Effect::Quit) => self.end = self.end.or(Some(0)),
                Some(_) => {}
                None => self.handed = true,
            }
        }
    }

    fn open_editor(&mut self, text: &str) {
        self.jobs.save_drafts(true, now());
        signals::set_lent(true);
        let edited = editor::edit(self.editor.as_deref(), text, &std::env::temp_dir());
        signals::set_lent(false);
        self.tell(Msg::Edited(edited.map_err(|error| error.to_string())));
    }

    fn suspend(&mut self) {
        self.jobs.save_drafts(true, now());
        if let Err(error) = suspend::stop() {
            let prompt = view::prompt(&self.talk, &self.model);
            self.write(&format!("\n{error}\n{prompt}"));
        }
    }

    /// One write; a terminal that is gone ends the program.
    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.output.as_mut().is_some_and(|output| output.send(text.as_bytes()).is_err()) {
            self.hang_up();
        }
    }

    fn hang_up(&mut self) {
        self.output = None;
        signals::end_by(Signal::HangUp, &mut self.end);
    }

    fn finish(mut self, code: u8) -> u8 {
        self.jobs.keep(session::KEY, session::written(&self.model));
        self.jobs.finish(now());
        drop(self.files);
        code
    }
}

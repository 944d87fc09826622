//! Reads the terminal on a thread of its own and hands on keys, pastes, the mouse, and that the terminal is gone.
//!
//! Invariant: a terminal that vanishes, with SIGHUP or without, ends the thread; it never spins, and it reads nothing while
//! the terminal is lent to another program.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::decode::Decoder;
use crate::config::key::Key;

/// What comes from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// A text pasted in one piece, its line ends as `\n`, at most one MiB. Other control characters are as they came.
    Paste(String),
    /// The mouse, where it is on.
    Mouse(Mouse),
    /// The terminal is gone. Nothing comes after it.
    HangUp,
}

/// Something done with the mouse, at a column and row counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What was done.
    pub kind: MouseKind,
    /// The column, from 0.
    pub column: u16,
    /// The row, from 0.
    pub row: u16,
}

/// What was done with the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// A button went down.
    Press(MouseButton),
    /// A button came up.
    Release(MouseButton),
    /// The mouse moved with a button held.
    Drag(MouseButton),
    /// The wheel, away from the person.
    WheelUp,
    /// The wheel, towards the person.
    WheelDown,
}

/// A button of the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseButton {
    /// The left one.
    Left,
    /// The one in the middle.
    Middle,
    /// The right one.
    Right,
}

/// The thread that reads. It ends when this is dropped, the terminal is gone, or nobody listens.
pub struct Reader {
    shared: Arc<Shared>,
    wake: PipeWriter,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Reading,
    /// Asked to pause, not yet there.
    Pausing,
    Paused,
    Ended,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state is one word: there is no half-written one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state() = state;
        self.changed.notify_all();
    }
}

impl Reader {
    /// Reads `line`, a terminal in raw mode, and hands what comes to `sink` until that says `false`.
    ///
    /// # Errors
    ///
    /// The system has no pipe or no thread left.
    pub fn start(line: OwnedFd, sink: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<Reader> {
        let (woken, wake) = io::pipe()?;
        let shared = Arc::<Shared>::default();
        let mut thread = Thread { line, woken, shared: Arc::clone(&shared), sink, decoder: Decoder::default() };
        std::thread::Builder::new().name("input".to_owned()).spawn(move || {
            thread.run();
            thread.shared.set(State::Ended);
        })?;
        Ok(Reader { shared, wake })
    }

    /// Stops reading, and returns when nothing is read any more: now another program may read the terminal.
    pub fn pause(&self) {
        let mut state = self.shared.state();
        if *state != State::Reading {
            return;
        }
        *state = State::Pausing;
        self.wake();
        while *state == State::Pausing {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Reads on after [`Reader::pause`].
    pub fn resume(&self) {
        let mut state = self.shared.state();
        if *state == State::Paused {
            *state = State::Reading;
            self.shared.changed.notify_all();
        }
    }

    fn wake(&self) {
        // The other end is gone only when the thread has ended, and then there is nobody to wake.
        let _ = (&self.wake).write_all(&[1]);
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.shared.set(State::Ended);
        self.wake();
    }
}

struct Thread<S> {
    line: OwnedFd,
    woken: PipeReader,
    shared: Arc<Shared>,
    sink: S,
    decoder: Decoder,
}

/// What the thread waited for.
enum Event {
    Bytes(usize),
    Woken,
    Due,
    Gone,
}

impl<S: FnMut(Input) -> bool> Thread<S> {
    fn run(&mut self) {
        let mut chunk = [0; 4096];
        let mut found = Vec::new();
        loop {
            match self.wait(&mut chunk) {
                Event::Bytes(read) => self.decoder.feed(&chunk[..read], Instant::now(), &mut found),
                Event::Due => self.decoder.expire(Instant::now(), &mut found),
                Event::Woken if !self.pause() => return,
                Event::Woken => {}
                Event::Gone => found.push(Input::HangUp),
            }
            for input in found.drain(..) {
                let last = input == Input::HangUp;
                if !(self.sink)(input) || last {
                    return;
                }
            }
        }
    }

    fn wait(&mut self, chunk: &mut [u8]) -> Event {
        let mut ready = [PollFd::new(&self.line, PollFlags::IN), PollFd::new(&self.woken, PollFlags::IN)];
        let rest = self.decoder.deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timeout = rest.and_then(|rest| Timespec::try_from(rest).ok());
        match poll(&mut ready, timeout.as_ref()) {
            Ok(0) => return Event::Due,
            Ok(_) => {}
            Err(Errno::INTR) => return Event::Bytes(0),
            Err(_) => return Event::Gone,
        }
        let (line, woken) = (ready[0].revents(), ready[1].revents());
        if !woken.is_empty() {
            return Event::Woken;
        }
        if !line.contains(PollFlags::IN) {
            return Event::Gone;
        }
        match rustix::io::read(&self.line, chunk) {
            Ok(0) => Event::Gone,
            Ok(read) => Event::Bytes(read),
            // Somebody else read it first, or made the line non-blocking.
            Err(Errno::INTR | Errno::AGAIN) => Event::Bytes(0),
            Err(_) => Event::Gone,
        }
    }

    /// Answers a wake-up: pauses where that is asked for. `false` when the thread is to end.
    fn pause(&mut self) -> bool {
        let mut asked = [0; 16];
        if self.woken.read(&mut asked).is_err() {
            return false;
        }
        let mut state = self.shared.state();
        if *state == State::Pausing {
            *state = State::Paused;
            self.shared.changed.notify_all();
        }
        while *state == State::Paused {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        *state == State::Reading
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver};
    use std::time::Duration;

    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

    use super::*;
    use crate::term::testing::Pty;

    const LONG: Duration = Duration::from_secs(10);

    fn listening(pty: &Pty) -> (Reader, Receiver<Input>) {
        let line = pty.line();
        let mut mode = tcgetattr(&line).unwrap();
        mode.make_raw();
        tcsetattr(&line, OptionalActions::Now, &mode).unwrap();
        let (sender, receiver) = mpsc::channel();
        (Reader::start(line, move |input| sender.send(input).is_ok()).unwrap(), receiver)
    }

    fn key(text: &str) -> Input {
        Input::Key(text.parse().unwrap())
    }

    #[test]
    fn keys_arrive_and_a_lone_escape_does_not_wait_for_another_key() {
        let mut pty = Pty::open(80, 24);
        let (_reader, inputs) = listening(&pty);
        pty.press(b"a\x1b[B");
        assert_eq!(inputs.recv_timeout(LONG), Ok(key("a")));
        assert_eq!(inputs.recv_timeout(LONG), Ok(key("down")));
        pty.press(b"\x1b");
        assert_eq!(inputs.recv_timeout(LONG), Ok(key("esc")));
    }

    #[test]
    fn a_terminal_that_vanishes_ends_the_thread_even_without_a_signal() {
        let mut pty = Pty::deaf(80, 24);
        let (_reader, inputs) = listening(&pty);
        pty.press(b"a");
        assert_eq!(inputs.recv_timeout(LONG), Ok(key("a")));
        drop(pty);
        // The pseudo-terminal itself types a last line end as it goes.
        while inputs.recv_timeout(LONG).expect("the hang-up is told") != Input::HangUp {}
        assert_eq!(inputs.recv_timeout(LONG), Err(mpsc::RecvTimeoutError::Disconnected), "the thread has ended");
    }

    #[test]
    fn nothing_is_read_while_the_terminal_is_lent() {
        let mut pty = Pty::open(80, 24);
        let (reader, inputs) = listening(&pty);
        reader.pause();
        pty.press(b"x");
        let mut borrowed = [0; 1];
        rustix::io::read(pty.line(), &mut borrowed).unwrap();
        assert_eq!(&borrowed, b"x");
        pty.press(b"y");
        reader.resume();
        assert_eq!(inputs.recv_timeout(LONG), Ok(key("y")));
    }

    #[test]
    fn a_dropped_reader_stops_reading() {
        let pty = Pty::open(80, 24);
        let (reader, inputs) = listening(&pty);
        drop(reader);
        assert_eq!(inputs.recv_timeout(LONG), Err(mpsc::RecvTimeoutError::Disconnected));
    }
}

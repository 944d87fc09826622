//! Takes the terminal (raw mode, alternate screen, bracketed paste, hidden cursor) and gives it back exactly as it was.
//!
//! Invariant: it is given back once on every way out: on drop, in a panic on any thread, and by the last resort of
//! [`super::signals`]. A terminal that is gone or stuck cannot hold the program up.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic;
use std::sync::{Mutex, Once, PoisonError, TryLockError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::output::Line;

/// Alternate screen, bracketed paste, cursor hidden.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l";

/// Everything that may be on, off again: a frame left open, the mouse, bracketed paste, attributes; then the cursor and the
/// screen that was there before.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";

/// Buttons and drags, reported with decimal places (SGR); not every motion, which would load a slow line.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// How long a stuck terminal is waited for before it is left as it is.
const PATIENCE: Duration = Duration::from_millis(200);

/// The terminal as it was found. A process has one.
static TAKEN: Mutex<Option<Taken>> = Mutex::new(None);

struct Taken {
    input: OwnedFd,
    output: OwnedFd,
    before: Termios,
    by: ThreadId,
}

/// The terminal while it is ours.
#[must_use = "the terminal is given back when this is dropped"]
pub struct Guard {
    _private: (),
}

impl Guard {
    /// Takes the terminal whose keys come from `input` and whose screen is `output`.
    ///
    /// # Errors
    ///
    /// `input` is no terminal, the terminal is gone, or it is taken already.
    pub fn enter(input: impl AsFd, output: impl AsFd, mouse: bool) -> io::Result<Guard> {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.is_some() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the terminal is taken already"));
        }
        let now = Taken {
            before: tcgetattr(&input)?,
            input: input.as_fd().try_clone_to_owned()?,
            output: output.as_fd().try_clone_to_owned()?,
            by: thread::current().id(),
        };
        now.apply()?;
        // From here on the guard gives it back, whatever fails.
        *taken = Some(now);
        drop(taken);
        let guard = Guard { _private: () };
        let mut bytes = ENTER.to_vec();
        if mouse {
            bytes.extend_from_slice(MOUSE_ON);
        }
        Line::new(output.as_fd()).send(&bytes)?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

impl Taken {
    fn apply(&self) -> io::Result<()> {
        let mut raw = self.before.clone();
        raw.make_raw();
        Ok(tcsetattr(&self.input, OptionalActions::Now, &raw)?)
    }

    fn give_back(&self) {
        if takes_bytes(&self.output) {
            // There is nobody left to tell of a failure.
            let _ = Line::new(&self.output).send(LEAVE);
        }
        let _ = tcsetattr(&self.input, OptionalActions::Now, &self.before);
    }
}

/// Whether a terminal takes bytes now or soon; one that is gone or stopped does not.
fn takes_bytes(output: &OwnedFd) -> bool {
    let mut ready = [PollFd::new(output, PollFlags::OUT)];
    let timeout = Timespec::try_from(PATIENCE).ok();
    poll(&mut ready, timeout.as_ref()).is_ok_and(|ready| ready > 0)
        && ready[0].revents().contains(PollFlags::OUT)
        && !ready[0].revents().intersects(PollFlags::HUP | PollFlags::ERR)
}

/// The bytes that switch the mouse on or off.
pub fn mouse(on: bool) -> &'static [u8] {
    if on { MOUSE_ON } else { MOUSE_OFF }
}

/// The bytes that make a terminal ours again which another program may have changed meanwhile.
pub fn entering() -> &'static [u8] {
    ENTER
}

/// Puts the terminal back into raw mode after something else changed its mode (a shell, between stop and continue).
///
/// # Errors
///
/// The terminal is gone.
pub fn reapply() -> io::Result<()> {
    match &*TAKEN.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(taken) => taken.apply(),
        None => Ok(()),
    }
}

/// Gives the terminal back, if it is taken, and says which thread had taken it. Safe to call from any thread at any time.
pub fn restore() -> Option<ThreadId> {
    let deadline = Instant::now() + PATIENCE;
    let mut taken = loop {
        match TAKEN.try_lock() {
            Ok(taken) => break taken,
            Err(TryLockError::Poisoned(taken)) => break taken.into_inner(),
            // Somebody else is at it, or this very thread panicked while it was: do not wait for ever.
            Err(TryLockError::WouldBlock) if Instant::now() > deadline => return None,
            Err(TryLockError::WouldBlock) => thread::yield_now(),
        }
    };
    let found = taken.take()?;
    found.give_back();
    Some(found.by)
}

/// Makes every panic give the terminal back before it is reported. A panic on another thread than the one that took
/// the terminal ends the program with 70: its screen is gone, and nobody would see what it does.
pub fn install_panic_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let taken_by = restore();
            report(panic);
            if taken_by.is_some_and(|by| by != thread::current().id()) {
                std::process::exit(70);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::testing::{Pty, alone, until};

    fn mode(line: &OwnedFd) -> String {
        // Termios has no equality; what it shows is all it has.
        format!("{:?}", tcgetattr(line).unwrap())
    }

    #[test]
    fn a_terminal_is_given_back_exactly_as_it_was() {
        let _alone = alone();
        let pty = Pty::open(80, 24);
        let line = pty.line();
        let before = mode(&line);
        let guard = Guard::enter(&line, &line, true).unwrap();
        assert_ne!(mode(&line), before, "raw");
        assert!(Guard::enter(&line, &line, false).is_err(), "a process has one terminal");
        until("it enters", || pty.written() == [ENTER, MOUSE_ON].concat());
        drop(guard);
        assert_eq!(mode(&line), before);
        until("it leaves", || pty.written() == [ENTER, MOUSE_ON, LEAVE].concat());
        assert_eq!(restore(), None, "once");
    }

    #[test]
    fn a_panic_gives_the_terminal_back_before_it_is_reported() {
        let _alone = alone();
        let pty = Pty::open(80, 24);
        let line = pty.line();
        let before = mode(&line);
        install_panic_hook();
        let caught = panic::catch_unwind(|| {
            let _guard = Guard::enter(&line, &line, false).unwrap();
            panic!("on purpose");
        });
        assert!(caught.is_err());
        assert_eq!(mode(&line), before);
        until("it leaves", || pty.written() == [ENTER, LEAVE].concat());
    }

    #[test]
    fn a_mode_changed_by_somebody_else_is_put_right_and_still_given_back() {
        let _alone = alone();
        let pty = Pty::open(80, 24);
        let line = pty.line();
        let before = tcgetattr(&line).unwrap();
        let guard = Guard::enter(&line, &line, false).unwrap();
        let raw = mode(&line);
        tcsetattr(&line, OptionalActions::Now, &before).unwrap();
        reapply().unwrap();
        assert_eq!(mode(&line), raw);
        drop(guard);
        assert_eq!(mode(&line), format!("{before:?}"));
    }

    #[test]
    fn a_terminal_that_is_gone_holds_nothing_up() {
        let _alone = alone();
        let pty = Pty::deaf(80, 24);
        let line = pty.line();
        let guard = Guard::enter(&line, &line, false).unwrap();
        drop(pty);
        drop(guard);
        let no_terminal = std::io::pipe().unwrap();
        assert!(Guard::enter(&no_terminal.0, &no_terminal.1, false).is_err());
    }
}

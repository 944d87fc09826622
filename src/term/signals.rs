//! What the system wants of the program: end, stop, continue, look at the size again.
//!
//! Invariant: the program ends when it is told to, with 129, 130 or 143, even where its main thread is stuck.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::{Handle, Signals};

use super::{guard, suspend};

/// A signal, by what it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// The terminal is gone (SIGHUP).
    HangUp,
    /// Interrupted from outside (SIGINT); in raw mode ctrl-c is a key.
    Interrupt,
    /// Asked to end (SIGTERM).
    Terminate,
    /// Asked to stop (SIGTSTP).
    Stop,
    /// Continued after a stop (SIGCONT); the terminal may have been changed meanwhile.
    Continue,
    /// The terminal's size is another (SIGWINCH).
    Resize,
}

impl Signal {
    /// The exit code of a program ended by this signal; `None` for those that do not end it.
    pub fn exit_code(self) -> Option<u8> {
        match self {
            Signal::HangUp => Some(129),
            Signal::Interrupt => Some(130),
            Signal::Terminate => Some(143),
            Signal::Stop | Signal::Continue | Signal::Resize => None,
        }
    }
}

/// Whether the terminal is lent to another program of ours, an editor.
static LENT: AtomicBool = AtomicBool::new(false);

/// Says whether the terminal is lent to another program. While it is, the keys that interrupt or stop are meant for that
/// program: an interrupt is not handed on, and a stop stops us with it, or the shell would wait for ever.
pub fn set_lent(lent: bool) {
    LENT.store(lent, Ordering::SeqCst);
}

/// The thread that waits for signals, until this is dropped.
pub struct Watch {
    handle: Handle,
}

impl Watch {
    /// Waits for signals and hands them to `sink` until that says `false`.
    ///
    /// # Errors
    ///
    /// The system has no pipe or no thread left.
    pub fn start(mut sink: impl FnMut(Signal) -> bool + Send + 'static) -> io::Result<Watch> {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH])?;
        let handle = signals.handle();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for number in signals.forever() {
                if let Some(signal) = meant(number)
                    && !sink(signal)
                {
                    return;
                }
            }
        })?;
        Ok(Watch { handle })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.handle.close();
    }
}

fn meant(number: i32) -> Option<Signal> {
    let lent = LENT.load(Ordering::SeqCst);
    match number {
        SIGHUP => Some(Signal::HangUp),
        SIGTERM => Some(Signal::Terminate),
        SIGINT if !lent => Some(Signal::Interrupt),
        SIGTSTP if !lent => Some(Signal::Stop),
        SIGTSTP => {
            // Where it cannot be done there is no shell that waits for it.
            let _ = suspend::stop();
            None
        }
        SIGCONT => Some(Signal::Continue),
        SIGWINCH => Some(Signal::Resize),
        _ => None,
    }
}

/// How long the way out may take after a signal before the program ends regardless.
const GRACE: Duration = Duration::from_secs(3);

/// Ends by a signal, unless one ended it before: what was being typed is written down first, but nothing holds the end up for
/// long. `end` is the code to end with.
pub fn end_by(signal: Signal, end: &mut Option<u8>) {
    if let Some(code) = signal.exit_code().filter(|_| end.is_none_or(|code| code == 0)) {
        *end = Some(code);
        end_within(GRACE, code);
    }
}

/// Ends the program with `code` after `grace`, the terminal given back as far as it lets itself, unless it has ended
/// before: for a main thread that is stuck in a write to a terminal nobody reads.
fn end_within(grace: Duration, code: u8) {
    let end = move || {
        thread::sleep(grace);
        guard::restore();
        std::process::exit(i32::from(code));
    };
    if thread::Builder::new().name("last resort".to_owned()).spawn(end).is_err() {
        guard::restore();
        std::process::exit(i32::from(code));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn signals_arrive_by_what_they_want() {
        let (sender, receiver) = mpsc::channel();
        let watch = Watch::start(move |signal| sender.send(signal).is_ok()).unwrap();
        for (number, signal) in [(SIGWINCH, Signal::Resize), (SIGCONT, Signal::Continue), (SIGTSTP, Signal::Stop)] {
            signal_hook::low_level::raise(number).unwrap();
            assert_eq!(receiver.recv_timeout(Duration::from_secs(10)), Ok(signal));
        }
        drop(watch);
        let after = receiver.recv_timeout(Duration::from_secs(10));
        assert_eq!(after, Err(mpsc::RecvTimeoutError::Disconnected), "the thread has ended");
    }

    #[test]
    fn exit_codes_are_those_of_the_contract() {
        let codes = [Signal::HangUp, Signal::Interrupt, Signal::Terminate].map(Signal::exit_code);
        assert_eq!(codes, [Some(129), Some(130), Some(143)]);
        assert_eq!(Signal::Resize.exit_code(), None);
    }
}

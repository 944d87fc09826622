//! What the tests of the driver share: a pseudo-terminal of their own, and waiting for a condition with a deadline.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{PtyPair, PtySize};
use rustix::fs::{Mode, OFlags};

/// A pseudo-terminal: the side of the person, and everything that was written to it.
pub struct Pty {
    keyboard: Box<dyn Write + Send>,
    seen: Arc<Mutex<Vec<u8>>>,
    path: PathBuf,
    // Held open: closing the master is the hang-up, and without a slave the master cannot be read.
    _pair: PtyPair,
}

impl Pty {
    /// A terminal that shows what is written to it.
    pub fn open(columns: u16, rows: u16) -> Pty {
        let pty = Pty::deaf(columns, rows);
        let (into, mut reader) = (Arc::clone(&pty.seen), pty._pair.master.try_clone_reader().unwrap());
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut chunk) {
                into.lock().unwrap().extend_from_slice(&chunk[..read]);
            }
        });
        pty
    }

    /// A terminal that nobody looks at; when it is dropped it is gone, as in a hang-up without a signal.
    pub fn deaf(columns: u16, rows: u16) -> Pty {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = portable_pty::native_pty_system().openpty(size).unwrap();
        let path = pair.master.tty_name().unwrap();
        Pty { keyboard: pair.master.take_writer().unwrap(), seen: Arc::default(), path, _pair: pair }
    }

    /// The program's side, opened anew; it never becomes the test's controlling terminal.
    pub fn line(&self) -> OwnedFd {
        rustix::fs::open(&self.path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap()
    }

    pub fn press(&mut self, bytes: &[u8]) {
        self.keyboard.write_all(bytes).unwrap();
        self.keyboard.flush().unwrap();
    }

    pub fn written(&self) -> Vec<u8> {
        self.seen.lock().unwrap().clone()
    }
}

/// Waits until `condition` holds, for at most ten seconds.
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::yield_now();
    }
}

/// Only one test at a time may take a terminal: a process has one screen.
pub fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

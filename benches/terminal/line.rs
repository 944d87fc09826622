//! The built program in a pseudo-terminal, with the moment at which each of its bytes arrived.
//!
//! A frame is over when the mark that ends a synchronized update has come: then a terminal shows it.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// The size that the budgets speak of.
pub const COLUMNS: u16 = 120;
/// The size that the budgets speak of.
pub const ROWS: u16 = 40;

/// What ends a frame.
const END: &[u8] = b"\x1b[?2026l";

/// How long anything may take before the bench gives up and says so.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came, and up to which byte it had come when.
#[derive(Default)]
struct Came {
    bytes: Vec<u8>,
    until: Vec<(usize, Instant)>,
    closed: bool,
}

/// The program in a terminal of its own; it ends with this value.
pub struct Line {
    child: Box<dyn Child + Send + Sync>,
    /// Held open: a terminal that is gone hangs its program up.
    _master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    came: Arc<(Mutex<Came>, Condvar)>,
    started: Instant,
}

impl Line {
    /// Opens a desk as somebody, on the list of all records.
    pub fn open(desk: &Path, login: &str, home: &Path) -> Line {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_stageplate"));
        command.args(["--db".as_ref(), desk.as_os_str()]);
        command.args(["--as", login, "tui", "all"]);
        command.env_clear();
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let mut reader = pair.master.try_clone_reader().expect("the terminal's own side");
        let keys = pair.master.take_writer().expect("the terminal's own side");
        let came = Arc::new((Mutex::new(Came::default()), Condvar::new()));
        let theirs = Arc::clone(&came);
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let now = Instant::now();
                let mut came = theirs.0.lock().expect("no panic over there");
                came.bytes.extend_from_slice(&buffer[..read]);
                let until = came.bytes.len();
                came.until.push((until, now));
                came.closed = read == 0;
                theirs.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        Line { child, _master: pair.master, keys, came, started }
    }

    /// Types.
    pub fn type_keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("the program reads");
    }

    /// How many bytes came so far.
    pub fn bytes(&self) -> usize {
        self.came.0.lock().expect("no panic over there").bytes.len()
    }

    /// Waits for the end of the first frame behind so many bytes; answers when it came and how many bytes had come then.
    pub fn frame(&self, behind: usize) -> (Instant, usize) {
        let begun = Instant::now();
        let mut came = self.came.0.lock().expect("no panic over there");
        loop {
            let found = came.bytes[behind..].windows(END.len()).position(|window| window == END);
            if let Some(at) = found.map(|at| behind + at + END.len()) {
                let (_, when) = came.until.iter().find(|(until, _)| *until >= at).expect("it came some time");
                return (*when, at);
            }
            assert!(begun.elapsed() < PATIENCE && !came.closed, "the program drew no frame: {}", text(&came.bytes));
            came = self.came.1.wait_timeout(came, Duration::from_millis(100)).expect("no panic over there").0;
        }
    }

    /// How long it took from the start to the end of the first frame whose picture shows a text.
    pub fn first_frame_with(&self, wanted: &str) -> Duration {
        let mut screen = vt100::Parser::new(ROWS, COLUMNS, 0);
        let mut seen = 0;
        loop {
            let (when, at) = self.frame(seen);
            screen.process(&self.came.0.lock().expect("no panic over there").bytes[seen..at]);
            seen = at;
            if screen.screen().contents().contains(wanted) {
                return when.duration_since(self.started);
            }
            assert!(self.started.elapsed() < PATIENCE, "no `{wanted}` in\n{}", screen.screen().contents());
        }
    }

    /// Waits until nothing came for so long; answers how many bytes had come then.
    pub fn rest(&self, quiet: Duration) -> usize {
        let mut seen = self.bytes();
        loop {
            let until = Instant::now() + quiet;
            let mut came = self.came.0.lock().expect("no panic over there");
            while came.bytes.len() == seen && Instant::now() < until {
                let left = until.saturating_duration_since(Instant::now());
                came = self.came.1.wait_timeout(came, left).expect("no panic over there").0;
            }
            if came.bytes.len() == seen {
                return seen;
            }
            seen = came.bytes.len();
        }
    }

    /// What the kernel says of the program's memory, in bytes, where it says anything.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.process_id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\x1b', "␛")
}

impl Drop for Line {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

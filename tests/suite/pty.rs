//! A pseudo-terminal with a terminal emulator behind it: what a person at the keyboard sees and does.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take to appear before a test fails. Generous: a loaded machine is no failure.
const DEADLINE: Duration = Duration::from_secs(60);

struct Shared {
    parser: vt100::Parser,
    written: Vec<u8>,
    closed: bool,
    /// Whether the line takes nothing for now.
    held: bool,
}

/// A program in a terminal of its own.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    shared: Arc<(Mutex<Shared>, Condvar)>,
}

impl Terminal {
    /// Starts the built program in a terminal of so many columns and rows.
    pub fn start(columns: u16, rows: u16, home: &Path, words: &[&str], environment: &[(&str, &str)]) -> Terminal {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_stageplate"));
        command.args(words);
        Terminal::run(columns, rows, home, command, environment)
    }

    /// Starts the built program as a job of a shell, which says `the shell has it` when it is stopped, and continues it
    /// once a line is written.
    pub fn in_a_shell(columns: u16, rows: u16, home: &Path, words: &[&str], environment: &[(&str, &str)]) -> Terminal {
        let mut command = CommandBuilder::new("bash");
        command.args(["--norc", "-mc", "\"$0\" \"$@\"; echo the shell has it; read -r line; fg"]);
        command.arg(env!("CARGO_BIN_EXE_stageplate"));
        command.args(words);
        Terminal::run(columns, rows, home, command, environment)
    }

    fn run(
        columns: u16,
        rows: u16,
        home: &Path,
        mut command: CommandBuilder,
        environment: &[(&str, &str)],
    ) -> Terminal {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(rows, columns, 0);
        let shared =
            Arc::new((Mutex::new(Shared { parser, written: Vec::new(), closed: false, held: false }), Condvar::new()));
        let theirs = Arc::clone(&shared);
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            let (lock, changed) = &*theirs;
            loop {
                drop(changed.wait_while(lock.lock().unwrap(), |shared| shared.held).unwrap());
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut shared = lock.lock().unwrap();
                shared.closed = read == 0;
                shared.parser.process(&buffer[..read]);
                shared.written.extend_from_slice(&buffer[..read]);
                changed.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        Terminal { child, master: pair.master, keys, shared }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.shared.0.lock().unwrap().parser.screen().contents()
    }

    /// Everything written to the terminal since it was started, and how many bytes of it there were.
    pub fn written(&self) -> Vec<u8> {
        self.shared.0.lock().unwrap().written.clone()
    }

    /// Waits until what was written behind the first `from` bytes is as wanted, and answers it.
    pub fn reads(&self, from: usize, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let text = |terminal: &Terminal| String::from_utf8_lossy(&terminal.written()[from..]).replace("\r\n", "\n");
        let until = Instant::now() + DEADLINE;
        loop {
            let read = text(self);
            if wanted(&read) {
                return read;
            }
            let (lock, changed) = &*self.shared;
            let shared = lock.lock().unwrap();
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !shared.closed, "waited for {what}; it was written:\n{read}");
            drop(changed.wait_timeout(shared, left.min(Duration::from_millis(100))).unwrap());
        }
    }

    /// The line takes nothing any more, but for what it is reading just now, or it goes on.
    pub fn hold(&self, held: bool) {
        // A test that failed while it looked at the screen lets its line go all the same.
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner).held = held;
        self.shared.1.notify_all();
    }

    /// Looks at the screen cell by cell.
    pub fn cells(&self, look: impl FnOnce(&vt100::Screen)) {
        look(self.shared.0.lock().unwrap().parser.screen());
    }

    /// Waits until the screen is as wanted, and answers it.
    pub fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + DEADLINE;
        let (lock, changed) = &*self.shared;
        let mut shared = lock.lock().unwrap();
        loop {
            let screen = shared.parser.screen().contents();
            if wanted(&screen) {
                return screen;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !shared.closed, "waited for {what}; the screen is\n{screen}");
            // What is waited for may not show on the screen, so the condition is looked at now and then as well.
            shared = changed.wait_timeout(shared, left.min(Duration::from_millis(100))).unwrap().0;
        }
    }

    /// Waits until a text is on the screen.
    pub fn sees(&self, text: &str) -> String {
        self.wait(&format!("`{text}`"), |screen| screen.contains(text))
    }

    /// Another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.shared.0.lock().unwrap().parser.screen_mut().set_size(rows, columns);
        self.master.resize(size).unwrap();
    }

    /// The connection breaks: the kernel tells the program so.
    pub fn hang_up(&mut self) {
        self.signals(rustix::process::Signal::HUP);
    }

    /// Somebody sends the program a signal.
    pub fn signals(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.pid()).ok().and_then(rustix::process::Pid::from_raw).expect("a process's number");
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("it was started")
    }

    /// What the program wrote last may still be on its way when it has ended.
    fn reads_the_rest(&self, until: Instant) {
        let (lock, changed) = &*self.shared;
        let mut shared = lock.lock().unwrap();
        while !shared.closed && Instant::now() < until {
            shared = changed.wait_timeout(shared, until.saturating_duration_since(Instant::now())).unwrap().0;
        }
    }

    /// Waits for the program to end and everything it wrote, and answers its exit code.
    pub fn ends(&mut self) -> u32 {
        let until = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.reads_the_rest(until);
                return status.exit_code();
            }
            assert!(Instant::now() < until, "the program did not end; the screen is\n{}", self.screen());
            std::thread::yield_now();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A line that is held lets nothing end; and it may have ended already, then there is nothing to end.
        self.hold(false);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

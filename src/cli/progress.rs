//! What a long verb shows while it runs, and how it is stopped: a bar on a terminal's standard error, and ctrl-c.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::domain::visible::visible;
use crate::failure::{Failure, Kind};
use crate::intake::Progress;

/// How often the bar is drawn at most.
const PAUSE: Duration = Duration::from_millis(100);
/// What fits on the narrowest terminal without a second line.
const COLUMNS: usize = 79;

/// Whether somebody wants the program to end, asked between one piece of work and the next, so that nothing is left
/// half done. Asked a second time, the program ends at once: what is not committed then is not there.
pub struct Interrupt {
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Watches for hang-up, interrupt and termination from now on.
    pub fn watch() -> Result<Interrupt, Failure> {
        let signal = Arc::new(AtomicUsize::new(0));
        let again = Arc::new(AtomicBool::new(false));
        for number in [SIGHUP, SIGINT, SIGTERM] {
            // In this order: the first one finds nothing asked yet.
            flag::register_conditional_shutdown(number, 128 + number, Arc::clone(&again))?;
            flag::register(number, Arc::clone(&again))?;
            flag::register_usize(number, Arc::clone(&signal), usize::try_from(number).unwrap_or_default())?;
        }
        Ok(Interrupt { signal })
    }

    /// Whether it was asked for.
    pub fn came(&self) -> bool {
        self.signal.load(Ordering::SeqCst) != 0
    }

    /// The kind of failure of a program that ended because of it.
    pub fn kind(&self) -> Kind {
        Kind::Stopped(u8::try_from(self.signal.load(Ordering::SeqCst)).unwrap_or_default())
    }
}

/// The bar. It draws nothing where standard error is no terminal, or quiet was asked for.
pub struct Bar {
    shows: bool,
    began: Instant,
    drawn: Option<Instant>,
}

impl Bar {
    /// The bar of a verb that begins now.
    pub fn on_terminal(quiet: bool) -> Bar {
        Bar { shows: std::io::stderr().is_terminal() && !quiet, began: Instant::now(), drawn: None }
    }

    /// Shows how far it is, not more often than anybody can read.
    pub fn show(&mut self, progress: &Progress<'_>) {
        if !self.shows || self.drawn.is_some_and(|drawn| drawn.elapsed() < PAUSE) {
            return;
        }
        self.drawn = Some(Instant::now());
        // A closed standard error is no failure of the work.
        let _ = write!(std::io::stderr(), "\r\x1b[K{}", line(progress, self.began.elapsed()));
    }

    /// Takes it away.
    pub fn clear(&self) {
        if self.drawn.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// The bar's line: how much is done, of how many, how fast, and where it is.
fn line(progress: &Progress<'_>, since: Duration) -> String {
    const WIDTH: usize = 20;
    // Thousandths of a file, so that one sheet of many rows moves the bar.
    let within = (progress.row * 1000).checked_div(progress.rows).unwrap_or(0);
    let done = progress.done * 1000 + within;
    let filled = (done * WIDTH).checked_div(progress.total * 1000).unwrap_or(0).min(WIDTH);
    let bar = format!("[{}{}]", "#".repeat(filled), ".".repeat(WIDTH - filled));
    let milliseconds = since.as_millis().max(1);
    let rate = u128::from(progress.read) * 1000 / milliseconds;
    let rows = if progress.rows > 0 { format!(", row {} of {}", progress.row, progress.rows) } else { String::new() };
    let rejected = if progress.rejected > 0 { format!(", {} rejected", progress.rejected) } else { String::new() };
    let name = progress.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (at, of) = ((progress.done + 1).min(progress.total), progress.total);
    let text = format!("{bar} file {at} of {of}{rows}, {rate}/s{rejected} · {}", visible(&name));
    text.chars().take(COLUMNS).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_bar_says_how_far_how_fast_and_where() {
        let progress = Progress {
            file: Path::new("/in/bodies\u{202e}.csv"),
            done: 1,
            total: 2,
            row: 500,
            rows: 1000,
            read: 600,
            rejected: 3,
        };
        let text = line(&progress, Duration::from_secs(2));
        assert_eq!(text, "[###############.....] file 2 of 2, row 500 of 1000, 300/s, 3 rejected · bodies");
        let first = Progress { done: 0, row: 0, rows: 0, read: 0, rejected: 0, ..progress };
        assert_eq!(line(&first, Duration::ZERO), "[....................] file 1 of 2, 0/s · bodies<U+202E>.csv");
    }
}

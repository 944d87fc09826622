//! The terminal's one thread with a desk: jobs in the order they were submitted, and word of what others did.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::desk::Desk;

/// How often an idle worker looks whether somebody else changed the desk.
const PULSE: Duration = Duration::from_millis(200);

/// A thread that owns a desk.
pub struct Worker {
    jobs: Sender<Job>,
    thread: JoinHandle<()>,
}

type Job = Box<dyn FnOnce(&mut Desk) + Send>;

impl Worker {
    /// Starts the thread. `pulse` is called on it each time the desk is found changed by somebody else.
    pub fn spawn(desk: Desk, pulse: Box<dyn Fn() + Send>) -> Worker {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let thread = std::thread::spawn(move || {
            let mut desk = desk;
            // A version that cannot be read is looked for again at the next pulse; the jobs themselves say what is wrong.
            let mut version = desk.data_version().ok();
            loop {
                match inbox.recv_timeout(PULSE) {
                    Ok(job) => job(&mut desk),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                let now = desk.data_version().ok();
                if now.is_some() && now != version {
                    version = now;
                    pulse();
                }
            }
        });
        Worker { jobs, thread }
    }

    /// Hands over a job; it runs after those handed over before it.
    pub fn submit(&self, job: Job) {
        // The thread ends only in `finish`, or by a job's own panic, which `finish` passes on.
        drop(self.jobs.send(job));
    }

    /// Runs what was submitted, closes the desk, and waits for that.
    ///
    /// # Panics
    /// When a job panicked.
    pub fn finish(self) {
        drop(self.jobs);
        if let Err(panic) = self.thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

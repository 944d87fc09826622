//! Stops the program for the shell, where there is a shell that can continue it.
//!
//! Invariant: never stops where nobody could continue it: a session that runs this program and nothing else would hang.

use std::io;

use rustix::process::{Pid, Signal, getpgid, getpgrp, getpid, getppid, getsid, kill_current_process_group};

/// How many parents are looked at: a shell, sudo and a script or two stand between a person's shell and us.
const PARENTS: usize = 16;

/// Whether a shell with job control stands above: a process of our session, outside of our process group, that is an
/// ancestor. Without one the group is orphaned (POSIX, 3.264), and a stop would be for ever.
pub fn has_shell() -> bool {
    let (Ok(session), group) = (getsid(None), getpgrp()) else { return false };
    if session == getpid() {
        return false;
    }
    let mut above = getppid();
    for _ in 0..PARENTS {
        let Some(process) = above else { return false };
        match (getsid(Some(process)), getpgid(Some(process))) {
            (Ok(its_session), Ok(its_group)) if its_session == session => {
                if its_group != group {
                    return true;
                }
            }
            _ => return false,
        }
        above = parent_of(process);
    }
    false
}

/// The parent of a process, from `/proc/PID/stat` (proc(5)): the second field after the name in parentheses.
fn parent_of(process: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero())).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    Pid::from_raw(after_name.split_whitespace().nth(1)?.parse().ok()?)
}

/// Stops the program and what runs with it in one job; returns when it is continued. To be called from the main thread,
/// with the terminal given back.
///
/// # Errors
///
/// No shell could continue it, or the system refuses.
pub fn stop() -> io::Result<()> {
    if !has_shell() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "no shell here could continue the program"));
    }
    // The whole group, as the terminal does at ctrl-z: with sudo or a script between, stopping us alone would leave the
    // shell waiting. SIGSTOP, because SIGTSTP is handled.
    Ok(kill_current_process_group(Signal::STOP)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_found_by_its_child() {
        assert_eq!(parent_of(getpid()), getppid());
    }
}

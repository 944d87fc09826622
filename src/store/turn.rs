//! Whose turn it is to write: a queue in front of SQLite's own lock, and who holds the desk when it takes long.
//!
//! Invariant: it is a queue and no more. Every write is right with SQLite's lock alone; a turn that cannot be had in time,
//! or a file system without locks, only makes writing slower under load.

use std::fs::File;
use std::fs::TryLockError;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// How long a turn is waited for before SQLite's lock is tried without one.
const PATIENCE: Duration = Duration::from_secs(2);

/// The queue of one desk: a lock on the file beside it whose name ends in `-queue`.
pub struct Queue {
    path: PathBuf,
}

/// A turn; it ends when it is dropped.
pub struct Turn {
    _lock: Option<File>,
}

impl Queue {
    pub fn beside(desk: &Path) -> Self {
        let mut name = desk.as_os_str().to_owned();
        name.push("-queue");
        Queue { path: name.into() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits for a turn. A thread does the waiting, because a lock of this kind knows no deadline; where the wait was given
    /// up, it lets the lock go as soon as it gets it.
    pub fn wait(&self) -> Turn {
        let Ok(file) = File::options().read(true).write(true).open(&self.path) else { return Turn { _lock: None } };
        match file.try_lock() {
            Ok(()) => return Turn { _lock: Some(file) },
            Err(TryLockError::Error(_)) => return Turn { _lock: None },
            Err(TryLockError::WouldBlock) => {}
        }
        let (give, take) = mpsc::sync_channel(0);
        std::thread::spawn(move || {
            if file.lock().is_ok() {
                // Nobody waits any more: dropping the file lets the lock go.
                drop(give.send(file));
            }
        });
        Turn { _lock: take.recv_timeout(PATIENCE).ok() }
    }

    /// Who holds the desk, as far as the kernel tells: who has SQLite's write lock, else whose turn it is.
    pub fn holder(&self, desk: &Path) -> Option<String> {
        let locks = std::fs::read_to_string("/proc/locks").ok()?;
        let mut shm = desk.as_os_str().to_owned();
        shm.push("-shm");
        let writer = inode(Path::new(&shm)).and_then(|inode| pid_of(&locks, inode, Some(WRITE_LOCK_BYTE)));
        let pid = writer.or_else(|| pid_of(&locks, inode(&self.path)?, None))?;
        let user = std::fs::metadata(format!("/proc/{pid}")).ok().map(|meta| user_name(meta.uid()));
        Some(match user {
            Some(user) => format!("{user} (process {pid})"),
            None => format!("process {pid}"),
        })
    }
}

/// The byte of the `-shm` file whose lock is the right to write (SQLite's file format, "WAL-Index Format", 2.3.1).
const WRITE_LOCK_BYTE: u64 = 120;

fn inode(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|meta| meta.ino())
}

/// The process that holds a lock for writing on the file, over the byte if one is asked for. A line of `/proc/locks` is
/// `1: POSIX ADVISORY WRITE 4711 08:01:1234 120 120`; one that waits begins `1: -> POSIX` and does not count.
fn pid_of(locks: &str, inode: u64, byte: Option<u64>) -> Option<u32> {
    locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, _, _, "WRITE", pid, file, from, to] = words.as_slice() else { return None };
        let ours = file.rsplit(':').next()?.parse() == Ok(inode);
        let to = to.parse().unwrap_or(u64::MAX);
        let covers = byte.is_none_or(|byte| from.parse::<u64>().is_ok_and(|from| from <= byte && byte <= to));
        (ours && covers).then(|| pid.parse().ok()).flatten()
    })
}

/// The name of an operating system's user, or the number where it has none.
pub fn user_name(uid: u32) -> String {
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid));
    user.ok().flatten().map_or_else(|| format!("user {uid}"), |user| user.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_who_writes_is_found_among_those_who_read_or_wait() {
        let locks = "1: POSIX  ADVISORY  READ  11 08:01:77 123 123\n2: -> POSIX ADVISORY WRITE 12 08:01:77 120 120\n\
                     3: POSIX  ADVISORY  WRITE 13 08:01:77 120 120\n4: FLOCK  ADVISORY  WRITE 14 08:01:78 0 EOF\n";
        assert_eq!(pid_of(locks, 77, Some(WRITE_LOCK_BYTE)), Some(13));
        assert_eq!(pid_of(locks, 78, None), Some(14));
        assert_eq!(pid_of(locks, 79, None), None);
    }
}

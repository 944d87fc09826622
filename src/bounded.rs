//! Reads a file that a person named: a regular one only, and no more of it than its kind may have; and lets a library read
//! it that may break on what it holds.
//!
//! Invariant: neither a pipe that nobody writes to nor a device without an end keeps the program waiting or fills its
//! memory.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use rustix::fs::OFlags;

/// Opens a regular file to read it.
///
/// # Errors
/// It cannot be opened, or is a directory, a pipe, a device.
pub fn open(path: &Path) -> io::Result<File> {
    let at_once = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(at_once).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok(file)
}

/// The bytes of a regular file of at most `most` bytes.
///
/// # Errors
/// As [`open`]; or it is larger ([`io::ErrorKind::FileTooLarge`]).
pub fn read(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        let size = if most >= 1 << 20 { format!("{} MiB", most >> 20) } else { format!("{} KiB", most >> 10) };
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {size}")));
    }
    Ok(bytes)
}

thread_local! {
    static FOREIGN: Cell<bool> = const { Cell::new(false) };
}

/// What a foreign library reads out of a file; nothing where the file makes it panic. The work must leave nothing half done
/// behind.
pub fn foreign<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = FOREIGN.replace(true);
    let read = panic::catch_unwind(AssertUnwindSafe(work)).ok();
    FOREIGN.set(before);
    read
}

/// Whether this thread is in [`foreign`], so that a panic is an answer and no fault to report.
pub fn is_foreign() -> bool {
    FOREIGN.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_to_its_bound_and_not_beyond() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, [7; 1024]).unwrap();
        assert_eq!(read(&path, 1024).unwrap().len(), 1024);
        assert_eq!(read(&path, 1023).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_library_that_panics_has_read_nothing() {
        assert_eq!(foreign(|| 7), Some(7));
        assert_eq!(foreign(|| [1, 2][foreign(|| 2).unwrap_or(0)]), None);
        assert!(foreign(is_foreign).unwrap() && !is_foreign());
    }

    #[test]
    fn a_pipe_a_device_and_a_directory_are_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        for path in [pipe.as_path(), Path::new("/dev/zero"), dir.path()] {
            assert_eq!(read(path, 10).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{}", path.display());
        }
    }
}

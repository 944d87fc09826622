//! Files read ahead of their turn, on a thread of their own: what is read is judged and written elsewhere meanwhile.
//!
//! Invariant: few and small files wait, so that a folder of any size takes the same memory; each is handed over in its turn.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use super::files::{self, Kind};
use super::import::name_of;
use super::table::Format;
use super::{Reject, message};
use crate::domain::action::Received;
use crate::domain::identity::Vin;
use crate::domain::moment::Moment;

/// Most files that are read before their turn.
const AHEAD: usize = 32;
/// Most bytes of a file that is; a larger one is read when its turn comes.
const LARGE: u64 = 256 * 1024;

/// What a file is, and what it says as far as that can be told without a desk.
pub(super) enum Read {
    /// An IVI message: the vehicle and what is received of it, or why it is not taken.
    Message(Result<(Vin, Received), Reject>),
    /// A build sheet.
    Sheet(Format, Vec<u8>),
    /// Something else, or nothing that can be read.
    Neither(Reject),
}

/// Reads a file, received at `now`, for a new record to join `scope`.
pub(super) fn read(file: &Path, scope: Option<&str>, now: Moment) -> Read {
    match files::bytes(file).and_then(|bytes| Ok((Kind::of(file, &bytes)?, bytes))) {
        Ok((Kind::Message, bytes)) => Read::Message(message::read(&name_of(file), bytes, scope, now)),
        Ok((Kind::Sheet(format), bytes)) => Read::Sheet(format, bytes),
        Err(reject) => Read::Neither(reject),
    }
}

/// Hands each file to `take` in order, with a way to get what it says; the first error ends it.
pub(super) fn read_each<E>(
    files: &[PathBuf],
    scope: Option<&str>,
    clock: &(dyn Fn() -> Moment + Sync),
    mut take: impl FnMut(&Path, &mut dyn FnMut() -> Read) -> Result<(), E>,
) -> Result<(), E> {
    std::thread::scope(|threads| {
        let (give, taken) = mpsc::sync_channel(AHEAD);
        threads.spawn(move || {
            for file in files {
                let small = std::fs::metadata(file).is_ok_and(|about| about.len() <= LARGE);
                // Nobody takes it any more once the import has ended.
                if give.send(small.then(|| read(file, scope, clock()))).is_err() {
                    return;
                }
            }
        });
        files.iter().try_for_each(|file| {
            take(file, &mut || taken.recv().ok().flatten().unwrap_or_else(|| read(file, scope, clock())))
        })
    })
}

//! Names of message files, and writing them: whole or not at all, never outside the folder, never over another content.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::domain::record::Record;

/// Why a file was not written.
#[derive(Debug, Error)]
pub enum FileFault {
    /// The name is none of a file in the folder.
    #[error("`{0}` is no plain file name")]
    Name(String),
    /// There is a file of that name with other content.
    #[error("{} is there already with other content; nothing was written", .0.display())]
    Taken(PathBuf),
    /// The machine says no.
    #[error("{} cannot be written: {fault}", path.display())]
    Io {
        /// What was written.
        path: PathBuf,
        /// Why it could not be.
        fault: io::Error,
    },
}

impl FileFault {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            FileFault::Name(_) => "give a name without `/`",
            FileFault::Taken(_) => "move the file away or choose another folder",
            FileFault::Io { .. } => "look at the folder: does it exist, may you write there, is there room?",
        }
    }
}

/// The name of a version's message file: `VIN-stage2-v1.xml`. A draft says that it is one and carries no seal.
pub fn file_name(record: &Record, version: u8, draft: bool) -> String {
    let draft = if draft { "-draft-unsealed" } else { "" };
    format!("{}-stage{}-v{version}{draft}.xml", record.vin, record.build_stage)
}

/// Writes `bytes` as `name` into the folder `dir`: under another name first, synced, then under its own. A file that has
/// these very bytes already is left as it is.
///
/// # Errors
/// The name is no plain one, the name is taken by another content, or the machine says no; no half file is left.
pub fn write_file(dir: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, FileFault> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    if !plain {
        return Err(FileFault::Name(crate::domain::visible::visible(name).into_owned()));
    }
    let path = dir.join(name);
    if let Some(done) = judge_existing(&path, bytes)? {
        return Ok(done);
    }
    let failed = |fault| FileFault::Io { path: path.clone(), fault };
    // The process's umask has the last word on who may read it.
    let mode = Permissions::from_mode(0o666);
    let mut file =
        tempfile::Builder::new().prefix(".stageplate-").permissions(mode).tempfile_in(dir).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    match file.persist_noclobber(&path) {
        Ok(_) => {}
        Err(fault) if fault.error.kind() == io::ErrorKind::AlreadyExists => {
            return judge_existing(&path, bytes)?.ok_or_else(|| FileFault::Taken(path.clone()));
        }
        Err(fault) => return Err(failed(fault.error)),
    }
    std::fs::File::open(dir).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(path)
}

/// The path, if a file of these very bytes is there; nothing, if none is there.
fn judge_existing(path: &Path, bytes: &[u8]) -> Result<Option<PathBuf>, FileFault> {
    let failed = |fault| FileFault::Io { path: path.to_owned(), fault };
    let about = match std::fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(failed(fault)),
    };
    // A link may lead out of the folder: it is neither followed nor replaced.
    let same = about.is_file() && about.len() == bytes.len() as u64 && std::fs::read(path).map_err(failed)? == bytes;
    if same { Ok(Some(path.to_owned())) } else { Err(FileFault::Taken(path.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identity::{RecordId, Vin};
    use crate::domain::moment::Moment;

    #[test]
    fn a_name_says_vehicle_stage_version_and_whether_it_is_a_draft() {
        let vin = Vin::parse("ZZATG60D2TK104417").unwrap();
        let record = Record::new(RecordId(1), vin, 2, "intake", Moment(0));
        assert_eq!(file_name(&record, 1, false), "ZZATG60D2TK104417-stage2-v1.xml");
        assert_eq!(file_name(&record, 2, true), "ZZATG60D2TK104417-stage2-v2-draft-unsealed.xml");
    }

    #[test]
    fn a_file_is_written_once_and_never_over_another_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = write_file(dir.path(), "a.xml", b"one").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(write_file(dir.path(), "a.xml", b"one").unwrap(), path);
        assert!(matches!(write_file(dir.path(), "a.xml", b"two"), Err(FileFault::Taken(_))));
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_written_outside_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join("in");
        std::fs::create_dir(&inside).unwrap();
        for name in ["../a.xml", "/tmp/a.xml", "", ".", "..", "a/b.xml", "a\0.xml"] {
            assert!(matches!(write_file(&inside, name, b"x"), Err(FileFault::Name(_))), "{name}");
        }
        std::os::unix::fs::symlink(dir.path().join("outside.xml"), inside.join("link.xml")).unwrap();
        assert!(write_file(&inside, "link.xml", b"x").is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(write_file(&dir.path().join("absent"), "a.xml", b"x").is_err());
    }
}

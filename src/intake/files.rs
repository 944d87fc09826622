//! Finds the files an import is given: directories are walked, `-` is a list, and each is told for what it is.
//!
//! Invariant: nothing but regular files is ever opened, so that a pipe or a device cannot stop an import.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Reject;
use super::table::{Format, MOST_BYTES};
use crate::bounded;
use crate::ivi::limits;

/// How deep directories are walked.
const MOST_LEVELS: usize = 64;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An IVI message.
    Message,
    /// A build sheet.
    Sheet(Format),
}

impl Kind {
    /// What the name says, if it says anything.
    pub fn by_name(path: &Path) -> Option<Kind> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "xml" => Some(Kind::Message),
            "csv" | "tsv" => Some(Kind::Sheet(Format::Csv)),
            "xlsx" | "xlsm" => Some(Kind::Sheet(Format::Xlsx)),
            "json" => Some(Kind::Sheet(Format::Json)),
            _ => None,
        }
    }

    /// What the name says, else what the first bytes look like.
    ///
    /// # Errors
    /// It looks like nothing that is imported.
    pub fn of(path: &Path, bytes: &[u8]) -> Result<Kind, Reject> {
        if let Some(kind) = Kind::by_name(path) {
            return Ok(kind);
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        match text {
            [b'<', ..] | [0, b'<', ..] | [0xff, 0xfe, b'<', 0, ..] | [0xfe, 0xff, 0, b'<', ..] => Ok(Kind::Message),
            [b'P', b'K', 3, 4, ..] => Ok(Kind::Sheet(Format::Xlsx)),
            [b'[', rest @ ..] if rest.trim_ascii_start().starts_with(b"{") => Ok(Kind::Sheet(Format::Json)),
            _ => Err(Reject::new("neither a message nor a build sheet")
                .hint("messages end in .xml, build sheets in .csv, .xlsx or .json")
                .hint("approvals come in with `approval import`")),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The files to import, in order; those of a directory by name.
    pub files: Vec<PathBuf>,
    /// Files of walked directories that are of another kind, and so left alone.
    pub skipped: Vec<PathBuf>,
    /// What was named and cannot be read.
    pub rejected: Vec<(PathBuf, Reject)>,
}

/// Finds the files of `paths`; where one is `-`, the paths of `list`, one a line, stand in its place.
pub fn find(paths: &[PathBuf], list: &mut dyn Iterator<Item = io::Result<String>>) -> Found {
    let mut search = Search { found: Found::default(), seen: BTreeSet::new() };
    for path in paths {
        if path.as_os_str() != "-" {
            search.named(path);
            continue;
        }
        for line in &mut *list {
            match line {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => search.named(Path::new(line.trim_end_matches(['\r', '\n']))),
                Err(fault) => {
                    search.reject(path, format!("the list of files cannot be read: {fault}"));
                    break;
                }
            }
        }
    }
    search.found
}

struct Search {
    found: Found,
    /// The directories walked so far, by device and inode: a link that leads back is not followed again.
    seen: BTreeSet<(u64, u64)>,
}

impl Search {
    fn reject(&mut self, path: &Path, reason: String) {
        self.found.rejected.push((path.to_owned(), Reject::new(reason)));
    }

    fn named(&mut self, path: &Path) {
        match std::fs::metadata(path) {
            Ok(about) if about.is_dir() => self.walk(path, (about.dev(), about.ino()), 0),
            Ok(about) if about.is_file() => self.found.files.push(path.to_owned()),
            Ok(_) => self.reject(path, "neither a file nor a directory".to_owned()),
            Err(fault) => self.reject(path, unreadable(&fault)),
        }
    }

    fn walk(&mut self, directory: &Path, identity: (u64, u64), level: usize) {
        if !self.seen.insert(identity) {
            return;
        }
        if level > MOST_LEVELS {
            return self.reject(directory, format!("more than {MOST_LEVELS} directories in each other"));
        }
        let entries = std::fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut paths: Vec<PathBuf> = match entries {
            Ok(entries) => entries.into_iter().map(|entry| entry.path()).collect(),
            Err(fault) => return self.reject(directory, unreadable(&fault)),
        };
        paths.sort();
        for path in paths {
            let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            match std::fs::metadata(&path) {
                _ if hidden => self.found.skipped.push(path),
                Ok(about) if about.is_dir() => self.walk(&path, (about.dev(), about.ino()), level + 1),
                Ok(about) if about.is_file() && Kind::by_name(&path).is_some() => self.found.files.push(path),
                Ok(_) => self.found.skipped.push(path),
                Err(fault) => self.reject(&path, unreadable(&fault)),
            }
        }
    }
}

/// The bytes of a file, no more than its kind may have.
///
/// # Errors
/// It cannot be read, or is larger.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Reject> {
    let most = if Kind::by_name(path) == Some(Kind::Message) { limits::BYTES } else { MOST_BYTES };
    bounded::read(path, most).map_err(|fault| {
        let reject = Reject::new(unreadable(&fault));
        match fault.kind() {
            io::ErrorKind::FileTooLarge => reject.hint("look whether it is the right file"),
            _ => reject,
        }
    })
}

fn unreadable(fault: &io::Error) -> String {
    match fault.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::FileTooLarge | io::ErrorKind::InvalidInput => fault.to_string(),
        _ => format!("it cannot be read: {fault}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> std::iter::Empty<io::Result<String>> {
        std::iter::empty()
    }

    #[test]
    fn directories_are_walked_by_name_and_links_that_lead_back_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("b")).unwrap();
        for name in ["b/2.XML", "b/1.csv", "a.json", "c.md", ".hidden.xml"] {
            std::fs::write(at(name), "").unwrap();
        }
        std::os::unix::fs::symlink(folder.path(), at("b/back")).unwrap();
        std::os::unix::fs::symlink("nowhere", at("gone.xml")).unwrap();
        let found = find(&[folder.path().to_owned()], &mut none());
        assert_eq!(found.files, [at("a.json"), at("b/1.csv"), at("b/2.XML")]);
        assert_eq!(found.skipped, [at(".hidden.xml"), at("c.md")]);
        assert_eq!(found.rejected.len(), 1);
    }

    #[test]
    fn a_dash_is_the_list_and_what_is_named_but_absent_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.unknown");
        std::fs::write(&file, "").unwrap();
        let lines = [Ok(format!("{}\r", file.display())), Ok(String::new()), Ok("/nowhere/x.xml".to_owned())];
        let found = find(&[PathBuf::from("-")], &mut lines.into_iter());
        assert_eq!(found.files, [file]);
        assert_eq!(found.rejected[0].1.reason, "no such file");
        assert!(bytes(folder.path()).is_err());
    }

    #[test]
    fn a_kind_is_told_by_name_then_by_content() {
        for (name, content, kind) in [
            ("a.XML", &b""[..], Some(Kind::Message)),
            ("a.tsv", b"", Some(Kind::Sheet(Format::Csv))),
            ("a", b"\xef\xbb\xbf <x/>", Some(Kind::Message)),
            ("a", b"\xff\xfe<\0", Some(Kind::Message)),
            ("a", b"\0<\0I", Some(Kind::Message)),
            ("a.dat", b"PK\x03\x04", Some(Kind::Sheet(Format::Xlsx))),
            ("a", b" [ {", Some(Kind::Sheet(Format::Json))),
            ("a.toml", b"[[approval]]", None),
        ] {
            assert_eq!(Kind::of(Path::new(name), content).ok(), kind, "{name}");
        }
    }
}

//! Lets a person write a text in their own editor.
//!
//! Invariant: no shell reads the command, only the text's own file is handed over, and it is readable by its owner alone.
//! The editor gets no descriptor of the desk: Rust opens every file close-on-exec, and SQLite does as well.

use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use thiserror::Error;

/// The largest text that is taken back, in bytes.
const LARGEST: u64 = 1 << 20;

/// Why no text came back. The text that was handed over is as it was.
#[derive(Debug, Error)]
pub enum EditError {
    /// Neither `VISUAL` nor `EDITOR` names a program.
    #[error("no editor is named: set VISUAL or EDITOR")]
    NoEditor,
    /// The command has an open quote.
    #[error("the editor's command `{0}` has a quote that does not end")]
    OpenQuote(String),
    /// The editor cannot be started.
    #[error("the editor `{program}` cannot be started: {error}")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        error: io::Error,
    },
    /// The editor ended with a failure, as `:cq` in vi does: the text is not taken.
    #[error("the editor ended with {0}; the text is as it was")]
    Failed(String),
    /// What came back is no text.
    #[error("what the editor left is not UTF-8")]
    NotText,
    /// What came back is too large.
    #[error("what the editor left is larger than one MiB")]
    TooLarge,
    /// The file cannot be written or read.
    #[error("the text's file cannot be written or read: {0}")]
    File(#[from] io::Error),
}

/// The editor's command: the first of the two variables that says something.
pub fn chosen(visual: Option<String>, editor: Option<String>) -> Option<String> {
    [visual, editor].into_iter().flatten().find(|command| !command.trim().is_empty())
}

/// Hands `text` to the editor in a new file under `folder`, waits, and returns what the person left there. A line end that
/// the editor put at the end of the last line is taken away again. The terminal must be given back before.
///
/// # Errors
///
/// See [`EditError`].
pub fn edit(command: Option<&str>, text: &str, folder: &Path) -> Result<String, EditError> {
    let command = command.ok_or(EditError::NoEditor)?;
    let words = split(command).ok_or_else(|| EditError::OpenQuote(command.to_owned()))?;
    let (program, arguments) = words.split_first().ok_or(EditError::NoEditor)?;
    // Made with mode 0600 under a name that nobody can foresee, and taken away when it is dropped.
    let mut file = tempfile::Builder::new().prefix("stageplate-").suffix(".txt").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    let status = Command::new(program)
        .args(arguments)
        .arg(file.path())
        .status()
        .map_err(|error| EditError::Start { program: program.clone(), error })?;
    if !status.success() {
        let by = status.signal().map(|signal| format!("signal {signal}"));
        let left = by.unwrap_or_else(|| format!("exit code {}", status.code().unwrap_or_default()));
        return Err(EditError::Failed(left));
    }
    // By its path: many editors write a new file and rename it.
    let mut left = Vec::new();
    std::fs::File::open(file.path())?.take(LARGEST + 1).read_to_end(&mut left)?;
    if left.len() as u64 > LARGEST {
        return Err(EditError::TooLarge);
    }
    let mut left = String::from_utf8(left).map_err(|_| EditError::NotText)?;
    if left.ends_with('\n') && !text.ends_with('\n') {
        left.pop();
    }
    Ok(left)
}

/// Splits a command into words at blanks; quotes and backslashes keep them together. `None` for an open quote.
fn split(command: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (Some(open), _) if open == letter => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(letters.next()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// An "editor" in a file of its own, so that its path with a blank is a test of the words, too.
    fn editor(folder: &Path, script: &str) -> String {
        let path = folder.join("an editor");
        std::fs::write(&path, format!("{script}\n")).unwrap();
        format!("sh '{}' --wait", path.display())
    }

    fn run(script: &str, text: &str) -> Result<String, EditError> {
        let folder = tempfile::tempdir().unwrap();
        let result = edit(Some(&editor(folder.path(), script)), text, folder.path());
        let left: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["an editor"], "nothing stays behind");
        result
    }

    #[test]
    fn what_the_person_left_comes_back() {
        assert_eq!(run("printf 'é and more\\n' > \"$2\"", "é").unwrap(), "é and more");
        assert_eq!(run("printf 'two\\n' >> \"$2\"", "one\n").unwrap(), "one\ntwo\n");
        let renamed = "printf new > \"$2.tmp\"; mv \"$2.tmp\" \"$2\"";
        assert_eq!(run(renamed, "old").unwrap(), "new", "an editor that renames");
    }

    #[test]
    fn an_editor_that_fails_changes_nothing() {
        let told = |script: &str| run(script, "text").unwrap_err().to_string();
        assert_eq!(told("exit 3"), "the editor ended with exit code 3; the text is as it was");
        assert_eq!(told("kill -9 $$"), "the editor ended with signal 9; the text is as it was");
        assert_eq!(told("printf '\\377' > \"$2\""), "what the editor left is not UTF-8");
        assert_eq!(told("head -c 1100000 /dev/zero > \"$2\""), "what the editor left is larger than one MiB");
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(edit(None, "", folder.path()), Err(EditError::NoEditor)));
        assert!(matches!(edit(Some("/no/such"), "", folder.path()), Err(EditError::Start { .. })));
    }

    #[test]
    fn the_file_is_its_owners_alone_and_no_descriptor_of_ours_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let desk = std::fs::File::create(folder.path().join("desk.db")).unwrap();
        std::fs::set_permissions(folder.path().join("desk.db"), PermissionsExt::from_mode(0o660)).unwrap();
        let script = "stat -c %a \"$2\" > \"$2.mode\"; ls -l /proc/$$/fd > \"$2.fds\"; cat \"$2.mode\" \"$2.fds\" > \"$2\"; rm \"$2.\"*";
        let left = edit(Some(&editor(folder.path(), script)), "", folder.path()).unwrap();
        assert!(left.starts_with("600\n"), "{left}");
        assert!(!left.contains("desk.db"), "{left}");
        drop(desk);
    }

    #[test]
    fn no_shell_reads_the_command() {
        assert_eq!(split("vim -u 'my rc' a\\ b \"c 'd'\" ''").unwrap(), ["vim", "-u", "my rc", "a b", "c 'd'", ""]);
        assert_eq!(split("ed; rm $HOME `x` | y > z").unwrap(), ["ed;", "rm", "$HOME", "`x`", "|", "y", ">", "z"]);
        assert_eq!(split("vim 'open"), None);
        assert_eq!(chosen(Some(" ".to_owned()), Some("nano".to_owned())).as_deref(), Some("nano"));
        assert_eq!(chosen(None, None), None);
    }
}

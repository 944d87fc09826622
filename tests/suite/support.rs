//! What the tests share: where the research folder is, and how a test says that it cannot run here.

#![allow(dead_code, reason = "each module of the suite uses its own part")]

use std::path::PathBuf;

/// The folder with the official schema and specimens, beside the project. `None` where it is absent, which is said
/// on standard error; with `CI` set its absence is a failure.
pub fn shared() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/ivi");
    if folder.is_dir() {
        return Some(folder);
    }
    skip("the folder ../shared/ivi with the official schema and specimens is absent");
    None
}

/// Whether a foreign tool (`xmllint`, `xmlsec1`) is here. Its absence is said; with `CI` set it is a failure.
pub fn tool(name: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    if !found {
        skip(&format!("{name} is not installed"));
    }
    found
}

fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "with CI set nothing may be skipped, but {why}");
    eprintln!("skipped: {why}");
}

/// Keeps the generated part of a page that is otherwise written by hand: what stands between `<!-- part -->` and
/// `<!-- /part -->`.
pub fn keeps_part(name: &str, part: &str, made: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    let page = std::fs::read_to_string(path).unwrap_or_default();
    let (begin, end) = (format!("<!-- {part} -->\n"), format!("<!-- /{part} -->\n"));
    let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("docs/{name} has no {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("docs/{name} has no {end}"));
    keeps_page(name, &format!("{before}{begin}{made}{end}{after}"));
}

/// Keeps a generated page of `docs/` true; with `STAGEPLATE_WRITE_DOCS` set it is written anew.
pub fn keeps_page(name: &str, made: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("STAGEPLATE_WRITE_DOCS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == made,
        "docs/{name} is not what it is made from: run STAGEPLATE_WRITE_DOCS=1 cargo test --test suite page"
    );
}

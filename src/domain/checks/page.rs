//! The page `docs/checks.md`: every check as people read it, made from the table of checks.

use std::fmt::Write;

use super::{Check, SUBJECTS, all};
use crate::domain::catalogue::Catalogue;

const HEAD: &str = "\
# The checks

Made from the table of checks in `src/domain/checks/`; `STAGEPLATE_WRITE_DOCS=1 cargo test --test suite page` writes it anew.

A check looks at the certificate of a record and tells a finding: which entry, which values, what to do. One that **blocks** keeps
the record from passing the gate `no-blocking-finding`; one that **warns** is looked at before release; an **info** is worth knowing.
What was read in a regulation, guide or schema blocks by default. What is inferred from them, or is practice, warns. A policy grades
any check anew or switches it off ([policy.md](policy.md)).
";

/// The whole page, with the entry numbers and titles of this catalogue.
pub fn page(catalogue: &Catalogue) -> String {
    let mut out = HEAD.to_owned();
    let count = |word: &str| all().filter(|check| check.grade.word() == word).count();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        out,
        "\n{} checks: {} block, {} warn, {} inform.",
        all().count(),
        count("block"),
        count("warn"),
        count("info")
    );
    for (subject, checks) in SUBJECTS {
        let _ = writeln!(out, "\n## {subject}");
        for check in *checks {
            one(&mut out, check, catalogue);
        }
    }
    out
}

fn one(out: &mut String, check: &Check, catalogue: &Catalogue) {
    let Check { id, title, clause, grade, entries, remedy, .. } = check;
    let _ = writeln!(out, "\n### {id} · {} · {title}\n", grade.word());
    let _ = writeln!(out, "- Rests on: {clause}");
    if !entries.is_empty() {
        let named: Vec<String> = entries.iter().map(|path| entry(path, catalogue)).collect();
        let _ = writeln!(out, "- Entries: {}", named.join("; "));
    }
    let _ = writeln!(out, "- What to do: {remedy}");
}

/// An entry as people name it: its number, if it has one, its title, its path.
fn entry(path: &str, catalogue: &Catalogue) -> String {
    match catalogue.by_path(path) {
        Some(element) => {
            let number = element.entry.map_or_else(String::new, |entry| format!("**{entry}** "));
            format!("{number}{} (`{path}`)", element.title)
        }
        None => format!("`{path}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::all;
    use crate::ivi::catalogue;

    #[test]
    fn every_entry_a_check_names_is_in_the_catalogue() {
        for check in all() {
            for path in check.entries {
                assert!(catalogue().by_path(path).is_some(), "{} speaks of {path}, which is no entry", check.id);
            }
        }
    }
}

//! Every key of a policy file: the one table from which the reader knows what there is, and the page of it is made.

use std::fmt::Write;

use crate::domain::checks::Grade;
use crate::domain::due::Calendar;
use crate::domain::person::Role;
use crate::domain::policy::{Entries, Excluded, Gate, NextOwner, Outcome, Reasoned};

/// One key.
pub struct Key {
    /// Its table as a file heads it: `[[step]]`; empty for the top of the file.
    pub table: &'static str,
    /// The key.
    pub key: &'static str,
    /// What may stand behind it.
    pub takes: Takes,
    /// What holds where it is left out; empty where it must be there.
    pub default: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// What a key takes.
pub enum Takes {
    /// This, in words.
    What(&'static str),
    /// One of these words.
    One(fn() -> Vec<&'static str>),
    /// A list of these words.
    List(fn() -> Vec<&'static str>),
    /// A table, or a list of tables, with keys of their own.
    Tables,
}

use Takes::{List, One, Tables, What};

/// The top of the file.
pub const TOP: &str = "";
/// The steps.
pub const STEP: &str = "[[step]]";
/// The kinds of exceptions.
pub const EXCEPTION: &str = "[[exception]]";
/// The form of the message.
pub const RELEASE: &str = "[release]";
/// The working days.
pub const CALENDAR: &str = "[calendar]";
/// Names of steps of before.
pub const RENAME: &str = "[[rename]]";
/// The grades of checks, whose keys are the checks' ids.
const CHECKS: &str = "[checks]";

const NAME: Takes = What("small letters, digits, `-`");
const TEXT: Takes = What("text");
const FLAG: Takes = What("`true`, `false`");

/// The table.
#[rustfmt::skip]
pub const KEYS: [Key; 36] = [
    key(TOP, "name", TEXT, "", "what the policy is called"),
    key(TOP, "reasons", List(|| Reasoned::ALL.map(Reasoned::word).to_vec()), "none", "acts that need a reason in words on this desk, beside those that always do"),
    key(TOP, "step", Tables, "", "the steps, in the order of the work; the first one is where new records begin"),
    key(TOP, "exception", Tables, "none", "the kinds of exceptions; three must be there"),
    key(TOP, "checks", Tables, "the catalogue's", "grades of checks"),
    key(TOP, "release", Tables, "as its keys say", "the form of the message"),
    key(TOP, "calendar", Tables, "as its keys say", "which days are no working days"),
    key(TOP, "rename", Tables, "none", "steps of the policy before under their names in this one"),
    key(TOP, "option", Tables, "none", "build options, which have a file of their own now ([options.md](options.md))"),
    key(STEP, "name", NAME, "", "what people type"),
    key(STEP, "title", TEXT, "the name", "what people read"),
    key(STEP, "acts", List(|| Role::ALL.map(Role::word).to_vec()), "nobody, where it rests", "roles that act in it; `audit` only reads and is refused"),
    key(STEP, "not", List(|| Excluded::ALL.map(Excluded::word).to_vec()), "nobody", "who must not, whatever their roles: `preparer` (whom the record names), `last-editor`, `any-editor` (of this version), `reviewer` (who signed where changes are confirmed), `signer` (who signed any earlier checkpoint of this version)"),
    key(STEP, "edit", FLAG, "`false`", "whether content may be changed in it"),
    key(STEP, "gates", List(|| Gate::TABLE.map(|(_, word, _)| word).to_vec()), "none", "conditions on leaving it, below"),
    key(STEP, "checkpoint", TEXT, "none", "the decision that leaving it asks for; whoever moves the record on signs it"),
    key(STEP, "meaning", TEXT, "nothing", "what that sign-off says"),
    key(STEP, "due_days", What("0 to 999"), "no limit", "working days until it is overdue"),
    key(STEP, "owner", One(|| NextOwner::ALL.map(NextOwner::word).to_vec()), "`none`", "who owns a record that comes to it without an owner: `none` (it waits to be taken), `preparer`, `round-robin` (those who can act in it, in turn), `least-loaded` (whoever of them owns the fewest records in work; of equals the first by login). Nobody whom four eyes keep out is chosen"),
    key(STEP, "outcome", One(|| Outcome::ALL.map(Outcome::word).to_vec()), "`advance`", "`advance` (moves on), `release` (sealed and released), `rest` (stays)"),
    key(EXCEPTION, "name", NAME, "", "what people type"),
    key(EXCEPTION, "title", TEXT, "the name", "what people read"),
    key(EXCEPTION, "blocking", FLAG, "`false`", "whether one blocks unless it is said otherwise"),
    key(EXCEPTION, "settled_by", One(|| Role::ALL.map(Role::word).to_vec()), "`lead`", "the role that settles it. A lead always may; owning one gives nobody the right; only a lead waives"),
    key(EXCEPTION, "owner", What("a login"), "nobody", "who is to settle one that was raised without naming anybody"),
    key(EXCEPTION, "owner_role", One(|| Role::ALL.map(Role::word).to_vec()), "nobody", "instead of `owner`: whoever of the role has the fewest to settle"),
    key(CHECKS, "ID of a check", One(|| Grade::ALL.map(Grade::word).to_vec()), "the catalogue's", "how much its findings weigh ([checks.md](checks.md))"),
    key(RELEASE, "entries", One(|| Entries::ALL.map(Entries::word).to_vec()), "`changed`", "what a message carries: what our stage changed or added, or the whole certificate"),
    key(CALENDAR, "weekend", List(|| Calendar::WEEKDAYS.map(|(_, word)| word).to_vec()), "`saturday`, `sunday`", "days of the week that are no working days"),
    key(CALENDAR, "holidays", What("list of days as in `2026-12-25`"), "none", "other days that are none"),
    key(RENAME, "from", NAME, "", "what a step was called"),
    key(RENAME, "to", NAME, "", "the step of this policy that it is now"),
    key(OPTION, "code", What("capital letters, digits, `-`, `_`"), "", "what a build sheet names it by"),
    key(OPTION, "title", TEXT, "the code", "what people read"),
    key(OPTION, "restate, regulations, excludes", What("lists"), "none", "see [options.md](options.md)"),
    key(OPTION, "bodywork, supplement, special_purpose", What("codes"), "none", "see [options.md](options.md)"),
];

/// Build options, which `config::options` reads.
const OPTION: &str = "[[option]]";

const fn key(
    table: &'static str,
    key: &'static str,
    takes: Takes,
    default: &'static str,
    meaning: &'static str,
) -> Key {
    Key { table, key, takes, default, meaning }
}

/// The keys of a table.
pub fn of(table: &str) -> Vec<&'static str> {
    KEYS.iter().filter(|key| key.table == table).map(|key| key.key).collect()
}

/// The part of `docs/policy.md` that is made from the table.
pub fn page() -> String {
    let mut out = "| table | key | takes | left out | meaning |\n|---|---|---|---|---|\n".to_owned();
    for Key { table, key, takes, default, meaning } in &KEYS {
        let words = |words: Vec<&str>| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let takes = match takes {
            What(what) => (*what).to_owned(),
            One(all) => words(all()),
            List(all) => format!("list of {}", words(all())),
            Tables => "table".to_owned(),
        };
        let table = if table.is_empty() { "top of the file".to_owned() } else { format!("`{table}`") };
        let default = if default.is_empty() { "a fault" } else { default };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {table} | `{key}` | {takes} | {default} | {meaning} |");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::policy::read;
    use crate::ivi::catalogue;

    /// A policy in which a key stands with something that no key takes.
    fn spoilt(table: &str, key: &str) -> String {
        let line = format!("{key} = 1979-05-27T07:32:00Z\n");
        if table.is_empty() { line } else { format!("{table}\n{line}") }
    }

    #[test]
    fn the_reader_asks_for_every_key_of_the_table() {
        for Key { table, key, .. } in KEYS.iter().filter(|key| !key.key.contains(' ')) {
            let faults = read(&spoilt(table, key), "p.toml", catalogue()).unwrap_err();
            let about = |fault: &str| fault.contains(&format!("`{key}` must be"));
            assert!(faults.iter().any(|fault| about(&fault.message)), "{table} {key} is not read: {faults:?}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_refused_with_the_nearest_that_is() {
        for table in [TOP, STEP, EXCEPTION, RELEASE, CALENDAR, RENAME] {
            for key in of(table) {
                let near = format!("{key}x");
                let faults = read(&spoilt(table, &near), "p.toml", catalogue()).unwrap_err();
                let fault = faults.iter().find(|fault| fault.message == format!("`{near}` is not known here"));
                let meant = fault.and_then(|fault| fault.hint.clone());
                assert_eq!(meant, Some(format!("did you mean `{key}`?")), "{table} {near}: {faults:?}");
            }
        }
    }
}

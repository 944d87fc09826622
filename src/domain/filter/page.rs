//! The page `docs/filters.md`: the queues and the language of filters as people read them, made from their tables.

use std::fmt::Write;

use super::{FIELDS, Kind};
use crate::domain::queue::{self, Sort};

const HEAD: &str = "\
# Queues and filters

Made from the tables in `src/domain/queue.rs` and `src/domain/filter.rs`; `STAGEPLATE_WRITE_DOCS=1 cargo test --test suite page`
writes it anew.

## Queues

`stageplate queue NAME` lists one, `stageplate queue list` all of them with their counts, `stageplate tui NAME` opens the terminal on
one. `--filter` asks for some of its records, `--count` only counts. A list that is cut says so on standard error, with the cursor
that `--after` goes on from; a cursor stays right whatever comes or goes meanwhile.
";

const SAVED: &str = "
A filter can be kept under a name: `stageplate queue save \"tail lifts\" \"option:TAILLIFT -held:yes\"` keeps it for you, with `--team` for
your team, with `--shared TEAM` for another (leads and administrators). `me` and days such as `3d` mean whoever opens it, on the day they
do. Of two that have one name your own comes first; `TEAM/NAME` names the other. `stageplate queue drop NAME` lets it go: your own, one
you shared, one of the team you lead; an administrator any shared one. That a queue is shared, changed or dropped is told in the
history; your own are nobody else's business. The terminal counts saved queues at every change, and breaks off after some hundred
thousand records: `23+` are at least 23.

## The language

`step:review owner:me,none due<3d (exception:open or finding:block) -held:yes TRA26`

Terms side by side must all hold. `or` and parentheses group, `-` directly before a term or a parenthesis negates. Several values behind
one `:`, with commas between, are one or the other. `*` stands for any letters, quotes keep spaces and signs, letter case does not matter
in patterns. A word alone is looked for in the VIN, in the order and in the remarks written on the record. A mistake answers with the
character it is at and the nearest word; so does a step, a person, a team, an option, a kind, a check or an entry that nobody knows.

The same language serves `queue --filter`, saved queues, scopes and the terminal (`/`).
";

/// The whole page.
pub fn page() -> String {
    let mut out = HEAD.to_owned();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(out, "\n| queue | holds |\n|---|---|");
    for (_, word, _, holds) in queue::TABLE {
        let _ = writeln!(out, "| `{word}` | {holds} |");
    }
    let orders: Vec<String> = Sort::TABLE.iter().map(|(_, word)| format!("`{word}`")).collect();
    let _ = writeln!(out, "\nOrders, for `--sort`: {}.", orders.join(", "));
    out.push_str(SAVED);
    let _ = writeln!(out, "\n| key | takes | asks |\n|---|---|---|");
    for field in &FIELDS {
        let _ = writeln!(out, "| `{}` | {} | {} |", field.word, takes(field.kind), field.help.replace('|', "\\|"));
    }
    out
}

fn takes(kind: Kind) -> &'static str {
    match kind {
        Kind::Text(_) => "words, `none`",
        Kind::Person(_) => "`me`, `none`, logins",
        Kind::Exception => "`open`, `none`, kinds",
        Kind::Finding => "`block`, `warn`, `none`, checks",
        Kind::Changed => "entries",
        Kind::Flag(_) => "`yes`, `no`",
        Kind::Number(_) => "a number, compared",
        Kind::Day(super::DayField::Due) => "a day or `3d`, compared; `none`",
        Kind::Day(_) => "a day, compared; `none`",
        Kind::Age(_) => "`5d`, compared",
    }
}

//! The names of a record's panes on one line: as much of each as there is room for.

use chrono::NaiveDate;

use super::help::keys_of;
use super::model::{Context, Model};
use super::record::{Opened, Pane};
use super::wrap::shown_width;
use crate::domain::triage::By;

/// How much is written of the panes that are not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Everything, a little apart.
    Apart,
    /// Everything.
    Whole,
    /// A shorter name.
    Brief,
    /// The beginning of the name.
    Short,
    /// The number alone.
    Numbers,
}

/// Each pane with its name as it is written where so many columns are free, the one shown in brackets. A blank stands
/// before the first.
pub fn names(opened: &Opened, today: NaiveDate, width: usize) -> Vec<(Pane, String)> {
    let fits = |names: &Vec<(Pane, String)>| names.iter().map(|(_, name)| name.len()).sum::<usize>() < width;
    let mut tried =
        [Names::Apart, Names::Whole, Names::Brief, Names::Short].into_iter().map(|how| written(opened, today, how));
    tried.find(fits).unwrap_or_else(|| written(opened, today, Names::Numbers))
}

fn written(opened: &Opened, today: NaiveDate, how: Names) -> Vec<(Pane, String)> {
    let name = |(at, pane): (usize, Pane)| {
        let number = at + 1;
        let count = counted(opened, pane, today);
        let text = match how {
            Names::Brief if pane == opened.pane => format!("[{number} {}{count}]", pane.short_title()),
            Names::Brief => format!(" {number} {}{count}", pane.short_title()),
            _ if pane == opened.pane => format!("[{number} {}{count}]", pane.title()),
            Names::Apart => format!(" {number} {}{count} ", pane.title()),
            Names::Whole => format!(" {number} {}{count}", pane.title()),
            Names::Short => format!(" {number} {}", pane.title().chars().take(4).collect::<String>()),
            Names::Numbers => format!(" {number}"),
        };
        (pane, text)
    };
    Pane::ALL.into_iter().enumerate().map(name).collect()
}

/// What stands before the ways to group on the exceptions board.
pub const BEFORE_WAYS: &str = " by ";

/// Each way to group on the exceptions board as it is written on a line of so many columns, the one in use in brackets.
pub fn ways(model: &Model, width: usize) -> Vec<(By, String)> {
    let way = |(by, word, title): (By, &str, &str)| {
        let command = match by {
            By::Kind => "group-kind",
            By::Age => "group-age",
            By::Approval => "group-approval",
            By::Variant => "group-variant",
            By::Owner => "group-owner",
            By::Scope => "group-scope",
        };
        let key = keys_of(model, Context::Board, command).first().map_or("", String::as_str);
        let word = if width < 60 { &word[..1] } else { title };
        let text = if by == model.board.by { format!("[{key} {title}]") } else { format!(" {key} {word} ") };
        (by, text)
    };
    By::TABLE.into_iter().map(way).collect()
}

/// What of names that stand one behind the other is at a column, counted from the first.
pub fn at_column<T>(names: impl IntoIterator<Item = (T, String)>, column: usize) -> Option<T> {
    let mut end = 0;
    names.into_iter().find_map(|(what, name)| {
        end += shown_width(&name);
        (column < end).then_some(what)
    })
}

/// How much of a pane there is to do, after its name.
pub fn counted(opened: &Opened, pane: Pane, today: NaiveDate) -> String {
    match pane {
        Pane::Changes => {
            let all = opened.dossier.certificate.decisions().count();
            let open = opened.dossier.certificate.decisions().filter(|change| change.undecided).count();
            format!(" {}/{all}", all - open)
        }
        Pane::Readiness => format!(" {}", opened.dossier.readiness.len()),
        Pane::Exceptions => {
            let open = opened.dossier.record.exceptions.iter().filter(|exception| exception.is_open_on(today)).count();
            format!(" {open}")
        }
        Pane::History | Pane::Entries | Pane::Approvals | Pane::Message => String::new(),
    }
}

//! The names of a record's panes on one line: as much of each as there is room for.

use chrono::NaiveDate;

use super::record::{Opened, Pane};

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

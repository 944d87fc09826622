//! The linear view: the model as lines for a screen reader or a serial line, every mark as a word.
//!
//! Invariant: no control character is ever written but the end of a line: every text passes [`visible`], and nothing here
//! moves a cursor, colours, or draws a box.

mod archive;
mod board;
mod charts;
mod record;
mod rows;
mod sheets;

use crate::app::command::COMMANDS;
use crate::app::linear::Talk;
use crate::app::linear::reading::{self, Reading, Seen, Show, Where};
use crate::app::linear::words::OWN;
use crate::app::model::{Context, Model, Tone};
use crate::app::msg::Msg;
use crate::domain::visible::visible;

/// What is read after a line: nothing where nothing is to be said.
pub fn answer(talk: &Talk, model: &Model) -> Vec<String> {
    let before = &talk.before;
    let mut lines: Vec<String> = talk.says.clone();
    lines.extend(notice(model, before));
    lines.extend(marks(model, before));
    if let Some(Show::Commands(words)) = &talk.show {
        lines.extend(commands(model, words));
    }
    lines.extend(sheets::over(model, before));
    let reading = talk.reading(model);
    match &reading {
        Reading::Nothing => {}
        Reading::Page(page) => {
            let now = Where::of(model);
            // Another pane of the same record needs no second reading of its head.
            let another = now != before.place && (now.record().is_none() || now.record() != before.place.record());
            let again = matches!(talk.show, Some(Show::From(0)));
            lines.extend(rows::place(model, &reading, another || again));
            lines.extend(rows::page(model, page));
        }
        Reading::Row(row) => lines.extend(rows::row(model, *row)),
        Reading::About(row) => {
            lines.extend(rows::place(model, &reading, true));
            lines.extend(rows::row(model, *row));
            lines.extend(rows::about(model, *row));
        }
    }
    lines.iter().map(|line| shown(line)).collect()
}

/// What stands before the place where a line is written.
pub fn prompt(talk: &Talk, model: &Model) -> String {
    if talk.gathers() { String::new() } else { shown(&sheets::prompt(model)) }
}

/// A line as it may be written: what is hidden is made visible.
pub fn shown(line: &str) -> String {
    visible(line).into_owned()
}

/// The desk's own signs in a text of ours, as words.
fn spoken(text: &str) -> String {
    let words =
        [(" → ", " to "), (" · ", ", "), ("←→ to choose", ""), (", ↑↓ to choose", ""), ("…", "..."), ("–", "-")];
    words.iter().fold(text.to_owned(), |text, (sign, word)| text.replace(sign, word))
}

fn notice(model: &Model, before: &Seen) -> Option<String> {
    let notice = model.notice.as_ref().filter(|notice| Some(*notice) != before.notice.as_ref())?;
    let text = spoken(&notice.text);
    Some(match notice.tone {
        Tone::Done => format!("Done: {text}"),
        Tone::Plain => text,
        Tone::No => format!("No: {text}"),
    })
}

/// How many are marked, where that changed and nothing else says so.
fn marks(model: &Model, before: &Seen) -> Option<String> {
    let count = reading::marks(model).len();
    (count != before.marks.len() && model.notice.is_none()).then(|| format!("{count} marked"))
}

/// The commands, by the place they are done in, each by its name and with what it does.
fn commands(model: &Model, words: &str) -> Vec<String> {
    let here = model.context();
    let wanted = words.to_lowercase();
    let fits = |name: &str, help: &str| {
        let text = format!("{name} {help}").to_lowercase();
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    let mut lines = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    let rest = Context::ALL.into_iter().filter(|context| *context != here);
    for context in std::iter::once(here).chain(rest) {
        let found: Vec<String> = COMMANDS
            .iter()
            .filter(|command| command.contexts.contains(&context) && fits(command.name, command.help))
            .filter(|command| !told.contains(&command.name))
            .map(|command| match (command.available)(model) {
                Err(why) if context == here => format!("{}: {}. Not now: {}", command.name, command.help, spoken(&why)),
                _ => format!("{}: {}", command.name, command.help),
            })
            .collect();
        told.extend(COMMANDS.iter().filter(|command| command.contexts.contains(&context)).map(|command| command.name));
        if !found.is_empty() {
            lines.push(format!("{}:", context.title()));
            lines.extend(found);
        }
    }
    let own: Vec<String> =
        OWN.iter().filter(|(name, help)| fits(name, help)).map(|(name, help)| format!("{name}: {help}")).collect();
    if !own.is_empty() {
        lines.push("To read:".to_owned());
        lines.extend(own);
    }
    match (words, lines.is_empty()) {
        (words, true) => vec![format!("no command speaks of `{words}`")],
        ("", false) => {
            let mut all: Vec<String> = HOW.iter().map(|line| (*line).to_owned()).collect();
            all.extend(lines);
            all
        }
        (_, false) => lines,
    }
}

/// How the linear view is spoken to.
const HOW: [&str; 7] = [
    "A number opens that row; in a record it reads everything about it. An empty line reads where you are.",
    "A command is its name, as much of it as is its own, with a row and words behind: confirm 3, edit 13.2 2865, assign 2 review.",
    "An entry may stand for its row, and so may the end of a VIN. The keys of the full screen are known too: c, f, >.",
    "Filter and jump take their words at once: /step:review, #131. help WORD reads the commands that speak of it.",
    "In a form an empty line keeps what stands in brackets, \"\" writes nothing, a full stop alone leaves; what you wrote is kept.",
    "A long text ends with a full stop alone on a line; :editor opens your editor, :cancel leaves, :send sends.",
    "What cannot be undone asks for a whole word. Ctrl-C gives a line up, twice or quit ends.",
];

/// What is read when the desk is opened.
pub fn greeting(model: &Model) -> Vec<String> {
    let me = model.house.people.iter().find(|person| person.login == model.who.login);
    let name = me.map(|person| format!(" ({})", person.name)).unwrap_or_default();
    let roles: Vec<&str> = model.who.roles.iter().map(|role| role.word()).collect();
    vec![
        shown(&format!(
            "stageplate, linear view. Desk {}, you are {}{name}, {}.",
            model.house.desk,
            model.who.login,
            if roles.is_empty() { "without a role".to_owned() } else { roles.join(" and ") }
        )),
        "help reads the commands, quit ends.".to_owned(),
    ]
}

/// What a message is read out as that comes while nobody asked: what others did, what failed.
pub fn unasked(talk: &Talk, model: &Model, msg: &Msg) -> Vec<String> {
    let lines = match msg {
        Msg::News(events) => talk.news(model, events),
        Msg::Failed { tag: None, failure } => vec![format!("No: {}", failure.message)],
        _ => Vec::new(),
    };
    lines.iter().map(|line| shown(&spoken(line))).collect()
}

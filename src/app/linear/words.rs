//! What a command line means: a row, a command by its name or its key, with the row and the words behind it.

use super::reading::{self, Meant, Show};
use super::{Step, Talk};
use crate::app::command::{self, COMMANDS, Command};
use crate::app::model::Model;
use crate::app::msg::Msg;
use crate::app::point::Part;
use crate::app::record::Pane;
use crate::config::key::Key;
use crate::config::keymap::Match;
use crate::domain::nearest::nearest;
use crate::domain::queue::QueueName;

/// Words that only the linear view knows: each with what it does.
pub const OWN: [(&str, &str); 6] = [
    ("show", "Read this place again, from the row that is named on"),
    ("more", "Read on where the last page ended; `next` is the same"),
    ("row", "Read everything about a row; without a number about the one under the cursor"),
    ("undecided", "Read only the changes that nobody decided"),
    ("queue", "Read the queues, or list the one that is named"),
    ("groups", "Read the groups of the exceptions board; a number lists one"),
];

/// Other words for the same.
const ALIASES: [(&str, &str); 6] = [
    ("next", "more"),
    ("list", "show"),
    ("sign", "advance"),
    ("exit", "quit"),
    ("commands", "palette"),
    ("find", "jump"),
];

/// Commands behind which there stands a text and no row.
const TEXTS: [&str; 5] = ["filter", "jump", "note", "save-queue", "edit-entry"];

/// A word that was found.
enum Found {
    Own(&'static str),
    Command(&'static Command),
}

impl Talk {
    pub(super) fn command_line(&mut self, model: &Model, line: &str) {
        self.gathered = None;
        let line = line.trim();
        if line.is_empty() {
            self.show = Some(Show::About(reading::cursor(model)));
            return;
        }
        if let Some(number) = number(line) {
            return self.row(model, number);
        }
        let (word, rest) = parts(model, line);
        match find(model, word) {
            Ok(Found::Own(own)) => self.own(model, own, rest),
            Ok(Found::Command(command)) => self.command(model, command, rest),
            Err(why) => self.says.push(why),
        }
    }

    /// A row by its number: opened in the queues and the list, read in a record.
    fn row(&mut self, model: &Model, number: usize) {
        match self.numbers.meant(model, number) {
            Err(why) => self.says.push(why),
            Ok(meant) => {
                if Part::of(model) == Part::Record {
                    self.show = reading::row_of(model, &meant).map(Show::About);
                    self.steps.push_back(Step::Point(meant));
                } else {
                    self.steps.push_back(Step::Point(meant));
                    self.run("open");
                }
            }
        }
    }

    fn own(&mut self, model: &Model, own: &str, rest: &str) {
        match own {
            "queue" if rest.is_empty() => self.push(Msg::Point { part: Part::Queues, row: model.queues.scroll.at }),
            "queue" => match queue(model, rest) {
                Ok(row) => {
                    self.push(Msg::Point { part: Part::Queues, row });
                    self.run("open");
                    self.show = Some(Show::From(0));
                }
                Err(why) => self.says.push(why),
            },
            "groups" => {
                self.run("board");
                self.push(Msg::Point { part: Part::Groups, row: model.board.group_scroll.at });
            }
            "undecided" => {
                self.run("changes");
                self.show = Some(Show::Undecided);
            }
            "more" => {
                let ends = self.after >= reading::rows(model);
                if ends {
                    self.says.push(format!("that was the end: {} rows", reading::rows(model)));
                } else {
                    self.push(Msg::Point { part: Part::of(model), row: self.after });
                    self.show = Some(Show::From(self.after));
                }
            }
            _ => {
                let about = own == "row";
                if rest.is_empty() {
                    self.show = Some(if about { Show::About(reading::cursor(model)) } else { Show::From(0) });
                    return;
                }
                match self.reference(model, rest) {
                    Some(Ok(meant)) => {
                        let row = reading::row_of(model, &meant).unwrap_or(0);
                        self.show = Some(if about { Show::About(row) } else { Show::From(row) });
                        self.steps.push_back(Step::Point(meant));
                    }
                    Some(Err(why)) => self.says.push(why),
                    None => self.says.push(format!("`{rest}` is no row here")),
                }
            }
        }
    }

    /// A command, with rows and words behind it.
    fn command(&mut self, model: &Model, command: &'static Command, rest: &str) {
        let name = command.name;
        if matches!(name, "help" | "palette") {
            self.show = Some(Show::Commands(rest.to_owned()));
            return;
        }
        if matches!(name, "redraw" | "refresh") {
            self.show = Some(Show::From(reading::cursor(model) / reading::PAGE * reading::PAGE));
        }
        if TEXTS.contains(&name) {
            self.run_command(command);
            if !rest.is_empty() {
                self.steps.push_back(Step::Answer(rest.to_owned()));
            }
            return;
        }
        let mut rest = rest;
        let mut meant: Vec<Meant> = Vec::new();
        let many = matches!(name, "mark" | "confirm");
        while !rest.is_empty() && (many || meant.is_empty()) {
            let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            match self.reference(model, word) {
                Some(Ok(one)) => meant.push(one),
                Some(Err(why)) => {
                    self.says.push(why);
                    return;
                }
                None => break,
            }
            rest = behind.trim_start();
        }
        // An entry that is no row here may still be declared; a VIN that is not in the list may be anywhere.
        let elsewhere = match name {
            "edit" if meant.is_empty() && rest.starts_with(|letter: char| letter.is_ascii_digit()) => "edit-entry",
            "open" if meant.is_empty() && !rest.is_empty() => "jump",
            _ => "",
        };
        if let Some(other) = command::named(elsewhere) {
            let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            self.run_command(other);
            for text in [word, behind.trim()].into_iter().filter(|text| !text.is_empty()) {
                self.steps.push_back(Step::Answer(text.to_owned()));
            }
            return;
        }
        if !rest.is_empty() && !command.shows {
            self.says.push(format!("`{name}` takes rows and no other words: `{rest}`"));
            return;
        }
        if meant.is_empty() {
            self.run_command(command);
        }
        for one in meant {
            self.steps.push_back(Step::Point(one));
            self.run_command(command);
        }
        if !rest.is_empty() {
            self.steps.push_back(Step::Answer(rest.to_owned()));
        }
    }

    /// The row that a word names: by its number, in a list by the end of its VIN, in a record by its entry.
    fn reference(&self, model: &Model, word: &str) -> Option<Result<Meant, String>> {
        if let Some(number) = number(word) {
            return Some(self.numbers.meant(model, number));
        }
        let end = word.to_ascii_uppercase();
        let ends = |vin: &str| end.len() >= 3 && vin.ends_with(&end);
        let found: Vec<usize> = match Part::of(model) {
            Part::Queues | Part::Groups | Part::Overview | Part::Release => Vec::new(),
            Part::Archive => {
                let rows = model.archive.rows.iter().enumerate();
                rows.filter(|(_, row)| ends(row.vin.as_str())).map(|(at, _)| at).collect()
            }
            Part::List => {
                let rows = model.list.rows.iter().enumerate();
                rows.filter(|(_, row)| ends(row.summary.vin.as_str())).map(|(at, _)| at).collect()
            }
            Part::Board => {
                let rows = model.board.rows.iter().enumerate();
                rows.filter(|(_, row)| ends(row.vin.as_str())).map(|(at, _)| at).collect()
            }
            Part::Record => entries(model, word),
        };
        match found.as_slice() {
            [] => None,
            [row] => reading::meant_by(model, *row).map(Ok),
            several => {
                let rows: Vec<String> = several.iter().map(|row| (row + 1).to_string()).collect();
                Some(Err(format!("`{word}` is rows {}: name one of them", rows.join(", "))))
            }
        }
    }
}

/// The rows of the pane that are about an entry, by its number or its name.
fn entries(model: &Model, word: &str) -> Vec<usize> {
    let Some(opened) = model.current() else { return Vec::new() };
    let is = |address: &crate::domain::address::Address| {
        let element = model.house.catalogue.element(address);
        element.is_some_and(|element| element.entry == Some(word) || element.name.eq_ignore_ascii_case(word))
            || address.as_str().eq_ignore_ascii_case(word)
    };
    match opened.pane {
        Pane::Changes => {
            opened.changes().enumerate().filter(|(_, change)| is(&change.address)).map(|(row, _)| row).collect()
        }
        Pane::Entries => {
            let rows = opened.entries().enumerate();
            rows.filter(|(_, (_, change))| change.is_some_and(|change| is(&change.address)))
                .map(|(row, _)| row)
                .collect()
        }
        Pane::Message => {
            let lines = opened.message.iter().flat_map(|message| &message.lines).enumerate();
            lines.filter(|(_, line)| line.address.as_ref().is_some_and(is)).map(|(row, _)| row).collect()
        }
        Pane::Readiness | Pane::Exceptions | Pane::History | Pane::Approvals => Vec::new(),
    }
}

/// A row's number. More digits, or a zero before them, are the end of a VIN.
fn number(word: &str) -> Option<usize> {
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    (digits && word.len() <= 4 && !word.starts_with('0')).then(|| word.parse().ok()).flatten()
}

/// The word of a line and what stands behind it. The key of the filter and of the jump may stand right before their text.
fn parts<'a>(model: &Model, line: &'a str) -> (&'a str, &'a str) {
    let first = line.chars().next().map_or(0, char::len_utf8);
    let (sign, behind) = line.split_at(first);
    if let Some(Found::Command(command)) = by_key(model, sign)
        && matches!(command.name, "filter" | "jump" | "palette" | "help")
    {
        return (sign, behind.trim());
    }
    line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim()))
}

/// The command whose key is written.
fn by_key(model: &Model, word: &str) -> Option<Found> {
    let mut letters = word.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else { return None };
    match model.keymap.lookup(model.context().word(), &[Key::char(letter)]) {
        Match::Command(name) => command::named(name).map(Found::Command),
        Match::Prefix | Match::None => None,
    }
}

fn find(model: &Model, word: &str) -> Result<Found, String> {
    let lower = word.to_lowercase();
    let name = ALIASES.iter().find(|(other, _)| *other == lower).map_or(lower.as_str(), |(_, name)| name);
    if let Some((own, _)) = OWN.iter().find(|(own, _)| *own == name) {
        return Ok(Found::Own(own));
    }
    if let Some(found) = command::named(name).map(Found::Command).or_else(|| by_key(model, word)) {
        return Ok(found);
    }
    let own: Vec<&'static str> = OWN.iter().map(|(own, _)| *own).filter(|own| own.starts_with(name)).collect();
    match (own.as_slice(), command_in(model, name)) {
        ([own], Err(_)) => Ok(Found::Own(own)),
        ([], Ok(command)) => Ok(Found::Command(command)),
        ([], Err(why)) => Err(why),
        (own, _) => Err(format!("`{word}` may be {}, or a command: write more of it", own.join(", "))),
    }
}

/// The command of a name, or of the beginning of one: of those of this place first, then of all.
///
/// # Errors
/// There is none, or there are several: which was probably meant.
pub fn command_in(model: &Model, word: &str) -> Result<&'static Command, String> {
    if let Some(command) = command::named(word) {
        return Ok(command);
    }
    let context = model.context();
    let begin = |here: bool| -> Vec<&'static Command> {
        let begun = COMMANDS.iter().filter(|command| !word.is_empty() && command.name.starts_with(word));
        begun.filter(|command| !here || command.contexts.contains(&context)).collect()
    };
    for found in [begin(true), begin(false)] {
        match found.as_slice() {
            [] => {}
            [command] => return Ok(command),
            several => {
                let names: Vec<&str> = several.iter().map(|command| command.name).collect();
                return Err(format!("`{word}` may be {}: write more of it", names.join(", ")));
            }
        }
    }
    let known = COMMANDS.iter().map(|command| command.name).chain(OWN.iter().map(|(own, _)| *own));
    Err(match nearest(word, known) {
        Some(near) => format!("`{word}` is no command; did you mean `{near}`?"),
        None => format!("`{word}` is no command; `help` reads them all"),
    })
}

/// The row of the queue that a word names: its number, its word, or the beginning of its title.
fn queue(model: &Model, word: &str) -> Result<usize, String> {
    let rows = &model.queues.rows;
    if let Some(row) = number(word).and_then(|number| number.checked_sub(1)).filter(|row| *row < rows.len()) {
        return Ok(row);
    }
    let lower = word.to_lowercase();
    let title = |queue: QueueName| model.queues.title(queue).to_lowercase();
    let is = |queue: QueueName| queue.word() == lower && model.queues.saved(queue).is_none() || title(queue) == lower;
    if let Some(row) = rows.iter().position(|(queue, _)| is(*queue)) {
        return Ok(row);
    }
    let begun: Vec<usize> = (0..rows.len())
        .filter(|row| {
            let (queue, _) = rows[*row];
            title(queue).starts_with(&lower) || queue.word().starts_with(&lower)
        })
        .collect();
    match begun.as_slice() {
        [row] => Ok(*row),
        [] => {
            let words = rows.iter().map(|(queue, _)| queue.word());
            let near = nearest(&lower, words).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            Err(format!("no queue is called `{word}`{near}"))
        }
        several => {
            let titles: Vec<&str> = several.iter().map(|row| model.queues.title(rows[*row].0)).collect();
            Err(format!("`{word}` may be {}", titles.join(", ")))
        }
    }
}

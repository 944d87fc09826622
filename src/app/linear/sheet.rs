//! What a line does that answers a form, a question, or the line of a filter or a jump.

use super::{Step, Talk, words};
use crate::app::bulk::Phase;
use crate::app::form::{Choice, Field, Form, Input, Pick};
use crate::app::model::{Model, Sheet};
use crate::app::msg::Msg;
use crate::app::settings::Setting;

/// What is written for nothing at all, where an empty line keeps what is there.
pub const NOTHING: &str = "\"\"";

impl Talk {
    /// An answer to what lies over the screen; `whole` where it is no line of a longer text.
    pub(super) fn answer(&mut self, model: &Model, line: &str, whole: bool) {
        let line = line.trim_end_matches(['\r', '\n']);
        let written = match line.strip_prefix(':') {
            // A text that begins with a colon is written with two.
            Some(text) if text.starts_with(':') => text,
            Some(name) if !whole => return self.command_in(model, name.trim()),
            _ => line,
        };
        match &model.sheet {
            Some(Sheet::Form(form)) => self.field(form, written, whole),
            Some(Sheet::Filter(_)) => match written.trim() {
                "." => self.run("cancel"),
                text => {
                    if !text.is_empty() {
                        self.write(if text == NOTHING { "" } else { text });
                    }
                    self.run("accept");
                }
            },
            Some(Sheet::Jump(jump)) => {
                let text = written.trim();
                let offered =
                    text.parse::<usize>().ok().filter(|number| jump.asked.is_known() && *number <= jump.found.len());
                match (text, offered) {
                    ("." | "", _) => self.run("cancel"),
                    (_, Some(number)) if number > 0 && text.len() == 1 => {
                        self.push(Msg::Choose(number - 1));
                        self.run("accept");
                    }
                    _ => {
                        self.write(text);
                        self.steps.push_back(Step::TakeOnly);
                    }
                }
            }
            Some(Sheet::Ask(ask)) => {
                if !written.trim().eq_ignore_ascii_case(ask.doing) {
                    return self.close(model);
                }
                if !ask.on_doing {
                    self.run("next-field");
                }
                self.run("accept");
            }
            Some(Sheet::Bulk(bulk)) => {
                let word = written.trim();
                let agreed = word.eq_ignore_ascii_case(bulk.doing);
                match bulk.phase {
                    Phase::Asked(on_doing) if agreed || (on_doing && word.eq_ignore_ascii_case("yes")) => {
                        if !on_doing {
                            self.run("next-field");
                        }
                        self.run("accept");
                    }
                    Phase::Asked(_) | Phase::Running => self.run("cancel"),
                    Phase::Over => self.run("accept"),
                }
            }
            Some(Sheet::Settings(_)) => match written.trim() {
                "." | "" => self.run("cancel"),
                text => match text.parse::<usize>().ok().and_then(|number| number.checked_sub(1)) {
                    Some(at) if Setting::ALL.get(at) == Some(&Setting::Tour) => {
                        self.says.push("the tour speaks of keys: it is for the full screen".to_owned());
                    }
                    Some(at) if at < Setting::ALL.len() => {
                        self.push(Msg::Choose(at));
                        self.run("accept");
                    }
                    _ => self.says.push(format!("`{text}` is none of these")),
                },
            },
            Some(Sheet::Help(_) | Sheet::Palette(_) | Sheet::Lines(_)) => self.run("cancel"),
            None => {}
        }
    }

    /// Closes what lies over the screen, the form behind a question too.
    pub(super) fn close(&mut self, model: &Model) {
        self.gathered = None;
        self.run("cancel");
        if matches!(&model.sheet, Some(Sheet::Ask(ask)) if ask.form.is_some()) {
            self.run("cancel");
        }
    }

    /// A command by name, given where lines are text.
    fn command_in(&mut self, model: &Model, name: &str) {
        match words::command_in(model, name) {
            Ok(command) => {
                if command.name == "cancel" {
                    return self.close(model);
                }
                if matches!(command.name, "send" | "next-field" | "previous-field" | "editor") {
                    self.gathered = None;
                }
                self.run_command(command);
            }
            Err(why) => self.says.push(why),
        }
    }

    /// A line written into the field with the focus.
    fn field(&mut self, form: &Form, line: &str, whole: bool) {
        let Some(field) = form.field() else { return self.run("send") };
        match &field.input {
            Input::Text(text) if text.has_lines() && !whole => self.long(line),
            Input::Text(_) => {
                match line.trim() {
                    "." if !whole => return self.close_form(),
                    "" => {}
                    NOTHING => self.write(""),
                    text => self.write(text),
                }
                self.steps.push_back(Step::GoOn);
            }
            Input::Choice { all, .. } => match line.trim() {
                "." => self.close_form(),
                "" => self.steps.push_back(Step::GoOn),
                word => {
                    let indices: Vec<usize> = (0..all.len()).collect();
                    match chosen(all, &indices, word) {
                        Some(at) => {
                            self.push(Msg::Choose(at));
                            self.steps.push_back(Step::GoOn);
                        }
                        None => self.says.push(format!("`{word}` is none of these")),
                    }
                }
            },
            Input::Pick(pick) => match line.trim() {
                "." => self.close_form(),
                "" => self.steps.push_back(Step::GoOn),
                word => self.pick(pick, word),
            },
        }
    }

    fn close_form(&mut self) {
        self.gathered = None;
        self.run("cancel");
    }

    /// A line of a long text: what is written so far is in the form, and so is kept whatever happens.
    fn long(&mut self, line: &str) {
        match (line, &mut self.gathered) {
            (".", _) | ("", None) => {
                self.gathered = None;
                self.steps.push_back(Step::GoOn);
            }
            (line, gathered) => {
                let lines = gathered.get_or_insert_with(Vec::new);
                lines.push(line.to_owned());
                let text = lines.join("\n");
                self.write(&text);
            }
        }
    }

    fn pick(&mut self, pick: &Pick, word: &str) {
        match chosen(&pick.all, &pick.shown(), word) {
            Some(at) => {
                self.push(Msg::Choose(at));
                self.steps.push_back(Step::GoOn);
            }
            None => {
                self.write(word);
                self.steps.push_back(Step::Narrowed);
            }
        }
    }

    /// After narrowing: one that is left is chosen, of several it is asked again, and where none is left all are back.
    pub(super) fn narrowed(&mut self, model: &Model) {
        let Some(Sheet::Form(form)) = &model.sheet else { return };
        let Some(Input::Pick(pick)) = form.field().map(|field| &field.input) else { return };
        let shown = pick.shown();
        let word = pick.words.content().to_owned();
        match shown.as_slice() {
            [] => {
                self.says.push(format!("nothing is called `{word}`"));
                self.write("");
            }
            [_] => self.steps.push_back(Step::GoOn),
            several => match several.iter().position(|at| pick.all[*at].value.eq_ignore_ascii_case(&word)) {
                Some(at) => {
                    self.push(Msg::Choose(at));
                    self.steps.push_back(Step::GoOn);
                }
                None => self.says.push(format!("{} are left:", several.len())),
            },
        }
    }

    /// On to the next field or send, unless something is wrong with this one.
    pub(super) fn go_on(&mut self, model: &Model) {
        let Some(Sheet::Form(form)) = &model.sheet else { return };
        match form.field().and_then(|field| field.fault.as_ref().map(|fault| (field, fault))) {
            Some((field, fault)) => self.says.push(format!("{}: {fault}", field.label)),
            None if form.at + 1 < form.fields.len() => self.run("next-field"),
            None => self.run("send"),
        }
    }
}

/// Whether the numbers of choices can be told from their values.
pub fn numbered(all: &[Choice]) -> bool {
    !all.iter().any(|choice| !choice.value.is_empty() && choice.value.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The place among those shown of the choice that a word means: its value, its number, or the beginning of its name where
/// that is one's alone.
fn chosen(all: &[Choice], shown: &[usize], word: &str) -> Option<usize> {
    let lower = word.to_lowercase();
    let exact = |choice: &Choice| choice.value.to_lowercase() == lower || choice.label.to_lowercase() == lower;
    if let Some(at) = shown.iter().position(|at| exact(&all[*at])) {
        return Some(at);
    }
    if let Ok(number) = word.parse::<usize>()
        && numbered(all)
    {
        return number.checked_sub(1).filter(|at| *at < shown.len());
    }
    let begins = |at: &usize| all[*at].label.to_lowercase().starts_with(&lower);
    let mut found = (0..shown.len()).filter(|place| begins(&shown[*place]));
    found.next().filter(|_| found.next().is_none())
}

/// What an empty line keeps in a field.
pub fn kept(field: &Field) -> String {
    match &field.input {
        Input::Text(text) => text.content().to_owned(),
        Input::Choice { all, at } => all.get(*at).map_or_else(String::new, |choice| choice.label.clone()),
        Input::Pick(pick) => pick.chosen().map_or_else(String::new, |choice| choice.label.clone()),
    }
}

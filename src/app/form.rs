//! A form: fields, the one that has the focus, what is wrong, and what happened to the record meanwhile.
//!
//! Which forms there are, and what each of them sends, is in [`forms`](super::forms).

use super::msg::Tag;
use super::text::Text;
use crate::domain::address::Address;
use crate::domain::identity::{ExceptionId, RecordId, Seq};

/// What a form is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Take the record from somebody, with a reason.
    Take,
    /// Give the record to somebody.
    Assign,
    /// Give an exception to somebody.
    AssignException(ExceptionId),
    /// Declare a value; at an entry named in the form when `None`.
    Edit(Option<Address>),
    /// Raise an exception, on an entry or on the record.
    Flag(Option<Address>),
    /// Settle an exception.
    Resolve(ExceptionId),
    /// Let an exception pass.
    Waive(ExceptionId),
    /// Say something about an exception.
    Comment(ExceptionId),
    /// Open an exception again.
    Reopen(ExceptionId),
    /// Send the record back.
    Return,
    /// Stop work for a time.
    Hold,
    /// Write a remark.
    Note,
    /// Record what came back from the authority; for this released version, where one is meant.
    Receipt(Option<u8>),
    /// Keep the filter as a queue.
    SaveQueue,
}

impl Purpose {
    /// Whether it is about exceptions that are there already.
    pub fn is_about_exceptions(&self) -> bool {
        matches!(
            self,
            Purpose::AssignException(_)
                | Purpose::Resolve(_)
                | Purpose::Waive(_)
                | Purpose::Comment(_)
                | Purpose::Reopen(_)
        )
    }
}

/// One of several things to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is chosen.
    pub value: String,
    /// What people read.
    pub label: String,
    /// More about it; why it cannot be chosen, when it cannot.
    pub note: String,
    /// Whether it can be chosen.
    pub open: bool,
}

/// A choice narrowed by typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// What was typed to narrow it.
    pub words: Text,
    /// Everything there is.
    pub all: Vec<Choice>,
    /// The one chosen, among all.
    pub at: usize,
}

impl Pick {
    /// A choice among these, beginning with the one at `at`.
    pub fn new(all: Vec<Choice>, at: usize) -> Pick {
        Pick { words: Text::line(""), at: at.min(all.len().saturating_sub(1)), all }
    }

    /// What is left of the choice: places in `all`.
    pub fn shown(&self) -> Vec<usize> {
        let words: Vec<String> = self.words.content().split_whitespace().map(str::to_lowercase).collect();
        let fits = |choice: &Choice| {
            let text = format!("{} {} {}", choice.value, choice.label, choice.note).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        (0..self.all.len()).filter(|at| fits(&self.all[*at])).collect()
    }

    /// The one chosen, if it is left.
    pub fn chosen(&self) -> Option<&Choice> {
        self.shown().contains(&self.at).then(|| &self.all[self.at])
    }

    /// Moves the choice among what is left.
    pub fn by(&mut self, down: bool) {
        let shown = self.shown();
        let here = shown.iter().position(|at| *at == self.at);
        let to = match here {
            None => 0,
            Some(here) if down => (here + 1).min(shown.len() - 1),
            Some(here) => here.saturating_sub(1),
        };
        if let Some(at) = shown.get(to) {
            self.at = *at;
        }
    }

    /// After typing: the choice stays if it is left, else it is the first that can be chosen.
    pub fn narrowed(&mut self) {
        let shown = self.shown();
        if !shown.contains(&self.at) {
            let open = shown.iter().find(|at| self.all[**at].open).or(shown.first());
            self.at = open.copied().unwrap_or(self.at);
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Text.
    Text(Text),
    /// One of a few.
    Choice {
        /// All of them.
        all: Vec<Choice>,
        /// The one chosen.
        at: usize,
    },
    /// One of many.
    Pick(Pick),
}

/// What a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// The entry.
    Entry,
    /// The value.
    Value,
    /// Why, or what about.
    Words,
    /// The kind of exception.
    Kind,
    /// Whether it blocks.
    Weight,
    /// A person.
    Person,
    /// The last day.
    Until,
    /// A step.
    Step,
    /// A name for something.
    Title,
    /// Whom it is for.
    Team,
    /// What the authority says.
    Answer,
    /// A released version.
    Version,
}

/// What is to be known of what is written in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What.
    pub text: String,
    /// Whether it will be doubted: it fits the entry, but not what the approval allows.
    pub doubt: bool,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub name: Name,
    /// What people read.
    pub label: &'static str,
    /// What may be written.
    pub hint: String,
    /// What it holds.
    pub input: Input,
    /// What is wrong with it.
    pub fault: Option<String>,
    /// What is to be known of what is written, which is not wrong.
    pub remark: Option<Remark>,
    /// Under which key its text is kept.
    pub draft: Option<String>,
    /// Whether somebody wrote in it.
    pub touched: bool,
}

impl Field {
    /// A field.
    pub fn new(name: Name, label: &'static str, hint: impl Into<String>, input: Input) -> Field {
        Field { name, label, hint: hint.into(), input, fault: None, remark: None, draft: None, touched: false }
    }

    /// The text that takes what is typed.
    pub fn text_mut(&mut self) -> Option<&mut Text> {
        match &mut self.input {
            Input::Text(text) => Some(text),
            Input::Pick(pick) => Some(&mut pick.words),
            Input::Choice { .. } => None,
        }
    }

    /// What it says: the text, or the value chosen.
    pub fn says(&self) -> &str {
        match &self.input {
            Input::Text(text) => text.content(),
            Input::Choice { all, at } => all.get(*at).map_or("", |choice| &choice.value),
            Input::Pick(pick) => pick.chosen().map_or("", |choice| &choice.value),
        }
    }
}

/// What happened to the record since the form was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meanwhile {
    /// Who did what.
    pub told: String,
    /// What stands there now, where the form is about one value.
    pub now: Option<String>,
    /// Whether the reader pressed send since it was said.
    pub acknowledged: bool,
}

/// A form.
#[derive(Debug, Clone)]
pub struct Form {
    /// What it is for.
    pub purpose: Purpose,
    /// The record; none where it is about the marked ones.
    pub record: RecordId,
    /// How many marked records it is about; 0 where it is about one.
    pub marked: usize,
    /// The event its author had seen.
    pub seen: Seq,
    /// Its heading.
    pub title: String,
    /// What to know while filling it in.
    pub facts: Vec<String>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The field with the focus.
    pub at: usize,
    /// Why it was not accepted.
    pub fault: Option<String>,
    /// What happened to the record meanwhile.
    pub meanwhile: Option<Meanwhile>,
    /// The act on its way.
    pub sending: Option<Tag>,
    /// The act of which it is not known whether it arrived; the same again is that act again.
    pub unclear: Option<Tag>,
}

impl Form {
    /// The field with the focus.
    pub fn field(&self) -> Option<&Field> {
        self.fields.get(self.at)
    }

    /// The field with the focus.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.at)
    }

    /// The field of that name.
    pub fn named(&self, name: Name) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What the field of that name says; nothing when there is none.
    pub fn says(&self, name: Name) -> &str {
        self.named(name).map_or("", Field::says).trim()
    }

    /// To the next field; answers whether there was one.
    pub fn go_on(&mut self) -> bool {
        let more = self.at + 1 < self.fields.len();
        if more {
            self.at += 1;
        }
        more
    }

    /// To the next field or the one before, round and round.
    pub fn turn(&mut self, forward: bool) {
        let count = self.fields.len().max(1);
        self.at = if forward { (self.at + 1) % count } else { (self.at + count - 1) % count };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(value: &str, open: bool) -> Choice {
        Choice { value: value.into(), label: value.into(), note: String::new(), open }
    }

    #[test]
    fn typing_narrows_a_choice_to_one_that_can_be_chosen() {
        let mut pick = Pick::new(vec![choice("ann", true), choice("review", false), choice("reviewer", true)], 0);
        pick.words.insert("rev");
        pick.narrowed();
        assert_eq!(pick.shown(), [1, 2]);
        assert_eq!(pick.chosen().map(|choice| choice.value.as_str()), Some("reviewer"));
        pick.words.insert("xx");
        pick.narrowed();
        assert_eq!(pick.chosen(), None);
        pick.by(true);
        assert_eq!(pick.chosen(), None);
    }
}

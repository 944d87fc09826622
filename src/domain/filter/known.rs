//! Whether the names a filter asks for are names of this desk: a step, a kind, a person or an option nobody knows would
//! select nothing without a word.

use super::{Filter, FilterFault, Term, TextField, Who};
use crate::domain::exception::State;
use crate::domain::nearest::nearest;
use crate::domain::person::Person;
use crate::domain::policy::Policy;

impl Filter {
    /// Looks for a name that the desk does not know; `text` is what the filter was read from, `options` are the codes of
    /// its build options.
    ///
    /// # Errors
    /// The first one, its place, and the nearest name there is.
    pub fn names_known(
        &self,
        text: &str,
        policy: &Policy,
        options: &[String],
        people: &[Person],
    ) -> Result<(), FilterFault> {
        match self {
            Filter::All(parts) | Filter::Any(parts) => {
                parts.iter().try_for_each(|part| part.names_known(text, policy, options, people))
            }
            Filter::Not(inner) => inner.names_known(text, policy, options, people),
            Filter::Term(term) => {
                let (what, asked, known) = names(term, policy, options, people);
                asked.into_iter().try_for_each(|name| is_known(text, what, name, &known))
            }
        }
    }
}

/// What a term names, the names it asks for, and those there are.
fn names<'a>(
    term: &'a Term,
    policy: &'a Policy,
    options: &'a [String],
    people: &'a [Person],
) -> (&'static str, Vec<&'a str>, Vec<&'a str>) {
    let texts = |list: &'a [String]| list.iter().map(String::as_str).collect();
    match term {
        Term::Text(TextField::Step, list) => {
            ("step", texts(list), policy.steps.iter().map(|step| step.name.as_str()).collect())
        }
        Term::Text(TextField::Option, list) => {
            ("build option", texts(list), options.iter().map(String::as_str).collect())
        }
        Term::Text(TextField::ExceptionKind, list) => {
            ("kind of exception", texts(list), policy.exception_kinds.iter().map(|kind| kind.name.as_str()).collect())
        }
        Term::Text(TextField::ExceptionState, list) => {
            ("state of an exception", texts(list), State::ALL.iter().map(|state| state.word()).collect())
        }
        Term::Exception(list) => {
            let kinds = policy.exception_kinds.iter().map(|kind| kind.name.as_str());
            ("kind of exception", texts(list), kinds.chain(["open"]).collect())
        }
        Term::Person(_, list) => {
            let asked = list.iter().filter_map(|who| match who {
                Who::Login(login) => Some(login.as_str()),
                Who::Me | Who::None => None,
            });
            ("person", asked.collect(), people.iter().map(|person| person.login.as_str()).collect())
        }
        _ => ("", Vec::new(), Vec::new()),
    }
}

fn is_known(text: &str, what: &str, name: &str, known: &[&str]) -> Result<(), FilterFault> {
    let pattern = name.contains('*') || name == "none";
    if pattern || known.iter().any(|one| one.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let at = text.find(name).map_or(0, |byte| text[..byte].chars().count());
    let nearest = nearest(name, known.iter().copied()).map(str::to_owned);
    Err(FilterFault { at, message: format!("this desk has no {what} `{name}`"), nearest })
}

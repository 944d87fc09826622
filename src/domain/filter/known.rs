//! Whether the names a filter asks for are names of this desk: a step, a kind, a person or an option nobody knows would
//! select nothing without a word.

use super::{Filter, FilterFault, Term, TextField, Who};
use crate::domain::catalogue::{Catalogue, Element};
use crate::domain::exception::State;
use crate::domain::person::Person;
use crate::domain::receipt::Answer;
use crate::domain::scope::Policies;
use crate::domain::value::ValueType;

/// What a filter may name on a desk.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Whose steps and kinds of exceptions there are: the desk's policy and those of scopes.
    pub policies: &'a Policies,
    /// The names of the scopes.
    pub scopes: &'a [String],
    /// The codes of the build options.
    pub options: &'a [String],
    /// Everybody.
    pub people: &'a [Person],
    /// The elements.
    pub catalogue: &'a Catalogue,
}

impl Filter {
    /// Looks for a name that the desk does not know, or an entry that the catalogue does not; `text` is what the filter was
    /// read from.
    ///
    /// # Errors
    /// The first one, its place, and the nearest name there is.
    pub fn names_known(&self, text: &str, names: &Names<'_>) -> Result<(), FilterFault> {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().try_for_each(|part| part.names_known(text, names)),
            Filter::Not(inner) => inner.names_known(text, names),
            Filter::Term(Term::Changed(entries)) => entries_known(entries, text, names.catalogue),
            Filter::Term(term) => {
                let (what, asked, known) = named(term, names);
                let any_case = matches_any_case(term);
                asked.into_iter().try_for_each(|name| is_known(text, what, name, &known, any_case))
            }
        }
    }
}

fn entries_known(entries: &[String], text: &str, catalogue: &Catalogue) -> Result<(), FilterFault> {
    entries.iter().try_for_each(|entry| {
        if entry.contains('*') || is_entry(catalogue, entry) {
            return Ok(());
        }
        let message = format!("no entry of the certificate is called `{entry}`");
        Err(FilterFault { at: place_of(text, entry), message, nearest: catalogue.nearest(entry), known: Vec::new() })
    })
}

/// Whether a text is an entry number, the name or the path of an element, each perhaps with a row, or an address.
fn is_entry(catalogue: &Catalogue, text: &str) -> bool {
    let whole = without_rows(text);
    let named = |element: &Element| {
        let number = element.entry.is_some_and(|entry| entry == whole);
        number || element.name.eq_ignore_ascii_case(&whole) || element.path.eq_ignore_ascii_case(&whole)
    };
    catalogue.elements().iter().any(named)
}

/// A text without what stands in brackets.
fn without_rows(text: &str) -> String {
    let mut inside = false;
    let keep = |letter: &char| {
        let outside = !inside && *letter != '[';
        inside = (inside || *letter == '[') && *letter != ']';
        outside
    };
    text.chars().filter(keep).collect()
}

/// What a term names, the names it asks for, and those there are.
fn named<'a>(term: &'a Term, names: &Names<'a>) -> (&'static str, Vec<&'a str>, Vec<&'a str>) {
    let Names { policies, scopes, options, people, .. } = *names;
    let texts = |list: &'a [String]| list.iter().map(String::as_str).collect();
    let kinds = || policies.all().flat_map(|policy| &policy.exception_kinds).map(|kind| kind.name.as_str());
    match term {
        Term::Text(TextField::Step, list) => (
            "step",
            texts(list),
            policies.all().flat_map(|policy| &policy.steps).map(|step| step.name.as_str()).collect(),
        ),
        Term::Text(TextField::Scope, list) => ("scope", texts(list), scopes.iter().map(String::as_str).collect()),
        Term::Text(TextField::Option, list) => {
            ("build option", texts(list), options.iter().map(String::as_str).collect())
        }
        // Where the catalogue has no list of categories, any word may be one.
        Term::Text(TextField::Category, list) => match codes_of(names.catalogue, "VehicleCategory") {
            codes if codes.is_empty() => ("", Vec::new(), Vec::new()),
            codes => ("vehicle category", texts(list), codes),
        },
        Term::Text(TextField::ExceptionKind, list) => ("kind of exception", texts(list), kinds().collect()),
        Term::Text(TextField::ExceptionState, list) => {
            ("state of an exception", texts(list), State::ALL.iter().map(|state| state.word()).collect())
        }
        Term::Text(TextField::Delivery, list) => {
            ("answer of an authority", texts(list), Answer::ALL.iter().map(|answer| answer.word()).collect())
        }
        Term::Text(TextField::Team, list) => {
            ("team", texts(list), people.iter().filter_map(|person| person.team.as_deref()).collect())
        }
        Term::Exception(list) => ("kind of exception", texts(list), kinds().chain(["open"]).collect()),
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

/// The codes an element's values are taken from.
fn codes_of(catalogue: &Catalogue, path: &str) -> Vec<&'static str> {
    let element = catalogue.elements().iter().find(|element| element.path == path);
    match element.and_then(Element::value_type) {
        Some(ValueType::Code(list)) => list.codes.iter().map(|code| code.code).collect(),
        _ => Vec::new(),
    }
}

/// Whether the names a term asks for are found in whatever case they are written.
fn matches_any_case(term: &Term) -> bool {
    matches!(term, Term::Text(TextField::Option | TextField::Team | TextField::ExceptionState, _))
}

fn is_known(text: &str, what: &str, name: &str, known: &[&str], any_case: bool) -> Result<(), FilterFault> {
    let pattern = name.contains('*') || name == "none";
    if pattern || known.iter().any(|one| *one == name || any_case && one.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    Err(FilterFault::unknown(place_of(text, name), format!("this desk has no {what} `{name}`"), name, known))
}

/// The character at which a value stands in a filter: after a sign, a comma or a quote, not inside another word.
fn place_of(text: &str, value: &str) -> usize {
    let begins = |byte: &usize| text[..*byte].chars().next_back().is_some_and(|before| ":,\"".contains(before));
    let byte = text.match_indices(value).map(|(byte, _)| byte).find(begins).or_else(|| text.find(value));
    byte.map_or(0, |byte| text[..byte].chars().count())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn entries(text: &str) -> Result<(), FilterFault> {
        names(text, &[])
    }

    fn names(text: &str, scopes: &[String]) -> Result<(), FilterFault> {
        let policies = Policies { desk: std::sync::Arc::default(), scopes: Default::default() };
        let catalogue = crate::ivi::catalogue();
        let names = Names { policies: &policies, scopes, options: &[], people: &[], catalogue };
        Filter::parse(text, NaiveDate::MIN).unwrap().names_known(text, &names)
    }

    #[test]
    fn an_entry_is_known_by_its_number_its_name_its_path_and_with_a_row() {
        for text in [
            "changed:13",
            "changed:16.2",
            "changed:ActualMass",
            "changed:\"MassGroup/ActualMass\"",
            "changed:AxleTable",
            "changed:\"AxleTable[2]/TechnicallyPermissibleMassAxle\"",
            "changed:16.2[2]",
            "changed:Mass*",
        ] {
            assert_eq!(entries(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn an_entry_nobody_knows_answers_with_its_place_and_the_nearest() {
        let fault = entries("ActualMas -changed:13,ActualMas").unwrap_err();
        assert_eq!((fault.at, fault.nearest.as_deref()), (22, Some("ActualMass")));
    }

    #[test]
    fn a_category_that_does_not_exist_answers_with_the_nearest_and_a_variant_is_open_text() {
        assert_eq!(names("category:N1,N2,none -category:M* variant:NOTHING version_code:X", &[]), Ok(()));
        let fault = names("held:no category:N9", &[]).unwrap_err();
        assert_eq!(fault.at, 17);
        assert!(fault.message.contains("no vehicle category `N9`") && fault.nearest.is_some(), "{fault:?}");
    }

    #[test]
    fn a_name_in_another_case_answers_with_the_nearest_where_it_would_find_nothing() {
        for (text, nearest) in [("delivery:Accepted", "accepted"), ("category:n1", "N1")] {
            let fault = names(text, &[]).unwrap_err();
            assert_eq!(fault.nearest.as_deref(), Some(nearest), "{text}");
        }
        assert_eq!(names("delivery:accepted,none category:N1", &[]), Ok(()));
    }

    #[test]
    fn a_scope_nobody_knows_answers_with_the_nearest_instead_of_nothing() {
        let scopes = ["vans".to_owned(), "buses".to_owned()];
        assert_eq!(names("scope:vans,none or scope:b*", &scopes), Ok(()));
        let fault = names("held:no scope:vens", &scopes).unwrap_err();
        assert_eq!((fault.at, fault.nearest.as_deref()), (14, Some("vans")));
        assert!(fault.message.contains("no scope `vens`"), "{fault}");
        assert_eq!(fault.hint().as_deref(), Some("the nearest is `vans`"));
    }

    #[test]
    fn where_no_name_is_near_those_there_are_are_named() {
        let scopes = ["vans".to_owned(), "buses".to_owned()];
        let fault = names("scope:trailers", &scopes).unwrap_err();
        assert_eq!((fault.nearest.as_deref(), fault.hint().as_deref()), (None, Some("there are: vans, buses")));
        let many: Vec<String> = (0..60).map(|number| format!("{number}{number}{number}")).collect();
        let hint = names("scope:trailers", &many).unwrap_err().hint().unwrap();
        assert!(hint.ends_with("393939, …"), "{hint}");
        let twice = ["vans", "buses", "vans"].map(str::to_owned);
        let hint = names("scope:trailers", &twice).unwrap_err().hint();
        assert_eq!(hint.as_deref(), Some("there are: vans, buses"), "a team of several people is named once");
        let none = names("scope:trailers", &[]).unwrap_err();
        assert_eq!(none.hint(), None, "a desk without scopes has none to name");
    }
}

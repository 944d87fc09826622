//! Forms for records of several scopes at once: what each policy offers, and which of them does.

use std::sync::Arc;

use stageplate::app::form::{Choice, Form, Input, Name, Purpose};
use stageplate::app::forms::open_many;
use stageplate::app::model::House;
use stageplate::domain::policy::Policy;
use stageplate::domain::scope::Policies;
use stageplate::ivi;

use crate::fixture::Desk;

/// The desk under the default policy and, with `own`, a scope under a policy of its own.
fn house(own: Option<Policy>) -> House {
    let scopes = own.map(|policy| ("vans".to_owned(), Arc::new(policy))).into_iter().collect();
    House {
        people: Vec::new(),
        policies: Policies { desk: Arc::new(Desk::empty().policy), scopes },
        scopes: vec!["vans".to_owned()],
        options: Vec::new(),
        catalogue: ivi::catalogue(),
        desk: "desk".to_owned(),
    }
}

fn choices(form: &Form, name: Name) -> (&[Choice], usize) {
    match &form.fields.iter().find(|field| field.name == name).unwrap().input {
        Input::Choice { all, at } => (all, *at),
        Input::Pick(pick) => (&pick.all, pick.at),
        Input::Text(_) => panic!("{name:?} is no choice"),
    }
}

fn note<'a>(choices: &'a [Choice], value: &str) -> &'a str {
    let mut found = choices.iter().filter(|choice| choice.value == value);
    let (one, twin) = (found.next(), found.next());
    assert!(twin.is_none(), "{value} is offered twice");
    &one.unwrap_or_else(|| panic!("{value} is not offered: {choices:?}")).note
}

#[test]
fn what_every_policy_offers_is_offered_once_and_says_nothing_of_policies() {
    for house in [house(None), house(Some(Desk::empty().policy))] {
        let flag = open_many(Purpose::Flag(None), 3, None, &house);
        let (kinds, _) = choices(&flag, Name::Kind);
        assert_eq!(kinds.len(), house.policy().exception_kinds.len());
        assert!(kinds.iter().all(|kind| !kind.note.contains("policy")), "{kinds:?}");
        assert_eq!(note(kinds, "other"), "minor, settled by lead");
        let back = open_many(Purpose::Return, 3, None, &house);
        let (steps, at) = choices(&back, Name::Step);
        let names: Vec<&str> = steps.iter().map(|step| step.value.as_str()).collect();
        assert_eq!(names, ["intake", "preparation", "review", "compliance"]);
        assert_eq!(names[at], "preparation", "the last step in which content can be changed");
    }
}

#[test]
fn what_only_some_policies_offer_is_offered_and_says_which_do() {
    let mut own = Desk::empty().policy;
    own.exception_kinds.retain(|kind| kind.name != "other");
    own.exception_kinds[0].name = "crash-damage".to_owned();
    own.steps[2].name = "workshop-look".to_owned();
    let house = house(Some(own));
    let flag = open_many(Purpose::Flag(None), 3, None, &house);
    let (kinds, _) = choices(&flag, Name::Kind);
    assert_eq!(note(kinds, "other"), "minor, settled by lead, only under the policy of the desk");
    assert_eq!(note(kinds, "crash-damage"), "blocking, settled by prepare, only under the policy of the scope vans");
    assert_eq!(note(kinds, "base-error"), "blocking, settled by lead");
    let back = open_many(Purpose::Return, 3, None, &house);
    let (steps, at) = choices(&back, Name::Step);
    assert_eq!(note(steps, "review"), "only under the policy of the desk");
    assert_eq!(note(steps, "workshop-look"), "only under the policy of the scope vans");
    assert_eq!((note(steps, "intake"), steps[at].value.as_str()), ("", "preparation"));
}

//! Saved queues: whose each is, which names and queries will do, who changes and drops one.

use super::*;

fn person(login: &str, roles: &[Role], team: Option<&str>) -> Person {
    let body = serde_json::json!({"login": login, "name": login, "roles": roles, "team": team});
    serde_json::from_value(body).unwrap()
}

fn people() -> Vec<Person> {
    vec![
        person("anna", &[Role::Prepare], Some("vans")),
        person("ben", &[Role::Review], Some("vans")),
        person("chief", &[Role::Lead], Some("vans")),
        person("other", &[Role::Lead], Some("campers")),
        person("root", &[Role::Admin], None),
        person("solo", &[Role::Review], None),
    ]
}

fn policies() -> Policies {
    let body = serde_json::json!({
        "name": "t", "version": 1, "steps": [], "exception_kinds": [], "grades": {}, "options": [],
    });
    Policies { desk: std::sync::Arc::new(serde_json::from_value(body).unwrap()), scopes: Default::default() }
}

fn queue(id: i64, name: &str, owner: &str, team: Option<&str>) -> SavedQueue {
    SavedQueue {
        id: SavedId(id),
        name: name.into(),
        owner: Login::parse(owner).unwrap(),
        team: team.map(str::to_owned),
        query: "category:N1".into(),
    }
}

fn shelf<'a>(people: &'a [Person], policies: &'a Policies, saved: &'a [SavedQueue]) -> Shelf<'a> {
    Shelf {
        people,
        policies,
        scopes: &[],
        options: &[],
        catalogue: crate::ivi::catalogue(),
        saved,
        today: NaiveDate::from_ymd_opt(2026, 7, 6).unwrap(),
    }
}

fn act(who: &str, saved: &[SavedQueue], act: &QueueAct) -> Result<Kept, Refusal> {
    let people = people();
    let policies = policies();
    let shelf = shelf(&people, &policies, saved);
    let actor = Actor::of(people.iter().find(|person| person.login.as_str() == who).unwrap());
    judge(&actor, &shelf, act)
}

fn save(name: &str, query: &str, team: Option<&str>) -> QueueAct {
    QueueAct::Save { name: name.into(), query: query.into(), team: team.map(str::to_owned) }
}

fn rule(done: Result<Kept, Refusal>) -> String {
    done.unwrap_err().rule
}

#[test]
fn a_person_keeps_a_queue_of_their_own_and_the_history_is_not_told() {
    assert_eq!(act("anna", &[], &save("tail lifts", "option:TAILLIFT*", None)), Ok(Kept::New { facts: None }));
    let mine = [queue(1, "Tail lifts", "anna", None)];
    let again = act("anna", &mine, &save("tail lifts", "category:N2", None)).unwrap();
    assert_eq!(again, Kept::Changed { id: SavedId(1), facts: None });
    assert_eq!(act("anna", &mine, &save("tail lifts", "category:N1", None)), Ok(Kept::Nothing));
    assert_eq!(act("ben", &mine, &save("tail lifts", "category:N2", None)), Ok(Kept::New { facts: None }));
}

#[test]
fn a_shared_queue_is_told_in_the_history_with_both_queries() {
    let shared = [queue(1, "small", "anna", Some("vans"))];
    let Ok(Kept::Changed { facts: Some(facts), .. }) =
        act("anna", &shared, &save("small", "category:N2", Some("vans")))
    else {
        panic!("it is changed");
    };
    let line = &facts.lines[0];
    assert_eq!(
        (line.what.as_str(), line.from.as_deref(), line.to.as_deref()),
        ("queue vans/small", Some("category:N1"), Some("category:N2"))
    );
}

#[test]
fn only_who_saved_it_the_teams_lead_or_an_administrator_changes_or_drops_a_shared_queue() {
    let shared = [queue(1, "small", "anna", Some("vans"))];
    let drop = QueueAct::Drop { name: "vans/small".into() };
    for who in ["anna", "chief", "root"] {
        assert!(matches!(act(who, &shared, &drop), Ok(Kept::Dropped { .. })), "{who}");
    }
    for who in ["ben", "other", "solo"] {
        let no = act(who, &shared, &drop).unwrap_err();
        assert_eq!((no.rule.as_str(), no.hints.len()), ("queue-owner", 0), "{who}");
        assert!(no.who.contains(&"anna".to_owned()), "who could is said once: {no:?}");
    }
    let no = act("ben", &shared, &save("small", "category:N2", Some("vans"))).unwrap_err();
    assert_eq!(no.who[..], ["anna", "chief", "root"]);
}

#[test]
fn a_queue_of_the_desk_itself_is_not_dropped_and_is_not_its_own_nearest_word() {
    for name in ["mine", "Overdue"] {
        let no = act("root", &[], &QueueAct::Drop { name: name.into() }).unwrap_err();
        assert_eq!(no.rule, "queue", "{name}");
        assert!(no.message.contains("stays") && !no.hints[0].contains("nearest"), "{no:?}");
    }
    let no = act("root", &[], &QueueAct::Drop { name: "min".into() }).unwrap_err();
    assert_eq!((no.rule.as_str(), no.hints[0].as_str()), ("exists", "the nearest is `mine`"));
}

#[test]
fn nobody_shares_with_a_team_they_are_not_of_unless_they_lead_or_administer() {
    assert_eq!(rule(act("anna", &[], &save("small", "category:N1", Some("campers")))), "role");
    assert_eq!(rule(act("anna", &[], &save("small", "category:N1", Some("camper")))), "exists");
    assert!(act("other", &[], &save("small", "category:N1", Some("vans"))).is_ok());
    assert!(act("anna", &[], &save("small", "category:N1", Some("vans"))).is_ok());
}

#[test]
fn a_name_that_means_something_or_cannot_be_written_is_refused() {
    for name in ["mine", "Waiting", "list", "save", "", " x", "x ", "a  b", "-x", "a/b", "a\u{202e}b", &"x".repeat(41)]
    {
        assert_eq!(rule(act("anna", &[], &save(name, "category:N1", None))), "queue-name", "{name:?}");
    }
}

#[test]
fn a_query_that_does_not_read_is_refused_with_the_nearest_word() {
    let no = act("anna", &[], &save("x", "stp:review", None)).unwrap_err();
    assert_eq!((no.rule.as_str(), no.hints[0].as_str()), ("filter", "the nearest is `step`"));
    assert_eq!(rule(act("anna", &[], &save("x", "  ", None))), "filter");
    assert_eq!(rule(act("anna", &[], &save("x", "step:nowhere", None))), "filter");
}

#[test]
fn a_name_means_ones_own_queue_before_the_teams() {
    let saved = [queue(1, "small", "ben", Some("vans")), queue(2, "small", "anna", None), queue(3, "big", "ben", None)];
    let people = people();
    let policies = policies();
    let shelf = shelf(&people, &policies, &saved);
    let of = |who: &str, name: &str| named(name, &Login::parse(who).unwrap(), &shelf).map(|queue| queue.id.0);
    assert_eq!(of("anna", "small"), Some(2));
    assert_eq!(of("anna", "vans/small"), Some(1));
    assert_eq!(of("ben", "SMALL"), Some(1));
    assert_eq!(of("anna", "big"), None, "another's own is nobody else's");
    assert_eq!(of("solo", "small"), None);
}

#[test]
fn a_person_keeps_so_many_and_no_more() {
    let full: Vec<SavedQueue> = (0..50).map(|number| queue(number, &format!("q{number}"), "anna", None)).collect();
    assert_eq!(rule(act("anna", &full, &save("one more", "category:N1", None))), "queue-limit");
    assert!(act("anna", &full, &save("q7", "category:N2", None)).is_ok());
}

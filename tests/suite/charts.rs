//! The overview in the terminal: charts whose bars and cells lead to what they count.

use stageplate::app::model::Context;
use stageplate::app::msg::{Effect, Msg, Ticket};
use stageplate::app::overview::{Drawn, charts};
use stageplate::app::screen::Screen;
use stageplate::app::update::update;
use stageplate::config::key::Key;
use stageplate::domain::filter::Filter;
use stageplate::domain::queue::QueueName;
use stageplate::failure::{Failure, Kind};

use crate::screens::Desk;

fn outlook() -> Desk {
    let mut desk = Desk::of("lead", 120, 40);
    desk.press("O");
    desk.wants();
    desk
}

fn press(desk: &mut Desk, key: &str) -> Vec<Effect> {
    update(&mut desk.model, Msg::Key(key.parse::<Key>().unwrap()))
}

fn scope_asked(effects: &[Effect]) -> Vec<Option<&str>> {
    fn scope(effect: &Effect) -> Option<Option<&str>> {
        if let Effect::LoadOverview { scope, .. } = effect { Some(scope.as_deref()) } else { None }
    }
    effects.iter().filter_map(scope).collect()
}

#[test]
fn a_bar_leads_to_the_records_it_counts_and_back_leads_to_the_charts() {
    let mut desk = outlook();
    desk.press("down down");
    let effects = press(&mut desk, "enter");
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::LoadPage { queue: QueueName::All, filter: Some(filter), .. } => Some(filter.to_string()),
        _ => None,
    });
    assert_eq!(asked.as_deref(), Some("step:review"), "{effects:?}");
    assert_eq!((desk.model.screen, desk.model.context()), (Screen::Desk, Context::List));
    assert_eq!(desk.model.list.words, "step:review");
    desk.press("backspace");
    assert_eq!(desk.model.screen, Screen::Overview);
}

#[test]
fn the_steps_and_kinds_of_a_scope_are_called_as_its_own_policy_calls_them() {
    let mut desk = outlook();
    let mut own = desk.model.house.policy().clone();
    own.steps[2].title = "Look at the crafts".into();
    own.exception_kinds[0].title = "No papers".into();
    desk.model.house.policies.scopes.insert("crafts".into(), own.into());
    let labels = |desk: &Desk| {
        let charts = charts(&desk.model);
        let of = |chart: usize, row: usize| match &charts[chart].drawn {
            Drawn::Bars(bars, _) => bars[row].label.clone(),
            Drawn::Heat(_, rows) => rows[row].label.clone(),
            Drawn::Weeks(_) => String::new(),
        };
        [of(0, 2), of(2, 2), of(3, 0)]
    };
    assert!(!labels(&desk).contains(&"Look at the crafts".to_owned()), "the desk's policy names the desk's");
    if let Some(known) = &mut desk.model.outlook.known {
        known.scope = Some("crafts".into());
    }
    assert_eq!(labels(&desk), ["Look at the crafts", "Look at the crafts", "No papers"]);
}

#[test]
fn a_cell_of_the_heat_map_leads_to_its_step_and_its_age() {
    let mut desk = outlook();
    desk.press("tab tab down right right enter");
    assert_eq!(desk.model.list.words, "step:preparation age>=4d age<8d");
}

#[test]
fn a_kind_of_exception_leads_to_the_board() {
    let mut desk = outlook();
    desk.press("tab tab tab enter");
    assert_eq!((desk.model.screen, desk.model.board.words.as_str()), (Screen::Board, "kind:missing-data"));
}

#[test]
fn another_scope_is_asked_for_and_stands_in_every_filter() {
    let mut desk = outlook();
    let effects = press(&mut desk, "]");
    assert_eq!(scope_asked(&effects), [Some("crafts")]);
    desk.answer_all(effects);
    desk.press("enter");
    assert_eq!(desk.model.list.words, "step:intake scope:crafts");
}

#[test]
fn an_answer_for_another_scope_than_the_one_shown_is_dropped() {
    let mut desk = outlook();
    let before = desk.model.outlook.known.clone().unwrap();
    let first = press(&mut desk, "]");
    let second = press(&mut desk, "]");
    assert_eq!(second, [], "one question at a time");
    let [Effect::LoadOverview { ticket, .. }] = first[..] else { panic!("{first:?}") };
    let answer = Msg::Overview {
        ticket,
        known: Box::new(stageplate::domain::report::Overview { scope: Some("crafts".into()), ..before }),
        scopes: vec!["crafts".into(), "vans".into()],
    };
    let again = update(&mut desk.model, answer);
    assert_eq!(scope_asked(&again), [Some("vans")]);
    assert_eq!(desk.model.outlook.known.as_ref().unwrap().scope, None);
}

#[test]
fn whatever_the_charts_lead_to_is_a_filter_that_can_be_read() {
    let mut desk = outlook();
    let today = desk.model.now.day();
    desk.press("]");
    for (at, chart) in charts(&desk.model).iter().enumerate() {
        let (rows, columns) = chart.size();
        assert!(rows > 0 && columns > 0, "{}", chart.title);
        for row in 0..rows {
            for column in 0..columns {
                desk.model.screen = Screen::Overview;
                desk.model.outlook.at = (at, row, column);
                desk.press("enter");
                let words = match desk.model.screen {
                    Screen::Board => Filter::parse_exceptions(&desk.model.board.words, today),
                    _ => Filter::parse(&desk.model.list.words, today),
                };
                assert!(words.is_ok() && desk.model.screen != Screen::Overview, "{} {row} {column}", chart.title);
            }
        }
        assert!(matches!(
            (at, &chart.drawn),
            (0 | 1 | 3, Drawn::Bars(..)) | (2, Drawn::Heat(..)) | (4, Drawn::Weeks(_))
        ));
    }
}

#[test]
fn what_others_do_is_read_again_only_while_the_overview_is_shown() {
    let mut desk = outlook();
    let event = desk.dossiers[0].history[0].clone();
    let news = |seq| {
        Msg::News(vec![stageplate::domain::event::Event {
            seq: stageplate::domain::identity::Seq(seq),
            ..event.clone()
        }])
    };
    let read =
        |effects: &[Effect]| effects.iter().filter(|effect| matches!(effect, Effect::LoadOverview { .. })).count();
    assert_eq!(read(&update(&mut desk.model, news(80_000))), 1);
    assert_eq!(read(&update(&mut desk.model, news(80_001))), 0, "one question at a time");
    desk.press("D");
    assert_eq!(read(&update(&mut desk.model, news(80_002))), 0);
}

#[test]
fn charts_that_could_not_be_read_are_asked_for_again_of_the_whole_desk() {
    let mut desk = outlook();
    let effects = press(&mut desk, "]");
    let [Effect::LoadOverview { ticket, .. }] = effects[..] else { panic!("{effects:?}") };
    let failure = Failure::new(Kind::Fault, "the disk is gone");
    // What failed elsewhere is no answer to this question.
    update(&mut desk.model, Msg::NoPage { ticket: Ticket(ticket.0 + 1), failure: failure.clone() });
    assert_eq!(scope_asked(&press(&mut desk, "f5")), []);
    update(&mut desk.model, Msg::NoPage { ticket, failure });
    assert_eq!(scope_asked(&press(&mut desk, "f5")), [None]);
}

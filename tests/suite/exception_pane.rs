//! The exceptions of a record in its own pane: read whole, and dealt with from there; and what the board shows of them.

use stageplate::app::model::Sheet;
use stageplate::app::msg::{Effect, Msg};
use stageplate::app::pointer::{Pointed, Pointer};
use stageplate::app::update::update;
use stageplate::app::{board, command};
use stageplate::domain::action::{Action, Settle};
use stageplate::domain::dossier::Dossier;
use stageplate::domain::exception::{Settlement, State};
use stageplate::domain::filter::Filter;
use stageplate::domain::identity::ExceptionId;
use stageplate::domain::triage::By;

use crate::frames::text;
use crate::screens::{Desk, dossiers, login, now, policy, with_exceptions};

const REASON: &str = "the axle kit of the second delivery is not in the approval that the order names; the holder says that the \
                      extension is on its way, and that vehicles built before it may be completed under the number before";

/// Exceptions on three records: the last of the second one is settled, two of others are linked with it.
fn told() -> Vec<Dossier> {
    let mut dossiers = with_exceptions(dossiers());
    let exceptions = &mut dossiers[0].record.exceptions;
    exceptions[0].text = REASON.to_owned();
    let ten = exceptions.iter_mut().find(|one| one.id == ExceptionId(10)).unwrap();
    ten.group = Some(ExceptionId(12));
    ten.discussion[0].struck_at = Some(now());
    ten.outcome = Some(Settlement { text: "it came".into(), by: login("lead"), at: now(), until: None });
    ten.state = State::Resolved;
    dossiers
}

fn pane(who: &str, width: u16, height: u16) -> Desk {
    let mut desk = Desk::with(who, width, height, told());
    desk.press("enter 3");
    desk.wants();
    desk
}

/// Puts the cursor of the pane on an exception.
fn to(desk: &mut Desk, id: i64) {
    for _ in 0..20 {
        if desk.model.current().unwrap().exception(desk.model.now).unwrap().id != ExceptionId(id) {
            desk.press("down");
        }
    }
    assert_eq!(desk.model.current().unwrap().exception(desk.model.now).unwrap().id, ExceptionId(id));
}

fn may(desk: &Desk, name: &str) -> Result<(), String> {
    (command::named(name).unwrap().available)(&desk.model)
}

#[test]
fn an_exception_is_read_whole_in_its_pane_with_what_was_said_and_where_the_same_fault_is() {
    for (width, height) in [(80, 24), (100, 30), (120, 40), (200, 50)] {
        let mut desk = pane("lead", width, height);
        to(&mut desk, 4);
        let shown = text(&desk);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines = shown.lines().map(|line| line.rsplit('│').next().unwrap_or_default());
        let told = words(&lines.collect::<Vec<_>>().join(" "));
        assert!(told.contains(&words(REASON)), "{width}x{height}:\n{shown}");
        to(&mut desk, 10);
        let shown = text(&desk);
        for told in [
            "lead",
            "it must be here before",
            "(taken back): the slip is on its way",
            "resolved by lead",
            "it came",
            "= linked as 12, the same fault: HGK00421",
        ] {
            assert!(shown.contains(told) || told.contains("HGK"), "{told} at {width}x{height}:\n{shown}");
        }
        let links = shown.lines().find(|line| line.contains("= linked as 12, the same fault: ")).unwrap();
        assert!(links.contains(desk.dossiers[2].record.vin.tail()), "{links}");
    }
}

#[test]
fn what_is_linked_is_asked_for_once_and_again_when_something_happened() {
    let mut desk = pane("lead", 120, 40);
    to(&mut desk, 10);
    let dossier = desk.dossiers[0].clone();
    let effects = stageplate::app::update::update(&mut desk.model, Msg::Pulse);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::LoadLinks(_))), "{effects:?}");
    let effects = stageplate::app::update::update(&mut desk.model, Msg::Dossier(Box::new(dossier)));
    let asked = effects.iter().filter(|effect| **effect == Effect::LoadLinks(ExceptionId(12))).count();
    assert_eq!(asked, 1, "{effects:?}");
}

#[test]
fn a_settled_exception_is_opened_again_from_its_pane_with_a_reason() {
    let mut desk = pane("lead", 120, 40);
    to(&mut desk, 4);
    assert!(may(&desk, "reopen").is_err(), "it is open");
    to(&mut desk, 10);
    assert_eq!(may(&desk, "reopen"), Ok(()));
    desk.press("W");
    desk.write("the slip was another vehicle's");
    desk.press("ctrl-d");
    let sent = desk.wants().into_iter().find_map(|effect| match effect {
        Effect::Apply { action, .. } => Some(action),
        _ => None,
    });
    let how = Settle::Reopen { text: "the slip was another vehicle's".into() };
    assert_eq!(sent, Some(Action::Settle { id: ExceptionId(10), how }));
    let desk = pane("prep", 120, 40);
    assert!(may(&desk, "reopen").is_err(), "a preparer opens none again");
}

#[test]
fn what_is_marked_on_the_board_is_linked_with_the_exception_of_the_pane() {
    let mut desk = pane("lead", 120, 40);
    to(&mut desk, 4);
    let why = may(&desk, "link").unwrap_err();
    assert!(why.contains("on the exceptions board"), "{why}");
    assert!(may(&desk, "unlink").is_err(), "it is linked with nothing");
    desk.press("B");
    while desk.model.board.row().unwrap().exception.id != ExceptionId(12) {
        desk.press("down");
    }
    desk.press("space D enter");
    desk.press("3");
    to(&mut desk, 4);
    desk.wants();
    desk.press("L");
    let Some(Sheet::Bulk(bulk)) = &desk.model.sheet else { panic!() };
    assert_eq!(bulk.total, 2, "{:?}", bulk.lines);
    desk.press("enter");
    let sent = desk.wants().into_iter().find_map(|effect| match effect {
        Effect::Apply { action: Action::Settle { id, how }, .. } => Some((id, how)),
        _ => None,
    });
    let Some((ExceptionId(4), Settle::Link { with: Some(with) })) = sent else { panic!("{sent:?}") };
    assert_eq!((with.group, with.kind.as_str()), (ExceptionId(4), "value-out-of-envelope"));
}

#[test]
fn the_board_turns_to_what_was_settled_and_back() {
    let mut desk = Desk::with("lead", 120, 40, told());
    desk.press("B");
    desk.wants();
    let filter = |desk: &Desk| desk.model.board.filter.as_ref().map(ToString::to_string);
    desk.press("z");
    assert_eq!((desk.model.board.settled, filter(&desk)), (true, None));
    assert!(!text(&desk).contains("to settle"), "{}", text(&desk));
    desk.press("z");
    assert_eq!((desk.model.board.words.as_str(), filter(&desk)), ("", None));
    desk.press("/");
    desk.write("kind:other or kind:missing-data");
    desk.press("enter");
    desk.wants();
    let wanted = update(&mut desk.model, Msg::Key("z".parse().unwrap()));
    assert_eq!(desk.model.board.words, "kind:other or kind:missing-data", "the words stay as they were written");
    let asked = wanted.into_iter().find_map(|effect| match effect {
        Effect::LoadGroups { filter: Some(Filter::All(parts)), .. } => Some(parts),
        _ => None,
    });
    let [written, settled] = &asked.expect("the groups are asked for")[..] else { panic!("the filter, and beside it") };
    assert_eq!(Some(written), desk.model.board.filter.as_ref());
    assert!(settled.asks_state() && !written.asks_state());
}

#[test]
fn a_click_on_the_board_selects_and_another_opens_the_record() {
    let mut desk = Desk::with("lead", 120, 40, told());
    desk.model.chosen.mouse = true;
    desk.press("B");
    let parts = board::parts(&desk.model);
    let click = |desk: &mut Desk, area: stageplate::app::layout::Area, row: u16| {
        desk.tell(Msg::Pointer(Pointer { what: Pointed::Click, column: area.x + 3, row: area.y + row }));
    };
    click(&mut desk, parts.rows, 3);
    assert_eq!(desk.model.board.scroll.at, 2, "below the heading");
    click(&mut desk, parts.rows, 0);
    assert_eq!(desk.model.board.scroll.at, 2, "the heading is no row");
    click(&mut desk, parts.rows, 39);
    assert_eq!(desk.model.board.scroll.at, 2, "nor is what lies below the rows");
    click(&mut desk, parts.groups, 1);
    assert!(desk.model.board.on_groups && desk.model.board.group.is_some());
    let parts = board::parts(&desk.model);
    click(&mut desk, parts.rows, 1);
    assert!(!desk.model.board.on_groups);
    let (record, id) = desk.model.board.row().map(|row| (row.record, row.exception.id)).unwrap();
    let parts = board::parts(&desk.model);
    click(&mut desk, parts.rows, 1);
    let opened = desk.model.current().unwrap();
    assert_eq!((opened.id(), opened.exception(desk.model.now).unwrap().id), (record, id));
}

#[test]
fn a_click_on_a_way_to_group_groups_so_at_every_width() {
    for width in [120, 80, 50] {
        let mut desk = Desk::with("lead", width, 24, told());
        desk.press("B");
        let click = |desk: &mut Desk, column: usize| {
            let tabs = board::parts(&desk.model).tabs;
            let column = tabs.x + u16::try_from(column).unwrap();
            desk.tell(Msg::Pointer(Pointer { what: Pointed::Click, column, row: tabs.y }));
        };
        let column_of = |desk: &Desk, name: &str| {
            let line = text(desk).lines().nth(1).unwrap().to_owned();
            line.find(name).unwrap_or_else(|| panic!("{name} in {line}"))
        };
        let at = column_of(&desk, " 5 ") + 1;
        click(&mut desk, at);
        assert_eq!(desk.model.board.by, By::Kind, "the mouse is off");
        desk.model.chosen.mouse = true;
        click(&mut desk, at);
        assert_eq!(desk.model.board.by, By::Owner, "{width}");
        click(&mut desk, 1);
        assert_eq!(desk.model.board.by, By::Owner, "before the first there is none");
        let at = column_of(&desk, " 2 ") + 2;
        click(&mut desk, at);
        assert_eq!(desk.model.board.by, By::Age, "{width}");
        click(&mut desk, usize::from(width) - 1);
        assert_eq!(desk.model.board.by, By::Age, "behind the last there is none either");
    }
}

#[test]
fn a_very_long_exception_is_read_whole_from_the_record_and_from_the_board() {
    let mut dossiers = dossiers();
    let long: Vec<String> = (0..6_000).map(|line| format!("line{line:05}")).collect();
    let words = long.join(" ");
    dossiers[0].record.exceptions[0].text = format!("{}\n\n{words}", long[..50].join("\n"));
    for (width, height) in [(120, 40), (80, 24), (40, 15)] {
        for keys in ["enter 3", "B"] {
            let mut desk = Desk::with("lead", width, height, dossiers.clone());
            desk.press(keys);
            let short = text(&desk);
            let is_whole = short.contains("line05999");
            assert!(!is_whole, "{short}");
            if keys == "enter 3" && height >= 24 {
                assert!(short.contains("p reads on"), "{width}x{height}:\n{short}");
            }
            desk.press("p");
            assert!(text(&desk).contains("more below"), "{}", text(&desk));
            // The last word of the longest text is reached, and what stands behind it.
            desk.press("end");
            let shown = text(&desk);
            assert!(shown.contains("line05999") && !shown.contains("more below"), "{shown}");
            desk.press("home");
            assert!(text(&desk).contains("raised by prep"), "{}", text(&desk));
            let before = desk.model.focus;
            desk.press("pagedown pagedown esc");
            assert!(desk.model.sheet.is_none() && desk.model.focus == before);
        }
    }
    let mut desk = Desk::with("lead", 80, 24, dossiers);
    desk.press("enter");
    desk.press("p");
    let notice = desk.model.notice.as_ref().map(|notice| notice.text.clone());
    assert_eq!(notice.as_deref(), Some("the cursor is on no exception"));
}

#[test]
fn the_titles_of_long_kinds_are_whole_in_the_groups() {
    let mut desk = Desk::with("lead", 80, 24, told());
    let mut long = policy();
    let title = "Approval or extension does not match";
    long.exception_kinds.iter_mut().find(|kind| kind.name == "missing-data").unwrap().title = title.into();
    desk.model.house.policies.desk = std::sync::Arc::new(long);
    desk.press("B esc");
    assert!(text(&desk).contains(title), "{}", text(&desk));
}

#[test]
fn who_names_no_entry_is_told_which_may_be_meant() {
    let mut dossiers = dossiers();
    dossiers[0].record.step = "preparation".into();
    dossiers[0].record.owner = Some(login("prep"));
    let mut desk = Desk::with("prep", 120, 40, dossiers);
    desk.press("E");
    desk.write("actual mass");
    let Some(Sheet::Form(form)) = &desk.model.sheet else { panic!("{:?}", desk.model.notice) };
    let fault = form.fields[0].fault.clone().unwrap();
    assert!(fault.contains("no entry is called `actual mass`") && fault.contains("ActualMass"), "{fault}");
}

//! Settings and mouse: a choice shows at once and is kept; a click selects, a click again opens, the wheel scrolls.

use std::fs;

use stageplate::app::layout::Focus;
use stageplate::app::model::{Context, Sheet};
use stageplate::app::msg::{Effect, Msg};
use stageplate::app::pointer::{Pointed, Pointer};
use stageplate::app::record::Pane;
use stageplate::app::settings::Value;
use stageplate::app::update::{is_sound, update};
use stageplate::config::key::Key;
use stageplate::config::settings::Arrangement;

use crate::config;
use crate::screens::Desk;
use crate::terminal::Demo;

/// Presses keys and answers what is wanted then, which nobody carries out.
fn pressed(desk: &mut Desk, keys: &str) -> Vec<Effect> {
    let keys = keys.split_whitespace().map(|key| key.parse::<Key>().unwrap());
    keys.flat_map(|key| update(&mut desk.model, Msg::Key(key))).collect()
}

fn told(desk: &Desk) -> Option<(String, bool)> {
    match &desk.model.sheet {
        Some(Sheet::Settings(settings)) => settings.told.clone(),
        _ => None,
    }
}

#[test]
fn a_choice_holds_at_once_and_is_handed_on_to_be_kept() {
    let mut desk = Desk::of("review", 80, 24);
    let effects = pressed(&mut desk, ", right");
    assert_eq!(desk.model.chosen.looks.theme.name, "dark");
    assert_eq!(effects, [Effect::KeepSetting { name: "theme", value: Value::Word("dark".into()) }]);
    pressed(&mut desk, "left left");
    assert_eq!(desk.model.chosen.looks.theme.name, "none", "round and round");
    let effects = pressed(&mut desk, "down space");
    assert!(desk.model.chosen.looks.ascii);
    assert_eq!(effects, [Effect::KeepSetting { name: "ascii", value: Value::Flag(true) }]);
    let effects = pressed(&mut desk, "down enter");
    assert_eq!(effects[0], Effect::Mouse(true));

    update(&mut desk.model, Msg::SettingKept(Err("the disk is full".into())));
    assert_eq!(told(&desk), Some(("this holds until you quit: the disk is full".into(), true)));
    pressed(&mut desk, "esc");
    assert_eq!(desk.model.context(), Context::List);
}

#[test]
fn another_keymap_serves_at_once_and_one_at_fault_never() {
    let mut desk = Desk::of("review", 80, 24);
    let effects = pressed(&mut desk, ", end up left");
    assert_eq!(effects, [Effect::LoadKeymap("arrows".into())]);
    let (arrows, faults) = stageplate::term::run::keymap("arrows", None);
    assert!(faults.is_empty());
    let answer = Msg::Keymap { name: "arrows".into(), read: Box::new(Ok(arrows)) };
    let effects = update(&mut desk.model, answer);
    assert_eq!(effects, [Effect::KeepSetting { name: "keymap", value: Value::Word("arrows".into()) }]);
    pressed(&mut desk, "esc f12");
    assert_eq!(desk.model.context(), Context::Settings, "f12 opens them in this keymap");

    pressed(&mut desk, "end up left");
    let name = desk.model.chosen.keymap.clone();
    let broken = Msg::Keymap { name, read: Box::new(Err(vec!["mine.toml:3: no command is called `x`".into()])) };
    assert_eq!(update(&mut desk.model, broken), []);
    assert!(told(&desk).unwrap().0.contains("mine.toml:3"));
    pressed(&mut desk, "esc f12");
    assert_eq!(desk.model.context(), Context::Settings, "the keys from before");
}

#[test]
fn list_and_record_stand_as_they_are_wanted_and_that_is_kept() {
    let mut desk = Desk::of("review", 120, 40);
    let beside = |desk: &Desk| {
        let layout = desk.model.layout();
        layout.list.x + layout.list.width == layout.pane.x && layout.list.y == layout.head.y
    };
    assert!(!beside(&desk), "the list stands above the record");
    let effects = pressed(&mut desk, "g l");
    assert_eq!(effects, [Effect::KeepSetting { name: "layout", value: Value::Word("beside".into()) }]);
    assert!(beside(&desk));
    let shown = crate::frames::text(&desk);
    for told in ["Queues", "Step", "Owner", "[1 Changes", "not ready", "layout is beside"] {
        assert!(shown.contains(told), "{told}:\n{shown}");
    }
    // Where there is no room for both side by side, the list stands above the record however they are wanted.
    update(&mut desk.model, Msg::Resize { width: 119, height: 40 });
    assert!(!beside(&desk));
    update(&mut desk.model, Msg::Resize { width: 200, height: 40 });
    assert!(beside(&desk));
    let effects = pressed(&mut desk, "g l");
    assert_eq!(effects, [Effect::KeepSetting { name: "layout", value: Value::Word("stacked".into()) }]);
    assert!(!beside(&desk), "also where it is wide");
    pressed(&mut desk, ", down down down right");
    assert_eq!(desk.model.chosen.arrangement, Arrangement::Auto);
    assert!(beside(&desk));
    assert!(is_sound(&desk.model));
}

#[test]
fn the_tour_comes_again_from_the_settings() {
    let mut desk = Desk::of("review", 80, 24);
    pressed(&mut desk, ", end enter");
    assert!(desk.model.tour.is_some() && desk.model.sheet.is_none());
    assert_eq!(pressed(&mut desk, "x"), [Effect::EndTour]);
}

fn click(desk: &mut Desk, column: u16, row: u16) {
    let effects = update(&mut desk.model, Msg::Pointer(Pointer { what: Pointed::Click, column, row }));
    desk.answer_all(effects);
    assert!(is_sound(&desk.model));
}

#[test]
fn a_click_selects_and_a_click_on_what_is_selected_opens() {
    let mut desk = Desk::of("review", 120, 40);
    let list = desk.model.layout().list;
    click(&mut desk, list.x + 5, list.y + 2);
    assert_eq!(desk.model.list.scroll.at, 0, "the mouse is off");
    desk.press("g m");
    assert!(desk.model.chosen.mouse);
    click(&mut desk, list.x + 5, list.y + 2);
    assert_eq!((desk.model.list.scroll.at, desk.model.focus), (1, Focus::List));
    click(&mut desk, list.x + 5, list.y + 2);
    assert_eq!(desk.model.focus, Focus::Record);

    let (tabs, pane) = (desk.model.layout().tabs, desk.model.layout().pane);
    let line: String = {
        let screen = crate::view::drawn(&desk.model);
        (0..120).map(|x| screen[(x, tabs.y)].symbol().to_owned()).collect()
    };
    let at = line.chars().position(|letter| letter == '4').unwrap();
    click(&mut desk, u16::try_from(at).unwrap(), tabs.y);
    assert_eq!(desk.model.current().map(|opened| opened.pane), Some(Pane::History));
    click(&mut desk, pane.x + 3, pane.y + 1);
    let rows = desk.model.current().map(stageplate::app::record::Opened::rows).unwrap();
    assert_eq!(desk.model.current().map(|opened| opened.scroll().at), Some(1.min(rows - 1)));

    let queues = desk.model.layout().queues;
    click(&mut desk, queues.x + 2, queues.y + 3);
    assert_eq!((desk.model.focus, desk.model.queues.scroll.at), (Focus::Queues, 2));
    for (column, row) in [(0, 0), (119, 39), (500, 500), (queues.x, queues.y)] {
        click(&mut desk, column, row);
    }
}

#[test]
fn the_wheel_scrolls_what_it_is_over() {
    let mut desk = Desk::of("review", 120, 40);
    desk.press("g m");
    let list = desk.model.layout().list;
    let wheel = |desk: &mut Desk, what, area: stageplate::app::layout::Area| {
        let effects = update(&mut desk.model, Msg::Pointer(Pointer { what, column: area.x + 3, row: area.y + 1 }));
        desk.answer_all(effects);
    };
    wheel(&mut desk, Pointed::WheelDown, list);
    assert_eq!(desk.model.list.scroll.at, desk.model.list.rows.len() - 1);
    wheel(&mut desk, Pointed::WheelUp, list);
    assert_eq!(desk.model.list.scroll.at, 0);
    desk.press("?");
    wheel(&mut desk, Pointed::WheelDown, list);
    assert!(matches!(&desk.model.sheet, Some(Sheet::Help(help)) if help.scroll.top == 3));
}

#[test]
fn what_is_chosen_at_the_keyboard_is_in_the_file_and_the_terminal() {
    let demo = Demo::new();
    let path =
        config::write(&demo, "config.toml", "# mine\nkeymap = \"default\" # as it came\n\n[seal]\nkey = \"k.p12\"\n");
    let mut terminal = demo.open(80, 24, "review", &[("COLORTERM", "truecolor")]);
    terminal.keys(",");
    let screen = terminal.sees("Kept in");
    assert!(screen.contains("config.toml"), "{screen}");
    terminal.keys("\x1b[C");
    terminal.sees("✓ kept");
    terminal.cells(|screen| {
        let ground = screen.cell(10, 2).unwrap().bgcolor();
        assert!(matches!(ground, vt100::Color::Rgb(..)), "{ground:?}");
    });
    terminal.keys("\x1b[B ");
    terminal.sees("ASCII");
    terminal.keys("\x1b[B ");
    terminal.wait("the mouse is kept", |_| fs::read_to_string(&path).unwrap().contains("mouse"));
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "# mine\nkeymap = \"default\" # as it came\ntheme = \"dark\"\nascii = true\nmouse = true\n\n[seal]\nkey = \"k.p12\"\n"
    );
    terminal.cells(|screen| assert_ne!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None));
    terminal.keys("\x1b");
    terminal.wait("the sheet closed", |screen| !screen.contains("Kept in"));

    // The third row of the screen is the second of the list; the next click opens it.
    let second = demo.json("review", &["queue", "all"])[1]["vin"].as_str().unwrap()[9..].to_owned();
    terminal.keys("\x1b[<0;20;4M\x1b[<0;20;4m");
    terminal.wait("the cursor on the second row", |screen| {
        screen.lines().any(|line| line.starts_with('|') && line.contains(&second))
    });
    terminal.keys("\x1b[<0;20;4M\x1b[<0;20;4m");
    terminal.sees("[1 Changes");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
    terminal.cells(|screen| assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "given back"));
}

#[test]
fn a_place_outlives_a_program_that_was_killed() {
    let demo = Demo::new();
    let mut terminal = demo.open_where_left(100, 30, "review");
    terminal.sees("stageplate");
    terminal.keys("/step:review\r");
    let written = || {
        let mut desk = stageplate::store::Desk::open(&demo.desk(), stageplate::ivi::catalogue()).unwrap();
        desk.draft(&crate::screens::login("review"), stageplate::app::session::KEY).unwrap().unwrap_or_default()
    };
    terminal.wait("the place is written down", |_| written().contains("step:review"));
    drop(terminal);
    let again = demo.open_where_left(100, 30, "review");
    again.sees("/step:review");
}

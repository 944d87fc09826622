//! What a frame costs on the line, and what stands on the screen while a record is on its way.

use std::fs::File;

use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use stageplate::app::msg::{Effect, Msg};
use stageplate::app::update::update;
use stageplate::config::key::Key;
use stageplate::domain::identity::Login;
use stageplate::term::output::Output;
use stageplate::view::draw;

use crate::screens::{Desk, dossiers};
use crate::view::drawn;

/// A terminal of 120x40 that takes every byte and shows nothing.
struct Line {
    terminal: Terminal<Output<File>>,
}

impl Line {
    fn new() -> Line {
        let output = Output::new(tempfile::tempfile().unwrap());
        let area = Rect { x: 0, y: 0, width: 120, height: 40 };
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        Line { terminal: Terminal::with_options(output, options).unwrap() }
    }

    /// Draws a desk; answers the bytes that it took.
    fn draws(&mut self, desk: &Desk) -> u64 {
        let before = self.terminal.backend().sent();
        self.terminal
            .draw(|frame| {
                draw(&desk.model, frame.buffer_mut());
            })
            .unwrap();
        self.terminal.backend().sent() - before
    }
}

/// Presses a key; what the model wants is not answered yet.
fn press(desk: &mut Desk, key: &str) -> Vec<Effect> {
    update(&mut desk.model, Msg::Key(key.parse::<Key>().unwrap()))
}

pub fn text(desk: &Desk) -> String {
    let screen = drawn(&desk.model);
    let rows = screen.content.chunks(usize::from(screen.area.width));
    rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>() + "\n").collect()
}

/// The desk of the fixture, its second record like the first but for its VIN and its values: so are most neighbours.
fn alike() -> Desk {
    let mut dossiers = dossiers();
    let (vin, id, seq) = (dossiers[1].record.vin.clone(), dossiers[1].record.id, dossiers[1].record.seq);
    dossiers[1] = dossiers[0].clone();
    (dossiers[1].record.vin, dossiers[1].record.id, dossiers[1].record.seq) = (vin, id, seq);
    Desk::with("review", 120, 40, dossiers)
}

#[test]
fn a_cursor_move_costs_little_also_with_the_record_that_comes_with_it() {
    for (what, mut desk, most) in [("alike", alike(), 1_500), ("others", Desk::of("review", 120, 40), 3_000)] {
        let mut line = Line::new();
        let whole = line.draws(&desk);
        let effects = press(&mut desk, "down");
        let key = line.draws(&desk);
        desk.answer_all(effects);
        let record = line.draws(&desk);
        println!("{what}: whole {whole}, key {key}, record {record}");
        assert!(key + record < most, "{what}: {key} + {record} bytes");
        assert_eq!(line.draws(&desk), 0);
    }
}

#[test]
fn a_row_changed_by_somebody_else_costs_less_than_a_hundred_bytes() {
    let mut desk = alike();
    let mut line = Line::new();
    line.draws(&desk);
    let id = desk.model.list.rows[2].summary.id;
    desk.model.list.changed.insert(id, Login::parse("lead").unwrap());
    desk.model.list.rows[2].summary.open_exceptions += 1;
    desk.model.queues.rows[3].1 += 1;
    let bytes = line.draws(&desk);
    println!("one changed row: {bytes}");
    assert!((1..100).contains(&bytes), "{bytes} bytes");
}

#[test]
fn the_record_before_stands_until_the_next_is_here_and_nothing_is_done_to_it() {
    let mut desk = Desk::of("review", 120, 40);
    let before = text(&desk);
    let first = desk.dossiers[0].record.vin.to_string();
    let second = desk.dossiers[1].record.vin.to_string();
    let from = usize::from(desk.model.layout().head.y);
    let head = |text: &str| text.lines().skip(from).collect::<Vec<_>>().join("\n");
    assert!(head(&before).contains(&first), "{before}");
    let effects = press(&mut desk, "down");
    assert_eq!(head(&text(&desk)), head(&before), "it stands");
    assert!(desk.model.current().is_none(), "but it is nobody's");
    for key in ["c", "C", "enter"] {
        let wanted = press(&mut desk, key);
        assert!(!wanted.iter().any(|effect| matches!(effect, Effect::Apply { .. })), "{key}: {wanted:?}");
    }
    desk.answer_all(effects);
    assert!(head(&text(&desk)).contains(&second), "{}", text(&desk));
}

#[test]
fn a_record_that_is_late_is_said_to_be_read_and_no_other_stands_in_its_place() {
    let mut desk = Desk::of("review", 120, 40);
    let effects = press(&mut desk, "down");
    desk.tell(Msg::Late);
    let late = text(&desk);
    assert!(late.contains("reading …"), "{late}");
    assert!(!late.contains("Changes"), "{late}");
    desk.answer_all(effects);
    assert!(text(&desk).contains("Changes"));
    desk.tell(Msg::Late);
    assert!(text(&desk).contains("Changes"), "what comes late means nothing any more");
}

//! What a frame costs, and what a slow or dead line does.

use std::io::Read;
use std::os::fd::OwnedFd;

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line as TextLine, Span};
use ratatui::widgets::{List, ListState};
use ratatui::{Frame, Terminal};

use super::*;
use crate::term::testing::{Pty, until};

fn terminal(pty: &Pty) -> Terminal<Output<OwnedFd>> {
    Terminal::new(Output::new(pty.line())).unwrap()
}

/// A list as wide and as coloured as the real one.
fn picture(frame: &mut Frame<'_>, selected: usize) {
    let rows = (0..40).map(|row| {
        TextLine::from(vec![
            Span::raw(format!(" ····HDTEST{row:03}    ")),
            Span::styled("BOX L4H3 box, tail lift   ", Style::new().fg(Color::Cyan)),
            Span::styled("review      ", Style::new().add_modifier(Modifier::DIM)),
            Span::raw("–        Thu      7/9  1  "),
            Span::styled("✗ 2", Style::new().fg(Color::Red).add_modifier(Modifier::BOLD)),
        ])
    });
    let list = List::new(rows).highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    frame.render_stateful_widget(list, frame.area(), &mut ListState::default().with_selected(Some(selected)));
}

fn cost(terminal: &mut Terminal<Output<OwnedFd>>, draw: impl FnOnce(&mut Frame<'_>)) -> u64 {
    let before = terminal.backend().sent();
    terminal.draw(draw).unwrap();
    terminal.backend().sent() - before
}

#[test]
fn an_unchanged_frame_costs_nothing_and_a_cursor_move_little() {
    let pty = Pty::open(120, 40);
    let mut terminal = terminal(&pty);
    let whole = cost(&mut terminal, |frame| picture(frame, 3));
    let unchanged = cost(&mut terminal, |frame| picture(frame, 3));
    let moved = cost(&mut terminal, |frame| picture(frame, 4));
    println!("bytes at 120x40: whole {whole}, unchanged {unchanged}, cursor move {moved}");
    assert_eq!(unchanged, 0);
    assert!(moved < 1500, "a cursor move costs {moved} bytes");
    assert!(whole < ROOM as u64, "a whole frame costs {whole} bytes");
}

#[test]
fn one_changed_word_costs_less_than_a_hundred_bytes() {
    let pty = Pty::open(120, 40);
    let mut terminal = terminal(&pty);
    cost(&mut terminal, |frame| picture(frame, 3));
    let changed = cost(&mut terminal, |frame| {
        picture(frame, 3);
        frame.buffer_mut().set_string(42, 10, "ready ", Style::new().add_modifier(Modifier::DIM));
    });
    assert!((1..100).contains(&changed), "{changed} bytes");
}

#[test]
fn a_frame_is_one_synchronized_update() {
    let pty = Pty::open(120, 40);
    let mut terminal = terminal(&pty);
    terminal.draw(|frame| picture(frame, 0)).unwrap();
    let sent = usize::try_from(terminal.backend().sent()).unwrap();
    until("all of it arrives", || pty.written().len() >= sent);
    let written = pty.written();
    assert!(written.starts_with(BEGIN) && written.ends_with(END));
    let begun = written.windows(BEGIN.len()).filter(|window| *window == BEGIN).count();
    assert_eq!(begun, 1);
}

#[test]
fn a_text_cursor_that_rests_costs_nothing() {
    let pty = Pty::open(80, 24);
    let mut terminal = terminal(&pty);
    let at = |column| move |frame: &mut Frame<'_>| frame.set_cursor_position((column, 5));
    assert!(cost(&mut terminal, at(1)) > 0);
    assert_eq!(cost(&mut terminal, at(1)), 0);
    assert!(cost(&mut terminal, at(2)) > 0);
    assert!(cost(&mut terminal, |_| ()) > 0, "it is hidden");
    assert_eq!(cost(&mut terminal, |_| ()), 0);
}

#[test]
fn what_the_terminal_shows_is_what_was_drawn() {
    let pty = Pty::open(120, 40);
    let mut terminal = terminal(&pty);
    for selected in [0, 7, 8, 39, 0] {
        terminal.draw(|frame| picture(frame, selected)).unwrap();
    }
    let mut shown = vt100::Parser::new(40, 120, 0);
    let mut taken = 0;
    until("the terminal shows it", || {
        let written = pty.written();
        shown.process(&written[taken..]);
        taken = written.len();
        shown.screen().cell(0, 1).is_some_and(vt100::Cell::inverse)
            && !shown.screen().cell(39, 1).is_some_and(vt100::Cell::inverse)
            && shown.screen().contents().contains("HDTEST039")
    });
}

#[test]
fn a_slow_line_gets_every_byte_in_order() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    let bytes: Vec<u8> = (0..=255u8).cycle().take(1 << 20).collect();
    let expected = bytes.clone();
    let sender = std::thread::spawn(move || Line::new(writer).send(&bytes));
    let (mut arrived, mut chunk) = (Vec::new(), [0; 777]);
    while let Ok(read @ 1..) = reader.read(&mut chunk) {
        arrived.extend_from_slice(&chunk[..read]);
    }
    assert!(sender.join().unwrap().is_ok());
    assert!(arrived == expected);
}

#[test]
fn nothing_is_written_to_a_dead_line() {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut line = Line::new(writer);
    drop(reader);
    assert!(line.send(b"x").is_err());
    assert!(line.dead);
    assert_eq!(line.send(b"x").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn colours_and_reverse_video_do_not_depend_on_the_environment() {
    let pty = Pty::open(20, 1);
    let mut output = Output::new(pty.line());
    let mut cell = Cell::new("x");
    cell.set_style(Style::new().fg(Color::Red).add_modifier(Modifier::REVERSED));
    output.draw([(0, 0, &cell)].into_iter()).unwrap();
    let frame = String::from_utf8(output.frame.clone()).unwrap();
    assert!(frame.contains("\x1b[7;31m"), "{frame:?}");
}

//! The picture: snapshots of text and styles at the sizes people use, and every size draws.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use stageplate::app::command::COMMANDS;
use stageplate::app::help;
use stageplate::app::layout::{Area, Layout};
use stageplate::app::lines::Side;
use stageplate::app::model::{Context, Model, Sheet};
use stageplate::app::msg::{Msg, Tag};
use stageplate::app::tour::Tour;
use stageplate::config::settings::Arrangement;
use stageplate::config::theme::{Looks, Theme};
use stageplate::domain::identity::Seq;
use stageplate::domain::plan::Refusal;
use stageplate::domain::since::Since;
use stageplate::view::draw;

use crate::fixture::address_of;
use crate::frames;
use crate::screens::{Desk, dossiers, with_exceptions};

pub fn drawn(model: &Model) -> Buffer {
    let (width, height) = model.size;
    let mut screen = Buffer::empty(Rect { x: 0, y: 0, width, height });
    draw(model, &mut screen);
    screen
}

/// The text of a screen, and below it the styles: for each row the runs that are not plain.
fn picture(model: &Model) -> String {
    let screen = drawn(model);
    let mut text = String::new();
    let mut styles = String::new();
    for y in 0..screen.area.height {
        let mut line = String::new();
        let mut runs: Vec<(u16, u16, Style)> = Vec::new();
        let mut x = 0;
        while x < screen.area.width {
            let cell = &screen[(x, y)];
            line.push_str(cell.symbol());
            let style = cell.style();
            match runs.last_mut() {
                Some((_, end, last)) if *last == style && *end == x => *end = x + 1,
                _ => runs.push((x, x + 1, style)),
            }
            x += 1;
        }
        text.push_str(line.trim_end());
        text.push('\n');
        let said: Vec<String> =
            runs.into_iter().filter_map(|(from, to, style)| Some(format!("{from}-{to} {}", said(style)?))).collect();
        if !said.is_empty() {
            styles.push_str(&format!("{y:>2}: {}\n", said.join(", ")));
        }
    }
    format!("{text}---- styles\n{styles}")
}

fn said(style: Style) -> Option<String> {
    let mut words = Vec::new();
    if let Some(colour) = style.fg.filter(|colour| *colour != ratatui::style::Color::Reset) {
        words.push(colour.to_string());
    }
    for (modifier, word) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ] {
        if style.add_modifier.contains(modifier) {
            words.push(word.into());
        }
    }
    (!words.is_empty()).then(|| words.join("+"))
}

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 20), (40, 15)];

fn at_each_size(name: &str, who: &str, keys: impl Fn(&mut Desk)) {
    for (width, height) in SIZES {
        let mut desk = Desk::of(who, width, height);
        keys(&mut desk);
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), picture(&desk.model));
        });
    }
}

#[test]
fn the_list_of_a_queue() {
    at_each_size("list", "review", |_| {});
}

#[test]
fn where_list_and_record_are_both_shown_the_list_tells_variant_build_and_owner() {
    for (width, height) in [(100, 30), (120, 40), (168, 40), (200, 50)] {
        let desk = Desk::of("review", width, height);
        let text = picture(&desk.model);
        for told in ["Variant", "BOX L4H3-01", "Build", "TAILLIFT", "Owner", "release", "GK004211"] {
            assert!(text.contains(told), "{told} at {width}x{height}:\n{text}");
        }
        assert!(text.contains("[1 Changes"), "the record is beside or below:\n{text}");
    }
}

#[test]
fn the_queues() {
    at_each_size("queues", "review", |desk| desk.press("esc"));
}

#[test]
fn the_changes_of_a_record() {
    at_each_size("changes", "review", |desk| desk.press("enter"));
}

/// Puts the cursor of the pane shown on an entry.
fn to_entry(desk: &mut Desk, name: &str) {
    let there = |desk: &Desk| desk.model.current().unwrap().address(desk.model.now) == Some(&address_of(name));
    let rows = desk.model.current().unwrap().rows();
    desk.press("home");
    for _ in 0..rows {
        if !there(desk) {
            desk.press("down");
        }
    }
    assert!(there(desk), "no row of {name}");
}

#[test]
fn what_changed_since_it_was_signed_has_a_mark_and_the_words_beside_it() {
    let signed = |mut dossiers: Vec<stageplate::domain::dossier::Dossier>| {
        let signoff = dossiers[2].record.signoffs[0].clone();
        let addresses = [address_of("Height"), address_of("ActualMass")].into();
        dossiers[0].since = Some(Since { signoff, addresses, gone: 0, options: false, form: false });
        dossiers
    };
    for (width, height) in SIZES {
        for ascii in [false, true] {
            let mark = if ascii { "^" } else { "△" };
            let mut desk = Desk::with("review", width, height, signed(dossiers()));
            desk.model.chosen.looks.ascii = ascii;
            desk.press("enter");
            to_entry(&mut desk, "Height");
            let text = picture(&desk.model);
            let row =
                text.lines().find(|line| line.contains("changed since signed, ")).unwrap_or_else(|| panic!("{text}"));
            assert!(row.contains(mark), "{width}x{height}: {row}");
            if height >= 24 {
                assert!(text.contains("the technical review of"), "{width}x{height}:\n{text}");
            }
            desk.press("5");
            to_entry(&mut desk, "ActualMass");
            let text = picture(&desk.model);
            assert!(text.contains(mark), "{width}x{height}:\n{text}");
        }
    }
    let desk = Desk::of("review", 120, 40);
    assert!(!picture(&desk.model).contains('△'), "nothing was signed before");
}

#[test]
fn what_blocks_a_record() {
    at_each_size("readiness", "review", |desk| desk.press("enter 2 down"));
}

#[test]
fn what_was_raised_on_a_record() {
    at_each_size("exceptions", "lead", |desk| desk.press("enter 3"));
}

/// Somebody's terminal of a desk with exceptions in plenty.
fn at_each_size_with_exceptions(name: &str, who: &str, keys: impl Fn(&mut Desk)) {
    for (width, height) in SIZES {
        let mut desk = Desk::with(who, width, height, with_exceptions(dossiers()));
        keys(&mut desk);
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), picture(&desk.model));
        });
    }
}

#[test]
fn the_exceptions_board() {
    at_each_size_with_exceptions("board", "lead", |desk| desk.press("B"));
    at_each_size_with_exceptions("board-groups", "lead", |desk| desk.press("B space space esc 5 down"));
    at_each_size("board-empty", "review", |desk| {
        desk.dossiers.clear();
        desk.press("B");
    });
}

#[test]
fn the_overview() {
    at_each_size("overview", "lead", |desk| desk.press("O"));
    at_each_size("overview-heat", "lead", |desk| desk.press("O tab tab down right right"));
    at_each_size("overview-empty", "lead", |desk| {
        desk.dossiers.clear();
        desk.press("O");
    });
}

#[test]
fn the_archive() {
    at_each_size("archive", "audit", |desk| desk.press("A"));
    at_each_size("archive-verified", "audit", |desk| {
        desk.press("A down space space v up");
        crate::archive::answer(desk, &["YARTN2EVHGK004211"]);
    });
    at_each_size("archive-release", "audit", |desk| desk.press("A down down tab down down"));
    at_each_size("archive-empty", "audit", |desk| {
        desk.released.clear();
        desk.press("A");
    });
}

#[test]
fn what_happened_to_a_record() {
    at_each_size("history", "review", |desk| desk.press("enter 4 down"));
}

#[test]
fn the_whole_certificate() {
    at_each_size("entries", "review", |desk| desk.press("enter 5"));
}

#[test]
fn what_a_record_rests_on() {
    at_each_size("approvals", "review", |desk| desk.press("enter 6 down"));
}

#[test]
fn a_limit_that_is_not_kept_comes_first_and_an_extension_that_does_not_cover_says_so() {
    let of = |variant: &str, mass: &str| {
        let ours = [
            ("TypeApprovalNumber", "e4*2018/858*00871*01", ""),
            ("Variant", variant, ""),
            ("Version", "L4H3-01", ""),
            ("MassInRunningOrder", mass, ""),
        ];
        let record = crate::screens::record(1, "YARTN2EVHDTEST123", "review", &ours);
        let mut desk = Desk::with("review", 120, 40, vec![crate::screens::dossier(record, Vec::new())]);
        desk.press("enter 6 down");
        let at = desk.model.current().and_then(|open| open.address(desk.model.now)).map(ToString::to_string);
        (picture(&desk.model), at)
    };
    let (outside, at) = of("BOX", "3500");
    assert!(outside.contains("3000 ├──────────┤● 3400 kg") && outside.contains("outside"), "{outside}");
    assert_eq!(at.as_deref(), Some("MassGroup/MassInRunningOrder"), "what is done there is done to the entry");
    let (uncovered, at) = of("CAMP", "3120");
    assert!(uncovered.contains("does not cover CAMP L4H3-01") && !uncovered.contains("├"), "{uncovered}");
    assert_eq!(at, None, "who may sign is no entry");
}

#[test]
fn a_base_that_was_corrected_shows_what_it_said_and_says_with_source_and_day() {
    let mut dossier = crate::screens::dossiers().remove(1);
    let place = "DimensionGroup/Width";
    let stage = &mut dossier.record.stages[0];
    stage.content.set(address_of(place), "2100");
    let (record, findings) = (dossier.record.clone(), Vec::new());
    let mut dossier = crate::screens::dossier(record, findings);
    let mut event = dossier.history[0].clone();
    event.seq = dossier.record.seq;
    event.at = crate::screens::now();
    event.facts.reason = Some("base-v2.xml".into());
    event.facts.lines.clear();
    event.facts.line("stage 1", Some("0f".repeat(32)), Some("1e".repeat(32)));
    event.facts.line("Header/IviVersionNumber", Some("1".into()), Some("2".into()));
    event.facts.line(place, Some("2070".into()), Some("2100".into()));
    event.facts.line("sign-off technical review", Some("review".into()), Some("void".into()));
    dossier.record.corrected.insert(address_of(place), event.at);
    dossier.history.push(event);
    for (width, height) in [(80, 24), (120, 40)] {
        let mut desk = Desk::with("review", width, height, vec![dossier.clone()]);
        desk.press("enter");
        while desk.model.current().and_then(|open| open.change()).is_some_and(|change| change.address.as_str() != place)
        {
            desk.press("down");
        }
        let changes = picture(&desk.model);
        assert!(changes.contains("base corrected:  2070 → 2100"), "the entry is listed, though inherited:\n{changes}");
        assert!(changes.contains("corrected by base-v2.xml on 01 Jul"), "{changes}");
        desk.press("4");
        let history = picture(&desk.model);
        assert!(history.contains("receive  6 Width: 2070 → 2100 mm"), "{history}");
        assert!(history.contains("Version of the message: 1 → 2"), "{history}");
    }
}

#[test]
fn the_form_that_raises_an_exception() {
    at_each_size("flag", "review", |desk| {
        desk.press("enter f");
        desk.write("env");
        desk.press("enter enter");
        desk.write("the kit is in no extension of the approval; ask the maker for 00871*02");
    });
}

#[test]
fn a_value_that_does_not_fit_is_refused_where_it_is_typed() {
    at_each_size("edit", "prep", |desk| {
        let mut record = crate::screens::record(1, "YARTN2EVHDTEST123", "preparation", &[]);
        record.owner = Some(crate::screens::login("prep"));
        desk.dossiers = vec![crate::screens::dossier(record, Vec::new())];
        desk.tell(Msg::Pulse);
        desk.press("f5 enter E");
        desk.write("13.2");
        desk.press("enter");
        desk.write("3 120 kg");
    });
}

#[test]
fn the_lines_of_the_base_message_beside_ours() {
    let lines = |rows: &[(&str, &str)]| {
        let row = |(number, mass): &(&str, &str)| {
            [
                ("  <AxleGroup>".to_owned(), false),
                (format!("    <AxleNumber>{number}</AxleNumber>"), false),
                (
                    format!("    <TechnicallyPermissibleMassAxle>{mass}</TechnicallyPermissibleMassAxle>"),
                    *number == "2",
                ),
                ("  </AxleGroup>".to_owned(), false),
            ]
        };
        let inner = rows.iter().flat_map(row);
        let table = |text: &str| std::iter::once((text.to_owned(), false));
        table("<AxleTable>").chain(inner).chain(table("</AxleTable>")).collect()
    };
    at_each_size("lines", "review", |desk| {
        desk.press("enter d");
        let Some(Sheet::Lines(open)) = &desk.model.sheet else { panic!() };
        let (record, address) = (open.record, open.address.clone());
        let base =
            Side { from: "stage 1 · base.xml · line 214".into(), lines: lines(&[("1", "2100"), ("2", "2400")]) };
        let ours =
            Side { from: "ours · the message in work".into(), lines: lines(&[("1", "2100"), ("2", "2\u{a0}600")]) };
        desk.tell(Msg::Lines { record, address, base, ours });
    });
}

#[test]
fn the_message_as_it_would_go_out() {
    at_each_size("message", "review", |desk| desk.press("enter 7 pagedown down down"));
}

#[test]
fn the_question_before_a_release() {
    at_each_size("release", "release", |desk| desk.press("G enter R"));
}

#[test]
fn help() {
    at_each_size("help", "review", |desk| desk.press("enter ?"));
}

/// What stands in a part of the screen, without blanks and lines of boxes: however it is broken, it reads the same.
fn run_together(model: &Model, area: Area) -> String {
    let screen = drawn(model);
    let cells = (area.y..area.y + area.height).flat_map(|y| (area.x..area.x + area.width).map(move |x| (x, y)));
    cells.map(|cell| screen[cell].symbol()).filter(|symbol| !" │─┌┐└┘".contains(symbol)).collect()
}

fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

fn whole(model: &Model) -> Area {
    Area { x: 0, y: 0, width: model.size.0, height: model.size.1 }
}

#[test]
fn nothing_of_help_is_lost_at_any_width() {
    for (width, height) in [(250, 80), (120, 40), (80, 24), (60, 20), (40, 15)] {
        let mut desk = Desk::of("review", width, height);
        desk.press("enter ?");
        let lines = help::lines(&desk.model, Some(Context::Record));
        let mut seen = String::new();
        let mut last = String::new();
        // One page after the other, until nothing new comes.
        loop {
            let page = run_together(&desk.model, whole(&desk.model));
            if page == last {
                break;
            }
            assert!(!page.contains('…'), "{width}x{height}: {page}");
            seen.push_str(&page);
            last = page;
            desk.press("pagedown");
        }
        assert!(!last.contains("morebelow"), "the last page says that it is the last: {last}");
        for line in lines {
            match line {
                help::Line::Place(title) => assert!(seen.contains(&without_blanks(title)), "{width}: {title}"),
                help::Line::Keys { name, help, .. } => {
                    // Where it is broken, keys may stand before what is left of it: its words are there in any case.
                    for word in help.split_whitespace().chain([name]) {
                        assert!(seen.contains(word), "{width}: {word} of {name}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_command_under_the_cursor_of_the_palette_is_told_whole() {
    for (width, height) in [(120, 40), (80, 24), (60, 20), (40, 15)] {
        let mut desk = Desk::of("review", width, height);
        desk.press("enter :");
        for _ in 0..COMMANDS.len() {
            let Some(Sheet::Palette(palette)) = &desk.model.sheet else { panic!("the palette") };
            let command = palette.chosen().unwrap();
            let over = whole(&desk.model).centred(Layout::dialog_width(width), height);
            let text = run_together(&desk.model, over);
            let why = palette.refusal(&desk.model, command).unwrap_or_default();
            for told in [command.help, command.name, &why] {
                assert!(text.contains(&without_blanks(told)), "{width}x{height}, {}: {told}\n{text}", command.name);
            }
            desk.press("down");
        }
    }
}

#[test]
fn what_a_queue_holds_is_told_whole_where_the_cursor_is() {
    for (width, height) in [(250, 80), (120, 40), (100, 30), (80, 24), (60, 20), (40, 15)] {
        let mut desk = Desk::of("review", width, height);
        desk.press("esc home");
        for _ in 0..desk.model.queues.rows.len() {
            let text = run_together(&desk.model, desk.model.layout().queues);
            let queues = &desk.model.queues;
            for told in [queues.title(desk.model.list.queue), queues.holds(desk.model.list.queue)] {
                assert!(text.contains(&without_blanks(told)), "{width}x{height}: {told}\n{text}");
            }
            assert!(text.contains('▌'), "and the cursor is seen: {text}");
            desk.press("down");
        }
    }
}

#[test]
fn the_line_at_the_bottom_names_the_ways_to_everything_else_and_then_what_is_used_most() {
    for width in [250, 120, 80, 60, 40, 20] {
        for (keys, filter) in [("", true), ("enter", true), ("B", true), ("A", true), ("O", false)] {
            let mut desk = Desk::of("review", width, 24);
            desk.press(keys);
            let text = picture(&desk.model);
            let hints = text.lines().nth(23).unwrap();
            let words: &[&str] = if width < 40 { &["/", ":", "?"] } else { &["/ filter", ": commands", "? help"] };
            for word in words.iter().filter(|word| filter || !word.starts_with('/')) {
                assert!(hints.contains(word), "{width}, {keys}: {hints}");
            }
            assert!(!hints.contains('…'), "{hints}");
        }
    }
    // A screen that shows the list or the record alone.
    let hints = |keys: &str, width| {
        let mut desk = Desk::of("review", width, 23);
        desk.press(keys);
        picture(&desk.model).lines().nth(22).unwrap().trim().to_owned()
    };
    assert_eq!(hints("enter", 80), "c confirm  C all clean  n next ?  f flag  t take  / filter  : commands  ? help");
    assert_eq!(hints("", 80), "enter open  n next ?  f flag  t take  a assign  / filter  : commands  ? help");
    // What cannot be done stands in brackets, and never where what can be done was left out.
    assert!(hints("", 160).contains("(C all clean)"), "{}", hints("", 160));
    assert!(!hints("", 80).contains('('));
}

#[test]
fn an_act_on_many_is_asked_for_runs_and_is_over() {
    let begun = |desk: &mut Desk| desk.press("* t");
    at_each_size("many-asked", "review", begun);
    at_each_size("many-running", "review", |desk| {
        begun(desk);
        desk.press("enter");
        desk.tell(Msg::Refused {
            tag: Tag(1),
            refusal: Refusal::new("hand-over", "lead owns it: say why you take it"),
        });
    });
    at_each_size("many-over", "review", |desk| {
        begun(desk);
        desk.press("enter");
        desk.tell(Msg::Refused {
            tag: Tag(1),
            refusal: Refusal::new("hand-over", "lead owns it: say why you take it"),
        });
        desk.tell(Msg::Applied { tag: Tag(2), seq: Seq(90), changed: true });
        desk.tell(Msg::Applied { tag: Tag(3), seq: Seq(91), changed: true });
    });
}

#[test]
fn the_filters_line_with_what_may_be_written_next_and_what_is_wrong() {
    at_each_size("filter", "review", |desk| {
        desk.press("/");
        desk.write("owner:none step:re");
        desk.press("down");
    });
    at_each_size("filter-fault", "review", |desk| {
        desk.press("/");
        desk.write("ownr:me step:review");
    });
}

#[test]
fn the_line_for_the_end_of_a_vin() {
    at_each_size("jump", "review", |desk| {
        desk.press("#");
        desk.write("131");
    });
}

#[test]
fn the_tour_of_a_first_record() {
    at_each_size("tour", "review", |desk| {
        desk.model.tour = Some(Tour::default());
        desk.press("enter");
    });
}

#[test]
fn what_may_follow_a_prefix() {
    at_each_size("prefix", "review", |desk| desk.press("g"));
}

#[test]
fn the_palette() {
    at_each_size("palette", "review", |desk| {
        desk.press(":");
        desk.write("re");
    });
}

#[test]
fn a_refusal_says_who_could() {
    at_each_size("refusal", "review", |desk| desk.press("G enter R"));
}

#[test]
fn an_empty_desk_says_what_to_do_next() {
    for (width, height) in SIZES {
        let desk = Desk::with("prep", width, height, Vec::new());
        let text = picture(&desk.model);
        assert!(text.contains("The desk is empty."), "{text}");
        assert!(text.contains("First the approvals") && text.contains("Then base messages"), "{text}");
    }
}

#[test]
fn every_size_draws() {
    let scenes = [
        "",
        "esc",
        "enter",
        "enter 2",
        "enter 3",
        "enter 4",
        "enter 5",
        "enter 6",
        "enter f",
        "enter d",
        "G enter R",
        "A",
        "A tab",
        "?",
        ":",
        "/",
    ];
    for (at, keys) in scenes.iter().enumerate() {
        let mut desk = Desk::of("release", 80, 24);
        desk.press(keys);
        for width in 0..=250_u16 {
            for height in 0..=80_u16 {
                // Each size is drawn in one of the scenes, the small ones in all of them.
                let turn = (usize::from(width) + 7 * usize::from(height)) % scenes.len() == at;
                if turn || (width <= 16 && height <= 8) {
                    desk.model.size = (width, height);
                    desk.model.chosen.arrangement = Arrangement::TABLE[usize::from(width + height) % 3].0;
                    drawn(&desk.model);
                }
            }
        }
    }
}

#[test]
fn in_ascii_nothing_else_is_drawn() {
    for keys in [
        "",
        "enter",
        "enter 2",
        "enter 3",
        "enter 4",
        "enter 5",
        "enter 6",
        "enter f",
        "G enter R",
        "A",
        "A G",
        "?",
        ":",
    ] {
        let mut desk = Desk::of("review", 120, 40);
        desk.press(keys);
        desk.model.chosen.looks = Looks { theme: Theme::named("none").unwrap(), ascii: true, ..Looks::default() };
        let screen = drawn(&desk.model);
        for cell in screen.content() {
            assert!(cell.symbol().is_ascii() || "Éïáč".contains(cell.symbol()), "{:?} after {keys:?}", cell.symbol());
        }
    }
}

#[test]
fn hidden_characters_are_written_out_wherever_they_come_from() {
    let mut record =
        crate::screens::record(1, "YARTN2EVHDTEST123", "review", &[("Variant", "BO\u{202e}X", "a\u{200b}b\x1b[2J")]);
    record.order = Some("x\u{202e}y".into());
    let dossier = crate::screens::dossier(record, Vec::new());
    for keys in ["", "enter", "enter 2", "enter 4", "enter 5", "enter 6", "enter f"] {
        let mut desk = Desk::with("review", 250, 60, vec![dossier.clone()]);
        desk.press(keys);
        let screen = drawn(&desk.model);
        let hidden = |cell: &ratatui::buffer::Cell| cell.symbol().chars().any(stageplate::domain::visible::is_hidden);
        assert!(!screen.content().iter().any(hidden), "after {keys:?}");
        assert!(picture(&desk.model).contains("<U+202E>"), "after {keys:?}");
    }
}

#[test]
fn what_is_wrong_with_a_form_is_seen_however_long_its_text_is() {
    for (width, height) in [(120, 40), (80, 24), (40, 15)] {
        let mut desk = Desk::of("review", width, height);
        desk.press("enter m");
        desk.tell(Msg::Paste("a long letter\n".repeat(6_000)));
        let told = frames::text(&desk);
        assert!(told.contains("a text takes 64 KiB at most"), "at {width}x{height}:\n{told}");
        desk.press("ctrl-d");
        desk.tell(Msg::Refused { tag: Tag(1), refusal: Refusal::new("hold", "the record is on hold") });
        let told = frames::text(&desk);
        assert!(told.contains("the record is on hold"), "at {width}x{height}:\n{told}");
        assert!(told.contains("a long letter"), "at {width}x{height}:\n{told}");
    }
}

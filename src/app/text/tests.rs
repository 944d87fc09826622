//! What a text being written promises, whatever the engine does.

use proptest::prelude::*;

use super::*;

/// Letters of one cell and of two, of one character and of many, and characters that must not be seen as they are.
const PIECES: [&str; 24] = [
    "a",
    "Z",
    "7",
    " ",
    ".",
    "(",
    "_",
    "\n",
    "\t",
    "\r\n",
    "e\u{301}",
    "\u{301}",
    "👩‍🚀",
    "\u{200d}",
    "🇳🇱",
    "🇳",
    "한",
    "ᄀ",
    "क्ष",
    "\u{fe0f}",
    "\u{202e}",
    "\u{0}",
    "weighed on",
    "two\nlines",
];

fn typed(text: &mut Text, letters: &str) {
    for letter in letters.graphemes(true) {
        assert!(text.insert(letter));
    }
}

#[test]
fn letters_typed_in_a_row_are_undone_together_and_words_apart() {
    let mut text = Text::area("");
    typed(&mut text, "one two");
    text.undo();
    assert_eq!(text.content(), "one ");
    text.undo();
    assert_eq!(text.content(), "one");
    text.undo();
    assert_eq!(text.content(), "");
}

#[test]
fn what_was_undone_is_done_again_until_something_else_is_written() {
    let mut text = Text::area("");
    typed(&mut text, "one two");
    text.undo();
    text.undo();
    text.redo();
    assert_eq!((text.content(), text.cursor()), ("one ", 4));
    text.redo();
    text.redo();
    assert_eq!((text.content(), text.cursor()), ("one two", 7));
    text.undo();
    typed(&mut text, "x");
    text.redo();
    assert_eq!(text.content(), "one x");
}

#[test]
fn a_text_put_in_or_exchanged_whole_is_one_step() {
    let mut text = Text::area("as it was");
    text.insert("\npasted\nlines");
    text.undo();
    assert_eq!((text.content(), text.cursor()), ("as it was", 9));
    text.replace("another\ntext");
    text.splice(0..7, "an");
    assert_eq!((text.content(), text.cursor()), ("an\ntext", 2));
    text.undo();
    assert_eq!(text.content(), "another\ntext");
    text.undo();
    assert_eq!(text.content(), "as it was");
}

#[test]
fn the_cursor_is_where_it_was_before_what_is_undone() {
    let mut text = Text::area("one\ntwo");
    text.home(80);
    text.delete();
    text.undo();
    assert_eq!((text.content(), text.cursor()), ("one\ntwo", 4));
    text.backspace();
    assert_eq!(text.content(), "onetwo");
    text.undo();
    assert_eq!((text.content(), text.cursor()), ("one\ntwo", 4));
}

#[test]
fn every_step_goes_back_whole_however_much_was_written_before() {
    let mut text = Text::line("");
    let run = "x".repeat(RUN);
    let mut written = 0;
    while written < 2 * EDITS {
        typed(&mut text, &run);
        text.replace("");
        written += RUN + 1;
    }
    for step in 0..UNDO_STEPS {
        text.undo();
        assert_eq!(text.content(), if step % 2 == 0 { &run } else { "" });
    }
    text.undo();
    assert_eq!((text.content(), text.done.len()), ("", 0));
    for _ in 0..UNDO_STEPS - 1 {
        text.redo();
    }
    assert_eq!(text.content(), run);
}

#[test]
fn the_cursor_moves_by_what_a_person_sees_as_one_letter() {
    let mut text = Text::line("ae\u{301}🇳🇱");
    text.left();
    assert_eq!(text.cursor(), "ae\u{301}".len());
    text.left();
    text.backspace();
    assert_eq!(text.content(), "e\u{301}🇳🇱");
    text.delete();
    assert_eq!(text.content(), "🇳🇱");
}

#[test]
fn a_letter_that_joins_another_takes_the_cursor_behind_both() {
    let mut text = Text::line("🇱");
    text.left();
    text.insert("🇳");
    assert_eq!(text.cursor(), "🇳🇱".len());
    text.undo();
    assert_eq!((text.content(), text.cursor()), ("🇱", 0));
}

#[test]
fn up_and_down_keep_to_the_shown_lines() {
    let mut text = Text::area("weighed on the scale");
    assert_eq!(text.cursor_at(10), (2, 5));
    assert!(text.up(10));
    assert_eq!(text.cursor_at(10), (1, 5));
    assert!(text.up(10));
    assert!(!text.up(10));
    assert!(text.down(10));
}

#[test]
fn a_paste_into_one_line_keeps_its_words_in_one_line() {
    let mut text = Text::line("");
    assert!(text.insert("2865\r\n"));
    assert_eq!(text.content(), "2865");
    assert!(!text.insert(&"x".repeat(LONGEST)));
    assert_eq!(text.content().len(), LONGEST);
}

#[test]
fn a_text_is_never_longer_than_the_desk_takes_and_never_ends_in_half_a_letter() {
    let mut text = Text::area("");
    assert!(!text.insert(&"🇳🇱".repeat(LONGEST)));
    assert_eq!(text.content().len(), LONGEST);
    assert!(!text.insert("a"));
    text.backspace();
    assert!(!text.insert("a👩‍🚀"));
    assert_eq!(text.content().len(), LONGEST - 8 + 1);
    text.splice(0..0, "12345678");
    assert_eq!(text.content().len(), LONGEST - 8 + 1);
    assert_eq!(Text::line(&"x".repeat(LONGEST + 1)).content().len(), LONGEST);
}

#[test]
fn the_very_last_place_of_the_longest_text_is_reached() {
    for (full, last) in [("x".repeat(LONGEST), "x"), ("\n".repeat(LONGEST), "\n")] {
        let mut text = Text::area(&full);
        assert_eq!(text.cursor(), LONGEST);
        text.left();
        assert_eq!(text.cursor(), LONGEST - 1);
        text.right();
        assert_eq!(text.cursor(), LONGEST);
        text.backspace();
        assert!(text.insert(last));
        assert_eq!((text.cursor(), text.content() == full), (LONGEST, true));
    }
}

#[test]
fn words_are_skipped_whole() {
    let mut text = Text::line("weighed on scale");
    text.word_left();
    assert_eq!(text.cursor(), 11);
    text.delete_word();
    assert_eq!(text.content(), "weighed scale");
    text.undo();
    assert_eq!((text.content(), text.cursor()), ("weighed on scale", 11));
    text.word_right();
    assert_eq!(text.cursor(), "weighed on scale".len());
    let mut text = Text::area("one\ntwo");
    text.word_left();
    text.word_left();
    assert_eq!(text.cursor(), 3);
    text.word_right();
    assert_eq!(text.cursor(), 4);
}

/// Does one of the things that can be done to a text.
fn act(text: &mut Text, kind: usize, piece: &str) {
    match kind {
        0 => text.left(),
        1 => text.right(),
        2 => text.word_left(),
        3 => text.word_right(),
        4 => text.home(9),
        5 => text.end(9),
        6 => _ = text.up(9),
        7 => _ = text.down(9),
        8 => text.backspace(),
        9 => text.delete(),
        10 => text.delete_word(),
        11 => text.undo(),
        12 => text.redo(),
        13 => assert!(text.replace(piece)),
        14 => text.splice(before(text.content(), text.cursor())..text.cursor(), piece),
        _ => assert!(text.insert(piece)),
    }
}

proptest! {
    #[test]
    fn whatever_is_done_the_cursor_is_between_letters_and_every_step_goes_back_and_forth(
        lines in any::<bool>(),
        acts in prop::collection::vec((0_usize..40, prop::sample::select(&PIECES[..])), 0..90),
    ) {
        let mut text = Text::new("", lines);
        for (kind, piece) in acts {
            act(&mut text, kind, piece);
            let between = text.content().grapheme_indices(true).any(|(at, _)| at == text.cursor());
            prop_assert!(between || text.cursor() == text.content().len());
            prop_assert_eq!(text.engine.lines().join("\n"), text.content());
            prop_assert!(lines || !text.content().contains('\n'));
            prop_assert!(!text.content().contains(['\r', '\t']));
        }
        while !text.undone.is_empty() {
            text.redo();
        }
        let last = text.clone();
        while !text.done.is_empty() {
            text.undo();
        }
        prop_assert_eq!(text.content(), "");
        while !text.undone.is_empty() {
            text.redo();
        }
        prop_assert_eq!(text.content(), last.content());
    }
}

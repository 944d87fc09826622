//! What the bytes of terminals mean, whole and in pieces.

use proptest::prelude::*;

use super::*;

fn decode(pieces: &[&[u8]]) -> Vec<Input> {
    let (mut decoder, mut found, start) = (Decoder::default(), Vec::new(), Instant::now());
    for (piece, at) in pieces.iter().zip(0..) {
        decoder.feed(piece, start + at * Duration::from_millis(10), &mut found);
    }
    found
}

fn keys(bytes: &[u8]) -> String {
    let shown: Vec<String> = decode(&[bytes])
        .iter()
        .map(|input| match input {
            Input::Key(key) => key.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    shown.join(" ")
}

#[test]
fn the_keys_of_common_terminals_are_known() {
    for (bytes, expected) in [
        (&b"aC?\xc3\xa9"[..], "a C ? é"),
        (b"\r\t\x7f\x08 ", "enter tab backspace backspace space"),
        (b"\x03\x04\x1a\x0c\x00\x1c", "ctrl-c ctrl-d ctrl-z ctrl-l ctrl-space ctrl-\\"),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F", "up down right left home end"),
        (b"\x1bOA\x1bOH\x1bOP\x1bOS\x1bOM\x1bOq", "up home f1 f4 enter 1"),
        (b"\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~", "home insert delete end pageup pagedown"),
        (b"\x1b[11~\x1b[15~\x1b[17~\x1b[24~\x1b[34~\x1b[[A", "f1 f5 f6 f12 f20 f1"),
        (b"\x1b[Z\x1b[1;5A\x1b[1;2B\x1b[3;3~\x1b[1;8P", "shift-tab ctrl-up shift-down alt-delete ctrl-alt-shift-f1"),
        (b"\x1bx\x1b\xc3\xa9\x1b\r\x1b\x1b[A", "alt-x alt-é alt-enter alt-up"),
    ] {
        assert_eq!(keys(bytes), expected);
    }
}

#[test]
fn a_sequence_in_pieces_is_one_key() {
    for (whole, expected) in [
        (&b"\x1b[A"[..], "up"),
        (b"\x1bOA", "up"),
        (b"\x1b[1;5A", "ctrl-up"),
        (b"\x1b[5~", "pageup"),
        (b"\xe8\xbb\x8a", "車"),
        (b"\x1b[24;2~", "shift-f12"),
    ] {
        for cut in 1..whole.len() {
            let found = decode(&[&whole[..cut], &whole[cut..]]);
            assert_eq!(found, [Input::Key(expected.parse().unwrap())], "cut after {cut} bytes");
        }
        let single: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(decode(&single), [Input::Key(expected.parse().unwrap())]);
    }
}

#[test]
fn a_lone_escape_is_esc_after_fifty_milliseconds_and_what_follows_is_text() {
    let (mut decoder, mut found, start) = (Decoder::default(), Vec::new(), Instant::now());
    decoder.feed(b"\x1b", start, &mut found);
    assert_eq!(decoder.deadline(), Some(start + ESCAPE_WAIT));
    decoder.expire(start + Duration::from_millis(49), &mut found);
    assert_eq!(found, []);
    decoder.expire(start + Duration::from_millis(50), &mut found);
    decoder.feed(b"[A", start + Duration::from_millis(60), &mut found);
    let expected = [Key::plain(Code::Esc), Key::char('['), Key::char('A')].map(Input::Key);
    assert_eq!(found, expected);
    assert_eq!(decoder.deadline(), None);
}

#[test]
fn esc_held_down_is_esc_each_time() {
    let (mut decoder, mut found, start) = (Decoder::default(), Vec::new(), Instant::now());
    decoder.feed(b"\x1b\x1b\x1b\x1b", start, &mut found);
    decoder.expire(start + ESCAPE_WAIT, &mut found);
    assert_eq!(found, vec![Input::Key(Key::plain(Code::Esc)); 4]);
}

#[test]
fn a_sequence_nobody_knows_is_swallowed_whole() {
    for unknown in [
        &b"\x1b[?62;22c"[..],
        b"\x1b[97;5u",
        b"\x1b[I",
        b"\x1b[12;34R",
        b"\x1b[M !!",
        b"\x1b[?2026;1$y",
        b"\x1b[99999999~",
        b"\xff\xfe",
    ] {
        assert_eq!(keys(&[unknown, b"q"].concat()), "q", "{unknown:?}");
    }
    assert_eq!(keys(b"\x1b[1;\x1b[A"), "up", "a sequence that breaks off");
}

#[test]
fn a_begun_sequence_is_forgotten_after_half_a_second() {
    let (mut decoder, mut found, start) = (Decoder::default(), Vec::new(), Instant::now());
    decoder.feed(b"\x1b[1;", start, &mut found);
    decoder.expire(start + Duration::from_millis(499), &mut found);
    decoder.feed(b"5", start + Duration::from_millis(499), &mut found);
    decoder.expire(start + Duration::from_millis(999), &mut found);
    decoder.feed(b"q", start + Duration::from_millis(999), &mut found);
    assert_eq!(found, [Input::Key(Key::char('q'))]);
}

#[test]
fn a_paste_is_one_text_whatever_is_in_it() {
    let text = "a\tb\x1b[A \x03 é";
    let bytes = format!("x\x1b[200~{text}\r\nz\r\x1b[201~y");
    let expected = [Input::Key(Key::char('x')), Input::Paste(format!("{text}\nz\n")), Input::Key(Key::char('y'))];
    assert_eq!(decode(&[bytes.as_bytes()]), expected);
    for size in 1..bytes.len() {
        let pieces: Vec<&[u8]> = bytes.as_bytes().chunks(size).collect();
        assert_eq!(decode(&pieces), expected, "in pieces of {size}");
    }
}

#[test]
fn a_paste_without_end_or_measure_does_no_harm() {
    let (mut decoder, mut found, start) = (Decoder::default(), Vec::new(), Instant::now());
    decoder.feed(b"\x1b[200~abc", start, &mut found);
    decoder.expire(start + PASTE_WAIT, &mut found);
    assert_eq!(found, [Input::Paste("abc".to_owned())]);

    let long = [b"\x1b[200~".to_vec(), vec![b'x'; 3 * LARGEST_PASTE], b"\x1b[201~q".to_vec()].concat();
    let pieces: Vec<&[u8]> = long.chunks(1000).collect();
    match decode(&pieces).as_slice() {
        [Input::Paste(text), Input::Key(key)] => {
            assert_eq!(text.len(), LARGEST_PASTE);
            assert_eq!(*key, Key::char('q'));
        }
        other => panic!("{} inputs", other.len()),
    }
}

#[test]
fn the_mouse_is_reported_by_place() {
    let mouse = |kind, column, row| Input::Mouse(Mouse { kind, column, row });
    assert_eq!(
        decode(&[b"\x1b[<0;10;5M\x1b[<32;11;5M\x1b[<0;11;5m\x1b[<64;1;1M\x1b[<65;1;1M\x1b[<35;1;1M"]),
        [
            mouse(MouseKind::Press(MouseButton::Left), 9, 4),
            mouse(MouseKind::Drag(MouseButton::Left), 10, 4),
            mouse(MouseKind::Release(MouseButton::Left), 10, 4),
            mouse(MouseKind::WheelUp, 0, 0),
            mouse(MouseKind::WheelDown, 0, 0),
        ]
    );
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_mean_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..200), size in 1usize..20) {
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        prop_assert_eq!(decode(&pieces), decode(&[&bytes]));
    }

    #[test]
    fn sequences_broken_anywhere_never_panic(bytes in "(\x1b|\\[|O|[0-9;<?]|~|[A-Z]|é|M|200~){0,60}") {
        let (mut decoder, mut found, now) = (Decoder::default(), Vec::new(), Instant::now());
        for byte in bytes.as_bytes() {
            decoder.feed(&[*byte], now, &mut found);
        }
        decoder.expire(now + PASTE_WAIT, &mut found);
        prop_assert_eq!(decoder.deadline(), None);
    }
}

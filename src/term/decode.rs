//! Makes keys, pastes and mouse events from the bytes that a terminal sends. Pure: bytes and instants come in.
//!
//! Bytes are taken here rather than crossterm's events, because a line may deliver one key in pieces: `ESC` and, a moment
//! later, `[A` are one arrow and not three keys. What is incomplete is held for a while; how long depends on what it can be.
//!
//! Invariant: an escape sequence that nobody knows is swallowed whole; no part of it is ever taken for typed text.

use std::time::{Duration, Instant};

use super::input::{Input, Mouse, MouseButton, MouseKind};
use crate::config::key::{Code, Key};

/// How long a lone escape waits for the rest of a sequence before it is the key Esc.
const ESCAPE_WAIT: Duration = Duration::from_millis(50);

/// How long a begun sequence waits for its rest: nobody types one, so that it can be longer, for slow lines.
const SEQUENCE_WAIT: Duration = Duration::from_millis(500);

/// How long a paste may be silent before it is taken as whole, its end lost.
const PASTE_WAIT: Duration = Duration::from_secs(5);

/// The most bytes of a paste that are kept; a value has at most 64 KiB.
const LARGEST_PASTE: usize = 1 << 20;

/// The longest sequence that is a sequence.
const LONGEST_SEQUENCE: usize = 64;

const ESC: u8 = 0x1b;
const PASTE_END: &[u8] = b"\x1b[201~";

/// Bytes that are not yet a key, and since when.
#[derive(Debug, Default)]
pub struct Decoder {
    held: Vec<u8>,
    paste: Option<Vec<u8>>,
    last: Option<Instant>,
}

/// What the beginning of the bytes is.
enum Step {
    /// The beginning of something.
    Incomplete,
    /// So many bytes, which are this, or nothing that matters.
    Done(usize, Option<Input>),
    /// So many bytes, which begin a paste.
    Paste(usize),
}

impl Decoder {
    /// Takes the bytes that arrived at `now` and appends what they mean to `into`.
    pub fn feed(&mut self, bytes: &[u8], now: Instant, into: &mut Vec<Input>) {
        self.last = Some(now);
        let mut bytes = bytes;
        while !bytes.is_empty() {
            bytes = match &mut self.paste {
                Some(pasted) => match take_pasted(pasted, bytes) {
                    Some(rest) => {
                        self.end_paste(into);
                        rest
                    }
                    None => break,
                },
                None => self.take_keys(bytes, into),
            };
        }
    }

    /// Takes keys until the bytes are used up or a paste begins; the bytes of the paste are given back.
    fn take_keys<'b>(&mut self, bytes: &'b [u8], into: &mut Vec<Input>) -> &'b [u8] {
        let before = self.held.len();
        self.held.extend_from_slice(bytes);
        let mut at = 0;
        while at < self.held.len() {
            match step(&self.held[at..]) {
                Step::Incomplete => break,
                Step::Done(length, found) => {
                    at += length;
                    into.extend(found);
                }
                Step::Paste(length) => {
                    self.held.clear();
                    self.paste = Some(Vec::new());
                    // A paste cannot begin inside what was held already, or it would have begun then.
                    return &bytes[(at + length).saturating_sub(before)..];
                }
            }
        }
        self.held.drain(..at);
        &[]
    }

    /// When [`Decoder::expire`] is due, if nothing arrives before.
    pub fn deadline(&self) -> Option<Instant> {
        let wait = match (self.held.as_slice(), &self.paste) {
            (_, Some(_)) => PASTE_WAIT,
            ([], None) => return None,
            ([ESC] | [ESC, ESC], None) => ESCAPE_WAIT,
            _ => SEQUENCE_WAIT,
        };
        self.last.map(|last| last + wait)
    }

    /// Takes what is held for what it is, if its time is over at `now`.
    pub fn expire(&mut self, now: Instant, into: &mut Vec<Input>) {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        if self.paste.is_some() {
            self.end_paste(into);
            return;
        }
        let esc = Input::Key(Key::plain(Code::Esc));
        match self.held.as_slice() {
            [ESC] => into.push(esc),
            [ESC, ESC] => into.extend([esc.clone(), esc]),
            [ESC, letter @ (b'[' | b'O')] => into.push(Input::Key(Key::char(char::from(*letter)).with_alt())),
            _ => {}
        }
        self.held.clear();
    }

    fn end_paste(&mut self, into: &mut Vec<Input>) {
        if let Some(mut pasted) = self.paste.take() {
            pasted.truncate(LARGEST_PASTE);
            // Terminals send a pasted line's end as the Enter key does.
            let text = String::from_utf8_lossy(&pasted).replace("\r\n", "\n").replace('\r', "\n");
            into.push(Input::Paste(text));
        }
    }
}

/// Adds to a paste; `Some` with the bytes after it where it ends here.
fn take_pasted<'b>(pasted: &mut Vec<u8>, bytes: &'b [u8]) -> Option<&'b [u8]> {
    let before = pasted.len();
    pasted.extend_from_slice(bytes);
    // The end may itself arrive in pieces.
    let from = before.saturating_sub(PASTE_END.len() - 1);
    let end = pasted[from..].windows(PASTE_END.len()).position(|window| window == PASTE_END).map(|at| from + at);
    if let Some(end) = end {
        pasted.truncate(end);
        return Some(&bytes[end + PASTE_END.len() - before..]);
    }
    let tail = pasted.len().saturating_sub(PASTE_END.len() - 1);
    if tail > LARGEST_PASTE {
        pasted.drain(LARGEST_PASTE..tail);
    }
    None
}

fn step(bytes: &[u8]) -> Step {
    match bytes {
        [] | [ESC] | [ESC, ESC] => Step::Incomplete,
        [ESC, b'[', rest @ ..] => control_sequence(rest),
        [ESC, b'O', rest @ ..] => single_shift(rest),
        // Esc held down; or Esc, and then a key with alt.
        [ESC, ESC, ESC, ..] => Step::Done(1, Some(Input::Key(Key::plain(Code::Esc)))),
        [ESC, rest @ ..] => match step(rest) {
            Step::Done(length, Some(Input::Key(key))) => Step::Done(length + 1, Some(Input::Key(key.with_alt()))),
            Step::Done(length, other) => Step::Done(length + 1, other),
            Step::Paste(length) => Step::Paste(length + 1),
            Step::Incomplete => Step::Incomplete,
        },
        [0..0x20 | 0x7f, ..] => Step::Done(1, Some(Input::Key(control(bytes[0])))),
        _ => letter(bytes),
    }
}

fn control(byte: u8) -> Key {
    match byte {
        0 => Key::ctrl(' '),
        // Some terminals send ctrl-h for the backspace key.
        0x08 | 0x7f => Key::plain(Code::Backspace),
        b'\t' => Key::plain(Code::Tab),
        b'\r' => Key::plain(Code::Enter),
        1..=0x1a => Key::ctrl(char::from(byte - 1 + b'a')),
        _ => Key::ctrl(char::from(byte + 0x40)),
    }
}

fn letter(bytes: &[u8]) -> Step {
    let length = match bytes[0] {
        ..0x80 => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Step::Done(1, None),
    };
    let Some(whole) = bytes.get(..length) else {
        let broken = bytes[1..].iter().any(|byte| byte & 0xc0 != 0x80);
        return if broken { Step::Done(1, None) } else { Step::Incomplete };
    };
    match std::str::from_utf8(whole).ok().and_then(|text| text.chars().next()) {
        Some(letter) => Step::Done(length, Some(Input::Key(Key::char(letter)))),
        None => Step::Done(1, None),
    }
}

/// What follows `ESC O`: arrows and keypad in application mode, F1 to F4.
fn single_shift(rest: &[u8]) -> Step {
    let Some(byte) = rest.first() else { return Step::Incomplete };
    let code = match byte {
        b'M' => Code::Enter,
        b'j'..=b'y' => Code::Char(char::from(byte - 0x40)),
        _ => match arrow(*byte) {
            Some(code) => code,
            None => return Step::Done(2, Some(Input::Key(Key::char('O').with_alt()))),
        },
    };
    Step::Done(3, Some(Input::Key(Key::plain(code))))
}

/// The key of a final letter, the same after `ESC O` and `ESC [`.
fn arrow(letter: u8) -> Option<Code> {
    Some(match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'P'..=b'S' => Code::F(letter - b'P' + 1),
        _ => return None,
    })
}

/// What follows `ESC [` (ECMA-48, 5.4): parameters, intermediates, one final byte.
fn control_sequence(rest: &[u8]) -> Step {
    if let [b'[', tail @ ..] = rest {
        // The Linux console's F1 to F5.
        return match tail.first() {
            None => Step::Incomplete,
            Some(letter @ b'A'..=b'E') => Step::Done(4, Some(Input::Key(Key::plain(Code::F(letter - b'A' + 1))))),
            Some(_) => Step::Done(3, None),
        };
    }
    let length = rest.iter().take_while(|byte| matches!(byte, 0x20..0x40)).count();
    let Some(last) = rest.get(length).filter(|_| length <= LONGEST_SEQUENCE) else {
        return if length > LONGEST_SEQUENCE { Step::Done(2 + length, None) } else { Step::Incomplete };
    };
    // The old mouse report, three bytes after its letter: nobody asked for it, some terminals send it.
    if (*last, length) == (b'M', 0) {
        return if rest.len() < 4 { Step::Incomplete } else { Step::Done(6, None) };
    }
    let whole = 2 + length + 1;
    match (last, &rest[..length]) {
        // Broken off: what comes now is something of its own.
        (..0x40 | 0x7f.., _) => Step::Done(whole - 1, None),
        (b'~', b"200") => Step::Paste(whole),
        (b'M' | b'm', [b'<', report @ ..]) => Step::Done(whole, mouse(report, *last == b'm').map(Input::Mouse)),
        (_, parameters) => Step::Done(whole, named_key(parameters, *last).map(Input::Key)),
    }
}

/// The numbers of a sequence; an absent one is 0.
fn numbers(parameters: &[u8]) -> Option<Vec<u16>> {
    let text = std::str::from_utf8(parameters).ok()?;
    text.split(';').map(|number| if number.is_empty() { Some(0) } else { number.parse().ok() }).collect()
}

fn named_key(parameters: &[u8], last: u8) -> Option<Key> {
    let numbers = numbers(parameters)?;
    let code = match last {
        b'Z' => return Some(Key::plain(Code::Tab).with_shift()),
        b'~' => numbered(numbers[0])?,
        // What has another number is a report that nobody asked for.
        _ if numbers[0] <= 1 => arrow(last)?,
        _ => return None,
    };
    // xterm's modifiers: 1 and the sum of shift 1, alt 2, control 4, meta 8.
    let held = numbers.get(1).map_or(0, |number| number.saturating_sub(1));
    Some(Key { code, shift: held & 1 != 0, alt: held & 0b1010 != 0, ctrl: held & 4 != 0 })
}

fn numbered(number: u16) -> Option<Code> {
    const FUNCTION: [u16; 20] = [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34];
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        _ => {
            let at = FUNCTION.iter().position(|known| *known == number)?;
            Code::F(u8::try_from(at + 1).ok()?)
        }
    })
}

/// A mouse report as `CSI < button ; column ; row`, columns and rows counted from 1.
fn mouse(report: &[u8], released: bool) -> Option<Mouse> {
    let numbers = numbers(report)?;
    let &[button, column, row] = numbers.as_slice() else { return None };
    let which = match button & 0b11 {
        0 => MouseButton::Left,
        1 => MouseButton::Middle,
        2 => MouseButton::Right,
        _ => return None,
    };
    let kind = match button {
        _ if button & 64 != 0 => match button & 0b11 {
            0 => MouseKind::WheelUp,
            1 => MouseKind::WheelDown,
            _ => return None,
        },
        _ if released => MouseKind::Release(which),
        _ if button & 32 != 0 => MouseKind::Drag(which),
        _ => MouseKind::Press(which),
    };
    Some(Mouse { kind, column: column.checked_sub(1)?, row: row.checked_sub(1)? })
}

#[cfg(test)]
mod tests;

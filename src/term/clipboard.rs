//! Copies to the clipboard of the terminal (OSC 52), the only one there is over SSH.
//!
//! Invariant: whether it arrives cannot be known; it is "sent to your terminal", never "copied".

use thiserror::Error;

/// The most bytes that terminals take: 74,994 make 99,992 letters in base64, and with the frame 100,000.
pub const LARGEST: usize = 74_994;

/// The text is larger than terminals take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{bytes} bytes are too many for a terminal's clipboard, which takes {LARGEST}")]
pub struct TooLarge {
    /// The bytes of the text.
    pub bytes: usize,
}

/// The bytes that ask a terminal to put `text` on its clipboard; wrapped for tmux where that stands between.
///
/// # Errors
///
/// The text has more than [`LARGEST`] bytes.
pub fn sequence(text: &str, tmux: bool) -> Result<Vec<u8>, TooLarge> {
    if text.len() > LARGEST {
        return Err(TooLarge { bytes: text.len() });
    }
    let letters = base64(text.as_bytes());
    Ok(if tmux {
        // tmux hands on what is between, each escape in it doubled.
        format!("\x1bPtmux;\x1b\x1b]52;c;{letters}\x07\x1b\\").into_bytes()
    } else {
        format!("\x1b]52;c;{letters}\x07").into_bytes()
    })
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_the_standard() {
        // RFC 4648, section 10.
        for (bytes, letters) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), letters);
        }
    }

    #[test]
    fn a_text_is_framed_and_wrapped_for_tmux() {
        assert_eq!(sequence("foo", false).unwrap(), b"\x1b]52;c;Zm9v\x07");
        assert_eq!(sequence("foo", true).unwrap(), b"\x1bPtmux;\x1b\x1b]52;c;Zm9v\x07\x1b\\");
    }

    #[test]
    fn a_text_that_is_too_large_is_refused() {
        let longest = sequence(&"x".repeat(LARGEST), false).unwrap();
        assert_eq!(longest.len(), 100_000);
        assert_eq!(sequence(&"x".repeat(LARGEST + 1), false), Err(TooLarge { bytes: LARGEST + 1 }));
    }

    #[test]
    fn no_text_can_leave_its_frame() {
        let bytes = sequence("\x07\x1b]0;title\x07", false).unwrap();
        assert_eq!(bytes.iter().filter(|byte| **byte < 0x20).count(), 2);
    }
}

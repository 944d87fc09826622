//! Makes text that came from data safe and honest to show: nothing invisible stays invisible, and two different texts
//! do not look the same.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::is_nfc;

/// Whether a character must not reach a screen as it is: controls, bidirectional and invisible characters, white space
/// other than the plain blank, and what no version of Unicode gave a meaning yet.
pub fn is_hidden(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_control();
    }
    letter.is_control()
        || letter.is_whitespace()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
        || is_unassigned(letter)
}

/// Whether Unicode, as the compiler knows it, gives the character no meaning: the standard library escapes exactly what
/// cannot be printed, and combining marks, which can.
fn is_unassigned(letter: char) -> bool {
    let mut escaped = letter.escape_debug();
    escaped.next() == Some('\\') && escaped.next() == Some('u') && !is_combining_mark(letter)
}

/// The text with every character written out that cannot be seen, or that only looks like another, as in `<U+202E>`;
/// combining marks too where they stand first, or where one letter would say the same.
pub fn visible(text: &str) -> Cow<'_, str> {
    // Most text is plain, and this runs for every cell of every list.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let pieces = !is_nfc(text);
    let odd = disguises(text);
    let mut shown = String::with_capacity(text.len() + 16);
    for (at, letter) in text.char_indices() {
        let mark = (at == 0 || pieces) && is_combining_mark(letter);
        if is_hidden(letter) || mark || odd.contains(&at) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "<U+{:04X}>", letter as u32);
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// A value as a message of ours quotes it: nothing hidden, and not pages of it.
pub fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let mut letters = text.chars();
    let begin: String = letters.by_ref().take(MOST).collect();
    match letters.count() {
        0 => visible(&begin).into_owned(),
        more => format!("{}… ({more} more characters)", visible(&begin)),
    }
}

/// What somebody is told, with no more than the beginning of what it quotes between backquotes, so that a value of pages
/// hides no message. Every refusal and failure goes through it.
pub fn brief(told: impl Into<String>) -> String {
    /// Longer than any command, list of codes or pattern of ours.
    const LONG: usize = 200;
    let told = told.into();
    if told.len() <= LONG {
        return told;
    }
    let part = |(at, part): (usize, &str)| {
        // A value with a backquote in it may end up outside of them.
        let most = if at % 2 == 1 { LONG } else { 10 * LONG };
        if part.chars().count() > most { quoted(part) } else { part.to_owned() }
    };
    told.split('`').enumerate().map(part).collect::<Vec<_>>().join("`")
}

/// A letter that only looks like a Latin letter, a digit or a sign, and the word it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disguise<'t> {
    /// Where it stands, in bytes.
    pub at: usize,
    /// The letter.
    pub letter: char,
    /// The word.
    pub word: &'t str,
}

/// The first disguise in a text.
pub fn disguised(text: &str) -> Option<Disguise<'_>> {
    if text.is_ascii() {
        return None;
    }
    all_disguises(text).next()
}

/// Where disguises stand, in bytes.
fn disguises(text: &str) -> Vec<usize> {
    all_disguises(text).map(|disguise| disguise.at).collect()
}

/// A word in which Latin letters or digits stand beside others that look like them; a text that has no other letters than
/// such, and a word of such in a text that is Latin otherwise; and signs that look like those of ASCII. A word or name in
/// its own script is what it looks like: Greek and Bulgarian names have letters of their own. A single Greek letter in a
/// Latin text is a symbol.
fn all_disguises(text: &str) -> impl Iterator<Item = Disguise<'_>> {
    let only_twins = {
        let mut letters = text.chars().filter(|letter| letter.is_alphabetic()).peekable();
        letters.peek().is_some() && letters.all(is_twin)
    };
    let else_latin =
        text.chars().filter(|letter| letter.is_alphabetic()).all(|letter| is_latin(letter) || is_twin(letter));
    let words = text.split_inclusive(|letter: char| !letter.is_alphanumeric());
    let words = words.scan(0, |at, word| {
        let begin = *at;
        *at += word.len();
        Some((begin, word))
    });
    words.flat_map(move |(begin, word)| {
        let bare = word.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        let latin = bare.bytes().any(|byte| byte.is_ascii_alphanumeric());
        let twins = else_latin && bare.chars().count() > 1 && bare.chars().all(is_twin);
        word.char_indices().filter_map(move |(at, letter)| {
            let odd = is_wide(letter)
                || is_sign(letter)
                || (latin && (is_twin(letter) || matches!(letter, '\u{400}'..='\u{52f}')))
                || ((only_twins || twins) && is_twin(letter));
            odd.then_some(Disguise { at: begin + at, letter, word: if bare.is_empty() { word } else { bare } })
        })
    })
}

/// The letters of ASCII and those of European languages written with them.
fn is_latin(letter: char) -> bool {
    letter.is_ascii_alphabetic()
        || matches!(letter, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Letters of other scripts, and of phonetic writing, in the shape of Latin ones.
fn is_twin(letter: char) -> bool {
    const CYRILLIC: &str = "АВЕЗКМНОРСТУХЅІЈҺԌԚԜаеорсухѕіјһԁԛԝѵ";
    const GREEK: &str = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυχι";
    const PHONETIC: &str = "ɑɡɩʏ";
    !letter.is_ascii() && [CYRILLIC, GREEK, PHONETIC].iter().any(|script| script.contains(letter))
}

/// Forms of Latin letters and digits made for wide text, mathematics and numbering.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{ff01}'..='\u{ff5e}' | '\u{1d400}'..='\u{1d7ff}' | '\u{2160}'..='\u{217f}' | '\u{24b6}'..='\u{24e9}')
}

/// Signs that look like `-`, `/`, `*`, `:` and `.` and are others. The dashes of running text are not among them.
fn is_sign(letter: char) -> bool {
    matches!(
        letter,
        '\u{2010}'
            | '\u{2011}'
            | '\u{2212}'
            | '\u{2044}'
            | '\u{2215}'
            | '\u{2217}'
            | '\u{204e}'
            | '\u{2236}'
            | '\u{a789}'
            | '\u{2024}'
    )
}

/// Whether a text is written in pieces, a letter and its mark, where Unicode has one letter for both.
pub fn is_in_pieces(text: &str) -> bool {
    !text.is_ascii() && !is_nfc(text)
}

/// A cell that a spreadsheet would take for a formula, with an apostrophe before it. Plain numbers stay as they are; so
/// that [`unguarded`] gives back what was guarded, a cell that looks guarded gets one too.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    let number = cell.parse::<f64>().is_ok();
    let formula = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula && !number { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The cell without the apostrophe that [`guarded`] put before it.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| *guarded(rest) != **rest).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_guarded_against_formulas_and_given_back_as_they_were() {
        for (cell, guard) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-5", "-5"),
            ("-cmd|x", "'-cmd|x"),
            ("'=1", "''=1"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell), guard);
            assert_eq!(unguarded(guard), cell);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(visible("A\u{202e}B\u{200b}C\x1b[2J\n"), "A<U+202E>B<U+200B>C<U+001B>[2J<U+000A>");
        assert_eq!(visible("Citroën Ω 车"), "Citroën Ω 车");
    }

    #[test]
    fn what_has_no_meaning_yet_is_written_out_and_every_letter_and_mark_that_has_one_is_not() {
        assert_eq!(visible("a\u{378}b\u{10ffff}\u{e000}"), "a<U+0378>b<U+10FFFF><U+E000>");
        for plain in ["ÄÖÜß", "ŁĄ", "Ελλάδα", "Каросерия", "日本", "مركبة", "हिन्दी", "100 °C ±2 ½ m² – „a“ € № ✓", "👍"]
        {
            assert_eq!(visible(plain), plain);
        }
    }

    #[test]
    fn of_a_long_value_a_message_quotes_the_beginning_and_says_how_much_more_there_is() {
        assert_eq!(quoted("BOX\u{202e}"), "BOX<U+202E>");
        let sixty = "x".repeat(60);
        assert_eq!(quoted(&sixty), sixty);
        let long = "x".repeat(70_000);
        assert_eq!(quoted(&long), format!("{sixty}… (69940 more characters)"));
        assert_eq!(brief(format!("no `{long}` here")), format!("no `{}` here", quoted(&long)));
        assert!(brief(format!("no ``{long}` here")).len() < 200);
        let list = format!("`x` is none of {}", "one, ".repeat(100));
        assert_eq!(brief(list.clone()), list);
    }

    #[test]
    fn two_texts_that_differ_never_look_the_same() {
        for (one, other) in [
            ("BOX", "B\u{41e}X"),
            ("BOX", "\u{412}\u{41e}\u{425}"),
            ("e4*2018", "e4\u{2217}2018"),
            ("L2-H2", "L2\u{2010}H2"),
            ("Citro\u{eb}n", "Citroe\u{308}n"),
            ("L2", "L\u{ff12}"),
            ("IV", "\u{2163}"),
            ("a b", "a\u{a0}b"),
            ("ab", "a\u{200b}b"),
        ] {
            assert_ne!(visible(one), visible(other));
            assert!(visible(other).is_ascii(), "{}", visible(other));
        }
    }

    #[test]
    fn words_of_one_script_are_what_they_look_like() {
        for honest in [
            "Citroën",
            "ООД Каросерия",
            "Box Каросерия ВОХ",
            "10 kΩ",
            "ΑΦΟΙ ΑΕ",
            "angle α of 5°",
            "Ångström 车",
            "Straße 5 – Hof",
            "№ 5",
            "Yıldız",
        ] {
            assert_eq!(disguised(honest), None, "{honest}");
        }
        for other in
            ["L2\u{41d}2", "\u{ff11}23", "C\u{3bf}ach", "\u{421}\u{410}\u{420}", "Citroën box \u{412}\u{41e}\u{425}"]
        {
            assert!(disguised(other).is_some(), "{other}");
        }
        let Some(Disguise { at, letter, word }) = disguised("een B\u{41e}X, dicht") else { panic!() };
        assert_eq!((at, letter, word), (5, '\u{41e}', "B\u{41e}X"));
    }
}

//! What a verb is about: as typed, or with `-` one a line of standard input.
//!
//! Invariant: each is decided on its own. A line that is no text is one of them, and fails alone.

use std::collections::HashSet;
use std::io::{self, BufRead};

use crate::failure::{Failure, Kind};

/// One of what a verb is about, as it was given.
#[derive(Debug, Clone)]
pub struct Named {
    text: String,
    fault: Option<Failure>,
}

impl Named {
    /// As it is told, whatever it is.
    pub fn told(&self) -> &str {
        &self.text
    }

    /// What was meant.
    ///
    /// # Errors
    /// It is no text.
    pub fn read(&self) -> Result<&str, Failure> {
        self.fault.clone().map_or(Ok(&self.text), Err)
    }

    /// A line of standard input. What is no UTF-8 is told byte by byte, as in `<FF>`.
    fn line(number: usize, bytes: &[u8]) -> Named {
        let bytes = bytes.trim_ascii();
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Named::from(text.trim());
        }
        let mut text = String::new();
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|byte| format!("<{byte:02X}>")));
        }
        let failure = Failure::new(Kind::Usage, format!("line {number} of standard input is not UTF-8"));
        Named { text, fault: Some(failure.hint("write the list as plain text, one a line")) }
    }
}

impl From<&str> for Named {
    fn from(text: &str) -> Named {
        Named { text: text.to_owned(), fault: None }
    }
}

/// The VINs a verb is about.
pub fn vins(typed: &[String]) -> Result<Vec<Named>, Failure> {
    list(typed, "VIN")
}

/// What a verb is about, each of this kind.
pub fn list(typed: &[String], what: &str) -> Result<Vec<Named>, Failure> {
    let mut list: Vec<Named> = Vec::with_capacity(typed.len());
    for one in typed {
        if one == "-" {
            let lines = lines(&mut io::stdin().lock());
            list.extend(
                lines.map_err(|fault| Failure::new(Kind::Usage, format!("cannot read standard input: {fault}")))?,
            );
        } else {
            list.push(Named::from(one.as_str()));
        }
    }
    once(&mut list);
    if list.is_empty() {
        return Err(Failure::new(Kind::Usage, format!("no {what} was given")));
    }
    Ok(list)
}

/// Each line that says something.
fn lines(from: &mut dyn BufRead) -> io::Result<Vec<Named>> {
    let mut lines = Vec::new();
    let mut bytes = Vec::new();
    let mut number = 0;
    while from.read_until(b'\n', &mut bytes)? > 0 {
        number += 1;
        lines.push(Named::line(number, &bytes));
        bytes.clear();
    }
    lines.retain(|line| !line.text.is_empty());
    Ok(lines)
}

/// What is named twice is acted on once: two lines must not move a record two steps.
pub fn once(list: &mut Vec<Named>) {
    let mut met = HashSet::new();
    list.retain(|one| one.fault.is_some() || met.insert(one.text.clone()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Named> {
        let mut lines = lines(&mut &*bytes).unwrap();
        once(&mut lines);
        lines
    }

    #[test]
    fn a_line_that_is_no_text_fails_alone_with_its_number_and_what_can_be_told_of_it() {
        let list = read(b"ONE\r\n\n  TWO \nTH\xffREE\xc3\nTWO\nlast");
        let told: Vec<&str> = list.iter().map(Named::told).collect();
        assert_eq!(told, ["ONE", "TWO", "TH<FF>REE<C3>", "last"]);
        let no = list[2].read().unwrap_err();
        assert_eq!((no.kind, no.message.as_str()), (Kind::Usage, "line 4 of standard input is not UTF-8"));
        assert_eq!(list[3].read().ok(), Some("last"));
    }

    #[test]
    fn two_lines_that_are_no_text_are_two_though_they_are_alike() {
        assert_eq!(read(b"\xff\n\xff\n").len(), 2);
    }
}

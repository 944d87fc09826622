//! Text folded so that it fits the terminal: paragraphs, lines with something at their right end, columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::output::{Table, columns};
use crate::domain::visible::visible;

/// The text in lines of at most `width` columns, broken between words where that can be; further lines stand as far in
/// as the first.
pub fn folded(text: &str, width: usize) -> Vec<String> {
    let inset = text.len() - text.trim_start().len();
    let mut lines = vec![" ".repeat(inset)];
    for word in text.split_whitespace() {
        let mut rest = word;
        while let Some(last) = lines.last_mut() {
            let line = last.width();
            let blank = usize::from(line > inset);
            if line + blank <= width && fitting(rest, width - line - blank) == rest.len() {
                last.push_str(&" ".repeat(blank));
                last.push_str(rest);
                break;
            }
            if line > inset {
                lines.push(" ".repeat(inset));
                continue;
            }
            // At least one letter, however narrow it is.
            let at = fitting(rest, width - inset).max(rest.chars().next().map_or(0, char::len_utf8));
            last.push_str(&rest[..at]);
            rest = &rest[at..];
            lines.push(" ".repeat(inset));
        }
    }
    lines
}

/// How many bytes of a text fit into so many columns; reads no more of it than that.
fn fitting(text: &str, width: usize) -> usize {
    let mut taken = 0;
    for (at, letter) in text.char_indices() {
        taken += letter.width().unwrap_or(0);
        if taken > width {
            return at;
        }
    }
    text.len()
}

/// A paragraph, each of its lines `indent` columns in.
pub fn paragraph(text: &str, indent: usize, width: usize) -> String {
    let lines = folded(text, width.saturating_sub(indent).max(10));
    lines.iter().map(|line| format!("{:indent$}{line}\n", "")).collect()
}

/// A label in a column of its own and what is said beside it; both are folded.
pub fn beside(label: &str, gap: usize, text: &str, width: usize) -> String {
    let said = folded(text, width.saturating_sub(gap).max(10));
    let labels = folded(label, gap.saturating_sub(1).max(1));
    let mut out = String::new();
    for at in 0..said.len().max(labels.len()) {
        let (label, said) = (labels.get(at).map_or("", String::as_str), said.get(at).map_or("", String::as_str));
        let line = format!("{label}{}{said}", " ".repeat(gap.saturating_sub(label.width())));
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A label, a text and at the right end of its first line something short; that stands on a line of its own where
/// there is no room beside.
pub fn ended(label: &str, gap: usize, text: &str, end: &str, width: usize) -> String {
    let whole = format!("{label}{}{text}", " ".repeat(gap.saturating_sub(label.width())));
    if whole.width() + 2 + end.width() <= width && label.width() < gap {
        let fill = if end.is_empty() { 0 } else { width - whole.width() - end.width() };
        return format!("{whole}{}{end}\n", " ".repeat(fill));
    }
    let mut out = beside(label, gap, text, width);
    if !end.is_empty() {
        out.push_str(&format!("{end:>width$}\n"));
    }
    out
}

/// The table in columns that fit: where the widest cells have no room, the widest columns are folded.
pub fn fitted(table: &Table, width: usize) -> String {
    const GAP: usize = 2;
    const LEAST: usize = 8;
    let cells = |row: &Vec<String>| row.iter().map(|cell| visible(cell).into_owned()).collect::<Vec<String>>();
    let head: Vec<String> = table.head.iter().map(|head| (*head).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(table.rows.iter().map(cells)).collect();
    let mut widths = vec![0; table.head.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let gaps = GAP * widths.len().saturating_sub(1);
    if widths.iter().sum::<usize>() + gaps <= width {
        return columns(table);
    }
    while widths.iter().sum::<usize>() + gaps > width {
        let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > LEAST) else { break };
        *widest -= 1;
    }
    let mut out = String::new();
    for row in &rows {
        let folded: Vec<Vec<String>> = row.iter().zip(&widths).map(|(cell, width)| folded(cell, *width)).collect();
        for at in 0..folded.iter().map(Vec::len).max().unwrap_or(0) {
            let mut line = String::new();
            for (column, width) in folded.iter().zip(&widths) {
                let cell = column.get(at).map_or("", String::as_str);
                line.push_str(cell);
                line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + GAP));
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_is_too_wide_folds_its_widest_columns_and_loses_nothing() {
        let mut table = Table::new(&["Rule", "What to do", "Who"]);
        table.row([
            "MS-08".to_owned(),
            "weigh the completed vehicle and declare what it weighs".to_owned(),
            "x".into(),
        ]);
        let told = fitted(&table, 40);
        assert!(told.lines().all(|line| line.width() <= 40), "{told}");
        let words: Vec<&str> = told.split_whitespace().collect();
        for word in "MS-08 weigh the completed vehicle and declare what it weighs".split(' ') {
            assert!(words.contains(&word), "{word} in {told}");
        }
        assert_eq!(fitted(&table, 80), columns(&table), "with room it stays one line a row");
    }

    #[test]
    fn what_ends_a_line_stands_at_its_right_or_below() {
        assert_eq!(ended("13", 5, "Mass", "undecided", 24), "13   Mass      undecided\n");
        let below = ended("13", 5, "Mass in running order", "undecided", 24);
        assert_eq!(below, "13   Mass in running\n     order\n               undecided\n");
        assert_eq!(ended("13", 5, "Mass", "", 24), "13   Mass\n");
    }

    #[test]
    fn a_word_wider_than_the_room_is_broken() {
        assert_eq!(paragraph(&"x".repeat(25), 4, 16), format!("    {0}\n    {0}\n    x\n", "x".repeat(12)));
        assert_eq!(paragraph(&"x".repeat(24), 4, 16), format!("    {0}\n    {0}\n", "x".repeat(12)));
    }

    #[test]
    fn a_word_of_one_letter_goes_below_where_the_line_is_full() {
        assert_eq!(folded("aaa b", 4), ["aaa", "b"]);
        assert_eq!(folded("aa b", 4), ["aa b"]);
    }

    #[test]
    fn a_word_of_megabytes_is_folded_by_reading_it_once() {
        let lines = folded(&"ë".repeat(2_000_000), 40);
        assert_eq!((lines.len(), lines[0].width()), (50_000, 40));
    }
}

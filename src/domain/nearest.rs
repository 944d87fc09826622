//! The nearest word to one that is not known: what every "did you mean" here is made from.

/// The candidate nearest to `word`, if its distance is small enough for it to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    let limit = (length / 3).clamp(1, 6);
    candidates
        .into_iter()
        // Lengths that differ by more cannot be near, which is cheaper to see than to measure.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(far, _)| *far <= limit)
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// The number of single-letter edits (insert, drop, replace) between two words, letter case aside.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, against) in other.iter().enumerate() {
            let replace = diagonal + usize::from(letter != *against);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_a_letter_finds_the_word_that_was_meant() {
        assert_eq!(nearest("ActualMas", ["ActualMass", "Length"]), Some("ActualMass"));
        assert_eq!(nearest("step", ["owner", "stop"]), Some("stop"));
    }

    #[test]
    fn a_word_unlike_all_others_finds_nothing() {
        assert_eq!(nearest("colour", ["owner", "step"]), None);
    }
}

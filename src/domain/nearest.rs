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

/// The number of slips (a letter more, less or other, two neighbours swapped) between two words, letter case aside.
fn distance(one: &str, other: &str) -> usize {
    let letters = |word: &str| -> Vec<char> { word.to_lowercase().chars().collect() };
    let (one, other) = (letters(one), letters(other));
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let replaced = last[j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut least = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_a_letter_finds_the_word_that_was_meant() {
        assert_eq!(nearest("ActualMas", ["ActualMass", "Length"]), Some("ActualMass"));
        assert_eq!(nearest("step", ["owner", "stop"]), Some("stop"));
        assert_eq!(nearest("vmi", ["emacs", "vim"]), Some("vim"), "two letters swapped are one slip");
    }

    #[test]
    fn a_word_unlike_all_others_finds_nothing() {
        assert_eq!(nearest("colour", ["owner", "step"]), None);
    }
}

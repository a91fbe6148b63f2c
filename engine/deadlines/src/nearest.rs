//! "Did you mean": the known word that is closest to an unknown one.

/// The closest of the known words, if it is close enough to be a slip of the hand. Case does not count.
pub(crate) fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 60;
    if text.chars().count() > LONGEST {
        return None;
    }
    let wanted: Vec<char> = text.to_lowercase().chars().collect();
    let allowed = (wanted.len() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|word| (distance(&wanted, &word.to_lowercase().chars().collect::<Vec<_>>()), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Edits (insert, delete, replace, swap of neighbours) between two words.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let mut best = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let fields = ["start", "land", "period", "mode", "shift"];
        for (typed, expected) in [
            ("stat", Some("start")),
            ("lnad", Some("land")),
            ("Periode", Some("period")),
            ("deadline", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, fields), expected, "{typed}");
        }
        assert_eq!(nearest(&"x".repeat(10_000), fields), None);
    }
}

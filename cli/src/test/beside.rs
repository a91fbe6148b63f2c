//! What was expected beside what is there, in two columns that fit the width.

use fachwerk_core::{
    scenario::Compared,
    words::{Language, Text},
};

/// So wide is the text when nobody says otherwise.
const USUAL_WIDTH: usize = 100;
/// Narrower than this, two columns cannot be read: the sides stand one below the other.
const NARROW: usize = 60;
/// So many lines of one entry are shown; a letter is long.
const MOST_LINES: usize = 12;

/// How many characters a line may have: the shell says it in `COLUMNS`.
pub fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|said| said.parse().ok());
    said.filter(|width| *width >= 20).unwrap_or(USUAL_WIDTH)
}

/// The entries of a line that did not go as written. What differs begins with `≠`.
pub fn beside(entries: &[Compared], width: usize, language: Language) -> Vec<String> {
    let heads = match language {
        Language::De => ["erwartet", "tatsächlich"],
        Language::En => ["expected", "actual"],
    };
    let words = |text: &Option<Text>| text.as_ref().map_or("–", |text| text.get(language)).to_owned();
    let sign = |entry: &Compared| if entry.same { "  " } else { "≠ " };
    let mut lines = Vec::new();
    if width < NARROW {
        for entry in entries {
            lines.push(format!("{}{}", sign(entry), entry.part));
            for (head, text) in heads.iter().zip([&entry.expected, &entry.actual]) {
                lines.push(format!("    {head}:"));
                lines.extend(
                    folded(&words(text), width.saturating_sub(6)).map(|line| format!("      {line}")),
                );
            }
        }
        return lines;
    }
    let longest = entries.iter().map(|entry| entry.part.chars().count()).max().unwrap_or(0);
    let part_width = longest.min(width / 3);
    let column = (width - part_width - 8) / 2;
    let mut row = |sign: &str, part: &str, left: &str, right: &str| {
        let mut cells = [folded(part, part_width), folded(left, column), folded(right, column)];
        let mut sign = sign;
        loop {
            let [part, left, right] = cells.each_mut().map(Iterator::next);
            if part.is_none() && left.is_none() && right.is_none() {
                return;
            }
            let [part, left, right] = [part, left, right].map(Option::unwrap_or_default);
            let line = format!("{sign}{part:part_width$} | {left:column$} | {right}");
            lines.push(line.trim_end().to_owned());
            sign = "  ";
        }
    };
    row("  ", "", heads[0], heads[1]);
    for entry in entries {
        row(sign(entry), &entry.part, &words(&entry.expected), &words(&entry.actual));
    }
    lines
}

/// A text in lines that are not longer than this; a word that is longer is cut.
fn folded(text: &str, width: usize) -> std::vec::IntoIter<String> {
    let width = width.max(8);
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let letters: Vec<char> = word.chars().collect();
            for piece in letters.chunks(width) {
                let piece: String = piece.iter().collect();
                let longer = line.chars().count() + 1 + piece.chars().count();
                if !line.is_empty() && longer > width {
                    lines.push(std::mem::take(&mut line));
                }
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&piece);
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push("…".to_owned());
    }
    lines.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(part: &str, expected: Option<&str>, actual: Option<&str>) -> Compared {
        let text = |text: &str| Text::new(text, text);
        Compared {
            part: part.into(),
            expected: expected.map(text),
            actual: actual.map(text),
            same: expected == actual,
        }
    }

    #[track_caller]
    fn check(entries: &[Compared], (width, language): (usize, Language), expected: &[&str]) {
        assert_eq!(beside(entries, width, language), expected);
    }

    #[test]
    fn what_differs_is_marked_and_folded_into_its_column() {
        let waiting =
            [entry("waiting", Some("draft"), Some("draft")), entry("waiting", None, Some("hearing/ask"))];
        check(
            &waiting,
            (60, Language::En),
            &[
                "          | expected               | actual",
                "  waiting | draft                  | draft",
                "≠ waiting | –                      | hearing/ask",
            ],
        );
        check(
            &[entry(
                "text notice",
                Some("bis 7. April"),
                Some("Sehr geehrte Frau Muster, bitte reichen Sie nach"),
            )],
            (60, Language::De),
            &[
                "              | erwartet             | tatsächlich",
                "≠ text notice | bis 7. April         | Sehr geehrte Frau",
                "              |                      | Muster, bitte",
                "              |                      | reichen Sie nach",
            ],
        );
    }

    #[test]
    fn on_a_narrow_screen_the_sides_stand_below_each_other() {
        check(
            &[entry("ended", Some("refused"), Some("false"))],
            (40, Language::De),
            &["≠ ended", "    erwartet:", "      refused", "    tatsächlich:", "      false"],
        );
    }

    #[test]
    fn long_words_are_cut_and_long_letters_end() {
        check(
            &[entry("number", Some("x"), Some("32.1-2026/00001"))],
            (20, Language::En),
            &["≠ number", "    expected:", "      x", "    actual:", "      32.1-2026/0000", "      1"],
        );
        let long = "Zeile\n".repeat(40);
        let lines = beside(&[entry("text a", Some("x"), Some(&long))], 80, Language::En);
        assert_eq!(lines.len(), 1 + MOST_LINES + 1);
    }
}

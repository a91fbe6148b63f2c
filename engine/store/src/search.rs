//! What a case is found and sorted by: the words of its number and subject, and the fields of its listing.
//!
//! Texts are folded as telephone directories do (DIN 5007-2): small letters, `ä` as `ae`, `ß` as `ss`, no accents. So `Müller` is
//! found by `mueller` and stands between `Mueck` and `Muelot`.

use std::collections::BTreeSet;

use fachwerk_core::{projection::CaseRow, words::Value};

use crate::error::StoreError;

/// Words kept of one case.
const MAX_WORDS: usize = 32;
/// Characters kept of one word.
const MAX_WORD_CHARS: usize = 64;
/// Characters kept of one field.
const MAX_VALUE_CHARS: usize = 200;
/// Words of one search.
const MAX_SOUGHT_WORDS: usize = 8;

/// The words that a case is found by: `AZ 32.1/2026-0017` gives the whole pieces `az` and `32.1/2026-0017`, and of
/// those the parts `32`, `1`, `2026`, `0017`, and `17` without its zeros.
pub(crate) fn words_of(row: &CaseRow) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in row.number.iter().chain(&row.subject) {
        let text = folded(text);
        for piece in text.split_whitespace() {
            let parts = piece.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
            let bare = parts.clone().map(|part| part.trim_start_matches('0')).filter(|part| !part.is_empty());
            for word in std::iter::once(piece).chain(parts).chain(bare) {
                if found.len() < MAX_WORDS {
                    found.insert(cut(word, MAX_WORD_CHARS));
                }
            }
        }
    }
    found
}

/// The words that somebody searches for: a case must have, for each of them, a word that begins with it.
pub(crate) fn sought(text: &str) -> Result<Vec<String>, StoreError> {
    let words: Vec<String> = folded(text).split_whitespace().map(|word| cut(word, MAX_WORD_CHARS)).collect();
    if words.len() > MAX_SOUGHT_WORDS {
        let (size, limit) = (words.len() as u64, MAX_SOUGHT_WORDS as u64);
        return Err(StoreError::TooLarge { what: "search_words", size, limit });
    }
    Ok(words)
}

/// The text behind all texts that begin with `word`.
pub(crate) fn end_of(word: &str) -> String {
    format!("{word}{}", char::MAX)
}

/// A field as it is compared and sorted: a text folded, a number so that texts sort like numbers, `true` or `false`. Other values
/// are not compared.
pub(crate) fn comparable(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(cut(&folded(text), MAX_VALUE_CHARS)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => sortable(&number.to_string()),
            // Without an exponent.
            None => number.as_f64().and_then(|number| sortable(&number.to_string())),
        },
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What fields may be that somebody asks for by a text: the text itself, and the number that it writes.
pub(crate) fn comparable_to(text: &str) -> Vec<String> {
    let number = sortable(text.trim());
    std::iter::once(cut(&folded(text), MAX_VALUE_CHARS)).chain(number).collect()
}

/// A decimal number as a text that sorts by its value. It begins with a capital, so no folded text is the same.
fn sortable(number: &str) -> Option<String> {
    let (negative, digits) = number.strip_prefix('-').map_or((false, number), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || whole.len() > MAX_VALUE_CHARS {
        return None;
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let point = if fraction.is_empty() { "" } else { "." };
    let digits = format!("{whole}{point}{fraction}");
    // More digits are a larger number; of negative ones a smaller one, so there all is turned round.
    if !negative || digits.is_empty() {
        return Some(cut(&format!("P{:03}{digits}", whole.len()), MAX_VALUE_CHARS));
    }
    let turned = digits.bytes().map(|byte| if byte == b'.' { '.' } else { char::from(b'9' - byte + b'0') });
    Some(cut(&format!("N{:03}{}~", 999 - whole.len(), turned.collect::<String>()), MAX_VALUE_CHARS))
}

/// Letters that stand for others.
const FOLDED: &[(&str, &str)] = &[
    ("àáâãåāăąǎ", "a"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģǧ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįıǐ", "i"),
    ("ĵ", "j"),
    ("ķ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŋ", "n"),
    ("òóôõōŏőǒ", "o"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ţťŧț", "t"),
    ("ùúûũūŭůűųǔ", "u"),
    ("ŵ", "w"),
    ("ýÿŷ", "y"),
    ("źżž", "z"),
    ("äæ", "ae"),
    ("öøœ", "oe"),
    ("ü", "ue"),
    ("ß", "ss"),
    ("þ", "th"),
];

/// A text as it is found and sorted.
fn folded(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            _ if letter.is_ascii() => found.push(letter),
            // Two dots written apart from their letter.
            '\u{308}' if found.ends_with(['a', 'o', 'u']) => found.push('e'),
            '\u{300}'..='\u{36f}' => {}
            _ => match FOLDED.iter().find(|(letters, _)| letters.contains(letter)) {
                Some((_, stands_for)) => found.push_str(stands_for),
                None => found.push(letter),
            },
        }
    }
    found
}

fn cut(text: &str, max_chars: usize) -> String {
    text.chars().take(max_chars).collect()
}

#[cfg(test)]
mod tests {
    use fachwerk_core::words::{CaseId, Date, Object, Timestamp};

    use super::*;

    #[track_caller]
    fn check(number: &str, subject: &str, expected: &[&str]) {
        let row = CaseRow {
            case: CaseId(uuid::Uuid::nil()),
            process: "bonfire".into(),
            release: "r".into(),
            version: 1,
            number: Some(number.into()),
            subject: Some(subject.into()),
            open: true,
            outcome: None,
            received_on: Date::ZERO,
            started_at: Timestamp::UNIX_EPOCH,
            changed_at: Timestamp::UNIX_EPOCH,
            ended_at: None,
            keeping: fachwerk_core::keeping::Keeping::default(),
            columns: Object::new(),
            priority: None,
        };
        let found = words_of(&row);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_case_is_found_by_its_words() {
        check("", "", &[]);
        check("AZ-0017", "Müller", &["0017", "17", "az", "az-0017", "mueller"]);
        check("32.1/2026-3", "", &["1", "2026", "3", "32", "32.1/2026-3"]);
        check("", "Groß-Straße 000", &["000", "gross", "gross-strasse", "strasse"]);
        check("", &"x".repeat(70), &[&"x".repeat(64)]);
    }
    #[test]
    fn fields_sort_by_what_they_say() {
        let sorted = [
            serde_json::json!("-"),
            serde_json::json!("10"),
            serde_json::json!(-1_000_000),
            serde_json::json!(-13),
            serde_json::json!(-12.55),
            serde_json::json!(-12.5),
            serde_json::json!(-12.25),
            serde_json::json!(-12),
            serde_json::json!(-0.5),
            serde_json::json!(0),
            serde_json::json!(0.05),
            serde_json::json!(0.5),
            serde_json::json!(1),
            serde_json::json!(9),
            serde_json::json!(10),
            serde_json::json!(10.5),
            serde_json::json!(11),
            serde_json::json!(1e30),
            serde_json::json!("Adler"),
            serde_json::json!("Ärger"),
            serde_json::json!("Çelik"),
            serde_json::json!("Czerny"),
            serde_json::json!(false),
            serde_json::json!("Mueck"),
            serde_json::json!("müller"),
            serde_json::json!("Muelot"),
            serde_json::json!("Strand"),
            serde_json::json!("Straße"),
            serde_json::json!("Strasse 2"),
            serde_json::json!(true),
            serde_json::json!("Zorn"),
        ];
        let comparable: Vec<String> = sorted.iter().filter_map(comparable).collect();
        let mut again = comparable.clone();
        again.sort();
        assert_eq!(comparable.len(), sorted.len());
        // Numbers begin with a capital, so they come behind digits of texts and before letters.
        assert_eq!(again, comparable);
        assert_eq!(comparable_to("MU\u{308}LLER"), ["mueller"]);
        assert_eq!(comparable_to("12.50"), ["12.50".to_owned(), comparable_of(12.5)]);
        assert_eq!(comparable_to("-0"), ["-0".to_owned(), comparable_of(0.0)]);
        assert_eq!(comparable_to("1.2.3"), ["1.2.3"]);
    }

    fn comparable_of(number: f64) -> String {
        comparable(&serde_json::json!(number)).unwrap_or_default()
    }
}

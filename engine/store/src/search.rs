//! What a case is found by: the words of its number and subject, and the fields of its listing.

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
        let text = text.to_lowercase();
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
    let words: Vec<String> =
        text.to_lowercase().split_whitespace().map(|word| cut(word, MAX_WORD_CHARS)).collect();
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

/// A field as it is compared: the text itself, a number in decimal, `true` or `false`. Other values are not compared.
pub(crate) fn comparable(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(comparable_text(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

pub(crate) fn comparable_text(text: &str) -> String {
    cut(text, MAX_VALUE_CHARS)
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
        };
        let found = words_of(&row);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_case_is_found_by_its_words() {
        check("", "", &[]);
        check("AZ-0017", "Müller", &["0017", "17", "az", "az-0017", "müller"]);
        check("32.1/2026-3", "", &["1", "2026", "3", "32", "32.1/2026-3"]);
        check("", "Groß-Straße 000", &["000", "groß", "groß-straße", "straße"]);
        check("", &"x".repeat(70), &[&"x".repeat(64)]);
    }
}

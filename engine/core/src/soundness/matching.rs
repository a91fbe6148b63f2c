//! A text that fits a pattern: without one no case with a licence plate in its application could be played.

use regex_syntax::hir::{Class, Hir, HirKind};

/// So many parts of a pattern are written, those that are repeated each time.
const MOST_PARTS: usize = 10_000;

/// A short text that fits a regular expression; none where it asks for what is not known here, or for a longer one.
pub fn matching(pattern: &str) -> Option<String> {
    let mut text = String::new();
    write(&regex_syntax::parse(pattern).ok()?, &mut text, &mut { MOST_PARTS })?;
    Some(text)
}

fn write(part: &Hir, text: &mut String, left: &mut usize) -> Option<()> {
    *left = left.checked_sub(1)?;
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            let holds =
                |letter: &char| class.iter().any(|range| (range.start()..=range.end()).contains(letter));
            let letter = ['1', 'A', 'a', ' '].into_iter().find(holds);
            text.push(letter.or_else(|| Some(class.ranges().first()?.start()))?);
        }
        HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                write(&repetition.sub, text, left)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, text, left)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, text, left))?,
        HirKind::Alternation(parts) => write(parts.first()?, text, left)?,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, expected: Option<&str>) {
        assert_eq!(matching(pattern).as_deref(), expected);
    }

    #[test]
    fn texts_that_fit() {
        check("^[0-9]{5}$", Some("11111"));
        check("^[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?([1-9][0-9]{0,3})(E|H)?$", Some("A-A1"));
        check(r"^(DE|AT)\d{2}[ ](\w|-)+$", Some("DE11 1"));
        check("^[é-ü]$", Some("é"));
    }

    #[test]
    fn what_is_not_known_or_too_long() {
        check("^(?=a)a$", None);
        check("[", None);
        check("((a{1000}){1000}){1000}", None);
    }
}

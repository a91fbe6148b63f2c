//! Finds and replaces in a letter what people read there, however its Markdown is written.

use std::ops::Range;

/// A text as it is read: each character with where it stands in what is written. White space is one space.
fn read(written: &str) -> Vec<(char, Range<usize>)> {
    const ENTITIES: [(&str, char); 5] =
        [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"'), ("&#39;", '\'')];
    let mut found: Vec<(char, Range<usize>)> = Vec::with_capacity(written.len());
    let mut at = 0;
    while let Some(c) = written[at..].chars().next() {
        let rest = &written[at..];
        let escaped = rest.strip_prefix('\\').and_then(|rest| rest.chars().next());
        let entity = ENTITIES.into_iter().find(|(entity, _)| rest.starts_with(entity));
        let (c, length) = match (escaped, entity) {
            (Some(c), _) if c.is_ascii_punctuation() || c == '\n' => (c, 2),
            (_, Some((entity, c))) => (c, entity.len()),
            _ => (c, c.len_utf8()),
        };
        match found.last_mut() {
            Some((' ', place)) if c.is_whitespace() => place.end = at + length,
            _ => found.push((if c.is_whitespace() { ' ' } else { c }, at..at + length)),
        }
        at += length;
    }
    found
}

/// Where a text is read within another one: as whole words and numbers, not within longer ones.
fn places(written: &str, wanted: &str) -> Vec<Range<usize>> {
    let (read, wanted) = (read(written), wanted.split_whitespace().collect::<Vec<_>>().join(" "));
    let wanted: Vec<char> = wanted.chars().collect();
    let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else { return Vec::new() };
    let char_at = |at: Option<usize>| at.and_then(|at| read.get(at)).map(|(c, _)| *c);
    // 12 is not read in 2012, nor in 12,50.
    let goes_on = |edge: char, next: Option<char>, after: Option<char>| match next {
        Some(next) if edge.is_alphanumeric() && next.is_alphanumeric() => true,
        Some('.' | ',') => edge.is_ascii_digit() && after.is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at + wanted.len() <= read.len() {
        let end = at + wanted.len();
        let same = read[at..end].iter().map(|(c, _)| c).eq(&wanted);
        let whole = !goes_on(*first, char_at(at.checked_sub(1)), char_at(at.checked_sub(2)))
            && !goes_on(*last, char_at(Some(end)), char_at(Some(end + 1)));
        if same && whole {
            found.push(read[at].1.start..read[end - 1].1.end);
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// How often a text is read within another one.
pub fn count(written: &str, wanted: &str) -> usize {
    places(written, wanted).len()
}

/// A text with another one in place of what is read there. `right` is taken as it is written.
pub fn replace(written: &str, wrong: &str, right: &str) -> String {
    let mut replaced = written.to_owned();
    for place in places(written, wrong).into_iter().rev() {
        replaced.replace_range(place, right);
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::{count, replace};

    #[track_caller]
    fn check(written: &str, wrong: &str, right: &str, expected: &str) {
        assert_eq!(replace(written, wrong, right), expected);
        assert_eq!(count(written, wrong) == 0, written == expected);
    }

    #[test]
    fn whole_words_and_numbers_are_replaced_as_they_are_read() {
        check("um 12 Uhr, 12 Uhr", "12 Uhr", "21 Uhr", "um 21 Uhr, 21 Uhr");
        check("2012 12,50 1.200 a12", "12", "21", "2012 12,50 1.200 a12");
        check("am 12. März", "12", "13", "am 13. März");
        check("Frau Muster\\(mann\\)", "Muster(mann)", "Musterfrau", "Frau Musterfrau");
        check("A &amp; B\\\n  GmbH", " A & B   GmbH ", "C", "C");
        check("Straße", "Stra", "x", "Straße");
        check("Größe", "", "x", "Größe");
        check("ää", "ä", "x", "ää");
    }
}

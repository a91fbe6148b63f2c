//! What German letters set with care: parts that no end of a line may tear apart, and characters that can be printed.

/// Narrow, and no line ends at it: between the parts of an abbreviation, behind a paragraph sign, before a unit.
const NARROW: char = '\u{202f}';
/// As wide as any other, and no line ends at it.
const FIRM: char = '\u{a0}';

/// Words that belong to the number or letter behind them.
const BEFORE_NUMBERS: [&str; 22] = [
    "§", "§§", "Abs.", "Art.", "Nr.", "Nrn.", "Satz", "S.", "Alt.", "Buchst.", "Ziff.", "Ziffer", "Rn.",
    "Az.", "Bd.", "Kap.", "Anl.", "Halbs.", "Hs.", "Var.", "Tel.", "Fl.",
];
/// What belongs to the number before it.
const BEHIND_NUMBERS: [&str; 26] = [
    "€", "%", "‰", "°C", "EUR", "Euro", "Cent", "Uhr", "km", "m", "cm", "mm", "m²", "m³", "km²", "ha", "kg",
    "g", "t", "l", "h", "min", "kW", "kWh", "qm", "ff.",
];
pub const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// A text with the spaces that hold together what belongs together.
pub fn typeset(text: &str) -> String {
    let text = text.replace(['\n', '\t'], " ");
    let words: Vec<&str> = text.split(' ').collect();
    let mut set = String::with_capacity(text.len() + 8);
    for (at, word) in words.iter().enumerate() {
        set.push_str(word);
        if let Some(next) = words.get(at + 1) {
            set.push(between(word, next));
        }
    }
    set
}

/// The space between two words.
fn between(before: &str, behind: &str) -> char {
    let last = before.rsplit([FIRM, NARROW]).next().unwrap_or(before);
    let bare = last.trim_start_matches(['(', '[', '„', '‚', '"', '»', '/']);
    let next = behind.trim_end_matches([',', ';', ':', '.', ')', ']', '“', '‘', '"', '«', '!', '?']);
    let numbered = bare.ends_with(|c: char| c.is_ascii_digit());
    if BEFORE_NUMBERS.contains(&bare) && begins_number(behind) {
        // "Satz 2" are two words, "Abs. 2" is one.
        return if bare.ends_with(['.', '§']) { NARROW } else { FIRM };
    }
    if bare.ends_with('.') && is_short(bare) && is_short(behind) {
        return NARROW;
    }
    if numbered && BEHIND_NUMBERS.iter().any(|unit| *unit == next || *unit == behind) {
        return if next.chars().all(char::is_alphabetic) && next.len() > 2 { FIRM } else { NARROW };
    }
    let is_day = bare.strip_suffix('.').is_some_and(|day| day.len() <= 2 && day.parse::<u8>().is_ok());
    if is_day && MONTHS.contains(&next) {
        return FIRM;
    }
    ' '
}

/// A number, a Roman one, or a letter alone: `41`, `2a`, `IV`, `a)`.
fn begins_number(word: &str) -> bool {
    let bare = word.trim_end_matches([',', ';', ':', '.', ')', ']', '“', '"']);
    let roman = !bare.is_empty() && bare.chars().all(|c| "IVXLC".contains(c));
    let letter = bare.chars().count() == 1 && bare.chars().all(char::is_alphabetic);
    word.starts_with(|c: char| c.is_ascii_digit() || c == '+') || roman || letter
}

/// One letter and a point, as the parts of "z. B." are; a bracket or comma may stand behind it.
fn is_short(word: &str) -> bool {
    let bare = word.trim_end_matches([',', ';', ':', ')', ']', '“', '"']);
    let mut letters = bare.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.next() == Some('.') && letters.next().is_none()
}

/// Only characters that a font has: others are shown as one that stands for what cannot be shown. What is not seen at all
/// (marks of direction, joiners) is left out when no font knows it.
pub fn printable(text: &str, has: impl Fn(char) -> bool) -> String {
    text.chars()
        .filter_map(|c| match c {
            // Lines and indents mean something in Markdown.
            '\n' | '\t' => Some(c),
            _ if c.is_control() || is_unseen(c) => None,
            _ if has(c) && !is_private(c) => Some(c),
            _ if c.is_whitespace() => Some(' '),
            _ if has('\u{fffd}') => Some('\u{fffd}'),
            _ => Some('?'),
        })
        .collect()
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Everybody reads their own into these, so archives refuse them.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        // `_` stands for a narrow space, `~` for a firm one.
        let shown = typeset(text).replace(NARROW, "_").replace(FIRM, "~");
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_belongs_together_is_not_torn_apart() {
        check("nach § 41 Abs. 2 Satz 1 VwVfG", "nach §_41 Abs._2 Satz~1 VwVfG");
        check("(§§ 28, 39 VwVfG i. V. m. § 1)", "(§§_28, 39 VwVfG i._V._m. §_1)");
        check("z. B., d. h., u. a.", "z._B., d._h., u._a.");
        check("Art. 20 Abs. III, Buchst. a) und Nr. 5", "Art._20 Abs._III, Buchst._a) und Nr._5");
        check("am 3. März 2026 um 10 Uhr", "am 3.~März 2026 um 10~Uhr");
        check("50,00 €, 5 % und 100 m.", "50,00_€, 5_% und 100_m.");
        check("300 Euro je 20 m² in 3 Tagen", "300~Euro je 20_m² in 3 Tagen");
        check("§ und Satz allein, a b. c", "§ und Satz allein, a b. c");
        check("", "");
        check(" zwei  Leerzeichen ", " zwei  Leerzeichen ");
    }

    #[test]
    fn only_what_a_font_has_is_printed() {
        let latin = |c: char| (c as u32) < 0x250 || c == '\u{fffd}' || c == '\u{e000}';
        let check = |text: &str, expected: &str| assert_eq!(printable(text, latin), expected);
        check("Grüße\n\u{feff}an\u{200d}\u{202e}", "Grüße\nan");
        check("Feuer 🔥\u{fe0f}", "Feuer \u{fffd}");
        check("\u{0}\u{1b}[31m \u{e000}", "[31m \u{fffd}");
        check("eng\u{202f}weit\u{2003}", "eng weit ");
        assert_eq!(printable("汉", |c| c == '?'), "?");
    }
}

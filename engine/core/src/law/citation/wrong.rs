//! Why a text cannot be read as a citation, in words.

use super::{Unreadable, words::Word};
use crate::words::Text;

/// Characters of a citation.
pub const MOST: usize = 1_000;

fn unreadable(why: (String, String), help: (String, String)) -> Unreadable {
    Unreadable { why: Text::new(why.0, why.1), help: Text::new(help.0, help.1) }
}

fn example() -> (String, String) {
    (
        "Paragraf und Gesetz nennen, zum Beispiel „§ 28 Abs. 2 Nr. 1 VwVfG“; ein Gesetz im Ganzen mit seinem Namen.".to_owned(),
        "Name section and law, for example `§ 28 Abs. 2 Nr. 1 VwVfG`; a law as a whole by its name.".to_owned(),
    )
}

pub fn too_long() -> Unreadable {
    unreadable(
        (
            format!("Die Angabe hat mehr als {MOST} Zeichen."),
            format!("The citation has more than {MOST} characters."),
        ),
        example(),
    )
}

pub fn names_nothing(text: &str) -> Unreadable {
    let short: String = text.chars().take(80).collect();
    unreadable(
        (format!("„{short}“ nennt keine Vorschrift."), format!("`{short}` names no provision.")),
        example(),
    )
}

pub fn stray(word: Word<'_>) -> Unreadable {
    let short: String = word.text.chars().take(80).collect();
    unreadable(
        (
            format!("Bei „{short}“ ist die Angabe nicht als Vorschrift zu lesen."),
            format!("At `{short}` it cannot be read as a citation."),
        ),
        example(),
    )
}

pub fn without_law(found: &str) -> Unreadable {
    let short: String = found.chars().take(80).collect();
    unreadable(
        (format!("Zu „{short}“ fehlt das Gesetz."), format!("The law of `{short}` is missing.")),
        (
            "Das Gesetz dahinter schreiben, zum Beispiel „§ 41 VwVfG“.".to_owned(),
            "Write the law behind it, for example `§ 41 VwVfG`.".to_owned(),
        ),
    )
}

pub fn without_number(sign: &str) -> Unreadable {
    unreadable(
        (format!("Hinter „{sign}“ fehlt die Nummer."), format!("The number behind `{sign}` is missing.")),
        example(),
    )
}

pub fn without_sign(first: Word<'_>, words: &[Word<'_>]) -> Unreadable {
    let whole: Vec<&str> = words.iter().map(|word| word.text).take(12).collect();
    let meant = format!("§ {}", whole.join(" "));
    unreadable(
        (
            format!("Vor „{}“ fehlt das „§“.", first.text),
            format!("The `§` before `{}` is missing.", first.text),
        ),
        (format!("Gemeint ist wohl „{meant}“."), format!("Did you mean `{meant}`?")),
    )
}

//! Writes a value into a letter: in the language of the letter, and never as markup.
//!
//! Backslash escapes work in CommonMark for every ASCII punctuation character (0.31, 2.4),
//! but not within raw HTML; so `<`, `>`, `&` and quotes become character references, which
//! work in both. What is special only at the beginning of a line (headings, lists, quotes,
//! rules) is escaped there. Line breaks become hard breaks, and blank lines disappear, so a
//! value cannot leave the paragraph it stands in.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Output, Value};

use crate::template::error::Fault;
use crate::template::filters::plain_text;
use crate::template::{Lang, Markup};

pub(super) fn write(out: &mut Output, value: &Value, lang: Lang, markup: Markup) -> Result<(), Error> {
    if value.is_undefined() {
        // `{{ a if b }}` without else, which is said on purpose; whatever else is
        // undefined was refused before.
        return Ok(());
    }
    let text = plain_text(value, lang).ok_or(Fault::Null)??;
    let is_markup = markup == Markup::Plain || value.is_safe();
    let escape = !is_markup && matches!(value.kind(), ValueKind::String | ValueKind::Number);
    let written = if escape { out.write_str(&markdown(&text)) } else { out.write_str(&text) };
    written.map_err(|_| Error::from(ErrorKind::WriteFailure))
}

/// The text as Markdown that shows exactly it.
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    for (index, line) in lines.enumerate() {
        if index > 0 {
            escaped.push_str("\\\n");
        }
        line_of(line, &mut escaped);
    }
    // Space around the value separates words, but several spaces mean something.
    if escaped.is_empty() {
        return if text.is_empty() { escaped } else { " ".to_string() };
    }
    if text.ends_with(char::is_whitespace) {
        escaped.push(' ');
    }
    if text.starts_with(char::is_whitespace) {
        escaped.insert(0, ' ');
    }
    escaped
}

fn line_of(line: &str, escaped: &mut String) {
    // Digits can begin a numbered list, so what follows them is still the beginning.
    let mut at_start = true;
    let mut rest = line;
    loop {
        // Most of a text means only itself.
        let plain = rest.find(|c: char| !(c.is_alphanumeric() || c == ' ')).unwrap_or(rest.len());
        let (words, after) = rest.split_at(plain);
        escaped.push_str(words);
        at_start &= words.bytes().all(|byte| byte.is_ascii_digit());
        let mut chars = after.chars();
        let Some(c) = chars.next() else { return };
        rest = chars.as_str();
        let next = rest.chars().next();
        // At the end of the value anything may follow.
        let before_space = next.is_none_or(char::is_whitespace);
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '{' | '}' | '|' | '~' | '$' | '^' | '!' => {
                escaped.extend(['\\', c]);
            }
            // Heading, list, rule, underline of a heading, definition.
            '#' | '=' | ':' if at_start => escaped.extend(['\\', c]),
            '-' | '+' | '.' if at_start && (before_space || next == Some(c)) => {
                escaped.extend(['\\', c]);
            }
            // Not for people: could hide what follows or turn its direction.
            c if is_invisible(c) => {}
            '\t' => escaped.push(' '),
            c => escaped.push(c),
        }
        at_start = false;
    }
}

/// Control characters, and the marks that change the direction of text (Unicode TR9).
fn is_invisible(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

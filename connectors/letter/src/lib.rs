//! Letters: a Markdown text becomes a page that can be printed and posted.
//!
//! The text arrives filled in; what the case put into it has been escaped by the template. The page is complete in
//! itself (no script, no foreign address), so it reads the same in ten years.
//!
//! **Architecture invariant.** This crate knows no case, no store and no clock. It sends nothing: a person posts the
//! letter and records the dispatch. Raw HTML in the Markdown is shown as text, never passed on. PDF/A comes later.

mod page;

use fachwerk_core::{
    event::{Direction, DocumentContent, EffectError},
    words::{Object, Text, Value},
};
use serde::Deserialize;

/// The name under which processes ask for letters.
pub const NAME: &str = "letter";

/// The longest text, in bytes.
const MAX_BODY_BYTES: usize = 200_000;

/// What a process asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// The name of the document in the file.
    pub title: String,
    /// Who it goes to, line by line; absent for what stays in the file.
    #[serde(default)]
    pub addressee: Option<String>,
    /// The sender, line by line.
    #[serde(default)]
    pub sender: Option<String>,
    /// Our reference (Aktenzeichen).
    #[serde(default)]
    pub reference: Option<String>,
    /// The day written on it, as people read it.
    #[serde(default)]
    pub date: Option<String>,
    /// The line in bold above the text.
    #[serde(default)]
    pub subject: Option<String>,
    /// The text, in Markdown.
    pub body: String,
    /// Where it goes.
    #[serde(default = "outgoing")]
    pub direction: Direction,
}

fn outgoing() -> Direction {
    Direction::Outgoing
}

/// Reads the letter that a request asks for.
pub fn read(request: &Value) -> Result<Letter, EffectError> {
    let letter: Letter =
        serde_json::from_value(without_nulls(request)).map_err(|error| invalid(&error.to_string()))?;
    if letter.body.len() > MAX_BODY_BYTES {
        return Err(invalid(&format!(
            "the text has more than {MAX_BODY_BYTES} bytes (limit `letter_body_bytes`)"
        )));
    }
    if letter.title.trim().is_empty() {
        return Err(invalid("the title is blank"));
    }
    Ok(letter)
}

impl Letter {
    /// What it is; hash and size are filled in by whoever keeps the bytes.
    pub fn content(&self) -> DocumentContent {
        let one_line = |lines: &str| {
            lines.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
        };
        DocumentContent {
            title: self.title.trim().into(),
            media_type: "text/html; charset=utf-8".into(),
            hash: "".into(),
            size: 0,
            direction: self.direction,
            addressee: self.addressee.as_deref().map(one_line).map(Into::into),
        }
    }

    /// The page.
    pub fn page(&self) -> String {
        page::render(self)
    }
}

/// A rule that has nothing to say says null; that is as good as not saying it.
fn without_nulls(request: &Value) -> Value {
    match request {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Object>())
        }
        other => other.clone(),
    }
}

fn invalid(why: &str) -> EffectError {
    EffectError {
        code: "letter_invalid".into(),
        message: Text::new(
            format!("Das Schreiben lässt sich nicht erstellen: {why}."),
            format!("The letter cannot be made: {why}."),
        ),
        retry: false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(request: Value, contains: &[&str], lacks: &[&str]) {
        let page = read(&request).expect("a letter").page();
        for part in contains {
            assert!(page.contains(part), "{part:?} is missing in\n{page}");
        }
        for part in lacks {
            assert!(!page.contains(part), "{part:?} stands in\n{page}");
        }
    }

    #[track_caller]
    fn check_refused(request: Value, why: &str) {
        let error = read(&request).expect_err("refused");
        assert_eq!(&*error.code, "letter_invalid");
        assert!(error.message.en.contains(why), "{:?}", error.message);
    }

    #[test]
    fn a_letter_has_its_parts() {
        check(
            json!({
                "title": "Nachforderung", "addressee": "Erika Muster\nAm Markt 1\n39104 Musterstadt", "subject": "Ihr Antrag",
                "reference": "32.1-2026/00001", "date": "2. März 2026", "body": "Guten Tag,\n\n- Lageplan\n- Einwilligung",
            }),
            &[
                "Erika Muster<br>",
                "<h1>Ihr Antrag</h1>",
                "32.1-2026/00001",
                "<li>Lageplan</li>",
                "lang=\"de\"",
            ],
            &["null"],
        );
    }

    #[test]
    fn markup_from_outside_stays_text() {
        check(
            json!({ "title": "T", "addressee": "<script>alert(1)</script>", "body": "a <b>c</b>\n\n<script>x()</script>\n\n[x](javascript:alert(1))" }),
            &["&lt;script&gt;", "&lt;b&gt;"],
            &["<script>", "<b>", "href=\"javascript"],
        );
    }

    #[test]
    fn what_stays_in_the_file_needs_no_addressee() {
        let letter =
            read(&json!({ "title": "Vermerk", "body": "x", "direction": "internal", "addressee": null }));
        assert_eq!(letter.map(|letter| letter.content().direction), Ok(Direction::Internal));
    }

    #[test]
    fn bad_requests_are_refused() {
        check_refused(json!({ "title": " ", "body": "x" }), "blank");
        check_refused(json!({ "title": "x" }), "body");
        check_refused(json!({ "title": "x", "body": "x", "boddy": 1 }), "boddy");
        check_refused(json!("x"), "");
        check_refused(json!({ "title": "x", "body": "x".repeat(MAX_BODY_BYTES + 1) }), "letter_body_bytes");
    }
}

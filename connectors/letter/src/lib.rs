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

/// How letters are signed: by delegation, or by the deputy of the head of the authority.
const MANNERS: [&str; 6] = ["Im Auftrag", "i. A.", "i.A.", "In Vertretung", "i. V.", "i.V."];

/// What stands under a letter that nobody signed.
const AUTOMATIC: &str = "Dieses Schreiben wurde automatisch erstellt und ist ohne Unterschrift gültig.";

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
    /// The text, in Markdown. A last line `Im Auftrag` or `In Vertretung` says how it is signed.
    pub body: String,
    /// The instruction on remedies (Rechtsbehelfsbelehrung), paragraph by paragraph; it stands under the text, before who
    /// signed.
    #[serde(default)]
    pub instruction: Option<String>,
    /// Who signed it, by name; none: nobody did, it was made automatically.
    #[serde(default)]
    pub signed_by: Option<String>,
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

    /// The text without how it is signed, and what stands below it: who signed a letter that leaves the house, or that
    /// nobody did (§ 37 (3) and (5) VwVfG). What stays in the house needs neither.
    pub fn closed(&self) -> (&str, Vec<&str>) {
        if self.direction != Direction::Outgoing {
            return (&self.body, Vec::new());
        }
        let text = self.body.trim_end();
        let (before, last) = text.rsplit_once('\n').unwrap_or(("", text));
        let manner = MANNERS.into_iter().find(|manner| last.trim().eq_ignore_ascii_case(manner));
        let text = if manner.is_some() { before.trim_end() } else { &self.body };
        match self.signed_by.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => (text, vec![manner.unwrap_or(MANNERS[0]), name]),
            None => (text, vec![AUTOMATIC]),
        }
    }

    /// What it says, without how it looks: the text, the instruction on remedies, who signed.
    pub fn words(&self) -> String {
        let (text, closing) = self.closed();
        let instruction = self.instruction.as_deref().map(|words| ["Rechtsbehelfsbelehrung", words]);
        let parts = [text].into_iter().chain(instruction.into_iter().flatten()).chain(closing);
        parts.collect::<Vec<_>>().join("\n\n")
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
    fn a_letter_ends_with_who_signed_it() {
        let closed = |more: Value| {
            let mut request = json!({ "title": "T", "body": "Text\n\nMit freundlichen Grüßen\n" });
            request.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("fields"));
            let letter = read(&request).expect("a letter");
            let (text, closing) = letter.closed();
            format!("{}|{}", text.trim_end().replace("\n\n", " "), closing.join("|"))
        };
        #[track_caller]
        fn same(closed: String, expected: &str) {
            assert_eq!(closed, expected);
        }
        let greeting = "Text Mit freundlichen Grüßen";
        same(closed(json!({ "signed_by": "Lea Lorenz" })), &format!("{greeting}|Im Auftrag|Lea Lorenz"));
        same(closed(json!({ "signed_by": " " })), &format!("{greeting}|{AUTOMATIC}"));
        same(closed(json!({})), &format!("{greeting}|{AUTOMATIC}"));
        same(closed(json!({ "direction": "internal", "signed_by": "Lea" })), &format!("{greeting}|"));
        // Templates that say it themselves.
        let said = |manner: &str| json!({ "body": format!("Text\n\n{manner}  \n\n"), "signed_by": "Lea" });
        same(closed(said("Im Auftrag")), "Text|Im Auftrag|Lea");
        same(closed(said("in vertretung")), "Text|In Vertretung|Lea");
        same(closed(said("i. V.")), "Text|i. V.|Lea");
        same(closed(json!({ "body": "Im Auftrag" })), &format!("|{AUTOMATIC}"));
        same(closed(said("Er kam im Auftrag")), "Text Er kam im Auftrag|Im Auftrag|Lea");
        check(
            json!({ "title": "T", "body": "x", "signed_by": "<b>Lea</b>" }),
            &["<div class=\"closing\">\n<p>Im Auftrag</p>\n<p>&lt;b&gt;Lea&lt;/b&gt;</p>\n</div>"],
            &[AUTOMATIC],
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

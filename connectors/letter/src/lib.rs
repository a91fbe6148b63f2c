//! Letters: a Markdown text becomes a PDF that can be printed and posted, read aloud, and kept for ever (PDF/A-2a and
//! PDF/UA-1, laid out after DIN 5008 form B).
//!
//! The text arrives filled in; what the case put into it has been escaped by the template of the process. There is one
//! layout (`letter.typ`), and what a letter says reaches it as values only: nobody can type code. The same request is the
//! same bytes, always. Characters that the fonts do not have are shown as one that stands for them (U+FFFD).
//!
//! **Architecture invariant.** This crate knows no case, no store and no clock. It sends nothing: a person posts the
//! letter and records the dispatch. Raw HTML in the Markdown is shown as text, addresses stand behind what leads to them,
//! pictures are left out.

mod markdown;
mod picture;
mod typesetting;
mod typography;

use fachwerk_core::{
    event::{Direction, DocumentContent, EffectError, Enclosure},
    words::{Object, Text, Value},
};
use serde::Deserialize;

pub use picture::Picture;

/// The name under which processes ask for letters.
pub const NAME: &str = "letter";

/// The longest text, in bytes.
const MAX_BODY_BYTES: usize = 200_000;

/// How letters are signed: by delegation, or by the deputy of the head of the authority.
const MANNERS: [&str; 6] = ["Im Auftrag", "i. A.", "i.A.", "In Vertretung", "i. V.", "i.V."];

/// How letters end in writing (Grußformel).
const CLOSES: [&str; 5] = [
    "Mit freundlichen Grüßen",
    "Mit freundlichem Gruß",
    "Freundliche Grüße",
    "Mit besten Grüßen",
    "Hochachtungsvoll",
];

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
    /// The sender, line by line: above the address in the window and, without a letterhead, at the head of the page.
    #[serde(default)]
    pub sender: Option<String>,
    /// The head of the first page, line by line; the first one is the name of the authority. The sender when absent.
    #[serde(default)]
    pub letterhead: Option<String>,
    /// At the head of the first page, to the right: `data:image/png;base64,...` or `data:image/svg+xml;base64,...`, at most
    /// 200,000 bytes.
    #[serde(default)]
    pub logo: Option<Picture>,
    /// Beside the name of whoever signed; as the logo.
    #[serde(default)]
    pub seal: Option<Picture>,
    /// Our reference (Aktenzeichen).
    #[serde(default)]
    pub reference: Option<String>,
    /// The day written on it, as people read it.
    #[serde(default)]
    pub date: Option<String>,
    /// Who answers questions (office, telephone, hours), line by line; beside the address, under the day.
    #[serde(default)]
    pub contact: Option<String>,
    /// The line in bold above the text; the title when absent.
    #[serde(default)]
    pub subject: Option<String>,
    /// The text, in Markdown. A last line `Im Auftrag` or `In Vertretung` says how it is signed.
    pub body: String,
    /// What it costs (Kosten), paragraph by paragraph; it stands under the text, before the instruction.
    #[serde(default)]
    pub costs: Option<String>,
    /// The instruction on remedies (Rechtsbehelfsbelehrung), paragraph by paragraph; it stands under the text, before who
    /// signed.
    #[serde(default)]
    pub instruction: Option<String>,
    /// The documents that go with it, in this order; their titles stand at the end.
    #[serde(default)]
    pub enclosures: Vec<Enclosure>,
    /// Who signed it, by name; none: nobody did, it was made automatically.
    #[serde(default)]
    pub signed_by: Option<String>,
    /// Whether "Entwurf" stands on each page: it is only looked at, not made yet.
    #[serde(default)]
    pub draft: bool,
    /// Where it goes.
    #[serde(default = "outgoing")]
    pub direction: Direction,
}

fn outgoing() -> Direction {
    Direction::Outgoing
}

/// Reads the letter that a request asks for.
pub fn read(request: &Value) -> Result<Letter, EffectError> {
    let letter: Letter = serde_json::from_value(without_nulls(request))
        .map_err(|error| EffectError::from(Trouble::Request(error.to_string())))?;
    if letter.body.len() > MAX_BODY_BYTES {
        return Err(Trouble::Body.into());
    }
    if letter.title.trim().is_empty() {
        return Err(Trouble::Title.into());
    }
    typesetting::check(&letter)?;
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
            media_type: "application/pdf".into(),
            hash: "".into(),
            size: 0,
            direction: self.direction,
            addressee: self.addressee.as_deref().map(one_line).map(Into::into),
            enclosures: self.enclosures.clone(),
        }
    }

    /// The text without how it is signed, and what stands below it: who signed a letter that leaves the house, or that
    /// nobody did (§ 37 (3) and (5) VwVfG). What stays in the house needs neither.
    pub fn closed(&self) -> (&str, Vec<&str>) {
        if !self.leaves() {
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

    /// The text without the complimentary close at its end, and that: costs and an instruction on remedies stand between them.
    /// Without either it stays where it is.
    pub fn parted(&self) -> (&str, Option<&str>, Vec<&str>) {
        let (text, closing) = self.closed();
        if self.instruction.is_none() && self.costs.is_none() {
            return (text, None, closing);
        }
        let whole = text.trim_end();
        let (before, last) = whole.rsplit_once('\n').unwrap_or(("", whole));
        let close = last.trim().trim_end_matches(',');
        match CLOSES.iter().any(|known| known.eq_ignore_ascii_case(close)) {
            true => (before.trim_end(), Some(last.trim()), closing),
            false => (text, None, closing),
        }
    }

    /// What it says, without how it looks: who answers questions, the text, the costs, the instruction on remedies, who signed,
    /// what goes with it.
    pub fn words(&self) -> String {
        let (text, close, closing) = self.parted();
        let instruction = self.instruction.as_deref().map(|words| ["Rechtsbehelfsbelehrung", words]);
        let costs = self.costs.as_deref().map(|words| ["Kosten", words]);
        let costs = costs.into_iter().flatten();
        let contact = self.contact.as_deref().filter(|words| !words.trim().is_empty());
        let parts = contact
            .into_iter()
            .flat_map(|words| ["Auskunft erteilt", words])
            .chain([text])
            .chain(costs)
            .chain(instruction.into_iter().flatten())
            .chain(close)
            .chain(closing)
            .chain((!self.enclosures.is_empty()).then_some("Anlagen"))
            .chain(self.enclosures.iter().map(|enclosure| &*enclosure.title));
        parts.collect::<Vec<_>>().join("\n\n")
    }

    /// The letter as PDF. This computes for some hundredths of a second, for minutes never: see the limits.
    pub fn pdf(&self) -> Result<Vec<u8>, EffectError> {
        Ok(typesetting::pdf(self)?)
    }

    /// Whether it leaves the house.
    fn leaves(&self) -> bool {
        self.direction == Direction::Outgoing
    }
}

/// Letters that were made, and what goes with them, in this order, each with its title, as one PDF for the printer; each begins
/// on a sheet of its own. The error of one that can be read neither as PDF nor as picture (PNG, JPEG) says its title.
pub fn batch(documents: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>, EffectError> {
    Ok(typesetting::batch(documents)?)
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

/// Why there is no letter.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    Request(String),
    Body,
    Title,
    Columns,
    Pages,
    NotPrintable(String),
    BatchPages,
    Typesetting(String),
}

impl From<markdown::TooMuch> for Trouble {
    fn from(much: markdown::TooMuch) -> Trouble {
        match much {
            markdown::TooMuch::Lines => Trouble::Pages,
            markdown::TooMuch::Columns => Trouble::Columns,
        }
    }
}

impl From<Trouble> for EffectError {
    fn from(trouble: Trouble) -> EffectError {
        let (max_pages, max_columns) = (typesetting::MAX_PAGES, markdown::MAX_COLUMNS);
        let (de, en) = match trouble {
            Trouble::Request(why) => (format!("die Angaben passen nicht ({why})"), why),
            Trouble::Body => (
                format!("der Text hat mehr als {MAX_BODY_BYTES} Byte (Grenze `letter_body_bytes`)"),
                format!("the text has more than {MAX_BODY_BYTES} bytes (limit `letter_body_bytes`)"),
            ),
            Trouble::Title => ("der Titel ist leer".to_owned(), "the title is blank".to_owned()),
            Trouble::Columns => (
                format!("eine Tabelle hat mehr als {max_columns} Spalten und passt nicht auf die Seite"),
                format!("a table has more than {max_columns} columns and does not fit on the page"),
            ),
            Trouble::Pages => (
                format!("es hätte mehr als {max_pages} Seiten (Grenze `letter_pages`)"),
                format!("it would have more than {max_pages} pages (limit `letter_pages`)"),
            ),
            Trouble::NotPrintable(title) => (
                format!("„{title}“ ist beschädigt oder kein PDF oder Bild, das sich drucken lässt"),
                format!("“{title}” is damaged, or no PDF or picture that can be printed"),
            ),
            Trouble::BatchPages => (
                format!("es sind mehr als {} Seiten auf einmal", typesetting::MAX_BATCH_PAGES),
                format!("there are more than {} pages at once", typesetting::MAX_BATCH_PAGES),
            ),
            Trouble::Typesetting(why) => (
                format!("der Satz meldet einen Fehler, bitte der Administration melden ({why})"),
                format!("typesetting failed, please tell the administrators ({why})"),
            ),
        };
        EffectError {
            code: "letter_invalid".into(),
            message: Text::new(
                format!("Das Schreiben lässt sich nicht erstellen: {de}."),
                format!("The letter cannot be made: {en}."),
            ),
            retry: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check_refused(request: Value, why: &str) {
        let error = read(&request).expect_err("refused");
        assert_eq!(&*error.code, "letter_invalid");
        assert!(error.message.en.contains(why), "{:?}", error.message);
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
    }

    #[test]
    fn an_instruction_stands_before_the_complimentary_close() {
        #[track_caller]
        fn check(body: &str, instruction: Option<&str>, expected: &str) {
            let request =
                json!({ "title": "T", "body": body, "instruction": instruction, "signed_by": "Lea" });
            assert_eq!(read(&request).expect("a letter").words().replace("\n\n", "|"), expected);
        }
        let said = Some("Gegen diesen Bescheid …");
        let end = "Rechtsbehelfsbelehrung|Gegen diesen Bescheid …";
        check("Text\n\nMit freundlichen Grüßen\n", None, "Text|Mit freundlichen Grüßen|\nIm Auftrag|Lea");
        check(
            "Text\n\nMit freundlichen Grüßen\n",
            said,
            &format!("Text|{end}|Mit freundlichen Grüßen|Im Auftrag|Lea"),
        );
        check(
            "Text\n\nHochachtungsvoll,\n\nIn Vertretung",
            said,
            &format!("Text|{end}|Hochachtungsvoll,|In Vertretung|Lea"),
        );
        check("Text", said, &format!("Text|{end}|Im Auftrag|Lea"));
        check(
            "Hochachtungsvoll grüßt man selten.",
            said,
            &format!("Hochachtungsvoll grüßt man selten.|{end}|Im Auftrag|Lea"),
        );
    }

    #[test]
    fn what_stays_in_the_file_needs_no_addressee() {
        let letter =
            read(&json!({ "title": "Vermerk", "body": "x", "direction": "internal", "addressee": null }));
        assert_eq!(letter.map(|letter| letter.content().direction), Ok(Direction::Internal));
    }

    /// Whatever people type becomes a letter that keeps its standards.
    #[test]
    fn nothing_that_is_typed_keeps_a_letter_from_being_made() {
        #[track_caller]
        fn check(body: &str) {
            let letter = read(&json!({ "title": "T", "addressee": "E", "date": "02.03.2026", "body": body }));
            let pdf = letter.and_then(|letter| letter.pdf());
            let start: String = body.chars().take(60).collect();
            assert!(pdf.as_ref().is_ok_and(|pdf| pdf.starts_with(b"%PDF-")), "{start}: {:?}", pdf.err());
        }
        check("");
        check(" \n\n\u{a0}\n- \n- \n\n# \n\n> \n\n1. ");
        check("Feuer 🔥 汉字 العربية \u{e000} \u{0}\u{1b}\u{feff} a\u{308} \u{202e}rechts");
        check("###### Sechs\n\n# Eins\n\n### Drei\n\n- ## In einer Liste\n\n> # Im Zitat");
        check(&format!("{}tief", "> ".repeat(200)));
        check(&(0..60).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect::<String>());
        check(&format!("{}x{}", "*a **b ".repeat(60), "** *".repeat(60)));
        check(&"Wortungetüm".repeat(400));
        check("| a | b |\n|---|---|\n| [x](javascript:y) | ![Bild](x.png) |\n| - [ ] | `#c` |");
        check(
            "#panic(\"x\") $x^2$ @quelle <marke> = nichts _ * ` \\ // kein /* Kommentar */ #import \"/etc/passwd\"",
        );
        check("<script>x()</script>\n\n<b>roh</b> &lt; &amp; [^1]\n\n```typst\n#x\n```\n\n    #y");
    }

    #[test]
    fn pictures_are_shown_and_nothing_is_fetched_for_them() {
        let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text y="20">W</text><circle r="9" cx="20" cy="20" fill="#c00" opacity=".5"/></svg>"##;
        let picture = |bytes: &[u8], kind: &str| {
            use base64::Engine;
            format!("data:image/{kind};base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes))
        };
        let with = |logo: String| {
            let request =
                json!({ "title": "T", "body": "x", "logo": logo, "seal": logo, "signed_by": "Lea" });
            read(&request).and_then(|letter| letter.pdf())
        };
        let plain =
            read(&json!({ "title": "T", "body": "x", "signed_by": "Lea" })).and_then(|letter| letter.pdf());
        let shown = with(picture(svg.as_bytes(), "svg+xml")).expect("a letter");
        assert!(shown.len() > plain.expect("a letter").len() + 200);
        for foreign in ["/letter.json", "other.png", "http://127.0.0.1:1/x.png"] {
            let linked =
                svg.replace("<text", &format!("<image href=\"{foreign}\" width=\"9\" height=\"9\"/><text"));
            let made = with(picture(linked.as_bytes(), "svg+xml"));
            assert!(
                made.as_ref().is_ok_and(|pdf| pdf.len() < shown.len() + 200) || made.is_err(),
                "{foreign}"
            );
        }
        // What is broken inside is found when the letter is made.
        let broken = with(picture(b"\x89PNG\r\n\x1a\nnothing", "png")).expect_err("refused");
        assert_eq!(&*broken.code, "letter_invalid");
    }

    #[test]
    fn letters_are_put_together() {
        let one = |body: &str| read(&json!({ "title": "T", "body": body })).and_then(|letter| letter.pdf());
        let (short, long) = (one("x").expect("a letter"), one(&"x\n\n".repeat(60)).expect("a letter"));
        let titled = |all: Vec<Vec<u8>>| -> Vec<(String, Vec<u8>)> {
            all.into_iter().enumerate().map(|(at, bytes)| (format!("number {at}"), bytes)).collect()
        };
        let batch = |all| batch(titled(all));
        let both = batch(vec![short.clone(), long.clone(), short.clone()]).expect("a batch");
        assert!(both.starts_with(b"%PDF-"));
        assert!(
            both == batch(vec![short.clone(), long, short.clone()]).expect("a batch"),
            "it is the same again"
        );
        let refused = batch(vec![short, b"%PDF-1.7 nothing".to_vec()]).expect_err("refused");
        assert!(refused.message.en.contains("number 1"), "{:?}", refused.message);
    }

    #[test]
    fn bad_requests_are_refused() {
        check_refused(json!({ "title": " ", "body": "x" }), "blank");
        check_refused(json!({ "title": "x" }), "body");
        check_refused(json!({ "title": "x", "body": "x", "boddy": 1 }), "boddy");
        check_refused(json!("x"), "");
        let cells = |sign: &str| format!("|{}|", [sign; 13].join("|"));
        check_refused(
            json!({ "title": "x", "body": format!("{}\n{}\n{}", cells("a"), cells("-"), cells("b")) }),
            "columns",
        );
        check_refused(json!({ "title": "x", "body": "x\n\n".repeat(20_000) }), "letter_pages");
        check_refused(
            json!({ "title": "x", "body": "x", "logo": "https://example.org/logo.png" }),
            "data:image",
        );
        check_refused(
            json!({ "title": "x", "body": "x", "seal": "data:image/png;base64,PHN2Zz4=" }),
            "no image/png",
        );
        check_refused(
            json!({ "title": "x", "body": "x", "seal": "data:image/gif;base64,R0lGODlh" }),
            "data:image",
        );
        check_refused(json!({ "title": "x", "body": "x".repeat(MAX_BODY_BYTES + 1) }), "letter_body_bytes");
    }
}

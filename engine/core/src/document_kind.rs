//! What an uploaded document is: what its name says, what its bytes are, and whether both fit and the authority takes it.
//!
//! A name proves nothing, and the media type that a browser sends follows the name. So the bytes must be what the name says.
//! What runs when it is opened is never taken: programs, HTML and SVG (they hold scripts), office documents with macros.

use std::collections::BTreeSet;

use crate::{authority::DocumentKind, words::Text};

/// Why a document is not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// Stable, for programs.
    pub code: &'static str,
    /// What and why, and what to do.
    pub why: Text,
}

impl NotTaken {
    fn new(code: &'static str, de: String, en: String) -> NotTaken {
        NotTaken { code, why: Text::new(de, en) }
    }
}

/// What bytes are, as far as they show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Pdf,
    Png,
    Jpeg,
    Gif,
    Webp,
    Tiff,
    Heif,
    /// A container of files: an archive, or a newer office document.
    Zip,
    /// A container of Microsoft: an older office document, or a mail of Outlook.
    Ole,
    Rtf,
    Xml,
    Text,
    Unknown,
    /// HTML or SVG.
    Page,
    Program,
    /// An office document with macros.
    Macros,
}

/// A format that documents come in: what kind it is, the end of a file name, the media type, and what its bytes are.
struct Format(DocumentKind, &'static str, &'static str, Found);

use DocumentKind as K;
use Found as F;

const FORMATS: &[Format] = &[
    Format(K::Pdf, "pdf", "application/pdf", F::Pdf),
    Format(K::Image, "png", "image/png", F::Png),
    Format(K::Image, "jpg", "image/jpeg", F::Jpeg),
    Format(K::Image, "jpeg", "image/jpeg", F::Jpeg),
    Format(K::Image, "gif", "image/gif", F::Gif),
    Format(K::Image, "webp", "image/webp", F::Webp),
    Format(K::Image, "tif", "image/tiff", F::Tiff),
    Format(K::Image, "tiff", "image/tiff", F::Tiff),
    Format(K::Image, "heic", "image/heic", F::Heif),
    Format(
        K::Office,
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        F::Zip,
    ),
    Format(K::Office, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", F::Zip),
    Format(
        K::Office,
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        F::Zip,
    ),
    Format(K::Office, "odt", "application/vnd.oasis.opendocument.text", F::Zip),
    Format(K::Office, "ods", "application/vnd.oasis.opendocument.spreadsheet", F::Zip),
    Format(K::Office, "odp", "application/vnd.oasis.opendocument.presentation", F::Zip),
    Format(K::Office, "doc", "application/msword", F::Ole),
    Format(K::Office, "xls", "application/vnd.ms-excel", F::Ole),
    Format(K::Office, "ppt", "application/vnd.ms-powerpoint", F::Ole),
    Format(K::Office, "rtf", "application/rtf", F::Rtf),
    Format(K::Text, "txt", "text/plain", F::Text),
    Format(K::Text, "md", "text/markdown", F::Text),
    Format(K::Data, "csv", "text/csv", F::Text),
    Format(K::Data, "json", "application/json", F::Text),
    Format(K::Data, "xml", "application/xml", F::Xml),
    Format(K::Mail, "eml", "message/rfc822", F::Text),
    Format(K::Mail, "msg", "application/vnd.ms-outlook", F::Ole),
    Format(K::Archive, "zip", "application/zip", F::Zip),
];

/// What bytes begin with, at which place.
const SIGNS: &[(usize, &[u8], Found)] = &[
    (0, b"%PDF-", F::Pdf),
    (0, b"\x89PNG\r\n\x1a\n", F::Png),
    (0, b"\xff\xd8\xff", F::Jpeg),
    (0, b"GIF87a", F::Gif),
    (0, b"GIF89a", F::Gif),
    (8, b"WEBP", F::Webp),
    (0, b"II*\0", F::Tiff),
    (0, b"MM\0*", F::Tiff),
    (4, b"ftyphei", F::Heif),
    (4, b"ftypmif1", F::Heif),
    (0, b"PK\x03\x04", F::Zip),
    (0, b"PK\x05\x06", F::Zip),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", F::Ole),
    (0, b"{\\rtf", F::Rtf),
    (0, b"MZ", F::Program),
    (0, b"\x7fELF", F::Program),
    (0, b"\xfe\xed\xfa\xce", F::Program),
    (0, b"\xfe\xed\xfa\xcf", F::Program),
    (0, b"\xce\xfa\xed\xfe", F::Program),
    (0, b"\xcf\xfa\xed\xfe", F::Program),
    (0, b"\xca\xfe\xba\xbe", F::Program),
    (0, b"#!", F::Program),
];
/// A page begins with one of these, in whatever case, behind blanks, comments and what XML says about itself.
const PAGES: &[&str] =
    &["<!doctype html", "<html", "<head", "<body", "<script", "<svg", "<!doctype svg", "<iframe"];
/// So many bytes of a text are looked at for what it begins with.
const HEAD: usize = 4_096;

/// The media type of a document that may be taken in, or why it may not. `name` is that of its file, `sent` the media type
/// that came with it: it says something only where the name has no end.
pub fn checked(
    name: &str,
    sent: &str,
    bytes: &[u8],
    allowed: &BTreeSet<DocumentKind>,
) -> Result<&'static str, NotTaken> {
    let found = found(bytes);
    if matches!(found, F::Program | F::Page | F::Macros) {
        return Err(dangerous(found));
    }
    let said = match end_of(name) {
        Some(end) => FORMATS.iter().find(|format| format.1.eq_ignore_ascii_case(end)),
        None => {
            let as_sent = FORMATS.iter().find(|format| format.2 == sent);
            as_sent.or_else(|| FORMATS.iter().find(|format| format.3 == found))
        }
    };
    let Some(format) = said else { return Err(unknown(name, allowed)) };
    if !fits(format, found, bytes) {
        return Err(mismatch(format, found));
    }
    if !allowed.contains(&format.0) {
        return Err(not_allowed(format.0, allowed));
    }
    Ok(format.2)
}

/// The end of a file name. `Schreiben vom 3.4` has none.
fn end_of(name: &str) -> Option<&str> {
    let (_, end) = name.rsplit_once('.')?;
    let is_end = (1..=8).contains(&end.len())
        && end.chars().all(|c| c.is_ascii_alphanumeric())
        && end.chars().any(|c| c.is_ascii_alphabetic());
    is_end.then_some(end)
}

fn found(bytes: &[u8]) -> Found {
    let sign = SIGNS.iter().find(|(at, sign, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(sign)));
    match sign {
        Some((_, _, F::Zip | F::Ole)) if has_macros(bytes) => F::Macros,
        // Two letters are little: what is a text all through is one.
        Some((_, b"MZ", _)) if is_text(bytes) => text(bytes),
        Some((_, _, found)) => *found,
        None if is_text(bytes) => text(bytes),
        None => F::Unknown,
    }
}

/// Whether there is a project of macros in an office document: its name stands in clear in the list of files of the container,
/// in an older one in two bytes a letter.
fn has_macros(bytes: &[u8]) -> bool {
    let wide: Vec<u8> = "_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&b"vbaProject.bin"[..], &wide].iter().any(|name| holds(bytes, name))
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// No text has control characters besides tabs and ends of lines; in which letters it is written does not matter, if they
/// are one byte a letter or UTF-8.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}

fn text(bytes: &[u8]) -> Found {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    let is_xml = rest.starts_with("<?xml");
    // What stands before the first element says nothing about it.
    loop {
        let behind = match rest {
            _ if rest.starts_with("<?") => rest.split_once("?>"),
            _ if rest.starts_with("<!--") => rest.split_once("-->"),
            _ => None,
        };
        let Some((_, behind)) = behind else { break };
        rest = behind.trim_start();
    }
    if PAGES.iter().any(|page| rest.starts_with(page)) {
        F::Page
    } else if is_xml || rest.starts_with('<') {
        F::Xml
    } else {
        F::Text
    }
}

/// Whether bytes are what a format says.
fn fits(Format(kind, end, _, needed): &Format, found: Found, bytes: &[u8]) -> bool {
    match (*end, found) {
        // An element at the beginning of a text makes it no other text, and a mail may be written so.
        ("txt" | "md" | "csv", F::Xml) => true,
        ("json", F::Text) => serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok(),
        ("eml", F::Text) => is_mail(bytes),
        (_, F::Zip) if *needed == F::Zip && *kind == K::Office => {
            holds(bytes, b"[Content_Types].xml")
                || holds(bytes, b"mimetypeapplication/vnd.oasis.opendocument.")
        }
        _ => found == *needed,
    }
}

/// Whether a text begins with the head of a mail.
fn is_mail(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    line.contains(&b':')
        && !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

fn words(kind: DocumentKind) -> Text {
    match kind {
        K::Pdf => Text::new("PDF", "PDF"),
        K::Image => Text::new("Bilder", "images"),
        K::Office => Text::new("Office-Dokumente", "office documents"),
        K::Text => Text::new("Texte", "texts"),
        K::Data => Text::new("Daten (CSV, JSON, XML)", "data (CSV, JSON, XML)"),
        K::Mail => Text::new("E-Mails", "e-mails"),
        K::Archive => Text::new("ZIP-Archive", "ZIP archives"),
    }
}

fn listed(allowed: &BTreeSet<DocumentKind>) -> Text {
    let list = |part: fn(&Text) -> &str| {
        allowed.iter().map(|kind| part(&words(*kind)).to_owned()).collect::<Vec<_>>().join(", ")
    };
    Text::new(list(|text| &text.de), list(|text| &text.en))
}

fn dangerous(found: Found) -> NotTaken {
    let (de, en) = match found {
        F::Page => (
            "eine HTML- oder SVG-Datei; sie kann Programme enthalten",
            "an HTML or SVG file; it can hold scripts",
        ),
        F::Macros => ("ein Dokument mit Makros", "a document with macros"),
        _ => ("ein Programm", "a program"),
    };
    NotTaken::new(
        "DocumentDangerous",
        format!("Diese Datei ist {de}. Solche Dateien werden nicht angenommen. Bitte als PDF hochladen."),
        format!("This file is {en}. Such files are not taken. Please upload it as PDF."),
    )
}

fn unknown(name: &str, allowed: &BTreeSet<DocumentKind>) -> NotTaken {
    let Text { de, en } = listed(allowed);
    let name: String = name.chars().take(100).collect();
    NotTaken::new(
        "DocumentTypeUnknown",
        format!("Die Art der Datei „{name}“ ist nicht bekannt. Angenommen werden: {de}."),
        format!("It is not known what kind of file “{name}” is. Taken are: {en}."),
    )
}

fn mismatch(Format(_, end, ..): &Format, found: Found) -> NotTaken {
    let is = FORMATS.iter().find(|format| format.3 == found).map(|format| format.1.to_uppercase());
    let (de, en) = match (found, is) {
        (F::Unknown, _) | (_, None) => ("etwas anderes".to_owned(), "something else".to_owned()),
        (F::Zip, _) => ("ein ZIP-Archiv".to_owned(), "a ZIP archive".to_owned()),
        (_, Some(is)) => (format!("eher „{is}“"), format!("rather “{is}”")),
    };
    NotTaken::new(
        "DocumentTypeMismatch",
        format!(
            "Der Name der Datei endet auf „.{end}“, ihr Inhalt ist aber {de}, oder sie ist beschädigt. Bitte die Datei prüfen und im richtigen Format speichern."
        ),
        format!(
            "The name of the file ends with “.{end}”, but its content is {en}, or it is damaged. Please look at the file and save it in the right format."
        ),
    )
}

fn not_allowed(kind: DocumentKind, allowed: &BTreeSet<DocumentKind>) -> NotTaken {
    let (kind, Text { de, en }) = (words(kind), listed(allowed));
    NotTaken::new(
        "DocumentTypeNotAllowed",
        format!("{} nimmt Ihre Behörde nicht an. Angenommen werden: {de}.", kind.de),
        format!("Your authority does not take {}. Taken are: {en}.", kind.en),
    )
}

#[cfg(test)]
mod tests {
    use crate::authority::Policy;

    use super::*;

    #[track_caller]
    fn check(name: &str, sent: &str, bytes: &[u8], expected: &str) {
        let answer = checked(name, sent, bytes, &Policy::default().document_kinds);
        let answer = answer.map_or_else(|refused| refused.code.to_owned(), ToOwned::to_owned);
        assert_eq!(answer, expected, "{name}");
    }

    #[test]
    fn bytes_are_what_the_name_says() {
        let docx = b"PK\x03\x04....[Content_Types].xml....";
        let odt = b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.text";
        let ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1........";
        let wide: Vec<u8> = "_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (name, sent, bytes, expected) in [
            ("Bescheid.pdf", "application/pdf", &b"%PDF-1.7\n"[..], "application/pdf"),
            // What the browser says does not count where the name says it.
            ("Bescheid.PDF", "text/html", b"%PDF-1.7\n", "application/pdf"),
            ("Bescheid.pdf", "application/pdf", b"MZ\x90\0", "DocumentDangerous"),
            ("Bescheid.pdf", "application/pdf", b"Nur Text", "DocumentTypeMismatch"),
            ("Bescheid.pdf", "application/pdf", b"", "DocumentTypeMismatch"),
            ("Foto.jpg", "image/jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
            ("Foto.jpg", "image/jpeg", b"\x89PNG\r\n\x1a\n", "DocumentTypeMismatch"),
            ("Foto.webp", "image/webp", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            ("Foto.heic", "", b"\0\0\0\x18ftypheic", "image/heic"),
            ("Plan.svg", "image/svg+xml", b"<?xml version='1.0'?>\n<!-- x -->\n<svg>", "DocumentDangerous"),
            ("Plan.xml", "text/xml", b"\xef\xbb\xbf<?xml version='1.0'?><plan/>", "application/xml"),
            ("Plan.xml", "text/xml", b"<?xml version='1.0'?><!DOCTYPE html><html>", "DocumentDangerous"),
            ("Seite.html", "text/html", b"  <!DOCTYPE HTML>", "DocumentDangerous"),
            ("Seite.txt", "text/plain", b"<script>alert(1)</script>", "DocumentDangerous"),
            ("Notiz.txt", "text/plain", "Größe: 3 m²\r\n".as_bytes(), "text/plain"),
            ("Notiz.txt", "text/plain", b"Gr\xf6\xdfe\n", "text/plain"),
            ("Notiz.txt", "text/plain", b"a\0b", "DocumentTypeMismatch"),
            ("Notiz.txt", "text/plain", b"MZ ist das Kennzeichen", "text/plain"),
            ("Skript.txt", "text/plain", b"#!/bin/sh\nrm", "DocumentDangerous"),
            ("Daten.json", "application/json", b"{\"a\": [1]}", "application/json"),
            ("Daten.json", "application/json", b"{\"a\": ", "DocumentTypeMismatch"),
            ("Daten.csv", "text/csv", b"a;b\n1;2\n", "text/csv"),
            ("Mail.eml", "", b"From: a@example.org\r\n\r\nHallo", "message/rfc822"),
            ("Mail.eml", "", b"Hallo, wie geht es?", "DocumentTypeMismatch"),
            (
                "Antrag.docx",
                "",
                docx,
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            ("Antrag.docx", "", b"PK\x03\x04....virus.exe", "DocumentTypeMismatch"),
            ("Antrag.docx", "", b"PK\x03\x04..[Content_Types].xml..word/vbaProject.bin", "DocumentDangerous"),
            ("Antrag.docm", "", docx, "DocumentTypeUnknown"),
            ("Antrag.odt", "", odt, "application/vnd.oasis.opendocument.text"),
            ("Antrag.doc", "", ole, "application/msword"),
            ("Antrag.doc", "", &[&ole[..], &wide].concat(), "DocumentDangerous"),
            ("alles.zip", "application/zip", b"PK\x03\x04", "DocumentTypeNotAllowed"),
            ("setup.exe", "application/pdf", b"%PDF-1.7", "DocumentTypeUnknown"),
            // Without an end the media type says what it is, and without that the bytes.
            ("Schreiben vom 3.4", "application/pdf", b"%PDF-1.7", "application/pdf"),
            ("Schreiben", "application/octet-stream", b"%PDF-1.7", "application/pdf"),
            ("Schreiben", "text/plain", b"%PDF-1.7", "DocumentTypeMismatch"),
            ("Schreiben", "", b"\x01\x02\x03", "DocumentTypeUnknown"),
            ("", "", b"", "text/plain"),
        ] {
            check(name, sent, bytes, expected);
        }
    }
}

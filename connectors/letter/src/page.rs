//! The page of a letter, laid out after DIN 5008.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

use crate::Letter;

const STYLE: &str = "\
@page { size: A4; margin: 27mm 20mm 20mm 25mm }
body { font: 11pt/1.4 'Fira Sans', Arial, sans-serif; color: #000; background: #fff; max-width: 165mm; margin: 0 auto; padding: 8mm }
@media print { body { padding: 0 } }
.sender { font-size: 8pt; border-bottom: 0.5pt solid #000; display: inline-block; margin-bottom: 4mm }
.head { display: flex; justify-content: space-between; gap: 10mm; min-height: 45mm; margin-bottom: 8mm }
address { font-style: normal; white-space: normal }
dl { display: grid; grid-template-columns: auto auto; gap: 1mm 4mm; align-content: start; margin: 0; font-size: 10pt }
dt { font-weight: bold } dd { margin: 0 }
h1 { font-size: 11pt; margin: 0 0 6mm } h2 { font-size: 11pt; margin: 5mm 0 2mm } h3 { font-size: 11pt; font-weight: normal; font-style: italic }
table { border-collapse: collapse } th, td { border: 0.5pt solid #000; padding: 1mm 2mm; text-align: left }
.closing { margin-top: 6mm; break-before: avoid; break-inside: avoid } .closing p { margin: 0 } .closing p + p { margin-top: 12mm }
h1, h2, h3 { break-after: avoid } p, li { orphans: 2; widows: 2 }";

/// The whole page.
pub fn render(letter: &Letter) -> String {
    let mut page = String::with_capacity(letter.body.len() * 2 + 2_000);
    page.push_str("<!doctype html>\n<html lang=\"de\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    page.push_str(&escape(&letter.title));
    page.push_str("</title>\n<style>\n");
    page.push_str(STYLE);
    page.push_str("\n</style>\n</head>\n<body>\n<div class=\"head\">\n<div>\n");
    if let Some(sender) = &letter.sender {
        let lines: Vec<String> = sender.lines().map(|line| escape(line.trim())).collect();
        page.push_str(&format!("<div class=\"sender\">{}</div>\n", lines.join(" · ")));
    }
    if let Some(addressee) = &letter.addressee {
        page.push_str(&format!("<address>{}</address>\n", lines(addressee)));
    }
    page.push_str("</div>\n");
    let facts = [("Unser Zeichen", &letter.reference), ("Datum", &letter.date)];
    if facts.iter().any(|(_, fact)| fact.is_some()) {
        page.push_str("<dl>\n");
        for (name, fact) in facts {
            if let Some(fact) = fact {
                page.push_str(&format!("<dt>{name}</dt><dd>{}</dd>\n", escape(fact)));
            }
        }
        page.push_str("</dl>\n");
    }
    page.push_str("</div>\n<main>\n");
    if let Some(subject) = &letter.subject {
        page.push_str(&format!("<h1>{}</h1>\n", escape(subject)));
    }
    let (text, closing) = letter.closed();
    html::push_html(&mut page, body(text));
    if let Some(instruction) = &letter.instruction {
        let paragraphs = instruction.split("\n\n").map(|part| format!("<p>{}</p>\n", escape(part)));
        page.push_str("<h2>Rechtsbehelfsbelehrung</h2>\n");
        page.extend(paragraphs);
    }
    if !closing.is_empty() {
        let lines: String = closing.iter().map(|line| format!("<p>{}</p>\n", escape(line))).collect();
        page.push_str(&format!("<div class=\"closing\">\n{lines}</div>\n"));
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// The text as safe events: raw HTML becomes text, addresses are web or mail only, pictures are left out.
fn body(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(markdown, options).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if is_harmless(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        Event::Start(Tag::Image { link_type, title, id, .. }) => {
            Event::Start(Tag::Link { link_type, dest_url: CowStr::Borrowed("#"), title, id })
        }
        Event::End(pulldown_cmark::TagEnd::Image) => Event::End(pulldown_cmark::TagEnd::Link),
        other => other,
    })
}

fn is_harmless(url: &str) -> bool {
    let url = url.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme))
}

fn lines(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| escape(line.trim())).filter(|line| !line.is_empty()).collect();
    lines.join("<br>\n")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

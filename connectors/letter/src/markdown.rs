//! Markdown as a tree that a template can lay out: no addresses, no pictures, no raw HTML, nothing that nests without end.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde::Serialize;

use crate::typography::typeset;

/// So deep may parts lie in each other (an item of a list is one as well), a little less than what the layout bears; what lies
/// deeper is written where it stands, without its mark.
const MAX_DEPTH: usize = 12;
/// So many columns a table may have: more do not fit on a page.
pub const MAX_COLUMNS: usize = 8;
/// So many lines a letter has at least when it is longer than its most pages: known before it is laid out.
const MAX_LINES: usize = 12_000;

/// A part of the text that stands on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    Heading { level: usize, text: Vec<Inline> },
    Paragraph { text: Vec<Inline> },
    List { start: Option<u64>, tight: bool, items: Vec<Vec<Block>> },
    Table { align: Vec<&'static str>, head: Vec<Vec<Inline>>, cells: Vec<Vec<Inline>> },
    Quote { blocks: Vec<Block> },
    Code { lines: Vec<String> },
    Rule,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Inline {
    Text { text: String },
    Strong { text: Vec<Inline> },
    Emphasis { text: Vec<Inline> },
    Strike { text: Vec<Inline> },
    Break,
}

/// Why a text cannot be laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    Lines,
    Columns,
}

/// The text as a tree. `above` is the level of the heading that stands above all of it.
pub fn tree(markdown: &str, above: usize) -> Result<Vec<Block>, TooMuch> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = shallow(Parser::new_ext(markdown, options));
    let mut reader =
        Reader { events: events.into_iter().peekable(), open: Vec::new(), above, lines: 0, wide: false };
    let blocks = reader.blocks();
    if reader.lines > MAX_LINES {
        return Err(TooMuch::Lines);
    }
    if reader.wide {
        return Err(TooMuch::Columns);
    }
    Ok(blocks)
}

/// Without the marks of what lies too deep, so that no text makes the layout nest without end.
fn shallow<'a>(events: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let mut kept = Vec::new();
    let mut open: Vec<bool> = Vec::new();
    for event in events {
        match event {
            Event::Start(ref tag) => {
                // Lists and tables are not taken apart: their parts are kept with them or not at all.
                let is_part = matches!(tag, Tag::Item | Tag::TableHead | Tag::TableRow | Tag::TableCell);
                let keeps = if is_part { open.last() == Some(&true) } else { open.len() < MAX_DEPTH };
                open.push(keeps);
                if keeps {
                    kept.push(event);
                }
            }
            Event::End(_) => match open.pop() {
                Some(false) => kept.push(Event::SoftBreak),
                _ => kept.push(event),
            },
            other => kept.push(other),
        }
    }
    kept
}

struct Reader<'a> {
    events: std::iter::Peekable<std::vec::IntoIter<Event<'a>>>,
    /// The levels of the headings that this place is below: none may be skipped, or whoever reads with their ears is lost.
    open: Vec<HeadingLevel>,
    above: usize,
    lines: usize,
    wide: bool,
}

impl<'a> Reader<'a> {
    /// Blocks up to the end of what holds them, which is taken as well.
    fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::End(_) => break,
                Event::Start(tag) if is_inline(&tag) => {
                    let first = self.inline_of(&tag);
                    blocks.extend(self.paragraph_from(first));
                }
                Event::Start(tag) => blocks.extend(self.block(tag)),
                Event::Rule => {
                    self.lines += 1;
                    blocks.push(Block::Rule);
                }
                other => {
                    let first = inline_of(other);
                    blocks.extend(self.paragraph_from(first.into_iter().collect()));
                }
            }
        }
        blocks
    }

    /// What stands in an item of a list or below what was too deep, without a paragraph around it.
    fn paragraph_from(&mut self, first: Vec<Inline>) -> Option<Block> {
        let mut text = first;
        while let Some(event) = self.events.peek() {
            match event {
                Event::End(_) | Event::Rule => break,
                Event::Start(tag) if !is_inline(tag) => break,
                _ => {}
            }
            match self.events.next() {
                Some(Event::Start(tag)) => text.extend(self.inline_of(&tag)),
                Some(other) => text.extend(inline_of(other)),
                None => break,
            }
        }
        self.paragraph(text)
    }

    fn paragraph(&mut self, text: Vec<Inline>) -> Option<Block> {
        let text = self.joined(text);
        (!text.is_empty()).then_some(Block::Paragraph { text })
    }

    fn block(&mut self, tag: Tag<'a>) -> Option<Block> {
        match tag {
            Tag::Heading { level, .. } => {
                let text = self.inlines();
                let text = self.joined(text);
                if text.is_empty() {
                    return None;
                }
                self.open.retain(|above| *above < level);
                self.open.push(level);
                Some(Block::Heading { level: self.above + self.open.len(), text })
            }
            Tag::List(start) => Some(self.list(start)),
            Tag::BlockQuote(_) => Some(Block::Quote { blocks: self.blocks() }),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) | Tag::HtmlBlock => {
                self.code()
            }
            Tag::Table(align) => Some(self.table(&align)),
            Tag::Paragraph => {
                let text = self.inlines();
                self.paragraph(text)
            }
            // What else may come one day is read as what it holds.
            _ => {
                let text = self.inlines();
                self.paragraph(text)
            }
        }
    }

    fn list(&mut self, start: Option<u64>) -> Block {
        let (mut items, mut tight) = (Vec::new(), true);
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => {
                    tight &= !matches!(self.events.peek(), Some(Event::Start(Tag::Paragraph)));
                    items.push(self.blocks());
                }
                Event::End(_) => break,
                _ => {}
            }
        }
        Block::List { start, tight, items }
    }

    fn code(&mut self) -> Option<Block> {
        let mut code = String::new();
        for event in self.events.by_ref() {
            match event {
                Event::End(_) => break,
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => code.push_str(&text),
                _ => {}
            }
        }
        let lines: Vec<String> = code.trim_end().lines().map(str::to_owned).collect();
        self.lines += lines.len();
        (!lines.is_empty()).then_some(Block::Code { lines })
    }

    fn table(&mut self, align: &[Alignment]) -> Block {
        let (mut head, mut cells, mut in_head) = (Vec::new(), Vec::new(), false);
        self.wide |= align.len() > MAX_COLUMNS;
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::TableHead) => in_head = true,
                Event::Start(Tag::TableCell) => {
                    let text = self.inlines();
                    let text = joined(text);
                    if in_head { head.push(text) } else { cells.push(text) }
                }
                Event::End(TagEnd::TableHead) => in_head = false,
                Event::End(TagEnd::TableRow) => self.lines += 1,
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        let align = align.iter().map(|align| match align {
            Alignment::Right => "right",
            Alignment::Center => "center",
            Alignment::Left | Alignment::None => "left",
        });
        Block::Table { align: align.collect(), head, cells }
    }

    /// Parts of lines up to the end of what holds them, which is taken as well.
    fn inlines(&mut self) -> Vec<Inline> {
        let mut text = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::End(_) => break,
                Event::Start(tag) => text.extend(self.inline_of(&tag)),
                other => text.extend(inline_of(other)),
            }
        }
        text
    }

    /// What a part of a line holds, with its mark. Paper has no links: an address stands behind what leads to it.
    fn inline_of(&mut self, tag: &Tag<'a>) -> Vec<Inline> {
        let text = self.inlines();
        match tag {
            Tag::Strong => vec![Inline::Strong { text: joined(text) }],
            Tag::Emphasis => vec![Inline::Emphasis { text: joined(text) }],
            Tag::Strikethrough => vec![Inline::Strike { text: joined(text) }],
            Tag::Link { dest_url, .. } => with_address(text, dest_url),
            _ => text,
        }
    }

    fn joined(&mut self, text: Vec<Inline>) -> Vec<Inline> {
        let text = joined(text);
        self.lines += 1 + text.iter().filter(|part| **part == Inline::Break).count();
        text
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Strong | Tag::Emphasis | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

fn inline_of(event: Event<'_>) -> Option<Inline> {
    let text = match event {
        Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
            text.into_string()
        }
        Event::SoftBreak => " ".to_owned(),
        Event::HardBreak => return Some(Inline::Break),
        _ => return None,
    };
    Some(Inline::Text { text })
}

/// Only what people may type or call: web and mail.
fn with_address(mut text: Vec<Inline>, address: &str) -> Vec<Inline> {
    let shown = plain(&text);
    let bare = address.strip_prefix("mailto:").unwrap_or(address);
    let lower = address.trim().to_ascii_lowercase();
    let harmless = ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
    if harmless && shown != address && shown != bare {
        text.push(Inline::Text { text: format!(" ({bare})") });
    }
    text
}

fn plain(text: &[Inline]) -> String {
    text.iter()
        .map(|part| match part {
            Inline::Text { text } => text.clone(),
            Inline::Strong { text } | Inline::Emphasis { text } | Inline::Strike { text } => plain(text),
            Inline::Break => " ".to_owned(),
        })
        .collect()
}

/// Neighbouring texts as one, because the spaces of "§ 41" are seen only then; without blanks and breaks at the ends.
fn joined(text: Vec<Inline>) -> Vec<Inline> {
    let mut parts: Vec<Inline> = Vec::new();
    for part in text {
        match (parts.last_mut(), part) {
            (Some(Inline::Text { text: before }), Inline::Text { text }) => before.push_str(&text),
            (_, part) => parts.push(part),
        }
    }
    for part in &mut parts {
        if let Inline::Text { text } = part {
            *text = typeset(text);
        }
    }
    let is_blank = |part: &Inline| match part {
        Inline::Text { text } => text.trim().is_empty(),
        Inline::Break => true,
        _ => false,
    };
    while parts.last().is_some_and(is_blank) {
        parts.pop();
    }
    let blank = parts.iter().take_while(|part| is_blank(part)).count();
    parts.drain(..blank);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(markdown: &str, expected: &[(usize, &str)]) {
        let blocks = tree(markdown, 1).expect("a text");
        let headings = blocks.iter().filter_map(|block| match block {
            Block::Heading { level, text } => Some((*level, plain(text))),
            _ => None,
        });
        let headings: Vec<(usize, String)> = headings.collect();
        let expected: Vec<(usize, String)> =
            expected.iter().map(|(level, text)| (*level, (*text).to_owned())).collect();
        assert_eq!(headings, expected, "{markdown}");
    }

    #[test]
    fn no_heading_skips_a_level_and_like_ones_look_alike() {
        check(
            "## A\n\n### B\n\n### C\n\n## D\n\n#### E\n\n### F",
            &[(2, "A"), (3, "B"), (3, "C"), (2, "D"), (3, "E"), (3, "F")],
        );
        check("###### A\n\n# B\n\n#\n\n### C", &[(2, "A"), (2, "B"), (3, "C")]);
    }

    #[test]
    fn addresses_stand_behind_what_leads_to_them() {
        let text = |markdown: &str| match tree(markdown, 1).expect("a text").as_slice() {
            [Block::Paragraph { text }] => plain(text),
            other => panic!("{other:?}"),
        };
        let check = |markdown: &str, expected: &str| assert_eq!(text(markdown), expected);
        check(
            "[Seite](https://example.org) und <https://example.org>",
            "Seite (https://example.org) und https://example.org",
        );
        check("[x](javascript:alert(1)) ![Bild](https://example.org/b.png)", "x Bild");
        check("<a@example.org>, [Mail](mailto:a@example.org)", "a@example.org, Mail (a@example.org)");
        check("a <b>c</b>  \nnach&nbsp;§ 41", "a <b>c</b> nach\u{a0}§\u{202f}41");
    }
}

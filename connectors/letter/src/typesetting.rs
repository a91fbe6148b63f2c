//! The template, the fonts and the values of one letter, laid out and written as PDF/A-2a and PDF/UA-1.
//!
//! There is no clock, no folder and no network here: what the template may read is the letter and its pictures.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use hayro_syntax::Pdf;
use serde::Serialize;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::{
    Letter, Trouble,
    markdown::{self, Block},
    typography::{MONTHS, printable, typeset},
};

/// So many pages a letter may have.
pub const MAX_PAGES: usize = 200;
/// So many pages are printed at once.
pub const MAX_BATCH_PAGES: usize = 1_000;

const FONTS: [&[u8]; 4] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoSans-Italic.ttf"),
    include_bytes!("../fonts/NotoSans-BoldItalic.ttf"),
];

/// What all letters share.
static DESK: LazyLock<Desk> = LazyLock::new(Desk::new);

struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    /// The characters that can be printed: what a style lacks is taken from another one.
    known: HashSet<u32>,
    letter: Source,
    batch: Source,
}

/// A file that a template reads.
fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl Desk {
    fn new() -> Desk {
        let fonts: Vec<Font> = FONTS.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))).collect();
        Desk {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            known: known(&fonts),
            fonts,
            letter: Source::new(file("/letter.typ"), include_str!("letter.typ").into()),
            batch: Source::new(file("/batch.typ"), include_str!("batch.typ").into()),
        }
    }

    fn has(&self, c: char) -> bool {
        self.known.contains(&c.into())
    }
}

fn known(fonts: &[Font]) -> HashSet<u32> {
    fonts.iter().flat_map(|font| font.info().coverage.iter()).collect()
}

/// The values of a letter, as the template reads them.
#[derive(Serialize)]
struct Values {
    title: String,
    author: String,
    day: (i32, u8, u8),
    draft: bool,
    /// Whether it goes into an envelope with a window.
    window: bool,
    letterhead: Vec<String>,
    logo: Option<&'static str>,
    seal: Option<&'static str>,
    sender: Vec<String>,
    addressee: Vec<String>,
    /// The block beside the address; a fact has lines.
    facts: Vec<(&'static str, Vec<String>)>,
    /// What stands above the further pages.
    marks: Vec<String>,
    subject: String,
    body: Vec<Block>,
    costs: Vec<String>,
    instruction: Vec<String>,
    /// The complimentary close, where an instruction stands before it.
    close: Option<String>,
    closing: Vec<String>,
    /// The titles of what goes with it.
    enclosures: Vec<String>,
}

impl Values {
    fn of(letter: &Letter) -> Result<Values, Trouble> {
        let plain = |text: &str| printable(text.trim(), |c| DESK.has(c)).replace(['\n', '\t'], " ");
        let lines = |text: &Option<String>| -> Vec<String> {
            let lines = text.as_deref().unwrap_or_default().lines();
            lines.map(plain).filter(|line| !line.is_empty()).collect()
        };
        let given = |text: &Option<String>| text.as_deref().map(plain).filter(|text| !text.is_empty());
        let (text, close, closing) = letter.parted();
        let sender = lines(&letter.sender);
        let letterhead = lines(&letter.letterhead);
        let letterhead = if letterhead.is_empty() { sender.clone() } else { letterhead };
        let marks = [("Unser Zeichen", given(&letter.reference)), ("Datum", given(&letter.date))];
        let marks: Vec<_> = marks.into_iter().filter_map(|(name, mark)| Some((name, mark?))).collect();
        let contact = ("Auskunft erteilt", lines(&letter.contact));
        let facts = marks.iter().map(|(name, mark)| (*name, vec![mark.clone()]));
        let facts = facts.chain((!contact.1.is_empty()).then_some(contact)).collect();
        let addressee = lines(&letter.addressee);
        let paragraphs = |words: &Option<String>| -> Vec<String> {
            let parts = words.as_deref().unwrap_or_default().split("\n\n");
            let parts = parts.filter(|part| !part.trim().is_empty());
            parts.map(|part| typeset(&plain(part))).collect()
        };
        let title = plain(&letter.title);
        Ok(Values {
            author: letterhead.first().cloned().unwrap_or_default(),
            day: letter.date.as_deref().and_then(day).unwrap_or(NO_DAY),
            draft: letter.draft,
            window: letter.leaves() && !addressee.is_empty(),
            logo: letter.logo.as_ref().map(|_| "/logo"),
            seal: letter.seal.as_ref().map(|_| "/seal"),
            marks: marks.into_iter().map(|(_, mark)| mark).collect(),
            subject: given(&letter.subject).unwrap_or_else(|| title.clone()),
            body: markdown::tree(&printable(text, |c| DESK.has(c)), 1)?,
            costs: paragraphs(&letter.costs),
            instruction: paragraphs(&letter.instruction),
            close: close.map(plain),
            closing: closing.into_iter().map(plain).collect(),
            enclosures: letter.enclosures.iter().map(|enclosure| typeset(&plain(&enclosure.title))).collect(),
            title,
            letterhead,
            sender,
            addressee,
            facts,
        })
    }
}

/// Of a letter that says no day: an archive needs one, and there is no clock here.
const NO_DAY: (i32, u8, u8) = (1970, 1, 1);

/// The day that stands on a letter: `02.03.2026`, `2. März 2026` or `2026-03-02`, whatever stands before it.
fn day(text: &str) -> Option<(i32, u8, u8)> {
    let text = text.replace(['\u{a0}', '\u{202f}'], " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let by_points = |word: &str| {
        let parts: Vec<&str> = word.split('.').collect();
        let &[day, month, year] = parts.as_slice() else { return None };
        Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
    };
    let by_lines = |word: &str| {
        let parts: Vec<&str> = word.split('-').collect();
        let &[year, month, day] = parts.as_slice() else { return None };
        Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
    };
    let by_name = || {
        let &[.., day, month, year] = words.as_slice() else { return None };
        let month = MONTHS.iter().position(|name| *name == month)? as u8 + 1;
        Some((year.parse().ok()?, month, day.strip_suffix('.')?.parse().ok()?))
    };
    let last = words.last()?;
    let found: (i32, u8, u8) = by_points(last).or_else(|| by_lines(last)).or_else(by_name)?;
    let in_reach = (1900..=9999).contains(&found.0);
    Datetime::from_ymd(found.0, found.1, found.2).filter(|_| in_reach).map(|_| found)
}

/// What one template is laid out with.
struct OnDesk {
    template: &'static Source,
    files: Vec<(FileId, Bytes)>,
}

impl World for OnDesk {
    fn library(&self) -> &LazyHash<Library> {
        &DESK.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &DESK.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(name, _)| *name == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        DESK.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// What can be known of a letter before it is laid out.
pub fn check(letter: &Letter) -> Result<(), Trouble> {
    Ok(markdown::tree(letter.closed().0, 1).map(|_| ())?)
}

/// The letter as a PDF. The same letter is the same bytes, always.
pub fn pdf(letter: &Letter) -> Result<Vec<u8>, Trouble> {
    let values = serde_json::to_string(&Values::of(letter)?);
    let values = values.map_err(|error| Trouble::Typesetting(error.to_string()))?;
    let mut files = vec![(file("/letter.json"), Bytes::from_string(values.clone()))];
    for (name, picture) in [("/logo", &letter.logo), ("/seal", &letter.seal)] {
        files.extend(picture.iter().map(|picture| (file(name), Bytes::new(picture.bytes().to_vec()))));
    }
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]);
    let standards = standards.map_err(|error| Trouble::Typesetting(format!("{error:?}")))?;
    let ident = Smart::Custom(values);
    written(OnDesk { template: &DESK.letter, files }, PdfOptions { ident, standards, ..options() }, MAX_PAGES)
}

/// Letters and what goes with them, in this order, as one PDF for the printer. What is neither PDF nor picture is refused, with
/// its title.
pub fn batch(documents: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>, Trouble> {
    let (mut files, mut pages) = (Vec::new(), Vec::new());
    for (at, (title, bytes)) in documents.into_iter().enumerate() {
        let (name, bytes) = (format!("/{at}"), Bytes::new(bytes));
        let (format, count) = match printed_as(&bytes) {
            Some("pdf") => match Pdf::new(Arc::new(bytes.clone())) {
                Ok(read) => ("pdf", read.pages().len()),
                Err(_) => return Err(Trouble::NotPrintable(title)),
            },
            Some(picture) => (picture, 1),
            None => return Err(Trouble::NotPrintable(title)),
        };
        pages.push((name.clone(), format, count));
        files.push((file(&name), bytes));
    }
    let all: usize = pages.iter().map(|(_, _, count)| *count).sum();
    if all > MAX_BATCH_PAGES {
        return Err(Trouble::BatchPages);
    }
    let values = serde_json::to_string(&pages).map_err(|error| Trouble::Typesetting(error.to_string()))?;
    files.push((file("/batch.json"), Bytes::from_string(values)));
    let desk = OnDesk { template: &DESK.batch, files };
    // It is for paper only: the letters themselves are what is kept and read aloud.
    written(desk, PdfOptions { tagged: false, ..options() }, 2 * MAX_BATCH_PAGES)
}

/// What bytes are for the printer.
fn printed_as(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'%', b'P', b'D', b'F', ..] => Some("pdf"),
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        _ => None,
    }
}

fn options() -> PdfOptions {
    PdfOptions { creator: Smart::Custom(Some("Fachwerk".to_owned())), ..PdfOptions::default() }
}

fn written(desk: OnDesk, options: PdfOptions, most_pages: usize) -> Result<Vec<u8>, Trouble> {
    let laid_out = || {
        let document: PagedDocument = typst::compile(&desk).output.map_err(|all| why(&all))?;
        if document.pages().len() > most_pages {
            return Err(Trouble::Pages);
        }
        typst_pdf::pdf(&document, &options).map_err(|all| why(&all))
    };
    let made = laid_out();
    // What was computed for this one is of use to no other, and holds what it says.
    typst::comemo::evict(0);
    made
}

fn why<'d>(all: impl IntoIterator<Item = &'d SourceDiagnostic>) -> Trouble {
    let said: Vec<&str> = all.into_iter().map(|one| one.message.as_str()).collect();
    Trouble::Typesetting(said.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of Unicode that DIN 91379 takes its letters and marks from, for names of people and places.
    #[test]
    fn names_can_be_written() {
        let blocks = [
            ' '..='~',
            '\u{a0}'..='\u{ac}',
            '\u{ae}'..='\u{17e}',
            '\u{18f}'..='\u{18f}',
            '\u{1a0}'..='\u{1a1}',
            '\u{1af}'..='\u{1b0}',
            '\u{1cd}'..='\u{1dc}',
            '\u{1de}'..='\u{1df}',
            '\u{1e2}'..='\u{1f0}',
            '\u{1f4}'..='\u{1f5}',
            '\u{1f8}'..='\u{1ff}',
            '\u{212}'..='\u{213}',
            '\u{218}'..='\u{21b}',
            '\u{21e}'..='\u{21f}',
            '\u{22a}'..='\u{22b}',
            '\u{22e}'..='\u{233}',
            '\u{259}'..='\u{259}',
            '\u{268}'..='\u{268}',
            '\u{2b9}'..='\u{2bc}',
            '\u{2be}'..='\u{2bf}',
            '\u{2c8}'..='\u{2c8}',
            '\u{300}'..='\u{304}',
            '\u{306}'..='\u{30d}',
            '\u{311}'..='\u{311}',
            '\u{31b}'..='\u{31b}',
            '\u{323}'..='\u{328}',
            '\u{32d}'..='\u{32e}',
            '\u{331}'..='\u{332}',
            '\u{1e00}'..='\u{1e9b}',
            '\u{1e9e}'..='\u{1e9e}',
            '\u{1ea0}'..='\u{1ef9}',
            '\u{2013}'..='\u{2014}',
            '\u{2018}'..='\u{201e}',
            '\u{202f}'..='\u{202f}',
            '\u{20ac}'..='\u{20ac}',
            '\u{fffd}'..='\u{fffd}',
        ];
        let missing: String = blocks.into_iter().flatten().filter(|c| !DESK.has(*c)).collect();
        assert_eq!(missing, "");
    }

    #[test]
    fn the_day_of_a_letter_is_read() {
        let check = |text: &str, expected: Option<(i32, u8, u8)>| assert_eq!(day(text), expected, "{text:?}");
        check("02.03.2026", Some((2026, 3, 2)));
        check("2. März 2026", Some((2026, 3, 2)));
        check("2.\u{a0}März 2026", Some((2026, 3, 2)));
        check("Musterstadt, den 29. Februar 2028", Some((2028, 2, 29)));
        check("Musterstadt, 1.1.2026", Some((2026, 1, 1)));
        check("2026-12-03", Some((2026, 12, 3)));
        check("30.02.2026", None);
        check("März 2026", None);
        check("1.1.26", None);
        check("", None);
    }
}

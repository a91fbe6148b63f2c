//! Reads citations: those that stand alone, and those in running text.

use std::{ops::Range, sync::Arc};

use super::{
    Citation, Last, Level, Number, Part, Place, Unreadable,
    words::{Kind, Word, words},
    wrong::{MOST, names_nothing, stray, too_long, without_law, without_number, without_sign},
};

/// Words that the name of a law may have before a section in running text.
const MOST_BEFORE: usize = 3;

/// Reads a text that is a citation, of one or of several places.
pub fn read(text: &str) -> Result<Vec<Citation>, Unreadable> {
    if text.chars().count() > MOST {
        return Err(too_long());
    }
    let mut reader = Reader::new(text, true);
    reader.all()?;
    if reader.found.is_empty() { Err(names_nothing(text)) } else { Ok(reader.found) }
}

/// The citations in a running text, with the bytes where they stand. What names no law is none.
pub fn in_prose(text: &str) -> Vec<(Range<usize>, Vec<Citation>)> {
    let mut reader = Reader::new(text, false);
    let (mut all, mut left) = (Vec::new(), 0);
    while let Some(word) = reader.peek() {
        if !matches!(word.kind(), Kind::Sign(..)) {
            reader.at += 1;
            continue;
        }
        let begin = reader.at;
        reader.pending.clear();
        if reader.places().is_err() && reader.pending.is_empty() {
            reader.at = reader.at.max(begin + 1);
            continue;
        }
        let behind = reader.law();
        let law = match &behind {
            Some(_) => behind,
            None => reader.law_before(begin, left),
        };
        let Some((law, first)) = law else { continue };
        let remark = reader.version();
        reader.close(&law, remark.as_ref());
        left = reader.at;
        let start = reader.words[first.min(begin)].start;
        let end = reader.words[reader.at - 1];
        all.push((start..end.start + end.bare().len(), std::mem::take(&mut reader.found)));
    }
    all
}

/// As people cite it, with the section first: `VwVfG § 35` is § 35 VwVfG. What is written otherwise stays as it is.
pub fn shown(text: &Arc<str>) -> Arc<str> {
    let mut reader = Reader::new(text, true);
    let signs = |word: &Word<'_>| matches!(word.kind(), Kind::Sign(..));
    let Some(sign) = reader.words.iter().position(signs).filter(|sign| *sign > 0) else {
        return text.clone();
    };
    match reader.law() {
        Some((law, _)) if reader.at == sign => {
            let places = text[reader.words[sign].start..].trim_end();
            let alone =
                read(text).is_ok_and(|all| all.iter().all(|one| one.law == law && one.remark.is_none()));
            if alone { format!("{places} {law}").into() } else { text.clone() }
        }
        _ => text.clone(),
    }
}

struct Reader<'t> {
    words: Vec<Word<'t>>,
    /// Whether a sign of a section comes before the next semicolon, word by word.
    sign_ahead: Vec<bool>,
    at: usize,
    /// Whether all of the text is a citation.
    strict: bool,
    /// Places whose law is still to come.
    pending: Vec<Vec<Part>>,
    found: Vec<Citation>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, strict: bool) -> Reader<'t> {
        let words = words(text, strict);
        let mut sign_ahead = vec![false; words.len()];
        let mut ahead = false;
        for (ix, word) in words.iter().enumerate().rev() {
            match word.kind() {
                Kind::Sign(..) => ahead = true,
                Kind::End => ahead = false,
                _ => {}
            }
            sign_ahead[ix] = ahead;
        }
        Reader { words, sign_ahead, at: 0, strict, pending: Vec::new(), found: Vec::new() }
    }

    fn peek(&self) -> Option<Word<'t>> {
        self.words.get(self.at).copied()
    }

    fn ahead(&self, by: usize) -> Option<Word<'t>> {
        self.words.get(self.at + by).copied()
    }

    /// Gives the places that wait for it their law.
    fn close(&mut self, law: &Arc<str>, remark: Option<&Arc<str>>) {
        for parts in self.pending.drain(..) {
            let place = Place::Parts(parts);
            self.found.push(Citation { law: law.clone(), place, remark: remark.cloned() });
        }
    }

    /// All citations of the text.
    fn all(&mut self) -> Result<(), Unreadable> {
        while let Some(word) = self.peek() {
            match word.kind() {
                Kind::End | Kind::And => self.at += 1,
                Kind::Sign(..) => {
                    self.places()?;
                    let Some((law, _)) = self.law() else { return Err(self.without_law()) };
                    let remark = self.remark();
                    self.close(&law, remark.as_ref());
                }
                Kind::Label(Level::Number) => self.annex(word)?,
                Kind::Plain if begins_annex(word) => self.annex(word)?,
                Kind::Plain if begins_with_words(word) && self.sign_ahead[self.at] => {
                    let signs = |word: Word<'_>| matches!(word.kind(), Kind::Sign(..));
                    while !self.peek().is_none_or(signs) {
                        self.at += 1;
                    }
                }
                Kind::Plain => self.law_first()?,
                _ => return Err(stray(word)),
            }
        }
        Ok(())
    }

    /// A law, and perhaps its sections behind it.
    fn law_first(&mut self) -> Result<(), Unreadable> {
        let Some(first) = self.peek() else { return Ok(()) };
        let Some((law, _)) = self.law() else {
            return Err(if first.arabic().is_some() {
                without_sign(first, &self.words)
            } else {
                stray(first)
            });
        };
        let mut remark = self.remark();
        if matches!(self.peek().map(|word| word.kind()), Some(Kind::Sign(..))) {
            self.places()?;
            remark = self.remark();
            self.close(&law, remark.as_ref());
            return match self.peek() {
                Some(word) if !matches!(word.kind(), Kind::End | Kind::And) => Err(stray(word)),
                _ => Ok(()),
            };
        }
        self.found.push(Citation { law, place: Place::Whole, remark });
        Ok(())
    }

    /// What lies in an annex: all up to the name of the law behind `zur`, `zu § 1`, else `der`.
    fn annex(&mut self, first: Word<'t>) -> Result<(), Unreadable> {
        let ends = self.words[self.at..].iter().position(|word| word.kind() == Kind::End);
        let ends = ends.map_or(self.words.len(), |ends| self.at + ends);
        let within = &self.words[self.at..ends];
        let belongs = within.iter().position(|word| matches!(word.text, "zur" | "zum" | "zu"));
        let of_law = || {
            let of = |two: &[Word<'_>]| matches!(two[0].text, "der" | "des") && !begins_annex(two[1]);
            within.windows(2).position(of)
        };
        let Some(join) = belongs.or_else(of_law) else { return Err(without_law(first.text)) };
        let from = self.at;
        self.at += join + 1;
        if matches!(self.peek().map(|word| word.kind()), Some(Kind::Sign(..))) {
            self.places()?;
            self.pending.clear();
        }
        let upto = self.at;
        let Some((law, _)) = self.law() else { return Err(without_law(first.text)) };
        let annex: Vec<&str> = self.words[from..upto].iter().map(|word| word.text).collect();
        let remark = self.remark();
        self.found.push(Citation { law, place: Place::Annex(annex.join(" ").into()), remark });
        Ok(())
    }

    /// Sections and what lies in them, until something else comes.
    fn places(&mut self) -> Result<(), Unreadable> {
        while let Some(word) = self.peek() {
            let Kind::Sign(level, several) = word.kind() else { break };
            self.at += 1;
            let Some(first) = self.peek().and_then(|word| word.arabic()) else {
                return Err(without_number(word.text));
            };
            self.at += 1;
            let mut parts = vec![Part { level, first, last: None }];
            self.within(&mut parts)?;
            self.pending.push(parts.clone());
            while self.one_more(&mut parts, several)? {
                self.pending.push(parts.clone());
            }
            let goes_on = self.peek().is_some_and(|word| word.kind() == Kind::And)
                && matches!(self.ahead(1).map(|word| word.kind()), Some(Kind::Sign(..)));
            self.at += usize::from(goes_on);
        }
        Ok(())
    }

    /// After `,` or `und`: what comes is of the same section, or of the next one. Says whether there was something.
    fn one_more(&mut self, parts: &mut Vec<Part>, several: bool) -> Result<bool, Unreadable> {
        if self.peek().map(|word| word.kind()) != Some(Kind::And) {
            return Ok(false);
        }
        let Some(next) = self.ahead(1) else { return Ok(false) };
        if let Kind::Label(level) = next.kind() {
            let keep = parts.iter().position(|part| part.level == level);
            let keep =
                keep.unwrap_or_else(|| parts.iter().take_while(|part| part.level < level).count().max(1));
            parts.truncate(keep);
            self.at += 1;
            self.within(parts)?;
            return Ok(true);
        }
        let Some(last) = parts.last() else { return Ok(false) };
        let number = match last.level {
            Level::Letter => next.letter(),
            Level::Paragraph => next.arabic().or_else(|| next.roman()),
            _ => next.arabic(),
        };
        let Some(number) = number else { return Ok(false) };
        // Behind `§§` a larger number is the next section.
        let section = several && parts.len() > 1 && number > parts[0].first;
        if section {
            parts.truncate(1);
        }
        self.at += 2;
        if let Some(last) = parts.last_mut() {
            (last.first, last.last) = (number, None);
        }
        self.within(parts)?;
        Ok(true)
    }

    /// Paragraphs, sentences, numbers, letters of a section.
    fn within(&mut self, parts: &mut Vec<Part>) -> Result<(), Unreadable> {
        loop {
            self.up_to(parts);
            let (Some(word), Some(last)) = (self.peek(), parts.last()) else { return Ok(()) };
            let next = match word.kind() {
                Kind::Label(level) => {
                    let Some(number) = self.ahead(1).and_then(|word| number_of(level, word)) else {
                        return Err(without_number(word.text));
                    };
                    self.at += 1;
                    Some((level, number))
                }
                Kind::Plain => short(word, last.level),
                _ => None,
            };
            let Some((level, first)) = next else { return Ok(()) };
            self.at += 1;
            parts.push(Part { level, first, last: None });
        }
    }

    /// `bis 73`, `–73`, `f.`, `ff.`
    fn up_to(&mut self, parts: &mut [Part]) {
        let (Some(word), Some(part)) = (self.peek(), parts.last_mut()) else { return };
        let (last, length) = match word.kind() {
            Kind::Following => (Some(Last::Open), 1),
            Kind::Next => {
                let next = Number { value: part.first.value + 1, suffix: "".into() };
                ((part.first.value > 0).then_some(Last::To(next)), 1)
            }
            Kind::To => {
                let again = matches!(self.ahead(1).map(|word| word.kind()),
                    Some(Kind::Label(level) | Kind::Sign(level, _)) if level == part.level);
                let length = if again { 3 } else { 2 };
                let number = self.ahead(length - 1).and_then(|word| number_of(part.level, word));
                (number.filter(|last| *last > part.first).map(Last::To), length)
            }
            _ => (None, 0),
        };
        if last.is_some() {
            self.at += length;
            part.last = last;
        }
    }

    /// The name of a law, and the word that it begins with.
    fn law(&mut self) -> Option<(Arc<str>, usize)> {
        let article = |word: Word<'_>| matches!(word.text, "der" | "des" | "dem" | "die" | "das" | "den");
        let begin = self.at;
        if self.peek().is_some_and(article) {
            self.at += 1;
        }
        let (first, mut name) = (self.at, Vec::new());
        if self.peek().is_some_and(|word| word.is_ordinal()) {
            name.extend(self.peek().map(|word| word.text));
            self.at += 1;
        }
        let known = self.peek().filter(|word| word.kind() == Kind::Plain && self.begins_law(*word));
        let Some(word) = known else {
            self.at = begin;
            return None;
        };
        // An adjective belongs to the name.
        if !word.is_capital() {
            name.push(word.text);
            self.at += 1;
        }
        let (mut short, mut begun) = (false, false);
        while let Some(word) = self.peek().filter(|word| self.is_in_law(*word, short, !begun)) {
            name.push(if word.is_ordinal() { word.text } else { word.bare() });
            short |= word.is_abbreviation();
            begun = true;
            self.at += 1;
            // A sentence ends with the name.
            if word.bare() != word.text && word.is_abbreviation() && !self.strict {
                break;
            }
            self.number_of_union(&mut name);
        }
        Some((name.join(" ").into(), first))
    }

    /// Whether a word can be the first of the name of a law.
    fn begins_law(&self, word: Word<'_>) -> bool {
        let next_is_capital =
            || self.ahead(1).is_some_and(|next| next.kind() == Kind::Plain && next.is_capital());
        if self.strict {
            let adjective = word.text.chars().all(char::is_lowercase) && next_is_capital();
            return word.is_capital() || adjective;
        }
        let spelled = ["gesetz", "gesetzes", "gesetzbuch", "ordnung", "satzung", "vertrag"];
        let lower = word.bare().to_lowercase();
        word.is_abbreviation() || (word.is_capital() && spelled.iter().any(|end| lower.ends_with(end)))
    }

    fn is_in_law(&self, word: Word<'_>, short: bool, first: bool) -> bool {
        let of_version = matches!(word.text, "a." | "n." | "a.F." | "n.F.");
        let followed = |by: usize| {
            self.ahead(by)
                .is_some_and(|word| !matches!(word.kind(), Kind::Sign(..) | Kind::Label(_) | Kind::End))
        };
        match word.kind() {
            Kind::Plain if first => true,
            Kind::Plain if of_version || !word.text.starts_with(char::is_alphanumeric) => false,
            Kind::Plain if self.strict => !short || word.is_capital(),
            Kind::Plain => short && word.is_abbreviation(),
            Kind::And => self.strict && !first && !short && word.text == "und" && followed(1),
            _ => false,
        }
    }

    /// `(EU) Nr. 910/2014` is part of a name.
    fn number_of_union(&mut self, name: &mut Vec<&'t str>) {
        let Some(word) = self.peek() else { return };
        if !matches!(word.text, "(EU)" | "(EG)" | "(EWG)" | "(Euratom)") {
            return;
        }
        name.push(word.text);
        self.at += 1;
        if self.peek().is_some_and(|word| word.kind() == Kind::Label(Level::Number)) {
            name.extend(self.peek().map(|word| word.text));
            self.at += 1;
        }
        if let Some(number) = self.peek().filter(|word| word.text.contains('/')) {
            name.push(number.text);
            self.at += 1;
        }
    }

    /// In running text: the law that stands before the section.
    fn law_before(&self, begin: usize, left: usize) -> Option<(Arc<str>, usize)> {
        let from = begin.saturating_sub(MOST_BEFORE).max(left);
        let before = &self.words[from..begin];
        let fits = |word: &&Word<'_>| {
            word.kind() == Kind::Plain && word.is_abbreviation() && word.bare() == word.text
        };
        let count = before.iter().rev().take_while(fits).count();
        let mut first = begin - count;
        if count == 0 {
            return None;
        }
        if first > left && self.words[first - 1].is_ordinal() {
            first -= 1;
        }
        let name: Vec<&str> = self.words[first..begin].iter().map(|word| word.text).collect();
        Some((name.join(" ").into(), first))
    }

    /// `a. F.`, `n. F.`
    fn version(&mut self) -> Option<Arc<str>> {
        let (word, next) = (self.peek()?, self.ahead(1));
        let (remark, length) = match (word.text, next.map(|next| next.text)) {
            ("a.", Some("F." | "F")) => ("a. F.", 2),
            ("n.", Some("F." | "F")) => ("n. F.", 2),
            ("a.F.", _) => ("a. F.", 1),
            ("n.F.", _) => ("n. F.", 1),
            _ => return None,
        };
        self.at += length;
        Some(remark.into())
    }

    /// What stands behind the name of a law and is said of its version or of what is meant in it.
    fn remark(&mut self) -> Option<Arc<str>> {
        let mut said: Vec<Arc<str>> = Vec::from_iter(self.version());
        while let Some(word) = self.peek() {
            let goes_on = match word.kind() {
                Kind::Bracket => word.text.len() > 1,
                Kind::Plain => !said.is_empty() || word.text.starts_with(char::is_lowercase),
                Kind::Label(_) | Kind::To => !said.is_empty(),
                _ => false,
            };
            if !goes_on {
                break;
            }
            said.push(word.text.into());
            self.at += 1;
        }
        (!said.is_empty()).then(|| said.join(" ").into())
    }

    fn without_law(&self) -> Unreadable {
        let first = self.words.iter().map(|word| word.text).take(8).collect::<Vec<_>>().join(" ");
        without_law(&first)
    }
}

/// The number behind a label.
fn number_of(level: Level, word: Word<'_>) -> Option<Number> {
    match level {
        Level::Letter => word.letter(),
        Level::Paragraph => word.arabic().or_else(|| word.roman()),
        _ => word.arabic(),
    }
}

/// What needs no label: `VII`, the sentence behind it, a letter.
fn short(word: Word<'_>, last: Level) -> Option<(Level, Number)> {
    match last {
        Level::Section | Level::Article => word.roman().map(|number| (Level::Paragraph, number)),
        Level::Paragraph => {
            let sentence = word.arabic().map(|number| (Level::Sentence, number));
            sentence.or_else(|| word.letter().map(|letter| (Level::Letter, letter)))
        }
        Level::Sentence | Level::Number => word.letter().map(|letter| (Level::Letter, letter)),
        _ => None,
    }
}

fn begins_annex(word: Word<'_>) -> bool {
    matches!(word.text, "lfd." | "Teil" | "Tarifstelle" | "Tarifnummer" | "Anlage" | "Anhang" | "Ziffer")
}

/// `für den Widerspruch § 84`
fn begins_with_words(word: Word<'_>) -> bool {
    word.text.starts_with(char::is_lowercase)
}

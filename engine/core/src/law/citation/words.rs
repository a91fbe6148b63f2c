//! The words of a citation.

use super::{Level, Number};

/// A word, and where it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Word<'t> {
    pub text: &'t str,
    pub start: usize,
}

/// What a word can be, whatever stands around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `§`, `§§` or `Art.`; whether it announces several.
    Sign(Level, bool),
    /// `Abs.`
    Label(Level),
    /// `;`
    End,
    /// `,`, `und`, `i. V. m.`
    And,
    /// `bis`, `–`
    To,
    /// `f.`
    Next,
    /// `ff.`
    Following,
    /// In brackets.
    Bracket,
    /// Anything else.
    Plain,
}

impl<'t> Word<'t> {
    pub fn kind(&self) -> Kind {
        match self.text {
            "§" => Kind::Sign(Level::Section, false),
            "§§" => Kind::Sign(Level::Section, true),
            "Art." | "Art" | "Artikel" => Kind::Sign(Level::Article, false),
            "Artt." | "Artikeln" => Kind::Sign(Level::Article, true),
            "Abs." | "Abs" | "Absatz" | "Absätze" | "Absätzen" => Kind::Label(Level::Paragraph),
            "UAbs." | "UAbs" | "Unterabs." | "Unterabsatz" => Kind::Label(Level::Subparagraph),
            "Satz" | "S." | "Sätze" | "Sätzen" | "Satzes" => Kind::Label(Level::Sentence),
            "Halbs." | "Hs." | "Halbsatz" => Kind::Label(Level::Half),
            "Nr." | "Nr" | "Nrn." | "Nummer" | "Nummern" => Kind::Label(Level::Number),
            "Buchst." | "Buchstabe" | "Buchstaben" | "lit." | "lit" => Kind::Label(Level::Letter),
            "Alt." | "Alternative" | "Var." => Kind::Label(Level::Alternative),
            ";" => Kind::End,
            "," | "und" | "u." | "sowie" | "oder" | "i.V.m." | "i.V.m" | "iVm" => Kind::And,
            "bis" | "–" | "—" | "-" => Kind::To,
            "f." => Kind::Next,
            "ff." | "ff" => Kind::Following,
            text if text.starts_with('(') => Kind::Bracket,
            _ => Kind::Plain,
        }
    }

    /// The word without what ends a sentence.
    pub fn bare(&self) -> &'t str {
        self.text.trim_end_matches(['.', ':', '!', '?', '"', '“', '”', '\'', '*', '_', ')', ']'])
    }

    pub fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    /// Whether it is written as laws are abbreviated: `VwVfG`, `AO`, `LSA`, `KAG-LSA`; also the number of a book, `X`.
    pub fn is_abbreviation(&self) -> bool {
        let bare = self.bare();
        self.is_capital()
            && bare.chars().all(|sign| sign.is_alphanumeric() || sign == '-')
            && (bare.chars().filter(|sign| sign.is_uppercase()).count() >= 2 || roman(bare).is_some())
    }

    /// `1.` of `1. SprengV`.
    pub fn is_ordinal(&self) -> bool {
        self.text.strip_suffix('.').is_some_and(|digits| {
            (1..=2).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit())
        })
    }

    /// `41`, `2a`, in Italy `204-bis`.
    pub fn arabic(&self) -> Option<Number> {
        let letters = self.text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(self.text.len());
        let (digits, suffix) = self.text.split_at(letters);
        let short = suffix.len() <= 3 && suffix.bytes().all(|byte| byte.is_ascii_lowercase());
        let good = short || matches!(suffix, "-bis" | "-ter" | "-quater");
        let value = digits.parse().ok().filter(|value| (1..=99_999).contains(value) && good)?;
        Some(Number { value, suffix: suffix.into() })
    }

    /// `VII`, `IIa`.
    pub fn roman(&self) -> Option<Number> {
        roman(self.text)
    }

    /// `a`, `aa`.
    pub fn letter(&self) -> Option<Number> {
        let bytes = self.text.as_bytes();
        let first = *bytes.first()?;
        let good = first.is_ascii_lowercase() && bytes.len() <= 3 && bytes.iter().all(|byte| *byte == first);
        good.then(|| Number { value: 0, suffix: self.text.into() })
    }
}

fn roman(text: &str) -> Option<Number> {
    const SIGNS: [&str; 40] = [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI",
        "XVII", "XVIII", "XIX", "XX", "XXI", "XXII", "XXIII", "XXIV", "XXV", "XXVI", "XXVII", "XXVIII",
        "XXIX", "XXX", "XXXI", "XXXII", "XXXIII", "XXXIV", "XXXV", "XXXVI", "XXXVII", "XXXVIII", "XXXIX",
        "XL",
    ];
    let digits = text.trim_end_matches(|sign: char| sign.is_ascii_lowercase());
    let suffix = &text[digits.len()..];
    if suffix.len() > 2 {
        return None;
    }
    let place = SIGNS.iter().position(|sign| *sign == digits)?;
    Some(Number { value: u32::try_from(place).ok()? + 1, suffix: suffix.into() })
}

/// The words of a text. `§` is a word by itself, so are comma, semicolon, long dashes and what stands in brackets.
pub fn words(text: &str, brackets: bool) -> Vec<Word<'_>> {
    let mut all: Vec<Word<'_>> = Vec::new();
    let mut begun: Option<usize> = None;
    let mut skip_to = 0;
    // Where brackets end, so that none is looked for twice.
    let last_bracket = text.rfind(')');
    for (at, sign) in text.char_indices() {
        if at < skip_to {
            continue;
        }
        let alone = matches!(sign, ',' | ';' | '–' | '—' | '§' | '(' | ')' | '|' | '{' | '}');
        if !alone && !sign.is_whitespace() {
            begun.get_or_insert(at);
            continue;
        }
        if let Some(start) = begun.take() {
            push(&mut all, &text[start..at], start);
        }
        let ends = match sign {
            '(' if brackets && last_bracket.is_some_and(|last| at < last) => {
                text[at..].find(')').map_or(at + 1, |length| at + length + 1)
            }
            '§' if text[at + sign.len_utf8()..].starts_with('§') => at + 2 * sign.len_utf8(),
            _ if alone => at + sign.len_utf8(),
            _ => continue,
        };
        all.push(Word { text: &text[at..ends], start: at });
        skip_to = ends;
    }
    if let Some(start) = begun {
        push(&mut all, &text[start..], start);
    }
    in_connection(all)
}

/// A word; `Abs.2` and `68-73` are several.
fn push<'t>(all: &mut Vec<Word<'t>>, text: &'t str, start: usize) {
    let word = Word { text, start };
    let is_digit = |sign: char| sign.is_ascii_digit();
    if let Some(dot) = text.find('.') {
        let (label, number) = text.split_at(dot + 1);
        let labelled = matches!(Word { text: label, start }.kind(), Kind::Label(_) | Kind::Sign(..));
        if labelled && number.starts_with(is_digit) {
            all.extend([Word { text: label, start }, Word { text: number, start: start + dot + 1 }]);
            return;
        }
    }
    if let Some((first, last)) = text.split_once('-') {
        let (first, last) =
            (Word { text: first, start }, Word { text: last, start: start + first.len() + 1 });
        if first.arabic().is_some() && last.arabic().is_some() {
            let dash =
                Word { text: &text[first.text.len()..=first.text.len()], start: start + first.text.len() };
            all.extend([first, dash, last]);
            return;
        }
    }
    all.push(word);
}

/// `i. V. m.` and `in Verbindung mit` as one word.
fn in_connection(all: Vec<Word<'_>>) -> Vec<Word<'_>> {
    let mut joined = Vec::with_capacity(all.len());
    let mut at = 0;
    while let Some(word) = all.get(at) {
        let texts = all.get(at..at + 3).map(|three| [three[0].text, three[1].text, three[2].text]);
        match texts {
            Some(["i.", "V.", "m." | "m"] | ["in", "Verbindung", "mit"]) => {
                joined.push(Word { text: "i.V.m.", start: word.start });
                at += 3;
            }
            _ => {
                joined.push(*word);
                at += 1;
            }
        }
    }
    joined
}

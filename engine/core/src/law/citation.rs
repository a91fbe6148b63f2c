//! Citations of law as people write them: `§ 41 Abs. 2a Satz 3 VwVfG`, `§ 31 VII VwVfG`, `§§ 48, 49 VwVfG`, `VwVfG § 28`.
//! Read, they can be compared, put in order, and asked whether one lies in the other.

mod read;
#[cfg(test)]
mod tests;
mod words;
mod wrong;

use std::{cmp::Ordering, fmt, sync::Arc};

pub use self::read::{in_prose, read, shown};
use crate::words::Text;

/// One place of a law, or a law as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Citation {
    /// The law as it is written: `VwVfG`, `AG VwGO LSA`, `1. SprengV`.
    pub law: Arc<str>,
    /// Where in it.
    pub place: Place,
    /// What is said of the version or of what is meant there: `a. F.`, `(Steuersatz)`.
    pub remark: Option<Arc<str>>,
}

/// Where in a law.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Nowhere in particular.
    Whole,
    /// Section or article, paragraph, and what lies within, from the outside to the inside. Never empty.
    Parts(Vec<Part>),
    /// In an annex, as it is written before the name of the law: `Nr. 263 der Anlage zu § 1`.
    Annex(Arc<str>),
}

/// One step on the way to a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// Which kind.
    pub level: Level,
    /// Which one, or the first of several.
    pub first: Number,
    /// The last of several.
    pub last: Option<Last>,
}

/// Up to where several parts go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Last {
    /// To this one.
    To(Number),
    /// `ff.`: nobody says.
    Open,
}

/// The kinds of parts of laws, from the outside to the inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `§`
    Section,
    /// `Art.`
    Article,
    /// `Abs.`
    Paragraph,
    /// `UAbs.`
    Subparagraph,
    /// `Satz`
    Sentence,
    /// `Halbs.`
    Half,
    /// `Nr.`
    Number,
    /// `Buchst.`
    Letter,
    /// `Alt.`
    Alternative,
}

/// The number of a part: `41`, `2a`; of letters only what stands behind the number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// Nothing for letters.
    pub value: u32,
    /// `a` of `2a`.
    pub suffix: Arc<str>,
}

/// How what is cited lies to what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// It is that place.
    Same,
    /// It lies in it: § 41 was asked for, § 41 Abs. 2a is cited.
    Inside,
    /// It is wider or says less precisely where: § 41 Abs. 2 was asked for, the whole of § 41 is cited.
    Around,
}

/// Why a text cannot be read as a citation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong.
    pub why: Text,
    /// What to do.
    pub help: Text,
}

impl Level {
    /// As it is written before the number.
    pub fn sign(self) -> &'static str {
        match self {
            Level::Section => "§",
            Level::Article => "Art.",
            Level::Paragraph => "Abs.",
            Level::Subparagraph => "UAbs.",
            Level::Sentence => "Satz",
            Level::Half => "Halbs.",
            Level::Number => "Nr.",
            Level::Letter => "Buchst.",
            Level::Alternative => "Alt.",
        }
    }

    fn is_outermost(self) -> bool {
        matches!(self, Level::Section | Level::Article)
    }
}

impl Part {
    fn covers(&self, other: &Part) -> bool {
        let begins = self.first <= other.first;
        let ends = match (&self.last, &other.last) {
            (Some(Last::Open), _) => true,
            (_, Some(Last::Open)) => false,
            (Some(Last::To(own)), Some(Last::To(last))) => last <= own,
            (Some(Last::To(own)), None) => other.first <= *own,
            (None, Some(Last::To(last))) => *last <= self.first,
            (None, None) => other.first <= self.first,
        };
        begins && ends
    }

    fn meets(&self, other: &Part) -> bool {
        let reaches = |one: &Part, other: &Part| match &one.last {
            Some(Last::Open) => true,
            Some(Last::To(last)) => other.first <= *last,
            None => other.first <= one.first,
        };
        reaches(self, other) && reaches(other, self)
    }
}

impl Citation {
    /// The law without how its name is written: `KAG-LSA` is `KAG LSA`.
    pub fn law_key(&self) -> String {
        law_key(&self.law)
    }

    /// The section or article alone; of an annex and of a whole law nothing.
    pub fn section(&self) -> Option<&Part> {
        match &self.place {
            Place::Parts(parts) => parts.first(),
            Place::Whole | Place::Annex(_) => None,
        }
    }

    /// How what is cited lies to this, which was asked for; none: it does not touch it.
    pub fn fit(&self, cited: &Citation) -> Option<Fit> {
        if self.law_key() != cited.law_key() {
            return None;
        }
        let (asked, cited) = match (&self.place, &cited.place) {
            (Place::Whole, Place::Whole) => return Some(Fit::Same),
            (Place::Whole, _) => return Some(Fit::Inside),
            (_, Place::Whole) => return Some(Fit::Around),
            (Place::Annex(asked), Place::Annex(cited)) => return (asked == cited).then_some(Fit::Same),
            (Place::Annex(_), _) | (_, Place::Annex(_)) => return None,
            (Place::Parts(asked), Place::Parts(cited)) => (asked, cited),
        };
        let of = |parts: &[Part], level: Level| parts.iter().position(|part| part.level == level);
        let (mut wider, mut narrower) = (false, false);
        for part in cited {
            match of(asked, part.level).map(|ix| &asked[ix]) {
                None if part.level.is_outermost() => return None,
                None => narrower = true,
                Some(own) if own == part => {}
                Some(own) if own.covers(part) => narrower = true,
                Some(own) if part.covers(own) || own.meets(part) => wider = true,
                Some(_) => return None,
            }
        }
        wider |= asked.iter().any(|part| of(cited, part.level).is_none());
        Some(match (wider, narrower) {
            (false, false) => Fit::Same,
            (false, true) => Fit::Inside,
            (true, _) => Fit::Around,
        })
    }
}

/// Laws that letters call by their full names; in the genitive they are the same.
const FULL_NAMES: [(&str, &str); 8] = [
    ("abgabenordnung", "ao"),
    ("bürgerlichesgesetzbuch", "bgb"),
    ("bundesnaturschutzgesetz", "bnatschg"),
    ("datenschutzgrundverordnung", "dsgvo"),
    ("gewerbeordnung", "gewo"),
    ("verwaltungsgerichtsordnung", "vwgo"),
    ("verwaltungsverfahrensgesetz", "vwvfg"),
    ("verwaltungszustellungsgesetz", "vwzg"),
];

/// The name of a law without how it is written.
pub fn law_key(law: &str) -> String {
    let key: String =
        law.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let full =
        |(name, _): &&(&str, &str)| key.strip_prefix(name).is_some_and(|rest| matches!(rest, "" | "es"));
    FULL_NAMES.iter().find(full).map_or(key.clone(), |(_, short)| (*short).to_owned())
}

impl Ord for Citation {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |it: &Citation| it.law_key();
        let by_law = key(self).cmp(&key(other)).then_with(|| self.law.cmp(&other.law));
        by_law.then_with(|| self.place.cmp(&other.place)).then_with(|| self.remark.cmp(&other.remark))
    }
}

impl PartialOrd for Citation {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    /// The law as a whole first, then its sections in their order, then its annexes.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Place::Whole, Place::Whole) => Ordering::Equal,
            (Place::Whole, _) | (Place::Parts(_), Place::Annex(_)) => Ordering::Less,
            (_, Place::Whole) | (Place::Annex(_), Place::Parts(_)) => Ordering::Greater,
            (Place::Parts(one), Place::Parts(two)) => one.cmp(two),
            (Place::Annex(one), Place::Annex(two)) => one.cmp(two),
        }
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        let last = |part: &Part| match &part.last {
            None => (0, None),
            Some(Last::To(number)) => (1, Some(number.clone())),
            Some(Last::Open) => (2, None),
        };
        let by_first = (self.level, &self.first).cmp(&(other.level, &other.first));
        by_first.then_with(|| last(self).cmp(&last(other)))
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.value > 0 {
            write!(f, "{}", self.value)?;
        }
        f.write_str(&self.suffix)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = self.level == Level::Section && self.last.is_some();
        write!(f, "{}{} {}", self.level.sign(), if several { "§" } else { "" }, self.first)?;
        match &self.last {
            None => Ok(()),
            Some(Last::To(last)) => write!(f, " bis {last}"),
            Some(Last::Open) => f.write_str(" ff."),
        }
    }
}

/// The normal form: what is written so is read as the same.
impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Whole => {}
            Place::Parts(parts) => parts.iter().try_for_each(|part| write!(f, "{part} "))?,
            Place::Annex(annex) => write!(f, "{annex} ")?,
        }
        f.write_str(&self.law)?;
        self.remark.iter().try_for_each(|remark| write!(f, " {remark}"))
    }
}

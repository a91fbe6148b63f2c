//! Sentences of a derivation, and how dates and norms are written in both languages.

use std::borrow::Cow;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// A language that people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// German, the language of the authority (§ 23 VwVfG).
    #[default]
    De,
    /// English.
    En,
}

/// One step of a derivation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sentence {
    /// In German, the norm in brackets at its end.
    pub de: String,
    /// In English, likewise.
    pub en: String,
    /// The norm it rests on, as Germans cite it; none where it only states facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<String>,
}

impl Sentence {
    /// In one language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }

    /// A statement without a norm; both texts come without the full stop.
    pub(crate) fn plain(de: impl Into<String>, en: impl Into<String>) -> Self {
        Self { de: ended(de.into(), ["."]), en: ended(en.into(), ["."]), norm: None }
    }

    /// A statement with its norm; both texts come without norm and full stop.
    pub(crate) fn cited(de: impl Into<String>, en: impl Into<String>, norm: &str) -> Self {
        Self {
            de: ended(de.into(), [" (", norm, ")."]),
            en: ended(en.into(), [" (", &norm_en(norm), ")."]),
            norm: Some(norm.to_owned()),
        }
    }
}

fn ended<const N: usize>(mut text: String, parts: [&str; N]) -> String {
    text.reserve(parts.iter().map(|part| part.len()).sum());
    parts.into_iter().for_each(|part| text.push_str(part));
    text
}

/// A date as people write it: "Freitag, 3. April 2026", "Friday, 3 April 2026".
pub fn date_text(date: Date, language: Language) -> String {
    let weekday = weekday_text(date.weekday(), language);
    written_out(format!("{weekday}, {}", date.day()), date, language)
}

/// "3. April 2026", "3 April 2026".
pub(crate) fn short_date_text(date: Date, language: Language) -> String {
    written_out(date.day().to_string(), date, language)
}

/// Month and year behind the day.
fn written_out(day: String, date: Date, language: Language) -> String {
    let behind = match language {
        Language::De => ". ",
        Language::En => " ",
    };
    ended(day, [behind, month_text(date.month(), language), " ", &date.year().to_string()])
}

/// Both ways of writing a date.
pub(crate) fn dates(date: Date) -> (String, String) {
    (date_text(date, Language::De), date_text(date, Language::En))
}

pub(crate) fn weekday_text(weekday: Weekday, language: Language) -> &'static str {
    // The law says Sonnabend (§ 193 BGB); the north and the east do so too.
    const DE: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Sonnabend", "Sonntag"];
    const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let index = usize::from(weekday.to_monday_zero_offset().unsigned_abs());
    match language {
        Language::De => DE[index],
        Language::En => EN[index],
    }
}

pub(crate) fn month_text(month: i8, language: Language) -> &'static str {
    const DE: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let index = usize::from(month.unsigned_abs()) - 1;
    match language {
        Language::De => DE[index],
        Language::En => EN[index],
    }
}

/// "vierten", "14." and "fourth", "14th": an ordinal in the dative, as in "am vierten Tag".
pub(crate) fn ordinal(number: u32) -> (String, String) {
    const DE: [&str; 12] = [
        "ersten",
        "zweiten",
        "dritten",
        "vierten",
        "fünften",
        "sechsten",
        "siebten",
        "achten",
        "neunten",
        "zehnten",
        "elften",
        "zwölften",
    ];
    const EN: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
        "eleventh", "twelfth",
    ];
    match usize::try_from(number).ok().and_then(|number| number.checked_sub(1)).filter(|index| *index < 12) {
        Some(index) => (DE[index].to_owned(), EN[index].to_owned()),
        None => (format!("{number}."), ordinal_en(number)),
    }
}

/// "18th".
pub(crate) fn ordinal_en(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// A German citation as an English reader takes it: `§ 31 Abs. 3 Satz 1 VwVfG` becomes `§ 31(3) sentence 1 VwVfG`.
pub(crate) fn norm_en(norm: &str) -> String {
    const WORDS: [(&str, &str); 10] = [
        ("entsprechend ", "by analogy with "),
        ("i. V. m.", "in conjunction with"),
        (" a. F.", ", old version"),
        (" und ", " and "),
        (" bis ", " to "),
        (" Satz ", " sentence "),
        (" Halbsatz ", " clause "),
        (" Nr. ", " no. "),
        (" Alt. ", " alternative "),
        ("Urteil vom", "judgment of"),
    ];
    let mut norm = Cow::Borrowed(norm);
    for (de, en) in WORDS {
        if norm.contains(de) {
            norm = Cow::Owned(norm.replace(de, en));
        }
    }
    let mut written = String::with_capacity(norm.len());
    let mut rest = &*norm;
    while let Some((before, after)) = rest.split_once(" Abs. ") {
        let end = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
        written.push_str(before);
        written.push('(');
        written.push_str(&after[..end]);
        written.push(')');
        rest = &after[end..];
    }
    written.push_str(rest);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_dates() {
        let date = Date::constant(2026, 4, 3);
        assert_eq!(date_text(date, Language::De), "Freitag, 3. April 2026");
        assert_eq!(date_text(date, Language::En), "Friday, 3 April 2026");
        assert_eq!(date_text(Date::constant(2026, 3, 7), Language::De), "Sonnabend, 7. März 2026");
    }

    #[test]
    fn cites_in_english() {
        for (de, en) in [
            ("§ 193 BGB", "§ 193 BGB"),
            ("entsprechend § 41 Abs. 2 Satz 1 VwVfG", "by analogy with § 41(2) sentence 1 VwVfG"),
            ("§ 31 Abs. 3 Satz 1 VwVfG", "§ 31(3) sentence 1 VwVfG"),
            (
                "§ 31 Abs. 1 VwVfG i. V. m. § 188 Abs. 2 Alt. 1 BGB",
                "§ 31(1) VwVfG in conjunction with § 188(2) alternative 1 BGB",
            ),
            ("§ 122 Abs. 2a AO a. F.", "§ 122(2a) AO, old version"),
            (
                "§ 41 Abs. 5 VwVfG i. V. m. §§ 3 bis 5 VwZG",
                "§ 41(5) VwVfG in conjunction with §§ 3 to 5 VwZG",
            ),
        ] {
            assert_eq!(norm_en(de), en);
        }
    }

    #[test]
    fn counts_in_words() {
        for (number, de, en) in
            [(3, "dritten", "third"), (12, "zwölften", "twelfth"), (13, "13.", "13th"), (22, "22.", "22nd")]
        {
            assert_eq!(ordinal(number), (de.to_owned(), en.to_owned()));
        }
    }
}

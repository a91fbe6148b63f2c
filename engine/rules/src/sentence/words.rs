//! Titles and values as they stand within a sentence.

use crate::shape::Shape;
use crate::template::{Lang, date_text, money_text, number_text};

use super::Literal;

/// A noun with its article, or a title in quotes when its gender is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Noun {
    pub nominative: String,
    /// After "nach", "vor", "zwischen"; the same in English.
    pub dative: String,
    /// What stands behind a number that it is compared with.
    pub unit: Option<String>,
}

impl Noun {
    pub(super) fn plain(text: impl Into<String>) -> Noun {
        let text = text.into();
        Noun { nominative: text.clone(), dative: text, unit: None }
    }
}

/// Units of measure at the end of a title: „Höhe des Holzstoßes in cm“.
const UNITS: [&str; 14] = ["cm", "m", "mm", "km", "m²", "qm", "m³", "ha", "g", "kg", "t", "l", "%", "kW"];

/// What a title ends with, if its first word has this end and the title is a noun with what belongs to it.
const HEADS: [(&str, &[&str]); 3] = [
    (
        "die",
        &[
            "höhe",
            "länge",
            "breite",
            "größe",
            "tiefe",
            "fläche",
            "zahl",
            "summe",
            "gebühr",
            "frist",
            "dauer",
            "runde",
            "nummer",
            "straße",
            "adresse",
            "anschrift",
            "ung",
            "heit",
            "keit",
            "schaft",
            "tät",
            "tion",
            "person",
            "klasse",
            "art",
            "zeit",
            "begründung",
            "erlaubnis",
        ],
    ),
    (
        "der",
        &[
            "tag",
            "betrag",
            "name",
            "abstand",
            "durchmesser",
            "umfang",
            "termin",
            "wert",
            "zeitraum",
            "preis",
            "beginn",
            "antrag",
            "eingang",
            "grund",
            "wohnort",
            "anteil",
            "abzug",
            "status",
            "stand",
            "veranstalter",
            "antragsteller",
            "weg",
            "bescheid",
        ],
    ),
    (
        "das",
        &[
            "datum",
            "ergebnis",
            "ende",
            "alter",
            "material",
            "gewicht",
            "jahr",
            "grundstück",
            "verfahren",
            "zeichen",
            "bußgeld",
            "volumen",
            "verhältnis",
        ],
    ),
];
const HEADS_EN: [&str; 30] = [
    "height", "length", "width", "size", "area", "number", "sum", "fee", "period", "duration", "round",
    "name", "day", "date", "amount", "distance", "diameter", "place", "kind", "class", "age", "weight",
    "result", "outcome", "decision", "channel", "norm", "permit", "refusal", "notice",
];

/// The words that may follow the head of a title.
const FOLLOWING: [&str; 18] = [
    "des", "der", "zum", "zur", "vor", "am", "bei", "nach", "in", "von", "für", "bis", "ab", "im", "of",
    "to", "for", "by",
];

/// A title as a noun.
pub(super) fn noun(title: &str, lang: Lang) -> Noun {
    let (name, unit) = without_unit(title);
    let mut words = name.split(' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    let alone = second.is_none_or(|word| FOLLOWING.contains(&word));
    let known = match lang {
        _ if !alone => None,
        Lang::De => HEADS.iter().find(|(_, ends)| {
            let lower = first.to_lowercase();
            ends.iter().any(|end| lower.ends_with(end))
        }),
        Lang::En => HEADS_EN.contains(&first.to_lowercase().as_str()).then_some(&HEADS[0]),
    };
    let Some((article, _)) = known else {
        return Noun { unit, ..Noun::plain(with_article(name, lang).unwrap_or_else(|| quoted(name, lang))) };
    };
    let (nominative, dative) = match lang {
        Lang::En => {
            let name = format!("the {}{}", first.to_lowercase(), &name[first.len()..]);
            (name.clone(), name)
        }
        Lang::De => {
            let dative = if *article == "die" { "der" } else { "dem" };
            (format!("{article} {name}"), format!("{dative} {name}"))
        }
    };
    Noun { nominative, dative, unit }
}

/// A title that has its article stands in English as it is; in German its cases are not known.
fn with_article(name: &str, lang: Lang) -> Option<String> {
    let rest = name.strip_prefix("The ").filter(|_| lang == Lang::En)?;
    Some(format!("the {rest}"))
}

fn without_unit(title: &str) -> (&str, Option<String>) {
    for unit in UNITS {
        for (before, after) in [(" in ", ""), (" (", ")")] {
            if let Some(name) = title.strip_suffix(&format!("{before}{unit}{after}")) {
                return (name, Some(unit.to_string()));
            }
        }
    }
    (title, None)
}

pub(super) fn quoted(text: &str, lang: Lang) -> String {
    match lang {
        Lang::De => format!("„{text}“"),
        Lang::En => format!("“{text}”"),
    }
}

/// A title that is a clause already, said or denied: „Der Antragsteller ist Eigentümer“.
pub(super) fn clause(title: &str, positive: bool, lang: Lang) -> Option<String> {
    let (verbs, not, articles): (&[&str], _, &[&str]) = match lang {
        Lang::De => (&VERBS_DE, "nicht", &["ein", "eine", "einen", "einer", "kein", "keine", "nicht"]),
        Lang::En => (&VERBS_EN, "not", &["no", "not"]),
    };
    let words: Vec<&str> = title.split(' ').collect();
    let verb = words.iter().position(|word| verbs.contains(word)).filter(|at| *at > 0)?;
    let next = words.get(verb + 1)?;
    if words[..=verb].iter().any(|word| word.ends_with(',')) || title.ends_with('?') {
        return None;
    }
    let title = if ARTICLES.contains(&words[0]) {
        words[0].to_lowercase() + &title[words[0].len()..]
    } else {
        title.to_string()
    };
    if positive {
        return Some(title);
    }
    let before = title[..words[..=verb].join(" ").len()].to_string();
    (!articles.contains(next)).then(|| format!("{before} {not} {}", words[verb + 1..].join(" ")))
}

/// What a title that says a state of what it belongs to says: „bestandskräftig“ of „ist bestandskräftig“.
pub(super) fn predicate(title: &str, lang: Lang) -> Option<&str> {
    title.strip_prefix(say(lang, "ist ", "is "))
}

/// At the beginning of a title, small within a sentence.
const ARTICLES: [&str; 7] = ["Der", "Die", "Das", "Ein", "Eine", "The", "A"];
const VERBS_DE: [&str; 24] = [
    "ist", "sind", "war", "waren", "wird", "werden", "wurde", "wurden", "gehört", "gehören", "liegt",
    "liegen", "gilt", "kann", "können", "darf", "dürfen", "soll", "sollen", "muss", "müssen", "läuft",
    "besteht", "bestehen",
];
const VERBS_EN: [&str; 9] = ["is", "are", "was", "were", "will", "can", "may", "must", "should"];

/// A literal as the shape that it stands beside has it.
pub(super) fn value(literal: &Literal, shape: &Shape, unit: Option<&str>, lang: Lang) -> String {
    match (literal, shape) {
        (Literal::Boolean(true), _) => say(lang, "ja", "yes").to_string(),
        (Literal::Boolean(false), _) => say(lang, "nein", "no").to_string(),
        (Literal::Number(cents), Shape::Money) => money_text(*cents, lang),
        (Literal::Number(number), _) => {
            let number = number_text(*number, lang);
            unit.map_or(number.clone(), |unit| format!("{number} {unit}"))
        }
        (Literal::Text(id), Shape::Choice(choices)) => {
            let choice = choices.iter().find(|choice| *choice.id == **id);
            quoted(choice.map_or(id, |choice| say(lang, &choice.title.de, &choice.title.en)), lang)
        }
        (Literal::Text(day), Shape::Date) => date_text(day, lang).unwrap_or_else(|| quoted(day, lang)),
        (Literal::Text(period), Shape::Period) => period_text(period, lang),
        (Literal::Text(text), Shape::Time) if lang == Lang::De => format!("{text} Uhr"),
        (Literal::Text(text), Shape::Time) => text.clone(),
        (Literal::Text(text), _) => quoted(text, lang),
        (Literal::List(of), shape) => {
            let item = shape.item();
            let items: Vec<String> = of.iter().map(|literal| value(literal, &item, unit, lang)).collect();
            listed(&items, say(lang, "und", "and"))
        }
    }
}

/// `2 weeks` as „2 Wochen“; what is written another way stays.
pub(super) fn period_text(period: &str, lang: Lang) -> String {
    const UNITS: [(&str, &str, &str); 5] = [
        ("working day", "Arbeitstag", "Arbeitstage"),
        ("day", "Tag", "Tage"),
        ("week", "Woche", "Wochen"),
        ("month", "Monat", "Monate"),
        ("year", "Jahr", "Jahre"),
    ];
    let Some((count, unit)) = period.trim().split_once(' ') else { return period.to_string() };
    let found = UNITS.iter().find(|(name, ..)| *name == unit.strip_suffix('s').unwrap_or(unit));
    match (lang, found) {
        (Lang::De, Some((_, one, many))) => format!("{count} {}", if count == "1" { one } else { many }),
        _ => period.to_string(),
    }
}

pub(super) fn say<'t>(lang: Lang, de: &'t str, en: &'t str) -> &'t str {
    match lang {
        Lang::De => de,
        Lang::En => en,
    }
}

/// `a, b und c`.
pub(super) fn listed(parts: &[String], and: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
        None => String::new(),
    }
}

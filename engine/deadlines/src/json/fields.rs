//! Reading the fields of one question, and what can be wrong with them.

use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

use crate::{
    error::{DeadlineError, meant_de, meant_en},
    nearest::nearest,
    sentence::Language,
};

/// Every field that any kind of question has.
const KNOWN: [&str; 20] = [
    "id",
    "kind",
    "start",
    "land",
    "extra_categories",
    "period",
    "mode",
    "shift",
    "noshift_reason",
    "regime",
    "fiction_days",
    "actual_receipt",
    "named_day",
    "n",
    "definition",
    "way",
    "extended_by",
    "extended_until",
    "extended_on",
    "extension_reason",
];

/// What is wrong with one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ElementError {
    /// The element is no object.
    NotAnObject,
    /// No id, or one that is neither text nor number.
    MissingId,
    /// A field that no question has.
    UnknownField { field: String, suggestion: Option<&'static str> },
    /// A field that this kind of question does not use.
    FieldNotUsed { field: &'static str, kind: (&'static str, &'static str) },
    /// A field that this kind of question needs.
    MissingField { field: &'static str },
    /// A field of the wrong JSON type.
    WrongType { field: &'static str, expected: (&'static str, &'static str) },
    /// A text that is no date.
    InvalidDate { field: &'static str, text: String },
    /// A word that is none of the words of its field.
    UnknownWord { field: &'static str, text: String, suggestion: Option<&'static str>, known: String },
    /// A reason for not moving, but the end moves.
    ReasonWithoutNoShift,
    /// A length and a day, of which one says how far the period is extended.
    TwoExtensions,
    /// The question is understood, and has no answer.
    Deadline(DeadlineError),
}

impl From<DeadlineError> for ElementError {
    fn from(error: DeadlineError) -> Self {
        Self::Deadline(error)
    }
}

impl ElementError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAnObject => "NotAnObject",
            Self::MissingId => "MissingId",
            Self::UnknownField { .. } => "UnknownField",
            Self::FieldNotUsed { .. } => "FieldNotUsed",
            Self::MissingField { .. } => "MissingField",
            Self::WrongType { .. } => "WrongType",
            Self::InvalidDate { .. } => "InvalidDate",
            Self::UnknownWord { .. } => "UnknownWord",
            Self::ReasonWithoutNoShift => "ReasonWithoutNoShift",
            Self::TwoExtensions => "TwoExtensions",
            Self::Deadline(error) => error.code(),
        }
    }

    /// What is wrong, with the stable code at its end.
    pub(super) fn text(&self, language: Language) -> String {
        let text = match language {
            Language::De => self.de(),
            Language::En => self.en(),
        };
        format!("{text} [{}]", self.code())
    }

    fn de(&self) -> String {
        match self {
            Self::NotAnObject => "Das Element ist kein Objekt. Erwartet wird {\"id\": …, \"start\": …, …}.".to_owned(),
            Self::MissingId => "Dem Element fehlt die „id“ (Text oder Zahl).".to_owned(),
            Self::UnknownField { field, suggestion } => format!(
                "Das Feld „{field}“ gibt es nicht.{} Es gibt: {}.",
                meant_de(*suggestion),
                KNOWN.join(", ")
            ),
            Self::FieldNotUsed { field, kind } => {
                format!("Das Feld „{field}“ gehört nicht zu {}; bitte entfernen oder „kind“ berichtigen.", kind.0)
            }
            Self::MissingField { field } => format!("Das Feld „{field}“ fehlt."),
            Self::WrongType { field, expected } => format!("Im Feld „{field}“ wird {} erwartet.", expected.0),
            Self::InvalidDate { field, text } => {
                format!("Im Feld „{field}“ ist „{text}“ kein Datum. Erwartet wird ein Tag wie 2026-03-06.")
            }
            Self::UnknownWord { field, text, suggestion, known } => format!(
                "Im Feld „{field}“ ist „{text}“ nicht bekannt.{} Möglich sind: {known}.",
                meant_de(*suggestion)
            ),
            Self::ReasonWithoutNoShift => {
                "Das Feld „noshift_reason“ nennt einen Grund, aber das Fristende verschiebt sich. Bitte „shift“ auf false setzen \
                 oder den Grund entfernen."
                    .to_owned()
            }
            Self::TwoExtensions => {
                "Die Felder „extended_by“ und „extended_until“ sagen beide, wie weit verlängert wird. Bitte eines entfernen.".to_owned()
            }
            Self::Deadline(error) => error.text(Language::De),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotAnObject => "The element is no object. Expected is {\"id\": …, \"start\": …, …}.".to_owned(),
            Self::MissingId => "The element has no \"id\" (text or number).".to_owned(),
            Self::UnknownField { field, suggestion } => {
                format!("There is no field \"{field}\".{} There are: {}.", meant_en(*suggestion), KNOWN.join(", "))
            }
            Self::FieldNotUsed { field, kind } => {
                format!("The field \"{field}\" does not belong to {}; please remove it or correct \"kind\".", kind.1)
            }
            Self::MissingField { field } => format!("The field \"{field}\" is missing."),
            Self::WrongType { field, expected } => format!("The field \"{field}\" must be {}.", expected.1),
            Self::InvalidDate { field, text } => {
                format!("In the field \"{field}\", \"{text}\" is no date. Expected is a day like 2026-03-06.")
            }
            Self::UnknownWord { field, text, suggestion, known } => format!(
                "In the field \"{field}\", \"{text}\" is not known.{} Possible are: {known}.",
                meant_en(*suggestion)
            ),
            Self::ReasonWithoutNoShift => {
                "The field \"noshift_reason\" gives a reason, but the end moves. Please set \"shift\" to false or remove the \
                 reason."
                    .to_owned()
            }
            Self::TwoExtensions => {
                "The fields \"extended_by\" and \"extended_until\" both say how far the period is extended. Please remove one.".to_owned()
            }
            Self::Deadline(error) => error.text(Language::En),
        }
    }
}

/// Text from outside, cut so that an error stays readable.
pub(super) fn cut(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain(['…']).collect()
    }
}

/// The fields of one question; null is the same as absent.
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(super) fn new(map: &'a Map<String, Value>) -> Result<Self, ElementError> {
        match map.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            Some(key) => Err(ElementError::UnknownField { field: cut(key), suggestion: nearest(key, KNOWN) }),
            None => Ok(Self(map)),
        }
    }

    /// Refuses fields that say nothing for this kind of question.
    pub(super) fn refuse(
        &self,
        kind: (&'static str, &'static str),
        fields: &[&'static str],
    ) -> Result<(), ElementError> {
        match fields.iter().find(|field| self.get(field).is_some()) {
            Some(field) => Err(ElementError::FieldNotUsed { field, kind }),
            None => Ok(()),
        }
    }

    fn get(&self, field: &str) -> Option<&'a Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, field: &'static str) -> Result<Option<&'a str>, ElementError> {
        let expected = ("ein Text", "a text");
        self.get(field)
            .map(|value| value.as_str().ok_or(ElementError::WrongType { field, expected }))
            .transpose()
    }

    pub(super) fn flag(&self, field: &'static str) -> Result<Option<bool>, ElementError> {
        let expected = ("true oder false", "true or false");
        self.get(field)
            .map(|value| value.as_bool().ok_or(ElementError::WrongType { field, expected }))
            .transpose()
    }

    /// A whole number, at least zero; more than 32 bits count as the greatest, which every limit refuses.
    pub(super) fn number(&self, field: &'static str) -> Result<Option<u32>, ElementError> {
        let expected = ("eine ganze Zahl ab 1", "a whole number from 1");
        let read = |value: &Value| value.as_u64().map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        self.get(field)
            .map(|value| read(value).ok_or(ElementError::WrongType { field, expected }))
            .transpose()
    }

    pub(super) fn texts(&self, field: &'static str) -> Result<Vec<&'a str>, ElementError> {
        let wrong =
            || ElementError::WrongType { field, expected: ("eine Liste von Texten", "an array of texts") };
        match self.get(field) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => list.iter().map(|value| value.as_str().ok_or_else(wrong)).collect(),
            Some(_) => Err(wrong()),
        }
    }

    pub(super) fn date(&self, field: &'static str) -> Result<Option<Date>, ElementError> {
        let Some(text) = self.text(field)? else {
            return Ok(None);
        };
        // The length keeps out the other forms that ISO 8601 allows.
        let date = (text.len() == 10).then(|| text.parse().ok()).flatten();
        date.map(Some).ok_or_else(|| ElementError::InvalidDate { field, text: cut(text) })
    }

    /// A day with its time, when the text has one; seconds are possible.
    pub(super) fn date_time(&self, field: &'static str) -> Result<Option<DateTime>, ElementError> {
        let Some(text) = self.text(field)?.filter(|text| text.contains('T')) else {
            return Ok(None);
        };
        let parsed = matches!(text.len(), 16 | 19).then(|| text.parse().ok()).flatten();
        parsed.map(Some).ok_or_else(|| ElementError::InvalidDate { field, text: cut(text) })
    }

    /// One of a few words, in any case of letters.
    pub(super) fn word<T: Copy>(
        &self,
        field: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<Option<T>, ElementError> {
        let Some(text) = self.text(field)? else {
            return Ok(None);
        };
        let wanted = text.replace(' ', "").to_lowercase();
        match words.iter().find(|(word, _)| word.to_lowercase() == wanted) {
            Some((_, value)) => Ok(Some(*value)),
            None => Err(ElementError::UnknownWord {
                field,
                text: cut(text),
                suggestion: nearest(text, words.iter().map(|(word, _)| *word)),
                known: words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "),
            }),
        }
    }
}

/// A field that must be there.
pub(super) fn needed<T>(field: &'static str, value: Option<T>) -> Result<T, ElementError> {
    value.ok_or(ElementError::MissingField { field })
}

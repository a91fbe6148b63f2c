//! The JSON form of questions and answers that `fachwerk deadline --json` speaks.
//!
//! The input is an array of objects, each with an `id` (text or number), which comes back with the answer, and
//! - `start`: the day of the event, of dispatch, or the first day, `YYYY-MM-DD`; for hours with a time, `YYYY-MM-DDTHH:MM`
//! - `land`: the suffix of ISO 3166-2:DE, or a place with a holiday of its own (`Augsburg`)
//! - `extra_categories`: what the municipality is, `["catholic"]`
//! - `period`: everything that [`crate::Period::parse`] reads
//! - `mode`: `event` (§ 187 Abs. 1 BGB, the default) or `daybegin` (Abs. 2)
//! - `shift`: whether an end on a Saturday, Sunday or holiday moves on (default true; for `workdays` false), and
//!   `noshift_reason`, why not
//! - `regime`: the law, `VwVfG`, `AO`, `SGBX`; without notification also `BGB` (the default) and `VwGO`
//! - `kind`: absent for a period from `start`; `notification`: `start` is the day of dispatch and the period, if any, runs
//!   from the day of notification; `workdays`: `n` working days after `start` by `definition`
//! - for `notification`: `way` (default `post`), `fiction_days`, `actual_receipt`, `named_day` (of a general order); where
//!   the `land` has a rule of its own, that one counts
//! - for a period in days or longer that was extended: `extended_by` (a period from its end on, § 190 BGB) or `extended_until`
//!   (a day), with `extended_on`, the day on which that was decided, and `extension_reason`
//! - for `workdays`: `n`, and `definition`: `Werktage` or `Arbeitstage`
//!
//! The output is an array of the same length and order: `{"id", "notified_on", "raw_end", "deadline", "derivation"}` or
//! `{"id", "error"}`. A wrong element never hides the others.

mod element;
mod fields;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::{holidays::HolidayLaw, notification::NotificationRules, sentence::Language};

/// The most elements of one question.
pub const MOST_ELEMENTS: usize = 100_000;
/// The most bytes of one question.
pub const MOST_BYTES: usize = 64 << 20;

/// Why the whole input was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputError {
    /// More than [`MOST_BYTES`].
    TooLarge,
    /// Not JSON.
    NotJson {
        /// What the reader says, with line and column.
        detail: String,
    },
    /// JSON, but no array.
    NotAnArray,
    /// More than [`MOST_ELEMENTS`].
    TooManyElements {
        /// How many there were.
        count: usize,
    },
}

impl InputError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "InputTooLarge",
            Self::NotJson { .. } => "NotJson",
            Self::NotAnArray => "NotAnArray",
            Self::TooManyElements { .. } => "TooManyElements",
        }
    }

    /// What is wrong and what to do, in one language.
    pub fn text(&self, language: Language) -> String {
        match (self, language) {
            (Self::TooLarge, Language::De) => {
                "Die Eingabe ist größer als 64 MiB. Bitte aufteilen.".to_owned()
            }
            (Self::TooLarge, Language::En) => "The input is larger than 64 MiB. Please split it.".to_owned(),
            (Self::NotJson { detail }, Language::De) => format!("Die Eingabe ist kein JSON: {detail}."),
            (Self::NotJson { detail }, Language::En) => format!("The input is not JSON: {detail}."),
            (Self::NotAnArray, Language::De) => {
                "Die Eingabe ist keine Liste. Erwartet wird [ {…}, {…} ], auch für eine einzelne Frist."
                    .to_owned()
            }
            (Self::NotAnArray, Language::En) => {
                "The input is no array. Expected is [ {…}, {…} ], for a single deadline too.".to_owned()
            }
            (Self::TooManyElements { count }, Language::De) => {
                format!("Die Eingabe hat {count} Elemente, erlaubt sind {MOST_ELEMENTS}. Bitte aufteilen.")
            }
            (Self::TooManyElements { count }, Language::En) => {
                format!("The input has {count} elements, {MOST_ELEMENTS} are accepted. Please split it.")
            }
        }
    }
}

impl std::fmt::Display for InputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for InputError {}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// The deadline.
    Computed {
        /// The id of the question.
        id: Value,
        /// The day of notification, for questions of that kind.
        notified_on: Option<Date>,
        /// The last day before any shift.
        raw_end: String,
        /// The last day; for hours the instant in Germany, `YYYY-MM-DDTHH:MM`.
        deadline: String,
        /// Why, sentence by sentence.
        derivation: Vec<String>,
    },
    /// What is wrong with the question.
    Failed {
        /// The id of the question, null where there was none.
        id: Value,
        /// For people; it ends with the code of the error in square brackets.
        error: String,
    },
}

/// Answers an array of questions by the built-in law; the result is a JSON array.
pub fn answer(input_json: &str, language: Language) -> Result<String, InputError> {
    let answers = answers(input_json, language, HolidayLaw::built_in(), NotificationRules::built_in())?;
    Ok(serde_json::to_string_pretty(&answers).expect("dates and texts can be written as JSON"))
}

/// Answers an array of questions by other data.
pub fn answers(
    input_json: &str,
    language: Language,
    holidays: &HolidayLaw,
    rules: &NotificationRules,
) -> Result<Vec<Answer>, InputError> {
    if input_json.len() > MOST_BYTES {
        return Err(InputError::TooLarge);
    }
    let input: Value = serde_json::from_str(input_json)
        .map_err(|error| InputError::NotJson { detail: error.to_string() })?;
    let Value::Array(elements) = input else {
        return Err(InputError::NotAnArray);
    };
    if elements.len() > MOST_ELEMENTS {
        return Err(InputError::TooManyElements { count: elements.len() });
    }
    let mut desk = element::Desk::new(language, holidays, rules);
    Ok(elements.iter().map(|element| desk.answer(element)).collect())
}

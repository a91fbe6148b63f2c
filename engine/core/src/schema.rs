//! The shape of data: applications, forms, settings and parameters, in one closed profile of JSON Schema.
//!
//! The profile has objects, lists, texts, whole numbers, truth values and choices; no `anyOf`, no `if`, no patterns of
//! keys, no fractions. So every field has one type, rules can be checked against it, and forms can be drawn from it.
//! Values are validated by the `jsonschema` crate against the JSON Schema that a type renders itself to.

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;

use crate::{
    event::MAX_ENCLOSURES,
    words::{Date, Language, Object, Period, Text, Value},
};

/// The fields of an object, in the order in which people see them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectType {
    /// The fields.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in the data.
    pub name: Arc<str>,
    /// What people read beside it.
    pub title: Text,
    /// What helps them to fill it in.
    pub help: Option<Text>,
    /// What may stand in it.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it is about a person (`x-person`).
    pub person: bool,
    /// Whether it is a column and filter of the inbox (`x-list`).
    pub list: bool,
    /// What stands in it when nothing is said.
    pub default: Option<Value>,
}

/// What may stand in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// A text.
    Text {
        /// How it is to be read.
        format: TextFormat,
        /// At most so many characters.
        max_length: u32,
        /// At least so many.
        min_length: u32,
        /// A regular expression that it must match.
        pattern: Option<Arc<str>>,
    },
    /// A whole number.
    Integer {
        /// The least.
        min: Option<i64>,
        /// The greatest.
        max: Option<i64>,
        /// Whether it is an amount of money in cents.
        money: bool,
    },
    /// Yes or no.
    Boolean,
    /// A visible text in both languages, `{ de, en }` (only in parameters).
    Words,
    /// One of several.
    Choice(Arc<[Choice]>),
    /// Any number of several.
    Choices(Arc<[Choice]>),
    /// Any number of the documents of the case, by their numbers (only in forms of tasks).
    Documents,
    /// Fields of its own.
    Object(ObjectType),
    /// Several of the same.
    List {
        /// What each is.
        item: Box<Type>,
        /// At most so many.
        max: u32,
        /// At least so many.
        min: u32,
    },
}

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextFormat {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// A day, `2026-03-02`.
    Date,
    /// A time of day, `18:30`.
    Time,
    /// An e-mail address.
    Email,
    /// A rule (only in parameters).
    Expression,
    /// A period, `4 weeks`.
    Period,
}

/// One of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What stands in the data.
    pub id: Arc<str>,
    /// What people read.
    pub title: Text,
}

/// The longest text that any field takes when it says nothing else, in characters.
pub const DEFAULT_MAX_LENGTH: u32 = 500;
/// The same for texts of several lines.
pub const DEFAULT_MAX_LINES: u32 = 20_000;
/// The most items of a list that says nothing else.
pub const DEFAULT_MAX_ITEMS: u32 = 100;

impl ObjectType {
    /// The field of a name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| &*field.name == name)
    }

    /// As JSON Schema (draft 2020-12), with titles in a language.
    pub fn to_json_schema(&self, language: Language) -> Value {
        let mut properties = Object::new();
        for field in &self.fields {
            let mut schema = field.ty.to_json_schema(language);
            if let Value::Object(schema) = &mut schema {
                schema.insert("title".into(), field.title.get(language).into());
                if let Some(help) = &field.help {
                    schema.insert("description".into(), help.get(language).into());
                }
                if let Some(default) = &field.default {
                    schema.insert("default".into(), default.clone());
                }
                if field.person {
                    schema.insert("x-person".into(), true.into());
                }
                if field.list {
                    schema.insert("x-list".into(), true.into());
                }
            }
            properties.insert(field.name.to_string(), schema);
        }
        let required: Vec<&str> =
            self.fields.iter().filter(|field| field.required).map(|field| &*field.name).collect();
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    }
}

impl Type {
    fn to_json_schema(&self, language: Language) -> Value {
        match self {
            Type::Text { format, max_length, min_length, pattern } => {
                let mut schema = json!({ "type": "string", "maxLength": max_length });
                if *min_length > 0 {
                    schema["minLength"] = (*min_length).into();
                }
                if let Some(pattern) = pattern {
                    schema["pattern"] = pattern.to_string().into();
                }
                match format {
                    TextFormat::Line => {}
                    TextFormat::Lines => schema["x-format"] = "lines".into(),
                    TextFormat::Date => schema["format"] = "date".into(),
                    TextFormat::Email => schema["format"] = "email".into(),
                    TextFormat::Time => {
                        schema["pattern"] = "^([01][0-9]|2[0-3]):[0-5][0-9]$".into();
                        schema["x-format"] = "time".into();
                    }
                    TextFormat::Expression => schema["x-format"] = "expression".into(),
                    TextFormat::Period => {
                        schema["format"] = "period".into();
                        schema["x-format"] = "period".into();
                    }
                }
                schema
            }
            Type::Integer { min, max, money } => {
                let mut schema = json!({ "type": "integer" });
                if let Some(min) = min {
                    schema["minimum"] = (*min).into();
                }
                if let Some(max) = max {
                    schema["maximum"] = (*max).into();
                }
                if *money {
                    schema["x-format"] = "money".into();
                }
                schema
            }
            Type::Boolean => json!({ "type": "boolean" }),
            Type::Words => json!({
                "type": "object", "x-format": "words", "additionalProperties": false, "required": ["de", "en"],
                "properties": { "de": { "type": "string" }, "en": { "type": "string" } },
            }),
            Type::Choice(choices) => choice_schema(choices, language),
            Type::Choices(choices) => {
                json!({ "type": "array", "items": choice_schema(choices, language), "uniqueItems": true })
            }
            Type::Documents => json!({
                "type": "array", "items": { "type": "integer", "minimum": 1 }, "uniqueItems": true,
                "maxItems": MAX_ENCLOSURES, "x-format": "documents",
            }),
            Type::Object(object) => object.to_json_schema(language),
            Type::List { item, max, min } => {
                let mut schema =
                    json!({ "type": "array", "items": item.to_json_schema(language), "maxItems": max });
                if *min > 0 {
                    schema["minItems"] = (*min).into();
                }
                schema
            }
        }
    }

    /// Whether it is a single value that fits into a column.
    pub fn is_scalar(&self) -> bool {
        !matches!(
            self,
            Type::Words | Type::Choices(_) | Type::Documents | Type::Object(_) | Type::List { .. }
        )
    }
}

fn choice_schema(choices: &[Choice], language: Language) -> Value {
    let ids: Vec<&str> = choices.iter().map(|choice| &*choice.id).collect();
    let titles: Object =
        choices.iter().map(|choice| (choice.id.to_string(), choice.title.get(language).into())).collect();
    json!({ "type": "string", "enum": ids, "x-titles": titles })
}

/// A value that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// Where, as a JSON pointer: `/applicant/name`; empty for the whole.
    pub at: String,
    /// Stable, for example `required`.
    pub code: &'static str,
    /// What and why.
    pub message: Text,
}

/// Validates values against a type; made once.
#[derive(Clone, Debug)]
pub struct Validator(Arc<jsonschema::Validator>);

/// Whether a text is a day as RFC 3339 writes it (`full-date`). A year below 1000 lacks digits, one beyond all that people
/// apply for has too many.
fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<Date>().is_ok_and(|day| (1000..2200).contains(&day.year()))
}

impl Validator {
    /// The most misfits that are reported at once.
    pub const MOST: usize = 50;

    /// For an object type. An error when a pattern in it cannot be read.
    pub fn of(ty: &ObjectType) -> Result<Validator, String> {
        jsonschema::draft202012::options()
            .should_validate_formats(true)
            .with_format("date", is_day)
            .with_format("period", |text: &str| Period::parse(text).is_ok())
            .build(&ty.to_json_schema(Language::De))
            .map(|validator| Validator(Arc::new(validator)))
            .map_err(|error| error.to_string())
    }

    /// Everything in a value that does not fit, at most [`Self::MOST`].
    pub fn check(&self, value: &Value) -> Vec<Misfit> {
        // Most values fit, and whether they do is quicker to say than why not.
        let mut misfits: Vec<Misfit> = match self.0.is_valid(value) {
            true => Vec::new(),
            false => self.0.iter_errors(value).take(Self::MOST).map(|error| misfit(&error)).collect(),
        };
        // For JSON Schema 1.0 is a whole number, and one of a hundred digits as well.
        for found in unfit(value) {
            if misfits.len() < Self::MOST && misfits.iter().all(|known| known.at != found.at) {
                misfits.push(found);
            }
        }
        misfits
    }
}

/// How deeply values from outside may be nested: deeper than any form, and far less than a reader of JSON takes, so that
/// what was stored can be read again.
pub const MAX_VALUE_DEPTH: usize = 32;

/// What no value of a case may be, whatever its type: a fraction, a number beyond 64 bits, lists in lists without end.
pub fn unfit(value: &Value) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    look_for_unfit(value, &mut String::new(), 0, &mut misfits);
    misfits
}

fn look_for_unfit(value: &Value, at: &mut String, depth: usize, misfits: &mut Vec<Misfit>) {
    if misfits.len() >= Validator::MOST {
        return;
    }
    let mut note = |code, message| misfits.push(Misfit { at: at.clone(), code, message });
    match value {
        Value::Number(number) if number.as_i64().is_none() => {
            let (de, en) =
                (format!("{number} ist keine ganze Zahl"), format!("{number} is not a whole number"));
            note(
                "not_whole",
                Text::new(
                    format!("{de} mit höchstens 64 Bit (Geld in Cent, Maße in der kleineren Einheit)."),
                    format!("{en} of at most 64 bits (money in cents, measures in the smaller unit)."),
                ),
            );
        }
        Value::Array(_) | Value::Object(_) if depth >= MAX_VALUE_DEPTH => note(
            "too_deep",
            Text::new(
                format!("Tiefer als {MAX_VALUE_DEPTH} Ebenen darf eine Angabe nicht sein."),
                format!("A value may not be deeper than {MAX_VALUE_DEPTH} levels."),
            ),
        ),
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                look_for_unfit_below(item, &number.to_string(), at, depth, misfits);
            }
        }
        Value::Object(entries) => {
            for (name, item) in entries {
                look_for_unfit_below(item, &name.replace('~', "~0").replace('/', "~1"), at, depth, misfits);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn look_for_unfit_below(value: &Value, name: &str, at: &mut String, depth: usize, misfits: &mut Vec<Misfit>) {
    // Most values are neither numbers nor contain any: they need no place.
    if let Value::Null | Value::Bool(_) | Value::String(_) = value {
        return;
    }
    let length = at.len();
    at.push('/');
    at.push_str(name);
    look_for_unfit(value, at, depth + 1, misfits);
    at.truncate(length);
}

/// How many digits a pattern asks for, when that is all it says: five of `^[0-9]{5}$`.
pub fn digits(pattern: &str) -> Option<u32> {
    let count = pattern.strip_prefix("^[0-9]{").or_else(|| pattern.strip_prefix("^\\d{"))?;
    count.strip_suffix("}$")?.parse().ok()
}

fn misfit(error: &jsonschema::ValidationError<'_>) -> Misfit {
    use jsonschema::error::ValidationErrorKind as Kind;
    let at = error.instance_path().to_string();
    let (code, message) = match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let place = format!("{at}/{name}");
            let message = Text::new("Diese Angabe fehlt.", "This is missing.");
            return Misfit { at: place, code: "required", message };
        }
        Kind::Type { .. } => (
            "type",
            Text::new(
                "Der Wert ist von der falschen Art (Text, ganze Zahl, ja/nein oder Liste).",
                "The value is of the wrong kind (text, whole number, yes/no or list).",
            ),
        ),
        Kind::Enum { options } => {
            let list: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let list = list.join(", ");
            (
                "choice",
                Text::new(format!("Möglich sind nur: {list}."), format!("Only these are possible: {list}.")),
            )
        }
        Kind::MaxLength { limit } => (
            "too_long",
            Text::new(format!("Höchstens {limit} Zeichen."), format!("At most {limit} characters.")),
        ),
        Kind::MinLength { limit } => (
            "too_short",
            Text::new(format!("Mindestens {limit} Zeichen."), format!("At least {limit} characters.")),
        ),
        Kind::Minimum { limit } => {
            ("too_small", Text::new(format!("Mindestens {limit}."), format!("At least {limit}.")))
        }
        Kind::Maximum { limit } => {
            ("too_large", Text::new(format!("Höchstens {limit}."), format!("At most {limit}.")))
        }
        Kind::MaxItems { limit } => (
            "too_many",
            Text::new(format!("Höchstens {limit} Einträge."), format!("At most {limit} entries.")),
        ),
        Kind::MinItems { limit: 1 } => {
            ("too_few", Text::new("Mindestens ein Eintrag ist nötig.", "At least one entry is needed."))
        }
        Kind::MinItems { limit } => (
            "too_few",
            Text::new(format!("Mindestens {limit} Einträge."), format!("At least {limit} entries.")),
        ),
        Kind::UniqueItems => ("twice", Text::new("Ein Eintrag steht zweimal da.", "An entry stands twice.")),
        Kind::Format { format } if format == "date" => {
            let (de, en) = (
                "Das ist kein Tag (JJJJ-MM-TT) der Jahre 1000 bis 2199.",
                "This is not a day (YYYY-MM-DD) of the years 1000 to 2199.",
            );
            ("date", Text::new(de, en))
        }
        Kind::Format { format } if format == "email" => {
            ("email", Text::new("Das ist keine E-Mail-Adresse.", "This is not an e-mail address."))
        }
        Kind::Format { format } if format == "period" => (
            "period",
            Text::new("Das ist kein Zeitraum wie „3 Wochen“.", "This is not a period like “3 weeks”."),
        ),
        Kind::Pattern { pattern } if digits(pattern).is_some() => {
            let count = digits(pattern).unwrap_or_default();
            (
                "pattern",
                Text::new(
                    format!("Hier werden genau {count} Ziffern gebraucht."),
                    format!("Exactly {count} digits are needed here."),
                ),
            )
        }
        Kind::Pattern { .. } => (
            "pattern",
            Text::new("Die Angabe hat nicht die verlangte Form.", "This does not have the required form."),
        ),
        Kind::AdditionalProperties { unexpected } => {
            let names = unexpected.join(", ");
            (
                "unknown_field",
                Text::new(format!("Unbekannte Angaben: {names}."), format!("Unknown fields: {names}.")),
            )
        }
        _ => {
            let message = error.to_string();
            (
                "invalid",
                Text::new(
                    format!("Der Wert passt nicht: {message}"),
                    format!("The value does not fit: {message}"),
                ),
            )
        }
    };
    Misfit { at, code, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_people_write_them() {
        let ty = Type::Text { format: TextFormat::Period, max_length: 60, min_length: 0, pattern: None };
        let field = Field {
            name: "period".into(),
            title: Text::new("Frist", "Period"),
            help: None,
            ty,
            required: false,
            person: false,
            list: false,
            default: None,
        };
        let validator = Validator::of(&ObjectType { fields: vec![field] }).expect("a type");
        #[track_caller]
        fn check(validator: &Validator, period: &str, expected: &[&str]) {
            let found = validator.check(&json!({ "period": period }));
            let codes: Vec<&str> = found.iter().map(|misfit| misfit.code).collect();
            assert_eq!(codes, expected, "{period}");
        }
        for good in ["3 weeks", "3 Wochen", "1 Monat", "P3W", "5 Arbeitstage", "2w"] {
            check(&validator, good, &[]);
        }
        for bad in ["", "bald", "0 weeks", "3", "3 wochn"] {
            check(&validator, bad, &["period"]);
        }
    }
}

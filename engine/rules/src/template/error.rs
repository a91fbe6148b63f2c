//! What can be wrong with a template, and why it may not be rendered.

use minijinja::{Error, ErrorKind};
use serde::Serialize;

use crate::error::{Limit, Text, excerpt};
use crate::template::default_help;

/// Stable reason of a [`TemplateError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TemplateCode {
    Syntax,
    UnknownFilter,
    UnknownTest,
    UnknownFunction,
    /// minijinja can do it, but a letter of an authority does not need it.
    NotAllowed,
    /// A value that is not there.
    MissingValue,
    /// A value that is null.
    NullValue,
    /// A value that cannot be written or used like this.
    WrongType,
    LimitReached(Limit),
    Other,
}

impl TemplateCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            TemplateCode::Syntax => "syntax",
            TemplateCode::UnknownFilter => "unknown-filter",
            TemplateCode::UnknownTest => "unknown-test",
            TemplateCode::UnknownFunction => "unknown-function",
            TemplateCode::NotAllowed => "not-allowed",
            TemplateCode::MissingValue => "missing-value",
            TemplateCode::NullValue => "null-value",
            TemplateCode::WrongType => "wrong-type",
            TemplateCode::LimitReached(_) => "limit-reached",
            TemplateCode::Other => "other",
        }
    }
}

/// Why a template cannot be compiled or rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    pub code: TemplateCode,
    /// The name of the template.
    pub template: String,
    pub message: String,
    pub message_de: String,
    /// Line and column within the template, from 1.
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub help: Option<Box<Text>>,
}

impl TemplateError {
    pub(crate) fn new(code: TemplateCode, text: Text) -> Self {
        Self {
            code,
            template: String::new(),
            message: text.en,
            message_de: text.de,
            line: None,
            column: None,
            help: None,
        }
    }

    pub(crate) fn limit(limit: Limit, maximum: usize) -> Self {
        Self::new(TemplateCode::LimitReached(limit), limit.reached(maximum))
    }

    pub(crate) fn with_help(self, help: Text) -> Self {
        Self { help: Some(Box::new(help)), ..self }
    }
}

/// Errors of our own filters and of writing values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub(crate) enum Fault {
    Null,
    /// An element of a list that is joined.
    NullElement,
    NotText,
    NoDate,
    NoDateStyle,
    NoPeriod,
    NoPeriodStyle,
    NoMoney,
    NoNumber,
    NoDefault,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Error::new(ErrorKind::InvalidOperation, "").with_source(fault)
    }
}

impl Fault {
    pub(crate) fn explain(self, value: &str) -> TemplateError {
        let (code, en, de) = match self {
            Fault::Null => (
                TemplateCode::NullValue,
                format!("`{value}` is null; a letter cannot leave it blank"),
                format!("`{value}` ist leer (null); in einem Schreiben darf keine Lücke bleiben"),
            ),
            Fault::NullElement => (
                TemplateCode::NullValue,
                format!("`{value}` joins values of which one is missing"),
                format!("`{value}` verbindet Angaben, von denen eine fehlt"),
            ),
            Fault::NotText => (
                TemplateCode::WrongType,
                format!("`{value}` is a list or an object and cannot be written as text"),
                format!("`{value}` ist eine Liste oder ein Objekt und lässt sich nicht als Text schreiben"),
            ),
            Fault::NoDate => (
                TemplateCode::WrongType,
                format!("`{value}` needs a date like 2026-03-02"),
                format!("`{value}` braucht ein Datum wie 2026-03-02"),
            ),
            Fault::NoDateStyle => (
                TemplateCode::WrongType,
                "a date is written \"long\" or \"short\"".to_string(),
                "Ein Datum wird \"long\" oder \"short\" geschrieben".to_string(),
            ),
            Fault::NoPeriod => (
                TemplateCode::WrongType,
                format!("`{value}` needs a period like 3 weeks"),
                format!("`{value}` braucht einen Zeitraum wie 3 Wochen"),
            ),
            Fault::NoPeriodStyle => (
                TemplateCode::WrongType,
                "a period is written as it is, or \"within\"".to_string(),
                "Ein Zeitraum wird ohne Zusatz oder mit \"within\" geschrieben".to_string(),
            ),
            Fault::NoMoney => (
                TemplateCode::WrongType,
                format!("`{value}` needs a whole number of cents"),
                format!("`{value}` braucht eine ganze Zahl in Cent"),
            ),
            Fault::NoNumber => (
                TemplateCode::WrongType,
                format!("`{value}` needs a whole number"),
                format!("`{value}` braucht eine ganze Zahl"),
            ),
            Fault::NoDefault => (
                TemplateCode::WrongType,
                "`default` needs a text to write instead".to_string(),
                "`default` braucht einen Text, der stattdessen geschrieben wird".to_string(),
            ),
        };
        let error = TemplateError::new(code, Text::new(en, de));
        match self {
            Fault::Null => error.with_help(default_help(value)),
            Fault::NotText => error.with_help(Text::new(
                format!("write its parts: `{{{{ {value} | join(\", \") }}}}`, or a loop"),
                format!("Schreiben Sie die Teile: `{{{{ {value} | join(\", \") }}}}` oder eine Schleife"),
            )),
            _ => error,
        }
    }
}

/// The text of the template that the error is about.
pub(crate) fn expression(error: &Error) -> &str {
    let source = error.template_source().unwrap_or_default();
    let written = error.range().and_then(|range| source.get(range)).unwrap_or_default();
    written.trim_matches(|c: char| "{}%-".contains(c) || c.is_whitespace())
}

/// What minijinja says is undefined, if it knows.
pub(crate) fn undefined_path(error: &Error) -> Option<&str> {
    error.detail().filter(|detail| detail.contains("` is undefined")).and_then(quoted)
}

/// Translates an error of minijinja; the name of the template is filled in later.
pub(crate) fn template_error(error: &Error) -> TemplateError {
    let source = error.template_source().unwrap_or_default();
    let fault = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<Fault>());
    let found = match fault {
        Some(fault) => fault.explain(&excerpt(expression(error))),
        None => explain(error, expression(error)),
    };
    let column = error
        .range()
        .and_then(|range| source.get(..range.start))
        .map(|before| before.chars().rev().take_while(|c| *c != '\n').count() + 1);
    TemplateError { line: error.line(), column, ..found }
}

fn explain(error: &Error, expression: &str) -> TemplateError {
    let detail = error.detail().unwrap_or_default();
    let shown = excerpt(detail);
    let make = |code, en: String, de: String| TemplateError::new(code, Text::new(en, de));
    let undefined = detail.contains("undefined");
    match error.kind() {
        kind if kind == ErrorKind::UndefinedError || undefined => {
            let path = undefined_path(error).unwrap_or(expression);
            let path = &excerpt(path);
            make(
                TemplateCode::MissingValue,
                format!("`{path}` does not exist"),
                format!("`{path}` gibt es nicht"),
            )
            .with_help(default_help(path))
        }
        ErrorKind::OutOfFuel => TemplateError::limit(Limit::TemplateWork, super::MAX_WORK as usize),
        ErrorKind::SyntaxError | ErrorKind::BadEscape => make(
            TemplateCode::Syntax,
            format!("the template cannot be read: {shown}"),
            format!("Die Vorlage ist nicht lesbar (Meldung der Vorlagensprache: {shown})"),
        ),
        ErrorKind::UnknownFilter => make(
            TemplateCode::UnknownFilter,
            format!("there is no such filter: {shown}"),
            format!("Diesen Filter gibt es nicht: {shown}"),
        ),
        ErrorKind::UnknownTest => make(
            TemplateCode::UnknownTest,
            format!("there is no such test: {shown}"),
            format!("Diese Prüfung gibt es nicht: {shown}"),
        ),
        ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => make(
            TemplateCode::UnknownFunction,
            format!("there is no such function: {shown}"),
            format!("Diese Funktion gibt es nicht: {shown}"),
        ),
        kind if detail.contains("recursion") => make(
            TemplateCode::LimitReached(Limit::CallDepth),
            format!("macros call each other too deeply ({kind})"),
            "Makros rufen sich zu tief gegenseitig auf".to_string(),
        ),
        ErrorKind::InvalidOperation
        | ErrorKind::NonPrimitive
        | ErrorKind::NonKey
        | ErrorKind::CannotUnpack
        | ErrorKind::TooManyArguments
        | ErrorKind::MissingArgument => make(
            TemplateCode::WrongType,
            format!("`{}` does not work: {} {shown}", excerpt(expression), error.kind()),
            format!(
                "`{}` lässt sich nicht ausführen (Meldung der Vorlagensprache: {} {shown})",
                excerpt(expression),
                error.kind()
            ),
        ),
        kind => make(
            TemplateCode::Other,
            format!("{kind}: {shown}"),
            format!("Die Vorlage ist gescheitert (Meldung der Vorlagensprache: {kind}: {shown})"),
        ),
    }
}

/// The first text in back quotes.
fn quoted(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('`')?;
    rest.split_once('`').map(|(inner, _)| inner)
}

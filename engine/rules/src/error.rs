//! What can go wrong in a rule, said to the person who wrote it or waits for it.
//!
//! Every message exists in English and German; the code is stable and is what
//! programs, documentation and tests rely on.

use std::fmt;

use serde::Serialize;

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    pub en: String,
    pub de: String,
}

impl Text {
    pub fn new(en: impl Into<String>, de: impl Into<String>) -> Self {
        Self { en: en.into(), de: de.into() }
    }
}

/// A limit of the sandbox, of a table or of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// Steps of evaluation.
    Operations,
    /// Functions calling functions.
    CallDepth,
    /// Expressions within expressions.
    ExpressionDepth,
    /// Bytes of all text within one value.
    StringSize,
    /// Elements of all lists within one value.
    ArraySize,
    /// Entries of all objects within one value.
    MapSize,
    /// Variables alive at once, or data paths read by one rule.
    Variables,
    /// Functions defined by one script.
    Functions,
    /// Bytes of the text of a rule, a cell or a template.
    SourceSize,
    /// Lists and objects within lists and objects.
    DataDepth,
    /// Rows of a decision table.
    TableRows,
    /// Columns of a decision table.
    TableColumns,
    /// Values and ranges in the conditions of a decision table.
    TableConditions,
    /// Bytes of a rendered text.
    OutputSize,
    /// Steps of rendering a template, and the data that it makes on the way.
    TemplateWork,
}

impl Limit {
    /// The stable name, as written in logs and incidents.
    pub const fn name(self) -> &'static str {
        match self {
            Limit::Operations => "operations",
            Limit::CallDepth => "call depth",
            Limit::ExpressionDepth => "expression depth",
            Limit::StringSize => "string size",
            Limit::ArraySize => "array size",
            Limit::MapSize => "map size",
            Limit::Variables => "variables",
            Limit::Functions => "functions",
            Limit::SourceSize => "source size",
            Limit::DataDepth => "data depth",
            Limit::TableRows => "table rows",
            Limit::TableColumns => "table columns",
            Limit::TableConditions => "table conditions",
            Limit::OutputSize => "output size",
            Limit::TemplateWork => "template work",
        }
    }

    const fn name_de(self) -> &'static str {
        match self {
            Limit::Operations => "Rechenschritte",
            Limit::CallDepth => "Tiefe der Funktionsaufrufe",
            Limit::ExpressionDepth => "Schachtelung des Ausdrucks",
            Limit::StringSize => "Länge der Texte",
            Limit::ArraySize => "Länge der Listen",
            Limit::MapSize => "Größe der Objekte",
            Limit::Variables => "Anzahl der Variablen",
            Limit::Functions => "Anzahl der Funktionen",
            Limit::SourceSize => "Länge des Regeltextes",
            Limit::DataDepth => "Schachtelung der Daten",
            Limit::TableRows => "Zeilen der Tabelle",
            Limit::TableColumns => "Spalten der Tabelle",
            Limit::TableConditions => "Bedingungen der Tabelle",
            Limit::OutputSize => "Länge des erzeugten Textes",
            Limit::TemplateWork => "Arbeit an der Vorlage",
        }
    }

    pub(crate) fn reached(self, maximum: impl fmt::Display) -> Text {
        Text::new(
            format!("the limit \"{}\" was reached ({maximum})", self.name()),
            format!("die Grenze „{}“ ist erreicht ({maximum})", self.name_de()),
        )
    }
}

/// Stable reason of a [`RuleError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RuleCode {
    /// The text is not a rule.
    Syntax,
    /// A variable that nobody supplies.
    UnknownName,
    /// A property that its object does not have.
    UnknownProperty,
    /// A function that does not exist, or not with this number of arguments.
    UnknownFunction,
    /// A value of another type than needed here.
    WrongType,
    /// A value that may be missing is used as if it were always there.
    MayBeMissing,
    /// A choice is compared with something that it can never be.
    UnknownChoice,
    /// A limit was reached.
    LimitReached(Limit),
    DivisionByZero,
    /// A result beyond 64-bit integers.
    Overflow,
    /// A fractional number, or one beyond 64 bits.
    NotAnInteger,
    /// An index beyond the end of a list or text.
    OutOfBounds,
    /// The rule tries to change the data of the case.
    ReadOnly,
    /// The language can say it, but the sandbox does not allow it.
    NotAllowed,
    /// The rule itself said `throw`.
    Thrown,
    /// What the rule itself says cannot be calculated, whatever the case holds.
    AlwaysFails,
    /// A day without quotes, which is a subtraction.
    UnquotedDay,
    /// A text that people read holds an amount in cents or a day as programs write it.
    WrittenRaw,
    Other,
}

impl RuleCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            RuleCode::Syntax => "syntax",
            RuleCode::UnknownName => "unknown-name",
            RuleCode::UnknownProperty => "unknown-property",
            RuleCode::UnknownFunction => "unknown-function",
            RuleCode::WrongType => "wrong-type",
            RuleCode::MayBeMissing => "may-be-missing",
            RuleCode::UnknownChoice => "unknown-choice",
            RuleCode::LimitReached(_) => "limit-reached",
            RuleCode::DivisionByZero => "division-by-zero",
            RuleCode::Overflow => "overflow",
            RuleCode::NotAnInteger => "not-an-integer",
            RuleCode::OutOfBounds => "out-of-bounds",
            RuleCode::ReadOnly => "read-only",
            RuleCode::NotAllowed => "not-allowed",
            RuleCode::Thrown => "thrown",
            RuleCode::AlwaysFails => "always-fails",
            RuleCode::UnquotedDay => "unquoted-day",
            RuleCode::WrittenRaw => "written-raw",
            RuleCode::Other => "other",
        }
    }
}

/// Why a rule cannot be compiled or has no result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    pub code: RuleCode,
    /// The reason in English.
    pub message: String,
    /// The reason in German.
    pub message_de: String,
    /// Line within the text of the rule, from 1.
    pub line: Option<usize>,
    /// Column within the line in characters, from 1.
    pub column: Option<usize>,
    /// What to do about it, where there is something.
    pub help: Option<Box<Text>>,
    /// The name that was found and the one that was meant, where it can only be a slip.
    #[serde(skip)]
    pub meant: Option<Box<(String, String)>>,
}

impl RuleError {
    pub fn new(code: RuleCode, text: Text) -> Self {
        Self {
            code,
            message: text.en,
            message_de: text.de,
            line: None,
            column: None,
            help: None,
            meant: None,
        }
    }

    pub(crate) fn limit(limit: Limit, maximum: impl fmt::Display) -> Self {
        Self::new(RuleCode::LimitReached(limit), limit.reached(maximum))
    }

    #[must_use]
    pub fn help(mut self, en: impl Into<String>, de: impl Into<String>) -> Self {
        self.help = Some(Box::new(Text::new(en, de)));
        self
    }

    /// Adds "did you mean", if one of the candidates is near to the name.
    #[must_use]
    pub(crate) fn did_you_mean<'a>(
        mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        // Among many names only those that begin alike: a hostile rule shall not cost their product.
        const MOST_COMPARED: usize = 200;
        let first = name.chars().next();
        let candidates: Vec<&str> = candidates.into_iter().collect();
        let alike = |candidate: &&str| candidates.len() <= MOST_COMPARED || candidate.chars().next() == first;
        let compared = candidates.iter().copied().filter(alike).take(MOST_COMPARED);
        let meant = slip_of(name, compared.clone());
        self.meant = meant.map(|meant| Box::new((name.to_owned(), meant.to_owned())));
        match nearest(name, compared) {
            Some(near) => {
                let (en, de) = (format!("did you mean `{near}`?"), format!("Meinten Sie `{near}`?"));
                self.help(en, de)
            }
            None => self,
        }
    }

    /// Sets the place, unless a nearer one is known already.
    #[must_use]
    pub(crate) fn at(mut self, place: Place) -> Self {
        if self.line.is_none() {
            self.line = place.line;
            self.column = place.column;
        }
        self
    }
}

/// What somebody wrote, short enough for a message.
pub(crate) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// A place within a text: line and column from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Place {
    pub line: Option<usize>,
    pub column: Option<usize>,
}

impl From<rhai::Position> for Place {
    fn from(position: rhai::Position) -> Self {
        // rhai says 0 for the beginning of a line.
        Self { line: position.line(), column: position.position().map(|column| column.max(1)) }
    }
}

/// The candidate that a person most likely meant: case and `-`/`_` do not count,
/// and up to a third of the letters may differ (optimal string alignment distance).
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(name, candidates).into_iter().min().map(|(_, candidate)| candidate)
}

/// The candidate that a name can only be a slip of: it is near, no other one is as near, and the digits are the same,
/// since `step-3` beside `step-2` is more likely something that is not there yet.
pub fn slip_of<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut near = near(name, candidates);
    near.sort_unstable();
    near.dedup();
    let (distance, nearest) = *near.first()?;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let alone = near.get(1).is_none_or(|(other, _)| *other > distance);
    (alone && digits(nearest) == digits(name)).then_some(nearest)
}

/// The candidates that are near to a name, each with its distance.
fn near<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<(usize, &'a str)> {
    // Long names cost quadratic time and are no misspellings.
    const LONGEST: usize = 64;
    let wanted = fold(name);
    if wanted.is_empty() || wanted.len() > LONGEST {
        return Vec::new();
    }
    let allowed = (wanted.len() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            let folded = fold(candidate);
            if folded.len().abs_diff(wanted.len()) > allowed {
                return None;
            }
            let distance = alignment_distance(&wanted, &folded);
            // A one-letter name is not a misspelling of another one-letter name.
            (distance <= allowed && distance < wanted.len()).then_some((distance, candidate))
        })
        .collect()
}

fn fold(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).map(|c| if c == '-' { '_' } else { c }).collect()
}

fn alignment_distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, &y) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(x != y);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

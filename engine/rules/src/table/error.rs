//! What can be wrong with a decision table, and why it may have no result.

use serde::Serialize;
use serde_json::Value;

use crate::error::{Limit, Place, RuleCode, RuleError, Text};

/// Stable reason of a [`TableError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TableCode {
    /// No output column, or one without a name.
    MissingOutput,
    /// Two columns of the same name.
    DuplicateColumn,
    /// A row has more or fewer cells than there are columns.
    CellCount,
    CellSyntax,
    /// Text without quotes.
    MissingQuotes,
    NotAnInteger,
    /// A range or comparison that no value fits.
    EmptyRange,
    /// The cells of one column compare values of different types.
    MixedTypes,
    /// An output that is not of the declared type.
    OutputType,
    /// An output that is not among the declared values.
    OutputValue,
    /// The hit policy needs what the columns do not have.
    HitPolicy,
    LimitReached(Limit),
    /// An expression of the table is wrong.
    Rule(RuleCode),
}

impl TableCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            TableCode::MissingOutput => "missing-output",
            TableCode::DuplicateColumn => "duplicate-column",
            TableCode::CellCount => "cell-count",
            TableCode::CellSyntax => "cell-syntax",
            TableCode::MissingQuotes => "missing-quotes",
            TableCode::NotAnInteger => "not-an-integer",
            TableCode::EmptyRange => "empty-range",
            TableCode::MixedTypes => "mixed-types",
            TableCode::OutputType => "output-type",
            TableCode::OutputValue => "output-value",
            TableCode::HitPolicy => "hit-policy",
            TableCode::LimitReached(_) => "limit-reached",
            TableCode::Rule(code) => code.as_str(),
        }
    }
}

/// Which part of a table a problem or a variable belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TablePart {
    /// The table as a whole.
    Table,
    /// The head of an input column.
    Input,
    /// The head of an output column.
    Output,
    /// A condition.
    When,
    /// A result.
    Then,
    /// A result if no row matches.
    Default,
}

/// A place within a table; rows and columns count from 0, inputs and outputs each for
/// themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct TablePlace {
    pub part: TablePart,
    pub row: Option<usize>,
    pub column: Option<usize>,
}

impl TablePlace {
    pub(crate) const TABLE: Self = Self { part: TablePart::Table, row: None, column: None };

    pub(crate) fn head(part: TablePart, column: usize) -> Self {
        Self { part, row: None, column: Some(column) }
    }

    pub(crate) fn cell(part: TablePart, row: usize, column: usize) -> Self {
        Self { part, row: Some(row), column: Some(column) }
    }
}

/// A problem of a table; compiling reports all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct TableError {
    #[serde(flatten)]
    pub place: TablePlace,
    /// Line and column within the text of the cell or head, from 1.
    pub within: Place,
    pub code: TableCode,
    pub message: String,
    pub message_de: String,
    pub help: Option<Box<Text>>,
}

/// A problem of a cell that does not know yet where the cell is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CellError {
    pub code: TableCode,
    pub text: Text,
    pub within: Place,
    pub help: Option<Box<Text>>,
}

impl CellError {
    pub(crate) fn new(code: TableCode, text: Text) -> Self {
        Self { code, text, within: Place::default(), help: None }
    }

    pub(crate) fn limit(limit: Limit, maximum: usize) -> Self {
        Self::new(TableCode::LimitReached(limit), limit.reached(maximum))
    }

    pub(crate) fn at(self, within: Place) -> Self {
        Self { within, ..self }
    }

    pub(crate) fn with_help(self, en: impl Into<String>, de: impl Into<String>) -> Self {
        Self { help: Some(Box::new(Text::new(en, de))), ..self }
    }

    pub(crate) fn place(self, place: TablePlace) -> TableError {
        TableError {
            place,
            within: self.within,
            code: self.code,
            message: self.text.en,
            message_de: self.text.de,
            help: self.help,
        }
    }
}

impl From<RuleError> for CellError {
    fn from(error: RuleError) -> Self {
        Self {
            code: TableCode::Rule(error.code),
            within: Place { line: error.line, column: error.column },
            text: Text::new(error.message, error.message_de),
            help: error.help,
        }
    }
}

/// Stable reason of a [`DecisionError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DecisionCode {
    /// No row matches, and the table has no default.
    NoMatch,
    /// Hit policy `unique`: more than one row matches.
    NotUnique,
    /// Hit policy `any`: the rows that match say different things.
    Contradiction,
    /// An input that the cells of its column cannot be compared with.
    WrongInput,
    /// An output of the wrong type or not among the declared values.
    WrongOutput,
    /// An expression of the table failed.
    Rule(RuleCode),
}

impl DecisionCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            DecisionCode::NoMatch => "no-match",
            DecisionCode::NotUnique => "not-unique",
            DecisionCode::Contradiction => "contradiction",
            DecisionCode::WrongInput => "wrong-input",
            DecisionCode::WrongOutput => "wrong-output",
            DecisionCode::Rule(code) => code.as_str(),
        }
    }
}

/// Why a table has no result for these data.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct DecisionError {
    pub code: DecisionCode,
    /// The rows concerned, from 0.
    pub rows: Vec<usize>,
    /// The cell or column concerned.
    pub place: TablePlace,
    /// The inputs as far as they were read, for the person who looks into it.
    pub inputs: Vec<Value>,
    pub message: String,
    pub message_de: String,
    pub help: Option<Box<Text>>,
}

impl DecisionError {
    pub(crate) fn new(code: DecisionCode, place: TablePlace, text: Text) -> Box<Self> {
        Box::new(Self {
            code,
            rows: Vec::new(),
            place,
            inputs: Vec::new(),
            message: text.en,
            message_de: text.de,
            help: None,
        })
    }

    pub(crate) fn rule(place: TablePlace, error: RuleError) -> Box<Self> {
        let text = Text::new(error.message, error.message_de);
        Self::new(DecisionCode::Rule(error.code), place, text).help(error.help)
    }

    pub(crate) fn help(mut self: Box<Self>, help: Option<Box<Text>>) -> Box<Self> {
        self.help = help;
        self
    }

    pub(crate) fn rows(mut self: Box<Self>, rows: Vec<usize>) -> Box<Self> {
        self.rows = rows;
        self
    }

    pub(crate) fn inputs(mut self: Box<Self>, inputs: Vec<Value>) -> Box<Self> {
        self.inputs = inputs;
        self
    }
}

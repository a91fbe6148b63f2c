//! Decision tables after DMN 1.5: conditions in rows, a hit policy, results with the norm
//! that they rest on.
//!
//! A table is compiled into an index: each input column divides all its possible values
//! into segments, and each segment knows the rows that accept it. An evaluation looks up
//! one segment a column and intersects the rows; its cost hardly depends on their number.
//! The same segments show gaps and overlaps before a table is deployed.

mod cell;
mod compile;
mod coverage;
mod error;
mod evaluate;
mod index;
mod parse;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::data::Vars;
use crate::error::Text;
use crate::expression::Expression;
use crate::path::VariablePath;
use crate::sandbox::Sandbox;

pub use coverage::{Coverage, Domain, Example, Gap, Overlap};
pub use error::{DecisionCode, DecisionError, TableCode, TableError, TablePart, TablePlace};

pub use cell::Kind as CellKind;
pub(crate) use cell::date_parts;

/// Rows of a table.
pub const MAX_ROWS: usize = 2_048;
/// Input and output columns of a table, each.
pub const MAX_COLUMNS: usize = 32;
/// Values and ranges in all conditions of a table.
pub const MAX_CONDITIONS: usize = 10_000;

/// A decision table as it was read.
#[derive(Debug, Clone, Default)]
pub struct TableSource {
    pub inputs: Vec<InputSource>,
    pub outputs: Vec<OutputSource>,
    pub hit_policy: HitPolicy,
    pub rows: Vec<RowSource>,
    /// The results if no row matches, one for each output.
    pub default: Option<Vec<Value>>,
}

/// The head of an input column.
#[derive(Debug, Clone, Default)]
pub struct InputSource {
    pub id: String,
    /// What is compared; best a path (`application.area_m2`), which is read without rhai.
    pub expression: String,
    /// How messages call the column; its id otherwise.
    pub label: Option<Text>,
}

/// The head of an output column.
#[derive(Debug, Clone, Default)]
pub struct OutputSource {
    pub id: String,
    pub kind: Option<OutputKind>,
    /// The values that may stand here, if not all may; in descending priority for the hit
    /// policies `priority` and `output-order`.
    pub values: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputKind {
    Number,
    Text,
    Boolean,
    /// An ISO date, `2026-03-02`.
    Date,
    List,
    Object,
}

/// One rule of the table.
#[derive(Debug, Clone, Default)]
pub struct RowSource {
    pub id: Option<String>,
    /// One condition for each input, see the grammar of cells.
    pub when: Vec<String>,
    /// One result for each output: a value, or text that begins with `=` and goes on with
    /// an expression. Text may stand in double quotes.
    pub then: Vec<Value>,
    /// What the rule rests on: `BauGB § 34 Abs. 1`.
    pub norm: Option<String>,
}

/// Which rows count if several match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(into = "&'static str")]
pub enum HitPolicy {
    /// At most one row may match.
    #[default]
    Unique,
    /// Several may match if they say the same.
    Any,
    /// The first in the order of rows.
    First,
    /// The one whose results come first in the values of the outputs.
    Priority,
    /// All, as a list in the order of rows.
    Collect,
    /// All, added up, the least, the greatest, or how many.
    CollectSum,
    CollectMin,
    CollectMax,
    CollectCount,
    /// All, as a list in the order of rows.
    RuleOrder,
    /// All, as a list in the order of the values of the outputs.
    OutputOrder,
}

impl HitPolicy {
    pub const ALL: [HitPolicy; 11] = [
        HitPolicy::Unique,
        HitPolicy::Any,
        HitPolicy::First,
        HitPolicy::Priority,
        HitPolicy::Collect,
        HitPolicy::CollectSum,
        HitPolicy::CollectMin,
        HitPolicy::CollectMax,
        HitPolicy::CollectCount,
        HitPolicy::RuleOrder,
        HitPolicy::OutputOrder,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            HitPolicy::Unique => "unique",
            HitPolicy::Any => "any",
            HitPolicy::First => "first",
            HitPolicy::Priority => "priority",
            HitPolicy::Collect => "collect",
            HitPolicy::CollectSum => "collect sum",
            HitPolicy::CollectMin => "collect min",
            HitPolicy::CollectMax => "collect max",
            HitPolicy::CollectCount => "collect count",
            HitPolicy::RuleOrder => "rule order",
            HitPolicy::OutputOrder => "output order",
        }
    }

    /// Is it a result, too, if no row matches: an empty list, a sum or count of nothing?
    pub const fn takes_none(self) -> bool {
        self.is_list() || matches!(self, HitPolicy::CollectSum | HitPolicy::CollectCount)
    }

    /// Is the result a list of objects rather than one object?
    pub const fn is_list(self) -> bool {
        matches!(self, HitPolicy::Collect | HitPolicy::RuleOrder | HitPolicy::OutputOrder)
    }
}

impl From<HitPolicy> for &'static str {
    fn from(policy: HitPolicy) -> Self {
        policy.as_str()
    }
}

/// No such hit policy; what there is stands in [`HitPolicy::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such hit policy")]
pub struct UnknownHitPolicy;

impl FromStr for HitPolicy {
    type Err = UnknownHitPolicy;

    /// Case, `-` and `_` do not matter: `rule-order` is `Rule order`.
    fn from_str(text: &str) -> Result<Self, UnknownHitPolicy> {
        let text = text.trim().to_lowercase().replace(['-', '_'], " ");
        Self::ALL.into_iter().find(|policy| policy.as_str() == text).ok_or(UnknownHitPolicy)
    }
}

/// A compiled decision table.
#[derive(Clone)]
pub struct Table {
    inner: Arc<Compiled>,
}

struct Compiled {
    policy: HitPolicy,
    inputs: Vec<Input>,
    outputs: Vec<OutputSource>,
    rows: Vec<Row>,
    default: Option<Row>,
}

struct Input {
    label: Text,
    text: String,
    expression: Expression,
    /// The texts that its cells ask for.
    texts: Vec<String>,
    index: index::Index,
}

struct Row {
    /// The results in the order of the outputs.
    then: Vec<Then>,
    /// The results as one object, if none is an expression.
    literal: Option<Value>,
    norm: Option<Arc<str>>,
}

/// A result cell.
enum Then {
    Value(Value),
    /// An expression, and its text.
    Rule(Expression, Arc<str>),
}

/// The result of a table, and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableOutcome {
    /// An object with one member for each output; for hit policies that collect a list of
    /// them, or the one aggregated value.
    pub outputs: Value,
    /// The rows that made the result, from 0; empty if the default did.
    pub matched: Vec<usize>,
    /// The values of the inputs in the order of the columns.
    pub inputs: Vec<Value>,
    /// The norms of the rows that matched, each once.
    pub norms: Vec<Arc<str>>,
    /// No row matched.
    pub default_used: bool,
}

/// What the cells of an input column compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column<'t> {
    /// The expression in its head.
    pub expression: &'t str,
    /// What its cells hold; unknown if all are `-` or `null`.
    pub kind: Option<CellKind>,
    /// The texts that its cells ask for.
    pub texts: &'t [String],
}

impl Table {
    /// Compiles a table, or reports everything that is wrong with it.
    pub fn compile(source: &TableSource, sandbox: &Sandbox) -> Result<Self, Vec<TableError>> {
        compile::compile(source, sandbox).map(|compiled| Self { inner: Arc::new(compiled) })
    }

    pub fn evaluate(&self, vars: &Vars) -> Result<TableOutcome, Box<DecisionError>> {
        self.inner.evaluate(vars)
    }

    /// The data that the table reads, each with the cell that reads it.
    pub fn variables(&self) -> Vec<(TablePlace, &VariablePath)> {
        let table = &self.inner;
        let inputs = table
            .inputs
            .iter()
            .enumerate()
            .map(|(column, input)| (TablePlace::head(TablePart::Input, column), &input.expression));
        let rows = table.rows.iter().enumerate().flat_map(|(row, results)| {
            results.rules().map(move |(column, rule)| (TablePlace::cell(TablePart::Then, row, column), rule))
        });
        let default = table.default.iter().flat_map(|default| {
            default.rules().map(|(column, rule)| (TablePlace::head(TablePart::Default, column), rule))
        });
        inputs
            .chain(rows)
            .chain(default)
            .flat_map(|(place, rule)| rule.variables().iter().map(move |path| (place, path)))
            .collect()
    }

    /// The texts of all its rules: those of the columns, of the results, and of the default.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        let results = self.inner.rows.iter().chain(&self.inner.default).flat_map(|row| &row.then);
        let results = results.filter_map(|then| match then {
            Then::Rule(_, text) => Some(&**text),
            Then::Value(_) => None,
        });
        self.inner.inputs.iter().map(|input| input.text.as_str()).chain(results)
    }

    /// What the cells of each input column compare with, to be held against the type of its expression.
    pub fn columns(&self) -> impl Iterator<Item = Column<'_>> {
        self.inner.inputs.iter().map(|input| Column {
            expression: &input.text,
            kind: input.index.kind,
            texts: &input.texts,
        })
    }

    /// Looks for values that no row accepts and for rows that accept the same values.
    /// `domains` says what each input can be, in the order of the columns.
    pub fn coverage(&self, domains: &[Domain]) -> Coverage {
        coverage::coverage(&self.inner, domains)
    }

    pub fn hit_policy(&self) -> HitPolicy {
        self.inner.policy
    }

    pub fn row_count(&self) -> usize {
        self.inner.rows.len()
    }
}

impl Row {
    fn rules(&self) -> impl Iterator<Item = (usize, &Expression)> {
        self.then.iter().enumerate().filter_map(|(column, result)| match result {
            Then::Rule(rule, _) => Some((column, rule)),
            Then::Value(_) => None,
        })
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("policy", &self.inner.policy)
            .field("inputs", &self.inner.inputs.len())
            .field("outputs", &self.inner.outputs.len())
            .field("rows", &self.inner.rows.len())
            .finish()
    }
}

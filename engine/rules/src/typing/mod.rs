//! The types of a rule, inferred from what it reads: a number against a text, a day that is none, a value that may be
//! missing and is used as if it were always there.
//!
//! What cannot be known counts as right: a rule that works is never reported. So a text that a rule puts together may
//! be compared with a day, but a field for names may not.

mod calls;
mod constants;
mod expression;
mod facts;
mod operators;
mod statements;

use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::AST;

use crate::error::{Place, RuleCode, RuleError, Text, excerpt};
use crate::sandbox::Sandbox;
use crate::sentence::Literal;
use crate::shape::{Members, Shape, Vocabulary};
use crate::table::{CellKind, Column};

/// What a rule results in, and what is wrong with its types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Types {
    pub shape: Shape,
    /// Whether the result may be null.
    pub optional: bool,
    /// In the order of the text.
    pub problems: Vec<RuleError>,
    /// The objects that are written in the rule, of which the result is one, or a list of them.
    pub made: Vec<Members>,
    /// The names that nobody knows and that are compared with a text.
    pub words: Vec<Word>,
}

/// A name that stands where a text is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub name: String,
    /// The values that it can have there, where only some are possible.
    pub choices: Vec<Arc<str>>,
}

impl Types {
    /// Whether the rule can be a condition: true or false, and always one of them.
    pub fn is_condition(&self) -> bool {
        matches!(self.shape, Shape::Boolean | Shape::Any) && !self.optional
    }

    /// Why the rule cannot be a condition.
    pub fn not_a_condition(&self) -> Option<RuleError> {
        if self.is_condition() {
            return None;
        }
        if !matches!(self.shape, Shape::Boolean | Shape::Any) {
            return Some(wanted(&Shape::Boolean, &self.shape));
        }
        let text = Text::new(
            "the value may be missing, and then the condition is neither true nor false",
            "Der Wert kann fehlen, und dann ist die Bedingung weder wahr noch falsch",
        );
        let error = RuleError::new(RuleCode::MayBeMissing, text);
        Some(error.help("write `… == true`, or `… ?? false`", "Schreiben Sie `… == true` oder `… ?? false`"))
    }
}

impl Types {
    /// What is wrong if the result is held against the cells of a table's column.
    pub fn in_column(&self, column: &Column<'_>) -> Vec<RuleError> {
        let right = match column.kind {
            None => true,
            Some(CellKind::Bool) => self.shape == Shape::Boolean,
            Some(CellKind::Number) => self.shape.is_number(),
            Some(CellKind::Text) if self.shape == Shape::Date => {
                let mut days = column.texts.iter().map(|day| crate::table::date_parts(day));
                days.all(|day| day.is_some())
            }
            Some(CellKind::Text) => self.shape.is_text(),
            Some(CellKind::Date) => matches!(self.shape, Shape::Date | Shape::Text),
        };
        if let (Some(kind), false) = (column.kind, right || self.shape == Shape::Any) {
            let (cells, found) = (kind.name(), self.shape.kind());
            return vec![RuleError::new(
                RuleCode::WrongType,
                Text::new(
                    format!("the cells of the column hold {}, but the column is {}", cells.en, found.en),
                    format!(
                        "In den Zellen der Spalte steht: {}; die Spalte selbst ist aber {}",
                        cells.de, found.de
                    ),
                ),
            )];
        }
        match &self.shape {
            Shape::Choice(choices) => {
                column.texts.iter().filter_map(|id| operators::unknown_choice(choices, id)).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Sandbox {
    /// The types of an expression; an error if its text is none.
    pub fn expression_types(&self, text: &str, vocabulary: &Vocabulary) -> Result<Types, RuleError> {
        self.expression(text)?;
        let ast = self.inner.engine.compile_expression(text);
        Ok(types(&ast.unwrap_or_default(), vocabulary, self))
    }

    /// The types of a script.
    pub fn script_types(&self, text: &str, vocabulary: &Vocabulary) -> Result<Types, RuleError> {
        self.script(text)?;
        let ast = self.inner.engine.compile(text);
        Ok(types(&ast.unwrap_or_default(), vocabulary, self))
    }
}

/// The syntax of a rule that compiles, to be held against several vocabularies.
pub struct Syntax {
    ast: AST,
    sandbox: Sandbox,
}

impl Sandbox {
    /// Of an expression, or of a script; none if the text is none.
    pub fn read(&self, text: &str, script: bool) -> Option<Syntax> {
        let engine = &self.inner.engine;
        let ast = if script { engine.compile(text) } else { engine.compile_expression(text) };
        ast.ok().map(|ast| Syntax { ast, sandbox: self.clone() })
    }
}

impl Syntax {
    /// Its types.
    pub fn types(&self, vocabulary: &Vocabulary) -> Types {
        types(&self.ast, vocabulary, &self.sandbox)
    }

    /// The paths, with dots between the names, that are sure to be there when a condition holds, or when it does not:
    /// whoever asked `x != ()` knows that `x` is there.
    pub fn there_if(&self, holds: bool) -> Vec<String> {
        match self.ast.statements() {
            [rhai::Stmt::Expr(condition)] => facts::facts_of(condition, holds),
            _ => Vec::new(),
        }
    }
}

fn types(ast: &AST, vocabulary: &Vocabulary, sandbox: &Sandbox) -> Types {
    let mut checker = Checker {
        ast,
        vocabulary,
        sandbox,
        locals: Vec::new(),
        changed: statements::changed(ast),
        facts: Vec::new(),
        problems: Vec::new(),
        words: Vec::new(),
    };
    let found = checker.block(ast.statements());
    let (mut problems, words) = (checker.problems, checker.words);
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.dedup();
    Types { shape: found.shape, optional: found.optional, problems, made: found.made, words }
}

struct Checker<'a> {
    ast: &'a AST,
    vocabulary: &'a Vocabulary,
    /// Calls what is constant.
    sandbox: &'a Sandbox,
    /// The rule's own variables, the last of a name counts.
    locals: Vec<(String, Found)>,
    /// The rule's own variables that change; nothing is known of them.
    changed: BTreeSet<String>,
    /// Paths that are known to be there, by the conditions around.
    facts: Vec<String>,
    problems: Vec<RuleError>,
    words: Vec<Word>,
}

/// What is known of the value of an expression.
#[derive(Debug, Clone)]
struct Found {
    shape: Shape,
    /// It may be null.
    optional: bool,
    /// How it was read: `application.area`.
    path: Option<String>,
    /// It comes from the data as its schema has it, not from a calculation.
    field: bool,
    literal: Option<Literal>,
    /// The objects written in the rule that it may be, or a list of them.
    made: Vec<Members>,
    /// The names that nobody knows and that it stands for, or has as entries.
    unknown: Vec<String>,
}

impl Found {
    fn of(shape: Shape) -> Found {
        let (made, unknown) = (Vec::new(), Vec::new());
        Found { shape, optional: false, path: None, field: false, literal: None, made, unknown }
    }

    fn any() -> Found {
        Found::of(Shape::Any)
    }

    fn null() -> Found {
        Found { optional: true, ..Found::any() }
    }

    fn literal(literal: Literal) -> Found {
        let shape = match &literal {
            Literal::Boolean(_) => Shape::Boolean,
            Literal::Number(_) => Shape::Number,
            Literal::Text(_) => Shape::Text,
            Literal::List(_) => Shape::list(Shape::Any),
        };
        Found { literal: Some(literal), ..Found::of(shape) }
    }

    fn text(&self) -> Option<&str> {
        match &self.literal {
            Some(Literal::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// One of both.
    fn or(self, other: Found) -> Found {
        let optional = self.optional || other.optional;
        let made = [self.made.as_slice(), &other.made].concat();
        let empty = |found: &Found| found.text() == Some("");
        let fits = |choice: &Found, other: &Found| match &choice.shape {
            Shape::Choice(choices) => {
                other.text().is_some_and(|id| choices.iter().any(|known| *known.id == *id))
            }
            _ => false,
        };
        let shape = match (&self.shape, &other.shape) {
            (a, b) if a == b => self.shape.clone(),
            (a, b) if a.is_number() && b.is_number() => Shape::Money,
            (a, b) if a.is_text() && b.is_text() => match (empty(&self), empty(&other)) {
                (true, _) => other.shape.clone(),
                (_, true) => self.shape.clone(),
                _ if fits(&self, &other) => self.shape.clone(),
                _ if fits(&other, &self) => other.shape.clone(),
                _ => Shape::Text,
            },
            (Shape::List(_), Shape::List(_)) => Shape::list(Shape::Any),
            _ => Shape::Any,
        };
        let unknown = [self.unknown, other.unknown].concat();
        Found { optional, made, unknown, ..Found::of(shape) }
    }
}

impl Checker<'_> {
    fn report(&mut self, error: RuleError, position: rhai::Position) {
        self.problems.push(error.at(Place::from(position)));
    }

    fn missing(&mut self, found: &Found, position: rhai::Position) {
        let what = found.path.as_deref().map(excerpt);
        let text = match &what {
            Some(path) => Text::new(
                format!("`{path}` may be missing, but the rule uses it as if it were always there"),
                format!("`{path}` kann fehlen, die Regel verwendet die Angabe aber, als wäre sie immer da"),
            ),
            None => Text::new(
                "this value may be missing, but the rule uses it as if it were always there",
                "Dieser Wert kann fehlen, die Regel verwendet ihn aber, als wäre er immer da",
            ),
        };
        let path = what.unwrap_or_else(|| "…".to_string());
        let read = match path.rsplit_once('.') {
            Some((before, last)) => format!("{before}?.{last}"),
            None => path,
        };
        let or = match found.shape {
            Shape::Number | Shape::Money => "0",
            Shape::Boolean => "false",
            Shape::List(_) => "[]",
            _ => "\"\"",
        };
        let error = RuleError::new(RuleCode::MayBeMissing, text).help(
            format!("say what to use instead (`{read} ?? {or}`), or ask first (`{read} != () && …`)"),
            format!(
                "Geben Sie einen Ersatz an (`{read} ?? {or}`) oder fragen Sie vorher (`{read} != () && …`)"
            ),
        );
        self.report(error, position);
    }

    /// A value that is used as something.
    fn wants(&mut self, wanted_shape: &Shape, found: &Found, position: rhai::Position) {
        if found.optional {
            self.missing(found, position);
        }
        let fits = match (wanted_shape, &found.shape) {
            (_, Shape::Any) | (Shape::Any, _) => true,
            (Shape::Number, shape) => shape.is_number(),
            (Shape::Date, Shape::Date) => true,
            (Shape::Date, Shape::Text) => match found.text() {
                Some(day) => crate::table::date_parts(day).is_some(),
                None => !found.field,
            },
            (Shape::Period | Shape::Text, shape) => shape.is_text() && *shape != Shape::Date,
            (Shape::List(_), Shape::List(_)) => true,
            (wanted, shape) => wanted == shape,
        };
        if !fits {
            self.report(wanted(wanted_shape, &found.shape), position);
        }
    }
}

fn wanted(wanted: &Shape, found: &Shape) -> RuleError {
    let (wanted, found) = (wanted.kind(), found.kind());
    RuleError::new(
        RuleCode::WrongType,
        Text::new(
            format!("{} is needed here, but this is {}", wanted.en, found.en),
            format!("Hier wird gebraucht: {}; das ist aber {}", wanted.de, found.de),
        ),
    )
}

//! Rules of an administrative process: expressions and scripts in a sandbox, decision
//! tables, and the templates of letters and notices. Each is compiled once and evaluated
//! many times, from any thread.
//!
//! # Architecture invariant
//!
//! This crate is pure: the same rule on the same data has the same result for ever. There
//! is no I/O, no clock, no randomness, no async and no state that outlives an evaluation.
//! It knows nothing of cases, deadlines or schemas: the core hands over data as JSON,
//! registers its functions once ([`Sandbox::builder`]) and checks the names that a rule
//! reads ([`Expression::variables`]) against its schemas. Everything a rule may cost has
//! a limit, and the limit that was reached is named in the error.

mod convert;
mod data;
mod direct;
mod error;
mod expression;
mod fault;
mod functions;
mod limits;
mod lists;
mod operators;
mod path;
mod sandbox;
mod sentence;
mod shape;
mod table;
mod template;
mod typing;
mod variables;
mod work;

pub use data::{Members, Node, Vars};
pub use error::{Limit, Place, RuleCode, RuleError, Text, nearest, slip_of};
pub use expression::{Expression, Script};
pub use limits::Limits;
pub use path::{Segment, VariablePath};
pub use sandbox::{Sandbox, SandboxBuilder};
pub use sentence::{
    Comparison, Condition, DayPart, Direction, Extreme, Literal, Member, Operator, Part, Path, Quantity,
    Rounding, Term,
};
pub use shape::{Choice, Members as ShapeMembers, Named, Presence, Shape, Vocabulary};
pub use table::{
    CellKind, Column, Coverage, DecisionCode, DecisionError, Domain, Example, Gap, HitPolicy, InputSource,
    MAX_COLUMNS, MAX_CONDITIONS, MAX_ROWS, OutputKind, OutputSource, Overlap, RowSource, Table, TableCode,
    TableError, TableOutcome, TablePart, TablePlace, TableSource, UnknownHitPolicy,
};

pub use template::{
    Lang, MAX_OUTPUT_BYTES, MAX_TEMPLATE_BYTES, Markup, Template, TemplateCode, TemplateError, date_text,
    markdown_text, money_text, number_text,
};

pub use typing::{Syntax, Types, Word};

/// For crates that register functions.
pub use rhai;

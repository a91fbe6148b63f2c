//! The common part of the language, evaluated on the data of the case as it lies there.
//!
//! rhai converts what a rule reads, copies what it hands on and looks every function up again. A rule that says only
//! what is known here has a tree of its own beside that of rhai, which does none of this.
//!
//! # Architecture invariant
//!
//! An answer from here is the one that rhai gives. Wherever anything is out of the ordinary (an error, values that an
//! operator does not fit, a limit that comes near) there is no answer, and rhai is asked from the beginning; a rule has
//! no effect but its result, so asking again changes nothing. So there is one place where errors, their texts and the
//! limits come from, and that is rhai. A debug build compares each answer with that of rhai.

mod compile;
mod held;
mod machine;
mod methods;

use rhai::Stmt;
use serde_json::Value;

use crate::data::Vars;
use crate::sandbox::Sealed;
use crate::variables::Analysis;
pub(crate) use compile::compile;
use machine::Machine;

/// A rule as a tree whose names are resolved.
#[derive(Debug)]
pub(crate) struct Direct {
    main: Function,
    /// The functions and closures of the script.
    functions: Vec<Function>,
}

#[derive(Debug)]
struct Function {
    body: Node,
    /// How many values it keeps at most, its parameters first.
    locals: usize,
}

#[derive(Debug)]
enum Node {
    Null,
    Bool(bool),
    Number(i64),
    Text(Box<str>),
    /// What the analysis found to be read: its index.
    Slot(usize),
    Local(usize),
    List(Vec<Node>),
    /// In the order of the text.
    Object(Vec<(Box<str>, Node)>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Coalesce(Vec<Node>),
    Not(Box<Node>),
    Negated(Box<Node>),
    Binary(Operator, Box<(Node, Node)>),
    Chain(Box<Node>, Vec<Link>),
    /// Condition, then, else.
    If(Box<(Node, Node, Node)>),
    /// Its value is that of the last one.
    Block(Vec<Node>),
    Let(usize, Box<Node>),
    Assign(Place, Option<Operator>, Box<Node>),
    Push(Place, Box<Node>),
    Trim(Place),
    /// The object, the name, the value.
    Set(Place, Box<(Node, Node)>),
    /// The variable, the list, the body.
    For(usize, Box<(Node, Node)>),
    Return(Box<Node>),
    /// A function of the script.
    Call(usize, Vec<Node>),
}

/// A variable, or what lies within the objects that it holds.
#[derive(Debug)]
struct Place {
    local: usize,
    names: Vec<Box<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Rest,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// One step along a chain: `.name`, `[index]`, `.method(…)`.
#[derive(Debug)]
struct Link {
    /// Reached by `?.`: null before it is the value of the whole chain.
    null_safe: bool,
    kind: LinkKind,
    /// The index, or what the method is called with.
    arguments: Vec<Node>,
}

#[derive(Debug)]
enum LinkKind {
    /// Whether it is null when the object does not have it.
    Property(Box<str>, bool),
    Index,
    Method(Method),
    /// A method that goes through a list with a function.
    Through(Through, usize),
    /// A function of rhai or of the crate around, called by rhai: its values are the slots of a tree of its own.
    Native(Box<Stmt>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Len,
    IsEmpty,
    SubString,
    Split,
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Through {
    Filter,
    Some,
    All,
}

impl Direct {
    /// The result; nothing: rhai must be asked.
    pub(crate) fn eval(&self, analysis: &Analysis, vars: &Vars, sealed: &Sealed) -> Option<Value> {
        Machine::new(self, analysis, vars, sealed).result()
    }
}

#[cfg(test)]
mod tests;

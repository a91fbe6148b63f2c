//! Walks the syntax tree of a rule: which data does it read, which functions does it
//! call, and does it stay within what the sandbox allows?
//!
//! The walk also replaces every static data path by one variable of its own (a *slot*),
//! so that an evaluation converts exactly the values that the rule reads, and a missing
//! property is noticed with its whole path. The body of a closure cannot be replaced;
//! what it captures of the case data becomes a slot that holds only the properties
//! which the body reads.

mod calls;
mod chain;
mod refusals;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Stmt};

use crate::error::{Limit, Place, RuleError};
use crate::path::VariablePath;
pub(crate) use calls::{as_closure, closure_of};
pub(crate) use chain::{LinkOf, ends_chain, links_of, root_of, segment, slot_variable, static_path};
use walk::Walker;

/// What an evaluation puts into the scope before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The value of one path: index into [`Analysis::reads`].
    Path(usize),
    /// An object with the properties of one root that closures read: indices into `reads`.
    Part(Vec<usize>),
    /// Whether the value of a path contains a name or text, without converting it.
    Contains(usize, String),
}

/// The name of a slot as a variable; no designer can write it.
pub(crate) fn slot_name(index: usize) -> String {
    format!("§{index}")
}

pub(crate) fn slot_index(name: &str) -> Option<usize> {
    name.strip_prefix('§')?.parse().ok()
}

#[derive(Debug, Default)]
pub(crate) struct Analysis {
    pub reads: Vec<VariablePath>,
    pub slots: Vec<Slot>,
    /// Properties of values that are only known at run time (`tree.height ?? 0` within a
    /// closure) which the rule expects to be missing at times.
    pub optional_properties: BTreeSet<String>,
    /// Properties that the rule gives to objects of its own (`result.fee = 3`).
    pub assigned_properties: BTreeSet<String>,
}

impl Analysis {
    pub(crate) fn slot_place(&self, slot: &Slot) -> Place {
        let read = match slot {
            Slot::Path(read) | Slot::Contains(read, _) => Some(read),
            Slot::Part(reads) => reads.first(),
        };
        read.map_or_else(Place::default, |read| self.reads[*read].place())
    }
}

/// The functions that a rule may call: name and possible numbers of arguments, the
/// object of a method call included.
pub(crate) type Functions = BTreeMap<String, BTreeSet<usize>>;

pub(crate) fn analyse(
    ast: &AST,
    functions: &Functions,
    max_slots: usize,
) -> Result<(Analysis, Vec<Stmt>), RuleError> {
    let defined: Vec<Defined> = ast
        .iter_fn_def()
        .map(|def| Defined {
            name: def.name.to_string(),
            params: def.params.iter().map(ToString::to_string).collect(),
            body: body_of(ast, &def.name, def.params.len()),
        })
        .collect();
    let mut walker = Walker::new(&defined, functions);
    let mut statements = ast.statements().to_vec();
    walker.block(&mut statements);
    walker.sees_data = false;
    walker.function_depth = 1;
    for function in defined.iter().filter(|function| !is_closure(&function.name)) {
        walker.function(&function.params, function.body.clone());
    }
    if let Some(problem) = walker.problem {
        return Err(problem);
    }
    if walker.found.slots.len() > max_slots {
        return Err(RuleError::limit(Limit::Variables, max_slots));
    }
    Ok((walker.found, statements))
}

/// A function of the script.
struct Defined {
    name: String,
    params: Vec<String>,
    body: Vec<Stmt>,
}

/// rhai names closures `anon$…`.
fn is_closure(name: &str) -> bool {
    name.starts_with("anon$")
}

/// The statements of one function. The type of a function body has no public name, so
/// they are collected by walking a tree that has this function only.
pub(crate) fn body_of(ast: &AST, name: &str, params: usize) -> Vec<Stmt> {
    // Not `clone_functions_only_filtered`: in rhai 1.27 it keeps every function.
    let mut only = ast.clone_functions_only();
    only.retain_functions(|_, _, other, count| other == name && count == params);
    let mut body = Vec::new();
    only.walk(&mut |nodes| {
        if let [ASTNode::Stmt(statement)] = nodes {
            body.push((*statement).clone());
        }
        true
    });
    body
}

//! The data that a rule, a table or a template may see, borrowed for one evaluation.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value;

/// The names that a rule may use, each with its JSON value.
///
/// Nothing is copied: a rule converts only what it reads. Names are few, so a list
/// is searched, not a map.
#[derive(Clone)]
pub struct Vars<'a> {
    roots: Vec<(&'a str, Node<'a>)>,
}

impl Default for Vars<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Vars<'a> {
    pub fn new() -> Self {
        // As many as a case has, and the entry of a round.
        Self { roots: Vec::with_capacity(8) }
    }

    /// Adds a variable; a later one hides an earlier one of the same name.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: &'a Value) -> Self {
        self.roots.push((name, Node::Value(value)));
        self
    }

    /// Adds an object whose members lie apart, e.g. `steps` with one result a step,
    /// so that nobody has to put them together for an evaluation.
    #[must_use]
    pub fn with_members(mut self, name: &'a str, members: &'a dyn Members) -> Self {
        self.roots.push((name, Node::Members(members)));
        self
    }

    pub fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.roots.iter().map(|(name, _)| *name)
    }

    pub(crate) fn root(&self, name: &str) -> Option<Node<'a>> {
        self.roots.iter().rev().find(|(root, _)| *root == name).map(|(_, node)| *node)
    }
}

impl<'a> FromIterator<(&'a str, &'a Value)> for Vars<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a Value)>>(pairs: I) -> Self {
        pairs.into_iter().fold(Self::new(), |vars, (name, value)| vars.with(name, value))
    }
}

/// An object whose members are kept by somebody else.
pub trait Members {
    fn member(&self, name: &str) -> Option<Node<'_>>;
    /// All names, in the order in which a rule shall see them.
    fn names(&self) -> Vec<&str>;
}

impl Members for serde_json::Map<String, Value> {
    fn member(&self, name: &str) -> Option<Node<'_>> {
        self.get(name).map(Node::Value)
    }
    fn names(&self) -> Vec<&str> {
        self.keys().map(String::as_str).collect()
    }
}

impl Members for BTreeMap<String, Arc<Value>> {
    fn member(&self, name: &str) -> Option<Node<'_>> {
        self.get(name).map(|value| Node::Value(value))
    }
    fn names(&self) -> Vec<&str> {
        self.keys().map(String::as_str).collect()
    }
}

impl Members for HashMap<String, Arc<Value>> {
    fn member(&self, name: &str) -> Option<Node<'_>> {
        self.get(name).map(|value| Node::Value(value))
    }
    /// Sorted: the order of a hash map must not leak into a result.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

/// A value, or an object in parts.
#[derive(Clone, Copy)]
pub enum Node<'a> {
    Value(&'a Value),
    Members(&'a dyn Members),
}

impl<'a> Node<'a> {
    /// `None` if it is no object, `Some(None)` if the object has no such member.
    pub(crate) fn member(self, name: &str) -> Option<Option<Node<'a>>> {
        match self {
            Node::Value(Value::Object(map)) => Some(map.get(name).map(Node::Value)),
            Node::Value(_) => None,
            Node::Members(members) => Some(members.member(name)),
        }
    }

    pub(crate) fn member_names(self) -> Vec<&'a str> {
        match self {
            Node::Value(Value::Object(map)) => map.keys().map(String::as_str).collect(),
            Node::Value(_) => Vec::new(),
            Node::Members(members) => members.names(),
        }
    }

    pub(crate) fn is_null(self) -> bool {
        matches!(self, Node::Value(Value::Null))
    }
}

//! The data paths that a rule, a table or a template reads, and how they are followed.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::convert::json_kind;
use crate::data::{Node, Vars};
use crate::error::{Place, RuleCode, RuleError, Text, excerpt};

/// One name of a path, e.g. `is_owner` in `application.is_owner`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Segment {
    pub name: String,
    /// Where it stands in the text of the rule.
    #[serde(flatten)]
    pub place: Place,
    /// The rule says what to do if the object has no such property (`a.b ?? 0`, `a?.b`).
    pub optional: bool,
    /// Reached by `?.`: if the value before it is null, the result is null.
    #[serde(skip)]
    pub(crate) null_safe: bool,
}

/// A variable and the chain of properties read from it, as far as the text fixes them:
/// `steps.draft.trees[0].height` is `steps`, `draft`, `trees`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VariablePath {
    /// The variable, then the properties; never empty.
    pub segments: Vec<Segment>,
}

impl VariablePath {
    pub fn root(&self) -> &str {
        &self.segments[0].name
    }

    /// The names alone: `["application", "is_owner"]`.
    pub fn names(&self) -> Vec<&str> {
        self.segments.iter().map(|segment| segment.name.as_str()).collect()
    }

    /// The names with dots between them.
    pub fn dotted(&self) -> String {
        let mut dotted =
            String::with_capacity(self.segments.iter().map(|segment| segment.name.len() + 1).sum());
        for segment in &self.segments {
            if !dotted.is_empty() {
                dotted.push('.');
            }
            dotted.push_str(&segment.name);
        }
        dotted
    }

    pub fn place(&self) -> Place {
        self.segments[0].place
    }

    /// The first `length` names, as the designer writes them.
    pub(crate) fn text(&self, length: usize) -> String {
        let mut text = String::new();
        for segment in &self.segments[..length] {
            let name = &excerpt(&segment.name);
            if text.is_empty() {
                text.push_str(name);
            } else if is_identifier(name) {
                text.push('.');
                text.push_str(name);
            } else {
                text.push_str(&format!("[{}]", Value::from(name.as_str())));
            }
        }
        text
    }

    /// Follows the path; `None` if it ends early in a way that the rule allows for: at a
    /// missing property, or at null before `?.`.
    pub(crate) fn resolve<'v>(&self, vars: &Vars<'v>) -> Result<Option<Node<'v>>, RuleError> {
        let mut node = vars.root(self.root()).ok_or_else(|| self.unknown_name(vars))?;
        for (index, segment) in self.segments.iter().enumerate().skip(1) {
            if node.is_null() {
                if segment.null_safe {
                    return Ok(None);
                }
                return Err(self.no_object(index, node));
            }
            match node.member(&segment.name) {
                Some(Some(member)) => node = member,
                Some(None) if segment.optional => {
                    // What follows a missing property is as absent as what follows null.
                    return match self.segments.get(index + 1) {
                        Some(next) if !next.null_safe => Err(self.missing(index, node)),
                        _ => Ok(None),
                    };
                }
                Some(None) => return Err(self.missing(index, node)),
                None => return Err(self.no_object(index, node)),
            }
        }
        Ok(Some(node))
    }

    fn unknown_name(&self, vars: &Vars) -> RuleError {
        unknown_name(self.root(), vars.names()).at(self.place())
    }

    fn missing(&self, index: usize, object: Node) -> RuleError {
        let (path, parent) = (self.text(index + 1), self.text(index));
        let name = excerpt(&self.segments[index].name);
        let error = RuleError::new(
            RuleCode::UnknownProperty,
            Text::new(
                format!("`{path}` does not exist: `{parent}` has no property `{name}`"),
                format!("`{path}` gibt es nicht: `{parent}` hat keine Eigenschaft `{name}`"),
            ),
        )
        .at(self.segments[index].place)
        .did_you_mean(&self.segments[index].name, object.member_names());
        if error.help.is_some() {
            return error;
        }
        error.help(
            format!("if it may be missing, say what to use instead: `{path} ?? ()`"),
            format!("Wenn die Angabe fehlen darf, geben Sie einen Ersatz an: `{path} ?? ()`"),
        )
    }

    fn no_object(&self, index: usize, node: Node) -> RuleError {
        let name = excerpt(&self.segments[index].name);
        let parent = self.text(index);
        let kind = match node {
            Node::Value(value) => json_kind(value),
            Node::Members(_) => json_kind(&Value::Null),
        };
        let error = RuleError::new(
            RuleCode::WrongType,
            Text::new(
                format!("`{parent}` is {}, it has no property `{name}`", kind.en),
                format!("`{parent}` ist {} und hat keine Eigenschaft `{name}`", kind.de),
            ),
        )
        .at(self.segments[index].place);
        if node.is_null() {
            return error.help(
                format!("if it may be null, write `{parent}?.{name}`"),
                format!("Wenn die Angabe leer sein darf, schreiben Sie `{parent}?.{name}`"),
            );
        }
        error
    }
}

impl fmt::Display for VariablePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(self.segments.len()))
    }
}

pub(crate) fn unknown_name<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> RuleError {
    let shown = excerpt(name);
    RuleError::new(
        RuleCode::UnknownName,
        Text::new(format!("there is no variable `{shown}`"), format!("Die Variable `{shown}` gibt es nicht")),
    )
    .did_you_mean(name, known)
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

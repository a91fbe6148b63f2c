//! Puts the parameters of a block into its text: `$name` becomes what the use of the block says.
//!
//! A block is a text with gaps, filled once per use, before anything is compiled. What fills a gap keeps its own place
//! (problems point at the use) and its own frame (its rules see the names of where they were written).

use std::{collections::BTreeMap, sync::Arc};

use super::yaml::{Frame, Kind, Node};
use crate::{diagnostic::Problems, words::Text};

/// The names that may stand behind `$` in a text.
#[derive(Clone, Debug, Default)]
pub struct Gaps {
    /// What fills them.
    pub values: BTreeMap<Arc<str>, Node>,
    /// Names that stay as they are: the outcomes of the block.
    pub kept: Vec<Arc<str>>,
}

/// The entry of a list, where a form makes one field for each; filled later than the parameters.
pub const ITEM: &str = "item";

/// The keys behind which the end of a flow stands.
fn is_flow(key: &str) -> bool {
    ["then", "else", "join"].contains(&key)
}

impl Gaps {
    fn fills(&self, text: &str) -> bool {
        self.values.contains_key(&text[1..])
    }

    fn keeps(&self, name: &str) -> bool {
        let first = name.split('.').next().unwrap_or(name);
        let filled = self.values.contains_key(first);
        !filled && (first == ITEM || self.kept.iter().any(|kept| **kept == *name))
    }
}

/// The text with its gaps filled. The result belongs to `frame`, except what was filled in.
pub fn expand(node: &Node, frame: Frame, gaps: &Gaps, problems: &mut Problems) -> Node {
    let kind = match &node.kind {
        Kind::Text(text) => {
            match text.strip_prefix('$') {
                None => node.kind.clone(),
                Some(name) if gaps.keeps(name) => node.kind.clone(),
                Some(name) => {
                    match fill(name, gaps) {
                        Some(found) => return found,
                        None => {
                            let known = gaps.values.keys().chain(&gaps.kept).map(|name| &**name);
                            problems
                        .error(&node.span, "unknown_parameter", Text::new(
                            format!("„${name}“ ist weder ein Parameter noch ein Ausgang dieses Bausteins."),
                            format!("`${name}` is neither a parameter nor an outcome of this block."),
                        ))
                        .did_you_mean(name, known);
                            Kind::Null
                        }
                    }
                }
            }
        }
        Kind::List(items) => {
            Kind::List(items.iter().map(|item| expand(item, frame, gaps, problems)).collect())
        }
        Kind::Map(entries) => {
            let filled = entries.iter().map(|(key, value)| {
                let value = match &value.kind {
                    // The end of a flow may be an outcome of a group, which only the group knows.
                    Kind::Text(text) if is_flow(&key.text) && text.starts_with('$') && !gaps.fills(text) => {
                        Node { frame, ..value.clone() }
                    }
                    _ => expand(value, frame, gaps, problems),
                };
                (key.clone(), value)
            });
            Kind::Map(filled.collect())
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) => node.kind.clone(),
    };
    Node { span: node.span.clone(), frame, kind }
}

/// `name` or `name.field.field`; a field that is not there is nothing.
fn fill(name: &str, gaps: &Gaps) -> Option<Node> {
    let mut parts = name.split('.');
    let mut found = gaps.values.get(parts.next()?)?.clone();
    for part in parts {
        found = match found.get(part) {
            Some(inner) => inner.clone(),
            None => Node { kind: Kind::Null, ..found },
        };
    }
    Some(found)
}

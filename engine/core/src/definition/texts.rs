//! Text blocks (Textbausteine): of the texts of a file those are said whose condition holds, in their order.

use std::sync::Arc;

use fachwerk_rules::{Template, VariablePath};

use super::{Expr, Rule};
use crate::{act::ConditionKind, diagnostic::Span, words::Text};

/// The texts of a file.
#[derive(Debug)]
pub struct TextBlocks {
    /// The file.
    pub source: Arc<str>,
    /// The texts, in order.
    pub blocks: Vec<TextBlock>,
    /// Where they were written.
    pub rows: Vec<Span>,
    /// What they read.
    pub paths: Vec<VariablePath>,
}

/// One of them.
#[derive(Debug)]
pub struct TextBlock {
    /// Its name within the file.
    pub id: Arc<str>,
    /// What people call it.
    pub title: Text,
    /// Whether it is said; always without a rule.
    pub when: Option<Expr>,
    /// What it rests on.
    pub norm: Option<Arc<str>>,
    /// What it is when it becomes a part of an act (Nebenbestimmung).
    pub condition: Option<ConditionKind>,
    /// The day that it names, for the list of what is to be done.
    pub due: Option<Expr>,
    /// What is said, plain: it is escaped where a letter says it.
    pub text: Rule<Template>,
}

impl TextBlocks {
    /// All that was said, a paragraph each.
    pub const TEXT: &'static str = "text";
    /// The same as a list of `#{ text, kind, due }`, as an act takes its conditions; what was not written is absent.
    pub const TEXTS: &'static str = "texts";
}

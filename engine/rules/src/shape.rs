//! What rules may read, with titles and types: the words that sentences are made of and types are checked against.
//!
//! The core fills a [`Vocabulary`] from its schemas; nothing here knows where a name comes from.

use std::sync::Arc;

use crate::error::Text;

/// A name that a rule may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: Arc<str>,
    /// What people read beside it.
    pub title: Text,
    pub shape: Shape,
    pub presence: Presence,
}

/// Whether there is a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    Always,
    /// It may be null.
    MayBeNull,
    /// It is asked for under a condition only, and then it must be said; else it is not there.
    WhenAsked,
    /// It may be null, or not there at all: reading it unguarded is an error.
    MayBeMissing,
}

/// What a value can be, as far as rules care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Nothing is known of it.
    Any,
    Boolean,
    Number,
    /// A number of cents.
    Money,
    Text,
    /// A text that is a day: `2026-03-02`.
    Date,
    /// A text that is a time of day: `18:30`.
    Time,
    /// A text that is a period: `2 weeks`.
    Period,
    /// A text that is one of these.
    Choice(Arc<[Choice]>),
    List(Arc<Shape>),
    Object(Arc<Members>),
}

/// One of the values of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub id: Arc<str>,
    pub title: Text,
}

/// What lies within an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    pub named: Vec<Named>,
    /// Whether there may be others, of which nothing is known.
    pub open: bool,
}

impl Members {
    pub fn get(&self, name: &str) -> Option<&Named> {
        self.named.iter().find(|named| &*named.name == name)
    }

    fn missing(&self, path: &[&str]) -> Self {
        let Some((name, rest)) = path.split_first() else { return self.clone() };
        let mut changed = self.clone();
        let at = changed.named.iter().position(|named| &*named.name == *name).unwrap_or_else(|| {
            let title = Text::new(*name, *name);
            changed.named.push(Named {
                name: (*name).into(),
                title,
                shape: Shape::Any,
                presence: Presence::Always,
            });
            changed.named.len() - 1
        });
        let named = &mut changed.named[at];
        match (&named.shape, rest) {
            (_, []) => named.presence = Presence::MayBeMissing,
            (Shape::Object(inner), rest) => named.shape = Shape::Object(Arc::new(inner.missing(rest))),
            // Nothing is known of what lies within.
            _ => {}
        }
        changed
    }
}

/// All that the rules of one place may read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// The variables; `open` is of no meaning here: an unknown variable is an error.
    pub roots: Members,
}

impl Vocabulary {
    pub fn new(roots: Vec<Named>) -> Self {
        Self { roots: Members { named: roots, open: false } }
    }

    /// The same, but what stands at a path may be missing: the variable, then the properties.
    #[must_use]
    pub fn missing(&self, path: &[&str]) -> Self {
        Self { roots: self.roots.missing(path) }
    }

    /// With one more variable, e.g. the entry of a list; it hides another of the same name.
    pub(crate) fn with(&self, name: &str, shape: Shape) -> Self {
        let mut roots = self.roots.clone();
        roots.named.retain(|known| &*known.name != name);
        let title = Text::new(name, name);
        roots.named.push(Named { name: name.into(), title, shape, presence: Presence::Always });
        Self { roots }
    }
}

impl Shape {
    pub fn list(item: Shape) -> Shape {
        Shape::List(Arc::new(item))
    }

    pub fn object(named: Vec<Named>) -> Shape {
        Shape::Object(Arc::new(Members { named, open: false }))
    }

    /// What an entry of it is.
    pub(crate) fn item(&self) -> Shape {
        match self {
            Shape::List(item) => (**item).clone(),
            _ => Shape::Any,
        }
    }

    /// A text to rhai.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Shape::Text | Shape::Date | Shape::Time | Shape::Period | Shape::Choice(_))
    }

    /// A number to rhai.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Shape::Number | Shape::Money)
    }

    /// As a person calls it, with its article.
    pub(crate) fn kind(&self) -> Text {
        let (en, de) = match self {
            Shape::Any => ("something unknown", "etwas Unbekanntes"),
            Shape::Boolean => ("true or false", "ein Wahrheitswert"),
            Shape::Number => ("a number", "eine Zahl"),
            Shape::Money => ("an amount of money", "ein Geldbetrag"),
            Shape::Text => ("text", "ein Text"),
            Shape::Date => ("a date", "ein Datum"),
            Shape::Time => ("a time of day", "eine Uhrzeit"),
            Shape::Period => ("a period", "ein Zeitraum"),
            Shape::Choice(_) => ("a choice", "eine Auswahl"),
            Shape::List(_) => ("a list", "eine Liste"),
            Shape::Object(_) => ("an object", "ein Objekt"),
        };
        Text::new(en, de)
    }
}

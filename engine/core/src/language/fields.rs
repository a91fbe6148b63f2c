//! Reading a mapping key by key: what is missing, what is of the wrong kind, what nobody knows.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use super::yaml::{Key, Kind, Node};
use crate::{
    diagnostic::{Problems, Span},
    words::Text,
};

/// A mapping that is being read. Every key that is asked for is known; what is left over at the end is a mistake.
pub struct Fields<'n> {
    node: &'n Node,
    entries: &'n [(Key, Node)],
    known: RefCell<Vec<&'static str>>,
}

impl<'n> Fields<'n> {
    /// The mapping, or a problem when it is none.
    pub fn of(node: &'n Node, problems: &mut Problems) -> Option<Fields<'n>> {
        match &node.kind {
            Kind::Map(entries) => Some(Fields { node, entries, known: RefCell::default() }),
            _ => {
                wrong_kind(
                    node,
                    &Text::new("eine Zuordnung (Schlüssel: Wert)", "a mapping (key: value)"),
                    problems,
                );
                None
            }
        }
    }

    /// Where the mapping stands.
    pub fn span(&self) -> &'n Span {
        &self.node.span
    }

    /// The key and value of a name, if it is there and says something.
    pub fn entry(&self, name: &'static str) -> Option<(&'n Key, &'n Node)> {
        self.known.borrow_mut().push(name);
        let found = self.entries.iter().find(|(key, _)| &*key.text == name);
        found.filter(|(_, node)| node.kind != Kind::Null).map(|(key, node)| (key, node))
    }

    /// The value of a name, if it is there.
    pub fn get(&self, name: &'static str) -> Option<&'n Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// The value of a name; a problem when it is missing.
    pub fn need(&self, name: &'static str, problems: &mut Problems) -> Option<&'n Node> {
        let found = self.get(name);
        if found.is_none() {
            problems.error(
                self.span(),
                "missing_key",
                Text::new(format!("Hier fehlt „{name}“."), format!("`{name}` is missing here.")),
            );
        }
        found
    }

    /// A text.
    pub fn text(&self, name: &'static str, problems: &mut Problems) -> Option<&'n Arc<str>> {
        text(self.get(name)?, problems)
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &'static str, default: bool, problems: &mut Problems) -> bool {
        match self.get(name) {
            None => default,
            Some(Node { kind: Kind::Bool(value), .. }) => *value,
            Some(other) => {
                wrong_kind(other, &Text::new("ja oder nein (true, false)", "true or false"), problems);
                default
            }
        }
    }

    /// A whole number.
    pub fn int(&self, name: &'static str, problems: &mut Problems) -> Option<i64> {
        match self.get(name)? {
            Node { kind: Kind::Int(value), .. } => Some(*value),
            other => {
                wrong_kind(other, &Text::new("eine ganze Zahl", "a whole number"), problems);
                None
            }
        }
    }

    /// A visible text in both languages.
    pub fn words(&self, name: &'static str, problems: &mut Problems) -> Option<Text> {
        words(self.get(name)?, problems)
    }

    /// Names with what people read for each: `{ name: { title: { de, en } }, ... }`.
    pub fn titled(&self, name: &'static str, problems: &mut Problems) -> Vec<(Key, Text)> {
        let mut found = Vec::new();
        for (key, node) in self.get(name).map_or(&[][..], |node| entries(node, problems)) {
            check_id(key, problems);
            if let Some(inner) = Fields::of(node, problems) {
                let title = inner.need("title", problems).and_then(|node| words(node, problems));
                inner.finish(problems);
                found.extend(title.map(|title| (key.clone(), title)));
            }
        }
        found
    }

    /// The items of a list; a single value counts as a list of one.
    pub fn items(&self, name: &'static str) -> &'n [Node] {
        match self.get(name) {
            None => &[],
            Some(Node { kind: Kind::List(items), .. }) => items,
            Some(single) => std::slice::from_ref(single),
        }
    }

    /// The keys that nobody has asked for, besides some that somebody will.
    pub fn unasked(&self, besides: &[&str]) -> Vec<&'n str> {
        let known = self.known.borrow();
        let unasked = |name: &&str| !known.contains(name) && !besides.contains(name);
        self.entries.iter().map(|(key, _)| &*key.text).filter(unasked).collect()
    }

    /// Reports every key that was never asked for.
    pub fn finish(self, problems: &mut Problems) {
        // Some are asked for more than once.
        let mut known = self.known.into_inner();
        let mut once = BTreeSet::new();
        known.retain(|name| once.insert(*name));
        for (key, _) in self.entries {
            if !known.contains(&&*key.text) {
                let name = &key.text;
                problems
                    .error(
                        &key.span,
                        "unknown_key",
                        Text::new(
                            format!("„{name}“ ist hier nicht bekannt."),
                            format!("`{name}` is not known here."),
                        ),
                    )
                    .did_you_mean(name, known.iter().copied());
            }
        }
    }
}

/// The entries of a mapping whose keys are ids that the author chooses.
pub fn entries<'n>(node: &'n Node, problems: &mut Problems) -> &'n [(Key, Node)] {
    match &node.kind {
        Kind::Map(entries) => entries,
        Kind::Null => &[],
        _ => {
            wrong_kind(
                node,
                &Text::new("eine Zuordnung (Schlüssel: Wert)", "a mapping (key: value)"),
                problems,
            );
            &[]
        }
    }
}

/// The items of a list.
pub fn items<'n>(node: &'n Node, problems: &mut Problems) -> &'n [Node] {
    match &node.kind {
        Kind::List(items) => items,
        Kind::Null => &[],
        _ => {
            wrong_kind(node, &Text::new("eine Liste", "a list"), problems);
            &[]
        }
    }
}

/// A text, or a problem.
pub fn text<'n>(node: &'n Node, problems: &mut Problems) -> Option<&'n Arc<str>> {
    let found = node.as_text();
    if found.is_none() {
        wrong_kind(node, &Text::new("ein Text", "a text"), problems);
    }
    found
}

/// A visible text: `{ de: ..., en: ... }`, both there and not blank.
pub fn words(node: &Node, problems: &mut Problems) -> Option<Text> {
    let fields = Fields::of(node, problems)?;
    let mut part = |name| {
        let found = text(fields.need(name, problems)?, problems)?;
        if found.trim().is_empty() {
            problems.error(
                fields.span(),
                "blank_text",
                Text::new(
                    format!("Der Text in „{name}“ ist leer."),
                    format!("The text in `{name}` is blank."),
                ),
            );
        }
        Some(found.clone())
    };
    let (de, en) = (part("de"), part("en"));
    fields.finish(problems);
    Some(Text { de: de?, en: en? })
}

/// Notes that something else was expected here.
pub fn wrong_kind(node: &Node, expected: &Text, problems: &mut Problems) {
    let found = node.what();
    problems.error(
        &node.span,
        "wrong_kind",
        Text::new(
            format!("Hier wird {} erwartet; da steht {}.", expected.de, found.de),
            format!("Expected {} here, found {}.", expected.en, found.en),
        ),
    );
}

/// Checks an id: lower-case letters, digits and hyphens, beginning with a letter.
pub fn check_id(key: &Key, problems: &mut Problems) {
    check_name(key, '-', "id_not_kebab", problems);
}

/// Checks the name of a data field: lower-case letters, digits and underscores, because rules read it as a variable.
pub fn check_field_name(key: &Key, problems: &mut Problems) {
    check_name(key, '_', "field_not_snake", problems);
}

fn check_name(key: &Key, joiner: char, code: &'static str, problems: &mut Problems) {
    let good = key.text.len() <= 64
        && key.text.starts_with(|c: char| c.is_ascii_lowercase())
        && key.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joiner);
    if !good {
        let name = &key.text;
        problems.error(&key.span, code, Text::new(
            format!("„{name}“: erlaubt sind Kleinbuchstaben, Ziffern und „{joiner}“, beginnend mit einem Buchstaben, höchstens 64 Zeichen."),
            format!("`{name}`: allowed are lower-case letters, digits and `{joiner}`, beginning with a letter, at most 64."),
        ));
    }
}

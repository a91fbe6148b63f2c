//! Whether a rule provides for what is missing.

use std::{collections::HashMap, sync::Arc};

use fachwerk_rules::{Place, Syntax};

use super::{
    super::readable::Readable,
    frame_of,
    reads::{Asked, Text},
};
use crate::{definition::Release, language::sandbox};

/// Checks the types of rules with something missing.
pub struct Guards<'r> {
    release: &'r Release,
    readable: &'r Readable<'r>,
    read: HashMap<String, Option<Arc<Syntax>>>,
}

impl<'r> Guards<'r> {
    /// Of a release.
    pub fn new(release: &'r Release, readable: &'r Readable<'r>) -> Guards<'r> {
        Guards { release, readable, read: HashMap::new() }
    }

    /// Where the rule needs what is missing; none if it provides for that.
    pub fn needs(&mut self, asked: &Asked<'_>, names: &[&str]) -> Option<Place> {
        self.needs_all(asked, &[names])
    }

    /// The same with several values missing at once.
    pub fn needs_all(&mut self, asked: &Asked<'_>, missing: &[&[&str]]) -> Option<Place> {
        // A rule that is asked only when another one holds is not asked when that one has looked for what is missing.
        let looked = |names: &&[&str]| {
            asked.given.is_some_and(|given| {
                given.compiled.variables().iter().any(|path| path.names().starts_with(names))
            })
        };
        let missing: Vec<&[&str]> = missing.iter().copied().filter(|names| !looked(names)).collect();
        if missing.is_empty() {
            return None;
        }
        let (texts, script): (Vec<&str>, bool) = match asked.rule {
            Text::Template(rule) => return missing.iter().find_map(|names| rule.compiled.needs(names)),
            Text::Expression(rule) => (vec![&*rule.source], false),
            Text::Script(rule) => (vec![rule.compiled.text()], true),
            Text::Table(decision) => (decision.table.rules().collect(), false),
        };
        let frame = frame_of(self.release, asked);
        let with_all = self.readable.of(frame, asked.form);
        let without = missing.iter().fold(with_all.clone(), |all, names| all.missing(names));
        texts.into_iter().find_map(|text| {
            let syntax = self.syntax(text, script)?;
            let found = syntax.types(&without);
            if let Some(error) = found.problems.first() {
                return Some(Place { line: error.line, column: error.column });
            }
            // Nothing is no answer here, and the types of the whole have been checked.
            (asked.needs && found.optional && !syntax.types(&with_all).optional).then(Place::default)
        })
    }

    fn syntax(&mut self, text: &str, script: bool) -> Option<Arc<Syntax>> {
        if !self.read.contains_key(text) {
            let read = sandbox().read(text, script).map(Arc::new);
            self.read.insert(text.to_owned(), read);
        }
        self.read.get(text).cloned().flatten()
    }
}

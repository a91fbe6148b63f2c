//! Whether a rule provides for what is missing.

use std::collections::BTreeMap;

use fachwerk_rules::{Place, Types, Vocabulary};

use super::{
    frame_of,
    reads::{Asked, Text},
};
use crate::{
    definition::{Form, FrameIx, Release},
    language::sandbox,
    vocabulary::Vocabularies,
};

/// Checks the types of rules with something missing.
pub struct Guards<'r> {
    release: &'r Release,
    vocabularies: Vocabularies<'r>,
    known: BTreeMap<FrameIx, Vocabulary>,
}

impl<'r> Guards<'r> {
    /// Of a release.
    pub fn new(release: &'r Release) -> Guards<'r> {
        Guards { release, vocabularies: release.vocabularies(), known: BTreeMap::new() }
    }

    /// Where the rule needs what is missing; none if it provides for that.
    pub fn needs(&mut self, asked: &Asked<'_>, names: &[&str]) -> Option<Place> {
        self.needs_all(asked, &[names])
    }

    /// The same with several values missing at once.
    pub fn needs_all(&mut self, asked: &Asked<'_>, missing: &[&[&str]]) -> Option<Place> {
        if let Text::Template(rule) = asked.rule {
            return missing.iter().find_map(|names| rule.compiled.needs(names));
        }
        let frame = frame_of(self.release, asked);
        let with_all = self.vocabulary(frame, asked.form);
        let without = missing.iter().fold(with_all.clone(), |all, names| all.missing(names));
        let types = |text: &str, vocabulary: &Vocabulary| match asked.rule {
            Text::Script(_) => sandbox().script_types(text, vocabulary),
            _ => sandbox().expression_types(text, vocabulary),
        };
        let wrong = |types: Types| {
            types.problems.first().map(|error| Place { line: error.line, column: error.column })
        };
        match asked.rule {
            Text::Table(decision) => {
                let mut texts = decision.table.rules();
                texts.find_map(|text| types(text, &without).ok().and_then(wrong)).map(|_| Place::default())
            }
            Text::Script(rule) => types(rule.compiled.text(), &without).ok().and_then(wrong),
            Text::Expression(rule) => {
                let found = types(&rule.source, &without).ok()?;
                let says_nothing = asked.needs && found.optional;
                let only_now = || types(&rule.source, &with_all).is_ok_and(|before| !before.optional);
                let nothing = (says_nothing && only_now()).then(Place::default);
                wrong(found).or(nothing)
            }
            Text::Template(_) => None,
        }
    }

    fn vocabulary(&mut self, frame: FrameIx, form: Option<&Form>) -> Vocabulary {
        if form.is_some() {
            return self.vocabularies.of(frame, form);
        }
        self.known.entry(frame).or_insert_with(|| self.vocabularies.of(frame, None)).clone()
    }
}

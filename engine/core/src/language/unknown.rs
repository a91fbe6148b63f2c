//! What a name that nobody knows may have been meant as: a text without its quotes, or what is being entered in the form.

use std::collections::BTreeMap;

use fachwerk_rules::{Presence, Shape, Vocabulary, Word};

use super::{
    compiler::Compiler,
    typing::{Checked, Typed},
};
use crate::{
    definition::FrameIx,
    diagnostic::{Diagnostic, Span},
    schema::ObjectType,
    vocabulary::{Readable, Vocabularies},
    words::Text,
};

/// A problem that says that a rule reads a name which nobody knows.
pub struct Unknown {
    /// Its number among the problems.
    pub problem: usize,
    /// The name.
    pub name: String,
    /// Whether nothing is read of it, so that it may be a text.
    pub alone: bool,
    /// The rule.
    pub frame: FrameIx,
    /// Where the rule was written.
    pub span: Span,
}

/// What can be said of a name.
enum Meant {
    /// What is being entered has it.
    Entered(String),
    /// It is compared with a text, perhaps one of a few.
    Word(Word),
    /// Nothing, but it may be a text all the same.
    Alone,
}

impl Compiler<'_> {
    /// Says of unknown names what they may have been meant as.
    pub fn explain_unknown(&mut self, unknown: &[Unknown], data: &ObjectType, settings: &ObjectType) {
        if unknown.is_empty() {
            return;
        }
        let found: Vec<(usize, &str, Meant)> = {
            let vocabularies = Vocabularies::new(Readable {
                data,
                settings,
                parties: &self.parties,
                acts: &self.acts,
                steps: &self.steps,
                scopes: &self.scopes,
                frames: &self.frames,
            });
            let forms = self.forms();
            let typed: BTreeMap<(FrameIx, &Span), &Typed> =
                self.typed.iter().map(|rule| ((rule.frame, &rule.span), rule)).collect();
            let mut known: BTreeMap<(FrameIx, &Span), (Vocabulary, Vec<Word>)> = BTreeMap::new();
            let meant = |it: &'_ Unknown| {
                let key = (it.frame, &it.span);
                let (vocabulary, words) =
                    known.entry((it.frame, &typed.get(&key)?.span)).or_insert_with(|| {
                        let form = forms.get(&key).map(|(_, form)| *form);
                        let vocabulary = vocabularies.of(it.frame, form);
                        let words = typed.get(&key).map(|rule| self.words_of(rule, &vocabulary));
                        (vocabulary, words.unwrap_or_default())
                    });
                if let Some(path) = entered(vocabulary, &it.name) {
                    return Some(Meant::Entered(path));
                }
                let word = words.iter().find(|word| word.name == it.name).filter(|_| it.alone);
                word.cloned().map(Meant::Word)
            };
            let mut meant = meant;
            let all = unknown.iter().filter_map(|it| {
                let found = meant(it).or_else(|| it.alone.then_some(Meant::Alone));
                found.map(|found| (it.problem, &*it.name, found))
            });
            all.collect()
        };
        for (problem, name, meant) in found {
            if let Some(problem) = self.problems.at(problem) {
                say(problem, name, &meant);
            }
        }
    }

    fn words_of(&self, rule: &Typed, vocabulary: &Vocabulary) -> Vec<Word> {
        let types = match &rule.rule {
            Checked::Expression(text) => self.sandbox.expression_types(text, vocabulary),
            Checked::Script(text) => self.sandbox.script_types(text, vocabulary),
            Checked::Template(_) => return Vec::new(),
        };
        types.map(|types| types.words).unwrap_or_default()
    }
}

/// How a field of what is being entered is read.
fn entered(vocabulary: &Vocabulary, name: &str) -> Option<String> {
    let Shape::Object(result) = &vocabulary.roots.get("result")?.shape else { return None };
    let field = result.get(name)?;
    let dot = if field.presence == Presence::Always { "." } else { "?." };
    Some(format!("result{dot}{name}"))
}

fn say(problem: &mut Diagnostic, name: &str, meant: &Meant) {
    let quoted = |text: &str| format!("\"{text}\"");
    match meant {
        Meant::Entered(path) => {
            problem.meant(name, path);
        }
        // What the data have by this name is more likely meant.
        Meant::Word(word) if word.choices.is_empty() && problem.meant.is_some() => {}
        Meant::Word(word) if word.choices.is_empty() || word.choices.iter().any(|id| **id == *name) => {
            let text = quoted(name);
            problem.meant(name, &text).help(Text::new(
                format!("Ein fester Text steht in doppelten Anführungszeichen: {text}."),
                format!("A fixed text stands in double quotes: {text}."),
            ));
        }
        Meant::Word(word) => {
            let known: Vec<String> = word.choices.iter().take(20).map(|id| quoted(id)).collect();
            let list = known.join(", ");
            problem.meant = None;
            problem.help(Text::new(
                format!("Ein fester Text steht in doppelten Anführungszeichen; möglich sind hier: {list}."),
                format!("A fixed text stands in double quotes; possible here are: {list}."),
            ));
        }
        // What is near to a known name is more likely a slip.
        Meant::Alone if problem.meant.is_none() => {
            let text = quoted(name);
            let before = problem.help.take();
            let (de, en) = before
                .map_or_else(Default::default, |help| (format!("{} ", help.de), format!("{} ", help.en)));
            problem.help(Text::new(
                format!("{de}Ein fester Text steht in doppelten Anführungszeichen: {text}."),
                format!("{en}A fixed text stands in double quotes: {text}."),
            ));
        }
        Meant::Alone => {}
    }
}

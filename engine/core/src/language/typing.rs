//! Checks the types of what rules read, once every step is known.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_rules::{RuleCode, RuleError, Table, Template, Vocabulary};

use super::{compiler::Compiler, names::at_place};
use crate::{
    definition::{Form, FormField, FrameIx, Kind},
    diagnostic::Span,
    schema::ObjectType,
    vocabulary::{Readable, Vocabularies},
    words::Text,
};

/// A rule whose types are to be checked.
pub struct Typed {
    /// What it is.
    pub rule: Checked,
    /// Whose names it sees.
    pub frame: FrameIx,
    /// Where it was written; in a file, the file.
    pub span: Span,
    /// What it is for.
    pub wanted: Wanted,
}

/// What can be held against the types of the data.
pub enum Checked {
    /// The text of a rule written in place.
    Expression(Arc<str>),
    /// The text of a file of statements.
    Script(Arc<str>),
    /// A file of text with gaps.
    Template(Template),
}

impl Checked {
    /// Whether places are those of a file.
    fn in_file(&self) -> bool {
        !matches!(self, Checked::Expression(_))
    }
}

/// What a rule is for.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Any value.
    Value,
    /// The same, made only when a condition holds, which may ask for what it needs.
    Given,
    /// True or false.
    Condition,
    /// The same, with sight of what is being entered in a form.
    FieldShown,
    /// What an input column of a table compares with: the table and the number of the column.
    Column(Table, usize),
}

impl Compiler<'_> {
    /// Checks names and types of all rules.
    pub fn check_rules(&mut self, data: &ObjectType, settings: &ObjectType) {
        let before = self.problems.len();
        self.check_names(data, settings);
        // A rule with a wrong name is wrong in its types as well; one report is enough.
        if self.problems.len() == before {
            self.check_types(data, settings);
        }
    }

    fn check_types(&mut self, data: &ObjectType, settings: &ObjectType) {
        let found: Vec<(Span, RuleError, bool)> = {
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
            let mut known: BTreeMap<(FrameIx, Option<usize>), Vocabulary> = BTreeMap::new();
            let mut found = Vec::new();
            for rule in &self.typed {
                let form = matches!(rule.wanted, Wanted::FieldShown)
                    .then(|| forms.get(&(rule.frame, &rule.span)).copied());
                let (step, form) =
                    form.flatten().map_or((None, None), |(step, form)| (Some(step), Some(form)));
                let key = (rule.frame, step);
                let vocabulary = known.entry(key).or_insert_with(|| vocabularies.of(rule.frame, form));
                let problems = self.problems_of(rule, vocabulary);
                let place = |problem: &RuleError| match rule.rule.in_file() {
                    true => at_place(&rule.span, problem.line, problem.column),
                    false => rule.span.clone(),
                };
                let is_text = matches!(rule.rule, Checked::Template(_));
                found.extend(problems.into_iter().map(|problem| (place(&problem), problem, is_text)));
            }
            found
        };
        for (span, problem, is_text) in found {
            self.type_problem(&span, &problem, is_text);
        }
    }

    fn problems_of(&self, rule: &Typed, vocabulary: &Vocabulary) -> Vec<RuleError> {
        let types = match &rule.rule {
            Checked::Expression(text) => self.sandbox.expression_types(text, vocabulary),
            Checked::Script(text) => self.sandbox.script_types(text, vocabulary),
            Checked::Template(template) => {
                let given = matches!(rule.wanted, Wanted::Given);
                let mut misfits = template.misfits(vocabulary);
                misfits.retain(|misfit| !given || misfit.code != RuleCode::MayBeMissing);
                return misfits;
            }
        };
        // What cannot be read has been reported.
        let Ok(types) = types else { return Vec::new() };
        if !types.problems.is_empty() {
            return types.problems;
        }
        match &rule.wanted {
            Wanted::Value | Wanted::Given => Vec::new(),
            Wanted::Condition | Wanted::FieldShown => types.not_a_condition().into_iter().collect(),
            Wanted::Column(table, number) => {
                table.columns().nth(*number).map_or_else(Vec::new, |column| types.in_column(&column))
            }
        }
    }

    /// The form that each rule of a form was written in, with the number of its step.
    pub fn forms(&self) -> BTreeMap<(FrameIx, &Span), (usize, &Form)> {
        let mut forms = BTreeMap::new();
        for (number, step) in self.steps.iter().enumerate() {
            let Kind::Task(task) = &step.kind else { continue };
            for rule in task.form.fields.iter().flat_map(FormField::conditions) {
                forms.insert((rule.frame, &rule.span), (number, &task.form));
            }
        }
        forms
    }

    fn type_problem(&mut self, span: &Span, problem: &RuleError, is_text: bool) {
        let found = match problem.code {
            // What is there, when the text is made, may follow from what the case went through.
            RuleCode::MayBeMissing if is_text => {
                let (de, en) = (&problem.message_de, &problem.message);
                let message = Text::new(format!("{de}."), format!("{en}."));
                self.problems.warning(span, "text_may_be_missing", message)
            }
            // Before this was looked for, processes could say it, and only the step that does fails.
            RuleCode::AlwaysFails => {
                let (de, en) = (&problem.message_de, &problem.message);
                let message = Text::new(format!("{de}."), format!("The rule cannot be calculated: {en}."));
                self.problems.refused_anew(span, "rule_always_fails", message)
            }
            // Of what blocks write, less was known before.
            RuleCode::UnknownChoice => {
                self.problems.refused_anew(span, "unknown_choice", not_of_the_data(problem))
            }
            RuleCode::WrittenRaw => {
                let (de, en) = (&problem.message_de, &problem.message);
                let message = Text::new(format!("{de}."), format!("{en}."));
                self.problems.refused_anew(span, "written_raw", message)
            }
            RuleCode::UnquotedDay => {
                let (de, en) = (&problem.message_de, &problem.message);
                let message = Text::new(format!("{de}."), format!("The rule says no day: {en}."));
                self.problems.refused_anew(span, "day_unquoted", message)
            }
            code => {
                let code = match code {
                    RuleCode::MayBeMissing => "may_be_missing",
                    RuleCode::UnknownName | RuleCode::UnknownProperty => "unknown_name",
                    _ => "type_mismatch",
                };
                self.problems.error(span, code, not_of_the_data(problem))
            }
        };
        if let Some(help) = &problem.help {
            found.help(Text::new(help.de.as_str(), help.en.as_str()));
        }
        let meant = problem.meant.as_deref();
        found.meant = meant.map(|(found, meant)| (found.as_str().into(), meant.as_str().into()));
    }
}

fn not_of_the_data(problem: &RuleError) -> Text {
    Text::new(
        format!("Das passt nicht zu den Daten: {}.", problem.message_de),
        format!("This does not fit the data: {}.", problem.message),
    )
}

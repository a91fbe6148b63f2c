//! Reads how the cases of a process end, and what people read for it.

use std::sync::Arc;

use super::{compiler::Compiler, fields::Fields, yaml::Key};
use crate::{
    definition::{Kind, ScopeIx},
    diagnostic::{Problems, Span},
    words::Text,
};

/// Reads `outcomes`.
pub fn read(fields: &Fields<'_>, problems: &mut Problems) -> Vec<(Key, Text)> {
    fields.titled("outcomes", problems)
}

/// When a process says its outcomes, it says those by which its cases end, no others and none less. An end without a
/// title of its own gets that of its outcome.
pub fn check(compiler: &mut Compiler<'_>, outcomes: &[(Key, Text)]) {
    let Some((first, _)) = outcomes.first() else { return };
    let used = used(compiler, &first.span);
    for (outcome, span) in used.iter().filter(|(outcome, _)| title(outcomes, outcome).is_none()) {
        compiler
            .problems
            .error(
                span,
                "unknown_outcome",
                Text::new(
                    format!("Den Ausgang „{outcome}“ nennt das Verfahren unter „outcomes“ nicht."),
                    format!("The process does not name the outcome `{outcome}` in its `outcomes`."),
                ),
            )
            .did_you_mean(outcome, outcomes.iter().map(|(key, _)| &*key.text));
    }
    for (Key { text: outcome, span }, _) in outcomes {
        if !used.iter().any(|(used, _)| used == outcome) {
            compiler.problems.error(
                span,
                "outcome_unused",
                Text::new(
                    format!("Mit dem Ausgang „{outcome}“ endet kein Weg des Verfahrens."),
                    format!("No path of the process ends with the outcome `{outcome}`."),
                ),
            );
        }
    }
    for step in compiler.steps.iter_mut().filter(|step| step.scope == ScopeIx(0)) {
        if let Kind::End(Some(outcome)) = &step.kind
            && step.title == Text::new(step.id.clone(), step.id.clone())
            && let Some(title) = title(outcomes, outcome)
        {
            step.title = title.clone();
        }
    }
}

fn title<'o>(outcomes: &'o [(Key, Text)], outcome: &str) -> Option<&'o Text> {
    outcomes.iter().find(|(key, _)| *key.text == *outcome).map(|(_, title)| title)
}

/// The outcomes of the case itself, each with the step that it stands at; `elsewhere` for those of other flows.
fn used(compiler: &Compiler<'_>, elsewhere: &Span) -> Vec<(Arc<str>, Span)> {
    let ends = compiler.steps.iter().filter(|step| step.scope == ScopeIx(0));
    let mut used: Vec<(Arc<str>, Span)> = ends
        .filter_map(|step| match &step.kind {
            Kind::End(Some(outcome)) => Some((outcome.clone(), step.span.clone())),
            _ => None,
        })
        .collect();
    for left_by in compiler.scopes.iter().take(1).flat_map(|root| &root.outcomes) {
        if !used.iter().any(|(outcome, _)| outcome == left_by) {
            used.push((left_by.clone(), elsewhere.clone()));
        }
    }
    used
}

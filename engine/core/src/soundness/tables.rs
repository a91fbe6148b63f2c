//! Decision tables: values that no row is for, rows that contradict each other, and rows that never count.

use std::sync::Arc;

use fachwerk_rules::{
    Comparison, Condition, Domain as Column, Example, Lang, Literal, Table, Term, Vocabulary,
};
use serde_json::json;

use super::{Detail, Finding, Property, Verdict, choices::Domains, conditions::Domain};
use crate::{
    definition::{Decision, FrameIx, Kind, Release, StepIx},
    diagnostic::Span,
    language::sandbox,
    schema::Type,
    words::{Text, Value},
};

/// So many gaps, overlaps and rows of a table are told.
const MOST_TOLD: usize = 3;

/// What is wrong with the tables of a release.
pub fn findings(release: &Release, domains: &Domains<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (ix, step) in (0..).map(StepIx).zip(&release.steps) {
        let Kind::Decide(decision) = &step.kind else { continue };
        let told = told_of(decision, step.frame, domains);
        found.extend(told.into_iter().map(|(property, verdict, detail)| Finding {
            detail: Some(detail),
            ..Finding::of(property, ix, verdict)
        }));
    }
    found
}

/// An input column, and what it can be, if that is known.
struct Input {
    /// As it was written.
    title: Arc<str>,
    term: Option<Term>,
    domain: Column,
    /// Whether all that it can be is known.
    closed: bool,
}

fn inputs(table: &Table, frame: FrameIx, domains: &Domains<'_>, vocabulary: &Vocabulary) -> Vec<Input> {
    let input = |expression: &str| {
        let term = sandbox().term(expression, vocabulary);
        let known = term.as_ref().and_then(|term| match term {
            Term::Else { field, or } => {
                let of = domains.of(&Term::Field(field.clone()), vocabulary, frame, None)?;
                Some(column(&Domain { nullable: false, ..of }, Some(json!(or))))
            }
            term => Some(column(&domains.of(term, vocabulary, frame, None)?, None)),
        });
        let closed = known.is_some();
        Input { title: expression.into(), term, closed, domain: known.unwrap_or_default() }
    };
    table.columns().map(|column| input(column.expression)).collect()
}

/// What a column can hold; `or`: what stands for a value that is missing.
fn column(domain: &Domain, or: Option<Value>) -> Column {
    let mut column = Column { nullable: domain.nullable, ..Column::default() };
    match &domain.ty {
        Type::Choice(choices) => {
            let mut values: Vec<Value> = choices.iter().map(|choice| json!(*choice.id)).collect();
            values.extend(or.filter(|or| choices.iter().all(|choice| *or != json!(*choice.id))));
            column.values = Some(values);
        }
        Type::Integer { min, max, .. } => {
            let or = or.and_then(|or| or.as_i64());
            column.minimum = min.map(|min| or.map_or(min, |or| or.min(min)));
            column.maximum = max.map(|max| or.map_or(max, |or| or.max(max)));
        }
        _ => {}
    }
    column
}

type Told = (Property, Verdict, Detail);

fn told_of(decision: &Decision, frame: FrameIx, domains: &Domains<'_>) -> Vec<Told> {
    let vocabulary = domains.vocabulary(frame, None);
    let inputs = inputs(&decision.table, frame, domains, &vocabulary);
    let columns: Vec<Column> = inputs.iter().map(|input| input.domain.clone()).collect();
    let coverage = decision.table.coverage(&columns);
    let Some(file) = decision.rows.first().map(|row| Span::file(row.file.clone())) else { return Vec::new() };
    let row = |number: usize| decision.rows.get(number).cloned().unwrap_or_else(|| file.clone());
    let mut told: Vec<Told> = Vec::new();
    let expressions: Vec<&str> = decision.table.columns().map(|column| column.expression).collect();
    let apart = (1..expressions.len()).all(|at| !expressions[..at].contains(&expressions[at]));
    // What a calculation can result in is not known, and so not whether a gap is one.
    if apart && inputs.iter().all(|input| input.closed) {
        for gap in coverage.gaps.iter().take(MOST_TOLD) {
            told.push((
                Property::TableGap,
                Verdict::PossiblyUnsound,
                gap_at(file.clone(), &said(&inputs, &gap.inputs, &vocabulary)),
            ));
        }
    }
    for overlap in coverage.overlaps.iter().take(MOST_TOLD) {
        let (first, second) = overlap.rows;
        let detail = overlap_at(row(second), (first, second), &said(&inputs, &overlap.inputs, &vocabulary));
        told.push((Property::RowsOverlap, Verdict::PossiblyUnsound, detail));
    }
    for number in coverage.never_reached.iter().take(MOST_TOLD) {
        told.push((Property::RowNeverCounts, Verdict::PossiblyUnsound, never_at(row(*number), *number)));
    }
    if coverage.incomplete {
        told.push((Property::TableNotDecided, Verdict::NotDecided, not_decided_at(file)));
    }
    told
}

/// Values as sentences: „Die Art ist Osterfeuer“.
fn said(inputs: &[Input], values: &[Example], vocabulary: &Vocabulary) -> Text {
    let each = |(input, value): (&Input, &Example)| {
        let Some(term) = input.term.clone() else {
            let (de, en) = match value {
                Example::Other => ("etwas anderes".to_owned(), "anything else".to_owned()),
                Example::Value(value) => (value.to_string(), value.to_string()),
            };
            return Text::new(format!("„{}“: {de}", input.title), format!("`{}`: {en}", input.title));
        };
        let right = match value {
            Example::Other => None,
            Example::Value(Value::Null) => return sentence(&!Condition::Present(term), vocabulary),
            Example::Value(Value::Bool(true)) => return sentence(&Condition::Holds(term), vocabulary),
            Example::Value(Value::Bool(false)) => return sentence(&!Condition::Holds(term), vocabulary),
            Example::Value(Value::Number(number)) => number.as_i64().map(Literal::Number),
            Example::Value(Value::String(text)) => Some(Literal::Text(text.clone())),
            Example::Value(_) => None,
        };
        match right {
            Some(right) => {
                let right = Term::Literal(right);
                sentence(&Condition::Compare { left: term, is: Comparison::Is, right }, vocabulary)
            }
            None => {
                let [de, en] = [Lang::De, Lang::En].map(|lang| term.sentence(vocabulary, lang));
                Text::new(format!("{de}: etwas anderes"), format!("{en}: anything else"))
            }
        }
    };
    let all: Vec<Text> = inputs.iter().zip(values).map(each).collect();
    let list = |pick: fn(&Text) -> &str| all.iter().map(pick).collect::<Vec<_>>().join("; ");
    Text::new(list(|text| &text.de), list(|text| &text.en))
}

fn sentence(condition: &Condition, vocabulary: &Vocabulary) -> Text {
    let [de, en] = [Lang::De, Lang::En].map(|lang| condition.sentence(vocabulary, lang));
    Text::new(de, en)
}

fn gap_at(span: Span, values: &Text) -> Detail {
    Detail {
        span,
        message: Text::new(
            format!("Für diese Werte hat die Tabelle keine Zeile: {}.", values.de),
            format!("The table has no row for these values: {}.", values.en),
        ),
        help: Text::new(
            "Eine Zeile dafür ergänzen, oder „default“: was gilt, wenn keine Zeile zutrifft.",
            "Add a row for them, or `default`: what holds when no row matches.",
        ),
        path: None,
    }
}

fn overlap_at(span: Span, (first, second): (usize, usize), values: &Text) -> Detail {
    let (first, second) = (first + 1, second + 1);
    Detail {
        span,
        message: Text::new(
            format!("Die Zeilen {first} und {second} treffen bei denselben Werten zu: {}.", values.de),
            format!("Rows {first} and {second} match the same values: {}.", values.en),
        ),
        help: Text::new(
            "Eine der Zeilen enger fassen, oder eine andere Trefferregel wählen („hit_policy: first“: die erste gilt).",
            "Narrow one of the rows, or choose another hit policy (`hit_policy: first`: the first one counts).",
        ),
        path: None,
    }
}

fn never_at(span: Span, row: usize) -> Detail {
    let row = row + 1;
    Detail {
        span,
        message: Text::new(
            format!(
                "Die Zeile {row} entscheidet nie: Ihre Werte können nicht vorkommen, oder eine Zeile, die vorgeht, trifft dann immer zu."
            ),
            format!(
                "Row {row} never decides: its values cannot occur, or a row that comes first always matches then."
            ),
        ),
        help: Text::new(
            "Die engere Zeile vor die weitere stellen, ihre Zellen berichtigen, oder sie streichen.",
            "Put the narrower row before the wider one, mend its cells, or delete it.",
        ),
        path: None,
    }
}

fn not_decided_at(span: Span) -> Detail {
    Detail {
        span,
        message: Text::new(
            "Ob die Tabelle Lücken oder Überschneidungen hat, ist nicht entschieden: Sie ist zu verzweigt (200.000 Schritte).",
            "Whether the table has gaps or overlaps is not decided: it is too intricate (200,000 steps).",
        ),
        help: Text::new("Die Tabelle in mehrere aufteilen.", "Divide the table into several."),
        path: None,
    }
}

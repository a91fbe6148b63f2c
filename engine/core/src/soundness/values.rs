//! Values to try a process with: for each field one that fits, and for those that rules on a run read several.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{ToSpan, civil::Date};
use serde_json::json;

use crate::{
    definition::{Expr, Kind, Release, StepIx},
    schema::{Field, ObjectType, TextFormat, Type, digits},
    words::{Object, Value},
};

/// So many values of one field are tried.
const MOST_VALUES: usize = 8;
/// So many fields are tried with several values.
const MOST_SLOTS: usize = 8;

/// The day on which a run begins: a Monday without holidays around it.
pub const FIRST_DAY: Date = Date::constant(2026, 3, 2);

/// Where a value is put.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// A field of the application.
    Application(Arc<str>),
    /// A setting of the authority.
    Setting(Arc<str>),
    /// A field of a task.
    Task(StepIx, Arc<str>),
}

/// A slot and what is tried there; none: the field stays empty.
pub type Trial = (Slot, Vec<Option<Value>>);

/// A value that fits; none where a pattern makes it hard to find one.
pub fn example(ty: &Type) -> Option<Value> {
    Some(match ty {
        Type::Text { pattern: Some(pattern), .. } => json!("1".repeat(digits(pattern)? as usize)),
        Type::Text { format, min_length, .. } => match format {
            TextFormat::Date => json!(FIRST_DAY.saturating_add(30.days()).to_string()),
            TextFormat::Time => json!("12:00"),
            TextFormat::Email => json!("erika@example.org"),
            TextFormat::Period => json!("2 weeks"),
            TextFormat::Line | TextFormat::Lines | TextFormat::Expression => {
                json!("x".repeat((*min_length).max(1) as usize))
            }
        },
        Type::Integer { min, max, .. } => {
            json!(1.clamp(min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX).max(min.unwrap_or(i64::MIN))))
        }
        Type::Boolean => json!(true),
        Type::Words => json!({ "de": "x", "en": "x" }),
        Type::Choice(choices) => json!(*choices.first()?.id),
        Type::Choices(choices) => json!([*choices.first()?.id]),
        Type::Object(inner) => Value::Object(examples(inner)),
        Type::List { item, .. } => Value::Array(example(item).into_iter().collect()),
    })
}

/// A value for every field.
pub fn examples(of: &ObjectType) -> Object {
    let of = of.fields.iter();
    of.filter_map(|field| Some((field.name.to_string(), example(&field.ty)?))).collect()
}

/// What is to be tried so that rules go this way or that: the fields that they read, with values around what they compare
/// with.
pub fn trials(release: &Release, rules: &[&Expr], tasks: &BTreeSet<StepIx>) -> Vec<Trial> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let (mut numbers, mut texts) = (BTreeSet::new(), BTreeSet::new());
    for rule in rules {
        for path in rule.compiled.variables() {
            names.extend(path.names());
        }
        constants(&rule.source, &mut numbers, &mut texts);
    }
    let read = |field: &&Field| names.contains(&*field.name);
    let values = |field: &Field| candidates(field, &numbers, &texts);
    let mut found: Vec<Trial> = Vec::new();
    for field in release.data.fields.iter().filter(read) {
        found.push((Slot::Application(field.name.clone()), values(field)));
    }
    for task in tasks {
        let Kind::Task(kind) = &release.step(*task).kind else { continue };
        for field in kind.form.fields.iter().map(|field| &field.field).filter(read) {
            if &*field.name != crate::language::OUTCOME_FIELD {
                found.push((Slot::Task(*task, field.name.clone()), values(field)));
            }
        }
    }
    for field in release.settings.fields.iter().filter(read) {
        found.push((Slot::Setting(field.name.clone()), values(field)));
    }
    found.truncate(MOST_SLOTS);
    found
}

/// Numbers and texts that a rule names.
fn constants(source: &str, numbers: &mut BTreeSet<i64>, texts: &mut BTreeSet<String>) {
    for (place, part) in source.split(['"', '`', '\'']).enumerate() {
        if place % 2 == 1 {
            texts.insert(part.to_owned());
            continue;
        }
        let words = part.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        numbers.extend(words.filter_map(|word| word.replace('_', "").parse::<i64>().ok()));
    }
}

fn candidates(field: &Field, numbers: &BTreeSet<i64>, texts: &BTreeSet<String>) -> Vec<Option<Value>> {
    let mut found: Vec<Value> = example(&field.ty).into_iter().collect();
    match &field.ty {
        Type::Integer { min, max, .. } => {
            let fits =
                |number: &i64| min.is_none_or(|min| *number >= min) && max.is_none_or(|max| *number <= max);
            let around = numbers
                .iter()
                .flat_map(|number| [*number, number.saturating_sub(1), number.saturating_add(1)]);
            found.extend(around.chain([*min, *max].into_iter().flatten()).filter(fits).map(Value::from));
        }
        Type::Boolean => found.push(json!(false)),
        Type::Choice(choices) => found.extend(choices.iter().map(|choice| json!(*choice.id))),
        Type::Choices(choices) => {
            found.push(json!([]));
            found.extend(choices.iter().map(|choice| json!([*choice.id])));
            found.push(choices.iter().map(|choice| json!(*choice.id)).collect());
        }
        Type::List { .. } => found.push(json!([])),
        Type::Text { .. } => found.extend(texts.iter().map(|text| json!(text))),
        Type::Words | Type::Object(_) => {}
    }
    let mut all: Vec<Option<Value>> = Vec::new();
    for value in found.into_iter().map(Some).chain((!field.required).then_some(None)) {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    if all.len() > MOST_VALUES {
        // That a field stays empty is tried in any case.
        let last = all.pop();
        all.truncate(MOST_VALUES - 1);
        all.extend(last);
    }
    all
}

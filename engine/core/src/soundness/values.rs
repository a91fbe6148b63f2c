//! Values to try a process with: for each field one that fits, and for those that rules on a run read several.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{ToSpan, civil::Date};
use serde_json::json;

use super::matching::matching;
use crate::{
    definition::{Expr, Kind, Release, StepIx},
    schema::{Field, ObjectType, TextFormat, Type},
    words::{Object, Text, Value},
};

/// So many values of one field are tried.
const MOST_VALUES: usize = 8;
/// So many choices of several are asked for at most, in all their combinations.
const MOST_CHOICES: usize = 6;
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

impl Slot {
    /// What people read beside it.
    pub fn title(&self, release: &Release) -> Option<Text> {
        let title = |field: Option<&Field>| field.map(|field| field.title.clone());
        match self {
            Slot::Application(name) => title(release.data.field(name)),
            Slot::Setting(name) => title(release.settings.field(name)),
            Slot::Task(step, name) => match &release.step(*step).kind {
                Kind::Task(task) => {
                    title(task.form.fields.iter().map(|field| &field.field).find(|field| field.name == *name))
                }
                _ => None,
            },
        }
    }
}

/// A slot and what is tried there; none: the field stays empty.
pub type Trial = (Slot, Vec<Option<Value>>);

/// A value that fits; none where a pattern asks for what is not known here.
pub fn example(ty: &Type) -> Option<Value> {
    Some(match ty {
        Type::Text { pattern: Some(pattern), .. } => json!(matching(pattern)?),
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
        // Which documents a file has is not known here.
        Type::Documents => json!([]),
        Type::Object(inner) => Value::Object(examples(inner)),
        Type::List { item, min, .. } => {
            let one = example(item)?;
            Value::Array(vec![one; (*min).max(1) as usize])
        }
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
    let mut compared = Compared::default();
    for rule in rules {
        for path in rule.compiled.variables() {
            names.extend(path.names());
        }
        compared.note(&rule.source);
    }
    let read = |field: &&Field| names.contains(&*field.name);
    let values = |field: &Field| candidates(field, &compared);
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

/// What a value is compared with.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// Numbers.
    pub numbers: BTreeSet<i64>,
    /// Texts, days and choices.
    pub texts: BTreeSet<String>,
    /// Whether it matters which of two texts comes first.
    pub in_order: bool,
}

impl Compared {
    /// Numbers and texts that a rule names.
    fn note(&mut self, source: &str) {
        for (place, part) in source.split(['"', '`', '\'']).enumerate() {
            if place % 2 == 1 {
                self.texts.insert(part.to_owned());
                continue;
            }
            let words = part.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            self.numbers.extend(words.filter_map(|word| word.replace('_', "").parse::<i64>().ok()));
        }
    }
}

/// A value of each kind that comparisons tell apart, so that whatever they say of any value they say of one of these;
/// none where that cannot be said.
pub fn of_each_kind(ty: &Type, compared: &Compared) -> Option<Vec<Value>> {
    match ty {
        Type::Integer { min, max, .. } => {
            let fits =
                |number: &i64| min.is_none_or(|min| *number >= min) && max.is_none_or(|max| *number <= max);
            let around = compared
                .numbers
                .iter()
                .flat_map(|number| [*number, number.saturating_sub(1), number.saturating_add(1)]);
            let ends = [*min, *max].into_iter().flatten();
            let found: BTreeSet<i64> = around.chain(ends).filter(fits).collect();
            Some(match found.is_empty() {
                true => example(ty).into_iter().collect(),
                false => found.into_iter().map(Value::from).collect(),
            })
        }
        Type::Boolean => Some(vec![json!(true), json!(false)]),
        Type::Choice(choices) => Some(choices.iter().map(|choice| json!(*choice.id)).collect()),
        Type::Choices(choices) => {
            let asked = choices.iter().filter(|choice| compared.texts.contains(&*choice.id));
            let asked: Vec<&str> = asked.map(|choice| &*choice.id).collect();
            if asked.len() > MOST_CHOICES {
                return None;
            }
            let other = choices.iter().find(|choice| !compared.texts.contains(&*choice.id));
            let others =
                [None, other.map(|choice| &*choice.id)].into_iter().take(1 + usize::from(other.is_some()));
            let mut found = Vec::new();
            for other in others {
                for some in 0..1_usize << asked.len() {
                    let chosen = asked.iter().enumerate().filter(|(at, _)| some & (1 << at) != 0);
                    found.push(chosen.map(|(_, id)| *id).chain(other).map(Value::from).collect());
                }
            }
            Some(found)
        }
        Type::Text { format: TextFormat::Date, .. } => {
            let days = compared.texts.iter().filter_map(|text| text.parse::<Date>().ok());
            let around =
                days.flat_map(|day| [day, day.saturating_sub(1.days()), day.saturating_add(1.days())]);
            let found: BTreeSet<Date> = around.chain([FIRST_DAY]).collect();
            Some(found.into_iter().map(|day| json!(day.to_string())).collect())
        }
        // Texts in between cannot be named.
        Type::Text { .. } if compared.in_order => None,
        Type::Text { .. } => {
            let mut other = String::from("x");
            while compared.texts.contains(&other) {
                other.push('x');
            }
            Some(compared.texts.iter().cloned().chain([other]).map(Value::from).collect())
        }
        Type::Words | Type::Documents | Type::Object(_) | Type::List { .. } => None,
    }
}

fn candidates(field: &Field, compared: &Compared) -> Vec<Option<Value>> {
    let mut found: Vec<Value> = example(&field.ty).into_iter().collect();
    match &field.ty {
        Type::Choices(choices) => {
            found.push(json!([]));
            found.extend(choices.iter().map(|choice| json!([*choice.id])));
            found.push(choices.iter().map(|choice| json!(*choice.id)).collect());
        }
        Type::List { min: 0, .. } => found.push(json!([])),
        Type::List { .. } => {}
        Type::Text { .. } => found.extend(compared.texts.iter().map(|text| json!(text))),
        ty => found.extend(of_each_kind(ty, compared).into_iter().flatten()),
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

//! What people know of the results of a case: the fields of tasks, of tables and numbers, with titles and types.
//!
//! What scripts compute and connectors answer has no title; it is part of the data, but nothing that people read.

use super::{FeeStep, Frame, Kind, Part, Release, ScopeIx, Shape, Step, TextBlocks};
use crate::{
    language::data_key,
    schema::{Choice, DEFAULT_MAX_ITEMS, DEFAULT_MAX_LENGTH, Field, ObjectType, TextFormat, Type},
    words::Text,
};

/// What a step that draws a number writes.
const NUMBER: &str = "number";

impl Release {
    /// The shape of the results of its cases, as far as anything in them has a title: an object for each step or use of
    /// a block, in their order, and in it the fields in the order in which people see them.
    pub fn results(&self) -> ObjectType {
        let mut results = ObjectType::default();
        let mut steps = Vec::with_capacity(self.steps.len());
        self.in_order(ScopeIx(0), &mut steps);
        for step in steps {
            let written = match &step.kind {
                Kind::Task(task) => task.form.fields.iter().map(|field| field.field.clone()).collect(),
                Kind::Decide(decision) => decision.titled.clone(),
                Kind::Fee(_) => FeeStep::titled(),
                Kind::Texts(_) => TextBlocks::titled(),
                Kind::Number(_) => vec![number()],
                Kind::Scope(scope) if is_place(step, &self.scope(*scope).shape) => Vec::new(),
                _ => continue,
            };
            let Frame { at, in_block, .. } = self.frame(step.frame);
            let place = if *in_block && !matches!(step.kind, Kind::Scope(_)) {
                place(&mut results, at)
            } else {
                let own = Part::Key(data_key(&step.id));
                let around = place(&mut results, at);
                entitle(around, &own, &step.title);
                place(around, &[own])
            };
            written.into_iter().for_each(|field| add(place, field));
        }
        prune(&mut results);
        results
    }
}

impl Release {
    /// The steps of a scope, behind each what is inside it.
    fn in_order<'r>(&'r self, scope: ScopeIx, found: &mut Vec<&'r Step>) {
        for step in self.scope(scope).steps.iter().map(|ix| self.step(*ix)) {
            found.push(step);
            if let Kind::Scope(inside) = step.kind {
                self.in_order(inside, found);
            }
        }
    }
}

/// Whether what is inside a scope writes below its name.
fn is_place(step: &Step, shape: &Shape) -> bool {
    step.block.is_some() || matches!(shape, Shape::Each(_))
}

impl FeeStep {
    /// What people read of what it writes.
    pub fn titled() -> Vec<Field> {
        let cents = || Type::Integer { min: Some(0), max: None, money: true };
        vec![
            field("total", Text::new("Zu zahlen", "To be paid"), cents()),
            field("basis", Text::new("Rechtsgrundlage der Gebühr", "Legal basis of the fee"), lines()),
            field("calculation", Text::new("Berechnung", "Calculation"), lines()),
        ]
    }
}

impl TextBlocks {
    /// What people read of what it writes.
    pub fn titled() -> Vec<Field> {
        vec![field(Self::TEXT, Text::new("Text", "Text"), lines())]
    }
}

fn lines() -> Type {
    Type::Text { format: TextFormat::Lines, max_length: DEFAULT_MAX_LENGTH, min_length: 0, pattern: None }
}

fn number() -> Field {
    let ty =
        Type::Text { format: TextFormat::Line, max_length: DEFAULT_MAX_LENGTH, min_length: 0, pattern: None };
    field(NUMBER, Text::new("Nummer", "Number"), ty)
}

fn field(name: &str, title: Text, ty: Type) -> Field {
    Field {
        name: name.into(),
        title,
        help: None,
        ty,
        required: false,
        person: false,
        list: false,
        default: None,
    }
}

/// The object at an address; made when it is not there.
fn place<'o>(object: &'o mut ObjectType, at: &[Part]) -> &'o mut ObjectType {
    let [Part::Key(name), rest @ ..] = at else { return object };
    let known = object.fields.iter().position(|field| field.name == *name).unwrap_or_else(|| {
        let title = Text::new(name.clone(), name.clone());
        object.fields.push(field(name, title, Type::Object(ObjectType::default())));
        object.fields.len() - 1
    });
    let ty = &mut object.fields[known].ty;
    let (rounds, rest) = match rest {
        [Part::Round(_), rest @ ..] => (true, rest),
        _ => (false, rest),
    };
    if rounds && !matches!(ty, Type::List { .. }) {
        let item = Box::new(Type::Object(ObjectType::default()));
        *ty = Type::List { item, max: DEFAULT_MAX_ITEMS, min: 0 };
    }
    let inner = match ty {
        Type::List { item, .. } => &mut **item,
        other => other,
    };
    // Whatever else had this name gives way: below it more is written.
    if !matches!(inner, Type::Object(_)) {
        *inner = Type::Object(ObjectType::default());
    }
    match inner {
        Type::Object(inner) => place(inner, rest),
        _ => unreachable!("made an object just now"),
    }
}

fn entitle(object: &mut ObjectType, own: &Part, title: &Text) {
    place(object, std::slice::from_ref(own));
    let Part::Key(name) = own else { return };
    if let Some(field) = object.fields.iter_mut().find(|field| field.name == *name) {
        field.title = title.clone();
    }
}

/// Several tasks may write under one name; of a choice all options are known then.
fn add(object: &mut ObjectType, new: Field) {
    let Some(known) = object.fields.iter_mut().find(|known| known.name == new.name) else {
        object.fields.push(new);
        return;
    };
    if let (Type::Choice(known), Type::Choice(new)) = (&mut known.ty, &new.ty) {
        let more: Vec<Choice> =
            new.iter().filter(|choice| known.iter().all(|each| each.id != choice.id)).cloned().collect();
        *known = known.iter().cloned().chain(more).collect();
    }
}

/// Takes out what has no field in it.
fn prune(object: &mut ObjectType) {
    object.fields.retain_mut(|field| match &mut field.ty {
        Type::Object(inner) => {
            prune(inner);
            !inner.fields.is_empty()
        }
        Type::List { item, .. } => match &mut **item {
            Type::Object(inner) => {
                prune(inner);
                !inner.fields.is_empty()
            }
            _ => true,
        },
        _ => true,
    });
}

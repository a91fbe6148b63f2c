//! Random values for fields: such as fit, and such as do not.

use fachwerk_core::{
    definition::Form,
    schema::{Field, TextFormat, Type},
    words::{Object, Value},
};
use serde_json::json;

use crate::dice::Dice;

/// Values for a form, each fitting by itself; some fields are left out.
pub fn fitting(form: &Form, dice: &mut Dice) -> Object {
    let mut values = Object::new();
    for field in form.fields.iter().map(|field| &field.field) {
        if field.required || dice.chance(70) {
            values.insert(field.name.to_string(), value(field, dice));
        }
    }
    values
}

/// Values for a form with something wrong in them, mostly.
pub fn odd(form: &Form, dice: &mut Dice) -> Object {
    let mut values = fitting(form, dice);
    let names: Vec<String> = form.fields.iter().map(|field| field.field.name.to_string()).collect();
    let Some(name) = dice.maybe_pick(&names) else { return values };
    let wrong = [
        json!(null),
        json!(""),
        json!(-1),
        json!(1.5),
        json!("x".repeat(600)),
        json!({}),
        json!([[]]),
        json!(u64::MAX),
    ];
    match dice.below(3) {
        0 => values.shift_remove(name),
        1 => values.insert(name.clone(), dice.pick(&wrong).clone()),
        _ => values.insert("nobody_knows".into(), true.into()),
    };
    values
}

/// A value that fits a field.
pub fn value(field: &Field, dice: &mut Dice) -> Value {
    of_type(&field.ty, dice)
}

fn of_type(ty: &Type, dice: &mut Dice) -> Value {
    match ty {
        Type::Text { format, pattern, .. } => match format {
            _ if pattern.is_some() => (*dice.pick(&["ab", "tree", "haus"])).into(),
            TextFormat::Line => (*dice.pick(&["a", "Ein Text", "äöü ß € 𝄞", "  ", "\"quoted\" \\"])).into(),
            TextFormat::Lines => (*dice.pick(&["Zeile\nZeile", "x", "\t"])).into(),
            TextFormat::Date => day(dice).into(),
            TextFormat::Time => format!("{:02}:{:02}", dice.below(24), dice.below(60)).into(),
            TextFormat::Email => "anna@example.org".into(),
            TextFormat::Expression => "1".into(),
            TextFormat::Period => "3 days".into(),
        },
        Type::Integer { min, max, .. } => {
            let first = min.unwrap_or(-100);
            dice.between(first, max.unwrap_or(first + 1_000)).into()
        }
        Type::Boolean => dice.chance(50).into(),
        Type::Words => json!({ "de": "a", "en": "b" }),
        Type::Choice(choices) => dice.pick(choices).id.to_string().into(),
        Type::Choices(choices) => {
            let chosen =
                choices.iter().filter(|_| dice.chance(50)).map(|choice| choice.id.to_string().into());
            Value::Array(chosen.collect())
        }
        Type::Documents => json!([]),
        Type::Object(object) => {
            let fields = object.fields.iter().filter(|field| field.required || dice.chance(50));
            let fields: Vec<&Field> = fields.collect();
            fields.into_iter().map(|field| (field.name.to_string(), of_type(&field.ty, dice))).collect()
        }
        Type::List { item, max, min } => {
            let count = dice.between(i64::from(*min), i64::from((*max).min(4).max(*min)));
            (0..count).map(|_| of_type(item, dice)).collect()
        }
    }
}

/// A day of a few years.
pub fn day(dice: &mut Dice) -> String {
    format!("{}-{:02}-{:02}", dice.between(2025, 2027), dice.between(1, 12), dice.between(1, 28))
}

/// Any JSON, whole numbers only: the payload of a message, what a connector brings.
pub fn free(dice: &mut Dice) -> Object {
    let mut object = Object::new();
    for name in ["amount", "text", "inner", "Ä key", "received_on", "empty"] {
        if dice.chance(30) {
            let value = match name {
                "amount" => dice.between(-5, 5_000).into(),
                "received_on" => day(dice).into(),
                "inner" => json!({ "list": [1, "zwei", null, { "z": 1, "a": 2 }], "big": i64::MAX }),
                "empty" => json!([{}, [], "", null]),
                _ => json!("Text \u{0} \u{2028} \u{fffd} 🏠"),
            };
            object.insert(name.into(), value);
        }
    }
    object
}

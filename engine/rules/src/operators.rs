//! Operators, stricter than those of rhai.
//!
//! rhai answers `"18" > 3` and `() < 5` with false. In a rule of law that is a wrong
//! decision nobody notices, so comparing different types is an error here; only `==` and
//! `!=` with `()` (null) are allowed between types.
//!
//! Lists and objects are compared and printed by functions of our own: those of rhai
//! recurse through the evaluator, and a list nested a thousand times ends the process.

use rhai::{Array, Dynamic, Engine, EvalAltResult, INT, ImmutableString, Map, Variant};
use serde_json::Value;

use crate::convert::{Fraction, MAX_DEPTH, fraction_help, json_kind, rhai_kind, to_json};
use crate::error::{Limit, RuleCode, RuleError, Text};
use crate::functions::Answer;

pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_fn("==", |left: &mut Array, right: Array| equal_lists(left, &right, 0))
        .register_fn("!=", |left: &mut Array, right: Array| {
            Ok(!equal_lists(left, &right, 0)?) as Answer<bool>
        })
        .register_fn("==", |left: &mut Map, right: Map| equal_maps(left, &right, 0))
        .register_fn("!=", |left: &mut Map, right: Map| Ok(!equal_maps(left, &right, 0)?) as Answer<bool>);
    for name in ["to_string", "to_debug", "to_json"] {
        engine
            .register_fn(name, |list: &mut Array| as_text(Dynamic::from_array(list.clone())))
            .register_fn(name, |map: &mut Map| as_text(Dynamic::from_map(map.clone())));
    }
    macro_rules! in_text {
        ($($type:ty, $make:path;)+) => { $(
            engine
                .register_fn("+", |text: ImmutableString, value: $type| join(&text, &as_text($make(value))?))
                .register_fn("+", |value: $type, text: ImmutableString| join(&as_text($make(value))?, &text))
                .register_fn("+=", |text: &mut ImmutableString, value: $type| {
                    *text = join(text, &as_text($make(value))?)?;
                    Ok(()) as Answer<()>
                });
        )+ };
    }
    in_text! { Array, Dynamic::from_array; Map, Dynamic::from_map; }
    guard(engine);
}

fn join(left: &str, right: &str) -> Answer<ImmutableString> {
    Ok(format!("{left}{right}").into())
}

fn guard(engine: &mut Engine) {
    // Registered operators are asked first only without the fast ones.
    engine.set_fast_operators(false);
    macro_rules! guard_types {
        ($($left:ty => $($right:ty),+;)+) => {
            $($( refuse_order::<$left, $right>(engine); refuse_equality::<$left, $right>(engine); )+)+
        };
    }
    guard_types! {
        INT => bool, char, ImmutableString, Array, Map, Fraction;
        bool => INT, char, ImmutableString, Array, Map, Fraction;
        char => INT, bool, Array, Map, Fraction;
        ImmutableString => INT, bool, Array, Map, Fraction;
        Array => INT, bool, char, ImmutableString, Map, Fraction;
        Map => INT, bool, char, ImmutableString, Array, Fraction;
        Fraction => INT, bool, char, ImmutableString, Array, Map, Fraction;
    }
    macro_rules! guard_order {
        ($($left:ty => $($right:ty),+;)+) => { $($( refuse_order::<$left, $right>(engine); )+)+ };
    }
    guard_order! {
        () => (), INT, bool, char, ImmutableString, Array, Map, Fraction;
        INT => (); bool => (), bool; char => (); ImmutableString => (); Fraction => ();
        Array => (), Array; Map => (), Map;
    }
    // rhai leaves null out of a text without a word.
    engine
        .register_fn("+", |_: ImmutableString, _: ()| -> Answer<ImmutableString> {
            Err(no_text("string", "()"))
        })
        .register_fn("+", |_: (), _: ImmutableString| -> Answer<ImmutableString> {
            Err(no_text("()", "string"))
        })
        .register_fn("+=", |_: &mut ImmutableString, _: ()| -> Answer<()> { Err(no_text("string", "()")) })
        .register_fn("+", |_: ImmutableString, _: Fraction| -> Answer<ImmutableString> {
            Err(no_text("string", "Fraction"))
        })
        .register_fn("+", |_: Fraction, _: ImmutableString| -> Answer<ImmutableString> {
            Err(no_text("Fraction", "string"))
        });
}

fn no_text(left: &str, right: &str) -> Box<EvalAltResult> {
    operands("+", left, right).into()
}

fn refuse_order<L: Variant + Clone, R: Variant + Clone>(engine: &mut Engine) {
    for operator in ["<", "<=", ">", ">="] {
        refuse::<L, R>(engine, operator);
    }
}

fn refuse_equality<L: Variant + Clone, R: Variant + Clone>(engine: &mut Engine) {
    for operator in ["==", "!="] {
        refuse::<L, R>(engine, operator);
    }
}

fn refuse<L: Variant + Clone, R: Variant + Clone>(engine: &mut Engine, operator: &'static str) {
    engine.register_fn(operator, move |left: L, right: R| -> Answer<bool> {
        let name = |value: &dyn Variant| short_name(value.type_name());
        Err(operands(operator, &name(&left), &name(&right)).into())
    });
}

/// The types of rhai are Rust paths; these are the names that scripts see.
fn short_name(type_name: &str) -> String {
    let short = match type_name {
        name if name == std::any::type_name::<Array>() => "array",
        name if name == std::any::type_name::<Map>() => "map",
        name if name == std::any::type_name::<ImmutableString>() => "string",
        other => other,
    };
    short.to_string()
}

pub(crate) fn equal_lists(left: &Array, right: &Array, depth: usize) -> Answer<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right) {
        if !equal(left, right, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_maps(left: &Map, right: &Map, depth: usize) -> Answer<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for ((name, left), (other_name, right)) in left.iter().zip(right) {
        if name != other_name || !equal(left, right, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Data of the same type; null is equal to null only.
fn equal(left: &Dynamic, right: &Dynamic, depth: usize) -> Answer<bool> {
    if depth > MAX_DEPTH {
        return Err(RuleError::limit(Limit::DataDepth, MAX_DEPTH).into());
    }
    if left.is_unit() || right.is_unit() {
        return Ok(left.is_unit() && right.is_unit());
    }
    if let (Some(left), Some(right)) = (left.read_lock::<Array>(), right.read_lock::<Array>()) {
        return equal_lists(&left, &right, depth);
    }
    if let (Some(left), Some(right)) = (left.read_lock::<Map>(), right.read_lock::<Map>()) {
        return equal_maps(&left, &right, depth);
    }
    let same = match (left.as_int(), left.as_bool(), left.as_char()) {
        (Ok(left), _, _) => right.as_int().ok().map(|right| left == right),
        (_, Ok(left), _) => right.as_bool().ok().map(|right| left == right),
        (_, _, Ok(left)) => right.as_char().ok().map(|right| left == right),
        _ => match (left.read_lock::<ImmutableString>(), right.read_lock::<ImmutableString>()) {
            (Some(left), Some(right)) => Some(*left == *right),
            _ => None,
        },
    };
    same.ok_or_else(|| operands("==", left.type_name(), right.type_name()).into())
}

fn as_text(value: Dynamic) -> Answer<ImmutableString> {
    Ok(to_json(value)?.to_string().into())
}

/// The error of an operator between values that it does not fit, by their rhai types.
pub(crate) fn operands(operator: &str, left: &str, right: &str) -> RuleError {
    operands_named(operator, &rhai_kind(left), &rhai_kind(right))
}

/// The same for values that never were in rhai.
pub(crate) fn operands_of(operator: &str, left: &Value, right: &Value) -> RuleError {
    operands_named(operator, &json_kind(left), &json_kind(right))
}

pub(crate) fn operands_named(operator: &str, left: &Text, right: &Text) -> RuleError {
    let comparison = matches!(operator, "<" | "<=" | ">" | ">=" | "==" | "!=");
    let text = if comparison {
        Text::new(
            format!("`{operator}` cannot compare {} with {}", left.en, right.en),
            format!(
                "`{operator}` vergleicht nur Gleichartiges: links steht „{}“, rechts „{}“",
                left.de, right.de
            ),
        )
    } else {
        Text::new(
            format!("`{operator}` does not fit {} and {}", left.en, right.en),
            format!("`{operator}` passt nicht: links steht „{}“, rechts „{}“", left.de, right.de),
        )
    };
    let fraction = Fraction::kind();
    if *left == fraction || *right == fraction {
        return fraction_help(RuleError::new(RuleCode::NotAnInteger, text));
    }
    let error = RuleError::new(RuleCode::WrongType, text);
    if left.en == "null" || right.en == "null" {
        return error.help(
            "say what to use instead of null: `value ?? 0`",
            "Geben Sie einen Ersatz für die leere Angabe an: `wert ?? 0`",
        );
    }
    error
}

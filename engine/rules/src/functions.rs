//! What a rule may call: a chosen part of rhai's library and a few functions of our own.

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage, BasicMathPackage,
    BasicStringPackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{
    Array, Dynamic, Engine, EvalAltResult, FuncRegistration, INT, ImmutableString, NativeCallContext,
};

use crate::convert::rhai_kind;
use crate::error::{Limit, RuleCode, RuleError, Text};
use crate::{lists, operators};

/// An error raised by a function; [`RuleError`] travels through rhai in it.
#[derive(Debug, Clone)]
pub(crate) struct Fault(pub RuleError);

impl From<RuleError> for Box<EvalAltResult> {
    /// For functions registered by the embedding crate: the message arrives unchanged.
    fn from(error: RuleError) -> Self {
        let fault = Dynamic::from(Fault(error));
        Box::new(EvalAltResult::ErrorRuntime(fault, rhai::Position::NONE))
    }
}

pub(crate) type Answer<T> = Result<T, Box<EvalAltResult>>;

pub(crate) fn register(engine: &mut Engine) {
    // Not among them: eval, exit, sleep, reflection, JSON parsing, BLOBs, bit fields, time.
    ArithmeticPackage::new().register_into_engine(engine);
    BasicMathPackage::new().register_into_engine(engine);
    LogicPackage::new().register_into_engine(engine);
    BasicStringPackage::new().register_into_engine(engine);
    MoreStringPackage::new().register_into_engine(engine);
    BasicArrayPackage::new().register_into_engine(engine);
    BasicMapPackage::new().register_into_engine(engine);
    BasicIteratorPackage::new().register_into_engine(engine);
    operators::register(engine);
    lists::register(engine);
    engine
        .register_fn("sum", sum)
        .register_fn("round_down", round_down)
        .register_fn("round_up", round_up)
        .register_fn("round_half_up", round_half_up)
        .register_fn("between", |value: INT, from: INT, to: INT| from <= value && value <= to)
        .register_fn("between", |value: ImmutableString, from: ImmutableString, to: ImmutableString| {
            from <= value && value <= to
        })
        .register_fn("min", |a: INT, b: INT| a.min(b))
        .register_fn("max", |a: INT, b: INT| a.max(b))
        .register_fn("min", |list: &mut Array| extreme(list, "min", i64::min))
        .register_fn("max", |list: &mut Array| extreme(list, "max", i64::max));
    replacing::<ImmutableString, ImmutableString>(engine);
    replacing::<ImmutableString, char>(engine);
    replacing::<char, ImmutableString>(engine);
    replacing::<char, char>(engine);
}

/// `replace`, with its limit asked beforehand: rhai's own writes a result of gigabytes before anybody looks at its size.
fn replacing<Wanted, New>(engine: &mut Engine)
where
    Wanted: ToString + Clone + Send + Sync + 'static,
    New: ToString + Clone + Send + Sync + 'static,
{
    // It changes the text, which rhai must know to refuse data of the case.
    FuncRegistration::new("replace").with_purity(false).register_into_engine(
        engine,
        |context: NativeCallContext, text: &mut ImmutableString, wanted: Wanted, new: New| {
            let (wanted, new) = (wanted.to_string(), new.to_string());
            let places = text.matches(&wanted).count();
            let size = text.len().saturating_add(places.saturating_mul(new.len())) - places * wanted.len();
            let most = context.engine().max_string_size();
            if size > most {
                return Err(RuleError::limit(Limit::StringSize, most).into());
            }
            *text = text.replace(&wanted, &new).into();
            Ok(()) as Answer<()>
        },
    );
}

/// The sum of a list of numbers; 0 for an empty list.
fn sum(list: &mut Array) -> Answer<INT> {
    let mut total: INT = 0;
    for number in numbers(list, "sum")? {
        total = total.checked_add(number).ok_or_else(overflow)?;
    }
    Ok(total)
}

/// The least or greatest number of a list, null for an empty one.
fn extreme(list: &mut Array, name: &str, pick: fn(INT, INT) -> INT) -> Answer<Dynamic> {
    let best = numbers(list, name)?.into_iter().reduce(pick);
    Ok(best.map_or(Dynamic::UNIT, Dynamic::from_int))
}

fn numbers(list: &Array, name: &str) -> Answer<Vec<INT>> {
    let number = |item: &Dynamic| {
        item.as_int().map_err(|found| {
            let kind = rhai_kind(found);
            RuleError::new(
                RuleCode::WrongType,
                Text::new(
                    format!("`{name}` needs a list of numbers; it holds {} as well", kind.en),
                    format!("`{name}` braucht eine Liste von Zahlen; darin steht auch {}", kind.de),
                ),
            )
            .into()
        })
    };
    list.iter().map(number).collect()
}

/// The greatest multiple of `to` that is not above `n`; also below zero: -7 to 5 is -10.
fn round_down(n: INT, to: INT) -> Answer<INT> {
    let rest = n.rem_euclid(step(to)?);
    n.checked_sub(rest).ok_or_else(|| overflow().into())
}

/// The least multiple of `to` that is not below `n`: -7 to 5 is -5.
fn round_up(n: INT, to: INT) -> Answer<INT> {
    match n.rem_euclid(step(to)?) {
        0 => Ok(n),
        rest => n.checked_add(to - rest).ok_or_else(|| overflow().into()),
    }
}

/// The nearest multiple of `to`; the middle goes away from zero, as money is rounded
/// in commerce: 250 to 100 is 300, -250 is -300.
fn round_half_up(n: INT, to: INT) -> Answer<INT> {
    let rest = n.rem_euclid(step(to)?);
    // `rest < to`, so neither side overflows.
    let above = to - rest;
    let up = if n < 0 { rest > above } else { rest >= above };
    if up { round_up(n, to) } else { round_down(n, to) }
}

fn step(to: INT) -> Answer<INT> {
    if to > 0 {
        return Ok(to);
    }
    let text = Text::new(
        format!("numbers are rounded to a multiple of a positive number, not of {to}"),
        format!("Gerundet wird auf ein Vielfaches einer positiven Zahl, nicht von {to}"),
    );
    Err(RuleError::new(RuleCode::WrongType, text).into())
}

pub(crate) fn overflow() -> RuleError {
    RuleError::new(
        RuleCode::Overflow,
        Text::new(
            "the result is too large: numbers go from -9223372036854775808 to 9223372036854775807",
            "Das Ergebnis ist zu groß: Zahlen reichen von -9223372036854775808 bis 9223372036854775807",
        ),
    )
}

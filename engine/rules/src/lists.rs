//! Functions that go through a list with a function of the rule.
//!
//! rhai takes a condition that is neither true nor false for false, and forgets the errors
//! of a comparison while it sorts. Here both are errors, also when a limit is reached.

use rhai::{Array, Dynamic, Engine, FnPtr, FuncRegistration, INT, Map, NativeCallContext};

use crate::convert::rhai_kind;
use crate::error::{RuleCode, RuleError, Text};
use crate::functions::Answer;
use crate::operators::equal_lists;

pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_fn("filter", |context: NativeCallContext, list: &mut Array, keep: FnPtr| {
            let mut kept = Array::new();
            for item in list.iter() {
                if holds(&context, &keep, item)? {
                    kept.push(item.clone());
                }
            }
            Ok(kept) as Answer<Array>
        })
        .register_fn("find", |context: NativeCallContext, list: &mut Array, wanted: FnPtr| {
            let found = position(&context, list, &wanted, true)?;
            Ok(found.map_or(Dynamic::UNIT, |index| list[index].clone())) as Answer<Dynamic>
        })
        .register_fn("index_of", |context: NativeCallContext, list: &mut Array, wanted: FnPtr| {
            let found = position(&context, list, &wanted, true)?;
            Ok(found.map_or(-1, |index| INT::try_from(index).unwrap_or(INT::MAX))) as Answer<INT>
        })
        .register_fn("some", |context: NativeCallContext, list: &mut Array, wanted: FnPtr| {
            Ok(position(&context, list, &wanted, true)?.is_some()) as Answer<bool>
        })
        .register_fn("all", |context: NativeCallContext, list: &mut Array, wanted: FnPtr| {
            Ok(position(&context, list, &wanted, false)?.is_none()) as Answer<bool>
        })
        // By value: rhai's own refuse data of the case, which cannot be changed.
        .register_fn("order", |context: NativeCallContext, list: Array, compare: FnPtr| {
            sorted(&context, list, &compare)
        })
        .register_fn("order", |context: NativeCallContext, list: Array| {
            let mut list = Dynamic::from_array(list);
            let _ = context.call_native_fn_raw("sort", true, &mut [&mut list])?;
            Ok(list) as Answer<Dynamic>
        })
        .register_fn("filter", |_: &mut Map, _: FnPtr| -> Answer<Map> {
            let text = Text::new("`filter` goes through lists", "`filter` durchläuft Listen");
            Err(RuleError::new(RuleCode::WrongType, text).into())
        });
    // They change the list, which rhai must know to refuse data of the case.
    FuncRegistration::new("sort").with_purity(false).register_into_engine(
        engine,
        |context: NativeCallContext, list: &mut Array, compare: FnPtr| {
            *list = sorted(&context, std::mem::take(list), &compare)?;
            Ok(()) as Answer<()>
        },
    );
    FuncRegistration::new("dedup").with_purity(false).register_into_engine(engine, |list: &mut Array| {
        let mut kept = Array::new();
        for item in std::mem::take(list) {
            let again = match kept.last() {
                Some(last) => equal_lists(&vec![last.clone()], &vec![item.clone()], 0)?,
                None => false,
            };
            if !again {
                kept.push(item);
            }
        }
        *list = kept;
        Ok(()) as Answer<()>
    });
}

fn holds(context: &NativeCallContext, condition: &FnPtr, item: &Dynamic) -> Answer<bool> {
    let result = condition.call_raw(context, None, [item.clone()])?;
    result.as_bool().map_err(|found| {
        let kind = rhai_kind(found);
        let name = context.fn_name();
        let text = Text::new(
            format!("the function handed to `{name}` must say true or false; it says {}", kind.en),
            format!("Die Funktion für `{name}` muss wahr oder falsch ergeben; sie ergibt: {}", kind.de),
        );
        RuleError::new(RuleCode::WrongType, text).into()
    })
}

/// Where the condition is first met, or first not met.
fn position(
    context: &NativeCallContext,
    list: &Array,
    condition: &FnPtr,
    met: bool,
) -> Answer<Option<usize>> {
    for (index, item) in list.iter().enumerate() {
        if holds(context, condition, item)? == met {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// Merge sort: stable, and at peace with a comparison that contradicts itself.
fn sorted(context: &NativeCallContext, list: Array, compare: &FnPtr) -> Answer<Array> {
    if list.len() < 2 {
        return Ok(list);
    }
    let mut left = list;
    let right = left.split_off(left.len() / 2);
    let left = sorted(context, left, compare)?;
    let right = sorted(context, right, compare)?;
    let mut merged = Array::with_capacity(left.len() + right.len());
    let mut right = right.into_iter().peekable();
    for item in left {
        while let Some(other) = right.peek() {
            if order(context, compare, &item, other)? <= 0 {
                break;
            }
            merged.extend(right.next());
        }
        merged.push(item);
    }
    merged.extend(right);
    Ok(merged)
}

/// Below zero: the first comes first; above: the second.
fn order(context: &NativeCallContext, compare: &FnPtr, first: &Dynamic, second: &Dynamic) -> Answer<INT> {
    let result = compare.call_raw(context, None, [first.clone(), second.clone()])?;
    result.as_int().map_err(|found| {
        let kind = rhai_kind(found);
        let text = Text::new(
            format!(
                "a comparison must say a number (below zero: the first comes first); it says {}",
                kind.en
            ),
            format!(
                "Ein Vergleich muss eine Zahl ergeben (unter null: das erste kommt zuerst); er ergibt: {}",
                kind.de
            ),
        );
        RuleError::new(RuleCode::WrongType, text)
            .help("write `a.x - b.x`", "Schreiben Sie `a.x - b.x`")
            .into()
    })
}

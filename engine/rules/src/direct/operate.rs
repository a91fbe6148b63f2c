//! What operators make of values.

use super::Operator;
use super::held::Held;
use super::machine::{Found, Stop, no_answer};

pub(super) fn operate<'v>(operator: Operator, left: Held<'v>, right: &Held<'v>) -> Found<'v> {
    use Operator as O;
    match operator {
        O::Add => add(left, right),
        O::Subtract | O::Multiply | O::Divide | O::Rest => {
            let (Held::Number(left), Held::Number(right)) = (left, right) else { return Err(Stop::NoAnswer) };
            let number = match operator {
                O::Subtract => left.checked_sub(*right),
                O::Multiply => left.checked_mul(*right),
                O::Divide => left.checked_div(*right),
                _ => left.checked_rem(*right),
            };
            Ok(Held::Number(no_answer(number)?))
        }
        O::Equal => Ok(Held::Bool(equal(&left, right)?)),
        O::Unequal => Ok(Held::Bool(!equal(&left, right)?)),
        O::Less | O::AtMost | O::Greater | O::AtLeast => {
            let order = match (&left, right) {
                (Held::Number(left), Held::Number(right)) => left.cmp(right),
                (Held::Text(left), Held::Text(right)) => left.as_str().cmp(right.as_str()),
                _ => return Err(Stop::NoAnswer),
            };
            Ok(Held::Bool(match operator {
                O::Less => order.is_lt(),
                O::AtMost => order.is_le(),
                O::Greater => order.is_gt(),
                _ => order.is_ge(),
            }))
        }
    }
}

fn add<'v>(left: Held<'v>, right: &Held<'v>) -> Found<'v> {
    match (left, right) {
        (Held::Number(left), Held::Number(right)) => Ok(Held::Number(no_answer(left.checked_add(*right))?)),
        (Held::Text(left), Held::Text(right)) => {
            let right = right.as_str();
            let mut text = left.into_string(right.len());
            text.push_str(right);
            Ok(Held::made(text))
        }
        (Held::Text(left), Held::Number(right)) => {
            let right = right.to_string();
            let mut text = left.into_string(right.len());
            text.push_str(&right);
            Ok(Held::made(text))
        }
        (Held::Number(left), Held::Text(right)) => {
            let mut text = left.to_string();
            text.push_str(right.as_str());
            Ok(Held::made(text))
        }
        _ => Err(Stop::NoAnswer),
    }
}

/// Values of one type, or null and anything.
pub(super) fn equal<'v>(left: &Held, right: &Held) -> Result<bool, Stop<'v>> {
    match (left, right) {
        (Held::Null, Held::Null) => Ok(true),
        (Held::Null, _) | (_, Held::Null) => Ok(false),
        (Held::Bool(left), Held::Bool(right)) => Ok(left == right),
        (Held::Number(left), Held::Number(right)) => Ok(left == right),
        (Held::Text(left), Held::Text(right)) => Ok(left.as_str() == right.as_str()),
        _ => {
            let (Some(left), Some(right)) = (left.items(), right.items()) else { return Err(Stop::NoAnswer) };
            if left.len() != right.len() {
                return Ok(false);
            }
            for (left, right) in left.iter().zip(right.iter()) {
                if !equal(left, right)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
    }
}

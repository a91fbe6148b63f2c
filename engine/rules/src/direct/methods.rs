//! The methods that rules call most, and how the others are called by rhai.

use std::rc::Rc;

use rhai::{Dynamic, ImmutableString};
use serde_json::Value;

use super::held::{Held, Text, member};
use super::machine::{Found, Machine, Stop, equal, no_answer};
use super::{Function, Method, Through};
use crate::convert;
use crate::data::Node as Data;
use crate::limits::Limits;

impl<'v> Machine<'v> {
    pub(super) fn method(&mut self, method: Method, held: &Held<'v>, given: &[Held<'v>]) -> Found<'v> {
        let made = match (method, held, given) {
            (Method::Len, held, []) => Held::Number(no_answer(length(held))?),
            (Method::IsEmpty, held, []) => Held::Bool(no_answer(length(held))? == 0),
            (Method::SubString, Held::Text(text), given) => match given {
                [Held::Number(from)] => sub_string(text, *from, i64::MAX)?,
                [Held::Number(from), Held::Number(length)] => sub_string(text, *from, *length)?,
                _ => return Err(Stop::NoAnswer),
            },
            (Method::Split, Held::Text(text), [Held::Text(between)]) if !between.as_str().is_empty() => {
                let parts = split(text, between.as_str());
                self.count(parts.len())?;
                Held::list(parts)
            }
            (Method::StartsWith, Held::Text(text), [Held::Text(wanted)]) => {
                Held::Bool(text.as_str().starts_with(wanted.as_str()))
            }
            (Method::EndsWith, Held::Text(text), [Held::Text(wanted)]) => {
                Held::Bool(text.as_str().ends_with(wanted.as_str()))
            }
            (Method::Contains, held, [wanted]) => Held::Bool(self.contains(held, wanted)?),
            _ => return Err(Stop::NoAnswer),
        };
        Ok(made)
    }

    fn contains(&mut self, held: &Held<'v>, wanted: &Held<'v>) -> Result<bool, Stop<'v>> {
        match (held, wanted) {
            (Held::Text(text), Held::Text(wanted)) => Ok(text.as_str().contains(wanted.as_str())),
            (Held::Data(Value::Object(members)), Held::Text(name)) => Ok(members.contains_key(name.as_str())),
            (Held::Object(members), Held::Text(name)) => Ok(member(members, name.as_str()).is_ok()),
            (held, wanted) => {
                for item in no_answer(held.items())?.iter() {
                    self.count(1)?;
                    if equal(item, wanted)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// Asks a function about each item.
    pub(super) fn through(&mut self, how: Through, held: &Held<'v>, function: &'v Function) -> Found<'v> {
        let mut kept = Vec::new();
        for item in no_answer(held.items())?.iter() {
            self.count(1)?;
            let Held::Bool(holds) = self.call(function, vec![item.clone()])? else {
                return Err(Stop::NoAnswer);
            };
            match (how, holds) {
                (Through::Filter, true) => kept.push(item.clone()),
                (Through::Some, true) => return Ok(Held::Bool(true)),
                (Through::All, false) => return Ok(Held::Bool(false)),
                _ => {}
            }
        }
        match how {
            Through::Filter => self.used(Held::list(kept)),
            Through::Some => Ok(Held::Bool(false)),
            Through::All => Ok(Held::Bool(true)),
        }
    }
}

/// Characters, items or entries.
fn length(held: &Held) -> Option<i64> {
    let length = match held {
        Held::Text(text) => text.as_str().chars().count(),
        Held::List(items) => items.len(),
        Held::Object(members) => members.len(),
        Held::Data(Value::Array(items)) => items.len(),
        Held::Data(Value::Object(members)) => members.len(),
        _ => return None,
    };
    i64::try_from(length).ok()
}

/// Counted in characters, and no further than the text goes.
fn sub_string<'v>(text: &Text<'v>, from: i64, length: i64) -> Found<'v> {
    let (Ok(from), Ok(length)) = (usize::try_from(from), usize::try_from(length)) else {
        return Err(Stop::NoAnswer);
    };
    let whole = text.as_str();
    let byte = |text: &str, characters: usize| {
        text.char_indices().nth(characters).map_or(text.len(), |(byte, _)| byte)
    };
    let begin = byte(whole, from);
    let end = begin + byte(&whole[begin..], length);
    Ok(match text {
        Text::Given(whole) => Held::given(&whole[begin..end]),
        Text::Made(whole) => Held::made(whole[begin..end].to_owned()),
    })
}

fn split<'v>(text: &Text<'v>, between: &str) -> Vec<Held<'v>> {
    match text {
        Text::Given(whole) => whole.split(between).map(Held::given).collect(),
        Text::Made(whole) => whole.split(between).map(|part| Held::made(part.to_owned())).collect(),
    }
}

pub(super) fn to_rhai(held: Held, limits: &Limits) -> Option<Dynamic> {
    Some(match held {
        Held::Null => Dynamic::UNIT,
        Held::Bool(truth) => Dynamic::from_bool(truth),
        Held::Number(number) => Dynamic::from_int(number),
        Held::Text(text) => Dynamic::from(ImmutableString::from(text.as_str())),
        Held::Data(value) => convert::to_rhai(Data::Value(value), limits).ok()?,
        Held::List(items) => {
            let items = Rc::try_unwrap(items).unwrap_or_else(|shared| Vec::clone(&shared));
            let items: Option<rhai::Array> = items.into_iter().map(|item| to_rhai(item, limits)).collect();
            Dynamic::from_array(items?)
        }
        Held::Object(members) => {
            let members = Rc::try_unwrap(members).unwrap_or_else(|shared| Vec::clone(&shared));
            let members: Option<rhai::Map> = members
                .into_iter()
                .map(|(name, value)| Some((name.as_str().into(), to_rhai(value, limits)?)))
                .collect();
            Dynamic::from_map(members?)
        }
    })
}

/// What a function gave; nothing if it is an object, or no data.
pub(super) fn from_rhai<'v>(value: Dynamic) -> Option<Held<'v>> {
    if value.is_unit() {
        return Some(Held::Null);
    }
    if let Ok(truth) = value.as_bool() {
        return Some(Held::Bool(truth));
    }
    if let Ok(number) = value.as_int() {
        return Some(Held::Number(number));
    }
    if value.is_string() {
        return value.into_string().ok().map(Held::made);
    }
    let items = value.into_array().ok()?;
    Some(Held::list(items.into_iter().map(from_rhai).collect::<Option<_>>()?))
}

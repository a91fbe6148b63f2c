//! The values of an evaluation: those of the case are borrowed, those that are made are shared.

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::convert::MAX_DEPTH;

#[derive(Clone, Debug)]
pub(super) enum Held<'v> {
    Null,
    Bool(bool),
    Number(i64),
    Text(Text<'v>),
    /// A list or an object of the case.
    Data(&'v Value),
    List(Rc<Vec<Held<'v>>>),
    /// Sorted by name.
    Object(Rc<Vec<(Text<'v>, Held<'v>)>>),
}

#[derive(Clone, Debug)]
pub(super) enum Text<'v> {
    /// It stands in the rule or in the data.
    Given(&'v str),
    Made(Rc<String>),
}

/// Where the member of an object lies, or would lie.
pub(super) fn member(members: &[(Text, Held)], name: &str) -> Result<usize, usize> {
    members.binary_search_by(|(known, _)| known.as_str().cmp(name))
}

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Text::Given(text) => text,
            Text::Made(text) => text,
        }
    }

    /// To be added to.
    pub(super) fn into_string(self, more: usize) -> String {
        match self {
            Text::Made(text) => Rc::try_unwrap(text).unwrap_or_else(|shared| String::clone(&shared)),
            Text::Given(text) => {
                let mut made = String::with_capacity(text.len() + more);
                made.push_str(text);
                made
            }
        }
    }
}

/// How large a value is, everything within it included.
#[derive(Debug, Default)]
pub(super) struct Size {
    pub(super) elements: usize,
    pub(super) bytes: usize,
    pub(super) depth: usize,
}

impl Size {
    pub(super) fn add(&mut self, held: &Held, depth: usize) {
        match held {
            Held::Text(text) => self.bytes += text.as_str().len(),
            Held::Data(value) => self.add_data(value, depth),
            Held::List(items) => {
                self.container(items.len(), depth);
                items.iter().for_each(|item| self.add(item, depth + 1));
            }
            Held::Object(members) => {
                self.container(members.len(), depth);
                members.iter().for_each(|(_, item)| self.add(item, depth + 1));
            }
            Held::Null | Held::Bool(_) | Held::Number(_) => {}
        }
    }

    fn add_data(&mut self, value: &Value, depth: usize) {
        match value {
            Value::String(text) => self.bytes += text.len(),
            Value::Array(items) => {
                self.container(items.len(), depth);
                items.iter().for_each(|item| self.add_data(item, depth + 1));
            }
            Value::Object(members) => {
                self.container(members.len(), depth);
                members.values().for_each(|item| self.add_data(item, depth + 1));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn container(&mut self, length: usize, depth: usize) {
        self.elements += length;
        self.depth = self.depth.max(depth + 1);
    }
}

impl<'v> Held<'v> {
    pub(super) fn given(text: &'v str) -> Held<'v> {
        Held::Text(Text::Given(text))
    }

    pub(super) fn made(text: String) -> Held<'v> {
        Held::Text(Text::Made(Rc::new(text)))
    }

    pub(super) fn list(items: Vec<Held<'v>>) -> Held<'v> {
        Held::List(Rc::new(items))
    }

    /// Nothing for a number that rules cannot use.
    pub(super) fn of(value: &'v Value) -> Option<Held<'v>> {
        Some(match value {
            Value::Null => Held::Null,
            Value::Bool(truth) => Held::Bool(*truth),
            Value::Number(number) => Held::Number(number.as_i64()?),
            Value::String(text) => Held::given(text),
            Value::Array(_) | Value::Object(_) => Held::Data(value),
        })
    }

    /// The items of a list; nothing if it is none, or has an item that rules cannot use.
    pub(super) fn items(&self) -> Option<Rc<Vec<Held<'v>>>> {
        match self {
            Held::List(items) => Some(items.clone()),
            Held::Data(Value::Array(items)) => {
                items.iter().map(Held::of).collect::<Option<Vec<_>>>().map(Rc::new)
            }
            _ => None,
        }
    }

    /// As a result: objects are ordered by name.
    pub(super) fn into_json(self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        Some(match self {
            Held::Null => Value::Null,
            Held::Bool(truth) => Value::Bool(truth),
            Held::Number(number) => Value::from(number),
            Held::Text(text) => Value::String(text.into_string(0)),
            Held::Data(value) => return ordered(value, depth),
            Held::List(items) => {
                let items = Rc::try_unwrap(items).unwrap_or_else(|shared| Vec::clone(&shared));
                items.into_iter().map(|item| item.into_json(depth + 1)).collect::<Option<_>>()?
            }
            Held::Object(members) => {
                let members = Rc::try_unwrap(members).unwrap_or_else(|shared| Vec::clone(&shared));
                let mut object = Map::with_capacity(members.len());
                for (name, value) in members {
                    object.insert(name.into_string(0), value.into_json(depth + 1)?);
                }
                Value::Object(object)
            }
        })
    }
}

fn ordered(value: &Value, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match value {
        Value::Array(items) => {
            items.iter().map(|item| ordered(item, depth + 1)).collect::<Option<Vec<_>>>()?.into()
        }
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            let mut object = Map::with_capacity(sorted.len());
            for (name, value) in sorted {
                object.insert(name.clone(), ordered(value, depth + 1)?);
            }
            Value::Object(object)
        }
        other => other.clone(),
    })
}

//! Evaluates a tree.

use std::rc::Rc;

use rhai::Scope;
use serde_json::Value;

use super::held::{Held, Size, Text, member};
use super::{Direct, Function, Link, LinkKind, Node, Operator};
use crate::convert::MAX_DEPTH;
use crate::data::{Node as Data, Vars};
use crate::expression::contains;
use crate::sandbox::{Beside, Sealed};
use crate::variables::{Analysis, Slot};
use crate::work::{BYTES_PER_OPERATION, ELEMENTS_PER_OPERATION};

/// Why there is no value to go on with.
pub(super) enum Stop<'v> {
    /// Only rhai knows.
    NoAnswer,
    /// The rule or the function says `return`.
    Return(Held<'v>),
}

pub(super) type Found<'v> = Result<Held<'v>, Stop<'v>>;

pub(super) fn no_answer<T>(found: Option<T>) -> Result<T, Stop<'static>> {
    found.ok_or(Stop::NoAnswer)
}

/// So many operations of rhai are at most one node here.
const OPERATIONS_PER_NODE: usize = 4;

pub(super) struct Machine<'v> {
    direct: &'v Direct,
    analysis: &'v Analysis,
    vars: &'v Vars<'v>,
    pub(super) sealed: &'v Sealed,
    /// What was read already.
    slots: Vec<Option<Held<'v>>>,
    /// The values of the functions in progress, one behind the other.
    locals: Vec<Held<'v>>,
    /// Where those of the innermost function begin.
    base: usize,
    calls: usize,
    nodes: usize,
    read: Size,
}

impl<'v> Machine<'v> {
    pub(super) fn new(
        direct: &'v Direct,
        analysis: &'v Analysis,
        vars: &'v Vars<'v>,
        sealed: &'v Sealed,
    ) -> Self {
        Machine {
            direct,
            analysis,
            vars,
            sealed,
            slots: vec![None; analysis.slots.len()],
            locals: vec![Held::Null; direct.main.locals],
            base: 0,
            calls: 0,
            nodes: 0,
            read: Size::default(),
        }
    }

    pub(super) fn result(mut self) -> Option<Value> {
        let direct = self.direct;
        match self.eval(&direct.main.body) {
            Ok(held) | Err(Stop::Return(held)) => held.into_json(0),
            Err(Stop::NoAnswer) => None,
        }
    }

    pub(super) fn eval(&mut self, node: &'v Node) -> Found<'v> {
        self.count(1)?;
        match node {
            Node::Null => Ok(Held::Null),
            Node::Bool(truth) => Ok(Held::Bool(*truth)),
            Node::Number(number) => Ok(Held::Number(*number)),
            Node::Text(text) => self.used(Held::given(text)),
            Node::Slot(slot) => self.slot(*slot),
            Node::Local(local) => {
                let held = self.locals[self.base + local].clone();
                self.used(held)
            }
            Node::List(items) => Ok(Held::list(self.all(items)?)),
            Node::Object(members) => self.object(members),
            Node::And(parts) => self.connected(parts, true),
            Node::Or(parts) => self.connected(parts, false),
            Node::Coalesce(parts) => {
                for part in parts {
                    let held = self.eval(part)?;
                    if !matches!(held, Held::Null) {
                        return Ok(held);
                    }
                }
                Ok(Held::Null)
            }
            Node::Not(part) => Ok(Held::Bool(!self.truth(part)?)),
            Node::Negated(part) => match self.eval(part)? {
                Held::Number(number) => Ok(Held::Number(no_answer(number.checked_neg())?)),
                _ => Err(Stop::NoAnswer),
            },
            Node::Binary(operator, sides) => {
                let left = self.eval(&sides.0)?;
                let right = self.eval(&sides.1)?;
                operate(*operator, left, &right)
            }
            Node::Chain(base, links) => self.chain(base, links),
            Node::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                if self.truth(condition)? { self.eval(then) } else { self.eval(otherwise) }
            }
            Node::Block(statements) => {
                let mut last = Held::Null;
                for statement in statements {
                    last = self.eval(statement)?;
                }
                Ok(last)
            }
            Node::Call(function, arguments) => {
                let arguments = self.all(arguments)?;
                let function = &self.direct.functions[*function];
                self.call(function, arguments)
            }
            _ => self.change(node),
        }
    }

    /// What changes variables or the course.
    fn change(&mut self, node: &'v Node) -> Found<'v> {
        match node {
            Node::Let(local, value) => {
                let value = self.eval(value)?;
                self.locals[self.base + local] = value;
            }
            Node::Assign(place, operator, value) => {
                let value = self.eval(value)?;
                let there = match place.names.split_last() {
                    // A name that is new to an object is given to it.
                    Some((last, names)) if operator.is_none() => {
                        let object = self.place(place.local, names)?;
                        return set(object, Text::Given(last), value);
                    }
                    _ => self.place(place.local, &place.names)?,
                };
                *there = match operator {
                    None => value,
                    // Taken out, so that a text which nobody else has is added to where it lies.
                    Some(operator) => operate(*operator, std::mem::replace(there, Held::Null), &value)?,
                };
            }
            Node::Set(place, parts) => {
                let Held::Text(name) = self.eval(&parts.0)? else { return Err(Stop::NoAnswer) };
                let value = self.eval(&parts.1)?;
                return set(self.place(place.local, &place.names)?, name, value);
            }
            Node::Push(place, item) => {
                let item = self.eval(item)?;
                let there = self.place(place.local, &place.names)?;
                let items = no_answer(there.items())?;
                *there = Held::Null;
                let mut items = Rc::try_unwrap(items).unwrap_or_else(|shared| Vec::clone(&shared));
                items.push(item);
                *there = Held::list(items);
            }
            Node::Trim(place) => {
                let there = self.place(place.local, &place.names)?;
                let Held::Text(text) = &*there else { return Err(Stop::NoAnswer) };
                let trimmed = text.as_str().trim();
                if trimmed.len() < text.as_str().len() {
                    *there = Held::made(trimmed.to_owned());
                }
            }
            Node::For(local, parts) => {
                let (list, body) = &**parts;
                let list = self.eval(list)?;
                let items = no_answer(list.items())?;
                for item in items.iter() {
                    self.count(1)?;
                    let local = self.base + local;
                    self.locals[local] = item.clone();
                    self.eval(body)?;
                }
            }
            Node::Return(value) => return Err(Stop::Return(self.eval(value)?)),
            _ => return Err(Stop::NoAnswer),
        }
        Ok(Held::Null)
    }

    /// What is to be changed.
    fn place(&mut self, local: usize, names: &[Box<str>]) -> Result<&mut Held<'v>, Stop<'v>> {
        let mut held = &mut self.locals[self.base + local];
        for name in names {
            let Held::Object(members) = held else { return Err(Stop::NoAnswer) };
            let place = member(members, name).map_err(|_| Stop::NoAnswer)?;
            held = &mut Rc::make_mut(members)[place].1;
        }
        Ok(held)
    }

    /// Whether a limit of rhai may be near.
    pub(super) fn count(&mut self, nodes: usize) -> Result<(), Stop<'v>> {
        self.nodes += nodes;
        let limits = &self.sealed.limits;
        let operations = self.nodes * OPERATIONS_PER_NODE
            + self.read.elements / ELEMENTS_PER_OPERATION
            + self.read.bytes / BYTES_PER_OPERATION;
        let near = operations as u64 > limits.operations
            || self.read.bytes > limits.string_bytes
            || self.read.elements > limits.array_items.min(limits.map_entries)
            || self.read.depth > MAX_DEPTH;
        if near { Err(Stop::NoAnswer) } else { Ok(()) }
    }

    /// Notes how large a value is each time it is used: so none can be larger than all that was noted.
    pub(super) fn used(&mut self, held: Held<'v>) -> Found<'v> {
        self.read.add(&held, 0);
        if !matches!(held, Held::Null | Held::Bool(_) | Held::Number(_)) {
            self.count(0)?;
        }
        Ok(held)
    }

    fn slot(&mut self, slot: usize) -> Found<'v> {
        if let Some(Some(held)) = self.slots.get(slot) {
            let held = held.clone();
            return self.used(held);
        }
        let held = match &self.analysis.slots[slot] {
            Slot::Path(read) => match self.analysis.reads[*read].resolve(self.vars) {
                Ok(Some(Data::Value(value))) => no_answer(Held::of(value))?,
                Ok(None) => Held::Null,
                Ok(Some(Data::Members(_))) | Err(_) => return Err(Stop::NoAnswer),
            },
            Slot::Contains(read, wanted) => {
                let node = self.analysis.reads[*read].resolve(self.vars).map_err(|_| Stop::NoAnswer)?;
                let node = node.unwrap_or(Data::Value(&Value::Null));
                Held::Bool(contains(node, wanted).map_err(|_| Stop::NoAnswer)?)
            }
            Slot::Part(_) => return Err(Stop::NoAnswer),
        };
        self.slots[slot] = Some(held.clone());
        self.used(held)
    }

    fn all(&mut self, nodes: &'v [Node]) -> Result<Vec<Held<'v>>, Stop<'v>> {
        nodes.iter().map(|node| self.eval(node)).collect()
    }

    fn object(&mut self, members: &'v [(Box<str>, Node)]) -> Found<'v> {
        let mut object = Vec::with_capacity(members.len());
        for (name, value) in members {
            object.push((Text::Given(name), self.eval(value)?));
        }
        object.sort_unstable_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        Ok(Held::Object(Rc::new(object)))
    }

    fn connected(&mut self, parts: &'v [Node], all: bool) -> Found<'v> {
        for part in parts {
            if self.truth(part)? != all {
                return Ok(Held::Bool(!all));
            }
        }
        Ok(Held::Bool(all))
    }

    fn truth(&mut self, node: &'v Node) -> Result<bool, Stop<'v>> {
        match self.eval(node)? {
            Held::Bool(truth) => Ok(truth),
            _ => Err(Stop::NoAnswer),
        }
    }

    pub(super) fn call(&mut self, function: &'v Function, arguments: Vec<Held<'v>>) -> Found<'v> {
        // A call by a function of rhai counts more than once there.
        if (self.calls + 1) * 2 > self.sealed.limits.call_depth {
            return Err(Stop::NoAnswer);
        }
        let before = self.base;
        let begin = self.locals.len();
        self.locals.extend(arguments);
        self.locals.resize(begin + function.locals, Held::Null);
        self.base = begin;
        self.calls += 1;
        let result = match self.eval(&function.body) {
            Err(Stop::Return(held)) => Ok(held),
            other => other,
        };
        self.calls -= 1;
        self.locals.truncate(begin);
        self.base = before;
        result
    }

    fn chain(&mut self, base: &'v Node, links: &'v [Link]) -> Found<'v> {
        // As rhai does: what stands in brackets first.
        let mut arguments = Vec::new();
        for link in links {
            arguments.extend(self.all(&link.arguments)?);
        }
        let mut arguments = arguments.into_iter();
        let mut held = self.eval(base)?;
        for link in links {
            if link.null_safe && matches!(held, Held::Null) {
                return Ok(Held::Null);
            }
            self.count(1)?;
            held = match &link.kind {
                LinkKind::Property(name, optional) => property(held, name, *optional)?,
                LinkKind::Index => index(held, arguments.next())?,
                LinkKind::Method(method) => {
                    let given: Vec<Held> = arguments.by_ref().take(link.arguments.len()).collect();
                    let made = self.method(*method, &held, &given)?;
                    self.used(made)?
                }
                LinkKind::Through(through, function) => {
                    let function = &self.direct.functions[*function];
                    self.through(*through, &held, function)?
                }
                LinkKind::Native(statement) => {
                    let given = arguments.by_ref().take(link.arguments.len());
                    let values = std::iter::once(held).chain(given).collect();
                    let made = self.native(statement, values)?;
                    self.used(made)?
                }
            };
        }
        Ok(held)
    }

    /// Lets rhai call a function. It gets its values as constants, so that it cannot change them unseen.
    fn native(&mut self, statement: &rhai::Stmt, values: Vec<Held<'v>>) -> Found<'v> {
        let limits = &self.sealed.limits;
        let mut scope = Scope::new();
        for (index, held) in values.into_iter().enumerate() {
            let value = no_answer(super::methods::to_rhai(held, limits))?;
            scope.push_constant_dynamic(crate::variables::slot_name(index), value);
        }
        let statements = std::slice::from_ref(statement);
        let (result, operations) = self.sealed.run(&mut scope, statements, Beside::default());
        self.count(usize::try_from(operations).unwrap_or(usize::MAX / 8))?;
        no_answer(result.ok().and_then(super::methods::from_rhai))
    }
}

fn set<'v>(object: &mut Held<'v>, name: Text<'v>, value: Held<'v>) -> Found<'v> {
    let Held::Object(members) = object else { return Err(Stop::NoAnswer) };
    let members = Rc::make_mut(members);
    match member(members, name.as_str()) {
        Ok(place) => members[place].1 = value,
        Err(place) => members.insert(place, (name, value)),
    }
    Ok(Held::Null)
}

fn property<'v>(object: Held<'v>, name: &str, optional: bool) -> Found<'v> {
    let found = match &object {
        Held::Data(Value::Object(members)) => match members.get(name) {
            Some(value) => Some(no_answer(Held::of(value))?),
            None => None,
        },
        Held::Object(members) => member(members, name).ok().map(|place| members[place].1.clone()),
        _ => return Err(Stop::NoAnswer),
    };
    match found {
        Some(value) => Ok(value),
        None if optional => Ok(Held::Null),
        None => Err(Stop::NoAnswer),
    }
}

fn index<'v>(held: Held<'v>, index: Option<Held<'v>>) -> Found<'v> {
    match index {
        Some(Held::Text(name)) => property(held, name.as_str(), false),
        Some(Held::Number(index)) => {
            let length = match &held {
                Held::Data(Value::Array(items)) => items.len(),
                Held::List(items) => items.len(),
                _ => return Err(Stop::NoAnswer),
            };
            let away = usize::try_from(index.unsigned_abs()).map_err(|_| Stop::NoAnswer)?;
            let place = if index < 0 { length.checked_sub(away) } else { Some(away) };
            let place = no_answer(place)?;
            no_answer(match held {
                Held::Data(Value::Array(items)) => items.get(place).and_then(Held::of),
                Held::List(items) => items.get(place).cloned(),
                _ => None,
            })
        }
        _ => Err(Stop::NoAnswer),
    }
}

fn operate<'v>(operator: Operator, left: Held<'v>, right: &Held<'v>) -> Found<'v> {
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

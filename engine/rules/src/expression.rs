//! Compiled rules and their evaluation.

use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Map, Module, Position, Scope, Stmt};
use serde_json::Value;

use crate::convert::{integer, json_kind, to_json, to_rhai};
use crate::data::{Node, Vars};
use crate::direct::Direct;
use crate::error::{RuleCode, RuleError, Text};
use crate::fault::rule_error;
use crate::functions::Answer;
use crate::limits::Limits;
use crate::operators::operands_of;
use crate::path::{Segment, VariablePath};
use crate::sandbox::{Beside, Sandbox};
use crate::variables::{Analysis, Slot, slot_name};

/// A single expression, compiled once and evaluated many times, from any thread.
#[derive(Clone)]
pub struct Expression {
    pub(crate) program: Program,
}

/// A script of statements and functions; its last value is its result.
#[derive(Clone)]
pub struct Script {
    pub(crate) program: Program,
    pub(crate) text: Arc<str>,
}

impl Script {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

macro_rules! rule {
    ($rule:ident) => {
        impl $rule {
            /// The data that it reads, each occurrence with its place.
            pub fn variables(&self) -> &[VariablePath] {
                &self.program.analysis.reads
            }

            pub fn eval(&self, vars: &Vars) -> Result<Value, RuleError> {
                self.program.eval(vars)
            }

            /// For conditions: anything but true or false is an error.
            pub fn eval_bool(&self, vars: &Vars) -> Result<bool, RuleError> {
                self.program.eval_bool(vars)
            }
        }

        impl std::fmt::Debug for $rule {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let reads = self.variables().iter().map(ToString::to_string);
                f.debug_tuple(stringify!($rule)).field(&reads.collect::<Vec<_>>()).finish()
            }
        }
    };
}

rule!(Expression);
rule!(Script);

impl Expression {
    /// The path, if the expression is nothing but one.
    pub(crate) fn as_path(&self) -> Option<&VariablePath> {
        let read = self.program.path?;
        Some(&self.program.analysis.reads[read])
    }
}

#[derive(Clone)]
pub(crate) struct Program {
    pub sandbox: Sandbox,
    pub analysis: Arc<Analysis>,
    statements: Arc<[Stmt]>,
    functions: Option<Arc<Module>>,
    /// The tag of an evaluation that expects properties to be missing.
    expected: Option<Dynamic>,
    /// The only thing that the rule does is to read this path.
    path: Option<usize>,
    pub direct: Option<Arc<Direct>>,
}

impl Program {
    pub(crate) fn new(
        sandbox: Sandbox,
        functions: Arc<Module>,
        mut analysis: Analysis,
        statements: Vec<Stmt>,
        direct: Option<Direct>,
    ) -> Self {
        let optional = std::mem::take(&mut analysis.optional_properties);
        let assigned = std::mem::take(&mut analysis.assigned_properties);
        let expects = !optional.is_empty() || !assigned.is_empty();
        let expected = expects.then(|| Dynamic::from(Expected(Arc::new((optional, assigned)))));
        let path = match (&statements[..], &analysis.slots[..]) {
            ([Stmt::Expr(expression)], [Slot::Path(read)]) if matches!(&**expression, rhai::Expr::Variable(name, _, _) if name.1 == slot_name(0)) => {
                Some(*read)
            }
            _ => None,
        };
        Self {
            sandbox,
            analysis: Arc::new(analysis),
            statements: statements.into(),
            functions: (!functions.is_empty()).then_some(functions),
            expected,
            path,
            direct: direct.map(Arc::new),
        }
    }

    fn eval(&self, vars: &Vars) -> Result<Value, RuleError> {
        if let Some(read) = self.path
            && let Some(value) = plain_value(&self.analysis.reads[read], vars)?
        {
            return Ok(value);
        }
        match self.direct(vars) {
            Some(answer) => Ok(answer),
            None => self.by_rhai(vars),
        }
    }

    fn eval_bool(&self, vars: &Vars) -> Result<bool, RuleError> {
        if let Some(read) = self.path
            && let Some(Node::Value(Value::Bool(truth))) = self.analysis.reads[read].resolve(vars)?
        {
            return Ok(*truth);
        }
        let result = self.eval(vars)?;
        if let Some(truth) = result.as_bool() {
            return Ok(truth);
        }
        let kind = json_kind(&result);
        Err(RuleError::new(
            RuleCode::WrongType,
            Text::new(
                format!("a condition must be true or false; this is {}", kind.en),
                format!("Eine Bedingung muss wahr oder falsch ergeben; hier ergibt sich: {}", kind.de),
            ),
        ))
    }

    /// The answer of the tree of our own, if it has one; see [`crate::direct`].
    fn direct(&self, vars: &Vars) -> Option<Value> {
        let answer = self.direct.as_ref()?.eval(&self.analysis, vars, &self.sandbox.inner)?;
        if cfg!(debug_assertions) {
            // Written out, for the order of names counts.
            let by_rhai = self.by_rhai(vars).map(|value| value.to_string());
            assert_eq!(by_rhai, Ok(answer.to_string()), "{:?}", self.direct);
        }
        Some(answer)
    }

    pub(crate) fn by_rhai(&self, vars: &Vars) -> Result<Value, RuleError> {
        to_json(self.run(vars)?)
    }

    fn run(&self, vars: &Vars) -> Result<Dynamic, RuleError> {
        let sealed = &self.sandbox.inner;
        let mut scope = Scope::new();
        for (index, slot) in self.analysis.slots.iter().enumerate() {
            // A value that cannot be had matters only if the rule comes to read it; then
            // the variable is not found, and the reason is looked up again.
            if let Ok(value) = self.analysis.slot_value(slot, vars, &sealed.limits) {
                scope.push_constant_dynamic(slot_name(index), value);
            }
        }
        let beside = Beside { functions: self.functions.as_ref(), expected: self.expected.as_ref() };
        let (result, _) = sealed.run(&mut scope, &self.statements, beside);
        result.map_err(|error| rule_error(*error, &self.analysis, vars, &sealed.limits))
    }
}

impl Analysis {
    pub(crate) fn slot_value(&self, slot: &Slot, vars: &Vars, limits: &Limits) -> Result<Dynamic, RuleError> {
        match slot {
            Slot::Path(read) => path_value(&self.reads[*read], vars, limits),
            Slot::Part(reads) => {
                let paths = || reads.iter().map(|read| &self.reads[*read]);
                if let Some(whole) = paths().find(|path| path.segments.len() == 1) {
                    return path_value(whole, vars, limits);
                }
                let mut part = Dynamic::from_map(rhai::Map::new());
                for path in paths() {
                    // As above: what cannot be had is left out.
                    if let Ok(Some(node)) = path.resolve(vars)
                        && let Ok(value) = to_rhai(node, limits)
                    {
                        insert(&mut part, &path.segments[1..], value);
                    }
                }
                Ok(part)
            }
            Slot::Contains(read, wanted) => {
                let node = self.reads[*read].resolve(vars)?;
                contains(node.unwrap_or(Node::Value(&Value::Null)), wanted).map(Dynamic::from_bool)
            }
        }
    }
}

pub(crate) fn path_value(path: &VariablePath, vars: &Vars, limits: &Limits) -> Result<Dynamic, RuleError> {
    match path.resolve(vars)? {
        Some(node) => {
            let last = path.segments.len() - 1;
            to_rhai(node, limits).map_err(|error| error.at(path.segments[last].place))
        }
        None => Ok(Dynamic::UNIT),
    }
}

/// Puts a value into nested maps at the path below its root.
fn insert(part: &mut Dynamic, below: &[Segment], value: Dynamic) {
    let Some((first, below)) = below.split_first() else {
        // Read once as a whole and once in part: the whole has every part.
        *part = value;
        return;
    };
    if part.is_unit() {
        *part = Dynamic::from_map(rhai::Map::new());
    }
    if let Some(mut map) = part.write_lock::<rhai::Map>() {
        insert(map.entry(first.name.as_str().into()).or_insert(Dynamic::UNIT), below, value);
    }
}

/// What `in` means to rhai, for a name or text that is looked for.
pub(crate) fn contains(node: Node, wanted: &str) -> Result<bool, RuleError> {
    let value = match node {
        Node::Members(_) | Node::Value(Value::Object(_)) => {
            return Ok(matches!(node.member(wanted), Some(Some(_))));
        }
        Node::Value(value) => value,
    };
    match value {
        Value::String(text) => return Ok(text.contains(wanted)),
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::String(text) if text == wanted => return Ok(true),
                    Value::String(_) | Value::Null => {}
                    other => return Err(operands_of("==", other, &Value::from(wanted))),
                }
            }
            return Ok(false);
        }
        _ => {}
    }
    let kind = json_kind(value);
    Err(RuleError::new(
        RuleCode::WrongType,
        Text::new(
            format!("`in` looks into objects, lists and texts; this is {}", kind.en),
            format!("`in` sucht in Objekten, Listen und Texten; hier steht: {}", kind.de),
        ),
    ))
}

/// The value of a path without rhai, if it is no list or object.
fn plain_value(path: &VariablePath, vars: &Vars) -> Result<Option<Value>, RuleError> {
    let last = path.segments.len() - 1;
    Ok(match path.resolve(vars)? {
        None | Some(Node::Value(Value::Null)) => Some(Value::Null),
        Some(Node::Value(Value::Number(number))) => {
            let number = integer(number).map_err(|error| error.at(path.segments[last].place))?;
            Some(Value::from(number))
        }
        Some(Node::Value(value @ (Value::Bool(_) | Value::String(_)))) => Some(value.clone()),
        Some(_) => None,
    })
}

/// The names of properties which a rule expects to be missing at times, and which it
/// assigns itself.
#[derive(Clone)]
struct Expected(Arc<(BTreeSet<String>, BTreeSet<String>)>);

/// A missing property is an error, unless the rule says what to do then.
pub(crate) fn allow_expected_properties(engine: &mut Engine) {
    engine.on_map_missing_property(|map, name, context| {
        if let Some(expected) = context.tag().read_lock::<Expected>() {
            let (optional, assigned) = &*expected.0;
            if assigned.contains(name) {
                return map.entry(name.into()).or_insert(Dynamic::UNIT).try_into();
            }
            if optional.contains(name) {
                return Ok(Dynamic::UNIT.into());
            }
        }
        // This error, and no other, makes an assignment ask for the index setter; whoever only reads gets it as it
        // is, and `fault` says what it means.
        Err(EvalAltResult::ErrorIndexingType(format!("{MISSING}{name}"), Position::NONE).into())
    });
    // rhai refuses indexers of objects, but not of any value. They are asked only where rhai itself cannot help.
    engine
        .register_fn(INDEX_SET, |object: &mut Dynamic, key: ImmutableString, value: Dynamic| {
            let Some(mut map) = object.write_lock::<Map>() else { return Err(no_index(&key)) };
            map.insert(key.as_str().into(), value);
            Ok(()) as Answer<()>
        })
        // `found[key] += 1`: there is nothing yet to add to, which the operator then says.
        .register_fn(
            INDEX_GET,
            |object: &mut Dynamic, key: ImmutableString| {
                if object.is_map() { Ok(()) as Answer<()> } else { Err(no_index(&key)) }
            },
        );
}

/// How rhai calls what `object[key] = value` and `object[key]` do; no designer can write it.
const INDEX_SET: &str = "index$set$";
const INDEX_GET: &str = "index$get$";
/// Begins the name of a missing property in an error of rhai.
pub(crate) const MISSING: char = '§';

fn no_index(key: &str) -> Box<EvalAltResult> {
    EvalAltResult::ErrorIndexingType(key.to_string(), Position::NONE).into()
}

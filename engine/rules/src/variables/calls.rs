//! Calls of functions: do they exist, may they be called, and what do closures capture?

use rhai::{AST, Expr, FnCallExpr, FnPtr, Position, Stmt};

use super::Slot;
use super::chain::slot_variable;
use super::walk::{Binding, Walker};
use crate::error::{RuleCode, RuleError, Text};

/// Functions that take a function as their first argument after the object. Functions
/// are handed over only to these: a function in a variable could be put into the list
/// that it captured, and such a circle is never freed.
const TAKES_FUNCTION: [&str; 9] =
    ["all", "filter", "find", "index_of", "map", "order", "reduce", "some", "sort"];

/// What rhai offers and the sandbox takes away: functions as values, looking at the script
/// itself, output, bytes; and `for_each`, whose parameter is the index, not the element.
const FORBIDDEN: [&str; 11] = [
    "Fn",
    "call",
    "curry",
    "debug",
    "eval",
    "for_each",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "print",
    "to_blob",
];

impl Walker<'_> {
    pub(super) fn call(&mut self, call: &mut FnCallExpr, position: Position, method: bool) {
        let name = call.name.to_string();
        if !call.is_operator_call() {
            self.check_function(&name, call.args.len(), method, call.capture_parent_scope, position);
        }
        let place_of_function = usize::from(!method);
        for (index, argument) in call.args.iter_mut().enumerate() {
            match as_closure(argument) {
                Some(closure) if index == place_of_function && takes_function(&name) => {
                    self.closure(argument, closure);
                }
                None if index == place_of_function
                    && takes_function(&name)
                    && self.names_function(argument) => {}
                _ => self.expression(argument, false),
            }
        }
    }

    pub(super) fn names_function(&self, expression: &Expr) -> bool {
        matches!(expression, Expr::Variable(name, _, _)
            if matches!(self.binding(&name.1), Binding::Function))
    }

    pub(super) fn check_function(
        &mut self,
        name: &str,
        arguments: usize,
        method: bool,
        captures_scope: bool,
        position: Position,
    ) {
        if FORBIDDEN.contains(&name) || captures_scope {
            let help = (name == "for_each").then(|| {
                Text::new(
                    "write a loop: `for entry in list { … }`",
                    "Schreiben Sie eine Schleife: `for eintrag in liste { … }`",
                )
            });
            return self.not_allowed(name, position, help);
        }
        if self.defined.iter().any(|own| own.name == name && own.params.len() == arguments) {
            return;
        }
        let given = arguments + usize::from(method);
        let error = match self.functions.get(name) {
            Some(possible) if possible.contains(&given) => return,
            None if !self.defines(name) => {
                let own = self.defined.iter().map(|function| function.name.as_str());
                let known = self.functions.keys().map(String::as_str).chain(own);
                RuleError::new(
                    RuleCode::UnknownFunction,
                    Text::new(
                        format!("there is no function `{name}`"),
                        format!("Die Funktion `{name}` gibt es nicht"),
                    ),
                )
                .did_you_mean(name, known.filter(|name| is_callable(name)))
            }
            _ => RuleError::new(
                RuleCode::UnknownFunction,
                Text::new(
                    format!("`{name}` does not take {arguments} argument(s)"),
                    format!("`{name}` lässt sich nicht mit {arguments} Angabe(n) aufrufen"),
                ),
            ),
        };
        self.refuse(error, position);
    }

    /// A closure as the argument of a function that takes one.
    pub(super) fn closure(&mut self, expression: &mut Expr, closure: Closure) {
        let defined = self.defined.iter().find(|function| function.name == closure.name);
        let Some(defined) = defined else { return };
        let is_data: Vec<bool> = closure
            .captured
            .iter()
            .map(|(name, position)| match self.binding(name) {
                Binding::Data => true,
                Binding::Unknown => {
                    self.out_of_sight(name, *position);
                    true
                }
                Binding::Local | Binding::Function => false,
            })
            .collect();
        if *self.captured.entry(closure.name.clone()).or_insert_with(|| is_data.clone()) != is_data {
            let error = RuleError::new(
                RuleCode::NotAllowed,
                Text::new(
                    "the same function text means a variable here and case data elsewhere",
                    "Derselbe Funktionstext meint hier eine Variable und an anderer Stelle Daten des Vorgangs",
                ),
            )
            .help("give the variable another name", "Geben Sie der Variablen einen anderen Namen");
            return self.refuse(error, expression.position());
        }
        let is_local = |name: &String| {
            let captured = closure.captured.iter().position(|(captured, _)| captured == name);
            captured.is_none_or(|index| !is_data[index])
        };
        let locals: Vec<String> = defined.params.iter().filter(|name| is_local(name)).cloned().collect();
        let first_read = self.found.reads.len();
        self.function_depth += 1;
        self.function(&locals, defined.body.clone());
        self.function_depth -= 1;
        if self.function_depth > 0 || !is_data.contains(&true) {
            return;
        }
        let slots: Vec<Option<usize>> = closure
            .captured
            .iter()
            .zip(&is_data)
            .map(|((name, _), is_data)| is_data.then(|| self.part(name, first_read)))
            .collect();
        hand_over(expression, &slots);
    }

    /// A slot with what was read of a root since `first_read`.
    pub(super) fn part(&mut self, root: &str, first_read: usize) -> usize {
        let reads = (first_read..self.found.reads.len())
            .filter(|&index| self.found.reads[index].root() == root)
            .collect();
        self.slot(Slot::Part(reads))
    }
}

/// Registered names that are no functions to a designer: operators, getters.
fn is_callable(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn takes_function(name: &str) -> bool {
    TAKES_FUNCTION.contains(&name)
}

pub(crate) struct Closure {
    name: String,
    captured: Vec<(String, Position)>,
}

impl Closure {
    /// The name of its function, if it captures nothing.
    pub(crate) fn plain(self) -> Option<String> {
        self.captured.is_empty().then_some(self.name)
    }
}

/// A closure is a function pointer, or a block that shares what it captures and binds it.
pub(crate) fn as_closure(expression: &Expr) -> Option<Closure> {
    match expression {
        Expr::DynamicConstant(value, _) => {
            let pointer = value.read_lock::<FnPtr>()?;
            Some(Closure { name: pointer.fn_name().to_string(), captured: Vec::new() })
        }
        Expr::Stmt(block) => {
            let [Stmt::Share(_), Stmt::Expr(bound)] = block.statements() else { return None };
            let Expr::FnCall(call, _) = &**bound else { return None };
            let (pointer, captured) = call.args.split_first()?;
            let mut closure = as_closure(pointer)?;
            closure.captured = captured
                .iter()
                .filter_map(|argument| match argument {
                    Expr::Variable(name, _, position) => Some((name.1.to_string(), *position)),
                    _ => None,
                })
                .collect();
            Some(closure)
        }
        _ => None,
    }
}

/// The parameter and the body of a closure that takes one value and is one expression.
pub(crate) fn closure_of(ast: &AST, expression: &Expr) -> Option<(String, Expr)> {
    let closure = as_closure(expression)?;
    let defined = ast.iter_fn_def().find(|function| *function.name == closure.name)?;
    let entry = match &defined.params[closure.captured.len()..] {
        [entry] => entry.to_string(),
        _ => return None,
    };
    match &super::body_of(ast, &closure.name, defined.params.len())[..] {
        [Stmt::Expr(body)] => Some((entry, (**body).clone())),
        _ => None,
    }
}

/// Gives captured case data to a closure by value: rhai would share the variable and
/// then refuse to read it while a method of the same variable runs.
fn hand_over(expression: &mut Expr, slots: &[Option<usize>]) {
    let Expr::Stmt(block) = expression else { return };
    let statements = block.statements_mut();
    if let Some(Stmt::Expr(bound)) = statements.get_mut(1)
        && let Expr::FnCall(call, _) = &mut **bound
    {
        for (argument, slot) in call.args.iter_mut().skip(1).zip(slots) {
            if let Some(slot) = slot {
                *argument = slot_variable(*slot, argument.position());
            }
        }
    }
    let mut keep = slots.iter().map(Option::is_none);
    if let Some(Stmt::Share(shared)) = statements.first_mut() {
        shared.retain(|_| keep.next().unwrap_or(true));
        if shared.is_empty() {
            statements.remove(0);
        }
    }
}

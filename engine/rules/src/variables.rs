//! Walks the syntax tree of a rule: which data does it read, which functions does it
//! call, and does it stay within what the sandbox allows?
//!
//! The walk also replaces every static data path by one variable of its own (a *slot*),
//! so that an evaluation converts exactly the values that the rule reads, and a missing
//! property is noticed with its whole path. The body of a closure cannot be replaced;
//! what it captures of the case data becomes a slot that holds only the properties
//! which the body reads.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTFlags, ASTNode, BinaryExpr, Expr, FnCallExpr, FnPtr, Position, Stmt, StmtBlock};

use crate::error::{Limit, Place, RuleCode, RuleError, Text};
use crate::path::{Segment, VariablePath};

/// What an evaluation puts into the scope before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The value of one path: index into [`Analysis::reads`].
    Path(usize),
    /// An object with the properties of one root that closures read: indices into `reads`.
    Part(Vec<usize>),
    /// Whether the value of a path contains a name or text, without converting it.
    Contains(usize, String),
}

/// The name of a slot as a variable; no designer can write it.
pub(crate) fn slot_name(index: usize) -> String {
    format!("§{index}")
}

pub(crate) fn slot_index(name: &str) -> Option<usize> {
    name.strip_prefix('§')?.parse().ok()
}

#[derive(Debug, Default)]
pub(crate) struct Analysis {
    pub reads: Vec<VariablePath>,
    pub slots: Vec<Slot>,
    /// Properties of values that are only known at run time (`tree.height ?? 0` within a
    /// closure) which the rule expects to be missing at times.
    pub optional_properties: BTreeSet<String>,
    /// Properties that the rule gives to objects of its own (`result.fee = 3`).
    pub assigned_properties: BTreeSet<String>,
}

impl Analysis {
    pub(crate) fn slot_place(&self, slot: &Slot) -> Place {
        let read = match slot {
            Slot::Path(read) | Slot::Contains(read, _) => Some(read),
            Slot::Part(reads) => reads.first(),
        };
        read.map_or_else(Place::default, |read| self.reads[*read].place())
    }
}

/// The functions that a rule may call: name and possible numbers of arguments, the
/// object of a method call included.
pub(crate) type Functions = BTreeMap<String, BTreeSet<usize>>;

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

pub(crate) fn analyse(
    ast: &AST,
    functions: &Functions,
    max_slots: usize,
) -> Result<(Analysis, Vec<Stmt>), RuleError> {
    let defined: Vec<Defined> = ast
        .iter_fn_def()
        .map(|def| Defined {
            name: def.name.to_string(),
            params: def.params.iter().map(ToString::to_string).collect(),
            body: body_of(ast, &def.name, def.params.len()),
        })
        .collect();
    let mut walker = Walker {
        defined: &defined,
        functions,
        found: Analysis::default(),
        frames: Vec::new(),
        function_depth: 0,
        sees_data: true,
        captured: BTreeMap::new(),
        problem: None,
    };
    let mut statements = ast.statements().to_vec();
    walker.block(&mut statements);
    walker.sees_data = false;
    walker.function_depth = 1;
    for function in defined.iter().filter(|function| !is_closure(&function.name)) {
        walker.function(&function.params, function.body.clone());
    }
    if let Some(problem) = walker.problem {
        return Err(problem);
    }
    if walker.found.slots.len() > max_slots {
        return Err(RuleError::limit(Limit::Variables, max_slots));
    }
    Ok((walker.found, statements))
}

/// A function of the script.
struct Defined {
    name: String,
    params: Vec<String>,
    body: Vec<Stmt>,
}

/// rhai names closures `anon$…`.
fn is_closure(name: &str) -> bool {
    name.starts_with("anon$")
}

/// The statements of one function. The type of a function body has no public name, so
/// they are collected by walking a tree that has this function only.
fn body_of(ast: &AST, name: &str, params: usize) -> Vec<Stmt> {
    // Not `clone_functions_only_filtered`: in rhai 1.27 it keeps every function.
    let mut only = ast.clone_functions_only();
    only.retain_functions(|_, _, other, count| other == name && count == params);
    let mut body = Vec::new();
    only.walk(&mut |nodes| {
        if let [ASTNode::Stmt(statement)] = nodes {
            body.push((*statement).clone());
        }
        true
    });
    body
}

struct Walker<'a> {
    defined: &'a [Defined],
    functions: &'a Functions,
    found: Analysis,
    /// Local names; a frame that is a barrier hides all before it.
    frames: Vec<Frame>,
    /// How many function bodies we are in. Their trees are copies, nothing is replaced.
    function_depth: usize,
    /// Named functions see their parameters only.
    sees_data: bool,
    /// Which captured names of a closure are data; two closures of equal text are one
    /// function to rhai and must agree.
    captured: BTreeMap<String, Vec<bool>>,
    problem: Option<RuleError>,
}

struct Frame {
    barrier: bool,
    names: Vec<String>,
}

enum Binding {
    Local,
    Data,
    Function,
    Unknown,
}

impl Walker<'_> {
    /// Keeps the first problem; the designer mends one at a time.
    fn refuse(&mut self, error: RuleError, position: Position) {
        self.problem.get_or_insert(error.at(position.into()));
    }

    fn not_allowed(&mut self, name: &str, position: Position, help: Option<Text>) {
        let text = Text::new(
            format!("`{name}` is not available in rules"),
            format!("`{name}` steht in Regeln nicht zur Verfügung"),
        );
        self.refuse(RuleError { help, ..RuleError::new(RuleCode::NotAllowed, text) }, position);
    }

    fn binding(&self, name: &str) -> Binding {
        for frame in self.frames.iter().rev() {
            if frame.names.iter().any(|local| local == name) {
                return Binding::Local;
            }
            if frame.barrier {
                break;
            }
        }
        if self.defines(name) {
            Binding::Function
        } else if self.sees_data {
            Binding::Data
        } else {
            Binding::Unknown
        }
    }

    fn defines(&self, name: &str) -> bool {
        self.defined.iter().any(|function| function.name == name)
    }

    fn declare(&mut self, name: &str) {
        if let Some(frame) = self.frames.last_mut() {
            frame.names.push(name.to_string());
        }
    }

    fn block(&mut self, statements: &mut [Stmt]) {
        self.frames.push(Frame { barrier: false, names: Vec::new() });
        for statement in statements {
            self.statement(statement);
        }
        self.frames.pop();
    }

    fn body(&mut self, block: &mut StmtBlock, names: &[&str]) {
        let names = names.iter().map(ToString::to_string).collect();
        self.frames.push(Frame { barrier: false, names });
        self.block(block.statements_mut());
        self.frames.pop();
    }

    /// Walks a function body with nothing but its parameters in sight.
    fn function(&mut self, names: &[String], mut body: Vec<Stmt>) {
        self.frames.push(Frame { barrier: true, names: names.to_vec() });
        self.block(&mut body);
        self.frames.pop();
    }

    fn statement(&mut self, statement: &mut Stmt) {
        match statement {
            Stmt::If(flow, _) => {
                self.expression(&mut flow.expr, false);
                self.body(&mut flow.body, &[]);
                self.body(&mut flow.branch, &[]);
            }
            Stmt::Switch(switch, _) => {
                let (value, cases) = &mut **switch;
                self.expression(value, false);
                for BinaryExpr { lhs, rhs } in &mut cases.expressions {
                    self.expression(lhs, false);
                    self.expression(rhs, false);
                }
            }
            Stmt::While(flow, _) | Stmt::Do(flow, _, _) => {
                self.expression(&mut flow.expr, false);
                self.body(&mut flow.body, &[]);
            }
            Stmt::For(parts, _) => {
                let (item, counter, flow) = &mut **parts;
                self.expression(&mut flow.expr, false);
                let mut names = vec![item.name.as_str()];
                names.extend(counter.iter().map(|counter| counter.name.as_str()));
                self.body(&mut flow.body, &names);
            }
            Stmt::Var(parts, _, _) => {
                let (name, value, _) = &mut **parts;
                self.expression(value, false);
                self.declare(&name.name);
            }
            Stmt::Assignment(parts) => {
                let BinaryExpr { lhs, rhs } = &mut parts.1;
                self.assignment(lhs);
                self.expression(rhs, false);
            }
            Stmt::FnCall(call, position) => self.call(call, *position, false),
            Stmt::Block(block) => self.body(block, &[]),
            Stmt::TryCatch(_, position) => {
                let position = *position;
                self.not_allowed("try", position, Some(Text::new(
                    "an error in a rule becomes an incident that somebody sees; use `??` for what may be missing",
                    "Ein Fehler in einer Regel wird zur Störung, die jemand sieht; für Fehlendes gibt es `??`",
                )));
            }
            Stmt::Expr(expression) => self.expression(expression, false),
            Stmt::BreakLoop(Some(value), _, _) | Stmt::Return(Some(value), _, _) => {
                self.expression(value, false);
            }
            _ => {}
        }
    }

    fn assignment(&mut self, target: &mut Expr) {
        let root = match &*target {
            Expr::Dot(chain, _, _) | Expr::Index(chain, _, _) => &chain.lhs,
            other => other,
        };
        if let Expr::Variable(name, _, position) = root
            && !matches!(self.binding(&name.1), Binding::Local)
        {
            let name = name.1.to_string();
            let error = RuleError::new(
                RuleCode::ReadOnly,
                Text::new(
                    format!("`{name}` is data of the case; a rule cannot change it"),
                    format!("`{name}` gehört zu den Daten des Vorgangs; eine Regel kann sie nicht ändern"),
                ),
            )
            .help(
                format!("work on a copy: `let copy = {name};`"),
                format!("Arbeiten Sie mit einer Kopie: `let kopie = {name};`"),
            );
            return self.refuse(error, *position);
        }
        self.expression(target, false);
        if let Some(name) = last_property(target) {
            self.found.assigned_properties.insert(name.to_string());
        }
    }

    /// `optional`: the rule says what to use if the value is missing or null.
    fn expression(&mut self, expression: &mut Expr, optional: bool) {
        if as_closure(expression).is_some() {
            return self.misplaced_function(expression.position());
        }
        match expression {
            Expr::InterpolatedString(_, position) => {
                let position = *position;
                self.interpolation(position);
            }
            Expr::Array(parts, _) => {
                parts.iter_mut().for_each(|part| self.expression(part, false));
            }
            Expr::Map(entries, _) => {
                entries.0.iter_mut().for_each(|(_, value)| self.expression(value, false));
            }
            Expr::Variable(name, _, position) => {
                let (name, position) = (name.1.to_string(), *position);
                match self.binding(&name) {
                    Binding::Local => {}
                    Binding::Function => self.misplaced_function(position),
                    Binding::Unknown => self.out_of_sight(&name, position),
                    Binding::Data => {
                        let slot = self.read(VariablePath { segments: vec![segment(&name, position)] });
                        self.replace(expression, slot, position);
                    }
                }
            }
            // The value that a function is called on; how often it is copied is not counted.
            Expr::ThisPtr(position) => {
                let position = *position;
                self.not_allowed("this", position, None);
            }
            Expr::Stmt(block) => self.body(block, &[]),
            Expr::FnCall(call, position) => {
                let position = *position;
                match self.contains(call) {
                    Some(slot) => self.replace(expression, slot, position),
                    None => self.call(call, position, false),
                }
            }
            Expr::And(parts, _) | Expr::Or(parts, _) => {
                parts.iter_mut().for_each(|part| self.expression(part, false));
            }
            Expr::Coalesce(parts, _) => {
                let last = parts.len().saturating_sub(1);
                for (index, part) in parts.iter_mut().enumerate() {
                    self.expression(part, optional || index < last);
                }
            }
            Expr::Dot(..) | Expr::Index(..) => self.chain(expression, optional),
            _ => {}
        }
    }

    /// `a.b["c"].d(e)[f]`: the static part becomes one read, the rest is walked.
    fn chain(&mut self, expression: &mut Expr, optional: bool) {
        let base = match &expression {
            Expr::Dot(chain, _, _) | Expr::Index(chain, _, _) => &chain.lhs,
            _ => return,
        };
        match base {
            Expr::Variable(name, _, position) => {
                let (name, position) = (name.1.to_string(), *position);
                match self.binding(&name) {
                    Binding::Local => {}
                    Binding::Function => return self.misplaced_function(position),
                    Binding::Unknown => return self.out_of_sight(&name, position),
                    Binding::Data => {
                        let path = static_path(segment(&name, position), expression, optional);
                        let links = path.segments.len() - 1;
                        let slot = self.read(path);
                        if self.function_depth == 0 {
                            let rest = without_links(std::mem::take(expression), links);
                            *expression = with_base(rest, slot_variable(slot, position));
                        }
                    }
                }
            }
            _ => {
                if let Expr::Dot(chain, _, _) | Expr::Index(chain, _, _) = expression {
                    self.expression(&mut chain.lhs, false);
                }
            }
        }
        self.links(expression, optional);
    }

    /// Walks what follows the base of a chain.
    fn links(&mut self, expression: &mut Expr, optional: bool) {
        let mut node = expression;
        loop {
            let is_dot = matches!(node, Expr::Dot(..));
            let (Expr::Dot(chain, flags, _) | Expr::Index(chain, flags, _)) = node else { return };
            let null_safe = flags.contains(ASTFlags::NEGATED);
            let ends = ends_chain(chain, *flags);
            let next_null_safe = !ends && starts_null_safe(&chain.rhs);
            let link = match &mut chain.rhs {
                Expr::Dot(next, _, _) | Expr::Index(next, _, _) if !ends => &mut next.lhs,
                last => last,
            };
            match link {
                Expr::Property(names, _) => {
                    if null_safe || next_null_safe || (ends && optional) {
                        self.found.optional_properties.insert(names.2.to_string());
                    }
                }
                Expr::MethodCall(call, position) => self.call(call, *position, true),
                index if !is_dot => self.expression(index, false),
                _ => {}
            }
            if ends {
                return;
            }
            node = &mut chain.rhs;
        }
    }

    /// `"name" in application.owner`: looking for a name needs no copy of the object.
    fn contains(&mut self, call: &FnCallExpr) -> Option<usize> {
        let [object, Expr::StringConstant(wanted, _)] = &call.args[..] else { return None };
        if self.function_depth > 0 || call.name != "contains" {
            return None;
        }
        let base = match object {
            Expr::Dot(chain, _, _) | Expr::Index(chain, _, _) => &chain.lhs,
            other => other,
        };
        let Expr::Variable(name, _, position) = base else { return None };
        if !matches!(self.binding(&name.1), Binding::Data) {
            return None;
        }
        let path = static_path(segment(&name.1, *position), object, false);
        if without_links(object.clone(), path.segments.len() - 1).is_some_and(is_chain) {
            return None;
        }
        self.found.reads.push(path);
        Some(self.slot(Slot::Contains(self.found.reads.len() - 1, wanted.to_string())))
    }

    fn call(&mut self, call: &mut FnCallExpr, position: Position, method: bool) {
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

    fn names_function(&self, expression: &Expr) -> bool {
        matches!(expression, Expr::Variable(name, _, _)
            if matches!(self.binding(&name.1), Binding::Function))
    }

    fn check_function(
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
    fn closure(&mut self, expression: &mut Expr, closure: Closure) {
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
    fn part(&mut self, root: &str, first_read: usize) -> usize {
        let reads = (first_read..self.found.reads.len())
            .filter(|&index| self.found.reads[index].root() == root)
            .collect();
        self.slot(Slot::Part(reads))
    }

    /// Notes a read; outside of closures it gets a slot.
    fn read(&mut self, path: VariablePath) -> usize {
        let same = self.found.slots.iter().position(
            |slot| matches!(slot, Slot::Path(index) if same_read(&self.found.reads[*index], &path)),
        );
        self.found.reads.push(path);
        if self.function_depth > 0 {
            return 0;
        }
        same.unwrap_or_else(|| self.slot(Slot::Path(self.found.reads.len() - 1)))
    }

    fn slot(&mut self, slot: Slot) -> usize {
        self.found.slots.push(slot);
        self.found.slots.len() - 1
    }

    fn replace(&mut self, expression: &mut Expr, slot: usize, position: Position) {
        if self.function_depth == 0 {
            *expression = slot_variable(slot, position);
        }
    }

    fn misplaced_function(&mut self, position: Position) {
        let error = RuleError::new(
            RuleCode::NotAllowed,
            Text::new(
                "a function can only be handed to map, filter, find, all, some, reduce, sort and the like",
                "Eine Funktion kann nur an map, filter, find, all, some, reduce, sort und Ähnliche übergeben werden",
            ),
        );
        self.refuse(error, position);
    }

    fn interpolation(&mut self, position: Position) {
        let error = RuleError::new(
            RuleCode::NotAllowed,
            Text::new(
                "`${…}` in a text is not available: it would leave out null without a word",
                "`${…}` in Texten steht nicht zur Verfügung: Eine leere Angabe fiele dabei unbemerkt weg",
            ),
        )
        .help(
            "put texts together with `+`; letters are written with templates",
            "Setzen Sie Texte mit `+` zusammen; Schreiben entstehen aus Vorlagen",
        );
        self.refuse(error, position);
    }

    fn out_of_sight(&mut self, name: &str, position: Position) {
        let error = crate::path::unknown_name(name, []).help(
            format!("a function sees only its parameters; add a parameter `{name}`"),
            format!("Eine Funktion kennt nur ihre Parameter; ergänzen Sie einen Parameter `{name}`"),
        );
        self.refuse(error, position);
    }
}

fn segment(name: &str, position: Position) -> Segment {
    Segment { name: name.to_string(), place: position.into(), optional: false, null_safe: false }
}

fn same_read(a: &VariablePath, b: &VariablePath) -> bool {
    a.segments.len() == b.segments.len()
        && a.segments
            .iter()
            .zip(&b.segments)
            .all(|(a, b)| a.name == b.name && a.optional == b.optional && a.null_safe == b.null_safe)
}

/// Registered names that are no functions to a designer: operators, getters.
fn is_callable(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn takes_function(name: &str) -> bool {
    TAKES_FUNCTION.contains(&name)
}

/// Does the right side end the chain? Otherwise it holds the next link and the rest.
fn ends_chain(chain: &BinaryExpr, flags: ASTFlags) -> bool {
    flags.contains(ASTFlags::BREAK) || !matches!(chain.rhs, Expr::Dot(..) | Expr::Index(..))
}

fn starts_null_safe(node: &Expr) -> bool {
    matches!(node, Expr::Dot(_, flags, _) | Expr::Index(_, flags, _)
        if flags.contains(ASTFlags::NEGATED))
}

/// The properties that follow the root as far as the text fixes them.
fn static_path(root: Segment, expression: &Expr, optional: bool) -> VariablePath {
    let mut segments = vec![root];
    let mut node = expression;
    loop {
        let is_dot = matches!(node, Expr::Dot(..));
        let (Expr::Dot(chain, flags, _) | Expr::Index(chain, flags, _)) = node else { break };
        let null_safe = flags.contains(ASTFlags::NEGATED);
        if null_safe && let Some(before) = segments.last_mut() {
            before.optional = true;
        }
        let ends = ends_chain(chain, *flags);
        let link = match &chain.rhs {
            Expr::Dot(next, _, _) | Expr::Index(next, _, _) if !ends => &next.lhs,
            last => last,
        };
        let (name, position) = match link {
            Expr::Property(names, position) if is_dot => (names.2.as_str(), *position),
            Expr::StringConstant(name, position) if !is_dot => (name.as_str(), *position),
            _ => break,
        };
        let optional = null_safe || (ends && optional);
        segments.push(Segment { optional, null_safe, ..segment(name, position) });
        if ends {
            break;
        }
        node = &chain.rhs;
    }
    // A variable itself is never missing.
    segments[0].optional = false;
    VariablePath { segments }
}

fn is_chain(expression: Expr) -> bool {
    matches!(expression, Expr::Dot(..) | Expr::Index(..))
}

fn last_property(chain: &Expr) -> Option<&str> {
    match chain {
        Expr::Dot(parts, _, _) | Expr::Index(parts, _, _) => match &parts.rhs {
            Expr::Property(names, _) => Some(&names.2),
            Expr::StringConstant(name, _) => Some(name),
            rest => last_property(rest),
        },
        _ => None,
    }
}

/// What remains of a chain when its first links are taken away; its base is void.
fn without_links(mut expression: Expr, links: usize) -> Option<Expr> {
    for _ in 0..links {
        match expression {
            Expr::Dot(chain, flags, _) | Expr::Index(chain, flags, _) if !ends_chain(&chain, flags) => {
                expression = chain.rhs;
            }
            _ => return None,
        }
    }
    Some(expression)
}

fn with_base(rest: Option<Expr>, base: Expr) -> Expr {
    match rest {
        Some(mut rest) => {
            if let Expr::Dot(chain, _, _) | Expr::Index(chain, _, _) = &mut rest {
                chain.lhs = base;
            }
            rest
        }
        None => base,
    }
}

fn slot_variable(slot: usize, position: Position) -> Expr {
    Expr::Variable(Box::new((None, slot_name(slot).into())), None, position)
}

struct Closure {
    name: String,
    captured: Vec<(String, Position)>,
}

/// A closure is a function pointer, or a block that shares what it captures and binds it.
fn as_closure(expression: &Expr) -> Option<Closure> {
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

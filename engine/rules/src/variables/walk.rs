//! The walk through statements and expressions.

use std::collections::BTreeMap;

use rhai::{ASTFlags, BinaryExpr, Expr, FnCallExpr, Position, Stmt, StmtBlock};

use super::calls::as_closure;
use super::chain::{
    ends_chain, is_chain, last_property, segment, slot_variable, starts_null_safe, static_path, with_base,
    without_links,
};
use super::{Analysis, Defined, Functions, Slot};
use crate::error::{RuleCode, RuleError, Text};
use crate::path::VariablePath;

pub(super) struct Walker<'a> {
    pub(super) defined: &'a [Defined],
    pub(super) functions: &'a Functions,
    pub(super) found: Analysis,
    /// Local names; a frame that is a barrier hides all before it.
    pub(super) frames: Vec<Frame>,
    /// How many function bodies we are in. Their trees are copies, nothing is replaced.
    pub(super) function_depth: usize,
    /// Named functions see their parameters only.
    pub(super) sees_data: bool,
    /// Which captured names of a closure are data; two closures of equal text are one
    /// function to rhai and must agree.
    pub(super) captured: BTreeMap<String, Vec<bool>>,
    pub(super) problem: Option<RuleError>,
}

pub(super) struct Frame {
    pub(super) barrier: bool,
    pub(super) names: Vec<String>,
}

pub(super) enum Binding {
    Local,
    Data,
    Function,
    Unknown,
}

impl<'a> Walker<'a> {
    pub(super) fn new(defined: &'a [Defined], functions: &'a Functions) -> Self {
        Self {
            defined,
            functions,
            found: Analysis::default(),
            frames: Vec::new(),
            function_depth: 0,
            sees_data: true,
            captured: BTreeMap::new(),
            problem: None,
        }
    }

    pub(super) fn binding(&self, name: &str) -> Binding {
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

    pub(super) fn defines(&self, name: &str) -> bool {
        self.defined.iter().any(|function| function.name == name)
    }

    pub(super) fn declare(&mut self, name: &str) {
        if let Some(frame) = self.frames.last_mut() {
            frame.names.push(name.to_string());
        }
    }

    pub(super) fn block(&mut self, statements: &mut [Stmt]) {
        self.frames.push(Frame { barrier: false, names: Vec::new() });
        for statement in statements {
            self.statement(statement);
        }
        self.frames.pop();
    }

    pub(super) fn body(&mut self, block: &mut StmtBlock, names: &[&str]) {
        let names = names.iter().map(ToString::to_string).collect();
        self.frames.push(Frame { barrier: false, names });
        self.block(block.statements_mut());
        self.frames.pop();
    }

    /// Walks a function body with nothing but its parameters in sight.
    pub(super) fn function(&mut self, names: &[String], mut body: Vec<Stmt>) {
        self.frames.push(Frame { barrier: true, names: names.to_vec() });
        self.block(&mut body);
        self.frames.pop();
    }

    pub(super) fn statement(&mut self, statement: &mut Stmt) {
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

    pub(super) fn assignment(&mut self, target: &mut Expr) {
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
    pub(super) fn expression(&mut self, expression: &mut Expr, optional: bool) {
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
    pub(super) fn chain(&mut self, expression: &mut Expr, optional: bool) {
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
    pub(super) fn links(&mut self, expression: &mut Expr, optional: bool) {
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
                Expr::Property(names, _) if null_safe || next_null_safe || (ends && optional) => {
                    self.found.optional_properties.insert(names.2.to_string());
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
    pub(super) fn contains(&mut self, call: &FnCallExpr) -> Option<usize> {
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

    /// Notes a read; outside of closures it gets a slot.
    pub(super) fn read(&mut self, path: VariablePath) -> usize {
        let same = self.found.slots.iter().position(
            |slot| matches!(slot, Slot::Path(index) if same_read(&self.found.reads[*index], &path)),
        );
        self.found.reads.push(path);
        if self.function_depth > 0 {
            return 0;
        }
        same.unwrap_or_else(|| self.slot(Slot::Path(self.found.reads.len() - 1)))
    }

    pub(super) fn slot(&mut self, slot: Slot) -> usize {
        self.found.slots.push(slot);
        self.found.slots.len() - 1
    }

    pub(super) fn replace(&mut self, expression: &mut Expr, slot: usize, position: Position) {
        if self.function_depth == 0 {
            *expression = slot_variable(slot, position);
        }
    }
}

fn same_read(a: &VariablePath, b: &VariablePath) -> bool {
    a.segments.len() == b.segments.len()
        && a.segments
            .iter()
            .zip(&b.segments)
            .all(|(a, b)| a.name == b.name && a.optional == b.optional && a.null_safe == b.null_safe)
}

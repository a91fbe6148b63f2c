//! The types of statements.

use std::collections::BTreeSet;

use rhai::{AST, ASTNode, Expr, Stmt};

use super::{Checker, Found, facts::facts_of};
use crate::shape::Shape;
use crate::variables::root_of;

/// The variables that a rule assigns to after it made them.
pub(super) fn changed(ast: &AST) -> BTreeSet<String> {
    let mut changed = BTreeSet::new();
    ast.walk(&mut |nodes| {
        if let Some(ASTNode::Stmt(Stmt::Assignment(assignment))) = nodes.last() {
            let target = match &assignment.1.lhs {
                Expr::Dot(parts, ..) | Expr::Index(parts, ..) => &parts.lhs,
                other => other,
            };
            changed.extend(root_of(target).map(ToString::to_string));
        }
        true
    });
    changed
}

impl Checker<'_> {
    /// The value of a block is that of its last statement.
    pub(super) fn block(&mut self, statements: &[Stmt]) -> Found {
        let (locals, facts) = (self.locals.len(), self.facts.len());
        let mut last = Found::null();
        for statement in statements {
            last = self.statement(statement);
        }
        self.locals.truncate(locals);
        self.facts.truncate(facts);
        last
    }

    fn statement(&mut self, statement: &Stmt) -> Found {
        match statement {
            Stmt::Expr(expression) => self.expression(expression, false),
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Block(block) => self.block(block.statements()),
            Stmt::Var(variable, ..) => {
                let found = self.expression(&variable.1, false);
                self.locals.push((variable.0.name.to_string(), Found { literal: None, ..found }));
                Found::null()
            }
            Stmt::Assignment(assignment) => {
                self.expression(&assignment.1.rhs, false);
                Found::null()
            }
            Stmt::If(flow, _) => self.choice_of(flow),
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                if !matches!(flow.expr, Expr::Unit(_)) {
                    self.condition(&flow.expr);
                }
                self.block(flow.body.statements());
                Found::any()
            }
            Stmt::For(parts, _) => {
                let (entry, counter, flow) = &**parts;
                let list = self.expression(&flow.expr, false);
                if list.optional {
                    self.missing(&list, flow.expr.start_position());
                }
                let locals = self.locals.len();
                self.locals
                    .push((entry.name.to_string(), Found { field: true, ..Found::of(list.shape.item()) }));
                if let Some(counter) = counter {
                    self.locals.push((counter.name.to_string(), Found::of(Shape::Number)));
                }
                self.block(flow.body.statements());
                self.locals.truncate(locals);
                Found::any()
            }
            Stmt::Switch(switch, _) => {
                self.expression(&switch.0, false);
                for case in &switch.1.expressions {
                    self.expression(&case.lhs, false);
                    self.expression(&case.rhs, false);
                }
                Found::any()
            }
            Stmt::Return(Some(value), ..) | Stmt::BreakLoop(Some(value), ..) => {
                self.expression(value, false);
                Found::any()
            }
            _ => Found::any(),
        }
    }

    fn condition(&mut self, condition: &Expr) {
        let found = self.expression(condition, false);
        self.wants(&Shape::Boolean, &found, condition.start_position());
    }

    fn choice_of(&mut self, flow: &rhai::FlowControl) -> Found {
        self.condition(&flow.expr);
        let before = self.facts.len();
        let facts = facts_of(&flow.expr, true);
        self.facts.extend(facts);
        let body = self.block(flow.body.statements());
        self.facts.truncate(before);
        let facts = facts_of(&flow.expr, false);
        self.facts.extend(facts);
        let branch = self.block(flow.branch.statements());
        // Whoever comes here after `if … { return … }` knows that the condition was false.
        if !matches!(flow.body.statements().last(), Some(Stmt::Return(..))) {
            self.facts.truncate(before);
        }
        body.or(branch)
    }
}

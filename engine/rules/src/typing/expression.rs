//! The types of expressions.

use rhai::{ASTFlags, Expr, Position};

use super::{Checker, Found, facts::facts_of};
use crate::error::{RuleCode, RuleError, Text, excerpt};
use crate::sentence::Literal;
use crate::shape::{Members, Named, Presence, Shape};
use crate::variables::{ends_chain, root_of};

impl Checker<'_> {
    /// `guarded`: the rule says what to use if it is missing.
    pub(super) fn expression(&mut self, expression: &Expr, guarded: bool) -> Found {
        match expression {
            Expr::BoolConstant(truth, _) => Found::literal(Literal::Boolean(*truth)),
            Expr::IntegerConstant(number, _) => Found::literal(Literal::Number(*number)),
            Expr::StringConstant(text, _) => Found::literal(Literal::Text(text.to_string())),
            Expr::Unit(_) => Found::null(),
            Expr::Array(items, _) => self.array(items),
            Expr::Map(entries, _) => self.object(entries.0.iter().map(|(name, value)| (&*name.name, value))),
            Expr::Variable(name, _, position) => self.variable(&name.1, *position),
            Expr::Dot(..) | Expr::Index(..) => self.chain(expression, guarded),
            Expr::And(parts, _) => self.connected(parts, true),
            Expr::Or(parts, _) => self.connected(parts, false),
            Expr::Coalesce(parts, _) => self.coalesced(parts, guarded),
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::Stmt(block) => self.block(block.statements()),
            _ => Found::any(),
        }
    }

    fn array(&mut self, items: &[Expr]) -> Found {
        let found: Vec<Found> = items.iter().map(|item| self.expression(item, false)).collect();
        let literals = found.iter().map(|item| item.literal.clone()).collect::<Option<Vec<_>>>();
        let item = found.into_iter().reduce(Found::or).unwrap_or_else(Found::any);
        let literal = literals.map(Literal::List);
        Found { literal, made: item.made, unknown: item.unknown, ..Found::of(Shape::list(item.shape)) }
    }

    /// What lies in it is told to whoever asks what the rule makes; else nothing is held against it.
    fn object<'e>(&mut self, entries: impl Iterator<Item = (&'e str, &'e Expr)>) -> Found {
        let mut named = Vec::new();
        for (name, value) in entries {
            let found = self.expression(value, false);
            let presence = if found.optional { Presence::MayBeNull } else { Presence::Always };
            let title = Text::new(name, name);
            named.push(Named { name: name.into(), title, shape: found.shape, presence });
        }
        Found { made: vec![Members { named, open: false }], ..Found::any() }
    }

    /// `&&` and `||`: what one part says is known in the next.
    fn connected(&mut self, parts: &[Expr], all: bool) -> Found {
        let before = self.facts.len();
        for part in parts {
            let found = self.expression(part, false);
            self.wants(&Shape::Boolean, &found, part.start_position());
            let facts = facts_of(part, all);
            self.facts.extend(facts);
        }
        self.facts.truncate(before);
        Found::of(Shape::Boolean)
    }

    fn coalesced(&mut self, parts: &[Expr], guarded: bool) -> Found {
        let last = parts.len().saturating_sub(1);
        let mut result: Option<Found> = None;
        for (index, part) in parts.iter().enumerate() {
            // What stands behind a value that is always there is never looked at.
            if result.as_ref().is_some_and(|so_far| !so_far.optional && so_far.shape != Shape::Any) {
                break;
            }
            let found = self.expression(part, guarded || index < last);
            result = Some(match result {
                None => found,
                // What comes first counts only if it is there.
                Some(before) => {
                    let optional = found.optional;
                    Found { optional, ..before.or(found) }
                }
            });
        }
        result.unwrap_or_else(Found::any)
    }

    fn variable(&mut self, name: &str, position: Position) -> Found {
        if let Some((_, local)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            if self.changed.contains(name) {
                return Found::any();
            }
            let present = self.facts.iter().any(|fact| fact == name);
            return Found {
                optional: local.optional && !present,
                path: Some(name.to_string()),
                ..local.clone()
            };
        }
        match self.vocabulary.roots.get(name) {
            Some(named) => Found {
                optional: named.presence != Presence::Always && !self.facts.iter().any(|fact| fact == name),
                path: Some(name.to_string()),
                field: true,
                ..Found::of(named.shape.clone())
            },
            None => {
                let known: Vec<&str> = self.vocabulary.roots.named.iter().map(|named| &*named.name).collect();
                let error = crate::path::unknown_name(name, known);
                self.report(error, position);
                Found { unknown: vec![name.to_string()], ..Found::any() }
            }
        }
    }

    /// `a.b?.c.method(…)[0]`.
    fn chain(&mut self, chain: &Expr, guarded: bool) -> Found {
        let (Expr::Dot(parts, ..) | Expr::Index(parts, ..)) = chain else { return Found::any() };
        let first_null_safe = is_null_safe(chain);
        let mut found = match root_of(&parts.lhs) {
            Some(name) => self.variable(name, parts.lhs.position()),
            None => self.expression(&parts.lhs, first_null_safe),
        };
        let mut may_be_null = false;
        let mut node = chain;
        loop {
            let is_dot = matches!(node, Expr::Dot(..));
            let (Expr::Dot(parts, flags, _) | Expr::Index(parts, flags, _)) = node else { return found };
            let null_safe = flags.contains(ASTFlags::NEGATED);
            let ends = ends_chain(parts, *flags);
            let link = match &parts.rhs {
                Expr::Dot(next, ..) | Expr::Index(next, ..) if !ends => &next.lhs,
                last => last,
            };
            let allowed = null_safe || (!ends && is_null_safe(&parts.rhs)) || (ends && guarded);
            if found.optional {
                if null_safe {
                    may_be_null = true;
                } else {
                    self.missing(&found, link.position());
                }
                found.optional = false;
            }
            found = match link {
                Expr::Property(names, position) if is_dot => {
                    self.member(&found, &names.2, *position, allowed)
                }
                Expr::StringConstant(name, position) if !is_dot => {
                    self.member(&found, name, *position, allowed)
                }
                Expr::MethodCall(call, position) => self.method(&found, call, *position),
                index => {
                    let index = self.expression(index, false);
                    match (&found.shape, &index.shape) {
                        (Shape::List(item), shape) if shape.is_number() => Found::of((**item).clone()),
                        _ => Found::any(),
                    }
                }
            };
            if ends {
                let known = found.path.as_ref().is_some_and(|path| self.facts.contains(path));
                found.optional |= may_be_null && !known;
                return found;
            }
            node = &parts.rhs;
        }
    }

    /// `allowed`: the rule expects that it may be missing.
    fn member(&mut self, object: &Found, name: &str, position: Position, allowed: bool) -> Found {
        let path = object.path.as_ref().map(|path| format!("{path}.{name}"));
        match &object.shape {
            Shape::Object(members) => match members.get(name) {
                Some(named) => {
                    let present = path.as_ref().is_some_and(|path| self.facts.contains(path));
                    let optional = named.presence != Presence::Always && !present;
                    let found = Found { optional, path, field: true, ..Found::of(named.shape.clone()) };
                    if optional && named.presence >= Presence::WhenAsked && !allowed {
                        self.missing(&found, position);
                        return Found { optional: false, ..found };
                    }
                    found
                }
                None if members.open => Found { path, ..Found::any() },
                None => {
                    let known: Vec<&str> = members.named.iter().map(|named| &*named.name).collect();
                    self.unknown_member(object, name, known, position);
                    Found::any()
                }
            },
            Shape::Number | Shape::Money | Shape::Boolean | Shape::Date | Shape::Choice(_)
                if object.field =>
            {
                self.unknown_member(object, name, Vec::new(), position);
                Found::any()
            }
            _ => Found { path, ..Found::any() },
        }
    }

    fn unknown_member(&mut self, object: &Found, name: &str, known: Vec<&str>, position: Position) {
        let (object, shown) = (object.path.clone().unwrap_or_default(), excerpt(name));
        let error = RuleError::new(
            RuleCode::UnknownProperty,
            Text::new(
                format!("`{object}` has no property `{shown}`"),
                format!("`{object}` hat keine Eigenschaft `{shown}`"),
            ),
        );
        self.report(error.did_you_mean(name, known), position);
    }
}

fn is_null_safe(node: &Expr) -> bool {
    matches!(node, Expr::Dot(_, flags, _) | Expr::Index(_, flags, _) if flags.contains(ASTFlags::NEGATED))
}

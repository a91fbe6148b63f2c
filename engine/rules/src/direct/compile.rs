//! From the syntax tree of rhai, in which the analysis has named what is read, to a tree of our own.

use rhai::{AST, ASTFlags, BinaryExpr, Expr, FnCallExpr, Position, Stmt};

use super::{Direct, Function, Link, LinkKind, Method, Node, Operator, Place, Through};
use crate::limits::Limits;
use crate::variables::{Analysis, LinkOf, as_closure, body_of, links_of, slot_index, slot_variable};

/// What changes the value that it is called on.
const CHANGING: [&str; 26] = [
    "append",
    "chop",
    "clear",
    "crop",
    "dedup",
    "drain",
    "drop",
    "extract",
    "fill_with",
    "insert",
    "make_lower",
    "make_upper",
    "mixin",
    "pad",
    "pop",
    "push",
    "remove",
    "replace",
    "retain",
    "reverse",
    "set",
    "shift",
    "sort",
    "splice",
    "trim",
    "truncate",
];

/// The tree; nothing if the rule says anything that is not known here.
pub(crate) fn compile(
    ast: &AST,
    analysis: &Analysis,
    statements: &[Stmt],
    limits: &Limits,
) -> Option<Direct> {
    let mut compiler = Compiler {
        analysis,
        own: ast.iter_fn_def().map(|own| (own.name.to_string(), own.params.len())).collect(),
        known: Vec::new(),
        locals: 0,
        changes: 0,
        most: limits.variables.checked_sub(analysis.slots.len())?,
    };
    let main = compiler.function(&[], statements)?;
    let functions = ast.iter_fn_def().map(|own| {
        let parameters: Vec<&str> = own.params.iter().map(|name| name.as_str()).collect();
        compiler.function(&parameters, &body_of(ast, &own.name, own.params.len()))
    });
    let functions = functions.collect::<Option<_>>()?;
    Some(Direct { main, functions })
}

struct Compiler<'a> {
    analysis: &'a Analysis,
    /// The functions of the script, by name and number of parameters.
    own: Vec<(String, usize)>,
    /// The variables in sight: name, place, whether it may be assigned to.
    known: Vec<(String, usize, bool)>,
    /// How many the function has so far.
    locals: usize,
    /// How many changes of variables were met.
    changes: usize,
    /// The most variables of a function.
    most: usize,
}

impl Compiler<'_> {
    fn function(&mut self, parameters: &[&str], body: &[Stmt]) -> Option<Function> {
        self.known.clear();
        self.locals = 0;
        for parameter in parameters {
            self.declare(parameter, true);
        }
        let body = self.block(body)?;
        (self.locals <= self.most).then_some(Function { body, locals: self.locals })
    }

    fn declare(&mut self, name: &str, variable: bool) -> usize {
        self.known.push((name.to_owned(), self.locals, variable));
        self.locals += 1;
        self.locals - 1
    }

    fn local(&self, name: &str) -> Option<(usize, bool)> {
        let known = self.known.iter().rev().find(|(known, ..)| known == name);
        known.map(|(_, place, variable)| (*place, *variable))
    }

    fn block(&mut self, statements: &[Stmt]) -> Option<Node> {
        let before = self.known.len();
        let mut nodes =
            statements.iter().map(|statement| self.statement(statement)).collect::<Option<Vec<_>>>()?;
        self.known.truncate(before);
        Some(match nodes.len() {
            0 => Node::Null,
            1 => nodes.remove(0),
            _ => Node::Block(nodes),
        })
    }

    fn statement(&mut self, statement: &Stmt) -> Option<Node> {
        Some(match statement {
            Stmt::Noop(_) => Node::Null,
            Stmt::Expr(expression) => self.expression(expression)?,
            Stmt::FnCall(call, position) => self.call(call, *position)?,
            Stmt::Block(block) => self.block(block.statements())?,
            Stmt::If(flow, _) => {
                let condition = self.expression(&flow.expr)?;
                let then = self.block(flow.body.statements())?;
                let otherwise = self.block(flow.branch.statements())?;
                Node::If(Box::new((condition, then, otherwise)))
            }
            Stmt::Var(parts, flags, _) => {
                let value = self.expression(&parts.1)?;
                let local = self.declare(&parts.0.name, !flags.contains(ASTFlags::CONSTANT));
                Node::Let(local, Box::new(value))
            }
            Stmt::Assignment(parts) => {
                let (how, BinaryExpr { lhs, rhs }) = &**parts;
                let operator = match how.get_op_assignment_info() {
                    Some((.., operator)) => Some(arithmetic(operator)?),
                    None => None,
                };
                let place = self.place(lhs)?;
                self.changes += 1;
                Node::Assign(place, operator, Box::new(self.expression(rhs)?))
            }
            Stmt::For(parts, _) => {
                let (item, None, flow) = &**parts else { return None };
                let list = self.expression(&flow.expr)?;
                let before = self.known.len();
                let local = self.declare(&item.name, true);
                let body = self.block(flow.body.statements())?;
                self.known.truncate(before);
                Node::For(local, Box::new((list, body)))
            }
            Stmt::Return(Some(value), flags, _) if !flags.contains(ASTFlags::BREAK) => {
                Node::Return(Box::new(self.expression(value)?))
            }
            _ => return None,
        })
    }

    fn expression(&mut self, expression: &Expr) -> Option<Node> {
        Some(match expression {
            Expr::Unit(_) => Node::Null,
            Expr::BoolConstant(truth, _) => Node::Bool(*truth),
            Expr::IntegerConstant(number, _) => Node::Number(*number),
            Expr::StringConstant(text, _) => Node::Text(text.as_str().into()),
            Expr::Variable(name, ..) => self.variable(&name.1)?,
            Expr::Array(items, _) => Node::List(self.all(items)?),
            Expr::Map(entries, _) => {
                let members = entries.0.iter();
                let members = members
                    .map(|(name, value)| Some((name.name.as_str().into(), self.expression(value)?)))
                    .collect::<Option<_>>();
                Node::Object(members?)
            }
            Expr::And(parts, _) => Node::And(self.all(parts.iter())?),
            Expr::Or(parts, _) => Node::Or(self.all(parts.iter())?),
            Expr::Coalesce(parts, _) => Node::Coalesce(self.all(parts.iter())?),
            Expr::Stmt(block) => self.block(block.statements())?,
            Expr::FnCall(call, position) => self.call(call, *position)?,
            Expr::Dot(..) | Expr::Index(..) => self.chain(expression)?,
            _ => return None,
        })
    }

    fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>) -> Option<Vec<Node>> {
        expressions.into_iter().map(|expression| self.expression(expression)).collect()
    }

    /// The same where the order of evaluation must not matter: nothing there changes a variable.
    fn arguments<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>) -> Option<Vec<Node>> {
        let before = self.changes;
        let nodes = self.all(expressions)?;
        (self.changes == before).then_some(nodes)
    }

    fn variable(&self, name: &str) -> Option<Node> {
        match (self.local(name), slot_index(name)) {
            (Some((local, _)), _) => Some(Node::Local(local)),
            (None, Some(slot)) => self.analysis.slots.get(slot).map(|_| Node::Slot(slot)),
            (None, None) => None,
        }
    }

    fn call(&mut self, call: &FnCallExpr, position: Position) -> Option<Node> {
        if call.capture_parent_scope {
            return None;
        }
        let name = call.name.as_str();
        if let Some(own) = self.own_function(name, call.args.len()) {
            return Some(Node::Call(own, self.arguments(&call.args)?));
        }
        match (name, &call.args[..]) {
            ("!", [part]) => return Some(Node::Not(Box::new(self.expression(part)?))),
            ("-", [part]) => return Some(Node::Negated(Box::new(self.expression(part)?))),
            (_, [left, right]) => {
                if let Some(operator) = operator(name) {
                    let mut sides = self.arguments([left, right])?.into_iter();
                    let sides = Box::new((sides.next()?, sides.next()?));
                    return Some(Node::Binary(operator, sides));
                }
            }
            _ => {}
        }
        let (first, rest) = call.args.split_first()?;
        if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            return None;
        }
        if is_changing(name) {
            let place = self.place(first)?;
            return self.change(name, place, rest);
        }
        let base = self.arguments([first])?.pop()?;
        let slots = (0..call.args.len()).map(|slot| slot_variable(slot, position));
        let native = FnCallExpr { args: slots.collect(), ..call.clone() };
        let native = Stmt::Expr(Box::new(Expr::FnCall(Box::new(native), position)));
        Some(Node::Chain(Box::new(base), vec![self.method(name, rest, native, false)?]))
    }

    fn own_function(&self, name: &str, parameters: usize) -> Option<usize> {
        self.own.iter().position(|(own, count)| own == name && *count == parameters)
    }

    /// `list.push(item)`, `text.trim()`, `object.set(name, value)`; other changes are not known.
    fn change(&mut self, name: &str, place: Place, arguments: &[Expr]) -> Option<Node> {
        self.changes += 1;
        Some(match (name, arguments) {
            ("push", [item]) => Node::Push(place, Box::new(self.expression(item)?)),
            ("trim", []) => Node::Trim(place),
            ("set", [name, value]) => {
                Node::Set(place, Box::new((self.expression(name)?, self.expression(value)?)))
            }
            _ => return None,
        })
    }

    /// `variable.name.name`, where it may be changed.
    fn place(&self, expression: &Expr) -> Option<Place> {
        let (base, links) = match expression {
            Expr::Dot(..) => links_of(expression)?,
            variable => (variable, Vec::new()),
        };
        self.place_of(base, &links)
    }

    fn place_of(&self, base: &Expr, links: &[LinkOf]) -> Option<Place> {
        let Expr::Variable(name, ..) = base else { return None };
        let (local, true) = self.local(&name.1)? else { return None };
        let names = links.iter().map(|link| match (link.link, link.is_dot, link.null_safe) {
            (Expr::Property(names, _), true, false) => Some(names.2.as_str().into()),
            _ => None,
        });
        Some(Place { local, names: names.collect::<Option<_>>()? })
    }

    fn method(&mut self, name: &str, arguments: &[Expr], native: Stmt, null_safe: bool) -> Option<Link> {
        let through = match name {
            "filter" => Some(Through::Filter),
            "some" => Some(Through::Some),
            "all" => Some(Through::All),
            _ => None,
        };
        if let (Some(through), [closure]) = (through, arguments) {
            let function = self.own_function(&as_closure(closure)?.plain()?, 1)?;
            return Some(Link {
                null_safe,
                kind: LinkKind::Through(through, function),
                arguments: Vec::new(),
            });
        }
        let kind = match (name, arguments.len()) {
            ("len", 0) => LinkKind::Method(Method::Len),
            ("is_empty", 0) => LinkKind::Method(Method::IsEmpty),
            ("sub_string", 1 | 2) => LinkKind::Method(Method::SubString),
            ("split", 1) => LinkKind::Method(Method::Split),
            ("contains", 1) => LinkKind::Method(Method::Contains),
            ("starts_with", 1) => LinkKind::Method(Method::StartsWith),
            ("ends_with", 1) => LinkKind::Method(Method::EndsWith),
            _ => LinkKind::Native(Box::new(native)),
        };
        Some(Link { null_safe, kind, arguments: self.arguments(arguments)? })
    }

    /// `base.name?.method(…)[index]`.
    fn chain(&mut self, chain: &Expr) -> Option<Node> {
        let (base, links) = links_of(chain)?;
        if let Some((LinkOf { link: Expr::MethodCall(call, _), null_safe: false, .. }, before)) =
            links.split_last()
            && is_changing(&call.name)
        {
            let place = self.place_of(base, before)?;
            return self.change(&call.name, place, &call.args);
        }
        let base = self.arguments([base])?.pop()?;
        let links = links.iter().map(|link| self.link(link.link, link.is_dot, link.null_safe));
        Some(Node::Chain(Box::new(base), links.collect::<Option<_>>()?))
    }

    fn link(&mut self, link: &Expr, is_dot: bool, null_safe: bool) -> Option<Link> {
        match link {
            Expr::Property(names, _) if is_dot => {
                let name = names.2.as_str();
                // Reading a property that the rule also assigns gives it to the object.
                let optional = self.analysis.optional_properties.contains(name)
                    && !self.analysis.assigned_properties.contains(name);
                let kind = LinkKind::Property(name.into(), optional);
                Some(Link { null_safe, kind, arguments: Vec::new() })
            }
            Expr::MethodCall(call, position) => {
                let name = call.name.as_str();
                let own = self.own.iter().any(|(own, _)| own == name);
                if own || is_changing(name) {
                    return None;
                }
                let slots = (0..call.args.len()).map(|slot| slot_variable(slot + 1, *position));
                let native = FnCallExpr { args: slots.collect(), ..(**call).clone() };
                let native = BinaryExpr {
                    lhs: slot_variable(0, *position),
                    rhs: Expr::MethodCall(Box::new(native), *position),
                };
                let native = Expr::Dot(Box::new(native), ASTFlags::NONE, *position);
                self.method(name, &call.args, Stmt::Expr(Box::new(native)), null_safe)
            }
            index if !is_dot => {
                Some(Link { null_safe, kind: LinkKind::Index, arguments: self.arguments([index])? })
            }
            _ => None,
        }
    }
}

fn is_changing(name: &str) -> bool {
    CHANGING.contains(&name)
}

fn arithmetic(symbol: &str) -> Option<Operator> {
    Some(match symbol {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Rest,
        _ => return None,
    })
}

fn operator(symbol: &str) -> Option<Operator> {
    arithmetic(symbol).or(match symbol {
        "==" => Some(Operator::Equal),
        "!=" => Some(Operator::Unequal),
        "<" => Some(Operator::Less),
        "<=" => Some(Operator::AtMost),
        ">" => Some(Operator::Greater),
        ">=" => Some(Operator::AtLeast),
        _ => None,
    })
}

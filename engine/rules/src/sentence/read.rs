//! Reads the syntax tree of a rule as a tree of the profile; `None` for what lies outside it.

use rhai::{AST, Expr, FnCallExpr, Stmt};

use super::{
    Comparison, Condition, DayPart, Direction, Extreme, Literal, Member, Operator, Part, Path, Quantity,
    Rounding, Term,
};
use crate::variables::{LinkOf, closure_of, links_of, root_of};

/// The condition that an expression is.
pub(super) fn condition(ast: &AST) -> Option<Condition> {
    Reader { ast }.condition(only(ast)?)
}

/// The term that an expression is.
pub(super) fn term(ast: &AST) -> Option<Term> {
    Reader { ast }.term(only(ast)?)
}

fn only(ast: &AST) -> Option<&Expr> {
    match ast.statements() {
        [Stmt::Expr(expression)] => Some(expression),
        _ => None,
    }
}

struct Reader<'a> {
    ast: &'a AST,
}

/// What follows a value: `.name`, `["name"]`, `.method(…)`.
enum Link<'e> {
    Member(Member),
    Method(&'e FnCallExpr),
}

impl Reader<'_> {
    fn condition(&self, expression: &Expr) -> Option<Condition> {
        let each = |parts: &[Expr]| parts.iter().map(|part| self.condition(part)).collect::<Option<Vec<_>>>();
        match expression {
            Expr::And(parts, _) => each(parts).map(Condition::all),
            Expr::Or(parts, _) => each(parts).map(Condition::any),
            Expr::FnCall(call, _) => self.call(call),
            Expr::Dot(..) | Expr::Index(..) => match self.method(expression) {
                Some((object, call)) => self.asked(object, call),
                None => self.path(expression).map(Term::Field).map(Condition::Holds),
            },
            other => self.term(other).map(Condition::Holds),
        }
    }

    /// An operator or function that says true or false.
    fn call(&self, call: &FnCallExpr) -> Option<Condition> {
        let args = &call.args[..];
        let is = Comparison::ALL.into_iter().find(|is| is.symbol() == call.name);
        match (&*call.name, args) {
            ("!", [negated]) => Some(!self.condition(negated)?),
            (_, [left, right]) if is.is_some() => self.comparison(left, is?, right),
            ("contains", [whole, part]) => self.contains(self.term(whole)?, self.term(part)?),
            ("between", [value, from, to]) => {
                let (value, from, to) = (self.term(value)?, self.term(from)?, self.term(to)?);
                Some(Condition::Between { value, from, to })
            }
            ("is_empty", [term]) => self.term(term).map(Condition::Empty),
            _ => None,
        }
    }

    fn comparison(&self, left: &Expr, is: Comparison, right: &Expr) -> Option<Condition> {
        let term = match (left, right) {
            (Expr::Unit(_), term) | (term, Expr::Unit(_)) => term,
            _ => return Some(Condition::Compare { left: self.term(left)?, is, right: self.term(right)? }),
        };
        let present = Condition::Present(self.term(term)?);
        match is {
            Comparison::Is => Some(!present),
            Comparison::IsNot => Some(present),
            _ => None,
        }
    }

    fn contains(&self, whole: Term, part: Term) -> Option<Condition> {
        Some(match whole {
            Term::Literal(Literal::List(of)) => Condition::OneOf { value: part, of },
            whole => Condition::Contains { whole, part },
        })
    }

    /// A method that says true or false.
    fn asked(&self, object: Term, call: &FnCallExpr) -> Option<Condition> {
        let quantity = match &*call.name {
            "some" => Some(Quantity::Some),
            "all" => Some(Quantity::All),
            _ => None,
        };
        match (&*call.name, &call.args[..]) {
            ("is_empty", []) => Some(Condition::Empty(object)),
            ("contains", [part]) => self.contains(object, self.term(part)?),
            ("between", [from, to]) => {
                let (from, to) = (self.term(from)?, self.term(to)?);
                Some(Condition::Between { value: object, from, to })
            }
            (_, [closure]) if quantity.is_some() => {
                let (entry, body) = closure_of(self.ast, closure)?;
                let meet = Box::new(self.condition(&body)?);
                Some(Condition::Entries { list: object, quantity: quantity?, entry, meet })
            }
            _ => None,
        }
    }

    fn term(&self, expression: &Expr) -> Option<Term> {
        match expression {
            Expr::Variable(..) => self.path(expression).map(Term::Field),
            Expr::Dot(..) | Expr::Index(..) => match self.method(expression) {
                Some((object, call)) => self.counted(expression, object, call),
                None => self.path(expression).map(Term::Field),
            },
            Expr::Coalesce(parts, _) => match &parts[..] {
                [field, or] => Some(Term::Else { field: self.path(field)?, or: literal(or)? }),
                _ => None,
            },
            Expr::FnCall(call, _) => self.calculated(call),
            other => literal(other).map(Term::Literal),
        }
    }

    /// `list.len()`, or `list.filter(…).len()`.
    fn counted(&self, expression: &Expr, object: Term, call: &FnCallExpr) -> Option<Term> {
        if !(call.name == "len" && call.args.is_empty()) {
            return None;
        }
        let (_, links) = links(expression)?;
        let [.., Link::Method(filter), Link::Method(_)] = &links[..] else {
            return Some(Term::Count(Box::new(object)));
        };
        let (entry, body) = match &filter.args[..] {
            [closure] if filter.name == "filter" => closure_of(self.ast, closure)?,
            _ => return None,
        };
        Some(Term::CountOf { list: Box::new(object), entry, meet: Box::new(self.condition(&body)?) })
    }

    fn calculated(&self, call: &FnCallExpr) -> Option<Term> {
        let name = &*call.name;
        let boxed = |expression| self.term(expression).map(Box::new);
        match &call.args[..] {
            [list] if name == "sum" => self.sum(list),
            [day] => {
                let part = DayPart::ALL.into_iter().find(|part| part.function() == name)?;
                Some(Term::PartOfDay { part, day: boxed(day)? })
            }
            [left, right] => {
                let (left, right) = (boxed(left)?, boxed(right)?);
                if let Some(operator) = Operator::ALL.into_iter().find(|operator| operator.symbol() == name) {
                    return Some(Term::Calculated { left, operator, right });
                }
                if let Some(way) = Rounding::ALL.into_iter().find(|way| way.function() == name) {
                    return Some(Term::Rounded { value: left, way, to: right });
                }
                if let Some(which) = Extreme::ALL.into_iter().find(|which| which.function() == name) {
                    return Some(Term::Extreme { which, left, right });
                }
                match name {
                    "add_period" => {
                        Some(Term::Moved { day: left, direction: Direction::Later, period: right })
                    }
                    "subtract_period" => {
                        Some(Term::Moved { day: left, direction: Direction::Earlier, period: right })
                    }
                    "days_between" => Some(Term::DaysBetween { from: left, to: right }),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn sum(&self, list: &Expr) -> Option<Term> {
        let Some((object, call)) = self.method(list) else {
            return Some(Term::Sum { list: Box::new(self.term(list)?), of: None });
        };
        let (entry, body) = match &call.args[..] {
            [closure] if call.name == "map" => closure_of(self.ast, closure)?,
            _ => return None,
        };
        let part = Part { entry, value: self.term(&body)? };
        Some(Term::Sum { list: Box::new(object), of: Some(Box::new(part)) })
    }

    /// The last call of a chain, and the term before it; for `list.filter(…).len()` the list.
    fn method<'e>(&self, chain: &'e Expr) -> Option<(Term, &'e FnCallExpr)> {
        let (base, mut links) = links(chain)?;
        let Some(Link::Method(last)) = links.pop() else { return None };
        if let ("len", Some(Link::Method(before))) = (&*last.name, links.last())
            && before.name == "filter"
        {
            links.pop();
        }
        Some((self.object(base, links)?, last))
    }

    fn object(&self, base: &Expr, links: Vec<Link<'_>>) -> Option<Term> {
        if links.is_empty() && root_of(base).is_none() {
            return self.term(base);
        }
        let members = links.into_iter().map(|link| match link {
            Link::Member(member) => Some(member),
            Link::Method(_) => None,
        });
        let root = root_of(base)?.to_string();
        Some(Term::Field(Path { root, members: members.collect::<Option<_>>()? }))
    }

    fn path(&self, expression: &Expr) -> Option<Path> {
        let (base, links) = match expression {
            Expr::Dot(..) | Expr::Index(..) => links(expression)?,
            other => (other, Vec::new()),
        };
        match self.object(base, links)? {
            Term::Field(path) => Some(path),
            _ => None,
        }
    }
}

/// The base of a chain and its links in the order of the text, as far as the profile knows them.
fn links(chain: &Expr) -> Option<(&Expr, Vec<Link<'_>>)> {
    let (base, links) = links_of(chain)?;
    let known = links.into_iter().map(|LinkOf { link, is_dot, null_safe: guarded }| match link {
        Expr::Property(names, _) if is_dot => {
            Some(Link::Member(Member { name: names.2.to_string(), guarded }))
        }
        Expr::StringConstant(name, _) if !is_dot => {
            Some(Link::Member(Member { name: name.to_string(), guarded }))
        }
        Expr::MethodCall(call, _) if !guarded => Some(Link::Method(call)),
        _ => None,
    });
    Some((base, known.collect::<Option<_>>()?))
}

fn literal(expression: &Expr) -> Option<Literal> {
    match expression {
        Expr::BoolConstant(truth, _) => Some(Literal::Boolean(*truth)),
        Expr::IntegerConstant(number, _) => Some(Literal::Number(*number)),
        Expr::StringConstant(text, _) => Some(Literal::Text(text.to_string())),
        Expr::Array(items, _) => items.iter().map(literal).collect::<Option<_>>().map(Literal::List),
        _ => None,
    }
}

//! The types of functions and methods.

use rhai::{Expr, FnCallExpr, Position};

use super::{Checker, Found};
use crate::shape::Shape;
use crate::variables::closure_of;

impl Checker<'_> {
    pub(super) fn call(&mut self, call: &FnCallExpr, position: Position) -> Found {
        let name = &*call.name;
        if let Some(day) = super::constants::unquoted_day(call) {
            self.unquoted_day(&day, call.args[0].start_position());
            return Found::any();
        }
        let guarded = matches!(name, "==" | "!=") && call.args.iter().any(|arg| matches!(arg, Expr::Unit(_)));
        let args: Vec<Found> = call
            .args
            .iter()
            .map(|arg| match closure_of(self.ast, arg) {
                Some(_) => Found::any(),
                None => self.expression(arg, false),
            })
            .collect();
        let before = self.problems.len();
        let found = self.result(call, &args, guarded, position);
        // What does not fit its types fails for that.
        if self.problems.len() == before {
            self.constant(name, &args, position);
        }
        found
    }

    fn result(&mut self, call: &FnCallExpr, args: &[Found], guarded: bool, position: Position) -> Found {
        let name = &*call.name;
        match (name, args) {
            ("!", [value]) => {
                self.wants(&Shape::Boolean, value, position);
                Found::of(Shape::Boolean)
            }
            ("==" | "!=", _) if guarded => Found::of(Shape::Boolean),
            ("==" | "!=" | "<" | "<=" | ">" | ">=", [left, right]) => {
                self.comparison(name, left, right, position)
            }
            ("+" | "-" | "*" | "/" | "%", [left, right]) => self.arithmetic(name, left, right, position),
            ("-", [value]) => {
                self.wants(&Shape::Number, value, position);
                Found { literal: None, ..value.clone() }
            }
            ("contains", [whole, part]) => self.containing(whole, part, position),
            _ => self.function(call, args, position),
        }
    }

    fn function(&mut self, call: &FnCallExpr, args: &[Found], position: Position) -> Found {
        let at = |index: usize| call.args.get(index).map_or(position, Expr::start_position);
        let mut all = |wanted: &[Shape]| {
            for (index, (wanted, found)) in wanted.iter().zip(args).enumerate() {
                self.wants(wanted, found, at(index));
            }
        };
        match (&*call.name, args) {
            ("add_period" | "subtract_period", [_, _]) => {
                all(&[Shape::Date, Shape::Period]);
                Found::of(Shape::Date)
            }
            ("days_between", [_, _]) => {
                all(&[Shape::Date, Shape::Date]);
                Found::of(Shape::Number)
            }
            ("year" | "month" | "weekday", [_]) => {
                all(&[Shape::Date]);
                Found::of(Shape::Number)
            }
            ("date_text", [_]) => {
                all(&[Shape::Date]);
                Found::of(Shape::Text)
            }
            ("period_text", [_]) => {
                all(&[Shape::Period]);
                Found::of(Shape::Text)
            }
            ("money_text", [_]) => {
                all(&[Shape::Number]);
                Found::of(Shape::Text)
            }
            ("round_down" | "round_up" | "round_half_up", [value, _]) => {
                all(&[Shape::Number, Shape::Number]);
                Found::of(value.shape.clone())
            }
            ("min" | "max", [left, _]) => {
                all(&[Shape::Number, Shape::Number]);
                Found::of(left.shape.clone())
            }
            ("sum", [list]) => {
                all(&[Shape::list(Shape::Any)]);
                let item = list.shape.item();
                if !matches!(item, Shape::Any) && !item.is_number() {
                    self.wants(&Shape::Number, &Found::of(item.clone()), at(0));
                }
                Found::of(if item == Shape::Money { item } else { Shape::Number })
            }
            ("between", [value, from, to]) => {
                self.comparison(">=", value, from, at(1));
                self.comparison("<=", value, to, at(2))
            }
            ("is_empty", [value]) => self.empty(value, position),
            _ => Found::any(),
        }
    }

    pub(super) fn method(&mut self, object: &Found, call: &FnCallExpr, position: Position) -> Found {
        let name = &*call.name;
        match (name, &call.args[..]) {
            ("some" | "all" | "filter" | "find" | "map", [closure]) => {
                return self.with_closure(object, name, closure, position);
            }
            ("index_of" | "order" | "sort" | "reduce", _) => return Found::any(),
            _ => {}
        }
        let args: Vec<Found> = call.args.iter().map(|arg| self.expression(arg, false)).collect();
        match (name, &args[..]) {
            ("contains", [part]) => self.containing(object, part, position),
            ("is_empty", []) => self.empty(object, position),
            ("len", []) => {
                self.empty(object, position);
                Found::of(Shape::Number)
            }
            ("between", [from, to]) => {
                self.comparison(">=", object, from, position);
                self.comparison("<=", object, to, position)
            }
            ("to_string" | "sub_string" | "to_upper" | "to_lower", _) => Found::of(Shape::Text),
            ("abs", []) => {
                self.wants(&Shape::Number, object, position);
                Found::of(object.shape.clone())
            }
            _ => Found::any(),
        }
    }

    /// Lists, texts and objects can be empty.
    fn empty(&mut self, object: &Found, position: Position) -> Found {
        if object.optional {
            self.missing(object, position);
        }
        if object.shape.is_number() || object.shape == Shape::Boolean {
            let error = super::wanted(&Shape::list(Shape::Any), &object.shape);
            self.report(error, position);
        }
        Found::of(Shape::Boolean)
    }

    fn with_closure(&mut self, list: &Found, name: &str, closure: &Expr, position: Position) -> Found {
        if !matches!(list.shape, Shape::List(_) | Shape::Any) {
            let error = super::wanted(&Shape::list(Shape::Any), &list.shape);
            self.report(error, position);
        }
        let body = closure_of(self.ast, closure).map(|(entry, body)| {
            let item = Found { field: true, ..Found::of(list.shape.item()) };
            self.locals.push((entry, item));
            let found = self.expression(&body, false);
            self.locals.pop();
            if name != "map" {
                self.wants(&Shape::Boolean, &found, body.start_position());
            }
            found
        });
        match (name, body) {
            ("some" | "all", _) => Found::of(Shape::Boolean),
            ("filter", _) => Found { path: None, literal: None, ..list.clone() },
            ("find", _) => Found { optional: true, field: true, ..Found::of(list.shape.item()) },
            (_, Some(found)) => Found { made: found.made, ..Found::of(Shape::list(found.shape)) },
            _ => Found::of(Shape::list(Shape::Any)),
        }
    }
}

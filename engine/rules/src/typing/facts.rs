//! What a condition tells about the values that it reads: whoever asked `x != ()` knows that `x` is there.

use rhai::{ASTFlags, Expr, FnCallExpr};

use crate::variables::{segment, static_path};

/// The paths that are there if the condition is true, or if it is false.
pub(super) fn facts_of(condition: &Expr, truth: bool) -> Vec<String> {
    match condition {
        Expr::And(parts, _) if truth => parts.iter().flat_map(|part| facts_of(part, true)).collect(),
        Expr::Or(parts, _) if !truth => parts.iter().flat_map(|part| facts_of(part, false)).collect(),
        Expr::FnCall(call, _) => match &call.args[..] {
            [negated] if call.name == "!" => facts_of(negated, !truth),
            [left, right] => compared(call, left, right, truth).map_or_else(Vec::new, with_what_is_before),
            _ => Vec::new(),
        },
        Expr::Coalesce(parts, _) if truth => match &parts[..] {
            [path, Expr::BoolConstant(false, _)] => path_of(path).map_or_else(Vec::new, with_what_is_before),
            _ => Vec::new(),
        },
        path if truth => path_of(path).map_or_else(Vec::new, with_what_is_before),
        _ => Vec::new(),
    }
}

/// The path that is there because of a comparison.
fn compared(call: &FnCallExpr, left: &Expr, right: &Expr, truth: bool) -> Option<Vec<String>> {
    if let ("contains", Expr::StringConstant(name, _), true) = (&*call.name, right, truth) {
        let mut path = path_of(left)?;
        path.push(name.to_string());
        return Some(path);
    }
    let (value, literal, mirrored) =
        if is_literal(right) { (left, right, false) } else { (right, left, true) };
    if !is_literal(literal) {
        return None;
    }
    let (value, or) = match value {
        Expr::Coalesce(parts, _) => match &parts[..] {
            [path, or] if is_literal(or) => (path, or),
            _ => return None,
        },
        // What is missing is null.
        path => (path, &NULL),
    };
    // If the value were missing, its substitute would be compared, with another result.
    let missing = holds(&call.name, or, literal, mirrored)?;
    if missing == truth { None } else { path_of(value) }
}

const NULL: Expr = Expr::Unit(rhai::Position::NONE);

fn is_literal(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::Unit(_) | Expr::BoolConstant(..) | Expr::IntegerConstant(..) | Expr::StringConstant(..)
    )
}

/// What a comparison of two literals says; `None` if it fails.
fn holds(operator: &str, left: &Expr, right: &Expr, mirrored: bool) -> Option<bool> {
    let (left, right) = if mirrored { (right, left) } else { (left, right) };
    let order = match (left, right) {
        (Expr::IntegerConstant(left, _), Expr::IntegerConstant(right, _)) => Some(left.cmp(right)),
        (Expr::StringConstant(left, _), Expr::StringConstant(right, _)) => Some(left.cmp(right)),
        (Expr::BoolConstant(left, _), Expr::BoolConstant(right, _)) => Some(left.cmp(right)),
        (Expr::Unit(_), Expr::Unit(_)) => Some(std::cmp::Ordering::Equal),
        _ => None,
    };
    match (operator, order) {
        ("==", order) => Some(order.is_some_and(|order| order.is_eq())),
        ("!=", order) => Some(order.is_none_or(|order| order.is_ne())),
        ("<", Some(order)) => Some(order.is_lt()),
        ("<=", Some(order)) => Some(order.is_le()),
        (">", Some(order)) => Some(order.is_gt()),
        (">=", Some(order)) => Some(order.is_ge()),
        _ => None,
    }
}

/// The names of a path without anything else in it.
fn path_of(expression: &Expr) -> Option<Vec<String>> {
    let base = match expression {
        Expr::Dot(parts, ..) | Expr::Index(parts, ..) => &parts.lhs,
        other => other,
    };
    let Expr::Variable(name, _, position) = base else { return None };
    let path = static_path(segment(&name.1, *position), expression, false);
    let names: Vec<String> = path.segments.into_iter().map(|segment| segment.name).collect();
    (names.len() == links(expression) + 1).then_some(names)
}

fn links(expression: &Expr) -> usize {
    match expression {
        Expr::Dot(parts, flags, _) | Expr::Index(parts, flags, _) => {
            let ends =
                flags.contains(ASTFlags::BREAK) || !matches!(parts.rhs, Expr::Dot(..) | Expr::Index(..));
            1 + if ends { 0 } else { links(&parts.rhs) }
        }
        _ => 0,
    }
}

/// Whoever is there, is so within something that is there.
fn with_what_is_before(names: Vec<String>) -> Vec<String> {
    (1..=names.len()).map(|length| names[..length].join(".")).collect()
}

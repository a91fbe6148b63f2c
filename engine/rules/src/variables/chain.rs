//! Chains of properties, indices and method calls as rhai builds them: each node holds one
//! link on its left and the rest on its right.

use rhai::{ASTFlags, BinaryExpr, Expr, Position};

use super::slot_name;
use crate::path::{Segment, VariablePath};

pub(crate) fn segment(name: &str, position: Position) -> Segment {
    Segment { name: name.to_string(), place: position.into(), optional: false, null_safe: false }
}

/// Does the right side end the chain? Otherwise it holds the next link and the rest.
pub(crate) fn ends_chain(chain: &BinaryExpr, flags: ASTFlags) -> bool {
    flags.contains(ASTFlags::BREAK) || !matches!(chain.rhs, Expr::Dot(..) | Expr::Index(..))
}

/// A link of a chain as rhai has it.
pub(crate) struct LinkOf<'e> {
    pub link: &'e Expr,
    /// A property or a call; else an index.
    pub is_dot: bool,
    pub null_safe: bool,
}

/// The base of a chain and its links in the order of the text.
pub(crate) fn links_of(chain: &Expr) -> Option<(&Expr, Vec<LinkOf<'_>>)> {
    let (Expr::Dot(parts, ..) | Expr::Index(parts, ..)) = chain else { return None };
    let base = &parts.lhs;
    let mut links = Vec::new();
    let mut node = chain;
    loop {
        let is_dot = matches!(node, Expr::Dot(..));
        let (Expr::Dot(parts, flags, _) | Expr::Index(parts, flags, _)) = node else { return None };
        let null_safe = flags.contains(ASTFlags::NEGATED);
        let ends = ends_chain(parts, *flags);
        let link = match &parts.rhs {
            Expr::Dot(next, ..) | Expr::Index(next, ..) if !ends => &next.lhs,
            last => last,
        };
        links.push(LinkOf { link, is_dot, null_safe });
        if ends {
            return Some((base, links));
        }
        node = &parts.rhs;
    }
}

pub(super) fn starts_null_safe(node: &Expr) -> bool {
    matches!(node, Expr::Dot(_, flags, _) | Expr::Index(_, flags, _)
        if flags.contains(ASTFlags::NEGATED))
}

/// The properties that follow the root as far as the text fixes them.
pub(crate) fn static_path(root: Segment, expression: &Expr, optional: bool) -> VariablePath {
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

pub(super) fn is_chain(expression: Expr) -> bool {
    matches!(expression, Expr::Dot(..) | Expr::Index(..))
}

pub(super) fn last_property(chain: &Expr) -> Option<&str> {
    match chain {
        Expr::Dot(parts, _, _) | Expr::Index(parts, _, _) => match &parts.rhs {
            Expr::Property(names, _) => Some(&names.2),
            rest => last_property(rest),
        },
        _ => None,
    }
}

/// What remains of a chain when its first links are taken away; its base is void.
pub(super) fn without_links(mut expression: Expr, links: usize) -> Option<Expr> {
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

pub(super) fn with_base(rest: Option<Expr>, base: Expr) -> Expr {
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

pub(crate) fn slot_variable(slot: usize, position: Position) -> Expr {
    Expr::Variable(Box::new((None, slot_name(slot).into())), None, position)
}

/// The name of a variable.
pub(crate) fn root_of(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Variable(name, _, _) => Some(&name.1),
        _ => None,
    }
}

//! Writes a tree as the text of a rule, with as few parentheses as its meaning allows.

use std::fmt::{self, Display, Formatter, Write};

use super::{
    Comparison, Condition, DayPart, Direction, Extreme, Literal, Operator, Path, Quantity, Rounding, Term,
};

impl Condition {
    /// The text of the rule.
    pub fn to_rhai(&self) -> String {
        self.to_string()
    }
}

impl Term {
    /// The text of the rule.
    pub fn to_rhai(&self) -> String {
        self.to_string()
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Condition::All(of) => joined(f, of, " && ", "true"),
            Condition::Any(of) => joined(f, of, " || ", "false"),
            Condition::Not(inner) => match &**inner {
                Condition::Present(term) => write!(f, "{} == ()", Operand(term)),
                Condition::Holds(term) => write!(f, "!{}", Object(term)),
                inner => write!(f, "!({inner})"),
            },
            Condition::Holds(term) => write!(f, "{}", Operand(term)),
            Condition::Compare { left, is, right } => {
                write!(f, "{} {} {}", Operand(left), is.symbol(), Operand(right))
            }
            Condition::Between { value, from, to } => write!(f, "between({value}, {from}, {to})"),
            Condition::OneOf { value, of } => {
                write!(f, "{} in ", Operand(value))?;
                list(f, of)
            }
            Condition::Contains { whole, part } => write!(f, "{} in {}", Operand(part), Operand(whole)),
            Condition::Empty(term) => write!(f, "{}.is_empty()", Object(term)),
            Condition::Present(term) => write!(f, "{} != ()", Operand(term)),
            Condition::Entries { list, quantity, entry, meet } => {
                let name = match quantity {
                    Quantity::Some => "some",
                    Quantity::All => "all",
                };
                write!(f, "{}.{name}(|{entry}| {meet})", Object(list))
            }
        }
    }
}

fn joined(f: &mut Formatter<'_>, of: &[Condition], by: &str, nothing: &str) -> fmt::Result {
    if of.is_empty() {
        return f.write_str(nothing);
    }
    for (index, condition) in of.iter().enumerate() {
        if index > 0 {
            f.write_str(by)?;
        }
        match condition {
            Condition::All(_) | Condition::Any(_) => write!(f, "({condition})")?,
            condition => write!(f, "{condition}")?,
        }
    }
    Ok(())
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Term::Literal(literal) => write!(f, "{literal}"),
            Term::Field(path) => write!(f, "{path}"),
            Term::Else { field, or } => write!(f, "{field} ?? {or}"),
            Term::Calculated { left, operator, right } => {
                let inside = |term: &Term, right: bool| match term {
                    Term::Calculated { operator: inner, .. } => match right {
                        true => inner.precedence() <= operator.precedence(),
                        false => inner.precedence() < operator.precedence(),
                    },
                    Term::Else { .. } => true,
                    _ => false,
                };
                let part = |f: &mut Formatter<'_>, term: &Term, right| match inside(term, right) {
                    true => write!(f, "({term})"),
                    false => write!(f, "{term}"),
                };
                part(f, left, false)?;
                write!(f, " {} ", operator.symbol())?;
                part(f, right, true)
            }
            Term::Moved { day, direction, period } => {
                let name = match direction {
                    Direction::Later => "add_period",
                    Direction::Earlier => "subtract_period",
                };
                write!(f, "{name}({day}, {period})")
            }
            Term::DaysBetween { from, to } => write!(f, "days_between({from}, {to})"),
            Term::PartOfDay { part, day } => write!(f, "{}({day})", part.function()),
            Term::Count(whole) => write!(f, "{}.len()", Object(whole)),
            Term::CountOf { list, entry, meet } => {
                write!(f, "{}.filter(|{entry}| {meet}).len()", Object(list))
            }
            Term::Sum { list, of: None } => write!(f, "sum({list})"),
            Term::Sum { list, of: Some(part) } => {
                write!(f, "sum({}.map(|{}| {}))", Object(list), part.entry, part.value)
            }
            Term::Rounded { value, way, to } => write!(f, "{}({value}, {to})", way.function()),
            Term::Extreme { which, left, right } => write!(f, "{}({left}, {right})", which.function()),
        }
    }
}

/// A term beside an operator that binds less than arithmetic does.
struct Operand<'t>(&'t Term);

impl Display for Operand<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Term::Else { .. } => write!(f, "({})", self.0),
            term => write!(f, "{term}"),
        }
    }
}

/// A term before `.method()`.
struct Object<'t>(&'t Term);

impl Display for Object<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Term::Else { .. } | Term::Calculated { .. } | Term::Literal(Literal::Number(_)) => {
                write!(f, "({})", self.0)
            }
            term => write!(f, "{term}"),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Boolean(truth) => write!(f, "{truth}"),
            // rhai has no literal for the least number.
            Literal::Number(i64::MIN) => write!(f, "({} - 1)", i64::MIN + 1),
            Literal::Number(number) => write!(f, "{number}"),
            Literal::Text(text) => quoted(f, text),
            Literal::List(of) => list(f, of),
        }
    }
}

fn list(f: &mut Formatter<'_>, of: &[Literal]) -> fmt::Result {
    f.write_char('[')?;
    for (index, literal) in of.iter().enumerate() {
        f.write_str(if index > 0 { ", " } else { "" })?;
        write!(f, "{literal}")?;
    }
    f.write_char(']')
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\U{:08X}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        for member in &self.members {
            let (dot, bracket) = if member.guarded { ("?.", "?[") } else { (".", "[") };
            if is_word(&member.name) {
                write!(f, "{dot}{}", member.name)?;
            } else {
                f.write_str(bracket)?;
                quoted(f, &member.name)?;
                f.write_char(']')?;
            }
        }
        Ok(())
    }
}

/// Words that rhai keeps for itself besides its keywords; a member of such a name is read as `object["case"]`.
const RESERVED: [&str; 39] = [
    "Fn",
    "as",
    "async",
    "await",
    "call",
    "case",
    "curry",
    "debug",
    "default",
    "eval",
    "exit",
    "export",
    "import",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "protected",
    "public",
    "shared",
    "spawn",
    "static",
    "super",
    "sync",
    "this",
    "thread",
    "type_of",
    "use",
    "var",
    "void",
    "with",
    "yield",
];

pub(super) fn is_word(name: &str) -> bool {
    let mut chars = name.chars();
    let identifier = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    identifier && rhai::Token::lookup_symbol_from_syntax(name).is_none() && !RESERVED.contains(&name)
}

impl Comparison {
    pub(super) const ALL: [Comparison; 6] = [
        Comparison::Is,
        Comparison::IsNot,
        Comparison::LessThan,
        Comparison::AtMost,
        Comparison::MoreThan,
        Comparison::AtLeast,
    ];

    pub(super) fn symbol(self) -> &'static str {
        match self {
            Comparison::Is => "==",
            Comparison::IsNot => "!=",
            Comparison::LessThan => "<",
            Comparison::AtMost => "<=",
            Comparison::MoreThan => ">",
            Comparison::AtLeast => ">=",
        }
    }
}

impl Operator {
    pub(super) const ALL: [Operator; 5] =
        [Operator::Plus, Operator::Minus, Operator::Times, Operator::DividedBy, Operator::Remainder];

    pub(super) fn symbol(self) -> &'static str {
        match self {
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            Operator::DividedBy => "/",
            Operator::Remainder => "%",
        }
    }

    fn precedence(self) -> u8 {
        match self {
            Operator::Plus | Operator::Minus => 1,
            Operator::Times | Operator::DividedBy | Operator::Remainder => 2,
        }
    }
}

impl DayPart {
    pub(super) const ALL: [DayPart; 3] = [DayPart::Year, DayPart::Month, DayPart::Weekday];

    pub(super) fn function(self) -> &'static str {
        match self {
            DayPart::Year => "year",
            DayPart::Month => "month",
            DayPart::Weekday => "weekday",
        }
    }
}

impl Rounding {
    pub(super) const ALL: [Rounding; 3] = [Rounding::Down, Rounding::Up, Rounding::HalfUp];

    pub(super) fn function(self) -> &'static str {
        match self {
            Rounding::Down => "round_down",
            Rounding::Up => "round_up",
            Rounding::HalfUp => "round_half_up",
        }
    }
}

impl Extreme {
    pub(super) const ALL: [Extreme; 2] = [Extreme::Least, Extreme::Greatest];

    pub(super) fn function(self) -> &'static str {
        match self {
            Extreme::Least => "min",
            Extreme::Greatest => "max",
        }
    }
}

//! Whether conditions can hold together: decided over the values that they can tell apart.
//!
//! A condition that can be built from pickers ([`Condition`]) asks each value on its own: it compares it with what stands
//! in the rule. So of each value only a handful of kinds matter ([`values::of_each_kind`]), and a search over these is
//! exact. What a condition asks beyond that (two values against each other, a calculation, an entry of a list) is taken
//! to be either way: then more seems possible than is, and "it can never be" remains true.

use std::collections::BTreeMap;

use fachwerk_rules::{Comparison, Condition, Literal, Path, Term};
use serde_json::{Value, json};

use super::values::{self, Compared};
use crate::schema::{TextFormat, Type};

/// So many answers to questions are looked at for one choice; beyond, it is not decided.
pub const MAX_ANSWERS: usize = 1_000_000;

/// What is known of a value that conditions ask for.
pub struct Domain {
    /// What it can be.
    pub ty: Type,
    /// Whether there may be none.
    pub nullable: bool,
}

/// What a part of a condition can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Says(u8);

impl Says {
    const NOTHING: Says = Says(0);
    const TRUE: Says = Says(1);
    const FALSE: Says = Says(2);
    /// It cannot be answered: the case stops there.
    const FAILS: Says = Says(4);

    fn of(truth: bool) -> Says {
        if truth { Says::TRUE } else { Says::FALSE }
    }

    fn or(self, other: Says) -> Says {
        Says(self.0 | other.0)
    }

    fn may(self, other: Says) -> bool {
        self.0 & other.0 != 0
    }

    fn not(self) -> Says {
        let truth = if self.may(Says::FALSE) { Says::TRUE } else { Says::NOTHING };
        let lie = if self.may(Says::TRUE) { Says::FALSE } else { Says::NOTHING };
        truth.or(lie).or(Says(self.0 & Says::FAILS.0))
    }

    /// One part after the other, until one decides.
    fn then(self, goes_on: Says, next: impl FnOnce() -> Says) -> Says {
        if !self.may(goes_on) {
            return self;
        }
        Says(self.0 & !goes_on.0).or(next())
    }
}

/// A condition as questions about single values.
#[derive(Debug)]
pub enum Asked {
    All(Vec<Asked>),
    Any(Vec<Asked>),
    Not(Box<Asked>),
    /// By the number of the value, and what each of its kinds says.
    Value(usize, Vec<u8>),
}

/// A value that conditions ask for, and its kinds.
struct Variable {
    key: String,
    term: Option<Term>,
    kinds: Vec<Option<Value>>,
}

/// What single values are asked.
enum Question {
    Holds,
    Present,
    Empty,
    Compare(Comparison, Literal),
    Between(Literal, Literal),
    OneOf(Vec<Literal>),
    Contains(Literal),
}

/// A question about one value, with what stands for it when there is none.
struct About {
    term: Term,
    or: Option<Literal>,
    question: Question,
}

/// Conditions that are looked at together.
pub struct Together {
    variables: Vec<Variable>,
    /// The conditions, in their order.
    pub asked: Vec<Asked>,
    /// How many answers may still be looked at.
    left: usize,
}

/// It would take too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

impl Together {
    /// Conditions as trees; one that is none has its text. `domain` says what a value can be.
    pub fn new(
        conditions: &[Result<Condition, String>],
        domain: &dyn Fn(&Term) -> Option<Domain>,
    ) -> Together {
        let mut compared: BTreeMap<String, (Term, Compared, bool)> = BTreeMap::new();
        for condition in conditions.iter().flatten() {
            each(condition, &mut |about| {
                let entry = compared.entry(key(&about.term));
                let known = entry.or_insert_with(|| (about.term.clone(), Compared::default(), false));
                note(&mut known.1, about);
                known.2 |= guarded(&about.term);
            });
        }
        let mut all = Together { variables: Vec::new(), asked: Vec::new(), left: MAX_ANSWERS };
        for (key, (term, compared, guarded)) in compared {
            let Some(Domain { ty, nullable }) = domain(&term) else { continue };
            let Some(found) = values::of_each_kind(&ty, &compared) else { continue };
            let nothing = (nullable || guarded).then_some(None);
            let kinds = found.into_iter().map(Some).chain(nothing).collect();
            all.variables.push(Variable { key, term: Some(term), kinds });
        }
        all.asked = conditions
            .iter()
            .map(|condition| match condition {
                Ok(condition) => all.compile(condition),
                Err(text) => all.either(text),
            })
            .collect();
        all
    }

    fn compile(&mut self, condition: &Condition) -> Asked {
        match condition {
            Condition::All(parts) => Asked::All(parts.iter().map(|part| self.compile(part)).collect()),
            Condition::Any(parts) => Asked::Any(parts.iter().map(|part| self.compile(part)).collect()),
            Condition::Not(inner) => Asked::Not(Box::new(self.compile(inner))),
            Condition::Holds(Term::Literal(Literal::Boolean(truth))) => match truth {
                true => Asked::All(Vec::new()),
                false => Asked::Any(Vec::new()),
            },
            single => {
                let about = about(single);
                let known = about.as_ref().and_then(|about| {
                    let key = key(&about.term);
                    let at = self.variables.iter().position(|variable| variable.key == key)?;
                    Some((
                        at,
                        self.variables[at].kinds.iter().map(|kind| answer(kind.as_ref(), about).0).collect(),
                    ))
                });
                match known {
                    Some((at, says)) => Asked::Value(at, says),
                    None => self.either(&single.to_rhai()),
                }
            }
        }
    }

    /// What is not known: true, false, or it fails. What has the same text says the same.
    fn either(&mut self, text: &str) -> Asked {
        let key = format!("= {text}");
        let at = self.variables.iter().position(|variable| variable.key == key).unwrap_or_else(|| {
            let kinds = vec![Some(json!(true)), Some(json!(false)), None];
            self.variables.push(Variable { key, term: None, kinds });
            self.variables.len() - 1
        });
        Asked::Value(at, vec![Says::TRUE.0, Says::FALSE.0, Says::FAILS.0])
    }

    /// Values with which some conditions hold and others do not; none if there are none.
    pub fn find(&mut self, wanted: &[(usize, bool)]) -> Result<Option<Vec<Option<usize>>>, TooMany> {
        let mut chosen = vec![None; self.variables.len()];
        Ok(self.search(wanted, &mut chosen)?.then_some(chosen))
    }

    fn search(&mut self, wanted: &[(usize, bool)], chosen: &mut Vec<Option<usize>>) -> Result<bool, TooMany> {
        let mut open = None;
        for (at, truth) in wanted {
            let mut first = None;
            let mut answers = 0;
            let says = says(&self.asked[*at], chosen, &mut first, &mut answers);
            self.left = self.left.checked_sub(answers + 1).ok_or(TooMany)?;
            if !says.may(Says::of(*truth)) {
                return Ok(false);
            }
            if says != Says::of(*truth) {
                open = open.or(first);
            }
        }
        let Some(variable) = open else { return Ok(true) };
        for kind in 0..self.variables[variable].kinds.len() {
            chosen[variable] = Some(kind);
            if self.search(wanted, chosen)? {
                return Ok(true);
            }
        }
        chosen[variable] = None;
        Ok(false)
    }

    /// Of these conditions the first that holds with these values.
    pub fn first_holding(&self, chosen: &[Option<usize>], among: std::ops::Range<usize>) -> Option<usize> {
        let settled: Vec<Option<usize>> = chosen.iter().map(|kind| kind.or(Some(0))).collect();
        among.into_iter().find(|at| says(&self.asked[*at], &settled, &mut None, &mut 0) == Says::TRUE)
    }

    /// The values as a condition that says them; those that do not matter are left out.
    pub fn said(&self, chosen: &[Option<usize>]) -> Condition {
        let each = self.variables.iter().zip(chosen).filter_map(|(variable, kind)| {
            let term = variable.term.clone()?;
            let Some(value) = &variable.kinds[(*kind)?] else { return Some(!Condition::Present(term)) };
            let right = Term::Literal(match value {
                Value::Bool(truth) => {
                    let holds = Condition::Holds(term);
                    return Some(if *truth { holds } else { !holds });
                }
                Value::Number(number) => Literal::Number(number.as_i64()?),
                Value::String(text) => Literal::Text(text.clone()),
                _ => return None,
            });
            Some(Condition::Compare { left: term, is: Comparison::Is, right })
        });
        Condition::all(each.collect())
    }
}

/// What a condition can say when some values are chosen; `open`: the first value that is not and matters.
fn says(asked: &Asked, chosen: &[Option<usize>], open: &mut Option<usize>, answers: &mut usize) -> Says {
    match asked {
        Asked::All(parts) => parts
            .iter()
            .fold(Says::TRUE, |so_far, part| so_far.then(Says::TRUE, || says(part, chosen, open, answers))),
        Asked::Any(parts) => parts
            .iter()
            .fold(Says::FALSE, |so_far, part| so_far.then(Says::FALSE, || says(part, chosen, open, answers))),
        Asked::Not(inner) => says(inner, chosen, open, answers).not(),
        Asked::Value(at, kinds) => {
            *answers += 1;
            match chosen[*at] {
                Some(kind) => Says(kinds[kind]),
                None => {
                    let all = kinds.iter().fold(Says::NOTHING, |all, one| all.or(Says(*one)));
                    if all.0.count_ones() > 1 {
                        open.get_or_insert(*at);
                    }
                    all
                }
            }
        }
    }
}

/// Values are told apart by how they are read, whether guarded or not.
fn key(term: &Term) -> String {
    match term {
        Term::Field(path) => names(path).join("."),
        other => other.to_rhai(),
    }
}

fn names(path: &Path) -> Vec<&str> {
    [path.root.as_str()].into_iter().chain(path.members.iter().map(|member| member.name.as_str())).collect()
}

fn guarded(term: &Term) -> bool {
    matches!(term, Term::Field(path) if path.members.iter().any(|member| member.guarded))
}

/// The questions about single values in a condition.
fn each(condition: &Condition, look: &mut impl FnMut(&About)) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| each(part, look)),
        Condition::Not(inner) => each(inner, look),
        single => about(single).iter().for_each(look),
    }
}

/// A condition as a question about one value; none if it is about several, or about what lies within.
fn about(condition: &Condition) -> Option<About> {
    let asks = |term: &Term, question| {
        let (term, or) = match term {
            Term::Literal(_) => return None,
            Term::Else { field, or } => (Term::Field(field.clone()), Some(or.clone())),
            other => (other.clone(), None),
        };
        Some(About { term, or, question })
    };
    match condition {
        Condition::Holds(term) => asks(term, Question::Holds),
        Condition::Present(term) => asks(term, Question::Present),
        Condition::Empty(term) => asks(term, Question::Empty),
        Condition::Compare { left, is, right } => match (left, right) {
            (_, Term::Literal(literal)) => asks(left, Question::Compare(*is, literal.clone())),
            (Term::Literal(literal), _) => asks(right, Question::Compare(mirrored(*is), literal.clone())),
            _ => None,
        },
        Condition::Between { value, from: Term::Literal(from), to: Term::Literal(to) } => {
            asks(value, Question::Between(from.clone(), to.clone()))
        }
        Condition::OneOf { value, of } => asks(value, Question::OneOf(of.clone())),
        Condition::Contains { whole, part: Term::Literal(part) } => {
            asks(whole, Question::Contains(part.clone()))
        }
        _ => None,
    }
}

fn mirrored(is: Comparison) -> Comparison {
    match is {
        Comparison::LessThan => Comparison::MoreThan,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::MoreThan => Comparison::LessThan,
        Comparison::AtLeast => Comparison::AtMost,
        same => same,
    }
}

fn note(compared: &mut Compared, about: &About) {
    let mut literals: Vec<&Literal> = about.or.iter().collect();
    match &about.question {
        Question::Holds | Question::Present => {}
        Question::Empty => {
            compared.texts.insert(String::new());
        }
        Question::Compare(is, literal) => {
            compared.in_order |= !matches!(is, Comparison::Is | Comparison::IsNot);
            literals.push(literal);
        }
        Question::Between(from, to) => {
            compared.in_order = true;
            literals.extend([from, to]);
        }
        Question::OneOf(of) => literals.extend(of),
        Question::Contains(part) => {
            // Within a text anything may stand before and behind.
            compared.in_order = true;
            literals.push(part);
        }
    }
    for literal in literals {
        match literal {
            Literal::Number(number) => {
                compared.numbers.insert(*number);
            }
            Literal::Text(text) => {
                compared.texts.insert(text.clone());
            }
            Literal::Boolean(_) | Literal::List(_) => {}
        }
    }
}

fn value_of(literal: &Literal) -> Value {
    match literal {
        Literal::Boolean(truth) => json!(truth),
        Literal::Number(number) => json!(number),
        Literal::Text(text) => json!(text),
        Literal::List(of) => of.iter().map(value_of).collect(),
    }
}

/// What a question says of a value; none: there is nothing.
fn answer(value: Option<&Value>, about: &About) -> Says {
    let stands_for = about.or.as_ref().map(value_of);
    let value = value.or(stands_for.as_ref());
    match (&about.question, value) {
        (Question::Present, value) => Says::of(value.is_some()),
        (Question::Compare(is, literal), value) => compare(value, *is, &value_of(literal)),
        (Question::OneOf(of), value) => Says::of(of.iter().any(|one| Some(&value_of(one)) == value)),
        (_, None) => Says::FAILS,
        (Question::Holds, Some(value)) => value.as_bool().map_or(Says::FAILS, Says::of),
        (Question::Empty, Some(Value::String(text))) => Says::of(text.is_empty()),
        (Question::Empty, Some(Value::Array(list))) => Says::of(list.is_empty()),
        (Question::Empty, Some(_)) => Says::FAILS,
        (Question::Between(from, to), value) => {
            let above = compare(value, Comparison::AtLeast, &value_of(from));
            above.then(Says::TRUE, || compare(value, Comparison::AtMost, &value_of(to)))
        }
        (Question::Contains(part), Some(Value::Array(list))) => Says::of(list.contains(&value_of(part))),
        (Question::Contains(_), Some(_)) => Says::TRUE.or(Says::FALSE),
    }
}

fn compare(value: Option<&Value>, is: Comparison, with: &Value) -> Says {
    let order = match (value, with) {
        (Some(Value::Number(left)), Value::Number(right)) => {
            left.as_i64().zip(right.as_i64()).map(|(a, b)| a.cmp(&b))
        }
        (Some(Value::String(left)), Value::String(right)) => Some(left.as_str().cmp(right.as_str())),
        (Some(Value::Bool(left)), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    };
    match (is, order) {
        (Comparison::Is, order) => Says::of(order.is_some_and(|order| order.is_eq())),
        (Comparison::IsNot, order) => Says::of(order.is_none_or(|order| order.is_ne())),
        (_, None) => Says::FAILS,
        (Comparison::LessThan, Some(order)) => Says::of(order.is_lt()),
        (Comparison::AtMost, Some(order)) => Says::of(order.is_le()),
        (Comparison::MoreThan, Some(order)) => Says::of(order.is_gt()),
        (Comparison::AtLeast, Some(order)) => Says::of(order.is_ge()),
    }
}

/// What a calculated value can be, whatever it is made of.
pub fn calculated(term: &Term) -> Option<Domain> {
    use fachwerk_rules::DayPart;
    let number = |min, max| Some(Domain { ty: Type::Integer { min, max, money: false }, nullable: false });
    match term {
        Term::Literal(_) | Term::Field(_) | Term::Else { .. } => None,
        Term::Moved { .. } => {
            let ty = Type::Text { format: TextFormat::Date, max_length: 10, min_length: 10, pattern: None };
            Some(Domain { ty, nullable: false })
        }
        Term::Count(_) | Term::CountOf { .. } => number(Some(0), None),
        Term::PartOfDay { part: DayPart::Month, .. } => number(Some(1), Some(12)),
        Term::PartOfDay { part: DayPart::Weekday, .. } => number(Some(1), Some(7)),
        Term::PartOfDay { part: DayPart::Year, .. } => number(None, None),
        // What is joined with a plus may be a text.
        Term::Calculated { .. } => None,
        Term::DaysBetween { .. } | Term::Sum { .. } | Term::Rounded { .. } | Term::Extreme { .. } => {
            number(None, None)
        }
    }
}

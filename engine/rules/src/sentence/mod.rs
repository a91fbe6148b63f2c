//! Rules as a designer builds them from pickers: a closed tree of conditions and simple calculations.
//!
//! The tree and the text of a rule are two views of the same. [`Condition::to_rhai`] writes every tree as text, and
//! [`Sandbox::condition`] reads every text of that profile back, however it is laid out; a text outside the profile is
//! no error, it just has no sentence. [`Condition::sentence`] says it as a clerk would.
//!
//! Null has no literal: a value is present or it is not. A path says at each step whether what lies before it may be
//! missing (`?.`), because that is part of what the rule means.

mod name;
mod print;
mod read;
mod say;
mod words;

use serde::{Deserialize, Serialize};

use crate::Sandbox;
use crate::shape::Vocabulary;

/// What is true or false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// All hold; made by [`Condition::all`].
    All(Vec<Condition>),
    /// At least one holds; made by [`Condition::any`].
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// The value itself is true.
    Holds(Term),
    Compare {
        left: Term,
        is: Comparison,
        right: Term,
    },
    /// Both ends included.
    Between {
        value: Term,
        from: Term,
        to: Term,
    },
    OneOf {
        value: Term,
        of: Vec<Literal>,
    },
    /// A list has the entry, or a text the part.
    Contains {
        whole: Term,
        part: Term,
    },
    Empty(Term),
    /// Neither missing nor null.
    Present(Term),
    /// Some or all entries of a list, each called `entry`, meet a condition.
    Entries {
        list: Term,
        quantity: Quantity,
        entry: String,
        meet: Box<Condition>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    Is,
    IsNot,
    LessThan,
    AtMost,
    MoreThan,
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    Some,
    All,
}

/// What has a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    Literal(Literal),
    Field(Path),
    /// The field, or what stands for it if it is missing or null.
    Else {
        field: Path,
        or: Literal,
    },
    Calculated {
        left: Box<Term>,
        operator: Operator,
        right: Box<Term>,
    },
    /// A day moved by a period, which is a literal like `2 weeks` or a field.
    Moved {
        day: Box<Term>,
        direction: Direction,
        period: Box<Term>,
    },
    DaysBetween {
        from: Box<Term>,
        to: Box<Term>,
    },
    /// The year, month (1 to 12) or day of the week (Monday is 1) of a day.
    PartOfDay {
        part: DayPart,
        day: Box<Term>,
    },
    /// How many entries a list, or characters a text has.
    Count(Box<Term>),
    /// How many entries of a list, each called `entry`, meet a condition.
    CountOf {
        list: Box<Term>,
        entry: String,
        meet: Box<Condition>,
    },
    /// The sum over a list; of a field of its entries if `of` names the entry and says which.
    Sum {
        list: Box<Term>,
        of: Option<Box<Part>>,
    },
    /// To a multiple of a positive number.
    Rounded {
        value: Box<Term>,
        way: Rounding,
        to: Box<Term>,
    },
    Extreme {
        which: Extreme,
        left: Box<Term>,
        right: Box<Term>,
    },
}

/// What is added up of each entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Part {
    pub entry: String,
    pub value: Term,
}

/// A value written in the rule: never null. Numbers are those of 64 bits but the least, for which rhai has no literal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Literal {
    Boolean(bool),
    Number(i64),
    /// Dates, periods and the ids of choices too; the field that it is compared with says what it is.
    Text(String),
    List(Vec<Literal>),
}

/// A variable and the members read from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    pub root: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub name: String,
    /// It may be missing, and so may the object before it (`?.`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guarded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    Plus,
    Minus,
    Times,
    /// Whole numbers: the remainder is dropped.
    DividedBy,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    Later,
    Earlier,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayPart {
    Year,
    Month,
    Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    Down,
    Up,
    HalfUp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extreme {
    Least,
    Greatest,
}

impl Condition {
    /// All of these; one alone is itself, and what is all of some itself is taken apart.
    pub fn all(of: Vec<Condition>) -> Condition {
        let apart = |condition| match condition {
            Condition::All(inner) => inner,
            other => vec![other],
        };
        single(of.into_iter().flat_map(apart).collect(), Condition::All)
    }

    /// One of these; as above.
    pub fn any(of: Vec<Condition>) -> Condition {
        let apart = |condition| match condition {
            Condition::Any(inner) => inner,
            other => vec![other],
        };
        single(of.into_iter().flat_map(apart).collect(), Condition::Any)
    }
}

impl std::ops::Not for Condition {
    type Output = Condition;

    fn not(self) -> Condition {
        Condition::Not(Box::new(self))
    }
}

fn single(mut of: Vec<Condition>, make: fn(Vec<Condition>) -> Condition) -> Condition {
    match of.pop() {
        Some(last) if of.is_empty() => last,
        last => {
            of.extend(last);
            make(of)
        }
    }
}

impl Path {
    /// A path without gaps: `Path::new("application", ["area_m2"])`.
    pub fn new<'n>(root: &str, members: impl IntoIterator<Item = &'n str>) -> Path {
        let member = |name: &str| Member { name: name.to_string(), guarded: false };
        Path { root: root.to_string(), members: members.into_iter().map(member).collect() }
    }
}

impl Sandbox {
    /// The tree of a condition; `None` if its text is not of the profile, or wrong for the names and types.
    pub fn condition(&self, text: &str, vocabulary: &Vocabulary) -> Option<Condition> {
        let found = self.expression_types(text, vocabulary);
        let right = found.is_ok_and(|found| found.problems.is_empty() && found.is_condition());
        let ast = right.then(|| self.syntax(text)).flatten()?;
        read::condition(&ast)
    }

    /// The same for what is calculated.
    pub fn term(&self, text: &str, vocabulary: &Vocabulary) -> Option<Term> {
        let found = self.expression_types(text, vocabulary);
        let right = found.is_ok_and(|found| found.problems.is_empty());
        let ast = right.then(|| self.syntax(text)).flatten()?;
        read::term(&ast)
    }
}

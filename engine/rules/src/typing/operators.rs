//! The types of operators.

use rhai::Position;

use super::{Checker, Found, Word};
use crate::error::{RuleCode, RuleError, Text, excerpt};
use crate::operators::operands_named;
use crate::sentence::Literal;
use crate::shape::{Choice, Shape};
use crate::table::date_parts;

impl Checker<'_> {
    pub(super) fn comparison(
        &mut self,
        operator: &str,
        left: &Found,
        right: &Found,
        position: Position,
    ) -> Found {
        let result = Found::of(Shape::Boolean);
        let ordered = !matches!(operator, "==" | "!=");
        if ordered {
            for side in [left, right].into_iter().filter(|side| side.optional) {
                self.missing(side, position);
            }
        }
        self.meant_as_text(left, right);
        let (a, b) = (&left.shape, &right.shape);
        if matches!(a, Shape::Any) || matches!(b, Shape::Any) {
            return result;
        }
        let alike = (a.is_number() && b.is_number())
            || (a.is_text() && b.is_text())
            || (!ordered && std::mem::discriminant(a) == std::mem::discriminant(b));
        if !alike {
            self.report(operands_named(operator, &a.kind(), &b.kind()), position);
            return result;
        }
        for (one, other) in [(left, right), (right, left)] {
            self.compared_with(operator, one, other, position);
        }
        result
    }

    /// A name that nobody knows, compared with a text, is one without its quotes.
    fn meant_as_text(&mut self, left: &Found, right: &Found) {
        for (one, other) in [(left, right), (right, left)] {
            let choices = match &other.shape {
                Shape::Choice(choices) => choices.iter().map(|choice| choice.id.clone()).collect(),
                shape if shape.is_text() => Vec::new(),
                _ => continue,
            };
            let word = |name: &String| Word { name: name.clone(), choices: Vec::clone(&choices) };
            self.words.extend(one.unknown.iter().map(word));
        }
    }

    /// What a day, a time or a choice may be compared with.
    fn compared_with(&mut self, operator: &str, one: &Found, other: &Found, position: Position) {
        match (&one.shape, &other.shape, other.text()) {
            (_, _, Some("")) => {}
            (Shape::Date, Shape::Text, Some(day)) if date_parts(day).is_none() => self.no_day(day, position),
            (Shape::Date, Shape::Text, None) if other.field => {
                self.report(operands_named(operator, &one.shape.kind(), &other.shape.kind()), position);
            }
            (Shape::Date, Shape::Time | Shape::Period | Shape::Choice(_), _) => {
                self.report(operands_named(operator, &one.shape.kind(), &other.shape.kind()), position);
            }
            (Shape::Choice(choices), Shape::Text, Some(id)) => {
                if let Some(error) = unknown_choice(choices, id) {
                    self.report(error, position);
                }
            }
            _ => {}
        }
    }

    fn no_day(&mut self, day: &str, position: Position) {
        let day = excerpt(day);
        let error = RuleError::new(
            RuleCode::WrongType,
            Text::new(
                format!("a day is compared with `{day}`, which is none"),
                format!("Ein Tag wird mit `{day}` verglichen; das ist keiner"),
            ),
        );
        let error = error
            .help("write year-month-day: `\"2026-03-02\"`", "Schreiben Sie Jahr-Monat-Tag: `\"2026-03-02\"`");
        self.report(error, position);
    }

    pub(super) fn arithmetic(
        &mut self,
        operator: &str,
        left: &Found,
        right: &Found,
        position: Position,
    ) -> Found {
        for side in [left, right].into_iter().filter(|side| side.optional) {
            self.missing(side, position);
        }
        let (a, b) = (&left.shape, &right.shape);
        if operator == "+" {
            let into_text =
                |number: &Found, text: &Found| number.shape.is_number() && text.shape.is_text() && text.field;
            if into_text(left, right) || into_text(right, left) {
                self.report(operands_named(operator, &a.kind(), &b.kind()), position);
            }
            if a.is_text() || b.is_text() {
                return Found::of(Shape::Text);
            }
            if let (Shape::List(_), Shape::List(_)) = (a, b) {
                return Found { field: false, literal: None, ..left.clone() };
            }
        }
        match (a, b) {
            (Shape::Any, _) | (_, Shape::Any) => Found::any(),
            (a, b) if a.is_number() && b.is_number() => {
                let money = *a == Shape::Money || *b == Shape::Money;
                Found::of(if money { Shape::Money } else { Shape::Number })
            }
            (a, b) => {
                let error = operands_named(operator, &a.kind(), &b.kind());
                let days = operator == "-" && *a == Shape::Date && *b == Shape::Date;
                let error = if days {
                    error.help(
                        "for the days between two dates write `days_between(from, to)`",
                        "Für die Tage zwischen zwei Daten schreiben Sie `days_between(von, bis)`",
                    )
                } else {
                    error
                };
                self.report(error, position);
                Found::any()
            }
        }
    }

    /// `part in whole`.
    pub(super) fn containing(&mut self, whole: &Found, part: &Found, position: Position) -> Found {
        let result = Found::of(Shape::Boolean);
        if whole.optional {
            self.missing(whole, position);
        }
        let item = match &whole.shape {
            Shape::List(item) => (**item).clone(),
            Shape::Any | Shape::Object(_) => return result,
            shape if shape.is_text() => Shape::Text,
            shape => {
                let error = super::wanted(&Shape::list(Shape::Any), shape);
                self.report(error, position);
                return result;
            }
        };
        if let Some(Literal::List(of)) = &whole.literal {
            for literal in of {
                self.comparison("==", part, &Found::literal(literal.clone()), position);
            }
        } else {
            let (field, unknown) = (whole.field, whole.unknown.clone());
            self.comparison("==", part, &Found { field, unknown, ..Found::of(item) }, position);
        }
        result
    }
}

/// Why a choice can never be this.
pub(super) fn unknown_choice(choices: &[Choice], id: &str) -> Option<RuleError> {
    let known = || choices.iter().map(|choice| &*choice.id);
    if known().any(|known| known == id) {
        return None;
    }
    let shown = excerpt(id);
    let error = RuleError::new(
        RuleCode::UnknownChoice,
        Text::new(
            format!("`{shown}` is not among the choices, so this never applies"),
            format!("`{shown}` gibt es in dieser Auswahl nicht; das trifft also nie zu"),
        ),
    );
    let named = error.did_you_mean(id, known());
    if named.help.is_some() {
        return Some(named);
    }
    let list = known().take(20).collect::<Vec<_>>().join(", ");
    Some(named.help(format!("possible are: {list}"), format!("Möglich sind: {list}")))
}

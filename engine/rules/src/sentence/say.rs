//! Says a tree as a clerk would write it, in German and English.
//!
//! A negation is carried inwards until it meets a statement that has a negative of its own, so no sentence begins with
//! "it is not true that".

use super::words::{Noun, capitalised, clause, listed, noun, predicate, quoted, say};
use super::{Comparison, Condition, Literal, Quantity, Term};
use crate::shape::{Shape, Vocabulary};
use crate::template::Lang;

impl Condition {
    /// As a sentence without its full stop: „Die Höhe des Holzstoßes ist mindestens 300 cm“.
    pub fn sentence(&self, vocabulary: &Vocabulary, lang: Lang) -> String {
        capitalised(&Speaker { vocabulary, lang }.condition(self, true))
    }

    /// As what stands behind "bis" or "until": „die Erlaubnis bestandskräftig ist“. None if it says more than that
    /// things are in a state.
    pub fn until(&self, vocabulary: &Vocabulary, lang: Lang) -> Option<String> {
        Speaker { vocabulary, lang }.until(self)
    }
}

impl Term {
    /// As the part of a sentence that names it: „die Summe von …“.
    pub fn sentence(&self, vocabulary: &Vocabulary, lang: Lang) -> String {
        let speaker = Speaker { vocabulary, lang };
        speaker.noun(self, &speaker.shape(self)).nominative
    }
}

pub(super) struct Speaker<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    pub(super) lang: Lang,
}

impl Speaker<'_> {
    pub(super) fn say<'t>(&self, de: &'t str, en: &'t str) -> &'t str {
        say(self.lang, de, en)
    }

    fn yes<'t>(&self, positive: bool, yes: (&'t str, &'t str), no: (&'t str, &'t str)) -> &'t str {
        let (de, en) = if positive { yes } else { no };
        self.say(de, en)
    }

    pub(super) fn condition(&self, condition: &Condition, positive: bool) -> String {
        match condition {
            Condition::All(of) => self.joined(of, positive, positive),
            Condition::Any(of) => self.joined(of, positive, !positive),
            Condition::Not(inner) => self.condition(inner, !positive),
            Condition::Holds(term) => self.holds(term, positive),
            Condition::Compare { left, is, right } => self.comparison(left, *is, right, positive),
            Condition::Between { value, from, to } => self.between(value, from, to, positive),
            Condition::OneOf { value, of } => self.one_of(value, of, positive),
            Condition::Contains { whole, part } => {
                let shape = self.shape(whole);
                let verb = self.yes(positive, ("enthält", "contains"), ("enthält nicht", "does not contain"));
                let part = self.noun(part, &shape.item()).nominative;
                format!("{} {verb} {part}", self.noun(whole, &shape).nominative)
            }
            Condition::Empty(term) => {
                format!(
                    "{} {}",
                    self.name(term),
                    self.yes(positive, ("ist leer", "is empty"), ("ist nicht leer", "is not empty"))
                )
            }
            Condition::Present(term) => self.present(term, positive),
            Condition::Entries { list, quantity, entry, meet } => {
                self.entries(list, *quantity, (entry, meet), positive)
            }
        }
    }

    /// Part of another sentence.
    fn within(&self, condition: &Condition, positive: bool) -> String {
        let said = self.condition(condition, positive);
        let mut inner = condition;
        while let Condition::Not(next) = inner {
            inner = next;
        }
        if matches!(inner, Condition::All(_) | Condition::Any(_)) { format!("({said})") } else { said }
    }

    /// `and`: all must hold.
    fn joined(&self, of: &[Condition], positive: bool, and: bool) -> String {
        let parts: Vec<String> = of.iter().map(|condition| self.within(condition, positive)).collect();
        match (parts.is_empty(), and) {
            (true, true) => self.say("immer", "always").to_string(),
            (true, false) => self.say("nie", "never").to_string(),
            (false, true) => listed(&parts, self.say("und", "and")),
            (false, false) => listed(&parts, self.say("oder", "or")),
        }
    }

    fn holds(&self, term: &Term, positive: bool) -> String {
        let path = match term {
            Term::Literal(Literal::Boolean(truth)) if *truth == positive => {
                return self.say("immer", "always").to_string();
            }
            Term::Literal(_) => return self.say("nie", "never").to_string(),
            Term::Field(path) | Term::Else { field: path, or: Literal::Boolean(false) } => path,
            _ => return self.applies(&self.name(term), positive),
        };
        let (title, of) = self.title(path);
        if let (Some(state), Some(of)) = (predicate(&title, self.lang), &of) {
            let verb = self.yes(positive, ("ist", "is"), ("ist nicht", "is not"));
            return format!("{} {verb} {state}", noun(of, self.lang).nominative);
        }
        match (clause(&title, positive, self.lang), of) {
            (Some(clause), None) => clause,
            (Some(clause), Some(of)) => {
                format!("{clause} ({} {})", self.say("laut", "according to"), quoted(&of, self.lang))
            }
            (None, None) => self.applies(&quoted(&title, self.lang), positive),
            (None, Some(of)) => {
                let of = format!("{} {}", self.say("aus", "from"), quoted(&of, self.lang));
                self.applies(&format!("{} {of}", quoted(&title, self.lang)), positive)
            }
        }
    }

    fn until(&self, condition: &Condition) -> Option<String> {
        let all = |of: &[Condition]| of.iter().map(|part| self.until(part)).collect::<Option<Vec<_>>>();
        match condition {
            Condition::Any(of) if !of.is_empty() => Some(listed(&all(of)?, self.say("oder", "or"))),
            Condition::All(of)
                if !of.is_empty() && of.iter().all(|part| !matches!(part, Condition::Any(_))) =>
            {
                Some(listed(&all(of)?, self.say("und", "and")))
            }
            Condition::Holds(Term::Field(path) | Term::Else { field: path, or: Literal::Boolean(false) })
            | Condition::Compare {
                left: Term::Field(path),
                is: Comparison::Is,
                right: Term::Literal(Literal::Boolean(true)),
            } => {
                let (title, of) = self.title(path);
                let of = noun(&of?, self.lang).nominative;
                let state = predicate(&title, self.lang)?;
                Some(match self.lang {
                    Lang::De => format!("{of} {state} ist"),
                    Lang::En => format!("{of} is {state}"),
                })
            }
            _ => None,
        }
    }

    fn applies(&self, what: &str, positive: bool) -> String {
        let verb = self.yes(positive, ("trifft zu", "applies"), ("trifft nicht zu", "does not apply"));
        format!("{what} {verb}")
    }

    fn present(&self, term: &Term, positive: bool) -> String {
        let verb = self.yes(positive, ("ist angegeben", "is given"), ("ist nicht angegeben", "is not given"));
        format!("{} {verb}", self.name(term))
    }

    fn comparison(&self, left: &Term, is: Comparison, right: &Term, positive: bool) -> String {
        let is = if positive { is } else { is.opposite() };
        // The literal stands on the right, as people say it.
        if matches!(left, Term::Literal(_)) && !matches!(right, Term::Literal(_)) {
            return self.comparison(right, is.mirrored(), left, true);
        }
        let equal = matches!(is, Comparison::Is);
        match (left, right) {
            (_, Term::Literal(Literal::Boolean(truth))) if equal || is == Comparison::IsNot => {
                return self.holds(left, *truth == equal);
            }
            (Term::Else { field, or }, Term::Literal(literal))
                if is == Comparison::IsNot && or == literal && is_nothing(or) =>
            {
                return self.present(&Term::Field(field.clone()), true);
            }
            (Term::Else { field, or }, Term::Literal(literal))
                if equal && or == literal && is_nothing(or) =>
            {
                return self.present(&Term::Field(field.clone()), false);
            }
            (_, Term::Literal(literal)) if is_nothing(literal) && (equal || is == Comparison::IsNot) => {
                return self.condition(&Condition::Empty(left.clone()), equal);
            }
            _ => {}
        }
        let (left_shape, right_shape) = (self.shape(left), self.shape(right));
        let subject = self.noun(left, &right_shape);
        let object = self.beside(right, left, &left_shape, &subject);
        if [&left_shape, &right_shape].into_iter().any(|shape| matches!(shape, Shape::Date | Shape::Time)) {
            let time = [&left_shape, &right_shape].contains(&&Shape::Time);
            return format!("{} {}", subject.nominative, self.of_moments(is, (right, time), &object));
        }
        let verb = match is {
            Comparison::Is => self.say("ist", "is"),
            Comparison::IsNot => self.say("ist nicht", "is not"),
            Comparison::LessThan => self.say("ist kleiner als", "is less than"),
            Comparison::AtMost => self.say("ist höchstens", "is at most"),
            Comparison::MoreThan => self.say("ist größer als", "is more than"),
            Comparison::AtLeast => self.say("ist mindestens", "is at least"),
        };
        format!("{} {verb} {}", subject.nominative, object.nominative)
    }

    /// Days and times of day come before and after each other. A day has an article, a time has none.
    fn of_moments(&self, is: Comparison, (other, time): (&Term, bool), moment: &Noun) -> String {
        let (nominative, dative) = match (other, self.lang) {
            (Term::Literal(_), Lang::De) if !time => {
                (format!("der {}", moment.nominative), format!("dem {}", moment.nominative))
            }
            _ => (moment.nominative.clone(), moment.dative.clone()),
        };
        match is {
            Comparison::Is => format!("{} {nominative}", self.say("ist", "is")),
            Comparison::IsNot => format!("{} {nominative}", self.say("ist nicht", "is not")),
            Comparison::LessThan => format!("{} {dative}", self.say("liegt vor", "is before")),
            Comparison::AtMost => format!("{} {dative}", self.say("liegt nicht nach", "is not after")),
            Comparison::MoreThan => format!("{} {dative}", self.say("liegt nach", "is after")),
            Comparison::AtLeast => format!("{} {dative}", self.say("liegt nicht vor", "is not before")),
        }
    }

    fn between(&self, value: &Term, from: &Term, to: &Term, positive: bool) -> String {
        let shape = self.shape(value);
        let subject = self.noun(value, &shape);
        let ends: Vec<String> = [from, to]
            .map(|end| {
                let said = self.beside(end, value, &shape, &subject).dative;
                let day = shape == Shape::Date && matches!(end, Term::Literal(_)) && self.lang == Lang::De;
                if day { format!("dem {said}") } else { said }
            })
            .into();
        let verb =
            self.yes(positive, ("liegt zwischen", "is between"), ("liegt nicht zwischen", "is not between"));
        let ends = listed(&ends, self.say("und", "and"));
        let both = self.say("(beide eingeschlossen)", "(both included)");
        format!("{} {verb} {ends} {both}", subject.nominative)
    }

    fn one_of(&self, term: &Term, of: &[Literal], positive: bool) -> String {
        let shape = self.shape(term);
        let subject = self.noun(term, &shape);
        let literal = |literal: &Literal| Term::Literal(literal.clone());
        let values: Vec<String> =
            of.iter().map(|of| self.beside(&literal(of), term, &shape, &subject).nominative).collect();
        let verb = match (positive, &values[..]) {
            (true, _) => format!("{} {}", self.say("ist", "is"), listed(&values, self.say("oder", "or"))),
            (false, [one]) => format!("{} {one}", self.say("ist nicht", "is not")),
            (false, values) => {
                let neither = values.join(self.say(" noch ", " nor "));
                format!("{} {neither}", self.say("ist weder", "is neither"))
            }
        };
        format!("{} {verb}", subject.nominative)
    }

    fn entries(
        &self,
        list: &Term,
        quantity: Quantity,
        (entry, meet): (&str, &Condition),
        positive: bool,
    ) -> String {
        let (shape, list) = (self.shape(list), self.name(list));
        let vocabulary = self.vocabulary.with(entry, shape.item());
        let inner = Speaker { vocabulary: &vocabulary, lang: self.lang };
        let (phrase, meets) = match (quantity, positive) {
            (Quantity::Some, true) => {
                (self.say("für mindestens einen Eintrag von", "for at least one entry of"), true)
            }
            (Quantity::Some, false) => (self.say("für keinen Eintrag von", "for no entry of"), true),
            (Quantity::All, true) => (self.say("für jeden Eintrag von", "for every entry of"), true),
            (Quantity::All, false) => {
                (self.say("für mindestens einen Eintrag von", "for at least one entry of"), false)
            }
        };
        format!("{phrase} {list} {} {}", self.say("gilt:", "holds:"), inner.within(meet, meets))
    }
}

/// The literals that stand for "nothing was said".
fn is_nothing(literal: &Literal) -> bool {
    matches!(literal, Literal::Text(text) if text.is_empty())
}

impl Comparison {
    fn opposite(self) -> Comparison {
        match self {
            Comparison::Is => Comparison::IsNot,
            Comparison::IsNot => Comparison::Is,
            Comparison::LessThan => Comparison::AtLeast,
            Comparison::AtMost => Comparison::MoreThan,
            Comparison::MoreThan => Comparison::AtMost,
            Comparison::AtLeast => Comparison::LessThan,
        }
    }

    /// With its sides exchanged.
    fn mirrored(self) -> Comparison {
        match self {
            Comparison::LessThan => Comparison::MoreThan,
            Comparison::AtMost => Comparison::AtLeast,
            Comparison::MoreThan => Comparison::LessThan,
            Comparison::AtLeast => Comparison::AtMost,
            same => same,
        }
    }
}

//! How the terms of a sentence are called.

use super::say::Speaker;
use super::words::{Noun, noun, quoted, value};
use super::{DayPart, Direction, Extreme, Literal, Operator, Part, Path, Rounding, Term};
use crate::shape::{Named, Shape};
use crate::template::Lang;

impl Speaker<'_> {
    pub(super) fn name(&self, term: &Term) -> String {
        self.noun(term, &self.shape(term)).nominative
    }

    fn of(&self, term: &Term) -> String {
        self.noun(term, &self.shape(term)).dative
    }

    /// What stands on the other side of a comparison.
    pub(super) fn beside(&self, term: &Term, other: &Term, shape: &Shape, subject: &Noun) -> Noun {
        match (term, other) {
            (Term::Literal(Literal::Number(number)), Term::PartOfDay { part, .. }) => {
                Noun::plain(self.part_of_day(*part, *number))
            }
            (Term::Literal(literal), _) => {
                Noun::plain(value(literal, shape, subject.unit.as_deref(), self.lang))
            }
            _ => self.noun(term, shape),
        }
    }

    fn part_of_day(&self, part: DayPart, number: i64) -> String {
        const WEEKDAYS: [(&str, &str); 7] = [
            ("Montag", "Monday"),
            ("Dienstag", "Tuesday"),
            ("Mittwoch", "Wednesday"),
            ("Donnerstag", "Thursday"),
            ("Freitag", "Friday"),
            ("Samstag", "Saturday"),
            ("Sonntag", "Sunday"),
        ];
        let weekday = usize::try_from(number - 1).ok().and_then(|index| WEEKDAYS.get(index));
        match (part, weekday) {
            (DayPart::Weekday, Some((de, en))) => self.say(de, en).to_string(),
            _ => number.to_string(),
        }
    }

    /// A term, of which a literal is said as the shape beside it has it.
    pub(super) fn noun(&self, term: &Term, beside: &Shape) -> Noun {
        match term {
            Term::Literal(literal) => Noun::plain(value(literal, beside, None, self.lang)),
            Term::Field(path) => self.field(path),
            Term::Else { field, or } => {
                let found = self.field(field);
                let or = value(or, &self.shape(term), found.unit.as_deref(), self.lang);
                let otherwise = format!(" ({} {or})", self.say("sonst", "otherwise"));
                Noun {
                    nominative: format!("{}{otherwise}", found.nominative),
                    dative: format!("{}{otherwise}", found.dative),
                    unit: found.unit,
                }
            }
            other => Noun::plain(self.calculated(other)),
        }
    }

    fn calculated(&self, term: &Term) -> String {
        match term {
            Term::Literal(_) | Term::Field(_) | Term::Else { .. } => self.name(term),
            Term::Calculated { left, operator, right } => {
                let side = |side: &Term, other: &Term| {
                    let said = self.noun(side, &self.shape(other)).nominative;
                    if matches!(side, Term::Calculated { .. }) { format!("({said})") } else { said }
                };
                let word = match operator {
                    Operator::Plus => self.say("plus", "plus"),
                    Operator::Minus => self.say("minus", "minus"),
                    Operator::Times => self.say("mal", "times"),
                    Operator::DividedBy => self.say("geteilt durch", "divided by"),
                    Operator::Remainder => self.say("modulo", "modulo"),
                };
                format!("{} {word} {}", side(left, right), side(right, left))
            }
            Term::Moved { day, direction, period } => {
                let word = match direction {
                    Direction::Later => self.say("nach", "after"),
                    Direction::Earlier => self.say("vor", "before"),
                };
                format!("{} {word} {}", self.noun(period, &Shape::Period).nominative, self.day(day))
            }
            Term::DaysBetween { from, to } => {
                let (de, en) = ("die Anzahl der Tage zwischen", "the number of days between");
                format!("{} {} {} {}", self.say(de, en), self.day(from), self.say("und", "and"), self.day(to))
            }
            Term::PartOfDay { part, day } => {
                let word = match part {
                    DayPart::Year => self.say("das Jahr von", "the year of"),
                    DayPart::Month => self.say("der Monat von", "the month of"),
                    DayPart::Weekday => self.say("der Wochentag von", "the day of the week of"),
                };
                format!("{word} {}", self.day(day))
            }
            Term::Rounded { value, way, to } => {
                let word = match way {
                    Rounding::Down => self.say("abgerundet auf", "rounded down to"),
                    Rounding::Up => self.say("aufgerundet auf", "rounded up to"),
                    Rounding::HalfUp => self.say("kaufmännisch gerundet auf", "rounded half up to"),
                };
                let (to, multiple) = (
                    self.noun(to, &self.shape(value)).dative,
                    self.say("ein Vielfaches von", "a multiple of"),
                );
                format!("{} ({word} {multiple} {to})", self.name(value))
            }
            Term::Extreme { which, left, right } => {
                let word = match which {
                    Extreme::Least => self.say("der kleinere Wert von", "the lesser of"),
                    Extreme::Greatest => self.say("der größere Wert von", "the greater of"),
                };
                let (left, right) =
                    (self.noun(left, &self.shape(right)).dative, self.noun(right, &self.shape(left)).dative);
                format!("{word} {left} {} {right}", self.say("und", "and"))
            }
            Term::Count(whole) => self.count(whole),
            Term::CountOf { list, entry, meet } => {
                let vocabulary = self.vocabulary.with(entry, self.shape(list).item());
                let inner = Speaker { vocabulary: &vocabulary, lang: self.lang };
                let meet = inner.condition(meet, true);
                let count = self.say("die Anzahl der Einträge von", "the number of entries of");
                format!(
                    "{count} {} ({} {meet})",
                    self.of(list),
                    self.say("für die gilt:", "for which holds:")
                )
            }
            Term::Sum { list, of } => self.sum(list, of.as_deref()),
        }
    }

    fn day(&self, term: &Term) -> String {
        let said = self.noun(term, &Shape::Date).dative;
        let literal = matches!(term, Term::Literal(_)) && self.lang == Lang::De;
        if literal { format!("dem {said}") } else { said }
    }

    fn count(&self, whole: &Term) -> String {
        let shape = self.shape(whole);
        let count = if shape.is_text() {
            self.say("die Anzahl der Zeichen von", "the number of characters of")
        } else {
            self.say("die Anzahl der Einträge von", "the number of entries of")
        };
        format!("{count} {}", self.of(whole))
    }

    fn sum(&self, list: &Term, of: Option<&Part>) -> String {
        let sum = self.say("die Summe von", "the sum of");
        let Some(part) = of else { return format!("{sum} {}", self.of(list)) };
        let vocabulary = self.vocabulary.with(&part.entry, self.shape(list).item());
        let inner = Speaker { vocabulary: &vocabulary, lang: self.lang };
        let over = self.say("über alle Einträge von", "over all entries of");
        format!("{sum} {} {over} {}", inner.of(&part.value), self.of(list))
    }

    fn field(&self, path: &Path) -> Noun {
        if path.root == "today" && path.members.is_empty() {
            let (de, en) = ("der heutige Tag", "today");
            let dative = self.say("dem heutigen Tag", "today").to_string();
            return Noun { nominative: self.say(de, en).to_string(), dative, unit: None };
        }
        let (title, of) = self.title(path);
        let found = noun(&title, self.lang);
        match of {
            None => found,
            Some(of) => {
                let of = format!("{} {}", self.say("aus", "from"), quoted(&of, self.lang));
                Noun {
                    nominative: format!("{} {of}", found.nominative),
                    dative: format!("{} {of}", found.dative),
                    unit: found.unit,
                }
            }
        }
    }

    /// The title of a field, and that of the object that it belongs to, if that is not just everything. What is not
    /// known has its name for a title.
    pub(super) fn title(&self, path: &Path) -> (String, Option<String>) {
        let words = |named: &Named| self.say(&named.title.de, &named.title.en).to_string();
        let mut found = self.vocabulary.roots.get(&path.root);
        let mut title = found.map_or_else(|| path.root.clone(), words);
        let mut of = None;
        for (depth, member) in path.members.iter().enumerate() {
            let parent = std::mem::replace(&mut title, member.name.replace('_', " "));
            of = (depth > 0).then_some(parent);
            found = match found.map(|named| &named.shape) {
                Some(Shape::Object(members)) => members.get(&member.name),
                _ => None,
            };
            if let Some(named) = found {
                title = words(named);
            }
        }
        (title, of)
    }

    /// What the vocabulary knows of a term.
    pub(super) fn shape(&self, term: &Term) -> Shape {
        match term {
            Term::Literal(Literal::Boolean(_)) => Shape::Boolean,
            Term::Literal(Literal::Number(_)) => Shape::Number,
            Term::Literal(Literal::Text(_)) => Shape::Text,
            Term::Literal(Literal::List(_)) => Shape::list(Shape::Any),
            Term::Field(path) | Term::Else { field: path, .. } => self.shape_of(path),
            Term::Calculated { left, right, .. } => match (self.shape(left), self.shape(right)) {
                (Shape::Money, _) | (_, Shape::Money) => Shape::Money,
                (left, _) => left,
            },
            Term::Moved { .. } => Shape::Date,
            Term::Rounded { value, .. } => self.shape(value),
            Term::Extreme { left, .. } => self.shape(left),
            Term::Sum { list, of: None } => self.shape(list).item(),
            Term::Sum { list, of: Some(part) } => {
                let vocabulary = self.vocabulary.with(&part.entry, self.shape(list).item());
                Speaker { vocabulary: &vocabulary, lang: self.lang }.shape(&part.value)
            }
            Term::DaysBetween { .. } | Term::PartOfDay { .. } | Term::Count(_) | Term::CountOf { .. } => {
                Shape::Number
            }
        }
    }

    fn shape_of(&self, path: &Path) -> Shape {
        let Some(root) = self.vocabulary.roots.get(&path.root) else { return Shape::Any };
        path.members.iter().fold(root.shape.clone(), |shape, member| match shape {
            Shape::Object(members) => {
                members.get(&member.name).map_or(Shape::Any, |named| named.shape.clone())
            }
            _ => Shape::Any,
        })
    }
}

//! Whether what a template reads fits the data: names that are not there, and values that a filter cannot take.
//!
//! As with rules, what cannot be known counts as right. What is asked for under a condition is not reported: the letter
//! may be made under the same one.

use crate::error::{Place, RuleCode, RuleError, Text, excerpt};
use crate::path::VariablePath;
use crate::shape::{Members, Presence, Shape, Vocabulary};
use crate::template::Template;

/// A value as the template uses it, where the text fixes its path.
#[derive(Debug, Clone)]
pub(super) struct Use {
    pub path: VariablePath,
    pub how: How,
    /// So many of its names are there: the conditions around have asked.
    pub there: usize,
    /// The list whose entry the first name is; else that is a variable.
    pub entry_of: Option<VariablePath>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// Looked at: a condition, a loop, an argument.
    Read,
    /// `{% for … in path %}`
    Listed,
    /// `{{ path }}`
    Written,
    /// `path | date`
    As(Shaped),
}

/// What a filter of ours takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shaped {
    Date,
    Period,
    Number,
}

impl Shaped {
    pub(super) fn of(filter: &str) -> Option<Shaped> {
        match filter {
            "date" => Some(Shaped::Date),
            "period" => Some(Shaped::Period),
            "money" | "number" => Some(Shaped::Number),
            _ => None,
        }
    }

    /// The shape that it wants, if the other can never be it.
    fn refuses(self, shape: &Shape) -> Option<Shape> {
        // Nothing says what a plain text holds.
        let (fits, wanted) = match self {
            Shaped::Date => (matches!(shape, Shape::Date | Shape::Text), Shape::Date),
            Shaped::Period => {
                (matches!(shape, Shape::Period | Shape::Text | Shape::Choice(_)), Shape::Period)
            }
            Shaped::Number => (shape.is_number(), Shape::Number),
        };
        (!fits && *shape != Shape::Any).then_some(wanted)
    }
}

impl Template {
    /// Where it first needs the value of a path that may be missing: neither asks before, nor says what to write instead.
    pub fn needs(&self, names: &[&str]) -> Option<Place> {
        let needs = |each: &&Use| {
            let path = each.path.names();
            // Of what is missing nothing can be read; to look whether it is there is allowed.
            let used = match each.how {
                _ if path.len() > names.len() => true,
                How::Read | How::Listed => false,
                How::Written | How::As(_) => each.path.segments.last().is_some_and(|last| !last.optional),
            };
            path.starts_with(names) && each.there < names.len() && used
        };
        self.uses.iter().filter(|each| each.entry_of.is_none()).find(needs).map(|each| each.path.place())
    }

    /// What does not fit the data, in the order of the text.
    pub fn misfits(&self, vocabulary: &Vocabulary) -> Vec<RuleError> {
        let wrong = self.uses.iter().filter(|each| each.entry_of.is_none());
        let wrong = wrong.filter_map(|each| misfit(each, &vocabulary.roots));
        let missing = self.uses.iter().filter_map(|each| may_be_missing(each, &vocabulary.roots));
        let mut found: Vec<RuleError> = wrong.chain(missing).collect();
        found.sort_by_key(|problem| (problem.line, problem.column));
        found.dedup();
        found
    }
}

/// A value that may be left out, and is used as if it were always there.
fn may_be_missing(each: &Use, roots: &Members) -> Option<RuleError> {
    let (path, last) = (&each.path, each.path.segments.len() - 1);
    let mut shape = match &each.entry_of {
        None => roots.get(path.root())?.shape.clone(),
        Some(list) => {
            let mut shape = roots.get(list.root())?.shape.clone();
            for segment in &list.segments[1..] {
                shape = member(&shape, &segment.name)?.0;
            }
            shape.item()
        }
    };
    for (index, segment) in path.segments.iter().enumerate().skip(1) {
        let (of, presence) = member(&shape, &segment.name)?;
        // Of what is missing nothing can be read; to look whether it is there is allowed.
        let used = match each.how {
            _ if index < last => true,
            How::Read => false,
            How::Listed | How::Written | How::As(_) => !segment.optional,
        };
        if presence == Presence::MayBeMissing && each.there <= index && used {
            return Some(left_out(&path.text(index + 1), index < last).at(path.place()));
        }
        shape = of;
    }
    None
}

fn member(shape: &Shape, name: &str) -> Option<(Shape, Presence)> {
    let Shape::Object(members) = shape else { return None };
    members.get(name).map(|named| (named.shape.clone(), named.presence))
}

/// `within`: something is read of it.
fn left_out(path: &str, within: bool) -> RuleError {
    let text = Text::new(
        format!("`{path}` may be left out, and then this text cannot be made"),
        format!("`{path}` kann leer bleiben, und dann lässt sich dieser Text nicht fertigen"),
    );
    let error = RuleError::new(RuleCode::MayBeMissing, text);
    match within {
        true => error.help(
            format!("ask first: `{{% if {path} %}}…{{% endif %}}`"),
            format!("Fragen Sie vorher: `{{% if {path} %}}…{{% endif %}}`"),
        ),
        false => error.help(
            format!("say what to write instead: `{{{{ {path} | default(\"–\") }}}}`, or ask first: `{{% if {path} %}}…{{% endif %}}`"),
            format!("Geben Sie an, was stattdessen dasteht: `{{{{ {path} | default(\"–\") }}}}`, oder fragen Sie vorher: `{{% if {path} %}}…{{% endif %}}`"),
        ),
    }
}

fn misfit(each: &Use, roots: &Members) -> Option<RuleError> {
    let segments = &each.path.segments;
    // An unknown variable is reported where names are checked.
    let mut shape = &roots.get(&segments[0].name)?.shape;
    for (index, segment) in segments.iter().enumerate().skip(1) {
        let unknown = |known: Vec<&str>| {
            let (object, name) = (each.path.text(index), excerpt(&segment.name));
            let text = Text::new(
                format!("`{object}` has no property `{name}`"),
                format!("`{object}` hat keine Eigenschaft `{name}`"),
            );
            let error = RuleError::new(RuleCode::UnknownProperty, text).at(segment.place);
            Some(error.did_you_mean(&segment.name, known))
        };
        shape = match shape {
            Shape::Object(members) => match members.get(&segment.name) {
                Some(named) => &named.shape,
                None if members.open => return None,
                None => return unknown(members.named.iter().map(|named| &*named.name).collect()),
            },
            Shape::Any | Shape::List(_) => return None,
            _ => return unknown(Vec::new()),
        };
    }
    let (wanted, found) = match each.how {
        How::Read | How::Listed => return None,
        How::Written if matches!(shape, Shape::List(_) | Shape::Object(_)) => (Shape::Text, shape.kind()),
        How::Written => return written_raw(&each.path, shape),
        How::As(shaped) => (shaped.refuses(shape)?, shape.kind()),
    };
    let wanted = wanted.kind();
    let path = each.path.to_string();
    let text = Text::new(
        format!("`{path}` is {}, but {} is needed here", found.en, wanted.en),
        format!("`{path}` ist {}; hier wird gebraucht: {}", found.de, wanted.de),
    );
    Some(RuleError::new(RuleCode::WrongType, text).at(each.path.place()))
}

/// What people would read as a number of cents, or as a day that programs write.
fn written_raw(path: &VariablePath, shape: &Shape) -> Option<RuleError> {
    let (filter, en, de) = match shape {
        Shape::Money => (
            "money",
            "an amount: written so it is a number of cents",
            "ein Betrag: So steht dort eine Zahl von Cent",
        ),
        Shape::Date => ("date", "a day: written so it is 2026-03-02", "ein Tag: So steht dort 2026-03-02"),
        _ => return None,
    };
    let text = Text::new(format!("`{path}` is {en}"), format!("`{path}` ist {de}"));
    let error = RuleError::new(RuleCode::WrittenRaw, text).at(path.place());
    Some(error.help(
        format!("write `{{{{ {path} | {filter} }}}}`"),
        format!("Schreiben Sie `{{{{ {path} | {filter} }}}}`"),
    ))
}

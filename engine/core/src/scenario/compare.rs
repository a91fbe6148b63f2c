//! What a scenario expected beside what is there, entry by entry.

use std::{collections::BTreeMap, sync::Arc};

use super::{Ended, Expectation, View, ViewDeadline};
use crate::words::{StepPath, Text, Value};

/// One entry of how things stand: as it was expected, and as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What it is, in the words of the scenario: `waiting`, `deadline request`, `result.assess.ok`.
    pub part: String,
    /// What was expected; none: that it is not there.
    pub expected: Option<Text>,
    /// What is there; none: nothing.
    pub actual: Option<Text>,
    /// Whether this is as expected; other entries of the same part are not.
    pub same: bool,
}

impl Compared {
    /// An entry whose words are the same in every language.
    fn plain(part: impl Into<String>, expected: Option<String>, actual: Option<String>, same: bool) -> Self {
        let plain = |words: String| Text::new(words.clone(), words);
        Compared { part: part.into(), expected: expected.map(plain), actual: actual.map(plain), same }
    }

    /// What was to happen, and what happened instead.
    pub fn instead(part: impl Into<String>, expected: Text, actual: Text) -> Self {
        Compared { part: part.into(), expected: Some(expected), actual: Some(actual), same: false }
    }
}

impl Expectation {
    /// What differs: every part that is not as expected, with all its entries.
    pub fn compare(&self, view: &View) -> Vec<Compared> {
        let mut parts: Vec<Vec<Compared>> = Vec::new();
        parts.extend(self.waiting.as_ref().map(|expected| waiting(expected, &view.waiting)));
        parts.extend(self.deadlines.iter().map(|(name, expected)| {
            let found = deadline(name, &view.deadlines);
            vec![match found {
                Ok(actual) => one(format!("deadline {name}"), expected.to_string(), Some(actual.to_string())),
                Err(actual) => {
                    let expected = expected.to_string();
                    let expected = Text::new(expected.clone(), expected);
                    Compared::instead(format!("deadline {name}"), expected, actual)
                }
            }]
        }));
        parts.extend(self.grace.iter().map(|(name, expected)| {
            let actual = view.grace.get(name).map(ToString::to_string);
            vec![one(format!("grace {name}"), expected.to_string(), actual)]
        }));
        parts.extend(
            self.results.as_ref().map(|it| values("result", it, Some(&view.results), More::OutsideLists)),
        );
        parts.extend(self.data.as_ref().map(|it| values("data", it, Some(&view.data), More::OutsideLists)));
        parts.extend(
            self.parties.as_ref().map(|it| values("parties", it, Some(&view.parties), More::Everywhere)),
        );
        parts.extend(self.acts.as_ref().map(|it| values("acts", it, Some(&view.acts), More::Everywhere)));
        parts.extend(self.outcomes.iter().map(|(step, expected)| {
            let actual = view.outcomes.get(step).map(ToString::to_string);
            vec![one(format!("outcome {step}"), expected.to_string(), actual)]
        }));
        parts.extend(self.ended.iter().map(|expected| vec![ended(expected, view.ended.as_ref())]));
        let lists = [
            ("warned", &self.warned, &view.warned),
            ("sent", &self.sent, &view.sent),
            ("documents", &self.documents, &view.documents),
            ("incidents", &self.incidents, &view.incidents),
            ("errands", &self.errands, &view.errands),
        ];
        let lists =
            lists.into_iter().filter_map(|(part, expected, actual)| Some((part, expected.as_ref()?, actual)));
        parts.extend(lists.map(|(part, expected, actual)| list(part, expected, actual)));
        parts.extend(self.letters.iter().map(|(step, words)| {
            let letter = letter_of(step, &view.letters);
            let entry = |word: &Arc<str>| {
                let same = letter.is_some_and(|letter| letter.contains(&**word));
                // A letter is long: it is shown once, beside the words that are missing.
                let shown = if same { Some(word.to_string()) } else { letter.map(ToString::to_string) };
                if shown.is_none() && !view.letters.is_empty() {
                    return Compared::instead(
                        format!("text {step}"),
                        Text::new(word.clone(), word.clone()),
                        others(&view.letters),
                    );
                }
                Compared::plain(format!("text {step}"), Some(word.to_string()), shown, same)
            };
            words.iter().map(entry).collect()
        }));
        parts.extend(
            self.notes.map(|expected| vec![one("notes", expected.to_string(), Some(view.notes.to_string()))]),
        );
        parts.extend(self.number.iter().map(|expected| {
            vec![one("number", expected.to_string(), view.number.as_ref().map(ToString::to_string))]
        }));
        parts.extend(self.due.iter().map(|(step, expected)| {
            vec![one(
                format!("due {step}"),
                expected.to_string(),
                view.due.get(step).map(ToString::to_string),
            )]
        }));
        parts.into_iter().filter(|part| part.iter().any(|entry| !entry.same)).flatten().collect()
    }
}

/// The letter of a step; or the only one inside of the block of this name.
fn letter_of<'v>(step: &StepPath, letters: &'v BTreeMap<StepPath, Arc<str>>) -> Option<&'v Arc<str>> {
    let inside = format!("{step}/");
    let mut within = letters.iter().filter(|(path, _)| path.to_string().starts_with(&inside));
    letters.get(step).or_else(|| within.next().filter(|_| within.next().is_none()).map(|(_, letter)| letter))
}

/// That there is no such letter, and of which steps there are some.
fn others(letters: &BTreeMap<StepPath, Arc<str>>) -> Text {
    let names = letters.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Text::new(
        format!("kein Schreiben; Schreiben gibt es von: {names}"),
        format!("no letter; there are letters of: {names}"),
    )
}

fn one(part: impl Into<String>, expected: String, actual: Option<String>) -> Compared {
    let same = actual.as_ref() == Some(&expected);
    Compared::plain(part, Some(expected), actual, same)
}

/// Steps that wait. What is not there by its own name may be a block: then it stands for all that waits inside.
fn waiting(expected: &[StepPath], actual: &[StepPath]) -> Vec<Compared> {
    let mut rest = actual.to_vec();
    let mut entries = Vec::new();
    let mut around = Vec::new();
    for step in expected {
        match rest.iter().position(|found| found == step) {
            Some(at) => {
                rest.remove(at);
                entries.push(one("waiting", step.to_string(), Some(step.to_string())));
            }
            None => around.push(step),
        }
    }
    for scope in around {
        let (inside, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|step| lies_in(step, scope));
        rest = others;
        let shown = inside.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let same = !inside.is_empty();
        entries.push(Compared::plain("waiting", Some(scope.to_string()), same.then_some(shown), same));
    }
    entries.extend(rest.iter().map(|step| Compared::plain("waiting", None, Some(step.to_string()), false)));
    entries
}

/// Whether a step lies inside another one, in the rounds that this is named with.
pub fn lies_in(step: &StepPath, scope: &StepPath) -> bool {
    step.address() != scope.address() && step.is_within(scope) && step.rounds().starts_with(&scope.rounds())
}

/// The deadline of a name, or the only one at or inside the step of this name.
fn deadline(name: &str, set: &BTreeMap<Arc<str>, ViewDeadline>) -> Result<ViewDeadline, Text> {
    if let Some(found) = set.get(name) {
        return Ok(*found);
    }
    let there = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with(['/', '.']));
    let inside: Vec<_> = set.iter().filter(|(key, _)| there(key)).collect();
    let names = |of: &[(&Arc<str>, &ViewDeadline)]| {
        of.iter().map(|(key, deadline)| format!("{key}: {deadline}")).collect::<Vec<_>>().join(", ")
    };
    match &inside[..] {
        [(_, found)] => Ok(**found),
        [] if set.is_empty() => Err(Text::new("keine Frist gesetzt", "no deadline is set")),
        [] => {
            let all = names(&set.iter().collect::<Vec<_>>());
            Err(Text::new(format!("nicht gesetzt; gesetzt sind {all}"), format!("not set; set are {all}")))
        }
        several => {
            let all = names(several);
            Err(Text::new(
                format!("mehrere, eine davon nennen: {all}"),
                format!("several, name one of them: {all}"),
            ))
        }
    }
}

fn ended(expected: &Ended, actual: Option<&Option<Arc<str>>>) -> Compared {
    let same = match expected {
        Ended::No => actual.is_none(),
        Ended::Yes => actual.is_some(),
        Ended::With(outcome) => actual.is_some_and(|actual| actual.as_ref() == Some(outcome)),
    };
    let expected = match expected {
        Ended::No => "false".to_owned(),
        Ended::Yes => "true".to_owned(),
        Ended::With(outcome) => outcome.to_string(),
    };
    let actual = match actual {
        None => "false".to_owned(),
        Some(None) => "true".to_owned(),
        Some(Some(outcome)) => outcome.to_string(),
    };
    Compared::plain("ended", Some(expected), Some(actual), same)
}

/// Which objects may have more fields than are expected.
#[derive(Clone, Copy, PartialEq, Eq)]
enum More {
    Everywhere,
    OutsideLists,
    Nowhere,
}

/// The parts of a value that are expected: lists are as long, and what is neither a list nor an object is equal.
fn values(part: &str, expected: &Value, actual: Option<&Value>, more_fields: More) -> Vec<Compared> {
    let more = |part: String, value: &Value| Compared::plain(part, None, Some(value.to_string()), false);
    match (expected, actual) {
        (Value::Object(expected), Some(Value::Object(actual))) => {
            let inner = expected.iter().flat_map(|(key, value)| {
                values(&format!("{part}.{key}"), value, actual.get(key), more_fields)
            });
            let beyond =
                actual.iter().filter(|(key, _)| more_fields == More::Nowhere && !expected.contains_key(*key));
            inner.chain(beyond.map(|(key, value)| more(format!("{part}.{key}"), value))).collect()
        }
        (Value::Array(expected), Some(Value::Array(actual))) => {
            let at = |index: usize| format!("{part}[{}]", index + 1);
            let more_fields = if more_fields == More::OutsideLists { More::Nowhere } else { more_fields };
            let inner = expected
                .iter()
                .enumerate()
                .flat_map(|(index, value)| values(&at(index), value, actual.get(index), more_fields));
            let beyond = actual.iter().enumerate().skip(expected.len());
            inner.chain(beyond.map(|(index, value)| more(at(index), value))).collect()
        }
        _ => {
            let same = actual == Some(expected);
            vec![Compared::plain(part, Some(expected.to_string()), actual.map(ToString::to_string), same)]
        }
    }
}

/// Two lists whose order counts: what both have in the same order stands side by side (longest common subsequence).
fn list(part: &str, expected: &[Arc<str>], actual: &[Arc<str>]) -> Vec<Compared> {
    let mut common = vec![vec![0_u32; actual.len() + 1]; expected.len() + 1];
    for at in (0..expected.len()).rev() {
        for beside in (0..actual.len()).rev() {
            common[at][beside] = if expected[at] == actual[beside] {
                common[at + 1][beside + 1] + 1
            } else {
                common[at + 1][beside].max(common[at][beside + 1])
            };
        }
    }
    let (mut at, mut beside) = (0, 0);
    let mut entries = Vec::new();
    while at < expected.len() || beside < actual.len() {
        let (left, right) = (expected.get(at), actual.get(beside));
        let take_left =
            right.is_none() || common[at][beside] == common.get(at + 1).map_or(0, |row| row[beside]);
        let same = left.is_some() && left == right;
        let (left, right) = match (left, same) {
            (_, true) => (left, right),
            (Some(_), false) if take_left => (left, None),
            _ => (None, right),
        };
        at += usize::from(left.is_some());
        beside += usize::from(right.is_some());
        let text = |item: Option<&Arc<str>>| item.map(ToString::to_string);
        entries.push(Compared::plain(part, text(left), text(right), same));
    }
    entries
}

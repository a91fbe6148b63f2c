//! What a scenario expects, and how things stand: compared part by part, shown side by side.

use std::{collections::BTreeMap, sync::Arc};

use crate::words::{Date, StepPath, Value};

/// How things stand, as people see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// The steps that wait now: tasks, waits, effects; sorted, as often as they are active.
    pub waiting: Vec<StepPath>,
    /// The deadlines that are set, by step and name (`request/await.expired`; without a step for the case itself).
    pub deadlines: BTreeMap<Arc<str>, ViewDeadline>,
    /// What steps wrote.
    pub results: Value,
    /// The outcome by which a step was left last.
    pub outcomes: BTreeMap<StepPath, Arc<str>>,
    /// Whether the case has ended, and how.
    pub ended: Option<Option<Arc<str>>>,
    /// The titles of the documents, in the order in which they came.
    pub documents: Vec<Arc<str>>,
    /// The text of the last letter of each step.
    pub letters: BTreeMap<StepPath, Arc<str>>,
    /// What was sent to other cases: `call x`, `message x`, `signal x`, in order.
    pub sent: Vec<Arc<str>>,
    /// How many notes there are.
    pub notes: usize,
    /// The file number.
    pub number: Option<Arc<str>>,
    /// The codes of the open incidents.
    pub incidents: Vec<Arc<str>>,
    /// What they say, in English: shown beside a line that did not go as written.
    pub troubles: Vec<Arc<str>>,
    /// The application.
    pub data: Value,
    /// The parties, as rules see them.
    pub parties: Value,
    /// The acts, as rules see them.
    pub acts: Value,
    /// Internal due days of open tasks.
    pub due: BTreeMap<StepPath, Date>,
}

/// A deadline as it is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewDeadline {
    /// It ends with this day.
    Ends(Date),
    /// It waits for a dispatch.
    NotRunning,
}

impl std::fmt::Display for ViewDeadline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ViewDeadline::Ends(day) => day.fmt(f),
            ViewDeadline::NotRunning => f.write_str("not running"),
        }
    }
}

/// What a scenario expects; what it does not name is not compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectation {
    /// Exactly these steps wait; sorted, as often as they are active.
    pub waiting: Option<Vec<StepPath>>,
    /// These deadlines are set so.
    pub deadlines: BTreeMap<Arc<str>, ViewDeadline>,
    /// The results have these parts.
    pub results: Option<Value>,
    /// These steps were left last by these outcomes.
    pub outcomes: BTreeMap<StepPath, Arc<str>>,
    /// The case has ended, by this outcome if one is named; `false`: it goes on.
    pub ended: Option<Ended>,
    /// Exactly these documents are there.
    pub documents: Option<Vec<Arc<str>>>,
    /// The last letters of these steps contain these words.
    pub letters: BTreeMap<StepPath, Vec<Arc<str>>>,
    /// Exactly this was sent to other cases.
    pub sent: Option<Vec<Arc<str>>>,
    /// So many notes are there.
    pub notes: Option<usize>,
    /// The file number is this.
    pub number: Option<Arc<str>>,
    /// Exactly these incidents are open.
    pub incidents: Option<Vec<Arc<str>>>,
    /// The application has these parts.
    pub data: Option<Value>,
    /// The parties have these parts.
    pub parties: Option<Value>,
    /// The acts have these parts.
    pub acts: Option<Value>,
    /// These tasks are due on these days.
    pub due: BTreeMap<StepPath, Date>,
}

/// Whether and how a case shall have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It goes on.
    No,
    /// It has ended, however.
    Yes,
    /// It has ended with this outcome.
    With(Arc<str>),
}

impl Expectation {
    /// What differs: for each part, what was expected and what is there.
    pub fn differences(&self, view: &View) -> Vec<(String, String, String)> {
        let mut found = Vec::new();
        let mut compare = |part: String, expected: String, actual: String, same: bool| {
            if !same {
                found.push((part, expected, actual));
            }
        };
        if let Some(waiting) = &self.waiting {
            compare("waiting".into(), list(waiting), list(&view.waiting), *waiting == view.waiting);
        }
        for (name, expected) in &self.deadlines {
            let actual = view.deadlines.get(name);
            let shown = actual.map_or_else(
                || format!("not set (set are: {})", list(view.deadlines.keys())),
                ViewDeadline::to_string,
            );
            compare(format!("deadline {name}"), expected.to_string(), shown, actual == Some(expected));
        }
        if let Some(expected) = &self.results {
            compare(
                "result".into(),
                expected.to_string(),
                view.results.to_string(),
                contains(&view.results, expected),
            );
        }
        for (step, expected) in &self.outcomes {
            let actual = view.outcomes.get(step);
            let shown = actual.map_or("none".to_owned(), ToString::to_string);
            compare(format!("outcome {step}"), expected.to_string(), shown, actual == Some(expected));
        }
        if let Some(expected) = &self.ended {
            let same = match (expected, &view.ended) {
                (Ended::No, ended) => ended.is_none(),
                (Ended::Yes, ended) => ended.is_some(),
                (Ended::With(outcome), ended) => {
                    ended.as_ref().is_some_and(|ended| ended.as_ref() == Some(outcome))
                }
            };
            compare("ended".into(), format!("{expected:?}"), format!("{:?}", view.ended), same);
        }
        if let Some(expected) = &self.sent {
            compare("sent".into(), list(expected), list(&view.sent), *expected == view.sent);
        }
        if let Some(expected) = &self.documents {
            compare("documents".into(), list(expected), list(&view.documents), *expected == view.documents);
        }
        for (step, words) in &self.letters {
            let letter = view.letters.get(step);
            for word in words {
                let same = letter.is_some_and(|letter| letter.contains(&**word));
                let shown = letter.map_or("no letter".to_owned(), ToString::to_string);
                compare(format!("text {step}"), word.to_string(), shown, same);
            }
        }
        if let Some(expected) = self.notes {
            compare("notes".into(), expected.to_string(), view.notes.to_string(), expected == view.notes);
        }
        if let Some(expected) = &self.number {
            let shown = view.number.as_ref().map_or("none".to_owned(), ToString::to_string);
            compare("number".into(), expected.to_string(), shown, Some(expected) == view.number.as_ref());
        }
        if let Some(expected) = &self.incidents {
            compare("incidents".into(), list(expected), list(&view.incidents), *expected == view.incidents);
        }
        if let Some(expected) = &self.data {
            compare(
                "data".into(),
                expected.to_string(),
                view.data.to_string(),
                contains(&view.data, expected),
            );
        }
        let stated = [("parties", &self.parties, &view.parties), ("acts", &self.acts, &view.acts)];
        for (part, expected, actual) in stated {
            if let Some(expected) = expected {
                let same = super::acts::has_parts(actual, expected);
                compare(part.into(), expected.to_string(), actual.to_string(), same);
            }
        }
        for (step, expected) in &self.due {
            let actual = view.due.get(step);
            let shown = actual.map_or("none".to_owned(), ToString::to_string);
            compare(format!("due {step}"), expected.to_string(), shown, actual == Some(expected));
        }
        found
    }
}

/// Whether a value has all parts of another: objects may have more fields, everything else is equal.
fn contains(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => {
            expected.iter().all(|(key, value)| actual.get(key).is_some_and(|actual| contains(actual, value)))
        }
        _ => actual == expected,
    }
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}

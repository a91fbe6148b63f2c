//! Reads the mapping of an event log to a process: which activity is what in the process, and with which values.
//!
//! ```yaml
//! mapping: permit                      # the process
//! activities:                          # every activity of the log
//!   Register:                          # the case begins; the day of receipt is the recorded day
//!     start: { name: { text: applicant }, fee_cents: { cents: cost } }
//!   Check:                             # a task is done; of several steps the first one that is open
//!     complete: check
//!     with: { outcome: { choice: result, of: { ok: complete, bad: incomplete } } }
//!     within: check.expired            # measured: was it up to the last day of this deadline?
//!   Reply:                             # a message comes; its day of receipt is the recorded day
//!     message: reply
//!   Escalate:                          # not before this deadline has passed; without `complete` or `message`
//!     after: check.expired             # the process has done it by itself
//!   Print: { ignore: true }            # happens outside the process
//! at_end: [close]                      # tasks that the log does not note: done after the last event, if open
//! complete: [granted, refused]         # the outcomes of a case that is complete
//! ```
//!
//! A value is a constant, or says how an attribute of the event is read: `text`, `integer`, `cents` (`"35.0"` is 3500),
//! `day` (`time:timestamp` is the recorded day), `choice` with `of`; `trace` is the text of an attribute of the trace.
//! With `optional: true` a missing attribute leaves the field out. Deadlines are named as in scenarios:
//! `<step>.<name>`, without a step for the case itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    definition::{Kind as StepKind, Release, TriggerKind},
    diagnostic::{Diagnostic, Problems, Span},
    language::{Fields, Node, NodeKind, read_entries, read_text, read_yaml},
    words::{Object, StepPath, Text, Value},
};

mod value;

pub use value::{Source, Unreadable};

/// What each activity of a log is in a process.
#[derive(Debug)]
pub struct Mapping {
    /// By activity, in the order of the file.
    pub activities: Vec<Activity>,
    /// Tasks that the log does not note.
    pub at_end: Vec<StepPath>,
    /// The outcomes of a complete case.
    pub complete: BTreeSet<Arc<str>>,
}

/// What one activity is in a process.
#[derive(Debug)]
pub struct Activity {
    /// Its name in the log.
    pub name: Arc<str>,
    /// What is done for it.
    pub action: Action,
    /// The values of the application, the task or the message, by field.
    pub values: Vec<(Arc<str>, Source)>,
    /// The deadline that must have passed.
    pub after: Option<Arc<str>>,
    /// The deadline that it is measured against.
    pub within: Option<Arc<str>>,
}

/// What is done for an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The case begins.
    Start,
    /// The first of these tasks that is open is done.
    Complete(Vec<StepPath>),
    /// A message comes.
    Message(Arc<str>),
    /// Nothing: the process has done it by itself, or it happens outside.
    Nothing,
}

impl Mapping {
    /// What an activity is.
    pub fn find(&self, activity: &str) -> Option<&Activity> {
        self.activities.iter().find(|known| &*known.name == activity)
    }
}

/// Reads a mapping and holds it against the process; what is wrong is named with its place.
pub fn read(file: &Arc<str>, bytes: &[u8], release: &Release) -> Result<Mapping, Vec<Diagnostic>> {
    let mut problems = Problems::default();
    let known = Known::of(release);
    let mapping = read_yaml(file, bytes, 0, &mut problems)
        .and_then(|node| Reader { release, known, problems: &mut problems }.mapping(&node));
    match mapping {
        Some(mapping) if !problems.has_errors() => Ok(mapping),
        _ => Err(problems.into_sorted()),
    }
}

/// What a process has that a mapping may name.
struct Known {
    tasks: BTreeMap<String, BTreeSet<String>>,
    messages: BTreeSet<String>,
    deadlines: BTreeSet<String>,
    outcomes: BTreeSet<String>,
}

impl Known {
    fn of(release: &Release) -> Known {
        let mut known = Known {
            tasks: BTreeMap::new(),
            messages: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            outcomes: BTreeSet::new(),
        };
        for step in &release.steps {
            match &step.kind {
                StepKind::Task(task) => {
                    let fields = task.form.fields.iter().map(|field| field.field.name.to_string()).collect();
                    known.tasks.insert(step.path.to_string(), fields);
                }
                StepKind::Wait(waits) => {
                    waits.iter().for_each(|wait| known.trigger(&wait.trigger, Some(&step.path), &wait.name));
                }
                StepKind::End(Some(outcome)) => {
                    known.outcomes.insert(outcome.to_string());
                }
                _ => {}
            }
        }
        for scope in &release.scopes {
            let owner = scope.owner.map(|ix| &release.step(ix).path);
            scope.handlers.iter().for_each(|handler| known.trigger(&handler.trigger, owner, &handler.name));
        }
        known
    }

    fn trigger(&mut self, trigger: &TriggerKind, step: Option<&StepPath>, name: &str) {
        match trigger {
            TriggerKind::Message(message, _) => {
                self.messages.insert(message.to_string());
            }
            TriggerKind::Deadline(_) => {
                self.deadlines.insert(deadline_name(step, name));
            }
            // An event log knows nothing of the others.
            _ => {}
        }
    }
}

/// How a deadline is named: by its step and its name there.
pub fn deadline_name(step: Option<&StepPath>, name: &str) -> String {
    step.map_or_else(|| name.to_owned(), |step| format!("{step}.{name}"))
}

struct Reader<'a> {
    release: &'a Release,
    known: Known,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn mapping(&mut self, node: &Node) -> Option<Mapping> {
        let fields = Fields::of(node, self.problems)?;
        if let Some(node) = fields.need("mapping", self.problems)
            && let Some(name) = read_text(node, self.problems)
            && **name != *self.release.process.as_str()
        {
            let process = &self.release.process;
            self.problems.error(
                &node.span,
                "other_process",
                Text::new(
                    format!("Diese Zuordnung gilt für „{name}“, das Verfahren heißt „{process}“."),
                    format!("This mapping is for `{name}`, the process is `{process}`."),
                ),
            );
        }
        let mut activities = Vec::new();
        if let Some(node) = fields.need("activities", self.problems) {
            for (key, node) in read_entries(node, self.problems) {
                activities.extend(self.activity(&key.text, node));
            }
            if !activities.iter().any(|activity: &Activity| activity.action == Action::Start) {
                self.problems.error(
                    &node.span,
                    "no_start",
                    Text::new(
                        "Keine Aktivität beginnt den Vorgang („start“).",
                        "No activity begins the case (`start`).",
                    ),
                );
            }
        }
        let at_end = fields.items("at_end").iter().filter_map(|node| self.task(node)).collect();
        let mut complete = BTreeSet::new();
        if fields.need("complete", self.problems).is_some() {
            for node in fields.items("complete") {
                complete.extend(self.named(node, Thing::Outcome));
            }
        }
        fields.finish(self.problems);
        Some(Mapping { activities, at_end, complete })
    }

    fn activity(&mut self, name: &Arc<str>, node: &Node) -> Option<Activity> {
        let fields = Fields::of(node, self.problems)?;
        let (start, complete) = (fields.get("start"), fields.get("complete"));
        let (message, ignore) = (fields.get("message"), fields.flag("ignore", false, self.problems));
        let with = fields.get("with");
        let after = fields.get("after").and_then(|node| self.named(node, Thing::Deadline));
        let within = fields.get("within").and_then(|node| self.named(node, Thing::Deadline));
        let said = [start.is_some(), complete.is_some(), message.is_some(), ignore];
        let mut values = with;
        let mut allowed: Option<BTreeSet<String>> = None;
        let action = match (said.iter().filter(|said| **said).count(), start, complete, message) {
            (1, Some(data), ..) => {
                values = Some(data);
                allowed = Some(self.release.data.fields.iter().map(|field| field.name.to_string()).collect());
                Action::Start
            }
            (1, _, Some(_), _) => {
                let steps: Vec<_> =
                    fields.items("complete").iter().filter_map(|node| self.task(node)).collect();
                allowed =
                    Some(steps.iter().flat_map(|step| self.known.tasks[step.as_str()].clone()).collect());
                Action::Complete(steps)
            }
            (1, _, _, Some(node)) => Action::Message(self.named(node, Thing::Message)?),
            (1, ..) => Action::Nothing,
            (0, ..) if after.is_some() => Action::Nothing,
            _ => {
                self.problems.error(fields.span(), "action_unclear", Text::new(
                    "Hier steht genau eines: „start“, „complete“, „message“, „ignore: true“ oder nur „after“.",
                    "Exactly one stands here: `start`, `complete`, `message`, `ignore: true`, or `after` alone.",
                ));
                Action::Nothing
            }
        };
        if let Some(unused) = with.filter(|_| matches!(action, Action::Start | Action::Nothing)) {
            self.problems.error(
                &unused.span,
                "values_unused",
                Text::new(
                    "„with“ gehört zu „complete“ oder „message“; die Angaben zum Beginn stehen in „start“.",
                    "`with` belongs to `complete` or `message`; the values of the begin stand in `start`.",
                ),
            );
        }
        fields.finish(self.problems);
        let values = values.map(|node| self.values(node, allowed.as_ref())).unwrap_or_default();
        Some(Activity { name: name.clone(), action, values, after, within })
    }

    fn values(&mut self, node: &Node, allowed: Option<&BTreeSet<String>>) -> Vec<(Arc<str>, Source)> {
        let mut values = Vec::new();
        for (key, node) in read_entries(node, self.problems) {
            if let Some(allowed) = allowed
                && !allowed.contains(&*key.text)
            {
                self.unknown(&key.span, &key.text, &Text::new("Ein Feld", "field"), allowed);
            }
            values.extend(Source::read(node, self.problems).map(|source| (key.text.clone(), source)));
        }
        values
    }

    fn task(&mut self, node: &Node) -> Option<StepPath> {
        self.named(node, Thing::Task).map(|name| StepPath::from(&*name))
    }

    /// A name that the process must know.
    fn named(&mut self, node: &Node, thing: Thing) -> Option<Arc<str>> {
        let name = read_text(node, self.problems)?.clone();
        let (what, known) = match thing {
            Thing::Task => (Text::new("Eine Aufgabe", "task"), self.known.tasks.keys().cloned().collect()),
            Thing::Message => (Text::new("Eine Nachricht", "message"), self.known.messages.clone()),
            Thing::Deadline => (Text::new("Eine Frist", "deadline"), self.known.deadlines.clone()),
            Thing::Outcome => (Text::new("Einen Ausgang", "outcome"), self.known.outcomes.clone()),
        };
        if known.contains(&*name) {
            return Some(name);
        }
        self.unknown(&node.span, &name, &what, &known);
        None
    }

    fn unknown(&mut self, span: &Span, name: &str, what: &Text, known: &BTreeSet<String>) {
        self.problems
            .error(
                span,
                "unknown_name",
                Text::new(
                    format!("{} „{name}“ gibt es hier im Verfahren nicht.", what.de),
                    format!("The process has no {} `{name}` here.", what.en),
                ),
            )
            .did_you_mean(name, known.iter().map(String::as_str));
    }
}

/// What a name names.
#[derive(Clone, Copy)]
enum Thing {
    Task,
    Message,
    Deadline,
    Outcome,
}

/// The values of an activity, read from what was recorded.
pub fn values(
    activity: &Activity,
    trace: &super::xes::Trace,
    event: &super::xes::LogEvent,
) -> Result<Object, Unreadable> {
    let mut values = Object::new();
    for (field, source) in &activity.values {
        if let Some(value) = source.value(trace, event)? {
            values.insert(field.to_string(), value);
        }
    }
    Ok(values)
}

/// Whether a node is a plain value.
fn constant(node: &Node) -> Option<Value> {
    match node.kind {
        NodeKind::Map(_) | NodeKind::List(_) | NodeKind::Null => None,
        NodeKind::Bool(_) | NodeKind::Int(_) | NodeKind::Text(_) => Some(node.to_value()),
    }
}

#[cfg(test)]
mod tests;
